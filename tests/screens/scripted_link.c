/* A link without a server: client/link/link.h once more, answered by hand. */
#include "scripted_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "client/link/op.h"
#include "client/link/spool.h"
#include "common/wire/walker.h"
#include "proto/member.pb-c.h"
#include "proto/sale.pb-c.h"

#define ASKED_MAX 32

struct asked {
    unsigned op;
    uint8_t id[COMMAND_ID_SIZE]; /* of a sale made offline */
    uint8_t *body;
    size_t size;
    link_answer_fn *answered;
    void *owner;
};

struct link {
    struct link_events events;
    void *owner;
    const struct catalogue *catalogue;
    enum link_state state;
    char sentence[200];
    char name[100];
    Caroline__V1__SessionOpened session;
    Caroline__V1__Staff staff;
    Caroline__V1__Helloed hello;
    struct spool *spool;
    uint8_t sold; /* offline, so far: makes ids */
    bool signed_in, locked, unsent, training;
    enum link_alone alone;
    unsigned here; /* how often somebody was said to be */
    unsigned reconnects;
    const char *forbidden;
    int64_t later_us;
    struct asked asked[ASKED_MAX];
    size_t count;
    struct arena *arena;
};

struct link *scripted_link_create(const struct link_events *events, void *owner)
{
    struct link *link = calloc(1, sizeof(*link));
    assert_non_null(link);
    link->events = *events;
    link->owner = owner;
    link->arena = arena_create(0);
    caroline__v1__helloed__init(&link->hello);
    link->hello.has_idle_lock_s = true;
    link->hello.idle_lock_s = 120;
    return link;
}

void scripted_link_destroy(struct link *link)
{
    for (size_t i = 0; i < link->count; i++)
        free(link->asked[i].body);
    arena_destroy(link->arena);
    free(link);
}

void scripted_catalogue(struct link *link, const struct catalogue *catalogue)
{
    link->catalogue = catalogue;
    link->events.on_catalogue(link->owner, catalogue_newest(catalogue));
}

void scripted_progress(struct link *link, uint32_t part, uint32_t parts)
{
    link->catalogue = NULL;
    link->events.on_progress(link->owner, part, parts);
}

void scripted_state(struct link *link, enum link_state state, const char *sentence)
{
    link->state = state;
    snprintf(link->sentence, sizeof(link->sentence), "%s", sentence);
    link->events.on_state(link->owner, state, sentence);
}

void scripted_session(struct link *link, const char *name, bool locked)
{
    link->signed_in = name != NULL;
    link->locked = locked;
    link->training = link->training && name != NULL;
    caroline__v1__session_opened__init(&link->session);
    caroline__v1__staff__init(&link->staff);
    if (name != NULL) {
        snprintf(link->name, sizeof(link->name), "%s", name);
        link->session.staff = &link->staff;
        link->staff.has_id = link->staff.has_name = link->staff.has_role_id = true;
        link->staff.id = 600 + (unsigned char)name[0];
        link->staff.role_id = SCRIPTED_ROLE;
        link->staff.name = (ProtobufCBinaryData){ strlen(link->name), (uint8_t *)link->name };
    }
    link->events.on_session(link->owner, name != NULL, locked);
}

void scripted_training(struct link *link, bool trains)
{
    link->training = trains;
    link->events.on_session(link->owner, true, link->locked);
}

void scripted_forbids(struct link *link, const char *permission)
{
    link->forbidden = permission;
}

void scripted_later(struct link *link, int64_t us)
{
    link->later_us += us;
}

void scripted_unsent(struct link *link)
{
    link->unsent = true;
}

/* ---- answering ---- */

static size_t find(const struct link *link, unsigned op)
{
    for (size_t i = 0; i < link->count; i++)
        if (link->asked[i].op == op)
            return i;
    return SIZE_MAX;
}

bool scripted_asked(const struct link *link, unsigned op)
{
    return find(link, op) != SIZE_MAX;
}

const ProtobufCMessage *scripted_request(struct link *link, unsigned op, const ProtobufCMessageDescriptor *descriptor)
{
    size_t at = find(link, op);
    if (at == SIZE_MAX)
        fail_msg("op %u was not asked", op);
    const ProtobufCMessage *message =
        message_decode(descriptor, bytes_of(link->asked[at].body, link->asked[at].size), link->arena);
    assert_non_null(message);
    const char *field, *sentence;
    if (!message_check(message, link->arena, &field, &sentence))
        fail_msg("op %u: %s %s", op, field, sentence);
    return message;
}

