/* Read all, check all, then write: whatever is wrong with a dump is said before anything of it is here. What is written is written a few
 * records a transaction, each with its key of there, so who is cut short begins again and goes on. */
#include "server/import/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "server/import/books.h"

#define AT_ONCE      100
#define REMARKS_SAID 1000

struct importing {
    const struct import_settings *settings;
    FILE *out, *err;
    struct arena *arena;
    struct vault *vault;
    struct books *books;
    struct books_shop shop;
    struct dump dump;
    struct plan plan;
    /* What is not here yet. */
    const struct plan_product **products;
    const struct plan_member **members;
    size_t product_count, member_count;
};

static enum import_outcome fail(const struct importing *i, enum import_outcome outcome, const char *problem)
{
    fprintf(i->err, "caroline-server: %s\n", problem);
    return outcome;
}

/* ---- what is here already ---- */

static int compare(const void *key, const void *item)
{
    return strcmp(key, ((const struct books_known *)item)->pk);
}

/* NULL: it is new. What has another amount by now stays as it was taken over, and is said. */
static const struct books_known *known_of(struct importing *i, const struct books_known *known, size_t count,
                                          const struct dump_record *record, int64_t amount)
{
    const struct books_known *found = count == 0 ? NULL : bsearch(record->pk, known, count, sizeof(*known), compare);

    if (found != NULL && found->amount != amount)
        plan_remark(&i->plan, i->arena, record, false,
                    "it was taken over before, and is another %s in this dump: it stays as it is here",
                    record->kind == DUMP_PRODUCT ? "price" : "number of points");
    return found;
}

static bool look_at_products(struct importing *i, const char **problem)
{
    struct books_known *known;
    size_t count;

    if (!books_known(i->books, BOOKS_PRODUCT, &known, &count, problem))
        return false;
    i->products = arena_array(i->arena, i->plan.product_count, sizeof(*i->products));
    for (size_t k = 0; k < i->plan.product_count; k++) {
        const struct plan_product *product = &i->plan.products[k];
        bool taken = false;

        if (known_of(i, known, count, product->record, product->price_minor) != NULL)
            continue;
        if (*product->sku != '\0' && !books_sku_taken(i->books, product->sku, &taken, problem))
            return false;
        if (taken)
            plan_remark(&i->plan, i->arena, product->record, true, "another product here has its sku");
        i->products[i->product_count++] = product;
    }
    return true;
}

static bool look_at_members(struct importing *i, const char **problem)
{
    struct books_known *known;
    size_t count;

    if (!books_known(i->books, BOOKS_MEMBER, &known, &count, problem))
        return false;
    i->members = arena_array(i->arena, i->plan.member_count, sizeof(*i->members));
    for (size_t k = 0; k < i->plan.member_count; k++) {
        const struct plan_member *member = &i->plan.members[k];
        const char *taken;

        if (known_of(i, known, count, member->record, member->points) != NULL)
            continue;
        if (!books_member_taken(i->books, member, &taken, problem))
            return false;
        if (taken != NULL)
            plan_remark(&i->plan, i->arena, member->record, true, "another member here has its %s", taken);
        i->members[i->member_count++] = member;
    }
    return true;
}

/* ---- writing ---- */

static bool write_all(struct importing *i, const char **problem)
{
    for (size_t k = 0; k < i->product_count; k += AT_ONCE) {
        size_t count = i->product_count - k < AT_ONCE ? i->product_count - k : AT_ONCE;

        if (!books_write_products(i->books, &i->shop, i->products + k, count, problem))
            return false;
    }
    for (size_t k = 0; k < i->member_count; k += AT_ONCE) {
        size_t count = i->member_count - k < AT_ONCE ? i->member_count - k : AT_ONCE;

        if (!books_write_members(i->books, &i->shop, i->members + k, count, problem))
            return false;
    }
    return true;
}

/* ---- what is said ---- */

static void say_remarks(const struct importing *i)
{
    for (size_t k = 0; k < i->plan.remark_count && k < REMARKS_SAID; k++) {
        const struct plan_remark *remark = &i->plan.remarks[k];

        fprintf(i->out, "%s %s (%s): %s\n", dump_kind_name(remark->record->kind), remark->record->pk,
                dump_place(remark->record, i->arena), remark->sentence);
    }
    if (i->plan.remark_count > REMARKS_SAID)
        fprintf(i->out, "... and %zu more\n", i->plan.remark_count - REMARKS_SAID);
}

static void say_staff(const struct importing *i)
{
    if (i->plan.staff_count == 0)
        return;
    fprintf(i->out, "staff there who bought nothing are no members; hire them by `caroline staff put`:");
    for (size_t k = 0; k < i->plan.staff_count && k < REMARKS_SAID; k++)
        fprintf(i->out, " %s", i->plan.staff[k]->pk);
    fputc('\n', i->out);
}

