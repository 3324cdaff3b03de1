"""What is taken back before it is paid: kept with who and why, whole baskets too, and listed by shift and by day."""
import datetime
import uuid
from zoneinfo import ZoneInfo

import pytest
from counter import basket, check_books, check_strands, refused, ring_up, seed
from shop import pb


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def tills(shop, goods):
    made = shop.till(), shop.till("Caroline")
    shop.receive(goods["cookie"], 100)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)
    check_strands(shop)


def throw_away(till, basket, reason="left", id=None):
    return till.command(pb.OP_BASKET_VOID, pb.BasketVoid(basket=basket, reason=reason), pb.BasketVoided, id)


def report(client, **what):
    return client.call(pb.OP_VOID_REPORT, pb.VoidReport(**what), pb.VoidReported)


def told(reported):
    return [(row.kind, row.receipt_number, row.product, row.quantity_milli, row.amount_minor, row.reason) for row in reported.rows]


def number_of(shop, till):
    return shop.sql(f"SELECT till_number FROM device WHERE id = {till.identity.device.id}")[0][0]


def today(shop):
    [[zone, cutoff]] = shop.sql("SELECT zone, day_cutoff_minutes FROM shop_version ORDER BY from_version DESC LIMIT 1")
    return (datetime.datetime.now(ZoneInfo(zone)) - datetime.timedelta(minutes=cutoff)).date().isoformat()


def test_A17_lines_and_baskets_that_are_taken_back_appear_in_the_void_report(shop, tills, goods):
    ben, manager = tills
    sold = basket(shop, (goods["cake"], 1))
    sold.total_heard = True
    sold.lines.add(product_id=goods["roll"], quantity_milli=3000, voided=True)
    sold.lines.add(product_id=goods["cookie"], quantity_milli=2000, voided=True, void_reason="  damaged  or dropped ")
    first = ring_up(ben, sold, 900)
    away = basket(shop, (goods["cookie"], 2), (goods["roll"], 1))
    away.lines.add(product_id=goods["cake"], quantity_milli=1000, voided=True, void_reason="rung up by mistake")
    away.lines[0].discount.rate_ppm, away.lines[0].discount.reason = 50000, "old"
    done = throw_away(ben, away, "the   customer left")
    assert done.total_minor == 500 + 45 + 900
    rows = [
        (pb.VOID_LINE, first.receipt_number, "roll", 3000, 135, ""),
        (pb.VOID_LINE, first.receipt_number, "cookie", 2000, 500, "damaged or dropped"),
        (pb.VOID_BASKET, "", "cookie", 2000, 500, "the customer left"),
        (pb.VOID_BASKET, "", "roll", 1000, 45, "the customer left"),
        (pb.VOID_BASKET, "", "cake", 1000, 900, "rung up by mistake"),
    ]
    shown = report(manager, till_number=number_of(shop, ben))
    assert told(shown) == rows and shown.row_count == 5 and shown.amount_minor == 135 + 500 + 1445
    assert {row.staff for row in shown.rows} == {"Ben"} and not shown.more
    assert [row.row for row in shown.rows] == [1, 2, 3, 4, 5] and {row.till_number for row in shown.rows} == {number_of(shop, ben)}
    assert shown.rows[2].void_id == done.void_id
    assert told(report(manager, till_number=number_of(shop, ben), after_row=3)) == rows[3:]
    assert told(report(manager, business_day=today(shop))) == rows
    assert told(report(manager, business_day=today(shop), till_number=number_of(shop, manager))) == []
    assert told(report(manager)) == [], "nothing was taken back at this till"

    # what is taken back in the next shift stands there, and in the day
    lead = shop.connect(ben.identity)
    lead.sign_in("Caroline")
    lead.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=0), pb.ShiftReported)
    lead.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    throw_away(lead, basket(shop, (goods["roll"], 2)), "cannot pay")
    last = (pb.VOID_BASKET, "", "roll", 2000, 90, "cannot pay")
    assert told(report(lead)) == [last] and report(lead).shift_number == 2
    assert told(report(manager, till_number=number_of(shop, ben), shift_number=1)) == rows
    assert told(report(lead, business_day=today(shop))) == [*rows, last]
    assert refused(report, manager, till_number=number_of(shop, ben), shift_number=3) == "UNKNOWN_SHIFT"
    lead.close()


