/* Acknowledged means there, exactly once; refused stays refused. */
#include "tests/sim/world/witness.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/op.h"
#include "common/wire/digest.h"
#include "common/wire/walker.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "tests/sim/world/till.h"

#define AT_ONCE 500 /* commands looked up by one statement */

/* FNV-1a, but of eight bytes at once: each answer is hashed twice. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint64_t word;

    for (; size >= sizeof word; at += sizeof word, size -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void say(struct witness *witness, const struct told *told, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say(struct witness *witness, const struct told *told, const char *format, ...)
{
    char what[300], sentence[400], id[COMMAND_ID_TEXT];
    va_list arguments;

    if (witness->silent)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (told)
        snprintf(sentence, sizeof sentence, "command %s (op %u of device %lld): %s", command_id_format(id, told->id),
                 told->op, (long long)told->device_id, what);
    else
        snprintf(sentence, sizeof sentence, "%s", what);
    witness->broken(witness->user, sentence);
}

static void print_hex(FILE *out, struct bytes bytes)
{
    fputc(' ', out);
    for (size_t i = 0; i < bytes.size; i++)
        fprintf(out, "%02x", bytes.data[i]);
}

static void record_line(FILE *out, const struct till *till, unsigned op, const uint8_t id[COMMAND_ID_SIZE],
                        struct bytes body)
{
    fprintf(out, "%lld %u", (long long)till->identity.device_id, op);
    print_hex(out, bytes_of(id, COMMAND_ID_SIZE));
    print_hex(out, body);
    fprintf(out, " %u\n", till->person);
}

static void record(FILE *out, const struct told *told, const ProtobufCMessage *message)
{
    struct arena *arena = arena_create(0);

    record_line(out, told->till, told->op, told->id, message_encode(message, arena));
    arena_destroy(arena);
}

/* What somebody has counted. */
static void note_counts(struct told *told, const Caroline__V1__ShiftClose *close)
{
    told->counted_minor = close->counted_minor;
    told->card_minor = -1;
    for (size_t i = 0; i < close->n_counts; i++)
        told->counted_minor += close->counts[i]->denomination_minor * close->counts[i]->pieces;
    for (size_t i = 0; i < close->n_vouchers; i++)
        if (close->vouchers[i]->tender_type_id == TENDER_TYPE_CARD)
            told->card_minor = close->vouchers[i]->counted_minor;
}

struct told *witness_give(struct witness *witness, struct till *till, int64_t device_id, unsigned op,
                          const ProtobufCMessage *message, const uint8_t id[COMMAND_ID_SIZE])
{
    struct told *told = calloc(1, sizeof *told);

    assert(told);
    told->till = till;
    told->device_id = device_id;
    told->op = op;
    told->person = till->person;
    memcpy(told->id, id, sizeof told->id);
    if (op == CAROLINE__V1__OP__OP_SHIFT_CLOSE)
        note_counts(told, (const Caroline__V1__ShiftClose *)message);
    HASH_ADD(hh, witness->commands, id, sizeof told->id, told);
    witness->given++;
    if (witness->record)
        record(witness->record, told, message);
    return told;
}

struct told *witness_find(struct witness *witness, const uint8_t id[COMMAND_ID_SIZE])
{
    struct told *told;

    HASH_FIND(hh, witness->commands, id, COMMAND_ID_SIZE, told);
    return told;
}

/* ---- hearing ---- */

static bool is_sale(const struct told *told)
{
    return told->op == CAROLINE__V1__OP__OP_SALE_RING_UP || told->op == CAROLINE__V1__OP__OP_SALE_REFUND ||
           told->op == CAROLINE__V1__OP__OP_SALE_REFUND_FREE;
}

static bool is_secret(const struct told *told)
{
    const struct client_op *op = client_op(told->op);

    return op != NULL && op->secret;
}

