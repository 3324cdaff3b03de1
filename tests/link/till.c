/* The till of the link tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "till.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/spool.h"
#include "proto/sale.pb-c.h"

static char directory[64];
struct bakery *bakery;
struct arena *arena;
static struct spool *spool;

struct heard heard;

int till_begin(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/caroline-link-XXXXXX");
    assert_non_null(mkdtemp(directory));
    arena = arena_create(0);
    bakery = bakery_open(directory);
    heard = (struct heard){ 0 };
    spool = NULL;
    return 0;
}

int till_end(void **state)
{
    char command[96];

    (void)state;
    if (heard.link != NULL)
        link_close(heard.link);
    bakery_close(bakery);
    spool_close(spool);
    arena_destroy(arena);
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

static void note(const struct link_answer *answer)
{
    heard.outcome = answer->outcome;
    heard.code = answer->code;
    snprintf(heard.sentence, sizeof heard.sentence, "%s", answer->sentence);
}

void on_answer(void *owner, const struct link_answer *answer)
{
    struct heard *h = owner;

    h->answers++;
    note(answer);
}

static void on_recovered(void *owner, unsigned op, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer)
{
    struct heard *h = owner;

    (void)op, (void)id;
    h->recovered++;
    note(answer);
}

static void on_catalogue(void *owner, uint64_t version)
{
    struct heard *h = owner;

    h->catalogues++;
    assert_int_equal(version, catalogue_newest(link_catalogue(h->link)));
}

static void on_session(void *owner, bool open, bool locked)
{
    struct heard *h = owner;

    h->sessions++;
    h->session_open = open;
    h->session_locked = locked;
}

static struct instant clock_now(struct clock *clock)
{
    (void)clock;
    return system_clock()->now(system_clock());
}

static int64_t clock_monotonic_us(struct clock *clock)
{
    (void)clock;
    return system_clock()->monotonic_us(system_clock()) + heard.ahead_us;
}

static struct clock clock_ahead = { .now = clock_now, .monotonic_us = clock_monotonic_us };

/* Only those tests wait for the backoff that look at what is said meanwhile. */
static void on_state(void *owner, enum link_state state, const char *sentence)
{
    struct heard *h = owner;

    (void)sentence;
    if (state == LINK_OFFLINE)
        h->lost++;
    if (state == LINK_OFFLINE && h->link != NULL && !h->patient)
        link_retry(h->link);
}

void open_link(void)
{
    struct link_options options = {
        .loop = bakery_loop(bakery),
        .identity = bakery_identity(bakery),
        .spool = spool,
        .client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER,
        .follow_catalogue = true,
        .unlocks_alone = heard.alone,
        .clock = &clock_ahead,
        .events = { .on_state = on_state,
                    .on_catalogue = on_catalogue,
                    .on_session = on_session,
                    .on_recovered = on_recovered },
        .owner = &heard,
    };

    heard.link = link_open(&options);
}

struct spool *till_spool(void)
{
    return spool;
}

void open_spool(void)
{
    const char *problem = "";

    spool = spool_open(bakery_identity(bakery)->spool_path, arena, &problem);
    if (spool == NULL)
        fail_msg("%s", problem);
}

void go_online(void)
{
    unsigned follows = bakery_tally(bakery)->follows;

    open_link();
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE && bakery_tally(bakery)->follows > follows);
}

void restart(void)
{
    link_close(heard.link);
    heard = (struct heard){ 0 };
    bakery_tear(bakery);
    bakery_mind(bakery)->cut_in_after = bakery_mind(bakery)->cut_out_after = -1;
    spool_close(spool);
    open_spool();
    open_link();
}

void ask(void)
{
    Caroline__V1__ShiftShow show = CAROLINE__V1__SHIFT_SHOW__INIT;

    link_call(heard.link, CAROLINE__V1__OP__OP_SHIFT_SHOW, &show.base, 5000, on_answer, &heard);
}

void command(void)
{
    Caroline__V1__ShiftOpen open = CAROLINE__V1__SHIFT_OPEN__INIT;
    const char *problem = "";

    open.has_float_minor = true;
    open.float_minor = 10000;
    assert_true(link_command(
        heard.link,
        &(struct link_command){
            .op = CAROLINE__V1__OP__OP_SHIFT_OPEN, .message = &open.base, .answered = on_answer, .owner = &heard },
        NULL, &problem));
}

void sign_in(void)
{
    Caroline__V1__SessionOpen open = CAROLINE__V1__SESSION_OPEN__INIT;

    open.has_pin = true;
    open.pin = (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)TILL_PIN, .len = strlen(TILL_PIN) };
    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_OPEN, &open.base, 5000, on_answer, &heard);
    bakery_until(bakery, heard.session_open);
}
