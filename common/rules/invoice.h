/* The customer's invoice of a receipt, and the credit note of a refund: what they say is the receipt's own lines and taxes, to the
 * cent, for a customer by name. What has to stand on it: Directive 2006/112/EC, article 226; that a credit note names its invoice
 * unambiguously and counts as one: article 219. Pure. */
#ifndef CAROLINE_RULES_INVOICE_H
#define CAROLINE_RULES_INVOICE_H

#include "common/base/receipt.h"
#include "common/rules/sale.h"

/* "2026-000017": the shop's series of a year. Years 1970 to 9999. */
struct invoice_number {
    int year;
    int64_t number;
};
#define INVOICE_NUMBER_TEXT 32
/* text holds at least INVOICE_NUMBER_TEXT bytes. Returns text. */
char *invoice_number_format(char *text, struct invoice_number number);
/* Leading zeros do not matter. false: this is none. */
bool invoice_number_parse(struct bytes text, struct invoice_number *number);

/* As invoice.kind. */
enum invoice_kind { INVOICE_OF_SALE = 1, INVOICE_CREDIT_NOTE = 2 };

enum invoice_verdict {
    INVOICE_OK,
    INVOICE_NO_ADDRESS,    /* the shop's */
    INVOICE_NO_TAX_NUMBER, /* likewise */
    INVOICE_TAX_UNKNOWN,   /* sold offline with taxes that its goods do not have */
    INVOICE_HOUSE,         /* the house paid */
    INVOICE_GIVEN_BACK,    /* all of it */
    INVOICE_PAID_OUT,      /* more empties came than goods went: the shop paid */
    INVOICE_UNSOUND,       /* lines, taxes and total do not add up: never, or we have a bug */
    INVOICE_VERDICT_COUNT
};
/* For a person; says what to do where something can be done. */
const char *invoice_sentence(enum invoice_verdict verdict);

struct invoice_line {
    const struct sale_line_row *line;
    size_t index; /* of the sale's lines; voided ones were never sold */
    int64_t net_minor, tax_minor, gross_minor;
};
struct invoice_sums {
    struct invoice_line *lines;
    size_t line_count;
    int64_t net_minor, tax_minor, total_minor; /* of a refund negative; net + tax = total, and so are the lines' sums */
    bool on_top;                               /* prices are without tax */
};

/* May it be made? shop: as it is today. refunded_minor: what has come back of a sale; 0 of a refund. sums: in the arena, whole with
 * INVOICE_OK alone. */
enum invoice_verdict invoice_judge(const struct sale_rows *sale, const struct shop *shop, int64_t refunded_minor,
                                   struct arena *arena, struct invoice_sums *sums);

/* Texts may be empty, and are never NULL. */
struct invoice_customer {
    const char *name, *address, *tax_number;
};
struct invoice_order {
    enum invoice_kind kind;
    struct invoice_number number, credit_of; /* credit_of: of a credit note */
    struct day issued, supplied;
    const struct invoice_customer *customer;
    const struct sale_rows *sale;
    const struct shop *shop; /* name, address and tax number of today */
    const char *currency;    /* of the day of the sale, with its exponent */
    unsigned currency_exponent;
    const struct invoice_sums *sums;
    const struct original_tender *paid; /* what pays it, as put right, without tips and what was forfeited */
    size_t paid_count;
};
/* Rows and texts live in the arena, and where those of the order are. */
struct receipt invoice_document(const struct invoice_order *order, struct arena *arena);
/* The same for another paper: copy 1 and on are marked at head and foot; 0 is the first, as it is. */
struct receipt invoice_paper(struct receipt document, uint32_t copy, struct arena *arena);

#endif
