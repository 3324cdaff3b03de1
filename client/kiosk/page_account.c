/* What a member has here: points and how they came, coupons, and the ways to all else. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/points_words.h"
#include "common/base/number.h"

void account_open(struct kiosk *k)
{
    if (k->visit.account.open)
        kiosk_back_to(k, &account_page);
    else
        sign_in_open(k);
}

/* ---- the ways ---- */

static void go(void *model, int64_t which)
{
    static const struct page *const pages[] = { &points_page, &coupons_page, &consents_page, &erase_page, &card_page };
    kiosk_open(model, pages[which]);
}

static void bought(void *model, int64_t value)
{
    (void)value;
    history_open(model);
}

static void data(void *model, int64_t value)
{
    (void)value;
    data_open(model);
}

static void copy(void *model, int64_t value)
{
    (void)value;
    export_begin(model);
}

static void sign_out(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    kiosk_sign_out(k);
    account_forget(k);
    kiosk_say(k, NOTICE_GOOD, "You are signed out.");
}

static void draw(struct kiosk *k, struct area area)
{
    const struct account *a = &k->visit.account;
    int half = area.columns / 2;
    char points[64], coupons[64];

    if (a->points < 0)
        snprintf(points, sizeof(points), "you owe %lld", -(long long)a->points);
    else
        snprintf(points, sizeof(points), "%lld now", (long long)a->points);
    snprintf(coupons, sizeof(coupons), "%zu can be used", a->coupon_count);
    const struct choice left[] = {
        { '1', "My points", points, go, 0 },
        { '2', "My coupons", a->shown ? coupons : NULL, go, 1 },
        { '3', "What I bought", "with receipts; say how it was", bought, 0 },
        { '4', "My data", "name, phone, PIN, what I avoid", data, 0 },
        { '9', "My card", "for the camera of my telephone", go, 4 },
    };
    const struct choice right[] = {
        { '5', "What I agreed to", "and what not", go, 2 },
        { '6', "A copy of everything", "all that is kept of me", copy, 0 },
        { '7', "Forget me", "what is kept of me is deleted", go, 3 },
        { '8', "Sign out", "the basket stays", sign_out, 0 },
    };
    int row = kiosk_headed(area, 0, STYLE_STRONG, "%s%s%s", a->name, a->tier[0] != 0 ? ", " : "", a->tier);
    row = row < 2 ? 2 : row;
    /* five beside four, in the same steps */
    kiosk_choices(k, area_columns(area, 0, half - 1), row, left, 5);
    kiosk_choices(k, area_columns(area_rows(area, 0, row + (area.rows - row) / 5 * 4), half, area.columns - half), row,
                  right, 4);
}

const struct page account_page = { .title = "My account", .draw = draw, .personal = true };

/* ---- points ---- */

static void draw_moves(struct kiosk *k, struct area area)
{
    struct account *a = &k->visit.account;
    struct list_view *view = &k->visit.points_view;

    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, "How they came");
    struct area list = kiosk_list(k, area_rows(area, 1, area.rows - 1), view, a->move_count, 1);
    for (size_t i = view->top; i < a->move_count && i < view->top + view->shown; i++) {
        const struct account_move *move = &a->moves[i];
        char day[DAY_TEXT];
        paint_format(list, (int)(i - view->top), 0, list.columns, ALIGN_LEFT, STYLE_PLAIN, "%s %+6lld  %s %s",
                     day_format(day, zone_day(kiosk_zone(k), move->at)), (long long)move->points,
                     points_kind_words(move->kind), move->receipt);
    }
}

/* A debt is a lot below nothing, and has no last day: a refund took back what had been spent. */
static void draw_debt(const struct account *a, struct area area, int row)
{
    int64_t owed = 0;
    char text[128];

    for (size_t i = 0; i < a->lot_count; i++)
        owed -= a->lots[i].remaining < 0 ? a->lots[i].remaining : 0;
    if (a->points < 0)
        paint_wrapped(area, row, 0, area.columns, STYLE_WARN, "What you earn next pays them first.");
    else if (owed > 0) {
        snprintf(text, sizeof(text), "Of these %lld pay what you owe after a refund.", (long long)owed);
        paint_wrapped(area, row, 0, area.columns, STYLE_WARN, text);
    }
}

