#include "letters/reply.h"

#include "message/outgoing.h"

#include <string.h>

/* Local parts of programs (RFC 2142, RFC 3834, 2, and what is usual), before '@', '+' or '='. */
static const char *const nobody[] = { "noreply", "no-reply", "no_reply", "no.reply", "donotreply",
    "do-not-reply", "do_not_reply", "do.not.reply", "dont-reply", "nicht-antworten",
    "geen-antwoord", "niet-beantwoorden", "nietbeantwoorden", "noreplies", "mailer-daemon",
    "mailerdaemon", "mail-daemon", "postmaster", "bounce", "bounces", "daemon", "nobody",
    "listserv", "majordomo", "autoreply", "auto-reply", "automailer", "root", "cron" };

static const char *const inside[] = { "noreply", "no-reply", "no_reply", "donotreply",
    "do-not-reply" };

static const struct {
    unsigned flag;
    enum reply reply;
} flags[] = {
    { FLAG_BOUNCE, REPLY_BOUNCE },
    { FLAG_AUTO, REPLY_AUTO },
    { FLAG_LIST, REPLY_LIST },
    { FLAG_BULK, REPLY_BULK },
    { FLAG_SPAM, REPLY_SPAM },
};

bool reply_nobody(const char *address)
{
    struct span local = span_of(address);
    size_t name;

    local = span_part(local, 0, span_find_char(local, '@', 0));
    name = 0;
    while (name < local.len && local.at[name] != '+' && local.at[name] != '=')
        name++;
    for (size_t i = 0; i < COUNT(nobody); i++)
        if (span_equal_nocase(span_part(local, 0, name), span_of(nobody[i])))
            return true;
    for (size_t i = 0; i < COUNT(inside); i++)
        if (span_find_nocase(local, span_of(inside[i]), 0) != SPAN_NOWHERE)
            return true;
    /* Addresses made for the bounces of one letter: bounces-123=name=host@, owner-list@. */
    return span_starts_nocase(local, SPAN("bounces-")) || span_starts_nocase(local, SPAN("bounce-"))
        || span_starts_nocase(local, SPAN("owner-")) || span_ends_nocase(local, SPAN("-owner"))
        || span_ends_nocase(local, SPAN("-bounces")) || span_ends_nocase(local, SPAN("-request"));
}

static bool same(const char *a, const char *b)
{
    return span_equal_nocase(span_of(a), span_of(b));
}

enum reply reply_decide(const struct message *message, const struct settings *settings)
{
    const char *from;

    /* An error of ours is never told to somebody who did not write: no address is no answer. */
    if (message->from.count != 1 || !outgoing_address(message->from.at[0]))
        return REPLY_NO_ADDRESS;
    from = message->from.at[0];
    if (same(from, settings->address) || same(from, settings->ciso_address)
        || same(from, settings->ibd_address))
        return REPLY_OWN;
    if (message->return_path && !message->return_path[0])
        return REPLY_BOUNCE;
    for (size_t i = 0; i < COUNT(flags); i++)
        if (message->flags & flags[i].flag)
            return flags[i].reply;
    return reply_nobody(from) ? REPLY_NOREPLY : REPLY_FINE;
}

const char *reply_why(enum reply reply)
{
    static const char *const why[] = {
        [REPLY_NO_ADDRESS] = "not answered: it names no single sender",
        [REPLY_OWN] = "not answered: it is our own, the CISO's or the IBD's",
        [REPLY_BOUNCE] = "not answered: it is a report on a delivery",
        [REPLY_AUTO] = "not answered: a program sent it",
        [REPLY_LIST] = "not answered: it came over a mailing list",
        [REPLY_BULK] = "not answered: it is bulk mail",
        [REPLY_SPAM] = "not answered: it was marked as spam",
        [REPLY_NOREPLY] = "not answered: nobody reads the sender's address",
        [REPLY_FINE] = "",
    };

    return why[reply];
}
