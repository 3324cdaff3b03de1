/* category_put.sql, tax_class_put.sql, promotion_put.sql, modifier_put.sql, tender_type_put.sql, programme_put.sql, role_put.sql, shop_put.sql: the
 * catalogue's other states. */
#include "tests/sim/store/sim_statement.h"

/* The newest state of each id of a table: DISTINCT ON (id) ... ORDER BY id, from_version DESC. */
static struct sim_hits newest_states(struct sim_exec *x, enum sim_table_id table, int id, int from_version)
{
    struct sim_hits all = { 0 }, newest = { 0 };

    for (struct sim_scan scan = sim_all(x, table); sim_next(&scan);)
        sim_gather(x, &all, scan.hit);
    sim_sort(&all, table, id, SIM_DOWN(from_version), -1);
    for (size_t i = 0; i < all.count; i++)
        if (i == 0 || all.hits[i].c[id].i != all.hits[i - 1].c[id].i)
            sim_gather(x, &newest, all.hits[i]);
    return newest;
}

/* nullif($n, 0) */
static struct sim_put number_of(struct sim_exec *x, int column, int param)
{
    int64_t number = sim_int(x, param);

    return (struct sim_put){ .column = column, .value = number == 0 ? SIM_NULL : number };
}

#define NEW_VERSION(x, column) VALUE(column, sim_greatest_version(x))

/* ---- categories ---- */

static void category_put_all(struct sim_exec *x)
{
    struct sim_hits hits =
        newest_states(x, SIM_CATEGORY_VERSION, CATEGORY_VERSION_CATEGORY_ID, CATEGORY_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_CATEGORY_VERSION,
                         COLUMNS(CATEGORY_VERSION_CATEGORY_ID, CATEGORY_VERSION_NAME, CATEGORY_VERSION_POSITION));
}

static void category_put_create(struct sim_exec *x)
{
    sim_insert(x, SIM_CATEGORY, 0, PUTS(FROM(CATEGORY_ID, 1)));
}

static void category_put_version(struct sim_exec *x)
{
    sim_insert(x, SIM_CATEGORY_VERSION, 0,
               PUTS(FROM(CATEGORY_VERSION_CATEGORY_ID, 1), NEW_VERSION(x, CATEGORY_VERSION_FROM_VERSION),
                    FROM(CATEGORY_VERSION_NAME, 2), FROM(CATEGORY_VERSION_POSITION, 3)));
}

/* ---- tax classes ---- */

static void tax_class_put_all(struct sim_exec *x)
{
    struct sim_hits hits =
        newest_states(x, SIM_TAX_CLASS_VERSION, TAX_CLASS_VERSION_TAX_CLASS_ID, TAX_CLASS_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;
        sim_emit(x, KEY(c[TAX_CLASS_VERSION_TAX_CLASS_ID], c[TAX_CLASS_VERSION_NAME],
                        c[TAX_CLASS_VERSION_SWITCH_AT_COUNT], I(sim_or_zero(c[TAX_CLASS_VERSION_SWITCH_TO_ID]))));
    }
}

