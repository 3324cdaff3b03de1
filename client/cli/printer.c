/* Verbs of the shop's network printers, and of what waits for them. */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/printer.h"
#include "proto/envelope.pb-c.h"
#include "proto/printer.pb-c.h"
#include "proto/sale.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static const char *const page_words[] = { "none", "pc437", "pc858", "wpc1252" };
#define PAGE_WORDS (sizeof page_words / sizeof *page_words)

/* "192.168.1.60", "printer.lan:9101", "[2001:db8::7]:9100"; with "tcp:" before it, too. */
static bool address_of(struct cli *c, const char *words, Caroline__V1__Printer *printer)
{
    struct printer_address address;
    const char *problem = "";

    if (strncmp(words, "tcp:", 4) != 0)
        words = arena_format(c->arena, "tcp:%s", words);
    if (!printer_parse(words, c->arena, &address, &problem)) {
        usage(c, "%s", problem);
        return false;
    }
    set_text(&printer->host, &printer->has_host, address.host);
    printer->has_port = true;
    printer->port = (uint32_t)strtoul(address.port, NULL, 10);
    return true;
}

static bool page_of(const char *word, Caroline__V1__CodePage *page)
{
    for (size_t i = 1; i < PAGE_WORDS; i++)
        if (strcasecmp(word, page_words[i]) == 0) {
            *page = (Caroline__V1__CodePage)i;
            return true;
        }
    return false;
}

static const char *line_of(struct cli *c, const Caroline__V1__Printer *printer)
{
    return arena_format(c->arena, "%s: %s port %u, %u columns, %s", text_of(c, printer->name),
                        text_of(c, printer->host), printer->port, printer->columns,
                        printer->code_page < PAGE_WORDS ? page_words[printer->code_page] : "?");
}

static int put(struct cli *c, const Caroline__V1__PrinterPut *request)
{
    int status;
    const Caroline__V1__PrinterPutDone *done = (const void *)call_server(c, OP(PRINTER_PUT), &request->base, &status);

    if (!done)
        return status;
    if (c->json) {
        print_message(c, &done->base);
        return EXIT_DONE;
    }
    if (request->remove)
        printf("%s is removed; %u of its papers are dropped\n", text_of(c, done->printer->name), done->dropped);
    else
        printf("%s\n", line_of(c, done->printer));
    return EXIT_DONE;
}

int verb_printer_put(struct cli *c)
{
    Caroline__V1__PrinterPut request = CAROLINE__V1__PRINTER_PUT__INIT;
    Caroline__V1__Printer printer = CAROLINE__V1__PRINTER__INIT;
    const char *columns = option_value(c, "columns"), *page = option_value(c, "code-page");
    uint64_t number = 0;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count < 1 || c->word_count > 2)
        return usage(c, "name the printer, and where it is: printer put office 192.168.1.60");
    if (columns && !whole_number(columns, UINT32_MAX, &number))
        return usage(c, "--columns wants 32, 42 or 48, not '%s'", columns);
    printer.has_columns = columns != NULL;
    printer.columns = columns ? (uint32_t)number : 0;
    if (page && !page_of(page, &printer.code_page))
        return usage(c, "--code-page wants pc437, pc858 or wpc1252, not '%s'", page);
    printer.has_code_page = page != NULL;
    if (c->word_count == 2 && !address_of(c, c->words[1], &printer))
        return EXIT_USAGE;
    set_text(&printer.name, &printer.has_name, c->words[0]);
    request.printer = &printer;
    return put(c, &request);
}

int verb_printer_remove(struct cli *c)
{
    Caroline__V1__PrinterPut request = CAROLINE__V1__PRINTER_PUT__INIT;
    Caroline__V1__Printer printer = CAROLINE__V1__PRINTER__INIT;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count != 1)
        return usage(c, "name one printer");
    set_text(&printer.name, &printer.has_name, c->words[0]);
    request.printer = &printer;
    request.has_remove = request.remove = true;
    return put(c, &request);
}

static void print_standing(struct cli *c, const Caroline__V1__Printer *printer)
{
    printf("%s", line_of(c, printer));
    if (printer->waiting > 0)
        printf("; %u paper%s wait%s", printer->waiting, printer->waiting == 1 ? "" : "s",
               printer->waiting == 1 ? "s" : "");
    if (printer->has_problem)
        printf("; %s", text_of(c, printer->problem));
    printf("\n");
}

int verb_printer_list(struct cli *c)
{
    Caroline__V1__PrinterList request = CAROLINE__V1__PRINTER_LIST__INIT;
    int status;

    if (!options_all_used(c) || c->word_count > 0)
        return usage(c, "it lists all printers of the shop");
    const Caroline__V1__PrinterListed *listed = (const void *)call_server(c, OP(PRINTER_LIST), &request.base, &status);
    if (!listed)
        return status;
    if (c->json)
        print_messages(c, (ProtobufCMessage *const *)listed->printers, listed->n_printers);
    for (size_t i = 0; !c->json && i < listed->n_printers; i++)
        print_standing(c, listed->printers[i]);
    if (!c->json && listed->n_printers == 0)
        printf("the shop has no network printer\n");
    return EXIT_DONE;
}

