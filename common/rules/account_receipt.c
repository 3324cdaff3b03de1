/* Papers of accounts: what was received, and a statement. They name an account by its number: the answer that brings them is kept,
 * and holds nobody's name. Whoever shows them puts the name below, if it knows it (receipt_row.account_id). */
#include <inttypes.h>

#include "common/rules/account.h"
#include "common/rules/catalogue.h"
#include "common/rules/paper.h"

#define REASON_COLUMNS 100
#define ROWS_FIXED     20

static void add_head(struct paper *paper, const char *title, int64_t account_id, uint32_t number)
{
    paper_add(paper, RECEIPT_ROW_TITLE, paper_cut(paper, bytes_of_text(paper->shop->name), PAPER_NAME_COLUMNS), NULL);
    paper_add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    paper_add(paper, RECEIPT_ROW_TITLE, title, NULL);
    paper_add(paper, RECEIPT_ROW_TEXT, arena_format(paper->arena, "Account %" PRIu32, number), NULL);
    paper->rows[paper->count - 1].account_id = account_id;
}

/* "Owed now 12.00", or "Credit now 3.00". */
static void add_balance(struct paper *paper, const char *when, int64_t minor)
{
    if (minor < 0)
        paper_add(paper, RECEIPT_ROW_PAIR, arena_format(paper->arena, "Credit %s", when), paper_money(paper, -minor));
    else
        paper_add(paper, RECEIPT_ROW_PAIR, arena_format(paper->arena, "Owed %s", when), paper_money(paper, minor));
}

struct receipt account_receipt(const struct account_paper *p, const struct shop *shop, const struct zone *zone,
                               struct arena *arena)
{
    struct paper paper = paper_of(shop, ROWS_FIXED, arena);
    bool back = p->amount_minor < 0;
    const char *means = account_means_name((int)p->means);
    int64_t before_minor = p->balance_minor + p->amount_minor;

    add_head(&paper, back ? "PAID BACK" : "RECEIVED ON ACCOUNT", p->account_id, p->account_number);
    paper_add(&paper, RECEIPT_ROW_PAIR,
              arena_format(arena, "Till %" PRIu32 ", entry %" PRIu32 "/%" PRId64, p->till_number, p->account_number,
                           p->entry_number),
              paper_when(&paper, zone, p->at));
    paper_add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    add_balance(&paper, "before", before_minor);
    paper_add(&paper, RECEIPT_ROW_TOTAL,
              arena_format(arena, "%s by %s %s", back ? "Paid" : "Received", means, shop->currency),
              paper_money(&paper, back ? -p->amount_minor : p->amount_minor));
    if (p->reference.size > 0)
        paper_add(&paper, RECEIPT_ROW_TEXT,
                  arena_format(arena, "Reference %s", paper_cut(&paper, p->reference, PAPER_NAME_COLUMNS)), NULL);
    if (p->reason.size > 0)
        paper_add(&paper, RECEIPT_ROW_TEXT, paper_cut(&paper, p->reason, REASON_COLUMNS), NULL);
    add_balance(&paper, "now", p->balance_minor);
    paper_add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    paper_add(&paper, RECEIPT_ROW_CENTRE, "No sale: no turnover, and no tax.", NULL);
    return (struct receipt){ .rows = paper.rows, .count = paper.count };
}

static const char *line_text(const struct account_line *line, struct arena *arena)
{
    switch (line->kind) {
    case ACCOUNT_CHARGED:
        return line->receipt_number;
    case ACCOUNT_GIVEN_BACK:
        return arena_format(arena, "%s, given back", line->receipt_number);
    case ACCOUNT_RECEIVED:
        return arena_format(arena, "received by %s", account_means_name((int)line->means));
    case ACCOUNT_PAID_BACK:
        return arena_format(arena, "paid back by %s", account_means_name((int)line->means));
    }
    return "";
}

/* Of a payment: what the bank calls it, and why it was paid back. */
static void add_detail(struct paper *paper, struct bytes text)
{
    if (text.size > 0)
        paper_add(paper, RECEIPT_ROW_TEXT, arena_format(paper->arena, "  %s", paper_cut(paper, text, REASON_COLUMNS)),
                  NULL);
}

struct receipt account_statement(const struct account_state *account, const struct account_line *lines, size_t count,
                                 const struct shop *shop, const struct zone *zone, struct instant now,
                                 struct arena *arena)
{
    struct paper paper = paper_of(shop, ROWS_FIXED + 3 * count, arena);

    add_head(&paper, "STATEMENT", account->id, account->number);
    paper_add(&paper, RECEIPT_ROW_PAIR, "As of", paper_when(&paper, zone, now));
    paper_add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    if (count > 0)
        add_balance(&paper, "before", lines[count - 1].balance_minor - lines[count - 1].amount_minor);
    for (size_t behind = count; behind > 0; behind--) {
        const struct account_line *line = &lines[behind - 1];
        char date[DAY_TEXT];
        struct day day = zone_day(zone, line->at);

        paper_add(&paper, RECEIPT_ROW_PAIR, arena_format(arena, "%s %s", day_format(date, day), line_text(line, arena)),
                  paper_money(&paper, line->amount_minor));
        add_detail(&paper, line->reference);
        add_detail(&paper, line->reason);
    }
    paper_add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    if (count > 0 && lines[0].number != account->entry_count)
        add_balance(&paper, "then", lines[0].balance_minor);
    add_balance(&paper, "now", account->balance_minor);
    paper_add(&paper, RECEIPT_ROW_PAIR, "Limit", paper_money(&paper, account->limit_minor));
    if (account->blocked)
        paper_add(&paper, RECEIPT_ROW_TEXT, "Blocked: nothing goes on it.", NULL);
    return (struct receipt){ .rows = paper.rows, .count = paper.count };
}
