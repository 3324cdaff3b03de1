/* The entry of a basket that is thrown away. */
#include "server/service/void_write.h"

#include "common/base/number.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

enum step void_refuse(struct call *c, enum voided_verdict verdict, const char *field)
{
    static const struct {
        int code;
        const char *sentence;
    } refusals[VOIDED_VERDICT_COUNT] = {
        [VOIDED_NO_REASON] = { REFUSAL(BAD_REASON), "a basket is thrown away with a reason only" },
        [VOIDED_SECRET] = { REFUSAL(NO_SECRET_WANTED),
                            "this looks like a payment card's number, or a gift card's code: it was not kept" },
        [VOIDED_NOTHING] = { REFUSAL(BASKET_EMPTY), "the basket is empty" },
        [VOIDED_TOO_LONG] = { REFUSAL(BASKET_TOO_LONG), "at most 200 lines" },
        [VOIDED_UNKNOWN_PRODUCT] = { REFUSAL(UNKNOWN_PRODUCT), "no such product" },
        [VOIDED_BAD_QUANTITY] = { REFUSAL(BAD_QUANTITY), "above nothing, at most 1,000,000, and of whole pieces" },
        [VOIDED_OVERFLOW] = { REFUSAL(AMOUNT_OVERFLOW), "the basket leaves the range of money" },
    };

    return refuse_field(c, refusals[verdict].code, field, "%s", refusals[verdict].sentence);
}

static void write_lines(struct call *c, int64_t id, const struct voided *voided)
{
    struct arena *arena = c->txn.arena;
    size_t count = voided->line_count;
    int64_t *numbers = arena_array(arena, count, sizeof *numbers);
    int64_t *products = arena_array(arena, count, sizeof *products);
    int64_t *quantities = arena_array(arena, count, sizeof *quantities);
    int64_t *prices = arena_array(arena, count, sizeof *prices);
    int64_t *amounts = arena_array(arena, count, sizeof *amounts);
    bool *before = arena_array(arena, count, sizeof *before);
    struct bytes *reasons = arena_array(arena, count, sizeof *reasons);

    for (size_t i = 0; i < count; i++) {
        const struct voided_line *line = &voided->lines[i];

        numbers[i] = (int64_t)i;
        products[i] = line->product_id;
        quantities[i] = line->quantity_milli;
        prices[i] = line->unit_price_minor;
        amounts[i] = line->gross_minor;
        before[i] = line->before;
        reasons[i] = line->reason.size == 0 ? (struct bytes){ NULL, 0 } : line->reason;
    }
    ask(c, &sql_basket_void_lines_insert,
        PARAMS(PARAM_INT(id), PARAM_INTS(numbers, count), PARAM_INTS(products, count), PARAM_INTS(quantities, count),
               PARAM_INTS(prices, count), PARAM_INTS(amounts, count), PARAM_BOOLS(before, count),
               PARAM_TEXTS(reasons, count)));
}

int64_t void_write(struct call *c, const struct voided *voided, const struct rows *shift)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct day day = zone_business_day(shop_zone(shop), c->now, (int)shop->day_cutoff_minutes);
    bool open = rows_count(shift) > 0 && !row_is_null(shift, 0, "shift_id");
    int64_t id = next_id(c);
    char amount[NUMBER_TEXT];

    ask(c, &sql_basket_void_insert,
        PARAMS(PARAM_INT(id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               open ? PARAM_INT(row_int(shift, 0, "shift_id")) : PARAM_NULL(), PARAM_INT(c->staff_id), PARAM_DAY(day),
               PARAM_INT((int64_t)voided->line_count), PARAM_INT(voided->total_minor), PARAM_TEXT_VIEW(voided->reason),
               PARAM_INSTANT(c->now)));
    if (voided->line_count > 0)
        write_lines(c, id, voided);
    journal_change(c, id, "voided_minor", NULL, minor_format(amount, voided->total_minor, shop->currency_exponent));
    journal_change(c, id, "reason", NULL,
                   arena_format(c->txn.arena, "%.*s", (int)voided->reason.size, (const char *)voided->reason.data));
    return id;
}
