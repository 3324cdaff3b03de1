/* What becomes of a sale that was put aside and is refused: this till's own, at what the customer was told; or, where only
 * the server could book what paid it, a basket among the parked ones, with the reason until somebody has seen it. */
#include "client/counter/offline_sale.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/digest.h"
#include "common/wire/walker.h"

#define PARKS_BY "its basket is parked as soon as it can be"

/* ---- what it was, and why it is none ---- */

struct refused {
    const Caroline__V1__SaleRingUp *asked;
    bool unread; /* the kept answer says neither that it was refused nor that it was booked */
    char why[ASIDE_TEXT], paid[ASIDE_TEXT], total[NUMBER_TEXT];
};

static void name_tender(const struct counter *c, const Caroline__V1__Tender *tender, char *text, size_t size)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct tender_type *type =
        catalogue == NULL || tender->tender_type_id == 0
            ? NULL
            : tender_type_of(catalogue, catalogue_newest(catalogue), (int64_t)tender->tender_type_id);
    char amount[NUMBER_TEXT], reference[64], name[64] = "";

    if (type != NULL)
        counter_copy(name, sizeof(name), counter_text(type->name));
    counter_copy(reference, sizeof(reference), tender->reference);
    counter_money(c, amount, tender->amount_minor);
    if (type != NULL)
        snprintf(text, size, "%s %s", name, amount);
    else if (tender->kind == CAROLINE__V1__TENDER_KIND__TENDER_CARD)
        snprintf(text, size, "card %s (approval %s)", amount, reference);
    else
        snprintf(text, size, "%s %s", tender->kind == CAROLINE__V1__TENDER_KIND__TENDER_CASH ? "cash" : "other",
                 amount);
}

static void name_tenders(const struct counter *c, struct refused *refused)
{
    for (size_t i = 0; i < refused->asked->n_tenders; i++) {
        size_t used = strlen(refused->paid);
        char one[ASIDE_TEXT];

        name_tender(c, refused->asked->tenders[i], one, sizeof(one));
        snprintf(refused->paid + used, sizeof(refused->paid) - used, "%s%s", i == 0 ? "" : ", ", one);
    }
}

/* false: the spool has something that is none. */
static bool read_refused(const struct counter *c, struct bytes body, struct bytes reply, struct arena *arena,
                         struct refused *refused)
{
    const Caroline__V1__Reply *said =
        reply.data == NULL
            ? NULL
            : (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, reply, arena);

    *refused = (struct refused){ .why = "it was refused", .unread = said == NULL || said->error == NULL };
    if (refused->unread)
        snprintf(refused->why, sizeof(refused->why), "its answer could not be read; look for it among the receipts");
    if (body.data != NULL)
        refused->asked =
            (const Caroline__V1__SaleRingUp *)message_decode(&caroline__v1__sale_ring_up__descriptor, body, arena);
    if (refused->asked == NULL || refused->asked->basket == NULL)
        return false;
    if (said != NULL && said->error != NULL && said->error->sentence.len > 0)
        counter_copy(refused->why, sizeof(refused->why), said->error->sentence);
    counter_money(c, refused->total, refused->asked->total_minor);
    name_tenders(c, refused);
    return true;
}

/* ---- what is said of it ---- */

static bool say_pending(struct counter *c, struct arena *arena)
{
    const struct put_aside *aside = spool_aside_refused(c->spool, 0, arena);
    struct refused refused;

    if (aside == NULL || !read_refused(c, aside->body, aside->reply, arena, &refused))
        return false;
    if (refused.unread)
        snprintf(c->aside_why, sizeof(c->aside_why), "NOT KNOWN IF BOOKED: %s, paid by %s: %s", refused.total,
                 refused.paid, refused.why);
    else
        snprintf(c->aside_why, sizeof(c->aside_why), "NOT BOOKED: %s, paid by %s: %s; " PARKS_BY, refused.total,
                 refused.paid, refused.why);
    return true;
}

