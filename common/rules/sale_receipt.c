/* The receipt, row by row from top to bottom. */
#include "common/rules/sale_receipt.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "common/base/number.h"
#include "common/base/text.h"

#define NAME_COLUMNS 40  /* a printer has 42 */
#define TEXT_COLUMNS 120 /* of the shop's own words: a row holds so many */
#define TEXT_BYTES   480
#define NAME_BYTES   120 /* two hundred lines still fit into one reply */
/* All that are not lines: head, taxes, tenders put right or not, points, signature, invoices, foot. */
#define ROWS_FIXED      (200 + RECEIPT_TRAINING_ROWS)
#define ROWS_A_LINE     5
#define MANY_LINES      100 /* of which each is said in fewer bytes, for the same reason */
#define MANY_BYTES      60
#define PROMO_COLUMNS   28
#define NOTE_COLUMNS    38 /* behind two blanks */
#define NOTE_MANY       20 /* bytes of it, where there are many lines */
#define OPTION_COLUMNS  30 /* behind two blanks */
#define DEPOSIT_COLUMNS 22
#define WHY_COLUMNS     18 /* why there is a discount */
#define WHY_BYTES       40

struct paper {
    const struct sale_rows *sale;
    const struct shop *shop;
    struct arena *arena;
    struct receipt_row *rows;
    size_t count;
    const char *mark; /* of a copy; NULL: the original */
    bool gift;
};

static void add(struct paper *paper, enum receipt_row_kind kind, const char *left, const char *right)
{
    paper->rows[paper->count++] = (struct receipt_row){ .kind = kind, .left = left, .right = right };
}

static const char *money(const struct paper *paper, int64_t minor)
{
    return minor_format(arena_alloc(paper->arena, NUMBER_TEXT), minor, paper->shop->currency_exponent);
}

static const char *number(const struct paper *paper, int64_t value)
{
    return arena_format(paper->arena, "%" PRId64, value);
}

static void pair(struct paper *paper, const char *left, int64_t minor)
{
    add(paper, RECEIPT_ROW_PAIR, left, money(paper, minor));
}

/* At most so many columns and bytes of it, whole characters. */
static const char *cut_to(const struct paper *paper, const char *text, size_t columns, size_t bytes)
{
    size_t used, size = text_cut(text, columns, &used);

    while (size > bytes && columns > 1)
        size = text_cut(text, --columns, &used);
    return arena_format(paper->arena, "%.*s", (int)(size > bytes ? 0 : size), text);
}

static const char *cut(const struct paper *paper, const char *text, size_t columns)
{
    return cut_to(paper, text, columns, paper->sale->line_count > MANY_LINES ? MANY_BYTES : NAME_BYTES);
}

/* A text of the shop's, its lines parted by " / ", each of which the paper may wrap. */
static void add_parted(struct paper *paper, enum receipt_row_kind kind, const char *text)
{
    while (*text != '\0') {
        const char *end = strstr(text, " / ");
        size_t size = end == NULL ? strlen(text) : (size_t)(end - text);

        if (size > 0)
            add(paper, kind,
                cut_to(paper, arena_format(paper->arena, "%.*s", (int)size, text), TEXT_COLUMNS, TEXT_BYTES), NULL);
        text += end == NULL ? size : size + 3;
    }
}

/* At head and foot of whatever a training prints. */
static void add_training(struct paper *paper)
{
    if (paper->sale->number.series != 'S')
        return;
    add(paper, RECEIPT_ROW_TITLE, RECEIPT_TRAINING, NULL);
    add(paper, RECEIPT_ROW_TITLE, RECEIPT_NO_RECEIPT, NULL);
}

/* What a till printed by itself bears the time at which it was made: it may be booked much later. */
static struct instant time_of(const struct sale_rows *sale)
{
    return sale->number.series == 'X' && sale->made.us != 0 ? sale->made : sale->at;
}

/* Why is on paper: who gets the money reads it, and signs where the shop wants that. */
static void add_refund_reason(struct paper *paper)
{
    struct bytes reason = paper->sale->reason;

    if (reason.size == 0)
        return;
    add(paper, RECEIPT_ROW_TEXT,
        cut_to(paper, arena_format(paper->arena, "Reason: %.*s", (int)reason.size, (const char *)reason.data),
               TEXT_COLUMNS, TEXT_BYTES),
        NULL);
}

