/* Customers' invoices: make one of a receipt, show it, list a year's. */
#include <inttypes.h>
#include <stdio.h>

#include "client/cli/cli.h"
#include "client/link/printer.h"
#include "common/base/number.h"
#include "common/rules/invoice.h"
#include "proto/envelope.pb-c.h"
#include "proto/invoice.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* Onto paper, or as text: it is a paper either way, and counted. */
static int give_out(struct cli *c, Caroline__V1__InvoiceShow *request, const struct printer_address *address)
{
    int status;
    const Caroline__V1__InvoiceShown *shown = (const void *)call_server(c, OP(INVOICE_SHOW), &request->base, &status);

    if (!shown)
        return status;
    if (c->json)
        print_message(c, &shown->base);
    else if (shown->receipt && address->way == PRINTER_NONE)
        print_receipt(c, shown->receipt);
    if (!shown->receipt || address->way == PRINTER_NONE)
        return EXIT_DONE;
    return paper_print(c, address, shown->receipt,
                       arena_format(c->arena, "%s %s", shown->copy == 0 ? "the first paper" : "a copy",
                                    shown->invoice ? text_of(c, shown->invoice->number) : ""));
}

static bool printer_option(struct cli *c, struct printer_address *address, int *status)
{
    const char *to = option_value(c, "to"), *problem = "";

    *address = (struct printer_address){ .way = PRINTER_NONE };
    if (to == NULL || printer_parse(to, c->arena, address, &problem))
        return true;
    *status = usage(c, "%s", problem);
    return false;
}

static int make(struct cli *c, Caroline__V1__InvoiceMake *request, const struct printer_address *address)
{
    Caroline__V1__InvoiceShow show = CAROLINE__V1__INVOICE_SHOW__INIT;
    int status;
    const Caroline__V1__InvoiceMade *made = (const void *)call_server(c, OP(INVOICE_MAKE), &request->base, &status);

    if (!made)
        return status;
    if (c->json)
        print_message(c, &made->base);
    if (c->json && address->way == PRINTER_NONE)
        return EXIT_DONE;
    if (!c->json && made->existed)
        fprintf(stderr, "caroline: %s was made of %s before\n", text_of(c, made->number),
                text_of(c, made->receipt_number));
    for (size_t i = 0; !c->json && i < made->n_credit_notes; i++)
        fprintf(stderr, "caroline: credit note %s was made with it, for what had come back\n",
                text_of(c, made->credit_notes[i]));
    set_text(&show.number, &show.has_number, text_of(c, made->number));
    show.has_print = show.print = true;
    bool json = c->json;
    c->json = false; /* it has been told; what follows is the paper */
    status = give_out(c, &show, address);
    c->json = json;
    return status;
}

int verb_invoice_make(struct cli *c)
{
    Caroline__V1__InvoiceMake request = CAROLINE__V1__INVOICE_MAKE__INIT;
    Caroline__V1__InvoiceCustomer customer = CAROLINE__V1__INVOICE_CUSTOMER__INIT;
    struct printer_address address;
    int status = EXIT_DONE;

    request.has_last = request.last = option_given(c, "last");
    if (!printer_option(c, &address, &status))
        return status;
    status = options_apply(c, &customer.base, NULL);
    if (status != EXIT_DONE)
        return status;
    if (c->word_count + (request.last ? 1 : 0) != 1)
        return usage(c, "name one receipt's number, or --last");
    if (customer.has_name || customer.has_address || customer.has_tax_number)
        request.customer = &customer;
    if (!request.last)
        set_text(&request.receipt_number, &request.has_receipt_number, c->words[0]);
    return make(c, &request, &address);
}

