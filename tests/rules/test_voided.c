/* What is kept of a basket that is thrown away, and what cannot be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "common/rules/voided.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CARD         "4111  1111 1111 1111"
#define LINE(id, milli, ...)                                                                                           \
    {                                                                                                                  \
        .product_id = (id), .quantity_milli = (milli), __VA_ARGS__                                                     \
    }
#define WHY(text) bytes_of_text(text)

static void a_basket_is_thrown_away_or_is_told_why_not(void **state)
{
    struct small_shop *s = small_shop_open();
    const struct {
        const char *what;
        const char *reason;
        struct basket_line lines[3];
        size_t count;
        enum voided_verdict verdict;
        const char *field;
        int64_t total_minor;
    } cases[] = {
        { "one cookie", "left", { LINE(COOKIE, 1000) }, 1, VOIDED_OK, NULL, 250 },
        { "what was taken back before counts, too",
          "left",
          { LINE(COOKIE, 2000, .hot = true), LINE(CAKE, 1000, .voided = true, .void_reason = WHY("dropped")),
            LINE(CHEESE, 350) },
          3,
          VOIDED_OK,
          NULL,
          500 + 900 + 452 }, /* 12.90 x 0.35 = 4.515 */
        { "nothing but what was taken back", "left", { LINE(COOKIE, 1000, .voided = true) }, 1, VOIDED_OK, NULL, 250 },
        { "discounts are no loss of goods",
          "left",
          { LINE(CAKE, 1000, .discount = { .given = true, .value = 1000000, .reason = WHY("free") }) },
          1,
          VOIDED_OK,
          NULL,
          900 },
        { "no longer sold, sold out",
          "left",
          { LINE(OLD_CAKE, 1000), LINE(SOLD_CAKE, 1000) },
          2,
          VOIDED_OK,
          NULL,
          200 },
        { "nothing", "left", { { 0 } }, 0, VOIDED_NOTHING, "basket.lines", 0 },
        { "without a reason", "", { LINE(COOKIE, 1000) }, 1, VOIDED_NO_REASON, "reason", 0 },
        { "for a reason that nobody can see",
          " \xe2\x80\x8b ",
          { LINE(COOKIE, 1000) },
          1,
          VOIDED_NO_REASON,
          "reason",
          0 },
        { "for a card's number", CARD, { LINE(COOKIE, 1000) }, 1, VOIDED_SECRET, "reason", 0 },
        { "which a line has",
          "left",
          { LINE(COOKIE, 1000), LINE(COOKIE, 1000, .voided = true, .void_reason = WHY(CARD)) },
          2,
          VOIDED_SECRET,
          "basket.lines[1].void_reason",
          0 },
        { "goods that never were",
          "left",
          { LINE(COOKIE, 1000), LINE(99, 1000) },
          2,
          VOIDED_UNKNOWN_PRODUCT,
          "basket.lines[1].product_id",
          0 },
        { "half a cookie", "left", { LINE(COOKIE, 500) }, 1, VOIDED_BAD_QUANTITY, "basket.lines[0].quantity_milli", 0 },
        { "none of it", "left", { LINE(CHEESE, 0) }, 1, VOIDED_BAD_QUANTITY, "basket.lines[0].quantity_milli", 0 },
        { "more than money can say",
          "left",
          { LINE(GOLD, 1000000) },
          1,
          VOIDED_OVERFLOW,
          "basket.lines[0].quantity_milli",
          0 },
        { "more than money can say, together",
          "left",
          { LINE(GOLD, 1000), LINE(GOLD, 1000) },
          2,
          VOIDED_OVERFLOW,
          "basket.lines[1].quantity_milli",
          0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct basket basket = { .catalogue_version = VERSION, .lines = cases[i].lines, .line_count = cases[i].count };
        const char *field = "untouched";
        struct voided voided;
        enum voided_verdict verdict =
            voided_basket(&basket, WHY(cases[i].reason), s->catalogue, NOW, s->arena, &voided, &field);

        if (verdict != cases[i].verdict)
            fail_msg("%s: verdict %d", cases[i].what, verdict);
        if (cases[i].field == NULL)
            assert_null(field);
        else
            assert_string_equal(field, cases[i].field);
        if (verdict == VOIDED_OK && (voided.total_minor != cases[i].total_minor || voided.line_count != cases[i].count))
            fail_msg("%s: %lld", cases[i].what, (long long)voided.total_minor);
    }
    small_shop_close(s);
}

