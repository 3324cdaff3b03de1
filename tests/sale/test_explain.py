"""Where the numbers of a sale come from: sales of all kinds are rung up, and every price, tax, discount and points number of them is
explained by parts that sum to it exactly; a wrong one in the books is found."""

import pytest
from branch import open_branch
from cli import REFUSED, USAGE, console
from counter import basket, check_books, check_receipts, check_strands, member, refund, refused, ring_up, seed
from explained import Explained, check
from gift_card import load, shown
from kiosk import Person, code_for, sign_in
from offline import Till
from shop import PIN, pb

LEAD_PIN = "5739"
ALWAYS = {"weekdays": 127, "from_minute": 0, "until_minute": 1440}


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    tax = made["tax"] = shop.sql(f"SELECT tax_class_id FROM product_version WHERE product_id = {made['roll']}")[0][0]
    zero = shop.put_tax_class("Six or more", {"code": "VAT0", "rate_ppm": 0})
    pastry = shop.put_tax_class("Pastry", {"code": "VAT19", "rate_ppm": 190000}, switch_at_count=6, switch_to_id=zero)
    cup = pb.Modifier(name="Cup", options=[pb.ModifierOption(name="Small"), pb.ModifierOption(name="Large", price_minor=60)], choose_min=1,
                      choose_max=1)
    milk = pb.Modifier(name="Milk", options=[pb.ModifierOption(name="Oat milk", price_minor=40)], choose_max=1)
    for name, modifier in (("cup", cup), ("milk", milk)):
        made[name] = shop.manager.command(pb.OP_MODIFIER_PUT, pb.ModifierPut(modifier=modifier), pb.CataloguePutDone).id
    made["donut"] = shop.put_product("Donut", 120, tax_class_id=pastry, sku="donut")
    made["latte"] = shop.put_product("Latte", 300, tax_class_id=tax, sku="latte", modifier_ids=[made["cup"], made["milk"]])
    made["bread"] = shop.put_product("Rye bread", 640, tax_class_id=tax, sku="bread", unit=pb.UNIT_KILOGRAM)
    made["gift"] = shop.put_product("Sundry", 0, tax_class_id=tax, sku="sundry", open_price=True, open_min_minor=100, open_max_minor=5000)
    made["bottle"] = shop.put_product("Bottle", 25, tax_class_id=tax, sku="bottle", deposit_kind=pb.DEPOSIT_GOOD)
    made["lemonade"] = shop.put_product("Lemonade", 200, tax_class_id=tax, sku="lemonade", deposit_product_id=made["bottle"])
    six = pb.Promotion(name="Six for five", parts=[pb.PromotionPart(pieces=6, product_ids=[made["roll"]])],
                       gift=pb.PROMOTION_CHEAPEST_FREE, value=1)
    made["six"] = shop.manager.command(pb.OP_PROMOTION_PUT, pb.PromotionPut(promotion=six), pb.CataloguePutDone).id
    made["card"] = shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
    for name in ("cookie", "cake"):
        shop.receive(made[name], 1000)
    return made


@pytest.fixture(scope="module")
def till(shop, goods):
    shop.staff("Lena", "shift_lead", LEAD_PIN)
    return shop.till()


@pytest.fixture(scope="module")
def cli(shop):
    return console(shop)


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop, but=("entries_untouched",))  # what was put wrong by hand, and put right again
    check_receipts(shop)
    check_strands(shop)


def rate(ppm):
    return pb.Discount(rate_ppm=ppm, reason="day-old")


def quote(till, made):
    return till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made), pb.SaleQuoted)


def sell(till, made, cash=None, tenders=()):
    """At what it costs; without tenders in cash."""
    total = quote(till, made).total_minor
    message = pb.SaleRingUp(basket=made, total_minor=total, tenders=tenders)
    if not tenders and total > 0:
        message.tenders.add(kind=pb.TENDER_CASH, amount_minor=cash or total + 4)
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)


def give_back(till, receipt_number, *lines):
    till.sign_in("Lena", LEAD_PIN)
    try:
        return refund(till, receipt_number, *lines)
    finally:
        till.sign_in("Ben", PIN)


def programme(shop, *terms):
    message = pb.ProgrammePut(programme=pb.Programme(terms=[pb.ProgrammeTerm(**term) for term in terms]))
    shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone)


