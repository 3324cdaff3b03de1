"""Members' points by a programme with terms, worked out again: earning, rewards, coupons, refunds in parts, nights, mergings, friends.

Slow and obvious, from PROTOCOL.md (section 6) alone: written apart from common/rules and from points_model.py, which knows the seed
programme. Prices include the tax. Days are numbers, 0 on 1970-01-01; members, sales and goods are called by their place in a list."""
import dataclasses
import datetime
import math
from fractions import Fraction

EPOCH = datetime.date(1970, 1, 1)
PIECES, WEIGHED = "pieces", "weighed"
GOODS, DEPOSIT, CHARGE = "goods", "deposit", "charge"
NEVER_SEEN = math.inf  # the id of a lot that nobody has been shown yet


def date_of(day):
    return EPOCH + datetime.timedelta(days=day)


def half_away(value):
    """Rounded half away from zero."""
    return int(abs(value) + Fraction(1, 2)) * (1 if value >= 0 else -1)


def spread(amount, weights):
    """An amount over weights by largest remainder; of remainders that are equal the first is larger."""
    shares = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = [math.floor(share) for share in shares]
    by_remainder = sorted(range(len(weights)), key=lambda i: (parts[i] - shares[i], i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def twin(of):
    made = object.__new__(type(of))
    made.__dict__.update(of.__dict__)
    return made


class Fixed:
    """What never changes is said without what is as always."""

    def __repr__(self):
        told = [(field.name, getattr(self, field.name)) for field in dataclasses.fields(self) if getattr(self, field.name) != field.default]
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in told)})"


@dataclasses.dataclass(frozen=True, repr=False)
class Product(Fixed):
    name: str
    price: int
    category: str = ""
    unit: str = PIECES
    kind: str = GOODS
    deposit: int = None  # the product that goes with each piece


@dataclasses.dataclass(frozen=True, repr=False)
class Term(Fixed):
    kind: str  # "earn", "reward", "tier"
    number: int
    what: str = ""  # "money", "unit", "visit"; "piece", "amount", "rate"
    value: int = 0
    cost: int = 0
    tier: int = 0
    goods: str = "all"  # "these", "others"
    categories: tuple = ()
    products: tuple = ()
    weekdays: tuple = (0, 1, 2, 3, 4, 5, 6)
    from_minute: int = 0
    until_minute: int = 1440

    def is_of(self, place, product):
        named = place in self.products or (product.category != "" and product.category in self.categories)
        return {"all": True, "these": named, "others": not named}[self.goods]

    def holds(self, tier, weekday, minute):
        return tier >= self.tier and weekday in self.weekdays and self.from_minute <= minute < self.until_minute


@dataclasses.dataclass(frozen=True, repr=False)
class Programme(Fixed):
    per_unit: int = 10
    sign_up: int = 20
    birthday: int = 100
    lot_days: int = 365
    cost: int = 100
    category: str = "Cookies"
    terms: tuple = ()
    tier_months: int = 12
    referrer: int = 0
    friend: int = 0

    def of(self, kind):
        return [term for term in self.terms if term.kind == kind]


@dataclasses.dataclass(frozen=True, repr=False)
class Campaign(Fixed):
    gift: str  # "rate", "amount", "pieces"
    value: int
    category: str = ""


@dataclasses.dataclass
class Lot:
    origin: int
    expiry: int  # the last day on which it can be spent
    left: int = 0
    expired: int = 0  # out of it: paid no debt, and no sale that earned it has come back since
    id: float = NEVER_SEEN
    merged: bool = False  # it came from another member


@dataclasses.dataclass
class Member:
    lots: list = dataclasses.field(default_factory=list)
    birthday: tuple = None  # month, day
    gift_year: int = 0
    tier: int = 0
    spent: int = 0  # that the tier is by
    merged_into: int = None

    def account(self):
        return sum(lot.left for lot in self.lots)

    def spendable(self, today):
        return sum(lot.left for lot in self.lots if lot.left < 0 or lot.expiry >= today)

    def in_order(self):
        """That which expires first, and of one such day the one of the lower id, is spent first."""
        return sorted(self.lots, key=lambda lot: (lot.expiry, lot.id))

    def born_on(self, today):
        date = date_of(today)
        if self.birthday == (2, 29) and (date.month, date.day) == (2, 28):
            return (date + datetime.timedelta(days=1)).month == 3
        return self.birthday == (date.month, date.day)

    def lot_of(self, today, programme, own=False):
        """Points of one day are one lot; behind a merging there may be two, of which the first in order is it."""
        for lot in self.in_order():
            if lot.origin == today and not (own and lot.merged):
                return lot
        self.lots.append(Lot(today, today + programme.lot_days))
        return self.lots[-1]

    def add(self, points, today, programme, own=False):
        if not points:
            return None
        lot = self.lot_of(today, programme, own)
        lot.left += points
        return lot

    @staticmethod
    def take_back(lot, points):
        """What is left goes; what expired is gone already, and not taken again; what was spent is owed. Gives what was gone."""
        left = max(0, min(points, lot.left))
        gone = min(points - left, lot.expired)
        lot.expired -= gone
        lot.left -= points - gone
        return gone

    def pay(self, points, today):
        """[lot, points] in the order in which they were taken."""
        taken = []
        for lot in self.in_order():
            part = min(points, lot.left)
            if lot.expiry >= today and part > 0:
                lot.left -= part
                points -= part
                taken.append([lot, part])
        assert points == 0
        return taken


