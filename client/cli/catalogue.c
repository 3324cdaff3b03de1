/* Verbs about the catalogue: products one by one and from files, categories, tax classes. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/csv.h"
#include "client/link/op.h"
#include "common/base/number.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/shop.pb-c.h"

#define OP(name)    CAROLINE__V1__OP__OP_##name
#define DRAFTS_MAX  100
#define DRAFTS_SIZE 30000 /* bytes of drafts a frame: well below what a frame may hold */

/* Whom somebody will ask for their health's sake has to know. */
static bool is_new_without_allergens(struct cli *c, const Caroline__V1__Product *product)
{
    Caroline__V1__ProductShow request = CAROLINE__V1__PRODUCT_SHOW__INIT;

    if (product->has_id || !allergens_not_recorded(product))
        return false;
    request.has_sku = true;
    request.sku = product->sku;
    const struct link_answer *answer = wait_call(c->waiter, OP(PRODUCT_SHOW), &request.base, c->timeout_ms, c->arena);
    return answer->outcome == LINK_REFUSED && answer->code == CAROLINE__V1__ERROR_CODE__UNKNOWN_PRODUCT;
}

/* By what people call it, or by one key. */
int verb_product_show(struct cli *c)
{
    Caroline__V1__ProductShow request = CAROLINE__V1__PRODUCT_SHOW__INIT;
    const ProtobufCMessage *reply;
    const char *problem;
    int status = options_apply(c, &request.base, NULL);

    if (status != EXIT_DONE)
        return status;
    bool by_key = request.has_id || request.has_sku || request.has_plu || request.has_barcode;
    if (c->word_count > 1 || (c->word_count == 1 && by_key))
        return usage(c, "name one product, once");
    if (c->word_count == 0) {
        reply = call_server(c, OP(PRODUCT_SHOW), &request.base, &status);
    } else {
        const Caroline__V1__ProductShown *shown = product_named(c, c->words[0], &problem);

        reply = shown ? &shown->base : NULL;
        status = shown ? EXIT_DONE : complain(c->unknown, "%s", problem);
    }
    if (reply)
        print_message(c, reply);
    return status;
}

int verb_product_put(struct cli *c)
{
    Caroline__V1__ProductPut request = CAROLINE__V1__PRODUCT_PUT__INIT;
    Caroline__V1__ProductDraft draft = CAROLINE__V1__PRODUCT_DRAFT__INIT, *drafts[] = { &draft };
    int status;

    draft.has_set_lists = true;
    draft.set_lists = option_given(c, "clear-lists");
    draft.has_set_modifiers = true;
    draft.product = (void *)message_make(&caroline__v1__product__descriptor, c->arena);
    const char *modifiers = option_value(c, "modifiers"), *problem = NULL;
    draft.set_modifiers = modifiers != NULL; /* empty: none */
    if (modifiers && message_set(c, &draft.product->base, "modifier_ids", modifiers, &problem) != FIELD_SET)
        return usage(c, "--modifiers wants %s, not '%s'", problem, modifiers);
    const char *nutrition = option_value(c, "nutrition");
    if (nutrition && !nutrition_set(c, draft.product, nutrition))
        return usage(c, "--nutrition wants %s, not '%s'", NUTRITION_WANTED, nutrition);
    status = options_apply(c, &draft.product->base, NULL);
    if (status != EXIT_DONE)
        return status;
    if (!draft.product->has_id && !draft.product->has_sku)
        return usage(c, "say which product: --sku or --id");
    request.n_drafts = 1;
    request.drafts = drafts;
    bool warns = is_new_without_allergens(c, draft.product);
    const ProtobufCMessage *reply = call_server(c, OP(PRODUCT_PUT), &request.base, &status);
    if (reply)
        print_message(c, reply);
    if (reply && warns)
        complain(EXIT_DONE,
                 "no allergens are recorded of '%s': give --contains and --may-contain, or say that there are "
                 "none by --allergen-note",
                 text_of(c, draft.product->sku));
    return status;
}

