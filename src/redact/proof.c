#include "redact/proof.h"

#include <string.h>

/* Eleven test (Besluit BSN, article 1 and the RvIG's note): weights 9 to 2, the last digit -1. */
bool proof_bsn(const char *digits)
{
    size_t len = strlen(digits);
    int sum = 0, weight = (int)len;
    bool varied = false;

    if (len != 8 && len != 9)
        return false;
    for (size_t i = 0; i < len; i++, weight--) {
        sum += (weight == 1 ? -1 : weight) * (digits[i] - '0');
        varied |= digits[i] != digits[0];
    }
    return varied && sum > 0 && sum % 11 == 0;
}

/* A-nummer (Logisch Ontwerp BRP, element 01.10): no two neighbours alike, sum of digits 0 or 5
 * modulo 11, and the sum weighted by powers of two 0 modulo 11. */
bool proof_anum(const char *digits)
{
    int sum = 0, weighted = 0;

    if (strlen(digits) != 10 || digits[0] == '0')
        return false;
    for (int i = 0; i < 10; i++) {
        if (i && digits[i] == digits[i - 1])
            return false;
        sum += digits[i] - '0';
        weighted += (digits[i] - '0') << i;
    }
    return (sum % 11 == 0 || sum % 11 == 5) && weighted % 11 == 0;
}

/* Luhn (ISO/IEC 7812-1, annex B), with a first digit of a payment card. */
bool proof_card(const char *digits)
{
    size_t len = strlen(digits);
    int sum = 0;
    bool varied = false;

    if (len < 13 || len > 19 || digits[0] < '2' || digits[0] > '6')
        return false;
    for (size_t i = 0; i < len; i++) {
        int digit = digits[len - 1 - i] - '0';

        if (i % 2)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
        varied |= digits[i] != digits[0];
    }
    return varied && sum % 10 == 0;
}

/* SWIFT IBAN registry: country and length. */
static const char iban_lengths[]
    = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29"
      "ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20"
      "LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25"
      "QA29RO24RS22SA24SC31SD18SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";

size_t proof_iban_length(const char *country)
{
    for (size_t i = 0; i + 4 <= sizeof iban_lengths - 1; i += 4)
        if (iban_lengths[i] == country[0] && iban_lengths[i + 1] == country[1])
            return (size_t)((iban_lengths[i + 2] - '0') * 10 + iban_lengths[i + 3] - '0');
    return 0;
}

/* ISO 13616 and ISO 7064, mod 97-10: the first four characters last, letters as 10 to 35. */
bool proof_iban(const char *text)
{
    size_t len = strlen(text);
    unsigned rest = 0;

    if (len < 15 || len != proof_iban_length(text))
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[(i + 4) % len];

        if (c >= '0' && c <= '9')
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
        else
            return false;
    }
    return rest == 1;
}

/* btw-id of a sole trader since 2020 (Belastingdienst): mod 97-10 over the whole. A company's
 * number is its RSIN with a suffix, does not pass, and is public. */
bool proof_dutch_vat(const char *text)
{
    unsigned rest = 0;

    if (strlen(text) != 14 || text[0] != 'N' || text[1] != 'L' || text[11] != 'B')
        return false;
    for (size_t i = 0; i < 14; i++) {
        char c = text[i];

        if (c >= '0' && c <= '9')
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (i == 0 || i == 1 || i == 11)
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
        else
            return false;
    }
    return rest == 1;
}

bool proof_date(int year, int month, int day)
{
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return year >= 1895 && year <= 2035 && month >= 1 && month <= 12 && day >= 1
        && day <= days[month - 1];
}