@dataclasses.dataclass
class Line:
    place: int  # of the product
    product: Product
    milli: int
    amount: int  # before anything was taken off
    left: int  # that is paid for it
    free: int = 0  # pieces that rewards made free
    coupon_free: int = 0
    value_off: int = 0  # that rewards of an amount or a rate took off
    goods_line: int = None  # of a deposit: the line that it goes with
    back: int = 0  # thousandths that came back

    def pieces(self):
        return self.milli // 1000 if self.product.unit == PIECES else 0

    def is_goods(self):
        return self.product.kind == GOODS

    def paid_milli(self):
        """Of what was sold, that for which something was paid as goods are counted by the piece."""
        return self.milli - 1000 * self.free - 1000 * self.coupon_free

    def money_back(self, back):
        """What of it comes back with so much: those pieces first that no reward made free."""
        paid = self.milli - 1000 * self.free
        return half_away(Fraction(self.left * min(back, paid), paid)) if paid else 0

    def free_back(self, back):
        return max(0, back - (self.milli - 1000 * self.free))


@dataclasses.dataclass
class Sale:
    number: int
    member: int  # as it was named
    day: int
    programme: Programme
    lines: list
    total: int
    tenders: list  # ["gift card" or "cash", amount]
    gave: list = dataclasses.field(default_factory=list)  # (rule or None, lines that it counted, points)
    earned: int = 0
    spent: int = 0
    earned_into: Lot = None
    taken: list = dataclasses.field(default_factory=list)
    card: int = None
    back: dict = dataclasses.field(default_factory=lambda: {"money": 0, "earned": 0, "spent": 0, "goods": 0})

    def whole(self):
        return all(line.back == line.milli for line in self.lines)

    def goods_left(self):
        return sum(line.left - line.money_back(line.back) for line in self.lines if line.is_goods())


class Refusal(Exception):
    """The code with which it is refused."""


# ---- a basket ----


def price(goods, bought, rewards, coupons, programme, tier):
    """Its lines, and what the rewards cost. bought: (product, thousandths); rewards: (number or 0, line or None); coupons: campaigns."""
    lines = []
    for place, milli in bought:
        amount = half_away(Fraction(goods[place].price * milli, 1000))
        lines.append(Line(place, goods[place], milli, amount, amount))
    terms = {term.number: term for term in programme.of("reward")}
    terms[0] = Term("reward", 0, "piece", cost=programme.cost, goods="these", categories=(programme.category,))
    # The programme's own come first, and those that name a line before those that do not.
    for own in (True, False):
        if not own and any(tier < terms[number].tier for number, _ in rewards):
            raise Refusal("REWARD_TIER")
        for named in (True, False):
            for number, line in rewards:
                if terms[number].what == "piece" and (number == 0) == own and (line is not None) == named:
                    free_a_piece(terms[number], lines, line)
    for number, line in rewards:
        if terms[number].what != "piece":
            take_value(terms[number], lines, line)
    for campaign in coupons:
        take_coupon(campaign, lines)
    for index, line in enumerate(list(lines)):
        if line.product.deposit is not None:
            deposit = goods[line.product.deposit]
            amount = half_away(Fraction(deposit.price * line.milli, 1000))
            lines.append(Line(line.product.deposit, deposit, line.milli, amount, amount, goods_line=index))
    return lines, sum(terms[number].cost for number, _ in rewards)


def free_a_piece(term, lines, named):
    fitting = [
        line for index, line in enumerate(lines)
        if named in (None, index) and line.is_goods() and term.is_of(line.place, line.product) and line.product.price > 0
        and line.free < line.pieces()
    ]
    if not fitting:
        raise Refusal("REWARD_NOT_APPLICABLE")
    dearest = max(fitting, key=lambda line: line.product.price)  # the first of equals
    dearest.free += 1
    dearest.left -= dearest.product.price