@pytest.fixture
def terms(shop, goods):
    """Rules, a reward and a tier; gone behind the test."""
    def earn(number, name, per, value, **more):
        return {"kind": pb.TERM_EARN, "number": number, "name": name, "per": per, "value": value, **more}

    these = {"goods": pb.TERM_GOODS_THESE}
    made = [{"kind": pb.TERM_TIER, "number": 1, "name": "Gold", "value": 100000},
            earn(1, "Cakes twice", pb.EARN_PER_MONEY, 10, product_ids=[goods["cake"]], **these),
            earn(2, "Roll stamps", pb.EARN_PER_UNIT, 3, product_ids=[goods["roll"]], **these),
            earn(3, "Gold visits", pb.EARN_PER_VISIT, 7, tier=1),
            earn(4, "Bread days", pb.EARN_PER_VISIT, 7, product_ids=[goods["bread"]], **these),
            {"kind": pb.TERM_REWARD, "number": 1, "name": "Two off", "gift": pb.REWARD_GIFT_AMOUNT, "cost": 50, "value": 200},
            {"kind": pb.TERM_REWARD, "number": 2, "name": "A roll", "gift": pb.REWARD_GIFT_PIECE, "cost": 10, "product_ids": [goods["roll"]], **these}]
    programme(shop, *made)
    yield
    programme(shop, *({"kind": term["kind"], "number": term["number"], "gone": True}
                      for term in sorted(made, key=lambda term: term["kind"] == pb.TERM_TIER)))


# ---- prices, discounts, taxes ----


def test_C21_a_plain_sale_needs_nothing_that_is_not_there(shop, till, goods):
    """No row more than a plain sale wrote before, and all of it explained."""
    sale = ring_up(till, basket(shop, (goods["roll"], 3), (goods["cake"], 1)), 1035)
    explained = check(shop, till, sale.sale_id)
    assert explained.parts("UNIT_PRICE", 0)[0][1] == 45 and "the chain's price list, since " in explained.parts("UNIT_PRICE", 0)[0][0]
    assert explained.parts("LINE_AMOUNT", 0) == [("3 x 0.45", 135)]
    assert explained.says("taken away, cold: VAT 7 %") and explained.says("10.35 x 7 / 107, rounded once")
    assert explained.parts("TAX") == [("line 1: roll", 9), ("line 2: cake", 59)]
    assert explained.says("no member was named")
    assert Explained(till, receipt_number=sale.receipt_number).rows == Explained(till, last=True).rows == explained.rows
    for table in ("sale_discount", "sale_option", "sale_keyed_price", "sale_deposit", "sale_earning", "sale_exception"):
        assert shop.sql(f"SELECT count(*) FROM {table} WHERE sale_id = {sale.sale_id}") == [(0,)]


def test_C21_choices_keyed_prices_weights_and_who_changed_a_price(shop, till, goods, cli):
    shop.put({"sku": "latte", "price_minor": 310})
    made = basket(shop, (goods["latte"], 2))
    made.lines[0].options.add(modifier_id=goods["cup"], option=2)
    made.lines[0].options.add(modifier_id=goods["milk"], option=1)
    made.lines.add(product_id=goods["bread"], quantity_milli=333)
    made.lines.add(product_id=goods["gift"], quantity_milli=1000, keyed_price_minor=777)
    sale = sell(till, made)
    explained = check(shop, till, sale.sale_id)
    assert [amount for _, amount in explained.parts("UNIT_PRICE", 0)] == [310, 60, 40]
    assert [text for text, _ in explained.parts("UNIT_PRICE", 0)][1:] == ["Cup: Large", "Milk: Oat milk"]
    assert explained.parts("LINE_AMOUNT", 1) == [("0.333 kg x 6.40, rounded", 213)]
    assert explained.parts("UNIT_PRICE", 2) == [("keyed at the till", 777)]
    changed = [row for row in explained.rows if row.text == explained.parts("UNIT_PRICE", 0)[0][0]][0]
    [[manager]] = shop.sql(f"SELECT staff_id FROM catalogue_version WHERE version = {shop.version()}")
    assert manager and changed.staff_id == manager and changed.staff == "Caroline"
    lines = cli.run("receipt", "explain", sale.receipt_number, "--columns", "100").stdout.splitlines()
    assert any(line.startswith(f"  {changed.text}, by Caroline ") and line.endswith(" 3.10") for line in lines), lines


