/* How the screen of the sale is drawn: lines or what was found, the panel beside them, the entry and the total below. */
#include "client/counter/screen_sale.h"

#include <stdio.h>
#include <string.h>

#include "common/base/number.h"

#define PANEL_COLUMNS 25
#define FOOT_ROWS     6

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

/* Of one, with what is chosen for it, while the basket has no price. */
static int64_t unit_of(const struct counter *c, size_t index)
{
    struct line_choice choice = open_choice_of(&c->basket.lines[index].choice);

    return choice_unit_minor(&choice, sale_product_of_line(c, index), counter_catalogue(c),
                             c->basket.catalogue_version);
}

const char *sale_unit(const struct product *product)
{
    static const char *const units[] = { [UNIT_PIECE] = "", [UNIT_KILOGRAM] = " kg", [UNIT_LITRE] = " l" };

    return product == NULL ? "" : units[product->unit];
}

#define QUANTITY_COLUMNS 8
/* "3", "0.35 kg"; where that is too long, without the blank. */
static const char *quantity_text(char text[2 * NUMBER_TEXT], const struct product *product, int64_t quantity_milli)
{
    const char *unit = sale_unit(product);
    char number[NUMBER_TEXT];

    milli_format(number, quantity_milli);
    if (strlen(number) + strlen(unit) > QUANTITY_COLUMNS)
        unit += unit[0] == ' ';
    snprintf(text, 2 * (size_t)NUMBER_TEXT, "%s%s", number, unit);
    return text;
}

static void draw_line_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct open_line *line = &c->basket.lines[index];
    const struct product *product = sale_product_of_line(c, index);
    bool priced = c->basket.verdict == SALE_OK && index < c->basket.rows.line_count;
    char quantity[2 * NUMBER_TEXT], price[NUMBER_TEXT], total[NUMBER_TEXT], text[DISCOUNT_TEXT];
    int name_columns = row.columns - 33;

    if (style == STYLE_PLAIN && line->voided)
        style = STYLE_STRUCK;
    paint_fill(row, style);
    paint_format(row, 0, 0, 3, ALIGN_RIGHT, style, "%zu", index + 1);
    bool free = priced && (c->basket.rows.lines[index].flags & LINE_REWARD) != 0;
    paint_format(row, 0, 4, name_columns, ALIGN_LEFT, style, "%s%s%s%s%s",
                 line->voided               ? "VOID "
                 : free                     ? "FREE "
                 : line->quantity_milli < 0 ? "BACK "
                                            : "",
                 line->voided ? "" : discount_text(c, text, &line->discount), line->hot ? "HOT " : "",
                 line->note[0] != 0 ? "* " : "", product == NULL ? "(not in the catalogue)" : product->name);
    paint_text(row, 0, row.columns - 28, QUANTITY_COLUMNS, ALIGN_RIGHT, style,
               quantity_text(quantity, product, line->quantity_milli));
    if (product != NULL)
        paint_text(row, 0, row.columns - 19, 8, ALIGN_RIGHT, style,
                   counter_money(c, price, priced ? c->basket.rows.lines[index].unit_price_minor : unit_of(c, index)));
    if (line->voided)
        paint_text(row, 0, row.columns - 10, 9, ALIGN_RIGHT, style, theme_glyph(GLYPH_DASH));
    else if (priced)
        paint_text(row, 0, row.columns - 10, 9, ALIGN_RIGHT, style,
                   counter_money(c, total, c->basket.rows.lines[index].total_minor));
}

/* Its options, and the deposit that goes with it. */
static size_t rows_below(const struct counter *c, size_t line)
{
    return c->basket.lines[line].choice.option_count + (open_basket_deposit_of(&c->basket, line) != SIZE_MAX);
}

/* Which line a row of the view is of, and which of its options, or behind them its deposit, it is below the line; -1: the line
 * itself. */
static size_t line_of_row(const struct counter *c, size_t row, int *option)
{
    for (size_t i = 0; i < c->basket.line_count; i++) {
        size_t rows = 1 + rows_below(c, i);

        *option = (int)row - 1;
        if (row < rows)
            return i;
        row -= rows;
    }
    return c->basket.line_count;
}

