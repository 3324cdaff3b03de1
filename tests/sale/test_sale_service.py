"""Sales as a till sees them: rung up, refused, refunded, shown again; and the books behind them."""
import concurrent.futures
import uuid

import pytest
from counter import basket, check_books, check_strands, member, refund, refused, ring_up, seed
from shop import Refused, pb

SIGN_UP, EARNED, SPENT, GIVEN_BACK, TAKEN_BACK = 1, 2, 4, 5, 6  # points_entry.kind


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    made = shop.till()
    for name in ("cookie", "cake"):
        shop.receive(goods[name], 1000)
    return made


@pytest.fixture(autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)
    check_strands(shop)


def on_hand(till, product_id):
    shown = till.call(pb.OP_STOCK_SHOW, pb.StockShow(product_ids=[product_id]), pb.StockShown)
    return shown.on_hand[0].quantity_milli


def cash_in_drawer(shop, till):
    return shop.sql(f"SELECT cash_minor FROM drawer WHERE device_id = {till.identity.device.id}")[0][0]


def points(shop, member_id):
    return shop.sql(f"SELECT points FROM member_account WHERE member_id = {member_id}")[0][0]


def test_no_sale_before_the_shift_is_open(shop, goods):
    till = shop.till(float_minor=None)
    shown = till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)
    assert not shown.open
    assert refused(ring_up, till, basket(shop, (goods["roll"], 1)), 45) == "SHIFT_NOT_OPEN"
    opened = till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=5000), pb.ShiftShown)
    assert (opened.open, opened.number, opened.float_minor) == (True, 1, 5000)
    assert not opened.HasField("drawer_minor"), "who may not close a shift counts it blind"
    assert refused(till.command, pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown) == "SHIFT_ALREADY_OPEN"
    assert refused(till.command, pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=-1), pb.ShiftShown) == "AMOUNT_OVERFLOW"
    assert ring_up(till, basket(shop, (goods["roll"], 1)), 45).receipt_number.endswith("T-000001")


def test_a_cash_sale_gives_change_and_a_receipt(shop, till, goods):
    before = on_hand(till, goods["cake"])
    drawer = cash_in_drawer(shop, till)
    sale = ring_up(till, basket(shop, (goods["cake"], 2), (goods["roll"], 10)), 2250, cash=3000)
    assert (sale.cash_minor, sale.change_minor) == (3000, 750)
    assert sale.totals.total_minor == 2250
    assert [(tax.code, tax.net_minor, tax.tax_minor) for tax in sale.totals.taxes] == [("VAT7", 2103, 147)]
    assert on_hand(till, goods["cake"]) == before - 2000
    assert cash_in_drawer(shop, till) == drawer + 2250
    [[hash]] = shop.sql(f"SELECT j.hash FROM journal j JOIN sale s ON s.device_id = j.device_id AND j.kind = 'T' "
                        f"AND j.number = s.number WHERE s.id = {sale.sale_id}")
    texts = [row.left for row in sale.receipt.rows]
    assert "Total EUR" in texts and sale.receipt_number in texts and bytes(hash).hex()[:8] in texts


def test_a_sale_is_shown_again_as_it_was(shop, till, goods):
    sale = ring_up(till, basket(shop, (goods["cake"], 1), eat_in=True), 900, card=900)
    for key in ({"last": True}, {"sale_id": sale.sale_id}, {"receipt_number": sale.receipt_number}):
        shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(**key), pb.SaleShown)
        assert shown.sale == sale
        text = shown.text.decode()
        assert "VAT 19 % on 7.56" in text and sale.receipt_number in text
    assert refused(till.call, pb.OP_SALE_SHOW, pb.SaleShow(), pb.SaleShown) == "UNKNOWN_SALE"
    assert refused(till.call, pb.OP_SALE_SHOW, pb.SaleShow(last=True, sale_id=1), pb.SaleShown) == "UNKNOWN_SALE"
    for number in ("1T-999999", "x", "", "99999999999999999999T-1"):
        assert refused(till.call, pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=number), pb.SaleShown) == "UNKNOWN_SALE"


