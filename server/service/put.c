/* What making or changing one thing of the catalogue has in common. */
#include "server/service/put.h"

#include "db/queries.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/message.h"
#include "server/service/typed.h"

void put_begin(struct call *c, bool has_id, uint64_t id)
{
    struct put *p = c->shared;

    p->made = !has_id;
    p->id = p->made ? next_id(c) : id > INT64_MAX ? 0 : (int64_t)id;
    ask(c, &sql_catalogue_lock, NO_PARAMS);
    p->head = ask(c, &sql_catalogue_head_of, PARAMS(PARAM_INT(c->shop_id)));
}

enum step put_find(struct call *c, int unknown, const char *path, const char *name)
{
    struct put *p = c->shared;
    bool found = false;

    for (size_t i = 0; i < rows_count(p->all); i++) {
        if (row_int(p->all, i, "id") == p->id) {
            p->row = i;
            found = true;
        } else if (name && same_name(c, row_text(p->all, i, "name"), name)) {
            return refuse_field(c, REFUSAL(NAME_TAKEN), arena_format(c->txn.arena, "%sname", path),
                                "there is another one of that name already");
        }
    }
    if (!p->made && !found)
        return refuse_field(c, unknown, arena_format(c->txn.arena, "%sid", path), "there is none of that id");
    return STEP_NEXT;
}

void put_raise(struct call *c, int64_t shop_id)
{
    struct put *p = c->shared;

    p->raised = true;
    catalogue_raise(c, shop_id);
}

uint64_t put_version(const struct call *c)
{
    const struct put *p = c->shared;

    return p->raised ? catalogue_version(c) : (uint64_t)row_int(p->head, 0, "version");
}

enum step put_done(struct call *c)
{
    const struct put *p = c->shared;
    Caroline__V1__CataloguePutDone reply = CAROLINE__V1__CATALOGUE_PUT_DONE__INIT;

    PUT(reply, id, (uint64_t)p->id);
    PUT(reply, catalogue_version, put_version(c));
    return answer(c, &reply.base);
}
