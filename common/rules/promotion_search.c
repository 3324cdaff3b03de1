/* Which bundles: all ways are tried, each state of what is left once; of a large basket the largest saving first.
 *
 * A way to make a bundle takes, for each of its parts, pieces that stand next to each other in the order of prices, from
 * any of them on: the dearest for a bundle with a fixed price, and others for what makes the cheapest free, or where a
 * piece saves more by itself. */
#include "common/rules/promotion_search.h"

#include <string.h>

#include "common/base/number.h"

/* What may be looked at before the search gives up, in looks at one kind of piece, a nanosecond or two each. */
#define LOOKS_ALL      1000000
#define LOOKS_LARGEST  1000000
#define LOOKS_EACH     20000 /* of these, for one promotion in one round: none keeps others from being looked at */
#define COMPLETE_LOOKS 4     /* as much as what a way saves takes to work out */
#define STATES_MAX     ((size_t)1024)
#define PIECES_MAX     60 /* more are not searched */

/* What is left of each of the pieces, and the best that can be made of it. */
struct found {
    const uint8_t *left; /* NULL: free */
    int64_t gain_minor;
    const struct promotion *promotion; /* made first; NULL: none */
    const uint32_t *taken;
};

/* A promotion of which a bundle may be made, and which of its parts each of the pieces fits. */
struct offer {
    const struct promotion *promotion;
    const bool *fits[PROMOTION_PARTS_MAX];
};

/* That is being made: what it takes of each of the pieces, of none from `end` on. */
struct way {
    uint32_t *taken;
    size_t end;
    int64_t sum_minor, kept_minor; /* what that costs, and what it saves anyway */
};

struct search {
    struct pieces *pieces;
    size_t count;
    struct offer *offers;
    size_t offer_count;
    struct arena *arena;
    struct found *states;
    size_t state_capacity; /* a power of two; half of it is used */
    size_t state_count, looks_left;
    struct way way;
};

/* A way is complete: it gains so much beside what its pieces save anyway. */
struct visit {
    void (*of)(struct search *search, struct visit *visit, const struct promotion *promotion, int64_t gain_minor);
    int64_t best_minor;
    const struct promotion *promotion;
    uint32_t *taken;
};

bool promotion_part_fits(const struct promotion_part *part, const struct product *product)
{
    if (part->product_count == 0)
        return part->category_id != 0 && product->category_id == part->category_id;
    for (size_t i = 0; i < part->product_count; i++)
        if (part->product_ids[i] == product->id)
            return true;
    return false;
}

/* From the cheapest up; the pieces are in the order of prices. */
static int64_t cheapest(const struct pieces *pieces, size_t count, const uint32_t *taken, int64_t wanted)
{
    int64_t sum = 0;

    for (size_t i = count; i > 0 && wanted > 0; i--) {
        int64_t given = taken[i - 1] < wanted ? taken[i - 1] : wanted;

        sum += given * pieces[i - 1].unit_minor;
        wanted -= given;
    }
    return sum;
}

/* sum_minor: of all that is taken, which stands among the first `count` pieces. */
static int64_t saves(const struct promotion *promotion, const struct pieces *pieces, size_t count,
                     const uint32_t *taken, int64_t sum_minor)
{
    int64_t part = 0; /* of goods whose sum is within the range of money */

    switch ((enum promotion_gift)promotion->gift) {
    case PROMOTION_TOGETHER:
        return sum_minor > promotion->value ? sum_minor - promotion->value : 0;
    case PROMOTION_AMOUNT_OFF:
        return sum_minor < promotion->value ? sum_minor : promotion->value;
    case PROMOTION_RATE_OFF:
        multiply_divide(sum_minor, promotion->value, 1000000, &part);
        return part;
    case PROMOTION_CHEAPEST_FREE:
        return cheapest(pieces, count, taken, promotion->value);
    }
    return 0;
}

int64_t promotion_saves(const struct promotion *promotion, const struct pieces *pieces, size_t count,
                        const uint32_t *taken)
{
    int64_t sum_minor = 0;

    for (size_t i = 0; i < count; i++)
        sum_minor += taken[i] * pieces[i].unit_minor;
    return saves(promotion, pieces, count, taken, sum_minor);
}

static void take_pieces(struct search *search, size_t at, uint32_t pieces)
{
    search->pieces[at].left -= pieces;
    search->way.taken[at] += pieces;
    search->way.sum_minor += pieces * search->pieces[at].unit_minor;
    search->way.kept_minor += pieces * search->pieces[at].kept_minor;
}

static void give_pieces(struct search *search, size_t at, uint32_t pieces)
{
    search->pieces[at].left += pieces;
    search->way.taken[at] -= pieces;
    search->way.sum_minor -= pieces * search->pieces[at].unit_minor;
    search->way.kept_minor -= pieces * search->pieces[at].kept_minor;
}

