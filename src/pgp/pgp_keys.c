/* Keys: facts, looking without importing, importing, exporting. */
#include "pgp/pgp_armor.h"
#include "pgp/pgp_engine.h"
#include "pgp/pgp_packets.h"

#include "base/buf.h"

#include <gpgme.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

enum { MOST_MATERIAL = 256 * 1024, MOST_KEYS = 16, MOST_FOUND = 256 };

static void release_key(gpgme_key_t *key)
{
    if (*key)
        gpgme_key_unref(*key);
}

/* ---- one listing ---- */

struct listing {
    const char *pattern; /* a fingerprint or key id to look for, or */
    const char *address; /* an address in a user id, or */
    gpgme_data_t from; /* material to look at without importing it */
    gpgme_key_t keys[MOST_FOUND]; /* all but one more than that are found */
    size_t count;
};

/* The subkey with this fingerprint or long id. */
static gpgme_subkey_t subkey_named(gpgme_key_t key, const char *id)
{
    for (gpgme_subkey_t subkey = key->subkeys; subkey; subkey = subkey->next)
        if ((subkey->fpr && strcasecmp(subkey->fpr, id) == 0)
            || (subkey->keyid && strcasecmp(subkey->keyid, id) == 0))
            return subkey;
    return NULL;
}

static bool is_wanted(const struct listing *listing, gpgme_key_t key)
{
    if (listing->pattern && !subkey_named(key, listing->pattern))
        return false;
    if (!listing->address)
        return true;
    for (gpgme_user_id_t uid = key->uids; uid; uid = uid->next)
        if (uid->address && strcasecmp(uid->address, listing->address) == 0)
            return true;
    return false;
}

/* A pattern stands in the command line of gpg, which every user of the machine can read: so an
 * address is never one, and the whole ring is looked through for it. */
static unsigned run_listing(struct gpgme_context *context, void *work)
{
    struct listing *listing = work;
    gpgme_error_t error;

    gpgme_set_keylist_mode(
        context, GPGME_KEYLIST_MODE_LOCAL | (listing->from ? 0 : GPGME_KEYLIST_MODE_WITH_SECRET));
    error = listing->from ? gpgme_op_keylist_from_data_start(context, listing->from, 0)
                          : gpgme_op_keylist_start(context, listing->pattern, 0);
    while (!error && listing->count < COUNT(listing->keys)) {
        error = gpgme_op_keylist_next(context, &listing->keys[listing->count]);
        if (!error && is_wanted(listing, listing->keys[listing->count]))
            listing->count++;
        else if (!error)
            gpgme_key_unref(listing->keys[listing->count]);
    }
    gpgme_op_keylist_end(context);
    return gpgme_err_code(error) == GPG_ERR_EOF ? 0 : error;
}

static void release_listing(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        release_key(&listing->keys[i]);
}

/*
 * A listing that was made before: each costs a start of gpg, a mail asks for two keys or more and a
 * letter for four. Of a small ring all keys are listed at once, with neither pattern nor address.
 */
struct pgp_listed {
    struct pgp_listed *next;
    const char *pattern, *address; /* NULL as in the listing */
    gpgme_key_t *keys;
    size_t count;
};

enum { LISTED_MOST = 256, SMALL_RING = 64 * 1024 };

static bool same_or_none(const char *a, const char *b)
{
    return a && b ? strcasecmp(a, b) == 0 : a == b;
}

static const struct pgp_listed *was_listed(
    const struct pgp *pgp, const char *pattern, const char *address)
{
    for (const struct pgp_listed *listed = pgp->listed; listed; listed = listed->next)
        if (same_or_none(listed->pattern, pattern) && same_or_none(listed->address, address))
            return listed;
    return NULL;
}

static void take_wanted(struct listing *listing, gpgme_key_t const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_wanted(listing, keys[i])) {
            gpgme_key_ref(keys[i]);
            listing->keys[listing->count++] = keys[i];
        }
}

