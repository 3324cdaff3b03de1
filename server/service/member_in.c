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

void member_in_session(const struct call *c, struct member_in *in)
{
    member_in_is(in, IN_MEMBER, c->member_id, in->person);
    memcpy(in->entered, in->person, IN_PERSON_SIZE);
    in->in_session = true;
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

static struct rows *ask_records(struct call *c, const uint8_t person[IN_PERSON_SIZE])
{
    return ask(c, &sql_sign_in_records,
               PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(person)), PARAM_INT(c->device_id)));
}

void member_in_ask(struct call *c, struct member_in *in)
{
    member_in_is(in, in->is_code ? IN_KIOSK_CODES : IN_KIOSK, c->device_id, in->kiosk);
    in->kiosk_records = ask_records(c, in->kiosk);
    if (in->is_code)
        return;
    in->records = ask_records(c, in->entered);
    in->person_records = ask_records(c, in->person);
    in->old = ask(c, &sql_kiosk_old_secret, NO_PARAMS);
}

static struct sign_in_record record_of(const struct rows *rows, size_t row)
{
    return (struct sign_in_record){ .failures = row_int(rows, row, "failures"),
                                    .lock_count = row_int(rows, row, "lock_count"),
                                    .locked_until = row_instant(rows, row, "locked_until"),
                                    .since = row_instant(rows, row, "since") };
}

/* Over all devices; zeroed: nothing yet. */
static struct sign_in_record over_all(const struct rows *rows)
{
    for (size_t i = 0; rows && i < rows_count(rows); i++)
        if (row_int(rows, i, "device_id") == 0)
            return record_of(rows, i);
    return (struct sign_in_record){ 0 };
}

static void take_records(struct member_in *in, struct instant now)
{
    const struct sign_in_record member = over_all(in->person_records);

    for (size_t i = 0; in->records && i < rows_count(in->records); i++)
        if (row_int(in->records, i, "device_id") != 0)
            in->here = record_of(in->records, i);
    in->today = over_all(in->records);
    in->shut = sign_in_shut(&member, now);
    in->at_kiosk = over_all(in->kiosk_records);
}

enum step member_in_check(struct call *c, struct member_in *in, struct bytes secret)
{
    take_records(in, c->now);
    int64_t minutes = sign_in_bucket_wait(SIGN_IN_AT_KIOSK, &in->at_kiosk, c->now);
    if (minutes)
        return refuse(c, REFUSAL(MEMBER_SIGN_IN_LOCKED),
                      "too many wrong tries at this kiosk: wait %lld minute%s, or %s", (long long)minutes,
                      minutes == 1 ? "" : "s", in->is_code ? "go to the counter" : "ask at the counter for a code");
    if (in->is_code)
        return STEP_NEXT;
    if (sign_in_shut(&in->today, c->now))
        return refuse(c, REFUSAL(MEMBER_SIGN_IN_LOCKED), "too many wrong tries today: ask at the counter for a code");
    minutes = sign_in_wait(&in->here, c->now);
    if (minutes)
        return refuse(c, REFUSAL(MEMBER_SIGN_IN_LOCKED),
                      "too many wrong tries: wait %lld minute%s, or ask at the counter for a code", (long long)minutes,
                      minutes == 1 ? "" : "s");
    const char *old = in->is_old ? in->hash : rows_count(in->old) > 0 ? row_text(in->old, 0, "hash") : NULL;
    in->job = secret_check_later(c, secret, in->is_old ? NULL : in->hash, old, in->is_old);
    return in->job ? STEP_NEXT : pin_busy(c);
}

bool member_in_fits(const struct member_in *in)
{
    return in->job->fits && !in->shut;
}

static struct rows *lock_over_all(struct call *c, const uint8_t person[IN_PERSON_SIZE])
{
    return ask(c, &sql_sign_in_lock_today, PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(person))));
}

/* Always in this order. */
void member_in_lock(struct call *c, struct member_in *in)
{
    if (!in->is_code)
        in->locked_entered = lock_over_all(c, in->entered);
    if (!in->is_code && !in->in_session)
        in->locked_person = lock_over_all(c, in->person);
    in->locked_kiosk = lock_over_all(c, in->kiosk);
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
    write_record(c, person, 0, sign_in_failed_today(over_all(locked), c->now));
}

enum step member_in_count(struct call *c, struct member_in *in, int code, const char *sentence)
{
    bool locks = false;

    if (!in->is_code) {
        in->here = sign_in_failed(in->here, c->now);
        locks = sign_in_wait(&in->here, c->now) != 0;
        write_record(c, in->entered, c->device_id, in->here);
        count_today(c, in->entered, in->locked_entered);
    }
    if (in->locked_person)
        count_today(c, in->person, in->locked_person);
    write_record(c, in->kiosk, 0, sign_in_bucket_failed(SIGN_IN_AT_KIOSK, over_all(in->locked_kiosk), c->now));
    journal_note(c, in->member_id, locks ? "sign_in_locked" : "sign_in_failed");
    return refuse_and_keep(c, code, "%s", sentence);
}

void member_in_forget(struct call *c, const struct member_in *in)
{
    if (rows_count(in->records) > 0)
        ask(c, &sql_sign_in_forget,
            PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(view(in->entered)), PARAM_INT(c->device_id)));
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

enum step kiosk_number_given(struct call *c, const struct rows *number)
{
    return rows_count(number) > 0
               ? STEP_NEXT
               : refuse(c, REFUSAL(KIOSK_NUMBERS_OUT), "no number is free today: please go to the counter");
}

struct rows *card_numbers_ask(struct call *c)
{
    uint8_t *person = arena_alloc(c->txn.arena, IN_PERSON_SIZE);

    put_u64(person, IN_CARD_NUMBERS);
    put_u64(person + 8, (uint64_t)c->member_id);
    return lock_over_all(c, person);
}

int64_t card_numbers_wait(const struct call *c, const struct rows *tried)
{
    const struct sign_in_record record = over_all(tried);

    return sign_in_bucket_wait(SIGN_IN_CARD_NUMBERS, &record, c->now);
}

void card_numbers_count(struct call *c, const struct rows *tried)
{
    uint8_t *person = arena_alloc(c->txn.arena, IN_PERSON_SIZE);

    put_u64(person, IN_CARD_NUMBERS);
    put_u64(person + 8, (uint64_t)c->member_id);
    write_record(c, person, 0, sign_in_bucket_failed(SIGN_IN_CARD_NUMBERS, over_all(tried), c->now));
}
