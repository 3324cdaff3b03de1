/* Make or change up to a hundred products, all or none. What does not change is not written: a file may be imported
 * again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/barcode.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/product_write.h"

#define BODY_MAX 60000u

struct putting {
    struct draft *drafts;
    size_t count;
    struct rows *now, *categories, *tax_classes, *modifiers, *deposits, *plus, *barcodes, *head;
    bool raised;
};

static const Caroline__V1__ProductPut *request_of(const struct call *c)
{
    return (const Caroline__V1__ProductPut *)c->message;
}

/* ---- what is asked ------------------------------------------------------------------------------------------------ */

/* The values of one kind that the drafts name. */
struct values {
    int64_t *numbers;
    struct bytes *texts;
    size_t count;
};

static struct values values_of(struct call *c, size_t most)
{
    return (struct values){ .numbers = arena_array(c->txn.arena, most + 1, sizeof(int64_t)),
                            .texts = arena_array(c->txn.arena, most + 1, sizeof(struct bytes)) };
}

static void add_number(struct values *values, bool given, uint64_t number)
{
    if (given && number > 0 && number <= INT64_MAX)
        values->numbers[values->count++] = (int64_t)number;
}

static void add_text(struct values *values, const char *text)
{
    if (text && *text)
        values->texts[values->count++] = bytes_of_text(text);
}

/* How a row may have it that was written before there was one form; NULL: there is no other. */
static const char *old_form(struct call *c, const char *barcode)
{
    const char *with_zero = arena_format(c->txn.arena, "0%s", barcode);

    return barcode_canonical(with_zero) == with_zero ? NULL : with_zero;
}

static void ask_what_is(struct call *c, struct putting *p)
{
    struct values ids = values_of(c, p->count), skus = values_of(c, p->count), plus = values_of(c, p->count);
    struct values categories = values_of(c, p->count), taxes = values_of(c, p->count);
    struct values barcodes = values_of(c, 2 * p->count * PRODUCT_BARCODES_MAX);
    struct values modifiers = values_of(c, p->count * PRODUCT_MODIFIERS_MAX), deposits = values_of(c, p->count);

    for (size_t i = 0; i < p->count; i++) {
        const struct draft *d = &p->drafts[i];

        add_number(&ids, d->given->has_id, d->given->id);
        add_text(&skus, d->sku);
        add_number(&plus, d->given->has_plu, d->given->plu);
        add_number(&categories, d->given->has_category_id, d->given->category_id);
        add_number(&taxes, d->given->has_tax_class_id, d->given->tax_class_id);
        add_number(&deposits, d->given->deposit_product_id != 0, d->given->deposit_product_id);
        for (size_t k = 0; k < d->given->n_modifier_ids; k++)
            add_number(&modifiers, true, d->given->modifier_ids[k]);
        for (size_t k = 0; k < d->barcode_count; k++) {
            add_text(&barcodes, d->barcodes[k]);
            add_text(&barcodes, old_form(c, d->barcodes[k]));
        }
    }
    ask(c, &sql_catalogue_lock, NO_PARAMS);
    p->head = ask(c, &sql_catalogue_head_of, PARAMS(PARAM_INT(c->shop_id)));
    p->now =
        ask(c, &sql_product_put_now,
            PARAMS(PARAM_INTS(ids.numbers, ids.count), PARAM_TEXTS(skus.texts, skus.count), PARAM_INT(c->shop_id)));
    p->categories = ask(c, &sql_product_put_categories, PARAMS(PARAM_INTS(categories.numbers, categories.count)));
    p->tax_classes = ask(c, &sql_product_put_tax_classes, PARAMS(PARAM_INTS(taxes.numbers, taxes.count)));
    if (modifiers.count > 0)
        p->modifiers = ask(c, &sql_product_put_modifiers, PARAMS(PARAM_INTS(modifiers.numbers, modifiers.count)));
    if (deposits.count > 0)
        p->deposits = ask(c, &sql_product_put_deposits, PARAMS(PARAM_INTS(deposits.numbers, deposits.count)));
    p->plus = ask(c, &sql_product_put_plus, PARAMS(PARAM_INTS(plus.numbers, plus.count)));
    p->barcodes = ask(c, &sql_product_put_barcodes, PARAMS(PARAM_TEXTS(barcodes.texts, barcodes.count)));
}

static enum step check(struct call *c)
{
    const Caroline__V1__ProductPut *request = request_of(c);
    struct putting *p = c->shared;

    if (request->n_drafts == 0)
        return refuse_field(c, REFUSAL(BAD_FIELD), "drafts", "no product is named");
    p->drafts = arena_array(c->txn.arena, request->n_drafts, sizeof *p->drafts);
    for (; p->count < request->n_drafts; p->count++) {
        enum step step = draft_check(c, &p->drafts[p->count], request->drafts[p->count], p->count);
        if (step != STEP_NEXT)
            return step;
    }
    ask_what_is(c, p);
    return STEP_NEXT;
}

