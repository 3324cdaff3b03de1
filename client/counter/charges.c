/* Charges at the payment gateway that are under way: followed until they are over, whatever screen is shown by then, and whichever
 * run of the till began them. The spool has each from before it is asked for until what came of it was told here. */
#include "client/counter/counter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/walker.h"
#include "proto/payment.pb-c.h"

#define OP(name)     CAROLINE__V1__OP__OP_##name
#define STATE(name)  CAROLINE__V1__CHARGE_STATE__CHARGE_##name
#define CODE(name)   CAROLINE__V1__ERROR_CODE__##name
#define ASK_AGAIN_US SECOND_US

static int64_t staff_here(const struct counter *c)
{
    const Caroline__V1__SessionOpened *session = link_session(c->link);

    return session == NULL || session->staff == NULL ? 0 : (int64_t)session->staff->id;
}

/* ---- what there is ---- */

static void follow(struct counter *c, int64_t id)
{
    struct charge_followed *f = &c->charge;

    for (size_t i = 0; i < f->count; i++)
        if (f->ids[i] == id)
            return;
    if (f->count < CHARGES_MAX) /* the others are in the spool, and follow after a restart */
        f->ids[f->count++] = id;
}

/* 0: it cannot be read. */
static int64_t id_of(const struct spooled *command, struct arena *arena)
{
    const Caroline__V1__Reply *reply =
        (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, command->reply, arena);
    const Caroline__V1__GiftCardCharging *charging = NULL;

    if (reply != NULL && reply->has_body)
        charging = (const Caroline__V1__GiftCardCharging *)message_decode(
            &caroline__v1__gift_card_charging__descriptor, bytes_of(reply->body.data, reply->body.len), arena);
    return charging == NULL ? 0 : (int64_t)charging->charge_id;
}

void charges_take_up(struct counter *c)
{
    struct arena *arena = arena_create(0);
    const struct spooled *command;
    int64_t after = 0;

    while (c->spool != NULL && (command = spool_followed(c->spool, after, arena)) != NULL) {
        after = command->number;
        follow(c, id_of(command, arena));
    }
    c->charge.from_before = c->charge.count != 0;
    arena_destroy(arena);
}

void charge_begun(struct counter *c, const ProtobufCMessage *message)
{
    follow(c, (int64_t)((const Caroline__V1__GiftCardCharging *)message)->charge_id);
    stage_say(&c->stage, MESSAGE_PLAIN, "the payment gateway is asked: what becomes of it is told here");
}

/* Asked for, and the server has not said yet that it has begun. */
static bool is_on_its_way(struct counter *c)
{
    struct arena *arena = arena_create(0);
    size_t count = 0;
    const struct spooled *rows = c->spool == NULL ? NULL : spool_unanswered(c->spool, arena, &count);
    bool is = false;

    for (size_t i = 0; i < count; i++)
        is = is || rows[i].op == OP(GIFT_CARD_CHARGE);
    arena_destroy(arena);
    return is;
}

bool charge_is_under_way(struct counter *c)
{
    if (c->charge.count == 0 && !is_on_its_way(c))
        return false;
    stage_say(&c->stage, MESSAGE_BAD, "another charge is under way: what becomes of it is told first");
    return true;
}

/* ---- what came of it ---- */

/* It was told: the spool keeps it no more. */
static void forget(struct counter *c, int64_t id)
{
    struct arena *arena = arena_create(0);
    const struct spooled *command;
    int64_t after = 0;

    while (c->spool != NULL && (command = spool_followed(c->spool, after, arena)) != NULL) {
        after = command->number;
        if (id_of(command, arena) == id)
            (void)spool_followed_ends(c->spool, command->id); /* else it is told once more, after a restart */
    }
    arena_destroy(arena);
}

static void end_first(struct counter *c)
{
    struct charge_followed *f = &c->charge;

    forget(c, f->ids[0]);
    f->count--;
    memmove(f->ids, f->ids + 1, f->count * sizeof(f->ids[0]));
    f->from_before = f->from_before && f->count != 0;
}

/* On the screen that waits for it, too. */
static void show_end(struct counter *c, int64_t id, Caroline__V1__ChargeState state, const char *told)
{
    struct stored_cards_model *m = &c->stored_cards;

    stage_say(&c->stage, state == STATE(LOADED) ? MESSAGE_GOOD : MESSAGE_BAD, "%s", told);
    if (m->state != STATE(UNDER_WAY) || m->charge_id != id)
        return;
    snprintf(m->told, sizeof(m->told), "%s", told);
    m->state = (int)state;
}

