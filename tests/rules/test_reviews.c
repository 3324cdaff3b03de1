/* Reviews: who may write one, what may stand in it, and the rating that a random moderator makes of many. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "common/rules/review.h"
#include "seed.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void who_bought_it_and_keeps_it_may_rate_it_once(void **state)
{
    (void)state;
    const struct {
        const char *what;
        struct review_bought bought;
        enum review_verdict verdict;
    } rows[] = {
        { "a roll", { true, 1000, false, 5 }, REVIEW_OK },
        { "the worst", { true, 1000, false, 1 }, REVIEW_OK },
        { "a thousandth of it was kept", { true, 1, false, 3 }, REVIEW_OK },
        { "no stars", { true, 1000, false, 0 }, REVIEW_BAD_RATING },
        { "six stars", { true, 1000, false, 6 }, REVIEW_BAD_RATING },
        { "a great many", { true, 1000, false, UINT32_MAX }, REVIEW_BAD_RATING },
        { "somebody else's receipt, or without it", { false, 0, false, 5 }, REVIEW_NOT_BOUGHT },
        { "all of it came back", { true, 0, false, 5 }, REVIEW_GIVEN_BACK },
        { "empties that were taken back", { true, -1000, false, 5 }, REVIEW_GIVEN_BACK },
        { "once more", { true, 1000, true, 5 }, REVIEW_TWICE },
        { "once more, and it came back since", { true, 0, true, 5 }, REVIEW_TWICE },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (review_decide(&rows[i].bought) != rows[i].verdict)
            fail_msg("%s: verdict %d", rows[i].what, (int)review_decide(&rows[i].bought));
}

static void links_and_addresses_are_seen(void **state)
{
    (void)state;
    const char *const links[] = { "see https://example.org",
                                  "ftp://x",
                                  "WWW.shop",
                                  "a www.shop",
                                  "go to example.com",
                                  "cakes.de",
                                  "(cakes.co.uk)",
                                  "EXAMPLE.COM",
                                  "kuchen-und-mehr.info/hier!",
                                  "b\303\244cker.de",
                                  "me@example",
                                  "ask me@home.fr.",
                                  "Z_9-z.nl",
                                  "3.de{" };
    const char *const none[] = { "",
                                 "Fresh, warm and good.",
                                 "Too dry. It was better before.",
                                 "good.It was",
                                 "5.5 of 5",
                                 "@home we ate it at once",
                                 "a.m. and p.m.",
                                 "www",
                                 "the wwwwords",
                                 "crisp ... com plete",
                                 "Mr.Decent",
                                 "company.commander",
                                 "{.de",
                                 "cakes.deZ",
                                 "`.com" };

    for (size_t i = 0; i < COUNT(links); i++)
        if (!review_has_link(links[i]))
            fail_msg("no link was seen in '%s'", links[i]);
    for (size_t i = 0; i < COUNT(none); i++)
        if (review_has_link(none[i]))
            fail_msg("a link was seen in '%s'", none[i]);
}

static void an_average_is_rounded_half_up(void **state)
{
    (void)state;
    const struct {
        struct rating rating;
        uint32_t hundredths;
    } rows[] = {
        { { 0, 0 }, 0 },
        { { 5, 1 }, 500 },
        { { 1, 1 }, 100 },
        { { 9, 2 }, 450 },
        { { 13, 3 }, 433 },
        { { 14, 3 }, 467 },
        { { 11, 8 }, 138 }, /* 137.5 */
        { { 13, 8 }, 163 }, /* 162.5 */
        { { 500000, 100000 }, 500 },
        { { 499999, 100000 }, 500 },
        { { 499499, 100000 }, 499 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(rating_hundredths(rows[i].rating), rows[i].hundredths);
}

