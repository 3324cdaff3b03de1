/* A receipt for a member afterwards: as if they had been shown when it was rung up, and only where it may be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "common/rules/sale_attach.h"
#include "drawn.h"
#include "small_shop.h"

#define TERM(...)                                                                                                      \
    {                                                                                                                  \
        .name = "term", .weekdays = 127, .until_minute = 1440, __VA_ARGS__                                             \
    }

/* ---- against a sale with the member ---- */

#define LINES_MAX   4
#define REFUNDS_MAX 4

/* What is drawn for a case. */
struct drawn_case {
    struct basket_line lines[LINES_MAX];
    size_t line_count;
    struct refund_line refunds[REFUNDS_MAX][LINES_MAX];     /* lines that come back at once */
    size_t refund_lines[REFUNDS_MAX], refund_count, before; /* before: so many of them come before it is given */
    int64_t spent_minor;                                    /* by the member, in the months of tiers */
    bool birthday, given, has_lot;                          /* today is; it was given this year; today's lot is there */
    bool by_terms;
    int32_t days;        /* until it is given */
    int64_t free_pieces; /* by a coupon; 0: none is used */
};

enum { COUPON = 71, CAMPAIGN = 81 };

static void put_coupon(struct small_shop *s, int64_t pieces)
{
    struct coupon_state *coupon = arena_alloc(s->arena, sizeof *coupon);
    struct coupon_campaign *campaign = arena_alloc(s->arena, sizeof *campaign);

    *coupon = (struct coupon_state){ .id = COUPON, .campaign_id = CAMPAIGN, .number = 7 };
    *campaign = (struct coupon_campaign){ .terms = { .id = CAMPAIGN,
                                                     .name = "Autumn",
                                                     .gift = COUPON_FREE_PIECES,
                                                     .value = pieces,
                                                     .weekdays = 127,
                                                     .until_minute = 1440,
                                                     .active = true } };
    s->set.coupons = coupon;
    s->set.campaigns = campaign;
    s->set.coupon_count = s->set.campaign_count = 1;
}

static struct small_shop *open_shop(const struct drawn_case *k)
{
    static const int64_t cookies[] = { COOKIES }, rolls[] = { ROLL };
    static const struct programme_term terms[] = {
        TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_MONEY, .value = 7, .goods = TERM_GOODS_THESE,
             .category_ids = cookies, .category_count = 1),
        TERM(.kind = TERM_EARN, .number = 2, .gives = EARN_PER_UNIT, .value = 3, .goods = TERM_GOODS_OTHERS,
             .product_ids = rolls, .product_count = 1),
        TERM(.kind = TERM_EARN, .number = 3, .gives = EARN_PER_VISIT, .value = 5, .tier = 1),
        TERM(.kind = TERM_EARN, .number = 4, .gives = EARN_PER_MONEY, .value = 10, .tier = 2),
        TERM(.kind = TERM_TIER, .number = 1, .value = 10000),
        TERM(.kind = TERM_TIER, .number = 2, .value = 20000),
    };
    struct small_shop *s = small_shop_open();
    const int64_t lots[][2] = { { -30, 40 }, { 0, 11 } };

    catalogue_put_programme(s->catalogue, VERSION + 1,
                            &(struct programme){ .id = 1,
                                                 .birthday_points = 100,
                                                 .points_per_unit = 10,
                                                 .lot_days = 365,
                                                 .reward_cost = 100,
                                                 .reward_category_id = COOKIES,
                                                 .tier_months = 12,
                                                 .terms = terms,
                                                 .term_count = k->by_terms ? 6 : 0 });
    catalogue_seal(s->catalogue, VERSION + 1, NOW.us - 1);
    for (int i = 0; i < PRODUCTS; i++)
        s->stock[i].on_hand_milli = 1000000;
    if (k->free_pieces > 0)
        put_coupon(s, k->free_pieces);
    small_shop_member(s, 1, BERND, lots, k->has_lot ? 2 : 1);
    struct member_state *member = &s->members[1];
    member->tier = (uint8_t)programme_tier(catalogue_programme(s->catalogue, VERSION + 1), k->spent_minor);
    member->birthday_today = k->birthday;
    member->birthday_year = k->given ? 2025 : 2024;
    return s;
}

