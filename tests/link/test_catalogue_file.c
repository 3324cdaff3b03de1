/* The kept catalogue: what goes in comes out; whatever is damaged is thrown away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/link/catalogue_file.h"
#include "common/rules/nutrition.h"
#include "common/base/world.h"

#define VERSION 42

static char directory[] = "/tmp/caroline-catalogue-XXXXXX";
static char path[64];

static int begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/catalogue", directory);
    return 0;
}

static int end(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

static void put_product(struct catalogue *catalogue, int64_t id)
{
    static const int64_t ids[] = { 22, 21 };
    static const char *const barcodes[] = { "4000000000017", "4000000000024" };
    const struct nutrition nutrition = { { 1700, 406, (int32_t)(100 * id), NUTRIENT_UNKNOWN, 46000, 11000, 8000,
                                           900 } };
    char name[40], sku[20];

    snprintf(name, sizeof name, "Crème brûlée No. %lld", (long long)id);
    snprintf(sku, sizeof sku, "G-%lld", (long long)id);
    catalogue_put_product(catalogue, VERSION,
                          &(struct product){ .id = id,
                                             .name = name,
                                             .sku = sku,
                                             .allergen_note = id % 2 ? "wheat, almonds" : "",
                                             .barcodes = barcodes,
                                             .barcode_count = id == 7 ? 2 : 0,
                                             .category_id = 3,
                                             .price_minor = 895 + id,
                                             .floor_minor = 444 + id,
                                             .tax_class_id = 5,
                                             .plu = (uint32_t)id,
                                             .contains = 0x0042,
                                             .may_contain = 0x4000,
                                             .unit = UNIT_KILOGRAM,
                                             .stock_policy = STOCK_BLOCK,
                                             .active = true,
                                             .sold_out = id == 7,
                                             .modifier_ids = ids,
                                             .modifier_count = id == 7 ? 2 : 0,
                                             .open_price = id == 8,
                                             .open_min_minor = id == 8 ? 100 : 0,
                                             .open_max_minor = id == 8 ? 5000 : 0,
                                             .rating_hundredths = id == 7 ? 437 : 0,
                                             .rating_count = id == 7 ? 70000 : 0,
                                             .nutrition = id % 7 == 0 ? &nutrition : NULL });
}

/* A variant and a choice of two; the seventh product has both, the eighth a keyed price. */
static void put_modifiers(struct catalogue *catalogue)
{
    static const struct modifier_option cups[] = { { "Small", -30, 1, true }, { "Large", 50, 4, false } };
    static const struct modifier_option milks[] = { { "Hafermilch \xf0\x9f\x8c\xbe", 40, 2, true } };

    catalogue_put_modifier(catalogue, VERSION,
                           &(struct modifier){ .id = 21,
                                               .name = "Cup",
                                               .options = cups,
                                               .option_count = 2,
                                               .choose_min = 1,
                                               .choose_max = 1,
                                               .active = true });
    catalogue_put_modifier(
        catalogue, VERSION,
        &(struct modifier){ .id = 22, .name = "Milk", .options = milks, .option_count = 1, .choose_max = 2 });
}

static void check_modifiers(const struct catalogue *catalogue)
{
    const struct modifier *modifier = catalogue_modifier(catalogue, VERSION, 21);
    const struct product *product = catalogue_product(catalogue, VERSION, 7);

    assert_string_equal(modifier->name, "Cup");
    assert_int_equal(modifier->option_count, 2);
    assert_string_equal(modifier->options[1].name, "Large");
    assert_int_equal(modifier->options[0].price_minor, -30);
    assert_int_equal(modifier->options[1].number, 4);
    assert_true(modifier->options[0].active && !modifier->options[1].active && modifier->active);
    assert_int_equal(modifier->choose_min, 1);
    modifier = catalogue_modifier(catalogue, VERSION, 22);
    assert_string_equal(modifier->options[0].name, "Hafermilch \xf0\x9f\x8c\xbe");
    assert_int_equal(modifier->choose_max, 2);
    assert_false(modifier->active);
    assert_int_equal(product->modifier_count, 2);
    assert_int_equal(product->modifier_ids[0], 22);
    assert_int_equal(product->modifier_ids[1], 21);
    assert_false(product->open_price);
    product = catalogue_product(catalogue, VERSION, 8);
    assert_int_equal(product->modifier_count, 0);
    assert_true(product->open_price);
    assert_int_equal(product->open_min_minor, 100);
    assert_int_equal(product->open_max_minor, 5000);
}

