/* The counts are kept as the staff's are, in the same table. Nobody's go the same way with the same work. */
#include "server/service/member_in.h"

#include <string.h>

#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

void member_in_is(struct member_in *in, enum member_in_whose whose, int64_t id, uint8_t person[IN_PERSON_SIZE])
{
    put_u64(person, (uint64_t)whose);
    put_u64(person + 8, (uint64_t)id);
    if (whose == IN_MEMBER)
        in->member_id = id;
}

void member_in_take(struct member_in *in, const struct rows *rows)
{
    if (rows_count(rows) == 0 || row_is_null(rows, 0, "hash"))
        return;
    in->hash = row_text(rows, 0, "hash");
    in->is_old = row_int(rows, 0, "scheme") == 2;
}

static struct bytes view(const uint8_t person[IN_PERSON_SIZE])
{
    return bytes_of(person, IN_PERSON_SIZE);
}

void member_in_ask(struct call *c, struct member_in *in)
{
    member_in_is(in, in->is_code ? IN_KIOSK_CODES : IN_KIOSK, c->device_id, in->kiosk);
    in->kiosk_records = ask(c, &sql_sign_in_records,
                            PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(in->kiosk)), PARAM_INT(c->device_id)));
    if (in->is_code)
        return;
    in->records = ask(c, &sql_sign_in_records,
                      PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(in->person)), PARAM_INT(c->device_id)));
    in->old = ask(c, &sql_kiosk_old_secret, NO_PARAMS);
}

static struct sign_in_record record_of(const struct rows *rows, size_t row)
{
    return (struct sign_in_record){ .failures = row_int(rows, row, "failures"),
                                    .lock_count = row_int(rows, row, "lock_count"),
                                    .locked_until = row_instant(rows, row, "locked_until"),
                                    .since = row_instant(rows, row, "since") };
}

static void take_records(struct member_in *in)
{
    for (size_t i = 0; in->records && i < rows_count(in->records); i++)
        *(row_int(in->records, i, "device_id") ? &in->here : &in->today) = record_of(in->records, i);
    for (size_t i = 0; i < rows_count(in->kiosk_records); i++)
        if (row_int(in->kiosk_records, i, "device_id") == 0)
            in->kiosk_today = record_of(in->kiosk_records, i);
}

enum step member_in_check(struct call *c, struct member_in *in, struct bytes secret)
{
    take_records(in);
    if (sign_in_shut(&in->kiosk_today, c->now))
        return refuse(c, REFUSAL(MEMBER_SIGN_IN_LOCKED), "too many wrong tries at this kiosk today: %s",
                      in->is_code ? "please go to the counter" : "ask at the counter for a code");
    if (in->is_code)
        return STEP_NEXT;
    if (sign_in_shut(&in->today, c->now))
        return refuse(c, REFUSAL(MEMBER_SIGN_IN_LOCKED), "too many wrong tries today: ask at the counter for a code");
    int64_t minutes = sign_in_wait(&in->here, c->now);
    if (minutes)
        return refuse(c, REFUSAL(MEMBER_SIGN_IN_LOCKED),
                      "too many wrong tries: wait %lld minute%s, or ask at the counter for a code", (long long)minutes,
                      minutes == 1 ? "" : "s");
    const char *old = in->is_old ? in->hash : rows_count(in->old) > 0 ? row_text(in->old, 0, "hash") : NULL;
    in->job = secret_check_later(c, secret, in->is_old ? NULL : in->hash, old, in->is_old);
    return in->job ? STEP_NEXT : pin_busy(c);
}

void member_in_lock(struct call *c, struct member_in *in)
{
    if (!in->is_code)
        in->locked_person =
            ask(c, &sql_sign_in_lock_today, PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(in->person))));
    in->locked_kiosk = ask(c, &sql_sign_in_lock_today, PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(in->kiosk))));
}

static void write_record(struct call *c, const uint8_t person[IN_PERSON_SIZE], int64_t device_id,
                         struct sign_in_record record)
{
    ask(c, &sql_sign_in_record,
        PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(person)), PARAM_INT(device_id), PARAM_INT(record.failures),
               PARAM_INT(record.lock_count), PARAM_INSTANT(record.locked_until), PARAM_INSTANT(record.since)));
}

static void count_today(struct call *c, const uint8_t person[IN_PERSON_SIZE], const struct rows *locked)
{
    struct sign_in_record today = { 0 };

    if (rows_count(locked) > 0)
        today = record_of(locked, 0);
    write_record(c, person, 0, sign_in_failed_today(today, c->now));
}

enum step member_in_count(struct call *c, struct member_in *in, int code, const char *sentence)
{
    bool locks = false;

    if (!in->is_code) {
        in->here = sign_in_failed(in->here, c->now);
        locks = sign_in_wait(&in->here, c->now) != 0;
        write_record(c, in->person, c->device_id, in->here);
        count_today(c, in->person, in->locked_person);
    }
    count_today(c, in->kiosk, in->locked_kiosk);
    journal_note(c, in->member_id, locks ? "sign_in_locked" : "sign_in_failed");
    return refuse_and_keep(c, code, "%s", sentence);
}

void member_in_forget(struct call *c, const struct member_in *in)
{
    if (rows_count(in->records) > 0)
        ask(c, &sql_sign_in_forget,
            PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(in->person)), PARAM_INT(c->device_id)));
    if (in->job->hashed)
        ask(c, &sql_kiosk_rehash,
            PARAMS(PARAM_INT(in->member_id), PARAM_TEXT(in->hash), PARAM_TEXT(in->job->new_hash)));
}

enum step member_gone(struct call *c)
{
    session_clear(c);
    return refuse_and_keep(c, REFUSAL(MEMBER_SIGN_IN_FIRST), "you are signed out: sign in again");
}

struct day kiosk_day(const struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));

    return zone_business_day(shop_zone(shop), c->now, (int)shop->day_cutoff_minutes);
}
