/* Scripts: read, written, made up and changed. */
#include "script.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/frame.h"
#include "common/wire/walker.h"
#include "message_text.h"
#include "messages.h"
#include "profiles.h"
#include "proto/envelope.pb-c.h"
#include "reference.h"
#include "server/service/ops.h"
#include "target.h"

#define HEAD_SIZE 4u

const struct op *script_op(uint32_t number)
{
    for (const struct op *const *op = all_ops; *op; op++)
        if ((*op)->number == number)
            return *op;
    return NULL;
}

static bool is_command(const struct op *op)
{
    return op->kind == OP_CHANGES || op->kind == OP_GROUPED;
}

/* ---- bytes ---- */

bool script_next(struct bytes script, size_t *at, struct script_step *step)
{
    if (*at + HEAD_SIZE > script.size)
        return false;

    const uint8_t *head = script.data + *at;
    size_t size = get_u16(head + 2), left = script.size - *at - HEAD_SIZE;
    *step = (struct script_step){
        .kind = (enum step_kind)(head[0] % SCRIPT_STEPS),
        .who = head[1] % PROFILES,
        .bytes = bytes_of(head + HEAD_SIZE, size < left ? size : left),
    };
    *at += HEAD_SIZE + step->bytes.size;
    return true;
}

void script_put(struct buffer *script, const struct script_step *step)
{
    uint8_t head[HEAD_SIZE] = { (uint8_t)step->kind, step->who };

    if (step->bytes.size > UINT16_MAX)
        return;
    put_u16(head + 2, (uint16_t)step->bytes.size);
    put(script, head, sizeof head);
    put(script, step->bytes.data, step->bytes.size);
}

/* ---- requests ---- */

static ProtobufCBinaryData data_of(struct bytes bytes)
{
    return (ProtobufCBinaryData){ bytes.size, (uint8_t *)(uintptr_t)bytes.data };
}

/* How a request is not like others. */
enum manner { PLAIN, BARE, LATE, FATAL, REUSED, BROKEN };

static struct bytes request_of(const struct op *op, const ProtobufCMessage *message, enum manner manner,
                               struct arena *arena)
{
    /* a new command id whenever it is run */
    const uint8_t reference[] = { 1, manner == FATAL ? REFERENCE_FATAL : manner == REUSED ? 0 : REFERENCE_LAST };
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    struct bytes body = manner == BROKEN ? bytes_of_text("\007") : message_encode(message, arena);

    request.has_op = request.has_body = true;
    request.op = op->number;
    request.body = data_of(body);
    if (is_command(op) && manner != BARE) {
        request.has_command_id = true;
        request.command_id = data_of(bytes_of(reference, sizeof reference));
    }
    if (manner == LATE)
        request.has_deadline_ms = true, request.deadline_ms = 1;
    return body.size < 60000 ? message_encode(&request.base, arena) : bytes_of(NULL, 0);
}

/* ---- scenes ---- */

static bool read_who(char **words, uint8_t *who)
{
    char *word = strsep(words, " ");

    for (uint8_t i = 0; word && i < PROFILES; i++)
        if (strcmp(profiles[i].name, word) == 0) {
            *who = i;
            return true;
        }
    return false;
}

static bool read_number(char **words, struct script_step *step, struct arena *arena, size_t size)
{
    char *word = strsep(words, " ");
    uint8_t *bytes = arena_alloc(arena, 4);

    if (!word)
        return false;
    put_u32(bytes, (uint32_t)strtoul(word, NULL, 10));
    step->bytes = bytes_of(bytes + 4 - size, size);
    return true;
}

static bool read_fault(char **words, struct script_step *step, struct arena *arena)
{
    char *fate = strsep(words, " "), *after = fate ? strsep(words, " ") : NULL;
    uint8_t *bytes = arena_alloc(arena, 2);

    if (!after)
        return false;
    bytes[0] = strcmp(fate, "lost") == 0 ? 1 : 2;
    bytes[1] = (uint8_t)strtoul(after, NULL, 10);
    step->bytes = bytes_of(bytes, 2);
    return true;
}

static bool read_bytes(char **words, struct script_step *step, struct arena *arena)
{
    char *hex = read_who(words, &step->who) ? strsep(words, " ") : NULL;
    size_t size = hex ? strlen(hex) / 2 : 0;
    uint8_t *bytes = arena_alloc(arena, size + 1);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)strtoul((char[]){ hex[2 * i], hex[2 * i + 1], '\0' }, NULL, 16);
    step->bytes = bytes_of(bytes, size);
    return hex != NULL;
}

