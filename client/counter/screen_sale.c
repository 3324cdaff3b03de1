/* The screen of the sale: what is in the basket, what it costs, and one line to scan, type numbers or names into. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/base/number.h"

#define PANEL_COLUMNS 25
#define FOOT_ROWS     6

static struct entry entry_of(const struct counter *c)
{
    return entry_parse(c->sale.entry.text);
}

static bool is_searching(const struct counter *c)
{
    return entry_of(c).kind == ENTRY_SEARCH;
}

static const struct product *product_now(const struct counter *c, int64_t id)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    return catalogue == NULL ? NULL : catalogue_product(catalogue, catalogue_newest(catalogue), id);
}

static const struct product *product_of_line(const struct counter *c, size_t line)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct product *product = NULL;

    if (catalogue != NULL)
        product = catalogue_product(catalogue, c->basket.catalogue_version, c->basket.lines[line].product_id);
    return product != NULL ? product : product_now(c, c->basket.lines[line].product_id);
}

static const struct product *selected_match(const struct counter *c)
{
    if (!is_searching(c) || c->sale.found.shown == 0)
        return NULL;
    return product_now(c, c->sale.found.ids[c->sale.matches.selected]);
}

static struct open_line *selected_line(struct counter *c)
{
    return c->basket.line_count == 0 ? NULL : &c->basket.lines[c->sale.lines.selected];
}

/* ---- keys ---- */

static void changed(void *model)
{
    struct counter *c = model;

    if (is_searching(c)) {
        search_find(c->search, entry_of(c).rest, &c->sale.found);
        c->sale.matches = (struct list){ .count = c->sale.found.shown, .rows = c->sale.matches.rows };
    }
}

static void clear_entry(struct counter *c)
{
    field_wipe(&c->sale.entry);
    memset(&c->sale.found, 0, sizeof(c->sale.found));
}

static void set_quantity(struct counter *c, int64_t quantity_milli)
{
    struct open_line *line = selected_line(c);
    const struct product *product = line == NULL ? NULL : product_of_line(c, c->sale.lines.selected);

    if (line == NULL || product == NULL || line->voided) {
        stage_say(&c->stage, MESSAGE_BAD, "scan or type what it is that there are so many of");
        return;
    }
    if (open_basket_set_quantity(&c->basket, c->sale.lines.selected, product, quantity_milli) != BASKET_TAKEN) {
        stage_say(&c->stage, MESSAGE_BAD, "%s is not sold in this quantity", product->name);
        return;
    }
    if (product->id == c->sale.taken_id)
        c->sale.taken_milli = quantity_milli;
    clear_entry(c);
    sale_changed(c);
}

static void enter(void *model)
{
    struct counter *c = model;
    struct entry entry = entry_of(c);
    const struct product *match = selected_match(c);

    if (entry.kind != ENTRY_EMPTY && sale_is_away(c))
        return;
    switch (entry.kind) {
    case ENTRY_EMPTY:
        stage_say(&c->stage, MESSAGE_PLAIN, "scan, or type a number or part of a name; F2 to pay");
        break;
    case ENTRY_WRONG:
        stage_say(&c->stage, MESSAGE_BAD, "that is no quantity");
        break;
    case ENTRY_QUANTITY:
        set_quantity(c, entry.quantity_milli);
        break;
    case ENTRY_CODE: {
        char code[CODE_SIZE];
        snprintf(code, sizeof(code), "%s", entry.rest);
        clear_entry(c);
        sale_take_code(c, code, entry.quantity_milli);
        break;
    }
    case ENTRY_SEARCH:
        if (match == NULL) {
            stage_say(&c->stage, MESSAGE_BAD, "no product is called that");
            break;
        }
        clear_entry(c);
        sale_add(c, match, entry.quantity_milli);
        break;
    }
}

static void throw_away(void *model)
{
    struct counter *c = model;
    open_basket_clear(&c->basket);
    c->sale.taken_id = 0;
    sale_changed(c);
}

static void escape(void *model)
{
    struct counter *c = model;
    char total[NUMBER_TEXT];

    if (!field_is_empty(&c->sale.entry)) {
        clear_entry(c);
        return;
    }
    if (open_basket_is_empty(&c->basket) || sale_is_away(c))
        return;
    stage_ask(&c->stage, "Throw away", throw_away, "Throw this basket away? It has %zu line%s for %s.",
              c->basket.line_count, c->basket.line_count == 1 ? "" : "s",
              counter_money(c, total, c->basket.rows.total_minor));
}

static void move_selection(struct counter *c, int key)
{
    list_key(is_searching(c) ? &c->sale.matches : &c->sale.lines, key);
}

