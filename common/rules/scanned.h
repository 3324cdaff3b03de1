/* What a scanner sends: the kind of code, whether its check digit fits, and what a code printed in the shop holds. Pure. */
#ifndef CAROLINE_RULES_SCANNED_H
#define CAROLINE_RULES_SCANNED_H

#include <stdbool.h>
#include <stdint.h>

/* A shop's layouts of its own codes are a text: "20:IIIIICVVVV=price,21:IIIIIVVVVV=weight". Each is a prefix of GS1's
 * restricted circulation numbers (2 to 6 digits that begin with 02 or 20 to 29), then digits of the item's number (I, 1 to
 * 6: its PLU), perhaps the value's own check digit (C, before 4 or 5 digits of value), and digits of the value (V, 1 to 9):
 * a price in minor units or a weight in grams. All of these and the code's check digit are an EAN-13. */
#define CODE_LAYOUTS_MAX 12
/* Well-formed, at most so many, no prefix twice? An empty text is: no layout. */
bool code_layouts_fit(const char *layouts);

enum scanned_kind {
    SCANNED_TEXT, /* what has no check digit of its own: Code 128, or a number typed */
    SCANNED_EAN8,
    SCANNED_EAN13,
    SCANNED_UPCA, /* an EAN-13 that begins with 0, too */
    SCANNED_UPCE,
    SCANNED_PRICE,  /* by a layout: a price is in it ... */
    SCANNED_WEIGHT, /* ... or a weight */
};

struct scanned {
    enum scanned_kind kind;
    bool wrong; /* a check digit does not fit the others: it was misread, or is no such code after all */
    /* Of what can be an UPC-E: the UPC-A that it is short for; else empty. Eight digits that begin with 0 may fit as EAN-8
     * and as UPC-E: then kind is EAN-8, and this is the other possibility. */
    char upca[13];
    uint32_t item; /* of a layout: the item's PLU */
    int64_t value; /* minor units, or grams */
};

/* layouts: as above; where codes agree with several, that of the longest prefix. Of what is in them nothing is said when
 * they are wrong. */
struct scanned scanned_read(const char *text, const char *layouts);

#endif
