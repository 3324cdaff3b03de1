/* Baskets that wait: put aside with one key, listed, taken up into an empty basket, thrown away; with the server away, and
 * with the till's power gone in between. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/walker.h"
#include "desk.h"

#define OP(name)   CAROLINE__V1__OP__OP_##name
#define CODE(name) CAROLINE__V1__ERROR_CODE__##name
#define NOW_US     (INT64_C(1795370400) * SECOND_US) /* of the scripted link: 2026-11-22 18:00 UTC */

static const Caroline__V1__BasketPark *parking(struct desk *d)
{
    return (const Caroline__V1__BasketPark *)scripted_request(d->link, OP(BASKET_PARK),
                                                              &caroline__v1__basket_park__descriptor);
}

static const Caroline__V1__BasketResume *resuming(struct desk *d)
{
    return (const Caroline__V1__BasketResume *)scripted_request(d->link, OP(BASKET_RESUME),
                                                                &caroline__v1__basket_resume__descriptor);
}

/* The server's list: so many of Ana's wait, the oldest two days old. */
static void answer_list(struct desk *d, size_t count)
{
    static const struct {
        uint64_t id, product_id;
        int64_t ago_us;
        uint32_t till, lines;
    } waiting[] = { { 701, BAKERY_BREAD, 2 * DAY_S * SECOND_US, 1, 1 },
                    { 702, BAKERY_ECLAIR, 50 * MINUTE_US, 2, 4 },
                    { 703, 9999, 5 * MINUTE_US, 0, 2 } };
    Caroline__V1__ParkedBaskets listed = CAROLINE__V1__PARKED_BASKETS__INIT;
    Caroline__V1__ParkedBasket baskets[3], *pointers[3];

    listed.n_baskets = count;
    listed.baskets = pointers;
    for (size_t i = 0; i < count; i++) {
        Caroline__V1__ParkedBasket *basket = pointers[i] = &baskets[i];

        caroline__v1__parked_basket__init(basket);
        basket->has_parked_id = basket->has_parked_us = basket->has_line_count = basket->has_first_product_id = true;
        basket->has_till_number = waiting[i].till != 0;
        basket->parked_id = waiting[i].id;
        basket->parked_us = (uint64_t)(NOW_US - waiting[i].ago_us);
        basket->till_number = waiting[i].till;
        basket->line_count = waiting[i].lines;
        basket->first_product_id = waiting[i].product_id;
        basket->has_member_id = i > 0;
        basket->member_id = 77;
        basket->has_member_name = i == 1;
        basket->member_name = counter_text("Mia Stone");
    }
    scripted_answer(d->link, OP(BASKET_PARKED), &listed.base);
}

static void sign_in(struct desk *d, size_t waiting)
{
    desk_open(d);
    desk_sign_in(d);
    answer_list(d, waiting);
}

static void open_list(struct desk *d, size_t waiting)
{
    desk_type(d, K_F12);
    desk_type(d, K_F3);
    answer_list(d, waiting);
}

static void answer_park(struct desk *d, uint32_t count)
{
    Caroline__V1__BasketParkDone done = CAROLINE__V1__BASKET_PARK_DONE__INIT;

    done.has_parked_id = done.has_parked_count = true;
    done.parked_id = 704;
    done.parked_count = count;
    scripted_answer(d->link, OP(BASKET_PARK), &done.base);
}

/* An éclair, hot, and a cookie that was taken back; begun with this version of the catalogue. */
static struct bytes parked_basket(struct desk *d, uint64_t version, Caroline__V1__Basket *basket)
{
    Caroline__V1__BasketLine *lines = arena_array(d->arena, 2, sizeof *lines);
    Caroline__V1__BasketLine **pointers = arena_array(d->arena, 2, sizeof *pointers);

    caroline__v1__basket__init(basket);
    for (size_t i = 0; i < 2; i++) {
        pointers[i] = &lines[i];
        caroline__v1__basket_line__init(&lines[i]);
        lines[i].has_product_id = lines[i].has_quantity_milli = true;
        lines[i].quantity_milli = 2000;
    }
    lines[0].product_id = BAKERY_ECLAIR;
    lines[0].has_hot = lines[0].hot = true;
    lines[1].product_id = BAKERY_COOKIE;
    lines[1].has_voided = lines[1].voided = true;
    lines[1].has_void_reason = true;
    lines[1].void_reason = counter_text("dropped");
    basket->has_catalogue_version = true;
    basket->catalogue_version = version;
    basket->has_service = true;
    basket->service = CAROLINE__V1__SERVICE__SERVICE_EAT_IN;
    basket->n_lines = 2;
    basket->lines = pointers;
    return message_encode(&basket->base, d->arena);
}

