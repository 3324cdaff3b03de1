"""Points by the calendar, with the server's clock set: lots expire at the shop's midnight, tiers roll, a birthday and a friend are given
for once."""
import concurrent.futures
import datetime
import time
import zoneinfo

import pytest
from counter import NODE, basket, check_books, member, refund, ring_up, seed
from explained import check
from faults import Failpoints
from kiosk import MEMBER_PIN, code_for, show, sign_in, sign_out, with_pin
from shop import PIN, TOP, make_shop, pb
from waiting import wait_for

DAY = 86400
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
SOON = 40  # the job looks every ten seconds


class Calendar:
    """The shop, its till, and the clock that its server goes by."""

    def __init__(self, shop, failpoints):
        self.shop, self.file, self.off_by = shop, failpoints.directory / "clock", 0
        self.goods = seed(shop)
        shop.staff("Lena", "shift_lead", "5739")
        self.till = shop.till()
        self.place = shop.device(pb.CLIENT_KIOSK)
        self.kiosk = shop.connect(self.place)
        shop.receive(self.goods["cookie"], 1000)
        shop.receive(self.goods["cake"], 1000)

    def now(self):
        return datetime.datetime.now(BERLIN) + datetime.timedelta(seconds=self.off_by)

    def go(self, moment):
        """By an instant, or a day: its noon."""
        if not isinstance(moment, datetime.datetime):
            moment = datetime.datetime.combine(moment, datetime.time(12), BERLIN)
        self.off_by = int((moment - datetime.datetime.now(BERLIN)).total_seconds())
        self.file.with_suffix(".new").write_text(str(self.off_by))
        self.file.with_suffix(".new").rename(self.file)
        self.till.sign_in("Ben", PIN)
        self.shop.manager.sign_in()
        self.kiosk.call(pb.OP_PING, pb.Ping(), pb.Pong)

    def buy(self, id, name="cake", pieces=1, rewards=0, total=900):
        return ring_up(self.till, basket(self.shop, (self.goods[name], pieces), member_id=id, rewards=rewards), total)

    def comes(self, id, times=1):
        """So often to the kiosk: what each sign-in gave for a birthday."""
        given = []
        for _ in range(times):
            given.append(sign_in(self.kiosk, code=code_for(self.till, id).code).birthday_points)
            sign_out(self.kiosk)
        return given

    def points(self, id):
        [[points]] = self.shop.sql(f"SELECT points FROM member_account WHERE member_id = {id}")
        return points

    def show(self, id):
        return self.shop.manager.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member

    def told(self, id):
        """All pages of what is kept of a member."""
        whole, request = pb.MemberExported(), pb.MemberExport(id=id)
        while True:
            page = self.shop.manager.call(pb.OP_MEMBER_EXPORT, request, pb.MemberExported)
            whole.MergeFrom(page)
            if not page.HasField("next"):
                return whole
            request = pb.MemberExport(id=id, place=page.next)

    def create(self, **fields):
        message = pb.MemberCreate(member=pb.Member(**fields))
        return self.till.command(pb.OP_MEMBER_CREATE, message, pb.MemberDone).id

    def merge(self, source, target):
        message = pb.MemberMerge(from_id=source, into_id=target, reason="the same person")
        return self.shop.manager.command(pb.OP_MEMBER_MERGE, message, pb.MemberMerged)

    def put(self, *terms, **fields):
        message = pb.ProgrammePut(programme=pb.Programme(terms=[pb.ProgrammeTerm(**term) for term in terms], **fields))
        return self.shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone)


