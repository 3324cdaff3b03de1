/* Change the points programme in force, or make it where there is none. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/programme_draft.h"
#include "server/service/put.h"
#include "server/service/typed.h"
#include "server/store/programme_terms.h"

struct putting {
    struct put put; /* first; all: the one in force, or no row */
    struct rows *terms, *categories, *products;
    size_t category_count, product_count; /* different ones that are named */
    struct programme before, after;
    bool category_named;
};

static const Caroline__V1__Programme *programme_of(const struct call *c)
{
    static const Caroline__V1__Programme nothing = CAROLINE__V1__PROGRAMME__INIT;
    const Caroline__V1__ProgrammePut *request = (const Caroline__V1__ProgrammePut *)c->message;

    return request->programme ? request->programme : &nothing;
}

static enum step begin(struct call *c)
{
    const Caroline__V1__Programme *given = programme_of(c);
    struct putting *p = c->shared;

    put_begin(c, given->has_id, given->id);
    p->put.all = ask(c, &sql_programme_put_now, NO_PARAMS);
    p->terms = ask(c, &sql_programme_put_terms, NO_PARAMS);
    return STEP_NEXT;
}

static struct programme programme_before(struct call *c, const struct putting *p)
{
    const struct rows *now = p->put.all;
    struct programme before = {
        .id = row_int(now, 0, "id"),
        .name = row_text(now, 0, "name"),
        .reward_name = row_text(now, 0, "reward_name"),
        .sign_up_points = row_int(now, 0, "sign_up_points"),
        .birthday_points = row_int(now, 0, "birthday_points"),
        .points_per_unit = row_int(now, 0, "points_per_unit"),
        .lot_days = (uint32_t)row_int(now, 0, "lot_days"),
        .reward_cost = row_int(now, 0, "reward_cost"),
        .reward_category_id = row_int(now, 0, "reward_category_id"),
        .referrer_points = row_int(now, 0, "referrer_points"),
        .friend_points = row_int(now, 0, "friend_points"),
        .tier_months = (uint32_t)row_int(now, 0, "tier_months"),
    };

    before.terms = programme_terms_of(p->terms, row_int(now, 0, "version"), c->txn.arena, &before.term_count);
    return before;
}

/* No id means the one in force, so that there is never a second. */
static enum step draft(struct call *c)
{
    const Caroline__V1__Programme *given = programme_of(c);
    struct putting *p = c->shared;
    bool there = rows_count(p->put.all) > 0;
    int64_t *ids;

    if (there && !given->has_id)
        p->put.id = row_int(p->put.all, 0, "id");
    p->put.made = !there;
    if (given->has_id && (!there || row_int(p->put.all, 0, "id") != p->put.id))
        return refuse_field(c, REFUSAL(BAD_FIELD), "programme.id", "this is not the programme in force");
    if (there)
        p->before = programme_before(c, p);
    enum step step = programme_draft(c, "programme.", given, there ? &p->before : NULL, &p->after);
    if (step != STEP_NEXT)
        return step;
    if (!there && (!*p->after.name || !*p->after.reward_name))
        return refuse_field(c, REFUSAL(BAD_FIELD), *p->after.name ? "programme.reward_name" : "programme.name",
                            "a new programme needs a name, and one for its reward");
    p->category_count = programme_names(c, &p->after, true, &ids);
    p->category_named = p->after.reward_category_id != 0;
    for (size_t i = 0; i < p->category_count; i++)
        p->category_named = p->category_named && ids[i] != p->after.reward_category_id;
    if (p->category_named)
        ids[p->category_count++] = p->after.reward_category_id;
    p->categories = ask(c, &sql_product_put_categories, PARAMS(PARAM_INTS(ids, p->category_count)));
    p->product_count = programme_names(c, &p->after, false, &ids);
    p->products = ask(c, &sql_promotion_put_products, PARAMS(PARAM_INTS(ids, p->product_count)));
    return STEP_NEXT;
}

static bool has_row(const struct rows *rows, int64_t id)
{
    for (size_t i = 0; i < rows_count(rows); i++)
        if (row_int(rows, i, "id") == id)
            return true;
    return false;
}

static enum step check_goods(struct call *c, const struct putting *p)
{
    if (p->after.reward_category_id != 0 && !has_row(p->categories, p->after.reward_category_id))
        return refuse_field(c, REFUSAL(UNKNOWN_CATEGORY), "programme.reward_category_id", "no category of that id");
    if (rows_count(p->categories) != p->category_count)
        return refuse_field(c, REFUSAL(UNKNOWN_CATEGORY), "programme.terms",
                            "a term names a category that is not there");
    if (rows_count(p->products) != p->product_count)
        return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), "programme.terms", "a term names a product that is not there");
    return STEP_NEXT;
}

static bool note_terms(struct call *c, const struct putting *p)
{
    bool changed = false;

    for (size_t i = 0; i < p->after.term_count; i++) {
        const struct programme_term *after = &p->after.terms[i];
        const struct programme_term *before = programme_term(&p->before, after->kind, after->number);

        changed |= changes_text(c, p->put.id, programme_term_name(c, after), before == NULL,
                                before == NULL ? "" : programme_term_text(c, before), programme_term_text(c, after));
    }
    for (size_t i = 0; i < p->before.term_count; i++) {
        const struct programme_term *before = &p->before.terms[i];

        if (programme_term(&p->after, before->kind, before->number) == NULL)
            changed |=
                changes_text(c, p->put.id, programme_term_name(c, before), false, programme_term_text(c, before), "");
    }
    return changed;
}