static void answer_resume(struct desk *d, uint64_t version, uint32_t count)
{
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;
    Caroline__V1__Basket basket;

    parked_basket(d, version, &basket);
    resumed.basket = &basket;
    resumed.has_parked_count = true;
    resumed.parked_count = count;
    scripted_answer(d->link, OP(BASKET_RESUME), &resumed.base);
}

static void A6_a_basket_is_parked_with_two_keys_and_the_next_customer_is_served(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 0);
    desk_sees_not(&d, "parked");
    desk_fill(&d);
    desk_type(&d, K_F12);
    desk_type(&d, K_F2);
    assert_int_equal(parking(&d)->basket->n_lines, 5);
    assert_int_equal(parking(&d)->basket->catalogue_version, catalogue_newest(d.catalogue));
    /* Until it is answered nothing else happens to it, and a scan is the next customer's. */
    desk_type(&d, K_F2);
    desk_sees(&d, "this basket is being parked");
    assert_false(scripted_asked(d.link, OP(SALE_QUOTE)));
    desk_type(&d, K_F3);
    desk_type(&d, K_ESC);
    desk_scan(&d, "73513537");
    desk_sees(&d, "73513537 is kept for the next customer");
    assert_int_equal(d.counter.basket.line_count, 5);
    answer_park(&d, 2);
    assert_int_equal(d.counter.basket.line_count, 1);
    assert_int_equal(d.counter.basket.lines[0].product_id, BAKERY_ECLAIR);
    desk_sees(&d, "2 parked");
    desk_sees(&d, "the basket waits; 1 scan of the next customer is here");
    desk_golden(&d, "sale-parked");
    desk_close(&d);
}

static void what_is_refused_stays(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 0);
    desk_fill(&d);
    desk_type(&d, K_F12);
    desk_type(&d, K_F2);
    desk_scan(&d, "73513537");
    scripted_refuse(d.link, OP(BASKET_PARK), CODE(PARKED_FULL), "20 of your baskets wait already", NULL, NULL);
    desk_sees(&d, "20 of your baskets wait already; 1 scan meanwhile: scan again");
    assert_int_equal(d.counter.basket.line_count, 5);
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    desk_type(&d, K_F2);
    assert_true(scripted_asked(d.link, OP(SALE_QUOTE)));
    desk_close(&d);
}

/* 200 lines with the longest notes: nothing of it gets to the disk. */
static void what_is_too_large_to_park_is_said_at_once(void **state)
{
    (void)state;
    struct desk d;
    struct open_basket *basket = &d.counter.basket;

    sign_in(&d, 0);
    desk_scan(&d, "73513537");
    for (size_t i = 0; i < NOTE_CHARACTERS; i++)
        memcpy(basket->lines[0].note + 4 * i, "\xf0\x9f\x8d\xaa", 4); /* a cookie */
    for (; basket->line_count < BASKET_LINES_MAX; basket->line_count++)
        basket->lines[basket->line_count] = basket->lines[0];
    sale_changed(&d.counter);
    desk_type(&d, K_F12);
    desk_type(&d, K_F2);
    desk_sees(&d, "this is more than can be parked: sell a part of it, or take notes away");
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    assert_int_equal(basket->line_count, BASKET_LINES_MAX);
    desk_close(&d);
}

static void an_empty_basket_is_not_parked(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 0);
    desk_type(&d, K_F12);
    desk_type(&d, K_ENTER); /* it is the first row */
    desk_sees(&d, "there is nothing to park");
    desk_type(&d, "112\r");
    desk_type(&d, K_F3); /* taken back: nothing is left */
    desk_type(&d, K_F12);
    desk_type(&d, K_F2);
    desk_sees(&d, "there is nothing to park");
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    desk_close(&d);
}