static uint64_t hash_of_error(const Caroline__V1__Error *error)
{
    uint64_t hash = hash_bytes(HASH_BEGIN, &error->code, sizeof error->code);

    return hash_bytes(hash, error->sentence.data, error->sentence.len);
}

static void note_receipt(struct witness *witness, struct told *told, const struct link_answer *answer)
{
    const Caroline__V1__SaleRungUp *sale = (const Caroline__V1__SaleRungUp *)answer->reply;
    struct told *other;

    snprintf(told->receipt, sizeof told->receipt, "%.*s", (int)sale->receipt_number.len,
             (const char *)sale->receipt_number.data);
    HASH_FIND(by_receipt, witness->receipts, told->receipt, strlen(told->receipt), other);
    if (other)
        say(witness, told, "receipt %s was printed for another command, too", told->receipt);
    else
        HASH_ADD(by_receipt, witness->receipts, receipt[0], (unsigned)strlen(told->receipt), told);
    witness->turnover_minor += sale->totals->total_minor;
    if (told->op == CAROLINE__V1__OP__OP_SALE_RING_UP)
        witness->sales++;
    else
        witness->refunds++;
}

/* The Z says what was counted, and of that what is too much or missing. */
static void compare_counts(struct witness *witness, const struct told *told, const struct link_answer *answer)
{
    const Caroline__V1__ShiftReported *z = (const Caroline__V1__ShiftReported *)answer->reply;
    int64_t card_minor = -1;

    if (z->counted_minor != told->counted_minor || z->difference_minor != z->counted_minor - z->expected_minor)
        say(witness, told, "%lld were counted, %lld expected, and the Z says %lld and %lld",
            (long long)told->counted_minor, (long long)z->expected_minor, (long long)z->counted_minor,
            (long long)z->difference_minor);
    for (size_t i = 0; i < z->n_tenders; i++) {
        const Caroline__V1__ShiftTender *tender = z->tenders[i];

        if (!tender->has_counted_minor)
            continue;
        if (tender->difference_minor != tender->counted_minor - tender->expected_minor)
            say(witness, told, "of means of payment %llu the Z's difference is none",
                (unsigned long long)tender->tender_type_id);
        if (tender->kind == CAROLINE__V1__TENDER_KIND__TENDER_CARD)
            card_minor = tender->counted_minor;
    }
    if (card_minor != told->card_minor)
        say(witness, told, "the card machine said %lld, and the Z says %lld", (long long)told->card_minor,
            (long long)card_minor);
}

void witness_hear(struct witness *witness, struct told *told, const struct link_answer *answer)
{
    enum heard heard = answer->outcome == LINK_OK ? HEARD_DONE : HEARD_REFUSED;
    uint64_t hash = answer->outcome == LINK_OK ? hash_bytes(HASH_BEGIN, answer->body.data, answer->body.size)
                    : answer->error            ? hash_of_error(answer->error)
                                               : 0;

    /* Its body was in memory alone, and the power went: the person is told to enter it again. It may have been done. */
    if (answer->outcome == LINK_FAILED && is_secret(told)) {
        told->unsure = true;
        return;
    }
    if (answer->outcome == LINK_FAILED)
        say(witness, told, "was given up: %s", answer->sentence);
    if (told->heard != HEARD_NOTHING) {
        witness->twice++;
        if (told->heard != heard || told->answer != hash)
            say(witness, told, "was answered a second time, and otherwise");
        return;
    }
    told->heard = heard;
    told->answer = hash;
    told->code = answer->code;
    if (answer->code == CAROLINE__V1__ERROR_CODE__FAULT)
        say(witness, told, "broke the server: %s", answer->sentence);
    if (heard == HEARD_REFUSED) {
        witness->refused++;
        witness->refusals++;
        return;
    }
    witness->done++;
    if (is_sale(told))
        note_receipt(witness, told, answer);
    if (told->op == CAROLINE__V1__OP__OP_SHIFT_CLOSE)
        compare_counts(witness, told, answer);
    witness->parked += told->op == CAROLINE__V1__OP__OP_BASKET_PARK;
    witness->resumed += told->op == CAROLINE__V1__OP__OP_BASKET_RESUME;
}

