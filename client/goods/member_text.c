/* The parts of a copy of everything: a table, each with its title and the function that says what a page has of it. */
#include "client/goods/member_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "client/goods/points_words.h"
#include "client/goods/receipt_message.h"
#include "common/base/number.h"
#include "common/print/text.h"
#include "common/rules/allergen.h"
#include "proto/consent.pb-c.h"
#include "proto/invoice.pb-c.h"
#include "proto/member.pb-c.h"
#include "proto/payment.pb-c.h"
#include "proto/review.pb-c.h"
#include "proto/sale.pb-c.h"

#define RECEIPT_COLUMNS 42

struct saying {
    struct member_text *text;
    struct member_text_part *part;
    struct arena *arena;
};

/* ---- text that grows ---- */

static void wipe(char *text, size_t size)
{
    if (text != NULL)
        explicit_bzero(text, size);
    free(text);
}

/* By copying, so that what is left behind is wiped. */
static void append(struct member_text_part *part, const char *bytes, size_t size)
{
    if (part->size + size + 1 > part->room) {
        size_t room = 2 * (part->size + size + 1);
        char *larger = malloc(room);

        if (larger == NULL)
            abort();
        if (part->size > 0)
            memcpy(larger, part->text, part->size);
        wipe(part->text, part->room);
        part->text = larger;
        part->room = room;
    }
    memcpy(part->text + part->size, bytes, size);
    part->size += size;
    part->text[part->size] = '\0';
}

static void append_text(struct member_text_part *part, const char *text)
{
    append(part, text, strlen(text));
}

/* Lines. The first that does not fit is the last that was tried: nothing smaller goes past it. */
static void put(struct saying *s, const char *lines)
{
    struct member_text *text = s->text;
    size_t size = strlen(lines);

    text->cut = text->cut || (text->most > 0 && text->size + size > text->most);
    if (text->cut)
        return;
    append(s->part, lines, size);
    text->size += size;
}

/* One line, however long; blanks at its beginning stand before what it is broken into, too. */
static void say(struct saying *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct saying *s, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    struct receipt_row row = { .left = arena_vformat(s->arena, format, arguments) };
    va_end(arguments);
    struct receipt lines = { .rows = &row, .count = 1 };
    put(s, s->text->columns > 0 ? receipt_text(s->arena, &lines, s->text->columns)
                                : arena_format(s->arena, "%s\n", row.left));
}

static const char *words(struct saying *s, ProtobufCBinaryData text)
{
    char *copy = arena_alloc(s->arena, text.len + 1);

    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    return copy;
}

static const char *at(struct saying *s, uint64_t us)
{
    char text[LOCAL_TEXT];

    return arena_text(s->arena, local_format(text, zone_local(s->text->zone, (struct instant){ (int64_t)us })));
}

static const char *money(struct saying *s, int64_t minor)
{
    return minor_format(arena_alloc(s->arena, NUMBER_TEXT), minor, s->text->exponent);
}

/* What was noted of who they were before: " (as member 7)". */
static const char *noted(struct saying *s, protobuf_c_boolean has, uint64_t id)
{
    return has ? arena_format(s->arena, " (as member %" PRIu64 ")", id) : "";
}

/* "accepted" of REVIEW_ACCEPTED. */
static const char *enum_words(struct saying *s, const ProtobufCEnumDescriptor *descriptor, int value,
                              const char *before)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);

    if (found == NULL)
        return arena_format(s->arena, "%d", value);
    size_t shared = strncmp(found->name, before, strlen(before)) == 0 ? strlen(before) : 0;
    char *text = arena_text(s->arena, found->name + shared);
    for (char *letter = text; *letter != '\0'; letter++)
        if (*letter == '_')
            *letter = ' ';
        else if (*letter >= 'A' && *letter <= 'Z')
            *letter = (char)(*letter + 32);
    return text;
}

/* ---- receipts ---- */

