/* A sale that was put aside and is refused: booked as it was told, or parked with what it was paid by, and never lost. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/walker.h"
#include "desk.h"

#define OP(name)   CAROLINE__V1__OP__OP_##name
#define CODE(name) CAROLINE__V1__ERROR_CODE__##name

static void lose_the_line_and_go_on(struct desk *d)
{
    desk_sees(d, "Ringing up");
    scripted_state(d->link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(d, K_F2);
    assert_true(open_basket_is_empty(&d->counter.basket));
}

/* 22.64: 10.00 by a voucher, which only the server can book, and the rest by card. */
static void put_aside(struct desk *d)
{
    desk_open(d);
    bakery_take_vouchers(d->catalogue, 3);
    desk_sign_in(d);
    desk_fill(d);
    desk_type(d, K_F2);
    desk_quote(d);
    desk_type(d, "10" K_F10);
    desk_type(d, K_F3);
    desk_type(d, "APPR7781");
    desk_type(d, K_ENTER);
    lose_the_line_and_go_on(d);
}

static void put_aside_cash(struct desk *d)
{
    desk_open_paying(d);
    desk_type(d, "50" K_ENTER);
    lose_the_line_and_go_on(d);
}

static void refuse(struct desk *d)
{
    scripted_state(d->link, LINK_ONLINE, "connected to bakery:7117");
    scripted_refuse(d->link, OP(SALE_RING_UP), CODE(STOCK_SHORT), "line 1: 3 pieces wanted, 1 piece there", NULL, NULL);
}

static const Caroline__V1__BasketPark *parking(struct desk *d)
{
    return (const Caroline__V1__BasketPark *)scripted_request(d->link, OP(BASKET_PARK),
                                                              &caroline__v1__basket_park__descriptor);
}

static void answer_park(struct desk *d)
{
    Caroline__V1__BasketParkDone done = CAROLINE__V1__BASKET_PARK_DONE__INIT;

    done.has_parked_id = done.has_parked_count = true;
    done.parked_id = 704;
    done.parked_count = 2;
    scripted_answer(d->link, OP(BASKET_PARK), &done.base);
}

static void open_list(struct desk *d)
{
    Caroline__V1__ParkedBaskets listed = CAROLINE__V1__PARKED_BASKETS__INIT;
    Caroline__V1__ParkedBasket baskets[2], *pointers[] = { &baskets[0], &baskets[1] };

    for (size_t i = 0; i < 2; i++) {
        caroline__v1__parked_basket__init(&baskets[i]);
        baskets[i].has_parked_id = baskets[i].has_parked_us = baskets[i].has_line_count = true;
        baskets[i].has_first_product_id = true;
        baskets[i].parked_id = 704 + i;
        baskets[i].parked_us = (uint64_t)link_now(d->link).us;
        baskets[i].line_count = 5;
        baskets[i].first_product_id = 1;
    }
    listed.n_baskets = 2;
    listed.baskets = pointers;
    while (scripted_asked(d->link, OP(BASKET_PARKED))) /* of the sign-in */
        scripted_fail(d->link, OP(BASKET_PARKED), "not now");
    desk_type(d, K_F12);
    desk_type(d, K_F3);
    scripted_answer(d->link, OP(BASKET_PARKED), &listed.base);
}

static void resume(struct desk *d)
{
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;

    scripted_answer(d->link, OP(BASKET_RESUME), &resumed.base);
}

static void why_it_is_not_booked_stays_until_it_is_seen(void **state)
{
    (void)state;
    struct desk d;
    put_aside(&d);
    refuse(&d);
    assert_int_not_equal(parking(&d)->basket->n_lines, 0);
    assert_int_equal(spool_aside_count(d.spool), 1); /* until the server has it */
    answer_park(&d);
    assert_int_equal(spool_aside_count(d.spool), 0);
    desk_sees(&d, "its basket waits: F12, F3");
    desk_scan(&d, "4006381333931"); /* no key wipes it away */
    desk_golden(&d, "aside-not-booked");
    desk_sees(&d, "NOT BOOKED, parked for Ana (F12, F3): 22.64, paid by Voucher 10.00, card 12.64");
    open_list(&d);
    desk_golden(&d, "aside-parked");
    desk_sees(&d, "NOT BOOKED, 22.64: Croissant");
    desk_sees(&d, "line 1: 3 pieces wanted, 1 piece there");
    desk_sees(&d, "card 12.64 (approval APPR7781)");
    desk_sees_not(&d, "parked for Ana"); /* it is seen */
    desk_type(&d, K_DOWN);
    desk_sees_not(&d, "approval APPR7781"); /* of the other there is nothing to say */
    desk_close(&d);
}

