/* Promotions, a row each: what they take off which line; when they hold; and that no other way to put a small basket into
 * them would have saved more, against a slow search that knows nothing of ours. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "drawn.h"
#include "small_shop.h"

#include "common/base/number.h"

/* A counter of its own, of more kinds than the small shop's. */
enum { ROLLS = 1, PASTRY, DRINKS, CAKES, CHEESES };
enum { PLAIN = 11, SEEDED, CROISSANT, BRIOCHE, COFFEE, TEA, TORTE, GOUDA, GIFT, GOODS = 9 };

static const struct product goods[GOODS] = {
    { .id = PLAIN, .name = "Roll", .category_id = ROLLS, .price_minor = 45 },
    { .id = SEEDED, .name = "Seeded roll", .category_id = ROLLS, .price_minor = 60 },
    { .id = CROISSANT, .name = "Croissant", .category_id = PASTRY, .price_minor = 160 },
    { .id = BRIOCHE, .name = "Brioche", .category_id = PASTRY, .price_minor = 210 },
    { .id = COFFEE, .name = "Coffee", .category_id = DRINKS, .price_minor = 280 },
    { .id = TEA, .name = "Tea", .category_id = DRINKS, .price_minor = 240 },
    { .id = TORTE, .name = "Cake", .category_id = CAKES, .price_minor = 900 },
    { .id = GOUDA, .name = "Cheese", .category_id = CHEESES, .price_minor = 1290, .unit = UNIT_KILOGRAM },
    { .id = GIFT, .name = "Bag", .category_id = CAKES, .price_minor = 0 },
};

static const struct product *good(int64_t id)
{
    return &goods[id - PLAIN];
}

/* ---- the promotions ---- */

#define ALWAYS .weekdays = 0x7f, .until_minute = 1440, .active = true
#define PARTS(...)                                                                                                     \
    .parts = (const struct promotion_part[]){ __VA_ARGS__ },                                                           \
    .part_count = sizeof((const struct promotion_part[]){ __VA_ARGS__ }) / sizeof(struct promotion_part)
#define OF(n, category)                                                                                                \
    {                                                                                                                  \
        .pieces = (n), .category_id = (category)                                                                       \
    }
#define ANY(n, ...)                                                                                                    \
    {                                                                                                                  \
        .pieces = (n), .product_ids = (const int64_t[]){ __VA_ARGS__ },                                                \
        .product_count = sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)                                    \
    }

static const struct promotion six_for_five = {
    .id = 1, .name = "Six for five", PARTS(OF(6, ROLLS)), .gift = PROMOTION_CHEAPEST_FREE, .value = 1, ALWAYS
};
static const struct promotion dozen = {
    .id = 2, .name = "Baker's dozen", PARTS(ANY(13, PLAIN)), .gift = PROMOTION_CHEAPEST_FREE, .value = 1, ALWAYS
};
static const struct promotion breakfast = { .id = 3,
                                            .name = "Coffee and croissant",
                                            PARTS(ANY(1, COFFEE), ANY(1, CROISSANT)),
                                            .gift = PROMOTION_TOGETHER,
                                            .value = 390,
                                            ALWAYS };
static const struct promotion three_for_two = {
    .id = 4, .name = "Three for two", PARTS(OF(3, PASTRY)), .gift = PROMOTION_CHEAPEST_FREE, .value = 1, ALWAYS
};
static const struct promotion happy = {
    .id = 5, .name = "Happy hour", PARTS(OF(1, PASTRY)), .gift = PROMOTION_RATE_OFF, .value = 200000, ALWAYS
};
static const struct promotion cheese_rate = {
    .id = 6, .name = "Cheese week", PARTS(OF(1, CHEESES)), .gift = PROMOTION_RATE_OFF, .value = 100000, ALWAYS
};
static const struct promotion mixed = { .id = 7,
                                        .name = "Any two pastries",
                                        PARTS(ANY(2, CROISSANT, BRIOCHE)),
                                        .gift = PROMOTION_TOGETHER,
                                        .value = 300,
                                        ALWAYS };
