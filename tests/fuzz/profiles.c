/* The clients of a script. */
#include "profiles.h"

#include "proto/device.pb-c.h"

#define COUNTER CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER
#define KIOSK   CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK
#define ADMIN   CAROLINE__V1__CLIENT_KIND__CLIENT_ADMIN
#define CLI     CAROLINE__V1__CLIENT_KIND__CLIENT_CLI

const struct profile profiles[PROFILES] = {
    { "office", KEY_CONSOLE, ADMIN, false, "Owner", "853614" },
    { "till1", KEY_TILL1, COUNTER, false, "Ana", "846103" },
    { "till2", KEY_TILL2, COUNTER, false, "Max", "739152" },
    { "lead", KEY_TILL1, COUNTER, false, "Lea", "951736" },
    { "cli", KEY_TILL2, CLI, false, "Max", "739152" },
    { "kiosk", KEY_KIOSK, KIOSK, false, NULL, NULL }, /* members sign in by requests */
    { "nobody", KEY_TILL1, COUNTER, false, NULL, NULL },
    { "setup", KEY_CONSOLE, ADMIN, false, NULL, NULL },
    { "novice", KEY_TILL2, COUNTER, false, NOVICE, NOVICE_PIN },
    { "stranger", KEY_NONE, ADMIN, false, NULL, NULL },
    { "rude", KEY_NONE, 0, false, NULL, NULL },
    { "gone", KEY_GONE, 0, false, NULL, NULL },
    { "expired", KEY_TILL1, 0, true, NULL, NULL },
    { "till3", KEY_TILL3, COUNTER, false, "Max", "739152" }, /* its shift is not open */
    { "desk", KEY_CONSOLE, CLI, false, "Owner", "853614" },  /* has no drawer */
    { "foreign", KEY_FOREIGN, 0, false, NULL, NULL },
};
