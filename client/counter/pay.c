/* What happens while a sale is paid: the server is asked what is to pay, money is counted, the sale is rung up. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/wire/walker.h"

/* Who waits with money in their hand does not wait for a server that may never answer. */
#define QUOTE_WAIT_MS 4000u

static int64_t paid(const struct counter *c, bool in_cash)
{
    int64_t sum = 0;

    for (size_t i = 0; i < c->pay.tender_count; i++)
        if ((c->pay.tenders[i].kind == TENDER_CASH) == in_cash)
            sum += c->pay.tenders[i].amount_minor - c->pay.tenders[i].tip_minor;
    return sum;
}

bool pay_is_out(const struct counter *c)
{
    return c->pay.total_minor < 0;
}

/* A free cookie alone, or what a coupon or empties make even: no tender brings it, and none is taken. */
bool pay_is_even(const struct counter *c)
{
    return c->pay.total_minor >= 0 && c->pay.tender_count == 0 && c->pay.tip_minor == 0 && pay_due_in_cash(c) == 0 &&
           (c->pay.total_minor == 0 || c->pay.takes_cash);
}

/* A voucher may be of more. */
int64_t pay_rest_minor(const struct counter *c)
{
    int64_t rest = c->pay.total_minor - paid(c, false);

    return rest > 0 || pay_is_out(c) ? rest : 0;
}

/* Cards and vouchers pay to the last unit; what they leave is paid in cash as the shop rounds it. */
int64_t pay_due_in_cash(const struct counter *c)
{
    const struct shop *shop = counter_shop(c);
    int64_t rest = pay_rest_minor(c);

    return (shop == NULL ? rest : cash_due(shop, rest)) - paid(c, true);
}

int64_t pay_due_minor(const struct counter *c)
{
    return paid(c, true) > 0 ? pay_due_in_cash(c) : pay_rest_minor(c);
}

void pay_leave(struct counter *c)
{
    if (stage_has(&c->stage, &sale_screen) && stage_has(&c->stage, &pay_screen))
        stage_pop_under(&c->stage, &sale_screen, &lock_screen);
}

/* ---- the quote ---- */

static void take_totals(struct counter *c, const Caroline__V1__SaleQuoted *quoted)
{
    struct pay_model *m = &c->pay;

    m->total_minor = quoted->total_minor;
    m->tax_minor = quoted->tax_minor;
    m->points_earned = quoted->points_earned;
    m->points_spent = quoted->points_spent;
    m->points_gifted = quoted->points_gifted;
    m->points_after = quoted->points_after;
    m->catalogue_version = quoted->catalogue_version;
}

static void say_what_is_short(struct counter *c, const Caroline__V1__SaleQuoted *quoted)
{
    for (size_t i = 0; i < quoted->n_lines; i++) {
        if (!quoted->lines[i]->stock_low || i >= c->basket.line_count)
            continue;
        const struct product *product =
            catalogue_product(counter_catalogue(c), c->basket.catalogue_version, c->basket.lines[i].product_id);
        stage_say(&c->stage, MESSAGE_PLAIN, "line %zu, %s: the shelf should hold no more of it", i + 1,
                  product == NULL ? "?" : product->name);
        return;
    }
}

/* What is taken when paying begins; without the server cash and cards alone. */
static bool is_taken(const struct counter *c, const struct tender_type *type)
{
    bool alone = type->id == TENDER_TYPE_CASH || type->id == TENDER_TYPE_CARD;

    return type->active && (alone || !c->pay.offline) &&
           (type->permission[0] == '\0' || counter_may(c, type->permission));
}

static void find_means(struct counter *c)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    uint64_t version = c->basket.catalogue_version;
    struct pay_model *m = &c->pay;
    const struct tender_type *type;

    m->takes_cash = is_taken(c, tender_type_of(catalogue, version, TENDER_TYPE_CASH));
    m->takes_card = is_taken(c, tender_type_of(catalogue, version, TENDER_TYPE_CARD));
    m->other_count = 0;
    for (int64_t id = 0;
         m->other_count < PAY_OTHERS_MAX && (type = catalogue_next_tender_type_of(catalogue, version, id, 0)) != NULL;
         id = type->id)
        if (type->id != TENDER_TYPE_CASH && type->id != TENDER_TYPE_CARD && is_taken(c, type))
            m->other_ids[m->other_count++] = type->id;
}