static void sell(struct small_shop *s, const struct drawn_case *k, int64_t member_id, struct sale_rows *sale)
{
    struct tender cash = { .kind = TENDER_CASH };
    const struct basket_coupon coupon = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct sale_command command = {
        .aim = SALE_TO_PRICE,
        .basket = { .catalogue_version = VERSION + 1,
                    .lines = k->lines,
                    .line_count = k->line_count,
                    .member_id = member_id,
                    .coupons = &coupon,
                    .coupon_count = k->free_pieces > 0 },
        .tenders = &cash,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
    };

    assert_int_equal(sale_decide(&command, &s->set, NOW, sale), SALE_OK);
    cash.amount_minor = command.shown_total_minor = sale->total_minor;
    command.tender_count = sale->total_minor > 0;
    command.aim = SALE_TO_BOOK;
    assert_int_equal(sale_decide(&command, &s->set, NOW, sale), SALE_OK);
    small_shop_remember(s, sale);
}

static void give_back(struct small_shop *s, const struct drawn_case *k, size_t at)
{
    struct sale_rows back;
    struct refund_command command = { .original = s->original.number,
                                      .lines = k->refunds[at],
                                      .line_count = k->refund_lines[at],
                                      .device_id = TILL,
                                      .series = 'T',
                                      .number = 43 + (int64_t)at,
                                      .sale_id = 52 + (int64_t)at };

    assert_int_equal(refund_decide(&command, &s->set, NOW, &back), SALE_OK);
}

static struct attach_past past_of(struct small_shop *s, const struct drawn_case *k)
{
    int64_t *category_ids = arena_array(s->arena, s->original.line_count, sizeof *category_ids);
    struct attach_back *backs = arena_array(s->arena, REFUNDS_MAX, sizeof *backs);

    for (size_t i = 0; i < s->original.line_count; i++)
        category_ids[i] = catalogue_product(s->catalogue, VERSION + 1, s->original.lines[i].product_id)->category_id;
    for (size_t i = 0; i < k->before; i++)
        backs[i] = (struct attach_back){ .sale_id = 52 + (int64_t)i,
                                         .lines = k->refunds[i],
                                         .line_count = k->refund_lines[i] };
    return (struct attach_past){ .at = NOW,
                                 .made = NOW,
                                 .joined = { NOW.us - 1 },
                                 .programme = catalogue_programme(s->catalogue, VERSION + 1),
                                 .category_ids = category_ids,
                                 .spent_minor = k->spent_minor,
                                 .backs = backs,
                                 .back_count = k->before };
}

/* What the database says of it from then on. */
static void remember_given(struct small_shop *s, const struct attach_rows *rows)
{
    struct original_lot *lot = arena_alloc(s->arena, sizeof *lot);
    const struct attach_row *sale = &rows->rows[0];

    for (size_t i = 0; i < sale->points.count; i++)
        if (sale->points.rows[i].kind == POINTS_EARNED)
            *lot =
                (struct original_lot){ .lot_id = sale->points.rows[i].lot_id, .earned = sale->points.rows[i].points };
    s->original.lots = lot;
    s->original.lot_count = lot->lot_id != 0;
    s->original.earnings = sale->earnings;
    s->original.earning_count = sale->earning_count;
}

