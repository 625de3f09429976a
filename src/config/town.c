#include "config/town.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { COMPLAINT = 200 };

static _Thread_local char complaint[COMPLAINT]; /* of the parser, which gives no other way out */

static void complain(cfg_t *cfg, const char *format, va_list args)
{
    int used = snprintf(complaint, sizeof complaint, "line %d: ", cfg ? cfg->line : 0);

    if (used > 0 && (size_t)used < sizeof complaint)
        vsnprintf(complaint + used, sizeof complaint - (size_t)used, format, args);
}

static void take(cfg_t *cfg, const char *name, struct texts *texts, struct arena *arena)
{
    for (unsigned i = 0; i < cfg_size(cfg, name); i++)
        texts_add(texts, arena, arena_text(arena, span_of(cfg_getnstr(cfg, name, i))));
}

static void release_cfg(cfg_t **cfg)
{
    if (*cfg)
        cfg_free(*cfg);
}

bool town_read(const char *path, struct arena *arena, struct town_settings *town, struct err *err)
{
    cfg_opt_t options[] = { CFG_STR_LIST("own_domains", NULL, CFGF_NONE),
        CFG_STR_LIST("public_phones", NULL, CFGF_NONE), CFG_STR_LIST("office", NULL, CFGF_NONE),
        CFG_STR_LIST("functional", NULL, CFGF_NONE), CFG_STR_LIST("keep", NULL, CFGF_NONE),
        CFG_STR("__unknown", NULL, CFGF_NONE), CFG_END() };
    AUTO(release_cfg) cfg_t *cfg = cfg_init(options, CFGF_IGNORE_UNKNOWN);
    struct town_settings read = { 0 };
    int done;

    complaint[0] = 0;
    cfg_set_error_function(cfg, complain);
    if (access(path, R_OK) != 0)
        return err_exit(err, ERR_RUN, EX_CONFIG, "settings %s: %s", path, strerror(errno));
    done = cfg_parse(cfg, path);
    if (done != CFG_SUCCESS)
        return err_exit(err, ERR_RUN, EX_CONFIG, "settings %s: %s", path,
            complaint[0] ? complaint : "cannot be read");
    take(cfg, "own_domains", &read.own_domains, arena);
    take(cfg, "public_phones", &read.public_phones, arena);
    take(cfg, "office", &read.office, arena);
    take(cfg, "functional", &read.functional, arena);
    take(cfg, "keep", &read.keep, arena);
    *town = read;
    return true;
}
