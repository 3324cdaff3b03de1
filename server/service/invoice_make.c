/* Make the invoice of a receipt, or the credit note of a refund's. Behind the shop's lock no refund of the receipt comes between, no
 * second invoice of it, and no other number: the series has no gaps, for a number is taken in the transaction that uses it. What
 * came back before gets its credit notes with the invoice. The key is made when nothing can be refused any more, and is durable before
 * anything is sealed under it: the shop's sales wait for the disk once. Where its invoice never comes to be, it is swept as a
 * person's is. */
#include <stdio.h>

#include "common/base/text.h"
#include "common/rules/vat_id.h"
#include "common/wire/digest.h"
#include "db/queries.h"
#include "server/service/invoice_kept.h"
#include "server/service/message.h"
#include "server/service/sale_load.h"
#include "server/service/shop_day.h"
#include "server/service/typed.h"

#define REFUNDS_MAX 50 /* that came before the invoice */

struct key_job {
    struct vault *vault;
    int64_t id;
    bool made;
};

/* One document: the invoice first, then the credit notes of what came back before; or a credit note alone. */
struct draft {
    struct sale_load load;
    struct sale_rows sale;
    struct shop shop; /* of the day of the sale */
    struct invoice_sums sums;
};

struct making {
    struct sale_load load;
    struct invoice_customer customer;
    struct key_job *key; /* NULL: no new one is wanted */
    struct rows *there, *refunds, *raised;
    struct draft *drafts;
    size_t draft_count;
    int64_t invoice_id;              /* whose key seals it */
    struct invoice_number credit_of; /* of a credit note alone */
    int year;
};

/* ---- what is asked ---- */

static enum step check_tax_number(struct call *c, struct making *m)
{
    const char *form;

    if (vat_id_check(m->customer.tax_number, c->txn.arena, &m->customer.tax_number, &form) == VAT_ID_BAD)
        return refuse_field(c, REFUSAL(BAD_TAX_NUMBER), "customer.tax_number",
                            "a VAT number of that country looks like %s", form);
    return STEP_NEXT;
}

static enum step find(struct call *c)
{
    static const Caroline__V1__InvoiceCustomer nobody = CAROLINE__V1__INVOICE_CUSTOMER__INIT;
    const Caroline__V1__InvoiceMake *request = (const Caroline__V1__InvoiceMake *)c->message;
    const Caroline__V1__InvoiceCustomer *given = request->customer != NULL ? request->customer : &nobody;
    struct making *m = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    enum step step = typed_text(c, "customer.", "name", given->name, 80, &m->customer.name);
    if (step == STEP_NEXT)
        step = typed_text(c, "customer.", "address", given->address, 200, &m->customer.address);
    if (step == STEP_NEXT)
        step = typed_text(c, "customer.", "tax_number", given->tax_number, 40, &m->customer.tax_number);
    if (step == STEP_NEXT)
        step = check_tax_number(c, m);
    if (step != STEP_NEXT)
        return step;
    /* db/checks/ holds what an invoice says against the rows. */
    return sale_find(c, &m->load,
                     &(struct sale_key){ .rows_alone = true,
                                         .has_id = request->has_sale_id,
                                         .id = request->sale_id,
                                         .has_number = request->has_receipt_number,
                                         .number = field_bytes(request->receipt_number),
                                         .last = request->has_last && request->last });
}

static enum step load(struct call *c)
{
    struct making *m = c->shared;
    enum step step = sale_found(c, &m->load);

    if (step != STEP_NEXT)
        return step;
    m->there = ask(c, &sql_invoice_of, PARAMS(PARAM_INT(m->load.sale_id), PARAM_INT(c->shop_id)));
    m->refunds = ask(c, &sql_invoice_refunds, PARAMS(PARAM_INT(m->load.sale_id), PARAM_INT(REFUNDS_MAX + 1)));
    return sale_load(c, &m->load);
}

/* ---- what there is ---- */

static bool differs(const char *asked, ProtobufCBinaryData kept)
{
    return asked[0] != '\0' && !bytes_equal(bytes_of_text(asked), field_bytes(kept));
}

