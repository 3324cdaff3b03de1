/* Ops of groups that do as they are told. */
#include "group_ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/frame.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"

struct grouped grouped;

static size_t lines(const struct call *c)
{
    return number_asked(c) == LARGE ? 900 : 1;
}

static enum step keys(struct call *c, struct group *g)
{
    (void)g;
    if (number_asked(c) == REFUSE_SHAPE)
        return refuse(c, CODE(BASKET_EMPTY), "empty");
    if (number_asked(c) == AGAIN_KEYS)
        return STEP_AGAIN;
    return number_asked(c) == FAIL_KEYS ? STEP_FAILED : STEP_NEXT;
}

static void load(struct group *g)
{
    uint8_t hash[32] = { 0 };

    if ((int)g->call_count > grouped.most_calls)
        grouped.most_calls = (int)g->call_count;
    group_ask(g, &sql_hello_device, PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash))));
}

static enum step fill(struct group *g)
{
    grouped.fills++;
    grouped.misses = g->misses > grouped.misses ? g->misses : grouped.misses;
    grouped.misses_now = g->misses;
    assert_non_null(g->catalogue);
    assert_true(group_catalogue_version(g) <= catalogue_newest(g->catalogue));
    if (grouped.missing-- > 0)
        return STEP_FAILED;
    return grouped.again-- > 0 ? STEP_AGAIN : STEP_NEXT;
}

static enum step decide(struct call *c, struct group *g)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;
    uint8_t hash[32];
    uint64_t number = group_next_number(g, c);
    size_t size = strlen(grouped.order);

    grouped.decided++;
    snprintf(grouped.order + size, sizeof grouped.order - size, "%u ", get_u32(c->command_id));
    if (number_asked(c) == REFUSE)
        return refuse(c, CODE(STOCK_SHORT), "none left");
    if (number_asked(c) == FAIL)
        return STEP_FAILED;
    group_journal(g, c, bytes_of_text("a sale"), hash);
    if (number_asked(c) == REFUSE_AFTER_ENTRY)
        return refuse(c, CODE(UNDERPAID), "too little");
    reply.has_number = reply.has_shift_id = true;
    reply.number = (uint32_t)number;
    reply.shift_id = (uint64_t)group_next_id(g);
    return answer(c, &reply.base);
}

static void store(struct group *g)
{
    grouped.stored += (int)g->call_count;
    group_ask(g, &sql_hello_seen, PARAMS(PARAM_INT(1), PARAM_INSTANT(g->now)));
}

static const struct group_kind kind = { .name = "kind", .set_size = 8, .load = load, .fill = fill, .store = store };
static const struct group_kind other_kind = { .name = "other", .load = load, .fill = fill, .store = store };

static enum step bring_keys(struct call *c, struct group *g)
{
    (void)g;
    c->strand_device_id = number_asked(c);
    c->strand = 'X';
    return STEP_NEXT;
}

static enum step no_keys(struct call *c, struct group *g)
{
    (void)c, (void)g;
    return STEP_NEXT;
}

static void past_load(struct group *g)
{
    const int64_t product_id = 1;

    load(g);
    group_want_past(g, grouped.past_version, &product_id, 1);
}

static enum step past_fill(struct group *g)
{
    const struct catalogue *past = group_past(g);

    assert_ptr_equal(past, group_past(g)); /* made once */
    grouped.pasts += past != NULL;
    if (past)
        grouped.past_newest = catalogue_newest(past);
    return fill(g);
}

static enum step change(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    return answer(c, &reply.base);
}

static enum step answer_later(struct call *c, struct group *g)
{
    static uint8_t body[FRAME_MAX];
    Caroline__V1__Request reply = CAROLINE__V1__REQUEST__INIT; /* a message that may be long */

    (void)g;
    reply.has_body = true;
    reply.body.data = body;
    reply.body.len = number_asked(c) == PLAIN ? 1 : sizeof body;
    return answer(c, &reply.base);
}

static enum step decide_later(struct call *c, struct group *g)
{
    static const uint8_t entry[FRAME_MAX];
    uint8_t hash[32];

    grouped.decided++;
    group_journal(g, c, bytes_of(entry, number_asked(c) == LONG_ENTRY ? sizeof entry : 1), hash);
    return number_asked(c) == LONG_AT_ONCE ? answer_later(c, g) : STEP_NEXT;
}

static enum step own_words(struct call *c, struct group *g)
{
    (void)g;
    return refuse(c, CODE(BASKET_TOO_LONG), "sell it in two");
}

static const struct group_kind past_kind = { .name = "past", .load = past_load, .fill = past_fill, .store = store };

#define GROUPED(keys_of)                                                                                               \
    .kind = OP_GROUPED, .needs = NEEDS_SESSION, .permission = PERMISSION_SELL, .clients = CLIENT_ANY, NUMBER_ASKED,    \
    .lines = lines, .keys = (keys_of), .decide = decide

static const struct op op_sell = { .name = "op_sell", .number = OP_SELL, GROUPED(keys), .group = &kind };
static const struct op op_other = { .name = "op_other", .number = OP_OTHER, GROUPED(keys), .group = &other_kind };
static const struct op op_bring = { .name = "op_bring", .number = OP_BRING, GROUPED(bring_keys), .group = &kind };
static const struct op op_own_x = {
    .name = "op_own_x", .number = OP_OWN_X, GROUPED(keys), .group = &kind, .strand = 'X'
};
static const struct op op_past = { .name = "op_past", .number = OP_PAST, GROUPED(no_keys), .group = &past_kind };
static const struct op op_change = { .name = "op_change",
                                     .number = OP_CHANGE,
                                     .kind = OP_CHANGES,
                                     .needs = NEEDS_SESSION,
                                     .clients = CLIENT_ANY,
                                     NUMBER_ASKED,
                                     .stages = { change } };
#define LATER                                                                                                          \
    .kind = OP_GROUPED, .needs = NEEDS_SESSION, .clients = CLIENT_ANY,                                                 \
    .request = &caroline__v1__shift_open__descriptor, .reply = &caroline__v1__request__descriptor, .group = &kind,     \
    .keys = no_keys, .decide = decide_later, .answer = answer_later
static const struct op op_later = { .name = "op_later", .number = OP_LATER, LATER };
static const struct op op_own_words = { .name = "op_own_words", .number = OP_OWN_WORDS, LATER, .too_long = own_words };
const struct op *const group_ops[] = { &test_hello, &test_session, &op_sell,  &op_other,     &op_change, &op_bring,
                                       &op_own_x,   &op_past,      &op_later, &op_own_words, NULL };

int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f); /* not test_calloc(): a test may open a world anew half-way */

    memset(&grouped, 0, sizeof grouped);
    f->world = world_create_wide(group_ops, NULL, 100);
    for (int i = 0; i < TILLS; i++) {
        f->till[i] = peer_create(f->world);
        peer_sign_in(f->till[i], DEVICE + i);
    }
    world_forget_log(f->world);
    *state = f;
    return 0;
}

int tear_down(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < TILLS; i++)
        peer_destroy(f->till[i]);
    world_destroy(f->world);
    free(f);
    return 0;
}