static void up(void *model)
{
    move_selection(model, KEY_UP);
}

static void down(void *model)
{
    move_selection(model, KEY_DOWN);
}

static void page_up(void *model)
{
    move_selection(model, KEY_PPAGE);
}

static void page_down(void *model)
{
    move_selection(model, KEY_NPAGE);
}

/* As much of it as then, or as many as were just typed. */
static void once_more(void *model)
{
    struct counter *c = model;
    struct entry entry = entry_of(c);
    int64_t id = c->sale.taken_id, quantity_milli = c->sale.taken_milli;

    if (is_being_sold(c))
        return;
    if (id == 0 && c->basket.line_count > 0) { /* the basket of an earlier run: its last line */
        id = c->basket.lines[c->basket.line_count - 1].product_id;
        quantity_milli = c->basket.lines[c->basket.line_count - 1].quantity_milli;
    }
    const struct product *product = product_now(c, id);
    if (product == NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "nothing was taken yet that could be taken once more");
        return;
    }
    if (entry.kind == ENTRY_QUANTITY) {
        quantity_milli = entry.quantity_milli;
        clear_entry(c);
    }
    sale_add(c, product, quantity_milli);
}

static void pay(void *model)
{
    pay_begin(model);
}

static void void_line(void *model)
{
    struct counter *c = model;
    struct open_line *line = selected_line(c);

    if (line == NULL || sale_is_away(c))
        return;
    if (!line->voided && c->basket.quoted) {
        void_begin(c);
        return;
    }
    line->voided = !line->voided;
    line->void_reason[0] = 0;
    sale_changed(c);
}

static const char *void_label(const void *model)
{
    const struct counter *c = model;
    if (c->basket.line_count == 0)
        return NULL;
    return c->basket.lines[c->sale.lines.selected].voided ? "Unvoid" : "Void line";
}

static void member(void *model)
{
    struct counter *c = model;
    if (!sale_is_away(c))
        member_begin(c);
}

static void reward(void *model)
{
    struct counter *c = model;
    const char *sentence;

    if (counter_catalogue(c) == NULL || sale_is_away(c))
        return;
    open_basket_next_reward(&c->basket, counter_catalogue(c), counter_zone(c), link_now(c->link), &sentence);
    if (sentence != NULL)
        stage_say(&c->stage, MESSAGE_BAD, "%s", sentence);
    sale_changed(c);
}

static const char *reward_label(const void *model)
{
    const struct counter *c = model;
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct programme *programme =
        catalogue == NULL ? NULL : catalogue_programme(catalogue, catalogue_newest(catalogue));

    if (programme == NULL || programme->reward_cost <= 0)
        return NULL;
    return programme->reward_name[0] != 0 ? programme->reward_name : "Reward";
}

static void eat_in(void *model)
{
    struct counter *c = model;

    if (sale_is_away(c))
        return;
    c->basket.service = c->basket.service == SERVICE_EAT_IN ? SERVICE_TAKE_AWAY : SERVICE_EAT_IN;
    sale_changed(c);
}

/* The key says what it does, the panel what is so. */
static const char *eat_in_label(const void *model)
{
    const struct counter *c = model;
    return c->basket.service == SERVICE_EAT_IN ? "Take away" : "Eat in";
}

static void hot(void *model)
{
    struct counter *c = model;
    struct open_line *line = selected_line(c);

    if (line == NULL || sale_is_away(c))
        return;
    line->hot = !line->hot;
    sale_changed(c);
}

static const char *hot_label(const void *model)
{
    const struct counter *c = model;
    if (c->basket.line_count == 0)
        return NULL;
    return c->basket.lines[c->sale.lines.selected].hot ? "Cold" : "Hot";
}

static void allergens(void *model)
{
    struct counter *c = model;
    struct entry entry = entry_of(c);
    const struct product *product = selected_match(c);

    if (product == NULL && entry.kind == ENTRY_CODE)
        product = sale_product_of_code(c, entry.rest);
    if (product == NULL && entry.kind != ENTRY_CODE && c->basket.line_count > 0)
        product = product_of_line(c, c->sale.lines.selected);
    if (product == NULL)
        stage_say(&c->stage, MESSAGE_PLAIN, "scan or type a product first: its allergens stand behind this key");
    else
        allergens_show(c, product);
}

static void last_receipt(void *model)
{
    receipt_last(model);
}

static void refund(void *model)
{
    refund_begin(model, "");
}

static const char *refund_label(const void *model)
{
    return counter_may(model, "refund") ? "Refund" : NULL;
}

