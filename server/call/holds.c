/* What quotes promised to a shop's tills, in this server's memory: made at the first use, gone with the driver. */
#include "server/call/call.h"

#include <assert.h>
#include <stdlib.h>

#include "common/rules/hold.h"
#include "server/call/inner.h"

struct shop_holds {
    struct shop_holds *next;
    int64_t shop_id;
    struct holds *holds;
};

struct holds *shop_holds(struct driver *driver, int64_t shop_id)
{
    for (struct shop_holds *at = driver->holds; at; at = at->next)
        if (at->shop_id == shop_id)
            return at->holds;

    struct shop_holds *made = calloc(1, sizeof *made);
    assert(made);
    *made = (struct shop_holds){ .next = driver->holds, .shop_id = shop_id, .holds = holds_create() };
    driver->holds = made;
    return made->holds;
}

void holds_of_shops_destroy(struct driver *driver)
{
    struct shop_holds *at;

    while ((at = driver->holds) != NULL) {
        driver->holds = at->next;
        holds_destroy(at->holds);
        free(at);
    }
}
