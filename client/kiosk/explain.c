/* Where the numbers of a receipt of theirs come from: asked page by page, and shown as text. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/explained.h"
#include "common/print/text.h"
#include "proto/explain.pb-c.h"

#define COLUMNS 76 /* of the narrowest window */

static void on_page(struct kiosk *k, const struct link_answer *answer);

static void fetch(struct kiosk *k)
{
    struct kiosk_explain *m = &k->visit.explain;
    Caroline__V1__SaleExplain message = CAROLINE__V1__SALE_EXPLAIN__INIT;

    message.has_sale_id = message.has_after_row = true;
    message.sale_id = (uint64_t)m->sale_id;
    message.after_row = (uint32_t)m->rows.count;
    if (!kiosk_call(k, CAROLINE__V1__OP__OP_SALE_EXPLAIN, &message.base, true, on_page))
        explain_forget(k); /* that the shop's computer is away was said */
}

/* The verdict is above all of it: who asks why wants to know that first. */
static char *text_of(const struct kiosk *k)
{
    const struct kiosk_explain *m = &k->visit.explain;
    const struct shop *shop = kiosk_shop(k);
    struct receipt paper =
        explain_receipt(m->rows.rows, m->rows.count, m->number, shop == NULL ? 2 : shop->currency_exponent, m->arena);
    const char *lines = receipt_text(m->arena, &paper, COLUMNS), *verdict = explained_verdict(&m->rows, m->arena);
    size_t size = strlen(lines) + strlen(verdict) + 3;
    char *text = malloc(size);

    if (text == NULL)
        abort();
    snprintf(text, size, "%s\n\n%s", verdict, lines);
    return text;
}

static void on_page(struct kiosk *k, const struct link_answer *answer)
{
    struct kiosk_explain *m = &k->visit.explain;
    const Caroline__V1__SaleExplained *page = (const Caroline__V1__SaleExplained *)answer->reply;

    if (kiosk_refused(k, answer) || m->arena == NULL) {
        explain_forget(k);
        return;
    }
    explained_add(&m->rows, page, m->arena);
    if (page->more && page->n_rows > 0) {
        fetch(k);
        return;
    }
    char *text = text_of(k);
    explain_forget(k);
    paper_show(k, "Why these numbers", text);
}

void explain_begin(struct kiosk *k, int64_t sale_id, const char *number)
{
    struct kiosk_explain *m = &k->visit.explain;

    explain_forget(k);
    m->arena = arena_create(0);
    m->sale_id = sale_id;
    snprintf(m->number, sizeof(m->number), "%s", number);
    fetch(k);
}

void explain_forget(struct kiosk *k)
{
    struct kiosk_explain *m = &k->visit.explain;

    if (m->arena != NULL)
        arena_destroy(m->arena);
    memset(m, 0, sizeof(*m));
}