def take_off(lines, fits, kind, value):
    """What is taken off each line."""
    weights = [line.left if line.is_goods() and line.left > 0 and fits(index, line) else 0 for index, line in enumerate(lines)]
    worth = sum(weights)
    taken = min(value, worth) if kind == "amount" else half_away(Fraction(worth * value, 10**6))
    return spread(taken, weights) if taken else [0] * len(lines)


def take_value(term, lines, named):
    parts = take_off(lines, lambda index, line: named in (None, index) and term.is_of(line.place, line.product), term.what, term.value)
    if not any(parts):
        raise Refusal("REWARD_NOT_APPLICABLE")
    for line, part in zip(lines, parts):
        line.left -= part
        line.value_off += part


def take_coupon(campaign, lines):
    def fits(_, line):
        return campaign.category in ("", line.product.category)

    if campaign.gift == "pieces":
        parts = free_pieces(campaign, lines, fits)
    else:
        parts = take_off(lines, fits, campaign.gift, campaign.value)
    if not any(parts):
        raise Refusal("COUPON_NOTHING_FITS")
    for line, part in zip(lines, parts):
        line.left -= part


def free_pieces(campaign, lines, fits):
    """The dearest first, the earlier of equals: each its share of what is left of its line, by the pieces that are not free yet."""
    parts, wanted = [0] * len(lines), campaign.value

    def rest(index):
        return lines[index].pieces() - lines[index].free - lines[index].coupon_free

    while wanted:
        open_lines = [i for i, line in enumerate(lines)
                      if not parts[i] and line.is_goods() and line.left > 0 and rest(i) > 0 and fits(i, line)]
        if not open_lines:
            break
        best = max(open_lines, key=lambda i: Fraction(lines[i].left, rest(i)))
        count = min(wanted, rest(best))
        parts[best] = half_away(Fraction(lines[best].left * count, rest(best)))
        lines[best].coupon_free += count
        wanted -= count
    return parts


# ---- what a sale earns ----


def counted(lines, term):
    """The lines that a rule counts: of its goods, and something was paid for them."""
    return [index for index, line in enumerate(lines) if line.is_goods() and line.left > 0 and term.is_of(line.place, line.product)]


def points_for(what, value, lines, unit):
    """lines: (money, thousandths) that stay, of which nothing was paid for some."""
    paid = [(money, milli) for money, milli in lines if money > 0]
    basis = {"money": Fraction(sum(money for money, _ in paid), unit), "unit": Fraction(sum(milli for _, milli in paid), 1000),
             "visit": Fraction(min(1, len(paid)))}[what]
    return math.floor(value * basis)


def stays(line, back):
    return line.left - line.money_back(back), max(0, line.paid_milli() - back)


def earn(sale, tier, weekday, minute, unit):
    goods = [index for index, line in enumerate(sale.lines) if line.is_goods()]
    money = sum(sale.lines[index].left for index in goods)
    sale.gave = [(None, goods, math.floor(Fraction(sale.programme.per_unit * money, unit)))]
    for term in sale.programme.of("earn"):
        if term.holds(tier, weekday, minute):
            of = counted(sale.lines, term)
            points = points_for(term.what, term.value, [stays(sale.lines[index], 0) for index in of], unit)
            if points:
                sale.gave.append((term, of, points))
    sale.earned = sum(points for *_, points in sale.gave)


def earned_by_rest(sale, unit):
    """What the rest of it would have earned, by the rules that gave something."""
    if sale.whole():
        return 0
    sum_ = 0
    for term, of, gave in sale.gave:
        rest = [stays(sale.lines[index], sale.lines[index].back) for index in of]
        if term is None:
            would = math.floor(Fraction(sale.programme.per_unit * sum(money for money, _ in rest), unit))
        else:
            would = points_for(term.what, term.value, rest, unit)
        sum_ += min(gave, would)
    return sum_


def spent_back(sale):
    """Of what the rewards cost: by the free pieces that came back, or by the share of all that they took off."""
    if sale.whole():
        return sale.spent
    pieces = sum(1000 * line.free for line in sale.lines)
    if any(line.value_off for line in sale.lines):
        off = sum(line.value_off + line.free * line.product.price for line in sale.lines)
        came = sum(half_away(Fraction(line.value_off * line.back, line.milli)) for line in sale.lines if line.milli)
        came += sum(half_away(Fraction(line.free_back(line.back) * line.product.price, 1000)) for line in sale.lines if line.free)
        return half_away(Fraction(sale.spent * came, off))
    return half_away(Fraction(sale.spent * sum(line.free_back(line.back) for line in sale.lines if line.free), pieces)) if pieces else 0


