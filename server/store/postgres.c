/* The pool: who gets which connection, in turn. */
#include "server/store/postgres.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "server/store/link.h"

struct work_list {
    struct work *first, *last;
};

struct postgres {
    struct store store; /* first: the store is the postgres */
    uv_loop_t *loop;
    struct postgres_config config;
    struct link_settings settings;
    struct link *links;
    size_t link_count;                   /* opened */
    size_t link_counts[LINK_USES];       /* of all */
    struct work_list waiting[LINK_USES]; /* for a connection, in the order they came */
    struct work_list told;               /* to be called on the next turn of the loop */
    uv_idle_t turn;
    uv_timer_t patience; /* the next deadline of those who wait */
    enum postgres_state state;
    char sentence[400], side_sentence[400], version[40];
    bool closing;
    size_t open_handles;
    void (*closed)(void *user);
    void *closed_user;
};

static void list_add(struct work_list *list, struct work *work)
{
    work->previous = list->last;
    work->next = NULL;
    if (list->last == NULL)
        list->first = work;
    else
        list->last->next = work;
    list->last = work;
}

static void list_remove(struct work_list *list, struct work *work)
{
    if (work->previous == NULL)
        list->first = work->next;
    else
        work->previous->next = work->next;
    if (work->next == NULL)
        list->last = work->previous;
    else
        work->next->previous = work->previous;
    work->previous = work->next = NULL;
}

static struct postgres *postgres_of(struct store *store)
{
    return (struct postgres *)store;
}

static enum link_use use_of(enum txn_kind kind)
{
    return kind == TXN_WRITE ? LINK_WRITER : kind == TXN_CHECK ? LINK_CHECKER : LINK_READER;
}

/* ---- telling ---- */

static void tell(struct work *work, enum store_outcome outcome)
{
    struct txn *txn = work->txn;
    txn_done_fn *done = work->done;

    work->done = NULL;
    /* Its link is gone once the transaction is over, or was lost; then only the outcome is left to say. */
    if (outcome != STORE_OK || work->link == NULL)
        txn->private_ = NULL;
    done(txn, outcome);
}

/* What they ask for in turn may be told in this turn as well: its asking has returned. */
static void on_turn(uv_idle_t *idle)
{
    struct postgres *postgres = idle->data;

    while (postgres->told.first != NULL) {
        struct work *work = postgres->told.first;
        list_remove(&postgres->told, work);
        work->told_later = false;
        tell(work, work->outcome);
    }
    uv_idle_stop(idle);
}

static void tell_later(struct postgres *postgres, struct work *work, enum store_outcome outcome)
{
    work->outcome = outcome;
    work->told_later = true;
    list_add(&postgres->told, work);
    uv_idle_start(&postgres->turn, on_turn);
}

/* ---- lending ---- */

/* The link on which a transaction of the lane is under way. */
static struct link *link_of_lane(const struct postgres *postgres, int64_t lane)
{
    if (lane == 0)
        return NULL;
    for (size_t i = 0; i < postgres->link_count; i++)
        if (postgres->links[i].lane == lane)
            return &postgres->links[i];
    return NULL;
}

static struct link *idle_link(struct postgres *postgres, enum link_use use)
{
    for (size_t i = 0; i < postgres->link_count; i++)
        if (postgres->links[i].use == use && postgres->links[i].state == LINK_IDLE)
            return &postgres->links[i];
    return NULL;
}

static void on_patience(uv_timer_t *timer);

static void set_patience(struct postgres *postgres)
{
    int64_t soonest = INT64_MAX, now = (int64_t)uv_now(postgres->loop);

    for (int use = 0; use < LINK_USES; use++)
        for (struct work *work = postgres->waiting[use].first; work != NULL; work = work->next)
            if (work->deadline_ms < soonest)
                soonest = work->deadline_ms;
    if (soonest == INT64_MAX)
        uv_timer_stop(&postgres->patience);
    else
        uv_timer_start(&postgres->patience, on_patience, soonest > now ? (uint64_t)(soonest - now) : 0, 0);
}

