/* Goods: their rows as OP_PRODUCT_PUT writes them, in one version of the catalogue for so many. */
#include <string.h>

#include "server/import/books_inner.h"

#define NOW "now"

/* The id of a category of that name, which is made where there is none; "0": of none. */
static bool category_of(struct books *books, const char *name, const char **id, const char **problem)
{
    int64_t made;

    *id = "0";
    if (*name == '\0')
        return true;
    PGresult *result = books_query(books, &sql_category_put_all, NULL, problem);

    if (result == NULL)
        return false;
    for (int i = 0; i < PQntuples(result); i++)
        if (strcmp(PQgetvalue(result, i, PQfnumber(result, "name")), name) == 0)
            *id = arena_text(books->arena, PQgetvalue(result, i, PQfnumber(result, "id")));
    PQclear(result);
    if (strcmp(*id, "0") != 0)
        return true;
    if (!books_new_id(books, &made, problem))
        return false;
    *id = books_number(books, made);
    const char *const create[] = { *id }, *const version[] = { *id, name, "0" };
    return books_run(books, &sql_category_put_create, create, problem) &&
           books_run(books, &sql_category_put_version, version, problem);
}

static bool write_one(struct books *books, const struct books_shop *shop, const struct plan_product *product,
                      const char **problem)
{
    const char *category;
    int64_t made;

    if (!category_of(books, product->category, &category, problem) || !books_new_id(books, &made, problem))
        return false;
    const char *id = books_number(books, made), *ids = books_one(books, id), *sku = books_one(books, product->sku);
    const char *price = books_number(books, product->price_minor);
    const char *const create[] = { ids, sku, "{0}" };
    const char *const version[] = { ids,
                                    books_one(books, product->name),
                                    sku,
                                    "{0}",
                                    books_one(books, category),
                                    "{0}",
                                    books_one(books, books_number(books, shop->tax_class_id)),
                                    "{0}",
                                    "{0}",
                                    "{\"\"}",
                                    product->active ? "{t}" : "{f}",
                                    "{0}",
                                    "{0}",
                                    "{\"\"}",
                                    "{f}",
                                    "{0}",
                                    "{0}",
                                    "{0}",
                                    "{0}",
                                    "{0}",
                                    "{\"\"}" };
    const char *const prices[] = { ids, books_one(books, price) };
    const char *const kept[] = { "2", product->record->pk, id, price, NOW };

    return books_run(books, &sql_product_put_create, create, problem) &&
           books_run(books, &sql_product_put_version, version, problem) &&
           books_run(books, &sql_product_put_price, prices, problem) &&
           books_run(books, &sql_import_write, kept, problem);
}

bool books_write_products(struct books *books, const struct books_shop *shop,
                          const struct plan_product *const *products, size_t count, const char **problem)
{
    const char *const raise[] = { "0", NOW, NULL }; /* nobody of the staff does */
    bool written = books_plain(books, "BEGIN", problem) && books_run(books, &sql_import_lock, NULL, problem) &&
                   books_run(books, &sql_catalogue_lock, NULL, problem) &&
                   books_run(books, &sql_catalogue_raise, raise, problem);

    for (size_t i = 0; i < count && written; i++)
        written = write_one(books, shop, products[i], problem);
    return books_end(books, written, problem);
}
