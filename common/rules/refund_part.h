/* A part of a line: cut so that any parts, in any order, sum to the whole exactly. */
#ifndef CAROLINE_RULES_REFUND_PART_H
#define CAROLINE_RULES_REFUND_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line as it was sold, or a part of it. All >= 0, gross = discount + total. */
struct line_amounts {
    int64_t quantity_milli, gross_minor, discount_minor, total_minor;
};

/* What quantity_milli more gives back of a line of which back_milli has been given back. The parts before it are not
 * asked for: up to any quantity the same has been given back, however it was cut. false, and *part unchanged: nothing is
 * asked for, or more than is left. */
bool line_part(const struct line_amounts *sold, int64_t back_milli, int64_t quantity_milli, struct line_amounts *part);

#endif
