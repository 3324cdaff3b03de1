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

static const Caroline__V1__MemberFind *page_asked(struct desk *d)
{
    return (const Caroline__V1__MemberFind *)scripted_request(d->link, OP(MEMBER_FIND),
                                                              &caroline__v1__member_find__descriptor);
}

static void behind_fifty_of_a_name_there_are_the_others(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F4);
    desk_type(&d, "mia");
    desk_type(&d, K_F2);
    assert_false(scripted_asked(d.link, OP(MEMBER_FIND))); /* there is no page behind none */
    desk_type(&d, K_ENTER);
    assert_false(page_asked(&d)->has_after_id);
    scripted_members(d.link, 300, "Mia First", 150);
    desk_golden(&d, "member-more");
    desk_type(&d, K_F2);
    assert_int_equal(page_asked(&d)->after_id, 150);
    scripted_members(d.link, 300, NULL, 180); /* whom only the index takes for a Mia: the page behind is asked for */
    const Caroline__V1__MemberFind *find = page_asked(&d);
    assert_int_equal(find->after_id, 180);
    assert_memory_equal(find->name.data, "mia", 3);
    scripted_members(d.link, 300, "Mia Last", 0);
    desk_sees(&d, "These are the last. F2 shows the first again.");
    desk_sees(&d, "Mia Last");
    desk_sees_not(&d, "Mia First");
    desk_type(&d, K_F2);
    assert_false(page_asked(&d)->has_after_id);
    scripted_members(d.link, 300, "Mia First", 150);
    desk_type(&d, "r");
    desk_sees_not(&d, "There are more");
    desk_type(&d, K_F2);
    assert_false(scripted_asked(d.link, OP(MEMBER_FIND)));
    desk_close(&d);
}

/* Nothing is to pay for it: Enter sells, and no tender of nothing is sent. */
static void a_free_cookie_alone_is_sold_for_nothing(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "115" K_ENTER);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F5);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_golden(&d, "pay-nothing");
    desk_type(&d, "5" K_ENTER);
    desk_sees(&d, "nothing is to pay, and nothing was taken");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    desk_type(&d, K_F3); /* no card is charged for nothing */
    desk_sees_not(&d, "Charge");
    desk_type(&d, K_F5); /* nor is a note taken */
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 0);
    assert_int_equal(ring->total_minor, 0);
    desk_ring_up(&d, 0);
    desk_sees(&d, "3T-000042");
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

/* 5550101 is everybody's in some town: the number is asked for whole, as it is written in the shop's country. */
static void a_number_without_its_area_code_is_asked_for_whole(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F4);
    desk_type(&d, "5550101" K_ENTER);
    found.has_calling_code = true;
    found.calling_code = counter_text("1");
    scripted_answer(d.link, OP(MEMBER_FIND), &found.base);
    found.has_calling_code = false;
    scripted_answer(d.link, OP(MEMBER_FIND), &found.base); /* nor is it a card's */
    desk_sees(&d, "with its area code: (805) 555-0101");
    desk_golden(&d, "member-phone");
    desk_type(&d, "2");
    desk_sees_not(&d, "area code");
    desk_close(&d);
}

static void a_tip_may_come_with_what_is_free(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "115" K_ENTER);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F5);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, "1" K_F2 K_ENTER);
    desk_sees(&d, "And a tip of 1.00");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_int_equal(ring->tenders[0]->amount_minor, 100);
    assert_int_equal(ring->tenders[0]->tip_minor, 100);
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
    for (int i = 0; i < 6; i++)
        desk_type(&d, K_DOWN);
    desk_golden(&d, "member-new-avoids"); /* health data: it is said where it is typed */
    desk_type(&d, K_F1);
    desk_golden(&d, "member-new-help");
    desk_type(&d, K_F1);
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

