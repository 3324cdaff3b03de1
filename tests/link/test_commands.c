/* Commands over lost connections, lost answers and lost power: each is carried out once, and none is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "client/link/spool_inner.h"
#include "common/wire/walker.h"
#include "till.h"
#include "proto/gift_card.pb-c.h"
#include "proto/member.pb-c.h"
#include "proto/sale.pb-c.h"

static void a_command_given_offline_is_carried_out_once_there_is_a_server(void **state)
{
    (void)state;
    open_spool();
    bakery_shut(bakery);
    open_link();
    command();
    bakery_until(bakery, heard.lost > 0);
    bakery_reopen(bakery);
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->carried_out, 1);
    assert_int_equal(link_unanswered(heard.link), 0);
}

static void a_command_of_which_no_byte_arrived_survives_a_restart(void **state)
{
    (void)state;
    open_spool();
    go_online();
    bakery_mind(bakery)->cut_in_after = 0;
    bakery_mind(bakery)->cut_once = true;
    command();
    bakery_until(bakery, link_state(heard.link) != LINK_ONLINE);
    restart();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->carried_out, 1);
}

static void a_command_whose_answer_was_lost_is_asked_for_after_a_restart(void **state)
{
    (void)state;
    open_spool();
    go_online();
    bakery_mind(bakery)->cut_out_after = 0;
    command();
    bakery_until(bakery, bakery_tally(bakery)->carried_out == 1);
    restart();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->commands_received, 1);
    assert_int_equal(bakery_tally(bakery)->shows, 1);
    assert_int_equal(link_unanswered(heard.link), 0);
    restart();
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_int_equal(link_unanswered(heard.link), 0);
}

/* Whoever hears of the answer, and if nobody does: the basket that it brings is on the disk with it. */
static void a_basket_that_is_taken_up_comes_to_the_disk_with_its_answer(void **state)
{
    (void)state;
    Caroline__V1__BasketResume resume = CAROLINE__V1__BASKET_RESUME__INIT;
    const char *problem = "";
    bool taken;

    open_spool();
    go_online();
    assert_true(basket_save(till_spool(), bytes_of("", 0)));
    bakery_mind(bakery)->cut_out_after = 0;
    assert_true(link_command(heard.link,
                             &(struct link_command){ .op = CAROLINE__V1__OP__OP_BASKET_RESUME,
                                                     .message = &resume.base,
                                                     .takes_basket = true,
                                                     .answered = on_answer,
                                                     .owner = &heard },
                             NULL, &problem));
    bakery_until(bakery, bakery_tally(bakery)->carried_out == 1);
    assert_int_equal(basket_load(till_spool(), arena, &taken, NULL).size, 0);
    assert_true(taken);
    restart();
    bakery_until(bakery, heard.recovered == 1);
    struct bytes kept = basket_load(till_spool(), arena, &taken, NULL);
    const Caroline__V1__Basket *basket = (const void *)message_decode(&caroline__v1__basket__descriptor, kept, arena);
    assert_false(taken);
    assert_non_null(basket);
    assert_int_equal(basket->service, CAROLINE__V1__SERVICE__SERVICE_EAT_IN);
    assert_int_equal(basket->n_lines, 1);
    assert_int_equal(basket->lines[0]->quantity_milli, 1000);
}

static void the_server_being_unable_now_is_no_answer(void **state)
{
    (void)state;
    open_spool();
    go_online();
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    command();
    bakery_until(bakery, bakery_tally(bakery)->commands_received == 2);
    assert_int_equal(heard.answers, 0);
    bakery_mind(bakery)->refuse_with = 0;
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->carried_out, 1);
}

static void a_refused_command_is_answered_and_done_with(void **state)
{
    (void)state;
    open_spool();
    go_online();
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__SHIFT_ALREADY_OPEN;
    bakery_mind(bakery)->refusal_is_kept = true;
    command();
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_REFUSED);
    assert_int_equal(heard.code, CAROLINE__V1__ERROR_CODE__SHIFT_ALREADY_OPEN);
    assert_int_equal(link_unanswered(heard.link), 0);
}

