/* A member's fields on their way in and out. */
#include "server/service/member_fields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/language.h"
#include "common/base/phone.h"
#include "common/base/text.h"
#include "common/rules/member_card.h"
#include "common/rules/points.h"
#include "common/rules/programme.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

#define YEAR_MIN 1900
#define KEYS_MAX 3
#define MEMBER_  7 /* of "member." */

static const struct {
    const char *name, *column;
    enum vault_field vault_field;
    int taken; /* the refusal when another has it; 0: may be shared */
    const char *taken_sentence;
} kinds[MEMBER_FIELD_COUNT] = {
    [MEMBER_NAME] = { "member.name", "name_sealed", FIELD_MEMBER_NAME, 0, NULL },
    [MEMBER_PHONE] = { "member.phone", "phone_sealed", FIELD_MEMBER_PHONE, REFUSAL(PHONE_TAKEN),
                       "another member has this phone number: look for them by it" },
    [MEMBER_EMAIL] = { "member.email", "email_sealed", FIELD_MEMBER_EMAIL, REFUSAL(EMAIL_TAKEN),
                       "another member has this e-mail address: look for them by it" },
    [MEMBER_BIRTHDAY] = { "member.birthday", "birthday_sealed", FIELD_MEMBER_BIRTHDAY, 0, NULL },
    [MEMBER_CARD] = { "member.card", "card_sealed", FIELD_MEMBER_CARD, REFUSAL(CARD_TAKEN),
                      "another member has this card: look for them by it, or take another card" },
    [MEMBER_AVOIDS] = { "member.avoids", "avoids_sealed", FIELD_MEMBER_AVOIDS, 0, NULL },
    [MEMBER_LANGUAGE] = { "member.language", "language_sealed", FIELD_MEMBER_LANGUAGE, 0, NULL },
};

const char *member_field_name(enum member_field field)
{
    return kinds[field].name + MEMBER_;
}

/* Which fields are keys, by member_blind.kind. */
static const enum member_field field_of_kind[] = {
    [MEMBER_BLIND_PHONE] = MEMBER_PHONE, [MEMBER_BLIND_EMAIL] = MEMBER_EMAIL, [MEMBER_BLIND_CARD] = MEMBER_CARD
};

/* ---- in ----------------------------------------------------------------------------------------------------------- */

/* "2001-02-28" and "--02-29"; false for what is no day of the calendar. */
static bool parse_birthday(const char *text, struct date *date)
{
    char with_year[DAY_TEXT];
    struct day day;

    if (text[0] == '-') { /* the year is not told: a leap year has every day */
        if (strlen(text) != 7 || text[1] != '-')
            return false;
        snprintf(with_year, sizeof with_year, "2000-%s", text + 2);
        text = with_year;
    }
    if (!day_parse(text, &day))
        return false;
    *date = date_of_day(day);
    return date->year >= YEAR_MIN;
}

static enum step check_birthday(struct call *c, struct member_fields *fields)
{
    const char *text = fields->field[MEMBER_BIRTHDAY].text;
    struct date date;

    if (!*text)
        return STEP_NEXT;
    if (!parse_birthday(text, &date))
        return refuse_field(c, REFUSAL(BAD_BIRTHDAY), "member.birthday",
                            "a birthday is written year, month, day: 1990-02-28, or --02-28 without the year");
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    if (text[0] != '-' && day_of_date(date).number > shop_today(shop, c->now).number)
        return refuse_field(c, REFUSAL(BAD_BIRTHDAY), "member.birthday", "this birthday is in the future");
    fields->month = date.month;
    fields->day = date.day;
    return STEP_NEXT;
}

const char *member_phone_key(struct call *c, struct bytes phone, const char *dialled[PHONE_FORMS_MAX], size_t *count)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    const char *code = shop ? shop->calling_code : "";
    const char *key = phone_international(c->txn.arena, phone, code);

    *count = key ? phone_dialled_forms(c->txn.arena, key, code, dialled) : 0;
    return key;
}

static enum step check_keys(struct call *c, struct member_fields *fields)
{
    static const struct {
        enum member_field field;
        char *(*normalise)(struct arena *arena, struct bytes text); /* NULL: by the shop's calling code */
        int refusal;
        const char *sentence;
    } keys[] = {
        { MEMBER_PHONE, NULL, REFUSAL(BAD_PHONE),
          "this is no phone number: it has 4 to 15 digits, with the area code" },
        { MEMBER_EMAIL, email_normalise, REFUSAL(BAD_EMAIL),
          "this is no e-mail address: one is written ada@example.org" },
        { MEMBER_CARD, member_card_read, REFUSAL(BAD_FIELD),
          "a card's code has 4 to 64 letters, digits and signs, as bar codes have them" },
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = fields->field[keys[i].field].text;
        if (!text || !*text)
            continue;
        const char *key = keys[i].normalise
                              ? keys[i].normalise(c->txn.arena, bytes_of_text(text))
                              : member_phone_key(c, bytes_of_text(text), fields->dialled, &fields->dialled_count);
        if (!key)
            return refuse_field(c, keys[i].refusal, kinds[keys[i].field].name, "%s", keys[i].sentence);
        fields->field[keys[i].field].key = key;
    }
    return STEP_NEXT;
}

