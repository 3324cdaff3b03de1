/* A ring of writes; they are handed over by the dozen, so that nobody is woken for each. Who needs what was written to one
 * disk does what the thread has not begun of that, and leaves it the others'. */
#include "tests/sim/world/spools.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "client/link/spool.h"
#include "tests/sim/store/sim_heap.h"
#include "tests/sim/world/disk.h"

#define WRITES 256
#define DOZEN  24

enum kind { PUT, SENT, ANSWER, BASKET, PAGES };
enum stage { ASKED, BEGUN, DONE };

struct write {
    atomic_int stage; /* an enum stage: who takes it from ASKED to BEGUN carries it out */
    enum kind kind;
    struct spool *spool;    /* NULL: PAGES */
    struct spooled command; /* PUT; of all others its id */
    bool accepted;
    struct bytes reply, basket;
    void *chunk; /* PAGES */
    size_t chunk_size;
    uint8_t *copies; /* what the views point to */
    size_t capacity;
};

static struct {
    bool running;
    uint64_t asked, free_to; /* the asking thread's: counted from the first; there is room for those before free_to */
    struct {
        struct spool *spool; /* that is open on it */
        uint64_t asked;      /* as many were asked when it was asked something last */
        bool settled;        /* as far as the asking thread knows */
    } disks[DISKS];          /* the asking thread's */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t some, done_some;
    uint64_t handed, done; /* under the lock */
    bool over;
    struct write writes[WRITES];
} spools = { .free_to = WRITES, .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- as the product has them ---- */

bool __real_spool_put(struct spool *spool, const struct spooled *command);
bool __real_spool_mark_sent(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
bool __real_spool_answer(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes reply, bool accepted,
                         struct bytes basket);
bool __real_basket_save(struct spool *spool, struct bytes basket);

static bool carry_out(const struct write *w)
{
    switch (w->kind) {
    case PUT:
        return __real_spool_put(w->spool, &w->command);
    case SENT:
        return __real_spool_mark_sent(w->spool, w->command.id);
    case ANSWER:
        return __real_spool_answer(w->spool, w->command.id, w->reply, w->accepted, w->basket);
    case BASKET:
        return __real_basket_save(w->spool, w->basket);
    case PAGES:
        (void)madvise(w->chunk, w->chunk_size, MADV_POPULATE_WRITE); /* an older kernel makes them when they are met */
        return true;
    }
    return false;
}

/* Is it the caller's to carry out? */
static bool begin(struct write *w)
{
    int asked = ASKED;

    return atomic_compare_exchange_strong(&w->stage, &asked, BEGUN);
}

static void finish(struct write *w)
{
    if (!carry_out(w)) {
        fprintf(stderr, "a till's disk fails that has no reason to: %s\n", spool_problem(w->spool));
        abort();
    }
    atomic_store(&w->stage, DONE);
}

/* ---- the thread ---- */

static void *work(void *nothing)
{
    (void)nothing;
    pthread_mutex_lock(&spools.lock);
    for (;;) {
        while (spools.done == spools.handed && !spools.over)
            pthread_cond_wait(&spools.some, &spools.lock);
        if (spools.done == spools.handed)
            break;
        uint64_t from = spools.done, to = spools.handed;
        pthread_mutex_unlock(&spools.lock);
        for (; from < to; from++)
            if (begin(&spools.writes[from % WRITES]))
                finish(&spools.writes[from % WRITES]);
        pthread_mutex_lock(&spools.lock);
        spools.done = to;
        pthread_cond_signal(&spools.done_some);
    }
    pthread_mutex_unlock(&spools.lock);
    return NULL;
}

static void hand_over(void)
{
    spools.handed = spools.asked;
    pthread_cond_signal(&spools.some);
}

static void wait_for(uint64_t done)
{
    pthread_mutex_lock(&spools.lock);
    hand_over();
    while (spools.done < done)
        pthread_cond_wait(&spools.done_some, &spools.lock);
    spools.free_to = spools.done + WRITES;
    pthread_mutex_unlock(&spools.lock);
}

static bool is_the_thread(void)
{
    return spools.running && pthread_equal(pthread_self(), spools.thread);
}

void spools_settle(void)
{
    if (!spools.running)
        return;
    wait_for(spools.asked);
    for (size_t i = 0; i < DISKS; i++)
        spools.disks[i].settled = true;
}

/* From the newest back to what the thread has begun, which is waited for: it has done what was asked before that. Then
 * in the order it was asked. */
static void settle(size_t disk)
{
    const struct spool *spool = spools.disks[disk].spool;
    struct write *taken[WRITES];
    size_t count = 0;
    uint64_t at = spools.disks[disk].asked, done = spools.free_to - WRITES;

    for (; at > done; at--) {
        struct write *w = &spools.writes[(at - 1) % WRITES];
        if (w->spool != spool)
            continue;
        if (!begin(w)) {
            while (atomic_load(&w->stage) != DONE)
                sched_yield();
            break;
        }
        taken[count++] = w;
    }
    spools.disks[disk].settled = true;
    while (count > 0)
        finish(taken[--count]);
}

void spools_settle_disk(unsigned disk)
{
    if (spools.running && !is_the_thread() && !spools.disks[disk].settled)
        settle(disk);
}

bool spools_are_ours(unsigned disk)
{
    return !spools.running || is_the_thread() || spools.disks[disk].settled;
}

/* Whose spool it is. */
static size_t disk_of(const struct spool *spool)
{
    size_t disk = 0;

    while (disk < DISKS && spools.disks[disk].spool != spool)
        disk++;
    assert(disk < DISKS);
    return disk;
}

static void settle_spool(const struct spool *spool)
{
    if (spools.running && !is_the_thread())
        spools_settle_disk((unsigned)disk_of(spool));
}

static void make_pages(void *chunk, size_t size);

void spools_begin(void)
{
    if (pthread_cond_init(&spools.some, NULL) != 0 || pthread_cond_init(&spools.done_some, NULL) != 0 ||
        pthread_create(&spools.thread, NULL, work, NULL) != 0)
        abort();
    spools.running = true;
    for (size_t i = 0; i < DISKS; i++)
        spools.disks[i].settled = true;
    sim_heap_ahead(make_pages);
}

void spools_end(void)
{
    if (!spools.running)
        return;
    sim_heap_ahead(NULL);
    spools_settle();
    pthread_mutex_lock(&spools.lock);
    spools.over = true;
    pthread_cond_signal(&spools.some);
    pthread_mutex_unlock(&spools.lock);
    pthread_join(spools.thread, NULL);
    spools.running = false;
    for (size_t i = 0; i < WRITES; i++)
        free(spools.writes[i].copies);
}

/* ---- asking ---- */

/* false: it is to be done at once, by who asks, and all that its disk was asked before it is done. */
static bool may_wait(const struct spool *spool)
{
    if (!spools.running)
        return false;
    unsigned disk = (unsigned)disk_of(spool);
    if (!disk_is_failing(disk))
        return true;
    spools_settle_disk(disk);
    return false;
}

static struct bytes copied(uint8_t **at, struct bytes bytes)
{
    if (bytes.data == NULL)
        return bytes;
    struct bytes copy = bytes_of(*at, bytes.size);
    if (bytes.size > 0)
        memcpy(*at, bytes.data, bytes.size);
    *at += bytes.size;
    return copy;
}

static bool ask(struct write w)
{
    if (spools.asked == spools.free_to)
        wait_for(spools.asked - WRITES / 2);

    struct write *to = &spools.writes[spools.asked % WRITES];
    size_t size = w.command.body.size + w.reply.size + w.basket.size + 1;
    w.copies = to->copies;
    w.capacity = to->capacity;
    if (w.capacity < size) {
        w.capacity = size * 2;
        w.copies = realloc(w.copies, w.capacity);
        assert(w.copies);
    }
    uint8_t *at = w.copies;
    w.command.body = copied(&at, w.command.body);
    w.reply = copied(&at, w.reply);
    w.basket = copied(&at, w.basket);
    *to = w;
    spools.asked++;
    if (w.spool) {
        size_t disk = disk_of(w.spool);
        spools.disks[disk].asked = spools.asked;
        spools.disks[disk].settled = false;
    }
    if (spools.asked % DOZEN == 0) {
        pthread_mutex_lock(&spools.lock);
        hand_over();
        pthread_mutex_unlock(&spools.lock);
    }
    return true;
}

static void make_pages(void *chunk, size_t size)
{
    (void)ask((struct write){ .kind = PAGES, .chunk = chunk, .chunk_size = size });
}

static struct write write_of(enum kind kind, struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    struct write w = { .kind = kind, .spool = spool };

    if (id)
        memcpy(w.command.id, id, COMMAND_ID_SIZE);
    return w;
}

bool __wrap_spool_put(struct spool *spool, const struct spooled *command);
bool __wrap_spool_put(struct spool *spool, const struct spooled *command)
{
    if (!may_wait(spool))
        return __real_spool_put(spool, command);
    return ask((struct write){ .kind = PUT, .spool = spool, .command = *command });
}

bool __wrap_spool_mark_sent(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
bool __wrap_spool_mark_sent(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    return may_wait(spool) ? ask(write_of(SENT, spool, id)) : __real_spool_mark_sent(spool, id);
}

bool __wrap_spool_answer(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes reply, bool accepted,
                         struct bytes basket);
bool __wrap_spool_answer(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes reply, bool accepted,
                         struct bytes basket)
{
    struct write w = write_of(ANSWER, spool, id);

    if (!may_wait(spool))
        return __real_spool_answer(spool, id, reply, accepted, basket);
    w.reply = reply;
    w.accepted = accepted;
    w.basket = basket;
    return ask(w);
}

bool __wrap_basket_save(struct spool *spool, struct bytes basket);
bool __wrap_basket_save(struct spool *spool, struct bytes basket)
{
    struct write w = write_of(BASKET, spool, NULL);

    if (!may_wait(spool))
        return __real_basket_save(spool, basket);
    w.basket = basket;
    return ask(w);
}

/* ---- what is done at once: behind all that its disk was asked ---- */

struct spool *__real_spool_open(const char *path, struct arena *arena, const char **problem);
struct spool *__wrap_spool_open(const char *path, struct arena *arena, const char **problem);
struct spool *__wrap_spool_open(const char *path, struct arena *arena, const char **problem)
{
    struct spool *spool = __real_spool_open(path, arena, problem);

    if (spool && spools.running)
        spools.disks[disk_of_path(path)].spool = spool;
    return spool;
}

void __real_spool_close(struct spool *spool);
void __wrap_spool_close(struct spool *spool);
void __wrap_spool_close(struct spool *spool)
{
    if (spool && spools.running) {
        size_t disk = disk_of(spool);
        spools_settle_disk((unsigned)disk);
        spools.disks[disk].spool = NULL;
    }
    __real_spool_close(spool);
}

#define BEHIND(type, name, parameters, arguments)                                                                      \
    type __real_##name parameters;                                                                                     \
    type __wrap_##name parameters;                                                                                     \
    type __wrap_##name parameters                                                                                      \
    {                                                                                                                  \
        settle_spool(spool);                                                                                           \
        return __real_##name arguments;                                                                                \
    }

BEHIND(bool, spool_withdraw, (struct spool * spool, const uint8_t id[COMMAND_ID_SIZE]), (spool, id))
BEHIND(struct spooled *, spool_unanswered, (struct spool * spool, struct arena *arena, size_t *count),
       (spool, arena, count))
BEHIND(struct spooled *, spool_not_accepted,
       (struct spool * spool, int64_t since_us, struct arena *arena, size_t *count), (spool, since_us, arena, count))
BEHIND(bool, spool_reopen, (struct spool * spool, const uint8_t id[COMMAND_ID_SIZE]), (spool, id))
BEHIND(int64_t, spool_next_number, (struct spool * spool), (spool))
BEHIND(bool, spool_numbers_behind, (struct spool * spool, int64_t newest), (spool, newest))
BEHIND(bool, spool_sell,
       (struct spool * spool, const struct spooled *command, int64_t number, struct bytes paper, const uint8_t *aside),
       (spool, command, number, paper, aside))
BEHIND(size_t, spool_unbooked, (struct spool * spool), (spool))
BEHIND(struct sold_offline *, spool_refused, (struct spool * spool, struct arena *arena, size_t *count),
       (spool, arena, count))
BEHIND(bool, spool_sell_again, (struct spool * spool, const struct spooled *command, int64_t number),
       (spool, command, number))
BEHIND(struct spooled *, spool_find, (struct spool * spool, const uint8_t id[COMMAND_ID_SIZE], struct arena *arena),
       (spool, id, arena))
BEHIND(struct spooled *, spool_last, (struct spool * spool, unsigned op, struct arena *arena), (spool, op, arena))
BEHIND(struct sold_offline *, spool_next_unbooked, (struct spool * spool, int64_t after, struct arena *arena),
       (spool, after, arena))
BEHIND(struct sold_offline *, spool_last_sold, (struct spool * spool, struct arena *arena), (spool, arena))
BEHIND(bool, spool_put_aside, (struct spool * spool, const struct put_aside *aside), (spool, aside))
BEHIND(bool, spool_is_aside, (struct spool * spool, const uint8_t id[COMMAND_ID_SIZE]), (spool, id))
BEHIND(size_t, spool_aside_count, (struct spool * spool), (spool))
BEHIND(struct put_aside *, spool_aside_refused, (struct spool * spool, int64_t after, struct arena *arena),
       (spool, after, arena))
BEHIND(bool, spool_aside_parks,
       (struct spool * spool, const uint8_t id[COMMAND_ID_SIZE], const uint8_t park_id[COMMAND_ID_SIZE]),
       (spool, id, park_id))
BEHIND(bool, spool_give_up, (struct spool * spool, const uint8_t id[COMMAND_ID_SIZE]), (spool, id))
BEHIND(bool, spool_is_given_up, (struct spool * spool, const uint8_t id[COMMAND_ID_SIZE]), (spool, id))
BEHIND(struct spooled *, spool_given_up, (struct spool * spool, int64_t after, struct arena *arena),
       (spool, after, arena))
BEHIND(bool, spool_given_up_ends, (struct spool * spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes basket),
       (spool, id, basket))
BEHIND(bool, spool_parked,
       (struct spool * spool, const uint8_t park_id[COMMAND_ID_SIZE], int64_t parked_id, struct bytes person),
       (spool, park_id, parked_id, person))
BEHIND(struct not_booked *, spool_not_booked, (struct spool * spool, struct arena *arena, size_t *count),
       (spool, arena, count))
BEHIND(bool, spool_not_booked_seen, (struct spool * spool, int64_t parked_id), (spool, parked_id))
BEHIND(bool, spool_not_booked_ends, (struct spool * spool, int64_t parked_id), (spool, parked_id))
BEHIND(struct bytes, basket_load,
       (struct spool * spool, struct arena *arena, bool *taken, uint8_t taken_by[COMMAND_ID_SIZE]),
       (spool, arena, taken, taken_by))
BEHIND(bool, basket_clear, (struct spool * spool), (spool))
