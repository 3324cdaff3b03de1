/* The catalogue as pushes: all of it, or what has changed since a version, in parts of a frame's size. */
#include <assert.h>

#include "proto/catalogue.pb-c.h"
#include "server/call/push.h"
#include "server/service/catalogue_message.h"
#include "server/service/message.h"
#include "server/service/shop_message.h"
#include "server/service/staff_message.h"

/* As catalogue.proto has them. */
#define PART_PRODUCTS    400
#define PART_CATEGORIES  400
#define PART_TAX_CLASSES 100
#define PART_ROLES       64
#define PART_PROMOTIONS  40
#define PART_MODIFIERS   40
#define PART_TENDERS     20
#define HEAD_MAX         40u /* version, part, parts, snapshot */
#define LIST_HEAD        4u  /* tag and length of a row */

/* A step, of some hundred microseconds: so many rows counted, or so many parts filled. */
#define STEP_ROWS  4000
#define STEP_PARTS 2

/* Each part says how many there are: all rows go through twice, first only to be counted. What a row takes is asked in
 * the same way both times, as of the same version, so both come to the same parts. A step of the first time ends
 * anywhere, one of the second where a part does: nothing then points into the catalogue. */
struct packing {
    bool begun, counted;
    struct push_parts *parts;
    struct arena *arena;
    const struct catalogue *catalogue;
    uint64_t from, to;
    bool few;     /* the products that changed are known: */
    int64_t *ids; /* of them, in order */
    size_t id_count, next_id;
    int64_t after_id;               /* of all: the last one that was taken */
    unsigned rows_left, parts_left; /* of this step */
    uint32_t count;                 /* of parts, from the first time through */
    uint32_t part;                  /* being filled, from 1 */
    size_t used;                    /* bytes of it, at most */
    Caroline__V1__CatalogueDelta delta;
    Caroline__V1__Product *products[PART_PRODUCTS];
    Caroline__V1__Category *categories[PART_CATEGORIES];
    Caroline__V1__TaxClass *tax_classes[PART_TAX_CLASSES];
    Caroline__V1__Role *roles[PART_ROLES];
    Caroline__V1__Promotion *promotions[PART_PROMOTIONS];
    Caroline__V1__Modifier *modifiers[PART_MODIFIERS];
    Caroline__V1__TenderType *tender_types[PART_TENDERS];
    struct product_message messages[PART_PRODUCTS];
    uint8_t body[PUSH_BODY_MAX];
};

static void part_begin(struct packing *p)
{
    caroline__v1__catalogue_delta__init(&p->delta);
    PUT(p->delta, version, p->to);
    PUT(p->delta, part, ++p->part);
    PUT(p->delta, parts, p->count);
    PUT(p->delta, snapshot, p->from == 0);
    p->delta.products = p->products;
    p->delta.categories = p->categories;
    p->delta.tax_classes = p->tax_classes;
    p->delta.roles = p->roles;
    p->delta.promotions = p->promotions;
    p->delta.modifiers = p->modifiers;
    p->delta.tender_types = p->tender_types;
    p->used = HEAD_MAX;
}

static void part_end(struct packing *p)
{
    if (!p->counted)
        return;
    assert(protobuf_c_message_get_packed_size(&p->delta.base) <= sizeof p->body);
    push_add(p->parts, bytes_of(p->body, protobuf_c_message_pack(&p->delta.base, p->body)));
}

/* Is there room for a row of so many bytes, in a list that may hold so many rows, in this part? */
static bool fits(const struct packing *p, size_t size, size_t count, size_t count_max)
{
    assert(size + LIST_HEAD + HEAD_MAX <= PUSH_BODY_MAX);
    return p->used + size + LIST_HEAD <= PUSH_BODY_MAX && count < count_max;
}

/* In this part, or a new one. */
static void room(struct packing *p, size_t size, const size_t *count, size_t count_max)
{
    if (!fits(p, size, *count, count_max)) {
        part_end(p);
        part_begin(p);
    }
    p->used += size + LIST_HEAD;
}

static void add_shop(struct packing *p)
{
    const size_t none = 0;
    const struct shop *shop = catalogue_shop(p->catalogue, p->to);
    const struct programme *programme = catalogue_programme(p->catalogue, p->to);

    if (shop && (p->from == 0 || shop != catalogue_shop(p->catalogue, p->from))) {
        Caroline__V1__Shop *message = shop_message_of(p->arena, shop);
        room(p, protobuf_c_message_get_packed_size(&message->base), &none, 1);
        p->delta.shop = message;
    }
    if (programme && (p->from == 0 || programme != catalogue_programme(p->catalogue, p->from))) {
        Caroline__V1__Programme *message = programme_message_of(p->arena, programme);
        room(p, protobuf_c_message_get_packed_size(&message->base), &none, 1);
        p->delta.programme = message;
    }
}

