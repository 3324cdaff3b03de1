"""Who is told of a person leaves a trace: of every op whose answer can say something of one a row says which event of the journal that is, or
why there is none. Which answers can is read out of their messages: a field of text that nobody has thought of fails, and an op without a row."""
import re

import pytest

import valid_sales  # noqa: F401, its rows
from gateway import Gateway
from hostile_asking import attempt, name_of
from hostile_world import World
from paying import settings
from shop import TOP, make_shop, pb
from valid_requests import VALID, kept

KINDS = dict(re.findall(r"^(\w+)\s+\d+\s+([ACR])\s", (TOP / "tests/wire/permissions.txt").read_text(), re.M))

# Of a member, of who works there, of a customer; or what somebody bought, which a whole message is.
PERSONAL = set("""
    Member.name Member.phone Member.email Member.birthday Member.birthday_today Member.card Member.avoids Member.language Member.referrer_key
    KioskSignedIn.name MemberCodeMade.code MemberCardMade.code MemberUsualShown.goods SelfSalesShown.sales
    ExportedTicket.phone ExportedTicket.email Review.text BasketLine.note
    PaymentMethod.brand PaymentMethod.last_four PaymentMethod.expiry_month PaymentMethod.expiry_year
    ParkedBasket.member_name Account.name Account.reference Account.note InvoiceCustomer.name InvoiceCustomer.address InvoiceCustomer.tax_number
    Staff.name ExplainRow.staff VoidRow.staff ShiftDrawer.holder_name ShiftReported.holder_name ShiftPerson.name
""".split())

# And what says nothing of anybody: of a message, or wherever a field is called so. Numbers are told by PERSONAL alone: an id names nobody, for
# who it is has to be asked by an op that leaves a trace.
IMPERSONAL = {why: names.split() for why, names in {
    "numbers of papers":
        "receipt_number number invoice_number invoice_of credit_of credit_notes refund_of first_receipt last_receipt first_offline_receipt "
        "last_offline_receipt",
    "days": "expiry_day first_day last_day origin_day business_day",
    "papers: a receipt names nobody, a report nobody whom a field of it does not; a line's note stands on its customer's own":
        "ReceiptRow.left ReceiptRow.right SaleShown.text",
    "the shop's, as on its receipts":
        "Shop.name Shop.address Shop.tax_number Shop.receipt_head Shop.receipt_foot Shop.currency Shop.zone Shop.calling_code Shop.code_layouts "
        "MemberFound.calling_code",
    "of goods, taxes, programmes and means of payment, and what they are called":
        "Category.name Modifier.name ModifierOption.name Product.name Product.sku Product.barcodes Product.allergen_note Programme.name "
        "Programme.reward_name ProgrammeTerm.name Promotion.name TaxClass.name TaxRate.code TenderType.name TenderType.permission QuotedCoupon.name "
        "QuotedOption.name QuotedPromotion.name QuotedReward.name QuotedTax.code PaidTender.name ShiftDepartment.name ShiftDeposit.name ShiftOption.name ShiftTender.name "
        "CouponCampaign.name ExportedCoupon.campaign ExportedVoid.name VoidRow.product Review.product_name UsualGood.name Member.tier_name "
        "ExportedCharge.currency",
    "texts that all are asked to agree to": "Consent.name Consent.text",
    "why something was done, and what a machine or a book calls it":
        "reason void_reason reference",
    "the server's own sentences": "sentence problem ExplainRow.text",
    "secrets and codes of who carries them":
        "SessionOpened.token unlock_key ApprovalOpened.token pays redeems GiftCardLoaded.code GiftCardMoved.code IssuedCoupon.code SelfCoupon.code "
        "DeviceInvited.code",
    "of a gift card, which is whose it is": "GiftCard.last_four",
    "rights": "permissions Role.name Staff.role",
    "devices, printers and certificates":
        "Device.name BasketResumed.kiosk Printer.name Printer.host PrintJobPut.printer ca_certificate certificate server_name",
    "the gateway's page": "PaymentMethodFinished.url",
    "the journal: what happened to whose id; no entry has a value that is personal":
        "JournalEntry.bytes hash heads key_id signature strand_hash journal_key MemberRead.event MemberRead.field",
    "a signature over what the other fields of the page say": "MemberExported.seal",
    "the program and its books": "CheckResult.name CheckResult.first_row server_version database_version invariant ServerShown.version",
    "of an answer that is kept nothing personal is": "CommandShown.reply",
}.items()}


class Leaves:
    """The event, or what says it of a request, and whose ids the entries name: objects(world, request, answer). More requests, (who, make,
    behind it), where those of valid_requests.py are answered with nobody."""

    def __init__(self, event, objects, *more):
        self.event, self.objects, self.more = event, objects, more


# ---- requests ----


