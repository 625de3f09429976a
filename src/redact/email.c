#include "redact/email.h"

#include <string.h>

/* Angle brackets of mathematics and the like serve as brackets too. */
static bool is_odd_bracket(const struct search *search, uint32_t i)
{
    return i < search->count && search->token[i].kind == TOKEN_SIGN
        && search->token[i].sign == FOLD_OTHER;
}

static bool sign_in(const struct search *search, uint32_t i, const char *signs)
{
    return i < search->count && search->token[i].kind == TOKEN_SIGN && search->token[i].sign
        && strchr(signs, search->token[i].sign);
}

/* What people put around an @ or a dot, or a word for it, to keep machines from reading it. */
static bool is_wrap(const struct search *search, uint32_t i)
{
    return sign_in(search, i, "[](){}<>-_*|~:,\"'") || is_odd_bracket(search, i);
}

/* "[at]", "-dot-", "|at|", "(@)", "<at sign>". Gives one past it, or i. */
static uint32_t wrapped_end(
    const struct search *search, uint32_t i, enum word_class class, uint8_t sign)
{
    uint32_t k = i;

    while (k < i + 2 && is_wrap(search, k))
        k++;
    if (k == i || k + 1 >= search->count
        || !(search_sign(search, k, sign)
            || (search->token[k].kind == TOKEN_WORD
                && (FEATURE_CLASS(search->token[k].feature) == class
                    || (class == CLASS_DOT
                        && (search_word(search, k, "dash") || search_word(search, k, "streepje")
                            || (search_word(search, k, "full")
                                && search_word(search, k + 1, "stop"))))
                    || (class == CLASS_AT && sign_in(search, i, "[({")
                        && (search_word(search, k, "a") || search_word(search, k, "bij")))))))
        return i;
    k += 1 + (class == CLASS_AT && search_word(search, k + 1, "sign"));
    k += class == CLASS_DOT && search_word(search, k - 1, "full");
    if (!is_wrap(search, k))
        return i;
    return k + 1 + (is_wrap(search, k + 1) && is_wrap(search, i + 1));
}

/*
 * An at sign, in any dress: "@", "[at]", "(apestaartje)", "-at-", " at ". Gives one past it, or i.
 * *bare is set when it is only the word, or has a dress that ordinary words have too.
 */
static uint32_t at_end(const struct search *search, uint32_t i, bool *bare)
{
    uint32_t end;

    *bare = false;
    if (search_sign(search, i, '@'))
        return i + 1 + (search_sign(search, i + 1, '@') && !search->token[i + 1].gap);
    end = wrapped_end(search, i, CLASS_AT, '@');
    if (end > i) {
        *bare = sign_in(search, i, "-_|~:,\"'");
        return end;
    }
    if (i < search->count && search->token[i].kind == TOKEN_WORD
        && search->token[i].gap == GAP_BLANK) {
        bool odd = search->view.width[search->token[i].pos] > 1;

        if (odd && search_word(search, i, "a"))
            return i + 1;
        if (search_word(search, i, "bij")) {
            *bare = true;
            return i + 1;
        }
        if (FEATURE_CLASS(search->token[i].feature) == CLASS_AT) {
            *bare = search->token[i].len < 6 && !odd;
            return i + 1 + search_word(search, i + 1, "sign");
        }
    }
    return i;
}

/* A dot: ".", "[dot]", "(punt)", " dot ", "[.]". *word is set when it is not the bare sign. */
static uint32_t dot_end(const struct search *search, uint32_t i, bool *word)
{
    uint32_t end;

    *word = false;
    if (search_sign(search, i, '.') && search->token[i].gap < GAP_LINE)
        return i + 1;
    *word = true;
    /* "voorbeeldpost (.nl)" */
    if (sign_in(search, i, "[(") && search_sign(search, i + 1, '.')
        && search->token[i + 2].kind == TOKEN_WORD)
        return i + 2;
    end = wrapped_end(search, i, CLASS_DOT, '.');
    if (end > i)
        return end;
    if (i < search->count && search->token[i].kind == TOKEN_WORD
        && FEATURE_CLASS(search->token[i].feature) == CLASS_DOT && search->token[i].gap <= GAP_BLANK
        && search->token[i].gap)
        return i + 1;
    return i;
}