static const char *kept_text(struct pgp *pgp, const char *text)
{
    return text ? arena_text(pgp->known_arena, span_of(text)) : NULL;
}

static void keep_listing(struct pgp *pgp, const struct listing *listing)
{
    struct pgp_listed *listed;

    if (pgp->listed_count == LISTED_MOST || listing->count == COUNT(listing->keys))
        return;
    listed = arena_alloc(pgp->known_arena, sizeof *listed);
    *listed = (struct pgp_listed) { .next = pgp->listed,
        .pattern = kept_text(pgp, listing->pattern),
        .address = kept_text(pgp, listing->address),
        .keys = arena_array(pgp->known_arena, listing->count + 1, sizeof(gpgme_key_t)),
        .count = listing->count };
    for (size_t i = 0; i < listing->count; i++) {
        gpgme_key_ref(listing->keys[i]);
        listed->keys[i] = listing->keys[i];
    }
    pgp->listed = listed;
    pgp->listed_count++;
}

static bool list_anew(struct pgp *pgp, struct listing *listing, struct err *err)
{
    struct pgp_end end;

    if (!pgp_call(pgp, run_listing, listing, &end, err))
        return false;
    if (end.error)
        return pgp_gave_up(pgp, &end, "listing keys", err);
    /* Without its agent, gpg lists no secret keys, and says nothing of it. */
    if (!listing->from && pgp_home_answers(&pgp->home))
        keep_listing(pgp, listing);
    return true;
}

/* Lists the whole ring, once, if it is small. Gives false with *err only when gpg fails. */
static bool list_whole(struct pgp *pgp, struct err *err)
{
    AUTO(release_listing) struct listing whole = { 0 };

    return was_listed(pgp, NULL, NULL) || pgp_home_ring_bytes(&pgp->home) > SMALL_RING
        || list_anew(pgp, &whole, err);
}

/*
 * A key that is not in what was listed may have come since, so it is looked for; whom no key is
 * known of is not: that would cost a start of gpg for every sender.
 */
static bool list(struct pgp *pgp, struct listing *listing, struct err *err)
{
    const struct pgp_listed *listed = was_listed(pgp, listing->pattern, listing->address);

    if (listing->from)
        return list_anew(pgp, listing, err);
    if (!listed && !list_whole(pgp, err))
        return false;
    if (!listed)
        listed = was_listed(pgp, NULL, NULL);
    if (listed)
        take_wanted(listing, listed->keys, listed->count);
    return (listed && (listing->count || listing->address || listed->pattern))
        || list_anew(pgp, listing, err);
}

bool pgp_ring_key(
    struct pgp *pgp, const char *fingerprint, struct _gpgme_key **key, struct err *err)
{
    AUTO(release_listing) struct listing listing = { .pattern = fingerprint };

    *key = NULL;
    if (!list(pgp, &listing, err))
        return false;
    for (size_t i = 0; i < listing.count && !*key; i++)
        if (listing.keys[i]->fpr && strcasecmp(listing.keys[i]->fpr, fingerprint) == 0) {
            gpgme_key_ref(listing.keys[i]);
            *key = listing.keys[i];
        }
    return *key || err_set(err, ERR_MESSAGE, "key %s: not in the key ring", fingerprint);
}

/* ---- facts ---- */

static bool is_dead(const struct _gpgme_subkey *subkey)
{
    return subkey->revoked || subkey->expired || subkey->disabled || subkey->invalid;
}

static const char *mail_address(const struct _gpgme_user_id *uid)
{
    return uid->address && *uid->address ? uid->address : NULL;
}

static bool counts(const struct _gpgme_user_id *uid)
{
    return !uid->revoked && !uid->invalid;
}

static void add_addresses(gpgme_key_t key, struct arena *arena, struct texts *addresses)
{
    for (gpgme_user_id_t uid = key->uids; uid; uid = uid->next)
        if (counts(uid) && mail_address(uid) && !texts_have_nocase(addresses, mail_address(uid)))
            texts_add(addresses, arena, arena_text(arena, span_of(mail_address(uid))));
}

