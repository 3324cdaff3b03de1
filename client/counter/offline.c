/* Selling without the server: this till's own verdict, its own number, its own paper; the server hears of it later. */
#include "client/counter/offline_sale.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/offline_message.h"
#include "common/base/text.h"
#include "common/rules/member_card.h"
#include "common/rules/receipt_number.h"
#include "common/rules/sale_bytes.h"
#include "common/rules/sale_offline.h"
#include "common/rules/sale_receipt.h"
#include "common/wire/digest.h"
#include "common/wire/walker.h"

/* Bytes of a sale, as the server would be sent it and as its journal would hold it: what is printed has to fit into both. */
#define RECORD_MAX 58000

#define PUT(message, field, value) ((message).has_##field = true, (message).field = (value))

/* ---- may it be? ---- */

static const char *why_not(struct counter *c)
{
    if (c->training)
        return "no connection: it is the server that one practises with";
    if (c->spool == NULL || counter_catalogue(c) == NULL || counter_shop(c) == NULL)
        return "no connection: the basket is kept, and can be paid once it is back";
    if (link_session(c->link) == NULL || link_session(c->link)->staff == NULL)
        return "no connection, and nobody has signed in: the basket is kept";
    if (!c->shift.known || !c->shift.open || c->shift.id == 0)
        return c->shift.personal ? "no connection, and your own drawer is not open: the basket is kept"
                                 : "no connection, and the drawer's shift is not open: the basket is kept";
    if (c->basket.reward_count + c->basket.chosen_count > 0)
        return "no connection: points cannot be spent now; take the free piece back (F5), or wait";
    if (open_basket_asks(&c->basket))
        return c->basket.rows.deposit_back ? "no connection: nobody can allow so many empties now; take fewer, or wait"
                                           : "no connection: nobody can allow this discount now; take it back, or wait";
    return NULL;
}

bool offline_can_sell(struct counter *c)
{
    if (c->basket.discount_limit_ppm != counter_discount_limit_ppm(c) ||
        c->basket.may_give_back != counter_may(c, "refund")) /* somebody else is here now */
        sale_changed(c);
    const char *why = why_not(c);

    if (why != NULL)
        stage_say_offline(&c->stage, MESSAGE_BAD, "%s", why);
    return why == NULL;
}

/* One of ours, read right. */
static bool is_our_card(const char *card)
{
    return strlen(card) == MEMBER_CARD_LENGTH && strncmp(card, "MC", 2) == 0 && !member_card_is_misread(card);
}

static void note_card(struct counter *c, const char *normal, const char *said)
{
    const bool instead = c->basket.member_card[0] != 0;

    counter_copy(c->basket.member_card, sizeof(c->basket.member_card), counter_text(normal));
    stage_say(&c->stage, MESSAGE_PLAIN, "%s", instead ? "noted as a member's card, instead of the one before" : said);
    sale_changed(c);
}

/* What is written as one of ours and does not fit is none, nor is a receipt's number. */
static bool is_no_card(struct counter *c, const char *card, const char *normal)
{
    struct receipt_number number;

    return normal == NULL || sale_is_barcode(c, card) || c->basket.member_id != 0 ||
           receipt_number_parse(bytes_of_text(card), &number) || why_not(c) != NULL;
}

/* Nobody can be asked whose it is. One of ours takes the place of another, and what may be any code takes nobody's. */
bool offline_note_card(struct counter *c, const char *card)
{
    char *normal = member_card_read(c->scratch, bytes_of_text(card));
    const char *noted = c->basket.member_card;
    bool is_noted = true;

    if (normal != NULL && strcmp(normal, noted) == 0) {
        stage_say(&c->stage, MESSAGE_PLAIN, "this member's card is noted already");
    } else if (normal != NULL && member_card_is_misread(normal)) {
        told_say(c, "a letter of this member's card is wrong: scan it again");
        is_noted = false;
    } else if (is_no_card(c, card, normal) || (noted[0] != 0 && !is_our_card(normal))) {
        told_unknown(c, card, false);
        is_noted = false;
    } else {
        note_card(c, normal, "no product has this code: noted as a member's card");
    }
    arena_reset(c->scratch);
    return is_noted;
}

/* Who types it says that it is a card; digits alone may be a telephone's all the same, by which nobody can be found now. */
enum offline_typed offline_note_typed(struct counter *c, const char *text, bool sure)
{
    char *normal = member_card_read(c->scratch, bytes_of_text(text));
    const bool digits = text[strspn(text, "0123456789 ")] == 0;
    const enum member_key key = member_key_first(text);
    enum offline_typed typed = OFFLINE_NOT_NOTED;

