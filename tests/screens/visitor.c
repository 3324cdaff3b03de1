/* A kiosk with a bakery and a link that the test answers. */
#include "visitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "common/base/text.h"
#include "common/rules/nutrition.h"

static void draw(void *model, WINDOW *window)
{
    kiosk_draw(model, window);
}

/* What the bakery of the counter lacks: what people say of goods, and what they hold. */
static void add_what_is_said(struct catalogue *catalogue)
{
    static const struct nutrition croissant = { .of = { 1690, 404, 21000, 13200, 45000, 6300, 8200, 1050 } };
    static const char *const barcodes[] = { "4006381333931" };
    const struct product product = { .id = 1,
                                     .name = "Croissant",
                                     .sku = "",
                                     .allergen_note = "",
                                     .barcodes = barcodes,
                                     .barcode_count = 1,
                                     .price_minor = 195,
                                     .plu = 112,
                                     .tax_class_id = 1,
                                     .contains = 1 << 1 | 1 << 7,
                                     .active = true,
                                     .rating_hundredths = 446,
                                     .rating_count = 12,
                                     .nutrition = &croissant };

    catalogue_put_category(catalogue, 2, &(struct category){ .id = 2, .name = "Bread & rolls", .position = 0 });
    catalogue_put_product(catalogue, 2, &product);
    catalogue_seal(catalogue, 2, 2);
}

void visitor_open(struct visitor *v)
{
    memset(v, 0, sizeof(*v));
    v->catalogue = bakery_create();
    add_what_is_said(v->catalogue);
    v->now_us = 1000000;
    v->rows = 24;
    v->columns = 80;
    golden_terminal(false);
    kiosk_init(&v->kiosk);
    v->link = scripted_link_create(&kiosk_events, &v->kiosk);
    kiosk_attach(&v->kiosk, v->link);
    scripted_catalogue(v->link, v->catalogue);
    while (!kiosk_idle(&v->kiosk))
        ;
    scripted_state(v->link, LINK_ONLINE, "connected to bakery:7117");
    kiosk_tick(&v->kiosk, v->now_us);
}

void visitor_close(struct visitor *v)
{
    kiosk_fini(&v->kiosk);
    scripted_link_destroy(v->link);
    catalogue_destroy(v->catalogue);
}

/* Time goes on, and what is due at its own moment is done then. */
void visitor_waits(struct visitor *v, int64_t us)
{
    int64_t until = v->now_us + us;

    for (;;) {
        int64_t deadline = kiosk_deadline_us(&v->kiosk);
        if (deadline == 0 || deadline > until)
            break;
        if (deadline > v->now_us)
            v->now_us = deadline;
        kiosk_expire(&v->kiosk, v->now_us);
        if (kiosk_deadline_us(&v->kiosk) == deadline) /* it is waited for until a millisecond later, as a loop does */
            v->now_us++;
    }
    v->now_us = until;
    kiosk_tick(&v->kiosk, v->now_us);
}

static char *seen(struct visitor *v)
{
    return golden_text_of(draw, &v->kiosk, v->rows, v->columns);
}

void visitor_send(struct visitor *v, const char *bytes)
{
    free(seen(v)); /* nobody presses what was never drawn */
    kiosk_input(&v->kiosk, bytes_of_text(bytes), v->now_us);
    visitor_waits(v, 100000);
}

void visitor_type(struct visitor *v, const char *keys)
{
    while (*keys != 0) {
        char key[16] = { 0 };
        size_t size = 1;
        if (*keys == '\033' && (keys[1] == '[' || keys[1] == 'O'))
            size = keys[1] == 'O' ? 3 : 2 + strcspn(keys + 2, "ABCDFHMZ~") + 1;
        while (((unsigned char)keys[size] & 0xc0) == 0x80)
            size++;
        memcpy(key, keys, size);
        visitor_send(v, key);
        keys += size;
    }
}

void visitor_scan(struct visitor *v, const char *code)
{
    for (; *code != 0; code++) {
        kiosk_input(&v->kiosk, bytes_of(code, 1), v->now_us);
        v->now_us += 2000;
    }
    visitor_send(v, "\r");
}