static const struct promotion voucher = { .id = 8,
                                          .name = "Drink and cake",
                                          PARTS(OF(1, DRINKS), OF(1, CAKES)),
                                          .gift = PROMOTION_AMOUNT_OFF,
                                          .value = 150,
                                          ALWAYS };
static const struct promotion tasting = {
    .id = 9, .name = "Tasting", PARTS(OF(2, DRINKS), OF(1, PASTRY)), .gift = PROMOTION_RATE_OFF, .value = 250000, ALWAYS
};
static const struct promotion special = {
    .id = 10, .name = "Tea of the day", PARTS(ANY(1, TEA)), .gift = PROMOTION_TOGETHER, .value = 199, ALWAYS
};
static const struct promotion dear = {
    .id = 11, .name = "No bargain", PARTS(OF(2, ROLLS)), .gift = PROMOTION_TOGETHER, .value = 500, ALWAYS
};
static const struct promotion overlapping = { .id = 12,
                                              .name = "Brioche and another",
                                              PARTS(OF(1, PASTRY), ANY(1, BRIOCHE)),
                                              .gift = PROMOTION_TOGETHER,
                                              .value = 250,
                                              ALWAYS };

/* ---- what they take off ---- */

struct bought {
    int64_t id, milli, rewards;
    bool voided;
};
struct row {
    const char *name;
    const struct promotion *promotions[4];
    struct bought lines[6];
    int64_t off[6]; /* each line's */
    uint32_t times[4];
};
#define PIECES(good, n)                                                                                                \
    {                                                                                                                  \
        .id = (good), .milli = (n)*INT64_C(1000)                                                                       \
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
static const struct row rows[] = {
    { "nothing in force", { 0 }, { PIECES(PLAIN, 6) } },
    { "six for five", { &six_for_five }, { PIECES(PLAIN, 6) }, { 45 }, { 1 } },
    { "five are five", { &six_for_five }, { PIECES(PLAIN, 5) } },
    { "eleven have one free", { &six_for_five }, { PIECES(PLAIN, 11) }, { 45 }, { 1 } },
    { "twelve have two", { &six_for_five }, { PIECES(PLAIN, 12) }, { 90 }, { 2 } },
    { "the cheapest of six is free, spread by value: 270 and 60 of 330 bear 45",
      { &six_for_five },
      { PIECES(SEEDED, 1), PIECES(PLAIN, 6) },
      { 9, 36 }, /* 60, 225 of 285: 9.47, 35.53: the one left goes to .53 */
      { 1 } },
    { "the dear six have the dearer one free",
      { &six_for_five },
      { PIECES(PLAIN, 5), PIECES(SEEDED, 6) },
      { 0, 60 },
      { 1 } },
    { "a baker's dozen is of one kind", { &dozen }, { PIECES(PLAIN, 12), PIECES(SEEDED, 1) } },
    { "a baker's dozen", { &dozen }, { PIECES(PLAIN, 13) }, { 45 }, { 1 } },
    { "two of six are more than one of thirteen", { &dozen, &six_for_five }, { PIECES(PLAIN, 13) }, { 90 }, { 0, 2 } },
    { "coffee and croissant: 440 for 390, spread by 280 and 160",
      { &breakfast },
      { PIECES(COFFEE, 1), PIECES(CROISSANT, 1) },
      { 32, 18 }, /* 31.8 and 18.2 */
      { 1 } },
    { "two coffees, one croissant", { &breakfast }, { PIECES(COFFEE, 2), PIECES(CROISSANT, 1) }, { 32, 18 }, { 1 } },
    { "two of each", { &breakfast }, { PIECES(COFFEE, 2), PIECES(CROISSANT, 2) }, { 64, 36 }, { 2 } },
    { "tea is no coffee", { &breakfast }, { PIECES(TEA, 1), PIECES(CROISSANT, 1) } },
    { "a free piece is in none", { &breakfast }, { PIECES(COFFEE, 1), { CROISSANT, 1000, 1 } } },
    { "nor is a voided line", { &six_for_five }, { { PLAIN, 6000, 0, true }, PIECES(TORTE, 1) } },
    { "a fifth off each pastry", { &happy }, { PIECES(CROISSANT, 3), PIECES(TORTE, 1) }, { 96 }, { 3 } },
    { "by weight a rate off the line", { &cheese_rate }, { { GOUDA, 345 } }, { 45 }, { 1 } }, /* of 445, 44.5 */
    { "mix and match",
      { &mixed },
      { PIECES(CROISSANT, 1), PIECES(BRIOCHE, 1) },
      { 30, 40 },
      { 1 } }, /* 70 by 160, 210 */
    { "the two dearest of three", { &mixed }, { PIECES(CROISSANT, 1), PIECES(BRIOCHE, 2) }, { 0, 120 }, { 1 } },
    { "an amount off a pair",
      { &voucher },
      { PIECES(TEA, 1), PIECES(TORTE, 1) },
      { 32, 118 },
      { 1 } }, /* 31.6, 118.4 */
    { "a price for one", { &special }, { PIECES(TEA, 2), PIECES(COFFEE, 1) }, { 82 }, { 2 } },
    { "what costs more together is not taken", { &dear }, { PIECES(PLAIN, 4) } },
    { "a quarter off two drinks and a pastry: 182.5 of 730 is 183",
      { &tasting },
      { PIECES(COFFEE, 1), PIECES(TEA, 1), PIECES(BRIOCHE, 1) },
      { 70, 60, 53 }, /* 70.19, 60.16, 52.64 */
      { 1 } },
    { "a part that fits the other's goods leaves them enough",
      { &overlapping },
      { PIECES(BRIOCHE, 1), PIECES(CROISSANT, 1) },
      { 68, 52 }, /* 120 by 210, 160: 68.1, 51.9 */
      { 1 } },
    { "three for two beats a fifth off: 160 against 106",
      { &three_for_two, &happy },
      { PIECES(CROISSANT, 2), PIECES(BRIOCHE, 1) },
      { 97, 63 }, /* 160 by 320, 210 */
      { 1 } },
    { "a fifth off beats three for two of very different ones",
      { &three_for_two, &happy },
      { PIECES(BRIOCHE, 3), PIECES(CROISSANT, 1) },
      { 210, 32 },
      { 1, 1 } },
    { "what is in a breakfast is not happy as well: 50 is less than 32, but more with two",
      { &breakfast, &happy },
      { PIECES(COFFEE, 1), PIECES(CROISSANT, 2) },
      { 32, 50 }, /* 18 of the bundle, 32 of the other croissant */
      { 1, 1 } },
    { "of two that save alike the lower number",
      { &breakfast, &breakfast },
      { PIECES(COFFEE, 1), PIECES(CROISSANT, 1) },
      { 32, 18 },
      { 1, 0 } },
    { "what is for nothing saves nothing", { &voucher }, { PIECES(TEA, 1), PIECES(GIFT, 1) }, { 150 }, { 1 } },
    { "a thousand rolls", { &six_for_five }, { PIECES(PLAIN, 1000) }, { 166 * 45 }, { 166 } },
    { "a thousand of two kinds: 500 seeded have 83, 2 of them and 4 rolls one, 496 rolls 82",
      { &six_for_five },
      { PIECES(PLAIN, 500), PIECES(SEEDED, 500) },
      { 82 * 45 + 27, 83 * 60 + 18 }, /* 45 by 180 and 120: 27 and 18 */
      { 166 } },
    { "a million", { &dozen }, { PIECES(PLAIN, 1000000) }, { 76923 * 45 }, { 76923 } },
};
#pragma GCC diagnostic pop

static size_t lines_of(const struct bought *bought, size_t most, struct priced_line *lines)
{
    size_t count = 0;

    for (; count < most && bought[count].id != 0; count++) {
        lines[count] = (struct priced_line){ .product = good(bought[count].id),
                                             .quantity_milli = bought[count].milli,
                                             .voided = bought[count].voided };
        assert_true(price_line(&lines[count]));
        lines[count].rewards = bought[count].rewards;
        lines[count].discount_minor = bought[count].rewards * good(bought[count].id)->price_minor;
        lines[count].total_minor -= lines[count].discount_minor;
    }
    return count;
}

static void check_row(const struct row *row)
{
    struct arena *arena = arena_create(0);
    struct priced_line lines[6];
    struct promotion_row *taken = NULL;
    size_t promotion_count = 0, count = lines_of(row->lines, 6, lines);
    uint32_t times[4] = { 0 };
    int64_t whole = 0, parts = 0;

    print_message("%s\n", row->name);
    while (promotion_count < 4 && row->promotions[promotion_count] != NULL)
        promotion_count++;
    size_t taken_count = promotions_take(lines, count, row->promotions, promotion_count, arena, &taken);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(lines[i].promotion_minor, row->off[i]);
        assert_int_equal(lines[i].discount_minor, row->off[i] + row->lines[i].rewards * lines[i].product->price_minor);
        assert_int_equal(lines[i].total_minor, lines[i].gross_minor - lines[i].discount_minor);
    }
    for (size_t i = 0; i < taken_count; i++) {
        if (taken[i].line != NO_LINE) {
            parts += taken[i].amount_minor;
            continue;
        }
        whole += taken[i].amount_minor;
        for (size_t of = 0; of < promotion_count; of++)
            if (row->promotions[of] == taken[i].promotion) {
                times[of] += taken[i].times;
                break;
            }
    }
    assert_int_equal(whole, parts);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(times[i], row->times[i]);
    arena_destroy(arena);
}

