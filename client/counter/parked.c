/* Baskets that wait with the server: put aside here, taken up here or at another till, thrown away. */
#include "client/counter/counter.h"

#include <string.h>

#include "common/wire/walker.h"

#define PARK_MAX 49152 /* bytes of the request, as the server takes it (PROTOCOL.md) */

/* This does not wait for a server that is away: who walks to the other till would not find the basket there. */
static bool is_offline(struct counter *c, const char *then)
{
    if (!c->stage.status.connected)
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: baskets are parked with the server; %s", then);
    return !c->stage.status.connected;
}

/* ---- how many wait ---- */

static void on_counted(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (answer->outcome == LINK_OK)
        c->parked.waiting = ((const Caroline__V1__ParkedBaskets *)answer->reply)->n_baskets;
    c->stage.dirty = true;
}

void parked_count(struct counter *c)
{
    Caroline__V1__BasketParked message;

    c->parked.waiting = 0;
    if (!counter_may(c, "sell") || c->training)
        return;
    caroline__v1__basket_parked__init(&message);
    counter_call(c, CAROLINE__V1__OP__OP_BASKET_PARKED, &message.base, on_counted);
}

/* ---- putting aside ---- */

static void on_parked(void *owner, const struct link_answer *answer)
{
    parked_put_aside(owner, answer);
}

bool parked_park(struct counter *c)
{
    Caroline__V1__BasketPark message;

    if (sale_is_away(c) || training_forbids(c) || is_offline(c, "this one stays here"))
        return false;
    if (c->basket.verdict == SALE_BASKET_EMPTY) {
        stage_say(&c->stage, MESSAGE_BAD, "there is nothing to park: the basket is empty");
        return false;
    }
    caroline__v1__basket_park__init(&message);
    message.basket = open_basket_message(&c->basket, c->scratch);
    if (protobuf_c_message_get_packed_size(&message.base) > PARK_MAX) { /* before it is kept: it would be refused */
        stage_say(&c->stage, MESSAGE_BAD, "this is more than can be parked: sell a part of it, or take notes away");
        arena_reset(c->scratch);
        return false;
    }
    struct link_command command = { .op = CAROLINE__V1__OP__OP_BASKET_PARK,
                                    .message = &message.base,
                                    .takes_basket = true,
                                    .answered = on_parked,
                                    .owner = c };
    if (!counter_command(c, &command, c->errand_id))
        return false;
    sale_clear_entry(c); /* what is typed from here on is the next customer's */
    c->errand = ERRAND_PARK;
    c->errand_us = 0;
    c->errand_slow = false;
    c->queued_count = 0;
    stage_say(&c->stage, MESSAGE_PLAIN, "parking ...");
    return true;
}

void parked_put_aside(struct counter *c, const struct link_answer *answer)
{
    size_t waited = c->queued_count;

    if (answer->outcome == LINK_FAILED) { /* not known yet: it is sent again by itself */
        counter_refused(c, answer);
        return;
    }
    if (counter_refused(c, answer)) {
        c->errand = ERRAND_NONE;
        sale_changed(c);
        member_refresh(c);
        sale_select_field(c, answer->error);
        sale_drop_queued(c, answer->sentence);
        switch_parked(c, 0);
        return;
    }
    const Caroline__V1__BasketParkDone *done = (const Caroline__V1__BasketParkDone *)answer->reply;
    c->parked.waiting = done->parked_count;
    bool all = sale_next(c);
    if (c->switching.state == SWITCH_PARKS) {
        switch_parked(c, (int64_t)done->parked_id);
        return;
    }
    if (!all)
        return;
    if (waited == 0)
        stage_say(&c->stage, MESSAGE_GOOD, "the basket waits: F12, F3 takes it up at any till where you sign in");
    else
        stage_say(&c->stage, MESSAGE_GOOD, "the basket waits; %zu scan%s of the next customer %s here", waited,
                  waited == 1 ? "" : "s", waited == 1 ? "is" : "are");
}

/* ---- taking up, throwing away ---- */

/* One less waits: there is room, and what was paid for this one is not forgotten. */
void parked_ended(struct counter *c, const char *what)
{
    char paid[2 * ASIDE_TEXT];

    aside_ends(c, c->parked.chosen, paid, sizeof(paid));
    if (paid[0] == 0)
        stage_say(&c->stage, MESSAGE_GOOD, "%s", what);
    else
        stage_say(&c->stage, MESSAGE_BAD, "%s: %s", what, paid);
    aside_try_again(c);
}

static void forget_row(struct parked_model *m, int64_t id)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->list.count; i++)
        if (m->rows[i].id != id)
            m->rows[kept++] = m->rows[i];
    list_resize(&m->list, kept);
}

static void on_taken_up(void *owner, const struct link_answer *answer)
{
    parked_taken_up(owner, answer);
}

static Caroline__V1__BasketResume resume_of(struct parked_model *m, int64_t id, bool throw_away)
{
    Caroline__V1__BasketResume message = CAROLINE__V1__BASKET_RESUME__INIT;

    m->chosen = id;
    message.has_parked_id = message.has_throw_away = true;
    message.parked_id = (uint64_t)m->chosen;
    message.throw_away = throw_away;
    return message;
}