static void a_new_command_without_a_session_is_refused_at_once(void **state)
{
    (void)state;
    open_spool();
    bakery_mind(bakery)->needs_session = true;
    go_online();
    command();
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.code, CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST);
}

/* Sent again, it would be of who stands at the kiosk next. */
static void a_members_command_is_over_with_their_session(void **state)
{
    (void)state;
    go_online();
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST;
    command();
    bakery_until(bakery, bakery_tally(bakery)->commands_received == 1);
    ask();
    bakery_until(bakery, heard.answers == 2);
    assert_int_equal(heard.outcome, LINK_REFUSED);
    assert_int_equal(heard.code, CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST);
    assert_int_equal(link_unanswered(heard.link), 0);
}

static void an_old_command_waits_until_somebody_signs_in(void **state)
{
    (void)state;
    open_spool();
    bakery_mind(bakery)->needs_session = true;
    go_online();
    bakery_mind(bakery)->cut_in_after = 0;
    bakery_mind(bakery)->cut_once = true;
    command();
    bakery_until(bakery, link_state(heard.link) != LINK_ONLINE);
    restart();
    bakery_until(bakery, bakery_tally(bakery)->commands_received == 1);
    assert_int_equal(heard.recovered, 0);
    sign_in();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->carried_out, 1);
}

static void make_member(void)
{
    Caroline__V1__MemberCreate create = CAROLINE__V1__MEMBER_CREATE__INIT;
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;
    static char name[] = "Ada CANARY";
    const char *problem = "";

    member.has_name = true;
    member.name = (ProtobufCBinaryData){ .data = (uint8_t *)name, .len = sizeof name - 1 };
    create.member = &member;
    assert_true(link_command(
        heard.link,
        &(struct link_command){
            .op = CAROLINE__V1__OP__OP_MEMBER_CREATE, .message = &create.base, .answered = on_answer, .owner = &heard },
        NULL, &problem));
}

static void a_member_that_was_never_made_is_reported_after_a_restart(void **state)
{
    (void)state;
    open_spool();
    go_online();
    bakery_mind(bakery)->cut_in_after = 0;
    bakery_mind(bakery)->cut_once = true;
    make_member();
    bakery_until(bakery, link_state(heard.link) != LINK_ONLINE);
    restart();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_non_null(strstr(heard.sentence, "enter it again"));
    assert_int_equal(bakery_tally(bakery)->carried_out, 0);
    assert_int_equal(link_unanswered(heard.link), 0);
}

static void a_member_that_was_made_is_known_after_a_restart(void **state)
{
    (void)state;
    open_spool();
    go_online();
    bakery_mind(bakery)->cut_out_after = 0;
    make_member();
    bakery_until(bakery, bakery_tally(bakery)->carried_out == 1);
    restart();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_OK);
}

/* The server tells its code to the person who had it made alone, and the answer is taken once. */
static void a_new_gift_cards_answer_is_asked_for_once_somebody_is_signed_in(void **state)
{
    (void)state;
    Caroline__V1__GiftCardLoad load = CAROLINE__V1__GIFT_CARD_LOAD__INIT;
    const char *problem = "";

    open_spool();
    go_online();
    bakery_mind(bakery)->cut_out_after = 0;
    assert_true(link_command(
        heard.link,
        &(struct link_command){
            .op = CAROLINE__V1__OP__OP_GIFT_CARD_LOAD, .message = &load.base, .answered = on_answer, .owner = &heard },
        NULL, &problem));
    bakery_until(bakery, bakery_tally(bakery)->carried_out == 1);
    restart();
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    ask();
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(bakery_tally(bakery)->shows, 0);
    assert_int_equal(link_unanswered(heard.link), 1);
    sign_in();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->shows, 1);
    assert_int_equal(bakery_tally(bakery)->commands_received, 1);
}