static void lock(void *model)
{
    lock_now(model);
}

static void more(void *model)
{
    more_begin(model);
}

/* ---- scans ---- */

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;
    const struct screen *top = stage_top(&c->stage);
    struct entry entry = entry_of(c);

    if (doubtful && top != &sale_screen && top != &receipt_screen && !sale_knows_code(c, code))
        return false;
    if (top == &pay_screen && c->errand == ERRAND_NONE && c->pay.tender_count > 0) {
        stage_say(&c->stage, MESSAGE_BAD, "the customer is paying: F4 takes the payment back, then scan again");
        return true;
    }
    if (c->errand == ERRAND_NONE && top != &sale_screen)
        stage_pop_to(&c->stage, &sale_screen);
    int64_t quantity = entry.quantity_said && entry.kind == ENTRY_QUANTITY ? entry.quantity_milli : 1000;
    clear_entry(c);
    sale_take_code(c, code, quantity);
    return true;
}

/* The first catalogue is on its way: what is sold before it is here is sold when it is. */
static bool waits(const void *model)
{
    const struct counter *c = model;

    return counter_catalogue(c) == NULL && c->link != NULL && link_state(c->link) == LINK_ONLINE;
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->sale.entry;
}

/* ---- drawing ---- */

#define DISCOUNT_TEXT (NUMBER_TEXT + 8)
/* "-10 % ", "-1.50 ", or nothing; before what it is off. */
static const char *discount_text(const struct counter *c, char text[DISCOUNT_TEXT],
                                 const struct open_discount *discount)
{
    char number[NUMBER_TEXT];

    text[0] = 0;
    if (discount->given && discount->fixed)
        snprintf(text, DISCOUNT_TEXT, "-%s ", counter_money(c, number, discount->value));
    else if (discount->given)
        snprintf(text, DISCOUNT_TEXT, "-%s %% ", percent_format(number, (uint32_t)discount->value));
    return text;
}

static void draw_line_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct open_line *line = &c->basket.lines[index];
    const struct product *product = product_of_line(c, index);
    bool priced = c->basket.verdict == SALE_OK && index < c->basket.rows.line_count;
    char quantity[NUMBER_TEXT], price[NUMBER_TEXT], total[NUMBER_TEXT], text[DISCOUNT_TEXT];
    int name_columns = row.columns - 31;

    if (style == STYLE_PLAIN && line->voided)
        style = STYLE_STRUCK;
    paint_fill(row, style);
    paint_format(row, 0, 0, 3, ALIGN_RIGHT, style, "%zu", index + 1);
    bool free = priced && (c->basket.rows.lines[index].flags & LINE_REWARD) != 0;
    paint_format(row, 0, 4, name_columns, ALIGN_LEFT, style, "%s%s%s%s",
                 line->voided ? "VOID "
                 : free       ? "FREE "
                              : "",
                 line->voided ? "" : discount_text(c, text, &line->discount), line->hot ? "HOT " : "",
                 product == NULL ? "(not in the catalogue)" : product->name);
    paint_text(row, 0, row.columns - 26, 7, ALIGN_RIGHT, style, milli_format(quantity, line->quantity_milli));
    if (product != NULL)
        paint_text(row, 0, row.columns - 18, 8, ALIGN_RIGHT, style, counter_money(c, price, product->price_minor));
    if (line->voided)
        paint_text(row, 0, row.columns - 9, 8, ALIGN_RIGHT, style, theme_glyph(GLYPH_DASH));
    else if (priced)
        paint_text(row, 0, row.columns - 9, 8, ALIGN_RIGHT, style,
                   counter_money(c, total, c->basket.rows.lines[index].total_minor));
}

static void draw_match_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct product *product = product_now(c, c->sale.found.ids[index]);
    char price[NUMBER_TEXT], plu[16] = "";

    if (product == NULL)
        return;
    if (product->plu != 0)
        snprintf(plu, sizeof(plu), "%u", product->plu);
    paint_fill(row, style);
    paint_text(row, 0, 0, 7, ALIGN_RIGHT, style, plu);
    paint_text(row, 0, 9, row.columns - 29, ALIGN_LEFT, style, product->name);
    paint_text(row, 0, row.columns - 19, 8, ALIGN_RIGHT, style, product->sold_out ? "sold out" : "");
    paint_text(row, 0, row.columns - 10, 9, ALIGN_RIGHT, style, counter_money(c, price, product->price_minor));
}