static void say_parked(struct counter *c, struct arena *arena)
{
    struct refused refused;
    char person[48];
    size_t count;
    const struct not_booked *rows = spool_not_booked(c->spool, arena, &count);

    for (size_t i = 0; i < count; i++)
        if (!rows[i].seen && read_refused(c, rows[i].body, rows[i].reply, arena, &refused)) {
            counter_copy(person, sizeof(person), counter_text(rows[i].person[0] == 0 ? "somebody" : rows[i].person));
            snprintf(c->aside_why, sizeof(c->aside_why), "NOT BOOKED, parked for %s (F12, F3): %s, paid by %s: %s",
                     person, refused.total, refused.paid, refused.why);
            return;
        }
}

void aside_look(struct counter *c)
{
    struct arena *arena;

    c->aside_why[0] = 0;
    if (c->spool == NULL)
        return;
    arena = arena_create(0);
    if (!say_pending(c, arena))
        say_parked(c, arena);
    arena_destroy(arena);
}

/* The program ended between the answer and the note of which basket it is: the answer is in the spool. */
static void note_parked(struct counter *c, const struct not_booked *row, struct arena *arena)
{
    const struct spooled *command = spool_find(c->spool, row->park_id, arena);
    const Caroline__V1__Reply *reply = NULL;
    const Caroline__V1__BasketParkDone *done = NULL;

    if (command != NULL && command->reply.data != NULL)
        reply = (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, command->reply, arena);
    if (reply != NULL && reply->has_body)
        done = (const Caroline__V1__BasketParkDone *)message_decode(&caroline__v1__basket_park_done__descriptor,
                                                                    bytes_of(reply->body.data, reply->body.len), arena);
    if (done != NULL)
        (void)spool_parked(c->spool, row->park_id, (int64_t)done->parked_id, bytes_of_text(""));
}

void aside_take_up(struct counter *c)
{
    struct arena *arena = arena_create(0);
    size_t count = 0;
    const struct not_booked *rows = c->spool == NULL ? NULL : spool_not_booked(c->spool, arena, &count);

    for (size_t i = 0; i < count; i++)
        if (rows[i].parked_id == 0)
            note_parked(c, &rows[i], arena);
    arena_destroy(arena);
    aside_look(c);
}

static const struct not_booked *find_parked(struct counter *c, int64_t parked_id, struct arena *arena)
{
    size_t count = 0;
    const struct not_booked *rows = c->spool == NULL ? NULL : spool_not_booked(c->spool, arena, &count);

    for (size_t i = 0; i < count; i++)
        if (rows[i].parked_id == parked_id)
            return &rows[i];
    return NULL;
}

void aside_mark(struct counter *c, struct parked_row *row)
{
    struct arena *arena = arena_create(0);
    const struct not_booked *found = find_parked(c, row->id, arena);
    struct refused refused;

    row->not_booked = found != NULL && read_refused(c, found->body, found->reply, arena, &refused);
    if (row->not_booked) {
        row->total_minor = refused.asked->total_minor;
        snprintf(row->why, sizeof(row->why), "%s", refused.why);
        snprintf(row->paid, sizeof(row->paid), "%s", refused.paid);
        (void)spool_not_booked_seen(c->spool, row->id);
    }
    arena_destroy(arena);
}

void aside_ends(struct counter *c, int64_t parked_id, char *text, size_t size)
{
    struct arena *arena = arena_create(0);
    const struct not_booked *found = find_parked(c, parked_id, arena);
    struct refused refused;

    text[0] = 0;
    if (found != NULL) {
        if (read_refused(c, found->body, found->reply, arena, &refused))
            snprintf(text, size, "it was paid by %s, and is not booked", refused.paid);
        (void)spool_not_booked_ends(c->spool, parked_id);
        aside_look(c);
        counter_show_state(c);
    }
    arena_destroy(arena);
}

/* ---- as this till's own ---- */

enum outcome { SOLD, NOT_NOW, CANNOT };

static bool total_of(struct counter *c, const struct offline_sale *sale, int64_t *total_minor)
{
    struct sale_rows rows;

    (void)offline_decide(c, sale, 1, &rows);
    *total_minor = rows.total_minor;
    return rows.priced;
}

