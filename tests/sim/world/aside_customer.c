/* A sale whose answer does not come is put aside, as client/counter/offline.c does: the customer goes with the goods, and the next is
 * served. What the server then refuses the till sells by itself at what was told; or, where only the server could, its basket is
 * parked, and the till remembers why. */
#include <stdio.h>
#include <string.h>

#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"
#include "tests/sim/world/till.h"

#define ASIDE_PER_MILLE 200                   /* of the moments in which one waits */
#define LATE_US         (16 * 60 * SECOND_US) /* a catalogue is too old for a sale by then */

static struct told *asked_for(struct till *till, const uint8_t id[COMMAND_ID_SIZE])
{
    return witness_find(till->floor->witness, id);
}

bool aside_put(struct till *till)
{
    struct told *told = till->asked;
    struct put_aside aside = { .shift_id = till->shift_id, .staff_id = SIM_STAFF + till->person };

    if (!told || told->op != CAROLINE__V1__OP__OP_SALE_RING_UP || link_can_withdraw(till->link, told->id) ||
        !random_per_mille(&till->station.process.chance, ASIDE_PER_MILLE))
        return false;
    memcpy(aside.id, told->id, sizeof aside.id);
    if (!spool_put_aside(till->spool, &aside))
        return false;
    link_let_go(till->link, told->id);
    told->aside = told->let_go = true;
    till->let_go++;
    till->asked = NULL;
    till->floor->aside++;
    till->floor->note(till->floor->user, "aside", till->index, 0, 0);
    return true;
}

void aside_refuse(struct till *till)
{
    Caroline__V1__ProductPut request = CAROLINE__V1__PRODUCT_PUT__INIT;
    Caroline__V1__ProductDraft draft = CAROLINE__V1__PRODUCT_DRAFT__INIT, *drafts[] = { &draft };
    Caroline__V1__Product product = CAROLINE__V1__PRODUCT__INIT;
    struct random *chance = &till->station.process.chance;
    struct till *office = till->floor->office;

    till->unlucky = false;
    if (office->link == NULL || !link_session(office->link))
        return;
    station_cut(&till->station, WAYS, random_between(chance, LATE_US, 4 * LATE_US));
    product.has_id = product.has_price_minor = true;
    product.id = (uint64_t)till->basket.lines[0].product_id;
    product.price_minor = random_between(chance, 50, 999);
    draft.product = &product;
    request.n_drafts = 1;
    request.drafts = drafts;
    till_command(office, CAROLINE__V1__OP__OP_PRODUCT_PUT, &request.base, false);
}

/* ---- what was refused ---- */

static Caroline__V1__SaleRingUp *asked_of(const struct put_aside *aside, struct arena *arena)
{
    return (Caroline__V1__SaleRingUp *)message_decode(&caroline__v1__sale_ring_up__descriptor, aside->body, arena);
}

/* The try after one that was refused has another id, and the same one the same. */
static void park_id(struct till *till, const struct put_aside *aside, const struct spooled *try,
                    uint8_t id[COMMAND_ID_SIZE])
{
    if (aside->parks && try == NULL)
        memcpy(id, aside->park_id, COMMAND_ID_SIZE);
    else
        command_id_make(id, &till->station.process.clock, &till->station.process.entropy);
}

static bool park(struct till *till, const struct put_aside *aside, const struct spooled *try, struct arena *arena)
{
    Caroline__V1__BasketPark request = CAROLINE__V1__BASKET_PARK__INIT;
    uint8_t id[COMMAND_ID_SIZE];

    if (link_state(till->link) != LINK_ONLINE || link_session(till->link) == NULL)
        return false;
    request.basket = asked_of(aside, arena)->basket;
    park_id(till, aside, try, id);
    if (!spool_aside_parks(till->spool, aside->id, id))
        return false;
    struct told *told = till_command_as(till, CAROLINE__V1__OP__OP_BASKET_PARK, &request.base, false, id);
    if (told) {
        memcpy(told->of_aside, aside->id, COMMAND_ID_SIZE);
        told->parks_aside = true;
    }
    return true;
}

/* true: something was done. */
static bool settle(struct till *till, const struct put_aside *aside, struct arena *arena)
{
    const struct spooled *try = aside->parks ? spool_find(till->spool, aside->park_id, arena) : NULL;

    if (try != NULL && !try->answered)
        return false;
    switch (offline_sell_aside(till, aside, asked_of(aside, arena))) {
    case ASIDE_SOLD:
        till->floor->aside_sold++;
        witness_settled(till->floor->witness, aside->id);
        return true;
    case ASIDE_TORN: { /* its disk fails: perhaps it is sold, perhaps not */
        struct told *told = asked_for(till, aside->id);
        if (told)
            told->unsure = true;
        return true;
    }
    case ASIDE_CANNOT:
        return park(till, aside, try, arena);
    }
    return false;
}

bool aside_settle(struct till *till)
{
    struct arena *arena = arena_create(0);
    const struct put_aside *aside = spool_aside_refused(till->spool, 0, arena);
    bool done = aside != NULL && settle(till, aside, arena);

    arena_destroy(arena);
    return done;
}

/* ---- and is parked ---- */

void aside_parked(struct till *till, const struct told *told)
{
    struct arena *arena = arena_create(0);
    size_t count = 0;
    bool listed = disk_is_dead(till->index);

    const struct not_booked *rows = spool_not_booked(till->spool, arena, &count);
    for (size_t i = 0; i < count; i++)
        listed = listed || memcmp(rows[i].park_id, told->id, COMMAND_ID_SIZE) == 0;
    if (!listed && !till->floor->witness->silent)
        till->floor->witness->broken(till->floor->witness->user,
                                     "a sale that was put aside is parked, and its till does not say why");
    witness_settled(till->floor->witness, told->of_aside);
    till->floor->aside_parked++;
    arena_destroy(arena);
}
