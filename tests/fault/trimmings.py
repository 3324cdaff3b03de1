"""Rounds of what is rare in a shop: a sale with all that one may have, and what the office and a shift lead do besides."""
from counter import basket
from faults import Device, Order, see_through
from paying import new_gift_card
from names import fresh
from shop import PIN, pb

CARD_MINOR = 900_000  # of a gift card, for more rounds than there are


class Trimmings:
    """What these rounds sell and are paid with; made by requests, once."""

    def __init__(self, bakery):
        self.bakery = bakery
        shop, goods = bakery.shop, bakery.goods
        self.gift = shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)
        self.on_account = shop.put_tender_type("On account", kind=pb.TENDER_ACCOUNT)
        tax = goods["cookie"] - 9
        milk = shop.manager.command(pb.OP_MODIFIER_PUT, pb.ModifierPut(modifier=pb.Modifier(name="Milk", options=[
            pb.ModifierOption(name="Oat milk", price_minor=40)])), pb.CataloguePutDone).id
        self.milk = milk
        self.latte = shop.put_product("Latte", 300, tax_class_id=tax, sku="latte", modifier_ids=[milk])
        self.gift_wrap = shop.put_product("Wrapping", 0, tax_class_id=tax, sku="wrap", open_price=True, open_min_minor=100, open_max_minor=5000)
        bottle = shop.put_product("Bottle", 25, tax_class_id=tax, sku="bottle", deposit_kind=pb.DEPOSIT_GOOD)
        self.lemonade = shop.put_product("Lemonade", 200, tax_class_id=tax, sku="lemonade", deposit_product_id=bottle)
        self.account = shop.manager.command(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=pb.Account(name="Hotel Krone", limit_minor=900_000)),
                                            pb.AccountPutDone).id
        self.campaign = shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=pb.CouponCampaign(
            name="Two off", gift=pb.COUPON_AMOUNT_OFF, value=200, with_discounts=True)), pb.CouponCampaignPutDone).campaign.id
        self.coupon = shop.manager.command(pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=self.campaign, count=1, uses_max=0),
                                           pb.CouponIssued).coupons[0].code
        shop.staff("Boss", role="manager")
        self.boss = Device(shop, shop.till("Boss"))
        lead = client_of(bakery.tills[2])
        self.code = lead.command(pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(amount_minor=CARD_MINOR, means=pb.ACCOUNT_CASH), pb.GiftCardLoaded).code


def client_of(till):
    """Connected, and unlocked where nobody had anything to do for minutes."""
    client = till.client or till.connect()
    client.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
    return client


def sale_with_all(bakery, trims, till):
    """An option, a note, a keyed price, a deposit, a discount that somebody else allows, a coupon; by gift card, on account and in cash."""
    client = client_of(till)
    made = basket(bakery.shop, (bakery.goods["cake"], 2), (trims.lemonade, 1))
    made.lines[0].note = "for ten o'clock"
    made.lines[0].discount.CopyFrom(pb.Discount(rate_ppm=300000, reason="of yesterday"))
    made.lines.add(product_id=trims.latte, quantity_milli=1000, options=[pb.LineOption(modifier_id=trims.milk, option=1)])
    made.lines.add(product_id=trims.gift_wrap, quantity_milli=1000, keyed_price_minor=400)
    made.coupons.add(redeems=client.call(pb.OP_COUPON_SHOW, pb.CouponShow(code=trims.coupon), pb.CouponShown).redeems)
    approval = client.call(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Ida", pin=PIN, discount_ppm=300000), pb.ApprovalOpened).token
    total = client.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made, approval=approval), pb.SaleQuoted).total_minor
    pays = client.call(pb.OP_GIFT_CARD_SHOW, pb.GiftCardShow(code=trims.code), pb.GiftCardShown).pays
    return Order(till, pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=made, total_minor=total, approval=approval, tenders=[
        pb.Tender(tender_type_id=trims.gift, amount_minor=500, gift_card=pays),
        pb.Tender(tender_type_id=trims.on_account, amount_minor=400, account_id=trims.account),
        pb.Tender(kind=pb.TENDER_CASH, amount_minor=total - 900)]))


def receipt_of(order):
    return pb.SaleRungUp.FromString(order.reply().body).receipt_number


def desk_work(bakery, trims):
    """One of each."""
    lead, boss = bakery.tills[2], trims.boss
    sold = [bakery.cash_sale(lead) for _ in range(3)]
    see_through(sold)
    wrong, nobodys, billed = map(receipt_of, sold)
    new = new_gift_card(client_of(lead))
    one, other = (client_of(boss).command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=f"Mia {fresh()}")), pb.MemberDone).id
                  for _ in range(2))
    customer = pb.InvoiceCustomer(name="Hotel Krone", address="Marktplatz 1 / 12345 Stadt")
    return [
        Order(lead, pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(number=new.number, amount_minor=500, means=pb.ACCOUNT_CASH)),
        Order(boss, pb.OP_ACCOUNT_RECEIVE, pb.AccountReceive(account_id=trims.account, means=pb.ACCOUNT_TRANSFER, amount_minor=100,
                                                                reference="B 17")),
        Order(lead, pb.OP_SALE_RETENDER, pb.SaleRetender(receipt_number=wrong, position=0, kind=pb.TENDER_CARD, reference="A1",
                                                         reason="wrong key")),
        Order(lead, pb.OP_SALE_ATTACH, pb.SaleAttach(receipt_number=nobodys, member_id=one)),
        Order(lead, pb.OP_INVOICE_MAKE, pb.InvoiceMake(receipt_number=billed, customer=customer)),
        Order(boss, pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=other, into_id=one, reason="the same person")),
        Order(bakery.console, pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=trims.campaign, count=2)),
        Order(bakery.tills[1], pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=parked_at(bakery, bakery.tills[1]))),
        Order(bakery.tills[1], pb.OP_BASKET_PARK, pb.BasketPark(basket=basket(bakery.shop, (bakery.goods["roll"], 1)))),
        Order(boss, pb.OP_GIFT_CARD_MOVE, pb.GiftCardMove(number=moved_of(bakery, lead), reason="lost")),
    ]


def parked_at(bakery, till):
    """A basket that waits there: of an earlier round, or parked now."""
    client = client_of(till)
    waiting = client.call(pb.OP_BASKET_PARKED, pb.BasketParked(), pb.ParkedBaskets).baskets
    if not waiting:
        client.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=basket(bakery.shop, (bakery.goods["cake"], 1))), pb.BasketParkDone)
        waiting = client.call(pb.OP_BASKET_PARKED, pb.BasketParked(), pb.ParkedBaskets).baskets
    return waiting[0].parked_id


def moved_of(bakery, lead):
    """The number of a card that nobody else has in hand."""
    return new_gift_card(client_of(lead), 700).number
