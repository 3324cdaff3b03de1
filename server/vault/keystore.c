/* Persons' keys, twice: a file and its mirror, changed in this order, so that a key outlives either.
 *
 *           lock -> file N+1 -> mirror N+1 -> unlock
 *                             ^ a crash here leaves the mirror one change behind; it catches up at the next open or
 * change
 *
 * Each change raises the generation and is hashed into a chain; by both, two files are known to hold the same. Readers
 * take whichever file nobody is writing, so they never wait for the disk.
 *
 * An erasure is the dropping of keys and a change of all others, which a crash at any point leaves to be begun again or ended:
 *
 *     dropped -> new epoch's key -> file N+1 -> mirror N+1 -> old epoch's key destroyed
 *             ^ the caller       ^ from here on the next opening or change ends it: there are keys of two epochs
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "server/vault/keystore_inner.h"

#define EPOCH_TRIES   3
#define READ_TRIES    25000 /* of 200 us: 5 s */
#define READ_PAUSE_US 200

bool keystore_create(const char *path, const char *mirror, struct entropy *entropy, const char **problem)
{
    uint8_t vault_id[16];
    entropy->fill(entropy, vault_id, sizeof vault_id);
    return keyfile_create(path, vault_id, problem) && keyfile_create(mirror, vault_id, problem);
}

static bool change_begin(struct keystore *keystore)
{
    pthread_mutex_lock(&keystore->change);
    while (flock(keystore->lock_fd, LOCK_EX))
        if (errno != EINTR) {
            pthread_mutex_unlock(&keystore->change);
            return false;
        }
    return true;
}

static void change_end(struct keystore *keystore)
{
    flock(keystore->lock_fd, LOCK_UN);
    pthread_mutex_unlock(&keystore->change);
}

static enum keyfile_answer head_of(struct keyfile *file, struct keyfile_head *head)
{
    pthread_mutex_lock(&file->lock);
    enum keyfile_answer answer = keyfile_head(file, head);
    pthread_mutex_unlock(&file->lock);
    return answer;
}

static bool put(struct keyfile *file, const struct keyfile_person *person, const struct keyfile_head *head)
{
    pthread_mutex_lock(&file->lock);
    bool written = keyfile_put(file, person, head);
    pthread_mutex_unlock(&file->lock);
    return written;
}

/* Is b where a was one change ago? */
static bool is_one_behind(const struct keyfile_head *a, const struct keyfile_head *b)
{
    return b->generation + 1 == a->generation && !memcmp(b->chain, a->chain_before, DIGEST_SIZE);
}

static bool is_same(const struct keyfile_head *a, const struct keyfile_head *b)
{
    return a->generation == b->generation && a->last_person == b->last_person &&
           !memcmp(a->chain, b->chain, DIGEST_SIZE) && !memcmp(a->chain_before, b->chain_before, DIGEST_SIZE);
}

/* Give the one that is behind the change it lacks. */
static bool catch_up(struct keystore *keystore, struct keyfile *from, struct keyfile *to,
                     const struct keyfile_head *head)
{
    struct keyfile_person person;
    bool done;

    if (head->last_person == 0) {
        done = keystore_rewrap(keystore, to, head);
    } else {
        pthread_mutex_lock(&from->lock);
        bool found = keyfile_get(from, head->last_person, &person) == KEYFILE_FOUND;
        pthread_mutex_unlock(&from->lock);
        done = found && put(to, &person, head);
    }
    if (done)
        log_event(LOG_WARN, "key_store_caught_up", "file=%s generation=%lld", to->path, (long long)head->generation);
    return done;
}

/* Both files at the same change, *head; what a crash left apart is brought together. The caller holds the change lock.
 */
