/* Argon2 off the loop: a PIN checked or hashed on the thread pool, few at a time. */
#ifndef CAROLINE_SERVER_SERVICE_PIN_JOB_H
#define CAROLINE_SERVER_SERVICE_PIN_JOB_H

#include "server/call/call.h"

/* In the try's arena; its answers hold in the next stage. */
struct pin_job {
    struct vault *vault;
    char pin[520];     /* a PIN, or a password of the shop before this one; wiped when the job is done */
    const char *hash;  /* NULL: of nobody */
    const char *old;   /* a hash of the shop before this one; NULL: none */
    bool is_old;       /* it is `old` that has to fit */
    int64_t person_id; /* a key made with it; 0: none */
    bool fits;         /* the PIN fits the hash */
    bool failed;       /* or could not be looked at */
    bool hashed;       /* new_hash holds: asked for, or fits but the hash is stale */
    bool key_made;
    char new_hash[128];
};

/* NULL: too many wait already; the call is to be refused by pin_busy(). */
struct pin_job *pin_check_later(struct call *c, struct bytes pin, const char *hash);
/* Of a member, whose hash is one of ours or an old one, or who has none. Where there are members with an old one still, `old` is some
 * hash like that for all others too: each look takes as long, whatever is found. What fits an old one is hashed anew. */
struct pin_job *secret_check_later(struct call *c, struct bytes secret, const char *hash, const char *old, bool is_old);
/* Also makes the key of a new person, if person_id is not 0. */
struct pin_job *pin_hash_later(struct call *c, struct bytes pin, int64_t person_id);
enum step pin_busy(struct call *c);
/* STEP_NEXT: what the job says of the PIN holds. Else it could not be looked at: no wrong try, and the client asks again. */
enum step pin_looked_at(struct call *c, const struct pin_job *job);

#endif