/* Of a category and of goods, and one of a single part behind them. */
static void put_promotions(struct catalogue *catalogue)
{
    static const int64_t ids[] = { 5, 6, 7 };
    static const struct promotion_part parts[] = { { .pieces = 2, .category_id = 3 },
                                                   { .pieces = 1, .product_ids = ids, .product_count = 3 } };

    catalogue_put_promotion(catalogue, VERSION,
                            &(struct promotion){ .id = 11,
                                                 .name = "Coffee and cake",
                                                 .parts = parts,
                                                 .part_count = 2,
                                                 .gift = PROMOTION_TOGETHER,
                                                 .value = 390,
                                                 .weekdays = 0x41,
                                                 .from_minute = 60,
                                                 .until_minute = 600,
                                                 .first_day = 20000,
                                                 .last_day = 20001,
                                                 .members_only = true,
                                                 .active = true });
    catalogue_put_promotion(catalogue, VERSION,
                            &(struct promotion){ .id = 12,
                                                 .name = "Six for five",
                                                 .parts = &(struct promotion_part){ .pieces = 6, .category_id = 3 },
                                                 .part_count = 1,
                                                 .gift = PROMOTION_CHEAPEST_FREE,
                                                 .value = 1,
                                                 .weekdays = 0x7f,
                                                 .until_minute = 1440 });
}

static void check_promotions(const struct catalogue *catalogue)
{
    const struct promotion *promotion = catalogue_promotion(catalogue, VERSION, 11);

    assert_string_equal(promotion->name, "Coffee and cake");
    assert_int_equal(promotion->part_count, 2);
    assert_int_equal(promotion->parts[0].pieces, 2);
    assert_int_equal(promotion->parts[0].category_id, 3);
    assert_int_equal(promotion->parts[0].product_count, 0);
    assert_int_equal(promotion->parts[1].product_count, 3);
    assert_int_equal(promotion->parts[1].product_ids[2], 7);
    assert_int_equal(promotion->gift, PROMOTION_TOGETHER);
    assert_int_equal(promotion->value, 390);
    assert_int_equal(promotion->weekdays, 0x41);
    assert_int_equal(promotion->from_minute, 60);
    assert_int_equal(promotion->until_minute, 600);
    assert_int_equal(promotion->first_day, 20000);
    assert_int_equal(promotion->last_day, 20001);
    assert_true(promotion->members_only && promotion->active);
    promotion = catalogue_promotion(catalogue, VERSION, 12);
    assert_string_equal(promotion->name, "Six for five");
    assert_int_equal(promotion->parts[0].pieces, 6);
    assert_false(promotion->members_only || promotion->active);
    assert_null(catalogue_promotion(catalogue, VERSION, 13));
}

static struct catalogue *catalogue_of(int64_t products)
{
    static const char *const permissions[] = { "sell", "refund" };
    static const struct tax_rate rates[] = { { SERVICE_EAT_IN, true, "VAT20", 200000 },
                                             { SERVICE_TAKE_AWAY, false, "VAT5", 50000 } };
    struct catalogue *catalogue = catalogue_create();

    catalogue_put_category(catalogue, VERSION, &(struct category){ .id = 3, .name = "Cakes", .position = 9 });
    catalogue_put_tax_class(
        catalogue, VERSION,
        &(struct tax_class){
            .id = 5, .name = "Food", .rates = rates, .rate_count = 2, .switch_at_count = 6, .switch_to_id = 6 });
    catalogue_put_tax_class(catalogue, VERSION, &(struct tax_class){ .id = 6, .name = "None" });
    catalogue_put_programme(catalogue, VERSION,
                            &(struct programme){ .id = 1,
                                                 .name = "Points",
                                                 .reward_name = "Free cookie",
                                                 .sign_up_points = 20,
                                                 .birthday_points = 100,
                                                 .points_per_unit = 10,
                                                 .lot_days = 365,
                                                 .reward_cost = 100,
                                                 .reward_category_id = 3 });
    catalogue_put_shop(catalogue, VERSION,
                       &(struct shop){ .id = 2,
                                       .name = "Caroline's",
                                       .address = "1 Oven Street",
                                       .tax_number = "T-1",
                                       .receipt_head = "Hello",
                                       .receipt_foot = "Bye",
                                       .currency = "USD",
                                       .zone_name = "America/Los_Angeles",
                                       .code_layouts = "21:IIIIIVVVVV=weight",
                                       .currency_exponent = 2,
                                       .cash_rounding_minor = 5,
                                       .day_cutoff_minutes = 180,
                                       .prices_include_tax = true });
    catalogue_put_role(
        catalogue, VERSION,
        &(struct role){
            .id = 8, .name = "cashier", .permissions = permissions, .permission_count = 2, .discount_ppm = 100000 });
    put_promotions(catalogue);
    put_modifiers(catalogue);
    catalogue_put_tender_type(catalogue, VERSION,
                              &(struct tender_type){ .id = 9,
                                                     .name = "Meal voucher",
                                                     .permission = "staff_meal",
                                                     .limit_minor = 2500,
                                                     .kind = TENDER_VOUCHER,
                                                     .change = CHANGE_FORFEITED,
                                                     .reference_wanted = true,
                                                     .active = true });
    catalogue_put_tender_type(
        catalogue, VERSION,
        &(struct tender_type){ .id = 4, .name = "Old", .kind = TENDER_HOUSE, .change = CHANGE_NONE });
    for (int64_t id = 1; id <= products; id++)
        put_product(catalogue, id);
    catalogue_seal(catalogue, VERSION, 1);
    return catalogue;
}

