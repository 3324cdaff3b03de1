/* Groups: what waits together is committed together, a refusal disturbs nobody, nothing is answered before it is on disk. */
#include "group_ops.h"

#include <string.h>

#include "common/wire/digest.h"
#include "common/wire/walker.h"
#include "proto/sale.pb-c.h"

static unsigned number_in(const Caroline__V1__Reply *reply)
{
    struct arena *arena = arena_create(0);
    ProtobufCMessage *message =
        message_decode(&caroline__v1__shift_shown__descriptor, bytes_of(reply->body.data, reply->body.len), arena);
    unsigned number = ((Caroline__V1__ShiftShown *)message)->number;

    arena_destroy(arena);
    return number;
}

/* ---- going together -----------------------------------------------------------------------------------------------*/

static void one_sale_is_a_group_and_waits_for_nobody(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN " LOAD STORE);
    assert_int_equal(driver_counts(f->world->driver)->groups, 1);
}

static void what_comes_while_a_group_is_on_its_way_goes_in_the_next(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[13];

    f->world->hold = true;
    ids[0] = peer_ask_number(f->till[0], OP_SELL, 100, PLAIN);
    world_settle(f->world);
    for (unsigned i = 1; i < 13; i++)
        ids[i] = peer_ask_number(f->till[i % TILLS], OP_SELL, 100 + i, PLAIN);
    world_settle(f->world);
    f->world->hold = false;
    world_settle(f->world);
    for (unsigned i = 0; i < 13; i++)
        assert_int_equal(code_at(f->till[i % TILLS], ids[i]), 0);
    assert_int_equal(driver_counts(f->world->driver)->groups, 2);
    assert_int_equal(grouped.most_calls, 12);
    assert_int_equal(f->world->most_transactions, 1);
    assert_int_equal(f->world->journal_count, 13);
    assert_int_equal(f->world->signature_count, 2);
}

static void a_tills_commands_are_decided_in_the_order_they_came(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 1; i <= 6; i++)
        peer_ask_number(f->till[0], OP_SELL, i, PLAIN);
    world_settle(f->world);
    assert_string_equal(grouped.order, "1 2 3 4 5 6 ");
    for (unsigned i = 1; i <= 6; i++) /* numbers without gaps, answers in order */
        assert_int_equal(number_in(peer_next(f->till[0])->reply), i);
    assert_int_equal(f->world->heads[0].number, 6);
}

static void a_command_of_stages_waits_for_the_group_before_it_and_holds_up_what_follows(void **state)
{
    struct fixture *f = *state;

    uint64_t one = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t two = peer_ask_number(f->till[0], OP_CHANGE, 2, PLAIN);
    uint64_t three = peer_ask_number(f->till[0], OP_SELL, 3, PLAIN);
    world_settle(f->world);
    assert_int_equal(peer_next(f->till[0])->reply->id, one);
    assert_int_equal(peer_next(f->till[0])->reply->id, two);
    assert_int_equal(peer_next(f->till[0])->reply->id, three);
    assert_int_equal(driver_counts(f->world->driver)->groups, 2);
}

static void a_group_has_an_end(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 5; i++) /* 900 lines each: two fit */
        peer_ask_number(f->till[i % TILLS], OP_SELL, i + 1, LARGE);
    world_settle(f->world);
    assert_int_equal(driver_counts(f->world->driver)->groups, 3);
    assert_int_equal(grouped.most_calls, 2);
}