static void tax_class_put_rates(struct sim_exec *x)
{
    struct sim_hits hits =
        newest_states(x, SIM_TAX_CLASS_VERSION, TAX_CLASS_VERSION_TAX_CLASS_ID, TAX_CLASS_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        for (struct sim_scan scan = sim_scan(
                 x, SIM_TAX_RATE_VERSION, TAX_RATE_VERSION_BY_TAX_CLASS_ID_FROM_VERSION,
                 KEY(hits.hits[i].c[TAX_CLASS_VERSION_TAX_CLASS_ID], hits.hits[i].c[TAX_CLASS_VERSION_FROM_VERSION]));
             sim_next(&scan);)
            sim_emit_columns(x, scan.hit.c, SIM_TAX_RATE_VERSION,
                             COLUMNS(TAX_RATE_VERSION_TAX_CLASS_ID, TAX_RATE_VERSION_SERVICE, TAX_RATE_VERSION_HOT,
                                     TAX_RATE_VERSION_CODE, TAX_RATE_VERSION_RATE_PPM));
}

static void tax_class_put_create(struct sim_exec *x)
{
    sim_insert(x, SIM_TAX_CLASS, 0, PUTS(FROM(TAX_CLASS_ID, 1)));
}

static void tax_class_put_version(struct sim_exec *x)
{
    sim_insert(x, SIM_TAX_CLASS_VERSION, 0,
               PUTS(FROM(TAX_CLASS_VERSION_TAX_CLASS_ID, 1), NEW_VERSION(x, TAX_CLASS_VERSION_FROM_VERSION),
                    FROM(TAX_CLASS_VERSION_NAME, 2), FROM(TAX_CLASS_VERSION_SWITCH_AT_COUNT, 3),
                    number_of(x, TAX_CLASS_VERSION_SWITCH_TO_ID, 4)));
}

static void tax_class_put_rate_versions(struct sim_exec *x)
{
    sim_insert_all(x, SIM_TAX_RATE_VERSION,
                   PUTS(FROM(TAX_RATE_VERSION_SERVICE, 2), FROM(TAX_RATE_VERSION_HOT, 3),
                        FROM(TAX_RATE_VERSION_CODE, 4), FROM(TAX_RATE_VERSION_RATE_PPM, 5),
                        FROM(TAX_RATE_VERSION_TAX_CLASS_ID, 1), NEW_VERSION(x, TAX_RATE_VERSION_FROM_VERSION)));
}

/* ---- promotions ---- */

static void promotion_put_all(struct sim_exec *x)
{
    struct sim_hits hits =
        newest_states(x, SIM_PROMOTION_VERSION, PROMOTION_VERSION_PROMOTION_ID, PROMOTION_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_PROMOTION_VERSION,
                         COLUMNS(PROMOTION_VERSION_PROMOTION_ID, PROMOTION_VERSION_NAME, PROMOTION_VERSION_GIFT,
                                 PROMOTION_VERSION_VALUE, PROMOTION_VERSION_WEEKDAYS, PROMOTION_VERSION_FROM_MINUTE,
                                 PROMOTION_VERSION_UNTIL_MINUTE, PROMOTION_VERSION_FIRST_DAY,
                                 PROMOTION_VERSION_LAST_DAY, PROMOTION_VERSION_MEMBERS_ONLY, PROMOTION_VERSION_ACTIVE));
}

static void promotion_put_parts(struct sim_exec *x)
{
    struct sim_hit version = sim_newest(x, SIM_PROMOTION_VERSION, PROMOTION_VERSION_BY_PROMOTION_ID_FROM_VERSION,
                                        KEY(I(sim_int(x, 1))), INT64_MAX);
    struct sim_hits hits = { 0 };

    if (version.row == NULL)
        return;
    for (struct sim_scan scan =
             sim_scan(x, SIM_PROMOTION_PART_VERSION, PROMOTION_PART_VERSION_BY_PROMOTION_ID_FROM_VERSION,
                      KEY(version.c[PROMOTION_VERSION_PROMOTION_ID], version.c[PROMOTION_VERSION_FROM_VERSION]));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_PROMOTION_PART_VERSION, PROMOTION_PART_VERSION_PART, PROMOTION_PART_VERSION_POSITION, -1);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;
        sim_emit(x, KEY(c[PROMOTION_PART_VERSION_PART], c[PROMOTION_PART_VERSION_PIECES],
                        I(sim_or_zero(c[PROMOTION_PART_VERSION_CATEGORY_ID])),
                        I(sim_or_zero(c[PROMOTION_PART_VERSION_PRODUCT_ID]))));
    }
}

static void promotion_put_products(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        if (sim_find(x, SIM_PRODUCT, PRODUCT_BY_ID, KEY(I(ids[i]))).row != NULL)
            sim_emit(x, KEY(I(ids[i])));
}

static void promotion_put_create(struct sim_exec *x)
{
    sim_insert(x, SIM_PROMOTION, 0, PUTS(FROM(PROMOTION_ID, 1)));
}

