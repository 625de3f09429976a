/* err.h - what went wrong, where, and how much it spoils. */
#ifndef ERR_H
#define ERR_H

#include "base/base.h"

enum err_scope {
    ERR_NONE, /* all is well */
    ERR_MESSAGE, /* this message is put aside; the next one goes on */
    ERR_SERVICE, /* this server is out; its work waits for the next run */
    ERR_RUN, /* the setup or our own code is wrong; stop now */
};

/* Owned by the caller, starts as {0}. */
struct err {
    enum err_scope scope;
    int exit_code; /* of sysexits.h; 0 lets the scope decide (err_exit_code) */
    char text[400]; /* one line, outermost place first, no secret, no personal data */
};

/* Both return false, so that a failing function ends in one line. Control characters are shown
 * as '?'; what does not fit in the text is cut. */
bool err_set(struct err *err, enum err_scope scope, const char *format, ...) LIKE_PRINTF(3, 4);
bool err_at(struct err *err, const char *format, ...) LIKE_PRINTF(2, 3);

/* As err_set, and names the exit code of sysexits.h where the scope alone would not tell it. */
bool err_exit(struct err *err, enum err_scope scope, int exit_code, const char *format, ...)
    LIKE_PRINTF(4, 5);

#ifdef __clang_analyzer__ /* which does not see across files that they return false */
#define err_set(...) (err_set(__VA_ARGS__), false)
#define err_exit(...) (err_exit(__VA_ARGS__), false)
#define err_at(...) (err_at(__VA_ARGS__), false)
#endif

/* The code of sysexits.h for a program that ends with this error; 0 for ERR_NONE. */
int err_exit_code(const struct err *err);

#endif