static size_t row_of_line(const struct counter *c, size_t line)
{
    size_t row = line;

    for (size_t i = 0; i < line && i < c->basket.line_count; i++)
        row += rows_below(c, i);
    return row;
}

static void draw_option_row(const struct counter *c, size_t index, size_t at, struct area row)
{
    const struct product *product = sale_product_of_line(c, index);
    const struct modifier *of = NULL;
    const struct modifier_option *option = product == NULL
                                               ? NULL
                                               : choice_option(&c->basket.lines[index].choice.options[at], product,
                                                               counter_catalogue(c), c->basket.catalogue_version, &of);
    enum style style = c->basket.lines[index].voided ? STYLE_STRUCK : STYLE_DIM;
    char price[NUMBER_TEXT];

    paint_fill(row, STYLE_PLAIN);
    paint_text(row, 0, 6, row.columns - 33, ALIGN_LEFT, style, option == NULL ? "(no such option)" : option->name);
    if (option != NULL && option->price_minor != 0)
        paint_format(row, 0, row.columns - 18, 8, ALIGN_RIGHT, style, "%s%s", option->price_minor > 0 ? "+" : "",
                     counter_money(c, price, option->price_minor));
}

/* "+ Bottle   2   0.25   0.50" */
static void draw_deposit_row(const struct counter *c, size_t index, struct area row)
{
    size_t at = open_basket_deposit_of(&c->basket, index);
    char text[2 * NUMBER_TEXT];

    paint_fill(row, STYLE_PLAIN);
    if (at == SIZE_MAX)
        return;
    const struct sale_line_row *deposit = &c->basket.rows.lines[at];
    paint_format(row, 0, 6, row.columns - 35, ALIGN_LEFT, STYLE_DIM, "+ %s", deposit->name);
    paint_text(row, 0, row.columns - 28, QUANTITY_COLUMNS, ALIGN_RIGHT, STYLE_DIM,
               milli_format(text, deposit->quantity_milli));
    paint_text(row, 0, row.columns - 19, 8, ALIGN_RIGHT, STYLE_DIM, counter_money(c, text, deposit->unit_price_minor));
    paint_text(row, 0, row.columns - 10, 9, ALIGN_RIGHT, STYLE_DIM, counter_money(c, text, deposit->total_minor));
}

static void draw_view_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    int option;
    size_t line = line_of_row(c, index, &option);

    if (line < c->basket.line_count && option < 0)
        draw_line_row(model, line, row, style);
    else if (line < c->basket.line_count && (size_t)option < c->basket.lines[line].choice.option_count)
        draw_option_row(c, line, (size_t)option, row);
    else if (line < c->basket.line_count)
        draw_deposit_row(c, line, row);
}

/* "4.4 (12)": the stars of so many reviews, in eight columns; nothing where nobody has rated it. */
static const char *rating_text(char text[16], const struct product *product)
{
    unsigned tenths = (product->rating_hundredths + 5) / 10;

    text[0] = '\0';
    if (product->rating_count > 99)
        snprintf(text, 16, "%u.%u(99+)", tenths / 10, tenths % 10);
    else if (product->rating_count > 0)
        snprintf(text, 16, "%u.%u (%u)", tenths / 10, tenths % 10, (unsigned)product->rating_count);
    return text;
}

static bool any_is_rated(const struct counter *c)
{
    for (size_t i = 0; i < c->sale.found.shown; i++) {
        const struct product *product = sale_product_now(c, c->sale.found.ids[i]);

        if (product != NULL && product->rating_count > 0)
            return true;
    }
    return false;
}