static void add_uids(gpgme_key_t key, struct arena *arena, struct texts *uids)
{
    for (gpgme_user_id_t uid = key->uids; uid; uid = uid->next)
        if (counts(uid))
            texts_add(uids, arena, arena_text(arena, span_of(uid->uid)));
}

static enum pgp_usable usable(gpgme_key_t key, bool to_sign)
{
    bool some_expired = false;

    if (key->revoked)
        return PGP_KEY_REVOKED;
    if (key->expired)
        return PGP_KEY_EXPIRED;
    if (key->disabled || key->invalid)
        return PGP_KEY_CANNOT;
    for (gpgme_subkey_t subkey = key->subkeys; subkey; subkey = subkey->next) {
        if (to_sign ? !subkey->can_sign || !subkey->secret : !subkey->can_encrypt)
            continue;
        if (!is_dead(subkey))
            return PGP_KEY_USABLE;
        some_expired |= subkey->expired;
    }
    return some_expired ? PGP_KEY_EXPIRED : PGP_KEY_CANNOT;
}

/* The first end of the primary and the usable subkeys; of a key that is over, the primary's. */
static int64_t expires_at(gpgme_key_t key)
{
    int64_t first = 0;

    for (gpgme_subkey_t subkey = key->subkeys; subkey; subkey = subkey->next)
        if (subkey->expires && (subkey == key->subkeys || !is_dead(subkey))
            && (!first || subkey->expires < first))
            first = subkey->expires;
    return first;
}

static void tell(gpgme_key_t key, struct arena *arena, struct pgp_key *told)
{
    *told = (struct pgp_key) { .uid = "" };
    told->encrypts = usable(key, false);
    told->signs = usable(key, true);
    told->expires_at = expires_at(key);
    if (key->uids)
        told->uid = arena_text(arena, span_of(key->uids->uid));
    for (gpgme_subkey_t subkey = key->subkeys; subkey; subkey = subkey->next)
        told->has_secret |= subkey->secret;
    snprintf(told->fingerprint, sizeof told->fingerprint, "%s", key->fpr ? key->fpr : "");
    add_addresses(key, arena, &told->addresses);
}

static bool is_fingerprint(const char *text)
{
    size_t len = strlen(text);

    return (len == 40 || len == 64) && strspn(text, "0123456789ABCDEFabcdef") == len;
}

bool pgp_key_facts(struct pgp *pgp, const char *fingerprint, struct arena *arena,
    struct pgp_key *key, struct err *err)
{
    AUTO(release_listing) struct listing listing = { .pattern = fingerprint };
    struct pgp_key told = { .uid = "" };

    if (!is_fingerprint(fingerprint))
        return err_exit(err, ERR_RUN, EX_CONFIG,
            "'%.64s' is no full fingerprint: 40 or 64 hex digits without blanks", fingerprint);
    if (!list(pgp, &listing, err))
        return false;
    for (size_t i = 0; i < listing.count; i++)
        if (listing.keys[i]->fpr && strcasecmp(listing.keys[i]->fpr, fingerprint) == 0)
            tell(listing.keys[i], arena, &told);
    *key = told;
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const gpgme_key_t one = *(gpgme_key_t const *)a, other = *(gpgme_key_t const *)b;

    return (one->subkeys->timestamp < other->subkeys->timestamp)
        - (one->subkeys->timestamp > other->subkeys->timestamp);
}

bool pgp_keys_for(struct pgp *pgp, const char *address, struct arena *arena, struct pgp_key *keys,
    size_t most, size_t *count, struct err *err)
{
    AUTO(release_listing) struct listing listing = { .address = address };

    *count = 0;
    if (!list(pgp, &listing, err))
        return false;
    qsort(listing.keys, listing.count, sizeof(gpgme_key_t), newest_first);
    for (size_t i = 0; i < listing.count && *count < most; i++) {
        struct pgp_key told;

        tell(listing.keys[i], arena, &told);
        if (told.encrypts == PGP_KEY_USABLE && texts_have_nocase(&told.addresses, address))
            keys[(*count)++] = told;
    }
    return true;
}

