/* catalogue.sql: what held at one version, and each state since. */
#include "tests/sim/store/sim_statement.h"

#include <stdlib.h>

static void catalogue_heads(struct sim_exec *x)
{
    struct sim_hits heads = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_CATALOGUE_HEAD); sim_next(&scan);)
        sim_gather(x, &heads, scan.hit);
    sim_sort(&heads, SIM_CATALOGUE_HEAD, CATALOGUE_HEAD_SHOP_ID, -1, -1);
    for (size_t i = 0; i < heads.count; i++)
        sim_emit_columns(x, heads.hits[i].c, SIM_CATALOGUE_HEAD,
                         COLUMNS(CATALOGUE_HEAD_SHOP_ID, CATALOGUE_HEAD_VERSION));
}

static void catalogue_head_of(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_CATALOGUE_HEAD, CATALOGUE_HEAD_BY_SHOP_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL)
        sim_emit(x, KEY(hit.c[CATALOGUE_HEAD_VERSION]));
}

static void catalogue_base(struct sim_exec *x)
{
    int64_t shop_id = sim_int(x, 1), least = SIM_NULL, past = SIM_NULL;

    for (struct sim_scan scan = sim_all(x, SIM_CATALOGUE_VERSION); sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        int64_t version = c[CATALOGUE_VERSION_VERSION].i, of = c[CATALOGUE_VERSION_SHOP_ID].i;
        if (of != 0 && of != shop_id)
            continue;
        if (least == SIM_NULL || version < least)
            least = version;
        if (c[CATALOGUE_VERSION_MADE_AT].i <= sim_int(x, 2) && version > past)
            past = version;
    }
    struct sim_hit head = sim_find(x, SIM_CATALOGUE_HEAD, CATALOGUE_HEAD_BY_SHOP_ID, KEY(I(shop_id)));
    sim_emit(x, KEY(I(past != SIM_NULL    ? past
                      : least != SIM_NULL ? least
                      : head.row != NULL  ? head.c[CATALOGUE_HEAD_VERSION].i
                                          : SIM_NULL)));
}

static void catalogue_versions(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_CATALOGUE_VERSION); sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        if (c[CATALOGUE_VERSION_VERSION].i >= sim_int(x, 1) &&
            (c[CATALOGUE_VERSION_SHOP_ID].i == 0 || c[CATALOGUE_VERSION_SHOP_ID].i == sim_int(x, 2)))
            sim_gather(x, &hits, scan.hit);
    }
    sim_sort(&hits, SIM_CATALOGUE_VERSION, CATALOGUE_VERSION_VERSION, -1, -1);
    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_CATALOGUE_VERSION,
                         COLUMNS(CATALOGUE_VERSION_VERSION, CATALOGUE_VERSION_MADE_AT));
}

/* ---- states of everything but products ---- */

/* Is there a later state of the same key that held already at `held`? index: of the key and from_version. */
static bool is_past(struct sim_exec *x, enum sim_table_id table, int index, int64_t id, int64_t from, int64_t held)
{
    union sim_cell key[] = { I(id) };
    struct sim_scan scan = sim_range(x, table, index, key, 1, from + 1, held, false);

    return sim_next(&scan);
}

/* A table of versions with one id, gathered in the order of versions. by_id: its index of id and from_version. */
static struct sim_hits states_since(struct sim_exec *x, enum sim_table_id table, int by_version, int by_id, int id,
                                    int from_version)
{
    int64_t since = sim_int(x, 1), held = sim_int(x, 2);
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_range(x, table, by_version, NO_KEY, sim_behind(since), INT64_MAX, false);
         sim_next(&scan);)
        if (!is_past(x, table, by_id, scan.hit.c[id].i, scan.hit.c[from_version].i, held))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, table, from_version, id, -1);
    return hits;
}

