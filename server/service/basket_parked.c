/* The baskets of who asks that wait, the oldest first. Nobody sees another's; those of the kiosks wait for anybody at a counter. Whose
 * name is told has a trace of it. */
#include "common/rules/parked.h"
#include "common/wire/walker.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/member_fields.h"
#include "server/service/message.h"

struct parked {
    struct rows *rows, *members; /* members: NULL where nobody is told of any */
    int64_t *member_ids;         /* of each basket; 0: nobody's */
};

static const Caroline__V1__BasketParked *request_of(const struct call *c)
{
    return (const Caroline__V1__BasketParked *)c->message;
}

static bool of_kiosks(const struct call *c)
{
    return request_of(c)->kiosk;
}

static enum step look(struct call *c)
{
    struct parked *p = c->shared;

    if (of_kiosks(c))
        p->rows = ask(c, &sql_kiosk_baskets, PARAMS(PARAM_INT(c->shop_id)));
    else
        p->rows = ask(c, &sql_basket_parked_list,
                      PARAMS(PARAM_INT(c->staff_id), PARAM_INT(c->shop_id), PARAM_INT(PARKED_MAX)));
    return STEP_NEXT;
}

static int64_t member_of(struct call *c, const struct rows *rows, size_t i)
{
    const Caroline__V1__Basket *basket = (const Caroline__V1__Basket *)message_decode(
        &caroline__v1__basket__descriptor, row_bytes(rows, i, "basket"), c->txn.arena);

    return basket == NULL || basket->member_id > INT64_MAX ? 0 : (int64_t)basket->member_id;
}

static enum step look_for_members(struct call *c)
{
    struct parked *p = c->shared;
    size_t count = rows_count(p->rows), named = 0;

    if (of_kiosks(c) || !request_of(c)->members)
        return STEP_NEXT;
    p->member_ids = arena_array(c->txn.arena, count + 1, sizeof *p->member_ids);
    for (size_t i = 0; i < count; i++)
        named += (p->member_ids[i] = member_of(c, p->rows, i)) != 0;
    if (named > 0 && may(c, PERMISSION_MEMBER_SEE))
        p->members = ask(c, &sql_basket_parked_members, PARAMS(PARAM_INTS(p->member_ids, count)));
    return STEP_NEXT;
}

/* Who parked it may have named anybody by an id, and whoever that is may have been merged or renamed since: it is a look-up. */
static void put_member(struct call *c, Caroline__V1__ParkedBasket *basket, int64_t member_id)
{
    const struct parked *p = c->shared;

    PUT(*basket, member_id, (uint64_t)member_id);
    for (size_t i = 0; p->members != NULL && i < rows_count(p->members); i++) {
        int64_t id = row_int(p->members, i, "id");
        const char *name =
            row_int(p->members, i, "member_id") != member_id ? NULL : member_opened(c, p->members, i, id, MEMBER_NAME);
        if (name == NULL)
            continue;
        PUT(*basket, member_name, field_text(name));
        journal_note(c, id, "member_parked");
    }
}

static Caroline__V1__ParkedBasket *basket_at(struct call *c, const struct rows *rows, size_t i)
{
    const struct parked *p = c->shared;
    Caroline__V1__ParkedBasket *basket = arena_alloc(c->txn.arena, sizeof *basket);

    caroline__v1__parked_basket__init(basket);
    PUT(*basket, parked_id, (uint64_t)row_int(rows, i, "id"));
    PUT(*basket, parked_us, (uint64_t)row_instant(rows, i, "parked_at").us);
    if (of_kiosks(c))
        PUT(*basket, number, (uint32_t)row_int(rows, i, "number"));
    else if (!row_is_null(rows, i, "till_number"))
        PUT(*basket, till_number, (uint32_t)row_int(rows, i, "till_number"));
    PUT(*basket, line_count, (uint32_t)row_int(rows, i, "line_count"));
    PUT(*basket, first_product_id, (uint64_t)row_int(rows, i, "first_product_id"));
    if (p->member_ids != NULL && p->member_ids[i] != 0)
        put_member(c, basket, p->member_ids[i]);
    return basket;
}

static enum step show(struct call *c)
{
    Caroline__V1__ParkedBaskets reply = CAROLINE__V1__PARKED_BASKETS__INIT;
    struct parked *p = c->shared;

    reply.n_baskets = rows_count(p->rows);
    reply.baskets = arena_array(c->txn.arena, reply.n_baskets, sizeof(Caroline__V1__ParkedBasket *));
    for (size_t i = 0; i < reply.n_baskets; i++)
        reply.baskets[i] = basket_at(c, p->rows, i);
    return answer(c, &reply.base);
}

const struct op basket_parked = {
    .name = "basket_parked",
    .number = NUMBER(BASKET_PARKED),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .per_minute = 120, /* each tells names, and is noted for good */
    .request = &caroline__v1__basket_parked__descriptor,
    .reply = &caroline__v1__parked_baskets__descriptor,
    .shared_size = sizeof(struct parked),
    .stages = { look, look_for_members, show },
};