@pytest.fixture(scope="module")
def calendar(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        shop.staff("Ben")
        made = Calendar(shop, failpoints)
        yield made
        check_books(shop)


def test_B16_no_sale_changes_a_tier_before_the_next_midnight(calendar):
    """Nor does a server that starts on that day, and looks at all members anew. The first test: later certificates are too old to connect."""
    calendar.put({"kind": pb.TERM_TIER, "number": 1, "name": "Silver", "value": 2000},
                 {"kind": pb.TERM_TIER, "number": 2, "name": "Gold", "value": 4000}, tier_months=12)
    id = member(calendar.shop, 302)
    calendar.buy(id, pieces=3, total=2700)
    begun = calendar.now().date()
    calendar.go(begun + datetime.timedelta(days=1))
    wait_for(lambda: calendar.show(id).tier_name == "Silver", SOON, "the night's work")
    calendar.buy(id, pieces=3, total=2700)
    yesterday, last = calendar.now().date() - datetime.timedelta(days=1), NODE + 990_000  # who is looked at behind all others
    calendar.shop.sql(
        f"INSERT INTO member (id, shop_id, created_at, updated_at) VALUES ({last}, {calendar.shop.shop_id}, now(), now());"
        f"INSERT INTO member_account (member_id, points) VALUES ({last}, 5);"
        f"INSERT INTO points_lot VALUES ({last}, {last}, '{yesterday}', '{yesterday}', 5);"
        f"INSERT INTO points_entry VALUES ({last}, {last}, 1, {last}, 5, NULL, now())")
    server = calendar.shop.servers[0]
    server.restart()
    wait_for(lambda: calendar.points(last) == 0, SOON, "the work of a server that has just started")
    calendar.shop.manager, calendar.till, calendar.kiosk = map(calendar.shop.connect, (calendar.shop.console, calendar.till.identity, calendar.place))
    calendar.go(begun + datetime.timedelta(days=1))
    assert (calendar.show(id).tier_name, calendar.show(id).tier_minor) == ("Silver", 2700)
    calendar.go(begun + datetime.timedelta(days=2))
    wait_for(lambda: calendar.show(id).tier_name == "Gold", SOON, "the night's work")
    calendar.put(*({"kind": pb.TERM_TIER, "number": number, "gone": True} for number in (1, 2)))


def test_B16_lots_expire_at_the_shops_midnight(calendar):
    id = calendar.create(name="Ada", phone="030 5550201")  # 20 points, today
    [[expiry]] = calendar.shop.sql(f"SELECT expiry_day FROM points_lot WHERE member_id = {id}")
    last = datetime.datetime.combine(expiry, datetime.time(23, 58), BERLIN)
    calendar.go(last - datetime.timedelta(days=1))
    calendar.buy(id)  # 90 more, which expire a year later
    calendar.go(last)
    wait_for(lambda: calendar.show(id).points == 110, 5)
    calendar.go(last + datetime.timedelta(minutes=3))
    wait_for(lambda: calendar.show(id).points == 90, SOON, "the night's work")
    assert [lot.remaining for lot in calendar.show(id).lots] == [90]
    rows = calendar.shop.sql(f"SELECT kind, points FROM points_entry WHERE member_id = {id} AND kind = 7")
    assert rows == [(7, -20)]


def test_B16_a_debt_is_paid_by_the_points_that_stood_against_it(calendar):
    id = calendar.create(name="Eve", phone="030 5550209")  # 20 points
    paid = calendar.buy(id)                                # 90 more
    calendar.buy(id, "cookie", rewards=1, total=0)         # 100 are spent
    calendar.till.sign_in("Lena", "5739")
    refund(calendar.till, paid.receipt_number)
    assert calendar.points(id) == -80                      # a debt
    calendar.go(calendar.now().date() + datetime.timedelta(days=1))
    calendar.buy(id)
    assert calendar.points(id) == 10                       # that can be spent: the rest stands against the debt
    [[expiry]] = calendar.shop.sql(f"SELECT max(expiry_day) FROM points_lot WHERE member_id = {id}")
    calendar.go(expiry + datetime.timedelta(days=1))
    wait_for(lambda: calendar.points(id) != 10, SOON, "the night's work")
    assert calendar.points(id) == 0 and not calendar.show(id).lots
    rows = calendar.shop.sql(f"SELECT kind, points FROM points_entry WHERE member_id = {id} AND kind IN (7, 8) ORDER BY 1")
    assert rows == [(7, -90), (8, 80)]
    assert calendar.buy(id).totals.points_after == 90


def test_A23_B18_what_expired_before_its_sale_came_back_is_not_taken_again(calendar):
    """Two sales of a day earned 90 each, 100 of the 200 were spent, and 100 expired: the sale that comes back first finds its 90 gone, the
    second 10, and owes what was spent. That is told on paper, in the explanation, and to the member."""
    id = calendar.create(name="Ida", phone="030 5550210")                  # 20 points
    first, second = calendar.buy(id), calendar.buy(id)
    calendar.buy(id, "cookie", rewards=1, total=0)
    assert calendar.points(id) == 100
    [[expiry]] = calendar.shop.sql(f"SELECT max(expiry_day) FROM points_lot WHERE member_id = {id}")
    calendar.go(expiry + datetime.timedelta(days=1))
    wait_for(lambda: calendar.points(id) == 0, SOON, "the night's work")
    assert calendar.shop.sql(f"SELECT remaining, expired FROM points_lot WHERE member_id = {id}") == [(0, 100)]
    calendar.till.sign_in("Lena", "5739")
    part = refund(calendar.till, first.receipt_number)
    totals = part.totals
    assert (totals.points_earned, totals.points_gone, totals.points_after) == (-90, 90, 0)
    paper = [(row.left, row.right) for row in part.receipt.rows if row.left]
    assert [pair for pair in paper if "oints" in pair[0] or "return" in pair[0]] == [
        ("Points taken back", "-90"), ("Expired before the return", "90"), ("Your points", "0")]
    explained = check(calendar.shop, calendar.till, part.sale_id)
    assert explained.number("LEDGER_GONE") == 90 and explained.says("90 of them expired before the return")
    totals = refund(calendar.till, second.receipt_number).totals
    assert (totals.points_earned, totals.points_gone, totals.points_after) == (-90, 10, -80)
    assert calendar.points(id) == -80
    assert calendar.shop.sql(f"SELECT remaining, expired FROM points_lot WHERE member_id = {id}") == [(-80, 0)]
    told = calendar.told(id)
    assert sorted((entry.kind, entry.points) for entry in told.points) == [(1, 20), (7, -100), (13, 10), (13, 90)]
    assert sum(lot.remaining for lot in told.lots) == -80
    shown = calendar.till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=part.receipt_number), pb.SaleShown).sale
    assert shown.totals == part.totals and shown.receipt.rows == part.receipt.rows
    calendar.till.sign_in("Ben", PIN)