#define PEERS 26 /* half of their commands are more than two hundred */
static void at_most_two_hundred_commands_go_together(void **state)
{
    struct fixture *f = *state;
    struct test_peer *tills[PEERS];
    unsigned id = 0;

    f->world->hold = true;
    peer_ask_number(f->till[0], OP_SELL, 9999, PLAIN);
    world_settle(f->world);
    for (int t = 0; t < PEERS; t++) {
        tills[t] = peer_create(f->world);
        f->world->hold = false;
        peer_sign_in(tills[t], 50 + t);
        f->world->hold = true;
    }
    world_settle(f->world);
    peer_ask_number(f->till[1], OP_SELL, 9998, PLAIN);
    world_settle(f->world);
    for (int t = 0; t < PEERS; t++) {
        for (int i = 0; i < 16; i++)
            peer_ask_number(tills[t], OP_SELL, ++id, PLAIN);
    }
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(grouped.most_calls, 200);
    assert_int_equal(f->world->kept_count, PEERS * 16 + 2);
    assert_int_equal(f->world->most_noted, 200);
    for (int t = 0; t < PEERS; t++)
        peer_destroy(tills[t]);
}

static void kinds_do_not_mix(void **state)
{
    struct fixture *f = *state;

    peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    peer_ask_number(f->till[1], OP_OTHER, 2, PLAIN);
    peer_ask_number(f->till[2], OP_SELL, 3, PLAIN);
    world_settle(f->world);
    assert_int_equal(driver_counts(f->world->driver)->groups, 3);
    assert_string_equal(grouped.order, "1 2 3 ");
}

static void nothing_is_answered_before_the_commit(void **state)
{
    struct fixture *f = *state;
    uint64_t id = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);

    for (int i = 0; i < 10 && !strstr(f->world->log, "COMMIT"); i++) {
        assert_null(peer_reply_to(f->till[0], id));
        world_pass(f->world, 0);
    }
    assert_non_null(peer_reply_to(f->till[0], id));
}

static void heads_are_chained_through_a_group_and_signed_once(void **state)
{
    struct fixture *f = *state;
    uint8_t hash[32] = { 0 };

    for (unsigned i = 1; i <= 3; i++)
        peer_ask_number(f->till[0], OP_SELL, i, PLAIN);
    world_settle(f->world);
    for (int i = 0; i < 3; i++)
        sha256_two(bytes_of(hash, 32), bytes_of_text("a sale"), hash);
    assert_memory_equal(f->world->heads[0].hash, hash, 32);
    assert_int_equal(f->world->signature_count, 1);
}

static void one_instant_a_group_never_before_any_tills_last_entry(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
    int64_t first_us = f->world->heads[0].at.us;
    f->world->now_us -= 30 * SECOND_US; /* somebody sets the clock back */
    peer_ask_number(f->till[0], OP_SELL, 2, PLAIN);
    peer_ask_number(f->till[1], OP_SELL, 3, PLAIN);
    world_settle(f->world);
    assert_int_equal(f->world->heads[0].at.us, first_us);
    assert_int_equal(f->world->heads[1].at.us, first_us);
}

/* ---- answered before ----------------------------------------------------------------------------------------------*/

static void a_copy_gets_the_kept_answer_and_the_others_go_on(void **state)
{
    struct fixture *f = *state;
    uint64_t first = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);

    world_settle(f->world);
    uint64_t copy = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t reused = peer_ask_number(f->till[0], OP_SELL, 1, REFUSE);
    uint64_t fresh = peer_ask_number(f->till[1], OP_SELL, 2, PLAIN);
    world_settle(f->world);
    assert_true(bytes_equal(peer_raw_reply(f->till[0], first), peer_raw_reply(f->till[0], copy)));
    assert_int_equal(code_at(f->till[0], reused), CODE(COMMAND_REUSED));
    assert_int_equal(code_at(f->till[1], fresh), 0);
    uint64_t late = peer_ask_number(f->till[0], OP_SELL, 1, REFUSE);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], late), CODE(COMMAND_REUSED));
    assert_int_equal(grouped.decided, 2);
    assert_int_equal(f->world->kept_count, 2);
}

static void a_group_of_copies_only_is_rolled_back(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
    world_forget_log(f->world);
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN " LOAD "ROLLBACK ");
}

