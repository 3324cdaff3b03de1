/* A till's life: switched on, signed in, at work, without power. */
#include "tests/sim/world/till.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/sale.pb-c.h"

#define PAUSE_US (SECOND_US / 2)
#define AT_ONCE  3 /* commands that wait for their answers, at most */

#define OFFLINE_PER_MILLE 400 /* of the moments that somebody would be served in */
#define OFFLINE_MOST      60  /* sales that wait to be booked */
#define ASKED_PER_MILLE   250 /* of the customers without a connection: the server is asked as soon as there is one */

static struct random *chance_of(struct till *till)
{
    return &till->station.process.chance;
}

static void note(const struct till *till, const char *what, int64_t b, uint64_t c)
{
    till->floor->note(till->floor->user, what, till->index, b, c);
}

static void act_later(struct till *till, int64_t delay_us)
{
    event_at(&till->act, &till->station.process, delay_us);
}

/* Most come in a rush, one behind the other. */
static int64_t until_next_customer_us(struct till *till)
{
    struct random *chance = chance_of(till);

    return random_per_mille(chance, 850) ? random_between(chance, 1000, 20000)
                                         : random_between(chance, SECOND_US / 10, 4 * SECOND_US);
}

/* ---- answers ---- */

/* Of an errand that was given up: does a basket come back here? */
static bool brings_basket(const struct told *told, const struct link_answer *answer)
{
    return told->op ==
           (answer->outcome == LINK_OK ? CAROLINE__V1__OP__OP_BASKET_RESUME : CAROLINE__V1__OP__OP_BASKET_PARK);
}

static void hear(struct till *till, struct told *told, const struct link_answer *answer)
{
    struct floor *floor = till->floor;

    witness_hear(floor->witness, told, answer);
    note(till, answer->outcome == LINK_OK ? "done" : "refused", (int64_t)answer->code, told->answer);
    if (till->asked == told)
        till->asked = NULL;
    till->let_go -= told->let_go;
    till->to_settle = till->to_settle || told->let_go;
    told->owes = told->owes || (told->let_go && brings_basket(told, answer));
    told->let_go = false;
    if (told->op == CAROLINE__V1__OP__OP_BASKET_PARK || told->op == CAROLINE__V1__OP__OP_BASKET_RESUME)
        parked_answered(till, told, answer);
    if (told->parks_aside && answer->outcome == LINK_OK)
        aside_parked(till, told);
    if (till->index > 0)
        act_later(till, until_next_customer_us(till));
    if (told->op == CAROLINE__V1__OP__OP_SHIFT_OPEN || told->op == CAROLINE__V1__OP__OP_SHIFT_CLOSE ||
        answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN)
        till->drawer_known = till->drawer_open = false; /* asked for again */
    if (told->op == CAROLINE__V1__OP__OP_SHOP_PUT && answer->outcome == LINK_OK)
        floor->personal = true;
    if (told->op != CAROLINE__V1__OP__OP_SALE_RING_UP)
        return;
    if (answer->outcome != LINK_OK) {
        if (!told->aside)
            floor->sold -= floor->sold > 0; /* they leave, and another one comes */
        return;
    }
    const Caroline__V1__SaleRungUp *sale = (const Caroline__V1__SaleRungUp *)answer->reply;
    snprintf(floor->receipts[floor->receipt_count++ % RECENT], sizeof floor->receipts[0], "%s", told->receipt);
    if (told->member_id)
        floor->points[told->member_id - SIM_MEMBER] = sale->totals->points_after;
}

static void on_answer(void *owner, const struct link_answer *answer)
{
    struct told *told = owner;

    hear(told->till, told, answer);
}

static void on_recovered(void *owner, unsigned op, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer)
{
    struct till *till = owner;
    struct told *told = witness_find(till->floor->witness, id);

    if (op == CAROLINE__V1__OP__OP_SALE_OFFLINE)
        offline_answered(till, answer);
    else if (told)
        hear(till, told, answer);
    else
        till->floor->witness->broken(till->floor->witness->user, "an answer came to a command that nobody gave");
}

