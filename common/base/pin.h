/* Which PINs are too weak to be given. Pure. */
#ifndef CAROLINE_BASE_PIN_H
#define CAROLINE_BASE_PIN_H

#include "common/base/bytes.h"

#define PIN_MIN 4
#define PIN_MAX 12

enum pin_verdict {
    PIN_OK,
    PIN_SHORT,
    PIN_LONG,
    PIN_NOT_DIGITS,
    PIN_ALIKE,  /* 0000 */
    PIN_RUN,    /* 1234, 9876, 7890 */
    PIN_REPEAT, /* 1212, 123123 */
    PIN_DATE,   /* a day of the year, a year of 1900 to 2099, or a date with its year */
};

enum pin_verdict pin_check(struct bytes pin);
/* For a person: "a PIN has at least 4 digits". NULL for PIN_OK. */
const char *pin_sentence(enum pin_verdict verdict);

#endif
