/* What the Django shop before this one wrote down: the list of `manage.py dumpdata`, or its SQLite file, as records whose fields are
 * texts. Everything about it is a stranger's: bounded, well-formed, or refused as a whole, with a sentence. */
#ifndef CAROLINE_SERVER_IMPORT_DUMP_H
#define CAROLINE_SERVER_IMPORT_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

#define DUMP_BYTES_MAX   (INT64_C(64) << 20)
#define DUMP_RECORDS_MAX 1000000
#define DUMP_TEXT_MAX    4000 /* characters of a field that is looked at */
#define DUMP_PK_MAX      64
#define DUMP_TABLE_MAX   64 /* characters of a table's name */

/* Of which table; what is not named is OTHER. */
enum dump_kind {
    DUMP_OTHER,
    DUMP_USER,
    DUMP_PRODUCT,
    DUMP_CATEGORY,
    DUMP_COUPON,
    DUMP_USER_COUPON,
    DUMP_PURCHASE,
    DUMP_PAYMENT,
    DUMP_REVIEW,
    DUMP_BASKET,
    DUMP_KINDS
};
/* What is looked at of them. */
enum dump_what {
    WHAT_NAME,
    WHAT_FIRST_NAME,
    WHAT_LAST_NAME,
    WHAT_USER_NAME,
    WHAT_EMAIL,
    WHAT_PHONE,
    WHAT_BIRTHDAY,
    WHAT_PASSWORD,
    WHAT_POINTS,
    WHAT_STAFF,
    WHAT_SUPERUSER,
    WHAT_ACTIVE,
    WHAT_PRICE,
    WHAT_CATEGORY,
    WHAT_SKU,
    WHAT_USER, /* of a purchase: whose */
    WHAT_COUNT
};

/* As what the file keeps a value: SQLite has any of them in any column. */
enum dump_type { DUMP_TEXT, DUMP_WHOLE, DUMP_FRACTION, DUMP_BYTES };

struct dump_record {
    enum dump_kind kind;
    const char *pk;
    const char *table;             /* NULL: of a list */
    size_t number;                 /* its place in the list, or in its table, from 1 */
    const char *texts[WHAT_COUNT]; /* NULL: it has none; numbers and booleans as they are written */
    const char *fault;             /* a value of it that cannot be, as a sentence; NULL: none */
};

/* In the arena. */
struct dump {
    struct dump_record *records;
    size_t count, capacity;
    size_t counts[DUMP_KINDS];
};

/* By how the file begins. false: *problem, a sentence for a person, in the arena. */
bool dump_read(const char *path, struct arena *arena, struct dump *dump, const char **problem);
bool dump_read_json(struct bytes text, struct arena *arena, struct dump *dump, const char **problem);
bool dump_read_sqlite(const char *path, struct arena *arena, struct dump *dump, const char **problem);

/* dump_map.c: which models and fields these are, by any of the names that such shops gave them. */
enum dump_kind dump_kind_of(const char *model);
/* WHAT_COUNT: nothing that is looked at. */
enum dump_what dump_what_of(enum dump_kind kind, const char *field);
const char *dump_kind_name(enum dump_kind kind);
const char *dump_what_name(enum dump_what what);
/* "record 3", "row 3 of cookies_user": in the arena. */
const char *dump_place(const struct dump_record *record, struct arena *arena);

/* For the readers: is it a key, a whole number or a text of some length? A record more; a value of it, which has a fault unless it is
 * well-formed and what its field may be. */
bool dump_is_pk(enum dump_type type, struct bytes text);
struct dump_record *dump_add(struct dump *dump, struct arena *arena, enum dump_kind kind, const char *pk);
void dump_put(struct dump_record *record, enum dump_what what, enum dump_type type, struct bytes text,
              struct arena *arena);
/* Behind all: no two of a kind have the same pk. */
bool dump_is_sound(const struct dump *dump, struct arena *arena, const char **problem);

#endif
