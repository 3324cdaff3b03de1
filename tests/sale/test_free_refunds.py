"""Money for goods without a receipt: by its own right or another's PIN, with a reason, at today's price at most, and no more than the day has."""
import threading
import uuid

import pytest
import training as practice
from counter import basket, check_books, check_strands, refund, refused, ring_up, seed
from shop import PIN, Refused, make_shop, pb

CHIEF_PIN = "573902"


class Place:
    """A cashier's till, a manager's on a server of its own, and what the goods cost."""

    def __init__(self, shop):
        self.shop, self.goods = shop, seed(shop)
        shop.staff("Ben")
        shop.staff("Lea", role="shift_lead")
        shop.chief = shop.staff("Mia", role="manager", pin=CHIEF_PIN)
        shop.receive(self.goods["cookie"], 100000)
        shop.receive(self.goods["cake"], 100000)
        self.till = shop.till("Ben")
        other = shop.device()
        self.chief = shop.connect(other, port=shop.servers[1].port)
        self.chief.sign_in("Mia", CHIEF_PIN)
        self.chief.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=10000), pb.ShiftShown)

    def day(self, minor):
        return self.shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(free_refund_day_minor=minor)), pb.ShopPutDone)

    def given(self):
        [[minor]] = self.shop.sql("SELECT -coalesce(sum(total_minor), 0) FROM sale WHERE kind = 2 AND refund_of IS NULL")
        return int(minor)

    def give(self, client, *lines, command_id=None, reason="not fresh", **fields):
        """lines: (goods, pieces), and for how much each."""
        message = pb.SaleRefundFree(reason=reason, **fields)
        for name, pieces, *price in lines:
            message.lines.append(pb.FreeRefundLine(product_id=self.goods[name], quantity_milli=pieces * 1000,
                                                   **({"price_minor": price[0]} if price else {})))
        return client.command(pb.OP_SALE_REFUND_FREE, message, pb.SaleRungUp, command_id)

    def allow(self, client, name="Mia", pin=CHIEF_PIN, **fields):
        return client.call(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name=name, pin=pin, free_refund=True, **fields), pb.ApprovalOpened)


@pytest.fixture(scope="module")
def place():
    with make_shop() as shop:
        shop.start()
        shop.start()
        shop.open()
        yield Place(shop)
        check_books(shop)
        check_strands(shop)


def rows(receipt):
    return [row.left for row in receipt.rows]


def test_A16_without_a_receipt_goods_give_their_price_in_cash(place):
    place.day(100000)
    [[stock]] = place.shop.sql(f"SELECT on_hand_milli FROM stock WHERE product_id = {place.goods['cookie']}")
    sale = place.give(place.chief, ("cookie", 2), ("roll", 1), total_minor=545)
    assert (sale.totals.total_minor, sale.totals.tax_minor, sale.cash_minor, sale.free_refund) == (-545, -36, -545, True)
    assert [(line.quantity_milli, line.unit_price_minor, line.total_minor) for line in sale.totals.lines] == [(-2000, 250, -500), (-1000, 45, -45)]
    assert "Refund without a receipt" in rows(sale.receipt) and "Reason: not fresh" in rows(sale.receipt)
    assert sale.totals.points_earned == sale.totals.points_after == 0 and not sale.approved_by
    assert place.shop.sql(f"SELECT kind, refund_of, member_id, reason, total_minor, series::text FROM sale WHERE id = {sale.sale_id}") == [
        (2, None, None, "not fresh", -545, "T")]
    assert place.shop.sql(f"SELECT kind, amount_minor FROM tender WHERE sale_id = {sale.sale_id}") == [(1, -545)]
    assert place.shop.sql(f"SELECT kind, amount_minor FROM drawer_entry WHERE origin_id = {sale.sale_id}") == [(3, -545)]
    assert place.shop.sql(f"SELECT on_hand_milli FROM stock WHERE product_id = {place.goods['cookie']}") == [(stock + 2000,)]
    [[size]] = place.shop.sql(f"SELECT length(bytes) FROM journal AS j JOIN sale AS s ON s.device_id = j.device_id AND s.series = j.kind"
                              f" AND s.number = j.number WHERE s.id = {sale.sale_id} AND get_byte(bytes, 0) = 3")
    assert size > 200
    # Shown again, and on a copy, it says the same.
    again = place.chief.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sale.sale_id), pb.SaleShown)
    assert again.sale.free_refund and not again.HasField("refund_of") and again.sale.receipt == sale.receipt
    copy = place.chief.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=sale.receipt_number), pb.ReceiptPrinted)
    assert "Reason: not fresh" in rows(copy.receipt)
    told = place.chief.call(pb.OP_SALE_EXPLAIN, pb.SaleExplain(receipt_number=sale.receipt_number), pb.SaleExplained)
    assert told.number_count > 6 and told.wrong_count == told.unknown_count == 0


