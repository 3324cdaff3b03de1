/* Accounts' rows as states and messages. */
#include "server/service/account_message.h"

#include "server/service/message.h"

struct bytes account_blind_of(struct call *c, enum account_blind kind, struct bytes key)
{
    uint8_t *blind = arena_alloc(c->txn.arena, BLIND_SIZE);

    vault_blind(c->vault, kind == ACCOUNT_BLIND_NAME ? BLIND_ACCOUNT_NAME : BLIND_ACCOUNT_PREFIX, key, blind);
    return bytes_of(blind, BLIND_SIZE);
}

struct account_state account_state_of(const struct rows *rows, size_t row)
{
    return (struct account_state){ .id = row_int(rows, row, "id"),
                                   .number = (uint32_t)row_int(rows, row, "number"),
                                   .balance_minor = row_int(rows, row, "balance_minor"),
                                   .limit_minor = row_int(rows, row, "limit_minor"),
                                   .entry_count = row_int(rows, row, "entry_count"),
                                   .blocked = row_bool(rows, row, "blocked") };
}

/* What can no longer be opened is left out. */
static void put_sealed(struct call *c, const struct rows *rows, size_t row, const char *column, enum vault_field field,
                       protobuf_c_boolean *has, ProtobufCBinaryData *value)
{
    if (row_is_null(rows, row, column))
        return;
    struct bytes text =
        vault_unseal(c->vault, row_int(rows, row, "id"), field, row_bytes(rows, row, column), c->txn.arena);

    *has = text.data != NULL;
    *value = field_of(text);
}

Caroline__V1__Account *account_message_of(struct call *c, const struct rows *rows, size_t row, bool note)
{
    Caroline__V1__Account *message = arena_alloc(c->txn.arena, sizeof *message);
    const struct account_state account = account_state_of(rows, row);

    caroline__v1__account__init(message);
    PUT(*message, id, (uint64_t)account.id);
    PUT(*message, number, account.number);
    PUT(*message, limit_minor, account.limit_minor);
    PUT(*message, blocked, account.blocked);
    PUT(*message, balance_minor, account.balance_minor);
    PUT(*message, left_minor, account_left(&account));
    put_sealed(c, rows, row, "name_sealed", FIELD_ACCOUNT_NAME, &message->has_name, &message->name);
    put_sealed(c, rows, row, "reference_sealed", FIELD_ACCOUNT_REFERENCE, &message->has_reference, &message->reference);
    if (note)
        put_sealed(c, rows, row, "note_sealed", FIELD_ACCOUNT_NOTE, &message->has_note, &message->note);
    return message;
}
