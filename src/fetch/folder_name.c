#include "fetch/folder_name.h"

#include <iconv.h>
#include <string.h>
#include <sysexits.h>

static bool refused(const char *name, const char *why, struct err *err)
{
    return err_exit(err, ERR_RUN, EX_CONFIG, "folder '%.60s': %s", name, why);
}

bool folder_name_imap(const char *name, struct arena *arena, const char **imap, struct err *err)
{
    size_t len = strlen(name), room = len * 8 + 16, left = room - 1;
    char *from = arena_text(arena, span_of(name));
    char *to = arena_alloc(arena, room), *at = to;
    iconv_t convert;
    bool done;

    if (len == 0)
        return refused(name, "the name is empty", err);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
            return refused(name, "control characters are not allowed", err);
    convert = iconv_open("UTF-7-IMAP", "UTF-8");
    if (convert == (iconv_t)-1)
        return err_exit(err, ERR_RUN, EX_OSERR, "iconv does not know UTF-7-IMAP");
    done = iconv(convert, &from, &len, &at, &left) != (size_t)-1
        && iconv(convert, NULL, NULL, &at, &left) != (size_t)-1;
    iconv_close(convert);
    if (!done)
        return refused(name, "is not UTF-8", err);
    *imap = to;
    return true;
}
