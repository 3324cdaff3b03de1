"""A drawer's shift as a till sees it: cash in and out, opened without a sale, X, the blind count, the Z, and nothing after it."""
import uuid

import psycopg2
import pytest
from counter import basket, check_books, check_strands, refund, refused, ring_up, seed
from shop import Refused, pb

ENTRIES = ("shift_z", "shift_z_tender", "shift_z_tax", "shift_z_count", "drawer_move", "no_sale")


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Lea", role="shift_lead")
    for name in ("cookie", "cake"):
        shop.receive(made[name], 1000)
    return made


@pytest.fixture()
def till(shop, goods):
    return shop.till("Lea")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    """After all that is done in here: a Z that is wrong stays so."""
    yield
    check_books(shop)
    check_strands(shop)


def move(till, kind, amount, reason="why not", command_id=None):
    return till.command(pb.OP_SHIFT_MOVE, pb.ShiftMove(kind=kind, amount_minor=amount, reason=reason), pb.ShiftShown, command_id)


def no_sale(till, reason="change"):
    return till.command(pb.OP_SHIFT_NO_SALE, pb.ShiftNoSale(reason=reason), pb.ShiftShown)


def report(till):
    return till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)


def close(till, counted=None, command_id=None, shift_id=None, **pieces):
    """pieces: n5000=2, two of 50.00."""
    message = pb.ShiftClose(counts=[pb.ShiftPieces(denomination_minor=int(name[1:]), pieces=count) for name, count in pieces.items()])
    if counted is not None:
        message.counted_minor = counted
    if shift_id is not None:
        message.shift_id = shift_id
    return till.command(pb.OP_SHIFT_CLOSE, message, pb.ShiftReported, command_id)


def z_of(client, **key):
    return client.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(**key), pb.ShiftReported)


def paper(reported):
    return {row.left: row.right for row in reported.receipt.rows}


def other_person(shop, till, name):
    client = shop.connect(till.identity)
    client.sign_in(name)
    return client


def test_a_day_from_the_float_to_the_z(shop, till, goods):
    first = ring_up(till, basket(shop, (goods["cake"], 2)), 1800, cash=2000)
    second = ring_up(till, basket(shop, (goods["cookie"], 1), (goods["roll"], 2), eat_in=True), 340, card=340)
    move(till, pb.CASH_MOVE_IN, 5000, "change from the bank")
    move(till, pb.CASH_MOVE_OUT, 350, "milk")
    move(till, pb.CASH_MOVE_DROP, 9000, "to the safe")
    no_sale(till)
    back = refund(till, first.receipt_number)

    x = report(till)
    assert (x.closed, x.number, x.sale_count, x.sale_minor, x.refund_count, x.refund_minor) == (False, 1, 2, 2140, 1, -1800)
    assert x.expected_minor == 10000 + 1800 + 5000 - 350 - 9000 - 1800 and not x.HasField("counted_minor")
    assert "X report" in paper(x)

    z = close(till, n5000=1, n500=1, n50=3)
    assert (z.closed, z.number, z.sale_count, z.sale_minor, z.refund_count, z.refund_minor) == (True, 1, 2, 2140, 1, -1800)
    assert [(t.kind, t.count, t.amount_minor) for t in z.tenders] == [(pb.TENDER_CASH, 2, 0), (pb.TENDER_CARD, 1, 340)]
    assert [(t.code, t.rate_ppm, t.net_minor, t.tax_minor) for t in z.taxes] == [("VAT19", 190000, 286, 54), ("VAT7", 70000, 0, 0)]
    assert (z.float_minor, z.in_minor, z.out_minor, z.drop_minor, z.no_sale_count) == (10000, 5000, -350, -9000, 1)
    assert (z.expected_minor, z.counted_minor, z.difference_minor) == (5650, 5650, 0)
    assert [(c.denomination_minor, c.pieces) for c in z.counts] == [(5000, 1), (500, 1), (50, 3)]
    assert (z.grand_total_minor, z.first_receipt, z.last_receipt) == (2140, first.receipt_number, back.receipt_number)
    assert second.receipt_number not in (z.first_receipt, z.last_receipt)
    lines = paper(z)
    assert lines["Cash expected"] == lines["Cash counted"] == "56.50" and lines["Difference"] == "0.00"
    # The anchor: eight digits of the head of the till's strand of receipts, as the last receipt has them.
    assert z.strand_hash.hex()[:8] in lines
    [[head]] = shop.sql(f"SELECT hash FROM device_head WHERE device_id = {till.identity.device.id} AND kind = 'T'")
    assert bytes(head) == z.strand_hash

    assert z_of(till) == z_of(till, number=1) == z_of(shop.manager, till_number=z.till_number) == z
    assert not till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).open


