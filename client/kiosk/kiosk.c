/* The kiosk as a whole: from start to end, pages, what the link reports, and when a visit is over. */
#include "client/kiosk/kiosk.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"

/* Products a step: about a millisecond, so that a key never waits. */
#define INDEX_STEP 1000

/* ---- a visit ---- */

/* Everything that a visitor left here, by its being all of one struct. */
static void wipe_visit(struct kiosk *k)
{
    account_wipe(k);
    open_basket_fini(&k->visit.basket);
    explicit_bzero(&k->visit, sizeof(k->visit));
    explicit_bzero(k->held, sizeof(k->held));
    k->held_count = 0;
    scan_forget(&k->reader);
    explicit_bzero(&k->keys, sizeof(k->keys));
    k->pasting = false;
}

static void begin_visit(struct kiosk *k)
{
    open_basket_init(&k->visit.basket);
    k->visit.pages[0] = &welcome_page;
    k->visit.depth = 1;
    k->visit_number++;
    board_new_page(&k->board);
    k->asking = false;
    k->stale = k->dirty = true;
}

void kiosk_clear(struct kiosk *k)
{
    server_forget(k, true);
    kiosk_sign_out(k);
    wipe_visit(k);
    begin_visit(k);
}

void kiosk_init(struct kiosk *k)
{
    memset(k, 0, sizeof(*k));
    k->search = search_create();
    k->scratch = arena_create(0);
    k->rows = KIOSK_ROWS_MIN;
    k->columns = KIOSK_COLUMNS_MIN;
    begin_visit(k);
}

void kiosk_fini(struct kiosk *k)
{
    wipe_visit(k);
    search_destroy(k->search);
    zone_destroy(k->zone);
    arena_destroy(k->scratch);
    if (k->unseen != NULL)
        delwin(k->unseen);
    explicit_bzero(k, sizeof(*k));
}

void kiosk_attach(struct kiosk *k, struct link *link)
{
    k->link = link;
    k->stale = k->dirty = true;
}

/* ---- pages ---- */

const struct page *kiosk_page(const struct kiosk *k)
{
    return k->visit.pages[k->visit.depth - 1];
}

/* Also below the page that is shown: there it is gone on with. */
static bool is_asking(const struct visit *v)
{
    for (size_t i = 0; i < v->depth; i++)
        if (v->pages[i] == &ask_page)
            return true;
    return false;
}

static void changed_page(struct kiosk *k)
{
    if (!is_asking(&k->visit))
        ask_forget(k);
    k->visit.notice_kind = NOTICE_NONE;
    board_new_page(&k->board);
    k->stale = k->dirty = true;
}

/* Who goes round in circles goes on with the newest of the ways: the oldest but the first is forgotten. */
void kiosk_open(struct kiosk *k, const struct page *page)
{
    struct visit *v = &k->visit;

    v->focus[v->depth - 1] = k->board.focus;
    if (v->depth == KIOSK_PAGES_MAX) {
        memmove(v->pages + 1, v->pages + 2, (KIOSK_PAGES_MAX - 2) * sizeof(v->pages[0]));
        memmove(v->focus + 1, v->focus + 2, (KIOSK_PAGES_MAX - 2) * sizeof(v->focus[0]));
        v->depth--;
    }
    v->pages[v->depth++] = page;
    changed_page(k);
}

void kiosk_back(struct kiosk *k)
{
    if (k->visit.depth > 1)
        k->visit.depth--;
    changed_page(k);
    k->board.focus = k->visit.focus[k->visit.depth - 1];
}

void kiosk_back_to(struct kiosk *k, const struct page *page)
{
    for (size_t i = k->visit.depth; i-- > 0;)
        if (k->visit.pages[i] == page) {
            k->visit.depth = i + 1;
            changed_page(k);
            k->board.focus = k->visit.focus[i];
            return;
        }
    k->visit.depth = 1;
    kiosk_open(k, page);
}

void kiosk_say(struct kiosk *k, enum notice_kind kind, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(k->visit.notice, sizeof(k->visit.notice), format, arguments);
    va_end(arguments);
    k->visit.notice_kind = kind;
    k->beep = k->beep || kind == NOTICE_BAD;
    k->dirty = true;
}

/* ---- the shop ---- */

const struct catalogue *kiosk_catalogue(const struct kiosk *k)
{
    return k->link == NULL ? NULL : link_catalogue(k->link);
}

const struct product *kiosk_product(const struct kiosk *k, int64_t id)
{
    const struct catalogue *catalogue = kiosk_catalogue(k);
    const struct product *product =
        catalogue == NULL ? NULL : catalogue_product(catalogue, catalogue_newest(catalogue), id);

    return product != NULL && product->active && product->deposit_kind == DEPOSIT_NONE ? product : NULL;
}

