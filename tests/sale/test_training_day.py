"""Training, from outside: a whole day is practised beside a real one, and the books are those of the real one alone."""
import contextlib
import subprocess
import uuid

import pytest
import training as practice
from counter import basket, check_books, check_strands, member, refund, refused, ring_up, seed
from shop import PIN, TOP, Refused, Shop, make_shop, pb
from training import CARD, CASH

LEAD_PIN = "5739"


def furnish(shop):
    """A bakery like the other: goods, a member with points, a voucher, a shift lead and a new hire."""
    goods = seed(shop)
    shop.goods = goods
    shop.voucher = shop.put_tender_type("Voucher")
    shop.lead = shop.staff("Lena", "shift_lead", LEAD_PIN)
    shop.newcomer = shop.staff("Ned")
    shop.mia = member(shop, 400, [(3, 250)])
    for name in ("cookie", "cake"):
        shop.receive(goods[name], 100)
    return goods


@pytest.fixture(scope="module")
def goods(shop):
    return furnish(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    return shop.till("Ben")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop)
    check_strands(shop)
    shop.check()


@pytest.fixture()
def ned(shop, till):
    """The newcomer at Ben's till, in a session of his own that is in training, its shift open."""
    with at_till(shop, till.identity, "Ned") as client:
        practice.begin(client)
        practice.open_shift(client)
        yield client


@pytest.fixture()
def lena(shop, till):
    with at_till(shop, till.identity, "Lena", LEAD_PIN) as client:
        practice.begin(client)
        practice.open_shift(client, 5000)
        yield client


@contextlib.contextmanager
def at_till(shop, identity, name, pin=PIN):
    client = shop.connect(identity)
    client.identity = identity
    client.sign_in(name, pin)
    with contextlib.closing(client):
        yield client


def discounted(made, ppm):
    made.lines[0].discount.CopyFrom(pb.Discount(reason="day-old", rate_ppm=ppm))
    return made


# ---- a day beside another ----

def real_day(shop, ben, other, between):
    """What is sold in earnest, with something else after each step. The same in every shop."""
    goods, mia = shop.goods, shop.mia
    ring_up(ben, basket(shop, (goods["cake"], 2)), 1800, cash=2000)
    between()
    ring_up(ben, basket(shop, (goods["cookie"], 3), (goods["cake"], 1), member_id=mia, rewards=1), 1400, card=1400)
    between()
    back = ring_up(other, basket(shop, (goods["roll"], 4), (goods["cookie"], 2), eat_in=True), 680, cash=1000)
    between()
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1), member_id=mia), total_minor=900)
    message.tenders.add(tender_type_id=shop.voucher, amount_minor=500)
    message.tenders.add(kind=CASH, amount_minor=400)
    ben.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
    between()
    other.sign_in("Lena", LEAD_PIN)
    refund(other, back.receipt_number, (0, 2000))
    between()
    ben.sign_in("Lena", LEAD_PIN)
    ben.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=12000), pb.ShiftReported)
    between()
    ben.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=500), pb.ShiftShown)
    ring_up(ben, basket(shop, (goods["cookie"], 1)), 250, cash=250)
    between()


def a_practised_day(shop, client):
    """Everything that can be practised, over and over; the number of receipts it left."""
    goods, mia = shop.goods, shop.mia
    practice.begin(client)
    assert refused(practice.sell, client, basket(shop, (goods["cake"], 1)), 900) == "SHIFT_NOT_OPEN"
    practice.open_shift(client, 10000)
    first = practice.sell(client, basket(shop, (goods["cake"], 40)), 36000, (CASH, 40000, None))
    assert first.change_minor == 4000
    made = basket(shop, (goods["cookie"], 2), (goods["cookie"], 1), member_id=mia, rewards=1)
    made.lines[1].voided = True
    made.lines[1].void_reason = "dropped"
    quoted = practice.quote(client, made)
    second = practice.sell(client, made, quoted.total_minor, (CARD, quoted.total_minor, "A1"))
    assert second.totals.points_earned == quoted.points_earned > 0 and second.totals.points_spent == 100
    practice.sell(client, basket(shop, (goods["cake"], 1)), 900,
                  pb.Tender(tender_type_id=shop.voucher, amount_minor=600), (CASH, 300, None))
    cheap = discounted(basket(shop, (goods["cake"], 1)), 300000)
    assert refused(practice.quote, client, cheap) == "APPROVAL_NEEDED"
    token = client.call(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Lena", pin=LEAD_PIN, discount_ppm=300000, training=True),
                        pb.ApprovalOpened).token
    practice.sell(client, cheap, 630, approval=token)
    practice.throw_away(client, basket(shop, (goods["roll"], 7)))
    practice.show(client, receipt_number=first.receipt_number)
    practice.copy(client, receipt_number=first.receipt_number)
    practice.report(client)
    practice.end(client)