def test_a_total_that_differs_is_refused_with_the_right_lines(shop, till, goods):
    with pytest.raises(Refused) as error:
        ring_up(till, basket(shop, (goods["cake"], 1)), 899)
    assert error.value.code == "TOTAL_DIFFERS"
    right = pb.SaleQuoted.FromString(error.value.detail)
    assert right.total_minor == 900 and right.lines[0].unit_price_minor == 900


def test_bad_baskets_have_their_own_codes(shop, till, goods):
    roll = goods["roll"]
    cases = [
        (basket(shop), 0, "BASKET_EMPTY"),
        (basket(shop, (roll, -1)), 0, "NOT_A_DEPOSIT"),
        (basket(shop, (roll, 2**40)), 0, "BAD_QUANTITY"),
        (basket(shop, (999, 1)), 0, "UNKNOWN_PRODUCT"),
        (basket(shop, (2**63 + 5, 1)), 0, "UNKNOWN_PRODUCT"),
        (basket(shop, (roll, 1), member_id=999), 45, "UNKNOWN_MEMBER"),
        (basket(shop, (roll, 1), member_id=2**64 - 1), 45, "UNKNOWN_MEMBER"),
        (basket(shop, (goods["cookie"], 1), rewards=1), 0, "REWARD_WITHOUT_MEMBER"),
    ]
    for bought, total, code in cases:
        assert refused(ring_up, till, bought, total, cash=100) == code
    assert refused(ring_up, till, basket(shop, (roll, 1)), 45, cash=44) == "UNDERPAID"
    assert refused(ring_up, till, basket(shop, (roll, 1)), 45, card=46) == "OVERPAID"
    assert refused(ring_up, till, basket(shop, (roll, 1)), 45, cash=-45) == "BAD_TENDER"
    old = basket(shop, (roll, 1))
    old.catalogue_version += 1
    assert refused(ring_up, till, old, 45) == "CATALOGUE_UNKNOWN"
    claim = pb.SaleRingUp(basket=basket(shop, (roll, 1)), total_minor=45, shift_id=77,
                          tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=45)])
    assert refused(till.command, pb.OP_SALE_RING_UP, claim, pb.SaleRungUp) == "BAD_CLAIM"


def test_a_refused_command_is_refused_again_and_uses_no_number(shop, till, goods):
    id = uuid.uuid4().bytes
    number = ring_up(till, basket(shop, (goods["roll"], 1)), 45).receipt_number
    message = pb.SaleRingUp(basket=basket(shop, (goods["roll"], 1)), total_minor=44)
    first = till.reply(pb.OP_SALE_RING_UP, message, id)
    again = till.reply(pb.OP_SALE_RING_UP, message, id)
    assert first.error == again.error and pb.code(first.error.code) == "TOTAL_DIFFERS"
    following = ring_up(till, basket(shop, (goods["roll"], 1)), 45).receipt_number
    assert int(following.split("-")[1]) == int(number.split("-")[1]) + 1


def test_a_member_earns_and_gets_a_free_cookie(shop, till, goods):
    anna = member(shop, 1000, [(100, 70), (10, 50)])
    quoted = till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket(
        shop, (goods["cookie"], 2), (goods["cake"], 1), member_id=anna, rewards=1)), pb.SaleQuoted)
    assert (quoted.total_minor, quoted.points_earned, quoted.points_spent, quoted.points_after) == (1150, 115, 100, 135)
    sale = ring_up(till, basket(shop, (goods["cookie"], 2), (goods["cake"], 1), member_id=anna, rewards=1), 1150)
    assert sale.totals.points_after == 135 == points(shop, anna)
    assert shop.sql(f"SELECT remaining FROM points_lot WHERE member_id = {anna} ORDER BY origin_day") == [(0,), (20,), (115,)]
    assert refused(ring_up, till, basket(shop, (goods["cookie"], 2), member_id=anna, rewards=2), 0) == "POINTS_SHORT"
    again = ring_up(till, basket(shop, (goods["roll"], 10), member_id=anna), 450)
    assert again.totals.points_after == 180
    assert shop.sql(f"SELECT count(*) FROM points_lot WHERE member_id = {anna}") == [(3,)]


