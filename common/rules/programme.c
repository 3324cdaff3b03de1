/* The terms of a programme: which hold, what they count, what they give. */
#include "common/rules/programme.h"

#include <assert.h>

#include "common/base/number.h"
#include "common/rules/points.h"

#define ALL_WEEKDAYS 0x7f
#define DAY_MINUTES  1440
#define RATE_MAX     1000000
#define UNIT_MILLI   1000

static bool goods_valid(const struct programme_term *term)
{
    if (term->category_count + term->product_count > TERM_GOODS_MAX)
        return false;
    if (term->goods == TERM_GOODS_ALL)
        return term->category_count + term->product_count == 0;
    return (term->goods == TERM_GOODS_THESE || term->goods == TERM_GOODS_OTHERS) &&
           term->category_count + term->product_count > 0;
}

static bool earn_valid(const struct programme_term *term)
{
    return term->gives >= EARN_PER_MONEY && term->gives <= EARN_PER_VISIT && term->value > 0 &&
           term->value <= TERM_POINTS_MAX && term->cost == 0;
}

static bool reward_valid(const struct programme_term *term)
{
    int64_t most = term->gives == REWARD_GIFT_RATE ? RATE_MAX : MINOR_MAX;

    if (term->cost <= 0 || term->cost > TERM_POINTS_MAX || term->weekdays != ALL_WEEKDAYS || term->from_minute != 0 ||
        term->until_minute != DAY_MINUTES)
        return false;
    if (term->gives == REWARD_GIFT_PIECE)
        return term->value == 0 && term->goods != TERM_GOODS_ALL;
    return (term->gives == REWARD_GIFT_AMOUNT || term->gives == REWARD_GIFT_RATE) && term->value > 0 &&
           term->value <= most;
}

static bool tier_valid(const struct programme_term *term)
{
    return term->value > 0 && term->value <= MINOR_MAX && term->cost == 0 && term->gives == 0 && term->tier == 0 &&
           term->goods == TERM_GOODS_ALL && term->weekdays == ALL_WEEKDAYS && term->from_minute == 0 &&
           term->until_minute == DAY_MINUTES;
}

bool term_valid(const struct programme_term *term)
{
    if (term->number < 1 || term->number > TERM_NUMBER_MAX || term->tier > TERM_NUMBER_MAX || !goods_valid(term) ||
        term->weekdays == 0 || term->weekdays > ALL_WEEKDAYS || term->from_minute >= term->until_minute ||
        term->until_minute > DAY_MINUTES)
        return false;
    switch (term->kind) {
    case TERM_EARN:
        return earn_valid(term);
    case TERM_REWARD:
        return reward_valid(term);
    case TERM_TIER:
        return tier_valid(term);
    default:
        return false;
    }
}

const struct programme_term *programme_term(const struct programme *programme, enum term_kind kind, uint32_t number)
{
    for (size_t i = 0; programme != NULL && i < programme->term_count; i++)
        if (programme->terms[i].kind == kind && programme->terms[i].number == number)
            return &programme->terms[i];
    return NULL;
}

bool programme_has(const struct programme *programme, enum term_kind kind)
{
    for (size_t i = 0; programme != NULL && i < programme->term_count; i++)
        if (programme->terms[i].kind == kind)
            return true;
    return false;
}

bool term_is_of(const struct programme_term *term, int64_t product_id, int64_t category_id)
{
    bool named = false;

    for (size_t i = 0; i < term->category_count; i++)
        named = named || (category_id != 0 && term->category_ids[i] == category_id);
    for (size_t i = 0; i < term->product_count; i++)
        named = named || term->product_ids[i] == product_id;
    return term->goods == TERM_GOODS_ALL || named == (term->goods == TERM_GOODS_THESE);
}

bool term_holds(const struct programme_term *term, unsigned tier, unsigned weekday, unsigned minute)
{
    return tier >= term->tier && (term->weekdays >> weekday & 1) != 0 && minute >= term->from_minute &&
           minute < term->until_minute;
}

struct earn_time earn_time_of(const struct zone *zone, struct instant at)
{
    struct local_time local = zone_local(zone, at);
    int32_t day = day_of_date(local.date).number;

    /* 1970-01-01 was a Thursday. */
    return (struct earn_time){ .weekday = (unsigned)(((day + 3) % 7 + 7) % 7),
                               .minute = (unsigned)(local.hour * 60 + local.minute) };
}