/* ---- material ---- */

/* All armor blocks of it, or the bytes themselves, as one run of packets. */
static bool gather(struct span material, struct arena *arena, struct span *bytes, struct err *err)
{
    struct buf all = { .arena = arena };
    struct pgp_armor armor;

    *bytes = material;
    if (!pgp_armor_is(material))
        return true;
    while (pgp_armor_is(material)) {
        if (!pgp_armor_decode(material, arena, &armor))
            return err_set(err, ERR_MESSAGE, "key: damaged armor");
        buf_add(&all, armor.bytes);
        material = armor.rest;
    }
    *bytes = buf_span(&all);
    return true;
}

static bool only_public(
    struct span material, struct arena *arena, struct span *bytes, struct err *err)
{
    struct pgp_packets packets;

    if (material.len > MOST_MATERIAL)
        return err_set(err, ERR_MESSAGE, "key: larger than %d bytes", MOST_MATERIAL);
    if (!gather(material, arena, bytes, err))
        return false;
    pgp_packets_look(*bytes, &packets);
    if (packets.tags[PGP_TAG_SECRET_KEY] || packets.tags[PGP_TAG_SECRET_SUBKEY])
        return err_set(err, ERR_MESSAGE, "key: holds a secret key");
    if (packets.first != PGP_TAG_PUBLIC_KEY || packets.cut || packets.rubbish)
        return err_set(err, ERR_MESSAGE, "key: no public key, or a damaged one");
    if (packets.tags[PGP_TAG_PUBLIC_KEY] > MOST_KEYS)
        return err_set(err, ERR_MESSAGE, "key: more than %d keys", MOST_KEYS);
    return true;
}

bool pgp_key_look(struct pgp *pgp, struct span material, struct arena *arena, struct pgp_key *keys,
    size_t most, size_t *count, struct err *err)
{
    AUTO(pgp_data_release) struct gpgme_data *data = NULL;
    AUTO(release_listing) struct listing listing = { 0 };
    struct span bytes;

    if (!only_public(material, arena, &bytes, err))
        return false;
    data = pgp_data_of(bytes);
    listing.from = data;
    if (!list(pgp, &listing, err))
        return false;
    if (!listing.count)
        return err_set(err, ERR_MESSAGE, "key: no public key that gpg can read");
    *count = 0;
    for (size_t i = 0; i < listing.count && *count < most; i++) {
        if (listing.keys[i]->secret)
            return err_set(err, ERR_MESSAGE, "key: holds a secret key");
        tell(listing.keys[i], arena, &keys[(*count)++]);
    }
    return true;
}

/* The address in a user id: between the last angle brackets, or all of it. */
static struct span address_in(struct span uid)
{
    size_t end = uid.len, start;

    while (end > 0 && uid.at[end - 1] != '>')
        end--;
    start = end;
    while (start > 0 && uid.at[start - 1] != '<')
        start--;
    return end > 0 && start > 0 ? span_part(uid, start, end - 1) : span_trim(uid);
}

/* The next key of a run of packets, up to the next primary key. */
static struct span next_key(struct span *rest)
{
    struct span start = *rest, ahead = *rest;
    struct pgp_packet packet;
    bool first = true;

    while (pgp_packets_take(&ahead, &packet)) {
        if (packet.tag == PGP_TAG_PUBLIC_KEY && !first)
            break;
        first = false;
        *rest = ahead;
    }
    return span_part(start, 0, start.len - rest->len);
}

/* The key without the user ids of other addresses and without pictures; a signature goes where the
 * packet goes that it stands behind. */
static struct span strip(struct span key, const char *address, struct arena *arena)
{
    struct buf kept = { .arena = arena };
    struct pgp_packet packet;
    bool keeps = false;

