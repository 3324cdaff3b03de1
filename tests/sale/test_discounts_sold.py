"""Discounts, another person's approval, and rounded cash, as a till sees them; and who is named afterwards."""
import concurrent.futures
import struct
import uuid

import pytest
from counter import basket, check_books, check_receipts, check_strands, refund, refused, seed
from shop import PIN, Refused, pb

LEAD_PIN, NEW_PIN = "5739", "4826"
WHY = "day-old"


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.manager.command(pb.OP_PRODUCT_PUT, pb.ProductPut(drafts=[
        pb.ProductDraft(product=pb.Product(id=made["cake"], floor_minor=700))]), pb.ProductPutDone)
    return made


@pytest.fixture(scope="module")
def lead(shop):
    return shop.staff("Lena", "shift_lead", LEAD_PIN, badge="B-77")


@pytest.fixture(scope="module")
def till(shop, goods, lead):
    made = shop.till()
    for name in ("cookie", "cake"):
        shop.receive(goods[name], 1000)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    """After all that is done in here: what is wrong stays so."""
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def drawer_of(shop, till):
    """What should be in it; a cashier is not told, lest the count be no count."""
    return shop.sql(f"SELECT cash_minor FROM drawer WHERE device_id = {till.identity.device.id}")[0][0]


def discounted(shop, goods, *bought, whole=None):
    """bought: (name, pieces, rate in millionths, amount in minor units or None)."""
    made = basket(shop, *[(goods[name], pieces) for name, pieces, _ in bought])
    for line, (_, _, discount) in zip(made.lines, bought):
        if discount:
            line.discount.CopyFrom(pb.Discount(reason=WHY, **discount))
    if whole:
        made.discount.CopyFrom(pb.Discount(reason=WHY, **whole))
    return made


def rate(ppm):
    return {"rate_ppm": ppm}


def amount(minor):
    return {"amount_minor": minor}


def quote(till, made, approval=b""):
    return till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made, approval=approval), pb.SaleQuoted)


def sell(till, made, total, *, cash=None, card=None, approval=b"", command_id=None):
    message = pb.SaleRingUp(basket=made, total_minor=total, approval=approval)
    if card:
        message.tenders.append(pb.Tender(kind=pb.TENDER_CARD, amount_minor=card, reference="A1"))
    if cash or not card:
        message.tenders.append(pb.Tender(kind=pb.TENDER_CASH, amount_minor=cash or total))
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, command_id)


def approve(till, ppm=0, floor=False, pin=LEAD_PIN, **who):
    message = pb.ApprovalOpen(pin=pin, discount_ppm=ppm, below_floor=floor, **(who or {"name": "Lena"}))
    return till.call(pb.OP_APPROVAL_OPEN, message, pb.ApprovalOpened)


def give_back(till, receipt_number):
    """By somebody who may; the till's cashier is back behind it."""
    till.sign_in("Lena", LEAD_PIN)
    try:
        return refund(till, receipt_number)
    finally:
        till.sign_in("Ben", PIN)


def receipt_of(sale):
    return [(row.left, row.right) for row in sale.receipt.rows]


def test_discounts_within_the_right_are_on_the_receipt_and_in_the_books(shop, till, goods):
    made = discounted(shop, goods, ("cookie", 2, rate(100000)), ("roll", 10, None), whole=rate(50000))
    quoted = quote(till, made)  # 500 - 50, 450; 900 less 45
    assert (quoted.total_minor, quoted.receipt_discount_minor) == (855, 45)
    assert [line.total_minor for line in quoted.lines] == [427, 428]  # 22.5 each: the earlier of equals gives the odd cent
    assert [(tax.net_minor, tax.tax_minor) for tax in quoted.taxes] == [(799, 56)]  # of what is paid
    sale = sell(till, made, 855, cash=1000)
    assert ("  10 % off, day-old", "-0.50") in receipt_of(sale)
    assert ("Before discount", "9.00") in receipt_of(sale) and ("5 % off, day-old", "-0.45") in receipt_of(sale)
    assert not sale.HasField("approved_by")
    rows = shop.sql(f"SELECT line, kind, rate_ppm, amount_minor, reason FROM sale_discount WHERE sale_id = {sale.sale_id} ORDER BY 1, 2")
    assert rows == [(-1, 2, 50000, 45, WHY), (0, 1, 100000, 50, WHY), (0, 2, None, 23, None), (1, 2, None, 22, None)]
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sale.sale_id), pb.SaleShown)
    assert receipt_of(shown.sale) == receipt_of(sale)