static void draw_matches(struct counter *c, struct area area)
{
    struct area head = area_rows(area, 0, 1);

    paint_fill(head, STYLE_HEAD);
    paint_text(head, 0, 0, 7, ALIGN_RIGHT, STYLE_HEAD, "Number");
    if (c->sale.found.partial)
        paint_format(head, 0, 9, head.columns - 20, ALIGN_LEFT, STYLE_HEAD, "%zu product%s, still looking",
                     c->sale.found.total, c->sale.found.total == 1 ? "" : "s");
    else
        paint_format(head, 0, 9, head.columns - 20, ALIGN_LEFT, STYLE_HEAD, "%zu product%s", c->sale.found.total,
                     c->sale.found.total == 1 ? "" : "s");
    paint_text(head, 0, head.columns - 11, 9, ALIGN_RIGHT, STYLE_HEAD, "Price");
    list_draw(&c->sale.matches, area_rows(area, 1, -1), true, draw_match_row, c);
}

static void draw_lines(struct counter *c, struct area area)
{
    struct area head = area_rows(area, 0, 1);

    paint_fill(head, STYLE_HEAD);
    paint_text(head, 0, 4, 20, ALIGN_LEFT, STYLE_HEAD, "Product");
    paint_text(head, 0, head.columns - 27, 7, ALIGN_RIGHT, STYLE_HEAD, "Qty");
    paint_text(head, 0, head.columns - 19, 8, ALIGN_RIGHT, STYLE_HEAD, "Price");
    paint_text(head, 0, head.columns - 10, 8, ALIGN_RIGHT, STYLE_HEAD, "Amount");
    list_draw(&c->sale.lines, area_rows(area, 1, -1), true, draw_line_row, c);
    if (c->basket.line_count == 0)
        paint_text(area, 2, 4, area.columns - 4, ALIGN_LEFT, STYLE_DIM, "The basket is empty.");
}

/* The first catalogue is on its way. */
void sale_draw_progress(const struct counter *c, struct area area)
{
    int row = area.rows / 2 - 1;

    paint_text(area, row, 0, area.columns, ALIGN_CENTRE, STYLE_STRONG, "The catalogue is coming from the server");
    paint_bar(area, row + 2, 4, area.columns - 8, c->snapshot_part, c->snapshot_parts);
    if (c->snapshot_parts > 0)
        paint_format(area, row + 3, 0, area.columns, ALIGN_CENTRE, STYLE_DIM, "part %u of %u", c->snapshot_part,
                     c->snapshot_parts);
}

static int64_t pieces(const struct counter *c)
{
    int64_t count = 0;

    for (size_t i = 0; i < c->basket.line_count; i++)
        if (!c->basket.lines[i].voided)
            count += (c->basket.lines[i].quantity_milli + 999) / 1000;
    return count;
}

static void draw_panel(const struct counter *c, struct area area)
{
    const struct open_basket *basket = &c->basket;
    const struct sale_rows *rows = &basket->rows;
    bool priced = basket->verdict == SALE_OK;
    char text[NUMBER_TEXT], off[DISCOUNT_TEXT];
    int row = 0;

    paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
               basket->service == SERVICE_EAT_IN ? "EAT IN" : "TAKE AWAY");
    row++;
    if (basket->member_id == 0) {
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_DIM, "No member (F4)");
    } else {
        row += paint_wrapped(area, row, 0, area.columns, STYLE_STRONG,
                             basket->member_name[0] == 0 ? "Member" : basket->member_name);
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, counter_points(text, basket->member_points));
        if (basket->member_birthday)
            paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "Birthday today!");
        if (priced && rows->points_spent > 0)
            paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "%zu free, %s", basket->reward_count,
                         counter_points(text, -rows->points_spent));
    }
    row++;
    paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%lld %s, %zu %s", (long long)pieces(c),
                 pieces(c) == 1 ? "piece" : "pieces", basket->line_count, basket->line_count == 1 ? "line" : "lines");
    if (basket->discount.given)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "%soff the receipt",
                     discount_text(c, off, &basket->discount));
    if (open_basket_asks(basket))
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_WARN, "Somebody has to allow it");
    else if (basket->approved)
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "Allowed");
    if (c->parked.waiting > 0)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%zu parked (F12)", c->parked.waiting);
    const struct shop *shop = counter_shop(c);
    if (priced && rows->taxes.count > 0 && shop != NULL)
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_DIM,
                   shop->prices_include_tax ? "Tax in the total:" : "Tax on top:");
    for (size_t i = 0; priced && i < rows->taxes.count && row < area.rows; i++) {
        const struct tax_row *tax = &rows->taxes.rows[i];
        percent_format(text, tax->rate_ppm);
        paint_format(area, row, 0, area.columns - 10, ALIGN_LEFT, STYLE_DIM, "%s %s %%", tax->code, text);
        paint_text(area, row++, area.columns - 10, 9, ALIGN_RIGHT, STYLE_DIM, counter_money(c, text, tax->tax_minor));
    }
}

