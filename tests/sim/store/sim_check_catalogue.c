/* Checks of the catalogue's history and of ids. */
#include <string.h>

#include "tests/sim/store/sim_check.h"

/* The tables of versions. shop: the column of the shop; -1: the chain's. */
struct history {
    const char *what;
    enum sim_table_id table;
    int shop, id, from_version;
};
static const struct history histories[] = {
    { "shop", SIM_SHOP_VERSION, SHOP_VERSION_SHOP_ID, SHOP_VERSION_SHOP_ID, SHOP_VERSION_FROM_VERSION },
    { "category", SIM_CATEGORY_VERSION, -1, CATEGORY_VERSION_CATEGORY_ID, CATEGORY_VERSION_FROM_VERSION },
    { "tax class", SIM_TAX_CLASS_VERSION, -1, TAX_CLASS_VERSION_TAX_CLASS_ID, TAX_CLASS_VERSION_FROM_VERSION },
    { "product", SIM_PRODUCT_VERSION, -1, PRODUCT_VERSION_PRODUCT_ID, PRODUCT_VERSION_FROM_VERSION },
    { "price", SIM_PRICE_VERSION, PRICE_VERSION_SHOP_ID, PRICE_VERSION_PRODUCT_ID, PRICE_VERSION_FROM_VERSION },
    { "sold out", SIM_SOLD_OUT_VERSION, SOLD_OUT_VERSION_SHOP_ID, SOLD_OUT_VERSION_PRODUCT_ID,
      SOLD_OUT_VERSION_FROM_VERSION },
    { "rating", SIM_RATING_VERSION, -1, RATING_VERSION_PRODUCT_ID, RATING_VERSION_FROM_VERSION },
    { "programme", SIM_PROGRAMME_VERSION, -1, PROGRAMME_VERSION_PROGRAMME_ID, PROGRAMME_VERSION_FROM_VERSION },
    { "role", SIM_ROLE_VERSION, -1, ROLE_VERSION_ROLE_ID, ROLE_VERSION_FROM_VERSION },
    { "modifier", SIM_MODIFIER_VERSION, -1, MODIFIER_VERSION_MODIFIER_ID, MODIFIER_VERSION_FROM_VERSION },
    { "promotion", SIM_PROMOTION_VERSION, -1, PROMOTION_VERSION_PROMOTION_ID, PROMOTION_VERSION_FROM_VERSION },
    { "tender type", SIM_TENDER_TYPE_VERSION, -1, TENDER_TYPE_VERSION_TENDER_TYPE_ID,
      TENDER_TYPE_VERSION_FROM_VERSION },
};

/* ---- ids ---- */

static void have_versions(struct sim_checker *k, enum sim_table_id table, enum sim_table_id versions, int index,
                          const char *what)
{
    for
        EACH(k, scan, table) /* the id is the first column of all of these */
    if (sim_newest(k->x, versions, index, KEY(scan.hit.c[0]), INT64_MAX).row == NULL)
        sim_wrong(k, "what=%s id=%lld", what, LONG(scan.hit.c[0]));
}

static void catalogue_ids(struct sim_checker *k)
{
    have_versions(k, SIM_CATEGORY, SIM_CATEGORY_VERSION, CATEGORY_VERSION_BY_CATEGORY_ID_FROM_VERSION, "category");
    have_versions(k, SIM_TAX_CLASS, SIM_TAX_CLASS_VERSION, TAX_CLASS_VERSION_BY_TAX_CLASS_ID_FROM_VERSION, "tax class");
    have_versions(k, SIM_ROLE, SIM_ROLE_VERSION, ROLE_VERSION_BY_ROLE_ID_FROM_VERSION, "role");
    have_versions(k, SIM_MODIFIER, SIM_MODIFIER_VERSION, MODIFIER_VERSION_BY_MODIFIER_ID_FROM_VERSION, "modifier");
    have_versions(k, SIM_PROMOTION, SIM_PROMOTION_VERSION, PROMOTION_VERSION_BY_PROMOTION_ID_FROM_VERSION, "promotion");
    have_versions(k, SIM_TENDER_TYPE, SIM_TENDER_TYPE_VERSION, TENDER_TYPE_VERSION_BY_TENDER_TYPE_ID_FROM_VERSION,
                  "tender type");
    have_versions(k, SIM_SHOP, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, "shop");
    have_versions(k, SIM_SHOP, SIM_CATALOGUE_HEAD, CATALOGUE_HEAD_BY_SHOP_ID, "shop without a head");
}