/* Those of days that have no row any more. */
static int64_t later_of(const struct account *a, size_t from)
{
    int64_t sum = 0;

    for (size_t i = from; i < a->lot_count; i++)
        sum += a->lots[i].remaining > 0 ? a->lots[i].remaining : 0;
    return sum;
}

/* Returns the row behind them. */
static int draw_lots(const struct account *a, struct area area, int row)
{
    const int from = row, last = area.rows - 5;

    for (size_t i = 0; i < a->lot_count; i++) {
        if (a->lots[i].remaining < 0)
            continue;
        if (row == from)
            paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_HEAD,
                       a->points < 0 ? "Stand against it until" : "Can be spent until");
        if (row == last && later_of(a, i + 1) > 0) {
            paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "later days %8lld",
                         (long long)later_of(a, i));
            return row + 1;
        }
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%s %8lld", a->lots[i].expires,
                     (long long)a->lots[i].remaining);
    }
    return row;
}

static void draw_points(struct kiosk *k, struct area area)
{
    const struct account *a = &k->visit.account;
    char points[NUMBER_TEXT];
    struct area left = area_columns(area, 0, 28), right = area_columns(area, 30, area.columns - 30);

    snprintf(points, sizeof(points), "%lld", a->points < 0 ? -(long long)a->points : (long long)a->points);
    paint_text(left, 0, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, a->points < 0 ? "Points you owe" : "Your points");
    paint_digits(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_TOTAL, points);
    draw_debt(a, left, draw_lots(a, left, 7) + 1);
    draw_moves(k, right);
}

static bool wheel_points(struct kiosk *k, int key)
{
    return kiosk_list_wheel(k, &k->visit.points_view, k->visit.account.move_count, key);
}

const struct page points_page = { .title = "My points", .draw = draw_points, .wheel = wheel_points, .personal = true };

/* ---- coupons ---- */

static void gift_of(const struct kiosk *k, const struct account_coupon *coupon, char *text, size_t size)
{
    char money[NUMBER_TEXT], percent[NUMBER_TEXT];

    if (coupon->gift == CAROLINE__V1__COUPON_GIFT__COUPON_RATE_OFF)
        snprintf(text, size, "%s %% off", percent_format(percent, (uint32_t)coupon->value));
    else if (coupon->gift == CAROLINE__V1__COUPON_GIFT__COUPON_AMOUNT_OFF)
        snprintf(text, size, "%s off", kiosk_money(k, money, coupon->value));
    else
        snprintf(text, size, "%lld free", (long long)coupon->value);
}

/* Returns how many rows it takes; in an area without any it is measured alone. */
static int draw_coupon(const struct kiosk *k, struct area area, const struct account_coupon *coupon)
{
    char gift[64];

    gift_of(k, coupon, gift, sizeof(gift));
    int row = kiosk_headed(area, 0, STYLE_STRONG, "%s: %s", coupon->name, gift);
    paint_format(area, row, 2, area.columns - 2, ALIGN_LEFT, STYLE_PLAIN, "code %s%s%s", coupon->code,
                 coupon->last_day[0] != 0 ? ", until " : "", coupon->last_day);
    return row + 1;
}

static void draw_coupons(struct kiosk *k, struct area area)
{
    struct account *a = &k->visit.account;
    struct list_view *view = &k->visit.coupons_view;

    if (a->coupon_count == 0) {
        kiosk_sentence(area, 1, a->shown ? "You have no coupon just now." : "They can be looked at in a moment.");
        return;
    }
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
               "Say the code of one at the counter before you pay.");
    int rows = 3;
    for (size_t i = 0; i < a->coupon_count; i++) {
        int wanted = draw_coupon(k, area_rows(area, 0, 0), &a->coupons[i]) + 1;
        rows = wanted > rows ? wanted : rows;
    }
    struct area list = kiosk_list(k, area_rows(area, 2, area.rows - 2), view, a->coupon_count, rows);
    for (size_t i = view->top; i < a->coupon_count && i < view->top + view->shown; i++)
        draw_coupon(k, area_rows(list, rows * (int)(i - view->top), rows), &a->coupons[i]);
}

static bool wheel_coupons(struct kiosk *k, int key)
{
    return kiosk_list_wheel(k, &k->visit.coupons_view, k->visit.account.coupon_count, key);
}

const struct page coupons_page = {
    .title = "My coupons", .draw = draw_coupons, .wheel = wheel_coupons, .personal = true
};
