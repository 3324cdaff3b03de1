/* Members: sealed under a key of their own, found by blind indexes, with what they had as one lot. As OP_MEMBER_CREATE does it; only their
 * points are not those for joining. */
#include <string.h>

#include "common/base/phone.h"
#include "common/base/text.h"
#include "server/import/books_inner.h"

#define NOW        "now"
#define PHONE_KIND 1 /* as member_blind.kind */
#define EMAIL_KIND 2
#define NAME_KIND  4

/* Two arrays side by side: kinds, and blind indexes. */
struct blinds {
    const char *kinds, *blinds;
    size_t count;
};

static void add(struct books *books, struct blinds *blinds, int kind, enum vault_blind of, struct bytes key)
{
    uint8_t blind[BLIND_SIZE];
    const char *between = blinds->count == 0 ? "{" : ",";

    vault_blind(books->vault, of, key, blind);
    blinds->kinds = arena_format(books->arena, "%s%s%d", blinds->count == 0 ? "" : blinds->kinds, between, kind);
    blinds->blinds = arena_format(books->arena, "%s%s\"\\%s\"", blinds->count == 0 ? "" : blinds->blinds, between,
                                  books_hex(books, bytes_of(blind, sizeof blind)));
    blinds->count++;
}

static void end(struct books *books, struct blinds *blinds)
{
    blinds->kinds = blinds->count == 0 ? "{}" : arena_format(books->arena, "%s}", blinds->kinds);
    blinds->blinds = blinds->count == 0 ? "{}" : arena_format(books->arena, "%s}", blinds->blinds);
}

static void add_keys(struct books *books, struct blinds *blinds, const struct plan_member *member)
{
    if (member->phone_key != NULL)
        add(books, blinds, PHONE_KIND, BLIND_PHONE, bytes_of_text(member->phone_key));
    if (member->email_key != NULL)
        add(books, blinds, EMAIL_KIND, BLIND_EMAIL, bytes_of_text(member->email_key));
}

bool books_member_taken(struct books *books, const struct plan_member *member, const char **taken, const char **problem)
{
    struct blinds blinds = { 0 };

    *taken = NULL;
    add_keys(books, &blinds, member);
    for (size_t i = 0; i < member->dialled_count; i++)
        add(books, &blinds, PHONE_KIND, BLIND_PHONE, bytes_of_text(member->dialled[i]));
    end(books, &blinds);
    const char *const values[] = { blinds.kinds, blinds.blinds };
    PGresult *result = blinds.count == 0 ? NULL : books_query(books, &sql_member_taken, values, problem);

    if (blinds.count == 0)
        return true;
    if (result != NULL && PQntuples(result) > 0)
        *taken = strcmp(PQgetvalue(result, 0, PQfnumber(result, "kind")), "2") == 0 ? "e-mail address" : "phone number";
    PQclear(result);
    return result != NULL;
}

/* ---- what is written ---- */

static const char *sealed(struct books *books, int64_t id, enum vault_field field, const char *text)
{
    if (*text == '\0')
        return NULL;
    return books_hex(books, vault_seal(books->vault, id, field, bytes_of_text(text), books->arena));
}

static bool write_blinds(struct books *books, const char *id, const struct plan_member *member, const char **problem)
{
    struct bytes *prefixes = NULL;
    size_t count = name_prefixes(books->arena, bytes_of_text(member->name), &prefixes);
    struct blinds blinds = { 0 };

    add_keys(books, &blinds, member);
    for (size_t i = 0; i < count; i++)
        add(books, &blinds, NAME_KIND, BLIND_NAME_PREFIX, prefixes[i]);
    end(books, &blinds);
    const char *const values[] = { id, blinds.kinds, blinds.blinds };
    return blinds.count == 0 || books_run(books, &sql_member_blind_write, values, problem);
}

static bool write_points(struct books *books, const struct books_shop *shop, const char *id,
                         const struct plan_member *member, const char **problem)
{
    char origin[DAY_TEXT], expiry[DAY_TEXT];
    int64_t made;

    if (member->points == 0)
        return true;
    if (!books_new_id(books, &made, problem))
        return false;
    const char *lot = books_number(books, made), *points = books_number(books, member->points);
    const char *const lots[] = { lot, id, day_format(origin, shop->today),
                                 day_format(expiry, (struct day){ shop->today.number + (int32_t)shop->lot_days }),
                                 points };
    const char *const entry[] = { id, lot, points, NOW };
    return books_run(books, &sql_member_write_lot, lots, problem) &&
           books_run(books, &sql_import_points, entry, problem);
}

static bool write_rows(struct books *books, const struct books_shop *shop, int64_t made,
                       const struct plan_member *member, const char **problem)
{
    const char *id = books_number(books, made), *points = books_number(books, member->points), *birthday = NULL;
    uint8_t blind[BLIND_SIZE];

    if (member->month != 0) {
        vault_blind_birthday(books->vault, made, member->month, member->day, blind);
        birthday = books_hex(books, bytes_of(blind, sizeof blind));
    }
    const char *const row[] = { id,
                                books_number(books, shop->id),
                                sealed(books, made, FIELD_MEMBER_NAME, member->name),
                                sealed(books, made, FIELD_MEMBER_PHONE, member->phone),
                                sealed(books, made, FIELD_MEMBER_EMAIL, member->email),
                                sealed(books, made, FIELD_MEMBER_BIRTHDAY, member->birthday),
                                NULL,
                                NULL,
                                NULL,
                                NOW };
    const char *const account[] = { id, points, birthday, NULL };
    const char *const secret[] = { id, member->hash, NOW };
    const char *const kept[] = { "1", member->record->pk, id, points, NOW };

    return books_run(books, &sql_member_write, row, problem) && write_blinds(books, id, member, problem) &&
           books_run(books, &sql_member_write_account, account, problem) &&
           write_points(books, shop, id, member, problem) &&
           (member->hash == NULL || books_run(books, &sql_import_secret, secret, problem)) &&
           books_run(books, &sql_import_write, kept, problem);
}

/* The key first, durable; of who is rolled back it is swept. */
static bool write_one(struct books *books, const struct books_shop *shop, const struct plan_member *member,
                      const char **problem)
{
    int64_t id;

    if (!books_new_id(books, &id, problem))
        return false;
    if (!vault_person_create(books->vault, id)) {
        *problem = "the vault could not make a member's key";
        return false;
    }
    return write_rows(books, shop, id, member, problem);
}

bool books_write_members(struct books *books, const struct books_shop *shop, const struct plan_member *const *members,
                         size_t count, const char **problem)
{
    bool written = books_plain(books, "BEGIN", problem) && books_run(books, &sql_import_lock, NULL, problem);

    for (size_t i = 0; i < count && written; i++)
        written = write_one(books, shop, members[i], problem);
    return books_end(books, written, problem);
}