static void ids_are_below(struct sim_checker *k, enum sim_table_id table)
{
    for
        EACH(k, scan, table)
        {
            int64_t id = scan.hit.c[0].i, node = id >> 41, value = id & ((INT64_C(1) << 41) - 1);
            const union sim_cell *b = sim_find(k->x, SIM_ID_BLOCK, ID_BLOCK_BY_NODE, KEY(I(node))).c;
            if (value >= (b == NULL ? 0 : b[ID_BLOCK_NEXT_VALUE].i))
                sim_wrong(k, "node=%lld newest=%lld", (long long)node, (long long)value);
        }
}

static void ids_reserved(struct sim_checker *k)
{
    static const enum sim_table_id tables[] = { SIM_SALE,  SIM_MEMBER,     SIM_PRODUCT,
                                                SIM_SHIFT, SIM_POINTS_LOT, SIM_JOURNAL_SIGNATURE };

    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
        ids_are_below(k, tables[i]);
}

/* ---- versions ---- */

static void catalogue_made(struct sim_checker *k)
{
    int64_t greatest = sim_greatest_version(k->x);

    for (size_t i = 0; i < sizeof(histories) / sizeof(*histories); i++)
        for
            EACH(k, scan, histories[i].table)
            {
                const union sim_cell *c = scan.hit.c;
                const struct history *h = &histories[i];
                int64_t shop = h->shop < 0 ? 0 : c[h->shop].i;
                const union sim_cell *v =
                    sim_find(k->x, SIM_CATALOGUE_VERSION, CATALOGUE_VERSION_BY_VERSION, KEY(c[h->from_version])).c;
                if (v == NULL || (v[CATALOGUE_VERSION_SHOP_ID].i != 0 && v[CATALOGUE_VERSION_SHOP_ID].i != shop))
                    sim_wrong(k, "what=%s shop=%lld id=%lld version=%lld", h->what, (long long)shop, LONG(c[h->id]),
                              LONG(c[h->from_version]));
            }
    for
        EACH(k, scan, SIM_CATALOGUE_HEAD)
    if (sim_find(k->x, SIM_CATALOGUE_VERSION, CATALOGUE_VERSION_BY_VERSION, KEY(scan.hit.c[CATALOGUE_HEAD_VERSION]))
            .row == NULL)
        sim_wrong(k, "what=head shop=%lld", LONG(scan.hit.c[CATALOGUE_HEAD_SHOP_ID]));
    for
        EACH(k, scan, SIM_CATALOGUE_VERSION)
    if (greatest != SIM_NULL && scan.hit.c[CATALOGUE_VERSION_VERSION].i > greatest)
        sim_wrong(k, "what=a version above all heads version=%lld", LONG(scan.hit.c[CATALOGUE_VERSION_VERSION]));
}

/* The version that a shop, or for 0 any shop, has reached. */
static int64_t reached(struct sim_checker *k, int64_t shop)
{
    if (shop == 0)
        return sim_or_zero(I(sim_greatest_version(k->x)));
    const union sim_cell *h = sim_find(k->x, SIM_CATALOGUE_HEAD, CATALOGUE_HEAD_BY_SHOP_ID, KEY(I(shop))).c;
    return h == NULL ? 0 : h[CATALOGUE_HEAD_VERSION].i;
}

