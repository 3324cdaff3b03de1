/* Rows into lines as short as they can be: what a form leaves out, it leaves out by where a row stands. */
#include "common/print/brief.h"

#include <string.h>

/* Between lines across stand: whose shop it is; number, date and service; goods; total, taxes and what paid them; the rest. */
enum part { PART_SHOP, PART_NUMBER, PART_GOODS, PART_SUMS, PART_REST };

/* "VAT 7 % on 21.16", as rows of taxes are called. */
static bool is_tax(const struct receipt_row *row)
{
    return row->kind == RECEIPT_ROW_PAIR && strstr(row->left, " on ") != NULL;
}

static bool belongs(const struct receipt_row *row, enum part part, enum receipt_form form)
{
    if (row->kind == RECEIPT_ROW_RULE || row->kind == RECEIPT_ROW_CODE || row->kind == RECEIPT_ROW_BARS ||
        row->left == NULL)
        return false;
    if (form == RECEIPT_IN_FULL)
        return true;
    switch (part) {
    case PART_SHOP:
        return row->kind == RECEIPT_ROW_TITLE;
    case PART_NUMBER:
        return form == RECEIPT_OF_GOODS || row->kind == RECEIPT_ROW_TITLE || row->kind == RECEIPT_ROW_PAIR;
    case PART_GOODS:
        return form == RECEIPT_OF_GOODS;
    case PART_SUMS:
        return form == RECEIPT_OF_GOODS || row->kind == RECEIPT_ROW_TOTAL || is_tax(row);
    case PART_REST:
        break;
    }
    return false;
}

const char *receipt_brief(const struct receipt *receipt, enum receipt_form form, struct arena *arena)
{
    const char *text = "";
    enum part part = PART_SHOP;

    for (size_t i = 0; i < receipt->count; i++) {
        const struct receipt_row *row = &receipt->rows[i];

        if (row->kind == RECEIPT_ROW_RULE && part < PART_REST)
            part++;
        if (!belongs(row, part, form))
            continue;
        const char *left = row->left + strspn(row->left, " "), *right = row->right == NULL ? "" : row->right;
        text = arena_format(arena, "%s%s%s%s%s", text, text[0] == 0 ? "" : "\n", left, right[0] == 0 ? "" : " ", right);
    }
    return text;
}
