/* Where a receipt's numbers come from, at the counter: on the screen, page by page, and on paper of any width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "desk.h"
#include "proto/explain.pb-c.h"

#define OP(name)     CAROLINE__V1__OP__OP_##name
#define ROW(name)    CAROLINE__V1__EXPLAIN_ROW_KIND__EXPLAIN_ROW_##name
#define NUMBER(name) CAROLINE__V1__EXPLAIN_NUMBER__EXPLAIN_NUMBER_##name
#define FIRST        14 /* rows of the first page */

struct told {
    Caroline__V1__ExplainRowKind kind;
    Caroline__V1__ExplainNumber about;
    const char *text;
    int64_t amount;
    bool points;
};
static const struct told told[] = {
    { ROW(HEAD), NUMBER(NONE), "Taken away", 0, false },
    { ROW(NOTE), NUMBER(NONE), "priced by version 12 of the catalogue", 0, false },
    { ROW(HEAD), NUMBER(NONE), "Line 1: Croissant", 0, false },
    { ROW(NUMBER), NUMBER(UNIT_PRICE), "Price of a piece", 195, false },
    { ROW(PART), NUMBER(UNIT_PRICE), "the shop's price list, since 2026-11-02 (version 9)", 195, false },
    { ROW(NUMBER), NUMBER(LINE_AMOUNT), "Amount", 585, false },
    { ROW(PART), NUMBER(LINE_AMOUNT), "3 x 1.95", 585, false },
    { ROW(NUMBER), NUMBER(LINE_TAX), "Tax in it", 38, false },
    { ROW(PART), NUMBER(LINE_TAX), "VAT 7 %", 38, false },
    { ROW(NOTE), NUMBER(LINE_TAX), "tax class Bakery, since 2026-10-01 (version 3); taken away, cold: VAT 7 %", 0,
      false },
    { ROW(HEAD), NUMBER(NONE), "Line 5: Rye bread by weight", 0, false },
    { ROW(NUMBER), NUMBER(UNIT_PRICE), "Price of a kg", 640, false },
    { ROW(PART), NUMBER(UNIT_PRICE), "the chain's price list, since 2026-10-01 (version 3)", 640, false },
    { ROW(NUMBER), NUMBER(LINE_AMOUNT), "Amount", 224, false },
    { ROW(PART), NUMBER(LINE_AMOUNT), "0.35 kg x 6.40", 224, false },
    { ROW(HEAD), NUMBER(NONE), "VAT 7 %", 0, false },
    { ROW(NUMBER), NUMBER(TAX), "Tax", 148, false },
    { ROW(PART), NUMBER(TAX), "line 1: Croissant", 38, false },
    { ROW(PART), NUMBER(TAX), "line 2: Éclair au chocolat", 23, false },
    { ROW(PART), NUMBER(TAX), "line 3: Chocolate Cake", 59, false },
    { ROW(PART), NUMBER(TAX), "line 4: 餅クッキー", 14, false },
    { ROW(PART), NUMBER(TAX), "line 5: Rye bread by weight", 14, false },
    { ROW(NOTE), NUMBER(TAX), "22.64 x 7 / 107, rounded once", 0, false },
    { ROW(HEAD), NUMBER(NONE), "Points", 0, false },
    { ROW(NUMBER), NUMBER(POINTS_EARNED), "Points earned", 226, true },
    { ROW(PART), NUMBER(POINTS_EARNED), "Cookie club: 10 for each 1.00 of 22.64", 226, true },
    { ROW(NOTE), NUMBER(POINTS_EARNED), "Gold visits: nothing, for it is for the tier Gold and better ones", 0, false },
};
#define TOLD (sizeof told / sizeof *told)

static const Caroline__V1__SaleExplain *asked(struct desk *d)
{
    return (const Caroline__V1__SaleExplain *)scripted_request(d->link, OP(SALE_EXPLAIN),
                                                               &caroline__v1__sale_explain__descriptor);
}

static void answer(struct desk *d, size_t from, size_t to, unsigned wrong)
{
    Caroline__V1__SaleExplained page = CAROLINE__V1__SALE_EXPLAINED__INIT;
    Caroline__V1__ExplainRow rows[TOLD], *list[TOLD];

    for (size_t i = from; i < to; i++) {
        Caroline__V1__ExplainRow *row = list[page.n_rows++] = &rows[i];
        bool has_amount = told[i].kind == ROW(NUMBER) || told[i].kind == ROW(PART);

        caroline__v1__explain_row__init(row);
        row->has_kind = row->has_about = row->has_text = true;
        row->kind = told[i].kind;
        row->about = told[i].about;
        row->text = counter_text(told[i].text);
        row->has_points = has_amount && told[i].points;
        row->has_amount_minor = has_amount && !told[i].points;
        row->points = row->amount_minor = told[i].amount;
    }
    page.rows = list;
    page.has_sale_id = page.has_more = page.has_row_count = page.has_number_count = page.has_wrong_count = true;
    page.sale_id = 77;
    page.more = to < TOLD;
    page.row_count = TOLD;
    page.number_count = 7;
    page.wrong_count = wrong;
    scripted_answer(d->link, OP(SALE_EXPLAIN), &page.base);
}

