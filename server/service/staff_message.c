/* Staff and roles as messages. */
#include "server/service/staff_message.h"

#include "common/base/phone.h"
#include "common/base/text.h"
#include "server/service/message.h"

void staff_name_blind(struct call *c, struct bytes name, uint8_t blind[BLIND_SIZE])
{
    struct bytes tidy = bytes_of_text(text_tidy(c->txn.arena, name));
    vault_blind(c->vault, BLIND_STAFF_NAME, bytes_of_text(text_fold(c->txn.arena, tidy)), blind);
}

void staff_badge_blind(struct call *c, struct bytes badge, uint8_t blind[BLIND_SIZE])
{
    const char *normal = card_normalise(c->txn.arena, badge);
    vault_blind(c->vault, BLIND_BADGE, normal ? bytes_of_text(normal) : badge, blind);
}

const struct role *staff_role(const struct call *c, int64_t role_id)
{
    return c->catalogue ? catalogue_role(c->catalogue, catalogue_newest(c->catalogue), role_id) : NULL;
}

Caroline__V1__Staff *staff_message_of(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__Staff *staff = arena_alloc(c->txn.arena, sizeof *staff);
    int64_t id = row_int(rows, row, "id"), role_id = row_int(rows, row, "role_id");
    struct bytes name = vault_unseal(c->vault, id, FIELD_STAFF_NAME, row_bytes(rows, row, "name_sealed"), c->txn.arena);
    const struct role *role = staff_role(c, role_id);

    caroline__v1__staff__init(staff);
    PUT(*staff, id, (uint64_t)id);
    PUT(*staff, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    if (name.data)
        PUT(*staff, name, field_of(name));
    PUT(*staff, role_id, (uint64_t)role_id);
    if (role)
        PUT(*staff, role, field_text(role->name));
    PUT(*staff, active, row_bool(rows, row, "active"));
    PUT(*staff, locked, row_bool(rows, row, "locked"));
    return staff;
}

static ProtobufCBinaryData *permissions_of(struct arena *arena, const struct role *role)
{
    ProtobufCBinaryData *names = arena_array(arena, role->permission_count + 1, sizeof *names);
    for (size_t i = 0; i < role->permission_count; i++)
        names[i] = field_text(role->permissions[i]);
    return names;
}

Caroline__V1__Role *role_message_of(struct arena *arena, const struct role *role)
{
    Caroline__V1__Role *message = arena_alloc(arena, sizeof *message);

    caroline__v1__role__init(message);
    PUT(*message, id, (uint64_t)role->id);
    PUT(*message, name, field_text(role->name));
    message->n_permissions = role->permission_count;
    message->permissions = permissions_of(arena, role);
    PUT(*message, discount_ppm, role->discount_ppm);
    return message;
}

enum step session_answer(struct call *c, const struct session_told *told)
{
    Caroline__V1__SessionOpened reply = CAROLINE__V1__SESSION_OPENED__INIT;
    const struct role *role = staff_role(c, told->role_id);

    if (told->token.size)
        PUT(reply, token, field_of(told->token));
    if (told->unlock_key.size)
        PUT(reply, unlock_key, field_of(told->unlock_key));
    reply.staff = told->staff;
    if (role) {
        reply.n_permissions = role->permission_count;
        reply.permissions = permissions_of(c->txn.arena, role);
    }
    PUT(reply, expires_us, (uint64_t)told->expires.us);
    PUT(reply, locked, told->locked);
    if (told->trains)
        PUT(reply, training, true);
    if (told->role_id == 0)
        PUT(reply, must_change_pin, true);
    return answer(c, &reply.base);
}
