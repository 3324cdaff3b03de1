/* The reading half of sale_bytes.c: each list as it is written there. Every length is looked at before it is believed. */
#include "common/rules/sale_read.h"

#include <string.h>

#include "common/rules/sale_bytes.h"

#define LAYOUT         3
#define LAYOUT_CHOICES 4
#define LAYOUT_DEPOSIT 5

struct reader {
    const uint8_t *at, *end;
    bool broken; /* there was less than was asked for; all that is read from then on is 0 */
};

static const uint8_t *take(struct reader *r, size_t size)
{
    const uint8_t *at = r->at;

    if (r->broken || size > (size_t)(r->end - r->at)) {
        r->broken = true;
        return NULL;
    }
    r->at += size;
    return at;
}

static int64_t read_8(struct reader *r)
{
    const uint8_t *at = take(r, 1);

    return at == NULL ? 0 : at[0];
}

static int64_t read_16(struct reader *r)
{
    const uint8_t *at = take(r, 2);

    return at == NULL ? 0 : get_u16(at);
}

static int64_t read_32(struct reader *r)
{
    const uint8_t *at = take(r, 4);

    return at == NULL ? 0 : (int64_t)get_u32(at);
}

static int64_t read_64(struct reader *r)
{
    const uint8_t *at = take(r, 8);

    return at == NULL ? 0 : (int64_t)get_u64(at);
}

static struct bytes read_text(struct reader *r)
{
    size_t size = (size_t)read_16(r);
    const uint8_t *at = take(r, size);

    return bytes_of(at, at == NULL ? 0 : size);
}

/* 65,535 is none. */
static int read_line_number(struct reader *r)
{
    int64_t line = read_16(r);

    return line == UINT16_MAX ? NO_LINE : (int)line;
}

/* A count of items of at least so many bytes each: no more than can be there. */
static size_t counted(struct reader *r, int64_t count, size_t least)
{
    if ((size_t)count * least <= (size_t)(r->end - r->at))
        return (size_t)count;
    r->broken = true;
    return 0;
}

static int read_head(struct reader *r, struct sale_rows *sale, uint8_t command_id[16])
{
    int layout = (int)read_8(r);
    const uint8_t *id;

    sale->number.series = (char)read_8(r);
    sale->device_id = read_64(r);
    sale->number.number = read_64(r);
    sale->at.us = read_64(r);
    sale->shop_id = read_64(r);
    sale->staff_id = read_64(r);
    sale->kind = (enum sale_kind)read_8(r);
    id = take(r, 16);
    if (id != NULL)
        memcpy(command_id, id, 16);
    sale->sale_id = read_64(r);
    sale->number.till = (uint32_t)read_32(r);
    sale->member_id = read_64(r);
    sale->refund_of = read_64(r);
    sale->shift_id = read_64(r);
    sale->made_shift_id = read_64(r);
    sale->made.us = read_64(r);
    sale->business_day.number = (int32_t)read_32(r);
    sale->service = (enum service)read_8(r);
    sale->catalogue_version = (uint64_t)read_64(r);
    sale->total_minor = read_64(r);
    sale->tax_minor = read_64(r);
    sale->points_earned = read_64(r);
    sale->points_spent = read_64(r);
    sale->points_gifted = read_64(r);
    sale->points_after = read_64(r);
    sale->rounding_minor = read_64(r);
    sale->approved_by = read_64(r);
    sale->reason = read_text(r);
    return layout;
}

/* By which names are looked up, where there are any. */
static uint64_t version_of(const struct catalogue *catalogue, const struct sale_rows *sale)
{
    return catalogue == NULL ? 0 : sale_version_known(catalogue, sale->catalogue_version);
}

