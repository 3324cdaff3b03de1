/* Records become goods and members. Prices and points are exact or refused; a phone number that is none is left out. */
#include "server/import/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/phone.h"
#include "common/base/text.h"
#include "common/rules/points.h"
#include "server/vault/django_hash.h"

#define NAME_MAX_LETTERS 80
#define SKU_MAX_LETTERS  40
#define CATEGORY_LETTERS 40
#define YEAR_MIN         1900

/* What the steps share. */
struct making {
    const struct dump *dump;
    const struct plan_shop *shop;
    struct arena *arena;
    struct plan *plan;
    const char **buyers; /* pks of users who bought something, in order */
    size_t buyer_count;
    const struct dump_record **categories; /* by pk */
    size_t category_count;
};

void plan_remark(struct plan *plan, struct arena *arena, const struct dump_record *record, bool refused,
                 const char *sentence, ...)
{
    va_list arguments;

    if (plan->remark_count == plan->remark_capacity) {
        size_t capacity = plan->remark_capacity == 0 ? 16 : plan->remark_capacity * 2;
        struct plan_remark *larger = arena_array(arena, capacity, sizeof *larger);

        if (plan->remark_count > 0)
            memcpy(larger, plan->remarks, plan->remark_count * sizeof *larger);
        plan->remarks = larger;
        plan->remark_capacity = capacity;
    }
    va_start(arguments, sentence);
    plan->remarks[plan->remark_count++] = (struct plan_remark){ .record = record,
                                                                .refused = refused,
                                                                .sentence = arena_vformat(arena, sentence, arguments) };
    va_end(arguments);
    plan->refused_count += refused;
}

static const char *text_of(const struct making *m, const struct dump_record *record, enum dump_what what)
{
    return record->texts[what] == NULL ? "" : text_tidy(m->arena, bytes_of_text(record->texts[what]));
}

static bool is_true(const struct dump_record *record, enum dump_what what)
{
    const char *text = record->texts[what];

    return text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "True") == 0 || strcmp(text, "1") == 0);
}

/* What is neither is no "no": somebody of the staff would be a member. */
static bool is_yes_or_no(const struct dump_record *record, enum dump_what what)
{
    const char *text = record->texts[what];

    return text == NULL || is_true(record, what) || strcmp(text, "false") == 0 || strcmp(text, "False") == 0 ||
           strcmp(text, "0") == 0;
}

static bool is_sound(struct making *m, const struct dump_record *record)
{
    static const enum dump_what truths[] = { WHAT_STAFF, WHAT_SUPERUSER, WHAT_ACTIVE };

    if (record->fault != NULL)
        plan_remark(m->plan, m->arena, record, true, "%s", record->fault);
    for (size_t i = 0; i < sizeof truths / sizeof *truths && record->fault == NULL; i++)
        if (!is_yes_or_no(record, truths[i])) {
            plan_remark(m->plan, m->arena, record, true, "its %s is neither true nor false", dump_what_name(truths[i]));
            return false;
        }
    return record->fault == NULL;
}

/* ---- lists to look in ---- */