def a_practised_shift(shop, client):
    """The same by somebody who may give back, move cash, and close."""
    goods, mia = shop.goods, shop.mia
    practice.begin(client)
    practice.open_shift(client, 10000)
    sale = practice.sell(client, basket(shop, (goods["cookie"], 4), (goods["cake"], 2), member_id=mia), 2800, (CASH, 3000, None))
    practice.refund(client, sale.receipt_number, (1, 1000))
    practice.move(client, pb.CASH_MOVE_IN, 5000)
    practice.move(client, pb.CASH_MOVE_DROP, 9000)
    practice.no_sale(client)
    practice.refund(client, sale.receipt_number)
    closed = practice.close(client, 6000)
    assert (closed.expected_minor, closed.difference_minor) == (6000, 0)
    practice.open_shift(client, 0)
    practice.end(client)


LEFT_OUT = {"journal", "journal_signature", "command", "session", "device_head", "approval", "id_block", "schema_migration"}


def books_of(shop):
    """All that the shop's tables hold of what was sold, without ids, hashes and times."""
    counts = {table: shop.sql(f"SELECT count(*) FROM {table}")[0][0] for [table] in shop.sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1") if table not in LEFT_OUT}
    sums = [shop.sql(text) for text in (
        "SELECT product_id, on_hand_milli FROM stock ORDER BY 1",
        "SELECT points, birthday_year FROM member_account",
        "SELECT origin_day, remaining FROM points_lot ORDER BY 1, 2",
        "SELECT kind, points FROM points_entry ORDER BY at, kind, points",
        "SELECT d.till_number, series, s.number, s.kind, total_minor, tax_minor, points_earned, points_spent, points_after"
        " FROM sale AS s JOIN device AS d ON d.id = s.device_id ORDER BY s.at, 1, 3",
        "SELECT t.kind, amount_minor, change_minor, tender_type_id FROM tender AS t JOIN sale AS s ON s.id = t.sale_id ORDER BY s.at, position",
        "SELECT d.till_number, w.number, cash_minor, sale_count, shift_id IS NULL FROM drawer AS w JOIN device AS d ON d.id = w.device_id ORDER BY 1",
        "SELECT z.number, t_first, t_last, sale_count, sale_minor, refund_count, refund_minor, in_minor, out_minor, drop_minor, no_sale_count,"
        " expected_minor, counted_minor, difference_minor, grand_total_minor FROM shift_z AS z ORDER BY closed_at",
        "SELECT d.till_number, h.number FROM device_head AS h JOIN device AS d ON d.id = h.device_id WHERE h.kind = 'T' ORDER BY 1")]
    return counts, sums


def furnished(shop):
    shop.start()
    shop.open()
    shop.staff("Ben")
    furnish(shop)
    identities = [shop.device(till_number=number) for number in (1, 2)]
    return [shop.till("Ben", identity=identities[0]), shop.till("Ned", identity=identities[1])]


def test_C15_a_day_that_is_practised_beside_a_real_one_leaves_the_books_of_the_real_one_alone():
    with make_shop() as plain, make_shop() as busy:
        ben, other = furnished(plain)
        real_day(plain, ben, other, lambda: None)

        ben, other = furnished(busy)
        rounds = []

        def between():  # at both tills, and while the real sessions go on
            for identity in (ben.identity, other.identity):
                with at_till(busy, identity, "Ned") as client:
                    a_practised_day(busy, client)
                with at_till(busy, identity, "Lena", LEAD_PIN) as client:
                    a_practised_shift(busy, client)
                rounds.append(identity)

        real_day(busy, ben, other, between)
        assert len(rounds) == 14
        assert books_of(busy) == books_of(plain)

        # What was practised is in a strand of its own: 4 sales, a refund and all else, and none of it twice.
        [[entries]] = busy.sql("SELECT count(*) FROM journal WHERE kind = 'S'")
        assert entries == 14 * (7 + 9)
        # The last Z and the last receipt of the till are the real ones.
        z = ben.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
        assert (z.number, z.sale_count, z.grand_total_minor) == (1, 3, 4100)
        last = ben.call(pb.OP_SALE_SHOW, pb.SaleShow(last=True), pb.SaleShown)
        assert last.sale.receipt_number == "1T-000004"
        # Nothing of it is anybody's habit, void or exception.
        usual = ben.call(pb.OP_MEMBER_USUAL, pb.MemberUsual(id=busy.mia), pb.MemberUsualShown)
        assert usual.sale_count == 2 and [good.product_id for good in usual.goods] == [busy.goods["cake"]]
        voids = ben.call(pb.OP_VOID_REPORT, pb.VoidReport(shift_number=1), pb.VoidReported)
        assert voids.row_count == 0
        assert len(busy.manager.call(pb.OP_SALE_EXCEPTION_LIST, pb.SaleExceptionList(), pb.SaleExceptionListed).sales) == 0
        check_books(busy)
        check_strands(busy)
        busy.check()


# ---- what a training is ----

def test_the_same_rules_decide(shop, goods, ned):
    """Every refusal is the real one's: prices, tenders, stock, members, rights."""
    cake = basket(shop, (goods["cake"], 1))
    assert refused(practice.sell, ned, cake, 901) == "TOTAL_DIFFERS"
    assert refused(practice.sell, ned, cake, 900, (CASH, 800, None)) == "UNDERPAID"
    assert refused(practice.sell, ned, cake, 900, (CARD, 1000, "A1")) == "OVERPAID"
    assert refused(practice.quote, ned, basket(shop)) == "BASKET_EMPTY"
    assert refused(practice.sell, ned, basket(shop, (goods["cookie"], 1000)), 250000) == "STOCK_SHORT"
    assert refused(practice.sell, ned, basket(shop, (goods["cake"], 1), member_id=7), 900) == "UNKNOWN_MEMBER"
    assert refused(practice.quote, ned, basket(shop, (goods["cookie"], 1), member_id=shop.mia, rewards=2)) == "REWARD_NOT_APPLICABLE"
    assert refused(practice.quote, ned, basket(shop, (goods["cookie"], 3), member_id=shop.mia, rewards=3)) == "POINTS_SHORT"
    assert refused(practice.refund, ned, "1S-000001") == "PERMISSION_DENIED"  # as at any other time


def test_everything_says_training(shop, goods, lena):
    sale = practice.sell(lena, basket(shop, (goods["cake"], 1), member_id=shop.mia), 900)
    assert sale.receipt_number.startswith("1S-") and practice.says_training(sale.receipt)
    assert ("Points earned", "90") in [(row.left, row.right) for row in sale.receipt.rows]
    assert practice.says_training(practice.show(lena, receipt_number=sale.receipt_number).sale.receipt)
    again = practice.copy(lena, receipt_number=sale.receipt_number)
    assert practice.says_training(again.receipt) and again.copy == 1
    assert practice.copy(lena, last=True, gift=True).copy == 2
    back = practice.refund(lena, sale.receipt_number)
    assert practice.says_training(back.receipt) and "REFUND" in [row.left for row in back.receipt.rows]
    x = practice.report(lena)
    assert practice.says_training(x.receipt) and not x.people
    z = practice.close(lena, 5000)
    assert practice.says_training(z.receipt) and not z.HasField("grand_total_minor") and not z.HasField("strand_hash")
    assert (z.first_receipt, z.last_receipt) == (sale.receipt_number, back.receipt_number)


def test_a_shift_that_is_practised_adds_up(shop, goods, lena):
    first = practice.sell(lena, basket(shop, (goods["cake"], 2)), 1800, (CASH, 2000, None))
    practice.sell(lena, basket(shop, (goods["cookie"], 2), (goods["roll"], 1), eat_in=True), 545, (CARD, 545, "A1"))
    practice.sell(lena, basket(shop, (goods["cake"], 1)), 900, pb.Tender(tender_type_id=shop.voucher, amount_minor=900))
    practice.move(lena, pb.CASH_MOVE_IN, 2000)
    practice.move(lena, pb.CASH_MOVE_OUT, 300)
    practice.no_sale(lena)
    practice.refund(lena, first.receipt_number, (0, 1000))
    x = practice.report(lena)
    assert (x.sale_count, x.sale_minor, x.refund_count, x.refund_minor) == (3, 3245, 1, -900)
    assert [(t.kind, t.count, t.amount_minor) for t in x.tenders] == [(1, 2, 900), (2, 1, 545), (3, 1, 900)]
    assert [(t.code, t.net_minor, t.tax_minor) for t in x.taxes] == [("VAT19", 458, 87), ("VAT7", 1682, 118)]
    assert (x.in_minor, x.out_minor, x.no_sale_count, x.expected_minor) == (2000, -300, 1, 5000 + 900 + 1700)
    shown = practice.shift(lena)
    assert (shown.open, shown.number, shown.sale_count, shown.drawer_minor) == (True, 1, 4, 7600)
    assert refused(practice.open_shift, lena) == "SHIFT_ALREADY_OPEN"
    z = practice.close(lena, 7500)
    assert (z.closed, z.expected_minor, z.counted_minor, z.difference_minor) == (True, 7600, 7500, -100)
    assert refused(practice.report, lena) == "SHIFT_NOT_OPEN"
    assert refused(practice.sell, lena, basket(shop, (goods["cake"], 1)), 900) == "SHIFT_NOT_OPEN"
    assert refused(practice.close, lena, 0) == "SHIFT_NOT_OPEN"
    practice.open_shift(lena, 100)
    assert practice.shift(lena).number == 2 and practice.report(lena).sale_count == 0
    # What was practised in the shift before is still there to be given back.
    assert practice.refund(lena, first.receipt_number).totals.total_minor == -900


def test_what_was_practised_is_given_back_once_and_to_the_cent(shop, goods, lena):
    made = basket(shop, (goods["cookie"], 3), (goods["roll"], 5), member_id=shop.mia, rewards=1)
    made.discount.CopyFrom(pb.Discount(reason="goodwill", rate_ppm=70000))
    quoted = practice.quote(lena, made)
    sale = practice.sell(lena, made, quoted.total_minor, (CARD, 300, "A1"), (CASH, quoted.total_minor - 300, None))
    parts = [practice.refund(lena, sale.receipt_number, (0, 1000)), practice.refund(lena, sale.receipt_number, (1, 2000))]
    assert refused(practice.refund, lena, sale.receipt_number, (1, 4000)) == "REFUND_TOO_MUCH"
    assert refused(practice.refund, lena, sale.receipt_number, (7, 1000)) == "BAD_REFUND_LINE"
    shown = practice.show(lena, receipt_number=sale.receipt_number)
    assert {(line.line, line.quantity_milli) for line in shown.refunded} == {(0, 1000), (1, 2000)}
    assert [(tender.kind, tender.amount_minor) for tender in shown.tenders] == [(2, 300), (1, quoted.total_minor - 300)]
    parts.append(practice.refund(lena, sale.receipt_number))
    assert refused(practice.refund, lena, sale.receipt_number) == "ALREADY_REFUNDED"
    assert refused(practice.refund, lena, parts[0].receipt_number) == "REFUND_OF_REFUND"
    assert sum(part.totals.total_minor for part in parts) == -quoted.total_minor
    assert sum(part.totals.tax_minor for part in parts) == -quoted.tax_minor
    assert sum(part.totals.points_earned for part in parts) == -quoted.points_earned
    assert sum(part.totals.points_spent for part in parts) == -100
    shown = practice.show(lena, receipt_number=parts[0].receipt_number)
    assert shown.refund_of == sale.receipt_number


def test_an_approval_is_good_where_it_was_given_alone(shop, goods, till, ned):
    def ask(client, **more):
        message = pb.ApprovalOpen(name="Lena", pin=LEAD_PIN, discount_ppm=300000, **more)
        return client.call(pb.OP_APPROVAL_OPEN, message, pb.ApprovalOpened).token

    cheap = discounted(basket(shop, (goods["cake"], 1)), 300000)
    practised = ask(ned, training=True)
    assert practice.quote(ned, cheap, practised).total_minor == 630
    with at_till(shop, till.identity, "Ned") as earnest:
        real = ask(earnest)
        assert refused(practice.sell, earnest, cheap, 630, approval=practised, training=False) == "APPROVAL_UNKNOWN"
        assert refused(practice.quote, earnest, cheap, practised, training=False) == "APPROVAL_UNKNOWN"
        assert refused(practice.sell, ned, cheap, 630, approval=real) == "APPROVAL_UNKNOWN"
    sale = practice.sell(ned, cheap, 630, approval=practised)
    assert sale.approved_by == shop.lead
    assert refused(practice.sell, ned, cheap, 630, approval=practised) == "APPROVAL_UNKNOWN"
    number = int(sale.receipt_number.split("-")[1])
    [[data]] = shop.sql(f"SELECT bytes FROM journal WHERE kind = 'S' AND number = {number} AND device_id = {till.identity.device.id}")
    assert int.from_bytes(bytes(data)[180:188], "big") == shop.lead
    [[used]] = shop.sql(f"SELECT count(*) FROM approval WHERE practised_sale_id = {sale.sale_id} AND used_sale_id IS NULL")
    assert used == 1


def test_no_stock_is_held_by_a_practised_quote(shop, goods, till, ned):
    [[left]] = shop.sql(f"SELECT on_hand_milli / 1000 FROM stock WHERE product_id = {goods['cookie']}")
    practice.quote(ned, basket(shop, (goods["cookie"], left)))
    practice.sell(ned, basket(shop, (goods["cookie"], left)), 250 * left)
    with shop.till("Ben") as other:
        other.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket(shop, (goods["cookie"], left))), pb.SaleQuoted)
    assert shop.sql(f"SELECT on_hand_milli / 1000 FROM stock WHERE product_id = {goods['cookie']}") == [(left,)]


