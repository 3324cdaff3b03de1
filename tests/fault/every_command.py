"""The bakery of the hostile requests, whose server dies: who asks connects again as their kind of client does, and every command
of tests/wire/valid_requests.py is one that is sent again."""
import hashlib
import os
import signal
import sys

from faults import Device, Order, ask_once, check_exactly_once, see_through
from names import fresh
from paying import finished, forgotten, settled
from shop import TOP, Client, Refused, pb
from waiting import stands_still, wait_for

sys.path.insert(0, str(TOP / "tests" / "wire"))

import kiosk  # noqa: E402
from hostile_asking import COMMANDS, make_room, name_of  # noqa: E402
from hostile_world import LOCKED, World  # noqa: E402
from valid_requests import BEHIND, VALID, ean, line  # noqa: E402
from valid_sales import rung_up  # noqa: E402

OWN_PIN = "7359"  # which somebody chooses at the door

# Their answer has a code that is not kept with it: sent again it has another, or none.
NEW_CODE = {pb.OP_DEVICE_INVITE: pb.DeviceInvited, pb.OP_MEMBER_CODE_MAKE: pb.MemberCodeMade,
            pb.OP_MEMBER_CARD_MAKE: pb.MemberCardMade}
# What they write goes on to the gateway by a job behind their answer, whose steps depend on who asked it what: tests/gateway counts these.
GO_ON = {pb.OP_PAYMENT_METHOD_ADD, pb.OP_PAYMENT_METHOD_REMOVE, pb.OP_GIFT_CARD_CHARGE}
STEPS = "gateway_charge_step"
# A person who signs in again, a server that takes ids, what is the first of its series, leave these of themselves; and each time that
# somebody signs in, or is told a code, is in the strand L.
TRACES = {"session", "id_block", "journal_signature", "device_head", "kiosk_number", "invoice_series", "sign_in_failure"}


def rows():
    """(op, number, row) of every command, each of its forms."""
    forms = {op: VALID.get(op, []) + MORE.get(op, []) for op in VALID.keys() | MORE}
    return [(op, number, row) for op in sorted(forms) for number, row in enumerate(forms[op]) if name_of(op) in COMMANDS]


# Forms that are not among the hostile requests: for the statements that only they pass.
MORE = {}


def more(op, answer, make, who="lead"):
    MORE.setdefault(op, []).append((who, answer, make))


def stocked(w):
    """Of goods that are counted, and did not move yet."""
    tart = w.once("tart", lambda: w.shop.put_product(f"Tart {fresh()}", 300, tax_class_id=w.tax, stock_policy=pb.STOCK_WARN))
    return w.basket(line(w, tart), line(w, w.once("moved", lambda: moved(w))), member_id=w.once("member", w.new_member))


def moved(w):
    tart = w.shop.put_product(f"Tart {fresh()}", 300, tax_class_id=w.tax, stock_policy=pb.STOCK_WARN)
    w.shop.receive(tart, 5)
    return tart


def dear(w):
    """A sale that earns a coupon."""
    return w.sold(line(w, w.latte, quantity_milli=50_000, options=[pb.LineOption(modifier_id=w.milk, option=1)]))


def new_account(w):
    return w.do(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=pb.Account(name=f"Inn {fresh()}", reference="D-1")), pb.AccountPutDone).id


def reviewer(w):
    """Somebody with a telephone number, who has said what they think of something."""
    who = kiosk.Person(w.lead).id
    sale = w.sold(member_id=who)
    w.do(pb.OP_REVIEW_PUT, pb.ReviewPut(member_id=who, sale_id=sale.sale_id, product_id=w.roll, rating=5), pb.ReviewPutDone)
    return who


