/* A basket is being parked, or taken up, or somebody else takes over, and the line is gone: nobody stands and waits for it, and
 * no basket is lost. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "client/link/spool_inner.h"
#include "desk.h"

#define OP(name)   CAROLINE__V1__OP__OP_##name
#define CODE(name) CAROLINE__V1__ERROR_CODE__##name

static void lose_the_line(struct desk *d)
{
    scripted_state(d->link, LINK_OFFLINE, "the server cannot be reached");
}

static void find_the_line(struct desk *d)
{
    scripted_state(d->link, LINK_ONLINE, "connected to bakery:7117");
}

static void park(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    desk_fill(d);
    desk_type(d, K_F12);
    desk_type(d, K_F2);
    assert_true(scripted_asked(d->link, OP(BASKET_PARK)));
}

static void answer_park(struct desk *d)
{
    Caroline__V1__BasketParkDone done = CAROLINE__V1__BASKET_PARK_DONE__INIT;

    done.has_parked_id = done.has_parked_count = true;
    done.parked_id = 704;
    done.parked_count = 1;
    scripted_answer(d->link, OP(BASKET_PARK), &done.base);
}

static void take_up(struct desk *d)
{
    Caroline__V1__ParkedBaskets listed = CAROLINE__V1__PARKED_BASKETS__INIT;
    Caroline__V1__ParkedBasket basket = CAROLINE__V1__PARKED_BASKET__INIT, *baskets[] = { &basket };

    desk_open(d);
    desk_sign_in(d);
    desk_type(d, K_F12);
    desk_type(d, K_F3);
    basket.has_parked_id = basket.has_line_count = true;
    basket.parked_id = 704;
    basket.line_count = 1;
    listed.n_baskets = 1;
    listed.baskets = baskets;
    while (scripted_asked(d->link, OP(BASKET_PARKED)))
        scripted_answer(d->link, OP(BASKET_PARKED), &listed.base);
    desk_type(d, K_ENTER);
    assert_true(scripted_asked(d->link, OP(BASKET_RESUME)));
}

/* Two cookies. */
static void answer_take_up(struct desk *d)
{
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__BasketLine line = CAROLINE__V1__BASKET_LINE__INIT, *lines[] = { &line };

    line.has_product_id = line.has_quantity_milli = true;
    line.product_id = BAKERY_COOKIE;
    line.quantity_milli = 2000;
    basket.has_catalogue_version = true;
    basket.catalogue_version = catalogue_newest(d->catalogue);
    basket.n_lines = 1;
    basket.lines = lines;
    resumed.basket = &basket;
    scripted_answer(d->link, OP(BASKET_RESUME), &resumed.base);
}

/* As the clock has it a moment later, with the customer gone and nothing typed. */
static void later(struct desk *d)
{
    d->now_us += 3 * SECOND_US;
    counter_tick(&d->counter, d->now_us, false);
}

/* Two éclairs, one customer, no server. */
static void sell_offline(struct desk *d)
{
    desk_scan(d, "73513537");
    assert_int_equal(d->counter.basket.line_count, 1);
    desk_type(d, K_F2);
    desk_type(d, "20" K_ENTER);
    desk_type(d, K_ENTER);
    assert_int_equal(spool_next_number(d->spool), 2);
    assert_true(open_basket_is_empty(&d->counter.basket));
}

static void what_never_left_is_taken_back_when_the_line_goes(void **state)
{
    (void)state;
    struct desk d;

    park(&d);
    scripted_unsent(d.link);
    lose_the_line(&d);
    desk_sees(&d, "taken back: it is not parked, the basket stays here");
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    assert_int_equal(d.counter.basket.line_count, 5);
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen); /* and is sold here */
    desk_close(&d);
}

