/* The close of a shift: the drawer is counted blind, piece by piece, and only the server's answer says what should have been
 * in it. Where the currency's coins and notes are not known, the sum is typed. Below stand the card machine and each kind of
 * vouchers, by their sums. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/denomination.h"

#define PIECES_DIGITS 6
#define SUM_DIGITS    14

/* One entry and no list: cash alone, of which no pieces are known. */
static bool by_total(const struct count_model *m)
{
    return m->list.count == 0;
}

/* Rows: coins and notes, or cash as a sum; then the card machine, and vouchers. */
static size_t cash_rows(const struct count_model *m)
{
    return m->value_count == 0 ? 1 : m->value_count;
}

static struct count_voucher *voucher_of(struct count_model *m, size_t row)
{
    return row < cash_rows(m) ? NULL : &m->vouchers[row - cash_rows(m)];
}

/* What a row that is a sum was typed as; NULL: the row is pieces. */
static char *sum_of(struct count_model *m, size_t row)
{
    struct count_voucher *voucher = voucher_of(m, row);

    if (voucher != NULL)
        return voucher->text;
    return m->value_count == 0 ? m->total : NULL;
}

/* The entry is of the selected row. It takes whatever is typed: what is no number is seen, and refused as a whole. */
static void show_row(struct count_model *m)
{
    const char *sum = by_total(m) ? NULL : sum_of(m, m->list.selected);
    char text[16] = "";

    if (by_total(m))
        return;
    if (sum == NULL && m->touched[m->list.selected])
        snprintf(text, sizeof text, "%u", m->pieces[m->list.selected]);
    field_init(&m->entry, FIELD_TEXT, sum == NULL ? PIECES_DIGITS : SUM_DIGITS);
    field_set(&m->entry, sum == NULL ? text : sum);
}

/* Those the shop takes now: what is left of one that it took before is nobody's to count. */
static void add_sum(struct count_model *m, int64_t type_id, const char *name)
{
    struct count_voucher *sum = &m->vouchers[m->voucher_count++];

    sum->type_id = type_id;
    snprintf(sum->name, sizeof sum->name, "%s", name);
}

static void find_sums(struct counter *c)
{
    struct count_model *m = &c->count;
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct tender_type *type;

    if (catalogue == NULL)
        return;
    if (tender_type_of(catalogue, catalogue_newest(catalogue), TENDER_TYPE_CARD)->active)
        add_sum(m, TENDER_TYPE_CARD, "Card machine's sum");
    for (int64_t id = 0;
         m->voucher_count < SHIFT_VOUCHERS_MAX && (type = catalogue_next_tender_type(catalogue, id, 0)) != NULL;
         id = type->id)
        if (type->kind == TENDER_VOUCHER && type->active)
            add_sum(m, type->id, type->name);
}

static bool has_vouchers(const struct count_model *m)
{
    return m->voucher_count > 0 && m->vouchers[m->voucher_count - 1].type_id != TENDER_TYPE_CARD;
}

/* A machine that gave no slip is not counted; vouchers of which nothing was typed are none. */
static bool is_left_out(const struct count_voucher *sum)
{
    return sum->type_id == TENDER_TYPE_CARD && sum->text[0] == 0;
}

void count_begin(struct counter *c, int64_t shift_id, const char *holder)
{
    struct count_model *m = &c->count;
    const struct shop *shop = counter_shop(c);

    memset(m, 0, sizeof *m);
    m->shift_id = shift_id;
    snprintf(m->holder, sizeof m->holder, "%s", holder);
    if (shop != NULL)
        m->values = denominations_of(shop->currency, shop->currency_exponent, &m->value_count);
    find_sums(c);
    m->list.count = m->voucher_count == 0 ? m->value_count : cash_rows(m) + m->voucher_count;
    field_init(&m->entry, FIELD_TEXT, by_total(m) ? SUM_DIGITS : PIECES_DIGITS);
    show_row(m);
    stage_push(&c->stage, &count_screen);
}

/* Of cash; false: a total that is none. */
static bool counted(const struct counter *c, int64_t *minor)
{
    const struct count_model *m = &c->count;

    *minor = 0;
    if (m->value_count == 0)
        return counter_money_parse(c, by_total(m) ? m->entry.text : m->total, minor);
    for (size_t i = 0; i < m->value_count; i++)
        *minor += m->values[i] * m->pieces[i];
    return true;
}

