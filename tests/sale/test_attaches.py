"""Who had forgotten their card: a receipt is given to a member afterwards, once, and everything is as if they had been shown."""
import datetime
import random
import threading
import time
import uuid
import zoneinfo

import pytest
from counter import basket, check_books, check_receipts, check_strands, refund, refused, ring_up, seed
from faults import Failpoints
from names import fresh
from offline import Till
from seed import seed as random_seed
from shop import PIN, Refused, make_shop, pb

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


class Place:
    """A shop with a clock, a cashier's till and a shift lead's."""

    def __init__(self, shop, failpoints):
        self.shop, self.file, self.off_by = shop, failpoints.directory / "clock", 0
        self.goods = seed(shop)
        shop.staff("Lea", role="shift_lead")
        shop.staff("Tom")
        shop.staff("Ben")
        shop.receive(self.goods["cookie"], 100000)
        shop.receive(self.goods["cake"], 100000)
        self.till, self.lead = shop.till("Tom"), shop.till("Lea")

    def now(self):
        return datetime.datetime.now(BERLIN) + datetime.timedelta(seconds=self.off_by)

    def go(self, days):
        """On, or back: an instant of that day at which no midnight is near."""
        day = self.now().date() + datetime.timedelta(days=days)
        moment = datetime.datetime.combine(day, datetime.time(12), BERLIN)
        self.off_by = int((moment - datetime.datetime.now(BERLIN)).total_seconds())
        self.file.with_suffix(".new").write_text(str(self.off_by))
        self.file.with_suffix(".new").rename(self.file)
        self.till.sign_in("Tom", PIN)
        self.lead.sign_in("Lea", PIN)
        self.shop.manager.sign_in()

    def create(self, **fields):
        return self.till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=fresh(), **fields)), pb.MemberDone).id

    def sell(self, *bought, member_id=0, till=None):
        total = sum({"cookie": 250, "cake": 900, "roll": 45}[name] * pieces for name, pieces in bought)
        return ring_up(till or self.till, basket(self.shop, *((self.goods[name], n) for name, n in bought), member_id=member_id), total)

    def put(self, *terms, **fields):
        message = pb.ProgrammePut(programme=pb.Programme(terms=[pb.ProgrammeTerm(**term) for term in terms], **fields))
        return self.shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone)

    def ledger(self, id):
        """What a member has: points, lots by day, birthday; and every entry but the sign-up's, by its kind."""
        [[points, birthday]] = self.shop.sql(f"SELECT points, birthday_year FROM member_account WHERE member_id = {id}")
        lots = self.shop.sql(f"SELECT origin_day, expiry_day, remaining FROM points_lot WHERE member_id = {id} ORDER BY 1, 2, 3")
        entries = self.shop.sql(f"SELECT kind, points FROM points_entry WHERE member_id = {id} AND kind <> 1 ORDER BY 1, 2")
        return points, birthday, lots, entries


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        made = Place(shop, failpoints)
        made.go(0)
        yield made
        check_books(shop)
        check_receipts(shop)
        check_strands(shop)


def give(client, receipt, member_id, command_id=None):
    message = pb.SaleAttach(receipt_number=receipt, member_id=member_id)
    return client.command(pb.OP_SALE_ATTACH, message, pb.SaleAttached, command_id)


def show(client, id):
    return client.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member


def shown(client, receipt):
    return client.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=receipt), pb.SaleShown)


def test_B41_points_are_as_if_they_had_been_shown(place):
    one, other = place.create(), place.create()
    shown_sale = place.sell(("cake", 2), ("roll", 3), member_id=one)
    sale = place.sell(("cake", 2), ("roll", 3))
    before = place.shop.sql(f"SELECT s::text FROM sale AS s WHERE id = {sale.sale_id}")
    done = give(place.till, sale.receipt_number, other)
    assert (done.member_id, done.points_earned, done.points_gifted) == (other, 193, 0)
    assert (done.sale_id, done.receipt_number, done.sold_us) == (sale.sale_id, sale.receipt_number, sale.committed_us)
    assert done.points_after == shown_sale.totals.points_after == 213
    assert done.expiry_day == (place.now().date() + datetime.timedelta(days=365)).isoformat()
    assert place.ledger(one) == place.ledger(other)
    assert place.shop.sql(f"SELECT s::text FROM sale AS s WHERE id = {sale.sale_id}") == before, "the sale is as it was"
    [[change]] = place.shop.sql(f"SELECT count(*) FROM journal WHERE device_id = {place.till.identity.device.id} AND kind = 'L'"
                                f" AND substring(bytes FROM 43 FOR 2) = '\\x006d' AND position(int8send({other}) IN bytes) > 0")
    assert change == 1


