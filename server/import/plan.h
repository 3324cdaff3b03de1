/* What the dump's records are to become here: goods and members, each checked as if somebody had typed them, or refused with the reason.
 * Nothing is asked of the database, and nothing written. */
#ifndef CAROLINE_SERVER_IMPORT_PLAN_H
#define CAROLINE_SERVER_IMPORT_PLAN_H

#include "common/base/calling_code.h"
#include "common/base/instant.h"
#include "server/import/dump.h"

/* Of the shop it comes into. */
struct plan_shop {
    unsigned currency_exponent;
    const char *calling_code;
    struct day today;
};

struct plan_product {
    const struct dump_record *record;
    const char *name, *category, *sku; /* category, sku: "" for none */
    int64_t price_minor;
    bool active;
};
struct plan_member {
    const struct dump_record *record;
    const char *name, *email, *phone, *birthday; /* as they are kept; "" for none */
    const char *email_key, *phone_key;           /* as they are compared; NULL */
    const char *dialled[PHONE_FORMS_MAX];        /* how members of before may have the phone */
    size_t dialled_count;
    int month, day; /* of the birthday; 0: none */
    int64_t points;
    const char *hash; /* of the old password; NULL: none that is taken over */
};
/* Said of a record: it is refused, or something of it is left out. */
struct plan_remark {
    const struct dump_record *record;
    bool refused;
    const char *sentence;
};

/* In the arena; texts may be the dump's. */
struct plan {
    struct plan_product *products;
    struct plan_member *members;
    struct plan_remark *remarks;
    const struct dump_record **staff; /* who bought nothing: no members */
    size_t product_count, member_count, remark_count, remark_capacity, refused_count, staff_count;
    size_t no_secret_count;      /* members without a password that is taken over */
    int64_t price_minor, points; /* sums */
};

void plan_make(const struct dump *dump, const struct plan_shop *shop, struct arena *arena, struct plan *plan);
void plan_remark(struct plan *plan, struct arena *arena, const struct dump_record *record, bool refused,
                 const char *sentence, ...) __attribute__((format(printf, 5, 6)));

#endif