static void on_patience(uv_timer_t *timer)
{
    struct postgres *postgres = timer->data;
    int64_t now = (int64_t)uv_now(postgres->loop);

    for (int use = 0; use < LINK_USES; use++) {
        struct work *next;
        for (struct work *work = postgres->waiting[use].first; work != NULL; work = next) {
            next = work->next;
            if (work->deadline_ms > now)
                continue;
            list_remove(&postgres->waiting[use], work);
            work->txn->problem =
                postgres->state == POSTGRES_UP ? "no free connection in time" : "no connection to the database";
            tell_later(postgres, work, STORE_AWAY);
        }
    }
    set_patience(postgres);
}

/* One writer is for lanes alone. What is of no lane may take its time behind a lock or a PIN, and come by the hundred. */
static bool is_kept_for_lanes(const struct postgres *postgres, enum link_use use, int64_t lane)
{
    size_t links = 0, others = 0;

    if (use != LINK_WRITER || lane != 0)
        return false;
    for (size_t i = 0; i < postgres->link_count; i++) {
        const struct link *link = &postgres->links[i];

        links += link->use == use;
        others += link->use == use && link->work != NULL && link->lane == 0;
    }
    return links > 1 && others + 1 >= links;
}

/* A link for it now, or NULL. Behind its lane's COMMIT, if there is one under way. */
static struct link *lend_to(struct postgres *postgres, enum link_use use, struct work *work)
{
    struct link *link = link_of_lane(postgres, work->txn->lane);

    if (link != NULL && !link_takes_behind(link))
        return NULL;
    if (link != NULL) {
        link_lend_behind(link, work);
        return link;
    }
    link = idle_link(postgres, use);
    if (link == NULL || is_kept_for_lanes(postgres, use, work->txn->lane))
        return NULL;
    link_lend(link, work);
    return link;
}

/* First come, first served, but a lane that is under way lets others past. */
static void lend(struct postgres *postgres, enum link_use use)
{
    struct work *next;

    for (struct work *work = postgres->waiting[use].first; work != NULL; work = next) {
        next = work->next;
        if (lend_to(postgres, use, work) == NULL)
            continue;
        list_remove(&postgres->waiting[use], work);
        tell_later(postgres, work, STORE_OK);
    }
}

/* ---- the store's calls ---- */

static void postgres_begin(struct store *store, struct txn *txn, txn_done_fn *done)
{
    struct postgres *postgres = postgres_of(store);
    enum link_use use = use_of(txn->kind);
    struct work *work = arena_alloc(txn->arena, sizeof(*work));

    assert(txn->private_ == NULL);
    assert(txn->lane == 0 || txn->kind == TXN_WRITE);
    txn->private_ = work;
    work->txn = txn;
    work->done = done;
    work->last = &work->first;
    if (postgres->closing) {
        txn->problem = "the store is closing";
        tell_later(postgres, work, STORE_AWAY);
        return;
    }
    work->deadline_ms = (int64_t)uv_now(postgres->loop) + txn->wait_ms;
    list_add(&postgres->waiting[use], work);
    lend(postgres, use);
    if (work->link == NULL)
        set_patience(postgres);
}

static struct rows *postgres_ask(struct txn *txn, const struct statement *statement, const struct param *params,
                                 size_t count)
{
    struct work *work = txn->private_;
    struct asked *asked = arena_alloc(txn->arena, sizeof(*asked));

    assert(work != NULL && work->done == NULL);
    asked->rows = rows_create(txn->arena, statement->name);
    asked->statement = statement;
    asked->prepares = false;
    asked->params = binary_params_of(txn->arena, params, count);
    *work->last = asked;
    work->last = &asked->next;
    return asked->rows;
}

static void postgres_run(struct txn *txn, bool commit, txn_done_fn *done)
{
    struct work *work = txn->private_;
    struct postgres *postgres = postgres_of(txn->store);

    assert(work != NULL && work->done == NULL);
    work->done = done;
    if (work->link == NULL) { /* lost between two runs */
        tell_later(postgres, work, work->outcome);
        return;
    }
    if (!link_run(work, commit))
        tell_later(postgres, work, STORE_OK);
    else if (commit && txn->lane != 0)
        lend(postgres, LINK_WRITER); /* the lane's next may go behind */
}

