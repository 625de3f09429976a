#include "outbox/parcel.h"

#include <string.h>

/* What would end the address or the command: the library puts it between < and > unseen. */
static bool is_address(const char *address)
{
    for (const unsigned char *at = (const unsigned char *)address; *at; at++)
        if (*at <= ' ' || *at >= 0x7f || *at == '<' || *at == '>')
            return false;
    return strlen(address) <= PARCEL_ADDRESS;
}

bool parcel_check(const struct parcel *parcel, struct err *err)
{
    struct span rest = parcel->message;

    if (!is_address(parcel->from))
        return err_set(err, ERR_MESSAGE, "the sender's address cannot be sent");
    if (!is_address(parcel->to) || !strchr(parcel->to, '@') || parcel->to[0] == '-')
        return err_set(err, ERR_MESSAGE, "the recipient's address cannot be sent");
    if (rest.len == 0)
        return err_set(err, ERR_MESSAGE, "the letter is empty");
    while (rest.len > 0) {
        size_t end = span_find_char(rest, '\n', 0);

        if (end == SPAN_NOWHERE || end == 0 || rest.at[end - 1] != '\r')
            return err_set(err, ERR_MESSAGE, "a line of the letter does not end in CRLF");
        if (end - 1 > PARCEL_LINE)
            return err_set(
                err, ERR_MESSAGE, "a line of the letter is longer than %d bytes", PARCEL_LINE);
        for (size_t i = 0; i < end - 1; i++)
            if (rest.at[i] == '\r' || rest.at[i] == '\0' || (unsigned char)rest.at[i] >= 0x80)
                return err_set(err, ERR_MESSAGE, "the letter holds bytes that are not 7-bit text");
        rest = span_part(rest, end + 1, rest.len);
    }
    return true;
}
