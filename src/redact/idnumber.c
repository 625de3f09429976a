#include "redact/idnumber.h"

#include "redact/birth.h"
#include "redact/keyname.h"
#include "redact/proof.h"
#include "redact/spell.h"

#include <string.h>

/* The key word nearest before token i: within ten tokens, in the same paragraph. */
static enum key key_near(const struct search *search, uint32_t i, uint32_t look, uint32_t *distance)
{
    bool bars = false; /* the head of a table says nothing of what is not below it */

    for (uint32_t k = i, n = 0; k > 0 && n < look; k--, n++) {
        enum key key;

        bars |= search_sign(search, k - 1, '|');
        if (search->token[k].gap >= GAP_PARAGRAPH || (bars && search->token[k].gap == GAP_LINE))
            break;
        /* what stands before a number is that number's */
        if (search->token[k - 1].kind == TOKEN_NUMBER && search->token[k - 1].len >= 8
            && !search->token[k - 1].claim)
            break;
        if (search->token[k - 1].kind != TOKEN_WORD)
            continue;
        /* "V-nummer", "A-nummer", "V-number" */
        if ((search_word(search, k - 1, "nummer") || search_word(search, k - 1, "number")
                || search_word(search, k - 1, "nr"))
            && k > 2 && (search_sign(search, k - 2, '-') || search->token[k - 2].len == 1)) {
            uint32_t letter = search_sign(search, k - 2, '-') ? k - 3 : k - 2;

            if (search_word(search, letter, "v"))
                key = KEY_VNUM;
            else if (search_word(search, letter, "a") && search->token[letter].sign == 'A')
                key = KEY_ANUM;
            else
                key = KEY_NONE;
        } else
            key = keyname_word(search, k - 1);
        if (key == KEY_PERSON || key == KEY_NOKEY || key == KEY_PLACE || key == KEY_HANDLE
            || key == KEY_HOUSENR || key == KEY_CREDENTIAL)
            continue;
        if (key) {
            *distance = n;
            return key;
        }
    }
    return KEY_NONE;
}

/* What parts the digits of one number; more does where a word before tells what it is. */
static const char plain_signs[] = ".-/_", told_signs[] = ".-/_*|,;:~()[]{}\"'+^#";

/* Digits from token i on, parted by blanks, such signs and soft line ends, `want` in all. */
static uint32_t group_end(
    const struct search *search, uint32_t i, size_t want, const char *signs, char *digits)
{
    uint32_t k = i, between = 0, most = signs == plain_signs ? 1 : 4;
    size_t n = 0;

    while (k < search->count && k - i < 60) {
        const struct token *token = &search->token[k];

        if (token->kind == TOKEN_NUMBER) {
            if (k > i && token->gap >= GAP_PARAGRAPH)
                return i;
            if (n + token->len > want)
                return i;
            for (uint32_t c = 0; c < token->len; c++)
                digits[n++] = (char)search->view.ch[token->pos + c];
            k++;
            between = 0;
            if (n == want)
                break;
            continue;
        }
        /* "551 en dan 863" */
        if (most > 1 && ++between <= most
            && (search_word(search, k, "en") || search_word(search, k, "dan")
                || search_word(search, k, "and") || search_word(search, k, "then")
                || search_word(search, k, "komma") || search_word(search, k, "punt")
                || search_word(search, k, "streepje"))) {
            k++;
            continue;
        }
        if (token->kind != TOKEN_SIGN || !strchr(signs, token->sign) || token->gap > GAP_BLANK
            || between > most || (most == 1 && ++between > 1))
            return i;
        k++;
    }
    if (n != want)
        return i;
    digits[n] = 0;
    if (k < search->count && !search->token[k].gap
        && (search->token[k].kind != TOKEN_SIGN
            || (strchr(".-", search->token[k].sign) && search->token[k + 1].kind == TOKEN_NUMBER
                && !search->token[k + 1].gap)))
        return i;
    return k;
}

