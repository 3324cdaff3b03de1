/* What a role may allow. The names stand in role_version.permissions and in PROTOCOL.md. */
#ifndef CAROLINE_SERVER_CALL_PERMISSION_H
#define CAROLINE_SERVER_CALL_PERMISSION_H

#include <stdbool.h>

#include "common/base/bytes.h"

#define PERMISSION_LIST(X)                                                                                             \
    X(SELL, "sell")                     /* ring up, quote, open a shift, show receipts */                              \
    X(REFUND, "refund")                 /* give money back */                                                          \
    X(REFUND_FREE, "refund_free")       /* give money back without a receipt */                                        \
    X(RETENDER, "retender")             /* put right what paid a sale */                                               \
    X(DISCOUNT, "discount")             /* take something off a price, up to the role's limit */                       \
    X(APPROVE, "approve")               /* allow by PIN what another may not: discounts, prices below the floor */     \
    X(CASH_MOVE, "cash_move")           /* put cash into a drawer and take it out */                                   \
    X(NO_SALE, "no_sale")               /* open a drawer without a sale */                                             \
    X(STAFF_MEAL, "staff_meal")         /* take what the house pays: a staff meal */                                   \
    X(SHIFT_CLOSE, "shift_close")       /* count a drawer, close its shift, see what is expected */                    \
    X(MEMBER_SEE, "member_see")         /* find and show members */                                                    \
    X(MEMBER_EDIT, "member_edit")       /* make and change members */                                                  \
    X(MEMBER_MERGE, "member_merge")     /* make one member of two */                                                   \
    X(MEMBER_EXPORT, "member_export")   /* hand out all that is kept of a member */                                    \
    X(MEMBER_ERASE, "member_erase")     /* forget a member */                                                          \
    X(ACCOUNT_EDIT, "account_edit")     /* make accounts, their limits, pay something back */                          \
    X(GIFT_CARD_EDIT, "gift_card_edit") /* block gift cards, extend them, move what is on a lost one */                \
    X(COUPON_EDIT, "coupon_edit")       /* make campaigns, issue coupons */                                            \
    X(REVIEW_EDIT, "review_edit")       /* accept reviews and hide them */                                             \
    X(CATALOGUE_EDIT, "catalogue_edit") /* products, prices, categories */                                             \
    X(SOLD_OUT, "sold_out")             /* take a product off the shelf */                                             \
    X(TAX_EDIT, "tax_edit")             /* tax classes */                                                              \
    X(PROGRAMME_EDIT, "programme_edit") /* the points programme */                                                     \
    X(STOCK_EDIT, "stock_edit")         /* receive goods */                                                            \
    X(STAFF_EDIT, "staff_edit")         /* hire, change, unlock */                                                     \
    X(ROLE_EDIT, "role_edit")           /* what roles allow */                                                         \
    X(DEVICE_EDIT, "device_edit")       /* invite and revoke devices */                                                \
    X(SHOP_EDIT, "shop_edit")           /* the shop's settings */                                                      \
    X(PRINTER_EDIT, "printer_edit")     /* name network printers, drop what waits for them */                          \
    X(AUDIT_SEE, "audit_see")           /* journal and checks */

enum permission {
    PERMISSION_NONE,
#define X(NAME, name) PERMISSION_##NAME,
    PERMISSION_LIST(X)
#undef X
        PERMISSION_COUNT
};

const char *permission_name(enum permission permission);
/* PERMISSION_NONE for a name that is none. */
enum permission permission_of(struct bytes name);

#endif
