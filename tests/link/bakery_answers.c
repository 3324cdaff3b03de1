/* What the server of one test answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bakery_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/op.h"
#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "proto/gift_card.pb-c.h"
#include "proto/sale.pb-c.h"

static void send_frame(struct guest *guest, const Caroline__V1__FromServer *frame)
{
    struct bytes payload = message_encode(&frame->base, guest->bakery->scratch);
    uint8_t head[FRAME_HEAD];

    put_u32(head, (uint32_t)payload.size);
    tls_send(guest->tls, bytes_of(head, sizeof head), &guest->out);
    tls_send(guest->tls, payload, &guest->out);
    guest_flush(guest);
}

static void send_reply(struct guest *guest, uint64_t id, Caroline__V1__Reply *reply)
{
    Caroline__V1__FromServer frame = CAROLINE__V1__FROM_SERVER__INIT;

    reply->has_id = true;
    reply->id = id;
    frame.reply = reply;
    send_frame(guest, &frame);
}

static Caroline__V1__Reply reply_of(struct bakery *bakery, const ProtobufCMessage *message)
{
    Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;
    struct bytes body = message_encode(message, bakery->scratch);

    reply.has_body = true;
    reply.body = (ProtobufCBinaryData){ .data = (uint8_t *)body.data, .len = body.size };
    return reply;
}

static Caroline__V1__Reply refusal_of(struct bakery *bakery, unsigned code)
{
    Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;
    Caroline__V1__Error *error = arena_alloc(bakery->scratch, sizeof *error);
    static char sentence[] = "the bakery says no";

    caroline__v1__error__init(error);
    error->has_code = true;
    error->code = (Caroline__V1__ErrorCode)code;
    /* As the server says it: who signs in may send the same again. Of a member so said those of before. */
    error->has_retry = error->retry =
        code == CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST || code == CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST;
    error->has_sentence = true;
    error->sentence = (ProtobufCBinaryData){ .data = (uint8_t *)sentence, .len = sizeof sentence - 1 };
    reply.error = error;
    return reply;
}

/* ---- the catalogue ---- */

static void push_to(struct guest *guest, unsigned topic, uint64_t version, const ProtobufCMessage *message)
{
    Caroline__V1__FromServer frame = CAROLINE__V1__FROM_SERVER__INIT;
    Caroline__V1__Push push = CAROLINE__V1__PUSH__INIT;
    struct bytes body = message_encode(message, guest->bakery->scratch);

    push.has_topic = push.has_version = push.has_body = true;
    push.topic = topic;
    push.version = version;
    push.body = (ProtobufCBinaryData){ .data = (uint8_t *)body.data, .len = body.size };
    frame.push = &push;
    send_frame(guest, &frame);
}

static Caroline__V1__Product *product_of(struct bakery *bakery, uint64_t id, int64_t price_minor)
{
    Caroline__V1__Product *product = arena_alloc(bakery->scratch, sizeof *product);
    char *name = arena_format(bakery->scratch, "Roll %llu", (unsigned long long)id);

    caroline__v1__product__init(product);
    product->has_id = product->has_name = product->has_price_minor = product->has_plu = product->has_active = true;
    product->id = id;
    product->name = (ProtobufCBinaryData){ .data = (uint8_t *)name, .len = strlen(name) };
    product->price_minor = price_minor;
    product->plu = (uint32_t)id;
    product->active = true;
    return product;
}

/* In parts of three products, so that there are many parts. */
static void push_snapshot(struct guest *guest)
{
    struct bakery *bakery = guest->bakery;
    unsigned count = bakery->mind.product_count, parts = count / 3 + 1;

    for (unsigned part = 1; part <= parts && !guest->closing; part++) {
        Caroline__V1__CatalogueDelta delta = CAROLINE__V1__CATALOGUE_DELTA__INIT;
        Caroline__V1__Product *products[3];

        arena_reset(bakery->scratch);
        delta.has_version = delta.has_part = delta.has_parts = delta.has_snapshot = true;
        delta.version = bakery->mind.catalogue_version;
        delta.part = part;
        delta.parts = parts;
        delta.snapshot = true;
        delta.products = products;
        for (unsigned i = (part - 1) * 3; i < part * 3 && i < count; i++)
            products[delta.n_products++] = product_of(bakery, i + 1, 100);
        push_to(guest, CAROLINE__V1__TOPIC__TOPIC_CATALOGUE, delta.version, &delta.base);
    }
}

