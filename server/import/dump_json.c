/* `manage.py dumpdata`: a list of {"model", "pk", "fields"}, by jansson, which takes neither broken UTF-8, nor numbers beyond 64 bits, nor
 * the same name twice, nor what is nested deep. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "server/import/dump.h"

/* A scalar as it is written; false: it is none. A NULL of data: null. */
static bool scalar(const json_t *value, struct arena *arena, enum dump_type *type, struct bytes *text)
{
    *type = json_is_integer(value) ? DUMP_WHOLE : json_is_real(value) ? DUMP_FRACTION : DUMP_TEXT;
    switch (json_typeof(value)) {
    case JSON_STRING:
        *text = bytes_of(json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER:
        *text = bytes_of_text(arena_format(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
        return true;
    case JSON_REAL: {
        char *shown = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

        if (shown == NULL)
            return false;
        *text = bytes_of_text(arena_text(arena, shown));
        free(shown);
        return true;
    }
    case JSON_TRUE:
        *text = bytes_of_text("true");
        return true;
    case JSON_FALSE:
        *text = bytes_of_text("false");
        return true;
    case JSON_NULL:
        *text = bytes_of(NULL, 0);
        return true;
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return false;
}

static bool take_fields(struct dump_record *record, json_t *fields, struct arena *arena, const char **problem)
{
    const char *name;
    json_t *value;
    enum dump_type type;
    struct bytes text;

    json_object_foreach(fields, name, value)
    {
        enum dump_what what = dump_what_of(record->kind, name);

        if (what == WHAT_COUNT)
            continue;
        if (!scalar(value, arena, &type, &text)) {
            *problem = arena_format(arena, "%s %s (record %zu): %s is a list or an object, and should be one value",
                                    dump_kind_name(record->kind), record->pk, record->number, name);
            return false;
        }
        if (text.data != NULL)
            dump_put(record, what, type, text, arena);
    }
    return true;
}

static bool take_record(struct dump *dump, json_t *element, struct arena *arena, const char **problem)
{
    const json_t *model = json_object_get(element, "model"), *pk = json_object_get(element, "pk");
    json_t *fields = json_object_get(element, "fields");
    struct bytes text = { 0 };
    enum dump_type type;

    if (!json_is_string(model) || pk == NULL || !json_is_object(fields) || !scalar(pk, arena, &type, &text)) {
        *problem =
            arena_format(arena, "record %zu is no {\"model\", \"pk\", \"fields\"} as `manage.py dumpdata` writes them",
                         dump->count + 1);
        return false;
    }
    enum dump_kind kind = dump_kind_of(json_string_value(model));
    if (kind != DUMP_OTHER && (json_is_boolean(pk) || !dump_is_pk(type, text))) {
        *problem =
            arena_format(arena, "record %zu, a %s, has no pk that is a whole number or a text of at most %d characters",
                         dump->count + 1, dump_kind_name(kind), DUMP_PK_MAX);
        return false;
    }
    struct dump_record *record =
        dump_add(dump, arena, kind, arena_format(arena, "%.*s", (int)text.size, (const char *)text.data));
    return kind == DUMP_OTHER || take_fields(record, fields, arena, problem);
}

bool dump_read_json(struct bytes text, struct arena *arena, struct dump *dump, const char **problem)
{
    json_error_t error;
    json_t *list = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &error), *element;
    size_t at;
    bool taken = true;

    if (list == NULL) {
        *problem = arena_format(arena, "this is no JSON, line %d, column %d: %s", error.line, error.column, error.text);
        return false;
    }
    if (!json_is_array(list) || json_array_size(list) > DUMP_RECORDS_MAX) {
        *problem = json_is_array(list) ? arena_format(arena, "more than %d records", DUMP_RECORDS_MAX)
                                       : "this is no list, as `manage.py dumpdata` writes it";
        json_decref(list);
        return false;
    }
    json_array_foreach(list, at, element)
    {
        taken = taken && take_record(dump, element, arena, problem);
    }
    json_decref(list);
    return taken;
}
