/* A charge of a stored payment method: what is done next, a row for each thing that a gateway may have, or not say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/rules/charge.h"
#include "drawn.h"

#define MINUTE INT64_C(60000000)
#define HOUR   (60 * MINUTE)
#define YOUNG  MINUTE
#define LATE   (20 * MINUTE) /* than it is tried */
#define OLD    (24 * HOUR)   /* than any may be under way */

#define FOUND(name, is)                                                                                                \
    {                                                                                                                  \
        .reference = (name), .state = CHARGE_FOUND_##is, .amount_minor = 500, .fits = true                             \
    }
#define OTHER(name, is)                                                                                                \
    {                                                                                                                  \
        .reference = (name), .state = CHARGE_FOUND_##is, .amount_minor = 501, .fits = false                            \
    }

struct row {
    const char *what;
    enum charge_state state;
    enum charge_answer answer;
    const char *reference;
    int64_t age_us;
    bool blind; /* the gateway does not say what it has */
    struct charge_found found[4];
    /* wanted */
    enum charge_act act;
    enum charge_state next;
    const char *about;
    bool surplus;
};

#define NONE    CHARGE_ANSWER_NONE
#define DONE    CHARGE_ANSWER_DONE
#define REFUSED CHARGE_ANSWER_REFUSED
#define LATER   CHARGE_ANSWER_LATER
#define LOST    CHARGE_ANSWER_LOST

#define ROW(says, is, said, named, age, is_blind, does, becomes, of, beside, ...)                                      \
    {                                                                                                                  \
        .what = (says), .state = CHARGE_##is, .answer = (said), .reference = (named), .age_us = (age),                 \
        .blind = (is_blind), .found = { __VA_ARGS__ }, .act = CHARGE_##does, .next = CHARGE_##becomes, .about = (of),  \
        .surplus = (beside)                                                                                            \
    }

