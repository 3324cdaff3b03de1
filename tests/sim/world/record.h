/* A record of a simulation, by which it can be repeated in another database:
 *
 *   first.sql, last.sql   the database before the first day and after the last, for psql
 *   commands              every command that was given: DEVICE OP COMMAND-ID BODY, the last two in hexadecimal
 *   commits               what was carried out or refused: SERIAL-OF-THE-COMMIT COMMAND-ID */
#ifndef CAROLINE_TESTS_SIM_RECORD_H
#define CAROLINE_TESTS_SIM_RECORD_H

#include <stdio.h>

#include "tests/sim/store/sim_store.h"

/* The file for the commands. */
FILE *record_begin(const char *directory, struct sim_database *database);
void record_end(const char *directory, struct sim_database *database, FILE *commands);

#endif
