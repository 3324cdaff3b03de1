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

/* A lot that a sale earned into, and the sale comes back. */
static void what_comes_back_takes_what_is_left_and_nothing_that_expired(void **state)
{
    static const struct {
        const char *when;
        int64_t remaining, expired, points;      /* of the lot; that the sale earned */
        int64_t taken, gone, owed, after, still; /* what is left of the lot then, and has expired of it */
    } cases[] = {
        { "nothing was spent", 30, 0, 20, 20, 0, 0, 10, 0 },
        { "all is left, and no more", 20, 0, 20, 20, 0, 0, 0, 0 },
        { "some of it was spent", 15, 0, 20, 15, 0, 5, -5, 0 },
        { "all of it was", 0, 0, 20, 0, 0, 20, -20, 0 },
        { "a debt was there before", -7, 0, 20, 0, 0, 20, -27, 0 },
        { "all expired", 0, 20, 20, 0, 20, 0, 0, 0 },
        { "another's of that day too", 0, 50, 20, 0, 20, 0, 0, 30 },
        { "a part was spent, the rest expired", 0, 12, 20, 0, 12, 8, -8, 0 },
        { "what came back behind its last day is left, too", 9, 12, 20, 9, 11, 0, 0, 1 },
        { "what is left goes first", 20, 12, 20, 20, 0, 0, 0, 12 },
        { "a debt, and some expired since", -7, 12, 20, 0, 12, 8, -15, 0 },
        { "a debt, and more expired since", -7, 40, 20, 0, 20, 0, -7, 20 },
        { "it earned nothing", 5, 6, 0, 0, 0, 0, 5, 6 },
        { "as much as there can be", 0, POINTS_MAX, POINTS_MAX, 0, POINTS_MAX, 0, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct purse p = purse_open();
        struct points_back back = points_back_of(cases[i].remaining, cases[i].expired, cases[i].points);
        int64_t sum = 0;

        print_message("%s\n", cases[i].when);
        assert_int_equal(back.taken, cases[i].taken);
        assert_int_equal(back.gone, cases[i].gone);
        assert_int_equal(back.owed, cases[i].owed);
        add(&p, 10, 1, 3);
        p.member.points = p.member.lots[0].remaining = cases[i].remaining;
        p.member.lots[0].expired = cases[i].expired;
        p.rows.count = 0;
        assert_int_equal(points_take_back(&p.member, 3, cases[i].points, p.arena, &p.rows), cases[i].gone);
        assert_int_equal(p.member.lots[0].remaining, cases[i].after);
        assert_int_equal(p.member.lots[0].expired, cases[i].still);
        assert_int_equal(p.member.lots[0].expired_changed, cases[i].gone != 0);
        assert_int_equal(p.member.points, cases[i].after);
        for (size_t row = 0; row < p.rows.count; row++) {
            assert_int_equal(p.rows.rows[row].kind, row == 0 ? POINTS_TAKEN_BACK : POINTS_GONE);
            sum += p.rows.rows[row].points;
        }
        assert_int_equal(cases[i].remaining + sum, cases[i].after);
        arena_destroy(p.arena);
    }
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
        cmocka_unit_test(what_comes_back_takes_what_is_left_and_nothing_that_expired),
        cmocka_unit_test(a_lot_can_be_spent_on_its_last_day_and_not_after),
        cmocka_unit_test(what_is_earned_is_floored_and_never_less_than_nothing),
        cmocka_unit_test(the_birthday_is_given_once_a_year),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
