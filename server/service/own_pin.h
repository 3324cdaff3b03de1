/* A person's own PIN: changed by who knows the one before, and into another. A till left open is no way to a PIN, and a
 * PIN for one time is not kept. */
#ifndef CAROLINE_SERVER_SERVICE_OWN_PIN_H
#define CAROLINE_SERVER_SERVICE_OWN_PIN_H

#include "server/service/sign_in.h"

struct own_pin {
    struct sign_in sign_in;
    struct bytes current, chosen;
    bool wrong; /* the current one that was given; own_pin_count() answers */
};

/* Stage by stage. current: empty after a one-time PIN, with which the session was opened a moment ago. */
void own_pin_ask(struct call *c, struct own_pin *o, struct bytes current, struct bytes chosen);
/* staff: the person's row. Works on the PIN that was. */
enum step own_pin_check(struct call *c, struct own_pin *o, const struct rows *staff);
/* Refuses the same PIN again; what is wrong is to be counted in the next stage. */
enum step own_pin_judge(struct call *c, struct own_pin *o);
enum step own_pin_count(struct call *c, struct own_pin *o);

#endif