/* A top-level domain that most addresses here end in. */
static bool is_tld(const struct search *search, uint32_t i)
{
    static const char *const words[] = { "nl", "com", "org", "net", "eu", "be", "de", "example" };

    for (size_t k = 0; k < COUNT(words); k++)
        if (search_word(search, i, words[k]))
            return true;
    return false;
}

static bool is_label(const struct search *search, uint32_t i)
{
    return i < search->count && search->token[i].kind != TOKEN_SIGN;
}

/* One past the domain that starts at i, or i. *words: dots were words; *dots: how many. */
static uint32_t domain_end(const struct search *search, uint32_t i, bool *words, uint32_t *dots)
{
    uint32_t end = i, from = i;

    *words = false;
    *dots = 0;
    while (is_label(search, end) && end - from < 40) {
        uint32_t after;
        bool word;

        if (end > from && search->token[end].gap > GAP_BLANK && !*dots)
            break;
        end++;
        /* labels with dashes and digits */
        while (end < search->count && search->token[end].gap == GAP_NONE
            && wrapped_end(search, end, CLASS_DOT, '.') == end
            && (is_label(search, end)
                || ((search_sign(search, end, '-') || search_sign(search, end, '_'))
                    && (is_label(search, end + 1) || search_sign(search, end + 1, '-'))
                    && !search->token[end + 1].gap)))
            end++;
        after = dot_end(search, end, &word);
        /* "post,nl" */
        if (after == end && !*dots && search_sign(search, end, ',') && !search->token[end].gap
            && !search->token[end + 1].gap && is_tld(search, end + 1)
            && !search_sign(search, end + 2, '@') && !search_sign(search, end + 2, '.'))
            after = end + 1;
        if (after == end || !is_label(search, after) || search->token[after].gap > GAP_BLANK)
            break;
        /* a full stop before the next sentence */
        if (!word && search->token[after].gap
            && !(search->token[end].gap && search->token[after].kind == TOKEN_WORD)
            && !(!*dots && is_tld(search, after)
                && (search->token[after + 1].gap != GAP_BLANK
                    || search->token[after + 1].kind == TOKEN_SIGN)))
            break;
        if (!word && search->token[after].gap == GAP_BLANK
            && search->token[after].shape == SHAPE_CAPITAL)
            break;
        *words |= word;
        ++*dots;
        end = after;
    }
    return *dots ? end : i;
}

/* First token of the local part that ends before token `at`; `at` when there is none. */
static uint32_t local_start(const struct search *search, uint32_t at, bool spaced)
{
    uint32_t from = at;

    while (from > 0 && at - from < 24) {
        uint32_t before = from - 1;
        const struct token *token = &search->token[before], *next = &search->token[from];

        if (from < at && next->gap != GAP_NONE) {
            /* "glenn . kartosen (at)": blanks around dots only */
            bool cut,
                joined = spaced
                && (search_sign(search, from, '.') || search_sign(search, before, '.'))
                && next->gap == GAP_BLANK;

            if (joined && search_sign(search, before, '.')
                && (before == 0 || search->token[before].gap == GAP_NONE)
                && search->token[before - 1].len > 2 && search->token[before].gap == GAP_NONE)
                joined = false; /* the end of a sentence */
            /* cut at the end of a line: "jan.", "jansen@" */
            cut = next->gap == GAP_LINE && token->kind == TOKEN_SIGN && token->sign == '.'
                && before > 0 && !token->gap
                && (search->token[before - 1].len == 1
                    || FEATURE_GIVEN(search->token[before - 1].feature) > 1);
            if (!joined && !cut && !(spaced && FEATURE_CLASS(token->feature) == CLASS_DOT)
                && !(spaced && FEATURE_CLASS(next->feature) == CLASS_DOT
                    && token->kind != TOKEN_SIGN && next->gap == GAP_BLANK))
                break;
            if (next->gap > GAP_BLANK && !cut)
                break;
        } else if (from == at && next->gap > GAP_BLANK)
            break;
        else if (from == at && next->gap && !spaced)
            break;
        if (token->kind == TOKEN_SIGN) {
            uint32_t n = 3;

            if (strchr("._-+", token->sign) && !(from == at && token->sign == '-')) {
                from = before;
                continue;
            }
            while (n < 6 && n <= from && wrapped_end(search, from - n, CLASS_DOT, '.') != from)
                n++;
            if (n == 6 || n > from)
                break;
            from -= n;
            /* "pier (punt) garnaal": blanks around what is put for a dot */
            from -= from > 0 && search->token[from].gap == GAP_BLANK && is_label(search, from - 1);
            continue;
        }
        from = before;
    }
    while (from < at && search->token[from].kind == TOKEN_SIGN && !sign_in(search, from, "_"))
        from++;
    return from;
}

