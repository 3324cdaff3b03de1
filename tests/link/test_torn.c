/* A command over a connection torn at every byte of it: it is carried out once, and its answer comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bakery.h"
#include "client/link/identity.h"
#include "client/link/spool.h"
#include "proto/sale.pb-c.h"

static char directory[] = "/tmp/caroline-torn-XXXXXX";
static struct bakery *bakery;
static struct arena *arena;
static struct spool *spool;
static struct link *till;
static unsigned answers;

static void on_state(void *owner, enum link_state state, const char *sentence)
{
    (void)owner, (void)sentence;
    if (state == LINK_OFFLINE && till != NULL)
        link_retry(till);
}

static void on_answer(void *owner, const struct link_answer *answer)
{
    (void)owner;
    assert_int_equal(answer->outcome, LINK_OK);
    answers++;
}

static int begin(void **state)
{
    const char *problem = "";

    (void)state;
    assert_non_null(mkdtemp(directory));
    arena = arena_create(0);
    bakery = bakery_open(directory);
    spool = spool_open(bakery_identity(bakery)->spool_path, arena, &problem);
    assert_non_null(spool);
    return 0;
}

static int end(void **state)
{
    char command[96];

    (void)state;
    bakery_close(bakery);
    spool_close(spool);
    arena_destroy(arena);
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

static int open_till(void **state)
{
    struct link_options options = {
        .loop = bakery_loop(bakery),
        .identity = bakery_identity(bakery),
        .spool = spool,
        .client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER,
        .events = { .on_state = on_state },
    };

    (void)state;
    till = link_open(&options);
    bakery_until(bakery, link_state(till) == LINK_ONLINE);
    return 0;
}

static int close_till(void **state)
{
    (void)state;
    link_close(till);
    till = NULL;
    bakery_mind(bakery)->cut_in_after = bakery_mind(bakery)->cut_out_after = -1;
    return 0;
}

static void give_command(void)
{
    Caroline__V1__ShiftOpen open = CAROLINE__V1__SHIFT_OPEN__INIT;
    const char *problem = "";

    open.has_float_minor = true;
    open.float_minor = 10000;
    assert_true(link_command(
        till,
        &(struct link_command){
            .op = CAROLINE__V1__OP__OP_SHIFT_OPEN, .message = &open.base, .answered = on_answer, .owner = &answers },
        NULL, &problem));
}

/* How many bytes one command takes in a direction, in this connection. */
static long cost_of_one(long *bytes)
{
    unsigned before = answers;
    long from = *bytes;

    give_command();
    bakery_until(bakery, answers == before + 1);
    return *bytes - from;
}

static void torn_at_every_byte(long *cut, long *bytes)
{
    long size = cost_of_one(bytes);

    assert_in_range(size, 40, 400);
    for (long at = 0; at <= size; at++) {
        unsigned before = answers, carried_out = bakery_tally(bakery)->carried_out;

        *cut = at;
        bakery_mind(bakery)->cut_once = true;
        give_command();
        bakery_until(bakery, answers == before + 1 && link_state(till) == LINK_ONLINE);
        *cut = -1;
        assert_int_equal(bakery_tally(bakery)->carried_out, carried_out + 1);
        assert_int_equal(link_unanswered(till), 0);
    }
    assert_true(bakery_tally(bakery)->connections > (unsigned)size);
}

static void torn_at_every_byte_of_the_request(void **state)
{
    (void)state;
    torn_at_every_byte(&bakery_mind(bakery)->cut_in_after, &bakery_tally(bakery)->bytes_in);
}

static void torn_at_every_byte_of_the_answer(void **state)
{
    (void)state;
    torn_at_every_byte(&bakery_mind(bakery)->cut_out_after, &bakery_tally(bakery)->bytes_out);
}

/* From the first byte of the hand-shake to the command's last: each connection is let through a little further. */
static void torn_anywhere_from_the_hand_shake_on(void **state)
{
    unsigned carried_out = bakery_tally(bakery)->carried_out, before = answers;

    (void)state;
    bakery_shut(bakery);
    give_command();
    for (long at = 0; answers == before; at += 5) {
        bakery_mind(bakery)->cut_in_after = at;
        bakery_reopen(bakery);
        bakery_until(bakery, bakery_mind(bakery)->cut_in_after == 0 || answers > before);
        if (answers == before)
            bakery_shut(bakery);
    }
    assert_int_equal(bakery_tally(bakery)->carried_out, carried_out + 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_till, close_till)
    const struct CMUnitTest tests[] = {
        TEST(torn_at_every_byte_of_the_request),
        TEST(torn_at_every_byte_of_the_answer),
        TEST(torn_anywhere_from_the_hand_shake_on),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
