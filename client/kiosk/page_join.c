/* Somebody wants to become a member: a name, a telephone number or an e-mail address, a PIN, and what they agree to. The
 * counter sees that it is them. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/allergen_numbers.h"
#include "common/base/pin.h"
#include "common/rules/consent.h"

static void show(struct kiosk *k)
{
    kiosk_back_to(k, &join_page);
}

static void again_typed(struct kiosk *k, const char *text)
{
    struct sign_up *m = &k->visit.sign_up;
    bool same = strcmp(text, k->visit.new_pin) == 0;

    explicit_bzero(m->pin, sizeof(m->pin));
    if (same)
        snprintf(m->pin, sizeof(m->pin), "%s", text);
    show(k);
    if (!same)
        kiosk_say(k, NOTICE_BAD, "The two PINs were not the same. Please choose one again.");
}

static void edit_pin(void *model, int64_t value);

/* Before it is typed once more, for nothing. */
static void pin_typed(struct kiosk *k, const char *text)
{
    enum pin_verdict verdict = pin_check(bytes_of_text(text));

    if (verdict != PIN_OK) {
        edit_pin(k, 0);
        kiosk_say(k, NOTICE_BAD, "That will not do: %s.", pin_sentence(verdict));
        return;
    }
    snprintf(k->visit.new_pin, sizeof(k->visit.new_pin), "%s", text);
    ask_begin(k, ASK_PIN, "Become a member", "The PIN once more, please.", "", again_typed);
}

static void edit_pin(void *model, int64_t value)
{
    (void)value;
    ask_begin(model, ASK_PIN, "Become a member", "Choose a PIN of 4 to 12 digits that nobody would guess.", "",
              pin_typed);
}

static void birthday_typed(struct kiosk *k, const char *text)
{
    snprintf(k->visit.sign_up.birthday, sizeof(k->visit.sign_up.birthday), "%s", text);
    show(k);
}

static void edit_birthday(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    ask_begin(k, ASK_TEXT, "Become a member", "Your birthday, if you like: 1990-12-31", k->visit.sign_up.birthday,
              birthday_typed);
    k->visit.ask.may_be_empty = true;
}

static void email_typed(struct kiosk *k, const char *text)
{
    snprintf(k->visit.sign_up.email, sizeof(k->visit.sign_up.email), "%s", text);
    show(k);
}

static void edit_email(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    ask_begin(k, ASK_TEXT, "Become a member", "Your e-mail address", k->visit.sign_up.email, email_typed);
    k->visit.ask.may_be_empty = true;
}

static void phone_typed(struct kiosk *k, const char *text)
{
    snprintf(k->visit.sign_up.phone, sizeof(k->visit.sign_up.phone), "%s", text);
    show(k);
}

static void edit_phone(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    ask_begin(k, ASK_DIGITS, "Become a member", "Your telephone number", k->visit.sign_up.phone, phone_typed);
    k->visit.ask.may_be_empty = true;
}

static void name_typed(struct kiosk *k, const char *text)
{
    snprintf(k->visit.sign_up.name, sizeof(k->visit.sign_up.name), "%s", text);
    show(k);
}

static void edit_name(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    ask_begin(k, ASK_TEXT, "Become a member", "What is your name?", k->visit.sign_up.name, name_typed);
}

/* ---- what they agree to ---- */

static void toggle(void *model, int64_t kind)
{
    struct kiosk *k = model;
    k->visit.sign_up.consents ^= 1u << kind;
}

static void draw_agree(struct kiosk *k, struct area area)
{
    int step = area.rows / CONSENT_KINDS;

    for (uint32_t kind = 1; kind <= CONSENT_KINDS; kind++) {
        const struct consent_text *text = consent_text_of(kind, 0);
        struct area part = area_rows(area, (int)(kind - 1) * step, step);
        if (text == NULL)
            continue;
        const struct button button = { .key = (char)('0' + kind),
                                       .label = text->name,
                                       .marked = (k->visit.sign_up.consents & 1u << kind) != 0,
                                       .act = toggle,
                                       .value = kind };
        kiosk_button(k, area_rows(part, 0, 1), &button);
        paint_wrapped(area_rows(part, 1, step - 1), 0, 2, part.columns - 4, STYLE_PLAIN, text->text);
    }
}

const struct page agree_page = { .title = "What I agree to", .draw = draw_agree };

static void edit_agree(void *model, int64_t value)
{
    (void)value;
    kiosk_open(model, &agree_page);
}

/* ---- and in it goes ---- */

static bool agrees(const struct sign_up *m, uint32_t kind)
{
    return (m->consents & 1u << kind) != 0;
}

/* What is marked for who was signed in before: theirs, and nobody else's. */
static uint16_t of_another(const struct kiosk *k)
{
    return k->visit.avoid & k->visit.member_avoids;
}

