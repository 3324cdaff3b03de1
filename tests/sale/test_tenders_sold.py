"""Vouchers, meal vouchers without change, staff meals: made by the manager, taken by a till, counted in the Z, given back."""
import uuid

import pytest
from counter import basket, check_books, check_receipts, check_strands, refund, seed
from shop import Refused, pb


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Lea", role="shift_lead")
    for name in ("cookie", "cake"):
        shop.receive(made[name], 1000)
    return made


@pytest.fixture(scope="module")
def means(shop):
    return {
        "voucher": shop.put_tender_type("Voucher"),
        "meal": shop.put_tender_type("Meal voucher", change=pb.TENDER_CHANGE_FORFEITED, limit_minor=2500),
        "town": shop.put_tender_type("Town voucher", reference_wanted=True),
        "staff": shop.put_tender_type("Staff meal", kind=pb.TENDER_HOUSE),
    }


@pytest.fixture()
def till(shop, goods, means):
    return shop.till("Lea")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods, means):
    """After all that is done in here: what is wrong stays so."""
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def paid(tender_type_id, amount, reference=None):
    return pb.Tender(tender_type_id=tender_type_id, amount_minor=amount, **({} if reference is None else {"reference": reference}))


def cash(amount):
    return pb.Tender(kind=pb.TENDER_CASH, amount_minor=amount)


def ring_up(shop, till, goods, *tenders, cakes=1, member=None):
    made = basket(shop, (goods["cake"], cakes))
    if member:
        made.member_id = member
    message = pb.SaleRingUp(basket=made, total_minor=900 * cakes, tenders=tenders)
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)


def refused(shop, till, goods, *tenders, **more):
    with pytest.raises(Refused) as error:
        ring_up(shop, till, goods, *tenders, **more)
    return error.value.code


def put(shop, **fields):
    return shop.manager.command(
        pb.OP_TENDER_TYPE_PUT, pb.TenderTypePut(tender_type=pb.TenderType(**fields)), pb.CataloguePutDone)


def listed(client):
    return {each.name: each for each in client.call(pb.OP_PRODUCT_LIST, pb.ProductList(), pb.ProductListed).tender_types}


def paper(answer):
    return {row.left: row.right for row in answer.receipt.rows}


def test_A9_every_shop_takes_cash_and_cards(shop, means):
    all_of_them = listed(shop.manager)
    assert {name: all_of_them[name].id for name in ("Cash", "Card")} == {"Cash": 1, "Card": 2}
    assert [all_of_them[name].kind for name in ("Cash", "Card", "Voucher", "Staff meal")] == [
        pb.TENDER_CASH, pb.TENDER_CARD, pb.TENDER_VOUCHER, pb.TENDER_HOUSE]
    assert all_of_them["Staff meal"].permission == "staff_meal" and all_of_them["Meal voucher"].limit_minor == 2500


@pytest.mark.parametrize("fields, code", [
    ({"name": "Coins", "kind": pb.TENDER_CASH}, "BAD_TENDER_TYPE"),
    ({"name": "Card", "kind": pb.TENDER_CARD}, "NAME_TAKEN"),
    ({"name": "Nothing"}, "BAD_TENDER_TYPE"),
    ({"name": "Odd", "kind": pb.TENDER_VOUCHER, "change": pb.TENDER_CHANGE_GIVEN}, "BAD_TENDER_TYPE"),
    ({"name": "Odd", "kind": pb.TENDER_HOUSE, "change": pb.TENDER_CHANGE_FORFEITED}, "BAD_TENDER_TYPE"),
    ({"name": "Odd", "kind": pb.TENDER_HOUSE, "permission": ""}, "BAD_TENDER_TYPE"),
    ({"name": "Odd", "kind": pb.TENDER_VOUCHER, "permission": "fly"}, "BAD_FIELD"),
    ({"name": "Odd", "kind": pb.TENDER_VOUCHER, "limit_minor": -1}, "BAD_PRICE"),
    ({"name": "Odd", "kind": pb.TENDER_VOUCHER, "limit_minor": 10**12 + 1}, "BAD_PRICE"),
    ({"name": "x" * 25, "kind": pb.TENDER_VOUCHER}, "BAD_FIELD"),
    ({"name": " ", "kind": pb.TENDER_VOUCHER}, "BAD_FIELD"),
    ({"id": 4711, "name": "Odd"}, "UNKNOWN_TENDER_TYPE"),
    ({"id": 1, "kind": pb.TENDER_CARD}, "BAD_TENDER_TYPE"),
    ({"id": 1, "reference_wanted": True}, "BAD_TENDER_TYPE"),
    ({"id": 2, "change": pb.TENDER_CHANGE_GIVEN}, "BAD_TENDER_TYPE"),
])
def test_B43_what_is_no_means_of_payment_is_not_made(shop, means, fields, code):
    before = shop.version()
    with pytest.raises(Refused) as error:
        put(shop, **fields)
    assert error.value.code == code
    assert shop.version() == before