/* It has run out, or the role has changed: it is asked for again when Pay is pressed. */
static bool is_about_approval(uint32_t code)
{
    return code == CAROLINE__V1__ERROR_CODE__APPROVAL_NEEDED || code == CAROLINE__V1__ERROR_CODE__APPROVAL_UNKNOWN;
}

/* It is what this till says. */
void pay_offline(struct counter *c)
{
    c->pay.state = PAY_OPEN;
    c->pay.offline = true;
    find_means(c);
    c->basket.quoted = true;
    c->stage.dirty = true;
}

/* It was waited for: an Enter that was typed meanwhile is impatience, and would pay what nobody has seen. */
static void without_server(struct counter *c)
{
    stage_drop_kept(&c->stage);
    if (!offline_can_sell(c)) {
        pay_leave(c);
        return;
    }
    stage_quiet(&c->stage); /* nobody need try again */
    pay_offline(c);
}

static void on_quoted(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (c->pay.state != PAY_QUOTING || !stage_has(&c->stage, &pay_screen))
        return;
    if (answer->outcome == LINK_FAILED) {
        without_server(c);
        return;
    }
    if (answer->code == CAROLINE__V1__ERROR_CODE__TRY_AGAIN) { /* the link says when that has gone on for long enough */
        stage_say(&c->stage, MESSAGE_PLAIN, "%s", answer->sentence);
        c->pay.again = true;
        return;
    }
    if (answer->outcome != LINK_OK) {
        stage_drop_kept(&c->stage); /* what was typed ahead was money */
        pay_leave(c);
        counter_refused(c, answer);
        sale_select_field(c, answer->error);
        if (is_about_approval(answer->code))
            c->basket.approved = false;
        if (answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN)
            shift_ask_to_pay(c);
        if (answer->code == CAROLINE__V1__ERROR_CODE__ALLERGEN_AVOIDED)
            avoids_learn(c, answer->error);
        return;
    }
    const Caroline__V1__SaleQuoted *quoted = (const Caroline__V1__SaleQuoted *)answer->reply;
    int64_t shown = c->basket.rows.total_minor;
    take_totals(c, quoted);
    c->pay.state = PAY_OPEN;
    c->basket.quoted = true;
    sale_changed(c); /* onto the disk: a line is taken back with a reason from now on, whatever happens to this till */
    say_what_is_short(c, quoted);
    if (c->pay.total_minor != shown) {
        stage_drop_kept(&c->stage);
        stage_say(&c->stage, MESSAGE_PLAIN, "the server's total differs from the one shown before: this one holds");
    }
    c->stage.dirty = true;
}

static void start(struct counter *c, enum pay_state state)
{
    struct pay_model *m = &c->pay;

    memset(m, 0, sizeof(*m));
    field_init(&m->amount, FIELD_NUMBER, 14);
    field_init(&m->reference, FIELD_TEXT, 40);
    sale_clear_entry(c); /* from here on it is the next customer's */
    if (state != PAY_SELLING)
        c->drawer_opened = c->before.meanwhile = false;
    m->total_minor = c->basket.rows.total_minor;
    m->state = state;
    if (counter_catalogue(c) != NULL)
        find_means(c);
}

static ProtobufCBinaryData approval_of(struct counter *c)
{
    return (ProtobufCBinaryData){ .len = c->basket.approved ? sizeof(c->basket.approval) : 0,
                                  .data = c->basket.approval };
}

static void ask_quote(struct counter *c)
{
    Caroline__V1__SaleQuote message;

    c->pay.again = false;
    caroline__v1__sale_quote__init(&message);
    message.has_approval = c->basket.approved;
    message.approval = approval_of(c);
    message.basket = open_basket_message(&c->basket, c->scratch);
    open_basket_tell(&c->basket, message.basket, c->scratch);
    link_call(c->link, CAROLINE__V1__OP__OP_SALE_QUOTE, &message.base, QUOTE_WAIT_MS, on_quoted, c);
    arena_reset(c->scratch);
}

/* Longer than a shop's server ever takes, and short enough for a queue. */
#define SLOW_US (2 * SECOND_US)

void pay_tick(struct counter *c, int64_t now_us)
{
    struct pay_model *m = &c->pay;

    if (m->state == PAY_QUOTING && m->again && stage_has(&c->stage, &pay_screen))
        ask_quote(c);
    if (m->state != PAY_SELLING || c->errand != ERRAND_SELL || m->slow)
        return;
    if (m->selling_us == 0)
        m->selling_us = now_us;
    m->slow = now_us - m->selling_us >= SLOW_US;
    if (m->slow)
        pay_open_for_change(c);
    c->stage.dirty = c->stage.dirty || m->slow;
}

