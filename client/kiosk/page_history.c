/* What a member bought, with its receipts, and what they say of it. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"

#define SHOWN_MAX 9 /* of a list at once; the server gives eight a page */

/* ---- the list ---- */

/* What has not come back of a line. */
static int64_t left_of(const Caroline__V1__SaleShown *shown, size_t index)
{
    int64_t left_milli = shown->sale->totals->lines[index]->quantity_milli;

    for (size_t i = 0; i < shown->n_refunded; i++)
        if (shown->refunded[i]->line == index)
            left_milli -= shown->refunded[i]->quantity_milli;
    return left_milli;
}

static bool is_reviewed(const Caroline__V1__SelfSale *from, uint64_t product_id)
{
    for (size_t i = 0; i < from->n_reviewed_product_ids; i++)
        if (from->reviewed_product_ids[i] == product_id)
            return true;
    return false;
}

/* Those of which something was kept: nobody is asked how it was what they gave back, nor a second time. */
static void take_goods(struct history_sale *to, const Caroline__V1__SelfSale *from)
{
    const Caroline__V1__SaleShown *shown = from->sale;
    size_t count = shown->sale->totals == NULL ? 0 : shown->sale->totals->n_lines;

    for (size_t i = 0; i < count && to->product_count < sizeof(to->product_ids) / sizeof(to->product_ids[0]); i++) {
        const Caroline__V1__QuotedLine *line = shown->sale->totals->lines[i];
        bool known = line->voided || line->deposit || line->charge || left_of(shown, i) <= 0 ||
                     is_reviewed(from, line->product_id);
        for (size_t j = 0; j < to->product_count; j++)
            known = known || to->product_ids[j] == (int64_t)line->product_id;
        if (!known)
            to->product_ids[to->product_count++] = (int64_t)line->product_id;
    }
}

static void take_sale(struct history *m, const Caroline__V1__SelfSale *from)
{
    const Caroline__V1__SaleShown *shown = from->sale;
    const Caroline__V1__SaleRungUp *sale = shown == NULL ? NULL : shown->sale;
    struct history_sale *to = &m->sales[m->count];

    if (sale == NULL)
        return;
    memset(to, 0, sizeof(*to));
    to->sale_id = (int64_t)(from->has_sale_id ? from->sale_id : sale->sale_id);
    kiosk_text(to->number, sizeof(to->number), sale->receipt_number);
    to->at = (struct instant){ (int64_t)(shown->has_made_us ? shown->made_us : sale->committed_us) };
    to->total_minor = sale->totals == NULL ? 0 : sale->totals->total_minor;
    to->given_back_minor = shown->refunded_minor;
    to->refund = shown->refund_of.len > 0;
    take_goods(to, from);
    to->reviewed = from->n_reviewed_product_ids > 0;
    to->text = malloc(shown->text.len + 1);
    if (to->text == NULL)
        abort();
    if (shown->text.len > 0)
        memcpy(to->text, shown->text.data, shown->text.len);
    to->text[shown->text.len] = 0;
    m->count++;
}

static void fetch(struct kiosk *k);

static void on_sales(struct kiosk *k, const struct link_answer *answer)
{
    struct history *m = &k->visit.history;
    const Caroline__V1__SelfSalesShown *shown = (const Caroline__V1__SelfSalesShown *)answer->reply;

    if (kiosk_refused(k, answer) || !k->visit.account.open)
        return;
    for (size_t i = 0; i < shown->n_sales && m->count < KIOSK_SALES_MAX; i++)
        take_sale(m, shown->sales[i]);
    m->more = shown->has_next_us && m->count < KIOSK_SALES_MAX;
    m->next_us = shown->next_us;
    m->next_id = shown->next_id;
    m->asked = true;
    if (m->more && m->count <= SHOWN_MAX) /* "More" is there where there are more than can be shown */
        fetch(k);
}

static void fetch(struct kiosk *k)
{
    struct history *m = &k->visit.history;
    Caroline__V1__SelfSales message = CAROLINE__V1__SELF_SALES__INIT;

    message.has_before_us = message.has_before_id = m->more;
    message.before_us = m->next_us;
    message.before_id = m->next_id;
    kiosk_call(k, CAROLINE__V1__OP__OP_SELF_SALES, &message.base, true, on_sales);
}

void history_open(struct kiosk *k)
{
    kiosk_open(k, &history_page);
    if (!k->visit.history.asked)
        fetch(k);
}

