/* A sale that a till makes by itself: offline, from its own catalogue, under a number of its own X series; and the same
 * sale when it is booked afterwards. The paper is out: what was printed holds, what has changed meanwhile is listed. */
#ifndef CAROLINE_RULES_SALE_OFFLINE_H
#define CAROLINE_RULES_SALE_OFFLINE_H

#include "common/rules/sale.h"

/* ---- at the till ---- */

struct offline_till {
    int64_t device_id, shift_id; /* shift_id: open when the server was last heard of */
    uint32_t till_number;
    const struct catalogue *catalogue;
    const struct zone *zone;
    struct arena *arena;
};
/* command: aim, series and offline are set here. What takes a connection is refused: points that are spent, and what
 * another person would have to allow. A member is noted; neither their points nor the stock are known. */
enum sale_verdict sale_offline_sell(const struct sale_command *command, const struct offline_till *till,
                                    struct instant now, struct sale_rows *rows);

/* ---- at the server ---- */

struct offline_command {
    struct sale_command sale; /* as the till made it: number, staff_id, made, made_shift_id */
    struct sale_printed printed;
    int64_t next_number;        /* of the till's X series */
    int64_t brought_by;         /* who is signed in */
    uint32_t brought_limit_ppm; /* of what they may take off */
    int64_t brought_device_id;  /* that brings it out of the till's spool; 0: the till itself */
    bool card_unknown;          /* a member's card was noted, and nobody has it */
    int64_t card_ends;          /* that one's last four signs: member_card_ends() */
    uint8_t record[32];         /* SHA-256 of the till's record */
};
/* then: knows the version that the sale names; NULL, or one that does not: nobody does any more. set->catalogue is
 * today's. Refused is only what no till of ours prints: a number that is not the next, points that were spent, sums
 * that are none; and while no shift is open. Like sale_decide() in all else. */
enum sale_verdict sale_offline_decide(const struct offline_command *command, struct working_set *set,
                                      const struct catalogue *then, struct instant now, struct sale_rows *rows);

/* ---- out of the spool of a till that is dead ---- */

/* Is it a shift that the till had? Of the shifts in the set. */
bool sale_rescue_fits(const struct working_set *set, int64_t device_id, int64_t shift_id);
/* A ring-up that had no answer: whoever pressed the key had the money, and nobody waits at that till. It is priced with the
 * catalogue that it names, however old; its total is to be what that gives. command: aim, offline and over are set here. */
enum sale_verdict sale_rescue_decide(const struct sale_command *command, int64_t brought_device_id,
                                     const struct working_set *set, const struct catalogue *then, struct instant now,
                                     struct sale_rows *rows);

#endif