def test_A23_what_paid_a_debt_by_expiring_was_spent(calendar):
    """80 of the 180 of a sale paid what another's refund had left owing: when that sale comes back they are owed again, and the 100 that expired are not."""
    id = calendar.create(name="Uma", phone="030 5550211")                  # 20 points
    paid = calendar.buy(id)                                                # 90 more
    calendar.buy(id, "cookie", rewards=1, total=0)                         # 100 are spent
    calendar.till.sign_in("Lena", "5739")
    refund(calendar.till, paid.receipt_number)
    assert calendar.points(id) == -80
    calendar.go(calendar.now().date() + datetime.timedelta(days=1))
    later = calendar.buy(id, "cake", pieces=2, total=1800)                 # 180, of which 80 stand against the debt
    [[expiry]] = calendar.shop.sql(f"SELECT max(expiry_day) FROM points_lot WHERE member_id = {id}")
    calendar.go(expiry + datetime.timedelta(days=1))
    wait_for(lambda: calendar.points(id) == 0, SOON, "the night's work")
    calendar.till.sign_in("Lena", "5739")
    totals = refund(calendar.till, later.receipt_number, (0, 1000)).totals
    assert (totals.points_earned, totals.points_gone, totals.points_after) == (-90, 90, 0)
    totals = refund(calendar.till, later.receipt_number).totals
    assert (totals.points_earned, totals.points_gone, totals.points_after) == (-90, 10, -80)
    calendar.till.sign_in("Ben", PIN)


