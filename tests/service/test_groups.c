/* Groups: what waits together is committed together; a bad command fails alone; nothing is answered before it is on disk. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "common/wire/digest.h"
#include "common/wire/walker.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"

enum { OP_SELL = 201, OP_OTHER = 202, OP_CHANGE = 203 };
enum { PLAIN, REFUSE_SHAPE, REFUSE, REFUSE_AFTER_ENTRY, FAIL, FAIL_KEYS, LARGE };

#define CODE(name) CAROLINE__V1__ERROR_CODE__##name
#define LOAD       "group_lock group_devices group_commands group_heads group_catalogue hello_device "
#define STORE      "hello_seen journal_write strand_advance journal_sign command_keep COMMIT "

static struct {
    int fills, again, most_calls, stored, decided;
    char order[256]; /* the numbers decided, in order */
} seen;

static int64_t what(const struct call *c)
{
    return ((const Caroline__V1__ShiftOpen *)c->message)->float_minor;
}

static size_t lines(const struct call *c)
{
    return what(c) == LARGE ? 900 : 1;
}

static enum step keys(struct call *c, struct group *g)
{
    (void)g;
    if (what(c) == REFUSE_SHAPE)
        return refuse(c, CODE(BASKET_EMPTY), "empty");
    return what(c) == FAIL_KEYS ? STEP_FAILED : STEP_NEXT;
}

static void load(struct group *g)
{
    uint8_t hash[32] = { 0 };

    if ((int)g->call_count > seen.most_calls)
        seen.most_calls = (int)g->call_count;
    group_ask(g, &sql_hello_device, PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash))));
}

static enum step fill(struct group *g)
{
    seen.fills++;
    assert_non_null(g->catalogue);
    assert_true(group_catalogue_version(g) <= catalogue_newest(g->catalogue));
    return seen.again-- > 0 ? STEP_AGAIN : STEP_NEXT;
}

static enum step decide(struct call *c, struct group *g)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;
    uint8_t hash[32];
    uint64_t number = group_next_number(g, c);
    size_t size = strlen(seen.order);

    seen.decided++;
    snprintf(seen.order + size, sizeof seen.order - size, "%u ", get_u32(c->command_id));
    if (what(c) == REFUSE)
        return refuse(c, CODE(STOCK_SHORT), "none left");
    if (what(c) == FAIL)
        return STEP_FAILED;
    group_journal(g, c, bytes_of_text("a sale"), hash);
    if (what(c) == REFUSE_AFTER_ENTRY)
        return refuse(c, CODE(UNDERPAID), "too little");
    reply.has_number = reply.has_shift_id = true;
    reply.number = (uint32_t)number;
    reply.shift_id = (uint64_t)group_next_id(g);
    return answer(c, &reply.base);
}

static void store(struct group *g)
{
    seen.stored += (int)g->call_count;
    group_ask(g, &sql_hello_seen, PARAMS(PARAM_INT(1), PARAM_INSTANT(g->now)));
}

static const struct group_kind kind = { .name = "kind", .set_size = 8, .load = load, .fill = fill, .store = store };
static const struct group_kind other_kind = { .name = "other", .load = load, .fill = fill, .store = store };

static enum step change(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    return answer(c, &reply.base);
}

#define MESSAGES .request = &caroline__v1__shift_open__descriptor, .reply = &caroline__v1__shift_shown__descriptor
#define GROUPED                                                                                                        \
    .kind = OP_GROUPED, .needs = NEEDS_SESSION, .permission = PERMISSION_SELL, .clients = CLIENT_ANY, MESSAGES,        \
    .lines = lines, .keys = keys, .decide = decide

static const struct op op_sell = { .name = "op_sell", .number = OP_SELL, GROUPED, .group = &kind };
static const struct op op_other = { .name = "op_other", .number = OP_OTHER, GROUPED, .group = &other_kind };
static const struct op op_change = { .name = "op_change",
                                     .number = OP_CHANGE,
                                     .kind = OP_CHANGES,
                                     .needs = NEEDS_SESSION,
                                     .clients = CLIENT_ANY,
                                     MESSAGES,
                                     .stages = { change } };
static const struct op *const ops[] = { &test_hello, &test_session, &op_sell, &op_other, &op_change, NULL };

#define TILLS 4
struct fixture {
    struct world *world;
    struct test_peer *till[TILLS];
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    memset(&seen, 0, sizeof seen);
    f->world = world_create(ops, NULL);
    for (int i = 0; i < TILLS; i++) {
        f->till[i] = peer_create(f->world);
        peer_sign_in(f->till[i], DEVICE + i);
    }
    world_forget_log(f->world);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < TILLS; i++)
        peer_destroy(f->till[i]);
    world_destroy(f->world);
    test_free(f);
    return 0;
}

