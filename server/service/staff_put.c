/* Hire somebody, or change what is known of them. Everybody changes their own PIN, by showing the one before; all else
 * needs staff_edit, and nobody gives, or touches, a right they do not have. */
#include <stdio.h>

#include "common/base/phone.h"
#include "common/base/pin.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/own_pin.h"
#include "server/service/pin_job.h"
#include "server/service/staff_message.h"

#define CARD_SENTENCE "this looks like a payment card's number: it was not kept"

struct putting {
    int64_t id;
    bool hires;
    const char *name; /* NULL: as it was */
    bool badge_given, badge_removed;
    uint8_t name_blind[BLIND_SIZE], badge_blind[BLIND_SIZE];
    struct rows *found, *taken;
    struct own_pin own;
    struct pin_job *job; /* NULL: the PIN stays */
};

static const Caroline__V1__StaffPut *request_of(const struct call *c)
{
    return (const Caroline__V1__StaffPut *)c->message;
}

static bool is_own_pin(const struct call *c)
{
    const Caroline__V1__StaffPut *r = request_of(c);
    return r->has_id && (int64_t)r->id == c->staff_id && r->has_pin;
}

static bool is_own_pin_only(const struct call *c)
{
    const Caroline__V1__StaffPut *r = request_of(c);
    return is_own_pin(c) && !r->has_name && !r->has_role_id && !r->has_badge && !r->has_active;
}

static enum step check_name(struct call *c, struct putting *p)
{
    p->name = text_tidy(c->txn.arena, field_bytes(request_of(c)->name));
    if (text_is_blank(bytes_of_text(p->name)))
        return refuse_field(c, REFUSAL(BAD_FIELD), "name", "a person needs a name");
    if (text_has_card_number(bytes_of_text(p->name)))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "name", CARD_SENTENCE);
    staff_name_blind(c, bytes_of_text(p->name), p->name_blind);
    return STEP_NEXT;
}

static enum step check_badge(struct call *c, struct putting *p)
{
    struct bytes badge = field_bytes(request_of(c)->badge);

    p->badge_given = badge.size > 0;
    p->badge_removed = badge.size == 0;
    if (p->badge_removed)
        return STEP_NEXT;
    if (text_has_card_number(badge))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "badge", CARD_SENTENCE);
    if (!card_normalise(c->txn.arena, badge))
        return refuse_field(c, REFUSAL(BAD_FIELD), "badge",
                            "a badge has 4 to 64 letters, digits and signs, as bar codes have them");
    staff_badge_blind(c, badge, p->badge_blind);
    return STEP_NEXT;
}

/* What the request says, before anything is looked up. */
static enum step check_fields(struct call *c, struct putting *p)
{
    const Caroline__V1__StaffPut *r = request_of(c);
    enum step step = STEP_NEXT;

    if (p->hires && !(r->has_name && r->has_role_id && r->has_pin))
        return refuse_field(c, REFUSAL(BAD_FIELD), r->has_name ? r->has_role_id ? "pin" : "role_id" : "name",
                            "a new person needs a name, a role and a PIN");
    if (r->has_name && (step = check_name(c, p)) != STEP_NEXT)
        return step;
    if (r->has_badge && (step = check_badge(c, p)) != STEP_NEXT)
        return step;
    enum pin_verdict verdict = r->has_pin ? pin_check(field_bytes(r->pin)) : PIN_OK;
    if (verdict != PIN_OK)
        return refuse_field(c, REFUSAL(PIN_WEAK), "pin", "%s", pin_sentence(verdict));
    if (is_own_pin(c) && !c->one_time_pin && !r->has_current_pin)
        return refuse_field(c, REFUSAL(BAD_FIELD), "current_pin", "give the PIN that you have now, too");
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    const Caroline__V1__StaffPut *r = request_of(c);
    struct putting *p = c->shared;

