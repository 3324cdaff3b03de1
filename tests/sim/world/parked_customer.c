/* A customer steps aside, and comes back: the basket is parked, and taken up again at any till where the same person works. While the
 * server does not answer that is given up, as client/counter/errand.c does: the till sells on, and the basket is in the spool until it
 * is parked or here again. */
#include <stdio.h>
#include <string.h>

#include "common/wire/walker.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"
#include "tests/sim/world/till.h"

#define RESUME_PER_MILLE  500 /* where one of one's own waits */
#define GIVE_UP_PER_MILLE 300 /* of the moments in which one waits */

static struct random *chance_of(struct till *till)
{
    return &till->station.process.chance;
}

static void broken(struct till *till, const char *what)
{
    char sentence[200];

    snprintf(sentence, sizeof sentence, "till %u: %s", till->index, what);
    if (!till->floor->witness->silent)
        till->floor->witness->broken(till->floor->witness->user, sentence);
}

/* ---- what waits with the server ---- */

static struct parked *waiting_of(struct floor *floor, unsigned person)
{
    for (size_t i = 0; i < floor->parked_count; i++)
        if (floor->parked[i].person == person)
            return &floor->parked[i];
    return NULL;
}

static void parked_forget(struct floor *floor, int64_t id)
{
    for (size_t i = 0; i < floor->parked_count; i++)
        if (floor->parked[i].id == id) {
            floor->parked[i] = floor->parked[--floor->parked_count];
            return;
        }
}

static void parked_note(struct floor *floor, int64_t id, unsigned person)
{
    if (floor->parked_count < SIM_PARKED)
        floor->parked[floor->parked_count++] = (struct parked){ id, person };
}

/* ---- parking, and taking up ---- */

static void run_errand(struct till *till, unsigned op, const ProtobufCMessage *message, struct bytes basket,
                       int64_t parked_id)
{
    if (!basket_save(till->spool, basket))
        return;
    struct told *told = till_command(till, op, message, true);
    if (told)
        told->parked_id = parked_id;
    till->errand = told;
}

void parked_take_up(struct till *till)
{
    Caroline__V1__BasketResume request = CAROLINE__V1__BASKET_RESUME__INIT;
    const struct parked *parked = waiting_of(till->floor, till->person);

    request.has_parked_id = true;
    request.parked_id = (uint64_t)parked->id;
    run_errand(till, CAROLINE__V1__OP__OP_BASKET_RESUME, &request.base, bytes_of("", 0), parked->id);
}

bool parked_waits(struct till *till)
{
    return waiting_of(till->floor, till->person) != NULL && random_per_mille(chance_of(till), RESUME_PER_MILLE);
}

void parked_put(struct till *till)
{
    Caroline__V1__BasketPark request = CAROLINE__V1__BASKET_PARK__INIT;

    open_basket_clear(&till->basket);
    take_goods(till, link_catalogue(till->link));
    if (till->basket.line_count == 0)
        return;
    request.basket = open_basket_message(&till->basket, till->arena);
    run_errand(till, CAROLINE__V1__OP__OP_BASKET_PARK, &request.base,
               message_encode(&request.basket->base, till->arena), 0);
}

/* ---- answers ---- */

/* What is on the disk is what was parked, and nobody has it in hand. */
static bool is_here(struct till *till, struct bytes basket, struct arena *arena)
{
    bool taken = true;
    struct bytes kept = basket_load(till->spool, arena, &taken, NULL);

    return disk_is_dead(till->index) || (!taken && bytes_equal(kept, basket));
}

static void brought(struct till *till, const Caroline__V1__Basket *basket, struct arena *arena)
{
    if (!is_here(till, message_encode(&basket->base, arena), arena)) {
        broken(till, "a basket that was taken up is not on the disk");
        return;
    }
    till->brought = true;
    till->floor->brought++;
}

void parked_answered(struct till *till, struct told *told, const struct link_answer *answer)
{
    struct floor *floor = till->floor;
    bool parks = told->op == CAROLINE__V1__OP__OP_BASKET_PARK, good = answer->outcome == LINK_OK;

    if (parks && good)
        parked_note(floor, (int64_t)((const Caroline__V1__BasketParkDone *)answer->reply)->parked_id, told->person);
    if (!parks)
        parked_forget(floor, told->parked_id);
    if (till->errand != told)
        return;
    till->errand = NULL;
    struct arena *arena = arena_create(0);
    if (!parks && good)
        brought(till, ((const Caroline__V1__BasketResumed *)answer->reply)->basket, arena);
    else if (parks && good && !is_here(till, (struct bytes){ 0 }, arena))
        broken(till, "a basket that is parked is still here");
    arena_destroy(arena);
}