static void each_row_is_as_worked_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i]);
}

/* ---- the best there is ---- */

#define SMALL 7 /* pieces of which all ways can be tried */

struct model {
    const struct promotion *const *promotions;
    size_t promotion_count;
    const struct product *pieces[SMALL];
    size_t count;
};

static bool fits(const struct promotion_part *part, const struct product *product)
{
    bool one_of = false;

    for (size_t i = 0; i < part->product_count; i++)
        one_of = one_of || part->product_ids[i] == product->id;
    return part->product_count > 0 ? one_of : part->category_id == product->category_id;
}

/* Can each piece of the set be given a place in one of the parts? places: of each part, still free. */
static bool can_be_placed(const struct model *model, const struct promotion *promotion, unsigned set, uint32_t *places)
{
    if (set == 0)
        return true;
    unsigned piece = (unsigned)__builtin_ctz(set);
    for (size_t part = 0; part < promotion->part_count; part++) {
        if (places[part] == 0 || !fits(&promotion->parts[part], model->pieces[piece]))
            continue;
        places[part]--;
        bool placed = can_be_placed(model, promotion, set & (set - 1), places);
        places[part]++;
        if (placed)
            return true;
    }
    return false;
}

/* What the promotion saves on exactly this set; 0 where it is not one. */
static int64_t worth(const struct model *model, const struct promotion *promotion, unsigned set)
{
    uint32_t places[PROMOTION_PARTS_MAX], wanted = 0;
    int64_t prices[SMALL], sum = 0, given = 0;
    size_t count = 0;

    for (size_t part = 0; part < promotion->part_count; part++)
        wanted += places[part] = promotion->parts[part].pieces;
    if ((uint32_t)__builtin_popcount(set) != wanted || !can_be_placed(model, promotion, set, places))
        return 0;
    for (size_t i = 0; i < model->count; i++)
        if (set >> i & 1) {
            size_t at = count++;
            for (; at > 0 && prices[at - 1] > model->pieces[i]->price_minor; at--)
                prices[at] = prices[at - 1];
            prices[at] = model->pieces[i]->price_minor;
            sum += model->pieces[i]->price_minor;
        }
    switch ((enum promotion_gift)promotion->gift) {
    case PROMOTION_TOGETHER:
        return sum > promotion->value ? sum - promotion->value : 0;
    case PROMOTION_AMOUNT_OFF:
        return sum < promotion->value ? sum : promotion->value;
    case PROMOTION_RATE_OFF:
        return (sum * promotion->value + 500000) / 1000000;
    case PROMOTION_CHEAPEST_FREE:
        for (size_t i = 0; i < (size_t)promotion->value; i++)
            given += prices[i];
        return given;
    }
    return 0;
}