static void add_head(struct paper *paper, const struct zone *zone)
{
    const struct sale_rows *sale = paper->sale;
    char when[LOCAL_TEXT], text[RECEIPT_NUMBER_TEXT];

    add_training(paper);
    add(paper, RECEIPT_ROW_TITLE, cut(paper, paper->shop->name, NAME_COLUMNS), NULL);
    add_parted(paper, RECEIPT_ROW_CENTRE, paper->shop->address);
    if (paper->shop->tax_number[0] != '\0')
        add(paper, RECEIPT_ROW_CENTRE, paper->shop->tax_number, NULL);
    add_parted(paper, RECEIPT_ROW_CENTRE, paper->shop->receipt_head);
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    if (paper->mark != NULL)
        add(paper, RECEIPT_ROW_TITLE, paper->mark, NULL);
    if (paper->gift)
        add(paper, RECEIPT_ROW_TITLE, "GIFT RECEIPT", NULL);
    if (sale->kind == SALE_REFUND)
        add(paper, RECEIPT_ROW_TITLE, "REFUND", NULL);
    add(paper, RECEIPT_ROW_PAIR, arena_text(paper->arena, receipt_number_format(text, sale->number)),
        arena_text(paper->arena, local_format(when, zone_local(zone, time_of(sale)))));
    if (sale_is_free_refund(sale))
        add(paper, RECEIPT_ROW_TEXT, "Refund without a receipt", NULL);
    else if (sale->kind == SALE_REFUND)
        add(paper, RECEIPT_ROW_PAIR, "Refund of",
            arena_text(paper->arena, receipt_number_format(text, sale->refund_of_number)));
    if (sale->kind == SALE_REFUND)
        add_refund_reason(paper);
    add(paper, RECEIPT_ROW_TEXT, sale->service == SERVICE_EAT_IN ? "Eaten in" : "Taken away", NULL);
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
}

static const struct discount_row *find_discount(const struct sale_rows *sale, int line, enum discount_kind kind)
{
    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].line == line && sale->discounts[i].kind == kind)
            return &sale->discounts[i];
    return NULL;
}

/* "10 % off, day-old" */
static void add_discount(struct paper *paper, const char *before, const struct discount_row *discount)
{
    char percent[NUMBER_TEXT] = "";
    struct bytes reason = discount->reason;
    const char *why = arena_format(paper->arena, "%.*s", (int)reason.size, (const char *)reason.data);

    percent_format(percent, discount->rate_ppm);
    pair(paper,
         arena_format(paper->arena, "%s%s%s, %s", before, discount->rate_ppm == 0 ? "" : percent,
                      discount->rate_ppm == 0 ? "off" : " % off", cut_to(paper, why, WHY_COLUMNS, WHY_BYTES)),
         -discount->amount_minor);
}

/* Promotions, coupons, and rewards of the programme's terms. */
static bool is_named(const struct discount_row *discount)
{
    return discount->kind == DISCOUNT_OF_PROMOTION || discount->kind == DISCOUNT_OF_COUPON ||
           discount->kind == DISCOUNT_OF_REWARD;
}

/* Of a line: they stand below all lines. */
static int64_t promotions_of(const struct sale_rows *sale, int line)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (is_named(&sale->discounts[i]) && sale->discounts[i].line == line)
            sum += sale->discounts[i].amount_minor;
    return sum;
}

static void add_promotions(struct paper *paper)
{
    const struct sale_rows *sale = paper->sale;

    for (size_t i = 0; i < sale->discount_count; i++) {
        const struct discount_row *promotion = &sale->discounts[i];

        if (!is_named(promotion) || promotion->line != NO_LINE)
            continue;
        const char *name =
            cut(paper,
                arena_format(paper->arena, "%s%.*s", promotion->kind == DISCOUNT_OF_COUPON ? "Coupon " : "",
                             (int)promotion->reason.size, (const char *)promotion->reason.data),
                PROMO_COLUMNS);
        if (promotion->times > 1)
            name = arena_format(paper->arena, "%" PRIu32 " x %s", promotion->times, name);
        pair(paper, name, -promotion->amount_minor);
    }
}

