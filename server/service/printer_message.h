/* The shop's network printers as messages, and papers for their queues. What a paper is of is written down, never what stands on it. */
#ifndef CAROLINE_SERVER_SERVICE_PRINTER_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_PRINTER_MESSAGE_H

#include "common/rules/print_job.h"
#include "proto/printer.pb-c.h"
#include "server/call/call.h"

/* The shop's printer of that name: its row is held to the end. */
struct rows *printer_ask(struct call *c, ProtobufCBinaryData name);
/* In the next stage. UNKNOWN_PRINTER, or STEP_NEXT. field: that named it. */
enum step printer_must_be(struct call *c, const struct rows *printer, const char *field);
Caroline__V1__Printer *printer_message_of(const struct rows *rows, size_t row, struct arena *arena);

/* How its queue stands from now on: so many papers were ever put, so many wait. */
enum printer_when {
    PRINTER_AS_IT_WAS, /* what comes to an idle one is tried at once */
    PRINTER_NOW,       /* unless a server has it in hand */
    PRINTER_ANEW,      /* whoever has it in hand: its turn is over (printer_change) */
};
void printer_queue_write(struct call *c, const struct rows *printer, int64_t job_count, int64_t waiting,
                         enum printer_when when);

struct print_paper {
    enum print_kind kind;
    int64_t sale_id, copy; /* of a copy of a receipt */
    int64_t shift_id;      /* of a Z */
    int64_t tries;         /* it was begun so often before */
};
/* Behind what waits. PRINT_QUEUE_FULL, or STEP_NEXT: *number is the job's. */
enum step print_put(struct call *c, const struct rows *printer, const struct print_paper *paper, int64_t *number);

#endif
