/* Verbs that sell: a sale, a refund, a receipt again. */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/cli/approval.h"
#include "client/cli/paying.h"
#include "client/link/printer.h"
#include "common/base/number.h"
#include "common/print/escpos.h"
#include "common/print/text.h"
#include "common/rules/gift_card.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"

#define OP(name)        CAROLINE__V1__OP__OP_##name
#define RECEIPT_COLUMNS 42

static struct receipt document_of(struct cli *c, const Caroline__V1__Receipt *receipt)
{
    struct receipt_row *rows = arena_array(c->arena, 2 * receipt->n_rows + 1, sizeof *rows);
    size_t count = 0;

    for (size_t i = 0; i < receipt->n_rows; i++) {
        const char *left = text_of(c, receipt->rows[i]->left);
        const char *name = account_name_of(c, receipt->rows[i]->account_id, left);

        rows[count].kind = (enum receipt_row_kind)receipt->rows[i]->kind;
        rows[count].left = left;
        rows[count++].right = text_of(c, receipt->rows[i]->right);
        if (name != NULL)
            rows[count++].left = arena_format(c->arena, "  %s", name);
    }
    return (struct receipt){ rows, count };
}

void print_receipt_with_code(struct cli *c, const Caroline__V1__Receipt *receipt, const char *code)
{
    struct receipt document = document_of(c, receipt),
                   with_code = gift_card_receipt_with_code(&document, code, c->arena);

    fputs(receipt_text(c->arena, &with_code, RECEIPT_COLUMNS), stdout);
}

void print_receipt(struct cli *c, const Caroline__V1__Receipt *receipt)
{
    struct receipt document = document_of(c, receipt);

    fputs(receipt_text(c->arena, &document, RECEIPT_COLUMNS), stdout);
}

/* "x3"; "x-3": so many are taken back. */
static bool quantity_read(const char *text, int64_t *milli)
{
    bool back = *text == '-';

    if (!milli_parse(text + back, milli))
        return false;
    *milli = back ? -*milli : *milli;
    return true;
}

/* "12", "12x3", "bottlex-5", "latte+Large+Oat milk", "gift@12.50": a product, how much of it, what was chosen, the keyed price. */
static bool line_of(struct cli *c, const char *word, Caroline__V1__BasketLine *line, uint64_t *version, int *status)
{
    char *name = arena_text(c->arena, word), *chosen, *keyed, *times;

    line_cut(c, name, &chosen, &keyed);
    times = strrchr(name, 'x');

    line->has_product_id = line->has_quantity_milli = true;
    line->quantity_milli = 1000;
    if (times && times != name && quantity_read(times + 1, &line->quantity_milli))
        *times = '\0';
    const Caroline__V1__ProductShown *shown = product_of(c, name, status);
    if (!shown)
        return false;
    line->product_id = shown->product->id;
    *version = shown->catalogue_version;
    return line_choose(c, shown->product->modifier_ids, shown->product->n_modifier_ids, chosen, keyed, line, status);
}

bool money_option(struct cli *c, const char *name, int64_t *minor, bool *given, int *status)
{
    const char *value = option_value(c, name);

    *given = value != NULL;
    if (value && !minor_parse(value, currency_exponent(c), false, minor)) {
        *status = usage(c, "--%s wants an amount of money, as 12.50, not '%s'", name, value);
        return false;
    }
    return true;
}

