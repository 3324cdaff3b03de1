"""The points programme as data: its terms put by a manager, earned by, spent on, given back, and tried over what was sold."""
import uuid

import pytest
from cli import REFUSED, USAGE, console
from counter import basket, check_books, check_receipts, check_strands, member, refund, refused, ring_up, seed
from explained import Explained, check
from follower import Follower
from shop import PIN, pb

LEAD_PIN = "5739"
THESE, OTHERS = pb.TERM_GOODS_THESE, pb.TERM_GOODS_OTHERS


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    shop.staff("Lena", "shift_lead", LEAD_PIN)
    made = shop.till()
    for name in ("cookie", "cake"):
        shop.receive(goods[name], 1000)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    """After all that is done in here: what is wrong stays so."""
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def put(shop, *terms, **fields):
    message = pb.ProgrammePut(programme=pb.Programme(terms=[pb.ProgrammeTerm(**term) for term in terms], **fields))
    return shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone).id


def earn(number, per, value, **more):
    return {"kind": pb.TERM_EARN, "number": number, "name": f"Rule {number}", "per": per, "value": value, **more}


def reward(number, name, gift, cost, value=0, **more):
    return {"kind": pb.TERM_REWARD, "number": number, "name": name, "gift": gift, "cost": cost, "value": value, **more}


def programme(shop):
    return shop.manager.call(pb.OP_PROGRAMME_LIST, pb.ProgrammeList(), pb.ProgrammeListed).programme


@pytest.fixture(autouse=True)
def the_seed_alone(shop, goods):
    """Behind each test the programme has no terms."""
    yield
    put(shop, *({"kind": term.kind, "number": term.number, "gone": True}
                for term in sorted(programme(shop).terms, key=lambda term: term.kind == pb.TERM_TIER)))
    assert not programme(shop).terms


def rewarded(made, *numbers, line=None):
    for number in numbers:
        made.rewards.add(reward=number, **({} if line is None else {"line": line}))
    return made


def quote(till, made):
    return till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made), pb.SaleQuoted)


def receipt_of(sale):
    return [(row.left, row.right) for row in sale.receipt.rows]


def points(shop, id):
    [[have]] = shop.sql(f"SELECT points FROM member_account WHERE member_id = {id}")
    return have


def give_back(till, receipt_number, *lines):
    till.sign_in("Lena", LEAD_PIN)
    try:
        return refund(till, receipt_number, *lines).totals
    finally:
        till.sign_in("Ben", PIN)


def test_the_seed_programme_is_a_row_and_gives_the_documented_numbers(shop, till, goods):
    seed_row = programme(shop)
    assert (seed_row.sign_up_points, seed_row.points_per_unit, seed_row.reward_cost, seed_row.birthday_points) == (20, 10, 100, 100)
    done = till.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Seed", phone="030 5550101")), pb.MemberDone)
    assert done.points == 20
    assert quote(till, basket(shop, (goods["roll"], 3), member_id=done.id)).points_earned == 13  # 1.35
    assert ring_up(till, basket(shop, (goods["cake"], 1), member_id=done.id), 900).totals.points_earned == 90
    sale = ring_up(till, basket(shop, (goods["cookie"], 2), member_id=done.id, rewards=1), 250)
    assert (sale.totals.points_spent, sale.totals.points_earned) == (100, 25)
    assert shop.sql(f"SELECT count(*) FROM sale_earning WHERE sale_id = {sale.sale_id}") == [(0,)]


def test_rules_give_by_money_pieces_and_visits(shop, till, goods):
    put(shop, earn(1, pb.EARN_PER_MONEY, 10, goods=THESE, product_ids=[goods["cake"]]),
        earn(2, pb.EARN_PER_UNIT, 3, goods=THESE, product_ids=[goods["roll"]]), earn(3, pb.EARN_PER_VISIT, 7),
        earn(4, pb.EARN_PER_VISIT, 1000, tier=0, weekdays=127, from_minute=0, until_minute=1, goods=OTHERS,
             product_ids=[goods["cake"]]))
    mia = member(shop, 201)
    made = basket(shop, (goods["cake"], 1), (goods["roll"], 4), member_id=mia)  # 9.00 and 1.80
    given = {entry.rule: entry.points for entry in quote(till, made).earnings}
    given.pop(4, None)  # within a minute of midnight
    assert given == {0: 108, 1: 90, 2: 12, 3: 7}
    sale = ring_up(till, made, 1080)
    assert sale.totals.points_earned - sum(e.points for e in sale.totals.earnings if e.rule == 4) == 217
    assert points(shop, mia) == sale.totals.points_earned
    rows = shop.sql(f"SELECT rule, per, value, basis, points FROM sale_earning WHERE sale_id = {sale.sale_id} AND rule < 4 ORDER BY 1")
    assert rows == [(0, 1, 10, 1080, 108), (1, 1, 10, 900, 90), (2, 2, 3, 4000, 12), (3, 3, 7, 1, 7)]
    back = give_back(till, sale.receipt_number, (1, 1000))  # a roll: 45 of money, 3 of its rule
    assert back.points_earned == (103 - 108) - 3
    rest = give_back(till, sale.receipt_number)
    assert rest.points_earned + back.points_earned == -sale.totals.points_earned
    assert points(shop, mia) == 0
    nobody = quote(till, basket(shop, (goods["cake"], 1)))
    assert nobody.points_earned == 0 and not nobody.earnings


