/* A command whose sale is there already, although its answer is not kept under this device: it is 90 days old, or another
 * device gave it. A sale's command id is its own for ever, so it is not sold twice. */
#include <string.h>

#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"

void counter_load_done(struct group *g)
{
    struct counter_set *set = g->set;
    struct bytes *ids = arena_array(g->txn.arena, g->call_count, sizeof *ids);

    for (size_t i = 0; i < g->call_count; i++)
        ids[i] = bytes_of(g->calls[i]->command_id, sizeof g->calls[i]->command_id);
    set->rows.done = group_ask(g, &sql_counter_done, PARAMS(PARAM_BYTESES(ids, g->call_count)));
}

enum step counter_refuse_done(struct call *c, const struct counter_set *set)
{
    Caroline__V1__SaleNumber number = CAROLINE__V1__SALE_NUMBER__INIT;
    char text[RECEIPT_NUMBER_TEXT];

    for (size_t row = 0; row < rows_count(set->rows.done); row++) {
        if (!bytes_equal(row_bytes(set->rows.done, row, "command_id"), bytes_of(c->command_id, sizeof c->command_id)))
            continue;
        receipt_number_format(text, (struct receipt_number){
                                        .till = (uint32_t)row_int(set->rows.done, row, "till_number"),
                                        .series = (char)row_int(set->rows.done, row, "series"),
                                        .number = row_int(set->rows.done, row, "number"),
                                    });
        PUT(number, sale_id, (uint64_t)row_int(set->rows.done, row, "id"));
        PUT(number, receipt_number, field_text(text));
        return refuse_detail(c, REFUSAL(COMMAND_DONE), &number.base, "this was done before, as receipt %s", text);
    }
    return STEP_NEXT;
}