    while (pgp_packets_take(&key, &packet)) {
        if (packet.tag != PGP_TAG_SIGNATURE)
            keeps = packet.tag == PGP_TAG_PUBLIC_KEY || packet.tag == PGP_TAG_PUBLIC_SUBKEY
                || (packet.tag == PGP_TAG_USER_ID
                    && span_equal_nocase(address_in(packet.body), span_of(address)));
        if (keeps)
            buf_add(&kept, packet.whole);
    }
    return buf_span(&kept);
}

/* What gpg makes of one key; false with ERR_MESSAGE where that is nothing, or not this key. */
static bool look_at(struct pgp *pgp, struct span material, const char *fingerprint,
    struct arena *arena, struct pgp_key *key, struct err *err)
{
    struct pgp_key keys[2];
    size_t count = 0;

    if (!pgp_key_look(pgp, material, arena, keys, COUNT(keys), &count, err))
        return false;
    if (count != 1 || strcasecmp(keys[0].fingerprint, fingerprint) != 0)
        return err_set(err, ERR_MESSAGE, "key: not in what came along");
    *key = keys[0];
    return true;
}

static const char *cannot_encrypt(enum pgp_usable usable)
{
    if (usable == PGP_KEY_EXPIRED)
        return "has expired";
    return usable == PGP_KEY_REVOKED ? "is revoked" : "cannot be encrypted to";
}

bool pgp_key_pick(struct pgp *pgp, struct span material, const char *fingerprint,
    const char *address, struct arena *arena, struct span *picked, struct err *err)
{
    struct err why = { 0 };
    struct pgp_key key = { .uid = "" };
    struct span rest, whole, stripped;
    bool found = false;

    if (!only_public(material, arena, &rest, err))
        return false;
    while (!found && (whole = next_key(&rest)).len) {
        found = look_at(pgp, whole, fingerprint, arena, &key, &why);
        if (!found && why.scope != ERR_MESSAGE)
            break;
    }
    if (found) {
        stripped = strip(whole, address, arena);
        found = look_at(pgp, stripped, fingerprint, arena, &key, &why);
        if ((found && (key.addresses.count != 1 || !texts_have_nocase(&key.addresses, address)))
            || (!found && why.scope == ERR_MESSAGE))
            return err_set(err, ERR_MESSAGE, "key: no user id with the address it is wanted for");
    }
    if (!found) {
        *err = why;
        return false;
    }
    if (key.encrypts != PGP_KEY_USABLE)
        return err_set(err, ERR_MESSAGE, "key: %s", cannot_encrypt(key.encrypts));
    *picked = stripped;
    return true;
}

static unsigned run_import(struct gpgme_context *context, void *work)
{
    return gpgme_op_import(context, work);
}

bool pgp_key_import(
    struct pgp *pgp, struct span material, struct arena *arena, size_t *imported, struct err *err)
{
    AUTO(pgp_data_release) struct gpgme_data *data = NULL;
    gpgme_import_result_t result;
    struct pgp_end end;
    struct span bytes;

    if (pgp->foreign)
        return err_set(err, ERR_RUN, "key: nothing is imported into a home that is not ours");
    if (!only_public(material, arena, &bytes, err))
        return false;
    data = pgp_data_of(bytes);
    if (!pgp_call_in(pgp, PGP_IMPORT, run_import, data, &end, err))
        return false;
    if (end.error)
        return pgp_gave_up(pgp, &end, "importing a key", err);
    result = gpgme_op_import_result(pgp->context);
    *imported = 0;
    for (gpgme_import_status_t key = result ? result->imports : NULL; key; key = key->next)
        *imported += key->result == 0;
    pgp_known_forget(pgp);
    return *imported || err_set(err, ERR_MESSAGE, "key: no public key that gpg can read");
}

static unsigned run_delete(struct gpgme_context *context, void *work)
{
    AUTO(release_key) gpgme_key_t key = NULL;
    gpgme_error_t error = gpgme_get_key(context, work, &key, 0);

    return error ? error : gpgme_op_delete_ext(context, key, GPGME_DELETE_FORCE);
}

