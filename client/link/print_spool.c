/*  IDLE -> SENDING -> IDLE       a job, or the drawer alone, is with the printer
 *    ^       |
 *    |       v failed
 *    +---- RESTING               tried again in a while; the drawer's key wakes it */
#include "client/link/print_spool.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "client/link/print_queue.h"

#define KICK_MS       5000 /* so long after the money was taken */
#define REST_FIRST_MS 300
#define REST_MOST_MS  5000
#define PERSONALS_MAX 8

struct print_spool {
    struct print_spool_options options;
    struct print_queue *queue;
    struct printer *printer;
    struct arena *arena; /* of the job in hand */
    uv_timer_t *timer;
    enum { IDLE, SENDING, RESTING } state;
    unsigned failures; /* in a row */
    int64_t job;       /* being sent; 0: the drawer alone, or what is on no disk */
    struct personal {
        uint8_t *data;
        size_t size;
        bool begun;
    } personals[PERSONALS_MAX]; /* in order; the first is being sent while `personal` */
    size_t personal_count;
    bool personal;
    bool begun;          /* it was begun before */
    int64_t printed;     /* on paper, and the disk does not take that: not to be printed again; 0: none */
    bool kick;           /* wanted */
    bool kick_sent;      /* with the job in hand */
    uint64_t kick_until; /* by the loop's clock */
    size_t waiting;
    char why[200]; /* of the last failure; "": none since */
    char sentence[300];
};

static void soon(struct print_spool *spool);
static void pump(struct print_spool *spool);

/* ---- what is so ---- */

static void show(struct print_spool *spool)
{
    char sentence[sizeof spool->sentence] = "";

    size_t waiting = print_spool_waiting(spool);

    if (spool->why[0] != '\0' && waiting == 0)
        snprintf(sentence, sizeof sentence, "%s", spool->why);
    else if (spool->why[0] != '\0')
        snprintf(sentence, sizeof sentence, "%s; %zu receipt%s wait%s", spool->why, waiting, waiting == 1 ? "" : "s",
                 waiting == 1 ? "s" : "");
    if (strcmp(sentence, spool->sentence) == 0)
        return;
    memcpy(spool->sentence, sentence, sizeof sentence);
    if (spool->options.changed != NULL)
        spool->options.changed(spool->options.owner);
}

const char *print_spool_sentence(const struct print_spool *spool)
{
    return spool->sentence;
}

size_t print_spool_waiting(const struct print_spool *spool)
{
    return spool->waiting + spool->personal_count;
}

bool print_spool_is_new(const struct print_spool *spool)
{
    return print_queue_is_new(spool->queue);
}

bool print_spool_has_drawer(const struct print_spool *spool)
{
    return spool->options.printer.drawer_pin != 0;
}

/* ---- the printer's events ---- */

static bool on_leaving(void *owner)
{
    struct print_spool *spool = owner;

    if (spool->personal)
        spool->personals[0].begun = true;
    return spool->job == 0 || print_queue_begin(spool->queue, spool->job);
}

/* ---- what is on no disk ---- */

static void forget_first(struct print_spool *spool)
{
    struct personal *first = &spool->personals[0];

    explicit_bzero(first->data, first->size);
    free(first->data);
    spool->personal_count--;
    memmove(first, first + 1, spool->personal_count * sizeof *first);
}

static void end_personal(struct print_spool *spool, enum printer_outcome outcome)
{
    if (spool->personal && outcome == PRINTER_DONE)
        forget_first(spool);
    else if (spool->personal && outcome == PRINTER_UNSENT)
        spool->personals[0].begun = spool->begun;
    spool->personal = false;
}

static void on_rested(uv_timer_t *timer)
{
    struct print_spool *spool = timer->data;

    spool->state = IDLE;
    pump(spool);
}

/* After 0.3 s, doubling to 5 s; not all tills of a shared printer at once. */
static void rest(struct print_spool *spool)
{
    uint64_t wait_ms = (uint64_t)REST_FIRST_MS << (spool->failures < 5 ? spool->failures : 5);

    if (wait_ms > REST_MOST_MS)
        wait_ms = REST_MOST_MS;
    spool->failures++;
    spool->state = RESTING;
    uv_timer_start(spool->timer, on_rested, wait_ms + uv_hrtime() % (wait_ms / 4 + 1), 0);
}

/* Should the power go while the disk takes nothing, the receipt comes once more, marked. */
static void note_printed(struct print_spool *spool, int64_t job)
{
    spool->printed = 0;
    spool->failures = 0;
    spool->why[0] = '\0';
    if (job == 0)
        return;
    if (print_queue_done(spool->queue, job)) {
        spool->waiting--;
        return;
    }
    spool->printed = job;
    snprintf(spool->why, sizeof spool->why, "this till's disk takes nothing");
    rest(spool);
}

static void on_ended(void *owner, enum printer_outcome outcome, const char *sentence)
{
    struct print_spool *spool = owner;

    spool->state = IDLE;
    /* A printer that is busy with another till's receipt may yet open the drawer in time. */
    if (spool->kick_sent && !printer_has_kicked(spool->printer))
        spool->kick = true;
    end_personal(spool, outcome);
    if (outcome == PRINTER_DONE) {
        note_printed(spool, spool->job);
    } else {
        /* What was begun in an earlier try stays so. */
        if (outcome == PRINTER_UNSENT && spool->job != 0 && !spool->begun)
            print_queue_unsent(spool->queue, spool->job);
        snprintf(spool->why, sizeof spool->why, "%s", sentence);
        rest(spool);
    }
    spool->job = 0;
    show(spool);
    soon(spool);
}

