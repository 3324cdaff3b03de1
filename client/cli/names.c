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

/* What there is to choose from. */
struct choices {
    struct choice {
        uint64_t id;
        ProtobufCBinaryData name;
    } * rows;
    size_t count;
};
#define CHOICES_SAID_MAX 30

static void choices_make(struct cli *c, struct choices *choices, size_t most)
{
    choices->rows = arena_array(c->arena, most + 1, sizeof *choices->rows);
    choices->count = 0;
}

static void choices_add(struct choices *choices, uint64_t id, ProtobufCBinaryData name)
{
    choices->rows[choices->count++] = (struct choice){ id, name };
}

static bool of_categories(struct cli *c, struct choices *choices)
{
    int status;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);

    choices_make(c, choices, listed ? listed->n_categories : 0);
    for (size_t i = 0; listed && i < listed->n_categories; i++)
        choices_add(choices, listed->categories[i]->id, listed->categories[i]->name);
    return listed != NULL;
}

static bool of_tax_classes(struct cli *c, struct choices *choices)
{
    int status;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);

    choices_make(c, choices, listed ? listed->n_tax_classes : 0);
    for (size_t i = 0; listed && i < listed->n_tax_classes; i++)
        choices_add(choices, listed->tax_classes[i]->id, listed->tax_classes[i]->name);
    return listed != NULL;
}

static bool of_tender_types(struct cli *c, struct choices *choices)
{
    int status;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);

    choices_make(c, choices, listed ? listed->n_tender_types : 0);
    for (size_t i = 0; listed && i < listed->n_tender_types; i++)
        choices_add(choices, listed->tender_types[i]->id, listed->tender_types[i]->name);
    return listed != NULL;
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

static bool of_modifiers(struct cli *c, struct choices *choices)
{
    Caroline__V1__Modifier **all;
    size_t count;
    int status;

    if (!all_modifiers(c, &all, &count, &status))
        return false;
    choices_make(c, choices, count);
    for (size_t i = 0; i < count; i++)
        choices_add(choices, all[i]->id, all[i]->name);
    return true;
}

static bool of_roles(struct cli *c, struct choices *choices)
{
    Caroline__V1__StaffList request = CAROLINE__V1__STAFF_LIST__INIT;
    int status;
    const Caroline__V1__StaffListed *listed =
        (const void *)call_server(c, CAROLINE__V1__OP__OP_STAFF_LIST, &request.base, &status);

    choices_make(c, choices, listed ? listed->n_roles : 0);
    for (size_t i = 0; listed && i < listed->n_roles; i++)
        choices_add(choices, listed->roles[i]->id, listed->roles[i]->name);
    return listed != NULL;
}

/* "a category's id or name (there are Cakes, Cookies)" */
static const char *with_choices(struct cli *c, const char *wanted, const struct choices *choices)
{
    const char *said = "";

    for (size_t i = 0; i < choices->count && i < CHOICES_SAID_MAX; i++)
        said = arena_format(c->arena, "%s%s%s", said, i == 0 ? "" : ", ", text_of(c, choices->rows[i].name));
    if (choices->count == 0)
        return arena_format(c->arena, "%s (there is none yet)", wanted);
    return arena_format(c->arena, "%s (there %s %s%s)", wanted, choices->count == 1 ? "is" : "are", said,
                        choices->count > CHOICES_SAID_MAX ? " ..." : "");
}

static bool choose(struct cli *c, const struct choices *choices, const char *name, uint64_t *id, const char **problem)
{
    for (size_t i = 0; i < choices->count; i++) {
        if (names(choices->rows[i].name, name)) {
            *id = choices->rows[i].id;
            return true;
        }
    }
    *problem = with_choices(c, *problem, choices);
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

const Caroline__V1__ProductShown *product_of(struct cli *c, const char *word, int *status)
{
    const char *problem;
    const Caroline__V1__ProductShown *shown = product_named(c, word, &problem);

    *status = shown ? EXIT_DONE : complain(c->unknown, "%s", problem);
    return shown;
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
    static const struct {
        const char *field, *wanted;
        bool (*list)(struct cli *c, struct choices *choices);
    } kinds[] = {
        { "category_id", "a category's id or name", of_categories },
        { "reward_category_id", "a category's id or name", of_categories },
        { "tax_class_id", "a tax class's id or name", of_tax_classes },
        { "switch_to_id", "a tax class's id or name", of_tax_classes },
        { "tender_type_id", "a means of payment's id or name", of_tender_types },
        { "modifier_ids", "modifiers by their ids or names, parted by commas", of_modifiers },
        { "role_id", "a role's id or name", of_roles },
    };
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
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct choices choices;

        if (strcmp(field, kinds[i].field) != 0)
            continue;
        *problem = kinds[i].wanted;
        return kinds[i].list(c, &choices) && choose(c, &choices, name, id, problem);
    }
    return false;
}
