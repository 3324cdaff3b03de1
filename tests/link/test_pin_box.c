/* The box that a PIN opens while the server is away: what opens it, what does not, and what is under way when it is emptied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <uv.h>

#include "client/link/pin_box.h"

struct tried {
    unsigned count;
    enum pin_box_outcome outcome;
    uint8_t key[PIN_BOX_KEY];
    struct pin_box *destroys;
};

static uv_loop_t loop;
static const uint8_t key[PIN_BOX_KEY] = "what the server gave for the PIN";

static int begin(void **state)
{
    int outcome = uv_loop_init(&loop);

    *state = pin_box_create(&loop, system_entropy());
    return outcome;
}

static int end(void **state)
{
    if (*state != NULL)
        pin_box_destroy(*state);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static void on_tried(void *owner, enum pin_box_outcome outcome, const uint8_t opened[PIN_BOX_KEY])
{
    struct tried *tried = owner;

    tried->count++;
    tried->outcome = outcome;
    memcpy(tried->key, opened, PIN_BOX_KEY);
    if (tried->destroys != NULL)
        pin_box_destroy(tried->destroys);
}

static void fill(struct pin_box *box, const char *pin)
{
    pin_box_fill(box, bytes_of_text(pin), key);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static enum pin_box_outcome try(struct pin_box *box, const char *pin)
{
    struct tried tried = { 0 };

    assert_true(pin_box_try(box, bytes_of_text(pin), on_tried, &tried));
    assert_int_equal(tried.count, 0); /* nobody answers from inside the asking */
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(tried.count, 1);
    if (tried.outcome == PIN_BOX_OPEN)
        assert_memory_equal(tried.key, key, PIN_BOX_KEY);
    else
        assert_memory_not_equal(tried.key, key, PIN_BOX_KEY);
    return tried.outcome;
}

