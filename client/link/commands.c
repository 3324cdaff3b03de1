/* Commands: on the disk before the first byte leaves, sent until they are answered. inside.h has the picture. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/inside.h"
#include "common/wire/walker.h"
#include "proto/sale.pb-c.h"

#define AGAIN_FIRST_MS 200
#define AGAIN_MAX_MS   5000
/* An answer that could not be read is read no better soon, unless it was spoilt on its way. */
#define UNREAD_AGAIN_MS 30000
/* Well within the 90 days for which a server keeps its answers: what is asked for again is known there. */
#define REOPEN_US (30 * DAY_S * SECOND_US)

static void free_body(struct bytes body)
{
    if (body.data == NULL)
        return;
    explicit_bzero((uint8_t *)body.data, body.size);
    free((uint8_t *)body.data);
}

static void free_command(struct command *command)
{
    free_body(command->body);
    free(command);
}

static void take_off(struct link *link, struct command *command)
{
    TAILQ_REMOVE(&link->commands, command, in_commands);
    free_command(command);
}

static struct command *command_add(struct link *link, const struct client_op *op, const uint8_t id[COMMAND_ID_SIZE])
{
    struct command *command = calloc(1, sizeof *command);

    if (command == NULL)
        abort();
    command->op = op;
    memcpy(command->id, id, COMMAND_ID_SIZE);
    command->phase = COMMAND_TO_SEND;
    TAILQ_INSERT_TAIL(&link->commands, command, in_commands);
    return command;
}

static struct command *find(struct link *link, const uint8_t id[COMMAND_ID_SIZE])
{
    struct command *command;

    TAILQ_FOREACH(command, &link->commands, in_commands)
    if (memcmp(command->id, id, COMMAND_ID_SIZE) == 0)
        return command;
    return NULL;
}

static void start(struct link *link, const struct link_command *wanted, const uint8_t id[COMMAND_ID_SIZE],
                  struct bytes body, bool spooled)
{
    struct command *command = command_add(link, client_op(wanted->op), id);

    command->body = body;
    command->spooled = spooled;
    command->answered = wanted->answered;
    command->owner = wanted->owner;
    command->practised = link->training;
    calls_pump(link);
}

/* What must not be on any disk, nor leave this machine; the screens refuse and wipe it where it is typed, and this stands behind them. */
static bool has_card(struct link *link, const ProtobufCMessage *message, const char **problem)
{
    const char *field;

    arena_reset(link->scratch);
    return request_check(message, link->scratch, &field, problem) == REQUEST_CARD_NUMBER;
}

bool link_command(struct link *link, const struct link_command *wanted, uint8_t id_out[COMMAND_ID_SIZE],
                  const char **problem)
{
    const struct client_op *op = client_op(wanted->op);
    struct spool *spool = link->options.spool;
    struct spooled row = { .op = wanted->op, .made_us = link->clock->now(link->clock).us };

    assert(op != NULL && op->command && wanted->message->descriptor == op->request);
    if (has_card(link, wanted->message, problem))
        return false;
    if (wanted->id != NULL)
        memcpy(row.id, wanted->id, COMMAND_ID_SIZE);
    else
        command_id_make(row.id, link->clock, link->entropy);
    row.secret = op->secret;
    row.takes_basket = wanted->takes_basket;
    row.ends_basket = wanted->ends_basket;
    row.follow = wanted->follow;
    row.body = packed(link, wanted->message);
    *problem = TOO_LARGE;
    if (row.body.size > BODY_MAX) {
        free_body(row.body);
        return false;
    }
    if (link->training) /* nothing of it is worth the disk, where a basket of goods has its place */
        spool = NULL;
    if (spool != NULL && !spool_put(spool, &row)) {
        *problem = spool_problem(spool);
        free_body(row.body);
        return false;
    }
    if (id_out != NULL)
        memcpy(id_out, row.id, COMMAND_ID_SIZE);
    start(link, wanted, row.id, row.body, spool != NULL);
    return true;
}

/* What was sold is never told to be refused for want of a person: it waits for one. */
static void start_booking(struct link *link, const uint8_t id[COMMAND_ID_SIZE], struct bytes body)
{
    struct command *command = command_add(link, client_op(CAROLINE__V1__OP__OP_SALE_OFFLINE), id);

    command->body = body;
    command->spooled = true;
    command->tries = 1;
}