/* What it costs less: its own discount, and free pieces. Promotions, coupons and its part of the receipt's stand below all lines. */
static void add_line_discounts(struct paper *paper, int index)
{
    const struct sale_line_row *line = &paper->sale->lines[index];
    const struct discount_row *own = find_discount(paper->sale, index, DISCOUNT_OF_LINE);
    const struct discount_row *part = find_discount(paper->sale, index, DISCOUNT_OF_RECEIPT);
    int64_t rest = line->discount_minor - promotions_of(paper->sale, index) - (own == NULL ? 0 : own->amount_minor) -
                   (part == NULL ? 0 : part->amount_minor);

    if (rest != 0)
        pair(paper,
             (line->flags & LINE_REWARD) != 0   ? "  for your points"
             : paper->sale->kind == SALE_REFUND ? "  its share of discounts"
                                                : "  discount",
             -rest);
    if (own != NULL)
        add_discount(paper, "  ", own);
}

/* "  Oat milk +0.40": what they add is in the line's price. */
static void add_options(struct paper *paper, int index)
{
    const struct sale_rows *sale = paper->sale;
    size_t bytes = sale->line_count > MANY_LINES ? NOTE_MANY : NAME_BYTES;

    for (size_t i = 0; i < sale->option_count; i++) {
        const struct option_row *option = &sale->options[i];

        if (option->line != index)
            continue;
        const char *name = arena_format(paper->arena, "  %s", cut_to(paper, option->name, OPTION_COLUMNS, bytes));
        if (option->price_minor == 0 || paper->gift)
            add(paper, RECEIPT_ROW_TEXT, name, NULL);
        else
            add(paper, RECEIPT_ROW_TEXT,
                arena_format(paper->arena, "%s %s%s", name, option->price_minor > 0 ? "+" : "",
                             money(paper, option->price_minor)),
                NULL);
    }
}

static void add_note(struct paper *paper, const struct sale_line_row *line)
{
    size_t bytes = paper->sale->line_count > MANY_LINES ? NOTE_MANY : NAME_BYTES;

    if (line->note.size > 0)
        add(paper, RECEIPT_ROW_TEXT,
            arena_format(paper->arena, "  %s",
                         cut_to(paper,
                                arena_format(paper->arena, "%.*s", (int)line->note.size, (const char *)line->note.data),
                                NOTE_COLUMNS, bytes)),
            NULL);
}

static const struct deposit_row *deposit_row_of(const struct sale_rows *sale, int line)
{
    for (size_t i = 0; i < sale->deposit_count; i++)
        if (sale->deposits[i].line == line)
            return &sale->deposits[i];
    return NULL;
}

/* "Deposit bottle", whether the shop calls it so or just "Bottle"; a charge by its name. */
static const char *deposit_name(const struct paper *paper, const struct sale_line_row *line)
{
    const char *name = cut(paper, line->name, DEPOSIT_COLUMNS);

    if ((line->flags & LINE_CHARGE) != 0 || strncasecmp(name, "deposit", strlen("deposit")) == 0)
        return name;
    return arena_format(paper->arena, "Deposit %s", name);
}

/* "  + 2 Deposit bottle   0.50", below its goods. */
static void add_deposits_of(struct paper *paper, int goods_line)
{
    const struct sale_rows *sale = paper->sale;

    for (size_t i = 0; i < sale->deposit_count; i++) {
        const struct sale_line_row *line = &sale->lines[sale->deposits[i].line];
        char quantity[NUMBER_TEXT] = "";
        int64_t milli = line->quantity_milli < 0 ? -line->quantity_milli : line->quantity_milli;

        if (sale->deposits[i].goods_line != goods_line)
            continue;
        if (milli != 1000)
            milli_format(quantity, milli);
        pair(paper,
             arena_format(paper->arena, "  + %s%s%s", quantity, milli != 1000 ? " " : "", deposit_name(paper, line)),
             line->gross_minor);
    }
}

/* "Deposit back, bottle  -1.25", and "  -0.25 x 5". */
static void add_back(struct paper *paper, const struct sale_line_row *line)
{
    char quantity[NUMBER_TEXT], text[NUMBER_TEXT];

    pair(paper, arena_format(paper->arena, "Deposit back, %s", cut(paper, line->name, DEPOSIT_COLUMNS - 6)),
         line->gross_minor);
    add(paper, RECEIPT_ROW_TEXT,
        arena_format(paper->arena, "  -%s x %s",
                     minor_format(text, line->unit_price_minor, paper->shop->currency_exponent),
                     milli_format(quantity, -line->quantity_milli)),
        NULL);
}