static void many_commands_keep_their_order_over_lost_connections(void **state)
{
    (void)state;
    open_spool();
    go_online();
    for (int i = 0; i < 40; i++)
        command();
    for (unsigned done = 5; done < 40; done += 7) {
        bakery_until(bakery, heard.answers >= done);
        bakery_tear(bakery);
    }
    bakery_until(bakery, heard.answers == 40);
    assert_int_equal(bakery_tally(bakery)->carried_out, 40);
}

/* ---- answers that nobody can read ---- */

static void an_answer_that_cannot_be_read_leaves_its_command_open_and_holds_up_none(void **state)
{
    (void)state;
    open_spool();
    go_online();
    bakery_mind(bakery)->garbles = true;
    command();
    bakery_until(bakery, *link_trouble(heard.link) != 0);
    assert_non_null(strstr(link_trouble(heard.link), "could not be understood"));
    assert_int_equal(heard.answers, 0); /* neither done nor refused */
    assert_int_equal(link_unanswered(heard.link), 1);
    bakery_mind(bakery)->garbles = false;
    command();
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(bakery_tally(bakery)->carried_out, 2);
    assert_int_equal(bakery_tally(bakery)->shows, 0);
    heard.ahead_us += 31 * SECOND_US;
    ask();
    bakery_until(bakery, link_unanswered(heard.link) == 0);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->shows, 1);
    assert_int_equal(bakery_tally(bakery)->carried_out, 2);
}

static void what_cannot_be_read_stays_open_over_restarts(void **state)
{
    (void)state;
    open_spool();
    go_online();
    bakery_mind(bakery)->garbles = true;
    command();
    bakery_until(bakery, *link_trouble(heard.link) != 0);
    restart();
    bakery_until(bakery, bakery_tally(bakery)->shows == 1 && *link_trouble(heard.link) != 0);
    assert_int_equal(heard.recovered, 0);
    assert_int_equal(link_unanswered(heard.link), 1);
    bakery_mind(bakery)->garbles = false;
    restart();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->commands_received, 1);
}