/* What it would be today is more than the customer was told: that is taken off. Where tax comes on top it is looked for, for
 * the tax goes with it. */
static bool take_off(struct counter *c, const struct offline_sale *sale, struct open_basket *basket, int64_t told_minor)
{
    const struct open_discount before = basket->discount;
    int64_t low = 1, high, total;

    basket->discount.given = false;
    bool found = total_of(c, sale, &high) && high > told_minor;
    basket->discount =
        (struct open_discount){ .given = true, .fixed = true, .reason = "the total that the customer was told" };
    for (int64_t off = high - told_minor; found; off = low + (high - low) / 2) {
        basket->discount.value = off;
        if (total_of(c, sale, &total) && total == told_minor)
            return true;
        if (total > told_minor)
            low = off + 1;
        else
            high = off - 1;
        found = low <= high;
    }
    basket->discount = before;
    return false;
}

/* With what was printed of it it is more than this till's own record may be: it does not come to fit by waiting. */
static bool is_too_large(struct counter *c, const struct offline_sale *sale)
{
    struct sale_rows rows;

    return offline_decide(c, sale, 1, &rows) == SALE_OK && !offline_fits(sale, &rows, c->scratch);
}

static bool sell(struct counter *c, const struct offline_sale *sale, struct arena *arena, int64_t told_minor,
                 int64_t today_minor)
{
    const Caroline__V1__SaleRungUp *sold = offline_sell(c, sale, arena);
    char told[NUMBER_TEXT], today[NUMBER_TEXT], differs[NUMBER_TEXT], number[32];
    int64_t less_minor = told_minor - today_minor;

    if (sold == NULL)
        return false;
    counter_copy(number, sizeof(number), sold->receipt_number);
    counter_money(c, told, told_minor);
    counter_money(c, today, today_minor);
    counter_money(c, differs, less_minor < 0 ? -less_minor : less_minor);
    if (less_minor != 0 && sale->total_minor == told_minor)
        stage_say(&c->stage, MESSAGE_PLAIN,
                  "the sale that was put aside is %s, for the %s that were told: now it is %s", number, told, today);
    else if (less_minor != 0)
        stage_say(&c->stage, MESSAGE_BAD,
                  "the sale that was put aside is %s, for %s: %s %s than was told; the office has it listed", number,
                  today, differs, less_minor > 0 ? "less" : "more");
    return true;
}

/* Prices may have changed, and points that the server would have taken stay with the member: the money is in the drawer, and
 * the goods are gone. */
static enum outcome sell_as_told(struct counter *c, struct offline_sale *sale, struct open_basket *basket,
                                 struct arena *arena)
{
    int64_t told_minor = sale->total_minor, today_minor;
    uint64_t told_version = basket->catalogue_version;
    struct sale_rows rows;
    enum sale_verdict verdict = offline_decide(c, sale, 1, &rows);

    if (verdict == SALE_CATALOGUE_OLD || verdict == SALE_CATALOGUE_UNKNOWN) {
        basket->catalogue_version = catalogue_newest(counter_catalogue(c));
        verdict = offline_decide(c, sale, 1, &rows);
    }
    if (verdict == SALE_OK && is_too_large(c, sale))
        return CANNOT;
    if (verdict == SALE_OK)
        return sell(c, sale, arena, told_minor, told_minor) ? SOLD : NOT_NOW;
    if (!rows.priced || rows.total_minor == told_minor)
        return CANNOT;
    today_minor = rows.total_minor;
    if (today_minor > told_minor && take_off(c, sale, basket, told_minor)) {
        if (sell(c, sale, arena, told_minor, today_minor))
            return SOLD;
        basket->discount = (struct open_discount){ 0 };
    }
    sale->total_minor = today_minor;
    sale->told_version = told_version;
    return sell(c, sale, arena, told_minor, today_minor) ? SOLD : CANNOT;
}