static int compare_texts(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static int compare_pks(const void *one, const void *other)
{
    return strcmp((*(const struct dump_record *const *)one)->pk, (*(const struct dump_record *const *)other)->pk);
}

static void look_up_lists(struct making *m)
{
    const struct dump *dump = m->dump;

    m->buyers = arena_array(m->arena, dump->counts[DUMP_PURCHASE], sizeof(*m->buyers));
    m->categories = arena_array(m->arena, dump->counts[DUMP_CATEGORY], sizeof(*m->categories));
    for (size_t i = 0; i < dump->count; i++) {
        const struct dump_record *record = &dump->records[i];

        if (record->kind == DUMP_PURCHASE && record->texts[WHAT_USER] != NULL)
            m->buyers[m->buyer_count++] = record->texts[WHAT_USER];
        if (record->kind == DUMP_CATEGORY)
            m->categories[m->category_count++] = record;
    }
    if (m->buyer_count > 1)
        qsort(m->buyers, m->buyer_count, sizeof(*m->buyers), compare_texts);
    if (m->category_count > 1)
        qsort(m->categories, m->category_count, sizeof(*m->categories), compare_pks);
}

static bool has_bought(const struct making *m, const char *pk)
{
    return m->buyer_count > 0 && bsearch(&pk, m->buyers, m->buyer_count, sizeof(*m->buyers), compare_texts) != NULL;
}

/* By its pk, where categories are a table; else the text is its name. NULL: it is a number that no category there has. */
static const char *category_of(const struct making *m, const char *text)
{
    const struct dump_record key = { .pk = text }, *wanted = &key;
    const struct dump_record **found = NULL;

    if (m->category_count == 0 || *text == '\0')
        return text;
    found = bsearch(&wanted, m->categories, m->category_count, sizeof(*m->categories), compare_pks);
    if (found != NULL)
        return text_of(m, *found, WHAT_NAME);
    return strspn(text, "0123456789") == strlen(text) ? NULL : text;
}

/* ---- goods ---- */

/* A decimal number as databases write it: digits, a point, as many behind it as the currency has, zeros aside. */
static bool price_of(const char *text, unsigned exponent, int64_t *minor)
{
    char exact[40];
    const char *point = strchr(text, '.');
    size_t size = strlen(text);

    if (size == 0 || size >= sizeof exact || strspn(text, "0123456789.") != size)
        return false;
    while (point != NULL && size > (size_t)(point - text) + 1 + exponent && text[size - 1] == '0')
        size--;
    if (point != NULL && size == (size_t)(point - text) + 1) /* "5." of "5.00" without a minor unit */
        size--;
    memcpy(exact, text, size);
    exact[size] = '\0';
    return minor_parse(exact, exponent, false, minor);
}

static bool check_product(struct making *m, struct plan_product *product, const struct dump_record *record)
{
    const char *price = text_of(m, record, WHAT_PRICE);

    if (product->category == NULL) {
        plan_remark(m->plan, m->arena, record, true, "its category is none of those in the dump");
        return false;
    }
    if (text_is_blank(bytes_of_text(product->name)) || text_length(bytes_of_text(product->name)) > NAME_MAX_LETTERS) {
        plan_remark(m->plan, m->arena, record, true, "a product has a name of 1 to %d letters", NAME_MAX_LETTERS);
        return false;
    }
    if (text_length(bytes_of_text(product->sku)) > SKU_MAX_LETTERS ||
        text_length(bytes_of_text(product->category)) > CATEGORY_LETTERS) {
        plan_remark(m->plan, m->arena, record, true, "a sku or a category has at most %d letters", SKU_MAX_LETTERS);
        return false;
    }
    if (!price_of(price, m->shop->currency_exponent, &product->price_minor)) {
        plan_remark(m->plan, m->arena, record, true,
                    "its price is no amount of money with at most %u digits behind the point, or too large",
                    m->shop->currency_exponent);
        return false;
    }
    if (!add_checked(m->plan->price_minor, product->price_minor, &m->plan->price_minor)) {
        plan_remark(m->plan, m->arena, record, true, "the sum of prices leaves the range of money");
        return false;
    }
    return true;
}

static void take_product(struct making *m, const struct dump_record *record)
{
    struct plan_product product = { .record = record,
                                    .name = text_of(m, record, WHAT_NAME),
                                    .category = category_of(m, text_of(m, record, WHAT_CATEGORY)),
                                    .sku = text_of(m, record, WHAT_SKU),
                                    .active = record->texts[WHAT_ACTIVE] == NULL || is_true(record, WHAT_ACTIVE) };

    if (check_product(m, &product, record))
        m->plan->products[m->plan->product_count++] = product;
}

/* ---- members ---- */

static const char *name_of(const struct making *m, const struct dump_record *record)
{
    const char *name = text_of(m, record, WHAT_NAME);

    if (*name == '\0')
        name = text_tidy(m->arena, bytes_of_text(arena_format(m->arena, "%s %s", text_of(m, record, WHAT_FIRST_NAME),
                                                              text_of(m, record, WHAT_LAST_NAME))));
    return *name == '\0' ? text_of(m, record, WHAT_USER_NAME) : name;
}

/* "2001-02-28", or with a time behind it; a day of the calendar that has been. */
static bool take_birthday(struct making *m, struct plan_member *member)
{
    struct day day;

    if (*member->birthday == '\0')
        return true;
    if (strlen(member->birthday) > 10 && (member->birthday[10] == ' ' || member->birthday[10] == 'T'))
        member->birthday = arena_format(m->arena, "%.10s", member->birthday);
    if (!day_parse(member->birthday, &day) || date_of_day(day).year < YEAR_MIN || day.number > m->shop->today.number)
        return false;
    member->month = date_of_day(day).month;
    member->day = date_of_day(day).day;
    return true;
}

/* A phone number that is none is left out: people typed there what they liked. */
static void take_phone(struct making *m, struct plan_member *member)
{
    const char *code = m->shop->calling_code;

    if (*member->phone == '\0')
        return;
    member->phone_key = phone_international(m->arena, bytes_of_text(member->phone), code);
    if (member->phone_key == NULL) {
        plan_remark(m->plan, m->arena, member->record, false, "its phone number is none, and was left out");
        member->phone = "";
        return;
    }
    member->dialled_count = phone_dialled_forms(m->arena, member->phone_key, code, member->dialled);
}

static bool take_points(struct making *m, struct plan_member *member)
{
    const char *text = text_of(m, member->record, WHAT_POINTS);
    size_t size = strlen(text);

    if (size == 0)
        return true;
    if (size > 16 || strspn(text, "0123456789") != size)
        return false;
    member->points = strtoll(text, NULL, 10);
    return member->points <= POINTS_MAX && add_checked(m->plan->points, member->points, &m->plan->points);
}

static void take_hash(struct making *m, struct plan_member *member)
{
    const char *hash = member->record->texts[WHAT_PASSWORD];
    bool active = member->record->texts[WHAT_ACTIVE] == NULL || is_true(member->record, WHAT_ACTIVE);

    if (hash != NULL && active && django_hash_is(bytes_of_text(hash)))
        member->hash = hash;
    else
        m->plan->no_secret_count++;
}

static const char *fault_of(struct making *m, struct plan_member *member)
{
    if (*member->name == '\0' && *member->email == '\0' && *member->phone == '\0')
        return "a member needs a name, a phone number or an e-mail address";
    if (text_length(bytes_of_text(member->name)) > NAME_MAX_LETTERS)
        return "its name has more than 80 letters";
    if (text_has_card_number(bytes_of_text(member->name)) || text_has_card_number(bytes_of_text(member->email)) ||
        text_has_card_number(bytes_of_text(member->phone)))
        return "something of it looks like a payment card's number";
    if (*member->email != '\0' && (member->email_key = email_normalise(m->arena, bytes_of_text(member->email))) == NULL)
        return "its e-mail address is none";
    if (!take_birthday(m, member))
        return "its birthday is no day of the calendar, or is in the future";
    if (!take_points(m, member))
        return "its points are no whole number from 0 on, or too many";
    return NULL;
}

static void take_user(struct making *m, const struct dump_record *record)
{
    struct plan_member member = { .record = record,
                                  .name = name_of(m, record),
                                  .email = text_of(m, record, WHAT_EMAIL),
                                  .phone = text_of(m, record, WHAT_PHONE),
                                  .birthday = text_of(m, record, WHAT_BIRTHDAY) };

    if ((is_true(record, WHAT_STAFF) || is_true(record, WHAT_SUPERUSER)) && !has_bought(m, record->pk)) {
        m->plan->staff[m->plan->staff_count++] = record;
        return;
    }
    const char *fault = fault_of(m, &member);
    if (fault != NULL) {
        plan_remark(m->plan, m->arena, record, true, "%s", fault);
        return;
    }
    take_phone(m, &member);
    take_hash(m, &member);
    m->plan->members[m->plan->member_count++] = member;
}

/* ---- each found by one ---- */

struct key {
    const char *text;
    const struct dump_record *record;
};

static int compare_keys(const void *one, const void *other)
{
    const struct key *a = one, *b = other;
    int sign = strcmp(a->text, b->text);

    return sign != 0 ? sign : (a->record->number > b->record->number) - (a->record->number < b->record->number);
}

/* A phone number, an e-mail address and a sku find one. */
static void refuse_doubles(struct making *m, struct key *keys, size_t count, const char *what)
{
    if (count > 1)
        qsort(keys, count, sizeof(*keys), compare_keys);
    for (size_t i = 1; i < count; i++)
        if (strcmp(keys[i].text, keys[i - 1].text) == 0)
            plan_remark(m->plan, m->arena, keys[i].record, true, "it has the same %s as %s %s (%s)", what,
                        dump_kind_name(keys[i - 1].record->kind), keys[i - 1].record->pk,
                        dump_place(keys[i - 1].record, m->arena));
}

static void check_doubles(struct making *m)
{
    struct plan *plan = m->plan;
    size_t emails = 0, phones = 0, skus = 0;
    struct key *by_email = arena_array(m->arena, plan->member_count, sizeof(*by_email));
    struct key *by_phone = arena_array(m->arena, plan->member_count, sizeof(*by_phone));
    struct key *by_sku = arena_array(m->arena, plan->product_count, sizeof(*by_sku));

    for (size_t i = 0; i < plan->member_count; i++) {
        const struct plan_member *member = &plan->members[i];

        if (member->email_key != NULL)
            by_email[emails++] = (struct key){ member->email_key, member->record };
        if (member->phone_key != NULL)
            by_phone[phones++] = (struct key){ member->phone_key, member->record };
    }
    for (size_t i = 0; i < plan->product_count; i++)
        if (*plan->products[i].sku != '\0')
            by_sku[skus++] = (struct key){ plan->products[i].sku, plan->products[i].record };
    refuse_doubles(m, by_email, emails, "e-mail address");
    refuse_doubles(m, by_phone, phones, "phone number");
    refuse_doubles(m, by_sku, skus, "sku");
}

void plan_make(const struct dump *dump, const struct plan_shop *shop, struct arena *arena, struct plan *plan)
{
    struct making m = { .dump = dump, .shop = shop, .arena = arena, .plan = plan };

    *plan = (struct plan){ .products = arena_array(arena, dump->counts[DUMP_PRODUCT], sizeof(*plan->products)),
                           .members = arena_array(arena, dump->counts[DUMP_USER], sizeof(*plan->members)),
                           .staff = arena_array(arena, dump->counts[DUMP_USER], sizeof(*plan->staff)) };
    look_up_lists(&m);
    for (size_t i = 0; i < dump->count; i++) {
        if (!is_sound(&m, &dump->records[i]))
            continue;
        if (dump->records[i].kind == DUMP_PRODUCT)
            take_product(&m, &dump->records[i]);
        if (dump->records[i].kind == DUMP_USER)
            take_user(&m, &dump->records[i]);
    }
    check_doubles(&m);
}