static bool list_has(const struct redact_list *list, const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < list->count; i++) {
        size_t n = strlen(list->at[i]), k = 0;

        if (n != len)
            continue;
        while (k < n && view_lower((uint8_t)list->at[i][k]) == view_lower(text[k]))
            k++;
        if (k == n)
            return true;
    }
    return false;
}

/* Letters of tokens [from, to) without blanks, with words for dots as dots. */
static size_t compact(
    const struct search *search, uint32_t from, uint32_t to, uint8_t *out, size_t most)
{
    size_t n = 0;

    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        if (token->kind == TOKEN_SIGN && strchr("[](){}<>", token->sign))
            continue;
        if (FEATURE_CLASS(token->feature) == CLASS_DOT && token->kind == TOKEN_WORD) {
            if (n < most)
                out[n++] = '.';
            continue;
        }
        for (uint32_t k = 0; k < token->len && n < most; k++)
            out[n++] = view_lower(search->view.ch[token->pos + k]);
    }
    return n;
}

static bool own_domain(const struct search *search, uint32_t from, uint32_t to)
{
    uint8_t text[128];
    size_t len = compact(search, from, to, text, sizeof text);

    for (size_t i = 0; i < search->town->own_domains.count; i++) {
        const char *own = search->town->own_domains.at[i];
        size_t n = strlen(own);

        if (len >= n && memcmp(text + len - n, own, n) == 0
            && (len == n || text[len - n - 1] == '.'))
            return true;
    }
    return false;
}

/* A local part that names a function and nobody: info, cvd, alle-medewerkers, wijkteam.noord. */
static bool is_functional(
    const struct search *search, uint32_t from, uint32_t at, uint32_t domain, uint32_t to)
{
    uint32_t words = 0, roles = 0, names = 0, common = 0;
    uint8_t text[64];
    size_t len = compact(search, from, at, text, sizeof text);
    bool own = own_domain(search, domain, to);

    if (list_has(&search->town->functional, text, len))
        return true;
    for (uint32_t i = from; i < at; i++) {
        const struct token *token = &search->token[i];
        uint32_t f = token->feature;

        if (token->kind != TOKEN_WORD)
            continue;
        words++;
        if (token->len == 1 && search_sign(search, i + 1, '.')) /* an initial */
            names++;
        else if (f & (FEATURE_ROLE | FEATURE_ORG | FEATURE_TECH) || FEATURE_CLASS(f) == CLASS_INFRA)
            roles++;
        else if (FEATURE_GIVEN(f) >= 2 || (FEATURE_GIVEN(f) && FEATURE_COMMON(f) < 3)
            || (FEATURE_SURNAME(f) && FEATURE_COMMON(f) < 3 && !own))
            names++;
        else if (FEATURE_COMMON(f) >= 2 || FEATURE_CLASS(f) == CLASS_TUSS)
            common++;
    }
    if (!words)
        return false;
    if (roles && !names && roles + common == words)
        return true;
    if (roles && search->token[from].feature & FEATURE_ROLE && !names)
        return true;
    return own && words == common && words == 1;
}

/* Message-ID: <20250114.7781@mx.zandmeer.nl>: of a message, not of a person. */
static bool is_message_id(const struct search *search, uint32_t from, uint32_t at)
{
    uint32_t letters = 0;

    for (uint32_t i = from; i < at; i++)
        letters += search->token[i].kind == TOKEN_WORD;
    if (!letters) /* 0612345678@sms...: of one who has that telephone */
        return !(at == from + 1 && search->token[from].sign == '0');
    for (uint32_t i = from > 8 ? from - 8 : 0; i < from; i++)
        if ((search_word(search, i, "message") && search_word(search, i + 2, "id"))
            || search_word(search, i, "references")
            || (search_word(search, i, "in") && search_word(search, i + 2, "reply")))
            return true;
    return false;
}