static uint64_t ask_op(struct test_peer *p, unsigned op, unsigned id, int64_t number)
{
    Caroline__V1__ShiftOpen message = CAROLINE__V1__SHIFT_OPEN__INIT;

    message.has_float_minor = true;
    message.float_minor = number;
    return peer_ask(p, op, command(id), &message.base);
}

static int code_at(struct test_peer *p, uint64_t id)
{
    Caroline__V1__Reply *reply = peer_reply_to(p, id);

    assert_non_null(reply);
    return reply->error ? (int)reply->error->code : 0;
}

static unsigned number_in(const Caroline__V1__Reply *reply)
{
    struct arena *arena = arena_create(0);
    ProtobufCMessage *message =
        message_decode(&caroline__v1__shift_shown__descriptor, bytes_of(reply->body.data, reply->body.len), arena);
    unsigned number = ((Caroline__V1__ShiftShown *)message)->number;

    arena_destroy(arena);
    return number;
}

static int sell(struct test_peer *p, unsigned id, int64_t number)
{
    uint64_t asked = ask_op(p, OP_SELL, id, number);

    world_settle(p->world);
    return code_at(p, asked);
}

static int count_of(const char *text, const char *word)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        count++;
    return count;
}

/* ---- going together -----------------------------------------------------------------------------------------------*/

static void one_sale_is_a_group_and_waits_for_nobody(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sell(f->till[0], 1, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN " LOAD STORE);
    assert_int_equal(driver_counts(f->world->driver)->groups, 1);
}

static void what_comes_while_a_group_is_on_its_way_goes_in_the_next(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[13];

    f->world->hold = true;
    ids[0] = ask_op(f->till[0], OP_SELL, 100, PLAIN);
    world_settle(f->world);
    for (unsigned i = 1; i < 13; i++)
        ids[i] = ask_op(f->till[i % TILLS], OP_SELL, 100 + i, PLAIN);
    world_settle(f->world);
    f->world->hold = false;
    world_settle(f->world);
    for (unsigned i = 0; i < 13; i++)
        assert_int_equal(code_at(f->till[i % TILLS], ids[i]), 0);
    assert_int_equal(driver_counts(f->world->driver)->groups, 2);
    assert_int_equal(seen.most_calls, 12);
    assert_int_equal(f->world->most_transactions, 1);
    assert_int_equal(f->world->journal_count, 13);
    assert_int_equal(f->world->signature_count, 2);
}

static void a_tills_commands_are_decided_in_the_order_they_came(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 1; i <= 6; i++)
        ask_op(f->till[0], OP_SELL, i, PLAIN);
    world_settle(f->world);
    assert_string_equal(seen.order, "1 2 3 4 5 6 ");
    for (unsigned i = 1; i <= 6; i++) /* numbers without gaps, answers in order */
        assert_int_equal(number_in(peer_next(f->till[0])->reply), i);
    assert_int_equal(f->world->heads[0].number, 6);
}

static void a_command_of_stages_waits_for_the_group_before_it_and_holds_up_what_follows(void **state)
{
    struct fixture *f = *state;

    uint64_t one = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t two = ask_op(f->till[0], OP_CHANGE, 2, PLAIN);
    uint64_t three = ask_op(f->till[0], OP_SELL, 3, PLAIN);
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
        ask_op(f->till[i % TILLS], OP_SELL, i + 1, LARGE);
    world_settle(f->world);
    assert_int_equal(driver_counts(f->world->driver)->groups, 3);
    assert_int_equal(seen.most_calls, 2);
}

static void at_most_two_hundred_commands_go_together(void **state)
{
    struct fixture *f = *state;
    struct test_peer *tills[14];
    unsigned id = 0;

    f->world->hold = true;
    ask_op(f->till[0], OP_SELL, 9999, PLAIN);
    world_settle(f->world);
    for (int t = 0; t < 14; t++) {
        tills[t] = peer_create(f->world);
        f->world->hold = false;
        peer_sign_in(tills[t], 50 + t);
        f->world->hold = true;
    }
    world_settle(f->world);
    ask_op(f->till[1], OP_SELL, 9998, PLAIN);
    world_settle(f->world);
    for (int t = 0; t < 14; t++) {
        for (int i = 0; i < 16; i++)
            ask_op(tills[t], OP_SELL, ++id, PLAIN);
    }
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(seen.most_calls, 200);
    assert_int_equal(f->world->kept_count, 14 * 16 + 2);
    assert_int_equal(f->world->most_noted, 200);
    for (int t = 0; t < 14; t++)
        peer_destroy(tills[t]);
}