static void catalogue_shops(struct sim_exec *x)
{
    int64_t shop_id = sim_int(x, 3), since = sim_int(x, 1);
    union sim_cell key[] = { I(shop_id) };

    for (struct sim_scan scan = sim_range(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, key, 1,
                                          sim_behind(since), INT64_MAX, false);
         sim_next(&scan);)
        if (!is_past(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, shop_id,
                     scan.hit.c[SHOP_VERSION_FROM_VERSION].i, sim_int(x, 2)))
            sim_emit_columns(
                x, scan.hit.c, SIM_SHOP_VERSION,
                COLUMNS(SHOP_VERSION_FROM_VERSION, SHOP_VERSION_NAME, SHOP_VERSION_ADDRESS, SHOP_VERSION_TAX_NUMBER,
                        SHOP_VERSION_RECEIPT_HEAD, SHOP_VERSION_RECEIPT_FOOT, SHOP_VERSION_CURRENCY,
                        SHOP_VERSION_CURRENCY_EXPONENT, SHOP_VERSION_ZONE, SHOP_VERSION_PRICES_INCLUDE_TAX,
                        SHOP_VERSION_DAY_CUTOFF_MINUTES, SHOP_VERSION_CASH_ROUNDING_MINOR, SHOP_VERSION_CALLING_CODE,
                        SHOP_VERSION_CODE_LAYOUTS, SHOP_VERSION_DEPOSIT_BACK_MINOR, SHOP_VERSION_DRAWER_PER_PERSON,
                        SHOP_VERSION_GIFT_CARD_MONTHS, SHOP_VERSION_ATTACH_DAYS, SHOP_VERSION_FREE_REFUND_DAY_MINOR));
}

static void catalogue_categories(struct sim_exec *x)
{
    struct sim_hits hits = states_since(x, SIM_CATEGORY_VERSION, CATEGORY_VERSION_BY_FROM_VERSION,
                                        CATEGORY_VERSION_BY_CATEGORY_ID_FROM_VERSION, CATEGORY_VERSION_CATEGORY_ID,
                                        CATEGORY_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_CATEGORY_VERSION,
                         COLUMNS(CATEGORY_VERSION_FROM_VERSION, CATEGORY_VERSION_CATEGORY_ID, CATEGORY_VERSION_NAME,
                                 CATEGORY_VERSION_POSITION));
}

static void catalogue_tax_classes(struct sim_exec *x)
{
    struct sim_hits hits = states_since(x, SIM_TAX_CLASS_VERSION, TAX_CLASS_VERSION_BY_FROM_VERSION,
                                        TAX_CLASS_VERSION_BY_TAX_CLASS_ID_FROM_VERSION, TAX_CLASS_VERSION_TAX_CLASS_ID,
                                        TAX_CLASS_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;
        sim_emit(x, KEY(c[TAX_CLASS_VERSION_FROM_VERSION], c[TAX_CLASS_VERSION_TAX_CLASS_ID], c[TAX_CLASS_VERSION_NAME],
                        c[TAX_CLASS_VERSION_SWITCH_AT_COUNT], I(sim_or_zero(c[TAX_CLASS_VERSION_SWITCH_TO_ID]))));
    }
}

/* The rates of one version of a class, in the order they are told. */
static void emit_rates(struct sim_exec *x, int64_t tax_class_id, int64_t from_version)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_TAX_RATE_VERSION, TAX_RATE_VERSION_BY_TAX_CLASS_ID_FROM_VERSION,
                                         KEY(I(tax_class_id), I(from_version)));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_TAX_RATE_VERSION, TAX_RATE_VERSION_SERVICE, TAX_RATE_VERSION_HOT, TAX_RATE_VERSION_CODE);
    for (size_t i = 0; i < hits.count; i++) {
        sim_emit_columns(x, hits.hits[i].c, SIM_TAX_RATE_VERSION,
                         COLUMNS(TAX_RATE_VERSION_FROM_VERSION, TAX_RATE_VERSION_TAX_CLASS_ID, TAX_RATE_VERSION_SERVICE,
                                 TAX_RATE_VERSION_HOT, TAX_RATE_VERSION_CODE, TAX_RATE_VERSION_RATE_PPM));
    }
}

