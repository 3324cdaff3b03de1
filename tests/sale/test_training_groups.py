"""Practice that shares a group: what one of its requests does to the group's state is nothing to the others."""
import uuid

import training
from counter import check_books
from shop import PIN, pb
from waiting import wait_for


def line(product, milli):
    return pb.BasketLine(product_id=product, quantity_milli=milli)


def cash(minor):
    return [pb.Tender(kind=pb.TENDER_CASH, amount_minor=minor)]


def test_C15_a_refund_and_sales_in_one_go(shop):
    bread, roll = (shop.put_product(name, 100, stock_policy=pb.STOCK_WARN) for name in ("bread", "roll"))
    for product in (bread, roll):
        shop.receive(product, 50)
    member = shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Anna")), pb.MemberDone).id
    till = shop.till("Caroline")
    training.begin(till)
    training.open_shift(till)
    version = shop.version()
    sold = training.sell(till, pb.Basket(catalogue_version=version, lines=[line(bread, 9000)]), 900)
    back = pb.SaleRefund(receipt_number=sold.receipt_number, reason="stale", training=True, lines=[pb.RefundLine(line=0, quantity_milli=1000)])
    sale = pb.SaleRingUp(basket=pb.Basket(catalogue_version=version, lines=[line(roll, 1000)], member_id=member), total_minor=100,
                         tenders=cash(100), training=True)
    for _ in range(8):
        asked = [till.send(op, message, uuid.uuid4().bytes) for op, message in
                 ((pb.OP_SALE_REFUND, back), (pb.OP_SALE_RING_UP, sale), (pb.OP_SALE_RING_UP, sale))]
        answers = [till.read_reply(id) for id in asked]
        assert [pb.code(a.error.code) for a in answers[1:] if a.HasField("error")] == []
    assert shop.servers[0].process.poll() is None
    training.end(till)
    check_books(shop)


def test_C15_an_approval_is_of_one_training(shop):
    goods = shop.put_product("cake", 1000)
    till = shop.till("Ben")
    training.begin(till)
    training.open_shift(till)
    opened = till.call(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Caroline", pin=PIN, discount_ppm=500000, training=True), pb.ApprovalOpened)
    training.end(till)
    training.begin(till)
    training.open_shift(till)
    made = pb.Basket(catalogue_version=shop.version(), lines=[line(goods, 1000)])
    made.lines[0].discount.rate_ppm, made.lines[0].discount.reason = 500000, "stale"
    refused = till.refusal(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=made, total_minor=500, tenders=cash(500), approval=opened.token, training=True),
                           uuid.uuid4().bytes)
    assert refused == "APPROVAL_UNKNOWN"
    check_books(shop)


def test_C15_a_training_that_begins_or_ends_at_one_server_is_heard_of_at_another(shop):
    """One session at two: a till that lost its line to the first and came back at the second, which had it resumed before."""
    goods = shop.put_product("tart", 300)
    second = shop.start()
    identity = shop.device()
    here, there = shop.connect(identity), shop.connect(identity, port=second.port)
    token = here.sign_in("Ben").token
    there.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
    basket = pb.Basket(catalogue_version=shop.version(), lines=[line(goods, 1000)])

    def practises():
        reply = there.reply(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket, training=True))
        return not reply.HasField("error") or pb.code(reply.error.code) != "TRAINING_OFF"

    assert not practises()
    for _ in range(3):
        training.begin(here)
        wait_for(practises, 10, "the training to be known at the other server")
        training.end(here)
        wait_for(lambda: not practises(), 10, "its end to be known there")
    here.close()
    there.close()


def test_C15_what_was_given_back_in_practice_is_given_back_once(shop):
    """Beside empties, which never come back by a refund, and of empties alone."""
    lemonade = shop.put_product("lemonade", 200)
    bottle = shop.put_product("bottle", 25, deposit_kind=pb.DEPOSIT_GOOD)
    till = shop.till("Caroline")
    training.begin(till)
    training.open_shift(till)
    for made, total in (([line(lemonade, 2000), line(bottle, -3000)], 325), ([line(lemonade, 1000), line(bottle, 2000)], 250)):
        sold = training.sell(till, pb.Basket(catalogue_version=shop.version(), lines=made), total)
        training.refund(till, sold.receipt_number)
        for _ in range(2):
            message = pb.SaleRefund(receipt_number=sold.receipt_number, reason="again", training=True)
            assert till.refusal(pb.OP_SALE_REFUND, message, uuid.uuid4().bytes) == "ALREADY_REFUNDED"
    training.end(till)
    check_books(shop)


def test_C15_a_command_id_practised_at_one_till_sells_at_another(shop):
    """Ids are drawn by each till: the same at two is a stranger's doing, and nobody's books are red for it."""
    goods = shop.put_product("scone", 150)
    basket, id = pb.Basket(catalogue_version=shop.version(), lines=[line(goods, 1000)]), uuid.uuid4().bytes
    practising, selling = shop.till("Ben"), shop.till("Caroline")
    training.begin(practising)
    training.open_shift(practising)
    assert training.sell(practising, basket, 150, command_id=id).receipt_number.split("-")[0].endswith("S")
    message = pb.SaleRingUp(basket=basket, total_minor=150, tenders=cash(150))
    assert selling.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, id).receipt_number.split("-")[0].endswith("T")
    assert selling.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, id).totals.total_minor == 150, "and again is the same"
    training.end(practising)
    check_books(shop)