static void read_lines(struct reader *r, struct sale_rows *sale, const struct catalogue *catalogue, struct arena *arena)
{
    uint64_t version = version_of(catalogue, sale);

    sale->line_count = counted(r, read_16(r), 53);
    sale->lines = arena_array(arena, sale->line_count, sizeof *sale->lines);
    for (size_t i = 0; i < sale->line_count; i++) {
        struct sale_line_row *line = &sale->lines[i];

        line->product_id = read_64(r);
        line->quantity_milli = read_64(r);
        line->unit_price_minor = read_64(r);
        line->discount_minor = read_64(r);
        line->total_minor = read_64(r);
        line->tax_minor = read_64(r);
        line->flags = (uint8_t)read_8(r);
        line->refund_line = read_line_number(r);
        line->void_reason = read_text(r);
        line->gross_minor = line->total_minor + line->discount_minor;
        const struct product *product =
            catalogue == NULL ? NULL : catalogue_product(catalogue, version, line->product_id);
        line->name = product == NULL ? "" : product->name;
        line->unit = product == NULL ? UNIT_PIECE : product->unit;
    }
}

static void read_taxes(struct reader *r, struct sale_rows *sale)
{
    sale->taxes.count = counted(r, read_8(r), 22);
    if (sale->taxes.count > TAX_ROWS_MAX)
        r->broken = true;
    for (size_t i = 0; !r->broken && i < sale->taxes.count; i++) {
        struct tax_row *tax = &sale->taxes.rows[i];
        struct bytes code = read_text(r);

        if (code.size >= TAX_CODE_SIZE)
            r->broken = true;
        else if (code.size > 0)
            memcpy(tax->code, code.data, code.size);
        tax->rate_ppm = (uint32_t)read_32(r);
        tax->net_minor = read_64(r);
        tax->tax_minor = read_64(r);
    }
    sale->taxes.total_minor = sale->tax_minor;
}

static void read_tenders(struct reader *r, struct sale_rows *sale, const struct catalogue *catalogue,
                         struct arena *arena)
{
    uint64_t version = version_of(catalogue, sale);

    sale->tender_count = counted(r, read_8(r), 43);
    sale->tenders = arena_array(arena, sale->tender_count, sizeof *sale->tenders);
    for (size_t i = 0; i < sale->tender_count; i++) {
        struct tender_row *tender = &sale->tenders[i];

        tender->kind = (enum tender_kind)read_8(r);
        tender->amount_minor = read_64(r);
        tender->change_minor = read_64(r);
        tender->type_id = read_64(r);
        tender->forfeited_minor = read_64(r);
        tender->tip_minor = read_64(r);
        tender->reference = read_text(r);
        int64_t type_id = tender->type_id == 0 ? (int64_t)tender->kind : tender->type_id;
        const struct tender_type *type = catalogue == NULL ? NULL : tender_type_of(catalogue, version, type_id);
        tender->name = type == NULL ? NULL : type->name;
        if (tender->kind == TENDER_CASH)
            sale->cash_minor += tender->amount_minor;
        sale->change_minor += tender->change_minor;
        sale->forfeited_minor += tender->forfeited_minor;
        sale->tip_minor += tender->tip_minor;
    }
}

static void read_points(struct reader *r, struct sale_rows *sale, struct arena *arena)
{
    struct points_rows *points = &sale->points;

    points->count = points->capacity = counted(r, read_16(r), 17);
    points->rows = arena_array(arena, points->count, sizeof *points->rows);
    for (size_t i = 0; i < points->count; i++) {
        points->rows[i].lot_id = read_64(r);
        points->rows[i].kind = (enum points_kind)read_8(r);
        points->rows[i].points = read_64(r);
        if (points->rows[i].kind == POINTS_GONE)
            sale->points_gone += points->rows[i].points;
    }
    sale->exception_count = counted(r, read_16(r), 3);
    sale->exceptions = arena_array(arena, sale->exception_count, sizeof *sale->exceptions);
    for (size_t i = 0; i < sale->exception_count; i++) {
        sale->exceptions[i].kind = (enum sale_exception)read_8(r);
        sale->exceptions[i].line = read_line_number(r);
    }
}

static void read_discounts(struct reader *r, struct sale_rows *sale, struct arena *arena)
{
    sale->discount_count = counted(r, read_16(r), 17);
    sale->discounts = arena_array(arena, sale->discount_count, sizeof *sale->discounts);
    for (size_t i = 0; i < sale->discount_count; i++) {
        struct discount_row *discount = &sale->discounts[i];

        discount->line = read_line_number(r);
        discount->kind = (enum discount_kind)read_8(r);
        uint32_t rate_or_times = (uint32_t)read_32(r);
        if (discount_has_times(discount->kind))
            discount->times = rate_or_times;
        else
            discount->rate_ppm = rate_or_times;
        discount->amount_minor = read_64(r);
        discount->reason = read_text(r);
    }
}