def test_B16_a_hundred_thousand_lots_of_a_night_hold_up_no_sale(calendar):
    first, count = NODE + 200_000, 100_000
    today = calendar.now().date()
    ids = f"generate_series({first}, {first + count - 1}) AS id"
    calendar.shop.sql(
        f"INSERT INTO member (id, shop_id, created_at, updated_at) SELECT id, {calendar.shop.shop_id}, now(), now() FROM {ids};"
        f"INSERT INTO member_account (member_id, points) SELECT id, 20 FROM {ids};"
        f"INSERT INTO points_lot SELECT id + {count}, id, date '{today}' - 365, date '{today}', 20 FROM {ids};"
        f"INSERT INTO points_entry SELECT id, id + {count}, 1, id, 20, NULL, now() FROM {ids};"
        f"ANALYZE member_account; ANALYZE points_lot")

    def left():
        [[lots]] = calendar.shop.sql(f"SELECT count(*) FROM points_lot WHERE id >= {first + count} AND remaining > 0")
        return lots

    calendar.go(today + datetime.timedelta(days=1))
    wait_for(lambda: left() < count, SOON, "the night's work to begin")
    slowest, sold, end = 0, 0, time.monotonic() + 300
    while left() > 0:
        assert time.monotonic() < end, left()
        for id in (first + count - 1 - sold, first + sold):  # who is still to come, and who was looked at
            begun = time.monotonic()
            calendar.buy(id)
            slowest = max(slowest, time.monotonic() - begun)
        sold += 1
    print(f"{sold * 2} sales beside {count} lots that expired, the slowest in {slowest * 1000:.0f} ms")
    assert sold > 0 and slowest < 2
    [[points]] = calendar.shop.sql(f"SELECT sum(points) FROM member_account WHERE member_id BETWEEN {first} AND {first + count - 1}")
    assert points == 90 * 2 * sold


def test_B16_a_tier_is_by_what_was_really_spent_in_rolling_months(calendar):
    calendar.put({"kind": pb.TERM_TIER, "number": 1, "name": "Silver", "value": 2000},
                 {"kind": pb.TERM_TIER, "number": 2, "name": "Gold", "value": 4000}, tier_months=12)
    begun = calendar.now().date()
    ahead = (begun - datetime.date.today()).days  # the database's clock stands still
    id = member(calendar.shop, 301, [(-ahead, 500)])  # points enough
    calendar.buy(id, pieces=3, total=2700)
    calendar.buy(id, "cookie", pieces=6, rewards=5, total=250)  # points paid for the others: 2950 were spent
    calendar.go(begun + datetime.timedelta(days=1))
    wait_for(lambda: calendar.show(id).tier_name == "Silver", SOON, "the night's work")
    assert calendar.show(id).tier_minor == 2950
    sale = calendar.buy(id, pieces=2, total=1800)
    calendar.go(begun + datetime.timedelta(days=2))
    wait_for(lambda: calendar.show(id).tier_name == "Gold", SOON, "the night's work")
    calendar.till.sign_in("Lena", "5739")
    refund(calendar.till, sale.receipt_number)
    calendar.go(begun + datetime.timedelta(days=3))
    wait_for(lambda: calendar.show(id).tier_name == "Silver", SOON, "what came back was not spent")
    calendar.go(begun.replace(year=begun.year + 1))
    wait_for(lambda: not calendar.show(id).HasField("tier"), SOON, "a year later")
    calendar.put(*({"kind": pb.TERM_TIER, "number": number, "gone": True} for number in (1, 2)))


