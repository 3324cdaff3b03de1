"""A shop's journal with every kind of entry: of the valid requests, and of what else writes one."""
import datetime
import hashlib
import struct
import uuid
import zoneinfo

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

import kiosk
import training
from gift_card import a_code
from hostile_asking import attempt
from journal_edits import HEAD
from offline import half_up
from paying import add_card
from shop import TOP, pb
from valid_requests import VALID, line
from valid_sales import chosen, discounted, empties, keyed, plain, rich, voided
from waiting import wait_for

CASH = pb.TENDER_CASH


def all_valid(w):
    for op in sorted(VALID):
        for row in VALID[op]:
            code, answer = attempt(w, op, row, lambda message: message.SerializeToString())
            assert not code, (pb.Op.Name(op), code, answer)


def refused(client, op, message, code, command=True):
    said = client.refusal(op, message, uuid.uuid4().bytes if command else None)
    assert said == code, (pb.Op.Name(op), said)


# ---- tries of what is not so ----


def wrong_pins(w):
    for _ in range(5):
        refused(w.door, pb.OP_SESSION_OPEN, pb.SessionOpen(name=w.who, pin="1597"), "SIGN_IN_FAILED", False)
    refused(w.door, pb.OP_SESSION_OPEN, pb.SessionOpen(name=w.who, pin="1597"), "SIGN_IN_LOCKED", False)
    refused(w.anew("door"), pb.OP_SESSION_RESUME, pb.SessionResume(token=w.lead.session.token), "SESSION_UNKNOWN", False)
    guest = w.anew("guest")
    card = kiosk.Person(w.lead).card
    for _ in range(6):
        kiosk.sign_in_error(guest, card=card, secret="1597")


def opened_alone(w):
    """A till that let its person unlock it, and somebody try, while the server was away."""
    client = w.again("lead")
    with w.connect(client.identity, kind=client.kind) as back:
        back.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=client.session.token, opened_alone=1, wrong_alone=2), pb.SessionOpened)


def unknown_codes(w):
    refused(w.lead, pb.OP_GIFT_CARD_SHOW, pb.GiftCardShow(code=a_code()), "UNKNOWN_GIFT_CARD", False)
    refused(w.lead, pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(code=taken_code(w), means=pb.ACCOUNT_CASH, amount_minor=500), "GIFT_CARD_TAKEN")
    refused(w.lead, pb.OP_COUPON_SHOW, pb.CouponShow(code="CP" + 14 * "0"), "UNKNOWN_COUPON", False)
    method = add_card(w.member, w.gateway)[0].id
    refused(w.member, pb.OP_GIFT_CARD_CHARGE, pb.GiftCardCharge(method_id=method, number=999_999, amount_minor=500), "UNKNOWN_GIFT_CARD")


def taken_code(w):
    code = a_code()
    w.do(pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(code=code, means=pb.ACCOUNT_CASH, amount_minor=500), pb.GiftCardLoaded)
    return code


def paid_for_nothing(w):
    """The card was blocked between the asking and the booking: what was paid is given back."""
    member, method = w.new_method()
    number, before = w.new_card().number, w.gateway.asked["authorise"]
    w.gateway.always = {"status": "hang"}
    charge = pb.GiftCardCharge(member_id=member, method_id=method, number=number, amount_minor=500)
    id = w.do(pb.OP_GIFT_CARD_CHARGE, charge, pb.GiftCardCharging).charge_id
    wait_for(lambda: w.gateway.asked["authorise"] > before, 20, "the gateway to be asked")
    w.do(pb.OP_GIFT_CARD_PUT, pb.GiftCardPut(number=number, blocked=True, reason="stolen"), pb.GiftCardPutDone)
    w.gateway.always = {}
    w.gateway.released.set()
    w.gateway.released.clear()
    w.wait_over(id)


# ---- sales with all there is ----


def goods(w, name, price, **more):
    return w.shop.put_product(name, price, **{"tax_class_id": w.tax, **more})


def of_all_means(w):
    w.sold(tenders=[pb.Tender(kind=pb.TENDER_HOUSE, tender_type_id=w.house, amount_minor=45)])
    meal = w.shop.put_tender_type("Meal", change=pb.TENDER_CHANGE_FORFEITED)
    w.sold(tenders=[pb.Tender(tender_type_id=meal, amount_minor=50)])
    w.sold(tenders=[pb.Tender(kind=CASH, amount_minor=50)])


def rounded(w):
    settings = pb.ShopPut(shop=pb.Shop(cash_rounding_minor=5))
    w.shop.manager.command(pb.OP_SHOP_PUT, settings, pb.ShopPutDone)
    odd = goods(w, "Odd", 43)
    basket = w.basket(line(w, odd))
    w.do(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket, total_minor=43, tenders=[pb.Tender(kind=CASH, amount_minor=45)]), pb.SaleRungUp)
    w.settings()


