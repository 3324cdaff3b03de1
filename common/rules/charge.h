/* A charge of a stored payment method: what is to be done next, by what is noted of it and what the gateway has under our own id. No
 * I/O, no clock.
 *
 *  MADE -> SENT -> AUTHORISED -> CAPTURING -> CAPTURED -> SUCCEEDED        what it is for is booked
 *            |  \-> UNKNOWN -/      |   \         \-> REFUNDING -> REFUNDED  it could not be booked
 *            \----------------------+----+-> FAILED, GIVEN_UP -> REFUNDING   it turned up late all the same
 *                                                 SUCCEEDED -> REFUNDING     what it is for was undone: that is never given up
 *
 * Money moves by a capture alone, and a capture names what the gateway called the authorisation: asked twice, it is done once by any
 * gateway that keeps its own objects. So it does not take a gateway that remembers our keys to charge once. What the gateway said to
 * a capture is not believed: a charge is captured when its list says so. */
#ifndef CAROLINE_RULES_CHARGE_H
#define CAROLINE_RULES_CHARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As gateway_charge.state. */
enum charge_state {
    CHARGE_MADE = 1,
    CHARGE_SENT,
    CHARGE_UNKNOWN,
    CHARGE_AUTHORISED,
    CHARGE_CAPTURING,
    CHARGE_CAPTURED,
    CHARGE_REFUNDING,
    CHARGE_SUCCEEDED, /* from here on it is over */
    CHARGE_FAILED,
    CHARGE_REFUNDED,
    CHARGE_GIVEN_UP,
};
static inline bool charge_is_over(enum charge_state state)
{
    return state >= CHARGE_SUCCEEDED;
}

/* As gateway_charge.answer: what came of what was asked last, a look aside. */
enum charge_answer {
    CHARGE_ANSWER_NONE, /* not yet, or nobody lived to hear it */
    CHARGE_ANSWER_DONE,
    CHARGE_ANSWER_REFUSED, /* for good: declined, or not understood */
    CHARGE_ANSWER_LATER,   /* nothing was done: too often, or it could not be reached */
    CHARGE_ANSWER_LOST,    /* nobody knows whether it was done */
};

/* What the gateway has. */
enum charge_found_state {
    CHARGE_FOUND_OPEN,     /* authorised: can be captured, and let go of */
    CHARGE_FOUND_BUSY,     /* it is still at it */
    CHARGE_FOUND_DECLINED, /* nothing will come of it */
    CHARGE_FOUND_CAPTURED,
    CHARGE_FOUND_REFUNDED,
    CHARGE_FOUND_VOID, /* let go of, uncaptured */
};
struct charge_found {
    const char *reference; /* the gateway's own id */
    enum charge_found_state state;
    int64_t amount_minor;
    bool fits; /* the amount and the currency are ours */
};

struct charge_facts {
    enum charge_state state;
    enum charge_answer answer;
    const char *reference; /* as noted; "": none yet */
    int64_t age_us;        /* since it was made */
    int64_t patience_us;   /* so long it is tried to charge it */
    bool undone;           /* it succeeded, and what it was for was undone: the money is the customer's again */
    bool looked;           /* the gateway has answered what it has, and this is all: */
    const struct charge_found *found;
    size_t found_count;
};

/* Past this no charge is under way any more, whatever the gateway does, but on its way back: that is not given up. What turns up of
 * one later is given back. */
#define CHARGE_LONGEST_US (INT64_C(23) * 3600 * 1000000)
/* So long it is looked whether something of it turns up, once it is over. */
#define CHARGE_LATE_US (INT64_C(48) * 3600 * 1000000)

enum charge_act {
    CHARGE_WAIT,      /* look again later */
    CHARGE_AUTHORISE, /* under the same key as before */
    CHARGE_CAPTURE,   /* reference */
    CHARGE_VOID,      /* reference */
    CHARGE_REFUND,    /* reference */
    CHARGE_BOOK,      /* what it is for; then it succeeded, or is to be refunded */
    CHARGE_SETTLE,    /* nothing but note the state */
};
/* What is to be done, and the state that is noted first. */
struct charge_step {
    enum charge_act act;
    enum charge_state state;
    const char *reference; /* that the act is about, or of the charge from now on; "": none */
    bool surplus;          /* of an act: it is not the charge's own, and its reference is not noted */
};
struct charge_step charge_decide(const struct charge_facts *facts);

/* How long it waits before it looks again: a first pause that doubles with each try, up to sixty-four of it, on the way back 512;
 * once it is over, sixty of it, and four times as much with each further look. */
int64_t charge_pause_us(enum charge_state state, uint32_t tries, int64_t first_us);

const char *charge_state_name(enum charge_state state);

#endif