/* Nobody has that card yet: it is the new member's, and not their name. */
static void a_card_that_is_nobodys_is_the_new_members(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberFound nobody = CAROLINE__V1__MEMBER_FOUND__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F4);
    desk_type(&d, "cc-2002");
    desk_type(&d, K_ENTER);
    scripted_answer(d.link, OP(MEMBER_FIND), &nobody.base);
    scripted_answer(d.link, OP(MEMBER_FIND), &nobody.base); /* nor has anybody that name */
    desk_type(&d, K_F6);
    assert_string_equal(d.counter.member_new.data.fields[MEMBER_FORM_CARD].text, "cc-2002");
    assert_true(field_is_empty(&d.counter.member_new.data.fields[MEMBER_FORM_NAME]));
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

static void what_has_an_at_sign_is_an_e_mail_address(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberFound nobody = CAROLINE__V1__MEMBER_FOUND__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    const Caroline__V1__MemberFind *find = looked_for(&d, "mia@example.org");
    assert_true(find->has_email && !find->has_phone && !find->has_card && !find->has_name);
    assert_int_equal(find->email.len, strlen("mia@example.org"));
    assert_memory_equal(find->email.data, "mia@example.org", find->email.len);
    scripted_answer(d.link, OP(MEMBER_FIND), &nobody.base);
    assert_false(scripted_asked(d.link, OP(MEMBER_FIND))); /* it is no card's and no name's */
    desk_sees(&d, "Nobody is known by that");
    desk_type(&d, K_ESC);
    assert_true(looked_for(&d, "0305550100@example.org")->has_email); /* whatever else is in it */
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

static void fill(Caroline__V1__Member *member)
{
    static uint32_t avoids[] = { 7, 8 };

    caroline__v1__member__init(member);
    member->has_id = member->has_name = member->has_phone = member->has_card = member->has_language = true;
    member->id = 77;
    member->name = counter_text("Mia Stone");
    member->phone = counter_text("+49 30 5550100");
    member->card = counter_text("cc-1001");
    member->language = counter_text("de");
    member->avoids = avoids;
    member->n_avoids = 2;
}

/* What is not touched is not sent; what is emptied is taken away. */
static void every_field_is_changed_at_the_counter(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__Member member;
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;
    Caroline__V1__MemberDone done = CAROLINE__V1__MEMBER_DONE__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_F7);
    fill(&member);
    shown.member = &member;
    scripted_answer(d.link, OP(MEMBER_SHOW), &shown.base);
    desk_golden(&d, "member-change");
    desk_type(&d, K_ENTER);
    for (int i = 0; i < 14; i++)
        desk_type(&d, "\177");
    desk_type(&d, K_ENTER);
    desk_type(&d, "mia@example.org" K_ENTER);
    desk_scan(&d, "club-2002");
    desk_type(&d, K_ENTER K_ENTER K_ENTER);
    for (int i = 0; i < 4; i++)
        desk_type(&d, "\177"); /* of "milk, nuts" */
    desk_type(&d, "seame");
    desk_type(&d, K_F2);
    desk_sees(&d, "seame is none of the 14 allergens");
    for (int i = 0; i < 3; i++)
        desk_type(&d, "\177");
    desk_type(&d, K_F2);
    const Caroline__V1__MemberUpdate *update = (const Caroline__V1__MemberUpdate *)scripted_request(
        d.link, OP(MEMBER_UPDATE), &caroline__v1__member_update__descriptor);
    assert_int_equal(update->member->id, 77);
    assert_false(update->member->has_name || update->member->has_birthday || update->member->has_language);
    assert_true(update->member->has_phone && update->member->phone.len == 0);
    assert_memory_equal(update->member->email.data, "mia@example.org", update->member->email.len);
    assert_memory_equal(update->member->card.data, "club-2002", update->member->card.len);
    assert_true(update->member->set_avoids);
    assert_int_equal(update->member->n_avoids, 2); /* milk, and what begins as se: sesame */
    assert_int_equal(update->member->avoids[1], 11);
    done.has_id = true;
    done.id = 77;
    scripted_answer(d.link, OP(MEMBER_UPDATE), &done.base);
    desk_sees(&d, "Mia Stone is changed");
    desk_close(&d);
}

