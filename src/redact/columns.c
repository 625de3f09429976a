#include "redact/columns.h"

#include "redact/birth.h"
#include "redact/keyname.h"
#include "redact/plate.h"
#include "redact/value.h"

#include <string.h>

enum { CELLS_MOST = 48, BLANKS = 1 };

struct cell {
    uint32_t from, to;
};

struct row {
    struct cell cell[CELLS_MOST];
    uint32_t count;
    uint8_t sign; /* what parts the cells; BLANKS: two or more blanks */
};

static bool is_rule_line(const struct search *search, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind != TOKEN_SIGN || !strchr("-+=|: ", search->token[i].sign))
            return false;
    return to > from;
}

static bool wide_gap(const struct search *search, uint32_t i)
{
    return (search->token[i].gap == GAP_BLANK)
        & (search->token[i].pos - search_end_pos(search, i - 1) >= 2);
}

/* The sign that parts the cells of a line, or 0. */
static uint8_t sign_of(const struct search *search, uint32_t from, uint32_t to)
{
    uint32_t bars = 0, semis = 0, tabs = 0, commas = 0, wides = 0;

    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        wides += i > from && wide_gap(search, i);
        bars += token->sign == '|';
        semis += token->sign == ';';
        tabs += token->sign == '\t';
        commas += token->sign == ',';
    }
    if (bars >= 1 && bars >= semis)
        return '|';
    if (tabs >= 1)
        return '\t';
    if (semis >= 2 || (semis == 1 && !commas))
        return ';';
    if (commas >= 2)
        return ',';
    if (wides >= 1)
        return BLANKS;
    return commas ? ',' : 0;
}

static void add_cell(const struct search *search, struct row *row, uint32_t from, uint32_t to)
{
    while (from < to && search->token[from].kind == TOKEN_SIGN
        && strchr("\"'`", search->token[from].sign))
        from++;
    while (to > from && search->token[to - 1].kind == TOKEN_SIGN
        && strchr(row->sign == ',' ? "\"'`);" : "\"'`", search->token[to - 1].sign))
        to--;
    if (row->count < CELLS_MOST)
        row->cell[row->count++] = (struct cell) { from, to };
}

/* Cuts tokens [from, to) at the sign, outside of double quotes. */
static void cut_row(
    const struct search *search, uint32_t from, uint32_t to, uint8_t sign, struct row *row)
{
    uint32_t start = from;
    uint8_t quote = 0;

    row->count = 0;
    row->sign = sign;
    if (sign == '|' && search_sign(search, from, '|'))
        start = from = from + 1;
    if (sign == '|' && to > from && search_sign(search, to - 1, '|'))
        to--;
    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        if (sign == BLANKS) {
            if (i > from && wide_gap(search, i)) {
                add_cell(search, row, start, i);
                start = i;
            }
            continue;
        }
        if (token->kind == TOKEN_SIGN
            && (token->sign == '"' || (token->sign == '\'' && sign != '|'))) {
            bool opens = i == start, closes = i + 1 == to || search_sign(search, i + 1, sign);

            if (!quote && opens)
                quote = token->sign;
            else if (quote == token->sign && closes)
                quote = 0;
        }
        if (!quote && token->kind == TOKEN_SIGN && token->sign == sign) {
            add_cell(search, row, start, i);
            start = i + 1;
        }
    }
    add_cell(search, row, start, to);
}

/* A head: short cells without values, of which some name personal data. */
static uint32_t read_head(const struct search *search, const struct row *row, enum key *keys)
{
    uint32_t typed = 0;

    for (uint32_t c = 0; c < row->count; c++) {
        uint32_t from = row->cell[c].from, to = row->cell[c].to;

        keys[c] = KEY_NONE;
        if (to - from > 7)
            return 0;
        for (uint32_t i = from; i < to; i++)
            if (search->token[i].claim
                || (search->token[i].kind == TOKEN_NUMBER && search->token[i].len > 2)
                || (search->token[i].kind == TOKEN_SIGN
                    && strchr("=@<>{}:", search->token[i].sign)))
                return 0;
        keys[c] = keyname_of(search, from, to);
        if (keys[c] == KEY_CREDENTIAL && search_word(search, from, "code") && to - from == 1)
            keys[c] = KEY_NONE;
        typed += keys[c] != KEY_NONE;
    }
    return typed;
}