def test_reasons_are_kept_tidy(shop, till, goods):
    made = basket(shop, (goods["cookie"], 2), (goods["roll"], 1))
    made.lines[0].discount.CopyFrom(pb.Discount(rate_ppm=100000, reason="  day \u00a0 old "))
    made.lines[1].voided, made.lines[1].void_reason = True, " fell   down "
    sale = sell(till, made, 450)
    assert shop.sql(f"SELECT reason FROM sale_discount WHERE sale_id = {sale.sale_id}") == [("day old",)]
    assert shop.sql(f"SELECT void_reason FROM sale_line WHERE sale_id = {sale.sale_id} AND flags & 2 <> 0") == [("fell down",)]


def test_a_whole_refund_of_a_discounted_sale_gives_back_what_was_paid(shop, till, goods):
    drawer = drawer_of(shop, till)
    sale = sell(till, discounted(shop, goods, ("cookie", 3, amount(30)), whole=rate(30000)), 698)  # 720 less 21.6
    back = give_back(till, sale.receipt_number)
    assert back.totals.total_minor == -698
    assert drawer_of(shop, till) == drawer


@pytest.mark.parametrize("discount, code", [
    ({"rate_ppm": 0}, "BAD_DISCOUNT"), ({"rate_ppm": 1000001}, "BAD_DISCOUNT"), ({"amount_minor": -5}, "BAD_DISCOUNT"), ({}, "BAD_DISCOUNT"),
    ({"rate_ppm": 50000, "amount_minor": 5}, "BAD_DISCOUNT"), ({"rate_ppm": 50000, "reason": " "}, "BAD_REASON"),
    ({"rate_ppm": 50000, "reason": "4111 1111 1111 1111"}, "CARD_NUMBER"),
    ({"rate_ppm": 50000, "reason": "91234567890123456724"}, "NO_SECRET_WANTED")])
def test_a_discount_that_is_none_is_refused(shop, till, goods, discount, code):
    made = basket(shop, (goods["cookie"], 1))
    made.lines[0].discount.CopyFrom(pb.Discount(**{"reason": WHY, **discount}))
    assert refused(quote, till, made) == code
    made.lines[0].ClearField("discount")
    made.discount.CopyFrom(pb.Discount(**{"reason": WHY, **discount}))
    assert refused(quote, till, made) == code


# ---- A4: another person's PIN ----


def wanted(till, made, **more):
    with pytest.raises(Refused) as error:
        quote(till, made, **more)
    assert error.value.code == "APPROVAL_NEEDED"
    return pb.ApprovalWanted.FromString(error.value.detail)


