/* Sales explained: what is wrong in their books is found, of what nobody knows any more that is said, and each reason has its words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "explained.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct sold {
    struct small_shop *s;
    struct sale_rows sale;
    struct explain_facts facts;
    struct explanation explanation;
};

static struct sold *open_sold(void)
{
    struct small_shop *s = open_bakery(1);
    struct sold *sold = arena_alloc(s->arena, sizeof *sold);

    sold->s = s;
    for (size_t i = 0; i < 2; i++) {
        s->members[i].tier = 0;
        s->members[i].birthday_today = false;
    }
    return sold;
}

static void ring_up_as(struct sold *sold, struct sale_command *command)
{
    if (ring_up(sold->s, command, &sold->sale) != SALE_OK)
        fail_msg("%s", sold->sale.sentence);
    sold->facts = facts_of(sold->s, &sold->sale);
    explain_sale(&sold->facts, sold->s->arena, &sold->explanation);
    check_sums(sold->s, &sold->explanation);
}

/* Each change is made to a sale of its own, which was right; fine: nothing of it is wrong afterwards either. */
struct change {
    const char *what;
    void (*make)(struct sold *sold);
    enum explain_kind kind;
    const char *text;
    bool fine;
};

static void is_found(struct sold *(*sell)(void), const struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sold *sold = sell();

        changes[i].make(sold);
        explain_sale(&sold->facts, sold->s->arena, &sold->explanation);
        if (!says(&sold->explanation, changes[i].kind, changes[i].text) ||
            changes[i].fine != (sold->explanation.wrong == 0)) {
            print_all(sold->s, &sold->explanation);
            fail_msg("%s", changes[i].what);
        }
        small_shop_close(sold->s);
    }
}

static void print_otherwise(struct sold *sold)
{
    static struct exception_row differs = { .kind = EXCEPTION_TOTAL_DIFFERS, .line = NO_LINE };

    sold->sale.exceptions = &differs;
    sold->sale.exception_count = 1;
}

/* ---- three rolls, of which two are 0.80 together, and a cookie; a cake was voided ---- */

static struct sold *sell_rolls(void)
{
    static const struct basket_line lines[] = {
        BUY(ROLL, 3),
        BUY(COOKIE, 1),
        { .product_id = CAKE, .quantity_milli = 1000, .voided = true },
    };
    struct sold *sold = open_sold();
    struct sale_command command = command_of(lines, 3);

    command.basket.member_id = ANNA;
    ring_up_as(sold, &command);
    return sold;
}

static void a_unit_that_is_not_known(struct sold *sold)
{
    sold->sale.lines[0].unit = UNIT_LITRE + 1;
}

static void a_price_below_nothing(struct sold *sold)
{
    sold->sale.lines[0].unit_price_minor = -45;
}

static void a_price_beyond_money(struct sold *sold)
{
    sold->sale.lines[0].unit_price_minor = MINOR_MAX + 1;
}

static void more_than_can_be_sold(struct sold *sold)
{
    sold->sale.lines[0].quantity_milli = MILLI_MAX + 1;
}

static void more_than_can_be_taken_back(struct sold *sold)
{
    sold->sale.lines[0].quantity_milli = -MILLI_MAX - 1;
}

static void more_pieces_free_than_there_are(struct sold *sold)
{
    sold->sale.lines[0].flags |= LINE_REWARD;
    sold->sale.lines[0].discount_minor += 4 * 45;
}

static void a_free_piece_of_what_costs_nothing(struct sold *sold)
{
    sold->sale.lines[0].flags |= LINE_REWARD;
    sold->sale.lines[0].unit_price_minor = 0;
    sold->sale.lines[0].discount_minor += 45;
}

static void something_else_is_listed(struct sold *sold)
{
    static struct exception_row oversold = { .kind = EXCEPTION_OVERSOLD };

    sold->sale.exceptions = &oversold;
    sold->sale.exception_count = 1;
    sold->sale.lines[0].unit_price_minor = 50;
}

static void points_that_a_till_cannot_print(struct sold *sold)
{
    print_otherwise(sold);
    sold->sale.points_earned++;
}

