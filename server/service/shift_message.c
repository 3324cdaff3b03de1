/* What a shift comes to, as a message with its document. */
#include "server/service/shift_message.h"

#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

#define DEPOSITS_MAX 200 /* that a message lists */

static void put_taxes(Caroline__V1__ShiftReported *message, const struct shift_books *books, struct arena *arena)
{
    message->n_taxes = books->tax_count;
    message->taxes = arena_array(arena, books->tax_count, sizeof(Caroline__V1__QuotedTax *));
    for (size_t i = 0; i < books->tax_count; i++) {
        Caroline__V1__QuotedTax *tax = arena_alloc(arena, sizeof *tax);

        caroline__v1__quoted_tax__init(tax);
        PUT(*tax, code, field_text(books->taxes[i].code));
        PUT(*tax, rate_ppm, books->taxes[i].rate_ppm);
        PUT(*tax, net_minor, books->taxes[i].net_minor);
        PUT(*tax, tax_minor, books->taxes[i].tax_minor);
        message->taxes[i] = tax;
    }
}

static void put_tenders(Caroline__V1__ShiftReported *message, const struct shift_books *books, struct arena *arena)
{
    message->n_tenders = books->tender_count;
    message->tenders = arena_array(arena, books->tender_count, sizeof(Caroline__V1__ShiftTender *));
    for (size_t i = 0; i < books->tender_count; i++) {
        Caroline__V1__ShiftTender *tender = arena_alloc(arena, sizeof *tender);

        caroline__v1__shift_tender__init(tender);
        PUT(*tender, kind, (Caroline__V1__TenderKind)books->tenders[i].kind);
        PUT(*tender, count, (uint32_t)books->tenders[i].count);
        PUT(*tender, amount_minor, books->tenders[i].stayed_minor);
        if (books->tenders[i].type_id != 0)
            PUT(*tender, tender_type_id, (uint64_t)books->tenders[i].type_id);
        if (books->tenders[i].name != NULL)
            PUT(*tender, name, field_text(books->tenders[i].name));
        if (books->tenders[i].forfeited_minor != 0)
            PUT(*tender, forfeited_minor, books->tenders[i].forfeited_minor);
        if (books->tenders[i].tip_minor != 0)
            PUT(*tender, tip_minor, books->tenders[i].tip_minor);
        if (books->tenders[i].counted) {
            PUT(*tender, counted_minor, books->tenders[i].counted_minor);
            PUT(*tender, difference_minor, books->tenders[i].difference_minor);
            PUT(*tender, expected_minor, books->tenders[i].expected_minor);
        }
        message->tenders[i] = tender;
    }
}

static void put_received(Caroline__V1__ShiftReported *message, const struct shift_books *books, struct arena *arena)
{
    message->n_received = books->received_count;
    message->received = arena_array(arena, books->received_count, sizeof(Caroline__V1__ShiftReceived *));
    for (size_t i = 0; i < books->received_count; i++) {
        Caroline__V1__ShiftReceived *received = arena_alloc(arena, sizeof *received);

        caroline__v1__shift_received__init(received);
        PUT(*received, means, (Caroline__V1__AccountMeans)books->received[i].means);
        PUT(*received, count, (uint32_t)books->received[i].count);
        PUT(*received, amount_minor, books->received[i].amount_minor);
        if (books->received[i].back_count > 0) {
            PUT(*received, back_count, (uint32_t)books->received[i].back_count);
            PUT(*received, back_minor, books->received[i].back_minor);
        }
        message->received[i] = received;
    }
}

static void put_gift_cards(Caroline__V1__ShiftReported *message, const struct shift_books *books, struct arena *arena)
{
    message->n_gift_cards = books->gift_card_count;
    message->gift_cards = arena_array(arena, books->gift_card_count, sizeof(Caroline__V1__ShiftGiftCards *));
    for (size_t i = 0; i < books->gift_card_count; i++) {
        Caroline__V1__ShiftGiftCards *cards = arena_alloc(arena, sizeof *cards);

        caroline__v1__shift_gift_cards__init(cards);
        PUT(*cards, kind, (Caroline__V1__GiftCardKind)books->gift_cards[i].kind);
        PUT(*cards, means, (Caroline__V1__AccountMeans)books->gift_cards[i].means);
        PUT(*cards, count, (uint32_t)books->gift_cards[i].count);
        PUT(*cards, amount_minor, books->gift_cards[i].amount_minor);
        message->gift_cards[i] = cards;
    }
}

static void put_money(Caroline__V1__ShiftReported *message, const struct shift_z *z, struct arena *arena)
{
    put_tenders(message, &z->books, arena);
    put_received(message, &z->books, arena);
    put_gift_cards(message, &z->books, arena);
    PUT(*message, in_minor, z->in_minor);
    PUT(*message, out_minor, z->out_minor);
    PUT(*message, drop_minor, z->drop_minor);
    PUT(*message, expected_minor, z->expected_minor);
}