def test_B16_who_was_merged_has_the_better_tier_and_by_night_that_of_all_they_spent(calendar):
    calendar.put({"kind": pb.TERM_TIER, "number": 1, "name": "Silver", "value": 2000},
                 {"kind": pb.TERM_TIER, "number": 2, "name": "Gold", "value": 4000}, tier_months=12)
    stays, goes = (calendar.create(name=name, card=f"{name}-0007") for name in ("Hal", "Hally"))
    calendar.buy(goes, pieces=3, total=2700)
    calendar.buy(stays, pieces=2, total=1800)
    begun = calendar.now().date()
    calendar.go(begun + datetime.timedelta(days=1))
    wait_for(lambda: calendar.show(goes).tier_name == "Silver", SOON, "the night's work")
    assert not calendar.show(stays).HasField("tier")
    calendar.merge(goes, stays)
    assert (calendar.show(stays).tier_name, calendar.show(stays).tier_minor) == ("Silver", 4500)
    calendar.buy(goes, "cookie", total=250)  # by the old card's id: theirs as well
    calendar.go(begun + datetime.timedelta(days=2))
    wait_for(lambda: calendar.show(stays).tier_name == "Gold", SOON, "the sum of both")
    assert calendar.show(goes).tier_minor == 4750
    [[tier, spent]] = calendar.shop.sql(f"SELECT tier, tier_minor FROM member_account WHERE member_id = {goes}")
    assert (tier, spent) == (0, 0)
    calendar.put(*({"kind": pb.TERM_TIER, "number": number, "gone": True} for number in (1, 2)))


def test_B16_what_came_by_a_merging_expires_on_its_own_day(calendar):
    stays, goes = (calendar.create(name=name, card=f"{name}-0008") for name in ("Ike", "Isaac"))  # 20 points each
    calendar.merge(goes, stays)
    [[expiry]] = calendar.shop.sql(f"SELECT DISTINCT expiry_day FROM points_lot WHERE member_id = {stays}")
    calendar.go(expiry)
    calendar.buy(stays)
    calendar.go(expiry + datetime.timedelta(days=1))
    wait_for(lambda: calendar.points(stays) == 90, SOON, "the night's work")
    rows = calendar.shop.sql(f"SELECT points, member_id FROM points_entry WHERE kind = 7 AND member_id IN ({stays}, {goes})")
    assert rows == [(-20, stays)] * 2


def test_B17_a_birthday_is_given_for_once(calendar):
    day = calendar.now().date() + datetime.timedelta(days=1)
    id = calendar.create(name="Bea", phone="030 5550302", birthday=day.strftime("--%m-%d"))
    calendar.go(day)
    gifts = [calendar.buy(id).totals.points_gifted for _ in range(10)]
    assert gifts == [100] + [0] * 9
    calendar.go(day + datetime.timedelta(days=1))
    assert calendar.buy(id).totals.points_gifted == 0
    calendar.go(day.replace(year=day.year + 1))
    assert [calendar.buy(id).totals.points_gifted for _ in range(3)] == [100, 0, 0]


def test_B17_the_first_sign_in_at_a_kiosk_on_a_birthday_is_given_for(calendar):
    day = calendar.now().date() + datetime.timedelta(days=1)
    id = calendar.create(name="Dot", phone="030 5550312", birthday=day.strftime("--%m-%d"))
    other = calendar.create(name="Eli", phone="030 5550313", birthday=(day + datetime.timedelta(days=1)).strftime("--%m-%d"))
    for each in (id, other):
        calendar.buy(each)
    assert calendar.comes(id) == [0]
    calendar.go(day)
    assert calendar.comes(id, 10) == [100] + [0] * 9 and calendar.comes(other) == [0]
    assert calendar.points(id) == 210
    assert calendar.buy(id).totals.points_gifted == 0
    sign_in(calendar.kiosk, code=code_for(calendar.till, id).code)
    assert (14, 100) in [(move.kind, move.points) for move in show(calendar.kiosk).moves]
    sign_out(calendar.kiosk)
    assert [(each.kind, each.points) for each in calendar.told(id).points] == [(1, 20), (14, 100)]
    assert [points for [points] in calendar.shop.sql(f"SELECT points FROM points_entry WHERE member_id = {id} AND kind IN (3, 14)")] == [100]
    [[expiry]] = calendar.shop.sql(f"SELECT max(expiry_day) FROM points_lot WHERE member_id = {id}")
    assert (expiry - day).days == 365
    calendar.go(day.replace(year=day.year + 1))
    assert calendar.buy(id).totals.points_gifted == 100 and calendar.comes(id) == [0]  # in the other order
    check_books(calendar.shop)


