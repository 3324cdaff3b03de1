"""Every id that a request takes, swapped: for nobody's, for another kind of thing's, for another shop's, for what is gone.

The answer to another shop's thing is, byte for byte, the answer to no thing at all: it does not tell that there is one. And
none of them changes a row, but that the refusal is kept."""
import contextlib
import re
import uuid

import pytest

from branch import open_branch
from everything import Everything
from shop import PIN, pb

NOBODYS = 4711


@pytest.fixture(scope="module")
def world(shop):
    """One of each thing, here and in a branch: world.here["product"] ..."""
    branch = open_branch(shop)
    till = shop.till()
    category = shop.put_category("Cookies")
    product = shop.put_product("Roll", 45, category_id=category)
    member = shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Anna")), pb.MemberDone).id
    sold = till.command(pb.OP_SALE_RING_UP, sale(shop, product), pb.SaleRungUp)
    sold_far = branch.till.command(pb.OP_SALE_RING_UP, sale(shop, product), pb.SaleRungUp)
    parked, parked_far = (where.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=sale(shop, product).basket), pb.BasketParkDone).parked_id
                          for where in (till, branch.till))
    shift = till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).shift_id
    shop.here = {
        "product": product, "category": category, "tax class": shop.untaxed(), "tender type": shop.put_tender_type("Voucher"),
        "member": member, "modifier": put_modifier(shop), "account": put_account(shop),
        "role": shop.role("cashier"), "staff": shop.staff("Somebody"), "device": shop.device().device.id,
        "sale": sold.sale_id, "shift": shift, "parked": parked, "shop": shop.sql("SELECT min(id) FROM shop")[0][0],
        "receipt": sold.receipt_number, "campaign": put_campaign(shop),
    }
    shop.far = {"staff": branch.staff, "device": branch.identity.device.id, "sale": sold_far.sale_id,
                "shift": branch.shift, "parked": parked_far, "shop": branch.id, "receipt": sold_far.receipt_number}
    shop.branch, shop.till_here = branch, till
    shop.kiosk_here = shop.connect(shop.device(pb.CLIENT_KIOSK))
    shop.on_account = shop.put_tender_type("On account", kind=pb.TENDER_ACCOUNT)
    with contextlib.closing(Everything(shop)) as everything:
        shop.everything = everything
        yield shop


def sale(shop, product, **fields):
    basket = pb.Basket(catalogue_version=shop.version(), lines=[pb.BasketLine(product_id=product, quantity_milli=1000)])
    for name in ("member_id",):
        if name in fields:
            setattr(basket, name, fields.pop(name))
    return pb.SaleRingUp(
        basket=basket, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=45)], total_minor=45, **fields
    )


def paid_with(ring_up, tender_type_id):
    ring_up.tenders[0].CopyFrom(pb.Tender(tender_type_id=tender_type_id, amount_minor=45))
    return ring_up


def put_account(shop):
    account = pb.Account(name="Corner Cafe", limit_minor=10000)
    return shop.manager.command(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=account), pb.AccountPutDone).id


def charged(world, ring_up, account_id):
    ring_up.tenders[0].CopyFrom(pb.Tender(tender_type_id=world.on_account, account_id=account_id, amount_minor=45))
    return ring_up


def draft(**product):
    product = {"name": "New", "price_minor": 1, "sku": "new", **product}
    return pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(**product))])


def put_modifier(shop):
    cup = pb.Modifier(name="Cup", options=[pb.ModifierOption(name="Large", price_minor=50)])
    return shop.manager.command(pb.OP_MODIFIER_PUT, pb.ModifierPut(modifier=cup), pb.CataloguePutDone).id


def chosen(world, ring_up, modifier_id):
    ring_up.basket.lines[0].options.add(modifier_id=modifier_id, option=1)
    return ring_up


def promotion(part):
    return pb.PromotionPut(promotion=pb.Promotion(name="New", parts=[part], gift=pb.PROMOTION_CHEAPEST_FREE, value=1))


def campaign(**fields):
    return pb.CouponCampaignPut(campaign=pb.CouponCampaign(**fields))


def put_campaign(shop):
    message = campaign(name=f"Letter {uuid.uuid4().hex[:8]}", gift=pb.COUPON_AMOUNT_OFF, value=10)
    return shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, message, pb.CouponCampaignPutDone).campaign.id