def full_shift(w):
    """Something was sold in it, an account was paid, a gift card loaded."""
    w.opened()
    w.do(pb.OP_SALE_RING_UP, w.cash_sale(), pb.SaleRungUp, w.spare)
    w.do(pb.OP_ACCOUNT_RECEIVE, pb.AccountReceive(account_id=w.account, means=pb.ACCOUNT_CASH, amount_minor=100), pb.AccountReceived, w.spare)
    w.do(pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(amount_minor=500, means=pb.ACCOUNT_CASH), pb.GiftCardLoaded, w.spare)
    return True


def a_printer(w, jobs=False):
    name = f"P{fresh()}"
    w.do(pb.OP_PRINTER_PUT, pb.PrinterPut(printer=pb.Printer(name=name, host="127.0.0.1", port=9, columns=42, code_page=pb.CODE_PAGE_PC858)),
         pb.PrinterPutDone)
    if jobs:
        w.do(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(sale_id=w.sold().sale_id, printer=name), pb.ReceiptPrinted)
    return name


def a_product(w, **fields):
    return w.shop.put_product(f"Tart {fresh()}", 300, sku=f"s{fresh()}", **fields)


def put_product(**fields):
    return pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(**fields), set_lists="barcodes" in fields)])


more(pb.OP_SALE_RING_UP, pb.SaleRungUp, lambda w: rung_up(w, stocked))
more(pb.OP_SALE_REFUND, pb.SaleRungUp, lambda w: pb.SaleRefund(receipt_number=w.once("sale", lambda: w.sold(
    line(w, w.once("moved", lambda: moved(w))), member_id=w.once("member", w.new_member))).receipt_number, reason="stale"))
more(pb.OP_COUPON_EARN, pb.CouponEarned, lambda w: pb.CouponEarn(receipt_number=w.once("dear", lambda: dear(w)).receipt_number))
more(pb.OP_ACCOUNT_PUT, pb.AccountPutDone, lambda w: pb.AccountPut(account=pb.Account(
    id=w.once("account", lambda: new_account(w)), name=f"Inn {fresh()}", reference="D-2")))
more(pb.OP_CATEGORY_PUT, pb.CataloguePutDone, lambda w: pb.CategoryPut(category=pb.Category(name=f"Tarts {fresh()}")))
more(pb.OP_ROLE_PUT, pb.RolePutDone, lambda w: pb.RolePut(role=pb.Role(name=f"Role {fresh()}", permissions=["sell"])))
more(pb.OP_PROMOTION_PUT, pb.CataloguePutDone, lambda w: pb.PromotionPut(promotion=pb.Promotion(
    name=f"Six {fresh()}", gift=pb.PROMOTION_CHEAPEST_FREE, value=1, active=True, parts=[pb.PromotionPart(pieces=6, product_ids=[w.lemonade])])))
more(pb.OP_MODIFIER_PUT, pb.CataloguePutDone, lambda w: pb.ModifierPut(modifier=pb.Modifier(
    name=f"Cup {fresh()}", options=[pb.ModifierOption(name="Large", price_minor=50)])))
more(pb.OP_TAX_CLASS_PUT, pb.CataloguePutDone, lambda w: pb.TaxClassPut(tax_class=pb.TaxClass(
    name=f"spare {fresh()}", rates=[pb.TaxRate(code="VAT7", rate_ppm=70_000)])))
more(pb.OP_TENDER_TYPE_PUT, pb.CataloguePutDone, lambda w: pb.TenderTypePut(tender_type=pb.TenderType(
    name=f"Cheque {fresh()}", kind=pb.TENDER_VOUCHER)))
more(pb.OP_MEMBER_CARD_MAKE, pb.MemberCardMade, lambda w: pb.MemberCardMake(member_id=w.once("member", w.new_member)))
more(pb.OP_MEMBER_MERGE, pb.MemberMerged, lambda w: pb.MemberMerge(
    from_id=w.once("from", lambda: reviewer(w)), into_id=w.once("into", w.new_member), reason="twice"))