def last_z(w):
    [[number]] = w.rows(f"SELECT count(*) FROM shift_z AS z JOIN shift AS s ON s.id = z.shift_id WHERE s.device_id = {w.spare.identity.device.id}")
    [[till]] = w.rows(f"SELECT till_number FROM device WHERE id = {w.spare.identity.device.id}")
    return pb.ShiftZShow(till_number=till, number=number)


def drawer_of_a_person(w):
    w.closed()
    w.shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(drawers=pb.DRAWERS_PERSON)), pb.ShopPutDone)
    return w.opened()


def drawers_back(w):
    w.closed()
    w.settings()


def z_of_a_person(w):
    drawer_of_a_person(w)
    w.closed()
    return last_z(w)


def voids(w):
    w.do(pb.OP_BASKET_VOID, pb.BasketVoid(basket=w.basket(), reason="left"), pb.BasketVoided)
    return pb.VoidReport()


def discounted(w):
    return w.sold(discount=pb.Discount(rate_ppm=100_000, reason="so kind"))


def habits(w):
    for _ in range(3):
        w.sold(member_id=w.anna.id)
    return pb.MemberUsual(id=w.anna.id)


def parked(w):
    w.do(pb.OP_BASKET_PARK, pb.BasketPark(basket=w.basket(member_id=w.anna.id)), pb.BasketParkDone)
    return pb.BasketParked(members=True)


def payer(w):
    return kept(w, "payer", w.new_method)[0]


# ---- rows ----

ANNA = lambda w, *_: [w.anna.id]
SELF = lambda w, *_: [w.person.id]
LIST = lambda *_: [0]  # a list's trace is one: who looked, and when
COMMAND = "a command: its own entry has it, with whom it changed"
TRACES = {
    "session_open": Leaves("sign_in", lambda w, asked, told: [told.staff.id]),
    "session_resume": "who was signed in goes on: their own name, and the sign-in was noted",
    "staff_list": Leaves("staff_listed", LIST),
    "member_find": Leaves("member_found", lambda w, asked, told: [member.id for member in told.members]),
    "member_show": Leaves("member_shown", lambda w, asked, told: [told.member.id]),
    "member_usual": Leaves("member_usual", ANNA, ("lead", habits, None)),
    "member_export": Leaves("member_exported", ANNA, ("lead", lambda w: pb.MemberExport(id=w.anna.id), None)),
    "member_code_make": COMMAND,
    "member_card_make": COMMAND,
    "account_list": Leaves("account_found", lambda w, asked, told: [account.id for account in told.accounts]),
    "account_show": Leaves("account_shown", lambda w, asked, told: [told.account.id]),
    "invoice_show": Leaves(lambda asked: "invoice_printed" if asked.print else "invoice_shown",
                           lambda w, asked, told: w.rows(f"SELECT id FROM invoice WHERE sale_id = {w.billed}")[0]),
    "basket_parked": Leaves("member_parked", ANNA, ("lead", parked, None)),
    "basket_resume": COMMAND,
    "sale_explain": Leaves("sale_explained", lambda w, asked, told: [told.sale_id],
                           ("lead", lambda w: pb.SaleExplain(sale_id=discounted(w).sale_id), None)),
    "void_report": Leaves("voids_listed", LIST, ("lead", voids, None)),
    "shift_drawers": Leaves("shift_drawers", lambda w, asked, told: [w.spare.identity.device.id],
                            ("spare", lambda w: drawer_of_a_person(w) and pb.ShiftDrawers(), drawers_back)),
    "shift_report": Leaves("shift_report", lambda w, asked, told: [told.shift_id], ("lead", lambda w: pb.ShiftReport(), None)),
    "shift_z_show": Leaves("shift_z_show", lambda w, asked, told: [told.shift_id], ("lead", z_of_a_person, drawers_back)),
    "shift_close": COMMAND,
    "kiosk_sign_in": Leaves(lambda asked: "member_sign_in_by_code" if asked.code else "member_sign_in", lambda w, asked, told: [told.member_id]),
    "self_show": Leaves("self_shown", SELF),
    "self_sales": Leaves("self_sales", SELF, ("member", lambda w: w.member and w.sold(member_id=w.person.id) and pb.SelfSales(), None)),
    "self_export": Leaves("member_exported", SELF, ("member", lambda w: pb.SelfExport(), None)),
    "review_put": COMMAND,
    "review_moderate": COMMAND,
    "review_list": "what was accepted is for everybody, without a name",
    "review_queue": Leaves("review_read", ANNA, ("lead", lambda w: w.review() and pb.ReviewQueue(), None)),
    "payment_method_finish": Leaves("payment_methods_shown", lambda w, *_: [payer(w)]),
    "payment_method_list": Leaves("payment_methods_shown", lambda w, *_: [payer(w)]),
}


# ---- what an answer can say ----


def answer_of(op):
    return VALID[op][0][1]