const char *member_avoids_text(struct call *c, uint16_t avoids)
{
    const char *text = "";

    for (unsigned number = 1; number <= ALLERGEN_COUNT; number++)
        if ((avoids & 1u << number) != 0)
            text = arena_format(c->txn.arena, "%s%s%u", text, *text ? "," : "", number);
    return text;
}

static enum step check_avoids(struct call *c, const Caroline__V1__Member *member, struct member_fields *fields)
{
    for (size_t i = 0; i < member->n_avoids; i++) {
        uint32_t number = member->avoids[i];

        if (number < 1 || number > ALLERGEN_COUNT)
            return refuse_field(c, REFUSAL(BAD_FIELD), kinds[MEMBER_AVOIDS].name, "allergens have numbers from 1 to %d",
                                ALLERGEN_COUNT);
        fields->avoids |= (uint16_t)(1u << number);
    }
    fields->field[MEMBER_AVOIDS].given = member->n_avoids > 0 || member->set_avoids;
    fields->field[MEMBER_AVOIDS].text = member_avoids_text(c, fields->avoids);
    return STEP_NEXT;
}

static enum step check_language(struct call *c, struct member_fields *fields)
{
    const char *text = fields->field[MEMBER_LANGUAGE].text;
    char *small = arena_text(c->txn.arena, text ? text : "");

    if (!*small)
        return STEP_NEXT;
    for (char *letter = small; *letter; letter++)
        *letter = (char)tolower((unsigned char)*letter);
    if (!language_is_known(small))
        return refuse_field(c, REFUSAL(BAD_FIELD), kinds[MEMBER_LANGUAGE].name,
                            "a language is written by its two letters: en, de, fr");
    fields->field[MEMBER_LANGUAGE].text = small;
    return STEP_NEXT;
}

enum step member_fields_check(struct call *c, const Caroline__V1__Member *member, struct member_fields *fields)
{
    const struct {
        bool given;
        ProtobufCBinaryData value;
    } values[MEMBER_FIELD_COUNT] = {
        [MEMBER_NAME] = { member->has_name, member->name },
        [MEMBER_PHONE] = { member->has_phone, member->phone },
        [MEMBER_EMAIL] = { member->has_email, member->email },
        [MEMBER_BIRTHDAY] = { member->has_birthday, member->birthday },
        [MEMBER_CARD] = { member->has_card, member->card },
        [MEMBER_LANGUAGE] = { member->has_language, member->language },
    };
    for (int i = 0; i < MEMBER_FIELD_COUNT; i++) {
        if (!values[i].given)
            continue;
        fields->field[i].given = true;
        fields->field[i].text = text_tidy(c->txn.arena, field_bytes(values[i].value));
        if (text_has_card_number(bytes_of_text(fields->field[i].text)))
            return refuse_field(c, REFUSAL(NO_SECRET_WANTED), kinds[i].name,
                                "this looks like a payment card's number: it was not kept");
    }
    enum step step = check_keys(c, fields);
    if (step == STEP_NEXT && fields->field[MEMBER_BIRTHDAY].given)
        step = check_birthday(c, fields);
    if (step == STEP_NEXT)
        step = check_language(c, fields);
    return step == STEP_NEXT ? check_avoids(c, member, fields) : step;
}

/* ---- keys --------------------------------------------------------------------------------------------------------- */

void member_key_blind(struct call *c, enum member_blind kind, struct bytes key, uint8_t blind[BLIND_SIZE])
{
    static const enum vault_blind of[] = { [MEMBER_BLIND_PHONE] = BLIND_PHONE,
                                           [MEMBER_BLIND_EMAIL] = BLIND_EMAIL,
                                           [MEMBER_BLIND_CARD] = BLIND_CARD,
                                           [MEMBER_BLIND_NAME] = BLIND_NAME_PREFIX };
    vault_blind(c->vault, of[kind], key, blind);
}

struct blinds {
    int64_t *kinds;
    struct bytes *blinds;
    size_t count;
};

static struct blinds blinds_of(struct call *c, size_t most)
{
    return (struct blinds){ .kinds = arena_array(c->txn.arena, most, sizeof(int64_t)),
                            .blinds = arena_array(c->txn.arena, most, sizeof(struct bytes)) };
}