/* How many digits may be one number from token i on; at most 19 matter. */
static size_t digits_reach(const struct search *search, uint32_t i, const char *signs)
{
    size_t digits = 0;

    for (uint32_t k = i; k < search->count && digits < 20; k++) {
        const struct token *token = &search->token[k];

        if (token->kind == TOKEN_NUMBER)
            digits += token->len;
        else if (token->kind != TOKEN_SIGN ? token->len > 8 : !strchr(signs, token->sign))
            break;
    }
    return digits;
}

static bool starts_free(const struct search *search, uint32_t i)
{
    const struct token *before = &search->token[i - 1];

    if (i == 0)
        return true;
    if (i > 1 && before->kind == TOKEN_NUMBER && before->len <= 3 && search_sign(search, i - 2, '+')
        && search->token[i].gap <= GAP_BLANK)
        return false; /* the rest of +48 512 555 230 */
    if (search->token[i].gap)
        return true;
    if (before->sign == '+' && before->gap)
        return false; /* +49 5921 555 0148 */
    if (before->kind != TOKEN_SIGN)
        return before->kind == TOKEN_WORD && before->len <= 3
            && keyname_word(search, i - 1) == KEY_BSN;
    /* "1.234", "ZM-123", "#123" are parts of something; "=123", "/123", "(123" start */
    if (strchr(".-", before->sign))
        return i < 2 || search->token[i - 1].gap || search->token[i - 2].kind == TOKEN_SIGN
            || keyname_word(search, i - 2) == KEY_BSN;
    return before->sign != '#';
}

/* So many groups or more, all parted by the same sign or by blanks: one number. */
static bool same_parts(const struct search *search, uint32_t from, uint32_t to, uint32_t least)
{
    uint32_t groups = 0;
    uint8_t sign = 0, gap = 0;

    for (uint32_t i = from; i < to; i++) {
        const struct token *token = &search->token[i];

        if (token->kind == TOKEN_SIGN ? (sign && sign != token->sign) || gap
                                      : i > from && token->gap > (sign ? GAP_NONE : GAP_BLANK))
            return false;
        if (token->kind == TOKEN_SIGN)
            sign = token->sign;
        else {
            gap |= i > from && token->gap;
            groups++;
        }
    }
    return groups >= least
        && !(to < search->count && !search->token[to].gap && search->token[to].kind == TOKEN_SIGN
            && strchr("/:,", search->token[to].sign) && !search->token[to + 1].gap);
}