void bakery_change_price(struct bakery *bakery, int64_t product_id, int64_t price_minor)
{
    bakery->mind.catalogue_version++;
    for (size_t i = 0; i < GUESTS_MAX; i++) {
        struct guest *guest = &bakery->guests[i];
        Caroline__V1__CatalogueDelta delta = CAROLINE__V1__CATALOGUE_DELTA__INIT;
        Caroline__V1__Product *product;

        if (guest->bakery == NULL || guest->closing || !guest->follows)
            continue;
        arena_reset(bakery->scratch);
        product = product_of(bakery, (uint64_t)product_id, price_minor);
        delta.has_version = delta.has_part = delta.has_parts = true;
        delta.version = bakery->mind.catalogue_version;
        delta.part = delta.parts = 1;
        delta.products = &product;
        delta.n_products = 1;
        push_to(guest, CAROLINE__V1__TOPIC__TOPIC_CATALOGUE, delta.version, &delta.base);
    }
}

static void follow(struct guest *guest, const Caroline__V1__Request *request)
{
    struct bakery *bakery = guest->bakery;
    Caroline__V1__CatalogueFollowed followed = CAROLINE__V1__CATALOGUE_FOLLOWED__INIT;
    const Caroline__V1__CatalogueFollow *asked = (const void *)message_decode(
        &caroline__v1__catalogue_follow__descriptor, bytes_of(request->body.data, request->body.len), bakery->scratch);
    bool snapshot = asked->version == 0 || asked->version > bakery->mind.catalogue_version;

    bakery->tally.follows++;
    bakery->tally.followed_from = asked->version;
    bakery->tally.full_sent = snapshot;
    followed.has_version = true;
    followed.version = bakery->mind.catalogue_version;
    Caroline__V1__Reply reply = reply_of(bakery, &followed.base);
    send_reply(guest, request->id, &reply);
    guest->follows = true;
    if (snapshot && bakery->mind.catalogue_version > 0)
        push_snapshot(guest);
}

/* ---- commands ---- */

static struct carried *carried_as(struct bakery *bakery, const uint8_t *id)
{
    for (size_t i = 0; i < bakery->carried_count; i++)
        if (memcmp(bakery->carried[i].id, id, COMMAND_ID_SIZE) == 0)
            return &bakery->carried[i];
    return NULL;
}

/* The same one each time: eaten in, of one roll. */
static Caroline__V1__Reply resumed(struct bakery *bakery)
{
    Caroline__V1__BasketResumed message = CAROLINE__V1__BASKET_RESUMED__INIT;
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__BasketLine line = CAROLINE__V1__BASKET_LINE__INIT, *lines[] = { &line };

    basket.has_service = line.has_product_id = line.has_quantity_milli = true;
    basket.service = CAROLINE__V1__SERVICE__SERVICE_EAT_IN;
    basket.n_lines = 1;
    basket.lines = lines;
    line.product_id = 1;
    line.quantity_milli = 1000;
    message.basket = &basket;
    return reply_of(bakery, &message.base);
}

/* Once, and the answer kept before it is sent: the transaction of the real server. */
static struct carried *carry_out(struct bakery *bakery, const Caroline__V1__Request *request)
{
    struct carried *carried = &bakery->carried[bakery->carried_count++];
    Caroline__V1__Reply reply;

    must(bakery->carried_count < COMMANDS_MAX);
    memcpy(carried->id, request->command_id.data, COMMAND_ID_SIZE);
    must(buffer_append(&carried->body, request->body.data, request->body.len, FRAME_MAX));
    if (bakery->mind.refuse_with != 0) {
        reply = refusal_of(bakery, bakery->mind.refuse_with);
    } else if (request->op == CAROLINE__V1__OP__OP_BASKET_RESUME) {
        bakery->tally.carried_out++;
        reply = resumed(bakery);
    } else if (request->op == CAROLINE__V1__OP__OP_SALE_OFFLINE) {
        Caroline__V1__SaleOfflineBooked booked = CAROLINE__V1__SALE_OFFLINE_BOOKED__INIT;
        bakery->tally.carried_out++;
        booked.has_sale_id = true;
        booked.sale_id = bakery->tally.carried_out;
        reply = reply_of(bakery, &booked.base);
    } else if (request->op == CAROLINE__V1__OP__OP_GIFT_CARD_LOAD) {
        Caroline__V1__GiftCardLoaded loaded = CAROLINE__V1__GIFT_CARD_LOADED__INIT;
        bakery->tally.carried_out++;
        loaded.has_payment_id = true;
        loaded.payment_id = bakery->tally.carried_out;
        reply = reply_of(bakery, &loaded.base);
    } else {
        Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;
        bakery->tally.carried_out++;
        shift.has_shift_id = true;
        shift.shift_id = bakery->tally.carried_out;
        reply = reply_of(bakery, &shift.base);
    }
    struct bytes packed = message_encode(&reply.base, bakery->scratch);
    must(buffer_append(&carried->reply, packed.data, packed.size, FRAME_MAX));
    return carried;
}