static void give(struct link *link, unsigned op, const struct link_answer *answer)
{
    size_t at = find(link, op);
    if (at == SIZE_MAX)
        fail_msg("op %u was not asked", op);
    struct asked asked = link->asked[at];
    memmove(&link->asked[at], &link->asked[at + 1], (link->count - at - 1) * sizeof(asked));
    link->count--;
    if (asked.answered == NULL) {
        Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;

        reply.error = (Caroline__V1__Error *)(uintptr_t)answer->error;
        reply.has_body = answer->error == NULL;
        reply.body = (ProtobufCBinaryData){ answer->body.size, (uint8_t *)(uintptr_t)answer->body.data };
        assert_true(spool_answer(link->spool, asked.id, message_encode(&reply.base, link->arena),
                                 answer->outcome == LINK_OK, (struct bytes){ NULL, 0 }));
        link->events.on_recovered(link->owner, op, asked.id, answer);
    } else {
        asked.answered(asked.owner, answer);
    }
    free(asked.body);
    arena_reset(link->arena);
}

void scripted_answer(struct link *link, unsigned op, const ProtobufCMessage *reply)
{
    /* As it would come off the wire. */
    struct bytes body = message_encode(reply, link->arena);
    struct link_answer answer = {
        .outcome = LINK_OK, .reply = message_decode(reply->descriptor, body, link->arena), .sentence = "", .body = body
    };
    assert_non_null(answer.reply);
    give(link, op, &answer);
}

void scripted_refuse(struct link *link, unsigned op, unsigned code, const char *sentence, const char *field,
                     const ProtobufCMessage *detail)
{
    Caroline__V1__Error error;
    caroline__v1__error__init(&error);
    error.has_code = error.has_sentence = true;
    error.code = (Caroline__V1__ErrorCode)code;
    error.sentence = (ProtobufCBinaryData){ strlen(sentence), (uint8_t *)(uintptr_t)sentence };
    if (field != NULL) {
        error.has_field = true;
        error.field = (ProtobufCBinaryData){ strlen(field), (uint8_t *)(uintptr_t)field };
    }
    if (detail != NULL) {
        struct bytes bytes = message_encode(detail, link->arena);
        error.has_detail = true;
        error.detail = (ProtobufCBinaryData){ bytes.size, (uint8_t *)(uintptr_t)bytes.data };
    }
    struct link_answer answer = { .outcome = LINK_REFUSED, .error = &error, .code = code, .sentence = sentence };
    give(link, op, &answer);
}

void scripted_fail(struct link *link, unsigned op, const char *sentence)
{
    struct link_answer answer = { .outcome = LINK_FAILED, .sentence = sentence };
    give(link, op, &answer);
}

/* ---- link.h ---- */

/* The link itself would end the program. */
static void link_knows(unsigned op_number, const ProtobufCMessage *message, bool command)
{
    const struct client_op *op = client_op(op_number);

    if (op == NULL)
        fail_msg("op %u is not in the client's table", op_number);
    else if (op->command != command || message->descriptor != op->request)
        fail_msg("%s is asked as what it is not", op->name);
}

static void keep(struct link *link, unsigned op, const ProtobufCMessage *message, link_answer_fn *answered, void *owner)
{
    assert_true(link->count < ASKED_MAX);
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *body = malloc(size + 1);
    assert_non_null(body);
    protobuf_c_message_pack(message, body);
    link->asked[link->count++] =
        (struct asked){ .op = op, .body = body, .size = size, .answered = answered, .owner = owner };
}

void link_call(struct link *link, unsigned op, const ProtobufCMessage *message, unsigned deadline_ms,
               link_answer_fn *answered, void *owner)
{
    (void)deadline_ms;
    link_knows(op, message, false);
    keep(link, op, message, answered, owner);
}

bool link_command(struct link *link, const struct link_command *command, uint8_t id_out[COMMAND_ID_SIZE],
                  const char **problem)
{
    *problem = "";
    if (id_out != NULL)
        memset(id_out, 7, COMMAND_ID_SIZE);
    link_knows(command->op, command->message, true);
    keep(link, command->op, command->message, command->answered, command->owner);
    if (command->id != NULL) { /* whoever names it has it told by its id */
        struct asked *asked = &link->asked[link->count - 1];
        struct spooled row = { .op = asked->op, .body = bytes_of(asked->body, asked->size) };

        memcpy(row.id, command->id, sizeof(row.id));
        memcpy(asked->id, command->id, sizeof(asked->id));
        assert_true(spool_put(link->spool, &row));
    }
    return true;
}

void scripted_spool(struct link *link, struct spool *spool)
{
    link->spool = spool;
}

static struct spooled booking_of(struct link *link, struct bytes body)
{
    struct spooled row = { .op = CAROLINE__V1__OP__OP_SALE_OFFLINE, .body = body };

    memset(row.id, 100 + ++link->sold, sizeof(row.id));
    return row;
}

bool link_sell_offline(struct link *link, const ProtobufCMessage *message, int64_t number, struct bytes paper,
                       const uint8_t *aside, const char **problem)
{
    struct spooled row = booking_of(link, message_encode(message, link->arena));

    *problem = "";
    link_knows(row.op, message, true);
    if (!spool_sell(link->spool, &row, number, paper, aside)) {
        *problem = spool_problem(link->spool);
        return false;
    }
    keep(link, row.op, message, NULL, NULL);
    memcpy(link->asked[link->count - 1].id, row.id, sizeof(row.id));
    return true;
}

