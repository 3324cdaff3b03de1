/* Taxes of odd baskets: goods without a class, classes that switch, components that meet in several ways. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/rules/tax.h"

#define LINES_MAX 8
enum { TAXED = 1, UNTAXED, SWITCHING, SWITCHED, LOST, MIXED }; /* classes; MIXED and on: one more component each */

struct till {
    struct arena *arena;
    struct catalogue *catalogue;
    struct product products[LINES_MAX];
    struct priced_line lines[LINES_MAX];
    size_t count;
    struct taxes taxes;
};

static struct till *till_open(void)
{
    static const struct tax_rate rates[] = { { .code = "VAT", .rate_ppm = 70000 },
                                             { .code = "VAT", .rate_ppm = 190000, .hot = true },
                                             { .code = "EAT", .rate_ppm = 190000, .service = SERVICE_EAT_IN } };
    static const struct tax_rate cheap = { .code = "LOW", .rate_ppm = 10000 };
    struct arena *arena = arena_create(0);
    struct till *t = arena_alloc(arena, sizeof *t);

    t->arena = arena;
    t->catalogue = catalogue_create();
    catalogue_put_tax_class(t->catalogue, 1, &(struct tax_class){ .id = TAXED, .rates = rates, .rate_count = 3 });
    catalogue_put_tax_class(t->catalogue, 1, &(struct tax_class){ .id = UNTAXED });
    catalogue_put_tax_class(
        t->catalogue, 1,
        &(struct tax_class){
            .id = SWITCHING, .rates = rates, .rate_count = 3, .switch_at_count = 6, .switch_to_id = SWITCHED });
    catalogue_put_tax_class(t->catalogue, 1, &(struct tax_class){ .id = SWITCHED, .rates = &cheap, .rate_count = 1 });
    catalogue_put_tax_class(
        t->catalogue, 1, &(struct tax_class){ .id = LOST, .rates = rates, .rate_count = 3, .switch_to_id = SWITCHED });
    for (int64_t i = 0; i < 7; i++) {
        struct tax_rate two[] = { { .code = "STATE", .rate_ppm = 50000 },
                                  { .code = "CITY", .rate_ppm = 1000 + (uint32_t)i } };

        catalogue_put_tax_class(t->catalogue, 1,
                                &(struct tax_class){ .id = MIXED + i, .rates = two, .rate_count = i == 0 ? 1 : 2 });
    }
    catalogue_seal(t->catalogue, 1, 0);
    return t;
}

static void till_close(struct till *t)
{
    catalogue_destroy(t->catalogue);
    arena_destroy(t->arena);
}

/* pieces of a class, for so much in all */
static struct priced_line *put(struct till *t, int64_t tax_class_id, int64_t pieces, int64_t total_minor)
{
    struct product *product = &t->products[t->count];
    struct priced_line *line = &t->lines[t->count++];

    *product = (struct product){ .id = (int64_t)t->count, .tax_class_id = tax_class_id };
    *line = (struct priced_line){ .product = product, .quantity_milli = 1000 * pieces, .total_minor = total_minor };
    return line;
}

static enum tax_verdict compute(struct till *t, enum service service, bool included)
{
    for (size_t i = 0; i < t->count; i++)
        t->lines[i].tax_minor = 0;
    return tax_compute(t->catalogue, 1, service, included, t->lines, t->count, t->arena, &t->taxes);
}

static void goods_without_a_rate_bring_no_row(void **state)
{
    struct till *t = till_open();

    (void)state;
    put(t, UNTAXED, 1, 500);
    put(t, 99, 1, 500); /* a class that is not there */
    put(t, TAXED, 1, 107);
    assert_int_equal(compute(t, SERVICE_TAKE_AWAY, true), TAX_OK);
    assert_int_equal(t->taxes.count, 1);
    assert_int_equal(t->taxes.rows[0].tax_minor, 7);
    assert_int_equal(t->lines[0].tax_minor + t->lines[1].tax_minor, 0);
    till_close(t);
}

static void the_same_code_at_two_rates_is_two_rows_and_the_same_rate_of_two_codes_too(void **state)
{
    struct till *t = till_open();

    (void)state;
    put(t, TAXED, 1, 107);
    put(t, TAXED, 1, 119)->hot = true;
    assert_int_equal(compute(t, SERVICE_TAKE_AWAY, true), TAX_OK);
    assert_int_equal(t->taxes.count, 2);
    assert_int_equal(t->taxes.rows[0].tax_minor, 7);
    assert_int_equal(t->taxes.rows[1].tax_minor, 19);
    t->count = 0;
    struct tax_rate twins[] = { { .code = "VAT", .rate_ppm = 70000 }, { .code = "TAV", .rate_ppm = 70000 } };
    catalogue_put_tax_class(t->catalogue, 2, &(struct tax_class){ .id = TAXED, .rates = twins, .rate_count = 2 });
    catalogue_seal(t->catalogue, 2, 0);
    put(t, TAXED, 1, 114);
    assert_int_equal(tax_compute(t->catalogue, 2, SERVICE_TAKE_AWAY, true, t->lines, 1, t->arena, &t->taxes), TAX_OK);
    assert_int_equal(t->taxes.count, 2);
    assert_string_equal(t->taxes.rows[1].code, "TAV");
    assert_int_equal(t->taxes.rows[1].tax_minor, 7);
    assert_int_equal(t->taxes.rows[0].net_minor, 100);
    till_close(t);
}

