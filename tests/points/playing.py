"""Plays drawn histories against two servers of a shop, and says of each step whether the model explains what was seen.

What several histories do is sent at once, to either server, and two tills may do something to one member at the same time: then any order
of the two may explain both answers and what is seen behind them. After each step the rows of all members of a history are looked at, those of
all histories by one question; before and behind a night both servers show the members, too."""
import collections
import contextlib
import datetime
import itertools
import time
import uuid
import zoneinfo

from counter import NODE
from faults import Failpoints
from histories import CAMPAIGNS, GOODS, PRICED
from programme_model import CHARGE, DEPOSIT, EPOCH, NEVER_SEEN, PIECES, House, Refusal, price
from shop import PIN, Refused, make_shop, pb
from waiting import wait_for

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
HOUR = datetime.time(10, 6)
TOGETHER = 24  # histories, of four tills: a connection has 16 calls in flight at most
SHOWN = 8  # likewise, whose members are shown
SLOW_S = 150
LEARNED_S = 10
COUPONS = 500  # of a campaign, bought at once
PER = {"money": "EARN_PER_MONEY", "unit": "EARN_PER_UNIT", "visit": "EARN_PER_VISIT"}
GIFT = {"piece": "REWARD_GIFT_PIECE", "amount": "REWARD_GIFT_AMOUNT", "rate": "REWARD_GIFT_RATE"}
KIND = {"earn": "TERM_EARN", "reward": "TERM_REWARD", "tier": "TERM_TIER"}
OF = {"all": "TERM_GOODS_ALL", "these": "TERM_GOODS_THESE", "others": "TERM_GOODS_OTHERS"}
COUPON = {"rate": "COUPON_RATE_OFF", "amount": "COUPON_AMOUNT_OFF", "pieces": "COUPON_FREE_PIECES"}


# A member as they stand; lots: (id, origin, expiry, left). expired: {(origin, expiry): points} by the rows, None where they were shown.
Seen = collections.namedtuple("Seen", "points tier tier_minor lots expired")
ROWS = """SELECT w.member_id, a.points, a.tier, a.tier_minor, l.id, l.origin_day - DATE '1970-01-01', l.expiry_day - DATE '1970-01-01', l.remaining, l.expired
          FROM member_account AS w
          JOIN member_account AS a ON a.member_id = coalesce(w.merged_into, w.member_id)
          LEFT JOIN points_lot AS l ON l.member_id = a.member_id AND (l.remaining <> 0 OR l.expired <> 0)
         WHERE w.member_id = ANY (%s)
         ORDER BY w.member_id, l.expiry_day, l.id"""


class Mismatch(AssertionError):
    """What was seen of a history is not what the model has."""

    def __init__(self, at, text):
        super().__init__(text)
        self.at = at  # which history


def day_of(text):
    return (datetime.date.fromisoformat(text) - EPOCH).days


def when_let(ask):
    """What a device may ask for sixty times a minute waits for the next."""

    def once():
        try:
            return ask()
        except Refused as refused:
            if not refused.retry:
                raise
            return None

    return wait_for(once, 90, "an answer")


def answer_to(client, sent):
    """sent: (call, op, message, command id). Asked again as long as it may be."""
    number, *request = sent
    while True:
        reply = client.read_reply(number)
        if not (reply.HasField("error") and reply.error.retry):
            return reply
        number = client.send(*request)


class Desk:
    """A till of one of the servers."""

    def __init__(self, shop, server):
        identity = shop.device()
        self.client = shop.connect(identity, port=server.port)
        self.client.sign_in("Caroline")
        self.client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)

    def send(self, op, message, command_id=None):
        return self.client.send(op, message, command_id), op, message, command_id

    def read(self, sent):
        return answer_to(self.client, sent)


