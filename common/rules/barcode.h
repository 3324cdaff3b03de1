/* Bar codes that are two ways to write one number. Pure. */
#ifndef CAROLINE_RULES_BARCODE_H
#define CAROLINE_RULES_BARCODE_H

/* GS1 General Specifications, section 1: an EAN-13 that begins with 0 is the UPC-A of its other twelve digits, which is how
 * it is printed, and scanners say either. The one form that is kept and compared is the UPC-A; every other code is its own.
 * A view into `code`. */
const char *barcode_canonical(const char *code);

#endif
