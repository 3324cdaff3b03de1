/* Keeps every shop's catalogue as new as the database's. */
#include "server/store/catalogue_keeper.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "server/store/catalogue_load.h"

#define POLL_MS    5000
#define REMEMBER_S 1200
#define WAIT_MS    3000

/*  RESTING -> LOADING -> RESTING      again when more was heard meanwhile; after a failure with the next poll */
struct kept {
    struct catalogue_keeper *keeper;
    struct kept *next;
    int64_t shop_id;
    struct catalogue *catalogue;
    uint64_t wanted; /* the newest version heard of */
    bool loading;
    struct txn txn;
    struct arena *arena;
    struct catalogue_load load;
};

struct catalogue_keeper {
    uv_loop_t *loop;
    struct catalogue_keeper_config config;
    struct kept *shops;
    uv_timer_t poll;
    bool looked, looking, look_again;
    struct txn txn; /* of the look */
    struct arena *arena;
    struct rows *heads;
    bool closing;
    void (*closed)(void *user);
    void *closed_user;
};

static struct kept *find(const struct catalogue_keeper *keeper, int64_t shop_id)
{
    for (struct kept *kept = keeper->shops; kept != NULL; kept = kept->next)
        if (kept->shop_id == shop_id)
            return kept;
    return NULL;
}

static uint64_t held_of(const struct kept *kept)
{
    return kept->catalogue == NULL ? 0 : catalogue_newest(kept->catalogue);
}

/* ---- loading one shop ---- */

static void load(struct kept *kept);

static void load_over(struct kept *kept, bool again)
{
    kept->loading = false;
    arena_reset(kept->arena);
    if (again && !kept->keeper->closing)
        load(kept);
}

static void on_loaded(struct txn *txn, enum store_outcome outcome)
{
    struct kept *kept = txn->user;
    struct catalogue_keeper *keeper = kept->keeper;
    bool first = kept->catalogue == NULL;

    if (outcome != STORE_OK) {
        if (outcome == STORE_BROKEN)
            log_event(LOG_ERROR, "catalogue_not_read", "shop=%lld why=\"%s\"", (long long)kept->shop_id, txn->problem);
        load_over(kept, outcome == STORE_AGAIN);
        return;
    }
    uint64_t before = held_of(kept);
    struct instant now = keeper->config.clock->now(keeper->config.clock);
    struct catalogue *catalogue = first ? catalogue_create() : kept->catalogue;
    if (!catalogue_load_fill(&kept->load, catalogue, now)) {
        if (first)
            catalogue_destroy(catalogue);
        load_over(kept, false);
        return;
    }
    kept->catalogue = catalogue;
    catalogue_forget(catalogue, now.us - keeper->config.remember_s * SECOND_US);
    uint64_t held = held_of(kept);
    load_over(kept, kept->wanted > held && held > before);
    if (held > before) {
        log_event(LOG_DEBUG, "catalogue_kept", "shop=%lld version=%llu products=%zu", (long long)kept->shop_id,
                  (unsigned long long)held, catalogue_product_count(catalogue));
        keeper->config.changed(keeper->config.user, kept->shop_id);
    }
}

static void on_base(struct txn *txn, enum store_outcome outcome)
{
    struct kept *kept = txn->user;

    if (outcome != STORE_OK) {
        on_loaded(txn, outcome);
        return;
    }
    catalogue_load_ask_all(&kept->load);
    txn_commit(txn, on_loaded);
}

static void on_load_begun(struct txn *txn, enum store_outcome outcome)
{
    struct kept *kept = txn->user;
    struct catalogue_keeper *keeper = kept->keeper;

    if (outcome != STORE_OK) {
        load_over(kept, false);
        return;
    }
    if (kept->catalogue == NULL) {
        int64_t now_us = keeper->config.clock->now(keeper->config.clock).us;
        struct instant since = { now_us - keeper->config.remember_s * SECOND_US };
        catalogue_load_ask_base(&kept->load, txn, kept->shop_id, since);
        txn_run(txn, on_base);
        return;
    }
    catalogue_load_ask_new(&kept->load, txn, kept->shop_id, held_of(kept));
    txn_commit(txn, on_loaded);
}

static void load(struct kept *kept)
{
    kept->loading = true;
    kept->txn = (struct txn){ .arena = kept->arena, .kind = TXN_SNAPSHOT, .wait_ms = WAIT_MS, .user = kept };
    txn_begin(kept->keeper->config.store, &kept->txn, on_load_begun);
}

void catalogue_keeper_want(struct catalogue_keeper *keeper, int64_t shop_id, uint64_t version)
{
    struct kept *kept = find(keeper, shop_id);

    if (keeper->closing)
        return;
    if (kept == NULL) {
        catalogue_keeper_look(keeper); /* a new shop, or all */
        return;
    }
    if (version > kept->wanted)
        kept->wanted = version;
    if (!kept->loading && kept->wanted > held_of(kept))
        load(kept);
}

/* ---- looking at the heads ---- */

