/* A sale's facts out of their tables, and the catalogue as of the version that priced it. */
#include "server/service/sale_explain_load.h"

#include <string.h>

#include "db/queries.h"
#include "server/service/coupon_message.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

/* ---- which ---- */

/* Another's is answered as one that there is not. */
static enum step refuse_unknown(struct call *c, const struct explain_load *load)
{
    return refuse(c, REFUSAL(UNKNOWN_SALE), load->sale_load.found != NULL ? "no such receipt" : "no such sale");
}

enum step explain_find(struct call *c, struct explain_load *load, const struct sale_key *key)
{
    struct sale_key rows = *key;

    rows.rows_alone = true; /* it is these that the numbers are held against */
    return sale_find(c, &load->sale_load, &rows);
}

/* Members are the chain's: a sale of theirs may be another shop's. */
enum step explain_ask_whose(struct call *c, struct explain_load *load)
{
    enum step step = sale_found(c, &load->sale_load);

    if (step == STEP_NEXT && c->member_id != 0)
        load->whose =
            ask(c, &sql_sale_explain_whose, PARAMS(PARAM_INT(load->sale_load.sale_id), PARAM_INT(c->member_id)));
    return step;
}

enum step explain_ask_sale(struct call *c, struct explain_load *load)
{
    const struct param id = PARAM_INT(load->sale_load.sale_id);
    enum step step = STEP_NEXT;

    if (load->whose != NULL && rows_count(load->whose) == 0)
        return refuse_unknown(c, load);
    if (load->whose != NULL)
        load->sale_load.shop_id = row_int(load->whose, 0, "shop_id");
    step = sale_load(c, &load->sale_load);
    load->exceptions = ask(c, &sql_sale_explain_exceptions, PARAMS(id));
    load->points = ask(c, &sql_sale_explain_points, PARAMS(id));
    load->prices = ask(c, &sql_sale_explain_prices, PARAMS(id));
    load->back = ask(c, &sql_sale_explain_back, PARAMS(id));
    return step;
}

/* ---- what priced it ---- */

static uint64_t version_of(const struct explain_load *load)
{
    return (uint64_t)row_int(load->sale_load.head, 0, "priced_version");
}

/* A refund that has an original. */
static bool is_of_a_sale(const struct explain_load *load)
{
    return load->sale.kind == SALE_REFUND && !sale_is_free_refund(&load->sale);
}

static void ask_original(struct call *c, struct explain_load *load, struct receipt_number number)
{
    load->original_number = number;
    /* Of a sale itself what its rules gave is wanted, and all else is here. */
    counter_ask_original(c, &load->original, &load->original_number, load->shop.id, is_of_a_sale(load));
    load->earnings = load->original.rows.earnings;
}

static void ask_campaigns(struct call *c, struct explain_load *load)
{
    const struct sale_rows *sale = &load->sale;
    int64_t *ids = arena_array(c->txn.arena, sale->discount_count, sizeof *ids);
    size_t count = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind == DISCOUNT_OF_COUPON && sale->discounts[i].line == NO_LINE)
            ids[count++] = sale->discounts[i].promotion_id;
    if (count == 0)
        return;
    load->campaigns = ask(c, &sql_coupon_campaigns, PARAMS(PARAM_INTS(ids, count)));
    load->campaign_products = ask(c, &sql_coupon_campaign_products, PARAMS(PARAM_INTS(ids, count)));
}

enum step explain_ask_past(struct call *c, struct explain_load *load)
{
    enum step step = sale_take(c, &load->sale_load, &load->sale, &load->shop, &load->hash);
    if (step != STEP_NEXT)
        return step;
    int64_t *ids = arena_array(c->txn.arena, load->sale.line_count, sizeof *ids);
    for (size_t i = 0; i < load->sale.line_count; i++)
        ids[i] = load->sale.lines[i].product_id;
    ask_original(c, load, is_of_a_sale(load) ? load->sale.refund_of_number : load->sale.number);
    ask_campaigns(c, load);
    catalogue_load_ask_at(&load->catalogue_load, &c->txn, load->shop.id, version_of(load), ids, load->sale.line_count);
    return STEP_NEXT;
}

/* ---- since when ---- */