static void catalogue_tax_rates(struct sim_exec *x)
{
    struct sim_hits hits = states_since(x, SIM_TAX_CLASS_VERSION, TAX_CLASS_VERSION_BY_FROM_VERSION,
                                        TAX_CLASS_VERSION_BY_TAX_CLASS_ID_FROM_VERSION, TAX_CLASS_VERSION_TAX_CLASS_ID,
                                        TAX_CLASS_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        emit_rates(x, hits.hits[i].c[TAX_CLASS_VERSION_TAX_CLASS_ID].i,
                   hits.hits[i].c[TAX_CLASS_VERSION_FROM_VERSION].i);
}

static struct sim_hits promotions_since(struct sim_exec *x)
{
    return states_since(x, SIM_PROMOTION_VERSION, PROMOTION_VERSION_BY_FROM_VERSION,
                        PROMOTION_VERSION_BY_PROMOTION_ID_FROM_VERSION, PROMOTION_VERSION_PROMOTION_ID,
                        PROMOTION_VERSION_FROM_VERSION);
}

static void catalogue_promotions(struct sim_exec *x)
{
    struct sim_hits hits = promotions_since(x);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_PROMOTION_VERSION,
                         COLUMNS(PROMOTION_VERSION_FROM_VERSION, PROMOTION_VERSION_PROMOTION_ID, PROMOTION_VERSION_NAME,
                                 PROMOTION_VERSION_GIFT, PROMOTION_VERSION_VALUE, PROMOTION_VERSION_WEEKDAYS,
                                 PROMOTION_VERSION_FROM_MINUTE, PROMOTION_VERSION_UNTIL_MINUTE,
                                 PROMOTION_VERSION_FIRST_DAY, PROMOTION_VERSION_LAST_DAY,
                                 PROMOTION_VERSION_MEMBERS_ONLY, PROMOTION_VERSION_ACTIVE));
}

static void emit_parts(struct sim_exec *x, const union sim_cell *version)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan =
             sim_scan(x, SIM_PROMOTION_PART_VERSION, PROMOTION_PART_VERSION_BY_PROMOTION_ID_FROM_VERSION,
                      KEY(version[PROMOTION_VERSION_PROMOTION_ID], version[PROMOTION_VERSION_FROM_VERSION]));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_PROMOTION_PART_VERSION, PROMOTION_PART_VERSION_PART, PROMOTION_PART_VERSION_POSITION, -1);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;
        sim_emit(x, KEY(c[PROMOTION_PART_VERSION_FROM_VERSION], c[PROMOTION_PART_VERSION_PROMOTION_ID],
                        c[PROMOTION_PART_VERSION_PART], c[PROMOTION_PART_VERSION_PIECES],
                        I(sim_or_zero(c[PROMOTION_PART_VERSION_CATEGORY_ID])),
                        I(sim_or_zero(c[PROMOTION_PART_VERSION_PRODUCT_ID]))));
    }
}

static void catalogue_promotion_parts(struct sim_exec *x)
{
    struct sim_hits hits = promotions_since(x);

    for (size_t i = 0; i < hits.count; i++)
        emit_parts(x, hits.hits[i].c);
}

static struct sim_hits modifiers_since(struct sim_exec *x)
{
    return states_since(x, SIM_MODIFIER_VERSION, MODIFIER_VERSION_BY_FROM_VERSION,
                        MODIFIER_VERSION_BY_MODIFIER_ID_FROM_VERSION, MODIFIER_VERSION_MODIFIER_ID,
                        MODIFIER_VERSION_FROM_VERSION);
}

static void catalogue_modifiers(struct sim_exec *x)
{
    struct sim_hits hits = modifiers_since(x);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_MODIFIER_VERSION,
                         COLUMNS(MODIFIER_VERSION_FROM_VERSION, MODIFIER_VERSION_MODIFIER_ID, MODIFIER_VERSION_NAME,
                                 MODIFIER_VERSION_CHOOSE_MIN, MODIFIER_VERSION_CHOOSE_MAX, MODIFIER_VERSION_ACTIVE));
}

static void catalogue_modifier_options(struct sim_exec *x)
{
    struct sim_hits hits = modifiers_since(x);

    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *v = hits.hits[i].c;

        for (struct sim_scan scan =
                 sim_scan(x, SIM_MODIFIER_OPTION_VERSION, MODIFIER_OPTION_VERSION_BY_MODIFIER_ID_FROM_VERSION_OPTION,
                          KEY(v[MODIFIER_VERSION_MODIFIER_ID], v[MODIFIER_VERSION_FROM_VERSION]));
             sim_next(&scan);)
            sim_emit_columns(x, scan.hit.c, SIM_MODIFIER_OPTION_VERSION,
                             COLUMNS(MODIFIER_OPTION_VERSION_FROM_VERSION, MODIFIER_OPTION_VERSION_MODIFIER_ID,
                                     MODIFIER_OPTION_VERSION_OPTION, MODIFIER_OPTION_VERSION_NAME,
                                     MODIFIER_OPTION_VERSION_PRICE_MINOR, MODIFIER_OPTION_VERSION_ACTIVE));
    }
}