static void what_stands_already_stays_with_its_reason(void **state)
{
    (void)state;
    const struct review_standing waiting = { REVIEW_WAITING, REVIEW_REASON_NONE };
    const struct review_standing accepted = { REVIEW_ACCEPTED, REVIEW_REASON_NONE };
    const struct review_standing hidden = { REVIEW_HIDDEN, REVIEW_OFFENSIVE };
    const struct {
        const char *what;
        struct review_standing before;
        enum review_state state;
        enum review_reason reason;
        bool changed;
        struct review_standing after;
        struct rating rating; /* of 10 stars by 3 before; it has 4 */
    } rows[] = {
        { "accepted", waiting, REVIEW_ACCEPTED, 0, true, accepted, { 14, 4 } },
        { "hidden at once", waiting, REVIEW_HIDDEN, REVIEW_OFFENSIVE, true, hidden, { 10, 3 } },
        { "accepted twice", accepted, REVIEW_ACCEPTED, 0, false, accepted, { 10, 3 } },
        { "hidden after all", accepted, REVIEW_HIDDEN, REVIEW_OFFENSIVE, true, hidden, { 6, 2 } },
        { "hidden twice, for another reason", hidden, REVIEW_HIDDEN, REVIEW_UNTRUE, false, hidden, { 10, 3 } },
        { "shown again", hidden, REVIEW_ACCEPTED, REVIEW_UNTRUE, true, accepted, { 14, 4 } },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct review_standing after;
        struct rating rating = { 10, 3 };
        bool changed = review_stand(rows[i].before, rows[i].state, rows[i].reason, 4, &after, &rating);

        if (changed != rows[i].changed || after.state != rows[i].after.state || after.reason != rows[i].after.reason ||
            rating.sum != rows[i].rating.sum || rating.count != rows[i].rating.count)
            fail_msg("%s: changed %d, state %d, reason %d, %lld by %lld", rows[i].what, changed, (int)after.state,
                     (int)after.reason, (long long)rating.sum, (long long)rating.count);
    }
}

#define REVIEWS 40

/* Counted anew each time, without the rule. */
static struct rating counted(const struct review_standing *standing, const uint32_t *stars)
{
    struct rating rating = { 0, 0 };

    for (size_t i = 0; i < REVIEWS; i++)
        if (standing[i].state == REVIEW_ACCEPTED) {
            rating.sum += stars[i];
            rating.count++;
        }
    return rating;
}

static void a_rating_is_what_its_accepted_reviews_come_to(void **state)
{
    (void)state;
    uint64_t random = test_seed();
    struct review_standing standing[REVIEWS];
    uint32_t stars[REVIEWS];
    struct rating rating = { 0, 0 };

    for (size_t i = 0; i < REVIEWS; i++) {
        standing[i] = (struct review_standing){ REVIEW_WAITING, REVIEW_REASON_NONE };
        stars[i] = (uint32_t)((random = random * UINT64_C(6364136223846793005) + 1) >> 60) % REVIEW_RATING_MAX + 1;
    }
    for (int step = 0; step < 20000; step++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t at = (size_t)(random >> 33) % REVIEWS;
        enum review_state wanted = (random >> 62) & 1 ? REVIEW_ACCEPTED : REVIEW_HIDDEN;

        review_stand(standing[at], wanted, REVIEW_OFF_TOPIC, stars[at], &standing[at], &rating);
        struct rating found = counted(standing, stars);
        assert_int_equal(rating.sum, found.sum);
        assert_int_equal(rating.count, found.count);
        uint32_t average = rating_hundredths(rating);
        if (rating.count == 0)
            assert_int_equal(average, 0);
        else
            assert_true(llabs((int64_t)average * rating.count - 100 * rating.sum) * 2 <= rating.count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_bought_it_and_keeps_it_may_rate_it_once),
        cmocka_unit_test(links_and_addresses_are_seen),
        cmocka_unit_test(an_average_is_rounded_half_up),
        cmocka_unit_test(what_stands_already_stays_with_its_reason),
        cmocka_unit_test(a_rating_is_what_its_accepted_reviews_come_to),
    };
    return cmocka_run_group_tests_name("reviews", tests, NULL, NULL);
}
