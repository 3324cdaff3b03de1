/* retender.sql: what paid a sale, put right after it. */
#include "tests/sim/store/sim_sales.h"

static void retender_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_SALE_RETENDER, 0,
               PUTS(FROM(SALE_RETENDER_ID, 1), FROM(SALE_RETENDER_SALE_ID, 2), FROM(SALE_RETENDER_NUMBER, 3),
                    FROM(SALE_RETENDER_SHOP_ID, 4), FROM(SALE_RETENDER_DEVICE_ID, 5), FROM(SALE_RETENDER_SHIFT_ID, 6),
                    FROM(SALE_RETENDER_STAFF_ID, 7), FROM(SALE_RETENDER_CATALOGUE_VERSION, 8),
                    FROM(SALE_RETENDER_ROUNDING_MINOR, 9), FROM(SALE_RETENDER_REASON, 10),
                    FROM(SALE_RETENDER_ENTRY_NUMBER, 11), FROM(SALE_RETENDER_AT, 12)));
}

static void retender_entry_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_RETENDER_ENTRY,
                   PUTS(FROM(RETENDER_ENTRY_POSITION, 2), FROM(RETENDER_ENTRY_RETENDER_ID, 1),
                        FROM(RETENDER_ENTRY_KIND, 3), FROM(RETENDER_ENTRY_TENDER_TYPE_ID, 4),
                        FROM(RETENDER_ENTRY_TENDER_COUNT, 5), FROM(RETENDER_ENTRY_AMOUNT_MINOR, 6),
                        FROM(RETENDER_ENTRY_TIP_MINOR, 7), FROM(RETENDER_ENTRY_REFERENCE, 8)));
}

static void retender_show(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_RETENDER, SALE_RETENDER_BY_SALE_ID_NUMBER, KEY(I(sim_int(x, 1))));
         sim_next(&scan);) {
        const union sim_cell *r = scan.hit.c;
        for (struct sim_scan entries =
                 sim_scan(x, SIM_RETENDER_ENTRY, RETENDER_ENTRY_BY_RETENDER_ID_POSITION, KEY(r[SALE_RETENDER_ID]));
             sim_next(&entries);) {
            const union sim_cell *e = entries.hit.c;
            int64_t type = sim_or_zero(e[RETENDER_ENTRY_TENDER_TYPE_ID]);
            sim_emit(x, KEY(r[SALE_RETENDER_NUMBER], r[SALE_RETENDER_AT], r[SALE_RETENDER_ROUNDING_MINOR],
                            e[RETENDER_ENTRY_POSITION], e[RETENDER_ENTRY_KIND], I(type),
                            B(sim_tender_name(x, e[RETENDER_ENTRY_KIND].i, type, r[SALE_RETENDER_CATALOGUE_VERSION].i)),
                            e[RETENDER_ENTRY_AMOUNT_MINOR], e[RETENDER_ENTRY_TIP_MINOR], e[RETENDER_ENTRY_REFERENCE]));
        }
    }
}

const struct sim_statement sim_retender_statements[] = {
    { &sql_retender_insert, retender_insert, NULL },
    { &sql_retender_entry_insert, retender_entry_insert, NULL },
    { &sql_retender_show, retender_show,
      "number at@ rounding_minor position kind tender_type_id name$ amount_minor tip_minor reference$" },
    { NULL, NULL, NULL },
};