/* A reply whose body is no message: a field that ends before it has begun. */
static Caroline__V1__Reply garbled(void)
{
    static uint8_t broken[] = { 0x0a, 0x7f };
    Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;

    reply.has_body = true;
    reply.body = (ProtobufCBinaryData){ .data = broken, .len = sizeof broken };
    return reply;
}

static void command(struct guest *guest, const Caroline__V1__Request *request)
{
    struct bakery *bakery = guest->bakery;
    Caroline__V1__Reply refusal;

    must(request->has_command_id && request->command_id.len == COMMAND_ID_SIZE);
    bakery->tally.commands_received++;
    struct carried *carried = carried_as(bakery, request->command_id.data);
    if (carried != NULL) {
        must(bytes_equal(bytes_of(carried->body.data, carried->body.size),
                         bytes_of(request->body.data, request->body.len)));
    } else if (bakery->mind.needs_session && !guest->signed_in) {
        refusal = refusal_of(bakery, CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST);
        send_reply(guest, request->id, &refusal);
        return;
    } else if (bakery->mind.refuse_with != 0 && !bakery->mind.refusal_is_kept) {
        refusal = refusal_of(bakery, bakery->mind.refuse_with);
        send_reply(guest, request->id, &refusal);
        return;
    } else {
        carried = carry_out(bakery, request);
    }
    Caroline__V1__Reply *kept = (void *)message_decode(
        &caroline__v1__reply__descriptor, bytes_of(carried->reply.data, carried->reply.size), bakery->scratch);
    Caroline__V1__Reply spoilt = garbled();
    send_reply(guest, request->id, bakery->mind.garbles ? &spoilt : kept);
}

static void command_show(struct guest *guest, const Caroline__V1__Request *request)
{
    struct bakery *bakery = guest->bakery;
    Caroline__V1__CommandShown shown = CAROLINE__V1__COMMAND_SHOWN__INIT;
    const Caroline__V1__CommandShow *asked = (const void *)message_decode(
        &caroline__v1__command_show__descriptor, bytes_of(request->body.data, request->body.len), bakery->scratch);
    struct carried *carried = carried_as(bakery, asked->command_id.data);

    bakery->tally.shows++;
    if (bakery->mind.show_refused_with != 0) {
        Caroline__V1__Reply refusal = refusal_of(bakery, bakery->mind.show_refused_with);
        send_reply(guest, request->id, &refusal);
        return;
    }
    shown.has_known = true;
    shown.known = carried != NULL;
    if (carried != NULL) {
        shown.has_reply = true;
        shown.reply = (ProtobufCBinaryData){ .data = carried->reply.data, .len = carried->reply.size };
    }
    Caroline__V1__Reply spoilt = garbled();
    if (carried != NULL && bakery->mind.garbles) {
        struct bytes packed = message_encode(&spoilt.base, bakery->scratch);
        shown.reply = (ProtobufCBinaryData){ .data = (uint8_t *)packed.data, .len = packed.size };
    }
    Caroline__V1__Reply reply = reply_of(bakery, &shown.base);
    send_reply(guest, request->id, &reply);
}

/* ---- the rest ---- */

static void hello(struct guest *guest, const Caroline__V1__Request *request)
{
    struct bakery *bakery = guest->bakery;
    Caroline__V1__Helloed helloed = CAROLINE__V1__HELLOED__INIT;

    bakery->tally.hellos++;
    helloed.has_protocol = helloed.has_state = helloed.has_now_us = helloed.has_renew_after_us = true;
    helloed.protocol = 1;
    helloed.state = bakery->mind.device_state;
    helloed.now_us = (uint64_t)system_clock()->now(system_clock()).us;
    helloed.renew_after_us = bakery->mind.renew_after_us;
    Caroline__V1__Reply reply = reply_of(bakery, &helloed.base);
    send_reply(guest, request->id, &reply);
    if (helloed.state != CAROLINE__V1__DEVICE_STATE__DEVICE_ACTIVE)
        guest_tear(guest);
}