# ---- neither for the other ----

def test_C15_what_was_practised_is_nothing_in_earnest(shop, goods, till, ned):
    number = practice.sell(ned, basket(shop, (goods["cake"], 1)), 900).receipt_number
    with at_till(shop, till.identity, "Lena", LEAD_PIN) as lead:
        for ask in (lambda: refund(lead, number),
                    lambda: lead.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=number), pb.SaleShown),
                    lambda: lead.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=number), pb.ReceiptPrinted),
                    lambda: lead.command(pb.OP_SALE_RETENDER, pb.SaleRetender(receipt_number=number, position=0, kind=CARD, reference="A1",
                                                                              reason="wrong"), pb.SaleRetendered)):
            with pytest.raises(Refused) as error:
                ask()
            assert error.value.code == "TRAINING_RECEIPT"
            assert error.value.sentence == f"{number} was practised in a training: nothing was sold by it"


def test_C15_what_was_sold_is_nothing_in_a_training(shop, goods, till, lena):
    real = ring_up(till, basket(shop, (goods["cake"], 1)), 900, cash=900)
    for ask in (lambda: practice.refund(lena, real.receipt_number), lambda: practice.show(lena, receipt_number=real.receipt_number),
                lambda: practice.copy(lena, receipt_number=real.receipt_number)):
        with pytest.raises(Refused) as error:
            ask()
        assert error.value.code == "TRAINING_RECEIPT"
        assert error.value.sentence == f"{real.receipt_number} was sold in earnest: a training touches what was practised in it alone"
    assert refused(practice.show, lena, sale_id=real.sale_id) == "UNKNOWN_SALE"
    assert refused(practice.copy, lena, last=True) == "UNKNOWN_SALE"


