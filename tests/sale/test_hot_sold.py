"""Hot or cold, eaten here or taken away, and six or more: what is taxed how, over the wire, to the cent. The goods and their rates are
those of tests/golden/tax-examples.md, the sums are by hand or by fractions."""
from fractions import Fraction

import pytest

from counter import check_books, check_receipts, check_strands, refund, refused, ring_up
from shop import make_shop, pb

AWAY, HERE = pb.SERVICE_TAKE_AWAY, pb.SERVICE_EAT_IN


def half_away(exact):
    return int(exact + Fraction(1, 2)) if exact >= 0 else -int(-exact + Fraction(1, 2))


def sixth(minor):
    """Of a price in which a fifth is tax."""
    return half_away(Fraction(minor, 6))


def rate(code, ppm, service=AWAY, hot=False):
    return {"code": code, "rate_ppm": ppm, "service": service, "hot": hot}


class Goods:
    """A shop, its goods by name, and a till."""

    def __init__(self, shop):
        self.shop, self.ids = shop, {}

    def put(self, name, price, tax_class, **more):
        self.ids[name] = self.shop.put_product(name, price, sku=name.lower(), tax_class_id=tax_class, **more)

    def basket(self, *bought, service=AWAY):
        """(name, pieces, what else is said of the line)."""
        made = pb.Basket(catalogue_version=self.shop.version(), service=service)
        for name, pieces, *more in bought:
            made.lines.append(pb.BasketLine(product_id=self.ids[name], quantity_milli=int(pieces * 1000), **(more[0] if more else {})))
        return made

    def sell(self, total, *bought, service=AWAY):
        """Quoted and sold alike; what is taxed, by code."""
        made = self.basket(*bought, service=service)
        quoted = self.till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made), pb.SaleQuoted)
        sold = ring_up(self.till, made, total)
        assert (quoted.total_minor, list(quoted.taxes)) == (total, list(sold.totals.taxes))
        assert sum(tax.tax_minor for tax in sold.totals.taxes) == sold.totals.tax_minor
        self.sold = sold
        return {tax.code: tax.tax_minor for tax in sold.totals.taxes}

    def opens(self):
        self.shop.staff("Lea", role="shift_lead")
        self.till = self.shop.till("Lea")
        return self


HOT = {"hot": True}


@pytest.fixture(scope="module")
def bakery(shop):
    """As in Britain: food is free of tax when it is taken away cold."""
    food = [rate("VAT0", 0), *(rate("VAT20", 200000, *way) for way in ((AWAY, True), (HERE, False), (HERE, True)))]
    sweets = [rate("VAT20", 200000, service, hot) for service in (AWAY, HERE) for hot in (False, True)]
    goods = Goods(shop)
    goods.put("Pasty", 320, shop.put_tax_class("food", *food))
    goods.put("Bread", 245, goods_class(shop, "Pasty"))
    goods.put("Florentine", 185, shop.put_tax_class("sweets", *sweets))
    yield goods.opens()
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def goods_class(shop, name):
    return shop.sql(f"SELECT tax_class_id FROM product_version WHERE name = '{name}'")[0][0]


@pytest.mark.parametrize("bought, service, taxed", [
    ([("Pasty", 1)], AWAY, {"VAT0": 0}),
    ([("Pasty", 1, HOT)], AWAY, {"VAT20": 53}),                      # 3.20 / 6 = 0.5333
    ([("Pasty", 1)], HERE, {"VAT20": 53}),
    ([("Pasty", 1, HOT)], HERE, {"VAT20": 53}),
    ([("Pasty", 3, HOT)], AWAY, {"VAT20": 160}),                     # 9.60 / 6
    ([("Pasty", 1, HOT), ("Pasty", 1)], AWAY, {"VAT20": 53, "VAT0": 0}),
    ([("Bread", 1, HOT), ("Pasty", 1, HOT)], AWAY, {"VAT20": 94}),   # 5.65 / 6 = 0.9417
    ([("Florentine", 1)], AWAY, {"VAT20": 31}),                      # 1.85 / 6 = 0.3083
    ([("Florentine", 1, HOT)], AWAY, {"VAT20": 31}),
    ([("Bread", 2), ("Pasty", 1, HOT), ("Florentine", 1)], AWAY, {"VAT0": 0, "VAT20": 84}),  # 5.05 / 6 = 0.8417
    ([("Bread", 2), ("Pasty", 1, HOT), ("Florentine", 1)], HERE, {"VAT20": 166}),            # 9.95 / 6 = 1.6583
])
def test_A8_what_is_hot_is_taxed_as_it_is_sold(bakery, bought, service, taxed):
    prices = {"Pasty": 320, "Bread": 245, "Florentine": 185}
    total = sum(prices[name] * pieces for name, pieces, *_ in bought)
    assert bakery.sell(total, *bought, service=service) == taxed
    hot = [bool(more) for _, _, *more in bought]
    assert [line.hot for line in bakery.sold.totals.lines] == hot
    taxable = sum(prices[name] * pieces for name, pieces, *more in bought if service == HERE or more or name == "Florentine")
    assert bakery.sold.totals.tax_minor == sixth(taxable)


