/* application/x-www-form-urlencoded, put together in a buffer of its own size. */
#ifndef CAROLINE_SERVER_GATEWAY_FORM_H
#define CAROLINE_SERVER_GATEWAY_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_MAX 3072

struct form {
    char text[FORM_MAX]; /* ends with 0 */
    size_t size;
};
/* Behind what is there; what does not fit is a bug. */
void form_add(struct form *form, const char *name, const char *value);
void form_add_number(struct form *form, const char *name, int64_t value);

/* A part of a path or a query, percent-encoded. */
void form_encode(char *to, size_t size, const char *text);

#endif