def test_another_training_is_another_world(shop, goods, till, lena):
    number = practice.sell(lena, basket(shop, (goods["cake"], 1)), 900).receipt_number
    with at_till(shop, till.identity, "Lena", LEAD_PIN) as again:
        practice.begin(again)
        assert not practice.shift(again).open
        practice.open_shift(again)
        assert refused(practice.refund, again, number) == "UNKNOWN_SALE"
        assert practice.sell(again, basket(shop, (goods["cake"], 1)), 900).receipt_number > number  # one series a till
    # Both went on at one till at once; each has its own.
    assert practice.refund(lena, number).totals.total_minor == -900
    assert practice.report(lena).sale_count == 1


# ---- who believes what ----

TOLD = {
    "shift_open": (pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=1)),
    "shift_move": (pb.OP_SHIFT_MOVE, pb.ShiftMove(kind=pb.CASH_MOVE_IN, amount_minor=1, reason="x")),
    "shift_no_sale": (pb.OP_SHIFT_NO_SALE, pb.ShiftNoSale(reason="x")),
    "shift_close": (pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=1)),
    "sale_refund": (pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number="1T-1", reason="x")),
    "sale_refund_free": (pb.OP_SALE_REFUND_FREE, pb.SaleRefundFree(reason="x")),
    "receipt_print": (pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(last=True)),
    "sale_ring_up": (pb.OP_SALE_RING_UP, pb.SaleRingUp()),
    "basket_void": (pb.OP_BASKET_VOID, pb.BasketVoid(reason="x")),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_till_that_believes_otherwise_is_refused_both_ways(shop, till, lena, name):
    op, message = TOLD[name]
    before = shop.sql("SELECT count(*), (SELECT count(*) FROM journal) FROM sale")
    with at_till(shop, till.identity, "Lena", LEAD_PIN) as earnest:
        marked = type(message)()
        marked.CopyFrom(message)
        marked.training = True
        assert earnest.refusal(op, marked, uuid.uuid4().bytes) == "TRAINING_OFF"
    assert lena.refusal(op, message, uuid.uuid4().bytes) == "TRAINING_ON"
    marked.training = False
    assert lena.refusal(op, marked, uuid.uuid4().bytes) == "TRAINING_ON"
    # but for who signed in and out
    assert shop.sql("SELECT count(*), (SELECT count(*) FROM journal WHERE kind <> 'L') FROM sale")[0][0] == before[0][0]