/* Asks for a quote, pays it, prints the receipt. */
int verb_sale(struct cli *c)
{
    Caroline__V1__SaleQuote quote = CAROLINE__V1__SALE_QUOTE__INIT;
    Caroline__V1__SaleRingUp ring_up = CAROLINE__V1__SALE_RING_UP__INIT;
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__BasketReward rewards[20], *reward_list[20];
    const char *problem, *member = option_value(c, "member"), *reward = option_value(c, "reward");
    const char *told = option_value(c, "told"), *coupons = option_value(c, "coupon"),
               *chosen = option_value(c, "reward-number");
    struct paying paying;
    Caroline__V1__ApprovalOpen wanted = CAROLINE__V1__APPROVAL_OPEN__INIT;
    struct approver approver;
    uint64_t reward_count = 0, reward_number = 0;
    int status = paying_read(c, &paying);

    if (status != EXIT_DONE || (status = approver_read(c, &approver)) != EXIT_DONE)
        return status;
    basket.has_service = option_given(c, "eat-in");
    basket.service = CAROLINE__V1__SERVICE__SERVICE_EAT_IN;
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count == 0 || c->word_count > 200)
        return usage(c, "name 1 to 200 products by their sku, PLU or bar code");

    Caroline__V1__BasketLine *lines = arena_array(c->arena, c->word_count, sizeof *lines);
    basket.lines = arena_array(c->arena, c->word_count, sizeof *basket.lines);
    for (; basket.n_lines < c->word_count; basket.n_lines++) {
        caroline__v1__basket_line__init(&lines[basket.n_lines]);
        basket.lines[basket.n_lines] = &lines[basket.n_lines];
        if (!line_of(c, c->words[basket.n_lines], &lines[basket.n_lines], &basket.catalogue_version, &status))
            return status;
        if (told && message_set(c, &lines[basket.n_lines].base, "allergens-told", told, &problem) != FIELD_SET)
            return usage(c, "--told wants %s, not '%s'", problem, told);
    }
    basket.has_catalogue_version = true;
    if (member) {
        basket.has_member_id = true;
        if (!name_to_id(c, "member_id", member, &basket.member_id, &problem))
            return usage(c, "--member wants a member's id, not '%s'", member);
    }
    if (reward && !whole_number(reward, 20, &reward_count))
        return usage(c, "--reward wants how many, at most 20, not '%s'", reward);
    if (chosen && !whole_number(chosen, UINT32_MAX, &reward_number))
        return usage(c, "--reward-number wants a reward's number, as programme list shows it, not '%s'", chosen);
    if (chosen && !reward)
        reward_count = 1;
    basket.n_rewards = reward_count;
    basket.rewards = reward_list;
    for (size_t i = 0; i < basket.n_rewards; i++) {
        caroline__v1__basket_reward__init(&rewards[i]);
        rewards[i].has_reward = reward_number != 0;
        rewards[i].reward = (uint32_t)reward_number;
        reward_list[i] = &rewards[i];
    }

    if (coupons && (status = coupons_option(c, &basket, coupons)) != EXIT_DONE)
        return status;
    wanted.has_deposit_back = wanted.deposit_back =
        true; /* of what a basket has here, this alone may be too much for somebody */
    if ((status = approver_ask(c, &approver, &wanted, &quote.approval)) != EXIT_DONE)
        return status;
    quote.has_approval = ring_up.has_approval = quote.approval.len > 0;
    ring_up.approval = quote.approval;
    quote.basket = &basket;
    const Caroline__V1__SaleQuoted *quoted = (const void *)call_server(c, OP(SALE_QUOTE), &quote.base, &status);
    if (!quoted)
        return status;
    ring_up.basket = &basket;
    ring_up.has_total_minor = true;
    ring_up.total_minor = quoted->total_minor;
    if ((status = paying_settle(c, &paying, quoted->total_minor)) != EXIT_DONE)
        return status;
    ring_up.n_tenders = paying.count;
    ring_up.tenders = paying.list;
    const Caroline__V1__SaleRungUp *sale = (const void *)call_server(c, OP(SALE_RING_UP), &ring_up.base, &status);
    if (!sale)
        return status;
    if (c->json)
        print_message(c, &sale->base);
    else if (sale->receipt)
        print_receipt(c, sale->receipt);
    return sale->coupon_due && !c->json ? coupons_earned(c, text_of(c, sale->receipt_number)) : EXIT_DONE;
}

/* "2" or "2x3": a line of the receipt, from 1, and how much of it comes back. */
static bool refund_line_of(struct cli *c, const char *word, Caroline__V1__RefundLine *line)
{
    char *text = arena_text(c->arena, word), *times = strchr(text, 'x');
    uint64_t number = 0;

    line->has_line = line->has_quantity_milli = true;
    line->quantity_milli = 1000;
    if (times != NULL)
        *times = '\0';
    if (!whole_number(text, 200, &number) || number == 0 ||
        (times != NULL && (!milli_parse(times + 1, &line->quantity_milli) || line->quantity_milli <= 0)))
        return false;
    line->line = (uint32_t)number - 1;
    return true;
}

/* What it comes to is said before it is sent, and sent along, or what --total says that the customer was told: another sum is
 * refused. */
