/* The catalogue: every version stays true while it may be priced with, and costs only what changed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/base/arena.h"
#include "common/rules/catalogue.h"
#include "common/rules/key_table.h"

static void put(struct catalogue *catalogue, uint64_t version, int64_t id, int64_t price_minor, uint32_t plu,
                const char *sku, const char *barcode)
{
    const char *const barcodes[] = { barcode };

    catalogue_put_product(catalogue, version,
                          &(struct product){ .id = id,
                                             .name = "Bun",
                                             .sku = sku,
                                             .price_minor = price_minor,
                                             .plu = plu,
                                             .barcodes = barcodes,
                                             .barcode_count = barcode == NULL ? 0 : 1 });
}

static void a_price_holds_from_its_version_on(void **state)
{
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    put(catalogue, 3, 7, 100, 112, "bun", "4006381333931");
    catalogue_seal(catalogue, 3, 1000);
    put(catalogue, 9, 7, 120, 112, "bun", "4006381333931");
    catalogue_seal(catalogue, 9, 2000);
    assert_null(catalogue_product(catalogue, 2, 7));
    assert_int_equal(catalogue_product(catalogue, 3, 7)->price_minor, 100);
    assert_int_equal(catalogue_product(catalogue, 8, 7)->price_minor, 100);
    assert_int_equal(catalogue_product(catalogue, 9, 7)->price_minor, 120);
    assert_null(catalogue_product(catalogue, 9, 8));
    assert_int_equal(catalogue_newest(catalogue), 9);
    assert_int_equal(catalogue_by_plu(catalogue, 112)->price_minor, 120);
    assert_int_equal(catalogue_by_sku(catalogue, "bun")->price_minor, 120);
    assert_int_equal(catalogue_by_barcode(catalogue, "4006381333931")->price_minor, 120);
    assert_null(catalogue_by_plu(catalogue, 113));
    assert_null(catalogue_by_sku(catalogue, ""));
    catalogue_destroy(catalogue);
}

/* A name of other letters than ASCII's is folded once; of these as it stands, and whoever compares takes no case. */
static void a_name_is_folded_once_for_who_searches(void **state)
{
    static const struct {
        const char *name, *folded;
    } rows[] = {
        { "Bun", "Bun" },
        { "", "" },
        { "\303\211clair", "eclair" },
        { "Stra\303\237e", "strasse" },
        { "Cr\303\250me Br\303\273l\303\251e", "creme brulee" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct catalogue *catalogue = catalogue_create();

        catalogue_put_product(catalogue, 1, &(struct product){ .id = 7, .name = rows[i].name, .sku = "" });
        catalogue_seal(catalogue, 1, 1000);
        const struct product *product = catalogue_product(catalogue, 1, 7);
        const char *folded = catalogue_folded_name(product);
        assert_string_equal(folded, rows[i].folded);
        assert_ptr_equal(catalogue_folded_name(product), folded);
        assert_null(catalogue_by_sku(catalogue, "")); /* what has none is not found by it */
        catalogue_destroy(catalogue);
    }
}

static void a_version_grows_old_when_the_next_is_sealed(void **state)
{
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    assert_int_equal(catalogue_version_usable(catalogue, 1, 0), VERSION_UNKNOWN);
    put(catalogue, 3, 7, 100, 0, "", NULL);
    catalogue_seal(catalogue, 3, 1000);
    put(catalogue, 9, 7, 120, 0, "", NULL);
    catalogue_seal(catalogue, 9, 2000);
    assert_int_equal(catalogue_version_usable(catalogue, 0, 0), VERSION_UNKNOWN);
    assert_int_equal(catalogue_version_usable(catalogue, 10, 0), VERSION_UNKNOWN);
    assert_int_equal(catalogue_version_usable(catalogue, 2, 0), VERSION_OLD);
    assert_int_equal(catalogue_version_usable(catalogue, 9, 999999), VERSION_OK);
    assert_int_equal(catalogue_version_usable(catalogue, 3, 2000), VERSION_OK);
    assert_int_equal(catalogue_version_usable(catalogue, 3, 2001), VERSION_OLD);
    assert_int_equal(catalogue_version_usable(catalogue, 5, 2000), VERSION_OK);
    catalogue_destroy(catalogue);
}

static void forgetting_keeps_what_a_young_version_needs(void **state)
{
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    put(catalogue, 1, 7, 100, 0, "", NULL);
    put(catalogue, 1, 8, 500, 0, "", NULL);
    catalogue_seal(catalogue, 1, 1000);
    put(catalogue, 2, 7, 110, 0, "", NULL);
    catalogue_seal(catalogue, 2, 2000);
    put(catalogue, 3, 7, 120, 0, "", NULL);
    catalogue_seal(catalogue, 3, 3000);
    catalogue_forget(catalogue, 2000); /* version 1 was current up to 2000 */
    assert_int_equal(catalogue_product(catalogue, 1, 7)->price_minor, 100);
    catalogue_forget(catalogue, 2001);
    assert_int_equal(catalogue_version_usable(catalogue, 1, 0), VERSION_OLD);
    assert_null(catalogue_product(catalogue, 1, 7));
    assert_int_equal(catalogue_product(catalogue, 2, 7)->price_minor, 110);
    assert_int_equal(catalogue_product(catalogue, 2, 8)->price_minor, 500);
    catalogue_forget(catalogue, INT64_MAX);
    assert_int_equal(catalogue_product(catalogue, 3, 7)->price_minor, 120);
    assert_int_equal(catalogue_product(catalogue, 3, 8)->price_minor, 500);
    put(catalogue, 4, 7, 130, 0, "", NULL);
    catalogue_seal(catalogue, 4, 4000);
    assert_int_equal(catalogue_product(catalogue, 3, 7)->price_minor, 120);
    catalogue_destroy(catalogue);
}

static void two_products_swap_their_keys_in_one_version(void **state)
{
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    put(catalogue, 1, 7, 100, 11, "a", "1");
    put(catalogue, 1, 8, 200, 22, "b", "2");
    catalogue_seal(catalogue, 1, 0);
    put(catalogue, 2, 7, 100, 22, "b", "2");
    put(catalogue, 2, 8, 200, 11, "a", "1");
    catalogue_seal(catalogue, 2, 0);
    assert_int_equal(catalogue_by_plu(catalogue, 22)->id, 7);
    assert_int_equal(catalogue_by_plu(catalogue, 11)->id, 8);
    assert_int_equal(catalogue_by_sku(catalogue, "b")->id, 7);
    assert_int_equal(catalogue_by_barcode(catalogue, "1")->id, 8);
    put(catalogue, 3, 7, 100, 0, "", NULL);
    catalogue_seal(catalogue, 3, 0);
    assert_null(catalogue_by_plu(catalogue, 22));
    assert_null(catalogue_by_barcode(catalogue, "2"));
    catalogue_destroy(catalogue);
}

static void a_walk_goes_by_ids_and_may_skip_what_has_not_changed(void **state)
{
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    for (int64_t id = 30; id >= 10; id -= 10)
        put(catalogue, 1, id, id, 0, "", NULL);
    catalogue_seal(catalogue, 1, 0);
    put(catalogue, 2, 20, 25, 0, "", NULL);
    catalogue_seal(catalogue, 2, 0);
    assert_int_equal(catalogue_next_product(catalogue, 0, 0)->id, 10);
    assert_int_equal(catalogue_next_product(catalogue, 10, 0)->id, 20);
    assert_int_equal(catalogue_next_product(catalogue, 29, 0)->id, 30);
    assert_null(catalogue_next_product(catalogue, 30, 0));
    assert_int_equal(catalogue_next_product(catalogue, 0, 1)->id, 20);
    assert_null(catalogue_next_product(catalogue, 20, 1));
    assert_int_equal(catalogue_product_count(catalogue), 3);
    catalogue_destroy(catalogue);
}

static void a_walk_of_a_version_sees_nothing_of_later_ones(void **state)
{
    struct catalogue *catalogue = catalogue_create();
    const struct product *product;

    (void)state;
    for (int64_t id = 10; id <= 30; id += 10)
        put(catalogue, 1, id, id, 0, "", NULL);
    catalogue_seal(catalogue, 1, 0);
    put(catalogue, 2, 20, 25, 0, "", NULL);
    catalogue_seal(catalogue, 2, 0);
    product = catalogue_next_product_of(catalogue, 2, 10, 1);
    assert_int_equal(product->price_minor, 25);
    put(catalogue, 3, 25, 1, 0, "", NULL); /* between two steps, and before the next */
    put(catalogue, 3, 20, 99, 0, "", NULL);
    catalogue_seal(catalogue, 3, 0);
    assert_int_equal(catalogue_next_product_of(catalogue, 2, 10, 1)->price_minor, 25);
    assert_null(catalogue_next_product_of(catalogue, 2, 20, 1));
    assert_int_equal(catalogue_next_product_of(catalogue, 2, 20, 0)->id, 30);
    assert_int_equal(catalogue_next_product(catalogue, 20, 1)->id, 25);
    catalogue_destroy(catalogue);
}

static void what_has_changed_is_known_as_long_as_it_is_remembered(void **state)
{
    struct catalogue *catalogue = catalogue_create();
    struct arena *arena = arena_create(0);
    int64_t *ids;
    size_t count;

    (void)state;
    assert_false(catalogue_changed_products(catalogue, 0, arena, &ids, &count));
    for (int64_t id = 10; id <= 30; id += 10)
        put(catalogue, 5, id, id, 0, "", NULL);
    catalogue_seal(catalogue, 5, 0);
    assert_false(catalogue_changed_products(catalogue, 4, arena, &ids, &count));
    assert_true(catalogue_changed_products(catalogue, 5, arena, &ids, &count));
    assert_int_equal(count, 0);
    put(catalogue, 6, 30, 1, 0, "", NULL);
    put(catalogue, 6, 10, 2, 0, "", NULL);
    catalogue_seal(catalogue, 6, 10);
    put(catalogue, 8, 30, 3, 0, "", NULL);
    catalogue_seal(catalogue, 8, 20);
    assert_true(catalogue_changed_products(catalogue, 5, arena, &ids, &count));
    assert_int_equal(count, 2); /* in order, each once */
    assert_int_equal(ids[0], 10);
    assert_int_equal(ids[1], 30);
    assert_true(catalogue_changed_products(catalogue, 7, arena, &ids, &count));
    assert_int_equal(count, 1);
    catalogue_forget(catalogue, 15); /* 6 was superseded at 20 */
    assert_false(catalogue_changed_products(catalogue, 5, arena, &ids, &count));
    assert_true(catalogue_changed_products(catalogue, 6, arena, &ids, &count));
    assert_int_equal(count, 1);
    arena_destroy(arena);
    catalogue_destroy(catalogue);
}

static void the_other_rows_are_copied_whole(void **state)
{
    struct catalogue *catalogue = catalogue_create();
    struct tax_rate rates[] = { { .code = "GST", .rate_ppm = 50000 }, { .code = "QST", .rate_ppm = 99750 } };
    const char *permissions[] = { "sell", "refund" };

    (void)state;
    catalogue_put_category(catalogue, 1, &(struct category){ .id = 4, .name = "Cookie" });
    catalogue_put_tax_class(
        catalogue, 1,
        &(struct tax_class){ .id = 5, .name = "Cakes", .rates = rates, .rate_count = 2, .switch_at_count = 6 });
    catalogue_put_programme(catalogue, 1, &(struct programme){ .id = 6, .name = "Points", .reward_name = "Cookie" });
    catalogue_put_shop(catalogue, 1, &(struct shop){ .id = 1, .name = "Caroline's", .currency = "EUR" });
    catalogue_put_role(catalogue, 1,
                       &(struct role){ .id = 2, .name = "clerk", .permissions = permissions, .permission_count = 2 });
    catalogue_seal(catalogue, 1, 0);
    rates[0].rate_ppm = 0;
    permissions[1] = "nothing";
    assert_string_equal(catalogue_category(catalogue, 1, 4)->name, "Cookie");
    assert_int_equal(catalogue_tax_class(catalogue, 1, 5)->rates[0].rate_ppm, 50000);
    assert_string_equal(catalogue_tax_class(catalogue, 1, 5)->rates[1].code, "QST");
    assert_string_equal(catalogue_programme(catalogue, 1)->reward_name, "Cookie");
    assert_string_equal(catalogue_shop(catalogue, 1)->currency, "EUR");
    assert_string_equal(catalogue_shop(catalogue, 1)->receipt_foot, "");
    assert_string_equal(catalogue_role(catalogue, 1, 2)->permissions[1], "refund");
    assert_null(catalogue_programme(catalogue, 0));
    assert_int_equal(catalogue_next_role(catalogue, 0, 0)->id, 2);
    assert_null(catalogue_next_tax_class(catalogue, 5, 0));
    assert_int_equal(catalogue_next_category(catalogue, 0, 0)->id, 4);
    catalogue_destroy(catalogue);
}

static void a_table_finds_what_stands_in_it_whatever_was_dropped(void **state)
{
    struct key_table table = { 0 };
    bool stands[256] = { false };
    uint64_t random = 88172645463325252u;

    (void)state;
    for (int step = 0; step < 20000; step++) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        size_t key = random % 256;

        if (random >> 32 & 1) {
            key_table_put_number(&table, key, &stands[key]);
            stands[key] = true;
        } else {
            key_table_drop_number(&table, key, &stands[(key + 1) % 256]); /* not its value: nothing happens */
            key_table_drop_number(&table, key, &stands[key]);
            stands[key] = false;
        }
        key = random >> 40 & 255;
        assert_ptr_equal(key_table_number(&table, key), stands[key] ? &stands[key] : NULL);
    }
    key_table_fini(&table);
}

