/* What the staff enter of a member. */
#include "client/goods/member_form.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/allergen_numbers.h"
#include "client/goods/member_query.h"
#include "common/rules/allergen.h"
#include "proto/envelope.pb-c.h"

/* The hint is read while the row is filled in, beside the longest label and in 80 columns: 29 characters. */
static const struct {
    const char *label, *hint;
    size_t characters;
} rows[MEMBER_FORM_COUNT] = {
    [MEMBER_FORM_NAME] = { "Name", NULL, 80 },
    [MEMBER_FORM_PHONE] = { "Phone", NULL, 32 },
    [MEMBER_FORM_EMAIL] = { "E-mail", NULL, 254 },
    [MEMBER_FORM_BIRTHDAY] = { "Birthday", "1990-12-31 or --12-31", 10 },
    [MEMBER_FORM_CARD] = { "Card", "or scan it", 64 },
    [MEMBER_FORM_LANGUAGE] = { "Language", "two letters: en, de", 2 },
    [MEMBER_FORM_AVOIDS] = { "Avoids", "nuts, milk: if they agree", 160 },
    [MEMBER_FORM_REFERRER] = { "Brought by", "their card or phone", 64 },
};

static bool friends_are_paid_for(const struct catalogue *catalogue)
{
    const struct programme *programme =
        catalogue == NULL ? NULL : catalogue_programme(catalogue, catalogue_newest(catalogue));

    return programme != NULL && programme->referrer_points + programme->friend_points > 0;
}

static void begin(struct member_form *form, bool friends)
{
    explicit_bzero(form, sizeof(*form));
    form_init(&form->form);
    for (int i = 0; i < MEMBER_FORM_COUNT; i++) {
        field_init(&form->fields[i], FIELD_TEXT, rows[i].characters);
        if (i != MEMBER_FORM_REFERRER || friends)
            form_add(&form->form, &form->fields[i], rows[i].label, rows[i].hint);
    }
}

void member_form_new(struct member_form *form, const struct catalogue *catalogue, const char *text)
{
    static const int of_key[] = {
        [MEMBER_KEY_NONE] = MEMBER_FORM_NAME,   [MEMBER_KEY_PHONE] = MEMBER_FORM_PHONE,
        [MEMBER_KEY_EMAIL] = MEMBER_FORM_EMAIL, [MEMBER_KEY_CARD] = MEMBER_FORM_CARD,
        [MEMBER_KEY_NAME] = MEMBER_FORM_NAME,
    };

    begin(form, friends_are_paid_for(catalogue));
    if (text[0] != 0)
        field_set(&form->fields[of_key[member_key_first(text)]], text);
}

/* Where each row stands in a message; what somebody avoids is a list there. */
struct place {
    protobuf_c_boolean *has;
    ProtobufCBinaryData *text;
};

static void places_of(Caroline__V1__Member *member, struct place places[MEMBER_FORM_COUNT])
{
    places[MEMBER_FORM_NAME] = (struct place){ &member->has_name, &member->name };
    places[MEMBER_FORM_PHONE] = (struct place){ &member->has_phone, &member->phone };
    places[MEMBER_FORM_EMAIL] = (struct place){ &member->has_email, &member->email };
    places[MEMBER_FORM_BIRTHDAY] = (struct place){ &member->has_birthday, &member->birthday };
    places[MEMBER_FORM_CARD] = (struct place){ &member->has_card, &member->card };
    places[MEMBER_FORM_LANGUAGE] = (struct place){ &member->has_language, &member->language };
    places[MEMBER_FORM_AVOIDS] = (struct place){ NULL, NULL };
    places[MEMBER_FORM_REFERRER] = (struct place){ &member->has_referrer_key, &member->referrer_key };
}

static void fill(struct field *field, ProtobufCBinaryData text)
{
    char whole[2 * FIELD_SIZE]; /* 80 characters may be more than a field takes */

    snprintf(whole, sizeof(whole), "%.*s", (int)text.len, text.len == 0 ? "" : (const char *)text.data);
    field_set(field, whole);
    explicit_bzero(whole, sizeof(whole));
}

