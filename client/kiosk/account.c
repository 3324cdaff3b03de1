/* Who is signed in, and what the shop has of them: taken from answers, and forgotten. */
#include "client/kiosk/kiosk.h"

#include <stdlib.h>
#include <string.h>

#include "client/goods/allergen_numbers.h"

static void wipe_text(char *text)
{
    if (text == NULL)
        return;
    explicit_bzero(text, strlen(text));
    free(text);
}

void account_wipe(struct kiosk *k)
{
    struct visit *v = &k->visit;

    for (size_t i = 0; i < v->history.count; i++)
        wipe_text(v->history.sales[i].text);
    wipe_text(v->paper.text);
    export_forget(k);
    explain_forget(k);
    explicit_bzero(&v->account, sizeof(v->account));
    explicit_bzero(&v->history, sizeof(v->history));
    v->paper = (struct own_paper){ 0 };
    explicit_bzero(&v->sign_in, sizeof(v->sign_in));
    explicit_bzero(&v->sign_up, sizeof(v->sign_up));
    explicit_bzero(&v->ask, sizeof(v->ask));
    explicit_bzero(v->new_pin, sizeof(v->new_pin));
    v->own_avoids = 0;
    v->avoids_wait = false;
    explicit_bzero(v->current, sizeof(v->current));
    explicit_bzero(v->review_text, sizeof(v->review_text));
}

bool account_forget(struct kiosk *k)
{
    struct visit *v = &k->visit;
    bool unknown = server_forget(k, false);

    account_wipe(k);
    open_basket_set_member(&v->basket, 0, "", 0, false);
    /* No page of theirs stays on the way back, nor what was half typed. */
    size_t kept = 0;
    for (size_t i = 0; i < v->depth; i++)
        if (!v->pages[i]->personal && v->pages[i] != &ask_page) {
            v->pages[kept] = v->pages[i];
            v->focus[kept++] = v->focus[i];
        }
    if (kept < v->depth) {
        v->depth = kept;
        board_new_page(&k->board);
    }
    k->stale = k->dirty = true;
    return unknown;
}

void account_lost(struct kiosk *k, const char *sentence)
{
    bool unknown = account_forget(k);

    kiosk_say(k, NOTICE_PLAIN, "%s%s What is in your basket is still there.", sentence,
              unknown ? " Whether your last change was kept is not known: please look when you are signed in again."
                      : "");
}

static void take_member(struct kiosk *k, const Caroline__V1__Member *member)
{
    struct account *a = &k->visit.account;

    kiosk_text(a->name, sizeof(a->name), member->name);
    kiosk_text(a->phone, sizeof(a->phone), member->phone);
    kiosk_text(a->email, sizeof(a->email), member->email);
    kiosk_text(a->birthday, sizeof(a->birthday), member->birthday);
    kiosk_text(a->card, sizeof(a->card), member->card);
    kiosk_text(a->language, sizeof(a->language), member->language);
    kiosk_text(a->tier, sizeof(a->tier), member->tier_name);
    a->points = member->points;
    a->avoids = allergens_of_numbers(member->avoids, member->n_avoids);
    a->lot_count = 0;
    for (size_t i = 0; i < member->n_lots && a->lot_count < KIOSK_LOTS_MAX; i++) {
        struct account_lot *lot = &a->lots[a->lot_count++];
        lot->remaining = member->lots[i]->remaining;
        kiosk_text(lot->expires, sizeof(lot->expires), member->lots[i]->expiry_day);
    }
    /* What was theirs before, and is not any more, is to be avoided no longer; what they marked here stays marked. */
    k->visit.avoid = (uint16_t)((k->visit.avoid & ~k->visit.member_avoids) | a->avoids);
    k->visit.member_avoids = a->avoids;
}

