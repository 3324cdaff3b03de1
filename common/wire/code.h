/* Enrolment codes: what a person carries from a console to a new device. 120 bits as 24 characters of Crockford's
 * base32 in groups of four: "9F3K-27QM-X0TD-BZ8A-4HWJ-R6VC". The first 80 are the beginning of SHA-256 of the shop's CA
 * certificate (DER), by which the device knows the server; the last 40 are the secret, by which the server knows the
 * device. */
#ifndef CAROLINE_WIRE_CODE_H
#define CAROLINE_WIRE_CODE_H

#include <stdint.h>

#include "common/base/bytes.h"

#define CODE_FINGERPRINT_SIZE 10
#define CODE_SECRET_SIZE      5
#define CODE_CHARACTERS       24
#define CODE_TEXT             (CODE_CHARACTERS + 5 + 1) /* with dashes and NUL */

struct enrolment_code {
    uint8_t fingerprint[CODE_FINGERPRINT_SIZE];
    uint8_t secret[CODE_SECRET_SIZE];
};

enum code_verdict { CODE_OK, CODE_SHORT, CODE_LONG, CODE_CHARACTER };

/* Into text, which holds CODE_TEXT bytes; NUL behind it. Returns text. */
char *code_format(char text[CODE_TEXT], const struct enrolment_code *code);

/* As people type it: either case, O for 0, I and L for 1, dashes and spaces anywhere or nowhere. *code is written when
 * it is OK only. */
enum code_verdict code_parse(struct bytes text, struct enrolment_code *code);

#endif
