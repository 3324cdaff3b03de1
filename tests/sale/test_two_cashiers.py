"""Two people, one till: each sells in their own name, and the X says how much; a badge is told from a member's card; a shift that
nobody closed is closed the next morning, with the clock moved."""
import contextlib

import pytest
from counter import basket, check_books, check_strands, refund, ring_up, seed
from faults import Failpoints
from shop import Refused, make_shop, pb

DAY = 86400
BADGE_AS_A_CARD = "MC00000000STAFF7"  # sixteen, and of their letters; the check character would be another


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as made:
        made.start()
        made.open()
        made.failpoints = failpoints
        yield made
        check_books(made)
        check_strands(made)


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Lea", role="shift_lead", badge="STAFF-00007")
    shop.staff("Ben", badge="STAFF-00017")
    shop.staff("Mac", badge=BADGE_AS_A_CARD)
    shop.receive(made["cookie"], 100)
    return made


@pytest.fixture()
def till(shop, goods):
    made = shop.till("Lea")
    yield made
    made.close()


def report(till):
    return till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)


def show(till):
    return till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)


def close(till, counted):
    return till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=counted), pb.ShiftReported)


def people(reported):
    return [(one.name, one.sale_count, one.sale_minor, one.refund_count, one.refund_minor) for one in reported.people]


def test_B42_sales_of_two_people_at_one_till_are_kept_apart(shop, till, goods):
    assert people(report(till)) == []
    first = ring_up(till, basket(shop, (goods["cake"], 2)), 1800)
    waits = till.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=basket(shop, (goods["roll"], 2))), pb.BasketParkDone)
    lea = till.session.staff.id
    till.sign_in("Ben")  # on the same connection: Lea is not here any more
    ring_up(till, basket(shop, (goods["cookie"], 1)), 250)
    ring_up(till, basket(shop, (goods["roll"], 1)), 45)
    assert list(till.call(pb.OP_BASKET_PARKED, pb.BasketParked(), pb.ParkedBaskets).baskets) == []
    till.sign_in("Lea")
    again = till.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits.parked_id), pb.BasketResumed).basket
    ring_up(till, again, 90)
    refund(till, first.receipt_number, (0, 1000))
    x = report(till)
    assert people(x) == [("Lea", 2, 1890, 1, -900), ("Ben", 2, 295, 0, 0)]
    assert x.people[0].staff_id == lea
    assert sum(one.sale_minor for one in x.people) == x.sale_minor and sum(one.refund_minor for one in x.people) == x.refund_minor
    lines = {row.left: row.right for row in x.receipt.rows}
    assert (lines["Lea (3)"], lines["Ben (2)"]) == ("9.90", "2.95")
    entries = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {till.identity.device.id} AND kind = 'L'")
    assert any(b"shift_report" in bytes(data) for data, in entries), "who reads names is written down"
    sellers = shop.sql(f"SELECT staff_id, count(*) FROM sale WHERE device_id = {till.identity.device.id} GROUP BY 1")
    assert sorted(count for _, count in sellers) == [2, 3]
    # what is kept for 90 days, and the paper of the night, name nobody
    z = close(till, 10000 + 1800 + 250 + 45 + 90 - 900)
    assert not z.people and "Lea (3)" not in {row.left for row in z.receipt.rows} and z.difference_minor == 0


def test_B42_a_badge_is_told_from_a_members_card_at_a_counter_alone(shop, till, goods):
    def find(client, card):
        return client.call(pb.OP_MEMBER_FIND, pb.MemberFind(card=card), pb.MemberFound)

    assert find(till, "staff-00017").badge and not find(till, "staff-00017").members
    assert not find(till, "STAFF-00099").HasField("badge")
    assert find(till, BADGE_AS_A_CARD.lower()).badge, "it looks like a member's card with a slip, and is none"
    with pytest.raises(Refused) as misread:
        find(till, BADGE_AS_A_CARD[:-1] + "8")
    assert misread.value.code == "CARD_MISREAD"
    till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ben too", card="STAFF-00017")), pb.MemberDone)
    found = find(till, "STAFF-00017")
    assert len(found.members) == 1 and not found.HasField("badge"), "a member's card is a member's card"
    assert not find(shop.manager, "STAFF-00007").HasField("badge")
    with contextlib.closing(shop.connect(till.identity)) as ben:
        ben.sign_in(badge="staff-00017")
        assert find(ben, "STAFF-00007").badge


def test_B42_a_forgotten_shift_is_closed_the_next_morning(shop, till, goods):
    """By the server's clock, moved by a day: the shift of yesterday is still the one that sells, and says when it began."""
    clock = shop.failpoints.directory / "clock"
    ring_up(till, basket(shop, (goods["cake"], 1)), 900)
    evening = show(till)
    try:
        clock.with_suffix(".new").write_text(str(DAY))
        clock.with_suffix(".new").rename(clock)
        till.sign_in("Lea")  # the session of yesterday has ended
        morning = show(till)
        assert morning.open and (morning.shift_id, morning.opened_us) == (evening.shift_id, evening.opened_us)
        now_us = till.call(pb.OP_PING, pb.Ping(), pb.Pong).now_us
        assert now_us - morning.opened_us > (DAY - 60) * 1000000
        late = ring_up(till, basket(shop, (goods["roll"], 2)), 90)  # sold before anybody noticed
        z = close(till, 10000 + 900 + 90)
        assert (z.shift_id, z.sale_count, z.sale_minor, z.difference_minor) == (evening.shift_id, 2, 990, 0)
        assert z.closed_us - z.opened_us > (DAY - 60) * 1000000
        days = shop.sql(f"SELECT count(DISTINCT business_day) FROM sale WHERE shift_id = {z.shift_id}")
        assert days == [(2,)], "each sale is of the day on which it was made"
        opened = till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=5000), pb.ShiftShown)
        assert opened.number == z.number + 1 and late.receipt_number in z.last_receipt
        assert close(till, 5000).sale_count == 0
    finally:
        clock.unlink()
