/* The counter as a whole: from start to end, and what the link reports. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/points_words.h"
#include "common/wire/walker.h"

/* Products a step: about a millisecond, so that a key never waits. */
#define INDEX_STEP 1000

static void leave(void *model)
{
    struct counter *c = model;
    c->leaving = true;
}

static void ask_to_leave(void *model)
{
    struct counter *c = model;

    if (c->errand != ERRAND_NONE)
        stage_ask(&c->stage, "Leave", leave, "Leave the counter? %s is kept: its answer is fetched when the counter %s",
                  c->errand == ERRAND_SELL ? "The sale under way" : "What the server is asked", "starts again.");
    else if (open_basket_is_empty(&c->basket))
        stage_ask(&c->stage, "Leave", leave, "Leave the counter?");
    else
        stage_ask(&c->stage, "Leave", leave, "Leave the counter? The basket stays on this till.");
}

void counter_init(struct counter *c, uint32_t till_number)
{
    memset(c, 0, sizeof(*c));
    stage_init(&c->stage, c);
    c->stage.interrupted = ask_to_leave;
    c->search = search_create();
    c->scratch = arena_create(0);
    c->till_number = till_number;
    open_basket_init(&c->basket);
    field_init(&c->sale.entry, FIELD_TEXT, 80);
    sign_in_begin(c);
    counter_show_state(c);
}

void counter_fini(struct counter *c)
{
    receipt_fini(&c->receipt);
    explain_fini(&c->explain);
    receipt_fini(&c->refund.sale);
    receipt_fini(&c->attach.sale);
    receipt_fini(&c->report.paper);
    invoice_forget(c);
    receipt_fini(&c->account_paper.paper);
    receipt_fini(&c->gift_card.paper);
    receipt_fini(&c->gift_card_paper.paper);
    search_destroy(c->search);
    zone_destroy(c->zone);
    arena_destroy(c->scratch);
    open_basket_fini(&c->basket);
    stage_fini(&c->stage);
    explicit_bzero(c, sizeof(*c));
}

/* ---- the shop ---- */

const struct catalogue *counter_catalogue(const struct counter *c)
{
    return c->link == NULL ? NULL : link_catalogue(c->link);
}

const struct shop *counter_shop(const struct counter *c)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    return catalogue == NULL ? NULL : catalogue_shop(catalogue, catalogue_newest(catalogue));
}

unsigned counter_exponent(const struct counter *c)
{
    const struct shop *shop = counter_shop(c);
    return shop == NULL ? 2 : shop->currency_exponent;
}

char *counter_money(const struct counter *c, char *text, int64_t minor)
{
    return minor_format(text, minor, counter_exponent(c));
}

char *counter_points(char *text, int64_t points)
{
    return points_text(text, points);
}

bool counter_money_parse(const struct counter *c, const char *text, int64_t *minor)
{
    unsigned exponent = c->amounts_minor && strpbrk(text, ".,") == NULL ? 0 : counter_exponent(c);

    return minor_parse(text, exponent, false, minor) && *minor <= MINOR_MAX;
}

void counter_say_amount(struct counter *c)
{
    char whole[NUMBER_TEXT], exact[NUMBER_TEXT];
    int64_t fifty = 50;

    for (unsigned i = 0; i < counter_exponent(c); i++)
        fifty *= 10;
    minor_format(whole, c->amounts_minor ? fifty : 50, 0);
    stage_say(&c->stage, MESSAGE_BAD, "type how much it is: %s or %s", whole, counter_money(c, exact, fifty));
}

uint32_t counter_discount_limit_ppm(const struct counter *c)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const Caroline__V1__SessionOpened *session = c->link == NULL ? NULL : link_session(c->link);

    if (catalogue == NULL || session == NULL || session->staff == NULL)
        return 0;
    return role_discount_ppm(catalogue_role(catalogue, catalogue_newest(catalogue), (int64_t)session->staff->role_id));
}