struct since_list {
    struct explain_since *list;
    size_t count;
};

/* Rows come in the order of versions: of each thing the last that was made up to then. */
static void add_since(struct since_list *since, enum explain_thing thing, const struct rows *rows, bool by_id,
                      uint64_t version)
{
    for (size_t i = 0; i < rows_count(rows); i++) {
        int64_t id = by_id ? row_int(rows, i, "id") : 0;
        size_t at = 0;

        if ((uint64_t)row_int(rows, i, "version") > version)
            continue;
        while (at < since->count && (since->list[at].thing != thing || since->list[at].id != id))
            at++;
        since->list[at] = (struct explain_since){ .thing = thing,
                                                  .id = id,
                                                  .own = thing == EXPLAIN_THING_PRICE && row_bool(rows, i, "own"),
                                                  .version = row_int(rows, i, "version") };
        since->count += at == since->count;
    }
}

static struct since_list since_of(const struct explain_load *load, struct arena *arena)
{
    const struct catalogue_load *past = &load->catalogue_load;
    size_t most = rows_count(load->prices) + rows_count(past->tax_classes) + rows_count(past->promotions) +
                  rows_count(past->programmes);
    struct since_list since = { .list = arena_array(arena, most, sizeof *since.list) };
    uint64_t version = version_of(load);

    add_since(&since, EXPLAIN_THING_PRICE, load->prices, true, version);
    add_since(&since, EXPLAIN_THING_TAX_CLASS, past->tax_classes, true, version);
    add_since(&since, EXPLAIN_THING_PROMOTION, past->promotions, true, version);
    add_since(&since, EXPLAIN_THING_PROGRAMME, past->programmes, false, version);
    return since;
}

enum step explain_ask_versions(struct call *c, struct explain_load *load)
{
    struct since_list since = since_of(load, c->txn.arena);
    int64_t *versions = arena_array(c->txn.arena, since.count, sizeof *versions);

    for (size_t i = 0; i < since.count; i++)
        versions[i] = since.list[i].version;
    load->versions = ask(c, &sql_sale_explain_versions, PARAMS(PARAM_INTS(versions, since.count)));
    return STEP_NEXT;
}

/* ---- who ---- */

static size_t add_once(int64_t *ids, size_t count, int64_t id)
{
    size_t at = 0;

    while (at < count && ids[at] != id)
        at++;
    ids[at] = id;
    return id == 0 || at < count ? count : count + 1;
}

enum step explain_ask_staff(struct call *c, struct explain_load *load)
{
    size_t versions = rows_count(load->versions), count = 0;

    if (c->member_id != 0) /* who works there is nothing to a member */
        return STEP_NEXT;
    int64_t *ids = arena_array(c->txn.arena, versions + 3, sizeof *ids); /* one more than there can be */
    count = add_once(ids, count, load->sale.staff_id);
    count = add_once(ids, count, load->sale.approved_by);
    for (size_t row = 0; row < versions; row++)
        count = add_once(ids, count, row_int(load->versions, row, "staff_id"));
    load->staff = ask(c, &sql_sale_explain_staff, PARAMS(PARAM_INTS(ids, count), PARAM_INT(c->shop_id)));
    return STEP_NEXT;
}

void explain_name_staff(struct call *c, const struct explain_load *load, struct explanation *explanation)
{
    for (size_t row = 0; load->staff != NULL && row < rows_count(load->staff); row++) {
        int64_t id = row_int(load->staff, row, "id");
        struct bytes name =
            vault_unseal(c->vault, id, FIELD_STAFF_NAME, row_bytes(load->staff, row, "name_sealed"), c->txn.arena);
        const char *text =
            name.data == NULL ? NULL : arena_format(c->txn.arena, "%.*s", (int)name.size, (const char *)name.data);

        for (size_t i = 0; i < explanation->count; i++)
            if (explanation->rows[i].staff_id == id)
                explanation->rows[i].staff = text;
    }
}

static void fill_versions(struct since_list *since, const struct rows *versions)
{
    for (size_t i = 0; i < since->count; i++)
        for (size_t row = 0; row < rows_count(versions); row++)
            if (row_int(versions, row, "version") == since->list[i].version) {
                since->list[i].at = row_instant(versions, row, "made_at");
                since->list[i].staff_id = row_int(versions, row, "staff_id");
            }
}