/* The sender's own address is a team's when the From name is one; its local part told above. */
static bool take(struct search *search, uint32_t from, uint32_t at, uint32_t domain, uint32_t end,
    unsigned certainty)
{
    /* sip:+31588447719@...: found as a telephone number */
    if (from > 1 && at == from + 1
        && (search_sign(search, from - 1, '+')
            || (search->token[from].kind == TOKEN_NUMBER && search_word(search, from - 2, "sip"))))
        return false;
    if (is_functional(search, from, at, domain, end) || is_message_id(search, from, at)) {
        for (uint32_t i = from; i < end; i++)
            if (search->token[i].guard < GUARD_HARD)
                search->token[i].guard = GUARD_HARD;
        return false;
    }
    return search_claim(search, from, end, REDACT_EMAIL, RULE_GRAMMAR, certainty, GUARD_HARD);
}

/* r.quis"+"pel"+"@"+"post.nl, ["jan","@","post.nl"]: an address in pieces, each a string. */
static bool is_string_joint(const struct search *search, uint32_t i)
{
    return sign_in(search, i, "\"'+&,.") && search->token[i].gap <= GAP_BLANK;
}

static void try_pieces(struct search *search, uint32_t i)
{
    uint32_t from = i, end = i + 1;

    for (int side = 0; side < 2; side++) {
        uint32_t k = from, n = 0;

        while (k > 0 && n < 5 && is_string_joint(search, k - 1))
            k--, n++;
        if (k == 0 || (side && n < 3) || search->token[k - 1].kind == TOKEN_SIGN)
            break;
        from = k;
        while (from > 0 && !search->token[from].gap
            && (search->token[from - 1].kind != TOKEN_SIGN || sign_in(search, from - 1, "._-+")))
            from--;
    }
    for (uint32_t n = 0; from < i && n < 4; n++) {
        bool words;
        uint32_t dots, domain;

        while (end < search->count && end < i + 30 && is_string_joint(search, end))
            end++;
        if (search->token[end].kind == TOKEN_SIGN)
            return;
        domain = domain_end(search, end, &words, &dots);
        if (domain > end) {
            search_claim(search, from, domain, REDACT_EMAIL, RULE_GRAMMAR, 80, GUARD_SOFT);
            return;
        }
        end++;
    }
}

/* elpmaxe.tsop@naj: a top-level domain read from the back. */
static bool is_mirrored(const struct search *search, uint32_t from)
{
    return search_sign(search, from + 1, '.')
        && (search_word(search, from, "ln") || search_word(search, from, "moc")
            || search_word(search, from, "gro") || search_word(search, from, "ten")
            || search_word(search, from, "ue") || search_word(search, from, "eb")
            || search_word(search, from, "elpmaxe"));
}

