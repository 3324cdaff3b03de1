/* Ring-ups that had no answer when their till died: a row each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/sale_offline.h"
#include "small_shop.h"

enum { EVE = 41, OFFICE = 15, LATER = VERSION + 1 };

#define CASH(minor)                                                                                                    \
    {                                                                                                                  \
        .kind = TENDER_CASH, .amount_minor = (minor)                                                                   \
    }
#define CARD(minor)                                                                                                    \
    {                                                                                                                  \
        .kind = TENDER_CARD, .amount_minor = (minor), .reference = {(const uint8_t *)"A-1", 3 }                        \
    }

struct row {
    const char *name;
    int64_t product_id, pieces;
    struct tender tender;
    int64_t shown, version, made_shift_id, device_id;
    void (*meanwhile)(struct small_shop *shop);
    enum sale_verdict verdict;
    enum sale_exception exceptions[3];
    const char *sentence;
};

static void cookies_are_dearer_and_sold_out(struct small_shop *s)
{
    struct product product = *catalogue_product(s->catalogue, VERSION, COOKIE);

    product.price_minor = 275;
    product.sold_out = true;
    catalogue_put_product(s->catalogue, LATER, &product);
    catalogue_seal(s->catalogue, LATER, NOW.us - VERSION_LIFE_US - 1);
}

static void shelf_is_empty(struct small_shop *s)
{
    s->stock[COOKIE - 1].on_hand_milli = 1000;
}

static void the_shift_is_closed(struct small_shop *s)
{
    s->drawers[0].shift_id = 0;
}

static const struct row rows[] = {
    { "as it was", COOKIE, 2, CASH(500), 500, VERSION, SHIFT, TILL, NULL, SALE_OK, { EXCEPTION_BROUGHT }, NULL },
    { "its till did not say which shift",
      COOKIE,
      2,
      CASH(500),
      500,
      VERSION,
      0,
      TILL,
      NULL,
      SALE_OK,
      { EXCEPTION_BROUGHT },
      NULL },
    { "another price since, too long ago for a till",
      COOKIE,
      2,
      CASH(500),
      500,
      VERSION,
      SHIFT,
      TILL,
      cookies_are_dearer_and_sold_out,
      SALE_OK,
      { EXCEPTION_BROUGHT },
      NULL },
    { "the shelf held less",
      COOKIE,
      2,
      CASH(500),
      500,
      VERSION,
      SHIFT,
      TILL,
      shelf_is_empty,
      SALE_OK,
      { EXCEPTION_OVERSOLD, EXCEPTION_BROUGHT },
      NULL },
    { "in a shift of before",
      COOKIE,
      2,
      CARD(500),
      500,
      VERSION,
      OLD_SHIFT,
      TILL,
      NULL,
      SALE_OK,
      { EXCEPTION_OTHER_SHIFT, EXCEPTION_BROUGHT },
      NULL },
    { "the till showed another total",
      COOKIE,
      2,
      CASH(500),
      499,
      VERSION,
      SHIFT,
      TILL,
      NULL,
      SALE_TOTAL_DIFFERS,
      { 0 },
      "the till showed 4.99, the total is 5.00" },
    { "nobody gives back what a dead till charged",
      COOKIE,
      2,
      CARD(500),
      499,
      VERSION,
      SHIFT,
      TILL,
      NULL,
      SALE_TOTAL_DIFFERS,
      { 0 },
      "the till showed 4.99, the total is 5.00" },
    { "too little", COOKIE, 2, CASH(499), 500, VERSION, SHIFT, TILL, NULL, SALE_UNDERPAID, { 0 }, NULL },
    { "by a catalogue that nobody knows",
      COOKIE,
      2,
      CASH(500),
      500,
      77,
      SHIFT,
      TILL,
      NULL,
      SALE_CATALOGUE_UNKNOWN,
      { 0 },
      NULL },
    { "no drawer is open",
      COOKIE,
      2,
      CASH(500),
      500,
      VERSION,
      SHIFT,
      TILL,
      the_shift_is_closed,
      SALE_SHIFT_NOT_OPEN,
      { 0 },
      NULL },
    { "at a machine without a drawer",
      COOKIE,
      2,
      CASH(500),
      500,
      VERSION,
      0,
      CONSOLE,
      NULL,
      SALE_NOT_A_TILL,
      { 0 },
      NULL },
};

static void check(const struct row *row, const struct sale_rows *sale, const struct small_shop *shop)
{
    size_t count = 0;

    while (count < 3 && row->exceptions[count] != 0)
        count++;
    assert_int_equal(sale->exception_count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sale->exceptions[i].kind, row->exceptions[i]);
    assert_int_equal(sale->exceptions[count - 1].said, TILL);
    assert_int_equal(sale->exceptions[count - 1].found, OFFICE);
    assert_false(sale_exception_compares(sale, &sale->exceptions[count - 1])); /* of series T nothing is compared */
    assert_int_equal(sale->device_id, TILL);
    assert_int_equal(sale->number.series, 'T');
    assert_int_equal(sale->shift_id, SHIFT);
    assert_int_equal(sale->total_minor, row->shown);
    assert_int_equal(shop->drawers[0].sale_count, 1);
}

static void rows_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct small_shop *shop = small_shop_open(), *then = small_shop_open();
        const struct basket_line line = { .product_id = row->product_id, .quantity_milli = row->pieces * 1000 };
        const struct sale_command command = {
            .basket = { .catalogue_version = (uint64_t)row->version, .lines = &line, .line_count = 1 },
            .tenders = &row->tender,
            .tender_count = 1,
            .shown_total_minor = row->shown,
            .made = { NOW.us - 1000000 },
            .made_shift_id = row->made_shift_id,
            .device_id = row->device_id,
            .staff_id = EVE,
            .series = 'T',
            .number = 9,
            .sale_id = 500
        };
        struct sale_rows sale;

        if (row->meanwhile != NULL)
            row->meanwhile(shop);
        enum sale_verdict verdict = sale_rescue_decide(&command, OFFICE, &shop->set, then->catalogue, NOW, &sale);
        if (verdict != row->verdict)
            fail_msg("%s: verdict %d instead of %d: %s", row->name, (int)verdict, (int)row->verdict,
                     sale.sentence == NULL ? "" : sale.sentence);
        if (row->sentence != NULL)
            assert_string_equal(sale.sentence, row->sentence);
        if (verdict == SALE_OK)
            check(row, &sale, shop);
        else
            assert_int_equal(shop->drawers[0].sale_count, 0);
        small_shop_close(then);
        small_shop_close(shop);
    }
}

static void a_shift_tells_whose_sale_it_is(void **state)
{
    struct small_shop *shop = small_shop_open();

    (void)state;
    assert_true(sale_rescue_fits(&shop->set, TILL, SHIFT));
    assert_true(sale_rescue_fits(&shop->set, TILL, OLD_SHIFT));
    assert_false(sale_rescue_fits(&shop->set, TILL, SHIFT_2));
    assert_false(sale_rescue_fits(&shop->set, TILL, 0));
    assert_false(sale_rescue_fits(&shop->set, TILL_2, 4711));
    small_shop_close(shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_hold),
        cmocka_unit_test(a_shift_tells_whose_sale_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
