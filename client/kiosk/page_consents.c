/* What a member agreed to, with the text; given and taken back as easily. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>

#include "client/goods/allergen_numbers.h"
#include "common/rules/consent.h"

static void on_put(struct kiosk *k, const struct link_answer *answer)
{
    bool avoids = k->visit.avoids_wait;

    k->visit.avoids_wait = false;
    if (kiosk_refused(k, answer))
        return;
    kiosk_back_to(k, avoids ? &data_page : &consents_page);
    kiosk_say(k, NOTICE_GOOD, "That is noted.");
    account_fetch(k);
}

static void put(void *model, int64_t given)
{
    struct kiosk *k = model;
    const struct account_consent *consent = &k->visit.account.consents[k->visit.consent];
    Caroline__V1__SelfPut message = CAROLINE__V1__SELF_PUT__INIT;
    uint32_t numbers[ALLERGEN_COUNT];

    message.has_consent_kind = message.has_consent_given = message.has_consent_text_version = true;
    message.consent_kind = consent->kind;
    message.consent_given = given != 0;
    message.consent_text_version = consent->version;
    if (k->visit.avoids_wait && consent->kind == CONSENT_ALLERGIES && given != 0) {
        message.has_set_avoids = message.set_avoids = true;
        message.avoids = numbers;
        message.n_avoids = allergens_to_numbers(k->visit.own_avoids, numbers);
    }
    kiosk_command(k, CAROLINE__V1__OP__OP_SELF_PUT, &message.base, on_put);
}

static void draw_one(struct kiosk *k, struct area area)
{
    const struct account *a = &k->visit.account;

    if (k->visit.consent >= a->consent_count)
        return;
    const struct account_consent *consent = &a->consents[k->visit.consent];
    const struct button agree = {
        .key = '1', .label = "I agree", .centred = true, .act = consent->given ? NULL : put, .value = 1
    };
    const struct button not_any_more = {
        .key = '2', .label = "I do not agree any more", .centred = true, .act = consent->given ? put : NULL
    };
    struct area foot = area_rows(area, area.rows - 3, 3);

    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, consent->name);
    paint_wrapped(area_rows(area, 2, area.rows - 8), 0, 0, area.columns, STYLE_PLAIN, consent->text);
    paint_text(area, area.rows - 5, 0, area.columns, ALIGN_LEFT, consent->given ? STYLE_GOOD : STYLE_PLAIN,
               consent->given ? "You have agreed to this." : "You have not agreed to this.");
    kiosk_button(k, area_columns(foot, 0, foot.columns / 2 - 1), &agree);
    kiosk_button(k, area_columns(foot, foot.columns / 2, foot.columns / 2), &not_any_more);
}

const struct page consent_page = { .title = "What I agreed to", .draw = draw_one, .personal = true };

static void choose(void *model, int64_t index)
{
    struct kiosk *k = model;

    k->visit.consent = (size_t)index;
    k->visit.avoids_wait = false;
    kiosk_open(k, &consent_page);
}

bool consent_asked(struct kiosk *k, uint32_t kind)
{
    const struct account *a = &k->visit.account;

    for (size_t i = 0; i < a->consent_count; i++)
        if (a->consents[i].kind == kind && !a->consents[i].given) {
            choose(k, (int64_t)i);
            return true;
        }
    return false;
}

static void draw(struct kiosk *k, struct area area)
{
    const struct account *a = &k->visit.account;
    struct choice choices[KIOSK_CONSENTS];

    for (size_t i = 0; i < a->consent_count; i++)
        choices[i] = (struct choice){ (char)('1' + i), a->consents[i].name,
                                      a->consents[i].given ? "yes, I have agreed" : "no", choose, (int64_t)i };
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
               a->shown ? "Press one to read it, to agree, or to take it back." : "This can be read in a moment.");
    kiosk_choices(k, area, 2, choices, a->consent_count);
}

const struct page consents_page = { .title = "What I agreed to", .draw = draw, .personal = true };
