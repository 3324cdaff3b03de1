/* Checks of what lines were sold with: options of their products, and prices that were keyed. */
#include "tests/sim/store/sim_check.h"

#define VOIDED        2 /* flags of a line */
#define TOTAL_DIFFERS 4 /* kinds of exceptions */
#define STRANGE       12

size_t sim_modifiers_of(const union sim_cell *product_version, int64_t ids[SIM_MODIFIERS_MAX])
{
    struct bytes text = sim_blob_view(product_version[PRODUCT_VERSION_MODIFIERS].b);
    size_t count = 0;

    for (size_t at = 0; at < text.size; at++) {
        if (count == 0 || text.data[at] == ' ')
            ids[count++] = 0;
        if (text.data[at] != ' ')
            ids[count - 1] = 10 * ids[count - 1] + (text.data[at] - '0');
        if (count == SIM_MODIFIERS_MAX && at + 1 < text.size && text.data[at + 1] == ' ')
            break;
    }
    return count;
}

static const union sim_cell *goods_then(struct sim_checker *k, const union sim_cell *sale, const union sim_cell *line)
{
    return sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                      KEY(line[SALE_LINE_PRODUCT_ID]), sale[SALE_CATALOGUE_VERSION].i)
        .c;
}

static const union sim_cell *modifier_then(struct sim_checker *k, const union sim_cell *sale, int64_t id)
{
    return sim_newest(k->x, SIM_MODIFIER_VERSION, MODIFIER_VERSION_BY_MODIFIER_ID_FROM_VERSION, KEY(I(id)),
                      sale[SALE_CATALOGUE_VERSION].i)
        .c;
}

static bool is_excepted(struct sim_checker *k, const union sim_cell *sale)
{
    return sim_excepted(k, sale[SALE_ID], TOTAL_DIFFERS) || sim_excepted(k, sale[SALE_ID], STRANGE);
}

static bool has(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Is the option what the product had? */
static bool was_offered(struct sim_checker *k, const union sim_cell *s, const union sim_cell *l,
                        const union sim_cell *goods, const union sim_cell *o)
{
    int64_t ids[SIM_MODIFIERS_MAX];
    size_t count = sim_modifiers_of(goods, ids);
    const union sim_cell *v = modifier_then(k, s, o[SALE_OPTION_MODIFIER_ID].i);

    if (!has(ids, count, o[SALE_OPTION_MODIFIER_ID].i) || v == NULL)
        return false;
    const union sim_cell *m =
        sim_find(k->x, SIM_MODIFIER_OPTION_VERSION, MODIFIER_OPTION_VERSION_BY_MODIFIER_ID_FROM_VERSION_OPTION,
                 KEY(v[MODIFIER_VERSION_MODIFIER_ID], v[MODIFIER_VERSION_FROM_VERSION], o[SALE_OPTION_OPTION]))
            .c;
    if (m == NULL || !sim_cell_equal(SIM_TEXT, m[MODIFIER_OPTION_VERSION_NAME], o[SALE_OPTION_NAME]) ||
        m[MODIFIER_OPTION_VERSION_PRICE_MINOR].i != o[SALE_OPTION_PRICE_MINOR].i)
        return false;
    return (l[SALE_LINE_FLAGS].i & VOIDED) != 0 || is_excepted(k, s) ||
           (m[MODIFIER_OPTION_VERSION_ACTIVE].i != 0 && v[MODIFIER_VERSION_ACTIVE].i != 0);
}

/* As many of a modifier as it asks for, and each once? */
static bool is_enough(struct sim_checker *k, const union sim_cell *l, const union sim_cell *v)
{
    int64_t chosen = 0;
    uint32_t seen = 0;
    bool twice = false;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_OPTION, SALE_OPTION_BY_SALE_ID_LINE_POSITION,
                                         KEY(l[SALE_LINE_SALE_ID], l[SALE_LINE_LINE]));
         sim_next(&scan);) {
        const union sim_cell *o = scan.hit.c;
        uint32_t bit = UINT32_C(1) << (o[SALE_OPTION_OPTION].i & 31);

        if (o[SALE_OPTION_MODIFIER_ID].i != v[MODIFIER_VERSION_MODIFIER_ID].i)
            continue;
        twice = twice || (seen & bit) != 0;
        seen |= bit;
        chosen++;
    }
    return !twice && chosen >= v[MODIFIER_VERSION_CHOOSE_MIN].i && chosen <= v[MODIFIER_VERSION_CHOOSE_MAX].i;
}

