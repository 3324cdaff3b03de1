/* Drafts of products into rows, a statement a table; and into the journal. */
#ifndef CAROLINE_SERVER_SERVICE_PRODUCT_WRITE_H
#define CAROLINE_SERVER_SERVICE_PRODUCT_WRITE_H

#include "server/service/product_draft.h"

/* Behind catalogue_raise(): what changes belongs to the new version. */
void products_write(struct call *c, const struct draft *drafts, size_t count);
/* product_journal.c: what was, and what is. Where that is too much for one entry, texts are only named: the versions hold them. */
void products_journal(struct call *c, const struct draft *drafts, size_t count);

#endif