def test_a_refund_gives_everything_back(shop, till, goods):
    bea = member(shop, 2000, [(300, 60), (20, 60)])
    other = shop.till("Caroline")
    lots = shop.sql(f"SELECT origin_day, expiry_day, remaining FROM points_lot WHERE member_id = {bea} ORDER BY 1")
    cookies = on_hand(till, goods["cookie"])
    sale = ring_up(till, basket(shop, (goods["cookie"], 3), member_id=bea, rewards=1), 500, cash=100, card=450)
    assert refused(refund, till, sale.receipt_number) == "PERMISSION_DENIED"
    back = refund(other, sale.receipt_number)
    assert (back.totals.total_minor, back.totals.points_earned, back.totals.points_spent) == (-500, -50, -100)
    assert back.cash_minor == -50
    assert ("Card A1", "-4.50") in [(row.left, row.right) for row in back.receipt.rows]
    assert points(shop, bea) == 120
    assert shop.sql(f"SELECT origin_day, expiry_day, remaining FROM points_lot WHERE member_id = {bea} AND remaining <> 0 "
                    "ORDER BY 1") == lots
    assert on_hand(till, goods["cookie"]) == cookies
    assert refused(refund, other, sale.receipt_number) == "ALREADY_REFUNDED"
    assert refused(refund, other, back.receipt_number) == "REFUND_OF_REFUND"
    assert refused(refund, other, "9999T-000001") == "UNKNOWN_SALE"
    assert refused(refund, other, "nonsense") == "UNKNOWN_SALE"
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=sale.receipt_number), pb.SaleShown)
    assert shown.refunded_minor == 500
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=back.receipt_number), pb.SaleShown)
    assert shown.refund_of == sale.receipt_number and shown.sale == back


def test_A16_a_refund_says_what_goes_back_out_of_the_drawer_and_what_on_the_card_machine(shop, till, goods):
    other = shop.till("Caroline")
    sale = ring_up(till, basket(shop, (goods["roll"], 2), (goods["cake"], 1)), 990, cash=400, card=590)
    assert not sale.HasField("card_minor"), "of a sale its tenders are known to who took them"
    back = refund(other, sale.receipt_number)
    assert (back.totals.total_minor, back.cash_minor, back.card_minor) == (-990, -400, -590)
    assert other.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=back.receipt_number), pb.SaleShown).sale == back
    in_cash = ring_up(till, basket(shop, (goods["roll"], 1)), 45)
    assert not refund(other, in_cash.receipt_number).HasField("card_minor")


