/* The clients of a script, and what the server owes each of them. */
#ifndef CAROLINE_TESTS_FUZZ_CLIENTS_H
#define CAROLINE_TESTS_FUZZ_CLIENTS_H

#include "house.h"
#include "known.h"
#include "profiles.h"
#include "server/call/driver.h"

#define WAITING_MOST 64

struct waiting {
    uint64_t id;
    const struct op *op;       /* NULL: no op; its answer is an error */
    ProtobufCMessage *message; /* what was asked; in the script's arena */
    bool again;                /* its answer is to be that of `last` */
};

struct client {
    struct peer peer; /* first */
    struct crowd *crowd;
    uint8_t who;
    bool opened, closed;
    struct waiting waiting[WAITING_MOST];
    size_t waiting_count;
    uint64_t next_id;
    bool bad_frame; /* one was sent: an answer to nobody, and the end */
    bool may_end;   /* likewise, but the answer has come */
    /* its last command, and what the server said to it, without the id */
    struct bytes last, last_reply;
    uint64_t last_id;
};

struct crowd {
    struct house *house;
    const struct house_keys *keys;
    struct known *known, *known_open; /* now; and when the shop had opened */
    struct client clients[PROFILES];
    struct arena *arena; /* of the script */
    uint64_t next_command;
    bool news;    /* an answer came that never came before */
    bool spoilt;  /* somebody is turned away who was not at first: a new house would do better */
    bool opening; /* nothing may be refused */
};

/* A script begins: nobody is there, and nobody knows anything but how the shop opened. */
void crowd_begin(struct crowd *crowd);
/* It is over: all have what they are owed, and are gone. */
void crowd_end(struct crowd *crowd);
/* Everything happens that can; then every request has its answer, or its connection is gone. */
void crowd_settle(struct crowd *crowd);

/* Connected and introduced, as its profile says, if it is not yet. */
struct client *crowd_client(struct crowd *crowd, uint8_t who);
/* A Request; its references become what they stand for. */
void client_send(struct client *c, struct bytes request);
/* Bytes as they come from a connection. */
void client_stream(struct client *c, struct bytes stream);
/* Its last command once more. */
void client_again(struct client *c);
void client_hang_up(struct client *c);

#endif