def test_B41_the_receipt_says_so_when_it_is_shown_and_printed_again(place):
    id = place.create()
    sale = place.sell(("cake", 1))
    assert not shown(place.till, sale.receipt_number).HasField("member_id")
    assert "oints" not in shown(place.till, sale.receipt_number).text.decode()
    done = give(place.till, sale.receipt_number, id)
    again = shown(place.till, sale.receipt_number)
    assert (again.member_id, again.attached_us) == (id, done.committed_us)
    copy = place.till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=sale.receipt_number), pb.ReceiptPrinted)
    rows = [(row.left, row.right) for row in copy.receipt.rows]
    assert ("COPY 1", "") in rows and ("Points earned", "90") in rows and ("Your points", "110") in rows
    assert "Given to a member" in dict(rows) and "Given to a member" in again.text.decode()
    shown_sale = place.sell(("cake", 1), member_id=id)
    assert shown(place.till, shown_sale.receipt_number).member_id == id
    assert not shown(place.till, shown_sale.receipt_number).HasField("attached_us")


def test_B41_it_is_theirs_in_history_usual_basket_and_export(place):
    id, twin = place.create(), place.create()
    for _ in range(4):
        place.sell(("cake", 2), member_id=twin)
        give(place.till, place.sell(("cake", 2)).receipt_number, id)
    for client in (place.till, place.shop.manager):
        mine, theirs = show(client, id), show(client, twin)
        assert [(sale.total_minor, sale.points) for sale in mine.sales] == [(sale.total_minor, sale.points) for sale in theirs.sales]
        assert (mine.points, [(lot.expiry_day, lot.remaining) for lot in mine.lots]) == (
            theirs.points, [(lot.expiry_day, lot.remaining) for lot in theirs.lots])
    usual = [place.till.call(pb.OP_MEMBER_USUAL, pb.MemberUsual(id=who), pb.MemberUsualShown) for who in (id, twin)]
    assert usual[0].SerializeToString() == usual[1].SerializeToString() and usual[0].ByteSize() > 0
    page = place.shop.manager.call(pb.OP_MEMBER_EXPORT, pb.MemberExport(id=id), pb.MemberExported)
    whole = pb.MemberExported()
    while True:
        whole.MergeFrom(page)
        if not page.HasField("next"):
            break
        page = place.shop.manager.call(pb.OP_MEMBER_EXPORT, pb.MemberExport(id=id, place=page.next), pb.MemberExported)
    text = str(whole)
    assert text.count("Given to a member") >= 4


def test_B41_once_for_ever_and_by_whomever(place):
    one, other = place.create(), place.create()
    sale = place.sell(("cake", 1))
    give(place.till, sale.receipt_number, one)
    for client in (place.till, place.lead, place.shop.manager):
        for id in (one, other):
            assert refused(give, client, sale.receipt_number, id) == "RECEIPT_HAS_MEMBER"
    mine = place.sell(("cake", 1), member_id=other)
    assert refused(give, place.till, mine.receipt_number, one) == "RECEIPT_HAS_MEMBER"
    # Whatever becomes of them.
    erase = pb.MemberErase(id=one, confirm_id=one, reason=pb.ERASE_ASKED)
    place.shop.manager.command(pb.OP_MEMBER_ERASE, erase, pb.MemberErased)
    assert refused(give, place.till, sale.receipt_number, other) == "RECEIPT_HAS_MEMBER"
    third = place.sell(("cake", 1))
    assert refused(give, place.till, third.receipt_number, one) == "UNKNOWN_MEMBER"
    back = refund(place.lead, sale.receipt_number)
    assert (back.totals.total_minor, back.totals.points_earned) == (-900, 0), "their points move no more"


@pytest.mark.parametrize("receipt, code", [
    ("", "UNKNOWN_SALE"), ("what", "UNKNOWN_SALE"), ("1T-999999", "UNKNOWN_SALE"), ("99T-000001", "UNKNOWN_SALE"),
    ("1X-000001", "UNKNOWN_SALE"), ("1S-000001", "TRAINING_RECEIPT"),
])
def test_B41_what_is_no_receipt_is_refused(place, receipt, code):
    assert refused(give, place.till, receipt, place.create()) == code


