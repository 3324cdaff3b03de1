/* Time zones by name, kept once read: a chain has few. */
#include "server/service/shop_day.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"

struct known {
    struct known *next;
    struct zone *zone; /* NULL: there is none of that name */
    char name[];
};
static struct known *all;

const struct zone *shop_zone(const struct shop *shop)
{
    for (struct known *known = all; known; known = known->next)
        if (!strcmp(known->name, shop->zone_name))
            return known->zone ? known->zone : zone_utc();

    size_t size = strlen(shop->zone_name) + 1;
    struct known *known = malloc(sizeof *known + size);
    if (!known)
        abort();
    memcpy(known->name, shop->zone_name, size);
    known->zone = zone_load(NULL, shop->zone_name);
    known->next = all;
    all = known;
    if (!known->zone)
        log_event(LOG_ERROR, "zone_unknown", "zone=%s shop=%lld", shop->zone_name, (long long)shop->id);
    return known->zone ? known->zone : zone_utc();
}

struct day shop_today(const struct shop *shop, struct instant now)
{
    return zone_day(shop_zone(shop), now);
}