bool pgp_key_delete(struct pgp *pgp, const char *fingerprint, struct err *err)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct pgp_key facts;
    struct pgp_end end;

    if (pgp->foreign)
        return err_set(err, ERR_RUN, "key: nothing is deleted from a home that is not ours");
    if (!pgp_key_facts(pgp, fingerprint, arena, &facts, err))
        return false;
    if (facts.has_secret)
        return err_set(err, ERR_MESSAGE, "key: a secret key is not deleted");
    if (facts.encrypts == PGP_KEY_MISSING)
        return true;
    if (!pgp_call_in(
            pgp, PGP_IMPORT, run_delete, arena_text(arena, span_of(fingerprint)), &end, err))
        return false;
    if (end.error)
        return pgp_gave_up(pgp, &end, "deleting a key", err);
    pgp_known_forget(pgp);
    return true;
}

struct export
{
    const char *pattern;
    gpgme_data_t out;
};

static unsigned run_export(struct gpgme_context *context, void *work)
{
    struct export *export = work;

    return gpgme_op_export(context, export->pattern, 0, export->out);
}

bool pgp_key_export(struct pgp *pgp, const char *fingerprint, struct arena *arena,
    struct span *armored, struct err *err)
{
    AUTO(pgp_data_release) struct gpgme_data *out = pgp_scratch_open(pgp, (size_t)16 * 1024 * 1024);
    struct export export = { fingerprint, out };
    struct pgp_end end;
    struct pgp_key key;

    if (!pgp_key_facts(pgp, fingerprint, arena, &key, err))
        return false;
    if (!key.fingerprint[0])
        return err_set(err, ERR_MESSAGE, "key %s: not in the key ring", fingerprint);
    if (!pgp_call(pgp, run_export, &export, &end, err))
        return false;
    if (end.error || !pgp->scratch.len)
        return pgp_gave_up(pgp, &end, "exporting a key", err);
    *armored = arena_copy(arena, (struct span) { pgp->scratch.at, pgp->scratch.len });
    pgp_scratch_wipe(pgp);
    return true;
}

/* ---- keys that verdicts need again and again ---- */

static void remember(struct pgp *pgp, gpgme_key_t key, struct pgp_known *known)
{
    gpgme_subkey_t subkey = subkey_named(key, known->asked);

    if (!subkey || (known->fingerprint[0] && !subkey->secret))
        return;
    snprintf(known->fingerprint, sizeof known->fingerprint, "%s", key->fpr ? key->fpr : "");
    known->revoked = key->revoked || subkey->revoked;
    known->expired = key->expired || subkey->expired;
    known->has_secret = subkey->secret;
    known->addresses = known->uids = (struct texts) { 0 };
    add_addresses(key, pgp->known_arena, &known->addresses);
    add_uids(key, pgp->known_arena, &known->uids);
}

bool pgp_known_find(
    struct pgp *pgp, const char *id, const struct pgp_known **known, struct err *err)
{
    AUTO(release_listing) struct listing listing = { .pattern = id };
    struct pgp_known *made;

    for (const struct pgp_known *k = pgp->known; k; k = k->next)
        if (strcmp(k->asked, id) == 0) {
            *known = k;
            return true;
        }
    if (!list(pgp, &listing, err))
        return false;
    made = arena_alloc(pgp->known_arena, sizeof *made);
    snprintf(made->asked, sizeof made->asked, "%s", id);
    for (size_t i = 0; i < listing.count; i++)
        remember(pgp, listing.keys[i], made);
    made->next = pgp->known;
    pgp->known = made;
    *known = made;
    return true;
}

void pgp_known_forget(struct pgp *pgp)
{
    for (struct pgp_listed *listed = pgp->listed; listed; listed = listed->next)
        for (size_t i = 0; i < listed->count; i++)
            gpgme_key_unref(listed->keys[i]);
    pgp->listed = NULL;
    pgp->listed_count = 0;
    pgp->known = NULL;
    arena_reset(pgp->known_arena);
}