static void points_beyond_counting(struct sold *sold)
{
    sold->sale.points_spent = sold->sale.points_after = INT64_MIN;
    sold->sale.points_gifted = INT64_MAX;
}

static void a_price_of_which_little_is_known(struct sold *sold)
{
    static const struct explain_since since = { .thing = EXPLAIN_THING_PRICE, .id = ROLL };

    sold->facts.since = &since;
    sold->facts.since_count = 1;
}

static void a_promotion_since_then(struct sold *sold)
{
    static const struct explain_since since = {
        .thing = EXPLAIN_THING_PROMOTION, .id = 1, .version = 4, .staff_id = 41
    };

    sold->facts.since = &since;
    sold->facts.since_count = 1;
}

static void what_was_voided_has_an_amount(struct sold *sold)
{
    sold->sale.lines[2].gross_minor = 900;
}

static void what_was_voided_costs_something(struct sold *sold)
{
    sold->sale.lines[2].total_minor = 900;
}

static void a_tax_of_no_class(struct sold *sold)
{
    sold->sale.taxes.rows[sold->sale.taxes.count++] = (struct tax_row){ .code = "OLD", .rate_ppm = 50000 };
}

static void a_rule_that_is_not_there(struct sold *sold)
{
    sold->sale.earnings[1].rule = 9;
}

static void a_promotion_that_is_not_there(struct sold *sold)
{
    for (size_t i = 0; i < sold->sale.discount_count; i++)
        sold->sale.discounts[i].promotion_id = 77;
}

static void another_allowed_it(struct sold *sold)
{
    sold->sale.approved_by = 77;
}

static void its_tenders_were_put_right(struct sold *sold)
{
    sold->sale.retender_count = 1;
}

/* 1.25 and 2.50, less nothing: 3.75 by a voucher of 2.00, of which 0.50 were forfeited, 1.00 each by card, in cash and otherwise, the
 * card's with a tip of 0.75. */
static void it_was_paid_by_many(struct sold *sold)
{
    static struct tender_row tenders[] = {
        { .kind = TENDER_VOUCHER, .name = "Meal", .amount_minor = 200, .forfeited_minor = 50 },
        { .kind = TENDER_CARD, .name = "", .amount_minor = 150, .tip_minor = 75 },
        { .kind = TENDER_HOUSE, .amount_minor = 50 },
        { .kind = TENDER_CASH, .amount_minor = 200, .change_minor = 100 },
    };

    sold->sale.tenders = tenders;
    sold->sale.tender_count = COUNT(tenders);
}

static void an_entry_of_a_refund(struct sold *sold)
{
    static const struct explain_entry entries[] = { { .kind = POINTS_GIVEN_BACK, .points = 3 } };

    sold->facts.entries = entries;
    sold->facts.entry_count = COUNT(entries);
}

