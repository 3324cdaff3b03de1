/* A member signs in at a kiosk, for themselves: by a card, a phone number or an e-mail address with their PIN, or by a code from the
 * counter. What is unknown goes the way of what is known, with the same statements and the same work. */
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/member_fields.h"
#include "server/service/member_in.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

#include <string.h>

#include "common/base/phone.h"
#include "common/rules/member_card.h"
#include "common/rules/points.h"

struct signing {
    struct member_in in;
    uint8_t code_hash[32];
    struct rows *found, *opened, *used, *birthday;
    int64_t gift; /* for a birthday, where it is theirs */
    bool fits;
};

/* Eight digits, however they are set apart. */
static bool read_code(struct bytes text, char digits[MEMBER_CODE_SIZE])
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++) {
        char letter = (char)text.data[i];

        if (letter == ' ' || letter == '-')
            continue;
        if (letter < '0' || letter > '9' || count == MEMBER_CODE_SIZE)
            return false;
        digits[count++] = letter;
    }
    return count == MEMBER_CODE_SIZE;
}

static enum step find_code(struct call *c, struct signing *s, struct bytes text)
{
    char digits[MEMBER_CODE_SIZE];

    if (!read_code(text, digits))
        return refuse_field(c, REFUSAL(BAD_FIELD), "code", "a code has %d digits", MEMBER_CODE_SIZE);
    s->in.is_code = true;
    vault_token_hash(c->vault, bytes_of(digits, sizeof digits), s->code_hash);
    s->found = ask(c, &sql_kiosk_find_code,
                   PARAMS(PARAM_BYTES(bytes_of(s->code_hash, sizeof s->code_hash)), PARAM_INT(c->shop_id)));
    return STEP_NEXT;
}

/* keys[0]: as it is compared; the others: as it may have been kept before. */
static enum step find_key(struct call *c, struct signing *s, enum member_blind kind, const char *const *keys,
                          size_t count)
{
    struct bytes *blinds = arena_array(c->txn.arena, count, sizeof *blinds);

    for (size_t i = 0; i < count; i++) {
        uint8_t *blind = arena_alloc(c->txn.arena, BLIND_SIZE);

        member_key_blind(c, kind, bytes_of_text(keys[i]), blind);
        blinds[i] = bytes_of(blind, BLIND_SIZE);
    }
    memcpy(s->in.entered, blinds[0].data, IN_PERSON_SIZE);
    member_in_is(&s->in, IN_NOBODY, (int64_t)get_u64(blinds[0].data), s->in.person);
    s->found = ask(c, &sql_kiosk_find, PARAMS(PARAM_INT(kind), PARAM_BYTESES(blinds, count)));
    return STEP_NEXT;
}

_Static_assert(BLIND_SIZE == IN_PERSON_SIZE, "a blind index stands for a person");

static enum step find(struct call *c)
{
    const Caroline__V1__KioskSignIn *r = (const Caroline__V1__KioskSignIn *)c->message;
    struct signing *s = c->shared;
    const char *keys[1 + PHONE_FORMS_MAX];
    size_t dialled = 0;

    if (!c->catalogue)
        return STEP_FAILED;
    if (r->has_card + r->has_phone + r->has_email + r->has_code != 1 || r->has_code == r->has_secret)
        return refuse_field(
            c, REFUSAL(BAD_FIELD), "card",
            "sign in by one thing: a card, a phone number or an e-mail address with the PIN, or a code");
    if (r->has_code)
        return find_code(c, s, field_bytes(r->code));
    if (r->has_card) {
        keys[0] = member_card_read(c->txn.arena, field_bytes(r->card));
        return keys[0] ? find_key(c, s, MEMBER_BLIND_CARD, keys, 1)
                       : refuse_field(c, REFUSAL(BAD_FIELD), "card", "this is no card's code: scan it again");
    }
    if (r->has_phone) {
        keys[0] = member_phone_key(c, field_bytes(r->phone), keys + 1, &dialled);
        return keys[0] ? find_key(c, s, MEMBER_BLIND_PHONE, keys, 1 + dialled)
                       : refuse_field(c, REFUSAL(BAD_PHONE), "phone", "this is no phone number");
    }
    keys[0] = email_normalise(c->txn.arena, field_bytes(r->email));
    return keys[0] ? find_key(c, s, MEMBER_BLIND_EMAIL, keys, 1)
                   : refuse_field(c, REFUSAL(BAD_EMAIL), "email", "this is no e-mail address");
}

static enum step look(struct call *c)
{
    struct signing *s = c->shared;

    if (rows_count(s->found) > 0) {
        member_in_is(&s->in, IN_MEMBER, row_int(s->found, 0, "id"), s->in.person);
        if (!s->in.is_code)
            member_in_take(&s->in, s->found);
    }
    member_in_ask(c, &s->in);
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    const Caroline__V1__KioskSignIn *request = (const Caroline__V1__KioskSignIn *)c->message;
    struct signing *s = c->shared;

    return member_in_check(c, &s->in, field_bytes(request->secret));
}

static bool code_is_good(const struct signing *s, struct instant now)
{
    return rows_count(s->found) > 0 && row_is_null(s->found, 0, "used_at") &&
           row_instant(s->found, 0, "expires_at").us >= now.us;
}

