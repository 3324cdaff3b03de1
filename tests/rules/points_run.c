/* Members' histories on standing input, carried out by the rules; what each step did and left behind on standard output.
 * test_points_model.py writes the one and reads the other.
 *
 *   begin EXPONENT                                  a new shop, nobody in it
 *   product ID PRICE CATEGORY                       before the first programme
 *   programme PER_UNIT SIGN_UP BIRTHDAY LOT_DAYS COST CATEGORY
 *   join MEMBER DAY                                 the sign-up's points
 *   sell SALE MEMBER DAY BIRTHDAY REWARDS PRODUCT:PIECES ...
 *   refund REFUND SALE DAY
 *
 * Between two steps the members live in `people`, as in the database; each step loads of their lots what the server's
 * statements load, and writes back what changed. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/sale.h"

enum { PEOPLE = 4, LOTS = 512, SALES = 256, PRODUCTS = 16, TILL = 1, SHIFT = 2 };

struct person {
    struct points_lot lots[LOTS];
    size_t lot_count;
    int64_t points;
    int32_t birthday_year;
};

struct history {
    struct arena *arena;
    struct catalogue *catalogue;
    uint64_t version;
    struct programme programme;
    struct drawer_state drawer;
    struct person people[PEOPLE];
    struct original sales[SALES];
    int64_t next_lot;
};

static const char *const verdicts[SALE_VERDICT_COUNT] = {
    [SALE_OK] = "OK",
    [SALE_REWARD_NOT_APPLICABLE] = "REWARD_NOT_APPLICABLE",
    [SALE_POINTS_SHORT] = "POINTS_SHORT",
    [SALE_UNKNOWN_SALE] = "UNKNOWN_SALE",
    [SALE_ALREADY_REFUNDED] = "ALREADY_REFUNDED",
    [SALE_REFUND_OF_REFUND] = "REFUND_OF_REFUND",
};

static struct instant noon(int64_t day)
{
    return (struct instant){ (day * DAY_S + DAY_S / 2) * SECOND_US };
}

/* ---- load and store ---- */

static bool is_touched(const struct original *original, int64_t lot_id)
{
    for (size_t i = 0; original && i < original->lot_count; i++)
        if (original->lots[i].lot_id == lot_id)
            return true;
    return false;
}

/* Open lots, those of today and later, and those that the sale touched which is to be refunded. */
static struct member_state load(struct history *h, int64_t member, int64_t day, bool birthday,
                                const struct original *original)
{
    struct person *person = &h->people[member - 1];
    struct member_state state = { .id = member,
                                  .points = person->points,
                                  .birthday_today = birthday,
                                  .birthday_year = person->birthday_year,
                                  .lots = arena_array(h->arena, person->lot_count + 1, sizeof *state.lots) };

    for (size_t i = 0; i < person->lot_count; i++) {
        const struct points_lot *lot = &person->lots[i];

        if (lot->remaining != 0 || lot->origin.number >= day || is_touched(original, lot->id))
            state.lots[state.lot_count++] = *lot;
    }
    state.lot_capacity = state.lot_count;
    return state;
}

