/* Names into ids: what people type, asked of the server. */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/staff.pb-c.h"

#define KEY_MAX 40 /* bytes: no sku and no bar code has more characters */

static bool names(ProtobufCBinaryData have, const char *name)
{
    return have.len == strlen(name) && strncasecmp((const char *)have.data, name, have.len) == 0;
}

static bool category_id(struct cli *c, const char *name, uint64_t *id)
{
    int status;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);

    for (size_t i = 0; listed && i < listed->n_categories; i++) {
        if (names(listed->categories[i]->name, name)) {
            *id = listed->categories[i]->id;
            return true;
        }
    }
    return false;
}

static bool tax_class_id(struct cli *c, const char *name, uint64_t *id)
{
    int status;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);

    for (size_t i = 0; listed && i < listed->n_tax_classes; i++) {
        if (names(listed->tax_classes[i]->name, name)) {
            *id = listed->tax_classes[i]->id;
            return true;
        }
    }
    return false;
}

static bool tender_type_id(struct cli *c, const char *name, uint64_t *id)
{
    int status;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);

    for (size_t i = 0; listed && i < listed->n_tender_types; i++) {
        if (names(listed->tender_types[i]->name, name)) {
            *id = listed->tender_types[i]->id;
            return true;
        }
    }
    return false;
}

bool all_modifiers(struct cli *c, Caroline__V1__Modifier ***all, size_t *count, int *status)
{
    Caroline__V1__ModifierList request = CAROLINE__V1__MODIFIER_LIST__INIT;
    const Caroline__V1__ModifierListed *listed;

    *count = 0;
    *all = arena_array(c->arena, 1, sizeof **all);
    do {
        listed = (const void *)call_server(c, CAROLINE__V1__OP__OP_MODIFIER_LIST, &request.base, status);
        if (!listed)
            return false;
        Caroline__V1__Modifier **more = arena_array(c->arena, *count + listed->n_modifiers + 1, sizeof *more);
        for (size_t i = 0; i < *count; i++)
            more[i] = (*all)[i];
        for (size_t i = 0; i < listed->n_modifiers; i++)
            more[(*count)++] = listed->modifiers[i];
        *all = more;
        request.has_after_id = true;
        request.after_id = *count > 0 ? more[*count - 1]->id : 0;
    } while (listed->more && listed->n_modifiers > 0);
    return true;
}

static bool modifier_id(struct cli *c, const char *name, uint64_t *id)
{
    Caroline__V1__Modifier **all;
    size_t count;
    int status;

    if (!all_modifiers(c, &all, &count, &status))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (names(all[i]->name, name)) {
            *id = all[i]->id;
            return true;
        }
    }
    return false;
}

static bool role_id(struct cli *c, const char *name, uint64_t *id)
{
    Caroline__V1__StaffList request = CAROLINE__V1__STAFF_LIST__INIT;
    int status;
    const Caroline__V1__StaffListed *listed =
        (const void *)call_server(c, CAROLINE__V1__OP__OP_STAFF_LIST, &request.base, &status);

    for (size_t i = 0; listed && i < listed->n_roles; i++) {
        if (names(listed->roles[i]->name, name)) {
            *id = listed->roles[i]->id;
            return true;
        }
    }
    return false;
}

/* One key of a product. NULL: it has none such, or *problem says what else. */
static const Caroline__V1__ProductShown *ask_product(struct cli *c, const Caroline__V1__ProductShow *request,
                                                     const char **problem)
{
    const struct link_answer *answer =
        wait_call(c->waiter, CAROLINE__V1__OP__OP_PRODUCT_SHOW, &request->base, c->timeout_ms, c->arena);
    const Caroline__V1__ProductShown *shown = (const void *)answer->reply;

    if (answer->outcome == LINK_OK && shown->product)
        return shown;
    if (answer->outcome == LINK_REFUSED && answer->code == CAROLINE__V1__ERROR_CODE__UNKNOWN_PRODUCT)
        return NULL;
    c->unknown = answer->outcome == LINK_FAILED ? EXIT_AWAY : EXIT_REFUSED;
    *problem = answer->sentence;
    return NULL;
}

const Caroline__V1__ProductShown *product_named(struct cli *c, const char *word, const char **problem)
{
    Caroline__V1__ProductShow by_sku = CAROLINE__V1__PRODUCT_SHOW__INIT, by_plu = by_sku, by_barcode = by_sku;
    const Caroline__V1__ProductShown *shown = NULL;
    uint64_t plu = 0;
    bool short_enough = strlen(word) <= KEY_MAX;

    *problem = NULL;
    set_text(&by_sku.sku, &by_sku.has_sku, word);
    set_text(&by_barcode.barcode, &by_barcode.has_barcode, word);
    by_plu.has_plu = whole_number(word, UINT32_MAX, &plu);
    by_plu.plu = (uint32_t)plu;
    if (short_enough)
        shown = ask_product(c, &by_sku, problem);
    if (!shown && !*problem && by_plu.has_plu)
        shown = ask_product(c, &by_plu, problem);
    if (!shown && !*problem && short_enough)
        shown = ask_product(c, &by_barcode, problem);
    if (shown || *problem)
        return shown;
    c->unknown = EXIT_REFUSED;
    *problem = arena_format(c->arena, "no product has the sku, PLU or bar code '%s' (UNKNOWN_PRODUCT)", word);
    return NULL;
}

static bool product_id(struct cli *c, const char *word, uint64_t *id, const char **problem)
{
    const Caroline__V1__ProductShown *shown = product_named(c, word, problem);

    if (shown)
        *id = shown->product->id;
    return shown != NULL;
}

bool name_to_id(struct cli *c, const char *field, const char *name, uint64_t *id, const char **problem)
{
    char *end;

    *problem = "an id";
    *id = strtoull(name, &end, 10);
    bool number = name[0] >= '0' && name[0] <= '9' && *end == '\0';
    if (strcmp(field, "deposit_product_id") == 0 && strcmp(name, "none") == 0) {
        *id = 0;
        return true;
    }
    /* a number is the shop's own key, as everything people type */
    if (strcmp(field, "product_id") == 0 || strcmp(field, "deposit_product_id") == 0)
        return product_id(c, name, id, problem);
    if (strcmp(field, "account_id") == 0) /* likewise */
        return account_named(c, name, id, problem);
    if (number)
        return true;
    if (strcmp(field, "category_id") == 0 || strcmp(field, "reward_category_id") == 0) {
        *problem = "a category's id or name";
        return category_id(c, name, id);
    }
    if (strcmp(field, "tax_class_id") == 0 || strcmp(field, "switch_to_id") == 0) {
        *problem = "a tax class's id or name";
        return tax_class_id(c, name, id);
    }
    if (strcmp(field, "tender_type_id") == 0) {
        *problem = "a means of payment's id or name";
        return tender_type_id(c, name, id);
    }
    if (strcmp(field, "modifier_ids") == 0) {
        *problem = "modifiers by their ids or names, parted by commas";
        return modifier_id(c, name, id);
    }
    if (strcmp(field, "role_id") == 0) {
        *problem = "a role's id or name";
        return role_id(c, name, id);
    }
    return false;
}
