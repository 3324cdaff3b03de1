"""Random valid requests to two servers of one shop at once, by several tills: after each, what the model of the books says.

CAROLINE_SEED repeats a run, CAROLINE_DAYS says how many days of CAROLINE_STEPS requests each (tests/long takes more). A day begins
with goods of its own in a shop that goes on: nothing is shrunk, the steps of a day that failed are printed."""
import datetime
import os
import uuid
import zoneinfo

import hypothesis
import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from counter import check_receipts
from house_model import BLOCK, NOT_KEPT, WARN, Basket, House, Product, Sale, Till
from names import fresh
from seed import seed
from shop import PIN, Refused, pb, wait_for

DAYS = int(os.environ.get("CAROLINE_DAYS") or 10)
STEPS = int(os.environ.get("CAROLINE_STEPS") or 50)
FOOD = {False: ("VAT7", 70000), True: ("VAT19", 190000)}
DRINK = {False: ("VAT19", 190000), True: ("VAT19", 190000)}
EPOCH = datetime.date(1970, 1, 1)


def today():
    """The shop's day."""
    return (datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")).date() - EPOCH).days


def code_of(reply):
    return pb.code(reply.error.code) if reply.HasField("error") else None


def when_let(ask):
    """Days pass quickly here: a device that asked for the PIN sixty times within a minute waits for the next."""

    def once():
        try:
            return ask()
        except Refused as refused:
            if refused.code != "RATE_LIMITED":
                raise
            return None

    return wait_for(once, 90, "a PIN that is not too many")


class Desk:
    """A till of the model, and its connection to each server."""

    def __init__(self, shop, servers):
        self.servers = servers
        identity = shop.device()
        self.clients = [shop.connect(identity, port=server.port) for server in servers]
        self.books = Till(identity.device.till_number, drawer=0, sales=0, receipts=0, open=False)
        self.sent = []  # (command id, op, message, the reply without its id)
        self.refused_as = "SIGN_IN_FIRST"  # what a person's request gets; None: it is served

    def sign_in(self, server):
        token = when_let(lambda: self.clients[server].sign_in("Sam")).token
        self.clients[1 - server].call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        self.refused_as = None

    def sign_out(self, server):
        self.clients[server].call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        self.refused_as = "SIGN_IN_FIRST"
        self.until_refused()

    def lock(self, server):
        self.clients[server].call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
        self.refused_as = "SESSION_LOCKED"
        self.until_refused()

    def unlock(self):
        for client in self.clients:
            when_let(lambda: client.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState))
        self.refused_as = None

    def until_refused(self):
        for client in self.clients:
            wait_for(lambda: client.refusal_yet(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == self.refused_as, 5, self.refused_as)

    def begin(self, server, op, message):
        """A command on its way; end() reads its reply and remembers it, to be sent again."""
        id = uuid.uuid4().bytes
        return self.clients[server], self.clients[server].send(op, message, id), id, op, message

    def end(self, begun):
        client, call, id, op, message = begun
        reply = client.read_reply(call)
        reply.ClearField("id")
        if not self.refused_as:
            self.sent.append((id, op, message, reply.SerializeToString()))
        return reply

    def command(self, server, op, message):
        return self.end(self.begin(server, op, message))


class Place:
    """The shop, its servers and its desks: what outlives a day."""

    def __init__(self, shop):
        shop.staff("Sam", role="shift_lead")
        self.shop = shop
        self.servers = [shop.servers[0], shop.start()]
        self.offices = [shop.manager, shop.connect(shop.console, port=self.servers[1].port)]
        self.offices[1].sign_in()
        self.house = House()
        self.cookies = shop.put_category("Cookies")
        self.tax = {
            id(rates): shop.put_tax_class(
                name, *[{"service": service, "code": code, "rate_ppm": ppm} for service, (code, ppm) in rates.items()]
            )
            for name, rates in (("food", FOOD), ("drink", DRINK))
        }
        shop.manager.command(
            pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=pb.Programme(reward_category_id=self.cookies)), pb.CataloguePutDone
        )
        self.desks = [Desk(shop, self.servers) for _ in range(3)]

    def check(self):
        """At the end: the database says what the model says, and every invariant holds."""
        house, sql = self.house, self.shop.sql
        for desk in self.desks:
            books = desk.books
            number = f"(SELECT id FROM device WHERE till_number = {books.number})"
            assert sql(f"SELECT count(*), coalesce(max(number), 0) FROM sale WHERE device_id = {number}") == [
                (books.receipts, books.receipts)
            ]
            if books.open:
                assert sql(f"SELECT cash_minor, sale_count FROM drawer WHERE device_id = {number}") == [
                    (books.drawer, books.sales)
                ]
        taxes = {}
        for sale in house.sales:
            for key, (net, tax) in sale.taxes.items():
                before = taxes.get(key, (0, 0))
                taxes[key] = before[0] + net, before[1] + tax
        said = sql("SELECT code, rate_ppm, sum(net_minor)::bigint, sum(tax_minor)::bigint FROM sale_tax GROUP BY code, rate_ppm")
        assert {(code, ppm): (net, tax) for code, ppm, net, tax in said} == taxes
        assert sql("SELECT coalesce(sum(total_minor), 0)::bigint FROM sale") == [(sum(sale.total for sale in house.sales),)]
        accounts = dict(sql("SELECT member_id, points FROM member_account"))
        assert accounts == {id: member.account() for id, member in house.members.items()}
        stock = dict(sql("SELECT product_id, on_hand_milli FROM stock"))
        assert {id: milli for id, milli in stock.items() if milli} == {
            product.id: product.stock for product in house.products if product.stock
        }
        self.shop.check()
        assert check_receipts(self.shop, self.offices[1]) == len(house.sales)