def test_A17_a_basket_is_voided_once_however_often_it_is_sent(shop, tills, goods):
    ben = tills[0]
    id = uuid.uuid4().bytes
    away = basket(shop, (goods["roll"], 1))
    done = {throw_away(ben, away, id=id).void_id for _ in range(3)}
    assert len(done) == 1
    assert shop.sql(f"SELECT line_count, total_minor, reason FROM basket_void WHERE id = {done.pop()}") == [(1, 45, "left")]


def test_A17_a_void_has_a_reason_that_can_be_read(shop, tills, goods):
    ben = tills[0]
    away = basket(shop, (goods["roll"], 1))
    for reason in ("", "  ", "\u200b"):
        assert refused(throw_away, ben, away, reason) == "BAD_REASON"
    assert refused(throw_away, ben, away, "4111 1111 1111 1111") == "CARD_NUMBER"
    assert refused(throw_away, ben, pb.Basket()) == "BASKET_EMPTY"
    away.lines[0].quantity_milli = 1500
    assert refused(throw_away, ben, away) == "BAD_QUANTITY"
    away.lines[0].product_id = 4711
    assert refused(throw_away, ben, away) == "UNKNOWN_PRODUCT"
    console = shop.manager
    assert console.refusal(pb.OP_BASKET_VOID, pb.BasketVoid(basket=away, reason="left"), uuid.uuid4().bytes) == "UNSUPPORTED"


def test_A17_a_parked_basket_is_thrown_away_with_a_reason_and_listed(shop, tills, goods):
    ben, manager = tills
    waits = ben.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=basket(shop, (goods["cake"], 2))), pb.BasketParkDone).parked_id

    def away(reason):
        return ben.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits, throw_away=True, reason=reason), pb.BasketResumed)

    assert refused(away, "") == "BAD_REASON"
    assert refused(away, "4111 1111 1111 1111") == "CARD_NUMBER"
    assert away("nobody came for it").parked_count == 0
    assert told(report(manager, business_day=today(shop)))[-1] == (pb.VOID_BASKET, "", "cake", 2000, 1800, "nobody came for it")


def test_A17_what_can_no_longer_be_read_is_listed_all_the_same(shop, tills, goods):
    ben, manager = tills
    waits = ben.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=basket(shop, (goods["cake"], 2))), pb.BasketParkDone).parked_id
    shop.sql(f"UPDATE parked_basket SET basket = '\\xff' WHERE id = {waits}")
    ben.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits, throw_away=True, reason="lost"), pb.BasketResumed)
    row = report(manager, business_day=today(shop)).rows[-1]
    assert (row.kind, row.reason, row.amount_minor) == (pb.VOID_BASKET, "lost", 0) and not row.HasField("product_id")


def test_A17_a_long_report_comes_page_by_page(shop, tills, goods):
    ben, manager = tills
    away = basket(shop, *((goods["roll"], 1) for _ in range(150)))
    throw_away(ben, away, "x" * 100)
    got, pages = [], 0
    while True:
        page = report(manager, business_day=today(shop), after_row=len(got))
        got += page.rows
        pages += 1
        if not page.more:
            break
    assert [row.row for row in got] == list(range(1, page.row_count + 1)) and len(got) >= 150 and pages > 1


def test_A17_the_report_is_for_who_may_close_a_shift_and_leaves_a_trace(shop, tills):
    ben, manager = tills
    assert ben.refusal(pb.OP_VOID_REPORT, pb.VoidReport()) == "PERMISSION_DENIED"
    report(manager)
    rows = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {manager.identity.device.id} AND kind = 'L'")
    assert any(b"voids_listed" in bytes(row[0]) for row in rows)
    for day in ("2026-02-29", "today", ""):
        assert refused(report, manager, business_day=day) == "BAD_DAY"
    assert refused(report, manager, business_day="2026-02-28", shift_number=1) == "BAD_FIELD"
    assert told(report(manager, business_day="2026-02-28")) == []
