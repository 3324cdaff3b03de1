/* Make a promotion, or change what is given of it. Its parts are given all together; none given: they stay. */
#include <string.h>

#include "common/base/number.h"
#include "common/rules/promotion.h"
#include "db/queries.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_limits.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH 40
#define ALL_WEEKDAYS    0x7fu
#define DAY_MINUTES     1440u

struct putting {
    struct put put; /* first */
    const char *name;
    struct promotion given; /* what the request says; what it leaves out is nothing */
    struct rows *parts, *categories, *products;
    size_t category_count, product_count; /* different ones that are named */
};

static const Caroline__V1__Promotion *promotion_of(const struct call *c)
{
    static const Caroline__V1__Promotion nothing = CAROLINE__V1__PROMOTION__INIT;
    const Caroline__V1__PromotionPut *request = (const Caroline__V1__PromotionPut *)c->message;

    return request->promotion ? request->promotion : &nothing;
}

/* ---- what the request says ---------------------------------------------------------------------------------------- */

static int64_t id_of(uint64_t id)
{
    return id > INT64_MAX ? -1 : (int64_t)id;
}

static enum step read_part(struct call *c, size_t i, struct promotion_part *part)
{
    const Caroline__V1__PromotionPart *given = promotion_of(c)->parts[i];
    int64_t *ids = arena_array(c->txn.arena, given->n_product_ids, sizeof *ids);

    for (size_t product = 0; product < given->n_product_ids; product++)
        ids[product] = id_of(given->product_ids[product]);
    *part = (struct promotion_part){ .pieces = given->pieces,
                                     .category_id = id_of(given->category_id),
                                     .product_ids = ids,
                                     .product_count = (uint32_t)given->n_product_ids };
    if (part->pieces < 1 || part->pieces > PROMOTION_PIECES_MAX)
        return refuse_field(c, REFUSAL(BAD_PROMOTION), arena_format(c->txn.arena, "promotion.parts[%zu].pieces", i),
                            "a part is of 1 to %d pieces", PROMOTION_PIECES_MAX);
    if ((part->category_id != 0) == (part->product_count > 0))
        return refuse_field(c, REFUSAL(BAD_PROMOTION), arena_format(c->txn.arena, "promotion.parts[%zu]", i),
                            "a part is of a category or of some goods: one of the two");
    return STEP_NEXT;
}

static enum step read_parts(struct call *c, struct promotion *given)
{
    size_t count = promotion_of(c)->n_parts;
    struct promotion_part *parts = arena_array(c->txn.arena, count, sizeof *parts);

    given->parts = parts;
    for (; given->part_count < count; given->part_count++) {
        enum step step = read_part(c, given->part_count, &parts[given->part_count]);
        if (step != STEP_NEXT)
            return step;
    }
    return STEP_NEXT;
}

/* Empty: without. */
static enum step read_day(struct call *c, const char *field, ProtobufCBinaryData text, int32_t *number)
{
    struct day day = { 0 };

    if (text.len > 0 && !day_parse(arena_format(c->txn.arena, "%.*s", (int)text.len, (const char *)text.data), &day))
        return refuse_field(c, REFUSAL(BAD_PROMOTION), arena_format(c->txn.arena, "promotion.%s", field),
                            "a day is written 2026-12-24");
    *number = day.number;
    return STEP_NEXT;
}

/* The different ids that its parts name, of categories or of goods. */
static size_t named(const struct promotion *given, bool categories, struct arena *arena, int64_t **ids)
{
    size_t count = 0;

    *ids = arena_array(arena, (size_t)PROMOTION_PARTS_MAX * PROMOTION_GOODS_MAX, sizeof **ids);
    for (size_t i = 0; i < given->part_count; i++) {
        const struct promotion_part *part = &given->parts[i];
        const int64_t *first = categories ? &part->category_id : part->product_ids;
        size_t more = !categories ? part->product_count : part->category_id != 0;

        for (size_t j = 0; j < more; j++) {
            size_t at = 0;
            while (at < count && (*ids)[at] != first[j])
                at++;
            if (at == count)
                (*ids)[count++] = first[j];
        }
    }
    return count;
}