static void disk_takes(bool writes)
{
    assert_int_equal(sqlite3_exec(spool_database(till_spool()),
                                  writes ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON", NULL, NULL, NULL),
                     SQLITE_OK);
}

/* Else it would be a sale here that was never booked, until the program is started anew. */
static void a_booking_that_the_disk_does_not_take_is_asked_for_until_it_does(void **state)
{
    (void)state;
    Caroline__V1__SaleOffline sale = CAROLINE__V1__SALE_OFFLINE__INIT;
    const char *problem = "";

    open_spool();
    go_online();
    bakery_mind(bakery)->cut_out_after = 0;
    bakery_mind(bakery)->cut_once = true;
    assert_true(link_sell_offline(heard.link, &sale.base, 1, bytes_of_text("paper"), NULL, &problem));
    bakery_until(bakery, bakery_tally(bakery)->carried_out == 1);
    disk_takes(false);
    bakery_until(bakery, bakery_tally(bakery)->shows == 1);
    ask();
    bakery_until(bakery, heard.answers == 1); /* behind what became of the sale */
    assert_int_equal(heard.recovered, 0);
    assert_int_equal(link_unanswered(heard.link), 1);
    assert_int_equal(spool_unbooked(till_spool()), 1);
    disk_takes(true);
    heard.ahead_us += 31 * SECOND_US;
    ask();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(link_unanswered(heard.link), 0);
    assert_int_equal(spool_unbooked(till_spool()), 0);
    assert_int_equal(bakery_tally(bakery)->carried_out, 1);
    assert_int_equal(bakery_tally(bakery)->commands_received, 1);
}

/* Free again, it would be sold twice. */
static void a_basket_whose_answer_cannot_be_read_stays_taken(void **state)
{
    (void)state;
    Caroline__V1__BasketResume resume = CAROLINE__V1__BASKET_RESUME__INIT;
    const char *problem = "";
    bool taken;

    open_spool();
    go_online();
    assert_true(basket_save(till_spool(), bytes_of("", 0)));
    bakery_mind(bakery)->garbles = true;
    assert_true(link_command(heard.link,
                             &(struct link_command){ .op = CAROLINE__V1__OP__OP_BASKET_RESUME,
                                                     .message = &resume.base,
                                                     .takes_basket = true,
                                                     .answered = on_answer,
                                                     .owner = &heard },
                             NULL, &problem));
    bakery_until(bakery, *link_trouble(heard.link) != 0);
    basket_load(till_spool(), arena, &taken, NULL);
    assert_true(taken);
    bakery_mind(bakery)->garbles = false;
    restart();
    bakery_until(bakery, heard.recovered == 1);
    basket_load(till_spool(), arena, &taken, NULL);
    assert_false(taken);
}

/* Only the server's word that it never came says that a member was not made. */
static void a_member_is_not_told_as_lost_by_a_server_that_cannot_look(void **state)
{
    (void)state;
    static const unsigned codes[] = { CAROLINE__V1__ERROR_CODE__TRY_AGAIN, CAROLINE__V1__ERROR_CODE__UNSUPPORTED };

    open_spool();
    go_online();
    bakery_mind(bakery)->cut_out_after = 0;
    make_member();
    bakery_until(bakery, bakery_tally(bakery)->carried_out == 1);
    for (size_t i = 0; i < 2; i++) {
        unsigned shows = bakery_tally(bakery)->shows;

        bakery_mind(bakery)->show_refused_with = codes[i];
        restart();
        bakery_until(bakery, bakery_tally(bakery)->shows > shows);
        ask();
        bakery_until(bakery, heard.answers == 1);
        assert_int_equal(heard.recovered, 0);
        assert_int_equal(link_unanswered(heard.link), 1);
    }
    bakery_mind(bakery)->show_refused_with = 0;
    restart();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_OK);
}

/* As the program before this one left it: kept as refused, with an answer that is no refusal. */
static void what_was_taken_for_a_refusal_is_asked_for_again(void **state)
{
    (void)state;
    size_t count;

    open_spool();
    go_online();
    bakery_mind(bakery)->cut_out_after = 0;
    command();
    bakery_until(bakery, bakery_tally(bakery)->carried_out == 1);
    const struct spooled *rows = spool_unanswered(till_spool(), arena, &count);
    assert_int_equal(count, 1);
    assert_true(spool_answer(till_spool(), rows[0].id, bytes_of("\x12\x02\x0a\x7f", 4), false, (struct bytes){ 0 }));
    restart();
    bakery_until(bakery, heard.recovered == 1);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->commands_received, 1);
    restart();
    assert_int_equal(link_unanswered(heard.link), 0);
}

/* ---- what no frame holds ---- */

/* 2,000 lines: as no basket is, and more than 65,536 bytes. */
static Caroline__V1__BasketPark *large_basket(void)
{
    Caroline__V1__BasketPark *park = arena_alloc(arena, sizeof *park);
    Caroline__V1__Basket *basket = arena_alloc(arena, sizeof *basket);
    Caroline__V1__BasketLine *line = arena_alloc(arena, sizeof *line);

    caroline__v1__basket_park__init(park);
    caroline__v1__basket__init(basket);
    caroline__v1__basket_line__init(line);
    line->has_note = true;
    line->note = (ProtobufCBinaryData){ .data = arena_alloc(arena, 60), .len = 60 };
    memset(line->note.data, 'x', 60);
    park->basket = basket;
    basket->n_lines = 2000;
    basket->lines = arena_array(arena, basket->n_lines, sizeof(Caroline__V1__BasketLine *));
    for (size_t i = 0; i < basket->n_lines; i++)
        basket->lines[i] = line;
    return park;
}

