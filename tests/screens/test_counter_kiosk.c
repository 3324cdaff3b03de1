/* What the kiosk leaves to the counter: baskets under a number, codes for members, and who signed up. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"
#include "proto/kiosk.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static int before(void **state)
{
    static struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    *state = &d;
    return 0;
}

static int after(void **state)
{
    desk_close(*state);
    return 0;
}

static void open_list(struct desk *d)
{
    Caroline__V1__ParkedBaskets none = CAROLINE__V1__PARKED_BASKETS__INIT;

    scripted_answer(d->link, OP(BASKET_PARKED), &none.base); /* of the sign-in */
    desk_type(d, K_F12);
    desk_type(d, K_F3);
    scripted_answer(d->link, OP(BASKET_PARKED), &none.base);
}

static void B19_a_kiosks_basket_is_called_up_by_its_number(void **state)
{
    struct desk *d = *state;
    Caroline__V1__BasketLine line = CAROLINE__V1__BASKET_LINE__INIT, *lines[] = { &line };
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;

    open_list(d);
    desk_golden(d, "parked-kiosk");
    desk_type(d, "47");
    desk_sees(d, "Enter Take it up");
    desk_type(d, K_ENTER);
    const Caroline__V1__BasketResume *asked = (const Caroline__V1__BasketResume *)scripted_request(
        d->link, OP(BASKET_RESUME), &caroline__v1__basket_resume__descriptor);
    assert_true(asked->has_number && asked->number == 47 && !asked->has_parked_id && !asked->throw_away);
    line.has_product_id = line.has_quantity_milli = true;
    line.product_id = 1;
    line.quantity_milli = 2000;
    basket.lines = lines;
    basket.n_lines = 1;
    basket.has_catalogue_version = true;
    basket.catalogue_version = 1;
    resumed.basket = &basket;
    resumed.has_kiosk = true;
    resumed.kiosk = counter_text("beside the door");
    scripted_answer(d->link, OP(BASKET_RESUME), &resumed.base);
    desk_sees(d, "the basket from the kiosk is here: beside the door");
    desk_sees(d, "Croissant");
}

static void a_number_that_is_none_or_gone_is_said_to_be(void **state)
{
    struct desk *d = *state;

    open_list(d);
    desk_type(d, "4x");
    desk_type(d, K_ENTER);
    desk_sees(d, "a kiosk's number has digits alone");
    assert_false(scripted_asked(d->link, OP(BASKET_RESUME)));
    desk_type(d, "\025"
                 "48");
    desk_type(d, K_ENTER);
    scripted_refuse(d->link, OP(BASKET_RESUME), CAROLINE__V1__ERROR_CODE__KIOSK_BASKET_GONE, "no basket waits under 48",
                    NULL, NULL);
    desk_sees(d, "no basket waits under 48");
    desk_type(d, "49");
    desk_type(d, K_ENTER);
    assert_true(scripted_asked(d->link, OP(BASKET_RESUME)));
}

static void B20_a_member_gets_a_code_for_the_kiosk(void **state)
{
    struct desk *d = *state;
    Caroline__V1__MemberCodeMade made = CAROLINE__V1__MEMBER_CODE_MADE__INIT;

    desk_find_members(d);
    desk_sees(d, "F10 Kiosk code");
    desk_type(d, K_F10);
    const Caroline__V1__MemberCodeMake *asked = (const Caroline__V1__MemberCodeMake *)scripted_request(
        d->link, OP(MEMBER_CODE_MAKE), &caroline__v1__member_code_make__descriptor);
    assert_int_equal(asked->member_id, 77);
    made.has_code = true;
    made.code = counter_text("12345678");
    scripted_answer(d->link, OP(MEMBER_CODE_MAKE), &made.base);
    desk_sees(d, "the code for the kiosk: 1234 5678");
}

static void who_signed_up_at_the_kiosk_is_admitted(void **state)
{
    struct desk *d = *state;
    Caroline__V1__MemberAdmitted admitted = CAROLINE__V1__MEMBER_ADMITTED__INIT;

    desk_type(d, K_F4);
    desk_sees_not(d, "From the kiosk");
    desk_type(d, "51");
    desk_sees(d, "F11 From the kiosk");
    desk_type(d, K_F11);
    const Caroline__V1__MemberAdmit *asked = (const Caroline__V1__MemberAdmit *)scripted_request(
        d->link, OP(MEMBER_ADMIT), &caroline__v1__member_admit__descriptor);
    assert_int_equal(asked->number, 51);
    admitted.has_member_id = admitted.has_created = admitted.has_points = true;
    admitted.member_id = 90;
    admitted.created = true;
    admitted.points = 20;
    scripted_answer(d->link, OP(MEMBER_ADMIT), &admitted.base);
    desk_sees(d, "a member now, with 20 points");
    assert_int_equal(d->counter.basket.member_id, 90);
    assert_true(scripted_asked(d->link, OP(MEMBER_SHOW)));
}

#define AT_THE_DESK(test) cmocka_unit_test_setup_teardown(test, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_THE_DESK(B19_a_kiosks_basket_is_called_up_by_its_number),
        AT_THE_DESK(a_number_that_is_none_or_gone_is_said_to_be),
        AT_THE_DESK(B20_a_member_gets_a_code_for_the_kiosk),
        AT_THE_DESK(who_signed_up_at_the_kiosk_is_admitted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
