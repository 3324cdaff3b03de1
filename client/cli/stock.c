/* Verbs of the shelf: what is on it, and goods that come in. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "client/cli/csv.h"
#include "common/base/number.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* "12 pieces", "0.35 kg". */
static const char *quantity_of(struct cli *c, const Caroline__V1__Product *product, int64_t milli)
{
    char number[NUMBER_TEXT];
    const char *unit = product->unit == CAROLINE__V1__UNIT__UNIT_KILOGRAM ? "kg"
                       : product->unit == CAROLINE__V1__UNIT__UNIT_LITRE  ? "l"
                       : milli == 1000                                    ? "piece"
                                                                          : "pieces";

    return arena_format(c->arena, "%s %s", milli_format(number, milli), unit);
}

int verb_stock_show(struct cli *c)
{
    Caroline__V1__StockShow request = CAROLINE__V1__STOCK_SHOW__INIT;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count == 0 || c->word_count > 200)
        return usage(c, "name 1 to 200 products by their sku, PLU or bar code");
    const Caroline__V1__Product **products = arena_array(c->arena, c->word_count, sizeof *products);
    request.product_ids = arena_array(c->arena, c->word_count, sizeof *request.product_ids);
    for (; request.n_product_ids < c->word_count; request.n_product_ids++) {
        size_t i = request.n_product_ids;
        const Caroline__V1__ProductShown *named = product_of(c, c->words[i], &status);
        if (!named)
            return status;
        products[i] = named->product;
        request.product_ids[i] = products[i]->id;
    }
    const Caroline__V1__StockShown *shown = (const void *)call_server(c, OP(STOCK_SHOW), &request.base, &status);
    if (!shown)
        return status;
    if (c->json)
        print_messages(c, (ProtobufCMessage *const *)shown->on_hand, shown->n_on_hand);
    for (size_t i = 0; !c->json && i < c->word_count; i++) /* as they were named; the reply has each once, by id */
        for (size_t k = 0; k < shown->n_on_hand; k++)
            if (shown->on_hand[k]->product_id == products[i]->id)
                printf("%-8s %-40s %s\n", c->words[i], text_of(c, products[i]->name),
                       quantity_of(c, products[i], shown->on_hand[k]->quantity_milli));
    return EXIT_DONE;
}

/* ---- goods that come in ---- */

static int receive(struct cli *c, Caroline__V1__StockMove **moves, size_t count, const char *reason,
                   const Caroline__V1__StockShown **now)
{
    Caroline__V1__StockReceive request = CAROLINE__V1__STOCK_RECEIVE__INIT;
    int status;

    request.n_moves = count;
    request.moves = moves;
    if (reason)
        set_text(&request.reason, &request.has_reason, reason);
    const ProtobufCMessage *reply = call_server(c, OP(STOCK_RECEIVE), &request.base, &status);
    if (reply && c->json)
        print_message(c, reply);
    *now = (const void *)reply;
    return status;
}

static int receive_one(struct cli *c, const char *reason)
{
    Caroline__V1__StockMove move = CAROLINE__V1__STOCK_MOVE__INIT, *moves[] = { &move };
    const Caroline__V1__StockShown *now;
    int status = options_apply(c, &move.base, NULL);

    if (status != EXIT_DONE || (status = receive(c, moves, 1, reason, &now)) != EXIT_DONE || c->json)
        return status;
    const char *sku = option_value(c, "product");
    if (!sku)
        sku = option_value(c, "product-id");
    const Caroline__V1__ProductShown *named = product_of(c, sku, &status);
    if (named && now->n_on_hand == 1)
        printf("%s received of %s; %s on the shelf now\n", quantity_of(c, named->product, move.quantity_milli), sku,
               quantity_of(c, named->product, now->on_hand[0]->quantity_milli));
    return status;
}

int verb_stock_receive(struct cli *c)
{
    const char *reason = option_value(c, "reason"), *problem;
    const Caroline__V1__StockShown *now;
    struct csv_file file;
    int status;

    if (c->word_count == 0)
        return receive_one(c, reason);
    if (!options_all_used(c) || c->word_count > 1)
        return usage(c, "name one file");
    if (!csv_read(c->words[0], c->arena, &file, &problem))
        return complain(EXIT_FAULT, "%s", problem);
    Caroline__V1__StockMove **moves = arena_array(c->arena, file.row_count + 1, sizeof *moves);
    for (size_t row = 0; row < file.row_count; row++) {
        const char *sku = csv_value(&file, row, "sku"), *quantity = csv_value(&file, row, "quantity");
        moves[row] = (void *)message_make(&caroline__v1__stock_move__descriptor, c->arena);
        if (!sku || !quantity)
            return complain(EXIT_REFUSED, "%s:1: the columns are sku,quantity; nothing was received", file.path);
        if (message_set(c, &moves[row]->base, "product", sku, &problem) != FIELD_SET)
            return complain(c->unknown, "%s:%zu: %s; nothing was received", file.path, file.lines[row], problem);
        if (message_set(c, &moves[row]->base, "quantity", quantity, &problem) != FIELD_SET)
            return complain(EXIT_REFUSED, "%s:%zu: quantity wants %s, not '%s'; nothing was received", file.path,
                            file.lines[row], problem, quantity);
    }
    for (size_t done = 0; done < file.row_count; done += 200) {
        c->file = &file;
        c->row = done;
        status = receive(c, moves + done, file.row_count - done < 200 ? file.row_count - done : 200, reason, &now);
        if (status != EXIT_DONE)
            return complain(status, "%zu of %zu rows were received", done, file.row_count);
    }
    if (!c->json)
        printf("%zu product%s received\n", file.row_count, file.row_count == 1 ? "" : "s");
    return EXIT_DONE;
}
