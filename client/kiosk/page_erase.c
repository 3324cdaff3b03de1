/* To be forgotten: said twice what it means, and confirmed by the PIN. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

static void on_erased(struct kiosk *k, const struct link_answer *answer)
{
    if (kiosk_refused(k, answer)) {
        kiosk_back_to(k, &account_page);
        kiosk_refused(k, answer);
        return;
    }
    k->visit.account.open = false; /* their session has ended with it */
    account_forget(k);
    k->visit.avoid = k->visit.member_avoids = 0;
    kiosk_back_to(k, &welcome_page);
    kiosk_say(k, NOTICE_GOOD, "Your data is deleted. Thank you for having been with us.");
}

static void forget(struct kiosk *k, const char *pin)
{
    Caroline__V1__SelfErase message = CAROLINE__V1__SELF_ERASE__INIT;

    message.has_confirm = message.confirm = true;
    message.has_current = pin != NULL;
    message.current = kiosk_bytes(pin == NULL ? "" : pin);
    kiosk_command(k, CAROLINE__V1__OP__OP_SELF_ERASE, &message.base, on_erased);
}

static void pin_typed(struct kiosk *k, const char *text)
{
    forget(k, text);
}

static void really(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    if (k->visit.account.by_code || !k->visit.account.has_pin) {
        forget(k, NULL);
        return;
    }
    ask_begin(k, ASK_PIN, "Forget me", "Please type your PIN: then your data is deleted at once.", "", pin_typed);
    k->visit.ask.letters = true;
}

static void go_on(void *model, int64_t value)
{
    (void)value;
    kiosk_open(model, &erase_again_page);
}

static void keep(void *model, int64_t value)
{
    (void)value;
    kiosk_back_to(model, &account_page);
}

static void draw_two(struct kiosk *k, struct area area, const char *yes, board_act_fn *act)
{
    struct area foot = area_rows(area, area.rows - 3, 3);
    const struct button no = { .key = '1', .label = "No, keep everything", .centred = true, .act = keep };
    const struct button going = { .key = '2', .label = yes, .centred = true, .act = act };

    kiosk_button(k, area_columns(foot, 0, foot.columns / 2 - 1), &no);
    kiosk_button(k, area_columns(foot, foot.columns / 2, foot.columns / 2), &going);
}

static void draw(struct kiosk *k, struct area area)
{
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Do you want us to forget you?");
    paint_wrapped(
        area, 2, 0, area.columns, STYLE_PLAIN,
        "Deleted are your name, telephone, e-mail, birthday, card, what you avoid and what you wrote about our "
        "goods. Your card opens nothing here any more.\n"
        "\nKept are receipts, because the law asks for that. They name a number, and nobody can tell any more "
        "that it was you.");
    draw_two(k, area, "Go on", go_on);
}

const struct page erase_page = { .title = "Forget me", .draw = draw, .personal = true };

static void draw_again(struct kiosk *k, struct area area)
{
    const struct account *a = &k->visit.account;

    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_WARN, "This cannot be undone, by you or by us.");
    if (a->points < 0 && a->coupon_count > 0)
        paint_format(area, 2, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
                     "You lose %zu coupon%s. The %lld points that you owe are let go.", a->coupon_count,
                     a->coupon_count == 1 ? "" : "s", -(long long)a->points);
    else if (a->points < 0)
        paint_format(area, 2, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "The %lld points that you owe are let go.",
                     -(long long)a->points);
    else
        paint_format(area, 2, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "You lose %lld points and %zu coupon%s.",
                     (long long)a->points, a->coupon_count, a->coupon_count == 1 ? "" : "s");
    paint_wrapped(
        area, 4, 0, area.columns, STYLE_PLAIN,
        "If you want a copy of what we have of you, make it first: \"A copy of everything\" on the page before.");
    draw_two(k, area, "Delete everything of mine", really);
}

const struct page erase_again_page = { .title = "Forget me: are you sure?", .draw = draw_again, .personal = true };