def test_rewards_are_pieces_amounts_and_rates(shop, till, goods):
    put(shop, reward(1, "A roll", pb.REWARD_GIFT_PIECE, 9, goods=THESE, product_ids=[goods["roll"]]),
        reward(2, "Two off", pb.REWARD_GIFT_AMOUNT, 50, 200), reward(3, "A tenth off", pb.REWARD_GIFT_RATE, 60, 100000))
    mia = member(shop, 202, [(10, 500)])
    made = rewarded(basket(shop, (goods["cake"], 1), (goods["roll"], 4), member_id=mia), 1, 1)
    quoted = quote(till, made)
    assert (quoted.total_minor, quoted.points_spent) == (990, 18)
    assert [(r.reward, r.name, r.times, r.amount_minor) for r in quoted.rewards] == [(1, "A roll", 2, 90)]
    sale = ring_up(till, rewarded(made, 2), 790)
    assert ("2 x A roll", "-0.90") in receipt_of(sale) and ("Two off", "-2.00") in receipt_of(sale)
    assert points(shop, mia) == 500 - 68 + 79
    tenth = ring_up(till, rewarded(basket(shop, (goods["cake"], 1), member_id=mia), 3), 810)
    assert tenth.totals.points_spent == 60
    back = give_back(till, tenth.receipt_number)
    assert (back.total_minor, back.points_spent, back.points_earned) == (-810, -60, -81)
    give_back(till, sale.receipt_number)
    assert points(shop, mia) == 500


def free_pieces(shop, till, made, product, pieces):
    """The basket, with a coupon that makes so many pieces free."""
    campaign = pb.CouponCampaign(name=f"Free {uuid.uuid4().hex[:8]}", gift=pb.COUPON_FREE_PIECES, value=pieces, product_ids=[product])
    campaign = shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=campaign), pb.CouponCampaignPutDone).campaign
    coupon = shop.manager.command(pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=campaign.id, count=1), pb.CouponIssued).coupons[0]
    made.coupons.add(redeems=till.call(pb.OP_COUPON_SHOW, pb.CouponShow(code=coupon.code), pb.CouponShown).redeems)
    return made


def test_a_piece_that_a_coupon_made_free_earns_nothing_by_the_piece(shop, till, goods):
    """As one that a reward made free: in the sale, its refunds, its explanation, a try of terms, and where it is given to a member afterwards."""
    stamps = earn(1, pb.EARN_PER_UNIT, 3, goods=THESE, product_ids=[goods["roll"]])
    put(shop, stamps, reward(1, "A roll", pb.REWARD_GIFT_PIECE, 9, goods=THESE, product_ids=[goods["roll"]]))
    mia, tom = member(shop, 205, [(10, 500)]), member(shop, 206)
    made = free_pieces(shop, till, basket(shop, (goods["roll"], 4), (goods["cake"], 1), member_id=mia), goods["roll"], 1)
    sale = ring_up(till, rewarded(made, 1), 990)  # of four rolls one is a reward's, one the coupon's
    assert {entry.rule: entry.points for entry in sale.totals.earnings} == {0: 99, 1: 6}
    assert shop.sql(f"SELECT line, times FROM sale_discount WHERE sale_id = {sale.sale_id} AND kind = 4 ORDER BY line") == [(-1, None), (0, 1)]
    assert shop.sql(f"SELECT basis FROM sale_earning WHERE sale_id = {sale.sale_id} AND rule = 1") == [(2000,)]
    explained = check(shop, till, sale.sale_id)
    assert explained.says("line 1: roll, 1 free") and explained.says("3 for each of 2")
    [[today]] = shop.sql(f"SELECT (at AT TIME ZONE 'Europe/Berlin')::date::text FROM sale WHERE id = {sale.sale_id}")
    page = shop.manager.call(pb.OP_PROGRAMME_TRY, pb.ProgrammeTry(
        first_day=today, last_day=today, after_id=mia - 1,
        draft=pb.Programme(points_per_unit=10, terms=[pb.ProgrammeTerm(**{**stamps, "value": 4})])), pb.ProgrammeTried)
    assert [row.points for row in page.members if row.member_id == mia] == [99 + 8]
    given = ring_up(till, free_pieces(shop, till, basket(shop, (goods["roll"], 3)), goods["roll"], 2), 45)
    done = till.command(pb.OP_SALE_ATTACH, pb.SaleAttach(receipt_number=given.receipt_number, member_id=tom), pb.SaleAttached)
    assert done.points_earned == 4 + 3
    explained = Explained(till, sale_id=given.sale_id)
    assert (explained.wrong, explained.unknown) == (0, 0) and explained.says("3 for each of 1")
    # 0.90 of three rolls that no reward made free: 0.30 each; the two that were paid come first.
    backs = [give_back(till, sale.receipt_number, (0, 1000)) for _ in range(4)]
    assert [(back.total_minor, back.points_earned, back.points_spent) for back in backs] == [(-30, -6, 0), (-30, -6, 0), (-30, -3, 0), (0, 0, -9)]
    rest = give_back(till, sale.receipt_number)
    assert rest.points_earned == -90 and points(shop, mia) == 500
    give_back(till, given.receipt_number)
    assert points(shop, tom) == 0
    check_books(shop)