def test_C21_promotion_line_and_receipt_discount_and_coupon(shop, till, goods):
    campaign = pb.CouponCampaign(name="Autumn", gift=pb.COUPON_RATE_OFF, value=125000, with_promotions=True, with_discounts=True)
    campaign = shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=campaign), pb.CouponCampaignPutDone).campaign
    coupon = shop.manager.command(pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=campaign.id, count=1), pb.CouponIssued).coupons[0]
    redeems = till.call(pb.OP_COUPON_SHOW, pb.CouponShow(code=coupon.code), pb.CouponShown).redeems
    made = basket(shop, (goods["roll"], 7), (goods["cake"], 1), (goods["cookie"], 3))
    made.lines[1].discount.CopyFrom(rate(50000))
    made.discount.CopyFrom(rate(30000))
    made.coupons.add(redeems=redeems)
    sale = sell(till, made)
    explained = check(shop, till, sale.sale_id)
    named = {text: amount for row in explained.rows if row.about == pb.EXPLAIN_NUMBER_DISCOUNT and row.kind == pb.EXPLAIN_ROW_NUMBER
             for text, amount in [(row.text.split(",")[0], row.amount_minor)]}
    assert named["Promotion Six for five"] == 45 and named["Coupon Autumn"] == round((315 - 45 + 900 + 750) * 0.125)
    assert set(named) == {"Promotion Six for five", "Coupon Autumn", "Off line 2: day-old", "Off the whole receipt: day-old"}
    assert explained.says("of 6 pieces the cheapest free: 1, 1 time") and explained.says("12.5 % off")
    assert [text for text, _ in explained.parts("LINE_TOTAL", 1)] == [
        "amount", "5 % off: day-old", "its part of the receipt's discount", "coupon Autumn"]


def test_C21_who_gave_a_discount_and_who_allowed_it_are_named(shop, till, goods, cli):
    made = basket(shop, (goods["cake"], 2), (goods["roll"], 1))
    made.lines[0].discount.CopyFrom(rate(250000))
    opened = till.call(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Lena", pin=LEAD_PIN, discount_ppm=250000), pb.ApprovalOpened)
    total = till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made, approval=opened.token), pb.SaleQuoted).total_minor
    sale = till.command(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=made, total_minor=total, approval=opened.token, tenders=[
        pb.Tender(kind=pb.TENDER_CASH, amount_minor=total)]), pb.SaleRungUp)
    assert sale.approved_by == opened.approved_by
    explained = check(shop, till, sale.sale_id)
    [gave] = [row for row in explained.rows if row.text == "Off line 1: day-old"]
    [allowed] = [row for row in explained.rows if row.text == "more than they give by themselves: allowed"]
    assert (gave.staff, allowed.staff, allowed.staff_id) == ("Ben", "Lena", opened.approved_by)
    lines = cli.run("receipt", "explain", sale.receipt_number).stdout.splitlines()
    assert any(line.startswith("Off line 1: day-old, by Ben") for line in lines)
    assert "  (more than they give by themselves: allowed, by Lena)" in lines


@pytest.mark.parametrize("eat_in", [False, True])
def test_C21_eaten_in_is_taxed_otherwise_and_says_why(shop, till, goods, eat_in):
    sale = sell(till, basket(shop, (goods["cake"], 1), (goods["roll"], 5), eat_in=eat_in))
    explained = check(shop, till, sale.sale_id)
    assert explained.says(f"{'eaten in' if eat_in else 'taken away'}, cold: VAT {19 if eat_in else 7} %")


@pytest.mark.parametrize("pieces", [5, 6])
def test_C21_six_or_more_are_taxed_as_another_class(shop, till, goods, pieces):
    sale = sell(till, basket(shop, (goods["donut"], pieces), (goods["cake"], 1)))
    explained = check(shop, till, sale.sale_id)
    assert explained.says("pieces of tax class Pastry, from 6 on they are taxed as Six or more") == (pieces == 6)


def test_C21_deposits_and_empties(shop, till, goods):
    made = basket(shop, (goods["lemonade"], 2), (goods["cake"], 1))
    made.lines.add(product_id=goods["bottle"], quantity_milli=-3000)
    explained = check(shop, till, sell(till, made).sale_id)
    assert explained.says("Line 3: Bottle, taken back") and explained.says("Line 4: Bottle, with line 1")
    made = basket(shop)
    made.lines.add(product_id=goods["bottle"], quantity_milli=-5000)
    assert check(shop, till, sell(till, made).sale_id).number("PAID") == -125