@pytest.mark.parametrize("id", [0, 4711, 2**53, 2**63 - 1, 2**63, 2**64 - 1])
def test_B41_who_is_no_member_is_refused(place, id):
    sale = place.sell(("cake", 1))
    assert refused(give, place.till, sale.receipt_number, id) == "UNKNOWN_MEMBER"
    give(place.till, sale.receipt_number, place.create())


def test_B41_what_the_house_pays_is_for_no_member_afterwards_either(place):
    house = place.shop.put_tender_type(f"House {uuid.uuid4().hex[:6]}", kind=pb.TENDER_HOUSE)
    tenders = [pb.Tender(tender_type_id=house, amount_minor=2000), pb.Tender(kind=pb.TENDER_CASH, amount_minor=700)]
    for paid in (tenders, [pb.Tender(tender_type_id=house, amount_minor=2700)]):
        message = pb.SaleRingUp(basket=basket(place.shop, (place.goods["cake"], 3)), total_minor=2700, tenders=paid)
        sale = place.lead.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
        assert refused(give, place.till, sale.receipt_number, place.create()) == "ATTACH_NOT_POSSIBLE"


def test_B41_a_refund_is_given_to_nobody_nor_is_a_deposit(place):
    sale = place.sell(("cake", 1))
    back = refund(place.lead, sale.receipt_number)
    assert refused(give, place.till, back.receipt_number, place.create()) == "ATTACH_NOT_POSSIBLE"
    bottle = place.shop.put_product("Bottle", 25, sku=f"bottle-{uuid.uuid4().hex[:6]}", deposit_kind=pb.DEPOSIT_GOOD)
    alone = ring_up(place.till, basket(place.shop, (bottle, 2)), 50)
    assert refused(give, place.till, alone.receipt_number, place.create()) == "ATTACH_NOT_POSSIBLE"
    both = ring_up(place.till, basket(place.shop, (bottle, 2), (place.goods["cake"], 1)), 950)
    assert give(place.till, both.receipt_number, place.create()).points_earned == 90, "deposits earn nothing"


def test_B41_what_came_back_before_is_taken_off_and_what_comes_behind_as_well(place):
    one, other = place.create(), place.create()
    receipts = [place.sell(("cake", 3), ("cookie", 2), member_id=one).receipt_number, place.sell(("cake", 3), ("cookie", 2)).receipt_number]
    for receipt in receipts:
        refund(place.lead, receipt, (0, 1000))
        refund(place.lead, receipt, (1, 1000), (0, 1000))
    done = give(place.till, receipts[1], other)
    assert done.points_earned == 90 + 25
    assert place.ledger(one) == place.ledger(other)
    backs = [refund(place.lead, receipt, (0, 1000)) for receipt in receipts]
    assert [back.totals.points_earned for back in backs] == [-90, -90]
    assert place.ledger(one) == place.ledger(other)
    for receipt in receipts:
        refund(place.lead, receipt)
    assert place.ledger(one) == place.ledger(other) and place.ledger(one)[0] == 20


def test_B41_all_that_came_back_gives_nothing_and_is_theirs_all_the_same(place):
    id = place.create()
    sale = place.sell(("cake", 1))
    refund(place.lead, sale.receipt_number)
    done = give(place.till, sale.receipt_number, id)
    assert (done.points_earned, done.points_after) == (0, 20)
    assert [each.points for each in show(place.till, id).sales] == [90]  # as a sale with them shows it


def test_B41_the_days_are_the_shops_setting(place):
    sales = [place.sell(("cake", 1)) for _ in range(3)]
    one, other = place.create(), place.create()
    place.go(14)
    assert give(place.till, sales[0].receipt_number, one).points_earned == 90
    [[origin, expiry]] = place.shop.sql(f"SELECT origin_day, expiry_day FROM points_lot WHERE member_id = {one} AND remaining >= 90")
    assert (expiry - origin).days == 365 and (place.now().date() - origin).days == 14, "it expires when it would have"
    place.go(1)
    assert refused(give, place.till, sales[1].receipt_number, one) == "ATTACH_TOO_LATE"
    put = lambda days: place.shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(attach_days=days)), pb.ShopPutDone)
    assert put(20).shop.attach_days == 20
    give(place.till, sales[1].receipt_number, other)
    put(0)
    assert refused(give, place.till, place.sell(("cake", 1)).receipt_number, one) == "ATTACH_OFF"
    for days in (367, 2**32 - 1):
        assert refused(put, days) == "BAD_FIELD"
    put(14)
    assert refused(give, place.till, sales[2].receipt_number, one) == "ATTACH_TOO_LATE"


