/* init.sql: the first shop. */
#include "tests/sim/store/sim_statement.h"

static void init_lock(struct sim_exec *x)
{
    sim_lock_number(x, SIM_NULL, INT64_C(4917012811000013));
    sim_emit(x, KEY(B(sim_text(x, ""))));
}

static void init_shops(struct sim_exec *x)
{
    int64_t count = 0;

    for (struct sim_scan scan = sim_all(x, SIM_SHOP); sim_next(&scan);)
        count++;
    sim_emit(x, KEY(I(count)));
}

static void init_first_shop(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_SHOP); sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SHOP, SHOP_ID, -1, -1);
    if (hits.count > 0)
        sim_emit(x, KEY(hits.hits[0].c[SHOP_ID]));
}

static void init_shop(struct sim_exec *x)
{
    sim_insert(x, SIM_SHOP, 0, PUTS(FROM(SHOP_ID, 1), VALUE(SHOP_CREATED_AT, sim_now(x).us)));
}

static void init_head(struct sim_exec *x)
{
    sim_insert(x, SIM_CATALOGUE_VERSION, 0,
               PUTS(VALUE(CATALOGUE_VERSION_VERSION, 1), VALUE(CATALOGUE_VERSION_SHOP_ID, 0),
                    VALUE(CATALOGUE_VERSION_MADE_AT, sim_now(x).us)));
    sim_insert(x, SIM_CATALOGUE_HEAD, 0, PUTS(FROM(CATALOGUE_HEAD_SHOP_ID, 1), VALUE(CATALOGUE_HEAD_VERSION, 1)));
}

static void init_shop_version(struct sim_exec *x)
{
    sim_insert(x, SIM_SHOP_VERSION, 0,
               PUTS(FROM(SHOP_VERSION_SHOP_ID, 1), VALUE(SHOP_VERSION_FROM_VERSION, 1), FROM(SHOP_VERSION_NAME, 2),
                    FROM(SHOP_VERSION_ADDRESS, 3), FROM(SHOP_VERSION_TAX_NUMBER, 4), FROM(SHOP_VERSION_RECEIPT_HEAD, 5),
                    FROM(SHOP_VERSION_RECEIPT_FOOT, 6), FROM(SHOP_VERSION_CURRENCY, 7),
                    FROM(SHOP_VERSION_CURRENCY_EXPONENT, 8), FROM(SHOP_VERSION_ZONE, 9),
                    FROM(SHOP_VERSION_PRICES_INCLUDE_TAX, 10), FROM(SHOP_VERSION_DAY_CUTOFF_MINUTES, 11),
                    FROM(SHOP_VERSION_CALLING_CODE, 12)));
}

static void init_role(struct sim_exec *x)
{
    sim_insert(x, SIM_ROLE, 0, PUTS(FROM(ROLE_ID, 1)));
    sim_insert(x, SIM_ROLE_VERSION, 0,
               PUTS(FROM(ROLE_VERSION_ROLE_ID, 1), VALUE(ROLE_VERSION_FROM_VERSION, 1), FROM(ROLE_VERSION_NAME, 2),
                    FROM(ROLE_VERSION_PERMISSIONS, 3), FROM(ROLE_VERSION_DISCOUNT_PPM, 4)));
}

static void init_tax_class(struct sim_exec *x)
{
    sim_insert(x, SIM_TAX_CLASS, 0, PUTS(FROM(TAX_CLASS_ID, 1)));
    sim_insert(x, SIM_TAX_CLASS_VERSION, 0,
               PUTS(FROM(TAX_CLASS_VERSION_TAX_CLASS_ID, 1), VALUE(TAX_CLASS_VERSION_FROM_VERSION, 1),
                    FROM(TAX_CLASS_VERSION_NAME, 2)));
}