void pay_line_changed(struct counter *c)
{
    if (offline_take_over(c))
        return;
    c->pay.back = c->pay.offline && link_state(c->link) == LINK_ONLINE;
    if (c->pay.state != PAY_QUOTING || !c->pay.again || link_state(c->link) != LINK_OFFLINE)
        return;
    c->pay.again = false;
    if (stage_has(&c->stage, &pay_screen))
        without_server(c);
}

void pay_begin(struct counter *c)
{
    if (c->errand == ERRAND_SELL) {
        pay_resume(c);
        return;
    }
    if (sale_is_away(c))
        return;
    if (!pay_is_under_way(c))
        sale_changed(c); /* it may stand here for an hour: what it costs is what it costs now */
    if (c->basket.verdict != SALE_OK && choice_begin_wanted(c))
        return;
    if (c->basket.verdict != SALE_OK) {
        stage_say(&c->stage, MESSAGE_BAD, "%s",
                  c->basket.verdict == SALE_BASKET_EMPTY ? "there is nothing to pay" : c->basket.rows.sentence);
        return;
    }
    if (avoids_asks(c))
        return;
    if (c->shift.known && !c->shift.open) {
        shift_ask_to_pay(c);
        return;
    }
    if (!c->stage.status.connected) {
        link_retry(c->link);
        if (!offline_can_sell(c))
            return;
        start(c, PAY_OPEN);
        pay_offline(c);
        stage_push(&c->stage, &pay_screen);
        return;
    }
    if (c->basket.member_card[0] != 0) { /* it can be asked now */
        char card[MEMBER_CARD_SIZE];

        snprintf(card, sizeof(card), "%s", c->basket.member_card);
        open_basket_set_member(&c->basket, 0, "", 0, false);
        member_find_card(c, card);
        explicit_bzero(card, sizeof(card));
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked whose card it is: pay once more");
        return;
    }
    if (open_basket_asks(&c->basket)) {
        approval_begin(c);
        return;
    }
    start(c, PAY_QUOTING);
    stage_push(&c->stage, &pay_screen);
    ask_quote(c);
}

bool pay_is_under_way(const struct counter *c)
{
    return c->errand == ERRAND_SELL || (c->pay.state == PAY_OPEN && c->pay.tender_count > 0);
}

bool pay_holds_price(const struct counter *c)
{
    return stage_has(&c->stage, &pay_screen) || pay_is_under_way(c);
}

/* The catalogue that the total was of is gone: another came in its place. */
void pay_total_changed(struct counter *c)
{
    struct pay_model *m = &c->pay;

    if (m->state != PAY_OPEN || !stage_has(&c->stage, &pay_screen) || m->total_minor == c->basket.rows.total_minor)
        return;
    if (m->tender_count == 0)
        pay_leave(c); /* and is told the total anew */
    m->total_minor = c->basket.rows.total_minor;
    m->tip_minor = 0;
}

void pay_resume(struct counter *c)
{
    if (c->errand == ERRAND_SELL)
        start(c, PAY_SELLING);
    if (!stage_has(&c->stage, &pay_screen))
        stage_push(&c->stage, &pay_screen);
}

/* ---- ringing up ---- */

static void take_other_total(struct counter *c, const Caroline__V1__Error *error)
{
    struct arena *arena = arena_create(0);
    struct bytes detail = bytes_of(error->detail.data, error->detail.len);
    const Caroline__V1__SaleQuoted *quoted =
        (const Caroline__V1__SaleQuoted *)message_decode(&caroline__v1__sale_quoted__descriptor, detail, arena);

    if (quoted != NULL) {
        char total[NUMBER_TEXT];
        take_totals(c, quoted);
        stage_say(&c->stage, MESSAGE_BAD, "the total is %s now, and nothing was sold: take the payment again",
                  counter_money(c, total, c->pay.total_minor));
    }
    arena_destroy(arena);
}

static bool is_about_means(uint32_t code)
{
    return (code >= CAROLINE__V1__ERROR_CODE__UNKNOWN_TENDER_TYPE &&
            code <= CAROLINE__V1__ERROR_CODE__TENDER_NOT_MEMBER) ||
           (code >= CAROLINE__V1__ERROR_CODE__UNKNOWN_ACCOUNT && code <= CAROLINE__V1__ERROR_CODE__ACCOUNT_OFFLINE) ||
           (code >= CAROLINE__V1__ERROR_CODE__UNKNOWN_GIFT_CARD && code <= CAROLINE__V1__ERROR_CODE__GIFT_CARD_OFFLINE);
}

