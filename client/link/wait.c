/* The loop, turned until an answer is there. */
#include "client/link/wait.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "client/link/identity.h"
#include "client/link/op.h"
#include "client/link/spool_file.h"
#include "common/wire/walker.h"

#define RENEWAL_MS 3000u

struct waiter {
    const struct identity *identity;
    uv_loop_t loop;
    uv_timer_t patience;
    bool out_of_patience;
    struct link *link;
    struct spool *spool;
};

/* The answer to one call, copied out of the callback's time. */
struct pending {
    struct arena *arena;
    const struct client_op *op;
    struct link_answer *answer; /* NULL: still waiting */
};

static void on_impatience(uv_timer_t *timer)
{
    struct waiter *waiter = timer->data;

    waiter->out_of_patience = true;
}

struct waiter *wait_open(const struct identity *identity, Caroline__V1__ClientKind client, bool spooled,
                         struct arena *arena, const char **problem)
{
    struct spool *spool = NULL;

    if (spooled && (spool = spool_open(identity->spool_path, arena, problem)) == NULL)
        return NULL;
    if (spool != NULL && !spool_claim(spool, identity->device_id, arena, problem)) {
        spool_close(spool);
        return NULL;
    }
    struct waiter *waiter = calloc(1, sizeof *waiter);
    if (waiter == NULL)
        abort();
    waiter->identity = identity;
    waiter->spool = spool;
    uv_loop_init(&waiter->loop);
    uv_timer_init(&waiter->loop, &waiter->patience);
    waiter->patience.data = waiter;
    waiter->link = link_open(
        &(struct link_options){ .loop = &waiter->loop, .identity = identity, .spool = spool, .client = client });
    return waiter;
}

struct link *wait_link(struct waiter *waiter)
{
    return waiter->link;
}

static void set_patience(struct waiter *waiter, unsigned timeout_ms)
{
    waiter->out_of_patience = false;
    uv_timer_start(&waiter->patience, on_impatience, timeout_ms, 0);
}

void wait_close(struct waiter *waiter)
{
    /* A program that is always done at once would never get its new certificate. */
    set_patience(waiter, RENEWAL_MS);
    while (link_renewing(waiter->link) && link_state(waiter->link) == LINK_ONLINE && !waiter->out_of_patience)
        uv_run(&waiter->loop, UV_RUN_ONCE);
    link_close(waiter->link);
    uv_close((uv_handle_t *)&waiter->patience, NULL);
    uv_run(&waiter->loop, UV_RUN_DEFAULT);
    uv_loop_close(&waiter->loop);
    spool_close(waiter->spool);
    free(waiter);
}

/* The last word: nobody tries on behind it. */
static const char *why_not(const struct waiter *waiter, unsigned waited_ms, struct arena *arena)
{
    const char *trouble = link_trouble(waiter->link);

    if (*trouble != '\0')
        return arena_text(arena, trouble);
    return arena_format(arena, "no answer from %s:%s within %u s", waiter->identity->host, waiter->identity->port,
                        waited_ms / 1000);
}

bool wait_online(struct waiter *waiter, unsigned timeout_ms, struct arena *arena, const char **problem)
{
    set_patience(waiter, timeout_ms);
    while (link_state(waiter->link) != LINK_ONLINE && !waiter->out_of_patience && !link_hopeless(waiter->link))
        uv_run(&waiter->loop, UV_RUN_ONCE);
    uv_timer_stop(&waiter->patience);
    if (link_state(waiter->link) == LINK_ONLINE)
        return true;
    *problem = why_not(waiter, timeout_ms, arena);
    return false;
}

static void on_answer(void *owner, const struct link_answer *answer)
{
    struct pending *pending = owner;
    struct arena *arena = pending->arena;
    struct link_answer *copy = arena_copy(arena, answer, sizeof *answer);

    copy->sentence = arena_text(arena, answer->sentence);
    copy->body = bytes_of(arena_copy(arena, answer->body.data, answer->body.size), answer->body.size);
    if (answer->reply != NULL)
        copy->reply = message_decode(pending->op->reply, copy->body, arena);
    if (answer->error != NULL) {
        struct bytes packed = message_encode(&answer->error->base, arena);
        copy->error = (const void *)message_decode(&caroline__v1__error__descriptor, packed, arena);
    }
    pending->answer = copy;
}

static const struct link_answer *failed(struct arena *arena, const char *sentence)
{
    struct link_answer *answer = arena_alloc(arena, sizeof *answer);

    answer->outcome = LINK_FAILED;
    answer->sentence = arena_text(arena, sentence);
    return answer;
}

/* Of a secret command no body is on the disk: nothing sends it again. */
static const char *what_now(const struct waiter *waiter, const struct client_op *op)
{
    if (!op->command || waiter->spool == NULL)
        return "";
    return op->secret ? "; whether it was done is not known here"
                      : "; what was asked is kept, and sent again with the next command";
}

const struct link_answer *wait_call(struct waiter *waiter, unsigned op, const ProtobufCMessage *message,
                                    unsigned deadline_ms, struct arena *arena)
{
    struct pending pending = { .arena = arena, .op = client_op(op) };
    unsigned patience_ms = deadline_ms > 0 ? deadline_ms : LINK_DEADLINE_MS;
    const char *problem;

    if (!pending.op->command)
        link_call(waiter->link, op, message, patience_ms, on_answer, &pending);
    else if (!link_command(
                 waiter->link,
                 &(struct link_command){ .op = op, .message = message, .answered = on_answer, .owner = &pending }, NULL,
                 &problem))
        return failed(arena, problem);
    set_patience(waiter, patience_ms + 1000);
    while (pending.answer == NULL && !waiter->out_of_patience)
        uv_run(&waiter->loop, UV_RUN_ONCE);
    uv_timer_stop(&waiter->patience);
    if (pending.answer != NULL)
        return pending.answer;
    link_forget(waiter->link, &pending);
    return failed(arena,
                  arena_format(arena, "%s%s", why_not(waiter, patience_ms, arena), what_now(waiter, pending.op)));
}