static void what_was_never_there_is_not_found(void **state)
{
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    catalogue_destroy(NULL);
    assert_null(catalogue_next_product(catalogue, 0, 0));
    assert_null(catalogue_by_sku(catalogue, "bun"));
    assert_null(catalogue_by_plu(catalogue, 1));
    assert_null(catalogue_shop(catalogue, 1));
    catalogue_forget(catalogue, INT64_MAX);
    catalogue_seal(catalogue, 1, 0);
    catalogue_seal(catalogue, 1, 5); /* again: it keeps the time at which it was first made */
    assert_int_equal(catalogue_newest(catalogue), 1);
    catalogue_destroy(catalogue);
}

static void skus_asked_for_early_are_kept_as_well(void **state)
{
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    put(catalogue, 1, 7, 100, 0, "a", NULL);
    put(catalogue, 1, 8, 100, 0, "", NULL);
    catalogue_seal(catalogue, 1, 0);
    assert_int_equal(catalogue_by_sku(catalogue, "a")->id, 7);
    put(catalogue, 2, 8, 100, 0, "b", NULL);
    put(catalogue, 2, 7, 100, 0, "", NULL);
    catalogue_seal(catalogue, 2, 0);
    assert_null(catalogue_by_sku(catalogue, "a"));
    assert_int_equal(catalogue_by_sku(catalogue, "b")->id, 8);
    catalogue_destroy(catalogue);
}