def earning_of(**goods):
    return pb.ProgrammePut(programme=pb.Programme(terms=[pb.ProgrammeTerm(
        kind=pb.TERM_EARN, number=1, name="Rule", per=pb.EARN_PER_VISIT, value=1, goods=pb.TERM_GOODS_THESE, **goods)]))


# Op, the kind of thing it takes, its code for one that is not there, and the request with that id. From: the console, or
# the till, or a kiosk with nobody signed in. A reading op keeps nothing. A member's own ops take no id of anybody: tests/shop/test_kiosk_service.py.
C, T, K = "console", "till", "kiosk"
CASES = {
    "product_show id": (C, pb.OP_PRODUCT_SHOW, "product", "UNKNOWN_PRODUCT", lambda w, id: pb.ProductShow(id=id)),
    "product_put id": (C, pb.OP_PRODUCT_PUT, "product", "UNKNOWN_PRODUCT", lambda w, id: draft(id=id)),
    "product_put category": (C, pb.OP_PRODUCT_PUT, "category", "UNKNOWN_CATEGORY",
                             lambda w, id: draft(category_id=id, tax_class_id=w.here["tax class"])),
    "product_put tax class": (C, pb.OP_PRODUCT_PUT, "tax class", "UNKNOWN_TAX_CLASS", lambda w, id: draft(tax_class_id=id)),
    "product_sold_out": (T, pb.OP_PRODUCT_SOLD_OUT, "product", "UNKNOWN_PRODUCT",
                         lambda w, id: pb.ProductSoldOut(product_id=id, sold_out=True)),
    "tender_type_put": (C, pb.OP_TENDER_TYPE_PUT, "tender type", "UNKNOWN_TENDER_TYPE",
                        lambda w, id: pb.TenderTypePut(tender_type=pb.TenderType(id=id, name="Renamed"))),
    "sale_ring_up tender": (T, pb.OP_SALE_RING_UP, "tender type", "UNKNOWN_TENDER_TYPE",
                            lambda w, id: paid_with(sale(w, w.here["product"]), id)),
    "account_put": (C, pb.OP_ACCOUNT_PUT, "account", "UNKNOWN_ACCOUNT",
                    lambda w, id: pb.AccountPut(account=pb.Account(id=id, name="Renamed"))),
    "account_show": (T, pb.OP_ACCOUNT_SHOW, "account", "UNKNOWN_ACCOUNT", lambda w, id: pb.AccountShow(id=id)),
    "account_receive": (T, pb.OP_ACCOUNT_RECEIVE, "account", "UNKNOWN_ACCOUNT",
                        lambda w, id: pb.AccountReceive(account_id=id, means=pb.ACCOUNT_CASH, amount_minor=45)),
    "sale_ring_up account": (T, pb.OP_SALE_RING_UP, "account", "UNKNOWN_ACCOUNT",
                             lambda w, id: charged(w, sale(w, w.here["product"]), id)),
    "category_put": (C, pb.OP_CATEGORY_PUT, "category", "UNKNOWN_CATEGORY",
                     lambda w, id: pb.CategoryPut(category=pb.Category(id=id, name="Renamed"))),
    "tax_class_put": (C, pb.OP_TAX_CLASS_PUT, "tax class", "UNKNOWN_TAX_CLASS",
                      lambda w, id: pb.TaxClassPut(tax_class=pb.TaxClass(id=id, name="Renamed"))),
    "tax_class_put switch": (C, pb.OP_TAX_CLASS_PUT, "tax class", "UNKNOWN_TAX_CLASS",
                             lambda w, id: pb.TaxClassPut(tax_class=pb.TaxClass(
                                 name="New", rates=[pb.TaxRate(code="A", rate_ppm=1)], switch_at_count=6, switch_to_id=id))),
    "programme_put category": (C, pb.OP_PROGRAMME_PUT, "category", "UNKNOWN_CATEGORY",
                               lambda w, id: pb.ProgrammePut(programme=pb.Programme(reward_category_id=id))),
    "programme_put id": (C, pb.OP_PROGRAMME_PUT, "programme", "BAD_FIELD",
                         lambda w, id: pb.ProgrammePut(programme=pb.Programme(id=id, name="Renamed"))),
    "programme_put term category": (C, pb.OP_PROGRAMME_PUT, "category", "UNKNOWN_CATEGORY",
                                    lambda w, id: earning_of(category_ids=[id])),
    "programme_put term product": (C, pb.OP_PROGRAMME_PUT, "product", "UNKNOWN_PRODUCT",
                                   lambda w, id: earning_of(product_ids=[id])),
    "member_create referrer": (T, pb.OP_MEMBER_CREATE, "member", "UNKNOWN_REFERRER",
                               lambda w, id: pb.MemberCreate(member=pb.Member(name="Fay Friend", referrer_id=id))),
    "promotion_put id": (C, pb.OP_PROMOTION_PUT, "promotion", "UNKNOWN_PROMOTION",
                         lambda w, id: pb.PromotionPut(promotion=pb.Promotion(id=id, active=False))),
    "promotion_put category": (C, pb.OP_PROMOTION_PUT, "category", "UNKNOWN_CATEGORY",
                               lambda w, id: promotion(pb.PromotionPart(pieces=6, category_id=id))),
    "promotion_put product": (C, pb.OP_PROMOTION_PUT, "product", "UNKNOWN_PRODUCT",
                              lambda w, id: promotion(pb.PromotionPart(pieces=6, product_ids=[id]))),
    "coupon_campaign_put id": (C, pb.OP_COUPON_CAMPAIGN_PUT, "campaign", "UNKNOWN_CAMPAIGN",
                               lambda w, id: campaign(id=id, active=False)),
    "coupon_campaign_put category": (C, pb.OP_COUPON_CAMPAIGN_PUT, "category", "UNKNOWN_CATEGORY",
                                     lambda w, id: campaign(name="Spy", gift=pb.COUPON_AMOUNT_OFF, value=10, category_id=id)),
    "coupon_campaign_put product": (C, pb.OP_COUPON_CAMPAIGN_PUT, "product", "UNKNOWN_PRODUCT",
                                    lambda w, id: campaign(name="Spy", gift=pb.COUPON_AMOUNT_OFF, value=10, product_ids=[id])),
    "coupon_issue": (C, pb.OP_COUPON_ISSUE, "campaign", "UNKNOWN_CAMPAIGN", lambda w, id: pb.CouponIssue(campaign_id=id, count=1)),
    "modifier_put": (C, pb.OP_MODIFIER_PUT, "modifier", "UNKNOWN_MODIFIER",
                     lambda w, id: pb.ModifierPut(modifier=pb.Modifier(id=id, name="Renamed"))),
    "product_put modifier": (C, pb.OP_PRODUCT_PUT, "modifier", "UNKNOWN_MODIFIER",
                             lambda w, id: draft(modifier_ids=[id], tax_class_id=w.here["tax class"])),
    "product_put deposit": (C, pb.OP_PRODUCT_PUT, "product", "BAD_DEPOSIT",
                            lambda w, id: draft(deposit_product_id=id, tax_class_id=w.here["tax class"])),
    "sale_ring_up option": (T, pb.OP_SALE_RING_UP, "modifier", "UNKNOWN_OPTION",
                            lambda w, id: chosen(w, sale(w, w.here["product"]), id)),
    "sale_quote option": (T, pb.OP_SALE_QUOTE, "modifier", "UNKNOWN_OPTION",
                          lambda w, id: pb.SaleQuote(basket=chosen(w, sale(w, w.here["product"]), id).basket)),
    "role_put": (C, pb.OP_ROLE_PUT, "role", "UNKNOWN_ROLE",
                 lambda w, id: pb.RolePut(role=pb.Role(id=id, name="Renamed", permissions=["sell"]))),
    "shop_put": (C, pb.OP_SHOP_PUT, "shop", "UNKNOWN_SHOP", lambda w, id: pb.ShopPut(shop=pb.Shop(id=id, name="Mine now"))),
    "member_update": (T, pb.OP_MEMBER_UPDATE, "member", "UNKNOWN_MEMBER",
                      lambda w, id: pb.MemberUpdate(member=pb.Member(id=id, name="Renamed"))),
    "member_show": (T, pb.OP_MEMBER_SHOW, "member", "UNKNOWN_MEMBER", lambda w, id: pb.MemberShow(id=id)),
    "member_export": (C, pb.OP_MEMBER_EXPORT, "member", "UNKNOWN_MEMBER", lambda w, id: pb.MemberExport(id=id)),
    "member_erase": (C, pb.OP_MEMBER_ERASE, "member", "UNKNOWN_MEMBER",
                     lambda w, id: pb.MemberErase(id=id, confirm_id=id, reason=pb.ERASE_ASKED)),
    "member_merge from": (C, pb.OP_MEMBER_MERGE, "member", "UNKNOWN_MEMBER",
                          lambda w, id: pb.MemberMerge(from_id=id, into_id=w.here["member"], reason="twice")),
    "member_merge into": (C, pb.OP_MEMBER_MERGE, "member", "UNKNOWN_MEMBER",
                          lambda w, id: pb.MemberMerge(from_id=w.here["member"], into_id=id, reason="twice")),
    "consent_put": (T, pb.OP_CONSENT_PUT, "member", "UNKNOWN_MEMBER",
                    lambda w, id: pb.ConsentPut(member_id=id, kind=2, given=True, text_version=1)),
    "member_card_make": (T, pb.OP_MEMBER_CARD_MAKE, "member", "UNKNOWN_MEMBER", lambda w, id: pb.MemberCardMake(member_id=id)),
    "member_code_make": (T, pb.OP_MEMBER_CODE_MAKE, "member", "UNKNOWN_MEMBER", lambda w, id: pb.MemberCodeMake(member_id=id)),
    "basket_leave product": (K, pb.OP_BASKET_LEAVE, "product", "UNKNOWN_PRODUCT",
                             lambda w, id: pb.BasketLeave(basket=sale(w, id).basket)),
    "basket_leave member": (K, pb.OP_BASKET_LEAVE, "member", "KIOSK_BASKET_BAD",
                            lambda w, id: pb.BasketLeave(basket=sale(w, w.here["product"], member_id=id).basket)),
    "review_put member": (T, pb.OP_REVIEW_PUT, "member", "UNKNOWN_MEMBER",
                          lambda w, id: pb.ReviewPut(member_id=id, sale_id=w.here["sale"], product_id=w.here["product"], rating=5)),
    "review_put sale": (T, pb.OP_REVIEW_PUT, "sale", "REVIEW_NOT_BOUGHT",
                        lambda w, id: pb.ReviewPut(member_id=w.here["member"], sale_id=id, product_id=w.here["product"], rating=5)),
    "review_put product": (T, pb.OP_REVIEW_PUT, "product", "REVIEW_NOT_BOUGHT",
                           lambda w, id: pb.ReviewPut(member_id=w.here["member"], sale_id=w.here["sale"], product_id=id, rating=5)),
    "review_list": (T, pb.OP_REVIEW_LIST, "product", "UNKNOWN_PRODUCT", lambda w, id: pb.ReviewList(product_id=id)),
    "review_moderate": (C, pb.OP_REVIEW_MODERATE, "review", "UNKNOWN_REVIEW",
                        lambda w, id: pb.ReviewModerate(id=id, state=pb.REVIEW_ACCEPTED)),
    "member_usual": (T, pb.OP_MEMBER_USUAL, "member", "UNKNOWN_MEMBER", lambda w, id: pb.MemberUsual(id=id)),
    "sale_quote product": (T, pb.OP_SALE_QUOTE, "product", "UNKNOWN_PRODUCT",
                           lambda w, id: pb.SaleQuote(basket=sale(w, id).basket)),
    "sale_quote member": (T, pb.OP_SALE_QUOTE, "member", "UNKNOWN_MEMBER",
                          lambda w, id: pb.SaleQuote(basket=sale(w, w.here["product"], member_id=id).basket)),
    "sale_ring_up product": (T, pb.OP_SALE_RING_UP, "product", "UNKNOWN_PRODUCT", lambda w, id: sale(w, id)),
    "sale_ring_up member": (T, pb.OP_SALE_RING_UP, "member", "UNKNOWN_MEMBER",
                            lambda w, id: sale(w, w.here["product"], member_id=id)),
    "sale_ring_up shift": (T, pb.OP_SALE_RING_UP, "shift", "BAD_CLAIM",
                           lambda w, id: sale(w, w.here["product"], shift_id=id)),
    "shift_report": (T, pb.OP_SHIFT_REPORT, "shift", "SHIFT_NOT_OPEN", lambda w, id: pb.ShiftReport(shift_id=id)),
    "sale_show": (T, pb.OP_SALE_SHOW, "sale", "UNKNOWN_SALE", lambda w, id: pb.SaleShow(sale_id=id)),
    "sale_explain": (T, pb.OP_SALE_EXPLAIN, "sale", "UNKNOWN_SALE", lambda w, id: pb.SaleExplain(sale_id=id)),
    "basket_park product": (T, pb.OP_BASKET_PARK, "product", "UNKNOWN_PRODUCT",
                            lambda w, id: pb.BasketPark(basket=sale(w, id).basket)),
    "basket_park member": (T, pb.OP_BASKET_PARK, "member", "UNKNOWN_MEMBER",
                           lambda w, id: pb.BasketPark(basket=sale(w, w.here["product"], member_id=id).basket)),
    "basket_resume": (T, pb.OP_BASKET_RESUME, "parked", "UNKNOWN_PARKED", lambda w, id: pb.BasketResume(parked_id=id)),
    "basket_void product": (T, pb.OP_BASKET_VOID, "product", "UNKNOWN_PRODUCT",
                            lambda w, id: pb.BasketVoid(basket=sale(w, id).basket, reason="left")),
    "receipt_print": (T, pb.OP_RECEIPT_PRINT, "sale", "UNKNOWN_SALE", lambda w, id: pb.ReceiptPrint(sale_id=id)),
    "invoice_make": (T, pb.OP_INVOICE_MAKE, "sale", "UNKNOWN_SALE",
                     lambda w, id: pb.InvoiceMake(sale_id=id, customer=pb.InvoiceCustomer(name="Spy", address="Elsewhere"))),
    "invoice_show": (T, pb.OP_INVOICE_SHOW, "sale", "UNKNOWN_INVOICE", lambda w, id: pb.InvoiceShow(sale_id=id)),
    "stock_receive": (C, pb.OP_STOCK_RECEIVE, "product", "UNKNOWN_PRODUCT",
                      lambda w, id: pb.StockReceive(moves=[pb.StockMove(product_id=id, quantity_milli=1000)])),
    "stock_show": (C, pb.OP_STOCK_SHOW, "product", "UNKNOWN_PRODUCT", lambda w, id: pb.StockShow(product_ids=[id])),
    "staff_put id": (C, pb.OP_STAFF_PUT, "staff", "UNKNOWN_STAFF", lambda w, id: pb.StaffPut(id=id, name="Renamed")),
    "staff_put pin": (C, pb.OP_STAFF_PUT, "staff", "UNKNOWN_STAFF", lambda w, id: pb.StaffPut(id=id, pin="7359")),
    "staff_put role": (C, pb.OP_STAFF_PUT, "role", "UNKNOWN_ROLE",
                       lambda w, id: pb.StaffPut(name="New", role_id=id, pin=PIN)),
    "staff_unlock": (C, pb.OP_STAFF_UNLOCK, "staff", "UNKNOWN_STAFF", lambda w, id: pb.StaffUnlock(id=id)),
    "device_invite": (C, pb.OP_DEVICE_INVITE, "shop", "UNKNOWN_SHOP",
                      lambda w, id: pb.DeviceInvite(shop_id=id, kind=pb.CLIENT_COUNTER, name="spy")),
    "device_revoke": (C, pb.OP_DEVICE_REVOKE, "device", "UNKNOWN_DEVICE",
                      lambda w, id: pb.DeviceRevoke(device_id=id, reason="mine now")),
    "sale_rescue": (C, pb.OP_SALE_RESCUE, "device", "UNKNOWN_DEVICE",
                    lambda w, id: pb.SaleRescue(device_id=id, op=pb.OP_SALE_RING_UP, command_id=bytes(16),
                                                body=sale(w, w.here["product"]).SerializeToString())),
    "journal_list": (C, pb.OP_JOURNAL_LIST, "device", "UNKNOWN_DEVICE", lambda w, id: pb.JournalList(device_id=id, kind="T")),
}
# Where 0 is a word of its own: nobody, none, it is not said.
MEANS_NOTHING = {"sale_quote member", "basket_park member", "basket_leave member", "sale_ring_up member", "sale_ring_up shift", "programme_put category",
                 "product_put category", "product_put deposit", "product_put tax class", "tax_class_put switch",
                 "sale_ring_up tender", "promotion_put category", "sale_ring_up account"}
