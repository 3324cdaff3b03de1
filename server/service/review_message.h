/* Rows of reviews as messages. */
#ifndef CAROLINE_SERVER_SERVICE_REVIEW_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_REVIEW_MESSAGE_H

#include "proto/review.pb-c.h"
#include "server/call/call.h"

/* Of a row with id, rating and created_at; in the try's arena. Without its text. */
Caroline__V1__Review *review_message_of(struct call *c, const struct rows *rows, size_t row);
/* And with product_id, state, reason, changed_at and changed_by: how it stands, and since when by whom. */
void review_standing_tell(struct call *c, Caroline__V1__Review *review, const struct rows *rows, size_t row);
/* And with text and text_sealed, of this member: the text, opened where it is sealed. Returns whether it was. */
bool review_text_tell(struct call *c, Caroline__V1__Review *review, const struct rows *rows, size_t row,
                      int64_t member_id);

#endif