def test_a_quote_and_an_approval_say_it_as_well(shop, goods, till, ned):
    cake = basket(shop, (goods["cake"], 1))
    assert refused(practice.quote, ned, cake, training=False) == "TRAINING_ON"
    assert refused(practice.quote, till, cake, training=True) == "TRAINING_OFF"
    assert till.refusal(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Lena", pin=LEAD_PIN, discount_ppm=1, training=True)) == "TRAINING_OFF"
    assert ned.refusal(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Lena", pin=LEAD_PIN, discount_ppm=1)) == "TRAINING_ON"


def test_what_is_not_for_training_is_refused_there(shop, goods, till, lena):
    made = basket(shop, (goods["cake"], 1))
    command = uuid.uuid4().bytes
    for op, message, id in ((pb.OP_BASKET_PARK, pb.BasketPark(basket=made), command), (pb.OP_BASKET_PARKED, pb.BasketParked(), None),
                            (pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=1), uuid.uuid4().bytes),
                            (pb.OP_SALE_OFFLINE, pb.SaleOffline(number=1), uuid.uuid4().bytes),
                            (pb.OP_VOID_REPORT, pb.VoidReport(), None), (pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), None),
                            (pb.OP_SALE_EXCEPTION_LIST, pb.SaleExceptionList(), None),
                            (pb.OP_PRODUCT_SOLD_OUT, pb.ProductSoldOut(product_id=goods["cake"], sold_out=True), uuid.uuid4().bytes),
                            (pb.OP_SALE_RETENDER, pb.SaleRetender(receipt_number="1T-1"), uuid.uuid4().bytes)):
        reply = lena.reply(op, message, id)
        assert pb.code(reply.error.code) == "TRAINING_ON", op
        assert reply.error.sentence == "not in training: end the training first"
    assert lena.refusal(pb.OP_TRAINING_BEGIN, pb.TrainingBegin(), uuid.uuid4().bytes) == "TRAINING_ON"
    assert till.refusal(pb.OP_TRAINING_END, pb.TrainingEnd(), uuid.uuid4().bytes) == "TRAINING_OFF"
    # A refusal is kept like any other: behind the training the same command is refused still.
    practice.end(lena)
    assert lena.refusal(pb.OP_BASKET_PARK, pb.BasketPark(basket=made), command) == "TRAINING_ON"
    lena.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=made), pb.BasketParkDone)


