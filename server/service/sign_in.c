/* Wrong PINs counted in the database, by the rule of common/rules/sign_in.h. An unknown name goes the same way with the
 * same statements and the same work, under a hash of what was typed: neither the answer nor a lock nor the time it
 * takes tells whether somebody of that name works here. */
#include "server/service/sign_in.h"

#include <string.h>

#include "db/queries.h"
#include "server/service/message.h"

void sign_in_person_of(int64_t staff_id, uint8_t person[SIGN_IN_PERSON_SIZE])
{
    memset(person, 0, 8);
    put_u64(person + 8, (uint64_t)staff_id);
}

static struct bytes person_of(const struct sign_in *s)
{
    return bytes_of(s->person, sizeof s->person);
}

static struct sign_in_record record_of(const struct rows *rows, size_t row)
{
    return (struct sign_in_record){
        .failures = row_int(rows, row, "failures"),
        .lock_count = row_int(rows, row, "lock_count"),
        .locked_until = row_instant(rows, row, "locked_until"),
        .since = row_instant(rows, row, "since"),
    };
}

void sign_in_ask(struct call *c, struct sign_in *s)
{
    s->records =
        ask(c, &sql_sign_in_records, PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(person_of(s)), PARAM_INT(c->device_id)));
}

enum step sign_in_check(struct call *c, struct sign_in *s, struct bytes pin)
{
    for (size_t i = 0; i < rows_count(s->records); i++)
        *(row_int(s->records, i, "device_id") ? &s->here : &s->today) = record_of(s->records, i);

    if (s->shut || sign_in_shut(&s->today, c->now))
        return refuse(c, REFUSAL(SIGN_IN_LOCKED), "too many wrong tries today: a manager has to unlock it");
    int64_t minutes = sign_in_wait(&s->here, c->now);
    if (minutes)
        return refuse(c, REFUSAL(SIGN_IN_LOCKED), "too many wrong tries: try again in %lld minute%s",
                      (long long)minutes, minutes == 1 ? "" : "s");
    s->job = pin_check_later(c, pin, s->pin_hash);
    return s->job ? STEP_NEXT : pin_busy(c);
}

void sign_in_lock(struct call *c, struct sign_in *s)
{
    s->locked_today = ask(c, &sql_sign_in_lock_today, PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(person_of(s))));
}

static void write_record(struct call *c, const struct sign_in *s, int64_t device_id, struct sign_in_record record)
{
    ask(c, &sql_sign_in_record,
        PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(person_of(s)), PARAM_INT(device_id), PARAM_INT(record.failures),
               PARAM_INT(record.lock_count), PARAM_INSTANT(record.locked_until), PARAM_INSTANT(record.since)));
}

enum step sign_in_count(struct call *c, struct sign_in *s, const char *sentence)
{
    struct sign_in_record today = { 0 };
    if (rows_count(s->locked_today))
        today = record_of(s->locked_today, 0);
    today = sign_in_failed_today(today, c->now);
    s->here = sign_in_failed(s->here, c->now);

    write_record(c, s, c->device_id, s->here);
    write_record(c, s, 0, today);
    if (s->staff_id && sign_in_shut(&today, c->now))
        ask(c, &sql_sign_in_shut, PARAMS(PARAM_INT(s->staff_id)));
    journal_note(c, s->staff_id, sign_in_wait(&s->here, c->now) ? "sign_in_locked" : "sign_in_failed");
    return refuse_and_keep(c, REFUSAL(SIGN_IN_FAILED), "%s", sentence);
}

void sign_in_forget(struct call *c, const struct sign_in *s)
{
    if (rows_count(s->records))
        ask(c, &sql_sign_in_forget, PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(person_of(s)), PARAM_INT(c->device_id)));
    if (s->job->hashed)
        ask(c, &sql_sign_in_rehash,
            PARAMS(PARAM_INT(s->staff_id), PARAM_TEXT(s->pin_hash), PARAM_TEXT(s->job->new_hash)));
}
