/* What a sale is paid with, from its options: --cash, --card, --tender, --account and --gift-card each begin a tender, and --amount,
 * --reference and --tip are of the one before them; --account, behind a --tender that goes on account, too. */
#include "client/cli/paying.h"

#include <string.h>

#include "common/base/number.h"
#include "proto/catalogue.pb-c.h"
#include "proto/gift_card.pb-c.h"

#define ON_ACCOUNT   CAROLINE__V1__TENDER_KIND__TENDER_ACCOUNT
#define BY_GIFT_CARD CAROLINE__V1__TENDER_KIND__TENDER_GIFT_CARD

static int money_of(const struct cli *c, const struct option_pair *option, protobuf_c_boolean *has, int64_t *minor)
{
    if (*has)
        return usage(c, "--%s is there twice for one tender", option->name);
    *has = true;
    return minor_parse(option->value, currency_exponent(c), false, minor)
               ? EXIT_DONE
               : usage(c, "--%s wants an amount of money, as 12.50, not '%s'", option->name, option->value);
}

static int begin(struct cli *c, struct paying *paying, const struct option_pair *option)
{
    bool named = strcmp(option->name, "tender") == 0, card = strcmp(option->name, "card") == 0;
    const char *problem;

    if (paying->count == PAYING_MAX)
        return usage(c, "a sale is paid with at most %d tenders", PAYING_MAX);
    Caroline__V1__Tender *tender = &paying->tenders[paying->count++];
    tender->has_kind = !named;
    tender->kind = card ? CAROLINE__V1__TENDER_KIND__TENDER_CARD : CAROLINE__V1__TENDER_KIND__TENDER_CASH;
    if (!named)
        return money_of(c, option, &tender->has_amount_minor, &tender->amount_minor);
    tender->has_tender_type_id = true;
    return name_to_id(c, "tender_type_id", option->value, &tender->tender_type_id, &problem)
               ? EXIT_DONE
               : usage(c, "--tender wants %s, not '%s'", problem, option->value);
}

/* The means of payment of that id, or with 0 the first one of that kind; NULL: there is none. */
static const Caroline__V1__TenderType *type_of(struct cli *c, uint64_t id, Caroline__V1__TenderKind kind, int *status)
{
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, status);

    for (size_t i = 0; listed && i < listed->n_tender_types; i++) {
        const Caroline__V1__TenderType *type = listed->tender_types[i];
        bool takes_it = type->kind == kind && type->active;

        if (id != 0 ? type->id == id : takes_it)
            return type;
    }
    return NULL;
}

static int on_account(struct cli *c, struct paying *paying, const struct option_pair *option)
{
    Caroline__V1__Tender *last = paying->count > 0 ? &paying->tenders[paying->count - 1] : NULL;
    const Caroline__V1__TenderType *type = NULL;
    const char *problem;
    int status = EXIT_DONE;

    if (!option->value)
        return usage(c, "--account wants an account's number or name");
    if (last && last->has_tender_type_id && !last->has_account_id)
        type = type_of(c, last->tender_type_id, ON_ACCOUNT, &status);
    if (!type || type->kind != ON_ACCOUNT) {
        type = type_of(c, 0, ON_ACCOUNT, &status);
        if (!type)
            return status != EXIT_DONE ? status
                                       : usage(c, "the shop takes nothing on account: tender put --kind account");
        if (paying->count == PAYING_MAX)
            return usage(c, "a sale is paid with at most %d tenders", PAYING_MAX);
        last = &paying->tenders[paying->count++];
        last->has_tender_type_id = true;
        last->tender_type_id = type->id;
    }
    last->has_account_id = true;
    return account_named(c, option->value, &last->account_id, &problem) ? EXIT_DONE
                                                                        : complain(c->unknown, "%s", problem);
}

/* The card is looked up here: what that gives pays, and not its code. */
static int by_gift_card(struct cli *c, struct paying *paying, const struct option_pair *option)
{
    int status = EXIT_DONE;

    if (!option->value)
        return usage(c, "--gift-card wants a gift card's code");
    if (paying->count == PAYING_MAX)
        return usage(c, "a sale is paid with at most %d tenders", PAYING_MAX);
    const Caroline__V1__TenderType *type = type_of(c, 0, BY_GIFT_CARD, &status);
    if (!type)
        return status != EXIT_DONE ? status : usage(c, "the shop takes no gift cards: tender put --kind gift-card");
    const Caroline__V1__GiftCardShown *shown = gift_card_shown(c, option->value, &status);
    if (!shown)
        return status;
    if (!shown->has_pays || !shown->card)
        return usage(c, "a gift card pays by its code, not by its number");
    Caroline__V1__Tender *tender = &paying->tenders[paying->count];
    tender->has_tender_type_id = tender->has_gift_card = true;
    tender->tender_type_id = type->id;
    tender->gift_card = shown->pays;
    paying->on_card[paying->count++] = shown->card->left_minor;
    return EXIT_DONE;
}

