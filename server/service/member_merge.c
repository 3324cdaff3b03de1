/* Two members are one person: the second stays, and has what both had. Of the first nothing is left but its id, which means the second
 * from now on; its key is swept (server/jobs/). */
#include <inttypes.h>

#include "common/base/text.h"
#include "common/rules/consent.h"
#include "common/rules/member_merge.h"
#include "db/queries.h"
#include "server/service/consent_message.h"
#include "server/service/member_fields.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"

struct merging {
    int64_t from_id, into_id;
    struct bytes reason;
    struct rows *members, *accounts, *blinds, *reviews, *held, *methods;
    struct rows *from_consents, *into_consents, *from_brought, *into_brought;
    struct member_merge_side from, into;
    struct member_merged merged;
    struct member_fields taken; /* that the second lacked */
};

static int64_t id_of(uint64_t id)
{
    return id > INT64_MAX ? -1 : (int64_t)id;
}

static enum step take_reason(struct call *c, ProtobufCBinaryData given, struct bytes *reason)
{
    *reason = bytes_of_text(text_tidy(c->txn.arena, field_bytes(given)));
    if (text_has_card_number(*reason))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reason",
                            "this looks like a payment card's number: it was not kept");
    if (text_is_blank(*reason))
        return refuse_field(c, REFUSAL(BAD_REASON), "reason", "say why these two are one person");
    return STEP_NEXT;
}

/* The rows of members, then those of accounts: as a change of a member, and then a group, locks them. */
static enum step look(struct call *c)
{
    const Caroline__V1__MemberMerge *request = (const Caroline__V1__MemberMerge *)c->message;
    struct merging *m = c->shared;
    int64_t *both = arena_array(c->txn.arena, 2, sizeof *both);

    if (!c->catalogue)
        return STEP_FAILED;
    both[0] = m->from_id = id_of(request->from_id);
    both[1] = m->into_id = id_of(request->into_id);
    enum step step = take_reason(c, request->reason, &m->reason);
    if (step != STEP_NEXT)
        return step;
    m->members = ask(c, &sql_member_merge_lock, PARAMS(PARAM_INTS(both, 2)));
    m->accounts = ask(c, &sql_member_merge_accounts, PARAMS(PARAM_INTS(both, 2), PARAM_INT(m->from_id)));
    m->blinds = ask(c, &sql_member_merge_blinds, PARAMS(PARAM_INT(m->from_id)));
    m->from_consents = ask(c, &sql_consent_newest, PARAMS(PARAM_INT(m->from_id)));
    m->into_consents = ask(c, &sql_consent_newest, PARAMS(PARAM_INT(m->into_id)));
    m->from_brought = ask(c, &sql_member_merge_words, PARAMS(PARAM_INT(m->from_id)));
    m->into_brought = ask(c, &sql_member_merge_words, PARAMS(PARAM_INT(m->into_id)));
    m->reviews = ask(c, &sql_member_merge_reviews, PARAMS(PARAM_INT(m->from_id)));
    m->held = ask(c, &sql_payment_held, PARAMS(PARAM_INT(m->from_id)));
    ask(c, &sql_payment_setups_lock, PARAMS(PARAM_INT(m->from_id)));
    m->methods = ask(c, &sql_payment_methods, PARAMS(PARAM_INT(m->from_id)));
    return STEP_NEXT;
}

/* ---- may they be? ---- */

static size_t row_of(const struct rows *rows, const char *column, int64_t id)
{
    size_t row = 0;

    while (row < rows_count(rows) && row_int(rows, row, column) != id)
        row++;
    return row;
}

static uint16_t avoids_of(struct call *c, const struct merging *m, int64_t id)
{
    size_t row = row_of(m->members, "id", id);
    struct member_fields fields = { 0 };
    const char *text = row == rows_count(m->members) ? NULL : member_opened(c, m->members, row, id, MEMBER_AVOIDS);

    if (text != NULL)
        member_field_take(&fields, MEMBER_AVOIDS, text);
    return fields.avoids;
}

static struct member_merge_word word_of(const struct rows *consents)
{
    size_t row = row_of(consents, "kind", CONSENT_ALLERGIES);

