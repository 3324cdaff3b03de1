"""Whole days with all that a shop may take and give beside goods for cash: rounding, meal vouchers, tips, staff meals, accounts,
deposits, promotions, coupons, gift cards, refunds without a receipt, training, goods eaten here, and an outage in between. As in
test_days.py the journal of each day balances and comes to its Z, per tender and per tax, and the books hold."""
import pathlib
import re
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "screens"))
from shop import pb  # noqa: E402
from terminal import DOWN, ENTER, F  # noqa: E402
from test_counter import CARD, CROISSANT, ECLAIR, Bakery  # noqa: E402
from test_days import Day  # noqa: E402

ROUNDED = 5  # what is paid in cash


class FullDay(Day):
    """With what is taken and given besides."""

    def __init__(self, bakery, number, path):
        super().__init__(bakery, number, path)
        self.owed_before = bakery.owed()  # by the hotel
        self.on_slip = 0  # of the card machine, and no sale's

    # ---- paying ----

    def to_pay(self):
        self.t.type(F[2])
        self.t.wait("Cash given:")

    def picks(self, name):
        """A payment of the shop's own: it has a key, or is in the list behind the last."""
        key = re.search(rf"F(1[0-2]) +{name}", self.t.text)
        self.t.type(F[int(key.group(1)) if key else 12])
        if not key:
            self.t.wait("Other payments")
            rows = [line.strip() for line in self.t.text.splitlines()[1:] if line.strip()]
            self.t.type(*[DOWN] * [row.startswith(name) for row in rows].index(True), ENTER)

    def pays_by(self, name, amount=""):
        """All of it; of what is worth more the rest is lost."""
        self.to_pay()
        if amount:
            self.t.type(amount)
        self.picks(name)
        if amount or name == "Staff meal":
            self.t.wait(re.compile("is forfeited|The house pays this"))
            self.t.type(ENTER)
        self.finished(rf"Receipt ({self.number}T-\d{{6}})")

    def pays_part_by(self, name, amount, rest=""):
        """A part of it; the rest in cash."""
        self.to_pay()
        self.t.type(amount)
        self.picks(name)
        self.t.wait("Still to pay")
        self.t.type(*[rest] * bool(rest), ENTER)
        self.finished(rf"Receipt ({self.number}T-\d{{6}})")

    def tips(self, tip, reference=None):
        self.to_pay()
        self.t.type(F[2])
        self.t.wait("A tip of:")
        self.t.type(tip, ENTER)
        self.t.wait("And a tip of")
        if reference:
            self.t.type(F[3])
            self.t.wait(re.compile("[Rr]eference"))
            self.t.type(reference)
        self.t.type(ENTER)
        self.finished(rf"Receipt ({self.number}[TX]-\d{{6}})")

    def buys_on_account(self):
        self.to_pay()
        self.picks("On account")
        self.t.wait("Whose account is")
        self.t.wait("Hotel Krone")
        self.t.type(ENTER)
        self.finished(rf"Receipt ({self.number}T-\d{{6}})")

    def receives_on_account(self, units, reference=None):
        self.t.type(F[12], F[10])
        self.t.wait("Hotel Krone")
        self.t.type(ENTER)
        self.t.wait("Received on account")
        if reference:
            self.t.type(F[3], units, ENTER, reference, ENTER)
            self.on_slip = 100 * int(units)
        else:
            self.t.type(units, ENTER)
            self.moves.append(("received", 100 * int(units)))
        self.t.wait(f"{int(units)}.00 are received on account")
        self.t.type(ENTER)
        self.t.wait("F2 Pay")

    def pays_out(self):
        """Empties alone."""
        self.t.type(F[2])
        self.t.wait("To pay out")
        self.t.type(ENTER)
        self.finished(rf"Receipt ({self.number}T-\d{{6}})")

    # ---- the basket ----

    def eats_in(self):
        self.t.wait("TAKE AWAY")
        self.t.type(F[6])
        self.t.wait("EAT IN")

    def shows_coupon(self):
        self.t.scan(self.bakery.coupon)
        self.t.wait("coupon Two off: 2.00 off")

    def is_offered(self, promotion, off):
        self.t.wait(re.compile(rf"{promotion[:12]}.* -{off}"))

    def gives_back_without_receipt(self):
        self.t.type(F[10])
        self.t.wait("F4 Without receipt")
        self.t.type(F[4])
        self.t.wait("Refund without a receipt")
        self.t.type("not fresh", ENTER)
        self.t.wait("without a receipt?")
        self.t.type(ENTER)
        self.t.wait("Give back EUR")
        self.finished(rf"Receipt ({self.number}T-\d{{6}})")

    # ---- training ----

    def practises(self):
        """What is sold, counted and moved in it stands in no book of the day."""
        t = self.t
        t.type(F[12], F[9])
        t.wait("Practise at this till?")
        t.type(ENTER)
        t.wait("NOTHING HERE IS SOLD")
        t.wait("How much money is in the drawer?")
        t.type("50", ENTER)
        t.wait("is open with 50.00 in the drawer")
        t.type("5x113", ENTER)
        t.wait("5 pieces")
        t.type(F[2])
        t.wait("Cash given:")
        t.type("50", ENTER)
        t.wait(re.compile(rf"Receipt {self.number}S-\d{{6}}"))
        t.type(ENTER)
        t.wait("The basket is empty.")
        t.type(F[12], F[9])
        t.wait("End the training?")
        t.type(ENTER)
        t.wait("from here on it is in earnest")

    # ---- what the books say ----

    def counted_sums(self, found):
        """The card machine's, which took what was received on account, too; then each kind of vouchers."""
        sums = [found.get(f"assets:{name}", 0) + more for name, more in (("Card", self.on_slip), ("Meal voucher", 0), ("Voucher", 0))]
        return [key for minor in sums for key in (ENTER, f"{minor / 100:.2f}")]

    def paid(self, shown):
        """What came in by each, with the tip in it and what is lost of it; what goes back, by the rows of the refund."""
        if not shown.HasField("refund_of") and not shown.sale.free_refund:
            return [(tender.name, tender.amount_minor + tender.tip_minor + tender.forfeited_minor) for tender in shown.tenders]
        return self.bakery.shop.sql(
            "SELECT coalesce((SELECT v.name FROM tender_type_version AS v WHERE v.tender_type_id = t.tender_type_id ORDER BY from_version DESC"
            " LIMIT 1), CASE t.kind WHEN 1 THEN 'cash' ELSE 'card' END), t.amount_minor - t.change_minor"
            f" FROM tender AS t WHERE t.sale_id = {shown.sale.sale_id}")

    def entry_of(self, shown):
        sale = shown.sale
        return {**super().entry_of(shown), "equity:tips": -sale.tip_minor, "income:forfeited": -sale.forfeited_minor}

    def z(self, number=None):
        z = super().z(number)
        found = self.ledger.balances()
        assert sum(tender.tip_minor for tender in z.tenders) == -found.get("equity:tips", 0)
        assert sum(tender.forfeited_minor for tender in z.tenders) == -found.get("income:forfeited", 0)
        cash = sum(minor for kind, minor in self.moves if kind == "received")
        assert sum(each.amount_minor for each in z.received if each.means == pb.ACCOUNT_CASH) == cash
        assert found.get("assets:On account", 0) - sum(each.amount_minor for each in z.received) == self.bakery.owed() - self.owed_before
        assert all(tender.difference_minor == 0 and tender.counted_minor == tender.expected_minor for tender in z.tenders
                   if tender.kind in (pb.TENDER_CARD, pb.TENDER_VOUCHER))
        return z