def test_A8_what_was_hot_comes_back_as_it_was_sold(bakery):
    bakery.sell(960, ("Pasty", 2, HOT), ("Pasty", 1))
    number = bakery.sold.receipt_number
    cold = refund(bakery.till, number, (1, 1000))
    assert (cold.totals.total_minor, cold.totals.tax_minor) == (-320, 0)
    hot = refund(bakery.till, number, (0, 1000))
    assert (hot.totals.total_minor, [(tax.code, tax.tax_minor) for tax in hot.totals.taxes]) == (-320, [("VAT20", -54)])  # half of 1.07
    rest = refund(bakery.till, number)
    assert (rest.totals.total_minor, rest.totals.tax_minor) == (-320, -53)  # what is left of it
    assert [line.hot for line in hot.totals.lines] == [True]


def test_A8_what_comes_back_without_a_receipt_is_hot_or_cold_too(bakery):
    bakery.shop.staff("Boss", role="manager")
    till = bakery.shop.till("Boss")
    for hot, tax in ((True, -53), (False, 0)):
        line = pb.FreeRefundLine(product_id=bakery.ids["Pasty"], quantity_milli=1000, hot=hot)
        back = till.command(pb.OP_SALE_REFUND_FREE, pb.SaleRefundFree(lines=[line], reason="not fresh", total_minor=320), pb.SaleRungUp)
        assert (back.totals.total_minor, back.totals.tax_minor) == (-320, tax)


@pytest.fixture(scope="module")
def quebec():
    """Prices without tax; sweet goods are free of it from six on, bread always."""
    with make_shop(**{"prices include tax": "no"}) as shop:
        shop.start()
        shop.open()
        goods = Goods(shop)
        free = shop.put_tax_class("basic groceries")
        sweet = shop.put_tax_class("sweetened", rate("GST", 50000), rate("QST", 99750), switch_at_count=6, switch_to_id=free)
        for name, price in (("Cake", 250), ("Tart", 300), ("Muffin", 225), ("Cookie", 150), ("Doughnut", 175)):
            goods.put(name, price, sweet)
        goods.put("Nougat", 400, sweet, unit=pb.UNIT_KILOGRAM)
        goods.put("Loaf", 400, free)
        yield goods.opens()
        check_books(shop)
        check_receipts(shop)
        check_strands(shop)


FIVE = {"GST": 63, "QST": 125}  # of 12.50: 0.625 and 1.246875


@pytest.mark.parametrize("total, bought, taxed", [
    (1438, [("Cake", 5)], FIVE),
    (1500, [("Cake", 6)], {}),
    (1500, [("Cake", 1)] * 6, {}),
    (1250, [("Tart", 1), ("Muffin", 2), ("Cookie", 1), ("Doughnut", 2)], {}),
    (863 + 800, [("Cookie", 5), ("Loaf", 2)], {"GST": 38, "QST": 75}),        # 7.50: 0.375 and 0.748125
    (1438, [("Cake", 5), ("Cake", 1, {"voided": True})], FIVE),
    (1438 + 46, [("Cake", 5), ("Nougat", Fraction(1, 10))], {"GST": 65, "QST": 129}),  # 12.90: 0.645 and 1.286775; weighed is no piece
])
def test_A8_six_or_more_are_free(quebec, total, bought, taxed):
    assert quebec.sell(total, *bought) == taxed


def test_A8_a_till_that_has_not_counted_is_told_so(quebec):
    """Nobody is charged what the till alone believed: neither a tax on six, nor five without."""
    for pieces, shown in ((6, 1500 + 75 + 150), (5, 1250)):
        assert refused(ring_up, quebec.till, quebec.basket(("Cake", pieces)), shown) == "TOTAL_DIFFERS"


def test_A8_one_of_six_comes_back_as_it_was_sold(quebec):
    """Five are left with the customer, and were bought as six."""
    assert quebec.sell(1500, ("Cake", 6)) == {}
    back = refund(quebec.till, quebec.sold.receipt_number, (0, 1000))
    assert (back.totals.total_minor, back.totals.tax_minor) == (-250, 0)
    assert quebec.sell(1438, ("Cake", 5)) == FIVE
    back = refund(quebec.till, quebec.sold.receipt_number)
    assert (back.totals.total_minor, {tax.code: tax.tax_minor for tax in back.totals.taxes}) == (-1438, {"GST": -63, "QST": -125})
