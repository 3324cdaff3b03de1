/* The usual basket of a member: one key behind the card's scan. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name
#define MIA      77
#define GOODS    4

static void answer_usual(struct desk *d, const Caroline__V1__UsualGood *goods, size_t count)
{
    Caroline__V1__MemberUsualShown shown = CAROLINE__V1__MEMBER_USUAL_SHOWN__INIT;
    Caroline__V1__UsualGood copies[GOODS], *all[GOODS];

    for (size_t i = 0; i < count; i++) {
        copies[i] = goods[i];
        all[i] = &copies[i];
    }
    shown.n_goods = count;
    shown.goods = all;
    scripted_answer(d->link, OP(MEMBER_USUAL), &shown.base);
}

static Caroline__V1__UsualGood good(uint64_t product_id, int64_t quantity_milli, Caroline__V1__UsualState state)
{
    Caroline__V1__UsualGood message = CAROLINE__V1__USUAL_GOOD__INIT;

    message.has_product_id = message.has_quantity_milli = message.has_state = true;
    message.product_id = product_id;
    message.quantity_milli = quantity_milli;
    message.state = state;
    return message;
}

static void open_with_mia(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    desk_find_members(d);
    desk_type(d, K_ENTER);
    desk_sees(d, "Home: the usual");
}

static void one_key_puts_the_usual_basket_in(void **state)
{
    (void)state;
    struct desk d;
    open_with_mia(&d);
    desk_type(&d, K_HOME);
    desk_type(&d, K_HOME); /* twice is once */
    const Caroline__V1__MemberUsual *asked = (const Caroline__V1__MemberUsual *)scripted_request(
        d.link, OP(MEMBER_USUAL), &caroline__v1__member_usual__descriptor);
    assert_int_equal(asked->id, MIA);
    const Caroline__V1__UsualGood goods[] = {
        good(1, 2000, CAROLINE__V1__USUAL_STATE__USUAL_TAKEN),
        good(BAKERY_COOKIE, 1000, CAROLINE__V1__USUAL_STATE__USUAL_TAKEN),
    };
    answer_usual(&d, goods, 2);
    assert_false(scripted_asked(d.link, OP(MEMBER_USUAL)));
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 2000);
    assert_int_equal(d.counter.basket.rows.total_minor, 2 * 195 + 120);
    desk_sees(&d, "the usual: 2 products");
    desk_type(&d, K_HOME);
    desk_sees(&d, "the usual is in this basket already");
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_type(&d, K_INS); /* another of the last */
    assert_int_equal(d.counter.basket.lines[1].quantity_milli, 2000);
    desk_close(&d);
}

static void what_is_not_there_is_named_and_left_out(void **state)
{
    (void)state;
    struct desk d;
    open_with_mia(&d);
    desk_type(&d, "3x114\r");
    desk_type(&d, K_HOME);
    const Caroline__V1__UsualGood goods[] = {
        good(1, 1000, CAROLINE__V1__USUAL_STATE__USUAL_TAKEN),
        good(BAKERY_SOLD_OUT, 1000, CAROLINE__V1__USUAL_STATE__USUAL_SOLD_OUT),
        good(BAKERY_BREAD, 350, CAROLINE__V1__USUAL_STATE__USUAL_WEIGHED),
        good(999, 1000, CAROLINE__V1__USUAL_STATE__USUAL_GONE),
    };
    answer_usual(&d, goods, 4);
    desk_golden(&d, "sale-usual");
    desk_sees(&d, "the usual, without Lemon Tart (sold out), Rye bread by weight (weigh it)");
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_close(&d);
}

static void what_this_till_knows_to_be_sold_out_stays_out(void **state)
{
    (void)state;
    struct desk d;
    open_with_mia(&d);
    desk_type(&d, K_HOME);
    const Caroline__V1__UsualGood goods[] = {
        good(BAKERY_SOLD_OUT, 1000, CAROLINE__V1__USUAL_STATE__USUAL_TAKEN),
        good(BAKERY_COOKIE, 500, CAROLINE__V1__USUAL_STATE__USUAL_TAKEN),
    };
    answer_usual(&d, goods, 2);
    desk_sees(&d, "nothing of the usual is there: Lemon Tart (sold out), Almond Cookie");
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_type(&d, K_HOME);
    answer_usual(&d, NULL, 0);
    desk_sees(&d, "nothing is usual yet");
    desk_sees_not(&d, "Home: the usual"); /* it was told */
    desk_type(&d, K_F4 K_F5);
    desk_find_members(&d);
    desk_type(&d, K_DOWN K_ENTER);
    desk_sees(&d, "Home: the usual"); /* of somebody else nothing is known */
    desk_close(&d);
}

static void who_is_asked_about_is_who_stands_here(void **state)
{
    (void)state;
    struct desk d;
    const Caroline__V1__UsualGood goods[] = { good(1, 1000, CAROLINE__V1__USUAL_STATE__USUAL_TAKEN) };

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_HOME);
    desk_sees(&d, "whose usual basket?");
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_HOME);
    desk_type(&d, K_F4 K_F5); /* gone again before the answer is here */
    answer_usual(&d, goods, 1);
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_HOME);
    scripted_fail(d.link, OP(MEMBER_USUAL), "no answer came");
    desk_sees(&d, "no answer came");
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_HOME);
    desk_sees(&d, "no connection: what is usual, the server knows");
    desk_close(&d);
}

static void what_is_typed_has_its_own_home(void **state)
{
    (void)state;
    struct desk d;
    open_with_mia(&d);
    desk_type(&d, "12");
    desk_type(&d, K_HOME);
    desk_type(&d, "1");
    assert_string_equal(d.counter.sale.entry.text, "112");
    assert_false(scripted_asked(d.link, OP(MEMBER_USUAL)));
    desk_close(&d);
}

static void who_may_not_see_members_sees_no_habits(void **state)
{
    (void)state;
    struct desk d;
    open_with_mia(&d);
    scripted_forbids(d.link, "member_see");
    desk_type(&d, K_HOME);
    desk_sees(&d, "your role does not see what members buy");
    assert_false(scripted_asked(d.link, OP(MEMBER_USUAL)));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_key_puts_the_usual_basket_in),
        cmocka_unit_test(what_is_not_there_is_named_and_left_out),
        cmocka_unit_test(what_this_till_knows_to_be_sold_out_stays_out),
        cmocka_unit_test(who_is_asked_about_is_who_stands_here),
        cmocka_unit_test(what_is_typed_has_its_own_home),
        cmocka_unit_test(who_may_not_see_members_sees_no_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