def test_B41_a_lot_that_would_have_expired_is_written_off_the_next_night(place):
    id = place.create()
    place.go(1)  # a day has one lot, and the sign-up's stays
    place.put(lot_days=3)
    sale = place.sell(("cake", 1))
    place.put(lot_days=365)
    place.go(5)
    done = give(place.till, sale.receipt_number, id)
    assert (done.points_earned, done.points_after) == (90, 20), "what has expired cannot be spent"


def test_B41_by_the_programme_and_the_tier_of_the_day_of_the_sale(place):
    roll = place.goods["roll"]
    rules = [{"kind": pb.TERM_EARN, "number": 1, "name": "Rolls", "per": pb.EARN_PER_UNIT, "value": 4, "goods": pb.TERM_GOODS_THESE, "product_ids": [roll]},
             {"kind": pb.TERM_EARN, "number": 2, "name": "Silver again", "per": pb.EARN_PER_MONEY, "value": 10, "tier": 1},
             {"kind": pb.TERM_TIER, "number": 1, "name": "Silver", "value": 2000}]
    place.put(*rules, tier_months=12)
    one, other, poor = place.create(), place.create(), place.create()
    for id in (one, other):
        place.sell(("cake", 3), member_id=id)  # 27.00: silver from tomorrow on
    place.go(1)
    deadline = time.monotonic() + 60
    while show(place.till, one).tier_name != "Silver":
        assert time.monotonic() < deadline, "the night's work"
    first, second, third = place.sell(("cake", 1), ("roll", 2), member_id=one), place.sell(("cake", 1), ("roll", 2)), place.sell(("roll", 2))
    assert first.totals.points_earned == 99 + 8 + 99
    place.put(*({"kind": rule["kind"], "number": rule["number"], "gone": True} for rule in rules), points_per_unit=1)
    place.go(2)
    done = give(place.till, second.receipt_number, other)
    assert done.points_earned == 99 + 8 + 99
    assert place.ledger(one) == place.ledger(other)
    assert give(place.till, third.receipt_number, poor).points_earned == 9 + 8
    rows = "SELECT rule, per, value, basis, points, lines FROM sale_earning WHERE sale_id = %d ORDER BY rule"
    assert place.shop.sql(rows % first.sale_id) == place.shop.sql(rows % second.sale_id) != []
    for receipt in (first.receipt_number, second.receipt_number):
        refund(place.lead, receipt, (1, 1000))
    assert place.ledger(one) == place.ledger(other)
    place.put(points_per_unit=10)


def test_B41_a_birthday_that_they_were_there_for_is_given(place):
    day = place.now().date() + datetime.timedelta(days=1)
    one, other, given = (place.create(birthday=day.strftime("--%m-%d")) for _ in range(3))
    place.go(1)
    place.sell(("cake", 1), member_id=one)
    place.sell(("roll", 1), member_id=given)
    sales = [place.sell(("cake", 1)) for _ in range(4)]
    late = place.create(birthday=day.strftime("--%m-%d"))
    place.go(3)
    assert give(place.till, sales[0].receipt_number, other).points_gifted == 100
    assert place.ledger(one) == place.ledger(other)
    assert give(place.till, sales[1].receipt_number, other).points_gifted == 0, "once"
    assert give(place.till, sales[2].receipt_number, given).points_gifted == 0, "once"
    assert give(place.till, sales[3].receipt_number, late).points_gifted == 0, "who was no member had none"


