/* The console as a whole: from start to end, and what the link reports. */
#include "client/admin/admin.h"

#include <stdio.h>
#include <string.h>

#include "common/base/number.h"
#include "proto/shop.pb-c.h"

/* Products a step: about a millisecond, so that a key never waits. */
#define INDEX_STEP 1000

static void leave(void *model)
{
    struct admin *a = model;
    a->leaving = true;
}

static void ask_to_leave(void *model)
{
    struct admin *a = model;

    if (a->visit.moderation.busy)
        stage_ask(&a->stage, "Leave", leave,
                  "Leave the console? The review that is being decided about is kept: it is "
                  "sent again when the console starts again.");
    else
        stage_ask(&a->stage, "Leave", leave, "Leave the console?");
}

void admin_init(struct admin *a)
{
    memset(a, 0, sizeof(*a));
    stage_init(&a->stage, a);
    a->stage.interrupted = ask_to_leave;
    a->search = search_create();
    a->scratch = arena_create(0);
    admin_sign_in_begin(a);
}

void admin_fini(struct admin *a)
{
    search_destroy(a->search);
    zone_destroy(a->zone);
    arena_destroy(a->scratch);
    stage_fini(&a->stage);
    explicit_bzero(a, sizeof(*a));
}

void admin_wipe(struct admin *a)
{
    explicit_bzero(&a->visit, sizeof(a->visit));
    a->visit_number++;
}

/* ---- the shop ---- */

const struct catalogue *admin_catalogue(const struct admin *a)
{
    return a->link == NULL ? NULL : link_catalogue(a->link);
}

const struct shop *admin_shop(const struct admin *a)
{
    const struct catalogue *catalogue = admin_catalogue(a);
    return catalogue == NULL ? NULL : catalogue_shop(catalogue, catalogue_newest(catalogue));
}

const struct product *admin_product(const struct admin *a, int64_t id)
{
    const struct catalogue *catalogue = admin_catalogue(a);
    const struct product *product =
        catalogue == NULL ? NULL : catalogue_product(catalogue, catalogue_newest(catalogue), id);

    return product != NULL && product->active && product->deposit_kind == DEPOSIT_NONE ? product : NULL;
}

const struct zone *admin_zone(const struct admin *a)
{
    return a->zone != NULL ? a->zone : zone_utc();
}

char *admin_money(const struct admin *a, char *text, int64_t minor)
{
    const struct shop *shop = admin_shop(a);
    return minor_format(text, minor, shop == NULL ? 2 : shop->currency_exponent);
}

static void take_zone(struct admin *a)
{
    const struct shop *shop = admin_shop(a);

    if (shop == NULL || strcmp(shop->zone_name, a->zone_name) == 0)
        return;
    snprintf(a->zone_name, sizeof(a->zone_name), "%s", shop->zone_name);
    zone_destroy(a->zone);
    a->zone = zone_load(NULL, a->zone_name);
}

/* ---- what the lines around a screen say ---- */

void admin_show_state(struct admin *a)
{
    struct stage_status *status = &a->stage.status;
    const struct shop *shop = admin_shop(a);
    const Caroline__V1__SessionOpened *session = a->link == NULL ? NULL : link_session(a->link);

    snprintf(status->place, sizeof(status->place), "%.70s, office", shop == NULL ? "Caroline" : shop->name);
    status->person[0] = 0;
    if (session != NULL && session->staff != NULL && stage_top(&a->stage) != &admin_sign_in_screen)
        admin_copy(status->person, sizeof(status->person), session->staff->name);
    status->connected = a->link != NULL && link_state(a->link) == LINK_ONLINE;
    status->banner[0] = 0;
    if (a->link != NULL && !status->connected)
        snprintf(status->banner, sizeof(status->banner), "%s", link_sentence(a->link));
    a->stage.dirty = true;
}

/* ---- the link's events ---- */