    if (c->basket.member_id != 0)
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: %s stays the member of this sale",
                          c->basket.member_name);
    else if (normal != NULL && member_card_is_misread(normal))
        stage_say(&c->stage, MESSAGE_BAD, "a letter of this card is wrong: look at it again");
    else if (why_not(c) != NULL)
        stage_say(&c->stage, MESSAGE_BAD, "%s", why_not(c));
    else if (is_no_card(c, text, normal) || !(key == MEMBER_KEY_CARD || (key == MEMBER_KEY_PHONE && digits)))
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: a card is noted by its number, nobody is looked up");
    else if (digits && !sure)
        typed = OFFLINE_ASKS;
    else
        typed = OFFLINE_NOTED;
    if (typed == OFFLINE_NOTED)
        note_card(c, normal, "noted as a member's card: the points come once the server is back");
    arena_reset(c->scratch);
    return typed;
}

/* ---- the sale as messages ---- */

static struct tender *tenders_of(const struct offline_sale *m, struct arena *arena)
{
    struct tender *tenders = arena_array(arena, m->tender_count, sizeof(*tenders));

    for (size_t i = 0; i < m->tender_count; i++)
        tenders[i] = (struct tender){ .kind = (int)m->tenders[i].kind,
                                      .type_id = m->tenders[i].type_id,
                                      .amount_minor = m->tenders[i].amount_minor,
                                      .tip_minor = m->tenders[i].tip_minor,
                                      .reference = bytes_of_text(m->tenders[i].reference) };
    return tenders;
}

static Caroline__V1__SaleOffline sale_message(const struct offline_sale *m, const struct sale_rows *sale,
                                              struct arena *arena)
{
    Caroline__V1__SaleOffline message = offline_message(m->basket, sale, tenders_of(m, arena), m->tender_count, arena);

    if (m->told_version != 0)
        PUT(*message.basket, catalogue_version, m->told_version);
    return message;
}

static Caroline__V1__Receipt *receipt_message(const struct receipt *receipt, struct arena *arena)
{
    Caroline__V1__Receipt *message = arena_alloc(arena, sizeof(*message));

    caroline__v1__receipt__init(message);
    message->n_rows = receipt->count;
    message->rows = arena_array(arena, receipt->count, sizeof(message->rows[0]));
    for (size_t i = 0; i < receipt->count; i++) {
        const struct receipt_row *from = &receipt->rows[i];
        Caroline__V1__ReceiptRow *row = message->rows[i] = arena_alloc(arena, sizeof(*row));
        caroline__v1__receipt_row__init(row);
        PUT(*row, kind, (Caroline__V1__ReceiptRowKind)from->kind);
        if (from->left != NULL)
            PUT(*row, left, counter_text(from->left));
        if (from->right != NULL)
            PUT(*row, right, counter_text(from->right));
    }
    return message;
}

/* As the server would have answered, for the screen, the printer and the disk. */
static Caroline__V1__SaleRungUp *rung_up(const struct counter *c, const struct sale_rows *sale,
                                         const uint8_t anchor[DIGEST_SIZE], struct arena *arena)
{
    Caroline__V1__SaleRungUp *message = arena_alloc(arena, sizeof(*message));
    Caroline__V1__SaleQuoted *totals = arena_alloc(arena, sizeof(*totals));
    char *number = arena_alloc(arena, RECEIPT_NUMBER_TEXT);
    const struct shop *shop = catalogue_shop(counter_catalogue(c), sale->catalogue_version);
    struct receipt receipt = sale_receipt(sale, shop, counter_zone(c), anchor, arena);

    caroline__v1__sale_quoted__init(totals);
    PUT(*totals, total_minor, sale->total_minor);
    PUT(*totals, tax_minor, sale->tax_minor);
    caroline__v1__sale_rung_up__init(message);
    PUT(*message, receipt_number, counter_text(receipt_number_format(number, sale->number)));
    PUT(*message, committed_us, (uint64_t)sale->at.us);
    message->totals = totals;
    PUT(*message, cash_minor, sale->cash_minor);
    PUT(*message, change_minor, sale->change_minor);
    if (sale->rounding_minor != 0)
        PUT(*message, rounding_minor, sale->rounding_minor);
    message->receipt = receipt_message(&receipt, arena);
    return message;
}

