/* Members at the counter: how they are looked for, and what a card or a phone number finds. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void a_member_is_found_and_a_cookie_is_free(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_find_members(&d);
    desk_golden(&d, "member");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Mia Stone: 230 points");
    desk_type(&d, K_F5);
    assert_int_equal(d.counter.basket.reward_count, 1);
    desk_golden(&d, "sale-member");
    /* only one piece of the category is there */
    desk_type(&d, K_F5);
    desk_sees(&d, "no other piece can be free");
    assert_int_equal(d.counter.basket.reward_count, 0);
    desk_close(&d);
}

/* The seed's programme, with rewards of an amount, of a better tier, and of more points than anybody has. */
static void put_terms(struct desk *d)
{
    static const struct programme_term terms[] = {
        { .kind = TERM_REWARD,
          .number = 1,
          .name = "Two euros off",
          .gives = REWARD_GIFT_AMOUNT,
          .value = 200,
          .cost = 150,
          .weekdays = 127,
          .until_minute = 1440 },
        { .kind = TERM_REWARD,
          .number = 2,
          .name = "A tenth off",
          .gives = REWARD_GIFT_RATE,
          .value = 100000,
          .cost = 50,
          .tier = 2,
          .weekdays = 127,
          .until_minute = 1440 },
        { .kind = TERM_REWARD,
          .number = 3,
          .name = "Ten euros off",
          .gives = REWARD_GIFT_AMOUNT,
          .value = 1000,
          .cost = 900,
          .weekdays = 127,
          .until_minute = 1440 },
    };

    catalogue_put_programme(d->catalogue, 1,
                            &(struct programme){ .id = 1,
                                                 .name = "Points",
                                                 .reward_name = "Free cookie",
                                                 .points_per_unit = 10,
                                                 .lot_days = 365,
                                                 .reward_cost = 100,
                                                 .reward_category_id = 1,
                                                 .tier_months = 12,
                                                 .referrer_points = 50,
                                                 .terms = terms,
                                                 .term_count = 3 });
}

static void of_several_rewards_one_is_chosen(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    put_terms(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F5);
    desk_sees(&d, "name one first");
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    open_basket_set_tier(&d.counter.basket, 1, "Silver");
    desk_type(&d, K_F5);
    desk_golden(&d, "rewards");
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.chosen_count, 1);
    assert_int_equal(d.counter.basket.rows.points_spent, 150);
    desk_golden(&d, "sale-reward");
    desk_type(&d, K_F5);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "not enough points: it costs 150, 80 are left");
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "better tier");
    desk_type(&d, K_F6);
    assert_int_equal(d.counter.basket.chosen_count, 0);
    assert_int_equal(d.counter.basket.rows.points_spent, 0);
    desk_close(&d);
}

static void who_brought_a_friend_is_asked_where_it_is_paid_for(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    put_terms(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F4);
    desk_type(&d, K_F6);
    desk_type(&d, "Fay Friend");
    for (int i = 0; i < 5; i++)
        desk_type(&d, K_DOWN);
    desk_scan(&d, "UMA-0001");
    desk_golden(&d, "member-new-friend");
    desk_type(&d, K_F2);
    const Caroline__V1__MemberCreate *create = (const Caroline__V1__MemberCreate *)scripted_request(
        d.link, OP(MEMBER_CREATE), &caroline__v1__member_create__descriptor);
    assert_true(create->member->has_referrer_key && !create->member->has_card);
    assert_int_equal(create->member->referrer_key.len, strlen("UMA-0001"));
    desk_close(&d);
}

static void digits_are_a_phone_number_and_then_a_card(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberFound nobody = CAROLINE__V1__MEMBER_FOUND__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F4);
    desk_type(&d, "5550100");
    desk_type(&d, K_ENTER);
    const Caroline__V1__MemberFind *find = (const Caroline__V1__MemberFind *)scripted_request(
        d.link, OP(MEMBER_FIND), &caroline__v1__member_find__descriptor);
    assert_true(find->has_phone);
    scripted_answer(d.link, OP(MEMBER_FIND), &nobody.base);
    find = (const Caroline__V1__MemberFind *)scripted_request(d.link, OP(MEMBER_FIND),
                                                              &caroline__v1__member_find__descriptor);
    assert_true(find->has_card && !find->has_phone);
    scripted_answer(d.link, OP(MEMBER_FIND), &nobody.base);
    desk_sees(&d, "Nobody is known by that");
    desk_type(&d, K_F6);
    desk_golden(&d, "member-new");
    /* goods scanned here still go into the basket */
    desk_scan(&d, "73513537");
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_sees(&d, "Éclair");
    desk_close(&d);
}

