"""A refund turns the points back too, as who only knows the protocol sees it: the member before, in between, and after."""
import random

import pytest
from counter import basket, check_books, member, refund, ring_up, seed
from seed import seed as drawn_from
from shop import pb

PRICES = {"cookie": 250, "cake": 900, "roll": 45}
COST, ROUNDS = 100, 12  # of a free cookie in points


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    made = shop.till("Caroline")
    for name in ("cookie", "cake"):
        shop.receive(goods[name], 1000)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop)


@pytest.fixture
def chance():
    return random.Random(drawn_from())


@pytest.fixture(scope="module")
def made():
    """Numbers of members, none of them twice; the lots have the ten behind each."""
    return iter(range(20_000, 90_000, 200))


def known(till, id):
    """Balance, lots and expiries."""
    shown = till.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member
    lots = [(lot.id, lot.origin_day, lot.expiry_day, lot.remaining) for lot in shown.lots]
    assert shown.points == sum(remaining for *_, remaining in lots)
    return shown.points, lots


def somebody(shop, chance, made):
    """With lots of several days, of few points each: a reward takes of more than one. One may be today's, one expires today."""
    days = sorted(chance.sample([365, 364, 0, *range(1, 360)], chance.randrange(2, 9)), reverse=True)
    return member(shop, next(made), [(day, chance.randrange(10, 160)) for day in days])


def bought(chance, points):
    """(name, pieces) of some goods, and how many of the cookies are free."""
    names = chance.sample(sorted(PRICES), chance.randrange(1, 4))
    goods = [(name, chance.randrange(1, 6)) for name in names]
    return goods, min(dict(goods).get("cookie", 0), points // COST, chance.randrange(4))


def worth(kept, free):
    """What is paid for these pieces; those for points stay longest."""
    return sum(PRICES[name] * (count - (min(free, count) if name == "cookie" else 0)) for name, count in kept.items())


def sell(shop, till, goods, lines, rewards, id):
    total = worth(dict(lines), rewards)
    made = basket(shop, *((goods[name], count) for name, count in lines), member_id=id, rewards=rewards)
    return ring_up(till, made, total), total


def test_A23_a_sale_that_comes_back_whole_leaves_balance_lots_and_expiries_as_they_were(shop, till, goods, chance, made):
    redeemed = 0
    for _ in range(ROUNDS):
        id = somebody(shop, chance, made)
        before = known(till, id)
        lines, rewards = bought(chance, before[0])
        sale, total = sell(shop, till, goods, lines, rewards, id)
        assert known(till, id)[0] == before[0] + total // 10 - COST * rewards
        back = refund(till, sale.receipt_number)
        assert (back.totals.points_earned, back.totals.points_spent) == (-(total // 10), -COST * rewards)
        assert known(till, id) == before, (lines, rewards)
        redeemed += rewards
    assert redeemed, "nobody redeemed anything: nothing was shown"


def test_A23_what_comes_back_by_item_leaves_what_the_rest_would_have_earned(shop, till, goods, chance, made):
    for _ in range(ROUNDS):
        id = somebody(shop, chance, made)
        before = known(till, id)
        lines, rewards = bought(chance, before[0])
        sale, _ = sell(shop, till, goods, lines, rewards, id)
        kept = dict(lines)
        pieces = [line for line, (_, count) in enumerate(lines) for _ in range(count)]
        chance.shuffle(pieces)
        for line in pieces:
            name = lines[line][0]
            refund(till, sale.receipt_number, (line, 1000))
            kept[name] -= 1
            free = min(rewards, kept.get("cookie", 0))
            expected = before[0] + worth(kept, rewards) // 10 - COST * free
            assert known(till, id)[0] == expected, (lines, rewards, kept)
        assert known(till, id) == before, (lines, rewards)


def test_A23_two_sales_come_back_in_either_order(shop, till, goods, chance, made):
    """The points of both stand in one lot of today, and were taken of the same lots."""
    for first in (0, 1):
        id = member(shop, next(made), [(300, 60), (200, 70), (10, 170)])
        before = known(till, id)
        sales = [sell(shop, till, goods, [("cookie", 2), ("roll", chance.randrange(1, 9))], 1, id)[0] for _ in range(2)]
        refund(till, sales[first].receipt_number)
        refund(till, sales[1 - first].receipt_number)
        assert known(till, id) == before


def test_A23_what_was_taken_last_comes_back_first_whatever_lots_are_called(shop, till, goods, made):
    """The lot that expires first has the highest id, as behind a merging, or where another server made it."""
    id = member(shop, next(made), [(10, 170), (200, 70), (300, 60)])
    sale, _ = sell(shop, till, goods, [("cookie", 2)], 2, id)  # 60, 70 and 70 are taken

    def left():
        return [remaining for _, _, _, remaining in known(till, id)[1]]

    assert left() == [100]
    refund(till, sale.receipt_number, (0, 1000))
    assert left() == [30, 170]
    refund(till, sale.receipt_number)
    assert left() == [60, 70, 170]