def test_A9_twenty_are_as_many_as_there_can_be(shop, means):
    made = [shop.put_tender_type(f"Voucher {i}", active=False) for i in range(len(listed(shop.manager)), 20)]
    assert made
    with pytest.raises(Refused) as error:
        shop.put_tender_type("One more")
    assert error.value.code == "BAD_FIELD"


def test_A9_vouchers_pay_before_cash(shop, till, goods, means):
    sold = ring_up(shop, till, goods, cash(1000), paid(means["voucher"], 500))
    assert (sold.cash_minor, sold.change_minor, sold.forfeited_minor) == (1000, 600, 0)
    assert paper(sold)["Voucher"] == "5.00" and paper(sold)["Change"] == "6.00"
    assert refused(shop, till, goods, paid(means["voucher"], 901)) == "OVERPAID"
    assert refused(shop, till, goods, paid(means["voucher"], 899)) == "UNDERPAID"
    assert refused(shop, till, goods, paid(means["town"], 900)) == "BAD_TENDER"
    assert refused(shop, till, goods, paid(means["town"], 400, "A"), paid(means["town"], 500, "A")) == "BAD_TENDER"
    assert refused(shop, till, goods, paid(means["town"], 900, "4111 1111 1111 1111")) == "CARD_NUMBER"
    assert refused(shop, till, goods, paid(4711, 900)) == "UNKNOWN_TENDER_TYPE"
    assert paper(ring_up(shop, till, goods, paid(means["town"], 900, "A-7")))["Town voucher A-7"] == "9.00"


def test_B43_a_meal_voucher_is_forfeited_and_comes_back_without_what_was(shop, till, goods, means):
    assert refused(shop, till, goods, paid(means["meal"], 2501)) == "TENDER_LIMIT"
    assert refused(shop, till, goods, paid(means["meal"], 900), paid(means["meal"], 500)) == "OVERPAID"
    sold = ring_up(shop, till, goods, paid(means["meal"], 1000))
    assert (sold.forfeited_minor, sold.change_minor, sold.totals.total_minor) == (100, 0, 900)
    assert paper(sold)["Meal voucher"] == "10.00" and paper(sold)["  no change, forfeited"] == "-1.00"
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sold.sale_id), pb.SaleShown)
    assert shown.sale.forfeited_minor == 100 and paper(shown.sale)["  no change, forfeited"] == "-1.00"
    back = refund(till, sold.receipt_number)
    assert paper(back)["Meal voucher"] == "-9.00" and back.cash_minor == 0
    rows = shop.sql(f"SELECT kind, tender_type_id, amount_minor, change_minor, forfeited_minor FROM tender"
                    f" WHERE sale_id IN ({sold.sale_id}, {back.sale_id}) ORDER BY amount_minor")
    assert rows == [(3, means["meal"], -900, 0, None), (3, means["meal"], 1000, 0, 100)]


def test_B43_a_staff_meal_is_the_houses_by_its_own_right(shop, till, goods, means):
    drawer = f"SELECT cash_minor FROM drawer WHERE device_id = {till.identity.device.id}"
    before = shop.sql(drawer)
    assert paper(ring_up(shop, till, goods, paid(means["staff"], 900)))["Staff meal"] == "9.00"
    assert shop.sql(drawer) == before
    member = shop.manager.command(
        pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Mia Stone")), pb.MemberDone).id
    assert refused(shop, till, goods, paid(means["staff"], 900), member=member) == "TENDER_NOT_MEMBER"
    shop.staff("Tom")
    with shop.connect(till.identity) as cashier:
        cashier.sign_in("Tom")
        assert refused(shop, cashier, goods, paid(means["staff"], 900)) == "TENDER_NOT_ALLOWED"


def test_B43_a_tip_is_no_turnover(shop, till, goods, means):
    card = pb.Tender(kind=pb.TENDER_CARD, amount_minor=1050, reference="A1", tip_minor=150)
    sold = ring_up(shop, till, goods, card)
    assert (sold.totals.total_minor, sold.tip_minor, sold.change_minor) == (900, 150, 0)
    assert paper(sold)["  of it a tip"] == "1.50"
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sold.sale_id), pb.SaleShown)
    assert shown.sale.tip_minor == 150
    ring_up(shop, till, goods, pb.Tender(kind=pb.TENDER_CASH, amount_minor=2000, tip_minor=100))
    assert paper(refund(till, sold.receipt_number))["Card A1"] == "-9.00"
    x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    assert {(each.name, each.amount_minor, each.tip_minor) for each in x.tenders} == {("Cash", 1000, 100), ("Card", 150, 150)}
    assert paper(x)["  of it tips"] and "Rounding of cash" not in paper(x)
    for wrong in (-1, 1051):
        card.tip_minor = wrong
        assert refused(shop, till, goods, card) == "BAD_TENDER"
    assert refused(shop, till, goods, pb.Tender(tender_type_id=means["meal"], amount_minor=1000, tip_minor=100)) == "BAD_TENDER"