struct told *till_command_as(struct till *till, unsigned op, const ProtobufCMessage *message, bool takes_basket,
                             const uint8_t id[COMMAND_ID_SIZE])
{
    struct witness *witness = till->floor->witness;
    const char *problem;

    struct told *told = witness_give(witness, till, till->identity.device_id, op, message, id);
    struct link_command command = {
        .op = op, .message = message, .id = id, .takes_basket = takes_basket, .answered = on_answer, .owner = told
    };
    note(till, "given", (int64_t)op, get_u64(id + 8));
    bool taken = link_command(till->link, &command, NULL, &problem);
    if (op == CAROLINE__V1__OP__OP_SALE_RING_UP)
        till->asked = taken ? told : NULL;
    if (taken)
        return told;
    /* It was not taken, and may be on the disk all the same, when the power went behind the COMMIT. */
    told->unsure = true;
    note(till, "disk", 0, 0);
    return NULL;
}

struct told *till_command(struct till *till, unsigned op, const ProtobufCMessage *message, bool takes_basket)
{
    uint8_t id[COMMAND_ID_SIZE];

    command_id_make(id, &till->station.process.clock, &till->station.process.entropy);
    return till_command_as(till, op, message, takes_basket, id);
}

/* ---- work ---- */

static void on_signed_in(void *owner, const struct link_answer *answer)
{
    struct till *till = owner;

    till->asking = false;
    note(till, "signed_in", (int64_t)answer->outcome, answer->code);
}

static unsigned person_of_today(const struct till *till)
{
    return (till->index + till->floor->day) % SIM_PERSONS;
}

static void sign_in(struct till *till)
{
    Caroline__V1__SessionOpen open = CAROLINE__V1__SESSION_OPEN__INIT;

    till->person = person_of_today(till);
    till->drawer_known = till->drawer_open = false;
    const char *name = shop_person_name(till->person);
    open.has_name = open.has_pin = true;
    open.name = (ProtobufCBinaryData){ .len = strlen(name), .data = (uint8_t *)(uintptr_t)name };
    open.pin = (ProtobufCBinaryData){ .len = strlen(SIM_PIN), .data = (uint8_t *)SIM_PIN };
    till->asking = true;
    link_call(till->link, CAROLINE__V1__OP__OP_SESSION_OPEN, &open.base, 0, on_signed_in, till);
}

static void on_drawer(void *owner, const struct link_answer *answer)
{
    struct till *till = owner;
    const Caroline__V1__ShiftShown *shown = (const Caroline__V1__ShiftShown *)answer->reply;

    till->asking = false;
    if (answer->outcome != LINK_OK)
        return;
    till->drawer_known = true;
    till->drawer_open = shown->open;
    till->drawer_own = shown->has_holder_id;
    till->shift_id = (int64_t)shown->shift_id;
    if (shown->has_offline_number)
        (void)spool_numbers_behind(till->spool, (int64_t)shown->offline_number);
}

static void look_at_drawer(struct till *till)
{
    Caroline__V1__ShiftShow show = CAROLINE__V1__SHIFT_SHOW__INIT;

    till->asking = true;
    link_call(till->link, CAROLINE__V1__OP__OP_SHIFT_SHOW, &show.base, 0, on_drawer, till);
}

static void open_drawer(struct till *till)
{
    Caroline__V1__ShiftOpen open = CAROLINE__V1__SHIFT_OPEN__INIT;

    open.has_float_minor = true;
    open.float_minor = 20000;
    till_command(till, CAROLINE__V1__OP__OP_SHIFT_OPEN, &open.base, false);
}

/* What is to be done before anybody can be served; true: all of it is. */
static bool is_ready(struct till *till)
{
    bool online = link_state(till->link) == LINK_ONLINE;

    if (till->asking || !link_catalogue(till->link))
        return false;
    if (!online) /* who is signed in may go on, by the next day, too: the spool keeps what cannot be sent yet */
        return link_session(till->link) && till->drawer_open && random_per_mille(chance_of(till), OFFLINE_PER_MILLE);
    if (!link_session(till->link)) {
        sign_in(till);
        return false;
    }
    if (till->person != person_of_today(till) && link_unanswered(till->link) == 0) {
        sign_in(till); /* in place of who was here before */
        return false;
    }
    /* Half of the tills give their own drawer up once each may have one of their own. */
    if (till->index % 2 == 1 && till->drawer_open && !till->drawer_own && till->floor->personal &&
        link_unanswered(till->link) == 0) {
        till->drawer_open = false;
        till_close_shift(till);
        return false;
    }
    if (till->index == 0 || till->drawer_open)
        return true;
    if (link_unanswered(till->link) > 0)
        return false;
    if (!till->drawer_known)
        look_at_drawer(till);
    else
        open_drawer(till);
    return false;
}