def test_A16_at_less_than_todays_price_and_never_at_more(place):
    assert place.give(place.chief, ("cake", 2, 500)).totals.total_minor == -1000
    assert place.give(place.chief, ("cake", 1, 900)).totals.total_minor == -900
    for price in (901, 0, -1, 2**62):
        assert refused(place.give, place.chief, ("cake", 1, price)) == "FREE_REFUND_PRICE"
    assert refused(place.give, place.chief, ("cake", 1), total_minor=899) == "TOTAL_DIFFERS"
    assert refused(place.give, place.chief) == "BASKET_EMPTY"
    assert refused(place.give, place.chief, *[("roll", 1)] * 51) in ("BASKET_TOO_LONG", "BAD_BODY", "BAD_FIELD")
    assert refused(place.give, place.chief, ("cake", -1)) == refused(place.give, place.chief, ("cake", 0)) == "BAD_QUANTITY"
    message = pb.SaleRefundFree(reason="x", lines=[pb.FreeRefundLine(product_id=5, quantity_milli=1000)])
    assert refused(place.chief.command, pb.OP_SALE_REFUND_FREE, message, pb.SaleRungUp) == "UNKNOWN_PRODUCT"
    bottle = place.shop.put_product("Bottle", 25, sku="bottle", deposit_kind=pb.DEPOSIT_GOOD)
    gift = place.shop.put_product("Gift", 0, sku="gift", open_price=True, open_min_minor=1, open_max_minor=5000)
    for product in (bottle, gift):
        message = pb.SaleRefundFree(reason="x", lines=[pb.FreeRefundLine(product_id=product, quantity_milli=1000)])
        assert refused(place.chief.command, pb.OP_SALE_REFUND_FREE, message, pb.SaleRungUp) == "FREE_REFUND_GOODS"


def test_A16_with_a_reason_alone(place):
    for reason in ("", " \u00a0 "):
        assert refused(place.give, place.chief, ("roll", 1), reason=reason) == "BAD_REASON"
    assert refused(place.give, place.chief, ("roll", 1), reason="4111111111111111") == "CARD_NUMBER"
    sale = place.give(place.chief, ("roll", 1), reason="  it  was\u2003burnt ")
    assert place.shop.sql(f"SELECT reason FROM sale WHERE id = {sale.sale_id}") == [("it was burnt",)]