const struct shop *kiosk_shop(const struct kiosk *k)
{
    const struct catalogue *catalogue = kiosk_catalogue(k);
    return catalogue == NULL ? NULL : catalogue_shop(catalogue, catalogue_newest(catalogue));
}

const struct zone *kiosk_zone(const struct kiosk *k)
{
    return k->zone != NULL ? k->zone : zone_utc();
}

char *kiosk_money(const struct kiosk *k, char *text, int64_t minor)
{
    const struct shop *shop = kiosk_shop(k);
    return minor_format(text, minor, shop == NULL ? 2 : shop->currency_exponent);
}

bool kiosk_online(const struct kiosk *k)
{
    return k->link != NULL && link_state(k->link) == LINK_ONLINE;
}

void kiosk_text(char *to, size_t size, ProtobufCBinaryData from)
{
    size_t length = from.len < size - 1 ? from.len : size - 1;

    while (length > 0 && length < from.len && (from.data[length] & 0xc0) == 0x80)
        length--;
    if (length > 0)
        memcpy(to, from.data, length);
    to[length] = 0;
}

ProtobufCBinaryData kiosk_bytes(const char *text)
{
    return (ProtobufCBinaryData){ strlen(text), (uint8_t *)(uintptr_t)text };
}

/* ---- the link's events ---- */

/* Goods and basket stay; whoever was signed in was so on that connection. */
static void on_state(void *owner, enum link_state state, const char *sentence)
{
    struct kiosk *k = owner;

    (void)sentence;
    if (state != LINK_ONLINE && k->online)
        k->visit.notice_kind = NOTICE_NONE; /* that it is away is news */
    k->online = state == LINK_ONLINE;
    if (state != LINK_ONLINE)
        server_lost(k);
    if (state != LINK_ONLINE && k->visit.account.open)
        account_lost(k, away_signed_out());
    k->stale = k->dirty = true;
}

static void take_zone(struct kiosk *k)
{
    const struct shop *shop = kiosk_shop(k);

    if (shop == NULL || strcmp(shop->zone_name, k->zone_name) == 0)
        return;
    snprintf(k->zone_name, sizeof(k->zone_name), "%s", shop->zone_name);
    zone_destroy(k->zone);
    k->zone = zone_load(NULL, k->zone_name);
}

static void on_catalogue(void *owner, uint64_t version)
{
    struct kiosk *k = owner;

    (void)version;
    take_zone(k);
    k->indexed = kiosk_catalogue(k);
    search_begin(k->search, k->indexed);
    basket_changed(k);
    k->stale = k->dirty = true;
}

static void on_progress(void *owner, uint32_t part, uint32_t parts)
{
    struct kiosk *k = owner;

    k->snapshot_part = part;
    k->snapshot_parts = parts;
    k->dirty = true;
}

/* The server ended it: it was idle there, or the PIN was changed elsewhere. */
static void on_session(void *owner, bool open, bool locked)
{
    struct kiosk *k = owner;

    (void)locked;
    if (open || !k->visit.account.open)
        return;
    account_lost(k, "You were signed out.");
}

const struct link_events kiosk_events = {
    .on_state = on_state,
    .on_progress = on_progress,
    .on_catalogue = on_catalogue,
    .on_session = on_session,
};

bool kiosk_idle(struct kiosk *k)
{
    return k->indexed == NULL || search_step(k->search, INDEX_STEP);
}

/* ---- when nobody is there ---- */

static bool is_untouched(const struct kiosk *k)
{
    const struct visit *v = &k->visit;

    return v->depth == 1 && v->avoid == 0 && v->basket.line_count == 0 && !v->account.open && v->card[0] == 0 &&
           v->waiting == 0 && v->notice_kind == NOTICE_NONE;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* While it is asked about, each second shows how many are left. */
static int64_t idle_deadline_us(const struct kiosk *k)
{
    if (is_untouched(k))
        return 0;
    if (!k->asking)
        return k->touched_us + KIOSK_ASK_US;
    int64_t left = (k->touched_us + KIOSK_CLEAR_US - k->now_us) / SECOND_US;
    return k->touched_us + KIOSK_CLEAR_US - (left > 0 ? left - 1 : 0) * SECOND_US;
}

int64_t kiosk_deadline_us(const struct kiosk *k)
{
    int64_t visit_us = earlier(idle_deadline_us(k), export_deadline_us(k));

    return earlier(visit_us, earlier(input_deadline_us(&k->keys), scan_deadline_us(&k->reader)));
}

void kiosk_tick(struct kiosk *k, int64_t now_us)
{
    k->now_us = now_us;
    if (is_untouched(k)) {
        k->asking = false;
        return;
    }
    kiosk_stay(k);
    if (now_us >= k->touched_us + KIOSK_CLEAR_US) {
        kiosk_clear(k);
    } else if (now_us >= k->touched_us + KIOSK_ASK_US) {
        k->asking = true;
        k->dirty = true;
    }
}