static const struct change of_rolls[] = {
    { "a unit that is not known", a_unit_that_is_not_known, EXPLAIN_NUMBER, "Price of a unit", true },
    { "a price below nothing", a_price_below_nothing, EXPLAIN_WRONG, "line 1 has numbers that no line can have",
      false },
    { "a price beyond money", a_price_beyond_money, EXPLAIN_WRONG, "line 1 has numbers that no line can have", false },
    { "more than can be sold", more_than_can_be_sold, EXPLAIN_WRONG, "line 1 has numbers that no line can have",
      false },
    { "more than can be taken back", more_than_can_be_taken_back, EXPLAIN_WRONG,
      "line 1 has numbers that no line can have", false },
    { "more free than there are", more_pieces_free_than_there_are, EXPLAIN_WRONG,
      "line 1 has numbers that no line can have", false },
    { "a free piece of what costs nothing", a_free_piece_of_what_costs_nothing, EXPLAIN_WRONG, "does not add up",
      false },
    { "something else is listed", something_else_is_listed, EXPLAIN_WRONG, "does not add up: the parts come to 0.45",
      false },
    { "points do not add up on paper either", points_that_a_till_cannot_print, EXPLAIN_WRONG, "does not add up",
      false },
    { "points beyond counting", points_beyond_counting, EXPLAIN_WRONG, "does not add up", false },
    { "the chain's price", a_price_of_which_little_is_known, EXPLAIN_PART, "the chain's price list", true },
    { "a promotion's version", a_promotion_since_then, EXPLAIN_NUMBER, "Promotion Two rolls, since version 4", true },
    { "voided, with an amount", what_was_voided_has_an_amount, EXPLAIN_WRONG, "does not add up", false },
    { "voided, and it costs", what_was_voided_costs_something, EXPLAIN_WRONG, "does not add up", false },
    { "a tax of no class", a_tax_of_no_class, EXPLAIN_WRONG, "does not add up: the parts come to 0.17", false },
    { "a rule that is not there", a_rule_that_is_not_there, EXPLAIN_PART, "rule 9: ", false },
    { "a promotion that is not there", a_promotion_that_is_not_there, EXPLAIN_NOTE,
      "what its terms were is not known any more", true },
    { "another allowed it", another_allowed_it, EXPLAIN_NOTE, "another person allowed it", true },
    { "put right afterwards", its_tenders_were_put_right, EXPLAIN_NOTE, "put right afterwards", true },
    { "forfeited", it_was_paid_by_many, EXPLAIN_PART, "forfeited: more than was due", true },
    { "a tip", it_was_paid_by_many, EXPLAIN_PART, "tip, which pays nothing", true },
    { "a name", it_was_paid_by_many, EXPLAIN_PART, "Meal", true },
    { "a card", it_was_paid_by_many, EXPLAIN_PART, "Card", true },
    { "cash", it_was_paid_by_many, EXPLAIN_PART, "Cash", true },
    { "neither", it_was_paid_by_many, EXPLAIN_PART, "another means of payment", true },
    { "an entry that is not its own", an_entry_of_a_refund, EXPLAIN_WRONG, "does not add up: the parts come to 3",
      false },
};

static void what_is_wrong_in_a_sale_is_found(void **state)
{
    (void)state;
    is_found(sell_rolls, of_rolls, COUNT(of_rolls));
}

/* ---- what persons gave: a tenth off the cookie, 0.50 off the cake, a fifth off the whole ---- */

static struct sold *sell_discounted(void)
{
    static const struct basket_line lines[] = {
        { .product_id = COOKIE,
          .quantity_milli = 1000,
          .discount = { .given = true, .value = 100000, .reason = { (const uint8_t *)"day-old", 7 } } },
        { .product_id = CAKE,
          .quantity_milli = 1000,
          .discount = { .given = true, .fixed = true, .value = 50, .reason = { (const uint8_t *)"dent", 4 } } },
    };
    struct sold *sold = open_sold();
    struct sale_command command = command_of(lines, 2);

    command.basket.discount = (struct discount){ .given = true, .value = 200000, .reason = bytes_of_text("friend") };
    ring_up_as(sold, &command);
    return sold;
}

static struct discount_row *of_the_receipt(struct sold *sold)
{
    for (size_t i = 0; i < sold->sale.discount_count; i++)
        if (sold->sale.discounts[i].kind == DISCOUNT_OF_RECEIPT && sold->sale.discounts[i].line == NO_LINE)
            return &sold->sale.discounts[i];
    fail();
    return NULL;
}

static void another_discount(struct sold *sold)
{
    of_the_receipt(sold)->amount_minor++;
}

static void another_on_paper(struct sold *sold)
{
    another_discount(sold);
    print_otherwise(sold);
}

static void more_than_it_cost(struct sold *sold)
{
    sold->sale.lines[0].gross_minor = 10;
}

static const struct change of_discounted[] = {
    { "by whom", another_allowed_it, EXPLAIN_NOTE, "more than they give by themselves: allowed", true },
    { "another discount", another_discount, EXPLAIN_WRONG, "the discount: by the rule it is", false },
    { "another on paper", another_on_paper, EXPLAIN_NOTE, "the discount: the till printed it otherwise", true },
    { "more than it cost", more_than_it_cost, EXPLAIN_WRONG, "line 1: Cookie: more was taken off than it cost", false },
};

static void what_persons_gave_is_worked_out_again(void **state)
{
    (void)state;
    is_found(sell_discounted, of_discounted, COUNT(of_discounted));
}