/* 1 and 2 are their ids, their kinds, and whether there is change. */
static void init_tender_types(struct sim_exec *x)
{
    static const char *const names[] = { "Cash", "Card" };

    for (int64_t id = 1; id <= 2; id++) {
        sim_insert(x, SIM_TENDER_TYPE, 0, PUTS(VALUE(TENDER_TYPE_ID, id)));
        sim_insert(x, SIM_TENDER_TYPE_VERSION, 0,
                   PUTS(VALUE(TENDER_TYPE_VERSION_TENDER_TYPE_ID, id), VALUE(TENDER_TYPE_VERSION_FROM_VERSION, 1),
                        BLOB(TENDER_TYPE_VERSION_NAME, sim_text(x, names[id - 1])), VALUE(TENDER_TYPE_VERSION_KIND, id),
                        VALUE(TENDER_TYPE_VERSION_CHANGE, id), VALUE(TENDER_TYPE_VERSION_REFERENCE_WANTED, id == 2),
                        VALUE(TENDER_TYPE_VERSION_LIMIT_MINOR, 0),
                        BLOB(TENDER_TYPE_VERSION_PERMISSION, sim_text(x, "")),
                        VALUE(TENDER_TYPE_VERSION_ACTIVE, true)));
    }
}

static void init_programme(struct sim_exec *x)
{
    sim_insert(x, SIM_PROGRAMME_VERSION, 0,
               PUTS(FROM(PROGRAMME_VERSION_PROGRAMME_ID, 1), VALUE(PROGRAMME_VERSION_FROM_VERSION, 1),
                    FROM(PROGRAMME_VERSION_NAME, 2), VALUE(PROGRAMME_VERSION_SIGN_UP_POINTS, 20),
                    VALUE(PROGRAMME_VERSION_BIRTHDAY_POINTS, 100), VALUE(PROGRAMME_VERSION_POINTS_PER_UNIT, 10),
                    VALUE(PROGRAMME_VERSION_LOT_DAYS, 365), VALUE(PROGRAMME_VERSION_REWARD_COST, 100),
                    FROM(PROGRAMME_VERSION_REWARD_NAME, 3)));
}

static void init_manager(struct sim_exec *x)
{
    sim_insert(x, SIM_STAFF, 0,
               PUTS(FROM(STAFF_ID, 1), FROM(STAFF_SHOP_ID, 2), FROM(STAFF_ROLE_ID, 3), FROM(STAFF_NAME_SEALED, 4),
                    FROM(STAFF_NAME_BLIND, 5), FROM(STAFF_PIN_HASH, 6), VALUE(STAFF_PIN_ONCE, true),
                    VALUE(STAFF_ACTIVE, true), VALUE(STAFF_CREATED_AT, sim_now(x).us)));
}

/* $6 is an interval: "24 hours" is what --init says. */
static void init_device_code(struct sim_exec *x)
{
    sim_insert(x, SIM_DEVICE_INVITE, 0,
               PUTS(FROM(DEVICE_INVITE_ID, 1), FROM(DEVICE_INVITE_SHOP_ID, 2), VALUE(DEVICE_INVITE_KIND, 3),
                    FROM(DEVICE_INVITE_NAME, 3), FROM(DEVICE_INVITE_SELECTOR, 4), FROM(DEVICE_INVITE_SECRET_HASH, 5),
                    VALUE(DEVICE_INVITE_EXPIRES_AT, sim_now(x).us + DAY_S * SECOND_US),
                    VALUE(DEVICE_INVITE_CREATED_AT, sim_now(x).us)));
}

const struct sim_statement sim_init_statements[] = {
    { &sql_init_lock, init_lock, "pg_advisory_xact_lock$" },
    { &sql_init_shops, init_shops, "count" },
    { &sql_init_first_shop, init_first_shop, "id" },
    { &sql_init_shop, init_shop, NULL },
    { &sql_init_head, init_head, NULL },
    { &sql_init_shop_version, init_shop_version, NULL },
    { &sql_init_role, init_role, NULL },
    { &sql_init_tax_class, init_tax_class, NULL },
    { &sql_init_tender_types, init_tender_types, NULL },
    { &sql_init_programme, init_programme, NULL },
    { &sql_init_manager, init_manager, NULL },
    { &sql_init_device_code, init_device_code, NULL },
    { NULL, NULL, NULL },
};