more(pb.OP_SHIFT_CLOSE, pb.ShiftReported, lambda w: w.once("full", lambda: full_shift(w)) and pb.ShiftClose(counted_minor=10_000), "spare")
more(pb.OP_PRINTER_PUT, pb.PrinterPutDone, lambda w: pb.PrinterPut(printer=pb.Printer(
    name=w.once("printer", lambda: a_printer(w)), host="127.0.0.1", port=10, columns=42, code_page=pb.CODE_PAGE_PC858)))
more(pb.OP_PRINTER_PUT, pb.PrinterPutDone, lambda w: pb.PrinterPut(
    printer=pb.Printer(name=w.once("with jobs", lambda: a_printer(w, jobs=True))), remove=True))
more(pb.OP_PRODUCT_PUT, pb.ProductPutDone, lambda w: put_product(
    id=w.once("with a sku", lambda: a_product(w, barcodes=[ean(w)])), sku=f"s{fresh()}", barcodes=[ean(w)], sold_out=True))
more(pb.OP_STAFF_PUT, pb.StaffPutDone, lambda w: pb.StaffPut(id=w.once("person", w.new_person), pin="5173"))


def as_before(w, op, message):
    """What a form says of the same thing each time would change nothing the second time, or something else."""
    if op == pb.OP_PROMOTION_PUT and message.promotion.id:
        w.do(op, pb.PromotionPut(promotion=pb.Promotion(id=message.promotion.id, active=False)), pb.CataloguePutDone)
    if op == pb.OP_TENDER_TYPE_PUT and message.tender_type.id:
        w.do(op, pb.TenderTypePut(tender_type=pb.TenderType(id=message.tender_type.id, name=f"Cheque {fresh()}")), pb.CataloguePutDone)
    if op == pb.OP_MEMBER_CODE_MAKE:
        w.member_code(message.member_id)  # the one before goes


class Command(Order):
    """Sent again by who has connected again, as far as they can."""

    @property
    def kept_id(self):
        """A member's own is known to that member alone."""
        return self.command_id if self.device.who != "member" else hashlib.sha256(
            self.device.member.to_bytes(8, "big") + self.command_id).digest()[:16]

    def alike(self, reply):
        if self.op == pb.OP_SELF_ERASE and reply.HasField("error") and self.device.bakery.gone(self.device.member):
            return next(iter(self.answers), pb.Reply().SerializeToString())  # who is gone is nobody there: they are told nothing any more
        if self.op in NEW_CODE and not reply.HasField("error"):
            answer = NEW_CODE[self.op].FromString(reply.body)
            for field in set(answer.DESCRIPTOR.fields_by_name) & {"code", "expires_us"}:
                answer.ClearField(field)
            reply.body = answer.SerializeToString()
        return super().alike(reply)

    def read(self):
        done = super().read()
        if self.said.startswith("SIGN_IN_FIRST"):  # they were signed out by what was done
            self.device.lose()
        return done


class Asker(Device):
    """One who asks, as an Order has it."""

    def __init__(self, bakery, who):
        self.bakery, self.who = bakery, who
        self.member = bakery.person.id if who == "member" else None

    @property
    def client(self):
        return self.bakery.clients.get(self.who)

    def connect(self):
        return self.bakery.back(self.who)

    def lose(self):
        self.bakery.lost(self.who)


