/* Wires: a connection as both its ends and what is on its way between them. */
#include "tests/sim/world/network.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/identity.h"
#include "proto/envelope.pb-c.h"

#define LATENCY_MIN_US 100
#define LATENCY_MAX_US 3000
#define LATE_MAX_US    (60 * SECOND_US)
#define NOTICED_US     (30 * SECOND_US) /* a peer that vanished without a word */
#define UNACKED_US     (20 * SECOND_US) /* TCP_USER_TIMEOUT of client/link/connection.c and server/net/conn.c */
#define COMMANDS       32

struct wire {
    struct peer peer; /* first: the server's end */
    struct connection_events events;
    void *owner;
    struct station *station; /* NULL: the till is gone */
    struct host *host;       /* NULL: the server is gone, or has let go */
    LIST_ENTRY(wire) of_station, of_host;
    struct event client_end, server_end; /* what each side is still to be told */
    int64_t to_server_us, to_client_us;  /* when the last of what keeps its order is there */
    uint64_t commands[COMMANDS];         /* ids of requests that weather may touch */
    unsigned next_command, unwritten, frames;
    bool open, closed; /* the client's: it may send; it has let go */
    bool broken;       /* nothing more passes, whether they know it or not */
    bool swallows[WAYS];
    const char *sentence;
};

struct frame {
    struct event event; /* first */
    struct wire *wire;
    bool to_server;
    size_t size;
    uint8_t payload[];
};

static struct wire *wire_of_end(struct event *event, size_t offset)
{
    return (struct wire *)(void *)((char *)event - offset);
}

static struct network *network_of(const struct wire *w)
{
    return w->station ? w->station->network : w->host->network;
}

static int64_t now_us(const struct process *process)
{
    return process->events->now_us;
}

void network_init(struct network *network, uint64_t seed)
{
    *network = (struct network){ 0 };
    random_seed(&network->chance, seed, 1);
    for (size_t i = 0; i < HOSTS; i++) {
        network->hosts[i].network = network;
        LIST_INIT(&network->hosts[i].wires);
    }
}

/* How long this way of the line is cut yet. */
static int64_t cut_us(const struct station *station, enum way way)
{
    int64_t until_us = station->weather.cut_until_us[way], now = events_wall(station->process.events).us;

    return until_us > now ? until_us - now : 0;
}

int64_t station_cut_us(const struct station *station)
{
    int64_t there_us = cut_us(station, TO_SERVER), back_us = cut_us(station, TO_CLIENT);

    return there_us > back_us ? there_us : back_us;
}

static int64_t latency_us(struct network *network)
{
    return random_between(&network->chance, LATENCY_MIN_US, LATENCY_MAX_US);
}

/* ---- the end of a wire ---- */

static void let_go(struct wire *w)
{
    if (!w->closed || w->host || w->frames > 0)
        return;
    event_cancel(&w->client_end);
    free(w);
}

static void leave_station(struct wire *w)
{
    if (w->station)
        LIST_REMOVE(w, of_station);
    w->station = NULL;
}

/* The server's end: its driver hears of it. */
static void leave_host(struct wire *w)
{
    struct host *host = w->host;

    if (!host)
        return;
    w->host = NULL;
    event_cancel(&w->server_end);
    LIST_REMOVE(w, of_host);
    driver_closed(host->driver, &w->peer);
}

static void on_server_end(struct event *event)
{
    struct wire *w = wire_of_end(event, offsetof(struct wire, server_end));

    leave_host(w);
    let_go(w);
}

static void on_client_end(struct event *event)
{
    struct wire *w = wire_of_end(event, offsetof(struct wire, client_end));

    if (w->closed)
        return;
    w->open = false;
    w->events.on_end(w->owner, w->sentence);
}

/* In order, behind what is on its way; or, out of order, sooner. */
static void end_client(struct wire *w, int64_t delay_us, const char *sentence)
{
    if (w->closed || !w->station || w->client_end.place)
        return;
    w->sentence = sentence;
    event_at(&w->client_end, &w->station->process, delay_us);
}