static bool agree(struct keystore *keystore, struct keyfile_head *head, const char **problem)
{
    struct keyfile *first = &keystore->files[FILE_FIRST], *mirror = &keystore->files[FILE_MIRROR];
    struct keyfile_head other;

    if (head_of(first, head) != KEYFILE_FOUND)
        return problem_is(problem, "could not read the key store %s", first->path);
    if (head_of(mirror, &other) != KEYFILE_FOUND)
        return problem_is(problem, "could not read the key store's mirror %s", mirror->path);
    if (memcmp(head->vault_id, other.vault_id, sizeof other.vault_id) != 0)
        return problem_is(problem, "%s is the mirror of another vault", mirror->path);
    if (is_same(head, &other))
        return true;
    if (is_one_behind(head, &other))
        return catch_up(keystore, first, mirror, head) || problem_is(problem, "could not write %s", mirror->path);
    if (is_one_behind(&other, head)) {
        *head = other;
        return catch_up(keystore, mirror, first, head) || problem_is(problem, "could not write %s", first->path);
    }
    if (head->generation == other.generation)
        return problem_is(problem,
                          "the key store %s and its mirror %s went separate ways after change %lld: put back the "
                          "one that belongs to this database",
                          first->path, mirror->path, (long long)head->generation - 1);
    const struct keyfile *newer = head->generation > other.generation ? first : mirror;
    const struct keyfile *older = newer == first ? mirror : first;
    return problem_is(problem,
                      "the key store's file %s is newer than %s (change %lld against %lld): copy the newer over "
                      "the older, with the server stopped",
                      newer->path, older->path, (long long)(newer == first ? head->generation : other.generation),
                      (long long)(newer == first ? other.generation : head->generation));
}

static bool open_person(const struct keystore *keystore, const struct keyfile_person *person,
                        uint8_t key[PERSON_KEY_SIZE])
{
    uint8_t epoch[SECRET_SIZE];
    bool opened = person->wrapped_size && epochs_key(keystore->epochs, person->epoch, epoch) &&
                  key_unwrap(epoch, person->wrapped, person->wrapped_size, key);
    OPENSSL_cleanse(epoch, sizeof epoch);
    return opened;
}

static bool opens(const struct keystore *keystore, const struct keyfile_person *person)
{
    uint8_t key[PERSON_KEY_SIZE];
    bool whole = open_person(keystore, person, key);
    OPENSSL_cleanse(key, sizeof key);
    return whole;
}

static bool is_equal(const struct keyfile_person *a, const struct keyfile_person *b)
{
    return a->id == b->id && a->epoch == b->epoch && a->wrapped_size == b->wrapped_size &&
           !memcmp(a->wrapped, b->wrapped, a->wrapped_size);
}

/* Row by row: what a disk forgot shows here, and a whole key tells which of the two it was. */
static bool rows_agree(struct keystore *keystore, const char **problem)
{
    struct keyfile *first = &keystore->files[FILE_FIRST], *mirror = &keystore->files[FILE_MIRROR];
    struct keyfile_person one, other;
    bool one_begun = false, other_begun = false;

    for (;;) {
        enum keyfile_answer a = keyfile_next(first, &one_begun, &one), b = keyfile_next(mirror, &other_begun, &other);
        if (a == KEYFILE_NONE && b == KEYFILE_NONE)
            return true;
        if (a == KEYFILE_FOUND && b == KEYFILE_FOUND && is_equal(&one, &other))
            continue;
        bool mirror_is_whole = b == KEYFILE_FOUND &&
                               (a != KEYFILE_FOUND || one.id != other.id || !opens(keystore, &one)) &&
                               opens(keystore, &other);
        const struct keyfile *damaged = mirror_is_whole ? first : mirror;
        return problem_is(problem,
                          "the key store's file %s is damaged, %s is whole: copy the whole one over it, with the "
                          "server stopped",
                          damaged->path, damaged == first ? mirror->path : first->path);
    }
}