bool counter_may(const struct counter *c, const char *permission)
{
    return c->link != NULL && link_may(c->link, permission);
}

bool counter_is_forgotten(const struct counter *c, struct instant opened, struct day *day)
{
    const struct shop *shop = counter_shop(c);

    return shop != NULL && c->link != NULL && opened.us != 0 &&
           shift_is_forgotten(opened, link_now(c->link), counter_zone(c), (int)shop->day_cutoff_minutes, day);
}

bool counter_shift_forgotten(const struct counter *c, struct day *day)
{
    return c->shift.known && c->shift.open && counter_is_forgotten(c, c->shift.opened, day);
}

const struct zone *counter_zone(const struct counter *c)
{
    return c->zone != NULL ? c->zone : zone_utc();
}

static void take_zone(struct counter *c)
{
    const struct shop *shop = counter_shop(c);

    if (shop == NULL || strcmp(shop->zone_name, c->zone_name) == 0)
        return;
    snprintf(c->zone_name, sizeof(c->zone_name), "%s", shop->zone_name);
    zone_destroy(c->zone);
    c->zone = zone_load(NULL, c->zone_name);
}

/* ---- what the lines around a screen say ---- */

static void show_link(const struct counter *c, char *banner, size_t size)
{
    size_t unanswered = c->link == NULL ? 0 : link_unanswered(c->link);
    char aside[STAGE_TEXT - 208];

    banner[0] = 0;
    if (c->link == NULL)
        return;
    offline_banner(c, banner, size);
    if (banner[0] != 0)
        return;
    waiting_banner(c, aside, sizeof(aside));
    if (link_state(c->link) == LINK_ONLINE) {
        snprintf(banner, size, "%s", aside);
        return;
    }
    /* That there is no connection stands in the line above, for good. */
    if (unanswered == 0)
        snprintf(banner, size, "%s", link_sentence(c->link));
    else if (aside[0] == 0)
        snprintf(banner, size, "%zu unanswered: %s", unanswered, link_sentence(c->link));
    else
        snprintf(banner, size, "%s; %.200s", aside, link_sentence(c->link));
}

/* The printer first: its sentence is short, and only who stands here can help it. */
static void show_banner(struct counter *c, char *banner, size_t size)
{
    const char *printer = c->printing == NULL ? "" : print_spool_sentence(c->printing);
    char link[STAGE_TEXT];

    show_link(c, link, sizeof(link));
    banner[0] = 0;
    if (printer[0] != 0)
        snprintf(banner, size, "printer: %s%s%.200s", printer, link[0] != 0 ? " | " : "", link);
    else
        snprintf(banner, size, "%s", link);
}

void counter_show_state(struct counter *c)
{
    struct stage_status *status = &c->stage.status;
    const struct shop *shop = counter_shop(c);
    const Caroline__V1__SessionOpened *session = c->link == NULL ? NULL : link_session(c->link);

    if (shop == NULL)
        snprintf(status->place, sizeof(status->place), "Till %u", c->till_number);
    else
        snprintf(status->place, sizeof(status->place), "%.70s, till %u", shop->name, c->till_number);
    status->person[0] = 0;
    if (session != NULL && session->staff != NULL && stage_top(&c->stage) != &sign_in_screen)
        counter_copy(status->person, sizeof(status->person), session->staff->name);
    status->connected = c->link != NULL && link_state(c->link) == LINK_ONLINE;
    status->training = c->training && !stage_has(&c->stage, &sign_in_screen); /* who signs out ends it */
    show_banner(c, status->banner, sizeof(status->banner));
    c->stage.dirty = true;
}

/* ---- the link's events ---- */

static void on_state(void *owner, enum link_state state, const char *sentence)
{
    (void)sentence;
    if (state == LINK_ONLINE) {
        stage_back_online(&((struct counter *)owner)->stage);
        offline_try_again(owner);
        lock_server_back(owner);
    }
    pay_line_changed(owner);
    errand_line_lost(owner);
    sign_in_connected(owner);
    counter_show_state(owner);
}