/* Each what it can; one that can pay nothing is asked for all, and the server says why not. */
static void settle_gift_cards(struct paying *paying, int64_t total_minor)
{
    int64_t due_minor = total_minor;

    for (size_t i = 0; i < paying->count; i++) {
        const Caroline__V1__Tender *tender = &paying->tenders[i];
        bool cash = tender->has_kind && tender->kind == CAROLINE__V1__TENDER_KIND__TENDER_CASH;

        if (tender->has_amount_minor && !cash)
            due_minor -= tender->amount_minor - tender->tip_minor;
    }
    for (size_t i = 0; i < paying->count; i++) {
        Caroline__V1__Tender *tender = &paying->tenders[i];
        int64_t most = paying->on_card[i] > 0 ? paying->on_card[i] : due_minor;

        if (!tender->has_gift_card || tender->has_amount_minor || due_minor <= 0)
            continue;
        tender->has_amount_minor = true;
        tender->amount_minor = due_minor < most ? due_minor : most;
        due_minor -= tender->amount_minor;
    }
}

/* Those before any tender are of the first: with one alone the order is of no matter. */
static int detail(struct cli *c, struct paying *paying, const struct option_pair *option)
{
    Caroline__V1__Tender *tender = &paying->tenders[paying->count > 0 ? paying->count - 1 : 0];

    if (strcmp(option->name, "tip") == 0)
        return money_of(c, option, &tender->has_tip_minor, &tender->tip_minor);
    if (strcmp(option->name, "amount") == 0)
        return money_of(c, option, &tender->has_amount_minor, &tender->amount_minor);
    if (tender->has_reference)
        return usage(c, "--reference is there twice for one tender");
    set_text(&tender->reference, &tender->has_reference, option->value);
    return EXIT_DONE;
}

int paying_read(struct cli *c, struct paying *paying)
{
    *paying = (struct paying){ 0 };
    for (size_t i = 0; i < PAYING_MAX; i++) {
        caroline__v1__tender__init(&paying->tenders[i]);
        paying->list[i] = &paying->tenders[i];
    }
    for (size_t i = 0; i < c->option_count; i++) {
        struct option_pair *option = &c->options[i];
        bool begins = strcmp(option->name, "cash") == 0 || strcmp(option->name, "card") == 0 ||
                      strcmp(option->name, "tender") == 0;
        bool names_account = strcmp(option->name, "account") == 0;
        bool names_card = strcmp(option->name, "gift-card") == 0;
        bool details = strcmp(option->name, "amount") == 0 || strcmp(option->name, "reference") == 0 ||
                       strcmp(option->name, "tip") == 0;
        if (!begins && !details && !names_account && !names_card)
            continue;
        option->used = true;
        int status = begins          ? begin(c, paying, option)
                     : names_account ? on_account(c, paying, option)
                     : names_card    ? by_gift_card(c, paying, option)
                                     : detail(c, paying, option);
        if (status != EXIT_DONE)
            return status;
    }
    if (paying->count == 0 && paying->tenders[0].has_amount_minor)
        return usage(c, "--amount is of a --tender NAME");
    return EXIT_DONE;
}

int paying_settle(struct cli *c, struct paying *paying, int64_t total_minor)
{
    Caroline__V1__Tender *open = NULL;
    int64_t left_minor = total_minor;
    size_t count = 0;
    bool named = paying->count > 0;

    if (paying->count == 0) {
        paying->count = 1;
        paying->tenders[0].has_kind = true;
        paying->tenders[0].kind = CAROLINE__V1__TENDER_KIND__TENDER_CASH;
    }
    settle_gift_cards(paying, total_minor);
    for (size_t i = 0; i < paying->count; i++) {
        Caroline__V1__Tender *tender = &paying->tenders[i];

        if (tender->has_amount_minor) {
            left_minor -= tender->amount_minor - tender->tip_minor;
            continue;
        }
        if (open)
            return usage(c, "one tender may be without --amount: it pays what the others leave");
        open = tender;
    }
    /* What somebody asked for is not left out behind their back. */
    if (named && open && left_minor <= 0)
        return complain(EXIT_REFUSED, "nothing is left for --%s to pay%s: leave it out; nothing was sold",
                        open->has_account_id ? "account" : "tender",
                        total_minor < 0 ? ", for the empties come to more than the goods and are paid out in cash"
                                        : "");
    for (size_t i = 0; i < paying->count; i++) {
        Caroline__V1__Tender *tender = &paying->tenders[i];

        if (tender == open && left_minor <= 0)
            continue;
        if (tender == open) {
            tender->has_amount_minor = true;
            tender->amount_minor = left_minor;
        }
        paying->list[count++] = tender;
    }
    paying->count = count;
    return EXIT_DONE;
}