static void read_choices(struct reader *r, struct sale_rows *sale, struct arena *arena)
{
    sale->option_count = counted(r, read_16(r), 21);
    sale->options = arena_array(arena, sale->option_count, sizeof *sale->options);
    for (size_t i = 0; i < sale->option_count; i++) {
        struct option_row *option = &sale->options[i];

        option->line = (int)read_16(r);
        option->modifier_id = read_64(r);
        option->option = (uint32_t)read_8(r);
        option->price_minor = read_64(r);
        struct bytes name = read_text(r);
        option->name = arena_format(arena, "%.*s", (int)name.size, name.size == 0 ? "" : (const char *)name.data);
    }
    sale->keyed_count = counted(r, read_16(r), 10);
    sale->keyed = arena_array(arena, sale->keyed_count, sizeof *sale->keyed);
    for (size_t i = 0; i < sale->keyed_count; i++) {
        sale->keyed[i].line = (int)read_16(r);
        sale->keyed[i].price_minor = read_64(r);
    }
}

static void read_deposits(struct reader *r, struct sale_rows *sale, struct arena *arena)
{
    sale->deposit_count = counted(r, read_16(r), 12);
    sale->deposits = arena_array(arena, sale->deposit_count, sizeof *sale->deposits);
    for (size_t i = 0; i < sale->deposit_count; i++) {
        struct deposit_row *deposit = &sale->deposits[i];

        deposit->line = (int)read_16(r);
        deposit->goods_line = read_line_number(r);
        deposit->amount_minor = read_64(r);
        if (!add_checked(sale->deposit_minor, deposit->amount_minor, &sale->deposit_minor))
            r->broken = true;
    }
}

/* Of a line each, where they say so. */
static bool lines_are_there(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].line != NO_LINE && (size_t)sale->discounts[i].line >= sale->line_count)
            return false;
    for (size_t i = 0; i < sale->option_count; i++)
        if ((size_t)sale->options[i].line >= sale->line_count)
            return false;
    for (size_t i = 0; i < sale->keyed_count; i++)
        if ((size_t)sale->keyed[i].line >= sale->line_count)
            return false;
    for (size_t i = 0; i < sale->deposit_count; i++)
        if ((size_t)sale->deposits[i].line >= sale->line_count ||
            (sale->deposits[i].goods_line != NO_LINE && (size_t)sale->deposits[i].goods_line >= sale->line_count))
            return false;
    return true;
}

bool sale_read(struct bytes bytes, const struct catalogue *catalogue, struct arena *arena, struct sale_rows *sale,
               uint8_t command_id[16])
{
    struct reader r = { .at = bytes.data, .end = bytes.data + bytes.size };

    *sale = (struct sale_rows){ 0 };
    int layout = read_head(&r, sale, command_id);
    if (r.broken || layout < LAYOUT || layout > LAYOUT_DEPOSIT ||
        (sale->number.series != 'T' && sale->number.series != 'S') ||
        (sale->kind != SALE_SOLD && sale->kind != SALE_REFUND))
        return false;
    read_lines(&r, sale, catalogue, arena);
    read_taxes(&r, sale);
    read_tenders(&r, sale, catalogue, arena);
    read_points(&r, sale, arena);
    read_discounts(&r, sale, arena);
    if (layout >= LAYOUT_CHOICES)
        read_choices(&r, sale, arena);
    if (layout >= LAYOUT_DEPOSIT)
        read_deposits(&r, sale, arena);
    sale->priced = true;
    return !r.broken && r.at == r.end && lines_are_there(sale);
}

uint64_t sale_version_known(const struct catalogue *catalogue, uint64_t version)
{
    return catalogue_version_usable(catalogue, version, INT64_MIN) == VERSION_OK ? version
                                                                                 : catalogue_newest(catalogue);
}
