#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

enum { FIRST_BLOCK = 16 * 1024, LARGEST_STEP = 4 * 1024 * 1024, LARGEST_KEPT = 1024 * 1024 };
enum { FIRST_MAPPED = 256 * 1024, PAGE = 4096, ALIGN = 16 };

struct block {
    struct block *before;
    size_t size, used;
    size_t clean; /* what is not used before this is zero */
    _Alignas(ALIGN) char at[];
};

struct arena {
    struct block *last;
    size_t used;
};

static _Noreturn void out_of_memory(void)
{
    static const char words[] = "meldpost: out of memory\n";
    ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);

    (void)written;
    _exit(EX_OSERR);
}

static void *taken(void *memory)
{
    return memory ? memory : (out_of_memory(), NULL);
}

struct arena *arena_new(void)
{
    return taken(calloc(1, sizeof(struct arena)));
}

static void wipe(struct block *block)
{
    explicit_bzero(block->at, block->used);
    if (block->clean < block->used)
        block->clean = block->used;
    block->used = 0;
}

/* From some size on a block is a mapping of its own: it comes clean from the system, is touched no
 * further than it is used, and grows without leaving a copy behind. */
static bool is_mapped(size_t size)
{
    return size >= FIRST_MAPPED;
}

static size_t mapped_len(size_t size)
{
    return (sizeof(struct block) + size + PAGE - 1) & ~(size_t)(PAGE - 1);
}

static struct block *block_new(size_t size)
{
    void *block;

    if (!is_mapped(size))
        return taken(malloc(sizeof(struct block) + size));
    block = mmap(
        NULL, mapped_len(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return taken(block == MAP_FAILED ? NULL : block);
}

static void block_free(struct block *block)
{
    wipe(block);
    if (is_mapped(block->size))
        munmap(block, mapped_len(block->size));
    else
        free(block);
}

static void blocks_free(struct block *last)
{
    while (last) {
        struct block *before = last->before;

        block_free(last);
        last = before;
    }
}

void arena_reset(struct arena *arena)
{
    struct block *kept = arena->last;

    if (kept && kept->size <= LARGEST_KEPT) {
        blocks_free(kept->before);
        wipe(kept);
        kept->before = NULL;
    } else {
        blocks_free(kept);
        arena->last = NULL;
    }
    arena->used = 0;
}

void arena_free(struct arena **arena)
{
    if (!*arena)
        return;
    blocks_free((*arena)->last);
    free(*arena);
    *arena = NULL;
}

static size_t aligned(size_t size)
{
    if (size > SIZE_MAX / 2)
        out_of_memory();
    return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static void block_add(struct arena *arena, size_t at_least)
{
    size_t size = arena->last ? arena->last->size * 2 : FIRST_BLOCK;
    struct block *block;

    if (size > LARGEST_STEP)
        size = LARGEST_STEP;
    if (size < at_least)
        size = at_least;
    block = block_new(size);
    *block = (struct block) {
        .before = arena->last, .size = size, .clean = is_mapped(size) ? size : 0
    };
    arena->last = block;
}

/* The next piece of the last block, zeroed. */
static void *take(struct arena *arena, size_t need)
{
    struct block *block = arena->last;
    char *at = block->at + block->used;

    if (block->clean < block->used + need) {
        size_t from = block->clean > block->used ? block->clean : block->used;

        memset(block->at + from, 0, block->used + need - from);
    }
    block->used += need;
    arena->used += need;
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t need = aligned(size ? size : 1);

    if (!arena->last || arena->last->size - arena->last->used < need)
        block_add(arena, need);
    return take(arena, need);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        out_of_memory();
    return arena_alloc(arena, count * size);
}

/* Makes room for more bytes in the last block, which is a mapping that holds one piece alone. */
static void widen(struct arena *arena, size_t more)
{
    struct block *last = arena->last;
    size_t size = last->used + more;
    void *moved = mremap(last, mapped_len(last->size), mapped_len(size), MREMAP_MAYMOVE);

    arena->last = taken(moved == MAP_FAILED ? NULL : moved);
    arena->last->size = arena->last->clean = size;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    struct block *last = arena->last;
    size_t have = aligned(old_size ? old_size : 1);
    void *grown;

    if (new_size <= old_size)
        return old;
    if (old && last && (char *)old + have == last->at + last->used) {
        size_t start = (size_t)((char *)old - last->at), more = aligned(new_size) - have;

        if (start == 0 && is_mapped(last->size) && more > last->size - last->used)
            widen(arena, more);
        if (more <= arena->last->size - arena->last->used) {
            take(arena, more);
            return arena->last->at + start;
        }
    }
    grown = arena_alloc(arena, new_size);
    if (old && old_size)
        memcpy(grown, old, old_size);
    return grown;
}

char *arena_text(struct arena *arena, struct span span)
{
    char *copy = arena_alloc(arena, span.len + 1);

    if (span.len)
        memcpy(copy, span.at, span.len);
    return copy;
}

struct span arena_copy(struct arena *arena, struct span span)
{
    return (struct span) { arena_text(arena, span), span.len };
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    int len;
    char *text;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