def test_A10_what_cash_was_rounded_by_stands_on_the_z(shop, till, goods):
    odd = shop.put_product("Odd bun", 1992, sku="odd-bun")
    shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(cash_rounding_minor=5)), pb.ShopPutDone)
    ring_up(till, basket(shop, (odd, 1)), 1992, cash=2000)
    ring_up(till, basket(shop, (odd, 1)), 1992, card=1992)
    x = report(till)
    shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(cash_rounding_minor=0)), pb.ShopPutDone)
    z = close(till, 10000 + 1990)
    for one in (x, z, z_of(till)):
        assert [(t.kind, t.amount_minor) for t in one.tenders] == [(pb.TENDER_CASH, 1990), (pb.TENDER_CARD, 1992)]
        assert (one.sale_minor, one.expected_minor, paper(one)["Rounding of cash"]) == (3984, 11990, "-0.02")
    assert z.difference_minor == 0


def test_nothing_goes_on_in_a_closed_shift(shop, till, goods):
    ring_up(till, basket(shop, (goods["roll"], 1)), 45)
    close(till, 10045)
    assert refused(ring_up, till, basket(shop, (goods["roll"], 1)), 45) == "SHIFT_NOT_OPEN"
    assert refused(move, till, pb.CASH_MOVE_IN, 1) == "SHIFT_NOT_OPEN"
    assert refused(no_sale, till) == "SHIFT_NOT_OPEN"
    assert refused(report, till) == "SHIFT_NOT_OPEN"
    assert refused(close, till, 10045) == "SHIFT_NOT_OPEN"


def test_z_numbers_have_no_gap_and_the_grand_total_goes_on(shop, till, goods):
    for number in range(1, 5):
        for _ in range(number):
            ring_up(till, basket(shop, (goods["roll"], 1)), 45)
        if number == 3:
            refund(till, till.call(pb.OP_SALE_SHOW, pb.SaleShow(last=True), pb.SaleShown).sale.receipt_number)
        z = close(till, 0)
        assert (z.number, z.sale_count, z.grand_total_minor) == (number, number, 45 * number * (number + 1) // 2)
        till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=number), pb.ShiftShown)
    empty = close(till, 4)
    assert (empty.number, empty.sale_count, empty.grand_total_minor, empty.difference_minor) == (5, 0, 450, 0)
    assert not empty.HasField("first_receipt") and not empty.taxes and not empty.tenders
    assert [z_of(till, number=n).number for n in range(1, 6)] == [1, 2, 3, 4, 5]
    assert refused(z_of, till, number=6) == refused(z_of, till, number=0) == "UNKNOWN_SHIFT"
    assert refused(z_of, till, till_number=9999) == "UNKNOWN_SHIFT"


def test_the_zs_of_several_tills_are_the_sum_of_all_sales(shop, goods):
    tills = [shop.till("Lea", float_minor=n) for n in range(3)]
    acknowledged = 0
    for step in range(30):
        till = tills[step % 3]
        if step % 5 == 4:
            ring_up(till, basket(shop, (goods["cookie"], step)), 250 * step, card=250 * step)
            acknowledged += 250 * step
        else:
            ring_up(till, basket(shop, (goods["roll"], 1 + step)), 45 * (1 + step))
            acknowledged += 45 * (1 + step)
    zs = [close(till, 0) for till in tills]
    assert sum(z.sale_minor for z in zs) == acknowledged
    assert sum(z.sale_count for z in zs) == 30
    for z, float_minor in zip(zs, range(3)):
        assert sum(t.amount_minor for t in z.tenders) == z.sale_minor == sum(t.net_minor + t.tax_minor for t in z.taxes)
        assert z.expected_minor == float_minor + next(t.amount_minor for t in z.tenders if t.kind == pb.TENDER_CASH)


