"""Offline sales that no till of ours makes: a program that holds a till's key and a cashier's PIN is free to send any. Each is
refused or booked in such a way that whoever works with the books afterwards can go on: refunds, X, Z and reports."""
import time

import pytest
from counter import basket, check_books, check_strands, refund, refused, seed
from offline import Till, exceptions
from shop import pb

MONEY = 10 ** 15  # the range of an amount
YEAR_US = 366 * 86_400_000_000


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.till().close()
    return made


@pytest.fixture
def till(shop, goods):
    made = Till(shop)
    yield made
    check_books(shop)
    check_strands(shop)


@pytest.fixture
def lead(shop, till):
    with shop.connect(till.client.identity) as client:
        client.sign_in("Caroline")
        yield client


def with_taxes(sale, *taxes):
    """taxes: (code, rate_ppm, tax_minor) of a sale of one line."""
    del sale.taxes[:]
    sale.tax_minor = sale.lines[0].tax_minor = sum(tax for _, _, tax in taxes)
    for code, rate_ppm, tax in taxes:
        sale.taxes.add(code=code, rate_ppm=rate_ppm, net_minor=sale.total_minor - sale.tax_minor, tax_minor=tax)
    return sale


def taxes_of(shop, sale_id):
    return shop.sql(f"SELECT code, rate_ppm, net_minor, tax_minor FROM sale_tax WHERE sale_id = {sale_id} ORDER BY position")


def test_B1_taxes_that_nobody_knows_stand_as_one_and_come_back_with_the_goods(shop, till, lead, goods):
    odd = with_taxes(till.printed(basket(shop, (goods["roll"], 4))), ("OLD", 190000, 9), ("OLDER", 160000, 2), ("VAT7", 70000, 3))
    booked = till.book(odd)
    assert exceptions(booked) == [("TOTAL_DIFFERS", None)]
    assert taxes_of(shop, booked.sale_id) == [("?", 0, 180, 11), ("VAT7", 70000, 166, 3)]
    # Nobody can tell which goods bore them: each its part.
    first, last = refund(lead, booked.receipt_number, (0, 1000)), refund(lead, booked.receipt_number)
    assert (first.totals.total_minor, last.totals.total_minor) == (-45, -135)
    assert [{tax.code: tax.tax_minor for tax in done.totals.taxes} for done in (first, last)] == [
        {"?": -3, "VAT7": -1}, {"?": -8, "VAT7": -2}]


def test_B1_hundreds_of_forged_taxes_leave_a_shift_that_can_be_closed(shop, till, lead, goods):
    for n in range(17):
        sale = till.printed(basket(shop, (goods["roll"], 1)))
        with_taxes(sale, *[(f"C{n}-{i}", 1000 * i, 0) for i in range(31)])
        till.book(sale)
    x = lead.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    assert x.sale_count == 17
    z = lead.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=10000 + 17 * 45), pb.ShiftReported)
    assert z.sale_count == 17 and z.difference_minor == 0


def test_B1_a_voided_line_beyond_money_is_refused_and_the_report_goes_on(shop, till, lead, goods):
    bought = basket(shop, (goods["roll"], 1), (goods["roll"], 1_000_000))
    bought.lines[1].voided, bought.lines[1].void_reason = True, b"too many"
    sale = till.printed(bought)
    sale.lines[1].unit_price_minor = MONEY
    assert refused(till.book, sale) == "OFFLINE_UNSOUND"
    sale.lines[1].unit_price_minor = MONEY // 1_000_000
    till.book(sale)
    shown = lead.call(pb.OP_VOID_REPORT, pb.VoidReport(), pb.VoidReported)
    assert [row.amount_minor for row in shown.rows] == [MONEY]


def test_B1_lines_that_bear_another_part_of_a_tax_come_back_in_parts(shop, till, lead, goods):
    sale = till.printed(basket(shop, (goods["roll"], 1), (goods["roll"], 1)))
    sale.lines[0].tax_minor, sale.lines[1].tax_minor = sale.tax_minor, 0
    sale.taxes[0].net_minor = 1
    booked = till.book(sale)
    assert taxes_of(shop, booked.sale_id) == [("VAT7", 70000, 84, 6)]
    assert [refund(lead, booked.receipt_number, (line, 1000)).totals.tax_minor for line in (1, 0)] == [-3, -3]


def test_B1_a_tax_that_is_more_than_its_goods_is_of_all(shop, till, lead, goods):
    cheap = shop.put_product("Crumb", 5, category_id=shop.put_category("Odds"), tax_class_id=shop.put_tax_class("Other", ("VAT19", 190000)))
    sale = till.printed(basket(shop, (goods["cake"], 1), (cheap, 1)))
    sale.lines[0].tax_minor, sale.lines[1].tax_minor, sale.tax_minor = 0, 0, 144
    sale.lines[0].tax_minor = 144
    del sale.taxes[:]
    sale.taxes.add(code="VAT19", rate_ppm=190000, net_minor=761, tax_minor=144)
    booked = till.book(sale)
    assert taxes_of(shop, booked.sale_id) == [("?", 0, 761, 144)]
    for line in (1, 0):
        refund(lead, booked.receipt_number, (line, 1000))


@pytest.mark.parametrize("spoil", [
    lambda sale: with_taxes(sale, *[("VAT7", 1000 * i, MONEY) for i in range(32)]),
    lambda sale: setattr(sale.taxes[0], "net_minor", sale.total_minor + 1),
    lambda sale: setattr(sale.taxes[0], "net_minor", -1),
])
def test_B1_taxes_beyond_the_total_are_refused(shop, till, goods, spoil):
    sale = till.printed(basket(shop, (goods["roll"], 2)))
    spoilt = pb.SaleOffline()
    spoilt.CopyFrom(sale)
    spoil(spoilt)
    assert refused(till.book, spoilt) == "OFFLINE_UNSOUND"
    till.book(sale)


def test_B1_a_time_of_years_ago_is_listed(shop, till, goods):
    booked = till.book(till.printed(basket(shop, (goods["roll"], 1)), made_us=1))
    assert exceptions(booked) == [("TIME", None)] and booked.exceptions[0].said == 1
    month = time.time_ns() // 1000 - YEAR_US // 12
    assert exceptions(till.book(till.printed(basket(shop, (goods["roll"], 1)), made_us=month))) == []


def test_B1_what_a_till_took_is_booked_whatever_the_shop_takes_by_now(shop, till, goods):
    card = [pb.Tender(kind=pb.TENDER_CARD, amount_minor=45, reference="A1")]
    sale, later = (till.printed(basket(shop, (goods["roll"], 1)), tenders=card) for _ in range(2))

    def put(**fields):
        shop.manager.command(pb.OP_TENDER_TYPE_PUT, pb.TenderTypePut(tender_type=pb.TenderType(id=pb.TENDER_CARD, **fields)), pb.CataloguePutDone)
    put(permission="shift_close")
    till.book(sale)
    put(permission="", active=False)
    later.basket.catalogue_version = 2 ** 40
    assert exceptions(till.book(later)) == [("VERSION_UNKNOWN", None)]
    put(active=True)