IS_A_COMMAND = {pb.OP_PRODUCT_SHOW: False, pb.OP_REVIEW_LIST: False, pb.OP_MEMBER_SHOW: False, pb.OP_MEMBER_USUAL: False, pb.OP_MEMBER_EXPORT: False, pb.OP_ACCOUNT_SHOW: False, pb.OP_SALE_QUOTE: False, pb.OP_SALE_SHOW: False, pb.OP_SALE_EXPLAIN: False,
                pb.OP_SHIFT_REPORT: False, pb.OP_STOCK_SHOW: False, pb.OP_JOURNAL_LIST: False, pb.OP_INVOICE_SHOW: False}


def error_of(world, case, id):
    """The whole of what is said of it, as bytes."""
    who, op, _, _, make = CASES[case]
    client = {C: world.manager, T: world.till_here, K: world.kiosk_here}[who]
    reply = client.reply(op, make(world, id), uuid.uuid4().bytes if IS_A_COMMAND.get(op, True) else None)
    assert reply.HasField("error"), (case, id, "was carried out")
    return reply.error


@pytest.mark.parametrize("case", CASES)
def test_a_swapped_id_is_refused_like_one_of_nothing(world, case):
    _, _, kind, code, _ = CASES[case]
    others = [id for other, id in world.here.items() if other not in (kind, "receipt")]
    swapped = [2**53, 2**63 - 1, 2**63, 2**64 - 1, *others]
    swapped += [] if case in MEANS_NOTHING else [0]
    swapped += [world.far[kind]] if kind in world.far else []
    if kind == "tender type":  # cash and card are under the same ids in every shop
        swapped = [id for id in swapped if id not in (1, 2)]
    if case == "journal_list":  # a server's own strand is under the number of its node
        swapped = [id for id in swapped if id > 4096]
    with world.everything.unchanged("command"):
        nothing = error_of(world, case, NOBODYS)
        assert pb.code(nothing.code) == code
        for id in swapped:
            said = error_of(world, case, id)
            assert said.SerializeToString() == nothing.SerializeToString(), (id, str(said), str(nothing))