static const struct printer_events events = { .leaving = on_leaving, .ended = on_ended };

/* ---- sending ---- */

static struct bytes joined(struct arena *arena, struct bytes first, struct bytes second)
{
    uint8_t *data = arena_alloc(arena, first.size + second.size);

    memcpy(data, first.data, first.size);
    memcpy(data + first.size, second.data, second.size);
    return bytes_of(data, first.size + second.size);
}

static void pump(struct print_spool *spool)
{
    struct printer_job sent = { .kick = bytes_of("", 0), .kick_now = bytes_of("", 0), .bytes = bytes_of("", 0) };

    if (spool->state != IDLE)
        return;
    arena_reset(spool->arena);
    const struct print_job *job = print_queue_next(spool->queue, spool->arena);
    if (job != NULL && job->number == spool->printed) {
        note_printed(spool, job->number);
        show(spool);
        soon(spool);
        return;
    }
    bool kick = spool->kick && uv_now(spool->options.loop) <= spool->kick_until;
    spool->kick = false;
    spool->kick_sent = kick;
    spool->personal = job == NULL && spool->personal_count > 0;
    if (job == NULL && !kick && !spool->personal)
        return;
    if (kick) {
        sent.kick = escpos_kick(spool->arena, &spool->options.printer);
        sent.kick_now = escpos_kick_now(spool->arena, &spool->options.printer);
    }
    if (job != NULL) {
        spool->job = job->number;
        spool->begun = job->begun;
        sent.bytes = job->bytes;
        if (job->begun)
            sent.bytes = joined(spool->arena, escpos_again(spool->arena, &spool->options.printer), job->bytes);
    } else if (spool->personal) {
        const struct personal *first = &spool->personals[0];

        spool->begun = first->begun;
        sent.bytes = bytes_of(first->data, first->size);
        if (first->begun)
            sent.bytes = joined(spool->arena, escpos_again(spool->arena, &spool->options.printer), sent.bytes);
    }
    spool->state = SENDING;
    printer_send(spool->printer, &sent);
}

/* At the loop's next turn: a receipt and the drawer that come together go together. */
static void soon(struct print_spool *spool)
{
    if (spool->state == IDLE)
        uv_timer_start(spool->timer, on_rested, 0, 0);
}

bool print_spool_put(struct print_spool *spool, const char *key, const struct receipt *receipt, const char **problem)
{
    struct arena *arena = arena_create(0);
    bool put = print_queue_put(spool->queue, key, escpos_receipt(arena, &spool->options.printer, receipt), problem);

    arena_destroy(arena);
    spool->waiting = print_queue_waiting(spool->queue);
    show(spool);
    soon(spool);
    return put;
}

bool print_spool_put_personal(struct print_spool *spool, const struct receipt *receipt)
{
    if (spool->personal_count == PERSONALS_MAX)
        return false;
    struct arena *arena = arena_create(0);
    struct bytes bytes = escpos_receipt(arena, &spool->options.printer, receipt);
    uint8_t *data = malloc(bytes.size);

    if (data == NULL)
        abort();
    memcpy(data, bytes.data, bytes.size);
    spool->personals[spool->personal_count++] = (struct personal){ .data = data, .size = bytes.size };
    arena_destroy(arena);
    show(spool);
    soon(spool);
    return true;
}

void print_spool_skip(struct print_spool *spool, const char *key)
{
    (void)print_queue_skip(spool->queue, key);
}

void print_spool_kick(struct print_spool *spool)
{
    const struct escpos *printer = &spool->options.printer;
    struct arena *arena;

    if (!print_spool_has_drawer(spool))
        return;
    arena = arena_create(0);
    spool->kick = !printer_kick(spool->printer, escpos_kick(arena, printer), escpos_kick_now(arena, printer));
    spool->kick_until = uv_now(spool->options.loop) + KICK_MS;
    arena_destroy(arena);
    if (spool->state == RESTING)
        spool->state = IDLE;
    soon(spool);
}

/* ---- its life ---- */

struct print_spool *print_spool_open(const struct print_spool_options *options, struct arena *arena,
                                     const char **problem)
{
    struct print_queue *queue = print_queue_open(options->path, arena, problem);
    struct print_spool *spool = calloc(1, sizeof *spool);

    assert(options->address.way != PRINTER_NONE);
    if (spool == NULL)
        abort();
    if (queue == NULL) {
        free(spool);
        return NULL;
    }
    spool->options = *options;
    spool->queue = queue;
    spool->arena = arena_create(0);
    spool->printer = printer_create(options->loop, &options->address, &events, spool);
    spool->timer = malloc(sizeof *spool->timer);
    if (spool->timer == NULL)
        abort();
    uv_timer_init(options->loop, spool->timer);
    spool->timer->data = spool;
    spool->waiting = print_queue_waiting(queue);
    soon(spool);
    return spool;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void print_spool_close(struct print_spool *spool)
{
    if (spool == NULL)
        return;
    printer_close(spool->printer);
    uv_close((uv_handle_t *)spool->timer, on_timer_closed);
    print_queue_close(spool->queue);
    while (spool->personal_count > 0)
        forget_first(spool);
    arena_destroy(spool->arena);
    free(spool);
}
