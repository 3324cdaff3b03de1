/* A till's drawer and what its shift comes to, as messages. */
#ifndef CAROLINE_SERVER_SERVICE_SHIFT_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_SHIFT_MESSAGE_H

#include "common/rules/shift.h"
#include "proto/sale.pb-c.h"
#include "server/call/call.h"

/* Of this till, the drawer that the person of the session works with; shift_id, where it is not 0: that of this shift. */
struct rows *shift_state_ask(struct call *c, int64_t shift_id);
/* state: of sql_shift_state. NOT_A_TILL where the device has no drawer; else the answer, open or not. What should be in
 * the drawer is told only to who may close its shift: it is counted blind. */
enum step shift_answer(struct call *c, const struct rows *state);
bool shift_is_till(const struct rows *state);
/* NOT_A_TILL, SHIFT_NOT_OPEN, or STEP_NEXT. */
enum step shift_must_be_open(struct call *c, const struct rows *state);
/* Likewise, of one that the request names (0: none), and PERMISSION_DENIED where it is another person's and who asks may close
 * no shift. */
enum step shift_must_be_theirs(struct call *c, const struct rows *state, int64_t shift_id);
/* As a request names it; 0: it does not. What no id can be is that of no shift. */
int64_t shift_id_named(bool has, uint64_t shift_id);
/* Out of column name_sealed; "": nobody can read it, or it is the till's (0). In the try's arena. */
const char *shift_holder_name(struct call *c, int64_t holder_id, const struct rows *rows, size_t row);
/* NO_SECRET_WANTED, BAD_REASON, or STEP_NEXT: a reason can be read, and is no card's number. *reason: tidy, in the arena. */
enum step shift_reason(struct call *c, struct bytes given, struct bytes *reason);

/* The rows of a shift. Of an open one they are asked for in one stage, and summed in the next. */
struct shift_rows {
    struct rows *books, *tenders, *taxes, *options, *departments, *deposits, *received, *gift_cards;
    struct rows *sales, *moves; /* of an open one alone */
    struct rows *people;        /* NULL: not asked for */
};
void shift_rows_ask(struct call *c, int64_t shift_id, struct shift_rows *rows);
/* Who sold, too, and whose drawer it is: their names are read. */
void shift_rows_ask_people(struct call *c, int64_t shift_id, struct shift_rows *rows);
/* In the try's arena. AMOUNT_OVERFLOW, or STEP_NEXT. */
enum step shift_rows_sum(struct call *c, const struct shift_rows *rows, struct shift_z *z);
/* What is alike in an open shift's rows and in a Z's: all but its tenders, and who is named. In the arena. */
struct shift_books shift_rows_books(const struct shift_rows *rows, struct arena *arena);

/* Its lists folded to what a message holds. blind: without tenders, moves and what is expected. */
Caroline__V1__ShiftReported *shift_reported_of(const struct shift_z *all, bool blind, const struct shop *shop,
                                               struct instant now, struct arena *arena);

#endif
