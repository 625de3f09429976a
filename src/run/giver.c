#include "run/giver.h"

#include "base/worker.h"
#include "jail/fence.h"
#include "run/hand_over.h"

#include <string.h>
#include <sysexits.h>

struct giver {
    struct frames *frames;
    const struct fetch_settings *settings;
    bool committing; /* a commit was asked for, and its answer was not read yet */
};

/* The names are those of the settings themselves, so the pointer tells which one it is. */
static struct hand_folder folder_of(const struct giver *giver, const struct fetch_folder *folder)
{
    struct hand_folder hand = { .uidvalidity = folder->uidvalidity };

    while (hand_over_folder(giver->settings, hand.index) != folder->name)
        hand.index++;
    return hand;
}

static struct hand_message message_of(
    const struct giver *giver, const struct fetch_message *message)
{
    return (struct hand_message) {
        .folder = folder_of(giver, message->folder),
        .uid = message->uid,
        .head_only = message->head_only,
        .size = message->size,
        .received_s = message->received_s,
    };
}

/* The other end has its own reasons and tells them itself. */
static bool alone(struct err *err)
{
    return err_exit(err, ERR_RUN, EX_IOERR, "the fetch pass has ended");
}

static bool give(
    const struct giver *giver, enum hand_over kind, const void *bytes, size_t len, struct err *err)
{
    return frames_put(giver->frames, (uint8_t)kind, (struct span) { bytes, len }) || alone(err);
}

/* An answer is a frame of the same kind and of the length expected. */
static bool hear(const struct giver *giver, enum hand_over kind, void *answer, size_t answer_len,
    struct err *err)
{
    struct span got;
    uint8_t got_kind;

    if (frames_get(giver->frames, INT32_MAX, &got_kind, &got) != FRAMES_ONE || got_kind != kind
        || got.len != answer_len)
        return alone(err);
    if (answer_len > 0)
        memcpy(answer, got.at, answer_len);
    return true;
}

static bool await_commit(void *context, struct err *err)
{
    struct giver *giver = context;
    bool asked = giver->committing;

    giver->committing = false;
    return !asked || hear(giver, HAND_COMMIT, NULL, 0, err);
}

/* Answers come in the order of the questions. */
static bool ask(struct giver *giver, enum hand_over kind, const void *bytes, size_t len,
    void *answer, size_t answer_len, struct err *err)
{
    return await_commit(giver, err) && give(giver, kind, bytes, len, err)
        && hear(giver, kind, answer, answer_len, err);
}

static bool give_cursor(void *context, const struct fetch_folder *folder, uint32_t *cursor,
    uint32_t *told, struct err *err)
{
    struct giver *giver = context;
    struct hand_folder hand = folder_of(giver, folder);
    struct hand_cursor answer = { 0 };

    if (!ask(giver, HAND_CURSOR, &hand, sizeof(hand), &answer, sizeof(answer), err))
        return false;
    *cursor = answer.cursor;
    *told = answer.told;
    return true;
}

static bool give_known(void *context, const struct fetch_folder *folder,
    const struct fetch_listed *listed, size_t count, enum fetch_known *known, struct err *err)
{
    struct giver *giver = context;
    struct {
        struct hand_folder folder;
        struct fetch_listed listed[FETCH_GROUP];
    } question;
    uint8_t answer[FETCH_GROUP] = { 0 };

    memset(&question, 0, sizeof(question));
    question.folder = folder_of(giver, folder);
    memcpy(question.listed, listed, count * sizeof(*listed));
    if (!ask(giver, HAND_KNOWN, &question,
            offsetof(__typeof__(question), listed) + count * sizeof(*listed), answer, count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        known[i] = (enum fetch_known)answer[i];
    return true;
}

static bool give_forget(void *context, const struct fetch_folder *folder, struct err *err)
{
    struct giver *giver = context;
    struct hand_folder hand = folder_of(giver, folder);

    return ask(giver, HAND_FORGET, &hand, sizeof(hand), NULL, 0, err);
}

static bool give_begin(void *context, const struct fetch_message *message, struct err *err)
{
    const struct giver *giver = context;
    struct hand_message hand = message_of(giver, message);

    return give(giver, HAND_BEGIN, &hand, sizeof(hand), err);
}

static bool give_bytes(void *context, struct span bytes, struct err *err)
{
    const struct giver *giver = context;

    for (size_t at = 0; at < bytes.len; at += FRAME_MOST) {
        struct span part = span_part(bytes, at, at + FRAME_MOST);

        if (!give(giver, HAND_BYTES, part.at, part.len, err))
            return false;
    }
    return true;
}

static bool give_keep(void *context, struct err *err)
{
    return give(context, HAND_KEEP, NULL, 0, err);
}

static bool give_drop(void *context, struct err *err)
{
    return give(context, HAND_DROP, NULL, 0, err);
}

/* The server need not wait for our disk: the answer is read when something hangs on it. */
static bool give_commit(void *context, const struct fetch_folder *folder, uint32_t cursor,
    uint32_t told, struct err *err)
{
    struct giver *giver = context;
    struct hand_cursor hand = {
        .folder = folder_of(giver, folder),
        .cursor = cursor,
        .told = told,
    };

    if (!await_commit(giver, err) || !give(giver, HAND_COMMIT, &hand, sizeof(hand), err))
        return false;
    giver->committing = true;
    return frames_flush(giver->frames) || alone(err);
}

static bool give_list(void *context, const struct fetch_message *message, struct err *err)
{
    const struct giver *giver = context;
    struct hand_message hand = message_of(giver, message);

    return give(giver, HAND_LIST, &hand, sizeof(hand), err);
}

static bool give_progress(
    void *context, uint64_t messages, uint64_t bytes, uint64_t to_come, struct err *err)
{
    const uint64_t numbers[] = { messages, bytes, to_come };

    return give(context, HAND_PROGRESS, numbers, sizeof(numbers), err);
}

int giver_run(struct frames *frames, void *context)
{
    const struct fetch_settings *settings = context;
    struct giver giver = { .frames = frames, .settings = settings };
    const struct fetch_sink sink = {
        .context = &giver,
        .cursor = give_cursor,
        .known = give_known,
        .forget = give_forget,
        .begin = give_begin,
        .bytes = give_bytes,
        .keep = give_keep,
        .drop = give_drop,
        .commit = give_commit,
        .committed = await_commit,
        .list = give_list,
        .progress = give_progress,
    };
    struct fetch_result result;
    struct err err = { 0 }, unheard = { 0 };
    bool done;

    (void)fence_dialogue();
    done = fetch_run(settings, &sink, &result, &err);
    /* An answer that finds nobody would keep the other end from reading why we ended. */
    if (!await_commit(&giver, &unheard))
        return EX_IOERR;
    if (!done && !worker_put_err(frames, HAND_FAILED, &err))
        return EX_IOERR;
    return give(&giver, HAND_DONE, &result, sizeof(result), &err) && frames_flush(frames)
        ? EX_OK
        : EX_IOERR;
}