static enum step check(struct call *c)
{
    const Caroline__V1__Promotion *given = promotion_of(c);
    struct putting *p = c->shared;
    int64_t *ids;
    enum step step = STEP_NEXT;

    if (given->has_name || !given->has_id)
        step = typed_name(c, "promotion.", "name", given->name, NAME_MAX_LENGTH, &p->name);
    if (step != STEP_NEXT || (step = read_parts(c, &p->given)) != STEP_NEXT ||
        (step = read_day(c, "first_day", given->first_day, &p->given.first_day)) != STEP_NEXT ||
        (step = read_day(c, "last_day", given->last_day, &p->given.last_day)) != STEP_NEXT)
        return step;
    put_begin(c, given->has_id, given->id);
    p->put.all = ask(c, &sql_promotion_put_all, NO_PARAMS);
    p->parts = ask(c, &sql_promotion_put_parts, PARAMS(PARAM_INT(p->put.id)));
    p->category_count = named(&p->given, true, c->txn.arena, &ids);
    p->categories = ask(c, &sql_product_put_categories, PARAMS(PARAM_INTS(ids, p->category_count)));
    p->product_count = named(&p->given, false, c->txn.arena, &ids);
    p->products = ask(c, &sql_promotion_put_products, PARAMS(PARAM_INTS(ids, p->product_count)));
    return STEP_NEXT;
}

/* ---- beside what there is ----------------------------------------------------------------------------------------- */

/* Rows of one part follow one another. */
static void parts_before(const struct rows *rows, struct arena *arena, struct promotion *before)
{
    struct promotion_part *parts = arena_array(arena, PROMOTION_PARTS_MAX, sizeof *parts);
    int64_t *ids = arena_array(arena, rows_count(rows), sizeof *ids);

    before->parts = parts;
    for (size_t i = 0; i < rows_count(rows); i++) {
        size_t at = (size_t)row_int(rows, i, "part");

        if (at >= before->part_count) {
            parts[at] = (struct promotion_part){ .pieces = (uint32_t)row_int(rows, i, "pieces"),
                                                 .category_id = row_int(rows, i, "category_id"),
                                                 .product_ids = &ids[i] };
            before->part_count = at + 1;
        }
        ids[i] = row_int(rows, i, "product_id");
        if (ids[i] != 0)
            parts[at].product_count++;
    }
}

static struct promotion promotion_before(struct call *c, const struct putting *p)
{
    const struct rows *all = p->put.all;
    size_t row = p->put.row;
    struct promotion before = {
        .name = "", .weekdays = ALL_WEEKDAYS, .until_minute = DAY_MINUTES, .active = true, .gift = 0
    };

    if (p->put.made)
        return before;
    before = (struct promotion){
        .name = row_text(all, row, "name"),
        .gift = (uint8_t)row_int(all, row, "gift"),
        .value = row_int(all, row, "value"),
        .weekdays = (uint8_t)row_int(all, row, "weekdays"),
        .from_minute = (uint16_t)row_int(all, row, "from_minute"),
        .until_minute = (uint16_t)row_int(all, row, "until_minute"),
        .first_day = row_is_null(all, row, "first_day") ? 0 : row_day(all, row, "first_day").number,
        .last_day = row_is_null(all, row, "last_day") ? 0 : row_day(all, row, "last_day").number,
        .members_only = row_bool(all, row, "members_only"),
        .active = row_bool(all, row, "active"),
    };
    parts_before(p->parts, c->txn.arena, &before);
    return before;
}

/* What it is to be. Numbers beyond their field's range stay out of range. */
static struct promotion promotion_after(const struct call *c, const struct putting *p, const struct promotion *before)
{
    const Caroline__V1__Promotion *given = promotion_of(c);
    struct promotion after = *before;

    after.id = p->put.id;
    if (p->name)
        after.name = p->name;
    if (p->given.part_count > 0) {
        after.parts = p->given.parts;
        after.part_count = p->given.part_count;
    }
    if (given->has_gift)
        after.gift = (uint8_t)given->gift;
    if (given->has_value)
        after.value = given->value;
    if (given->has_weekdays)
        after.weekdays = given->weekdays > ALL_WEEKDAYS ? 0 : (uint8_t)given->weekdays;
    if (given->has_from_minute)
        after.from_minute = given->from_minute > DAY_MINUTES ? UINT16_MAX : (uint16_t)given->from_minute;
    if (given->has_until_minute)
        after.until_minute = given->until_minute > DAY_MINUTES ? UINT16_MAX : (uint16_t)given->until_minute;
    if (given->has_first_day)
        after.first_day = p->given.first_day;
    if (given->has_last_day)
        after.last_day = p->given.last_day;
    if (given->has_members_only)
        after.members_only = given->members_only;
    if (given->has_active)
        after.active = given->active;
    return after;
}

