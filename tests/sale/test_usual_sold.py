"""What a member usually takes, of what was really sold to them, and that it is asked for by an index."""
import pytest
from counter import basket, check_books, check_strands, member, refund, ring_up, seed
from shop import pb


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    made = shop.till()
    shop.receive(goods["cookie"], 100)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)
    check_strands(shop)


def usual(client, id):
    return client.call(pb.OP_MEMBER_USUAL, pb.MemberUsual(id=id), pb.MemberUsualShown)


def buy(shop, till, id, *bought):
    prices = {"cookie": 250, "cake": 900, "roll": 45}
    ids = dict(shop.sql("SELECT sku, id FROM product"))
    sold = basket(shop, *((ids[name], pieces) for name, pieces in bought), member_id=id)
    return ring_up(till, sold, sum(prices[name] * pieces for name, pieces in bought))


def as_told(shown):
    return [(good.name, good.quantity_milli, good.sale_count, good.state) for good in shown.goods]


def test_C19_what_half_of_the_last_ten_sales_had_is_usual(shop, till, goods):
    ada, ben = member(shop, 910), member(shop, 920)
    assert usual(till, ada).sale_count == 0
    for _ in range(3):
        buy(shop, till, ada, ("cake", 1))
    assert as_told(usual(till, ada)) == [("cake", 1000, 3, pb.USUAL_TAKEN)]
    for pieces in (2, 6, 2, 1, 2):
        buy(shop, till, ada, ("roll", pieces), ("cookie", 1))
    buy(shop, till, ben, ("cake", 1))
    buy(shop, till, ben, ("cake", 1))
    # three of eight had the cake
    assert as_told(usual(till, ada)) == [("cookie", 1000, 5, pb.USUAL_TAKEN), ("roll", 2000, 5, pb.USUAL_TAKEN)]
    assert as_told(usual(till, ben)) == [("cake", 1000, 2, pb.USUAL_TAKEN)]
    for _ in range(6):
        buy(shop, till, ada, ("cake", 1))
    shown = usual(till, ada)
    assert shown.sale_count == 10, "older ones are forgotten"
    assert as_told(shown) == [("cake", 1000, 6, pb.USUAL_TAKEN)]


def test_C19_what_was_voided_or_came_back_is_not_usual_and_what_is_sold_out_is_named(shop, till, goods):
    cleo, manager = member(shop, 930), shop.till("Caroline")
    for _ in range(2):
        sold = basket(shop, (goods["roll"], 1), (goods["cookie"], 1), (goods["cake"], 2), member_id=cleo)
        sold.lines.add(product_id=goods["roll"], quantity_milli=5000, voided=True)
        receipt = ring_up(till, sold, 45 + 250 + 1800).receipt_number
        refund(manager, receipt, (1, 1000), (2, 1000))
    assert as_told(usual(till, cleo)) == [("cake", 1000, 2, pb.USUAL_TAKEN), ("roll", 1000, 2, pb.USUAL_TAKEN)]
    till.command(pb.OP_PRODUCT_SOLD_OUT, pb.ProductSoldOut(product_id=goods["roll"], sold_out=True), pb.ProductPutDone)
    try:
        assert [good.state for good in usual(till, cleo).goods] == [pb.USUAL_TAKEN, pb.USUAL_SOLD_OUT]
    finally:
        till.command(pb.OP_PRODUCT_SOLD_OUT, pb.ProductSoldOut(product_id=goods["roll"], sold_out=False), pb.ProductPutDone)


def test_C19_asking_leaves_a_trace_and_nobody_is_unknown(shop, till, goods):
    dora = member(shop, 940)
    usual(till, dora)
    rows = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {till.identity.device.id} AND kind = 'L'")
    found = [bytes(row[0]) for row in rows if b"member_usual" in bytes(row[0])]
    assert any(dora.to_bytes(8, "big") in entry for entry in found)
    assert till.refusal(pb.OP_MEMBER_USUAL, pb.MemberUsual(id=4711)) == "UNKNOWN_MEMBER"
    assert till.refusal(pb.OP_MEMBER_USUAL, pb.MemberUsual()) == "UNKNOWN_MEMBER"
