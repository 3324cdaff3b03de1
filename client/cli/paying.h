/* The tenders of a sale that is rung up by command. */
#ifndef CAROLINE_CLIENT_CLI_PAYING_H
#define CAROLINE_CLIENT_CLI_PAYING_H

#include "client/cli/cli.h"
#include "proto/sale.pb-c.h"

#define PAYING_MAX 10 /* as the .proto has it */

struct paying {
    Caroline__V1__Tender tenders[PAYING_MAX], *list[PAYING_MAX];
    size_t count;                /* of both */
    int64_t on_card[PAYING_MAX]; /* of a gift card: what it can pay */
};

/* From the options, which are used up; EXIT_DONE or EXIT_USAGE. */
int paying_read(struct cli *c, struct paying *paying);
/* Once it is known what is due: a gift card without an amount pays what it can, and leaves the rest to cash. Any other tender without one gets what the others leave, and goes if that is nothing; without
 * any it is cash, exactly. paying->list is what pays then. EXIT_DONE or EXIT_USAGE. */
int paying_settle(struct cli *c, struct paying *paying, int64_t total_minor);

#endif