class Place:
    """The shop, its two servers and four tills: what outlives a round. clocks: the directory by which each server's clock is set."""

    def __init__(self, shop, clocks):
        self.shop, self.clocks, self.ids = shop, clocks, []
        self.rows = shop.cluster.connect("owner")
        self.rows.autocommit = True
        self.desks = [Desk(shop, shop.servers[i % 2]) for i in range(4)]
        shop.sql("INSERT INTO id_block VALUES (4095, 1000000)")
        self.watched = 0
        self.today = (datetime.datetime.now(BERLIN).date() - EPOCH).days
        self.categories = {name: shop.put_category(name) for name in sorted({product.category for product in GOODS} - {""})}
        self.put_goods()
        self.gift = shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
        self.lookers = collections.deque()  # devices that look coupons up, so many times a minute each
        self.campaigns = [self.put_campaign(campaign) for campaign in CAMPAIGNS]
        self.codes = [[] for _ in CAMPAIGNS]
        self.terms, self.version = [], None

    def put_goods(self):
        tax = self.shop.put_tax_class("food", ("VAT7", 70000))
        for product in sorted(GOODS, key=lambda product: product.kind == "goods"):  # deposits first: goods name them
            more = {"category_id": self.categories[product.category]} if product.category else {}
            if product.unit != PIECES:
                more["unit"] = pb.UNIT_KILOGRAM
            if product.kind != "goods":
                more["deposit_kind"] = {DEPOSIT: pb.DEPOSIT_GOOD, CHARGE: pb.DEPOSIT_CHARGE}[product.kind]
            if product.deposit is not None:
                more.update(deposit_product_id=self.by_name[GOODS[product.deposit].name], deposit_count=1)
            self.by_name = getattr(self, "by_name", {})
            self.by_name[product.name] = self.shop.put_product(product.name, product.price, tax_class_id=tax, **more)
        self.ids = [self.by_name[product.name] for product in GOODS]

    def put_campaign(self, campaign):
        made = pb.CouponCampaign(name=f"{campaign.gift} {uuid.uuid4().hex[:6]}", gift=getattr(pb, COUPON[campaign.gift]),
                                 value=campaign.value, with_coupons=True)
        if campaign.category:
            made.category_id = self.categories[campaign.category]
        return self.shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=made), pb.CouponCampaignPutDone).campaign.id

    def token(self, which):
        """What redeems a new coupon of a campaign today."""
        if not self.codes[which]:
            issue = pb.CouponIssue(campaign_id=self.campaigns[which], count=COUPONS)
            issued = self.shop.manager.command(pb.OP_COUPON_ISSUE, issue, pb.CouponIssued)
            self.codes[which] = [coupon.code for coupon in issued.coupons]
        return self.looked_up(pb.CouponShow(code=self.codes[which].pop())).redeems

    def looked_up(self, coupon):
        """By whichever device has not asked too often; else by one more."""
        for _ in range(len(self.lookers)):
            try:
                return self.lookers[0].call(pb.OP_COUPON_SHOW, coupon, pb.CouponShown)
            except Refused as refused:
                if not refused.retry:
                    raise
                self.lookers.rotate(1)
        self.lookers.appendleft(self.shop.connect(self.shop.device()))
        self.lookers[0].sign_in("Caroline")
        return self.lookers[0].call(pb.OP_COUPON_SHOW, coupon, pb.CouponShown)

    # ---- the programme ----

    def term(self, term):
        message = pb.ProgrammeTerm(kind=getattr(pb, KIND[term.kind]), number=term.number, name=f"{term.kind} {term.number}", value=term.value)
        if term.kind == "earn":
            message.per = getattr(pb, PER[term.what])
            message.weekdays = sum(1 << day for day in term.weekdays)
            message.from_minute, message.until_minute = term.from_minute, term.until_minute
        if term.kind == "reward":
            message.gift, message.cost = getattr(pb, GIFT[term.what]), term.cost
        if term.kind != "tier":
            message.tier, message.goods = term.tier, getattr(pb, OF[term.goods])
            message.category_ids.extend(self.categories[name] for name in term.categories)
            message.product_ids.extend(self.ids[product] for product in term.products)
        return message

    def put_programme(self, programme):
        gone = [pb.ProgrammeTerm(kind=getattr(pb, KIND[term.kind]), number=term.number, gone=True)
                for term in sorted(self.terms, key=lambda term: term.kind == "tier")]
        made = pb.Programme(
            name="Points", sign_up_points=programme.sign_up, birthday_points=programme.birthday, points_per_unit=programme.per_unit,
            lot_days=programme.lot_days, reward_cost=programme.cost, reward_category_id=self.categories[programme.category],
            reward_name="A free piece", tier_months=programme.tier_months, referrer_points=programme.referrer, friend_points=programme.friend)
        for terms in (gone, [self.term(term) for term in programme.terms]):
            del made.terms[:]
            made.terms.extend(terms)
            done = self.shop.manager.command(pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=made), pb.CataloguePutDone)
        self.terms, self.version = list(programme.terms), done.catalogue_version

    # ---- the calendar ----

    def go(self, days):
        """So many days later at six minutes past ten, when all servers have done their night's work."""
        self.today += days
        for clock in reversed(self.clocks):  # one after the other: whose work it was is known by what there was to do
            told = self.put_what_expires()
            self.set_to_six_past(clock)
            wait_for(lambda: self.shop.sql(f"SELECT remaining FROM points_lot WHERE id = {told}") == [(0,)], 60, "the night's work")
        clients = [self.shop.manager, *self.lookers, *(desk.client for desk in self.desks)]
        opening = (pb.OP_SESSION_OPEN, pb.SessionOpen(pin=PIN, name="Caroline"), None)
        for client, sent in [(client, (client.send(*opening), *opening)) for client in clients]:
            reply = answer_to(client, sent)
            assert not reply.HasField("error"), reply.error

    def set_to_six_past(self, *clocks):
        at = datetime.datetime.combine(EPOCH + datetime.timedelta(days=self.today), HOUR, BERLIN)
        off_by = int(at.timestamp() - time.time())  # a difference of the two as they stand would not know of summer time
        for clock in clocks:
            clock.with_suffix(".new").write_text(str(off_by))
            clock.with_suffix(".new").rename(clock)
        self.set_at = time.monotonic()

    def stay_near_six_past(self):
        """What tills priced is good for fifteen minutes: where the machine is slow, the clock is set once more."""
        if time.monotonic() - self.set_at > SLOW_S:
            self.set_to_six_past(*self.clocks)

    def put_what_expires(self):
        """A member behind all others, with a lot of whom the night has to take something: who is looked at last."""
        self.watched += 1
        member, lot, yesterday = NODE + 500_000 + 2 * self.watched, NODE + 500_001 + 2 * self.watched, EPOCH + datetime.timedelta(days=self.today - 1)
        self.shop.sql(
            f"INSERT INTO member (id, shop_id, created_at, updated_at) SELECT {member}, id, now(), now() FROM shop LIMIT 1;"
            f"INSERT INTO member_account (member_id, points) VALUES ({member}, 1);"
            f"INSERT INTO points_lot VALUES ({lot}, {member}, '{yesterday}', '{yesterday}', 1);"
            f"INSERT INTO points_entry VALUES ({member}, {lot}, 1, {member}, 1, NULL, now())")
        return lot

    def priced(self, name):
        """(microseconds since 1970, weekday, minute) of today."""
        at = datetime.datetime.combine(EPOCH + datetime.timedelta(days=self.today), HOUR, BERLIN)
        at += datetime.timedelta(seconds=PRICED[name])
        us = int(at.timestamp()) * 10**6 + (999_999 if name in ("a second to ten", "last of 10:04") else 0)
        return us, at.weekday(), at.hour * 60 + at.minute