void parked_take_up(struct counter *c)
{
    if (c->parked.list.count > 0)
        parked_take_up_id(c, c->parked.rows[c->parked.list.selected].id);
}

/* Whatever happens, the answer brings the basket to the disk: its place there is made first, and taken by the command. */
static void take_up(struct counter *c, Caroline__V1__BasketResume *message)
{
    struct parked_model *m = &c->parked;

    if (m->busy || sale_is_away(c) || is_offline(c, "it stays there"))
        return;
    if (!open_basket_is_empty(&c->basket)) {
        stage_say(&c->stage, MESSAGE_BAD, "there is a basket here: sell it, park it or throw it away first");
        return;
    }
    if (c->spool != NULL && !basket_save(c->spool, bytes_of("", 0))) {
        stage_say(&c->stage, MESSAGE_BAD, "the basket could not be kept on this till: %s", spool_problem(c->spool));
        return;
    }
    struct link_command command = { .op = CAROLINE__V1__OP__OP_BASKET_RESUME,
                                    .message = &message->base,
                                    .takes_basket = true,
                                    .answered = on_taken_up,
                                    .owner = c };
    if (counter_command(c, &command, c->errand_id)) {
        c->errand = ERRAND_RESUME;
        c->errand_us = 0;
        c->errand_slow = false;
        c->queued_count = 0;
        m->busy = true;
    }
}

void parked_take_up_id(struct counter *c, int64_t id)
{
    Caroline__V1__BasketResume message = resume_of(&c->parked, id, false);

    take_up(c, &message);
}

void parked_call_up(struct counter *c, uint32_t number)
{
    Caroline__V1__BasketResume message = CAROLINE__V1__BASKET_RESUME__INIT;

    c->parked.chosen = 0;
    message.has_number = true;
    message.number = number;
    take_up(c, &message);
}

/* An earlier run may have asked: which basket it was about stands in what was asked. */
void parked_remember(struct counter *c, const uint8_t id[COMMAND_ID_SIZE])
{
    const struct spooled *command = c->spool == NULL ? NULL : spool_find(c->spool, id, c->scratch);
    const Caroline__V1__BasketResume *asked = NULL;

    if (command != NULL && command->body.data != NULL)
        asked = (const Caroline__V1__BasketResume *)message_decode(&caroline__v1__basket_resume__descriptor,
                                                                   command->body, c->scratch);
    if (asked != NULL)
        c->parked.chosen = (int64_t)asked->parked_id;
    arena_reset(c->scratch);
}

void parked_taken_up(struct counter *c, const struct link_answer *answer)
{
    struct parked_model *m = &c->parked;

    if (answer->outcome == LINK_FAILED) {
        counter_refused(c, answer);
        return;
    }
    m->busy = false;
    c->errand = ERRAND_NONE;
    if (answer->outcome == LINK_OK) {
        const Caroline__V1__BasketResumed *resumed = (const Caroline__V1__BasketResumed *)answer->reply;
        m->waiting = resumed->parked_count;
        if (resumed->basket != NULL)
            open_basket_take(&c->basket, resumed->basket);
        c->basket_number++;
        parked_ended(c, resumed->has_kiosk ? "the customer's basket is here" : "the basket is here again");
    }
    sale_changed(c); /* which says if prices have changed meanwhile */
    if (c->basket.line_count > 0)
        list_select(&c->sale.lines, c->basket.line_count - 1);
    member_refresh(c);
    if (answer->outcome == LINK_OK || answer->code == CAROLINE__V1__ERROR_CODE__UNKNOWN_PARKED)
        forget_row(m, m->chosen);
    if (answer->outcome == LINK_OK && stage_top(&c->stage) == &parked_screen)
        stage_pop(&c->stage);
    parked_look(c);
    sale_take_queued(c);
    counter_refused(c, answer);
}

static void on_thrown_away(void *owner, const struct link_answer *answer)
{
    parked_thrown_away(owner, answer);
}

void parked_throw_away(struct counter *c, const char *reason)
{
    struct parked_model *m = &c->parked;

    if (m->busy || m->list.count == 0 || is_offline(c, "it stays there"))
        return;
    Caroline__V1__BasketResume message = resume_of(m, m->rows[m->list.selected].id, true);
    message.has_reason = true;
    message.reason = counter_text(reason);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_BASKET_RESUME, .message = &message.base, .answered = on_thrown_away, .owner = c
    };
    m->busy = m->is_throwing = counter_command(c, &command, m->throwing);
}

void parked_thrown_away(struct counter *c, const struct link_answer *answer)
{
    struct parked_model *m = &c->parked;

    m->busy = m->is_throwing = false;
    if (answer->outcome == LINK_OK || answer->code == CAROLINE__V1__ERROR_CODE__UNKNOWN_PARKED)
        forget_row(m, m->chosen);
    if (counter_refused(c, answer))
        return;
    m->waiting = ((const Caroline__V1__BasketResumed *)answer->reply)->parked_count;
    parked_ended(c, "thrown away");
}
