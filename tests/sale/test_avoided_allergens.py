"""What a member avoids is told before it is sold, or left out: at the till, in the books, offline, and never at a kiosk."""
import uuid

import pytest
from counter import basket, check_books, check_receipts, check_strands, refund, ring_up, seed
from kiosk import code_for
from names import fresh
from offline import Till, exceptions
from shop import Refused, pb
from waiting import wait_for

GLUTEN, MILK, NUTS = 1, 7, 8


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Tom")
    shop.staff("Boss", role="manager")
    shop.receive(made["cookie"], 1000)
    shop.receive(made["cake"], 1000)
    shop.put({"id": made["cake"], "contains": [NUTS, MILK]}, {"id": made["cookie"], "contains": [GLUTEN], "may_contain": [NUTS]},
             set_lists=True)
    return made


@pytest.fixture(scope="module")
def till(shop, goods):
    return shop.till("Tom")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def create(client, **fields):
    return client.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(**fields)), pb.MemberDone).id


def update(client, **fields):
    return client.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(**fields)), pb.MemberDone)


def show(client, id):
    return client.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member


@pytest.fixture()
def ada(till):
    return create(till, name="Ada " + fresh(), avoids=[NUTS], language="DE")


def told(made, *allergens, line=0):
    made.lines[line].allergens_told.extend(allergens)
    return made


def refusal(function, *arguments):
    """(code, AllergensMet) of what is refused."""
    with pytest.raises(Refused) as caught:
        function(*arguments)
    met = pb.AllergensMet()
    met.ParseFromString(caught.value.detail)
    return caught.value.code, [(line.line, line.name, list(line.contains), list(line.may_contain)) for line in met.lines]


def quote(client, made):
    return client.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made), pb.SaleQuoted)


def test_B5_goods_with_what_the_customer_avoids_are_not_sold_unsaid(shop, till, goods, ada):
    cake = basket(shop, (goods["roll"], 1), (goods["cake"], 1), member_id=ada)
    assert refusal(quote, till, cake) == ("ALLERGEN_AVOIDED", [(1, "cake", [NUTS], [])])
    # a ring-up's answer is kept: it names the line, and not what somebody avoids
    assert refusal(ring_up, till, cake, 945) == ("ALLERGEN_AVOIDED", [(1, "cake", [], [])])
    assert refusal(quote, till, told(basket(shop, (goods["cake"], 1), member_id=ada), MILK))[0] == "ALLERGEN_AVOIDED"
    assert refusal(quote, till, basket(shop, (goods["cookie"], 1), member_id=ada)) == ("ALLERGEN_AVOIDED", [(0, "cookie", [], [NUTS])])
    # without a member, or to one who avoids nothing, or without it, it is as ever
    assert ring_up(till, basket(shop, (goods["cake"], 1)), 900).totals.lines[0].allergen_told is False
    ring_up(till, basket(shop, (goods["cake"], 1), member_id=create(till, name="Ben")), 900)
    ring_up(till, basket(shop, (goods["roll"], 1), member_id=ada), 45)
    voided = basket(shop, (goods["roll"], 1), (goods["cake"], 1), member_id=ada)
    voided.lines[1].voided = True
    ring_up(till, voided, 45)


def test_B5_what_was_told_is_sold_and_that_is_in_the_books(shop, till, goods, ada):
    before = show(till, ada).points
    sold = ring_up(till, told(basket(shop, (goods["cake"], 1), (goods["roll"], 1), member_id=ada), NUTS), 945)
    assert [line.allergen_told for line in sold.totals.lines] == [True, False]
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sold.sale_id), pb.SaleShown)
    [[staff]] = shop.sql(f"SELECT staff_id FROM sale WHERE id = {sold.sale_id}")
    assert shown.told_by == staff and [line.allergen_told for line in shown.sale.totals.lines] == [True, False]
    assert shop.sql(f"SELECT flags & 128 FROM sale_line WHERE sale_id = {sold.sale_id} ORDER BY line") == [(128,), (0,)]
    assert show(till, ada).points == before + 94
    # a refund was told nobody
    with shop.connect(till.identity) as boss:
        boss.sign_in("Boss")
        back = refund(boss, sold.receipt_number)
    assert shop.sql(f"SELECT bool_or(flags & 128 <> 0) FROM sale_line WHERE sale_id = {back.sale_id}") == [(False,)]
    plain = ring_up(till, basket(shop, (goods["roll"], 1), member_id=ada), 45)
    assert not till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=plain.sale_id), pb.SaleShown).HasField("told_by")