def test_B17_of_kiosks_at_once_one_gives_for_a_birthday(calendar):
    day = calendar.now().date() + datetime.timedelta(days=1)
    kiosks = [calendar.shop.connect(calendar.shop.device(pb.CLIENT_KIOSK)) for _ in range(4)]
    anna = with_pin(calendar.till, kiosks[0], birthday=day.strftime("--%m-%d"))
    calendar.buy(anna.id)
    calendar.go(day)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        sessions = list(pool.map(lambda kiosk: sign_in(kiosk, phone=anna.phone, secret=MEMBER_PIN), kiosks))
    assert sorted(session.birthday_points for session in sessions) == [0, 0, 0, 100]
    assert {session.points for session in sessions} <= {110, 210} and show(kiosks[0]).member.points == 210
    rows = calendar.shop.sql(f"SELECT kind, points FROM points_entry WHERE member_id = {anna.id} ORDER BY kind")
    assert rows == [(1, 20), (2, 90), (14, 100)]
    for client in kiosks:
        client.close()


def test_B17_a_kiosk_gives_for_a_birthday_to_who_kept_something_bought_before(calendar):
    """A sale of the day itself gives to anybody, and a sign-in behind it nothing more."""
    day = calendar.now().date() + datetime.timedelta(days=1)
    born = {"birthday": day.strftime("--%m-%d")}
    none, back, part, forgot, gone, stays = (calendar.create(name="Gil", phone=f"030 55503{at}", **born) for at in range(20, 26))
    calendar.till.sign_in("Lena", "5739")
    refund(calendar.till, calendar.buy(back).receipt_number)
    refund(calendar.till, calendar.buy(part, pieces=2, total=1800).receipt_number, (0, 1000))
    sold = calendar.buy(None)
    give = pb.SaleAttach(receipt_number=sold.receipt_number, member_id=forgot)
    calendar.till.command(pb.OP_SALE_ATTACH, give, pb.SaleAttached)
    calendar.buy(gone)
    calendar.merge(gone, stays)
    given = {none: 0, back: 0, part: 100, forgot: 100, stays: 100}
    midnight = datetime.datetime.combine(day, datetime.time(0), BERLIN)
    calendar.go(midnight - datetime.timedelta(minutes=2))
    assert calendar.now().date() < day and [calendar.comes(id) for id in given] == [[0]] * 5
    calendar.go(midnight + datetime.timedelta(minutes=1))
    late = calendar.create(name="Hal", phone="030 5550330", **born)
    calendar.go(day)
    assert {id: calendar.comes(id, 2) for id in given} == {id: [points, 0] for id, points in given.items()}
    assert calendar.comes(late) == [0], "who joined on the day"
    for id in (none, back, late):
        assert calendar.buy(id).totals.points_gifted == 100 and calendar.comes(id) == [0]
    calendar.go(day.replace(year=day.year + 1))
    assert calendar.comes(none) == [100], "by now they have bought something"


def test_B17_a_kiosk_gives_for_a_leap_day_on_the_28th(calendar):
    year = calendar.now().year + 1
    leap = next(y for y in range(year, year + 9) if y % 4 == 0 and (y % 100 or y % 400 == 0))
    id = calendar.create(name="Fin", phone="030 5550314", birthday="2000-02-29")
    calendar.buy(id)
    for day, given in ((datetime.date(leap, 2, 28), 0), (datetime.date(leap, 2, 29), 100), (datetime.date(leap + 1, 2, 28), 100),
                       (datetime.date(leap + 1, 3, 1), 0)):
        calendar.go(day)
        assert calendar.comes(id, 2) == [given, 0], day


