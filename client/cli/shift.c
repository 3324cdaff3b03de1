/* Verbs of a drawer's shift: its report, its close, its Z again. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/shift.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* Of what is open at this till, the one of that number; NULL: it is said why not. */
static const Caroline__V1__ShiftDrawer *drawer_of_number(struct cli *c, const char *word, int *status)
{
    Caroline__V1__ShiftDrawers request = CAROLINE__V1__SHIFT_DRAWERS__INIT;
    uint64_t number;

    if (!whole_number(word, UINT32_MAX, &number)) {
        *status = usage(c, "--shift-number wants a shift's number, not '%s': shift drawers lists them", word);
        return NULL;
    }
    const Caroline__V1__ShiftDrawersShown *shown =
        (const void *)call_server(c, OP(SHIFT_DRAWERS), &request.base, status);
    for (size_t i = 0; shown && i < shown->n_drawers; i++)
        if (shown->drawers[i]->number == number)
            return shown->drawers[i];
    if (shown)
        *status = complain(EXIT_REFUSED, "shift %s is not open at this till: shift drawers lists what is", word);
    return NULL;
}

/* drawer: of the holder that the answer may leave to who asks to name; NULL: their own. */
static int print_report(struct cli *c, unsigned op, const ProtobufCMessage *request,
                        const Caroline__V1__ShiftDrawer *drawer)
{
    int status;
    const Caroline__V1__ShiftReported *report = (const void *)call_server(c, op, request, &status);

    if (report && c->json)
        print_message(c, &report->base);
    if (!report || c->json || !report->receipt)
        return status;
    if (drawer && drawer->has_holder_name && report->has_holder_row && report->holder_row < report->receipt->n_rows)
        report->receipt->rows[report->holder_row]->right = drawer->holder_name;
    print_receipt(c, report->receipt);
    return status;
}

int verb_shift_report(struct cli *c)
{
    Caroline__V1__ShiftReport request = CAROLINE__V1__SHIFT_REPORT__INIT;
    const char *number = option_value(c, "shift-number");
    const Caroline__V1__ShiftDrawer *drawer = NULL;
    int status = EXIT_DONE;

    if (!options_all_used(c) || c->word_count > 0)
        return usage(c, "the report is of a shift that is open at this till, and wants its number at most");
    if (number && !(drawer = drawer_of_number(c, number, &status)))
        return status;
    request.has_shift_id = drawer != NULL;
    request.shift_id = drawer ? drawer->shift_id : 0;
    return print_report(c, OP(SHIFT_REPORT), &request.base, drawer);
}

/* "3x50.00": how many of what. */
static bool pieces_of(const struct cli *c, const char *word, Caroline__V1__ShiftPieces *pieces)
{
    char *end;
    unsigned long count = strtoul(word, &end, 10);

    pieces->has_pieces = pieces->has_denomination_minor = true;
    pieces->pieces = (uint32_t)count;
    return word[0] >= '0' && word[0] <= '9' && *end == 'x' && count <= UINT32_MAX &&
           minor_parse(end + 1, currency_exponent(c), false, &pieces->denomination_minor);
}

/* "Voucher=12.50", "Card=120.00": what vouchers of a kind come to, or the card machine's slip. */
static bool voucher_of(struct cli *c, const char *word, Caroline__V1__VoucherCount *voucher)
{
    char *name = arena_text(c->arena, word), *end = strrchr(name, '=');
    const char *problem;

    *end = '\0';
    voucher->has_tender_type_id = voucher->has_counted_minor = true;
    return name_to_id(c, "tender_type_id", name, &voucher->tender_type_id, &problem) &&
           minor_parse(end + 1, currency_exponent(c), false, &voucher->counted_minor);
}

/* What was counted, word by word; false: said what is wrong. */
static bool take_counts(struct cli *c, Caroline__V1__ShiftClose *request)
{
    for (size_t i = 0; i < c->word_count; i++) {
        bool voucher = strchr(c->words[i], '=') != NULL;

        if ((voucher ? request->n_vouchers : request->n_counts) == (voucher ? SHIFT_VOUCHERS_MAX : SHIFT_COUNTS_MAX)) {
            usage(c, "'%s' is one too many", c->words[i]);
            return false;
        }
        if (voucher) {
            caroline__v1__voucher_count__init(request->vouchers[request->n_vouchers]);
            if (!voucher_of(c, c->words[i], request->vouchers[request->n_vouchers++])) {
                usage(c, "'%s' is not what vouchers or cards come to, as Voucher=12.50", c->words[i]);
                return false;
            }
        } else {
            caroline__v1__shift_pieces__init(request->counts[request->n_counts]);
            if (!pieces_of(c, c->words[i], request->counts[request->n_counts++])) {
                usage(c, "'%s' is not how many of what, as 3x50", c->words[i]);
                return false;
            }
        }
    }
    return true;
}

int verb_shift_close(struct cli *c)
{
    Caroline__V1__ShiftClose request = CAROLINE__V1__SHIFT_CLOSE__INIT;
    Caroline__V1__ShiftPieces pieces[SHIFT_COUNTS_MAX], *counts[SHIFT_COUNTS_MAX];
    Caroline__V1__VoucherCount sums[SHIFT_VOUCHERS_MAX], *vouchers[SHIFT_VOUCHERS_MAX];
    const char *number = option_value(c, "shift-number");
    const Caroline__V1__ShiftDrawer *drawer = NULL;
    bool given;
    int status = EXIT_DONE;

    if (!money_option(c, "counted", &request.counted_minor, &given, &status))
        return status;
    request.has_counted_minor = given;
    if (!options_all_used(c))
        return EXIT_USAGE;
    for (size_t i = 0; i < SHIFT_COUNTS_MAX; i++)
        counts[i] = &pieces[i];
    for (size_t i = 0; i < SHIFT_VOUCHERS_MAX; i++)
        vouchers[i] = &sums[i];
    request.counts = counts;
    request.vouchers = vouchers;
    if (!take_counts(c, &request))
        return EXIT_USAGE;
    if ((request.n_counts > 0) == given)
        return usage(c, "name what was counted, as 3x50 2x0.20, or the sum by --counted");
    if (number && !(drawer = drawer_of_number(c, number, &status)))
        return status;
    request.has_shift_id = drawer != NULL;
    request.shift_id = drawer ? drawer->shift_id : 0;
    return print_report(c, OP(SHIFT_CLOSE), &request.base, drawer);
}

int verb_shift_z(struct cli *c)
{
    Caroline__V1__ShiftZShow request = CAROLINE__V1__SHIFT_ZSHOW__INIT;
    const char *till = option_value(c, "till-number"), *shift = option_value(c, "shift-number");
    uint64_t number;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (till != NULL) {
        if (!whole_number(till, UINT32_MAX, &number))
            return usage(c, "--till-number wants a till's number, not '%s'", till);
        request.has_till_number = true;
        request.till_number = (uint32_t)number;
    }
    if (c->word_count > 0 || shift != NULL) { /* a Z has its shift's number */
        if (c->word_count + (shift ? 1 : 0) > 1 || !whole_number(shift ? shift : c->words[0], UINT32_MAX, &number))
            return usage(c, "name one Z's number, or none for the last");
        request.has_number = true;
        request.number = (uint32_t)number;
    }
    return print_report(c, OP(SHIFT_Z_SHOW), &request.base, NULL);
}