# What there is in a training, by hand: all else, whatever op will be made, is refused there.
SERVED = {"training_begin", "training_end", "approval_open", "member_find", "member_show", "member_usual", "stock_show", "server_show",
          "printer_list", "shift_open", "shift_show", "shift_move", "shift_no_sale", "shift_report", "shift_close", "sale_quote", "sale_ring_up",
          "sale_refund", "sale_refund_free", "sale_show", "receipt_print", "basket_void"}


def test_C15_every_op_is_for_training_or_is_refused_there(shop, till):
    with at_till(shop, till.identity, "Caroline") as client:
        practice.begin(client)
        served = set()
        for line in shop.run_server("--dump-ops").stdout.splitlines():
            if not line.startswith("|"):
                continue
            number, name, kind, needs, clients, _ = (cell.strip() for cell in line.strip("|").split("|"))
            if needs in ("nothing", "device") or "c" not in clients.split():
                continue
            message = getattr(pb, "".join(word.title() for word in name.split("_")))()
            if "training" in message.DESCRIPTOR.fields_by_name and name not in ("training_begin", "training_end"):
                message.training = True
            if name == "training_end":
                served.add(name)
                continue
            reply = client.reply(int(number), message, uuid.uuid4().bytes if kind == "C" else None)
            if reply.error.sentence != "not in training: end the training first":
                served.add(name)
        assert served == SERVED


