"""The same of all that sells: shifts, baskets, sales and what comes behind them, the kiosk's baskets, and members' own requests."""
import uuid

import kiosk
from names import fresh
from shop import pb
from valid_requests import behind, kept, line, valid


def on_spare(op, answer, make):
    """At the till whose drawer comes and goes."""
    valid(op, answer, lambda w: w.once("shift", w.opened) and make(w), "spare")


# ---- shifts ----

valid(pb.OP_SHIFT_DRAWERS, pb.ShiftDrawersShown, lambda w: pb.ShiftDrawers())
valid(pb.OP_SHIFT_OPEN, pb.ShiftShown, lambda w: w.once("closed", w.closed) and pb.ShiftOpen(float_minor=10_000, training=False), "spare")
valid(pb.OP_SHIFT_SHOW, pb.ShiftShown, lambda w: pb.ShiftShow())
on_spare(pb.OP_SHIFT_MOVE, pb.ShiftShown, lambda w: pb.ShiftMove(kind=pb.CASH_MOVE_IN, amount_minor=100, reason="change", training=False))
on_spare(pb.OP_SHIFT_NO_SALE, pb.ShiftShown, lambda w: pb.ShiftNoSale(reason="change", training=False))
on_spare(pb.OP_SHIFT_REPORT, pb.ShiftReported, lambda w: pb.ShiftReport(shift_id=w.once("shift", w.opened)))
on_spare(pb.OP_SHIFT_CLOSE, pb.ShiftReported, lambda w: pb.ShiftClose(
    counts=[pb.ShiftPieces(denomination_minor=1000, pieces=10)], shift_id=w.once("shift", w.opened), training=False,
    vouchers=[pb.VoucherCount(tender_type_id=w.voucher, counted_minor=0)]))
on_spare(pb.OP_SHIFT_CLOSE, pb.ShiftReported, lambda w: pb.ShiftClose(counted_minor=10_000))
valid(pb.OP_SHIFT_Z_SHOW, pb.ShiftReported, lambda w: pb.ShiftZShow(till_number=kept(w, "Z", lambda: a_z(w)), number=1))
valid(pb.OP_SHIFT_Z_PRINT, pb.PrintJobPut, lambda w: pb.ShiftZPrint(printer="Oven", till_number=kept(w, "Z", lambda: a_z(w)), number=1))
valid(pb.OP_TRAINING_BEGIN, pb.TrainingState, lambda w: pb.TrainingBegin(), "spare")
valid(pb.OP_TRAINING_END, pb.TrainingState, lambda w: w.once("on", lambda: trains(w)) and pb.TrainingEnd(), "spare")


def a_z(w):
    """The number of a till that has closed a shift."""
    w.closed()
    return w.rows(f"SELECT till_number FROM device WHERE id = {w.spare.identity.device.id}")[0][0]


def trains(w):
    return w.do(pb.OP_TRAINING_BEGIN, pb.TrainingBegin(), pb.TrainingState, w.spare).training


def end_training(w, who, _):
    if w.spare.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=w.spare.session.token), pb.SessionOpened).training:
        w.do(pb.OP_TRAINING_END, pb.TrainingEnd(), pb.TrainingState, w.spare)


behind(pb.OP_TRAINING_BEGIN, end_training)

# ---- baskets ----


def plain(w, **more):
    """What a till, a kiosk and a parked basket may have."""
    return w.basket(line(w, hot=True, voided=False, note="for ten"), line(w, w.latte, options=[pb.LineOption(modifier_id=w.milk, option=1)]),
                    service=pb.SERVICE_EAT_IN, priced_us=w.now_us(), total_heard=True, **more)


def discounted(w, **more):
    return w.basket(line(w, discount=pb.Discount(rate_ppm=100_000, reason="of yesterday")),
                    discount=pb.Discount(amount_minor=1, reason="so kind"), **more)


def voided(w, **more):
    return w.basket(line(w, voided=True, void_reason="too many"), line(w), total_heard=True, **more)


