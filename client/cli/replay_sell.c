/* Selling a receipt of the file: the same command id for the same receipt of the same file, for ever.
 *
 * A receipt is done when the server says what it sold: in its answer, in the answer it kept, or in the sale it
 * remembers when the answer is no longer kept (COMMAND_DONE). A refusal stands: it was kept under this id as well. */
#include "client/cli/replay.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/rules/sale.h"
#include "common/wire/walker.h"

#define OP(name)   CAROLINE__V1__OP__OP_##name
#define CODE(name) CAROLINE__V1__ERROR_CODE__##name

static void id_of(const struct replay *replay, const struct replay_receipt *receipt, uint8_t id[COMMAND_ID_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)receipt->number);
    sha256_two(bytes_of(replay->file.digest, DIGEST_SIZE), bytes_of_text(number), digest);
    memcpy(id, digest, COMMAND_ID_SIZE);
}

static void close_errand(struct errand *errand)
{
    errand->till->open--;
    till_go_on(errand->till);
}

static void again_later(struct errand *errand)
{
    struct till *till = errand->till;

    errand->next_redo = till->redo;
    till->redo = errand;
    till->open--;
}

/* ---- what became of it ---- */

static void on_sale_shown(void *owner, const struct link_answer *answer)
{
    struct errand *errand = owner;
    const Caroline__V1__SaleShown *shown = (const void *)answer->reply;

    if (till_asks_again(errand->till, answer)) {
        again_later(errand);
        till_go_on(errand->till);
        return;
    }
    if (answer->outcome == LINK_OK && shown->sale != NULL)
        replay_done(errand->till->replay, errand->receipt, shown->sale);
    else
        replay_refused(errand->till->replay, errand->receipt, answer->code, answer->sentence);
    close_errand(errand);
}

static void ask_for_sale(struct errand *errand, const Caroline__V1__Error *error)
{
    Caroline__V1__SaleShow show = CAROLINE__V1__SALE_SHOW__INIT;
    struct arena *arena = arena_create(0);
    const Caroline__V1__SaleNumber *number = (const void *)message_decode(
        &caroline__v1__sale_number__descriptor, bytes_of(error->detail.data, error->detail.len), arena);

    show.has_sale_id = number != NULL;
    show.sale_id = number != NULL ? number->sale_id : 0;
    arena_destroy(arena);
    link_call(errand->till->link, OP(SALE_SHOW), &show.base, 0, on_sale_shown, errand);
}

static void settle(struct errand *errand, const Caroline__V1__Error *error, const Caroline__V1__SaleRungUp *sale,
                   const char *sentence)
{
    struct till *till = errand->till;

    if (sale != NULL) {
        replay_done(till->replay, errand->receipt, sale);
    } else if ((unsigned)error->code == CODE(COMMAND_DONE)) {
        ask_for_sale(errand, error);
        return;
    } else {
        replay_refused(till->replay, errand->receipt, (unsigned)error->code, sentence);
    }
    close_errand(errand);
}

/* The first copy of it named another version of the catalogue, or its total: what it was answered counts. */
static void on_kept(void *owner, const struct link_answer *answer)
{
    struct errand *errand = owner;
    const Caroline__V1__CommandShown *shown = (const void *)answer->reply;
    struct arena *arena = arena_create(0);
    const Caroline__V1__Reply *kept = NULL;
    const Caroline__V1__SaleRungUp *sale = NULL;

    if (answer->outcome == LINK_OK && shown->known)
        kept = (const void *)message_decode(&caroline__v1__reply__descriptor,
                                            bytes_of(shown->reply.data, shown->reply.len), arena);
    if (kept != NULL && kept->error == NULL)
        sale = (const void *)message_decode(&caroline__v1__sale_rung_up__descriptor,
                                            bytes_of(kept->body.data, kept->body.len), arena);
    if (till_asks_again(errand->till, answer)) {
        again_later(errand);
        till_go_on(errand->till);
    } else if (sale != NULL || (kept != NULL && kept->error != NULL)) {
        settle(errand, kept->error, sale,
               kept->error != NULL ? arena_format(arena, "%.*s", (int)kept->error->sentence.len,
                                                  (const char *)kept->error->sentence.data)
                                   : "");
    } else {
        replay_refused(errand->till->replay, errand->receipt, CODE(COMMAND_REUSED),
                       "its command id is another command's");
        close_errand(errand);
    }
    arena_destroy(arena);
}

static void ask_for_kept(struct errand *errand)
{
    Caroline__V1__CommandShow show = CAROLINE__V1__COMMAND_SHOW__INIT;

    show.has_command_id = true;
    show.command_id = (ProtobufCBinaryData){ .data = errand->id, .len = COMMAND_ID_SIZE };
    link_call(errand->till->link, OP(COMMAND_SHOW), &show.base, 0, on_kept, errand);
}