static void kinds_do_not_mix(void **state)
{
    struct fixture *f = *state;

    ask_op(f->till[0], OP_SELL, 1, PLAIN);
    ask_op(f->till[1], OP_OTHER, 2, PLAIN);
    ask_op(f->till[2], OP_SELL, 3, PLAIN);
    world_settle(f->world);
    assert_int_equal(driver_counts(f->world->driver)->groups, 3);
    assert_string_equal(seen.order, "1 2 3 ");
}

static void nothing_is_answered_before_the_commit(void **state)
{
    struct fixture *f = *state;
    uint64_t id = ask_op(f->till[0], OP_SELL, 1, PLAIN);

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
        ask_op(f->till[0], OP_SELL, i, PLAIN);
    world_settle(f->world);
    for (int i = 0; i < 3; i++)
        sha256_two(bytes_of(hash, 32), bytes_of_text("a sale"), hash);
    assert_memory_equal(f->world->heads[0].hash, hash, 32);
    assert_int_equal(f->world->signature_count, 1);
}

static void one_instant_a_group_never_before_any_tills_last_entry(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sell(f->till[0], 1, PLAIN), 0);
    int64_t first_us = f->world->heads[0].at.us;
    f->world->now_us -= 30 * SECOND_US; /* somebody sets the clock back */
    ask_op(f->till[0], OP_SELL, 2, PLAIN);
    ask_op(f->till[1], OP_SELL, 3, PLAIN);
    world_settle(f->world);
    assert_int_equal(f->world->heads[0].at.us, first_us);
    assert_int_equal(f->world->heads[1].at.us, first_us);
}

/* ---- answered before ----------------------------------------------------------------------------------------------*/

static void a_copy_gets_the_kept_answer_and_the_others_go_on(void **state)
{
    struct fixture *f = *state;
    uint64_t first = ask_op(f->till[0], OP_SELL, 1, PLAIN);

    world_settle(f->world);
    uint64_t copy = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t reused = ask_op(f->till[0], OP_SELL, 1, REFUSE);
    uint64_t fresh = ask_op(f->till[1], OP_SELL, 2, PLAIN);
    world_settle(f->world);
    assert_true(bytes_equal(peer_raw_reply(f->till[0], first), peer_raw_reply(f->till[0], copy)));
    assert_int_equal(code_at(f->till[0], reused), CODE(COMMAND_REUSED));
    assert_int_equal(code_at(f->till[1], fresh), 0);
    uint64_t late = ask_op(f->till[0], OP_SELL, 1, REFUSE);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], late), CODE(COMMAND_REUSED));
    assert_int_equal(seen.decided, 2);
    assert_int_equal(f->world->kept_count, 2);
}

static void a_group_of_copies_only_is_rolled_back(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sell(f->till[0], 1, PLAIN), 0);
    world_forget_log(f->world);
    assert_int_equal(sell(f->till[0], 1, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN " LOAD "ROLLBACK ");
}

static void copies_in_one_group_join(void **state)
{
    struct fixture *f = *state;
    struct test_peer *same = peer_create(f->world);

    peer_sign_in(same, DEVICE);
    uint64_t one = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t two = ask_op(same, OP_SELL, 1, PLAIN);
    world_settle(f->world);
    assert_true(bytes_equal(peer_raw_reply(f->till[0], one), peer_raw_reply(same, two)));
    assert_int_equal(seen.decided, 1);
    peer_destroy(same);
}

/* ---- refusals -----------------------------------------------------------------------------------------------------*/

static void a_refused_command_disturbs_nobody_and_its_refusal_is_kept(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    ids[0] = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    ids[1] = ask_op(f->till[1], OP_SELL, 2, REFUSE);
    ids[2] = ask_op(f->till[2], OP_SELL, 3, REFUSE_SHAPE);
    ids[3] = ask_op(f->till[3], OP_SELL, 4, PLAIN);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], ids[0]), 0);
    assert_int_equal(code_at(f->till[1], ids[1]), CODE(STOCK_SHORT));
    assert_int_equal(code_at(f->till[2], ids[2]), CODE(BASKET_EMPTY));
    assert_int_equal(code_at(f->till[3], ids[3]), 0);
    assert_int_equal(f->world->kept_count, 4);
    assert_int_equal(f->world->journal_count, 2);
    assert_int_equal(seen.stored, 2);
    assert_int_equal(driver_counts(f->world->driver)->groups, 1);
}