def from_the_shelf(w):
    counted = goods(w, "Counted", 100, stock_policy=pb.STOCK_WARN)
    bag = goods(w, "Bag", 20, deposit_kind=pb.DEPOSIT_CHARGE)
    two = w.shop.put_tax_class("two", ("VAT7", 70_000), ("CITY", 10_000))
    w.sold(line(w, counted), line(w, bag), line(w, w.lemonade), line(w, goods(w, "Two", 100, tax_class_id=two)))


def oversold(w):
    """The shelf holds none, and the card was charged."""
    none = goods(w, "None left", 100, stock_policy=pb.STOCK_BLOCK)
    tender = pb.Tender(kind=pb.TENDER_CARD, amount_minor=100, reference="A1")
    w.do(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=w.basket(line(w, none)), total_minor=100, tenders=[tender]), pb.SaleRungUp)


def promoted(w):
    w.do(pb.OP_PROMOTION_PUT, pb.PromotionPut(promotion=pb.Promotion(
        name="Two", gift=pb.PROMOTION_CHEAPEST_FREE, value=1, active=True, parts=[pb.PromotionPart(pieces=2, product_ids=[w.roll])])), pb.CataloguePutDone)
    w.sold(line(w, quantity_milli=2000))


def on_a_birthday(w):
    today = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")).strftime("--%m-%d")
    member = kiosk.Person(w.lead, birthday=today)
    w.sold(line(w, w.lemonade), member_id=member.id)


def given_back(w):
    """Points that were earned and points that were spent."""
    receipt = w.sold(*rich(w).lines, member_id=w.anna.id, rewards=[pb.BasketReward(line=0)])
    w.do(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=receipt.receipt_number, reason="stale"), pb.SaleRungUp)


def parked_by_name(w):
    w.do(pb.OP_BASKET_PARK, pb.BasketPark(basket=w.basket(member_id=w.anna.id)), pb.BasketParkDone)
    listed = w.lead.call(pb.OP_BASKET_PARKED, pb.BasketParked(members=True), pb.ParkedBaskets).baskets
    w.do(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=listed[-1].parked_id), pb.BasketResumed)


def in_another_shift(w):
    before = w.opened()
    w.opened()
    w.do(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=w.basket(), total_minor=45, shift_id=before, tenders=[pb.Tender(kind=pb.TENDER_CARD, amount_minor=45, reference="A1")]),
         pb.SaleRungUp, w.spare)


def told_again(w):
    """A receipt that earned a coupon, asked twice."""
    receipt = w.sold(line(w, quantity_milli=10**6)).receipt_number
    for _ in range(2):
        w.do(pb.OP_COUPON_EARN, pb.CouponEarn(receipt_number=receipt), pb.CouponEarned)


def a_persons_drawer(w):
    w.shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(drawers=pb.DRAWERS_PERSON)), pb.ShopPutDone)
    w.opened()
    w.closed()
    [[till, number]] = w.rows(f"SELECT d.till_number, max(s.number) FROM shift AS s JOIN device AS d ON d.id = s.device_id"
                              f" WHERE s.device_id = {w.spare.identity.device.id} GROUP BY d.till_number")
    w.lead.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(till_number=till, number=number), pb.ShiftReported)
    w.settings()


def rescued_ring_up(w):
    body = pb.SaleRingUp(basket=w.basket(), total_minor=45, shift_id=w.dead.shift, tenders=[pb.Tender(kind=CASH, amount_minor=45)]).SerializeToString()
    w.do(pb.OP_SALE_RESCUE, pb.SaleRescue(device_id=w.dead.device, command_id=uuid.uuid4().bytes, op=pb.OP_SALE_RING_UP, body=body), pb.SaleRescued)


# ---- practised ----


def practised(w):
    w.closed()
    till = w.spare
    training.begin(till)
    training.open_shift(till)
    for make in (plain, discounted, voided, chosen, keyed, empties):
        basket = make(w)
        total = training.quote(till, basket).total_minor
        sold = training.sell(till, basket, total, *([(CASH, total, None)] if total > 0 else []))
        if make is plain:
            training.refund(till, sold.receipt_number)
            training.copy(till, receipt_number=sold.receipt_number)
    for kind in pb.CASH_MOVE_IN, pb.CASH_MOVE_OUT, pb.CASH_MOVE_DROP:
        training.move(till, kind, 100)
    training.no_sale(till)
    training.throw_away(till, plain(w))
    training.close(till, 10_000)
    training.end(till)


# ---- made offline ----


def book(w, *lines, change=lambda message: None, **more):
    message = w.offline.printed(w.basket(*lines, **more), number=next_number(w))
    change(message)
    w.offline.book(message)


