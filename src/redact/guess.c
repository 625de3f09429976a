#include "redact/guess.h"

#include "redact/hint.h"
#include "redact/value.h"

#include "redact/guess_weights.inc"

/* Weights are in sixteenths of a natural logarithm of the odds against being neither. */
enum { NAT = 16, NEEDED = -12, NEEDED_AGAIN = 3 * NAT, KINDS = 2 };

static const enum redact_type types[KINDS + 1] = { REDACT_NONE, REDACT_CREDENTIAL, REDACT_HANDLE };

void guess_find(struct search *search)
{
    struct hint_piece piece = { 0 }, before = { 0 };
    int last = 0, needed = NEEDED;

    /* what an earlier redaction left is doubtful no longer */
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].sign == FOLD_MARK)
            needed = NEEDED_AGAIN;
    for (; hint_next(search, &piece); before = piece) {
        enum redact_type claim = (enum redact_type)search->token[piece.from].claim;
        int kind = claim == REDACT_CREDENTIAL ? 1 : claim == REDACT_HANDLE ? 2 : 0;

        if (!kind) {
            uint32_t hint[HINTS_MOST], count = hint_collect(search, &piece, hint);
            const short *edge = guess_edges
                + (hint_link(search, &before, &piece) * (KINDS + 1) + last) * KINDS;
            int secret = edge[0], handle = edge[1];

            for (uint32_t k = 0; k < count; k++) {
                secret += (signed char)guess_weights[hint[k] * KINDS];
                handle += (signed char)guess_weights[hint[k] * KINDS + 1];
            }
            kind = secret >= handle ? 1 : 2;
            if ((secret > handle ? secret : handle) < needed
                || (kind == 1 && value_is_open(search, piece.from, piece.to))
                || !search_claim(
                    search, piece.from, piece.to, types[kind], RULE_SCORE, 60, GUARD_HARD))
                kind = 0;
        }
        last = kind;
    }
}