void parked_sell(struct till *till)
{
    bool taken = true;

    till->brought = false;
    arena_reset(till->arena);
    open_basket_clear(&till->basket);
    struct bytes kept = basket_load(till->spool, till->arena, &taken, NULL);
    Caroline__V1__Basket *basket =
        kept.data == NULL || taken
            ? NULL
            : (Caroline__V1__Basket *)message_decode(&caroline__v1__basket__descriptor, kept, till->arena);
    if (basket == NULL)
        return;
    open_basket_take(&till->basket, basket);
    open_basket_price(&till->basket, link_catalogue(till->link), till->floor->zone, link_now(till->link));
    if (till->basket.verdict != SALE_OK || open_basket_asks(&till->basket)) {
        (void)basket_clear(till->spool);
        return;
    }
    till->floor->sold++;
    till->floor->served++;
    till_pay(till, link_now(till->link));
}

/* ---- given up ---- */

bool parked_give_up(struct till *till)
{
    struct told *told = till->errand;

    if (!random_per_mille(chance_of(till), GIVE_UP_PER_MILLE))
        return false;
    if (link_state(till->link) != LINK_ONLINE && link_can_withdraw(till->link, told->id)) {
        told->withdrawn = link_withdraw(till->link, told->id);
        told->unsure = !told->withdrawn; /* its disk fails: perhaps it is taken back, perhaps not */
        till->errand = NULL;
        return true;
    }
    if (!spool_give_up(till->spool, told->id))
        return false;
    link_let_go(till->link, told->id);
    told->let_go = true;
    till->let_go++;
    till->errand = NULL;
    till->floor->given_up++;
    till->floor->note(till->floor->user, "given_up", till->index, (int64_t)told->op, 0);
    return true;
}

/* What it leaves here: of a basket that could not be parked that one, of one that came that one; NULL: nothing. */
static const Caroline__V1__Basket *left_by(const struct spooled *command, struct arena *arena)
{
    const Caroline__V1__Reply *reply =
        (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, command->reply, arena);

    if (command->op == CAROLINE__V1__OP__OP_BASKET_PARK && reply->error != NULL)
        return ((const Caroline__V1__BasketPark *)message_decode(&caroline__v1__basket_park__descriptor, command->body,
                                                                 arena))
            ->basket;
    if (command->op == CAROLINE__V1__OP__OP_BASKET_RESUME && reply->error == NULL)
        return ((const Caroline__V1__BasketResumed *)message_decode(&caroline__v1__basket_resumed__descriptor,
                                                                    bytes_of(reply->body.data, reply->body.len), arena))
            ->basket;
    return NULL;
}

/* One of them comes to its end. */
bool parked_settle(struct till *till)
{
    struct arena *arena = arena_create(0);
    const struct spooled *command = spool_given_up(till->spool, 0, arena);

    if (command != NULL && command->reply.data == NULL) {
        broken(till, "the answer to what was given up is not kept");
    } else if (command != NULL) {
        const Caroline__V1__Basket *basket = left_by(command, arena);
        struct bytes bytes = basket == NULL ? (struct bytes){ 0 } : message_encode(&basket->base, arena);

        bool ended =
            (basket == NULL || basket_clear(till->spool)) && spool_given_up_ends(till->spool, command->id, bytes);
        struct told *told = witness_find(till->floor->witness, command->id);
        if (told) {
            told->owes = told->owes && !ended;
            told->unsure = told->unsure || !ended; /* its disk fails: perhaps it has come, perhaps not */
        }
        if (ended && basket != NULL)
            brought(till, basket, arena);
    }
    arena_destroy(arena);
    return command != NULL;
}

/* What the disk says who switches on. */
void parked_remember(struct till *till)
{
    struct arena *arena = arena_create(0);
    uint8_t by[COMMAND_ID_SIZE];
    bool taken = false;

    struct bytes kept = basket_load(till->spool, arena, &taken, by);
    struct told *told = taken ? witness_find(till->floor->witness, by) : NULL;
    till->errand =
        told && (told->op == CAROLINE__V1__OP__OP_BASKET_PARK || told->op == CAROLINE__V1__OP__OP_BASKET_RESUME) ? told
                                                                                                                 : NULL;
    till->brought = kept.data != NULL && kept.size > 0 && !taken;
    arena_destroy(arena);
}
