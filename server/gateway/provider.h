/* What a payment gateway does for us, whoever it is: cards kept there as tokens, and charged. An adapter fills the table below; who asks
 * is server/jobs/payments.c. A card's number never comes near: it is typed at the gateway's own page.
 *
 * Every call ends by one `done`, from the loop and never from inside the asking, within the adapter's time limit. What is asked may have
 * been done whatever is answered, and not done where nothing is: so all that moves money goes under our own id, which is the key by which
 * the gateway should know a repetition and stands in what it keeps, and status() asks by it. */
#ifndef CAROLINE_SERVER_GATEWAY_PROVIDER_H
#define CAROLINE_SERVER_GATEWAY_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATEWAY_TOKEN     128 /* with its end: ids of the gateway's; of a charge, a customer and a method at most: */
#define GATEWAY_NAME      41
#define GATEWAY_KEPT      64
#define GATEWAY_PROBLEM   64
#define GATEWAY_URL       2001
#define GATEWAY_FOUND_MAX 8

enum gateway_outcome {
    GATEWAY_DONE,
    GATEWAY_REFUSED, /* for good: declined, unknown, not understood */
    GATEWAY_LATER,   /* certainly not done: too often, or no connection */
    GATEWAY_LOST,    /* nobody knows */
    GATEWAY_FAULT, /* nobody knows, and under the same key it would only say the same again: another attempt has another */
};

enum gateway_found_state {
    GATEWAY_OPEN, /* authorised, or ready to be: neither captured nor let go of */
    GATEWAY_BUSY,
    GATEWAY_DECLINED,
    GATEWAY_CAPTURED,
    GATEWAY_REFUNDED,
    GATEWAY_VOID,
};
struct gateway_found {
    char reference[GATEWAY_TOKEN];
    enum gateway_found_state state;
    int64_t amount_minor;
    bool currency_fits;
};

struct gateway_card {
    char brand[21];
    char last_four[5];
    int expiry_month, expiry_year;
};

/* One call: who asks keeps it where it is until `done`. Zeroed, then the first part filled. */
struct gateway_call {
    int64_t id;                    /* ours, of the charge, the setup, the detaching */
    char customer[GATEWAY_TOKEN];  /* the gateway's; "": none */
    char method[GATEWAY_TOKEN];    /* likewise */
    char reference[GATEWAY_TOKEN]; /* of a charge or a page, as the gateway calls it */
    int64_t amount_minor;
    char currency[4];
    int attempt;    /* how often it had a GATEWAY_FAULT before */
    int64_t made_s; /* when the charge was made, in seconds of UTC: nothing of it is older */
    bool alone;     /* of status(): what `reference` names, and nothing beside it */
    void (*done)(struct gateway_call *call);
    void *user;

    enum gateway_outcome outcome;
    char problem
        [GATEWAY_PROBLEM]; /* of one that was not done: the gateway's word, "card_declined"; never what was sent */
    /* authorise(): reference; customer_make(): customer; page_make(): reference and url; page_look(): is_over, and where a card was typed
     * method and card; status(): found, what there is under our id; of more than
     * GATEWAY_FOUND_MAX what `reference` names, and what moved money or could before what is over */
    char url[GATEWAY_URL];
    bool is_over;
    struct gateway_card card;
    struct gateway_found found[GATEWAY_FOUND_MAX];
    size_t found_count;

    void *private_; /* the adapter's */
};

struct payment_provider {
    const char *name;
    /* Money is reserved, or ready to be moved, and is not moved. */
    void (*authorise)(struct payment_provider *provider, struct gateway_call *call);
    /* It is moved; done once, however often it is asked of one reference. */
    void (*capture)(struct payment_provider *provider, struct gateway_call *call);
    /* All of it goes back. */
    void (*refund)(struct payment_provider *provider, struct gateway_call *call);
    /* What was authorised and not captured is let go of. */
    void (*void_)(struct payment_provider *provider, struct gateway_call *call);
    void (*status)(struct payment_provider *provider, struct gateway_call *call);

    void (*customer_make)(struct payment_provider *provider, struct gateway_call *call);
    /* A page where the customer types a card; page_look(): was one typed? */
    void (*page_make)(struct payment_provider *provider, struct gateway_call *call);
    void (*page_look)(struct payment_provider *provider, struct gateway_call *call);
    void (*method_forget)(struct payment_provider *provider, struct gateway_call *call);
    void (*customer_forget)(struct payment_provider *provider, struct gateway_call *call);
    /* All that was made under the id of a setup, and a card that was typed there: pages are closed, cards and customers go. Done: it has
     * nothing of it. */
    void (*setup_forget)(struct payment_provider *provider, struct gateway_call *call);

    /* No `done` comes any more; the provider is freed once the loop has turned. */
    void (*close)(struct payment_provider *provider);
};

#endif