def test_a_refund_in_parts_gives_back_what_each_was(shop, till, goods):
    fay = member(shop, 2500, [(300, 60), (20, 60)])
    lead = shop.till("Caroline")
    bought = basket(shop, (goods["cookie"], 3), (goods["roll"], 2), member_id=fay, rewards=1)
    sale = ring_up(till, bought, 590, cash=190, card=400)
    assert points(shop, fay) == 120 - 100 + 59
    number = sale.receipt_number

    def shown():
        said = till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=number), pb.SaleShown)
        assert said.refunded_minor == sum(line.total_minor for line in said.refunded)
        return [(line.line, line.quantity_milli, line.total_minor) for line in said.refunded]

    def parts(back):
        return back.totals.total_minor, back.totals.tax_minor, back.cash_minor, back.totals.points_earned, back.totals.points_spent

    def give(client, number, *lines):
        """What is asked about is what is given."""
        message = pb.SaleShow(receipt_number=number, price_back=True)
        message.back.extend(pb.RefundLine(line=line, quantity_milli=milli) for line, milli in lines)
        asked = client.call(pb.OP_SALE_SHOW, message, pb.SaleShown)
        wrong = pb.SaleRefund(receipt_number=number, reason="stale", total_minor=asked.back_minor + 1)
        wrong.lines.extend(message.back)
        assert refused(client.command, pb.OP_SALE_REFUND, wrong, pb.SaleRungUp) == "TOTAL_DIFFERS"
        wrong.total_minor = asked.back_minor
        back = client.command(pb.OP_SALE_REFUND, wrong, pb.SaleRungUp)
        assert (asked.back_minor, asked.back_rounding_minor) == (-back.totals.total_minor, -back.rounding_minor)
        assert "Reason: stale" in [row.left for row in back.receipt.rows]
        return back

    assert shown() == []
    assert parts(give(lead, number, (0, 1000))) == (-250, -17, -190, -25, 0)  # who paid last is paid first
    assert shown() == [(0, 1000, 250)]
    assert parts(give(lead, number, (1, 1000))) == (-45, -3, 0, -5, 0)  # 2.95 would have earned 29
    assert refused(give, lead, number, (0, 3000)) == "REFUND_TOO_MUCH"
    assert refused(give, lead, number, (0, 1500)) == "BAD_QUANTITY"
    assert refused(give, lead, number, (0, -1000)) == "BAD_QUANTITY"
    assert refused(give, lead, number, (2, 1000)) == "BAD_REFUND_LINE"
    assert refused(give, lead, number, (1, 1000), (1, 1000)) == "BAD_REFUND_LINE"
    check_books(shop)
    assert parts(give(lead, number, (1, 1000), (0, 1000))) == (-295, -19, 0, -29, 0)
    assert shown() == [(0, 2000, 500), (1, 2000, 90)]
    assert parts(give(lead, number)) == (0, 0, 0, 0, -100)  # the free one, and its points
    assert points(shop, fay) == 120
    assert refused(give, lead, number) == "ALREADY_REFUNDED"
    assert refused(give, lead, number, (0, 1000)) == "ALREADY_REFUNDED"


def tills_of(shop, servers):
    """A till with an open shift at each."""
    tills = []
    for server in servers:
        client = shop.connect(shop.device(), server.port)
        client.sign_in()
        client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
        tills.append(client)
    return tills


def test_two_tills_refund_the_same_line_and_one_succeeds(shop, till, goods):
    tills = [shop.till("Caroline") for _ in range(4)]
    for _ in range(5):
        number = ring_up(till, basket(shop, (goods["cake"], 1), (goods["roll"], 3)), 1035).receipt_number
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            said = list(pool.map(lambda one: attempt(refund, one, number, (1, 2000)), tills))
        assert sorted(said) == ["OK"] + ["REFUND_TOO_MUCH"] * 3
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            said = list(pool.map(lambda line: attempt(refund, tills[line], number, (line % 2, 1000)), range(4)))
        assert sorted(said) in [["ALREADY_REFUNDED"] * n + ["OK"] * 2 + ["REFUND_TOO_MUCH"] * (2 - n) for n in range(3)]
        assert shop.sql("SELECT line, quantity_milli FROM refunded JOIN sale ON id = sale_id WHERE number = "
                        f"{int(number.split('-')[1])} AND device_id = (SELECT id FROM device WHERE till_number = "
                        f"{int(number.split('T')[0])}) ORDER BY 1") == [(0, 1000), (1, 3000)]


def test_two_servers_refund_the_same_line_and_one_succeeds(shop, till, goods):
    second = shop.start()
    tills = tills_of(shop, (shop.servers[0], second) * 2)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            number = ring_up(till, basket(shop, (goods["cake"], 1), (goods["roll"], 3)), 1035).receipt_number
            said = list(pool.map(lambda one: attempt(refund, one, number, (1, 2000)), tills))
            assert sorted(said) == ["OK"] + ["REFUND_TOO_MUCH"] * 3
    assert second.stop() == 0
    shop.servers.remove(second)


def test_two_tills_refund_one_receipt_and_one_succeeds(shop, till, goods):
    tills = [shop.till("Caroline") for _ in range(4)]
    for _ in range(5):
        number = ring_up(till, basket(shop, (goods["cake"], 1)), 900).receipt_number
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            said = list(pool.map(lambda one: attempt(refund, one, number), tills))
        assert sorted(said) == ["ALREADY_REFUNDED"] * 3 + ["OK"]