class House(Bakery):
    def goods(self):
        super().goods()
        shop, manager = self.shop, self.shop.manager
        ways = [{"service": service, "code": code, "rate_ppm": rate}
                for service, code, rate in ((pb.SERVICE_TAKE_AWAY, "VAT7", 70000), (pb.SERVICE_EAT_IN, "VAT19", 190000))]
        food = shop.put_tax_class("food", *ways)
        drinks = shop.put_tax_class("drinks", *[{**way, "code": "VAT19", "rate_ppm": 190000} for way in ways])
        croissant = shop.put_product("Croissant", 197, sku="1", plu=112, barcodes=[CROISSANT], tax_class_id=food)
        shop.put_product("Éclair au chocolat", 353, sku="2", plu=113, barcodes=[ECLAIR], tax_class_id=food)
        coffee = shop.put_product("Coffee", 281, sku="9", plu=201, tax_class_id=drinks)
        bottle = shop.put_product("Bottle", 25, sku="bottle", plu=900, tax_class_id=drinks, deposit_kind=pb.DEPOSIT_GOOD)
        shop.put_product("Lemonade", 203, sku="lemonade", plu=202, tax_class_id=drinks, deposit_product_id=bottle)
        cup = manager.command(pb.OP_MODIFIER_PUT, pb.ModifierPut(modifier=pb.Modifier(name="Cup", choose_min=1, choose_max=1, options=[
            pb.ModifierOption(name="Small", price_minor=-30), pb.ModifierOption(name="Large", price_minor=50)])), pb.CataloguePutDone).id
        shop.put_product("Latte", 341, sku="latte", plu=210, tax_class_id=drinks, modifier_ids=[cup])
        shop.put_product("Counter goods", 0, sku="counter", plu=300, tax_class_id=food, open_price=True, open_min_minor=100,
                         open_max_minor=5000)
        for name, kind, more in (("Meal voucher", pb.TENDER_VOUCHER, {"change": pb.TENDER_CHANGE_FORFEITED}),
                                 ("Voucher", pb.TENDER_VOUCHER, {}), ("Staff meal", pb.TENDER_HOUSE, {}),
                                 ("On account", pb.TENDER_ACCOUNT, {}), ("Gift card", pb.TENDER_GIFT_CARD, {})):
            shop.put_tender_type(name, kind=kind, **more)
        self.account = manager.command(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=pb.Account(name="Hotel Krone", limit_minor=50000)),
                                       pb.AccountPutDone).id
        for promotion in (
                pb.Promotion(name="Six for five", parts=[pb.PromotionPart(pieces=6, product_ids=[croissant])],
                             gift=pb.PROMOTION_CHEAPEST_FREE, value=1),
                pb.Promotion(name="Coffee and croissant", gift=pb.PROMOTION_TOGETHER, value=390,
                             parts=[pb.PromotionPart(pieces=1, product_ids=[coffee]), pb.PromotionPart(pieces=1, product_ids=[croissant])])):
            manager.command(pb.OP_PROMOTION_PUT, pb.PromotionPut(promotion=promotion), pb.CataloguePutDone)
        campaign = manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=pb.CouponCampaign(
            name="Two off", gift=pb.COUPON_AMOUNT_OFF, value=200)), pb.CouponCampaignPutDone).campaign.id
        self.coupon = manager.command(pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=campaign, count=1, uses_max=0),
                                      pb.CouponIssued).coupons[0].code
        manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(cash_rounding_minor=ROUNDED)), pb.ShopPutDone)

    def owed(self):
        return self.shop.sql(f"SELECT balance_minor FROM account WHERE id = {self.account}")[0][0]