void witness_settled(struct witness *witness, const uint8_t id[COMMAND_ID_SIZE])
{
    struct told *told = witness_find(witness, id);

    if (told)
        told->settled = true;
}

/* ---- what tills sold by themselves ---- */

static uint64_t printed_key(const struct till *till, int64_t number)
{
    return (uint64_t)till->index << 48 | (uint64_t)number;
}

static struct printed *find_printed(const struct witness *witness, const struct till *till, int64_t number)
{
    uint64_t key = printed_key(till, number);
    struct printed *printed;

    HASH_FIND(hh, witness->printed, &key, sizeof key, printed);
    return printed;
}

void witness_print(struct witness *witness, struct till *till, int64_t number, int64_t total_minor, struct bytes record,
                   bool unsure)
{
    struct printed *printed = find_printed(witness, till, number);

    if (printed && !printed->unsure)
        say(witness, NULL, "receipt %uX-%06lld was printed twice", till->index, (long long)number);
    if (!printed) {
        printed = calloc(1, sizeof *printed);
        assert(printed);
        printed->key = printed_key(till, number);
        HASH_ADD(hh, witness->printed, key, sizeof printed->key, printed);
    }
    printed->till = till;
    printed->device_id = till->identity.device_id;
    printed->number = number;
    printed->total_minor = total_minor;
    printed->unsure = unsure;
    witness->torn += unsure;
    sha256(record, printed->record);
}

void witness_booked(struct witness *witness, struct till *till, const char *receipt)
{
    long long number = 0;
    unsigned of_till = 0;

    if (sscanf(receipt, "%uX-%lld", &of_till, &number) != 2 || of_till != till->index ||
        !find_printed(witness, till, number))
        say(witness, NULL, "till %u is told that %s is booked, which it has not printed", till->index, receipt);
}

void witness_record_bookings(struct witness *witness, struct till *till)
{
    size_t count;

    if (!witness->record)
        return;
    struct arena *arena = arena_create(0);
    const struct spooled *rows = spool_unanswered(till->spool, arena, &count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].op == CAROLINE__V1__OP__OP_SALE_OFFLINE)
            record_line(witness->record, till, rows[i].op, rows[i].id, rows[i].body);
    arena_destroy(arena);
}

static void forget_printed(struct witness *witness, struct printed *printed)
{
    HASH_DEL(witness->printed, printed);
    free(printed);
}

/* Their rows, those of them that are booked, in this order. */
static void look_up_printed(struct witness *witness, struct database *database, struct printed **batch, size_t count)
{
    struct errand errand;
    int64_t devices[AT_ONCE], numbers[AT_ONCE];
    size_t row = 0;

    for (size_t i = 0; i < count; i++) {
        devices[i] = batch[i]->device_id;
        numbers[i] = batch[i]->number;
    }
    errand_begin(&errand, database, TXN_READ);
    struct rows *rows =
        errand_ask(&errand, &sql_counter_booked, PARAMS(PARAM_INTS(devices, count), PARAM_INTS(numbers, count)));
    errand_run(&errand);
    for (size_t i = 0; i < count; i++) {
        struct printed *printed = batch[i];
        bool booked = row < rows_count(rows) && row_int(rows, row, "device_id") == printed->device_id &&
                      row_int(rows, row, "number") == printed->number;

        if (booked && memcmp(row_bytes(rows, row, "record").data, printed->record, sizeof printed->record) != 0)
            say(witness, NULL, "receipt %uX-%06lld is booked otherwise than it was printed", printed->till->index,
                (long long)printed->number);
        if (!booked && !printed->unsure)
            say(witness, NULL, "receipt %uX-%06lld was printed, and is not booked", printed->till->index,
                (long long)printed->number);
        if (booked) {
            row++;
            witness->sales++;
            witness->offline++;
            witness->turnover_minor += printed->total_minor;
        }
        forget_printed(witness, printed);
    }
    errand_commit(&errand);
}