/* ---- facts ---- */

static void fill_exceptions(struct explain_load *load, struct arena *arena)
{
    struct sale_rows *sale = &load->sale;

    sale->exception_count = rows_count(load->exceptions);
    sale->exceptions = arena_array(arena, sale->exception_count, sizeof *sale->exceptions);
    for (size_t i = 0; i < sale->exception_count; i++)
        sale->exceptions[i] = (struct exception_row){ .kind = (enum sale_exception)row_int(load->exceptions, i, "kind"),
                                                      .line = (int)row_int(load->exceptions, i, "line") };
}

static const struct explain_entry *entries_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    struct explain_entry *entries = arena_array(arena, rows_count(rows), sizeof *entries);

    *count = rows_count(rows);
    for (size_t i = 0; i < *count; i++)
        entries[i] = (struct explain_entry){ .kind = (enum points_kind)row_int(rows, i, "kind"),
                                             .points = row_points(rows, i, "points"),
                                             .origin = row_day(rows, i, "origin_day"),
                                             .expiry = row_day(rows, i, "expiry_day") };
    return entries;
}

static void fill_earnings(struct explain_load *load, struct explain_facts *facts, struct arena *arena)
{
    const struct rows *rows = load->earnings;
    struct sale_rows *sale = &load->sale;

    sale->earning_count = rows_count(rows);
    sale->earnings = arena_array(arena, sale->earning_count, sizeof *sale->earnings);
    for (size_t i = 0; i < sale->earning_count; i++) {
        sale->earnings[i] = (struct earning){ .rule = (uint8_t)row_int(rows, i, "rule"),
                                              .per = (uint8_t)row_int(rows, i, "per"),
                                              .value = row_int(rows, i, "value"),
                                              .basis = row_points(rows, i, "basis"),
                                              .points = row_points(rows, i, "points") };
        facts->has_earn_time = !row_is_null(rows, i, "tier") && !row_is_null(rows, i, "week_minute");
        if (facts->has_earn_time) {
            facts->earn_tier = (unsigned)row_int(rows, i, "tier");
            facts->earn_time = earn_time_of_week(row_int(rows, i, "week_minute"));
        }
    }
}

static void fill_original(struct explain_load *load, struct explain_facts *facts, struct arena *arena)
{
    int64_t *back_milli = arena_array(arena, BASKET_LINES_MAX, sizeof *back_milli);
    size_t count;
    struct original *originals = counter_originals_of(&load->original, arena, &count);

    for (size_t i = 0; i < rows_count(load->back); i++) {
        int64_t line = row_int(load->back, i, "line");

        if (line >= 0 && line < BASKET_LINES_MAX)
            back_milli[line] = row_int(load->back, i, "quantity_milli");
    }
    facts->original = count == 0 ? NULL : originals;
    facts->back_milli = back_milli;
    facts->member_erased = row_bool(load->sale_load.head, 0, "member_erased");
}

struct explain_facts explain_facts_of(struct call *c, struct explain_load *load, struct catalogue **catalogue)
{
    struct arena *arena = c->txn.arena;
    struct since_list since = since_of(load, arena);
    struct explain_facts facts = { .sale = &load->sale, .version = version_of(load), .shop = &load->shop };

    *catalogue = catalogue_create();
    catalogue_load_fill_at(&load->catalogue_load, *catalogue);
    const struct shop *shop = catalogue_shop(*catalogue, facts.version);
    if (shop != NULL) {
        facts.catalogue = *catalogue;
        facts.shop = shop;
    }
    facts.zone = shop_zone(facts.shop);
    fill_versions(&since, load->versions);
    facts.since = since.list;
    facts.since_count = since.count;
    fill_exceptions(load, arena);
    facts.entries = entries_of(load->points, arena, &facts.entry_count);
    facts.campaigns = coupon_campaigns_of(load->campaigns, load->campaign_products, arena, &facts.campaign_count);
    if (is_of_a_sale(load))
        fill_original(load, &facts, arena);
    else
        fill_earnings(load, &facts, arena);
    return facts;
}