static void who_takes_it_up_is_told_what_was_paid(void **state)
{
    (void)state;
    struct desk d;
    put_aside(&d);
    refuse(&d);
    answer_park(&d);
    open_list(&d);
    desk_type(&d, K_ENTER);
    resume(&d);
    desk_sees(&d, "the basket is here again: it was paid by Voucher 10.00, card 12.64 (approval");
    size_t count;
    spool_not_booked(d.spool, d.arena, &count);
    assert_int_equal(count, 0);
    desk_close(&d);
}

/* The power goes when the answer is on the disk and nobody was told yet: at the next start it is known which basket it is. */
static void what_was_parked_before_a_restart_is_told_and_seen(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;
    Caroline__V1__BasketParkDone done = CAROLINE__V1__BASKET_PARK_DONE__INIT;
    size_t count;

    put_aside(&d);
    refuse(&d);
    done.has_parked_id = true;
    done.parked_id = 704;
    struct bytes body = message_encode(&done.base, d.arena);
    reply.has_body = true;
    reply.body = (ProtobufCBinaryData){ .len = body.size, .data = (uint8_t *)(uintptr_t)body.data };
    const struct put_aside *aside = spool_aside_refused(d.spool, 0, d.arena);
    assert_true(
        spool_answer(d.spool, aside->park_id, message_encode(&reply.base, d.arena), true, (struct bytes){ NULL, 0 }));
    desk_restart(&d);
    assert_int_equal(spool_not_booked(d.spool, d.arena, &count)->parked_id, 704);
    assert_int_equal(count, 1);
    desk_sign_in(&d);
    desk_sees(&d, "NOT BOOKED, parked for somebody");
    open_list(&d);
    desk_sees(&d, "NOT BOOKED, 22.64");
    desk_sees_not(&d, "parked for somebody"); /* it is seen, and does not stand there for ever */
    desk_close(&d);
}

/* 200 lines with a note and a reason each, which somebody has allowed: more than this till's own record may be. */
static void fill_to_the_brim(struct desk *d)
{
    struct open_basket *basket = &d->counter.basket;
    struct open_line *line = &basket->lines[0];

    desk_scan(d, "73513537");
    assert_int_equal(basket->line_count, 1);
    line->discount = (struct open_discount){ .given = true, .fixed = true, .value = 10 };
    for (size_t i = 0; i < NOTE_CHARACTERS; i++) {
        memcpy(line->note + 4 * i, "\xf0\x9f\x8d\xaa", 4); /* a cookie */
        line->discount.reason[i] = 'r';
    }
    for (; basket->line_count < BASKET_LINES_MAX; basket->line_count++)
        basket->lines[basket->line_count] = *line;
    basket->approved = true;
    basket->approved_ppm = DISCOUNT_WHOLE_PPM;
    sale_changed(&d->counter);
    assert_int_equal(basket->verdict, SALE_OK);
}

/* It does not fit by waiting: its basket is parked. */
static void what_is_more_than_a_record_is_parked_and_does_not_stay_for_ever(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    fill_to_the_brim(&d);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, "999" K_ENTER);
    lose_the_line_and_go_on(&d);
    refuse(&d);
    assert_int_equal(spool_next_number(d.spool), 1); /* not sold by this till */
    assert_int_equal(parking(&d)->basket->n_lines, BASKET_LINES_MAX);
    answer_park(&d);
    assert_int_equal(spool_aside_count(d.spool), 0);
    desk_sees(&d, "the sale that was put aside is not booked, and its basket waits: F12, F3");
    desk_close(&d);
}

/* It may be booked: not sold a second time by this till, nor parked. */
static void what_has_an_answer_that_nobody_can_read_is_left_alone(void **state)
{
    (void)state;
    struct desk d;

    put_aside_cash(&d);
    struct spooled *sale = spool_unanswered(d.spool, d.arena, &(size_t){ 0 });
    assert_true(spool_answer(d.spool, sale->id, bytes_of("\x12\x02\x0a\x7f", 4), false, (struct bytes){ NULL, 0 }));
    desk_restart(&d);
    desk_sign_in(&d);
    aside_try_again(&d.counter);
    assert_int_equal(spool_next_number(d.spool), 1);
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    assert_int_equal(spool_aside_count(d.spool), 1);
    assert_non_null(strstr(d.counter.aside_why, "could not be read"));
    desk_close(&d);
}

