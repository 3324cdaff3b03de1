/* Languages by the two letters that ISO 639-1 has for them. */
#ifndef CAROLINE_BASE_LANGUAGE_H
#define CAROLINE_BASE_LANGUAGE_H

#include <stdbool.h>

/* Two small letters, as "en". */
bool language_is_known(const char *code);

#endif