@contextlib.contextmanager
def two_servers(directory, program=None):
    """A shop whose servers each go by a clock of their own."""
    with make_shop() as shop:
        shop.program = program or shop.program
        clocks = []
        for number in (1, 2):
            (directory / str(number)).mkdir(parents=True)
            with Failpoints(directory / str(number)) as failpoints:
                shop.start()
                clocks.append(failpoints.directory / "clock")
        shop.open()
        yield Place(shop, clocks)


class Play:
    """A history under way: the model, and what its members, cards and receipts are called."""

    def __init__(self, at, place, programme):
        self.at, self.place = at, place
        self.house = House(GOODS, programme)
        self.members, self.receipts, self.cards, self.tokens = [], [], [], []  # cards: codes; tokens: (what redeems, the day)
        self.happened = set()

    # ---- what a step names ----

    def resolved(self, step):
        """The request as the model has it, (name, arguments ...), and as it is sent; None: there is nothing to do."""
        kind = step[0]
        if kind == "join":
            return self.resolve_join(*step[1:])
        if kind == "card":
            return ("card", step[1]), (pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(amount_minor=step[1], means=pb.ACCOUNT_CASH))
        if kind == "buy":
            return self.resolve_buy(*step[1:])
        if kind == "back" and self.house.sales:
            return self.resolve_back(*step[1:])
        if kind == "merge":
            source, target = step[1] % len(self.members), step[2] % len(self.members)
            message = pb.MemberMerge(from_id=self.members[source], into_id=self.members[target], reason="one person")
            return ("merge", self.place.today, source, target), (pb.OP_MEMBER_MERGE, message)
        return None

    def resolve_join(self, birthday, referrer):
        today, born = self.place.today, None
        member = pb.Member(name=f"Ada {uuid.uuid4().hex[:8]}")
        if birthday is not None:
            date = EPOCH + datetime.timedelta(days=today + birthday)
            born = (date.month, date.day)
            member.birthday = date.strftime("--%m-%d")
        if referrer is not None and self.members:
            referrer %= len(self.members)
            member.referrer_id = self.members[referrer]
        else:
            referrer = None
        return ("join", today, born, referrer), (pb.OP_MEMBER_CREATE, pb.MemberCreate(member=member))

    def resolve_buy(self, who, bought, rewards, coupon, by_card, when):
        house, place = self.house, self.place
        who %= len(self.members)
        numbers = [0] + [term.number for term in house.programme.of("reward")]
        rewards = [(numbers[number % len(numbers)], line if line is None or line < len(bought) else None) for number, line in rewards]
        us, weekday, minute = place.priced(when)
        basket = pb.Basket(catalogue_version=place.version, service=pb.SERVICE_TAKE_AWAY, member_id=self.members[who], priced_us=us)
        basket.lines.extend(pb.BasketLine(product_id=place.ids[product], quantity_milli=milli) for product, milli in bought)
        for number, line in rewards:
            basket.rewards.add(**({"reward": number} if number else {}), **({} if line is None else {"line": line}))
        coupons = [self.coupon(*coupon)] if coupon else []
        basket.coupons.extend(pb.BasketCoupon(redeems=self.tokens[which][0]) for which in coupons)
        tier = house.members[house.who(who)].tier
        try:
            lines, _ = price(GOODS, bought, rewards, [house.coupons[which][0] for which in coupons], house.programme, tier)
        except Refusal:
            lines, _ = price(GOODS, bought, [], [], house.programme, tier)
        total, card = sum(line.left for line in lines), None
        message = pb.SaleRingUp(basket=basket, total_minor=total)
        if by_card and total and self.cards:
            card = (len(self.cards) - 1, min(by_card, total))
            message.tenders.add(tender_type_id=place.gift, amount_minor=card[1])  # what pays is said where it is sent
        if total > (card[1] if card else 0):
            message.tenders.add(kind=pb.TENDER_CASH, amount_minor=total - (card[1] if card else 0))
        return ("buy", place.today, who, bought, rewards, coupons, card, weekday, minute, total), (pb.OP_SALE_RING_UP, message)

    def coupon(self, which, campaign):
        """A new one, or the last that there was today, used or not."""
        if which == "new" or not self.tokens or self.tokens[-1][1] != self.place.today:
            self.house.coupons.append([CAMPAIGNS[campaign], False])
            self.tokens.append((self.place.token(campaign), self.place.today))
        return len(self.tokens) - 1

    def resolve_back(self, which, parts):
        number = len(self.house.sales) - 1 - which % len(self.house.sales)
        lines, asked = self.house.sales[number].lines, {}
        for line, count in parts or ():
            line %= len(lines)
            milli = count * 1000 if lines[line].product.unit == PIECES else count * 70
            asked[line] = min(milli, max(1000 if lines[line].product.unit == PIECES else 1, lines[line].milli - lines[line].back))
        message = pb.SaleRefund(receipt_number=self.receipts[number], reason="stale")
        message.lines.extend(pb.RefundLine(line=line, quantity_milli=milli) for line, milli in asked.items())
        return ("back", self.place.today, number, tuple(asked.items())), (pb.OP_SALE_REFUND, message)

    # ---- what came of it ----

    def take(self, request, reply):
        """Notes what is called how, and gives what the model has to have said: a code, or numbers."""
        if reply.HasField("error"):
            return pb.code(reply.error.code)
        if request[0] == "join":
            done = pb.MemberDone.FromString(reply.body)
            self.members.append(done.id)
            return {"points": done.points}
        if request[0] == "card":
            self.cards.append(pb.GiftCardLoaded.FromString(reply.body).code)
            return {}
        if request[0] == "merge":
            done = pb.MemberMerged.FromString(reply.body)
            return {"points": done.points, "moved": done.points_moved}
        done = pb.SaleRungUp.FromString(reply.body)
        totals = done.totals
        said = {"total": totals.total_minor, "earned": totals.points_earned, "spent": totals.points_spent,
                "gifted": totals.points_gifted, "after": totals.points_after}
        if request[0] == "back":
            said["gone"] = totals.points_gone
        if request[0] == "buy":
            said["receipt"] = done.receipt_number
        return said

    def explain(self, requests, said, shown):
        """Takes the model behind these requests, in the order in which it explains them; raises Mismatch."""
        troubles = []
        for unseen in (NEVER_SEEN, -1):
            for order in itertools.permutations(range(len(requests))):
                for friends_at, most in self.moments(len(requests)):
                    trial, receipts = self.house.copied(), list(self.receipts)
                    trouble = self.tried(trial, receipts, requests, said, order, friends_at, most, unseen) or seen_otherwise(trial, shown)
                    if not trouble:
                        self.house, self.receipts = trial, receipts
                        return
                    troubles += [trouble] if trouble not in troubles else []
        raise Mismatch(self.at, "\nor else ".join(troubles))

    def moments(self, count):
        """When friends may have been paid for: in front of, between and behind requests; and how many of them the last time, for each is a
        transaction of its own (None: all)."""
        if all(paid for *_, paid in self.house.referrals):
            return [((), None)]
        ats = [at for size in range(count + 2) for at in itertools.combinations(range(count + 1), size)]
        return [(at, None) for at in ats] + [(at, most) for at in ats if at for most in range(1, len(self.house.referrals))]

    def tried(self, trial, receipts, requests, said, order, friends_at, most, unseen):
        """What is said otherwise."""
        for position in range(len(order) + 1):
            if position in friends_at:
                for due in trial.friends_due(self.members)[: most if position == friends_at[-1] else None]:
                    trial.pay_friends(self.place.today, due)
            if position < len(order):
                request, heard = requests[order[position]], said[order[position]]
                told = asked(trial, request)
                if isinstance(heard, dict) and "receipt" in heard:
                    receipts.append(heard["receipt"])
                    heard = {name: value for name, value in heard.items() if name != "receipt"}
                if told != heard:
                    return f"{request}: the answer is {heard}, and should be {told}"
            for member in trial.members:
                for lot in member.lots:
                    lot.id = unseen if lot.id in (NEVER_SEEN, -1) else lot.id
        return None

    def note(self, requests, said):
        """What there was, for who wants to know that all was tried."""
        if len(requests) > 1:
            self.happened.add("two at once")
        for request, heard in zip(requests, said):
            self.happened.add(heard if isinstance(heard, str) else request[0])
            if isinstance(heard, str):
                continue
            if request[0] == "back" and request[3]:
                self.happened.add("back in parts")
            if request[0] == "back" and heard["gone"]:
                self.happened.add("expired before the return")
            if request[0] == "buy":
                self.happened |= {name for name, was in (("a gift", heard["gifted"]), ("a coupon", request[5]), ("by gift card", request[6])) if was}
        for member in self.house.members:
            self.happened |= {name for name, was in (("a debt", member.account() < 0), ("a tier", member.tier)) if was}
        if any(paid for *_, paid in self.house.referrals):
            self.happened.add("a friend")

    def night(self, today):
        before = sum(member.account() for member in self.house.members)
        self.house.night(today)
        if sum(member.account() for member in self.house.members) != before:
            self.happened.add("points that expired")

    def alive(self):
        """Who has just joined too."""
        members = self.house.members
        return [place for place in range(len(self.members)) if place >= len(members) or members[place].merged_into is None]


