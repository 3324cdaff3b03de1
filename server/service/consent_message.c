/* Rows of consents as messages. */
#include "server/service/consent_message.h"

#include "server/service/message.h"

static size_t row_of(const struct rows *rows, uint32_t kind)
{
    size_t i = 0;

    while (i < rows_count(rows) && row_int(rows, i, "kind") != (int64_t)kind)
        i++;
    return i;
}

struct consent_state consent_state_of(const struct rows *rows, uint32_t kind, int64_t *number)
{
    size_t i = row_of(rows, kind);

    *number = 0;
    if (i == rows_count(rows))
        return (struct consent_state){ 0 };
    *number = row_int(rows, i, "number");
    return (struct consent_state){ .given = row_bool(rows, i, "given"),
                                   .text_version = (uint32_t)row_int(rows, i, "text_version") };
}

static Caroline__V1__Consent *message_of(uint32_t kind, const struct consent_text *text, struct arena *arena)
{
    const struct consent_text *newest = consent_text_of(kind, 0);
    Caroline__V1__Consent *message = arena_alloc(arena, sizeof *message);

    caroline__v1__consent__init(message);
    PUT(*message, kind, kind);
    PUT(*message, given, false);
    if (newest) {
        PUT(*message, name, field_text(newest->name));
        PUT(*message, newest_version, newest->version);
    }
    if (text)
        PUT(*message, text, field_text(text->text));
    return message;
}

static void put_entry(Caroline__V1__Consent *message, const struct rows *rows, size_t row)
{
    PUT(*message, given, row_bool(rows, row, "given"));
    PUT(*message, text_version, (uint32_t)row_int(rows, row, "text_version"));
    PUT(*message, at_us, (uint64_t)row_instant(rows, row, "at").us);
    PUT(*message, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    PUT(*message, device_id, (uint64_t)row_int(rows, row, "device_id"));
    if (!row_is_null(rows, row, "staff_id")) /* by themselves, at a kiosk */
        PUT(*message, staff_id, (uint64_t)row_int(rows, row, "staff_id"));
}

Caroline__V1__Consent *consent_standing(const struct rows *rows, uint32_t kind, struct arena *arena)
{
    Caroline__V1__Consent *message = message_of(kind, consent_text_of(kind, 0), arena);
    size_t row = row_of(rows, kind);

    if (row < rows_count(rows))
        put_entry(message, rows, row);
    return message;
}

Caroline__V1__Consent **consents_standing(const struct rows *rows, struct arena *arena, size_t *count)
{
    Caroline__V1__Consent **messages = arena_array(arena, CONSENT_KINDS, sizeof *messages);

    *count = CONSENT_KINDS;
    for (uint32_t i = 0; i < CONSENT_KINDS; i++)
        messages[i] = consent_standing(rows, i + 1, arena);
    return messages;
}

Caroline__V1__Consent *consent_entry_of(const struct rows *rows, size_t row, struct arena *arena)
{
    uint32_t kind = (uint32_t)row_int(rows, row, "kind");
    const struct consent_text *text = consent_text_of(kind, (uint32_t)row_int(rows, row, "text_version"));
    Caroline__V1__Consent *message = message_of(kind, text, arena);

    put_entry(message, rows, row);
    return message;
}