/* By the keyed hash, as in a sale, and to who has bought something before today. In front of kiosk_open(): who signs in twice at once waits here for themselves. */
static void give_for_birthday(struct call *c, struct signing *s)
{
    uint64_t version = catalogue_newest(c->catalogue);
    const struct programme *programme = catalogue_programme(c->catalogue, version);
    const struct shop *shop = catalogue_shop(c->catalogue, version);
    struct day today = shop_today(shop, c->now);
    struct date celebrated[2];
    size_t count = birthdays_on(today, celebrated);
    struct bytes *blinds = arena_array(c->txn.arena, count, sizeof *blinds);

    if (!programme || programme->birthday_points <= 0)
        return;
    for (size_t i = 0; i < count; i++) {
        uint8_t *blind = arena_alloc(c->txn.arena, BLIND_SIZE);

        vault_blind_birthday(c->vault, s->in.member_id, celebrated[i].month, celebrated[i].day, blind);
        blinds[i] = bytes_of(blind, BLIND_SIZE);
    }
    s->gift = programme->birthday_points;
    s->birthday =
        ask(c, &sql_kiosk_birthday,
            PARAMS(PARAM_INT(s->in.member_id), PARAM_INT(s->gift), PARAM_BYTESES(blinds, count), PARAM_INT(next_id(c)),
                   PARAM_INT(date_of_day(today).year), PARAM_DAY(today), PARAM_DAY(points_expiry(programme, today)),
                   PARAM_INSTANT(c->now), PARAM_INSTANT(zone_day_start(shop_zone(shop), today))));
}

static enum step conclude(struct call *c)
{
    struct signing *s = c->shared;

    if (s->in.job) {
        enum step step = pin_looked_at(c, s->in.job);

        if (step != STEP_NEXT)
            return step;
    }
    s->fits = s->in.job ? member_in_fits(&s->in) : code_is_good(s, c->now); /* a code has nothing to be looked at */
    if (!s->fits) {
        member_in_lock(c, &s->in);
        return STEP_NEXT;
    }
    give_for_birthday(c, s);
    s->opened = ask(c, &sql_kiosk_open,
                    PARAMS(PARAM_INT(s->in.member_id), s->in.is_code ? PARAM_NULL() : PARAM_TEXT(s->in.hash)));
    if (s->in.is_code)
        s->used = ask(c, &sql_kiosk_use_code,
                      PARAMS(PARAM_BYTES(bytes_of(s->code_hash, sizeof s->code_hash)), PARAM_INSTANT(c->now),
                             PARAM_INT(c->device_id)));
    else
        member_in_forget(c, &s->in);
    return STEP_NEXT;
}

static struct instant secret_changed_of(const struct rows *opened)
{
    struct instant never = { 0 };

    return row_is_null(opened, 0, "changed_at") ? never : row_instant(opened, 0, "changed_at");
}

static enum step open_session(struct call *c, struct signing *s)
{
    Caroline__V1__KioskSignedIn reply = CAROLINE__V1__KIOSK_SIGNED_IN__INIT;
    struct instant expires = { c->now.us + MEMBER_SESSION_US };
    const char *name = member_opened(c, s->opened, 0, s->in.member_id, MEMBER_NAME);

    member_set(c, s->in.member_id, secret_changed_of(s->opened), expires, s->in.is_code);
    journal_note(c, s->in.member_id, s->in.is_code ? "member_sign_in_by_code" : "member_sign_in");
    PUT(reply, member_id, (uint64_t)s->in.member_id);
    if (name)
        PUT(reply, name, field_text(name));
    PUT(reply, points, row_int(s->opened, 0, "points"));
    if (s->birthday && rows_count(s->birthday) > 0)
        PUT(reply, birthday_points, s->gift);
    PUT(reply, idle_s, member_idle_s(c));
    PUT(reply, expires_us, (uint64_t)expires.us);
    PUT(reply, has_pin, !row_is_null(s->opened, 0, "hash"));
    PUT(reply, by_code, s->in.is_code);
    return answer(c, &reply.base);
}

static enum step reply_with(struct call *c)
{
    struct signing *s = c->shared;

    if (!s->fits)
        return member_in_count(c, &s->in, REFUSAL(MEMBER_SIGN_IN_FAILED),
                               s->in.is_code ? "this code is not good, or not any more: ask at the counter for another"
                                             : "this does not fit: try again, or ask at the counter for a code");
    /* erased, merged or changed while it was looked at, or another kiosk had the code: it is found out anew */
    if (rows_count(s->opened) == 0 || (s->used && rows_count(s->used) == 0) ||
        !vault_person_exists(c->vault, s->in.member_id))
        return STEP_AGAIN;
    return open_session(c, s);
}

const struct op kiosk_sign_in = {
    .name = "kiosk_sign_in",
    .number = NUMBER(KIOSK_SIGN_IN),
    .kind = OP_ACTS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT(KIOSK),
    .per_minute = 30,
    .request = &caroline__v1__kiosk_sign_in__descriptor,
    .reply = &caroline__v1__kiosk_signed_in__descriptor,
    .shared_size = sizeof(struct signing),
    .stages = { find, look, check, conclude, reply_with },
};