/* What was not said is as it was. */
static enum step refuse_another(struct call *c, const struct making *m, const Caroline__V1__InvoiceDocument *kept,
                                const char *number)
{
    if (kept == NULL)
        return refuse(c, REFUSAL(INVOICE_NOT_POSSIBLE), "invoice %s can no longer be read", number);
    if (differs(m->customer.name, kept->customer->name) || differs(m->customer.address, kept->customer->address) ||
        differs(m->customer.tax_number, kept->customer->tax_number))
        return refuse(
            c, REFUSAL(INVOICE_OTHER_CUSTOMER),
            "invoice %s was made of this, for another customer or address, and stays as it is: to correct it give "
            "the receipt back, which brings a credit note, and ring it up anew",
            number);
    return STEP_NEXT;
}

static const char *receipt_text_of(const struct sale_rows *sale, struct arena *arena)
{
    return receipt_number_format(arena_alloc(arena, RECEIPT_NUMBER_TEXT), sale->number);
}

static enum step answer_with(struct call *c, int64_t id, const char *number, const struct sale_rows *sale,
                             Caroline__V1__InvoiceMade *reply)
{
    PUT(*reply, invoice_id, (uint64_t)id);
    PUT(*reply, number, field_text(number));
    PUT(*reply, receipt_number, field_text(receipt_text_of(sale, c->txn.arena)));
    return answer(c, &reply->base);
}

/* It was made before: a customer who asks again gets the same. */
static enum step answer_what_is_there(struct call *c, struct making *m, const struct sale_rows *sale)
{
    Caroline__V1__InvoiceMade reply = CAROLINE__V1__INVOICE_MADE__INIT;
    bool credit = !row_is_null(m->there, 0, "original_id");
    const char *number = invoice_number_of(m->there, 0, "year", "number", c->txn.arena);
    int64_t id = row_int(m->there, 0, "id");
    enum step step = refuse_another(
        c, m, invoice_kept(c, credit ? row_int(m->there, 0, "original_id") : id, m->there, 0, "document_sealed"),
        number);

    if (step != STEP_NEXT)
        return step;
    journal_change(c, id, "invoice", number, number);
    PUT(reply, existed, true);
    return answer_with(c, id, number, sale, &reply);
}

static const char *text_of(ProtobufCBinaryData field, struct arena *arena)
{
    return arena_format(arena, "%.*s", (int)field.len, (const char *)field.data);
}

/* For the customer of the invoice that it takes back from. */
static enum step take_original(struct call *c, struct making *m, const struct sale_rows *sale)
{
    struct receipt_number of = sale->refund_of_number;
    char text[RECEIPT_NUMBER_TEXT];

    if (sale_is_free_refund(sale))
        return refuse(c, REFUSAL(INVOICE_NOT_POSSIBLE),
                      "this was given back without a receipt: there is no invoice that a credit note takes back from");
    if (row_is_null(m->there, 0, "original_id"))
        return refuse(c, REFUSAL(INVOICE_NOT_POSSIBLE),
                      "no invoice was made of receipt %s, which this is a refund of: a credit note takes back from one",
                      receipt_number_format(text, of));
    m->invoice_id = row_int(m->there, 0, "original_id");
    m->credit_of = (struct invoice_number){ .year = (int)row_int(m->there, 0, "original_year"),
                                            .number = row_int(m->there, 0, "original_number") };
    const Caroline__V1__InvoiceDocument *kept = invoice_kept(c, m->invoice_id, m->there, 0, "original_sealed");
    enum step step =
        refuse_another(c, m, kept, invoice_number_of(m->there, 0, "original_year", "original_number", c->txn.arena));
    if (step == STEP_NEXT)
        m->customer = (struct invoice_customer){ .name = text_of(kept->customer->name, c->txn.arena),
                                                 .address = text_of(kept->customer->address, c->txn.arena),
                                                 .tax_number = text_of(kept->customer->tax_number, c->txn.arena) };
    return step;
}

static enum step take_customer(struct call *c, struct making *m)
{
    if (text_is_blank(bytes_of_text(m->customer.name)))
        return refuse_field(c, REFUSAL(BAD_FIELD), "customer.name", "an invoice bears the customer's name");
    if (text_is_blank(bytes_of_text(m->customer.address)))
        return refuse_field(c, REFUSAL(BAD_FIELD), "customer.address", "an invoice bears the customer's address");
    m->key = arena_alloc(c->txn.arena, sizeof *m->key);
    *m->key = (struct key_job){ .vault = c->vault, .id = next_id(c) };
    m->invoice_id = m->key->id;
    m->draft_count += rows_count(m->refunds);
    return STEP_NEXT;
}