static void what_no_frame_holds_is_not_taken(void **state)
{
    (void)state;
    Caroline__V1__SaleQuote quote = CAROLINE__V1__SALE_QUOTE__INIT;
    const char *problem = "";
    size_t count;

    open_spool();
    go_online();
    assert_false(link_command(heard.link,
                              &(struct link_command){ .op = CAROLINE__V1__OP__OP_BASKET_PARK,
                                                      .message = &large_basket()->base,
                                                      .takes_basket = true,
                                                      .answered = on_answer,
                                                      .owner = &heard },
                              NULL, &problem));
    assert_string_equal(problem, "it is more than can be sent at once: make two of it");
    spool_unanswered(till_spool(), arena, &count);
    assert_int_equal(count, 0);
    quote.basket = large_basket()->basket;
    link_call(heard.link, CAROLINE__V1__OP__OP_SALE_QUOTE, &quote.base, 0, on_answer, &heard);
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_non_null(strstr(heard.sentence, "more than can be sent at once"));
}

/* On the disk of a program that did not look: its till fell over it at every start. */
static void what_no_frame_holds_and_is_kept_comes_to_an_end(void **state)
{
    (void)state;
    struct spooled row = { .op = CAROLINE__V1__OP__OP_BASKET_PARK, .takes_basket = true, .id = { 1 } };
    bool taken;

    open_spool();
    row.made_us = system_clock()->now(system_clock()).us;
    row.body = message_encode(&large_basket()->base, arena);
    assert_true(basket_save(till_spool(), bytes_of_text("large")));
    assert_true(spool_put(till_spool(), &row));
    go_online();
    command();
    bakery_until(bakery, heard.answers == 1 && heard.recovered == 1);
    assert_int_equal(link_unanswered(heard.link), 0);
    basket_load(till_spool(), arena, &taken, NULL);
    assert_false(taken);
    restart();
    assert_int_equal(link_unanswered(heard.link), 0);
}

static void what_never_left_can_be_taken_back(void **state)
{
    Caroline__V1__ShiftOpen open = CAROLINE__V1__SHIFT_OPEN__INIT;
    struct link_command wanted = { .op = CAROLINE__V1__OP__OP_SHIFT_OPEN, .message = &open.base };
    uint8_t id[COMMAND_ID_SIZE];
    const char *problem = "";

    (void)state;
    open_spool();
    bakery_shut(bakery);
    open_link();
    assert_true(link_command(heard.link, &wanted, id, &problem));
    assert_true(link_can_withdraw(heard.link, id));
    assert_true(link_withdraw(heard.link, id));
    assert_false(link_can_withdraw(heard.link, id));
    assert_false(link_withdraw(heard.link, id));
    bakery_reopen(bakery);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_int_equal(bakery_tally(bakery)->commands_received, 0);
}

/* Nobody is to have it done any more: it is not sent again, for whoever is signed in by then. */
static void what_was_given_up_is_not_sent_again(void **state)
{
    (void)state;
    go_online();
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    command();
    bakery_until(bakery, bakery_tally(bakery)->commands_received == 1);
    ask(); /* answered behind it */
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(link_unanswered(heard.link), 1);
    link_abandon(heard.link, &heard);
    assert_int_equal(link_unanswered(heard.link), 0);
    bakery_mind(bakery)->refuse_with = 0;
    heard.ahead_us += 31 * SECOND_US;
    ask();
    bakery_until(bakery, heard.answers == 2);
    assert_int_equal(bakery_tally(bakery)->commands_received, 1);
    assert_int_equal(bakery_tally(bakery)->carried_out, 0);
}