def rich(w, **more):
    """A member's, with a reward of each kind and a coupon; an allergen that they were told of."""
    coupon = w.once("coupon", lambda: w.ask(pb.OP_COUPON_SHOW, pb.CouponShow(code=w.coupon.code), pb.CouponShown))
    return w.basket(line(w, w.cookie, allergens_told=[1], quantity_milli=2000), member_id=w.anna.id,
                    rewards=[pb.BasketReward(line=0), pb.BasketReward(reward=1)],
                    coupons=[pb.BasketCoupon(redeems=coupon.redeems, coupon=coupon.coupon, campaign=coupon.campaign)], **more)


def chosen(w, **more):
    return w.basket(line(w, w.latte, options=[pb.LineOption(modifier_id=w.milk, option=1)]), **more)


def keyed(w, **more):
    return w.basket(line(w, w.wrap, keyed_price_minor=500), **more)


def empties(w, **more):
    return w.basket(line(w, w.bottle, quantity_milli=-1000), line(w), **more)


ALL = (plain, discounted, voided, rich, chosen, keyed, empties)


def total(w, basket):
    return w.quote(basket).total_minor


def rung_up(w, make):
    basket = make(w)
    minor = total(w, basket)
    message = pb.SaleRingUp(basket=basket, total_minor=minor, made_us=w.now_us(), training=False)
    if minor > 0:
        message.tenders.append(pb.Tender(kind=pb.TENDER_CARD, amount_minor=minor + 10, reference="A1", tip_minor=10))
    return message


for make in ALL:
    valid(pb.OP_SALE_QUOTE, pb.SaleQuoted, lambda w, make=make: pb.SaleQuote(basket=make(w), training=False))
    valid(pb.OP_SALE_RING_UP, pb.SaleRungUp, lambda w, make=make: rung_up(w, make))
    valid(pb.OP_BASKET_PARK, pb.BasketParkDone, lambda w, make=make: pb.BasketPark(basket=make(w)))
    valid(pb.OP_BASKET_VOID, pb.BasketVoided, lambda w, make=make: pb.BasketVoid(basket=make(w), reason="left", training=False))
valid(pb.OP_SALE_QUOTE, pb.SaleQuoted, lambda w: pb.SaleQuote(basket=discounted(w), approval=w.once("approval", w.approval)))
valid(pb.OP_SALE_RING_UP, pb.SaleRungUp, lambda w: pb.SaleRingUp(
    basket=w.basket(), total_minor=45, approval=w.once("approval", w.approval), shift_id=w.once("shift", lambda: shift(w)),
    tenders=[pb.Tender(kind=pb.TENDER_GIFT_CARD, tender_type_id=w.gift, amount_minor=45, gift_card=w.once("pays", w.pays))]))
valid(pb.OP_SALE_RING_UP, pb.SaleRungUp, lambda w: pb.SaleRingUp(
    basket=w.basket(), total_minor=45, tenders=[pb.Tender(kind=pb.TENDER_ACCOUNT, tender_type_id=w.on_account, amount_minor=45, account_id=w.account)]))
valid(pb.OP_SALE_RING_UP, pb.SaleRungUp, lambda w: pb.SaleRingUp(
    basket=w.basket(), total_minor=45, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=100)]))
valid(pb.OP_SALE_RING_UP, pb.SaleRungUp, lambda w: pb.SaleRingUp(
    basket=w.basket(), total_minor=45, tenders=[pb.Tender(tender_type_id=w.voucher, amount_minor=45, reference="V-1")]))
valid(pb.OP_BASKET_PARKED, pb.ParkedBaskets, lambda w: pb.BasketParked(kiosk=False))
valid(pb.OP_BASKET_RESUME, pb.BasketResumed, lambda w: pb.BasketResume(parked_id=w.once("parked", lambda: parked(w)), throw_away=True, reason="left"))
valid(pb.OP_BASKET_RESUME, pb.BasketResumed, lambda w: pb.BasketResume(number=w.once("left", lambda: left(w))))


def shift(w):
    return w.lead.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).shift_id


def parked(w):
    return w.do(pb.OP_BASKET_PARK, pb.BasketPark(basket=w.basket()), pb.BasketParkDone).parked_id


def left(w):
    return kiosk.leave(w.kiosk, w.basket()).number