static ProtobufCBinaryData key_of(struct bakery *bakery)
{
    memset(bakery->unlock_key, 0x5a, sizeof bakery->unlock_key);
    return (ProtobufCBinaryData){ .data = bakery->unlock_key, .len = sizeof bakery->unlock_key };
}

static void hear_of_alone(struct bakery *bakery, const Caroline__V1__SessionResume *resume)
{
    bool fits = resume->unlock_key.len == 32 && memcmp(resume->unlock_key.data, key_of(bakery).data, 32) == 0;

    bakery->tally.keys += resume->has_unlock_key ? 1 : 0;
    bakery->tally.opened_alone += resume->opened_alone;
    bakery->tally.wrong_alone += resume->wrong_alone;
    bakery->locked = bakery->locked && !fits;
}

static void session_is_open(struct guest *guest, uint64_t id, Caroline__V1__SessionOpened *opened)
{
    static char sell[] = "sell", person[] = BAKERY_PERSON;
    Caroline__V1__Staff staff = CAROLINE__V1__STAFF__INIT;
    ProtobufCBinaryData permission = { .data = (uint8_t *)sell, .len = 4 };

    guest->signed_in = true;
    staff.has_name = true;
    staff.name = (ProtobufCBinaryData){ .data = (uint8_t *)person, .len = strlen(person) };
    opened->staff = &staff;
    opened->has_locked = true;
    opened->locked = guest->bakery->locked;
    opened->permissions = &permission;
    opened->n_permissions = 1;
    Caroline__V1__Reply reply = reply_of(guest->bakery, &opened->base);
    send_reply(guest, id, &reply);
}

void bakery_let_resume(struct bakery *bakery)
{
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;

    assert_non_null(bakery->resuming);
    session_is_open(bakery->resuming, bakery->resume_id, &opened);
    bakery->resuming = NULL;
}

static bool is_pin(const struct bakery *bakery, ProtobufCBinaryData pin)
{
    const char *right = bakery->mind.pin;

    return right == NULL || (pin.len == strlen(right) && memcmp(pin.data, right, pin.len) == 0);
}

