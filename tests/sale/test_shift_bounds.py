"""A shift can be reported and closed whatever was sold in it: sums stop where counting ends, and lists are as long as a message
holds; what is beyond is one row, so that they still add up."""
import pytest
from counter import basket, check_books, check_strands, ring_up, seed
from offline import Till
from shop import pb

LONG = "\U0001F950"  # four bytes
MOST = 2 ** 63 - 1
FRAME = 65536


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.till().close()
    return made


@pytest.fixture
def till(shop, goods):
    """Signed in as who may close."""
    with shop.till("Caroline") as client:
        yield client
    check_books(shop)
    check_strands(shop)


def rates(prefix):
    return [pb.TaxRate(code=f"{prefix}{i:02d}", rate_ppm=1000 + i) for i in range(14)]


@pytest.fixture(scope="module")
def taxed(shop, goods):
    """Goods of as many taxes as a shop may have, nearly: (class, product)."""
    made = []
    for t in range(20):
        message = pb.TaxClassPut(tax_class=pb.TaxClass(name=f"class {t}", rates=rates(f"A{t:02d}")))
        tax = shop.manager.command(pb.OP_TAX_CLASS_PUT, message, pb.CataloguePutDone).id
        made.append((tax, shop.put_product(f"Taxed {t}", 100000, tax_class_id=tax)))
    return made


@pytest.fixture(scope="module")
def keyed(shop, goods):
    """More department keys than a report lists, of names as long as there are."""
    return [shop.put_product(LONG * 77 + f"{i:03d}", 0, open_price=True, open_min_minor=1, open_max_minor=5000) for i in range(203)]


def key_in(shop, till, products):
    made = basket(shop)
    for product in products:
        made.lines.add(product_id=product, quantity_milli=2000, keyed_price_minor=5)
    ring_up(till, made, 10 * len(products))


def modifier(shop, name, *options):
    message = pb.ModifierPut(modifier=pb.Modifier(name=name, choose_max=len(options), options=[
        pb.ModifierOption(name=called, price_minor=price) for called, price in options]))
    return shop.manager.command(pb.OP_MODIFIER_PUT, message, pb.CataloguePutDone).id


def reported(till):
    """The X, the Z and the Z shown again, each in one message; the last two alike."""
    x = till.reply(pb.OP_SHIFT_REPORT, pb.ShiftReport())
    told = pb.ShiftReported.FromString(x.body)
    z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=0), pb.ShiftReported)
    again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
    assert not x.HasField("error") and len(x.body) < FRAME
    assert (list(z.options), list(z.taxes), list(z.departments), z.receipt) == (
        list(again.options), list(again.taxes), list(again.departments), again.receipt)
    return told, z


def test_A18_what_options_took_off_stops_where_counting_ends(shop, till):
    off = modifier(shop, "Off", ("all of it", -10**12))
    free = shop.put_product("Free", 100, modifier_ids=[off])
    made = basket(shop)
    for _ in range(10):
        made.lines.add(product_id=free, quantity_milli=10**9).options.add(modifier_id=off, option=1)
    ring_up(till, made, 0)
    x, z = reported(till)
    assert [(o.name, o.line_count, o.amount_minor) for o in x.options] == [("all of it", 10, -MOST)] == [
        (o.name, o.line_count, o.amount_minor) for o in z.options]


def test_A18_no_paper_has_goods_for_more_than_there_is(shop, till, goods):
    gift = shop.put_product("Gift", 0, open_price=True, open_min_minor=1, open_max_minor=5000)
    machine = Till(shop)
    made = basket(shop)
    sale = pb.SaleOffline(number=1, basket=made, total_minor=0, tax_minor=0, staff_id=machine.staff, shift_id=machine.shift)
    for _ in range(2):
        line = sale.basket.lines.add(product_id=gift, quantity_milli=1000, keyed_price_minor=100)
        line.discount.rate_ppm, line.discount.reason = 1000000, "all of it"
        sale.lines.add(unit_price_minor=10**15, gross_minor=10**15, discount_minor=10**15, total_minor=0, tax_minor=0)
    assert pb.code(machine.client.reply(pb.OP_SALE_OFFLINE, sale, b"%16d" % 1).error.code) == "OFFLINE_UNSOUND"
    del sale.basket.lines[1:], sale.lines[1:]
    machine.book(sale)
    machine.client.close()


def test_A18_options_beyond_what_is_listed_are_one_row_that_adds_up(shop, till):
    for names, many in (("o{}_{}", 13), (LONG * 35 + "{}_{}", 13)):
        for k in range(many):
            of = modifier(shop, f"{names[:1]}{k}", *[(names.format(k, i), 10) for i in range(20)])
            made = basket(shop, (shop.put_product(f"{names[:1]} with {k}", 100, modifier_ids=[of]), 1))
            for i in range(20):
                made.lines[0].options.add(modifier_id=of, option=i + 1)
            ring_up(till, made, 300)
        for report in reported(till):
            assert sum(o.amount_minor for o in report.options) == 200 * many and sum(o.line_count for o in report.options) == 20 * many
            assert [o.others for o in report.options] == [False] * (len(report.options) - 1) + [True]
            assert not report.options[-1].name and not report.options[-1].modifier_id
            assert any(row.left.startswith("Other options") for row in report.receipt.rows)
        till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)


