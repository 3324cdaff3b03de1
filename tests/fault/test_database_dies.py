"""PostgreSQL is killed and frozen under a server that sells: every sale is there once, and the server comes back by itself."""
import contextlib
import os
import signal
import time

import pytest
from faults import Failpoints, ask_once, check_exactly_once, see_through
from rounds import Bakery
from shop import make_shop, pb
from waiting import stands_still, wait_for

LIMIT_S = 3  # for a statement; a second more of silence, and the database is away
LOOK_S = 1  # that a refused read waits for what the database has of the catalogue


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start("--statement-limit-s", LIMIT_S)
        shop.open()
        shop.staff("Ben")
        yield Bakery(shop, failpoints)


@pytest.fixture(autouse=True)
def one_server_throughout(bakery):
    before = bakery.server.process.pid
    yield
    assert bakery.server.process.poll() is None and bakery.server.process.pid == before, bakery.server.log()[-3000:]
    bakery.check()


@contextlib.contextmanager
def frozen(processes):
    def send(number):
        for process in processes:
            with contextlib.suppress(ProcessLookupError):  # one that had done its work
                os.kill(process, number)

    send(signal.SIGSTOP)
    try:
        yield
    finally:
        send(signal.SIGCONT)


def frozen_backend(cluster):
    for process in cluster.processes():
        if stands_still(process):
            return process
    return None


def refused_in_time(orders):
    """Each is told to try again, by a server that has noticed; the seconds that took."""
    begun = time.monotonic()
    for order in orders:
        order.send()
    for order in orders:
        reply = order.asked[0].read_reply(order.asked[1])
        assert pb.code(reply.error.code) == "TRY_AGAIN" and reply.error.retry
    return time.monotonic() - begun


def test_SF2_the_postmaster_is_killed_and_started(bakery):
    orders = bakery.sales() + bakery.refunds()
    bakery.failpoints.arm("statement/COMMIT", "stop")
    for order in orders:
        order.send()
    wait_for(lambda: stands_still(bakery.server.process.pid), 20, "a COMMIT")
    os.kill(bakery.shop.cluster.postmaster(), signal.SIGKILL)
    os.kill(bakery.server.process.pid, signal.SIGCONT)
    for order in orders:
        order.read()
    bakery.shop.cluster.start()
    see_through(orders)
    check_exactly_once(bakery.shop, orders)


@pytest.mark.parametrize("point", ["statement/counter_sale_insert", "statement/COMMIT", "key_written"])
def test_SF2_a_backend_is_killed_and_all_of_postgresql_recovers(bakery, point):
    bakery.put_through(Bakery.newcomers if point == "key_written" else Bakery.sales, point, "kill-backend")


def test_SF12_frozen_for_longer_than_the_limits(bakery):
    orders = bakery.sales()
    away = bakery.server.log().count("database_away")
    with frozen(bakery.shop.cluster.processes()):
        refused_in_time(orders)
        wait_for(lambda: bakery.server.log().count("database_away") > away, 30, "word that the database is away")
        refused_in_time(orders)
    see_through(orders)
    check_exactly_once(bakery.shop, orders)


def test_SF12_what_memory_does_not_know_is_refused_while_the_database_stands_still(bakery):
    """A code that nobody knows is scanned: once, and at all tills at once."""
    clients = [till.connect() for till in bakery.tills] + [bakery.console.connect()]
    unknown = pb.ProductShow(id=1 << 40)
    with frozen(bakery.shop.cluster.processes()):
        begun = time.monotonic()
        for _ in range(2):
            asked = [(client, client.send(pb.OP_PRODUCT_SHOW, unknown)) for client in clients for _ in range(3)]
            for client, number in asked:
                assert pb.code(client.read_reply(number).error.code) == "UNKNOWN_PRODUCT"
        took = time.monotonic() - begun
    assert took < 2 * LOOK_S + 1, took
    assert bakery.console.connect().refusal(pb.OP_PRODUCT_SHOW, unknown) == "UNKNOWN_PRODUCT"


def thaw(cluster, seconds):
    backend = wait_for(lambda: frozen_backend(cluster), seconds, "a frozen backend")
    os.kill(backend, signal.SIGCONT)


def test_SF12_what_a_frozen_backend_commits_after_all_is_not_sold_twice(bakery):
    """It holds the locks, and its COMMIT waits in its socket, when the server has given it up."""
    orders = bakery.sales()
    bakery.failpoints.arm("statement/command_keep", "freeze-backend")
    try:
        refused_in_time(orders)
        shown = bakery.console.connect().reply(pb.OP_PRODUCT_LIST, pb.ProductList())
        assert not shown.HasField("error")  # others are served meanwhile
    finally:
        thaw(bakery.shop.cluster, 20)
    see_through(orders)
    check_exactly_once(bakery.shop, orders)


def test_SF12_what_a_frozen_backend_has_committed_is_found_by_another(bakery):
    orders = bakery.sales()
    bakery.failpoints.arm("statement/COMMIT", "freeze-backend")
    try:
        see_through(orders)
    finally:
        thaw(bakery.shop.cluster, 20)
    check_exactly_once(bakery.shop, orders)
