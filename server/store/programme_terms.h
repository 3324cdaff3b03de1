/* The terms of a version of the points programme, out of rows. */
#ifndef CAROLINE_SERVER_STORE_PROGRAMME_TERMS_H
#define CAROLINE_SERVER_STORE_PROGRAMME_TERMS_H

#include "common/rules/catalogue.h"
#include "server/store/store.h"

/* Of catalogue_programme_terms or programme_put_terms: in the arena, their texts the rows'. */
struct programme_term *programme_terms_of(const struct rows *rows, int64_t version, struct arena *arena, size_t *count);

#endif