/* ---- coupons: 2.00 off cookies, which stand on two lines, and a piece free ---- */

static struct sold *sell_with_coupons(void)
{
    static const struct basket_line lines[] = { BUY(COOKIE, 1), BUY(COOKIE, 1), BUY(CHEESE, 1) };
    struct sold *sold = open_sold();
    struct basket_coupon *coupons = arena_array(sold->s->arena, 2, sizeof *coupons);
    struct sale_command command = command_of(lines, 3);

    coupons[0] = (struct basket_coupon){ COUPON + 1, CAMPAIGN + 1, NOW };
    coupons[1] = (struct basket_coupon){ COUPON + 2, CAMPAIGN + 2, NOW };
    command.basket.coupons = coupons;
    command.basket.coupon_count = 2;
    ring_up_as(sold, &command);
    return sold;
}

static struct discount_row *part_of(struct sold *sold, enum discount_kind kind, int64_t id, int line)
{
    for (size_t i = 0; i < sold->sale.discount_count; i++)
        if (sold->sale.discounts[i].kind == kind && sold->sale.discounts[i].promotion_id == id &&
            sold->sale.discounts[i].line == line)
            return &sold->sale.discounts[i];
    fail();
    return NULL;
}

static void spread_otherwise(struct sold *sold)
{
    part_of(sold, DISCOUNT_OF_COUPON, CAMPAIGN + 1, 0)->amount_minor++;
    part_of(sold, DISCOUNT_OF_COUPON, CAMPAIGN + 1, 1)->amount_minor--;
}

static void two_pieces_free(struct sold *sold)
{
    part_of(sold, DISCOUNT_OF_COUPON, CAMPAIGN + 2, 0)->times = 2;
}

static void nobody_knows_the_campaign(struct sold *sold)
{
    sold->facts.campaign_count = 1;
}

static void the_pieces_were_not_kept(struct sold *sold)
{
    part_of(sold, DISCOUNT_OF_COUPON, CAMPAIGN + 2, 0)->times = 0;
}

static const struct change of_coupons[] = {
    { "spread otherwise", spread_otherwise, EXPLAIN_WRONG, "by their terms, in whatever order, they are other amounts",
      false },
    { "a piece more free", two_pieces_free, EXPLAIN_WRONG, "line 1 has numbers that no line can have", false },
    { "terms that nobody knows", nobody_knows_the_campaign, EXPLAIN_NOTE, "what its terms are is not known any more",
      true },
    { "as it was kept at first", the_pieces_were_not_kept, EXPLAIN_NOTE, "1 piece free", true },
};

static void coupons_are_worked_out_again(void **state)
{
    (void)state;
    is_found(sell_with_coupons, of_coupons, COUNT(of_coupons));
}

/* One that made a piece of three free, and says that it was two. */
static void a_coupon_made_as_many_free_as_it_says(void **state)
{
    static const struct basket_line lines[] = { BUY(COOKIE, 3) };
    struct sold *sold = open_sold();
    const struct basket_coupon coupon = { COUPON + 2, CAMPAIGN + 2, NOW };
    struct sale_command command = command_of(lines, 1);

    (void)state;
    command.basket.coupons = &coupon;
    command.basket.coupon_count = 1;
    ring_up_as(sold, &command);
    part_of(sold, DISCOUNT_OF_COUPON, CAMPAIGN + 2, 0)->times = 2;
    explain_sale(&sold->facts, sold->s->arena, &sold->explanation);
    assert_true(says(&sold->explanation, EXPLAIN_WRONG, "by its terms it is another amount, or spread otherwise"));
    small_shop_close(sold->s);
}

/* ---- all of it at once, on a birthday ---- */

static struct sold *sell_all(void)
{
    static const struct line_option oat[] = { { MILK, 1 } }, half[] = { { MILK, 2 } };
    static const struct basket_line lines[] = {
        BUY(ROLL, 3),
        { .product_id = CAKE, .quantity_milli = 1000, .choice = { .options = oat, .option_count = 1 } },
        { .product_id = CAKE, .quantity_milli = 1000, .choice = { .options = half, .option_count = 1 } },
        { .product_id = SOLD_CAKE, .quantity_milli = 1000, .choice = { .keyed = true, .keyed_minor = 350 } },
        BUY(COOKIE, 2),
    };
    static const uint32_t reward = REWARD_DEAREST;
    static const struct basket_reward chosen[] = { { 1, REWARD_DEAREST }, { 2, REWARD_DEAREST } };
    struct sold *sold = open_sold();
    struct basket_coupon *coupon = arena_alloc(sold->s->arena, sizeof *coupon);
    struct sale_command command = command_of(lines, COUNT(lines));

