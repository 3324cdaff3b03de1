/* Records, whatever file they came from. */
#include "server/import/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"

struct dump_record *dump_add(struct dump *dump, struct arena *arena, enum dump_kind kind, const char *pk)
{
    if (dump->count == dump->capacity) {
        size_t capacity = dump->capacity == 0 ? 64 : dump->capacity * 2;
        struct dump_record *larger = arena_array(arena, capacity, sizeof *larger);

        if (dump->count > 0)
            memcpy(larger, dump->records, dump->count * sizeof *larger);
        dump->records = larger;
        dump->capacity = capacity;
    }
    dump->counts[kind]++;
    dump->records[dump->count] = (struct dump_record){ .kind = kind, .pk = pk, .number = dump->count + 1 };
    return &dump->records[dump->count++];
}

bool dump_is_pk(enum dump_type type, struct bytes text)
{
    return (type == DUMP_TEXT || type == DUMP_WHOLE) && text.size > 0 && text.size <= DUMP_PK_MAX &&
           text_check(text, DUMP_PK_MAX) == TEXT_OK;
}

/* The first of a record's fields that mean the same. A phone number that is kept as a fraction would be another number. */
void dump_put(struct dump_record *record, enum dump_what what, enum dump_type type, struct bytes text,
              struct arena *arena)
{
    const char *fault = NULL;

    if (record->texts[what] != NULL || record->fault != NULL)
        return;
    if (type == DUMP_BYTES)
        fault = "is bytes, and no text or number";
    else if (type == DUMP_FRACTION && what != WHAT_PRICE)
        fault = "is a number with a fraction, as only a price is";
    else if (text_check(text, DUMP_TEXT_MAX) != TEXT_OK)
        fault = "is no text: broken UTF-8, control characters, or too many characters";
    if (fault != NULL)
        record->fault = arena_format(arena, "its %s %s", dump_what_name(what), fault);
    else
        record->texts[what] = arena_format(arena, "%.*s", (int)text.size, (const char *)text.data);
}

const char *dump_place(const struct dump_record *record, struct arena *arena)
{
    return record->table == NULL ? arena_format(arena, "record %zu", record->number)
                                 : arena_format(arena, "row %zu of %s", record->number, record->table);
}

static int compare(const void *one, const void *other)
{
    const struct dump_record *a = *(const struct dump_record *const *)one,
                             *b = *(const struct dump_record *const *)other;

    return a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind) : strcmp(a->pk, b->pk);
}

bool dump_is_sound(const struct dump *dump, struct arena *arena, const char **problem)
{
    const struct dump_record **sorted = arena_array(arena, dump->count, sizeof(*sorted));
    size_t count = 0;

    for (size_t i = 0; i < dump->count; i++)
        if (dump->records[i].kind != DUMP_OTHER && dump->records[i].kind != DUMP_BASKET)
            sorted[count++] = &dump->records[i];
    if (count > 1)
        qsort(sorted, count, sizeof(*sorted), compare);
    for (size_t i = 1; i < count; i++)
        if (compare(&sorted[i - 1], &sorted[i]) == 0) {
            *problem = arena_format(arena, "%s %s is there twice: %s and %s", dump_kind_name(sorted[i]->kind),
                                    sorted[i]->pk, dump_place(sorted[i - 1], arena), dump_place(sorted[i], arena));
            return false;
        }
    return true;
}

static bool read_all(int file, struct arena *arena, struct bytes *text, const char **problem)
{
    struct stat status;
    size_t size = 0;

    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        *problem = "this is no file";
        return false;
    }
    if (status.st_size > DUMP_BYTES_MAX) {
        *problem = arena_format(arena, "the file is larger than %" PRId64 " MiB", DUMP_BYTES_MAX >> 20);
        return false;
    }
    uint8_t *bytes = arena_alloc(arena, (size_t)status.st_size + 1);
    while (size < (size_t)status.st_size) {
        ssize_t got = read(file, bytes + size, (size_t)status.st_size - size);

        if (got <= 0) {
            *problem = got == 0 ? "the file became shorter while it was read" : strerror(errno);
            return false;
        }
        size += (size_t)got;
    }
    *text = bytes_of(bytes, size);
    return true;
}

bool dump_read(const char *path, struct arena *arena, struct dump *dump, const char **problem)
{
    static const char sqlite[] = "SQLite format 3";
    struct bytes text;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *dump = (struct dump){ 0 };
    if (file < 0) {
        *problem = strerror(errno);
        return false;
    }
    bool read = read_all(file, arena, &text, problem);
    close(file);
    if (!read)
        return false;
    if (text.size > sizeof sqlite && memcmp(text.data, sqlite, sizeof sqlite) == 0)
        read = dump_read_sqlite(path, arena, dump, problem);
    else
        read = dump_read_json(text, arena, dump, problem);
    return read && dump_is_sound(dump, arena, problem);
}