@pytest.fixture
def rounded(shop, goods):
    for_now = lambda minor: shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(cash_rounding_minor=minor)), pb.ShopPutDone)
    for_now(5)
    yield
    for_now(0)


def test_C21_cash_rounding_gift_card_and_tip(shop, till, goods, rounded):
    made = basket(shop, (goods["cake"], 1))
    made.lines.add(product_id=goods["bread"], quantity_milli=333)
    code = load(till, 500).code
    tenders = [pb.Tender(tender_type_id=goods["card"], amount_minor=500, gift_card=shown(till, code=code).pays),
               pb.Tender(kind=pb.TENDER_CASH, amount_minor=1000, tip_minor=20)]
    explained = check(shop, till, sell(till, made, tenders=tenders).sale_id)  # 11.13, of which 6.13 in cash
    assert explained.parts("ROUNDING") == [("due in cash", -613), ("in multiples of 0.05, halves upwards", 615)]
    assert explained.number("PAID") == 1115 and ("Gift card", 500) in explained.parts("PAID")


def test_C21_what_a_till_printed_otherwise_offline_is_a_part(shop, goods):
    till = Till(shop)
    as_it_was = till.printed(basket(shop, (goods["roll"], 2)))
    explained = check(shop, till.client, till.book(as_it_was).sale_id)
    assert not explained.says("offline")
    otherwise = till.printed(basket(shop, (goods["roll"], 2)))
    line = otherwise.lines[0]
    line.unit_price_minor, line.gross_minor, line.total_minor = 50, 100, 100
    otherwise.total_minor, otherwise.tenders[0].amount_minor = 100, 100
    otherwise.taxes[0].tax_minor = otherwise.tax_minor = line.tax_minor = 7
    otherwise.taxes[0].net_minor = 93
    explained = check(shop, till.client, till.book(otherwise).sale_id)
    assert explained.parts("UNIT_PRICE", 0)[1:] == [("as the till printed it, offline: the receipt holds", 5)]


# ---- points ----


def test_B18_the_seed_programme_lists_its_one_rule(shop, till, goods):
    mia = member(shop, 701, lots=[(10, 150)])
    made = basket(shop, (goods["cake"], 1), (goods["lemonade"], 1), (goods["cookie"], 2), member_id=mia, rewards=1)
    explained = check(shop, till, sell(till, made).sale_id)  # 9.00 + 2.00 + 2.50; the bottle earns nothing
    assert explained.parts("POINTS_EARNED") == [("Points: 10 for each 1.00 of 13.50", 135)]
    assert explained.parts("POINTS_SPENT") == [("1 free of Free cookie, 100 each", 100)]
    assert explained.number("LEDGER_EARNED") == 135 and explained.number("LEDGER_SPENT") == -100
    assert explained.says("deposits and charges earn nothing: 0.25")


def test_B18_each_rule_of_the_programme_and_what_was_left_out(shop, till, goods, terms):
    mia = member(shop, 702, lots=[(10, 500)])
    made = basket(shop, (goods["cake"], 1), (goods["roll"], 4), member_id=mia)
    made.rewards.add(reward=1)
    made.rewards.add(reward=2)
    sale = sell(till, made)
    explained = check(shop, till, sale.sale_id)  # 10.80, a roll free, 2.00 off the rest, of which the cake bears 174
    assert [text.split(":")[0] for text, _ in explained.parts("POINTS_EARNED")] == ["Points", "Cakes twice", "Roll stamps"]
    assert [points for _, points in explained.parts("POINTS_EARNED")] == [83, 72, 9]
    assert explained.number("LEDGER_EARNED") == sale.totals.points_earned == 83 + 72 + 9
    assert sorted(points for _, points in explained.parts("POINTS_SPENT")) == [10, 50]
    assert explained.says("Gold visits: nothing, for it is for the tier Gold and better ones")
    assert explained.says("Bread days: nothing, for none of its goods was paid for")
    assert explained.says("the member's tier, as of the night before: none")
    assert shop.sql(f"SELECT DISTINCT tier, week_minute BETWEEN 0 AND 10079 FROM sale_earning WHERE sale_id = {sale.sale_id}") == [(0, True)]
    # What was sold before that was kept is explained as far as it is known.
    shop.sql(f"UPDATE sale_earning SET tier = NULL, week_minute = NULL WHERE sale_id = {sale.sale_id}")
    assert check(shop, till, sale.sale_id).says("the tier and the hour by which that was so were not kept then")


