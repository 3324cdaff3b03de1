/* A till whose shop has labels that weigh or cost, goods by weight, and a code of twelve digits. */
#ifndef CAROLINE_TESTS_SCREENS_SCANS_WORLD_H
#define CAROLINE_TESTS_SCREENS_SCANS_WORLD_H

#include "desk.h"

#define OP(name)    CAROLINE__V1__OP__OP_##name
#define CHEESECAKE  20
#define UPC_COOKIES 21

/* A price of 24.90 a kilogram, which no gram less than 0.02; an UPC-A; and layouts of labels. */
static inline void open_shop(struct desk *d)
{
    static const char *const upc[] = { "042100005264" };
    struct product cheesecake = { .id = CHEESECAKE,
                                  .name = "Cheesecake",
                                  .sku = "",
                                  .allergen_note = "",
                                  .price_minor = 2490,
                                  .plu = 120,
                                  .tax_class_id = 1,
                                  .unit = UNIT_KILOGRAM,
                                  .active = true };
    struct product cookies = cheesecake;

    desk_open(d);
    struct shop shop = *catalogue_shop(d->catalogue, catalogue_newest(d->catalogue));
    shop.code_layouts = "20:IIIIICVVVV=price,21:IIIIIVVVVV=weight,25:IIIIIVVVVV=price";
    catalogue_put_shop(d->catalogue, 1, &shop);
    catalogue_put_product(d->catalogue, 1, &cheesecake);
    cookies.id = UPC_COOKIES;
    cookies.name = "Cookies, a box";
    cookies.plu = 0;
    cookies.unit = UNIT_PIECE;
    cookies.barcodes = upc;
    cookies.barcode_count = 1;
    catalogue_put_product(d->catalogue, 1, &cookies);
    desk_sign_in(d);
}

#endif