static void catalogue_programmes(struct sim_exec *x)
{
    int64_t since = sim_int(x, 1), held = sim_int(x, 2);

    for (struct sim_scan scan = sim_range(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY,
                                          sim_behind(since), INT64_MAX, false);
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        struct sim_scan later = sim_range(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY,
                                          c[PROGRAMME_VERSION_FROM_VERSION].i + 1, held, false);
        if (sim_next(&later))
            continue;
        sim_emit(x, KEY(c[PROGRAMME_VERSION_FROM_VERSION], c[PROGRAMME_VERSION_PROGRAMME_ID], c[PROGRAMME_VERSION_NAME],
                        c[PROGRAMME_VERSION_SIGN_UP_POINTS], c[PROGRAMME_VERSION_BIRTHDAY_POINTS],
                        c[PROGRAMME_VERSION_POINTS_PER_UNIT], c[PROGRAMME_VERSION_LOT_DAYS],
                        c[PROGRAMME_VERSION_REWARD_COST], I(sim_or_zero(c[PROGRAMME_VERSION_REWARD_CATEGORY_ID])),
                        c[PROGRAMME_VERSION_REWARD_NAME], c[PROGRAMME_VERSION_TIER_MONTHS],
                        c[PROGRAMME_VERSION_REFERRER_POINTS], c[PROGRAMME_VERSION_FRIEND_POINTS]));
    }
}

void sim_emit_terms(struct sim_exec *x, union sim_cell version)
{
    sim_emit_terms_of(x, version, true);
}

void sim_emit_terms_of(struct sim_exec *x, union sim_cell version, bool rewards)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan =
             sim_scan(x, SIM_PROGRAMME_TERM_VERSION, PROGRAMME_TERM_VERSION_BY_FROM_VERSION, KEY(version));
         sim_next(&scan);)
        if (rewards || scan.hit.c[PROGRAMME_TERM_VERSION_KIND].i != 2)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_PROGRAMME_TERM_VERSION, PROGRAMME_TERM_VERSION_KIND, PROGRAMME_TERM_VERSION_NUMBER,
             PROGRAMME_TERM_VERSION_POSITION);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;

        sim_emit(x, KEY(c[PROGRAMME_TERM_VERSION_FROM_VERSION], c[PROGRAMME_TERM_VERSION_KIND],
                        c[PROGRAMME_TERM_VERSION_NUMBER], c[PROGRAMME_TERM_VERSION_NAME],
                        c[PROGRAMME_TERM_VERSION_GIVES], c[PROGRAMME_TERM_VERSION_VALUE],
                        c[PROGRAMME_TERM_VERSION_COST], c[PROGRAMME_TERM_VERSION_TIER], c[PROGRAMME_TERM_VERSION_GOODS],
                        c[PROGRAMME_TERM_VERSION_WEEKDAYS], c[PROGRAMME_TERM_VERSION_FROM_MINUTE],
                        c[PROGRAMME_TERM_VERSION_UNTIL_MINUTE], I(sim_or_zero(c[PROGRAMME_TERM_VERSION_CATEGORY_ID])),
                        I(sim_or_zero(c[PROGRAMME_TERM_VERSION_PRODUCT_ID]))));
    }
}

static void catalogue_programme_terms(struct sim_exec *x)
{
    int64_t since = sim_int(x, 1), held = sim_int(x, 2);

    for (struct sim_scan scan = sim_range(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY,
                                          sim_behind(since), INT64_MAX, false);
         sim_next(&scan);) {
        const union sim_cell version = scan.hit.c[PROGRAMME_VERSION_FROM_VERSION];
        struct sim_scan later =
            sim_range(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY, version.i + 1, held, false);
        if (!sim_next(&later))
            sim_emit_terms(x, version);
    }
}

