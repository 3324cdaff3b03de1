/* The canonical bytes of a sale, read back. What is not in them (a line's name, its note) is looked up, or is not there. */
#ifndef CAROLINE_RULES_SALE_READ_H
#define CAROLINE_RULES_SALE_READ_H

#include "common/rules/sale.h"

/* Of layout 3 to 5 and series T or S: as sale_bytes() wrote it. Names and units are those of the catalogue that the sale
 * names, or of the newest where that one is forgotten; catalogue NULL: goods are called "" and counted in pieces, and means of
 * payment have no name. Texts are the bytes', or the catalogue's; arrays are in the arena. false: these are no such bytes. */
bool sale_read(struct bytes bytes, const struct catalogue *catalogue, struct arena *arena, struct sale_rows *sale,
               uint8_t command_id[16]);

/* The version itself where the catalogue still has it, else its newest. */
uint64_t sale_version_known(const struct catalogue *catalogue, uint64_t version);

#endif
