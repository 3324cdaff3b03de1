"""What is larger than a frame: refused before it is paid for, and nothing of it is left, neither alone nor beside others."""
import uuid

import pytest

from shop import pb

BREAD = "Хлеб ржаной подовый с семенами и мёдом, наш"
WHEAT = "\U0001F950"  # four bytes


@pytest.fixture(scope="module")
def goods(shop):
    manager = shop.manager

    def option(name):
        return manager.command(pb.OP_MODIFIER_PUT, pb.ModifierPut(modifier=pb.Modifier(
            name=f"With {name[:3]}", options=[pb.ModifierOption(name=name, price_minor=40)])), pb.CataloguePutDone).id

    made = {name: shop.put_product(called, 6400, unit=pb.UNIT_KILOGRAM, modifier_ids=[modifier]) for name, called, modifier in (
        ("plausible", BREAD, option("С дополнительной порцией семян")), ("absurd", WHEAT * 80, option(WHEAT * 40)))}
    made["option"] = {name: shop.show(id=made[name]).modifier_ids[0] for name in ("plausible", "absurd")}
    made["roll"] = shop.put_product("Roll", 60)
    return made


def long(shop, goods, name, lines, voided=0):
    basket = pb.Basket(catalogue_version=shop.version())
    for number in range(lines):
        line = basket.lines.add(product_id=goods[name], quantity_milli=345, note="на субботу, к девяти утра")
        line.options.add(modifier_id=goods["option"][name], option=1)
        line.discount.rate_ppm, line.discount.reason = 50000, "вчерашний хлеб"
        if number < voided:
            line.voided, line.void_reason = True, WHEAT * 40
    return basket


def quoted(till, basket):
    return till.reply(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket))


def rolls(shop, goods, count=1):
    basket = pb.Basket(catalogue_version=shop.version(), lines=[pb.BasketLine(product_id=goods["roll"], quantity_milli=1000 * count)])
    return paid(basket, 60 * count)


def paid(basket, total):
    return pb.SaleRingUp(basket=basket, total_minor=total, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=total)])


def code(reply):
    return pb.code(reply.error.code) if reply.HasField("error") else None


