/* One product, by whichever key it was asked for. From memory: no statement, no transaction,
 * but for a look whether memory is new enough where it is to be refused. */
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_message.h"
#include "server/service/message.h"

static const char *text_of(struct call *c, ProtobufCBinaryData text)
{
    return arena_format(c->txn.arena, "%.*s", (int)text.len, (const char *)text.data);
}

static const struct product *find(struct call *c, const Caroline__V1__ProductShow *request, const char **key)
{
    if (request->has_id) {
        *key = "id";
        return request->id > INT64_MAX
                   ? NULL
                   : catalogue_product(c->catalogue, catalogue_newest(c->catalogue), (int64_t)request->id);
    }
    if (request->has_plu) {
        *key = "plu";
        return request->plu ? catalogue_by_plu(c->catalogue, request->plu) : NULL;
    }
    if (request->has_barcode) {
        *key = "barcode";
        return catalogue_by_barcode(c->catalogue, text_of(c, request->barcode));
    }
    *key = "sku";
    return request->sku.len ? catalogue_by_sku(c->catalogue, text_of(c, request->sku)) : NULL;
}

static enum step show(struct call *c)
{
    const Caroline__V1__ProductShow *request = (const Caroline__V1__ProductShow *)c->message;
    Caroline__V1__ProductShown reply = CAROLINE__V1__PRODUCT_SHOWN__INIT;
    struct product_message message;
    const char *key;

    if (request->has_id + request->has_plu + request->has_barcode + request->has_sku != 1)
        return refuse_field(c, REFUSAL(BAD_FIELD), "id", "ask by exactly one of id, PLU, bar code and sku");
    if (!c->catalogue) /* on its way into memory */
        return STEP_FAILED;
    const struct product *product = find(c, request, &key);
    if (!product)
        return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), key, "no such product");
    reply.product = product_message_set(&message, product);
    PUT(reply, catalogue_version, catalogue_newest(c->catalogue));
    return answer(c, &reply.base);
}

const struct op product_show = {
    .name = "product_show",
    .number = NUMBER(PRODUCT_SHOW),
    .kind = OP_READS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__product_show__descriptor,
    .reply = &caroline__v1__product_shown__descriptor,
    .stages = { show },
};
