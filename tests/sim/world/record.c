/* The files of a record. */
#include "tests/sim/world/record.h"

#include <stdlib.h>

#include "tests/sim/store/sim_inner.h"

static FILE *file_of(const char *directory, const char *name)
{
    char path[400];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(2);
    }
    return file;
}

static void export(const char *directory, const char *name, struct sim_database *database)
{
    FILE *file = file_of(directory, name);

    sim_database_export(database, file);
    fclose(file);
}

static void print_commit(FILE *file, const struct sim_version *version)
{
    struct bytes id = sim_blob_view(version->cells[COMMAND_COMMAND_ID].b);

    fprintf(file, "%llu ", (unsigned long long)version->serial);
    for (size_t i = 0; i < id.size; i++)
        fprintf(file, "%02x", id.data[i]);
    fputc('\n', file);
}

FILE *record_begin(const char *directory, struct sim_database *database)
{
    export(directory, "first.sql", database);
    return file_of(directory, "commands");
}

void record_end(const char *directory, struct sim_database *database, FILE *commands)
{
    const struct sim_table *table = &database->tables[SIM_COMMAND];
    FILE *file = file_of(directory, "commits");

    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i]->newest)
            print_commit(file, table->rows[i]->newest);
    fclose(file);
    fclose(commands);
    export(directory, "last.sql", database);
}