def test_A4_a_cashiers_thirty_per_cent_asks_and_another_pin_allows_it_once(shop, till, goods, lead):
    made = discounted(shop, goods, ("cookie", 4, rate(300000)))
    asked = wanted(till, made)
    assert (asked.discount_ppm, asked.below_floor) == (299500, False)  # 299.5 of 1000 rounds to 300
    assert refused(sell, till, made, 700) == "APPROVAL_NEEDED"
    token = approve(till, 300000).token
    assert len(token) == 32
    assert quote(till, made, token).total_minor == 700
    sale = sell(till, made, 700, approval=token)
    assert sale.approved_by == lead
    assert refused(sell, till, made, 700, approval=token) == "APPROVAL_UNKNOWN"
    assert refused(quote, till, made, token) == "APPROVAL_UNKNOWN"

    # Both are named: in the sale's row and its entry, and in the entry of the approval itself.
    me = till.session.staff.id
    assert shop.sql(f"SELECT staff_id, approved_by FROM sale WHERE id = {sale.sale_id}") == [(me, lead)]
    [[data]] = shop.sql("SELECT j.bytes FROM journal AS j JOIN sale AS s ON s.device_id = j.device_id AND s.number = j.number "
                        f"WHERE j.kind = 'T' AND s.id = {sale.sale_id}")
    assert struct.unpack(">Q", bytes(data)[34:42]) == (me,) and struct.unpack(">Q", bytes(data)[180:188]) == (lead,)
    device = till.identity.device.id
    entries = [bytes(row[0]) for row in shop.sql(f"SELECT bytes FROM journal WHERE device_id = {device} AND kind = 'L' ORDER BY number")]
    [entry] = [data for data in entries if b"approval discount_ppm=300000" in data]
    assert struct.unpack(">Q", entry[34:42]) == (me,) and struct.pack(">Q", lead) in entry[42:]


@pytest.mark.parametrize("change", ["dismissed", "another role"])
def test_A4_what_somebody_allowed_ends_with_their_right_to(shop, till, goods, change):
    name = f"Lou {change}"
    lou = shop.staff(name, "shift_lead", NEW_PIN)
    made = discounted(shop, goods, ("cookie", 4, rate(300000)))
    token = approve(till, 300000, pin=NEW_PIN, name=name).token
    assert quote(till, made, token).total_minor == 700
    after = pb.StaffPut(id=lou, active=False) if change == "dismissed" else pb.StaffPut(id=lou, role_id=shop.role("cashier"))
    shop.manager.command(pb.OP_STAFF_PUT, after, pb.StaffPutDone)
    assert refused(quote, till, made, token) == "APPROVAL_UNKNOWN"
    assert refused(sell, till, made, 700, approval=token) == "APPROVAL_UNKNOWN"


def test_A4_a_badge_does_as_well(shop, till, goods):
    token = approve(till, 250000, badge="B-77").token
    assert sell(till, discounted(shop, goods, ("cookie", 4, rate(250000))), 750, approval=token).approved_by


def test_A4_ones_own_pin_is_refused(till):
    assert refused(approve, till, 200000, pin=PIN, name="Ben") == "OWN_APPROVAL"
    assert refused(approve, till, 200000, pin="0000", name="Ben") == "OWN_APPROVAL"


def test_A4_unknown_and_wrong_are_answered_alike(till):
    for who in ({"name": "Nobody"}, {"name": "Lena"}, {"badge": "B-99"}):
        with pytest.raises(Refused) as error:
            approve(till, 200000, pin="9517", **who)
        assert (error.value.code, error.value.sentence) == ("SIGN_IN_FAILED", "the name or the PIN is wrong")
    assert refused(approve, till, 200000, name="Lena", badge="B-77") == "BAD_FIELD"
    assert refused(approve, till, 0) == "BAD_FIELD"
    assert refused(approve, till, 1000001) == "BAD_FIELD"


def test_A4_who_may_not_either_cannot_allow_it(shop, till, goods):
    shop.staff("Carl", "cashier", NEW_PIN)
    assert refused(approve, till, 50000, pin=NEW_PIN, name="Carl") == "APPROVER_MAY_NOT"
    assert refused(approve, till, 500001) == "APPROVER_MAY_NOT"  # a shift lead's own limit
    assert approve(till, 800000, pin=PIN, name="Caroline").approved_by


def test_A4_five_wrong_pins_lock_the_approver_here(shop, lead):
    till = shop.till()
    for _ in range(5):
        assert refused(approve, till, 200000, pin="9517") == "SIGN_IN_FAILED"
    assert refused(approve, till, 200000) == "SIGN_IN_LOCKED"


