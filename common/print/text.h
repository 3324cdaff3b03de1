/* A receipt laid out as lines of text: for the screen, for e-mail, and for printers that know no more. */
#ifndef CAROLINE_PRINT_TEXT_H
#define CAROLINE_PRINT_TEXT_H

#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/receipt.h"

#define RECEIPT_COLUMNS_LEAST 16 /* large letters on 58 mm */

/* columns: cells of the paper, 32 (58 mm), 42 or 48 (80 mm). Each line ends with a newline and has no spaces before it.
 * Left texts are wrapped at words, indented as they begin; a right text stands whole at the right end of its row's last
 * line, on a line of its own where it would leave too little for the left. The same receipt gives the same bytes
 * anywhere. Lives in the arena. */
char *receipt_text(struct arena *arena, const struct receipt *receipt, size_t columns);

#endif