def test_B18_C21_a_refund_in_parts_is_the_difference_of_what_had_come_back(shop, till, goods, terms):
    mia = member(shop, 703, lots=[(10, 500)])
    made = basket(shop, (goods["cake"], 2), (goods["roll"], 7), (goods["lemonade"], 3), member_id=mia)
    made.lines.add(product_id=goods["bread"], quantity_milli=777)
    made.discount.CopyFrom(rate(70000))
    made.rewards.add(reward=1)
    sale = sell(till, made)
    earned = check(shop, till, sale.sale_id).number("POINTS_EARNED")
    left = earned
    for lines in ([(0, 1000), (3, 100)], [(1, 3000), (2, 1000)], [(3, 333)], []):
        back = give_back(till, sale.receipt_number, *lines)
        explained = check(shop, till, back.sale_id)
        before = sum(points for text, points in explained.parts("POINTS_EARNED") if text.endswith("earned before it, net"))
        after = sum(points for text, points in explained.parts("POINTS_EARNED") if text.endswith("earned by the rest"))
        assert (-before, before + after) == (left, explained.number("POINTS_EARNED"))
        left = after
    assert left == 0
    assert check(shop, till, sale.sale_id).number("POINTS_EARNED") == earned, "the sale stays as it was"


# ---- wrong, unknown, long ----


def test_B18_C21_whose_member_was_erased_is_told_by_what_moved_and_not_by_the_time(shop, till, goods):
    """Of two servers' clocks one may be ahead of the other: an erasure before the refund may be of later, and one behind it of before."""
    for first, minutes in (("refund", -60), ("erasure", 60)):
        who = shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ida Grau")), pb.MemberDone).id
        sold = ring_up(till, basket(shop, (goods["cake"], 1), member_id=who), 900)

        def erase(who=who):
            shop.manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=who, confirm_id=who, reason=pb.ERASE_ASKED), pb.MemberErased)

        if first == "erasure":
            erase()
        back = give_back(till, sold.receipt_number)
        if first == "refund":
            erase()
        assert back.totals.points_earned == (-90 if first == "refund" else 0)
        shop.sql(f"UPDATE erasure SET at = at + interval '{minutes} minutes' WHERE member_id = {who}")
        check(shop, till, back.sale_id)


@pytest.mark.parametrize("number, table, column, where", [
    (820, "sale_line", "tax_minor", "line = 0"),
    (821, "sale_line", "unit_price_minor", "line = 1"),
    (822, "sale_discount", "amount_minor", "line = -1"),
    (823, "sale_tax", "net_minor", "position = 0"),
    (824, "sale", "points_earned", "true"),
    (825, "sale", "total_minor", "true"),
    (826, "points_entry", "points", "kind = 2"),
    (827, "tender", "amount_minor", "true"),
])
def test_B18_C21_a_wrong_number_in_the_books_is_named(shop, till, goods, number, table, column, where):
    key = {"sale": "id", "points_entry": "origin_id"}.get(table, "sale_id")
    made = basket(shop, (goods["roll"], 6), (goods["cake"], 1), member_id=member(shop, number))
    sale = sell(till, made)
    check(shop, till, sale.sale_id)
    shop.sql(f"UPDATE {table} SET {column} = {column} + 1 WHERE {key} = {sale.sale_id} AND {where}")
    try:
        assert Explained(till, sale_id=sale.sale_id).wrong > 0
    finally:
        shop.sql(f"UPDATE {table} SET {column} = {column} - 1 WHERE {key} = {sale.sale_id} AND {where}")
    check(shop, till, sale.sale_id)


