/* A till, or the office's console, and who works at it: the product's link, spool and basket over a simulated network
 * and disk, and a person who signs in, opens the drawer and serves one customer after another. */
#ifndef CAROLINE_TESTS_SIM_TILL_H
#define CAROLINE_TESTS_SIM_TILL_H

#include "client/goods/open_basket.h"
#include "client/link/identity.h"
#include "client/link/link.h"
#include "client/link/spool.h"
#include "proto/sale.pb-c.h"
#include "tests/sim/world/disk.h"
#include "tests/sim/world/network.h"
#include "tests/sim/world/shop.h"
#include "tests/sim/world/witness.h"

/* What all tills of a shop share, and know from talking to each other. */
#define RECENT         256
#define SIM_GIFT_CARDS 64
#define SIM_PARKED     16

/* A basket that waits with the server, as far as those who parked it know. */
struct parked {
    int64_t id;
    unsigned person;
};

struct floor {
    struct witness *witness;
    struct network *network;
    struct till *office;
    struct process *clockwork; /* what happens to those who are off */
    const struct zone *zone;
    uint64_t seed;
    unsigned to_sell;                    /* customers who are still to come today */
    unsigned refund_per_mille;           /* of them bring something back */
    unsigned sold;                       /* customers who have come today, and went with what they wanted */
    unsigned delivered_for;              /* of all days' customers, those whose goods have been replaced */
    unsigned served;                     /* customers of all days */
    char receipts[RECENT][24];           /* of the last sales */
    unsigned receipt_count;              /* in all */
    char gift_codes[SIM_GIFT_CARDS][28]; /* of the cards that were bought last, or tried to be */
    unsigned gift_count;                 /* in all */
    struct parked parked[SIM_PARKED];
    size_t parked_count;
    unsigned aside, aside_sold,
        aside_parked;            /* sales that were put aside; of those refused: sold by the till after all, parked */
    unsigned given_up, brought;  /* errands that nobody waited for; baskets that were taken up */
    int64_t points[SIM_MEMBERS]; /* that a member last read on a receipt */
    bool open;
    bool personal; /* the office has said that each opens a drawer of their own: what is open stays the till's */
    unsigned day;
    /* Something that the log should have. */
    void (*note)(void *user, const char *what, int64_t a, int64_t b, uint64_t c);
    void *user;
};

struct till {
    struct station station; /* first */
    struct floor *floor;
    unsigned index; /* 0: the office */
    struct identity identity;
    char path[DISK_PATH];
    struct arena *arena;
    struct spool *spool; /* NULL: switched off */
    struct link *link;
    struct open_basket basket;
    struct event act, power, doom;
    bool asking, drawer_known, drawer_open;
    bool drawer_own;     /* of who is here; else the till's */
    bool away;           /* at the end of a day it was cut off from both servers */
    int64_t shift_id;    /* that was open when a server was last heard of */
    size_t unbooked;     /* sales that it made offline */
    struct told *asked;  /* the ring-up of the basket at hand, unanswered; NULL: none */
    struct told *errand; /* likewise what parks a basket, or takes one up */
    bool brought;        /* the basket on the disk was taken up, and is to be sold */
    bool to_settle;      /* something that nobody waited for has been answered, or may have been */
    bool unlucky;        /* its line is cut behind the next sale, and a price of it is another meanwhile */
    size_t let_go;       /* commands whose answers nobody waits for: put aside, or given up */
    unsigned person;     /* who signed in last */
    int64_t gift_minor;  /* on the card that the customer has shown */
    uint8_t gift_pays[32];
    unsigned starts;
};

void till_init(struct till *till, struct floor *floor, struct events *events, unsigned index);
void till_fini(struct till *till);
void till_switch_on(struct till *till);
/* The power goes, and comes back. */
void till_crash(struct till *till, int64_t off_us);
/* Not at once, but with what it has been given by then. */
void till_crash_later(struct till *till, int64_t delay_us);
/* Nothing that it was given waits for an answer, it is on, and its disk turns. */
bool till_is_idle(const struct till *till);

/* A command is given to the link; the witness takes note of it. NULL: it was not, for its disk failed. */
struct told *till_command(struct till *till, unsigned op, const ProtobufCMessage *message, bool takes_basket);
/* Under an id that is drawn already. */
struct told *till_command_as(struct till *till, unsigned op, const ProtobufCMessage *message, bool takes_basket,
                             const uint8_t id[COMMAND_ID_SIZE]);

/* gift_customer.c: a card is bought, or money for one wanted back; one is lost, blocked or found. */
void gift_card_counter(struct till *till);
void gift_card_office(struct till *till);
/* The customer shows a card: it is looked up, and till_pay() goes on. false: there is none. */
bool gift_card_look(struct till *till, uint64_t draw);
/* By what it has, and cash beside it; 0: nothing. */
size_t gift_card_pay(struct till *till, int64_t total_minor, Caroline__V1__Tender tenders[2]);

/* offline_customer.c: a customer of a till without a server. */
void offline_serve(struct till *till);
/* The sale that waits for a server, of which no byte has left: the till makes it by itself after all. false: it does not. */
bool offline_take_over(struct till *till);
/* The server has said what becomes of such a sale. */
void offline_answered(struct till *till, const struct link_answer *answer);
/* What it has refused may go once more. */
void offline_try_again(struct till *till);

/* What was put aside and is refused is sold by itself, as it was told. */
enum aside_end { ASIDE_SOLD, ASIDE_TORN, ASIDE_CANNOT };
enum aside_end offline_sell_aside(struct till *till, const struct put_aside *aside,
                                  const Caroline__V1__SaleRingUp *asked);

/* aside_customer.c: a sale whose answer does not come. Each: something was done. */
bool aside_put(struct till *till);
bool aside_settle(struct till *till);
void aside_parked(struct till *till, const struct told *told);
/* The sale that was asked for just now is cut off, and comes so late that it is refused. */
void aside_refuse(struct till *till);

/* parked_customer.c: a customer steps aside, and comes back. */
void parked_put(struct till *till);
bool parked_waits(struct till *till);
void parked_take_up(struct till *till);
void parked_answered(struct till *till, struct told *told, const struct link_answer *answer);
void parked_sell(struct till *till);
/* The errand is not waited for any more; what was given up before comes to its end. Each: something was done. */
bool parked_give_up(struct till *till);
bool parked_settle(struct till *till);
void parked_remember(struct till *till);

/* customer.c: what somebody takes. */
void take_goods(struct till *till, const struct catalogue *catalogue);

/* coupon_customer.c: the customer shows a coupon: it is looked up, and till_pay() goes on. */
void coupon_bring(struct till *till, uint64_t draw);

/* customer.c: what a customer, or the office, wants next. */
void till_pay(struct till *till, struct instant now);
void till_serve(struct till *till);
void till_close_shift(struct till *till);
void office_work(struct till *till);

#endif
