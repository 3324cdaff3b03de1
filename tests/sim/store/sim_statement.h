/* What the statements of the simulated store are written with. A statement is a function; what keeps it from going on
 * (another's lock, a constraint) leaves it from inside these calls, and undoes it. After a lock it is begun anew with
 * its first snapshot, and takes the newest version of the rows that it locks, as READ COMMITTED does. */
#ifndef CAROLINE_TESTS_SIM_STORE_SIM_STATEMENT_H
#define CAROLINE_TESTS_SIM_STORE_SIM_STATEMENT_H

#include "db/queries.h"
#include "tests/sim/store/sim_table.h"

struct sim_exec;
typedef void sim_statement_fn(struct sim_exec *x);

/* columns: names of the answer, each followed by its kind: nothing an integer, ? a boolean, @ an instant, # a day, $ text
 * or bytes, [ an array of text. */
struct sim_statement {
    const struct statement *statement;
    sim_statement_fn *carry_out;
    const char *columns;
};
/* One list a room, each ended by one without a statement. */
extern const struct sim_statement sim_call_statements[], sim_catalogue_statements[], sim_product_statements[],
    sim_put_statements[], sim_counter_statements[], sim_counter_store_statements[], sim_original_statements[],
    sim_sale_statements[], sim_shift_statements[], sim_shift_sums_statements[], sim_shift_z_statements[],
    sim_session_statements[], sim_staff_statements[], sim_device_statements[], sim_member_statements[],
    sim_init_statements[], sim_sweep_statements[], sim_basket_statements[], sim_void_statements[],
    sim_retender_statements[], sim_invoice_statements[], sim_training_statements[], sim_account_statements[],
    sim_gift_card_statements[], sim_member_merge_statements[], sim_coupon_statements[], sim_programme_statements[],
    sim_points_statements[], sim_privacy_statements[], sim_kiosk_statements[], sim_review_statements[],
    sim_explain_statements[], sim_attach_statements[], sim_django_statements[], sim_payment_statements[],
    sim_payment_job_statements[], sim_printer_statements[];

/* ---- parameters: $1 is 1 ---- */

int64_t sim_int(struct sim_exec *x, int param); /* of any number; SIM_NULL */
int64_t sim_int_at(struct sim_exec *x, int param, size_t i);
struct bytes sim_bytes(struct sim_exec *x, int param); /* data NULL for null */
struct bytes sim_bytes_at(struct sim_exec *x, int param, size_t i);
size_t sim_count(struct sim_exec *x, int param); /* of an array's elements */
/* The first byte of a text: a "char". */
int64_t sim_letter(struct sim_exec *x, int param);
/* A blob that lives as long as the statement; NULL for null. */
struct sim_blob *sim_blob(struct sim_exec *x, struct bytes bytes);
struct sim_blob *sim_text(struct sim_exec *x, const char *text);
struct instant sim_now(struct sim_exec *x);

/* ---- looking up ---- */

#define I(v) ((union sim_cell){ .i = (v) })
#define B(v) ((union sim_cell){ .b = (v) })
#define KEY(...)                                                                                                       \
    ((const union sim_cell[]){ __VA_ARGS__ }),                                                                         \
        (int)(sizeof((const union sim_cell[]){ __VA_ARGS__ }) / sizeof(union sim_cell))
#define NO_KEY NULL, 0

struct sim_hit {
    struct sim_row *row;     /* NULL: none */
    const union sim_cell *c; /* what the statement sees of it */
};
/* The row of a whole key, or the first of several. */
struct sim_hit sim_find(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key, int count);

/* for (struct sim_scan s = sim_scan(x, ...); sim_next(&s);) s.hit. Nothing may be inserted into the table meanwhile. */
struct sim_scan {
    struct sim_exec *x;
    enum sim_table_id table;
    int index; /* -1: all rows */
    const union sim_cell *key;
    int count;
    struct sim_group *group;
    size_t at;
    bool down;
    int64_t least, most; /* of the order */
    struct sim_hit hit;
};
/* Of a key without the order, in the order's; with it, those of this order. The key must live as long as the scan. */
struct sim_scan sim_scan(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key, int count);
/* Those whose order is within these, upwards or downwards. */
struct sim_scan sim_range(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key, int count,
                          int64_t least, int64_t most, bool down);
/* The least behind that one. Behind the last of all there is none; no row has that. */
static inline int64_t sim_behind(int64_t last)
{
    return last == INT64_MAX ? last : last + 1;
}
struct sim_scan sim_all(struct sim_exec *x, enum sim_table_id table);
bool sim_next(struct sim_scan *scan);
/* Any key, whatever the snapshot: what INSERT ... ON CONFLICT meets. Waits for who is about to write it. */
struct sim_hit sim_conflict(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key,
                            int count);