@pytest.mark.parametrize("number, entry, is_read", [
    (830, "bytes", True),
    (831, "set_byte(bytes, 0, 1)", False),  # the layouts of before there were vouchers: whatever stands behind the head
    (832, "set_byte(bytes, 0, 2)", False),
    (833, "substring(bytes FOR length(bytes) - 1)", False),
    (834, "set_byte(bytes, 17, 255)", False),  # another's number
    (835, "set_byte(bytes, 33, 255)", False),  # another shop's
], ids=["as written", "layout 1", "layout 2", "cut short", "another number", "another shop"])
def test_by_its_number_a_receipt_is_as_its_entry_has_it_and_else_as_its_rows_do(shop, till, goods, number, entry, is_read):
    sale = sell(till, basket(shop, (goods["roll"], 6), (goods["cake"], 1), member_id=member(shop, number)))
    show = lambda **key: till.call(pb.OP_SALE_SHOW, pb.SaleShow(**key), pb.SaleShown)
    one = f"WHERE kind = 'T' AND (device_id, number) = (SELECT device_id, number FROM sale WHERE id = {sale.sale_id})"
    [[written]] = shop.sql(f"SELECT encode(bytes, 'hex') FROM journal {one}")
    as_sold = show(receipt_number=sale.receipt_number)
    assert as_sold == show(sale_id=sale.sale_id) and as_sold.sale == sale
    shop.sql(f"UPDATE journal SET bytes = {entry} {one};"
             f"UPDATE sale_line SET unit_price_minor = unit_price_minor + 1 WHERE sale_id = {sale.sale_id} AND line = 1")
    try:
        by_rows = show(sale_id=sale.sale_id)
        assert by_rows.sale.totals.lines[1].unit_price_minor == as_sold.sale.totals.lines[1].unit_price_minor + 1
        assert show(receipt_number=sale.receipt_number) == (as_sold if is_read else by_rows)
        if is_read:
            assert Explained(till, receipt_number=sale.receipt_number).wrong > 0
    finally:
        shop.sql(f"UPDATE journal SET bytes = decode('{written}', 'hex') {one};"
                 f"UPDATE sale_line SET unit_price_minor = unit_price_minor - 1 WHERE sale_id = {sale.sale_id} AND line = 1")
    assert show(receipt_number=sale.receipt_number) == show(sale_id=sale.sale_id) == as_sold


def test_an_entry_too_short_to_say_which_sale_it_is_of_is_no_receipt(shop, till, goods):
    sale = sell(till, basket(shop, (goods["roll"], 1)))
    one = f"WHERE kind = 'T' AND (device_id, number) = (SELECT device_id, number FROM sale WHERE id = {sale.sale_id})"
    [[written]] = shop.sql(f"SELECT encode(bytes, 'hex') FROM journal {one}")
    for size in (0, 58, 66):
        shop.sql(f"UPDATE journal SET bytes = decode('{written[:2 * size]}', 'hex') {one}")
        try:
            assert refused(till.call, pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=sale.receipt_number), pb.SaleShown) == "UNKNOWN_SALE"
        finally:
            shop.sql(f"UPDATE journal SET bytes = decode('{written}', 'hex') {one}")


def test_C21_two_hundred_lines_come_in_pages(shop, till, goods):
    made = basket(shop, *[(goods["roll"], 1), (goods["cake"], 1)] * 90)
    made.discount.CopyFrom(rate(90000))
    sale = sell(till, made)
    page = till.call(pb.OP_SALE_EXPLAIN, pb.SaleExplain(sale_id=sale.sale_id), pb.SaleExplained)
    assert page.more and 0 < len(page.rows) < page.row_count and page.ByteSize() < 60000
    check(shop, till, sale.sale_id)
    beyond = till.call(pb.OP_SALE_EXPLAIN, pb.SaleExplain(sale_id=sale.sale_id, after_row=2**32 - 1), pb.SaleExplained)
    assert not beyond.rows and not beyond.more


def named_in(shop, sale_id):
    """How many entries say that somebody was named who had to do with the sale."""
    entries = [bytes(data) for data, in shop.sql("SELECT bytes FROM journal WHERE kind = 'L'")]
    return sum(b"sale_explained" in entry and sale_id.to_bytes(8, "big") in entry for entry in entries)


def test_C21_a_page_that_names_somebody_leaves_a_trace(shop, till, goods):
    who = Person(till)
    made = basket(shop, (goods["roll"], 1), member_id=who.id)
    made.discount.CopyFrom(rate(90000))
    sale = sell(till, made)
    page = till.call(pb.OP_SALE_EXPLAIN, pb.SaleExplain(sale_id=sale.sale_id), pb.SaleExplained)
    assert any(row.staff for row in page.rows) and named_in(shop, sale.sale_id) == 1
    till.call(pb.OP_SALE_EXPLAIN, pb.SaleExplain(sale_id=sale.sale_id, after_row=page.row_count), pb.SaleExplained)
    assert named_in(shop, sale.sale_id) == 1, "that one names nobody"
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as kiosk:
        sign_in(kiosk, code=code_for(till, who.id).code)
        Explained(kiosk, sale_id=sale.sale_id)
    assert named_in(shop, sale.sale_id) == 1, "nor does what a member is told"


