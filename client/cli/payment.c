/* Stored payment methods: added on the gateway's own page, listed, removed; and gift cards topped up by them. No card's number is typed
 * here. */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "proto/envelope.pb-c.h"
#include "proto/payment.pb-c.h"

#define OP(name)     CAROLINE__V1__OP__OP_##name
#define ASK_AGAIN_MS 500
#define PAGE_ASKED   1200 /* times: ten minutes, for somebody who types a card */
#define PAGE_MADE    60
#define CHARGE_ASKED 240

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = ASK_AGAIN_MS * 1000000L }, NULL);
}

/* So many ids as words; false: *status is what to exit with. */
static bool ids_of(struct cli *c, uint64_t *ids, size_t count, const char *what, int *status)
{
    bool fine = c->word_count == count;

    for (size_t i = 0; fine && i < count; i++)
        fine = whole_number(c->words[i], INT64_MAX, &ids[i]);
    if (!fine)
        *status = usage(c, "%s", what);
    return fine;
}

/* ---- adding ---- */

static const Caroline__V1__PaymentMethodFinished *
asked_again(struct cli *c, uint64_t setup_id, Caroline__V1__PaymentSetupState while_it_is, int times, int *status)
{
    Caroline__V1__PaymentMethodFinish request = CAROLINE__V1__PAYMENT_METHOD_FINISH__INIT;
    const Caroline__V1__PaymentMethodFinished *reply;

    request.has_setup_id = true;
    request.setup_id = setup_id;
    for (;;) {
        reply = (const void *)call_server(c, OP(PAYMENT_METHOD_FINISH), &request.base, status);
        if (!reply || reply->state != while_it_is || --times <= 0)
            return reply;
        wait_a_little();
    }
}

static int told(struct cli *c, const Caroline__V1__PaymentMethodFinished *reply)
{
    if (c->json)
        print_message(c, &reply->base);
    else if (reply->method)
        print_message(c, &reply->method->base);
    if (reply->state == CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_FAILED)
        return complain(EXIT_REFUSED, "%s", text_of(c, reply->sentence));
    if (reply->state != CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_DONE)
        return complain(EXIT_AWAY, "not done yet: payment finish asks again");
    return EXIT_DONE;
}

int verb_payment_add(struct cli *c)
{
    Caroline__V1__PaymentMethodAdd request = CAROLINE__V1__PAYMENT_METHOD_ADD__INIT;
    bool plain = option_given(c, "no-qr"), leaves = option_given(c, "no-wait");
    int status;

    if (!ids_of(c, &request.member_id, 1, "whose card? A member's id", &status))
        return status;
    request.has_member_id = true;
    if (!options_all_used(c))
        return EXIT_USAGE;
    const Caroline__V1__PaymentMethodAdding *adding =
        (const void *)call_server(c, OP(PAYMENT_METHOD_ADD), &request.base, &status);
    if (!adding)
        return status;
    const Caroline__V1__PaymentMethodFinished *page =
        asked_again(c, adding->setup_id, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_MADE, PAGE_MADE, &status);
    if (!page)
        return status;
    if (page->has_url && !c->json) {
        printf("the card is typed here, and nowhere else:\n%s\n", text_of(c, page->url));
        if (!plain)
            print_qr(text_of(c, page->url));
        printf("number of this adding: %" PRIu64 "\n", adding->setup_id);
        fflush(stdout);
    }
    if (leaves || !page->has_url) {
        if (c->json)
            print_message(c, leaves ? &adding->base : &page->base);
        return page->has_url ? EXIT_DONE : told(c, page);
    }
    page = asked_again(c, adding->setup_id, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_OPEN, PAGE_ASKED, &status);
    return page ? told(c, page) : status;
}

int verb_payment_finish(struct cli *c)
{
    uint64_t id;
    int status;

    if (!ids_of(c, &id, 1, "which adding? The number that payment add said", &status))
        return status;
    if (!options_all_used(c))
        return EXIT_USAGE;
    const Caroline__V1__PaymentMethodFinished *reply =
        asked_again(c, id, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_OPEN, 1, &status);
    return reply ? told(c, reply) : status;
}