static void refusals_alone_are_kept_and_nothing_else_is_written(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sell(f->till[0], 1, REFUSE_SHAPE), CODE(BASKET_EMPTY));
    assert_string_equal(f->world->log, "BEGIN group_lock group_devices group_commands group_heads group_catalogue "
                                       "command_keep COMMIT ");
    world_forget_log(f->world);
    assert_int_equal(sell(f->till[0], 2, REFUSE), CODE(STOCK_SHORT));
    assert_string_equal(f->world->log, "BEGIN " LOAD "command_keep COMMIT ");
    assert_int_equal(f->world->kept_count, 2);
}

static void a_refusal_after_its_entry_leaves_no_gap_in_the_strand(void **state)
{
    struct fixture *f = *state;

    uint64_t bad = ask_op(f->till[0], OP_SELL, 1, REFUSE_AFTER_ENTRY);
    uint64_t good = ask_op(f->till[0], OP_SELL, 2, PLAIN);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], bad), CODE(UNDERPAID));
    assert_int_equal(code_at(f->till[0], good), 0);
    assert_int_equal(f->world->heads[0].number, 1);
    assert_int_equal(f->world->journal_count, 1);
}

static void what_fails_in_decide_or_keys_is_asked_again_and_the_rest_goes_on(void **state)
{
    struct fixture *f = *state;

    uint64_t keyless = ask_op(f->till[0], OP_SELL, 1, FAIL_KEYS);
    uint64_t failed = ask_op(f->till[1], OP_SELL, 2, FAIL);
    uint64_t good = ask_op(f->till[2], OP_SELL, 3, PLAIN);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], keyless), CODE(TRY_AGAIN));
    assert_int_equal(code_at(f->till[1], failed), CODE(TRY_AGAIN));
    assert_int_equal(code_at(f->till[2], good), 0);
    assert_int_equal(sell(f->till[0], 4, FAIL_KEYS), CODE(TRY_AGAIN));
    assert_int_equal(sell(f->till[0], 5, FAIL), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_revoked_tills_commands_are_refused_and_it_is_cut_off(void **state)
{
    struct fixture *f = *state;

    f->world->revoked = true;
    assert_int_equal(sell(f->till[0], 1, PLAIN), CODE(DEVICE_REVOKED));
    assert_true(f->till[0]->closed);
    assert_int_equal(f->world->kept_count, 0);
}

static void a_sale_that_waited_too_long_is_not_begun(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    uint64_t one = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    world_settle(f->world);
    uint64_t two = ask_op(f->till[1], OP_SELL, 2, PLAIN);
    world_pass(f->world, 31000);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], one), 0);
    assert_int_equal(code_at(f->till[1], two), CODE(DEADLINE));
}

/* ---- the store's troubles -----------------------------------------------------------------------------------------*/

static void a_constraint_takes_the_group_apart_and_the_bad_one_fails_alone(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    /* the group breaks; then, one by one, the second again */
    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23514 sale money_check");
    world_mishap(f->world, "hello_seen", STORE_OK, NULL);
    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23514 sale money_check");
    for (unsigned i = 0; i < TILLS; i++)
        ids[i] = ask_op(f->till[i], OP_SELL, i + 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(f->world->kept_count, TILLS);
    for (unsigned i = 0; i < TILLS; i++)
        assert_int_equal(code_at(f->till[i], ids[i]), i == 1 ? CODE(FAULT) : 0);
    assert_int_equal(f->world->journal_count, TILLS - 1);
}

static void a_broken_group_of_one_is_tried_once_more(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23505 sale");
    assert_int_equal(sell(f->till[0], 1, PLAIN), 0);
    assert_int_equal(seen.decided, 2);
}

static void what_others_may_mend_is_no_fault(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_BROKEN, "42501 sale");
    world_mishap(f->world, "hello_seen", STORE_BROKEN, "42501 sale");
    assert_int_equal(sell(f->till[0], 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
}

static void a_deadlock_is_tried_again_five_times(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 4; i++)
        world_mishap(f->world, "group_devices", STORE_AGAIN, NULL);
    assert_int_equal(sell(f->till[0], 1, PLAIN), 0);
    for (int i = 0; i < 5; i++)
        world_mishap(f->world, "COMMIT", STORE_AGAIN, NULL);
    assert_int_equal(sell(f->till[0], 2, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(sell(f->till[0], 2, PLAIN), 0);
}

static void an_unknown_outcome_is_looked_up_before_anybody_is_answered(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    f->world->mishaps[0].committed = true;
    for (unsigned i = 0; i < TILLS; i++)
        ids[i] = ask_op(f->till[i], OP_SELL, i + 1, i == 2 ? REFUSE : PLAIN);
    world_settle(f->world);
    for (unsigned i = 0; i < TILLS; i++)
        assert_int_equal(code_at(f->till[i], ids[i]), i == 2 ? CODE(STOCK_SHORT) : 0);
    assert_int_equal(seen.decided, TILLS);
    assert_int_equal(f->world->kept_count, TILLS);

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    assert_int_equal(sell(f->till[0], 77, PLAIN), 0);
    assert_int_equal(seen.decided, TILLS + 2);
    assert_int_equal(f->world->kept_count, TILLS + 1);
    assert_int_equal(count_of(f->world->log, "COMMIT"), 3);
}

static void without_a_database_all_that_waits_is_told_to_try_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "BEGIN", STORE_AWAY, NULL);
    uint64_t one = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t two = ask_op(f->till[1], OP_SELL, 2, PLAIN);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], one), CODE(TRY_AGAIN));
    assert_int_equal(code_at(f->till[1], two), CODE(TRY_AGAIN));
    assert_int_equal(sell(f->till[0], 1, PLAIN), 0);
}

