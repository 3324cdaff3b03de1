"""Promotions: put by a manager, followed by every till, sold, on the receipt and in the books, and given back."""
import pytest
from cli import USAGE, console
from counter import basket, check_books, check_receipts, check_strands, refund, refused, ring_up, seed
from follower import Follower
from shop import PIN, pb

LEAD_PIN = "5739"
ONE_FREE = {"gift": pb.PROMOTION_CHEAPEST_FREE, "value": 1}


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    shop.staff("Lena", "shift_lead", LEAD_PIN)
    made = shop.till()
    for name in ("cookie", "cake"):
        shop.receive(goods[name], 1000)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    """After all that is done in here: what is wrong stays so."""
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def put(shop, **fields):
    """Its id."""
    message = pb.PromotionPut(promotion=pb.Promotion(**fields))
    return shop.manager.command(pb.OP_PROMOTION_PUT, message, pb.CataloguePutDone).id


def off(shop, *promotions):
    for promotion in promotions:
        put(shop, id=promotion, active=False)


def part(pieces, *products, **category):
    return pb.PromotionPart(pieces=pieces, product_ids=products, **category)


def quote(till, made):
    return till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made), pb.SaleQuoted)


def receipt_of(sale):
    return [(row.left, row.right) for row in sale.receipt.rows]


def given(quoted):
    return [(promotion.name, promotion.times, promotion.amount_minor) for promotion in quoted.promotions]


def give_back(till, receipt_number, *lines):
    """By somebody who may; the till's cashier is back behind it. What it came to."""
    till.sign_in("Lena", LEAD_PIN)
    try:
        return refund(till, receipt_number, *lines).totals.total_minor
    finally:
        till.sign_in("Ben", PIN)


def test_six_for_five_is_sold_printed_and_given_back(shop, till, goods):
    rolls = put(shop, name="Six for five", parts=[part(6, goods["roll"])], **ONE_FREE)
    made = basket(shop, (goods["roll"], 13), (goods["cookie"], 1))
    quoted = quote(till, made)  # 13 x 45 less 2 x 45, and 250
    assert quoted.total_minor == 585 - 90 + 250 and given(quoted) == [("Six for five", 2, 90)]
    assert [line.discount_minor for line in quoted.lines] == [90, 0]
    sale = ring_up(till, made, 745, cash=1000)
    assert ("2 x Six for five", "-0.90") in receipt_of(sale)
    rows = shop.sql("SELECT line, kind, promotion_id, times, amount_minor, reason FROM sale_discount "
                    f"WHERE sale_id = {sale.sale_id} ORDER BY 1")
    assert rows == [(-1, 3, rolls, 2, 90, "Six for five"), (0, 3, rolls, None, 90, "Six for five")]
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sale.sale_id), pb.SaleShown)
    assert receipt_of(shown.sale) == receipt_of(sale) and given(shown.sale.totals) == given(quoted)

    off(shop, rolls)  # what was sold was sold
    assert give_back(till, sale.receipt_number, (0, 1000)) == -38  # 495 for 13 of them: 38.08 each
    assert give_back(till, sale.receipt_number) == -(745 - 38)


def test_a_bundle_is_split_for_tax_by_the_goods_own_prices(shop, till, goods):
    books = shop.put_tax_class("Books", ("VAT0", 0))
    book = shop.put_product("Book", 750, tax_class_id=books)
    bundle = put(shop, name="Cake and book", parts=[part(1, goods["cake"]), part(1, book)], gift=pb.PROMOTION_TOGETHER, value=1500)
    quoted = quote(till, basket(shop, (goods["cake"], 1), (book, 1)))  # 900 and 750 less 150: 81.8 and 68.2
    assert [line.total_minor for line in quoted.lines] == [818, 682] and quoted.total_minor == 1500
    assert sorted((tax.code, tax.net_minor + tax.tax_minor) for tax in quoted.taxes) == [("VAT0", 682), ("VAT7", 818)]
    off(shop, bundle)


