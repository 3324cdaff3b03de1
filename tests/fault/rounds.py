"""Rounds of commands that between them pass every point of the server that serves; and what a round is put through."""
import itertools
import pathlib
import re
import subprocess
import sys

from cli import console
from counter import basket, check_strands, expire_points, member, seed
from faults import Device, Order, ask_once, check_exactly_once, see_through
from shop import TOP, pb
from trimmings import Trimmings, desk_work, sale_with_all
from waiting import wait_for


CROWD = 12
CHECKS = {f"statement/{path.stem}" for path in (TOP / "db" / "checks").glob("*.sql")}
BY_THE_CLOCK = re.compile(r"statement/(sweep_\w+|session_touch|standing_\w+|erasure_pending|printer_(due|take_up))")
# For the code that is said again to who sends the command again: not on its way the first time.
WHEN_SENT_AGAIN = re.compile(r"statement/gift_card_(loaded|moved)_by")


class Bakery:
    """Three tills and a console, on one server."""

    def __init__(self, shop, failpoints):
        self.shop, self.failpoints = shop, failpoints
        self.goods = seed(shop)
        show = pb.ProductShow(id=self.goods["cake"])
        wait_for(lambda: not shop.manager.reply(pb.OP_PRODUCT_SHOW, show).HasField("error"), 20, "the goods in the catalogue")
        for name in ("cookie", "cake"):
            shop.receive(self.goods[name], 5000)
        shop.staff("Ida", role="shift_lead")
        self.tills = [Device(shop, shop.till(name)) for name in ("Ben", "Ben", "Ida")]
        shop.manager.identity = shop.console
        self.console = Device(shop, shop.manager)
        self.cli = console(shop)
        self.numbers = itertools.count(1)
        self.crowded, self.closing, self.trims = [], None, None

    @property
    def server(self):
        return self.shop.servers[0]

    # ---- rounds: the commands of one, fresh each time ----

    def member_sale(self, till):
        """Of a member who has not bought today, with a free cookie, by card and cash."""
        who = member(self.shop, 5000 + 100 * next(self.numbers), lots=[(3, 50), (1, 400)])
        bought = basket(self.shop, (self.goods["cookie"], 2), (self.goods["cake"], 1), member_id=who, rewards=1)
        return Order(till, pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=bought, total_minor=1150, tenders=[
            pb.Tender(kind=pb.TENDER_CARD, amount_minor=1000, reference="A1"),
            pb.Tender(kind=pb.TENDER_CASH, amount_minor=200)]))

    def cash_sale(self, till):
        bought = pb.Basket(catalogue_version=self.shop.version(), lines=[
            pb.BasketLine(product_id=self.goods["roll"], quantity_milli=4000),
            pb.BasketLine(product_id=self.goods["cake"], quantity_milli=1000)])
        return Order(till, pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=bought, total_minor=1080, tenders=[
            pb.Tender(kind=pb.TENDER_CASH, amount_minor=2000)]))

    def keyed_sale(self, till):
        """At a department's key."""
        self.trims = self.trims or Trimmings(self)
        bought = pb.Basket(catalogue_version=self.shop.version(), lines=[
            pb.BasketLine(product_id=self.trims.gift_wrap, quantity_milli=1000, keyed_price_minor=400)])
        return Order(till, pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=bought, total_minor=400, tenders=[
            pb.Tender(kind=pb.TENDER_CASH, amount_minor=400)]))

    def refund_of(self, sale, till):
        number = pb.SaleRungUp.FromString(sale.reply().body).receipt_number
        return Order(till, pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=number, reason="stale"))

    def sales(self):
        """What is often in one group."""
        return [self.member_sale(self.tills[0]), self.cash_sale(self.tills[1])]

    def refunds(self):
        """A group with a refund loads by other statements than one without; of one of them the points have expired meanwhile."""
        sales = [self.member_sale(self.tills[2]) for _ in range(2)]
        see_through(sales)
        expire_points(self.shop, sales[1].message.basket.member_id)
        return [self.refund_of(sale, self.tills[2]) for sale in sales]

    def leaving(self):
        """The id of a member with points, who goes."""
        self.leaver = member(self.shop, 5000 + 100 * next(self.numbers), lots=[(3, 50)])
        return self.leaver

    def newcomers(self):
        """A member, whose key is in the key store before they are in the database, and one who is forgotten, whose key goes behind
        the answer; a product, whose price must be known before the answer; goods received."""
        name = "".join(chr(ord("a") + int(digit)) for digit in str(next(self.numbers)))
        product = pb.Product(name=f"bread {name}", price_minor=300, active=True, tax_class_id=self.goods["cookie"] - 9,
                             sku=f"bread-{name}")
        return [
            Order(self.console, pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=f"Mia {name}"))),
            Order(self.console, pb.OP_MEMBER_ERASE, pb.MemberErase(id=self.leaving(), confirm_id=self.leaver, reason=pb.ERASE_ASKED)),
            Order(self.console, pb.OP_PRODUCT_PUT, pb.ProductPut(
                drafts=[pb.ProductDraft(product=product, set_lists=True)])),
            Order(self.console, pb.OP_STOCK_RECEIVE, pb.StockReceive(reason="delivery", moves=[
                pb.StockMove(product_id=self.goods["cake"], quantity_milli=1000)])),
        ]

    def closes(self):
        """A shift's Z, of a till of its own, which has sold something in it."""
        if self.closing is None:
            self.closing = Device(self.shop, self.shop.till("Ida"))
        else:
            see_through([Order(self.closing, pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0))])
        see_through([self.cash_sale(self.closing), self.keyed_sale(self.closing)])
        return [Order(self.closing, pb.OP_SHIFT_CLOSE, pb.ShiftClose(counts=[
            pb.ShiftPieces(denomination_minor=5000, pieces=2), pb.ShiftPieces(denomination_minor=10, pieces=8)]))]

    def trimmed(self):
        """One sale with all that a sale may have."""
        self.trims = self.trims or Trimmings(self)
        return [sale_with_all(self, self.trims, self.tills[0])]

    def desk(self):
        """What a shift lead and the office do besides selling."""
        self.trims = self.trims or Trimmings(self)
        return desk_work(self, self.trims)

    def crowd(self):
        """What makes one group after the other, each loaded behind the COMMIT of the one before: three sales a till at once,
        a refund among them."""
        return self.crowd_only() + [self.member_sale(self.tills[0])] + self.refunds()

    def crowd_only(self):
        while len(self.crowded) < CROWD:
            self.crowded.append(Device(self.shop, self.shop.till("Ida")))
        return [self.cash_sale(till) for _ in range(3) for till in self.crowded]

    # ---- what is done to them ----

    def names(self, round):
        """Every point that a round passes; not what the server does between times, by the clock."""
        passed, orders = [], round(self)
        with self.failpoints.recorded(passed):
            see_through(orders)
            wait_for(self.all_forgotten, 20, "keys that are destroyed")
        check_exactly_once(self.shop, orders)
        return [name for name in passed if name not in CHECKS and not BY_THE_CLOCK.fullmatch(name)
                and not WHEN_SENT_AGAIN.fullmatch(name)]

    def revive(self):
        """What a supervisor does."""
        if self.server.process.poll() is not None:
            self.server.start()
            for device in (*self.tills, *self.crowded, self.console, *([self.closing] if self.closing else []), *([self.trims.boss] if self.trims else [])):
                device.lose()  # it was lost with the server, even where nobody has asked since

    def put_through(self, round, name, action, nth=1):
        """A round, during which something dies; afterwards everything was done once."""
        orders = round(self)
        before = self.server.process.pid
        self.failpoints.arm(name, action, nth)
        # What a busy machine answers with "later" passes it when it is sent again.
        wait_for(lambda: ask_once([order for order in orders if not order.answered]) or self.failpoints.fired(), 60, "an end of the round")
        try:
            wait_for(self.failpoints.fired, 20, f"the passing of {name}")
        except AssertionError as error:
            raise AssertionError(f"{error}: {[(order.op, order.said) for order in orders]}") from error
        if action == "kill":
            self.server.process.wait(20)
        see_through(orders, meanwhile=self.revive)
        self.revive()  # it may have died behind the last answer
        wait_for(self.all_forgotten, 20, "keys that are destroyed")
        assert (self.server.process.pid != before) == (action == "kill"), f"{name}: the server ended\n{self.server.log()[-2000:]}"
        check_exactly_once(self.shop, orders)

    def all_forgotten(self):
        return self.shop.sql("SELECT count(*) FROM erasure WHERE key_gone_at IS NULL") == [(0,)]

    def check(self):
        self.shop.check()
        check_strands(self.shop)
        exported = pathlib.Path(self.shop.directory) / "journal"
        exported.write_text(self.cli.run("journal", "export").stdout)
        done = subprocess.run([sys.executable, TOP / "deploy" / "verify-journal", exported], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