static void catalogue_roles(struct sim_exec *x)
{
    struct sim_hits hits =
        states_since(x, SIM_ROLE_VERSION, ROLE_VERSION_BY_FROM_VERSION, ROLE_VERSION_BY_ROLE_ID_FROM_VERSION,
                     ROLE_VERSION_ROLE_ID, ROLE_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_ROLE_VERSION,
                         COLUMNS(ROLE_VERSION_FROM_VERSION, ROLE_VERSION_ROLE_ID, ROLE_VERSION_NAME,
                                 ROLE_VERSION_PERMISSIONS, ROLE_VERSION_DISCOUNT_PPM));
}

static void catalogue_tender_types(struct sim_exec *x)
{
    struct sim_hits hits = states_since(x, SIM_TENDER_TYPE_VERSION, TENDER_TYPE_VERSION_BY_FROM_VERSION,
                                        TENDER_TYPE_VERSION_BY_TENDER_TYPE_ID_FROM_VERSION,
                                        TENDER_TYPE_VERSION_TENDER_TYPE_ID, TENDER_TYPE_VERSION_FROM_VERSION);

    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_TENDER_TYPE_VERSION,
                         COLUMNS(TENDER_TYPE_VERSION_FROM_VERSION, TENDER_TYPE_VERSION_TENDER_TYPE_ID,
                                 TENDER_TYPE_VERSION_NAME, TENDER_TYPE_VERSION_KIND, TENDER_TYPE_VERSION_CHANGE,
                                 TENDER_TYPE_VERSION_REFERENCE_WANTED, TENDER_TYPE_VERSION_LIMIT_MINOR,
                                 TENDER_TYPE_VERSION_PERMISSION, TENDER_TYPE_VERSION_ACTIVE));
}

/* ---- products ---- */

/* What a product was in a shop at a version: nothing without a price. The shop's own price goes before the chain's. */
static void emit_product(struct sim_exec *x, int64_t product_id, int64_t shop_id, int64_t version, bool rated)
{
    const int64_t at = version;
    struct sim_hit p =
        sim_newest(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(I(product_id)), at);
    struct sim_hit price = sim_newest(x, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION,
                                      KEY(I(shop_id), I(product_id)), at);
    struct sim_hit sold_out = sim_newest(x, SIM_SOLD_OUT_VERSION, SOLD_OUT_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION,
                                         KEY(I(shop_id), I(product_id)), at);
    const union sim_cell *rating =
        rated ? sim_newest(x, SIM_RATING_VERSION, RATING_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(I(product_id)), at).c
              : NULL;

    if (price.row == NULL)
        price = sim_newest(x, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION,
                           KEY(I(0), I(product_id)), at);
    if (p.row == NULL || price.row == NULL)
        return;
    const union sim_cell *c = p.c;
    sim_emit(x,
             KEY(I(version), c[PRODUCT_VERSION_PRODUCT_ID], c[PRODUCT_VERSION_NAME], c[PRODUCT_VERSION_SKU],
                 I(sim_or_zero(c[PRODUCT_VERSION_PLU])), c[PRODUCT_VERSION_BARCODES],
                 I(sim_or_zero(c[PRODUCT_VERSION_CATEGORY_ID])), c[PRODUCT_VERSION_UNIT],
                 c[PRODUCT_VERSION_TAX_CLASS_ID], c[PRODUCT_VERSION_CONTAINS], c[PRODUCT_VERSION_MAY_CONTAIN],
                 c[PRODUCT_VERSION_ALLERGEN_NOTE], c[PRODUCT_VERSION_ACTIVE], c[PRODUCT_VERSION_STOCK_POLICY],
                 c[PRODUCT_VERSION_FLOOR_MINOR], c[PRODUCT_VERSION_MODIFIERS], c[PRODUCT_VERSION_OPEN_PRICE],
                 c[PRODUCT_VERSION_OPEN_MIN_MINOR], c[PRODUCT_VERSION_OPEN_MAX_MINOR], c[PRODUCT_VERSION_DEPOSIT_KIND],
                 c[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID], c[PRODUCT_VERSION_DEPOSIT_COUNT],
                 price.c[PRICE_VERSION_PRICE_MINOR], I(sold_out.row != NULL && sold_out.c[SOLD_OUT_VERSION_SOLD_OUT].i),
                 c[PRODUCT_VERSION_NUTRITION], rating == NULL ? I(0) : rating[RATING_VERSION_RATING_SUM],
                 rating == NULL ? I(0) : rating[RATING_VERSION_RATING_COUNT]));
}