def test_the_customer_gets_the_best_and_a_piece_is_in_one_of_them(shop, till, goods):
    happy = put(shop, name="Happy hour", parts=[part(1, goods["cookie"])], gift=pb.PROMOTION_RATE_OFF, value=200000)
    three = put(shop, name="Three for two", parts=[part(3, goods["cookie"])], **ONE_FREE)
    assert given(quote(till, basket(shop, (goods["cookie"], 2)))) == [("Happy hour", 2, 100)]
    quoted = quote(till, basket(shop, (goods["cookie"], 4)))
    assert given(quoted) == [("Happy hour", 1, 50), ("Three for two", 1, 250)] and quoted.total_minor == 700
    off(shop, happy, three)
    assert given(quote(till, basket(shop, (goods["cookie"], 4)))) == []


def test_a_reward_is_free_first_and_what_is_left_is_in_promotions(shop, till, goods):
    ada = pb.MemberCreate(member=pb.Member(name="Ada Moreno"))
    member = shop.manager.command(pb.OP_MEMBER_CREATE, ada, pb.MemberDone).id
    ring_up(till, basket(shop, (goods["cake"], 2), member_id=member), 1800)
    pair = put(shop, name="Members' pair", parts=[part(2, goods["cookie"])], gift=pb.PROMOTION_AMOUNT_OFF, value=60, members_only=True)
    made = basket(shop, (goods["cookie"], 3), member_id=member)
    made.rewards.add()
    quoted = quote(till, made)
    assert quoted.total_minor == 750 - 250 - 60 and given(quoted) == [("Members' pair", 1, 60)]
    sale = ring_up(till, made, 440)
    assert ("  for your points", "-2.50") in receipt_of(sale) and ("Members' pair", "-0.60") in receipt_of(sale)
    assert quote(till, basket(shop, (goods["cookie"], 3))).total_minor == 750  # nobody's
    assert give_back(till, sale.receipt_number) == -440
    off(shop, pair)


def test_every_till_follows_them_and_a_page_lists_them(shop, goods):
    tea = shop.put_category("Tea")
    follower = Follower(shop.connect(shop.device()))
    follower.take()
    made = put(shop, name="Sunday cake", parts=[part(2, goods["cake"]), part(1, category_id=tea)], gift=pb.PROMOTION_AMOUNT_OFF,
               value=100, weekdays=64, from_minute=60, until_minute=600, first_day="2026-01-04", last_day="2099-12-27", members_only=True)
    follower.until(shop.version())
    put(shop, id=made, active=False)
    follower.until(shop.version())
    fresh = Follower(shop.connect(shop.device()))
    fresh.take()
    listed = shop.manager.call(pb.OP_PROMOTION_LIST, pb.PromotionList(), pb.PromotionListed)
    [mine] = [promotion for promotion in listed.promotions if promotion.id == made]
    assert mine == follower.promotions[made] == fresh.promotions[made] and not mine.active
    assert (mine.first_day, mine.last_day, mine.weekdays, mine.until_minute) == ("2026-01-04", "2099-12-27", 64, 600)
    assert [p.pieces for p in mine.parts] == [2, 1] and mine.parts[1].category_id == tea and not listed.more
    later = shop.manager.call(pb.OP_PROMOTION_LIST, pb.PromotionList(after_id=made), pb.PromotionListed)
    assert made not in [promotion.id for promotion in later.promotions]


def test_what_is_not_given_stays(shop, goods):
    made = put(shop, name="Stays", parts=[part(6, goods["roll"])], active=False, **ONE_FREE)
    before = shop.version()
    assert put(shop, id=made, value=1) == made and shop.version() == before  # nothing changes
    put(shop, id=made, name="Stayed")
    listed = shop.manager.call(pb.OP_PROMOTION_LIST, pb.PromotionList(after_id=made - 1), pb.PromotionListed)
    [mine] = [promotion for promotion in listed.promotions if promotion.id == made]
    assert (mine.name, mine.parts[0].pieces, mine.gift, mine.value, mine.weekdays) == ("Stayed", 6, pb.PROMOTION_CHEAPEST_FREE, 1, 127)