static void postgres_rollback(struct txn *txn)
{
    struct work *work = txn->private_;
    struct postgres *postgres = postgres_of(txn->store);

    assert(work != NULL);
    if (work->told_later)
        list_remove(&postgres->told, work);
    else if (work->done != NULL) {
        assert(work->link == NULL); /* not while a run is under way */
        list_remove(&postgres->waiting[use_of(txn->kind)], work);
        set_patience(postgres);
    }
    txn->private_ = NULL;
    if (work->link != NULL)
        link_give_back(work);
}

static void postgres_hurry(struct txn *txn)
{
    struct work *work = txn->private_;

    assert(work != NULL && work->done == NULL);
    if (work->link != NULL) /* else lost since the last run: the next is told */
        link_hurry(work);
}

static const struct store_class postgres_class = {
    .begin = postgres_begin,
    .ask = postgres_ask,
    .run = postgres_run,
    .rollback = postgres_rollback,
    .hurry = postgres_hurry,
};

/* ---- what links say ---- */

static bool any_up(const struct postgres *postgres)
{
    for (size_t i = 0; i < postgres->link_count; i++)
        if (postgres->links[i].use == LINK_WRITER && postgres->links[i].state >= LINK_IDLE)
            return true;
    return false;
}

/* One line in the log an outage, not one a try. */
static void set_state(struct postgres *postgres, enum postgres_state state, const char *sentence)
{
    bool same = state == postgres->state && (state == POSTGRES_UP || strcmp(sentence, postgres->sentence) == 0);

    if (same || postgres->closing)
        return;
    if (state == POSTGRES_UP)
        log_event(LOG_INFO, "database_up", "version=%s", postgres->version);
    else if (state == POSTGRES_REFUSED)
        log_event(LOG_ERROR, "database_refused", "why=\"%s\"", sentence);
    else if (postgres->state != POSTGRES_AWAY || postgres->sentence[0] == '\0')
        log_event(LOG_WARN, "database_away", "why=\"%s\"", sentence);
    postgres->state = state;
    snprintf(postgres->sentence, sizeof(postgres->sentence), "%s", sentence);
    if (postgres->config.on_state != NULL)
        postgres->config.on_state(postgres->config.user, state, postgres->sentence);
}

static void on_done(struct link *link, struct work *work, enum store_outcome outcome)
{
    (void)link;
    tell(work, outcome);
}

/* The first proves the statements; the others, which prepare them as they are asked, wait for it: all at once would be seven
 * times its work before a server that starts is of any use. */
static void open_others(struct postgres *postgres)
{
    for (enum link_use use = 0; use < LINK_USES; use++)
        for (size_t i = use == LINK_WRITER ? 1 : 0; i < postgres->link_counts[use]; i++)
            link_open(&postgres->links[postgres->link_count++], postgres->loop, use, false, &postgres->settings,
                      postgres);
}

static void on_idle(struct link *link)
{
    struct postgres *postgres = link->owner;

    if (link->use == LINK_WRITER && postgres->state != POSTGRES_UP) {
        const char *version = PQparameterStatus(link->socket.conn, "server_version");
        snprintf(postgres->version, sizeof(postgres->version), "%s", version == NULL ? "" : version);
        set_state(postgres, POSTGRES_UP, "");
    }
    if (postgres->link_count == 1 && !postgres->closing)
        open_others(postgres);
    lend(postgres, link->use);
}

static void on_down(struct link *link, bool refused, const char *sentence)
{
    struct postgres *postgres = link->owner;

    log_event(LOG_DEBUG, "connection_lost", "use=%d why=\"%s\"", (int)link->use, sentence);
    if (link->use == LINK_WRITER && !any_up(postgres))
        set_state(postgres, refused ? POSTGRES_REFUSED : POSTGRES_AWAY, sentence);
    else if (refused && strcmp(sentence, postgres->sentence) != 0 && strcmp(sentence, postgres->side_sentence) != 0) {
        snprintf(postgres->side_sentence, sizeof(postgres->side_sentence), "%s", sentence);
        log_event(LOG_ERROR, "connection_refused", "use=%d why=\"%s\"", (int)link->use, sentence);
    }
    lend(postgres, link->use); /* its lane is free */
}

/* One that says nothing may be alone, or PostgreSQL stands still. Who is idle finds out by connecting anew, which takes
 * moments; otherwise each would be found out by a call that waits to its limit. */