/* What came back of it, below it. */
static void draw_given_back(const struct kiosk *k, struct area area, const struct history_sale *sale)
{
    char money[NUMBER_TEXT];

    if (sale->given_back_minor != 0)
        paint_format(area, 0, 6, area.columns - 7, ALIGN_RIGHT, STYLE_DIM, "given back of it %s",
                     kiosk_money(k, money, sale->given_back_minor));
}

static void choose(void *model, int64_t index)
{
    struct kiosk *k = model;

    k->visit.history.selected = (size_t)index;
    k->visit.receipt_view = (struct list_view){ 0 };
    kiosk_open(k, &receipt_page);
}

static void draw(struct kiosk *k, struct area area)
{
    struct history *m = &k->visit.history;

    if (m->count == 0) {
        kiosk_sentence(area, 1,
                       m->asked ? "You have not bought anything here yet with your card."
                                : "This can be read in a moment.");
        return;
    }
    struct area list = kiosk_list(k, area, &m->view, m->count, 2);
    for (size_t i = m->view.top; i < m->count && i < m->view.top + m->view.shown; i++) {
        const struct history_sale *sale = &m->sales[i];
        char at[LOCAL_TEXT], money[NUMBER_TEXT], label[160];
        snprintf(label, sizeof(label), "%s   %s%s", local_format(at, zone_local(kiosk_zone(k), sale->at)), sale->number,
                 sale->refund ? "   given back" : "");
        const struct button button = { .key = (char)('1' + (i - m->view.top)),
                                       .label = label,
                                       .right = kiosk_money(k, money, sale->total_minor),
                                       .act = choose,
                                       .value = (int64_t)i };
        kiosk_button(k, area_rows(list, 2 * (int)(i - m->view.top), 1), &button);
        draw_given_back(k, area_rows(list, 2 * (int)(i - m->view.top) + 1, 1), sale);
    }
}

/* At the end of what is here the page before it in time is asked for. */
static bool wheel(struct kiosk *k, int key)
{
    struct history *m = &k->visit.history;
    bool moved = kiosk_list_wheel(k, &m->view, m->count, key);

    if (m->more && key == KEY_NPAGE && m->view.top + m->view.shown >= m->count && k->visit.waiting == 0)
        fetch(k);
    return moved;
}

const struct page history_page = { .title = "What I bought", .draw = draw, .wheel = wheel, .personal = true };

/* ---- a receipt ---- */

void history_reviewed(struct kiosk *k, int64_t sale_id, int64_t product_id)
{
    for (size_t i = 0; i < k->visit.history.count; i++) {
        struct history_sale *sale = &k->visit.history.sales[i];
        size_t kept = 0;

        if (sale->sale_id != sale_id)
            continue;
        for (size_t j = 0; j < sale->product_count; j++)
            if (sale->product_ids[j] != product_id)
                sale->product_ids[kept++] = sale->product_ids[j];
        sale->product_count = kept;
        sale->reviewed = true;
    }
}

static void rate(void *model, int64_t product_id)
{
    struct kiosk *k = model;
    review_begin(k, k->visit.history.sales[k->visit.history.selected].sale_id, product_id);
}

static void explain(void *model, int64_t value)
{
    struct kiosk *k = model;
    const struct history_sale *sale = &k->visit.history.sales[k->visit.history.selected];

    (void)value;
    explain_begin(k, sale->sale_id, sale->number);
}

/* Of all that can be pressed, with so many between them. */
static int rows_of_goods(const struct kiosk *k, int columns, const struct history_sale *sale, int gap)
{
    int rows = 0;

    for (size_t i = 0; i < sale->product_count; i++) {
        const struct product *product = kiosk_product(k, sale->product_ids[i]);
        const struct button button = { .key = '1', .label = product == NULL ? "" : product->name };
        rows += product == NULL ? 0 : board_rows(columns, &button) + gap;
    }
    return rows;
}

