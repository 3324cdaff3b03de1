/* What the files of explain.h share, and nobody else needs. */
#ifndef CAROLINE_RULES_EXPLAIN_PARTS_H
#define CAROLINE_RULES_EXPLAIN_PARTS_H

#include "common/rules/explain.h"

/* An explanation while it is made. */
struct explaining {
    const struct explain_facts *facts;
    const struct sale_rows *sale;
    struct arena *arena;
    struct explanation *out;
    struct priced_line *lines; /* of a sale, as it was stored; NULL: some of its goods are not known */
    int64_t *line_taxes;       /* [row of taxes][line], as they are spread anew; NULL likewise */
    const uint32_t *bears;     /* likewise: tax_bearers() */
    bool included;             /* prices hold the tax */
    bool printed;              /* a till printed it otherwise than its catalogue has it, and that is listed */
    /* the number whose parts are being told */
    enum explain_about about;
    int line;
    bool points, open, partly; /* partly: one of its parts is not known */
    int64_t amount, sum;
};

#define EXPLAIN_TEXT __attribute__((format(printf, 2, 3)))
void explain_head(struct explaining *e, const char *text, ...) EXPLAIN_TEXT;
/* Ends the number before it: its parts are added up. */
void explain_number(struct explaining *e, enum explain_about about, int line, int64_t amount, const char *text, ...)
    __attribute__((format(printf, 5, 6)));
void explain_part(struct explaining *e, int64_t amount, const char *text, ...) __attribute__((format(printf, 3, 4)));
void explain_note(struct explaining *e, const char *text, ...) EXPLAIN_TEXT;
/* A part of the number is not known: nothing can be said of their sum. */
void explain_unknown(struct explaining *e, const char *text, ...) EXPLAIN_TEXT;
void explain_wrong(struct explaining *e, const char *text, ...) EXPLAIN_TEXT;
void explain_end(struct explaining *e);
/* By the rule it would be another amount; what was printed otherwise is only noted. */
void explain_check(struct explaining *e, int64_t by_rule, int64_t stored, const char *what);
/* Of the row that was told last. */
void explain_by(struct explaining *e, int64_t staff_id);

/* In the arena. */
const char *explain_money(const struct explaining *e, int64_t minor);
const char *explain_day(const struct explaining *e, struct day day);
const char *explain_text(const struct explaining *e, struct bytes text);
/* "3", "0.35 kg" */
const char *explain_quantity(const struct explaining *e, int64_t milli, int unit);
/* ", since 2026-11-22 (version 12)"; "" where that is not known. */
const char *explain_since_text(const struct explaining *e, enum explain_thing thing, int64_t id);
const struct explain_since *explain_since_of(const struct explaining *e, enum explain_thing thing, int64_t id);

/* Of a sale, in this order. */
void explain_spread_taxes(struct explaining *e); /* fills line_taxes */
void explain_lines(struct explaining *e);
void explain_line_tax(struct explaining *e, size_t line);
void explain_discounts(struct explaining *e);
void explain_taxes(struct explaining *e);
void explain_total(struct explaining *e);
void explain_points(struct explaining *e);
/* Of both kinds. */
void explain_paid(struct explaining *e);
void explain_ledger(struct explaining *e);

void explain_refund(struct explaining *e);

/* Which pieces of a line rewards made free, of the programme's own and of its terms: how many, and what they cost. */
int64_t explain_own_free(const struct sale_rows *sale, size_t line, int64_t *minor);
int64_t explain_term_free(const struct sale_rows *sale, size_t line);
int64_t explain_coupon_free(const struct sale_rows *sale, size_t line);

#endif