static void is_back_at_the_sale(struct desk *d)
{
    assert_ptr_equal(stage_top(&d->counter.stage), &sale_screen);
    assert_false(d->counter.member_new.busy || d->counter.member_merge.busy);
    desk_scan(d, "73513537"); /* and sells on */
    assert_int_equal(d->counter.basket.line_count, 1);
}

/* The line goes before the answer: who is new does not hold the till, and is no customer of the basket that is here by then. */
static void a_new_member_whose_answer_does_not_come_is_put_aside(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberDone done = CAROLINE__V1__MEMBER_DONE__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F4);
    desk_type(&d, K_F6);
    desk_type(&d, "Fay Friend" K_F2);
    desk_sees(&d, "Asking the server");
    desk_sees_not(&d, "Esc");
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_golden(&d, "member-put-aside");
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, a new member");
    is_back_at_the_sale(&d);
    scripted_state(d.link, LINK_ONLINE, "connected");
    done.has_id = done.has_points = true;
    done.id = 79;
    done.points = 20;
    scripted_answer(d.link, OP(MEMBER_CREATE), &done.base);
    desk_sees(&d, "the new member that was put aside is in the books: 20 points");
    assert_int_equal(d.counter.basket.member_id, 0);
    desk_close(&d);
}

static void a_new_member_of_whom_nobody_has_heard_is_taken_back(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    scripted_unsent(d.link);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_F4);
    desk_type(&d, K_F6);
    desk_type(&d, "Fay Friend" K_F2);
    desk_sees(&d, "Not sent yet");
    desk_type(&d, K_ESC);
    desk_sees(&d, "taken back: nothing was done");
    assert_false(scripted_asked(d.link, OP(MEMBER_CREATE)));
    desk_sees(&d, "Fay Friend"); /* still in the form */
    desk_type(&d, K_ESC);
    is_back_at_the_sale(&d);
    desk_close(&d);
}

/* What was put aside is told also where it was refused, and after whoever asked has left. */
static void a_change_that_is_refused_later_is_told(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__Member member;
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_F7);
    fill(&member);
    shown.member = &member;
    scripted_answer(d.link, OP(MEMBER_SHOW), &shown.base);
    desk_type(&d, "x" K_F2);
    scripted_session(d.link, NULL, false);
    scripted_refuse(d.link, OP(MEMBER_UPDATE), CAROLINE__V1__ERROR_CODE__PHONE_TAKEN,
                    "another member has this phone number", NULL, NULL);
    desk_sees(&d, "the change of a member is not done: another member has this phone number");
    desk_close(&d);
}

static void two_who_are_one_are_shown_and_made_one(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberMerged merged = CAROLINE__V1__MEMBER_MERGED__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_DOWN K_ENTER); /* 78 is the sale's */
    desk_find_members(&d);
    desk_type(&d, K_F8);
    desk_sees(&d, "Who else is Mia Stone?");
    desk_find_members(&d); /* F4 does nothing here, the name is looked for */
    desk_type(&d, K_ENTER);
    desk_sees(&d, "this is the same member");
    desk_type(&d, K_DOWN K_ENTER);
    desk_golden(&d, "member-merge");
    desk_type(&d, K_F2);
    desk_sees(&d, "say how you know");
    desk_type(&d, "she says so");
    desk_type(&d, K_ENTER);
    assert_false(scripted_asked(d.link, OP(MEMBER_MERGE)));
    desk_type(&d, K_F5);
    desk_type(&d, K_F5);
    desk_type(&d, K_F2);
    const Caroline__V1__MemberMerge *merge = (const Caroline__V1__MemberMerge *)scripted_request(
        d.link, OP(MEMBER_MERGE), &caroline__v1__member_merge__descriptor);
    assert_int_equal(merge->into_id, 77);
    assert_int_equal(merge->from_id, 78);
    assert_memory_equal(merge->reason.data, "she says so", merge->reason.len);
    merged.has_points = true;
    merged.points = 250;
    scripted_answer(d.link, OP(MEMBER_MERGE), &merged.base);
    desk_sees(&d, "Mia Stone is one member now: 250 points");
    assert_int_equal(d.counter.basket.member_id, 77);
    assert_true(scripted_asked(d.link, OP(MEMBER_SHOW)));
    desk_close(&d);
}