static void who_takes_it_up_and_loses_the_power_is_told_all_the_same(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__BasketResume asked = CAROLINE__V1__BASKET_RESUME__INIT;
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;
    struct link_answer answer = { .outcome = LINK_OK, .reply = &resumed.base, .sentence = "" };
    struct spooled row = { .op = OP(BASKET_RESUME), .takes_basket = true };
    size_t count;

    put_aside(&d);
    refuse(&d);
    answer_park(&d);
    asked.has_parked_id = true;
    asked.parked_id = 704;
    row.body = message_encode(&asked.base, d.arena);
    memset(row.id, 0x51, sizeof(row.id));
    assert_true(basket_save(d.spool, bytes_of_text("")) && spool_put(d.spool, &row));
    desk_restart(&d);
    desk_sign_in(&d);
    counter_events.on_recovered(&d.counter, OP(BASKET_RESUME), row.id, &answer);
    desk_sees(&d, "the basket is here again: it was paid by Voucher 10.00, card 12.64 (approval");
    spool_not_booked(d.spool, d.arena, &count);
    assert_int_equal(count, 0);
    desk_close(&d);
}

/* The lock, a sign-out, and twenty that wait: none of them loses the basket. */
static void a_locked_till_parks_when_it_is_open(void **state)
{
    (void)state;
    struct desk d;
    put_aside(&d);
    scripted_session(d.link, "Ana", true);
    refuse(&d);
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    scripted_session(d.link, NULL, false);
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    assert_int_equal(spool_aside_count(d.spool), 1);
    desk_restart(&d);
    assert_int_equal(spool_aside_count(d.spool), 1);
    desk_sees_not(&d, "without a connection"); /* the till alone cannot, and nobody asked it */
    desk_golden(&d, "aside-sign-in");
    desk_sees(&d, "NOT BOOKED: 22.64");
    desk_sign_in(&d); /* parks by itself */
    assert_int_not_equal(parking(&d)->basket->n_lines, 0);
    answer_park(&d);
    desk_sees(&d, "NOT BOOKED, parked for Ana");
    assert_int_equal(spool_aside_count(d.spool), 0);
    desk_close(&d);
}

static void a_park_that_is_refused_is_tried_again(void **state)
{
    (void)state;
    struct desk d;
    put_aside(&d);
    refuse(&d);
    scripted_refuse(d.link, OP(BASKET_PARK), CODE(SESSION_LOCKED), "the session is locked", NULL, NULL);
    assert_int_equal(spool_aside_count(d.spool), 1);
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    scripted_session(d.link, "Ana", true);
    scripted_session(d.link, "Ana", false);
    parking(&d);
    scripted_refuse(d.link, OP(BASKET_PARK), CODE(PARKED_FULL), "20 of your baskets wait already", NULL, NULL);
    desk_sees(&d, "its basket stays on this till");
    assert_int_equal(spool_aside_count(d.spool), 1);
    open_list(&d); /* one is taken up: there is room */
    desk_type(&d, K_ENTER);
    resume(&d);
    parking(&d);
    answer_park(&d);
    assert_int_equal(spool_aside_count(d.spool), 0);
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    desk_close(&d);
}

/* Whose it was is erased before it is booked, and their baskets are not parked: it waits as nobody's, and not for ever here. */
static void whose_member_was_erased_is_parked_without_them(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    bakery_take_vouchers(d.catalogue, 3);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, "10" K_F10);
    desk_type(&d, K_ENTER);
    lose_the_line_and_go_on(&d);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    scripted_refuse(d.link, OP(SALE_RING_UP), CODE(UNKNOWN_MEMBER), "no such member", NULL, NULL);
    assert_true(parking(&d)->basket->has_member_id);
    scripted_refuse(d.link, OP(BASKET_PARK), CODE(UNKNOWN_MEMBER), "no such member", NULL, NULL);
    assert_false(parking(&d)->basket->has_member_id);
    assert_int_not_equal(parking(&d)->basket->n_lines, 0);
    answer_park(&d);
    assert_int_equal(spool_aside_count(d.spool), 0);
    desk_sees(&d, "NOT BOOKED, parked for Ana");
    desk_close(&d);
}

/* The power goes before the command is on the disk, and the same one is sent; or behind it, and none is. */
static void one_basket_is_parked_once(void **state)
{
    (void)state;
    struct desk d;
    put_aside(&d);
    scripted_session(d.link, "Ana", true);
    refuse(&d);
    uint8_t id[COMMAND_ID_SIZE];
    memset(id, 0x42, sizeof(id));
    const struct put_aside *aside = spool_aside_refused(d.spool, 0, d.arena);
    assert_true(spool_aside_parks(d.spool, aside->id, id));
    desk_restart(&d);
    desk_sign_in(&d);
    parking(&d);
    aside = spool_aside_refused(d.spool, 0, d.arena);
    assert_memory_equal(aside->park_id, id, sizeof(id));
    assert_non_null(spool_find(d.spool, id, d.arena));
    scripted_session(d.link, "Ana", true); /* and it is under way */
    scripted_session(d.link, "Ana", false);
    answer_park(&d);
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    assert_int_equal(spool_aside_count(d.spool), 0);
    desk_close(&d);
}