def thrown(w, parked_id):
    w.do(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=parked_id, throw_away=True, reason="left"), pb.BasketResumed)


behind(pb.OP_BASKET_PARK, lambda w, who, done: thrown(w, done.parked_id))
behind(pb.OP_BASKET_LEAVE, lambda w, who, done: w.do(
    pb.OP_BASKET_RESUME, pb.BasketResume(number=done.number, throw_away=True, reason="left"), pb.BasketResumed))

# ---- behind a sale ----


def receipt(w, **more):
    """Of a sale that nothing has come back of."""
    return w.once("sale", lambda: w.sold(**more))


valid(pb.OP_SALE_REFUND, pb.SaleRungUp, lambda w: pb.SaleRefund(
    receipt_number=receipt(w).receipt_number, reason="stale", lines=[pb.RefundLine(line=0, quantity_milli=1000)], training=False, total_minor=45))
valid(pb.OP_SALE_REFUND_FREE, pb.SaleRungUp, lambda w: pb.SaleRefundFree(
    lines=[pb.FreeRefundLine(product_id=w.roll, quantity_milli=1000, price_minor=40, hot=False)], reason="not fresh", service=pb.SERVICE_TAKE_AWAY,
    total_minor=40, approval=w.once("approval", lambda: w.approval(free_refund=True)), training=False))
valid(pb.OP_SALE_SHOW, pb.SaleShown, lambda w: pb.SaleShow(
    sale_id=receipt(w).sale_id, price_back=True, back=[pb.RefundLine(line=0, quantity_milli=1000)]))
valid(pb.OP_SALE_SHOW, pb.SaleShown, lambda w: pb.SaleShow(receipt_number=receipt(w).receipt_number))
valid(pb.OP_SALE_SHOW, pb.SaleShown, lambda w: receipt(w) and pb.SaleShow(last=True))
valid(pb.OP_SALE_EXPLAIN, pb.SaleExplained, lambda w: pb.SaleExplain(sale_id=receipt(w).sale_id, after_row=0))
valid(pb.OP_SALE_EXPLAIN, pb.SaleExplained, lambda w: pb.SaleExplain(receipt_number=receipt(w).receipt_number))
valid(pb.OP_SALE_EXPLAIN, pb.SaleExplained, lambda w: receipt(w) and pb.SaleExplain(last=True))
valid(pb.OP_SALE_ATTACH, pb.SaleAttached, lambda w: pb.SaleAttach(receipt_number=receipt(w).receipt_number, member_id=w.anna.id))
valid(pb.OP_SALE_RETENDER, pb.SaleRetendered, lambda w: pb.SaleRetender(
    receipt_number=receipt(w).receipt_number, position=0, amount_minor=20, kind=pb.TENDER_CASH, reason="wrong key"))
valid(pb.OP_SALE_RETENDER, pb.SaleRetendered, lambda w: pb.SaleRetender(
    receipt_number=receipt(w).receipt_number, position=0, tender_type_id=w.voucher, reference="V-1", reason="wrong key"))
