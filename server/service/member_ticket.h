/* What somebody entered at a kiosk and the counter has to admit: who they will be, or a member's other phone number or e-mail address. */
#ifndef CAROLINE_SERVER_SERVICE_MEMBER_TICKET_H
#define CAROLINE_SERVER_SERVICE_MEMBER_TICKET_H

#include "server/service/member_fields.h"

#define TICKETS_MAX 50 /* of one kiosk */

struct member_ticket {
    int64_t id;        /* of who they will be */
    int64_t member_id; /* or of whose it is; 0: nobody's yet */
    int64_t number;
    const struct member_fields *fields;
    const char *secret; /* a hash; NULL: of a member */
    int64_t consents;   /* of kind n the bit n */
};

/* Is there room for another, of rows of member_ticket_count? */
enum step member_ticket_room(struct call *c, const struct rows *waiting);
void member_ticket_write(struct call *c, const struct member_ticket *ticket);

#endif
