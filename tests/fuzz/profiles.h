/* Who talks to the server: a device, a kind of client, a person signed in; or a stranger. */
#ifndef CAROLINE_TESTS_FUZZ_PROFILES_H
#define CAROLINE_TESTS_FUZZ_PROFILES_H

#include <stdbool.h>
#include <stddef.h>

/* Devices by the key they show; the spare ones are for devices that a script makes. */
enum profile_key {
    KEY_CONSOLE,
    KEY_TILL1,
    KEY_TILL2,
    KEY_KIOSK,
    KEY_GONE,
    KEY_TILL3,
    KEY_FOREIGN,
    KEY_SPARE,
    KEY_SPARE_TOO,
    KEYS,
    KEY_NONE
};

struct profile {
    const char *name;
    enum profile_key key;
    unsigned client;         /* ClientKind it says it is; 0: it says no Hello by itself */
    bool expired;            /* its certificate */
    const char *staff, *pin; /* signed in as; NULL: nobody */
};

#define PROFILES 16
extern const struct profile profiles[PROFILES];

#define OWNER_FIRST_PIN "84610375"
#define NOVICE          "Nia"
#define NOVICE_PIN      "59284617"

#endif
