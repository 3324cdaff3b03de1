/* What the shop knows of a member, and how they change it. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/allergen_numbers.h"
#include "common/base/pin.h"
#include "common/rules/consent.h"

static void on_put(struct kiosk *k, const struct link_answer *answer)
{
    const Caroline__V1__SelfPutDone *done = (const Caroline__V1__SelfPutDone *)answer->reply;

    if (kiosk_refused(k, answer))
        return;
    if (done->has_number && done->number != 0) {
        k->visit.number = done->number;
        kiosk_open(k, &ticket_page);
    } else {
        kiosk_say(k, NOTICE_GOOD, "That is kept.");
    }
    account_fetch(k);
}

/* It is asked for from now on, whatever they came by. */
static void on_pin_put(struct kiosk *k, const struct link_answer *answer)
{
    if (answer->outcome == LINK_OK) {
        k->visit.account.has_pin = true;
        k->visit.account.by_code = false;
    }
    on_put(k, answer);
}

static void put(struct kiosk *k, const Caroline__V1__SelfPut *message)
{
    kiosk_back_to(k, &data_page);
    kiosk_command(k, CAROLINE__V1__OP__OP_SELF_PUT, &message->base, on_put);
}

/* ---- one field after the other ---- */

static void name_typed(struct kiosk *k, const char *text)
{
    Caroline__V1__SelfPut message = CAROLINE__V1__SELF_PUT__INIT;

    message.has_name = true;
    message.name = kiosk_bytes(text);
    put(k, &message);
}

static void phone_typed(struct kiosk *k, const char *text)
{
    Caroline__V1__SelfPut message = CAROLINE__V1__SELF_PUT__INIT;

    message.has_phone = true;
    message.phone = kiosk_bytes(text);
    put(k, &message);
}

static void email_typed(struct kiosk *k, const char *text)
{
    Caroline__V1__SelfPut message = CAROLINE__V1__SELF_PUT__INIT;

    message.has_email = true;
    message.email = kiosk_bytes(text);
    put(k, &message);
}

static void edit_name(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    ask_begin(k, ASK_TEXT, "My data", "What is your name?", k->visit.account.name, name_typed);
}

static void edit_phone(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    ask_begin(k, ASK_DIGITS, "My data", "What is your telephone number? At the counter it can be taken away.",
              k->visit.account.phone, phone_typed);
}

static void edit_email(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    ask_begin(k, ASK_TEXT, "My data", "What is your e-mail address? At the counter it can be taken away.",
              k->visit.account.email, email_typed);
}

void data_keep_language(struct kiosk *k, const char *code)
{
    Caroline__V1__SelfPut message = CAROLINE__V1__SELF_PUT__INIT;

    message.has_language = true;
    message.language = kiosk_bytes(code);
    put(k, &message);
}

static void edit_language(void *model, int64_t value)
{
    (void)value;
    kiosk_open(model, &language_page);
}

/* ---- what they avoid: chosen as for goods, and then kept ---- */

static void keep_avoids(void *model, int64_t value)
{
    struct kiosk *k = model;
    Caroline__V1__SelfPut message = CAROLINE__V1__SELF_PUT__INIT;
    uint32_t numbers[ALLERGEN_COUNT];

    (void)value;
    if (k->visit.own_avoids != 0 && consent_asked(k, CONSENT_ALLERGIES)) {
        k->visit.avoids_wait = true;
        kiosk_say(k, NOTICE_PLAIN, "We keep that if you agree to it. Please read this first.");
        return;
    }
    message.has_set_avoids = message.set_avoids = true;
    message.avoids = numbers;
    message.n_avoids = allergens_to_numbers(k->visit.own_avoids, numbers);
    put(k, &message);
}

static void edit_avoids(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    k->visit.own_avoids = k->visit.account.avoids;
    kiosk_open(k, &own_avoids_page);
}

static void toggle(void *model, int64_t number)
{
    struct kiosk *k = model;
    k->visit.own_avoids ^= (uint16_t)(1u << number);
}

static void draw_own_avoids(struct kiosk *k, struct area area)
{
    const struct button keep = { .key = 'y', .label = "Keep this", .centred = true, .act = keep_avoids };

    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
               "What must you avoid? We keep it, if you have agreed to that, and warn you.");
    avoid_choices(k, area_rows(area, 2, 14), k->visit.own_avoids, toggle);
    kiosk_button(k, area_rows(area, 16, 1), &keep);
}

const struct page own_avoids_page = { .title = "What I avoid", .draw = draw_own_avoids, .personal = true };

