/* Rewards of a programme's terms in a sale: pieces free, an amount or a rate off, and what they cost. */
#include <assert.h>

#include "common/base/number.h"
#include "common/rules/sale_parts.h"

static enum sale_verdict refuse(struct sale_rows *rows, struct arena *arena, enum sale_verdict verdict, size_t at,
                                const char *sentence)
{
    return sale_refuse(rows, arena, verdict, arena_format(arena, "basket.rewards[%zu]", at), "%s", sentence);
}

/* Adds to the row of that line and reward, which is made where there is none. */
static void note(struct sale_rows *rows, const struct programme_term *reward, int line, int64_t amount_minor,
                 uint32_t times)
{
    size_t i = 0;

    while (i < rows->discount_count &&
           (rows->discounts[i].line != line || rows->discounts[i].promotion_id != reward->number))
        i++;
    if (i == rows->discount_count)
        rows->discounts[rows->discount_count++] = (struct discount_row){ .line = line,
                                                                         .kind = DISCOUNT_OF_REWARD,
                                                                         .promotion_id = reward->number,
                                                                         .reason = bytes_of_text(reward->name) };
    rows->discounts[i].amount_minor += amount_minor;
    rows->discounts[i].times += times;
}

/* May the basket have it, as far as is known here? */
static enum sale_verdict check(const struct sale_command *command, const struct programme *programme,
                               const struct member_state *member, size_t at, struct arena *arena,
                               struct sale_rows *rows)
{
    const struct programme_term *reward = programme_term(programme, TERM_REWARD, command->basket.chosen[at].number);
    int64_t spent;

    if (reward == NULL)
        return refuse(rows, arena, SALE_UNKNOWN_REWARD, at, "the programme has no reward of that number");
    if (member != NULL && member->tier < reward->tier) {
        const struct programme_term *tier = programme_term(programme, TERM_TIER, reward->tier);

        return refuse(rows, arena, SALE_REWARD_TIER, at,
                      arena_format(arena, "%s is for members of the tier %s, and better ones", reward->name,
                                   tier == NULL ? "above theirs" : tier->name));
    }
    if (!add_checked(rows->points_spent, reward->cost, &spent))
        return refuse(rows, arena, SALE_AMOUNT_OVERFLOW, at, "the points leave the range");
    rows->points_spent = spent;
    return SALE_OK;
}

/* Those that name a line come first, as of the programme's own (reward_lines()). */
static enum sale_verdict take_pieces(const struct basket *basket, const struct programme *programme, bool named,
                                     struct priced_line *lines, struct arena *arena, struct sale_rows *rows)
{
    for (size_t i = 0; i < basket->chosen_count; i++) {
        const struct programme_term *reward = programme_term(programme, TERM_REWARD, basket->chosen[i].number);
        size_t line = 0;

        if (reward->gives != REWARD_GIFT_PIECE || (basket->chosen[i].line != REWARD_DEAREST) != named)
            continue;
        if (!reward_piece(lines, basket->line_count, reward, basket->chosen[i].line, &line))
            return refuse(rows, arena, SALE_REWARD_NOT_APPLICABLE, i,
                          arena_format(arena, "%s: no line that it fits", reward->name));
        note(rows, reward, (int)line, priced_unit_minor(&lines[line]), 1);
        note(rows, reward, NO_LINE, priced_unit_minor(&lines[line]), 1);
    }
    return SALE_OK;
}

enum sale_verdict sale_take_rewards(const struct sale_command *command, const struct programme *programme,
                                    const struct member_state *member, struct priced_line *lines, struct arena *arena,
                                    struct sale_rows *rows)
{
    const struct basket *basket = &command->basket;

    rows->discounts = arena_array(arena, basket->chosen_count * (basket->line_count + 1), sizeof *rows->discounts);
    for (size_t i = 0; i < basket->chosen_count; i++) {
        enum sale_verdict verdict = check(command, programme, member, i, arena, rows);

        if (verdict != SALE_OK)
            return verdict;
    }
    enum sale_verdict verdict = take_pieces(basket, programme, true, lines, arena, rows);
    return verdict != SALE_OK ? verdict : take_pieces(basket, programme, false, lines, arena, rows);
}

/* What is left of the reward's goods: a weight for each line. */
static int64_t weigh(const struct basket *basket, const struct programme_term *reward, uint32_t asked,
                     const struct priced_line *lines, int64_t *weights)
{
    int64_t sum = 0;

    for (size_t i = 0; i < basket->line_count; i++) {
        const struct priced_line *line = &lines[i];
        bool is_of = !line->voided && !line->deposit && line->total_minor > 0 &&
                     (asked == REWARD_DEAREST || asked == i) &&
                     term_is_of(reward, line->product->id, line->product->category_id);

        weights[i] = is_of ? line->total_minor : 0;
        sum += weights[i];
    }
    return sum;
}

static void take_value(struct priced_line *line, int64_t minor)
{
    line->reward_minor += minor;
    line->discount_minor += minor;
    line->total_minor = line->gross_minor - line->discount_minor;
}

enum sale_verdict sale_take_reward_values(const struct sale_command *command, const struct programme *programme,
                                          struct priced_line *lines, struct arena *arena, struct sale_rows *rows)
{
    const struct basket *basket = &command->basket;
    int64_t *weights = arena_array(arena, basket->line_count, sizeof *weights);
    int64_t *parts = arena_array(arena, basket->line_count, sizeof *parts);

    for (size_t i = 0; i < basket->chosen_count; i++) {
        const struct programme_term *reward = programme_term(programme, TERM_REWARD, basket->chosen[i].number);

        assert(reward != NULL); /* sale_take_rewards() was asked first */
        if (reward->gives == REWARD_GIFT_PIECE)
            continue;
        struct discount off = { .given = true, .fixed = reward->gives == REWARD_GIFT_AMOUNT, .value = reward->value };
        int64_t taken = discount_of(&off, weigh(basket, reward, basket->chosen[i].line, lines, weights));
        if (taken == 0)
            return refuse(
                rows, arena, SALE_REWARD_NOT_APPLICABLE, i,
                arena_format(arena, "%s: nothing is in the basket that it takes something off", reward->name));
        spread_largest_remainder(taken, weights, basket->line_count, parts);
        note(rows, reward, NO_LINE, taken, 1);
        for (size_t line = 0; line < basket->line_count; line++)
            if (parts[line] != 0) {
                take_value(&lines[line], parts[line]);
                note(rows, reward, (int)line, parts[line], 0);
            }
    }
    return SALE_OK;
}