/* A till whose server is gone; the office has nothing to sell. */
static bool sells_offline(struct till *till)
{
    const struct floor *floor = till->floor;

    return till->index > 0 && link_state(till->link) != LINK_ONLINE && floor->open && floor->sold < floor->to_sell &&
           till->unbooked < OFFLINE_MOST && !random_per_mille(chance_of(till), ASKED_PER_MILLE);
}

/* Of what somebody waits for: what was sold offline is booked beside it, and what was put aside or given up is not waited for. */
static size_t waiting(const struct till *till)
{
    size_t all = link_unanswered(till->link), beside = till->unbooked + till->let_go;

    return all > beside ? all - beside : 0;
}

/* Nobody is at the till, and its place for a basket is empty. */
static bool has_room(const struct till *till)
{
    return till->index > 0 && !till->asked && !till->errand && !till->asking && waiting(till) == 0;
}

/* Is nothing left of it? Not that something was done. */
static bool settled(struct till *till)
{
    struct arena *arena = arena_create(0);

    till->to_settle =
        spool_aside_refused(till->spool, 0, arena) != NULL || spool_given_up(till->spool, 0, arena) != NULL;
    arena_destroy(arena);
    return false;
}

/* A sale or an errand of which nobody waits for the end any more, and what came of those before; true: something was done. */
static bool goes_on(struct till *till)
{
    if (till->errand)
        return parked_give_up(till);
    if (aside_put(till))
        return true;
    if (!has_room(till))
        return false;
    if (till->brought) {
        parked_sell(till);
        return true;
    }
    if (!till->to_settle)
        return false;
    return aside_settle(till) || parked_settle(till) || settled(till);
}

static void on_act(struct event *event)
{
    struct till *till = (struct till *)(void *)((char *)event - offsetof(struct till, act));
    struct random *chance = chance_of(till);
    int64_t pause_us = PAUSE_US;

    /* Mostly one after the other; sometimes a queue of customers is quicker than the network. */
    if (!is_ready(till)) {
        /* later */
    } else if (goes_on(till) || till->errand) {
        /* one thing after the other */
    } else if (offline_take_over(till)) {
        pause_us = until_next_customer_us(till);
    } else if (sells_offline(till)) {
        offline_serve(till);
        pause_us = until_next_customer_us(till);
    } else if (link_state(till->link) == LINK_ONLINE && till->unbooked > 0 && link_unanswered(till->link) == 0) {
        offline_try_again(till);
    } else if (till->floor->open && waiting(till) < (random_per_mille(chance, 100) ? AT_ONCE : 1)) {
        if (till->index == 0) {
            office_work(till);
            pause_us = random_between(chance, SECOND_US, 20 * SECOND_US);
        } else if (till->floor->sold < till->floor->to_sell) {
            till_serve(till);
            pause_us = until_next_customer_us(till);
        }
    }
    if (disk_is_dead(till->index))
        till_crash(till, random_between(chance, SECOND_US, 20 * SECOND_US));
    else
        act_later(till, pause_us);
}

bool till_is_idle(const struct till *till)
{
    return till->link && link_unanswered(till->link) == 0 && till->unbooked == 0 && !disk_is_dead(till->index) &&
           !till->errand && !till->brought && !till->to_settle;
}

/* ---- power ---- */

static void on_power(struct event *event)
{
    struct till *till = (struct till *)(void *)((char *)event - offsetof(struct till, power));

    till_switch_on(till);
}

/* What wakes it is not its own process, which is dead. */
static void power_later(struct till *till, int64_t off_us)
{
    disk_revive(till->index, &till->floor->network->chance);
    till->power.fire = on_power;
    event_at(&till->power, till->floor->clockwork, off_us);
}

