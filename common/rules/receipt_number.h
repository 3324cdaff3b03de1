/* The number on a receipt: till, series, count: "3T-000042". */
#ifndef CAROLINE_RULES_RECEIPT_NUMBER_H
#define CAROLINE_RULES_RECEIPT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"

struct receipt_number {
    uint32_t till;  /* 1 to 9,999 */
    char series;    /* T: given by the server, X: by the till while offline; S: practised, and no receipt */
    int64_t number; /* from 1, without gaps */
};

#define RECEIPT_NUMBER_TEXT 32
char *receipt_number_format(char *text, struct receipt_number number);
/* As people type it: leading zeros and the dash may be left out, the series may be a small letter. */
bool receipt_number_parse(struct bytes text, struct receipt_number *number);

#endif