    p->hires = !r->has_id;
    if (c->one_time_pin && !is_own_pin_only(c))
        return refuse(c, REFUSAL(CHOOSE_PIN_FIRST), "this was a one-time PIN: choose another PIN first");
    if (!is_own_pin_only(c) && !may(c, PERMISSION_STAFF_EDIT))
        return refuse(c, REFUSAL(PERMISSION_DENIED), "your role does not allow this");
    enum step step = check_fields(c, p);
    if (step != STEP_NEXT)
        return step;

    p->id = p->hires ? next_id(c) : (int64_t)r->id;
    if (!p->hires)
        p->found = ask(c, &sql_staff_find, PARAMS(PARAM_INT(p->id), PARAM_INT(c->shop_id)));
    if (is_own_pin(c))
        own_pin_ask(c, &p->own, field_bytes(r->current_pin), field_bytes(r->pin));
    if (p->name || p->badge_given)
        p->taken =
            ask(c, &sql_staff_taken,
                PARAMS(PARAM_INT(c->shop_id), p->name ? PARAM_BYTES(bytes_of(p->name_blind, BLIND_SIZE)) : PARAM_NULL(),
                       p->badge_given ? PARAM_BYTES(bytes_of(p->badge_blind, BLIND_SIZE)) : PARAM_NULL()));
    return STEP_NEXT;
}

/* Does the caller have every right of the role? A role nobody knows gives none, so it can be replaced. */
static bool is_within_reach(const struct call *c, int64_t role_id)
{
    const struct role *role = staff_role(c, role_id);
    for (size_t i = 0; role && i < role->permission_count; i++)
        if (!may(c, permission_of(bytes_of_text(role->permissions[i]))))
            return false;
    return true;
}

static enum step check_rights(struct call *c, const struct putting *p)
{
    const Caroline__V1__StaffPut *r = request_of(c);

    if (r->has_role_id && !staff_role(c, (int64_t)r->role_id))
        return refuse_field(c, REFUSAL(UNKNOWN_ROLE), "role_id", "no role of that id");
    if (r->has_role_id && !is_within_reach(c, (int64_t)r->role_id))
        return refuse_field(c, REFUSAL(OWN_ROLE_ABOVE), "role_id", "this role may do what you may not");
    if (p->hires || is_own_pin_only(c))
        return STEP_NEXT;
    if (!is_within_reach(c, row_int(p->found, 0, "role_id")))
        return refuse_field(c, REFUSAL(OWN_ROLE_ABOVE), "id", "this person may do what you may not");
    /* or the last manager locks the shop's door from outside */
    if (p->id == c->staff_id &&
        ((r->has_active && !r->active) || (r->has_role_id && (int64_t)r->role_id != row_int(p->found, 0, "role_id"))))
        return refuse(c, REFUSAL(PERMISSION_DENIED), "somebody else has to change your own role, or end it");
    return STEP_NEXT;
}

static enum step check_taken(struct call *c, const struct putting *p)
{
    for (size_t i = 0; p->taken && i < rows_count(p->taken); i++) {
        if (row_int(p->taken, i, "id") == p->id)
            continue;
        bool is_name = row_bool(p->taken, i, "name_taken");
        return refuse_field(c, REFUSAL(NAME_TAKEN), is_name ? "name" : "badge", "somebody here has that %s already",
                            is_name ? "name" : "badge");
    }
    return STEP_NEXT;
}

static enum step judge(struct call *c)
{
    struct putting *p = c->shared;
    enum step step;

    if (!c->catalogue)
        return STEP_FAILED;
    if (p->found && rows_count(p->found) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_STAFF), "id", "nobody of that id works here");
    if ((step = check_rights(c, p)) != STEP_NEXT || (step = check_taken(c, p)) != STEP_NEXT)
        return step;
    return is_own_pin(c) ? own_pin_check(c, &p->own, p->found) : STEP_NEXT;
}

static enum step hash(struct call *c)
{
    const Caroline__V1__StaffPut *r = request_of(c);
    struct putting *p = c->shared;
    enum step step = is_own_pin(c) ? own_pin_judge(c, &p->own) : STEP_NEXT;

