"""Random histories of members of one shop, drawn as plain tuples, and what is drawn around them: goods, programmes, campaigns.

A history is a list of phases, each a list of steps; a night lies between two phases, and a day of a programme is named by its distance
from the first. What a step names (a member, a sale, a line) it names by any number, taken modulo what there is: so steps can be taken
out of a history that failed, and the rest is still one. All histories of a round go by the same calendar and the same programmes."""
import random

from programme_model import CHARGE, DEPOSIT, PIECES, WEIGHED, Campaign, Product, Programme, Term

ROLL, COOKIE, MACAROON, CAKE, TEA, CHEESE, JUICE, BOTTLE, BAG, WATER = range(10)
GOODS = [
    Product("Roll", 45, "Bread"),
    Product("Cookie", 250, "Cookies"),
    Product("Macaroon", 199, "Cookies"),
    Product("Cake", 905),
    Product("Tea", 167, "Drinks"),
    Product("Cheese", 1299, "", WEIGHED),
    Product("Juice", 149, "Drinks", PIECES, deposit=BOTTLE),
    Product("Bottle", 25, "", PIECES, DEPOSIT),
    Product("Bag", 20, "", PIECES, CHARGE),
    Product("Tap water", 0, "Drinks"),
]
SOLD = [ROLL, COOKIE, COOKIE, COOKIE, MACAROON, CAKE, CAKE, TEA, CHEESE, JUICE, BAG, WATER]
CAMPAIGNS = [Campaign("rate", 333333), Campaign("amount", 77), Campaign("amount", 10**6, "Drinks"), Campaign("pieces", 2, "Cookies"),
             Campaign("pieces", 1)]
# When the till priced, before it is six minutes past ten: on either side of the hours that rules have.
PRICED = {"a second to ten": -361, "ten": -360, "last of 10:04": -61, "10:05": -60, "now": -5}
BOUNDS = [(0, 1440), (0, 600), (600, 1440), (600, 605), (605, 1440), (599, 600), (0, 605)]


class Dice(random.Random):
    def sometimes(self, one_in):
        return self.randrange(one_in) == 0


# ---- a programme ----


def goods_of(dice):
    how = dice.choice(["all", "all", "these", "others"])
    if how == "all":
        return {}
    categories = tuple(dice.sample(["Bread", "Cookies", "Drinks"], dice.randrange(0, 3)))
    products = tuple(dice.sample(range(len(GOODS)), dice.randrange(0 if categories else 1, 3)))
    return {"goods": how, "categories": categories, "products": products}


def earn_term(dice, number):
    what = dice.choice(["money", "money", "unit", "unit", "visit"])
    value = {"money": [1, 7, 10, 25], "unit": [1, 3], "visit": [5, 60]}[what]
    since, until = dice.choice(BOUNDS) if dice.sometimes(2) else (0, 1440)
    weekdays = tuple(sorted(dice.sample(range(7), 4))) if dice.sometimes(3) else tuple(range(7))
    return Term("earn", number, what, dice.choice(value), tier=int(dice.sometimes(5)), weekdays=weekdays, from_minute=since,
                until_minute=until, **goods_of(dice))


def reward_term(dice, number):
    what = dice.choice(["piece", "piece", "amount", "rate"])
    value = {"piece": [0], "amount": [50, 333, 2000], "rate": [100000, 333333, 10**6]}[what]
    of = goods_of(dice)
    while what == "piece" and not of:
        of = goods_of(dice)
    return Term("reward", number, what, dice.choice(value), dice.choice([1, 9, 40, 100]), tier=int(dice.sometimes(6)), **of)


def programme(dice, like=None):
    """One of before has days and tiers that stay: points of one day are one lot."""
    terms = [earn_term(dice, number + 1) for number in range(dice.randrange(5))]
    terms += [reward_term(dice, number + 1) for number in range(dice.randrange(4))]
    if like:
        terms += like.of("tier")
    elif dice.sometimes(2) or any(term.tier for term in terms):
        terms += [Term("tier", 1, value=dice.choice([300, 1000])), Term("tier", 2, value=2500)]
    if not any(term.kind == "tier" for term in terms):
        terms = [term for term in terms if not term.tier]
    referrer, friend = dice.choice([(50, 30), (50, 0), (0, 30)])  # that one was paid for has to be seen
    return Programme(
        per_unit=dice.choice([0, 1, 10, 10, 10, 333]), sign_up=dice.choice([0, 20, 20, 150]), birthday=dice.choice([0, 100]),
        lot_days=like.lot_days if like else dice.choice([1, 2, 3, 10, 40]), cost=dice.choice([1, 50, 100]), terms=tuple(terms),
        tier_months=like.tier_months if like else dice.choice([1, 2]), referrer=referrer, friend=friend)


# ---- steps ----


def bought(dice):
    lines = []
    for _ in range(dice.randint(1, 4)):
        place = dice.choice(SOLD)
        lines.append((place, dice.choice([150, 333, 1001]) if GOODS[place].unit == WEIGHED else 1000 * dice.choice([1, 1, 1, 2, 3, 7])))
    return tuple(lines)


def buy(dice):
    rewards = tuple((dice.randrange(20), dice.choice([None, None, None, 0, 1])) for _ in range(dice.choice([0, 0, 1, 1, 2, 3])))
    coupon = dice.choice(["new", "new", "last"]) if dice.sometimes(5) else None
    return ("buy", dice.randrange(12), bought(dice), rewards, coupon and (coupon, dice.randrange(len(CAMPAIGNS))),
            dice.choice([100, 250, 10**6]) if dice.sometimes(6) else None, dice.choice(list(PRICED)))


def back(dice):
    parts = None
    if dice.randrange(3):
        parts = tuple((dice.randrange(8), dice.choice([1, 1, 2, 9])) for _ in range(dice.choice([1, 1, 2])))
    return ("back", dice.choice([0, 0, 1, 2, 3, 5]), parts)


def merge(dice):
    return ("merge", dice.randrange(12), dice.randrange(12))


def join(dice):
    birthday = dice.choice([0, 0, 1, 2]) if dice.sometimes(3) else None
    return ("join", birthday, dice.randrange(12) if dice.sometimes(2) else None)


def step(dice):
    kind = dice.choice(["buy"] * 9 + ["back"] * 6 + ["merge", "join", "card"] + ["both"] * 4)
    if kind == "both":
        one = dice.choice([buy, buy, buy, back, back, merge])(dice)
        other = one if dice.sometimes(2) else dice.choice([buy, back, merge])(dice)
        return ("both", one, other)
    return {"buy": buy, "back": back, "merge": merge, "join": join, "card": lambda _: ("card", 700)}[kind](dice)


def history(dice, phases, steps):
    made = [[step(dice) for _ in range(dice.randint(0, steps))] for _ in range(phases)]
    made[0] = [join(dice), join(dice)] + made[0]
    return made


def drawn_round(dice, count, steps=8):
    """(programmes by phase, days to the next phase, histories)"""
    phases = dice.choice([2, 3, 4])
    first = programme(dice)
    programmes = [first]
    for _ in range(phases - 1):
        programmes.append(programme(dice, programmes[-1]) if dice.sometimes(3) else programmes[-1])
    gaps = [dice.choice([1, 1, 1, first.lot_days, first.lot_days + 1, 31]) for _ in range(phases - 1)]
    return programmes, gaps, [history(dice, phases, steps) for _ in range(count)]