int64_t earn_week_minute(struct earn_time time)
{
    return (int64_t)time.weekday * DAY_MINUTES + time.minute;
}

struct earn_time earn_time_of_week(int64_t week_minute)
{
    return (struct earn_time){ .weekday = (unsigned)(week_minute / DAY_MINUTES),
                               .minute = (unsigned)(week_minute % DAY_MINUTES) };
}

bool earning_has(const struct earning *earning, size_t line)
{
    return line < EARN_LINES_MAX && (earning->lines[line / 8] >> line % 8 & 1) != 0;
}

int64_t earn_basis(enum earn_per per, const struct earn_line *lines, size_t count, const struct programme_term *term,
                   const struct earning *counts)
{
    int64_t basis = 0;

    for (size_t i = 0; i < count; i++) {
        const struct earn_line *line = &lines[i];

        if (line->paid_minor <= 0 ||
            !(counts != NULL ? earning_has(counts, i) : term_is_of(term, line->product_id, line->category_id)))
            continue;
        if (per == EARN_PER_VISIT)
            return 1;
        /* The lines of a sale, each within the range of money and quantity: the sum fits. */
        basis += per == EARN_PER_MONEY ? line->paid_minor : line->paid_milli;
    }
    return basis;
}

bool earn_points(enum earn_per per, int64_t value, int64_t basis, unsigned exponent, int64_t *points)
{
    int64_t unit = per == EARN_PER_UNIT ? UNIT_MILLI : 1;

    for (unsigned i = 0; per == EARN_PER_MONEY && i < exponent; i++)
        unit *= 10;
    *points = 0;
    return basis <= 0 || multiply_divide_floor(value, basis, unit, points);
}

static void mark_lines(struct earning *earning, const struct earn_line *lines, size_t count,
                       const struct programme_term *term)
{
    assert(count <= EARN_LINES_MAX);
    for (size_t i = 0; i < count; i++)
        if (lines[i].paid_minor > 0 && (term == NULL || term_is_of(term, lines[i].product_id, lines[i].category_id)))
            earning->lines[i / 8] |= (uint8_t)(1u << i % 8);
}

bool programme_earn(const struct programme *programme, const struct earn_line *lines, size_t count, int64_t paid_minor,
                    unsigned tier, struct earn_time time, unsigned exponent, struct earning *earnings,
                    size_t *earning_count, int64_t *points)
{
    earnings[0] = (struct earning){ .per = EARN_PER_MONEY,
                                    .value = programme->points_per_unit,
                                    .basis = paid_minor > 0 ? paid_minor : 0 };
    *earning_count = 1;
    if (!points_earned(programme, paid_minor, exponent, points))
        return false;
    earnings[0].points = *points;
    mark_lines(&earnings[0], lines, count, NULL);
    for (size_t i = 0; i < programme->term_count; i++) {
        const struct programme_term *term = &programme->terms[i];
        struct earning earning = { .rule = term->number, .per = term->gives, .value = term->value };

        if (term->kind != TERM_EARN || !term_holds(term, tier, time.weekday, time.minute))
            continue;
        earning.basis = earn_basis(term->gives, lines, count, term, NULL);
        if (!earn_points(term->gives, term->value, earning.basis, exponent, &earning.points) ||
            !add_checked(*points, earning.points, points))
            return false;
        if (earning.points == 0)
            continue;
        assert(*earning_count < EARNINGS_MAX);
        mark_lines(&earning, lines, count, term);
        earnings[(*earning_count)++] = earning;
    }
    return true;
}

unsigned programme_tier(const struct programme *programme, int64_t spent_minor)
{
    unsigned best = 0;

    for (size_t i = 0; i < programme->term_count; i++) {
        const struct programme_term *term = &programme->terms[i];

        if (term->kind == TERM_TIER && spent_minor >= term->value && term->number > best)
            best = term->number;
    }
    return best;
}

struct day tier_first_day(struct day today, uint32_t months)
{
    struct date date = date_of_day(today);
    int month = date.year * 12 + date.month - 1 - (int)months;

    date.year = month / 12;
    date.month = month % 12 + 1;
    while (!date_valid(date)) /* there is no 31st: its last day */
        date.day--;
    return (struct day){ .number = day_of_date(date).number + 1 };
}
