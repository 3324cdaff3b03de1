/* The door of a program that people work with: who they are, a PIN of their own after one for one time, and the lock. What is typed
 * there, what follows from it and how it looks; asking the server is the program's. */
#ifndef CAROLINE_UI_DOOR_H
#define CAROLINE_UI_DOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "client/ui/credentials.h"
#include "client/ui/stage.h"

struct door_sign_in {
    struct credentials who;
    bool busy;
    bool early; /* busy, and to be sent once there is a connection */
};

struct door_new_pin {
    struct form form;
    struct field pin, again;
    struct field name; /* to sign in with once it is changed */
    int64_t staff_id;
    bool badge, busy;
};

struct door_lock {
    struct field pin;
    bool busy;
};

void door_sign_in_init(struct door_sign_in *m);
/* As if it had been typed. */
void door_sign_in_fill(struct door_sign_in *m, const struct field *name, bool badge, const struct field *pin);
/* It is to be sent. true: now; false: something is missing, which is said, or (early) there is no connection yet. Who is faster
 * than the connection need not type again. */
bool door_sign_in_send(struct door_sign_in *m, struct stage *stage, bool connecting);
/* What is typed is wiped; what was to be sent once there is a connection is not. */
void door_sign_in_clear(struct door_sign_in *m);
/* The connection came, or it is known that it does not: true: what was early is to be sent now. */
bool door_sign_in_late(struct door_sign_in *m, bool connecting);

void door_new_pin_init(struct door_new_pin *m, int64_t staff_id, const struct field *name, bool badge);
/* Enter. true: both are typed and alike, and it is to be sent; two different ones are said. */
bool door_new_pin_enter(struct door_new_pin *m, struct stage *stage);

void door_lock_init(struct door_lock *m);

/* A head, a sentence, the form, and whether the server is asked. Returns the columns below the head, whose rows from 9 on are
 * free (10 where the server is not asked). */
struct area door_draw(struct area area, const char *head, const char *sentence, const struct form *form, bool busy);
void door_draw_new_pin(struct area area, const struct door_new_pin *m);
/* note: below the PIN, in place of what is said while the server is asked; NULL: that alone. */
void door_draw_lock(struct area area, const struct door_lock *m, const char *person, const char *note);

#endif