static void on_answer(void *owner, const struct link_answer *answer)
{
    struct errand *errand = owner;
    struct till *till = errand->till;

    if (answer->outcome == LINK_FAILED) {
        replay_refused(till->replay, errand->receipt, 0, answer->sentence);
        close_errand(errand);
    } else if (answer->code == CODE(SIGN_IN_FIRST) || answer->code == CODE(SESSION_LOCKED)) {
        again_later(errand);
        if (till->phase == TILL_SELLING)
            till->phase = TILL_CONNECTING;
        till_go_on(till);
    } else if (answer->code == CODE(COMMAND_REUSED)) {
        ask_for_kept(errand);
    } else {
        settle(errand, answer->error, (const void *)answer->reply, answer->sentence);
    }
}

/* ---- ringing up ---- */

/* What the till would show; 0: it has no price, and the server will say why not. */
static int64_t total_of(const struct till *till, const struct basket *basket, const struct catalogue *catalogue,
                        struct arena *arena)
{
    const struct zone *zone = till->replay->c->zone;
    struct sale_command command = { .aim = SALE_TO_PRICE, .basket = *basket };
    struct working_set set = { .arena = arena, .catalogue = catalogue, .zone = zone != NULL ? zone : zone_utc() };
    struct sale_rows rows;

    (void)sale_decide(&command, &set, basket->priced, &rows);
    return rows.total_minor;
}

static void ring_up(struct errand *errand, const struct catalogue *catalogue)
{
    const struct replay_receipt *receipt = errand->receipt;
    struct arena *arena = arena_create(0);
    struct basket_line *lines = arena_array(arena, receipt->line_count, sizeof *lines);
    Caroline__V1__BasketLine *wire = arena_array(arena, receipt->line_count, sizeof *wire), **list;
    Caroline__V1__SaleRingUp sale = CAROLINE__V1__SALE_RING_UP__INIT;
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__Tender cash = CAROLINE__V1__TENDER__INIT, *tenders[] = { &cash };
    const char *problem;

    list = arena_array(arena, receipt->line_count, sizeof *list);
    for (size_t i = 0; i < receipt->line_count; i++) {
        lines[i] = (struct basket_line){ .product_id = receipt->lines[i].good->product_id,
                                         .quantity_milli = receipt->lines[i].quantity_milli };
        caroline__v1__basket_line__init(&wire[i]);
        wire[i].has_product_id = wire[i].has_quantity_milli = true;
        wire[i].product_id = (uint64_t)lines[i].product_id;
        wire[i].quantity_milli = lines[i].quantity_milli;
        list[i] = &wire[i];
    }
    basket.has_catalogue_version = true;
    basket.catalogue_version = catalogue_newest(catalogue);
    basket.lines = list;
    basket.n_lines = receipt->line_count;
    sale.basket = &basket;
    sale.has_total_minor = true;
    struct instant now = link_now(errand->till->link);
    basket.has_priced_us = true;
    basket.priced_us = (uint64_t)now.us;
    sale.total_minor = total_of(errand->till,
                                &(struct basket){ .catalogue_version = basket.catalogue_version,
                                                  .lines = lines,
                                                  .line_count = receipt->line_count,
                                                  .priced = now },
                                catalogue, arena);
    cash.has_kind = cash.has_amount_minor = true;
    cash.kind = CAROLINE__V1__TENDER_KIND__TENDER_CASH;
    cash.amount_minor = sale.total_minor;
    sale.tenders = tenders;
    sale.n_tenders = sale.total_minor > 0 ? 1 : 0;
    (void)link_command(
        errand->till->link,
        &(struct link_command){
            .op = OP(SALE_RING_UP), .message = &sale.base, .id = errand->id, .answered = on_answer, .owner = errand },
        NULL, &problem); /* no spool: it cannot fail */
    arena_destroy(arena);
}

static struct errand *take_next(struct till *till)
{
    struct errand *errand = till->redo;

    if (errand != NULL)
        till->redo = errand->next_redo;
    else if (till->next < till->errand_count)
        errand = &till->errands[till->next++];
    return errand;
}

void till_sell(struct till *till)
{
    struct replay *replay = till->replay;
    const struct catalogue *catalogue = link_catalogue(replay->tills[0].link);

    if (!replay->products_known)
        return;
    while (!replay->stopping && till->open < replay->window) {
        struct errand *errand = take_next(till);
        if (errand == NULL)
            break;
        id_of(replay, errand->receipt, errand->id);
        till->open++;
        ring_up(errand, catalogue);
    }
    if (till->open == 0 && till->redo == NULL && till->next == till->errand_count)
        till->phase = TILL_FINISHED;
}