static void put_close(Caroline__V1__ShiftReported *message, const struct shift_z *z, struct arena *arena)
{
    PUT(*message, closed_us, (uint64_t)z->closed_at.us);
    PUT(*message, closed_by, (uint64_t)z->closed_by);
    PUT(*message, counted_minor, z->counted_minor);
    PUT(*message, difference_minor, z->difference_minor);
    if (!z->books.training)
        PUT(*message, grand_total_minor, z->grand_total_minor);
    if (z->books.strand_hash != NULL)
        PUT(*message, strand_hash, field_of(bytes_of(z->books.strand_hash, 32)));
    message->n_counts = z->counts_count;
    message->counts = arena_array(arena, z->counts_count, sizeof(Caroline__V1__ShiftPieces *));
    for (size_t i = 0; i < z->counts_count; i++) {
        Caroline__V1__ShiftPieces *pieces = arena_alloc(arena, sizeof *pieces);

        caroline__v1__shift_pieces__init(pieces);
        PUT(*pieces, denomination_minor, z->counts[i].denomination_minor);
        PUT(*pieces, pieces, (uint32_t)z->counts[i].pieces);
        message->counts[i] = pieces;
    }
}

static ProtobufCBinaryData number_text(const struct shift_z *z, char series, int64_t number, struct arena *arena)
{
    struct receipt_number receipt = { .till = z->books.till, .series = series, .number = number };

    return field_text(receipt_number_format(arena_alloc(arena, RECEIPT_NUMBER_TEXT), receipt));
}

static void put_people(Caroline__V1__ShiftReported *message, const struct shift_books *books, struct arena *arena)
{
    Caroline__V1__ShiftPerson *person = NULL;

    message->people = arena_array(arena, books->people_count, sizeof(Caroline__V1__ShiftPerson *));
    for (size_t i = 0; i < books->people_count; i++) {
        const struct shift_person *row = &books->people[i];

        if (i == 0 || row[-1].staff_id != row->staff_id) {
            person = message->people[message->n_people++] = arena_alloc(arena, sizeof *person);
            caroline__v1__shift_person__init(person);
            if (row->staff_id == 0)
                PUT(*person, others, true);
            else
                PUT(*person, staff_id, (uint64_t)row->staff_id);
            if (row->name[0] != '\0')
                PUT(*person, name, field_text(row->name));
        }
        if (row->kind == SALE_SOLD) {
            PUT(*person, sale_count, (uint64_t)row->count);
            PUT(*person, sale_minor, row->total_minor);
        } else {
            PUT(*person, refund_count, (uint64_t)row->count);
            PUT(*person, refund_minor, row->total_minor);
        }
    }
}

static void put_options(Caroline__V1__ShiftReported *message, const struct shift_books *books, struct arena *arena)
{
    message->n_options = books->option_count;
    message->options = arena_array(arena, books->option_count, sizeof(Caroline__V1__ShiftOption *));
    for (size_t i = 0; i < books->option_count; i++) {
        const struct shift_option *row = &books->options[i];
        Caroline__V1__ShiftOption *option = message->options[i] = arena_alloc(arena, sizeof *option);

        caroline__v1__shift_option__init(option);
        if (row->others)
            PUT(*option, others, true);
        if (row->modifier_id != 0) {
            PUT(*option, modifier_id, (uint64_t)row->modifier_id);
            PUT(*option, option, row->option);
            PUT(*option, name, field_text(row->name));
        }
        PUT(*option, line_count, (uint64_t)row->count);
        PUT(*option, quantity_milli, row->quantity_milli);
        PUT(*option, amount_minor, row->amount_minor);
    }
}

static void put_departments(Caroline__V1__ShiftReported *message, const struct shift_books *books, struct arena *arena)
{
    message->n_departments = books->department_count;
    message->departments = arena_array(arena, books->department_count, sizeof(Caroline__V1__ShiftDepartment *));
    for (size_t i = 0; i < books->department_count; i++) {
        const struct shift_department *row = &books->departments[i];
        Caroline__V1__ShiftDepartment *department = message->departments[i] = arena_alloc(arena, sizeof *department);

        caroline__v1__shift_department__init(department);
        if (row->product_id != 0) {
            PUT(*department, product_id, (uint64_t)row->product_id);
            PUT(*department, name, field_text(row->name));
        }
        PUT(*department, line_count, (uint64_t)row->count);
        PUT(*department, quantity_milli, row->quantity_milli);
        PUT(*department, amount_minor, row->amount_minor);
    }
}