/* What is done costs so many looks. false: they are used up. */
static bool look(struct search *search, size_t looks)
{
    search->looks_left -= looks < search->looks_left ? looks : search->looks_left;
    return search->looks_left > 0;
}

static void ways(struct search *search, const struct offer *offer, size_t part, struct visit *visit);

/* The part's pieces, the first of them those at `from`; the rest of the bundle, and all back again. false: too few. */
static bool ways_from(struct search *search, const struct offer *offer, size_t part, size_t from, struct visit *visit)
{
    uint32_t wanted = offer->promotion->parts[part].pieces, before[PROMOTION_LINES_MAX];
    size_t end = from, end_before = search->way.end;

    for (; end < search->count && wanted > 0; end++) {
        uint32_t take = 0;

        if (offer->fits[part][end])
            take = search->pieces[end].left < wanted ? search->pieces[end].left : wanted;
        before[end - from] = take;
        take_pieces(search, end, take);
        wanted -= take;
    }
    if (search->way.end < end)
        search->way.end = end;
    if (look(search, end - from) && wanted == 0)
        ways(search, offer, part + 1, visit);
    search->way.end = end_before;
    for (size_t i = from; i < end; i++)
        give_pieces(search, i, before[i - from]);
    return wanted == 0;
}

static void ways(struct search *search, const struct offer *offer, size_t part, struct visit *visit)
{
    const struct promotion *promotion = offer->promotion;

    if (part == promotion->part_count) {
        const struct way *way = &search->way;
        int64_t gain_minor = saves(promotion, search->pieces, way->end, way->taken, way->sum_minor) - way->kept_minor;

        if (look(search, COMPLETE_LOOKS) && gain_minor > 0)
            visit->of(search, visit, promotion, gain_minor);
        return;
    }
    for (size_t from = 0; from < search->count && look(search, 1); from++)
        if (search->pieces[from].left > 0 && offer->fits[part][from] && !ways_from(search, offer, part, from, visit))
            return; /* later ones have fewer still */
}

/* Is there enough for each of its parts? That one piece fits two of them is not looked at. */
static bool is_enough(struct search *search, const struct offer *offer)
{
    for (size_t part = 0; part < offer->promotion->part_count; part++) {
        uint32_t wanted = offer->promotion->parts[part].pieces;

        for (size_t i = 0; i < search->count && wanted > 0; i++)
            if (offer->fits[part][i])
                wanted -= search->pieces[i].left < wanted ? search->pieces[i].left : wanted;
        look(search, search->count);
        if (wanted > 0)
            return false;
    }
    return true;
}

static void ways_of(struct search *search, const struct offer *offer, struct visit *visit)
{
    if (is_enough(search, offer))
        ways(search, offer, 0, visit);
}

/* ---- all ways ---- */

static size_t slot(const struct search *search, const uint8_t *left)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, Fowler, Noll and Vo */

    for (size_t i = 0; i < search->count; i++) {
        hash ^= left[i];
        __builtin_mul_overflow(hash, UINT64_C(1099511628211), &hash); /* it is meant to wrap */
    }
    for (size_t at = hash & (search->state_capacity - 1);; at = (at + 1) & (search->state_capacity - 1))
        if (search->states[at].left == NULL || memcmp(search->states[at].left, left, search->count) == 0)
            return at;
}

static int64_t best(struct search *search);

static void keep_better(struct search *search, struct visit *visit, const struct promotion *promotion,
                        int64_t gain_minor)
{
    struct way way = search->way;
    uint32_t of_next[PIECES_MAX] = { 0 }; /* what comes after it makes ways of its own */

    search->way = (struct way){ .taken = of_next };
    gain_minor += best(search);
    search->way = way;
    if (gain_minor <= visit->best_minor)
        return;
    visit->best_minor = gain_minor;
    visit->promotion = promotion;
    memcpy(visit->taken, way.taken, search->count * sizeof *way.taken);
}

static int64_t best(struct search *search)
{
    uint8_t left[PIECES_MAX] = { 0 };

    for (size_t i = 0; i < search->count; i++)
        left[i] = (uint8_t)search->pieces[i].left;
    const struct found *known = &search->states[slot(search, left)];
    if (known->left != NULL)
        return known->gain_minor;
    struct visit visit = { .of = keep_better, .taken = arena_array(search->arena, search->count, sizeof(uint32_t)) };
    for (size_t i = 0; i < search->offer_count && look(search, search->count); i++)
        ways_of(search, &search->offers[i], &visit);
    if (search->state_count >= STATES_MAX)
        search->looks_left = 0;
    if (search->looks_left == 0)
        return 0;
    search->state_count++;
    search->states[slot(search, left)] = (struct found){
        .left = arena_copy(search->arena, left, search->count),
        .gain_minor = visit.best_minor,
        .promotion = visit.promotion,
        .taken = visit.taken,
    };
    return visit.best_minor;
}

