/* Put right what paid a sale. It goes in groups as refunds do, though alone in theirs: behind the shop's lock no refund at
 * another till gives back to a tender that is being put right; and behind the till's row no close comes between. */
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/retender.h"
#include "db/queries.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

struct retendering {
    struct retender_command command;
    struct retender rows;
    int64_t entry_number;
};

static struct bytes typed(ProtobufCBinaryData field, struct arena *arena)
{
    return bytes_of_text(text_tidy(arena, field_bytes(field)));
}

static enum step keys(struct call *c, struct group *g)
{
    const Caroline__V1__SaleRetender *request = (const Caroline__V1__SaleRetender *)c->message;
    struct retendering *r = c->shared;
    struct arena *arena = g->txn.arena;

    r->command = (struct retender_command){
        .position = request->has_position ? (int64_t)request->position : -1,
        .all = !request->has_amount_minor,
        .amount_minor = request->amount_minor,
        .truth = { .kind = (int)request->kind,
                   .type_id = request->tender_type_id > INT64_MAX ? -1 : (int64_t)request->tender_type_id,
                   .reference = typed(request->reference, arena) },
        .reason = typed(request->reason, arena),
        .device_id = c->device_id,
        .staff_id = c->staff_id,
    };
    enum step step = receipt_number_of(c, field_bytes(request->receipt_number), &r->command.original);
    if (step != STEP_NEXT)
        return step;
    ids_add(&((struct counter_set *)g->set)->devices, c->device_id, arena);
    counter_want_original(g, r->command.original);
    return STEP_NEXT;
}

static void load(struct group *g)
{
    struct counter_set *set = g->set;

    ids_sort(&set->devices);
    set->rows.drawers = group_ask(g, &sql_counter_drawers, PARAMS(PARAM_INTS(set->devices.ids, set->devices.count)));
    counter_ask_tenders(g);
}

static enum step fill(struct group *g)
{
    struct counter_set *set = g->set;
    struct working_set *rules = &set->rules;

    rules->arena = g->txn.arena;
    rules->catalogue = g->catalogue;
    rules->zone = shop_zone(catalogue_shop(g->catalogue, catalogue_newest(g->catalogue)));
    rules->drawers = counter_drawers_of(set->rows.drawers, rules->arena, &rules->drawer_count);
    rules->originals = counter_originals_of(set, rules->arena, &rules->original_count);
    return STEP_NEXT;
}

static int64_t or_null(int64_t number)
{
    return number == 0 ? PARAM_NULL_INT : number;
}

static void store_entries(struct group *g, const struct retender *rows)
{
    const struct retender_entry *entries[] = { &rows->off, &rows->to };
    int64_t columns[6][2];
    struct bytes references[2];

    for (size_t i = 0; i < 2; i++) {
        columns[0][i] = entries[i]->position;
        columns[1][i] = entries[i]->kind;
        columns[2][i] = or_null(entries[i]->type_id);
        columns[3][i] = entries[i]->tender_count;
        columns[4][i] = entries[i]->amount_minor;
        columns[5][i] = entries[i]->tip_minor;
        references[i] = entries[i]->reference.size == 0 ? bytes_of(NULL, 0) : entries[i]->reference;
    }
    group_ask(g, &sql_retender_entry_insert,
              PARAMS(PARAM_INT(rows->id), PARAM_INTS(columns[0], 2), PARAM_INTS(columns[1], 2),
                     PARAM_INTS(columns[2], 2), PARAM_INTS(columns[3], 2), PARAM_INTS(columns[4], 2),
                     PARAM_INTS(columns[5], 2), PARAM_TEXTS(references, 2)));
}

static void store_one(struct group *g, const struct retendering *r)
{
    const struct retender *rows = &r->rows;

    group_ask(g, &sql_retender_insert,
              PARAMS(PARAM_INT(rows->id), PARAM_INT(rows->sale_id), PARAM_INT(rows->number), PARAM_INT(rows->shop_id),
                     PARAM_INT(rows->device_id), PARAM_INT(rows->shift_id), PARAM_INT(rows->staff_id),
                     PARAM_INT((int64_t)rows->catalogue_version), PARAM_INT(rows->rounding_minor),
                     PARAM_TEXT_VIEW(rows->reason), PARAM_INT(r->entry_number), PARAM_INSTANT(rows->at)));
    store_entries(g, rows);
    if (rows->drawer_minor == 0)
        return;
    group_ask(g, &sql_shift_move_entry,
              PARAMS(PARAM_INT(rows->id), PARAM_INT(DRAWER_RETENDER), PARAM_INT(rows->shift_id),
                     PARAM_INT(rows->drawer_minor), PARAM_INSTANT(rows->at)));
    group_ask(g, &sql_shift_move_drawer,
              PARAMS(PARAM_INT(rows->device_id), PARAM_INT(rows->drawer_minor), PARAM_INT(rows->shift_id)));
}

