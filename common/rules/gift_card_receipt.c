/* Papers of gift cards. They name a card by its number and the last four digits of its code, which stands on none of them: the
 * answers that bring them are kept. */
#include <inttypes.h>
#include <string.h>

#include "common/rules/catalogue.h"
#include "common/rules/gift_card.h"
#include "common/rules/paper.h"

#define REASON_COLUMNS 100
#define ROWS_FIXED     20

static void add_head(struct paper *paper, const char *title, const struct gift_card_state *card)
{
    paper_add(paper, RECEIPT_ROW_TITLE, paper_cut(paper, bytes_of_text(paper->shop->name), PAPER_NAME_COLUMNS), NULL);
    paper_add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    paper_add(paper, RECEIPT_ROW_TITLE, title, NULL);
    paper_add(paper, RECEIPT_ROW_TEXT,
              arena_format(paper->arena, "Card %" PRIu32 ", ends in %s", card->number, card->last_four), NULL);
}

static void add_foot(struct paper *paper, const struct gift_card_state *card, struct day today)
{
    char day[DAY_TEXT];

    if (card->expires)
        paper_add(paper, RECEIPT_ROW_PAIR, gift_card_expired(card, today) ? "Expired, it paid until" : "Pays until",
                  arena_text(paper->arena, day_format(day, card->expiry)));
    if (card->blocked)
        paper_add(paper, RECEIPT_ROW_TEXT, "Blocked: it pays nothing.", NULL);
}

static const char *title_of(enum gift_card_kind kind)
{
    if (kind == GIFT_CARD_UNDONE)
        return "GIFT CARD, GIVEN BACK";
    if (kind == GIFT_CARD_MOVED_HERE)
        return "GIFT CARD, FOR A LOST ONE";
    return kind == GIFT_CARD_TOPPED_UP ? "GIFT CARD, TOPPED UP" : "GIFT CARD";
}

static const char *total_of(const struct paper *paper, const struct gift_card_paper *p)
{
    if (p->kind == GIFT_CARD_MOVED_HERE)
        return arena_format(paper->arena, "Moved to it %s", paper->shop->currency);
    return arena_format(paper->arena, "%s by %s %s", p->kind == GIFT_CARD_UNDONE ? "Given back" : "Received",
                        account_means_name((int)p->means), paper->shop->currency);
}

struct receipt gift_card_receipt(const struct gift_card_paper *p, const struct shop *shop, const struct zone *zone,
                                 struct arena *arena)
{
    struct paper paper = paper_of(shop, ROWS_FIXED, arena);

    add_head(&paper, title_of(p->kind), p->card);
    paper_add(&paper, RECEIPT_ROW_PAIR,
              p->till_number == 0 ? arena_format(arena, "Entry %" PRIu32 "/%" PRId64, p->card->number, p->entry_number)
                                  : arena_format(arena, "Till %" PRIu32 ", entry %" PRIu32 "/%" PRId64, p->till_number,
                                                 p->card->number, p->entry_number),
              paper_when(&paper, zone, p->at));
    if (p->from_number != 0)
        paper_add(&paper, RECEIPT_ROW_TEXT, arena_format(arena, "In place of card %" PRIu32, p->from_number), NULL);
    paper_add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    paper_add(&paper, RECEIPT_ROW_TOTAL, total_of(&paper, p),
              paper_money(&paper, p->amount_minor < 0 ? -p->amount_minor : p->amount_minor));
    if (p->reference.size > 0)
        paper_add(&paper, RECEIPT_ROW_TEXT,
                  arena_format(arena, "Reference %s", paper_cut(&paper, p->reference, PAPER_NAME_COLUMNS)), NULL);
    if (p->reason.size > 0)
        paper_add(&paper, RECEIPT_ROW_TEXT, paper_cut(&paper, p->reason, REASON_COLUMNS), NULL);
    paper_add(&paper, RECEIPT_ROW_PAIR, "Left on it", paper_money(&paper, p->card->balance_minor));
    add_foot(&paper, p->card, zone_day(zone, p->at));
    paper_add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    paper_add(&paper, RECEIPT_ROW_CENTRE, "No sale: no turnover, and no tax.", NULL);
    return (struct receipt){ .rows = paper.rows, .count = paper.count };
}