valid(pb.OP_RECEIPT_PRINT, pb.ReceiptPrinted, lambda w: pb.ReceiptPrint(sale_id=receipt(w).sale_id, gift=True, training=False, printer="Oven"))
valid(pb.OP_RECEIPT_PRINT, pb.ReceiptPrinted, lambda w: pb.ReceiptPrint(receipt_number=receipt(w).receipt_number))
valid(pb.OP_RECEIPT_PRINT, pb.ReceiptPrinted, lambda w: receipt(w) and pb.ReceiptPrint(last=True))
CUSTOMER = {"name": "Krone", "address": "1 Road / Town", "tax_number": "DE136695976"}
valid(pb.OP_INVOICE_MAKE, pb.InvoiceMade, lambda w: pb.InvoiceMake(sale_id=receipt(w).sale_id, customer=pb.InvoiceCustomer(**CUSTOMER)))
valid(pb.OP_INVOICE_MAKE, pb.InvoiceMade, lambda w: pb.InvoiceMake(receipt_number=receipt(w).receipt_number, customer=pb.InvoiceCustomer(**CUSTOMER)))
valid(pb.OP_INVOICE_MAKE, pb.InvoiceMade, lambda w: receipt(w) and pb.InvoiceMake(last=True, customer=pb.InvoiceCustomer(**CUSTOMER)))
valid(pb.OP_INVOICE_SHOW, pb.InvoiceShown, lambda w: pb.InvoiceShow(number=kept(w, "invoice", lambda: invoiced(w)).number, print=True))
valid(pb.OP_INVOICE_SHOW, pb.InvoiceShown, lambda w: pb.InvoiceShow(receipt_number=kept(w, "invoice", lambda: invoiced(w)).receipt_number))
valid(pb.OP_INVOICE_SHOW, pb.InvoiceShown, lambda w: pb.InvoiceShow(sale_id=kept(w, "invoice", lambda: invoiced(w)) and w.billed))
valid(pb.OP_INVOICE_LIST, pb.InvoiceListed, lambda w: pb.InvoiceList(year=2026, before_number=2**31))
valid(pb.OP_VOID_REPORT, pb.VoidReported, lambda w: pb.VoidReport(business_day="2026-01-01", till_number=1, after_row=0))
valid(pb.OP_VOID_REPORT, pb.VoidReported, lambda w: pb.VoidReport(till_number=kept(w, "Z", lambda: a_z(w)), shift_number=1))
valid(pb.OP_SALE_EXCEPTION_LIST, pb.SaleExceptionListed, lambda w: pb.SaleExceptionList(before_id=2**53 - 1))


def invoiced(w):
    sold = w.sold()
    w.billed = sold.sale_id
    return w.do(pb.OP_INVOICE_MAKE, pb.InvoiceMake(receipt_number=sold.receipt_number, customer=pb.InvoiceCustomer(**CUSTOMER)), pb.InvoiceMade)


# ---- what a till made by itself ----


def offline(w):
    message = w.booked(w.offline)
    message.basket.lines[0].note = "for ten"
    message.member_card = w.anna.card
    return message


valid(pb.OP_SALE_OFFLINE, pb.SaleOfflineBooked, offline, "offline")
valid(pb.OP_SALE_RESCUE, pb.SaleRescued, lambda w: pb.SaleRescue(
    device_id=w.dead.device, command_id=uuid.uuid4().bytes, op=pb.OP_SALE_OFFLINE, body=w.booked(w.dead).SerializeToString()))

# ---- stock, printers, proof ----

valid(pb.OP_STOCK_RECEIVE, pb.StockShown, lambda w: pb.StockReceive(
    moves=[pb.StockMove(product_id=w.once("product", lambda: w.shop.put_product(f"Tart {fresh()}", 300)), quantity_milli=1000)], reason="delivery"))
valid(pb.OP_STOCK_SHOW, pb.StockShown, lambda w: pb.StockShow(product_ids=[w.roll]))
valid(pb.OP_PRINTER_PUT, pb.PrinterPutDone, lambda w: pb.PrinterPut(printer=pb.Printer(
    name=f"P{fresh()}", host="127.0.0.1", port=9, columns=42, code_page=pb.CODE_PAGE_PC858, waiting=1, problem="x", next_us=1), remove=False))
valid(pb.OP_PRINTER_LIST, pb.PrinterListed, lambda w: pb.PrinterList(printer="Oven", before=2**31))
valid(pb.OP_PRINT_JOB_CHANGE, pb.PrintJobPut, lambda w: pb.PrintJobChange(printer="Oven", number=w.once("job", w.print_job), act=pb.PRINT_ACT_DROP))
valid(pb.OP_CHECK_RUN, pb.CheckRan, lambda w: pb.CheckRun(after="tender_types"))
valid(pb.OP_JOURNAL_LIST, pb.JournalListed, lambda w: pb.JournalList(device_id=w.lead.identity.device.id, kind="T", after_number=0))
valid(pb.OP_JOURNAL_SIGNATURE_LIST, pb.JournalSignatureListed, lambda w: pb.JournalSignatureList(after_id=0))
valid(pb.OP_SERVER_SHOW, pb.ServerShown, lambda w: pb.ServerShow())