def test_A4_another_tills_or_persons_token_is_unknown(shop, till, goods, lead):
    made = discounted(shop, goods, ("cookie", 4, rate(300000)))
    other = shop.till()
    token = approve(till, 300000).token
    assert refused(sell, other, made, 700, approval=token) == "APPROVAL_UNKNOWN"
    assert refused(sell, till, made, 700, approval=bytes(32)) == "APPROVAL_UNKNOWN"
    assert refused(sell, till, made, 700, approval=b"short") == "APPROVAL_UNKNOWN"
    shop.staff("Dora", "cashier", NEW_PIN)
    till.sign_in("Dora", NEW_PIN)
    assert refused(sell, till, made, 700, approval=token) == "APPROVAL_UNKNOWN"
    till.sign_in("Ben", PIN)
    assert sell(till, made, 700, approval=token).approved_by == lead


def test_A4_it_runs_out(shop, till, goods):
    made = discounted(shop, goods, ("cookie", 4, rate(300000)))
    token = approve(till, 300000).token
    shop.sql("UPDATE approval SET expires_at = now() - interval '1 second' WHERE used_sale_id IS NULL")
    assert refused(sell, till, made, 700, approval=token) == "APPROVAL_UNKNOWN"
    assert sell(till, made, 700, card=700, approval=token).approved_by  # the machine was slow
    token = approve(till, 300000).token
    shop.sql("UPDATE approval SET expires_at = now() - interval '20 minutes' WHERE used_sale_id IS NULL")
    with pytest.raises(Refused) as error:
        sell(till, made, 700, card=700, approval=token)
    assert error.value.code == "CARD_CHARGED" and "give 7.00 back" in error.value.sentence


def test_A4_it_allows_what_was_asked_and_no_more(shop, till, goods):
    token = approve(till, 300000).token
    assert wanted(till, discounted(shop, goods, ("cookie", 4, rate(400000))), approval=token).discount_ppm == 399500
    assert wanted(till, discounted(shop, goods, ("cake", 1, rate(300000))), approval=token).below_floor


def test_A4_of_many_sales_with_one_token_one_is_made(shop, till, goods):
    """From two connections of the till at once, and beside them from another till."""
    made = discounted(shop, goods, ("cookie", 4, rate(300000)))
    token = approve(till, 300000).token
    again, other = shop.connect(till.identity), shop.till()
    again.sign_in("Ben", PIN)
    ids = [(client, client.send(pb.OP_SALE_RING_UP, pb.SaleRingUp(
        basket=made, total_minor=700, approval=token, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=700)]), uuid.uuid4().bytes))
        for _ in range(5) for client in (till, again, other)]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        by_client = pool.map(lambda client: [client.read_reply(id) for of, id in ids if of is client], (till, again, other))
        replies = [reply for list_ in by_client for reply in list_]
    assert sorted(pb.code(reply.error.code) if reply.HasField("error") else "sold" for reply in replies) == ["APPROVAL_UNKNOWN"] * 14 + ["sold"]


# ---- A7: the floor ----


def test_A7_nothing_goes_below_the_floor_unapproved(shop, till, goods, lead):
    assert sell(till, discounted(shop, goods, ("cake", 1, amount(90))), 810).totals.total_minor == 810
    low = discounted(shop, goods, ("cake", 2, rate(100000)), whole=amount(300))
    asked = wanted(till, low)
    assert asked.below_floor
    token = approve(till, asked.discount_ppm, True).token
    assert sell(till, low, 1320, approval=token).approved_by == lead


def test_A7_the_managers_right_ends_at_the_floor_as_well(shop, goods, till):
    """Her role allows any discount; the floor takes two."""
    client = shop.connect(shop.device())
    client.sign_in("Caroline", PIN)
    client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    assert quote(client, discounted(shop, goods, ("cookie", 1, rate(900000)))).total_minor == 25
    low = discounted(shop, goods, ("cake", 1, rate(500000)))
    assert wanted(client, low).discount_ppm == 0
    assert refused(approve, client, 0, True, pin=PIN, name="Caroline") == "OWN_APPROVAL"
    assert quote(client, low, approve(client, 0, True).token).total_minor == 450