int verb_invoice_show(struct cli *c)
{
    Caroline__V1__InvoiceShow request = CAROLINE__V1__INVOICE_SHOW__INIT;
    struct printer_address address;
    struct invoice_number number;
    int status = EXIT_DONE;

    request.has_print = request.print = option_given(c, "print");
    if (!printer_option(c, &address, &status))
        return status;
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count != 1)
        return usage(c, "name one invoice's number, or its receipt's");
    if (address.way != PRINTER_NONE)
        request.has_print = request.print = true;
    if (invoice_number_parse(bytes_of_text(c->words[0]), &number))
        set_text(&request.number, &request.has_number, c->words[0]);
    else
        set_text(&request.receipt_number, &request.has_receipt_number, c->words[0]);
    return give_out(c, &request, &address);
}

int invoice_credit(struct cli *c, const char *receipt_number)
{
    Caroline__V1__InvoiceMake request = CAROLINE__V1__INVOICE_MAKE__INIT;

    set_text(&request.receipt_number, &request.has_receipt_number, receipt_number);
    return make(c, &request, &(struct printer_address){ .way = PRINTER_NONE });
}

/* ---- the list ---- */

static void print_row(struct cli *c, const Caroline__V1__InvoiceRow *row)
{
    bool credit = row->kind == CAROLINE__V1__INVOICE_KIND__INVOICE_CREDIT_NOTE;
    char total[NUMBER_TEXT], tax[NUMBER_TEXT];
    unsigned exponent = currency_exponent(c);

    printf("%-12s %s %-12s %10s, tax %s%s%s\n", text_of(c, row->number), time_of(c, (int64_t)row->made_us),
           text_of(c, row->receipt_number), minor_format(total, row->total_minor, exponent),
           minor_format(tax, row->tax_minor, exponent), credit ? ", credit note of " : "",
           credit ? text_of(c, row->credit_of) : "");
}

static void print_wanted(struct cli *c, const Caroline__V1__InvoiceRow *row)
{
    printf("%-12s has no credit note yet, and is a refund of what invoice %s is for: caroline invoice make %s\n",
           text_of(c, row->receipt_number), text_of(c, row->credit_of), text_of(c, row->receipt_number));
}

static void print_page(struct cli *c, const Caroline__V1__InvoiceListed *listed)
{
    for (size_t i = 0; i < listed->n_invoices; i++) {
        if (c->json)
            print_message(c, &listed->invoices[i]->base);
        else
            print_row(c, listed->invoices[i]);
    }
    for (size_t i = 0; i < listed->n_wanted; i++) {
        if (c->json)
            print_message(c, &listed->wanted[i]->base);
        else
            print_wanted(c, listed->wanted[i]);
    }
}

int verb_invoice_list(struct cli *c)
{
    Caroline__V1__InvoiceList request = CAROLINE__V1__INVOICE_LIST__INIT;
    const char *year = option_value(c, "year");
    struct invoice_number last;
    uint64_t number = 0;
    size_t count = 0;
    int status;

    if (year && !whole_number(year, 9999, &number))
        return usage(c, "--year wants a year, as 2026, not '%s'", year);
    if (!options_all_used(c) || c->word_count > 0)
        return usage(c, "this lists a year's, and wants nothing but --year");
    request.has_year = year != NULL;
    request.year = (uint32_t)number;
    for (bool more = true; more;) {
        const Caroline__V1__InvoiceListed *listed =
            (const void *)call_server(c, OP(INVOICE_LIST), &request.base, &status);
        if (!listed)
            return status;
        print_page(c, listed);
        count += listed->n_invoices;
        more = listed->more && listed->n_invoices > 0;
        if (!more)
            break;
        const Caroline__V1__InvoiceRow *row = listed->invoices[listed->n_invoices - 1];
        if (!invoice_number_parse(bytes_of(row->number.data, row->number.len), &last))
            break;
        request.has_year = request.has_before_number = true;
        request.year = (uint32_t)last.year;
        request.before_number = (uint64_t)last.number;
    }
    if (!c->json && count == 0)
        puts("no invoice was made");
    return EXIT_DONE;
}
