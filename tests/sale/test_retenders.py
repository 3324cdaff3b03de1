"""What paid a sale is put right after it: the drawer, X, Z and refunds follow; the sale stays; a close and a refund race it."""
import os
import random
import uuid

import pytest
from counter import basket, check_books, check_receipts, check_strands, refund, refused, ring_up, seed
from shop import pb


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Lea", role="shift_lead")
    shop.staff("Tom")
    shop.receive(made["cake"], 1000)
    return made


@pytest.fixture(scope="module")
def means(shop):
    return {
        "voucher": shop.put_tender_type("Voucher"),
        "meal": shop.put_tender_type("Meal voucher", change=pb.TENDER_CHANGE_FORFEITED),
        "lunch": shop.put_tender_type("Lunch", limit_minor=500),
        "staff": shop.put_tender_type("Staff meal", kind=pb.TENDER_HOUSE),
    }


@pytest.fixture()
def till(shop, goods, means):
    return shop.till("Lea")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods, means):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


CASH, CARD = 1, 2


def put_right(till, receipt, to=CASH, position=0, reason="wrong key", command_id=None, **more):
    if to == CARD and "reference" not in more:
        more["reference"] = "B7"
    message = pb.SaleRetender(receipt_number=receipt, position=position, tender_type_id=to, reason=reason, **more)
    return till.command(pb.OP_SALE_RETENDER, message, pb.SaleRetendered, command_id)


def sold(shop, till, goods, *tenders):
    if not tenders:
        return ring_up(till, basket(shop, (goods["cake"], 1)), 900, card=900)
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1)), total_minor=900, tenders=tenders)
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)


def paid(type_id, amount, **more):
    return pb.Tender(tender_type_id=type_id, amount_minor=amount, **more)


def drawer(shop, till):
    return shop.sql(f"SELECT cash_minor FROM drawer WHERE device_id = {till.identity.device.id}")[0][0]


def told(tenders):
    return {each.name: (each.count, each.amount_minor, each.tip_minor) for each in tenders}


def report(till):
    return till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)


def shown(till, receipt):
    return till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=receipt), pb.SaleShown)


def paper(receipt):
    return [(row.left, row.right) for row in receipt.rows]


def test_B39_cash_rung_as_card_is_put_right_and_drawer_x_and_z_follow(shop, till, goods):
    sale = sold(shop, till, goods)
    other = sold(shop, till, goods, paid(CASH, 1000))
    before = shop.sql("SELECT * FROM tender ORDER BY sale_id, position"), shop.sql("SELECT * FROM sale ORDER BY id")
    assert drawer(shop, till) == 10900
    assert told(report(till).tenders) == {"Cash": (1, 900, 0), "Card": (1, 900, 0)}

    done = put_right(till, sale.receipt_number)
    assert drawer(shop, till) == 11800
    x = report(till)
    assert told(x.tenders) == {"Cash": (2, 1800, 0), "Card": (0, 0, 0)}
    assert (x.sale_minor, x.expected_minor) == (1800, 11800)
    assert [(each.position, each.name, each.amount_minor) for each in done.tenders] == [(10, "Cash", 900)]
    assert ("PAYMENT PUT RIGHT", "") in paper(done.receipt) and ("Card A1", "-9.00") in paper(done.receipt)
    assert ("Cash", "9.00") in paper(done.receipt) and ("wrong key", "") in paper(done.receipt)
    assert (shop.sql("SELECT * FROM tender ORDER BY sale_id, position"), shop.sql("SELECT * FROM sale ORDER BY id")) == before

    # The other way round, and a part of it.
    put_right(till, other.receipt_number, CARD, amount_minor=400, reference="C3")
    z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=11400), pb.ShiftReported)
    assert told(z.tenders) == {"Cash": (2, 1400, 0), "Card": (1, 400, 0)}
    assert (z.expected_minor, z.difference_minor, z.sale_minor) == (11400, 0, 1800)
    assert "Rounding of cash" not in dict(paper(z.receipt))
    again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
    assert again.SerializeToString() == z.SerializeToString()
    assert refused(put_right, till, sale.receipt_number, position=10, to=CARD) == "SHIFT_NOT_OPEN"
    till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    assert refused(put_right, till, sale.receipt_number, position=10, to=CARD) == "RETENDER_OTHER_SHIFT"


