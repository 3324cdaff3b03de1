"""A bakery for the hostile requests: one of each thing, who asks for what, and a way back to where it was."""
import time

import kiosk
from branch import open_branch
from names import fresh
from offline import Till
from paying import add_card, new_gift_card, over
from shop import PIN, Refused, pb

LOCKED = ("RATE_LIMITED", "SIGN_IN_LOCKED", "MEMBER_SIGN_IN_LOCKED", "SESSION_LOCKED", "GIFT_CARD_TRIES")


class World:
    """`lead` is a manager at a till who may ask for all but what a kiosk may; a device that asked too often makes room for another."""

    def __init__(self, shop, gateway):
        self.shop, self.gateway = shop, gateway
        self.clients, self.kept, self.op = {}, {}, None
        self.database = shop.cluster.connect("owner")
        self.database.autocommit = True
        self.stocked()
        self.strangers()

    def close(self):
        self.database.close()
        for client in self.clients.values():
            client.close()

    # ---- who asks ----

    def client(self, who):
        """lead, spare (a till whose drawer is for shifts), kiosk and guest (nobody there), member (at a kiosk), door (a till, nobody there)."""
        if who not in self.clients:
            self.clients[who] = getattr(self, f"open_{who}")()
        return self.clients[who]

    lead = property(lambda self: self.client("lead"))
    spare = property(lambda self: self.client("spare"))
    kiosk = property(lambda self: self.client("kiosk"))
    member = property(lambda self: self.client("member"))
    door = property(lambda self: self.client("door"))

    def connect(self, identity, **more):
        return self.shop.connect(identity, **more)

    def anew(self, who):
        """Another device in its place."""
        if who in self.clients:
            self.clients.pop(who).close()
        self.kept.clear()
        return self.client(who)

    def again(self, who):
        """The connection was lost: the same device, and its session."""
        before = self.clients.pop(who)
        before.close()
        if who in ("member", "kiosk", "guest", "door"):
            return self.anew(who)
        client = self.connect(before.identity, kind=before.kind)
        client.identity, client.session = before.identity, before.session
        try:
            client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=before.session.token), pb.SessionOpened)
        except Refused:
            client.sign_in()
        self.clients[who] = client
        return client

    def seated(self, float_minor=10_000_000, name="Caroline"):
        identity = self.shop.device()
        client = self.connect(identity, kind=pb.CLIENT_CLI)
        client.identity = identity
        client.sign_in(name)
        client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=float_minor), pb.ShiftShown)
        return client

    open_lead = seated
    open_spare = seated

    def open_kiosk(self):
        return self.connect(self.shop.device(pb.CLIENT_KIOSK))

    open_guest = open_kiosk

    def open_member(self):
        client = self.open_kiosk()
        self.person = kiosk.Person(self.lead)
        kiosk.sign_in(client, code=self.member_code(self.person.id))
        kiosk.put(client, pin=kiosk.MEMBER_PIN)
        return client

    def open_door(self):
        """And somebody who may work there, of whom nobody tried a PIN yet."""
        self.who = f"Vic {fresh()}"
        self.badge = f"BJ{fresh()}"
        self.shop.staff(self.who, role="manager", badge=self.badge)
        return self.connect(self.shop.device())

    def member_code(self, id):
        while True:
            try:
                return self.lead.command(pb.OP_MEMBER_CODE_MAKE, pb.MemberCodeMake(member_id=id), pb.MemberCodeMade).code
            except Refused as refused:
                if refused.code != "RATE_LIMITED":
                    raise
                self.anew("lead")

    # ---- what there is ----

    def rows(self, text):
        with self.database.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall() if cursor.description else None

    def version(self):
        return self.rows("SELECT max(version) FROM catalogue_head")[0][0]

    def once(self, key, make):
        """What make() makes, for this op, until one of its requests is carried out: that may have used it up."""
        key = self.op, key
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def used(self):
        for key in [key for key in self.kept if key[0] == self.op]:
            del self.kept[key]

    def do(self, op, message, answer, client=None):
        return (client or self.lead).command(op, message, answer)

    def ask(self, op, message, answer):
        """By somebody whose device did not ask too often."""
        try:
            return self.lead.call(op, message, answer)
        except Refused as refused:
            if refused.code != "RATE_LIMITED":
                raise
            return self.anew("lead").call(op, message, answer)

    def stocked(self):
        shop = self.shop
        self.shop_id = self.rows("SELECT min(id) FROM shop")[0][0]
        self.cookies = shop.put_category("Cookies")
        self.tax = shop.put_tax_class("food", ("VAT7", 70000))
        goods = lambda name, price, **more: shop.put_product(name, price, tax_class_id=self.tax, sku=name.lower(), **more)
        self.milk = shop.manager.command(pb.OP_MODIFIER_PUT, pb.ModifierPut(modifier=pb.Modifier(name="Milk", options=[
            pb.ModifierOption(name="Oat milk", price_minor=40)])), pb.CataloguePutDone).id
        self.cookie = goods("Cookie", 250, category_id=self.cookies, plu=11, barcodes=["4006381333931"], contains=[1])
        self.roll = goods("Roll", 45)
        self.latte = goods("Latte", 300, modifier_ids=[self.milk])
        self.wrap = goods("Wrapping", 0, open_price=True, open_min_minor=100, open_max_minor=5000)
        self.bottle = goods("Bottle", 25, deposit_kind=pb.DEPOSIT_GOOD)
        self.lemonade = goods("Lemonade", 200, deposit_product_id=self.bottle)
        self.programme()
        self.settings()
        self.voucher = shop.put_tender_type("Voucher")
        self.house = shop.put_tender_type("House", kind=pb.TENDER_HOUSE)
        self.on_account = shop.put_tender_type("On account", kind=pb.TENDER_ACCOUNT)
        self.gift = shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
        shop.staff("Boss", role="manager")
        account = pb.Account(name="Hotel Krone", limit_minor=90_000_000)
        self.account = self.do(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=account), pb.AccountPutDone).id
        self.anna = kiosk.Person(self.lead)
        self.do(pb.OP_CONSENT_PUT, pb.ConsentPut(member_id=self.anna.id, kind=4, given=True, text_version=1), pb.ConsentPutDone)
        self.do(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(id=self.anna.id, avoids=[1], set_avoids=True)), pb.MemberDone)
        self.card_code = self.do(pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(amount_minor=9_000_000, means=pb.ACCOUNT_CASH), pb.GiftCardLoaded)
        self.rich()
        self.put_printer()
        self.dead, self.offline = Till(shop), Till(shop)
        self.put_campaign()

    def programme(self):
        """As it is before each: terms and all."""
        terms = [pb.ProgrammeTerm(kind=pb.TERM_EARN, number=1, name="Visit", per=pb.EARN_PER_VISIT, value=1, goods=pb.TERM_GOODS_ALL),
                 pb.ProgrammeTerm(kind=pb.TERM_REWARD, number=1, name="A euro off", gift=pb.REWARD_GIFT_AMOUNT, value=100, cost=1)]
        message = pb.Programme(name="Points", sign_up_points=20, birthday_points=100, points_per_unit=10, lot_days=365, reward_cost=1,
                               reward_category_id=self.cookies, reward_name="Free cookie", tier_months=12, referrer_points=5, friend_points=5,
                               terms=terms)
        self.shop.manager.command(pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=message), pb.CataloguePutDone)

    def settings(self):
        """Likewise."""
        settings = pb.Shop(name="Test bakery", address="1 Oven Street / Crustford", tax_number="T-1", receipt_head="Good bread", receipt_foot="Come again",
                           zone="Europe/Berlin", prices_include_tax=True, day_cutoff_minutes=180, cash_rounding_minor=0, calling_code="49",
                           code_layouts="", deposit_back_minor=0, drawers=pb.DRAWERS_TILL, gift_card_months=36, attach_days=14,
                           free_refund_day_minor=100_000_000)
        self.shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=settings), pb.ShopPutDone)

    def rich(self):
        """Anna has points for all that follows: she bought much."""
        basket = self.basket(pb.BasketLine(product_id=self.roll, quantity_milli=10**9), member_id=self.anna.id)
        total = self.quote(basket).total_minor
        tender = pb.Tender(kind=pb.TENDER_CARD, amount_minor=total, reference="A1")
        self.do(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket, total_minor=total, tenders=[tender]), pb.SaleRungUp)

    def put_printer(self):
        printer = pb.Printer(name="Oven", host="127.0.0.1", port=9, columns=42, code_page=pb.CODE_PAGE_PC858)
        self.do(pb.OP_PRINTER_PUT, pb.PrinterPut(printer=printer), pb.PrinterPutDone)

    def put_campaign(self):
        made = pb.CouponCampaign(name="A cent off", gift=pb.COUPON_AMOUNT_OFF, value=1, with_discounts=True, receipt_minor=10_000)
        self.campaign = self.do(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=made), pb.CouponCampaignPutDone).campaign
        issue = pb.CouponIssue(campaign_id=self.campaign.id, count=1, uses_max=0)
        self.coupon = self.do(pb.OP_COUPON_ISSUE, issue, pb.CouponIssued).coupons[0]

    def strangers(self):
        """What is somebody else's: of another shop, of another member; and what is of another kind."""
        branch = open_branch(self.shop)
        sold = branch.till.command(pb.OP_SALE_RING_UP, self.cash_sale(), pb.SaleRungUp)
        self.far_receipt = sold.receipt_number
        other = kiosk.Person(self.lead)
        self.ids = {"another shop": branch.id, "another shop's staff": branch.staff, "another shop's device": branch.identity.device.id,
                    "another shop's sale": sold.sale_id, "another shop's shift": branch.shift, "another member": other.id,
                    "goods": self.shop.put_product("Dummy", 45), "a category": self.shop.put_category("Dummy"),
                    "somebody who left": self.shop.staff("Dummy"), "an account": self.account}
        self.tokens = {"another shop's session": branch.token,
                       "a used approval": self.approval(), "a gift card's right to pay": self.pays(), "a coupon's right": self.redeems()}
        self.sold(approval=self.tokens["a used approval"], discount=pb.Discount(amount_minor=1, reason="x"))
        branch.till.close()

    # ---- parts of requests ----

    def basket(self, *lines, **more):
        return pb.Basket(catalogue_version=self.version(), lines=lines or [pb.BasketLine(product_id=self.roll, quantity_milli=1000)], **more)

    def cash_sale(self, **more):
        return pb.SaleRingUp(basket=self.basket(**more), total_minor=45, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=45)])

    def quote(self, basket, **more):
        return self.lead.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket, **more), pb.SaleQuoted)

    def sold(self, *lines, approval=b"", tenders=None, **more):
        """A sale that was rung up."""
        basket = self.basket(*lines, **more)
        total = self.quote(basket, approval=approval).total_minor
        message = pb.SaleRingUp(basket=basket, total_minor=total, approval=approval)
        message.tenders.extend(tenders or [pb.Tender(kind=pb.TENDER_CARD, amount_minor=total, reference="A1")] if total else [])
        return self.do(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)

    def approval(self, **more):
        return self.ask(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Boss", pin=PIN, **{"discount_ppm": 1_000_000, **more}), pb.ApprovalOpened).token

    def pays(self):
        return self.ask(pb.OP_GIFT_CARD_SHOW, pb.GiftCardShow(code=self.card_code.code), pb.GiftCardShown).pays

    def redeems(self):
        return self.ask(pb.OP_COUPON_SHOW, pb.CouponShow(code=self.coupon.code), pb.CouponShown).redeems

    def new_card(self):
        return new_gift_card(self.lead)

    def new_member(self):
        return self.do(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=f"Mia {fresh()}")), pb.MemberDone).id

    def new_method(self):
        """A member, with a card at the gateway."""
        member = self.new_member()
        return member, add_card(self.lead, self.gateway, member)[0].id

    def new_person(self):
        return self.shop.staff(f"Max {fresh()}")

    def closed(self):
        """The spare till, its drawer closed."""
        if self.spare.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).open:
            self.do(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=0), pb.ShiftReported, self.spare)
        return True

    def opened(self):
        self.closed()
        return self.do(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=10_000), pb.ShiftShown, self.spare).shift_id

    def booked(self, till):
        """The next sale that a till made by itself."""
        [[last]] = self.rows(f"SELECT coalesce(max(number), 0) FROM sale WHERE device_id = {till.device} AND series = 'X'")
        return till.printed(self.basket(), number=last + 1)

    def signed_up(self):
        """A number under which somebody waits for the counter."""
        message = pb.MemberSignUp(member=pb.Member(name=f"Mo {fresh()}", email=f"{fresh()}@bakery.example"), pin=kiosk.MEMBER_PIN)
        try:
            return self.do(pb.OP_MEMBER_SIGN_UP, message, pb.MemberSignedUp, self.kiosk).number
        except Refused as refused:
            if refused.code != "RATE_LIMITED":
                raise
            return self.do(pb.OP_MEMBER_SIGN_UP, message, pb.MemberSignedUp, self.anew("kiosk")).number

    def review(self):
        sale = self.sold(pb.BasketLine(product_id=self.roll, quantity_milli=1000), member_id=self.anna.id)
        message = pb.ReviewPut(member_id=self.anna.id, sale_id=sale.sale_id, product_id=self.roll, rating=5, text="good")
        return self.do(pb.OP_REVIEW_PUT, message, pb.ReviewPutDone).review.id

    def print_job(self):
        message = pb.ReceiptPrint(sale_id=self.once("copied", self.sold).sale_id, printer="Oven")
        return self.do(pb.OP_RECEIPT_PRINT, message, pb.ReceiptPrinted).job_number

    def invitation(self, kind=None):
        invite = pb.DeviceInvite(kind=kind or pb.CLIENT_COUNTER, name="invited")
        return self.shop.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code

    def wait_over(self, charge):
        over(self.lead, charge)

    @staticmethod
    def now_us():
        return time.time_ns() // 1000