    *coupon = (struct basket_coupon){ COUPON, CAMPAIGN, NOW };
    sold->s->members[0].birthday_today = true;
    command.basket.member_id = ANNA;
    command.basket.rewards = &reward;
    command.basket.reward_count = 1;
    command.basket.chosen = chosen;
    command.basket.chosen_count = 2;
    command.basket.coupons = coupon;
    command.basket.coupon_count = 1;
    ring_up_as(sold, &command);
    return sold;
}

static void nothing_is_known(struct sold *sold)
{
    sold->facts.catalogue = NULL;
    sold->facts.campaign_count = 0;
}

static void not_even_its_rules(struct sold *sold)
{
    nothing_is_known(sold);
    sold->sale.earning_count = 0;
}

static void a_product_that_is_not_there(struct sold *sold)
{
    sold->sale.lines[1].product_id = 999;
}

static void a_reward_that_is_not_there(struct sold *sold)
{
    for (size_t i = 0; i < sold->sale.discount_count; i++)
        if (sold->sale.discounts[i].kind == DISCOUNT_OF_REWARD && sold->sale.discounts[i].promotion_id == 2)
            sold->sale.discounts[i].promotion_id = 9;
}

/* Of its free roll alone the whole is left. */
static void a_reward_of_no_line(struct sold *sold)
{
    struct sale_rows *sale = &sold->sale;
    size_t kept = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind != DISCOUNT_OF_REWARD || sale->discounts[i].promotion_id != 1 ||
            sale->discounts[i].line == NO_LINE)
            sale->discounts[kept++] = sale->discounts[i];
    sale->discount_count = kept;
}

static void a_piece_for_less(struct sold *sold)
{
    part_of(sold, DISCOUNT_OF_REWARD, 1, 0)->amount_minor--;
}

static const struct change of_all[] = {
    { "the price", nothing_is_known, EXPLAIN_UNKNOWN, "what the price list said then is not known", true },
    { "the version", nothing_is_known, EXPLAIN_UNKNOWN, "that version is not known any more", true },
    { "an option keeps its name", nothing_is_known, EXPLAIN_PART, "Oat milk", true },
    { "what was keyed is known", nothing_is_known, EXPLAIN_PART, "keyed at the till", true },
    { "the tax class", nothing_is_known, EXPLAIN_UNKNOWN, "which tax class the goods were of is not known", true },
    { "what bears a tax", nothing_is_known, EXPLAIN_UNKNOWN, "which goods bear it is not known", true },
    { "a reward's terms", nothing_is_known, EXPLAIN_NOTE, "what its terms were is not known any more", true },
    { "a coupon's terms", nothing_is_known, EXPLAIN_NOTE, "what its terms are is not known any more", true },
    { "what a reward cost", nothing_is_known, EXPLAIN_UNKNOWN, "what a reward cost then is not known", true },
    { "what a birthday was worth", nothing_is_known, EXPLAIN_UNKNOWN, "what a birthday was worth then is not known",
      true },
    { "which programme", not_even_its_rules, EXPLAIN_UNKNOWN, "which programme there was is not known", true },
    { "one product", a_product_that_is_not_there, EXPLAIN_UNKNOWN, "what the price list said then is not known", true },
    { "and what was off it", a_product_that_is_not_there, EXPLAIN_NOTE, "what its terms were is not known any more",
      true },
    { "a reward that is not there", a_reward_that_is_not_there, EXPLAIN_NOTE,
      "what its terms were is not known any more", false },
    { "a reward of no line", a_reward_of_no_line, EXPLAIN_WRONG, "does not add up", false },
    { "a piece for less", a_piece_for_less, EXPLAIN_WRONG, "free pieces: by the rule it is 0.45, and 0.44 is stored",
      false },
};

