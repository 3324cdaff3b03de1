"""The very terms that were in force, tried over books with all that changes a sale's points afterwards: they give what was given."""
import collections
import datetime
import zoneinfo

import pytest
from cli import console
from counter import basket, check_books, member, refund, ring_up, seed
from faults import Failpoints
from names import fresh
from shop import PIN, make_shop, pb

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
SATURDAY, SUNDAY = 32, 64
PAGE = 20  # members of one answer


class Books:
    """A shop whose clock is set, and what it said that it gave: to whom, and for what of each sale."""

    def __init__(self, shop, failpoints):
        self.shop, self.file = shop, failpoints.directory / "clock"
        self.goods = seed(shop)
        shop.staff("Lea", role="shift_lead")
        shop.staff("Tom")
        for name in ("cookie", "cake"):
            shop.receive(self.goods[name], 1000)
        self.till, self.lead = shop.till("Tom"), shop.till("Lea")
        self.given, self.sales, self.backs = collections.Counter(), {}, 0
        today = datetime.datetime.now(BERLIN).date()
        self.tuesday = today + datetime.timedelta(days=(1 - today.weekday()) % 7 + 7)

    def go(self, days, hour):
        """So many days behind that Tuesday."""
        moment = datetime.datetime.combine(self.tuesday + datetime.timedelta(days=days), datetime.time(hour, 30), BERLIN)
        self.file.with_suffix(".new").write_text(str(int((moment - datetime.datetime.now(BERLIN)).total_seconds())))
        self.file.with_suffix(".new").rename(self.file)
        self.till.sign_in("Tom", PIN)
        self.lead.sign_in("Lea", PIN)
        self.shop.manager.sign_in()

    def of(self, id, *bought):
        return basket(self.shop, *((self.goods[name], pieces) for name, pieces in bought), member_id=id)

    def sell(self, id, made):
        total = self.till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made), pb.SaleQuoted).total_minor
        sale = ring_up(self.till, made, total)
        self.given[id] += sale.totals.points_earned
        self.sales[sale.sale_id] = collections.Counter({entry.rule: entry.points for entry in sale.totals.earnings})
        return sale

    def give_back(self, id, sale, *lines):
        back = refund(self.lead, sale.receipt_number, *lines).totals
        assert back.points_earned < 0
        self.given[id] += back.points_earned
        self.backs -= back.points_earned
        return back

    def tried(self, **more):
        """All pages."""
        pages, after = [], 0
        while True:
            message = pb.ProgrammeTry(first_day=str(self.tuesday), last_day=str(self.tuesday + datetime.timedelta(days=6)), after_id=after, **more)
            pages.append(self.shop.manager.call(pb.OP_PROGRAMME_TRY, message, pb.ProgrammeTried))
            after = pages[-1].after_id
            if not pages[-1].more:
                return pages


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        made = Books(shop, failpoints)
        a_week(made)
        yield made
        check_books(shop)


def create(books):
    return books.till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=fresh())), pb.MemberDone).id


def a_coupon(books, made, pieces):
    manager, roll = books.shop.manager, books.goods["roll"]
    campaign = pb.CouponCampaign(name=f"Free {fresh()}", gift=pb.COUPON_FREE_PIECES, value=pieces, product_ids=[roll])
    campaign = manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=campaign), pb.CouponCampaignPutDone).campaign
    coupon = manager.command(pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=campaign.id, count=1), pb.CouponIssued).coupons[0]
    made.coupons.add(redeems=books.till.call(pb.OP_COUPON_SHOW, pb.CouponShow(code=coupon.code), pb.CouponShown).redeems)
    return made


def terms(books):
    these, cake, roll = pb.TERM_GOODS_THESE, [books.goods["cake"]], [books.goods["roll"]]
    made = [
        {"kind": pb.TERM_EARN, "number": 1, "name": "Morning", "per": pb.EARN_PER_VISIT, "value": 7, "from_minute": 480, "until_minute": 600},
        {"kind": pb.TERM_EARN, "number": 2, "name": "Weekend rolls", "per": pb.EARN_PER_UNIT, "value": 3, "goods": these, "product_ids": roll,
         "weekdays": SATURDAY | SUNDAY},
        {"kind": pb.TERM_EARN, "number": 3, "name": "Cake", "per": pb.EARN_PER_MONEY, "value": 5, "goods": these, "product_ids": cake},
        {"kind": pb.TERM_REWARD, "number": 1, "name": "A roll", "gift": pb.REWARD_GIFT_PIECE, "cost": 20, "goods": these, "product_ids": roll}]
    message = pb.ProgrammePut(programme=pb.Programme(terms=[pb.ProgrammeTerm(**term) for term in made]))
    books.shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone)