/* ---- prices that changed meanwhile ---- */

static const Caroline__V1__SaleOffline *booking(struct desk *d)
{
    return (const Caroline__V1__SaleOffline *)scripted_request(d->link, OP(SALE_OFFLINE),
                                                               &caroline__v1__sale_offline__descriptor);
}

static void change_prices(struct desk *d, int64_t croissant_minor)
{
    bakery_raise(d->catalogue, 2, croissant_minor, 5);
    catalogue_forget(d->catalogue, 6); /* as after a restart */
    scripted_catalogue(d->link, d->catalogue);
}

static void cash_is_booked_as_it_was_told(void **state)
{
    (void)state;
    struct desk d;
    put_aside_cash(&d);
    change_prices(&d, 295);
    refuse(&d);
    const Caroline__V1__SaleOffline *sale = booking(&d);
    assert_int_equal(sale->total_minor, 2264);
    assert_int_equal(sale->basket->discount->amount_minor, 300);
    assert_int_equal(sale->tenders[0]->amount_minor, 5000);
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    assert_int_equal(spool_aside_count(d.spool), 0);
    desk_sees(&d, "is 3X-000001, for the 22.64 that were told");
    desk_golden(&d, "aside-as-told");
    desk_close(&d);
}

/* The money lies in the drawer of who took it, whoever has put it aside. */
static void it_stays_the_sale_of_who_sold_it(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;

    desk_open_paying(&d);
    int64_t ana = (int64_t)link_session(d.link)->staff->id, hers = d.counter.shift.id;
    desk_type(&d, "50" K_ENTER);
    scripted_session(d.link, NULL, false);
    desk_type(&d, "Ben");
    desk_type(&d, K_ENTER);
    desk_type(&d, "8261");
    desk_type(&d, K_ENTER);
    scripted_session(d.link, "Ben", false);
    scripted_answer(d.link, OP(SESSION_OPEN), &opened.base);
    shift.has_open = shift.open = shift.has_shift_id = true;
    shift.shift_id = (uint64_t)hers + 1;
    scripted_answer(d.link, OP(SHIFT_SHOW), &shift.base);
    lose_the_line_and_go_on(&d);
    refuse(&d);
    assert_int_equal(booking(&d)->staff_id, ana);
    assert_int_equal(booking(&d)->shift_id, hers);
    desk_close(&d);
}

/* Nobody but the server can spend points: they stay, and the customer pays what they were told all the same. */
static void what_was_free_is_taken_off(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "115" K_ENTER);
    desk_type(&d, "112" K_ENTER);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F5);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ENTER);
    lose_the_line_and_go_on(&d);
    refuse(&d);
    const Caroline__V1__SaleOffline *sale = booking(&d);
    assert_int_equal(sale->total_minor, 195);
    assert_int_equal(sale->basket->n_rewards, 0);
    assert_int_equal(sale->basket->discount->amount_minor, 120);
    assert_int_equal(spool_aside_count(d.spool), 0);
    desk_close(&d);
}

/* Nothing can be put on top: the difference is said, and the server lists it, for it knows the version. */
static void what_cannot_be_booked_as_told_says_by_how_much(void **state)
{
    (void)state;
    struct desk d;
    put_aside_cash(&d);
    change_prices(&d, 95);
    refuse(&d);
    const Caroline__V1__SaleOffline *sale = booking(&d);
    assert_int_equal(sale->total_minor, 1964);
    assert_int_equal(sale->basket->catalogue_version, 1);
    desk_sees(&d, "is 3X-000001, for 19.64: 3.00 less than");
    assert_int_equal(spool_aside_count(d.spool), 0);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(why_it_is_not_booked_stays_until_it_is_seen),
        cmocka_unit_test(who_takes_it_up_is_told_what_was_paid),
        cmocka_unit_test(what_was_parked_before_a_restart_is_told_and_seen),
        cmocka_unit_test(what_is_more_than_a_record_is_parked_and_does_not_stay_for_ever),
        cmocka_unit_test(what_has_an_answer_that_nobody_can_read_is_left_alone),
        cmocka_unit_test(who_takes_it_up_and_loses_the_power_is_told_all_the_same),
        cmocka_unit_test(a_locked_till_parks_when_it_is_open),
        cmocka_unit_test(a_park_that_is_refused_is_tried_again),
        cmocka_unit_test(whose_member_was_erased_is_parked_without_them),
        cmocka_unit_test(one_basket_is_parked_once),
        cmocka_unit_test(cash_is_booked_as_it_was_told),
        cmocka_unit_test(it_stays_the_sale_of_who_sold_it),
        cmocka_unit_test(what_was_free_is_taken_off),
        cmocka_unit_test(what_cannot_be_booked_as_told_says_by_how_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