static void try_digits(struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];
    char digits[24];
    uint32_t end, distance = 99;
    size_t reach;
    enum key key;
    bool lone = token->len >= 8;
    /* 2024/88172 */
    bool dated = token->len == 4 && !token[1].gap && token[1].sign == '/'
        && (token->sign == '1' || token->sign == '2');
    const char *signs = plain_signs;

    if (!starts_free(search, i))
        return;
    reach = digits_reach(search, i, told_signs);
    if (reach < 8)
        return;
    key = token->key == KEY_NOT ? KEY_NOT : key_near(search, i, 12, &distance);
    if (distance < 7 && (key == KEY_BSN || key == KEY_ANUM || key == KEY_VNUM || key == KEY_CARD))
        signs = told_signs;
    for (size_t len = reach < 19 ? reach : 19; len >= 13; len--) {
        end = group_end(search, i, len, signs, digits);
        if (end > i && proof_card(digits) && !(key == KEY_NOT && distance < 4)
            && (token->len >= 13 || token->len == 4 || key == KEY_CARD
                || (len == 16 && digits[0] >= '3' && digits[0] <= '5'
                    && same_parts(search, i, end, 3)))) {
            search_claim(search, i, end, REDACT_CARD, RULE_PROOF, 93, GUARD_HARD);
            return;
        }
    }
    end = group_end(search, i, 10, signs, digits);
    if (end > i) {
        if (key == KEY_BSN && digits[0] == '0' && proof_bsn(digits + 1)) {
            search_claim(search, i, end, REDACT_BSN, RULE_PROOF, 90, GUARD_HARD);
            return;
        }
        if (key == KEY_VNUM || (key == KEY_ANUM && proof_anum(digits))) {
            search_claim(search, i, end, key == KEY_VNUM ? REDACT_VNUM : REDACT_ANUM, RULE_CONTEXT,
                92, GUARD_HARD);
            return;
        }
        if (key == KEY_IDDOC && distance < 6
            && birth_date_end(search, i, search->count, false) == i) {
            search_claim(search, i, end, REDACT_IDDOC, RULE_CONTEXT, 88, GUARD_HARD);
            return;
        }
        if (lone && token->len == 10 && token->sign != '0' && proof_anum(digits) && key != KEY_NOT
            && key != KEY_PHONE) {
            search_claim(search, i, end, REDACT_ANUM, RULE_PROOF, 72, GUARD_SOFT);
            return;
        }
        if (key == KEY_ANUM && distance < 4) {
            search_claim(search, i, end, REDACT_ANUM, RULE_CONTEXT, 75, GUARD_SOFT);
            return;
        }
    }
    end = group_end(search, i, 9, signs, digits);
    if (end > i && proof_bsn(digits)
        && (key == KEY_BSN
            || (key != KEY_NOT && signs == plain_signs && !dated
                && (lone || same_parts(search, i, end, token->len == 3 || token->len == 4 ? 2 : 3)))
            || (key == KEY_NOT && distance > 5))) {
        search_claim(search, i, end, REDACT_BSN, RULE_PROOF, key == KEY_BSN ? 98 : 86, GUARD_HARD);
        return;
    }
    end = group_end(search, i, 8, signs, digits);
    if (end > i && key == KEY_BSN && distance < 8 && proof_bsn(digits)) {
        search_claim(search, i, end, REDACT_BSN, RULE_CONTEXT, 92, GUARD_HARD);
        return;
    }
    if (end > i && token->len == 8 && key != KEY_NOT && proof_bsn(digits)
        && ((search->token[end].kind == TOKEN_SIGN && strchr("'\";|\t", search->token[end].sign)
            && i > 0 && search->token[i - 1].kind == TOKEN_SIGN
            && strchr("'\";|\t", search->token[i - 1].sign)))) {
        int year = (digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10
            + digits[3] - '0';

        if (!(year >= 1900 && year <= 2030))
            search_claim(search, i, end, REDACT_BSN, RULE_ROW, 70, GUARD_SOFT);
    }
}

/* Letters and digits from token i on, without blanks, until n of them. */
static uint32_t code_end(const struct search *search, uint32_t i, size_t want, char *code)
{
    size_t n = 0;
    uint32_t k = i;

    while (k < search->count && n < want && k - i < 60) {
        const struct token *token = &search->token[k];

        if (token->kind == TOKEN_SIGN) {
            if (!strchr(" .-_/*", token->sign))
                return i;
            k++;
            continue;
        }
        if (k > i && token->gap >= GAP_PARAGRAPH)
            return i;
        if (n + token->len > want)
            return i;
        for (uint32_t c = 0; c < token->len; c++) {
            uint8_t byte = search->view.ch[token->pos + c];

            if (byte >= 0x80)
                return i;
            /* letter O for a zero is told by the proof */
            code[n++] = (char)(view_letter(byte) ? byte & 0xdf : byte);
        }
        k++;
    }
    code[n] = 0;
    return n == want ? k : i;
}