static void what_is_not_known_any_more_is_said(void **state)
{
    struct sold *sold = sell_all();

    (void)state;
    assert_true(says(&sold->explanation, EXPLAIN_PART, "Milk: Oat milk"));
    assert_true(says(&sold->explanation, EXPLAIN_PART, "no price is below nothing"));
    assert_true(says(&sold->explanation, EXPLAIN_NOTE, "an open price, from 0.00 to 50.00"));
    assert_true(says(&sold->explanation, EXPLAIN_PART, "1 free of Free cookie, 100 each"));
    assert_true(says(&sold->explanation, EXPLAIN_PART, "1 x reward A roll, 30 each"));
    assert_true(says(&sold->explanation, EXPLAIN_PART, "the first visit on the birthday, once a year"));
    nothing_is_known(sold);
    explain_sale(&sold->facts, sold->s->arena, &sold->explanation);
    is_printed(sold->s, &sold->explanation, "  ? what a reward cost then is not known");
    assert_false(says(&sold->explanation, EXPLAIN_PART, "Milk: "));
    assert_false(says(&sold->explanation, EXPLAIN_PART, "no price is below nothing"));
    small_shop_close(sold->s);
    is_found(sell_all, of_all, COUNT(of_all));
}

/* ---- programmes ---- */

/* A roll at 8:26, without a tier: 0.45. */
static void a_rule_that_gave_nothing_says_why(void **state)
{
    static const struct {
        struct programme_term term;
        const char *why;
    } rows[] = {
        { TERM(.name = "x", .kind = TERM_EARN, .number = 1, .gives = EARN_PER_VISIT, .value = 5, .tier = 5),
          "x: nothing, for it is for the tier above and better ones" },
        { { .name = "x",
            .kind = TERM_EARN,
            .number = 1,
            .gives = EARN_PER_VISIT,
            .value = 5,
            .weekdays = EVERY_DAY,
            .from_minute = 60,
            .until_minute = 506 },
          "x: nothing, for it holds from 01:00 to 08:26, and it was 08:26" },
        { TERM(.name = "x", .kind = TERM_EARN, .number = 1, .gives = EARN_PER_MONEY, .value = 2),
          "x: nothing, for what it counts comes to less than a point" },
        { TERM(.name = "x", .kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = 2,
               .goods = TERM_GOODS_OTHERS, .product_ids = rolls, .product_count = 1),
          "x: nothing, for none of its goods was paid for" },
    };
    static const struct basket_line a_roll[] = { BUY(ROLL, 1) };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sold *sold = open_sold();
        struct programme programme = *catalogue_programme(sold->s->catalogue, VERSION);
        struct sale_command command = command_of(a_roll, 1);

        programme.terms = &rows[i].term;
        programme.term_count = 1;
        catalogue_put_programme(sold->s->catalogue, VERSION, &programme);
        command.basket.member_id = BERND;
        ring_up_as(sold, &command);
        assert_int_equal(sold->sale.points_earned, 4);
        assert_true(says(&sold->explanation, EXPLAIN_PART, "Cookie club: 10 for each 1.00 of 0.45"));
        if (!says(&sold->explanation, EXPLAIN_NOTE, rows[i].why)) {
            print_all(sold->s, &sold->explanation);
            fail_msg("%s", rows[i].why);
        }
        small_shop_close(sold->s);
    }
}

/* Rolls of which the programme's rule knows no more: whether it would have counted them is not said. */
static void a_rule_whose_goods_are_not_known_says_that(void **state)
{
    static const struct programme_term others =
        TERM(.name = "x", .kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = 2,
             .goods = TERM_GOODS_OTHERS, .product_ids = rolls, .product_count = 1);
    static const struct basket_line a_roll[] = { BUY(ROLL, 1) };
    struct sold *sold = open_sold();
    struct programme programme = *catalogue_programme(sold->s->catalogue, VERSION);
    struct sale_command command = command_of(a_roll, 1);

    (void)state;
    programme.terms = &others;
    programme.term_count = 1;
    catalogue_put_programme(sold->s->catalogue, VERSION, &programme);
    command.basket.member_id = BERND;
    ring_up_as(sold, &command);
    sold->sale.lines[0].product_id = 999;
    explain_sale(&sold->facts, sold->s->arena, &sold->explanation);
    assert_int_equal(sold->explanation.wrong, 0);
    assert_true(says(&sold->explanation, EXPLAIN_NOTE, "x: nothing; not all goods are known any more"));
    assert_false(says(&sold->explanation, EXPLAIN_NOTE, "less than a point"));
    small_shop_close(sold->s);
}