static void promotion_put_version(struct sim_exec *x)
{
    sim_insert(x, SIM_PROMOTION_VERSION, 0,
               PUTS(FROM(PROMOTION_VERSION_PROMOTION_ID, 1), NEW_VERSION(x, PROMOTION_VERSION_FROM_VERSION),
                    FROM(PROMOTION_VERSION_NAME, 2), FROM(PROMOTION_VERSION_GIFT, 3), FROM(PROMOTION_VERSION_VALUE, 4),
                    FROM(PROMOTION_VERSION_WEEKDAYS, 5), FROM(PROMOTION_VERSION_FROM_MINUTE, 6),
                    FROM(PROMOTION_VERSION_UNTIL_MINUTE, 7), FROM(PROMOTION_VERSION_FIRST_DAY, 8),
                    FROM(PROMOTION_VERSION_LAST_DAY, 9), FROM(PROMOTION_VERSION_MEMBERS_ONLY, 10),
                    FROM(PROMOTION_VERSION_ACTIVE, 11)));
}

/* nullif(), of an element of an array. */
static struct sim_put number_at(struct sim_exec *x, int column, int param, size_t i)
{
    int64_t number = sim_int_at(x, param, i);

    return (struct sim_put){ .column = column, .value = number == 0 ? SIM_NULL : number };
}

static void promotion_put_part_versions(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++)
        sim_insert(x, SIM_PROMOTION_PART_VERSION, i,
                   PUTS(FROM(PROMOTION_PART_VERSION_PROMOTION_ID, 1),
                        NEW_VERSION(x, PROMOTION_PART_VERSION_FROM_VERSION), FROM(PROMOTION_PART_VERSION_PART, 2),
                        FROM(PROMOTION_PART_VERSION_POSITION, 3), FROM(PROMOTION_PART_VERSION_PIECES, 4),
                        number_at(x, PROMOTION_PART_VERSION_CATEGORY_ID, 5, i),
                        number_at(x, PROMOTION_PART_VERSION_PRODUCT_ID, 6, i)));
}

/* ---- means of payment ---- */

static void tender_type_put_all(struct sim_exec *x)
{
    struct sim_hits hits =
        newest_states(x, SIM_TENDER_TYPE_VERSION, TENDER_TYPE_VERSION_TENDER_TYPE_ID, TENDER_TYPE_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_TENDER_TYPE_VERSION,
                         COLUMNS(TENDER_TYPE_VERSION_TENDER_TYPE_ID, TENDER_TYPE_VERSION_NAME, TENDER_TYPE_VERSION_KIND,
                                 TENDER_TYPE_VERSION_CHANGE, TENDER_TYPE_VERSION_REFERENCE_WANTED,
                                 TENDER_TYPE_VERSION_LIMIT_MINOR, TENDER_TYPE_VERSION_PERMISSION,
                                 TENDER_TYPE_VERSION_ACTIVE));
}

static void tender_type_put_create(struct sim_exec *x)
{
    sim_insert(x, SIM_TENDER_TYPE, 0, PUTS(FROM(TENDER_TYPE_ID, 1)));
}

static void tender_type_put_version(struct sim_exec *x)
{
    sim_insert(x, SIM_TENDER_TYPE_VERSION, 0,
               PUTS(FROM(TENDER_TYPE_VERSION_TENDER_TYPE_ID, 1), NEW_VERSION(x, TENDER_TYPE_VERSION_FROM_VERSION),
                    FROM(TENDER_TYPE_VERSION_NAME, 2), FROM(TENDER_TYPE_VERSION_KIND, 3),
                    FROM(TENDER_TYPE_VERSION_CHANGE, 4), FROM(TENDER_TYPE_VERSION_REFERENCE_WANTED, 5),
                    FROM(TENDER_TYPE_VERSION_LIMIT_MINOR, 6), FROM(TENDER_TYPE_VERSION_PERMISSION, 7),
                    FROM(TENDER_TYPE_VERSION_ACTIVE, 8)));
}

/* ---- modifiers ---- */