static int refund_priced(struct cli *c, Caroline__V1__SaleRefund *request)
{
    Caroline__V1__SaleShow show = CAROLINE__V1__SALE_SHOW__INIT;
    char text[NUMBER_TEXT];
    int status;

    show.has_receipt_number = show.has_price_back = show.price_back = true;
    show.receipt_number = request->receipt_number;
    show.back = request->lines;
    show.n_back = request->n_lines;
    const Caroline__V1__SaleShown *shown = (const void *)call_server(c, OP(SALE_SHOW), &show.base, &status);
    if (!shown)
        return status;
    if (!shown->has_back_minor)
        return complain(EXIT_REFUSED,
                        "the server is older than this program and cannot say what comes back: update it");
    if (!c->json)
        fprintf(stderr, "%s comes back\n",
                minor_format(text, shown->back_minor + shown->back_rounding_minor, currency_exponent(c)));
    request->total_minor =
        request->has_total_minor ? request->total_minor - shown->back_rounding_minor : shown->back_minor;
    request->has_total_minor = true;
    return EXIT_DONE;
}

int verb_refund(struct cli *c)
{
    Caroline__V1__SaleRefund request = CAROLINE__V1__SALE_REFUND__INIT;
    int status = options_apply(c, &request.base, NULL);

    if (status != EXIT_DONE)
        return status;
    if (c->word_count == 0 || c->word_count > 201)
        return usage(c, "name one receipt's number, and the lines of it that come back");
    Caroline__V1__RefundLine *lines = arena_array(c->arena, c->word_count, sizeof *lines);
    request.lines = arena_array(c->arena, c->word_count, sizeof *request.lines);
    for (size_t i = 1; i < c->word_count; i++) {
        caroline__v1__refund_line__init(&lines[i]);
        request.lines[request.n_lines++] = &lines[i];
        if (!refund_line_of(c, c->words[i], &lines[i]))
            return usage(c, "a line is its number on the receipt, and how much of it comes back: 2 or 2x3, not '%s'",
                         c->words[i]);
    }
    set_text(&request.receipt_number, &request.has_receipt_number, c->words[0]);
    if ((status = refund_priced(c, &request)) != EXIT_DONE)
        return status;
    const Caroline__V1__SaleRungUp *refund = (const void *)call_server(c, OP(SALE_REFUND), &request.base, &status);
    if (!refund)
        return status;
    if (c->json)
        print_message(c, &refund->base);
    else if (refund->receipt)
        print_receipt(c, refund->receipt);
    if (refund->has_invoice_of)
        return invoice_credit(c, text_of(c, refund->receipt_number));
    return EXIT_DONE;
}

/* "12", "12x3", "12x3@1.50": goods, how much of them, for how much each where that is less than today's price. */
static bool free_line_of(struct cli *c, const char *word, Caroline__V1__FreeRefundLine *line, int *status)
{
    char *name = arena_text(c->arena, word), *keyed = strrchr(name, '@'), *times;

    if (keyed != NULL)
        *keyed++ = '\0';
    times = strrchr(name, 'x');
    line->has_product_id = line->has_quantity_milli = true;
    line->quantity_milli = 1000;
    if (times && times != name && milli_parse(times + 1, &line->quantity_milli))
        *times = '\0';
    line->has_price_minor = keyed != NULL;
    if (keyed != NULL && !minor_parse(keyed, currency_exponent(c), false, &line->price_minor)) {
        *status = usage(c, "what is given back for one is an amount of money, as 12x3@1.50, not '%s'", keyed);
        return false;
    }
    const Caroline__V1__ProductShown *shown = product_of(c, name, status);
    if (shown)
        line->product_id = shown->product->id;
    return shown;
}