class Mortal(World):
    """A client that was lost keeps its device, and its session."""

    def __init__(self, shop, failpoints, gateway, proxy):
        self.failpoints, self.proxy, self.away = failpoints, proxy, {}
        super().__init__(shop, gateway)
        self.clients["offline"] = self.offline.client
        tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
        self.question = " UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM {table}" + (" WHERE kind <> 'L'" if table == "journal" else "")
            for (table,) in self.rows(tables) if table not in TRACES)

    def strangers(self):
        """Nothing of another shop's is asked for here."""

    @property
    def server(self):
        return self.shop.servers[0]

    # ---- who asks ----

    def client(self, who):
        return self.back(who) if who in self.away else super().client(who)

    def anew(self, who):
        self.away.pop(who, None)
        return super().anew(who)

    def open_kiosk(self):
        identity = self.shop.device(pb.CLIENT_KIOSK)
        client = self.shop.connect(identity)
        client.identity = identity
        return client

    open_guest = open_kiosk

    def open_stranger(self):
        """Who has no device yet."""
        return Client(self.proxy.port, ca=self.lead.identity.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER)

    def open_door(self):
        """Its device is enrolled here, for who connects again."""
        self.who, self.badge = f"Vic {fresh()}", f"BJ{fresh()}"
        self.shop.staff(self.who, role="manager", badge=self.badge)
        identity = self.shop.device()
        client = self.shop.connect(identity)
        client.identity = identity
        return client

    def lost(self, who):
        if client := self.clients.pop(who, None):
            client.close()
            self.away[who] = client

    def back(self, who):
        """Over the network that can be cut. Raises OSError when it cannot."""
        before = self.away[who]
        if who == "stranger":
            del self.away[who]
            self.clients[who] = self.open_stranger()
            return self.clients[who]
        client = Client(self.proxy.port, before.identity, kind=before.kind)
        client.identity, client.session = before.identity, before.session
        try:
            self.let_in(who, client)
        except BaseException as problem:
            client.close()
            if isinstance(problem, Refused) and problem.retry:
                raise ConnectionError(str(problem)) from problem
            raise
        self.clients[who] = client
        del self.away[who]
        return client

    def let_in(self, who, client):
        if who == "member":
            self.member_again(client)
        elif client.session:
            try:
                client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=client.session.token), pb.SessionOpened)
            except Refused as refused:
                if who != "door" or refused.retry:
                    raise
                client.sign_in(self.who, OWN_PIN)  # who has chosen another PIN was signed out

    def member_again(self, client):
        """By the PIN, which may have been changed; who is gone is told so, and is nobody at the kiosk."""
        for pin in () if self.gone(self.person.id) else (kiosk.MEMBER_PIN, kiosk.OTHER_PIN):
            try:
                client.call(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(card=self.person.card, secret=pin), pb.KioskSignedIn)
                return
            except Refused as refused:
                if refused.retry:
                    raise

    def stands_there(self):
        """Who had nothing to do for minutes was signed out."""
        if self.member.reply(pb.OP_SELF_SHOW, pb.SelfShow()).HasField("error"):
            self.member_again(self.member)

    def gone(self, member):
        return self.rows(f"SELECT erased FROM member_account WHERE member_id = {member}") == [(True,)]

    def revive(self):
        """What a supervisor does, when the server is gone; all connections were lost with it."""
        if self.server.process.poll() is not None:
            self.server.start()
            for who in list(self.clients):
                self.lost(who)
            manager = self.shop.connect(self.shop.console)
            manager.session = self.shop.manager.session
            manager.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=manager.session.token), pb.SessionOpened)
            self.shop.manager.close()
            self.shop.manager = manager

    # ---- a command ----

    def order(self, op, row):
        """The command, to be sent; what it stands on is there."""
        who, _, make = row
        self.op = op
        for _ in range(6):
            try:
                if who == "member":
                    self.stands_there()
                message = make(self)
                as_before(self, op, message)
                if who == "stranger":  # who has seconds for everything
                    self.lost(who)
                self.client(who)
                return Command(Asker(self, who), op, message)
            except Refused as refused:
                if refused.code not in LOCKED:
                    raise
                make_room(self, refused.code, "lead" if who == "offline" else who)
        raise AssertionError(f"{name_of(op)}: nobody may ask")

    def counts(self):
        return dict(self.rows(self.question))

    def more_since(self, before):
        """Of each table how many rows more. A name that chance has begun as "Mia" does has fewer beginnings to be found by: of these only
        whether there are more of them, or fewer."""
        now = self.counts()
        more = {table: now[table] - before[table] for table in now if now[table] != before[table]}
        return {table: count if not table.endswith("_blind") else count // abs(count) for table, count in more.items()}

    def rests(self):
        """What goes on behind an answer is over: keys are destroyed, and the gateway has all that is asked of it."""
        wait_for(lambda: self.rows("SELECT (SELECT count(*) FROM erasure WHERE key_gone_at IS NULL)"
                                   " + (SELECT count(*) FROM payment_setup WHERE state = 1)") == [(0,)], 30, "keys that are destroyed, pages")
        settled(self.shop)
        forgotten(self.shop)

    def done(self, op, row, order, before):
        """What came of it: so many rows more, of each table. All is made ready for the next."""
        self.rests()
        check_exactly_once(self.shop, [order])
        more = self.more_since(before)
        if op in GO_ON:
            more.pop(STEPS, None)
        self.used()
        answer = row[1].FromString(order.reply().body)
        if op == pb.OP_PAYMENT_METHOD_ADD:
            self.nothing_typed(answer.setup_id)
        elif op in BEHIND and not (op == pb.OP_PRINTER_PUT and order.message.remove):
            BEHIND[op](self, row[0], answer)
        if op == pb.OP_COUPON_CAMPAIGN_PUT:  # or later sales earn more and more
            self.do(op, pb.CouponCampaignPut(campaign=pb.CouponCampaign(id=answer.campaign.id, active=False)), row[1])
        return more

    def nothing_typed(self, setup):
        """The page runs out, and nobody asks for it any more."""
        page = finished(self.lead, setup).url.rsplit("/", 1)[1]
        self.gateway.pages[page]["status"] = "expired"
        wait_for(lambda: finished(self.lead, setup).state == pb.PAYMENT_SETUP_FAILED, 20, "the page's end")
        self.rests()

    def undisturbed(self, op, row):
        """How many rows more it leaves, and the points that it passes."""
        for _ in range(3):
            order, passed = self.order(op, row), []
            before = self.counts()
            with self.failpoints.recorded(passed):
                ask_once([order])
            if order.answered and pb.code(order.reply().error.code) in LOCKED:
                make_room(self, pb.code(order.reply().error.code), row[0])
                continue
            see_through([order])
            if op in GO_ON:  # behind its COMMIT comes the job
                passed = passed[:passed.index("call_committed")]
            return self.done(op, row, order, before), passed
        raise AssertionError(f"{name_of(op)}: {order.said}")

    def put_through(self, op, row, name, action, more):
        """The command, on whose way something dies; it is done once, and leaves what it leaves undisturbed."""
        order, process = self.order(op, row), self.server.process
        before = self.counts()
        if action == "cut":
            self.cut(order, name)
        else:
            self.failpoints.arm(name, action)
            ask_once([order])
            wait_for(self.failpoints.fired, 20, f"the passing of {name}")
        if action == "kill":
            process.wait(20)
        see_through([order], meanwhile=self.revive)
        self.revive()  # it may have died behind the answer
        assert (self.server.process is not process) == (action == "kill"), f"{name}: the server ended\n{self.server.log()[-2000:]}"
        left = self.done(op, row, order, before)
        assert left == more, f"{name_of(op)}, {action} at {name}: {left}, undisturbed {more}"

    def cut(self, order, name):
        """While the server stands still there, every line is cut; then it goes on, and has nobody to answer."""
        order.device.lose()
        order.device.connect()
        self.failpoints.arm(name, "stop")
        order.send()
        wait_for(lambda: stands_still(self.server.process.pid), 20, f"the passing of {name}")
        self.proxy.reset()
        os.kill(self.server.process.pid, signal.SIGCONT)
        assert not order.read(), "the line was not cut"
        for who in list(self.clients):
            self.lost(who)