static void A6_without_a_connection_a_basket_stays(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 1);
    desk_fill(&d);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_F12);
    desk_type(&d, K_F2);
    desk_sees(&d, "no connection: baskets are parked with the server; this one stays here");
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_type(&d, K_F12);
    desk_type(&d, K_F3);
    desk_sees(&d, "no connection: parked baskets are with the server");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void A6_a_basket_is_taken_up_whole(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 3);
    desk_sees(&d, "3 parked");
    desk_type(&d, K_F12);
    desk_type(&d, K_F3);
    desk_sees(&d, "Asking the server");
    desk_type(&d, K_ENTER); /* there is nothing to choose yet */
    answer_list(&d, 3);
    desk_golden(&d, "parked");
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER);
    assert_int_equal(resuming(&d)->parked_id, 702);
    assert_false(resuming(&d)->throw_away);
    desk_type(&d, K_ENTER); /* once is enough */
    desk_type(&d, K_ESC);
    desk_sees(&d, "the server is asked");
    desk_scan(&d, "73513537"); /* what is scanned now is for this customer */
    desk_sees(&d, "73513537 is kept for the basket that is coming");
    answer_resume(&d, catalogue_newest(d.catalogue), 2);
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 3);
    assert_true(d.counter.basket.lines[0].hot);
    assert_true(d.counter.basket.lines[1].voided);
    assert_string_equal(d.counter.basket.lines[1].void_reason, "dropped");
    assert_int_equal(d.counter.basket.lines[2].product_id, BAKERY_ECLAIR);
    assert_int_equal(d.counter.basket.service, SERVICE_EAT_IN);
    assert_int_equal(d.counter.basket.verdict, SALE_OK);
    desk_sees(&d, "the basket is here again");
    desk_sees(&d, "2 parked");
    desk_restart(&d); /* and it is this till's from now on */
    assert_int_equal(d.counter.basket.line_count, 3);
    desk_close(&d);
}

static bool names_mia(const struct desk *d)
{
    return memmem(&d->counter.parked, sizeof(d->counter.parked), "Mia Stone", 9) != NULL;
}

static bool asks_for_members(struct desk *d)
{
    return ((const Caroline__V1__BasketParked *)scripted_request(d->link, OP(BASKET_PARKED),
                                                                 &caroline__v1__basket_parked__descriptor))
        ->members;
}

/* The server notes each name that it tells. */
static void who_only_counts_asks_for_no_name(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    assert_false(asks_for_members(&d));
    answer_list(&d, 3);
    desk_type(&d, K_F12);
    desk_type(&d, K_F3);
    assert_true(asks_for_members(&d));
    answer_list(&d, 3);
    desk_close(&d);
}

/* However the list is left, the members' names go with it. */
static void no_name_stays_behind_the_list(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 3);
    open_list(&d, 3);
    assert_true(names_mia(&d));
    desk_type(&d, K_ESC);
    assert_false(names_mia(&d));
    desk_sees(&d, "3 parked"); /* which is nobody's name */
    open_list(&d, 3);
    desk_type(&d, K_ENTER);
    answer_resume(&d, catalogue_newest(d.catalogue), 2);
    assert_false(names_mia(&d));
    desk_type(&d, K_F12 K_F3 K_ESC); /* the answer comes too late */
    answer_list(&d, 2);
    assert_false(names_mia(&d));
    desk_sees(&d, "2 parked");
    open_list(&d, 3);
    assert_true(names_mia(&d));
    scripted_session(d.link, NULL, false);
    assert_false(names_mia(&d));
    desk_close(&d);
}

static void old_prices_are_said(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 1);
    open_list(&d, 1);
    desk_type(&d, K_ENTER);
    answer_resume(&d, 4711, 0);
    desk_sees(&d, "prices have changed since this basket was begun");
    assert_int_equal(d.counter.basket.catalogue_version, catalogue_newest(d.catalogue));
    desk_sees_not(&d, "parked (");
    desk_close(&d);
}

static void only_an_empty_basket_makes_room(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 1);
    desk_fill(&d);
    open_list(&d, 1);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "there is a basket here: sell it, park it or throw it away first");
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

static void what_another_till_took_is_gone_from_the_list(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 2);
    open_list(&d, 2);
    desk_type(&d, K_ENTER);
    desk_scan(&d, "73513537");
    scripted_refuse(d.link, OP(BASKET_RESUME), CODE(UNKNOWN_PARKED), "no basket of yours waits there any more", NULL,
                    NULL);
    desk_sees(&d, "no basket of yours waits there any more");
    assert_ptr_equal(stage_top(&d.counter.stage), &parked_screen);
    assert_int_equal(d.counter.parked.list.count, 1);
    assert_int_equal(d.counter.basket.line_count, 1); /* the scan is lost with nothing */
    desk_type(&d, K_ESC);
    desk_sees(&d, "clair"); /* it stands in the basket */
    desk_close(&d);
}

