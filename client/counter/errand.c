/* While a basket is parked or taken up and the server has not answered: taken back as long as no byte of it has left, else given
 * up, so that the till sells on. The basket is in the spool, in the command or in its answer, until it is parked or here again. */
#include "client/counter/counter.h"

#include <stdio.h>

#include "common/wire/walker.h"

/* As for a sale. */
#define SLOW_US (2 * SECOND_US)
/* What the disk did not take is tried again: each time it is said. */
#define AGAIN_US (30 * SECOND_US)

static bool is_one(const struct counter *c)
{
    return c->errand == ERRAND_PARK || c->errand == ERRAND_RESUME;
}

/* ---- giving up ---- */

bool errand_can_give_up(const struct counter *c)
{
    return is_one(c) && c->spool != NULL && (c->errand_slow || !c->stage.status.connected);
}

static void take_back(struct counter *c)
{
    bool parks = c->errand == ERRAND_PARK;
    const char *sentence = parks ? "taken back: it is not parked, the basket stays here"
                                 : "taken back: it is not taken up, and waits with the server as before";

    c->errand = ERRAND_NONE;
    if (!parks)
        c->parked.busy = false;
    sale_changed(c);
    stage_say(&c->stage, MESSAGE_PLAIN, "%s", sentence);
    if (parks)
        sale_drop_queued(c, sentence);
    else
        sale_take_queued(c);
    switch_parked(c, 0);
}

static void put_aside(struct counter *c)
{
    bool parks = c->errand == ERRAND_PARK;

    if (!spool_give_up(c->spool, c->errand_id)) {
        stage_say(&c->stage, MESSAGE_BAD, "it could not be put aside: %s", spool_problem(c->spool));
        return;
    }
    link_let_go(c->link, c->errand_id); /* its answer comes by its id from now on, and no other's */
    if (!parks)
        c->parked.busy = false;
    stage_say(&c->stage, MESSAGE_PLAIN, "%s",
              parks ? "the next customer; the basket is parked as soon as the server answers, or comes back here"
                    : "the next customer; the basket that was asked for comes as soon as the server answers");
    sale_next(c);
    switch_parked(c, 0);
    counter_show_state(c);
}

bool errand_give_up(struct counter *c)
{
    if (!errand_can_give_up(c))
        return false;
    if (!c->stage.status.connected && link_can_withdraw(c->link, c->errand_id) && link_withdraw(c->link, c->errand_id))
        take_back(c);
    else
        put_aside(c);
    return true;
}

void errand_draw(const struct counter *c, struct area area, int row)
{
    if (errand_can_give_up(c))
        paint_wrapped(area, row, 0, area.columns, STYLE_WARN,
                      "No answer yet. Esc puts it aside: the till sells on, and the answer is told when it is there.");
}

void errand_line_lost(struct counter *c)
{
    if (!is_one(c) || link_state(c->link) == LINK_ONLINE)
        return;
    counter_show_state(c);
    if (errand_can_give_up(c) && link_can_withdraw(c->link, c->errand_id))
        errand_give_up(c);
    else if (errand_can_give_up(c))
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection, and %s: Esc puts that aside, and the till sells on",
                          c->errand == ERRAND_PARK ? "it is not known if the basket is parked"
                                                   : "the basket is not here yet");
}

/* ---- their answers ---- */

static const Caroline__V1__Reply *reply_of(const struct spooled *command, struct arena *arena)
{
    return command->reply.data == NULL
               ? NULL
               : (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, command->reply, arena);
}

static const Caroline__V1__Basket *basket_of_park(const struct spooled *command, struct arena *arena)
{
    const Caroline__V1__BasketPark *asked =
        (const Caroline__V1__BasketPark *)message_decode(&caroline__v1__basket_park__descriptor, command->body, arena);

    return asked == NULL ? NULL : asked->basket;
}

/* Between two customers, and not in the middle of anything. */
static bool is_room(const struct counter *c)
{
    return c->errand == ERRAND_NONE && open_basket_is_empty(&c->basket) && !c->training &&
           stage_top(&c->stage) == &sale_screen && field_is_empty(&c->sale.entry) && c->sale.weigh_id == 0;
}

enum brought {
    BROUGHT,
    BROUGHT_NO_ROOM,  /* it stays where it is until there is some */
    BROUGHT_NOT_KEPT, /* likewise, for the disk did not take it: spool_problem() says why */
    BROUGHT_UNREAD,   /* likewise, for another program to read */
};

/* It is over, and leaves a basket here; NULL: none. */
static enum brought bring(struct counter *c, const uint8_t id[COMMAND_ID_SIZE], const Caroline__V1__Basket *basket,
                          struct arena *arena)
{
    struct bytes bytes = basket == NULL ? (struct bytes){ NULL, 0 } : message_encode(&basket->base, arena);

    if (basket != NULL && !is_room(c))
        return BROUGHT_NO_ROOM;
    if ((basket != NULL && !basket_clear(c->spool)) || !spool_given_up_ends(c->spool, id, bytes)) {
        c->given_up_again = true;
        return BROUGHT_NOT_KEPT;
    }
    if (basket != NULL) {
        open_basket_take(&c->basket, basket);
        sale_changed(c);
        member_refresh(c);
    }
    return BROUGHT;
}

/* Behind what became of it; "": that is kept. why holds STAGE_TEXT. */
static const char *but_not_noted(const struct counter *c, enum brought brought, char *why)
{
    why[0] = 0;
    if (brought == BROUGHT_NOT_KEPT)
        snprintf(why, STAGE_TEXT, "; that could not be noted on this till: %s", spool_problem(c->spool));
    return why;
}

