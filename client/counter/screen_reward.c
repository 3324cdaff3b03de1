/* Which reward the member's points are spent on, where the programme has more than one. */
#include "client/counter/counter.h"

#include <stdio.h>

static const struct programme *programme_of(const struct counter *c)
{
    const struct catalogue *catalogue = counter_catalogue(c);

    return catalogue == NULL ? NULL : catalogue_programme(catalogue, open_basket_version(&c->basket, catalogue));
}

void reward_begin(struct counter *c)
{
    c->reward = (struct reward_model){ 0 };
    c->reward.list.count = open_basket_rewards(programme_of(c), c->reward.numbers);
    stage_push(&c->stage, &reward_screen);
}

/* ---- keys ---- */

static void take(void *model)
{
    struct counter *c = model;
    char sentence[REWARD_SENTENCE_SIZE];

    if (c->reward.list.count == 0)
        return;
    open_basket_add_reward(&c->basket, counter_catalogue(c), counter_zone(c), link_now(c->link),
                           c->reward.numbers[c->reward.list.selected], sentence);
    if (sentence[0] != 0) {
        stage_say(&c->stage, MESSAGE_BAD, "%s", sentence);
        return;
    }
    stage_pop(&c->stage);
    sale_changed(c);
}

static void take_none(void *model)
{
    struct counter *c = model;

    open_basket_clear_rewards(&c->basket);
    stage_pop(&c->stage);
    sale_changed(c);
}

static const char *none_label(const void *model)
{
    const struct counter *c = model;

    return c->basket.reward_count + c->basket.chosen_count > 0 ? "None" : NULL;
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->reward.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->reward.list, KEY_DOWN);
}

/* ---- drawing ---- */

static size_t taken(const struct counter *c, uint32_t number)
{
    size_t count = number == 0 ? c->basket.reward_count : 0;

    for (size_t i = 0; i < c->basket.chosen_count; i++)
        count += c->basket.chosen[i].number == number;
    return count;
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct programme *programme = programme_of(c);
    uint32_t number = c->reward.numbers[index];
    char text[NUMBER_TEXT];

    paint_fill(row, style);
    paint_text(row, 0, 1, row.columns - 40, ALIGN_LEFT, style, reward_name_of(programme, number));
    paint_text(row, 0, row.columns - 38, 16, ALIGN_RIGHT, style,
               counter_points(text, reward_cost_of(programme, number)));
    if (taken(c, number) > 0)
        paint_format(row, 0, row.columns - 20, 8, ALIGN_LEFT, style, "%zu taken", taken(c, number));
    if (c->basket.member_tier < reward_tier_of(programme, number))
        paint_text(row, 0, row.columns - 11, 10, ALIGN_RIGHT, style, "other tier");
    else if (open_basket_points_left(&c->basket, programme) < reward_cost_of(programme, number))
        paint_text(row, 0, row.columns - 11, 10, ALIGN_RIGHT, style, "too few");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 3, area.columns - 6);
    char text[NUMBER_TEXT];

    int64_t left = open_basket_points_left(&c->basket, programme_of(c));

    paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "%s %s%s%s%s", c->basket.member_name,
                 left < 0 ? "" : "has ", counter_points(text, left), c->basket.member_tier_name[0] == 0 ? "" : ", ",
                 c->basket.member_tier_name);
    list_draw(&c->reward.list, area_rows(inner, 3, -1), true, draw_row, c);
}

static const struct key keys[] = {
    { KEY_RETURN, "Take", take, "Spend points on the selected reward", NULL },
    { KEY_F(6), NULL, take_none, "Take none: all that were taken in this basket go back", none_label },
    { KEY_ESCAPE, "Back", back, "Back to the sale", NULL },
    { KEY_UP, NULL, up, "The reward above", NULL },
    { KEY_DOWN, NULL, down, "The reward below", NULL },
    { 0 },
};

const struct screen reward_screen = {
    .title = "Rewards",
    .about = "What a member's points are spent on. A reward takes something off this basket; what it costs is taken "
             "when it is paid.",
    .keys = keys,
    .draw = draw,
};