int verb_refund_free(struct cli *c)
{
    Caroline__V1__SaleRefundFree request = CAROLINE__V1__SALE_REFUND_FREE__INIT;
    Caroline__V1__ApprovalOpen wanted = CAROLINE__V1__APPROVAL_OPEN__INIT;
    struct approver approver;
    bool eaten_in = option_given(c, "eat-in");
    int status = approver_read(c, &approver);

    if (status != EXIT_DONE || (status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    if (c->word_count == 0)
        return usage(c, "name the goods that come back, by sku, PLU or bar code: 12 or 12x3");
    request.has_service = true;
    request.service = eaten_in ? CAROLINE__V1__SERVICE__SERVICE_EAT_IN : CAROLINE__V1__SERVICE__SERVICE_TAKE_AWAY;
    Caroline__V1__FreeRefundLine *lines = arena_array(c->arena, c->word_count, sizeof *lines);
    request.lines = arena_array(c->arena, c->word_count, sizeof *request.lines);
    for (size_t i = 0; i < c->word_count; i++) {
        caroline__v1__free_refund_line__init(&lines[i]);
        request.lines[request.n_lines++] = &lines[i];
        if (!free_line_of(c, c->words[i], &lines[i], &status))
            return status;
    }
    wanted.has_free_refund = wanted.free_refund = true;
    if ((status = approver_ask(c, &approver, &wanted, &request.approval)) != EXIT_DONE)
        return status;
    request.has_approval = request.approval.len > 0;
    const Caroline__V1__SaleRungUp *refund = (const void *)call_server(c, OP(SALE_REFUND_FREE), &request.base, &status);
    if (!refund)
        return status;
    if (c->json)
        print_message(c, &refund->base);
    else if (refund->receipt)
        print_receipt(c, refund->receipt);
    return EXIT_DONE;
}

/* What it was in truth: cash, card, or a means of payment by its name. */
static int truth_of(struct cli *c, Caroline__V1__SaleRetender *request)
{
    const char *to = option_value(c, "to"), *reference = option_value(c, "reference"), *problem;

    if (!to)
        return usage(c, "say what it was in truth: --to cash, card, or another means of payment by its name");
    request->has_tender_type_id = true;
    request->tender_type_id = !strcmp(to, "cash") ? TENDER_TYPE_CASH : TENDER_TYPE_CARD;
    if (strcmp(to, "cash") != 0 && strcmp(to, "card") != 0 &&
        !name_to_id(c, "tender_type_id", to, &request->tender_type_id, &problem))
        return usage(c, "--to wants cash, card or %s, not '%s'", problem, to);
    if (reference)
        set_text(&request->reference, &request->has_reference, reference);
    return EXIT_DONE;
}

int verb_retender(struct cli *c)
{
    Caroline__V1__SaleRetender request = CAROLINE__V1__SALE_RETENDER__INIT;
    const char *reason = option_value(c, "reason"), *position = option_value(c, "position");
    uint64_t at = 0;
    bool part;
    int status = truth_of(c, &request);

    if (status != EXIT_DONE || !money_option(c, "amount", &request.amount_minor, &part, &status))
        return status;
    if (position && !whole_number(position, UINT32_MAX, &at))
        return usage(c, "--position wants a number, not '%s'", position);
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count != 1)
        return usage(c, "name one receipt's number");
    set_text(&request.receipt_number, &request.has_receipt_number, c->words[0]);
    request.has_amount_minor = part;
    request.has_position = true;
    request.position = (uint32_t)at;
    set_text(&request.reason, &request.has_reason, reason ? reason : "");
    const Caroline__V1__SaleRetendered *done = (const void *)call_server(c, OP(SALE_RETENDER), &request.base, &status);
    if (!done)
        return status;
    if (c->json)
        print_message(c, &done->base);
    else if (done->receipt)
        print_receipt(c, done->receipt);
    return EXIT_DONE;
}

/* What stands on no paper: lines that the member avoids something of. */
static void print_told(const Caroline__V1__SaleShown *shown)
{
    const Caroline__V1__SaleQuoted *totals = shown->sale ? shown->sale->totals : NULL;

    for (size_t i = 0; totals && i < totals->n_lines; i++)
        if (totals->lines[i]->allergen_told)
            printf("line %zu: the member avoids something in it, and was told so by person %" PRIu64 "\n", i + 1,
                   shown->told_by);
}

int verb_receipt(struct cli *c)
{
    Caroline__V1__SaleShow request = CAROLINE__V1__SALE_SHOW__INIT;
    int status;

    request.has_last = request.last = option_given(c, "last");
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count + (request.last ? 1 : 0) != 1)
        return usage(c, "name one receipt's number, or --last");
    if (!request.last)
        set_text(&request.receipt_number, &request.has_receipt_number, c->words[0]);
    const Caroline__V1__SaleShown *shown = (const void *)call_server(c, OP(SALE_SHOW), &request.base, &status);
    if (!shown)
        return status;
    if (c->json)
        print_message(c, &shown->base);
    else if (shown->sale && shown->sale->receipt)
        print_receipt(c, shown->sale->receipt);
    else
        fputs(text_of(c, shown->text), stdout); /* of an older server */
    if (!c->json)
        print_told(shown);
    return EXIT_DONE;
}