void visitor_click(struct visitor *v, const char *text)
{
    char *screen = seen(v), *found = strstr(screen, text), mouse[32];

    if (found == NULL)
        fail_msg("'%s' is not on the screen\n%s", text, screen);
    int row = 0;
    char *line = screen;
    for (char *at = screen; at < found; at++)
        if (*at == '\n') {
            row++;
            line = at + 1;
        }
    *found = 0;
    snprintf(mouse, sizeof(mouse), "\033[<0;%zu;%dM", text_columns(line) + 1, row + 1);
    free(screen);
    visitor_send(v, mouse);
    snprintf(mouse + strlen(mouse) - 1, 2, "m");
    visitor_send(v, mouse);
}

static void look(struct visitor *v, const char *text, bool wanted)
{
    char *screen = seen(v);
    bool there = strstr(screen, text) != NULL;

    if (there != wanted)
        fail_msg("'%s' is%s on the screen\n%s", text, there ? "" : " not", screen);
    free(screen);
}

void visitor_sees(struct visitor *v, const char *text)
{
    look(v, text, true);
}

void visitor_sees_not(struct visitor *v, const char *text)
{
    look(v, text, false);
}

bool visitor_is_remembered(const struct visitor *v, const char *text)
{
    return memmem(&v->kiosk.visit, sizeof(v->kiosk.visit), text, strlen(text)) != NULL ||
           memmem(v->kiosk.held, sizeof(v->kiosk.held), text, strlen(text)) != NULL ||
           memmem(&v->kiosk.reader, sizeof(v->kiosk.reader), text, strlen(text)) != NULL;
}

void visitor_golden(struct visitor *v, const char *name)
{
    char file[128];

    snprintf(file, sizeof(file), "visit-%s", name);
    golden_check_sizes(draw, &v->kiosk, file, kiosk_page(&v->kiosk));
}

/* ---- Mia ---- */

void visitor_signs_in(struct visitor *v)
{
    visitor_signs_in_on(v, 0);
}

void visitor_signs_in_on(struct visitor *v, int64_t birthday_points)
{
    Caroline__V1__KioskSignedIn done = CAROLINE__V1__KIOSK_SIGNED_IN__INIT;

    visitor_type(v, "m1");
    visitor_type(v, "0305550100\r");
    visitor_type(v, "8261\r");
    done.has_member_id = done.has_name = done.has_points = done.has_has_pin = done.has_pin = true;
    done.member_id = 77;
    done.name = kiosk_bytes("Mia Stone");
    done.points = 230;
    done.has_birthday_points = birthday_points > 0;
    done.birthday_points = birthday_points;
    scripted_request(v->link, CAROLINE__V1__OP__OP_KIOSK_SIGN_IN, &caroline__v1__kiosk_sign_in__descriptor);
    scripted_answer(v->link, CAROLINE__V1__OP__OP_KIOSK_SIGN_IN, &done.base);
}

static void fill_coupon(Caroline__V1__CouponCampaign *campaign, Caroline__V1__SelfCoupon *coupon)
{
    caroline__v1__coupon_campaign__init(campaign);
    campaign->has_name = campaign->has_gift = campaign->has_value = campaign->has_last_day = true;
    campaign->name = kiosk_bytes("Autumn letter");
    campaign->gift = CAROLINE__V1__COUPON_GIFT__COUPON_RATE_OFF;
    campaign->value = 125500;
    campaign->last_day = kiosk_bytes("2026-12-31");
    caroline__v1__self_coupon__init(coupon);
    coupon->campaign = campaign;
    coupon->has_code = true;
    coupon->code = kiosk_bytes("K7QW-2NPR-8DXE-41HT");
}

static void fill_consent(Caroline__V1__Consent *consent, uint32_t kind, const char *name, bool given, const char *text)
{
    caroline__v1__consent__init(consent);
    consent->has_kind = consent->has_name = consent->has_given = consent->has_newest_version = consent->has_text = true;
    consent->kind = kind;
    consent->name = kiosk_bytes(name);
    consent->given = given;
    consent->newest_version = 1;
    consent->text = kiosk_bytes(text);
}