/* Of all ways to put these pieces into sets. */
static int64_t most(const struct model *model, unsigned left)
{
    if (left == 0)
        return 0;
    unsigned first = left & -left, others = left & ~first;
    int64_t best = most(model, others);

    for (unsigned more = others;; more = (more - 1) & others) {
        for (size_t i = 0; i < model->promotion_count; i++) {
            int64_t saved = worth(model, model->promotions[i], first | more);
            if (saved > 0) {
                saved += most(model, others & ~more);
                best = saved > best ? saved : best;
            }
        }
        if (more == 0)
            return best;
    }
}

static void no_other_way_saves_more(void **state)
{
    static const struct promotion *const all[] = { &three_for_two, &breakfast, &happy, &mixed,      &voucher,
                                                   &tasting,       &special,   &dear,  &overlapping };
    const size_t all_count = sizeof all / sizeof all[0];

    (void)state;
    draw_begin();
    for (int round = 0; round < 3000; round++) {
        const struct promotion *promotions[4];
        struct bought bought[SMALL] = { 0 };
        struct priced_line lines[SMALL];
        struct promotion_row *taken;
        struct arena *arena = arena_create(0);
        struct model model = { .promotions = promotions, .promotion_count = 1 + (size_t)below(4) };
        int64_t saved = 0;

        for (size_t i = 0, at = (size_t)below((int64_t)all_count); i < model.promotion_count; i++)
            promotions[i] = all[(at + i * (size_t)(1 + below(2))) % all_count];
        model.count = 1 + (size_t)below(SMALL);
        for (size_t i = 0; i < model.count; i++) {
            bought[i] = (struct bought)PIECES(CROISSANT + below(5), 1);
            model.pieces[i] = good(bought[i].id);
        }
        promotions_take(lines, lines_of(bought, model.count, lines), promotions, model.promotion_count, arena, &taken);
        for (size_t i = 0; i < model.count; i++)
            saved += lines[i].promotion_minor;
        if (saved != most(&model, (1u << model.count) - 1)) {
            for (size_t i = 0; i < model.count; i++)
                print_message("%s %lld\n", model.pieces[i]->name, (long long)lines[i].promotion_minor);
            for (size_t i = 0; i < model.promotion_count; i++)
                print_message("promotion %lld\n", (long long)promotions[i]->id);
        }
        assert_int_equal(saved, most(&model, (1u << model.count) - 1));
        arena_destroy(arena);
    }
}

