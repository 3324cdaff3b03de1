/* Holds by server and shop: a simulation runs several servers in one process. */
#include "server/service/stock_hold.h"

#include <assert.h>
#include <stdlib.h>

struct shop_entry {
    struct shop_entry *next;
    const struct driver *driver;
    int64_t shop_id;
    struct holds *holds;
};
static struct shop_entry *all;

struct holds *shop_holds(const struct driver *driver, int64_t shop_id)
{
    for (struct shop_entry *entry = all; entry != NULL; entry = entry->next)
        if (entry->driver == driver && entry->shop_id == shop_id)
            return entry->holds;

    struct shop_entry *entry = calloc(1, sizeof *entry);
    assert(entry != NULL);
    *entry = (struct shop_entry){ .next = all, .driver = driver, .shop_id = shop_id, .holds = holds_create() };
    all = entry;
    return entry->holds;
}