static void what_may_have_left_is_put_aside_and_the_till_sells_on(void **state)
{
    (void)state;
    struct desk d;

    park(&d);
    lose_the_line(&d);
    desk_sees(&d, "no connection, and it is not known if the basket is parked: Esc");
    desk_type(&d, K_F2);
    desk_sees(&d, "this basket is being parked: its answer is on the way; Esc puts it aside");
    desk_golden(&d, "sale-parking-offline");
    desk_type(&d, K_ESC);
    desk_sees(&d, "the next customer; the basket is parked as soon as the server answers");
    assert_true(open_basket_is_empty(&d.counter.basket));
    sell_offline(&d);
    find_the_line(&d);
    answer_park(&d);
    desk_sees(&d, "the basket that was put aside waits: F12, F3 takes it up");
    desk_sees(&d, "1 parked");
    assert_null(spool_given_up(d.spool, 0, d.arena));
    later(&d);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

static void what_could_not_be_parked_is_here_again_once_there_is_room(void **state)
{
    (void)state;
    struct desk d;

    park(&d);
    lose_the_line(&d);
    desk_type(&d, K_ESC);
    desk_scan(&d, "73513537");
    find_the_line(&d);
    scripted_refuse(d.link, OP(BASKET_PARK), CODE(PARKED_FULL), "20 of your baskets wait already", NULL, NULL);
    desk_sees(&d, "a basket could not be parked (20 of your baskets wait already): it is here");
    assert_int_equal(d.counter.basket.line_count, 1); /* this customer's alone */
    later(&d);
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_restart(&d); /* it waits on the disk */
    desk_sign_in(&d);
    later(&d);
    assert_int_equal(d.counter.basket.line_count, 1);
    sale_drop(&d.counter);
    later(&d);
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_sees(&d, "the basket could not be parked, and is here again: 20 of your baskets wait");
    assert_null(spool_given_up(d.spool, 0, d.arena));
    desk_restart(&d);
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

static void a_basket_that_nobody_waits_for_comes_after_the_next_customer(void **state)
{
    (void)state;
    struct desk d;

    take_up(&d);
    desk_scan(&d, "73513537");
    lose_the_line(&d);
    desk_sees(&d, "no connection, and the basket is not here yet: Esc puts that aside");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 1); /* what was scanned meanwhile */
    assert_false(d.counter.parked.busy);
    find_the_line(&d);
    answer_take_up(&d);
    desk_sees(&d, "the basket that was asked for comes after this one");
    assert_int_equal(d.counter.basket.line_count, 1);
    sale_drop(&d.counter);
    later(&d);
    desk_sees(&d, "the basket that was asked for is here");
    assert_int_equal(d.counter.basket.lines[0].product_id, BAKERY_COOKIE);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 2000);
    desk_restart(&d);
    assert_int_equal(d.counter.basket.lines[0].product_id, BAKERY_COOKIE);
    desk_close(&d);
}

