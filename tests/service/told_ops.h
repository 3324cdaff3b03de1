/* Ops of stages that do as they are told: each way a command, an act or a read may go. One device at one connection. */
#ifndef CAROLINE_TESTS_SERVICE_TOLD_OPS_H
#define CAROLINE_TESTS_SERVICE_TOLD_OPS_H

#include "world.h"

enum {
    OP_CHANGE = 201,
    OP_SECRET = 202,
    OP_ACT = 203,
    OP_READ = 204,
    OP_WORK = 205,
    OP_ENROL_LIKE = 206,
    OP_GREET = 207,
    OP_LONG_ACT = 208,
    OP_SHOP_CHANGE = 209, /* holds the shop's lock */
    OP_WORK_ALONE = 210   /* asks the store for nothing while it works */
};
enum {
    PLAIN,
    REFUSE_BEFORE,
    REFUSE_AFTER,
    AGAIN_ONCE,
    FAIL,
    RAISE,
    CUT,
    HUGE,
    KEEP_REFUSAL,
    NOTE,
    TOLD,
    RAISE_ALL,
    RAISE_REFUSED,
    RAISE_OTHER,
    REFUSE_SALE /* of a read: what memory has no part in */
};

#define SETTLED_LOCKS "device_lock command_find strand_head " /* of what is decided already */
#define LOCKS         SETTLED_LOCKS "catalogue_head_of "
#define KEEPS         "journal_write strand_advance journal_sign command_keep COMMIT "

extern struct told {
    int runs, stages, again;
    char secret; /* the next answer's */
    bool worked;
    struct who {
        bool signed_in, locked, key, expired;
    } who; /* as the last act was told */
} told;

struct fixture {
    struct world *world;
    struct test_peer *p;
};

int set_up(void **state);
int tear_down(void **state);

#endif