/* A drawer that is empty was looked into: somebody typed a 0. Where nothing was typed at all, nobody did. */
static bool is_counted(const struct count_model *m)
{
    bool touched = m->value_count == 0; /* the sum is asked for by itself */

    for (size_t i = 0; i < m->value_count; i++)
        touched = touched || m->touched[i];
    return touched;
}

/* "12.": more of it comes. */
static bool begins_a_sum(const char *text)
{
    text += strspn(text, "0123456789");
    text += *text == '.' || *text == ',';
    return text[strspn(text, "0123456789")] == 0;
}

/* What of the selected row's entry is no count; NULL: it is one, or nothing is typed. */
static const char *entry_wrong(struct counter *c, bool typing)
{
    struct count_model *m = &c->count;
    int64_t minor;

    if (field_is_empty(&m->entry))
        return NULL;
    if (by_total(m) || sum_of(m, m->list.selected) != NULL)
        return (typing && begins_a_sum(m->entry.text)) || counter_money_parse(c, m->entry.text, &minor)
                   ? NULL
                   : "a sum is typed as 12 or 12.50";
    return strspn(m->entry.text, "0123456789") == m->entry.size ? NULL : "how many there are is typed in digits alone";
}

/* A minus or a letter that went unheard would leave another number than was meant. */
static bool says_wrong(struct counter *c, bool typing)
{
    const char *wrong = entry_wrong(c, typing);

    if (wrong != NULL)
        stage_say(&c->stage, MESSAGE_BAD, "\"%s\" is no count: %s", c->count.entry.text, wrong);
    return wrong != NULL;
}

static bool is_refused(struct counter *c)
{
    bool refused = says_wrong(c, false);

    if (refused)
        field_replaceable(&c->count.entry);
    return refused;
}

/* Nothing typed: there are none. NULL, or the one whose sum is none. */
static const struct count_voucher *count_vouchers(struct counter *c)
{
    struct count_model *m = &c->count;

    for (size_t i = 0; i < m->voucher_count; i++) {
        struct count_voucher *voucher = &m->vouchers[i];

        voucher->minor = 0;
        if (voucher->text[0] != '\0' && !counter_money_parse(c, voucher->text, &voucher->minor))
            return voucher;
    }
    return NULL;
}

static void on_closed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->count.busy = false;
    if (counter_refused(c, answer))
        return;
    if (c->count.shift_id == 0 || c->count.shift_id == c->shift.id) {
        c->shift.known = true;
        c->shift.open = false;
    } else if (c->shift.others > 0) {
        c->shift.others--;
    }
    bool on_stage = stage_has(&c->stage, &sale_screen) && !stage_has(&c->stage, &lock_screen);
    if (stage_top(&c->stage) == &count_screen)
        stage_pop(&c->stage);
    if (on_stage)
        report_show(c, (const Caroline__V1__ShiftReported *)answer->reply);
    if (on_stage && c->printing != NULL && c->report.document.data != NULL)
        printing_report(c, &c->report, false);
}

static void leave_count(struct counter *c)
{
    if (stage_top(&c->stage) == &count_screen)
        stage_pop(&c->stage);
}

static void really_close(void *model)
{
    struct counter *c = model;
    struct count_model *m = &c->count;
    Caroline__V1__ShiftClose message;
    Caroline__V1__ShiftPieces pieces[SHIFT_COUNTS_MAX], *counts[SHIFT_COUNTS_MAX];
    Caroline__V1__VoucherCount sums[SHIFT_VOUCHERS_MAX], *vouchers[SHIFT_VOUCHERS_MAX];

    caroline__v1__shift_close__init(&message);
    for (size_t i = 0; i < m->value_count; i++) {
        Caroline__V1__ShiftPieces *row = &pieces[message.n_counts];

        if (m->pieces[i] == 0)
            continue;
        caroline__v1__shift_pieces__init(row);
        row->has_denomination_minor = row->has_pieces = true;
        row->denomination_minor = m->values[i];
        row->pieces = m->pieces[i];
        counts[message.n_counts++] = row;
    }
    message.counts = counts;
    message.has_counted_minor = message.n_counts == 0; /* a sum, or an empty drawer */
    if (message.has_counted_minor && !counted(c, &message.counted_minor))
        return;
    for (size_t i = 0; i < m->voucher_count; i++) {
        Caroline__V1__VoucherCount *row = &sums[message.n_vouchers];

        if (is_left_out(&m->vouchers[i]))
            continue;
        caroline__v1__voucher_count__init(row);
        row->has_tender_type_id = row->has_counted_minor = true;
        row->tender_type_id = (uint64_t)m->vouchers[i].type_id;
        row->counted_minor = m->vouchers[i].minor;
        vouchers[message.n_vouchers++] = row;
    }
    message.vouchers = vouchers;
    message.has_shift_id = m->shift_id != 0;
    message.shift_id = (uint64_t)m->shift_id;
    waiting_begin(c, CAROLINE__V1__OP__OP_SHIFT_CLOSE, &message.base,
                  &(struct waiting){
                      .busy = &m->busy, .answered = on_closed, .leave = leave_count, .what = "closing the shift" });
}

