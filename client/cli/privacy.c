/* What a person may ask of the shop: a copy of everything kept of them, what they agreed to, and to be forgotten. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/allergen.h"
#include "common/rules/consent.h"
#include "proto/consent.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/privacy.pb-c.h"
#include "proto/review.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* The one word; false: *status is what to exit with. */
static bool member_of(struct cli *c, uint64_t *id, int *status)
{
    if (c->word_count == 1 && whole_number(c->words[0], INT64_MAX, id))
        return true;
    *status = usage(c, "name one member by their id: caroline member find shows it");
    return false;
}

/* ---- a copy of everything ---- */

/* Two lists of pointers as one. */
#define JOIN(all, page, list, arena)                                                                                   \
    ((all)->list = joined((arena), (void **)(all)->list, &(all)->n_##list, (void **)(page)->list, (page)->n_##list))

static void *joined(struct arena *arena, void **first, size_t *count, void **second, size_t second_count)
{
    void **both = arena_array(arena, *count + second_count + 1, sizeof *both);

    if (*count > 0)
        memcpy(both, first, *count * sizeof *both);
    if (second_count > 0)
        memcpy(both + *count, second, second_count * sizeof *both);
    *count += second_count;
    return both;
}

/* Sales are the many: room for twice as many each time it is full. */
struct sales {
    Caroline__V1__ExportedSale **list;
    size_t count, capacity;
};

static void add_sales(struct cli *c, struct sales *sales, const Caroline__V1__MemberExported *page)
{
    if (sales->count + page->n_sales > sales->capacity) {
        sales->capacity = 2 * sales->capacity + page->n_sales;
        Caroline__V1__ExportedSale **larger = arena_array(c->arena, sales->capacity, sizeof *larger);
        if (sales->count > 0)
            memcpy(larger, sales->list, sales->count * sizeof *larger);
        sales->list = larger;
    }
    if (page->n_sales > 0)
        memcpy(sales->list + sales->count, page->sales, page->n_sales * sizeof *page->sales);
    sales->count += page->n_sales;
}

/* All pages as one answer; NULL: said why. */
static Caroline__V1__MemberExported *exported(struct cli *c, uint64_t id, int *status)
{
    Caroline__V1__MemberExport request = CAROLINE__V1__MEMBER_EXPORT__INIT;
    Caroline__V1__MemberExported *all = NULL;
    const Caroline__V1__MemberExported *page;
    struct sales sales = { 0 };

    request.has_id = true;
    request.id = id;
    do {
        page = (const void *)call_server(c, OP(MEMBER_EXPORT), &request.base, status);
        if (!page)
            return NULL;
        add_sales(c, &sales, page);
        if (!all) {
            all = arena_alloc(c->arena, sizeof *all);
            *all = *page;
        } else {
            JOIN(all, page, consents, c->arena);
            JOIN(all, page, lots, c->arena);
            JOIN(all, page, points, c->arena);
            JOIN(all, page, reads, c->arena);
            JOIN(all, page, reviews, c->arena);
            JOIN(all, page, coupons, c->arena);
            JOIN(all, page, friends, c->arena);
            JOIN(all, page, voids, c->arena);
            JOIN(all, page, invoices, c->arena);
        }
        request.place = page->next;
    } while (page->next);
    all->next = NULL;
    all->sales = sales.list;
    all->n_sales = sales.count;
    return all;
}

static void print_field(struct cli *c, const char *label, protobuf_c_boolean has, ProtobufCBinaryData text)
{
    if (has)
        printf("%-12s%s\n", label, text_of(c, text));
}

static void print_person(struct cli *c, const Caroline__V1__MemberExported *all)
{
    const Caroline__V1__Member *member = all->member;

    printf("WHAT IS KEPT OF MEMBER %llu\n\n", (unsigned long long)member->id);
    print_field(c, "Name", member->has_name, member->name);
    print_field(c, "Telephone", member->has_phone, member->phone);
    print_field(c, "E-mail", member->has_email, member->email);
    print_field(c, "Birthday", member->has_birthday, member->birthday);
    print_field(c, "Card", member->has_card, member->card);
    print_field(c, "Language", member->has_language, member->language);
    for (size_t i = 0; i < member->n_avoids; i++)
        printf("%-12s%s\n", i == 0 ? "Avoids" : "",
               member->avoids[i] <= ALLERGEN_COUNT ? allergen_names[member->avoids[i]] : "");
    printf("%-12s%s\n", "Joined", time_of(c, (int64_t)all->joined_us));
    printf("%-12s%s\n", "Changed", time_of(c, (int64_t)all->changed_us));
    printf("%-12s%lld\n", "Points", (long long)member->points);
    for (size_t i = 0; i < all->n_merged; i++)
        printf("%-12smember %llu, with %lld points, %s by staff %llu: %s\n", i == 0 ? "Was also" : "",
               (unsigned long long)all->merged[i]->id, (long long)all->merged[i]->points,
               time_of(c, (int64_t)all->merged[i]->merged_us), (unsigned long long)all->merged[i]->staff_id,
               text_of(c, all->merged[i]->reason));
}

/* What was noted of who they were before: " (as member 7)". */
static const char *noted_of(struct cli *c, protobuf_c_boolean has, uint64_t id)
{
    return has ? arena_format(c->arena, " (as member %llu)", (unsigned long long)id) : "";
}

static void print_consents(struct cli *c, const Caroline__V1__MemberExported *all)
{
    printf("\nWHAT YOU AGREED TO\n\n");
    for (size_t i = 0; i < all->n_consents; i++) {
        const Caroline__V1__Consent *consent = all->consents[i];
        printf("%s  %s: %s (text %u; shop %llu, till %llu, staff %llu)%s\n    %s\n",
               time_of(c, (int64_t)consent->at_us), text_of(c, consent->name), consent->given ? "agreed" : "taken back",
               consent->text_version, (unsigned long long)consent->shop_id, (unsigned long long)consent->device_id,
               (unsigned long long)consent->staff_id, noted_of(c, consent->has_member_id, consent->member_id),
               text_of(c, consent->text));
    }
    if (all->n_consents == 0)
        printf("nothing\n");
}

static void print_points(struct cli *c, const Caroline__V1__MemberExported *all)
{
    static const char *const kinds[] = { [1] = "joining",       [7] = "expired",   [8] = "adjusted",
                                         [9] = "brought along", [11] = "a friend", [12] = "by a friend" };

    printf("\nYOUR POINTS, by the day they came from (those of purchases stand on the receipts below)\n\n");
    for (size_t i = 0; i < all->n_lots; i++)
        printf("%s  left %lld, until %s\n", text_of(c, all->lots[i]->origin_day), (long long)all->lots[i]->remaining,
               text_of(c, all->lots[i]->expiry_day));
    for (size_t i = 0; i < all->n_points; i++)
        printf("%s  %s %lld%s\n", time_of(c, (int64_t)all->points[i]->at_us),
               all->points[i]->kind < sizeof kinds / sizeof kinds[0] && kinds[all->points[i]->kind]
                   ? kinds[all->points[i]->kind]
                   : "other",
               (long long)all->points[i]->points,
               noted_of(c, all->points[i]->has_member_id, all->points[i]->member_id));
}

static void print_sales(struct cli *c, const Caroline__V1__MemberExported *all)
{
    printf("\nWHAT YOU BOUGHT AND BROUGHT BACK, receipt by receipt\n");
    for (size_t i = 0; i < all->n_sales; i++) {
        const Caroline__V1__SaleShown *shown = all->sales[i]->sale;
        printf("\n");
        if (shown && shown->sale && shown->sale->receipt)
            print_receipt(c, shown->sale->receipt);
        if (all->sales[i]->has_reason)
            printf("Given back: %s\n", text_of(c, all->sales[i]->reason));
    }
    if (all->n_sales == 0)
        printf("\nnothing\n");
}

static void print_voids(struct cli *c, const Caroline__V1__MemberExported *all)
{
    char text[NUMBER_TEXT];

    printf("\nWHAT WAS TAKEN OFF A RECEIPT BEFORE YOU PAID\n\n");
    for (size_t i = 0; i < all->n_voids; i++) {
        const Caroline__V1__ExportedVoid *taken_off = all->voids[i];
        printf("%s  %s %s: %s\n", text_of(c, taken_off->receipt_number), milli_format(text, taken_off->quantity_milli),
               text_of(c, taken_off->name),
               taken_off->has_reason ? text_of(c, taken_off->reason) : "no reason was asked for");
    }
    if (all->n_voids == 0)
        printf("nothing\n");
}

static void print_invoices(struct cli *c, const Caroline__V1__MemberExported *all)
{
    printf("\nINVOICES OF WHAT YOU BOUGHT\n\n");
    for (size_t i = 0; i < all->n_invoices; i++) {
        const Caroline__V1__ExportedInvoice *invoice = all->invoices[i];
        if (invoice->invoice)
            printf("%s%s, of receipt %s, %s\n", text_of(c, invoice->invoice->number),
                   invoice->invoice->has_credit_of
                       ? arena_format(c->arena, ", credit note of %s", text_of(c, invoice->invoice->credit_of))
                       : "",
                   text_of(c, invoice->invoice->receipt_number), time_of(c, (int64_t)invoice->invoice->made_us));
        if (invoice->receipt)
            print_receipt(c, invoice->receipt);
        else
            printf("It can no longer be read: its key is gone.\n");
        printf("\n");
    }
    if (all->n_invoices == 0)
        printf("none\n");
}

static void print_methods(struct cli *c, const Caroline__V1__MemberExported *all)
{
    if (all->n_methods > 0)
        printf("\nCARDS THAT ARE KEPT FOR YOU at the payment gateway\n\n");
    for (size_t i = 0; i < all->n_methods; i++) {
        const Caroline__V1__PaymentMethod *method = all->methods[i];
        printf("%s, ends in %s, until %02u/%u, since %s\n", text_of(c, method->brand), text_of(c, method->last_four),
               method->expiry_month, method->expiry_year, time_of(c, (int64_t)method->added_us));
    }
}

static void print_coupons(struct cli *c, const Caroline__V1__MemberExported *all)
{
    printf("\nYOUR COUPONS, AND FRIENDS\n\n");
    for (size_t i = 0; i < all->n_coupons; i++)
        printf("%s  coupon %llu of %s, used %llu times%s\n", time_of(c, (int64_t)all->coupons[i]->issued_us),
               (unsigned long long)all->coupons[i]->number, text_of(c, all->coupons[i]->campaign),
               (unsigned long long)all->coupons[i]->use_count,
               noted_of(c, all->coupons[i]->has_member_id, all->coupons[i]->member_id));
    for (size_t i = 0; i < all->n_friends; i++)
        printf("%s  %s%s%s\n", time_of(c, (int64_t)all->friends[i]->at_us),
               all->friends[i]->brought ? "you brought somebody" : "somebody brought you",
               all->friends[i]->has_paid_us
                   ? arena_format(c->arena, "; points came %s", time_of(c, (int64_t)all->friends[i]->paid_us))
                   : "",
               noted_of(c, all->friends[i]->has_member_id, all->friends[i]->member_id));
    if (all->n_coupons + all->n_friends == 0)
        printf("nothing\n");
}

static void print_reads(struct cli *c, const Caroline__V1__MemberExported *all)
{
    printf("\nWHO LOOKED AT THIS OR CHANGED SOMETHING\n\n");
    for (size_t i = 0; i < all->n_reads; i++) {
        const Caroline__V1__MemberRead *read = all->reads[i];
        printf("%s  %s%s%s, staff %llu at device %llu%s\n", time_of(c, (int64_t)read->at_us), text_of(c, read->event),
               read->has_field ? " " : "", read->has_field ? text_of(c, read->field) : "",
               (unsigned long long)read->staff_id, (unsigned long long)read->device_id,
               noted_of(c, read->has_member_id, read->member_id));
    }
}

static void print_reviews(struct cli *c, const Caroline__V1__MemberExported *all)
{
    char word[64];

    printf("\nWHAT YOU SAID OF WHAT YOU BOUGHT\n\n");
    for (size_t i = 0; i < all->n_reviews; i++) {
        const Caroline__V1__Review *review = all->reviews[i];
        enum_word(&caroline__v1__review_state__descriptor, (int)review->state, word);
        printf("%s  %s: %u of 5, %s (sale %llu, shop %llu)\n", time_of(c, (int64_t)review->written_us),
               text_of(c, review->product_name), review->rating, word, (unsigned long long)review->sale_id,
               (unsigned long long)review->shop_id);
        if (review->has_text)
            printf("    %s\n", text_of(c, review->text));
    }
    if (all->n_reviews == 0)
        printf("nothing\n");
}

int verb_member_export(struct cli *c)
{
    int status = EXIT_DONE;
    uint64_t id;

    bool as_text = option_given(c, "text");
    if (as_text && c->json)
        return usage(c, "--json or --text, not both");
    if (!member_of(c, &id, &status) || !options_all_used(c))
        return status == EXIT_DONE ? EXIT_USAGE : status;
    const Caroline__V1__MemberExported *all = exported(c, id, &status);
    if (!all)
        return status;
    if (c->json) {
        print_message(c, &all->base);
        return EXIT_DONE;
    }
    print_person(c, all);
    print_consents(c, all);
    print_methods(c, all);
    print_points(c, all);
    print_sales(c, all);
    print_voids(c, all);
    print_invoices(c, all);
    print_coupons(c, all);
    print_reads(c, all);
    print_reviews(c, all);
    return EXIT_DONE;
}

/* ---- to be forgotten ---- */

int verb_member_erase(struct cli *c)
{
    Caroline__V1__MemberErase request = CAROLINE__V1__MEMBER_ERASE__INIT;
    const char *confirm = option_value(c, "confirm");
    int status = EXIT_DONE;

    if (!member_of(c, &request.id, &status))
        return status;
    request.has_id = true;
    if (!confirm || !whole_number(confirm, INT64_MAX, &request.confirm_id))
        return usage(c, "this is not to be undone: --confirm and the member's id once more");
    request.has_confirm_id = true;
    if ((status = options_apply(c, &request.base, NULL)) != EXIT_DONE)
        return status;
    if (!request.has_reason)
        return usage(c, "say why: --reason asked, unused or mistake");
    const Caroline__V1__MemberErased *done = (const void *)call_server(c, OP(MEMBER_ERASE), &request.base, &status);
    if (!done)
        return status;
    if (c->json)
        print_message(c, &done->base);
    else
        printf("member %llu is forgotten; %lld points were written off\n", (unsigned long long)done->id,
               (long long)done->points);
    return EXIT_DONE;
}

/* ---- what they agreed to ---- */

static int list_consents(struct cli *c, uint64_t id)
{
    Caroline__V1__MemberShow request = CAROLINE__V1__MEMBER_SHOW__INIT;
    int status;

    request.has_id = true;
    request.id = id;
    const Caroline__V1__MemberShown *shown = (const void *)call_server(c, OP(MEMBER_SHOW), &request.base, &status);
    if (!shown || !shown->member)
        return status;
    if (c->json) {
        print_messages(c, (ProtobufCMessage *const *)shown->member->consents, shown->member->n_consents);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < shown->member->n_consents; i++) {
        const Caroline__V1__Consent *consent = shown->member->consents[i];
        printf("%u  %s: %s\n    %s\n", consent->kind, text_of(c, consent->name),
               consent->given
                   ? arena_format(c->arena, "agreed %s%s", time_of(c, (int64_t)consent->at_us),
                                  consent->text_version < consent->newest_version ? ", to an older text" : "")
               : consent->has_at_us ? arena_format(c->arena, "taken back %s", time_of(c, (int64_t)consent->at_us))
                                    : "never agreed to",
               text_of(c, consent->text));
    }
    return EXIT_DONE;
}

int verb_member_consent(struct cli *c)
{
    Caroline__V1__ConsentPut request = CAROLINE__V1__CONSENT_PUT__INIT;
    const char *give = option_value(c, "give"), *take_back = option_value(c, "take-back");
    const char *word = give ? give : take_back;
    int status = EXIT_DONE;
    uint64_t kind;

    if (!member_of(c, &request.member_id, &status) || !options_all_used(c))
        return status == EXIT_DONE ? EXIT_USAGE : status;
    if (give && take_back)
        return usage(c, "one of --give and --take-back at a time");
    if (!word)
        return list_consents(c, request.member_id);
    if (!whole_number(word, UINT32_MAX, &kind))
        return usage(c, "say which kind by its number: caroline member consent %s lists them", c->words[0]);
    const struct consent_text *newest = consent_text_of((uint32_t)kind, 0);
    request.has_member_id = request.has_kind = request.has_given = request.has_text_version = true;
    request.kind = (uint32_t)kind;
    request.given = give != NULL;
    request.text_version = newest ? newest->version : 0;
    const Caroline__V1__ConsentPutDone *done = (const void *)call_server(c, OP(CONSENT_PUT), &request.base, &status);
    if (done && done->consent)
        print_message(c, &done->consent->base);
    return status;
}
