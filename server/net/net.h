/* The network as main sees it: listeners, and connections that speak TLS and frames and hand payloads to the driver.
 * All of it belongs to the loop's thread. */
#ifndef CAROLINE_SERVER_NET_NET_H
#define CAROLINE_SERVER_NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/world.h"

struct driver;
struct net;
struct tls_context;
struct uv_loop_s; /* uv_loop_t */

struct net_config {
    struct uv_loop_s *loop;
    struct driver *driver;   /* outlives the net */
    struct tls_context *tls; /* likewise; main reloads it */
    struct clock *clock;
    struct entropy *entropy;
    int64_t greet_limit_us; /* for TLS and Hello; of a stranger, for everything; 0: 10 s */
    int64_t frame_limit_us; /* for the rest of a frame that has begun to come in; 0: 30 s */
};

struct net *net_open(const struct net_config *config);

/* Listen on "127.0.0.1:7117", "[::1]:7117", "bakery.example:7117" (all of its addresses), ":7117" or "*:7117" (all of
 * the machine's). Port 0 takes a free one. false: *problem is a sentence for a person; it lives until the next call. */
bool net_listen(struct net *net, const char *address, const char **problem);
/* Is it written as net_listen() takes it; and, found_too, does this machine know its name? false: *problem, as there. */
bool net_address_fits(const char *address, bool found_too, const char **problem);
/* Take over what the service manager listens on for us (LISTEN_FDS); *count gets how many. */
bool net_adopt(struct net *net, size_t *count, const char **problem);
/* The port of the first listener; 0 without one. */
unsigned net_port(const struct net *net);

size_t net_connections(const struct net *net);
/* No new connections; those that stand go on. */
void net_stop_listening(struct net *net);
/* End every connection once what was sent to it is out, or after 5 s; then free the net and call closed, from the loop.
 */
void net_close(struct net *net, void (*closed)(void *context), void *context);
void net_log_state(const struct net *net);

#endif
