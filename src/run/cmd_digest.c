#include "run/command.h"
#include "run/daily.h"
#include "run/options.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

static bool show(
    const struct digest *digest, const char *html, struct arena *arena, struct err *err)
{
    if (html && strcmp(html, "-") != 0)
        return file_write_durable(html, span_of(digest_html(digest, arena)), 0600, err);
    fputs(html ? digest_html(digest, arena) : digest_text(digest, arena), stdout);
    return true;
}

static bool run(int argc, char **argv, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    AUTO(office_close) struct office office = { 0 };
    const char *config = NULL, *html = NULL;
    bool print = false, queued;
    const struct option_row rows[] = {
        { "--config", &config, NULL },
        { "--print", NULL, &print },
        { "--html", &html, NULL },
    };
    struct digest digest;
    struct desk desk;

    if (!options_read(&argc, argv, rows, COUNT(rows), 0, 0, err)
        || !office_open(config, print || html ? OFFICE_READ : OFFICE_WRITE, &office, err)
        || !desk_open(&office, &desk, err))
        return false;
    if (!print && !html)
        return daily_queue(&desk, false, arena, &queued, err);
    return daily_make(&desk, arena, &digest, err) && (!print || show(&digest, NULL, arena, err))
        && (!html || show(&digest, html, arena, err));
}

const struct command command_digest = {
    .name = "digest",
    .arguments = "[--print] [--html FILE] [--config FILE]",
    .line = "the summary for the CISO: what to decide, which terms run, how all is",
    .help
    = "Without options it is sealed to the CISO's key and queued, as the process pass does by\n"
      "itself each day at digest_hour. No personal datum stands in it.\n"
      "\n"
      "  --print        show it as text instead; nothing is queued or noted\n"
      "  --html FILE    write it as HTML instead; - is standard output\n"
      "  --config FILE  settings, in place of /etc/meldpost/meldpost.conf\n"
      "\n"
      "Example:\n"
      "  meldpost digest --html overzicht.html\n",
    .options = "--print --html --config",
    .run = run,
};
