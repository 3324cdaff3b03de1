/* What payments.c and the errands of it share. */
#ifndef CAROLINE_SERVER_JOBS_PAYMENTS_INNER_H
#define CAROLINE_SERVER_JOBS_PAYMENTS_INNER_H

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

#include "common/rules/charge.h"
#include "server/jobs/payments.h"
#include "server/service/payment_message.h"

/* One charge, setup or detaching in hand: a round of it, and then it is let go of. */
struct errand {
    LIST_ENTRY(errand) link;
    struct payments *payments;
    struct arena *arena;
    struct txn txn;
    struct gateway_call call;
    struct payment_token token;
    int64_t taken_us; /* monotonic */
    bool not_noted;   /* the database did not take what was to be noted */

    int64_t id, member_id, shop_id;
    uint32_t tries;
    struct instant made;

    /* of a charge */
    enum charge_state state;
    enum charge_answer answer;
    char reference[GATEWAY_TOKEN];
    int64_t step_count;
    struct charge_step step;
    struct rows *noted;
    struct charge_found *found;
    bool undone;  /* what it was for was */
    bool keyless; /* what the gateway calls member and method is sealed under a key that does not open it (now) */
    Caroline__V1__GiftCardChargeShow book;

    /* of a setup */
    bool is_open, has_customer, made_customer;
    char page[GATEWAY_TOKEN];

    /* of a detaching */
    int kind;
    struct instant since; /* of kind 3 */

    void (*write)(struct errand *e); /* ask()s what is to be committed */
    void (*then)(struct errand *e);  /* committed; errand_end() at last */
};

struct payments {
    struct jobs_config config;
    struct payments_config own;
    struct timer timer;
    struct txn txn;
    struct arena *arena;
    struct rows *charges, *setups, *detachings;
    LIST_HEAD(, errand) errands;
    size_t errand_count;
    bool taken_up;    /* nothing is ours but what is in hand */
    bool takes_up;    /* by what is being asked */
    int64_t again_us; /* monotonic: before that nothing is taken up */
    int64_t pause_us; /* the last pause before it, where nothing was noted since */
    bool ticking, stopped;
};

/* What the gateway calls something; it fits, or it was never taken. */
static inline void name_copy(char *to, size_t size, const char *from)
{
    size_t length = strlen(from);

    assert(length < size);
    memcpy(to, from, length + 1);
}

struct instant payments_now(const struct payments *p);
/* Null where it is never. */
struct instant payments_after(const struct payments *p, int64_t us);
/* A transaction of its own: e->write asks, e->then goes on. Where it fails the errand ends, and is taken up again when its lease is over; as
 * soon as nothing else is in hand, behind a pause, where it was not our own error. */
void errand_commit(struct errand *e, void (*write)(struct errand *e), void (*then)(struct errand *e));
void errand_end(struct errand *e);
/* Asked of the gateway, unless nobody knows any more whose it is. */
void errand_ask(struct errand *e, void (*act)(struct payment_provider *provider, struct gateway_call *call),
                void (*done)(struct gateway_call *call));

void charge_begin(struct errand *e, const struct rows *rows, size_t row);
void setup_begin(struct errand *e, const struct rows *rows, size_t row);
void detaching_begin(struct errand *e, const struct rows *rows, size_t row);

#endif