def test_the_same_close_sent_a_hundred_times_is_one_z(shop, till, goods):
    ring_up(till, basket(shop, (goods["cake"], 1)), 900)
    command_id = uuid.uuid4().bytes
    message = pb.ShiftClose(counted_minor=10000)
    sent = [till.send(pb.OP_SHIFT_CLOSE, message, command_id) for _ in range(10)]
    replies = [till.read_reply(id) for id in sent]
    replies += [till.reply(pb.OP_SHIFT_CLOSE, message, command_id) for _ in range(90)]
    assert {reply.body for reply in replies} == {replies[0].body} and replies[0].body
    assert pb.ShiftReported.FromString(replies[0].body).difference_minor == -900
    assert shop.sql(f"SELECT count(*) FROM shift_z WHERE device_id = {till.identity.device.id}") == [(1,)]
    # The next shift is not closed by it either.
    till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=5), pb.ShiftShown)
    assert till.reply(pb.OP_SHIFT_CLOSE, message, command_id).body == replies[0].body
    assert till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).open


def test_a_move_sent_again_moves_once(shop, till):
    command_id = uuid.uuid4().bytes
    for _ in range(5):
        assert move(till, pb.CASH_MOVE_DROP, 700, command_id=command_id).drawer_minor == 9300
    assert report(till).drop_minor == -700


def test_a_close_means_the_shift_it_names(shop, till):
    shift_id = till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).shift_id
    assert refused(close, till, 0, shift_id=shift_id + 1) == "SHIFT_NOT_OPEN"
    assert refused(close, till, 0, shift_id=2**63) == "SHIFT_NOT_OPEN"
    other = shop.till("Lea").call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).shift_id
    assert other != shift_id and refused(close, till, 0, shift_id=other) == "SHIFT_NOT_OPEN"
    assert close(till, 10000, shift_id=shift_id).shift_id == shift_id


@pytest.mark.parametrize("message, code", [
    ({}, "BAD_COUNT"),
    ({"counted_minor": 1, "counts": [(500, 1)]}, "BAD_COUNT"),
    ({"counted_minor": -1}, "BAD_COUNT"),
    ({"counted_minor": 10**15 + 1}, "BAD_COUNT"),
    ({"counts": [(500, 0)]}, "BAD_COUNT"),
    ({"counts": [(50000, 2**32 - 1)] * 2}, "BAD_DENOMINATION"),
    ({"counts": [(300, 1)]}, "BAD_DENOMINATION"),
    ({"counts": [(-500, 1)]}, "BAD_DENOMINATION"),
    ({"counts": [(0, 1)]}, "BAD_DENOMINATION"),
    ({"counts": [(500, 1), (500, 1)]}, "BAD_DENOMINATION"),
    ({"counts": [(500, 1)] * 41}, "BAD_FIELD"),
])
def test_a_count_that_is_none_is_refused(shop, till, message, code):
    counts = [pb.ShiftPieces(denomination_minor=value, pieces=count) for value, count in message.pop("counts", [])]
    request = pb.ShiftClose(counts=counts, **message)
    assert till.refusal(pb.OP_SHIFT_CLOSE, request, uuid.uuid4().bytes) == code
    assert till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).open


@pytest.mark.parametrize("message, code", [
    ({"kind": 0, "amount_minor": 100, "reason": "x"}, "BAD_CASH_MOVE"),
    ({"amount_minor": 100, "reason": "x"}, "BAD_CASH_MOVE"),
    ({"kind": 1, "amount_minor": 0, "reason": "x"}, "BAD_CASH_MOVE"),
    ({"kind": 2, "amount_minor": -100, "reason": "x"}, "BAD_CASH_MOVE"),
    ({"kind": 1, "amount_minor": 10**15 + 1, "reason": "x"}, "AMOUNT_OVERFLOW"),
    ({"kind": 1, "amount_minor": 10**15, "reason": "the drawer holds some"}, "AMOUNT_OVERFLOW"),
    ({"kind": 1, "amount_minor": 100}, "BAD_REASON"),
    ({"kind": 1, "amount_minor": 100, "reason": "4111 1111 1111 1111"}, "CARD_NUMBER"),
    ({"kind": 1, "amount_minor": 100, "reason": " \u200b\u2003 "}, "BAD_REASON"),
    ({"kind": 1, "amount_minor": 100, "reason": "x" * 101}, "BAD_FIELD"),
])
def test_a_move_that_is_none_is_refused(shop, till, message, code):
    assert till.refusal(pb.OP_SHIFT_MOVE, pb.ShiftMove(**message), uuid.uuid4().bytes) == code
    assert till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).drawer_minor == 10000