/* The other file is checked as well before one is called whole. */
static bool open_both(struct keystore *keystore, const char *path, const char *mirror, const char **problem)
{
    const char *mirror_problem;
    bool first_opened = keyfile_open(&keystore->files[FILE_FIRST], path, problem);
    bool mirror_opened = keyfile_open(&keystore->files[FILE_MIRROR], mirror, &mirror_problem);

    if (first_opened && mirror_opened)
        return true;
    if (first_opened)
        return problem_is(problem, "%s; %s is whole: with the server stopped, copy it over its mirror", mirror_problem,
                          path);
    if (mirror_opened)
        return problem_is(problem, "%s; its mirror %s is whole: with the server stopped, copy it over", *problem,
                          mirror);
    return false;
}

/* The head after a change to this person. */
static void advance(struct keyfile_head *head, const struct keyfile_person *person)
{
    uint8_t change[24 + WRAPPED_SIZE];
    head->generation++;
    head->last_person = person->id;
    put_u64(change, (uint64_t)head->generation);
    put_u64(change + 8, (uint64_t)person->id);
    put_u64(change + 16, (uint64_t)person->epoch);
    memcpy(change + 24, person->wrapped, person->wrapped_size);
    memcpy(head->chain_before, head->chain, DIGEST_SIZE);
    sha256_two(bytes_of(head->chain_before, DIGEST_SIZE), bytes_of(change, 24 + person->wrapped_size), head->chain);
}

/* Both files under the newest epoch's key, and no other is left. The caller holds the change lock and has brought the files
 * together. */
static bool rewrap_both(struct keystore *keystore, int64_t epoch, struct keyfile_head *head, const char **problem)
{
    struct keyfile *first = &keystore->files[FILE_FIRST], *mirror = &keystore->files[FILE_MIRROR];

    advance(head, &(struct keyfile_person){ .epoch = epoch });
    if (!keystore_rewrap(keystore, first, head))
        return problem_is(problem, "could not write %s", first->path);
    FAILPOINT(epoch_written);
    if (!keystore_rewrap(keystore, mirror, head))
        return problem_is(problem, "could not write %s", mirror->path);
    FAILPOINT(epoch_mirrored);
    return epochs_end_before(keystore->epochs, epoch, problem);
}

/* What an erasure that was cut short has left: keys of two epochs. */
static bool settle(struct keystore *keystore, struct keyfile_head *head, int64_t *epoch, const char **problem)
{
    int64_t oldest;

    return epochs_range(keystore->epochs, &oldest, epoch, problem) &&
           (oldest == *epoch || rewrap_both(keystore, *epoch, head, problem));
}

/* A vault whose epoch key others can read does not open, and says so. */
static bool epochs_readable(struct keystore *keystore, const char **problem)
{
    int64_t oldest, newest;

    return epochs_range(keystore->epochs, &oldest, &newest, problem) &&
           epochs_check(keystore->epochs, oldest, problem) && epochs_check(keystore->epochs, newest, problem);
}

/* The directory that a file is in. */
static struct epochs *epochs_beside(const char *path)
{
    char directory[PATH_SIZE];
    const char *slash = strrchr(path, '/');

    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    return epochs_create(*directory ? directory : "/");
}

