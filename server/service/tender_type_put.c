/* Make a means of payment, or change what is given of it. Of cash and card there is one each, and they stay what they are. */
#include "common/base/text.h"
#include "db/queries.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_limits.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH 24

struct putting {
    struct put put; /* first */
    const char *name;
};

static const Caroline__V1__TenderType *type_of(const struct call *c)
{
    static const Caroline__V1__TenderType nothing = CAROLINE__V1__TENDER_TYPE__INIT;
    const Caroline__V1__TenderTypePut *request = (const Caroline__V1__TenderTypePut *)c->message;

    return request->tender_type ? request->tender_type : &nothing;
}

static enum step check(struct call *c)
{
    const Caroline__V1__TenderType *given = type_of(c);
    struct putting *p = c->shared;
    enum step step = STEP_NEXT;

    if (given->has_name || !given->has_id)
        step = typed_name(c, "tender_type.", "name", given->name, NAME_MAX_LENGTH, &p->name);
    if (step != STEP_NEXT)
        return step;
    if (given->limit_minor < 0 || given->limit_minor > PRICE_MAX)
        return refuse_field(c, REFUSAL(BAD_PRICE), "tender_type.limit_minor", "a limit is nothing or more");
    if (given->permission.len > 0 && permission_of(field_bytes(given->permission)) == PERMISSION_NONE)
        return refuse_field(c, REFUSAL(BAD_FIELD), "tender_type.permission", "there is no permission of that name");
    put_begin(c, given->has_id, given->id);
    p->put.all = ask(c, &sql_tender_type_put_all, NO_PARAMS);
    return STEP_NEXT;
}

/* As it was, or as one that is made begins: a voucher of which nothing comes back, a staff meal by its own right. */
static struct tender_type before_of(const struct call *c, const struct putting *p)
{
    const Caroline__V1__TenderType *given = type_of(c);
    const struct rows *all = p->put.all;
    size_t row = p->put.row;

    if (p->put.made)
        return (struct tender_type){ .name = "",
                                     .permission = given->kind == CAROLINE__V1__TENDER_KIND__TENDER_HOUSE
                                                       ? permission_name(PERMISSION_STAFF_MEAL)
                                                       : "",
                                     .kind = (uint8_t)given->kind,
                                     .change = CHANGE_NONE,
                                     .active = true };
    return (struct tender_type){ .name = row_text(all, row, "name"),
                                 .permission = row_text(all, row, "permission"),
                                 .limit_minor = row_int(all, row, "limit_minor"),
                                 .kind = (uint8_t)row_int(all, row, "kind"),
                                 .change = (uint8_t)row_int(all, row, "change"),
                                 .reference_wanted = row_bool(all, row, "reference_wanted"),
                                 .active = row_bool(all, row, "active") };
}

static enum step check_kind(struct call *c, const struct putting *p, const struct tender_type *type)
{
    const Caroline__V1__TenderType *given = type_of(c);

    if (p->put.made && type->kind != TENDER_VOUCHER && type->kind != TENDER_HOUSE && type->kind != TENDER_ACCOUNT &&
        type->kind != TENDER_GIFT_CARD)
        return refuse_field(
            c, REFUSAL(BAD_TENDER_TYPE), "tender_type.kind",
            "vouchers, gift cards, what the house pays and what goes on account can be made; cash and card are there");
    if (given->has_kind && given->kind != type->kind)
        return refuse_field(c, REFUSAL(BAD_TENDER_TYPE), "tender_type.kind", "a kind is fixed when it is made");
    return STEP_NEXT;
}

/* What else is given, onto what was. */
static enum step take(struct call *c, const struct putting *p, struct tender_type *type)
{
    const Caroline__V1__TenderType *given = type_of(c);
    bool fixed = type->kind == TENDER_CASH || type->kind == TENDER_CARD;
    int change = (int)given->change;

