/* Baskets that are thrown away, into the books: shared by who throws away the one at hand, and one that waited. */
#ifndef CAROLINE_SERVER_SERVICE_VOID_WRITE_H
#define CAROLINE_SERVER_SERVICE_VOID_WRITE_H

#include "common/rules/voided.h"
#include "server/call/call.h"

enum step void_refuse(struct call *c, enum voided_verdict verdict, const char *field);
/* The entry and its lines; its id. shift: of sql_shift_state, of this device. A basket that can no longer be read has no
 * lines. */
int64_t void_write(struct call *c, const struct voided *voided, const struct rows *shift);

#endif
