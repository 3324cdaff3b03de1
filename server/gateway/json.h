/* What a gateway answers, read strictly: bounded in size and depth, no name twice, and of each value only what it should be. */
#ifndef CAROLINE_SERVER_GATEWAY_JSON_H
#define CAROLINE_SERVER_GATEWAY_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

#define JSON_DEPTH_MAX  24
#define JSON_VALUES_MAX 8192 /* a charge that is told in full has 200, a page of a list (STRIPE_PAGE) four thousand */

/* The caller's, to be let go of by json_decref(); NULL: it is no object, or deeper or of more
 * values than that. It takes a few milliseconds at most, for the loop stands still meanwhile. */
json_t *json_read(struct bytes bytes);
/* The text of that name into `to`; false: there is none, or it does not fit, or it has control characters. */
bool json_text(const json_t *object, const char *name, char *to, size_t size);
bool json_number(const json_t *object, const char *name, int64_t *number);
bool json_is(const json_t *object, const char *name, const char *text);
bool json_flag(const json_t *object, const char *name); /* it is there, and true */

#endif