static struct buffer file_of(int64_t products)
{
    struct catalogue *catalogue = catalogue_of(products);
    struct buffer file = { 0 };

    catalogue_file_encode(catalogue, &file);
    catalogue_destroy(catalogue);
    return file;
}

static void what_goes_in_comes_out(void **state)
{
    struct buffer file = file_of(20);

    (void)state;
    assert_true(catalogue_file_write(path, bytes_of(file.data, file.size)));
    struct catalogue *catalogue = catalogue_file_read(path, 1);
    assert_non_null(catalogue);
    assert_int_equal(catalogue_newest(catalogue), VERSION);
    assert_int_equal(catalogue_product_count(catalogue), 20);

    const struct product *product = catalogue_by_barcode(catalogue, "4000000000024");
    assert_non_null(product);
    assert_int_equal(product->id, 7);
    assert_string_equal(product->name, "Crème brûlée No. 7");
    assert_string_equal(product->sku, "G-7");
    assert_string_equal(product->allergen_note, "wheat, almonds");
    assert_int_equal(product->price_minor, 902);
    assert_int_equal(product->floor_minor, 451);
    assert_int_equal(product->contains, 0x0042);
    assert_int_equal(product->may_contain, 0x4000);
    assert_int_equal(product->unit, UNIT_KILOGRAM);
    assert_int_equal(product->stock_policy, STOCK_BLOCK);
    assert_true(product->active && product->sold_out);
    assert_false(catalogue_by_plu(catalogue, 8)->sold_out);
    assert_int_equal(product->rating_hundredths, 437);
    assert_int_equal(product->rating_count, 70000);
    assert_int_equal(product->nutrition->of[NUTRIENT_FAT], 700);
    assert_int_equal(product->nutrition->of[NUTRIENT_SATURATES], NUTRIENT_UNKNOWN);
    assert_int_equal(catalogue_by_plu(catalogue, 14)->nutrition->of[NUTRIENT_FAT], 1400);
    assert_null(catalogue_by_plu(catalogue, 8)->nutrition);

    const struct tax_class *class = catalogue_tax_class(catalogue, VERSION, 5);
    assert_int_equal(class->rate_count, 2);
    assert_string_equal(class->rates[1].code, "VAT5");
    assert_int_equal(class->rates[0].rate_ppm, 200000);
    assert_true(class->rates[0].hot);
    assert_int_equal(class->switch_to_id, 6);
    assert_int_equal(catalogue_tax_class(catalogue, VERSION, 6)->rate_count, 0);
    assert_string_equal(catalogue_category(catalogue, VERSION, 3)->name, "Cakes");
    assert_int_equal(catalogue_programme(catalogue, VERSION)->reward_cost, 100);
    assert_string_equal(catalogue_programme(catalogue, VERSION)->reward_name, "Free cookie");
    assert_string_equal(catalogue_shop(catalogue, VERSION)->zone_name, "America/Los_Angeles");
    assert_string_equal(catalogue_shop(catalogue, VERSION)->code_layouts, "21:IIIIIVVVVV=weight");
    assert_true(catalogue_shop(catalogue, VERSION)->prices_include_tax);
    assert_int_equal(catalogue_shop(catalogue, VERSION)->cash_rounding_minor, 5);
    assert_int_equal(catalogue_shop(catalogue, VERSION)->day_cutoff_minutes, 180);
    assert_string_equal(catalogue_role(catalogue, VERSION, 8)->permissions[1], "refund");
    assert_int_equal(catalogue_role(catalogue, VERSION, 8)->discount_ppm, 100000);
    check_promotions(catalogue);
    check_modifiers(catalogue);

    const struct tender_type *type = catalogue_tender_type(catalogue, VERSION, 9);
    assert_string_equal(type->name, "Meal voucher");
    assert_string_equal(type->permission, "staff_meal");
    assert_int_equal(type->limit_minor, 2500);
    assert_int_equal(type->kind, TENDER_VOUCHER);
    assert_int_equal(type->change, CHANGE_FORFEITED);
    assert_true(type->reference_wanted && type->active);
    type = catalogue_tender_type(catalogue, VERSION, 4);
    assert_int_equal(type->kind, TENDER_HOUSE);
    assert_string_equal(type->permission, "");
    assert_false(type->reference_wanted || type->active);

    struct buffer again = { 0 };
    catalogue_file_encode(catalogue, &again);
    assert_int_equal(again.size, file.size);
    assert_memory_equal(again.data, file.data, file.size);
    buffer_fini(&again);
    buffer_fini(&file);
    catalogue_destroy(catalogue);
}

