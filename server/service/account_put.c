/* Make an account, or change what is given of it: its name, its limit, whether anything goes on it. What is owed is nobody's to
 * put: sales, refunds and payments alone change it. */
#include <inttypes.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/phone.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/account_message.h"
#include "server/service/message.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH      80
#define REFERENCE_MAX_LENGTH 40
#define NOTE_MAX_LENGTH      200

struct key_job {
    struct vault *vault;
    int64_t account_id;
    bool made;
};

struct putting {
    int64_t id;
    bool made; /* it is a new one */
    const char *name, *reference, *note;
    struct rows *found, *number, *taken;
    struct key_job *key;
};

static const Caroline__V1__Account *given_of(const struct call *c)
{
    static const Caroline__V1__Account nothing = CAROLINE__V1__ACCOUNT__INIT;
    const Caroline__V1__AccountPut *request = (const Caroline__V1__AccountPut *)c->message;

    return request->account ? request->account : &nothing;
}

static enum step check_texts(struct call *c, struct putting *p)
{
    const Caroline__V1__Account *given = given_of(c);
    enum step step = STEP_NEXT;

    if (given->has_name || p->made)
        step = typed_name(c, "account.", "name", given->name, NAME_MAX_LENGTH, &p->name);
    if (step == STEP_NEXT && p->name && p->name[strspn(p->name, "0123456789")] == '\0')
        return refuse_field(c, REFUSAL(BAD_FIELD), "account.name",
                            "a name of digits alone would be taken for an account's number");
    if (step == STEP_NEXT && given->has_reference)
        step = typed_text(c, "account.", "reference", given->reference, REFERENCE_MAX_LENGTH, &p->reference);
    if (step == STEP_NEXT && given->has_note)
        step = typed_text(c, "account.", "note", given->note, NOTE_MAX_LENGTH, &p->note);
    return step;
}

static enum step check(struct call *c)
{
    const Caroline__V1__Account *given = given_of(c);
    struct putting *p = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    p->made = !given->has_id;
    p->id = p->made ? 0 : given->id > INT64_MAX ? -1 : (int64_t)given->id;
    enum step step = check_texts(c, p);
    if (step != STEP_NEXT)
        return step;
    if (given->limit_minor < 0 || given->limit_minor > ACCOUNT_LIMIT_MAX)
        return refuse_field(c, REFUSAL(BAD_ACCOUNT_LIMIT), "account.limit_minor",
                            "a limit is nothing or more, and not above what can be owed");
    ask(c, &sql_account_put_lock, NO_PARAMS);
    if (p->made)
        p->number = ask(c, &sql_account_put_number, NO_PARAMS);
    else
        p->found = ask(c, &sql_account_lock, PARAMS(PARAM_INT(p->id)));
    if (p->name)
        p->taken = ask(c, &sql_account_put_taken,
                       PARAMS(PARAM_BYTES(account_blind_of(
                           c, ACCOUNT_BLIND_NAME, bytes_of_text(text_fold(c->txn.arena, bytes_of_text(p->name)))))));
    return STEP_NEXT;
}

static void make_key(void *argument)
{
    struct key_job *job = argument;

    job->made = vault_person_create(job->vault, job->account_id);
}

static enum step judge(struct call *c)
{
    struct putting *p = c->shared;

    if (p->found && (rows_count(p->found) == 0 || !vault_person_exists(c->vault, p->id)))
        return refuse_field(c, REFUSAL(UNKNOWN_ACCOUNT), "account.id", "there is no such account");
    for (size_t i = 0; p->taken && i < rows_count(p->taken); i++)
        if (p->made || row_int(p->taken, i, "account_id") != p->id)
            return refuse_field(c, REFUSAL(NAME_TAKEN), "account.name", "another account has this name");
    if (!p->made)
        return STEP_NEXT;
    if (row_int(p->number, 0, "number") > INT32_MAX)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "there are no more numbers for accounts");
    p->id = next_id(c);
    p->key = arena_alloc(c->txn.arena, sizeof *p->key);
    *p->key = (struct key_job){ .vault = c->vault, .account_id = p->id };
    offload(c, make_key, p->key);
    return STEP_NEXT;
}

static struct param sealed(struct call *c, const struct putting *p, enum vault_field field, const char *text)
{
    if (!text || !*text)
        return PARAM_NULL();
    return PARAM_BYTES(vault_seal(c->vault, p->id, field, bytes_of_text(text), c->txn.arena));
}