static const struct row rows[] = {
    ROW("nothing was sent yet", MADE, NONE, "", YOUNG, true, AUTHORISE, SENT, "", false),
    ROW("and too late for it", MADE, NONE, "", LATE, true, SETTLE, GIVEN_UP, "", false),

    ROW("sent, and it died: there is nothing", SENT, NONE, "", YOUNG, false, AUTHORISE, SENT, "", false),
    ROW("sent, and it died: there it is", SENT, NONE, "", YOUNG, false, CAPTURE, CAPTURING, "a", false,
        FOUND("a", OPEN)),
    ROW("no answer, and there is nothing", UNKNOWN, LOST, "", YOUNG, false, AUTHORISE, SENT, "", false),
    ROW("too often, and there is nothing", SENT, LATER, "", YOUNG, false, AUTHORISE, SENT, "", false),
    ROW("no answer for too long", UNKNOWN, LOST, "", LATE, false, SETTLE, GIVEN_UP, "", false),
    ROW("refused, and there is nothing", SENT, REFUSED, "", YOUNG, false, SETTLE, FAILED, "", false),
    ROW("refused, and there is what was declined", SENT, REFUSED, "", YOUNG, false, SETTLE, FAILED, "a", false,
        FOUND("a", DECLINED)),
    ROW("no answer, and it is not said what there is", UNKNOWN, LOST, "", YOUNG, true, WAIT, UNKNOWN, "", false),
    ROW("for too long: nothing was ever captured", UNKNOWN, LOST, "", LATE, true, SETTLE, GIVEN_UP, "", false),
    ROW("it is still at it", SENT, LOST, "", YOUNG, false, WAIT, SENT, "", false, FOUND("a", BUSY)),
    ROW("captured by itself", SENT, LOST, "", YOUNG, false, BOOK, CAPTURED, "a", false, FOUND("a", CAPTURED)),
    ROW("captured by itself, another sum", SENT, LOST, "", YOUNG, false, REFUND, SENT, "a", true, OTHER("a", CAPTURED)),
    ROW("two of them: one is let go of first", SENT, LOST, "", YOUNG, false, VOID, SENT, "b", true, FOUND("a", OPEN),
        FOUND("b", OPEN)),
    ROW("two of them, one captured: that one is it", SENT, LOST, "", YOUNG, false, VOID, SENT, "a", true,
        FOUND("a", OPEN), FOUND("b", CAPTURED)),
    ROW("two captured: one is given back", SENT, LOST, "", YOUNG, false, REFUND, SENT, "b", true, FOUND("a", CAPTURED),
        FOUND("b", CAPTURED)),
    ROW("two sums captured: the one that fits is it", SENT, LOST, "", YOUNG, false, REFUND, SENT, "a", true,
        OTHER("a", CAPTURED), FOUND("b", CAPTURED)),
    ROW("two sums: the other one is none of ours", SENT, LOST, "", YOUNG, false, VOID, SENT, "a", true,
        OTHER("a", OPEN), FOUND("b", OPEN)),
    ROW("let go of there, and nothing else", SENT, LOST, "", YOUNG, false, SETTLE, GIVEN_UP, "a", false,
        FOUND("a", VOID)),

    ROW("authorised", AUTHORISED, DONE, "a", YOUNG, false, CAPTURE, CAPTURING, "a", false, FOUND("a", OPEN)),
    ROW("authorised, and it is not seen yet", AUTHORISED, DONE, "a", YOUNG, false, WAIT, AUTHORISED, "a", false),
    ROW("authorised, and never seen", AUTHORISED, DONE, "a", LATE, false, SETTLE, GIVEN_UP, "a", false),
    ROW("authorised, and another is there: not ours any more", AUTHORISED, DONE, "a", YOUNG, false, VOID, AUTHORISED,
        "b", true, FOUND("b", OPEN)),
    ROW("authorised, too late", AUTHORISED, DONE, "a", LATE, false, VOID, AUTHORISED, "a", false, FOUND("a", OPEN)),
    ROW("authorised, another sum", AUTHORISED, DONE, "a", YOUNG, false, VOID, AUTHORISED, "a", false, OTHER("a", OPEN)),
    ROW("and it was let go of", AUTHORISED, DONE, "a", YOUNG, false, SETTLE, GIVEN_UP, "a", false, OTHER("a", VOID)),

    ROW("captured, it says, and it is", CAPTURING, DONE, "a", YOUNG, false, BOOK, CAPTURED, "a", false,
        FOUND("a", CAPTURED)),
    ROW("captured, it says, and it is not", CAPTURING, DONE, "a", YOUNG, false, CAPTURE, CAPTURING, "a", false,
        FOUND("a", OPEN)),
    ROW("captured, no answer, and it is", CAPTURING, LOST, "a", LATE, false, BOOK, CAPTURED, "a", false,
        FOUND("a", CAPTURED)),
    ROW("captured, no answer, and it is not", CAPTURING, LOST, "a", YOUNG, false, CAPTURE, CAPTURING, "a", false,
        FOUND("a", OPEN)),
    ROW("and too late: let go of, which only one of the two can win", CAPTURING, LOST, "a", LATE, false, VOID,
        CAPTURING, "a", false, FOUND("a", OPEN)),
    ROW("captured, another sum", CAPTURING, DONE, "a", YOUNG, false, REFUND, REFUNDING, "a", false,
        OTHER("a", CAPTURED)),
    ROW("declined at the capture", CAPTURING, REFUSED, "a", YOUNG, false, SETTLE, FAILED, "a", false,
        FOUND("a", DECLINED)),
    ROW("refused at the capture, and open", CAPTURING, REFUSED, "a", YOUNG, false, VOID, CAPTURING, "a", false,
        FOUND("a", OPEN)),
    ROW("refused, and let go of", CAPTURING, REFUSED, "a", YOUNG, false, SETTLE, FAILED, "a", false, FOUND("a", VOID)),
    ROW("capturing, and it is not said what there is, too late", CAPTURING, LOST, "a", LATE, true, WAIT, CAPTURING, "a",
        false),
    ROW("for a day", CAPTURING, LOST, "a", OLD, true, SETTLE, GIVEN_UP, "a", false),
    ROW("capturing, and it has forgotten all", CAPTURING, LOST, "a", LATE, false, WAIT, CAPTURING, "a", false),
    ROW("given back there by hand", CAPTURING, LOST, "a", YOUNG, false, SETTLE, REFUNDED, "a", false,
        FOUND("a", REFUNDED)),

    ROW("captured, and not booked yet", CAPTURED, DONE, "a", OLD, false, BOOK, CAPTURED, "a", false,
        FOUND("a", CAPTURED)),
    ROW("captured, and given back before it was booked", CAPTURED, DONE, "a", YOUNG, false, SETTLE, REFUNDED, "a",
        false, FOUND("a", REFUNDED)),
    ROW("captured, and it says now that it is not", CAPTURED, DONE, "a", LATE, false, WAIT, CAPTURED, "a", false,
        FOUND("a", OPEN)),

    ROW("to be given back", REFUNDING, NONE, "a", YOUNG, false, REFUND, REFUNDING, "a", false, FOUND("a", CAPTURED)),
    ROW("given back", REFUNDING, LOST, "a", YOUNG, false, SETTLE, REFUNDED, "a", false, FOUND("a", REFUNDED)),
    ROW("to be given back, and it says now that it is open", REFUNDING, LOST, "a", YOUNG, false, WAIT, REFUNDING, "a",
        false, FOUND("a", OPEN)),
    ROW("to be given back, and let go of there", REFUNDING, LOST, "a", YOUNG, false, SETTLE, REFUNDED, "a", false,
        FOUND("a", VOID)),
    ROW("to be given back, and it was declined after all", REFUNDING, LOST, "a", YOUNG, false, SETTLE, REFUNDED, "a",
        false, FOUND("a", DECLINED)),
    ROW("to be given back, and not said", REFUNDING, LOST, "a", LATE, true, WAIT, REFUNDING, "a", false),
    ROW("to be given back, and another beside it", REFUNDING, LOST, "a", YOUNG, false, REFUND, REFUNDING, "b", true,
        FOUND("b", CAPTURED), FOUND("a", CAPTURED)),

    ROW("succeeded", SUCCEEDED, DONE, "a", YOUNG, false, WAIT, SUCCEEDED, "a", false, FOUND("a", CAPTURED)),
    ROW("succeeded, and another turns up", SUCCEEDED, DONE, "a", LATE, false, REFUND, SUCCEEDED, "b", true,
        FOUND("a", CAPTURED), FOUND("b", CAPTURED)),
    ROW("succeeded, and given back by hand: the books' matter", SUCCEEDED, DONE, "a", LATE, false, WAIT, SUCCEEDED, "a",
        false, FOUND("a", REFUNDED)),
    ROW("given up, and there is nothing", GIVEN_UP, LOST, "", LATE, false, WAIT, GIVEN_UP, "", false),
    ROW("given up, and one turns up", GIVEN_UP, LOST, "", LATE, false, VOID, GIVEN_UP, "a", false, FOUND("a", OPEN)),
    ROW("given up, and one turns up that is paid", GIVEN_UP, LOST, "", OLD, false, REFUND, REFUNDING, "a", false,
        FOUND("a", CAPTURED)),
    ROW("failed, and it is paid all the same", FAILED, REFUSED, "a", LATE, false, REFUND, REFUNDING, "a", false,
        FOUND("a", CAPTURED)),
    ROW("refunded", REFUNDED, DONE, "a", LATE, false, WAIT, REFUNDED, "a", false, FOUND("a", REFUNDED)),
    ROW("over, and not said", FAILED, REFUSED, "", OLD, true, WAIT, FAILED, "", false),
};