static void one_is_thrown_away_after_a_question(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__BasketResumed away = CAROLINE__V1__BASKET_RESUMED__INIT;

    sign_in(&d, 2);
    open_list(&d, 2);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_F3);
    desk_sees(&d, "Throw this basket away? 4 lines");
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    desk_type(&d, K_ESC);
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    desk_type(&d, K_F3);
    desk_type(&d, K_F8);
    desk_sees(&d, "choose why with the arrows, then F8; Esc keeps the basket");
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    desk_type(&d, K_DOWN K_F8);
    assert_int_equal(resuming(&d)->parked_id, 702);
    assert_true(resuming(&d)->throw_away);
    away.has_parked_count = true;
    away.parked_count = 1;
    scripted_answer(d.link, OP(BASKET_RESUME), &away.base);
    desk_sees(&d, "thrown away");
    assert_int_equal(d.counter.parked.list.count, 1);
    assert_int_equal(d.counter.parked.rows[0].id, 701);
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_type(&d, K_ESC);
    desk_sees(&d, "1 parked");
    desk_close(&d);
}

static void whoever_comes_next_is_told_of_their_own(void **state)
{
    (void)state;
    struct desk d;

    sign_in(&d, 2);
    desk_sees(&d, "2 parked");
    scripted_session(d.link, NULL, false);
    desk_sign_in(&d);
    desk_sees_not(&d, "parked");
    answer_list(&d, 1);
    desk_sees(&d, "1 parked");
    open_list(&d, 0);
    desk_sees(&d, "None of yours waits.");
    desk_sees_not(&d, "Take it up");
    desk_close(&d);
}

/* The power goes between the question and its answer: the disk knows what was asked of the basket, and the answer, whoever
 * hears it, is acted upon. */
static void start_again_with(struct desk *d, unsigned op, const char *basket)
{
    struct spooled command = { .op = op, .takes_basket = true, .body = bytes_of_text("") };

    memset(command.id, 9, sizeof command.id);
    if (basket != NULL)
        assert_true(basket_save(d->spool, bytes_of_text(basket)));
    assert_true(spool_put(d->spool, &command));
    desk_restart(d);
}

static void recovered(struct desk *d, unsigned op, const ProtobufCMessage *reply)
{
    uint8_t id[COMMAND_ID_SIZE];
    const struct link_answer answer = { .outcome = LINK_OK, .reply = reply, .sentence = "" };

    memset(id, 9, sizeof id);
    counter_events.on_recovered(&d->counter, op, id, &answer);
}

static void a_restart_while_a_basket_is_parked_loses_and_doubles_nothing(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__BasketParkDone done = CAROLINE__V1__BASKET_PARK_DONE__INIT;

    sign_in(&d, 0);
    desk_fill(&d);
    start_again_with(&d, OP(BASKET_PARK), NULL);
    assert_int_equal(d.counter.errand, ERRAND_PARK);
    desk_sees(&d, "A basket of 5 lines is being parked.");
    desk_type(&d, "\003");
    desk_sees(&d, "What the server is asked is kept");
    desk_type(&d, K_ESC);
    desk_sign_in(&d);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen); /* nobody is paying */
    done.has_parked_count = true;
    done.parked_count = 1;
    recovered(&d, OP(BASKET_PARK), &done.base);
    assert_int_equal(d.counter.basket.line_count, 0);
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    desk_sees(&d, "1 parked");
    desk_close(&d);
}

static void a_restart_while_a_basket_is_taken_up_brings_it(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;
    Caroline__V1__Basket basket;

    sign_in(&d, 1);
    start_again_with(&d, OP(BASKET_RESUME), "");
    assert_int_equal(d.counter.errand, ERRAND_RESUME);
    desk_sign_in(&d);
    desk_type(&d, "112\r");
    desk_sees(&d, "a parked basket is on its way here: wait for it");
    parked_basket(&d, catalogue_newest(d.catalogue), &basket);
    resumed.basket = &basket;
    recovered(&d, OP(BASKET_RESUME), &resumed.base);
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A6_a_basket_is_parked_with_two_keys_and_the_next_customer_is_served),
        cmocka_unit_test(what_is_refused_stays),
        cmocka_unit_test(what_is_too_large_to_park_is_said_at_once),
        cmocka_unit_test(an_empty_basket_is_not_parked),
        cmocka_unit_test(A6_without_a_connection_a_basket_stays),
        cmocka_unit_test(A6_a_basket_is_taken_up_whole),
        cmocka_unit_test(who_only_counts_asks_for_no_name),
        cmocka_unit_test(no_name_stays_behind_the_list),
        cmocka_unit_test(old_prices_are_said),
        cmocka_unit_test(only_an_empty_basket_makes_room),
        cmocka_unit_test(what_another_till_took_is_gone_from_the_list),
        cmocka_unit_test(one_is_thrown_away_after_a_question),
        cmocka_unit_test(whoever_comes_next_is_told_of_their_own),
        cmocka_unit_test(a_restart_while_a_basket_is_parked_loses_and_doubles_nothing),
        cmocka_unit_test(a_restart_while_a_basket_is_taken_up_brings_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
