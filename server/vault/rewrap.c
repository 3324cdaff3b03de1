/* One epoch after another: a file's keys under the newest epoch's key. */
#include <openssl/crypto.h>
#include <string.h>

#include "common/base/log.h"
#include "server/vault/keystore_inner.h"

#define LOST_MOST 100 /* in one change; more are not the damage of rows */
_Static_assert(KEYFILE_AT_ONCE <= REWRAP_MOST, "as many as are wrapped at once");

/* From whatever epoch a key is wrapped in to the newest. */
struct rewrapping {
    struct keystore *keystore;
    struct keyfile *other; /* that has the same rows */
    int64_t oldest, epoch;
    uint8_t into[SECRET_SIZE];
    size_t opened, lost;
};

/* KEYFILE_NONE: it is nobody's any more. KEYFILE_BROKEN: its epoch's key is there, and could not be read. */
static enum keyfile_answer rewrap_one(const struct rewrapping *r, struct keyfile_person *person)
{
    uint8_t epoch[SECRET_SIZE], key[PERSON_KEY_SIZE];

    if (person->epoch == r->epoch)
        return KEYFILE_FOUND;
    if (!epochs_key(r->keystore->epochs, person->epoch, epoch))
        return person->epoch < r->oldest || person->epoch > r->epoch ? KEYFILE_NONE : KEYFILE_BROKEN;
    bool opened = key_unwrap(epoch, person->wrapped, person->wrapped_size, key);
    if (opened) {
        key_wrap(r->into, key, person->wrapped);
        person->epoch = r->epoch;
    }
    OPENSSL_cleanse(epoch, sizeof epoch);
    OPENSSL_cleanse(key, sizeof key);
    return opened ? KEYFILE_FOUND : KEYFILE_NONE;
}

/* One person's key that opens in neither file opens nowhere: theirs is lost, and nobody else's erasure waits for it. It is said when it is
 * found, and noted in its row. Where hardly any opens it is not the rows that are damaged, and nothing is changed. */
static bool rewrap_or_lose(struct rewrapping *r, struct keyfile_person *person)
{
    struct keyfile_person other;

    if (person->epoch == EPOCH_LOST)
        return true;
    enum keyfile_answer answer = rewrap_one(r, person);
    if (answer == KEYFILE_NONE) {
        pthread_mutex_lock(&r->other->lock);
        enum keyfile_answer there = keyfile_get(r->other, person->id, &other);
        pthread_mutex_unlock(&r->other->lock);
        if (there != KEYFILE_FOUND && there != KEYFILE_NONE)
            answer = KEYFILE_BROKEN; /* nobody knows: not now */
        else if (there == KEYFILE_FOUND && other.wrapped_size > 0 && other.epoch != EPOCH_LOST &&
                 (answer = rewrap_one(r, &other)) == KEYFILE_FOUND)
            *person = other;
    }
    if (answer == KEYFILE_NONE) {
        if (r->other == &r->keystore->files[FILE_MIRROR]) /* and not once more of the mirror */
            log_event(LOG_ERROR, "key_lost",
                      "person=%lld why=\"it does not open: what is sealed of theirs stays shut\"",
                      (long long)person->id);
        person->epoch = EPOCH_LOST;
        memset(person->wrapped, 0, sizeof person->wrapped);
        r->lost++;
    }
    r->opened += answer == KEYFILE_FOUND;
    if (answer != KEYFILE_BROKEN && r->lost <= LOST_MOST)
        return true;
    log_event(LOG_ERROR, "key_store_failed", "problem=\"%s\"",
              answer == KEYFILE_BROKEN ? "an epoch's key could not be read" : "too many keys do not open");
    return false;
}

/* Those of one epoch that open, as nearly all do: what is left over is looked at one by one. */
static void rewrap_whole(const struct rewrapping *r, struct keyfile_person *persons, size_t count)
{
    uint8_t epoch[SECRET_SIZE], *wrapped[REWRAP_MOST];
    size_t which[REWRAP_MOST], found = 0;
    bool opened[REWRAP_MOST];

    for (size_t i = 0; i < count; i++)
        if (persons[i].epoch == r->oldest && persons[i].epoch != r->epoch && persons[i].wrapped_size == WRAPPED_SIZE) {
            wrapped[found] = persons[i].wrapped;
            which[found++] = i;
        }
    if (found == 0 || !epochs_key(r->keystore->epochs, r->oldest, epoch))
        return;
    keys_rewrap(epoch, r->into, wrapped, found, opened);
    for (size_t i = 0; i < found; i++)
        if (opened[i])
            persons[which[i]].epoch = r->epoch;
    OPENSSL_cleanse(epoch, sizeof epoch);
}

static bool rewrap(void *user, struct keyfile_person *persons, size_t count)
{
    struct rewrapping *r = user;
    bool good = true;

    rewrap_whole(r, persons, count);
    for (size_t i = 0; good && i < count; i++)
        good = rewrap_or_lose(r, &persons[i]);
    return good;
}

/* Behind the last: false, and the file stays as it was, where of several not one opened. */
static bool some_opened(void *user)
{
    const struct rewrapping *r = user;

    if (r->opened > 0 || r->lost < 2)
        return true;
    log_event(LOG_ERROR, "key_store_failed", "problem=\"no key opens\"");
    return false;
}

/* The same keys wrapped under the same key are the same bytes: two files that agreed agree behind it. */
bool keystore_rewrap(struct keystore *keystore, struct keyfile *file, const struct keyfile_head *head)
{
    struct keyfile *first = &keystore->files[FILE_FIRST], *mirror = &keystore->files[FILE_MIRROR];
    struct rewrapping r = { .keystore = keystore, .other = file == first ? mirror : first };
    const char *problem;

    bool done =
        epochs_range(keystore->epochs, &r.oldest, &r.epoch, &problem) && epochs_key(keystore->epochs, r.epoch, r.into);
    if (done) {
        pthread_mutex_lock(&file->lock);
        done = keyfile_change_all(file, rewrap, some_opened, &r, head);
        pthread_mutex_unlock(&file->lock);
    }
    OPENSSL_cleanse(r.into, sizeof r.into);
    return done;
}
