"""A basket is priced with the version of the catalogue it was begun with, also by a server that was started since."""
import pytest
from counter import refused, ring_up
from shop import pb

MINUTES = "UPDATE catalogue_version SET made_at = made_at - interval '{} minutes'"


@pytest.fixture(scope="module")
def device(shop):
    identity = shop.device()
    shop.till(identity=identity).close()
    return identity


class Prices:
    """A product whose price was raised from 180 to 200, and the versions before and after."""

    def __init__(self, shop, sku):
        self.product = shop.put_product("Croissant", 180, sku=sku)
        self.old = shop.version()
        shop.put_product("Croissant", 200, sku=sku)
        self.new = shop.version()
        assert self.new > self.old

    def basket(self, version):
        lines = [pb.BasketLine(product_id=self.product, quantity_milli=2000)]
        return pb.Basket(catalogue_version=version, service=pb.SERVICE_TAKE_AWAY, lines=lines)


def till_after_restart(shop, device):
    shop.servers[0].restart()
    shop.manager = shop.connect(shop.console)
    shop.manager.sign_in()
    client = shop.connect(device)
    client.sign_in("Ben")
    return client


def test_A5_a_basket_begun_before_a_restart_keeps_its_price(shop, device):
    prices = Prices(shop, "kept")
    with till_after_restart(shop, device) as till:
        ring_up(till, prices.basket(prices.old), 360)
        ring_up(till, prices.basket(prices.new), 400)
        assert refused(ring_up, till, prices.basket(prices.old), 400) == "TOTAL_DIFFERS"
        assert refused(ring_up, till, prices.basket(prices.new + 1), 400) == "CATALOGUE_UNKNOWN"
    shop.check()


@pytest.mark.parametrize("minutes", [16, 120])
def test_a_version_superseded_longer_ago_is_old(shop, device, minutes):
    prices = Prices(shop, f"old-{minutes}")
    shop.sql(MINUTES.format(minutes))
    with till_after_restart(shop, device) as till:
        assert refused(ring_up, till, prices.basket(prices.old), 360) == "CATALOGUE_OLD"
        ring_up(till, prices.basket(prices.new), 400)
        assert refused(ring_up, till, prices.basket(prices.new + 1), 400) == "CATALOGUE_UNKNOWN"


def test_a_version_counts_from_when_it_was_superseded_not_from_when_it_was_made(shop, device):
    product = shop.put_product("Bun", 50, sku="bun")
    shop.sql(MINUTES.format(600))
    old = shop.version()
    shop.put_product("Bun", 60, sku="bun")
    basket = pb.Basket(catalogue_version=old, service=pb.SERVICE_TAKE_AWAY,
                       lines=[pb.BasketLine(product_id=product, quantity_milli=1000)])
    with till_after_restart(shop, device) as till:
        ring_up(till, basket, 50)