/* ---- ringing up ---- */

enum sale_verdict offline_decide(struct counter *c, const struct offline_sale *m, int64_t number,
                                 struct sale_rows *rows)
{
    struct sale_command command = open_basket_command(m->basket, c->scratch);
    const struct offline_till till = { .device_id = 1, /* its own: of the rules' small world here */
                                       .shift_id = m->shift_id,
                                       .till_number = c->till_number,
                                       .catalogue = counter_catalogue(c),
                                       .zone = counter_zone(c),
                                       .arena = c->scratch };

    command.tenders = tenders_of(m, c->scratch);
    command.tender_count = m->tender_count;
    command.shown_total_minor = m->total_minor;
    command.staff_id = m->staff_id;
    command.made = m->made;
    command.number = number;
    return sale_offline_sell(&command, &till, link_now(c->link), rows);
}

bool offline_fits(const struct offline_sale *m, const struct sale_rows *rows, struct arena *arena)
{
    static const uint8_t nothing[16];
    Caroline__V1__SaleOffline message = sale_message(m, rows, arena);

    return protobuf_c_message_get_packed_size(&message.base) <= RECORD_MAX &&
           sale_bytes(rows, nothing, arena).size <= RECORD_MAX;
}

const Caroline__V1__SaleRungUp *offline_sell(struct counter *c, const struct offline_sale *m, struct arena *arena)
{
    int64_t number = spool_next_number(c->spool);
    struct sale_rows rows;
    const char *problem = "";
    uint8_t anchor[DIGEST_SIZE];

    if (offline_decide(c, m, number, &rows) != SALE_OK) {
        if (m->aside == NULL) /* a try that nobody asked for says nothing */
            stage_say(&c->stage, MESSAGE_BAD, "%s", rows.sentence);
        return NULL;
    }
    Caroline__V1__SaleOffline message = sale_message(m, &rows, c->scratch);
    struct bytes record = message_encode(&message.base, c->scratch);
    if (!offline_fits(m, &rows, c->scratch)) {
        if (m->aside == NULL)
            stage_say(&c->stage, MESSAGE_BAD, "this is more than goes on one receipt: sell it in two");
        return NULL;
    }
    sha256(record, anchor);
    struct bytes paper = message_encode(&rung_up(c, &rows, anchor, c->scratch)->base, c->scratch);
    if (number < 1 || !link_sell_offline(c->link, &message.base, number, paper, m->aside, &problem)) {
        stage_say(&c->stage, MESSAGE_BAD, "nothing was sold, for it could not be kept on this till: %s",
                  number < 1 ? spool_problem(c->spool) : problem);
        return NULL;
    }
    const Caroline__V1__SaleRungUp *sale = (const Caroline__V1__SaleRungUp *)message_decode(
        &caroline__v1__sale_rung_up__descriptor, paper, arena); /* what comes now empties the scratch */
    printing_sold(c, sale);
    return sale;
}

void offline_ring_up(struct counter *c)
{
    struct pay_model *m = &c->pay;
    struct arena *arena = arena_create(0);
    const Caroline__V1__SaleRungUp *sale = NULL;

    if (offline_can_sell(c))
        sale = offline_sell(c,
                            &(struct offline_sale){ .basket = &c->basket,
                                                    .tenders = m->tenders,
                                                    .tender_count = m->tender_count,
                                                    .total_minor = m->total_minor,
                                                    .shift_id = c->shift.id,
                                                    .staff_id = (int64_t)link_session(c->link)->staff->id,
                                                    .made = link_now(c->link) },
                            arena);
    arena_reset(c->scratch);
    m->tender_count = 0;
    if (sale != NULL) {
        if (sale->cash_minor != 0)
            pay_open_drawer(c);
        pay_leave(c);
        given_back_paid(c);
        sale_next(c);
        if (stage_has(&c->stage, &sale_screen) && !stage_has(&c->stage, &lock_screen))
            receipt_show(c, RECEIPT_SOLD, sale);
        counter_show_state(c);
    } else {
        char why[STAGE_TEXT];

        snprintf(why, sizeof(why), "%s", c->stage.message);
        m->total_minor = c->basket.rows.total_minor;
        sale_drop_queued(c, why);
    }
    arena_destroy(arena);
}

/* ---- a sale whose answer does not come ---- */

