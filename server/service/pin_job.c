/* Each look at a PIN takes tens of milliseconds and MiB, so what may wait for one is bounded: a flood of wrong PINs
 * keeps the pool busy for a moment, not for good. */
#include "server/service/pin_job.h"

#include <stdatomic.h>
#include <string.h>

#include "common/base/log.h"
#include "server/service/message.h"

#define WAITING_MAX 64

static atomic_int waiting;

static void wipe(struct pin_job *job)
{
    explicit_bzero(job->pin, sizeof job->pin);
    atomic_fetch_sub(&waiting, 1);
}

static void check(void *argument)
{
    struct pin_job *job = argument;
    bool stale = false;

    job->fits = vault_pin_check(job->vault, job->hash, job->pin, &stale, &job->failed);
    if (job->fits && stale)
        job->hashed = vault_pin_hash(job->vault, job->pin, job->new_hash);
    wipe(job);
}

static void check_secret(void *argument)
{
    struct pin_job *job = argument;
    bool stale = false, fits_old = job->old && vault_old_password_check(job->old, job->pin);

    job->fits = vault_pin_check(job->vault, job->hash, job->pin, &stale, &job->failed);
    if (job->is_old) {
        job->failed = false;
        job->fits = fits_old;
    }
    if (job->fits && (stale || job->is_old))
        job->hashed = vault_pin_hash(job->vault, job->pin, job->new_hash);
    wipe(job);
}

static void hash(void *argument)
{
    struct pin_job *job = argument;

    job->key_made = job->person_id == 0 || vault_person_create(job->vault, job->person_id);
    job->hashed = vault_pin_hash(job->vault, job->pin, job->new_hash);
    wipe(job);
}

/* The stage that calls this has a connection and ends in STEP_NEXT: what is counted here is run. */
static struct pin_job *job_of(struct call *c, struct bytes pin)
{
    if (atomic_load(&waiting) >= WAITING_MAX)
        return NULL;
    atomic_fetch_add(&waiting, 1);
    struct pin_job *job = arena_alloc(c->txn.arena, sizeof *job);
    job->vault = c->vault;
    if (pin.size) /* an empty one has no bytes to point to */
        memcpy(job->pin, pin.data, pin.size < sizeof job->pin ? pin.size : sizeof job->pin - 1);
    return job;
}

struct pin_job *pin_check_later(struct call *c, struct bytes pin, const char *pin_hash)
{
    struct pin_job *job = job_of(c, pin);
    if (!job)
        return NULL;
    job->hash = pin_hash;
    offload(c, check, job);
    return job;
}

struct pin_job *secret_check_later(struct call *c, struct bytes secret, const char *hash, const char *old, bool is_old)
{
    struct pin_job *job = job_of(c, secret);
    if (!job)
        return NULL;
    job->hash = hash;
    job->old = old;
    job->is_old = is_old;
    offload(c, check_secret, job);
    return job;
}

struct pin_job *pin_hash_later(struct call *c, struct bytes pin, int64_t person_id)
{
    struct pin_job *job = job_of(c, pin);
    if (!job)
        return NULL;
    job->person_id = person_id;
    offload(c, hash, job);
    return job;
}

enum step pin_busy(struct call *c)
{
    log_event(LOG_WARN, "pins_busy", "op=%s device=%lld", c->op->name, (long long)c->device_id);
    return refuse(c, REFUSAL(RATE_LIMITED), "too many people are signing in: try again in a moment");
}

enum step pin_looked_at(struct call *c, const struct pin_job *job)
{
    if (!job->failed)
        return STEP_NEXT;
    log_event(LOG_ERROR, "pin_not_looked_at", "op=%s device=%lld reason=memory", c->op->name, (long long)c->device_id);
    return STEP_FAILED;
}
