"""A bad network for as long as it takes: faults drawn by a seed that is printed (CAROLINE_SEED draws the same again), and
connections that die without a word."""
import json
import random
import subprocess

import pytest
from cli import Cli, invited
from faults import Failpoints, ask_once, check_exactly_once, see_through
from network import FAULTS
from proxy import Proxy
from rounds import Bakery
from seed import seed
from shop import make_shop
from waiting import wait_for

FAULTY_ROUNDS = 40


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        shop.staff("Ben")
        made = Bakery(shop, failpoints)
        shop.receive(made.goods["cake"], 20000)
        yield made


def test_SF5_faults_upon_faults(bakery):
    chance = random.Random(seed())
    see_through(bakery.crowd())
    with Proxy(bakery.server.port) as proxy:
        for till in bakery.crowded:
            till.port, till.patience = proxy.port, 0.4
            till.lose()
        unanswered = 0
        for _ in range(FAULTY_ROUNDS):
            orders = bakery.crowd()
            for name in chance.sample(list(FAULTS), chance.randint(1, 3)):  # one upon the other
                FAULTS[name](proxy)
                unanswered += not ask_once(chance.sample(orders, 4))
            proxy.heal()
            see_through(orders)
            check_exactly_once(bakery.shop, orders)
            bakery.shop.check()
    assert unanswered > FAULTY_ROUNDS // 4  # two faults in three leave somebody without an answer
    bakery.check()


def test_SF6_connections_that_die_without_a_word_are_missed_and_made_anew(bakery, tmp_path):
    receipts = tmp_path / "receipts.csv"
    receipts.write_text("".join(f"{number + 1},1,roll\n" for number in range(2000)))
    cli = Cli(bakery.shop, "replayer")

    def sales():
        return bakery.shop.sql("SELECT count(*) FROM sale")[0][0]

    with Proxy(bakery.server.port) as proxy:
        cli.run("enrol", "--server", f"localhost:{proxy.port}", "--code", invited(bakery.shop), person=False)
        before = sales()
        replay = cli.start("replay", receipts, "--tills", "6", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for count in (300, 900):
            wait_for(lambda: replay.poll() is not None or sales() >= before + count, 120, f"{count} receipts")
            assert replay.poll() is None
            proxy.abandon()
        out, err = replay.communicate(timeout=180)
    assert replay.returncode == 0, err
    assert json.loads(out)["receipts"] == 2000 == sales() - before
    bakery.check()
