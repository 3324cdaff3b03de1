/* The canonical bytes of a sale: fixed fields, then counted lists, every number big-endian. The layout never changes; a
 * new one gets a new first byte. */
#include "common/rules/sale_bytes.h"

#include <assert.h>
#include <string.h>

#define LAYOUT         3
#define LAYOUT_CHOICES 4 /* with options and keyed prices, of a sale that has any */
#define LAYOUT_DEPOSIT 5 /* with deposits and charges too, likewise */

#define HEAD_SIZE      316 /* at least that of all fixed fields */
#define LINE_SIZE      55
#define TAX_SIZE       (21 + TAX_CODE_SIZE)
#define TENDER_SIZE    42
#define POINTS_SIZE    17
#define EXCEPTION_SIZE 19
#define DISCOUNT_SIZE  17
#define OPTION_SIZE    21
#define KEYED_SIZE     10
#define DEPOSIT_SIZE   12

struct writer {
    uint8_t *at;
    uint8_t *end;
};

static void write_bytes(struct writer *w, const void *data, size_t size)
{
    assert(size <= (size_t)(w->end - w->at));
    if (size > 0)
        memcpy(w->at, data, size);
    w->at += size;
}

static void write_8(struct writer *w, int64_t value)
{
    write_bytes(w, &(uint8_t){ (uint8_t)value }, 1);
}

static void write_16(struct writer *w, int64_t value)
{
    uint8_t bytes[2];

    put_u16(bytes, (uint16_t)value);
    write_bytes(w, bytes, sizeof bytes);
}

static void write_32(struct writer *w, int64_t value)
{
    uint8_t bytes[4];

    put_u32(bytes, (uint32_t)value);
    write_bytes(w, bytes, sizeof bytes);
}

static void write_64(struct writer *w, int64_t value)
{
    uint8_t bytes[8];

    put_u64(bytes, (uint64_t)value);
    write_bytes(w, bytes, sizeof bytes);
}

static void write_text(struct writer *w, struct bytes text)
{
    assert(text.size <= UINT16_MAX);
    write_16(w, (int64_t)text.size);
    write_bytes(w, text.data, text.size);
}

static size_t most_bytes(const struct sale_rows *sale)
{
    size_t size = HEAD_SIZE + sale->reason.size + sale->line_count * LINE_SIZE + sale->taxes.count * TAX_SIZE +
                  sale->tender_count * TENDER_SIZE + sale->points.count * POINTS_SIZE +
                  sale->exception_count * EXCEPTION_SIZE + sale->discount_count * DISCOUNT_SIZE +
                  sale->option_count * OPTION_SIZE + sale->keyed_count * KEYED_SIZE +
                  sale->deposit_count * DEPOSIT_SIZE;

    for (size_t i = 0; i < sale->line_count; i++)
        size += sale->lines[i].void_reason.size;
    for (size_t i = 0; i < sale->tender_count; i++)
        size += sale->tenders[i].reference.size + 1;
    for (size_t i = 0; i < sale->discount_count; i++)
        size += sale->discounts[i].reason.size;
    for (size_t i = 0; i < sale->option_count; i++)
        size += strlen(sale->options[i].name);
    return size;
}

static bool has_choices(const struct sale_rows *sale)
{
    return sale->option_count > 0 || sale->keyed_count > 0;
}

static int layout_of(const struct sale_rows *sale)
{
    if (sale->deposit_count > 0)
        return LAYOUT_DEPOSIT;
    return has_choices(sale) ? LAYOUT_CHOICES : LAYOUT;
}

static void write_head(struct writer *w, const struct sale_rows *sale, const uint8_t *command_id)
{
    write_8(w, layout_of(sale));
    write_8(w, sale->number.series);
    write_64(w, sale->device_id);
    write_64(w, sale->number.number);
    write_64(w, sale->at.us);
    write_64(w, sale->shop_id);
    write_64(w, sale->staff_id);
    write_8(w, sale->kind);
    write_bytes(w, command_id, 16);
    write_64(w, sale->sale_id);
    write_32(w, sale->number.till);
    write_64(w, sale->member_id);
    write_64(w, sale->refund_of);
    write_64(w, sale->shift_id);
    write_64(w, sale->made_shift_id);
    write_64(w, sale->made.us);
    write_32(w, sale->business_day.number);
    write_8(w, sale->service);
    write_64(w, (int64_t)sale->catalogue_version);
    write_64(w, sale->total_minor);
    write_64(w, sale->tax_minor);
    write_64(w, sale->points_earned);
    write_64(w, sale->points_spent);
    write_64(w, sale->points_gifted);
    write_64(w, sale->points_after);
    write_64(w, sale->rounding_minor);
    write_64(w, sale->approved_by);
    if (sale->number.series == 'X') {
        write_64(w, sale->brought_by);
        write_bytes(w, sale->record, sizeof sale->record);
    }
    write_text(w, sale->reason);
}