static void modifier_put_all(struct sim_exec *x)
{
    struct sim_hits hits =
        newest_states(x, SIM_MODIFIER_VERSION, MODIFIER_VERSION_MODIFIER_ID, MODIFIER_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_MODIFIER_VERSION,
                         COLUMNS(MODIFIER_VERSION_MODIFIER_ID, MODIFIER_VERSION_NAME, MODIFIER_VERSION_CHOOSE_MIN,
                                 MODIFIER_VERSION_CHOOSE_MAX, MODIFIER_VERSION_ACTIVE));
}

static void modifier_put_options(struct sim_exec *x)
{
    struct sim_hit version = sim_newest(x, SIM_MODIFIER_VERSION, MODIFIER_VERSION_BY_MODIFIER_ID_FROM_VERSION,
                                        KEY(I(sim_int(x, 1))), INT64_MAX);

    if (version.row == NULL)
        return;
    for (struct sim_scan scan =
             sim_scan(x, SIM_MODIFIER_OPTION_VERSION, MODIFIER_OPTION_VERSION_BY_MODIFIER_ID_FROM_VERSION_OPTION,
                      KEY(version.c[MODIFIER_VERSION_MODIFIER_ID], version.c[MODIFIER_VERSION_FROM_VERSION]));
         sim_next(&scan);)
        sim_emit_columns(x, scan.hit.c, SIM_MODIFIER_OPTION_VERSION,
                         COLUMNS(MODIFIER_OPTION_VERSION_OPTION, MODIFIER_OPTION_VERSION_NAME,
                                 MODIFIER_OPTION_VERSION_PRICE_MINOR, MODIFIER_OPTION_VERSION_ACTIVE));
}

static void modifier_put_create(struct sim_exec *x)
{
    sim_insert(x, SIM_MODIFIER, 0, PUTS(FROM(MODIFIER_ID, 1)));
}

static void modifier_put_version(struct sim_exec *x)
{
    sim_insert(x, SIM_MODIFIER_VERSION, 0,
               PUTS(FROM(MODIFIER_VERSION_MODIFIER_ID, 1), NEW_VERSION(x, MODIFIER_VERSION_FROM_VERSION),
                    FROM(MODIFIER_VERSION_NAME, 2), FROM(MODIFIER_VERSION_CHOOSE_MIN, 3),
                    FROM(MODIFIER_VERSION_CHOOSE_MAX, 4), FROM(MODIFIER_VERSION_ACTIVE, 5)));
}

static void modifier_put_option_versions(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++)
        sim_insert(x, SIM_MODIFIER_OPTION_VERSION, i,
                   PUTS(FROM(MODIFIER_OPTION_VERSION_MODIFIER_ID, 1),
                        NEW_VERSION(x, MODIFIER_OPTION_VERSION_FROM_VERSION), FROM(MODIFIER_OPTION_VERSION_OPTION, 2),
                        FROM(MODIFIER_OPTION_VERSION_NAME, 3), FROM(MODIFIER_OPTION_VERSION_PRICE_MINOR, 4),
                        FROM(MODIFIER_OPTION_VERSION_ACTIVE, 5)));
}

/* ---- the points programme ---- */

static void programme_put_now(struct sim_exec *x)
{
    struct sim_hit hit = sim_newest(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY, INT64_MAX);

    if (hit.row == NULL)
        return;
    const union sim_cell *c = hit.c;
    sim_emit(x, KEY(c[PROGRAMME_VERSION_PROGRAMME_ID], c[PROGRAMME_VERSION_NAME], c[PROGRAMME_VERSION_SIGN_UP_POINTS],
                    c[PROGRAMME_VERSION_BIRTHDAY_POINTS], c[PROGRAMME_VERSION_POINTS_PER_UNIT],
                    c[PROGRAMME_VERSION_LOT_DAYS], c[PROGRAMME_VERSION_REWARD_COST],
                    I(sim_or_zero(c[PROGRAMME_VERSION_REWARD_CATEGORY_ID])), c[PROGRAMME_VERSION_REWARD_NAME],
                    c[PROGRAMME_VERSION_TIER_MONTHS], c[PROGRAMME_VERSION_REFERRER_POINTS],
                    c[PROGRAMME_VERSION_FRIEND_POINTS], c[PROGRAMME_VERSION_FROM_VERSION]));
}