def test_what_is_read_is_read_in_training_too(shop, goods, ned):
    assert ned.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=shop.mia), pb.MemberShown)
    assert ned.call(pb.OP_STOCK_SHOW, pb.StockShow(product_ids=[goods["cake"]]), pb.StockShown).on_hand
    assert ned.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown)


# ---- commands and sessions ----

def test_a_command_that_comes_again_gets_its_first_answer_whatever_has_changed_since(shop, goods, till):
    with at_till(shop, till.identity, "Ned") as client:
        ids = [uuid.uuid4().bytes for _ in range(4)]
        cake = basket(shop, (goods["cake"], 1))
        real = practice.sell(client, cake, 900, command_id=ids[0], training=False)
        begun = practice.begin(client, ids[1])
        assert practice.begin(client, ids[1]) == begun
        assert practice.sell(client, cake, 900, command_id=ids[0], training=False) == real
        practice.open_shift(client)
        sale = practice.sell(client, cake, 900, command_id=ids[2])
        assert practice.sell(client, cake, 900, command_id=ids[2]) == sale
        assert refused(practice.sell, client, basket(shop, (goods["cake"], 2)), 1800, command_id=ids[2]) == "COMMAND_REUSED"
        ended = practice.end(client, ids[3])
        assert practice.end(client, ids[3]) == ended and not ended.training
        assert practice.sell(client, cake, 900, command_id=ids[2]) == sale
        shown = client.call(pb.OP_COMMAND_SHOW, pb.CommandShow(command_id=ids[2]), pb.CommandShown)
        assert shown.known
    # An id that has sold is not practised with, by any till.
    with shop.till("Ned", float_minor=None) as other:
        practice.begin(other)
        practice.open_shift(other)
        assert refused(practice.sell, other, cake, 900, command_id=ids[0]) == "COMMAND_DONE"
    assert shop.sql(f"SELECT count(*) FROM sale WHERE command_id = '\\x{ids[0].hex()}'") == [(1,)]
    assert shop.sql(f"SELECT count(*) FROM sale WHERE command_id = '\\x{ids[2].hex()}'") == [(0,)]


def test_it_is_the_sessions_and_shows_after_a_resume(shop, goods, till):
    with at_till(shop, till.identity, "Ned") as client:
        token = client.session.token
        assert not client.session.training
        practice.begin(client)
        practice.open_shift(client)
        client.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
        client.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
        first = practice.sell(client, basket(shop, (goods["cake"], 1)), 900)
        with contextlib.closing(shop.connect(till.identity)) as back:
            resumed = back.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
            assert resumed.training
            assert practice.show(back, last=True).sale.receipt_number == first.receipt_number
            assert refused(practice.sell, back, basket(shop, (goods["cake"], 1)), 900, training=False) == "TRAINING_ON"
            practice.end(back)
        # The other connection of the session has ended it, too.
        assert refused(practice.sell, client, basket(shop, (goods["cake"], 1)), 900) == "TRAINING_OFF"
        practice.begin(client)
        client.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        assert not client.sign_in("Ned").training  # another session is none
        assert refused(practice.sell, client, basket(shop, (goods["cake"], 1)), 900) == "TRAINING_OFF"


def test_a_restarted_server_goes_on_with_it(goods, shop, till):
    with at_till(shop, till.identity, "Ned") as client:
        token = client.session.token
        practice.begin(client)
        practice.open_shift(client)
        sale = practice.sell(client, basket(shop, (goods["cake"], 1)), 900)
    second = shop.start()
    try:
        with contextlib.closing(shop.connect(till.identity, port=second.port)) as client:
            assert client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened).training
            assert practice.show(client, last=True).sale.receipt_number == sale.receipt_number
            practice.end(client)
    finally:
        second.stop()