static bool is_paid_by_cash_and_cards(const struct counter *c)
{
    const struct pay_model *m = &c->pay;

    for (size_t i = 0; i < m->tender_count; i++)
        if (m->tenders[i].type_id != TENDER_TYPE_CASH && m->tenders[i].type_id != TENDER_TYPE_CARD)
            return false;
    return true;
}

/* What the server has quoted is what this till would sell, paid by what it takes alone. */
static bool is_as_offline(struct counter *c)
{
    return is_paid_by_cash_and_cards(c) && !c->basket.approved && c->pay.total_minor == c->basket.rows.total_minor &&
           why_not(c) == NULL;
}

bool offline_take_over(struct counter *c)
{
    struct pay_model *m = &c->pay;

    if (c->errand != ERRAND_SELL || m->state != PAY_SELLING || !m->here || link_state(c->link) == LINK_ONLINE ||
        !link_can_withdraw(c->link, c->errand_id) || !is_as_offline(c) || !link_withdraw(c->link, c->errand_id))
        return false;
    c->errand = ERRAND_NONE;
    pay_offline(c);
    offline_ring_up(c);
    return true;
}

/* What only the server can book, and has not been asked for, does not leave the shop: it may be refused. */
bool offline_can_put_aside(const struct counter *c)
{
    return !c->training && c->errand == ERRAND_SELL && c->pay.state == PAY_SELLING && c->spool != NULL &&
           (c->pay.slow || !c->stage.status.connected) &&
           (is_paid_by_cash_and_cards(c) || !link_can_withdraw(c->link, c->errand_id));
}

void offline_put_aside(struct counter *c)
{
    const Caroline__V1__SessionOpened *session = link_session(c->link);
    struct put_aside aside = { .shift_id = c->seller_shift_id, .staff_id = c->seller_id };

    if (aside.staff_id == 0) { /* nobody knows who it was: who is here answers for it */
        aside.shift_id = c->shift.id;
        aside.staff_id = session == NULL || session->staff == NULL ? 0 : (int64_t)session->staff->id;
    }
    memcpy(aside.id, c->errand_id, sizeof(aside.id));
    if (!spool_put_aside(c->spool, &aside)) {
        stage_say(&c->stage, MESSAGE_BAD, "it could not be put aside: %s", spool_problem(c->spool));
        return;
    }
    link_let_go(c->link, c->errand_id); /* its answer comes by its id from now on, and no other's */
    given_back_paid(c);
    c->before.change = pay_change(c, &c->before.change_minor);
    pay_open_for_change(c);
    c->pay.tender_count = 0;
    pay_leave(c);
    stage_say(&c->stage, MESSAGE_PLAIN,
              "the next customer; the receipt of the sale before is printed once it is booked");
    sale_next(c);
    counter_show_state(c);
}

/* ---- afterwards ---- */

void offline_answered(struct counter *c, const struct link_answer *answer)
{
    bool done = answer->outcome == LINK_OK || answer->code == CAROLINE__V1__ERROR_CODE__COMMAND_DONE;

    if (done) {
        const Caroline__V1__SaleOfflineBooked *booked =
            answer->outcome == LINK_OK ? (const Caroline__V1__SaleOfflineBooked *)answer->reply : NULL;

        c->not_booked[0] = 0;
        if (booked != NULL && booked->n_exceptions > 0)
            stage_say(&c->stage, MESSAGE_PLAIN, "%.*s is booked; something has changed since: the office has it listed",
                      (int)booked->receipt_number.len, booked->receipt_number.data);
        link_book_again(c->link); /* those that came before their turn */
    } else if (answer->code != CAROLINE__V1__ERROR_CODE__OFFLINE_NUMBER || c->not_booked[0] == 0) {
        snprintf(c->not_booked, sizeof(c->not_booked), "%s", answer->sentence);
        if (answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN)
            c->shift.open = false;
    }
    counter_show_state(c);
}

void offline_try_again(struct counter *c)
{
    if (c->link == NULL || c->spool == NULL)
        return;
    aside_try_again(c);
    if (spool_unbooked(c->spool) == 0)
        return;
    c->not_booked[0] = 0;
    link_book_again(c->link);
    counter_show_state(c);
}

void offline_numbers_behind(struct counter *c, const Caroline__V1__ShiftShown *shown)
{
    if (c->spool != NULL && shown->has_offline_number && shown->offline_number <= INT64_MAX)
        (void)spool_numbers_behind(c->spool, (int64_t)shown->offline_number);
}