def test_B41_of_two_tills_that_give_it_to_two_members_one_wins(place):
    clients = [place.till, place.lead]
    for _ in range(20):
        ids = [place.create(), place.create()]
        sale = place.sell(("cake", 1))
        together, outcomes = threading.Barrier(2), [None, None]

        def work(at):
            together.wait()
            try:
                outcomes[at] = give(clients[at], sale.receipt_number, ids[at]).points_earned
            except Refused as error:
                outcomes[at] = error.code

        threads = [threading.Thread(target=work, args=(at,)) for at in range(2)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(outcomes, key=str) == [90, "RECEIPT_HAS_MEMBER"]
        assert sorted(place.ledger(id)[0] for id in ids) == [20, 110]


def test_B41_a_refund_at_the_same_time_is_seen_or_sees_it(place):
    for _ in range(20):
        id = place.create()
        sale = place.sell(("cake", 2))
        together = threading.Barrier(2)

        def back():
            together.wait()
            refund(place.lead, sale.receipt_number, (0, 1000))

        thread = threading.Thread(target=back)
        thread.start()
        together.wait()
        give(place.till, sale.receipt_number, id)
        thread.join()
        assert place.ledger(id)[0] == 20 + 90


def test_B41_sent_again_it_is_done_once(place):
    id = place.create()
    sale = place.sell(("cake", 1))
    command = uuid.uuid4().bytes
    answers = [give(place.till, sale.receipt_number, id, command).SerializeToString() for _ in range(3)]
    assert len(set(answers)) == 1 and place.ledger(id)[0] == 110
    assert refused(give, place.till, sale.receipt_number, place.create(), command) == "COMMAND_REUSED"


def test_B41_whoever_was_merged_means_the_survivor(place):
    stays, goes = place.create(), place.create()
    early = place.sell(("cake", 1))
    give(place.till, early.receipt_number, goes)
    place.shop.manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=goes, into_id=stays, reason="twice"), pb.MemberMerged)
    sale = place.sell(("cake", 1))
    done = give(place.till, sale.receipt_number, goes)
    assert (done.member_id, done.points_after) == (stays, 20 + 20 + 90 + 90)
    assert {each.sale_id for each in show(place.till, stays).sales} == {early.sale_id, sale.sale_id}
    refund(place.lead, early.receipt_number)
    refund(place.lead, sale.receipt_number)
    assert show(place.till, stays).points == 40


def test_B41_who_may_not_see_members_gives_them_nothing(place):
    manager = place.shop.manager
    roles = manager.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed).roles
    cashier = next(role for role in roles if role.name == "cashier")
    without = [permission for permission in cashier.permissions if permission != "member_see"]
    role = manager.command(pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(name="blind", permissions=without)), pb.RolePutDone).id
    manager.command(pb.OP_STAFF_PUT, pb.StaffPut(name="Bo", role_id=role, pin=PIN, active=True), pb.StaffPutDone)
    with place.shop.till("Bo") as till:
        sale = place.sell(("cake", 1), till=till)
        assert refused(give, till, sale.receipt_number, place.create()) == "PERMISSION_DENIED"


def test_B41_what_was_sold_offline_is_given_once_it_has_landed(place):
    till = Till(place.shop)
    sale = till.printed(basket(place.shop, (place.goods["cake"], 1)))
    sale.made_us = int(place.now().timestamp() * 1e6)
    number = f"{till.till_number}X-000001"
    id = place.create()
    assert refused(give, place.till, number, id) == "UNKNOWN_SALE"
    booked = till.book(sale)
    assert booked.receipt_number == number
    assert give(place.till, number, id).points_earned == 90


def test_B41_in_training_nothing_is_given(place):
    sale = place.sell(("cake", 1))
    id = place.create()
    place.till.command(pb.OP_TRAINING_BEGIN, pb.TrainingBegin(), pb.TrainingState)
    assert refused(give, place.till, sale.receipt_number, id) == "TRAINING_ON"
    place.till.command(pb.OP_TRAINING_END, pb.TrainingEnd(), pb.TrainingState)
    give(place.till, sale.receipt_number, id)


def test_B41_days_at_random_beside_a_twin_who_was_shown(place):
    """Two members who buy the same; one is shown, the other is given their receipts, at once or days later, with refunds in between."""
    dice = random.Random(random_seed())
    birthday = (place.now().date() + datetime.timedelta(days=dice.randrange(1, 6))).strftime("--%m-%d")
    one, other = place.create(birthday=birthday), place.create(birthday=birthday)
    waiting = []
    for _ in range(6):
        for _ in range(dice.randint(1, 3)):
            bought = [(name, dice.randint(1, 4)) for name in dice.sample(["cookie", "cake", "roll"], dice.randint(1, 3))]
            waiting.append([place.sell(*bought, member_id=one).receipt_number, place.sell(*bought).receipt_number, bought, False])
        for pair in waiting:
            if dice.randrange(3) == 0:
                line = dice.randrange(len(pair[2]))
                try:
                    for receipt in pair[:2]:
                        refund(place.lead, receipt, (line, 1000))
                except Refused as error:
                    assert error.code in ("REFUND_TOO_MUCH", "ALREADY_REFUNDED")
            if not pair[3] and dice.randrange(2) == 0:
                give(place.till, pair[1], other)
                pair[3] = True
        place.go(1)
    for pair in waiting:
        if not pair[3]:
            give(place.till, pair[1], other)
    assert place.ledger(one) == place.ledger(other)
    for pair in waiting:
        for receipt in pair[:2]:
            try:
                refund(place.lead, receipt)
            except Refused as error:
                assert error.code == "ALREADY_REFUNDED"
    assert place.ledger(one) == place.ledger(other)
