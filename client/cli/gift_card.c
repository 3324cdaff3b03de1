/* Gift cards: issued, topped up, shown, listed, blocked and extended, moved when lost, given back. A card is called by its number or,
 * where it was scanned, by its code. */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/rules/gift_card.h"
#include "proto/envelope.pb-c.h"
#include "proto/gift_card.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* A number has fewer digits than any code. */
static bool is_number(const char *word, uint32_t *number)
{
    uint64_t value = 0;
    bool is = strlen(word) <= 10 && whole_number(word, UINT32_MAX, &value);

    *number = (uint32_t)value;
    return is;
}

const Caroline__V1__GiftCardShown *gift_card_shown(struct cli *c, const char *word, int *status)
{
    Caroline__V1__GiftCardShow request = CAROLINE__V1__GIFT_CARD_SHOW__INIT;

    request.has_number = is_number(word, &request.number);
    if (!request.has_number)
        set_text(&request.code, &request.has_code, word);
    return (const void *)call_server(c, OP(GIFT_CARD_SHOW), &request.base, status);
}

bool gift_card_named(struct cli *c, uint32_t *number, int *status)
{
    if (c->word_count != 1) {
        *status = usage(c, "name one gift card, by its number or its code");
        return false;
    }
    if (is_number(c->words[0], number))
        return true;
    const Caroline__V1__GiftCardShown *shown = gift_card_shown(c, c->words[0], status);
    if (!shown || !shown->card)
        return false;
    *number = shown->card->number;
    return true;
}

/* Exactly one of --cash, --card and --transfer; false: *status is what to exit with. */
static bool means_of(struct cli *c, Caroline__V1__GiftCardLoad *request, int *status)
{
    static const char *const names[] = { "cash", "card", "transfer" };

    for (int i = 0; i < 3; i++) {
        int64_t minor;
        bool given;

        if (!money_option(c, names[i], &minor, &given, status))
            return false;
        if (!given)
            continue;
        if (request->has_means) {
            *status = usage(c, "a gift card is paid by one means at a time");
            return false;
        }
        request->has_means = request->has_amount_minor = true;
        request->means = (Caroline__V1__AccountMeans)(CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH + i);
        request->amount_minor = minor;
    }
    if (!request->has_means)
        *status = usage(c, "say how, and how much: --cash, --card or --transfer AMOUNT");
    return request->has_means;
}

static int print_paper(struct cli *c, const ProtobufCMessage *reply, const Caroline__V1__Receipt *receipt,
                       bool has_code, ProtobufCBinaryData code)
{
    if (c->json)
        print_message(c, reply);
    else if (receipt && has_code)
        print_receipt_with_code(c, receipt, text_of(c, code));
    else if (receipt)
        print_receipt(c, receipt);
    return EXIT_DONE;
}

static int load(struct cli *c, Caroline__V1__GiftCardLoad *request)
{
    int status;

    if (!means_of(c, request, &status))
        return status;
    if ((status = options_apply(c, &request->base, NULL)) != EXIT_DONE)
        return status;
    const Caroline__V1__GiftCardLoaded *done =
        (const void *)call_server(c, OP(GIFT_CARD_LOAD), &request->base, &status);
    return done ? print_paper(c, &done->base, done->receipt, done->has_code, done->code) : status;
}

int verb_giftcard_issue(struct cli *c)
{
    Caroline__V1__GiftCardLoad request = CAROLINE__V1__GIFT_CARD_LOAD__INIT;

    if (c->word_count > 0)
        return usage(c, "a new gift card has no number yet: --code says the code of a printed one");
    return load(c, &request);
}

int verb_giftcard_top_up(struct cli *c)
{
    Caroline__V1__GiftCardLoad request = CAROLINE__V1__GIFT_CARD_LOAD__INIT;
    int status;

    if (!gift_card_named(c, &request.number, &status))
        return status;
    request.has_number = true;
    return load(c, &request);
}

int verb_giftcard_show(struct cli *c)
{
    Caroline__V1__GiftCardShow request = CAROLINE__V1__GIFT_CARD_SHOW__INIT;
    int status;

    if (c->word_count != 1)
        return usage(c, "name one gift card, by its number or its code");
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    request.has_number = is_number(c->words[0], &request.number);
    if (!request.has_number)
        set_text(&request.code, &request.has_code, c->words[0]);
    const Caroline__V1__GiftCardShown *shown = (const void *)call_server(c, OP(GIFT_CARD_SHOW), &request.base, &status);
    if (!shown)
        return status;
    if (c->json)
        print_message(c, &shown->base);
    else if (shown->receipt)
        print_receipt(c, shown->receipt);
    if (shown->more && !c->json)
        printf("earlier ones: --before-entry %u\n", shown->entries[shown->n_entries - 1]->number);
    return EXIT_DONE;
}

int verb_giftcard_list(struct cli *c)
{
    Caroline__V1__GiftCardList request = CAROLINE__V1__GIFT_CARD_LIST__INIT;
    const Caroline__V1__GiftCardListed *listed;
    Caroline__V1__GiftCard **all = NULL;
    size_t count = 0;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    do {
        listed = (const void *)call_server(c, OP(GIFT_CARD_LIST), &request.base, &status);
        if (!listed)
            return status;
        Caroline__V1__GiftCard **more = arena_array(c->arena, count + listed->n_cards + 1, sizeof *more);
        for (size_t i = 0; i < count; i++)
            more[i] = all[i];
        for (size_t i = 0; i < listed->n_cards; i++)
            more[count++] = listed->cards[i];
        all = more;
        request.has_after_number = true;
        request.after_number = count > 0 ? all[count - 1]->number : 0;
    } while (listed->more && listed->n_cards > 0);
    print_messages(c, (ProtobufCMessage *const *)all, count);
    return EXIT_DONE;
}

int verb_giftcard_put(struct cli *c)
{
    Caroline__V1__GiftCardPut request = CAROLINE__V1__GIFT_CARD_PUT__INIT;
    int status;

    if (!gift_card_named(c, &request.number, &status))
        return status;
    request.has_number = true;
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    const Caroline__V1__GiftCardPutDone *done = (const void *)call_server(c, OP(GIFT_CARD_PUT), &request.base, &status);
    if (done && done->card)
        print_message(c, &done->card->base);
    return status;
}

int verb_giftcard_move(struct cli *c)
{
    Caroline__V1__GiftCardMove request = CAROLINE__V1__GIFT_CARD_MOVE__INIT;
    int status;

    if (!gift_card_named(c, &request.number, &status))
        return status;
    request.has_number = true;
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    const Caroline__V1__GiftCardMoved *done = (const void *)call_server(c, OP(GIFT_CARD_MOVE), &request.base, &status);
    return done ? print_paper(c, &done->base, done->receipt, done->has_code, done->code) : status;
}

int verb_giftcard_give_back(struct cli *c)
{
    Caroline__V1__GiftCardUndo request = CAROLINE__V1__GIFT_CARD_UNDO__INIT;
    int status;

    if (!gift_card_named(c, &request.number, &status))
        return status;
    request.has_number = request.has_entry = true;
    request.entry = 1; /* how it was issued */
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    const Caroline__V1__GiftCardUndone *done = (const void *)call_server(c, OP(GIFT_CARD_UNDO), &request.base, &status);
    if (!done)
        return status;
    status = print_paper(c, &done->base, done->receipt, false, (ProtobufCBinaryData){ 0 });
    if (done->has_charge_id && !c->json)
        printf("the payment gateway is asked to give it back: giftcard charge-show %" PRIu64 " says how far it is\n",
               done->charge_id);
    return status;
}