/* It could not be parked: here again. */
static enum brought end_unparked(struct counter *c, const struct spooled *command, const char *why, struct arena *arena)
{
    const Caroline__V1__Basket *basket = basket_of_park(command, arena);
    enum brought brought = basket == NULL ? BROUGHT_UNREAD : bring(c, command->id, basket, arena);

    if (brought == BROUGHT)
        stage_say(&c->stage, MESSAGE_BAD, "the basket could not be parked, and is here again: %s", why);
    else if (brought == BROUGHT_NOT_KEPT)
        stage_say(&c->stage, MESSAGE_BAD, "a basket could not be parked (%s), nor be put here again: %s", why,
                  spool_problem(c->spool));
    else if (brought == BROUGHT_NO_ROOM)
        stage_say(&c->stage, MESSAGE_BAD, "a basket could not be parked (%s): it is here again after this one", why);
    return brought;
}

/* What was to be parked: parked, or here again. */
static enum brought end_park(struct counter *c, const struct spooled *command, const Caroline__V1__Reply *reply,
                             struct arena *arena)
{
    const Caroline__V1__BasketParkDone *done = NULL;
    char why[STAGE_TEXT];

    if (reply->error != NULL) {
        counter_copy(why, sizeof(why), reply->error->sentence);
        return end_unparked(c, command, why, arena);
    }
    done = (const Caroline__V1__BasketParkDone *)message_decode(&caroline__v1__basket_park_done__descriptor,
                                                                bytes_of(reply->body.data, reply->body.len), arena);
    if (done != NULL)
        c->parked.waiting = done->parked_count;
    enum brought brought = bring(c, command->id, NULL, arena);
    stage_say(&c->stage, brought == BROUGHT ? MESSAGE_GOOD : MESSAGE_BAD,
              "the basket that was put aside waits: F12, F3 takes it up%s", but_not_noted(c, brought, why));
    return brought;
}

/* It does not come. */
static enum brought end_unresumed(struct counter *c, const struct spooled *command, const Caroline__V1__Reply *reply,
                                  struct arena *arena)
{
    char why[STAGE_TEXT], but[STAGE_TEXT];
    enum brought brought = bring(c, command->id, NULL, arena);

    counter_copy(why, sizeof(why), reply->error->sentence);
    stage_say(&c->stage, MESSAGE_BAD, "the basket that was asked for does not come: %s%s", why,
              but_not_noted(c, brought, but));
    return brought;
}

static enum brought end_resume(struct counter *c, const struct spooled *command, const Caroline__V1__Reply *reply,
                               struct arena *arena)
{
    const Caroline__V1__BasketResumed *resumed = NULL;
    enum brought brought = BROUGHT_UNREAD;

    if (reply->error != NULL)
        return end_unresumed(c, command, reply, arena);
    resumed = (const Caroline__V1__BasketResumed *)message_decode(&caroline__v1__basket_resumed__descriptor,
                                                                  bytes_of(reply->body.data, reply->body.len), arena);
    if (resumed != NULL && resumed->basket != NULL)
        brought = bring(c, command->id, resumed->basket, arena);
    if (brought == BROUGHT_NOT_KEPT)
        stage_say(&c->stage, MESSAGE_BAD, "the basket that was asked for could not be put here: %s",
                  spool_problem(c->spool));
    else if (brought == BROUGHT_NO_ROOM)
        stage_say(&c->stage, MESSAGE_PLAIN, "the basket that was asked for comes after this one");
    if (brought != BROUGHT)
        return brought;
    c->parked.waiting = resumed->parked_count;
    parked_remember(c, command->id);
    parked_ended(c, "the basket that was asked for is here");
    return brought;
}

/* It stays on the disk, and is said once: read again it would be no better. */
static void say_unread(struct counter *c, const struct spooled *command)
{
    if (command->number <= c->given_up_unread)
        return;
    c->given_up_unread = command->number;
    stage_say(&c->stage, MESSAGE_BAD, "%s: it stays on this till's disk, and is told again at the next start",
              command->op == CAROLINE__V1__OP__OP_BASKET_PARK
                  ? "what became of a basket that was to be parked cannot be read"
                  : "the basket that was asked for cannot be read");
}

static void settle(struct counter *c)
{
    struct arena *arena = arena_create(0);
    const struct spooled *command;
    int64_t after = 0;

    c->given_up_waits = c->given_up_again = false;
    while ((command = spool_given_up(c->spool, after, arena)) != NULL) {
        const Caroline__V1__Reply *reply = reply_of(command, arena);
        bool parks = command->op == CAROLINE__V1__OP__OP_BASKET_PARK;

        after = command->number;
        enum brought brought =
            reply == NULL ? BROUGHT_UNREAD : (parks ? end_park : end_resume)(c, command, reply, arena);
        if (brought == BROUGHT_UNREAD)
            say_unread(c, command);
        else if (brought != BROUGHT)
            c->given_up_waits = true;
    }
    arena_destroy(arena);
    counter_show_state(c);
}

bool errand_told(struct counter *c, const uint8_t id[COMMAND_ID_SIZE])
{
    if (c->spool == NULL || !spool_is_given_up(c->spool, id))
        return false;
    settle(c);
    return true;
}

void errand_tick(struct counter *c, int64_t now_us)
{
    if (is_one(c) && !c->errand_slow) {
        if (c->errand_us == 0)
            c->errand_us = now_us;
        c->errand_slow = now_us - c->errand_us >= SLOW_US;
        c->stage.dirty = c->stage.dirty || c->errand_slow;
    }
    if (!c->given_up_waits || !is_room(c) || now_us < c->given_up_us)
        return;
    settle(c);
    c->given_up_us = c->given_up_again ? now_us + AGAIN_US : 0;
}
