/* The rules of papers that wait for a printer. */
#include "common/rules/print_job.h"

#include <string.h>

#include "common/base/instant.h"

#define PAUSE_FIRST_US (SECOND_US / 2)
#define PAUSE_MOST_US  (10 * SECOND_US)

static bool is_host(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
    size_t size = strlen(text);

    return size > 0 && size <= PRINTER_HOST_MAX && strspn(text, letters) == size && text[0] != '-' && text[0] != '.';
}

enum printer_verdict printer_judge(const struct printer_terms *terms)
{
    if (!is_host(terms->host))
        return PRINTER_BAD_HOST;
    if (terms->port < 1 || terms->port > UINT16_MAX)
        return PRINTER_BAD_PORT;
    if (terms->columns != 32 && terms->columns != 42 && terms->columns != 48)
        return PRINTER_BAD_COLUMNS;
    return terms->page < PRINT_PC437 || terms->page > PRINT_WPC1252 ? PRINTER_BAD_PAGE : PRINTER_FITS;
}

int64_t print_pause_us(int64_t tries)
{
    int64_t pause_us = PAUSE_FIRST_US;

    while (tries-- > 1 && pause_us < PAUSE_MOST_US)
        pause_us *= 2;
    return pause_us < PAUSE_MOST_US ? pause_us : PAUSE_MOST_US;
}

bool print_may(enum print_state state, enum print_act act)
{
    return act == PRINT_DROP ? state == PRINT_WAITS || state == PRINT_BEGUN : state == PRINT_DROPPED;
}
