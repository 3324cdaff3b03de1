/* What may happen next, and making it happen; and the database as a whole. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/store/sim_heap.h"
#include "tests/sim/store/sim_inner.h"

/* ---- the list ---- */

/* What goes behind another's COMMIT is carried out behind it, and answered behind it. */
static bool is_event(const struct sim_work *work)
{
    if (work->state == SIM_IS_SENT)
        return work->front == NULL || work->front->state == SIM_IS_ANSWERED;
    if (work->state == SIM_IS_ANSWERED)
        return work->front == NULL;
    return work->state == SIM_IS_LENDING || work->state == SIM_IS_ROLLING;
}

size_t sim_database_pending(const struct sim_database *database)
{
    const struct sim_work *work;
    const struct sim_store *store;
    size_t count = 0;

    TAILQ_FOREACH(work, &database->works, of_database)
    count += is_event(work);
    LIST_FOREACH(store, &database->stores, of_database)
    count += store->listens != 0 || store->notices != NULL;
    return count;
}

/* Where an event stands. */
struct found {
    uint64_t serial;
    struct sim_work *work;
    struct sim_store *store; /* of LISTEN or NOTICE */
};

#define FEW 32

/* Works are found in the order they began, events are told in their own: a few. */
static void put_found(struct found *list, size_t count, struct found found)
{
    for (; count > 0 && list[count - 1].serial > found.serial; count--)
        list[count] = list[count - 1];
    list[count] = found;
}

static uint64_t serial_of_news(const struct sim_store *store)
{
    return store->listens != 0 ? store->listens : store->notices != NULL ? store->notices->event : 0;
}

/* Those that are younger than this serial, the oldest first. In `few`, or to be freed. */
static struct found *find_younger(const struct sim_database *database, uint64_t serial, struct found few[FEW],
                                  size_t *count)
{
    size_t all = sim_database_pending(database);
    struct found *list = all <= FEW ? few : calloc(all, sizeof(*list));
    struct sim_work *work;
    struct sim_store *store;

    if (list == NULL)
        abort();
    *count = 0;
    TAILQ_FOREACH(work, &database->works, of_database)
    if (work->event > serial && is_event(work))
        put_found(list, (*count)++, (struct found){ work->event, work, NULL });
    LIST_FOREACH(store, &database->stores, of_database)
    if (serial_of_news(store) > serial)
        put_found(list, (*count)++, (struct found){ serial_of_news(store), NULL, store });
    return list;
}

static struct found find_event(const struct sim_database *database, size_t which)
{
    struct found few[FEW], found;
    size_t count;
    struct found *list = find_younger(database, 0, few, &count);

    assert(which < count);
    found = list[which];
    if (list != few)
        free(list);
    return found;
}

static bool find_serial(const struct sim_database *database, uint64_t serial, struct found *found)
{
    struct sim_work *work;
    struct sim_store *store;

    TAILQ_FOREACH(work, &database->works, of_database)
    if (work->event == serial && is_event(work)) {
        *found = (struct found){ serial, work, NULL };
        return true;
    }
    LIST_FOREACH(store, &database->stores, of_database)
    if (serial_of_news(store) == serial) {
        *found = (struct found){ serial, NULL, store };
        return true;
    }
    return false;
}

static enum sim_event_kind kind_of(enum sim_work_state state)
{
    return state == SIM_IS_LENDING ? SIM_LEND : state == SIM_IS_ANSWERED ? SIM_ANSWER : SIM_WORK;
}

static struct sim_event event_of(struct found found)
{
    if (found.work == NULL)
        return (struct sim_event){
            .kind = found.store->listens != 0 ? SIM_LISTEN : SIM_NOTICE,
            .store = found.store,
            .statement = found.store->listens != 0 ? "LISTEN" : found.store->notices->payload,
            .serial = found.serial,
        };
    const struct sim_work *work = found.work;
    return (struct sim_event){
        .kind = kind_of(work->state),
        .store = work->store,
        .txn = work->txn,
        .commit = work->commit && work->state != SIM_IS_LENDING && work->state != SIM_IS_ROLLING,
        .outcome = work->outcome,
        .statement = work->state == SIM_IS_ROLLING ? "ROLLBACK"
                     : work->first != NULL         ? work->first->statement->name
                                                   : "",
        .serial = found.serial,
    };
}

struct sim_event sim_database_event(const struct sim_database *database, size_t which)
{
    return event_of(find_event(database, which));
}

uint64_t sim_database_youngest(const struct sim_database *database)
{
    return database->events;
}

