/* What an entry of a strand L says of one object, out of its bytes (PROTOCOL.md, section 9). */
#ifndef CAROLINE_SERVER_SERVICE_JOURNAL_READ_H
#define CAROLINE_SERVER_SERVICE_JOURNAL_READ_H

#include "server/call/call.h"

struct journal_entry_head {
    int64_t at_us, staff_id, device_id;
    struct bytes event; /* a view */
};
/* The fields that the entry names of this object, each once a call: *at is 0 before the first. false: no more, or no such entry. */
bool journal_read_change(struct bytes entry, int64_t object, size_t *at, struct journal_entry_head *head,
                         struct bytes *field);

#endif
