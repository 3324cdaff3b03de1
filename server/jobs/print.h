/* What waits for the shop's network printers: a server takes a printer's queue, one at a time, and prints its papers in order.
 *
 *   due -> laid out -> dialled -> well? -> noted as begun -> sent -> printed, says the printer -> noted -> the next one
 *    |                    |                                    |
 *    turn: who dies       \-> no paper, off: tried again later \-> begun: printed again, and says so
 *
 * Each note is of who still has the turn: of two servers that have one printer in hand, because one stood still for longer than its
 * turn lasts, only one goes on. Nothing waits in place, and no sale for any of it. */
#ifndef CAROLINE_SERVER_JOBS_PRINT_H
#define CAROLINE_SERVER_JOBS_PRINT_H

#include "server/jobs/jobs.h"
#include "server/print/line.h"

struct printing;
/* It begins with what an earlier run has left. The lines live longer. */
struct printing *printing_create(const struct jobs_config *config, struct driver *driver, struct print_lines *lines);
/* Nothing new is begun. What is with a printer may come to its end until the lines are closed; else it is printed again by the next start. */
void printing_stop(struct printing *printing);
/* Stopped, the lines closed, the store closed, the driver gone. */
void printing_destroy(struct printing *printing);

#endif