/* As a customer is told it, where they can type it anew. */
static bool asked_anew(struct kiosk *k, const struct link_answer *answer)
{
    static const struct {
        int code;
        void (*edit)(void *model, int64_t value);
        const char *sentence;
    } about[] = {
        { CAROLINE__V1__ERROR_CODE__BAD_PHONE, edit_phone,
          "That is no telephone number. Type all of its digits, with the area code." },
        { CAROLINE__V1__ERROR_CODE__BAD_EMAIL, edit_email,
          "That is no e-mail address. One is written ada@example.org." },
        { CAROLINE__V1__ERROR_CODE__BAD_BIRTHDAY, edit_birthday,
          "That cannot be a birthday. It is written year, month, day: 1990-12-31, or --12-31." },
        { CAROLINE__V1__ERROR_CODE__PIN_WEAK, edit_pin, "That PIN is too easy to guess. Please choose another." },
    };

    if (answer->outcome != LINK_REFUSED || kiosk_page(k) != &join_page)
        return false;
    for (size_t i = 0; i < sizeof(about) / sizeof(*about); i++) {
        if (about[i].code != (int)answer->code)
            continue;
        about[i].edit(k, 0);
        kiosk_say(k, NOTICE_BAD, "%s", about[i].sentence);
        return true;
    }
    return false;
}

static void on_signed_up(struct kiosk *k, const struct link_answer *answer)
{
    const Caroline__V1__MemberSignedUp *done = (const Caroline__V1__MemberSignedUp *)answer->reply;
    bool untold = of_another(k) != 0 && agrees(&k->visit.sign_up, CONSENT_ALLERGIES);

    k->visit.joining = false;
    if (asked_anew(k, answer) || kiosk_refused(k, answer))
        return;
    explicit_bzero(&k->visit.sign_up, sizeof(k->visit.sign_up));
    k->visit.number = done->number;
    kiosk_back_to(k, &ticket_page);
    if (untold)
        kiosk_say(k, NOTICE_PLAIN,
                  "What was marked by who was signed in here before is not kept of you. If you must avoid it too, say "
                  "so at the counter.");
}

static void join(void *model, int64_t value)
{
    struct kiosk *k = model;
    struct sign_up *m = &k->visit.sign_up;
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__MemberSignUp message = CAROLINE__V1__MEMBER_SIGN_UP__INIT;
    uint32_t kinds[CONSENT_KINDS], avoids[ALLERGEN_COUNT];
    uint16_t own = k->visit.avoid & (uint16_t)~of_another(k);

    (void)value;
    if (k->visit.joining) {
        kiosk_say(k, NOTICE_PLAIN, "What you entered is on its way to the counter: one moment.");
        return;
    }
    if (m->name[0] == 0 || (m->phone[0] == 0 && m->email[0] == 0) || m->pin[0] == 0) {
        kiosk_say(k, NOTICE_PLAIN, "Your name, a telephone number or an e-mail address, and a PIN are needed.");
        return;
    }
    member.has_name = true;
    member.name = kiosk_bytes(m->name);
    member.has_phone = m->phone[0] != 0;
    member.phone = kiosk_bytes(m->phone);
    member.has_email = m->email[0] != 0;
    member.email = kiosk_bytes(m->email);
    member.has_birthday = m->birthday[0] != 0;
    member.birthday = kiosk_bytes(m->birthday);
    /* What somebody cannot eat is kept with their agreement, and not without. */
    member.avoids = avoids;
    if (agrees(m, CONSENT_ALLERGIES))
        member.n_avoids = allergens_to_numbers(own, avoids);
    message.member = &member;
    message.has_pin = true;
    message.pin = kiosk_bytes(m->pin);
    message.consents = kinds;
    for (uint32_t kind = 1; kind <= CONSENT_KINDS; kind++)
        if (agrees(m, kind))
            kinds[message.n_consents++] = kind;
    k->visit.joining = kiosk_command(k, CAROLINE__V1__OP__OP_MEMBER_SIGN_UP, &message.base, on_signed_up);
}

void join_begin(struct kiosk *k)
{
    if (k->visit.account.open) {
        kiosk_say(k, NOTICE_PLAIN, "You are a member already.");
        return;
    }
    kiosk_open(k, &join_page);
}

static const char *or_wanted(const char *text, const char *wanted)
{
    return text[0] == 0 ? wanted : text;
}

static void draw(struct kiosk *k, struct area area)
{
    const struct sign_up *m = &k->visit.sign_up;
    char agreed[64];
    size_t count = 0;
    int half = area.columns / 2;

    for (uint32_t kind = 1; kind <= CONSENT_KINDS; kind++)
        count += agrees(m, kind);
    snprintf(agreed, sizeof(agreed), "%zu of %d", count, CONSENT_KINDS);
    const struct choice left[] = {
        { '1', "Name", or_wanted(m->name, "wanted"), edit_name, 0 },
        { '2', "Telephone", or_wanted(m->phone, "this or an e-mail address"), edit_phone, 0 },
        { '3', "E-mail", or_wanted(m->email, "this or a telephone number"), edit_email, 0 },
        { '4', "Birthday", or_wanted(m->birthday, "if you like: for a gift"), edit_birthday, 0 },
    };
    const struct choice right[] = {
        { '5', "PIN", m->pin[0] == 0 ? "wanted: to sign in here" : "chosen", edit_pin, 0 },
        { '6', "What I agree to", agreed, edit_agree, 0 },
        { '7', "Join", "then come to the counter once", join, 0 },
    };
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Press each, then Join.");
    kiosk_choices(k, area_columns(area, 0, half - 1), 2, left, 4);
    kiosk_choices(k, area_columns(area, half, area.columns - half), 2, right, 3);
}

const struct page join_page = { .title = "Become a member", .draw = draw };