static void refused(struct counter *c, const struct link_answer *answer)
{
    bool paying = stage_has(&c->stage, &pay_screen);

    c->errand = ERRAND_NONE;
    c->pay.state = PAY_OPEN;
    pay_note_sale_drawer(c, answer->sentence);
    counter_refused(c, answer);
    if (is_about_approval(answer->code) || answer->code == CAROLINE__V1__ERROR_CODE__CARD_CHARGED)
        c->basket.approved = false;
    if (answer->code == CAROLINE__V1__ERROR_CODE__CARD_CHARGED) {
        c->pay.tender_count = 0;
        pay_leave(c);
    } else if (answer->code == CAROLINE__V1__ERROR_CODE__TOTAL_DIFFERS && paying) {
        c->pay.tender_count = 0;
        take_other_total(c, answer->error);
    } else if (answer->code != CAROLINE__V1__ERROR_CODE__UNDERPAID &&
               answer->code != CAROLINE__V1__ERROR_CODE__OVERPAID &&
               answer->code != CAROLINE__V1__ERROR_CODE__BAD_TENDER && !is_about_means(answer->code)) {
        pay_leave(c);
        sale_select_field(c, answer->error);
        if (answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN && stage_top(&c->stage) == &sale_screen)
            shift_ask(c);
    } else {
        c->pay.tender_count = 0;
    }
    sale_changed(c);
    member_refresh(c);
    sale_drop_queued(c, answer->sentence);
}

/* By another machine, out of this till's spool: what is in the basket is sold, and is not sold again. */
static void booked_elsewhere(struct counter *c, const char *sentence)
{
    c->pay.tender_count = 0;
    pay_leave(c);
    given_back_paid(c);
    if (sale_next(c))
        stage_say(&c->stage, MESSAGE_GOOD, "%s; it can be printed from there (F12)", sentence);
}

void pay_answered(struct counter *c, const struct link_answer *answer)
{
    if (answer->outcome == LINK_FAILED) { /* not known yet: it is sent again by itself */
        counter_refused(c, answer);
        return;
    }
    if (answer->outcome == LINK_REFUSED && answer->code == CAROLINE__V1__ERROR_CODE__COMMAND_DONE) {
        booked_elsewhere(c, answer->sentence);
        return;
    }
    if (answer->outcome == LINK_REFUSED) {
        refused(c, answer);
        return;
    }
    const Caroline__V1__SaleRungUp *sale = (const Caroline__V1__SaleRungUp *)answer->reply;
    printing_sold(c, sale);
    c->pay.tender_count = 0;
    pay_leave(c);
    given_back_paid(c);
    sale_next(c);
    if (stage_has(&c->stage, &sale_screen) && !stage_has(&c->stage, &lock_screen))
        receipt_show(c, RECEIPT_SOLD, sale);
}

/* The drawer opens for who has just taken the money. An answer that is fetched after a restart opens nothing: nobody may
 * be standing there. */
static void on_rung_up(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (answer->outcome == LINK_OK && ((const Caroline__V1__SaleRungUp *)answer->reply)->cash_minor != 0)
        pay_open_drawer(c);
    char earning[28] = "";
    if (answer->outcome == LINK_OK && ((const Caroline__V1__SaleRungUp *)answer->reply)->coupon_due)
        counter_copy(earning, sizeof(earning), ((const Caroline__V1__SaleRungUp *)answer->reply)->receipt_number);
    pay_answered(c, answer);
    if (earning[0] != 0)
        coupon_earn(c, earning);
}

static int64_t staff_here(const struct counter *c)
{
    const Caroline__V1__SessionOpened *session = link_session(c->link);

    return session == NULL || session->staff == NULL ? 0 : (int64_t)session->staff->id;
}