/* The most goods, the most promotions, and no goods alike: it ends, in time, and takes no more than there is. */
static void a_hostile_basket_ends(void **state)
{
    static struct product many[200];
    static struct promotion promotions[PROMOTIONS_MAX];
    static const struct promotion *in_force[PROMOTIONS_MAX];
    static struct priced_line lines[200];
    struct arena *arena = arena_create(0);
    struct promotion_row *taken;
    int64_t whole = 0;

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        many[i] = (struct product){ .id = (int64_t)i + 1, .category_id = 1, .price_minor = 100 + 7 * (int64_t)i };
        lines[i] = (struct priced_line){ .product = &many[i], .quantity_milli = 1000000 };
        assert_true(price_line(&lines[i]));
    }
    for (size_t i = 0; i < PROMOTIONS_MAX; i++) {
        static const struct promotion_part parts[] = { OF(2, 1), OF(3, 1), OF(5, 1), OF(7, 1), OF(11, 1) };

        promotions[i] = (struct promotion){ .id = (int64_t)i + 1,
                                            .name = "",
                                            .parts = parts,
                                            .part_count = 1 + i % 5,
                                            .gift = PROMOTION_RATE_OFF,
                                            .value = 1000 + (int64_t)i };
        in_force[i] = &promotions[i];
    }
    promotions[0].parts = &(const struct promotion_part)OF(1, 1);
    size_t count = promotions_take(lines, 200, in_force, PROMOTIONS_MAX, arena, &taken);
    for (size_t i = 0; i < count; i++)
        whole += taken[i].line == NO_LINE ? taken[i].amount_minor : 0;
    for (size_t i = 0; i < 200; i++) {
        assert_in_range(lines[i].promotion_minor, 0, lines[i].gross_minor);
        whole -= lines[i].promotion_minor;
    }
    assert_int_equal(whole, 0);
    arena_destroy(arena);
}

