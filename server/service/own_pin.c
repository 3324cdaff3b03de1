/* Wrong ones count as they do at sign-in: an open session is no place to try PINs. */
#include "server/service/own_pin.h"

#include "server/service/message.h"

void own_pin_ask(struct call *c, struct own_pin *o, struct bytes current, struct bytes chosen)
{
    o->current = current;
    o->chosen = chosen;
    o->sign_in.staff_id = c->staff_id;
    sign_in_person_of(c->staff_id, o->sign_in.person);
    if (!c->one_time_pin)
        sign_in_ask(c, &o->sign_in);
}

enum step own_pin_check(struct call *c, struct own_pin *o, const struct rows *staff)
{
    struct sign_in *s = &o->sign_in;

    s->pin_hash = row_text(staff, 0, "pin_hash");
    s->shut = row_bool(staff, 0, "locked");
    if (!c->one_time_pin)
        return sign_in_check(c, s, o->current);
    s->job = pin_check_later(c, o->chosen, s->pin_hash);
    return s->job ? STEP_NEXT : pin_busy(c);
}

enum step own_pin_judge(struct call *c, struct own_pin *o)
{
    bool fits = o->sign_in.job->fits;
    enum step step = pin_looked_at(c, o->sign_in.job);

    if (step != STEP_NEXT)
        return step;
    if (c->one_time_pin ? fits : fits && bytes_equal(o->current, o->chosen))
        return refuse_field(c, REFUSAL(PIN_UNCHANGED), "pin", "choose another PIN than the one before");
    if (c->one_time_pin)
        return STEP_NEXT;
    o->wrong = !fits;
    if (o->wrong)
        sign_in_lock(c, &o->sign_in);
    else
        sign_in_forget(c, &o->sign_in);
    return STEP_NEXT;
}

enum step own_pin_count(struct call *c, struct own_pin *o)
{
    return sign_in_count(c, &o->sign_in, "the current PIN is wrong");
}
