/* Another till's spool: what it sold and could not send, booked once. */
#include "client/link/spool_file.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli.h"
#include "client/link/identity.h"
#include "client/link/op.h"
#include "common/base/number.h"
#include "common/rules/receipt_number.h"
#include "common/wire/walker.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"

#define OP(name)   CAROLINE__V1__OP__OP_##name
#define CODE(name) CAROLINE__V1__ERROR_CODE__##name

/* ---- whose it is ---- */

/* The device of that id, or till of that number where id is 0; NULL: *status, said why. */
static const Caroline__V1__Device *find_till(struct cli *c, int64_t id, uint32_t number, int *status)
{
    Caroline__V1__DeviceList request = CAROLINE__V1__DEVICE_LIST__INIT;

    for (bool more = true; more;) {
        const Caroline__V1__DeviceListed *listed = (const void *)call_server(c, OP(DEVICE_LIST), &request.base, status);
        if (!listed)
            return NULL;
        for (size_t i = 0; i < listed->n_devices; i++) {
            const Caroline__V1__Device *device = listed->devices[i];

            if (id != 0 ? device->id == (uint64_t)id : device->has_till_number && device->till_number == number)
                return device;
            request.has_after_id = true;
            request.after_id = device->id;
        }
        more = listed->more && listed->n_devices > 0;
    }
    *status = id != 0 ? complain(EXIT_REFUSED, "the file is of a device that this shop does not know")
                      : complain(EXIT_REFUSED, "this shop has no till %" PRIu32, number);
    return NULL;
}

/* The file says it, or whoever brings a file of an older program. */
static const Caroline__V1__Device *till_of(struct cli *c, const struct spool_contents *contents, int *status)
{
    const char *given = option_value(c, "till");
    uint64_t number = 0;

    if (given && (!whole_number(given, UINT32_MAX, &number) || number == 0)) {
        *status = usage(c, "--till wants a till's number, not '%s'", given);
        return NULL;
    }
    if (!given && contents->device_id == 0) {
        *status = complain(EXIT_REFUSED, "the file does not say whose it is: name the till by --till N");
        return NULL;
    }
    const Caroline__V1__Device *till = find_till(c, contents->device_id, (uint32_t)number, status);
    if (till && given && till->till_number != number) {
        *status = complain(EXIT_REFUSED, "the file is of till %" PRIu32 ", not of till %s", till->till_number, given);
        return NULL;
    }
    return till;
}

/* ---- sending ---- */

struct errand {
    struct cli *c;
    const struct spool_contents *contents;
    const Caroline__V1__Device *till;
    size_t booked, before, left;
};

struct sold {
    int64_t total_minor;
    const char *number; /* as printed; "" of a ring-up */
};

/* What a person knows it by. */
static struct sold sold_of(const struct errand *e, const struct spool_sale *sale)
{
    struct arena *arena = e->c->arena;
    struct sold sold = { .number = "" };

    if (sale->op == OP(SALE_OFFLINE)) {
        const Caroline__V1__SaleOffline *message =
            (const void *)message_decode(&caroline__v1__sale_offline__descriptor, sale->body, arena);
        struct receipt_number number = { .till = e->till->till_number, .series = 'X', .number = sale->number };

        sold.number = receipt_number_format(arena_alloc(arena, RECEIPT_NUMBER_TEXT), number);
        sold.total_minor = message == NULL ? 0 : message->total_minor;
    } else {
        const Caroline__V1__SaleRingUp *message =
            (const void *)message_decode(&caroline__v1__sale_ring_up__descriptor, sale->body, arena);

        sold.total_minor = message == NULL ? 0 : message->total_minor;
    }
    return sold;
}

static void print_row(const struct errand *e, const char *number, unsigned op_number, int64_t made_us,
                      int64_t total_minor, const char *outcome, const char *sentence)
{
    const struct client_op *op = client_op(op_number);
    char total[NUMBER_TEXT];

    if (e->c->json) {
        json_t *row = json_pack("{s:s, s:s, s:I, s:I, s:s, s:s}", "receipt_number", number, "op",
                                op == NULL ? "" : op->name, "made_us", (json_int_t)made_us, "total_minor",
                                (json_int_t)total_minor, "outcome", outcome, "sentence", sentence);
        char *line = json_dumps(row, JSON_COMPACT | JSON_PRESERVE_ORDER);

        puts(line);
        free(line);
        json_decref(row);
        return;
    }
    printf("%-12s %s %10s  %s%s%s\n", number, time_of(e->c, made_us),
           minor_format(total, total_minor, currency_exponent(e->c)), outcome, sentence[0] != '\0' ? ": " : "",
           sentence);
}

static void print_sale(const struct errand *e, const struct spool_sale *sale, const char *number, const char *outcome,
                       const char *sentence)
{
    struct sold sold = sold_of(e, sale);

    print_row(e, number == NULL ? sold.number : number, sale->op, sale->made_us, sold.total_minor, outcome, sentence);
}