/* One of each of five, of which four are there: every way to take four is one that is not complete. */
static void what_can_never_be_complete_costs_nothing(void **state)
{
    static struct product many[200];
    static struct priced_line lines[200];
    static const struct promotion_part parts[] = { OF(1, 1), OF(1, 1), OF(1, 1), OF(1, 1), OF(1, 2) };
    static const struct promotion_part tight[] = { OF(41, 1), OF(40, 1), OF(40, 1), OF(40, 1), OF(40, 1) };
    const struct promotion lacking = {
        .id = 1, .name = "", .parts = parts, .part_count = 5, .gift = PROMOTION_RATE_OFF, .value = 1000
    };
    const struct promotion crowded = {
        .id = 2, .name = "", .parts = tight, .part_count = 5, .gift = PROMOTION_RATE_OFF, .value = 1000
    };
    const struct promotion *in_force[] = { &lacking, &crowded };
    struct arena *arena = arena_create(0);
    struct promotion_row *taken;

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        many[i] = (struct product){ .id = (int64_t)i + 1, .category_id = 1, .price_minor = 100 + 7 * (int64_t)i };
        lines[i] = (struct priced_line){ .product = &many[i], .quantity_milli = 1000 };
        assert_true(price_line(&lines[i]));
    }
    clock_t before = clock();
    for (size_t count = 20; count <= 200; count += 20)
        assert_int_equal(promotions_take(lines, count, in_force, 2, arena, &taken), 0);
    assert_in_range(clock() - before, 0, 5 * CLOCKS_PER_SEC); /* it would be hours */
    arena_destroy(arena);
}

/* ---- when ---- */

#define AT(day, minute) ((struct instant){ ((day)*DAY_S + (minute)*60) * SECOND_US })

struct when {
    const char *name;
    struct promotion promotion;
    int64_t day, minute;
    bool member, holds;
};
#define EVENING .from_minute = 1080, .until_minute = 1440
#define DAILY   .weekdays = 0x7f, .until_minute = 1440
static const struct when times[] = {
    { "always", { DAILY, .active = true }, 20776, 600, false, true },
    { "switched off", { DAILY }, 20776, 600, false, false },
    { "before the hour", { .weekdays = 0x7f, EVENING, .active = true }, 20776, 1079, false, false },
    { "at the hour", { .weekdays = 0x7f, EVENING, .active = true }, 20776, 1080, false, true },
    { "the last minute", { .weekdays = 0x7f, EVENING, .active = true }, 20776, 1439, false, true },
    { "the first that is out", { .weekdays = 0x7f, .until_minute = 600, .active = true }, 20776, 600, false, false },
    { "on Thursdays", { .weekdays = 1 << 3, .until_minute = 1440, .active = true }, 20776, 600, false, true },
    { "not on Fridays", { .weekdays = 1 << 3, .until_minute = 1440, .active = true }, 20777, 600, false, false },
    { "Mondays are the first bit", { .weekdays = 1, .until_minute = 1440, .active = true }, 20780, 0, false, true },
    { "Sundays the last", { .weekdays = 1 << 6, .until_minute = 1440, .active = true }, 20779, 0, false, true },
    { "the day before the first", { DAILY, .active = true, .first_day = 20776 }, 20775, 600, false, false },
    { "the first day", { DAILY, .active = true, .first_day = 20776 }, 20776, 0, false, true },
    { "the last day", { DAILY, .active = true, .last_day = 20776 }, 20776, 1439, false, true },
    { "the day after the last", { DAILY, .active = true, .last_day = 20776 }, 20777, 0, false, false },
    { "members only, and nobody", { DAILY, .active = true, .members_only = true }, 20776, 600, false, false },
    { "members only, and one", { DAILY, .active = true, .members_only = true }, 20776, 600, true, true },
};

static void each_holds_when_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        const struct when *when = &times[i];

        print_message("%s\n", when->name);
        assert_int_equal(promotion_in_force(&when->promotion, zone_utc(), AT(when->day, when->minute), when->member),
                         when->holds);
    }
}

