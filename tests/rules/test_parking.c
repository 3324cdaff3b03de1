/* Which baskets may wait, and by which line one is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/parked.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CARD         "4111  1111 1111 1111"
#define LINE(id, milli, ...)                                                                                           \
    {                                                                                                                  \
        .product_id = (id), .quantity_milli = (milli), __VA_ARGS__                                                     \
    }

static struct discount off(const char *reason)
{
    return (struct discount){ .given = true, .value = 100000, .reason = bytes_of_text(reason) };
}

static void a_basket_waits_or_is_told_why_not(void **state)
{
    struct small_shop *s = small_shop_open();
    const struct {
        const char *what;
        struct basket_line lines[3];
        size_t count, waiting;
        struct discount whole;
        enum park_verdict verdict;
        const char *field;
    } cases[] = {
        { "one cookie", { LINE(COOKIE, 1000) }, 1, 0, { 0 }, PARK_OK, NULL },
        { "all that a line can have",
          { LINE(COOKIE, 2000, .hot = true), LINE(CAKE, 1000, .voided = true, .void_reason = bytes_of_text("dropped")),
            LINE(CHEESE, 350, .discount = off("old")) },
          3,
          PARKED_MAX - 1,
          off("neighbour"),
          PARK_OK,
          NULL },
        { "no longer sold, sold out: the quote says so",
          { LINE(OLD_CAKE, 1000), LINE(SOLD_CAKE, 1000) },
          2,
          0,
          { 0 },
          PARK_OK,
          NULL },
        { "nothing", { { 0 } }, 0, 0, { 0 }, PARK_EMPTY, "basket.lines" },
        { "nothing but what was taken back",
          { LINE(COOKIE, 1000, .voided = true) },
          1,
          0,
          { 0 },
          PARK_EMPTY,
          "basket.lines" },
        { "goods that never were",
          { LINE(COOKIE, 1000), LINE(99, 1000) },
          2,
          0,
          { 0 },
          PARK_UNKNOWN_PRODUCT,
          "basket.lines[1].product_id" },
        { "an id beyond ids", { LINE(-1, 1000) }, 1, 0, { 0 }, PARK_UNKNOWN_PRODUCT, "basket.lines[0].product_id" },
        { "half a cookie", { LINE(COOKIE, 500) }, 1, 0, { 0 }, PARK_BAD_QUANTITY, "basket.lines[0].quantity_milli" },
        { "none of it", { LINE(CHEESE, 0) }, 1, 0, { 0 }, PARK_BAD_QUANTITY, "basket.lines[0].quantity_milli" },
        { "too much of it",
          { LINE(CHEESE, 1000000001) },
          1,
          0,
          { 0 },
          PARK_BAD_QUANTITY,
          "basket.lines[0].quantity_milli" },
        { "a card's number where a line was taken back",
          { LINE(COOKIE, 1000), LINE(COOKIE, 1000, .voided = true, .void_reason = bytes_of_text(CARD)) },
          2,
          0,
          { 0 },
          PARK_SECRET,
          "basket.lines[1].void_reason" },
        { "the same on a line that stands",
          { LINE(COOKIE, 1000, .void_reason = bytes_of_text(CARD)) },
          1,
          0,
          { 0 },
          PARK_SECRET,
          "basket.lines[0].void_reason" },
        { "in a line's note",
          { LINE(COOKIE, 1000, .note = bytes_of_text(CARD)) },
          1,
          0,
          { 0 },
          PARK_SECRET,
          "basket.lines[0].note" },
        { "in a line's discount",
          { LINE(COOKIE, 1000, .discount = off(CARD)) },
          1,
          0,
          { 0 },
          PARK_SECRET,
          "basket.lines[0].discount" },
        { "in the receipt's", { LINE(COOKIE, 1000) }, 1, 0, off(CARD), PARK_SECRET, "basket.discount" },
        { "the last place", { LINE(COOKIE, 1000) }, 1, PARKED_MAX - 1, { 0 }, PARK_OK, NULL },
        { "no place", { LINE(COOKIE, 1000) }, 1, PARKED_MAX, { 0 }, PARK_FULL, NULL },
        { "no place, and wrong",
          { LINE(COOKIE, 1) },
          1,
          PARKED_MAX,
          { 0 },
          PARK_BAD_QUANTITY,
          "basket.lines[0].quantity_milli" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct basket basket = { .lines = cases[i].lines, .line_count = cases[i].count, .discount = cases[i].whole };
        const char *field = "untouched";
        enum park_verdict verdict = basket_park_check(&basket, s->catalogue, cases[i].waiting, s->arena, &field);

        if (verdict != cases[i].verdict)
            fail_msg("%s: verdict %d", cases[i].what, verdict);
        if (cases[i].field == NULL)
            assert_null(field);
        else
            assert_string_equal(field, cases[i].field);
    }
    small_shop_close(s);
}

/* At a kiosk nobody decides what a counter decides. */
static void a_kiosk_leaves_goods_and_what_is_chosen_of_them(void **state)
{
    struct small_shop *s = small_shop_open();
    const struct basket_reward chosen[] = { { .number = 1, .line = REWARD_DEAREST } };
    const uint32_t rewards[] = { REWARD_DEAREST };
    const struct basket_coupon coupons[] = { { 0 } };
    const struct {
        const char *what;
        struct basket_line line;
        struct basket rest;
        size_t waiting;
        enum park_verdict verdict;
        const char *field;
    } cases[] = {
        { "a cookie, warm, with a note",
          LINE(COOKIE, 1000, .hot = true, .note = bytes_of_text("well done")),
          { 0 },
          0,
          PARK_OK,
          NULL },
        { "the last place", LINE(COOKIE, 1000), { 0 }, LEFT_MAX - 1, PARK_OK, NULL },
        { "no place", LINE(COOKIE, 1000), { 0 }, LEFT_MAX, PARK_FULL, NULL },
        { "half a cookie", LINE(COOKIE, 500), { 0 }, 0, PARK_BAD_QUANTITY, "basket.lines[0].quantity_milli" },
        { "a card's number",
          LINE(COOKIE, 1000, .note = bytes_of_text(CARD)),
          { 0 },
          0,
          PARK_SECRET,
          "basket.lines[0].note" },
        { "of a version to come",
          LINE(COOKIE, 1000),
          { .catalogue_version = 1 },
          0,
          PARK_VERSION_UNKNOWN,
          "basket.catalogue_version" },
        { "of no version",
          LINE(COOKIE, 1000),
          { .catalogue_version = -catalogue_newest(s->catalogue) },
          0,
          PARK_VERSION_UNKNOWN,
          "basket.catalogue_version" },
        { "somebody's", LINE(COOKIE, 1000), { .member_id = 5 }, 0, PARK_NOT_THERE, "basket.member_id" },
        { "somebody's beyond ids", LINE(COOKIE, 1000), { .member_id = -1 }, 0, PARK_NOT_THERE, "basket.member_id" },
        { "for less", LINE(COOKIE, 1000), { .discount = off("x") }, 0, PARK_NOT_THERE, "basket.discount" },
        { "with a coupon",
          LINE(COOKIE, 1000),
          { .coupons = coupons, .coupon_count = 1 },
          0,
          PARK_NOT_THERE,
          "basket.coupons" },
        { "for points",
          LINE(COOKIE, 1000),
          { .rewards = rewards, .reward_count = 1 },
          0,
          PARK_NOT_THERE,
          "basket.rewards" },
        { "for points, by a rule",
          LINE(COOKIE, 1000),
          { .chosen = chosen, .chosen_count = 1 },
          0,
          PARK_NOT_THERE,
          "basket.rewards" },
        { "taken back", LINE(COOKIE, 1000, .voided = true), { 0 }, 0, PARK_NOT_THERE, "basket.lines[0].voided" },
        { "a reason",
          LINE(COOKIE, 1000, .void_reason = bytes_of_text("x")),
          { 0 },
          0,
          PARK_NOT_THERE,
          "basket.lines[0].voided" },
        { "an empty", LINE(COOKIE, -1000), { 0 }, 0, PARK_NOT_THERE, "basket.lines[0].quantity_milli" },
        { "a line for less",
          LINE(COOKIE, 1000, .discount = off("x")),
          { 0 },
          0,
          PARK_NOT_THERE,
          "basket.lines[0].discount" },
        { "at a price",
          LINE(COOKIE, 1000, .choice = { .keyed = true, .keyed_minor = 1 }),
          { 0 },
          0,
          PARK_NOT_THERE,
          "basket.lines[0].keyed_price_minor" },
        { "told of nuts",
          LINE(COOKIE, 1000, .told = 1 << 8),
          { 0 },
          0,
          PARK_NOT_THERE,
          "basket.lines[0].allergens_told" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct basket basket = cases[i].rest;
        const char *field = "untouched";

        basket.lines = &cases[i].line;
        basket.line_count = 1;
        basket.catalogue_version += catalogue_newest(s->catalogue);
        enum park_verdict verdict = basket_leave_check(&basket, s->catalogue, cases[i].waiting, NOW, s->arena, &field);
        if (verdict != cases[i].verdict)
            fail_msg("%s: verdict %d", cases[i].what, verdict);
        if (cases[i].field == NULL)
            assert_null(field);
        else
            assert_string_equal(field, cases[i].field);
    }
    const struct basket none = { .catalogue_version = catalogue_newest(s->catalogue) };
    assert_int_equal(basket_leave_check(&none, s->catalogue, 0, NOW, s->arena, &(const char *){ NULL }), PARK_EMPTY);
    small_shop_close(s);
}

static void it_may_have_two_hundred_lines(void **state)
{
    static struct basket_line lines[BASKET_LINES_MAX + 1];
    struct small_shop *s = small_shop_open();
    struct basket basket = { .lines = lines, .line_count = BASKET_LINES_MAX };
    const char *field;

    (void)state;
    for (size_t i = 0; i <= BASKET_LINES_MAX; i++)
        lines[i] = (struct basket_line){ .product_id = ROLL, .quantity_milli = 1000 };
    assert_int_equal(basket_park_check(&basket, s->catalogue, 0, s->arena, &field), PARK_OK);
    basket.line_count++;
    assert_int_equal(basket_park_check(&basket, s->catalogue, 0, s->arena, &field), PARK_TOO_LONG);
    assert_string_equal(field, "basket.lines");
    small_shop_close(s);
}

static void it_is_known_by_the_first_line_that_stands(void **state)
{
    const struct basket_line lines[] = { { .product_id = CAKE, .voided = true },
                                         { .product_id = ROLL },
                                         { .product_id = CAKE, .voided = true },
                                         { .product_id = COOKIE } };
    size_t first = 77;

    (void)state;
    assert_int_equal(basket_standing(&(struct basket){ .lines = lines, .line_count = 4 }, &first), 2);
    assert_int_equal(first, 1);
    first = 77;
    assert_int_equal(basket_standing(&(struct basket){ .lines = lines, .line_count = 1 }, &first), 0);
    assert_int_equal(first, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_basket_waits_or_is_told_why_not),
        cmocka_unit_test(a_kiosk_leaves_goods_and_what_is_chosen_of_them),
        cmocka_unit_test(it_may_have_two_hundred_lines),
        cmocka_unit_test(it_is_known_by_the_first_line_that_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