/* A shop without a programme; its cakes are of a class that is not there. */
static void what_a_shop_has_not_is_not_asked(void **state)
{
    static const struct tax_rate rate = { .service = SERVICE_TAKE_AWAY, .code = "VAT7", .rate_ppm = 70000 };
    static const struct basket_line lines[] = { BUY(ROLL, 2), BUY(CAKE, 1) };
    struct sold *sold = open_sold();
    struct small_shop *s = sold->s;
    struct catalogue *plain = catalogue_create();
    struct sale_command command = command_of(lines, 2);

    (void)state;
    catalogue_put_shop(plain, VERSION, catalogue_shop(s->catalogue, VERSION));
    catalogue_put_tax_class(plain, VERSION,
                            &(struct tax_class){ .id = 1, .name = "Food", .rates = &rate, .rate_count = 1 });
    catalogue_put_product(
        plain, VERSION,
        &(struct product){ .id = ROLL, .name = "Roll", .price_minor = 45, .tax_class_id = 1, .active = true });
    catalogue_put_product(
        plain, VERSION,
        &(struct product){ .id = CAKE, .name = "Cake", .price_minor = 900, .tax_class_id = 99, .active = true });
    catalogue_seal(plain, VERSION, NOW.us - 1);
    catalogue_destroy(s->catalogue);
    s->catalogue = plain;
    s->set.catalogue = plain;
    command.basket.member_id = ANNA;
    ring_up_as(sold, &command);
    assert_int_equal(sold->sale.tax_minor, 6); /* 0.90 x 7 / 107 */
    assert_true(says(&sold->explanation, EXPLAIN_NOTE, "there was no programme"));
    assert_true(says(&sold->explanation, EXPLAIN_NOTE, "tax class Food; taken away, cold: VAT 7 %"));
    assert_true(says(&sold->explanation, EXPLAIN_NOTE, "tax class ?; taken away, cold: untaxed"));
    small_shop_close(s);
}

/* A roll bears 7 %, a tart 1.5 % beside these: 20.45 in all, with 0.45 x 7 / 107 + 20.00 x 7 / 108.5 = 1.32 of the one in it. */
static void a_tax_beside_another_is_said(void **state)
{
    static const struct basket_line lines[] = { BUY(ROLL, 1), BUY(TART, 1) };
    struct sold *sold = open_sold();
    struct product tart = *catalogue_product(sold->s->catalogue, VERSION, TART);
    struct sale_command command = command_of(lines, 2);

    (void)state;
    tart.tax_class_id = SIX_OR_MORE;
    tart.deposit_product_id = 0;
    tart.deposit_count = 0;
    catalogue_put_product(sold->s->catalogue, VERSION, &tart);
    ring_up_as(sold, &command);
    assert_int_equal(sold->sale.taxes.rows[0].tax_minor, 132);
    assert_true(
        says(&sold->explanation, EXPLAIN_NOTE, "7 %, within 20.45, beside other taxes in some of it; rounded once"));
    small_shop_close(sold->s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_in_a_sale_is_found),
        cmocka_unit_test(what_persons_gave_is_worked_out_again),
        cmocka_unit_test(coupons_are_worked_out_again),
        cmocka_unit_test(a_coupon_made_as_many_free_as_it_says),
        cmocka_unit_test(what_is_not_known_any_more_is_said),
        cmocka_unit_test(a_rule_that_gave_nothing_says_why),
        cmocka_unit_test(a_rule_whose_goods_are_not_known_says_that),
        cmocka_unit_test(what_a_shop_has_not_is_not_asked),
        cmocka_unit_test(a_tax_beside_another_is_said),
    };

    draw_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