def test_C21_of_what_there_is_not_nothing_is_explained(shop, till, goods):
    explain = lambda **key: refused(till.call, pb.OP_SALE_EXPLAIN, pb.SaleExplain(**key), pb.SaleExplained)
    assert explain() == explain(sale_id=12345) == explain(sale_id=2**63) == explain(receipt_number="1T-999999") == "UNKNOWN_SALE"
    assert explain(last=True, sale_id=1) == "UNKNOWN_SALE"


# ---- the command line, and a member's own ----


def test_C21_the_command_line_prints_it(shop, till, goods, cli):
    sale = sell(till, basket(shop, (goods["roll"], 6), (goods["cake"], 1)))
    lines = cli.run("receipt", "explain", sale.receipt_number).stdout.splitlines()
    assert lines[0].strip() == sale.receipt_number and lines[-1].endswith("numbers: all add up")
    assert any(line.startswith("To pay") and line.endswith(" 11.25") for line in lines)
    for columns in (32, 48):
        narrow = cli.run("receipt", "explain", sale.receipt_number, "--columns", columns).stdout.splitlines()
        assert max(map(len, narrow[:-1])) <= columns
    assert cli.json("receipt", "explain", sale.receipt_number)["wrong_count"] == 0
    cli.run("receipt", "explain", "1T-999999", status=REFUSED)
    cli.run("receipt", "explain", status=USAGE)
    cli.run("receipt", "explain", sale.receipt_number, "--columns", "3", status=USAGE)


def test_C21_a_member_at_a_kiosk_sees_their_own_and_no_other(shop, till, goods):
    mine, other = Person(till), Person(till)
    own = sell(till, basket(shop, (goods["roll"], 6), member_id=mine.id))
    strange = sell(till, basket(shop, (goods["roll"], 6), member_id=other.id))
    nobodys = sell(till, basket(shop, (goods["roll"], 6)))
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as kiosk:
        said = lambda **key: kiosk.reply(pb.OP_SALE_EXPLAIN, pb.SaleExplain(**key)).error
        assert pb.code(said(sale_id=own.sale_id).code) == "MEMBER_SIGN_IN_FIRST"
        sign_in(kiosk, code=code_for(till, mine.id).code)
        explained = check(shop, kiosk, own.sale_id)
        assert not any(row.HasField("staff_id") for row in explained.rows)
        assert Explained(kiosk, receipt_number=own.receipt_number).rows == explained.rows
        nothing = said(sale_id=12345).SerializeToString()
        unprinted = said(receipt_number="1T-999999").SerializeToString()
        for sale in (strange, nobodys):
            assert said(sale_id=sale.sale_id).SerializeToString() == nothing
            assert said(receipt_number=sale.receipt_number).SerializeToString() == unprinted


def test_C21_every_sale_of_the_module_is_explained(shop, till, goods):
    sales = [id for id, in shop.sql("SELECT id FROM sale ORDER BY id")]
    assert len(sales) > 30
    for id in sales[:100]:
        check(shop, till, id)


def test_C21_who_works_in_another_shop_is_not_named(shop, till, goods, cli):
    shop.put({"sku": "bread", "price_minor": 650})
    version = shop.version()
    sale = sell(till, basket(shop, (goods["bread"], 1)))
    [[manager]] = shop.sql(f"SELECT staff_id FROM catalogue_version WHERE version = {version}")
    branch = open_branch(shop)
    shop.sql(f"UPDATE catalogue_version SET staff_id = {branch.staff} WHERE version = {version}")
    try:
        [changed] = [row for row in check(shop, till, sale.sale_id).rows if row.staff_id == branch.staff]
        assert not changed.HasField("staff") and f"(version {version})" in changed.text
        assert f"  {changed.text}, by somebody of the shop " in cli.run("receipt", "explain", sale.receipt_number, "--columns", "120").stdout
    finally:
        shop.sql(f"UPDATE catalogue_version SET staff_id = {manager} WHERE version = {version}")
