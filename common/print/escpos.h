/* A receipt as bytes for a printer that speaks ESC/POS, as nearly all receipt printers do. Pure: the same receipt and
 * printer give the same bytes. */
#ifndef CAROLINE_PRINT_ESCPOS_H
#define CAROLINE_PRINT_ESCPOS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/receipt.h"

/* Tables of the 128 characters above ASCII; a printer may know several and is told when another is needed. */
enum escpos_page { ESCPOS_PC437, ESCPOS_PC858, ESCPOS_WPC1252, ESCPOS_PAGES };
enum escpos_code { ESCPOS_CODE_QR, ESCPOS_CODE_128, ESCPOS_CODE_TEXT };

struct escpos {
    size_t columns;                       /* 32 (58 mm), 42 or 48 (80 mm) */
    enum escpos_page pages[ESCPOS_PAGES]; /* that it knows, the preferred first */
    size_t page_count;                    /* 0: ASCII alone */
    enum escpos_code code;                /* how a receipt's number can be scanned */
    bool cutter;
    unsigned drawer_pin; /* 2 or 5, on its connector; 0: no drawer */
};

#define ESCPOS_COLUMNS_LEAST 32u
#define ESCPOS_COLUMNS_MOST  64u

/* "pc858", in any case. */
bool escpos_page_parse(struct bytes word, enum escpos_page *page);

/* All of these live in the arena. */

/* The printer reset, the receipt, paper fed and cut. A character that no page has is printed as ASCII has it
 * (text_ascii() of text.h); what has no width, control characters above all, is left out: no text can command the
 * printer. A code too wide for the paper stands as text only. */
struct bytes escpos_receipt(struct arena *arena, const struct escpos *printer, const struct receipt *receipt);
/* A line to go before a receipt that was begun before and may lie there in part. */
struct bytes escpos_again(struct arena *arena, const struct escpos *printer);
/* Opens the drawer; empty without one. The second is obeyed by a printer without paper, too, and out of turn. */
struct bytes escpos_kick(struct arena *arena, const struct escpos *printer);
struct bytes escpos_kick_now(struct arena *arena, const struct escpos *printer);

#endif
