/* What the member avoids, at the counter: nothing is sold unsaid, no key by habit sells it, and no scan is lost unheard. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name)     CAROLINE__V1__OP__OP_##name
#define REFUSE(name) CAROLINE__V1__ERROR_CODE__##name
#define ECLAIR       "73513537"      /* may contain nuts */
#define CROISSANT    "4006381333931" /* does not */
#define COOKIE       "115" K_ENTER   /* contains nuts */

enum { MIA = 77, NUTS = 8 };

static Caroline__V1__Member mia(uint32_t *avoids, size_t count)
{
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;

    member.has_id = member.has_name = member.has_points = true;
    member.id = MIA;
    member.name = counter_text("Mia Stone");
    member.points = 230;
    member.avoids = avoids;
    member.n_avoids = count;
    return member;
}

static void attach(struct desk *d)
{
    uint32_t avoids[] = { NUTS };
    Caroline__V1__Member member = mia(avoids, 1), *members[] = { &member };
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    found.members = members;
    found.n_members = 1;
    desk_type(d, K_F4);
    desk_type(d, "mia");
    desk_type(d, K_ENTER);
    scripted_answer(d->link, OP(MEMBER_FIND), &found.base);
    desk_type(d, K_ENTER);
}

static void open_with_mia(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    attach(d);
}

static bool asks(const struct desk *d)
{
    return stage_top(&d->counter.stage) == &avoids_screen;
}

static void what_is_added_is_asked_about_at_once(void **state)
{
    (void)state;
    struct desk d;

    open_with_mia(&d);
    desk_scan(&d, CROISSANT);
    assert_false(asks(&d));
    desk_scan(&d, ECLAIR);
    assert_true(asks(&d));
    desk_golden(&d, "avoids");
    /* neither Enter nor Esc nor anything that is pressed by habit sells it */
    desk_type(&d, K_ENTER);
    desk_type(&d, K_ESC);
    desk_type(&d, K_F2);
    desk_type(&d, K_F8);
    desk_type(&d, "1" K_ENTER);
    assert_true(asks(&d));
    assert_int_equal(d.counter.basket.lines[1].told, 0);
    /* a scan meanwhile is refused, and heard */
    desk_scan(&d, CROISSANT);
    assert_true(asks(&d));
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_sees(&d, "was not taken: answer this first");
    desk_type(&d, K_F9);
    assert_false(asks(&d));
    assert_int_equal(d.counter.basket.lines[1].told, 1 << NUTS);
    assert_false(d.counter.basket.lines[1].voided);
    /* more of what was told is told */
    desk_scan(&d, ECLAIR);
    assert_false(asks(&d));
    desk_close(&d);
}

static void who_comes_later_is_asked_about_what_is_there(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, COOKIE);
    desk_scan(&d, CROISSANT);
    desk_scan(&d, ECLAIR);
    attach(&d);
    assert_true(asks(&d));
    desk_sees(&d, "Almond Cookie has something that Mia Stone avoids.");
    desk_type(&d, K_F3);
    assert_true(d.counter.basket.lines[0].voided);
    assert_true(asks(&d));
    desk_sees(&d, "Éclair au chocolat has something");
    desk_type(&d, K_F9);
    assert_false(asks(&d));
    /* taken in again, it is asked about anew */
    desk_type(&d, K_UP K_UP);
    desk_type(&d, K_F3);
    assert_true(asks(&d));
    desk_close(&d);
}

static const Caroline__V1__Basket *quoted_basket(struct desk *d)
{
    return ((const Caroline__V1__SaleQuote *)scripted_request(d->link, OP(SALE_QUOTE),
                                                              &caroline__v1__sale_quote__descriptor))
        ->basket;
}

static void what_was_told_is_told_to_the_server_and_forgotten_by_another(void **state)
{
    (void)state;
    struct desk d;

    open_with_mia(&d);
    desk_type(&d, COOKIE);
    desk_type(&d, K_F9);
    desk_type(&d, K_F2);
    const Caroline__V1__Basket *asked = quoted_basket(&d);
    assert_int_equal(asked->lines[0]->n_allergens_told, 1);
    assert_int_equal(asked->lines[0]->allergens_told[0], NUTS);
    desk_quote(&d);
    desk_type(&d, K_ESC);
    /* a basket that waits says nothing of it, and asks again */
    open_basket_set_member(&d.counter.basket, 78, "Bea", 0, false);
    assert_int_equal(d.counter.basket.lines[0].told, 0);
    desk_close(&d);
}