static struct spooled booking_of(struct link *link, struct bytes body)
{
    struct spooled row = { .op = CAROLINE__V1__OP__OP_SALE_OFFLINE,
                           .made_us = link->clock->now(link->clock).us,
                           .body = body };

    command_id_make(row.id, link->clock, link->entropy);
    return row;
}

bool link_sell_offline(struct link *link, const ProtobufCMessage *message, int64_t number, struct bytes paper,
                       const uint8_t *aside, const char **problem)
{
    struct spool *spool = link->options.spool;
    struct spooled row = booking_of(link, packed(link, message));

    if (spool == NULL || !spool_sell(spool, &row, number, paper, aside)) {
        *problem = spool == NULL ? "nothing is kept here" : spool_problem(spool);
        free((uint8_t *)row.body.data);
        return false;
    }
    start_booking(link, row.id, row.body);
    calls_pump(link);
    return true;
}

void link_book_again(struct link *link)
{
    struct arena *arena;
    size_t count;

    if (link->options.spool == NULL)
        return;
    arena = arena_create(0);
    const struct sold_offline *sold = spool_refused(link->options.spool, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct spooled row = booking_of(link, sold[i].body);

        if (!spool_sell_again(link->options.spool, &row, sold[i].number))
            break; /* the disk is full: what stands behind it may not go before it */
        start_booking(link, row.id, owned_copy(row.body));
    }
    arena_destroy(arena);
    calls_pump(link);
}

void command_unspooled(struct link *link, const struct link_command *wanted)
{
    uint8_t id[COMMAND_ID_SIZE];

    command_id_make(id, link->clock, link->entropy);
    start(link, wanted, id, packed(link, wanted->message), false);
}

/* ---- the end of a command ---- */

/* A basket that was taken up: it is this till's from the moment its answer is on the disk. */
static struct bytes basket_brought(const struct link_answer *answer, struct arena *arena)
{
    const Caroline__V1__BasketResumed *resumed = (const void *)answer->reply;

    if (answer->outcome != LINK_OK || answer->reply->descriptor != &caroline__v1__basket_resumed__descriptor ||
        resumed->basket == NULL)
        return (struct bytes){ NULL, 0 };
    return message_encode(&resumed->basket->base, arena);
}

/* A sale may have been brought from elsewhere: out of this spool. */
static bool is_done(unsigned op, const struct link_answer *answer)
{
    return answer->outcome == LINK_OK ||
           ((op == CAROLINE__V1__OP__OP_SALE_OFFLINE || op == CAROLINE__V1__OP__OP_SALE_RING_UP) &&
            answer->code == CAROLINE__V1__ERROR_CODE__COMMAND_DONE);
}

static bool is_about_training(unsigned op)
{
    return op == CAROLINE__V1__OP__OP_TRAINING_BEGIN || op == CAROLINE__V1__OP__OP_TRAINING_END;
}

static void ask_again(struct link *link, struct command *command)
{
    command->phase = COMMAND_UNREAD;
    command->tries++;
    command->not_before_us = link_monotonic(link) + (int64_t)UNREAD_AGAIN_MS * 1000;
}

/* The answer is on the disk before anybody hears of it. Should the disk fail now, the answer counts all the same: it is
 * the server's, and can be asked for again. It is, of what was sold offline: its record would stay unbooked here, and nobody
 * waits for the answer. */
static void settle(struct link *link, struct command *command, const struct link_answer *answer, struct bytes reply)
{
    uint8_t id[COMMAND_ID_SIZE];
    link_answer_fn *answered = command->answered;
    void *owner = command->owner;
    unsigned op = command->op->number;
    bool practised = command->practised;

    memcpy(id, command->id, sizeof id);
    bool kept = !command->spooled ||
                spool_answer(link->options.spool, id, reply, is_done(op, answer), basket_brought(answer, link->frame));
    if (!kept && op == CAROLINE__V1__OP__OP_SALE_OFFLINE && !link->closing) {
        ask_again(link, command);
        return;
    }
    take_off(link, command);
    if (link->closing)
        return;
    if (is_about_training(op))
        session_trained(link, answer);
    if (answered != NULL)
        answered(owner, answer);
    else if (link->options.events.on_recovered != NULL && !practised)
        link->options.events.on_recovered(link->options.owner, op, id, answer);
}

/* It may have been done: it is no more refused than carried out, and stays open. Those behind it do not wait, for the server
 * has come to an end with this one, whichever. */