@pytest.mark.parametrize("op", [pb.OP_SALE_SHOW, pb.OP_SALE_EXPLAIN, pb.OP_SALE_REFUND, pb.OP_SALE_RETENDER, pb.OP_INVOICE_MAKE, pb.OP_INVOICE_SHOW],
                         ids=pb.Op.Name)
def test_a_receipt_number_of_another_shop_is_one_of_no_receipt(world, op):
    makes = {pb.OP_SALE_SHOW: lambda number: pb.SaleShow(receipt_number=number),
             pb.OP_SALE_EXPLAIN: lambda number: pb.SaleExplain(receipt_number=number),
             pb.OP_SALE_REFUND: lambda number: pb.SaleRefund(receipt_number=number, reason="x"),
             pb.OP_SALE_RETENDER: lambda number: pb.SaleRetender(receipt_number=number, position=0, kind=pb.TENDER_CASH, reason="x"),
             pb.OP_INVOICE_MAKE: lambda number: pb.InvoiceMake(receipt_number=number, customer=pb.InvoiceCustomer(name="Spy", address="x")),
             pb.OP_INVOICE_SHOW: lambda number: pb.InvoiceShow(receipt_number=number)}
    with world.connect(world.till_here.identity, kind=pb.CLIENT_CLI) as client:
        client.sign_in()
        command = uuid.uuid4 if op not in (pb.OP_SALE_SHOW, pb.OP_SALE_EXPLAIN, pb.OP_INVOICE_SHOW) else None

        def said(number):
            message = makes[op](number)
            return client.reply(op, message, command().bytes if command else None).error.SerializeToString()

        with world.everything.unchanged("command"):
            nothing = said("78T-000001")
            assert pb.code(pb.Error.FromString(nothing).code) == "UNKNOWN_SALE"
            for number in (world.far["receipt"], world.here["receipt"].replace("T", "X"), "1T-999999999"):
                assert said(number) == nothing, number


