#include "client/link/pin_box.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* As the server's PIN_COST_SHOP. */
#define MEMORY_BYTES ((size_t)19456 * 1024)
#define PASSES       2u
#define PIN_MAX      12u
#define SEALED       (PIN_BOX_KEY + crypto_secretbox_MACBYTES)

/* In guarded memory, all of it. */
struct sealed {
    uint8_t salt[crypto_pwhash_SALTBYTES];
    uint8_t bytes[SEALED];
};

struct secrets {
    struct sealed sealed;
    uint8_t derived[crypto_secretbox_KEYBYTES], key[PIN_BOX_KEY];
    uint8_t pin[PIN_MAX];
    uint8_t pin_size;
};

struct job {
    uv_work_t work;
    struct pin_box *box; /* NULL: the box is gone */
    struct secrets *secrets;
    bool queued, fills, worked, fits;
    bool stale; /* the box was emptied meanwhile */
    pin_box_tried_fn *tried;
    void *owner;
};

struct pin_box {
    struct uv_loop_s *loop;
    struct entropy *entropy;
    struct sealed *sealed;
    bool full;
    unsigned wrong;
    struct job *filling, *trying; /* the trying one is queued behind the filling one */
};

struct pin_box *pin_box_create(struct uv_loop_s *loop, struct entropy *entropy)
{
    struct pin_box *box;

    if (sodium_init() < 0)
        return NULL;
    box = calloc(1, sizeof *box);
    if (box == NULL)
        abort();
    box->loop = loop;
    box->entropy = entropy;
    box->sealed = sodium_malloc(sizeof *box->sealed);
    if (box->sealed == NULL)
        abort();
    return box;
}

/* ---- on the other thread ---- */

/* Every box has a salt of its own, so its key seals once, and the nonce need not differ. */
static void work_on(uv_work_t *work)
{
    static const uint8_t nonce[crypto_secretbox_NONCEBYTES];
    struct job *job = work->data;
    struct secrets *s = job->secrets;

    job->worked = crypto_pwhash(s->derived, sizeof s->derived, (const char *)s->pin, s->pin_size, s->sealed.salt,
                                PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0;
    if (job->worked && job->fills)
        crypto_secretbox_easy(s->sealed.bytes, s->key, sizeof s->key, nonce, s->derived);
    else if (job->worked)
        job->fits = crypto_secretbox_open_easy(s->key, s->sealed.bytes, sizeof s->sealed.bytes, nonce, s->derived) == 0;
    sodium_memzero(s->pin, sizeof s->pin);
    sodium_memzero(s->derived, sizeof s->derived);
}

/* ---- on the loop ---- */

static void end(struct job *job)
{
    sodium_free(job->secrets);
    free(job);
}

static enum pin_box_outcome outcome_of(struct pin_box *box, const struct job *job)
{
    if (job->stale || !box->full)
        return PIN_BOX_SHUT;
    if (!job->worked)
        return PIN_BOX_NO_MEMORY;
    box->wrong = job->fits ? 0 : box->wrong + 1;
    if (job->fits)
        return PIN_BOX_OPEN;
    if (box->wrong < PIN_BOX_TRIES)
        return PIN_BOX_WRONG;
    box->full = false;
    sodium_memzero(box->sealed, sizeof *box->sealed);
    return PIN_BOX_SHUT;
}

static void on_tried(uv_work_t *work, int status)
{
    struct job *job = work->data;
    struct pin_box *box = job->box;

    (void)status;
    if (box != NULL) {
        enum pin_box_outcome outcome = outcome_of(box, job);
        box->trying = NULL;
        job->tried(job->owner, outcome, job->secrets->key);
    }
    end(job);
}

static void queue(struct job *job, uv_after_work_cb done)
{
    job->work.data = job;
    job->queued = true;
    int outcome = uv_queue_work(job->box->loop, &job->work, work_on, done);
    assert(outcome == 0);
}

static void begin_trying(struct pin_box *box)
{
    memcpy(&box->trying->secrets->sealed, box->sealed, sizeof *box->sealed);
    queue(box->trying, on_tried);
}

static void on_filled(uv_work_t *work, int status)
{
    struct job *job = work->data;
    struct pin_box *box = job->box;

    (void)status;
    if (box != NULL && !job->stale) {
        box->filling = NULL;
        box->full = job->worked;
        if (job->worked)
            memcpy(box->sealed, &job->secrets->sealed, sizeof *box->sealed);
        if (box->trying != NULL && !box->trying->queued)
            begin_trying(box);
    }
    end(job);
}

/* What is longer than a PIN can be is nobody's. */
static struct job *job_create(struct pin_box *box, struct bytes pin)
{
    struct job *job = calloc(1, sizeof *job);

    if (job == NULL)
        abort();
    job->box = box;
    job->secrets = sodium_malloc(sizeof *job->secrets);
    if (job->secrets == NULL)
        abort();
    sodium_memzero(job->secrets, sizeof *job->secrets);
    job->secrets->pin_size = (uint8_t)(pin.size <= PIN_MAX ? pin.size : 0);
    if (job->secrets->pin_size > 0)
        memcpy(job->secrets->pin, pin.data, job->secrets->pin_size);
    return job;
}

/* What is longer than a PIN can be, or none, seals nothing: any other such would open it. */
void pin_box_fill(struct pin_box *box, struct bytes pin, const uint8_t key[PIN_BOX_KEY])
{
    pin_box_empty(box);
    if (pin.size == 0 || pin.size > PIN_MAX)
        return;
    box->filling = job_create(box, pin);
    box->filling->fills = true;
    memcpy(box->filling->secrets->key, key, PIN_BOX_KEY);
    box->entropy->fill(box->entropy, box->filling->secrets->sealed.salt, sizeof box->sealed->salt);
    queue(box->filling, on_filled);
}

/* A try that waits for the filling has to be told all the same, and not from in here: it is made in vain. */
void pin_box_empty(struct pin_box *box)
{
    if (box->trying != NULL) {
        box->trying->stale = true;
        if (!box->trying->queued)
            begin_trying(box);
    }
    if (box->filling != NULL)
        box->filling->stale = true;
    box->filling = NULL;
    box->full = false;
    box->wrong = 0;
    sodium_memzero(box->sealed, sizeof *box->sealed);
}

void pin_box_count_wrong(struct pin_box *box, bool all)
{
    if (pin_box_state(box) != PIN_BOX_FULL)
        return;
    unsigned wrong = all ? PIN_BOX_TRIES : box->wrong + 1;
    if (wrong >= PIN_BOX_TRIES)
        pin_box_empty(box);
    box->wrong = wrong;
}

enum pin_box_state pin_box_state(const struct pin_box *box)
{
    if (box->full || box->filling != NULL)
        return PIN_BOX_FULL;
    return box->wrong >= PIN_BOX_TRIES ? PIN_BOX_USED_UP : PIN_BOX_EMPTY;
}

bool pin_box_try(struct pin_box *box, struct bytes pin, pin_box_tried_fn *tried, void *owner)
{
    if (box->trying != NULL)
        return false;
    box->trying = job_create(box, pin);
    box->trying->tried = tried;
    box->trying->owner = owner;
    if (box->filling == NULL)
        begin_trying(box);
    return true;
}

void pin_box_destroy(struct pin_box *box)
{
    pin_box_empty(box);
    if (box->trying != NULL)
        box->trying->box = NULL;
    sodium_free(box->sealed);
    free(box);
}