def test_A9_what_is_not_taken_any_more_still_comes_back(shop, till, goods, means):
    sold = ring_up(shop, till, goods, paid(means["voucher"], 900))
    put(shop, id=means["voucher"], active=False, name="Old voucher")
    try:
        assert refused(shop, till, goods, paid(means["voucher"], 900)) == "TENDER_INACTIVE"
        back = refund(till, sold.receipt_number)
        assert paper(back)["Voucher"] == "-9.00", "as it was called then"
    finally:
        put(shop, id=means["voucher"], active=True, name="Voucher")


def test_A18_the_z_counts_vouchers_by_their_sum(shop, till, goods, means):
    ring_up(shop, till, goods, paid(means["voucher"], 900))
    ring_up(shop, till, goods, paid(means["meal"], 1000))
    ring_up(shop, till, goods, paid(means["staff"], 900))
    ring_up(shop, till, goods, cash(1000))
    x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    expected = {each.name: each.amount_minor for each in x.tenders}
    assert expected["Meal voucher"] == 1000 and "counted_minor" not in {f.name for f, _ in x.tenders[1].ListFields()}
    for vouchers, code in (
        ([pb.VoucherCount(tender_type_id=means["staff"], counted_minor=900)], "UNKNOWN_TENDER_TYPE"),
        ([pb.VoucherCount(tender_type_id=1, counted_minor=900)], "UNKNOWN_TENDER_TYPE"),
        ([pb.VoucherCount(tender_type_id=means["meal"])] * 2, "UNKNOWN_TENDER_TYPE"),
        ([pb.VoucherCount(tender_type_id=2)] * 2, "UNKNOWN_TENDER_TYPE"),
        ([pb.VoucherCount(tender_type_id=2, counted_minor=-1)], "BAD_COUNT"),
        ([pb.VoucherCount(tender_type_id=means["meal"], counted_minor=-1)], "BAD_COUNT"),
    ):
        message = pb.ShiftClose(counted_minor=0, vouchers=vouchers)
        assert till.refusal(pb.OP_SHIFT_CLOSE, message, uuid.uuid4().bytes) == code
    z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=x.expected_minor, vouchers=[
        pb.VoucherCount(tender_type_id=means["meal"], counted_minor=990),
        pb.VoucherCount(tender_type_id=means["voucher"], counted_minor=900),
        pb.VoucherCount(tender_type_id=2, counted_minor=5),
        pb.VoucherCount(tender_type_id=means["town"], counted_minor=0)]), pb.ShiftReported)
    found = {each.name: (each.count, each.amount_minor, each.forfeited_minor, each.counted_minor, each.difference_minor)
             for each in z.tenders}
    assert found == {"Cash": (1, 900, 0, 0, 0), "Voucher": (1, 900, 0, 900, 0), "Meal voucher": (1, 1000, 100, 990, -10),
                     "Town voucher": (0, 0, 0, 0, 0), "Staff meal": (1, 900, 0, 0, 0), "Card": (0, 0, 0, 5, 5)}
    assert {each.name: each.expected_minor for each in z.tenders if each.HasField("expected_minor")} == {
        "Voucher": 900, "Meal voucher": 1000, "Town voucher": 0, "Card": 0}
    assert (z.sale_minor, z.difference_minor) == (3600, 0)
    again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
    assert again.SerializeToString() == z.SerializeToString()
    assert paper(z)["  of it forfeited"] == "1.00" and paper(z)["Meal voucher (1)"] == "10.00"