/* ---- the catalogue ------------------------------------------------------------------------------------------------*/

static void a_group_waits_until_memory_is_as_new_as_the_database(void **state)
{
    struct fixture *f = *state;

    f->world->stored_version = VERSION + 1;
    uint64_t id = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(f->world->wanted_version, VERSION + 1);
    assert_null(peer_reply_to(f->till[0], id));
    assert_int_equal(seen.decided, 0);
    driver_catalogue_changed(f->world->driver, SHOP + 1);
    catalogue_seal(f->world->catalogue, VERSION + 1, 5);
    driver_catalogue_changed(f->world->driver, SHOP);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], id), 0);
}

static void but_not_for_ever(void **state)
{
    struct fixture *f = *state;

    f->world->stored_version = VERSION + 1;
    uint64_t id = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    world_pass(f->world, 6000);
    assert_int_equal(code_at(f->till[0], id), CODE(TRY_AGAIN));
}

static void a_kind_may_find_the_catalogue_too_old(void **state)
{
    struct fixture *f = *state;

    seen.again = 1;
    uint64_t id = ask_op(f->till[0], OP_SELL, 1, PLAIN);
    world_settle(f->world);
    assert_null(peer_reply_to(f->till[0], id));
    driver_catalogue_changed(f->world->driver, 0);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], id), 0);
    assert_int_equal(seen.fills, 2);
}

/* ---- commands that kill -------------------------------------------------------------------------------------------*/

static void a_suspect_goes_alone_and_after_two_crashes_nowhere(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    memcpy(f->world->killer, command(2), 16);
    f->world->killer_crashes = 1;
    for (unsigned i = 0; i < TILLS; i++)
        ids[i] = ask_op(f->till[i], OP_SELL, i + 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(driver_counts(f->world->driver)->groups, 3);
    for (unsigned i = 0; i < TILLS; i++)
        assert_int_equal(code_at(f->till[i], ids[i]), 0);

    memcpy(f->world->killer, command(9), 16);
    f->world->killer_crashes = 2;
    int decided = seen.decided;
    assert_int_equal(sell(f->till[0], 9, PLAIN), CODE(FAULT));
    assert_int_equal(seen.decided, decided);
    f->world->killer_crashes = 0;
    assert_int_equal(sell(f->till[0], 9, PLAIN), CODE(FAULT));
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
        SENTENCE(a_constraint_takes_the_group_apart_and_the_bad_one_fails_alone),
        SENTENCE(a_broken_group_of_one_is_tried_once_more),
        SENTENCE(what_others_may_mend_is_no_fault),
        SENTENCE(a_deadlock_is_tried_again_five_times),
        SENTENCE(an_unknown_outcome_is_looked_up_before_anybody_is_answered),
        SENTENCE(without_a_database_all_that_waits_is_told_to_try_again),
        SENTENCE(a_group_waits_until_memory_is_as_new_as_the_database),
        SENTENCE(but_not_for_ever),
        SENTENCE(a_kind_may_find_the_catalogue_too_old),
        SENTENCE(a_suspect_goes_alone_and_after_two_crashes_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