/* Hits gathered to be sorted; lives as long as the statement. */
struct sim_hits {
    struct sim_hit *hits;
    size_t count, capacity;
};
void sim_gather(struct sim_exec *x, struct sim_hits *hits, struct sim_hit hit);
/* By these columns, numbers or blobs (as bytes); a column c downwards is SIM_DOWN(c). At most three: -1 ends them before. */
#define SIM_DOWN(column) (-2 - (column)) /* and back: its own inverse */
void sim_sort(struct sim_hits *hits, enum sim_table_id table, int first, int second, int third);
/* The distinct numbers of an array, ascending: ids are locked in their order. SIM_NULL is left out. */
const int64_t *sim_sorted(struct sim_exec *x, const int64_t *numbers, size_t count, size_t *distinct);
const int64_t *sim_sorted_param(struct sim_exec *x, int param, size_t *distinct);
/* Memory that lives as long as the transaction. */
void *sim_memory(struct sim_exec *x, size_t count, size_t size);

/* The row with the greatest order of a key, up to this. */
struct sim_hit sim_newest(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key, int count,
                          int64_t most);
/* Behind catalogue_raise: the version that it made. */
int64_t sim_greatest_version(struct sim_exec *x);
int64_t sim_or_zero(union sim_cell number);                 /* coalesce(number, 0) */
int64_t sim_plus(struct sim_exec *x, int64_t a, int64_t b); /* past a bigint's range it fails */

/* ---- changing ---- */

/* FOR NO KEY UPDATE, FOR SHARE. hit becomes the newest version; false: the row is gone. */
bool sim_lock(struct sim_exec *x, struct sim_hit *hit);
bool sim_lock_free(struct sim_exec *x, struct sim_hit *hit); /* SKIP LOCKED: false, too, where it would have to wait */
bool sim_lock_shared(struct sim_exec *x, struct sim_hit *hit);
void sim_lock_number(struct sim_exec *x, int64_t space, int64_t number); /* space SIM_NULL: of one number */

/* What a column gets: a parameter (an array's i-th element), or with param 0 the value or the blob. */
struct sim_put {
    int column;
    int param;
    int64_t value;
    struct sim_blob *blob;
};
#define FROM(c, p)                                                                                                     \
    {                                                                                                                  \
        .column = (c), .param = (p)                                                                                    \
    }
#define VALUE(c, v)                                                                                                    \
    {                                                                                                                  \
        .column = (c), .value = (v)                                                                                    \
    }
#define BLOB(c, b)                                                                                                     \
    {                                                                                                                  \
        .column = (c), .blob = (b)                                                                                     \
    }
#define PUTS(...)                                                                                                      \
    ((const struct sim_put[]){ __VA_ARGS__ }),                                                                         \
        (sizeof((const struct sim_put[]){ __VA_ARGS__ }) / sizeof(struct sim_put))
/* One row from parameters that are no arrays, or the i-th elements of those that are; the other columns get their
 * defaults. */
void sim_insert(struct sim_exec *x, enum sim_table_id table, size_t i, const struct sim_put *puts, size_t count);
/* What INSERT ... ON CONFLICT does before it looks for one: the row's values must be good even if it is not inserted. */
void sim_propose(struct sim_exec *x, enum sim_table_id table, size_t i, const struct sim_put *puts, size_t count);
/* unnest(): a row for each element of the arrays. */
void sim_insert_all(struct sim_exec *x, enum sim_table_id table, const struct sim_put *puts, size_t count);
/* Locks first; false: the row is gone. hit becomes what it is now. */
bool sim_update(struct sim_exec *x, struct sim_hit *hit, size_t i, const struct sim_put *puts, size_t count);
bool sim_delete(struct sim_exec *x, struct sim_hit *hit);
void sim_notify(struct sim_exec *x, const char *payload);

/* ---- answering ---- */

/* A row of the answer, a cell for each column. */
void sim_emit(struct sim_exec *x, const union sim_cell *cells, int count);
/* A row of these columns of a hit; without one, of nulls. */
void sim_emit_columns(struct sim_exec *x, const union sim_cell *row, enum sim_table_id table, const int *columns,
                      int count);
#define COLUMNS(...) ((const int[]){ __VA_ARGS__ }), (int)(sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))
/* The terms of a programme's version. */
#define SIM_TERM_ANSWER                                                                                                \
    "version kind number name$ gives value cost tier goods weekdays from_minute until_minute category_id product_id"
void sim_emit_terms(struct sim_exec *x, union sim_cell version);
void sim_emit_terms_of(struct sim_exec *x, union sim_cell version, bool rewards);
/* The cell as a text array's elements, to be compared or sorted: an array as PostgreSQL sends it. */
struct sim_blob *sim_text_array(struct sim_exec *x, const struct bytes *texts, size_t count);

#endif