/* ---- what there is ---- */

int verb_payment_list(struct cli *c)
{
    Caroline__V1__PaymentMethodList request = CAROLINE__V1__PAYMENT_METHOD_LIST__INIT;
    int status;

    if (!ids_of(c, &request.member_id, 1, "whose cards? A member's id", &status))
        return status;
    request.has_member_id = true;
    if (!options_all_used(c))
        return EXIT_USAGE;
    const Caroline__V1__PaymentMethodListed *listed =
        (const void *)call_server(c, OP(PAYMENT_METHOD_LIST), &request.base, &status);
    if (listed)
        print_messages(c, (ProtobufCMessage *const *)listed->methods, listed->n_methods);
    return listed ? EXIT_DONE : status;
}

int verb_payment_remove(struct cli *c)
{
    Caroline__V1__PaymentMethodRemove request = CAROLINE__V1__PAYMENT_METHOD_REMOVE__INIT;
    uint64_t ids[2];
    int status;

    if (!ids_of(c, ids, 2, "which card? The member's id, and the card's as payment list says it", &status))
        return status;
    if (!options_all_used(c))
        return EXIT_USAGE;
    request.has_member_id = request.has_method_id = true;
    request.member_id = ids[0];
    request.method_id = ids[1];
    const ProtobufCMessage *done = call_server(c, OP(PAYMENT_METHOD_REMOVE), &request.base, &status);
    if (done)
        print_message(c, done);
    return done ? EXIT_DONE : status;
}

/* ---- paying by one ---- */

static int show_charge(struct cli *c, uint64_t charge_id, int times)
{
    Caroline__V1__GiftCardChargeShow request = CAROLINE__V1__GIFT_CARD_CHARGE_SHOW__INIT;
    const Caroline__V1__GiftCardCharged *charged;
    int status;

    request.has_charge_id = true;
    request.charge_id = charge_id;
    while ((charged = (const void *)call_server(c, OP(GIFT_CARD_CHARGE_SHOW), &request.base, &status)) &&
           charged->state == CAROLINE__V1__CHARGE_STATE__CHARGE_UNDER_WAY && --times > 0)
        wait_a_little();
    if (!charged)
        return status;
    if (c->json)
        print_message(c, &charged->base);
    else if (charged->receipt)
        print_receipt(c, charged->receipt);
    if (charged->state == CAROLINE__V1__CHARGE_STATE__CHARGE_UNDER_WAY && charged->has_sentence)
        return complain(EXIT_AWAY, "%s", text_of(c, charged->sentence));
    if (charged->state == CAROLINE__V1__CHARGE_STATE__CHARGE_UNDER_WAY)
        return complain(EXIT_AWAY,
                        "the payment gateway has not answered yet: giftcard charge-show %" PRIu64
                        " says what came of it; do not charge the card once more",
                        charge_id);
    if (charged->state != CAROLINE__V1__CHARGE_STATE__CHARGE_LOADED)
        return complain(EXIT_REFUSED, "%s", text_of(c, charged->sentence));
    return EXIT_DONE;
}

int verb_giftcard_charge(struct cli *c)
{
    Caroline__V1__GiftCardCharge request = CAROLINE__V1__GIFT_CARD_CHARGE__INIT;
    int status;

    if (!gift_card_named(c, &request.number, &status))
        return status;
    request.has_number = true;
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    const Caroline__V1__GiftCardCharging *charging =
        (const void *)call_server(c, OP(GIFT_CARD_CHARGE), &request.base, &status);
    return charging ? show_charge(c, charging->charge_id, CHARGE_ASKED) : status;
}

int verb_giftcard_charge_show(struct cli *c)
{
    uint64_t id;
    int status;

    if (!ids_of(c, &id, 1, "which charge? Its number", &status))
        return status;
    return options_all_used(c) ? show_charge(c, id, 1) : EXIT_USAGE;
}