def test_B39_the_receipt_says_so_when_it_is_printed_again(shop, till, goods):
    sale = sold(shop, till, goods)
    as_it_was = shown(till, sale.receipt_number)
    assert not as_it_was.retender_count and [each.name for each in as_it_was.tenders] == ["Card"]
    put_right(till, sale.receipt_number)
    now = shown(till, sale.receipt_number)
    assert (now.retender_count, [(each.position, each.name) for each in now.tenders]) == (1, [(10, "Cash")])
    assert now.sale.cash_minor == 0, "the sale is as it was rung up"
    text = now.text.decode()
    assert "Card A1                               9.00" in text
    assert "Put right " in text and "  Card A1                            -9.00" in text and "  Cash                                9.00" in text
    copy = till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=sale.receipt_number), pb.ReceiptPrinted)
    assert ("  Card A1", "-9.00") in paper(copy.receipt) and ("  Cash", "9.00") in paper(copy.receipt)
    gift = till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=sale.receipt_number, gift=True), pb.ReceiptPrinted)
    assert "Put right" not in dict(paper(gift.receipt))


def test_B39_a_refund_goes_to_what_paid_in_truth(shop, till, goods):
    sale = sold(shop, till, goods)
    put_right(till, sale.receipt_number, amount_minor=500)
    before = drawer(shop, till)
    back = refund(till, sale.receipt_number)
    assert sorted(shop.sql(f"SELECT kind, amount_minor, reference FROM tender WHERE sale_id = {back.sale_id}")) == [
        (1, -500, None), (2, -400, "A1")]
    assert drawer(shop, till) == before - 500
    assert refused(put_right, till, sale.receipt_number, position=10, to=CARD) == "RETENDER_REFUNDED"
    assert refused(put_right, till, back.receipt_number) == "RETENDER_NOT_POSSIBLE"


def test_B39_a_part_that_came_back_ends_it(shop, till, goods):
    sale = till.command(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket(shop, (goods["cake"], 2)), total_minor=1800,
                                                          tenders=[paid(CARD, 900, reference="A1"), paid(CASH, 900)]), pb.SaleRungUp)
    refund(till, sale.receipt_number, (0, 1000))
    for position in (0, 1):
        assert refused(put_right, till, sale.receipt_number, position=position, to=CASH if position == 0 else CARD) == "RETENDER_REFUNDED"


def test_B39_nobody_is_put_right_for_more_than_was_paid(shop, till, goods):
    sale = sold(shop, till, goods)
    put_right(till, sale.receipt_number, amount_minor=600)
    assert refused(put_right, till, sale.receipt_number, amount_minor=301) == "RETENDER_TOO_MUCH"
    put_right(till, sale.receipt_number, amount_minor=300)
    assert refused(put_right, till, sale.receipt_number) == "BAD_TENDER", "nothing is left of it"
    for number in range(8):
        put_right(till, sale.receipt_number, CARD if number % 2 == 0 else CASH, position=[10, 12, 13, 14, 15, 16, 17, 18][number])
    assert refused(put_right, till, sale.receipt_number, CARD, position=19) == "RETENDER_NOT_POSSIBLE"
    assert drawer(shop, till) == 10900


