/* Prices of lines, and the pieces that a reward makes free. */
#include "common/rules/price.h"

#include "common/base/number.h"
#include "common/rules/programme.h"

#define PIECE_MILLI 1000

bool quantity_valid(const struct product *product, int64_t quantity_milli)
{
    if (quantity_milli <= 0 || quantity_milli > MILLI_MAX)
        return false;
    return product->unit != UNIT_PIECE || quantity_milli % PIECE_MILLI == 0;
}

bool price_line(struct priced_line *line)
{
    line->gross_minor = line->total_minor = 0;
    line->discount_minor = line->tax_minor = line->rewards = 0;
    line->promotion_minor = line->own_minor = line->of_receipt_minor = 0;
    if (line->voided)
        return true;
    if (!multiply_divide(priced_unit_minor(line), line->quantity_milli, 1000, &line->gross_minor) ||
        line->gross_minor > MINOR_MAX || line->gross_minor < -MINOR_MAX)
        return false;
    line->total_minor = line->gross_minor;
    return true;
}

int64_t price_quantity_milli(const struct product *product, int64_t gross_minor)
{
    struct priced_line line = { .product = product };

    if (gross_minor <= 0 || product->price_minor <= 0 ||
        !multiply_divide(gross_minor, PIECE_MILLI, product->price_minor, &line.quantity_milli) ||
        !quantity_valid(product, line.quantity_milli) || !price_line(&line))
        return 0;
    return line.gross_minor == gross_minor ? line.quantity_milli : 0;
}

/* Has the line a piece left that could be free? A piece that costs nothing is no reward. */
static bool has_piece(const struct priced_line *line)
{
    return !line->voided && !line->deposit && line->product->unit == UNIT_PIECE && priced_unit_minor(line) > 0 &&
           line->rewards < line->quantity_milli / PIECE_MILLI;
}

static bool fits(const struct priced_line *line, int64_t category_id)
{
    return line->product->category_id == category_id && has_piece(line);
}

static void give_piece(struct priced_line *line)
{
    line->rewards++;
    line->discount_minor += priced_unit_minor(line);
    line->total_minor = line->gross_minor - line->discount_minor;
}

static struct priced_line *dearest(struct priced_line *lines, size_t count, int64_t category_id)
{
    struct priced_line *found = NULL;

    for (size_t i = 0; i < count; i++)
        if (fits(&lines[i], category_id) && (found == NULL || priced_unit_minor(&lines[i]) > priced_unit_minor(found)))
            found = &lines[i];
    return found;
}

bool reward_lines(struct priced_line *lines, size_t count, int64_t category_id, const uint32_t *rewards,
                  size_t reward_count, size_t *at_reward)
{
    /* Those that name a line come first, whatever their place: what was chosen is not taken by what was not. */
    for (size_t i = 0; i < reward_count; i++) {
        if (rewards[i] == REWARD_DEAREST)
            continue;
        *at_reward = i;
        if (category_id == 0 || rewards[i] >= count || !fits(&lines[rewards[i]], category_id))
            return false;
        give_piece(&lines[rewards[i]]);
    }
    for (size_t i = 0; i < reward_count; i++) {
        if (rewards[i] != REWARD_DEAREST)
            continue;
        struct priced_line *line = category_id == 0 ? NULL : dearest(lines, count, category_id);

        *at_reward = i;
        if (line == NULL)
            return false;
        give_piece(line);
    }
    return true;
}

bool reward_piece(struct priced_line *lines, size_t count, const struct programme_term *reward, uint32_t asked,
                  size_t *line)
{
    struct priced_line *found = NULL;

    for (size_t i = 0; i < count; i++)
        if ((asked == REWARD_DEAREST || asked == i) &&
            term_is_of(reward, lines[i].product->id, lines[i].product->category_id) && has_piece(&lines[i]) &&
            (found == NULL || priced_unit_minor(&lines[i]) > priced_unit_minor(found)))
            found = &lines[i];
    if (found == NULL)
        return false;
    give_piece(found);
    *line = (size_t)(found - lines);
    return true;
}