/* ---- beside what there is ----------------------------------------------------------------------------------------- */

/* By id where there is one, else by sku. */
static void find(struct call *c, const struct putting *p, struct draft *d)
{
    for (size_t row = 0; row < rows_count(p->now); row++) {
        bool is_it = d->given->has_id ? (uint64_t)row_int(p->now, row, "id") == d->given->id
                                      : d->sku && *d->sku && strcmp(row_text(p->now, row, "sku"), d->sku) == 0;
        if (is_it) {
            draft_found(c, d, p->now, row);
            return;
        }
    }
}

static bool is_there(const struct rows *rows, int64_t id)
{
    const int64_t *ids = column_ints(rows, "id");

    for (size_t i = 0; i < rows_count(rows); i++)
        if (ids[i] == id)
            return true;
    return false;
}

static enum step check_references(struct call *c, const struct putting *p, const struct draft *d)
{
    const struct product *before = &d->before, *after = &d->after;

    if (after->category_id != before->category_id && after->category_id != 0 &&
        !is_there(p->categories, after->category_id))
        return refuse_field(c, REFUSAL(UNKNOWN_CATEGORY), draft_field(c, d, "category_id"), "no category of that id");
    if ((d->made || after->tax_class_id != before->tax_class_id) && !is_there(p->tax_classes, after->tax_class_id))
        return refuse_field(c, REFUSAL(UNKNOWN_TAX_CLASS), draft_field(c, d, "tax_class_id"),
                            after->tax_class_id == 0 ? "a product needs a tax class" : "no tax class of that id");
    for (size_t i = 0; d->set_modifiers && i < after->modifier_count; i++)
        if (p->modifiers == NULL || !is_there(p->modifiers, after->modifier_ids[i]))
            return refuse_field(c, REFUSAL(UNKNOWN_MODIFIER),
                                draft_field(c, d, arena_format(c->txn.arena, "modifier_ids[%zu]", i)),
                                "no modifier of that id");
    return STEP_NEXT;
}

/* As it will be when all is done. */
static bool is_deposit(const struct putting *p, int64_t id)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->drafts[i].after.id == id)
            return p->drafts[i].after.deposit_kind != DEPOSIT_NONE;
    return p->deposits != NULL && is_there(p->deposits, id);
}

static enum step check_deposits(struct call *c, const struct putting *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct draft *d = &p->drafts[i];

        if (d->given->has_deposit_product_id && d->after.deposit_product_id != 0 &&
            !is_deposit(p, d->after.deposit_product_id))
            return refuse_field(c, REFUSAL(BAD_DEPOSIT), draft_field(c, d, "deposit_product_id"),
                                "no product of that id is a deposit or a charge");
    }
    return STEP_NEXT;
}

static enum step apply(struct call *c, struct putting *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct draft *d = &p->drafts[i];
        enum step step;

        find(c, p, d);
        if ((step = draft_apply(c, d)) != STEP_NEXT || (step = check_references(c, p, d)) != STEP_NEXT)
            return step;
        draft_compare(d);
    }
    return check_deposits(c, p);
}

/* ---- no two of one key -------------------------------------------------------------------------------------------- */

/* Who will hold a key when all is done: drafts, and products that the request does not name. */
struct holder {
    const char *key;
    int64_t product_id;
    const struct draft *draft; /* NULL: not of this request */
};
struct holders {
    struct holder *list;
    size_t count;
};

static int by_key(const void *a, const void *b)
{
    const struct holder *left = a, *right = b;
    int order = strcmp(left->key, right->key);

    return order ? order : (left->draft ? 1 : 0) - (right->draft ? 1 : 0);
}

static struct holders holders_of(struct call *c, size_t most)
{
    return (struct holders){ .list = arena_array(c->txn.arena, most + 1, sizeof(struct holder)) };
}

static void hold(struct holders *holders, const char *key, int64_t product_id, const struct draft *draft)
{
    holders->list[holders->count++] = (struct holder){ key, product_id, draft };
}

static const struct draft *draft_about(const struct putting *p, int64_t product_id)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->drafts[i].after.id == product_id)
            return &p->drafts[i];
    return NULL;
}

/* The draft that wants a key which another product keeps; NULL: every key has one holder. */
static const struct draft *find_rival(struct holders *holders)
{
    if (holders->count > 1)
        qsort(holders->list, holders->count, sizeof *holders->list, by_key);
    for (size_t i = 1; i < holders->count; i++)
        if (strcmp(holders->list[i - 1].key, holders->list[i].key) == 0 && holders->list[i].draft &&
            holders->list[i - 1].product_id != holders->list[i].product_id)
            return holders->list[i].draft; /* those outside the request come first */
    return NULL;
}

static enum step check_barcodes(struct call *c, const struct putting *p)
{
    struct holders holders = holders_of(c, p->count * PRODUCT_BARCODES_MAX + rows_count(p->barcodes));

