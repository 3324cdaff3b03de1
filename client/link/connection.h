/* One TCP connection with TLS and frames on it, from the look-up of the name to the close. Used once, then let go. */
#ifndef CAROLINE_CLIENT_LINK_CONNECTION_H
#define CAROLINE_CLIENT_LINK_CONNECTION_H

#include <stdbool.h>
#include <uv.h>

#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/wire/tls.h"

struct connection;

struct connection_events {
    void (*on_open)(void *owner);                        /* TLS stands: frames may be sent */
    void (*on_frame)(void *owner, struct bytes payload); /* a view that ends with the callback */
    /* It failed or was closed by the other side; the last event. The sentence ends with the callback. */
    void (*on_end)(void *owner, const char *sentence);
};

struct connection_address {
    const char *host, *port;
    const char *server_name; /* in the server's certificate; NULL: not verified */
};

/* Begins at once; every event comes from the loop. The context becomes its own, and goes with it.
 * SIGPIPE is ignored from here on. */
struct connection *connection_open(uv_loop_t *loop, const struct connection_address *address,
                                   struct tls_context *context, struct instant now,
                                   const struct connection_events *events, void *owner);
/* One frame, after on_open; false when too much waits unsent, or the connection has ended. */
bool connection_send(struct connection *c, struct bytes payload);
/* No event comes after this; freed when the loop has turned. Also needed after on_end. */
void connection_close(struct connection *c);

#endif