static struct receipt with_names(struct saying *s, const struct receipt *receipt)
{
    struct receipt_row *rows = arena_array(s->arena, 2 * receipt->count + 1, sizeof *rows);
    size_t count = 0;

    for (size_t i = 0; i < receipt->count; i++) {
        const struct receipt_row *row = &receipt->rows[i];
        const char *name =
            row->account_id == 0 ? NULL : s->text->account_name(s->text->owner, (uint64_t)row->account_id, row->left);

        rows[count++] = *row;
        if (name != NULL)
            rows[count++].left = arena_format(s->arena, "  %s", name);
    }
    return (struct receipt){ .rows = rows, .count = count };
}

static void say_receipt(struct saying *s, const Caroline__V1__Receipt *message)
{
    struct receipt receipt = receipt_of_message(message, s->arena);

    if (s->text->account_name != NULL)
        receipt = with_names(s, &receipt);
    put(s, receipt_text(s->arena, &receipt, RECEIPT_COLUMNS));
}

/* ---- its parts ---- */

static void say_field(struct saying *s, const char *label, protobuf_c_boolean has, ProtobufCBinaryData text)
{
    if (has)
        say(s, "%-12s%s", label, words(s, text));
}

static void say_tier(struct saying *s, const Caroline__V1__Member *member)
{
    if (member->has_tier)
        say(s, "%-12s%s (%u)", "Tier", words(s, member->tier_name), member->tier);
    if (member->has_tier_minor)
        say(s, "%-12s%s", "Spent", money(s, member->tier_minor));
    if (member->has_referrer_id)
        say(s, "%-12smember %" PRIu64, "Came by", member->referrer_id);
}

static void say_person(struct saying *s, const Caroline__V1__MemberExported *page)
{
    const Caroline__V1__Member *member = page->member;

    if (member == NULL)
        return;
    say(s, "WHAT IS KEPT OF MEMBER %" PRIu64, member->id);
    say(s, "%s", "");
    say_field(s, "Name", member->has_name, member->name);
    say_field(s, "Telephone", member->has_phone, member->phone);
    say_field(s, "E-mail", member->has_email, member->email);
    say_field(s, "Birthday", member->has_birthday, member->birthday);
    say_field(s, "Card", member->has_card, member->card);
    say_field(s, "Language", member->has_language, member->language);
    for (size_t i = 0; i < member->n_avoids; i++)
        say(s, "%-12s%s", i == 0 ? "Avoids" : "",
            member->avoids[i] <= ALLERGEN_COUNT ? allergen_names[member->avoids[i]] : "");
    say(s, "%-12s%s, at shop %" PRIu64, "Joined", at(s, page->joined_us), page->shop_id);
    say(s, "%-12s%s", "Changed", at(s, page->changed_us));
    say(s, "%-12s%s%" PRId64, "Points", member->points < 0 ? "you owe " : "",
        member->points < 0 ? -member->points : member->points);
    say_tier(s, member);
    say(s, "%-12s%s", "All times", zone_name(s->text->zone));
}

static void say_merged(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_merged; i++) {
        const Caroline__V1__MergedMember *merged = page->merged[i];

        say(s, "member %" PRIu64 ", with %" PRId64 " points, %s by staff %" PRIu64 ": %s", merged->id, merged->points,
            at(s, merged->merged_us), merged->staff_id, words(s, merged->reason));
    }
}

static void say_consents(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_consents; i++) {
        const Caroline__V1__Consent *consent = page->consents[i];

        say(s, "%s  %s (%u): %s (text %u; shop %" PRIu64 ", till %" PRIu64 ", staff %" PRIu64 ")%s",
            at(s, consent->at_us), words(s, consent->name), consent->kind, consent->given ? "agreed" : "taken back",
            consent->text_version, consent->shop_id, consent->device_id, consent->staff_id,
            noted(s, consent->has_member_id, consent->member_id));
        say(s, "    %s", words(s, consent->text));
    }
}

