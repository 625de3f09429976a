#include "cases/order.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"

enum { ORDERS_MOST = 100, SAID_MOST = 200 };

static const struct {
    const char *word, *nl, *en;
} trusts[ORDER_TRUSTS] = {
    [ORDER_UNSIGNED] = { "unsigned", "De opdracht is niet (geldig) ondertekend.",
        "The command has no valid signature." },
    [ORDER_STRANGER] = { "stranger",
        "De opdracht is ondertekend met een andere sleutel dan die "
        "van de CISO.",
        "The command is signed by another key than the CISO's." },
    [ORDER_MISMATCH] = { "mismatch",
        "De opdracht is ondertekend met de sleutel van de CISO, maar "
        "komt van een ander adres.",
        "The command is signed by the CISO's key, but comes from another address." },
    [ORDER_PARTLY] = { "partly", "De handtekening of de versleuteling dekt niet de hele tekst.",
        "The signature or the encryption does not cover the whole text." },
    [ORDER_UNDATED] = { "undated", "De datum van de handtekening of van de mail ontbreekt.",
        "The date of the signature or of the mail is missing." },
    [ORDER_FUTURE] = { "future", "De datum van de handtekening ligt in de toekomst.",
        "The signature is dated in the future." },
    [ORDER_STALE] = { "stale", "De handtekening is te oud; stuur de opdracht opnieuw.",
        "The signature is too old; send the command again." },
    [ORDER_REDATED] = { "redated", "De datum van de mail past niet bij die van de handtekening.",
        "The date of the mail does not fit that of the signature." },
    [ORDER_ELSEWHERE] = { "elsewhere",
        "De opdracht staat in een mail van u aan iemand anders, die hier is doorgestuurd.",
        "The command is in a mail of yours to somebody else that was sent on to us." },
    [ORDER_REPLAYED] = { "replayed", "Deze ondertekende opdracht is al eens ontvangen.",
        "This signed command was received before." },
    [ORDER_TRUSTED] = { "trusted", "Ondertekend door de CISO.", "Signed by the CISO." },
};

const char *order_trust_word(enum order_trust trust)
{
    return trusts[trust].word;
}

const char *order_trust_sentence(enum order_trust trust, const char *language)
{
    return strcmp(language, "en") ? trusts[trust].nl : trusts[trust].en;
}

static bool is_covered(const struct message *message, const char *key)
{
    if (message->signature_scope != SCOPE_ALL || message->piece_count == 0)
        return false;
    /* What is not encrypted at all can still be signed as a whole. */
    if (message->crypt != CRYPT_NONE
        && (message->crypt != CRYPT_ENC || message->scope != SCOPE_ALL))
        return false;
    for (size_t i = 0; i < message->piece_count; i++)
        if (message->pieces[i].signature != SIGNATURE_GOOD
            || !span_equal_nocase(span_of(message->pieces[i].signer), span_of(key)))
            return false;
    return true;
}

enum order_trust order_trust(const struct message *message, const char *ciso_key, int64_t now_s,
    int64_t fresh_s, bool replayed)
{
    int64_t signed_at = message->signed_at, apart = message->date - message->signed_at;

    if (message->parse == PARSE_BROKEN
        || (message->signature != SIGNATURE_GOOD && message->signature != SIGNATURE_MISMATCH))
        return ORDER_UNSIGNED;
    if (!*ciso_key || !span_equal_nocase(span_of(message->signer), span_of(ciso_key)))
        return ORDER_STRANGER;
    if (message->signature != SIGNATURE_GOOD || message->from.count != 1)
        return ORDER_MISMATCH;
    if (!is_covered(message, ciso_key))
        return ORDER_PARTLY;
    if (signed_at <= 0 || message->date <= 0)
        return ORDER_UNDATED;
    if (signed_at > now_s + ORDER_SKEW_S)
        return ORDER_FUTURE;
    if (signed_at < now_s - fresh_s)
        return ORDER_STALE;
    if (apart > fresh_s || apart < -fresh_s)
        return ORDER_REDATED;
    return replayed ? ORDER_REPLAYED : ORDER_TRUSTED;
}

enum order_address order_address(
    const struct message *message, const char *mailbox, const char *ciso_address)
{
    if (message->signed_to.count == 0)
        return ORDER_TO_NOBODY;
    for (size_t i = 0; i < message->signed_to.count; i++) {
        struct span to = span_of(message->signed_to.at[i]);

        if (!span_equal_nocase(to, span_of(mailbox))
            && !span_equal_nocase(to, span_of(ciso_address)))
            return ORDER_TO_OTHERS;
    }
    return texts_have_nocase(&message->signed_to, mailbox) ? ORDER_TO_US : ORDER_TO_OTHERS;
}

const char *order_line(const char *number, const char *code, const char *words, struct arena *arena)
{
    return arena_printf(arena, "%s%s%s %s", number, *code ? "/" : "", code, words);
}

static void add_token(struct texts *tokens, const struct message *message, const char *number,
    const char *verb, struct arena *arena)
{
    char *token = arena_alloc(arena, HASH_SHA256_HEX);

    hash_sha256(span_of(arena_printf(arena, "%s\n%lld\n%s %s\n", message->signer,
                    (long long)message->signed_at, number, verb)),
        token);
    if (!texts_have(tokens, token))
        texts_add(tokens, arena, token);
}

