"""PostgreSQL goes away and comes back; the server is killed: nobody restarts a server by hand, nothing is lost or doubled."""
import os
import signal
import threading
import uuid

import pytest

from kiosk import MEMBER_PIN, call_up, leave, let, sign_in, with_pin
from shop import Client, pb, wait_for

PRICE = 250


@pytest.fixture(scope="module")
def roll(shop):
    product = shop.put_product("Roll", PRICE, plu=1)
    return product


def ring_up(shop, client, product, command_id=None, pieces=1):
    message = pb.SaleRingUp(
        basket=pb.Basket(
            catalogue_version=shop.version, lines=[pb.BasketLine(product_id=product, quantity_milli=pieces * 1000)]
        ),
        tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=PRICE * pieces)],
        total_minor=PRICE * pieces,
    )
    return client.reply(pb.OP_SALE_RING_UP, message, command_id or uuid.uuid4().bytes)


@pytest.fixture()
def till(shop, roll):
    shop.manager.close()
    shop.manager = shop.connect(shop.console)
    shop.manager.sign_in()
    client = shop.till()
    client.product = roll
    shop.version = client.call(pb.OP_PRODUCT_SHOW, pb.ProductShow(id=roll), pb.ProductShown).catalogue_version
    yield client
    client.close()


def sale_count(shop):
    return shop.sql("SELECT count(*) FROM sale")[0][0]


def test_sells_again_after_the_database_was_stopped_and_started(shop, till):
    pid = shop.servers[0].process.pid
    assert not ring_up(shop, till, till.product).HasField("error")
    before = sale_count(shop)
    shop.cluster.stop()
    command_id = uuid.uuid4().bytes
    away = ring_up(shop, till, till.product, command_id)
    assert pb.code(away.error.code) == "TRY_AGAIN" and away.error.retry
    shop.cluster.start()

    def sold():
        reply = ring_up(shop, till, till.product, command_id)
        return not reply.HasField("error")

    wait_for(sold, 30, "a sale after the database came back")
    assert sale_count(shop) == before + 1
    assert shop.servers[0].process.poll() is None and shop.servers[0].process.pid == pid
    shop.check()


def test_B19_a_member_is_signed_out_while_the_database_is_away(shop, till):
    """What is left at the kiosk next is in nobody's name."""
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as kiosk:
        anna = with_pin(till, kiosk)
        sign_in(kiosk, card=anna.card, secret=MEMBER_PIN)
        shop.cluster.stop()
        assert kiosk.refusal(pb.OP_SESSION_CLOSE, pb.SessionClose()) == "TRY_AGAIN"
        assert kiosk.refusal(pb.OP_SELF_SHOW, pb.SelfShow()) == "MEMBER_SIGN_IN_FIRST"
        shop.cluster.start()
        basket = pb.Basket(catalogue_version=shop.version, lines=[pb.BasketLine(product_id=till.product, quantity_milli=1000)])
        left = let(lambda: leave(kiosk, basket), "TRY_AGAIN")
        assert not let(lambda: call_up(till, left.number), "TRY_AGAIN").basket.HasField("member_id")


def test_survives_the_databases_sudden_death(shop, till):
    before = sale_count(shop)
    os.kill(shop.cluster.postmaster(), signal.SIGQUIT)  # immediate: backends end without a word
    shop.cluster.start()
    wait_for(lambda: not ring_up(shop, till, till.product).HasField("error"), 30, "a sale after the crash")
    assert sale_count(shop) >= before + 1
    shop.check()


def test_a_killed_backend_costs_no_sale_and_doubles_none(shop, till):
    before = sale_count(shop)
    shop.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'caroline_app'", "admin")
    ids = [uuid.uuid4().bytes for _ in range(20)]
    for command_id in ids:
        wait_for(lambda: not ring_up(shop, till, till.product, command_id).HasField("error"), 30)
    assert sale_count(shop) == before + len(ids)
    shop.check()


def test_what_was_acknowledged_before_a_kill_is_there_once(shop, till):
    acknowledged = []
    lost = []
    identity, server = till.identity, shop.servers[0]
    killer = threading.Event()

    def sell():
        while True:
            command_id = uuid.uuid4().bytes
            try:
                reply = ring_up(shop, till, till.product, command_id)
            except (ConnectionError, OSError):
                lost.append(command_id)
                return
            assert not reply.HasField("error")
            acknowledged.append(command_id)
            if len(acknowledged) == 30:
                killer.set()

    seller = threading.Thread(target=sell)
    seller.start()
    assert killer.wait(60)
    server.kill()
    seller.join(60)
    server.start()
    client = shop.connect(identity)
    client.sign_in("Ben")
    for command_id in lost:  # unknown: sent again under its id until answered
        assert not ring_up(shop, client, till.product, command_id).HasField("error")
    rows = shop.sql("SELECT command_id FROM sale")
    stored = [bytes(row[0]) for row in rows]
    for command_id in acknowledged + lost:
        assert stored.count(command_id) == 1
    client.close()
    shop.check()


def test_two_copies_over_two_processes_are_one_sale(shop, till):
    second = shop.start()
    other = Client(second.port, till.identity, kind=pb.CLIENT_COUNTER)
    other.call(
        pb.OP_SESSION_RESUME, pb.SessionResume(token=till.session.token), pb.SessionOpened
    )
    before = sale_count(shop)
    for _ in range(20):
        command_id = uuid.uuid4().bytes
        answers = {}

        def sell(name, client):
            answers[name] = ring_up(shop, client, till.product, command_id)

        threads = [threading.Thread(target=sell, args=(n, c)) for n, c in (("one", till), ("two", other))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert answers["one"].body == answers["two"].body and not answers["one"].HasField("error")
    assert sale_count(shop) == before + 20
    other.close()
    assert second.stop() == 0
    shop.servers.remove(second)
    shop.check()