static void draw_match_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct product *product = sale_product_now(c, c->sale.found.ids[index]);
    char price[NUMBER_TEXT], plu[16] = "", rating[16];

    if (product == NULL)
        return;
    if (product->plu != 0)
        snprintf(plu, sizeof(plu), "%u", product->plu);
    paint_fill(row, style);
    paint_text(row, 0, 0, 7, ALIGN_RIGHT, style, plu);
    paint_text(row, 0, 9, row.columns - 29, ALIGN_LEFT, style, product->name);
    paint_text(row, 0, row.columns - 19, 8, ALIGN_RIGHT, style,
               product->sold_out ? "sold out" : rating_text(rating, product));
    paint_text(row, 0, row.columns - 10, 9, ALIGN_RIGHT, style,
               product->open_price ? "open" : counter_money(c, price, product->price_minor));
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
    if (any_is_rated(c))
        paint_text(head, 0, head.columns - 20, 8, ALIGN_RIGHT, STYLE_HEAD, "Stars");
    paint_text(head, 0, head.columns - 11, 9, ALIGN_RIGHT, STYLE_HEAD, "Price");
    list_draw(&c->sale.matches, area_rows(area, 1, -1), true, draw_match_row, c);
}

static void draw_lines(struct counter *c, struct area area)
{
    struct area head = area_rows(area, 0, 1);

    paint_fill(head, STYLE_HEAD);
    paint_text(head, 0, 4, 20, ALIGN_LEFT, STYLE_HEAD, "Product");
    paint_text(head, 0, head.columns - 29, QUANTITY_COLUMNS, ALIGN_RIGHT, STYLE_HEAD, "Qty");
    paint_text(head, 0, head.columns - 20, 8, ALIGN_RIGHT, STYLE_HEAD, "Price");
    paint_text(head, 0, head.columns - 11, 9, ALIGN_RIGHT, STYLE_HEAD, "Amount");
    list_resize(&c->sale.view, row_of_line(c, c->basket.line_count));
    list_select(&c->sale.view, row_of_line(c, c->sale.lines.selected));
    list_draw(&c->sale.view, area_rows(area, 1, -1), true, draw_view_row, c);
    c->sale.lines.rows = c->sale.view.rows;
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

/* What is weighed is no piece: it is a line. */
static int64_t pieces(const struct counter *c)
{
    int64_t count = 0;

    for (size_t i = 0; i < c->basket.line_count; i++) {
        const struct product *product = sale_product_of_line(c, i);
        if (product != NULL && product->deposit_kind != DEPOSIT_NONE)
            continue;
        if (!c->basket.lines[i].voided && (product == NULL || product->unit == UNIT_PIECE))
            count += (c->basket.lines[i].quantity_milli + 999) / 1000;
    }
    return count;
}

/* Each promotion, and reward of the programme's terms, and what it takes off, as far as there are rows. Returns the next row. */
static int draw_promotions(const struct counter *c, struct area area, int row)
{
    const struct sale_rows *rows = &c->basket.rows;
    char text[NUMBER_TEXT];

    for (size_t i = 0; i < rows->discount_count && row < area.rows; i++) {
        const struct discount_row *promotion = &rows->discounts[i];

        if ((promotion->kind != DISCOUNT_OF_PROMOTION && promotion->kind != DISCOUNT_OF_REWARD) ||
            promotion->line != NO_LINE)
            continue;
        paint_format(area, row, 0, area.columns - 10, ALIGN_LEFT, STYLE_GOOD, "%.*s", (int)promotion->reason.size,
                     (const char *)promotion->reason.data);
        paint_text(area, row++, area.columns - 10, 9, ALIGN_RIGHT, STYLE_GOOD,
                   counter_money(c, text, -promotion->amount_minor));
    }
    return row;
}

/* Each coupon: what it takes off, or why it does not. */
static int draw_coupons(const struct counter *c, struct area area, int row)
{
    const struct sale_rows *rows = &c->basket.rows;
    char text[NUMBER_TEXT];

    for (size_t i = 0; i < c->basket.coupon_count && row < area.rows; i++) {
        const struct coupon_row *coupon =
            c->basket.verdict == SALE_OK && i < rows->coupon_count ? &rows->coupons[i] : NULL;

        if (coupon != NULL && coupon->amount_minor == 0) {
            row += paint_wrapped(area, row, 0, area.columns, STYLE_WARN, coupon->sentence);
            continue;
        }
        paint_format(area, row, 0, area.columns - 10, ALIGN_LEFT, STYLE_GOOD, "Coupon %s", c->basket.coupons[i].name);
        if (coupon != NULL)
            paint_text(area, row, area.columns - 10, 9, ALIGN_RIGHT, STYLE_GOOD,
                       counter_money(c, text, -coupon->amount_minor));
        row++;
    }
    return row;
}

static void draw_taxes(const struct counter *c, const struct sale_rows *rows, struct area area, int row)
{
    const struct shop *shop = counter_shop(c);
    char text[NUMBER_TEXT], label[TAX_LABEL_TEXT];

    if (rows->taxes.count > 0 && shop != NULL)
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_DIM,
                   shop->prices_include_tax ? "Tax in the total:" : "Tax on top:");
    for (size_t i = 0; i < rows->taxes.count && row < area.rows; i++) {
        const struct tax_row *tax = &rows->taxes.rows[i];

        paint_text(area, row, 0, area.columns - 10, ALIGN_LEFT, STYLE_DIM, tax_label(label, tax->code, tax->rate_ppm));
        paint_text(area, row++, area.columns - 10, 9, ALIGN_RIGHT, STYLE_DIM, counter_money(c, text, tax->tax_minor));
    }
}

