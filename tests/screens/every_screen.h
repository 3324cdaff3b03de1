/* All screens of the counter and of the office's console, by name. */
#ifndef CAROLINE_TESTS_SCREENS_EVERY_SCREEN_H
#define CAROLINE_TESTS_SCREENS_EVERY_SCREEN_H

#include <stddef.h>

#include "client/ui/screen.h"

struct named_screen {
    const char *name;
    const struct screen *screen;
};

/* A row of such a table. */
#define NAMED_SCREEN(screen)                                                                                           \
    {                                                                                                                  \
#screen "_screen", &screen##_screen                                                                            \
    }

extern const struct named_screen counter_screens[];
extern const size_t counter_screen_count;

/* Fails unless the table has every screen that the header (below the source) declares, and no other. */
void every_screen_is_named(const char *header, const struct named_screen *screens, size_t count);

#endif
