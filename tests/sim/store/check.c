/* caroline-sim-check < COPY blocks: the checks that do not hold, judged by the simulated store. With --tables instead: the
 * tables, as blocks without rows. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/store/sim_store.h"

static void tell(void *user, const char *check, const char *row)
{
    (void)user;
    printf("%s: %s\n", check, row);
}

int main(int argc, char **argv)
{
    struct sim_database *database = sim_database_create();

    if (argc > 1 && strcmp(argv[1], "--tables") == 0)
        sim_database_export(database, stdout);
    else {
        sim_database_import(database, stdin);
        sim_database_check(database, 0, tell, NULL);
    }
    sim_database_destroy(database);
    return 0;
}