static bool note_changes(struct call *c, const struct putting *p)
{
    const struct programme *before = &p->before, *after = &p->after;
    const bool made = p->put.made;
    const struct {
        const char *field;
        int64_t before, after;
    } numbers[] = {
        { "sign_up_points", before->sign_up_points, after->sign_up_points },
        { "birthday_points", before->birthday_points, after->birthday_points },
        { "points_per_unit", before->points_per_unit, after->points_per_unit },
        { "lot_days", before->lot_days, after->lot_days },
        { "reward_cost", before->reward_cost, after->reward_cost },
        { "reward_category_id", before->reward_category_id, after->reward_category_id },
        { "tier_months", before->tier_months, after->tier_months },
        { "referrer_points", before->referrer_points, after->referrer_points },
        { "friend_points", before->friend_points, after->friend_points },
    };
    bool changed = changes_text(c, p->put.id, "name", made, made ? "" : before->name, after->name);

    changed |= changes_text(c, p->put.id, "reward_name", made, made ? "" : before->reward_name, after->reward_name);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        changed |= changes_number(c, p->put.id, numbers[i].field, made, numbers[i].before, numbers[i].after);
    return note_terms(c, p) || changed;
}

/* A row a good that a term names, or one without. */
enum { KIND, NUMBER_OF, POSITION, GIVES, VALUE, COST, TIER, GOODS, DAYS, FROM, UNTIL, CATEGORY, PRODUCT, COLUMNS };
enum { ROWS_MAX = PROGRAMME_TERMS_MAX * TERM_GOODS_MAX };

static size_t write_term(const struct programme_term *term, int64_t (*columns)[ROWS_MAX], struct bytes *names,
                         size_t row)
{
    size_t goods = term->category_count + term->product_count;

    for (size_t i = 0; i < (goods > 0 ? goods : 1); i++, row++) {
        const bool category = i < term->category_count;
        const int64_t values[COLUMNS] = {
            [KIND] = term->kind,
            [NUMBER_OF] = term->number,
            [POSITION] = (int64_t)i,
            [GIVES] = term->gives,
            [VALUE] = term->value,
            [COST] = term->cost,
            [TIER] = term->tier,
            [GOODS] = term->goods,
            [DAYS] = term->weekdays,
            [FROM] = term->from_minute,
            [UNTIL] = term->until_minute,
            [CATEGORY] = goods > 0 && category ? term->category_ids[i] : 0,
            [PRODUCT] = goods > 0 && !category ? term->product_ids[i - term->category_count] : 0,
        };

        for (size_t column = 0; column < COLUMNS; column++)
            columns[column][row] = values[column];
        names[row] = bytes_of_text(term->name);
    }
    return row;
}

static void ask_terms(struct call *c, const struct putting *p)
{
    int64_t(*columns)[ROWS_MAX] = arena_array(c->txn.arena, COLUMNS, sizeof *columns);
    struct bytes *names = arena_array(c->txn.arena, ROWS_MAX, sizeof *names);
    size_t n = 0;

    for (size_t i = 0; i < p->after.term_count; i++)
        n = write_term(&p->after.terms[i], columns, names, n);
    if (n == 0)
        return;
    ask(c, &sql_programme_put_term_versions,
        PARAMS(PARAM_INT(p->put.id), PARAM_INTS(columns[KIND], n), PARAM_INTS(columns[NUMBER_OF], n),
               PARAM_INTS(columns[POSITION], n), PARAM_TEXTS(names, n), PARAM_INTS(columns[GIVES], n),
               PARAM_INTS(columns[VALUE], n), PARAM_INTS(columns[COST], n), PARAM_INTS(columns[TIER], n),
               PARAM_INTS(columns[GOODS], n), PARAM_INTS(columns[DAYS], n), PARAM_INTS(columns[FROM], n),
               PARAM_INTS(columns[UNTIL], n), PARAM_INTS(columns[CATEGORY], n), PARAM_INTS(columns[PRODUCT], n)));
}

static enum step write(struct call *c)
{
    struct putting *p = c->shared;
    const struct programme *after = &p->after;
    enum step step = check_goods(c, p);

    if (step != STEP_NEXT || !note_changes(c, p))
        return step;
    put_raise(c, 0);
    ask(c, &sql_programme_put_version,
        PARAMS(PARAM_INT(p->put.id), PARAM_TEXT(after->name), PARAM_INT(after->sign_up_points),
               PARAM_INT(after->birthday_points), PARAM_INT(after->points_per_unit), PARAM_INT(after->lot_days),
               PARAM_INT(after->reward_cost), PARAM_INT(after->reward_category_id), PARAM_TEXT(after->reward_name),
               PARAM_INT(after->tier_months), PARAM_INT(after->referrer_points), PARAM_INT(after->friend_points)));
    ask_terms(c, p);
    return STEP_NEXT;
}

const struct op programme_put = {
    .name = "programme_put",
    .number = NUMBER(PROGRAMME_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_PROGRAMME_EDIT,
    .body_max = PROGRAMME_BODY_MAX,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__programme_put__descriptor,
    .reply = &caroline__v1__catalogue_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { begin, draft, write, put_done },
};