def asked(house, request):
    kind, *arguments = request
    try:
        if kind == "card":
            house.cards.append(arguments[0])
            return {}
        return {"join": house.join, "buy": house.buy, "back": house.give_back, "merge": house.merge}[kind](*arguments)
    except Refusal as refusal:
        return str(refusal)


def expired_of(member):
    by_days = collections.Counter()
    for lot in member.lots:
        by_days[lot.origin, lot.expiry] += lot.expired
    return {days: points for days, points in by_days.items() if points}


def seen_otherwise(house, shown):
    """How members who were shown, by their place, are not the model's. What their lots are called is learned."""
    for place, seen in shown.items():
        place = house.who(place)
        member = house.members[place]
        wanted = [(lot.origin, lot.expiry, lot.left) for lot in member.in_order() if lot.left]
        found = [(origin, expiry, left, id) for id, origin, expiry, left in seen.lots]
        said = [lot[:3] for lot in found]
        if sorted(said) != sorted(wanted) or seen.points != member.account():
            return f"member {place} has {seen.points} in lots (origin, expiry, left) {said}, and should have {member.account()} in {wanted}"
        tiers = house.programme.of("tier")
        if seen.tier != member.tier or tiers and seen.tier_minor != member.spent:
            return f"member {place} is in tier {seen.tier} by {seen.tier_minor}, and should be in {member.tier} by {member.spent}"
        if seen.expired is not None and seen.expired != expired_of(member):
            return f"of member {place} has expired {seen.expired}, and should have {expired_of(member)}"
        known = {lot.id for lot in member.lots}
        for lot in member.lots:
            if lot.left and lot.id in (NEVER_SEEN, -1):
                lot.id = next((id for *days, id in found if days == [lot.origin, lot.expiry, lot.left] and id not in known), lot.id)
                known.add(lot.id)
        mine = {lot.id: lot.left for lot in member.lots if lot.left}
        if mine != {id: left for *_, left, id in found}:
            return f"member {place} has lots {found}, and should have {mine}"
    return None


