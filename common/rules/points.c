/* Points lots: added to, spent from, and given back to. */
#include "common/rules/points.h"

#include <assert.h>
#include <string.h>

#include "common/base/number.h"

bool points_earned(const struct programme *programme, int64_t minor, unsigned exponent, int64_t *points)
{
    int64_t unit = 1;

    *points = 0;
    if (minor <= 0)
        return true;
    for (unsigned i = 0; i < exponent; i++)
        unit *= 10;
    return multiply_divide_floor(programme->points_per_unit, minor, unit, points);
}

struct day points_expiry(const struct programme *programme, struct day origin)
{
    return (struct day){ .number = origin.number + (int32_t)programme->lot_days };
}

int64_t points_spendable(const struct member_state *member, struct day today)
{
    int64_t sum = 0;

    for (size_t i = 0; i < member->lot_count; i++)
        if (member->lots[i].remaining < 0 || member->lots[i].expiry.number >= today.number)
            sum += member->lots[i].remaining;
    return sum;
}

int64_t points_birthday(const struct programme *programme, const struct member_state *member, struct day today)
{
    if (!member->birthday_today || member->birthday_year >= date_of_day(today).year)
        return 0;
    return programme->birthday_points;
}

size_t birthdays_on(struct day today, struct date birthdays[2])
{
    struct date date = date_of_day(today);

    birthdays[0] = date;
    if (date.month != 2 || date.day != 28 || year_is_leap(date.year))
        return 1;
    birthdays[1] = (struct date){ .year = date.year, .month = 2, .day = 29 };
    return 2;
}

static void note(struct points_rows *rows, int64_t lot_id, enum points_kind kind, int64_t points, struct arena *arena)
{
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity == 0 ? 8 : rows->capacity * 2;
        struct points_row *larger = arena_array(arena, capacity, sizeof *larger);

        if (rows->count > 0)
            memcpy(larger, rows->rows, rows->count * sizeof *larger);
        rows->rows = larger;
        rows->capacity = capacity;
    }
    rows->rows[rows->count++] = (struct points_row){ .lot_id = lot_id, .kind = kind, .points = points };
}

static void change(struct member_state *member, struct points_lot *lot, int64_t points)
{
    bool lot_fits = add_checked(lot->remaining, points, &lot->remaining);
    bool account_fits = add_checked(member->points, points, &member->points);

    assert(lot_fits && account_fits);
    (void)lot_fits, (void)account_fits;
    lot->changed = true;
    member->changed = true;
}

static bool expires_later(const struct points_lot *lot, struct day expiry, int64_t id)
{
    return lot->expiry.number > expiry.number || (lot->expiry.number == expiry.number && lot->id > id);
}

static struct points_lot *lot_insert(struct member_state *member, struct points_lot lot, struct arena *arena)
{
    size_t at = member->lot_count;

    if (member->lot_count == member->lot_capacity) {
        size_t capacity = member->lot_capacity + 4;
        struct points_lot *larger = arena_array(arena, capacity, sizeof *larger);

        if (member->lot_count > 0)
            memcpy(larger, member->lots, member->lot_count * sizeof *larger);
        member->lots = larger;
        member->lot_capacity = capacity;
    }
    for (; at > 0 && expires_later(&member->lots[at - 1], lot.expiry, lot.id); at--)
        member->lots[at] = member->lots[at - 1];
    member->lots[at] = lot;
    member->lot_count++;
    return &member->lots[at];
}

void points_add(struct member_state *member, const struct programme *programme, enum points_kind kind, int64_t points,
                struct day today, int64_t new_lot_id, struct arena *arena, struct points_rows *rows)
{
    struct points_lot *lot = NULL;

    if (points == 0)
        return;
    for (size_t i = 0; i < member->lot_count && lot == NULL; i++)
        if (member->lots[i].origin.number == today.number)
            lot = &member->lots[i];
    if (lot == NULL)
        lot = lot_insert(
            member, (struct points_lot){ .id = new_lot_id, .origin = today, .expiry = points_expiry(programme, today) },
            arena);
    change(member, lot, points);
    note(rows, lot->id, kind, points, arena);
}

void points_spend(struct member_state *member, int64_t points, struct day today, struct arena *arena,
                  struct points_rows *rows)
{
    for (size_t i = 0; i < member->lot_count && points > 0; i++) {
        struct points_lot *lot = &member->lots[i];
        int64_t part = lot->remaining < points ? lot->remaining : points;

        if (lot->remaining <= 0 || lot->expiry.number < today.number)
            continue;
        change(member, lot, -part);
        note(rows, lot->id, POINTS_SPENT, -part, arena);
        points -= part;
    }
    assert(points == 0);
}

static struct points_lot *lot_of(const struct member_state *member, int64_t lot_id)
{
    for (size_t i = 0; i < member->lot_count; i++)
        if (member->lots[i].id == lot_id)
            return &member->lots[i];
    assert(!"a lot that a refund touches was not loaded");
    return NULL;
}

static int64_t least(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

struct points_back points_back_of(int64_t remaining, int64_t expired, int64_t points)
{
    struct points_back back = { 0 };

    back.taken = least(points, remaining > 0 ? remaining : 0);
    back.gone = least(points - back.taken, expired);
    back.owed = points - back.taken - back.gone;
    return back;
}

int64_t points_take_back(struct member_state *member, int64_t lot_id, int64_t points, struct arena *arena,
                         struct points_rows *rows)
{
    struct points_lot *lot;
    struct points_back back;

    if (points == 0)
        return 0;
    lot = lot_of(member, lot_id);
    back = points_back_of(lot->remaining, lot->expired, points);
    change(member, lot, back.gone - points);
    note(rows, lot_id, POINTS_TAKEN_BACK, -points, arena);
    if (back.gone == 0)
        return 0;
    lot->expired -= back.gone;
    lot->expired_changed = true;
    note(rows, lot_id, POINTS_GONE, back.gone, arena);
    return back.gone;
}

void points_return(struct member_state *member, int64_t lot_id, enum points_kind kind, int64_t points,
                   struct arena *arena, struct points_rows *rows)
{
    if (points == 0)
        return;
    change(member, lot_of(member, lot_id), points);
    note(rows, lot_id, kind, points, arena);
}
