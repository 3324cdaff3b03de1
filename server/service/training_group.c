/* Loading a training out of its entries, and deciding upon it. Nothing is written but by the driver: entries of the strand S and
 * answers. What a sale would change of members and stock is changed in the working set alone, and forgotten with it. */
#include "server/service/training_group.h"

#include <string.h>

#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/sale_load.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

/* A training of which the group has calls. */
struct practice {
    struct training training;
    int64_t device_id;
    struct rows *entries;
    struct training_state state;
};

struct training_set {
    struct counter_set counter; /* first: what sales and refunds see */
    struct practice *practices;
    size_t practice_count;
};

/* ---- load ---- */

static struct practice *practice_of(struct training_set *set, const struct call *c)
{
    for (size_t i = 0; i < set->practice_count; i++)
        if (set->practices[i].training.id == c->training.id)
            return &set->practices[i];
    return NULL;
}

static struct rows *ask_entries(struct group *g, const struct call *c)
{
    return group_ask(g, &sql_training_entries,
                     PARAMS(PARAM_INT(c->device_id), PARAM_INT(c->training.from), PARAM_INT(TRAINING_READ_MAX)));
}

static void load_practices(struct group *g)
{
    struct training_set *set = g->set;

    set->practices = arena_array(g->txn.arena, g->call_count, sizeof *set->practices);
    for (size_t i = 0; i < g->call_count; i++) {
        const struct call *c = g->calls[i];

        if (practice_of(set, c) == NULL)
            set->practices[set->practice_count++] =
                (struct practice){ .training = c->training, .device_id = c->device_id, .entries = ask_entries(g, c) };
    }
}

static struct param ids_param(const struct id_list *list)
{
    return PARAM_INTS(list->ids, list->count);
}

static struct param training_ids(const struct training_set *set, struct arena *arena)
{
    int64_t *ids = arena_array(arena, set->practice_count, sizeof *ids);

    for (size_t i = 0; i < set->practice_count; i++)
        ids[i] = set->practices[i].training.id;
    return PARAM_INTS(ids, set->practice_count);
}

/* An id that has sold is not practised with: whoever asks so has lost count. */
static void load_done(struct group *g)
{
    struct counter_set *set = g->set;
    struct bytes *ids = arena_array(g->txn.arena, g->call_count, sizeof *ids);

    for (size_t i = 0; i < g->call_count; i++)
        ids[i] = bytes_of(g->calls[i]->command_id, sizeof g->calls[i]->command_id);
    set->rows.done = group_ask(g, &sql_counter_done, PARAMS(PARAM_BYTESES(ids, g->call_count)));
}

/* Read as it is: nobody else is kept waiting by practice, and nothing of it is changed. */
static void load(struct group *g)
{
    struct counter_set *set = g->set;
    struct day today = shop_today(catalogue_shop(g->catalogue, catalogue_newest(g->catalogue)), g->now);

    ids_sort(&set->devices);
    ids_sort(&set->members);
    ids_sort(&set->products);
    load_practices(g);
    load_done(g);
    set->rows.drawers = group_ask(g, &sql_counter_drawers, PARAMS(ids_param(&set->devices)));
    if (set->approval_count > 0)
        set->rows.approvals =
            group_ask(g, &sql_training_approvals,
                      PARAMS(PARAM_BYTESES(set->approvals, set->approval_count), training_ids(g->set, g->txn.arena)));
    if (set->members.count > 0) {
        set->rows.members = group_ask(g, &sql_training_members, PARAMS(ids_param(&set->members)));
        set->rows.lots = group_ask(g, &sql_counter_lots, PARAMS(ids_param(&set->members), PARAM_DAY(today)));
    }
    if (set->products.count > 0)
        set->rows.stock = group_ask(g, &sql_sale_quote_stock, PARAMS(PARAM_INT(g->shop_id), ids_param(&set->products)));
}

/* ---- fill ---- */

static struct training_entry *entries_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    *count = rows_count(rows);
    struct training_entry *entries = arena_array(arena, *count, sizeof *entries);

    for (size_t i = 0; i < *count; i++)
        entries[i] = (struct training_entry){ .number = row_int(rows, i, "number"),
                                              .bytes = row_bytes(rows, i, "bytes"),
                                              .hash = row_bytes(rows, i, "hash").data };
    return entries;
}