static void take_row(
    struct search *search, const struct row *row, const enum key *keys, uint32_t columns)
{
    for (uint32_t c = 0; c < row->count && c < columns; c++) {
        uint32_t from = row->cell[c].from, to = row->cell[c].to;

        if (keys[c] == KEY_NOT)
            for (uint32_t i = from; i < to; i++)
                search->token[i].key = KEY_NOT;
        else if (keys[c])
            value_take(search, keys[c], from, to, VALUE_CELL);
        /* "straat | nr | toev": the number behind a street */
        if (keys[c] == KEY_HOUSENR && c > 0 && to - from <= 3
            && (keys[c - 1] == KEY_ADDRESS || (keys[c - 1] == KEY_HOUSENR && c > 1)))
            search_claim(search, from, to, REDACT_ADDRESS, RULE_KEY, 80, GUARD_HARD);
    }
}

static uint32_t next_line(const struct search *search, uint32_t from)
{
    return search_line_end(search, from);
}

/* The key that the first cell of a row names, when none of the others does. */
static enum key first_key(const struct search *search, const struct row *row)
{
    enum key key = KEY_NONE;

    if (row->count < 2 || row->count > 6 || row->cell[0].to - row->cell[0].from > 7)
        return KEY_NONE;
    for (uint32_t c = 0; c < row->count; c++) {
        uint32_t from = row->cell[c].from, to = row->cell[c].to;

        for (uint32_t i = from; !c && i < to; i++)
            if (search->token[i].claim || search->token[i].kind == TOKEN_NUMBER
                || (search_sign(search, i, ':') && i + 1 < to))
                return KEY_NONE;
        if (search_sign(search, from, ':') || search_sign(search, from, '='))
            return KEY_NONE;
        if (!c)
            key = keyname_of(search, from, to);
        else if (to - from == 1 && keyname_of(search, from, to))
            return KEY_NONE;
    }
    return key;
}

/* A table that stands upright, one key a line: naam | Jan, and below it bsn | 1. Gives the line
 * after it, or `from` when the lines there are none. */
static uint32_t take_upright(struct search *search, uint32_t from, uint8_t sign)
{
    uint32_t line = from, keyed = 0;
    struct row row;

    if (sign == ',' || sign == ';')
        return from;
    for (int pass = 0; pass < 2; pass++) {
        for (line = from; line < search->count; line = search_line_end(search, line)) {
            uint32_t end = search_line_end(search, line);
            enum key key;

            if (line > from && search->token[line].gap == GAP_PARAGRAPH)
                break;
            if (is_rule_line(search, line, end))
                continue;
            cut_row(search, line, end, sign, &row);
            if (row.count < 2 || (sign == BLANKS && row.count > 2))
                break;
            key = first_key(search, &row);
            if (!pass && !key && keyed < 2)
                return from;
            keyed += !pass && key;
            for (uint32_t c = 1; pass && key && key != KEY_NOT && c < row.count; c++) {
                value_take(search, key, row.cell[c].from, row.cell[c].to, VALUE_CELL);
                if (key == KEY_ADDRESS && c > 1 && row.cell[c].to - row.cell[c].from <= 3)
                    search_claim(search, row.cell[c].from, row.cell[c].to, REDACT_ADDRESS, RULE_KEY,
                        80, GUARD_HARD);
            }
        }
        if (keyed < 2)
            return from;
    }
    return line;
}