static void try_iban(struct search *search, uint32_t i)
{
    const struct token *token = &search->token[i];
    char country[3], code[40];
    size_t want;
    uint32_t end;

    if (token->len < 2 || token->kind != TOKEN_WORD)
        return;
    if (i > 0 && !token->gap && search->token[i - 1].kind != TOKEN_SIGN)
        return;
    country[0] = (char)(search->view.ch[token->pos] & 0xdf);
    country[1] = (char)(search->view.ch[token->pos + 1] & 0xdf);
    country[2] = 0;
    if (token->len > 2
        || (search->token[i + 1].kind != TOKEN_NUMBER && search->token[i + 1].kind != TOKEN_SIGN))
        return;
    want = proof_iban_length(country);
    if (!want)
        return;
    end = code_end(search, i, want, code);
    if (end == i || !strchr("0123456789O", code[2]) || !strchr("0123456789O", code[3]))
        return;
    if (!proof_iban(code)) {
        /* O written for 0 */
        for (size_t k = 8; k < want; k++)
            if (code[k] == 'O')
                code[k] = '0';
        if (code[2] == 'O')
            code[2] = '0';
        if (!proof_iban(code))
            return;
    }
    search_claim(search, i, end, REDACT_IBAN, RULE_PROOF, 99, GUARD_HARD);
}

static void try_vat(struct search *search, uint32_t i)
{
    char code[20];
    uint32_t end = code_end(search, i, 14, code);

    if (end > i && proof_dutch_vat(code))
        search_claim(search, i, end, REDACT_VATID, RULE_PROOF, 93, GUARD_HARD);
}

/* Nine letters and digits in groups, or told one by one: YXV-NB8-576, "N, W, twaalf, ...". */
static bool take_document_parts(struct search *search, uint32_t word)
{
    for (uint32_t k = word + 1; k < search->count && k < word + 16; k++) {
        uint32_t end = k, letters = 0, digits = 0;
        char shape[16];

        if (search->token[k].gap >= GAP_PARAGRAPH || search->token[k].claim
            || (k > word + 1 && search_sign(search, k - 1, '.') && search->token[k].gap
                && search->token[k - 2].len > 3 && search->token[k].shape != SHAPE_LOWER))
            return false;
        for (uint32_t c = k; c < search->count && letters + digits < 9 && c < k + 18; c++) {
            const struct token *token = &search->token[c];

            if (token->kind == TOKEN_SIGN
                    ? !strchr("-_./* |", token->sign) || token->gap > GAP_BLANK
                    : (c > k && token->gap > GAP_LINE)
                        || (token->kind == TOKEN_WORD && token->shape != SHAPE_UPPER
                            && token->len > 1)
                        || letters + digits + token->len > 9)
                break;
            letters += token->kind == TOKEN_WORD ? token->len : 0;
            digits += token->kind == TOKEN_NUMBER ? token->len : 0;
            end = token->kind == TOKEN_SIGN ? end : c + 1;
        }
        if (!search->token[k].gap && search_sign(search, k - 1, '-'))
            continue; /* NL-TNM-943346 */
        if (letters + digits == 9 && letters >= 2 && digits >= 2
            && search->token[k].kind == TOKEN_WORD && search->token[end - 1].kind == TOKEN_NUMBER
            && (search->token[k].len > 1 || search->token[k + 1].kind != TOKEN_NUMBER)
            && (end >= search->count || search->token[end].gap
                || search->token[end].kind == TOKEN_SIGN))
            return search_claim(search, k, end, REDACT_IDDOC, RULE_CONTEXT, 82, GUARD_SOFT);
        /* dates and files hold ten digits too: only when some are words */
        end = k > word + 6 ? k : spell_end(search, k, shape, 10);
        if (end > k
            && (strlen(shape) == 9
                    ? memcmp(shape, "XX", 2) == 0 && strchr(shape, '9') != NULL
                    : strcmp(shape, "9999999999") == 0 && search->token[k].kind == TOKEN_WORD))
            return search_claim(search, k, end, REDACT_IDDOC, RULE_CONTEXT, 75, GUARD_SOFT);
    }
    return false;
}