static void check_line(struct sim_checker *k, const union sim_cell *s, const union sim_cell *l)
{
    const union sim_cell *goods = goods_then(k, s, l);
    int64_t ids[SIM_MODIFIERS_MAX];
    size_t count = goods == NULL ? 0 : sim_modifiers_of(goods, ids);

    if ((l[SALE_LINE_FLAGS].i & VOIDED) != 0 || count == 0 || is_excepted(k, s))
        return;
    for (size_t i = 0; i < count; i++) {
        const union sim_cell *v = modifier_then(k, s, ids[i]);

        if (v != NULL && v[MODIFIER_VERSION_ACTIVE].i != 0 && !is_enough(k, l, v))
            sim_wrong(k, "sale=%lld line=%lld modifier=%lld", LONG(s[SALE_ID]), LONG(l[SALE_LINE_LINE]),
                      (long long)ids[i]);
    }
}

static void sale_options(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_OPTION)
        {
            const union sim_cell *o = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(o[SALE_OPTION_SALE_ID])).c;
            const union sim_cell *l = sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE,
                                               KEY(o[SALE_OPTION_SALE_ID], o[SALE_OPTION_LINE]))
                                          .c;
            const union sim_cell *goods = s == NULL || l == NULL ? NULL : goods_then(k, s, l);
            if (goods == NULL || s[SALE_KIND].i != 1 || !was_offered(k, s, l, goods, o))
                sim_wrong(k, "sale=%lld line=%lld modifier=%lld option=%lld", LONG(o[SALE_OPTION_SALE_ID]),
                          LONG(o[SALE_OPTION_LINE]), LONG(o[SALE_OPTION_MODIFIER_ID]), LONG(o[SALE_OPTION_OPTION]));
        }
    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID])).c;
            if (s != NULL && s[SALE_KIND].i == 1)
                check_line(k, s, l);
        }
}

static bool is_keyed_right(struct sim_checker *k, const union sim_cell *s, const union sim_cell *l,
                           const union sim_cell *goods)
{
    const union sim_cell *keyed = sim_find(k->x, SIM_SALE_KEYED_PRICE, SALE_KEYED_PRICE_BY_SALE_ID_LINE,
                                           KEY(l[SALE_LINE_SALE_ID], l[SALE_LINE_LINE]))
                                      .c;

    if (is_excepted(k, s))
        return true;
    if (goods[PRODUCT_VERSION_OPEN_PRICE].i == 0)
        return keyed == NULL;
    if ((l[SALE_LINE_FLAGS].i & VOIDED) != 0)
        return true;
    return keyed != NULL && keyed[SALE_KEYED_PRICE_PRICE_MINOR].i >= goods[PRODUCT_VERSION_OPEN_MIN_MINOR].i &&
           keyed[SALE_KEYED_PRICE_PRICE_MINOR].i <= goods[PRODUCT_VERSION_OPEN_MAX_MINOR].i;
}

static void sale_keyed_prices(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID])).c;
            const union sim_cell *goods = s == NULL ? NULL : goods_then(k, s, l);
            if (goods != NULL && s[SALE_KIND].i == 1 && !is_keyed_right(k, s, l, goods))
                sim_wrong(k, "sale=%lld line=%lld", LONG(s[SALE_ID]), LONG(l[SALE_LINE_LINE]));
        }
    for
        EACH(k, scan, SIM_SALE_KEYED_PRICE)
        {
            const union sim_cell *p = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(p[SALE_KEYED_PRICE_SALE_ID])).c;
            if (s == NULL || s[SALE_KIND].i != 1 ||
                sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE,
                         KEY(p[SALE_KEYED_PRICE_SALE_ID], p[SALE_KEYED_PRICE_LINE]))
                        .row == NULL)
                sim_wrong(k, "sale=%lld line=%lld", LONG(p[SALE_KEYED_PRICE_SALE_ID]), LONG(p[SALE_KEYED_PRICE_LINE]));
        }
}

const struct sim_named_check sim_choice_checks[] = { { "sale_options", sale_options },
                                                     { "sale_keyed_prices", sale_keyed_prices },
                                                     { NULL, NULL } };