static enum step fill(struct group *g)
{
    struct training_set *set = g->set;
    struct working_set *rules = &set->counter.rules;
    struct arena *arena = g->txn.arena;
    size_t count;

    for (size_t i = 0; i < set->practice_count; i++) {
        struct practice *practice = &set->practices[i];
        const struct training_entry *entries = entries_of(practice->entries, arena, &count);

        training_read(entries, count, practice->training.id, g->catalogue, arena, &practice->state);
    }
    rules->arena = arena;
    rules->catalogue = g->catalogue;
    rules->zone = shop_zone(catalogue_shop(g->catalogue, catalogue_newest(g->catalogue)));
    rules->holds = shop_holds(g->driver, g->shop_id);
    rules->drawers = counter_tills_of(set->counter.rows.drawers, arena, &rules->drawer_count);
    rules->members = counter_members_of(set->counter.rows.members, set->counter.rows.lots, g->vault,
                                        zone_day(rules->zone, g->now), arena, &rules->member_count);
    rules->stock = counter_stock_of(set->counter.rows.stock, &set->counter.products, arena, &rules->stock_count);
    rules->approvals = counter_approvals_of(set->counter.rows.approvals, arena, &rules->approval_count);
    return counter_misses_member(g, rules) ? STEP_FAILED : STEP_NEXT;
}

/* ---- decide ---- */

enum step training_keys(struct call *c, struct group *g)
{
    ids_add(&((struct counter_set *)g->set)->devices, c->device_id, g->txn.arena);
    return STEP_NEXT;
}

struct training_state *training_of(struct group *g, const struct call *c)
{
    return &practice_of(g->set, c)->state;
}

uint32_t training_till(struct group *g, const struct call *c)
{
    const struct drawer_state *drawer = set_drawer(&((struct counter_set *)g->set)->rules, c->device_id, 0);

    return drawer == NULL ? 0 : drawer->till_number;
}

enum step training_may(struct group *g, struct call *c)
{
    if (training_till(g, c) == 0)
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    if (training_of(g, c)->entry_count >= TRAINING_ENTRIES_MAX)
        return refuse(c, REFUSAL(TRAINING_FULL), "this training has %d entries: end it, and begin another",
                      TRAINING_ENTRIES_MAX);
    return STEP_NEXT;
}

enum step training_must_be_open(struct group *g, struct call *c)
{
    enum step step = training_may(g, c);

    if (step == STEP_NEXT && !training_of(g, c)->open)
        return refuse(c, REFUSAL(SHIFT_NOT_OPEN), "open the drawer's shift first: the one that is practised");
    return step;
}

/* What comes back has somewhere to go, and is forgotten there. */
static void take_stock_of(const struct original *original, struct working_set *set)
{
    struct id_list products = { 0 };

    for (size_t i = 0; i < original->line_count; i++)
        ids_add(&products, original->lines[i].product_id, set->arena);
    ids_sort(&products);
    set->stock = counter_stock_of(NULL, &products, set->arena, &set->stock_count);
}

void training_take_original(struct group *g, const struct call *c, struct receipt_number number)
{
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    struct original *original = arena_alloc(set->arena, sizeof *original);
    struct member_state *member = arena_alloc(set->arena, sizeof *member);

    set->original_count = 0;
    if (!training_original(training_of(g, c), number, g->catalogue, set->zone, set->arena, original, member))
        return;
    set->originals = original;
    set->original_count = 1;
    set->members = member;
    set->member_count = 1;
    take_stock_of(original, set);
}

/* The till's drawer is the training's for as long as one of its calls is decided. */
enum step training_decide(struct call *c, struct group *g, enum step (*decide)(struct call *c, struct group *g))
{
    struct training_state *state = training_of(g, c);
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    struct drawer_state *drawer = set_drawer(set, c->device_id, 0);
    const struct counter_call *stored = c->shared;
    enum step step = training_may(g, c);

