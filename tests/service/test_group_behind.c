/* A group whose load goes behind the COMMIT of the one before: it decides nothing until that one is committed, and when
 * that one fails its commands go again behind those of the one before, in the order they came. */
#include "group_ops.h"

#include <string.h>

#include "world_store.h"

/* A group of count commands by as many tills, carried out by the store, which does not say so yet. */
static void commits_silently(struct fixture *f, unsigned count, uint64_t ids[TILLS])
{
    f->world->hold_committed = true;
    for (unsigned i = 0; i < count; i++)
        ids[i] = peer_ask_number(f->till[i], OP_SELL, i + 1, PLAIN);
    world_settle(f->world);
    f->world->hold_committed = false;
    assert_non_null(f->world->untold);
    assert_int_equal(grouped.decided, count);
    world_forget_log(f->world);
}

static void the_next_group_is_loaded_behind_the_commit(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    commits_silently(f, 2, ids);
    uint64_t next = peer_ask_number(f->till[0], OP_SELL, 5, PLAIN);
    world_settle(f->world);
    assert_string_equal(f->world->log, "BEGIN " LOAD);
    assert_int_equal(grouped.decided, 2);
    assert_null(peer_reply_to(f->till[1], ids[1]));

    world_tell_committed(f->world);
    world_settle(f->world);
    assert_string_equal(f->world->log, "BEGIN " LOAD STORE);
    assert_int_equal(code_at(f->till[1], ids[1]), 0);
    assert_int_equal(code_at(f->till[0], next), 0);
    assert_int_equal(driver_counts(f->world->driver)->groups, 2);
    assert_string_equal(grouped.order, "1 2 5 ");
}

static void two_groups_share_what_is_there(void **state)
{
    struct fixture *f = *state;

    f->world->hold_committed = true;
    for (unsigned i = 0; i < 40; i++)
        peer_ask_number(f->till[i % TILLS], OP_SELL, i + 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(grouped.decided, 20);
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(grouped.decided, 40);
    assert_int_equal(grouped.most_calls, 20);
    f->world->hold_committed = false;
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(driver_counts(f->world->driver)->groups, 2);
}

static void a_few_need_not_share(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 16; i++)
        peer_ask_number(f->till[i % TILLS], OP_SELL, i + 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(grouped.most_calls, 16);
    assert_int_equal(driver_counts(f->world->driver)->groups, 1);
}

static void one_waits_a_moment_for_more_to_go_behind_with_it(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    commits_silently(f, 4, ids);
    peer_ask_number(f->till[0], OP_SELL, 5, PLAIN);
    world_pass(f->world, 0);
    assert_string_equal(f->world->log, "");
    world_pass(f->world, 1);
    assert_string_equal(f->world->log, "BEGIN " LOAD);
    world_tell_committed(f->world);
    world_settle(f->world);
}

static void but_not_when_enough_are_there(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    commits_silently(f, 4, ids);
    for (unsigned i = 0; i < 3; i++)
        peer_ask_number(f->till[i], OP_SELL, 5 + i, PLAIN);
    world_pass(f->world, 0);
    assert_string_equal(f->world->log, "BEGIN " LOAD);
    world_tell_committed(f->world);
    world_settle(f->world);
}

static void nor_longer_than_the_commit_takes(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    commits_silently(f, 4, ids);
    uint64_t next = peer_ask_number(f->till[0], OP_SELL, 5, PLAIN);
    world_tell_committed(f->world);
    world_pass(f->world, 0);
    assert_int_equal(code_at(f->till[0], next), 0);
}

/* How far the one behind has come when the one ahead is told that it failed. */
enum { GATHERED, BEGUN, ASKED, LOADED, WAYS };

static void the_one_ahead_fails(struct fixture *f, int way, enum store_outcome outcome)
{
    uint64_t ids[TILLS], next[2];
    struct world *world = f->world;

    world_mishap(world, "COMMIT", outcome, "23514 sale money_check");
    commits_silently(f, 2, ids);
    next[0] = peer_ask_number(f->till[0], OP_SELL, 5, PLAIN);
    next[1] = peer_ask_number(f->till[2], OP_SELL, 6, PLAIN);
    world->hold = way == BEGUN || way == ASKED;
    if (way != GATHERED)
        world_settle(world);
    if (way == ASKED) {
        world->hold = false;
        assert_true(world_event(world)); /* BEGIN is answered: the load is on its way, its answer is not */
        world->hold = true;
    }
    assert_string_equal(world->log, way == GATHERED || way == BEGUN ? "" : way == ASKED ? "BEGIN " : "BEGIN " LOAD);
    world_tell_committed(world);
    world->hold = false;
    world_settle(world);

    int code = outcome == STORE_AWAY ? CODE(TRY_AGAIN) : 0;
    assert_int_equal(code_at(f->till[0], ids[0]), code);
    assert_int_equal(code_at(f->till[1], ids[1]), code);
    assert_int_equal(code_at(f->till[0], next[0]), 0);
    assert_int_equal(code_at(f->till[2], next[1]), 0);
    /* Decided again, and nothing of the group behind before that. */
    assert_string_equal(grouped.order, outcome == STORE_AWAY ? "1 2 5 6 " : "1 2 1 2 5 6 ");
    assert_int_equal(world->journal_count, outcome == STORE_AWAY ? 2 : 4);
}

#define FAILS(name, outcome)                                                                                           \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        for (int way = 0; way < WAYS; way++) {                                                                         \
            the_one_ahead_fails(*state, way, outcome);                                                                 \
            assert_int_equal(tear_down(state), 0);                                                                     \
            assert_int_equal(set_up(state), 0);                                                                        \
        }                                                                                                              \
    }