/* What it was for was undone: the money is the customer's, however long it takes. */
static const struct row undone_rows[] = {
    ROW("to be given back", REFUNDING, NONE, "a", YOUNG, false, REFUND, REFUNDING, "a", false, FOUND("a", CAPTURED)),
    ROW("a month later", REFUNDING, NONE, "a", 30 * OLD, false, REFUND, REFUNDING, "a", false, FOUND("a", CAPTURED)),
    ROW("given back, and nobody heard it", REFUNDING, LOST, "a", YOUNG, false, SETTLE, REFUNDED, "a", false,
        FOUND("a", REFUNDED)),
    ROW("done, it says, and it is not", REFUNDING, DONE, "a", YOUNG, false, REFUND, REFUNDING, "a", false,
        FOUND("a", CAPTURED)),
    ROW("refused: once more", REFUNDING, REFUSED, "a", OLD, false, REFUND, REFUNDING, "a", false, FOUND("a", CAPTURED)),
    ROW("it is not said what there is", REFUNDING, LOST, "a", YOUNG, true, WAIT, REFUNDING, "a", false),
    ROW("for a day", REFUNDING, LOST, "a", OLD, true, WAIT, REFUNDING, "a", false),
    ROW("it has nothing of that name", REFUNDING, LOST, "a", OLD, false, WAIT, REFUNDING, "a", false),
    ROW("it says now that it is open", REFUNDING, LOST, "a", OLD, false, WAIT, REFUNDING, "a", false, FOUND("a", OPEN)),
    ROW("it is still at it", REFUNDING, LOST, "a", OLD, false, WAIT, REFUNDING, "a", false, FOUND("a", BUSY)),
    ROW("another sum: it goes back all the same", REFUNDING, NONE, "a", YOUNG, false, REFUND, REFUNDING, "a", false,
        OTHER("a", CAPTURED)),
    ROW("let go of there", REFUNDING, LOST, "a", OLD, false, SETTLE, REFUNDED, "a", false, FOUND("a", VOID)),
    ROW("given back", REFUNDED, DONE, "a", OLD, false, WAIT, REFUNDED, "a", false, FOUND("a", REFUNDED)),
    ROW("given back, and another turns up", REFUNDED, DONE, "a", LATE, false, REFUND, REFUNDED, "b", true,
        FOUND("a", REFUNDED), FOUND("b", CAPTURED)),
};

