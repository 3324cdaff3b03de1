/* What is to be done next of a charge. */
#include "common/rules/charge.h"

#include <assert.h>
#include <string.h>

#define PAUSE_DOUBLINGS 6
#define BACK_DOUBLINGS  9 /* it may take as long as it takes */
#define LATE_PAUSES     60
#define LATE_FOURFOLDS  6

static struct charge_step step_of(enum charge_act act, enum charge_state state, const char *reference)
{
    return (struct charge_step){ .act = act, .state = state, .reference = reference };
}

static bool is_money(const struct charge_found *found)
{
    return found->state == CHARGE_FOUND_OPEN || found->state == CHARGE_FOUND_CAPTURED;
}

static const struct charge_found *by_state(const struct charge_facts *f, enum charge_found_state state, bool fits)
{
    for (size_t i = 0; i < f->found_count; i++)
        if (f->found[i].state == state && (f->found[i].fits || !fits))
            return &f->found[i];
    return NULL;
}

/* The one that is the charge: what was noted, else the most of what there is. A gateway that forgets may have several. */
static const struct charge_found *own(const struct charge_facts *f)
{
    static const enum charge_found_state order[] = { CHARGE_FOUND_CAPTURED, CHARGE_FOUND_BUSY,     CHARGE_FOUND_OPEN,
                                                     CHARGE_FOUND_DECLINED, CHARGE_FOUND_REFUNDED, CHARGE_FOUND_VOID };

    if (*f->reference != '\0') {
        for (size_t i = 0; i < f->found_count; i++)
            if (strcmp(f->found[i].reference, f->reference) == 0)
                return &f->found[i];
        return NULL;
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const struct charge_found *found = by_state(f, order[i], true);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* What there is beside it, which nobody may pay. */
static const struct charge_found *surplus(const struct charge_facts *f, const struct charge_found *mine)
{
    for (size_t i = 0; i < f->found_count; i++)
        if (&f->found[i] != mine && is_money(&f->found[i]))
            return &f->found[i];
    return NULL;
}

static struct charge_step let_go(const struct charge_found *found, enum charge_state state)
{
    return step_of(found->state == CHARGE_FOUND_CAPTURED ? CHARGE_REFUND : CHARGE_VOID, state, found->reference);
}

static bool too_late(const struct charge_facts *f)
{
    return f->age_us >= f->patience_us;
}

static struct charge_step wait_or_give_up(const struct charge_facts *f, bool gives_up)
{
    bool over = !f->undone && (gives_up || f->age_us >= CHARGE_LONGEST_US);

    return over ? step_of(CHARGE_SETTLE, CHARGE_GIVEN_UP, f->reference) : step_of(CHARGE_WAIT, f->state, f->reference);
}

/* The gateway does not say what it has. What was never captured moved no money. */
static struct charge_step unseen(const struct charge_facts *f)
{
    if (charge_is_over(f->state))
        return step_of(CHARGE_WAIT, f->state, f->reference);
    return wait_or_give_up(f, f->state < CHARGE_CAPTURING && too_late(f));
}

/* It has nothing under our id. */
static struct charge_step nothing_there(const struct charge_facts *f)
{
    if (f->state != CHARGE_SENT && f->state != CHARGE_UNKNOWN)
        return wait_or_give_up(f, f->state == CHARGE_AUTHORISED && too_late(f));
    if (f->answer == CHARGE_ANSWER_REFUSED)
        return step_of(CHARGE_SETTLE, CHARGE_FAILED, "");
    if (too_late(f))
        return step_of(CHARGE_SETTLE, CHARGE_GIVEN_UP, "");
    return step_of(CHARGE_AUTHORISE, CHARGE_SENT, "");
}

static struct charge_step while_open(const struct charge_facts *f, const struct charge_found *mine)
{
    if (f->state == CHARGE_CAPTURED || f->state == CHARGE_REFUNDING) /* it said otherwise before */
        return wait_or_give_up(f, false);
    if (!mine->fits || too_late(f) || (f->state == CHARGE_CAPTURING && f->answer == CHARGE_ANSWER_REFUSED))
        return step_of(CHARGE_VOID, f->state < CHARGE_CAPTURING ? CHARGE_AUTHORISED : f->state, mine->reference);
    return step_of(CHARGE_CAPTURE, CHARGE_CAPTURING, mine->reference);
}

static struct charge_step while_captured(const struct charge_facts *f, const struct charge_found *mine)
{
    if (f->state == CHARGE_REFUNDING || !mine->fits)
        return step_of(CHARGE_REFUND, CHARGE_REFUNDING, mine->reference);
    return step_of(CHARGE_BOOK, CHARGE_CAPTURED, mine->reference);
}

/* Over: whatever turns up is given back. Of one that succeeded, or was refunded, its own is not touched. */
static struct charge_step when_over(const struct charge_facts *f, const struct charge_found *mine)
{
    if (mine == NULL || f->state == CHARGE_SUCCEEDED || f->state == CHARGE_REFUNDED || !is_money(mine))
        return step_of(CHARGE_WAIT, f->state, f->reference);
    return let_go(mine, mine->state == CHARGE_FOUND_CAPTURED ? CHARGE_REFUNDING : f->state);
}

static struct charge_step decide_own(const struct charge_facts *f, const struct charge_found *mine)
{
    bool refunding = f->state == CHARGE_REFUNDING;

    if (charge_is_over(f->state))
        return when_over(f, mine);
    if (mine == NULL)
        return nothing_there(f);
    switch (mine->state) {
    case CHARGE_FOUND_OPEN:
        return while_open(f, mine);
    case CHARGE_FOUND_BUSY:
        return wait_or_give_up(f, false);
    case CHARGE_FOUND_CAPTURED:
        return while_captured(f, mine);
    case CHARGE_FOUND_DECLINED:
        return step_of(CHARGE_SETTLE, refunding ? CHARGE_REFUNDED : CHARGE_FAILED, mine->reference);
    case CHARGE_FOUND_REFUNDED:
        return step_of(CHARGE_SETTLE, CHARGE_REFUNDED, mine->reference);
    case CHARGE_FOUND_VOID:
        return step_of(CHARGE_SETTLE,
                       refunding                            ? CHARGE_REFUNDED
                       : f->answer == CHARGE_ANSWER_REFUSED ? CHARGE_FAILED
                                                            : CHARGE_GIVEN_UP,
                       mine->reference);
    }
    assert(!"a state nobody knows");
    return step_of(CHARGE_WAIT, f->state, f->reference);
}

struct charge_step charge_decide(const struct charge_facts *facts)
{
    if (facts->state == CHARGE_MADE) /* the gateway never heard of it */
        return too_late(facts) ? step_of(CHARGE_SETTLE, CHARGE_GIVEN_UP, "")
                               : step_of(CHARGE_AUTHORISE, CHARGE_SENT, "");
    if (!facts->looked)
        return unseen(facts);
    const struct charge_found *mine = own(facts), *beside = surplus(facts, mine);
    if (beside != NULL) {
        struct charge_step step = let_go(beside, facts->state);

        step.surplus = true;
        return step;
    }
    return decide_own(facts, mine);
}

int64_t charge_pause_us(enum charge_state state, uint32_t tries, int64_t first_us)
{
    if (charge_is_over(state))
        return first_us * LATE_PAUSES << 2 * (tries < LATE_FOURFOLDS ? tries : LATE_FOURFOLDS);
    uint32_t most = state == CHARGE_REFUNDING ? BACK_DOUBLINGS : PAUSE_DOUBLINGS;

    return first_us << (tries < most ? tries : most);
}

const char *charge_state_name(enum charge_state state)
{
    static const char *const names[] = { "",         "made",      "sent",      "unknown", "authorised", "capturing",
                                         "captured", "refunding", "succeeded", "failed",  "refunded",   "given up" };

    return state >= CHARGE_MADE && state <= CHARGE_GIVEN_UP ? names[state] : "";
}