static void add(struct call *c, struct blinds *blinds, enum member_blind kind, struct bytes key)
{
    uint8_t *blind = arena_alloc(c->txn.arena, BLIND_SIZE);
    member_key_blind(c, kind, key, blind);
    blinds->kinds[blinds->count] = kind;
    blinds->blinds[blinds->count++] = bytes_of(blind, BLIND_SIZE);
}

static void add_keys(struct call *c, struct blinds *blinds, const struct member_fields *fields)
{
    for (int kind = MEMBER_BLIND_PHONE; kind <= MEMBER_BLIND_CARD; kind++) {
        const char *key = fields->field[field_of_kind[kind]].key;
        if (key)
            add(c, blinds, (enum member_blind)kind, bytes_of_text(key));
    }
}

struct rows *member_taken_ask(struct call *c, const struct member_fields *fields)
{
    struct blinds blinds = blinds_of(c, KEYS_MAX + PHONE_FORMS_MAX);
    add_keys(c, &blinds, fields);
    for (size_t i = 0; i < fields->dialled_count; i++)
        add(c, &blinds, MEMBER_BLIND_PHONE, bytes_of_text(fields->dialled[i]));
    return ask(c, &sql_member_taken,
               PARAMS(PARAM_INTS(blinds.kinds, blinds.count), PARAM_BYTESES(blinds.blinds, blinds.count)));
}

enum step member_taken_check(struct call *c, const struct rows *taken, int64_t id)
{
    for (size_t i = 0; i < rows_count(taken); i++) {
        enum member_field field = field_of_kind[row_int(taken, i, "kind")];
        if (row_int(taken, i, "member_id") != id)
            return refuse_field(c, kinds[field].taken, kinds[field].name, "%s", kinds[field].taken_sentence);
    }
    return STEP_NEXT;
}

/* Of the kinds of the fields that are given; of what they were found by before, what is the same goes as well. */
static void remove_given(struct call *c, int64_t id, const struct member_fields *fields, const struct blinds *blinds)
{
    int64_t *gone = arena_array(c->txn.arena, MEMBER_BLIND_NAME, sizeof *gone);
    size_t count = 0;

    for (int kind = MEMBER_BLIND_PHONE; kind <= MEMBER_BLIND_CARD; kind++)
        if (fields->field[field_of_kind[kind]].given)
            gone[count++] = kind;
    if (fields->field[MEMBER_NAME].given)
        gone[count++] = MEMBER_BLIND_NAME;
    if (count)
        ask(c, &sql_member_blind_remove,
            PARAMS(PARAM_INT(id), PARAM_INTS(gone, count), PARAM_BYTESES(blinds->blinds, blinds->count)));
}

void member_blinds_write(struct call *c, int64_t id, const struct member_fields *fields, bool replace)
{
    const char *name = fields->field[MEMBER_NAME].text;
    struct bytes *prefixes = NULL;
    size_t prefix_count = name ? name_prefixes(c->txn.arena, bytes_of_text(name), &prefixes) : 0;
    struct blinds blinds = blinds_of(c, prefix_count + KEYS_MAX);

    add_keys(c, &blinds, fields);
    for (size_t i = 0; i < prefix_count; i++)
        add(c, &blinds, MEMBER_BLIND_NAME, prefixes[i]);
    if (replace)
        remove_given(c, id, fields, &blinds);
    if (blinds.count)
        ask(c, &sql_member_blind_write,
            PARAMS(PARAM_INT(id), PARAM_INTS(blinds.kinds, blinds.count), PARAM_BYTESES(blinds.blinds, blinds.count)));
}

struct param member_birthday_blind(struct call *c, int64_t id, const struct member_fields *fields)
{
    if (!fields->month)
        return PARAM_NULL();
    uint8_t *blind = arena_alloc(c->txn.arena, BLIND_SIZE);
    vault_blind_birthday(c->vault, id, fields->month, fields->day, blind);
    return PARAM_BYTES(bytes_of(blind, BLIND_SIZE));
}

struct param member_avoids_blind(struct call *c, int64_t id, const struct member_fields *fields)
{
    uint8_t blinds[ALLERGEN_BLINDS_SIZE];

    if (fields->avoids == 0)
        return PARAM_NULL();
    uint8_t *kept = arena_alloc(c->txn.arena, ALLERGEN_BLINDS_SIZE);
    random_bytes(c, kept, ALLERGEN_BLINDS_SIZE); /* which are avoided, and how many, is not to be seen */
    vault_blind_allergens(c->vault, id, blinds);
    for (size_t i = 0; i < ALLERGEN_COUNT; i++)
        if ((fields->avoids & 1u << (i + 1)) != 0)
            memcpy(kept + i * ALLERGEN_BLIND_SIZE, blinds + i * ALLERGEN_BLIND_SIZE, ALLERGEN_BLIND_SIZE);
    return PARAM_BYTES(bytes_of(kept, ALLERGEN_BLINDS_SIZE));
}