# ---- a round ----


def rotated(place, number, turn):
    return place.desks[(number + turn) % len(place.desks)]


def gift_card_shown(desk, code):
    return when_let(lambda: desk.client.call(pb.OP_GIFT_CARD_SHOW, pb.GiftCardShow(code=code), pb.GiftCardShown))


def sent_by(play, desk, request, op, message):
    """What is on its way; what pays by a gift card is this till's."""
    if request[0] == "buy" and request[6]:
        for tender in message.tenders:
            if tender.tender_type_id == play.place.gift:
                tender.gift_card = gift_card_shown(desk, play.cards[request[6][0]]).pays
    return desk, desk.send(op, message, uuid.uuid4().bytes)


def show_all(place, plays, turn=0):
    """{history: {member: as they are shown}}"""
    sent = [(play, member, desk, desk.send(pb.OP_MEMBER_SHOW, pb.MemberShow(id=play.members[member])))
            for play in plays for member in play.alive() for desk in [rotated(place, play.at, turn)]]
    shown = {play.at: {} for play in plays}
    for play, member, desk, number in sent:
        reply = desk.read(number)
        assert not reply.HasField("error"), reply.error.sentence
        told = pb.MemberShown.FromString(reply.body).member
        shown[play.at][member] = Seen(told.points, told.tier, told.tier_minor, [
            (lot.id, day_of(lot.origin_day), day_of(lot.expiry_day), lot.remaining) for lot in told.lots], None)
    return shown


