#include "common/rules/paper.h"

#include <assert.h>

#include "common/base/number.h"
#include "common/base/text.h"

struct paper paper_of(const struct shop *shop, size_t room, struct arena *arena)
{
    return (struct paper){
        .shop = shop, .arena = arena, .rows = arena_array(arena, room, sizeof(struct receipt_row)), .room = room
    };
}

void paper_add(struct paper *paper, enum receipt_row_kind kind, const char *left, const char *right)
{
    assert(paper->count < paper->room);
    paper->rows[paper->count++] = (struct receipt_row){ .kind = kind, .left = left, .right = right };
}

const char *paper_money(const struct paper *paper, int64_t minor)
{
    return minor_format(arena_alloc(paper->arena, NUMBER_TEXT), minor, paper->shop->currency_exponent);
}

const char *paper_cut(const struct paper *paper, struct bytes text, size_t columns)
{
    const char *whole = arena_format(paper->arena, "%.*s", (int)text.size, (const char *)text.data);
    size_t used, size = text_cut(whole, columns, &used);

    return arena_format(paper->arena, "%.*s", (int)size, whole);
}

const char *paper_when(const struct paper *paper, const struct zone *zone, struct instant at)
{
    char text[LOCAL_TEXT];

    return arena_text(paper->arena, local_format(text, zone_local(zone, at)));
}
