/* A receipt as a document: rows from top to bottom. Rules make it, printers and screens lay it out. */
#ifndef CAROLINE_BASE_RECEIPT_H
#define CAROLINE_BASE_RECEIPT_H

#include <stddef.h>
#include <stdint.h>

/* As ReceiptRowKind of sale.proto, number by number. */
enum receipt_row_kind {
    RECEIPT_ROW_TEXT = 0,   /* left */
    RECEIPT_ROW_TITLE = 1,  /* left, centred, large */
    RECEIPT_ROW_CENTRE = 2, /* left, centred */
    RECEIPT_ROW_PAIR = 3,   /* left and right */
    RECEIPT_ROW_TOTAL = 4,  /* left and right, large */
    RECEIPT_ROW_RULE = 5,   /* a line across */
    RECEIPT_ROW_CODE = 6,   /* a code to scan: left */
    RECEIPT_ROW_BARS = 7,   /* the same as bars, beside a QR code that says it: left; in no message */
};

/* What is practised says so in its first two rows and its last two, in letters that no printer lacks. */
#define RECEIPT_TRAINING      "TRAINING"
#define RECEIPT_NO_RECEIPT    "NOT A RECEIPT"
#define RECEIPT_TRAINING_ROWS 4

/* Checked UTF-8 (text_check() of text.h), NUL behind it; NULL is empty. */
struct receipt_row {
    enum receipt_row_kind kind;
    const char *left, *right;
    int64_t account_id; /* of a row that says an account's number; 0: another */
};

struct receipt {
    const struct receipt_row *rows;
    size_t count;
};

#endif
