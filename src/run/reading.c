#include "run/reading.h"

const struct reading_limits reading_limits_usual = {
    .open = { .mime = { .depth = 32,
                  .parts = 1000,
                  .header = 256 * 1024,
                  .field = 64 * 1024,
                  .fields = 2000,
                  .boundary = 70 },
        .layers = 10,
        .questions = 64,
        .plain = 100 * 1024 * 1024 },
    .read = { .html = 1024 * 1024, .text = 1024 * 1024, .all = 4 * 1024 * 1024 },
};

bool reading_mail(struct span raw, const struct open_engine *engine,
    const struct reading_limits *limits, struct charsets *charsets, struct arena *arena,
    struct message *message, struct err *err)
{
    struct contents contents;

    if (!open_message(raw, engine, &limits->open, charsets, arena, message, &contents, err))
        return false;
    read_message(&contents, &limits->read, charsets, arena, message);
    return true;
}