# ---- roles ----


def put_role(manager, **role):
    return manager.command(pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(**role)), pb.RolePutDone)


def test_a_roles_limit_is_changed_and_holds_at_once(shop, till, goods):
    made = discounted(shop, goods, ("cookie", 4, rate(200000)))
    assert refused(quote, till, made) == "APPROVAL_NEEDED"
    put_role(shop.manager, id=shop.role("cashier"), discount_ppm=200000)
    assert quote(till, made).total_minor == 800
    put_role(shop.manager, id=shop.role("cashier"), discount_ppm=100000)
    assert refused(quote, till, made) == "APPROVAL_NEEDED"
    assert refused(put_role, shop.manager, id=shop.role("cashier"), discount_ppm=1000001) == "BAD_FIELD"


def test_nobody_gives_a_greater_discount_than_their_own(shop):
    put_role(shop.manager, name="keeper", permissions=["sell", "discount", "role_edit", "staff_edit"], discount_ppm=150000)
    shop.staff("Kim", "keeper", NEW_PIN)
    console = shop.connect(shop.device(pb.CLIENT_ADMIN))
    console.sign_in("Kim", NEW_PIN)
    assert refused(put_role, console, name="pal", permissions=["sell", "discount"], discount_ppm=150001) == "OWN_ROLE_ABOVE"
    assert put_role(console, name="pal", permissions=["sell", "discount"], discount_ppm=150000).id


# ---- A10: cash ----


@pytest.fixture
def rounded(shop, till):
    def put(minor):
        shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(cash_rounding_minor=minor)), pb.ShopPutDone)
    put(5)
    yield
    put(0)


@pytest.fixture
def odd(shop, goods):
    return shop.put_product("Odd", 1992, sku="odd")


@pytest.mark.parametrize("card, cash, rounding, change", [(None, 1990, -2, 0), (1992, None, 0, 0), (1000, 1000, -2, 10)])
def test_A10_only_cash_is_rounded_and_it_says_so(shop, till, rounded, odd, card, cash, rounding, change):
    drawer = drawer_of(shop, till)
    made = basket(shop, (odd, 1))
    assert quote(till, made).cash_due_minor == 1990
    sale = sell(till, made, 1992, cash=cash, card=card)
    assert (sale.totals.total_minor, sale.rounding_minor, sale.change_minor) == (1992, rounding, change)
    assert (("Cash rounding", "-0.02") in receipt_of(sale)) == (rounding != 0)
    after = drawer_of(shop, till)
    assert after == drawer + (cash or 0) - change
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sale.sale_id), pb.SaleShown).sale
    assert receipt_of(shown) == receipt_of(sale) and shown.rounding_minor == rounding
    back = give_back(till, sale.receipt_number)
    assert back.rounding_minor == -rounding
    assert drawer_of(shop, till) == drawer


def test_A10_a_card_alone_pays_to_the_last_cent(shop, till, rounded, odd):
    assert refused(sell, till, basket(shop, (odd, 1)), 1992, card=1990) == "UNDERPAID"
    assert refused(sell, till, basket(shop, (odd, 1)), 1992, cash=1989) == "UNDERPAID"


def test_cash_is_rounded_to_what_can_be(shop):
    for minor in (-1, 101, 500, 100001):
        with pytest.raises(Refused) as error:
            shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(cash_rounding_minor=minor)), pb.ShopPutDone)
        assert (error.value.code, error.value.field) == ("BAD_FIELD", "shop.cash_rounding_minor")
        assert minor != 500 or error.value.sentence == "cash is never rounded to multiples of 5.00 EUR: 1.00 at most"


@pytest.mark.parametrize("floor", [-1, 10**12 + 1])
def test_a_floor_is_a_price(shop, goods, floor):
    assert refused(shop.put, {"id": goods["roll"], "floor_minor": floor}) == "BAD_PRICE"
