/* Names into ids: what people type, asked of the server. */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/staff.pb-c.h"

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

static bool product_id(struct cli *c, const char *sku, uint64_t *id)
{
    Caroline__V1__ProductShow request = CAROLINE__V1__PRODUCT_SHOW__INIT;
    int status;

    set_text(&request.sku, &request.has_sku, sku);
    const Caroline__V1__ProductShown *shown =
        (const void *)call_server(c, CAROLINE__V1__OP__OP_PRODUCT_SHOW, &request.base, &status);
    if (shown && shown->product)
        *id = shown->product->id;
    return shown && shown->product;
}

bool name_to_id(struct cli *c, const char *field, const char *name, uint64_t *id, const char **problem)
{
    char *end;

    *problem = "an id";
    *id = strtoull(name, &end, 10);
    bool number = name[0] >= '0' && name[0] <= '9' && *end == '\0';
    if (strcmp(field, "product_id") == 0) { /* a number is the shop's own key, as everything people type */
        *problem = "a product's sku";
        return product_id(c, name, id);
    }
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