static void take_tenders(struct pay_tender tenders[TENDERS_MAX], const Caroline__V1__SaleRingUp *asked)
{
    for (size_t i = 0; i < asked->n_tenders && i < TENDERS_MAX; i++) {
        tenders[i] = (struct pay_tender){ .kind = (enum tender_kind)asked->tenders[i]->kind,
                                          .type_id = (int64_t)asked->tenders[i]->tender_type_id,
                                          .amount_minor = asked->tenders[i]->amount_minor,
                                          .tip_minor = asked->tenders[i]->tip_minor };
        counter_copy(tenders[i].reference, sizeof(tenders[i].reference), asked->tenders[i]->reference);
    }
}

static enum outcome sell_refused(struct counter *c, const struct put_aside *aside,
                                 const Caroline__V1__SaleRingUp *asked, struct arena *arena)
{
    struct open_basket *basket = arena_alloc(arena, sizeof(*basket));
    struct pay_tender tenders[TENDERS_MAX] = { 0 };

    if (counter_catalogue(c) == NULL)
        return NOT_NOW;
    open_basket_init(basket);
    open_basket_take(basket, asked->basket);
    basket->priced = (struct instant){ (int64_t)asked->basket->priced_us };
    open_basket_clear_rewards(basket); /* nobody can tell what the points were: they stay */
    basket->discount_limit_ppm = DISCOUNT_WHOLE_PPM;
    basket->may_give_back = true; /* it has been given */
    take_tenders(tenders, asked);
    struct offline_sale sale = { .basket = basket,
                                 .tenders = tenders,
                                 .tender_count = asked->n_tenders < TENDERS_MAX ? asked->n_tenders : TENDERS_MAX,
                                 .total_minor = asked->total_minor,
                                 .shift_id = aside->shift_id,
                                 .staff_id = aside->staff_id,
                                 .made = { (int64_t)asked->made_us },
                                 .aside = aside->id };
    enum outcome outcome = sell_as_told(c, &sale, basket, arena);
    arena_reset(c->scratch);
    open_basket_fini(basket);
    return outcome;
}

/* ---- among the parked ---- */

/* The first try's follows from the sale's id, and each next one's from that of the one before, which was refused: the same try
 * has the same id, should this till be killed in between. A UUIDv7 as every id, of the sale's time. */
static void park_id_after(const uint8_t before[COMMAND_ID_SIZE], uint8_t id[COMMAND_ID_SIZE])
{
    uint8_t digest[DIGEST_SIZE];

    sha256_two(bytes_of(before, COMMAND_ID_SIZE), bytes_of_text("park"), digest);
    memcpy(id, digest, COMMAND_ID_SIZE);
    memcpy(id, before, 6);
    id[6] = (uint8_t)(0x70 | (id[6] & 0x0f));
    id[8] = (uint8_t)(0x80 | (id[8] & 0x3f));
}

/* Who bought it was erased since: the basket waits as nobody's. */
static bool lost_its_member(const struct spooled *try, struct arena *arena)
{
    const Caroline__V1__Reply *said =
        try == NULL || try->reply.data == NULL
            ? NULL
            : (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, try->reply, arena);

    return said != NULL && said->error != NULL && said->error->code == CAROLINE__V1__ERROR_CODE__UNKNOWN_MEMBER;
}

/* It stays put aside until the server has the basket. try: that was refused; NULL: none was. */
static void park(struct counter *c, const struct put_aside *aside, const Caroline__V1__SaleRingUp *asked,
                 const struct spooled *try, struct arena *arena)
{
    Caroline__V1__BasketPark message = CAROLINE__V1__BASKET_PARK__INIT;
    Caroline__V1__Basket basket = *asked->basket;
    uint8_t id[COMMAND_ID_SIZE];
    /* Answered by its id, as after a restart. */
    struct link_command command = { .op = CAROLINE__V1__OP__OP_BASKET_PARK, .message = &message.base, .id = id };

    if (link_state(c->link) != LINK_ONLINE || link_session(c->link) == NULL || link_locked(c->link))
        return;
    if (!aside->parks || try != NULL)
        park_id_after(aside->parks ? aside->park_id : aside->id, id);
    else
        memcpy(id, aside->park_id, sizeof(id));
    if (lost_its_member(try, arena)) {
        basket.has_member_id = false;
        basket.n_rewards = 0;
    }
    message.basket = &basket;
    if (spool_aside_parks(c->spool, aside->id, id))
        (void)counter_command(c, &command, NULL);
}

