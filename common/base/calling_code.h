/* Phone numbers as they are dialled in a country, and its calling code in front of them. Pure. */
#ifndef CAROLINE_BASE_CALLING_CODE_H
#define CAROLINE_BASE_CALLING_CODE_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

/* Three digits at most, and a NUL. */
#define CALLING_CODE_SIZE 4
/* "49" or "+49" is 49, and nothing is nothing; false for what cannot be a country's code. */
bool calling_code_read(struct bytes text, char code[CALLING_CODE_SIZE]);

/* As phone_normalise(), and a number without + is one of the country that has this calling code: "0171 1234567" is
 * +491711234567 where it is 49. What is no whole number there, a local one say, stays as dialled; so does everything
 * where the code is "". */
char *phone_international(struct arena *arena, struct bytes phone, const char *calling_code);

/* A whole number as it is written in that country, which is nobody's or everybody's example; NULL: none is known here. */
const char *phone_example(const char *calling_code);

/* The ways in which a number of that country may have been kept while the shop had no code; returns how many. */
#define PHONE_FORMS_MAX 4
size_t phone_dialled_forms(struct arena *arena, const char *international, const char *calling_code,
                           const char *forms[PHONE_FORMS_MAX]);

#endif