static void decide_each(const struct row *all, size_t count, bool undone)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *r = &all[i];
        struct charge_facts facts = { .state = r->state,
                                      .answer = r->answer,
                                      .reference = r->reference,
                                      .age_us = r->age_us,
                                      .patience_us = 15 * MINUTE,
                                      .undone = undone,
                                      .looked = !r->blind,
                                      .found = r->found };

        while (facts.found_count < 4 && r->found[facts.found_count].reference != NULL)
            facts.found_count++;
        struct charge_step step = charge_decide(&facts);
        if (step.act != r->act || step.state != r->next || strcmp(step.reference, r->about) != 0 ||
            step.surplus != r->surplus)
            fail_msg("%s: act %d, state %s, about \"%s\", surplus %d", r->what, (int)step.act,
                     charge_state_name(step.state), step.reference, step.surplus);
    }
}

static void B34_what_is_done_next_of_a_charge(void **state)
{
    (void)state;
    decide_each(rows, sizeof rows / sizeof *rows, false);
}

static void B15_what_is_done_next_of_a_charge_that_was_undone(void **state)
{
    (void)state;
    decide_each(undone_rows, sizeof undone_rows / sizeof *undone_rows, true);
}

/* ---- a gateway at random: whatever it does, and whenever our side dies, it comes to an end, and nobody pays twice ---- */

#define THERE_MAX 12

