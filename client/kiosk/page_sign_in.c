/* The ways in: a card, a phone number or an e-mail address with a PIN, or a code from the counter. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

static const char pin_question[] = "Please type your PIN.";

static void signed_in(struct kiosk *k, const struct link_answer *answer)
{
    if (answer->outcome == LINK_OK) {
        account_took(k, answer);
        return;
    }
    explicit_bzero(&k->visit.sign_in, sizeof(k->visit.sign_in));
    kiosk_back_to(k, &sign_in_page);
    kiosk_refused(k, answer);
}

static void ask_server(struct kiosk *k, const char *secret, const char *code)
{
    struct sign_in *m = &k->visit.sign_in;
    Caroline__V1__KioskSignIn message = CAROLINE__V1__KIOSK_SIGN_IN__INIT;

    message.has_card = m->card[0] != 0 && code == NULL;
    message.card = kiosk_bytes(m->card);
    message.has_phone = m->phone[0] != 0 && code == NULL;
    message.phone = kiosk_bytes(m->phone);
    message.has_email = m->email[0] != 0 && code == NULL;
    message.email = kiosk_bytes(m->email);
    message.has_secret = secret != NULL;
    message.secret = kiosk_bytes(secret == NULL ? "" : secret);
    message.has_code = code != NULL;
    message.code = kiosk_bytes(code == NULL ? "" : code);
    kiosk_call(k, CAROLINE__V1__OP__OP_KIOSK_SIGN_IN, &message.base, true, signed_in);
}

static void pin_typed(struct kiosk *k, const char *text)
{
    ask_server(k, text, NULL);
}

static void ask_pin(struct kiosk *k)
{
    ask_begin(k, ASK_PIN, "Sign in", pin_question, "", pin_typed);
    k->visit.ask.letters = true;
}

static void phone_typed(struct kiosk *k, const char *text)
{
    explicit_bzero(&k->visit.sign_in, sizeof(k->visit.sign_in));
    snprintf(k->visit.sign_in.phone, sizeof(k->visit.sign_in.phone), "%s", text);
    ask_pin(k);
}

static void email_typed(struct kiosk *k, const char *text)
{
    explicit_bzero(&k->visit.sign_in, sizeof(k->visit.sign_in));
    snprintf(k->visit.sign_in.email, sizeof(k->visit.sign_in.email), "%s", text);
    ask_pin(k);
}

static void code_typed(struct kiosk *k, const char *text)
{
    ask_server(k, NULL, text);
}

/* ---- a card that was scanned ---- */

void sign_in_card(struct kiosk *k, const char *card)
{
    if (strlen(card) >= sizeof(k->visit.sign_in.card) || text_check(bytes_of_text(card), 64) != TEXT_OK) {
        kiosk_say(k, NOTICE_BAD, "That code is none of ours. Please ask at the counter.");
        return;
    }
    if (k->visit.account.open) {
        kiosk_say(k, NOTICE_PLAIN, "You are signed in already. For another card press \"Finish\" first.");
        return;
    }
    explicit_bzero(&k->visit.sign_in, sizeof(k->visit.sign_in));
    snprintf(k->visit.sign_in.card, sizeof(k->visit.sign_in.card), "%s", card);
    snprintf(k->visit.card, sizeof(k->visit.card), "%s", card); /* the basket names it, should no PIN be known */
    if (kiosk_page(k) != &ask_page)
        kiosk_back_to(k, &sign_in_page);
    ask_pin(k);
    kiosk_say(k, NOTICE_GOOD, "Your card was read.");
}

/* ---- the page ---- */

static void by_phone(void *model, int64_t value)
{
    (void)value;
    ask_begin(model, ASK_DIGITS, "Sign in", "Please type your telephone number.", "", phone_typed);
}

static void by_email(void *model, int64_t value)
{
    (void)value;
    ask_begin(model, ASK_TEXT, "Sign in", "Please type your e-mail address.", "", email_typed);
}

static void by_code(void *model, int64_t value)
{
    (void)value;
    ask_begin(model, ASK_DIGITS, "Sign in", "Please type the code that you got at the counter.", "", code_typed);
}

static void join(void *model, int64_t value)
{
    (void)value;
    join_begin(model);
}

void sign_in_open(struct kiosk *k)
{
    kiosk_back_to(k, &sign_in_page);
}

static void draw(struct kiosk *k, struct area area)
{
    static const struct choice choices[] = {
        { '1', "My telephone number and PIN", NULL, by_phone, 0 },
        { '2', "My e-mail address and PIN", NULL, by_email, 0 },
        { '3', "A code from the counter", "they make one for you there, good for ten minutes", by_code, 0 },
        { '4', "I am no member yet", NULL, join, 0 },
    };

    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Hold your card under the scanner, or choose:");
    kiosk_choices(k, area, 2, choices, sizeof(choices) / sizeof(choices[0]));
}

const struct page sign_in_page = { .title = "Sign in", .draw = draw };