def test_A16_who_may_not_needs_the_word_of_who_may(place):
    before = place.given()
    assert refused(place.give, place.till, ("cookie", 1)) == "APPROVAL_NEEDED"
    with pytest.raises(Refused) as no:
        place.give(place.till, ("cookie", 1))
    assert pb.ApprovalWanted.FromString(no.value.detail).free_refund
    assert refused(place.allow, place.till, "Lea", PIN) == "APPROVER_MAY_NOT", "who refunds receipts may not this"
    other = place.till.call(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Mia", pin=CHIEF_PIN, discount_ppm=1000), pb.ApprovalOpened)
    assert refused(place.give, place.till, ("cookie", 1), approval=other.token) == "APPROVAL_NEEDED", "it was for a discount"
    opened = place.allow(place.till)
    sale = place.give(place.till, ("cookie", 1), approval=opened.token)
    assert sale.approved_by == opened.approved_by == place.shop.chief
    assert refused(place.give, place.till, ("cookie", 1), approval=opened.token) == "APPROVAL_UNKNOWN", "it was used"
    assert place.given() == before + 250
    # Both are in the books: who asked in the sale, who allowed in its row, its entry and an entry of their own.
    [[staff, approved]] = place.shop.sql(f"SELECT staff_id, approved_by FROM sale WHERE id = {sale.sale_id}")
    assert approved == place.shop.chief != staff
    [[notes]] = place.shop.sql("SELECT count(*) FROM journal WHERE kind = 'L' AND position('free_refund'::bytea IN bytes) > 0")
    assert notes >= 1
    opened = place.allow(place.till)
    made = basket(place.shop, (place.goods["cake"], 1))
    made.discount.CopyFrom(pb.Discount(rate_ppm=900000, reason="why"))
    message = pb.SaleRingUp(basket=made, total_minor=90, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=90)], approval=opened.token)
    assert refused(place.till.command, pb.OP_SALE_RING_UP, message, pb.SaleRungUp) == "APPROVAL_NEEDED", "and it is for nothing else"


def test_A16_a_day_has_so_much_and_no_more(place):
    given = place.given()
    assert place.day(given + 900).shop.free_refund_day_minor == given + 900
    assert refused(place.give, place.chief, ("cake", 1), ("roll", 1)) == "FREE_REFUND_CAP"
    with pytest.raises(Refused) as no:
        place.give(place.chief, ("cake", 2))
    assert "9.00 are left" in no.value.sentence
    place.give(place.chief, ("cake", 1))
    assert refused(place.give, place.chief, ("roll", 1)) == refused(place.give, place.till, ("roll", 1)) == "FREE_REFUND_CAP"
    assert refused(place.allow, place.till, "Lea", PIN) == "APPROVER_MAY_NOT"
    place.day(0)
    assert refused(place.give, place.chief, ("roll", 1)) == "FREE_REFUND_OFF"
    place.day(given + 945)
    place.give(place.chief, ("roll", 1))
    assert refused(place.shop.manager.command, pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(free_refund_day_minor=-1)), pb.ShopPutDone) == "BAD_FIELD"
    place.day(100000)


def test_A16_two_tills_at_two_servers_share_the_last_of_it(place):
    place.till.sign_in("Mia", CHIEF_PIN)
    try:
        for _ in range(15):
            place.day(place.given() + 250)
            together, outcomes = threading.Barrier(2), [None, None]

            def work(at, client):
                together.wait()
                try:
                    outcomes[at] = place.give(client, ("cookie", 1)).totals.total_minor
                except Refused as error:
                    outcomes[at] = error.code

            threads = [threading.Thread(target=work, args=pair) for pair in enumerate((place.till, place.chief))]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            assert sorted(outcomes, key=str) == [-250, "FREE_REFUND_CAP"]
    finally:
        place.day(100000)
        place.till.sign_in("Ben", PIN)


def test_A16_a_command_that_comes_again_gives_once(place):
    id, given = uuid.uuid4().bytes, place.given()
    one = place.give(place.chief, ("cake", 1), command_id=id)
    assert place.give(place.chief, ("cake", 1), command_id=id) == one
    assert place.given() == given + 900
    no = uuid.uuid4().bytes
    assert refused(place.give, place.chief, ("cake", 1, 999), command_id=no) == "FREE_REFUND_PRICE"
    assert refused(place.give, place.chief, ("cake", 1, 999), command_id=no) == "FREE_REFUND_PRICE"