static void leave_unread(struct link *link, struct command *command)
{
    ask_again(link, command);
    snprintf(link->trouble, sizeof link->trouble,
             "what became of a request is not known: the server's answer could not be understood");
    link_say(link, link->state, "%s; it is asked for again", link->trouble);
}

static void settle_with(struct link *link, struct command *command, const Caroline__V1__Reply *reply)
{
    struct link_answer answer = answer_of(link, command->op, reply, NULL);

    if (answer.outcome == LINK_FAILED)
        leave_unread(link, command);
    else
        settle(link, command, &answer, message_encode(&reply->base, link->frame));
}

/* Its body was not for the disk, the program that had it is gone, and the server has never seen it. */
static void settle_as_lost(struct link *link, struct command *command)
{
    struct link_answer answer = { .outcome = LINK_FAILED,
                                  .sentence = "was not carried out before the program ended; enter it again" };

    settle(link, command, &answer, bytes_of("", 0));
}

/* An earlier program has put what no frame holds onto the disk, and fell over it. */
static void settle_as_too_large(struct link *link, struct command *command)
{
    Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;
    Caroline__V1__Error error = CAROLINE__V1__ERROR__INIT;
    static char sentence[] = TOO_LARGE;

    error.has_code = error.has_sentence = true;
    error.code = CAROLINE__V1__ERROR_CODE__TOO_LARGE;
    error.sentence = (ProtobufCBinaryData){ .data = (uint8_t *)sentence, .len = sizeof sentence - 1 };
    reply.error = &error;
    settle_with(link, command, &reply);
}

static bool is_too_large(const struct command *command)
{
    return command->body.data != NULL && command->body.size > BODY_MAX;
}

/* ---- answers ---- */

/* After 0.2 s, doubling to 5 s, give or take a quarter. */
static void do_later(struct link *link, struct command *command, enum command_phase phase)
{
    int64_t wait_ms = AGAIN_FIRST_MS << (command->tries < 5 ? command->tries : 5);
    uint32_t chance;

    if (wait_ms > AGAIN_MAX_MS)
        wait_ms = AGAIN_MAX_MS;
    link->entropy->fill(link->entropy, &chance, sizeof chance);
    wait_ms += wait_ms * (int64_t)(chance % 512) / 1024 - wait_ms / 4;
    command->tries++;
    command->phase = phase;
    command->not_before_us = link_monotonic(link) + wait_ms * 1000;
}

static void try_later(struct link *link, struct command *command)
{
    do_later(link, command, COMMAND_TO_SEND);
}

static void on_sent_done(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence)
{
    struct command *command = call->command;

    (void)sentence;
    link->commands_in_flight--;
    if (command->abandoned) {
        take_off(link, command);
        return;
    }
    if (reply == NULL)
        return; /* commands_lost() comes behind it */
    bool wants_sign_in = reply->error != NULL && error_wants_sign_in(reply->error);
    if (wants_sign_in && command->tries > 0) {
        /* An earlier copy may yet be under way: not to be reported as refused. */
        command->phase = COMMAND_HELD;
        session_missed(link, reply->error);
    } else if (reply->error != NULL && !wants_sign_in && error_means_later(reply->error)) {
        try_later(link, command);
        snprintf(link->trouble, sizeof link->trouble, "%s", error_sentence(reply->error, link->frame));
        link_say(link, link->state, "%s; trying again", link->trouble);
    } else {
        settle_with(link, command, reply);
    }
}

/* With its body it is sent again, and its id sees to it that it is done once. Without, only the server's word that it never
 * came ends it. */
static void not_shown(struct link *link, struct command *command, const Caroline__V1__Reply *reply,
                      const Caroline__V1__CommandShown *shown)
{
    if (command->body.data != NULL && !is_too_large(command))
        command->phase = COMMAND_TO_SEND;
    else if (shown != NULL && shown->has_known && command->body.data != NULL)
        settle_as_too_large(link, command);
    else if (shown != NULL && shown->has_known)
        settle_as_lost(link, command);
    else if (reply->error != NULL && error_means_later(reply->error))
        do_later(link, command, COMMAND_TO_ASK);
    else
        leave_unread(link, command);
}

