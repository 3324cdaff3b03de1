/* Promotions: which are in force, and what they take off a basket. */
#include "common/rules/promotion.h"

#include <stdlib.h>

#include "common/base/number.h"
#include "common/rules/price.h"
#include "common/rules/promotion_search.h"

#define PIECE_MILLI  1000
#define DAY_MINUTES  1440
#define ALL_WEEKDAYS 0x7f
#define WHOLE_PPM    1000000

/* ---- which ---- */

static uint32_t pieces_of(const struct promotion *promotion)
{
    uint32_t pieces = 0;

    for (size_t i = 0; i < promotion->part_count; i++)
        pieces += promotion->parts[i].pieces;
    return pieces;
}

static bool part_valid(const struct promotion_part *part)
{
    return part->pieces >= 1 && part->pieces <= PROMOTION_PIECES_MAX &&
           (part->category_id != 0) != (part->product_count > 0) && part->product_count <= PROMOTION_GOODS_MAX;
}

static bool value_valid(const struct promotion *promotion)
{
    switch (promotion->gift) {
    case PROMOTION_TOGETHER:
        return promotion->value >= 0 && promotion->value <= MINOR_MAX;
    case PROMOTION_AMOUNT_OFF:
        return promotion->value > 0 && promotion->value <= MINOR_MAX;
    case PROMOTION_RATE_OFF:
        return promotion->value > 0 && promotion->value <= WHOLE_PPM;
    case PROMOTION_CHEAPEST_FREE:
        return promotion->value > 0 && promotion->value < pieces_of(promotion);
    default:
        return false;
    }
}

bool promotion_valid(const struct promotion *promotion)
{
    if (promotion->part_count < 1 || promotion->part_count > PROMOTION_PARTS_MAX)
        return false;
    for (size_t i = 0; i < promotion->part_count; i++)
        if (!part_valid(&promotion->parts[i]))
            return false;
    return value_valid(promotion) && promotion->weekdays >= 1 && promotion->weekdays <= ALL_WEEKDAYS &&
           promotion->from_minute < promotion->until_minute && promotion->until_minute <= DAY_MINUTES &&
           (promotion->first_day == 0 || promotion->last_day == 0 || promotion->first_day <= promotion->last_day);
}

