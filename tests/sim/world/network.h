/* The network between tills and servers, at the level of whole frames: what TLS and TCP do below is not simulated here
 * (tests/wire and tests/link tear real connections at every byte).
 *
 * It takes the place of client/link/connection.c and of server/net/. A connection carries frames in order, as TCP does,
 * and can be broken under either side's hands, or cut, both ways or one: for as long as TCP sends again what nobody has
 * acknowledged it comes through afterwards, and from then on the connection is over. Bad weather goes further than any cable: it
 * loses, doubles, delays and reorders single requests that are commands or ask after one, and the replies to them.
 * Pushes and the rest keep their order: a client may rely on it. */
#ifndef CAROLINE_TESTS_SIM_NETWORK_H
#define CAROLINE_TESTS_SIM_NETWORK_H

#include <sys/queue.h>

#include "client/link/connection.h"
#include "server/call/driver.h"
#include "tests/sim/world/events.h"

struct wire;
LIST_HEAD(wires, wire);

enum way { TO_SERVER, TO_CLIENT, WAYS };

/* What a till's line is like for a while. Chances in thousandths of a frame. */
struct weather {
    int64_t until_us;
    unsigned lose, twice, late, overtake;
    int64_t cut_until_us[WAYS]; /* by the wall's clock, which nights are a part of */
};

/* A till's end: its process is `process`, whose loop it hands to connection_open(). */
struct station {
    struct process process; /* first */
    struct network *network;
    struct weather weather;
    struct wires wires;
    uint8_t key_hash[32];
    bool vanishes; /* its connections are closed by no farewell: the power is gone */
};

/* A server's end. */
struct host {
    struct network *network;
    struct process *process;
    struct driver *driver; /* NULL: nobody listens */
    struct wires wires;
    bool draining; /* takes no new ones */
};

#define HOSTS 2
struct network {
    struct random chance;
    struct host hosts[HOSTS];
    uint64_t frames, lost, doubled, delayed, overtaken, broken, swallowed;
};

void network_init(struct network *network, uint64_t seed);
/* The server is gone, all at once. Its driver has heard that its peers are closed when this returns. */
void host_crash(struct host *host);
/* Every connection of the till breaks, for both sides. */
void station_break(struct station *station);
/* From now on nothing passes one way, or both (WAYS), for so long. */
void station_cut(struct station *station, enum way way, int64_t for_us);
void station_heal(struct station *station);
/* How long it is cut yet, the way that it is longer; 0: it is not. */
int64_t station_cut_us(const struct station *station);

#endif