static void add_line(struct paper *paper, int index)
{
    const struct sale_line_row *line = &paper->sale->lines[index];
    static const char *const units[] = { [UNIT_PIECE] = "", [UNIT_KILOGRAM] = " kg", [UNIT_LITRE] = " l" };
    bool voided = (line->flags & LINE_VOIDED) != 0;
    char quantity[NUMBER_TEXT], text[NUMBER_TEXT];

    if (voided)
        add(paper, RECEIPT_ROW_PAIR, arena_format(paper->arena, "%s, voided", cut(paper, line->name, 24)),
            money(paper, 0));
    else if (deposit_row_of(paper->sale, index) != NULL)
        pair(paper, deposit_name(paper, line), line->gross_minor);
    else
        pair(paper, cut(paper, line->name, 30), line->gross_minor);
    if (line->quantity_milli != 1000 || line->unit != UNIT_PIECE)
        add(paper, RECEIPT_ROW_TEXT,
            arena_format(paper->arena, "  %s%s x %s", milli_format(quantity, line->quantity_milli),
                         line->unit <= UNIT_LITRE ? units[line->unit] : "",
                         minor_format(text, line->unit_price_minor, paper->shop->currency_exponent)),
            NULL);
    add_options(paper, index);
    add_line_discounts(paper, index);
    add_note(paper, line);
}

/* What there is to give, without what it cost. */
static void add_gifts(struct paper *paper)
{
    static const char *const units[] = { [UNIT_PIECE] = "", [UNIT_KILOGRAM] = " kg", [UNIT_LITRE] = " l" };
    char quantity[NUMBER_TEXT];

    for (size_t i = 0; i < paper->sale->line_count; i++) {
        const struct sale_line_row *line = &paper->sale->lines[i];

        if ((line->flags & (LINE_VOIDED | LINE_DEPOSIT | LINE_CHARGE)) != 0)
            continue;
        add(paper, RECEIPT_ROW_PAIR, cut(paper, line->name, 30),
            arena_format(paper->arena, "%s%s", milli_format(quantity, line->quantity_milli),
                         line->unit <= UNIT_LITRE ? units[line->unit] : ""));
        add_options(paper, (int)i);
    }
}

static void add_lines(struct paper *paper)
{
    const struct sale_rows *sale = paper->sale;
    int64_t sum = 0;

    for (size_t i = 0; i < sale->line_count; i++) {
        const struct deposit_row *deposit = deposit_row_of(sale, (int)i);

        sum += sale->lines[i].total_minor;
        if (deposit != NULL && deposit->goods_line != NO_LINE) /* stands below its goods */
            continue;
        if (deposit != NULL && sale->kind == SALE_SOLD && sale->lines[i].quantity_milli < 0)
            add_back(paper, &sale->lines[i]);
        else
            add_line(paper, (int)i);
        add_deposits_of(paper, (int)i);
    }
    add_promotions(paper);
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    const struct discount_row *of_receipt = find_discount(sale, NO_LINE, DISCOUNT_OF_RECEIPT);
    if (of_receipt != NULL) {
        pair(paper, "Before discount", sum + of_receipt->amount_minor);
        add_discount(paper, "", of_receipt);
    }
    /* A refund is laid out by the shop of its own day; whether tax came on top was settled on the day of the sale. */
    bool on_top = sale->kind == SALE_REFUND ? sum != sale->total_minor : !paper->shop->prices_include_tax;
    if (on_top) {
        pair(paper, "Subtotal", sum);
        for (size_t i = 0; i < sale->taxes.count; i++)
            pair(paper, arena_text(paper->arena, sale->taxes.rows[i].code), sale->taxes.rows[i].tax_minor);
    }
    add(paper, RECEIPT_ROW_TOTAL, arena_format(paper->arena, "Total %s", paper->shop->currency),
        money(paper, sale->total_minor));
}

static void add_taxes(struct paper *paper)
{
    const struct sale_rows *sale = paper->sale;
    char net[NUMBER_TEXT], label[TAX_LABEL_TEXT];

    for (size_t i = 0; i < sale->taxes.count; i++) {
        const struct tax_row *tax = &sale->taxes.rows[i];

        pair(paper,
             arena_format(paper->arena, "%s on %s", tax_label(label, tax->code, tax->rate_ppm),
                          minor_format(net, tax->net_minor, paper->shop->currency_exponent)),
             tax->tax_minor);
    }
}

/* However many notes it was counted in. */
static int64_t cash_of(const struct sale_rows *sale)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->tender_count; i++)
        if (sale->tenders[i].kind == TENDER_CASH)
            sum += sale->tenders[i].amount_minor;
    return sum;
}

