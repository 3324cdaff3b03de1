/* Points lots by themselves: where they stand, how they grow, what is found in them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/points.h"

static const struct programme programme = { .id = 1, .points_per_unit = 10, .lot_days = 365 };
static const struct day today = { .number = 20000 };

struct purse {
    struct arena *arena;
    struct member_state member;
    struct points_rows rows;
};

static struct purse purse_open(void)
{
    return (struct purse){ .arena = arena_create(0), .member = { .id = 31 } };
}

static void add(struct purse *p, int32_t day, int64_t points, int64_t lot_id)
{
    points_add(&p->member, &programme, POINTS_EARNED, points, (struct day){ day }, lot_id, p->arena, &p->rows);
}

static void lots_stand_by_expiry_whatever_their_order_of_making(void **state)
{
    static const int32_t days[] = { 50, 10, 40, 20, 30, 60, 5, 55, 15, 45 };
    struct purse p = purse_open();

    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        add(&p, days[i], days[i], 100 + (int64_t)i);
    assert_int_equal(p.member.lot_count, 10);
    assert_int_equal(p.member.points, 330);
    for (size_t i = 1; i < p.member.lot_count; i++)
        assert_true(p.member.lots[i - 1].expiry.number < p.member.lots[i].expiry.number);
    assert_int_equal(p.rows.count, 10); /* its list of rows has grown twice, and kept what it had */
    assert_int_equal(p.rows.rows[0].points, 50);
    assert_int_equal(p.rows.rows[9].lot_id, 109);
    arena_destroy(p.arena);
}

static void lots_of_one_expiry_stand_by_id(void **state)
{
    struct purse p = purse_open();
    struct points_lot lots[4] = { { .id = 7, .origin = { 1 }, .expiry = { today.number + 365 }, .remaining = 5 } };

    (void)state;
    p.member.lots = lots;
    p.member.lot_count = 1;
    p.member.lot_capacity = 4;
    p.member.points = 5;
    add(&p, today.number, 10, 3);
    assert_int_equal(p.member.lots[0].id, 3);
    assert_int_equal(p.member.lots[1].id, 7);
    arena_destroy(p.arena);
    p = purse_open();
    p.member.lots = lots;
    lots[0] = (struct points_lot){ .id = 7, .origin = { 1 }, .expiry = { today.number + 365 }, .remaining = 5 };
    p.member.lot_count = 1;
    p.member.lot_capacity = 4;
    add(&p, today.number, 10, 9);
    assert_int_equal(p.member.lots[0].id, 7);
    assert_int_equal(p.member.lots[1].id, 9);
    arena_destroy(p.arena);
}

static void a_lot_of_the_day_is_added_to(void **state)
{
    struct purse p = purse_open();

    (void)state;
    add(&p, today.number, 10, 3);
    add(&p, today.number, 5, 4);
    add(&p, today.number, 0, 5);
    assert_int_equal(p.member.lot_count, 1);
    assert_int_equal(p.member.lots[0].id, 3);
    assert_int_equal(p.member.lots[0].remaining, 15);
    assert_int_equal(p.rows.count, 2);
    arena_destroy(p.arena);
}

static void spending_passes_over_debts_empty_lots_and_expired_ones(void **state)
{
    struct purse p = purse_open();

    (void)state;
    add(&p, today.number - 400, 30, 1); /* expired 35 days ago */
    add(&p, today.number - 300, 20, 2);
    add(&p, today.number - 200, 40, 3);
    add(&p, today.number - 100, 50, 4);
    points_return(&p.member, 2, POINTS_TAKEN_BACK, -20, p.arena, &p.rows);
    points_return(&p.member, 3, POINTS_TAKEN_BACK, -55, p.arena, &p.rows); /* a debt of 15 */
    assert_int_equal(points_spendable(&p.member, today), 35);
    p.rows.count = 0;
    points_spend(&p.member, 35, today, p.arena, &p.rows);
    assert_int_equal(p.rows.count, 1);
    assert_int_equal(p.rows.rows[0].lot_id, 4);
    assert_int_equal(p.rows.rows[0].points, -35);
    assert_int_equal(points_spendable(&p.member, today), 0);
    points_spend(&p.member, 0, today, p.arena, &p.rows);
    assert_int_equal(p.rows.count, 1);
    arena_destroy(p.arena);
}

static void a_lot_can_be_spent_on_its_last_day_and_not_after(void **state)
{
    struct purse p = purse_open();

    (void)state;
    add(&p, today.number - 365, 10, 1);
    assert_int_equal(points_spendable(&p.member, today), 10);
    assert_int_equal(points_spendable(&p.member, (struct day){ today.number + 1 }), 0);
    arena_destroy(p.arena);
}

static void what_is_earned_is_floored_and_never_less_than_nothing(void **state)
{
    static const struct {
        int64_t minor, per_unit;
        unsigned exponent;
        int64_t points;
    } cases[] = {
        { 99, 10, 2, 9 },   { 100, 10, 2, 10 }, { 9, 10, 2, 0 },     { 0, 10, 2, 0 },
        { -500, 10, 2, 0 }, { 7, 3, 0, 21 },    { 1234, 10, 3, 12 }, { 500, 0, 2, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct programme one = { .points_per_unit = cases[i].per_unit };
        int64_t points = -1;

        assert_true(points_earned(&one, cases[i].minor, cases[i].exponent, &points));
        assert_int_equal(points, cases[i].points);
    }
    int64_t points = -1;
    assert_false(points_earned(&(struct programme){ .points_per_unit = INT64_MAX }, 1000, 2, &points));
}

static void the_birthday_is_given_once_a_year(void **state)
{
    const struct programme gives = { .birthday_points = 100 };
    int32_t year = date_of_day(today).year;

    (void)state;
    assert_int_equal(points_birthday(&gives, &(struct member_state){ .birthday_today = true }, today), 100);
    assert_int_equal(points_birthday(&gives, &(struct member_state){ 0 }, today), 0);
    struct member_state member = { .birthday_today = true, .birthday_year = year - 1 };
    assert_int_equal(points_birthday(&gives, &member, today), 100);
    member.birthday_year = year;
    assert_int_equal(points_birthday(&gives, &member, today), 0);
    member.birthday_year = year + 1; /* the clock was set back */
    assert_int_equal(points_birthday(&gives, &member, today), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lots_stand_by_expiry_whatever_their_order_of_making),
        cmocka_unit_test(lots_of_one_expiry_stand_by_id),
        cmocka_unit_test(a_lot_of_the_day_is_added_to),
        cmocka_unit_test(spending_passes_over_debts_empty_lots_and_expired_ones),
        cmocka_unit_test(a_lot_can_be_spent_on_its_last_day_and_not_after),
        cmocka_unit_test(what_is_earned_is_floored_and_never_less_than_nothing),
        cmocka_unit_test(the_birthday_is_given_once_a_year),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
