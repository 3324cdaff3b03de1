/* What stands there while nobody does, and the way in. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>

#include "common/base/text.h"

static void look_round(void *model, int64_t value)
{
    (void)value;
    kiosk_open(model, &categories_page);
}

static void sign_in(void *model, int64_t value)
{
    (void)value;
    account_open(model);
}

static void join(void *model, int64_t value)
{
    (void)value;
    join_begin(model);
}

static void avoid(void *model, int64_t value)
{
    (void)value;
    kiosk_open(model, &avoid_page);
}

static void draw_progress(const struct kiosk *k, struct area area)
{
    if (kiosk_catalogue(k) != NULL)
        return;
    paint_text(area, 0, 0, area.columns, ALIGN_CENTRE, STYLE_PLAIN,
               k->snapshot_parts > 0 ? "Our goods are on their way ..." : "We open in a moment ...");
    if (k->snapshot_parts > 0)
        paint_bar(area, 1, area.columns / 4, area.columns / 2, k->snapshot_part, k->snapshot_parts);
}

static struct area below(struct area area, int rows)
{
    return area_rows(area, rows, area.rows - rows);
}

static void draw(struct kiosk *k, struct area area)
{
    static const struct choice choices[] = {
        { '1', "Look at our goods", "prices, what is in them, what others say", look_round, 0 },
        { '2', "My points and purchases", "sign in with your card, your phone or a code from the counter", sign_in, 0 },
        { '3', "Become a member", "collect points", join, 0 },
        { '4', "What I must avoid", "nuts, gluten, milk ...: goods that have it are marked", avoid, 0 },
    };
    const struct shop *shop = kiosk_shop(k);

    const char *name = shop == NULL ? "us" : shop->name;

    if ((int)text_columns(name) + 11 <= area.columns)
        paint_format(area, 0, 0, area.columns, ALIGN_CENTRE, STYLE_STRONG, "Welcome to %s", name);
    else /* a long one */
        area = below(area, kiosk_headed(area, 0, STYLE_STRONG, "Welcome to %s", name) - 1);
    if (kiosk_catalogue(k) == NULL)
        draw_progress(k, area_rows(area, 1, 2));
    else
        paint_text(area, 1, 0, area.columns, ALIGN_CENTRE, STYLE_PLAIN,
                   "Press a number, touch the screen, or scan a product or your card.");
    kiosk_choices(k, area, 3, choices, sizeof(choices) / sizeof(choices[0]));
}

const struct page welcome_page = { .title = "Welcome", .draw = draw };