static void give(struct small_shop *s, const struct drawn_case *k)
{
    const struct attach_command command = { .member_id = BERND, .days = 14, .new_lot_id = 61 };
    const struct attach_past past = past_of(s, k);
    const struct instant now = { NOW.us + k->days * DAY_S * SECOND_US };
    struct attach_rows rows;
    int64_t earned = 0;

    assert_int_equal(attach_decide(&command, &s->original, &past, &s->set, now, &rows), SALE_OK);
    assert_int_equal(rows.member_id, BERND);
    assert_int_equal(rows.row_count, 1 + k->before);
    for (size_t i = 0; i < rows.row_count; i++) {
        assert_int_equal(rows.rows[i].sale_id, 51 + (int64_t)i);
        assert_true(i == 0 ? rows.rows[i].points_earned >= 0 : rows.rows[i].points_earned <= 0);
        earned += rows.rows[i].points_earned;
    }
    assert_int_equal(rows.points_earned, earned);
    remember_given(s, &rows);
}

static void same_member(const struct member_state *shown, const struct member_state *given)
{
    assert_int_equal(given->points, shown->points);
    assert_int_equal(given->birthday_year, shown->birthday_year);
    assert_int_equal(given->lot_count, shown->lot_count);
    for (size_t i = 0; i < shown->lot_count; i++) {
        assert_int_equal(given->lots[i].origin.number, shown->lots[i].origin.number);
        assert_int_equal(given->lots[i].expiry.number, shown->lots[i].expiry.number);
        assert_int_equal(given->lots[i].remaining, shown->lots[i].remaining);
    }
}

static void draw_refunds(struct drawn_case *k)
{
    int64_t left[LINES_MAX];

    for (size_t i = 0; i < k->line_count; i++)
        left[i] = k->lines[i].quantity_milli;
    for (size_t at = (size_t)below(REFUNDS_MAX + 1); at > 0; at--) {
        size_t r = k->refund_count;

        for (size_t i = 0; i < k->line_count; i++) {
            int64_t most = left[i] / 1000, pieces = most == 0 ? 0 : below(most + 1);

            if (pieces == 0)
                continue;
            left[i] -= pieces * 1000;
            k->refunds[r][k->refund_lines[r]++] =
                (struct refund_line){ .line = (uint32_t)i, .quantity_milli = pieces * 1000 };
        }
        k->refund_count += k->refund_lines[r] > 0; /* without lines it would be all */
    }
    k->before = (size_t)below((int64_t)k->refund_count + 1);
}

static struct drawn_case draw_case(void)
{
    static const int64_t goods[] = { COOKIE, CAKE, ROLL };
    struct drawn_case k = { .line_count = 1 + (size_t)below(LINES_MAX) };

    for (size_t i = 0; i < k.line_count; i++)
        k.lines[i] = (struct basket_line){ .product_id = goods[below(3)], .quantity_milli = 1000 * (1 + below(4)) };
    draw_refunds(&k);
    k.spent_minor = below(30000);
    k.birthday = below(3) == 0;
    k.given = below(2) == 0;
    k.has_lot = below(2) == 0;
    k.by_terms = below(2) == 0;
    k.days = (int32_t)below(15);
    k.free_pieces = below(3) == 0 ? 1 + below(3) : 0;
    return k;
}

static void is_as_if_they_had_been_shown(void **state)
{
    (void)state;
    draw_begin();
    for (int run = 0; run < 3000; run++) {
        const struct drawn_case k = draw_case();
        struct small_shop *shown = open_shop(&k), *given = open_shop(&k);
        struct sale_rows one, other;

        sell(shown, &k, BERND, &one);
        sell(given, &k, 0, &other);
        for (size_t i = 0; i < k.before; i++) {
            give_back(shown, &k, i);
            give_back(given, &k, i);
        }
        give(given, &k);
        same_member(&shown->members[1], &given->members[1]);
        for (size_t i = k.before; i < k.refund_count; i++) {
            give_back(shown, &k, i);
            give_back(given, &k, i);
            same_member(&shown->members[1], &given->members[1]);
        }
        small_shop_close(shown);
        small_shop_close(given);
    }
}

/* ---- whether it may be ---- */

static const struct drawn_case a_cake = { .lines = { { .product_id = CAKE, .quantity_milli = 1000 } },
                                          .line_count = 1 };

