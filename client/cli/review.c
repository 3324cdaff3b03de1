/* Reviews: of a product those that are shown, the queue of those that wait, accepted and hidden; one written down for a member. */
#include <stdio.h>
#include <string.h>

#include "client/cli/cli.h"
#include "common/wire/json.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/review.pb-c.h"
#include "proto/sale.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

struct reviews {
    Caroline__V1__Review **list;
    size_t count;
};

static void add_page(struct cli *c, struct reviews *all, Caroline__V1__Review **page, size_t count)
{
    Caroline__V1__Review **both = arena_array(c->arena, all->count + count + 1, sizeof *both);

    if (all->count > 0)
        memcpy(both, all->list, all->count * sizeof *both);
    if (count > 0)
        memcpy(both + all->count, page, count * sizeof *both);
    all->list = both;
    all->count += count;
}

/* ---- listing ---- */

static void print_review(struct cli *c, const Caroline__V1__Review *review)
{
    char word[64];

    printf("%llu  %u of 5", (unsigned long long)review->id, review->rating);
    if (review->has_product_name)
        printf("  %s", text_of(c, review->product_name));
    printf("  %s", time_of(c, (int64_t)review->written_us));
    if (review->has_reason) {
        enum_word(&caroline__v1__review_reason__descriptor, (int)review->reason, word);
        printf("  (%s)", word);
    }
    puts("");
    if (review->has_text)
        printf("    %s\n", text_of(c, review->text));
}

static void print_reviews(struct cli *c, const struct reviews *all)
{
    if (c->json)
        print_messages(c, (ProtobufCMessage *const *)all->list, all->count);
    else if (all->count == 0)
        print_none(c);
    for (size_t i = 0; !c->json && i < all->count; i++)
        print_review(c, all->list[i]);
}

/* What customers are shown. */
static int list_of_product(struct cli *c, const char *word)
{
    Caroline__V1__ReviewList request = CAROLINE__V1__REVIEW_LIST__INIT;
    const Caroline__V1__ReviewListed *page;
    struct reviews all = { 0 };
    const char *problem;
    int status;
    const Caroline__V1__ProductShown *shown = product_named(c, word, &problem);

    if (!shown)
        return complain(c->unknown, "%s", problem);
    request.has_product_id = true;
    request.product_id = shown->product->id;
    do {
        page = (const void *)call_server(c, OP(REVIEW_LIST), &request.base, &status);
        if (!page)
            return status;
        add_page(c, &all, page->reviews, page->n_reviews);
        if (page->n_reviews > 0) {
            request.has_before_us = request.has_before_id = true;
            request.before_us = page->reviews[page->n_reviews - 1]->written_us;
            request.before_id = page->reviews[page->n_reviews - 1]->id;
        }
    } while (page->more && page->n_reviews > 0);
    if (!c->json && page->has_rating_count)
        printf("%u.%02u of 5, by %u\n", page->rating_hundredths / 100, page->rating_hundredths % 100,
               page->rating_count);
    print_reviews(c, &all);
    return EXIT_DONE;
}

static int list_queue(struct cli *c, const char *state)
{
    Caroline__V1__ReviewQueue request = CAROLINE__V1__REVIEW_QUEUE__INIT;
    const Caroline__V1__ReviewQueued *page;
    struct reviews all = { 0 };
    const char *problem;
    int status;

    if (state && message_set(c, &request.base, "state", state, &problem) != FIELD_SET)
        return usage(c, "--state wants waiting, accepted or hidden, not '%s'", state);
    do {
        page = (const void *)call_server(c, OP(REVIEW_QUEUE), &request.base, &status);
        if (!page)
            return status;
        add_page(c, &all, page->reviews, page->n_reviews);
        if (page->n_reviews > 0) {
            request.has_after_us = request.has_after_id = true;
            request.after_us = page->reviews[page->n_reviews - 1]->written_us;
            request.after_id = page->reviews[page->n_reviews - 1]->id;
        }
    } while (page->more && page->n_reviews > 0);
    print_reviews(c, &all);
    return EXIT_DONE;
}