@pytest.fixture(scope="module")
def bakery():
    made = House()
    try:
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


DAYS = {
    "one that is paid in every way": [
        ("opens",),
        ("adds", "112"), ("pays",),                                   # 1.97: 1.95 in cash
        ("adds", "113", "201"), ("pays", "card", "APPR-1"),           # by card to the cent
        ("adds", "2x112"), ("pays_by", "Meal voucher", "5"),          # 1.06 of it is lost
        ("adds", "3x113"), ("pays_part_by", "Meal voucher", "10"),    # 0.59, 0.60 in cash
        ("adds", "113"), ("pays_part_by", "Voucher", "2", "5"),
        ("adds", "201"), ("tips", "0.50", "APPR-2"),
        ("eats_in",), ("adds", "2x201"), ("tips", "1"),
        ("adds", "112"), ("pays_by", "Staff meal"),
        ("adds", "4x113"), ("buys_on_account",),
        ("receives_on_account", "10"),
        ("adds", "201"), ("buys_on_account",),
        ("receives_on_account", "4", "APPR-3"),
        ("sells_gift_card", "20"),
        ("adds", "113"), ("pays_by_gift_card",),
        ("refunds", 3),                                               # of the voucher what it paid, and the cash
        ("refunds", 8, 1),                                            # off the account
        ("moves_cash", 4, "drop", 1000, "too much in the drawer"),
        ("closes",),
    ],
    "one that gives": [
        ("opens",),
        ("adds", "7x112"), ("is_offered", "Six for five", "1.97"), ("pays",),
        ("adds", "112", "201"), ("is_offered", "Coffee and croissant", "0.88"), ("pays", "card", "APPR-4"),
        ("eats_in",), ("adds", "112", "201"), ("pays", "cash", "20"),
        ("adds", "3x202"), ("pays", "cash", "10"),                    # three bottles go with it
        ("adds", "-5x900"), ("pays_out",),
        ("adds", "113", "-2x900"), ("pays",),
        ("practises",),
        ("adds", "210", "2", "300", "4.53"), ("pays",),               # a large latte, and a price that is keyed
        ("adds", "2x113"), ("shows_coupon",), ("pays",),
        ("adds", "113"), ("gives_back_without_receipt",),
        ("loses_the_server",),
        ("adds", "6x112"), ("is_offered", "Six for five", "1.97"), ("pays",),
        ("eats_in",), ("adds", CARD, "201"), ("tips", "0.20"),
        ("adds", "202"), ("pays", "card", "APPR-5"),
        ("gets_it_back",),
        ("adds", CARD, "3x113"), ("pays",),
        ("refunds", 0, 1), ("refunds", 3),
        ("moves_cash", 2, "in", 2000, "change from the bank"),
        ("closes",),
    ],
}


