/* A member who owes points: a refund took back what they had spent. The cashier reads a debt, and no number below nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void points_that_are_owed_are_said_to_be(void **state)
{
    static const struct {
        int64_t points;
        const char *said;
    } cases[] = {
        { 230, "230 points" },  { 1, "1 point" },          { 0, "0 points" },
        { -1, "owes 1 point" }, { -30, "owes 30 points" }, { INT64_MIN + 1, "owes 9223372036854775807 points" },
    };
    char text[NUMBER_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(counter_points(text, cases[i].points), cases[i].said);
}

static void find_who_owes(struct desk *d)
{
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT, ana = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__Member *members[] = { &mia, &ana };
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    mia.has_id = mia.has_name = mia.has_phone = mia.has_points = true;
    mia.id = 77;
    mia.name = counter_text("Mia Stone");
    mia.phone = counter_text("+49 30 5550100");
    mia.points = -30;
    ana = mia;
    ana.id = 78;
    ana.name = counter_text("Mia Lund");
    ana.points = -1230;
    found.members = members;
    found.n_members = 2;
    desk_type(d, K_F4);
    desk_type(d, "mia");
    desk_type(d, K_ENTER);
    scripted_answer(d->link, OP(MEMBER_FIND), &found.base);
}

static void B16_a_debt_is_shown_as_one_while_selling(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "112" K_ENTER);
    find_who_owes(&d);
    desk_sees(&d, "owes 1230 points");
    desk_golden(&d, "member-owes");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Mia Stone: owes 30 points");
    desk_golden(&d, "sale-owes");
    desk_type(&d, K_F5);
    desk_sees(&d, "not enough points: 100 are wanted, and 30 are owed");
    desk_type(&d, K_F2);
    desk_quote(&d); /* earns 19 of the 30 */
    desk_sees(&d, "Mia Stone: earns 19, spends 0, owes 11 after");
    desk_type(&d, K_ENTER);
    desk_rung_up(&d);
    desk_ring_up(&d, 195);
    desk_sees(&d, "owes 11 points now");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_that_are_owed_are_said_to_be),
        cmocka_unit_test(B16_a_debt_is_shown_as_one_while_selling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