struct param member_sealed(struct call *c, int64_t id, const struct member_fields *fields, enum member_field field)
{
    const char *text = fields->field[field].text;
    if (!text || !*text)
        return PARAM_NULL();
    return PARAM_BYTES(vault_seal(c->vault, id, kinds[field].vault_field, bytes_of_text(text), c->txn.arena));
}

/* ---- out ---------------------------------------------------------------------------------------------------------- */

static bool is_birthday(const struct call *c, const char *text)
{
    struct date born, celebrated[2];
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    if (!shop || !parse_birthday(text, &born))
        return false;

    size_t count = birthdays_on(shop_today(shop, c->now), celebrated);
    for (size_t i = 0; i < count; i++)
        if (celebrated[i].month == born.month && celebrated[i].day == born.day)
            return true;
    return false;
}

_Static_assert(ALLERGEN_COUNT *ALLERGEN_BLIND_SIZE == ALLERGEN_BLINDS_SIZE, "a blind for each allergen");

static uint16_t avoids_of(const char *text)
{
    uint16_t avoids = 0;
    char *end;

    for (const char *at = text; *at; at = *end ? end + 1 : end) {
        unsigned long number = strtoul(at, &end, 10);

        if (end == at || number < 1 || number > ALLERGEN_COUNT)
            break;
        avoids |= (uint16_t)(1u << number);
    }
    return avoids;
}

void member_field_take(struct member_fields *fields, enum member_field field, const char *text)
{
    struct date date;

    fields->field[field].given = true;
    fields->field[field].text = text;
    if (field == MEMBER_AVOIDS)
        fields->avoids = avoids_of(text);
    if (field == MEMBER_BIRTHDAY && parse_birthday(text, &date)) {
        fields->month = date.month;
        fields->day = date.day;
    }
}

const char *member_opened(struct call *c, const struct rows *rows, size_t row, int64_t id, enum member_field field)
{
    if (row_is_null(rows, row, kinds[field].column))
        return NULL;
    struct bytes text =
        vault_unseal(c->vault, id, kinds[field].vault_field, row_bytes(rows, row, kinds[field].column), c->txn.arena);
    return (const char *)text.data; /* unsealed texts have a NUL behind them */
}

static void put_avoids(struct call *c, Caroline__V1__Member *member, const char *text)
{
    uint16_t avoids = avoids_of(text);

    member->avoids = arena_array(c->txn.arena, ALLERGEN_COUNT, sizeof *member->avoids);
    for (uint32_t number = 1; number <= ALLERGEN_COUNT; number++)
        if ((avoids & 1u << number) != 0)
            member->avoids[member->n_avoids++] = number;
}

/* One that the programme does not have any more is none. */
static void put_tier(const struct call *c, Caroline__V1__Member *member, uint32_t number)
{
    const struct programme *programme =
        c->catalogue == NULL ? NULL : catalogue_programme(c->catalogue, catalogue_newest(c->catalogue));
    const struct programme_term *tier = programme_term(programme, TERM_TIER, number);

    if (tier == NULL)
        return;
    PUT(*member, tier, number);
    PUT(*member, tier_name, field_text(tier->name));
}

Caroline__V1__Member *member_message_of(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__Member *member = arena_alloc(c->txn.arena, sizeof *member);
    int64_t id = row_int(rows, row, "id");

    caroline__v1__member__init(member);
    PUT(*member, id, (uint64_t)id);
    PUT(*member, points, row_int(rows, row, "points"));
    PUT(*member, since_us, (uint64_t)row_instant(rows, row, "created_at").us);
    put_tier(c, member, (uint32_t)row_int(rows, row, "tier"));

    const struct {
        protobuf_c_boolean *has;
        ProtobufCBinaryData *value;
    } into[MEMBER_FIELD_COUNT] = {
        [MEMBER_NAME] = { &member->has_name, &member->name },
        [MEMBER_PHONE] = { &member->has_phone, &member->phone },
        [MEMBER_EMAIL] = { &member->has_email, &member->email },
        [MEMBER_BIRTHDAY] = { &member->has_birthday, &member->birthday },
        [MEMBER_CARD] = { &member->has_card, &member->card },
        [MEMBER_LANGUAGE] = { &member->has_language, &member->language },
    };
    for (int i = 0; i < MEMBER_FIELD_COUNT; i++) {
        const char *text = member_opened(c, rows, row, id, (enum member_field)i);

        if (text == NULL)
            continue;
        if (into[i].has == NULL) {
            put_avoids(c, member, text);
            continue;
        }
        *into[i].has = true;
        *into[i].value = field_text(text);
    }
    if (member->has_birthday)
        PUT(*member, birthday_today, is_birthday(c, (const char *)member->birthday.data));
    return member;
}
