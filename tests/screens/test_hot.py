"""F7 and F6 at the real till: hot or cold, eaten here or taken away, and the rule that counts the pieces, while the basket grows; the
taxes on the screen, on the receipt and in the books are the same, to the cent, with the server and without."""
import re

import pytest

from shop import pb
from terminal import ENTER, ESCAPE, F, UP
from test_counter import Bakery, ready, sign_in


class Hot(Bakery):
    def goods(self):
        super().goods()
        shop = self.shop
        ways = [(service, hot) for service in (pb.SERVICE_TAKE_AWAY, pb.SERVICE_EAT_IN) for hot in (False, True)]
        rates = [{"code": "VAT20", "rate_ppm": 200000, "service": service, "hot": hot} for service, hot in ways]
        food = shop.put_tax_class("food", *rates[1:])  # cold and taken away it is free
        free = shop.put_tax_class("six")
        sweet = shop.put_tax_class("sweets", *rates, switch_at_count=6, switch_to_id=free)
        shop.put_product("Pasty", 320, sku="p", plu=301, tax_class_id=food)
        shop.put_product("Bread", 245, sku="b", plu=302, tax_class_id=food)
        shop.put_product("Muffin", 240, sku="m", plu=303, tax_class_id=sweet)
        shop.put_product("Tart", 300, sku="t", plu=304, tax_class_id=sweet)

    def last(self):
        """(series, what is taxed by code, whether each line is hot) of the newest sale."""
        [[id, series]] = self.shop.sql("SELECT id, series::text FROM sale ORDER BY id DESC LIMIT 1")
        shown = self.shop.manager.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=id), pb.SaleShown).sale
        return series, {tax.code: tax.tax_minor for tax in shown.totals.taxes}, [line.hot for line in shown.totals.lines]


@pytest.fixture(scope="module")
def bakery():
    made = Hot()
    try:
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


@pytest.fixture
def till(bakery):
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        yield t


def taxed(t, minor):
    """As the panel has it; 0: no tax stands there."""
    if minor:
        t.wait(re.compile(rf"VAT 20 % +{minor / 100:.2f}"))
    else:
        t.wait("VAT 20 %", gone=True)


def sell(t, series="T"):
    t.type(F[2])
    t.wait("Cash given:")
    t.type(ENTER)
    t.wait(re.compile(rf"Receipt 3{series}-\d{{6}}"))
    paper = t.text
    t.type(ENTER)
    t.wait("The basket is empty.")
    return paper


def test_A8_hot_and_cold_on_one_key(bakery, till):
    till.type("301", ENTER)
    till.wait(re.compile(r"1 Pasty +1 +3.20 +3.20"))
    taxed(till, 0)
    assert "F7 Hot" in till.text
    till.type(F[7])
    till.wait("1 HOT Pasty")
    taxed(till, 53)  # a sixth of 3.20
    assert "F7 Cold" in till.text
    till.type(F[7])
    till.wait("HOT", gone=True)
    taxed(till, 0)
    till.type(F[7], "302", ENTER)
    till.wait(re.compile(r"2 Bread +1 +2.45"))
    taxed(till, 53)  # the bread is cold
    till.type(F[7])
    till.wait("2 HOT Bread")
    taxed(till, 94)  # 5.65
    till.type(UP, F[7])
    till.wait("1 HOT Pasty", gone=True)
    taxed(till, 41)  # 2.45
    assert "VAT 20 % on 2.04" in sell(till)
    assert bakery.last() == ("T", {"VAT20": 41}, [False, True])


def test_A8_what_is_eaten_here_is_taxed_hot_or_cold(bakery, till):
    till.type("2x301", ENTER)
    till.wait(re.compile(r"1 Pasty +2"))
    till.type(F[6])
    till.wait("EAT IN")
    taxed(till, 107)  # 6.40
    till.type(F[7])
    till.wait("1 HOT Pasty")
    taxed(till, 107)
    till.type(F[6])
    till.wait("TAKE AWAY")
    taxed(till, 107)
    till.type(F[7])
    till.wait("HOT", gone=True)
    taxed(till, 0)
    till.type(F[6])
    till.wait("EAT IN")
    sell(till)
    assert bakery.last() == ("T", {"VAT20": 107}, [False])


def test_A8_the_sixth_piece_takes_the_tax_off_all(bakery, till):
    till.type("5x303", ENTER)
    till.wait("5 pieces")
    taxed(till, 200)  # 12.00
    till.type("304", ENTER)
    till.wait("6 pieces, 2 lines")
    taxed(till, 0)
    till.type(F[3])  # back to five
    till.wait("VOID Tart")
    taxed(till, 200)
    till.type(F[3])
    till.wait("VOID Tart", gone=True)
    taxed(till, 0)
    till.type("301", ENTER)
    till.wait("7 pieces")
    till.type(F[7])
    till.wait("HOT Pasty")
    taxed(till, 53)  # the muffins stay free
    sell(till)
    assert bakery.last() == ("T", {"VAT20": 53}, [False, False, True])
    till.type("5x303", ENTER)
    till.wait("5 pieces")
    sell(till)
    assert bakery.last() == ("T", {"VAT20": 200}, [False])


def test_A8_a_parked_basket_is_as_hot_as_it_was(bakery, till):
    till.type("301", ENTER, F[7])
    till.wait("1 HOT Pasty")
    till.type(F[12], F[2])
    till.wait("the basket waits")
    till.wait("The basket is empty.")
    till.type(F[12], F[3])
    till.wait("till 3")
    till.type(ENTER)
    till.wait("1 HOT Pasty")
    taxed(till, 53)
    sell(till)
    assert bakery.last() == ("T", {"VAT20": 53}, [True])


def test_B1_hot_and_six_without_a_server(bakery, till):
    bakery.server.kill()
    till.wait("NO CONNECTION", seconds=10)
    till.type("301", ENTER, F[7])
    till.wait("1 HOT Pasty")
    till.type("6x303", ENTER)
    till.wait("7 pieces")
    taxed(till, 53)
    sell(till, "X")
    till.type("5x303", ENTER)
    till.wait("5 pieces")
    sell(till, "X")
    bakery.server.start()
    till.wait("● connected", seconds=40)
    till.wait("to be booked", gone=True, seconds=40)
    till.wait("made offline", gone=True, seconds=20)
    bakery.reconnect()
    assert bakery.last() == ("X", {"VAT20": 200}, [False])
    [[first]] = bakery.shop.sql("SELECT id FROM sale WHERE series = 'X' AND number = 1")
    shown = bakery.shop.manager.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=first), pb.SaleShown).sale
    assert [(tax.code, tax.tax_minor) for tax in shown.totals.taxes] == [("VAT20", 53)]
    assert bakery.shop.sql("SELECT count(*) FROM sale_exception") == [(0,)]


def test_the_key_without_a_line_says_why_it_does_nothing(bakery, till):
    assert "F7" not in till.text
    till.type(F[7])
    till.wait("F7: the basket is empty")
    till.type(ESCAPE)