static void begin_index(struct counter *c)
{
    c->indexed = counter_catalogue(c);
    c->indexed_version = c->indexed == NULL ? 0 : catalogue_newest(c->indexed);
    search_begin(c->search, c->indexed);
}

static void on_catalogue(void *owner, uint64_t version)
{
    struct counter *c = owner;

    bool first = c->indexed == NULL;

    (void)version;
    take_zone(c);
    begin_index(c);
    if (first)
        aside_try_again(c);
    sale_changed(c);
    counter_show_state(c);
}

static void on_progress(void *owner, uint32_t part, uint32_t parts)
{
    struct counter *c = owner;

    c->snapshot_part = part;
    c->snapshot_parts = parts;
    c->stage.dirty = true;
}

static void on_session(void *owner, bool open, bool locked)
{
    struct counter *c = owner;

    training_look(c);
    if (!open) {
        waiting_end(c);
        c->printers_known = false;
        c->shift.known = false;
        c->parked.waiting = 0;      /* another's */
        c->basket.approved = false; /* it was for who is leaving */
        /* A changed PIN ends the session too: that screen signs in again by itself. */
        bool goes_on = stage_top(&c->stage) == &new_pin_screen && c->new_pin.busy;
        if (stage_top(&c->stage) != &sign_in_screen && !goes_on)
            sign_in_begin(c);
    } else if (locked) {
        lock_begin(c);
    } else if (stage_has(&c->stage, &lock_screen)) {
        while (stage_top(&c->stage) != &lock_screen)
            stage_pop(&c->stage);
        stage_pop(&c->stage);
    }
    if (open && !locked)
        offline_try_again(c);
    sale_changed(c); /* what this role may take off may differ */
    counter_show_state(c);
}

static bool is_errand(const struct counter *c, const uint8_t id[COMMAND_ID_SIZE])
{
    return c->errand != ERRAND_NONE && memcmp(c->errand_id, id, COMMAND_ID_SIZE) == 0;
}

static void resume_answered(struct counter *c, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer)
{
    parked_remember(c, id);
    if (is_errand(c, id))
        parked_taken_up(c, answer);
    else
        parked_thrown_away(c, answer);
}

static void on_recovered(void *owner, unsigned op, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer)
{
    struct counter *c = owner;

    if (errand_told(c, id))
        return;
    if (waiting_told(c, op, id, answer))
        counter_show_state(c);
    else if (op == CAROLINE__V1__OP__OP_SALE_RING_UP && c->errand == ERRAND_SELL && is_errand(c, id))
        pay_answered(c, answer);
    else if (op == CAROLINE__V1__OP__OP_SALE_RING_UP)
        aside_answered(c, answer);
    else if (op == CAROLINE__V1__OP__OP_SALE_OFFLINE)
        offline_answered(c, answer);
    else if (op == CAROLINE__V1__OP__OP_SALE_REFUND)
        refund_answered(c, answer);
    else if (op == CAROLINE__V1__OP__OP_SALE_RETENDER)
        retender_answered(c, answer);
    else if (op == CAROLINE__V1__OP__OP_INVOICE_MAKE)
        invoice_answered(c, answer);
    else if (op == CAROLINE__V1__OP__OP_RECEIPT_PRINT)
        printing_copied(c, answer);
    else if (op == CAROLINE__V1__OP__OP_BASKET_PARK && is_errand(c, id))
        parked_put_aside(c, answer);
    else if (op == CAROLINE__V1__OP__OP_BASKET_PARK)
        aside_parked(c, id, answer);
    else if (op == CAROLINE__V1__OP__OP_BASKET_RESUME)
        resume_answered(c, id, answer);
    else if (op == CAROLINE__V1__OP__OP_BASKET_VOID)
        counter_refused(c, answer);
    counter_show_state(c);
}