static void enough_pieces_switch_the_class_whatever_lines_they_stand_on(void **state)
{
    static const struct {
        int64_t first, second;
        bool voided, weighed;
        const char *code;
    } cases[] = {
        { 3, 2, false, false, "VAT" }, { 3, 3, false, false, "LOW" }, { 6, 0, false, false, "LOW" },
        { 3, 3, true, false, "VAT" },  { 3, 3, false, true, "VAT" }, /* what is weighed is not counted */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct till *t = till_open();

        put(t, SWITCHING, cases[i].first, 600);
        struct priced_line *second = put(t, SWITCHING, cases[i].second, 0);
        second->voided = cases[i].voided;
        t->products[1].unit = cases[i].weighed ? UNIT_KILOGRAM : UNIT_PIECE;
        assert_int_equal(compute(t, SERVICE_TAKE_AWAY, true), TAX_OK);
        assert_int_equal(t->taxes.count, 1);
        assert_string_equal(t->taxes.rows[0].code, cases[i].code);
        till_close(t);
    }
}

static void a_class_that_names_no_count_never_switches(void **state)
{
    struct till *t = till_open();

    (void)state;
    put(t, LOST, 1000, 600);
    assert_int_equal(compute(t, SERVICE_TAKE_AWAY, true), TAX_OK);
    assert_string_equal(t->taxes.rows[0].code, "VAT");
    till_close(t);
}

static void one_component_alone_and_beside_another_is_rounded_once(void **state)
{
    struct till *t = till_open();

    (void)state;
    put(t, MIXED, 1, 10500);     /* 5 % alone: 500 */
    put(t, MIXED + 1, 1, 10510); /* 5 % and 0.1001 % on 10,000: 500.0 and 10.0 */
    assert_int_equal(compute(t, SERVICE_TAKE_AWAY, true), TAX_OK);
    assert_int_equal(t->taxes.count, 2);
    assert_string_equal(t->taxes.rows[0].code, "STATE");
    assert_int_equal(t->taxes.rows[0].tax_minor, 1000);
    assert_int_equal(t->taxes.rows[1].tax_minor, 10);
    assert_int_equal(t->lines[0].tax_minor + t->lines[1].tax_minor, 1010);
    till_close(t);
}

static void more_ways_than_can_be_summed_exactly_are_refused(void **state)
{
    struct till *t = till_open();

    (void)state;
    for (int64_t i = 0; i < 5; i++)
        put(t, MIXED + i, 1, 999);
    assert_int_equal(compute(t, SERVICE_TAKE_AWAY, true), TAX_OK);
    put(t, MIXED + 5, 1, 999);
    put(t, MIXED + 6, 1, 999);
    assert_int_equal(compute(t, SERVICE_TAKE_AWAY, true), TAX_TOO_MANY);
    assert_int_equal(compute(t, SERVICE_TAKE_AWAY, false), TAX_OK); /* on top there is nothing to divide */
    till_close(t);
}

static void a_component_says_its_rate_once(void **state)
{
    static const struct {
        const char *code;
        uint32_t rate_ppm;
        const char *label;
    } rows[] = {
        { "VAT19", 190000, "VAT 19 %" },
        { "VAT 19", 190000, "VAT 19 %" },
        { "VAT7.7", 77000, "VAT 7.7 %" },
        { "19", 190000, "19 %" },
        { "GST", 50000, "GST 5 %" },
        { "VAT19", 70000, "VAT19 7 %" },
        { "VAT119", 190000, "VAT119 19 %" },
        { "VAT7.7", 70000, "VAT7.7 7 %" },
        { "", 70000, "7 %" },
        { "SR0", 0, "SR 0 %" },
    };
    char text[TAX_LABEL_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(tax_label(text, rows[i].code, rows[i].rate_ppm), rows[i].label);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_component_says_its_rate_once),
        cmocka_unit_test(goods_without_a_rate_bring_no_row),
        cmocka_unit_test(the_same_code_at_two_rates_is_two_rows_and_the_same_rate_of_two_codes_too),
        cmocka_unit_test(enough_pieces_switch_the_class_whatever_lines_they_stand_on),
        cmocka_unit_test(a_class_that_names_no_count_never_switches),
        cmocka_unit_test(one_component_alone_and_beside_another_is_rounded_once),
        cmocka_unit_test(more_ways_than_can_be_summed_exactly_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