static int64_t tip_in_cash(const struct sale_rows *sale)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->tender_count; i++)
        if (sale->tenders[i].kind == TENDER_CASH)
            sum += sale->tenders[i].tip_minor;
    return sum;
}

/* Behind the one that brought it. */
static void add_tip(struct paper *paper, int64_t tip_minor)
{
    if (tip_minor != 0)
        pair(paper, "  of it a tip", tip_minor);
}

static const char *name_of(const struct tender_row *tender)
{
    if (tender->name != NULL)
        return tender->name;
    return tender->kind == TENDER_CASH ? "Cash" : "Card";
}

static void add_tenders(struct paper *paper)
{
    const struct sale_rows *sale = paper->sale;

    if (sale->rounding_minor != 0)
        pair(paper, "Cash rounding", sale->rounding_minor);
    bool cash_said = false;
    for (size_t i = 0; i < sale->tender_count; i++) {
        const struct tender_row *tender = &sale->tenders[i];

        if (tender->kind == TENDER_CASH) {
            if (!cash_said && sale->kind == SALE_SOLD && sale->deposit_count > 0 && cash_of(sale) < 0)
                pair(paper, "Paid out in cash", -cash_of(sale));
            else if (!cash_said)
                pair(paper, name_of(tender), cash_of(sale));
            if (!cash_said)
                add_tip(paper, tip_in_cash(sale));
            cash_said = true;
            continue;
        }
        pair(paper,
             arena_format(paper->arena, "%s%s%.*s", name_of(tender), tender->reference.size == 0 ? "" : " ",
                          (int)tender->reference.size, (const char *)tender->reference.data),
             tender->amount_minor);
        paper->rows[paper->count - 1].account_id = tender->account_id;
        if (tender->last_four[0] != '\0')
            pair(paper, arena_format(paper->arena, "  ends in %s, left on it", tender->last_four), tender->left_minor);
        add_tip(paper, tender->tip_minor);
        if (tender->forfeited_minor != 0)
            pair(paper, "  no change, forfeited", -tender->forfeited_minor);
    }
    if (sale->change_minor != 0)
        pair(paper, "Change", sale->change_minor);
}

/* More may come back than was paid. */
static void add_empties(struct paper *paper)
{
    if (paper->sale->empties_stay)
        add(paper, RECEIPT_ROW_TEXT, "Empties that came with the sale stay: they had paid a part of it.", NULL);
}

/* Below the tenders as they were rung up. */
static void add_retenders(struct paper *paper, const struct zone *zone)
{
    const struct sale_rows *sale = paper->sale;
    char when[LOCAL_TEXT];

    for (size_t i = 0; i < sale->retender_count; i++) {
        const struct retender_row *row = &sale->retenders[i];
        bool first = i == 0 || sale->retenders[i - 1].number != row->number;

        if (first)
            add(paper, RECEIPT_ROW_PAIR, "Put right",
                arena_text(paper->arena, local_format(when, zone_local(zone, row->at))));
        pair(paper,
             arena_format(paper->arena, "  %s%s%.*s", row->name, row->reference.size == 0 ? "" : " ",
                          (int)row->reference.size, (const char *)row->reference.data),
             row->amount_minor);
        if (first && row->rounding_minor != 0)
            pair(paper, "  Cash rounding", row->rounding_minor);
    }
}

/* Who takes goods on account signs for them, on the paper that the shop keeps. */
static void add_signature(struct paper *paper)
{
    const struct sale_rows *sale = paper->sale;
    bool on_account = false;

    for (size_t i = 0; i < sale->tender_count; i++)
        on_account = on_account || sale->tenders[i].kind == TENDER_ACCOUNT;
    if (!on_account || sale->kind == SALE_REFUND || paper->mark != NULL)
        return;
    add(paper, RECEIPT_ROW_TEXT, "", NULL);
    add(paper, RECEIPT_ROW_TEXT, "", NULL);
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    add(paper, RECEIPT_ROW_TEXT, "Signature", NULL);
}

