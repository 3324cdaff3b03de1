"""Two hundred deaths in a crowd of tills: of the server, of PostgreSQL's process under it, of the postmaster and of the
checkpointer, as many of each as DEATHS says, in an order and at points and moments drawn by a seed that is printed
(CAROLINE_SEED draws the same again). A death that did not come about does not count. Nobody restarts anything but what stands
for the supervisors of the server and of the postmaster."""
import collections
import os
import random
import signal
import time

import psycopg2
import pytest
from faults import Failpoints, ask_once, check_exactly_once, see_through
from rounds import Bakery
from seed import seed
from shop import SHIPPED, make_shop
from waiting import wait_for

DEATHS = {
    "server": 70,  # at a point
    "server at a moment": 30,
    "backend ended": 52,  # at a point, as the one below
    "backend killed": 22,  # all of PostgreSQL recovers from it
    "postmaster": 13,
    "checkpointer": 13,  # the same, by the postmaster itself: every backend ends
}
CHECKED = 5  # the books, behind so many tries: what is wrong in them stays so, and they grow
ACTIONS = {"server": "kill", "backend ended": "end-backend", "backend killed": "kill-backend"}


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


def backends(bakery, kind="client backend"):
    """PostgreSQL's processes that serve the server, or those of another kind; while it recovers from a death that it
    noticed late, the question is asked again."""
    def asked():
        try:
            return bakery.shop.sql(f"SELECT pid FROM pg_stat_activity WHERE backend_type = '{kind}' AND application_name "
                                   f"{'LIKE' if kind == 'client backend' else 'NOT LIKE'} 'caroline%'", "admin") or [(0,)]
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            return None
    return {pid for pid, in wait_for(asked, 60, "an answer of PostgreSQL") if pid}


def until_a_moment(chance, orders):
    """All are under way, and some of them answered."""
    for order in orders:
        order.send()
    deadline = time.monotonic() + chance.random() * 0.15
    for order in orders:
        if time.monotonic() > deadline:
            break
        order.read()


def killed(process):
    return process.wait(20) == -signal.SIGKILL


def passes(bakery):
    """How often each point is passed while a crowd is served."""
    bakery.names(Bakery.crowd)  # everybody is connected
    orders = bakery.crowd()
    with bakery.failpoints.counted() as passed:
        assert ask_once(orders)
    return list(passed.items())


def die(bakery, chance, what, passed, orders):
    """The orders have been sent, and something died meanwhile, or was to: whether it did, or what tells it once PostgreSQL
    has recovered."""
    process, cluster = bakery.server.process, bakery.shop.cluster
    if what == "server at a moment":
        until_a_moment(chance, orders)
        process.kill()
        return killed(process)
    if what == "postmaster":
        postmaster = cluster.postmaster()
        until_a_moment(chance, orders)
        os.kill(postmaster, signal.SIGKILL)
        cluster.start()
        return cluster.postmaster() != postmaster
    before = backends(bakery)
    if what == "checkpointer":
        [checkpointer] = backends(bakery, what)
        until_a_moment(chance, orders)
        os.kill(checkpointer, signal.SIGKILL)
        return lambda: not before & backends(bakery) and checkpointer not in backends(bakery, what)
    name, times = chance.choice(passed)
    nth = chance.randint(1, max(1, times // 2))  # groups are now larger, now smaller
    bakery.failpoints.arm(name, ACTIONS[what], nth)
    ask_once(orders)
    if not bakery.failpoints.disarm():
        return False  # not passed so often, this time
    return killed(process) if what == "server" else lambda: before - backends(bakery)


def test_A12_two_hundred_deaths_in_a_crowd(bakery):
    assert sum(DEATHS.values()) == 200
    chance = random.Random(seed())
    passed = passes(bakery)
    deck = [what for what, count in DEATHS.items() for _ in range(count)]
    chance.shuffle(deck)
    died, tries = collections.Counter(), 0
    while deck:
        tries += 1
        orders = bakery.crowd()
        try:
            happened = die(bakery, chance, deck[-1], passed, orders)
            see_through(orders, meanwhile=bakery.revive)
            if happened() if callable(happened) else happened:
                died[deck.pop()] += 1
            check_exactly_once(bakery.shop, orders)
            if tries % CHECKED == 0:
                bakery.shop.check(SHIPPED)
        except BaseException:
            print(f"try {tries}, dead: {dict(died)}", deck and deck[-1], bakery.server.log()[-6000:], sep="\n")
            raise
        assert tries < 600, f"hardly anything dies: {died}"
    assert died == DEATHS
    print(f"{dict(died)} in {tries} rounds")
    bakery.check()