int verb_receipt_attach(struct cli *c)
{
    Caroline__V1__SaleAttach request = CAROLINE__V1__SALE_ATTACH__INIT;
    const char *member = option_value(c, "member");
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count != 1)
        return usage(c, "name one receipt's number");
    if (!member || !whole_number(member, INT64_MAX, &request.member_id))
        return usage(c, "--member wants a member's id: caroline member find");
    request.has_member_id = true;
    set_text(&request.receipt_number, &request.has_receipt_number, c->words[0]);
    const Caroline__V1__SaleAttached *done = (const void *)call_server(c, OP(SALE_ATTACH), &request.base, &status);
    if (!done)
        return status;
    if (c->json) {
        print_message(c, &done->base);
        return EXIT_DONE;
    }
    printf("receipt %s is member %" PRIu64 "'s now: %" PRId64 " points", text_of(c, done->receipt_number),
           done->member_id, done->points_earned);
    if (done->points_gifted != 0)
        printf(", and %" PRId64 " for their birthday", done->points_gifted);
    printf("; they %s %" PRId64 "\n", done->points_after < 0 ? "owe" : "have",
           done->points_after < 0 ? -done->points_after : done->points_after);
    return EXIT_DONE;
}

/* ---- onto paper ---- */

int paper_print(struct cli *c, const struct printer_address *address, const Caroline__V1__Receipt *receipt,
                const char *what)
{
    static const struct escpos paper = { .columns = RECEIPT_COLUMNS,
                                         .pages = { ESCPOS_PC858, ESCPOS_WPC1252, ESCPOS_PC437 },
                                         .page_count = 3,
                                         .cutter = true };
    struct receipt document = document_of(c, receipt);
    const char *problem = "";
    enum printer_outcome outcome =
        printer_print(address, escpos_receipt(c->arena, &paper, &document), c->arena, &problem);

    if (outcome == PRINTER_DONE)
        return EXIT_DONE;
    return complain(EXIT_FAULT, "%s was counted and is %s: %s", what,
                    outcome == PRINTER_BROKEN ? "not printed, or in part" : "not printed", problem);
}

int verb_receipt_print(struct cli *c)
{
    Caroline__V1__ReceiptPrint request = CAROLINE__V1__RECEIPT_PRINT__INIT;
    struct printer_address address = { .way = PRINTER_NONE };
    const char *to = option_value(c, "to"), *printer = option_value(c, "printer"), *problem = "";
    int status;

    request.has_last = request.last = option_given(c, "last");
    request.has_gift = request.gift = option_given(c, "gift");
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count + (request.last ? 1 : 0) != 1)
        return usage(c, "name one receipt's number, or --last");
    if (to != NULL && printer != NULL)
        return usage(c, "--to is a printer of this machine's, --printer one of the shop's: name one of them");
    if (to != NULL && !printer_parse(to, c->arena, &address, &problem))
        return usage(c, "%s", problem);
    if (!request.last)
        set_text(&request.receipt_number, &request.has_receipt_number, c->words[0]);
    if (printer != NULL)
        set_text(&request.printer, &request.has_printer, printer);
    const Caroline__V1__ReceiptPrinted *printed =
        (const void *)call_server(c, OP(RECEIPT_PRINT), &request.base, &status);
    if (!printed)
        return status;
    if (c->json)
        print_message(c, &printed->base);
    else if (printed->has_job_number)
        paper_put(c, printer, printed->job_number);
    else if (printed->receipt && address.way == PRINTER_NONE)
        print_receipt(c, printed->receipt);
    if (!printed->receipt || address.way == PRINTER_NONE)
        return EXIT_DONE;
    return paper_print(c, &address, printed->receipt,
                       arena_format(c->arena, "copy %u of %s", printed->copy, text_of(c, printed->receipt_number)));
}