static const struct {
    const char *what;
    int64_t member_id;
    uint32_t days;
    int32_t later; /* days */
    enum sale_verdict verdict;
    const char *field;
    enum { AS_IT_IS, UNKNOWN, A_REFUND, ITS_MEMBERS, DEPOSIT, HOUSE, UNSOUND } strange;
} cases[] = {
    { "the same day", BERND, 14, 0, SALE_OK, NULL, AS_IT_IS },
    { "the last day", BERND, 14, 14, SALE_OK, NULL, AS_IT_IS },
    { "a day late", BERND, 14, 15, SALE_ATTACH_LATE, "receipt_number", AS_IT_IS },
    { "of one day, the next", BERND, 1, 1, SALE_OK, NULL, AS_IT_IS },
    { "of one day, the second", BERND, 1, 2, SALE_ATTACH_LATE, "receipt_number", AS_IT_IS },
    { "a year", BERND, ATTACH_DAYS_MAX, ATTACH_DAYS_MAX, SALE_OK, NULL, AS_IT_IS },
    { "never", BERND, 0, 0, SALE_ATTACH_OFF, NULL, AS_IT_IS },
    { "nobody", 4711, 14, 0, SALE_UNKNOWN_MEMBER, "member_id", AS_IT_IS },
    { "no receipt", BERND, 14, 0, SALE_UNKNOWN_SALE, "receipt_number", UNKNOWN },
    { "a refund", BERND, 14, 0, SALE_ATTACH_NOT_POSSIBLE, "receipt_number", A_REFUND },
    { "somebody's", BERND, 14, 0, SALE_HAS_MEMBER, "receipt_number", ITS_MEMBERS },
    { "a bottle alone", BERND, 14, 0, SALE_ATTACH_NOT_POSSIBLE, "receipt_number", DEPOSIT },
    { "the house paid a part", BERND, 14, 0, SALE_ATTACH_NOT_POSSIBLE, "receipt_number", HOUSE },
    { "does not add up", BERND, 14, 0, SALE_ATTACH_NOT_POSSIBLE, "receipt_number", UNSOUND },
};

static void may_be_where_it_may_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct small_shop *s = open_shop(&a_cake);
        const struct attach_command command = { .member_id = cases[i].member_id,
                                                .days = cases[i].days,
                                                .new_lot_id = 61 };
        struct sale_rows sale;
        struct attach_rows rows;

        print_message("%s\n", cases[i].what);
        sell(s, &a_cake, 0, &sale);
        const struct attach_past past = past_of(s, &a_cake);
        if (cases[i].strange == A_REFUND)
            s->original.kind = SALE_REFUND;
        if (cases[i].strange == ITS_MEMBERS)
            s->original.member_id = ANNA;
        if (cases[i].strange == DEPOSIT)
            s->original.lines[0].flags |= LINE_DEPOSIT;
        if (cases[i].strange == UNSOUND)
            s->original.lines[0].coupon_milli = 2 * s->original.lines[0].quantity_milli;
        const struct original_tender paid[] = { { .kind = TENDER_CASH, .amount_minor = 800 },
                                                { .position = 1, .kind = TENDER_HOUSE, .amount_minor = 100 } };
        if (cases[i].strange == HOUSE) {
            s->original.tenders = paid;
            s->original.tender_count = 2;
        }
        int64_t before = s->members[1].points;
        assert_int_equal(attach_decide(&command, cases[i].strange == UNKNOWN ? NULL : &s->original, &past, &s->set,
                                       (struct instant){ NOW.us + cases[i].later * DAY_S * SECOND_US }, &rows),
                         cases[i].verdict);
        if (cases[i].verdict == SALE_OK) {
            assert_int_equal(s->members[1].points, before + 90);
            assert_int_equal(rows.expiry.number, zone_day(zone_utc(), NOW).number + 365); /* as of the sale's day */
            assert_int_equal(s->original.member_id, BERND);
        } else {
            assert_int_equal(s->members[1].points, before);
            assert_non_null(rows.sentence);
            assert_true(cases[i].field == NULL ? rows.field == NULL : strcmp(rows.field, cases[i].field) == 0);
        }
        small_shop_close(s);
    }
}