/* Fives are read out and typed without losing one's place. */
static const char *in_fives(const char *code, struct arena *arena)
{
    size_t length = strlen(code), count = 0;
    char *text = arena_alloc(arena, 2 * length + 1);

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && i % 5 == 0)
            text[count++] = ' ';
        text[count++] = code[i];
    }
    text[count] = '\0';
    return text;
}

struct receipt gift_card_receipt_with_code(const struct receipt *receipt, const char *code, struct arena *arena)
{
    struct receipt_row *rows = arena_array(arena, receipt->count + 4, sizeof *rows);

    for (size_t i = 0; i < receipt->count; i++)
        rows[i] = receipt->rows[i];
    struct receipt_row *more = &rows[receipt->count];
    more[0] = (struct receipt_row){ .kind = RECEIPT_ROW_RULE };
    more[1] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE, .left = "This code pays: keep it as you keep cash." };
    more[2] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE, .left = in_fives(code, arena) };
    more[3] = (struct receipt_row){ .kind = RECEIPT_ROW_CODE, .left = code };
    return (struct receipt){ .rows = rows, .count = receipt->count + 4 };
}

static const char *line_text(const struct gift_card_line *line, struct arena *arena)
{
    const char *means = account_means_name((int)line->means);

    switch (line->kind) {
    case GIFT_CARD_ISSUED:
        return arena_format(arena, "issued, %s", means);
    case GIFT_CARD_TOPPED_UP:
        return arena_format(arena, "topped up, %s", means);
    case GIFT_CARD_PAID:
        return line->receipt_number;
    case GIFT_CARD_GIVEN_BACK:
        return arena_format(arena, "%s, given back", line->receipt_number);
    case GIFT_CARD_UNDONE:
        return arena_format(arena, "given back, %s", means);
    case GIFT_CARD_MOVED_AWAY:
        return arena_format(arena, "moved to card %" PRIu32, line->other_number);
    case GIFT_CARD_MOVED_HERE:
        return arena_format(arena, "moved from card %" PRIu32, line->other_number);
    }
    return "";
}

struct receipt gift_card_statement(const struct gift_card_state *card, uint32_t heir,
                                   const struct gift_card_line *lines, size_t count, const struct shop *shop,
                                   const struct zone *zone, struct instant now, struct arena *arena)
{
    struct paper paper = paper_of(shop, ROWS_FIXED + count, arena);

    add_head(&paper, "GIFT CARD", card);
    paper_add(&paper, RECEIPT_ROW_PAIR, "As of", paper_when(&paper, zone, now));
    paper_add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    for (size_t behind = count; behind > 0; behind--) {
        const struct gift_card_line *line = &lines[behind - 1];
        char date[DAY_TEXT];

        paper_add(&paper, RECEIPT_ROW_PAIR,
                  arena_format(arena, "%s %s", day_format(date, zone_day(zone, line->at)), line_text(line, arena)),
                  paper_money(&paper, line->amount_minor));
    }
    paper_add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    if (count == 0 || lines[0].number == card->entry_count)
        paper_add(&paper, RECEIPT_ROW_TOTAL, arena_format(arena, "Left on it %s", shop->currency),
                  paper_money(&paper, card->balance_minor));
    else
        paper_add(&paper, RECEIPT_ROW_PAIR, "Left then", paper_money(&paper, lines[0].balance_minor));
    add_foot(&paper, card, zone_day(zone, now));
    if (heir != 0)
        paper_add(&paper, RECEIPT_ROW_TEXT, arena_format(arena, "Lost: card %" PRIu32 " has its money.", heir), NULL);
    return (struct receipt){ .rows = paper.rows, .count = paper.count };
}