void sim_database_younger(const struct sim_database *database, uint64_t serial,
                          void (*tell)(void *user, const struct sim_event *event), void *user)
{
    struct found few[FEW];
    size_t count;
    struct found *list = find_younger(database, serial, few, &count);

    for (size_t i = count; i-- > 0;) {
        struct sim_event event = event_of(list[i]);
        tell(user, &event);
    }
    if (list != few)
        free(list);
}

bool sim_database_find(const struct sim_database *database, uint64_t serial, struct sim_event *event)
{
    struct found found;

    if (!find_serial(database, serial, &found))
        return false;
    *event = event_of(found);
    return true;
}

/* ---- works ---- */

static void tell(struct sim_work *work, bool over)
{
    struct txn *txn = work->txn;
    txn_done_fn *done = work->done;
    enum store_outcome outcome = work->outcome;
    struct sim_store *store = work->store;

    work->done = NULL;
    if (over) {
        sim_work_step_up(work);
        txn->private_ = NULL;
        sim_work_free(work);
        sim_lend(store);
    } else
        work->state = SIM_IS_LENT;
    done(txn, outcome);
}

static void spread(struct sim_database *database, const struct sim_notice *told)
{
    struct sim_store *store;

    LIST_FOREACH(store, &database->stores, of_database)
    {
        if (!store->listening || store->cut)
            continue;
        struct sim_notice **at = &store->notices, *copy = malloc(sizeof(*copy) + strlen(told->payload) + 1);
        if (copy == NULL)
            abort();
        while (*at != NULL)
            at = &(*at)->next;
        *copy = (struct sim_notice){ ++database->events, NULL };
        strcpy(copy->payload, told->payload);
        *at = copy;
    }
}

static void commit(struct sim_work *work)
{
    sim_commit(work);
    while (work->told != NULL) {
        struct sim_notice *told = work->told;
        spread(work->store->database, told);
        work->told = told->next;
        free(told);
    }
}

/* The database has done with it, and takes what was sent behind it. */
static void answer(struct sim_work *work)
{
    struct sim_work *behind = sim_work_behind(work);

    sim_work_event(work, SIM_IS_ANSWERED);
    if (behind != NULL && behind->state == SIM_IS_SENT)
        sim_work_event(behind, SIM_IS_SENT);
}

/* The run, as far as it goes. */
static void carry_out(struct sim_work *work)
{
    struct sim_database *database = work->store->database;
    bool snapshot = work->kind == TXN_CHECK || work->kind == TXN_SNAPSHOT;

    if (snapshot && !work->has_snapshot) {
        work->has_snapshot = true;
        work->snapshot = database->commits;
    }
    while (work->first != NULL) {
        switch (sim_carry_out(work, work->first)) {
        case SIM_DONE:
            work->first = work->first->next;
            continue;
        case SIM_BLOCKED:
            work->state = SIM_IS_BLOCKED;
            work->deadline.us = database->now.us + work->store->config.lock_ms * 1000;
            return;
        case SIM_FAILED:
            work->first = NULL;
            sim_roll_back(work);
            answer(work);
            return;
        }
    }
    work->last = &work->first;
    if (work->commit || work->kind == TXN_READ)
        commit(work);
    answer(work);
}

static void give_up(struct sim_work *work, const char *state)
{
    work->outcome = STORE_AGAIN;
    work->txn->problem =
        arena_format(work->txn->arena, "%s %s ", state, work->first != NULL ? work->first->statement->name : "COMMIT");
    work->first = NULL;
    sim_roll_back(work);
    answer(work);
}

/* All that goes over the connection of this one. */
static void lose_connection(struct sim_work *work)
{
    struct sim_work *front = work->front != NULL ? work->front : work, *behind = sim_work_behind(front);

    sim_work_lost(front);
    if (behind != NULL)
        sim_work_lost(behind);
}

static void step_work(struct sim_work *work, enum sim_fate fate)
{
    struct sim_store *store = work->store;
    bool aborted = work->doomed || (work->front != NULL && work->front->outcome != STORE_OK);

    if (work->state == SIM_IS_ROLLING) {
        sim_roll_back(work);
        sim_work_free(work);
        sim_lend(store);
    } else if (fate == SIM_LOST) {
        lose_connection(work);
        sim_lend(store);
    } else if (fate == SIM_AGAIN || aborted)
        give_up(work, aborted ? "25P02" : "40001");
    else
        carry_out(work);
}

static void step_lend(struct sim_work *work, enum sim_fate fate)
{
    if (fate == SIM_LOST && work->outcome == STORE_OK)
        lose_connection(work);
    tell(work, work->outcome != STORE_OK);
}

static void step_answer(struct sim_work *work, enum sim_fate fate)
{
    if (fate == SIM_LOST)
        lose_connection(work);
    tell(work, work->commit || work->outcome != STORE_OK);
}