static void say_methods(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_methods; i++) {
        const Caroline__V1__PaymentMethod *method = page->methods[i];

        say(s, "%s, ends in %s, until %02u/%u, since %s (card %" PRIu64 ")", words(s, method->brand),
            words(s, method->last_four), method->expiry_month, method->expiry_year, at(s, method->added_us),
            method->id);
    }
}

/* A lot below nothing is a debt: it has no last day. */
static void say_lots(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_lots; i++) {
        const Caroline__V1__PointsLot *lot = page->lots[i];

        if (lot->remaining < 0)
            say(s, "%s  you owe %" PRId64 ", by a refund (lot %" PRIu64 ", until %s)", words(s, lot->origin_day),
                -lot->remaining, lot->id, words(s, lot->expiry_day));
        else
            say(s, "%s  left %" PRId64 ", until %s (lot %" PRIu64 ")", words(s, lot->origin_day), lot->remaining,
                words(s, lot->expiry_day), lot->id);
    }
}

static void say_points(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_points; i++) {
        const Caroline__V1__PointsEntry *entry = page->points[i];

        say(s, "%s  %+" PRId64 ", %s (lot %" PRIu64 ")%s", at(s, entry->at_us), entry->points,
            points_kind_words(entry->kind), entry->lot_id, noted(s, entry->has_member_id, entry->member_id));
    }
}

/* Before another of what takes several lines. */
static void part_them(struct saying *s)
{
    if (s->part->size > 0)
        say(s, "%s", "");
}

static void say_sales(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_sales; i++) {
        const Caroline__V1__ExportedSale *sale = page->sales[i];

        part_them(s);
        if (sale->sale != NULL && sale->sale->sale != NULL && sale->sale->sale->receipt != NULL)
            say_receipt(s, sale->sale->sale->receipt);
        say(s, "%s at shop %" PRIu64 "%s%s%s", sale->refund ? "Given back" : "Sold", sale->shop_id,
            noted(s, sale->has_member_id, sale->member_id), sale->has_reason ? ": " : "", words(s, sale->reason));
    }
}

static void say_voids(struct saying *s, const Caroline__V1__MemberExported *page)
{
    char quantity[NUMBER_TEXT];

    for (size_t i = 0; i < page->n_voids; i++) {
        const Caroline__V1__ExportedVoid *taken_off = page->voids[i];

        say(s, "%s line %u  %s %s: %s", words(s, taken_off->receipt_number), taken_off->line + 1,
            milli_format(quantity, taken_off->quantity_milli), words(s, taken_off->name),
            taken_off->has_reason ? words(s, taken_off->reason) : "no reason was asked for");
    }
}

static void say_customer(struct saying *s, const Caroline__V1__InvoiceCustomer *customer)
{
    if (customer != NULL)
        say(s, "For %s, %s%s%s", words(s, customer->name), words(s, customer->address),
            customer->has_tax_number ? ", " : "", words(s, customer->tax_number));
}

static void say_invoices(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_invoices; i++) {
        const Caroline__V1__ExportedInvoice *invoice = page->invoices[i];
        const Caroline__V1__InvoiceRow *row = invoice->invoice;

        part_them(s);
        if (row != NULL)
            say(s, "%s%s%s%s, of receipt %s, %s: %s, tax %s, by shop %" PRIu64, words(s, row->number),
                row->kind == CAROLINE__V1__INVOICE_KIND__INVOICE_CREDIT_NOTE ? ", credit note" : "",
                row->has_credit_of ? " of " : "", words(s, row->credit_of), words(s, row->receipt_number),
                at(s, row->made_us), money(s, row->total_minor), money(s, row->tax_minor), invoice->shop_id);
        say_customer(s, invoice->customer);
        if (invoice->receipt != NULL)
            say_receipt(s, invoice->receipt);
        else
            say(s, "It can no longer be read: its key is gone.");
    }
}

