/* The canonical bytes of a sale, read back: of each layout what was written, and nothing that points nowhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/sale_bytes.h"
#include "common/rules/sale_read.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NOWHERE      2 /* behind the two lines */
#define TEXT(text)                                                                                                     \
    {                                                                                                                  \
        (const uint8_t *)(text), sizeof(text) - 1                                                                      \
    }

static const uint8_t command_id[16] = { 5, 6 };

/* The lists of a sale of two lines; each row has what is its own. */
struct lists {
    struct discount_row discounts[4];
    struct option_row options[2];
    struct keyed_row keyed[2];
    struct deposit_row deposits[2];
    struct exception_row exceptions[2];
    size_t discount_count, option_count, keyed_count, deposit_count, exception_count;
};

static const struct {
    const char *what;
    struct lists lists;
    uint8_t layout;
    bool read;
} rows[] = {
    { "lines and nothing else", { .discount_count = 0 }, 3, true },
    { "discounts of the receipt, of a line, of a promotion, pieces that a coupon made free",
      { .discounts = { { .line = NO_LINE, .kind = DISCOUNT_OF_RECEIPT, .rate_ppm = 100000, .amount_minor = 50 },
                       { .line = 1, .kind = DISCOUNT_OF_LINE, .amount_minor = 20, .reason = TEXT("old") },
                       { .line = NO_LINE, .kind = DISCOUNT_OF_PROMOTION, .times = 3, .amount_minor = 7 },
                       { .line = 0, .kind = DISCOUNT_OF_COUPON, .times = 2, .amount_minor = 9 } },
        .discount_count = 4 },
      3,
      true },
    { "a discount of a line that is not there",
      { .discounts = { { .line = NOWHERE, .kind = DISCOUNT_OF_LINE, .amount_minor = 20 } }, .discount_count = 1 },
      3,
      false },
    { "exceptions of a line and of none",
      { .exceptions = { { .kind = EXCEPTION_OVERSOLD, .line = 1 }, { .kind = EXCEPTION_OTHER_SHIFT, .line = NO_LINE } },
        .exception_count = 2 },
      3,
      true },
    { "options, one without a name",
      { .options = { { .line = 0, .modifier_id = 4, .option = 2, .name = "Oat milk", .price_minor = 40 },
                     { .line = 1, .modifier_id = 4, .option = 3, .name = "" } },
        .option_count = 2 },
      4,
      true },
    { "an option of a line that is not there",
      { .options = { { .line = 0, .modifier_id = 4, .name = "x" }, { .line = NOWHERE, .modifier_id = 4, .name = "x" } },
        .option_count = 2 },
      4,
      false },
    { "keyed prices",
      { .keyed = { { .line = 0, .price_minor = 250 }, { .line = 1, .price_minor = 1 } }, .keyed_count = 2 },
      4,
      true },
    { "a keyed price of a line that is not there",
      { .keyed = { { .line = NOWHERE, .price_minor = 250 } }, .keyed_count = 1 },
      4,
      false },
    { "deposits, of goods and by themselves",
      { .deposits = { { .line = 1, .goods_line = 0, .amount_minor = 25 },
                      { .line = 0, .goods_line = NO_LINE, .amount_minor = -50 } },
        .deposit_count = 2 },
      5,
      true },
    { "a deposit beside an option and a keyed price",
      { .options = { { .line = 0, .modifier_id = 4, .name = "Oat milk" } },
        .option_count = 1,
        .keyed = { { .line = 0, .price_minor = 1 } },
        .keyed_count = 1,
        .deposits = { { .line = 1, .goods_line = 0, .amount_minor = 25 } },
        .deposit_count = 1 },
      5,
      true },
    { "a deposit of a line that is not there",
      { .deposits = { { .line = NOWHERE, .goods_line = 0, .amount_minor = 25 } }, .deposit_count = 1 },
      5,
      false },
    { "a deposit that went with goods that are not there",
      { .deposits = { { .line = 1, .goods_line = NOWHERE, .amount_minor = 25 } }, .deposit_count = 1 },
      5,
      false },
    { "deposits that cannot be added",
      { .deposits = { { .line = 0, .goods_line = NO_LINE, .amount_minor = INT64_MAX },
                      { .line = 1, .goods_line = NO_LINE, .amount_minor = 1 } },
        .deposit_count = 2 },
      5,
      false },
};

static struct sale_rows sale_of(const struct lists *lists, struct arena *arena)
{
    static struct sale_line_row lines[2] = {
        { .product_id = COOKIE,
          .quantity_milli = 1000,
          .unit_price_minor = 250,
          .total_minor = 250,
          .refund_line = NO_LINE },
        { .product_id = 999, .quantity_milli = 1000, .total_minor = 100, .refund_line = 3 },
    };
    static struct tender_row tenders[2] = {
        { .kind = TENDER_VOUCHER, .type_id = 998, .amount_minor = 300, .forfeited_minor = 10, .tip_minor = 5 },
        { .kind = TENDER_CASH, .amount_minor = 100, .change_minor = 35 },
    };
    struct lists *own = arena_alloc(arena, sizeof *own);

    *own = *lists;
    return (struct sale_rows){ .kind = SALE_SOLD,
                               .number = { 3, 'T', 8 },
                               .catalogue_version = VERSION,
                               .total_minor = 350,
                               .reason = TEXT("why"),
                               .lines = lines,
                               .line_count = 2,
                               .tenders = tenders,
                               .tender_count = 2,
                               .discounts = own->discounts,
                               .discount_count = own->discount_count,
                               .options = own->options,
                               .option_count = own->option_count,
                               .keyed = own->keyed,
                               .keyed_count = own->keyed_count,
                               .deposits = own->deposits,
                               .deposit_count = own->deposit_count,
                               .exceptions = own->exceptions,
                               .exception_count = own->exception_count };
}

