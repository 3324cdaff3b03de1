"""One packet in five is lost, both ways, in a network namespace of this test's own: TCP's kernel sends them again, later and
later, and nothing is lost or done twice."""
import ctypes
import os
import re
import subprocess
import time

import pytest
from faults import Failpoints, ask_once, check_exactly_once, see_through
from rounds import Bakery
from shop import make_shop

CLONE_NEWNET = 0x40000000
SECONDS, LOST_OF_A_HUNDRED = 10, 20

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root makes a network of its own")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    """All that is started from here on, PostgreSQL too, is in that network, and alone in it."""
    assert ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
    run("ip", "link", "set", "lo", "up")
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        shop.staff("Ben")
        yield Bakery(shop, failpoints)


@pytest.fixture()
def lossy(bakery):
    """What says how many packets were lost."""
    run("nft", "add table inet lossy; add chain inet lossy in { type filter hook input priority 0; }; " + "".join(
        f"add rule inet lossy in tcp {end} {bakery.server.port} numgen random mod 100 < {LOST_OF_A_HUNDRED} counter drop; "
        for end in ("dport", "sport")))
    yield lambda: [int(count) for count in re.findall(r"counter packets (\d+)", run("nft", "list", "table", "inet", "lossy"))]
    run("nft", "delete", "table", "inet", "lossy")


def test_SF6_a_fifth_of_all_packets_is_lost(bakery, lossy):
    end = time.monotonic() + SECONDS
    rounds, done = 0, []
    while rounds < 2 or time.monotonic() < end:
        orders = bakery.sales() + bakery.refunds()
        bakery.console.lose()  # a handshake, too
        orders += bakery.newcomers()
        ask_once(orders)
        see_through(orders, 120)
        done += orders
        rounds += 1
    assert min(lossy()) >= 5 * rounds, "the network lost too little"
    check_exactly_once(bakery.shop, done)
    bakery.check()