class House:
    """A few members and what they did. Each request says what comes of it, or raises Refusal and has changed nothing."""

    def __init__(self, goods, programme, exponent=2):
        self.goods, self.programme, self.unit = goods, programme, 10**exponent
        self.members, self.sales, self.refunds = [], [], 0
        self.referrals = []  # [friend, referrer, paid]
        self.cards = []  # what is left on gift cards
        self.coupons = []  # [campaign, used]

    def copied(self):
        """As far as anything of it ever changes."""
        house, lots = twin(self), {}
        house.members = [twin(member) for member in self.members]
        for member in house.members:
            member.lots = [lots.setdefault(id(lot), twin(lot)) for lot in member.lots]
        house.sales = [twin(sale) for sale in self.sales]
        for sale in house.sales:
            sale.lines = [twin(line) for line in sale.lines]
            sale.earned_into = sale.earned_into and lots[id(sale.earned_into)]
            sale.taken = [[lots[id(lot)], points] for lot, points in sale.taken]
        house.referrals = [list(referral) for referral in self.referrals]
        house.cards = list(self.cards)
        house.coupons = [list(coupon) for coupon in self.coupons]
        return house

    def who(self, place):
        """Whom it is now."""
        while self.members[place].merged_into is not None:
            place = self.members[place].merged_into
        return place

    # ---- requests ----

    def join(self, today, birthday=None, referrer=None):
        member = Member(birthday=birthday)
        member.add(self.programme.sign_up, today, self.programme)
        self.members.append(member)
        if referrer is not None:
            self.referrals.append([len(self.members) - 1, self.who(referrer), False])
        return {"points": member.account()}

    def buy(self, today, place, bought, rewards=(), coupons=(), card=None, weekday=0, minute=0, shown=None):
        """card: (which, most of it that pays); shown: the total by the till, which may know of less."""
        member, programme = self.members[self.who(place)], self.programme
        price(self.goods, bought, rewards, [], programme, member.tier)
        if any(self.coupons[coupon][1] for coupon in coupons):
            raise Refusal("COUPON_USED")
        lines, cost = price(self.goods, bought, rewards, [self.coupons[coupon][0] for coupon in coupons], programme, member.tier)
        total = sum(line.left for line in lines)
        sale = Sale(len(self.sales), place, today, programme, lines, total, [], spent=cost)
        earn(sale, member.tier, weekday, minute, self.unit)
        gift = 0
        if member.born_on(today) and member.gift_year < date_of(today).year:
            gift = programme.birthday
        if cost and cost > member.spendable(today) + gift:
            raise Refusal("POINTS_SHORT")
        if shown not in (None, total):
            raise Refusal("TOTAL_DIFFERS")
        self.tender(sale, total, card)
        # All of it holds from here on.
        if gift:
            member.add(gift, today, programme)
            member.gift_year = date_of(today).year
        sale.taken = member.pay(cost, today)
        sale.earned_into = member.add(sale.earned, today, programme)
        for coupon in coupons:
            self.coupons[coupon][1] = True
        self.sales.append(sale)
        return {"total": total, "earned": sale.earned, "spent": cost, "gifted": gift, "after": member.spendable(today)}

    def tender(self, sale, total, card):
        by_card = min(total, card[1]) if card else 0
        if by_card:
            if by_card > self.cards[card[0]]:
                raise Refusal("GIFT_CARD_BALANCE")
            self.cards[card[0]] -= by_card
            sale.card = card[0]
            sale.tenders.append(["gift card", by_card])
        if total > by_card:
            sale.tenders.append(["cash", total - by_card])

    def give_back(self, today, number, asked=()):
        """asked: (line, thousandths); none: all that is left."""
        sale = self.sales[number]
        if sale.whole():
            raise Refusal("ALREADY_REFUNDED")
        backs = [line.back for line in sale.lines]
        for index, milli in asked:
            if milli > sale.lines[index].milli - sale.lines[index].back:
                raise Refusal("REFUND_TOO_MUCH")
            backs[index] += milli
        if not asked:
            backs = [line.milli for line in sale.lines]
        named = {index for index, _ in asked}
        for index, line in enumerate(sale.lines):
            if line.goods_line is not None and asked and index not in named:
                with_it = backs[line.goods_line] - sale.lines[line.goods_line].back
                backs[index] += min(with_it, line.milli - line.back)
        for line, back in zip(sale.lines, backs):
            line.back = back
        member = self.members[self.who(sale.member)]
        now = {
            "money": sale.total if sale.whole() else sum(line.money_back(line.back) for line in sale.lines),
            "earned": sale.earned - earned_by_rest(sale, self.unit),
            "spent": spent_back(sale),
            "goods": sum(line.left for line in sale.lines if line.is_goods()) - sale.goods_left(),
        }
        said = {name: before - now[name] for name, before in sale.back.items()}
        self.pay_back(sale, now["money"])
        gone = member.take_back(sale.earned_into, -said["earned"]) if sale.earned_into else 0
        self.return_spent(sale, sale.back["spent"], now["spent"])
        sale.back = now
        self.refunds += 1
        return {"total": said["money"], "earned": said["earned"], "spent": said["spent"], "gifted": 0, "gone": gone,
                "after": member.spendable(today)}

    def pay_back(self, sale, money):
        """Who paid last is paid first."""
        before = sale.back["money"]
        for kind, amount in reversed(sale.tenders):
            gone, now = min(before, amount), min(money, amount)
            before, money = before - gone, money - now
            if kind == "gift card":
                self.cards[sale.card] += now - gone

    @staticmethod
    def return_spent(sale, before, now):
        """What was taken last comes back first."""
        for lot, points in reversed(sale.taken):
            had, has = min(before, points), min(now, points)
            before, now = before - had, now - has
            lot.left += has - had

    def merge(self, today, source, target):
        if source == target:
            raise Refusal("SAME_MEMBER")
        if self.members[source].merged_into is not None or self.members[target].merged_into is not None:
            raise Refusal("MEMBER_MERGED")
        gone, stays_ = self.members[source], self.members[target]
        moved = gone.account()
        for lot in gone.lots:
            lot.merged = True
        stays_.lots += gone.lots
        gone.lots = []
        stays_.gift_year = max(gone.gift_year, stays_.gift_year)
        stays_.birthday = stays_.birthday or gone.birthday
        stays_.tier = max(gone.tier, stays_.tier)
        stays_.spent += gone.spent
        gone.tier = gone.spent = 0
        gone.merged_into = target
        return {"points": stays_.account(), "moved": moved}

    # ---- what comes by itself ----

    def night(self, today):
        """Behind the midnight with which a day begins: what has expired, and everybody's tier."""
        for place, member in enumerate(self.members):
            if member.merged_into is None:
                self.expire(member, today)
                self.find_tier(place, member, today)

    @staticmethod
    def expire(member, today):
        """What is owed is paid first, by the lots that would have been spent first."""
        over = [lot for lot in member.in_order() if lot.left > 0 and lot.expiry < today]
        for owed in member.in_order():
            for lot in over:
                paid = min(lot.left, max(0, -owed.left))
                owed.left += paid
                lot.left -= paid
        for lot in over:
            lot.expired += lot.left
            lot.left = 0

    def find_tier(self, place, member, today):
        tiers = self.programme.of("tier")
        date, months = date_of(today), self.programme.tier_months
        month = date.year * 12 + date.month - 1 - months
        day = date.day
        while True:
            try:
                first = (datetime.date(month // 12, month % 12 + 1, day) - EPOCH).days + 1
                break
            except ValueError:
                day -= 1  # there is no 31st
        bought = [sale for sale in self.sales if self.who(sale.member) == place and sale.day >= first]
        member.spent = sum(sale.goods_left() for sale in bought) if tiers else 0
        member.tier = max([term.number for term in tiers if member.spent >= term.value], default=0)

    def friends_due(self, ids):
        """Referrals that are to be paid, the first first: the friend has bought something and not given all of it back. ids: of members."""
        due = []
        for friend in sorted({self.who(friend) for friend, _, paid in self.referrals}, key=lambda friend: ids[friend]):
            own = [entry for entry in self.referrals if self.who(entry[0]) == friend]
            open_ = [entry for entry in own if not entry[2]]
            if any(paid for *_, paid in own) or not open_:
                continue
            if not any(self.who(sale.member) == friend and sale.goods_left() > 0 for sale in self.sales):
                continue
            first = min(open_, key=lambda entry: (self.who(entry[1]) == friend, ids[entry[0]]))
            if self.who(first[1]) != friend:
                due.append(self.referrals.index(first))
        return due

    def pay_friends(self, today, index):
        friend, referrer, _ = self.referrals[index]
        self.referrals[index][2] = True
        self.members[self.who(friend)].add(self.programme.friend, today, self.programme, own=True)
        self.members[self.who(referrer)].add(self.programme.referrer, today, self.programme, own=True)