static bool open_spool(struct till *till)
{
    const char *problem = NULL;
    char sentence[300];

    till->spool = spool_open(till->path, till->arena, &problem);
    if (till->spool)
        return true;
    if (!disk_is_dead(till->index)) {
        snprintf(sentence, sizeof sentence, "till %u cannot open its spool: %s", till->index, problem);
        till->floor->witness->broken(till->floor->witness->user, sentence);
    }
    power_later(till, SECOND_US); /* the power went again while it started */
    return false;
}

/* What the disk says that nobody waits for. */
static void remember_let_go(struct till *till)
{
    struct arena *arena = arena_create(0);
    size_t count;

    (void)settled(till);
    till->let_go = 0;
    const struct spooled *rows = spool_unanswered(till->spool, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct told *told = witness_find(till->floor->witness, rows[i].id);
        bool aside = spool_is_aside(till->spool, rows[i].id);

        if (!told || (!aside && !spool_is_given_up(till->spool, rows[i].id)))
            continue;
        told->aside = told->aside || aside;
        told->let_go = true;
        till->let_go++;
    }
    arena_destroy(arena);
}

void till_switch_on(struct till *till)
{
    if (!open_spool(till))
        return;
    process_init(&till->station.process, till->station.process.events, till->floor->seed,
                 1000 * (till->index + 1) + till->starts++);
    till->station.process.skew_us = random_between(chance_of(till), -120 * SECOND_US, 120 * SECOND_US);
    till->asking = till->drawer_known = till->drawer_open = false;
    till->unbooked = spool_unbooked(till->spool);
    till->asked = NULL;
    open_basket_clear(&till->basket);
    parked_remember(till);
    remember_let_go(till);
    till->link = link_open(&(struct link_options){
        .loop = &till->station.process.loop,
        .identity = &till->identity,
        .spool = till->spool,
        .client = till->identity.kind,
        .follow_catalogue = true,
        .clock = &till->station.process.clock,
        .entropy = &till->station.process.entropy,
        .events = { .on_recovered = on_recovered },
        .owner = till,
    });
    note(till, "on", (int64_t)link_unanswered(till->link), 0);
    act_later(till, PAUSE_US);
}

static void switch_off(struct till *till)
{
    till->station.vanishes = true;
    link_close(till->link);
    process_kill(&till->station.process); /* the link's memory goes with its last handle */
    spool_close(till->spool);
    till->station.vanishes = false;
    till->link = NULL;
    till->spool = NULL;
    arena_reset(till->arena);
}

void till_crash(struct till *till, int64_t off_us)
{
    if (!till->link)
        return;
    note(till, "crash", off_us, 0);
    event_cancel(&till->act);
    disk_die(till->index, 0);
    switch_off(till);
    power_later(till, off_us);
}

static void on_doom(struct event *event)
{
    struct till *till = (struct till *)(void *)((char *)event - offsetof(struct till, doom));

    till_crash(till, SECOND_US);
}

void till_crash_later(struct till *till, int64_t delay_us)
{
    till->doom.fire = on_doom;
    event_at(&till->doom, till->floor->clockwork, delay_us);
}

void till_init(struct till *till, struct floor *floor, struct events *events, unsigned index)
{
    *till = (struct till){ .floor = floor, .index = index, .act.fire = on_act };
    till->station.network = floor->network;
    till->station.process.events = events;
    LIST_INIT(&till->station.wires);
    shop_key_hash(index, till->station.key_hash);
    till->identity = (struct identity){
        .directory = "",
        .host = "shop",
        .port = "7117",
        .server_name = "shop",
        .device_path = "",
        .spool_path = disk_path(till->path, index),
        .catalogue_path = "",
        .device_name = "till",
        .device_id = SIM_DEVICE + index,
        .shop_id = SIM_SHOP,
        .till_number = index,
        .kind = index == 0 ? CAROLINE__V1__CLIENT_KIND__CLIENT_ADMIN : CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER,
    };
    till->arena = arena_create(0);
    open_basket_init(&till->basket);
}

void till_fini(struct till *till)
{
    event_cancel(&till->power);
    event_cancel(&till->doom);
    if (till->link)
        switch_off(till);
    open_basket_fini(&till->basket);
    arena_destroy(till->arena);
}
