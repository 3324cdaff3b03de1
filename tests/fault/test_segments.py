"""Segments that come in another order, twice, late, cut short or never: tills and the shop are in two network namespaces, between
which the carrier (carrier.py) takes each IP packet by hand. TCP's kernel says itself how much of that it met, at both ends; nothing is
lost or done twice, and nobody starts anything anew."""
import json
import os
import random
import time

import pytest
from carrier import SHOP, TILLS, Carrier, Odds
from cli import Cli, invited
from faults import check_exactly_once, see_through
from rounds import Bakery
from seed import seed
from shop import free_port, make_shop

SECONDS = int(os.environ.get("CAROLINE_SECONDS", "0"))  # of each kind; it lasts until TCP has met it in any case
RECEIPTS = 60 + 40 * SECONDS
PATIENCE_S = (2, 8)  # of a till, until it asks again by a new connection
# Of each kind: the odds, and what the kernel counts more of at each end because of it.
KINDS = {
    "held_back": (Odds(held=0.3), ["TCPOFOQueue"]),
    "late_each_by_its_own": (Odds(late=0.03), ["TCPOFOQueue"]),
    "doubled": (Odds(doubled=0.3), ["TCPDSACKOldSent"]),
    "dropped": (Odds(dropped=0.1), ["RetransSegs"]),
    "cut_short": (Odds(cut=0.1), ["InTruncatedPkts", "RetransSegs"]),
    "all_at_once": (Odds(held=0.15, doubled=0.1, dropped=0.03, cut=0.02, late=0.02), ["TCPOFOQueue", "TCPDSACKOldSent", "RetransSegs"]),
}

pytestmark = pytest.mark.skipif(os.getuid() != 0 or not os.path.exists("/dev/net/tun"), reason="only root carries packets, by /dev/net/tun")


@pytest.fixture(scope="module")
def draw():
    return random.Random(seed())


@pytest.fixture(scope="module")
def network(draw):
    with Carrier(draw, mtu=draw.randint(150, 576)) as network:
        yield network


@pytest.fixture(scope="module")
def bakery(network):
    with make_shop() as shop:
        port = free_port()
        shop.start("--listen", f"{SHOP}:{port}", port=port)  # beside the one that Server gives
        shop.open()
        shop.staff("Ben")
        bakery = Bakery(shop, None)
        for device in (*bakery.tills, bakery.console):
            device.lose()
            device.host = SHOP
        yield bakery
        bakery.check()
        assert bakery.server.stop() == 0  # it was started once


def one_round(bakery, draw):
    """What several tills and the office ask at once. Two of them hang up with all they said still on its way, and say it again beside it."""
    devices = [*bakery.tills, bakery.console]
    for device in devices:
        device.patience = draw.uniform(*PATIENCE_S)
    orders = [bakery.cash_sale(till) for till in bakery.tills for _ in range(4)] + bakery.sales() + bakery.refunds() + bakery.newcomers()
    for order in orders:
        order.send()
    again = draw.sample(devices, 2)
    for device in again:
        device.lose()
    for order in orders:
        if order.device in again:
            order.send()
    for order in orders:
        order.read()
    see_through(orders, 120)
    return orders


def met(network, before, counted):
    """What TCP at both ends has counted since, of each."""
    now = network.kernel()
    return {(end, what): now[end][what] - before[end][what] for end in (SHOP, TILLS) for what in counted}


@pytest.mark.parametrize("kind", KINDS if SECONDS else [random.Random(f"{seed()} kinds").choice(list(KINDS)[:-1]), "all_at_once"])
def test_SF6_segments_that_are(bakery, network, draw, capsys, kind):
    odds, counted = KINDS[kind]
    before, begun, orders = network.kernel(), time.monotonic(), []
    with network.tills():
        network.odds = odds
        while time.monotonic() < begun + SECONDS or not all(met(network, before, counted).values()):
            assert time.monotonic() < begun + SECONDS + 60, (network.carried, met(network, before, counted))
            orders += one_round(bakery, draw)
        network.odds = Odds()
    if odds.held:
        assert all(way["overtaken"] for way in network.carried.values()), network.carried
    check_exactly_once(bakery.shop, orders)
    with capsys.disabled():
        said = ", ".join(f"{end} {what} {count}" for (end, what), count in met(network, before, counted).items())
        print(f"\n{kind}: {len(orders)} commands; TCP has counted {said}")


def test_SF6_the_products_own_client_sells_across_all_that(bakery, network, tmp_path):
    receipts = tmp_path / "receipts.csv"
    receipts.write_text("".join(f"{number + 1},1,roll\n" for number in range(RECEIPTS)))
    cli = Cli(bakery.shop, "replayer")
    [[before]] = bakery.shop.sql("SELECT count(*) FROM sale")
    counters = network.kernel()
    odds, counted = KINDS["all_at_once"]
    with network.tills():
        bakery.shop.manager = bakery.console.connect()
        code = invited(bakery.shop)
        network.odds = odds
        cli.run("enrol", "--server", f"{SHOP}:{bakery.server.port}", "--code", code, person=False)
        done = cli.run("replay", receipts, "--tills", "3", "--json")
        network.odds = Odds()
    assert json.loads(done.stdout)["receipts"] == RECEIPTS == bakery.shop.sql("SELECT count(*) FROM sale")[0][0] - before
    assert all(met(network, counters, counted).values())
    assert all(way.largest <= network.mtu for way in network.ways.values())