static void banner_of_aside(const struct counter *c, char *text, size_t size)
{
    snprintf(text, size, "%s%.480s", link_state(c->link) == LINK_ONLINE ? "" : "OFFLINE, ", c->aside_why);
}

/* Whatever waits to be booked: made by this till alone, or put aside before the server said what became of it. What is not
 * booked and needs somebody goes before it. */
void offline_banner(const struct counter *c, char *text, size_t size)
{
    size_t offline = c->spool == NULL ? 0 : spool_unbooked(c->spool);
    size_t aside = c->spool == NULL ? 0 : spool_aside_count(c->spool), count = offline + aside;
    bool online = link_state(c->link) == LINK_ONLINE;
    const char *sales = count == 1 ? "sale" : "sales";

    text[0] = 0;
    if (c->not_booked[0] != 0 && offline > 0)
        snprintf(text, size, "%s%zu %s made offline not booked: %.150s", online ? "" : "OFFLINE, ", offline,
                 offline == 1 ? "sale" : "sales", c->not_booked);
    else if (c->aside_why[0] != 0)
        banner_of_aside(c, text, size);
    else if (count == 0)
        return;
    else if (online)
        snprintf(text, size, "%zu %s %s: being booked", count, sales,
                 aside == 0     ? "made offline"
                 : offline == 0 ? "put aside"
                                : "made offline or put aside");
    else
        snprintf(text, size, "OFFLINE, %zu %s to be booked: %.150s", count, sales, link_sentence(c->link));
}

const Caroline__V1__SaleRungUp *offline_last(struct counter *c)
{
    const struct sold_offline *last = c->spool == NULL ? NULL : spool_last_sold(c->spool, c->scratch);

    if (last == NULL)
        return NULL;
    return (const Caroline__V1__SaleRungUp *)message_decode(&caroline__v1__sale_rung_up__descriptor, last->paper,
                                                            c->scratch);
}

bool offline_waits(struct counter *c, const char *receipt_number)
{
    struct receipt_number number;
    const struct sold_offline *next = NULL;

    if (c->spool == NULL || !receipt_number_parse(bytes_of_text(receipt_number), &number) || number.series != 'X')
        return false;
    next = spool_next_unbooked(c->spool, number.number - 1, c->scratch);
    bool waits = next != NULL && next->number == number.number;
    arena_reset(c->scratch);
    return waits;
}

/* ---- an X without a connection ---- */

/* Of the shift that is open here: what it has sold and the server has not. Money is in minor units. */
struct sold_since {
    size_t count;
    int64_t total_minor, cash_minor;
};

static void add_sold(struct sold_since *since, const struct sold_offline *sold, int64_t shift_id, struct arena *arena)
{
    const Caroline__V1__SaleOffline *asked =
        (const Caroline__V1__SaleOffline *)message_decode(&caroline__v1__sale_offline__descriptor, sold->body, arena);
    const Caroline__V1__SaleRungUp *paper =
        (const Caroline__V1__SaleRungUp *)message_decode(&caroline__v1__sale_rung_up__descriptor, sold->paper, arena);

    if (asked == NULL || paper == NULL || (int64_t)asked->shift_id != shift_id)
        return;
    since->count++;
    since->total_minor += asked->total_minor;
    since->cash_minor += paper->cash_minor - paper->change_minor;
}

void offline_say_x(struct counter *c, int64_t shift_id)
{
    struct arena *arena = arena_create(0);
    struct sold_since since = { 0 };
    const struct sold_offline *sold;
    char total[NUMBER_TEXT], cash[NUMBER_TEXT];
    int64_t after = 0;

    while (c->spool != NULL && (sold = spool_next_unbooked(c->spool, after, arena)) != NULL) {
        after = sold->number;
        add_sold(&since, sold, shift_id == 0 ? c->shift.id : shift_id, arena);
        arena_reset(arena);
    }
    arena_destroy(arena);
    if (since.count == 0)
        stage_say_offline(&c->stage, MESSAGE_PLAIN,
                          "no connection: the X is the server's; nothing waits that it does not have");
    else
        stage_say_offline(
            &c->stage, MESSAGE_PLAIN,
            "no connection: the X is the server's. Sold here without it, in this shift: %zu sale%s, %s, of it %s "
            "in cash",
            since.count, since.count == 1 ? "" : "s", counter_money(c, total, since.total_minor),
            counter_money(c, cash, since.cash_minor));
}