static void disk_takes(struct desk *d, bool writes)
{
    assert_int_equal(sqlite3_exec(spool_database(d->spool),
                                  writes ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON", NULL, NULL, NULL),
                     SQLITE_OK);
}

/* Why is said, and it is tried again; nothing is lost meanwhile. */
static void a_disk_that_takes_nothing_is_said(void **state)
{
    (void)state;
    struct desk d;

    take_up(&d);
    lose_the_line(&d);
    disk_takes(&d, false);
    desk_type(&d, K_ESC);
    desk_sees(&d, "it could not be put aside: could not write to the disk:");
    assert_int_equal(d.counter.errand, ERRAND_RESUME);
    disk_takes(&d, true);
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    desk_scan(&d, "73513537");
    find_the_line(&d);
    answer_take_up(&d);
    desk_sees(&d, "the basket that was asked for comes after this one");
    sale_drop(&d.counter);
    disk_takes(&d, false);
    later(&d);
    desk_sees(&d, "the basket that was asked for could not be put here: could not write");
    assert_true(open_basket_is_empty(&d.counter.basket));
    disk_takes(&d, true);
    later(&d); /* not at once */
    assert_true(open_basket_is_empty(&d.counter.basket));
    d.now_us += 30 * SECOND_US;
    later(&d);
    desk_sees(&d, "the basket that was asked for is here");
    assert_int_equal(d.counter.basket.lines[0].product_id, BAKERY_COOKIE);
    assert_null(spool_given_up(d.spool, 0, d.arena));
    desk_close(&d);
}

/* Said once, and not each second: nothing that comes later makes it readable. */
static void a_basket_that_cannot_be_read_is_said_once(void **state)
{
    (void)state;
    struct desk d;
    struct spooled resume = { .id = { 9 }, .op = OP(BASKET_RESUME), .body = bytes_of_text(""), .takes_basket = true };

    desk_open(&d);
    assert_true(spool_put(d.spool, &resume));
    assert_true(spool_give_up(d.spool, resume.id));
    assert_true(spool_answer(d.spool, resume.id, bytes_of_text("\xff\xff"), true, (struct bytes){ NULL, 0 }));
    desk_restart(&d);
    desk_sign_in(&d);
    later(&d);
    desk_sees(&d, "the basket that was asked for cannot be read: it stays on this till's disk");
    desk_golden(&d, "sale-basket-unread");
    desk_scan(&d, "73513537");
    desk_sees_not(&d, "cannot be read");
    sale_drop(&d.counter);
    for (int i = 0; i < 3; i++)
        later(&d);
    desk_sees_not(&d, "cannot be read");
    assert_non_null(spool_given_up(d.spool, 0, d.arena));
    desk_close(&d);
}

static void what_is_not_taken_up_yet_waits_where_it_is(void **state)
{
    (void)state;
    struct desk d;

    take_up(&d);
    scripted_unsent(d.link);
    lose_the_line(&d);
    desk_sees(&d, "taken back: it is not taken up, and waits with the server as before");
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    desk_type(&d, K_ESC);
    sell_offline(&d);
    desk_close(&d);
}

static void who_asked_for_what_does_not_come_is_told_why(void **state)
{
    (void)state;
    struct desk d;

    take_up(&d);
    lose_the_line(&d);
    desk_type(&d, K_ESC);
    find_the_line(&d);
    scripted_refuse(d.link, OP(BASKET_RESUME), CODE(UNKNOWN_PARKED), "no basket of yours waits there any more", NULL,
                    NULL);
    desk_sees(&d, "the basket that was asked for does not come: no basket of yours waits");
    assert_null(spool_given_up(d.spool, 0, d.arena));
    desk_close(&d);
}

static void a_server_that_says_nothing_is_waited_for_two_seconds(void **state)
{
    (void)state;
    struct desk d;

    park(&d);
    counter_tick(&d.counter, d.now_us, false);
    desk_type(&d, K_ESC);
    desk_sees(&d, "this basket is being parked: its answer is on the way");
    assert_int_equal(d.counter.errand, ERRAND_PARK);
    later(&d);
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

static void who_takes_over_does_not_hold_the_till_either(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F12);
    desk_type(&d, K_F4);
    desk_type(&d, "Ben");
    desk_type(&d, K_ENTER);
    desk_type(&d, "4711\r");
    assert_true(scripted_asked(d.link, OP(BASKET_PARK)));
    lose_the_line(&d);
    desk_golden(&d, "switch-offline");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &switch_screen);
    assert_int_equal(d.counter.switching.state, SWITCH_ASKS);
    assert_true(field_is_empty(&d.counter.switching.who.pin));
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    sell_offline(&d);
    find_the_line(&d);
    answer_park(&d);
    desk_sees(&d, "the basket that was put aside waits");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_never_left_is_taken_back_when_the_line_goes),
        cmocka_unit_test(what_may_have_left_is_put_aside_and_the_till_sells_on),
        cmocka_unit_test(what_could_not_be_parked_is_here_again_once_there_is_room),
        cmocka_unit_test(a_basket_that_nobody_waits_for_comes_after_the_next_customer),
        cmocka_unit_test(a_disk_that_takes_nothing_is_said),
        cmocka_unit_test(a_basket_that_cannot_be_read_is_said_once),
        cmocka_unit_test(what_is_not_taken_up_yet_waits_where_it_is),
        cmocka_unit_test(who_asked_for_what_does_not_come_is_told_why),
        cmocka_unit_test(a_server_that_says_nothing_is_waited_for_two_seconds),
        cmocka_unit_test(who_takes_over_does_not_hold_the_till_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
