/* A server for the fuzzer: the product's driver, groups, services, id source and keeper of catalogues over the simulated
 * store. Its clock stands still until it is moved; what could happen next happens when it is told to settle. */
#ifndef CAROLINE_TESTS_FUZZ_HOUSE_H
#define CAROLINE_TESTS_FUZZ_HOUSE_H

#include <uv.h>

#include "chance.h"
#include "profiles.h"
#include "server/call/driver.h"
#include "server/ids.h"
#include "server/store/catalogue_keeper.h"
#include "tests/sim/store/sim_store.h"

#define HOUSE_TIMERS 512

struct house {
    struct clock clock;
    struct entropy entropy;
    struct timers timers;
    struct thread_pool pool;
    struct keeper keeper;
    struct suspects suspects;
    struct driver *driver;
    struct vault *vault;
    struct sim_database *database;
    struct sim_store *store;
    struct ids *ids;
    struct catalogue_keeper *catalogues;
    uv_loop_t loop; /* the keeper's poll stands on it, and never comes */

    int64_t now_us, monotonic_us;
    struct timer *running[HOUSE_TIMERS];
    int64_t due_us[HOUSE_TIMERS];
    struct job *first_job, **jobs_end;
    struct chance chance; /* what is random to the server */
    struct chance order;  /* which of what could happen does; state 0: the oldest */
    enum sim_fate fate;   /* of the store's fate_after-th event from now on */
    unsigned fate_after;  /* 0: none */
};

/* What is made once for all houses: the vault, and a device's request for each key. */
struct house_keys {
    struct vault *vault;
    struct arena *arena;
    struct bytes requests[KEYS];
    uint8_t hashes[KEYS][32];
};
void house_keys_open(struct house_keys *keys);
void house_keys_close(struct house_keys *keys);

/* A shop as --init makes it: the owner with a one-time PIN, and a code for the first console. */
struct house *house_open(const struct house_keys *keys, uint8_t first_secret[5]);
/* Its peers are closed. */
void house_close(struct house *house);

/* The last byte of a command id that the server believes to have died of twice. */
#define HOUSE_FATAL 0xdd

/* Its rows; house_init.c. */
void house_init(struct house *house, uint8_t first_secret[5]);

/* Until nothing is left to do but what the clock brings, and no call waits for that. */
void house_settle(struct house *house);
void house_pass(struct house *house, int64_t ms);
/* A payment gateway that does what is asked of it: cards that are being added are typed, charges are captured and booked. */
void house_pay(struct house *house);

#endif
