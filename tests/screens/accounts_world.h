/* A till with accounts to pay on, and what the server says of them. */
#ifndef CAROLINE_TESTS_SCREENS_ACCOUNTS_WORLD_H
#define CAROLINE_TESTS_SCREENS_ACCOUNTS_WORLD_H

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static const struct tender_type on_account = {
    .id = 81, .name = "On account", .permission = "", .kind = TENDER_ACCOUNT, .change = CHANGE_NONE, .active = true
};

static inline void account_of(Caroline__V1__Account *account, uint32_t number, const char *name, int64_t owed,
                              int64_t left, bool blocked)
{
    caroline__v1__account__init(account);
    account->has_id = account->has_number = account->has_name = account->has_balance_minor = true;
    account->has_left_minor = account->has_blocked = true;
    account->id = 900 + number;
    account->number = number;
    account->name = counter_text(name);
    account->balance_minor = owed;
    account->left_minor = left;
    account->blocked = blocked;
}

static inline void answer_list(struct desk *d, bool more)
{
    Caroline__V1__AccountListed listed = CAROLINE__V1__ACCOUNT_LISTED__INIT;
    Caroline__V1__Account accounts[4], *pointers[4];

    account_of(&accounts[0], 1, "Café Nebenan", 4310, 15690, false);
    account_of(&accounts[1], 2, "Hotel Krone", 0, 0, true);
    account_of(&accounts[2], 3, "Kindergarten Sonnenblume", -500, 1500, false);
    account_of(&accounts[3], 14, "Mrs Miller, office", 99, 1, false);
    for (size_t i = 0; i < 4; i++)
        pointers[i] = &accounts[i];
    listed.accounts = pointers;
    listed.n_accounts = 4;
    listed.has_more = true;
    listed.more = more;
    scripted_answer(d->link, OP(ACCOUNT_LIST), &listed.base);
}

static inline void pay(struct desk *d)
{
    desk_open(d);
    catalogue_put_tender_type(d->catalogue, 1, &on_account);
    desk_sign_in(d);
    desk_fill(d);
    desk_type(d, K_F2);
    desk_quote(d);
}

static inline void answer_ring_up(struct desk *d)
{
    static const struct {
        Caroline__V1__ReceiptRowKind kind;
        const char *left, *right;
        uint64_t account_id;
    } papers[] = {
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TITLE, "Caroline's Cookies", NULL, 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TOTAL, "Total EUR", "22.64", 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_PAIR, "On account 1", "22.64", 901 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TEXT, "", NULL, 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TEXT, "", NULL, 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_RULE, NULL, NULL, 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TEXT, "Signature", NULL, 0 },
    };
    Caroline__V1__SaleRungUp rung = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow rows[7], *pointers[7];

    for (size_t i = 0; i < 7; i++) {
        pointers[i] = &rows[i];
        caroline__v1__receipt_row__init(&rows[i]);
        rows[i].has_kind = true;
        rows[i].kind = papers[i].kind;
        rows[i].has_left = papers[i].left != NULL;
        rows[i].left = counter_text(papers[i].left == NULL ? "" : papers[i].left);
        rows[i].has_right = papers[i].right != NULL;
        rows[i].right = counter_text(papers[i].right == NULL ? "" : papers[i].right);
        rows[i].has_account_id = papers[i].account_id != 0;
        rows[i].account_id = papers[i].account_id;
    }
    receipt.rows = pointers;
    receipt.n_rows = 7;
    totals.has_total_minor = rung.has_receipt_number = true;
    totals.total_minor = 2264;
    rung.receipt_number = counter_text("3T-000042");
    rung.totals = &totals;
    rung.receipt = &receipt;
    scripted_answer(d->link, OP(SALE_RING_UP), &rung.base);
}

#endif