@pytest.mark.parametrize("number,name", enumerate(DAYS, start=21))
def test_a_full_day_comes_to_its_z(bakery, tmp_path, number, name):
    z = FullDay(bakery, number, tmp_path / "day.journal").run(DAYS[name])
    assert z.number == 1 and z.closed
    # Each is in it, or this day proves less than it says.
    names = {tender.name for tender in z.tenders if tender.count}
    rounded = bakery.shop.sql("SELECT count(*) FROM sale AS s JOIN device AS d ON d.id = s.device_id"
                              f" WHERE d.till_number = {number} AND s.rounding_minor <> 0")[0][0]
    assert rounded > 3
    if number == 21:
        assert names == {"Cash", "Card", "Meal voucher", "Voucher", "Staff meal", "On account", "Gift card"}
        assert {each.means for each in z.received} == {pb.ACCOUNT_CASH, pb.ACCOUNT_CARD}
        assert sum(each.tip_minor for each in z.tenders) == 150 and sum(each.forfeited_minor for each in z.tenders) == 106
    else:
        assert names == {"Cash", "Card"} and {tax.code for tax in z.taxes} == {"VAT7", "VAT19"}
        assert (z.deposits.out_milli, z.deposits.back_milli, z.deposits.refund_milli) == (4000, -7000, -3000)
        assert [(each.name, each.modifier_id > 0, each.line_count, each.amount_minor) for each in z.options] == [
            ("", False, 1, 453), ("Large", True, 1, 50)]
        assert [(each.name, each.line_count, each.amount_minor) for each in z.departments] == [("Counter goods", 1, 453)]
        assert bakery.shop.sql("SELECT count(*) FROM journal WHERE kind = 'S'")[0][0] > 0
    bakery.shop.check()