/* Who buys, their points and tier, and what they spend of them. Returns the next row. */
static int draw_member(const struct counter *c, struct area area, int row)
{
    const struct open_basket *basket = &c->basket;
    const struct sale_rows *rows = &basket->rows;
    const size_t rewards = basket->reward_count + basket->chosen_count;
    char text[NUMBER_TEXT];

    if (basket->member_card[0] != 0) {
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Member's card noted");
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "points to come");
    } else if (basket->member_id == 0) {
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_DIM,
                   stage_top(&c->stage) == &sale_screen ? "No member (F4)" : "No member");
    } else {
        row += paint_wrapped(area, row, 0, area.columns, STYLE_STRONG,
                             basket->member_name[0] == 0 ? "Member" : basket->member_name);
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, counter_points(text, basket->member_points));
        if (basket->member_points < 0)
            row += paint_wrapped(area, row, 0, area.columns, STYLE_DIM, "What they earn next pays them first.");
        if (basket->member_tier_name[0] != 0)
            paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, basket->member_tier_name);
        if (usual_is_offered(c))
            paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_DIM, "Home: the usual, if any");
        if (basket->member_birthday)
            paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "Birthday today!");
        if (basket->verdict == SALE_OK && rows->points_spent > 0)
            paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "%zu %s, -%s", rewards,
                         basket->chosen_count == 0 ? "free"
                         : rewards == 1            ? "reward"
                                                   : "rewards",
                         counter_points(text, rows->points_spent));
    }
    return row;
}

static void draw_panel(const struct counter *c, struct area area)
{
    const struct open_basket *basket = &c->basket;
    const struct sale_rows *rows = &basket->rows;
    bool priced = basket->verdict == SALE_OK;
    char text[NUMBER_TEXT], off[DISCOUNT_TEXT];
    struct day day;
    int row = 0;

    paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
               basket->service == SERVICE_EAT_IN ? "EAT IN" : "TAKE AWAY");
    int behind = given_back_draw(c, area, row);
    row = behind > row ? behind : row + 1;
    row = draw_member(c, area, row);
    row++;
    if (pieces(c) == 0 && basket->line_count > 0)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%zu %s", basket->line_count,
                     basket->line_count == 1 ? "line" : "lines");
    else
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%lld %s, %zu %s", (long long)pieces(c),
                     pieces(c) == 1 ? "piece" : "pieces", basket->line_count,
                     basket->line_count == 1 ? "line" : "lines");
    if (priced)
        row = draw_promotions(c, area, row);
    row = draw_coupons(c, area, row);
    if (priced && rows->deposit_minor != 0) {
        paint_text(area, row, 0, area.columns - 10, ALIGN_LEFT, STYLE_PLAIN,
                   rows->deposit_minor < 0 ? "Deposits back" : "Deposits");
        paint_text(area, row++, area.columns - 10, 9, ALIGN_RIGHT, STYLE_PLAIN,
                   counter_money(c, text, rows->deposit_minor));
    }
    if (basket->discount.given)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "%soff the receipt",
                     discount_text(c, off, &basket->discount));
    if (open_basket_asks(basket))
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_WARN, "Somebody has to allow it");
    else if (basket->approved)
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "Allowed");
    if (c->parked.waiting > 0)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%zu parked (F12)", c->parked.waiting);
    if (counter_shift_forgotten(c, &day))
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_WARN, "Shift of %s", day_format(text, day));
    if (priced)
        draw_taxes(c, rows, area, row);
}

