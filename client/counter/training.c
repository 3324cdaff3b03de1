/* Training: this session practises. Screens and keys are the same; the server decides upon a drawer of its own, nothing is kept on
 * this till's disk, and every screen and paper says so. */
#include "client/counter/counter.h"

#include <string.h>

#include "proto/session.pb-c.h"

bool training_forbids(struct counter *c)
{
    if (c->training)
        stage_say(&c->stage, MESSAGE_BAD, "not in training: end the training first (F12, F9)");
    return c->training;
}

/* What one mode leaves must not be found in the other: the basket that was practised with is gone, and so is all that is
 * known of the drawer. */
void training_look(struct counter *c)
{
    bool trains = c->link != NULL && link_training(c->link);

    if (trains == c->training)
        return;
    c->training = trains;
    c->errand = ERRAND_NONE;
    c->queued_count = 0;
    c->parked.waiting = 0;
    c->pay.tender_count = 0;
    c->shift.known = c->shift.open = false;
    sale_clear_entry(c);
    sale_drop(c);
    if (link_session(c->link) == NULL)
        return;
    bool locked = link_locked(c->link);
    sign_in_enter(c);
    if (locked)
        lock_begin(c);
    if (trains)
        stage_say(&c->stage, MESSAGE_GOOD,
                  "training: the drawer stays shut, nothing is sold; at the sale F12, F9 ends it");
    else
        stage_say(&c->stage, MESSAGE_GOOD, "the training has ended: from here on it is in earnest");
}

static void on_answered(void *owner, const struct link_answer *answer)
{
    counter_refused(owner, answer);
}

static void begin(void *model)
{
    struct counter *c = model;
    Caroline__V1__TrainingBegin message;

    caroline__v1__training_begin__init(&message);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_TRAINING_BEGIN, .message = &message.base, .answered = on_answered, .owner = c
    };
    counter_command(c, &command, NULL);
}

static void end(void *model)
{
    struct counter *c = model;
    Caroline__V1__TrainingEnd message;

    caroline__v1__training_end__init(&message);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_TRAINING_END, .message = &message.base, .answered = on_answered, .owner = c
    };
    counter_command(c, &command, NULL);
}

/* What is real has to be over, and known to be, before it may be mistaken for practice. */
static bool may_begin(struct counter *c)
{
    if (sale_is_away(c))
        return false;
    if (!c->stage.status.connected)
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: it is the server that one practises with");
    else if (!open_basket_is_empty(&c->basket) || pay_is_under_way(c))
        stage_say(&c->stage, MESSAGE_BAD, "finish the sale first: what is in the basket is real");
    else if (link_unanswered(c->link) > 0 || (c->spool != NULL && spool_unbooked(c->spool) > 0))
        stage_say(&c->stage, MESSAGE_BAD, "what this till has sold is still on its way to the server: wait for it");
    else
        return true;
    return false;
}

void training_toggle(struct counter *c)
{
    if (c->training && pay_is_under_way(c))
        stage_say(&c->stage, MESSAGE_BAD, "this sale is being paid: finish it, or take it back");
    else if (c->training && !c->stage.status.connected)
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: sign out, and the training is over");
    else if (c->training)
        stage_ask(&c->stage, "End", end, "End the training? What is in the basket is gone, and sales are real again.");
    else if (may_begin(c))
        stage_ask(&c->stage, "Train", begin,
                  "Practise at this till? Until F12, F9 ends it nothing is sold, and nobody gets a receipt.");
}