static void programme_put_terms(struct sim_exec *x)
{
    struct sim_hit hit = sim_newest(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY, INT64_MAX);

    if (hit.row != NULL)
        sim_emit_terms(x, hit.c[PROGRAMME_VERSION_FROM_VERSION]);
}

static void programme_put_term_versions(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++)
        sim_insert(x, SIM_PROGRAMME_TERM_VERSION, i,
                   PUTS(FROM(PROGRAMME_TERM_VERSION_PROGRAMME_ID, 1),
                        NEW_VERSION(x, PROGRAMME_TERM_VERSION_FROM_VERSION), FROM(PROGRAMME_TERM_VERSION_KIND, 2),
                        FROM(PROGRAMME_TERM_VERSION_NUMBER, 3), FROM(PROGRAMME_TERM_VERSION_POSITION, 4),
                        FROM(PROGRAMME_TERM_VERSION_NAME, 5), FROM(PROGRAMME_TERM_VERSION_GIVES, 6),
                        FROM(PROGRAMME_TERM_VERSION_VALUE, 7), FROM(PROGRAMME_TERM_VERSION_COST, 8),
                        FROM(PROGRAMME_TERM_VERSION_TIER, 9), FROM(PROGRAMME_TERM_VERSION_GOODS, 10),
                        FROM(PROGRAMME_TERM_VERSION_WEEKDAYS, 11), FROM(PROGRAMME_TERM_VERSION_FROM_MINUTE, 12),
                        FROM(PROGRAMME_TERM_VERSION_UNTIL_MINUTE, 13),
                        number_at(x, PROGRAMME_TERM_VERSION_CATEGORY_ID, 14, i),
                        number_at(x, PROGRAMME_TERM_VERSION_PRODUCT_ID, 15, i)));
}

static void programme_put_version(struct sim_exec *x)
{
    sim_insert(x, SIM_PROGRAMME_VERSION, 0,
               PUTS(FROM(PROGRAMME_VERSION_PROGRAMME_ID, 1), NEW_VERSION(x, PROGRAMME_VERSION_FROM_VERSION),
                    FROM(PROGRAMME_VERSION_NAME, 2), FROM(PROGRAMME_VERSION_SIGN_UP_POINTS, 3),
                    FROM(PROGRAMME_VERSION_BIRTHDAY_POINTS, 4), FROM(PROGRAMME_VERSION_POINTS_PER_UNIT, 5),
                    FROM(PROGRAMME_VERSION_LOT_DAYS, 6), FROM(PROGRAMME_VERSION_REWARD_COST, 7),
                    number_of(x, PROGRAMME_VERSION_REWARD_CATEGORY_ID, 8), FROM(PROGRAMME_VERSION_REWARD_NAME, 9),
                    FROM(PROGRAMME_VERSION_TIER_MONTHS, 10), FROM(PROGRAMME_VERSION_REFERRER_POINTS, 11),
                    FROM(PROGRAMME_VERSION_FRIEND_POINTS, 12)));
}

/* ---- roles ---- */

static void role_put_all(struct sim_exec *x)
{
    struct sim_hits hits = newest_states(x, SIM_ROLE_VERSION, ROLE_VERSION_ROLE_ID, ROLE_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(
            x, hits.hits[i].c, SIM_ROLE_VERSION,
            COLUMNS(ROLE_VERSION_ROLE_ID, ROLE_VERSION_NAME, ROLE_VERSION_PERMISSIONS, ROLE_VERSION_DISCOUNT_PPM));
}

static void role_put_caller(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL)
        sim_emit(x, KEY(hit.c[STAFF_ROLE_ID]));
}

static void role_put_create(struct sim_exec *x)
{
    sim_insert(x, SIM_ROLE, 0, PUTS(FROM(ROLE_ID, 1)));
}

