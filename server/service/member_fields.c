/* A member's fields on their way in and out. */
#include "server/service/member_fields.h"

#include <stdio.h>
#include <string.h>

#include "common/base/phone.h"
#include "common/base/text.h"
#include "common/rules/points.h"
#include "common/rules/programme.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

#define YEAR_MIN 1900
#define KEYS_MAX 3

static const struct {
    const char *name, *column;
    enum vault_field vault_field;
    int taken; /* the refusal when another has it; 0: may be shared */
    const char *taken_sentence;
} kinds[MEMBER_FIELD_COUNT] = {
    [MEMBER_NAME] = { "member.name", "name_sealed", FIELD_MEMBER_NAME, 0, NULL },
    [MEMBER_PHONE] = { "member.phone", "phone_sealed", FIELD_MEMBER_PHONE, REFUSAL(PHONE_TAKEN),
                       "another member has this phone number" },
    [MEMBER_EMAIL] = { "member.email", "email_sealed", FIELD_MEMBER_EMAIL, REFUSAL(EMAIL_TAKEN),
                       "another member has this e-mail address" },
    [MEMBER_BIRTHDAY] = { "member.birthday", "birthday_sealed", FIELD_MEMBER_BIRTHDAY, 0, NULL },
    [MEMBER_CARD] = { "member.card", "card_sealed", FIELD_MEMBER_CARD, REFUSAL(CARD_TAKEN),
                      "another member has this card" },
};

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
                            "a birthday is written 1990-02-28, or --02-28 without the year");
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
        { MEMBER_PHONE, NULL, REFUSAL(BAD_PHONE), "this is no phone number" },
        { MEMBER_EMAIL, email_normalise, REFUSAL(BAD_EMAIL), "this is no e-mail address" },
        { MEMBER_CARD, card_normalise, REFUSAL(BAD_FIELD), "a card's code has 4 to 64 letters, digits and - . _ / :" },
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
    return step;
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

void member_blinds_write(struct call *c, int64_t id, const struct member_fields *fields)
{
    const char *name = fields->field[MEMBER_NAME].text;
    struct bytes *prefixes = NULL;
    size_t prefix_count = name ? name_prefixes(c->txn.arena, bytes_of_text(name), &prefixes) : 0;
    struct blinds blinds = blinds_of(c, prefix_count + KEYS_MAX);

    add_keys(c, &blinds, fields);
    for (size_t i = 0; i < prefix_count; i++)
        add(c, &blinds, MEMBER_BLIND_NAME, prefixes[i]);
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
    };
    for (int i = 0; i < MEMBER_FIELD_COUNT; i++) {
        if (row_is_null(rows, row, kinds[i].column))
            continue;
        struct bytes text =
            vault_unseal(c->vault, id, kinds[i].vault_field, row_bytes(rows, row, kinds[i].column), c->txn.arena);
        *into[i].has = text.data != NULL;
        *into[i].value = field_of(text);
    }
    if (member->has_birthday) /* unsealed texts have a NUL behind them */
        PUT(*member, birthday_today, is_birthday(c, (const char *)member->birthday.data));
    return member;
}