/* The server's words, but of what is loaded. */
static void take_sentence(struct counter *c, const Caroline__V1__GiftCardCharged *charged, char *told, size_t size)
{
    char amount[NUMBER_TEXT], now[NUMBER_TEXT], name[GIFT_CARD_NAME] = "a gift card", sentence[320];

    if (charged->card != NULL)
        gift_card_name(charged->card, name);
    counter_money(c, amount, charged->amount_minor);
    counter_copy(sentence, sizeof(sentence),
                 charged->sentence.len > 0 ? charged->sentence
                                           : counter_text("nothing was loaded, and nothing stays paid"));
    if (charged->state == STATE(LOADED))
        snprintf(told, size, "%s are paid, and on %s: %s now", amount, name,
                 counter_money(c, now, charged->card == NULL ? 0 : charged->card->balance_minor));
    else
        snprintf(told, size, "%s for %s: %s", amount, name, sentence);
}

static void tell(struct counter *c, int64_t id, const Caroline__V1__GiftCardCharged *charged)
{
    char key[64], told[sizeof(c->stored_cards.told)];

    take_sentence(c, charged, told, sizeof(told));
    show_end(c, id, charged->state, told);
    if (charged->state == STATE(LOADED) && charged->card != NULL && charged->receipt != NULL) {
        snprintf(key, sizeof(key), "gift card %" PRIu32 "/%" PRIu32, charged->card->number, charged->entry);
        printing_put(c, key, charged->receipt);
    }
}

static void say_under_way(struct counter *c)
{
    if (c->charge.from_before)
        stage_say(&c->stage, MESSAGE_PLAIN,
                  "a charge that was begun before this till started is under way: what becomes of it is told here; do "
                  "not do it twice");
    c->charge.from_before = false;
}

/* Asked again it would be refused again: said once to each who is here, and kept for a start at which it is not. */
static void tell_refused(struct counter *c, const struct link_answer *answer)
{
    char told[sizeof(c->stored_cards.told)];

    snprintf(told, sizeof(told),
             "what came of a charge cannot be told: %s; look at the gift card before it is charged again",
             answer->sentence);
    show_end(c, c->charge.ids[0], STATE(GIVEN_UP), told);
    if (answer->code == CODE(UNKNOWN_CHARGE))
        end_first(c);
    else
        c->charge.refused_staff_id = staff_here(c);
}

/* It says how the session is just now, and nothing of who asks. */
static bool is_of_session(unsigned code)
{
    return code == CODE(SIGN_IN_FIRST) || code == CODE(SESSION_LOCKED) || code == CODE(CHOOSE_PIN_FIRST) ||
           code == CODE(TRAINING_ON);
}

static void on_charged(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    const Caroline__V1__GiftCardCharged *charged = (const Caroline__V1__GiftCardCharged *)answer->reply;

    c->charge.asking = false;
    if (c->charge.count == 0 || answer->outcome == LINK_FAILED || answer->later || is_of_session(answer->code))
        return; /* asked again */
    if (answer->outcome == LINK_REFUSED) {
        tell_refused(c, answer);
    } else if (charged->state <= STATE(UNDER_WAY)) {
        say_under_way(c);
    } else {
        tell(c, c->charge.ids[0], charged);
        end_first(c);
    }
}

void charges_tick(struct counter *c, int64_t now_us)
{
    Caroline__V1__GiftCardChargeShow message;

    if (c->charge.count == 0 || c->charge.asking || now_us - c->charge.asked_us < ASK_AGAIN_US ||
        !c->stage.status.connected || link_session(c->link) == NULL || link_locked(c->link) || c->training ||
        (c->charge.refused_staff_id != 0 && c->charge.refused_staff_id == staff_here(c)))
        return;
    c->charge.refused_staff_id = 0;
    c->charge.asked_us = now_us;
    c->charge.asking = true;
    caroline__v1__gift_card_charge_show__init(&message);
    message.has_charge_id = true;
    message.charge_id = (uint64_t)c->charge.ids[0];
    counter_call(c, OP(GIFT_CARD_CHARGE_SHOW), &message.base, on_charged);
}