static void on_silence(struct link *silent)
{
    struct postgres *postgres = silent->owner;

    for (size_t i = 0; i < postgres->link_count; i++)
        if (postgres->links[i].state == LINK_IDLE)
            pq_socket_drop(&postgres->links[i].socket, false, "another connection got no answer");
}

enum postgres_state postgres_state(const struct postgres *postgres, const char **sentence)
{
    if (sentence != NULL)
        *sentence = postgres->sentence;
    return postgres->state;
}

const char *postgres_version(const struct postgres *postgres)
{
    return postgres->version;
}

struct store *postgres_store(struct postgres *postgres)
{
    return &postgres->store;
}

/* ---- beginning and end ---- */

static void handle_closed(struct postgres *postgres)
{
    if (--postgres->open_handles > 0)
        return;
    void (*closed)(void *user) = postgres->closed;
    void *user = postgres->closed_user;
    free(postgres->links);
    free(postgres);
    if (closed != NULL)
        closed(user);
}

static void on_link_closed(struct link *link)
{
    handle_closed(link->owner);
}

static void on_handle_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

static int64_t or_else(int64_t value, int64_t fallback)
{
    return value == 0 ? fallback : value;
}

struct postgres *postgres_open(struct uv_loop_s *loop, const struct postgres_config *config)
{
    struct postgres *postgres = calloc(1, sizeof(*postgres));
    int64_t statement_ms = or_else(config->statement_ms, 15000);

    if (postgres == NULL)
        abort();
    postgres->store.class = &postgres_class;
    postgres->loop = loop;
    postgres->config = *config;
    postgres->settings = (struct link_settings){
        .uri = { config->uri, config->uri,
                 config->reader_uri == NULL || config->reader_uri[0] == '\0' ? config->uri : config->reader_uri },
        .private_cluster = config->private_cluster,
        .statement_ms = { statement_ms, statement_ms, or_else(config->check_ms, 600000) },
        .silence_ms = statement_ms / 3,
        .lock_ms = or_else(config->lock_ms, statement_ms / 3),
        .idle_transaction_ms = or_else(config->idle_transaction_ms, 10000),
        .on_done = on_done,
        .on_idle = on_idle,
        .on_down = on_down,
        .on_silence = on_silence,
        .on_closed = on_link_closed,
    };
    uv_idle_init(loop, &postgres->turn);
    uv_timer_init(loop, &postgres->patience);
    postgres->turn.data = postgres->patience.data = postgres;
    size_t *counts = postgres->link_counts;
    counts[LINK_WRITER] = (size_t)or_else((int64_t)config->writers, 4);
    counts[LINK_READER] = (size_t)or_else((int64_t)config->readers, 4);
    counts[LINK_CHECKER] = (size_t)or_else((int64_t)config->checkers, 1);
    postgres->links =
        calloc(counts[LINK_WRITER] + counts[LINK_READER] + counts[LINK_CHECKER], sizeof(*postgres->links));
    if (postgres->links == NULL)
        abort();
    postgres->link_count = 1;
    link_open(&postgres->links[0], loop, LINK_WRITER, true, &postgres->settings, postgres);
    return postgres;
}

void postgres_close(struct postgres *postgres, void (*closed)(void *user), void *user)
{
    assert(!postgres->closing);
    postgres->closing = true;
    postgres->closed = closed;
    postgres->closed_user = user;
    for (int use = 0; use < LINK_USES; use++)
        while (postgres->waiting[use].first != NULL) {
            struct work *work = postgres->waiting[use].first;
            list_remove(&postgres->waiting[use], work);
            tell_later(postgres, work, STORE_AWAY);
        }
    for (size_t i = 0; i < postgres->link_count; i++)
        pq_socket_drop(&postgres->links[i].socket, false, "closing");
    /* Those told "later" hear it before their arenas' owners go on to close. */
    on_turn(&postgres->turn);
    postgres->open_handles = postgres->link_count + 2;
    for (size_t i = 0; i < postgres->link_count; i++)
        link_close(&postgres->links[i]);
    uv_close((uv_handle_t *)&postgres->turn, on_handle_closed);
    uv_close((uv_handle_t *)&postgres->patience, on_handle_closed);
}
