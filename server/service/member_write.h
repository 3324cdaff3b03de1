/* Members written: by the staff, and by what they entered themselves at a kiosk. */
#ifndef CAROLINE_SERVER_SERVICE_MEMBER_WRITE_H
#define CAROLINE_SERVER_SERVICE_MEMBER_WRITE_H

#include "server/service/member_fields.h"

/* A new member, whose key is there, with the programme's points for joining; returns these. */
int64_t member_write_new(struct call *c, int64_t id, const struct member_fields *fields);
/* The fields that are given, of a member that is locked. */
void member_write_change(struct call *c, int64_t id, const struct member_fields *fields);
/* They agree to something or take it back, of rows of consent_newest; staff_id 0: by themselves. Refuses what cannot be. */
enum step member_write_consent(struct call *c, int64_t member_id, uint32_t kind, bool given, uint32_t text_version,
                               const struct rows *before);

/* The staff enter what somebody avoids with their agreement: where consent_newest does not say so (NULL: a new member), it is written down
 * as heard by them now. */
enum step member_hear_allergies(struct call *c, int64_t member_id, const struct member_fields *fields,
                                const struct rows *before);

/* Stages of forgetting a member: ask for the locks; then write. confirmed: that it is meant is known. */
struct member_erasing {
    int64_t id;
    uint32_t reason; /* EraseReason */
    struct rows *found, *accounts, *unsettled, *methods;
};
void member_erase_ask(struct call *c, struct member_erasing *e);
enum step member_erase_do(struct call *c, const struct member_erasing *e);

#endif
