#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

bool(err_set)(struct err *err, enum err_scope scope, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    one_line(err->text);
    err->scope = scope;
    err->exit_code = 0;
    return false;
}

bool(err_exit)(struct err *err, enum err_scope scope, int exit_code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    one_line(err->text);
    err->scope = scope;
    err->exit_code = exit_code;
    return false;
}

bool(err_at)(struct err *err, const char *format, ...)
{
    char place[sizeof err->text];
    char inner[sizeof err->text];
    va_list args;

    va_start(args, format);
    vsnprintf(place, sizeof place, format, args);
    va_end(args);
    one_line(place);
    memcpy(inner, err->text, sizeof inner);
    snprintf(err->text, sizeof err->text, "%.*s: %s", 150, place, inner);
    return false;
}

int err_exit_code(const struct err *err)
{
    if (err->scope == ERR_NONE)
        return EX_OK;
    if (err->exit_code)
        return err->exit_code;
    switch (err->scope) {
    case ERR_MESSAGE:
        return EX_DATAERR;
    case ERR_SERVICE:
        return EX_TEMPFAIL;
    default:
        return EX_SOFTWARE;
    }
}