def a_week(books):
    terms(books)
    ann, ben, cat, gone, stays = (create(books) for _ in range(5))
    others = [member(books.shop, 300 + n) for n in range(PAGE)]  # their ids are the last: those who buy are on two pages
    books.go(0, 8)  # Tuesday, in the hour
    first = books.sell(ann, books.of(ann, ("cake", 2), ("roll", 3)))
    all_back = books.sell(ann, books.of(ann, ("cookie", 1)))
    books.go(0, 11)  # behind it
    books.sell(ann, books.of(ann, ("roll", 3)))
    books.give_back(ann, first, (0, 1000), (1, 1000))
    books.give_back(ann, all_back)
    merged = books.sell(gone, books.of(gone, ("cake", 1), ("roll", 1)))
    books.sell(stays, books.of(stays, ("cookie", 1)))
    books.go(4, 9)  # Saturday, in the hour
    rolls = a_coupon(books, books.of(ben, ("roll", 6), ("cake", 1)), 2)
    rolls.rewards.add(reward=1)
    free = books.sell(ben, rolls)
    assert books.sales[free.sale_id] == {0: 103, 1: 7, 2: 9, 3: 45}, "of six rolls two are the coupon's and one the reward's"
    books.give_back(ben, free, (0, 1000))
    forgotten = ring_up(books.till, books.of(0, ("roll", 4)), 180)
    done = books.till.command(pb.OP_SALE_ATTACH, pb.SaleAttach(receipt_number=forgotten.receipt_number, member_id=cat), pb.SaleAttached)
    assert done.points_earned == 18 + 7 + 12
    books.given[cat] += done.points_earned
    books.sales[forgotten.sale_id] = collections.Counter({0: 18, 1: 7, 2: 12})
    books.go(4, 12)
    books.give_back(cat, forgotten, (0, 1000))
    books.shop.manager.command(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=gone, into_id=stays, reason="the same person"), pb.MemberMerged)
    books.given[stays] += books.given.pop(gone)
    books.sell(stays, books.of(gone, ("roll", 2)))
    books.sell(others[0], books.of(others[0], ("cookie", 2)))
    books.sell(others[-1], books.of(others[-1], ("cake", 1)))
    books.go(7, 9)  # another week: what comes back then is still of this one
    books.give_back(stays, merged, (1, 1000))
    books.within = set(books.sales)
    later = books.sell(others[-1], books.of(others[-1], ("cake", 1)))
    books.given[others[-1]] -= later.totals.points_earned
    books.people = {"ann": ann, "ben": ben, "cat": cat, "stays": stays, "last": others[-1]}


def whole(books):
    """The draft that says every number and term again."""
    return books.shop.manager.call(pb.OP_PROGRAMME_LIST, pb.ProgrammeList(), pb.ProgrammeListed).programme


@pytest.mark.parametrize("draft", [lambda books: None, whole], ids=["nothing", "everything"])
def test_A21_the_terms_in_force_give_what_was_given(books, draft):
    pages = books.tried(draft=draft(books))
    assert len(pages) == 2 and all(page.members for page in pages)
    rows = {row.member_id: (row.points, row.points_then) for page in pages for row in page.members}
    assert rows == {id: (points, points) for id, points in books.given.items()}
    assert sum(page.sale_count for page in pages) == len(books.within) == 10
    # By hand: 9.00 and 0.90 of what Ann bought in the hour, with its cake, the rolls behind it, and nothing for what came back whole.
    assert books.given[books.people["ann"]] == (99 + 7 + 45) + 13
    assert books.given[books.people["cat"]] == 13 + 7 + 9
    # What ignores refunds gives so much more.
    assert books.backs > 150 and sum(points for points, _ in rows.values()) + books.backs == sum(
        sum(books.sales[sale].values()) for sale in books.within)


def test_A21_a_draft_with_one_more_point_a_visit_is_another_number_for_each_who_still_has_one(books):
    draft = pb.Programme(terms=[pb.ProgrammeTerm(kind=pb.TERM_EARN, number=4, name="Visit", per=pb.EARN_PER_VISIT, value=1)])
    rows = {row.member_id: row.points - row.points_then for page in books.tried(draft=draft) for row in page.members}
    of = books.people
    assert (rows[of["ann"]], rows[of["ben"]], rows[of["cat"]], rows[of["stays"]], rows[of["last"]]) == (2, 1, 1, 3, 1)


def test_A21_the_command_line_sums_the_pages_and_counts_the_rewards(books):
    cli = console(books.shop)
    days = "--first-day", str(books.tuesday), "--last-day", str(books.tuesday + datetime.timedelta(days=6))
    points, most = sum(books.given.values()), [each for each in books.given.values() if each >= 20]
    assert cli.json("programme", "try", *days) == {
        "sales": 10, "members": len(books.given), "touched": 0, "points": points, "points_then": points}
    said = cli.run("programme", "try", *days).stdout.splitlines()
    assert f"10 sales to 6 members: {points} points, {points} were given; 0 members would have another number" in said
    assert f"reward 1  A roll: {len(most)} members could have had it, {sum(each // 20 for each in most)} times in all" in said
    # By hand: 7 a visit of Ann, Ben and Cat; 2, 3 and 2 rolls that were paid and kept; a cake each of four.
    assert "earn 1  Morning: 21 points for 3 sales" in said
    assert "earn 2  Weekend rolls: 21 points for 3 sales" in said
    assert "earn 3  Cake: 180 points for 4 sales" in said


def test_A21_points_beyond_all_counting_are_refused(books):
    """A thousand million points a unit of money: of 5,000,000,000.00 each of two has 5 × 10^18, and both together more than a number holds."""
    books.go(20, 12)
    gold, day = books.shop.put_product(f"Gold {fresh()}", 5 * 10**11), str(books.tuesday + datetime.timedelta(days=20))
    draft = pb.Programme(terms=[pb.ProgrammeTerm(kind=pb.TERM_EARN, number=4, name="All", per=pb.EARN_PER_MONEY, value=10**9)])
    message = pb.ProgrammeTry(first_day=day, last_day=day, draft=draft)
    for id, code in ((create(books), None), (create(books), "BAD_TRY")):
        books.sell(id, basket(books.shop, (gold, 1), member_id=id))
        if code is None:
            assert books.shop.manager.call(pb.OP_PROGRAMME_TRY, message, pb.ProgrammeTried).members[0].points > 5 * 10**18
        else:
            assert books.shop.manager.refusal(pb.OP_PROGRAMME_TRY, message) == code
