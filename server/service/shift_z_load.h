/* A Z from the database as the rules know it: to be shown, and for its paper. */
#ifndef CAROLINE_SERVER_SERVICE_SHIFT_Z_LOAD_H
#define CAROLINE_SERVER_SERVICE_SHIFT_Z_LOAD_H

#include "server/service/shift_message.h"

struct shift_z_load {
    struct rows *head, *counts;
    struct shift_rows rows;
};
/* Three stages in this order. The newest Z of at most this number (0: of any) of a till of the shop; till: its number, or null for the
 * caller's own. Behind it head has one row, or none. */
void shift_z_find(struct call *c, struct shift_z_load *s, struct param till, int64_t number);
void shift_z_load(struct call *c, struct shift_z_load *s);
/* AMOUNT_OVERFLOW, or STEP_NEXT. Whose drawer it was is read, where it was a person's. In the try's arena. */
enum step shift_z_take(struct call *c, const struct shift_z_load *s, struct shift_z *taken, struct shop *shop);

#endif
