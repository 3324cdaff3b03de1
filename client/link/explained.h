/* Pages of an explanation as the rules' rows, for paper and screens. */
#ifndef CAROLINE_LINK_EXPLAINED_H
#define CAROLINE_LINK_EXPLAINED_H

#include "common/base/arena.h"
#include "common/rules/explain.h"
#include "proto/explain.pb-c.h"

/* Behind those of the pages before; its arrays and texts in the arena. What a newer server tells that is not known here is a note. */
void explained_add(struct explanation *explanation, const Caroline__V1__SaleExplained *page, struct arena *arena);
/* "42 numbers: all add up", "42 numbers, 1 does not add up": in the arena. */
const char *explained_verdict(const struct explanation *explanation, struct arena *arena);

#endif