static void say_left(const struct importing *i)
{
    static const struct {
        enum dump_kind kind;
        const char *why;
    } left[] = {
        { DUMP_PURCHASE, "they have neither taxes, tenders nor receipts, of which sales here are made" },
        { DUMP_COUPON, "codes here are made under a key of the shop's: make campaigns by `caroline campaign put`" },
        { DUMP_USER_COUPON, "as their coupons" },
        { DUMP_PAYMENT, "nobody's card is kept here but as a gateway's token" },
        { DUMP_REVIEW, "they name purchases" },
        { DUMP_BASKET, "what was not bought is not sold" },
    };

    for (size_t k = 0; k < sizeof left / sizeof *left; k++)
        if (i->dump.counts[left[k].kind] > 0)
            fprintf(i->out, "%zu %ss counted and not taken over: %s\n", i->dump.counts[left[k].kind],
                    dump_kind_name(left[k].kind), left[k].why);
    if (i->dump.counts[DUMP_OTHER] > 0)
        fprintf(i->out, "%zu records of other tables\n", i->dump.counts[DUMP_OTHER]);
    if (i->plan.no_secret_count > 0)
        fprintf(i->out, "%zu members without a password that is taken over: they choose one here\n",
                i->plan.no_secret_count);
}

static bool say_sums(const struct importing *i, const struct books_sums *here)
{
    char there_text[NUMBER_TEXT], here_text[NUMBER_TEXT];
    unsigned exponent = i->shop.currency_exponent;

    fprintf(i->out, "products: %zu there, %" PRId64 " here; prices %s there, %s here\n", i->plan.product_count,
            here->products, minor_format(there_text, i->plan.price_minor, exponent),
            minor_format(here_text, here->price_minor, exponent));
    fprintf(i->out, "members: %zu there, %" PRId64 " here; points %" PRId64 " there, %" PRId64 " here\n",
            i->plan.member_count, here->members, i->plan.points, here->points);
    return here->products == (int64_t)i->plan.product_count && here->price_minor == i->plan.price_minor &&
           here->members == (int64_t)i->plan.member_count && here->points == i->plan.points;
}

/* ---- from the file to the end ---- */

/* What would be here then. */
static void add_new(const struct importing *i, struct books_sums *sums)
{
    sums->products += (int64_t)i->product_count;
    sums->members += (int64_t)i->member_count;
    for (size_t k = 0; k < i->product_count; k++)
        sums->price_minor += i->products[k]->price_minor;
    for (size_t k = 0; k < i->member_count; k++)
        sums->points += i->members[k]->points;
}

static enum import_outcome carry_out(struct importing *i)
{
    bool dry = i->settings->dry;
    struct books_sums sums;
    const char *problem;

    say_remarks(i);
    if (i->plan.refused_count > 0) {
        fprintf(i->out, "%zu records are refused: nothing was taken over\n", i->plan.refused_count);
        return IMPORT_REFUSED;
    }
    say_staff(i);
    say_left(i);
    if (!dry && !write_all(i, &problem))
        return fail(i, IMPORT_AWAY,
                    arena_format(i->arena, "it is not done to its end: %s; run it again, it goes on", problem));
    if (!books_sum(i->books, &sums, &problem))
        return fail(i, IMPORT_AWAY, problem);
    if (dry)
        add_new(i, &sums);
    fprintf(i->out, "%s: %zu products and %zu members; %zu and %zu were here\n",
            dry ? "to be taken over" : "taken over", i->product_count, i->member_count,
            i->plan.product_count - i->product_count, i->plan.member_count - i->member_count);
    if (say_sums(i, &sums)) {
        fputs(dry ? "they would be equal; nothing was changed\n" : "they are equal\n", i->out);
        return IMPORT_DONE;
    }
    fputs("they differ: the dump is another than the one that was taken over\n", i->out);
    return IMPORT_DIFFERS;
}

static enum import_outcome look_and_carry_out(struct importing *i)
{
    const char *problem;

    if (!books_shop(i->books, i->settings->tax_class, &i->shop, &problem))
        return fail(i, IMPORT_NO_VAULT, problem);
    const struct plan_shop shop = { .currency_exponent = i->shop.currency_exponent,
                                    .calling_code = i->shop.calling_code,
                                    .today = i->shop.today };
    plan_make(&i->dump, &shop, i->arena, &i->plan);
    if (!look_at_products(i, &problem) || !look_at_members(i, &problem))
        return fail(i, IMPORT_AWAY, problem);
    return carry_out(i);
}

static enum import_outcome open_and_go(struct importing *i)
{
    const char *problem;

    if (!dump_read(i->settings->path, i->arena, &i->dump, &problem))
        return fail(i, IMPORT_REFUSED,
                    arena_format(i->arena, "%s: %s: nothing was taken over", i->settings->path, problem));
    i->vault = vault_open(i->settings->vault, i->settings->mirror, PIN_COST_SHOP, system_entropy(), &problem);
    if (i->vault == NULL)
        return fail(i, IMPORT_NO_VAULT, problem);
    i->books = books_open(i->settings->uri, i->vault, i->arena, &problem);
    return i->books == NULL ? fail(i, IMPORT_AWAY, problem) : look_and_carry_out(i);
}

enum import_outcome import_django(const struct import_settings *settings, FILE *out, FILE *err)
{
    struct importing i = { .settings = settings, .out = out, .err = err, .arena = arena_create(0) };
    enum import_outcome outcome = open_and_go(&i);

    books_close(i.books);
    vault_close(i.vault);
    arena_destroy(i.arena);
    return outcome;
}
