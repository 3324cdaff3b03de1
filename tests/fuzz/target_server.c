/* Scripts of many clients against the whole server: frames, decoding, the walker, the door, services, groups, rules, on
 * the simulated store. Whatever comes:
 *
 *   every request has one answer, or its connection was ended by the protocol's rules;
 *   every answer is what PROTOCOL.md says, within the limits of the .proto files;
 *   the same command sent again has the same answer, byte for byte;
 *   nothing is left waiting, no transaction is open, no memory is kept;
 *   the store's invariants hold.
 *
 * A house serves many scripts, one after the other, with new connections; a failing input is written with all that came
 * before it in its house. A run in which an op never went well, or a code was never said, has failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocated.h"
#include "answers.h"
#include "clients.h"
#include "common/base/log.h"
#include "scene_open.h"
#include "script.h"
#include "target.h"

#define HOUSE_SCRIPTS 50 /* then there is a new one */
#define CHECK_EVERY   10
#define HOUSES_GROWN  12 /* one after the other */

static struct {
    struct crowd crowd;
    struct house_keys keys;
    struct buffer history;
    size_t scripts;
    size_t memory, left; /* in use before the house was entered, and when the last script was over */
    unsigned grown;
} s;

/* ---- steps ---- */

static void on_drained(void *context)
{
    (void)context;
}

static void run_step(const struct script_step *step)
{
    struct bytes bytes = step->bytes;

    switch (step->kind) {
    case SCRIPT_CALL:
    case SCRIPT_SEND:
        client_send(crowd_client(&s.crowd, step->who), bytes);
        if (step->kind == SCRIPT_CALL)
            crowd_settle(&s.crowd);
        break;
    case SCRIPT_STREAM:
        client_stream(crowd_client(&s.crowd, step->who), bytes);
        break;
    case SCRIPT_AGAIN:
        client_again(crowd_client(&s.crowd, step->who));
        crowd_settle(&s.crowd);
        break;
    case SCRIPT_CLOSE:
        client_hang_up(&s.crowd.clients[step->who]);
        break;
    case SCRIPT_PASS:
        crowd_settle(&s.crowd);
        house_pay(s.crowd.house);
        if (bytes.size == 4)
            house_pass(s.crowd.house, get_u32(bytes.data)); /* milliseconds: up to 49 days */
        crowd_settle(&s.crowd);
        break;
    case SCRIPT_FAULT:
        if (bytes.size == 2) {
            s.crowd.house->fate = bytes.data[0] % 2 == 1 ? SIM_LOST : SIM_AGAIN;
            s.crowd.house->fate_after = bytes.data[1];
        }
        break;
    case SCRIPT_ORDER:
        if (bytes.size == 2)
            s.crowd.house->order = chance_of(get_u16(bytes.data));
        break;
    case SCRIPT_LEAVE:
        driver_drain(s.crowd.house->driver, on_drained, NULL);
        s.crowd.spoilt = true;
        break;
    case SCRIPT_ANEW:
    case SCRIPT_MOVE:
    case SCRIPT_STEPS:
        break;
    }
}

/* ---- houses ---- */

static void on_wrong(void *user, const char *check, const char *row)
{
    (void)user;
    fprintf(stderr, "%s does not hold: %s\n", check, row);
}

static void check_store(void)
{
    size_t wrong = sim_database_check(s.crowd.house->database, 0, on_wrong, NULL);

    assert(wrong == 0);
    (void)wrong;
}

static void leave_house(void)
{
    check_store();
    house_close(s.crowd.house);
    s.crowd.house = NULL;
    buffer_fini(&s.history);
    /* What is made once and kept (zones that were read, what libraries have) is not lost: a leak grows with every house. */
    s.grown = allocated_bytes() > s.memory ? s.grown + 1 : 0;
    if (s.grown == HOUSES_GROWN) {
        fprintf(stderr, "%zu bytes are left of a house, and some of each before\n", allocated_bytes() - s.memory);
        abort();
    }
}

static void enter_house(void);

/* In the midst of a script: what comes has nothing to do with what was. */
static void move_house(void)
{
    leave_house();
    enter_house();
}

