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

static int print_report(struct cli *c, unsigned op, const ProtobufCMessage *request)
{
    int status;
    const Caroline__V1__ShiftReported *report = (const void *)call_server(c, op, request, &status);

    if (report && c->json)
        print_message(c, &report->base);
    else if (report && report->receipt)
        print_receipt(c, report->receipt);
    return status;
}

int verb_shift_report(struct cli *c)
{
    Caroline__V1__ShiftReport request = CAROLINE__V1__SHIFT_REPORT__INIT;

    if (!options_all_used(c) || c->word_count > 0)
        return usage(c, "the report is of this till's open shift, and wants nothing");
    return print_report(c, OP(SHIFT_REPORT), &request.base);
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

int verb_shift_close(struct cli *c)
{
    Caroline__V1__ShiftClose request = CAROLINE__V1__SHIFT_CLOSE__INIT;
    Caroline__V1__ShiftPieces pieces[SHIFT_COUNTS_MAX], *counts[SHIFT_COUNTS_MAX];
    bool given;
    int status = EXIT_DONE;

    if (!money_option(c, "counted", &request.counted_minor, &given, &status))
        return status;
    request.has_counted_minor = given;
    if (!options_all_used(c))
        return EXIT_USAGE;
    if ((c->word_count > 0) == given || c->word_count > SHIFT_COUNTS_MAX)
        return usage(c, "name what was counted, as 3x50 2x0.20, or the sum by --counted");
    for (size_t i = 0; i < c->word_count; i++) {
        caroline__v1__shift_pieces__init(&pieces[i]);
        if (!pieces_of(c, c->words[i], &pieces[i]))
            return usage(c, "'%s' is not how many of what, as 3x50", c->words[i]);
        counts[i] = &pieces[i];
    }
    request.n_counts = c->word_count;
    request.counts = counts;
    return print_report(c, OP(SHIFT_CLOSE), &request.base);
}

int verb_shift_z(struct cli *c)
{
    Caroline__V1__ShiftZShow request = CAROLINE__V1__SHIFT_ZSHOW__INIT;
    const char *till = option_value(c, "till");
    uint64_t number;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (till != NULL) {
        if (!whole_number(till, UINT32_MAX, &number))
            return usage(c, "--till wants a till's number, not '%s'", till);
        request.has_till_number = true;
        request.till_number = (uint32_t)number;
    }
    if (c->word_count > 0) {
        if (c->word_count > 1 || !whole_number(c->words[0], UINT32_MAX, &number))
            return usage(c, "name one Z's number, or none for the last");
        request.has_number = true;
        request.number = (uint32_t)number;
    }
    return print_report(c, OP(SHIFT_Z_SHOW), &request.base);
}