@pytest.mark.parametrize("tender, wanted, code", [
    ("staff", {"to": CASH}, "RETENDER_NOT_POSSIBLE"),
    ("cash", {"to": "staff"}, "RETENDER_NOT_POSSIBLE"),
    ("forfeited", {"to": CASH}, "RETENDER_NOT_POSSIBLE"),
    ("cash", {"to": CASH}, "RETENDER_NOT_POSSIBLE"),
    ("tip", {"to": "voucher"}, "RETENDER_NOT_POSSIBLE"),
    ("cash", {"to": "lunch"}, "TENDER_LIMIT"),
    *[("cash", {"to": id}, "UNKNOWN_TENDER_TYPE") for id in (4711, 2**53, 2**63 - 1, 2**63, 2**64 - 1)],
    ("cash", {"to": 0}, "BAD_TENDER"),
    ("cash", {"to": CARD, "reference": ""}, "BAD_TENDER"),
    ("cash", {"to": CARD, "reference": "4111 1111 1111 1111"}, "CARD_NUMBER"),
    ("cash", {"to": CARD, "reason": " "}, "BAD_REASON"),
    ("cash", {"to": CARD, "reason": "4111 1111 1111 1111"}, "CARD_NUMBER"),
    ("cash", {"to": CARD, "amount_minor": 0}, "BAD_TENDER"),
    ("cash", {"to": CARD, "amount_minor": -900}, "BAD_TENDER"),
    ("cash", {"to": CARD, "amount_minor": 2**63 - 1}, "RETENDER_TOO_MUCH"),
    ("cash", {"to": CARD, "position": 2**32 - 1}, "BAD_TENDER"),
])
def test_B39_what_is_not_put_right_is_refused_with_a_sentence(shop, till, goods, means, tender, wanted, code):
    tenders = {"cash": paid(CASH, 900), "staff": paid(means["staff"], 900), "forfeited": paid(means["meal"], 1000),
               "tip": paid(CARD, 1000, reference="A1", tip_minor=100)}
    sale = sold(shop, till, goods, tenders[tender])
    wanted = {**wanted, "to": means.get(wanted["to"], wanted["to"])}
    assert refused(put_right, till, sale.receipt_number, **wanted) == code


def test_B39_vouchers_and_tips(shop, till, goods, means):
    sale = sold(shop, till, goods, paid(CARD, 1050, reference="A1", tip_minor=150))
    put_right(till, sale.receipt_number)
    assert told(report(till).tenders) == {"Cash": (1, 1050, 150), "Card": (0, 0, 0)}
    assert drawer(shop, till) == 11050
    second = sold(shop, till, goods, paid(CASH, 900))
    put_right(till, second.receipt_number, means["meal"])
    z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(
        counted_minor=11050, vouchers=[pb.VoucherCount(tender_type_id=means["meal"], counted_minor=900)]), pb.ShiftReported)
    assert told(z.tenders) == {"Cash": (1, 1050, 150), "Card": (0, 0, 0), "Meal voucher": (1, 900, 0)}
    assert z.difference_minor == 0 and [each.difference_minor for each in z.tenders] == [0, 0, 0]


def test_B39_cash_is_rounded_as_it_would_have_been(shop, till, goods):
    shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(cash_rounding_minor=50)), pb.ShopPutDone)
    try:
        sale = ring_up(till, basket(shop, (goods["cake"], 1), (goods["roll"], 1)), 945, card=945)
        done = put_right(till, sale.receipt_number)
        assert (done.rounding_minor, [each.amount_minor for each in done.tenders]) == (5, [950])
        assert ("Cash rounding", "0.05") in paper(done.receipt) and drawer(shop, till) == 10950
        assert dict(paper(report(till).receipt))["Rounding of cash"] == "0.05"
        assert refund(till, sale.receipt_number).cash_minor == -950
        assert drawer(shop, till) == 10000
    finally:
        shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(cash_rounding_minor=1)), pb.ShopPutDone)