    if (p->name)
        type->name = p->name;
    if (given->has_change) {
        bool can = fixed ? change == type->change
                         : change == CHANGE_NONE || (change == CHANGE_FORFEITED && type->kind == TENDER_VOUCHER);

        if (!can)
            return refuse_field(c, REFUSAL(BAD_TENDER_TYPE), "tender_type.change",
                                "cash alone gives change, and vouchers alone are forfeited");
        type->change = (uint8_t)change;
    }
    if (given->has_reference_wanted) {
        if (fixed && (given->reference_wanted != 0) != type->reference_wanted)
            return refuse_field(c, REFUSAL(BAD_TENDER_TYPE), "tender_type.reference_wanted",
                                "a card has the card machine's reference, and cash has none");
        if (type->kind == TENDER_ACCOUNT && given->reference_wanted)
            return refuse_field(c, REFUSAL(BAD_TENDER_TYPE), "tender_type.reference_wanted",
                                "what goes on account has the account's number");
        if (type->kind == TENDER_GIFT_CARD && given->reference_wanted)
            return refuse_field(c, REFUSAL(BAD_TENDER_TYPE), "tender_type.reference_wanted",
                                "what a gift card pays has the card's number");
        type->reference_wanted = given->reference_wanted;
    }
    if (given->has_limit_minor)
        type->limit_minor = given->limit_minor;
    if (given->has_permission)
        type->permission = permission_name(permission_of(field_bytes(given->permission)));
    if (given->has_active)
        type->active = given->active;
    if (type->kind == TENDER_HOUSE && !*type->permission)
        return refuse_field(c, REFUSAL(BAD_TENDER_TYPE), "tender_type.permission",
                            "what the house pays asks for a permission");
    return STEP_NEXT;
}

static bool note(struct call *c, const struct putting *p, const struct tender_type *before,
                 const struct tender_type *after)
{
    bool made = p->put.made, changed = changes_text(c, p->put.id, "name", made, before->name, after->name);

    changed |= changes_number(c, p->put.id, "kind", made, made ? 0 : before->kind, after->kind);
    changed |= changes_number(c, p->put.id, "change", made, made ? 0 : before->change, after->change);
    changed |=
        changes_number(c, p->put.id, "reference_wanted", made, before->reference_wanted, after->reference_wanted);
    changed |= changes_number(c, p->put.id, "limit_minor", made, before->limit_minor, after->limit_minor);
    changed |= changes_text(c, p->put.id, "permission", made, before->permission, after->permission);
    changed |= changes_number(c, p->put.id, "active", made, before->active, after->active);
    return changed;
}

static enum step write(struct call *c)
{
    struct putting *p = c->shared;
    enum step step = put_find(c, REFUSAL(UNKNOWN_TENDER_TYPE), "tender_type.", p->name);

    if (step != STEP_NEXT)
        return step;
    const struct tender_type before = before_of(c, p);
    struct tender_type after = before;
    if ((step = check_kind(c, p, &after)) != STEP_NEXT || (step = take(c, p, &after)) != STEP_NEXT)
        return step;
    if (p->put.made && rows_count(p->put.all) >= TENDER_TYPES_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "tender_type", "a shop has at most %d means of payment",
                            TENDER_TYPES_MAX);
    if (!note(c, p, &before, &after))
        return STEP_NEXT;
    put_raise(c, 0);
    if (p->put.made)
        ask(c, &sql_tender_type_put_create, PARAMS(PARAM_INT(p->put.id)));
    ask(c, &sql_tender_type_put_version,
        PARAMS(PARAM_INT(p->put.id), PARAM_TEXT(after.name), PARAM_INT(after.kind), PARAM_INT(after.change),
               PARAM_BOOL(after.reference_wanted), PARAM_INT(after.limit_minor), PARAM_TEXT(after.permission),
               PARAM_BOOL(after.active)));
    return STEP_NEXT;
}

const struct op tender_type_put = {
    .name = "tender_type_put",
    .number = NUMBER(TENDER_TYPE_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_CATALOGUE_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__tender_type_put__descriptor,
    .reply = &caroline__v1__catalogue_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, put_done },
};