struct world {
    struct charge_found there[THERE_MAX];
    char names[THERE_MAX][4];
    size_t count;
    enum charge_state state;
    enum charge_answer answer;
    char reference[4];
    bool booked, undone;
    int captures;
};

static struct charge_found *find(struct world *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->there[i].reference, name) == 0)
            return &w->there[i];
    return NULL;
}

static void make(struct world *w)
{
    if (w->count == THERE_MAX)
        return;
    snprintf(w->names[w->count], sizeof w->names[0], "r%zu", w->count);
    w->there[w->count] = (struct charge_found)FOUND(w->names[w->count], OPEN);
    w->count++;
}

/* The gateway does it, once an object, by what the object is. */
static void do_it(struct world *w, const struct charge_step *step)
{
    struct charge_found *found = find(w, step->reference);

    if (step->act == CHARGE_AUTHORISE)
        make(w);
    else if (step->act == CHARGE_CAPTURE && found && found->state == CHARGE_FOUND_OPEN)
        found->state = below(10) == 0 ? CHARGE_FOUND_DECLINED : CHARGE_FOUND_CAPTURED;
    else if (step->act == CHARGE_VOID && found && found->state == CHARGE_FOUND_OPEN)
        found->state = CHARGE_FOUND_VOID;
    else if (step->act == CHARGE_REFUND && found && found->state == CHARGE_FOUND_CAPTURED)
        found->state = CHARGE_FOUND_REFUNDED;
}

static size_t paid(const struct world *w)
{
    size_t count = 0;

    for (size_t i = 0; i < w->count; i++)
        count += w->there[i].state == CHARGE_FOUND_CAPTURED;
    return count;
}

static size_t open_ones(const struct world *w)
{
    size_t count = 0;

    for (size_t i = 0; i < w->count; i++)
        count += w->there[i].state == CHARGE_FOUND_OPEN;
    return count;
}

/* One round; bad: in how many of ten what is asked goes wrong somehow. */
static void round_of(struct world *w, int64_t age_us, int64_t bad)
{
    struct charge_facts facts = { .state = w->state,
                                  .answer = w->answer,
                                  .reference = w->reference,
                                  .age_us = age_us,
                                  .patience_us = 15 * MINUTE,
                                  .undone = w->undone,
                                  .looked = w->state != CHARGE_MADE && below(10) >= bad,
                                  .found = w->there,
                                  .found_count = w->count };
    struct charge_step step = charge_decide(&facts);
    char about[4];

    snprintf(about, sizeof about, "%s", step.reference);
    w->state = step.state;
    if (!step.surplus && *about)
        snprintf(w->reference, sizeof w->reference, "%s", about);
    if (step.act == CHARGE_WAIT || step.act == CHARGE_SETTLE)
        return;
    if (step.act == CHARGE_BOOK) {
        w->booked = below(5) > 0;
        w->state = w->booked ? CHARGE_SUCCEEDED : CHARGE_REFUNDING;
        return;
    }
    if (!step.surplus)
        w->answer = CHARGE_ANSWER_NONE;
    if (below(10) < bad) {
        int64_t how = below(4);

        if (how == 0) /* died before it was asked */
            return;
        if (how == 1) { /* done twice, and no answer */
            do_it(w, &step);
            do_it(w, &step);
        } else if (how == 2) { /* done, and no answer */
            do_it(w, &step);
        }
        w->answer = step.surplus ? w->answer : how == 3 ? CHARGE_ANSWER_LATER : CHARGE_ANSWER_LOST;
        if (step.act == CHARGE_AUTHORISE && how != 3)
            w->state = CHARGE_UNKNOWN;
        return;
    }
    do_it(w, &step);
    if (!step.surplus)
        w->answer = CHARGE_ANSWER_DONE;
    if (step.act == CHARGE_AUTHORISE && w->count > 0) {
        w->state = CHARGE_AUTHORISED;
        snprintf(w->reference, sizeof w->reference, "%s", w->names[w->count - 1]);
    }
}