static bool read_call(char *words, struct script_step *step, struct arena *arena, const char **problem)
{
    static const char *const manners[] = { "", "bare ", "late ", "fatal ", "reused ", "broken " };
    const struct op *op = NULL;

    if (!read_who(&words, &step->who) || !words) {
        *problem = "nobody of that name";
        return false;
    }
    enum manner manner = PLAIN;
    for (enum manner other = BARE; other <= BROKEN; other++)
        if (strncmp(words, manners[other], strlen(manners[other])) == 0)
            manner = other;
    words += strlen(manners[manner]);
    char *name = strsep(&words, " ");
    for (const struct op *const *at = all_ops; *at; at++)
        if (strcmp((*at)->name, name) == 0)
            op = *at;
    if (!op) {
        *problem = arena_format(arena, "no op is named %s", name);
        return false;
    }
    ProtobufCMessage *message = message_read(words ? words : "", op->request, arena, problem);
    if (message)
        step->bytes = request_of(op, message, manner, arena);
    return message != NULL;
}

static bool read_step(char *line, struct script_step *step, struct arena *arena, const char **problem)
{
    static const struct {
        const char *word;
        enum step_kind kind;
    } others[] = { { "bytes", SCRIPT_STREAM }, { "again", SCRIPT_AGAIN }, { "close", SCRIPT_CLOSE },
                   { "pass", SCRIPT_PASS },    { "fault", SCRIPT_FAULT }, { "order", SCRIPT_ORDER },
                   { "leave", SCRIPT_LEAVE },  { "move", SCRIPT_MOVE },   { "anew", SCRIPT_ANEW } };
    size_t size = strcspn(line, " "), i = 0;

    *problem = "what is to be done is not clear";
    while (i < sizeof others / sizeof *others && strncmp(line, others[i].word, size) != 0)
        i++;
    if (i == sizeof others / sizeof *others || others[i].word[size] != '\0') {
        step->kind = strncmp(line, "+ ", 2) == 0 ? SCRIPT_SEND : SCRIPT_CALL;
        return read_call(line + (step->kind == SCRIPT_SEND ? 2 : 0), step, arena, problem);
    }
    step->kind = others[i].kind;
    line += size + (line[size] == ' ');
    switch (step->kind) {
    case SCRIPT_STREAM:
        return read_bytes(&line, step, arena);
    case SCRIPT_AGAIN:
    case SCRIPT_CLOSE:
        return read_who(&line, &step->who);
    case SCRIPT_PASS:
        return read_number(&line, step, arena, 4);
    case SCRIPT_ORDER:
        return read_number(&line, step, arena, 2);
    case SCRIPT_FAULT:
        return read_fault(&line, step, arena);
    case SCRIPT_LEAVE:
    case SCRIPT_MOVE:
    case SCRIPT_ANEW:
    case SCRIPT_CALL:
    case SCRIPT_SEND:
    case SCRIPT_STEPS:
        break;
    }
    return true;
}

bool script_read(struct bytes scene, struct buffer *script, struct arena *arena, const char **problem)
{
    char *rest = arena_alloc(arena, scene.size + 1), *line;
    unsigned number = 1;

    memcpy(rest, scene.data, scene.size);
    for (; (line = strsep(&rest, "\n")) != NULL; number++) {
        struct script_step step = { 0 };

        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (!read_step(line, &step, arena, problem)) {
            *problem = arena_format(arena, "line %u: %s", number, *problem);
            return false;
        }
        script_put(script, &step);
    }
    return true;
}

static void print_request(struct bytes bytes, struct arena *arena)
{
    ProtobufCMessage *message = message_decode(&caroline__v1__request__descriptor, bytes, arena), *body = NULL;
    const Caroline__V1__Request *request = (const Caroline__V1__Request *)message;
    const struct op *op = request ? script_op(request->op) : NULL;

    if (op)
        body = message_decode(op->request, bytes_of(request->body.data, request->body.len), arena);
    printf("%s", op ? op->name : "no op");
    if (body)
        message_print(stdout, body);
    else
        printf(" %zu bytes that are no request", bytes.size);
}

void script_print(const struct script_step *step)
{
    static const char *const words[SCRIPT_STEPS] = { "",       "+ ",     "stream ", "again ", "close ", "pass ",
                                                     "fault ", "order ", "leave ",  "move ",  "anew " };
    struct arena *arena = arena_create(0);

    printf("%s%s ", words[step->kind], profiles[step->who].name);
    if (step->kind <= SCRIPT_SEND)
        print_request(step->bytes, arena);
    for (size_t i = 0; step->kind > SCRIPT_SEND && i < step->bytes.size && i < 20; i++)
        printf("%02x", step->bytes.data[i]);
    puts("");
    arena_destroy(arena);
}