/* false: what comes behind it cannot be booked either. */
static bool send_sale(struct errand *e, const struct spool_sale *sale, int *status)
{
    struct cli *c = e->c;
    Caroline__V1__SaleRescue request = CAROLINE__V1__SALE_RESCUE__INIT;

    request.has_device_id = request.has_command_id = request.has_op = request.has_body = true;
    request.device_id = e->till->id;
    request.command_id = (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)sale->id, .len = COMMAND_ID_SIZE };
    request.op = sale->op;
    request.body = (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)sale->body.data, .len = sale->body.size };
    const struct link_answer *answer = wait_call(c->waiter, OP(SALE_RESCUE), &request.base, c->timeout_ms, c->arena);

    if (answer->outcome == LINK_OK) {
        const Caroline__V1__SaleRescued *done = (const void *)answer->reply;
        bool noted = done->n_exceptions > 1; /* one says who brought it */

        e->booked++;
        print_sale(e, sale, text_of(c, done->receipt_number), "booked", noted ? "something has changed since" : "");
        return true;
    }
    if (answer->outcome == LINK_REFUSED && answer->code == CODE(COMMAND_DONE)) {
        e->before++;
        print_sale(e, sale, NULL, "there already", answer->sentence);
        return true;
    }
    e->left++;
    print_sale(e, sale, NULL, "not booked", answer->sentence);
    *status = answer->outcome == LINK_REFUSED ? EXIT_REFUSED : EXIT_AWAY;
    /* The numbers behind one that is missing wait for it; a ring-up waits for nobody. */
    return answer->outcome == LINK_REFUSED && sale->op == OP(SALE_RING_UP);
}

static int send_all(struct errand *e)
{
    const struct spool_contents *contents = e->contents;
    int status = EXIT_DONE;
    bool numbers = true;

    for (size_t i = 0; i < contents->sale_count && status != EXIT_AWAY; i++) {
        const struct spool_sale *sale = &contents->sales[i];

        if (numbers || sale->op != OP(SALE_OFFLINE)) {
            numbers = send_sale(e, sale, &status) && numbers;
        } else {
            e->left++;
            print_sale(e, sale, NULL, "not booked", "it waits for the number before it");
        }
    }
    return status;
}

/* What only the till itself would send, and nobody knows what became of it. */
static void print_others(const struct errand *e)
{
    for (size_t i = 0; i < e->contents->other_count; i++) {
        const struct spooled *other = &e->contents->others[i];
        const struct client_op *op = client_op(other->op);

        print_row(e, "", other->op, other->made_us, 0, "left alone",
                  arena_format(e->c->arena, "%s had no answer: see whether it was done, and do it by hand",
                               op == NULL ? "a command" : op->name));
    }
}

static int dry_run(const struct errand *e)
{
    for (size_t i = 0; i < e->contents->sale_count; i++)
        print_sale(e, &e->contents->sales[i], NULL, "to be sent", "");
    print_others(e);
    if (e->contents->sale_count + e->contents->other_count == 0 && !e->c->json)
        puts("nothing waits in it: all that this till sold was booked");
    return EXIT_DONE;
}

static void print_sum(const struct errand *e)
{
    if (e->c->json)
        return;
    printf("till %" PRIu32 ": %zu booked, %zu there already, %zu not booked", e->till->till_number, e->booked,
           e->before, e->left);
    if (e->contents->newest_number > 0)
        printf("; the newest number that it gave is %" PRId64 ": compare it with the last receipt",
               e->contents->newest_number);
    puts(e->left + e->contents->other_count == 0 ? "\nThe file is as it was; it may name members' cards: delete it"
                                                 : "");
}

int verb_spool_send(struct cli *c)
{
    bool dry = option_given(c, "dry-run"), as_it_is = option_given(c, "as-it-is");
    struct spool_contents contents;
    const char *problem;
    int status;

    if (c->word_count != 1)
        return usage(c, "name the file: the till's spool.db, with spool.db-wal beside it where there is one");
    if (!spool_read(c->words[0], c->identity->spool_path, c->identity->directory, c->arena, &contents, &problem))
        return complain(EXIT_REFUSED, "%s", problem);
    if (contents.torn && !as_it_is)
        return complain(EXIT_REFUSED,
                        "what was written last into %s-wal is not whole: copy it once more; if the till has no better, "
                        "--as-it-is books what can be read",
                        c->words[0]);
    const Caroline__V1__Device *till = till_of(c, &contents, &status);
    if (!till)
        return status;
    if (!options_all_used(c))
        return EXIT_USAGE;
    struct errand errand = { .c = c, .contents = &contents, .till = till };
    if (dry)
        return dry_run(&errand);
    status = send_all(&errand);
    print_others(&errand);
    print_sum(&errand);
    return status == EXIT_DONE && contents.other_count > 0 ? EXIT_REFUSED : status;
}