static enum step gather(struct call *c)
{
    struct making *m = c->shared;
    struct sale_rows sale;
    struct shop shop;
    const uint8_t *hash;
    enum step step = sale_take(c, &m->load, &sale, &shop, &hash);

    if (step != STEP_NEXT)
        return step;
    if (!row_is_null(m->there, 0, "id"))
        return answer_what_is_there(c, m, &sale);
    m->draft_count = 1;
    step = sale.kind == SALE_REFUND ? take_original(c, m, &sale) : take_customer(c, m);
    if (step != STEP_NEXT)
        return step;
    if (m->draft_count > REFUNDS_MAX + 1)
        return refuse(c, REFUSAL(INVOICE_NOT_POSSIBLE), "more than %d refunds of this receipt came before its invoice",
                      REFUNDS_MAX);
    m->drafts = arena_array(c->txn.arena, m->draft_count, sizeof *m->drafts);
    m->drafts[0].load = m->load;
    for (size_t i = 1; i < m->draft_count && step == STEP_NEXT; i++) {
        m->drafts[i].load.sale_id = row_int(m->refunds, i - 1, "id");
        step = sale_load(c, &m->drafts[i].load);
    }
    return step;
}

static void make_key(void *argument)
{
    struct key_job *job = argument;

    job->made = vault_person_create(job->vault, job->id);
}

static const struct shop *shop_today_of(const struct call *c)
{
    return catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
}

static enum step judge(struct call *c)
{
    struct making *m = c->shared;
    const struct shop *shop = shop_today_of(c);

    for (size_t i = 0; i < m->draft_count; i++) {
        struct draft *draft = &m->drafts[i];
        const uint8_t *hash;
        enum step step = sale_take(c, &draft->load, &draft->sale, &draft->shop, &hash);

        if (step != STEP_NEXT)
            return step;
        enum invoice_verdict verdict = invoice_judge(&draft->sale, shop, row_int(draft->load.head, 0, "refunded_minor"),
                                                     c->txn.arena, &draft->sums);
        if (verdict == INVOICE_NO_TAX_NUMBER || verdict == INVOICE_NO_ADDRESS)
            return refuse(c, REFUSAL(INVOICE_SHOP_INCOMPLETE), "%s", invoice_sentence(verdict));
        if (verdict != INVOICE_OK)
            return refuse(c, REFUSAL(INVOICE_NOT_POSSIBLE), "%s", invoice_sentence(verdict));
    }
    m->year = date_of_day(shop_today(shop, c->now)).year;
    m->raised = ask(c, &sql_invoice_series_raise,
                    PARAMS(PARAM_INT(c->shop_id), PARAM_INT(m->year), PARAM_INT((int64_t)m->draft_count)));
    if (m->key != NULL)
        offload(c, make_key, m->key);
    return STEP_NEXT;
}

/* ---- what is written ---- */

/* What was rung up tells the day of its commit; what a till sold by itself the day on its paper. */
static struct day supplied_on(const struct draft *draft, const struct zone *zone)
{
    return zone_day(zone, draft->sale.number.series == 'X' ? draft->sale.made : draft->sale.at);
}

static struct bytes sealed_document(struct call *c, const struct making *m, const struct draft *draft,
                                    struct invoice_number number, struct invoice_number credit_of)
{
    const struct shop *shop = shop_today_of(c);
    struct invoice_order order = {
        .kind = draft->sale.kind == SALE_REFUND ? INVOICE_CREDIT_NOTE : INVOICE_OF_SALE,
        .number = number,
        .credit_of = credit_of,
        .issued = shop_today(shop, c->now),
        .supplied = supplied_on(draft, shop_zone(shop)),
        .customer = &m->customer,
        .sale = &draft->sale,
        .shop = shop,
        .currency = draft->shop.currency,
        .currency_exponent = draft->shop.currency_exponent,
        .sums = &draft->sums,
    };

    order.paid = sale_paid_by(&draft->sale, c->txn.arena, &order.paid_count);
    struct receipt document = invoice_document(&order, c->txn.arena);
    return invoice_keep(c, m->invoice_id, &m->customer, &document);
}

