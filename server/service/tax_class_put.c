/* Make a tax class, or change what is given of it. Rates are given all together; none given: they stay. */
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "db/queries.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_limits.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH 40
#define CODE_MAX_LENGTH 12
#define WHOLE_PPM       1000000u /* 100 % */
#define SWITCH_AT_MAX   1000000u

struct rate {
    bool eat_in, hot;
    const char *code;
    int64_t ppm;
};
struct rates {
    struct rate *list;
    size_t count;
};

struct putting {
    struct put put; /* first */
    const char *name;
    struct rates rates; /* as given */
    struct rows *all_rates;
};

static const Caroline__V1__TaxClass *class_of(const struct call *c)
{
    static const Caroline__V1__TaxClass nothing = CAROLINE__V1__TAX_CLASS__INIT;
    const Caroline__V1__TaxClassPut *request = (const Caroline__V1__TaxClassPut *)c->message;

    return request->tax_class ? request->tax_class : &nothing;
}

static int by_way_and_code(const void *a, const void *b)
{
    const struct rate *left = a, *right = b;

    if (left->eat_in != right->eat_in)
        return left->eat_in ? 1 : -1;
    if (left->hot != right->hot)
        return left->hot ? 1 : -1;
    return strcmp(left->code, right->code);
}

static void rates_sort(struct rates *rates)
{
    if (rates->count > 1)
        qsort(rates->list, rates->count, sizeof *rates->list, by_way_and_code);
}

/* ---- what the request says ---------------------------------------------------------------------------------------- */

static enum step check_rate(struct call *c, size_t i, struct rate *rate)
{
    const Caroline__V1__TaxRate *given = class_of(c)->rates[i];
    const char *path = arena_format(c->txn.arena, "tax_class.rates[%zu].", i);
    enum step step = typed_name(c, path, "code", given->code, CODE_MAX_LENGTH, &rate->code);

    if (step != STEP_NEXT)
        return step;
    if (strlen(rate->code) >= TAX_CODE_SIZE)
        return refuse_field(c, REFUSAL(BAD_FIELD), arena_format(c->txn.arena, "%scode", path),
                            "a tax code has at most 12 plain letters");
    if (!given->has_rate_ppm || given->rate_ppm > WHOLE_PPM)
        return refuse_field(c, REFUSAL(BAD_RATE), arena_format(c->txn.arena, "%srate_ppm", path),
                            "a rate is 0 to 1,000,000 millionths");
    rate->eat_in = given->service == CAROLINE__V1__SERVICE__SERVICE_EAT_IN;
    rate->hot = given->hot;
    rate->ppm = given->rate_ppm;
    return STEP_NEXT;
}

/* In one way of serving, a component stands once, and all together take no more than the price. */
static enum step check_sums(struct call *c, const struct rates *rates)
{
    int64_t sum = 0;

    for (size_t i = 0; i < rates->count; i++) {
        const struct rate *rate = &rates->list[i], *before = i ? rate - 1 : NULL;
        bool same_way = before && before->eat_in == rate->eat_in && before->hot == rate->hot;

        if (same_way && strcmp(before->code, rate->code) == 0)
            return refuse_field(c, REFUSAL(BAD_RATE), "tax_class.rates", "%s stands twice for one way of serving",
                                rate->code);
        sum = (same_way ? sum : 0) + rate->ppm;
        if (sum > WHOLE_PPM)
            return refuse_field(c, REFUSAL(BAD_RATE), "tax_class.rates", "the rates come to more than 100 %%");
    }
    return STEP_NEXT;
}

static enum step check_rates(struct call *c, struct rates *rates)
{
    size_t count = class_of(c)->n_rates;

    rates->list = arena_array(c->txn.arena, count + 1, sizeof *rates->list);
    for (; rates->count < count; rates->count++) {
        enum step step = check_rate(c, rates->count, &rates->list[rates->count]);
        if (step != STEP_NEXT)
            return step;
    }
    rates_sort(rates);
    return check_sums(c, rates);
}

static enum step check(struct call *c)
{
    const Caroline__V1__TaxClass *given = class_of(c);
    struct putting *p = c->shared;
    enum step step = STEP_NEXT;

    if (given->has_name || !given->has_id)
        step = typed_name(c, "tax_class.", "name", given->name, NAME_MAX_LENGTH, &p->name);
    if (step != STEP_NEXT || (step = check_rates(c, &p->rates)) != STEP_NEXT)
        return step;
    if (given->switch_at_count > SWITCH_AT_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "tax_class.switch_at_count", "at most %u pieces", SWITCH_AT_MAX);
    put_begin(c, given->has_id, given->id);
    p->put.all = ask(c, &sql_tax_class_put_all, NO_PARAMS);
    p->all_rates = ask(c, &sql_tax_class_put_rates, NO_PARAMS);
    return STEP_NEXT;
}

/* ---- beside what there is ----------------------------------------------------------------------------------------- */

static struct rates rates_before(struct call *c, const struct putting *p)
{
    struct rates rates = { 0 };

    rates.list = arena_array(c->txn.arena, rows_count(p->all_rates) + 1, sizeof *rates.list);
    for (size_t i = 0; i < rows_count(p->all_rates); i++) {
        if (row_int(p->all_rates, i, "id") != p->put.id)
            continue;
        rates.list[rates.count++] = (struct rate){ .eat_in = row_int(p->all_rates, i, "service") != 0,
                                                   .hot = row_bool(p->all_rates, i, "hot"),
                                                   .code = row_text(p->all_rates, i, "code"),
                                                   .ppm = row_int(p->all_rates, i, "rate_ppm") };
    }
    rates_sort(&rates);
    return rates;
}