    if (row == rows_count(consents))
        return (struct member_merge_word){ 0 };
    return (struct member_merge_word){ .given = row_bool(consents, row, "given"),
                                       .at = row_instant(consents, row, "at") };
}

/* Whose key is gone is nobody any more. */
static struct member_merge_side side_of(struct call *c, const struct merging *m, int64_t id,
                                        const struct rows *consents, const struct rows *brought)
{
    size_t row = row_of(m->accounts, "member_id", id);
    struct member_merge_side side = { .id = id };

    if (row == rows_count(m->accounts))
        return side;
    side.merged_into = row_is_null(m->accounts, row, "merged_into") ? 0 : row_int(m->accounts, row, "merged_into");
    side.known = side.merged_into != 0 || vault_person_exists(c->vault, id);
    side.points = row_int(m->accounts, row, "points");
    side.birthday_year = (int32_t)row_int(m->accounts, row, "birthday_year");
    side.avoids = avoids_of(c, m, id);
    side.allergies = word_of(consents);
    side.brought = word_of(brought);
    side.tier = row_int(m->accounts, row, "tier");
    side.tier_minor = row_int(m->accounts, row, "tier_minor");
    return side;
}

static enum step judge(struct call *c, struct merging *m)
{
    m->from = side_of(c, m, m->from_id, m->from_consents, m->from_brought);
    m->into = side_of(c, m, m->into_id, m->into_consents, m->into_brought);
    switch (member_merge_decide(&m->from, &m->into, &m->merged)) {
    case MEMBER_MERGE_OK:
        if (row_int(m->held, 0, "charges") == 0)
            return STEP_NEXT;
        return refuse_field(c, REFUSAL(CHARGE_PENDING), "from_id",
                            "a payment of theirs is under way: merge them when that is over");
    case MEMBER_MERGE_SAME:
        return refuse_field(c, REFUSAL(SAME_MEMBER), "into_id",
                            "this is the same member: name the two that are to be one");
    case MEMBER_MERGE_FROM_UNKNOWN:
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "from_id", "no member of that id is to be merged");
    case MEMBER_MERGE_INTO_UNKNOWN:
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "into_id", "no member of that id could take the other in");
    case MEMBER_MERGE_FROM_MERGED:
        return refuse_field(c, REFUSAL(MEMBER_MERGED), "from_id", "%" PRId64 " was merged into %" PRId64 " already",
                            m->from_id, m->from.merged_into);
    case MEMBER_MERGE_INTO_MERGED:
        return refuse_field(c, REFUSAL(MEMBER_MERGED), "into_id",
                            "%" PRId64 " was itself merged into %" PRId64 ": name that one", m->into_id,
                            m->into.merged_into);
    case MEMBER_MERGE_OVERFLOW:
    case MEMBER_MERGE_VERDICT_COUNT:
        break;
    }
    return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "together their points leave the range");
}

/* ---- what goes over ---- */

static void take_fields(struct call *c, struct merging *m)
{
    size_t from = row_of(m->members, "id", m->from_id), into = row_of(m->members, "id", m->into_id);

    for (int i = 0; i < MEMBER_FIELD_COUNT; i++) {
        enum member_field field = (enum member_field)i;
        const char *text = member_opened(c, m->members, from, m->from_id, field);

        if (field != MEMBER_AVOIDS && text != NULL && member_opened(c, m->members, into, m->into_id, field) == NULL)
            member_field_take(&m->taken, field, text);
    }
    if (m->merged.avoids != m->into.avoids)
        member_field_take(&m->taken, MEMBER_AVOIDS, member_avoids_text(c, m->merged.avoids));
}

static void write_fields(struct call *c, struct merging *m)
{
    struct param params[2 + 2 * MEMBER_FIELD_COUNT];
    size_t count = 0;

    params[count++] = PARAM_INT(m->into_id);
    for (int i = 0; i < MEMBER_FIELD_COUNT; i++) {
        params[count++] = PARAM_BOOL(m->taken.field[i].given);
        params[count++] = member_sealed(c, m->into_id, &m->taken, (enum member_field)i);
        if (m->taken.field[i].given)
            journal_change(c, m->into_id, member_field_name((enum member_field)i), NULL, NULL);
    }
    params[count++] = PARAM_INSTANT(c->now);
    ask(c, &sql_member_update, params, count);
    ask(c, &sql_member_merge_from, PARAMS(PARAM_INT(m->from_id), PARAM_INSTANT(c->now)));
}