def test_lists_show_nothing_of_another_shop(world):
    manager = world.manager
    staff = manager.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed).staff
    assert world.far["staff"] not in {person.id for person in staff}
    devices = manager.call(pb.OP_DEVICE_LIST, pb.DeviceList(), pb.DeviceListed).devices
    assert world.far["device"] not in {device.id for device in devices}
    received = world.branch.till.command(
        pb.OP_STOCK_RECEIVE,
        pb.StockReceive(moves=[pb.StockMove(product_id=world.here["product"], quantity_milli=9000)], reason="far"),
        pb.StockShown,
    )
    assert received.on_hand[0].quantity_milli == 9000
    shown = manager.call(pb.OP_STOCK_SHOW, pb.StockShow(product_ids=[world.here["product"]]), pb.StockShown)
    assert shown.on_hand[0].quantity_milli == 0, "the shelves are each shop's own"


def test_nobody_of_another_shop_signs_in_here(world):
    with world.connect(world.till_here.identity) as till:
        assert till.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Far manager", pin=PIN)) == "SIGN_IN_FAILED"
        assert till.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=world.branch.token)) == "SESSION_UNKNOWN"
    world.branch.till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)


def test_what_is_gone_is_told_from_what_never_was_only_where_it_is_ours(world):
    """A revoked device, an unsold product, somebody who left: each still is an object of this shop."""
    manager = world.manager
    gone = world.device()
    revoke = pb.DeviceRevoke(device_id=gone.device.id, reason="old")
    manager.command(pb.OP_DEVICE_REVOKE, revoke, pb.DeviceRevoked)
    manager.command(pb.OP_DEVICE_REVOKE, revoke, pb.DeviceRevoked)  # once more changes nothing
    unsold = world.put_product("Unsold", 45, active=False)
    with world.everything.unchanged("command"):
        assert pb.code(error_of(world, "sale_ring_up product", unsold).code) == "PRODUCT_INACTIVE"


