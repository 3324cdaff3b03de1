/* UPC-A within EAN-13. */
#include "common/rules/barcode.h"

#include <string.h>

#define EAN13 13

const char *barcode_canonical(const char *code)
{
    return code[0] == '0' && strlen(code) == EAN13 && strspn(code, "0123456789") == EAN13 ? code + 1 : code;
}