static void write_taxes(struct call *c, int64_t id, const struct taxes *taxes)
{
    struct arena *arena = c->txn.arena;
    int64_t *numbers[4];
    struct bytes *codes = arena_array(arena, taxes->count, sizeof *codes);

    if (taxes->count == 0)
        return;
    for (size_t k = 0; k < 4; k++)
        numbers[k] = arena_array(arena, taxes->count, sizeof *numbers[k]);
    for (size_t i = 0; i < taxes->count; i++) {
        numbers[0][i] = (int64_t)i;
        codes[i] = bytes_of_text(taxes->rows[i].code);
        numbers[1][i] = taxes->rows[i].rate_ppm;
        numbers[2][i] = taxes->rows[i].net_minor;
        numbers[3][i] = taxes->rows[i].tax_minor;
    }
    ask(c, &sql_invoice_tax_insert,
        PARAMS(PARAM_INT(id), PARAM_INTS(numbers[0], taxes->count), PARAM_TEXTS(codes, taxes->count),
               PARAM_INTS(numbers[1], taxes->count), PARAM_INTS(numbers[2], taxes->count),
               PARAM_INTS(numbers[3], taxes->count)));
}

/* The entry proves the document without telling whose it is. */
static void note(struct call *c, int64_t id, const char *number, const struct sale_rows *sale, struct bytes sealed)
{
    uint8_t digest[DIGEST_SIZE];
    char *hex = arena_alloc(c->txn.arena, 2 * DIGEST_SIZE + 1);

    sha256(sealed, digest);
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    journal_change(c, id, "invoice", NULL, number);
    journal_change(c, id, "sale", NULL, arena_format(c->txn.arena, "%lld", (long long)sale->sale_id));
    journal_change(c, id, "document_sha256", NULL, hex);
}

static const char *write_one(struct call *c, const struct making *m, const struct draft *draft, int64_t id,
                             struct invoice_number number, struct invoice_number credit_of)
{
    const struct sale_rows *sale = &draft->sale;
    bool credit = sale->kind == SALE_REFUND;
    struct bytes sealed = sealed_document(c, m, draft, number, credit_of);
    const char *text = invoice_number_format(arena_alloc(c->txn.arena, INVOICE_NUMBER_TEXT), number);

    ask(c, &sql_invoice_insert,
        PARAMS(PARAM_INT(id), PARAM_INT(c->shop_id), PARAM_INT(number.year), PARAM_INT(number.number),
               PARAM_INT(credit ? INVOICE_CREDIT_NOTE : INVOICE_OF_SALE), PARAM_INT(sale->sale_id),
               PARAM_INT(credit ? m->invoice_id : PARAM_NULL_INT), PARAM_INT(c->device_id), PARAM_INT(c->staff_id),
               PARAM_INT(sale->total_minor), PARAM_INT(sale->tax_minor), PARAM_BYTES(sealed), PARAM_INSTANT(c->now)));
    write_taxes(c, id, &sale->taxes);
    note(c, id, text, sale, sealed);
    return text;
}

static enum step write(struct call *c)
{
    Caroline__V1__InvoiceMade reply = CAROLINE__V1__INVOICE_MADE__INIT;
    struct making *m = c->shared;
    bool credit = m->drafts[0].sale.kind == SALE_REFUND;

    if (m->key != NULL && !m->key->made)
        return STEP_FAILED;
    int64_t first = row_int(m->raised, 0, "number") - (int64_t)m->draft_count + 1;
    int64_t id = credit ? next_id(c) : m->invoice_id;
    struct invoice_number own = { .year = m->year, .number = first };
    const char *text = write_one(c, m, &m->drafts[0], id, own, m->credit_of);

    reply.credit_notes = arena_array(c->txn.arena, m->draft_count, sizeof *reply.credit_notes);
    for (size_t i = 1; i < m->draft_count; i++) {
        struct invoice_number next = { .year = m->year, .number = first + (int64_t)i };
        reply.credit_notes[reply.n_credit_notes++] = field_text(write_one(c, m, &m->drafts[i], next_id(c), next, own));
    }
    return answer_with(c, id, text, &m->drafts[0].sale, &reply);
}

const struct op invoice_make = {
    .name = "invoice_make",
    .number = NUMBER(INVOICE_MAKE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .locks_shop = true,
    .request = &caroline__v1__invoice_make__descriptor,
    .reply = &caroline__v1__invoice_made__descriptor,
    .shared_size = sizeof(struct making),
    .stages = { find, load, gather, judge, write },
};
