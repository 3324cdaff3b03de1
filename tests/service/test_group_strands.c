/* Groups that write in strands of another device, or in several; that look at the catalogue's past; and commands that are put
 * back while something is the matter with them. */
#include "group_ops.h"

#include <string.h>

#include "common/wire/walker.h"
#include "world_store.h"

enum { DEAD = 99 }; /* a till whose spool is brought */

static unsigned number_at(struct test_peer *p, uint64_t id)
{
    const Caroline__V1__Reply *reply = peer_reply_to(p, id);

    assert_non_null(reply);
    assert_null(reply->error);
    return ((Caroline__V1__ShiftShown *)message_decode(&caroline__v1__shift_shown__descriptor,
                                                       bytes_of(reply->body.data, reply->body.len), p->world->arena))
        ->number;
}

/* How far the strand has come; 0: it has not begun. */
static int64_t head_of(const struct world *world, int64_t device_id, char kind)
{
    for (size_t i = 0; i < world->head_count; i++)
        if (world->heads[i].device_id == device_id && world->heads[i].kind == kind)
            return world->heads[i].number;
    return 0;
}

/* ---- another's strand ---- */

static void B45_what_is_brought_is_written_in_the_strand_of_whose_it_was(void **state)
{
    struct fixture *f = *state;
    uint64_t id = peer_ask_number(f->till[0], OP_BRING, 1, DEAD);

    world_settle(f->world);
    assert_int_equal(number_at(f->till[0], id), 1);
    assert_string_equal(f->world->log, "BEGIN " LOAD STORE);
    assert_int_equal(head_of(f->world, DEAD, 'X'), 1);
    assert_int_equal(f->world->head_count, 1);
    assert_int_equal(f->world->kept[0].device_id, DEVICE); /* it is kept for who asks again */
    uint64_t again = peer_ask_number(f->till[0], OP_BRING, 1, DEAD);
    world_settle(f->world);
    assert_true(bytes_equal(peer_raw_reply(f->till[0], id), peer_raw_reply(f->till[0], again)));
    assert_int_equal(head_of(f->world, DEAD, 'X'), 1);
}

/* Two bring, the till itself is not dead after all, and sells in both of its strands: one group, one row a device. */
static void B45_bringers_and_the_till_itself_go_on_in_one_strand(void **state)
{
    struct fixture *f = *state;
    const int64_t till = DEVICE + 1;
    uint64_t ids[5];

    ids[0] = peer_ask_number(f->till[0], OP_BRING, 1, till);
    ids[1] = peer_ask_number(f->till[1], OP_OWN_X, 2, PLAIN);
    ids[2] = peer_ask_number(f->till[1], OP_SELL, 3, PLAIN);
    ids[3] = peer_ask_number(f->till[2], OP_BRING, 4, till);
    ids[4] = peer_ask_number(f->till[1], OP_BRING, 5, till); /* its own, by that name */
    world_settle(f->world);
    assert_int_equal(driver_counts(f->world->driver)->groups, 1);
    assert_int_equal(number_at(f->till[0], ids[0]), 1);
    assert_int_equal(number_at(f->till[1], ids[1]), 2);
    assert_int_equal(number_at(f->till[1], ids[2]), 1); /* of T */
    assert_int_equal(number_at(f->till[2], ids[3]), 3);
    assert_int_equal(number_at(f->till[1], ids[4]), 4);
    assert_int_equal(head_of(f->world, till, 'X'), 4);
    assert_int_equal(head_of(f->world, till, 'T'), 1);
    assert_int_equal(f->world->head_count, 2);
    assert_int_equal(f->world->signature_count, 2);
}