static void add_lists(struct packing *p)
{
    const struct category *category = NULL;
    const struct tax_class *tax_class = NULL;
    const struct role *role = NULL;
    const struct promotion *promotion = NULL;
    const struct modifier *modifier = NULL;
    const struct tender_type *type = NULL;

    while ((category = catalogue_next_category_of(p->catalogue, p->to, category ? category->id : 0, p->from))) {
        Caroline__V1__Category *message = category_message_of(p->arena, category);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_categories, PART_CATEGORIES);
        p->categories[p->delta.n_categories++] = message;
    }
    while ((tax_class = catalogue_next_tax_class_of(p->catalogue, p->to, tax_class ? tax_class->id : 0, p->from))) {
        Caroline__V1__TaxClass *message = tax_class_message_of(p->arena, tax_class);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_tax_classes, PART_TAX_CLASSES);
        p->tax_classes[p->delta.n_tax_classes++] = message;
    }
    while ((role = catalogue_next_role_of(p->catalogue, p->to, role ? role->id : 0, p->from))) {
        Caroline__V1__Role *message = role_message_of(p->arena, role);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_roles, PART_ROLES);
        p->roles[p->delta.n_roles++] = message;
    }
    while ((promotion = catalogue_next_promotion_of(p->catalogue, p->to, promotion ? promotion->id : 0, p->from))) {
        Caroline__V1__Promotion *message = promotion_message_of(p->arena, promotion);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_promotions, PART_PROMOTIONS);
        p->promotions[p->delta.n_promotions++] = message;
    }
    while ((modifier = catalogue_next_modifier_of(p->catalogue, p->to, modifier ? modifier->id : 0, p->from))) {
        Caroline__V1__Modifier *message = modifier_message_of(p->arena, modifier);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_modifiers, PART_MODIFIERS);
        p->modifiers[p->delta.n_modifiers++] = message;
    }
    while ((type = catalogue_next_tender_type_of(p->catalogue, p->to, type ? type->id : 0, p->from))) {
        Caroline__V1__TenderType *message = tender_type_message_of(p->arena, type);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_tender_types, PART_TENDERS);
        p->tender_types[p->delta.n_tender_types++] = message;
    }
}

static const struct product *product_now(const struct packing *p)
{
    if (!p->few)
        return catalogue_next_product_of(p->catalogue, p->to, p->after_id, p->from);
    return p->next_id < p->id_count ? catalogue_product(p->catalogue, p->to, p->ids[p->next_id]) : NULL;
}

/* false: the step is over before they are. */
static bool add_products(struct packing *p)
{
    const struct product *product;

    while ((product = product_now(p))) {
        size_t most = product_message_most(product);
        bool over = !p->counted && p->rows_left-- == 0;

        if (p->counted && !fits(p, most, p->delta.n_products, PART_PRODUCTS)) {
            part_end(p);
            part_begin(p);
            over = --p->parts_left == 0;
        }
        if (over)
            return false;
        room(p, most, &p->delta.n_products, PART_PRODUCTS);
        size_t at = p->delta.n_products++;
        if (p->counted)
            p->products[at] = product_message_set(&p->messages[at], product);
        p->after_id = product->id;
        p->next_id++;
    }
    return true;
}

static void begin(struct packing *p)
{
    p->begun = true;
    p->part = 0;
    p->after_id = 0;
    p->next_id = 0;
    part_begin(p);
    add_shop(p);
    add_lists(p);
}

static bool make(const struct catalogue *catalogue, uint64_t from, uint64_t to, void *memory, struct push_parts *parts)
{
    struct packing *p = memory;

    p->parts = parts;
    p->arena = push_arena(parts);
    p->catalogue = catalogue;
    p->from = from;
    p->to = to;
    p->rows_left = STEP_ROWS;
    p->parts_left = STEP_PARTS;
    if (!p->begun) {
        p->few = from > 0 && catalogue_changed_products(catalogue, from, p->arena, &p->ids, &p->id_count);
        begin(p);
    }
    if (!p->counted) {
        if (!add_products(p))
            return false;
        p->counted = true;
        p->count = p->part;
        begin(p);
    }
    if (!add_products(p))
        return false;
    part_end(p);
    assert(p->part == p->count);
    return true;
}

const struct topic_class catalogue_topic = {
    .number = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE,
    .memory_size = sizeof(struct packing),
    .make = make,
};
