/* Devices as rows say they are. */
#include "server/service/device_message.h"

#include "server/service/message.h"

static Caroline__V1__DeviceState state_of(const struct rows *rows, size_t row, struct instant now)
{
    if (!row_is_null(rows, row, "revoked_at"))
        return CAROLINE__V1__DEVICE_STATE__DEVICE_STATE_REVOKED;
    if (row_instant(rows, row, "certificate_expiry").us <= now.us)
        return CAROLINE__V1__DEVICE_STATE__DEVICE_STATE_EXPIRED;
    return CAROLINE__V1__DEVICE_STATE__DEVICE_ACTIVE;
}

Caroline__V1__Device device_message_of(const struct rows *rows, size_t row, struct instant now)
{
    Caroline__V1__Device device = CAROLINE__V1__DEVICE__INIT;

    PUT(device, id, (uint64_t)row_int(rows, row, "id"));
    PUT(device, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    PUT(device, kind, (Caroline__V1__ClientKind)row_int(rows, row, "kind"));
    PUT(device, name, field_of(row_bytes(rows, row, "name")));
    if (!row_is_null(rows, row, "till_number"))
        PUT(device, till_number, (uint32_t)row_int(rows, row, "till_number"));
    PUT(device, state, state_of(rows, row, now));
    PUT(device, expires_us, (uint64_t)row_instant(rows, row, "certificate_expiry").us);
    if (!row_is_null(rows, row, "seen_at"))
        PUT(device, seen_us, (uint64_t)row_instant(rows, row, "seen_at").us);
    return device;
}
