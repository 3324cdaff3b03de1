/* What is asked of the payment gateway: charges, pages where cards are typed, and what is to be gone there. It is written down by requests
 * (db/queries/payment.sql) and asked here, behind their COMMIT; no transaction is open while the gateway is asked.
 *
 * A round of a charge, of which it takes a few:
 *
 *   due -> what has the gateway? -> decide (common/rules/charge.h) -> note -> ask -> note the answer -> due again, at once or later
 *    |                                  |-> note -> book it -> due again, much later
 *    lease: who dies is taken over      \-> wait: due again, later
 *
 * Each note names the step that it goes on from: of two servers that have one charge in hand, because one stood still for longer than the
 * lease, only one goes on. */
#ifndef CAROLINE_SERVER_JOBS_PAYMENTS_H
#define CAROLINE_SERVER_JOBS_PAYMENTS_H

#include "server/gateway/provider.h"
#include "server/jobs/jobs.h"

struct payments_config {
    struct driver *driver;
    struct payment_provider *provider;
    int64_t patience_ms; /* so long a charge is tried */
    int64_t pause_ms;    /* before it is tried again; doubles */
};

struct payments;
/* It begins with what an earlier run has left. */
struct payments *payments_create(const struct jobs_config *config, const struct payments_config *payments);
/* No new round. What is on its way to the gateway is found again by the next start. */
void payments_stop(struct payments *payments);
/* Stopped, the provider closed, the store closed, the driver gone. */
void payments_destroy(struct payments *payments);

#endif