    for (size_t i = 0; i < p->count; i++)
        for (size_t k = 0; k < p->drafts[i].after.barcode_count; k++)
            hold(&holders, barcode_canonical(p->drafts[i].after.barcodes[k]), p->drafts[i].after.id, &p->drafts[i]);
    for (size_t i = 0; i < rows_count(p->barcodes); i++)
        if (!draft_about(p, row_int(p->barcodes, i, "id")))
            hold(&holders, barcode_canonical(row_text(p->barcodes, i, "barcode")), row_int(p->barcodes, i, "id"), NULL);
    const struct draft *rival = find_rival(&holders);
    if (rival)
        return refuse_field(c, REFUSAL(BARCODE_TAKEN), draft_field(c, rival, "barcodes"),
                            "another product has one of these bar codes");
    return STEP_NEXT;
}

static enum step check_plus(struct call *c, const struct putting *p)
{
    struct holders holders = holders_of(c, p->count + rows_count(p->plus));

    for (size_t i = 0; i < p->count; i++)
        if (p->drafts[i].after.plu)
            hold(&holders, arena_format(c->txn.arena, "%u", p->drafts[i].after.plu), p->drafts[i].after.id,
                 &p->drafts[i]);
    for (size_t i = 0; i < rows_count(p->plus); i++)
        if (!draft_about(p, row_int(p->plus, i, "id")))
            hold(&holders, arena_format(c->txn.arena, "%lld", (long long)row_int(p->plus, i, "plu")),
                 row_int(p->plus, i, "id"), NULL);
    const struct draft *rival = find_rival(&holders);
    if (rival)
        return refuse_field(c, REFUSAL(PLU_TAKEN), draft_field(c, rival, "plu"), "another product has PLU %u",
                            rival->after.plu);
    return STEP_NEXT;
}

static enum step check_skus(struct call *c, const struct putting *p)
{
    struct holders holders = holders_of(c, p->count + rows_count(p->now));

    for (size_t i = 0; i < p->count; i++)
        if (*p->drafts[i].after.sku)
            hold(&holders, p->drafts[i].after.sku, p->drafts[i].after.id, &p->drafts[i]);
    for (size_t i = 0; i < rows_count(p->now); i++)
        if (!draft_about(p, row_int(p->now, i, "id")) && *row_text(p->now, i, "sku"))
            hold(&holders, row_text(p->now, i, "sku"), row_int(p->now, i, "id"), NULL);
    const struct draft *rival = find_rival(&holders);
    if (rival)
        return refuse_field(c, REFUSAL(NAME_TAKEN), draft_field(c, rival, "sku"), "another product has that sku");
    return STEP_NEXT;
}

static enum step check_twice(struct call *c, const struct putting *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct draft *first = draft_about(p, p->drafts[i].after.id);

        assert(first);
        if (first != &p->drafts[i])
            return refuse_field(c, REFUSAL(BAD_FIELD), arena_format(c->txn.arena, "drafts[%zu]", i),
                                "drafts %zu and %zu are about the same product", first->number + 1, i + 1);
    }
    return STEP_NEXT;
}

/* ---- the end ------------------------------------------------------------------------------------------------------ */

static enum step write(struct call *c)
{
    struct putting *p = c->shared;
    enum step step;

    if ((step = apply(c, p)) != STEP_NEXT || (step = check_twice(c, p)) != STEP_NEXT ||
        (step = check_skus(c, p)) != STEP_NEXT || (step = check_plus(c, p)) != STEP_NEXT ||
        (step = check_barcodes(c, p)) != STEP_NEXT)
        return step;
    for (size_t i = 0; i < p->count && !p->raised; i++)
        p->raised = draft_changes(&p->drafts[i]);
    if (p->raised) {
        catalogue_raise(c, 0);
        products_write(c, p->drafts, p->count);
        products_journal(c, p->drafts, p->count);
    }
    return STEP_NEXT;
}

static enum step done(struct call *c)
{
    const struct putting *p = c->shared;
    Caroline__V1__ProductPutDone reply = CAROLINE__V1__PRODUCT_PUT_DONE__INIT;

    reply.ids = arena_array(c->txn.arena, p->count, sizeof *reply.ids);
    for (; reply.n_ids < p->count; reply.n_ids++)
        reply.ids[reply.n_ids] = (uint64_t)p->drafts[reply.n_ids].after.id;
    PUT(reply, catalogue_version, p->raised ? catalogue_version(c) : (uint64_t)row_int(p->head, 0, "version"));
    return answer(c, &reply.base);
}

const struct op product_put = {
    .name = "product_put",
    .number = NUMBER(PRODUCT_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_CATALOGUE_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .body_max = BODY_MAX,
    .request = &caroline__v1__product_put__descriptor,
    .reply = &caroline__v1__product_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, done },
};