def test_B17_who_was_born_on_a_leap_day_is_given_for_on_the_28th(calendar):
    year = calendar.now().year + 1
    leap = next(y for y in range(year, year + 9) if y % 4 == 0 and (y % 100 or y % 400 == 0))
    id = calendar.create(name="Cyd", phone="030 5550303", birthday="2000-02-29")
    for day, gift in ((datetime.date(leap, 2, 28), 0), (datetime.date(leap, 2, 29), 100), (datetime.date(leap + 1, 2, 28), 100),
                      (datetime.date(leap + 1, 3, 1), 0)):
        calendar.go(day)
        assert calendar.buy(id).totals.points_gifted == gift, day


def test_B17_a_friend_is_paid_for_after_their_first_paid_sale(calendar):
    calendar.put(referrer_points=50, friend_points=30)
    tom = calendar.create(name="Tom", phone="030 5550304")
    fay = calendar.create(name="Fay", phone="030 5550305", referrer_id=tom)
    assert calendar.show(fay).referrer_id == tom
    assert (calendar.points(tom), calendar.points(fay)) == (20, 20)
    given_back = calendar.buy(fay)
    calendar.till.sign_in("Lena", "5739")
    refund(calendar.till, given_back.receipt_number)
    calendar.till.sign_in("Ben", PIN)
    calendar.buy(fay)
    wait_for(lambda: (calendar.points(tom), calendar.points(fay)) == (70, 20 + 90 + 30), SOON, "the friend's points")
    calendar.buy(fay)
    calendar.go(calendar.now().date() + datetime.timedelta(days=1))
    calendar.buy(fay)
    rows = calendar.shop.sql(f"SELECT kind, points, member_id FROM points_entry WHERE origin_id = {fay} AND kind > 8 ORDER BY 1")
    assert rows == [(11, 50, tom), (12, 30, fay)]
    assert calendar.points(tom) == 70
    # Whoever asks what is kept of them is told of it.
    assert [(each.kind, each.points) for each in calendar.told(tom).points] == [(1, 20), (11, 50)]
    assert [(each.kind, each.points) for each in calendar.told(fay).points] == [(1, 20), (12, 30)]


def test_B17_a_friend_who_has_nothing_left_when_they_are_to_be_paid_for_is_not(calendar):
    """The look and the payment are a transaction each: all may come back in between, and what is true behind the lock counts."""
    rae = calendar.create(name="Rae", card="Rae-0012")
    sky = calendar.create(name="Sky", card="Sky-0012", referrer_id=rae)
    pay = (TOP / "db" / "queries" / "sweep_points.sql").read_text().split("-- name: sweep_referrals_pay\n")[1].strip().rstrip(";")
    values = [sky, 30, 50, NODE + 990_001, NODE + 990_002, "current_date", "current_date + 9", "now()", sky, rae]
    for number in range(10, 0, -1):
        pay = pay.replace(f"${number}::", f"({values[number - 1]})::")
    calendar.shop.sql(pay)
    assert gifts(calendar, sky) == [] and calendar.shop.sql(f"SELECT paid_at FROM referral WHERE friend_id = {sky}") == [(None,)]


def test_B17_a_plate_that_comes_back_takes_no_goods_away(calendar):
    calendar.put(referrer_points=50, friend_points=30)
    [[tax]] = calendar.shop.sql(f"SELECT tax_class_id FROM product_version WHERE product_id = {calendar.goods['cake']}")
    plate = calendar.shop.put_product("Plate", 500, tax_class_id=tax, sku="plate", deposit_kind=pb.DEPOSIT_GOOD)
    tart = calendar.shop.put_product("Tartlet", 200, tax_class_id=tax, sku="tartlet", deposit_product_id=plate)
    pat, quinn = (calendar.create(name=name, card=f"{name}-0011") for name in ("Pat", "Quinn"))
    sale = ring_up(calendar.till, basket(calendar.shop, (tart, 1), member_id=quinn), 700)
    calendar.till.sign_in("Lena", "5739")
    refund(calendar.till, sale.receipt_number, (1, 1000))
    calendar.till.sign_in("Ben", PIN)
    calendar.shop.sql(f"INSERT INTO referral VALUES ({quinn}, {pat}, now(), NULL); UPDATE member_account SET friend = 2 WHERE member_id = {quinn}")
    wait_for(lambda: gifts(calendar, quinn) != [], SOON, "the friend's points")
    assert gifts(calendar, quinn) == [(11, 50, pat), (12, 30, quinn)]


