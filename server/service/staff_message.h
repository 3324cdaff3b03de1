/* The people who work here: how they are looked up, and as messages. */
#ifndef CAROLINE_SERVER_SERVICE_STAFF_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_STAFF_MESSAGE_H

#include "proto/session.pb-c.h"
#include "proto/staff.pb-c.h"
#include "server/call/call.h"

/* Of a name however it is written ("ZOË" and "zoe" alike); of a badge's code. */
void staff_name_blind(struct call *c, struct bytes name, uint8_t blind[BLIND_SIZE]);
void staff_badge_blind(struct call *c, struct bytes badge, uint8_t blind[BLIND_SIZE]);

/* As of now; NULL when the role is none, or the catalogue is not in memory. */
const struct role *staff_role(const struct call *c, int64_t role_id);
/* Of a row with id, shop_id, role_id, name_sealed, active and locked. In the try's arena. */
Caroline__V1__Staff *staff_message_of(struct call *c, const struct rows *rows, size_t row);
Caroline__V1__Role *role_message_of(struct arena *arena, const struct role *role);

/* What is told when a session is open. */
struct session_told {
    Caroline__V1__Staff *staff;
    int64_t role_id;                /* 0: a one-time PIN, nothing is allowed */
    struct bytes token, unlock_key; /* of a new one */
    struct instant expires;
    bool locked, trains;
};
enum step session_answer(struct call *c, const struct session_told *told);

#endif
