/* What every store keeps to, whatever stands behind it: cases over struct store and the statements of db/queries/
 * alone. A test program gives a world; the simulated store passes the same cases as PostgreSQL. */
#ifndef CAROLINE_TESTS_STORE_CONTRACT_H
#define CAROLINE_TESTS_STORE_CONTRACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/queries.h"
#include "server/store/store.h"

struct world {
    struct store *store;
    size_t writers;                                     /* how many transactions of no lane can be under way at once */
    void (*turn)(struct world *world);                  /* let things happen, for a moment */
    bool (*overdue)(struct world *world, bool restart); /* has too long passed since the restart? */
};

/* A transaction whose answers can be waited for. */
struct trial {
    struct txn txn;
    struct world *world;
    int answers;
    enum store_outcome outcome;
};

static inline void trial_done(struct txn *txn, enum store_outcome outcome)
{
    struct trial *trial = txn->user;

    trial->answers++;
    trial->outcome = outcome;
}

static inline struct trial *trial_create(struct world *world, enum txn_kind kind, int64_t lane)
{
    struct arena *arena = arena_create(0);
    struct trial *trial = arena_alloc(arena, sizeof(*trial));

    trial->world = world;
    trial->txn.arena = arena;
    trial->txn.kind = kind;
    trial->txn.lane = lane;
    trial->txn.wait_ms = 10000;
    trial->txn.user = trial;
    return trial;
}

static inline void trial_destroy(struct trial *trial)
{
    arena_destroy(trial->txn.arena);
}

/* Waits for one more answer. */
static inline enum store_outcome trial_wait(struct trial *trial, int answers)
{
    trial->world->overdue(trial->world, true);
    while (trial->answers < answers) {
        if (trial->world->overdue(trial->world, false))
            fail_msg("no answer in time");
        trial->world->turn(trial->world);
    }
    assert_int_equal(trial->answers, answers);
    return trial->outcome;
}

static inline enum store_outcome trial_begin(struct trial *trial)
{
    int answers = trial->answers;

    txn_begin(trial->world->store, &trial->txn, trial_done);
    assert_int_equal(trial->answers, answers); /* never from inside */
    return trial_wait(trial, answers + 1);
}

static inline enum store_outcome trial_run(struct trial *trial)
{
    int answers = trial->answers;

    txn_run(&trial->txn, trial_done);
    assert_int_equal(trial->answers, answers);
    return trial_wait(trial, answers + 1);
}

static inline enum store_outcome trial_commit(struct trial *trial)
{
    int answers = trial->answers;

    txn_commit(&trial->txn, trial_done);
    assert_int_equal(trial->answers, answers);
    return trial_wait(trial, answers + 1);
}

/* The statement that all cases use: adds count to the row of a node and answers what stood there. */
static inline struct rows *reserve(struct trial *trial, int64_t node, int64_t count)
{
    return txn_ask(&trial->txn, &sql_id_block_reserve, PARAMS(PARAM_INT(node), PARAM_INT(count)));
}

/* How much has been reserved for the node by now; asked again while the store is only just recovering. */
static inline int64_t reserved(struct world *world, int64_t node)
{
    struct trial *trial = trial_create(world, TXN_WRITE, 0);
    struct rows *rows = NULL;
    enum store_outcome outcome;
    int tries = 0;

    do {
        outcome = trial_begin(trial);
        if (outcome == STORE_OK) {
            rows = reserve(trial, node, 0);
            outcome = trial_run(trial);
        }
    } while ((outcome == STORE_AWAY || outcome == STORE_AGAIN) && ++tries < 20);
    assert_int_equal(outcome, STORE_OK);
    int64_t count = row_int(rows, 0, "first") - 1;
    txn_rollback(&trial->txn);
    trial_destroy(trial);
    return count;
}

