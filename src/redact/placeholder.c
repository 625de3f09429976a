#include "redact/redact.h"

#include "base/buf.h"
#include "redact/view.h"

#include <stdlib.h>
#include <string.h>

struct redact_placeholder {
    struct span value; /* canonical: letters and digits, folded */
    uint32_t hash, number;
    uint8_t type;
};

static const struct {
    const char *name, *dutch, *english;
} words[REDACT_TYPES] = {
    [REDACT_NONE] = { "", "", "" },
    [REDACT_PERSON] = { "PERSON", "PERSOON", "PERSON" },
    [REDACT_EMAIL] = { "EMAIL", "EMAIL", "EMAIL" },
    [REDACT_PHONE] = { "PHONE", "TELEFOON", "PHONE" },
    [REDACT_BSN] = { "BSN", "BSN", "BSN" },
    [REDACT_IBAN] = { "IBAN", "IBAN", "IBAN" },
    [REDACT_CARD] = { "CARD", "KAART", "CARD" },
    [REDACT_ADDRESS] = { "ADDRESS", "ADRES", "ADDRESS" },
    [REDACT_POSTCODE] = { "POSTCODE", "POSTCODE", "POSTCODE" },
    [REDACT_DOB] = { "DOB", "GEBOORTEDATUM", "BIRTHDATE" },
    [REDACT_PLATE] = { "PLATE", "KENTEKEN", "PLATE" },
    [REDACT_IDDOC] = { "IDDOC", "IDENTITEITSBEWIJS", "IDDOC" },
    [REDACT_VNUM] = { "VNUM", "VNUMMER", "VNUMBER" },
    [REDACT_ANUM] = { "ANUM", "ANUMMER", "ANUMBER" },
    [REDACT_VATID] = { "VATID", "BTW", "VAT" },
    [REDACT_IP] = { "IP", "IP", "IP" },
    [REDACT_MAC] = { "MAC", "MAC", "MAC" },
    [REDACT_HANDLE] = { "HANDLE", "GEBRUIKER", "USER" },
    [REDACT_CREDENTIAL] = { "CREDENTIAL", "GEHEIM", "SECRET" },
};

static const char *const rules[REDACT_RULES] = { "none", "key", "proof", "grammar", "context",
    "row", "score", "greeting", "recall" };

const char *redact_type_name(enum redact_type type)
{
    return words[type].name;
}

const char *redact_placeholder_name(enum redact_type type, enum redact_language language)
{
    return language == REDACT_DUTCH ? words[type].dutch : words[type].english;
}

const char *redact_rule_name(enum redact_rule rule)
{
    return rules[rule];
}

static uint32_t hash_of(enum redact_type type, struct span value)
{
    uint64_t hash = word_hash_byte(WORD_HASH_START, (uint8_t)type);

    for (size_t i = 0; i < value.len; i++)
        hash = word_hash_byte(hash, (uint8_t)value.at[i]);
    hash = word_hash_end(hash);
    return (uint32_t)(hash >> 32) ^ (uint32_t)hash;
}

static void place(struct redact_memory *memory, uint32_t index)
{
    uint32_t i = memory->at[index].hash & (memory->slot_count - 1);

    while (memory->slots[i])
        i = (i + 1) & (memory->slot_count - 1);
    memory->slots[i] = index + 1;
}

static void make_room(struct redact_memory *memory)
{
    uint32_t size = memory->size ? memory->size * 2 : 64;

    if (memory->count < memory->size)
        return;
    memory->at = arena_grow(
        memory->arena, memory->at, memory->size * sizeof *memory->at, size * sizeof *memory->at);
    memory->size = size;
    memory->slot_count = size * 2;
    memory->slots = arena_array(memory->arena, memory->slot_count, sizeof *memory->slots);
    for (uint32_t i = 0; i < memory->count; i++)
        place(memory, i);
}

static uint32_t add(struct redact_memory *memory, enum redact_type type, struct span value,
    uint32_t hash, uint32_t number)
{
    make_room(memory);
    memory->at[memory->count] = (struct redact_placeholder) { arena_copy(memory->arena, value),
        hash, number, (uint8_t)type };
    place(memory, memory->count++);
    return number;
}

uint32_t redact_memory_number(
    struct redact_memory *memory, enum redact_type type, struct span value)
{
    uint32_t hash = hash_of(type, value);

    for (uint32_t i = memory->slot_count ? hash & (memory->slot_count - 1) : 0;
         memory->slot_count && memory->slots[i]; i = (i + 1) & (memory->slot_count - 1)) {
        const struct redact_placeholder *known = &memory->at[memory->slots[i] - 1];

        if (known->hash == hash && known->type == type && span_equal(known->value, value))
            return known->number;
    }
    return add(memory, type, value, hash, ++memory->next[type]);
}

struct span redact_memory_save(const struct redact_memory *memory, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (uint32_t i = 0; i < memory->count; i++) {
        buf_printf(&buf, "%s %u ", words[memory->at[i].type].name, memory->at[i].number);
        buf_add(&buf, memory->at[i].value);
        buf_char(&buf, '\n');
    }
    return buf_span(&buf);
}

static enum redact_type type_named(struct span name)
{
    for (int type = REDACT_PERSON; type < REDACT_TYPES; type++)
        if (span_equal(name, span_of(words[type].name)))
            return (enum redact_type)type;
    return REDACT_NONE;
}

bool redact_memory_load(struct redact_memory *memory, struct span lines, struct err *err)
{
    struct span line;

    while (span_line(&lines, &line)) {
        size_t first = span_find_char(line, ' ', 0), second, at;
        enum redact_type type;
        struct span value;
        uint32_t number = 0;

        if (!line.len)
            continue;
        second = first == SPAN_NOWHERE ? first : span_find_char(line, ' ', first + 1);
        type = second == SPAN_NOWHERE ? REDACT_NONE : type_named(span_part(line, 0, first));
        for (at = first + 1;
             type && at < second && at - first < 10 && view_digit((uint8_t)line.at[at]); at++)
            number = number * 10 + (uint32_t)(line.at[at] - '0');
        if (!type || at != second || !number)
            return err_set(
                err, ERR_MESSAGE, "redact: a line of the placeholders is not 'TYPE NUMBER VALUE'");
        value = span_part(line, second + 1, line.len);
        add(memory, type, value, hash_of(type, value), number);
        if (memory->next[type] < number)
            memory->next[type] = number;
    }
    return true;
}