static bool says(struct bytes text, const char *words)
{
    return bytes_equal(text, bytes_of_text(words));
}

static void lines_keep_what_they_were(void **state)
{
    struct small_shop *s = small_shop_open();
    const struct basket_line lines[] = { LINE(CHEESE, 350),
                                         LINE(CAKE, 1000, .voided = true, .void_reason = WHY("  on the   floor ")),
                                         LINE(ROLL, 3000, .void_reason = WHY("stands again")) };
    struct basket basket = { .catalogue_version = VERSION, .lines = lines, .line_count = 3 };
    struct voided voided;
    const char *field;

    (void)state;
    assert_int_equal(voided_basket(&basket, WHY(" no   money"), s->catalogue, NOW, s->arena, &voided, &field),
                     VOIDED_OK);
    assert_true(says(voided.reason, "no money"));
    assert_int_equal(voided.lines[0].unit_price_minor, 1290);
    assert_int_equal(voided.lines[0].gross_minor, 452);
    assert_int_equal(voided.lines[0].quantity_milli, 350);
    assert_false(voided.lines[0].before);
    assert_true(voided.lines[1].before);
    assert_true(says(voided.lines[1].reason, "on the floor"));
    assert_false(voided.lines[2].before);
    assert_int_equal(voided.lines[2].reason.size, 0);
    small_shop_close(s);
}

/* The prices are the basket's as long as it may be sold by them, then today's. */
static void it_costs_what_the_till_showed(void **state)
{
    struct small_shop *s = small_shop_open();
    const struct basket_line lines[] = { LINE(COOKIE, 1000) };
    struct basket basket = { .catalogue_version = VERSION, .lines = lines, .line_count = 1 };
    struct product cookie = *catalogue_product(s->catalogue, VERSION, COOKIE);
    struct voided voided;
    const char *field;

    (void)state;
    cookie.price_minor = 300;
    catalogue_put_product(s->catalogue, VERSION + 1, &cookie);
    catalogue_seal(s->catalogue, VERSION + 1, NOW.us);
    assert_int_equal(voided_basket(&basket, WHY("left"), s->catalogue, NOW, s->arena, &voided, &field), VOIDED_OK);
    assert_int_equal(voided.total_minor, 250);
    struct instant later = { NOW.us + VERSION_LIFE_US + SECOND_US };
    assert_int_equal(voided_basket(&basket, WHY("left"), s->catalogue, later, s->arena, &voided, &field), VOIDED_OK);
    assert_int_equal(voided.total_minor, 300);
    basket.catalogue_version = 0; /* of before there was one */
    assert_int_equal(voided_basket(&basket, WHY("left"), s->catalogue, NOW, s->arena, &voided, &field), VOIDED_OK);
    assert_int_equal(voided.total_minor, 300);
    small_shop_close(s);
}

static void it_may_have_two_hundred_lines(void **state)
{
    static struct basket_line lines[BASKET_LINES_MAX + 1];
    struct small_shop *s = small_shop_open();
    struct basket basket = { .lines = lines, .line_count = BASKET_LINES_MAX };
    struct voided voided;
    const char *field;

    (void)state;
    for (size_t i = 0; i <= BASKET_LINES_MAX; i++)
        lines[i] = (struct basket_line){ .product_id = ROLL, .quantity_milli = 1000 };
    assert_int_equal(voided_basket(&basket, WHY("left"), s->catalogue, NOW, s->arena, &voided, &field), VOIDED_OK);
    basket.line_count++;
    assert_int_equal(voided_basket(&basket, WHY("left"), s->catalogue, NOW, s->arena, &voided, &field),
                     VOIDED_TOO_LONG);
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_basket_is_thrown_away_or_is_told_why_not),
        cmocka_unit_test(lines_keep_what_they_were),
        cmocka_unit_test(it_costs_what_the_till_showed),
        cmocka_unit_test(it_may_have_two_hundred_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
