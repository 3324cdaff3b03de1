/* Change the points programme in force, or make it where there is none. */
#include "db/queries.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH 40
#define POINTS_MAX      INT64_C(1000000000)
#define LOT_DAYS_MAX    36500
/* What a programme that says nothing else has. */
#define LOT_DAYS    365
#define REWARD_COST 100

struct putting {
    struct put put; /* first; all: the one in force, or no row */
    const char *name, *reward_name;
    struct rows *category;
};

static const Caroline__V1__Programme *programme_of(const struct call *c)
{
    static const Caroline__V1__Programme nothing = CAROLINE__V1__PROGRAMME__INIT;
    const Caroline__V1__ProgrammePut *request = (const Caroline__V1__ProgrammePut *)c->message;

    return request->programme ? request->programme : &nothing;
}

static enum step check_points(struct call *c, const char *field, int64_t points, int64_t least)
{
    if (points < least || points > POINTS_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), field, "%lld to %lld points", (long long)least,
                            (long long)POINTS_MAX);
    return STEP_NEXT;
}

static enum step check_numbers(struct call *c, const Caroline__V1__Programme *given)
{
    enum step step;

    if ((step = check_points(c, "programme.sign_up_points", given->sign_up_points, 0)) != STEP_NEXT ||
        (step = check_points(c, "programme.birthday_points", given->birthday_points, 0)) != STEP_NEXT ||
        (step = check_points(c, "programme.points_per_unit", given->points_per_unit, 0)) != STEP_NEXT)
        return step;
    if (given->has_reward_cost && (step = check_points(c, "programme.reward_cost", given->reward_cost, 1)) != STEP_NEXT)
        return step;
    if (given->has_lot_days && (given->lot_days < 1 || given->lot_days > LOT_DAYS_MAX))
        return refuse_field(c, REFUSAL(BAD_FIELD), "programme.lot_days", "points live 1 to %d days", LOT_DAYS_MAX);
    return STEP_NEXT;
}

static int64_t category_id_of(const Caroline__V1__Programme *given)
{
    return given->reward_category_id > INT64_MAX ? -1 : (int64_t)given->reward_category_id;
}

static enum step check(struct call *c)
{
    const Caroline__V1__Programme *given = programme_of(c);
    struct putting *p = c->shared;
    enum step step = check_numbers(c, given);

    if (step == STEP_NEXT && given->has_name)
        step = typed_name(c, "programme.", "name", given->name, NAME_MAX_LENGTH, &p->name);
    if (step == STEP_NEXT && given->has_reward_name)
        step = typed_name(c, "programme.", "reward_name", given->reward_name, NAME_MAX_LENGTH, &p->reward_name);
    if (step != STEP_NEXT)
        return step;
    put_begin(c, given->has_id, given->id);
    p->put.all = ask(c, &sql_programme_put_now, NO_PARAMS);
    p->category = ask(c, &sql_programme_put_category, PARAMS(PARAM_INT(category_id_of(given))));
    return STEP_NEXT;
}

/* No id means the one in force, so that there is never a second. */
static enum step find(struct call *c, const Caroline__V1__Programme *given)
{
    struct putting *p = c->shared;
    bool there = rows_count(p->put.all) > 0;

    if (there && !given->has_id)
        p->put.id = row_int(p->put.all, 0, "id");
    p->put.made = !there;
    if (given->has_id && (!there || row_int(p->put.all, 0, "id") != p->put.id))
        return refuse_field(c, REFUSAL(BAD_FIELD), "programme.id", "this is not the programme in force");
    if (p->put.made && (!p->name || !p->reward_name))
        return refuse_field(c, REFUSAL(BAD_FIELD), p->name ? "programme.reward_name" : "programme.name",
                            "a new programme needs a name, and one for its reward");
    if (given->reward_category_id != 0 && rows_count(p->category) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_CATEGORY), "programme.reward_category_id", "no category of that id");
    return STEP_NEXT;
}

static int64_t number_before(const struct put *put, const char *column, int64_t otherwise)
{
    return put->made ? otherwise : row_int(put->all, 0, column);
}

static enum step write(struct call *c)
{
    const Caroline__V1__Programme *given = programme_of(c);
    struct putting *p = c->shared;
    struct put *put = &p->put;
    enum step step = find(c, given);

    if (step != STEP_NEXT)
        return step;
    const char *old_name = put->made ? "" : row_text(put->all, 0, "name");
    const char *old_reward = put->made ? "" : row_text(put->all, 0, "reward_name");
    const char *name = p->name ? p->name : old_name;
    const char *reward = p->reward_name ? p->reward_name : old_reward;
    const struct {
        const char *field;
        bool given;
        int64_t value, otherwise;
    } numbers[] = {
        { "sign_up_points", given->has_sign_up_points, given->sign_up_points, 0 },
        { "birthday_points", given->has_birthday_points, given->birthday_points, 0 },
        { "points_per_unit", given->has_points_per_unit, given->points_per_unit, 0 },
        { "lot_days", given->has_lot_days, given->lot_days, LOT_DAYS },
        { "reward_cost", given->has_reward_cost, given->reward_cost, REWARD_COST },
        { "reward_category_id", given->has_reward_category_id, category_id_of(given), 0 },
    };
    enum { COUNT = sizeof numbers / sizeof numbers[0] };
    int64_t values[COUNT];

    bool changed = changes_text(c, put->id, "name", put->made, old_name, name);
    changed |= changes_text(c, put->id, "reward_name", put->made, old_reward, reward);
    for (size_t i = 0; i < COUNT; i++) {
        int64_t before = number_before(put, numbers[i].field, numbers[i].otherwise);
        values[i] = numbers[i].given ? numbers[i].value : before;
        changed |= changes_number(c, put->id, numbers[i].field, put->made, before, values[i]);
    }
    if (changed) {
        put_raise(c, 0);
        ask(c, &sql_programme_put_version,
            PARAMS(PARAM_INT(put->id), PARAM_TEXT(name), PARAM_INT(values[0]), PARAM_INT(values[1]),
                   PARAM_INT(values[2]), PARAM_INT(values[3]), PARAM_INT(values[4]), PARAM_INT(values[5]),
                   PARAM_TEXT(reward)));
    }
    return STEP_NEXT;
}

const struct op programme_put = {
    .name = "programme_put",
    .number = NUMBER(PROGRAMME_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_PROGRAMME_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__programme_put__descriptor,
    .reply = &caroline__v1__catalogue_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, put_done },
};
