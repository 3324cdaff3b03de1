/* Make a role, or change its name and what it allows. Nobody gives, or touches, a right they do not have while somebody
 * has it; and nobody locks themselves out. */
#include <string.h>

#include "db/queries.h"
#include "proto/staff.pb-c.h"
#include "server/service/catalogue_limits.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH 40
#define MILLION         1000000u

struct putting {
    struct put put; /* first */
    const char *name;
    bool given[PERMISSION_COUNT];
    bool held
        [PERMISSION_COUNT];    /* by some role; what is new with this server nobody has, and who may edit roles gives */
    uint32_t had_ppm, has_ppm; /* discounts */
    struct rows *caller;
};

static const Caroline__V1__Role *role_of(const struct call *c)
{
    static const Caroline__V1__Role nothing = CAROLINE__V1__ROLE__INIT;
    const Caroline__V1__RolePut *request = (const Caroline__V1__RolePut *)c->message;

    return request->role ? request->role : &nothing;
}

static enum step check(struct call *c)
{
    const Caroline__V1__Role *given = role_of(c);
    struct putting *p = c->shared;
    enum step step = STEP_NEXT;

    if (given->has_name || !given->has_id)
        step = typed_name(c, "role.", "name", given->name, NAME_MAX_LENGTH, &p->name);
    if (step != STEP_NEXT)
        return step;
    if (given->discount_ppm > MILLION)
        return refuse_field(c, REFUSAL(BAD_FIELD), "role.discount_ppm", "no discount is above 100 %%");
    for (size_t i = 0; i < given->n_permissions; i++) {
        enum permission permission = permission_of(field_bytes(given->permissions[i]));
        if (permission == PERMISSION_NONE)
            return refuse_field(c, REFUSAL(BAD_FIELD), arena_format(c->txn.arena, "role.permissions[%zu]", i),
                                "there is no permission of that name");
        p->given[permission] = true;
    }
    put_begin(c, given->has_id, given->id);
    p->put.all = ask(c, &sql_role_put_all, NO_PARAMS);
    p->caller = ask(c, &sql_role_put_caller, PARAMS(PARAM_INT(c->staff_id)));
    return STEP_NEXT;
}

/* Names that this server does not know are of a newer one, and let go of. */
static void read_row(const struct putting *p, size_t row, bool permissions[PERMISSION_COUNT])
{
    size_t count;
    const struct bytes *names = row_texts(p->put.all, row, "permissions", &count);

    for (size_t i = 0; i < count; i++)
        permissions[permission_of(names[i])] = true;
    permissions[PERMISSION_NONE] = false;
}

/* What it allows now, and what any of them does. */
static void read_permissions(struct putting *p, bool had[PERMISSION_COUNT])
{
    if (!p->put.made)
        read_row(p, p->put.row, had);
    for (size_t row = 0; row < rows_count(p->put.all); row++)
        read_row(p, row, p->held);
}

/* An empty list changes nothing: a role that allows nothing is made, not left over by a request that renames one. */
static enum step check_rights(struct call *c, const struct putting *p, const bool had[PERMISSION_COUNT],
                              const bool has[PERMISSION_COUNT])
{
    bool own = !p->put.made && rows_count(p->caller) > 0 && row_int(p->caller, 0, "role_id") == p->put.id;

    for (int permission = PERMISSION_NONE + 1; permission < PERMISSION_COUNT; permission++)
        if ((had[permission] || has[permission]) && !may(c, (enum permission)permission) && p->held[permission])
            return refuse_field(c, REFUSAL(OWN_ROLE_ABOVE), "role.permissions", "you may not %s yourself",
                                permission_name((enum permission)permission));
    if ((p->had_ppm > c->discount_ppm || p->has_ppm > c->discount_ppm) && p->had_ppm != p->has_ppm &&
        p->held[PERMISSION_DISCOUNT])
        return refuse_field(c, REFUSAL(OWN_ROLE_ABOVE), "role.discount_ppm",
                            "you may not give a discount as great as that yourself");
    if (own && (!has[PERMISSION_ROLE_EDIT] || (had[PERMISSION_STAFF_EDIT] && !has[PERMISSION_STAFF_EDIT])))
        return refuse_field(c, REFUSAL(PERMISSION_DENIED), "role.permissions",
                            "somebody else has to take that from your own role: you could not give it back");
    return STEP_NEXT;
}

static const char *permissions_text(struct call *c, const bool has[PERMISSION_COUNT])
{
    const char *text = "";

    for (int permission = PERMISSION_NONE + 1; permission < PERMISSION_COUNT; permission++)
        if (has[permission])
            text = arena_format(c->txn.arena, "%s%s%s", text, *text ? " " : "",
                                permission_name((enum permission)permission));
    return text;
}

static void ask_writes(struct call *c, const struct putting *p, const char *name, const bool has[PERMISSION_COUNT])
{
    struct bytes *names = arena_array(c->txn.arena, PERMISSION_COUNT, sizeof *names);
    size_t count = 0;

    for (int permission = PERMISSION_NONE + 1; permission < PERMISSION_COUNT; permission++)
        if (has[permission])
            names[count++] = bytes_of_text(permission_name((enum permission)permission));
    put_raise(c, 0);
    if (p->put.made)
        ask(c, &sql_role_put_create, PARAMS(PARAM_INT(p->put.id)));
    ask(c, &sql_role_put_version,
        PARAMS(PARAM_INT(p->put.id), PARAM_TEXT(name), PARAM_TEXTS(names, count), PARAM_INT(p->has_ppm)));
}

static enum step write(struct call *c)
{
    const Caroline__V1__Role *given = role_of(c);
    struct putting *p = c->shared;
    enum step step = put_find(c, REFUSAL(UNKNOWN_ROLE), "role.", p->name);
    bool had[PERMISSION_COUNT] = { 0 };

    if (step != STEP_NEXT)
        return step;
    if (p->put.made && rows_count(p->put.all) >= ROLES_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "role", "a shop has at most %d roles", ROLES_MAX);
    read_permissions(p, had);
    p->had_ppm = p->put.made ? 0 : (uint32_t)row_int(p->put.all, p->put.row, "discount_ppm");
    p->has_ppm = given->has_discount_ppm ? given->discount_ppm : p->had_ppm;
    const bool *has = p->put.made || given->n_permissions ? p->given : had;
    if ((step = check_rights(c, p, had, has)) != STEP_NEXT)
        return step;

    const char *old_name = p->put.made ? "" : row_text(p->put.all, p->put.row, "name");
    const char *name = p->name ? p->name : old_name;
    bool changed = changes_text(c, p->put.id, "name", p->put.made, old_name, name);
    changed |=
        changes_text(c, p->put.id, "permissions", p->put.made, permissions_text(c, had), permissions_text(c, has));
    changed |= changes_number(c, p->put.id, "discount_ppm", p->put.made, p->had_ppm, p->has_ppm);
    if (changed)
        ask_writes(c, p, name, has);
    return STEP_NEXT;
}

static enum step done(struct call *c)
{
    const struct putting *p = c->shared;
    Caroline__V1__RolePutDone reply = CAROLINE__V1__ROLE_PUT_DONE__INIT;

    PUT(reply, id, (uint64_t)p->put.id);
    PUT(reply, catalogue_version, put_version(c));
    return answer(c, &reply.base);
}

const struct op role_put = {
    .name = "role_put",
    .number = NUMBER(ROLE_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_ROLE_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__role_put__descriptor,
    .reply = &caroline__v1__role_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, done },
};
