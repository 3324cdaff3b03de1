"""A sale that comes back whole, at once, in two parts or piece by piece, with a merging between or without one, leaves balance, lots and expiries
as they were: by a programme of every kind, with every kind of reward and coupon, paid in cash and by gift card.

CAROLINE_SEED repeats a run."""
import pytest
from counter import check_books
from histories import BAG, CAKE, CAMPAIGNS, CHEESE, COOKIE, GOODS, JUICE, MACAROON, ROLL, TEA, WATER, Dice
from playing import Play, explained, rotated, sent_by, show_all, two_servers
from programme_model import PIECES, Programme, Term
from seed import seed

POINTS = [Term("reward", 1, "piece", cost=9, goods="these", products=(ROLL,)), Term("reward", 2, "amount", 333, 40),
          Term("reward", 3, "rate", 333333, 60), Term("reward", 4, "piece", cost=30, goods="others", categories=("Drinks",)),
          Term("reward", 5, "amount", 50, 7, goods="these", products=(TEA, CAKE))]
KINDS = {
    "the seed's": (),
    "money": (Term("earn", 1, "money", 7, goods="these", categories=("Cookies",)),),
    "units": (Term("earn", 1, "unit", 3), Term("earn", 2, "unit", 1, goods="these", products=(CHEESE, ROLL))),
    "visits": (Term("earn", 1, "visit", 60), Term("earn", 2, "visit", 5, goods="these", categories=("Drinks",))),
    "exclusions": (Term("earn", 1, "money", 25, goods="others", categories=("Cookies",), products=(BAG, TEA)),),
    "an hour": (Term("earn", 1, "money", 10, from_minute=600, until_minute=605), Term("earn", 2, "unit", 1, until_minute=600)),
    "all": (Term("earn", 1, "money", 10), Term("earn", 2, "unit", 1, goods="these", categories=("Cookies",)), Term("earn", 3, "visit", 5),
            Term("earn", 4, "money", 1, goods="others", products=(CAKE,))),
}
WAYS = ["at once", "in two parts", "piece by piece", "merged, at once", "merged between two parts"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with two_servers(tmp_path_factory.mktemp("clocks")) as made:
        made.go(1)
        yield made
        check_books(made.shop)


def do(play, *steps):
    """Each by itself, beside the model; what was answered last."""
    for step in steps:
        request, message = play.resolved(step)
        desk, number = sent_by(play, rotated(play.place, play.at, 0), request, *message)
        said = play.take(request, desk.read(number))
        explained(play.place, play, [request], [said], show_all(play.place, [play], turn=1)[play.at])
    return said


def lots(play):
    """(id, origin, expiry, left) of all that the members have together, and what is left on their gift cards."""
    shown = show_all(play.place, [play], turn=1)[play.at]
    every = [lot for place in play.alive() for lot in shown[place].lots]
    assert sum(shown[place].points for place in play.alive()) == sum(left for *_, left in every)
    return sorted(every), list(play.house.cards)


def basket(dice):
    places = dice.sample([ROLL, COOKIE, MACAROON, CAKE, TEA, CHEESE, JUICE, BAG, WATER], dice.randint(2, 4))
    return tuple((place, 1000 * dice.randint(1, 4) if GOODS[place].unit == PIECES else dice.choice([150, 333])) for place in places)


def back_in_pieces(dice, play, count):
    """Steps that give all of the last sale back, in so many parts or more."""
    lines = play.house.sales[-1].lines
    singles = [(line, 1) for line, each in enumerate(lines) if each.product.unit == PIECES and each.goods_line is None
               for _ in range(each.milli // 1000)]
    dice.shuffle(singles)
    steps = [("back", 0, (single,)) for single in singles[: count - 1]]
    return steps + [("back", 0, None)]


def sold(dice, play, coupon):
    """A sale with as many rewards as go; its step."""
    for _ in range(20):
        rewards = tuple((dice.randrange(6), None) for _ in range(dice.randint(1, 3)))
        step = ("buy", 0, basket(dice), rewards, ("new", dice.randrange(len(CAMPAIGNS))) if coupon else None, dice.choice([None, 250]), "ten")
        before = len(play.house.sales)
        do(play, step)
        if len(play.house.sales) > before:
            return step
    raise AssertionError("nothing was sold in twenty tries")


@pytest.mark.parametrize("kind", KINDS)
def test_A23_what_comes_back_whole_was_never_sold(place, kind):
    dice = Dice(f"{seed()} {kind}")
    programme = Programme(sign_up=150, cost=50, birthday=0, lot_days=30, terms=tuple(POINTS) + KINDS[kind])
    place.put_programme(programme)
    for number, way in enumerate(WAYS * 2):
        play = Play(number, place, programme)
        do(play, ("join", None, None), ("join", None, None), ("card", 2000), ("buy", 0, ((CAKE, 1000),), (), None, None, "now"))
        before = lots(play)
        step = sold(dice, play, coupon=number % 2)
        assert play.house.sales[-1].spent, "nothing was redeemed"
        if way == "merged, at once":
            do(play, ("merge", 0, 1))
        parts = {"in two parts": 2, "merged between two parts": 2, "piece by piece": 100}.get(way, 1)
        for part in back_in_pieces(dice, play, parts):
            if way == "merged between two parts" and part[2] is None:
                do(play, ("merge", 0, 1))
            if not play.house.sales[-1].whole():
                do(play, part)
        assert lots(play) == before, f"{kind}, {way}: {step}"


def left(play):
    """What the members have together by day, and what they owe: whose lots these are does not matter."""
    by_days = {}
    for _, origin, expiry, points in lots(play)[0]:
        by_days[origin, expiry] = by_days.get((origin, expiry), 0) + points
    return {days: points for days, points in by_days.items() if points}


def start(place, number, programme):
    """A history of two members, and its twin in whom the sale will be left out."""
    plays = [Play(2 * number + twin, place, programme) for twin in (0, 1)]
    for play in plays:
        do(play, ("join", None, None), ("join", None, None), ("card", 2000), ("buy", 0, ((CAKE, 1000),), (), None, None, "now"))
    return plays


def slept(place, plays, days):
    place.go(days)
    for play in plays:
        play.night(place.today)


@pytest.mark.parametrize("kind", ["the seed's", "all"])
def test_A23_what_comes_back_behind_its_expiry_was_never_sold(place, kind):
    """What it earned has expired, wholly or but for what came back before; so have the points that its rewards cost. Who bought it ends as who never
    did, owing nothing; with points of later days in either case."""
    dice = Dice(f"{seed()} expired {kind}")
    programme = Programme(sign_up=150, cost=50, birthday=0, lot_days=2, terms=tuple(POINTS) + KINDS[kind])
    place.put_programme(programme)
    pairs, gone = [start(place, number, programme) for number in range(len(WAYS))], 0
    both = [play for pair in pairs for play in pair]
    backs = []
    for number, (way, (play, _)) in enumerate(zip(WAYS, pairs)):
        sold(dice, play, coupon=number % 2)
        parts = {"in two parts": 2, "merged between two parts": 2, "piece by piece": 100}.get(way, 1)
        steps = back_in_pieces(dice, play, parts)
        if way in ("in two parts", "merged between two parts") and len(steps) > 1:
            do(play, steps.pop(0))
        backs.append(steps)
    slept(place, both, 3)
    for play in both:
        do(play, ("buy", 1, ((CAKE, 1000),), (), None, None, "now"))
    for way, steps, (play, _) in zip(WAYS, backs, pairs):
        if "merged" in way:
            do(play, ("merge", 0, 1))
        for _, _, part in steps:
            if not play.house.sales[-2].whole():
                gone += do(play, ("back", 1, part))["gone"]
        assert play.house.sales[-2].whole()
    slept(place, both, 1)  # what rewards cost came back into lots that had expired
    for way, (play, twin) in zip(WAYS, pairs):
        assert left(play) == left(twin), f"{kind}, {way}"
        assert play.house.members[play.house.who(0)].spendable(place.today) >= 0
    assert gone, "nothing had expired before it came back"