static void write_line(struct writer *w, const struct sale_line_row *line)
{
    write_64(w, line->product_id);
    write_64(w, line->quantity_milli);
    write_64(w, line->unit_price_minor);
    write_64(w, line->discount_minor);
    write_64(w, line->total_minor);
    write_64(w, line->tax_minor);
    write_8(w, line->flags);
    write_16(w, line->refund_line);
    write_text(w, line->void_reason);
}

static void write_choices(struct writer *w, const struct sale_rows *sale)
{
    write_16(w, (int64_t)sale->option_count);
    for (size_t i = 0; i < sale->option_count; i++) {
        write_16(w, sale->options[i].line);
        write_64(w, sale->options[i].modifier_id);
        write_8(w, sale->options[i].option);
        write_64(w, sale->options[i].price_minor);
        write_text(w, bytes_of_text(sale->options[i].name));
    }
    write_16(w, (int64_t)sale->keyed_count);
    for (size_t i = 0; i < sale->keyed_count; i++) {
        write_16(w, sale->keyed[i].line);
        write_64(w, sale->keyed[i].price_minor);
    }
}

static void write_deposits(struct writer *w, const struct sale_rows *sale)
{
    write_16(w, (int64_t)sale->deposit_count);
    for (size_t i = 0; i < sale->deposit_count; i++) {
        write_16(w, sale->deposits[i].line);
        write_16(w, sale->deposits[i].goods_line);
        write_64(w, sale->deposits[i].amount_minor);
    }
}

bool discount_has_times(enum discount_kind kind)
{
    return kind == DISCOUNT_OF_PROMOTION || kind == DISCOUNT_OF_COUPON || kind == DISCOUNT_OF_REWARD;
}

struct bytes sale_bytes(const struct sale_rows *sale, const uint8_t *command_id, struct arena *arena)
{
    size_t most = most_bytes(sale);
    uint8_t *bytes = arena_alloc(arena, most);
    struct writer w = { .at = bytes, .end = bytes + most };

    write_head(&w, sale, command_id);
    write_16(&w, (int64_t)sale->line_count);
    for (size_t i = 0; i < sale->line_count; i++)
        write_line(&w, &sale->lines[i]);
    write_8(&w, (int64_t)sale->taxes.count);
    for (size_t i = 0; i < sale->taxes.count; i++) {
        const struct tax_row *tax = &sale->taxes.rows[i];

        write_text(&w, bytes_of_text(tax->code));
        write_32(&w, tax->rate_ppm);
        write_64(&w, tax->net_minor);
        write_64(&w, tax->tax_minor);
    }
    write_8(&w, (int64_t)sale->tender_count);
    for (size_t i = 0; i < sale->tender_count; i++) {
        write_8(&w, sale->tenders[i].kind);
        write_64(&w, sale->tenders[i].amount_minor);
        write_64(&w, sale->tenders[i].change_minor);
        write_64(&w, sale->tenders[i].type_id);
        write_64(&w, sale->tenders[i].forfeited_minor);
        write_64(&w, sale->tenders[i].tip_minor);
        write_text(&w, sale->tenders[i].reference);
    }
    write_16(&w, (int64_t)sale->points.count);
    for (size_t i = 0; i < sale->points.count; i++) {
        write_64(&w, sale->points.rows[i].lot_id);
        write_8(&w, sale->points.rows[i].kind);
        write_64(&w, sale->points.rows[i].points);
    }
    write_16(&w, (int64_t)sale->exception_count);
    for (size_t i = 0; i < sale->exception_count; i++) {
        write_8(&w, sale->exceptions[i].kind);
        write_16(&w, sale->exceptions[i].line);
        if (sale->number.series == 'X') {
            write_64(&w, sale->exceptions[i].said);
            write_64(&w, sale->exceptions[i].found);
        }
    }
    write_16(&w, (int64_t)sale->discount_count);
    for (size_t i = 0; i < sale->discount_count; i++) {
        write_16(&w, sale->discounts[i].line);
        write_8(&w, sale->discounts[i].kind);
        write_32(&w,
                 discount_has_times(sale->discounts[i].kind) ? sale->discounts[i].times : sale->discounts[i].rate_ppm);
        write_64(&w, sale->discounts[i].amount_minor);
        write_text(&w, sale->discounts[i].reason);
    }
    if (layout_of(sale) >= LAYOUT_CHOICES)
        write_choices(&w, sale);
    if (layout_of(sale) >= LAYOUT_DEPOSIT)
        write_deposits(&w, sale);
    return (struct bytes){ .data = bytes, .size = (size_t)(w.at - bytes) };
}