/* The name, and what it is found by. */
static void write_blinds(struct call *c, const struct putting *p)
{
    struct bytes *prefixes = NULL, folded = bytes_of_text(text_fold(c->txn.arena, bytes_of_text(p->name)));
    size_t count = name_prefixes(c->txn.arena, bytes_of_text(p->name), &prefixes);
    int64_t *kinds = arena_array(c->txn.arena, count + 1, sizeof *kinds);
    struct bytes *blinds = arena_array(c->txn.arena, count + 1, sizeof *blinds);

    kinds[0] = ACCOUNT_BLIND_NAME;
    blinds[0] = account_blind_of(c, ACCOUNT_BLIND_NAME, folded);
    for (size_t i = 0; i < count; i++) {
        kinds[i + 1] = ACCOUNT_BLIND_PREFIX;
        blinds[i + 1] = account_blind_of(c, ACCOUNT_BLIND_PREFIX, prefixes[i]);
    }
    if (!p->made)
        ask(c, &sql_account_blind_remove, PARAMS(PARAM_INT(p->id)));
    ask(c, &sql_account_blind_write,
        PARAMS(PARAM_INT(p->id), PARAM_INTS(kinds, count + 1), PARAM_BYTESES(blinds, count + 1)));
}

/* Names are personal: that they changed is written down, and not to what. */
static void note(struct call *c, const struct putting *p, const struct account_state *before,
                 const struct account_state *after)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    char old_limit[NUMBER_TEXT], new_limit[NUMBER_TEXT];

    if (p->made)
        changes_number(c, p->id, "number", true, 0, after->number);
    if (p->name)
        journal_change(c, p->id, "name", NULL, NULL);
    if (p->reference)
        journal_change(c, p->id, "reference", NULL, NULL);
    if (p->note)
        journal_change(c, p->id, "note", NULL, NULL);
    changes_text(c, p->id, "limit_minor", p->made,
                 minor_format(old_limit, before->limit_minor, shop->currency_exponent),
                 minor_format(new_limit, after->limit_minor, shop->currency_exponent));
    changes_flag(c, p->id, "blocked", p->made, before->blocked, after->blocked);
}

static enum step write(struct call *c)
{
    const Caroline__V1__Account *given = given_of(c);
    struct putting *p = c->shared;
    struct account_state before = { 0 };
    Caroline__V1__AccountPutDone reply = CAROLINE__V1__ACCOUNT_PUT_DONE__INIT;

    if (p->made && !p->key->made)
        return STEP_FAILED;
    if (p->made)
        before.number = (uint32_t)row_int(p->number, 0, "number");
    else
        before = account_state_of(p->found, 0);
    struct account_state after = before;
    if (given->has_limit_minor)
        after.limit_minor = given->limit_minor;
    if (given->has_blocked)
        after.blocked = given->blocked;
    struct param name = sealed(c, p, FIELD_ACCOUNT_NAME, p->name);
    struct param reference = sealed(c, p, FIELD_ACCOUNT_REFERENCE, p->reference);
    struct param notice = sealed(c, p, FIELD_ACCOUNT_NOTE, p->note);
    if (p->made)
        ask(c, &sql_account_put_create,
            PARAMS(PARAM_INT(p->id), PARAM_INT(after.number), PARAM_INT(c->shop_id), name, reference, notice,
                   PARAM_INT(after.limit_minor), PARAM_BOOL(after.blocked), PARAM_INSTANT(c->now)));
    else
        ask(c, &sql_account_put_change,
            PARAMS(PARAM_INT(p->id), PARAM_BOOL(p->name != NULL), name, PARAM_BOOL(p->reference != NULL), reference,
                   PARAM_BOOL(p->note != NULL), notice, PARAM_INT(after.limit_minor), PARAM_BOOL(after.blocked),
                   PARAM_INSTANT(c->now)));
    if (p->name)
        write_blinds(c, p);
    note(c, p, &before, &after);
    PUT(reply, id, (uint64_t)p->id);
    PUT(reply, number, after.number);
    return answer(c, &reply.base);
}

const struct op account_put = {
    .name = "account_put",
    .number = NUMBER(ACCOUNT_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_ACCOUNT_EDIT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__account_put__descriptor,
    .reply = &caroline__v1__account_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, judge, write },
};