static void try_at(struct search *search, uint32_t i)
{
    bool bare, words;
    uint32_t at = at_end(search, i, &bare), from, end, dots;
    const struct token *token = &search->token[i];
    bool spaced;

    if (at == i || at >= search->count)
        return;
    if (token->sign == '@' && i > 0 && sign_in(search, i - 1, "\"'")
        && sign_in(search, at, "\"'")) {
        try_pieces(search, i);
        return;
    }
    end = domain_end(search, at, &words, &dots);
    spaced = token->gap == GAP_BLANK || at != i + 1 || search->token[at].gap == GAP_BLANK;
    if (search->token[at].gap > GAP_LINE
        || (search->token[at].gap == GAP_LINE && (token->sign != '@' || !dots)))
        return;
    from = local_start(search, i, spaced);
    /* "jan jansen"@post.nl (RFC 5321, section 4.1.2) */
    if (from == i && token->sign == '@' && !token->gap && i > 2 && search_sign(search, i - 1, '"')
        && search->token[i - 2].kind == TOKEN_WORD && !search->token[i - 1].gap)
        for (from = i - 2; from > 0 && i - from < 10 && !search_sign(search, from, '"'); from--)
            ;
    if (from == i)
        return;
    /* w.roskam=zandmeer.nl@bounce.vendor.nl: who a bounce is of (VERP) */
    if (search_sign(search, from - 1, '=') && !search->token[from].gap && is_tld(search, i - 1)
        && search_sign(search, i - 2, '.'))
        from = local_start(search, from - 1, false);
    if (end == at) {
        /* user@host in a shell prompt or a log is no address */
        if (is_mirrored(search, from) && token->sign == '@' && search->token[at].kind == TOKEN_WORD)
            search_claim(search, from, at + 1, REDACT_EMAIL, RULE_GRAMMAR, 80, GUARD_SOFT);
        return;
    }
    if (bare && !words) {
        /* "at" as a word needs dots as words, in the domain or before */
        bool dotted = false;

        for (uint32_t k = from; k < i; k++)
            dotted |= (search->token[k].kind == TOKEN_WORD
                          && FEATURE_CLASS(search->token[k].feature) == CLASS_DOT)
                || (search_sign(search, k, '.') && !token->gap && is_tld(search, end - 1));
        if (!dotted && !(search_word(search, i, "at") && token->shape == SHAPE_UPPER))
            return;
    }
    /* "roosvdzak bij pakjesboot punt nl", but not "werkt bij Jansen punt nl" */
    if (search_word(search, i, "bij")
        && (!is_tld(search, end - 1) || FEATURE_COMMON(search->token[i - 1].feature) > 2))
        return;
    /* the last label is letters */
    if (search->token[end - 1].kind != TOKEN_WORD || search->token[end - 1].len < 2)
        return;
    take(search, from, i, at, end, at == i + 1 && !bare ? 98 : 92);
}

void email_find(struct search *search)
{
    static const bool may_be_at[256] = { ['@'] = true,
        ['['] = true,
        ['('] = true,
        ['{'] = true,
        ['-'] = true,
        ['_'] = true,
        ['<'] = true,
        ['*'] = true,
        ['|'] = true,
        [','] = true,
        ['~'] = true,
        [FOLD_OTHER] = true };

    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->kind == TOKEN_SIGN ? may_be_at[token->sign]
                                      : FEATURE_CLASS(token->feature) == CLASS_AT
                    || (token->len == 1 && token->gap && search->view.width[token->pos] > 1)
                    || (token->len == 3 && token->sign == 'b' && search_word(search, i, "bij")
                        && (FEATURE_CLASS(token[2].feature) == CLASS_DOT
                            || FEATURE_CLASS(token[3].feature) == CLASS_DOT)))
            try_at(search, i);
    }
    /* <sicco.hallema#brugpost.nl>: brackets make an odd sign an at */
    for (uint32_t i = 0; i + 4 < search->count; i++)
        if (search_sign(search, i, '<') && !search->token[i + 1].gap && is_label(search, i + 1)
            && !search->token[i + 1].claim)
            for (uint32_t k = i + 2; k < i + 16 && k < search->count && !search->token[k].gap
                 && !search_sign(search, k, '>');
                 k++)
                if (sign_in(search, k, "#*%$~")) {
                    bool words;
                    uint32_t dots, end = domain_end(search, k + 1, &words, &dots);

                    if (end > k + 1 && search_sign(search, end, '>'))
                        take(search, i + 1, k, k + 1, end, 88);
                    break;
                }
}

bool email_take(struct search *search, uint32_t from, uint32_t to)
{
    while (from < to
        && (search->token[from].kind == TOKEN_SIGN || search_word(search, from, "mailto")))
        from++;
    if (from >= to || search->token[from].claim)
        return false;
    for (uint32_t i = from + 1; i < to && i < from + 24; i++) {
        bool words;
        uint32_t dots, end;

        if (!(sign_in(search, i, "#*~@") || FEATURE_CLASS(search->token[i].feature) == CLASS_AT
                || (sign_in(search, i, "(["))))
            continue;
        end = domain_end(search, i + 1, &words, &dots);
        if (end > i + 1 && end <= to)
            return take(search, from, i, i + 1, end, 88);
    }
    return false;
}