static void an_empty_shop_has_a_file_too(void **state)
{
    struct catalogue *catalogue = catalogue_create();
    struct buffer file = { 0 };

    (void)state;
    catalogue_seal(catalogue, 1, 1);
    catalogue_file_encode(catalogue, &file);
    catalogue_destroy(catalogue);
    assert_true(catalogue_file_write(path, bytes_of(file.data, file.size)));
    catalogue = catalogue_file_read(path, 1);
    assert_non_null(catalogue);
    assert_null(catalogue_shop(catalogue, 1));
    assert_null(catalogue_programme(catalogue, 1));
    catalogue_destroy(catalogue);
    buffer_fini(&file);
}

static void assert_thrown_away(const struct buffer *file)
{
    assert_true(catalogue_file_write(path, bytes_of(file->data, file->size)));
    assert_null(catalogue_file_read(path, 1));
    assert_int_equal(access(path, F_OK), -1);
}

static void damage_in_any_page_throws_it_away(void **state)
{
    struct buffer file = file_of(2000);

    (void)state;
    assert_true(file.size > 40 * 4096);
    for (size_t page = 0; page < file.size; page += 4096) {
        size_t at = page + (page / 4096 * 97) % 4096;
        if (at >= file.size)
            at = file.size - 1;
        file.data[at] ^= 0x10;
        assert_thrown_away(&file);
        file.data[at] ^= 0x10;
    }
    buffer_fini(&file);
}

static void damage_in_any_byte_of_the_head_throws_it_away(void **state)
{
    struct buffer file = file_of(2);

    (void)state;
    for (size_t at = 0; at < 256; at++) {
        file.data[at] ^= 0x81;
        assert_thrown_away(&file);
        file.data[at] ^= 0x81;
    }
    buffer_fini(&file);
}

static void a_file_cut_short_anywhere_is_thrown_away(void **state)
{
    struct buffer file = file_of(300);
    size_t whole = file.size;

    (void)state;
    for (file.size = 1; file.size < whole; file.size += file.size < 200 ? 1 : 511)
        assert_thrown_away(&file);
    buffer_fini(&file);
}

static void a_page_of_zeros_is_thrown_away(void **state)
{
    struct buffer file = file_of(500);

    (void)state;
    memset(file.data + 8192, 0, 4096);
    assert_thrown_away(&file);
    buffer_fini(&file);
}

/* The aim is 40 ms without sanitizers; a test machine under load is given ten times that. */
static void a_hundred_thousand_products_open_fast(void **state)
{
    struct buffer file = file_of(100000);
    struct clock *clock = system_clock();

    (void)state;
    assert_true(catalogue_file_write(path, bytes_of(file.data, file.size)));
    int64_t begun_us = clock->monotonic_us(clock);
    struct catalogue *catalogue = catalogue_file_read(path, 1);
    int64_t took_us = clock->monotonic_us(clock) - begun_us;
    assert_non_null(catalogue);
    assert_int_equal(catalogue_product_count(catalogue), 100000);
    print_message("100,000 products in %zu bytes opened in %lld.%lld ms\n", file.size, (long long)took_us / 1000,
                  (long long)took_us % 1000 / 100);
#ifndef __SANITIZE_ADDRESS__
    assert_true(took_us < 400000);
#endif
    catalogue_destroy(catalogue);
    buffer_fini(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(an_empty_shop_has_a_file_too),
        cmocka_unit_test(damage_in_any_page_throws_it_away),
        cmocka_unit_test(damage_in_any_byte_of_the_head_throws_it_away),
        cmocka_unit_test(a_file_cut_short_anywhere_is_thrown_away),
        cmocka_unit_test(a_page_of_zeros_is_thrown_away),
        cmocka_unit_test(a_hundred_thousand_products_open_fast),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
