/* The SQLite file of the Django shop, read and never written: each table whose name is known. Any column of it may hold anything, whatever
 * it was declared as. */
#include <sqlite3.h>
#include <string.h>

#include "common/base/text.h"
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

static enum dump_type type_of(sqlite3_stmt *row, int column)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        return DUMP_WHOLE;
    case SQLITE_FLOAT:
        return DUMP_FRACTION;
    case SQLITE_BLOB:
        return DUMP_BYTES;
    default:
        return DUMP_TEXT;
    }
}

/* Of the column that is called "id"; NULL: there is none, or it can be no key. */
static const char *pk_of(const struct reading *r, sqlite3_stmt *row)
{
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        if (sqlite3_stricmp(sqlite3_column_name(row, i), "id") != 0)
            continue;
        enum dump_type type = type_of(row, i); /* before the text is asked for, which may change it */
        struct bytes text = text_of(row, i);
        return dump_is_pk(type, text) ? arena_format(r->arena, "%.*s", (int)text.size, (const char *)text.data) : NULL;
    }
    return NULL;
}

static bool take_row(const struct reading *r, enum dump_kind kind, const char *table, sqlite3_stmt *row, size_t number)
{
    const char *pk = pk_of(r, row);

    if (pk == NULL) {
        *r->problem =
            arena_format(r->arena, "row %zu of %s has no id that is a whole number or a text of at most %d characters",
                         number, table, DUMP_PK_MAX);
        return false;
    }
    struct dump_record *record = dump_add(r->dump, r->arena, kind, pk);
    record->table = table;
    record->number = number;
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        enum dump_what what = dump_what_of(kind, sqlite3_column_name(row, i));
        enum dump_type type = type_of(row, i);

        if (what != WHAT_COUNT && sqlite3_column_type(row, i) != SQLITE_NULL)
            dump_put(record, what, type, text_of(row, i), r->arena);
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

        if (kind != DUMP_OTHER && text_check(text, DUMP_TABLE_MAX) != TEXT_OK) {
            *r->problem = arena_format(r->arena, "a table's name is no text of at most %d characters", DUMP_TABLE_MAX);
            taken = false;
        } else if (kind != DUMP_OTHER) {
            taken = take_table(r, kind, table);
        }
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

    /* What its schema calls is a stranger's. */
    if (code == SQLITE_OK)
        code = sqlite3_db_config(r.database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    bool taken = code == SQLITE_OK ? take_tables(&r) : failed(&r);

    sqlite3_close(r.database);
    return taken;
}
