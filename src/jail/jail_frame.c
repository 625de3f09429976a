#include "jail/jail_frame.h"

void jail_frame_pack(const struct jail_head *head, unsigned char bytes[static JAIL_HEAD])
{
    bytes[0] = head->type;
    bytes[1] = head->kind;
    for (int i = 0; i < 8; i++)
        bytes[2 + i] = (unsigned char)(head->len >> (8 * i));
}

void jail_frame_unpack(const unsigned char bytes[static JAIL_HEAD], struct jail_head *head)
{
    head->type = bytes[0];
    head->kind = bytes[1];
    head->len = 0;
    for (int i = 0; i < 8; i++)
        head->len |= (uint64_t)bytes[2 + i] << (8 * i);
}