static void role_put_version(struct sim_exec *x)
{
    sim_insert(x, SIM_ROLE_VERSION, 0,
               PUTS(FROM(ROLE_VERSION_ROLE_ID, 1), NEW_VERSION(x, ROLE_VERSION_FROM_VERSION),
                    FROM(ROLE_VERSION_NAME, 2), FROM(ROLE_VERSION_PERMISSIONS, 3), FROM(ROLE_VERSION_DISCOUNT_PPM, 4)));
}

/* ---- the shop ---- */

/* Has the drawer of any of its tills ever been? */
static bool has_opened(struct sim_exec *x, int64_t shop_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_DEVICE, DEVICE_BY_SHOP_ID_ID, KEY(I(shop_id))); sim_next(&scan);) {
        struct sim_scan drawers = sim_scan(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(scan.hit.c[DEVICE_ID]));
        if (sim_next(&drawers))
            return true;
    }
    return false;
}

static void shop_put_now(struct sim_exec *x)
{
    struct sim_hit hit =
        sim_newest(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, KEY(I(sim_int(x, 1))), INT64_MAX);

    if (hit.row == NULL)
        return;
    const union sim_cell *c = hit.c;
    sim_emit(x, KEY(c[SHOP_VERSION_SHOP_ID], c[SHOP_VERSION_NAME], c[SHOP_VERSION_ADDRESS], c[SHOP_VERSION_TAX_NUMBER],
                    c[SHOP_VERSION_RECEIPT_HEAD], c[SHOP_VERSION_RECEIPT_FOOT], c[SHOP_VERSION_CURRENCY],
                    c[SHOP_VERSION_CURRENCY_EXPONENT], c[SHOP_VERSION_ZONE], c[SHOP_VERSION_PRICES_INCLUDE_TAX],
                    c[SHOP_VERSION_DAY_CUTOFF_MINUTES], c[SHOP_VERSION_CASH_ROUNDING_MINOR],
                    c[SHOP_VERSION_CALLING_CODE], c[SHOP_VERSION_CODE_LAYOUTS], c[SHOP_VERSION_DEPOSIT_BACK_MINOR],
                    c[SHOP_VERSION_DRAWER_PER_PERSON], c[SHOP_VERSION_GIFT_CARD_MONTHS], c[SHOP_VERSION_ATTACH_DAYS],
                    c[SHOP_VERSION_FREE_REFUND_DAY_MINOR], I(has_opened(x, sim_int(x, 1)))));
}

static void shop_put_others(struct sim_exec *x)
{
    struct sim_hits shops = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_SHOP); sim_next(&scan);)
        sim_gather(x, &shops, scan.hit);
    sim_sort(&shops, SIM_SHOP, SHOP_ID, -1, -1);
    for (size_t i = 0; i < shops.count; i++) {
        union sim_cell id = shops.hits[i].c[SHOP_ID];
        struct sim_hit hit = sim_newest(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, KEY(id), INT64_MAX);

        if (id.i != sim_int(x, 1) && hit.row != NULL)
            sim_emit(x, KEY(id, hit.c[SHOP_VERSION_CURRENCY], hit.c[SHOP_VERSION_CURRENCY_EXPONENT]));
    }
}

static void shop_put_version(struct sim_exec *x)
{
    sim_insert(x, SIM_SHOP_VERSION, 0,
               PUTS(FROM(SHOP_VERSION_SHOP_ID, 1), NEW_VERSION(x, SHOP_VERSION_FROM_VERSION),
                    FROM(SHOP_VERSION_NAME, 2), FROM(SHOP_VERSION_ADDRESS, 3), FROM(SHOP_VERSION_TAX_NUMBER, 4),
                    FROM(SHOP_VERSION_RECEIPT_HEAD, 5), FROM(SHOP_VERSION_RECEIPT_FOOT, 6),
                    FROM(SHOP_VERSION_CURRENCY, 7), FROM(SHOP_VERSION_CURRENCY_EXPONENT, 8), FROM(SHOP_VERSION_ZONE, 9),
                    FROM(SHOP_VERSION_PRICES_INCLUDE_TAX, 10), FROM(SHOP_VERSION_DAY_CUTOFF_MINUTES, 11),
                    FROM(SHOP_VERSION_CASH_ROUNDING_MINOR, 12), FROM(SHOP_VERSION_CALLING_CODE, 13),
                    FROM(SHOP_VERSION_CODE_LAYOUTS, 14), FROM(SHOP_VERSION_DEPOSIT_BACK_MINOR, 15),
                    FROM(SHOP_VERSION_DRAWER_PER_PERSON, 16), FROM(SHOP_VERSION_GIFT_CARD_MONTHS, 17),
                    FROM(SHOP_VERSION_ATTACH_DAYS, 18), FROM(SHOP_VERSION_FREE_REFUND_DAY_MINOR, 19)));
}

