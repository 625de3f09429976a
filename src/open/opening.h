/* opening.h - what the files of this room share while one mail is opened. */
#ifndef OPENING_H
#define OPENING_H

#include "mime/addresses.h"
#include "mime/words.h"
#include "open/open.h"

/* A mail and its verdicts: the one that was sent to us, or one that is attached to it. */
struct mail {
    struct mail *before; /* all attached mails of an opening, last first */
    struct mail *carrier; /* the mail that this one is attached to; NULL for the one sent to us */
    size_t attachment; /* its place in the list, for an attached one */
    const struct mime_part *root; /* whose header fields count outside */
    const struct mime_part *inner; /* the same within the seal, NULL when there are none */
    const struct layer *inner_layer; /* what is around those */
    struct texts from, inner_from; /* addresses */
    const char *from_name;
    bool from_odd; /* also when not all fields were read */
    bool has_seal; /* something in it is, or claims to be, encrypted */
    enum crypt crypt; /* the worst of those */
    bool has_signature;
    enum signature signature;
    struct pgp_signature *signer; /* whose it is; NULL while nobody is known */
    bool outside_seal, outside_signature; /* something to read is not within them */
    bool doubtful; /* programs may disagree on which parts it has */
};

/* One seal or signature around something, and what is around that. */
struct layer {
    struct layer *outer; /* NULL for the bare mail */
    struct layer *before; /* all layers of an opening, last first */
    struct mail *mail;
    int id; /* 0 where nothing protects */
    int depth; /* seals and signatures around, attached mails counted too */
    bool sealed; /* the bytes came out of an encrypted message, or what posed as one */
    enum crypt crypt; /* of that */
    bool is_signed;
    enum signature smime; /* SIGNATURE_SMIME for a signature that has no records */
    struct pgp_signature *signatures;
    size_t signature_count;
    enum signature signature; /* judged at the end */
    const char *signer;
};

/* A block that was asked about before: an alternative version often holds it again. */
struct asked {
    struct asked *before;
    char hash[65];
    struct pgp_opened *opened;
};

struct opening {
    const struct open_engine *engine;
    const struct open_limits *limits;
    struct charsets *charsets;
    struct arena *arena;
    struct message *message;
    struct contents *contents;
    struct layer **content_layers, **attachment_layers; /* as long as those lists */
    struct layer *layers;
    struct asked *asked, *clear; /* clear: texts of clear-signed blocks, by hash */
    struct mail top, *attached;
    size_t plain; /* bytes decrypted so far */
    int questions;
    int layer_ids;
    struct err *err;
    bool failed; /* the engine failed: err is set, everything unwinds */
};

/* Where in the mail something stands. */
struct place {
    bool envelope; /* nothing but seals and signatures is around it: here header fields count */
    struct alternative *alternative; /* of which it is one version; NULL */
};

struct alternative {
    int version; /* the one that is being read, from 1 */
    int first; /* the first that had text; 0 while none */
    const struct layer *layer; /* of that text */
};

/* Each sentence once. */
void opening_reason(struct opening *o, const char *format, ...) LIKE_PRINTF(2, 3);
void opening_odd(struct opening *o, const char *reason); /* the parse is odd, and why */
void opening_repaired(struct opening *o, const char *reason); /* odd, and the flag */

struct layer *opening_layer(struct opening *o, struct layer *outer);

/* A verdict on one encrypted thing of this mail counts, the worst stays. */
void opening_crypt(struct mail *mail, enum crypt crypt);

/*
 * Adds something to read. seen is false where it holds nothing for the eye. sealed is true for what
 * stays unopened: it is within a seal. An attachment's record is made with content->bytes.
 */
void opening_content(
    struct opening *o, struct layer *layer, struct content *content, bool seen, bool sealed);

/* Takes a tree apart that starts at root; the header fields there count when place says so. */
void opening_walk(
    struct opening *o, const struct mime_part *root, struct layer *layer, struct place place);

/* Parses bytes as an entity and walks it. */
void opening_entity(struct opening *o, struct span bytes, struct layer *layer, struct place place);

/* Walks a file that did not come as a part: out of a seal, or out of a text. */
void opening_file(struct opening *o, struct span bytes, const char *name, struct layer *layer);

/* asking.c: the engine, with a memory for what was asked, and bounds. NULL when the engine failed.
 * A question over the bounds is answered with the worst that fits. */
struct pgp_opened *asking_decrypt(struct opening *o, struct span sealed);
struct pgp_opened *asking_verify(struct opening *o, struct span bytes, struct span signature);
struct pgp_opened *asking_clear(struct opening *o, struct span block);
bool asking_was(const struct opening *o, struct span bytes); /* asked about before */
void asking_keys(struct opening *o, struct span material, const char *whence);

/* sealed.c: what comes out of seals. */
struct layer *sealed_layer(
    struct opening *o, struct layer *outer, const struct pgp_opened *opened, bool poses);
bool sealed_is_open(const struct pgp_opened *opened); /* there is plain text to go on with */
bool sealed_is_entity(struct span plain); /* starts with a MIME header */
void sealed_encrypted(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct place place);
void sealed_signed(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct place place);
bool sealed_is_version(struct opening *o, const struct mime_part *part);
bool sealed_is_payload(struct opening *o, const struct mime_part *part);
struct span sealed_signature(struct opening *o, const struct mime_part *part);
struct layer *sealed_detached(struct opening *o, const struct mime_part *part,
    const struct mime_part *signature, struct layer *layer, bool as_file);
/* An attachment that is OpenPGP by name, type or content; false when it is not. */
bool sealed_attachment(struct opening *o, const struct mime_part *part, struct layer *layer,
    struct place place, struct span bytes);
bool sealed_smime(
    struct opening *o, const struct mime_part *part, struct layer *layer, struct place place);

/* inline.c: text with armored blocks in it. */
void inline_text(
    struct opening *o, const struct content *like, struct layer *layer, struct place place);
/* Opens the encrypted messages in a file, and leaves everything else in it alone. */
void inline_sealed(struct opening *o, const struct content *like, struct layer *layer);

/* fields.c: what the header fields say, and judge.c: what it all amounts to. */
void fields_read(struct opening *o);
void fields_subject(struct opening *o); /* once the signatures are judged */
void fields_signed_to(struct opening *o); /* the same */
void fields_delivery_status(struct opening *o, struct span body);
void fields_original(struct opening *o, struct span head);
struct span fields_summary(struct opening *o, const struct mime_part *part);
void judge_all(struct opening *o);

#endif
