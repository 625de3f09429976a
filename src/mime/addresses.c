#include "mime/addresses.h"

#include "mime/words.h"

#include <string.h>

/* One mailbox while it is read. */
struct reading {
    struct buf phrase; /* words in front of '<', quotes taken off */
    struct buf plain; /* the same with quotes, for when it turns out to be the address */
    struct buf angle; /* between '<' and '>' */
    struct buf comment; /* the last comment */
    bool angled; /* a '<' was there */
    bool quoted; /* a quoted string was in the phrase */
};

static void clear(struct reading *r)
{
    r->phrase.len = r->plain.len = r->angle.len = r->comment.len = 0;
    r->angled = r->quoted = false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void add(struct addresses *list, struct arena *arena, const char *name, const char *address)
{
    if (list->count == ADDRESSES_MOST) {
        list->cut = list->odd = true;
        return;
    }
    if ((list->count & (list->count - 1)) == 0)
        list->at = arena_grow(arena, list->at, list->count * sizeof *list->at,
            (list->count ? list->count * 2 : 1) * sizeof *list->at);
    list->at[list->count++] = (struct address) { name, address };
}

/* Takes the blanks out that the obsolete syntax allows around '.' and '@'. */
static struct span tighten(struct span text, struct arena *arena)
{
    struct buf out = { .arena = arena };

    for (size_t i = 0; i < text.len; i++) {
        if (is_blank(text.at[i])) {
            size_t next = i;

            while (next < text.len && is_blank(text.at[next]))
                next++;
            if (next < text.len && (text.at[next] == '@' || text.at[next] == '.'))
                continue;
            if (out.len && (out.at[out.len - 1] == '@' || out.at[out.len - 1] == '.'))
                continue;
        }
        buf_char(&out, text.at[i]);
    }
    return span_trim(buf_span(&out));
}

static const char *lower_domain(char *address)
{
    for (char *at = strrchr(address, '@'); at && *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at += 'a' - 'A';
    return address;
}

/* UTF-8, shown, domain in lower case. */
static const char *as_text(struct charsets *charsets, struct span address, struct arena *arena)
{
    struct buf utf8 = { .arena = arena }, shown = { .arena = arena };

    charset_decode(charsets, "", address, &utf8);
    charset_show(buf_span(&utf8), true, &shown);
    return lower_domain(arena_text(arena, span_trim(buf_span(&shown))));
}

/* One '@' with something on both sides, no blanks, no brackets, nothing that had to be shown. */
static bool is_sound(const char *address)
{
    const char *at = strrchr(address, '@');

    if (!at || at == address || !at[1] || strstr(address, "<U+") || strstr(address, "\xEF\xBF\xBD"))
        return false;
    if (strpbrk(at + 1, " \t\"<>(),:;\\=?"))
        return false;
    if (address[0] == '"') /* a quoted local part may hold nearly all */
        return at > address + 1 && at[-1] == '"';
    return strchr(address, '@') == at && !strpbrk(address, " \t\"<>(),:;\\");
}

/* The address text of one mailbox: route off, quotes round the whole off, encoded words decoded. */
static void add_address(struct charsets *charsets, struct span name, struct span address,
    struct arena *arena, struct addresses *list)
{
    const char *shown_name = words_decode(charsets, name, arena), *text;
    bool encoded = span_find(address, SPAN("=?"), 0) != SPAN_NOWHERE;

    address = tighten(address, arena);
    if (address.len && address.at[0] == '@') { /* RFC 5322, 4.4: <@a,@b:c@d> */
        size_t colon = span_find_char(address, ':', 0);

        list->odd = true;
        if (colon != SPAN_NOWHERE)
            address = span_part(address, colon + 1, address.len);
    }
    if (span_starts_nocase(address, SPAN("mailto:"))) {
        list->odd = true;
        address = span_part(address, 7, address.len);
    }
    if (address.len >= 2 && strchr("'\"", address.at[0])
        && address.at[address.len - 1] == address.at[0]) {
        list->odd = true; /* <'a@b'>, "a@b" */
        address = span_part(address, 1, address.len - 1);
    }
    if (encoded) { /* Mailsploit: what a program shows is not what another one sends to */
        list->odd = true;
        address = span_of(words_decode(charsets, address, arena));
    }
    text = as_text(charsets, address, arena);
    if (is_sound(text) || !*text) {
        add(list, arena, shown_name, text);
        return;
    }
    /* Several addresses without a comma, or one with something beside it: each is listed, so that
     * none of them can be taken for the only one. */
    list->odd = true;
    for (size_t start = 0; text[start];) {
        size_t len = strcspn(text + start, " \t,;<>\"()");

        if (len && memchr(text + start, '@', len))
            add(list, arena, shown_name, arena_text(arena, (struct span) { text + start, len }));
        start += len;
        start += strspn(text + start, " \t,;<>\"()");
    }
    if (!strchr(text, '@'))
        add(list, arena, *shown_name ? shown_name : text, text);
}

static void emit(
    struct charsets *charsets, struct reading *r, struct arena *arena, struct addresses *list)
{
    struct span phrase = span_trim(buf_span(&r->phrase));
    struct span plain = span_trim(buf_span(&r->plain));

    if (r->angled) {
        /* a@b <a@b> is what many programs write; a@b <c@d> is a trap. */
        if (!r->quoted && span_find_char(phrase, '@', 0) != SPAN_NOWHERE
            && !span_equal_nocase(phrase, span_trim(buf_span(&r->angle))))
            list->odd = true;
        add_address(charsets, phrase.len ? phrase : span_trim(buf_span(&r->comment)),
            buf_span(&r->angle), arena, list);
    } else if (plain.len) {
        bool encoded = span_find(plain, SPAN("=?"), 0) != SPAN_NOWHERE;

        if (encoded && span_find_char(plain, '@', 0) == SPAN_NOWHERE) {
            /* The whole mailbox in an encoded word, brackets and all: some programs do that. */
            const char *text = words_decode(charsets, plain, arena);
            const char *open = strrchr(text, '<');

            list->odd = true;
            if (open)
                add_address(charsets, (struct span) { text, (size_t)(open - text) },
                    (struct span) { open + 1, strcspn(open + 1, ">") }, arena, list);
            else
                add_address(charsets, span_trim(buf_span(&r->comment)), span_of(text), arena, list);
        } else {
            if (span_find_char(plain, '@', 0) == SPAN_NOWHERE)
                list->odd = true;
            add_address(charsets, span_trim(buf_span(&r->comment)), plain, arena, list);
        }
    } else if (r->comment.len)
        list->odd = true;
    clear(r);
}

static size_t read_quoted(struct span value, size_t at, struct reading *r, bool *odd)
{
    struct buf *raw = r->angled ? &r->angle : &r->plain;

    buf_char(raw, '"');
    for (; at < value.len && value.at[at] != '"'; at++) {
        if (value.at[at] == '\\' && at + 1 < value.len)
            buf_char(raw, value.at[at++]);
        buf_char(raw, value.at[at]);
        if (!r->angled)
            buf_char(&r->phrase, value.at[at]);
    }
    buf_char(raw, '"');
    if (!r->angled)
        r->quoted = true;
    if (at >= value.len)
        *odd = true;
    return at;
}

static size_t read_comment(struct span value, size_t at, struct reading *r, bool *odd)
{
    size_t depth = 1;

    r->comment.len = 0;
    for (; at < value.len; at++) {
        if (value.at[at] == '\\' && at + 1 < value.len)
            at++;
        else if (value.at[at] == '(')
            depth++;
        else if (value.at[at] == ')' && --depth == 0)
            return at;
        buf_char(&r->comment, value.at[at]);
    }
    *odd = true;
    return at;
}

void addresses_parse(
    struct charsets *charsets, struct span value, struct arena *arena, struct addresses *list)
{
    struct reading r = { { .arena = arena }, { .arena = arena }, { .arena = arena },
        { .arena = arena }, false, false };
    bool in_angle = false, in_group = false;

    value = words_unfold(value, arena);
    for (size_t at = 0; at < value.len; at++) {
        char c = value.at[at];

        if (c == '"') {
            at = read_quoted(value, at + 1, &r, &list->odd);
        } else if (c == '(') {
            at = read_comment(value, at + 1, &r, &list->odd);
            if (!in_angle) {
                buf_char(&r.phrase, ' ');
                buf_char(&r.plain, ' ');
            }
        } else if (in_angle) {
            if (c == '>')
                in_angle = false;
            else if (c == '<')
                list->odd = true;
            else
                buf_char(&r.angle, c);
        } else if (c == '<') {
            if (r.angled) { /* <a@b> <c@d>: two of them */
                list->odd = true;
                emit(charsets, &r, arena, list);
            }
            r.angled = in_angle = true;
        } else if (c == ',' || c == ';') {
            if (c == ';' && !in_group)
                list->odd = true; /* the comma of some programs */
            if (c == ';')
                in_group = false;
            emit(charsets, &r, arena, list);
        } else if (c == ':' && !in_group && !r.angled
            && span_find_char(buf_span(&r.plain), '@', 0) == SPAN_NOWHERE
            && !span_equal_nocase(span_trim(buf_span(&r.plain)), SPAN("mailto"))) {
            in_group = true; /* the name of a group is nobody's */
            clear(&r);
        } else {
            if (r.angled && !is_blank(c) && c != '>') { /* <a@b> c@d */
                list->odd = true;
                emit(charsets, &r, arena, list);
            }
            if (c == ')' || c == '>' || c == '\0')
                list->odd = true;
            if (c == ')' || c == '>')
                continue;
            buf_char(&r.phrase, c);
            buf_char(&r.plain, c);
        }
    }
    if (in_angle)
        list->odd = true;
    emit(charsets, &r, arena, list);
}

bool addresses_same(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);

    if (a_len && a[a_len - 1] == '.')
        a_len--;
    if (b_len && b[b_len - 1] == '.')
        b_len--;
    return a_len && span_equal_nocase((struct span) { a, a_len }, (struct span) { b, b_len });
}

static bool is_address_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (unsigned char)c >= 0x80 || (c && strchr("!#$%&*+-/=?^_{|}~.", c));
}

const char *addresses_in_text(const char *text, struct arena *arena)
{
    for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
        const char *start = at, *end = at + 1;

        while (start > text && is_address_char(start[-1]))
            start--;
        while (is_address_char(*end))
            end++;
        while (end > at + 1 && end[-1] == '.')
            end--;
        if (start < at && memchr(at + 1, '.', (size_t)(end - at - 1)))
            return lower_domain(arena_text(arena, (struct span) { start, (size_t)(end - start) }));
    }
    return "";
}