static void catalogue_base_products(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_PRODUCT); sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_PRODUCT, PRODUCT_ID, -1, -1);
    for (size_t i = 0; i < hits.count; i++)
        emit_product(x, hits.hits[i].c[PRODUCT_ID].i, sim_int(x, 1), sim_int(x, 2), true);
}

struct change {
    int64_t version, product_id;
};
struct changes {
    struct change *list;
    size_t count, capacity;
};

static void add_change(struct sim_exec *x, struct changes *changes, int64_t version, int64_t product_id)
{
    if (changes->count == changes->capacity) {
        struct change *old = changes->list;
        changes->capacity = changes->capacity == 0 ? 64 : changes->capacity * 2;
        changes->list = sim_memory(x, changes->capacity, sizeof(*changes->list));
        for (size_t i = 0; i < changes->count; i++)
            changes->list[i] = old[i];
    }
    changes->list[changes->count++] = (struct change){ version, product_id };
}

static int compare_changes(const void *left, const void *right)
{
    const struct change *a = left, *b = right;

    if (a->version != b->version)
        return a->version < b->version ? -1 : 1;
    return (a->product_id > b->product_id) - (a->product_id < b->product_id);
}

struct wanted {
    int64_t since, shop_id;
    bool rated;         /* with their ratings */
    const int64_t *ids; /* sorted; NULL: all */
    size_t count;
};

static bool is_wanted(const struct wanted *wanted, int64_t id)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->ids[i] == id)
            return true;
    return wanted->ids == NULL;
}

/* shop: the column of the shop, -1 for none; `chain`: the chain's rows too. */
static void gather_changes(struct sim_exec *x, const struct wanted *wanted, struct changes *changes,
                           enum sim_table_id table, int index, int product, int from_version, int shop, bool chain)
{
    for (struct sim_scan scan = sim_range(x, table, index, NO_KEY, sim_behind(wanted->since), INT64_MAX, false);
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        if (is_wanted(wanted, c[product].i) && (shop < 0 || c[shop].i == wanted->shop_id || (chain && c[shop].i == 0)))
            add_change(x, changes, c[from_version].i, c[product].i);
    }
}

static void emit_changes(struct sim_exec *x, const struct wanted *wanted, struct changes *changes)
{
    gather_changes(x, wanted, changes, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_FROM_VERSION, PRODUCT_VERSION_PRODUCT_ID,
                   PRODUCT_VERSION_FROM_VERSION, -1, false);
    gather_changes(x, wanted, changes, SIM_PRICE_VERSION, PRICE_VERSION_BY_FROM_VERSION, PRICE_VERSION_PRODUCT_ID,
                   PRICE_VERSION_FROM_VERSION, PRICE_VERSION_SHOP_ID, true);
    gather_changes(x, wanted, changes, SIM_SOLD_OUT_VERSION, SOLD_OUT_VERSION_BY_FROM_VERSION,
                   SOLD_OUT_VERSION_PRODUCT_ID, SOLD_OUT_VERSION_FROM_VERSION, SOLD_OUT_VERSION_SHOP_ID, false);
    if (wanted->rated)
        gather_changes(x, wanted, changes, SIM_RATING_VERSION, RATING_VERSION_BY_FROM_VERSION,
                       RATING_VERSION_PRODUCT_ID, RATING_VERSION_FROM_VERSION, -1, false);
    if (changes->count > 1)
        qsort(changes->list, changes->count, sizeof(*changes->list), compare_changes);
    for (size_t i = 0; i < changes->count; i++)
        if (i == 0 || compare_changes(&changes->list[i - 1], &changes->list[i]) != 0)
            emit_product(x, changes->list[i].product_id, wanted->shop_id, changes->list[i].version, wanted->rated);
}

static void catalogue_changed_products(struct sim_exec *x)
{
    struct changes changes = { 0 };

    emit_changes(x, &(struct wanted){ .since = sim_int(x, 1), .shop_id = sim_int(x, 2), .rated = true }, &changes);
}