    if (step != STEP_NEXT || p->own.wrong || !r->has_pin)
        return step;
    p->job = pin_hash_later(c, field_bytes(r->pin), p->hires ? p->id : 0);
    return p->job ? STEP_NEXT : pin_busy(c);
}

static struct param blind_or_null(bool given, const uint8_t *blind)
{
    return given ? PARAM_BYTES(bytes_of(blind, BLIND_SIZE)) : PARAM_NULL();
}

static void create(struct call *c, const struct putting *p)
{
    const Caroline__V1__StaffPut *r = request_of(c);
    struct bytes sealed = vault_seal(c->vault, p->id, FIELD_STAFF_NAME, bytes_of_text(p->name), c->txn.arena);

    ask(c, &sql_staff_create,
        PARAMS(PARAM_INT(p->id), PARAM_INT(c->shop_id), PARAM_INT((int64_t)r->role_id), PARAM_BYTES(sealed),
               blind_or_null(true, p->name_blind), blind_or_null(p->badge_given, p->badge_blind),
               PARAM_TEXT(p->job->new_hash), PARAM_BOOL(!r->has_active || r->active), PARAM_INSTANT(c->now)));
}

static void change(struct call *c, const struct putting *p)
{
    const Caroline__V1__StaffPut *r = request_of(c);
    struct param sealed = PARAM_NULL();

    if (p->name)
        sealed = PARAM_BYTES(vault_seal(c->vault, p->id, FIELD_STAFF_NAME, bytes_of_text(p->name), c->txn.arena));
    ask(c, &sql_staff_update,
        PARAMS(PARAM_INT(p->id), PARAM_INT(r->has_role_id ? (int64_t)r->role_id : PARAM_NULL_INT), sealed,
               blind_or_null(p->name, p->name_blind), blind_or_null(p->badge_given, p->badge_blind),
               p->job ? PARAM_TEXT(p->job->new_hash) : PARAM_NULL(), PARAM_BOOL(p->badge_removed),
               r->has_active ? PARAM_BOOL(r->active) : PARAM_NULL()));
    if (r->has_pin || r->has_role_id || r->has_badge || (r->has_active && !r->active)) {
        ask(c, &sql_staff_sign_out, PARAMS(PARAM_INT(p->id), PARAM_INSTANT(c->now)));
        staff_cut(c, p->id);
    }
}

static void note_changes(struct call *c, const struct putting *p)
{
    const Caroline__V1__StaffPut *r = request_of(c);
    char before[24] = "", after[24];

    if (r->has_name)
        journal_change(c, p->id, "name", NULL, NULL);
    if (r->has_badge)
        journal_change(c, p->id, "badge", NULL, NULL);
    if (r->has_pin)
        journal_change(c, p->id, "pin", NULL, NULL);
    if (r->has_role_id) {
        if (!p->hires)
            snprintf(before, sizeof before, "%lld", (long long)row_int(p->found, 0, "role_id"));
        snprintf(after, sizeof after, "%lld", (long long)r->role_id);
        journal_change(c, p->id, "role", p->hires ? NULL : before, after);
    }
    if (r->has_active || p->hires)
        journal_change(c, p->id, "active",
                       p->hires                          ? NULL
                       : row_bool(p->found, 0, "active") ? "true"
                                                         : "false",
                       !r->has_active || r->active ? "true" : "false");
}

static enum step write(struct call *c)
{
    struct putting *p = c->shared;
    Caroline__V1__StaffPutDone reply = CAROLINE__V1__STAFF_PUT_DONE__INIT;

    if (p->own.wrong)
        return own_pin_count(c, &p->own);
    if (p->job && (!p->job->hashed || (p->hires && !p->job->key_made)))
        return STEP_FAILED;
    if (p->hires)
        create(c, p);
    else
        change(c, p);
    note_changes(c, p);
    PUT(reply, id, (uint64_t)p->id);
    return answer(c, &reply.base);
}

const struct op staff_put = {
    .name = "staff_put",
    .number = NUMBER(STAFF_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .after_one_time_pin = true,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__staff_put__descriptor,
    .reply = &caroline__v1__staff_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, judge, hash, write },
};
