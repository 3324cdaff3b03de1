/* Papers that wait for a network printer of the shop's: what a printer may be, when it is tried again, what may be done to a paper. */
#ifndef CAROLINE_RULES_PRINT_JOB_H
#define CAROLINE_RULES_PRINT_JOB_H

#include <stdbool.h>
#include <stdint.h>

#define PRINTERS_MAX      20   /* of a shop */
#define PRINT_WAITING_MAX 1000 /* papers of a printer */
#define PRINTER_NAME_MAX  40   /* characters */
#define PRINTER_HOST_MAX  100  /* bytes */
#define PRINTER_PORT      9100 /* where printers listen */
#define PRINTER_WIDTH     42

/* Numbers as in the tables and in proto/printer.proto. */
enum print_kind { PRINT_RECEIPT = 1, PRINT_GIFT, PRINT_Z };
enum print_state { PRINT_WAITS = 1, PRINT_BEGUN, PRINT_PRINTED, PRINT_DROPPED };
enum print_page { PRINT_PC437 = 1, PRINT_PC858, PRINT_WPC1252 };

struct printer_terms {
    const char *host;
    int64_t port, columns, page;
};
enum printer_verdict { PRINTER_FITS, PRINTER_BAD_HOST, PRINTER_BAD_PORT, PRINTER_BAD_COLUMNS, PRINTER_BAD_PAGE };
/* A host is an address or a name of a computer: letters, digits, dots, hyphens and colons, and no word of another program's. */
enum printer_verdict printer_judge(const struct printer_terms *terms);

/* So long after a try that failed, tries of them in a row: half a second, doubling to ten. */
int64_t print_pause_us(int64_t tries);

enum print_act { PRINT_RETRY = 1, PRINT_DROP };
/* May it be done to a paper in this state? What waits is dropped, also when it was begun; what was dropped can be put again. */
bool print_may(enum print_state state, enum print_act act);

#endif