static void on_asked_done(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence)
{
    struct command *command = call->command;
    const Caroline__V1__CommandShown *shown = NULL;
    const Caroline__V1__Reply *kept = NULL;

    (void)sentence;
    link->commands_in_flight--;
    if (command->abandoned) {
        take_off(link, command);
        return;
    }
    if (reply == NULL)
        return;
    if (reply->error != NULL && error_wants_sign_in(reply->error)) {
        command->phase = COMMAND_HELD;
        return;
    }
    if (reply->error == NULL)
        shown = (const void *)reply_message(call->op->reply, reply, link->frame);
    bool known = shown != NULL && shown->known;
    if (known)
        kept = (const void *)message_decode(&caroline__v1__reply__descriptor,
                                            bytes_of(shown->reply.data, shown->reply.len), link->frame);
    if (kept != NULL)
        settle_with(link, command, kept);
    else if (known)
        leave_unread(link, command);
    else
        not_shown(link, command, reply, shown);
}

/* ---- sending ---- */

static void ask(struct link *link, struct command *command)
{
    Caroline__V1__CommandShow show = CAROLINE__V1__COMMAND_SHOW__INIT;

    show.has_command_id = true;
    show.command_id = (ProtobufCBinaryData){ .data = command->id, .len = COMMAND_ID_SIZE };
    struct call *call = call_add(link, client_op(CAROLINE__V1__OP__OP_COMMAND_SHOW), packed(link, &show.base),
                                 COMMAND_WAIT_MS, on_asked_done);
    call->command = command;
    command->phase = COMMAND_ASKED;
    link->commands_in_flight++;
}

/* What its answer tells its sender alone would not be in it for nobody, and the answer is asked for once. */
static bool may_ask(const struct link *link, const struct command *command)
{
    if (command->phase != COMMAND_TO_ASK && command->phase != COMMAND_UNREAD)
        return false;
    return command->not_before_us <= link_monotonic(link) &&
           (!command->op->personal || command->practised || (link->session != NULL && !link->locked));
}

/* From here on a byte may have left; the disk knows it first. */
static bool send_command(struct link *link, struct command *command)
{
    if (!command->left && command->spooled && !spool_mark_sent(link->options.spool, command->id)) {
        try_later(link, command);
        return false;
    }
    command->left = true;
    struct call *call = call_add(link, command->op, command->body, COMMAND_WAIT_MS, on_sent_done);
    call->command = command;
    call->borrowed = true;
    command->phase = COMMAND_SENT;
    link->commands_in_flight++;
    return true;
}

/* In order, but for one rule: nothing is sent while it is not known what became of one before it. */
void commands_pump(struct link *link)
{
    int64_t now_us = link_monotonic(link);
    struct command *command;

    if (link->stage != STAGE_UP)
        return;
    TAILQ_FOREACH(command, &link->commands, in_commands)
    {
        if (link->commands_in_flight >= COMMANDS_AT_ONCE || command->phase == COMMAND_HELD)
            return;
        if (may_ask(link, command))
            ask(link, command);
        if (command->phase == COMMAND_ASKED || command->phase == COMMAND_TO_ASK)
            break;
        if (command->phase != COMMAND_TO_SEND)
            continue;
        if (command->not_before_us > now_us || !send_command(link, command))
            return;
    }
    for (; command != NULL && link->commands_in_flight < COMMANDS_AT_ONCE; command = TAILQ_NEXT(command, in_commands))
        if (may_ask(link, command))
            ask(link, command);
}

int64_t commands_next_us(const struct link *link)
{
    int64_t now_us = link_monotonic(link), first_us = INT64_MAX;
    const struct command *command;

    if (link->stage != STAGE_UP)
        return first_us;
    TAILQ_FOREACH(command, &link->commands, in_commands)
    if (command->phase != COMMAND_SENT && command->phase != COMMAND_ASKED && command->not_before_us > now_us &&
        command->not_before_us < first_us)
        first_us = command->not_before_us;
    return first_us;
}

/* ---- what happens around them ---- */

/* An earlier program took an answer that it could not read for a refusal. */
static void reopen_unread(struct link *link, struct arena *arena)
{
    int64_t since_us = link->clock->now(link->clock).us - REOPEN_US;
    size_t count;
    const struct spooled *rows = spool_not_accepted(link->options.spool, since_us, arena, &count);

    for (size_t i = 0; i < count; i++) {
        const Caroline__V1__Reply *reply =
            (const void *)message_decode(&caroline__v1__reply__descriptor, rows[i].reply, arena);
        if (reply == NULL || reply->error == NULL)
            (void)spool_reopen(link->options.spool, rows[i].id);
    }
}