const struct link_events counter_events = {
    .on_state = on_state,
    .on_progress = on_progress,
    .on_catalogue = on_catalogue,
    .on_session = on_session,
    .on_recovered = on_recovered,
};

/* ---- start ---- */

/* What the command that took the basket is about. */
static enum errand errand_of(struct counter *c)
{
    const struct spooled *command = spool_find(c->spool, c->errand_id, c->scratch);

    if (command != NULL && command->op == CAROLINE__V1__OP__OP_BASKET_PARK)
        return ERRAND_PARK;
    if (command != NULL && command->op == CAROLINE__V1__OP__OP_BASKET_RESUME)
        return ERRAND_RESUME;
    return ERRAND_SELL;
}

static void take_up_basket(struct counter *c)
{
    bool taken = false;
    struct bytes kept = basket_load(c->spool, c->scratch, &taken, c->errand_id);
    const Caroline__V1__Basket *message = NULL;

    if (kept.data != NULL)
        message = (const Caroline__V1__Basket *)message_decode(&caroline__v1__basket__descriptor, kept, c->scratch);
    if (message != NULL)
        open_basket_take(&c->basket, message);
    c->errand = taken ? errand_of(c) : ERRAND_NONE;
    list_resize(&c->sale.lines, c->basket.line_count);
    arena_reset(c->scratch);
}

void counter_attach(struct counter *c, struct link *link, struct spool *spool)
{
    c->link = link;
    c->spool = spool;
    take_up_basket(c);
    aside_take_up(c);
    charges_take_up(c);
    c->given_up_waits = spool != NULL && spool_given_up(spool, 0, c->scratch) != NULL;
    arena_reset(c->scratch);
    if (counter_catalogue(c) != NULL) {
        take_zone(c);
        begin_index(c);
        open_basket_price(&c->basket, counter_catalogue(c), counter_zone(c), link_now(link));
    }
    counter_show_state(c);
}

/* ---- nobody here? ---- */

/* The server locks a session without a call for 120 s. */
#define AWAKE_EVERY_US (45 * SECOND_US)

static void on_awake(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (answer->outcome != LINK_OK)
        return;
    shift_take(c, (const Caroline__V1__ShiftShown *)answer->reply);
}

static void stay_awake(struct counter *c, int64_t now_us)
{
    Caroline__V1__ShiftShow message;

    c->awake_us = now_us;
    caroline__v1__shift_show__init(&message);
    counter_call(c, CAROLINE__V1__OP__OP_SHIFT_SHOW, &message.base, on_awake);
}

void counter_tick(struct counter *c, int64_t now_us, bool typed)
{
    if (typed)
        c->key_us = now_us;
    if (typed && c->link != NULL)
        link_somebody_here(c->link);
    pay_tick(c, now_us);
    waiting_tick(c, now_us);
    errand_tick(c, now_us);
    charges_tick(c, now_us);
    card_page_tick(c, now_us);
    avoids_look(c);
    parked_look(c);
    if (c->link == NULL || link_session(c->link) == NULL || link_locked(c->link) || stage_has(&c->stage, &lock_screen))
        return;
    const Caroline__V1__Helloed *hello = link_hello(c->link);
    int64_t lock_us = hello == NULL ? 0 : (int64_t)hello->idle_lock_s * SECOND_US;
    /* Where nobody could open it again the server alone locks the session. */
    if (link_state(c->link) != LINK_ONLINE && link_alone(c->link) != LINK_ALONE_PIN)
        return;
    if (lock_us > 0 && now_us - c->key_us >= lock_us)
        lock_now(c);
    else if (c->key_us > c->awake_us && now_us - c->awake_us >= AWAKE_EVERY_US && link_state(c->link) == LINK_ONLINE)
        stay_awake(c, now_us);
}

bool counter_idle(struct counter *c)
{
    return search_step(c->search, INDEX_STEP);
}
