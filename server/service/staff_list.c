/* The people of the shop, in pages, with the roles there are. Names are read: it leaves a trace. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/sign_in.h"
#include "server/service/staff_message.h"

#define PAGE       200
#define PAGE_BYTES 60000u /* of an answer */
#define ROLES_MAX  64
#define FIELD_MOST 6 /* bytes in front of a message in a list */

struct page {
    struct rows *rows, *locks;
};

static enum step find(struct call *c)
{
    const Caroline__V1__StaffList *request = (const Caroline__V1__StaffList *)c->message;
    struct page *p = c->shared;
    int64_t after_id = request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id;

    if (!c->catalogue)
        return STEP_FAILED;
    p->rows = ask(c, &sql_staff_list, PARAMS(PARAM_INT(c->shop_id), PARAM_INT(after_id), PARAM_INT(PAGE + 1)));
    return STEP_NEXT;
}

static struct bytes person_of(struct call *c, int64_t id)
{
    uint8_t *person = arena_alloc(c->txn.arena, SIGN_IN_PERSON_SIZE);

    sign_in_person_of(id, person);
    return bytes_of(person, SIGN_IN_PERSON_SIZE);
}

static enum step find_locks(struct call *c)
{
    struct page *p = c->shared;
    size_t count = rows_count(p->rows);
    struct bytes *persons = arena_array(c->txn.arena, count + 1, sizeof *persons);

    for (size_t i = 0; i < count; i++)
        persons[i] = person_of(c, row_int(p->rows, i, "id"));
    p->locks = ask(c, &sql_staff_list_locks,
                   PARAMS(PARAM_INT(c->shop_id), PARAM_BYTESES(persons, count), PARAM_INSTANT(c->now)));
    return STEP_NEXT;
}

static void add_lock(struct call *c, Caroline__V1__Staff *staff, const struct rows *locks)
{
    struct bytes person = person_of(c, (int64_t)staff->id);

    for (size_t i = 0; i < rows_count(locks); i++)
        if (bytes_equal(row_bytes(locks, i, "person"), person))
            PUT(*staff, locked_until_us, (uint64_t)row_instant(locks, i, "locked_until").us);
}

static void add_roles(struct call *c, Caroline__V1__StaffListed *reply)
{
    const struct role *role = NULL;

    reply->roles = arena_array(c->txn.arena, ROLES_MAX, sizeof *reply->roles);
    while (reply->n_roles < ROLES_MAX && (role = catalogue_next_role(c->catalogue, role ? role->id : 0, 0)))
        reply->roles[reply->n_roles++] = role_message_of(c->txn.arena, role);
}

/* As many as fit into the answer, which has the roles already. */
static void add_staff(struct call *c, Caroline__V1__StaffListed *reply, const struct page *p, size_t count)
{
    size_t used = protobuf_c_message_get_packed_size(&reply->base);

    reply->staff = arena_array(c->txn.arena, count + 1, sizeof *reply->staff);
    while (reply->n_staff < count) {
        Caroline__V1__Staff *staff = staff_message_of(c, p->rows, reply->n_staff);

        add_lock(c, staff, p->locks);
        used += protobuf_c_message_get_packed_size(&staff->base) + FIELD_MOST;
        if (used > PAGE_BYTES)
            break;
        reply->staff[reply->n_staff++] = staff;
    }
}

static enum step reply_with(struct call *c)
{
    const struct page *p = c->shared;
    size_t count = rows_count(p->rows) > PAGE ? PAGE : rows_count(p->rows);
    Caroline__V1__StaffListed reply = CAROLINE__V1__STAFF_LISTED__INIT;

    add_roles(c, &reply);
    add_staff(c, &reply, p, count);
    PUT(reply, more, rows_count(p->rows) > reply.n_staff);
    journal_note(c, 0, "staff_listed");
    return answer(c, &reply.base);
}

const struct op staff_list = {
    .name = "staff_list",
    .number = NUMBER(STAFF_LIST),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_STAFF_EDIT,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__staff_list__descriptor,
    .reply = &caroline__v1__staff_listed__descriptor,
    .shared_size = sizeof(struct page),
    .stages = { find, find_locks, reply_with },
};
