/* The names of the Django shop's models and fields, as data. A model is compared without its app, a table without a prefix, each
 * without regard to case. */
#include <string.h>
#include <strings.h>

#include "server/import/dump.h"

#define NAMES 8

static const struct {
    const char *name; /* for a person */
    const char *models[NAMES];
} kinds[DUMP_KINDS] = {
    [DUMP_OTHER] = { "other", { NULL } },
    [DUMP_USER] = { "user", { "user", "users", "customuser", "customer", "account" } },
    [DUMP_PRODUCT] = { "product", { "product", "products", "cookie", "cookies" } },
    [DUMP_CATEGORY] = { "category", { "category", "categories", "productcategory" } },
    [DUMP_COUPON] = { "coupon", { "coupon", "coupons" } },
    [DUMP_USER_COUPON] = { "assigned coupon", { "usercoupon", "usercoupons", "user_coupons" } },
    [DUMP_PURCHASE] = { "purchase", { "purchase", "purchases", "order", "orders" } },
    [DUMP_PAYMENT] = { "stored payment", { "userpayment", "userpayments", "user_payment" } },
    [DUMP_REVIEW] = { "review", { "productreview", "productreviews", "product_reviews", "review", "reviews" } },
    [DUMP_BASKET] = { "basket", { "cart", "carts", "cartitem", "cartitems", "cart_item" } },
};

/* Of a kind, or of all of which these are the only ones that have it. The first name that a record has counts. */
static const struct {
    enum dump_kind kind;
    enum dump_what what;
    const char *names[NAMES];
} fields[] = {
    { DUMP_USER, WHAT_NAME, { "name", "full_name", "fullname" } },
    { DUMP_USER, WHAT_FIRST_NAME, { "first_name", "firstname" } },
    { DUMP_USER, WHAT_LAST_NAME, { "last_name", "lastname" } },
    { DUMP_USER, WHAT_USER_NAME, { "username" } },
    { DUMP_USER, WHAT_EMAIL, { "email", "email_address", "e_mail" } },
    { DUMP_USER, WHAT_PHONE, { "phone", "phone_number", "telephone", "mobile" } },
    { DUMP_USER, WHAT_BIRTHDAY, { "birthday", "birth_date", "birthdate", "date_of_birth", "dob" } },
    { DUMP_USER, WHAT_PASSWORD, { "password" } },
    { DUMP_USER, WHAT_POINTS, { "points", "reward_points", "loyalty_points", "user_points" } },
    { DUMP_USER, WHAT_STAFF, { "is_staff" } },
    { DUMP_USER, WHAT_SUPERUSER, { "is_superuser" } },
    { DUMP_USER, WHAT_ACTIVE, { "is_active" } },
    { DUMP_PRODUCT, WHAT_NAME, { "name", "title", "product_name" } },
    { DUMP_PRODUCT, WHAT_PRICE, { "price", "unit_price", "product_price" } },
    { DUMP_PRODUCT, WHAT_CATEGORY, { "category", "category_id", "product_category" } },
    { DUMP_PRODUCT, WHAT_SKU, { "sku", "product_code" } },
    { DUMP_PRODUCT, WHAT_ACTIVE, { "is_active", "active", "available", "is_available" } },
    { DUMP_CATEGORY, WHAT_NAME, { "name", "title" } },
    { DUMP_PURCHASE, WHAT_USER, { "user", "user_id", "customer", "customer_id" } },
};

static bool is_among(const char *const names[NAMES], const char *name)
{
    for (size_t i = 0; i < NAMES && names[i] != NULL; i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

/* "cookies.user", "cookies_user" and "user" alike; what is behind the prefix must be all of a name. */
enum dump_kind dump_kind_of(const char *model)
{
    const char *dot = strrchr(model, '.');
    const char *name = dot == NULL ? model : dot + 1;

    for (; name != NULL; name = dot != NULL || strchr(name, '_') == NULL ? NULL : strchr(name, '_') + 1)
        for (int kind = DUMP_USER; kind < DUMP_KINDS; kind++)
            if (is_among(kinds[kind].models, name))
                return (enum dump_kind)kind;
    return DUMP_OTHER;
}

enum dump_what dump_what_of(enum dump_kind kind, const char *field)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].kind == kind && is_among(fields[i].names, field))
            return fields[i].what;
    return WHAT_COUNT;
}

const char *dump_what_name(enum dump_what what)
{
    static const char *const names[WHAT_COUNT] = {
        [WHAT_NAME] = "name",           [WHAT_FIRST_NAME] = "first name",  [WHAT_LAST_NAME] = "last name",
        [WHAT_USER_NAME] = "user name", [WHAT_EMAIL] = "e-mail address",   [WHAT_PHONE] = "phone number",
        [WHAT_BIRTHDAY] = "birthday",   [WHAT_PASSWORD] = "password",      [WHAT_POINTS] = "number of points",
        [WHAT_STAFF] = "is_staff",      [WHAT_SUPERUSER] = "is_superuser", [WHAT_ACTIVE] = "is_active",
        [WHAT_PRICE] = "price",         [WHAT_CATEGORY] = "category",      [WHAT_SKU] = "sku",
        [WHAT_USER] = "user",
    };

    return names[what];
}

const char *dump_kind_name(enum dump_kind kind)
{
    return kinds[kind].name;
}