def test_all_invariants_hold_after_it(world):
    world.check()


# Ids that a request has room for and that name nothing there, or are swapped in a test of their own.
ELSEWHERE = {
    # A list goes on behind this number, whatever has it; what it shows is its own shop's: see above.
    (pb.OP_PRODUCT_LIST, "after_id"),
    (pb.OP_PROMOTION_LIST, "after_id"),
    (pb.OP_MODIFIER_LIST, "after_id"),
    (pb.OP_COUPON_CAMPAIGN_LIST, "after_id"),
    (pb.OP_STAFF_LIST, "after_id"),
    (pb.OP_MEMBER_FIND, "after_id"),
    (pb.OP_ACCOUNT_LIST, "after_id"),
    (pb.OP_DEVICE_LIST, "after_id"),
    (pb.OP_JOURNAL_SIGNATURE_LIST, "after_id"),
    (pb.OP_SALE_EXCEPTION_LIST, "before_id"),
    (pb.OP_REVIEW_LIST, "before_id"),
    (pb.OP_REVIEW_QUEUE, "after_id"),
    # A message that is used for answers too: the server gives the id of what is made, and a member's lots are only shown.
    (pb.OP_MEMBER_CREATE, "member.id"),
    (pb.OP_MEMBER_CREATE, "member.lots.id"),
    (pb.OP_MEMBER_UPDATE, "member.lots.id"),
    (pb.OP_MEMBER_UPDATE, "member.referrer_id"),  # of who is made
    # Refused: who signs up says no number of anybody.
    (pb.OP_MEMBER_SIGN_UP, "member.id"),
    (pb.OP_MEMBER_SIGN_UP, "member.referrer_id"),
    (pb.OP_MEMBER_SIGN_UP, "member.lots.id"),
    # A member's own sales go on behind this number, whatever has it: tests/shop/test_kiosk_service.py.
    (pb.OP_SELF_SALES, "before_id"),
    # For whose session it is meant, and in every other it is refused: tests/shop/test_kiosk_service.py.
    *((op, "session_member_id") for op in (pb.OP_BASKET_LEAVE, pb.OP_SELF_PUT, pb.OP_SELF_ERASE, pb.OP_REVIEW_PUT, pb.OP_PAYMENT_METHOD_ADD,
                                           pb.OP_PAYMENT_METHOD_REMOVE, pb.OP_GIFT_CARD_CHARGE)),
    # Whose card, whose page and whose charge it is: tests/gateway/test_payment_methods.py; here is no gateway.
    (pb.OP_PAYMENT_METHOD_ADD, "member_id"),
    (pb.OP_PAYMENT_METHOD_FINISH, "setup_id"),
    (pb.OP_PAYMENT_METHOD_LIST, "member_id"),
    (pb.OP_PAYMENT_METHOD_REMOVE, "member_id"),
    (pb.OP_PAYMENT_METHOD_REMOVE, "method_id"),
    (pb.OP_GIFT_CARD_CHARGE, "member_id"),
    (pb.OP_GIFT_CARD_CHARGE, "method_id"),
    (pb.OP_GIFT_CARD_CHARGE_SHOW, "charge_id"),
    # A draft is kept nowhere, and goods that are none are in no sale; what it says is of the caller's shop: tests/sale/test_programme_sold.py.
    (pb.OP_PROGRAMME_TRY, "after_id"),
    (pb.OP_PROGRAMME_TRY, "draft.id"),
    (pb.OP_PROGRAMME_TRY, "draft.reward_category_id"),
    (pb.OP_PROGRAMME_TRY, "draft.terms.category_ids"),
    (pb.OP_PROGRAMME_TRY, "draft.terms.product_ids"),
    *((op, f"member.{field}") for op in (pb.OP_MEMBER_CREATE, pb.OP_MEMBER_UPDATE, pb.OP_MEMBER_SIGN_UP)
      for field in ("consents.shop_id", "consents.device_id", "consents.staff_id", "consents.member_id", "sales.sale_id", "sales.member_id",
                    "merged.id", "merged.staff_id")),
    # A coupon is what a look-up says it is, and the rest of it for tills: tests/sale/test_coupons_sold.py. One of a number that is none
    # is a try that is written down.
    *((op, f"basket.coupons.{field}")
      for op in (pb.OP_SALE_QUOTE, pb.OP_SALE_RING_UP, pb.OP_SALE_OFFLINE, pb.OP_BASKET_PARK, pb.OP_BASKET_VOID, pb.OP_BASKET_LEAVE)
      for field in ("coupon.id", "coupon.campaign_id", "coupon.member_id", "campaign.id", "campaign.category_id", "campaign.product_ids")),
    (pb.OP_COUPON_SHOW, "campaign_id"),
    # Who may close a shift is no cashier: tests/sale/test_shifts.py sends another till's and nobody's.
    (pb.OP_SHIFT_CLOSE, "shift_id"),
    (pb.OP_SALE_ATTACH, "member_id"),  # of a receipt that has none: tests/sale/test_attaches.py
    (pb.OP_SALE_REFUND_FREE, "lines.product_id"),  # of who may: tests/sale/test_free_refunds.py
    (pb.OP_SALE_RETENDER, "tender_type_id"),  # of a shift lead: tests/sale/test_retenders.py
    (pb.OP_SHIFT_CLOSE, "vouchers.tender_type_id"),  # likewise: tests/sale/test_tenders_sold.py
    # What was sold offline is listed rather than refused, and needs a number: tests/sale/test_offline_booked.py.
    (pb.OP_SALE_OFFLINE, "basket.lines.product_id"),
    (pb.OP_SALE_OFFLINE, "basket.member_id"),
    (pb.OP_SALE_OFFLINE, "basket.lines.options.modifier_id"),
    (pb.OP_SALE_OFFLINE, "shift_id"),
    (pb.OP_SALE_OFFLINE, "staff_id"),
    (pb.OP_SALE_OFFLINE, "tenders.tender_type_id"),  # cash and cards alone
    (pb.OP_SALE_OFFLINE, "tenders.account_id"),
    # What is thrown away is kept without whose it was to be.
    (pb.OP_BASKET_VOID, "basket.member_id"),
    # What is put aside, or thrown away, is looked at when it is sold: an option that is none adds nothing.
    (pb.OP_BASKET_PARK, "basket.lines.options.modifier_id"),
    (pb.OP_BASKET_LEAVE, "basket.lines.options.modifier_id"),
    (pb.OP_BASKET_VOID, "basket.lines.options.modifier_id"),
}


