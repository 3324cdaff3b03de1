/* GS1's element strings: what a GS1-128, DataBar, GS1 DataMatrix or GS1 QR code says, of which a till reads the article. */
#ifndef CAROLINE_BASE_GS1_H
#define CAROLINE_BASE_GS1_H

#include <stdbool.h>

/* Do the three characters of an AIM id (]C1, ]d2, ]Q3, ]e0) say that element strings follow? */
bool gs1_is_next(const char *aim);
/* In place: "01" and a GTIN-14, with whatever behind them, becomes the code that is on the piece: the EAN-13 (an UPC-A with its 0) or EAN-8
 * that the GTIN is, or all 14 digits, where it is of a case (its first digit 1 to 8) or of what is weighed (9), which no piece is sold for.
 * All else, and a GTIN whose check digit does not fit, stays. */
void gs1_take_gtin(char *code);

#endif