/* Letters and digits of a document after its name: "paspoort BWHDX6PX8". */
static void try_document(struct search *search, uint32_t word)
{
    bool bars = false;

    if (take_document_parts(search, word))
        return;
    for (uint32_t k = word + 1, n = 0; k < search->count && n < 9; k++, n++) {
        const struct token *token = &search->token[k];
        uint32_t end, letters = 0, digits = 0;

        if (token->gap >= GAP_PARAGRAPH || token->claim || token->sign == FOLD_MARK
            || (token->gap == GAP_LINE && bars)
            || (k > word + 1 && search_sign(search, k - 1, '.') && token->shape != SHAPE_LOWER
                && token->kind == TOKEN_WORD && token->gap && search->token[k - 2].len > 3))
            return;
        if (token->kind == TOKEN_SIGN) {
            bars |= token->sign == '|';
            continue;
        }
        end = birth_date_end(search, k, search->count, false);
        if (end > k) {
            k = end - 1;
            continue;
        }
        while (end < search->count && (end == k || !search->token[end].gap) && end - k < 14
            && (search->token[end].kind != TOKEN_SIGN
                || (search_sign(search, end, '-') && search->token[end + 1].kind != TOKEN_SIGN
                    && !search->token[end + 1].gap))) {
            if (search->token[end].kind == TOKEN_SIGN) {
                end++;
                continue;
            }
            for (uint32_t c = 0; c < search->token[end].len; c++) {
                letters += view_letter(search->view.ch[search->token[end].pos + c]);
                digits += view_digit(search->view.ch[search->token[end].pos + c]);
            }
            end++;
        }
        /* parted by blanks: "NW 1234 B67" */
        if (letters + digits < 8 && token->len <= 3
            && (token->shape == SHAPE_UPPER || (token->len == 1 && view_upper(token->sign))))
            while (end < search->count && search->token[end].gap == GAP_BLANK
                && letters + digits < 9
                && (search->token[end].kind == TOKEN_NUMBER
                    || search->token[end].shape == SHAPE_UPPER || search->token[end].len == 1)) {
                letters += search->token[end].kind == TOKEN_WORD ? search->token[end].len : 0;
                digits += search->token[end].kind == TOKEN_NUMBER ? search->token[end].len : 0;
                end++;
            }
        if (digits >= 1 && letters + digits >= 7
            && (letters + digits <= 12 || (letters + digits == 16 && letters > 5 && digits > 5))
            && (digits >= 2 || letters >= 2)
            && !(search->token[k].shape == SHAPE_LOWER && search->token[k].kind == TOKEN_WORD
                && search->token[k].len > 4)) {
            search_claim(search, k, end, REDACT_IDDOC, RULE_CONTEXT, 86, GUARD_SOFT);
            return;
        }
        k = end - 1;
    }
}

/* A file name that says what it holds: ID_Fernandes_TTL8NYJ87.pdf */
static bool in_document_name(const struct search *search, uint32_t i)
{
    uint32_t end = search_glued_end(search, i);

    for (uint32_t k = search_glued_start(search, i); k < end; k++)
        if (search_word(search, k, "id") || keyname_word(search, k) == KEY_IDDOC
            || (k > i
                && (search_word(search, k, "jpg") || search_word(search, k, "jpeg")
                    || search_word(search, k, "tif") || search_word(search, k, "png"))))
            return true;
    return false;
}

/* "document NSBKRPDF4", "pas NSBKRPDF4": a word that may mean something else as well. */
static bool behind_document(const struct search *search, uint32_t i)
{
    for (uint32_t k = i, n = 0; k > 0 && n < 4 && search->token[k].gap < GAP_LINE; k--, n++)
        if (search_word(search, k - 1, "document") || search_word(search, k - 1, "pas")
            || search_word(search, k - 1, "id") || keyname_word(search, k - 1) == KEY_IDDOC)
            return true;
    return false;
}

/* In a line with an account or a citizen's number anything of that form is a document's. */
static bool beside_number(const struct search *search, uint32_t i)
{
    uint32_t to = search_line_end(search, i);

    for (uint32_t k = search_line_start(search, i); k < to; k++)
        if (search->token[k].claim == REDACT_IBAN || search->token[k].claim == REDACT_BSN)
            return true;
    return false;
}