/* What nobody has made is not made by its price. */
int verb_price_set(struct cli *c)
{
    Caroline__V1__ProductPut request = CAROLINE__V1__PRODUCT_PUT__INIT;
    Caroline__V1__ProductDraft draft = CAROLINE__V1__PRODUCT_DRAFT__INIT, *drafts[] = { &draft };
    const char *word = option_value(c, "product"), *problem = NULL;
    int status;

    draft.product = (void *)message_make(&caroline__v1__product__descriptor, c->arena);
    if (word) {
        const Caroline__V1__ProductShown *shown = product_named(c, word, &problem);

        if (!shown)
            return complain(c->unknown, "%s", problem);
        draft.product->has_id = true;
        draft.product->id = shown->product->id;
    }
    if ((status = options_apply(c, &draft.product->base, NULL)) != EXIT_DONE)
        return status;
    if (c->word_count > 0)
        return usage(c, "'%s' is one word too many", c->words[0]);
    request.n_drafts = 1;
    request.drafts = drafts;
    const ProtobufCMessage *reply = call_server(c, OP(PRODUCT_PUT), &request.base, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

/* Categories and tax classes come with the first page of products. */
const ProtobufCMessage *catalogue_lists(struct cli *c, int *status)
{
    Caroline__V1__ProductList request = CAROLINE__V1__PRODUCT_LIST__INIT;

    return call_server(c, OP(PRODUCT_LIST), &request.base, status);
}

/* What a step means, by two sums: 5 for 0.05 is easily typed. */
static void explain_rounding(const struct cli *c, int64_t step)
{
    char text[3][NUMBER_TEXT], examples[2][NUMBER_TEXT];
    unsigned exponent = currency_exponent(c);
    int64_t below = 10 * step + (step - 1) / 2, above = below + 1;

    if (step < 2) {
        puts("what is due in cash is not rounded");
        return;
    }
    printf("what is due in cash is rounded to the nearest multiple of %s: %s is paid as %s, %s as %s\n",
           minor_format(text[0], step, exponent), minor_format(examples[0], below, exponent),
           minor_format(text[1], 10 * step, exponent), minor_format(examples[1], above, exponent),
           minor_format(text[2], 11 * step, exponent));
}

int verb_shop_put(struct cli *c)
{
    Caroline__V1__ShopPut request = CAROLINE__V1__SHOP_PUT__INIT;
    int status = options_apply(c, &request.base, "shop");

    if (status != EXIT_DONE)
        return status;
    if (c->word_count > 0)
        return usage(c, "'%s' is one word too many", c->words[0]);
    const ProtobufCMessage *reply = call_server(c, OP(SHOP_PUT), &request.base, &status);
    if (!reply)
        return status;
    print_message(c, reply);
    if (!c->json && request.shop && request.shop->has_cash_rounding_minor)
        explain_rounding(c, request.shop->cash_rounding_minor);
    return EXIT_DONE;
}

/* ---- import ---- */

static bool read_file(struct cli *c, struct csv_file *file, int *status)
{
    const char *problem;

    *status = EXIT_DONE;
    if (c->word_count != 1) {
        *status = usage(c, "name one file");
        return false;
    }
    if (!options_all_used(c)) {
        *status = EXIT_USAGE;
        return false;
    }
    if (!csv_read(c->words[0], c->arena, file, &problem))
        *status = complain(EXIT_FAULT, "%s", problem);
    return *status == EXIT_DONE;
}

/* Categories and tax classes by name, asked for once. */
struct lookup {
    const Caroline__V1__ProductListed *lists;
};

static bool id_of(struct cli *c, struct lookup *lookup, const char *column, const char *name, uint64_t *id)
{
    int status;

    if (!lookup->lists && !(lookup->lists = (const void *)catalogue_lists(c, &status)))
        return false;
    bool category = strcmp(column, "category") == 0;
    size_t count = category ? lookup->lists->n_categories : lookup->lists->n_tax_classes;
    for (size_t i = 0; i < count; i++) {
        ProtobufCBinaryData have = category ? lookup->lists->categories[i]->name : lookup->lists->tax_classes[i]->name;
        if (have.len == strlen(name) && memcmp(have.data, name, have.len) == 0) {
            *id = category ? lookup->lists->categories[i]->id : lookup->lists->tax_classes[i]->id;
            return true;
        }
    }
    return false;
}

/* A file that has all the lists says them whole, empty ones too; one of new prices alone leaves them as they are. */
static bool says_lists(const struct csv_file *file)
{
    return csv_value(file, 0, "barcodes") && csv_value(file, 0, "contains") && csv_value(file, 0, "may_contain") &&
           csv_value(file, 0, "allergen_note");
}

/* A category or a tax class, by its name; false: said that there is none. */
static bool set_name(struct cli *c, const struct csv_file *file, size_t row, size_t at, struct lookup *lookup,
                     Caroline__V1__Product *product)
{
    const char *column = file->columns[at], *value = file->rows[row][at];
    bool category = strcmp(column, "category") == 0;
    uint64_t id;

    if (!id_of(c, lookup, column, value, &id)) {
        complain(EXIT_REFUSED, "%s:%zu: no %s is called '%s'", file->path, file->lines[row],
                 category ? "category" : "tax class", value);
        return false;
    }
    if (category) {
        product->has_category_id = true;
        product->category_id = id;
    } else {
        product->has_tax_class_id = true;
        product->tax_class_id = id;
    }
    return true;
}

/* A list's parts as message_set() has them, by commas: a file's commas part its columns. */
static const char *list_parts(const struct cli *c, const char *value, char parted_by)
{
    char *parts = arena_text(c->arena, value);

    for (char *letter = parts; *letter; letter++)
        if (*letter == parted_by)
            *letter = ',';
    return parts;
}

static bool is_list(const char *column)
{
    return strcmp(column, "barcodes") == 0 || strcmp(column, "contains") == 0 || strcmp(column, "may_contain") == 0;
}

/* false: said what is wrong with it. */
static bool set_value(struct cli *c, const struct csv_file *file, size_t row, size_t at, Caroline__V1__Product *product)
{
    const char *column = file->columns[at], *value = file->rows[row][at], *problem = NULL;
    bool modifiers = strcmp(column, "modifiers") == 0; /* names may have blanks in them */

    if (strcmp(column, "nutrition") == 0 && nutrition_set(c, product, value))
        return true;
    if (strcmp(column, "nutrition") == 0) {
        complain(EXIT_REFUSED, "%s:%zu: nutrition wants %s, not '%s'", file->path, file->lines[row], NUTRITION_WANTED,
                 value);
        return false;
    }
    if (is_list(column) || modifiers)
        value = list_parts(c, value, modifiers ? ';' : ' ');
    switch (message_set(c, &product->base, modifiers ? "modifier_ids" : column, value, &problem)) {
    case FIELD_SET:
        return true;
    case FIELD_NONE:
        complain(EXIT_REFUSED, "%s:1: a product has no '%s'", file->path, column);
        return false;
    case FIELD_BAD:
        complain(EXIT_REFUSED, "%s:%zu: %s wants %s, not '%s'", file->path, file->lines[row], column, problem, value);
        return false;
    case FIELD_UNKNOWN:
        complain(EXIT_REFUSED, "%s:%zu: %s: %s", file->path, file->lines[row], column, problem);
        return false;
    }
    return false;
}

/* One row as a draft; false: said what is wrong with it. */
static bool draft_of(struct cli *c, const struct csv_file *file, size_t row, struct lookup *lookup,
                     Caroline__V1__ProductDraft *draft)
{
    caroline__v1__product_draft__init(draft);
    draft->product = (void *)message_make(&caroline__v1__product__descriptor, c->arena);
    draft->has_set_lists = true;
    draft->set_lists = says_lists(file);
    for (size_t i = 0; i < file->column_count; i++) {
        const char *column = file->columns[i];
        bool named = strcmp(column, "category") == 0 || strcmp(column, "tax_class") == 0;

        if (file->rows[row][i][0] == '\0' && !is_list(column))
            continue;
        if (!(named ? set_name(c, file, row, i, lookup, draft->product) : set_value(c, file, row, i, draft->product)))
            return false;
    }
    if (!draft->product->has_sku) {
        complain(EXIT_REFUSED, "%s:%zu: no sku", file->path, file->lines[row]);
        return false;
    }
    return true;
}

/* Where the file says what there is in its goods: those of which it says nothing. */
static void tell_without_allergens(Caroline__V1__ProductDraft *drafts, const struct csv_file *file)
{
    size_t count = 0;

    if (file->row_count == 0 || (!csv_value(file, 0, "contains") && !csv_value(file, 0, "allergen_note")))
        return;
    for (size_t row = 0; row < file->row_count; row++)
        count += allergens_not_recorded(drafts[row].product);
    if (count > 0)
        complain(EXIT_DONE, "%s: no allergens are recorded of %zu of them: if there are none, say so in allergen_note",
                 file->path, count);
}

/* Rows go up by the hundred, each hundred all or none. Nothing is sent before every row of the file could be read. */
int verb_product_import(struct cli *c)
{
    bool dry = option_given(c, "dry-run");
    struct csv_file file;
    struct lookup lookup = { 0 };
    size_t bad = 0, done = 0;
    int status;

    if (!read_file(c, &file, &status))
        return status;
    Caroline__V1__ProductDraft *drafts = arena_array(c->arena, file.row_count + 1, sizeof *drafts);
    Caroline__V1__ProductDraft **pointers = arena_array(c->arena, file.row_count + 1, sizeof *pointers);
    for (size_t row = 0; row < file.row_count; row++) {
        if (!draft_of(c, &file, row, &lookup, &drafts[row]))
            bad++;
        pointers[row] = &drafts[row];
    }
    if (bad > 0)
        return complain(EXIT_REFUSED, "%zu of %zu rows are wrong; nothing was imported", bad, file.row_count);
    while (!dry && done < file.row_count) {
        Caroline__V1__ProductPut request = CAROLINE__V1__PRODUCT_PUT__INIT;
        size_t size = 0;
        request.drafts = pointers + done;
        c->file = &file;
        c->row = done;
        while (done + request.n_drafts < file.row_count && request.n_drafts < DRAFTS_MAX && size < DRAFTS_SIZE)
            size += protobuf_c_message_get_packed_size(&pointers[done + request.n_drafts++]->base);
        if (!call_server(c, OP(PRODUCT_PUT), &request.base, &status))
            return complain(status, "%zu of %zu products were imported; mend the file, and run this again", done,
                            file.row_count);
        done += request.n_drafts;
    }
    tell_without_allergens(drafts, &file);
    if (c->json)
        printf("{\"rows\":%zu,\"imported\":%zu}\n", file.row_count, done);
    else
        printf("%zu product%s %s\n", file.row_count, file.row_count == 1 ? "" : "s",
               dry ? "could be imported" : "imported");
    return EXIT_DONE;
}

int verb_category_import(struct cli *c)
{
    struct csv_file file;
    int status;

    if (!read_file(c, &file, &status))
        return status;
    struct lookup lookup = { 0 };
    for (size_t row = 0; row < file.row_count; row++) {
        Caroline__V1__CategoryPut request = CAROLINE__V1__CATEGORY_PUT__INIT;
        Caroline__V1__Category category = CAROLINE__V1__CATEGORY__INIT;
        const char *name = csv_value(&file, row, "name"), *position = csv_value(&file, row, "position");
        if (!name || *name == '\0')
            return complain(EXIT_REFUSED, "%s:%zu: no name", file.path, file.lines[row]);
        category.has_id = id_of(c, &lookup, "category", name, &category.id);
        set_text(&category.name, &category.has_name, name);
        uint64_t place = 0;
        if (position && *position && !whole_number(position, UINT32_MAX, &place))
            return complain(EXIT_REFUSED, "%s:%zu: position: '%s' is no whole number", file.path, file.lines[row],
                            position);
        category.has_position = position != NULL;
        category.position = (uint32_t)place;
        request.category = &category;
        c->file = &file;
        c->row = row;
        if (!call_server(c, OP(CATEGORY_PUT), &request.base, &status))
            return status;
    }
    if (!c->json)
        printf("%zu categor%s imported\n", file.row_count, file.row_count == 1 ? "y" : "ies");
    return EXIT_DONE;
}

int verb_category_list(struct cli *c)
{
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);
    if (listed)
        print_messages(c, (ProtobufCMessage *const *)listed->categories, listed->n_categories);
    return status;
}

/* For people: a line a rate, as a file for `tax import` has them. */
static void print_rates(struct cli *c, const Caroline__V1__TaxClass *class)
{
    char percent[NUMBER_TEXT];

    printf("%s (%llu)", text_of(c, class->name), (unsigned long long)class->id);
    if (class->has_switch_to_id && class->switch_to_id)
        printf(", from %u pieces on as %llu", class->switch_at_count, (unsigned long long)class->switch_to_id);
    puts(class->n_rates == 0 ? ": no tax" : "");
    for (size_t i = 0; i < class->n_rates; i++) {
        const Caroline__V1__TaxRate *rate = class->rates[i];

        printf("    %-9s  %-4s  %-12s  %s %%\n",
               rate->service == CAROLINE__V1__SERVICE__SERVICE_EAT_IN ? "eat-in" : "take-away",
               rate->hot ? "hot" : "cold", text_of(c, rate->code), percent_format(percent, rate->rate_ppm));
    }
}

int verb_tax_list(struct cli *c)
{
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    const Caroline__V1__ProductListed *listed = (const void *)catalogue_lists(c, &status);
    if (listed && c->json)
        print_messages(c, (ProtobufCMessage *const *)listed->tax_classes, listed->n_tax_classes);
    if (listed && !c->json && listed->n_tax_classes == 0)
        print_none(c);
    for (size_t i = 0; listed && !c->json && i < listed->n_tax_classes; i++)
        print_rates(c, listed->tax_classes[i]);
    return status;
}

/* A class stands on as many rows as it has rates; rows of one class follow one another. */
int verb_tax_import(struct cli *c)
{
    struct csv_file file;
    struct lookup lookup = { 0 };
    size_t classes = 0;
    int status;

    if (!read_file(c, &file, &status))
        return status;
    for (size_t row = 0; row < file.row_count; classes++) {
        Caroline__V1__TaxClassPut request = CAROLINE__V1__TAX_CLASS_PUT__INIT;
        Caroline__V1__TaxClass class = CAROLINE__V1__TAX_CLASS__INIT;
        Caroline__V1__TaxRate *rates[32];
        const char *name = csv_value(&file, row, "tax_class"), *problem;
        if (!name || *name == '\0')
            return complain(EXIT_REFUSED, "%s:%zu: no tax_class", file.path, file.lines[row]);
        class.has_id = id_of(c, &lookup, "tax_class", name, &class.id);
        set_text(&class.name, &class.has_name, name);
        class.rates = rates;
        c->file = &file;
        c->row = row;
        for (; row < file.row_count && strcmp(csv_value(&file, row, "tax_class"), name) == 0; row++) {
            if (class.n_rates == 32)
                return complain(EXIT_REFUSED, "%s:%zu: a class has at most 32 rates", file.path, file.lines[row]);
            rates[class.n_rates] = (void *)message_make(&caroline__v1__tax_rate__descriptor, c->arena);
            for (size_t i = 0; i < file.column_count; i++) {
                const char *column = file.columns[i], *value = file.rows[row][i];
                if (strcmp(column, "tax_class") == 0)
                    continue;
                enum field_outcome outcome = message_set(c, &rates[class.n_rates]->base, column, value, &problem);
                if (outcome == FIELD_NONE)
                    return complain(EXIT_REFUSED, "%s:1: a tax rate has no '%s'", file.path, column);
                if (outcome == FIELD_BAD)
                    return complain(EXIT_REFUSED, "%s:%zu: %s wants %s, not '%s'", file.path, file.lines[row], column,
                                    problem, value);
            }
            class.n_rates++;
        }
        request.tax_class = &class;
        if (!call_server(c, OP(TAX_CLASS_PUT), &request.base, &status))
            return status;
    }
    if (!c->json)
        printf("%zu tax class%s imported\n", classes, classes == 1 ? "" : "es");
    return EXIT_DONE;
}
