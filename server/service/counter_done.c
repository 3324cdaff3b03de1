/* A command whose sale is there already, although its answer is not kept under this device: it is 90 days old, or another
 * device gave it, perhaps in this very group. A sale's command id is its own for ever, so it is not sold twice. */
#include <string.h>

#include "common/rules/sale_offline.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"

const uint8_t *counter_command_id(const struct call *c)
{
    const struct counter_call *stored = c->shared;

    return stored->command_id != NULL ? stored->command_id : c->command_id;
}

void counter_load_done(struct group *g)
{
    struct counter_set *set = g->set;
    struct bytes *ids = arena_array(g->txn.arena, g->call_count, sizeof *ids);

    for (size_t i = 0; i < g->call_count; i++)
        ids[i] = bytes_of(counter_command_id(g->calls[i]), sizeof g->calls[i]->command_id);
    set->rows.done = group_ask(g, &sql_counter_done, PARAMS(PARAM_BYTESES(ids, g->call_count)));
}

void counter_note_done(struct group *g, struct call *c, const struct sale_rows *sale)
{
    struct counter_set *set = g->set;

    if (!set->sold)
        set->sold = arena_array(g->txn.arena, g->call_count, sizeof(struct counter_sold));
    set->sold[set->sold_count++] = (struct counter_sold){ .command_id = counter_command_id(c),
                                                          .sale_id = sale->sale_id,
                                                          .device_id = sale->device_id,
                                                          .number = sale->number,
                                                          .record = sale->record };
}

static enum step refuse_done(struct call *c, int64_t sale_id, struct receipt_number receipt)
{
    Caroline__V1__SaleNumber number = CAROLINE__V1__SALE_NUMBER__INIT;
    char text[RECEIPT_NUMBER_TEXT];

    receipt_number_format(text, receipt);
    PUT(number, sale_id, (uint64_t)sale_id);
    PUT(number, receipt_number, field_text(text));
    return refuse_detail(c, REFUSAL(COMMAND_DONE), &number.base, "this was done before, as receipt %s", text);
}

static bool is_of(const struct call *c, struct bytes command_id)
{
    return bytes_equal(command_id, bytes_of(counter_command_id(c), sizeof c->command_id));
}

enum step counter_refuse_done(struct call *c, const struct counter_set *set)
{
    const struct rows *done = set->rows.done;

    for (size_t i = 0; i < set->sold_count; i++)
        if (is_of(c, bytes_of(set->sold[i].command_id, sizeof c->command_id)))
            return refuse_done(c, set->sold[i].sale_id, set->sold[i].number);
    for (size_t row = 0; row < rows_count(done); row++) {
        if (!is_of(c, row_bytes(done, row, "command_id")))
            continue;
        /* What another shop has sold is not told here. */
        if (row_int(done, row, "shop_id") != c->shop_id)
            return refuse(c, REFUSAL(COMMAND_REUSED), "this command id was used for something else");
        return refuse_done(c, row_int(done, row, "id"),
                           (struct receipt_number){
                               .till = (uint32_t)row_int(done, row, "till_number"),
                               .series = (char)row_int(done, row, "series"),
                               .number = row_int(done, row, "number"),
                           });
    }
    return STEP_NEXT;
}

/* Has the group itself just booked it? NULL: no. */
static const struct counter_sold *sold_in_group(const struct counter_set *set, const struct offline_command *command)
{
    for (size_t i = 0; i < set->sold_count; i++) {
        const struct counter_sold *sold = &set->sold[i];

        if (sold->device_id == command->sale.device_id && sold->number.series == 'X' &&
            sold->number.number == command->sale.number)
            return sold;
    }
    return NULL;
}

/* The digest of the till's record tells the same sale from another one under its number. */
enum step counter_refuse_booked(struct call *c, const struct counter_set *set, const struct offline_command *command)
{
    const struct bytes record = bytes_of(command->record, sizeof command->record);
    const struct counter_sold *sold = sold_in_group(set, command);
    const struct rows *rows = set->rows.booked;

    if (sold != NULL && bytes_equal(bytes_of(sold->record, record.size), record))
        return refuse_done(c, sold->sale_id, sold->number);
    for (size_t row = 0; row < rows_count(rows); row++)
        if (row_int(rows, row, "device_id") == command->sale.device_id &&
            row_int(rows, row, "number") == command->sale.number && bytes_equal(row_bytes(rows, row, "record"), record))
            return refuse_done(c, row_int(rows, row, "id"),
                               (struct receipt_number){ .till = (uint32_t)row_int(rows, row, "till_number"),
                                                        .series = 'X',
                                                        .number = command->sale.number });
    return STEP_NEXT;
}