def test_two_servers_refund_one_receipt_and_one_succeeds(shop, till, goods):
    second = shop.start()
    tills = tills_of(shop, (shop.servers[0], second) * 3)
    dora = member(shop, 4000, [(1, 100)])
    free = basket(shop, (goods["cookie"], 1), member_id=dora, rewards=1)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            number = ring_up(till, basket(shop, (goods["cake"], 1)), 900).receipt_number
            said = list(pool.map(lambda one: attempt(refund, one, number), tills))
            assert sorted(said) == ["ALREADY_REFUNDED"] * 5 + ["OK"]
        said = list(pool.map(lambda one: attempt(ring_up, one, free, 0), tills))
    assert sorted(said) == ["OK"] + ["POINTS_SHORT"] * 5
    assert second.stop() == 0
    shop.servers.remove(second)


def attempt(function, *arguments):
    try:
        function(*arguments)
        return "OK"
    except Refused as error:
        return error.code


def test_what_is_blocked_is_not_sold_below_zero_unless_a_card_was_charged(shop, till, goods):
    [[there]] = shop.sql(f"SELECT on_hand_milli / 1000 FROM stock WHERE product_id = {goods['cookie']}")
    too_many = basket(shop, (goods["cookie"], there), (goods["cookie"], 1))
    total = (there + 1) * 250
    assert refused(ring_up, till, too_many, total) == "STOCK_SHORT"
    sale = ring_up(till, too_many, total, card=total)
    assert [line.stock_low for line in sale.totals.lines] == [False, True]
    assert shop.sql(f"SELECT kind, line FROM sale_exception WHERE sale_id = {sale.sale_id}") == [(1, 1)]
    assert on_hand(till, goods["cookie"]) == -1000
    shop.receive(goods["cookie"], 501)


def test_A25_what_only_warns_is_sold_below_zero(shop, till, goods):
    there = on_hand(till, goods["cake"]) // 1000
    sale = ring_up(till, basket(shop, (goods["cake"], there), (goods["cake"], 2)), (there + 2) * 900)
    assert [line.stock_low for line in sale.totals.lines] == [False, True]
    assert on_hand(till, goods["cake"]) == -2000
    shop.receive(goods["cake"], 1002)


def test_A22_every_change_of_points_names_its_origin_its_person_and_its_reason(shop, till, goods):
    made = till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Dora")), pb.MemberDone)
    dora, manager = made.id, shop.till("Caroline")
    first = ring_up(till, basket(shop, (goods["cake"], 1), member_id=dora), 900)
    second = ring_up(till, basket(shop, (goods["cookie"], 2), member_id=dora, rewards=1), 250)
    back = refund(manager, second.receipt_number)
    entries = shop.sql("SELECT origin_id, kind, sum(points)::bigint, staff_id FROM points_entry "
                       f"WHERE member_id = {dora} GROUP BY 1, 2, 4 ORDER BY min(at), 2")
    ben, caroline = till.session.staff.id, manager.session.staff.id
    assert entries == [
        (dora, SIGN_UP, 20, ben),
        (first.sale_id, EARNED, 90, ben),
        (second.sale_id, EARNED, 25, ben),
        (second.sale_id, SPENT, -100, ben),
        (back.sale_id, GIVEN_BACK, 100, caroline),
        (back.sale_id, TAKEN_BACK, -25, caroline),
    ]
    assert points(shop, dora) == 110


def test_a_quote_holds_the_stock_for_its_till(shop, till, goods):
    other = shop.till()
    [[there]] = shop.sql(f"SELECT on_hand_milli / 1000 FROM stock WHERE product_id = {goods['cookie']}")
    till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket(shop, (goods["cookie"], there))), pb.SaleQuoted)
    assert refused(ring_up, other, basket(shop, (goods["cookie"], 1)), 250) == "STOCK_SHORT"
    ring_up(till, basket(shop, (goods["cookie"], 1)), 250)
    ring_up(other, basket(shop, (goods["cookie"], 1)), 250)