desks = st.integers(0, 2)
servers = st.integers(0, 1)
goods = st.integers(0, 4)


def baskets(**more):
    return st.fixed_dictionaries({
        "lines": st.lists(st.tuples(goods, st.integers(1, 4)), min_size=1, max_size=4),
        "eat_in": st.booleans(),
        "member": st.none() | st.integers(0, 3),
        "rewards": st.just(0),
        "age": st.sampled_from([0, 0, 0, 1, 3]),
        **more,
    })


payments = st.sampled_from(["cash", "cash", "more cash", "card", "both", "less", "card over", "another total"])


class Day(RuleBasedStateMachine):
    """Each rule may come at any time, and does nothing where there is nothing to do: hypothesis wants to draw the same from the same
    bytes, and what is there depends on the days before."""
    place = None

    def __init__(self):
        super().__init__()
        self.house, self.desks, self.offices = self.place.house, self.place.desks, self.place.offices
        self.signs = self.touched = 0
        self.members, self.birthdays, self.versions = [], {}, []

    @initialize()
    def goods_of_the_day(self):
        kinds = [
            ("Roll", 45, NOT_KEPT, False, False, FOOD), ("Cookie", 250, BLOCK, True, False, FOOD),
            ("Cake", 905, WARN, False, False, FOOD), ("Cheese", 1299, WARN, False, True, FOOD),
            ("Tea", 199, NOT_KEPT, True, False, DRINK),
        ]
        self.goods = [Product(name, policy, cookie, weight, rates) for name, _, policy, cookie, weight, rates in kinds]
        drafts = [
            {"name": f"{name} {fresh(6)}", "price_minor": price, "tax_class_id": self.place.tax[id(rates)], "active": True,
             "stock_policy": policy, "unit": pb.UNIT_KILOGRAM if weight else pb.UNIT_PIECE,
             **({"category_id": self.place.cookies} if cookie else {})}
            for name, price, policy, cookie, weight, rates in kinds
        ]
        done = self.place.shop.put(*drafts)
        for product, (_, price, *_), made in zip(self.goods, kinds, done.ids):
            product.id = made
            product.states[done.catalogue_version] = (price, True, False)
        self.house.products += self.goods
        self.know(done.catalogue_version)
        for till, desk in enumerate(self.desks[:2]):  # the third comes when it comes
            if desk.refused_as:
                desk.sign_in(till)
            if not desk.books.open:
                self.open_a_shift(till, till)

    def know(self, version):
        """Both servers have heard of it."""
        self.versions.append(version)
        for office in self.offices:
            wait_for(lambda: self.shown_version(office) >= version, 5, "the new version on both servers")

    def shown_version(self, office):
        reply = office.reply(pb.OP_PRODUCT_SHOW, pb.ProductShow(id=self.goods[0].id))
        return pb.ProductShown.FromString(reply.body).catalogue_version if reply.HasField("body") else 0

    # ---- what the office does ----

    def change(self, server, product, price=None, active=None, sold_out=None):
        before = product.at(self.versions[-1])
        after = tuple(old if new is None else new for old, new in zip(before, (price, active, sold_out)))
        if after == before:
            return
        office = self.offices[server]
        if sold_out is not None:
            done = office.command(
                pb.OP_PRODUCT_SOLD_OUT, pb.ProductSoldOut(product_id=product.id, sold_out=sold_out), pb.ProductPutDone
            )
        else:
            done = self.place.shop.put({"id": product.id, "price_minor": after[0], "active": after[1]}, client=office)
        product.states[done.catalogue_version] = after
        self.know(done.catalogue_version)

    @rule(server=servers, which=goods, price=st.integers(0, 3000))
    def change_a_price(self, server, which, price):
        self.change(server, self.goods[which], price=price)

    @rule(server=servers, which=goods, yes=st.sampled_from([False, False, True]), sold_out=st.booleans())
    def take_off_or_bring_back(self, server, which, yes, sold_out):
        self.change(server, self.goods[which], **({"sold_out": yes} if sold_out else {"active": not yes}))

    @rule(server=servers, born_today=st.booleans())
    def somebody_joins(self, server, born_today):
        if len(self.members) == 4:
            return
        day = today()
        birthday = (EPOCH + datetime.timedelta(days=day)).strftime("--%m-%d")
        member = pb.Member(name=f"Anna {fresh(6)}", **({"birthday": birthday} if born_today else {}))
        done = self.offices[server].command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=member), pb.MemberDone)
        self.house.join(done.id, day)
        self.members.append(done.id)
        self.birthdays[done.id] = day if born_today else None
        assert done.points == self.house.members[done.id].account()

    @rule(server=servers, which=st.integers(0, 3), rename=st.booleans())
    def a_member_is_shown(self, server, which, rename):
        if not self.members:
            return
        id = self.members[which % len(self.members)]
        member, name = self.house.members[id], f"Berta {fresh(6)}"
        if rename:
            self.offices[server].command(
                pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(id=id, name=name)), pb.MemberDone
            )
        shown = self.offices[1 - server].call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member
        assert not rename or shown.name == name
        assert shown.points == member.account()
        lots = {lot.origin_day: (lot.remaining, lot.expiry_day) for lot in shown.lots}
        assert lots == {
            self.day_text(day): (left, self.day_text(member.good_until[day])) for day, left in member.lots.items() if left
        }

    @staticmethod
    def day_text(day):
        return (EPOCH + datetime.timedelta(days=day)).isoformat()

    # ---- what the tills do ----

    @rule(till=desks, server=servers)
    def open_a_shift(self, till, server):
        desk = self.desks[till]
        reply = desk.command(server, pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=10000))
        assert code_of(reply) == (desk.refused_as or ("SHIFT_ALREADY_OPEN" if desk.books.open else None))
        if not code_of(reply):
            desk.books.open, desk.books.drawer = True, 10000

    def basket(self, drawn):
        """The model's, and the message."""
        lines = [(self.goods[which], 250 * n if self.goods[which].by_weight else 1000 * n) for which, n in drawn["lines"]]
        member = self.members[drawn["member"] % len(self.members)] if self.members and drawn["member"] is not None else None
        version = self.versions[-1 - min(drawn["age"], len(self.versions) - 1)]
        ours = Basket(version, lines, drawn["eat_in"], member, drawn["rewards"])
        theirs = pb.Basket(
            catalogue_version=version, service=pb.SERVICE_EAT_IN if ours.eat_in else pb.SERVICE_TAKE_AWAY,
            lines=[pb.BasketLine(product_id=product.id, quantity_milli=milli) for product, milli in lines],
            rewards=[pb.BasketReward()] * ours.rewards,
        )
        if member:
            theirs.member_id = member
        return ours, theirs

    @staticmethod
    def tenders(payment, total):
        """(is a card, amount) of each; total None: it will be refused."""
        if total is None:
            return [(True, 1)] if payment == "card" else []
        if total == 0:
            return []
        return {
            "cash": [(False, total)], "more cash": [(False, total), (False, 1)], "card": [(True, total)],
            "both": [(True, total // 2), (False, total)] if total > 1 else [(False, total)],
            "less": [(False, total - 1)] if total > 1 else [], "card over": [(True, total + 1)],
            "another total": [(False, total)],
        }[payment]

    @rule(till=desks, server=servers, drawn=baskets(), payment=st.sampled_from(["cash", "card"]))
    def sell(self, till, server, drawn, payment):
        self.ring_up(till, server, drawn, payment)

    @rule(till=desks, server=servers, drawn=baskets(member=st.integers(0, 3), rewards=st.sampled_from([0, 0, 1, 2])))
    def sell_to_a_member(self, till, server, drawn):
        if not self.members:
            return
        self.ring_up(till, server, drawn, "cash")

    @rule(till=desks, server=servers, drawn=baskets(rewards=st.sampled_from([0, 0, 1])), payment=payments)
    def sell_somehow(self, till, server, drawn, payment):
        self.ring_up(till, server, drawn, payment)

    def ring_up(self, till, server, drawn, payment):
        message, judge = self.sale(till, drawn, payment)
        judge(self.desks[till].command(server, pb.OP_SALE_RING_UP, message))

    def sale(self, till, drawn, payment):
        """The message, and what is to be done with its reply."""
        desk, day = self.desks[till], today()
        ours, theirs = self.basket(drawn)
        birthday = self.birthdays.get(ours.member) == day
        quoted = self.house.quote(desk.books, ours, day, birthday, charged=True)
        total = None if isinstance(quoted, str) else quoted[2]
        tenders = self.tenders(payment, total)
        shown = (total or 0) + (payment == "another total")
        message = pb.SaleRingUp(basket=theirs, total_minor=shown, tenders=[
            pb.Tender(kind=pb.TENDER_CARD if card else pb.TENDER_CASH, amount_minor=amount, reference="A1" if card else None)
            for card, amount in tenders
        ])

        def judge(reply, alone=True):
            if desk.refused_as:
                assert code_of(reply) == desk.refused_as
                return
            expected = self.house.ring_up(desk.books, ours, shown, tenders, day, birthday)
            self.compare(reply, expected, sum(amount for _, amount in tenders), alone)
            self.touched = till

        return message, judge

    def at_once(self, op, *asked):
        """Two requests on their way together, (till, server, message, judge) of each: one of them came first."""
        begun = [self.desks[till].begin(server, op, message) for till, server, message, _ in asked]
        replies = [self.desks[till].end(each) for (till, *_), each in zip(asked, begun)]
        # Whoever was served was so before the other took what there was, or would have been all the same.
        for reply, (*_, judge) in sorted(zip(replies, asked), key=lambda pair: pair[0].HasField("error")):
            judge(reply, alone=False)

    @rule(till=desks, server=servers, drawn=baskets(rewards=st.sampled_from([0, 1])), same=st.booleans())
    def two_sell_at_once(self, till, server, drawn, same):
        other = (till + 1) % 3
        message, judge = self.sale(till, drawn, "cash")
        message_too, judge_too = self.sale(other, drawn, "cash")
        self.at_once(
            pb.OP_SALE_RING_UP, (till, server, message, judge),
            (other, server if same else 1 - server, message_too, judge_too),
        )

    @rule(till=desks, server=servers, back=st.integers(1, 3))
    def two_give_back_the_same_at_once(self, till, server, back):
        if not self.house.sales:
            return
        sale, other = self.house.sales[-min(back, len(self.house.sales))], (till + 1) % 3
        message = pb.SaleRefund(receipt_number=sale.receipt, reason="stale")
        self.at_once(
            pb.OP_SALE_REFUND, (till, server, message, self.refund_judge(till, sale)),
            (other, 1 - server, message, self.refund_judge(other, sale)),
        )

    def compare(self, reply, expected, paid=None, alone=True):
        if isinstance(expected, str):
            assert code_of(reply) == expected, str(reply.error)
            return
        assert isinstance(expected, Sale) and not code_of(reply), str(reply.error)
        done = pb.SaleRungUp.FromString(reply.body)
        assert (done.receipt_number, done.totals.total_minor) == (expected.receipt, expected.total)
        taxes = {(tax.code, tax.rate_ppm): (tax.net_minor, tax.tax_minor) for tax in done.totals.taxes}
        assert {key: amounts for key, amounts in taxes.items() if amounts != (0, 0)} == expected.taxes
        if not expected.is_refund:
            assert [line.total_minor for line in done.totals.lines] == [amount for _, _, amount, _ in expected.lines]
            assert done.change_minor == paid - expected.total
        if expected.member and alone:
            assert done.totals.points_after == self.house.members[expected.member].spendable(today())

    @rule(till=desks, server=servers, drawn=baskets(rewards=st.sampled_from([0, 1])))
    def quote(self, till, server, drawn):
        """Of what is not held back for this till for a while."""
        drawn["lines"] = [(which, n) for which, n in drawn["lines"] if self.goods[which].policy != BLOCK] or [(0, 1)]
        desk = self.desks[till]
        ours, theirs = self.basket(drawn)
        day = today()
        expected = desk.refused_as or self.house.quote(desk.books, ours, day, self.birthdays.get(ours.member) == day)
        reply = desk.clients[server].reply(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=theirs))
        if isinstance(expected, str):
            assert code_of(reply) == expected, str(reply.error)
            return
        said = pb.SaleQuoted.FromString(reply.body)
        assert [line.total_minor for line in said.lines] == expected[0]
        assert (said.total_minor, said.points_earned, said.points_gifted) == expected[2:]

    @rule(till=desks, server=servers, back=st.integers(1, 12))
    def give_back(self, till, server, back):
        if not self.house.sales:
            return
        sale = self.house.sales[-min(back, len(self.house.sales))]
        message = pb.SaleRefund(receipt_number=sale.receipt, reason="stale")
        self.refund_judge(till, sale)(self.desks[till].command(server, pb.OP_SALE_REFUND, message))

    def refund_judge(self, till, sale):
        desk = self.desks[till]

        def judge(reply, alone=True):
            if desk.refused_as:
                assert code_of(reply) == desk.refused_as
                return
            self.compare(reply, self.house.refund(desk.books, sale), alone=alone)
            self.touched = till

        return judge

    @rule(till=desks, server=servers, which=goods, pieces=st.integers(-3, 12).filter(bool))
    def count_stock(self, till, server, which, pieces):
        desk, product = self.desks[till], self.goods[which]
        move = pb.StockMove(product_id=product.id, quantity_milli=1000 * pieces)
        reply = desk.command(server, pb.OP_STOCK_RECEIVE, pb.StockReceive(moves=[move], reason="counted"))
        assert code_of(reply) == desk.refused_as
        if not desk.refused_as:
            product.stock += 1000 * pieces
            assert pb.StockShown.FromString(reply.body).on_hand[0].quantity_milli == product.stock

    # ---- again, and again ----

    @rule(till=desks, server=servers, back=st.integers(1, 40), another_body=st.booleans())
    def send_an_old_command_again(self, till, server, back, another_body):
        desk = self.desks[till]
        if not desk.sent:
            return
        id, op, message, before = desk.sent[-min(back, len(desk.sent))]
        if another_body:
            op, message = pb.OP_STOCK_RECEIVE, pb.StockReceive(reason=f"another {fresh(6)}")
        reply = desk.clients[server].reply(op, message, id)
        reply.ClearField("id")
        if desk.refused_as or another_body:
            assert code_of(reply) == (desk.refused_as or "COMMAND_REUSED")
        else:
            assert reply.SerializeToString() == before

    # ---- who is there ----

    @rule(till=desks, server=servers)
    def somebody_comes(self, till, server):
        desk = self.desks[till]
        if desk.refused_as == "SESSION_LOCKED":
            desk.unlock()
        elif desk.refused_as:
            desk.sign_in(server)

    @rule(till=desks, server=servers, locks=st.booleans())
    def somebody_goes(self, till, server, locks):
        if self.signs == 3:
            return
        desk = self.desks[till]
        if desk.refused_as is None:
            self.signs += 1
            desk.lock(server) if locks else desk.sign_out(server)

    # ---- always ----

    @invariant()
    def shelves_and_drawer_are_the_models_on_either_server(self):
        if not self.versions:
            return
        self.touched += 1
        office = self.offices[self.touched % 2]
        ids = [product.id for product in self.goods]
        shown = office.call(pb.OP_STOCK_SHOW, pb.StockShow(product_ids=ids), pb.StockShown)
        assert {row.product_id: row.quantity_milli for row in shown.on_hand} == {
            product.id: product.stock for product in self.goods
        }
        desk = self.desks[self.touched % 3]
        if desk.books.open and desk.refused_as is None:
            shift = desk.clients[self.touched % 2].call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)
            assert shift.sale_count == desk.books.sales

    def teardown(self):
        """Who comes in the morning finds everything as it was left, but for who had gone home."""
        for desk in self.desks:
            if desk.refused_as == "SESSION_LOCKED":
                desk.sign_out(0)


def test_random_requests_to_two_servers_leave_the_books_as_the_model_has_them(shop):
    drawn = seed()
    Day.place = Place(shop)
    # hypothesis begins with a tenth, at least ten, of next to nothing
    settings = hypothesis.settings(
        max_examples=DAYS + max(10, DAYS // 9), stateful_step_count=STEPS, deadline=None, database=None, derandomize=False,
        phases=[hypothesis.Phase.generate], suppress_health_check=list(hypothesis.HealthCheck), print_blob=False,
    )
    run_state_machine_as_test(hypothesis.seed(drawn)(Day), settings=settings)
    Day.place.check()
    sold = [sale for sale in Day.place.house.sales if not sale.is_refund]
    assert len(sold) > DAYS and any(sale.refunded for sale in sold), "next to nothing was tried"