static void audit_printed(struct witness *witness, struct database *database)
{
    struct printed *printed, *next, *batch[AT_ONCE];
    size_t count = 0;

    HASH_ITER (hh, witness->printed, printed, next) {
        if (!printed->till->away)
            batch[count++] = printed;
        if (count == AT_ONCE || (count > 0 && !next)) {
            look_up_printed(witness, database, batch, count);
            count = 0;
        }
    }
}

/* ---- the audit ---- */

/* Refusals at the door, before anything of the command is looked at: they are not kept. */
static bool is_kept(const struct told *told)
{
    return told->code != CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST &&
           told->code != CAROLINE__V1__ERROR_CODE__SESSION_LOCKED;
}

static void compare(struct witness *witness, const struct told *told, struct bytes kept, struct arena *arena)
{
    const Caroline__V1__Reply *reply = (const void *)message_decode(&caroline__v1__reply__descriptor, kept, arena);
    bool refused = reply && reply->error;
    uint64_t hash = !reply    ? 0
                    : refused ? hash_of_error(reply->error)
                              : hash_bytes(HASH_BEGIN, reply->body.data, reply->body.len);

    if (refused && told->heard == HEARD_DONE)
        say(witness, told, "was acknowledged, and is kept as refused");
    else if (!refused && told->heard == HEARD_REFUSED)
        say(witness, told, "was refused with code %u, and is kept as done", told->code);
    else if (hash != told->answer)
        say(witness, told, "has another answer in the database than the one that was heard");
}

static void look_up(struct witness *witness, struct database *database, struct told **batch, size_t count)
{
    struct errand errand;
    int64_t devices[AT_ONCE], positions[AT_ONCE];
    struct bytes ids[AT_ONCE];
    bool kept[AT_ONCE] = { false };

    for (size_t i = 0; i < count; i++) {
        devices[i] = batch[i]->device_id;
        ids[i] = bytes_of(batch[i]->id, COMMAND_ID_SIZE);
        positions[i] = (int64_t)i;
    }
    errand_begin(&errand, database, TXN_READ);
    struct rows *rows =
        errand_ask(&errand, &sql_group_commands,
                   PARAMS(PARAM_INTS(devices, count), PARAM_BYTESES(ids, count), PARAM_INTS(positions, count)));
    struct rows *sales = errand_ask(&errand, &sql_counter_done, PARAMS(PARAM_BYTESES(ids, count)));
    errand_run(&errand);
    for (size_t i = 0; i < rows_count(rows); i++) {
        size_t position = (size_t)row_int(rows, i, "position");

        if (kept[position])
            say(witness, batch[position], "is kept twice");
        kept[position] = true;
        if (batch[position]->withdrawn)
            say(witness, batch[position], "was taken back, and is there");
        /* Whose disk failed while it was given may have sent it, and have lost it behind that. */
        bool unheard = is_secret(batch[position]) || batch[position]->withdrawn || batch[position]->unsure;
        if (batch[position]->heard != HEARD_NOTHING || !unheard)
            compare(witness, batch[position], row_bytes(rows, i, "reply"), errand.arena);
    }
    for (size_t i = 0; i < rows_count(sales); i++) {
        struct told *told = witness_find(witness, row_bytes(sales, i, "command_id").data);

        if (told && told->heard != HEARD_DONE)
            say(witness, told, "has a sale, and was not acknowledged");
        if (told)
            told->sold = true;
    }
    for (size_t i = 0; i < count; i++) {
        if (batch[i]->heard == HEARD_DONE && !kept[i])
            say(witness, batch[i], "was acknowledged, and is not there");
        if (batch[i]->heard == HEARD_DONE && is_sale(batch[i]) && !batch[i]->sold)
            say(witness, batch[i], "was acknowledged, and its sale %s is not there", batch[i]->receipt);
        if (batch[i]->heard == HEARD_REFUSED && !kept[i] && is_kept(batch[i]))
            say(witness, batch[i], "was refused with code %u, and that is not kept", batch[i]->code);
    }
    errand_commit(&errand);
}