static void a_basket_that_was_heard_is_left_out_with_a_reason(void **state)
{
    (void)state;
    struct desk d;

    open_with_mia(&d);
    desk_scan(&d, CROISSANT);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ESC);
    desk_type(&d, COOKIE);
    assert_true(asks(&d));
    desk_type(&d, K_F3);
    assert_ptr_equal(stage_top(&d.counter.stage), &void_screen);
    desk_type(&d, K_ESC); /* no reason: it is asked again, at the next tick */
    counter_tick(&d.counter, d.now_us, true);
    assert_true(asks(&d));
    desk_close(&d);
}

/* The till's copy is old: the server knows of more. */
static void the_servers_word_is_asked_about(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__AllergenLine line = CAROLINE__V1__ALLERGEN_LINE__INIT, *lines[] = { &line };
    Caroline__V1__AllergensMet met = CAROLINE__V1__ALLERGENS_MET__INIT;
    uint32_t milk[] = { 7 };

    open_with_mia(&d);
    desk_scan(&d, CROISSANT);
    desk_type(&d, K_F2);
    line.has_line = true;
    line.contains = milk;
    line.n_contains = 1;
    met.lines = lines;
    met.n_lines = 1;
    scripted_refuse(d.link, OP(SALE_QUOTE), REFUSE(ALLERGEN_AVOIDED), "line 1: Croissant has something", NULL,
                    &met.base);
    assert_true(asks(&d));
    desk_sees(&d, "milk");
    desk_type(&d, K_F9);
    desk_type(&d, K_F2);
    assert_int_equal(quoted_basket(&d)->lines[0]->n_allergens_told, 1);
    desk_close(&d);
}

/* It comes to the till while it asks for money: before that is taken it is asked. */
static void nobody_pays_for_what_was_not_told(void **state)
{
    (void)state;
    struct desk d;
    uint32_t avoids[] = { NUTS };
    Caroline__V1__Member member = mia(avoids, 1);
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, COOKIE);
    assert_false(asks(&d)); /* nothing is known of her */
    member_refresh(&d.counter);
    shown.member = &member;
    scripted_answer(d.link, OP(MEMBER_SHOW), &shown.base);
    assert_true(asks(&d));
    member.n_avoids = 0; /* that was a mistake, and was put right elsewhere */
    member_refresh(&d.counter);
    scripted_answer(d.link, OP(MEMBER_SHOW), &shown.base);
    assert_false(asks(&d));
    desk_type(&d, K_F2);
    assert_true(scripted_asked(d.link, OP(SALE_QUOTE)));
    desk_close(&d);
}

static void it_is_asked_without_the_server_as_well(void **state)
{
    (void)state;
    struct desk d;

    open_with_mia(&d);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
    desk_type(&d, COOKIE);
    assert_true(asks(&d));
    desk_type(&d, K_F9);
    desk_type(&d, K_F2);
    desk_type(&d, "5" K_ENTER);
    const Caroline__V1__SaleOffline *sale = (const Caroline__V1__SaleOffline *)scripted_request(
        d.link, OP(SALE_OFFLINE), &caroline__v1__sale_offline__descriptor);
    assert_int_equal(sale->basket->lines[0]->n_allergens_told, 1);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_is_asked_about_at_once),
        cmocka_unit_test(who_comes_later_is_asked_about_what_is_there),
        cmocka_unit_test(what_was_told_is_told_to_the_server_and_forgotten_by_another),
        cmocka_unit_test(a_basket_that_was_heard_is_left_out_with_a_reason),
        cmocka_unit_test(the_servers_word_is_asked_about),
        cmocka_unit_test(nobody_pays_for_what_was_not_told),
        cmocka_unit_test(it_is_asked_without_the_server_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
