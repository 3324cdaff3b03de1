/* The load: connections as a counter has them, each with one request in flight, for so many seconds.
 *
 *   one line:  OPENING -> GREETING -> RESUMING -> READY -> BUSY -> READY -> ... -> CLOSED
 *
 * The clock starts when all of them are READY, so that neither handshakes nor sign-ins are in the figures. */
#ifndef CAROLINE_TESTS_BENCH_LOAD_H
#define CAROLINE_TESTS_BENCH_LOAD_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

#define TOKEN_SIZE 32

struct line;

/* What is asked again and again. */
struct work {
    const char *name;
    unsigned op;
    bool command; /* carries a command id */
    /* The next request, in the arena. */
    ProtobufCMessage *(*make)(struct line *line, struct arena *arena);
    /* Is this the answer to it? */
    bool (*fits)(struct line *line, struct bytes body, struct arena *arena);
};

struct good {
    uint64_t id;
    int64_t price_minor;
};

struct load {
    uv_loop_t loop;
    uv_timer_t end;
    const char *port;
    const struct work *work;
    unsigned seconds;
    uint64_t catalogue_version, random;

    struct line *lines;
    size_t line_count, ready_count, open_count;
    struct good *goods; /* in the order of ids */
    uint64_t *members;
    size_t good_count, member_count;
    uint32_t plu_max;

    bool running, stopping;
    uint64_t begun_ns, ended_ns;
    uint32_t *times_us; /* of what was answered in time */
    size_t done, done_capacity, late;
};

struct line {
    struct load *load;
    struct connection *connection;
    struct arena *arena;
    enum { LINE_OPENING, LINE_GREETING, LINE_RESUMING, LINE_READY, LINE_BUSY, LINE_CLOSED } state;
    char *directory; /* with ca.pem, certificate.pem, key.pem */
    char *server_name;
    uint8_t token[TOKEN_SIZE];
    uint64_t request_id, sent_ns;
    uint32_t plu; /* asked for */
};

/* line.c */
void line_open(struct line *line);
void line_begin(struct line *line); /* READY: the first request */
void line_close(struct line *line);

/* load.c; what goes wrong ends the program: a figure of a load that was refused is none. */
void load_ready(struct load *load);
void load_answered(struct line *line);
void load_fail(const struct line *line, const char *sentence) __attribute__((noreturn));
/* Evenly random below limit. */
uint64_t load_random(struct load *load, uint64_t limit);

/* work.c */
const struct work *work_find(const char *name);

/* files.c: one thing a line; what can't be read ends the program. */
void read_tills(struct load *load, const char *path, size_t most); /* directory server_name token */
void read_goods(struct load *load, const char *path);              /* id price */
void read_members(struct load *load, const char *path);            /* id */

#endif
