/* The SQLite file of the Django shop, read and never written: each table whose name is known. */
#include <sqlite3.h>
#include <string.h>

#include "server/import/dump.h"

struct reading {
    sqlite3 *database;
    struct arena *arena;
    struct dump *dump;
    const char **problem;
};

static bool failed(const struct reading *r)
{
    *r->problem = arena_format(r->arena, "the SQLite file could not be read: %s", sqlite3_errmsg(r->database));
    return false;
}

static struct bytes text_of(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);

    return bytes_of(text, text == NULL ? 0 : (size_t)sqlite3_column_bytes(row, column));
}

static bool take_row(const struct reading *r, enum dump_kind kind, const char *table, sqlite3_stmt *row, size_t number)
{
    const char *pk = NULL;

    for (int i = 0; i < sqlite3_column_count(row) && pk == NULL; i++)
        if (sqlite3_stricmp(sqlite3_column_name(row, i), "id") == 0 && sqlite3_column_text(row, i) != NULL)
            pk = arena_format(r->arena, "%s", (const char *)sqlite3_column_text(row, i));
    if (pk == NULL || pk[0] == '\0' || strlen(pk) > DUMP_PK_MAX) {
        *r->problem = arena_format(r->arena, "table %.60s, row %zu has no id, or one of more than %d characters", table,
                                   number, DUMP_PK_MAX);
        return false;
    }
    struct dump_record *record = dump_add(r->dump, r->arena, kind, pk);
    record->number = number;
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        enum dump_what what = dump_what_of(kind, sqlite3_column_name(row, i));

        if (what == WHAT_COUNT || sqlite3_column_type(row, i) == SQLITE_NULL)
            continue;
        if (!dump_put(record, what, text_of(row, i), r->arena, r->problem))
            return false;
    }
    return true;
}

static bool take_table(const struct reading *r, enum dump_kind kind, const char *table)
{
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
    sqlite3_stmt *rows = NULL;
    size_t number = 0;
    bool taken = true;
    int code = sql == NULL ? SQLITE_NOMEM : sqlite3_prepare_v2(r->database, sql, -1, &rows, NULL);

    sqlite3_free(sql);
    if (code != SQLITE_OK)
        return failed(r);
    while (taken && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        if (r->dump->count >= DUMP_RECORDS_MAX) {
            *r->problem = arena_format(r->arena, "more than %d records", DUMP_RECORDS_MAX);
            taken = false;
        } else {
            taken = take_row(r, kind, table, rows, ++number);
        }
    }
    if (taken && code != SQLITE_DONE)
        taken = failed(r);
    sqlite3_finalize(rows);
    return taken;
}

static bool take_tables(const struct reading *r)
{
    sqlite3_stmt *names = NULL;
    bool taken = true;
    int code = sqlite3_prepare_v2(r->database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", -1,
                                  &names, NULL);

    if (code != SQLITE_OK)
        return failed(r);
    while (taken && (code = sqlite3_step(names)) == SQLITE_ROW) {
        struct bytes text = text_of(names, 0);
        const char *table = arena_format(r->arena, "%.*s", (int)text.size, (const char *)text.data);
        enum dump_kind kind = dump_kind_of(table);

        if (kind != DUMP_OTHER)
            taken = take_table(r, kind, table);
    }
    if (taken && code != SQLITE_DONE)
        taken = failed(r);
    sqlite3_finalize(names);
    return taken;
}

bool dump_read_sqlite(const char *path, struct arena *arena, struct dump *dump, const char **problem)
{
    struct reading r = { .arena = arena, .dump = dump, .problem = problem };
    int code = sqlite3_open_v2(path, &r.database, SQLITE_OPEN_READONLY, NULL);
    bool taken = code == SQLITE_OK ? take_tables(&r) : failed(&r);

    sqlite3_close(r.database);
    return taken;
}