static void sell(struct desk *d)
{
    desk_open_paying(d);
    desk_type(d, "30");
    desk_type(d, K_ENTER);
    desk_rung_up(d);
    desk_ring_up(d, 3000);
}

static void each_number_is_shown_with_its_parts(void **state)
{
    (void)state;
    struct desk d;

    sell(&d);
    desk_type(&d, K_F6);
    assert_memory_equal(asked(&d)->receipt_number.data, "3T-000042", 9);
    desk_sees(&d, "Asking the server ...");
    answer(&d, 0, FIRST, 0);
    assert_int_equal(asked(&d)->sale_id, 77);
    assert_int_equal(asked(&d)->after_row, FIRST);
    assert_false(asked(&d)->has_receipt_number);
    desk_sees(&d, "Asking the server ...");
    desk_sees_not(&d, "F9 Print"); /* not the half of it */
    answer(&d, FIRST, TOLD, 0);
    desk_sees(&d, "Receipt 3T-000042: 7 numbers: all add up");
    desk_golden(&d, "explain");
    desk_sees(&d, "Line 1: Croissant"); /* and it is as high as that once more: by its rows a page is turned */
    desk_type(&d, "\033[6~");
    desk_sees(&d, "Cookie club: 10 for each 1.00 of 22.64");
    desk_golden(&d, "explain-end");
    desk_type(&d, "\033[5~");
    desk_sees(&d, "Line 1: Croissant");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_close(&d);
}

static void what_does_not_add_up_is_said_at_the_top(void **state)
{
    (void)state;
    struct desk d;

    sell(&d);
    desk_type(&d, K_F6);
    answer(&d, 0, TOLD, 1);
    desk_sees(&d, "7 numbers; 1 does not add up");
    desk_close(&d);
}

/* Esc while it is asked for; what comes then is for nobody. */
static void who_leaves_is_not_called_back(void **state)
{
    (void)state;
    struct desk d;

    sell(&d);
    desk_type(&d, K_F6);
    desk_type(&d, K_ESC);
    answer(&d, 0, FIRST, 0);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_type(&d, K_F6);
    answer(&d, 0, TOLD, 0);
    desk_sees(&d, "all add up");
    desk_close(&d);
}

static void without_the_server_there_is_nothing_to_explain(void **state)
{
    (void)state;
    struct desk d;

    sell(&d);
    desk_sees(&d, "F6 Explain");
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_sees_not(&d, "F6 Explain");
    desk_type(&d, K_F6);
    assert_false(scripted_asked(d.link, OP(SALE_EXPLAIN)));
    desk_close(&d);
}

/* ---- on paper ---- */

/* What was printed, as text: how often it is there. */
static size_t on_paper(const char *path, const char *text)
{
    static char bytes[65536];
    FILE *file = fopen(path, "rb");
    size_t size = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file), count = 0;

    if (file != NULL)
        fclose(file);
    for (const char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), text, strlen(text))) != NULL; at++)
        count++;
    return count;
}

static void print_on(size_t columns, const char *part)
{
    struct desk d;
    uv_loop_t loop;
    char queue[96], paper[96];
    const char *problem = "";

    sell(&d);
    snprintf(queue, sizeof queue, "%s/print.db", d.directory);
    snprintf(paper, sizeof paper, "%s/paper", d.directory);
    const struct print_spool_options options = {
        .loop = &loop,
        .path = queue,
        .address = { .way = PRINTER_FILE, .name = paper },
        .printer = { .columns = columns, .code = ESCPOS_CODE_TEXT, .cutter = true, .drawer_pin = 2 },
        .changed = printing_changed,
        .owner = &d.counter,
    };
    uv_loop_init(&loop);
    struct print_spool *printing = print_spool_open(&options, d.arena, &problem);
    assert_non_null(printing);
    printing_attach(&d.counter, printing, false);
    desk_type(&d, K_F6);
    answer(&d, 0, TOLD, 0);
    for (size_t i = 1; i <= 2; i++) { /* as often as somebody asks */
        desk_type(&d, K_F9);
        desk_sees(&d, "3T-000042, explained, goes to the printer");
        while (print_spool_waiting(printing) > 0)
            uv_run(&loop, UV_RUN_ONCE);
        assert_int_equal(on_paper(paper, part), i);
        assert_int_equal(on_paper(paper, "NOT A RECEIPT"), i);
    }
    d.counter.printing = NULL;
    print_spool_close(printing);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    desk_close(&d);
}

static void it_is_printed_on_paper_of_any_width(void **state)
{
    (void)state;
    print_on(48, "  3 x 1.95                                  5.85\n");
    print_on(32, "  3 x 1.95                  5.85\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_is_shown_with_its_parts),
        cmocka_unit_test(what_does_not_add_up_is_said_at_the_top),
        cmocka_unit_test(who_leaves_is_not_called_back),
        cmocka_unit_test(without_the_server_there_is_nothing_to_explain),
        cmocka_unit_test(it_is_printed_on_paper_of_any_width),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
