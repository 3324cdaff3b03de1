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
#define HEAD_MAX         40u /* version, part, parts, snapshot */
#define LIST_HEAD        4u  /* tag and length of a row */

/* Each part says how many there are: all rows go through twice, first only to be counted. What a row takes is asked in
 * the same way both times, so both come to the same parts. */
struct packing {
    struct push_parts *parts; /* NULL: counting */
    struct arena *arena;
    const struct catalogue *catalogue;
    uint64_t from;
    uint32_t count; /* of parts, from the first time through */
    uint32_t part;  /* being filled, from 1 */
    size_t used;    /* bytes of it, at most */
    Caroline__V1__CatalogueDelta delta;
    Caroline__V1__Product *products[PART_PRODUCTS];
    Caroline__V1__Category *categories[PART_CATEGORIES];
    Caroline__V1__TaxClass *tax_classes[PART_TAX_CLASSES];
    Caroline__V1__Role *roles[PART_ROLES];
    struct product_message messages[PART_PRODUCTS];
    uint8_t body[PUSH_BODY_MAX];
};

static void part_begin(struct packing *p)
{
    caroline__v1__catalogue_delta__init(&p->delta);
    PUT(p->delta, version, catalogue_newest(p->catalogue));
    PUT(p->delta, part, ++p->part);
    PUT(p->delta, parts, p->count);
    PUT(p->delta, snapshot, p->from == 0);
    p->delta.products = p->products;
    p->delta.categories = p->categories;
    p->delta.tax_classes = p->tax_classes;
    p->delta.roles = p->roles;
    p->used = HEAD_MAX;
}

static void part_end(struct packing *p)
{
    if (!p->parts)
        return;
    assert(protobuf_c_message_get_packed_size(&p->delta.base) <= sizeof p->body);
    push_add(p->parts, bytes_of(p->body, protobuf_c_message_pack(&p->delta.base, p->body)));
}

/* Room for a row of so many bytes, in a list that may hold so many rows: in this part, or a new one. */
static void room(struct packing *p, size_t size, const size_t *count, size_t count_max)
{
    size += LIST_HEAD;
    assert(size + HEAD_MAX <= PUSH_BODY_MAX);
    if (p->used + size > PUSH_BODY_MAX || *count == count_max) {
        part_end(p);
        part_begin(p);
    }
    p->used += size;
}

static void add_shop(struct packing *p)
{
    const size_t none = 0;
    uint64_t newest = catalogue_newest(p->catalogue);
    const struct shop *shop = catalogue_shop(p->catalogue, newest);
    const struct programme *programme = catalogue_programme(p->catalogue, newest);

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

    while ((category = catalogue_next_category(p->catalogue, category ? category->id : 0, p->from))) {
        Caroline__V1__Category *message = category_message_of(p->arena, category);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_categories, PART_CATEGORIES);
        p->categories[p->delta.n_categories++] = message;
    }
    while ((tax_class = catalogue_next_tax_class(p->catalogue, tax_class ? tax_class->id : 0, p->from))) {
        Caroline__V1__TaxClass *message = tax_class_message_of(p->arena, tax_class);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_tax_classes, PART_TAX_CLASSES);
        p->tax_classes[p->delta.n_tax_classes++] = message;
    }
    while ((role = catalogue_next_role(p->catalogue, role ? role->id : 0, p->from))) {
        Caroline__V1__Role *message = role_message_of(p->arena, role);
        room(p, protobuf_c_message_get_packed_size(&message->base), &p->delta.n_roles, PART_ROLES);
        p->roles[p->delta.n_roles++] = message;
    }
}

static void add_products(struct packing *p)
{
    const struct product *product = NULL;

    while ((product = catalogue_next_product(p->catalogue, product ? product->id : 0, p->from))) {
        room(p, product_message_most(product), &p->delta.n_products, PART_PRODUCTS);
        size_t at = p->delta.n_products++;
        if (p->parts)
            p->products[at] = product_message_set(&p->messages[at], product);
    }
}

static void go_through(struct packing *p)
{
    p->part = 0;
    part_begin(p);
    add_shop(p);
    add_lists(p);
    add_products(p);
    part_end(p);
}

static void make(const struct catalogue *catalogue, uint64_t from, struct push_parts *parts)
{
    struct packing *p = arena_alloc(push_arena(parts), sizeof *p);

    p->arena = push_arena(parts);
    p->catalogue = catalogue;
    p->from = from;
    go_through(p);
    p->count = p->part;
    p->parts = parts;
    go_through(p);
    assert(p->part == p->count);
}

const struct topic_class catalogue_topic = {
    .number = CAROLINE__V1__TOPIC__TOPIC_CATALOGUE,
    .make = make,
};
