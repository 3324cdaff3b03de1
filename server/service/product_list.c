/* Products by pages, all or those whose name holds a word; with the first page, categories and tax classes. From memory
 * alone. */
#include <string.h>

#include "common/base/text.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_limits.h"
#include "server/service/catalogue_message.h"
#include "server/service/message.h"

#define PAGE       100
#define PAGE_BYTES 60000u /* of an answer */
#define SCRATCH    65536u /* folded names are forgotten when they take so much */

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

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

static bool name_holds(const struct product *product, const char *word, struct arena *scratch)
{
    if (is_ascii(product->name))
        return ascii_holds(product->name, word);
    if (arena_used(scratch) > SCRATCH)
        arena_reset(scratch);
    return strstr(text_fold(scratch, bytes_of_text(product->name)), word) != NULL;
}

static void add_lists(struct call *c, Caroline__V1__ProductListed *reply)
{
    const struct category *category = NULL;
    const struct tax_class *tax_class = NULL;

    reply->categories = arena_array(c->txn.arena, CATEGORIES_MAX, sizeof *reply->categories);
    while (reply->n_categories < CATEGORIES_MAX &&
           (category = catalogue_next_category(c->catalogue, category ? category->id : 0, 0)))
        reply->categories[reply->n_categories++] = category_message_of(c->txn.arena, category);
    reply->tax_classes = arena_array(c->txn.arena, TAX_CLASSES_MAX, sizeof *reply->tax_classes);
    while (reply->n_tax_classes < TAX_CLASSES_MAX &&
           (tax_class = catalogue_next_tax_class(c->catalogue, tax_class ? tax_class->id : 0, 0)))
        reply->tax_classes[reply->n_tax_classes++] = tax_class_message_of(c->txn.arena, tax_class);
}

static void add_products(struct call *c, Caroline__V1__ProductListed *reply, int64_t after_id, const char *word)
{
    size_t used = protobuf_c_message_get_packed_size(&reply->base);
    struct product_message *messages = arena_array(c->txn.arena, PAGE, sizeof *messages);
    struct arena *scratch = arena_create(0);
    const struct product *product;

    reply->products = arena_array(c->txn.arena, PAGE, sizeof *reply->products);
    while ((product = catalogue_next_product(c->catalogue, after_id, 0))) {
        after_id = product->id;
        if (!name_holds(product, word, scratch))
            continue;
        used += product_message_most(product);
        if (reply->n_products == PAGE || used > PAGE_BYTES)
            break;
        reply->products[reply->n_products] = product_message_set(&messages[reply->n_products], product);
        reply->n_products++;
    }
    PUT(*reply, more, product != NULL);
    arena_destroy(scratch);
}

static enum step list(struct call *c)
{
    const Caroline__V1__ProductList *request = (const Caroline__V1__ProductList *)c->message;
    Caroline__V1__ProductListed reply = CAROLINE__V1__PRODUCT_LISTED__INIT;

    if (!c->catalogue) /* on its way into memory */
        return STEP_FAILED;
    PUT(reply, catalogue_version, catalogue_newest(c->catalogue));
    if (request->after_id == 0)
        add_lists(c, &reply);
    add_products(c, &reply, request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id,
                 text_fold(c->txn.arena, field_bytes(request->word)));
    return answer(c, &reply.base);
}

const struct op product_list = {
    .name = "product_list",
    .number = NUMBER(PRODUCT_LIST),
    .kind = OP_READS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__product_list__descriptor,
    .reply = &caroline__v1__product_listed__descriptor,
    .stages = { list },
};