static void say_charges(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_charges; i++) {
        const Caroline__V1__ExportedCharge *charge = page->charges[i];

        say(s, "%s  %s %s by card %" PRIu64 " for gift card %u: %s%s%s%s%s (shop %" PRIu64 ")%s",
            at(s, charge->made_us), words(s, charge->currency), money(s, charge->amount_minor), charge->method_id,
            charge->gift_card_number,
            enum_words(s, &caroline__v1__charge_state__descriptor, (int)charge->state, "CHARGE_"),
            charge->has_reference ? ", " : "", words(s, charge->reference), charge->has_problem ? ", " : "",
            words(s, charge->problem), charge->shop_id, noted(s, charge->has_member_id, charge->member_id));
    }
}

static void say_setups(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_setups; i++) {
        const Caroline__V1__ExportedSetup *setup = page->setups[i];

        say(s, "%s  %s%s%s (card %" PRIu64 ", shop %" PRIu64 ")%s", at(s, setup->made_us),
            enum_words(s, &caroline__v1__payment_setup_state__descriptor, (int)setup->state, "PAYMENT_SETUP_"),
            setup->has_problem ? ": " : "", words(s, setup->problem), setup->method_id, setup->shop_id,
            noted(s, setup->has_member_id, setup->member_id));
    }
}

static void say_tickets(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_tickets; i++) {
        const Caroline__V1__ExportedTicket *ticket = page->tickets[i];

        say(s, "%s  number %u:%s%s%s%s (shop %" PRIu64 ")", at(s, ticket->made_us), ticket->number,
            ticket->has_phone ? " phone " : "", words(s, ticket->phone), ticket->has_email ? " e-mail " : "",
            words(s, ticket->email), ticket->shop_id);
    }
}

static void say_coupons(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_coupons; i++) {
        const Caroline__V1__ExportedCoupon *coupon = page->coupons[i];

        say(s, "%s  coupon %" PRIu64 " of %s, used %" PRIu64 " times%s", at(s, coupon->issued_us), coupon->number,
            words(s, coupon->campaign), coupon->use_count, noted(s, coupon->has_member_id, coupon->member_id));
    }
}

static void say_friends(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_friends; i++) {
        const Caroline__V1__ExportedFriend *friend = page->friends[i];

        say(s, "%s  %s%s%s%s", at(s, friend->at_us), friend->brought ? "you brought somebody" : "somebody brought you",
            friend->has_paid_us ? "; points came " : "", friend->has_paid_us ? at(s, friend->paid_us) : "",
            noted(s, friend->has_member_id, friend->member_id));
    }
}

static void say_reads(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_reads; i++) {
        const Caroline__V1__MemberRead *read = page->reads[i];

        say(s, "%s  %s%s%s, staff %" PRIu64 " at device %" PRIu64 "%s", at(s, read->at_us), words(s, read->event),
            read->has_field ? " " : "", words(s, read->field), read->staff_id, read->device_id,
            noted(s, read->has_member_id, read->member_id));
    }
}

static void say_review_standing(struct saying *s, const Caroline__V1__Review *review)
{
    if (review->has_moderated_us)
        say(s, "    since %s, by staff %" PRIu64 "%s%s", at(s, review->moderated_us), review->moderated_by,
            review->has_reason ? ": " : "",
            review->has_reason ? enum_words(s, &caroline__v1__review_reason__descriptor, (int)review->reason, "REVIEW_")
                               : "");
}

static void say_reviews(struct saying *s, const Caroline__V1__MemberExported *page)
{
    for (size_t i = 0; i < page->n_reviews; i++) {
        const Caroline__V1__Review *review = page->reviews[i];

        say(s, "%s  %s: %u of 5, %s (review %" PRIu64 " of product %" PRIu64 ", sale %" PRIu64 ", shop %" PRIu64 ")",
            at(s, review->written_us), words(s, review->product_name), review->rating,
            enum_words(s, &caroline__v1__review_state__descriptor, (int)review->state, "REVIEW_"), review->id,
            review->product_id, review->sale_id, review->shop_id);
        say_review_standing(s, review);
        if (review->has_text)
            say(s, "    %s", words(s, review->text));
    }
}