/* As the journal has them: "VAT20 200000, eat in VAT20 200000". */
static const char *rates_text(struct call *c, const struct rates *rates)
{
    const char *text = "";

    for (size_t i = 0; i < rates->count; i++) {
        const struct rate *rate = &rates->list[i];
        text = arena_format(c->txn.arena, "%s%s%s%s%s %lld", text, i ? ", " : "", rate->hot ? "hot " : "",
                            rate->eat_in ? "eat in " : "", rate->code, (long long)rate->ppm);
    }
    return text;
}

static enum step check_limits(struct call *c, const struct putting *p, const struct rates *before)
{
    size_t others = rows_count(p->all_rates) - before->count;

    if (p->put.made && rows_count(p->put.all) >= TAX_CLASSES_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "tax_class", "a shop has at most %d tax classes", TAX_CLASSES_MAX);
    if (p->rates.count && others + p->rates.count > TAX_RATES_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "tax_class.rates", "all tax classes together have at most %d rates",
                            TAX_RATES_MAX);
    return STEP_NEXT;
}

/* Another class, that does not itself switch, of a class that none switches to: a basket is taxed by one step. The
 * sentences say what to do first, so that every change has an order in which it goes. */
static enum step check_switch(struct call *c, const struct putting *p, int64_t to)
{
    const struct rows *all = p->put.all;
    bool found = false;

    for (size_t i = 0; i < rows_count(all); i++) {
        if (row_int(all, i, "id") == to && to != p->put.id) {
            found = true;
            if (row_int(all, i, "switch_to_id") != 0)
                return refuse_field(c, REFUSAL(BAD_FIELD), "tax_class.switch_to_id",
                                    "%s switches to another one itself: take that away first",
                                    row_text(all, i, "name"));
        }
    }
    if (!found)
        return refuse_field(c, REFUSAL(UNKNOWN_TAX_CLASS), "tax_class.switch_to_id", "no other tax class of that id");
    for (size_t i = 0; i < rows_count(all); i++)
        if (!p->put.made && row_int(all, i, "switch_to_id") == p->put.id)
            return refuse_field(c, REFUSAL(BAD_FIELD), "tax_class.switch_to_id",
                                "%s switches to this class: change that first", row_text(all, i, "name"));
    return STEP_NEXT;
}

static void ask_writes(struct call *c, const struct putting *p, const char *name, int64_t at, int64_t to,
                       const struct rates *rates)
{
    int64_t *services = arena_array(c->txn.arena, rates->count + 1, sizeof *services);
    int64_t *ppms = arena_array(c->txn.arena, rates->count + 1, sizeof *ppms);
    bool *hots = arena_array(c->txn.arena, rates->count + 1, sizeof *hots);
    struct bytes *codes = arena_array(c->txn.arena, rates->count + 1, sizeof *codes);

    for (size_t i = 0; i < rates->count; i++) {
        services[i] = rates->list[i].eat_in;
        hots[i] = rates->list[i].hot;
        codes[i] = bytes_of_text(rates->list[i].code);
        ppms[i] = rates->list[i].ppm;
    }
    put_raise(c, 0);
    if (p->put.made)
        ask(c, &sql_tax_class_put_create, PARAMS(PARAM_INT(p->put.id)));
    ask(c, &sql_tax_class_put_version, PARAMS(PARAM_INT(p->put.id), PARAM_TEXT(name), PARAM_INT(at), PARAM_INT(to)));
    ask(c, &sql_tax_class_put_rate_versions,
        PARAMS(PARAM_INT(p->put.id), PARAM_INTS(services, rates->count), PARAM_BOOLS(hots, rates->count),
               PARAM_TEXTS(codes, rates->count), PARAM_INTS(ppms, rates->count)));
}

static enum step write(struct call *c)
{
    const Caroline__V1__TaxClass *given = class_of(c);
    struct putting *p = c->shared;
    enum step step = put_find(c, REFUSAL(UNKNOWN_TAX_CLASS), "tax_class.", p->name);

    if (step != STEP_NEXT)
        return step;
    bool made = p->put.made;
    struct rates before = { 0 };
    if (!made)
        before = rates_before(c, p);
    if ((step = check_limits(c, p, &before)) != STEP_NEXT)
        return step;

    const char *old_name = made ? "" : row_text(p->put.all, p->put.row, "name");
    int64_t old_at = made ? 0 : row_int(p->put.all, p->put.row, "switch_at_count");
    int64_t old_to = made ? 0 : row_int(p->put.all, p->put.row, "switch_to_id");
    const char *name = p->name ? p->name : old_name;
    int64_t at = given->has_switch_at_count ? given->switch_at_count : old_at;
    int64_t to = !given->has_switch_to_id          ? old_to
                 : given->switch_to_id > INT64_MAX ? -1
                                                   : (int64_t)given->switch_to_id;
    const struct rates *rates = p->rates.count ? &p->rates : &before;
    if (to != 0 && to != old_to && (step = check_switch(c, p, to)) != STEP_NEXT)
        return step;

    bool changed = changes_text(c, p->put.id, "name", made, old_name, name);
    changed |= changes_text(c, p->put.id, "rates", made, rates_text(c, &before), rates_text(c, rates));
    changed |= changes_number(c, p->put.id, "switch_at_count", made, old_at, at);
    changed |= changes_number(c, p->put.id, "switch_to_id", made, old_to, to);
    if (changed)
        ask_writes(c, p, name, at, to, rates);
    return STEP_NEXT;
}

const struct op tax_class_put = {
    .name = "tax_class_put",
    .number = NUMBER(TAX_CLASS_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_TAX_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__tax_class_put__descriptor,
    .reply = &caroline__v1__catalogue_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, put_done },
};