def test_A16_it_is_no_sale_to_give_back_or_to_give_away(place):
    sale = place.give(place.chief, ("cake", 1))
    assert refused(refund, place.chief, sale.receipt_number) == "REFUND_OF_REFUND"
    price = pb.SaleShow(receipt_number=sale.receipt_number, price_back=True)
    assert refused(place.chief.call, pb.OP_SALE_SHOW, price, pb.SaleShown) == "REFUND_OF_REFUND"
    put_right = pb.SaleRetender(receipt_number=sale.receipt_number, kind=pb.TENDER_CARD, reference="A1", reason="x")
    assert refused(place.chief.command, pb.OP_SALE_RETENDER, put_right, pb.SaleRetendered) == "RETENDER_NOT_POSSIBLE"
    id = place.chief.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ada Wilde")), pb.MemberDone).id
    attach = pb.SaleAttach(receipt_number=sale.receipt_number, member_id=id)
    assert refused(place.chief.command, pb.OP_SALE_ATTACH, attach, pb.SaleAttached) == "ATTACH_NOT_POSSIBLE"
    invoice = pb.InvoiceMake(receipt_number=sale.receipt_number, customer=pb.InvoiceCustomer(name="Ada", address="Mill Lane 1"))
    assert refused(place.chief.command, pb.OP_INVOICE_MAKE, invoice, pb.InvoiceMade) == "INVOICE_NOT_POSSIBLE"
    listed = place.shop.manager.call(pb.OP_SALE_EXCEPTION_LIST, pb.SaleExceptionList(), pb.SaleExceptionListed)
    [entry] = [each for each in listed.sales if each.receipt_number == sale.receipt_number]
    assert [each.kind for each in entry.exceptions] == [pb.EXCEPTION_FREE_REFUND] and not entry.exceptions[0].HasField("line")


def test_A16_a_receipt_is_still_wanted_where_one_is_named(place):
    assert refused(refund, place.chief, "1T-999999") == "UNKNOWN_SALE"
    sale = ring_up(place.till, basket(place.shop, (place.goods["cake"], 1)), 900)
    given = place.given()
    assert refund(place.chief, sale.receipt_number).totals.total_minor == -900
    assert place.given() == given, "what has its receipt takes nothing of the day's"


def test_A16_practised_it_takes_nothing_of_the_shops_day(place):
    place.day(place.given() + 300)
    practice.begin(place.chief)
    try:
        practice.open_shift(place.chief)
        sale = place.give(place.chief, ("cookie", 1), training=True)
        assert "S-" in sale.receipt_number and sale.free_refund and sale.totals.total_minor == -250
        shown = practice.show(place.chief, receipt_number=sale.receipt_number)
        assert shown.sale.free_refund and not shown.HasField("refund_of")
        # Its own day is left with so much: what the shop gave is not in it.
        rest = place.given() + 300 - 250
        place.give(place.chief, *[("roll", 1)] * min(rest // 45, 40), training=True)
        assert refused(place.give, place.chief, ("cake", 100), training=True) == "FREE_REFUND_CAP"
        assert refused(practice.refund, place.chief, sale.receipt_number) == "REFUND_OF_REFUND"
        x = practice.report(place.chief)
        assert x.refund_count == 2 and x.refund_minor < -250
    finally:
        practice.end(place.chief)
    place.give(place.chief, ("cookie", 1))
    assert refused(place.give, place.chief, ("cookie", 1)) == "FREE_REFUND_CAP"
    place.day(100000)


def test_A16_x_and_z_have_it_among_refunds_and_out_of_the_drawer(place):
    identity = place.shop.device()
    client = place.shop.connect(identity)
    client.sign_in("Mia", CHIEF_PIN)
    client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=5000), pb.ShiftShown)
    ring_up(client, basket(place.shop, (place.goods["cake"], 1)), 900)
    place.give(client, ("cookie", 1), ("roll", 2, 40))
    x = client.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    z = client.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=5570), pb.ShiftReported)
    for paper in (x, z):
        assert (paper.sale_count, paper.sale_minor, paper.refund_count, paper.refund_minor) == (1, 900, 1, -330)
        assert paper.expected_minor == 5000 + 900 - 330
        assert [(tender.kind, tender.amount_minor) for tender in paper.tenders] == [(pb.TENDER_CASH, 570)]
        # 900 x 7 / 107 = 58.88, 330 x 7 / 107 = 21.59
        assert [(tax.code, tax.tax_minor) for tax in paper.taxes] == [("VAT7", 59 - 22)]
    assert z.difference_minor == 0