static void on_state(void *owner, enum link_state state, const char *sentence)
{
    (void)state, (void)sentence;
    admin_sign_in_connected(owner);
    admin_show_state(owner);
}

/* A review that was accepted or hidden anywhere comes as a change of its product. */
static void on_catalogue(void *owner, uint64_t version)
{
    struct admin *a = owner;

    (void)version;
    take_zone(a);
    a->indexed = admin_catalogue(a);
    search_begin(a->search, a->indexed);
    admin_ratings_look(a);
    admin_product_look(a);
    admin_show_state(a);
}

static void on_progress(void *owner, uint32_t part, uint32_t parts)
{
    struct admin *a = owner;

    a->snapshot_part = part;
    a->snapshot_parts = parts;
    a->stage.dirty = true;
}

static void on_session(void *owner, bool open, bool locked)
{
    struct admin *a = owner;

    if (!open) {
        /* A changed PIN ends the session too: that screen signs in again by itself. */
        bool goes_on = stage_top(&a->stage) == &admin_new_pin_screen && a->visit.new_pin.busy;
        if (stage_top(&a->stage) != &admin_sign_in_screen && !goes_on)
            admin_sign_in_begin(a);
    } else if (locked) {
        admin_lock_begin(a);
    } else if (stage_has(&a->stage, &admin_lock_screen)) {
        stage_pop_to(&a->stage, &admin_lock_screen);
        admin_lock_end(a);
    }
    admin_show_state(a);
}

void admin_recovered(struct admin *a, unsigned op, const struct link_answer *answer)
{
    if (op == CAROLINE__V1__OP__OP_REVIEW_MODERATE)
        admin_moderate_recovered(a, answer);
    else if (op == CAROLINE__V1__OP__OP_MEMBER_CREATE)
        admin_sign_up_recovered(a, answer);
    admin_show_state(a);
}

static void on_recovered(void *owner, unsigned op, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer)
{
    (void)id;
    admin_recovered(owner, op, answer);
}

const struct link_events admin_events = {
    .on_state = on_state,
    .on_progress = on_progress,
    .on_catalogue = on_catalogue,
    .on_session = on_session,
    .on_recovered = on_recovered,
};

void admin_attach(struct admin *a, struct link *link)
{
    a->link = link;
    admin_show_state(a);
}

bool admin_idle(struct admin *a)
{
    if (a->indexed == NULL)
        return true;
    if (!search_step(a->search, INDEX_STEP))
        return false;
    a->indexed = NULL;
    if (a->visit.ratings.found.partial)
        admin_ratings_look(a);
    return true;
}

/* ---- nobody here? ---- */

/* The server locks a session without a call for 120 s. */
#define AWAKE_EVERY_US (45 * SECOND_US)

static void stay_awake(struct admin *a, int64_t now_us)
{
    Caroline__V1__ServerShow message;

    a->awake_us = now_us;
    caroline__v1__server_show__init(&message);
    admin_call(a, CAROLINE__V1__OP__OP_SERVER_SHOW, &message.base, NULL);
}

void admin_tick(struct admin *a, int64_t now_us, bool typed)
{
    if (typed)
        a->key_us = now_us;
    if (typed && a->link != NULL)
        link_somebody_here(a->link);
    if (a->link == NULL || link_session(a->link) == NULL || link_locked(a->link) ||
        stage_has(&a->stage, &admin_lock_screen))
        return;
    const Caroline__V1__Helloed *hello = link_hello(a->link);
    int64_t lock_us = hello == NULL ? 0 : (int64_t)hello->idle_lock_s * SECOND_US;
    if (link_state(a->link) != LINK_ONLINE) /* nobody could open it again; the server locks the session by itself */
        return;
    if (lock_us > 0 && now_us - a->key_us >= lock_us)
        admin_lock_now(a);
    else if (a->key_us > a->awake_us && now_us - a->awake_us >= AWAKE_EVERY_US)
        stay_awake(a, now_us);
}