static inline void keeps_what_was_committed(void **state)
{
    struct world *world = *state;
    struct trial *trial = trial_create(world, TXN_WRITE, 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    struct rows *rows = reserve(trial, 1, 10);
    assert_int_equal(rows_count(rows), 0); /* empty until the run has come back */
    assert_int_equal(trial_commit(trial), STORE_OK);
    assert_int_equal(rows_count(rows), 1); /* and there after the end, as long as the arena */
    assert_int_equal(row_int(rows, 0, "first"), 1);
    assert_int_equal(row_int(rows, 0, "past"), 11);
    trial_destroy(trial);
    assert_int_equal(reserved(world, 1), 10);
}

static inline void forgets_what_was_rolled_back(void **state)
{
    struct world *world = *state;
    struct trial *trial = trial_create(world, TXN_WRITE, 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    reserve(trial, 2, 10);
    assert_int_equal(trial_run(trial), STORE_OK);
    reserve(trial, 2, 10); /* asked and never sent */
    txn_rollback(&trial->txn);
    trial_destroy(trial); /* over at once for the caller */
    assert_int_equal(reserved(world, 2), 0);
}

static inline void sees_its_own_earlier_runs(void **state)
{
    struct world *world = *state;
    struct trial *trial = trial_create(world, TXN_WRITE, 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    struct rows *first = reserve(trial, 3, 5), *second = reserve(trial, 3, 5);
    assert_int_equal(trial_run(trial), STORE_OK);
    struct rows *third = reserve(trial, 3, 5);
    assert_int_equal(trial_run(trial), STORE_OK);
    assert_int_equal(row_int(first, 0, "first"), 1);
    assert_int_equal(row_int(second, 0, "first"), 6);
    assert_int_equal(row_int(third, 0, "first"), 11);
    assert_int_equal(trial_commit(trial), STORE_OK); /* nothing more asked */
    trial_destroy(trial);
    assert_int_equal(reserved(world, 3), 15);
}

static inline void ends_without_having_asked(void **state)
{
    struct world *world = *state;
    enum txn_kind kinds[] = { TXN_READ, TXN_WRITE, TXN_CHECK, TXN_SNAPSHOT };

    for (size_t i = 0; i < 4; i++) {
        struct trial *trial = trial_create(world, kinds[i], 0);
        assert_int_equal(trial_begin(trial), STORE_OK);
        assert_int_equal(trial_run(trial), STORE_OK);
        assert_int_equal(trial_commit(trial), STORE_OK);
        assert_int_equal(trial_begin(trial), STORE_OK); /* and may begin again */
        txn_rollback(&trial->txn);
        trial_destroy(trial);
    }
}

static inline void undoes_all_when_one_statement_breaks(void **state)
{
    struct world *world = *state;
    struct trial *trial = trial_create(world, TXN_WRITE, 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    reserve(trial, 4, 10);
    reserve(trial, 4, INT64_C(1) << 50); /* past the limit of the table */
    reserve(trial, 4, 10);
    assert_int_equal(trial_commit(trial), STORE_BROKEN);
    assert_non_null(strstr(trial->txn.problem, "id_block"));
    trial_destroy(trial);
    assert_int_equal(reserved(world, 4), 0);
}

static inline void ends_at_a_broken_run(void **state)
{
    struct world *world = *state;
    struct trial *trial = trial_create(world, TXN_WRITE, 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    reserve(trial, 5, 10);
    assert_int_equal(trial_run(trial), STORE_OK);
    reserve(trial, 5, INT64_C(1) << 50);
    assert_int_equal(trial_run(trial), STORE_BROKEN);
    assert_int_equal(trial_begin(trial), STORE_OK); /* the connection was given back: it may begin anew */
    reserve(trial, 5, 7);
    assert_int_equal(trial_commit(trial), STORE_OK);
    trial_destroy(trial);
    assert_int_equal(reserved(world, 5), 7);
}

static inline void runs_one_of_a_lane_at_a_time_and_in_turn(void **state)
{
    struct world *world = *state;
    struct trial *trials[5];

    assert_true(world->writers >= 2);
    for (int i = 0; i < 5; i++) {
        trials[i] = trial_create(world, TXN_WRITE, 77);
        txn_begin(world->store, &trials[i]->txn, trial_done);
    }
    struct trial *other = trial_create(world, TXN_WRITE, 78);
    assert_int_equal(trial_begin(other), STORE_OK); /* another lane is not held up */
    txn_rollback(&other->txn);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(trial_wait(trials[i], 1), STORE_OK);
        for (int later = i + 1; later < 5; later++)
            assert_int_equal(trials[later]->answers, 0);
        struct rows *rows = reserve(trials[i], 6, 1);
        if (i % 2 == 0)
            assert_int_equal(trial_commit(trials[i]), STORE_OK);
        else {
            assert_int_equal(trial_run(trials[i]), STORE_OK);
            txn_rollback(&trials[i]->txn);
        }
        assert_int_equal(row_int(rows, 0, "first"), 1 + (i + 1) / 2);
    }
    for (int i = 0; i < 5; i++)
        trial_destroy(trials[i]);
    trial_destroy(other);
    assert_int_equal(reserved(world, 6), 3);
}

static inline void says_away_when_no_connection_is_free_in_time(void **state)
{
    struct world *world = *state;
    struct trial *holders[16], *late = trial_create(world, TXN_WRITE, 0), *lane = trial_create(world, TXN_WRITE, 79);

    assert_true(world->writers <= 16);
    for (size_t i = 0; i < world->writers; i++) {
        holders[i] = trial_create(world, TXN_WRITE, 0);
        assert_int_equal(trial_begin(holders[i]), STORE_OK);
    }
    late->txn.wait_ms = 30;
    assert_int_equal(trial_begin(late), STORE_AWAY);
    assert_int_equal(trial_begin(lane), STORE_OK); /* for lanes there is one more */
    txn_rollback(&lane->txn);
    trial_destroy(lane);
    late->txn.wait_ms = 10000;
    txn_begin(world->store, &late->txn, trial_done);
    txn_rollback(&holders[0]->txn); /* whoever waits gets what is given back */
    assert_int_equal(trial_wait(late, 2), STORE_OK);
    txn_rollback(&late->txn);
    for (size_t i = 1; i < world->writers; i++)
        txn_rollback(&holders[i]->txn);
    for (size_t i = 0; i < world->writers; i++)
        trial_destroy(holders[i]);
    trial_destroy(late);
}

static inline void may_give_up_waiting(void **state)
{
    struct world *world = *state;
    struct trial *holder = trial_create(world, TXN_WRITE, 9), *waiter = trial_create(world, TXN_WRITE, 9);

    assert_int_equal(trial_begin(holder), STORE_OK);
    txn_begin(world->store, &waiter->txn, trial_done);
    world->turn(world);
    txn_rollback(&waiter->txn);
    int answers = waiter->answers;
    trial_destroy(waiter);
    assert_int_equal(answers, 0);
    txn_rollback(&holder->txn);
    trial_destroy(holder);
}

#define CONTRACT_CASES                                                                                                 \
    cmocka_unit_test(keeps_what_was_committed), cmocka_unit_test(forgets_what_was_rolled_back),                        \
        cmocka_unit_test(sees_its_own_earlier_runs), cmocka_unit_test(ends_without_having_asked),                      \
        cmocka_unit_test(undoes_all_when_one_statement_breaks), cmocka_unit_test(ends_at_a_broken_run),                \
        cmocka_unit_test(runs_one_of_a_lane_at_a_time_and_in_turn),                                                    \
        cmocka_unit_test(says_away_when_no_connection_is_free_in_time), cmocka_unit_test(may_give_up_waiting)

#endif
