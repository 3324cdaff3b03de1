"""Two hundred deaths in a crowd of tills: server and database backend, at points and moments drawn by a seed that is printed
(CAROLINE_SEED draws the same again). Nobody restarts anything but what stands for the supervisor."""
import os
import random
import secrets
import signal
import time

import pytest
from faults import Failpoints, ask_once, check_exactly_once, see_through
from rounds import Bakery
from shop import make_shop

DEATHS = int(os.environ.get("CAROLINE_DEATHS", "200"))
SEED = int(os.environ.get("CAROLINE_SEED", secrets.randbelow(1_000_000)))


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start("--statement-limit-s", "3")
        shop.open()
        shop.staff("Ben")
        made = Bakery(shop, failpoints)
        for name in ("cookie", "cake"):
            shop.receive(made.goods[name], 40000)
        yield made


def die_at_a_moment(bakery, chance, orders):
    for order in orders:
        order.send()
    deadline = time.monotonic() + chance.random() * 0.15
    for order in orders:
        if time.monotonic() > deadline:
            break
        order.read()
    bakery.server.process.kill()
    bakery.server.process.wait()


def die(bakery, chance, names, orders):
    """What died, in words; the orders have been sent."""
    action = chance.choice(["kill"] * 6 + ["end-backend"] * 6 + ["kill-backend"] * 2 + ["a moment"] * 4 + ["postmaster"])
    name, nth = chance.choice(names), chance.randint(1, 12)
    if action == "a moment":
        die_at_a_moment(bakery, chance, orders)
    elif action == "postmaster":
        for order in orders:
            order.send()
        os.kill(bakery.shop.cluster.postmaster(), signal.SIGKILL)
        bakery.shop.cluster.start()
    else:
        bakery.failpoints.arm(name, action, nth)
        ask_once(orders)
        bakery.failpoints.armed.unlink(missing_ok=True)  # not passed so often, this time
    return f"{action} at {name}, passed {nth} times"


def test_A12_two_hundred_deaths_in_a_crowd(bakery):
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    names = bakery.names(Bakery.crowd)
    for death in range(DEATHS):
        orders = bakery.crowd()
        what = "the death itself"
        try:
            what = die(bakery, chance, names, orders)
            see_through(orders, meanwhile=bakery.revive)
            check_exactly_once(bakery.shop, orders)
            bakery.shop.check()
        except BaseException:
            print(f"seed {SEED}, death {death}: {what}", bakery.server.log()[-6000:], sep="\n")
            raise
    bakery.check()
