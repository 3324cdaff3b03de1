/* The first paper that waits for a printer, laid out: what server/jobs/print.c asks of the driver. It is made when it is printed, so
 * that nothing that stands on a paper waits anywhere. */
#ifndef CAROLINE_SERVER_SERVICE_PRINT_RENDER_H
#define CAROLINE_SERVER_SERVICE_PRINT_RENDER_H

#include "proto/printer.pb-c.h"
#include "server/call/call.h"

struct print_rendered {
    bool held;          /* it is still the asker's turn */
    int64_t number;     /* 0: nothing waits */
    struct bytes bytes; /* for the printer; these two in the asker's arena */
    const char *host;
    uint16_t port;
};

/* The request; a message of the server's own, of which nothing but its base is ever packed. All of it lives until the call is over, and
 * `rendered` is then good if it was carried out. */
struct print_wanted {
    Caroline__V1__PrinterList base; /* first */
    int64_t printer_id, turn;
    struct arena *arena;
    struct print_rendered *rendered;
};
void print_wanted_init(struct print_wanted *wanted, int64_t printer_id, int64_t turn, struct arena *arena,
                       struct print_rendered *rendered);

extern const struct op print_render; /* of nobody's: for driver_do() */

#endif