static void draw_goods_of(struct kiosk *k, struct area area, const struct history_sale *sale)
{
    int row = 2;
    char key = '1', money[NUMBER_TEXT];
    const struct button why = { .key = 'w', .label = "Why these numbers?", .act = explain };

    kiosk_button(k, area_rows(area, area.rows - 3, 1), &why);
    if (sale->given_back_minor != 0)
        paint_format(area, area.rows - 1, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Given back of it: %s",
                     kiosk_money(k, money, sale->given_back_minor));
    if (!sale->refund && sale->product_count == 0 && sale->reviewed)
        paint_wrapped(area, 0, 0, area.columns, STYLE_PLAIN, "You have said how it was. Thank you!");
    if (sale->refund || sale->product_count == 0)
        return;
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "How was it? Press it:");
    const bool whole = rows_of_goods(k, area.columns, sale, 0) <= area.rows - 6; /* else as many as can be */
    const int gap = rows_of_goods(k, area.columns, sale, 1) <= area.rows - 6 ? 1 : 0;
    for (size_t i = 0; i < sale->product_count && key <= '9'; i++) {
        const struct product *product = kiosk_product(k, sale->product_ids[i]);
        if (product == NULL)
            continue;
        const struct button button = { .key = key, .label = product->name, .act = rate, .value = product->id };
        int rows = whole ? board_rows(area.columns, &button) : 1;
        if (row + rows > area.rows - 4)
            break;
        kiosk_button(k, area_rows(area, row, rows), &button);
        key++;
        row += rows + gap;
    }
}

static size_t lines_of(const char *text)
{
    size_t count = 0;

    for (; *text != 0; text++)
        count += *text == '\n';
    return count;
}

static void draw_lines(struct area area, const char *text, size_t from)
{
    for (; from > 0 && *text != 0; text++)
        from -= *text == '\n';
    for (int row = 0; row < area.rows && *text != 0; row++) {
        char line[256];
        size_t size = strcspn(text, "\n"), kept = size < sizeof(line) - 1 ? size : sizeof(line) - 1;
        memcpy(line, text, kept);
        line[kept] = 0;
        paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, line);
        text += size + (text[size] == '\n');
    }
}

static void scroll_lines(struct list_view *view, size_t count, int key)
{
    size_t step = view->shown > 2 ? view->shown - 2 : 1;

    if (key == KEY_PPAGE)
        view->top -= view->top < step ? view->top : step;
    else if (view->top + view->shown < count)
        view->top += step;
}

static void on_scroll(void *model, int64_t key)
{
    struct kiosk *k = model;
    kiosk_page(k)->wheel(k, (int)key);
}

static void draw_text(struct kiosk *k, struct area area, const char *text, struct list_view *view)
{
    size_t count = lines_of(text);
    struct area foot = area_rows(area, area.rows - 1, 1), lines = area_rows(area, 0, area.rows - 2);

    view->shown = (size_t)lines.rows;
    draw_lines(lines, text, view->top);
    if (count <= view->shown && view->top == 0)
        return;
    const struct button before = {
        .key = 'p', .label = "Before", .centred = true, .act = view->top > 0 ? on_scroll : NULL, .value = KEY_PPAGE
    };
    const struct button more = { .key = 'n',
                                 .label = "More",
                                 .centred = true,
                                 .act = view->top + view->shown < count ? on_scroll : NULL,
                                 .value = KEY_NPAGE };
    kiosk_button(k, area_columns(foot, 0, 16), &before);
    kiosk_button(k, area_columns(foot, 18, 16), &more);
}

static void draw_receipt(struct kiosk *k, struct area area)
{
    struct history *m = &k->visit.history;

    if (m->selected >= m->count)
        return;
    draw_text(k, area_columns(area, 0, 44), m->sales[m->selected].text, &k->visit.receipt_view);
    draw_goods_of(k, area_columns(area, 46, area.columns - 46), &m->sales[m->selected]);
}

static bool wheel_receipt(struct kiosk *k, int key)
{
    struct history *m = &k->visit.history;

    if (m->selected < m->count)
        scroll_lines(&k->visit.receipt_view, lines_of(m->sales[m->selected].text), key);
    return true;
}

const struct page receipt_page = {
    .title = "A receipt", .draw = draw_receipt, .wheel = wheel_receipt, .personal = true
};

/* ---- any other text of theirs ---- */

void paper_show(struct kiosk *k, const char *title, char *text)
{
    struct own_paper *m = &k->visit.paper;

    if (m->text != NULL) {
        explicit_bzero(m->text, strlen(m->text));
        free(m->text);
    }
    memset(m, 0, sizeof(*m));
    m->title = title;
    m->text = text;
    kiosk_open(k, &paper_page);
}

static void draw_paper(struct kiosk *k, struct area area)
{
    if (k->visit.paper.text == NULL)
        return;
    draw_text(k, area, k->visit.paper.text, &k->visit.paper.view);
}

static bool wheel_paper(struct kiosk *k, int key)
{
    if (k->visit.paper.text != NULL)
        scroll_lines(&k->visit.paper.view, lines_of(k->visit.paper.text), key);
    return true;
}

const struct page paper_page = {
    .title = "For you to read", .draw = draw_paper, .wheel = wheel_paper, .personal = true
};