const struct sim_statement sim_put_statements[] = {
    { &sql_category_put_all, category_put_all, "id name$ position" },
    { &sql_category_put_create, category_put_create, NULL },
    { &sql_category_put_version, category_put_version, NULL },
    { &sql_tax_class_put_all, tax_class_put_all, "id name$ switch_at_count switch_to_id" },
    { &sql_tax_class_put_rates, tax_class_put_rates, "id service hot? code$ rate_ppm" },
    { &sql_tax_class_put_create, tax_class_put_create, NULL },
    { &sql_tax_class_put_version, tax_class_put_version, NULL },
    { &sql_tax_class_put_rate_versions, tax_class_put_rate_versions, NULL },
    { &sql_promotion_put_all, promotion_put_all,
      "id name$ gift value weekdays from_minute until_minute first_day# last_day# members_only? active?" },
    { &sql_promotion_put_parts, promotion_put_parts, "part pieces category_id product_id" },
    { &sql_promotion_put_products, promotion_put_products, "id" },
    { &sql_promotion_put_create, promotion_put_create, NULL },
    { &sql_promotion_put_version, promotion_put_version, NULL },
    { &sql_promotion_put_part_versions, promotion_put_part_versions, NULL },
    { &sql_tender_type_put_all, tender_type_put_all,
      "id name$ kind change reference_wanted? limit_minor permission$ active?" },
    { &sql_tender_type_put_create, tender_type_put_create, NULL },
    { &sql_tender_type_put_version, tender_type_put_version, NULL },
    { &sql_modifier_put_all, modifier_put_all, "id name$ choose_min choose_max active?" },
    { &sql_modifier_put_options, modifier_put_options, "option name$ price_minor active?" },
    { &sql_modifier_put_create, modifier_put_create, NULL },
    { &sql_modifier_put_version, modifier_put_version, NULL },
    { &sql_modifier_put_option_versions, modifier_put_option_versions, NULL },
    { &sql_programme_put_now, programme_put_now,
      "id name$ sign_up_points birthday_points points_per_unit lot_days reward_cost reward_category_id reward_name$ "
      "tier_months referrer_points friend_points version" },
    { &sql_programme_put_terms, programme_put_terms, SIM_TERM_ANSWER },
    { &sql_programme_put_version, programme_put_version, NULL },
    { &sql_programme_put_term_versions, programme_put_term_versions, NULL },
    { &sql_role_put_all, role_put_all, "id name$ permissions[ discount_ppm" },
    { &sql_role_put_caller, role_put_caller, "role_id" },
    { &sql_role_put_create, role_put_create, NULL },
    { &sql_role_put_version, role_put_version, NULL },
    { &sql_shop_put_now, shop_put_now,
      "id name$ address$ tax_number$ receipt_head$ receipt_foot$ currency$ currency_exponent zone$ "
      "prices_include_tax? day_cutoff_minutes cash_rounding_minor calling_code$ code_layouts$ deposit_back_minor "
      "drawer_per_person? gift_card_months attach_days free_refund_day_minor has_opened?" },
    { &sql_shop_put_others, shop_put_others, "shop_id currency$ currency_exponent" },
    { &sql_shop_put_version, shop_put_version, NULL },
    { NULL, NULL, NULL },
};