def test_what_cannot_be_spent_is_refused(shop, till, goods):
    put(shop, reward(1, "A roll", pb.REWARD_GIFT_PIECE, 9, goods=THESE, product_ids=[goods["roll"]]),
        reward(2, "Much off", pb.REWARD_GIFT_AMOUNT, 5000, 500), reward(3, "For gold", pb.REWARD_GIFT_AMOUNT, 1, 1, tier=1),
        {"kind": pb.TERM_TIER, "number": 1, "name": "Gold", "value": 100000})
    mia = member(shop, 203, [(10, 100)])

    def code(made):
        return refused(quote, till, made)

    assert code(rewarded(basket(shop, (goods["cake"], 1), member_id=mia), 1)) == "REWARD_NOT_APPLICABLE"
    assert code(rewarded(basket(shop, (goods["roll"], 1), member_id=mia), 1, 1)) == "REWARD_NOT_APPLICABLE"
    assert code(rewarded(basket(shop, (goods["cake"], 1), member_id=mia), 2)) == "POINTS_SHORT"
    assert code(rewarded(basket(shop, (goods["cake"], 1), member_id=mia), 3)) == "REWARD_TIER"
    assert code(rewarded(basket(shop, (goods["cake"], 1), member_id=mia), 17)) == "UNKNOWN_REWARD"
    assert code(rewarded(basket(shop, (goods["roll"], 1)), 1)) == "REWARD_WITHOUT_MEMBER"
    assert code(rewarded(basket(shop, (goods["roll"], 30), member_id=mia, rewards=1), *[1] * 20)) == "BAD_FIELD"
    assert points(shop, mia) == 100


WRONG = [
    ({"kind": pb.TERM_EARN, "number": 0, "name": "x", "per": pb.EARN_PER_VISIT, "value": 1}, "BAD_TERM"),
    (earn(21, pb.EARN_PER_VISIT, 1), "BAD_TERM"),
    (earn(1, pb.EARN_PER_NONE, 1), "BAD_TERM"),
    (earn(1, pb.EARN_PER_VISIT, 0), "BAD_TERM"),
    (earn(1, pb.EARN_PER_VISIT, 10**9 + 1), "BAD_TERM"),
    (earn(1, pb.EARN_PER_VISIT, 1, goods=THESE), "BAD_TERM"),
    (earn(1, pb.EARN_PER_VISIT, 1, weekdays=0), "BAD_TERM"),
    (earn(1, pb.EARN_PER_VISIT, 1, from_minute=1440), "BAD_TERM"),
    (earn(1, pb.EARN_PER_VISIT, 1, tier=3), "BAD_TERM"),
    (reward(1, "Nothing", pb.REWARD_GIFT_AMOUNT, 0, 5), "BAD_TERM"),
    (reward(1, "Any piece", pb.REWARD_GIFT_PIECE, 5), "BAD_TERM"),
    (reward(1, "Too much", pb.REWARD_GIFT_RATE, 5, 1000001), "BAD_TERM"),
    ({"kind": pb.TERM_TIER, "number": 1, "name": "None", "value": 0}, "BAD_TERM"),
    ({"kind": pb.TERM_EARN, "number": 9, "gone": True}, "BAD_TERM"),
    (earn(1, pb.EARN_PER_VISIT, 1, goods=THESE, product_ids=[77]), "UNKNOWN_PRODUCT"),
    (earn(1, pb.EARN_PER_VISIT, 1, goods=THESE, category_ids=[77]), "UNKNOWN_CATEGORY"),
    (reward(1, "4111 1111 1111 1111", pb.REWARD_GIFT_AMOUNT, 5, 5), "CARD_NUMBER"),
]


@pytest.mark.parametrize("term, code", WRONG)
def test_a_term_that_cannot_be_is_refused(shop, goods, term, code):
    assert refused(put, shop, term) == code


