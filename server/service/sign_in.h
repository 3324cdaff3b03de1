/* A PIN asked for: the same steps for who signs in and who comes back to a locked screen. */
#ifndef CAROLINE_SERVER_SERVICE_SIGN_IN_H
#define CAROLINE_SERVER_SERVICE_SIGN_IN_H

#include "common/rules/sign_in.h"
#include "server/service/pin_job.h"

#define SIGN_IN_PERSON_SIZE 16

struct sign_in {
    uint8_t person[SIGN_IN_PERSON_SIZE]; /* under which wrong PINs are counted */
    int64_t staff_id;                    /* 0: nobody */
    const char *pin_hash;                /* NULL: nobody's, or of somebody who may not sign in */
    bool shut;                           /* locked until a manager comes */
    struct sign_in_record here, today;
    struct rows *records, *locked_today;
    struct pin_job *job;
};

void sign_in_person_of(int64_t staff_id, uint8_t person[SIGN_IN_PERSON_SIZE]);
/* Stage by stage: ask; check (refuses who is locked, else works on the PIN); then, if it did not fit, lock and count.
 */
void sign_in_ask(struct call *c, struct sign_in *s);
enum step sign_in_check(struct call *c, struct sign_in *s, struct bytes pin);
void sign_in_lock(struct call *c, struct sign_in *s);
enum step sign_in_count(struct call *c, struct sign_in *s, const char *sentence);
/* It fitted: forget this device's count; write the newer hash, if there is one. */
void sign_in_forget(struct call *c, const struct sign_in *s);

#endif