static void ring_up(struct counter *c)
{
    struct pay_model *m = &c->pay;
    Caroline__V1__SaleRingUp message;
    Caroline__V1__Tender tenders[TENDERS_MAX], *pointers[TENDERS_MAX];

    caroline__v1__sale_ring_up__init(&message);
    message.basket = open_basket_message(&c->basket, c->scratch);
    open_basket_tell(&c->basket, message.basket, c->scratch);
    message.n_tenders = m->tender_count;
    message.tenders = pointers;
    for (size_t i = 0; i < m->tender_count; i++) {
        Caroline__V1__Tender *tender = pointers[i] = &tenders[i];
        caroline__v1__tender__init(tender);
        tender->has_kind = tender->has_amount_minor = true;
        tender->kind = (Caroline__V1__TenderKind)m->tenders[i].kind;
        tender->amount_minor = m->tenders[i].amount_minor;
        tender->has_tender_type_id = tender->kind != CAROLINE__V1__TENDER_KIND__TENDER_CASH &&
                                     tender->kind != CAROLINE__V1__TENDER_KIND__TENDER_CARD;
        tender->tender_type_id = (uint64_t)m->tenders[i].type_id;
        tender->has_reference = m->tenders[i].reference[0] != '\0';
        tender->has_account_id = m->tenders[i].account_id != 0;
        tender->account_id = (uint64_t)m->tenders[i].account_id;
        tender->has_gift_card = m->tenders[i].gift_card != 0;
        tender->gift_card = (ProtobufCBinaryData){ .len = sizeof(m->tenders[i].pays), .data = m->tenders[i].pays };
        tender->has_tip_minor = m->tenders[i].tip_minor != 0;
        tender->tip_minor = m->tenders[i].tip_minor;
        tender->reference = counter_text(m->tenders[i].reference);
    }
    message.has_total_minor = message.has_made_us = true;
    message.total_minor = m->total_minor;
    message.made_us = (uint64_t)link_now(c->link).us;
    message.has_approval = c->basket.approved;
    message.approval = approval_of(c);
    message.has_shift_id = c->shift.known && c->shift.open;
    message.shift_id = (uint64_t)c->shift.id;

    struct link_command command = { .op = CAROLINE__V1__OP__OP_SALE_RING_UP,
                                    .message = &message.base,
                                    .takes_basket = true,
                                    .answered = on_rung_up,
                                    .owner = c };
    if (counter_command(c, &command, c->errand_id)) {
        m->state = PAY_SELLING;
        m->slow = false;
        m->here = true;
        m->selling_us = 0;
        c->errand = ERRAND_SELL;
        c->seller_id = staff_here(c);
        c->seller_shift_id = c->shift.id;
        c->drawer_opened = false;
        offline_take_over(c);
    } else {
        m->tender_count = 0;
    }
}

/* ---- money ---- */

static const struct tender_type *type_of(const struct counter *c, int64_t id)
{
    return tender_type_of(counter_catalogue(c), c->basket.catalogue_version, id);
}

void pay_add_tender(struct counter *c, int64_t type_id, int64_t amount_minor, const char *reference)
{
    struct pay_model *m = &c->pay;
    const struct tender_type *type = type_of(c, type_id);

    m->ask = PAY_ASKS_NOTHING;
    if (m->tender_count == TENDERS_MAX || type == NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "a sale is paid in at most %d parts", TENDERS_MAX);
        return;
    }
    bool brings_tip = type->kind == TENDER_CASH || type->kind == TENDER_CARD;
    if (brings_tip && m->tip_minor > amount_minor) {
        stage_say(&c->stage, MESSAGE_BAD, "the tip alone is more than that");
        return;
    }
    struct pay_tender *tender = &m->tenders[m->tender_count++];
    tender->tip_minor = brings_tip ? m->tip_minor : 0;
    m->tip_minor -= tender->tip_minor;
    tender->kind = (enum tender_kind)type->kind;
    tender->type_id = type_id;
    if (type->kind != TENDER_ACCOUNT)
        tender->account_id = 0; /* of one that was taken back */
    if (type->kind != TENDER_GIFT_CARD)
        tender->gift_card = 0;
    tender->amount_minor = amount_minor;
    snprintf(tender->name, sizeof(tender->name), "%s", type->name);
    snprintf(tender->reference, sizeof(tender->reference), "%s", reference);
    field_wipe(&m->amount);
    field_wipe(&m->reference);
    if (pay_due_minor(c) + m->tip_minor > 0)
        return;
    if (m->offline)
        offline_ring_up(c);
    else
        ring_up(c);
}

void pay_nothing(struct counter *c)
{
    if (c->pay.offline)
        offline_ring_up(c);
    else
        ring_up(c);
}

/* The amount may ring the sale up: whose account it is stands there before. */
void pay_add_account(struct counter *c, int64_t account_id, const char *account)
{
    struct pay_model *m = &c->pay;
    struct pay_tender *tender = &m->tenders[m->tender_count];

    for (size_t i = 0; i < m->tender_count; i++)
        if (m->tenders[i].account_id == account_id) {
            stage_say(&c->stage, MESSAGE_BAD, "this account stands on the receipt already: take that back first (F4)");
            return;
        }
    if (m->tender_count < TENDERS_MAX) {
        tender->account_id = account_id;
        snprintf(tender->account, sizeof(tender->account), "%s", account);
    }
    pay_add_tender(c, m->ask_type_id, m->ask_minor, "");
}