int verb_review_list(struct cli *c)
{
    const char *product = option_value(c, "product"), *state = option_value(c, "state");

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count > 0)
        return usage(c, "'%s' is one word too many", c->words[0]);
    if (product && state)
        return usage(c, "of a product the accepted ones are listed: --product or --state, not both");
    return product ? list_of_product(c, product) : list_queue(c, state);
}

/* ---- moderating ---- */

static int moderate(struct cli *c, Caroline__V1__ReviewModerate *request, const char *done, const char *was)
{
    int status;

    if (c->word_count != 1 || !whole_number(c->words[0], INT64_MAX, &request->id))
        return usage(c, "name one review by its id: caroline review list shows it");
    request->has_id = request->has_state = true;
    if (!options_all_used(c))
        return EXIT_USAGE;
    const Caroline__V1__ReviewModerated *reply =
        (const void *)call_server(c, OP(REVIEW_MODERATE), &request->base, &status);
    if (!reply)
        return status;
    if (c->json)
        print_message(c, &reply->base);
    else
        printf("%s; the product has %u.%02u of 5 now, by %u\n", reply->changed ? done : was,
               reply->rating_hundredths / 100, reply->rating_hundredths % 100, reply->rating_count);
    return EXIT_DONE;
}

int verb_review_accept(struct cli *c)
{
    Caroline__V1__ReviewModerate request = CAROLINE__V1__REVIEW_MODERATE__INIT;

    request.state = CAROLINE__V1__REVIEW_STATE__REVIEW_ACCEPTED;
    return moderate(c, &request, "accepted", "it was accepted already");
}

int verb_review_hide(struct cli *c)
{
    Caroline__V1__ReviewModerate request = CAROLINE__V1__REVIEW_MODERATE__INIT;
    const char *reason = option_value(c, "reason"), *problem;

    if (!reason || message_set(c, &request.base, "reason", reason, &problem) != FIELD_SET)
        return usage(c, "say why: --reason off-topic, offensive, personal, advertising, untrue or asked");
    request.state = CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN;
    return moderate(c, &request, "hidden", "it was hidden already");
}

/* ---- written down for a member ---- */

static bool sale_of(struct cli *c, const char *number, uint64_t *id, int *status)
{
    Caroline__V1__SaleShow request = CAROLINE__V1__SALE_SHOW__INIT;

    set_text(&request.receipt_number, &request.has_receipt_number, number);
    const Caroline__V1__SaleShown *shown = (const void *)call_server(c, OP(SALE_SHOW), &request.base, status);
    if (!shown || !shown->sale)
        return false;
    *id = shown->sale->sale_id;
    return true;
}

int verb_review_put(struct cli *c)
{
    Caroline__V1__ReviewPut request = CAROLINE__V1__REVIEW_PUT__INIT;
    const char *receipt = option_value(c, "receipt"), *comment = option_value(c, "comment");
    int status = options_apply(c, &request.base, NULL);

    if (status != EXIT_DONE)
        return status;
    if (c->word_count > 0)
        return usage(c, "'%s' is one word too many", c->words[0]);
    if (!receipt || !request.has_member_id || !request.has_product_id || !request.has_rating)
        return usage(c, "say who, of which receipt and product, and the stars");
    if (!sale_of(c, receipt, &request.sale_id, &status))
        return status;
    request.has_sale_id = true;
    if (comment)
        set_text(&request.text, &request.has_text, comment);
    const Caroline__V1__ReviewPutDone *done = (const void *)call_server(c, OP(REVIEW_PUT), &request.base, &status);
    if (!done || !done->review)
        return status;
    if (c->json)
        print_message(c, &done->review->base);
    else
        printf("review %llu waits until somebody accepts it\n", (unsigned long long)done->review->id);
    return EXIT_DONE;
}
