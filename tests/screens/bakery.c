/* A bakery for screens. */
#include "bakery.h"

#include <stdio.h>

static void put_at(struct catalogue *catalogue, uint64_t version, int64_t id, const char *name, int64_t price_minor,
                   uint32_t plu, const char *barcode, struct product more)
{
    const char *barcodes[1] = { barcode };
    struct product product = more;

    product.id = id;
    product.name = name;
    product.sku = "";
    if (product.allergen_note == NULL)
        product.allergen_note = "";
    product.price_minor = price_minor;
    product.plu = plu;
    product.barcodes = barcodes;
    product.barcode_count = barcode == NULL ? 0 : 1;
    product.tax_class_id = 1;
    product.active = true;
    catalogue_put_product(catalogue, version, &product);
}

static void put(struct catalogue *catalogue, int64_t id, const char *name, int64_t price_minor, uint32_t plu,
                const char *barcode, struct product more)
{
    put_at(catalogue, 1, id, name, price_minor, plu, barcode, more);
}

struct catalogue *bakery_create(void)
{
    struct catalogue *catalogue = catalogue_create();
    static const struct tax_rate rates[] = {
        { .service = SERVICE_TAKE_AWAY, .hot = false, .code = "VAT7", .rate_ppm = 70000 },
        { .service = SERVICE_TAKE_AWAY, .hot = true, .code = "VAT19", .rate_ppm = 190000 },
        { .service = SERVICE_EAT_IN, .hot = false, .code = "VAT19", .rate_ppm = 190000 },
        { .service = SERVICE_EAT_IN, .hot = true, .code = "VAT19", .rate_ppm = 190000 },
    };
    catalogue_put_shop(catalogue, 1,
                       &(struct shop){ .id = 1,
                                       .name = "Caroline's Cookies",
                                       .address = "1 Oven Street",
                                       .tax_number = "T-1",
                                       .receipt_head = "",
                                       .receipt_foot = "",
                                       .currency = "EUR",
                                       .zone_name = "Europe/Berlin",
                                       .currency_exponent = 2,
                                       .day_cutoff_minutes = 180,
                                       .prices_include_tax = true });
    catalogue_put_tax_class(catalogue, 1,
                            &(struct tax_class){ .id = 1, .name = "food", .rates = rates, .rate_count = 4 });
    catalogue_put_category(catalogue, 1, &(struct category){ .id = 1, .name = "Cookies", .position = 1 });
    catalogue_put_programme(catalogue, 1,
                            &(struct programme){ .id = 1,
                                                 .name = "Points",
                                                 .reward_name = "Free cookie",
                                                 .sign_up_points = 20,
                                                 .birthday_points = 100,
                                                 .points_per_unit = 10,
                                                 .lot_days = 365,
                                                 .reward_cost = 100,
                                                 .reward_category_id = 1 });
    put(catalogue, 1, "Croissant", 195, 112, "4006381333931", (struct product){ .contains = 1 << 1 | 1 << 7 });
    put(catalogue, BAKERY_ECLAIR, "Éclair au chocolat", 350, 113, "73513537",
        (struct product){ .contains = 1 << 1 | 1 << 3 | 1 << 7,
                          .may_contain = 1 << 8,
                          .allergen_note = "wheat; made beside almonds" });
    put(catalogue, 3, "Chocolate Cake", 895, 114, NULL, (struct product){ .contains = 1 << 1 | 1 << 3 });
    put(catalogue, BAKERY_COOKIE, "Almond Cookie", 120, 115, NULL,
        (struct product){ .category_id = 1, .contains = 1 << 8 });
    put(catalogue, 5, "餅クッキー", 210, 116, NULL, (struct product){ .category_id = 1 });
    put(catalogue, BAKERY_SOLD_OUT, "Lemon Tart", 395, 117, NULL, (struct product){ .sold_out = true });
    put(catalogue, BAKERY_BREAD, "Rye bread by weight", 640, 118, NULL, (struct product){ .unit = UNIT_KILOGRAM });
    catalogue_seal(catalogue, 1, 1);
    return catalogue;
}

void bakery_add(struct catalogue *catalogue, int64_t first_id, size_t count)
{
    static const char *const kinds[] = { "Croissant", "Brioche", "Éclair", "Tarte", "Cookie", "Cake", "Roll", "Bread" };
    static const char *const tastes[] = { "Almond", "Chocolate", "Lemon", "Crème brûlée", "Vanilla", "Raisin", "Rye" };
    char name[120];

    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "%s %s No. %zu", tastes[i % 7], kinds[i % 8], i);
        put(catalogue, first_id + (int64_t)i, name, 100 + (int64_t)(i % 900), i < 900000 ? (uint32_t)(1000 + i) : 0,
            NULL, (struct product){ 0 });
    }
    catalogue_seal(catalogue, 2, 2);
}

void bakery_raise(struct catalogue *catalogue, uint64_t version, int64_t price_minor, int64_t at_us)
{
    put_at(catalogue, version, 1, "Croissant", price_minor, 112, "4006381333931",
           (struct product){ .contains = 1 << 1 | 1 << 7 });
    catalogue_seal(catalogue, version, at_us);
}

void bakery_take_vouchers(struct catalogue *catalogue, size_t count)
{
    static const struct tender_type types[] = {
        { .id = 71,
          .name = "Voucher",
          .permission = "",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_NONE,
          .active = true },
        { .id = 72,
          .name = "Meal voucher",
          .permission = "",
          .limit_minor = 5000,
          .kind = TENDER_VOUCHER,
          .change = CHANGE_FORFEITED,
          .active = true },
        { .id = 73,
          .name = "Town voucher",
          .permission = "",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_NONE,
          .reference_wanted = true,
          .active = true },
        { .id = 74,
          .name = "Staff meal",
          .permission = "staff_meal",
          .kind = TENDER_HOUSE,
          .change = CHANGE_NONE,
          .active = true },
        { .id = 75, .name = "Old voucher", .permission = "", .kind = TENDER_VOUCHER, .change = CHANGE_NONE },
        { .id = 76,
          .name = "Lunch cheque",
          .permission = "",
          .kind = TENDER_VOUCHER,
          .change = CHANGE_FORFEITED,
          .reference_wanted = true,
          .active = true },
    };

    for (size_t i = 0; i < count && i < sizeof types / sizeof *types; i++)
        catalogue_put_tender_type(catalogue, 1, &types[i]);
}