/* In the order in which they are read. */
static const struct part {
    const char *title; /* NULL: it says its own */
    const char *none;  /* what stands there where there is nothing; NULL: not even the title */
    void (*say)(struct saying *s, const Caroline__V1__MemberExported *page);
} parts[] = {
    { NULL, NULL, say_person },
    { "WHO YOU WERE, TOO, before it was found that this is you", NULL, say_merged },
    { "WHAT YOU AGREED TO", "nothing", say_consents },
    { "CARDS THAT ARE KEPT FOR YOU at the payment gateway", NULL, say_methods },
    { "YOUR POINTS, by the day they came from", "none", say_lots },
    { "HOW POINTS CAME AND WENT (those of purchases stand on the receipts below)", "nothing", say_points },
    { "WHAT YOU BOUGHT AND BROUGHT BACK, receipt by receipt", "nothing", say_sales },
    { "WHAT WAS TAKEN OFF A RECEIPT BEFORE YOU PAID", "nothing", say_voids },
    { "INVOICES OF WHAT YOU BOUGHT", "none", say_invoices },
    { "WHAT WAS PAID BY CARDS THAT ARE KEPT FOR YOU", NULL, say_charges },
    { "CARDS THAT WERE TO BE KEPT FOR YOU", NULL, say_setups },
    { "WHAT YOU ENTERED AT A KIOSK, and the counter has not seen yet", NULL, say_tickets },
    { "YOUR COUPONS", "none", say_coupons },
    { "FRIENDS", "nobody", say_friends },
    { "WHO LOOKED AT THIS OR CHANGED SOMETHING", "nobody", say_reads },
    { "WHAT YOU SAID OF WHAT YOU BOUGHT", "nothing", say_reviews },
};
#define PARTS (sizeof parts / sizeof *parts)

void member_text_add(struct member_text *text, const Caroline__V1__MemberExported *page)
{
    _Static_assert(PARTS <= MEMBER_TEXT_PARTS_MAX, "each part has a text");
    struct saying s = { .text = text, .arena = arena_create(0) };

    for (size_t i = 0; i < PARTS; i++) {
        s.part = &text->parts[i];
        parts[i].say(&s, page);
    }
    arena_destroy(s.arena);
}

/* A part with its title. */
static void append_part(struct member_text_part *whole, const struct member_text *text, size_t i)
{
    const struct member_text_part *part = &text->parts[i];

    if (part->size == 0 && parts[i].none == NULL)
        return;
    if (parts[i].title != NULL) {
        append_text(whole, "\n");
        append_text(whole, parts[i].title);
        append_text(whole, "\n\n");
    }
    if (part->size > 0) {
        append(whole, part->text, part->size);
        return;
    }
    append_text(whole, text->cut ? "not in this copy" : parts[i].none);
    append_text(whole, "\n");
}

char *member_text_whole(const struct member_text *text)
{
    static const char cut[] = "THIS IS NOT ALL OF IT: there is too much. The counter makes a whole copy.\n";
    struct member_text_part whole = { 0 };

    append_text(&whole, text->cut ? cut : "");
    for (size_t i = 0; i < PARTS; i++)
        append_part(&whole, text, i);
    if (text->cut) {
        append_text(&whole, "\n");
        append_text(&whole, cut);
    }
    return whole.text;
}

void member_text_fini(struct member_text *text)
{
    for (size_t i = 0; i < MEMBER_TEXT_PARTS_MAX; i++)
        wipe(text->parts[i].text, text->parts[i].room);
    memset(text, 0, sizeof *text);
}