def test_one_that_could_not_be_given_is_refused(shop, goods):
    roll = goods["roll"]

    def wrong(**fields):
        usual = {"name": "Wrong", "parts": [part(2, roll)], "gift": pb.PROMOTION_AMOUNT_OFF, "value": 10}
        return refused(put, shop, **{**usual, **fields})

    for fields in ({"parts": []}, {"parts": [part(0, roll)]}, {"parts": [part(101, roll)]}, {"parts": [part(1)]},
                   {"parts": [part(1, roll, category_id=1)]}, {"gift": pb.PROMOTION_GIFT_NONE}, {"value": -1}, {"value": 0},
                   {"gift": pb.PROMOTION_RATE_OFF, "value": 1000001}, {"gift": pb.PROMOTION_CHEAPEST_FREE, "value": 2},
                   {"weekdays": 0}, {"weekdays": 128}, {"from_minute": 600, "until_minute": 600}, {"until_minute": 1441},
                   {"from_minute": 70000}, {"first_day": "2026-02-30"}, {"last_day": "soon"},
                   {"first_day": "2026-12-24", "last_day": "2026-12-23"}):
        assert wrong(**fields) == "BAD_PROMOTION", fields
    assert wrong(name="") == "BAD_FIELD"
    assert wrong(name="4111 1111 1111 1111") == "CARD_NUMBER"
    assert wrong(parts=[part(1, 4711)]) == "UNKNOWN_PRODUCT"
    assert wrong(parts=[part(1, category_id=4711)]) == "UNKNOWN_CATEGORY"
    put(shop, name="There", parts=[part(2, roll)], active=False, **ONE_FREE)
    assert wrong(name="there") == "NAME_TAKEN"


def test_the_command_line_puts_and_lists_them(shop, goods):
    shop.put({"id": goods["roll"], "sku": "roll"}, {"id": goods["cookie"], "sku": "cookie"})
    shop.put_category("Coffee")
    cli = console(shop)
    cli.run("promotion", "put", "--name", "Evening", "--of", "2 cookie|roll; 1 @Coffee", "--percent-off", "12.5", "--days", "mon,sun",
            "--from", "18:00", "--until", "24:00", "--first-day", "2026-12-01", "--members-only", "yes")
    told = cli.run("promotion", "list").stdout
    assert "Evening: 2 cookie (cookie)|roll (roll); 1 @Coffee, 12.5 % off; mon,sun; 18:00 to 24:00; from 2026-12-01; members only\n" in told
    [made] = [row for row in cli.rows("promotion", "list") if row["name"] == "Evening"]
    assert made["weekdays"] == 65 and made["value"] == 125000
    cli.run("promotion", "put", "--id", made["id"], "--active", "no", "--together", "3.90")
    assert "for 3.90 together; mon,sun; 18:00 to 24:00; from 2026-12-01; members only; switched off\n" in cli.run("promotion", "list").stdout
    for wrong in (("--of", "cookie"), ("--free", "one"), ("--days", "monday"), ("--from", "6 pm"), ("--free", "1", "--together", "1"),
                  ("--percent-off", "101"), ("--of", "1 roll;2 roll;3 roll;4 roll;5 roll;6 roll")):
        cli.run("promotion", "put", "--id", made["id"], *wrong, status=USAGE)


def test_a_promotion_may_go_below_a_floor_and_people_may_not(shop, goods):
    """A floor binds what people take off; what the shop gives away by itself is its own decision. The check says as the rule does."""
    low = shop.put_product("Low", 113, floor_minor=100)
    other = shop.put_product("Other", 500, floor_minor=400)
    made = put(shop, name="One off", parts=[part(1, low)], gift=pb.PROMOTION_AMOUNT_OFF, value=100)

    def sold(*discounts, whole=None):
        asked = basket(shop, (low, 1), (other, 1))
        for line, minor in discounts:
            asked.lines[line].discount.amount_minor, asked.lines[line].discount.reason = minor, "old"
        if whole is not None:
            asked.discount.amount_minor, asked.discount.reason = whole, "goodwill"
        reply = lena.reply(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=asked))
        if reply.HasField("error"):
            return pb.code(reply.error.code)
        total = pb.SaleQuoted.FromString(reply.body).total_minor
        ring_up(lena, asked, total)
        check_books(shop)
        return total

    with shop.till("Lena", LEAD_PIN) as lena:
        assert sold() == 13 + 500
        assert sold((1, 50)) == 13 + 450
        assert sold((1, 101)) == "APPROVAL_NEEDED"
        assert sold((0, 1)) == "APPROVAL_NEEDED"
        assert sold(whole=20) == "APPROVAL_NEEDED"  # a part of it is of the line below its floor
        off(shop, made)
        assert sold((0, 13)) == 100 + 500
        assert sold((0, 14)) == "APPROVAL_NEEDED"
