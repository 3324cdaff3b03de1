/* Make a category, or change what is given of it. */
#include "db/queries.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_limits.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH 40
#define POSITION_MAX    1000000u

struct putting {
    struct put put; /* first */
    const char *name;
};

static const Caroline__V1__Category *category_of(const struct call *c)
{
    static const Caroline__V1__Category nothing = CAROLINE__V1__CATEGORY__INIT;
    const Caroline__V1__CategoryPut *request = (const Caroline__V1__CategoryPut *)c->message;

    return request->category ? request->category : &nothing;
}

static enum step check(struct call *c)
{
    const Caroline__V1__Category *given = category_of(c);
    struct putting *p = c->shared;
    enum step step = STEP_NEXT;

    if (given->has_name || !given->has_id)
        step = typed_name(c, "category.", "name", given->name, NAME_MAX_LENGTH, &p->name);
    if (step != STEP_NEXT)
        return step;
    if (given->position > POSITION_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "category.position", "a position is at most %u", POSITION_MAX);
    put_begin(c, given->has_id, given->id);
    p->put.all = ask(c, &sql_category_put_all, NO_PARAMS);
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    const Caroline__V1__Category *given = category_of(c);
    struct putting *p = c->shared;
    const struct rows *all = p->put.all;
    enum step step = put_find(c, REFUSAL(UNKNOWN_CATEGORY), "category.", p->name);

    if (step != STEP_NEXT)
        return step;
    if (p->put.made && rows_count(all) >= CATEGORIES_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "category", "a shop has at most %d categories", CATEGORIES_MAX);

    const char *old_name = p->put.made ? "" : row_text(all, p->put.row, "name");
    int64_t old_position = p->put.made ? 0 : row_int(all, p->put.row, "position");
    const char *name = p->name ? p->name : old_name;
    int64_t position = given->has_position ? given->position : old_position;

    bool changed = changes_text(c, p->put.id, "name", p->put.made, old_name, name);
    changed |= changes_number(c, p->put.id, "position", p->put.made, old_position, position);
    if (changed) {
        put_raise(c, 0);
        if (p->put.made)
            ask(c, &sql_category_put_create, PARAMS(PARAM_INT(p->put.id)));
        ask(c, &sql_category_put_version, PARAMS(PARAM_INT(p->put.id), PARAM_TEXT(name), PARAM_INT(position)));
    }
    return STEP_NEXT;
}

const struct op category_put = {
    .name = "category_put",
    .number = NUMBER(CATEGORY_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_CATALOGUE_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__category_put__descriptor,
    .reply = &caroline__v1__catalogue_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, put_done },
};