/* By all that the first was found, the second is: as its own where it took the field over, else for good. */
static void write_blinds(struct call *c, const struct merging *m)
{
    static const enum member_field field_of_kind[] = {
        [MEMBER_BLIND_PHONE] = MEMBER_PHONE, [MEMBER_BLIND_EMAIL] = MEMBER_EMAIL, [MEMBER_BLIND_CARD] = MEMBER_CARD
    };
    size_t count = rows_count(m->blinds);
    int64_t *kinds = arena_array(c->txn.arena, count, sizeof *kinds);
    int64_t *before = arena_array(c->txn.arena, count, sizeof *before);
    struct bytes *blinds = arena_array(c->txn.arena, count, sizeof *blinds);

    for (size_t i = 0; i < count; i++) {
        int64_t whose = row_int(m->blinds, i, "merged_from");

        kinds[i] = row_int(m->blinds, i, "kind");
        blinds[i] = row_bytes(m->blinds, i, "blind");
        before[i] = whose != 0 ? whose : m->taken.field[field_of_kind[kinds[i]]].given ? 0 : m->from_id;
    }
    ask(c, &sql_member_blind_remove_all, PARAMS(PARAM_INT(m->from_id)));
    if (count > 0)
        ask(c, &sql_member_merge_blinds_write,
            PARAMS(PARAM_INT(m->into_id), PARAM_INTS(kinds, count), PARAM_BYTESES(blinds, count),
                   PARAM_INTS(before, count)));
    member_blinds_write(c, m->into_id, &m->taken, false); /* of a name: the keys are there already */
}

/* What they avoid is not kept without their agreement: that of whose word counts goes over as it was given, with its text, its time and
 * its place. */
static enum step write_consent(struct call *c, const struct merging *m)
{
    const struct rows *const given[] = { [MEMBER_MERGE_OF_FROM] = m->from_consents,
                                         [MEMBER_MERGE_BROUGHT_BY_FROM] = m->from_brought,
                                         [MEMBER_MERGE_BROUGHT_BY_INTO] = m->into_brought };
    const struct rows *word = given[m->merged.consent];
    int64_t number, version;
    size_t row;

    if (word == NULL)
        return STEP_NEXT;
    row = row_of(word, "kind", CONSENT_ALLERGIES);
    consent_state_of(m->into_consents, CONSENT_ALLERGIES, &number);
    if (number >= INT32_MAX)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "there are no more numbers for entries of this kind");
    version = row_int(word, row, "text_version");
    ask(c, &sql_consent_write,
        PARAMS(PARAM_INT(m->into_id), PARAM_INT(CONSENT_ALLERGIES), PARAM_INT(number + 1), PARAM_BOOL(true),
               PARAM_INT(version), PARAM_INT(row_int(word, row, "shop_id")), PARAM_INT(row_int(word, row, "device_id")),
               row_is_null(word, row, "staff_id") ? PARAM_NULL() : PARAM_INT(row_int(word, row, "staff_id")),
               PARAM_INSTANT(row_instant(word, row, "at"))));
    journal_change(c, m->into_id, "consent", NULL,
                   arena_format(c->txn.arena, "%d.%" PRId64, CONSENT_ALLERGIES, version));
    return STEP_NEXT;
}

/* What nobody reads yet, or not any more, goes under the second's key. */
static void write_reviews(struct call *c, const struct merging *m)
{
    size_t count = rows_count(m->reviews);
    struct bytes *sealed = arena_array(c->txn.arena, count, sizeof *sealed);

    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        if (row_is_null(m->reviews, i, "text_sealed"))
            continue;
        struct bytes text = vault_unseal(c->vault, m->from_id, FIELD_MEMBER_REVIEW,
                                         row_bytes(m->reviews, i, "text_sealed"), c->txn.arena);
        if (text.data != NULL)
            sealed[i] = vault_seal(c->vault, m->into_id, FIELD_MEMBER_REVIEW, text, c->txn.arena);
    }
    ask(c, &sql_member_merge_reviews_write,
        PARAMS(PARAM_INT(m->into_id), PARAM_INTS(column_ints(m->reviews, "id"), count), PARAM_BYTESES(sealed, count)));
}

