"""What a shop's books must say after any requests, worked out again: prices, taxes, stock, drawers, receipts, points.

Slow and obvious, from PROTOCOL.md alone. A request is told to the model as it is sent; it says what the answer
must be: a code, or what a receipt says."""
import dataclasses
from fractions import Fraction

from points_model import Member

NOT_KEPT, WARN, BLOCK = 0, 1, 2
COST, PER_UNIT, SIGN_UP, BIRTHDAY, LOT_DAYS = 100, 10, 20, 100, 365  # the seed programme


def half_away(value):
    """Rounded half away from zero."""
    return int(abs(value) + Fraction(1, 2)) * (1 if value >= 0 else -1)


@dataclasses.dataclass
class Product:
    name: str
    policy: int
    cookie: bool
    by_weight: bool
    rates: dict  # eaten in: (code, millionths)
    states: dict = dataclasses.field(default_factory=dict)  # version: (price, active, sold out), the newest last
    stock: int = 0

    def at(self, version):
        return self.states[max(known for known in self.states if known <= version)]


@dataclasses.dataclass
class Till:
    number: int
    drawer: int
    sales: int
    receipts: int
    open: bool


@dataclasses.dataclass
class Sale:
    receipt: str
    lines: list  # (product, milli, amount, moved the stock)
    total: int
    taxes: dict
    cash: int  # that stayed in the drawer
    member: object
    points: list = dataclasses.field(default_factory=list)  # (day of the lot, "earned" or "spent", points)
    refunded: bool = False
    is_refund: bool = False


@dataclasses.dataclass
class Basket:
    version: int
    lines: list  # (product, milli)
    eat_in: bool = False
    member: object = None
    rewards: int = 0


class House:
    def __init__(self):
        self.products, self.members, self.sales = [], {}, []

    # ---- prices and taxes ----

    def price(self, basket):
        """(code of a refusal or None, amounts of the lines, discount by line)"""
        amounts, free = [], []
        for index, (product, milli) in enumerate(basket.lines):
            price, active, sold_out = product.at(basket.version)
            if not active:
                return "PRODUCT_INACTIVE", [], 0
            if sold_out:
                return "PRODUCT_SOLD_OUT", [], 0
            amounts.append(half_away(Fraction(price * milli, 1000)))
            if product.cookie and not product.by_weight and price:
                free += [(-price, index)] * (milli // 1000)
        if basket.rewards > len(free):
            return "REWARD_NOT_APPLICABLE", [], 0
        for price, index in sorted(free)[: basket.rewards]:
            amounts[index] += price
        return None, amounts, None

    @staticmethod
    def taxes(basket, amounts):
        """(code, rate): (net, tax), of what is more than nothing."""
        sums = {}
        for (product, _), amount in zip(basket.lines, amounts):
            key = product.rates[basket.eat_in]
            sums[key] = sums.get(key, 0) + amount
        found = {}
        for (code, ppm), gross in sums.items():
            tax = half_away(Fraction(gross * ppm, 10**6 + ppm))
            if gross:
                found[code, ppm] = (gross - tax, tax)
        return found

    # ---- a sale ----

    def quote(self, till, basket, today, birthday=False, charged=False):
        """A code, or (amounts, taxes, total, earned, gifted)."""
        if not till.open:
            return "SHIFT_NOT_OPEN"
        if basket.rewards and not basket.member:
            return "REWARD_WITHOUT_MEMBER"
        code, amounts, _ = self.price(basket)
        if code:
            return code
        total = sum(amounts)
        member = self.members.get(basket.member)
        earned = PER_UNIT * total // 100 if member else 0
        gifted = BIRTHDAY if member and birthday and not member.gift_years else 0
        cost = basket.rewards * COST
        if cost and cost > member.spendable(today) + gifted:
            return "POINTS_SHORT"
        if not charged:
            for product, _ in basket.lines:
                wanted = sum(milli for other, milli in basket.lines if other is product)
                if product.policy == BLOCK and wanted > product.stock:
                    return "STOCK_SHORT"
        return amounts, self.taxes(basket, amounts), total, earned, gifted

    def ring_up(self, till, basket, shown, tenders, today, birthday=False):
        """tenders: (is a card, amount). A code, or the Sale."""
        charged = any(card for card, _ in tenders)
        said = self.quote(till, basket, today, birthday, charged)
        if isinstance(said, str):
            return "CARD_CHARGED" if charged else said
        amounts, taxes, total, earned, gifted = said
        if shown != total:
            return "CARD_CHARGED" if charged else "TOTAL_DIFFERS"
        by_card = sum(amount for card, amount in tenders if card)
        in_cash = sum(amount for card, amount in tenders if not card)
        if by_card > total:
            return "OVERPAID"
        if by_card + in_cash < total:
            return "UNDERPAID"
        lines = []
        for (product, milli), amount in zip(basket.lines, amounts):
            lines.append((product, milli, amount, product.policy != NOT_KEPT))
            product.stock -= milli if product.policy != NOT_KEPT else 0
        cash = total - by_card
        sale = Sale(self.receipt(till, cash), lines, total, taxes, cash, basket.member)
        member = self.members.get(basket.member)
        if member:
            if gifted:
                member.add(today, gifted, LOT_DAYS)
                member.gift_years.add(today)
            for _ in range(basket.rewards * COST):
                sale.points.append((member.pay_one_point(today), "spent", 1))
            if earned:
                member.add(today, earned, LOT_DAYS)
                sale.points.append((today, "earned", earned))
        self.sales.append(sale)
        return sale

    @staticmethod
    def receipt(till, cash):
        till.receipts += 1
        till.sales += 1
        till.drawer += cash
        return f"{till.number}T-{till.receipts:06}"

    def refund(self, till, sale):
        """A code, or the refund."""
        if not till.open:
            return "SHIFT_NOT_OPEN"
        if sale.is_refund:
            return "REFUND_OF_REFUND"
        if sale.refunded:
            return "ALREADY_REFUNDED"
        sale.refunded = True
        for product, milli, _, moved in sale.lines:
            product.stock += milli if moved else 0
        member = self.members.get(sale.member)
        for day, kind, points in sale.points:
            member.lots[day] += points if kind == "spent" else -points
        taxes = {key: (-net, -tax) for key, (net, tax) in sale.taxes.items()}
        back = Sale(self.receipt(till, -sale.cash), [], -sale.total, taxes, -sale.cash, sale.member, is_refund=True)
        self.sales.append(back)
        return back

    def join(self, id, today):
        self.members[id] = Member()
        self.members[id].add(today, SIGN_UP, LOT_DAYS)