/* What the entry means, while it is typed. */
static void draw_meaning(const struct counter *c, struct area area, int row)
{
    struct entry entry = entry_of(c);
    const struct product *product = NULL;
    char quantity[NUMBER_TEXT], price[NUMBER_TEXT];

    milli_format(quantity, entry.quantity_milli);
    switch (entry.kind) {
    case ENTRY_EMPTY:
    case ENTRY_WRONG:
        return;
    case ENTRY_QUANTITY:
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s %s ...", quantity,
                     theme_glyph(GLYPH_TIMES));
        return;
    case ENTRY_CODE:
        product = sale_product_of_code(c, entry.rest);
        break;
    case ENTRY_SEARCH:
        product = selected_match(c);
        break;
    }
    if (product != NULL && entry.kind == ENTRY_CODE && sale_is_label(c, entry.rest))
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s, by its label", product->name);
    else if (product != NULL)
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s %s %s at %s", quantity,
                     theme_glyph(GLYPH_TIMES), product->name, counter_money(c, price, product->price_minor));
}

static void draw_foot(struct counter *c, struct area area)
{
    char total[NUMBER_TEXT];
    const struct shop *shop = counter_shop(c);
    bool wrong = c->basket.verdict != SALE_OK && c->basket.verdict != SALE_BASKET_EMPTY;

    int left_columns = area.columns / 2;
    counter_money(c, total, c->basket.rows.total_minor);
    paint_rule(area, 0);
    if (wrong)
        snprintf(total, sizeof(total), "-");
    paint_digits(area, 1, left_columns + 1, area.columns - left_columns - 2, ALIGN_RIGHT, STYLE_TOTAL, total);
    struct area left = area_columns(area, 0, left_columns);
    paint_text(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "Scan, number or name");
    paint_field(left, 2, 0, left.columns, &c->sale.entry, true);
    draw_meaning(c, left, 3);
    if (wrong)
        paint_text(left, 4, 0, left.columns, ALIGN_LEFT, STYLE_WARN, c->basket.rows.sentence);
    paint_format(left, 5, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "Total %s", shop == NULL ? "" : shop->currency);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area top = area_rows(area, 0, area.rows - FOOT_ROWS);
    struct area list = area_columns(top, 0, area.columns - PANEL_COLUMNS - 1);

    if (counter_catalogue(c) == NULL)
        sale_draw_progress(c, list);
    else if (is_searching(c))
        draw_matches(c, list);
    else
        draw_lines(c, list);
    draw_panel(c, area_columns(top, area.columns - PANEL_COLUMNS, PANEL_COLUMNS));
    draw_foot(c, area_rows(area, area.rows - FOOT_ROWS, FOOT_ROWS));
}

static const struct key keys[] = {
    { KEY_F(2), "Pay", pay, "Pay: ask what is to pay, then take cash or a card", NULL },
    { KEY_F(3), NULL, void_line, "Take the selected line back, or take it in again", void_label },
    { KEY_F(4), "Member", member, "Member: by phone, card or name", NULL },
    { KEY_F(5), NULL, reward, "A piece free for points; again for another", reward_label },
    { KEY_F(6), NULL, eat_in, "Eaten here or taken away", eat_in_label },
    { KEY_F(7), NULL, hot, "The selected line is hot, or cold", hot_label },
    { KEY_F(8), "Allergens", allergens, "Allergens of what is typed, or of the selected line", NULL },
    { KEY_F(9), "Last receipt", last_receipt, "The last receipt again", NULL },
    { KEY_F(10), NULL, refund, "Refund a receipt by its number", refund_label },
    { KEY_F(11), "Lock", lock, "Lock the till: your PIN opens it", NULL },
    { KEY_F(12), "More", more, "What is done now and then; F12 again signs out", NULL },
    { KEY_RETURN, NULL, enter, "Take what is typed; 5x alone: so many of the selected line", NULL },
    { KEY_IC, NULL, once_more, "Once more what was taken last; behind 5x: five of it", NULL },
    { KEY_ESCAPE, NULL, escape, "Clear what is typed; then: throw the basket away", NULL },
    { KEY_UP, NULL, up, "Select another line", NULL },
    { KEY_DOWN, NULL, down, NULL, NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen sale_screen = {
    .title = "Sale",
    .about = "Scan any time, or type a number (112), so many (3x112), part of a name.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
};