static void look_over(struct catalogue_keeper *keeper)
{
    keeper->looking = false;
    keeper->heads = NULL;
    arena_reset(keeper->arena);
    if (keeper->look_again && !keeper->closing) {
        keeper->look_again = false;
        catalogue_keeper_look(keeper);
    }
}

static struct kept *add(struct catalogue_keeper *keeper, int64_t shop_id)
{
    struct kept *kept = calloc(1, sizeof(*kept));

    if (kept == NULL)
        abort();
    kept->keeper = keeper;
    kept->shop_id = shop_id;
    kept->arena = arena_create(0);
    kept->next = keeper->shops;
    keeper->shops = kept;
    return kept;
}

static void on_looked(struct txn *txn, enum store_outcome outcome)
{
    struct catalogue_keeper *keeper = txn->user;

    if (outcome == STORE_OK) {
        for (size_t i = 0; i < rows_count(keeper->heads); i++) {
            int64_t shop_id = row_int(keeper->heads, i, "shop_id");
            if (find(keeper, shop_id) == NULL)
                add(keeper, shop_id);
            catalogue_keeper_want(keeper, shop_id, (uint64_t)row_int(keeper->heads, i, "version"));
        }
        keeper->looked = true;
    } else if (outcome == STORE_AGAIN)
        keeper->look_again = true;
    look_over(keeper);
}

static void on_look_begun(struct txn *txn, enum store_outcome outcome)
{
    struct catalogue_keeper *keeper = txn->user;

    if (outcome != STORE_OK) {
        look_over(keeper);
        return;
    }
    keeper->heads = txn_ask(txn, &sql_catalogue_heads, NO_PARAMS);
    txn_commit(txn, on_looked);
}

void catalogue_keeper_look(struct catalogue_keeper *keeper)
{
    if (keeper->closing)
        return;
    if (keeper->looking) {
        keeper->look_again = true; /* what was read may be older than what made us look */
        return;
    }
    keeper->looking = true;
    keeper->txn = (struct txn){ .arena = keeper->arena, .kind = TXN_READ, .wait_ms = WAIT_MS, .user = keeper };
    txn_begin(keeper->config.store, &keeper->txn, on_look_begun);
}

static void on_poll(uv_timer_t *timer)
{
    struct catalogue_keeper *keeper = timer->data;

    if (!keeper->looking)
        catalogue_keeper_look(keeper);
}

/* ---- asking the keeper ---- */

const struct catalogue *catalogue_keeper_get(const struct catalogue_keeper *keeper, int64_t shop_id)
{
    const struct kept *kept = find(keeper, shop_id);

    return kept == NULL ? NULL : kept->catalogue;
}

bool catalogue_keeper_complete(const struct catalogue_keeper *keeper)
{
    for (const struct kept *kept = keeper->shops; kept != NULL; kept = kept->next)
        if (kept->catalogue == NULL)
            return false;
    return keeper->looked;
}

struct catalogue_keeper *catalogue_keeper_open(struct uv_loop_s *loop, const struct catalogue_keeper_config *config)
{
    struct catalogue_keeper *keeper = calloc(1, sizeof(*keeper));

    if (keeper == NULL)
        abort();
    keeper->loop = loop;
    keeper->config = *config;
    if (keeper->config.poll_ms == 0)
        keeper->config.poll_ms = POLL_MS;
    if (keeper->config.remember_s == 0)
        keeper->config.remember_s = REMEMBER_S;
    keeper->arena = arena_create(0);
    uv_timer_init(loop, &keeper->poll);
    keeper->poll.data = keeper;
    uv_timer_start(&keeper->poll, on_poll, (uint64_t)keeper->config.poll_ms, (uint64_t)keeper->config.poll_ms);
    catalogue_keeper_look(keeper);
    return keeper;
}

/* ---- the end ---- */

static bool busy(const struct catalogue_keeper *keeper)
{
    for (const struct kept *kept = keeper->shops; kept != NULL; kept = kept->next)
        if (kept->loading)
            return true;
    return keeper->looking;
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct catalogue_keeper *keeper = handle->data;
    void (*closed)(void *user) = keeper->closed;
    void *user = keeper->closed_user;

    while (keeper->shops != NULL) {
        struct kept *kept = keeper->shops;
        keeper->shops = kept->next;
        if (kept->catalogue != NULL)
            catalogue_destroy(kept->catalogue);
        arena_destroy(kept->arena);
        free(kept);
    }
    arena_destroy(keeper->arena);
    free(keeper);
    if (closed != NULL)
        closed(user);
}

/* A question under way holds our memory: its answer is waited for, and it comes, for the store sees to its end. */
static void on_last_answer(uv_timer_t *timer)
{
    struct catalogue_keeper *keeper = timer->data;

    if (!busy(keeper))
        uv_close((uv_handle_t *)&keeper->poll, on_poll_closed);
}

void catalogue_keeper_close(struct catalogue_keeper *keeper, void (*closed)(void *user), void *user)
{
    assert(!keeper->closing);
    keeper->closing = true;
    keeper->closed = closed;
    keeper->closed_user = user;
    uv_timer_start(&keeper->poll, on_last_answer, 0, 5);
}
