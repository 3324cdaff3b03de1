/* Runs the checks, and what they count with. */
#include "tests/sim/store/sim_check.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/store/sim_heap.h"

/* ---- sums ---- */

static struct sim_sum *place_of(const struct sim_sums *sums, int64_t a, int64_t b)
{
    uint64_t hash = ((uint64_t)a * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)b) * UINT64_C(0xbf58476d1ce4e5b9);
    size_t at = (size_t)(hash >> 20) & (sums->capacity - 1);

    while (sums->list[at].count != 0 && (sums->list[at].a != a || sums->list[at].b != b))
        at = (at + 1) & (sums->capacity - 1);
    return &sums->list[at];
}

static void grow(struct sim_sums *sums)
{
    struct sim_sums old = *sums;

    sums->capacity = old.capacity == 0 ? 64 : old.capacity * 2;
    sums->list = calloc(sums->capacity, sizeof(*sums->list));
    if (sums->list == NULL)
        abort();
    for (size_t i = 0; i < old.capacity; i++)
        if (old.list[i].count != 0)
            *place_of(sums, old.list[i].a, old.list[i].b) = old.list[i];
    free(old.list);
}

void sim_sums_add(struct sim_sums *sums, int64_t a, int64_t b, int64_t value)
{
    if ((sums->used + 1) * 2 > sums->capacity)
        grow(sums);
    struct sim_sum *sum = place_of(sums, a, b);
    if (sum->count == 0) {
        *sum = (struct sim_sum){ .a = a, .b = b, .least = value, .most = value };
        sums->used++;
    }
    sum->sum += value;
    sum->count++;
    sum->least = value < sum->least ? value : sum->least;
    sum->most = value > sum->most ? value : sum->most;
}

struct sim_sum *sim_sums_find(const struct sim_sums *sums, int64_t a, int64_t b)
{
    if (sums->capacity == 0)
        return NULL;
    struct sim_sum *sum = place_of(sums, a, b);
    return sum->count == 0 ? NULL : sum;
}

int64_t sim_sums_of(const struct sim_sums *sums, int64_t a, int64_t b)
{
    const struct sim_sum *sum = sim_sums_find(sums, a, b);

    return sum == NULL ? 0 : sum->sum;
}

void sim_sums_fini(struct sim_sums *sums)
{
    free(sums->list);
    *sums = (struct sim_sums){ 0 };
}

/* ---- running ---- */

void sim_wrong(struct sim_checker *k, const char *format, ...)
{
    va_list arguments;

    if (k->wrong)
        return;
    k->wrong = true;
    va_start(arguments, format);
    vsnprintf(k->row, sizeof(k->row), format, arguments);
    va_end(arguments);
}

/* What has changed a row of an entry would be a statement of ours: there is none that does. */
static void entries_untouched(struct sim_checker *k)
{
    (void)k;
}

static const struct sim_named_check other_checks[] = { { "entries_untouched", entries_untouched }, { NULL, NULL } };

static const struct sim_named_check *const rooms[] = {
    sim_sale_checks,     sim_recomputed_checks, sim_refund_checks,    sim_drawer_checks,   sim_points_checks,
    sim_shift_checks,    sim_journal_checks,    sim_catalogue_checks, sim_stock_checks,    sim_discount_checks,
    sim_choice_checks,   sim_deposit_checks,    sim_basket_checks,    sim_retender_checks, sim_invoice_checks,
    sim_training_checks, sim_account_checks,    sim_gift_card_checks, sim_coupon_checks,   sim_programme_checks,
    sim_privacy_checks,  sim_kiosk_checks,      sim_review_checks,    sim_attach_checks,   sim_django_checks,
    sim_payment_checks,  sim_printer_checks,    sim_parts_checks,     other_checks,
};

static const struct sim_named_check *find_check(const char *name)
{
    for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
        for (const struct sim_named_check *check = rooms[i]; check->name != NULL; check++)
            if (name == NULL || strcmp(check->name, name) == 0)
                return check;
    return NULL;
}

bool sim_check_known(const char *name)
{
    return find_check(name) != NULL;
}

static bool run(struct sim_exec *x, const struct sim_named_check *check, struct sim_checker *k)
{
    struct arena *arena = arena_create(0);
    struct txn txn = { .arena = arena };
    struct sim_work work = { .txn = &txn };
    struct sim_exec reader = { .database = x->database, .work = &work, .snapshot = x->snapshot };

    *k = (struct sim_checker){ .x = &reader };
    check->run(k);
    arena_destroy(arena);
    return !k->wrong;
}

bool sim_check_one(struct sim_exec *x, const char *name, char *row, size_t size)
{
    struct sim_checker k;
    bool holds = run(x, find_check(name), &k);

    snprintf(row, size, "%s", k.row);
    return holds;
}

/* ---- all of them ---- */

#define CHECKS_MOST 200

/* What processes share that judge the same rows: who is free takes the next check. */
struct court {
    atomic_size_t next;
    size_t count;
    const struct sim_named_check *checks[CHECKS_MOST];
    struct verdict {
        bool reached, wrong;
        char row[500];
    } verdicts[CHECKS_MOST];
};

static struct court *court_open(void)
{
    struct court *court =
        mmap(NULL, sizeof(*court), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); /* zeroed */

    if (court == MAP_FAILED)
        abort();
    for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
        for (const struct sim_named_check *check = rooms[i]; check->name != NULL; check++) {
            if (court->count == CHECKS_MOST)
                abort();
            court->checks[court->count++] = check;
        }
    return court;
}

static void judge(struct court *court, struct sim_database *database)
{
    struct sim_exec x = { .database = database, .snapshot = database->commits };

    /* From the end, where the longest one stands: begun last, it would have the others wait for it. */
    for (size_t taken; (taken = atomic_fetch_add(&court->next, 1)) < court->count;) {
        struct sim_checker k;
        size_t i = court->count - 1 - taken;
        struct verdict *verdict = &court->verdicts[i];

        verdict->wrong = !run(&x, court->checks[i], &k);
        memcpy(verdict->row, k.row, sizeof(verdict->row));
        verdict->reached = true;
    }
}

/* A copy of this process, as it is now, that ends when there is nothing left to judge. */
static pid_t help(struct court *court, struct sim_database *database)
{
    pid_t helper = fork();

    if (helper != 0)
        return helper;
    sim_heap_ahead(NULL); /* threads are not copied */
    judge(court, database);
    _exit(0);
}

size_t sim_database_check(struct sim_database *database, unsigned helpers, sim_wrong_fn *wrong, void *user)
{
    struct court *court = court_open();
    pid_t pids[SIM_HELPERS_MOST];
    size_t count = 0;

    if (helpers > SIM_HELPERS_MOST)
        abort();
    for (unsigned i = 0; i < helpers; i++)
        pids[i] = help(court, database);
    judge(court, database);
    for (unsigned i = 0; i < helpers; i++)
        if (pids[i] > 0)
            waitpid(pids[i], NULL, 0);
    for (size_t i = 0; i < court->count; i++) {
        const struct verdict *verdict = &court->verdicts[i];
        if (!verdict->reached)
            abort(); /* its helper fell over it, and has said why */
        count += verdict->wrong;
        if (verdict->wrong && wrong != NULL)
            wrong(user, court->checks[i]->name, verdict->row);
    }
    munmap(court, sizeof(*court));
    return count;
}