def test_reasons_of_the_drawer_are_kept_tidy(shop, till):
    no_sale(till, "  a coin \u00a0 rolled\u2003")
    move(till, pb.CASH_MOVE_IN, 100, " Cafe\u0301 ")
    assert shop.sql("SELECT count(*) FROM no_sale WHERE reason = 'a coin rolled'") == [(1,)]
    assert shop.sql("SELECT count(*) FROM drawer_move WHERE reason = 'Caf\u00e9'") == [(1,)]


def test_a_no_sale_has_a_reason_and_stands_in_the_journal(shop, till):
    assert refused(no_sale, till, "") == "BAD_REASON"
    assert refused(no_sale, till, "4111111111111111") == "CARD_NUMBER"
    no_sale(till, "a note was stuck")
    entries = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {till.identity.device.id} AND kind = 'L'")
    assert sum(b"a note was stuck" in bytes(data) for data, in entries) == 1
    assert shop.sql("SELECT reason FROM no_sale WHERE reason LIKE 'a note%'") == [("a note was stuck",)]
    assert report(till).no_sale_count == 1


def test_a_cashier_counts_blind_and_closes_nothing(shop, till, goods):
    ring_up(till, basket(shop, (goods["cake"], 1)), 900)
    with other_person(shop, till, "Ben") as ben:
        x = report(ben)
        assert (x.sale_count, x.sale_minor) == (1, 900)
        for field in ("expected_minor", "in_minor", "out_minor", "drop_minor"):
            assert not x.HasField(field), field
        assert not x.tenders and not any("Cash" in left for left in paper(x))
        assert not ben.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).HasField("drawer_minor")
        for call in (lambda: close(ben, 0), lambda: move(ben, pb.CASH_MOVE_IN, 1), lambda: no_sale(ben), lambda: z_of(ben)):
            assert refused(call) == "PERMISSION_DENIED"
    assert report(till).expected_minor == 10900


def test_a_late_sale_counts_in_the_open_shift_and_is_listed(shop, till, goods):
    closed = close(till, 10000).shift_id
    till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    late = pb.SaleRingUp(basket=basket(shop, (goods["roll"], 2)), total_minor=90, shift_id=closed,
                         tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=90)])
    sale = till.command(pb.OP_SALE_RING_UP, late, pb.SaleRungUp)
    assert shop.sql(f"SELECT kind FROM sale_exception WHERE sale_id = {sale.sale_id}") == [(2,)]
    z = close(till, 90)
    assert (z.number, z.sale_count, z.difference_minor) == (2, 1, 0)
    assert z_of(till, number=1).sale_count == 0


def test_a_forgotten_shift_is_closed_the_next_morning(shop, till, goods):
    """Nobody closed it: the till still sells in it, until whoever comes first counts the drawer."""
    ring_up(till, basket(shop, (goods["cake"], 1)), 900)
    till.close()
    morning = other_person(shop, till, "Caroline")
    shown = morning.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)
    assert shown.open and shown.opened_by != morning.session.staff.id
    z = close(morning, 10900, shift_id=shown.shift_id)
    assert (z.opened_by, z.closed_by, z.difference_minor) == (shown.opened_by, morning.session.staff.id, 0)


def test_a_device_without_a_drawer_has_no_shift(shop):
    with shop.connect(shop.console, kind=pb.CLIENT_CLI) as desk:
        desk.sign_in()
        for call in (lambda: close(desk, 0), lambda: report(desk), lambda: no_sale(desk), lambda: move(desk, pb.CASH_MOVE_IN, 1)):
            assert refused(call) == "NOT_A_TILL"
        assert refused(z_of, desk) == "UNKNOWN_SHIFT"


def test_the_servers_role_can_neither_change_nor_remove_a_z(shop, till):
    move(till, pb.CASH_MOVE_IN, 100)
    no_sale(till)
    close(till, n10000=1, n100=1)
    for table in ENTRIES:
        assert shop.sql(f"SELECT count(*) FROM {table}")[0][0] > 0 or table in ("shift_z_tender", "shift_z_tax")
        for statement in (f"UPDATE {table} SET shift_id = shift_id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                shop.sql(statement, "app")
