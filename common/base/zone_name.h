/* The names of time zones. Pure. */
#ifndef CAROLINE_BASE_ZONE_NAME_H
#define CAROLINE_BASE_ZONE_NAME_H

#include <stdbool.h>

/* Is it written as the IANA's names are ("Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5")? Not so what else
 * stands in a machine's folder of zones: this machine's own, zones by other rules (posix/, right/, with leap seconds),
 * tables. Whether there is one of the name is zone_load()'s to say. */
bool zone_name_fits(const char *name);

#endif
