/* Products by pages, all or those whose name holds a word; with the first page, categories, tax classes and means
 * of payment. From memory
 * alone, a few hundred names in a turn of the loop: a shop may have 100,000, and sales are not to wait for a search. */
#include <string.h>

#include "common/base/text.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_limits.h"
#include "server/service/catalogue_message.h"
#include "server/service/message.h"

#define PAGE       100
#define PAGE_BYTES 60000u /* of an answer */
#define TURN_NAMES 500    /* looked at in one turn of the loop */

/* What a search has so far. */
struct search {
    bool begun;
    uint64_t version; /* of the catalogue when it began: its states stay as they were */
    const char *word; /* folded */
    int64_t after_id;
    Caroline__V1__ProductListed reply;
    struct product_message *messages;
    size_t used; /* bytes */
};

static char lower(char letter)
{
    if (letter < 'A' || letter > 'Z')
        return letter;
    return (char)(letter - 'A' + 'a');
}

/* What text_fold() does to plain letters, without making a copy: most names are such, and a shop may have 100,000. */
static bool ascii_holds(const char *name, const char *word)
{
    for (; *name; name++) {
        size_t i = 0;

        while (word[i] && lower(name[i]) == word[i])
            i++;
        if (!word[i])
            return true;
    }
    return *word == '\0';
}

static bool name_holds(const struct product *product, const char *word)
{
    const char *folded = catalogue_folded_name(product);

    return folded == product->name ? ascii_holds(folded, word) : strstr(folded, word) != NULL;
}

static void add_lists(struct call *c, Caroline__V1__ProductListed *reply)
{
    const struct category *category = NULL;
    const struct tax_class *tax_class = NULL;
    const struct tender_type *type = NULL;

    reply->categories = arena_array(c->txn.arena, CATEGORIES_MAX, sizeof *reply->categories);
    while (reply->n_categories < CATEGORIES_MAX &&
           (category = catalogue_next_category(c->catalogue, category ? category->id : 0, 0)))
        reply->categories[reply->n_categories++] = category_message_of(c->txn.arena, category);
    reply->tax_classes = arena_array(c->txn.arena, TAX_CLASSES_MAX, sizeof *reply->tax_classes);
    while (reply->n_tax_classes < TAX_CLASSES_MAX &&
           (tax_class = catalogue_next_tax_class(c->catalogue, tax_class ? tax_class->id : 0, 0)))
        reply->tax_classes[reply->n_tax_classes++] = tax_class_message_of(c->txn.arena, tax_class);
    reply->tender_types = arena_array(c->txn.arena, TENDER_TYPES_MAX, sizeof *reply->tender_types);
    while (reply->n_tender_types < TENDER_TYPES_MAX &&
           (type = catalogue_next_tender_type(c->catalogue, type ? type->id : 0, 0)))
        reply->tender_types[reply->n_tender_types++] = tender_type_message_of(c->txn.arena, type);
}

static void begin(struct call *c, struct search *s)
{
    const Caroline__V1__ProductList *request = (const Caroline__V1__ProductList *)c->message;

    s->begun = true;
    s->version = catalogue_newest(c->catalogue);
    s->word = text_fold(c->txn.arena, field_bytes(request->word));
    s->after_id = request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id;
    caroline__v1__product_listed__init(&s->reply);
    PUT(s->reply, catalogue_version, s->version);
    if (request->after_id == 0)
        add_lists(c, &s->reply);
    s->used = protobuf_c_message_get_packed_size(&s->reply.base);
    s->reply.products = arena_array(c->txn.arena, PAGE, sizeof *s->reply.products);
    s->messages = arena_array(c->txn.arena, PAGE, sizeof *s->messages);
}

/* As many as one turn may look at. Returns whether the page is done. */
static bool add_products(struct call *c, struct search *s)
{
    Caroline__V1__ProductListed *reply = &s->reply;
    const struct product *product;

    for (int looked = 0; (product = catalogue_next_product_of(c->catalogue, s->version, s->after_id, 0)); looked++) {
        if (looked == TURN_NAMES)
            return false;
        s->after_id = product->id;
        if (!name_holds(product, s->word))
            continue;
        s->used += product_message_most(product);
        if (reply->n_products == PAGE || s->used > PAGE_BYTES)
            break;
        reply->products[reply->n_products] = product_message_set(&s->messages[reply->n_products], product);
        reply->n_products++;
    }
    PUT(*reply, more, product != NULL);
    return true;
}

static enum step list(struct call *c)
{
    struct search *s = c->shared;

    if (!c->catalogue) /* on its way into memory */
        return STEP_FAILED;
    if (!s->begun)
        begin(c, s);
    else if (catalogue_version_usable(c->catalogue, s->version, INT64_MIN) != VERSION_OK)
        return STEP_FAILED; /* its states may be gone, and what the answer points to with them */
    if (!add_products(c, s))
        return STEP_LATER;
    return answer(c, &s->reply.base);
}

const struct op product_list = {
    .name = "product_list",
    .number = NUMBER(PRODUCT_LIST),
    .kind = OP_READS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__product_list__descriptor,
    .reply = &caroline__v1__product_listed__descriptor,
    .shared_size = sizeof(struct search),
    .stages = { list },
};