/* ---- news ---- */

/* "7:catalogue:12", as server/store/notify.c reads it. */
static void hear(struct sim_store *store)
{
    struct sim_notice *notice = store->notices;
    char word[32] = "";
    long long shop_id = 0, number = 0;

    store->notices = notice->next;
    if (sscanf(notice->payload, "%lld:%31[^:]:%lld", &shop_id, word, &number) != 3) {
        fprintf(stderr, "a notice that nobody can read: %s\n", notice->payload);
        abort();
    }
    free(notice);
    store->config.heard(store->config.user, shop_id, word, number);
}

static void lose_news(struct sim_store *store)
{
    while (store->notices != NULL) {
        struct sim_notice *next = store->notices->next;
        free(store->notices);
        store->notices = next;
    }
    store->listening = false;
    store->listens = ++store->database->events;
}

static void step_news(struct sim_store *store, enum sim_fate fate)
{
    if (store->listens == 0) {
        if (fate == SIM_LOST)
            lose_news(store);
        else
            hear(store);
        return;
    }
    store->listens = 0;
    store->listening = true;
    if (store->config.again != NULL)
        store->config.again(store->config.user);
}

static void step(struct found found, enum sim_fate fate)
{
    if (found.work == NULL)
        step_news(found.store, fate);
    else if (found.work->state == SIM_IS_LENDING)
        step_lend(found.work, fate);
    else if (found.work->state == SIM_IS_ANSWERED)
        step_answer(found.work, fate);
    else
        step_work(found.work, fate);
}

void sim_database_step(struct sim_database *database, size_t which, enum sim_fate fate)
{
    step(find_event(database, which), fate);
}

void sim_database_step_serial(struct sim_database *database, uint64_t serial, enum sim_fate fate)
{
    struct found found;

    if (!find_serial(database, serial, &found))
        abort();
    step(found, fate);
}

/* ---- time ---- */

static bool waits(const struct sim_work *work)
{
    return work->state == SIM_IS_WAITING || work->state == SIM_IS_BLOCKED;
}

struct instant sim_database_deadline(const struct sim_database *database)
{
    struct instant soonest = { INT64_MAX };
    const struct sim_work *work;

    TAILQ_FOREACH(work, &database->works, of_database)
    if (waits(work) && work->deadline.us < soonest.us)
        soonest = work->deadline;
    return soonest;
}

void sim_database_advance(struct sim_database *database, struct instant now)
{
    struct sim_work *work;

    assert(now.us >= database->now.us);
    database->now = now;
    TAILQ_FOREACH(work, &database->works, of_database)
    {
        if (!waits(work) || work->deadline.us > now.us)
            continue;
        if (work->state == SIM_IS_BLOCKED) {
            work->blocked_on = NULL;
            give_up(work, "55P03");
        } else {
            work->outcome = STORE_AWAY;
            work->txn->problem =
                work->store->cut || database->down ? "no connection to the database" : "no free connection in time";
            sim_work_event(work, SIM_IS_LENDING);
        }
    }
}

/* ---- the database ---- */

struct sim_database *sim_database_create(void)
{
    struct sim_database *database = calloc(1, sizeof(*database));

    if (database == NULL)
        abort();
    sim_heap_open();
    for (enum sim_table_id table = 0; table < SIM_TABLES; table++)
        sim_table_init(&database->tables[table], &sim_shapes[table]);
    TAILQ_INIT(&database->works);
    LIST_INIT(&database->stores);
    sim_known_init(database);
    return database;
}

void sim_database_destroy(struct sim_database *database)
{
    assert(LIST_EMPTY(&database->stores) && TAILQ_EMPTY(&database->works));
    for (enum sim_table_id table = 0; table < SIM_TABLES; table++)
        sim_table_fini(&database->tables[table], &sim_shapes[table]);
    sim_heap_close();
    sim_known_fini(database);
    free(database->stale);
    free(database->advisories);
    free(database->cells);
    free(database->temporary);
    free(database);
}

void sim_database_crash(struct sim_database *database)
{
    struct sim_work *work = TAILQ_FIRST(&database->works), *next;
    struct sim_store *store;

    database->down = true;
    for (; work != NULL; work = next) {
        next = TAILQ_NEXT(work, of_database);
        sim_work_lost(work);
    }
    LIST_FOREACH(store, &database->stores, of_database)
    {
        lose_news(store);
        store->listens = 0;
    }
}

void sim_database_restart(struct sim_database *database)
{
    struct sim_store *store;

    database->down = false;
    LIST_FOREACH(store, &database->stores, of_database)
    {
        store->listens = store->config.heard != NULL && !store->cut ? ++database->events : 0;
        sim_lend(store);
    }
}