def next_number(w):
    [[last]] = w.rows(f"SELECT coalesce(max(number), 0) FROM sale WHERE device_id = {w.offline.device} AND series = 'X'")
    return last + 1


def paid_by_card(message):
    message.tenders[0].kind, message.tenders[0].reference = pb.TENDER_CARD, "A1"


def dearer(message):
    """As a price was that nobody has any more."""
    more = 107
    message.lines[0].unit_price_minor += more
    message.lines[0].gross_minor += more
    message.lines[0].total_minor += more
    tax = half_up(message.lines[0].total_minor * 7, 107)
    message.lines[0].tax_minor = message.tax_minor = message.taxes[0].tax_minor = tax
    message.total_minor += more
    message.taxes[0].net_minor = message.total_minor - tax
    message.tenders[0].amount_minor = message.total_minor


def of_long_ago(message):
    message.made_us -= 400 * 86400 * 10**6


def of_nobody(message):
    message.shift_id, message.staff_id, message.basket.member_id = 2**52, 2**52, 2**52


def of_a_version_to_come(message):
    message.basket.catalogue_version += 10**6


def in_the_next_shift(w):
    """It was printed before the drawer was counted."""
    w.offline.client.sign_in()
    message = w.offline.printed(w.basket(), number=next_number(w))
    w.do(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=0), pb.ShiftReported, w.offline.client)
    w.do(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=10_000), pb.ShiftShown, w.offline.client)
    w.offline.book(message)


def offline(w):
    gone = goods(w, "Gone", 300)
    book(w, line(w, gone), change=paid_by_card)
    w.shop.put({"id": gone, "active": False})
    book(w, line(w, gone))
    book(w, change=dearer)
    book(w, change=of_long_ago)
    book(w, change=of_nobody)
    book(w, line(w, w.cookie), member_id=w.anna.id)
    book(w, line(w, w.latte, options=[pb.LineOption(modifier_id=w.milk, option=1)]))
    book(w, line(w, w.latte, options=[pb.LineOption(modifier_id=w.milk, option=9)]))
    book(w, line(w), line(w, w.wrap, keyed_price_minor=500))
    book(w, line(w, w.lemonade), line(w, w.bottle, deposit_of=0))
    book(w, line(w, w.lemonade))
    book(w, line(w, goods(w, "Kept", 100, stock_policy=pb.STOCK_BLOCK), hot=True), service=pb.SERVICE_EAT_IN)
    book(w, change=of_a_version_to_come)
    book(w, line(w, voided=True, void_reason="too many"), line(w), service=pb.SERVICE_TAKE_AWAY)
    in_the_next_shift(w)


# ---- of before ----


def older_receipts():
    lines = (TOP / "tests/wire/older_receipts.txt").read_text().splitlines()
    return [bytearray.fromhex(line) for line in lines if not line.startswith("#")]


def of_before(w):
    """A till that sold before there were today's layouts: its first receipts, each signed by the shop's key as it was then, and one of today
    behind them. Their sales have no rows here: nothing is checked afterwards."""
    till = w.seated()
    device, key = till.identity.device.id, load_pem_private_key(next(w.shop.data.rglob("sign.key")).read_bytes(), None)
    key_id = hashlib.sha256(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).digest()[:8]
    head, at = bytes(32), "'epoch'::timestamptz + %s * interval '1 microsecond'"
    with w.database.cursor() as cursor:
        for number, entry in enumerate(older_receipts(), 1):
            struct.pack_into(">QQ", entry, 2, device, number)
            [made_us] = struct.unpack_from(">Q", entry, 18)
            head = hashlib.sha256(head + entry).digest()
            heads = HEAD.pack(device, b"T", number, head)
            cursor.execute(f"INSERT INTO journal (device_id, kind, number, at, bytes, hash) VALUES (%s, 'T', %s, {at}, %s, %s)",
                           [device, number, made_us, bytes(entry), head])
            cursor.execute(f"INSERT INTO journal_signature (id, at, heads, signature, key_id) VALUES (%s, {at}, %s, %s, %s)",
                           [number, made_us, heads, key.sign(heads), key_id])
        cursor.execute(f"INSERT INTO device_head (device_id, kind, number, at, hash) VALUES (%s, 'T', %s, {at}, %s)", [device, number, made_us, head])
    w.do(pb.OP_SALE_RING_UP, w.cash_sale(), pb.SaleRungUp, till)
    till.close()


STEPS = (all_valid, wrong_pins, opened_alone, unknown_codes, paid_for_nothing, of_all_means, rounded, from_the_shelf, oversold, promoted, on_a_birthday, given_back, parked_by_name, in_another_shift,
         told_again, a_persons_drawer, rescued_ring_up, practised, offline)