static void by_the_clock_on_the_shop_s_wall(void **state)
{
    struct zone *berlin = zone_load(NULL, "Europe/Berlin");
    struct promotion evening = { .weekdays = 0x7f, EVENING, .active = true };

    (void)state;
    assert_non_null(berlin);
    assert_true(promotion_in_force(&evening, berlin, AT(20776, 1020), false)); /* 17:00 UTC is 18:00 there in winter */
    assert_false(promotion_in_force(&evening, zone_utc(), AT(20776, 1020), false));
    zone_destroy(berlin);
}

/* ---- in a sale ---- */

/* The shop's cookies, three for two: by the hour that NOW is in, or for members. */
static struct small_shop *shop_with(struct promotion promotion)
{
    static const struct promotion_part three[] = { OF(3, COOKIES) };
    struct small_shop *s = small_shop_open();

    promotion.id = 3;
    promotion.name = "Three for two";
    promotion.parts = three;
    promotion.part_count = 1;
    promotion.gift = PROMOTION_CHEAPEST_FREE;
    promotion.value = 1;
    promotion.active = true;
    promotion.weekdays = 0x7f;
    assert_true(promotion_valid(&promotion));
    catalogue_put_promotion(s->catalogue, VERSION, &promotion);
    return s;
}

/* Four cookies with a tenth off, and a roll. */
static const struct basket_line four[] = {
    { .product_id = COOKIE,
      .quantity_milli = 4000,
      .discount = { .given = true, .value = 100000, .reason = { (const uint8_t *)"old", 3 } } },
    { .product_id = CAKE, .quantity_milli = 1000, .voided = true },
    { .product_id = ROLL, .quantity_milli = 1000 },
};

static struct sale_command four_cookies(int64_t member_id, struct instant priced)
{
    return (struct sale_command){ .aim = SALE_TO_QUOTE,
                                  .basket = { .catalogue_version = VERSION,
                                              .lines = four,
                                              .line_count = 3,
                                              .member_id = member_id,
                                              .priced = priced },
                                  .device_id = TILL,
                                  .staff_id = 41,
                                  .discount_limit_ppm = 100000,
                                  .series = 'T',
                                  .number = 1,
                                  .sale_id = 51 };
}

/* NOW is 08:26:40 UTC. */
static void a_promotion_of_a_basket_is_one_of_when_it_was_priced(void **state)
{
    static const struct {
        uint16_t from_minute, until_minute;
        int64_t priced_us, total_minor; /* before now; 0: not said */
    } cases[] = {
        { 0, 1440, 0, 675 + 45 },                   /* 1,000 less 250, less a tenth */
        { 506, 507, 0, 675 + 45 },                  /* the minute it is */
        { 507, 1440, 0, 900 + 45 },                 /* not yet */
        { 480, 506, 0, 900 + 45 },                  /* over */
        { 480, 506, MINUTE_US, 675 + 45 },          /* it was not, when the till looked */
        { 480, 506, 15 * MINUTE_US, 675 + 45 },     /* so long */
        { 480, 506, 15 * MINUTE_US + 1, 900 + 45 }, /* and no longer */
        { 508, 1440, -2 * MINUTE_US, 675 + 45 },    /* a clock a little ahead */
        { 509, 1440, -3 * MINUTE_US, 900 + 45 },    /* far ahead: not believed */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct small_shop *s =
            shop_with((struct promotion){ .from_minute = cases[i].from_minute, .until_minute = cases[i].until_minute });
        struct sale_command command = four_cookies(
            0, cases[i].priced_us == 0 ? (struct instant){ 0 } : (struct instant){ NOW.us - cases[i].priced_us });
        struct sale_rows sale;

        assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
        assert_int_equal(sale.total_minor, cases[i].total_minor);
        small_shop_close(s);
    }
}