static struct param as_it_was(const struct rows *accounts, size_t row, const char *column)
{
    return row_is_null(accounts, row, column) ? PARAM_NULL() : PARAM_BYTES(row_bytes(accounts, row, column));
}

static void write_accounts(struct call *c, const struct merging *m)
{
    size_t into = row_of(m->accounts, "member_id", m->into_id);
    const struct member_fields *taken = &m->taken;

    ask(c, &sql_member_merge_from_account, PARAMS(PARAM_INT(m->from_id), PARAM_INT(m->into_id)));
    ask(c, &sql_member_merge_before, PARAMS(PARAM_INT(m->from_id), PARAM_INT(m->into_id)));
    struct param birthday = taken->field[MEMBER_BIRTHDAY].given ? member_birthday_blind(c, m->into_id, taken)
                                                                : as_it_was(m->accounts, into, "birthday_blind");
    struct param avoids = taken->field[MEMBER_AVOIDS].given ? member_avoids_blind(c, m->into_id, taken)
                                                            : as_it_was(m->accounts, into, "avoids");
    ask(c, &sql_member_merge_into_account,
        PARAMS(PARAM_INT(m->into_id), PARAM_INT(m->merged.points), birthday, PARAM_INT(m->merged.birthday_year), avoids,
               PARAM_INT(m->merged.tier), PARAM_INT(m->merged.tier_minor)));
    ask(c, &sql_member_merge_lots, PARAMS(PARAM_INT(m->from_id), PARAM_INT(m->into_id)));
    ask(c, &sql_member_merge_write,
        PARAMS(PARAM_INT(m->from_id), PARAM_INT(m->into_id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               PARAM_INT(c->staff_id), PARAM_INT(m->from.points), PARAM_TEXT_VIEW(m->reason), PARAM_INSTANT(c->now)));
}

/* Who signs in as the first is the second from now on; whoever is signed in as the first is nobody. */
static void write_secrets(struct call *c, const struct merging *m)
{
    ask(c, &sql_member_merge_secret, PARAMS(PARAM_INT(m->from_id), PARAM_INT(m->into_id)));
    ask(c, &sql_member_secret_remove, PARAMS(PARAM_INT(m->from_id)));
    ask(c, &sql_member_code_remove_all, PARAMS(PARAM_INT(m->from_id)));
    ask(c, &sql_member_ticket_remove, PARAMS(PARAM_INT(m->from_id)));
    member_told(c, m->from_id);
}

/* The reason stands beside it, and not in the journal, where nobody could ever strike a name out. */
static void note(struct call *c, const struct merging *m)
{
    journal_change(c, m->from_id, "merged_into", NULL, arena_format(c->txn.arena, "%" PRId64, m->into_id));
    journal_change(c, m->into_id, "points", arena_format(c->txn.arena, "%" PRId64, m->into.points),
                   arena_format(c->txn.arena, "%" PRId64, m->merged.points));
}

static enum step merge(struct call *c)
{
    struct merging *m = c->shared;
    Caroline__V1__MemberMerged reply = CAROLINE__V1__MEMBER_MERGED__INIT;
    enum step step = judge(c, m);

    if (step == STEP_NEXT)
        step = write_consent(c, m);
    if (step != STEP_NEXT)
        return step;
    take_fields(c, m);
    note(c, m);
    write_secrets(c, m);
    write_blinds(c, m);
    write_fields(c, m);
    write_accounts(c, m);
    write_reviews(c, m);
    payment_methods_merge(c, m->into_id, m->methods);
    ask(c, &sql_payment_setups_end, PARAMS(PARAM_INT(m->from_id), PARAM_TEXT("merged"), PARAM_INSTANT(c->now)));
    PUT(reply, id, (uint64_t)m->into_id);
    PUT(reply, points, m->merged.points);
    PUT(reply, points_moved, m->from.points);
    return answer(c, &reply.base);
}

const struct op member_merge = {
    .name = "member_merge",
    .number = NUMBER(MEMBER_MERGE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_MERGE,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__member_merge__descriptor,
    .reply = &caroline__v1__member_merged__descriptor,
    .shared_size = sizeof(struct merging),
    .stages = { look, merge },
};