static void catalogue_versions(struct sim_checker *k)
{
    for (size_t i = 0; i < sizeof(histories) / sizeof(*histories); i++)
        for
            EACH(k, scan, histories[i].table)
            {
                const struct history *h = &histories[i];
                int64_t version = scan.hit.c[h->from_version].i;
                if (version < 1 || version > reached(k, h->shop < 0 ? 0 : scan.hit.c[h->shop].i))
                    sim_wrong(k, "what=%s id=%lld version=%lld", h->what, LONG(scan.hit.c[h->id]), (long long)version);
            }
    for
        EACH(k, scan, SIM_SALE)
        {
            int64_t version = scan.hit.c[SALE_CATALOGUE_VERSION].i;
            if (version < 1 || version > reached(k, scan.hit.c[SALE_SHOP_ID].i))
                sim_wrong(k, "what=sale id=%lld version=%lld", LONG(scan.hit.c[SALE_ID]), (long long)version);
        }
}

/* ---- products ---- */

static bool has_price(struct sim_checker *k, union sim_cell product)
{
    if (sim_newest(k->x, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION, KEY(I(0), product),
                   INT64_MAX)
            .row != NULL)
        return true;
    for
        EACH(k, scan, SIM_SHOP)
    if (sim_newest(k->x, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION,
                   KEY(scan.hit.c[SHOP_ID], product), INT64_MAX)
            .row == NULL)
        return false;
    return true;
}

static bool in_array(struct bytes array, struct bytes text, uint32_t *count)
{
    const uint8_t *at = array.data + 20;
    bool found = false;

    *count = array.size < 20 ? 0 : get_u32(array.data + 12);
    for (uint32_t i = 0; i < *count; i++) {
        found = found || bytes_equal(bytes_of(at + 4, get_u32(at)), text);
        at += 4 + get_u32(at);
    }
    return found;
}

static bool barcodes_agree(struct sim_checker *k, const union sim_cell *n)
{
    uint32_t count = 0, kept = 0;
    struct bytes array = sim_blob_view(n[PRODUCT_VERSION_BARCODES].b);

    in_array(array, (struct bytes){ 0 }, &count);
    for (struct sim_scan scan =
             sim_scan(k->x, SIM_PRODUCT_BARCODE, PRODUCT_BARCODE_BY_PRODUCT_ID, KEY(n[PRODUCT_VERSION_PRODUCT_ID]));
         sim_next(&scan); kept++)
        if (!in_array(array, sim_blob_view(scan.hit.c[PRODUCT_BARCODE_BARCODE].b), &count))
            return false;
    return kept == count;
}

static bool modifiers_there(struct sim_checker *k, const union sim_cell *n)
{
    int64_t ids[SIM_MODIFIERS_MAX];
    size_t count = sim_modifiers_of(n, ids);

    for (size_t i = 0; i < count; i++)
        if (sim_find(k->x, SIM_MODIFIER, MODIFIER_BY_ID, KEY(I(ids[i]))).row == NULL)
            return false;
    return true;
}

static bool deposit_there(struct sim_checker *k, const union sim_cell *n)
{
    return n[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID].i == 0 ||
           sim_find(k->x, SIM_PRODUCT, PRODUCT_BY_ID, KEY(n[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID])).row != NULL;
}

static void catalogue_products(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_PRODUCT)
        {
            const union sim_cell *p = scan.hit.c;
            const union sim_cell *n = sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                                 KEY(p[PRODUCT_ID]), INT64_MAX)
                                          .c;
            if (n == NULL || !sim_cell_equal(SIM_TEXT, n[PRODUCT_VERSION_SKU], p[PRODUCT_SKU]) ||
                n[PRODUCT_VERSION_PLU].i != p[PRODUCT_PLU].i || !barcodes_agree(k, n) || !has_price(k, p[PRODUCT_ID]) ||
                !modifiers_there(k, n) || !deposit_there(k, n))
                sim_wrong(k, "product=%lld", LONG(p[PRODUCT_ID]));
        }
}

const struct sim_named_check sim_catalogue_checks[] = {
    { "catalogue_ids", catalogue_ids },
    { "catalogue_made", catalogue_made },
    { "catalogue_versions", catalogue_versions },
    { "catalogue_products", catalogue_products },
    { "ids_reserved", ids_reserved },
    { NULL, NULL },
};