/* ---- another PIN ---- */

static void ask_new(struct kiosk *k);

static void again_typed(struct kiosk *k, const char *text)
{
    Caroline__V1__SelfPut message = CAROLINE__V1__SELF_PUT__INIT;
    char current[FIELD_SIZE];

    if (strcmp(text, k->visit.new_pin) != 0) { /* who types it once more is not to type it anywhere else */
        ask_new(k);
        kiosk_say(k, NOTICE_BAD, "The two were not the same. Your PIN is as it was: choose one once more.");
        return;
    }
    message.has_pin = true;
    message.pin = kiosk_bytes(text);
    snprintf(current, sizeof(current), "%s", k->visit.current);
    message.has_current = current[0] != 0;
    message.current = kiosk_bytes(current);
    kiosk_back_to(k, &data_page);
    kiosk_command(k, CAROLINE__V1__OP__OP_SELF_PUT, &message.base, on_pin_put);
    explicit_bzero(current, sizeof(current));
}

static void new_typed(struct kiosk *k, const char *text)
{
    enum pin_verdict verdict = pin_check(bytes_of_text(text));

    if (verdict != PIN_OK) {
        ask_new(k);
        kiosk_say(k, NOTICE_BAD, "That will not do: %s.", pin_sentence(verdict));
        return;
    }
    snprintf(k->visit.new_pin, sizeof(k->visit.new_pin), "%s", text);
    ask_begin(k, ASK_PIN, "Another PIN", "The new PIN once more, please.", "", again_typed);
}

static void ask_new(struct kiosk *k)
{
    ask_begin(k, ASK_PIN, "Another PIN", "Choose a PIN of 4 to 12 digits that nobody would guess.", "", new_typed);
}

static void current_typed(struct kiosk *k, const char *text)
{
    snprintf(k->visit.current, sizeof(k->visit.current), "%s", text);
    ask_new(k);
}

static void edit_pin(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    explicit_bzero(k->visit.current, sizeof(k->visit.current));
    if (k->visit.account.by_code || !k->visit.account.has_pin) {
        ask_new(k);
        return;
    }
    ask_begin(k, ASK_PIN, "Another PIN", "Please type the PIN that you have now.", "", current_typed);
    k->visit.ask.letters = true;
}

/* ---- the page ---- */

void data_open(struct kiosk *k)
{
    kiosk_open(k, &data_page);
}

static const char *or_none(const char *text)
{
    return text[0] == 0 ? "not known" : text;
}

static void draw(struct kiosk *k, struct area area)
{
    const struct account *a = &k->visit.account;
    char avoids[200];

    avoid_names(avoids, sizeof(avoids), a->avoids);
    const struct choice choices[] = {
        { '1', "Name", a->name, edit_name, 0 },
        { '2', "Telephone", or_none(a->phone), edit_phone, 0 },
        { '3', "E-mail", or_none(a->email), edit_email, 0 },
        { '4', "What I avoid", avoids[0] == 0 ? "nothing is noted" : avoids, edit_avoids, 0 },
        { '5', a->has_pin ? "Another PIN" : "Choose a PIN", a->has_pin ? "you have one" : "you have none yet", edit_pin,
          0 },
        { '6', "Language", a->language[0] == 0 ? or_none(a->language) : language_name(a->language), edit_language, 0 },
    };
    if (!a->shown) {
        kiosk_sentence(area, 1, "This can be read in a moment.");
        return;
    }
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
               "Press what is to be changed. The counter changes birthday and card.");
    int row = kiosk_headed(area, 1, STYLE_PLAIN, "Birthday: %s. Card: %s.", or_none(a->birthday), or_none(a->card));
    kiosk_choices(k, area, row < 3 ? 3 : row, choices, sizeof(choices) / sizeof(choices[0]));
}

const struct page data_page = { .title = "My data", .draw = draw, .personal = true };

/* ---- what waits for the counter ---- */

static void draw_ticket(struct kiosk *k, struct area area)
{
    char number[16];

    snprintf(number, sizeof(number), "%u", k->visit.number);
    paint_text(area, 1, 0, area.columns, ALIGN_CENTRE, STYLE_STRONG, "Please go to the counter, and say this number:");
    paint_digits(area, 4, 0, area.columns, ALIGN_CENTRE, STYLE_TOTAL, number);
    paint_text(area, 11, 0, area.columns, ALIGN_CENTRE, STYLE_PLAIN,
               "They see that it is you. Tonight the number is forgotten.");
}

const struct page ticket_page = { .title = "At the counter", .draw = draw_ticket };
