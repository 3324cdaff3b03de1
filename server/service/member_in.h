/* What lets a member in at a kiosk, asked for when they sign in and again before what is grave: the PIN, or the password of the shop
 * before this one. Wrong ones are counted by the rule of common/rules/sign_in.h, of the person on this kiosk, of the person over all,
 * and of all persons at this kiosk. */
#ifndef CAROLINE_SERVER_SERVICE_MEMBER_IN_H
#define CAROLINE_SERVER_SERVICE_MEMBER_IN_H

#include "common/rules/sign_in.h"
#include "server/service/pin_job.h"

#define MEMBER_SESSION_US (MINUTE_US * 30)
#define MEMBER_CODE_US    (MINUTE_US * 10)
#define MEMBER_CODE_SIZE  8 /* digits */

/* Under what wrong ones are counted: eight bytes say what the other eight are. Of whom nobody knows, a blind index of what was typed. */
enum member_in_whose { IN_MEMBER = 1, IN_KIOSK, IN_KIOSK_CODES };
#define IN_PERSON_SIZE 16

struct member_in {
    int64_t member_id; /* 0: nobody's */
    const char *hash;  /* NULL: they have none */
    bool is_old;
    uint8_t person[IN_PERSON_SIZE], kiosk[IN_PERSON_SIZE]; /* person: not looked at of a code */
    bool is_code;
    struct rows *records, *kiosk_records, *old, *locked_person, *locked_kiosk;
    struct sign_in_record here, today, kiosk_today;
    struct pin_job *job; /* NULL: of a code */
};

void member_in_is(struct member_in *in, enum member_in_whose whose, int64_t id, uint8_t person[IN_PERSON_SIZE]);
/* The columns scheme and hash of a row; of one that has none they are null. */
void member_in_take(struct member_in *in, const struct rows *rows);

/* Stage by stage: ask; check (refuses who is locked, else looks at the secret; of a code nothing has to be looked at); then, if it was
 * wrong, lock and count. count() takes the refusal's code. */
void member_in_ask(struct call *c, struct member_in *in);
enum step member_in_check(struct call *c, struct member_in *in, struct bytes secret);
void member_in_lock(struct call *c, struct member_in *in);
enum step member_in_count(struct call *c, struct member_in *in, int code, const char *sentence);
/* It was right: forget the person's count here; write the newer hash, if there is one. */
void member_in_forget(struct call *c, const struct member_in *in);

/* Stage, of a member's own session: they are nobody any more, or somebody else; the session is over. */
enum step member_gone(struct call *c);
/* The shop's day by its cut-off: numbers of kiosks are of a day. */
struct day kiosk_day(const struct call *c);

#endif
