/* Taxes of a receipt: one row a component, computed on the sum of its lines, rounded once, spread back to the lines. */
#ifndef CAROLINE_RULES_TAX_H
#define CAROLINE_RULES_TAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/number.h"
#include "common/rules/catalogue.h"
#include "common/rules/price.h"

#define TAX_ROWS_MAX 32

struct tax_row {
    char code[TAX_CODE_SIZE];
    uint32_t rate_ppm;
    int64_t net_minor; /* of its lines, without any tax */
    int64_t tax_minor;
};

struct taxes {
    struct tax_row rows[TAX_ROWS_MAX]; /* in the order in which the lines bring them */
    size_t count;
    int64_t total_minor; /* of all rows */
};

enum tax_verdict {
    TAX_OK,
    TAX_TOO_MANY, /* more components than a receipt lists, or more ways of combining them than can be summed exactly */
    TAX_OVERFLOW,
};

/* lines: priced; their tax_minor is filled. The class of a line is that of its product, or the one it switches to when
 * the basket holds enough pieces of the class; its components are those of the service and of hot or cold.
 * included: prices hold the tax, gross × r / (1 + the sum of the line's rates); else it comes on top, net × r. What is taken
 * back is taxed by itself, as it would be on a paper of its own: a row is the sum of both. */
enum tax_verdict tax_compute(const struct catalogue *catalogue, uint64_t version, enum service service, bool included,
                             struct priced_line *lines, size_t count, struct arena *arena, struct taxes *taxes);

/* The rows are given, with their taxes: of what was printed. Each is spread over the lines that bear it, or over all that cost
 * something where none does; fills tax_minor of the lines, and net_minor of the rows that lines bear. false: a line would
 * bear more tax than it costs; what was filled is worth nothing then. */
bool tax_take(const struct catalogue *catalogue, uint64_t version, enum service service, bool included,
              struct priced_line *lines, size_t count, struct arena *arena, struct taxes *taxes);

/* The class that a line is taxed by: its product's, or the one to which the basket has switched that; a class that was switched to
 * does not switch again. NULL: none is known. */
const struct tax_class *tax_class_of(const struct catalogue *catalogue, uint64_t version,
                                     const struct priced_line *line, const struct priced_line *lines, size_t count);
/* Pieces of a class on the receipt, free ones too; what is weighed is not counted. */
int64_t tax_pieces(int64_t tax_class_id, const struct priced_line *lines, size_t count);

/* Of totals above nothing, with the sum of the rates that each bears: a component's tax on them, rounded once. false: they
 * cannot be summed exactly. */
bool tax_of(const int64_t *totals_minor, const int64_t *rates_ppm, size_t count, uint32_t rate_ppm, bool included,
            int64_t *tax);
/* Which of these rows each line bears: bit i of bearers[line] is row i. A row that no line bears, by a catalogue that is
 * another than it was worked out with, is borne by all that cost something. */
void tax_bearers(const struct catalogue *catalogue, uint64_t version, enum service service,
                 const struct priced_line *lines, size_t count, const struct tax_row *rows, size_t row_count,
                 struct arena *arena, uint32_t *bearers);

/* A component's tax as it is spread over its lines (totals and summed rates of each, in their order), largest remainder. */
void tax_spread(int64_t tax, const int64_t *totals_minor, const int64_t *rates_ppm, size_t count, bool included,
                struct arena *arena, int64_t *parts);

/* What a component is called where people read it: "GST 5 %"; a code that ends with its own rate does not say it twice: "VAT 19 %"
 * for VAT19. Returns text, which holds TAX_LABEL_TEXT bytes. */
#define TAX_LABEL_TEXT (TAX_CODE_SIZE + NUMBER_TEXT + sizeof " %")
const char *tax_label(char *text, const char *code, uint32_t rate_ppm);

#endif