static uint32_t pieces_of(const struct promotion *promotion)
{
    uint32_t pieces = 0;

    for (size_t i = 0; i < promotion->part_count; i++)
        pieces += promotion->parts[i].pieces;
    return pieces;
}

/* promotion_valid(), with a sentence for each reason. */
static enum step check_whole(struct call *c, const struct promotion *after)
{
    if (promotion_valid(after))
        return STEP_NEXT;
    if (after->part_count == 0)
        return refuse_field(c, REFUSAL(BAD_PROMOTION), "promotion.parts",
                            "a promotion is of some goods: give its parts");
    if (after->weekdays == 0)
        return refuse_field(c, REFUSAL(BAD_PROMOTION), "promotion.weekdays",
                            "the weekdays are bits, 1 for Monday to 64 for Sunday: at least one, at most all, 127");
    if (after->from_minute >= after->until_minute || after->until_minute > DAY_MINUTES)
        return refuse_field(c, REFUSAL(BAD_PROMOTION), "promotion.until_minute",
                            "it begins before it ends, both within one day of 1,440 minutes");
    if (after->first_day != 0 && after->last_day != 0 && after->first_day > after->last_day)
        return refuse_field(c, REFUSAL(BAD_PROMOTION), "promotion.last_day", "its last day comes before its first");
    switch (after->gift) {
    case PROMOTION_CHEAPEST_FREE:
        return refuse_field(c, REFUSAL(BAD_PROMOTION), "promotion.value",
                            "of its %u pieces at least one and fewer than all are free", pieces_of(after));
    case PROMOTION_RATE_OFF:
        return refuse_field(c, REFUSAL(BAD_PROMOTION), "promotion.value",
                            "a rate is above 0 and at most 1,000,000 millionths");
    case PROMOTION_TOGETHER:
    case PROMOTION_AMOUNT_OFF:
        return refuse_field(c, REFUSAL(BAD_PROMOTION), "promotion.value",
                            "an amount of money, as much as there can be");
    default:
        return refuse_field(c, REFUSAL(BAD_PROMOTION), "promotion.gift",
                            "what it gives: a price together, an amount off, a rate off, or the cheapest free");
    }
}

static enum step check_goods(struct call *c, const struct putting *p)
{
    if (rows_count(p->categories) != p->category_count)
        return refuse_field(c, REFUSAL(UNKNOWN_CATEGORY), "promotion.parts",
                            "a part names a category that is not there");
    if (rows_count(p->products) != p->product_count)
        return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), "promotion.parts", "a part names a product that is not there");
    return STEP_NEXT;
}

/* As the journal has them: "6 of category 12, 1 of 30 31". */
static const char *parts_text(struct call *c, const struct promotion *promotion)
{
    const char *text = "";

    for (size_t i = 0; i < promotion->part_count; i++) {
        const struct promotion_part *part = &promotion->parts[i];

        text = arena_format(c->txn.arena, "%s%s%u of", text, i ? ", " : "", part->pieces);
        if (part->category_id != 0)
            text = arena_format(c->txn.arena, "%s category %lld", text, (long long)part->category_id);
        for (size_t j = 0; j < part->product_count; j++)
            text = arena_format(c->txn.arena, "%s %lld", text, (long long)part->product_ids[j]);
    }
    return text;
}

static const char *day_text(struct call *c, int32_t number)
{
    return number == 0 ? "" : day_format(arena_alloc(c->txn.arena, DAY_TEXT), (struct day){ number });
}