static void B34_whatever_a_gateway_does_nobody_pays_twice(void **state)
{
    (void)state;
    for (int run = 0; run < 20000; run++) {
        struct world w = { .state = CHARGE_MADE };
        int64_t bad = below(10);
        int64_t age_us = 0;

        for (int i = 0; i < 40 && !charge_is_over(w.state); i++, age_us += MINUTE / 2)
            round_of(&w, age_us, bad);
        for (int i = 0; i < 200; i++) /* it is well again: what is left is cleared away */
            round_of(&w, LATE + HOUR, 0);
        assert_true(charge_is_over(w.state));
        assert_int_equal(open_ones(&w), 0);
        assert_int_equal(paid(&w), w.state == CHARGE_SUCCEEDED);
        assert_true(w.state != CHARGE_SUCCEEDED || w.booked);
    }
}

/* Taken off again after anything: it is given back at last, though the gateway is ill for a month, and never said to be before it is. */
static void B15_whatever_a_gateway_does_what_was_undone_is_given_back(void **state)
{
    (void)state;
    for (int run = 0; run < 20000; run++) {
        struct world w = { .state = CHARGE_SUCCEEDED, .answer = CHARGE_ANSWER_DONE, .reference = "r0", .booked = true };
        int64_t bad = below(11), age_us = below(30) * OLD;

        make(&w);
        w.there[0].state = CHARGE_FOUND_CAPTURED;
        w.state = CHARGE_REFUNDING;
        w.answer = CHARGE_ANSWER_NONE;
        w.undone = true;
        for (int i = 0; i < 40; i++, age_us += OLD) {
            round_of(&w, age_us, bad);
            assert_true(w.state == CHARGE_REFUNDED ? paid(&w) == 0 : w.state == CHARGE_REFUNDING);
        }
        for (int i = 0; i < 10; i++)
            round_of(&w, age_us, 0);
        assert_int_equal(w.state, CHARGE_REFUNDED);
        assert_int_equal(paid(&w), 0);
        assert_int_equal(w.count, 1); /* nothing was charged anew */
    }
}

static void pauses_grow_and_end(void **state)
{
    (void)state;
    assert_int_equal(charge_pause_us(CHARGE_SENT, 0, 1000), 1000);
    assert_int_equal(charge_pause_us(CHARGE_SENT, 3, 1000), 8000);
    assert_int_equal(charge_pause_us(CHARGE_SENT, 4000000000u, 1000), 64000);
    assert_int_equal(charge_pause_us(CHARGE_REFUNDING, 4000000000u, 1000), 512000);
    assert_int_equal(charge_pause_us(CHARGE_FAILED, 0, 1000), 60000);
    assert_int_equal(charge_pause_us(CHARGE_FAILED, 2, 1000), 960000);
    assert_int_equal(charge_pause_us(CHARGE_SUCCEEDED, 100, 1000), INT64_C(60000) << 12);
}

static void every_state_has_a_name(void **state)
{
    (void)state;
    for (int i = CHARGE_MADE; i <= CHARGE_GIVEN_UP; i++)
        assert_true(*charge_state_name((enum charge_state)i) != '\0');
    assert_string_equal(charge_state_name((enum charge_state)0), "");
    assert_string_equal(charge_state_name((enum charge_state)99), "");
    assert_false(charge_is_over(CHARGE_REFUNDING));
    assert_true(charge_is_over(CHARGE_SUCCEEDED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B34_what_is_done_next_of_a_charge),
        cmocka_unit_test(B34_whatever_a_gateway_does_nobody_pays_twice),
        cmocka_unit_test(B15_what_is_done_next_of_a_charge_that_was_undone),
        cmocka_unit_test(B15_whatever_a_gateway_does_what_was_undone_is_given_back),
        cmocka_unit_test(pauses_grow_and_end),
        cmocka_unit_test(every_state_has_a_name),
    };

    draw_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