static bool card_machine_is_left_out(const struct count_model *m)
{
    for (size_t i = 0; i < m->voucher_count; i++)
        if (is_left_out(&m->vouchers[i]))
            return true;
    return false;
}

static void ask_to_close(struct counter *c, int64_t minor)
{
    const char *left_out =
        card_machine_is_left_out(&c->count) ? "\nThe card machine is not: nothing is typed for it.\n" : " ";
    const char *holder = c->count.holder;
    char text[NUMBER_TEXT];

    stage_ask(&c->stage, "Close", really_close, "Close the shift%s%s with %s counted?%sIt cannot be opened again.",
              holder[0] == 0 ? "" : " of ", holder, counter_money(c, text, minor), left_out);
}

static void close_it(void *model)
{
    struct counter *c = model;
    const struct count_voucher *wrong = count_vouchers(c);
    int64_t minor;

    if (c->count.busy || is_refused(c))
        return;
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD,
                          "no connection: the shift is closed once the server is there; the count stays");
        return;
    }
    if (!counted(c, &minor)) {
        stage_say(&c->stage, MESSAGE_BAD, "count what is in the drawer and type it: 100 or 100.00, or 0");
        return;
    }
    if (wrong != NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "%s: type what they come to, 12 or 12.50", wrong->name);
        return;
    }
    if (!is_counted(&c->count)) {
        stage_say(&c->stage, MESSAGE_BAD,
                  "nothing was counted, so nothing is closed: count it, or type 0 if it is empty");
        return;
    }
    ask_to_close(c, minor);
}

static void move_to(struct counter *c, int key)
{
    if (is_refused(c))
        return;
    list_key(&c->count.list, key);
    show_row(&c->count);
}

static void enter(void *model)
{
    struct counter *c = model;

    if (by_total(&c->count) || c->count.list.selected + 1 == c->count.list.count)
        close_it(c);
    else
        move_to(c, KEY_DOWN);
}

static void up(void *model)
{
    move_to(model, KEY_UP);
}

static void down(void *model)
{
    move_to(model, KEY_DOWN);
}

static bool is_begun(const struct count_model *m)
{
    bool begun = !field_is_empty(&m->entry) || m->total[0] != 0;

    for (size_t i = 0; i < m->value_count; i++)
        begun = begun || m->touched[i];
    for (size_t i = 0; i < m->voucher_count; i++)
        begun = begun || m->vouchers[i].text[0] != 0;
    return begun;
}

static void leave(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static void back(void *model)
{
    struct counter *c = model;

    if (waiting_back(c))
        return;
    if (is_begun(&c->count))
        stage_ask(&c->stage, "Leave it", leave, "Leave the count? What was counted is gone then.");
    else
        leave(c);
}

/* A drawer is counted once, and not again for a scan that was meant for nothing. */
static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || !is_begun(&c->count))
        return false;
    sale_say_not_taken(c, code, "the drawer is being counted (Esc leaves it)");
    return true;
}

static void changed(void *model)
{
    struct counter *c = model;
    struct count_model *m = &c->count;
    bool wrong = says_wrong(c, true);

    if (by_total(m))
        return;
    char *sum = sum_of(m, m->list.selected);
    if (sum != NULL) {
        snprintf(sum, sizeof m->total, "%.15s", m->entry.text);
        return;
    }
    m->touched[m->list.selected] = !field_is_empty(&m->entry);
    m->pieces[m->list.selected] = wrong ? 0 : (uint32_t)strtoul(m->entry.text, NULL, 10);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->count.entry;
}