struct keystore *keystore_open(const char *path, const char *mirror, const char *lock_path, struct entropy *entropy,
                               const char **problem)
{
    struct keystore *keystore = calloc(1, sizeof *keystore);
    struct keyfile_head head;
    if (!keystore) {
        problem_is(problem, "could not open the key store: no memory");
        return NULL;
    }
    int64_t epoch;
    keystore->entropy = entropy;
    keystore->epochs = epochs_beside(lock_path);
    pthread_mutex_init(&keystore->change, NULL);
    keystore->lock_fd = open(lock_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (keystore->lock_fd < 0)
        problem_is(problem, "could not open %s: %s", lock_path, strerror(errno));

    else if (!keystore->epochs)
        problem_is(problem, "could not open the key store: no memory");

    bool opened = false;
    if (keystore->lock_fd >= 0 && keystore->epochs && change_begin(keystore)) {
        opened = epochs_readable(keystore, problem) && open_both(keystore, path, mirror, problem) &&
                 agree(keystore, &head, problem) && rows_agree(keystore, problem) &&
                 settle(keystore, &head, &epoch, problem);
        change_end(keystore);
    }
    if (opened)
        return keystore;
    keystore_close(keystore);
    return NULL;
}

void keystore_close(struct keystore *keystore)
{
    if (!keystore)
        return;
    for (size_t i = 0; i < FILE_COUNT; i++)
        keyfile_close(&keystore->files[i]);
    if (keystore->lock_fd >= 0)
        close(keystore->lock_fd);
    pthread_mutex_destroy(&keystore->change);
    epochs_destroy(keystore->epochs);
    free(keystore);
}

/* From the file that nobody writes at this moment. A key in either is a key. */
static enum keyfile_answer read_person(struct keystore *keystore, int64_t person_id, struct keyfile_person *person)
{
    for (int tries = 0; tries < READ_TRIES; tries++) {
        for (size_t i = 0; i < FILE_COUNT; i++) {
            struct keyfile *file = &keystore->files[i];
            if (pthread_mutex_trylock(&file->lock))
                continue;
            enum keyfile_answer answer = keyfile_get(file, person_id, person);
            pthread_mutex_unlock(&file->lock);
            if (answer == KEYFILE_FOUND || answer == KEYFILE_NONE)
                return answer;
        }
        nanosleep(&(struct timespec){ .tv_nsec = READ_PAUSE_US * 1000L }, NULL);
    }
    return KEYFILE_BUSY;
}

/* An epoch may end between the reading of a key and that of what it is wrapped under: then it is wrapped under the next. */
bool keystore_get(struct keystore *keystore, int64_t person_id, uint8_t key[PERSON_KEY_SIZE])
{
    struct keyfile_person person;

    for (int tries = 0; tries < EPOCH_TRIES; tries++) {
        if (read_person(keystore, person_id, &person) != KEYFILE_FOUND || !person.wrapped_size)
            return false;
        if (open_person(keystore, &person, key))
            return true;
    }
    return false;
}

bool keystore_knows(struct keystore *keystore, int64_t person_id)
{
    struct keyfile_person person;

    return read_person(keystore, person_id, &person) != KEYFILE_NONE;
}

/* The caller holds the change lock and has brought the files together. */
static bool change_both(struct keystore *keystore, const struct keyfile_person *person, struct keyfile_head *head)
{
    advance(head, person);
    FAILPOINT(key_chosen);
    if (!put(&keystore->files[FILE_FIRST], person, head))
        return false;
    FAILPOINT(key_written);
    bool mirrored = put(&keystore->files[FILE_MIRROR], person, head);
    FAILPOINT(key_mirrored);
    return mirrored;
}

static bool ready(struct keystore *keystore, struct keyfile_head *head, int64_t *epoch)
{
    const char *problem;
    if (agree(keystore, head, &problem) && settle(keystore, head, epoch, &problem))
        return true;
    log_event(LOG_ERROR, "key_store_failed", "problem=\"%s\"", problem);
    return false;
}

static bool wrap_new(struct keystore *keystore, int64_t person_id, int64_t epoch, struct keyfile_person *person)
{
    uint8_t key[PERSON_KEY_SIZE], wrapping[SECRET_SIZE];

    *person = (struct keyfile_person){ .id = person_id, .epoch = epoch, .wrapped_size = WRAPPED_SIZE };
    if (!epochs_key(keystore->epochs, epoch, wrapping))
        return false;
    keystore->entropy->fill(keystore->entropy, key, sizeof key);
    key_wrap(wrapping, key, person->wrapped);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(wrapping, sizeof wrapping);
    return true;
}

bool keystore_add(struct keystore *keystore, int64_t person_id)
{
    struct keyfile_head head;
    struct keyfile_person person;
    int64_t epoch;
    if (!change_begin(keystore))
        return false;

    bool added = ready(keystore, &head, &epoch);
    enum keyfile_answer before = added ? read_person(keystore, person_id, &person) : KEYFILE_BROKEN;
    if (before == KEYFILE_FOUND)
        added = opens(keystore, &person); /* made before: fine; dropped: never again */
    else
        added = before == KEYFILE_NONE && wrap_new(keystore, person_id, epoch, &person) &&
                change_both(keystore, &person, &head);
    change_end(keystore);
    return added;
}

static bool drop(struct keystore *keystore, int64_t person_id, struct keyfile_head *head)
{
    struct keyfile_person person;

    if (read_person(keystore, person_id, &person) != KEYFILE_FOUND || !person.wrapped_size)
        return true;
    person.wrapped_size = 0;
    memset(person.wrapped, 0, sizeof person.wrapped);
    return change_both(keystore, &person, head);
}

bool keystore_drop(struct keystore *keystore, int64_t person_id)
{
    struct keyfile_head head;
    int64_t epoch;
    if (!change_begin(keystore))
        return false;

    bool dropped = ready(keystore, &head, &epoch) && drop(keystore, person_id, &head);
    change_end(keystore);
    return dropped;
}

static bool end_epoch(struct keystore *keystore, int64_t epoch, struct keyfile_head *head)
{
    const char *problem;

    if (epochs_make(keystore->epochs, epoch + 1, keystore->entropy, &problem)) {
        FAILPOINT(epoch_made);
        if (rewrap_both(keystore, epoch + 1, head, &problem)) {
            FAILPOINT(epoch_ended);
            return true;
        }
    }
    log_event(LOG_ERROR, "key_store_failed", "problem=\"%s\"", problem);
    return false;
}

bool keystore_erase(struct keystore *keystore, const int64_t *person_ids, size_t count)
{
    struct keyfile_head head;
    int64_t epoch;
    if (!change_begin(keystore))
        return false;

    bool erased = ready(keystore, &head, &epoch);
    for (size_t i = 0; erased && i < count; i++)
        erased = drop(keystore, person_ids[i], &head);
    erased = erased && end_epoch(keystore, epoch, &head);
    change_end(keystore);
    return erased;
}

/* From the file that nobody writes at this moment, as a person: an erasure writes each for as long as all keys take. */
static size_t list(struct keystore *keystore, bool dropped, int64_t after_id, int64_t *ids, size_t most)
{
    size_t count = 0;

    for (int tries = 0; tries < READ_TRIES; tries++) {
        for (size_t i = 0; i < FILE_COUNT; i++) {
            struct keyfile *file = &keystore->files[i];
            if (pthread_mutex_trylock(&file->lock))
                continue;
            bool listed = keyfile_list(file, dropped, after_id, ids, most, &count);
            pthread_mutex_unlock(&file->lock);
            if (listed)
                return count;
        }
        nanosleep(&(struct timespec){ .tv_nsec = READ_PAUSE_US * 1000L }, NULL);
    }
    return 0;
}

size_t keystore_list(struct keystore *keystore, int64_t after_id, int64_t *ids, size_t most)
{
    return list(keystore, false, after_id, ids, most);
}

size_t keystore_list_dropped(struct keystore *keystore, int64_t after_id, int64_t *ids, size_t most)
{
    return list(keystore, true, after_id, ids, most);
}

/* From the file that nobody writes at this moment. */
size_t keystore_count_lost(struct keystore *keystore)
{
    size_t count;

    for (int tries = 0; tries < READ_TRIES; tries++) {
        for (size_t i = 0; i < FILE_COUNT; i++) {
            struct keyfile *file = &keystore->files[i];
            if (pthread_mutex_trylock(&file->lock))
                continue;
            bool counted = keyfile_count_lost(file, &count);
            pthread_mutex_unlock(&file->lock);
            if (counted)
                return count;
        }
        nanosleep(&(struct timespec){ .tv_nsec = READ_PAUSE_US * 1000L }, NULL);
    }
    return 0;
}

void keystore_look(struct keystore *keystore)
{
    epochs_look(keystore->epochs);
}