FAILS(a_deadlock_ahead_calls_it_off, STORE_AGAIN)
FAILS(a_constraint_ahead_calls_it_off, STORE_BROKEN)
FAILS(a_lost_connection_ahead_calls_it_off, STORE_AWAY)
FAILS(a_commit_nobody_knows_of_calls_it_off, STORE_UNKNOWN)

/* It went wrong with the one before: its own commands are nowhere. */
static void its_own_load_may_fail_with_it(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    world_mishap(f->world, "COMMIT", STORE_AGAIN, NULL);
    world_mishap(f->world, "group_lock", STORE_AGAIN, NULL);
    commits_silently(f, 2, ids);
    uint64_t next = peer_ask_number(f->till[0], OP_SELL, 5, PLAIN);
    world_settle(f->world);
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], ids[0]), 0);
    assert_int_equal(code_at(f->till[0], next), 0);
    assert_string_equal(grouped.order, "1 2 1 2 5 ");
}

static void its_own_load_may_fail_alone(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    world_mishap(f->world, "group_devices", STORE_OK, NULL);
    world_mishap(f->world, "group_devices", STORE_AGAIN, NULL);
    commits_silently(f, 2, ids);
    uint64_t next = peer_ask_number(f->till[0], OP_SELL, 5, PLAIN);
    world_settle(f->world);
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], ids[0]), 0);
    assert_int_equal(code_at(f->till[0], next), 0);
    assert_string_equal(grouped.order, "1 2 5 ");
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_next_group_is_loaded_behind_the_commit),
        SENTENCE(two_groups_share_what_is_there),
        SENTENCE(a_few_need_not_share),
        SENTENCE(one_waits_a_moment_for_more_to_go_behind_with_it),
        SENTENCE(but_not_when_enough_are_there),
        SENTENCE(nor_longer_than_the_commit_takes),
        SENTENCE(a_deadlock_ahead_calls_it_off),
        SENTENCE(a_constraint_ahead_calls_it_off),
        SENTENCE(a_lost_connection_ahead_calls_it_off),
        SENTENCE(a_commit_nobody_knows_of_calls_it_off),
        SENTENCE(its_own_load_may_fail_with_it),
        SENTENCE(its_own_load_may_fail_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