static void a_merging_whose_answer_does_not_come_is_put_aside(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberMerged merged = CAROLINE__V1__MEMBER_MERGED__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_F8);
    desk_find_members(&d);
    desk_type(&d, K_DOWN K_ENTER);
    desk_type(&d, "she says so" K_F2);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, one member of two");
    is_back_at_the_sale(&d);
    scripted_state(d.link, LINK_ONLINE, "connected");
    merged.has_points = true;
    merged.points = 250;
    scripted_answer(d.link, OP(MEMBER_MERGE), &merged.base);
    desk_sees(&d, "the two members are one now: 250 points");
    desk_close(&d);
}

/* It was merged at another till while it stood in this one's basket. */
static void who_was_merged_elsewhere_is_the_other_here(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__Member member;
    Caroline__V1__MergedMember was = CAROLINE__V1__MERGED_MEMBER__INIT, *merged[] = { &was };
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_DOWN K_ENTER);
    assert_int_equal(d.counter.basket.member_id, 78);
    member_refresh(&d.counter);
    fill(&member);
    was.has_id = true;
    was.id = 78;
    member.merged = merged;
    member.n_merged = 1;
    shown.member = &member;
    scripted_answer(d.link, OP(MEMBER_SHOW), &shown.base);
    assert_int_equal(d.counter.basket.member_id, 77);
    desk_sees(&d, "Mia Stone");
    desk_close(&d);
}

static void who_may_not_merge_is_not_offered_it(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    scripted_forbids(d.link, "member_merge");
    desk_find_members(&d);
    desk_sees(&d, "F7 Change");
    desk_sees_not(&d, "Is there twice");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_is_found_and_a_cookie_is_free),
        cmocka_unit_test(behind_fifty_of_a_name_there_are_the_others),
        cmocka_unit_test(a_free_cookie_alone_is_sold_for_nothing),
        cmocka_unit_test(a_number_without_its_area_code_is_asked_for_whole),
        cmocka_unit_test(a_tip_may_come_with_what_is_free),
        cmocka_unit_test(of_several_rewards_one_is_chosen),
        cmocka_unit_test(who_brought_a_friend_is_asked_where_it_is_paid_for),
        cmocka_unit_test(digits_are_a_phone_number_and_then_a_card),
        cmocka_unit_test(a_card_that_is_nobodys_is_the_new_members),
        cmocka_unit_test(a_card_of_64_characters_is_looked_for_whole),
        cmocka_unit_test(a_cards_number_typed_finds_what_its_scan_does),
        cmocka_unit_test(what_has_an_at_sign_is_an_e_mail_address),
        cmocka_unit_test(what_was_free_for_one_is_not_free_for_another),
        cmocka_unit_test(a_free_cookie_before_the_goods_says_what_is_missing),
        cmocka_unit_test(every_field_is_changed_at_the_counter),
        cmocka_unit_test(a_new_member_whose_answer_does_not_come_is_put_aside),
        cmocka_unit_test(a_new_member_of_whom_nobody_has_heard_is_taken_back),
        cmocka_unit_test(a_change_that_is_refused_later_is_told),
        cmocka_unit_test(two_who_are_one_are_shown_and_made_one),
        cmocka_unit_test(a_merging_whose_answer_does_not_come_is_put_aside),
        cmocka_unit_test(who_was_merged_elsewhere_is_the_other_here),
        cmocka_unit_test(who_may_not_merge_is_not_offered_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
