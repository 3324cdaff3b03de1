/* The load: connections as a counter has them, for so many seconds. Each has one request in flight all the time; or so
 * many a second are spread over all of them; or they only listen for pushes.
 *
 *   one line:  OPENING -> GREETING -> RESUMING -> READY -> BUSY -> READY -> ... -> CLOSED
 *                                        |          ^
 *                                        v          |
 *                                    FOLLOWING -> TAKING -> SELLING      who follows, takes a snapshot, sells first
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
#define SALE_LINES 3

struct line;
struct load;

/* What is asked again and again. */
struct work {
    const char *name, *needs;               /* needs: a sentence for who has not given it */
    unsigned op;                            /* 0: nothing; pushes are waited for, until standard input ends */
    bool sells_first;                       /* one sale a line, before it is ready */
    bool command;                           /* carries a command id */
    bool (*ready)(const struct load *load); /* what it needs is there */
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
    uv_timer_t end, tick;
    uv_poll_t input;
    const char *port;
    const struct work *work;
    size_t sale_lines;      /* of a sale, 3 where nothing is said */
    unsigned seconds, rate; /* rate: requests a second over all lines; 0: each line asks all the time */
    bool rewards;           /* of a sale: one, for points */
    bool follows;           /* each line follows the catalogue from catalogue_version on ... */
    bool takes_snapshot;    /* ... or from nothing on */
    uint64_t catalogue_version, random;

    struct line *lines;
    size_t line_count, begun_count, ready_count, open_count;
    struct good *goods; /* in the order of ids */
    uint64_t *members;
    char **keys; /* receipt numbers to look up, or what members are found by: "phone:+49..." */
    size_t good_count, member_count, key_count;
    uint32_t plu_max;

    bool running, stopping;
    uint64_t begun_ns, ended_ns;
    uint32_t *times_us; /* of what was answered in time */
    size_t done, done_capacity, late, asked;
    uint64_t told_version; /* pushed to so many lines */
    size_t told_count;
};

struct line {
    struct load *load;
    struct connection *connection;
    struct arena *arena;
    enum {
        LINE_OPENING,
        LINE_GREETING,
        LINE_RESUMING,
        LINE_FOLLOWING,
        LINE_TAKING,
        LINE_SELLING,
        LINE_READY,
        LINE_BUSY,
        LINE_CLOSED
    } state;
    char *directory; /* with ca.pem, certificate.pem, key.pem */
    char *server_name;
    uint8_t token[TOKEN_SIZE];
    uint64_t request_id, sent_ns;
    uint32_t plu;    /* asked for */
    const char *key; /* likewise */
};

/* line.c */
void line_open(struct line *line);
void line_ask(struct line *line, uint64_t due_ns); /* READY: the next request; its time counts from due_ns */
void line_close(struct line *line);

/* load.c; what goes wrong ends the program: a figure of a load that was refused is none. */
void load_ready(struct load *load);
void load_pushed(struct load *load, uint64_t version);
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
void read_keys(struct load *load, const char *path);               /* a word */

/* arguments.c: all of the above; what is not understood ends the program. */
void read_arguments(struct load *load, int argc, char **argv);

#endif