static void fill_lot(Caroline__V1__PointsLot *lot, int64_t remaining, const char *expires)
{
    caroline__v1__points_lot__init(lot);
    lot->has_remaining = lot->has_expiry_day = true;
    lot->remaining = remaining;
    lot->expiry_day = kiosk_bytes(expires);
}

static void fill_move(Caroline__V1__PointsMove *move, uint64_t at_us, uint32_t kind, int64_t points,
                      const char *receipt)
{
    caroline__v1__points_move__init(move);
    move->has_at_us = move->has_kind = move->has_points = move->has_receipt_number = true;
    move->at_us = at_us;
    move->kind = kind;
    move->points = points;
    move->receipt_number = kiosk_bytes(receipt);
}

/* One of each kind, and one that a later server has. */
static const struct {
    uint32_t kind;
    int64_t points;
    const char *receipt;
} came[] = {
    { 2, 200, "3T-000042" }, { 4, -100, "3T-000017" }, { 6, -20, "3T-000018" }, { 5, 100, "3T-000018" },
    { 3, 100, "3T-000009" }, { 7, -40, "" },           { 8, 40, "" },           { 11, 50, "" },
    { 12, 50, "" },          { 9, 180, "" },           { 1, 20, "" },           { 13, 5, "3T-000018" },
    { 99, 5, "" },
};
#define MOVES (sizeof came / sizeof *came)

void visitor_shown(struct visitor *v)
{
    Caroline__V1__SelfShown shown = CAROLINE__V1__SELF_SHOWN__INIT;
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__PointsLot lot[2], *lots[] = { &lot[0], &lot[1] };
    Caroline__V1__PointsMove move[MOVES], *moves[MOVES];
    Caroline__V1__CouponCampaign campaign;
    Caroline__V1__SelfCoupon coupon, *coupons[] = { &coupon };
    Caroline__V1__Consent consent[2], *consents[] = { &consent[0], &consent[1] };
    uint32_t avoids[] = { 8 };

    member.has_name = member.has_phone = member.has_points = member.has_email = true;
    member.name = kiosk_bytes("Mia Stone");
    member.phone = kiosk_bytes("+49 30 5550100");
    member.email = kiosk_bytes("mia@example.org");
    member.has_birthday = member.has_card = member.has_language = true;
    member.birthday = kiosk_bytes("1990-06-02");
    member.card = kiosk_bytes("CAR-7F3K-22");
    member.language = kiosk_bytes("de");
    member.points = 230;
    member.avoids = avoids;
    member.n_avoids = 1;
    fill_lot(&lot[0], 30, "2027-01-14");
    fill_lot(&lot[1], 200, "2027-11-22");
    member.lots = lots;
    member.n_lots = 2;
    fill_consent(&consent[0], 1, "points programme", true,
                 "We note what you buy with your card, to give you points for it.");
    fill_consent(&consent[1], 2, "news by e-mail", false,
                 "We may write to you by e-mail about our goods, once a month.");
    member.consents = consents;
    member.n_consents = 2;
    shown.member = &member;
    shown.has_has_pin = shown.has_pin = true;
    for (size_t i = 0; i < MOVES; i++) {
        uint64_t at_us = UINT64_C(1795370400000000) - 1000000 * i * UINT64_C(86400);
        moves[i] = &move[i];
        fill_move(moves[i], at_us, came[i].kind, came[i].points, came[i].receipt);
    }
    shown.moves = moves;
    shown.n_moves = MOVES;
    fill_coupon(&campaign, &coupon);
    shown.coupons = coupons;
    shown.n_coupons = 1;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_SHOW, &shown.base);
}

int visitor_before(void **state)
{
    struct visitor *v = malloc(sizeof(*v));

    assert_non_null(v);
    visitor_open(v);
    *state = v;
    return 0;
}

int visitor_after(void **state)
{
    visitor_close(*state);
    free(*state);
    return 0;
}