bool promotion_in_force(const struct promotion *promotion, const struct zone *zone, struct instant at, bool member)
{
    struct local_time local = zone_local(zone, at);
    int32_t day = day_of_date(local.date).number;
    int minute = local.hour * 60 + local.minute;
    int weekday = (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */

    return promotion->active && (member || !promotion->members_only) && (promotion->weekdays >> weekday & 1) != 0 &&
           minute >= promotion->from_minute && minute < promotion->until_minute &&
           (promotion->first_day == 0 || day >= promotion->first_day) &&
           (promotion->last_day == 0 || day <= promotion->last_day);
}

size_t promotions_in_force(const struct catalogue *catalogue, uint64_t version, const struct zone *zone,
                           struct instant at, bool member, const struct promotion **found)
{
    const struct promotion *promotion;
    size_t count = 0;

    for (int64_t id = 0;
         count < PROMOTIONS_MAX && (promotion = catalogue_next_promotion_of(catalogue, version, id, 0)) != NULL;
         id = promotion->id)
        if (promotion_in_force(promotion, zone, at, member))
            found[count++] = promotion;
    return count;
}

/* ---- what they take off ---- */

struct taking {
    struct priced_line *lines;
    size_t line_count;
    const struct promotion *const *promotions;
    size_t promotion_count;
    struct arena *scratch;
    struct pieces *pieces;
    size_t pieces_count;
    int64_t *minor;  /* [promotion][line] */
    uint32_t *times; /* [promotion] */
};

static bool is_single(const struct promotion *promotion)
{
    return promotion->part_count == 1 && promotion->parts[0].pieces == 1;
}

static size_t index_of(const struct taking *taking, const struct promotion *promotion)
{
    size_t at = 0;

    while (taking->promotions[at] != promotion)
        at++;
    return at;
}

static void note(struct taking *taking, const struct promotion *promotion, size_t line, int64_t minor)
{
    taking->minor[index_of(taking, promotion) * taking->line_count + line] += minor;
}

/* What one piece saves by itself, and by which promotion: the earlier of equals. */
static void find_single(const struct taking *taking, struct pieces *pieces)
{
    const uint32_t one = 1;

    for (size_t i = 0; i < taking->promotion_count; i++) {
        const struct promotion *promotion = taking->promotions[i];

        if (!is_single(promotion) || !promotion_part_fits(&promotion->parts[0], pieces->product))
            continue;
        int64_t minor = promotion_saves(promotion, pieces, 1, &one);
        if (minor > pieces->kept_minor) {
            pieces->kept_minor = minor;
            pieces->single = promotion;
        }
    }
}

/* Goods by weight have no pieces: a rate off the whole line. */
static void take_rate(struct taking *taking, size_t line)
{
    const struct promotion *found = NULL;
    int64_t best = 0, minor = 0;

    for (size_t i = 0; i < taking->promotion_count; i++) {
        const struct promotion *promotion = taking->promotions[i];

        if (!is_single(promotion) || promotion->gift != PROMOTION_RATE_OFF ||
            !promotion_part_fits(&promotion->parts[0], taking->lines[line].product))
            continue;
        multiply_divide(taking->lines[line].gross_minor, promotion->value, WHOLE_PPM, &minor);
        if (minor > best) {
            best = minor;
            found = promotion;
        }
    }
    if (found == NULL)
        return;
    note(taking, found, line, best);
    taking->times[index_of(taking, found)]++;
}

static int dearest_first(const void *a, const void *b)
{
    const struct pieces *left = a, *right = b;

    if (left->unit_minor != right->unit_minor)
        return left->unit_minor > right->unit_minor ? -1 : 1;
    return (left->line > right->line) - (left->line < right->line);
}

static void gather(struct taking *taking)
{
    taking->pieces = arena_array(taking->scratch, taking->line_count, sizeof *taking->pieces);
    for (size_t i = 0; i < taking->line_count; i++) {
        const struct priced_line *line = &taking->lines[i];

        if (line->voided || line->deposit)
            continue;
        if (line->product->unit != UNIT_PIECE) {
            take_rate(taking, i);
            continue;
        }
        int64_t left = line->quantity_milli / PIECE_MILLI - line->rewards;
        if (left <= 0)
            continue;
        struct pieces *pieces = &taking->pieces[taking->pieces_count++];
        *pieces = (struct pieces){
            .product = line->product, .unit_minor = priced_unit_minor(line), .line = i, .left = (uint32_t)left
        };
        find_single(taking, pieces);
    }
    qsort(taking->pieces, taking->pieces_count, sizeof *taking->pieces, dearest_first);
}

/* What a bundle saves, spread over its pieces by their prices. */
static void note_bundle(struct taking *taking, const struct bundle *bundle)
{
    size_t count = taking->pieces_count;
    int64_t *weights = arena_array(taking->scratch, count, sizeof *weights);
    int64_t *parts = arena_array(taking->scratch, count, sizeof *parts);
    int64_t saved = promotion_saves(bundle->promotion, taking->pieces, count, bundle->taken);

    for (size_t i = 0; i < count; i++)
        weights[i] = bundle->taken[i] * taking->pieces[i].unit_minor;
    spread_largest_remainder(saved, weights, count, parts);
    for (size_t i = 0; i < count; i++)
        if (parts[i] != 0)
            note(taking, bundle->promotion, taking->pieces[i].line, parts[i] * bundle->times);
    taking->times[index_of(taking, bundle->promotion)] += bundle->times;
}

static void take_bundles(struct taking *taking)
{
    const struct promotion *bundles[PROMOTIONS_MAX];
    struct bundle *made;
    size_t count = 0;

    for (size_t i = 0; i < taking->promotion_count; i++)
        if (!is_single(taking->promotions[i]))
            bundles[count++] = taking->promotions[i];
    if (count == 0 || taking->pieces_count == 0)
        return;
    size_t made_count = promotion_search(taking->pieces, taking->pieces_count, bundles, count, taking->scratch, &made);
    for (size_t i = 0; i < made_count; i++)
        note_bundle(taking, &made[i]);
}

static void take_singles(struct taking *taking)
{
    for (size_t i = 0; i < taking->pieces_count; i++) {
        const struct pieces *pieces = &taking->pieces[i];

        if (pieces->single == NULL || pieces->left == 0)
            continue;
        note(taking, pieces->single, pieces->line, pieces->left * pieces->kept_minor);
        taking->times[index_of(taking, pieces->single)] += pieces->left;
    }
}

/* Off the lines, and as rows: the receipt's of a promotion, then its lines'. */
static size_t settle(const struct taking *taking, struct promotion_row *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < taking->promotion_count; i++) {
        const struct promotion *promotion = taking->promotions[i];
        struct promotion_row *whole = &rows[count];

        if (taking->times[i] == 0)
            continue;
        *whole = (struct promotion_row){ .promotion = promotion, .line = NO_LINE, .times = taking->times[i] };
        count++;
        for (size_t line = 0; line < taking->line_count; line++) {
            int64_t minor = taking->minor[i * taking->line_count + line];

            if (minor == 0)
                continue;
            taking->lines[line].promotion_minor += minor;
            taking->lines[line].discount_minor += minor;
            taking->lines[line].total_minor = taking->lines[line].gross_minor - taking->lines[line].discount_minor;
            whole->amount_minor += minor;
            rows[count++] = (struct promotion_row){ .promotion = promotion, .line = (int)line, .amount_minor = minor };
        }
    }
    return count;
}

static size_t rows_needed(const struct taking *taking)
{
    size_t count = taking->promotion_count;

    for (size_t i = 0; i < taking->promotion_count * taking->line_count; i++)
        count += taking->minor[i] != 0;
    return count;
}

size_t promotions_take(struct priced_line *lines, size_t count, const struct promotion *const *in_force,
                       size_t in_force_count, struct arena *arena, struct promotion_row **rows)
{
    if (in_force_count == 0 || count == 0)
        return 0;
    struct taking taking = {
        .lines = lines,
        .line_count = count,
        .promotions = in_force,
        .promotion_count = in_force_count,
        .scratch = arena_create(0), /* the search may want more than a call's arena holds */
    };
    taking.minor = arena_array(taking.scratch, in_force_count * count, sizeof *taking.minor);
    taking.times = arena_array(taking.scratch, in_force_count, sizeof *taking.times);
    gather(&taking);
    take_bundles(&taking);
    take_singles(&taking);
    *rows = arena_array(arena, rows_needed(&taking), sizeof **rows);
    size_t row_count = settle(&taking, *rows);
    arena_destroy(taking.scratch);
    return row_count;
}