/* Whoever takes part is there from the beginning, so that nothing comes between calls that are sent at once. */
static void begin(struct bytes script, size_t at)
{
    struct script_step step;

    crowd_begin(&s.crowd);
    while (script_next(script, &at, &step) && step.kind != SCRIPT_ANEW && step.kind != SCRIPT_MOVE)
        if (step.kind <= SCRIPT_AGAIN && !s.crowd.opening)
            crowd_client(&s.crowd, step.who);
}

static void run_script(struct bytes script)
{
    struct script_step step;

    begin(script, 0);
    for (size_t at = 0; script_next(script, &at, &step);) {
        if (fuzz_loud)
            script_print(&step);
        if (step.kind != SCRIPT_MOVE)
            script_put(&s.history, &step);
        if (step.kind == SCRIPT_ANEW || step.kind == SCRIPT_MOVE) {
            crowd_end(&s.crowd);
            if (step.kind == SCRIPT_MOVE && !fuzz_hurried)
                move_house();
            begin(script, at);
        } else {
            run_step(&step);
        }
    }
    script_put(&s.history, &(struct script_step){ .kind = SCRIPT_ANEW });
    crowd_end(&s.crowd);
}

/* A new shop, opened; the same one each time. */
static void enter_house(void)
{
    struct buffer script = { 0 };
    struct arena *arena = arena_create(0);
    const char *problem = NULL;
    uint8_t secret[5];

    s.memory = allocated_bytes();
    s.crowd.house = house_open(&s.keys, secret);
    s.scripts = 0;
    s.crowd.spoilt = false;
    s.crowd.next_command = 0;
    memset(s.crowd.known_open, 0, sizeof *s.crowd.known_open);
    known_note_bytes(s.crowd.known_open, "secret", bytes_of(secret, sizeof secret));
    for (size_t i = 0; i < KEYS; i++)
        known_note_bytes(s.crowd.known_open, "certificate_request", s.keys.requests[i]);
    if (!script_read(bytes_of_text(scene_open), &script, arena, &problem)) {
        fprintf(stderr, "the opening scene, %s\n", problem);
        abort();
    }
    s.crowd.opening = true;
    run_script(bytes_of(script.data, script.size));
    s.crowd.opening = false;
    if (s.crowd.spoilt) {
        fprintf(stderr, "the shop could not be opened: -v says why\n");
        abort();
    }
    memcpy(s.crowd.known_open, s.crowd.known, sizeof *s.crowd.known);
    buffer_clear(&s.history);
    buffer_fini(&script);
    arena_destroy(arena);
}

static void open_all(void)
{
    log_set_level(fuzz_loud ? LOG_INFO : LOG_ERROR);
    house_keys_open(&s.keys);
    s.crowd.keys = &s.keys;
    s.crowd.known = calloc(1, sizeof *s.crowd.known);
    s.crowd.known_open = calloc(1, sizeof *s.crowd.known_open);
    assert(s.crowd.known && s.crowd.known_open);
}

static bool run(struct bytes input)
{
    s.memory += allocated_bytes() - s.left; /* not ours */
    if (s.crowd.house && (s.scripts >= HOUSE_SCRIPTS || s.crowd.spoilt))
        leave_house();
    if (!s.crowd.house)
        enter_house();
    s.scripts++;
    s.crowd.news = false;
    run_script(input);
    if (s.scripts % CHECK_EVERY == 0)
        check_store();
    s.left = allocated_bytes();
    return s.crowd.news;
}

static bool close_all(bool full)
{
    s.memory += allocated_bytes() - s.left;
    if (s.crowd.house)
        leave_house();
    free(s.crowd.known);
    free(s.crowd.known_open);
    house_keys_close(&s.keys);
    return answers_complete(full);
}

static bool read_scene(struct bytes text, struct buffer *input)
{
    struct arena *arena = arena_create(0);
    const char *problem = NULL;
    bool whole = script_read(text, input, arena, &problem);

    if (!whole)
        fprintf(stderr, "%s\n", problem);
    arena_destroy(arena);
    return whole;
}

static struct bytes history(void)
{
    return bytes_of(s.history.data, s.history.size);
}

const struct target target_server = {
    .name = "server",
    .open = open_all,
    .run = run,
    .make = script_make,
    .mutate = script_mutate,
    .close = close_all,
    .history = history,
    .read = read_scene,
};
