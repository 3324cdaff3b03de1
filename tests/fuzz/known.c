/* Things by the names of the fields that held them. */
#include "known.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/code.h"
#include "common/wire/walker.h"
#include "messages.h"
#include "proto/sale.pb-c.h"
#include "reference.h"

/* ---- kinds ---- */

static bool ends_in(const char *name, const char *ending)
{
    size_t size = strlen(name), wanted = strlen(ending);

    return size >= wanted && strcmp(name + size - wanted, ending) == 0;
}

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* "product" of "ProductPutDone", or of "product_put". */
static void first_word(char key[32], const char *name)
{
    size_t size = 0;

    do
        key[size] = (char)tolower((unsigned char)name[size]);
    while (name[++size] && islower((unsigned char)name[size]) && size < 20);
    key[size] = '\0';
}

/* "tax_class" has no other classes beside it, "tender_type" no other types: what a word of an id's name means. */
static const char *same_thing(const char *word)
{
    if (strcmp(word, "class") == 0 || strcmp(word, "to") == 0)
        return "tax";
    if (strcmp(word, "type") == 0)
        return "tender";
    return word;
}

/* "category" of "reward_category_id". */
static void word_before(char key[32], const char *name, size_t ending)
{
    char part[32];

    snprintf(part, sizeof part, "%.*s", (int)(strlen(name) - ending), name);
    const char *word = strrchr(part, '_');
    snprintf(key, 32, "%s", same_thing(word ? word + 1 : part));
}

const char *known_key(const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field, const char *op,
                      char key[32])
{
    static const char *const plain[] = {
        "plu",     "sku",   "phone",  "email",          "card",       "badge",
        "pin",     "token", "secret", "receipt_number", "command_id", "certificate_request",
        "barcode", NULL
    };
    const char *name = field->name;

    key[0] = '\0';
    if (strcmp(name, "id") == 0 && strcmp(message->short_name, "CouponCampaign") == 0)
        snprintf(key, 32, "campaign"); /* a coupon is another thing */
    else if (strcmp(name, "id") == 0 && strcmp(message->short_name, "PaymentMethod") == 0)
        snprintf(key, 32, "method");
    else if (strcmp(name, "id") == 0 || strcmp(name, "ids") == 0 || strcmp(name, "after_id") == 0)
        first_word(key, strcmp(message->short_name, "CataloguePutDone") == 0 ? op : message->short_name);
    else if (strcmp(name, "from_id") == 0 || strcmp(name, "into_id") == 0)
        snprintf(key, 32, "member");
    else if (strcmp(name, "confirm_id") == 0)
        first_word(key, message->short_name);
    else if (strcmp(name, "command_id") != 0 && ends_in(name, "_id"))
        word_before(key, name, 3);
    else if (ends_in(name, "_ids"))
        word_before(key, name, 4);
    else if (strcmp(name, "version") == 0 || strcmp(name, "catalogue_version") == 0)
        snprintf(key, 32, "version");
    else if (strcmp(name, "total_minor") == 0 || strcmp(name, "amount_minor") == 0)
        snprintf(key, 32, "%s", strncmp(message->short_name, "Quoted", 6) == 0 ? "" : "total");
    else if (strcmp(name, "approval") == 0 || strcmp(message->short_name, "ApprovalOpened") == 0)
        snprintf(key, 32, "%s", field->type == PROTOBUF_C_TYPE_BYTES ? "approval" : "");
    else if (strcmp(name, "barcodes") == 0)
        snprintf(key, 32, "barcode");
    else if (strcmp(name, "current_pin") == 0)
        snprintf(key, 32, "pin");
    else if (strcmp(name, "refund_of") == 0)
        snprintf(key, 32, "receipt_number");
    else if (strcmp(name, "after") == 0 || strcmp(message->short_name, "CheckResult") == 0)
        snprintf(key, 32, "%s", field->type == PROTOBUF_C_TYPE_BYTES ? "check" : "");
    else if (strcmp(name, "pays") == 0 || strcmp(name, "gift_card") == 0)
        snprintf(key, 32, "pays");
    else if (strncmp(message->short_name, "GiftCard", 8) == 0 && strcmp(name, "code") == 0)
        snprintf(key, 32, "gift_code");
    else if (strcmp(name, "redeems") == 0)
        snprintf(key, 32, "redeems");
    else if ((strcmp(message->short_name, "IssuedCoupon") == 0 || strcmp(message->short_name, "CouponShow") == 0) &&
             strcmp(name, "code") == 0)
        snprintf(key, 32, "coupon_code");
    else if (strcmp(message->short_name, "MemberCardMade") == 0 && strcmp(name, "code") == 0)
        snprintf(key, 32, "card");
    else if ((strcmp(message->short_name, "MemberCodeMade") == 0 || strcmp(message->short_name, "KioskSignIn") == 0) &&
             strcmp(name, "code") == 0)
        snprintf(key, 32, "member_code");
    else if ((strcmp(message->short_name, "BasketLeft") == 0 || strcmp(message->short_name, "BasketResume") == 0) &&
             strcmp(name, "number") == 0)
        snprintf(key, 32, "left_number");
    else if ((strcmp(message->short_name, "MemberSignedUp") == 0 || strcmp(message->short_name, "SelfPutDone") == 0 ||
              strcmp(message->short_name, "MemberAdmit") == 0) &&
             strcmp(name, "number") == 0)
        snprintf(key, 32, "ticket_number");
    else if (strcmp(message->short_name, "DeviceInvited") == 0 && strcmp(name, "code") == 0)
        snprintf(key, 32, "code");
    else if (strcmp(name, "name") == 0) {
        first_word(key, strcmp(message->short_name, "SessionOpen") == 0 ? "staff" : message->short_name);
        snprintf(key + strlen(key), 32 - strlen(key), ".name");
    } else if (is_among(name, plain))
        snprintf(key, 32, "%s", name);
    return key;
}

