/* Ops of groups that do as they are told, and some tills to ask them. */
#ifndef CAROLINE_TESTS_SERVICE_GROUP_OPS_H
#define CAROLINE_TESTS_SERVICE_GROUP_OPS_H

#include "world.h"

/* BRING writes in the strand X of the device that its number names; OWN_X in its own; PAST looks at the catalogue as it was
 * at past_version. LATER answers while the store is at work, OWN_WORDS as well, and says in its own words what is too long. */
enum {
    OP_SELL = 201,
    OP_OTHER = 202,
    OP_CHANGE = 203,
    OP_BRING = 204,
    OP_OWN_X = 205,
    OP_PAST = 206,
    OP_LATER = 207,
    OP_OWN_WORDS = 208
};
enum { PLAIN, REFUSE_SHAPE, REFUSE, REFUSE_AFTER_ENTRY, FAIL, FAIL_KEYS, AGAIN_KEYS, LARGE };
/* Of LATER and OWN_WORDS, beside PLAIN: what is longer than a frame. */
enum { LONG_ENTRY = 21, LONG_AT_ONCE, LONG_LATER };

#define TILLS 4
#define LOAD  "group_lock group_devices group_commands group_heads group_catalogue hello_device "
#define STORE "hello_seen journal_write strand_advance journal_sign command_keep COMMIT "

extern struct grouped {
    int fills, again, missing, most_calls, stored, decided; /* missing: so often a row is, that nobody had named */
    char order[256];                                        /* the numbers decided, in order */
    int pasts;                                              /* how often the past was there */
    unsigned misses, misses_now;                            /* the most that a fill was told of; the last */
    uint64_t past_version, past_newest;
} grouped;

struct fixture {
    struct world *world;
    struct test_peer *till[TILLS];
};

int set_up(void **state);
int tear_down(void **state);

#endif