static bool note_changes(struct call *c, const struct putting *p, const struct promotion *before,
                         const struct promotion *after)
{
    const int64_t id = p->put.id;
    const bool made = p->put.made;
    bool changed = changes_text(c, id, "name", made, before->name, after->name);

    changed |= changes_text(c, id, "parts", made, parts_text(c, before), parts_text(c, after));
    changed |= changes_number(c, id, "gift", made, before->gift, after->gift);
    changed |= changes_number(c, id, "value", made, before->value, after->value);
    changed |= changes_number(c, id, "weekdays", made, before->weekdays, after->weekdays);
    changed |= changes_number(c, id, "from_minute", made, before->from_minute, after->from_minute);
    changed |= changes_number(c, id, "until_minute", made, before->until_minute, after->until_minute);
    changed |= changes_text(c, id, "first_day", made, day_text(c, before->first_day), day_text(c, after->first_day));
    changed |= changes_text(c, id, "last_day", made, day_text(c, before->last_day), day_text(c, after->last_day));
    changed |= changes_flag(c, id, "members_only", made, before->members_only, after->members_only);
    changed |= changes_flag(c, id, "active", made, before->active, after->active);
    return changed;
}

static struct param day_param(int32_t number)
{
    return number == 0 ? PARAM_NULL() : PARAM_DAY(((struct day){ number }));
}

static void ask_parts(struct call *c, const struct promotion *after)
{
    enum { PART, ROW, PIECES, CATEGORY, PRODUCT, COLUMNS, ROWS_MAX = PROMOTION_PARTS_MAX * PROMOTION_GOODS_MAX };
    int64_t(*columns)[ROWS_MAX] = arena_array(c->txn.arena, COLUMNS, sizeof *columns);
    size_t count = 0;

    for (size_t i = 0; i < after->part_count; i++) {
        const struct promotion_part *part = &after->parts[i];

        for (size_t j = 0; j < (part->product_count > 0 ? part->product_count : 1); j++, count++) {
            columns[PART][count] = (int64_t)i;
            columns[ROW][count] = (int64_t)j;
            columns[PIECES][count] = part->pieces;
            columns[CATEGORY][count] = part->category_id;
            columns[PRODUCT][count] = part->product_count > 0 ? part->product_ids[j] : 0;
        }
    }
    ask(c, &sql_promotion_put_part_versions,
        PARAMS(PARAM_INT(after->id), PARAM_INTS(columns[PART], count), PARAM_INTS(columns[ROW], count),
               PARAM_INTS(columns[PIECES], count), PARAM_INTS(columns[CATEGORY], count),
               PARAM_INTS(columns[PRODUCT], count)));
}

static void ask_writes(struct call *c, const struct putting *p, const struct promotion *after)
{
    put_raise(c, 0);
    if (p->put.made)
        ask(c, &sql_promotion_put_create, PARAMS(PARAM_INT(after->id)));
    ask(c, &sql_promotion_put_version,
        PARAMS(PARAM_INT(after->id), PARAM_TEXT(after->name), PARAM_INT(after->gift), PARAM_INT(after->value),
               PARAM_INT(after->weekdays), PARAM_INT(after->from_minute), PARAM_INT(after->until_minute),
               day_param(after->first_day), day_param(after->last_day), PARAM_BOOL(after->members_only),
               PARAM_BOOL(after->active)));
    ask_parts(c, after);
}

static enum step write(struct call *c)
{
    struct putting *p = c->shared;
    enum step step = put_find(c, REFUSAL(UNKNOWN_PROMOTION), "promotion.", p->name);

    if (step != STEP_NEXT)
        return step;
    if (p->put.made && rows_count(p->put.all) >= PROMOTIONS_KEPT_MAX)
        return refuse(c, REFUSAL(BAD_PROMOTION), "a shop has at most %d promotions", PROMOTIONS_KEPT_MAX);
    struct promotion before = promotion_before(c, p);
    struct promotion after = promotion_after(c, p, &before);
    if ((step = check_whole(c, &after)) != STEP_NEXT || (step = check_goods(c, p)) != STEP_NEXT)
        return step;
    if (note_changes(c, p, &before, &after))
        ask_writes(c, p, &after);
    return STEP_NEXT;
}

const struct op promotion_put = {
    .name = "promotion_put",
    .number = NUMBER(PROMOTION_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_CATALOGUE_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__promotion_put__descriptor,
    .reply = &caroline__v1__catalogue_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, put_done },
};