/* The ids of a parameter, and those of the deposits that ever went with them; in order, each once. */
static const int64_t *with_deposits(struct sim_exec *x, int param, size_t *distinct)
{
    size_t given = sim_count(x, param), count = 0, capacity = given;

    for (size_t i = 0; i < given; i++)
        for (struct sim_scan scan = sim_scan(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                             KEY(I(sim_int_at(x, param, i))));
             sim_next(&scan);)
            capacity++;
    int64_t *ids = sim_memory(x, capacity, sizeof(*ids));
    for (size_t i = 0; i < given; i++) {
        ids[count++] = sim_int_at(x, param, i);
        for (struct sim_scan scan = sim_scan(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                             KEY(I(sim_int_at(x, param, i))));
             sim_next(&scan);)
            if (scan.hit.c[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID].i != 0)
                ids[count++] = scan.hit.c[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID].i;
    }
    return sim_sorted(x, ids, count, distinct);
}

static void catalogue_past_products(struct sim_exec *x)
{
    struct wanted wanted = { .since = sim_int(x, 2), .shop_id = sim_int(x, 1) };
    struct changes changes = { 0 };

    wanted.ids = with_deposits(x, 3, &wanted.count);
    for (size_t i = 0; i < wanted.count; i++)
        add_change(x, &changes, wanted.since, wanted.ids[i]);
    if (wanted.count > 0)
        emit_changes(x, &wanted, &changes);
}

#define PRODUCT_ANSWER                                                                                                 \
    "version id name$ sku$ plu barcodes[ category_id unit tax_class_id contains may_contain allergen_note$ active? "   \
    "stock_policy floor_minor modifiers$ open_price? open_min_minor open_max_minor "                                   \
    "deposit_kind deposit_product_id deposit_count price_minor sold_out? nutrition$ rating_sum rating_count"

const struct sim_statement sim_catalogue_statements[] = {
    { &sql_catalogue_heads, catalogue_heads, "shop_id version" },
    { &sql_catalogue_head_of, catalogue_head_of, "version" },
    { &sql_catalogue_base, catalogue_base, "version" },
    { &sql_catalogue_versions, catalogue_versions, "version made_at@" },
    { &sql_catalogue_shops, catalogue_shops,
      "version name$ address$ tax_number$ receipt_head$ receipt_foot$ currency$ currency_exponent zone$ "
      "prices_include_tax? day_cutoff_minutes cash_rounding_minor calling_code$ code_layouts$ deposit_back_minor "
      "drawer_per_person? gift_card_months attach_days free_refund_day_minor" },
    { &sql_catalogue_categories, catalogue_categories, "version id name$ position" },
    { &sql_catalogue_tax_classes, catalogue_tax_classes, "version id name$ switch_at_count switch_to_id" },
    { &sql_catalogue_tax_rates, catalogue_tax_rates, "version id service hot? code$ rate_ppm" },
    { &sql_catalogue_promotions, catalogue_promotions,
      "version id name$ gift value weekdays from_minute until_minute first_day# last_day# members_only? active?" },
    { &sql_catalogue_promotion_parts, catalogue_promotion_parts, "version id part pieces category_id product_id" },
    { &sql_catalogue_modifiers, catalogue_modifiers, "version id name$ choose_min choose_max active?" },
    { &sql_catalogue_modifier_options, catalogue_modifier_options, "version id option name$ price_minor active?" },
    { &sql_catalogue_programmes, catalogue_programmes,
      "version id name$ sign_up_points birthday_points points_per_unit lot_days reward_cost reward_category_id "
      "reward_name$ tier_months referrer_points friend_points" },
    { &sql_catalogue_programme_terms, catalogue_programme_terms, SIM_TERM_ANSWER },
    { &sql_catalogue_roles, catalogue_roles, "version id name$ permissions[ discount_ppm" },
    { &sql_catalogue_tender_types, catalogue_tender_types,
      "version id name$ kind change reference_wanted? limit_minor permission$ active?" },
    { &sql_catalogue_base_products, catalogue_base_products, PRODUCT_ANSWER },
    { &sql_catalogue_changed_products, catalogue_changed_products, PRODUCT_ANSWER },
    { &sql_catalogue_past_products, catalogue_past_products, PRODUCT_ANSWER },
    { NULL, NULL, NULL },
};
