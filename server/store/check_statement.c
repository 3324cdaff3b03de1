/* An invariant as a statement: its first wrong row, as text. */
#include "server/store/check_statement.h"

const struct statement *check_statement(struct arena *arena, const struct script *check)
{
    struct statement *statement = arena_alloc(arena, sizeof *statement);

    *statement = (struct statement){
        .name = check->name,
        .sql = arena_format(arena,
                            "WITH wrong AS MATERIALIZED (\n%s\n) "
                            "SELECT left((SELECT string_agg(f.key || '=' || coalesce(f.value, 'null'), ' ' ORDER BY "
                            "f.place) FROM json_each_text(row_to_json(wrong)) WITH ORDINALITY AS f (key, value, "
                            "place)), %d) AS first_row FROM wrong LIMIT 1",
                            check->sql, CHECK_ROW_MAX),
        .index = -1,
    };
    return statement;
}