/* Dutch passports and identity cards: two letters, six letters or digits, a digit; never an O
 * (Paspoortuitvoeringsregeling). Nine capitals and digits, well mixed, are hardly anything else. */
static void try_document_form(struct search *search, uint32_t i)
{
    uint32_t p = search->token[i].pos, end = i, changes = 0, digits = 0;
    const uint8_t *text = search->view.ch + p;

    if (p + 9 > search->view.len
        || (!search->token[i].gap && i > 0
            && (search->token[i - 1].kind != TOKEN_SIGN
                || (strchr("-_./+", search->token[i - 1].sign) && !in_document_name(search, i)))))
        return;
    for (uint32_t k = 0; k < 9; k++) {
        bool digit = view_digit(text[k]);

        if ((!digit && !(text[k] >= 'A' && text[k] <= 'Z' && text[k] != 'O')) || (k < 2 && digit)
            || (k == 8 && !digit))
            return;
        digits += digit;
        changes += k && digit != view_digit(text[k - 1]);
    }
    while (end < search->count && search->token[end].pos < p + 9)
        end++;
    if (search_end_pos(search, end - 1) != p + 9
        || (end < search->count && !search->token[end].gap
            && (search->token[end].kind != TOKEN_SIGN
                || (strchr("-_/+=", search->token[end].sign) && !in_document_name(search, i)))))
        return;
    if ((changes >= 3 && digits >= 2) || beside_number(search, i) || behind_document(search, i))
        search_claim(search, i, end, REDACT_IDDOC, RULE_GRAMMAR, 70, GUARD_SOFT);
}

void idnumber_find_sure(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].len == 2 && search->token[i].kind == TOKEN_WORD
            && !search->token[i].claim && search->token[i].guard != GUARD_HARD)
            try_iban(search, i);
}

/* The lines of a passport that machines read (ICAO 9303): P<NLDJANSEN<<JAN<<<, NWP8D72L4<9NLD80...
 */
static void try_machine_zone(struct search *search, uint32_t i)
{
    uint32_t from = search_glued_start(search, i), end = search_glued_end(search, i), fills = 0;
    const uint8_t *text = search->view.ch;

    if (search_end_pos(search, end - 1) - search->token[from].pos < 28)
        return;
    for (uint32_t p = search->token[from].pos; p < search_end_pos(search, end - 1); p++) {
        if (!(view_upper(text[p]) || view_digit(text[p]) || text[p] == '<'))
            return;
        fills += text[p] == '<';
    }
    if (fills > 2)
        search_force(search, from, end, REDACT_IDDOC, RULE_GRAMMAR, 90);
}

void idnumber_find(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++) {
        const struct token *token = &search->token[i];

        if (token->sign == '<' && token->claim != REDACT_IDDOC && !token[1].gap
            && search_sign(search, i + 1, '<'))
            try_machine_zone(search, i);
        if ((token->kind != TOKEN_NUMBER) & (token->len != 2))
            continue;
        if (token->claim || token->guard == GUARD_HARD)
            continue;
        if (token->kind == TOKEN_NUMBER)
            try_digits(search, i);
        else if (search_word(search, i, "nl"))
            try_vat(search, i);
    }
    for (uint32_t i = 0; i < search->count; i++)
        if (search->token[i].shape == SHAPE_UPPER && !search->token[i].claim
            && search->token[i].len <= 8)
            try_document_form(search, i);
    for (uint32_t i = 0; i < search->count; i++)
        if (FEATURE_KEY(search->token[i].feature) == KEY_IDDOC)
            try_document(search, i);
        else if ((search->token[i].len == 3 && search_word(search, i, "pas"))
            || (search->token[i].shape == SHAPE_UPPER && search_word(search, i, "id")
                && search->token[i + 1].shape == SHAPE_UPPER
                && search->token[i + 1].gap == GAP_BLANK))
            take_document_parts(search, i);
}