static void is_done_once(void **state)
{
    struct small_shop *s = open_shop(&a_cake);
    const struct attach_command bernds = { .member_id = BERND, .days = 14, .new_lot_id = 61 },
                                annas = { .member_id = ANNA, .days = 14, .new_lot_id = 62 };
    struct sale_rows sale;
    struct attach_rows rows;

    (void)state;
    sell(s, &a_cake, 0, &sale);
    const struct attach_past past = past_of(s, &a_cake);
    assert_int_equal(attach_decide(&bernds, &s->original, &past, &s->set, NOW, &rows), SALE_OK);
    assert_int_equal(attach_decide(&annas, &s->original, &past, &s->set, NOW, &rows), SALE_HAS_MEMBER);
    assert_int_equal(attach_decide(&bernds, &s->original, &past, &s->set, NOW, &rows), SALE_HAS_MEMBER);
    assert_int_equal(s->members[0].points, 150);
    small_shop_close(s);
}

/* Nothing is worked out of a day on which they were no member, but what the receipt earns. */
static void who_joined_since_gets_no_birthday(void **state)
{
    const struct drawn_case k = { .lines = { { .product_id = CAKE, .quantity_milli = 1000 } },
                                  .line_count = 1,
                                  .birthday = true };
    const struct attach_command command = { .member_id = BERND, .days = 14, .new_lot_id = 61 };

    (void)state;
    for (int joined = 0; joined < 2; joined++) {
        struct small_shop *s = open_shop(&k);
        struct sale_rows sale;
        struct attach_rows rows;

        sell(s, &k, 0, &sale);
        struct attach_past past = past_of(s, &k);
        past.joined.us = NOW.us + (joined == 0 ? 0 : 1);
        assert_int_equal(attach_decide(&command, &s->original, &past, &s->set, NOW, &rows), SALE_OK);
        assert_int_equal(rows.points_gifted, joined == 0 ? 100 : 0);
        assert_int_equal(rows.points_earned, 90);
        assert_int_equal(s->members[1].birthday_year, joined == 0 ? 2025 : 2024);
        small_shop_close(s);
    }
}

/* Of who was merged into another, that one's; what it comes to is not more than an account holds. */
static void goes_to_whoever_they_are_now_and_within_bounds(void **state)
{
    struct small_shop *s = open_shop(&a_cake);
    const struct attach_command command = { .member_id = ANNA, .days = 14, .new_lot_id = 61 };
    struct sale_rows sale;
    struct attach_rows rows;

    (void)state;
    sell(s, &a_cake, 0, &sale);
    const struct attach_past past = past_of(s, &a_cake);
    s->members[0].merged_into = BERND;
    s->members[1].points = POINTS_MAX + 1;
    assert_int_equal(attach_decide(&command, &s->original, &past, &s->set, NOW, &rows), SALE_AMOUNT_OVERFLOW);
    s->members[1].points = 51;
    assert_int_equal(attach_decide(&command, &s->original, &past, &s->set, NOW, &rows), SALE_OK);
    assert_int_equal(rows.member_id, BERND);
    assert_int_equal(s->members[0].points, 150);
    small_shop_close(s);
}