static Caroline__V1__ShiftDeposit *deposit_message(const struct shift_deposit *row, struct arena *arena)
{
    Caroline__V1__ShiftDeposit *message = arena_alloc(arena, sizeof *message);

    caroline__v1__shift_deposit__init(message);
    PUT(*message, product_id, (uint64_t)row->product_id);
    PUT(*message, name, field_text(row->name));
    PUT(*message, charge, row->charge);
    PUT(*message, out_milli, row->out_milli);
    PUT(*message, out_minor, row->out_minor);
    PUT(*message, back_milli, row->back_milli);
    PUT(*message, back_minor, row->back_minor);
    PUT(*message, refund_milli, row->refund_milli);
    PUT(*message, refund_minor, row->refund_minor);
    return message;
}

static void put_deposits(Caroline__V1__ShiftReported *message, const struct shift_z *z, struct arena *arena)
{
    const struct shift_deposits *all = &z->deposits;
    Caroline__V1__ShiftDeposits *sums = arena_alloc(arena, sizeof *sums);

    if (z->books.deposit_count == 0)
        return;
    caroline__v1__shift_deposits__init(sums);
    PUT(*sums, out_milli, all->out_milli);
    PUT(*sums, out_minor, all->out_minor);
    PUT(*sums, back_milli, all->back_milli);
    PUT(*sums, back_minor, all->back_minor);
    PUT(*sums, refund_milli, all->refund_milli);
    PUT(*sums, refund_minor, all->refund_minor);
    PUT(*sums, charge_milli, all->charge_milli);
    PUT(*sums, charge_minor, all->charge_minor);
    message->deposits = sums;
    message->deposit_goods = arena_array(arena, DEPOSITS_MAX, sizeof(Caroline__V1__ShiftDeposit *));
    for (size_t i = 0; i < z->books.deposit_count && i < DEPOSITS_MAX; i++)
        message->deposit_goods[message->n_deposit_goods++] = deposit_message(&z->books.deposits[i], arena);
}

static void put_ranges(Caroline__V1__ShiftReported *message, const struct shift_z *z, struct arena *arena)
{
    if (z->t.first != 0) {
        char series = z->books.training ? 'S' : 'T';

        PUT(*message, first_receipt, number_text(z, series, z->t.first, arena));
        PUT(*message, last_receipt, number_text(z, series, z->t.last, arena));
    }
    if (z->x.first != 0) {
        PUT(*message, first_offline_receipt, number_text(z, 'X', z->x.first, arena));
        PUT(*message, last_offline_receipt, number_text(z, 'X', z->x.last, arena));
    }
}

static void put_holder(Caroline__V1__ShiftReported *message, const struct shift_books *books,
                       const struct receipt *document)
{
    if (books->holder_id == 0)
        return;
    PUT(*message, holder_id, (uint64_t)books->holder_id);
    if (books->holder_name != NULL && books->holder_name[0] != '\0')
        PUT(*message, holder_name, field_text(books->holder_name));
    for (size_t i = 0; i < document->count; i++)
        if (document->rows[i].left == shift_holder_label)
            PUT(*message, holder_row, (uint32_t)i);
}

Caroline__V1__ShiftReported *shift_reported_of(const struct shift_z *all, bool blind, const struct shop *shop,
                                               struct instant now, struct arena *arena)
{
    Caroline__V1__ShiftReported *message = arena_alloc(arena, sizeof *message);
    struct shift_z folded = *all, *z = &folded;

    shift_books_fold(&folded.books, arena);
    struct receipt document = shift_receipt(z, blind, shop, shop_zone(shop), now, arena);

    caroline__v1__shift_reported__init(message);
    PUT(*message, closed, z->closed);
    PUT(*message, shift_id, (uint64_t)z->books.shift_id);
    PUT(*message, till_number, z->books.till);
    PUT(*message, number, z->books.number);
    PUT(*message, opened_us, (uint64_t)z->books.opened.us);
    PUT(*message, opened_by, (uint64_t)z->books.opened_by);
    PUT(*message, sale_count, (uint64_t)z->sale_count);
    PUT(*message, sale_minor, z->sale_minor);
    PUT(*message, refund_count, (uint64_t)z->refund_count);
    PUT(*message, refund_minor, z->refund_minor);
    put_taxes(message, &z->books, arena);
    PUT(*message, float_minor, z->books.float_minor);
    PUT(*message, no_sale_count, (uint64_t)z->books.no_sale_count);
    put_ranges(message, z, arena);
    put_people(message, &z->books, arena);
    put_options(message, &z->books, arena);
    put_departments(message, &z->books, arena);
    put_deposits(message, z, arena);
    if (!blind)
        put_money(message, z, arena);
    if (z->closed)
        put_close(message, z, arena);
    put_holder(message, &z->books, &document);
    message->receipt = receipt_message_of(&document, arena);
    return message;
}