static void store(struct group *g)
{
    for (size_t i = 0; i < g->call_count; i++)
        store_one(g, g->calls[i]->shared);
}

static const struct group_kind retender_group = {
    .name = "retender",
    .set_size = sizeof(struct counter_set),
    .load = load,
    .fill = fill,
    .store = store,
};

/* The entry of the strand L: of the sale, what went off which means of payment, and to which. */
static void note(struct call *c, const struct retender *rows, unsigned exponent)
{
    const struct retender_entry *entries[] = { &rows->off, &rows->to };
    char text[NUMBER_TEXT];

    journal_change(c, rows->id, "sale", NULL, arena_format(c->txn.arena, "%lld", (long long)rows->sale_id));
    for (size_t i = 0; i < 2; i++) {
        int64_t type_id = entries[i]->type_id == 0 ? (int64_t)entries[i]->kind : entries[i]->type_id;

        journal_change(c, type_id, "amount_minor", NULL, minor_format(text, entries[i]->amount_minor, exponent));
        if (entries[i]->tip_minor != 0)
            journal_change(c, type_id, "tip_minor", NULL, minor_format(text, entries[i]->tip_minor, exponent));
        if (entries[i]->reference.size > 0)
            journal_change(c, type_id, "reference", NULL,
                           arena_format(c->txn.arena, "%.*s", (int)entries[i]->reference.size,
                                        (const char *)entries[i]->reference.data));
    }
    if (rows->rounding_minor != 0)
        journal_change(c, rows->id, "rounding_minor", NULL, minor_format(text, rows->rounding_minor, exponent));
    journal_change(c, rows->id, "reason", NULL,
                   arena_format(c->txn.arena, "%.*s", (int)rows->reason.size, (const char *)rows->reason.data));
}

static enum step reply(struct call *c, const struct retendering *r, const struct working_set *set,
                       const struct shop *shop)
{
    const struct original *original = set_original(set, r->command.original);
    Caroline__V1__SaleRetendered message = CAROLINE__V1__SALE_RETENDERED__INIT;
    struct receipt slip = retender_slip(&r->rows, original->number, shop, set->zone, set->arena);
    char number[RECEIPT_NUMBER_TEXT];

    PUT(message, retender_id, (uint64_t)r->rows.id);
    PUT(message, sale_id, (uint64_t)r->rows.sale_id);
    PUT(message, receipt_number, field_text(receipt_number_format(number, original->number)));
    PUT(message, committed_us, (uint64_t)r->rows.at.us);
    message.n_tenders = original->tender_count;
    message.tenders = paid_tenders_of(original->tenders, original->tender_count, set->arena);
    if (r->rows.rounding_minor != 0)
        PUT(message, rounding_minor, r->rows.rounding_minor);
    message.receipt = receipt_message_of(&slip, set->arena);
    return answer(c, &message.base);
}

static enum step decide(struct call *c, struct group *g)
{
    struct retendering *r = c->shared;
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));

    r->command.role = catalogue_role(g->catalogue, catalogue_newest(g->catalogue), c->role_id);
    r->command.id = group_next_id(g);
    enum sale_verdict verdict = retender_decide(&r->command, set, g->now, &r->rows);
    if (verdict != SALE_OK && r->rows.field != NULL)
        return refuse_field(c, sale_refusal_code(verdict), r->rows.field, "%s", r->rows.sentence);
    if (verdict != SALE_OK)
        return refuse(c, sale_refusal_code(verdict), "%s", r->rows.sentence);
    r->entry_number = (int64_t)group_next_number(g, c);
    note(c, &r->rows, shop->currency_exponent);
    group_journal_changes(g, c);
    return reply(c, r, set, shop);
}

const struct op sale_retender = {
    .name = "sale_retender",
    .number = NUMBER(SALE_RETENDER),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_RETENDER,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__sale_retender__descriptor,
    .reply = &caroline__v1__sale_retendered__descriptor,
    .shared_size = sizeof(struct retendering),
    .group = &retender_group,
    .strand = 'L',
    .keys = keys,
    .decide = decide,
};