static void a_card_of_64_characters_is_looked_for_whole(void **state)
{
    (void)state;
    static const char card[] = "club-0000000000111111111122222222223333333333444444444455555555x";
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_scan(&d, card);
    const Caroline__V1__MemberFind *find = (const Caroline__V1__MemberFind *)scripted_request(
        d.link, OP(MEMBER_FIND), &caroline__v1__member_find__descriptor);
    assert_true(find->has_card);
    assert_int_equal(find->card.len, 64);
    assert_memory_equal(find->card.data, card, 64);
    desk_close(&d);
}

static const Caroline__V1__MemberFind *looked_for(struct desk *d, const char *typed)
{
    desk_type(d, K_F4);
    desk_type(d, typed);
    desk_type(d, K_ENTER);
    return (const Caroline__V1__MemberFind *)scripted_request(d->link, OP(MEMBER_FIND),
                                                              &caroline__v1__member_find__descriptor);
}

static void a_cards_number_typed_finds_what_its_scan_does(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberFound nobody = CAROLINE__V1__MEMBER_FOUND__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    const Caroline__V1__MemberFind *find = looked_for(&d, "cc-1001");
    assert_true(find->has_card && !find->has_name);
    assert_memory_equal(find->card.data, "cc-1001", find->card.len);
    scripted_answer(d.link, OP(MEMBER_FIND), &nobody.base);
    find = (const Caroline__V1__MemberFind *)scripted_request(d.link, OP(MEMBER_FIND),
                                                              &caroline__v1__member_find__descriptor);
    assert_true(find->has_name && !find->has_card);
    scripted_answer(d.link, OP(MEMBER_FIND), &nobody.base);
    desk_sees(&d, "Nobody is known by that");
    desk_type(&d, K_ESC);
    /* brackets and blanks are no card's: one question */
    assert_true(looked_for(&d, "(030) 555-0100")->has_phone);
    scripted_answer(d.link, OP(MEMBER_FIND), &nobody.base);
    desk_sees(&d, "Nobody is known by that");
    desk_type(&d, K_ESC);
    assert_true(looked_for(&d, "anne-marie")->has_name);
    desk_close(&d);
}

static void what_was_free_for_one_is_not_free_for_another(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F5);
    desk_sees(&d, "1 free, -100 points");
    desk_type(&d, "2x115\r");
    desk_type(&d, K_F5);
    desk_type(&d, K_F5);
    desk_sees(&d, "not enough points for another: 300 are wanted, 230 are there; none is now");
    desk_type(&d, K_F5);
    desk_find_members(&d);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "20 points");
    desk_sees_not(&d, "free, ");
    desk_type(&d, K_F5);
    desk_sees(&d, "not enough points: 100 are wanted, 20 are there");
    assert_int_equal(d.counter.basket.reward_count, 0);
    desk_close(&d);
}

/* The programme is the shop's, whatever is in the basket. */
static void a_free_cookie_before_the_goods_says_what_is_missing(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_DOWN K_ENTER); /* 20 points */
    desk_type(&d, K_F5);
    desk_sees(&d, "not enough points: 100 are wanted, 20 are there");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_is_found_and_a_cookie_is_free),
        cmocka_unit_test(of_several_rewards_one_is_chosen),
        cmocka_unit_test(who_brought_a_friend_is_asked_where_it_is_paid_for),
        cmocka_unit_test(digits_are_a_phone_number_and_then_a_card),
        cmocka_unit_test(a_card_of_64_characters_is_looked_for_whole),
        cmocka_unit_test(a_cards_number_typed_finds_what_its_scan_does),
        cmocka_unit_test(what_was_free_for_one_is_not_free_for_another),
        cmocka_unit_test(a_free_cookie_before_the_goods_says_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