def fields(message, above=()):
    """All of a message, and of what is in it."""
    for field in message.fields:
        yield field
        if field.message_type and field.message_type not in above:
            yield from fields(field.message_type, above + (message,))


def full(field):
    return f"{field.containing_type.name}.{field.name}"


def all_fields():
    return {full(field): field for op in VALID for field in fields(answer_of(op).DESCRIPTOR)}


def test_B22_of_every_field_that_is_answered_it_is_known_whether_it_is_personal():
    found, impersonal = all_fields(), {name for names in IMPERSONAL.values() for name in names}
    texts = {name for name, field in found.items() if field.type in (field.TYPE_STRING, field.TYPE_BYTES)}
    known = {name for name in texts if name in PERSONAL or name in impersonal or name.split(".")[1] in impersonal}
    assert texts == known, f"personal, or why not? {sorted(texts - known)}"
    assert PERSONAL <= set(found), PERSONAL - set(found)
    assert impersonal <= {part for name in texts for part in (name, name.split(".")[1])}, "there is no such field any more"


def test_B22_every_op_that_can_answer_with_a_person_has_a_row():
    assert {name_of(op) for op in pb.Op.values() if op} == {name_of(op) for op in VALID} == set(KINDS)
    can = {name_of(op) for op in VALID if PERSONAL & {full(field) for field in fields(answer_of(op).DESCRIPTOR)}}
    assert can == set(TRACES), (sorted(can - set(TRACES)), sorted(set(TRACES) - can))
    for name, row in TRACES.items():
        assert (row == COMMAND) == (KINDS[name] == "C"), name
        assert not isinstance(row, Leaves) or KINDS[name] == "A", f"{name} is said to leave a trace, and reads alone"


# ---- what it says ----


@pytest.fixture(scope="module")
def world():
    with Gateway() as gateway, make_shop() as shop:
        shop.start("--config", settings(shop, gateway), "--idle-lock-s", "7200", "--kiosk-idle-s", "600", "--watch-s", "0")
        shop.open()
        shop.staff("Ben")
        made = World(shop, gateway)
        yield made
        made.close()


def said(message):
    """What is personal in an answer."""
    for field, value in message.ListFields():
        if full(field) in PERSONAL:
            yield full(field)
        if field.message_type:
            for one in value if field.label == field.LABEL_REPEATED else [value]:
                yield from said(one)


def entries(world):
    return {row[:2]: bytes(row[2]) for row in world.rows("SELECT device_id, number, bytes FROM journal WHERE kind = 'L'")}


def asked(world, op, who, make):
    """The request, the answer, and what the journal has more than before it was sent."""
    sent, before = [], {}

    def body_of(message):
        sent.append(message)
        before.clear()
        before.update(entries(world))
        return message.SerializeToString()

    code, answer = attempt(world, op, (who, answer_of(op), make), body_of)  # what it makes first is noted in front of body_of()
    assert not code, (name_of(op), code, answer)
    return sent[-1], answer, [entry for key, entry in entries(world).items() if key not in before]


def has(entry, event, id):
    return bytes([len(event)]) + event.encode() in entry and id.to_bytes(8, "big") in entry


@pytest.mark.parametrize("name", sorted(name for name, row in TRACES.items() if isinstance(row, Leaves)))
def test_B22_who_is_told_of_a_person_leaves_the_trace_that_names_them(world, name):
    row, op, told = TRACES[name], pb.Op.Value(f"OP_{name.upper()}"), 0
    for who, make, behind in [(who, make, None) for who, _, make in VALID[op]] + list(row.more):
        request, answer, new = asked(world, op, who, make)
        event = row.event if isinstance(row.event, str) else row.event(request)
        if any(said(answer)):
            told += 1
            ids = row.objects(world, request, answer)
            assert ids
            for id in ids:
                assert any(has(entry, event, id) for entry in new), f"{name} says {sorted(set(said(answer)))}, and nothing is noted of {id}"
        if behind:
            behind(world)
    assert told, f"no request of {name} is answered with anybody"


def test_B22_what_reads_alone_names_nobody(world):
    """Whatever its messages could say: who made the sales, and whose they are, is in none of these answers."""
    world.sold(member_id=world.anna.id, discount=pb.Discount(rate_ppm=100_000, reason="so kind"))
    more = [(pb.OP_SALE_SHOW, "lead", lambda w: pb.SaleShow(last=True))]
    names = ["Caroline", "Boss", "Krone", world.anna.name, world.anna.phone, world.anna.email, world.anna.card]
    for op, who, make in [(op, who, make) for op in sorted(VALID) if KINDS[name_of(op)] == "R" for who, _, make in VALID[op]] + more:
        _, answer, new = asked(world, op, who, make)
        there = [name for name in names if name.encode() in answer.SerializeToString()]
        assert not there and not list(said(answer)), (name_of(op), there, list(said(answer)))
        assert not new, (name_of(op), new)