/* ---- what else the shop takes ---- */

size_t pay_others(const struct counter *c, const struct tender_type *others[PAY_OTHERS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < c->pay.other_count; i++) {
        const struct tender_type *type = type_of(c, c->pay.other_ids[i]);
        if (type != NULL)
            others[count++] = type;
    }
    return count;
}

bool pay_still_takes(struct counter *c, int64_t type_id)
{
    const struct tender_type *type = type_of(c, type_id);

    if (type != NULL && type->active)
        return true;
    stage_say(&c->stage, MESSAGE_BAD, "%s is not taken any more", type == NULL ? "this" : type->name);
    return false;
}

/* What may still be paid with it: the limit is of all of one receipt. */
static int64_t left_of_limit(const struct counter *c, const struct tender_type *type)
{
    int64_t left = type->limit_minor;

    for (size_t i = 0; i < c->pay.tender_count; i++)
        if (c->pay.tenders[i].type_id == type->id)
            left -= c->pay.tenders[i].amount_minor;
    return type->limit_minor == 0 ? MINOR_MAX : left;
}

/* false: said why not. */
static bool other_fits(struct counter *c, const struct tender_type *type, int64_t amount_minor)
{
    char text[NUMBER_TEXT];

    if (!pay_still_takes(c, type->id))
        return false;
    if (type->kind == TENDER_HOUSE && c->basket.member_id != 0)
        stage_say(&c->stage, MESSAGE_BAD, "%s earns no points: go back (Esc) and take the member off (F4)", type->name);
    else if (amount_minor > left_of_limit(c, type))
        stage_say(&c->stage, MESSAGE_BAD, "%s: at most %s a receipt", type->name,
                  counter_money(c, text, type->limit_minor));
    else if (amount_minor > pay_rest_minor(c) && type->change != CHANGE_FORFEITED)
        stage_say(&c->stage, MESSAGE_BAD, "%s gives no change: at most %s", type->name,
                  counter_money(c, text, pay_rest_minor(c)));
    else
        return true;
    return false;
}

void pay_begin_other(struct counter *c, const struct tender_type *type)
{
    struct pay_model *m = &c->pay;
    int64_t due = pay_due_minor(c), most = left_of_limit(c, type), amount_minor = due > most && most > 0 ? most : due;

    if (!field_is_empty(&m->amount) && (!counter_money_parse(c, m->amount.text, &amount_minor) || amount_minor <= 0)) {
        stage_say(&c->stage, MESSAGE_BAD, "that is no amount of money");
        return;
    }
    if (!other_fits(c, type, amount_minor)) {
        field_replaceable(&m->amount); /* it stays in sight: were it gone, Enter would take all that is due */
        return;
    }
    m->ask_type_id = type->id;
    m->ask_minor = amount_minor;
    m->ask = PAY_ASKS_NUMBER;
    field_wipe(&m->amount);
    if (type->kind == TENDER_ACCOUNT) {
        m->ask = PAY_ASKS_NOTHING;
        account_begin_paying(c);
        return;
    }
    if (type->kind == TENDER_GIFT_CARD) {
        m->ask = PAY_ASKS_NOTHING;
        gift_card_begin_paying(c);
        return;
    }
    if (!type->reference_wanted)
        pay_go_on(c);
}

void pay_go_on(struct counter *c)
{
    struct pay_model *m = &c->pay;
    const struct tender_type *type = type_of(c, m->ask_type_id);

    if (type != NULL && m->ask == PAY_ASKS_NUMBER && type->reference_wanted && field_is_empty(&m->reference)) {
        stage_say(&c->stage, MESSAGE_BAD, "%s: type its number", type->name);
    } else if (m->ask == PAY_ASKS_NUMBER && m->ask_minor > pay_rest_minor(c)) {
        m->ask = PAY_ASKS_FORFEIT;
    } else if (type != NULL && type->kind == TENDER_HOUSE && m->ask != PAY_ASKS_HOUSE) {
        m->ask = PAY_ASKS_HOUSE;
    } else {
        char reference[256];

        snprintf(reference, sizeof(reference), "%s", m->reference.text);
        pay_add_tender(c, m->ask_type_id, m->ask_minor, reference);
    }
}
