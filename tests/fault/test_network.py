"""The network between tills and server fails in every way that tests/lib/proxy.py knows: each command is carried out once,
tills come back by themselves, others sell meanwhile, and no connection is left behind."""
import json
import os
import signal
import subprocess

import pytest
from cli import Cli, invited
from faults import POINTS, Failpoints, ask_once, check_exactly_once, see_through
from network import FAULTS, PASSED
from proxy import Proxy
from rounds import Bakery
from shop import make_shop, pb
from waiting import stands_still, wait_for

SERVING = [name for name in POINTS if name.split("_")[0] in ("call", "group", "commit", "reply") and name != "group_behind"]


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        shop.staff("Ben")
        yield Bakery(shop, failpoints)


@pytest.fixture(scope="module")
def proxy(bakery):
    """Two tills are behind it; the third and the consoles are not."""
    bakery.watcher = bakery.shop.connect(bakery.shop.console)
    bakery.watcher.sign_in()
    with Proxy(bakery.server.port) as made:
        for till in bakery.tills[:2]:
            till.port, till.patience = made.port, 1.5
            till.connect()
        yield made


def connections(bakery):
    return bakery.watcher.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown).connections


@pytest.mark.parametrize("name", FAULTS)
def test_SF5_each_command_is_carried_out_once_and_the_till_comes_back(bakery, proxy, name):
    before = connections(bakery)
    orders = bakery.sales()
    FAULTS[name](proxy)
    answered = ask_once(orders)
    assert answered == (name in PASSED)  # the network did fail, or did not
    other = bakery.cash_sale(bakery.tills[2])
    assert ask_once([other])  # at once, and on the connection it had
    proxy.heal()
    see_through(orders)
    check_exactly_once(bakery.shop, orders + [other])
    wait_for(lambda: connections(bakery) == before, 20, "the count of connections to be what it was")
    bakery.check()


def test_SF3_the_network_is_cut_at_every_point(bakery, proxy):
    process = bakery.server.process.pid
    bakery.console.port = proxy.port
    bakery.console.connect()
    for round in (Bakery.sales, Bakery.newcomers):
        names = [name for name in bakery.names(round) if name in SERVING]
        for name in names if round is Bakery.sales else set(names) - known:
            orders = round(bakery)
            bakery.failpoints.arm(name, "stop")
            for order in orders:
                order.send()
            wait_for(lambda: stands_still(process), 20, f"the passing of {name}")
            proxy.reset()
            os.kill(process, signal.SIGCONT)
            see_through(orders)
            check_exactly_once(bakery.shop, orders)
        known = set(names)
    bakery.check()


def sales(bakery):
    return bakery.shop.sql("SELECT count(*) FROM sale")[0][0]


def test_A12_a_replay_goes_on_through_all_of_it(bakery, proxy, tmp_path):
    """The product's own client: 300 receipts by six tills behind the proxy, which fails in every way in turn."""
    receipts = tmp_path / "receipts.csv"
    receipts.write_text("".join(f"{number + 1},{number % 3 + 1},roll\n" for number in range(300)))
    bakery.shop.manager = bakery.watcher
    cli = Cli(bakery.shop, "replayer")
    cli.run("enrol", "--server", f"localhost:{proxy.port}", "--code", invited(bakery.shop), person=False)
    before = sales(bakery)
    replay = cli.start("replay", receipts, "--tills", "6", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    others = 0
    for step, (name, fault) in enumerate(FAULTS.items()):
        wait_for(lambda: replay.poll() is not None or sales(bakery) >= before + others + 20 * step, 60,
                 f"receipts before {name}")
        assert replay.poll() is None
        fault(proxy)
        if name in ("both_ways_cut", "cut_towards_the_server", "cut_towards_the_till", "refused"):
            assert ask_once([bakery.cash_sale(bakery.tills[2])])  # sold meanwhile
            others += 1
        proxy.heal()
        if name in PASSED:
            fault(proxy)  # until the next
    out, err = replay.communicate(timeout=120)
    assert replay.returncode == 0, err
    done = json.loads(out)
    assert (done["receipts"], done["total_minor"], done["refused"]) == (300, 600 * 45, [])
    assert sales(bakery) == before + others + 300
    bakery.check()