struct texts order_tokens(
    const struct message *message, const struct orders *orders, struct arena *arena)
{
    struct texts tokens = { 0 };

    for (size_t i = 0; i < orders->count; i++)
        if (*orders->at[i].number && orders->at[i].verb)
            add_token(&tokens, message, orders->at[i].number, orders->at[i].verb->name, arena);
    if (tokens.count == 0)
        add_token(&tokens, message, "", "", arena);
    return tokens;
}

struct span order_text(const struct message *message, const char *ciso_key, struct arena *arena)
{
    struct buf buf = { .arena = arena };

    for (size_t i = 0; i < message->piece_count; i++) {
        const struct piece *piece = &message->pieces[i];

        if (piece->signature != SIGNATURE_GOOD
            || !span_equal_nocase(span_of(piece->signer), span_of(ciso_key)))
            continue;
        buf_add(&buf, span_part(span_of(piece->text), 0, piece->quote_at));
        buf_char(&buf, '\n');
    }
    return buf_span(&buf);
}

static struct span take_word(struct span *rest)
{
    struct span word;
    size_t end = 0;

    *rest = span_trim(*rest);
    while (end < rest->len && rest->at[end] != ' ' && rest->at[end] != '\t')
        end++;
    word = span_part(*rest, 0, end);
    *rest = span_trim(span_part(*rest, end, rest->len));
    return word;
}

/* "-------- Forwarded Message --------", "---------- Doorgestuurd bericht ---------", "Begin
 * forwarded message:" and kin: what comes below is another's text, whoever signed the mail. */
static bool is_forward(struct span line)
{
    static const char *const begins[] = { "begin forwarded message", "begin doorgestuurd bericht",
        "start doorgestuurd bericht" };
    size_t dashes = 0;

    while (dashes < line.len && line.at[dashes] == '-')
        dashes++;
    if (dashes >= 5 && line.len > 2 * 3 + dashes && line.at[line.len - 1] == '-')
        return span_trim(span_part(line, dashes, line.len)).at[0] != '-';
    for (size_t i = 0; i < COUNT(begins); i++)
        if (span_starts_nocase(line, span_of(begins[i])))
            return true;
    return false;
}

/* The prefix and its hyphen, so that a mistyped number is told and not passed over. */
static bool is_order(struct span line, const char *prefix)
{
    struct span start = span_of(prefix);

    return *prefix && span_starts_nocase(line, start) && line.len > start.len
        && line.at[start.len] == '-';
}

static struct span cut_text(struct span text, size_t most)
{
    if (text.len <= most)
        return text;
    while (most > 0 && ((unsigned char)text.at[most] & 0xc0) == 0x80)
        most--;
    return span_part(text, 0, most);
}

static struct order read_order(
    struct span line, int number, const char *prefix, struct arena *arena)
{
    struct span rest = line, word = take_word(&rest);
    struct order order = { .line = number, .number = "", .text = "" };
    size_t slash;
    char *tag;

    while (word.len && (word.at[word.len - 1] == ':' || word.at[word.len - 1] == ','))
        word.len--;
    slash = span_find_char(word, '/', 0);
    order.code = arena_text(
        arena, slash == SPAN_NOWHERE ? SPAN("") : span_part(word, slash + 1, word.len));
    tag = arena_text(arena, span_part(word, 0, slash == SPAN_NOWHERE ? word.len : slash));
    for (size_t i = 0; prefix[i]; i++) /* is_order: the word begins with it, in some case */
        tag[i] = prefix[i];
    if (case_number_valid(span_of(tag)))
        order.number = tag;
    order.said = arena_text(arena, cut_text(line, SAID_MOST));
    order.words = arena_text(arena, cut_text(rest, SAID_MOST));
    order.verb = verb_named(take_word(&rest));
    order.arguments = arena_text(arena, rest);
    return order;
}

struct orders order_parse(struct span text, const char *prefix, struct arena *arena)
{
    struct orders orders = { 0 };
    struct buf body = { .arena = arena };
    struct span line;
    int number = 0;
    bool done = false;

    while (!done && span_line(&text, &line)) {
        struct order *last = orders.count ? &orders.at[orders.count - 1] : NULL;
        struct span trimmed = span_trim(line);

        number++;
        done = span_equal(line, SPAN("-- ")) || span_equal(line, SPAN("--")) || is_forward(trimmed);
        if (!done && is_order(trimmed, prefix) && orders.count < ORDERS_MOST) {
            if (last && last->verb && last->verb->takes_text)
                last->text = arena_text(arena, span_trim(buf_span(&body)));
            body = (struct buf) { .arena = arena };
            orders.at = arena_grow(arena, orders.at, orders.count * sizeof *orders.at,
                (orders.count + 1) * sizeof *orders.at);
            orders.at[orders.count++] = read_order(trimmed, number, prefix, arena);
        } else if (!done && last && !span_starts(trimmed, SPAN(">"))) {
            buf_add(&body, line);
            buf_char(&body, '\n');
        }
    }
    if (orders.count && orders.at[orders.count - 1].verb
        && orders.at[orders.count - 1].verb->takes_text)
        orders.at[orders.count - 1].text = arena_text(arena, span_trim(buf_span(&body)));
    return orders;
}