static void add_points(struct paper *paper, const struct zone *zone)
{
    const struct sale_rows *sale = paper->sale;
    char when[LOCAL_TEXT];

    if (sale->member_id == 0)
        return;
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    if (sale->attached.us != 0)
        add(paper, RECEIPT_ROW_PAIR, "Given to a member",
            arena_text(paper->arena, local_format(when, zone_local(zone, sale->attached))));
    if (sale->points_gifted != 0)
        add(paper, RECEIPT_ROW_PAIR, "Points for your birthday", number(paper, sale->points_gifted));
    if (sale->points_spent != 0)
        add(paper, RECEIPT_ROW_PAIR, sale->kind == SALE_REFUND ? "Points given back" : "Points spent",
            number(paper, -sale->points_spent));
    if (sale->points_earned != 0)
        add(paper, RECEIPT_ROW_PAIR, sale->kind == SALE_REFUND ? "Points taken back" : "Points earned",
            number(paper, sale->points_earned));
    if (sale->points_gone != 0)
        add(paper, RECEIPT_ROW_PAIR, "Expired before the return", number(paper, sale->points_gone));
    if (sale->points_to_come || sale->points_after >= 0) {
        add(paper, RECEIPT_ROW_PAIR, "Your points",
            sale->points_to_come ? "to come" : number(paper, sale->points_after));
        return;
    }
    add(paper, RECEIPT_ROW_PAIR, "Points you owe", number(paper, -sale->points_after));
    add(paper, RECEIPT_ROW_TEXT, "What you earn next pays them first.", NULL);
}

/* So that nobody counts the tax twice: of both papers. */
static void add_invoices(struct paper *paper)
{
    const struct sale_rows *sale = paper->sale;

    if (sale->invoice == NULL && sale->invoice_of == NULL)
        return;
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    if (sale->invoice_of != NULL)
        add(paper, RECEIPT_ROW_TEXT, arena_format(paper->arena, "Refund of what invoice %s is for", sale->invoice_of),
            NULL);
    if (sale->invoice != NULL)
        add(paper, RECEIPT_ROW_TEXT,
            arena_format(paper->arena, "%s %s was made for this receipt",
                         sale->kind == SALE_REFUND ? "Credit note" : "Invoice", sale->invoice),
            NULL);
}

/* The receipt's number to scan, and the anchor of the strand. */
static void add_foot(struct paper *paper, const uint8_t *hash)
{
    char text[RECEIPT_NUMBER_TEXT];

    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    add_parted(paper, RECEIPT_ROW_CENTRE, paper->shop->receipt_foot);
    if (paper->mark != NULL)
        add(paper, RECEIPT_ROW_CENTRE, paper->mark, NULL);
    add(paper, RECEIPT_ROW_CODE, arena_text(paper->arena, receipt_number_format(text, paper->sale->number)), NULL);
    if (hash != NULL)
        add(paper, RECEIPT_ROW_CENTRE,
            arena_format(paper->arena, "%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]), NULL);
    add_training(paper);
}

static struct receipt made(struct paper *paper, const struct zone *zone, const uint8_t *hash)
{
    const struct shop *shop = paper->shop;
    size_t parted = (strlen(shop->address) + strlen(shop->receipt_head) + strlen(shop->receipt_foot)) / 4 + 3;

    paper->rows = arena_array(paper->arena,
                              ROWS_FIXED + PROMOTIONS_MAX + BASKET_REWARDS_MAX + parted + paper->sale->option_count +
                                  paper->sale->line_count * ROWS_A_LINE,
                              sizeof *paper->rows);
    add_head(paper, zone);
    if (paper->gift) {
        add_gifts(paper);
    } else {
        add_lines(paper);
        add_taxes(paper);
        add_tenders(paper);
        add_empties(paper);
        add_retenders(paper, zone);
        add_points(paper, zone);
        add_invoices(paper);
        add_signature(paper);
    }
    add_foot(paper, hash);
    return (struct receipt){ .rows = paper->rows, .count = paper->count };
}

struct receipt sale_receipt(const struct sale_rows *sale, const struct shop *shop, const struct zone *zone,
                            const uint8_t hash[32], struct arena *arena)
{
    struct paper paper = { .sale = sale, .shop = shop, .arena = arena };

    return made(&paper, zone, hash);
}

struct receipt sale_receipt_copy(const struct sale_rows *sale, const struct shop *shop, const struct zone *zone,
                                 const uint8_t hash[32], uint32_t copy, bool gift, struct arena *arena)
{
    struct paper paper = { .sale = sale, .shop = shop, .arena = arena, .gift = gift };

    paper.mark = arena_format(arena, "COPY %" PRIu32, copy);
    return made(&paper, zone, hash);
}