static void end_server(struct wire *w, int64_t delay_us)
{
    if (w->host && !w->server_end.place)
        event_at(&w->server_end, w->host->process, delay_us);
}

/* Neither side gets what acknowledges what it sends: they give up, each by its own clock. What still passes one way does, until then. */
static void give_up(struct wire *w)
{
    end_client(w, UNACKED_US, "the connection timed out");
    end_server(w, UNACKED_US + latency_us(network_of(w)));
}

/* Whether the line has it and does not give it back; what comes behind it is not let pass before it. */
static bool is_swallowed(struct wire *w, enum way way)
{
    if (station_cut_us(w->station) > UNACKED_US)
        give_up(w);
    w->swallows[way] |= cut_us(w->station, way) > UNACKED_US;
    return w->swallows[way];
}

/* ---- frames ---- */

static uint64_t varint(const uint8_t **at, const uint8_t *end)
{
    uint64_t value = 0;

    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;

        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

/* A Request's id, if it is a command or asks after one; 0 otherwise. Fields come in the order of their numbers. */
static uint64_t command_request(struct bytes payload)
{
    const uint8_t *at = payload.data, *end = payload.data + payload.size;
    uint64_t id, op;

    if (varint(&at, end) != 0x08)
        return 0;
    id = varint(&at, end);
    if (varint(&at, end) != 0x10)
        return 0;
    op = varint(&at, end);
    return op == CAROLINE__V1__OP__OP_COMMAND_SHOW || varint(&at, end) == 0x1a ? id : 0;
}

/* A FromServer's request id, if it is a reply. */
static uint64_t reply_request(struct bytes payload)
{
    const uint8_t *at = payload.data, *end = payload.data + payload.size;

    if (varint(&at, end) != 0x0a)
        return 0;
    varint(&at, end);
    return varint(&at, end) == 0x08 ? varint(&at, end) : 0;
}

static bool is_command(struct wire *w, struct bytes payload, bool to_server)
{
    uint64_t id = to_server ? command_request(payload) : reply_request(payload);

    if (id == 0)
        return false;
    if (to_server) {
        w->commands[w->next_command++ % COMMANDS] = id;
        return true;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (w->commands[i] == id)
            return true;
    return false;
}

static void written(struct wire *w)
{
    if (--w->unwritten == 0 && w->host && !w->peer.closing)
        driver_writable(w->host->driver, &w->peer);
}

static void forget_frame(struct frame *frame)
{
    struct wire *w = frame->wire;

    w->frames--;
    free(frame);
    let_go(w);
}

static void on_frame(struct event *event)
{
    struct frame *frame = (struct frame *)event;
    struct wire *w = frame->wire;
    struct bytes payload = bytes_of(frame->payload, frame->size);

    if (frame->to_server && w->host)
        driver_receive(w->host->driver, &w->peer, payload);
    if (!frame->to_server) {
        written(w);
        if (w->open && !w->closed)
            w->events.on_frame(w->owner, payload);
    }
    forget_frame(frame);
}

static void on_frame_dropped(struct event *event)
{
    struct frame *frame = (struct frame *)event;

    if (!frame->to_server)
        frame->wire->unwritten--;
    forget_frame(frame);
}

static int64_t arrival_us(struct wire *w, bool to_server, bool overtakes, int64_t late_us)
{
    struct network *network = network_of(w);
    int64_t *last_us = to_server ? &w->to_server_us : &w->to_client_us;
    int64_t held_us = cut_us(w->station, to_server ? TO_SERVER : TO_CLIENT);
    int64_t at_us = now_us(&w->station->process) + (held_us > late_us ? held_us : late_us) + latency_us(network);

    if (overtakes)
        return at_us;
    if (at_us < *last_us)
        at_us = *last_us;
    return *last_us = at_us;
}

static void put_on_its_way(struct wire *w, struct bytes payload, bool to_server, int64_t at_us)
{
    struct process *to = to_server ? w->host->process : &w->station->process;
    struct frame *frame = malloc(sizeof *frame + payload.size);

    assert(frame);
    *frame = (struct frame){
        .event = { .fire = on_frame, .drop = on_frame_dropped },
        .wire = w,
        .to_server = to_server,
        .size = payload.size,
    };
    memcpy(frame->payload, payload.data, payload.size);
    w->frames++;
    w->unwritten += !to_server;
    event_at(&frame->event, to, at_us - now_us(to));
}

static void send_frame(struct wire *w, struct bytes payload, bool to_server)
{
    struct network *network = network_of(w);
    const struct weather *weather = &w->station->weather;
    bool stormy = now_us(&w->station->process) < weather->until_us && is_command(w, payload, to_server);
    int64_t late_us = 0;
    bool overtakes = false;
    int copies = 1;

    if (!stormy && weather->until_us > 0)
        (void)is_command(w, payload, to_server); /* noted: its reply may meet other weather */
    network->frames++;
    if (is_swallowed(w, to_server ? TO_SERVER : TO_CLIENT)) {
        network->swallowed++;
        return;
    }
    if (stormy && random_per_mille(&network->chance, weather->lose)) {
        network->lost++;
        return;
    }
    if (stormy && random_per_mille(&network->chance, weather->twice)) {
        network->doubled++;
        copies = 2;
    }
    if (stormy && random_per_mille(&network->chance, weather->late)) {
        network->delayed++;
        late_us = random_between(&network->chance, 0, LATE_MAX_US);
        overtakes = true; /* what comes behind it does not wait */
    }
    if (stormy && random_per_mille(&network->chance, weather->overtake)) {
        network->overtaken++;
        overtakes = true;
    }
    for (; copies > 0; copies--)
        put_on_its_way(w, payload, to_server, arrival_us(w, to_server, overtakes, late_us));
}

/* ---- the server's end, as its driver sees it ---- */

static void on_send(struct peer *peer, struct bytes payload)
{
    struct wire *w = (struct wire *)peer;

    if (w->host && w->station && !w->broken)
        send_frame(w, payload, false);
}

static void on_close(struct peer *peer, bool at_once, const char *reason)
{
    struct wire *w = (struct wire *)peer;
    int64_t delay_us = LATENCY_MAX_US;

    (void)reason;
    if (!w->host)
        return;
    if (w->station && cut_us(w->station, TO_CLIENT) > 0)
        delay_us = NOTICED_US;
    else if (w->station && !at_once && w->to_client_us > now_us(w->host->process))
        delay_us = w->to_client_us - now_us(w->host->process);
    end_client(w, delay_us, "the server closed the connection");
    end_server(w, delay_us);
}

static bool is_empty(const struct peer *peer)
{
    return ((const struct wire *)peer)->unwritten == 0;
}

static const struct peer_class wire_class = { .send = on_send, .close = on_close, .empty = is_empty };

/* ---- the till's end: client/link/connection.h ---- */

static struct host *choose_host(struct network *network)
{
    size_t first = random_below(&network->chance, HOSTS);

    for (size_t i = 0; i < HOSTS; i++) {
        struct host *host = &network->hosts[(first + i) % HOSTS];

        if (host->driver && !host->draining)
            return host;
    }
    return NULL;
}

/* The hand is shaken: the server knows it first, then the client. */
static void on_dialled(struct event *event)
{
    struct wire *w = wire_of_end(event, offsetof(struct wire, client_end));
    struct host *host = w->closed ? NULL : choose_host(w->station->network);

    if (w->closed)
        return;
    event->fire = on_client_end;
    if (!host) {
        w->events.on_end(w->owner, "the server cannot be reached");
        return;
    }
    w->host = host;
    LIST_INSERT_HEAD(&host->wires, w, of_host);
    w->peer.class = &wire_class;
    w->peer.has_key = true;
    memcpy(w->peer.key_hash, w->station->key_hash, sizeof w->peer.key_hash);
    driver_opened(host->driver, &w->peer);
    w->open = true;
    w->events.on_open(w->owner);
}

static void on_wire_dropped(struct event *event)
{
    (void)event; /* who is gone has let go of it before */
}

struct connection *connection_open(uv_loop_t *loop, const struct connection_address *address,
                                   struct tls_context *context, struct instant now,
                                   const struct connection_events *events, void *owner)
{
    struct station *station = loop->data;
    struct wire *w = calloc(1, sizeof *w);

    (void)address, (void)context, (void)now;
    assert(w);
    w->events = *events;
    w->owner = owner;
    w->station = station;
    w->client_end = (struct event){ .fire = on_dialled, .drop = on_wire_dropped };
    w->server_end = (struct event){ .fire = on_server_end, .drop = on_wire_dropped };
    LIST_INSERT_HEAD(&station->wires, w, of_station);
    int64_t held_us = station_cut_us(station);
    if (held_us <= UNACKED_US) /* who dials has given up before, else */
        event_at(&w->client_end, &station->process, held_us + latency_us(station->network));
    return (struct connection *)w;
}

bool connection_send(struct connection *c, struct bytes payload)
{
    struct wire *w = (struct wire *)c;

    if (!w->open || w->closed)
        return false;
    if (w->host && !w->broken)
        send_frame(w, payload, true);
    return true;
}

void connection_close(struct connection *c)
{
    struct wire *w = (struct wire *)c;
    int64_t delay_us = LATENCY_MAX_US;

    assert(!w->closed);
    w->closed = true;
    w->open = false;
    event_cancel(&w->client_end);
    if (cut_us(w->station, TO_SERVER) > 0 ||
        (w->station->vanishes && random_per_mille(&w->station->network->chance, 300)))
        delay_us = NOTICED_US;
    else if (w->host && w->to_server_us > now_us(w->host->process))
        delay_us = w->to_server_us - now_us(w->host->process);
    end_server(w, delay_us);
    leave_station(w);
    let_go(w);
}

/* Certificates are the wire's, and there is none. */
struct bytes identity_ca(const struct identity *identity, struct arena *arena, const char **problem)
{
    (void)identity, (void)arena, (void)problem;
    return bytes_of_text("no certificate");
}

bool identity_renew(const struct identity *identity, struct bytes certificate, struct bytes key, struct arena *arena,
                    const char **problem)
{
    (void)identity, (void)certificate, (void)key, (void)arena, (void)problem;
    return true;
}

struct tls_context *tls_client_create(struct bytes ca, const char *certificate_path, const char *key_path,
                                      const char **problem)
{
    static char none;

    (void)ca, (void)certificate_path, (void)key_path, (void)problem;
    return (struct tls_context *)&none;
}

/* ---- faults ---- */

void host_crash(struct host *host)
{
    struct wire *w;

    while ((w = LIST_FIRST(&host->wires))) {
        bool silent = random_per_mille(&host->network->chance, 200); /* the machine, and not only the program */

        end_client(w, silent ? NOTICED_US : latency_us(host->network), "the connection was lost");
        w->broken = true;
        leave_host(w);
        let_go(w);
    }
    host->driver = NULL;
}

void station_break(struct station *station)
{
    struct wire *w;

    LIST_FOREACH(w, &station->wires, of_station)
    {
        end_client(w, latency_us(station->network), "the connection was lost");
        end_server(w, latency_us(station->network) * 100);
        w->broken = true;
        station->network->broken++;
    }
}

void station_cut(struct station *station, enum way way, int64_t for_us)
{
    for (enum way i = TO_SERVER; i < WAYS; i++)
        if (way == WAYS || way == i)
            station->weather.cut_until_us[i] = events_wall(station->process.events).us + for_us;
}

void station_heal(struct station *station)
{
    station->weather.cut_until_us[TO_SERVER] = station->weather.cut_until_us[TO_CLIENT] = 0;
}
