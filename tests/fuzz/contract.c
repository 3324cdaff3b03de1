/* The messages there are. */
#include "contract.h"

#include <assert.h>

#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/invoice.pb-c.h"
#include "proto/sale.pb-c.h"
#include "server/service/ops.h"

static const ProtobufCMessageDescriptor *messages[CONTRACT_MOST];
static size_t count;

static void add(const ProtobufCMessageDescriptor *message)
{
    for (size_t i = 0; i < count; i++)
        if (messages[i] == message)
            return;
    assert(count < CONTRACT_MOST);
    messages[count++] = message;
    for (unsigned i = 0; i < message->n_fields; i++)
        if (message->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            add(message->fields[i].descriptor);
}

static void find_all(void)
{
    add(&caroline__v1__request__descriptor);
    add(&caroline__v1__from_server__descriptor);
    for (const struct op *const *op = all_ops; *op; op++) {
        add((*op)->request);
        add((*op)->reply);
    }
    /* what stands in bytes: pushes, and details of errors */
    add(&caroline__v1__catalogue_delta__descriptor);
    add(&caroline__v1__resync__descriptor);
    add(&caroline__v1__sale_number__descriptor);
    add(&caroline__v1__approval_wanted__descriptor);
    add(&caroline__v1__allergens_met__descriptor);
    /* what the server keeps, sealed */
    add(&caroline__v1__invoice_document__descriptor);
    assert(count == CONTRACT_MESSAGES); /* else one is in no op's request or reply: add it above */
}

size_t contract_count(void)
{
    if (count == 0)
        find_all();
    return count;
}

const ProtobufCMessageDescriptor *contract_message(size_t which)
{
    assert(which < contract_count());
    return messages[which];
}