/* 9.00, and 7 % of it on top: points are for what was paid. A bag that was charged with it is paid, and gives none. */
static void tax_on_top_is_paid_and_charges_give_nothing(void **state)
{
    static const struct {
        bool included, bag;
        int64_t points;
    } rows[] = { { true, false, 90 }, { false, false, 96 }, { true, true, 88 }, { false, true, 94 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small_shop *s = open_shop(&a_cake);
        const struct attach_command command = { .member_id = BERND, .days = 14, .new_lot_id = 61 };
        struct original_line lines[2];
        struct sale_rows sale;
        struct attach_rows rows_given;

        sell(s, &a_cake, 0, &sale);
        lines[0] = s->original.lines[0];
        lines[0].gross_minor = lines[0].total_minor = 900 - (rows[i].bag ? 20 : 0);
        lines[0].tax_minor = rows[i].included ? 59 : 63 - (rows[i].bag ? 1 : 0); /* 8.80 x 7 % = 0.62 */
        lines[1] =
            (struct original_line){ .product_id = ROLL, .line = 1, .quantity_milli = 1000, .goods_line = NO_LINE };
        lines[1].gross_minor = lines[1].total_minor = 20;
        lines[1].tax_minor = 1;
        lines[1].flags = LINE_CHARGE;
        s->original.lines = lines;
        s->original.line_count = rows[i].bag ? 2 : 1;
        s->original.prices_include_tax = rows[i].included;
        s->original.total_minor = rows[i].included ? 900 : 963;
        const struct attach_past past = past_of(s, &a_cake);
        assert_int_equal(attach_decide(&command, &s->original, &past, &s->set, NOW, &rows_given), SALE_OK);
        assert_int_equal(rows_given.points_earned, rows[i].points);
        small_shop_close(s);
    }
}

/* A shop without a programme gives no points; who bought is known from then on all the same. */
static void without_a_programme_it_earns_nothing(void **state)
{
    struct small_shop *s = open_shop(&a_cake);
    const struct attach_command command = { .member_id = BERND, .days = 14, .new_lot_id = 61 };
    struct sale_rows sale;
    struct attach_rows rows;
    struct instant from, until;

    (void)state;
    sell(s, &a_cake, 0, &sale);
    struct attach_past past = past_of(s, &a_cake);
    past.programme = NULL;
    int64_t before = s->members[1].points;
    assert_false(attach_months(&past, zone_utc(), &from, &until));
    assert_int_equal(attach_decide(&command, &s->original, &past, &s->set, NOW, &rows), SALE_OK);
    assert_int_equal(rows.points_earned + rows.points_gifted, 0);
    assert_false(rows.has_lot);
    assert_true(s->members[1].changed);
    assert_int_equal(s->members[1].points, before);
    assert_int_equal(s->original.member_id, BERND);
    small_shop_close(s);
}

/* Tiers matter where points are given by them; a reward that is kept for one gives none. */
static void a_tier_is_asked_for_where_it_earns(void **state)
{
    static const struct {
        const char *what;
        struct programme_term terms[2];
        bool asked;
    } rows[] = {
        { "a rule for all, and a tier", { TERM(.kind = TERM_EARN), TERM(.kind = TERM_TIER) }, false },
        { "a rule for a tier", { TERM(.kind = TERM_EARN, .tier = 1), TERM(.kind = TERM_TIER) }, true },
        { "a reward for one", { TERM(.kind = TERM_REWARD, .tier = 1), TERM(.kind = TERM_EARN) }, false },
        { "a rule behind it", { TERM(.kind = TERM_REWARD, .tier = 1), TERM(.kind = TERM_EARN, .tier = 2) }, true },
    };
    struct instant from, until;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct programme programme = { .tier_months = 12, .terms = rows[i].terms, .term_count = 2 };
        const struct attach_past past = { .at = NOW, .programme = &programme };

        print_message("%s\n", rows[i].what);
        assert_int_equal(attach_months(&past, zone_utc(), &from, &until), rows[i].asked);
    }
}