/* Takes the table whose head is the line at `from`; gives the line after it. */
static uint32_t take_table(struct search *search, uint32_t from, uint32_t to)
{
    enum key keys[CELLS_MOST];
    struct row head, row;
    uint8_t sign = sign_of(search, from, to);
    uint32_t typed, line = to, taken = 0;

    if (!sign)
        return to;
    cut_row(search, from, to, sign, &head);
    if (head.count < 2)
        return to;
    line = first_key(search, &head) ? take_upright(search, from, sign) : from;
    if (line > from)
        return line;
    line = to;
    typed = read_head(search, &head, keys);
    if (!typed || (typed < 2 && sign != '|' && sign != '\t' && head.count > 2)
        || (typed < 2 && sign == BLANKS))
        return to;
    if (sign == ',' && typed < 2)
        return to;
    while (line < search->count && taken < 100000) {
        uint32_t end = next_line(search, line);

        if (search->token[line].gap == GAP_PARAGRAPH && (taken || sign == BLANKS))
            break;
        if (is_rule_line(search, line, end)) {
            line = end;
            continue;
        }
        cut_row(search, line, end, sign, &row);
        if (row.count < 2
            || (row.count != head.count && sign != BLANKS && row.count + 1 != head.count))
            break;
        if (sign == BLANKS && row.count != head.count)
            break;
        take_row(search, &row, keys, head.count);
        taken++;
        line = end;
    }
    return taken ? line : to;
}

/* INSERT INTO t (naam, bsn) VALUES ('x', '1'), ('y', '2') */
static void take_insert(struct search *search, uint32_t values)
{
    uint32_t open, depth = 0, i;
    enum key keys[CELLS_MOST];
    struct row head, row;

    if (values < 3 || !search_sign(search, values - 1, ')'))
        return;
    for (open = values - 2; open > 0 && values - open < 160 && !search_sign(search, open, '(');
         open--)
        ;
    if (!search_sign(search, open, '('))
        return;
    cut_row(search, open + 1, values - 1, ',', &head);
    if (!read_head(search, &head, keys))
        return;
    for (i = values + 1; i < search->count && search_sign(search, i, '(');) {
        uint32_t start = i + 1;

        for (depth = 1, i = start; i < search->count && depth && i - start < 400; i++) {
            depth += search_sign(search, i, '(');
            depth -= search_sign(search, i, ')');
        }
        if (depth)
            return;
        cut_row(search, start, i - 1, ',', &row);
        if (row.count == head.count)
            take_row(search, &row, keys, head.count);
        if (search_sign(search, i, ','))
            i++;
    }
}

/* COPY t (naam, bsn) FROM stdin; and lines parted by tabs until "\\." */
static uint32_t take_copy(struct search *search, uint32_t word)
{
    uint32_t close, open = word, line;
    enum key keys[CELLS_MOST];
    struct row head, row;

    while (open < search->count && open < word + 8 && !search_sign(search, open, '('))
        open++;
    for (close = open;
         close < search->count && close < open + 160 && !search_sign(search, close, ')'); close++)
        ;
    if (!search_sign(search, open, '(') || !search_sign(search, close, ')')
        || !search_word(search, close + 1, "from"))
        return word;
    cut_row(search, open + 1, close, ',', &head);
    if (!read_head(search, &head, keys))
        return word;
    line = search_line_end(search, close);
    while (line < search->count) {
        uint32_t end = search_line_end(search, line);

        cut_row(search, line, end, '\t', &row);
        if (row.count != head.count)
            break;
        take_row(search, &row, keys, head.count);
        line = end;
    }
    return line;
}