/* Who is out of service sends nothing more; whose strand it is may be. */
static void B45_a_dead_till_may_be_revoked_and_who_brings_may_not(void **state)
{
    static const struct {
        int64_t revoked, missing;
        unsigned op;
        int code;
    } rows[] = {
        { DEAD, 0, OP_BRING, 0 },
        { DEVICE + 1, 0, OP_BRING, 0 },
        { DEVICE, 0, OP_BRING, CODE(DEVICE_REVOKED) },
        { 0, DEVICE, OP_BRING, CODE(DEVICE_REVOKED) }, /* its row is gone */
        { 0, DEVICE, OP_SELL, CODE(DEVICE_REVOKED) },
        { 0, DEVICE, OP_CHANGE, CODE(DEVICE_REVOKED) }, /* of no group */
        { 0, DEVICE + 1, OP_CHANGE, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture *f = *state;

        f->world->revoked_device_id = rows[i].revoked;
        f->world->missing_device_id = rows[i].missing;
        assert_int_equal(code_of_number(f->till[0], rows[i].op, 1, rows[i].op == OP_BRING ? DEAD : PLAIN),
                         rows[i].code);
        assert_int_equal(f->till[0]->closed, rows[i].code != 0);
        assert_int_equal(f->world->kept_count, rows[i].code == 0);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

/* ---- the catalogue's past ---- */

static void B1_the_past_is_there_where_there_was_one(void **state)
{
    static const struct {
        uint64_t version, newest; /* newest 0: there is no past */
    } rows[] = {
        { VERSION, VERSION }, { VERSION - 10, VERSION }, { VERSION + 1, 0 }, { 0, 0 },
        { UINT64_MAX, 0 }, /* no number that the database could be asked for */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture *f = *state;

        grouped.past_version = rows[i].version;
        assert_int_equal(code_of_number(f->till[0], OP_PAST, 1, PLAIN), 0);
        assert_int_equal(grouped.pasts, rows[i].newest != 0);
        assert_int_equal(grouped.past_newest, rows[i].newest);
        assert_int_equal(strstr(f->world->log, "catalogue_past_products") != NULL, rows[i].version <= INT64_MAX);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

/* It is of one try: the next one asks anew. */
static void B1_the_past_ends_with_its_try(void **state)
{
    struct fixture *f = *state;

    grouped.past_version = VERSION;
    world_mishap(f->world, "COMMIT", STORE_AGAIN, NULL);
    assert_int_equal(code_of_number(f->till[0], OP_PAST, 1, PLAIN), 0);
    assert_int_equal(grouped.pasts, 2);
    grouped.past_version = UINT64_MAX;
    assert_int_equal(code_of_number(f->till[0], OP_PAST, 2, PLAIN), 0);
    assert_int_equal(grouped.pasts, 2);
}

static void A11_a_catalogue_that_was_never_raised_is_that_in_memory(void **state)
{
    struct fixture *f = *state;

    f->world->never_raised = true;
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
    assert_int_equal(f->world->wanted_version, 0);
}

/* ---- put back ---- */

/* A first group whose COMMIT is carried out, or not, and not answered. */
static uint64_t commits_silently(struct fixture *f, enum store_outcome outcome, const char *problem)
{
    world_mishap(f->world, "COMMIT", outcome, problem);
    f->world->hold_committed = true;
    uint64_t id = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);

    world_settle(f->world);
    f->world->hold_committed = false;
    assert_non_null(f->world->untold);
    return id;
}

/* The fault that stands for it already is kept, behind the group before that failed. */
static void A12_a_command_that_killed_twice_is_put_back_and_has_its_fault(void **state)
{
    struct fixture *f = *state;

    uint64_t first = commits_silently(f, STORE_AGAIN, NULL);
    memcpy(f->world->killer, command(5), 16);
    f->world->killer_crashes = 2;
    uint64_t killer = peer_ask_number(f->till[1], OP_SELL, 5, PLAIN);
    world_settle(f->world);
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], first), 0);
    assert_int_equal(code_at(f->till[1], killer), CODE(FAULT));
    assert_string_equal(grouped.order, "1 1 ");
    assert_int_equal(f->world->kept_count, 2);
    assert_int_equal(f->world->journal_count, 1);
}

/* Too late is what was not begun in time; what was is carried out. */
static void A11_a_command_that_was_tried_is_not_too_late(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[2];

    world_mishap(f->world, "COMMIT", STORE_BROKEN, "23514 sale money_check");
    f->world->hold_committed = true;
    ids[0] = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    ids[1] = peer_ask_number(f->till[1], OP_SELL, 2, PLAIN);
    world_settle(f->world);
    f->world->hold_committed = false;
    world_pass(f->world, 31000);
    world_tell_committed(f->world); /* it goes again, one by one */
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], ids[0]), 0);
    assert_int_equal(code_at(f->till[1], ids[1]), 0);
    assert_string_equal(grouped.order, "1 2 1 2 ");
}

/* The group behind could not begin, and rests, when the one ahead fails. */
static void A11_a_group_that_rests_behind_another_is_called_off(void **state)
{
    struct fixture *f = *state;

    uint64_t first = commits_silently(f, STORE_AGAIN, NULL);
    world_mishap(f->world, "BEGIN", STORE_AGAIN, NULL);
    uint64_t next = peer_ask_number(f->till[1], OP_SELL, 2, PLAIN);
    world_forget_log(f->world);
    world_pass(f->world, 0);
    assert_string_equal(f->world->log, "BEGIN ");
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], first), 0);
    assert_int_equal(code_at(f->till[1], next), 0);
    assert_string_equal(grouped.order, "1 1 2 ");
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(B45_what_is_brought_is_written_in_the_strand_of_whose_it_was),
        SENTENCE(B45_bringers_and_the_till_itself_go_on_in_one_strand),
        SENTENCE(B45_a_dead_till_may_be_revoked_and_who_brings_may_not),
        SENTENCE(B1_the_past_is_there_where_there_was_one),
        SENTENCE(B1_the_past_ends_with_its_try),
        SENTENCE(A11_a_catalogue_that_was_never_raised_is_that_in_memory),
        SENTENCE(A12_a_command_that_killed_twice_is_put_back_and_has_its_fault),
        SENTENCE(A11_a_command_that_was_tried_is_not_too_late),
        SENTENCE(A11_a_group_that_rests_behind_another_is_called_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
