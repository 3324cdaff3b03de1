/* The payment gateway of the fuzzer's house, and what server/jobs/ would do with it: all at once, before the clock moves. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/rules/charge.h"
#include "db/queries.h"
#include "house.h"
#include "server/service/payment_message.h"

#define MOST 64

struct paying {
    struct house *house;
    struct arena *arena;
    struct txn txn;
    const struct sim_payment *of;
    void (*write)(struct paying *p);
};

static struct instant now_of(const struct paying *p)
{
    return (struct instant){ p->house->now_us };
}

static void on_committed(struct txn *txn, enum store_outcome outcome)
{
    (void)txn;
    (void)outcome; /* a command was quicker: the next time */
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct paying *p = txn->user;

    if (outcome != STORE_OK)
        return;
    p->write(p);
    txn_commit(txn, on_committed);
}

static void commit(struct house *house, const struct sim_payment *of, void (*write)(struct paying *p))
{
    struct paying p = { .house = house, .arena = arena_create(0), .of = of, .write = write };

    p.txn = (struct txn){ .arena = p.arena, .kind = TXN_WRITE, .wait_ms = 3000, .user = &p };
    txn_begin(sim_store_store(house->store), &p.txn, on_begun);
    house_settle(house);
    arena_destroy(p.arena);
}

static void write_card(struct paying *p)
{
    struct id_source *ids = ids_source(p->house->ids);
    struct payment_token token = { .customer = "cus_1" };

    snprintf(token.method, sizeof token.method, "pm_%" PRId64, p->of->id);
    if (!vault_person_exists(p->house->vault, p->of->member_id))
        return;
    struct bytes sealed = payment_token_seal(p->house->vault, p->of->member_id, &token, p->arena);
    txn_ask(&p->txn, &sql_payment_setup_opened,
            PARAMS(PARAM_INT(p->of->id), PARAM_BYTES(sealed), PARAM_TEXT("cs_1"), PARAM_TEXT("https://pay.example"),
                   PARAM_INSTANT(now_of(p))));
    txn_ask(&p->txn, &sql_payment_setup_done,
            PARAMS(PARAM_INT(p->of->id), PARAM_INT(ids->next(ids)), PARAM_BYTES(sealed), PARAM_TEXT("visa"),
                   PARAM_TEXT("4242"), PARAM_INT(11), PARAM_INT(2031), PARAM_INSTANT(now_of(p))));
}

static void write_state(struct paying *p)
{
    char reference[32];
    enum charge_state next = p->of->state == CHARGE_REFUNDING ? CHARGE_REFUNDED : CHARGE_CAPTURED;

    snprintf(reference, sizeof reference, "pi_%" PRId64, p->of->id);
    txn_ask(&p->txn, &sql_gateway_charge_note,
            PARAMS(PARAM_INT(p->of->id), PARAM_INT(p->of->step_count), PARAM_INT(next), PARAM_INT(CHARGE_ANSWER_DONE),
                   PARAM_INT(0), PARAM_INSTANT(now_of(p)), PARAM_TEXT(reference), PARAM_NULL(), PARAM_INT(0),
                   PARAM_INSTANT(now_of(p)), PARAM_NULL()));
}

static void on_booked(void *user, bool carried_out)
{
    (void)user;
    (void)carried_out;
}

static void book(struct house *house, const struct sim_payment *of)
{
    Caroline__V1__GiftCardChargeShow message = CAROLINE__V1__GIFT_CARD_CHARGE_SHOW__INIT;

    message.has_charge_id = true;
    message.charge_id = (uint64_t)of->id;
    driver_do(house->driver, &gift_card_charge_book, &message.base, of->shop_id, 0, on_booked, NULL);
    house_settle(house);
}

void house_pay(struct house *house)
{
    struct sim_payment open[MOST];
    unsigned fate_after = house->fate_after;
    size_t count;

    house->fate_after = 0;
    count = sim_payments_open(house->database, false, open, MOST);
    for (size_t i = 0; i < count; i++)
        commit(house, &open[i], write_card);
    for (int round = 0; round < 3; round++) { /* captured, booked or not, given back */
        count = sim_payments_open(house->database, true, open, MOST);
        for (size_t i = 0; i < count; i++)
            if (open[i].state == CHARGE_CAPTURED)
                book(house, &open[i]);
            else
                commit(house, &open[i], write_state);
    }
    house->fate_after = fate_after;
}
