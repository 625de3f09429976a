/* learning.h - what the programs that learn weights from labelled reports have in common. */
#ifndef LEARNING_H
#define LEARNING_H

#include "redact/redact.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* The municipality of the reports. */
static const char *const domains[] = { "zandmeer.example" };
static const char *const phones[] = { "14 0588", "+31 588 10 20 30", "0588-102030" };
static const char *const office[] = { "Raadhuisplein 1" };
static const struct redact_town town = { .own_domains = { domains, COUNT(domains) },
    .public_phones = { phones, COUNT(phones) },
    .office = { office, COUNT(office) } };

static void fail(const char *what, const char *where)
{
    fprintf(stderr, "%s: %s\n", what, where);
    exit(1);
}

static void *grow(void *old, size_t *size, size_t need, size_t each)
{
    void *new;

    if (need <= *size)
        return old;
    *size = need + need / 2 + 64;
    new = realloc(old, *size * each);
    if (!new)
        fail("out of memory", "pool");
    return new;
}

static uint64_t draw(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1dull;
}

static uint32_t hash_of(const char *text)
{
    uint64_t hash = WORD_HASH_START;

    for (; *text; text++)
        hash = word_hash_byte(hash, (unsigned char)*text);
    return (uint32_t)(word_hash_end(hash) >> 20);
}

/* Offset in bytes of a code point. */
static size_t byte_of(const char *text, size_t points)
{
    const char *at = text;

    for (; points && *at; points--)
        for (at++; ((unsigned char)*at & 0xc0) == 0x80; at++)
            ;
    return (size_t)(at - text);
}

static const char *string_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

#endif