static void session(struct guest *guest, const Caroline__V1__Request *request)
{
    struct bakery *bakery = guest->bakery;
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;

    if (request->op == CAROLINE__V1__OP__OP_SESSION_OPEN) {
        const Caroline__V1__SessionOpen *open = (const void *)message_decode(
            &caroline__v1__session_open__descriptor, bytes_of(request->body.data, request->body.len), bakery->scratch);
        if (!is_pin(bakery, open->pin)) {
            Caroline__V1__Reply refusal = refusal_of(bakery, CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED);
            send_reply(guest, request->id, &refusal);
            return;
        }
        bakery->tally.opened_alone += open->opened_alone;
        bakery->tally.wrong_alone += open->wrong_alone;
        opened.has_token = true;
        opened.token = (ProtobufCBinaryData){ .data = bakery->token, .len = sizeof bakery->token };
        opened.has_unlock_key = bakery->mind.gives_key;
        opened.unlock_key = key_of(bakery);
        bakery->locked = false;
    } else {
        const Caroline__V1__SessionResume *resume =
            (const void *)message_decode(&caroline__v1__session_resume__descriptor,
                                         bytes_of(request->body.data, request->body.len), bakery->scratch);
        bakery->tally.resumes++;
        bakery->tally.idle_told = resume->has_idle_s;
        bakery->tally.idle_s = resume->idle_s;
        if (bakery->mind.resumes_later > 0) {
            Caroline__V1__Reply refusal = refusal_of(bakery, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
            bakery->mind.resumes_later--;
            send_reply(guest, request->id, &refusal);
            return;
        }
        if (bakery->mind.knows_no_session || resume->token.len != 32 ||
            memcmp(resume->token.data, bakery->token, 32) != 0) {
            Caroline__V1__Reply refusal = refusal_of(bakery, CAROLINE__V1__ERROR_CODE__SESSION_UNKNOWN);
            send_reply(guest, request->id, &refusal);
            return;
        }
        hear_of_alone(bakery, resume);
        if (bakery->mind.holds_resumes) {
            bakery->resuming = guest;
            bakery->resume_id = request->id;
            return;
        }
    }
    session_is_open(guest, request->id, &opened);
}

static void locks(struct guest *guest, const Caroline__V1__Request *request)
{
    struct bakery *bakery = guest->bakery;
    Caroline__V1__SessionState state = CAROLINE__V1__SESSION_STATE__INIT;

    bool unlocks = request->op == CAROLINE__V1__OP__OP_SESSION_UNLOCK;
    const Caroline__V1__SessionUnlock *asked =
        unlocks ? (const void *)message_decode(&caroline__v1__session_unlock__descriptor,
                                               bytes_of(request->body.data, request->body.len), bakery->scratch)
                : NULL;

    if (unlocks && bakery->mind.unlock_refused_with != 0) {
        Caroline__V1__Reply refusal = refusal_of(bakery, bakery->mind.unlock_refused_with);
        send_reply(guest, request->id, &refusal);
        return;
    }
    if (unlocks && !is_pin(bakery, asked->pin)) {
        Caroline__V1__Reply refusal = refusal_of(bakery, CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED);
        send_reply(guest, request->id, &refusal);
        return;
    }
    state.has_open = state.open = state.has_locked = true;
    state.locked = bakery->locked = !unlocks;
    state.has_unlock_key = unlocks && bakery->mind.gives_key;
    state.unlock_key = key_of(bakery);
    bakery->tally.locks += state.locked ? 1 : 0;
    Caroline__V1__Reply reply = reply_of(bakery, &state.base);
    send_reply(guest, request->id, &reply);
}

static void renew(struct guest *guest, const Caroline__V1__Request *request)
{
    struct bakery *bakery = guest->bakery;
    Caroline__V1__Enrolled enrolled = CAROLINE__V1__ENROLLED__INIT;
    struct bytes ca = authority_der(bakery->authority);

    /* Any certificate will do: what counts is that it is put in place. */
    bakery->tally.renewals++;
    bakery->mind.renew_after_us = UINT64_MAX >> 1;
    enrolled.has_certificate = true;
    enrolled.certificate = (ProtobufCBinaryData){ .data = (uint8_t *)ca.data, .len = ca.size };
    Caroline__V1__Reply reply = reply_of(bakery, &enrolled.base);
    send_reply(guest, request->id, &reply);
}

void guest_answer(struct guest *guest, const Caroline__V1__Request *request)
{
    struct bakery *bakery = guest->bakery;
    const struct client_op *op = client_op(request->op);

    must(op != NULL && request->id != 0);
    switch (request->op) {
    case CAROLINE__V1__OP__OP_HELLO:
        hello(guest, request);
        return;
    case CAROLINE__V1__OP__OP_CATALOGUE_FOLLOW:
        follow(guest, request);
        return;
    case CAROLINE__V1__OP__OP_COMMAND_SHOW:
        command_show(guest, request);
        return;
    case CAROLINE__V1__OP__OP_SESSION_OPEN:
    case CAROLINE__V1__OP__OP_SESSION_RESUME:
        session(guest, request);
        return;
    case CAROLINE__V1__OP__OP_SESSION_LOCK:
    case CAROLINE__V1__OP__OP_SESSION_UNLOCK:
        locks(guest, request);
        return;
    case CAROLINE__V1__OP__OP_DEVICE_RENEW:
        renew(guest, request);
        return;
    case CAROLINE__V1__OP__OP_PING:
        if (bakery->mind.mute_pings)
            return;
        break;
    default:
        break;
    }
    if (op->command) {
        command(guest, request);
    } else if (bakery->mind.refuse_with != 0) {
        Caroline__V1__Reply refusal = refusal_of(bakery, bakery->mind.refuse_with);
        send_reply(guest, request->id, &refusal);
    } else {
        Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;
        reply.has_body = true;
        send_reply(guest, request->id, &reply);
    }
}

void bakery_push(struct bakery *bakery, unsigned topic, const ProtobufCMessage *message)
{
    arena_reset(bakery->scratch);
    for (size_t i = 0; i < GUESTS_MAX; i++)
        if (bakery->guests[i].bakery != NULL && !bakery->guests[i].closing)
            push_to(&bakery->guests[i], topic, 0, message);
}