def test_B37_departments_beyond_what_is_listed_are_one_row_that_adds_up(shop, till, keyed):
    key_in(shop, till, keyed[:150])
    key_in(shop, till, keyed[150:])
    key_in(shop, till, keyed[-1:])
    for report in reported(till):
        [everything] = report.options
        assert (everything.name, everything.line_count, everything.amount_minor) == ("", 204, 2040)
        sums = [sum(of) for of in zip(*[(d.line_count, d.quantity_milli, d.amount_minor) for d in report.departments])]
        assert sums == [204, 408000, 2040] and 100 < len(report.departments) < 200
        assert 44000 < report.ByteSize() < FRAME  # as many as there is room for: their names are long in the message alone
        assert [d.product_id for d in report.departments] == keyed[:len(report.departments) - 1] + [0]
        assert any(row.left.startswith("  Other departments (") for row in report.receipt.rows)
    assert shop.sql("SELECT count(*), max(line_count), max(amount_minor) FROM shift_z_department"
                    " WHERE shift_id = (SELECT max(shift_id) FROM shift_z)") == [(200, 5, 50)]


def test_A18_taxes_beyond_500_are_one(shop, till, taxed):
    for letter in "AB":
        for t, (tax, product) in enumerate(taxed):
            if letter == "B":
                message = pb.TaxClassPut(tax_class=pb.TaxClass(id=tax, rates=rates(f"B{t:02d}")))
                shop.manager.command(pb.OP_TAX_CLASS_PUT, message, pb.CataloguePutDone)
            ring_up(till, basket(shop, (product, 1)), 100000)
    [[wanted]] = shop.sql("SELECT sum(tax_minor) FROM sale JOIN drawer USING (shift_id)")
    for report in reported(till):
        assert sum(tax.tax_minor for tax in report.taxes) == wanted and [tax.code for tax in report.taxes].count("?") == 1
    assert shop.sql("SELECT count(*) FROM shift_z_tax WHERE shift_id = (SELECT max(shift_id) FROM shift_z)") == [(500,)]


def test_B38_deposit_goods_beyond_what_is_listed_stay_in_the_sums(shop, till):
    """A hundred and fifty of them, of names as long as there are."""
    many = [shop.put_product(LONG * 77 + f"{i:03d}", 25, deposit_kind=pb.DEPOSIT_GOOD) for i in range(150)]
    ring_up(till, basket(shop, *((product, 2) for product in many)), 7500)
    for report in reported(till):
        assert (report.deposits.out_milli, report.deposits.out_minor) == (300000, 7500)
        assert 0 < len(report.deposit_goods) < 150 and report.ByteSize() < FRAME
        listed = [(row.name, row.out_minor) for row in report.deposit_goods if row.name]
        assert len(listed) == len(set(listed)) and all(minor == 50 for _, minor in listed)


def test_A18_everything_at_once_is_a_report_that_fits(shop, till, taxed, keyed):
    """Names of four bytes a sign everywhere, as many as there may be."""
    for _, product in taxed:
        ring_up(till, basket(shop, (product, 1)), 100000)
    key_in(shop, till, keyed[:100])
    for k in range(5):
        of = modifier(shop, f"All {k}", *[(LONG * 37 + f"{k}{i:02d}", 10) for i in range(20)])
        made = basket(shop, (shop.put_product(f"All {k}", 100, modifier_ids=[of]), 1))
        for i in range(20):
            made.lines[0].options.add(modifier_id=of, option=i + 1)
        ring_up(till, made, 300)
    for i in range(12):
        voucher = shop.put_tender_type(LONG * 23 + "ABCDEFGHIJKL"[i])
        message = pb.SaleRingUp(basket=basket(shop, (made.lines[0].product_id, 1)), total_minor=100)
        message.tenders.add(tender_type_id=voucher, amount_minor=100)
        till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
    for i in range(45):
        name = LONG * 77 + f"{i:03d}"
        shop.staff(name)
        with shop.connect(till.identity) as other:
            other.sign_in(name)
            ring_up(other, basket(shop, (made.lines[0].product_id, 1)), 100)
    x, _ = reported(till)
    assert sum(d.amount_minor for d in x.departments) == 1000
    sold = [person for person in x.people if not person.others]
    assert len(sold) < 46 and x.people[-1].others and sum(person.sale_minor for person in x.people) == x.sale_minor
    assert sum(person.sale_count for person in x.people) == x.sale_count