def takes_ids(descriptor, path=()):
    """The fields of a message that hold an id, as paths of names."""
    for field in descriptor.fields:
        if field.message_type:
            yield from takes_ids(field.message_type, (*path, field.name))
        elif re.fullmatch(r"(.+_)?ids?", field.name) and field.cpp_type == field.CPPTYPE_UINT64:
            yield (*path, field.name)


def holds(message, id, path=()):
    """Those of a message that hold this one."""
    for field, value in message.ListFields():
        for one in value if field.label == field.LABEL_REPEATED else [value]:
            if field.message_type:
                yield from holds(one, id, (*path, field.name))
            elif one == id and re.fullmatch(r"(.+_)?ids?", field.name):
                yield (*path, field.name)


def test_every_id_of_every_request_is_swapped(world):
    """An op or a field that is new, and stands neither in CASES nor in ELSEWHERE, fails here."""
    swapped = {(op, path) for _, op, _, _, make in CASES.values() for path in holds(make(world, NOBODYS), NOBODYS)}
    taken = {(op, path) for name, op in pb.Op.items() if op
             for path in takes_ids(getattr(pb, name.removeprefix("OP_").title().replace("_", "")).DESCRIPTOR)}
    elsewhere = {(op, tuple(field.split("."))) for (op, field) in ELSEWHERE}
    named = lambda those: sorted(f"{pb.Op.Name(op)} {'.'.join(path)}" for op, path in those)
    assert named(taken - swapped - elsewhere) == [], "no swapped id is sent there"
    assert named(elsewhere - taken) == [] and named(elsewhere & swapped) == [], "ELSEWHERE names what it need not"