static void what_was_given_up_on_its_way_is_ended_by_its_answer_unheard(void **state)
{
    (void)state;
    go_online();
    bakery_mind(bakery)->refuse_with = CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    for (int i = 0; i < 20; i++) /* more than are on their way at once */
        command();
    link_abandon(heard.link, &heard);
    ask();
    bakery_until(bakery, heard.answers == 1 && link_unanswered(heard.link) == 0);
    bakery_mind(bakery)->refuse_with = 0;
    heard.ahead_us += 31 * SECOND_US;
    unsigned received = bakery_tally(bakery)->commands_received;
    command();
    bakery_until(bakery, heard.answers == 2);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_int_equal(bakery_tally(bakery)->commands_received, received + 1);
    assert_int_equal(bakery_tally(bakery)->carried_out, 1);
}

static void what_was_given_up_is_not_asked_for_after_a_lost_connection(void **state)
{
    (void)state;
    go_online();
    bakery_mind(bakery)->cut_out_after = 0;
    bakery_mind(bakery)->cut_once = true;
    command();
    link_abandon(heard.link, &heard);
    bakery_until(bakery, heard.lost > 0);
    assert_int_equal(link_unanswered(heard.link), 0);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    command();
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(bakery_tally(bakery)->shows, 0);
    assert_int_equal(bakery_tally(bakery)->commands_received, 2);
}

static void on_answer_reconnect(void *owner, const struct link_answer *answer)
{
    struct heard *h = owner;

    on_answer(owner, answer);
    link_reconnect(h->link, "another one");
}

static void another_connection_is_had_for_the_asking(void **state)
{
    Caroline__V1__ShiftShow show = CAROLINE__V1__SHIFT_SHOW__INIT;

    (void)state;
    go_online();
    link_call(heard.link, CAROLINE__V1__OP__OP_SHIFT_SHOW, &show.base, 5000, on_answer_reconnect, &heard);
    bakery_until(bakery, heard.answers == 1);
    assert_int_equal(heard.lost, 1);
    link_reconnect(heard.link, "there is none");
    assert_int_equal(heard.lost, 1);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_int_equal(bakery_tally(bakery)->hellos, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, till_begin, till_end)
    const struct CMUnitTest tests[] = {
        TEST(a_command_given_offline_is_carried_out_once_there_is_a_server),
        TEST(a_command_of_which_no_byte_arrived_survives_a_restart),
        TEST(a_command_whose_answer_was_lost_is_asked_for_after_a_restart),
        TEST(a_basket_that_is_taken_up_comes_to_the_disk_with_its_answer),
        TEST(the_server_being_unable_now_is_no_answer),
        TEST(a_refused_command_is_answered_and_done_with),
        TEST(a_new_command_without_a_session_is_refused_at_once),
        TEST(a_members_command_is_over_with_their_session),
        TEST(an_old_command_waits_until_somebody_signs_in),
        TEST(a_member_that_was_never_made_is_reported_after_a_restart),
        TEST(a_member_that_was_made_is_known_after_a_restart),
        TEST(a_new_gift_cards_answer_is_asked_for_once_somebody_is_signed_in),
        TEST(many_commands_keep_their_order_over_lost_connections),
        TEST(an_answer_that_cannot_be_read_leaves_its_command_open_and_holds_up_none),
        TEST(what_cannot_be_read_stays_open_over_restarts),
        TEST(a_booking_that_the_disk_does_not_take_is_asked_for_until_it_does),
        TEST(a_basket_whose_answer_cannot_be_read_stays_taken),
        TEST(a_member_is_not_told_as_lost_by_a_server_that_cannot_look),
        TEST(what_was_taken_for_a_refusal_is_asked_for_again),
        TEST(what_no_frame_holds_is_not_taken),
        TEST(what_no_frame_holds_and_is_kept_comes_to_an_end),
        TEST(what_never_left_can_be_taken_back),
        TEST(another_connection_is_had_for_the_asking),
        TEST(what_was_given_up_is_not_sent_again),
        TEST(what_was_given_up_on_its_way_is_ended_by_its_answer_unheard),
        TEST(what_was_given_up_is_not_asked_for_after_a_lost_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