void commands_take_up(struct link *link)
{
    struct arena *arena;
    size_t count;

    if (link->options.spool == NULL)
        return;
    arena = arena_create(0);
    reopen_unread(link, arena);
    const struct spooled *rows = spool_unanswered(link->options.spool, arena, &count);
    for (size_t i = 0; i < count; i++) {
        const struct client_op *op = client_op(rows[i].op);
        if (op == NULL)
            continue; /* written by a newer program: it waits for that one */
        struct command *command = command_add(link, op, rows[i].id);
        command->spooled = true;
        command->left = rows[i].sent;
        command->tries = 1;
        command->body = rows[i].body.data != NULL ? owned_copy(rows[i].body) : (struct bytes){ NULL, 0 };
        command->phase =
            rows[i].sent || command->body.data == NULL || is_too_large(command) ? COMMAND_TO_ASK : COMMAND_TO_SEND;
    }
    arena_destroy(arena);
}

void commands_lost(struct link *link)
{
    struct command *command;

    link->commands_in_flight = 0;
    TAILQ_FOREACH(command, &link->commands, in_commands)
    {
        command->not_before_us = 0;
        if (command->phase == COMMAND_SENT)
            command->tries++;
        if (command->left || command->body.data == NULL || is_too_large(command))
            command->phase = COMMAND_TO_ASK;
        else
            command->phase = COMMAND_TO_SEND;
    }
}

void commands_signed_in(struct link *link)
{
    struct command *command;

    TAILQ_FOREACH(command, &link->commands, in_commands)
    if (command->phase == COMMAND_HELD)
        command->phase = command->body.data == NULL || is_too_large(command) ? COMMAND_TO_ASK : COMMAND_TO_SEND;
}

/* Those that are still on their way are refused, or practised, unseen. */
void commands_trained(struct link *link)
{
    struct command *command;

    TAILQ_FOREACH(command, &link->commands, in_commands)
    if (command->practised && !is_about_training(command->op->number))
        command->answered = NULL;
}

void commands_drop(struct link *link)
{
    struct command *command;

    while ((command = TAILQ_FIRST(&link->commands)) != NULL)
        take_off(link, command);
}

static bool is_on_its_way(const struct command *command)
{
    return command->phase == COMMAND_SENT || command->phase == COMMAND_ASKED;
}

void link_abandon(struct link *link, const void *owner)
{
    struct command *command, *next;

    for (command = TAILQ_FIRST(&link->commands); command != NULL; command = next) {
        next = TAILQ_NEXT(command, in_commands);
        if (command->owner != owner || command->spooled)
            continue;
        command->answered = NULL;
        command->abandoned = true;
        if (!is_on_its_way(command)) {
            take_off(link, command);
        } else if (call_unsent_drop(link, command)) {
            link->commands_in_flight--;
            take_off(link, command);
        }
    }
}

void link_forget(struct link *link, const void *owner)
{
    struct command *command;
    struct call *call;

    TAILQ_FOREACH(command, &link->commands, in_commands)
    if (command->owner == owner)
        command->answered = NULL;
    TAILQ_FOREACH(call, &link->calls, in_calls)
    if (call->owner == owner)
        call->answered = NULL;
    if (link->unlocked_owner == owner)
        link->unlocked = NULL;
}

void link_let_go(struct link *link, const uint8_t id[COMMAND_ID_SIZE])
{
    struct command *command = find(link, id);

    if (command != NULL)
        command->answered = NULL;
}

bool link_withdraw(struct link *link, const uint8_t id[COMMAND_ID_SIZE])
{
    struct command *command = find(link, id);

    if (command == NULL || command->left || (command->spooled && !spool_withdraw(link->options.spool, id)))
        return false;
    take_off(link, command);
    return true;
}

bool link_can_withdraw(const struct link *link, const uint8_t id[COMMAND_ID_SIZE])
{
    const struct command *command;

    TAILQ_FOREACH(command, &link->commands, in_commands)
    if (memcmp(command->id, id, COMMAND_ID_SIZE) == 0)
        return !command->left;
    return false;
}

size_t link_unanswered(const struct link *link)
{
    const struct command *command;
    size_t count = 0;

    TAILQ_FOREACH(command, &link->commands, in_commands)
    count++;
    return count;
}