static void compare_sums(struct witness *witness, const struct database *database)
{
    uint64_t sales = sim_database_count(database->sim, "sale");
    int64_t turnover_minor = sim_database_sum(database->sim, "sale", "total_minor");

    if (sales != witness->sales + witness->refunds)
        say(witness, NULL, "%llu sales and refunds were acknowledged, and there are %llu",
            (unsigned long long)(witness->sales + witness->refunds), (unsigned long long)sales);
    if (turnover_minor != witness->turnover_minor)
        say(witness, NULL, "%lld were paid by what was acknowledged, and %lld are booked",
            (long long)witness->turnover_minor, (long long)turnover_minor);
    if (sim_database_count(database->sim, "parked_basket") != witness->parked - witness->resumed)
        say(witness, NULL, "%llu baskets were parked, %llu taken up, and %llu wait",
            (unsigned long long)witness->parked, (unsigned long long)witness->resumed,
            (unsigned long long)sim_database_count(database->sim, "parked_basket"));
}

static void on_wrong(void *user, const char *check, const char *row)
{
    const struct witness *witness = user;
    char sentence[700];

    snprintf(sentence, sizeof sentence, "db/checks/%s.sql does not hold: %s", check, row);
    witness->broken(witness->user, sentence);
}

/* Who gave it is cut off, and has heard nothing yet. */
static bool is_open(const struct told *told)
{
    return told->till->away && told->heard == HEARD_NOTHING && !told->withdrawn;
}

/* What was answered, too: the power may go before that is on the disk, and then it is asked once more: on the next day, or when its till is there
 * again. */
static bool may_come_again(const struct told *told)
{
    return told->till->away || told->audits < 2;
}

/* All but these. */
static void forget(struct witness *witness, bool (*kept)(const struct told *told))
{
    struct told *told, *next;

    HASH_CLEAR(by_receipt, witness->receipts);
    HASH_ITER (hh, witness->commands, told, next) {
        if (kept(told))
            continue;
        if (told->till->asked == told)
            told->till->asked = NULL;
        if (told->till->errand == told)
            told->till->errand = NULL;
        HASH_DEL(witness->commands, told);
        free(told);
    }
    witness->done = witness->refused = 0;
    witness->given = HASH_COUNT(witness->commands);
}

void witness_audit(struct witness *witness, struct database *database, bool all)
{
    struct told *told, *next, *batch[AT_ONCE];
    size_t count = 0, open = 0;

    HASH_ITER (hh, witness->commands, told, next) {
        if (is_open(told)) {
            open++;
        } else {
            told->audits++;
            if (told->heard == HEARD_NOTHING && !told->unsure && !told->withdrawn)
                say(witness, told, "was never answered");
            if (told->aside && told->heard == HEARD_REFUSED && !told->settled && !told->unsure && !told->till->away)
                say(witness, told, "was put aside and refused, and nothing came of it");
            if (told->owes && !told->unsure && !told->till->away)
                say(witness, told, "was given up, and its basket has not come");
            if (told->audits == 1)
                batch[count++] = told;
        }
        if (count == AT_ONCE || (count > 0 && !next)) {
            look_up(witness, database, batch, count);
            count = 0;
        }
    }
    audit_printed(witness, database);
    forget(witness, may_come_again);
    if (all && open == 0 && !witness->printed)
        compare_sums(witness, database);
    if (all)
        sim_database_check(database->sim, witness->helpers, on_wrong, witness);
}

static bool is_nothing(const struct told *told)
{
    (void)told;
    return false;
}

void witness_fini(struct witness *witness)
{
    struct printed *printed, *next;

    forget(witness, is_nothing);
    HASH_ITER (hh, witness->printed, printed, next)
        forget_printed(witness, printed);
}