static void each_layout_is_read_as_it_was_written(void **state)
{
    struct small_shop *s = small_shop_open();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sale_rows sale = sale_of(&rows[i].lists, s->arena), again;
        struct bytes bytes = sale_bytes(&sale, command_id, s->arena);
        uint8_t id[16];

        assert_int_equal(bytes.data[0], rows[i].layout);
        if (sale_read(bytes, s->catalogue, s->arena, &again, id) != rows[i].read)
            fail_msg("%s", rows[i].what);
        if (!rows[i].read)
            continue;
        assert_memory_equal(id, command_id, sizeof id);
        if (!bytes_equal(sale_bytes(&again, id, s->arena), bytes))
            fail_msg("%s: written once more it is another", rows[i].what);
        for (size_t size = 0; size < bytes.size; size++)
            if (sale_read(bytes_of(bytes.data, size), s->catalogue, s->arena, &again, id))
                fail_msg("%s: %zu of %zu bytes", rows[i].what, size, bytes.size);
    }
    small_shop_close(s);
}

static void each_field_is_where_it_was(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = sale_of(&rows[9].lists, s->arena), again;
    uint8_t id[16];

    (void)state;
    assert_true(sale_read(sale_bytes(&sale, command_id, s->arena), s->catalogue, s->arena, &again, id));
    assert_string_equal(again.lines[0].name, "Cookie");
    assert_string_equal(again.lines[1].name, ""); /* no product of the catalogue */
    assert_int_equal(again.lines[1].unit, UNIT_PIECE);
    assert_int_equal(again.lines[1].refund_line, 3);
    assert_null(again.tenders[0].name); /* nor a means of payment */
    assert_int_equal(again.cash_minor, 100);
    assert_int_equal(again.change_minor, 35);
    assert_int_equal(again.forfeited_minor, 10);
    assert_int_equal(again.tip_minor, 5);
    assert_string_equal(again.options[0].name, "Oat milk");
    assert_int_equal(again.keyed[0].price_minor, 1);
    assert_int_equal(again.deposits[0].goods_line, 0);
    assert_int_equal(again.deposit_minor, 25);

    /* Nobody knows names. */
    assert_true(sale_read(sale_bytes(&sale, command_id, s->arena), NULL, s->arena, &again, id));
    assert_string_equal(again.lines[0].name, "");
    assert_int_equal(again.lines[0].unit_price_minor, 250);
    assert_null(again.tenders[1].name);

    sale = sale_of(&rows[1].lists, s->arena);
    assert_true(sale_read(sale_bytes(&sale, command_id, s->arena), s->catalogue, s->arena, &again, id));
    assert_int_equal(again.discounts[0].line, NO_LINE);
    assert_int_equal(again.discounts[0].rate_ppm, 100000);
    assert_int_equal(again.discounts[1].line, 1);
    assert_int_equal(again.discounts[2].times, 3);
    assert_int_equal(again.discounts[2].rate_ppm, 0);
    assert_int_equal(again.discounts[3].times, 2);
    small_shop_close(s);
}

/* Taxes as no program of ours writes them: too many, or with a code that is too long. */
static void its_taxes_fit_or_it_is_no_sale(void **state)
{
    static const struct {
        uint8_t count, code_size;
        bool read;
    } table[] = { { 0, 0, true },
                  { 1, 0, true },
                  { 1, TAX_CODE_SIZE - 1, true },
                  { 1, TAX_CODE_SIZE, false },
                  { TAX_ROWS_MAX, 3, true },
                  { TAX_ROWS_MAX + 1, 3, false },
                  { 255, 0, false } };
    const struct sale_rows empty = { .kind = SALE_SOLD, .number = { 3, 'T', 8 }, .catalogue_version = VERSION };
    struct small_shop *s = small_shop_open();
    const struct bytes none = sale_bytes(&empty, command_id, s->arena);
    const size_t head = none.size - 8; /* behind it counts of taxes, tenders, points, exceptions and discounts: all 0 */

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        uint8_t *bytes = arena_alloc(s->arena, none.size + 300 * (22 + TAX_CODE_SIZE)), *at = bytes + head, id[16];
        struct sale_rows again;

        memcpy(bytes, none.data, head);
        *at++ = table[i].count;
        for (size_t k = 0; k < table[i].count; k++) {
            memset(at, 0, 22 + TAX_CODE_SIZE);
            at[1] = table[i].code_size;
            memset(at + 2, 'V', table[i].code_size);
            at[2 + table[i].code_size + 3] = 70;
            at += 22 + table[i].code_size;
        }
        memset(at, 0, 7);
        at += 7;
        if (sale_read(bytes_of(bytes, (size_t)(at - bytes)), s->catalogue, s->arena, &again, id) != table[i].read)
            fail_msg("%d taxes, codes of %d", table[i].count, table[i].code_size);
        if (!table[i].read)
            continue;
        assert_int_equal(again.taxes.count, table[i].count);
        for (size_t k = 0; k < again.taxes.count; k++) {
            assert_int_equal(strlen(again.taxes.rows[k].code), table[i].code_size);
            assert_int_equal(again.taxes.rows[k].rate_ppm, 70);
        }
    }
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_layout_is_read_as_it_was_written),
        cmocka_unit_test(each_field_is_where_it_was),
        cmocka_unit_test(its_taxes_fit_or_it_is_no_sale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