void member_form_change(struct member_form *form, const Caroline__V1__Member *member, struct arena *arena)
{
    Caroline__V1__Member copy = *member;
    struct place places[MEMBER_FORM_COUNT];

    begin(form, false);
    places_of(&copy, places);
    for (int i = 0; i < MEMBER_FORM_REFERRER; i++) {
        if (i == MEMBER_FORM_AVOIDS)
            field_set(&form->fields[i], allergens_text(allergens_of_numbers(member->avoids, member->n_avoids), arena));
        else
            fill(&form->fields[i], *places[i].text);
        /* as the field took it: what is not touched is not changed */
        _Static_assert(sizeof(form->before[i]) == sizeof(form->fields[i].text), "one is copied whole into the other");
        memcpy(form->before[i], form->fields[i].text, sizeof(form->before[i]));
    }
}

void member_form_scan(struct member_form *form, const char *code)
{
    bool friends = form_field(&form->form) == &form->fields[MEMBER_FORM_REFERRER];

    field_set(&form->fields[friends ? MEMBER_FORM_REFERRER : MEMBER_FORM_CARD], code);
}

void member_form_refused(struct member_form *form, unsigned code)
{
    static const struct {
        int code, line;
    } about[] = {
        { CAROLINE__V1__ERROR_CODE__BAD_PHONE, MEMBER_FORM_PHONE },
        { CAROLINE__V1__ERROR_CODE__PHONE_TAKEN, MEMBER_FORM_PHONE },
        { CAROLINE__V1__ERROR_CODE__BAD_EMAIL, MEMBER_FORM_EMAIL },
        { CAROLINE__V1__ERROR_CODE__EMAIL_TAKEN, MEMBER_FORM_EMAIL },
        { CAROLINE__V1__ERROR_CODE__CARD_TAKEN, MEMBER_FORM_CARD },
        { CAROLINE__V1__ERROR_CODE__BAD_BIRTHDAY, MEMBER_FORM_BIRTHDAY },
        { CAROLINE__V1__ERROR_CODE__UNKNOWN_REFERRER, MEMBER_FORM_REFERRER },
    };

    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if (about[i].code == (int)code &&
            (about[i].line != MEMBER_FORM_REFERRER || form->form.count > MEMBER_FORM_REFERRER))
            form->form.focus = (size_t)about[i].line;
}

const char *member_form_note(const struct member_form *form, const char *otherwise)
{
    return form->form.focus == MEMBER_FORM_AVOIDS
               ? "This is health data: enter it only if they agree. That they do is noted."
               : otherwise;
}

static bool is_meant(const struct member_form *form, int row)
{
    return strcmp(form->fields[row].text, form->before[row]) != 0;
}

/* Of a new member an empty list says nothing. false: a word is no allergen. */
static bool read_avoids(struct member_form *form, struct arena *arena, Caroline__V1__Member *member,
                        uint32_t numbers[ALLERGEN_COUNT], const char **problem)
{
    const char *wrong;
    uint16_t set;

    if (!is_meant(form, MEMBER_FORM_AVOIDS))
        return true;
    if (!allergens_parse(form->fields[MEMBER_FORM_AVOIDS].text, arena, &set, &wrong)) {
        *problem = arena_format(arena, "%s is none of the 14 allergens, or could be more than one: %s", wrong,
                                allergens_text(ALLERGENS_ALL, arena));
        form->form.focus = MEMBER_FORM_AVOIDS;
        return false;
    }
    member->has_set_avoids = member->set_avoids = set != 0 || form->before[MEMBER_FORM_AVOIDS][0] != 0;
    member->avoids = numbers;
    member->n_avoids = allergens_to_numbers(set, numbers);
    return true;
}

enum member_form_verdict member_form_read(struct member_form *form, struct arena *arena, Caroline__V1__Member *member,
                                          uint32_t numbers[ALLERGEN_COUNT], const char **problem)
{
    struct place places[MEMBER_FORM_COUNT];
    bool any = false;

    if (field_is_empty(&form->fields[MEMBER_FORM_NAME])) {
        *problem = "a name is needed";
        form->form.focus = MEMBER_FORM_NAME;
        return MEMBER_FORM_WRONG;
    }
    places_of(member, places);
    for (int i = 0; i < MEMBER_FORM_COUNT; i++) {
        struct field *field = &form->fields[i];

        if (places[i].has == NULL || !is_meant(form, i))
            continue;
        any = true;
        *places[i].has = true;
        *places[i].text = (ProtobufCBinaryData){ .len = field->size, .data = (uint8_t *)field->text };
    }
    if (!read_avoids(form, arena, member, numbers, problem))
        return MEMBER_FORM_WRONG;
    return any || member->set_avoids ? MEMBER_FORM_READ : MEMBER_FORM_UNCHANGED;
}