static void settle(struct counter *c, const struct put_aside *aside, struct arena *arena)
{
    const struct spooled *try = aside->parks ? spool_find(c->spool, aside->park_id, arena) : NULL;
    struct refused refused;

    if (try != NULL && !try->answered) /* under way */
        return;
    if (!read_refused(c, aside->body, aside->reply, arena, &refused) || refused.unread)
        return; /* it may be booked */
    if (sell_refused(c, aside, refused.asked, arena) == CANNOT)
        park(c, aside, refused.asked, try, arena);
}

void aside_try_again(struct counter *c)
{
    struct arena *arena;
    const struct put_aside *aside;
    int64_t after = 0;

    if (c->link == NULL || c->spool == NULL || c->training)
        return;
    arena = arena_create(0);
    while ((aside = spool_aside_refused(c->spool, after, arena)) != NULL) {
        after = aside->number;
        settle(c, aside, arena);
    }
    arena_destroy(arena);
    aside_look(c);
}

/* Its customer had the change when it was put aside. */
static void note_drawer(struct counter *c, int64_t parked_id)
{
    struct arena *arena = arena_create(0);
    const struct not_booked *found = find_parked(c, parked_id, arena);
    struct refused refused;
    char why[STAGE_TEXT];
    bool opened = false;

    if (found != NULL && read_refused(c, found->body, found->reply, arena, &refused)) {
        opened = refused.asked->total_minor < 0;
        for (size_t i = 0; i < refused.asked->n_tenders; i++)
            opened = opened || refused.asked->tenders[i]->kind == CAROLINE__V1__TENDER_KIND__TENDER_CASH;
        snprintf(why, sizeof(why), "for the change of a sale that is not booked: %.200s", refused.why);
    }
    if (opened)
        pay_note_drawer(c, why);
    arena_destroy(arena);
}

void aside_parked(struct counter *c, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer)
{
    const Caroline__V1__SessionOpened *session = link_session(c->link);

    if (c->spool == NULL)
        return;
    if (answer->outcome == LINK_OK) {
        const Caroline__V1__BasketParkDone *done = (const Caroline__V1__BasketParkDone *)answer->reply;

        c->parked.waiting = done->parked_count;
        if (!spool_parked(c->spool, id, (int64_t)done->parked_id,
                          session == NULL || session->staff == NULL
                              ? bytes_of_text("")
                              : bytes_of(session->staff->name.data, session->staff->name.len)))
            return;
        note_drawer(c, (int64_t)done->parked_id);
        stage_say(&c->stage, MESSAGE_BAD, "the sale that was put aside is not booked, and its basket waits: F12, F3");
    } else if (answer->code == CAROLINE__V1__ERROR_CODE__PARKED_FULL) {
        stage_say(&c->stage, MESSAGE_BAD,
                  "the sale that was put aside is not booked, and its basket stays on this till: %s", answer->sentence);
    } else if (answer->code == CAROLINE__V1__ERROR_CODE__UNKNOWN_MEMBER) {
        aside_try_again(c);
    }
    aside_look(c);
    counter_show_state(c);
}

void aside_answered(struct counter *c, const struct link_answer *answer)
{
    if (answer->outcome == LINK_OK) {
        printing_sold(c, (const Caroline__V1__SaleRungUp *)answer->reply);
        stage_say(&c->stage, MESSAGE_GOOD, "the sale that was put aside is booked: %.*s",
                  (int)((const Caroline__V1__SaleRungUp *)answer->reply)->receipt_number.len,
                  ((const Caroline__V1__SaleRungUp *)answer->reply)->receipt_number.data);
    } else if (answer->code == CAROLINE__V1__ERROR_CODE__COMMAND_DONE) {
        stage_say(&c->stage, MESSAGE_GOOD, "the sale that was put aside: %s", answer->sentence);
    } else if (answer->outcome == LINK_REFUSED) {
        aside_try_again(c);
    }
    counter_show_state(c);
}