/* By expiry, then by id, as the load's statement gives them. */
static int by_expiry(const void *a, const void *b)
{
    const struct points_lot *left = a, *right = b;

    if (left->expiry.number != right->expiry.number)
        return left->expiry.number < right->expiry.number ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static void store(struct history *h, const struct member_state *state)
{
    struct person *person = &h->people[state->id - 1];

    person->points = state->points;
    person->birthday_year = state->birthday_year;
    for (size_t i = 0; i < state->lot_count; i++) {
        size_t at = 0;

        if (!state->lots[i].changed)
            continue;
        while (at < person->lot_count && person->lots[at].id != state->lots[i].id)
            at++;
        assert(at < LOTS);
        person->lots[at] = state->lots[i];
        person->lots[at].changed = false;
        person->lots[at].stored = true;
        person->lot_count += at == person->lot_count;
    }
    qsort(person->lots, person->lot_count, sizeof *person->lots, by_expiry);
}

/* What the database says of a sale that is to be refunded; its goods, taxes and tenders are another test's. */
static struct original original_of(struct history *h, const struct sale_rows *sale)
{
    struct original_lot *lots = arena_array(h->arena, sale->points.count + 1, sizeof *lots);
    size_t count = 0;

    for (size_t i = 0; i < sale->points.count; i++) {
        const struct points_row *row = &sale->points.rows[i];

        if (row->kind == POINTS_EARNED)
            lots[count++] = (struct original_lot){ .lot_id = row->lot_id, .earned = row->points };
        else if (row->kind == POINTS_SPENT)
            lots[count++] = (struct original_lot){ .lot_id = row->lot_id, .spent = -row->points };
    }
    return (struct original){ .number = sale->number,
                              .sale_id = sale->sale_id,
                              .member_id = sale->member_id,
                              .kind = sale->kind,
                              .catalogue_version = sale->catalogue_version,
                              .total_minor = sale->total_minor,
                              .lots = lots,
                              .lot_count = count };
}

/* ---- said ---- */

static int64_t origin_of(const struct history *h, int64_t member, int64_t lot_id)
{
    const struct person *person = &h->people[member - 1];

    for (size_t i = 0; i < person->lot_count; i++)
        if (person->lots[i].id == lot_id)
            return person->lots[i].origin.number;
    return -1;
}

static void say(const struct history *h, int64_t member, const struct points_rows *rows, int64_t after)
{
    const struct person *person = &h->people[member - 1];

    printf("entries");
    for (size_t i = 0; i < rows->count; i++)
        printf(" %" PRId64 ":%d:%" PRId64, origin_of(h, member, rows->rows[i].lot_id), rows->rows[i].kind,
               rows->rows[i].points);
    printf(" account %" PRId64 " spendable %" PRId64 " lots", person->points, after);
    for (size_t i = 0; i < person->lot_count; i++)
        printf(" %d/%d/%" PRId64, person->lots[i].origin.number, person->lots[i].expiry.number,
               person->lots[i].remaining);
    putchar('\n');
}

/* ---- the words ---- */

static void put_product(struct history *h, const char *words)
{
    struct product product = { .name = "product", .active = true, .tax_class_id = 1 };

    sscanf(words, "%" SCNd64 " %" SCNd64 " %" SCNd64, &product.id, &product.price_minor, &product.category_id);
    catalogue_put_product(h->catalogue, h->version + 1, &product);
}

static void put_programme(struct history *h, const char *words)
{
    struct programme programme = { .id = 1, .name = "points", .reward_name = "free" };

    sscanf(words, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNu32 " %" SCNd64 " %" SCNd64, &programme.points_per_unit,
           &programme.sign_up_points, &programme.birthday_points, &programme.lot_days, &programme.reward_cost,
           &programme.reward_category_id);
    h->programme = programme;
    catalogue_put_programme(h->catalogue, ++h->version, &programme);
    catalogue_seal(h->catalogue, h->version, 0);
}

static void begin(struct history *h, const char *words)
{
    static const struct tax_rate untaxed = { .code = "NONE" };
    struct shop shop = { .id = 1, .name = "shop", .currency = "XTS", .prices_include_tax = true };

    if (h->arena) {
        catalogue_destroy(h->catalogue);
        arena_destroy(h->arena);
    }
    memset(h, 0, sizeof *h);
    h->arena = arena_create(0);
    h->catalogue = catalogue_create();
    sscanf(words, "%" SCNu32, &shop.currency_exponent);
    catalogue_put_shop(h->catalogue, 1, &shop);
    catalogue_put_tax_class(h->catalogue, 1, &(struct tax_class){ .id = 1, .name = "untaxed", .rates = &untaxed });
    h->drawer = (struct drawer_state){ .device_id = TILL, .till_number = 1, .shift_id = SHIFT };
}

static void join(struct history *h, const char *words)
{
    struct points_rows rows = { 0 };
    int64_t member, day;

    sscanf(words, "%" SCNd64 " %" SCNd64, &member, &day);
    struct day today = { (int32_t)day };
    struct member_state state = load(h, member, day, false, NULL);
    points_add(&state, &h->programme, POINTS_SIGN_UP, h->programme.sign_up_points, today, ++h->next_lot, h->arena,
               &rows);
    store(h, &state);
    say(h, member, &rows, points_spendable(&state, today));
}

static struct working_set set_of(struct history *h, struct member_state *state)
{
    return (struct working_set){ .arena = h->arena,
                                 .catalogue = h->catalogue,
                                 .zone = zone_utc(),
                                 .drawers = &h->drawer,
                                 .drawer_count = 1,
                                 .members = state,
                                 .member_count = 1 };
}

static size_t read_lines(const char *words, struct basket_line lines[PRODUCTS])
{
    int64_t product, pieces;
    size_t count = 0;

    for (int used; sscanf(words, " %" SCNd64 ":%" SCNd64 "%n", &product, &pieces, &used) == 2; words += used) {
        assert(count < PRODUCTS);
        lines[count++] = (struct basket_line){ .product_id = product, .quantity_milli = pieces * 1000 };
    }
    return count;
}

static void sell(struct history *h, const char *words)
{
    static const uint32_t rewards[BASKET_REWARDS_MAX] = {
        REWARD_DEAREST, REWARD_DEAREST, REWARD_DEAREST, REWARD_DEAREST, REWARD_DEAREST, REWARD_DEAREST, REWARD_DEAREST,
    };
    struct basket_line lines[PRODUCTS];
    int64_t sale, member, day;
    size_t reward_count;
    int birthday, used;
    struct sale_rows rows;

    sscanf(words, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %d %zu%n", &sale, &member, &day, &birthday, &reward_count,
           &used);
    assert(sale < SALES && reward_count <= 7);
    struct member_state state = load(h, member, day, birthday != 0, NULL);
    struct working_set set = set_of(h, &state);
    struct sale_command command = {
        .aim = SALE_TO_PRICE,
        .basket = { .catalogue_version = h->version,
                    .lines = lines,
                    .line_count = read_lines(words + used, lines),
                    .member_id = member,
                    .rewards = rewards,
                    .reward_count = reward_count },
        .device_id = TILL,
        .series = 'T',
        .number = sale,
        .sale_id = sale,
        .new_lot_id = ++h->next_lot,
    };
    enum sale_verdict verdict = sale_decide(&command, &set, noon(day), &rows);
    struct tender tender = { .kind = TENDER_CASH, .amount_minor = rows.total_minor };
    if (verdict == SALE_OK) {
        command.aim = SALE_TO_BOOK;
        command.shown_total_minor = rows.total_minor;
        command.tenders = &tender;
        command.tender_count = rows.total_minor > 0;
        verdict = sale_decide(&command, &set, noon(day), &rows);
    }
    printf("%s ", verdicts[verdict] ? verdicts[verdict] : "?");
    if (verdict == SALE_OK) {
        printf("total %" PRId64 " earned %" PRId64 " spent %" PRId64 " gifted %" PRId64 " ", rows.total_minor,
               rows.points_earned, rows.points_spent, rows.points_gifted);
        assert(rows.points_after == points_spendable(&state, (struct day){ (int32_t)day }));
        store(h, &state);
        h->sales[sale] = original_of(h, &rows);
    }
    say(h, member, &rows.points, points_spendable(&state, (struct day){ (int32_t)day }));
}

static void refund(struct history *h, const char *words)
{
    int64_t number, sale, day;
    struct sale_rows rows;

    sscanf(words, "%" SCNd64 " %" SCNd64 " %" SCNd64, &number, &sale, &day);
    struct original *original = &h->sales[sale];
    int64_t member = original->member_id ? original->member_id : 1;
    struct member_state state = load(h, member, day, false, original);
    struct working_set set = set_of(h, &state);
    set.originals = original;
    set.original_count = original->sale_id != 0;
    struct refund_command command = { .original = { .till = 1, .series = 'T', .number = sale },
                                      .reason = bytes_of_text("taken back"),
                                      .device_id = TILL,
                                      .series = 'T',
                                      .number = number,
                                      .sale_id = number };
    enum sale_verdict verdict = refund_decide(&command, &set, noon(day), &rows);
    printf("%s ", verdicts[verdict] ? verdicts[verdict] : "?");
    if (verdict == SALE_OK) {
        printf("total %" PRId64 " earned %" PRId64 " spent %" PRId64 " gifted %" PRId64 " ", rows.total_minor,
               rows.points_earned, rows.points_spent, rows.points_gifted);
        store(h, &state);
        h->sales[number] = original_of(h, &rows);
    }
    say(h, member, &rows.points, points_spendable(&state, (struct day){ (int32_t)day }));
}

int main(void)
{
    static const struct {
        const char *word;
        void (*run)(struct history *h, const char *words);
    } words[] = { { "begin", begin }, { "product", put_product }, { "programme", put_programme },
                  { "join", join },   { "sell", sell },           { "refund", refund } };
    static struct history history;
    char text[1024], word[16];
    int behind;

    while (fgets(text, sizeof text, stdin) && sscanf(text, "%15s %n", word, &behind) == 1) {
        size_t i = 0;

        while (i < sizeof words / sizeof *words && strcmp(words[i].word, word) != 0)
            i++;
        if (i == sizeof words / sizeof *words) {
            fprintf(stderr, "unknown word '%s'\n", word);
            return 64;
        }
        words[i].run(&history, text + behind);
    }
    if (history.arena) {
        catalogue_destroy(history.catalogue);
        arena_destroy(history.arena);
    }
    return 0;
}