def rows_of(place, plays):
    """The same of the rows, all of one moment."""
    members = {play.members[member]: (play.at, member) for play in plays for member in play.alive()}
    shown = {play.at: {} for play in plays}
    with place.rows.cursor() as cursor:
        cursor.execute(ROWS, (list(members),))
        for id, points, tier, tier_minor, *lot in cursor.fetchall():
            at, member = members[id]
            seen = shown[at].setdefault(member, Seen(points, tier, tier_minor, [], {}))
            number, origin, expiry, left, expired = lot
            if left:
                seen.lots.append((number, origin, expiry, left))
            if expired:
                seen.expired[origin, expiry] = seen.expired.get((origin, expiry), 0) + expired
    return shown


def explained(place, play, requests, said, shown):
    """Friends may be paid for between one member's being shown and another's: then all are shown once more."""
    try:
        play.explain(requests, said, shown)
    except Mismatch:
        if all(paid for *_, paid in play.house.referrals):
            raise
        play.explain(requests, said, show_all(place, [play])[play.at])


def step_all(place, plays):
    """A step each of some histories: plays and steps."""
    under_way = []
    for play, step in plays:
        steps = step[1:] if step[0] == "both" else [step]
        resolved = [found for found in map(play.resolved, steps) if found]
        under_way.append((play, [request for request, _ in resolved], [message for _, message in resolved]))
    sent = [(play, requests, [sent_by(play, rotated(place, play.at, turn), request, *message)
                              for turn, (request, message) in enumerate(zip(requests, messages))])
            for play, requests, messages in under_way]
    heard = [(play, requests, [play.take(request, desk.read(number)) for request, (desk, number) in zip(requests, on_way)])
             for play, requests, on_way in sent]
    shown = rows_of(place, [play for play, *_ in heard])
    for play, requests, said in heard:
        play.explain(requests, said, shown[play.at])
        play.note(requests, said)


