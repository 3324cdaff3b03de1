/* The shop's database and its vault, for an import: what is there, and what is written, a few records a transaction. */
#ifndef CAROLINE_SERVER_IMPORT_BOOKS_H
#define CAROLINE_SERVER_IMPORT_BOOKS_H

#include "common/base/world.h"
#include "server/import/plan.h"
#include "server/vault/vault.h"

struct books;

/* What stands in django_import.kind. */
enum books_kind { BOOKS_MEMBER = 1, BOOKS_PRODUCT = 2 };

/* Taken over before. */
struct books_known {
    const char *pk;
    int64_t object_id, amount;
};

struct books_shop {
    int64_t id, tax_class_id;
    char calling_code[CALLING_CODE_SIZE];
    unsigned currency_exponent;
    uint32_t lot_days;
    struct day today;
};

struct books_sums {
    int64_t products, price_minor, members, points;
};

/* NULL: *problem. As the server's role; the arena and the vault outlive it. */
struct books *books_open(const char *uri, struct vault *vault, struct arena *arena, const char **problem);
void books_close(struct books *books);

/* tax_class: by name; NULL where the shop has one. */
bool books_shop(struct books *books, const char *tax_class, struct books_shop *shop, const char **problem);
/* In the order of pks, as strcmp() has it. */
bool books_known(struct books *books, enum books_kind kind, struct books_known **known, size_t *count,
                 const char **problem);
/* Does anybody have the member's phone or e-mail, or a product the sku? *taken: which. */
bool books_member_taken(struct books *books, const struct plan_member *member, const char **taken,
                        const char **problem);
bool books_sku_taken(struct books *books, const char *sku, bool *taken, const char **problem);

/* All of these or none. */
bool books_write_products(struct books *books, const struct books_shop *shop,
                          const struct plan_product *const *products, size_t count, const char **problem);
bool books_write_members(struct books *books, const struct books_shop *shop, const struct plan_member *const *members,
                         size_t count, const char **problem);

bool books_sum(struct books *books, struct books_sums *sums, const char **problem);

#endif