def total_of(lines):
    """345 g of 64.40 a kilogram, less 5 %."""
    gross = (6440 * 345 + 500) // 1000
    return lines * (gross - (gross * 5 + 50) // 100)


def sold(shop):
    return shop.sql("SELECT count(*) FROM sale")[0][0]


def test_it_is_said_before_money_is_asked_for(shop, goods):
    till = shop.till("Caroline")
    assert code(quoted(till, long(shop, goods, "absurd", 200))) == "TOO_LONG"
    assert "sell it in two" in quoted(till, long(shop, goods, "absurd", 200)).error.sentence
    fits = quoted(till, long(shop, goods, "plausible", 150))
    assert code(fits) is None
    assert pb.SaleQuoted.FromString(fits.body).total_minor == total_of(150)
    till.command(pb.OP_SALE_RING_UP, paid(long(shop, goods, "plausible", 150), total_of(150)), pb.SaleRungUp)


def test_alone_it_is_refused_for_good_and_leaves_nothing(shop, goods):
    till = shop.till("Caroline")
    before, id = sold(shop), uuid.uuid4().bytes
    request = paid(long(shop, goods, "absurd", 200), total_of(200))
    assert code(till.reply(pb.OP_SALE_RING_UP, request, id)) == "TOO_LONG"
    assert code(till.reply(pb.OP_SALE_RING_UP, request, id)) == "TOO_LONG"
    assert sold(shop) == before
    till.command(pb.OP_SALE_RING_UP, rolls(shop, goods), pb.SaleRungUp)
    shop.check()


def test_a_card_that_was_charged_is_named_first(shop, goods):
    till = shop.till("Caroline")
    before, total = sold(shop), total_of(200)
    request = paid(long(shop, goods, "absurd", 200), total)
    request.tenders[0].kind, request.tenders[0].reference = pb.TENDER_CARD, "A-4711"
    answer = till.reply(pb.OP_SALE_RING_UP, request, uuid.uuid4().bytes)
    assert code(answer) == "CARD_CHARGED" and sold(shop) == before
    said = answer.error.sentence
    assert "A-4711" in said and said.index("A-4711") < said.index("sell it in two"), said
    shop.check()


def test_beside_others_in_a_group_it_leaves_nothing_behind(shop, goods):
    """A dozen requests in one go; whichever of them share a group, the cash, the points and the numbers are those of the others."""
    tills = [shop.till("Caroline"), shop.till("Ben")]
    member = shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Anna Long")), pb.MemberDone).id
    basket = long(shop, goods, "absurd", 200)
    basket.member_id = member
    too_long, before, answers = paid(basket, total_of(200)), sold(shop), []
    for _ in range(5):
        asked = [(till, till.send(pb.OP_SALE_RING_UP, too_long if number in (1, 3) else rolls(shop, goods), uuid.uuid4().bytes))
                 for number in range(6) for till in tills]
        answers += [code(till.read_reply(id)) for till, id in asked]
    assert answers.count("TOO_LONG") == 20 and answers.count(None) == 40
    assert sold(shop) == before + 40
    assert shop.sql(f"SELECT points FROM member_account WHERE member_id = {member}") == \
        shop.sql(f"SELECT coalesce(sum(points), 0) FROM points_entry WHERE member_id = {member}")
    shop.check()


def test_whatever_was_sold_is_in_a_journal_that_can_be_listed_and_on_a_receipt_that_can_be_shown(shop, goods):
    """The longest that go, by halving: with lines that are voided, whose reasons stand in the journal alone."""
    till = shop.till("Caroline")
    for name, voided in (("absurd", 0), ("absurd", 199), ("plausible", 100)):
        least, most = 1, 201
        while most - least > 1:
            middle = (least + most) // 2
            basket = long(shop, goods, name, middle, min(voided, middle - 1))
            reply = till.reply(pb.OP_SALE_RING_UP, paid(basket, total_of(middle - min(voided, middle - 1))), uuid.uuid4().bytes)
            assert code(reply) in (None, "TOO_LONG"), reply.error
            least, most = (middle, most) if code(reply) is None else (least, middle)
            if code(reply) is None:
                shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(last=True), pb.SaleShown)
                assert shown.sale.sale_id == pb.SaleRungUp.FromString(reply.body).sale_id
        assert least > 50, name
    seen, page = [], pb.JournalListed(more=True)
    while page.more:
        page = shop.manager.call(pb.OP_JOURNAL_LIST, pb.JournalList(device_id=till.identity.device.id, kind="T",
                                                                    after_number=seen[-1] if seen else 0), pb.JournalListed)
        seen += [entry.number for entry in page.entries]
    assert seen == list(range(1, len(seen) + 1)) and len(seen) >= 5
    shop.check()


def test_a_page_of_the_journal_that_is_full_to_the_byte_is_not_its_end(shop, goods):
    """Entries of 9,936 bytes, each counted with 64 more: six fill a page of 60,000. They stand in a strand of no device's."""
    shop.sql("INSERT INTO journal SELECT 4000, 'L', n, now(), decode(repeat('ab', 9936), 'hex'), sha256('x') FROM generate_series(1, 15) n")
    try:
        seen, page = [], pb.JournalListed(more=True)
        while page.more:
            page = shop.manager.call(pb.OP_JOURNAL_LIST, pb.JournalList(device_id=4000, kind="L",
                                                                        after_number=seen[-1] if seen else 0), pb.JournalListed)
            seen += [entry.number for entry in page.entries]
        assert seen == list(range(1, 16))
    finally:
        shop.sql("DELETE FROM journal WHERE device_id = 4000")
