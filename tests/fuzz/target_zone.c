/* Files of time zones: the system's, but one name among them may be anything that a manager types. */
#include <stdio.h>

#include "common/base/instant.h"
#include "file.h"
#include "target.h"

static bool run(struct bytes input)
{
    static const int64_t seconds[] = { 0,        1, -1, 1795000000, -2208988800, 4102444800, 253402300799, -62135596800,
                                       INT32_MAX };

    file_of("zone", input);
    struct zone *zone = zone_load(file_folder(), "zone");
    if (!zone)
        return false;
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        struct instant at = { seconds[i] * SECOND_US };
        char text[LOCAL_TEXT];
        struct day day = zone_day(zone, at);
        local_format(text, zone_local(zone, at));
        zone_day_start(zone, day);
        zone_business_day(zone, at, 180);
    }
    zone_destroy(zone);
    return false;
}

/* One of the system's. */
static void make(struct chance *chance, struct buffer *input)
{
    static const char *const names[] = {
        "UTC",          "Europe/Berlin",       "America/Montreal", "Asia/Tehran", "Africa/Casablanca",
        "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"
    };
    char path[64], bytes[8192];

    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", names[below(chance, sizeof names / sizeof *names)]);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return;
    put(input, bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
}

static const char *const words[] = { "TZif",
                                     "TZif2",
                                     "\n",
                                     "CET-1CEST,M3.5.0,M10.5.0/3\n",
                                     "<+0330>-3:30<+0430>,J79/24,J263/24\n",
                                     "EST5EDT,M3.2.0,M11.1.0",
                                     "M13.6.7",
                                     "J366",
                                     "/-167",
                                     NULL };

const struct target target_zone = { .name = "zone", .run = run, .make = make, .words = words };
