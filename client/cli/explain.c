/* The verb that says where the numbers of a receipt come from. */
#include "client/cli/cli.h"

#include <stdio.h>

#include "client/link/explained.h"
#include "common/print/text.h"
#include "proto/envelope.pb-c.h"
#include "proto/explain.pb-c.h"

#define OP(name)      CAROLINE__V1__OP__OP_##name
#define COLUMNS       80
#define COLUMNS_MOST  200
#define COLUMNS_LEAST RECEIPT_COLUMNS_LEAST

/* All pages as one. */
struct explained {
    Caroline__V1__SaleExplained whole;
    struct explanation rows;
};

static void add_page(struct cli *c, struct explained *e, const Caroline__V1__SaleExplained *page)
{
    Caroline__V1__ExplainRow **rows = arena_array(c->arena, e->whole.n_rows + page->n_rows, sizeof *rows);
    size_t count = 0;

    for (size_t i = 0; i < e->whole.n_rows; i++)
        rows[count++] = e->whole.rows[i];
    for (size_t i = 0; i < page->n_rows; i++)
        rows[count++] = page->rows[i];
    e->whole = *page;
    e->whole.rows = rows;
    e->whole.n_rows = count;
    explained_add(&e->rows, page, c->arena);
}

static int columns_wanted(struct cli *c, size_t *columns)
{
    const char *text = option_value(c, "columns");
    uint64_t number = COLUMNS;

    if (text != NULL && (!whole_number(text, COLUMNS_MOST, &number) || number < COLUMNS_LEAST))
        return usage(c, "--columns: from %d to %d", COLUMNS_LEAST, COLUMNS_MOST);
    *columns = (size_t)number;
    return EXIT_DONE;
}

static void print_explained(struct cli *c, const struct explained *e, size_t columns)
{
    struct receipt paper = explain_receipt(e->rows.rows, e->rows.count, text_of(c, e->whole.receipt_number),
                                           currency_exponent(c), c->arena);

    fputs(receipt_text(c->arena, &paper, columns), stdout);
    printf("%s\n", explained_verdict(&e->rows, c->arena));
}

int verb_receipt_explain(struct cli *c)
{
    Caroline__V1__SaleExplain request = CAROLINE__V1__SALE_EXPLAIN__INIT;
    const Caroline__V1__SaleExplained *page;
    struct explained e = { 0 };
    size_t columns = COLUMNS;
    int status;

    request.has_last = request.last = option_given(c, "last");
    if ((status = columns_wanted(c, &columns)) != EXIT_DONE)
        return status;
    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count + (request.last ? 1 : 0) != 1)
        return usage(c, "name one receipt's number, or --last");
    if (!request.last)
        set_text(&request.receipt_number, &request.has_receipt_number, c->words[0]);
    do {
        page = (const void *)call_server(c, OP(SALE_EXPLAIN), &request.base, &status);
        if (page == NULL)
            return status;
        add_page(c, &e, page);
        /* The next page is of this sale, whatever is sold meanwhile. */
        request = (Caroline__V1__SaleExplain)CAROLINE__V1__SALE_EXPLAIN__INIT;
        request.has_sale_id = request.has_after_row = true;
        request.sale_id = page->sale_id;
        request.after_row = (uint32_t)e.whole.n_rows;
    } while (page->more && page->n_rows > 0);
    if (c->json)
        print_message(c, &e.whole.base);
    else
        print_explained(c, &e, columns);
    return EXIT_DONE;
}