/* Points that cannot be counted are none, and nothing has changed. */
static void points_beyond_an_account_are_refused(void **state)
{
    static const struct {
        const char *what;
        int64_t per_unit, birthday;
        enum sale_verdict verdict;
    } rows[] = {
        { "as many as an account has, for 9.00", POINTS_MAX / 9, 0, SALE_OK },
        { "one more for each unit", POINTS_MAX / 9 + 1, 0, SALE_AMOUNT_OVERFLOW },
        { "more than are counted", INT64_MAX, 0, SALE_AMOUNT_OVERFLOW },
        { "a birthday's", 10, POINTS_MAX + 1, SALE_AMOUNT_OVERFLOW },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small_shop *s = open_shop(&a_cake);
        const struct attach_command command = { .member_id = BERND, .days = 14, .new_lot_id = 61 };
        const struct programme programme = { .points_per_unit = rows[i].per_unit,
                                             .birthday_points = rows[i].birthday,
                                             .lot_days = 365 };
        struct sale_rows sale;
        struct attach_rows rows_given;

        print_message("%s\n", rows[i].what);
        sell(s, &a_cake, 0, &sale);
        struct attach_past past = past_of(s, &a_cake);
        past.programme = &programme;
        s->members[1].birthday_today = rows[i].birthday > 0;
        int64_t before = s->members[1].points;
        assert_int_equal(attach_decide(&command, &s->original, &past, &s->set, NOW, &rows_given), rows[i].verdict);
        if (rows[i].verdict != SALE_OK) {
            assert_int_equal(s->members[1].points, before);
            assert_int_equal(s->original.member_id, 0);
        }
        small_shop_close(s);
    }
}

/* By the clock of the till that printed it, where it can be believed; a member's months end at the midnight before. */
static void rules_by_the_hour_go_by_when_it_was_priced(void **state)
{
    static const struct programme_term morning[] = {
        TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_VISIT, .value = 1000, .tier = 1),
        TERM(.kind = TERM_EARN, .number = 2, .gives = EARN_PER_VISIT, .value = 5),
        TERM(.kind = TERM_TIER, .number = 1, .value = 1),
    };
    struct programme_term terms[3];
    struct programme programme = {
        .points_per_unit = 10, .lot_days = 1, .tier_months = 2, .terms = terms, .term_count = 3
    };
    static const struct {
        int64_t made_us;
        char series;
        int64_t points;
    } times[] = {
        { 0, 'T', 95 },              /* 08:26 is before nine */
        { 34 * MINUTE_US, 'T', 95 }, /* a clock that cannot be: the server's holds */
        { -10 * MINUTE_US, 'T', 95 },
        { 34 * MINUTE_US, 'X', 90 }, /* it was sold offline */
        { -DAY_S * SECOND_US, 'X', 95 },
    };
    struct instant from, until;

    (void)state;
    memcpy(terms, morning, sizeof terms);
    terms[1].until_minute = 9 * 60;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct small_shop *s = open_shop(&a_cake);
        const struct attach_command command = { .member_id = BERND, .days = 14, .new_lot_id = 61 };
        struct sale_rows sale;
        struct attach_rows rows;

        sell(s, &a_cake, 0, &sale);
        struct attach_past past = past_of(s, &a_cake);
        past.programme = &programme;
        past.made.us = NOW.us + times[i].made_us;
        s->original.number.series = times[i].series;
        assert_int_equal(attach_decide(&command, &s->original, &past, &s->set, NOW, &rows), SALE_OK);
        assert_int_equal(rows.points_earned, times[i].points);
        assert_true(attach_months(&past, zone_utc(), &from, &until));
        assert_int_equal(until.us, zone_day_start(zone_utc(), zone_day(zone_utc(), NOW)).us);
        assert_int_equal(zone_day(zone_utc(), from).number,
                         day_of_date((struct date){ .year = 2025, .month = 9, .day = 23 }).number);
        past.programme = catalogue_programme(s->catalogue, VERSION + 1);
        assert_false(attach_months(&past, zone_utc(), &from, &until));
        small_shop_close(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_as_if_they_had_been_shown),
        cmocka_unit_test(may_be_where_it_may_be),
        cmocka_unit_test(is_done_once),
        cmocka_unit_test(who_joined_since_gets_no_birthday),
        cmocka_unit_test(goes_to_whoever_they_are_now_and_within_bounds),
        cmocka_unit_test(tax_on_top_is_paid_and_charges_give_nothing),
        cmocka_unit_test(without_a_programme_it_earns_nothing),
        cmocka_unit_test(a_tier_is_asked_for_where_it_earns),
        cmocka_unit_test(points_beyond_an_account_are_refused),
        cmocka_unit_test(rules_by_the_hour_go_by_when_it_was_priced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