/* A line that is only a key, and its value on the next: as <dt> and <dd> and forms have it. */
static void take_below(struct search *search, uint32_t from, uint32_t to)
{
    uint32_t end;
    enum key key;

    if (to >= search->count || to - from > 4 || search->token[to].gap != GAP_LINE
        || search->token[from].kind != TOKEN_WORD || search->token[from].claim)
        return;
    to -= search_sign(search, to - 1, ':');
    for (uint32_t i = from; i < to; i++)
        if (search->token[i].kind == TOKEN_NUMBER)
            return;
    key = keyname_of(search, from, to);
    if (search->token[to - 1].kind != TOKEN_WORD || keyname_word(search, to - 1) != key)
        return;
    /* "Schoolstraat" ends as a key does, and is none */
    if (key == KEY_ADDRESS && FEATURE_KEY(search->token[to - 1].feature) != KEY_ADDRESS)
        return;
    if (key < KEY_PHONE || key == KEY_HOUSENR || key == KEY_PLACE || key >= KEY_IP)
        return;
    to += search_sign(search, to, ':');
    end = search_line_end(search, to);
    if (end - to <= 12 && keyname_of(search, to, end) == KEY_NONE)
        value_take(search, key, to, end, VALUE_CELL);
}

void columns_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].kind == TOKEN_WORD && search->token[i].len == 4
            && search_word(search, i, "copy")) {
            uint32_t end = take_copy(search, i);

            i = end > i ? end - 1 : i;
        }
    for (uint32_t line = 0; line < search->count;) {
        uint32_t end = search_line_end(search, line);

        take_below(search, line, end);
        line = take_table(search, line, end);
    }
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].kind == TOKEN_WORD && search->token[i].len == 6
            && search_word(search, i, "values"))
            take_insert(search, i);
}

/* Personal data whose form alone is certain. */
static bool is_anchor(uint8_t type)
{
    return type == REDACT_BSN || type == REDACT_IBAN || type == REDACT_PHONE || type == REDACT_EMAIL
        || type == REDACT_CARD || type == REDACT_POSTCODE || type == REDACT_DOB
        || type == REDACT_PLATE || type == REDACT_ADDRESS || type == REDACT_IDDOC
        || type == REDACT_VNUM || type == REDACT_ANUM || type == REDACT_MAC;
}

/* Capitals, initials and tussenvoegsels: no words of a sentence. */
static bool only_name_words(const struct search *search, uint32_t from, uint32_t to)
{
    uint32_t capitals = 0, small = 0;

    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        if (token->kind != TOKEN_WORD)
            continue;
        capitals += token->shape != SHAPE_LOWER && FEATURE_CLASS(token->feature) != CLASS_TUSS;
        if (token->shape == SHAPE_LOWER && FEATURE_CLASS(token->feature) != CLASS_TUSS
            && !(FEATURE_GIVEN(token->feature) && !FEATURE_COMMON(token->feature)))
            return false;
        small += FEATURE_CLASS(token->feature) == CLASS_TUSS;
        if (search_ends(search, i, "zaken") || search_ends(search, i, "beheer")
            || search_ends(search, i, "dienst") || search_ends(search, i, "advies")
            || search_ends(search, i, "loket") || search_ends(search, i, "team")
            || search_ends(search, i, "nummer"))
            return false;
    }
    return capitals && small <= 3;
}

/* Commas part the cells of a file, and the clauses of a sentence. */
static bool is_sentence(const struct search *search, const struct row *row)
{
    uint32_t words = 0;

    for (uint32_t c = 0; c < row->count; c++)
        for (uint32_t i = row->cell[c].from; i < row->cell[c].to; i++)
            words += search->token[i].shape == SHAPE_LOWER && search->token[i].kind == TOKEN_WORD
                && FEATURE_COMMON(search->token[i].feature) >= 5;
    return words * 2 > row->count;
}

/* 32, 40, 56, 64, 96 or 128 digits of hex: beside personal data the hash of a password. */
static bool is_digest(const struct search *search, uint32_t from, uint32_t to)
{
    uint32_t first = search->token[from].pos, len = search_end_pos(search, to - 1) - first;

    if (len != 32 && len != 40 && len != 56 && len != 64 && len != 96 && len != 128)
        return false;
    for (uint32_t p = first; p < first + len; p++) {
        uint8_t c = search->view.ch[p], low = c | 32;

        if (!view_digit(c) && !(low >= 'a' && low <= 'f'))
            return false;
    }
    return true;
}