def printer_gone(w, who, done):
    if done.printer.name != "Oven":
        w.do(pb.OP_PRINTER_PUT, pb.PrinterPut(printer=pb.Printer(name=done.printer.name), remove=True), pb.PrinterPutDone)


def paper_gone(w, who, done):
    if done.HasField("job_number"):
        change = pb.PrintJobChange(printer="Oven", number=done.job_number, act=pb.PRINT_ACT_DROP)
        w.do(pb.OP_PRINT_JOB_CHANGE, change, pb.PrintJobPut)


behind(pb.OP_PRINTER_PUT, printer_gone)
behind(pb.OP_RECEIPT_PRINT, paper_gone)

# ---- a kiosk, and members there ----

valid(pb.OP_BASKET_LEAVE, pb.BasketLeft, lambda w: pb.BasketLeave(basket=plain(w), card="nobody's", session_member_id=0), "kiosk")
valid(pb.OP_BASKET_LEAVE, pb.BasketLeft, lambda w: pb.BasketLeave(basket=chosen(w)), "kiosk")
valid(pb.OP_KIOSK_SIGN_IN, pb.KioskSignedIn, lambda w: pb.KioskSignIn(card=person(w).card, secret=kiosk.MEMBER_PIN), "guest")
valid(pb.OP_KIOSK_SIGN_IN, pb.KioskSignedIn, lambda w: pb.KioskSignIn(phone=person(w).phone, secret=kiosk.MEMBER_PIN), "guest")
valid(pb.OP_KIOSK_SIGN_IN, pb.KioskSignedIn, lambda w: pb.KioskSignIn(email=person(w).email, secret=kiosk.MEMBER_PIN), "guest")
valid(pb.OP_KIOSK_SIGN_IN, pb.KioskSignedIn, lambda w: pb.KioskSignIn(code=w.once("code", lambda: w.member_code(w.anna.id))), "guest")
valid(pb.OP_SELF_SHOW, pb.SelfShown, lambda w: pb.SelfShow(stay=False), "member")
valid(pb.OP_SELF_SALES, pb.SelfSalesShown, lambda w: pb.SelfSales(before_us=w.now_us(), before_id=2**52), "member")
valid(pb.OP_SELF_PUT, pb.SelfPutDone, lambda w: pb.SelfPut(name=f"Mo {fresh()}", language="de", avoids=[], set_avoids=True,
                                                           session_member_id=w.member and w.person.id), "member")
valid(pb.OP_SELF_PUT, pb.SelfPutDone, lambda w: pb.SelfPut(phone="+49" + str(uuid.uuid4().int)[:11], email=f"kj{fresh()}@bakery.example"), "member")
valid(pb.OP_SELF_PUT, pb.SelfPutDone, lambda w: pb.SelfPut(
    consent_kind=2, consent_given=not w.once("given", lambda: gave(w)), consent_text_version=1), "member")
valid(pb.OP_SELF_PUT, pb.SelfPutDone, lambda w: pb.SelfPut(pin=kiosk.OTHER_PIN, current=kiosk.MEMBER_PIN), "member")
valid(pb.OP_SELF_EXPORT, pb.MemberExported, lambda w: pb.SelfExport(
    place=pb.MemberExportPlace(part=3, after=0, after_two=0, as_of_us=w.now_us())), "member")
valid(pb.OP_SELF_ERASE, pb.MemberErased, lambda w: pb.SelfErase(confirm=True, current=kiosk.MEMBER_PIN, session_member_id=w.member and w.person.id), "member")


def person(w):
    """Who has chosen a PIN."""
    w.member
    return w.person


def gave(w):
    shown = w.member.call(pb.OP_SELF_SHOW, pb.SelfShow(), pb.SelfShown).member.consents
    return any(consent.kind == 2 and consent.given for consent in shown)


def put_back(w, who, done):
    """Whose PIN may be another is somebody new; what waits for the counter is admitted."""
    if done.HasField("number"):
        w.do(pb.OP_MEMBER_ADMIT, pb.MemberAdmit(number=done.number), pb.MemberAdmitted)
    w.anew("member")


behind(pb.OP_SELF_PUT, put_back)
behind(pb.OP_SELF_ERASE, lambda w, who, _: w.anew("member"))