def together(plays):
    return [plays[first : first + TOGETHER] for first in range(0, len(plays), TOGETHER)]


def look_at(place, plays, turn=0):
    """By the rows, then by what the servers show."""
    rows = rows_of(place, plays)
    for play in plays:
        play.explain([], [], rows[play.at])
    for some in [plays[first : first + SHOWN] for first in range(0, len(plays), SHOWN)]:
        shown = show_all(place, some, turn)
        for play in some:
            shown_soon(place, play, shown[play.at], turn)


def shown_soon(place, play, shown, turn):
    """A server names a tier by the programme that it knows: it may learn of it a moment behind the one that it was put to."""
    until = time.monotonic() + LEARNED_S
    while True:
        try:
            return explained(place, play, [], [], shown)
        except Mismatch:
            if time.monotonic() > until:
                raise
        shown = show_all(place, [play], turn)[play.at]


def settle(place, plays):
    """Until every friend who is due was paid for."""

    def due():
        return [play for play in plays if play.house.friends_due(play.members)]

    def settled():
        look_at(place, due())
        return not due()

    wait_for(settled, 30, "the friends' points")


def play_round(place, programmes, gaps, histories):
    """Raises Mismatch, with which history it was."""
    place.go(1)
    place.put_programme(programmes[0])
    plays = [Play(at, place, programmes[0]) for at in range(len(histories))]
    for phase, programme in enumerate(programmes):
        if phase:
            place.go(gaps[phase - 1])
            for play in plays:
                play.night(place.today)
            if programme != programmes[phase - 1]:
                place.put_programme(programme)
                for play in plays:
                    play.house.programme = programme
            look_at(place, plays)
        for some in together(plays):
            place.stay_near_six_past()
            for step in range(max(len(histories[play.at][phase]) for play in some)):
                step_all(place, [(play, histories[play.at][phase][step]) for play in some if step < len(histories[play.at][phase])])
        settle(place, plays)
        look_at(place, plays, turn=1)
    check_gift_cards(place, plays)
    return plays


def check_gift_cards(place, plays):
    """By SQL: looking one up is not allowed so often."""
    numbers = [number for number, in place.shop.sql("SELECT number FROM gift_card ORDER BY number")]
    used = sum(len(play.cards) for play in plays)
    balances = dict(place.shop.sql("SELECT number, balance_minor FROM gift_card"))
    newest = sorted(numbers)[len(numbers) - used :]
    assert sorted(balances[number] for number in newest) == sorted(left for play in plays for left in play.house.cards)