static void take_consents(struct account *a, const Caroline__V1__Member *member)
{
    a->consent_count = 0;
    for (size_t i = 0; i < member->n_consents && a->consent_count < KIOSK_CONSENTS; i++) {
        const Caroline__V1__Consent *from = member->consents[i];
        struct account_consent *to = &a->consents[a->consent_count++];
        to->kind = from->kind;
        to->given = from->given;
        to->version = from->newest_version;
        kiosk_text(to->name, sizeof(to->name), from->name);
        kiosk_text(to->text, sizeof(to->text), from->text);
    }
}

static void take_moves(struct account *a, const Caroline__V1__SelfShown *shown)
{
    a->move_count = 0;
    for (size_t i = 0; i < shown->n_moves && a->move_count < KIOSK_MOVES_MAX; i++) {
        struct account_move *to = &a->moves[a->move_count++];
        to->at = (struct instant){ (int64_t)shown->moves[i]->at_us };
        to->kind = shown->moves[i]->kind;
        to->points = shown->moves[i]->points;
        kiosk_text(to->receipt, sizeof(to->receipt), shown->moves[i]->receipt_number);
    }
}

static void take_coupons(struct account *a, const Caroline__V1__SelfShown *shown)
{
    a->coupon_count = 0;
    for (size_t i = 0; i < shown->n_coupons && a->coupon_count < KIOSK_COUPONS_MAX; i++) {
        const Caroline__V1__CouponCampaign *campaign = shown->coupons[i]->campaign;
        struct account_coupon *to = &a->coupons[a->coupon_count++];
        memset(to, 0, sizeof(*to));
        kiosk_text(to->code, sizeof(to->code), shown->coupons[i]->code);
        if (campaign == NULL)
            continue;
        kiosk_text(to->name, sizeof(to->name), campaign->name);
        kiosk_text(to->last_day, sizeof(to->last_day), campaign->last_day);
        to->gift = campaign->gift;
        to->value = campaign->value;
    }
}

static void on_shown(struct kiosk *k, const struct link_answer *answer)
{
    struct account *a = &k->visit.account;
    const Caroline__V1__SelfShown *shown = (const Caroline__V1__SelfShown *)answer->reply;

    if (kiosk_refused(k, answer) || !a->open)
        return;
    if (shown->member != NULL) {
        take_member(k, shown->member);
        take_consents(a, shown->member);
    }
    a->has_pin = shown->has_pin;
    take_moves(a, shown);
    take_coupons(a, shown);
    a->shown = true;
    open_basket_set_member(&k->visit.basket, a->id, "", a->points, false);
    basket_changed(k);
}

void account_fetch(struct kiosk *k)
{
    Caroline__V1__SelfShow message = CAROLINE__V1__SELF_SHOW__INIT;
    kiosk_call(k, CAROLINE__V1__OP__OP_SELF_SHOW, &message.base, true, on_shown);
}

void account_took(struct kiosk *k, const struct link_answer *answer)
{
    const Caroline__V1__KioskSignedIn *done = (const Caroline__V1__KioskSignedIn *)answer->reply;
    struct account *a = &k->visit.account;

    memset(a, 0, sizeof(*a));
    a->open = true;
    a->id = (int64_t)done->member_id;
    a->points = done->points;
    a->by_code = done->by_code;
    a->has_pin = done->has_pin;
    a->idle_s = done->idle_s;
    k->awake_us = k->now_us;
    kiosk_text(a->name, sizeof(a->name), done->name);
    explicit_bzero(&k->visit.sign_in, sizeof(k->visit.sign_in));
    explicit_bzero(k->visit.card, sizeof(k->visit.card));
    kiosk_back_to(k, &account_page);
    if (done->birthday_points > 0)
        kiosk_say(k, NOTICE_GOOD, "Happy birthday, %s! %lld points are yours.", a->name,
                  (long long)done->birthday_points);
    else
        kiosk_say(k, NOTICE_GOOD, "Hello %s!", a->name);
    account_fetch(k);
}