static void copies_in_one_group_join(void **state)
{
    struct fixture *f = *state;
    struct test_peer *same = peer_create(f->world);

    peer_sign_in(same, DEVICE);
    uint64_t one = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t two = peer_ask_number(same, OP_SELL, 1, PLAIN);
    world_settle(f->world);
    assert_true(bytes_equal(peer_raw_reply(f->till[0], one), peer_raw_reply(same, two)));
    assert_int_equal(grouped.decided, 1);
    peer_destroy(same);
}

/* ---- refusals -----------------------------------------------------------------------------------------------------*/

static void a_refused_command_disturbs_nobody_and_its_refusal_is_kept(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    ids[0] = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    ids[1] = peer_ask_number(f->till[1], OP_SELL, 2, REFUSE);
    ids[2] = peer_ask_number(f->till[2], OP_SELL, 3, REFUSE_SHAPE);
    ids[3] = peer_ask_number(f->till[3], OP_SELL, 4, PLAIN);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], ids[0]), 0);
    assert_int_equal(code_at(f->till[1], ids[1]), CODE(STOCK_SHORT));
    assert_int_equal(code_at(f->till[2], ids[2]), CODE(BASKET_EMPTY));
    assert_int_equal(code_at(f->till[3], ids[3]), 0);
    assert_int_equal(f->world->kept_count, 4);
    assert_int_equal(f->world->journal_count, 2);
    assert_int_equal(grouped.stored, 2);
    assert_int_equal(driver_counts(f->world->driver)->groups, 1);
}

static void refusals_alone_are_kept_and_nothing_else_is_written(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, REFUSE_SHAPE), CODE(BASKET_EMPTY));
    assert_string_equal(f->world->log, "BEGIN group_lock group_devices group_commands group_heads group_catalogue "
                                       "command_keep COMMIT ");
    world_forget_log(f->world);
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 2, REFUSE), CODE(STOCK_SHORT));
    assert_string_equal(f->world->log, "BEGIN " LOAD "command_keep COMMIT ");
    assert_int_equal(f->world->kept_count, 2);
}

static void a_refusal_after_its_entry_leaves_no_gap_in_the_strand(void **state)
{
    struct fixture *f = *state;

    uint64_t bad = peer_ask_number(f->till[0], OP_SELL, 1, REFUSE_AFTER_ENTRY);
    uint64_t good = peer_ask_number(f->till[0], OP_SELL, 2, PLAIN);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], bad), CODE(UNDERPAID));
    assert_int_equal(code_at(f->till[0], good), 0);
    assert_int_equal(f->world->heads[0].number, 1);
    assert_int_equal(f->world->journal_count, 1);
}

static void what_fails_in_decide_or_keys_is_asked_again_and_the_rest_goes_on(void **state)
{
    struct fixture *f = *state;

    uint64_t keyless = peer_ask_number(f->till[0], OP_SELL, 1, FAIL_KEYS);
    uint64_t failed = peer_ask_number(f->till[1], OP_SELL, 2, FAIL);
    uint64_t good = peer_ask_number(f->till[2], OP_SELL, 3, PLAIN);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], keyless), CODE(TRY_AGAIN));
    assert_int_equal(code_at(f->till[1], failed), CODE(TRY_AGAIN));
    assert_int_equal(code_at(f->till[2], good), 0);
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 4, FAIL_KEYS), CODE(TRY_AGAIN));
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 5, FAIL), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_revoked_tills_commands_are_refused_and_it_is_cut_off(void **state)
{
    struct fixture *f = *state;

    f->world->revoked = true;
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), CODE(DEVICE_REVOKED));
    assert_true(f->till[0]->closed);
    assert_int_equal(f->world->kept_count, 0);
}

static void a_sale_that_waited_too_long_is_not_begun(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    uint64_t one = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    world_settle(f->world);
    uint64_t two = peer_ask_number(f->till[1], OP_SELL, 2, PLAIN);
    world_pass(f->world, 31000);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], one), 0);
    assert_int_equal(code_at(f->till[1], two), CODE(DEADLINE));
}