def test_B5_what_changes_is_asked_about_anew(shop, till, goods, ada):
    agreed = told(basket(shop, (goods["cake"], 1), member_id=ada), NUTS)
    quote(till, agreed)
    update(till, id=ada, avoids=[NUTS, MILK])
    assert refusal(quote, till, agreed) == ("ALLERGEN_AVOIDED", [(0, "cake", [MILK], [])])
    update(till, id=ada, set_avoids=True)
    assert list(show(till, ada).avoids) == []
    assert ring_up(till, agreed, 900).totals.lines[0].allergen_told is False
    update(till, id=ada, name="Ada again")  # what is not named stays
    update(till, id=ada, avoids=[NUTS])
    update(till, id=ada, name="Ada once more")
    assert list(show(till, ada).avoids) == [NUTS] and show(till, ada).language == "de"
    # the recipe changes, and the till's basket is of the newest catalogue
    shop.put({"id": goods["roll"], "may_contain": [NUTS]}, set_lists=True)
    try:
        assert refusal(quote, till, basket(shop, (goods["roll"], 1), member_id=ada)) == ("ALLERGEN_AVOIDED", [(0, "roll", [], [NUTS])])
    finally:
        shop.put({"id": goods["roll"]}, set_lists=True)


def test_B5_a_card_that_was_charged_is_given_back(shop, till, goods, ada):
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1), member_id=ada), total_minor=900,
                            tenders=[pb.Tender(kind=pb.TENDER_CARD, amount_minor=900, reference="A9")])
    code, met = refusal(till.command, pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
    assert code == "CARD_CHARGED" and met == [(0, "cake", [], [])]


def test_B5_what_a_till_sold_offline_is_booked_and_listed_unless_it_was_told(shop, goods, ada):
    away = Till(shop)
    plain = away.book(away.printed(basket(shop, (goods["roll"], 1), (goods["cake"], 1), member_id=ada)))
    assert exceptions(plain) == [("ALLERGEN", 1)]
    said = away.book(away.printed(told(basket(shop, (goods["cake"], 1), member_id=ada), NUTS)))
    assert exceptions(said) == []
    assert shop.sql(f"SELECT sale_id, flags & 128 FROM sale_line WHERE sale_id IN ({plain.sale_id}, {said.sale_id}) ORDER BY 1, line") == [
        (plain.sale_id, 0), (plain.sale_id, 0), (said.sale_id, 128)]
    assert shop.sql(f"SELECT kind, line, said, found FROM sale_exception WHERE sale_id = {plain.sale_id}") == [(15, 1, None, None)]


def test_B5_no_kiosk_overrides_it(shop, goods, till, ada):
    """A kiosk rings nothing up and puts nothing aside as told, whatever it says was told; nothing of it is in the books."""
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as kiosk:
        kiosk.call(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(code=code_for(till, ada).code), pb.KioskSignedIn)
        said = told(basket(shop, (goods["cake"], 1), member_id=ada), NUTS)
        [[before]] = shop.sql("SELECT count(*) FROM sale")
        named = pb.SaleQuote(basket=said)
        assert kiosk.refusal(pb.OP_SALE_QUOTE, named) == "KIOSK_BASKET_BAD"
        named.basket.ClearField("member_id")
        quoted = kiosk.call(pb.OP_SALE_QUOTE, named, pb.SaleQuoted)  # a price, no sale: the counter tells them
        assert quoted.total_minor == 900 and not quoted.lines[0].allergen_told
        for op, message in ((pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=said, total_minor=900)),
                            (pb.OP_BASKET_PARK, pb.BasketPark(basket=said)), (pb.OP_SALE_OFFLINE, pb.SaleOffline(basket=said, number=1))):
            assert kiosk.refusal(op, message, uuid.uuid4().bytes) == "UNSUPPORTED"
        assert kiosk.refusal(pb.OP_BASKET_LEAVE, pb.BasketLeave(basket=named.basket), uuid.uuid4().bytes) == "KIOSK_BASKET_BAD"
        assert shop.sql("SELECT count(*) FROM sale") == [(before,)]
        assert list(show(till, ada).avoids) == [NUTS]


def test_B5_nothing_of_it_can_be_read_in_the_database(shop, till, ada):
    [[avoids, sealed]] = shop.sql(f"SELECT a.avoids, m.avoids_sealed FROM member_account AS a JOIN member AS m ON m.id = a.member_id"
                                  f" WHERE m.id = {ada}")
    assert len(bytes(avoids)) == 112 and b"8" not in bytes(sealed)[-1:]
    parts = {bytes(avoids)[i:i + 8] for i in range(0, 112, 8)}
    assert len(parts) == 14  # which are meant, and how many, does not show
    other = create(till, name="Bo " + fresh(), avoids=[NUTS])
    [[others]] = shop.sql(f"SELECT avoids FROM member_account WHERE member_id = {other}")
    assert not parts & {bytes(others)[i:i + 8] for i in range(0, 112, 8)}
    kept = [bytes(reply) for (reply,) in shop.sql("SELECT reply FROM command WHERE op = 41")]
    assert kept and all(len(reply) < 40 for reply in kept)


@pytest.mark.parametrize("fields, field", [
    ({"avoids": [15]}, "member.avoids"), ({"avoids": [0]}, "member.avoids"), ({"language": "xx"}, "member.language"),
    ({"language": "d"}, "member.language")])
def test_B5_what_is_no_allergen_and_no_language_is_refused(till, ada, fields, field):
    with pytest.raises(Refused) as caught:
        update(till, id=ada, **fields)
    assert (caught.value.code, caught.value.field) == ("BAD_FIELD", field)