static void the_pin_opens_it_as_often_as_it_is_given(void **state)
{
    fill(*state, "8261");
    assert_int_equal(pin_box_state(*state), PIN_BOX_FULL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(try(*state, "8261"), PIN_BOX_OPEN);
}

static void another_does_not(void **state)
{
    static const char *others[] = { "8262", "826", "82611", "" };

    fill(*state, "8261");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(try(*state, others[i]), PIN_BOX_WRONG);
    assert_int_equal(try(*state, "8261"), PIN_BOX_OPEN);
}

static void nothing_opens_an_empty_one(void **state)
{
    assert_int_equal(pin_box_state(*state), PIN_BOX_EMPTY);
    assert_int_equal(try(*state, ""), PIN_BOX_SHUT);
    fill(*state, "8261");
    pin_box_empty(*state);
    assert_int_equal(pin_box_state(*state), PIN_BOX_EMPTY);
    assert_int_equal(try(*state, "8261"), PIN_BOX_SHUT);
}

static void the_fifth_wrong_one_in_a_row_is_the_last(void **state)
{
    fill(*state, "8261");
    for (unsigned i = 1; i < PIN_BOX_TRIES; i++)
        assert_int_equal(try(*state, "0000"), PIN_BOX_WRONG);
    assert_int_equal(try(*state, "8261"), PIN_BOX_OPEN); /* they are forgotten */
    for (unsigned i = 1; i < PIN_BOX_TRIES; i++)
        assert_int_equal(try(*state, "0000"), PIN_BOX_WRONG);
    assert_int_equal(try(*state, "0000"), PIN_BOX_SHUT);
    assert_int_equal(pin_box_state(*state), PIN_BOX_USED_UP);
    assert_int_equal(try(*state, "8261"), PIN_BOX_SHUT);
    fill(*state, "8261");
    assert_int_equal(try(*state, "8261"), PIN_BOX_OPEN);
}

static void who_comes_next_has_it_for_themselves(void **state)
{
    fill(*state, "8261");
    fill(*state, "4918");
    assert_int_equal(try(*state, "8261"), PIN_BOX_WRONG);
    assert_int_equal(try(*state, "4918"), PIN_BOX_OPEN);
}

static void a_try_waits_until_it_is_filled(void **state)
{
    pin_box_fill(*state, bytes_of_text("8261"), key);
    assert_int_equal(pin_box_state(*state), PIN_BOX_FULL);
    assert_int_equal(try(*state, "8261"), PIN_BOX_OPEN);
}

static void what_is_longer_than_a_pin_is_none(void **state)
{
    fill(*state, "826182618261");
    assert_int_equal(try(*state, "8261826182610"), PIN_BOX_WRONG);
    assert_int_equal(try(*state, "826182618261"), PIN_BOX_OPEN);
    fill(*state, "8261826182610"); /* nor does it seal anything, that another would open */
    assert_int_equal(pin_box_state(*state), PIN_BOX_EMPTY);
    assert_int_equal(try(*state, "9999999999999"), PIN_BOX_SHUT);
}

static void one_is_tried_at_a_time(void **state)
{
    struct tried tried = { 0 };

    fill(*state, "8261");
    assert_true(pin_box_try(*state, bytes_of_text("8261"), on_tried, &tried));
    assert_false(pin_box_try(*state, bytes_of_text("8261"), on_tried, &tried));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(tried.count, 1);
}

/* filled: before the try, or it waits for the filling; again: for somebody else. */
static void empty_under_way(struct pin_box *box, bool filled, bool again)
{
    struct tried tried = { 0 };

    pin_box_fill(box, bytes_of_text("8261"), key);
    if (filled)
        uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(pin_box_try(box, bytes_of_text("8261"), on_tried, &tried));
    pin_box_empty(box);
    if (again)
        pin_box_fill(box, bytes_of_text("4918"), key);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(tried.count, 1);
    assert_int_equal(tried.outcome, PIN_BOX_SHUT);
    assert_int_equal(pin_box_state(box), again ? PIN_BOX_FULL : PIN_BOX_EMPTY);
}

static void emptied_while_a_pin_is_tried_it_stays_shut(void **state)
{
    for (int i = 0; i < 4; i++)
        empty_under_way(*state, (i & 1) != 0, (i & 2) != 0);
}

static void destroyed_in_the_midst_of_it_it_tells_nobody(void **state)
{
    struct tried tried = { 0 };

    for (int filled = 0; filled < 2; filled++) {
        struct pin_box *box = pin_box_create(&loop, system_entropy());
        pin_box_fill(box, bytes_of_text("8261"), key);
        if (filled)
            uv_run(&loop, UV_RUN_DEFAULT);
        assert_true(pin_box_try(box, bytes_of_text("8261"), on_tried, &tried));
        pin_box_destroy(box);
        uv_run(&loop, UV_RUN_DEFAULT);
    }
    assert_int_equal(tried.count, 0);
    fill(*state, "8261");
    tried.destroys = *state; /* by who is told */
    assert_true(pin_box_try(*state, bytes_of_text("8261"), on_tried, &tried));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(tried.outcome, PIN_BOX_OPEN);
    *state = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_pin_opens_it_as_often_as_it_is_given, begin, end),
        cmocka_unit_test_setup_teardown(another_does_not, begin, end),
        cmocka_unit_test_setup_teardown(nothing_opens_an_empty_one, begin, end),
        cmocka_unit_test_setup_teardown(the_fifth_wrong_one_in_a_row_is_the_last, begin, end),
        cmocka_unit_test_setup_teardown(who_comes_next_has_it_for_themselves, begin, end),
        cmocka_unit_test_setup_teardown(a_try_waits_until_it_is_filled, begin, end),
        cmocka_unit_test_setup_teardown(what_is_longer_than_a_pin_is_none, begin, end),
        cmocka_unit_test_setup_teardown(one_is_tried_at_a_time, begin, end),
        cmocka_unit_test_setup_teardown(emptied_while_a_pin_is_tried_it_stays_shut, begin, end),
        cmocka_unit_test_setup_teardown(destroyed_in_the_midst_of_it_it_tells_nobody, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
