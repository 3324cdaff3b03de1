/* The spool: what was promised is on the disk, whatever happens to the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/link/spool_inner.h"

#define NO_BASKET ((struct bytes){ NULL, 0 })
#define RING_UP   61

static char directory[] = "/tmp/caroline-spool-XXXXXX";
static char path[64];
static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    return 0;
}

static int end(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

/* A spool of its own for each test. */
static int fresh(void **state)
{
    static unsigned number;

    (void)state;
    snprintf(path, sizeof path, "%s/%u.db", directory, number++);
    arena = arena_create(0);
    return 0;
}

static int done(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static struct spool *opened(void)
{
    const char *problem = "";
    struct spool *spool = spool_open(path, arena, &problem);

    if (spool == NULL)
        fail_msg("%s", problem);
    return spool;
}

static struct spooled command_of(uint8_t number, const char *body)
{
    struct spooled command = { .op = RING_UP, .made_us = 1795000000000000 + number, .body = bytes_of_text(body) };

    memset(command.id, number, sizeof command.id);
    return command;
}

static size_t unanswered(struct spool *spool)
{
    size_t count;

    (void)spool_unanswered(spool, arena, &count);
    return count;
}

static void keeps_what_was_put_in_the_order_it_was_put(void **state)
{
    struct spooled third = command_of(3, "the third"), first = command_of(1, "the first"), empty = command_of(2, "");
    size_t count;

    (void)state;
    struct spool *spool = opened();
    assert_true(spool_put(spool, &third));
    assert_true(spool_put(spool, &first));
    assert_true(spool_put(spool, &empty));
    assert_true(spool_mark_sent(spool, first.id));
    spool_close(spool);

    spool = opened();
    struct spooled *kept = spool_unanswered(spool, arena, &count);
    assert_int_equal(count, 3);
    assert_memory_equal(kept[0].id, third.id, COMMAND_ID_SIZE);
    assert_true(bytes_equal(kept[0].body, third.body));
    assert_false(kept[0].sent);
    assert_true(bytes_equal(kept[1].body, first.body));
    assert_true(kept[1].sent);
    assert_non_null(kept[2].body.data);
    assert_int_equal(kept[2].body.size, 0);
    assert_int_equal(kept[2].made_us, empty.made_us);
    spool_close(spool);
}

static void refuses_an_id_that_is_there_already(void **state)
{
    struct spooled command = command_of(1, "once");

    (void)state;
    struct spool *spool = opened();
    assert_true(spool_put(spool, &command));
    assert_false(spool_put(spool, &command));
    assert_int_equal(unanswered(spool), 1);
    spool_close(spool);
}

/* What is thrown away is gone in the moment in which it is known that it was. */
static void a_command_that_ends_the_basket_takes_it_along(void **state)
{
    struct spooled command = command_of(4, "thrown away"), again = command_of(4, "once more");
    bool taken = false;

    (void)state;
    struct spool *spool = opened();
    command.ends_basket = again.ends_basket = true;
    assert_true(basket_save(spool, bytes_of_text("a basket")));
    assert_true(spool_put(spool, &command));
    assert_null(basket_load(spool, arena, &taken, NULL).data);
    assert_true(basket_save(spool, bytes_of_text("the next one")));
    assert_false(spool_put(spool, &again)); /* not kept: then nothing of it is done */
    assert_true(bytes_equal(basket_load(spool, arena, &taken, NULL), bytes_of_text("the next one")));
    assert_true(spool_answer(spool, command.id, bytes_of_text("done"), true, NO_BASKET));
    assert_true(bytes_equal(basket_load(spool, arena, &taken, NULL), bytes_of_text("the next one")));
    spool_close(spool);
}

static void an_answer_ends_it_and_is_kept(void **state)
{
    struct spooled command = command_of(7, "a sale");

    (void)state;
    struct spool *spool = opened();
    assert_true(spool_put(spool, &command));
    assert_true(spool_answer(spool, command.id, bytes_of_text("receipt 1"), true, NO_BASKET));
    assert_int_equal(unanswered(spool), 0);
    spool_close(spool);

    spool = opened();
    struct spooled *kept = spool_find(spool, command.id, arena);
    assert_true(kept->answered);
    assert_true(bytes_equal(kept->reply, bytes_of_text("receipt 1")));
    assert_memory_equal(spool_last(spool, RING_UP, arena)->id, command.id, COMMAND_ID_SIZE);
    assert_null(spool_last(spool, RING_UP + 1, arena));
    spool_close(spool);
}

static void the_last_receipt_is_never_a_refusal(void **state)
{
    struct spooled sold = command_of(1, "sold"), refused = command_of(2, "refused");

    (void)state;
    struct spool *spool = opened();
    assert_true(spool_put(spool, &sold));
    assert_true(spool_put(spool, &refused));
    assert_true(spool_answer(spool, sold.id, bytes_of_text("receipt"), true, NO_BASKET));
    assert_true(spool_answer(spool, refused.id, bytes_of_text("no"), false, NO_BASKET));
    assert_memory_equal(spool_last(spool, RING_UP, arena)->id, sold.id, COMMAND_ID_SIZE);
    spool_close(spool);
}

static void keeps_two_hundred_answers_and_every_unanswered_command(void **state)
{
    (void)state;
    struct spool *spool = opened();
    for (int i = 0; i < 220; i++) {
        struct spooled command = command_of((uint8_t)i, "x");
        assert_true(spool_put(spool, &command));
        if (i != 5)
            assert_true(spool_answer(spool, command.id, bytes_of_text("y"), true, NO_BASKET));
    }
    struct spooled gone = command_of(4, "x"), waits = command_of(5, "x"), kept = command_of(20, "x");
    assert_null(spool_find(spool, gone.id, arena));
    assert_non_null(spool_find(spool, waits.id, arena));
    assert_non_null(spool_find(spool, kept.id, arena));
    spool_close(spool);
}

/* What a parked basket brought is in its answer alone, until there is room. */
static void what_nobody_waits_for_outlives_two_hundred_answers(void **state)
{
    (void)state;
    struct spool *spool = opened();
    struct spooled resume = command_of(250, "take up");

    assert_true(basket_save(spool, bytes_of("", 0)));
    resume.takes_basket = true;
    assert_true(spool_put(spool, &resume));
    assert_true(spool_give_up(spool, resume.id));
    assert_true(spool_is_given_up(spool, resume.id));
    assert_null(spool_given_up(spool, 0, arena)); /* not answered */
    assert_true(basket_save(spool, bytes_of_text("another customer's")));
    assert_true(spool_answer(spool, resume.id, bytes_of_text("six rolls"), true, bytes_of_text("six rolls")));
    bool taken;
    assert_true(bytes_equal(basket_load(spool, arena, &taken, NULL), bytes_of_text("another customer's")));
    for (int i = 0; i < 220; i++) {
        struct spooled command = command_of((uint8_t)i, "x");
        assert_true(spool_put(spool, &command));
        assert_true(spool_answer(spool, command.id, bytes_of_text("y"), true, NO_BASKET));
    }
    const struct spooled *waits = spool_given_up(spool, 0, arena);
    assert_non_null(waits);
    assert_true(bytes_equal(waits->reply, bytes_of_text("six rolls")));
    assert_false(spool_given_up_ends(spool, resume.id, bytes_of_text("six rolls"))); /* there is no room */
    assert_true(spool_is_given_up(spool, resume.id));
    assert_true(basket_clear(spool));
    assert_true(spool_given_up_ends(spool, resume.id, bytes_of_text("six rolls")));
    assert_false(spool_is_given_up(spool, resume.id));
    assert_true(bytes_equal(basket_load(spool, arena, &taken, NULL), bytes_of_text("six rolls")));
    spool_close(spool);
}

/* Its answer says that it has begun, and is needed until it is over. */
static void what_has_only_begun_is_kept_until_it_was_told(void **state)
{
    (void)state;
    struct spool *spool = opened();
    struct spooled begun = command_of(250, "charge"), refused = command_of(251, "charge"),
                   withdrawn = command_of(252, "charge"), plain = command_of(253, "sell");

    begun.follow = refused.follow = withdrawn.follow = true;
    assert_true(spool_put(spool, &begun) && spool_put(spool, &refused) && spool_put(spool, &withdrawn));
    assert_true(spool_put(spool, &plain));
    assert_null(spool_followed(spool, 0, arena)); /* none is answered */
    assert_true(spool_withdraw(spool, withdrawn.id));
    assert_true(spool_answer(spool, refused.id, bytes_of_text("no"), false, NO_BASKET));
    assert_true(spool_answer(spool, plain.id, bytes_of_text("sold"), true, NO_BASKET));
    assert_null(spool_followed(spool, 0, arena));
    assert_true(spool_answer(spool, begun.id, bytes_of_text("551"), true, NO_BASKET));
    for (int i = 0; i < 220; i++) {
        struct spooled command = command_of((uint8_t)i, "x");
        assert_true(spool_put(spool, &command));
        assert_true(spool_answer(spool, command.id, bytes_of_text("y"), true, NO_BASKET));
    }
    spool_close(spool);
    spool = opened();
    const struct spooled *followed = spool_followed(spool, 0, arena);
    assert_non_null(followed);
    assert_true(bytes_equal(followed->reply, bytes_of_text("551")));
    assert_null(spool_followed(spool, followed->number, arena));
    assert_true(spool_followed_ends(spool, begun.id));
    assert_null(spool_followed(spool, 0, arena));
    spool_close(spool);
}

static void disk_takes(struct spool *spool, bool writes)
{
    assert_int_equal(sqlite3_exec(spool_database(spool), writes ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
}

/* What cannot be written is said, and stays as it was. */
static void a_basket_that_the_disk_does_not_take_stays_where_it_is(void **state)
{
    (void)state;
    struct spool *spool = opened();
    struct spooled resume = command_of(250, "take up");

    assert_true(basket_save(spool, bytes_of("", 0)));
    resume.takes_basket = true;
    assert_true(spool_put(spool, &resume));
    disk_takes(spool, false);
    assert_false(spool_give_up(spool, resume.id));
    assert_memory_equal(spool_problem(spool), "could not write to the disk: ", 29);
    assert_false(spool_is_given_up(spool, resume.id));
    disk_takes(spool, true);
    assert_true(spool_give_up(spool, resume.id));
    assert_true(basket_save(spool, bytes_of_text("another customer's")));
    assert_true(spool_answer(spool, resume.id, bytes_of_text("six rolls"), true, NO_BASKET));
    assert_false(spool_given_up_ends(spool, resume.id, bytes_of_text("six rolls")));
    assert_string_equal(spool_problem(spool), "another customer's basket is here");
    assert_true(basket_clear(spool));
    disk_takes(spool, false);
    assert_false(spool_given_up_ends(spool, resume.id, bytes_of_text("six rolls")));
    assert_memory_equal(spool_problem(spool), "could not write to the disk: ", 29);
    assert_true(spool_is_given_up(spool, resume.id));
    spool_close(spool);
}

static void only_what_never_left_can_be_taken_back(void **state)
{
    struct spooled left = command_of(1, "left"), stayed = command_of(2, "stayed");

    (void)state;
    struct spool *spool = opened();
    assert_true(spool_put(spool, &left));
    assert_true(spool_put(spool, &stayed));
    assert_true(spool_mark_sent(spool, left.id));
    assert_false(spool_withdraw(spool, left.id));
    assert_true(spool_withdraw(spool, stayed.id));
    assert_false(spool_withdraw(spool, stayed.id));
    assert_int_equal(unanswered(spool), 1);
    spool_close(spool);
}

static bool file_holds(const char *file, const char *text)
{
    char command[256];

    snprintf(command, sizeof command, "grep -qa '%s' %s %s-wal 2>/dev/null", text, file, file);
    return system(command) == 0;
}

static void a_persons_data_and_pins_never_reach_the_disk(void **state)
{
    struct spooled secret = command_of(9, "Ada CANARY 4711"), plain = command_of(8, "VISIBLE");

    (void)state;
    secret.secret = true;
    struct spool *spool = opened();
    assert_true(spool_put(spool, &secret));
    assert_true(spool_put(spool, &plain));
    assert_null(spool_find(spool, secret.id, arena)->body.data);
    assert_true(spool_answer(spool, secret.id, bytes_of_text("ANSWERCANARY"), true, NO_BASKET));
    spool_close(spool);
    assert_true(file_holds(path, "VISIBLE"));
    assert_false(file_holds(path, "CANARY"));
}

static void the_basket_is_there_after_a_restart(void **state)
{
    bool taken;

    (void)state;
    struct spool *spool = opened();
    assert_null(basket_load(spool, arena, &taken, NULL).data);
    assert_true(basket_save(spool, bytes_of_text("two rolls")));
    assert_true(basket_save(spool, bytes_of_text("three rolls")));
    spool_close(spool);

    spool = opened();
    assert_true(bytes_equal(basket_load(spool, arena, &taken, NULL), bytes_of_text("three rolls")));
    assert_false(taken);
    assert_true(basket_clear(spool));
    assert_null(basket_load(spool, arena, &taken, NULL).data);
    spool_close(spool);
}

static void a_basket_being_paid_is_not_offered_again_and_comes_back_when_refused(void **state)
{
    struct spooled sale = command_of(1, "sale"), again = command_of(2, "sale");
    uint8_t by[COMMAND_ID_SIZE];
    bool taken;

    (void)state;
    sale.takes_basket = again.takes_basket = true;
    struct spool *spool = opened();
    assert_true(basket_save(spool, bytes_of_text("rolls")));
    assert_true(spool_put(spool, &sale));
    spool_close(spool);

    spool = opened();
    assert_non_null(basket_load(spool, arena, &taken, by).data);
    assert_true(taken);
    assert_memory_equal(by, sale.id, COMMAND_ID_SIZE);
    assert_true(spool_answer(spool, sale.id, bytes_of_text("no shift"), false, NO_BASKET));
    assert_non_null(basket_load(spool, arena, &taken, by).data);
    assert_false(taken);

    assert_true(spool_put(spool, &again));
    assert_true(spool_answer(spool, again.id, bytes_of_text("receipt"), true, NO_BASKET));
    assert_null(basket_load(spool, arena, &taken, by).data);
    spool_close(spool);
}

/* What was taken up is the till's from the moment its answer is there; what was refused leaves the place that was made. */
static void a_basket_that_an_answer_brings_is_the_active_one(void **state)
{
    struct spooled take_up = command_of(1, "resume"), refused = command_of(2, "resume"), sale = command_of(3, "sale");
    uint8_t by[COMMAND_ID_SIZE];
    bool taken;

    (void)state;
    take_up.takes_basket = refused.takes_basket = true;
    struct spool *spool = opened();
    assert_true(basket_save(spool, bytes_of_text("")));
    assert_true(spool_put(spool, &refused));
    assert_true(spool_answer(spool, refused.id, bytes_of_text("no"), false, bytes_of_text("never")));
    assert_int_equal(basket_load(spool, arena, &taken, by).size, 0);
    assert_false(taken);
    assert_true(spool_put(spool, &take_up));
    spool_close(spool);

    spool = opened();
    assert_int_equal(basket_load(spool, arena, &taken, by).size, 0);
    assert_true(taken);
    assert_memory_equal(by, take_up.id, COMMAND_ID_SIZE);
    assert_true(spool_answer(spool, take_up.id, bytes_of_text("yes"), true, bytes_of_text("six rolls")));
    spool_close(spool);

    spool = opened();
    struct bytes kept = basket_load(spool, arena, &taken, by);
    assert_int_equal(kept.size, 9);
    assert_memory_equal(kept.data, "six rolls", 9);
    assert_false(taken);
    /* What took no basket brings none. */
    assert_true(spool_put(spool, &sale));
    assert_true(spool_answer(spool, sale.id, bytes_of_text("receipt"), true, bytes_of_text("bread")));
    assert_memory_equal(basket_load(spool, arena, &taken, by).data, "six rolls", 9);
    spool_close(spool);
}

/* A child that dies with the test, however that ends. */
static pid_t fork_child(void)
{
    pid_t test = getpid(), child = fork();

    if (child == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != test))
        _exit(5);
    return child;
}

static void a_second_program_is_told_that_the_spool_is_in_use(void **state)
{
    int from[2];
    char word;

    (void)state;
    assert_int_equal(pipe(from), 0);
    pid_t holder = fork_child();
    if (holder == 0) {
        const char *problem;
        struct spool *spool = spool_open(path, arena, &problem);
        word = spool != NULL ? 'y' : 'n';
        (void)!write(from[1], &word, 1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(from[0], &word, 1), 1);
    assert_int_equal(word, 'y');
    const char *problem = "";
    assert_null(spool_open(path, arena, &problem));
    assert_non_null(strstr(problem, "is in use: the counter is open in another window"));
    kill(holder, SIGKILL);
    assert_int_equal(waitpid(holder, NULL, 0), holder);
    spool_close(opened());
}

/* Puts commands as fast as it can, and says each number once the spool has taken it; killed at any instant. */
static void put_until_killed(int to)
{
    const char *problem;
    struct spool *spool = spool_open(path, arena, &problem);

    for (uint8_t i = 1; spool != NULL && i < 250; i++) {
        struct spooled command = command_of(i, "a sale that must not be lost");
        if (!spool_put(spool, &command) || write(to, &i, 1) != 1)
            break;
    }
    _exit(1);
}

static void nothing_taken_is_lost_when_the_program_is_killed(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 12; round++) {
        int from[2];
        uint8_t last = 0, word;

        done(state);
        fresh(state);
        assert_int_equal(pipe(from), 0);
        pid_t till = fork_child();
        if (till == 0)
            put_until_killed(from[1]);
        close(from[1]);
        for (unsigned heard = 0; heard < 1 + round * 3 && read(from[0], &word, 1) == 1; heard++)
            last = word;
        kill(till, SIGKILL);
        assert_int_equal(waitpid(till, NULL, 0), till);
        while (read(from[0], &word, 1) == 1)
            last = word;
        close(from[0]);

        assert_true(last >= 1);
        struct spool *spool = opened();
        size_t count;
        struct spooled *kept = spool_unanswered(spool, arena, &count);
        /* One more may be there: taken, and killed before it could say so. */
        assert_in_range(count, last, (unsigned)last + 1);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(kept[i].id[0], i + 1);
        spool_close(spool);
    }
}

static void what_is_sold_offline_has_a_number_for_ever(void **state)
{
    struct bytes paper = bytes_of_text("a receipt");
    size_t count;

    (void)state;
    struct spool *spool = opened();
    assert_int_equal(spool_next_number(spool), 1);
    assert_null(spool_last_sold(spool, arena));
    assert_true(basket_save(spool, bytes_of_text("a basket")));
    struct spooled first = command_of(1, "the first sale"), second = command_of(2, "the second sale");
    assert_true(spool_sell(spool, &first, 1, paper, NULL));
    /* The basket went with it, in the same breath. */
    bool taken;
    assert_null(basket_load(spool, arena, &taken, NULL).data);
    /* A number is given once. */
    assert_false(spool_sell(spool, &second, 1, paper, NULL));
    spool_close(spool);

    spool = opened();
    assert_int_equal(spool_next_number(spool), 2);
    assert_int_equal(spool_unbooked(spool), 1);
    assert_true(spool_sell(spool, &second, 2, paper, NULL));
    struct spooled *unanswered = spool_unanswered(spool, arena, &count);
    assert_int_equal(count, 2);
    assert_int_equal(unanswered[0].id[0], 1);
    assert_int_equal(unanswered[1].id[0], 2);
    spool_refused(spool, arena, &count);
    assert_int_equal(count, 0); /* on their way */

    /* Both are refused, and go again under other commands, in order. */
    assert_true(spool_answer(spool, first.id, bytes_of_text("no"), false, NO_BASKET));
    assert_true(spool_answer(spool, second.id, bytes_of_text("no"), false, NO_BASKET));
    const struct sold_offline *refused = spool_refused(spool, arena, &count);
    assert_int_equal(count, 2);
    assert_int_equal(refused[0].number, 1);
    assert_memory_equal(refused[0].body.data, "the first sale", 14);
    struct spooled again = command_of(3, "the first sale");
    assert_true(spool_sell_again(spool, &again, 1));
    spool_refused(spool, arena, &count);
    assert_int_equal(count, 1);
    assert_true(spool_answer(spool, again.id, bytes_of_text("yes"), true, NO_BASKET));
    assert_int_equal(spool_unbooked(spool), 1);
    assert_int_equal(spool_last_sold(spool, arena)->number, 2);
    assert_memory_equal(spool_last_sold(spool, arena)->paper.data, "a receipt", 9);

    /* Numbers go on behind what the server has, and never back. */
    assert_true(spool_numbers_behind(spool, 7));
    assert_true(spool_numbers_behind(spool, 3));
    assert_int_equal(spool_next_number(spool), 8);
    spool_close(spool);
}

static void what_was_put_aside_is_ended_by_what_takes_its_place(void **state)
{
    bool taken;

    (void)state;
    struct spool *spool = opened();
    assert_true(basket_save(spool, bytes_of_text("a basket")));
    struct spooled sale = command_of(1, "a sale"), other = command_of(2, "another"),
                   place = command_of(3, "in its place");
    sale.takes_basket = true;
    assert_true(spool_put(spool, &sale));
    struct put_aside aside = { .shift_id = 9, .staff_id = 61 };
    memcpy(aside.id, sale.id, sizeof aside.id);
    assert_true(spool_put_aside(spool, &aside));
    assert_null(basket_load(spool, arena, &taken, NULL).data);
    assert_true(spool_is_aside(spool, sale.id));
    assert_int_equal(spool_aside_count(spool), 1);
    assert_false(spool_is_aside(spool, other.id));
    assert_null(spool_aside_refused(spool, 0, arena)); /* no answer yet */
    assert_true(basket_save(spool, bytes_of_text("the next one")));
    assert_true(spool_answer(spool, sale.id, bytes_of_text("no"), false, NO_BASKET));
    spool_close(spool);

    spool = opened();
    const struct put_aside *refused = spool_aside_refused(spool, 0, arena);
    assert_non_null(refused);
    assert_int_equal(refused->shift_id, 9);
    assert_memory_equal(refused->body.data, "a sale", 6);
    assert_true(spool_sell(spool, &place, 1, bytes_of_text("paper"), refused->id));
    assert_null(spool_aside_refused(spool, 0, arena));
    assert_memory_equal(basket_load(spool, arena, &taken, NULL).data, "the next one", 12);
    /* One that goes well ends by itself. */
    assert_true(spool_put(spool, &other));
    memcpy(aside.id, other.id, sizeof aside.id);
    assert_true(spool_put_aside(spool, &aside));
    assert_true(spool_answer(spool, other.id, bytes_of_text("yes"), true, NO_BASKET));
    assert_false(spool_is_aside(spool, other.id));
    assert_int_equal(spool_aside_count(spool), 0);
    spool_close(spool);
}

/* Put aside, refused, and nobody's to book: it stays until its basket is parked, which is remembered with the reason. */
static void what_is_parked_is_put_aside_until_the_answer(void **state)
{
    size_t count;

    (void)state;
    struct spool *spool = opened();
    struct spooled sale = command_of(1, "a sale"), later = command_of(2, "a later one"),
                   park = command_of(3, "park it"), again = command_of(4, "park it again");
    struct put_aside aside = { .shift_id = 9, .staff_id = 61 };
    assert_true(spool_put(spool, &sale) && spool_put(spool, &later));
    memcpy(aside.id, sale.id, sizeof aside.id);
    assert_true(spool_put_aside(spool, &aside));
    memcpy(aside.id, later.id, sizeof aside.id);
    assert_true(spool_put_aside(spool, &aside));
    assert_true(spool_answer(spool, sale.id, bytes_of_text("the limit"), false, NO_BASKET));
    assert_true(spool_answer(spool, later.id, bytes_of_text("it, too"), false, NO_BASKET));
    assert_true(spool_aside_parks(spool, sale.id, park.id)); /* and the power goes before it is sent */
    spool_close(spool);

    spool = opened();
    const struct put_aside *refused = spool_aside_refused(spool, 0, arena);
    assert_true(refused->parks);
    assert_memory_equal(refused->park_id, park.id, COMMAND_ID_SIZE);
    assert_memory_equal(refused->reply.data, "the limit", 9);
    assert_false(spool_aside_refused(spool, refused->number, arena)->parks);
    assert_true(spool_put(spool, &park));
    assert_true(spool_answer(spool, park.id, bytes_of_text("the till is locked"), false, NO_BASKET));
    assert_int_equal(spool_aside_count(spool), 2);
    spool_not_booked(spool, arena, &count);
    assert_int_equal(count, 0);

    assert_true(spool_aside_parks(spool, sale.id, again.id));
    assert_true(spool_put(spool, &again));
    assert_true(spool_answer(spool, again.id, bytes_of_text("parked"), true, NO_BASKET));
    assert_int_equal(spool_aside_count(spool), 1);
    assert_true(spool_parked(spool, again.id, 704, bytes_of_text("Ana")));
    spool_close(spool);

    spool = opened();
    const struct not_booked *waits = spool_not_booked(spool, arena, &count);
    assert_int_equal(count, 1);
    assert_int_equal(waits->parked_id, 704);
    assert_string_equal(waits->person, "Ana");
    assert_memory_equal(waits->body.data, "a sale", 6);
    assert_memory_equal(waits->reply.data, "the limit", 9);
    assert_false(waits->seen);
    assert_true(spool_not_booked_seen(spool, 704));
    assert_true(spool_not_booked(spool, arena, &count)->seen);
    assert_true(spool_not_booked_ends(spool, 704));
    spool_not_booked(spool, arena, &count);
    assert_int_equal(count, 0);
    spool_close(spool);
}

/* Before the paper may leave the printer, the sale is on the disk: killed right behind, it is there. */
static void a_sale_survives_the_program(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct spool *spool = opened();
        struct spooled sale = command_of(1, "a sale");
        spool_sell(spool, &sale, 1, bytes_of_text("paper"), NULL);
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    struct spool *spool = opened();
    assert_int_equal(spool_unbooked(spool), 1);
    assert_int_equal(spool_next_number(spool), 2);
    spool_close(spool);
}

static void a_damaged_spool_is_named_and_never_thrown_away(void **state)
{
    const char *problem = "";

    (void)state;
    struct spool *spool = opened();
    for (uint8_t i = 1; i < 60; i++) {
        struct spooled command = command_of(i, "a body long enough to need more than one page of the file, all in all");
        assert_true(spool_put(spool, &command));
    }
    spool_close(spool);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    for (long at = 4096; at < 3 * 4096; at += 16) {
        fseek(file, at, SEEK_SET);
        fwrite("\xff\xff\xff\xff", 1, 4, file);
    }
    fclose(file);
    assert_null(spool_open(path, arena, &problem));
    assert_non_null(strstr(problem, "is damaged"));
    assert_int_equal(access(path, F_OK), 0);
}

static void nobody_else_can_read_it(void **state)
{
    struct stat file;

    (void)state;
    spool_close(opened());
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_was_put_in_the_order_it_was_put),
        TEST(refuses_an_id_that_is_there_already),
        TEST(a_command_that_ends_the_basket_takes_it_along),
        TEST(an_answer_ends_it_and_is_kept),
        TEST(the_last_receipt_is_never_a_refusal),
        TEST(keeps_two_hundred_answers_and_every_unanswered_command),
        TEST(what_nobody_waits_for_outlives_two_hundred_answers),
        TEST(what_has_only_begun_is_kept_until_it_was_told),
        TEST(a_basket_that_the_disk_does_not_take_stays_where_it_is),
        TEST(only_what_never_left_can_be_taken_back),
        TEST(a_persons_data_and_pins_never_reach_the_disk),
        TEST(the_basket_is_there_after_a_restart),
        TEST(a_basket_being_paid_is_not_offered_again_and_comes_back_when_refused),
        TEST(a_basket_that_an_answer_brings_is_the_active_one),
        TEST(a_second_program_is_told_that_the_spool_is_in_use),
        TEST(nothing_taken_is_lost_when_the_program_is_killed),
        TEST(what_is_sold_offline_has_a_number_for_ever),
        TEST(what_was_put_aside_is_ended_by_what_takes_its_place),
        TEST(what_is_parked_is_put_aside_until_the_answer),
        TEST(a_sale_survives_the_program),
        TEST(a_damaged_spool_is_named_and_never_thrown_away),
        TEST(nobody_else_can_read_it),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
