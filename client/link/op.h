/* What a client knows of each op: its messages, and whether it is a command. */
#ifndef CAROLINE_CLIENT_LINK_OP_H
#define CAROLINE_CLIENT_LINK_OP_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

struct client_op {
    unsigned number;
    const char *name; /* "sale_ring_up" */
    const ProtobufCMessageDescriptor *request, *reply;
    bool command; /* carries a command id */
    bool secret;  /* its body holds a person's data or a PIN, and is never written to this machine's disk */
    /* Its answer brings what its sender alone is told, a new gift card's code: after a lost connection it is asked for once somebody is
     * signed in. */
    bool personal;
};

/* NULL: no such op. */
const struct client_op *client_op(unsigned number);

#endif
