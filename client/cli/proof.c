/* Verbs that prove: the invariants. */
#include "client/cli/cli.h"

#include <stdio.h>

#include "proto/envelope.pb-c.h"
#include "proto/shop.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

int verb_check(struct cli *c)
{
    Caroline__V1__CheckRun request = CAROLINE__V1__CHECK_RUN__INIT;
    size_t held = 0, broken = 0;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    c->timeout_ms = c->timeout_ms < 600000 ? 600000 : c->timeout_ms; /* a large shop's checks take their time */
    for (bool more = true; more;) {
        const Caroline__V1__CheckRan *ran = (const void *)call_server(c, OP(CHECK_RUN), &request.base, &status);
        if (!ran)
            return status;
        for (size_t i = 0; i < ran->n_results; i++) {
            const Caroline__V1__CheckResult *result = ran->results[i];
            if (c->json)
                print_message(c, &result->base);
            else
                printf("%-6s %s%s%s\n", result->holds ? "holds" : "BROKEN", text_of(c, result->sentence),
                       result->holds ? "" : "\n       first wrong row: ",
                       result->holds ? "" : text_of(c, result->first_row));
            held += result->holds ? 1 : 0;
            broken += result->holds ? 0 : 1;
        }
        more = ran->more && ran->n_results > 0;
        if (more) {
            request.has_after = true;
            request.after = ran->results[ran->n_results - 1]->name;
        }
    }
    if (!c->json)
        printf("%zu checks hold, %zu do not\n", held, broken);
    return broken > 0 ? EXIT_REFUSED : EXIT_DONE;
}
