/* A programme as a request has it, on top of one that is there. */
#ifndef CAROLINE_SERVER_SERVICE_PROGRAMME_DRAFT_H
#define CAROLINE_SERVER_SERVICE_PROGRAMME_DRAFT_H

#include "common/rules/programme.h"
#include "proto/catalogue.pb-c.h"
#include "server/call/call.h"

#define PROGRAMME_BODY_MAX 16384u /* of forty terms, all with their goods */

/* What it is to be, in the try's arena. before: NULL, it is made. Refused (BAD_FIELD, BAD_TERM): it cannot be. path: "programme.". */
enum step programme_draft(struct call *c, const char *path, const Caroline__V1__Programme *given,
                          const struct programme *before, struct programme *after);
/* The different categories, or goods, that its terms name: *ids in the try's arena. */
size_t programme_names(struct call *c, const struct programme *programme, bool categories, int64_t **ids);
/* As the journal has a term: "earn 1", and what it says. */
const char *programme_term_name(struct call *c, const struct programme_term *term);
const char *programme_term_text(struct call *c, const struct programme_term *term);

#endif