static void make(struct search *search, const struct promotion *promotion, const uint32_t *taken, uint32_t times,
                 struct bundle *bundles, size_t *bundle_count)
{
    for (size_t i = 0; i < search->count; i++)
        search->pieces[i].left -= taken[i] * times;
    bundles[(*bundle_count)++] = (struct bundle){ .promotion = promotion, .taken = taken, .times = times };
}

/* There is one for each count of each of the pieces that may be left: of most baskets few. */
static void make_room_for_states(struct search *search)
{
    size_t states = 1;

    for (size_t i = 0; i < search->count && states < STATES_MAX; i++)
        states *= search->pieces[i].left + 1;
    search->state_capacity = 2;
    while (search->state_capacity < 2 * states && search->state_capacity < 2 * STATES_MAX)
        search->state_capacity *= 2;
    search->states = arena_array(search->arena, search->state_capacity, sizeof *search->states);
}

/* false: too many ways; nothing is made. */
static bool all_ways(struct search *search, uint64_t pieces, struct bundle *bundles, size_t *bundle_count)
{
    if (pieces > PIECES_MAX) /* so are the kinds of them, then: each has one at least */
        return false;
    make_room_for_states(search);
    search->looks_left = LOOKS_ALL;
    best(search);
    if (search->looks_left == 0)
        return false;
    for (;;) {
        uint8_t left[PIECES_MAX] = { 0 };

        for (size_t i = 0; i < search->count; i++)
            left[i] = (uint8_t)search->pieces[i].left;
        const struct found *found = &search->states[slot(search, left)];
        if (found->promotion == NULL)
            return true;
        make(search, found->promotion, found->taken, 1, bundles, bundle_count);
    }
}

/* ---- the largest saving first ---- */

static void keep_larger(struct search *search, struct visit *visit, const struct promotion *promotion,
                        int64_t gain_minor)
{
    if (gain_minor <= visit->best_minor)
        return;
    look(search, search->count / 4);
    visit->best_minor = gain_minor;
    visit->promotion = promotion;
    memcpy(visit->taken, search->way.taken, search->count * sizeof *visit->taken);
}

static uint32_t times_left(const struct search *search, const uint32_t *taken)
{
    uint32_t times = UINT32_MAX;

    for (size_t i = 0; i < search->count; i++)
        if (taken[i] > 0 && search->pieces[i].left / taken[i] < times)
            times = search->pieces[i].left / taken[i];
    return times;
}

/* Each round makes one way as often as it goes. */
static void largest_first(struct search *search, struct bundle *bundles, size_t room, size_t *bundle_count)
{
    size_t left = LOOKS_LARGEST;

    while (*bundle_count < room) {
        struct visit visit = { .of = keep_larger,
                               .taken = arena_array(search->arena, search->count, sizeof(uint32_t)) };

        for (size_t i = 0; i < search->offer_count; i++) {
            size_t each = left < LOOKS_EACH ? left : LOOKS_EACH;

            search->looks_left = each;
            ways_of(search, &search->offers[i], &visit);
            left -= each - search->looks_left;
        }
        if (visit.promotion == NULL)
            return;
        make(search, visit.promotion, visit.taken, times_left(search, visit.taken), bundles, bundle_count);
    }
}

#define BUNDLES_MAX 1000

/* Those of which there are pieces for a bundle. */
static void find_offers(struct search *search, const struct promotion *const *promotions, size_t promotion_count)
{
    search->offers = arena_array(search->arena, promotion_count, sizeof *search->offers);
    for (size_t i = 0; i < promotion_count; i++) {
        struct offer *offer = &search->offers[search->offer_count];

        offer->promotion = promotions[i];
        for (size_t part = 0; part < promotions[i]->part_count; part++) {
            bool *fits = arena_array(search->arena, search->count, sizeof *fits);

            for (size_t j = 0; j < search->count; j++)
                fits[j] = promotion_part_fits(&promotions[i]->parts[part], search->pieces[j].product);
            offer->fits[part] = fits;
        }
        if (is_enough(search, offer))
            search->offer_count++;
    }
}

size_t promotion_search(struct pieces *pieces, size_t count, const struct promotion *const *promotions,
                        size_t promotion_count, struct arena *arena, struct bundle **bundles)
{
    struct search search = {
        .pieces = pieces,
        .count = count,
        .arena = arena,
        .way.taken = arena_array(arena, count, sizeof(uint32_t)),
    };
    size_t bundle_count = 0;
    uint64_t pieces_left = 0;

    *bundles = NULL;
    find_offers(&search, promotions, promotion_count);
    if (search.offer_count == 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        pieces_left += pieces[i].left;
    size_t room = pieces_left < BUNDLES_MAX ? (size_t)pieces_left : BUNDLES_MAX; /* each takes one at least */
    *bundles = arena_array(arena, room, sizeof **bundles);
    if (!all_ways(&search, pieces_left, *bundles, &bundle_count))
        largest_first(&search, *bundles, room, &bundle_count);
    return bundle_count;
}