/* ---- longer than a frame ---- */

/* Nobody knows what deciding it did: all of the group is decided anew, without it, and nothing of it is in the journal. */
static void what_is_longer_than_a_frame_is_undone_and_the_rest_goes_on(void **state)
{
    static const struct {
        const char *what;
        unsigned op;
        int64_t number;
        int code;
    } rows[] = {
        { "an answer that fits", OP_LATER, PLAIN, 0 },
        { "an entry", OP_LATER, LONG_ENTRY, CODE(TOO_LONG) },
        { "an answer at once", OP_LATER, LONG_AT_ONCE, CODE(TOO_LONG) },
        { "an answer while the store is at work", OP_LATER, LONG_LATER, CODE(TOO_LONG) },
        { "in words of its own", OP_OWN_WORDS, LONG_LATER, CODE(BASKET_TOO_LONG) },
        { "an entry, in words of its own", OP_OWN_WORDS, LONG_ENTRY, CODE(BASKET_TOO_LONG) },
    };
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t entries = f->world->journal_count, kept = f->world->kept_count;

        print_message("%s\n", rows[i].what);
        f->world->hold = true;
        uint64_t first = peer_ask_number(f->till[3], OP_SELL, 10 * i + 1, PLAIN);
        world_settle(f->world);
        uint64_t before = peer_ask_number(f->till[0], OP_SELL, 10 * i + 2, PLAIN);
        uint64_t it = peer_ask_number(f->till[1], rows[i].op, 10 * i + 3, rows[i].number);
        uint64_t behind = peer_ask_number(f->till[2], OP_SELL, 10 * i + 4, PLAIN);
        f->world->hold = false;
        world_settle(f->world);
        assert_int_equal(code_at(f->till[3], first), 0);
        assert_int_equal(code_at(f->till[0], before), 0);
        assert_int_equal(code_at(f->till[2], behind), 0);
        assert_int_equal(code_at(f->till[1], it), rows[i].code);
        assert_int_equal(f->world->journal_count - entries, rows[i].code == 0 ? 4 : 3);
        assert_int_equal(f->world->kept_count - kept, 4);
        assert_int_equal(code_of_number(f->till[1], rows[i].op, 10 * i + 3, rows[i].number),
                         rows[i].code); /* as kept */
        assert_int_equal(f->world->kept_count - kept, 4);
    }
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(one_sale_is_a_group_and_waits_for_nobody),
        SENTENCE(what_comes_while_a_group_is_on_its_way_goes_in_the_next),
        SENTENCE(a_tills_commands_are_decided_in_the_order_they_came),
        SENTENCE(a_command_of_stages_waits_for_the_group_before_it_and_holds_up_what_follows),
        SENTENCE(a_group_has_an_end),
        SENTENCE(at_most_two_hundred_commands_go_together),
        SENTENCE(kinds_do_not_mix),
        SENTENCE(nothing_is_answered_before_the_commit),
        SENTENCE(heads_are_chained_through_a_group_and_signed_once),
        SENTENCE(one_instant_a_group_never_before_any_tills_last_entry),
        SENTENCE(a_copy_gets_the_kept_answer_and_the_others_go_on),
        SENTENCE(a_group_of_copies_only_is_rolled_back),
        SENTENCE(copies_in_one_group_join),
        SENTENCE(a_refused_command_disturbs_nobody_and_its_refusal_is_kept),
        SENTENCE(refusals_alone_are_kept_and_nothing_else_is_written),
        SENTENCE(a_refusal_after_its_entry_leaves_no_gap_in_the_strand),
        SENTENCE(what_fails_in_decide_or_keys_is_asked_again_and_the_rest_goes_on),
        SENTENCE(a_revoked_tills_commands_are_refused_and_it_is_cut_off),
        SENTENCE(a_sale_that_waited_too_long_is_not_begun),
        SENTENCE(what_is_longer_than_a_frame_is_undone_and_the_rest_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
