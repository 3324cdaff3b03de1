/* What a member agreed to, from rows and into messages. */
#ifndef CAROLINE_SERVER_SERVICE_CONSENT_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_CONSENT_MESSAGE_H

#include "common/rules/consent.h"
#include "proto/consent.pb-c.h"
#include "server/call/call.h"

/* Of rows of consent_newest: how one kind stands; all zero where nothing was ever agreed to. *number: of its last entry. */
struct consent_state consent_state_of(const struct rows *rows, uint32_t kind, int64_t *number);
/* How all kinds there are stand. */
Caroline__V1__Consent **consents_standing(const struct rows *rows, struct arena *arena, size_t *count);
/* One of them. */
Caroline__V1__Consent *consent_standing(const struct rows *rows, uint32_t kind, struct arena *arena);
/* One entry, with its own text. */
Caroline__V1__Consent *consent_entry_of(const struct rows *rows, size_t row, struct arena *arena);

#endif
