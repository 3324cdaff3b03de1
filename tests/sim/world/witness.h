/* What the people at the tills were told: every command that was given, and the answer they heard. It stands outside
 * the simulation, so no crash takes it. After a day the database is held against it. */
#ifndef CAROLINE_TESTS_SIM_WITNESS_H
#define CAROLINE_TESTS_SIM_WITNESS_H

#include <stdio.h>
#include <uthash.h>

#include "client/link/link.h"
#include "tests/sim/world/database.h"

struct till;

enum heard { HEARD_NOTHING, HEARD_DONE, HEARD_REFUSED };

struct told {
    uint8_t id[COMMAND_ID_SIZE]; /* the key */
    struct till *till;
    int64_t device_id;
    unsigned op, code; /* code: of a refusal */
    enum heard heard;
    bool unsure;     /* the disk failed while it was given: perhaps nothing comes of it */
    unsigned audits; /* so often it was there at the end of a day */
    bool withdrawn;  /* taken back: nothing does */
    uint64_t answer; /* a hash of it */
    int64_t member_id;
    int64_t parked_id; /* of what takes a basket up */
    unsigned person;   /* who was there */
    bool let_go;       /* nobody waits for its answer: */
    bool aside;        /* the customer went before it came */
    bool owes;         /* likewise of what was given up: a basket that is to come back here */
    bool settled;      /* refused all the same, and something became of it */
    bool sold;         /* its sale was found at the audit */
    bool parks_aside;  /* it parks the basket of what was put aside: */
    uint8_t of_aside[COMMAND_ID_SIZE];
    int64_t counted_minor; /* of a closing: the cash */
    int64_t card_minor;    /* and what the card machine said; -1: nobody asked it */
    char receipt[24];      /* of a sale or refund */
    UT_hash_handle hh, by_receipt;
};

/* A receipt that a till printed by itself, while it was offline. */
struct printed {
    uint64_t key; /* of till and number */
    struct till *till;
    int64_t device_id, number, total_minor;
    uint8_t record[32]; /* SHA-256 of what the server is to be sent */
    bool unsure;        /* the disk failed meanwhile: nobody has the paper, and the number may be given again */
    UT_hash_handle hh;
};

struct witness {
    struct told *commands, *receipts;
    struct printed *printed; /* that were not found in the database yet */
    size_t given, done, refused;
    /* of all days */
    uint64_t sales, refunds, refusals, twice;
    uint64_t offline, torn; /* of the sales: made by a till alone; and those whose disk failed meanwhile */
    int64_t turnover_minor;
    uint64_t parked, resumed; /* baskets: what was parked, and taken up */
    FILE *record;             /* every command that is given, a line each; NULL: nobody wants it */
    unsigned helpers;         /* processes that share the checks */
    bool silent; /* it keeps to itself what people were told: only the invariants of db/checks/ are heard */
    /* Something is not as it was promised. */
    void (*broken)(void *user, const char *sentence);
    void *user;
};

struct told *witness_give(struct witness *witness, struct till *till, int64_t device_id, unsigned op,
                          const ProtobufCMessage *message, const uint8_t id[COMMAND_ID_SIZE]);
/* NULL: nobody gave it. */
struct told *witness_find(struct witness *witness, const uint8_t id[COMMAND_ID_SIZE]);
/* An answer was heard, perhaps not for the first time. */
void witness_hear(struct witness *witness, struct told *told, const struct link_answer *answer);

/* What was put aside and refused is sold by its till, or its basket is parked. */
void witness_settled(struct witness *witness, const uint8_t id[COMMAND_ID_SIZE]);

/* A till has sold offline: on its disk, and then on paper. */
void witness_print(struct witness *witness, struct till *till, int64_t number, int64_t total_minor, struct bytes record,
                   bool unsure);
/* The server says that this is booked. */
void witness_booked(struct witness *witness, struct till *till, const char *receipt);
/* The command that books what was sold offline has an id that its till has drawn: for the record. */
void witness_record_bookings(struct witness *witness, struct till *till);

/* Everybody has had their answers but who is cut off (till->away): is the database what they say? all: and do the sums and the
 * invariants of db/checks/ hold over all rows? Then today's commands are forgotten; of who is cut off, those that were answered. */
void witness_audit(struct witness *witness, struct database *database, bool all);
void witness_fini(struct witness *witness);

/* FNV-1a. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size);
#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

#endif