def test_a_better_tier_takes_more(shop, goods):
    tiers = [{"kind": pb.TERM_TIER, "number": n, "name": f"Tier {n}", "value": value} for n, value in ((1, 100), (2, 100))]
    assert refused(put, shop, *tiers) == "BAD_TERM"


def test_terms_follow_to_every_till(shop, till, goods):
    with shop.connect(shop.console) as client:
        client.sign_in()
        follower = Follower(client)
        follower.until(follower.followed.catalogue_version if hasattr(follower.followed, "catalogue_version") else 1)
        message = pb.ProgrammePut(programme=pb.Programme(terms=[pb.ProgrammeTerm(**earn(1, pb.EARN_PER_VISIT, 7))],
                                                         tier_months=6, referrer_points=50))
        done = shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone)
        follower.until(done.catalogue_version)
        assert [(term.kind, term.number, term.value) for term in follower.programme.terms] == [(pb.TERM_EARN, 1, 7)]
    listed = programme(shop)
    assert [(term.kind, term.number, term.value) for term in listed.terms] == [(pb.TERM_EARN, 1, 7)]
    assert (listed.tier_months, listed.referrer_points) == (6, 50)


FILE = """kind,number,name,gives,value,cost,of,tier,days,from,until
earn,1,Double rolls,unit,2,,roll,,,,
reward,1,Five off,amount,5.00,500,,,,,
reward,2,A roll,piece,,9,roll,,,,
reward,3,A tenth off,percent,10,60,not @Cookies,,,,
tier,1,Silver,,200.00,,,,,,
"""


def test_by_the_command_line_from_a_file_listed_and_tried(shop, till, goods, tmp_path):
    cli = console(shop)
    file = tmp_path / "terms.csv"
    file.write_text(FILE)
    tom = member(shop, 204)
    sale = ring_up(till, basket(shop, (goods["roll"], 10), member_id=tom), 450)
    [[today]] = shop.sql(f"SELECT (at AT TIME ZONE 'Europe/Berlin')::date::text FROM sale WHERE id = {sale.sale_id}")
    tried = cli.run("programme", "try", file, "--first-day", today, "--last-day", today).stdout
    assert "earn 1  Double rolls: " in tried and "reward 2  A roll: " in tried
    assert tried.startswith(f"the terms of {file}, as a draft of \"") and f"{today} to {today}: nothing of it is kept" in tried.splitlines()[0]
    assert not programme(shop).terms, "a draft is not kept"
    mine = cli.json("programme", "try", file, "--first-day", today, "--last-day", today)
    [[given]] = shop.sql("SELECT sum(points) FROM points_entry WHERE kind IN (2, 6)")
    assert mine["points_then"] == given and mine["members"] >= 1
    page = shop.manager.call(pb.OP_PROGRAMME_TRY, pb.ProgrammeTry(
        first_day=today, last_day=today, after_id=tom - 1,
        draft=pb.Programme(points_per_unit=20, terms=[pb.ProgrammeTerm(**earn(1, pb.EARN_PER_VISIT, 5))])), pb.ProgrammeTried)
    [toms] = [row for row in page.members if row.member_id == tom]
    assert (toms.points, toms.points_then) == (90 + 5, 45)
    cli.run("programme", "put", file, "--tier-months", "6")
    shown = cli.run("programme", "list").stdout
    for words in ("earn 1  Double rolls: 2 points per piece", "reward 1  Five off: for 500 points 5.00 off",
                  "reward 3  A tenth off: for 60 points 10 % off of all but @Cookies", "tier 1  Silver: from 200.00 spent in 6 months"):
        assert words in shown, shown
    file.write_text("kind,number,gives\nearn,1,gone\n")
    cli.run("programme", "put", file)
    assert all(term.kind != pb.TERM_EARN for term in programme(shop).terms)
    file.write_text("kind,number,gives\nearned,1,gone\n")
    cli.run("programme", "put", file, status=REFUSED)
    cli.run("programme", "try", file, status=USAGE)
    assert refused(shop.manager.call, pb.OP_PROGRAMME_TRY, pb.ProgrammeTry(first_day="2026-01-02", last_day="2026-01-01"),
                   pb.ProgrammeTried) == "BAD_TRY"


def test_a_change_under_the_same_command_is_made_once(shop, goods):
    command_id = uuid.uuid4().bytes
    message = pb.ProgrammePut(programme=pb.Programme(terms=[pb.ProgrammeTerm(**earn(1, pb.EARN_PER_VISIT, 5))]))
    first = shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone, command_id)
    again = shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone, command_id)
    assert first == again
    version = first.catalogue_version
    same = shop.manager.command(pb.OP_PROGRAMME_PUT, message, pb.CataloguePutDone)
    assert same.catalogue_version == version, "what does not change is not written"