def test_B39_by_right_alone_and_written_down(shop, till, goods):
    sale = sold(shop, till, goods)
    with shop.connect(till.identity) as cashier:
        cashier.sign_in("Tom")
        assert refused(put_right, cashier, sale.receipt_number) == "PERMISSION_DENIED"
    other = shop.till("Lea")
    assert refused(put_right, other, sale.receipt_number) == "RETENDER_OTHER_SHIFT"
    assert refused(put_right, till, "999T-1") == "UNKNOWN_SALE"
    assert refused(put_right, till, "what") == "UNKNOWN_SALE"
    command = uuid.uuid4().bytes
    first = put_right(till, sale.receipt_number, command_id=command)
    assert put_right(till, sale.receipt_number, command_id=command) == first, "the same command, the same answer"
    assert drawer(shop, till) == 10900
    [[data]] = shop.sql(f"SELECT bytes FROM journal AS j JOIN sale_retender AS r ON r.device_id = j.device_id AND j.kind = 'L'"
                        f" AND j.number = r.entry_number WHERE r.id = {first.retender_id}")
    for text in (b"sale_retender", command, b"wrong key", b"-9.00", str(sale.sale_id).encode()):
        assert text in bytes(data)
    assert shop.sql(f"SELECT number, reason, shift_id = (SELECT shift_id FROM sale WHERE id = sale_id) FROM sale_retender"
                    f" WHERE id = {first.retender_id}") == [(1, "wrong key", True)]


def test_B39_it_races_a_close_and_a_refund_and_is_in_the_z_or_is_not(shop, goods, means):
    """On two servers at once: what was put right is in the Z of its shift, or was refused; a refund sees all of it or nothing."""
    chance = random.Random(int(os.environ.get("CAROLINE_SEED") or random.randrange(1 << 32)))
    shop.start()
    first = shop.till("Lea")
    tills = [first] + [shop.connect(first.identity, port=shop.servers[i % 2].port) for i in (1, 0, 1)]
    for client in tills[1:]:
        client.sign_in("Lea")
    elsewhere = [shop.till("Lea")]
    elsewhere.append(shop.connect(elsewhere[0].identity, port=shop.servers[1].port))
    elsewhere[1].sign_in("Lea")
    outcomes = {"done": 0, "closed": 0, "refunded": 0}

    for _ in range(int(os.environ.get("CAROLINE_RACES", "12"))):
        sales = [sold(shop, tills[0], goods) for _ in range(3)]
        waiting = []
        for index, sale in enumerate(sales):
            message = pb.SaleRetender(receipt_number=sale.receipt_number, position=0, kind=pb.TENDER_CASH, reason="race",
                                      **({"amount_minor": 400} if index == 1 else {}))
            waiting.append((chance.random(), "put right", sale, tills[1 + index], pb.OP_SALE_RETENDER, message))
        waiting.append((chance.random(), "refund", sales[1], elsewhere[chance.randrange(2)], pb.OP_SALE_REFUND,
                        pb.SaleRefund(receipt_number=sales[1].receipt_number, reason="race")))
        waiting.append((chance.random(), "close", None, tills[0], pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=0)))
        asked = [(what, sale, client, client.send(op, message, uuid.uuid4().bytes))
                 for _, what, sale, client, op, message in sorted(waiting, key=lambda each: each[0])]
        for what, sale, client, id in asked:
            reply = client.read_reply(id)
            if what == "put right":
                code = pb.code(reply.error.code) if reply.HasField("error") else "done"
                assert code in ("done", "SHIFT_NOT_OPEN", "RETENDER_REFUNDED"), code
                outcomes[{"done": "done", "SHIFT_NOT_OPEN": "closed", "RETENDER_REFUNDED": "refunded"}[code]] += 1
            else:
                assert not reply.HasField("error"), reply.error
        check_books(shop)
        tills[0].command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    print(outcomes)
    assert outcomes["done"] + outcomes["closed"] + outcomes["refunded"] == 3 * int(os.environ.get("CAROLINE_RACES", "12"))