static void print_job(struct cli *c, const Caroline__V1__PrintJob *job)
{
    static const char *const states[] = { "?", "waits", "is begun", "printed", "dropped" };
    const char *what = job->has_z_number ? arena_format(c->arena, "Z %u of till %u", job->z_number, job->till_number)
                                         : arena_format(c->arena, "%s, copy %u%s", text_of(c, job->receipt_number),
                                                        job->copy, job->gift ? ", gift" : "");

    printf("%6" PRIu64 "  %s  %-28s  %s%s\n", job->number, time_of(c, (int64_t)job->put_us), what,
           states[job->state <= CAROLINE__V1__PRINT_STATE__PRINT_STATE_DROPPED ? job->state : 0],
           job->tries > 1 ? arena_format(c->arena, ", begun %u times", job->tries) : "");
}

int verb_printer_jobs(struct cli *c)
{
    Caroline__V1__PrinterList request = CAROLINE__V1__PRINTER_LIST__INIT;
    const Caroline__V1__PrinterListed *listed;
    bool first = true;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count != 1)
        return usage(c, "name one printer: printer list");
    set_text(&request.printer, &request.has_printer, c->words[0]);
    do {
        listed = (const void *)call_server(c, OP(PRINTER_LIST), &request.base, &status);
        if (!listed)
            return status;
        if (c->json)
            print_messages(c, (ProtobufCMessage *const *)listed->jobs, listed->n_jobs);
        if (!c->json && first && listed->n_printers > 0)
            print_standing(c, listed->printers[0]);
        for (size_t i = 0; !c->json && i < listed->n_jobs; i++)
            print_job(c, listed->jobs[i]);
        first = false;
        request.has_before = listed->n_jobs > 0;
        request.before = listed->n_jobs > 0 ? listed->jobs[listed->n_jobs - 1]->number : 0;
    } while (listed->more && listed->n_jobs > 0);
    return EXIT_DONE;
}

static int change(struct cli *c, Caroline__V1__PrintAct act, size_t words_least)
{
    Caroline__V1__PrintJobChange request = CAROLINE__V1__PRINT_JOB_CHANGE__INIT;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count < words_least || c->word_count > 2)
        return usage(c, words_least == 2 ? "name the printer and the paper's number: printer jobs lists them"
                                         : "name the printer, and a paper's number where one was dropped");
    if (c->word_count == 2 && !whole_number(c->words[1], INT64_MAX, &request.number))
        return usage(c, "'%s' is no paper's number: printer jobs lists them", c->words[1]);
    set_text(&request.printer, &request.has_printer, c->words[0]);
    request.has_number = c->word_count == 2;
    request.has_act = true;
    request.act = act;
    const Caroline__V1__PrintJobPut *done = (const void *)call_server(c, OP(PRINT_JOB_CHANGE), &request.base, &status);
    if (!done)
        return status;
    if (c->json)
        print_message(c, &done->base);
    else if (act == CAROLINE__V1__PRINT_ACT__PRINT_ACT_DROP)
        printf("paper %" PRIu64 " of %s is dropped\n", done->number, text_of(c, done->printer));
    else if (done->has_number)
        paper_put(c, text_of(c, done->printer), done->number);
    else
        printf("%s is tried now\n", text_of(c, done->printer));
    return EXIT_DONE;
}

int verb_printer_retry(struct cli *c)
{
    return change(c, CAROLINE__V1__PRINT_ACT__PRINT_ACT_RETRY, 1);
}

int verb_printer_drop(struct cli *c)
{
    return change(c, CAROLINE__V1__PRINT_ACT__PRINT_ACT_DROP, 2);
}

void paper_put(const struct cli *c, const char *printer, uint64_t number)
{
    (void)c;
    printf("paper %" PRIu64 " of %s: printer jobs %s says when it is printed\n", number, printer, printer);
}

int verb_shift_print(struct cli *c)
{
    Caroline__V1__ShiftZPrint request = CAROLINE__V1__SHIFT_ZPRINT__INIT;
    const char *till = option_value(c, "till-number"), *printer = option_value(c, "printer");
    uint64_t number = 0;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (!printer)
        return usage(c, "--printer wants the name of one of the shop's printers: printer list");
    if (till && !whole_number(till, UINT32_MAX, &number))
        return usage(c, "--till-number wants a till's number, not '%s'", till);
    request.has_till_number = till != NULL;
    request.till_number = till ? (uint32_t)number : 0;
    if (c->word_count > 1 || (c->word_count == 1 && !whole_number(c->words[0], UINT32_MAX, &number)))
        return usage(c, "name one Z's number, or none for the last");
    request.has_number = c->word_count == 1;
    request.number = c->word_count == 1 ? (uint32_t)number : 0;
    set_text(&request.printer, &request.has_printer, printer);
    const Caroline__V1__PrintJobPut *put_job = (const void *)call_server(c, OP(SHIFT_Z_PRINT), &request.base, &status);
    if (!put_job)
        return status;
    if (c->json)
        print_message(c, &put_job->base);
    else
        paper_put(c, text_of(c, put_job->printer), put_job->number);
    return EXIT_DONE;
}