/* Of the selected line. */
static void draw_note(const struct counter *c, struct area area, int row)
{
    if (c->basket.line_count > 0 && c->basket.lines[c->sale.lines.selected].note[0] != 0)
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Note: %s",
                     c->basket.lines[c->sale.lines.selected].note);
}

/* What the entry means, while it is typed. */
static void draw_meaning(const struct counter *c, struct area area, int row)
{
    struct entry entry = sale_entry(c);
    const struct product *product = NULL;
    char quantity[NUMBER_TEXT], price[NUMBER_TEXT];

    milli_format(quantity, entry.quantity_milli);
    switch (entry.kind) {
    case ENTRY_EMPTY:
        draw_note(c, area, row);
        return;
    case ENTRY_WRONG:
        return;
    case ENTRY_QUANTITY:
        product = sale_weighed(c);
        if (product != NULL)
            break;
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s %s ...", quantity,
                     theme_glyph(GLYPH_TIMES));
        return;
    case ENTRY_CODE:
        product = sale_product_of_code(c, entry.rest);
        break;
    case ENTRY_SEARCH:
        product = sale_selected_match(c);
        break;
    }
    if (product != NULL && entry.kind == ENTRY_CODE && sale_is_label(c, entry.rest))
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s, by its label", product->name);
    else if (product != NULL && product->unit != UNIT_PIECE && !entry.quantity_said)
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s at %s, by %s", product->name,
                     counter_money(c, price, product->price_minor),
                     product->unit == UNIT_LITRE ? "the litre" : "weight");
    else if (product != NULL)
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s%s %s %s at %s", quantity,
                     sale_unit(product), theme_glyph(GLYPH_TIMES), product->name,
                     product->open_price ? "an open price" : counter_money(c, price, product->price_minor));
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
    const struct product *weighed = sale_weighed(c);
    if (weighed != NULL && !sale_is_searching(c))
        paint_format(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "How much (%s): %s",
                     weighed->unit == UNIT_LITRE ? "l" : "kg", weighed->name);
    else
        paint_text(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "Scan, number or name");
    paint_field(left, 2, 0, left.columns, &c->sale.entry, true);
    draw_meaning(c, left, 3);
    size_t wanted = wrong ? choice_first_wanted(c) : c->basket.line_count;
    if (wanted < c->basket.line_count)
        paint_format(left, 4, 0, left.columns, ALIGN_LEFT, STYLE_WARN, "Line %zu: to be chosen first%s", wanted + 1,
                     stage_top(&c->stage) == &sale_screen ? " (F2)" : "");
    else if (wrong)
        paint_text(left, 4, 0, left.columns, ALIGN_LEFT, STYLE_WARN, c->basket.rows.sentence);
    paint_format(left, 5, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "Total %s", shop == NULL ? "" : shop->currency);
}

void sale_draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area top = area_rows(area, 0, area.rows - FOOT_ROWS);
    struct area list = area_columns(top, 0, area.columns - PANEL_COLUMNS - 1);

    if (counter_catalogue(c) == NULL)
        sale_draw_progress(c, list);
    else if (sale_is_searching(c))
        draw_matches(c, list);
    else
        draw_lines(c, list);
    draw_panel(c, area_columns(top, area.columns - PANEL_COLUMNS, PANEL_COLUMNS));
    draw_foot(c, area_rows(area, area.rows - FOOT_ROWS, FOOT_ROWS));
}