/* One run of small letters tied by signs or with digits behind: jan_de_boer, zeemeermin64. */
static bool is_account(const struct search *search, uint32_t from, uint32_t to)
{
    bool made = false;

    if (to - from < 2 || to - from > 7 || search->token[from].kind != TOKEN_WORD
        || !value_is_handle(search, from, to))
        return false;
    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        if ((i > from && token->gap)
            || (token->kind == TOKEN_WORD
                && (token->shape != SHAPE_LOWER || FEATURE_COMMON(token->feature) >= 6)
                && FEATURE_CLASS(token->feature) != CLASS_TUSS))
            return false;
        made |= search_sign(search, i, '_') || search_sign(search, i, '.')
            || (token->kind == TOKEN_NUMBER && i + 1 == to && search->token[from].len > 3);
    }
    return made;
}

static void take_loose_row(struct search *search, const struct row *row, bool strong)
{
    for (uint32_t c = 0; c < row->count; c++) {
        uint32_t from = row->cell[c].from, to = row->cell[c].to, end;

        if (from >= to || (to - from > 10 && !is_digest(search, from, to))
            || search->token[from].claim || search->token[from].key == KEY_NOT)
            continue;
        from += search_sign(search, from, '*'); /* as MySQL writes its hashes */
        if (from >= to)
            continue;
        if (is_digest(search, from, to)) {
            search_claim(search, from, to, REDACT_CREDENTIAL, RULE_ROW, 75, GUARD_HARD);
            continue;
        }
        end = birth_date_end(search, from, to, false);
        if (end == to && birth_year(search, from, to) < 2011) {
            if (strong)
                search_claim(search, from, to, REDACT_DOB, RULE_ROW, 75, GUARD_SOFT);
            continue;
        }
        if (strong && plate_is_glued(search, from, to)) {
            search_claim(search, from, to, REDACT_PLATE, RULE_ROW, 70, GUARD_SOFT);
            continue;
        }
        if (strong && is_account(search, from, to)) {
            search_claim(search, from, to, REDACT_HANDLE, RULE_ROW, 66, GUARD_SOFT);
            continue;
        }
        if (value_is_name(search, from, to, true) && only_name_words(search, from, to)) {
            bool person = value_is_name(search, from, to, false);
            bool common = to - from == 1
                && (FEATURE_COMMON(search->token[from].feature) >= 2
                    || search->token[from].feature & FEATURE_PLACE);

            if (person && !common)
                search_claim(search, from, to, REDACT_PERSON, RULE_ROW, 80, GUARD_SOFT);
            else if (!common && to - from > 1 && strong
                && !FEATURE_COMMON(search->token[to - 1].feature)
                && !FEATURE_COMMON(search->token[from].feature))
                search_claim(search, from, to, REDACT_PERSON, RULE_ROW, 60, GUARD_SOFT);
            else if (!common && strong && row->count >= 3 && to - from == 1
                && !search->token[from].feature && search->token[from].len > 3)
                search_claim(search, from, to, REDACT_PERSON, RULE_ROW, 55, GUARD_SOFT);
        }
    }
}

void columns_find_rows(struct search *search)
{
    for (uint32_t line = 0; line < search->count;) {
        uint32_t end = search_line_end(search, line), anchors = 0;
        uint8_t sign = sign_of(search, line, end);
        struct row row;

        if (sign && sign != BLANKS && end - line < 300) {
            uint8_t last = 0;

            cut_row(search, line, end, sign, &row);
            if (sign == ',' && is_sentence(search, &row)) {
                line = end;
                continue;
            }
            for (uint32_t i = line; i < end; i++) {
                anchors += is_anchor(search->token[i].claim) && search->token[i].claim != last;
                last = search->token[i].claim;
            }
            if (anchors && row.count >= 3 && (sign != ',' || anchors >= 2 || row.count >= 4))
                take_loose_row(search, &row, anchors >= 2 || sign != ',');
            else if (anchors && row.count == 2 && sign == '|')
                take_loose_row(search, &row, false);
        }
        line = end;
    }
}