static void the_past_of_what_changed_often_is_let_go_of_step_by_step(void **state)
{
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    catalogue_reserve(catalogue, 100);
    catalogue_reserve(catalogue, 10); /* there is room for more already */
    for (uint64_t version = 1; version <= 6; version++) {
        put(catalogue, version, 7, (int64_t)version, 0, "", NULL);
        catalogue_seal(catalogue, version, (int64_t)version * 1000);
    }
    catalogue_forget(catalogue, 4001);
    for (uint64_t version = 4; version <= 6; version++)
        assert_int_equal(catalogue_product(catalogue, version, 7)->price_minor, version);
    assert_null(catalogue_product(catalogue, 3, 7));
    catalogue_destroy(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_price_holds_from_its_version_on),
        cmocka_unit_test(a_name_is_folded_once_for_who_searches),
        cmocka_unit_test(a_version_grows_old_when_the_next_is_sealed),
        cmocka_unit_test(forgetting_keeps_what_a_young_version_needs),
        cmocka_unit_test(two_products_swap_their_keys_in_one_version),
        cmocka_unit_test(a_walk_goes_by_ids_and_may_skip_what_has_not_changed),
        cmocka_unit_test(a_walk_of_a_version_sees_nothing_of_later_ones),
        cmocka_unit_test(what_has_changed_is_known_as_long_as_it_is_remembered),
        cmocka_unit_test(the_other_rows_are_copied_whole),
        cmocka_unit_test(a_table_finds_what_stands_in_it_whatever_was_dropped),
        cmocka_unit_test(what_was_never_there_is_not_found),
        cmocka_unit_test(skus_asked_for_early_are_kept_as_well),
        cmocka_unit_test(the_past_of_what_changed_often_is_let_go_of_step_by_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