def test_entering_and_leaving_are_entries(shop, till):
    device = till.identity.device.id
    with at_till(shop, till.identity, "Ned") as client:
        state = practice.begin(client)
        practice.end(client)
    entries = [bytes(data) for [data] in shop.sql(f"SELECT bytes FROM journal WHERE kind = 'L' AND device_id = {device} ORDER BY number DESC LIMIT 2")]
    assert [int.from_bytes(data[42:44], "big") for data in entries] == [58, 57]
    for data in entries:
        assert int.from_bytes(data[34:42], "big") == shop.newcomer
        assert state.training_id.to_bytes(8, "big") + bytes([8]) + b"training" in data


def test_one_training_has_so_many_entries(shop, goods, till):
    with at_till(shop, till.identity, "Ned") as client:
        practice.begin(client)
        practice.open_shift(client)
        for _ in range(499):
            practice.throw_away(client, basket(shop, (goods["roll"], 1)))
        with pytest.raises(Refused) as error:
            practice.sell(client, basket(shop, (goods["cake"], 1)), 900)
        assert error.value.code == "TRAINING_FULL" and "500" in error.value.sentence
        assert refused(practice.throw_away, client, basket(shop, (goods["roll"], 1))) == "TRAINING_FULL"
        practice.report(client)
        practice.end(client)
        practice.begin(client)
        practice.open_shift(client)
        practice.sell(client, basket(shop, (goods["cake"], 1)), 900)


def test_a_device_without_a_drawer_has_nothing_to_practise_with(shop):
    with contextlib.closing(shop.connect(shop.console)) as client:
        client.sign_in("Ned")
        assert client.refusal(pb.OP_TRAINING_BEGIN, pb.TrainingBegin(), uuid.uuid4().bytes) in ("NOT_A_TILL", "UNSUPPORTED")


def test_C15_what_was_practised_is_not_brought_out_of_a_dead_tills_spool(shop, goods, till):
    cake = basket(shop, (goods["cake"], 1))
    body = pb.SaleRingUp(basket=cake, total_minor=900, tenders=[pb.Tender(kind=CASH, amount_minor=900)], training=True).SerializeToString()
    rescue = pb.SaleRescue(device_id=till.identity.device.id, command_id=uuid.uuid4().bytes, op=pb.OP_SALE_RING_UP, body=body)
    with pytest.raises(Refused) as error:
        shop.manager.command(pb.OP_SALE_RESCUE, rescue, pb.SaleRescued)
    assert (error.value.code, error.value.sentence) == ("RESCUE_NOT_A_SALE", "this was practised in a training: nothing was sold")


def test_the_journal_is_verified_with_what_was_practised(shop, goods, till, lena):
    """By the product's own verifier: the strand S with its signed heads, and a changed entry of it by name."""
    number = practice.sell(lena, discounted(basket(shop, (goods["cake"], 2), member_id=shop.mia), 100000), 1620).receipt_number
    practice.refund(lena, number)
    lines = exported(shop)
    assert any(f" S {int(number.split('-')[1])} " in line for line in lines)
    code, said = verified(shop, lines)
    assert code in (0, 3), said
    at = next(i for i, line in enumerate(lines) if f"entry {till.identity.device.id} S " in line)
    wrong = lines[at].split(" ")
    wrong[5] = wrong[5][:-2] + ("00" if wrong[5][-2:] != "00" else "01")
    code, said = verified(shop, lines[:at] + [" ".join(wrong)] + lines[at + 1:])
    assert code == 1 and f"device {till.identity.device.id}, S, entry" in said


def exported(shop):
    """As caroline journal export writes it (PROTOCOL.md, section 9), from the tables."""
    import hashlib

    key = shop.manager.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown).journal_key
    id = hashlib.sha256(key).hexdigest()[:16]
    signatures = shop.sql("SELECT key_id, signature, heads FROM journal_signature ORDER BY id")
    entries = shop.sql("SELECT device_id, kind::text, number, hash, bytes FROM journal ORDER BY device_id, kind::text COLLATE \"C\", number")
    return (["caroline-journal 1", f"key {id} {key.hex()}"]
            + [f"signature {bytes(k).hex()} {bytes(s).hex()} {bytes(h).hex()}" for k, s, h in signatures]
            + [f"entry {d} {k} {n} {bytes(h).hex()} {bytes(b).hex()}" for d, k, n, h, b in entries]
            + [f"end {len(signatures)} {len(entries)}"])


def verified(shop, lines):
    path = shop.directory / "journal"
    path.write_text("\n".join(lines) + "\n")
    done = subprocess.run(["/usr/bin/python3", TOP / "deploy" / "verify-journal", path], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr
