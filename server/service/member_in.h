/* What lets a member in at a kiosk, asked for when they sign in and again before what is grave: the PIN, or the password of the shop
 * before this one. Wrong ones are counted by the rule of common/rules/sign_in.h: of what was entered, here and over all; of the member
 * over all, whatever they are found by; and of all at this kiosk. A lock is told of what was entered, which the stranger knows, and never
 * of whom it leads to (ARCHITECTURE.md). In their own session a member is what was entered. */
#ifndef CAROLINE_SERVER_SERVICE_MEMBER_IN_H
#define CAROLINE_SERVER_SERVICE_MEMBER_IN_H

#include "common/rules/sign_in.h"
#include "server/service/pin_job.h"

#define MEMBER_SESSION_US (MINUTE_US * 30)
#define MEMBER_CODE_US    (MINUTE_US * 10)
#define MEMBER_CODE_SIZE  8 /* digits */

/* Under what wrong ones are counted: eight bytes say what the other eight are; of what was entered, its blind index. IN_NOBODY: of whom
 * nobody knows, so that there is as much to be counted. */
enum member_in_whose { IN_MEMBER = 1, IN_KIOSK, IN_KIOSK_CODES, IN_NOBODY, IN_CARD_NUMBERS };
#define IN_PERSON_SIZE 16

struct member_in {
    int64_t member_id; /* 0: nobody's */
    const char *hash;  /* NULL: they have none */
    bool is_old;
    /* entered: under which a lock is told; person: who they are, the same one in their own session. Of a code neither is looked at. */
    uint8_t entered[IN_PERSON_SIZE], person[IN_PERSON_SIZE], kiosk[IN_PERSON_SIZE];
    bool is_code, in_session;
    bool shut; /* too many of the member over all: nothing fits, and that is not told */
    struct rows *records, *person_records, *kiosk_records, *old, *locked_entered, *locked_person, *locked_kiosk;
    struct sign_in_record here, today, at_kiosk;
    struct pin_job *job; /* NULL: of a code */
};

void member_in_is(struct member_in *in, enum member_in_whose whose, int64_t id, uint8_t person[IN_PERSON_SIZE]);
/* The member of the call's own session, asked for their PIN once more. */
void member_in_session(const struct call *c, struct member_in *in);
/* The columns scheme and hash of a row; of one that has none they are null. */
void member_in_take(struct member_in *in, const struct rows *rows);

/* Stage by stage: ask; check (refuses who is locked, else looks at the secret; of a code nothing has to be looked at); then, if it was
 * wrong, lock and count. count() takes the refusal's code. */
void member_in_ask(struct call *c, struct member_in *in);
enum step member_in_check(struct call *c, struct member_in *in, struct bytes secret);
bool member_in_fits(const struct member_in *in); /* what was looked at */
void member_in_lock(struct call *c, struct member_in *in);
enum step member_in_count(struct call *c, struct member_in *in, int code, const char *sentence);
/* It was right: forget the person's count here; write the newer hash, if there is one. */
void member_in_forget(struct call *c, const struct member_in *in);

/* Stage, of a member's own session: they are nobody any more, or somebody else; the session is over. */
enum step member_gone(struct call *c);
/* The shop's day by its cut-off: numbers of kiosks are of a day. */
struct day kiosk_day(const struct call *c);
/* Of rows of sql_kiosk_number_next: KIOSK_NUMBERS_OUT where there is none. */
enum step kiosk_number_given(struct call *c, const struct rows *number);

/* Numbers of gift cards that a member names at a kiosk: ask; wait (minutes until the next is looked at; 0: now); count one that was none. */
struct rows *card_numbers_ask(struct call *c);
int64_t card_numbers_wait(const struct call *c, const struct rows *tried);
void card_numbers_count(struct call *c, const struct rows *tried);

#endif