static void draw_sum(const struct counter *c, size_t index, struct area row, enum style style)
{
    const struct count_model *m = &c->count;
    bool cash = index < cash_rows(m);
    const char *typed = cash ? m->total : m->vouchers[index - cash_rows(m)].text;
    char sum[NUMBER_TEXT];
    int64_t minor;
    int at = row.columns - 16; /* of the sum: a wide window is for the names */

    paint_text(row, 0, 0, at - 1, ALIGN_LEFT, style, cash ? "Cash" : m->vouchers[index - cash_rows(m)].name);
    if (index == m->list.selected)
        paint_field(row, 0, at, SUM_DIGITS + 1, &m->entry, true);
    else
        paint_text(row, 0, at, SUM_DIGITS, ALIGN_RIGHT, style,
                   typed[0] != 0 && counter_money_parse(c, typed, &minor) ? counter_money(c, sum, minor) : typed);
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct count_model *m = &c->count;
    char value[NUMBER_TEXT], sum[NUMBER_TEXT];

    paint_fill(row, style);
    if (index >= cash_rows(m) || m->value_count == 0) {
        draw_sum(c, index, row, style);
        return;
    }
    paint_text(row, 0, 0, 10, ALIGN_RIGHT, style, counter_money(c, value, m->values[index]));
    paint_text(row, 0, 12, 1, ALIGN_LEFT, style, "x");
    if (index == m->list.selected)
        paint_field(row, 0, 14, PIECES_DIGITS + 1, &m->entry, true);
    else if (m->touched[index])
        paint_format(row, 0, 14, PIECES_DIGITS, ALIGN_LEFT, style, "%u", m->pieces[index]);
    if (m->pieces[index] != 0)
        paint_text(row, 0, 22, row.columns - 24, ALIGN_RIGHT, style,
                   counter_money(c, sum, m->values[index] * m->pieces[index]));
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct count_model *m = &c->count;
    const struct shop *shop = counter_shop(c);
    int columns = area.columns < 100 || !has_vouchers(m) ? 38 : 50;
    struct area left = area_columns(area, 1, columns),
                right = area_columns(area, columns + 4, area.columns - columns - 5);
    char text[NUMBER_TEXT];
    int64_t minor;

    paint_text(left, 0, 0, left.columns, ALIGN_LEFT, STYLE_STRONG,
               has_vouchers(m) ? "How many of each; vouchers: their sum" : "How many of each are in the drawer?");
    if (by_total(m))
        paint_field(left, 2, 0, 16, &m->entry, true);
    else
        list_draw(&m->list, area_rows(left, 2, area.rows - 2), true, draw_row, c);
    paint_format(right, 2, 0, right.columns, ALIGN_LEFT, STYLE_STRONG, "Counted %s",
                 shop == NULL ? "" : shop->currency);
    if (!is_counted(m))
        paint_text(right, 4, 0, right.columns, ALIGN_LEFT, STYLE_WARN, "Nothing counted yet");
    else if (counted(c, &minor))
        paint_digits(right, 4, 0, right.columns, ALIGN_LEFT, STYLE_TOTAL, counter_money(c, text, minor));
    paint_wrapped(right, 11, 0, right.columns, STYLE_DIM,
                  "Count the float too. What should be there is said when the shift is closed.");
    if (m->holder[0] != '\0')
        paint_format(right, 0, 0, right.columns, ALIGN_LEFT, STYLE_STRONG, "Drawer of %s", m->holder);
    if (m->busy)
        waiting_draw(c, right, 14);
}

static const struct key keys[] = {
    { KEY_RETURN, "Next", enter, "The next row; behind the last: close the shift", NULL },
    { KEY_F(2), "Close", close_it, "Close the shift with what was counted", NULL },
    { KEY_ESCAPE, NULL, back, "Back, the shift goes on; what was counted is asked about first", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, up, "The coin or note above", NULL },
    { KEY_DOWN, NULL, down, "The coin or note below", NULL },
    { 0 },
};

const struct screen count_screen = {
    .title = "Close the shift",
    .about =
        "Type how many there are of each coin and note, what the card machine's slip says that it took, and what "
        "vouchers of each kind come to; a 0 where the drawer is empty. Of a machine of which nothing is typed it is "
        "asked whether it is not to be counted. The shift is over then: its Z is written, and cannot be changed.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .asleep = waiting_is_on,
};
