/* An explanation on paper: numbers as rows with their amount at the right, their parts below, indented. */
#include <inttypes.h>

#include "common/base/number.h"
#include "common/rules/explain.h"

static const char *amount_of(const struct explain_row *row, unsigned exponent, struct arena *arena)
{
    if (!row->has_amount)
        return NULL;
    if (row->points)
        return arena_format(arena, "%" PRId64 " P", row->amount);
    return minor_format(arena_alloc(arena, NUMBER_TEXT), row->amount, exponent);
}

static struct receipt_row row_of(const struct explain_row *row, unsigned exponent, struct arena *arena)
{
    const char *amount = amount_of(row, exponent, arena);
    const char *by = row->staff != NULL ? row->staff : "somebody of the shop";
    const char *text = row->staff_id == 0 ? row->text : arena_format(arena, "%s, by %s", row->text, by);

    switch (row->kind) {
    case EXPLAIN_HEAD:
        return (struct receipt_row){ .kind = RECEIPT_ROW_TEXT, .left = text };
    case EXPLAIN_NUMBER:
        return (struct receipt_row){ .kind = RECEIPT_ROW_PAIR, .left = text, .right = amount };
    case EXPLAIN_PART:
        return (
            struct receipt_row){ .kind = RECEIPT_ROW_PAIR, .left = arena_format(arena, "  %s", text), .right = amount };
    case EXPLAIN_UNKNOWN:
        return (struct receipt_row){ .kind = RECEIPT_ROW_TEXT, .left = arena_format(arena, "  ? %s", text) };
    case EXPLAIN_WRONG:
        return (struct receipt_row){ .kind = RECEIPT_ROW_TEXT, .left = arena_format(arena, "!! %s", text) };
    case EXPLAIN_NOTE:
        break;
    }
    return (struct receipt_row){ .kind = RECEIPT_ROW_TEXT, .left = arena_format(arena, "  (%s)", text) };
}

struct receipt explain_receipt(const struct explain_row *rows, size_t count, const char *number, unsigned exponent,
                               struct arena *arena)
{
    struct receipt_row *paper = arena_array(arena, 2 * count + 4, sizeof *paper);
    size_t made = 0;

    paper[made++] = (struct receipt_row){ .kind = RECEIPT_ROW_TITLE, .left = number };
    paper[made++] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE, .left = "How its numbers come about" };
    paper[made++] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE, .left = RECEIPT_NO_RECEIPT };
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == EXPLAIN_HEAD)
            paper[made++] = (struct receipt_row){ .kind = RECEIPT_ROW_RULE };
        paper[made++] = row_of(&rows[i], exponent, arena);
    }
    paper[made++] = (struct receipt_row){ .kind = RECEIPT_ROW_RULE };
    return (struct receipt){ paper, made };
}