void link_book_again(struct link *link)
{
    struct arena *arena = arena_create(0);
    size_t count;
    const struct sold_offline *sold = spool_refused(link->spool, arena, &count);

    for (size_t i = 0; i < count; i++) {
        struct spooled row = booking_of(link, sold[i].body);
        const ProtobufCMessage *message = message_decode(&caroline__v1__sale_offline__descriptor, sold[i].body, arena);

        assert_true(spool_sell_again(link->spool, &row, sold[i].number));
        keep(link, row.op, message, NULL, NULL);
        memcpy(link->asked[link->count - 1].id, row.id, sizeof(row.id));
    }
    arena_destroy(arena);
}

/* The newest command: the one that a screen waits for. */
static size_t newest_command(const struct link *link)
{
    for (size_t i = link->count; i > 0; i--)
        if (client_op(link->asked[i - 1].op)->command && link->asked[i - 1].answered != NULL)
            return i - 1;
    return SIZE_MAX;
}

/* Whose answer nobody waits for any more is in the spool, and told by its id. */
void link_let_go(struct link *link, const uint8_t id[COMMAND_ID_SIZE])
{
    struct asked *asked = &link->asked[newest_command(link)];
    struct spooled row = { .op = asked->op, .body = bytes_of(asked->body, asked->size) };

    assert_int_equal(id[0], 7);
    memset(row.id, 7, sizeof(row.id));
    memset(asked->id, 7, sizeof(asked->id));
    assert_true(spool_put(link->spool, &row));
    asked->answered = NULL;
}

void link_abandon(struct link *link, const void *owner)
{
    for (size_t i = link->count; i-- > 0;)
        if (client_op(link->asked[i].op)->command && link->asked[i].owner == owner) {
            free(link->asked[i].body);
            memmove(&link->asked[i], &link->asked[i + 1], (link->count - i - 1) * sizeof(link->asked[0]));
            link->count--;
        }
}

bool link_withdraw(struct link *link, const uint8_t id[COMMAND_ID_SIZE])
{
    size_t at = newest_command(link);
    assert_int_equal(id[0], 7);
    if (!link->unsent || at == SIZE_MAX)
        return false;
    free(link->asked[at].body);
    memmove(&link->asked[at], &link->asked[at + 1], (link->count - at - 1) * sizeof(link->asked[0]));
    link->count--;
    return true;
}

bool link_can_withdraw(const struct link *link, const uint8_t id[COMMAND_ID_SIZE])
{
    return id[0] == 7 && link->unsent && newest_command(link) != SIZE_MAX;
}

enum link_state link_state(const struct link *link)
{
    return link->state;
}

const char *link_sentence(const struct link *link)
{
    return link->sentence;
}

void link_somebody_here(struct link *link)
{
    link->here++;
}

unsigned scripted_here(const struct link *link)
{
    return link->here;
}

void link_reconnect(struct link *link, const char *sentence)
{
    (void)sentence;
    link->reconnects++;
}

unsigned scripted_reconnects(const struct link *link)
{
    return link->reconnects;
}

void link_retry(struct link *link)
{
    (void)link;
}

void scripted_members(struct link *link, uint64_t id, const char *name, uint64_t next_id)
{
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT, *members[] = { &member };
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    member.has_id = member.has_name = member.has_points = true;
    member.id = id;
    if (name != NULL)
        member.name = (ProtobufCBinaryData){ .len = strlen(name), .data = (uint8_t *)(uintptr_t)name };
    member.points = 20;
    found.members = members;
    found.n_members = name != NULL;
    found.has_more = found.more = found.has_next_id = next_id != 0;
    found.next_id = next_id;
    scripted_answer(link, CAROLINE__V1__OP__OP_MEMBER_FIND, &found.base);
}

struct instant link_now(const struct link *link)
{
    return (struct instant){ INT64_C(1795370400) * SECOND_US + link->later_us }; /* 2026-11-22 18:00 UTC */
}

size_t link_unanswered(const struct link *link)
{
    return scripted_asked(link, CAROLINE__V1__OP__OP_SALE_RING_UP) ? 1 : 0;
}

const Caroline__V1__SessionOpened *link_session(const struct link *link)
{
    return link->signed_in ? &link->session : NULL;
}

bool link_training(const struct link *link)
{
    return link->training;
}

bool link_may(const struct link *link, const char *permission)
{
    return link->signed_in && (link->forbidden == NULL || strcmp(link->forbidden, permission) != 0);
}

const Caroline__V1__Helloed *link_hello(const struct link *link)
{
    return &link->hello;
}

bool link_locked(const struct link *link)
{
    return link->locked;
}

void scripted_alone(struct link *link, enum link_alone alone)
{
    link->alone = alone;
}

enum link_alone link_alone(const struct link *link)
{
    return link->alone;
}

const struct catalogue *link_catalogue(const struct link *link)
{
    return link->catalogue;
}
