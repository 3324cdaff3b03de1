"""Members' points as PROTOCOL.md (section 6) tells of them, slow and obvious: written apart from common/rules.

A member has points of days. Points of one day are one lot, and good until the programme's number of days later. Who pays
gets floor(per unit x amount) of that day; who takes a reward pays with single points, each the one that expires next;
who brings a sale back loses what it earned, in the lot it went into, and gets back what it cost, into the lots it came from.
"""
import datetime
from fractions import Fraction

SIGN_UP, EARNED, BIRTHDAY, SPENT, GIVEN_BACK, TAKEN_BACK = range(1, 7)


class Member:
    def __init__(self):
        self.lots = {}  # day: points left; in the order they were made
        self.good_until = {}  # day of the lot: the last day it can be spent on
        self.gift_years = set()

    def account(self):
        return sum(self.lots.values())

    def spendable(self, today):
        """What has not expired, less what is owed."""
        good = sum(left for day, left in self.lots.items() if left > 0 and self.good_until[day] >= today)
        return good + sum(left for left in self.lots.values() if left < 0)

    def in_order(self):
        """Lots by the day they expire on; of one such day the one made first."""
        return sorted(self.lots, key=lambda day: (self.good_until[day], list(self.lots).index(day)))

    def add(self, today, points, lot_days):
        if points and today not in self.lots:
            self.lots[today] = 0
            self.good_until[today] = today + lot_days
        if points:
            self.lots[today] += points

    def pay_one_point(self, today):
        for day in self.in_order():
            if self.lots[day] > 0 and self.good_until[day] >= today:
                self.lots[day] -= 1
                return day
        raise AssertionError("nothing left to pay with")


class Model:
    """One shop; every method answers with the line that points_run prints for the same step."""

    def __init__(self, exponent):
        self.unit = 10**exponent
        self.products = {}  # id: (price, category)
        self.members = {}
        self.sales = {}  # number: (member, entries, total, earned, spent) or None for a refund
        self.refunded = set()

    def member(self, name):
        return self.members.setdefault(name, Member())

    def programme(self, per_unit, sign_up, birthday, lot_days, cost, category):
        self.per_unit, self.sign_up, self.birthday = per_unit, sign_up, birthday
        self.lot_days, self.cost, self.category = lot_days, cost, category

    # ---- what is said ----

    def state(self, member, today, entries):
        said = "entries" + "".join(f" {day}:{kind}:{points}" for day, kind, points in entries)
        lots = "".join(f" {day}/{member.good_until[day]}/{member.lots[day]}" for day in member.in_order())
        return f"{said} account {member.account()} spendable {member.spendable(today)} lots{lots}"

    # ---- steps ----

    def join(self, name, today):
        member = self.member(name)
        member.add(today, self.sign_up, self.lot_days)
        return self.state(member, today, [(today, SIGN_UP, self.sign_up)] if self.sign_up else [])

    def pieces(self, lines):
        """The prices of all single pieces that a reward may take, the dearest first."""
        return sorted(
            (
                self.products[product][0]
                for product, count in lines
                for _ in range(count)
                if self.products[product][1] == self.category and self.products[product][0] > 0
            ),
            reverse=True,
        )

    def gift(self, member, today, is_birthday):
        year = datetime.date(1970, 1, 1) + datetime.timedelta(days=today)
        if not is_birthday or any(given >= year.year for given in member.gift_years):
            return 0
        return self.birthday

    def sell(self, number, name, today, is_birthday, rewards, lines):
        member = self.member(name)
        free = self.pieces(lines)
        if rewards > len(free):
            return "REWARD_NOT_APPLICABLE " + self.state(member, today, [])
        total = sum(self.products[product][0] * count for product, count in lines) - sum(free[:rewards])
        gift = self.gift(member, today, is_birthday)
        price = rewards * self.cost
        if price and price > member.spendable(today) + gift:
            return "POINTS_SHORT " + self.state(member, today, [])
        earned = Fraction(self.per_unit * total, self.unit).__floor__()

        entries = []
        if gift:
            member.add(today, gift, self.lot_days)
            member.gift_years.add((datetime.date(1970, 1, 1) + datetime.timedelta(days=today)).year)
            entries.append((today, BIRTHDAY, gift))
        paid = [member.pay_one_point(today) for _ in range(price)]
        entries += [(day, SPENT, -paid.count(day)) for day in dict.fromkeys(paid)]
        if earned:
            member.add(today, earned, self.lot_days)
            entries.append((today, EARNED, earned))
        self.sales[number] = (name, entries, total, earned, price)
        return f"OK total {total} earned {earned} spent {price} gifted {gift} " + self.state(member, today, entries)

    def refund(self, number, sale, today):
        name = self.sales[sale][0] if sale in self.sales else 1
        member = self.member(name)
        if sale not in self.sales:
            return "UNKNOWN_SALE " + self.state(member, today, [])
        _, before, total, earned, spent = self.sales[sale]
        if total is None:
            return "REFUND_OF_REFUND " + self.state(member, today, [])
        if sale in self.refunded:
            return "ALREADY_REFUNDED " + self.state(member, today, [])
        entries = []
        for day, kind, points in before:
            if kind in (EARNED, SPENT):
                member.lots[day] -= points
                entries.append((day, TAKEN_BACK if kind == EARNED else GIVEN_BACK, -points))
        self.refunded.add(sale)
        self.sales[number] = (name, [], None, 0, 0)
        return f"OK total {-total} earned {-earned} spent {-spent} gifted 0 " + self.state(member, today, entries)