    if (step != STEP_NEXT)
        return step;
    drawer->shift_id = state->open ? state->id : 0;
    drawer->cash_minor = state->cash_minor;
    drawer->sale_count = state->shift_sale_count;
    step = decide(c, g);
    if (step == STEP_REPLY || step == STEP_NEXT)
        training_add_sale(state, &stored->sale, c->command_id, NULL, set->arena);
    return step;
}

void training_note(struct group *g, struct call *c)
{
    training_of(g, c)->entry_count++;
    group_journal_changes(g, c);
}

/* ---- store: what was allowed is used up, and nothing else ---- */

static void store(struct group *g)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct bytes *hashes = arena_array(g->txn.arena, set->approval_count, sizeof *hashes);
    int64_t *sales = arena_array(g->txn.arena, set->approval_count, sizeof *sales);
    size_t count = 0;

    for (size_t i = 0; i < set->approval_count; i++) {
        const struct approval_state *approval = &set->approvals[i];

        if (!approval->used_now)
            continue;
        hashes[count] = bytes_of(approval->token_hash, sizeof approval->token_hash);
        sales[count++] = approval->used_sale_id;
    }
    if (count > 0)
        group_ask(g, &sql_training_approval_use, PARAMS(PARAM_BYTESES(hashes, count), PARAM_INTS(sales, count)));
}

const struct group_kind training_group = {
    .name = "training",
    .set_size = sizeof(struct training_set),
    .load = load,
    .fill = fill,
    .store = store,
};

/* ---- answers, and reads ---- */

enum step training_shift_answer(struct call *c, const struct training_state *state, uint32_t till)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    if (till == 0)
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    PUT(reply, open, state->open);
    PUT(reply, number, state->shift_number);
    if (state->open) {
        PUT(reply, shift_id, (uint64_t)state->id);
        PUT(reply, opened_us, (uint64_t)state->opened.us);
        PUT(reply, opened_by, (uint64_t)state->opened_by);
        PUT(reply, float_minor, state->float_minor);
        if (may(c, PERMISSION_SHIFT_CLOSE))
            PUT(reply, drawer_minor, state->cash_minor);
        PUT(reply, sale_count, (uint64_t)state->shift_sale_count);
    }
    return answer(c, &reply.base);
}

void training_ask(struct call *c, struct training_rows *rows)
{
    rows->entries = ask(c, &sql_training_entries,
                        PARAMS(PARAM_INT(c->device_id), PARAM_INT(c->training.from), PARAM_INT(TRAINING_READ_MAX)));
    rows->drawers = ask(c, &sql_counter_drawers, PARAMS(PARAM_INTS(&c->device_id, 1)));
}

enum step training_take(struct call *c, const struct training_rows *rows, struct training_state *state, uint32_t *till)
{
    struct arena *arena = c->txn.arena;
    size_t count, drawer_count;
    const struct training_entry *entries = entries_of(rows->entries, arena, &count);
    const struct drawer_state *drawers = counter_tills_of(rows->drawers, arena, &drawer_count);

    training_read(entries, count, c->training.id, c->catalogue, arena, state);
    *till = drawer_count == 0 ? 0 : drawers[0].till_number;
    if (*till == 0)
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    return STEP_NEXT;
}

enum step training_sale_of(struct call *c, const struct training_state *state, const struct sale_key *key,
                           const struct training_sale **sale)
{
    struct receipt_number number = { 0 };
    enum step step = STEP_NEXT;

    if (key->has_id + key->has_number + key->last != 1)
        return refuse(c, REFUSAL(UNKNOWN_SALE), "name one sale: by its id, its receipt's number, or the last");
    if (key->has_number)
        step = receipt_number_of(c, key->number, &number);
    if (step != STEP_NEXT)
        return step;
    if (key->has_id)
        *sale = key->id > INT64_MAX ? NULL : training_find_id(state, (int64_t)key->id);
    else
        *sale = key->has_number ? training_find(state, number) : training_last(state);
    return *sale == NULL
               ? refuse(c, REFUSAL(UNKNOWN_SALE),
                        "no such receipt in this training: all that is practised takes a number, not receipts alone")
               : STEP_NEXT;
}