/* ---- noting ---- */

static struct known_kind *kind_of(struct known *known, const char *key)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->kinds[i].key, key) == 0)
            return &known->kinds[i];
    if (known->count == KNOWN_KEYS)
        return NULL;
    struct known_kind *kind = &known->kinds[known->count++];
    kind->count = 0;
    snprintf(kind->key, sizeof kind->key, "%s", key);
    return kind;
}

static const struct known_kind *kind_at(const struct known *known, const char *key)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->kinds[i].key, key) == 0)
            return &known->kinds[i];
    return NULL;
}

/* The first stay; later ones take the places of one another in turn. */
static void note(struct known *known, const char *key, uint64_t number, struct bytes bytes)
{
    struct known_kind *kind = kind_of(known, key);
    size_t at = 0;

    if (!kind || bytes.size > KNOWN_SIZE)
        return;
    while (at < kind->count && (kind->values[at].number != number ||
                                !bytes_equal(bytes_of(kind->values[at].bytes, kind->values[at].size), bytes)))
        at++;
    if (at == KNOWN_VALUES)
        at = kind->last + 1 < KNOWN_VALUES && kind->last >= KNOWN_VALUES / 2 ? kind->last + 1 : KNOWN_VALUES / 2;
    else if (at == kind->count)
        kind->count++;
    kind->last = at;
    kind->values[at].number = number;
    kind->values[at].size = bytes.size;
    if (bytes.size > 0)
        memcpy(kind->values[at].bytes, bytes.data, bytes.size);
}

void known_note_number(struct known *known, const char *key, uint64_t number)
{
    note(known, key, number, bytes_of(NULL, 0));
}

void known_note_bytes(struct known *known, const char *key, struct bytes bytes)
{
    struct enrolment_code code;

    if (strcmp(key, "code") == 0 && code_parse(bytes, &code) == CODE_OK)
        note(known, "secret", 0, bytes_of(code.secret, sizeof code.secret));
    else
        note(known, key, 0, bytes);
}

struct harvest {
    struct known *known;
    const char *op;
};

static void harvest_value(void *user, const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field,
                          uint64_t *number, struct bytes *bytes)
{
    struct harvest *h = user;
    char key[32];

    if (known_key(message, field, h->op, key)[0] == '\0')
        return;
    if (number && *number != 0)
        known_note_number(h->known, key, *number);
    else if (bytes && bytes->size > 0)
        known_note_bytes(h->known, key, *bytes);
}

void known_harvest(struct known *known, ProtobufCMessage *message, const char *op)
{
    message_walk(message, harvest_value, &(struct harvest){ known, op });
}

/* ---- referring ---- */

struct resolving {
    const struct known *known;
    const char *op;
    struct arena *arena;
};

/* A request within a request has references of its own. false: it is none that can be read. */
static bool resolve_within(const struct resolving *r, const ProtobufCMessageDescriptor *descriptor, struct bytes *bytes)
{
    ProtobufCMessage *message = message_decode(descriptor, *bytes, r->arena);

    if (message) {
        known_resolve(r->known, message, r->op, r->arena);
        *bytes = message_encode(message, r->arena);
    }
    return message != NULL;
}

static void resolve_value(void *user, const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field,
                          uint64_t *number, struct bytes *bytes)
{
    struct resolving *r = user;
    char key[32];
    unsigned which;

    if (strcmp(message->short_name, "SaleRescue") == 0 && strcmp(field->name, "body") == 0) {
        if (!resolve_within(r, &caroline__v1__sale_offline__descriptor, bytes))
            resolve_within(r, &caroline__v1__sale_ring_up__descriptor, bytes);
        return;
    }
    if (number ? !reference_in_number(*number, &which) : !reference_in_bytes(*bytes, &which))
        return;
    const struct known_kind *kind = kind_at(r->known, known_key(message, field, r->op, key));
    const struct known_value *value =
        kind && kind->count > 0 ? &kind->values[which == REFERENCE_LAST ? kind->last : which % kind->count] : NULL;
    if (number)
        *number = value ? value->number : 0;
    else
        *bytes = value ? bytes_of(arena_copy(r->arena, value->bytes, value->size), value->size) : bytes_of(NULL, 0);
}

void known_resolve(const struct known *known, ProtobufCMessage *message, const char *op, struct arena *arena)
{
    message_walk(message, resolve_value, &(struct resolving){ known, op, arena });
}