def gifts(calendar, *friends):
    ids = ", ".join(map(str, friends))
    return calendar.shop.sql(f"SELECT kind, points, member_id FROM points_entry WHERE origin_id IN ({ids}) AND kind > 8 ORDER BY 1")


def test_B17_friends_and_who_brought_them_are_who_they_are_now(calendar):
    calendar.put(referrer_points=50, friend_points=30)
    kai, kay, lea, leah = (calendar.create(name=name, card=f"{name}-0009") for name in ("Kai", "Kay", "Lea", "Leah"))
    friend = calendar.create(name="Mia", card="Mia-0009", referrer_id=kai)
    calendar.merge(kai, kay)
    assert calendar.show(friend).referrer_id == kay
    calendar.merge(friend, lea)
    assert calendar.show(lea).referrer_id == kay == calendar.show(friend).referrer_id
    other = calendar.create(name="Mimi", card="Mimi-0009", referrer_id=kai)  # named by who is gone: who that is now
    assert calendar.show(other).referrer_id == kay
    calendar.merge(other, lea)
    calendar.buy(lea)
    wait_for(lambda: gifts(calendar, friend) != [], SOON, "the friend's points")
    assert gifts(calendar, friend, other) == [(11, 50, kay), (12, 30, lea)]  # one friend, once
    assert (calendar.points(kay), calendar.points(lea)) == (40 + 50, 60 + 90 + 30)
    calendar.merge(lea, leah)  # what was paid stays true of who they are now
    assert calendar.show(leah).referrer_id == kay


def test_B17_nobody_has_brought_themselves_after_a_merging(calendar):
    calendar.put(referrer_points=50, friend_points=30)
    nia = calendar.create(name="Nia", card="Nia-0010")
    ned, ola = (calendar.create(name=name, card=f"{name}-0010", referrer_id=nia) for name in ("Ned", "Ola"))
    calendar.merge(nia, ned)
    assert not calendar.show(ned).referrer_id
    calendar.buy(ned)
    calendar.buy(ola)
    wait_for(lambda: gifts(calendar, ola) != [], SOON, "the other friend's points")
    assert gifts(calendar, ned, ola) == [(11, 50, ned), (12, 30, ola)]
    assert calendar.points(ned) == 40 + 90 + 50


def test_B17_who_brought_a_friend_is_named_by_card_or_phone(calendar):
    uma = calendar.create(name="Uma", phone="030 5550306", card="UMA-0001")
    by_card = calendar.create(name="Vic", phone="030 5550307", referrer_key="uma-0001")
    by_phone = calendar.create(name="Wes", phone="030 5550308", referrer_key="030 5550306")
    assert calendar.show(by_card).referrer_id == uma == calendar.show(by_phone).referrer_id
    message = pb.MemberCreate(member=pb.Member(name="Xan", referrer_key="nobody-1"))
    assert calendar.till.refusal(pb.OP_MEMBER_CREATE, message, b"y" * 16) == "UNKNOWN_REFERRER"


def test_B17_nobody_is_brought_by_who_is_not_there(calendar):
    message = pb.MemberCreate(member=pb.Member(name="Gus", referrer_id=77))
    assert calendar.till.refusal(pb.OP_MEMBER_CREATE, message, b"x" * 16) == "UNKNOWN_REFERRER"