static void its_rows_come_before_the_discounts_which_are_off_what_is_left(void **state)
{
    struct small_shop *s = shop_with((struct promotion){ .until_minute = 1440 });
    struct sale_command command = four_cookies(0, (struct instant){ 0 });
    struct sale_rows sale;

    (void)state;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.discount_count, 3);
    assert_int_equal(sale.discounts[0].kind, DISCOUNT_OF_PROMOTION);
    assert_int_equal(sale.discounts[0].line, NO_LINE);
    assert_int_equal(sale.discounts[0].promotion_id, 3);
    assert_int_equal(sale.discounts[0].times, 1);
    assert_int_equal(sale.discounts[0].amount_minor, 250);
    assert_memory_equal(sale.discounts[0].reason.data, "Three for two", 13);
    assert_int_equal(sale.discounts[1].line, 0);
    assert_int_equal(sale.discounts[1].times, 0);
    assert_int_equal(sale.discounts[1].amount_minor, 250);
    assert_int_equal(sale.discounts[2].kind, DISCOUNT_OF_LINE);
    assert_int_equal(sale.discounts[2].amount_minor, 75);
    assert_int_equal(sale.needed_ppm, 0); /* a tenth of what is left: the promotion is nobody's discount */
    small_shop_close(s);
}

static void members_have_theirs(void **state)
{
    struct small_shop *s = shop_with((struct promotion){ .until_minute = 1440, .members_only = true });
    struct sale_command anyone = four_cookies(0, (struct instant){ 0 });
    struct sale_command anna = four_cookies(ANNA, (struct instant){ 0 });
    struct sale_rows sale;

    (void)state;
    assert_int_equal(sale_decide(&anyone, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 945);
    assert_int_equal(sale_decide(&anna, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 720);
    small_shop_close(s);
}

/* ---- what may be written ---- */

static void only_what_can_be_given_is_valid(void **state)
{
    static const int64_t one[] = { 1 };
    static const struct promotion_part none[] = { { .pieces = 0, .category_id = 1 } };
    static const struct promotion_part both[] = {
        { .pieces = 1, .category_id = 1, .product_ids = one, .product_count = 1 }
    };
    static const struct promotion_part neither[] = { { .pieces = 1 } };
    static const struct promotion *const good_ones[] = {
        &six_for_five, &dozen, &breakfast, &happy, &voucher, &tasting
    };
    struct promotion p;

    (void)state;
    for (size_t i = 0; i < sizeof good_ones / sizeof good_ones[0]; i++)
        assert_true(promotion_valid(good_ones[i]));
#define WRONG(field, wrong)                                                                                            \
    do {                                                                                                               \
        p = breakfast;                                                                                                 \
        p.field = (wrong);                                                                                             \
        assert_false(promotion_valid(&p));                                                                             \
    } while (0)
    WRONG(part_count, 0);
    WRONG(part_count, PROMOTION_PARTS_MAX + 1);
    WRONG(gift, 0);
    WRONG(gift, 5);
    WRONG(value, -1);
    WRONG(value, MINOR_MAX + 1);
    WRONG(weekdays, 0);
    WRONG(weekdays, 0x80);
    WRONG(from_minute, 1440);
    WRONG(until_minute, 1441);
    p = happy;
    p.value = 1000001;
    assert_false(promotion_valid(&p));
    p = six_for_five;
    p.value = 6;
    assert_false(promotion_valid(&p));
    p.value = 0;
    assert_false(promotion_valid(&p));
    p = six_for_five;
    p.first_day = 20777;
    p.last_day = 20776;
    assert_false(promotion_valid(&p));
    p = six_for_five;
    p.parts = none;
    assert_false(promotion_valid(&p));
    p.parts = both;
    assert_false(promotion_valid(&p));
    p.parts = neither;
    assert_false(promotion_valid(&p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_promotion_of_a_basket_is_one_of_when_it_was_priced),
        cmocka_unit_test(its_rows_come_before_the_discounts_which_are_off_what_is_left),
        cmocka_unit_test(members_have_theirs),
        cmocka_unit_test(each_row_is_as_worked_out),
        cmocka_unit_test(no_other_way_saves_more),
        cmocka_unit_test(a_hostile_basket_ends),
        cmocka_unit_test(what_can_never_be_complete_costs_nothing),
        cmocka_unit_test(each_holds_when_it_says),
        cmocka_unit_test(by_the_clock_on_the_shop_s_wall),
        cmocka_unit_test(only_what_can_be_given_is_valid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
