/* Checks of network printers and what waits for them. */
#include "tests/sim/store/sim_check.h"

/* What is found of a printer's papers. 0: none. */
struct papers {
    int64_t waiting, last, first, begun, printed;
};

static void add_paper(struct papers *papers, const union sim_cell *j)
{
    int64_t number = j[PRINT_JOB_NUMBER].i, state = j[PRINT_JOB_STATE].i;

    if (number > papers->last)
        papers->last = number;
    if (state < 3) {
        papers->waiting++;
        if (papers->first == 0 || number < papers->first)
            papers->first = number;
    }
    if (state == 2 && number > papers->begun)
        papers->begun = number;
    if (state == 3 && number > papers->printed)
        papers->printed = number;
}

static bool is_in_order(const union sim_cell *p, const struct papers *papers)
{
    return p[PRINTER_WAITING].i == papers->waiting && papers->last <= p[PRINTER_JOB_COUNT].i &&
           (papers->begun == 0 || papers->begun == papers->first) &&
           (papers->first == 0 || papers->printed <= papers->first) &&
           (!p[PRINTER_REMOVED].i || p[PRINTER_WAITING].i == 0);
}

static void print_queues(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_PRINTER)
        {
            const union sim_cell *p = scan.hit.c;
            struct papers papers = { 0 };

            for (struct sim_scan job =
                     sim_scan(k->x, SIM_PRINT_JOB, PRINT_JOB_BY_PRINTER_ID_NUMBER, KEY(p[PRINTER_ID]));
                 sim_next(&job);)
                add_paper(&papers, job.hit.c);
            if (!is_in_order(p, &papers))
                sim_wrong(k, "printer=%lld", LONG(p[PRINTER_ID]));
        }
}

static bool is_of_shop(struct sim_checker *k, const union sim_cell *j, union sim_cell shop)
{
    if (j[PRINT_JOB_KIND].i == 3) {
        const union sim_cell *z = sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(j[PRINT_JOB_SHIFT_ID])).c;
        return z != NULL && z[SHIFT_Z_SHOP_ID].i == shop.i;
    }
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(j[PRINT_JOB_SALE_ID])).c;
    const union sim_cell *c =
        sim_find(k->x, SIM_RECEIPT_COPY, RECEIPT_COPY_BY_SALE_ID_COPY, KEY(j[PRINT_JOB_SALE_ID], j[PRINT_JOB_COPY])).c;
    return s != NULL && c != NULL && s[SALE_SHOP_ID].i == shop.i &&
           (c[RECEIPT_COPY_GIFT].i != 0) == (j[PRINT_JOB_KIND].i == 2);
}

static void print_jobs(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_PRINT_JOB)
        {
            const union sim_cell *j = scan.hit.c;
            const union sim_cell *p = sim_find(k->x, SIM_PRINTER, PRINTER_BY_ID, KEY(j[PRINT_JOB_PRINTER_ID])).c;

            if (p == NULL || !is_of_shop(k, j, p[PRINTER_SHOP_ID]))
                sim_wrong(k, "printer=%lld paper=%lld", LONG(j[PRINT_JOB_PRINTER_ID]), LONG(j[PRINT_JOB_NUMBER]));
        }
}

const struct sim_named_check sim_printer_checks[] = {
    { "print_queues", print_queues },
    { "print_jobs", print_jobs },
    { NULL, NULL },
};