def test_goods_are_counted_away_with_a_reason(shop, till, goods):
    def receive(quantity, reason):
        move = pb.StockMove(product_id=goods["cake"], quantity_milli=quantity)
        return shop.manager.command(pb.OP_STOCK_RECEIVE, pb.StockReceive(moves=[move, move], reason=reason), pb.StockShown)

    before = on_hand(till, goods["cake"])
    assert receive(-1000, "dropped").on_hand[0].quantity_milli == before - 2000
    assert refused(receive, -1000, "") == "BAD_REASON"
    assert refused(receive, 0, "") == "BAD_QUANTITY"
    assert refused(receive, 500, "half a cake") == "BAD_QUANTITY"
    assert refused(receive, -2**63, "all") == "BAD_QUANTITY"


REASONS = [("  fell \u00a0 down\u2003", "fell down"), ("Cafe\u0301", "Caf\u00e9"), ("x" * 100, "x" * 100)]


@pytest.mark.parametrize("said, kept", REASONS)
def test_reasons_are_kept_tidy_as_names_are(shop, till, manager, goods, said, kept):
    shop.manager.command(pb.OP_STOCK_RECEIVE, pb.StockReceive(
        moves=[pb.StockMove(product_id=goods["cake"], quantity_milli=-1000)], reason=said), pb.StockShown)
    [[entry]] = shop.sql(f"SELECT bytes FROM journal WHERE kind = 'L' AND device_id = {shop.console.device.id} "
                         "ORDER BY number DESC LIMIT 1")
    text = kept.encode()
    assert b"\x06reason\x00\x01" + len(text).to_bytes(2, "big") + text in bytes(entry)
    sold = ring_up(till, basket(shop, (goods["roll"], 1)), 45)
    refund_of = pb.SaleRefund(receipt_number=sold.receipt_number, reason=said)
    back = shop.till("Caroline").command(pb.OP_SALE_REFUND, refund_of, pb.SaleRungUp)
    assert shop.sql(f"SELECT reason FROM sale WHERE id = {back.sale_id}") == [(kept,)]


@pytest.mark.parametrize("said, codes", [("\u200b\u2060", {"BAD_REASON"}), (" \u00a0", {"BAD_REASON"}),
                                         ("x" * 101, {"BAD_FIELD"}), ("a\x00b", {"BAD_FIELD"}), ("a\u202eb", {"BAD_FIELD"})])
def test_a_reason_that_nobody_can_read_or_that_is_too_long_is_refused(shop, till, manager, goods, said, codes):
    moves = [pb.StockMove(product_id=goods["cake"], quantity_milli=-1000)]
    before = on_hand(till, goods["cake"])
    assert shop.manager.refusal(pb.OP_STOCK_RECEIVE, pb.StockReceive(moves=moves, reason=said), uuid.uuid4().bytes) in codes
    assert on_hand(till, goods["cake"]) == before
    if codes == {"BAD_FIELD"}:  # a refund needs no reason
        sold = ring_up(till, basket(shop, (goods["roll"], 1)), 45)
        refund_of = pb.SaleRefund(receipt_number=sold.receipt_number, reason=said)
        assert shop.till("Caroline").refusal(pb.OP_SALE_REFUND, refund_of, uuid.uuid4().bytes) == "BAD_FIELD"


def test_balance_100_and_50_tills_redeem_at_once_is_one_reward(shop, till, goods):
    carl = member(shop, 3000, [(1, 100)])
    tills = [shop.till() for _ in range(50)]
    bought = basket(shop, (goods["cookie"], 1), member_id=carl, rewards=1)
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        said = list(pool.map(lambda one: attempt(ring_up, one, bought, 0), tills))
    assert sorted(said) == ["OK"] + ["POINTS_SHORT"] * 49
    assert points(shop, carl) == 0


def test_a_receipt_of_two_hundred_lines_is_sold_and_shown(shop, till, goods):
    sale = ring_up(till, basket(shop, *[(goods["roll"], 2)] * 200), 18000)
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(last=True), pb.SaleShown)
    assert shown.sale == sale and shown.text.decode().count("2 x 0.45") == 200
    assert refused(ring_up, till, basket(shop, *[(goods["roll"], 1)] * 201), 9045) == "BAD_FIELD"
