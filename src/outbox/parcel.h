/* parcel.h - a letter as it is handed to a mail server, checked before it is. */
#ifndef PARCEL_H
#define PARCEL_H

#include "base/err.h"
#include "base/span.h"

/* RFC 5321, 4.5.3.1.3 and 4.5.3.1.6, without the angle brackets and the line end. */
enum { PARCEL_ADDRESS = 254, PARCEL_LINE = 998 };

struct parcel {
    const char *from; /* "" for a letter that must not bounce */
    const char *to;
    struct span message; /* head and body: 7-bit, lines end in CRLF */
};

/* What became of a letter; zero is the worst, as it may have been delivered or not. */
enum delivery {
    DELIVERY_UNKNOWN, /* the line broke before the server's last word: send the same again */
    DELIVERY_LATER, /* 4xx, or not even started: try again */
    DELIVERY_REFUSED, /* 5xx: it will not be taken */
    DELIVERY_SENT, /* 250: it is the server's now */
};

struct delivery_answer {
    enum delivery delivery;
    int code; /* of SMTP (RFC 5321), or the exit code of sendmail; 0: none came */
    char status[16]; /* "5.1.1" (RFC 3463), or ""; the server's words name people */
};

/* Fails with ERR_MESSAGE: what of it no server may get. */
bool parcel_check(const struct parcel *parcel, struct err *err) MUST_USE;

#endif
