"""The same command sent again: a hundred copies over fifty connections and two server processes are one command, and a
hundred answers that are the same byte for byte; so they are after a restart, and so is a refusal."""
import concurrent.futures
import threading
import uuid

import pytest

from shop import pb, shop  # noqa: F401

COPIES, CONNECTIONS = 100, 50


@pytest.fixture(scope="module")
def world(shop):  # noqa: F811
    """Two processes, a till with an open shift, a product."""
    roll = shop.put_product("Roll", 60)
    shop.start()
    with shop.till() as till:
        till.stranger = shop.device()
        yield shop, till, roll


def connected(shop, till, number=0):  # noqa: F811
    """Another connection of the same till, to one process or the other, the same person signed in."""
    client = shop.connect(till.identity, port=shop.servers[number % 2].port)
    client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=till.session.token), pb.SessionOpened)
    return client


def ring_up_of(shop, till, roll, total_minor):  # noqa: F811
    with connected(shop, till) as client:
        version = client.call(pb.OP_PRODUCT_LIST, pb.ProductList(), pb.ProductListed).catalogue_version
    return pb.SaleRingUp(
        basket=pb.Basket(
            catalogue_version=version, lines=[pb.BasketLine(product_id=roll, quantity_milli=3000)]
        ),
        total_minor=total_minor,
        tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=200)],
    ).SerializeToString()


def send_copies(shop, till, op, body, command_id):  # noqa: F811
    """What each copy was answered: (error, body) as bytes. They all leave at one moment."""
    clients = [connected(shop, till, number) for number in range(CONNECTIONS)]
    gate = threading.Barrier(CONNECTIONS)

    def send(client):
        gate.wait(20)
        ids = [client.send(op, body=body, command_id=command_id) for _ in range(COPIES // CONNECTIONS)]
        return [client.read_reply(id) for id in ids]

    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        replies = [reply for part in pool.map(send, clients) for reply in part]
    for client in clients:
        client.close()
    assert len(replies) == COPIES
    return {(reply.error.SerializeToString(), reply.body) for reply in replies}


def counts(shop):  # noqa: F811
    return shop.sql(
        "SELECT (SELECT count(*) FROM sale), (SELECT count(*) FROM sale_line), (SELECT count(*) FROM tender),"
        " (SELECT count(*) FROM command WHERE op = %d)" % pb.OP_SALE_RING_UP
    )[0]


def test_a_hundred_copies_are_one_sale_and_one_answer_before_and_after_a_restart(world):
    shop, till, roll = world
    body, command_id = ring_up_of(shop, till, roll, 180), uuid.uuid4().bytes
    before = counts(shop)
    answers = send_copies(shop, till, pb.OP_SALE_RING_UP, body, command_id)
    assert len(answers) == 1
    (error, answer), = answers
    assert not error
    rung_up = pb.SaleRungUp.FromString(answer)
    assert (rung_up.totals.total_minor, rung_up.change_minor) == (180, 20)
    assert counts(shop) == tuple(number + 1 for number in before)
    for server in shop.servers:
        server.restart()
    assert send_copies(shop, till, pb.OP_SALE_RING_UP, body, command_id) == answers
    assert counts(shop) == tuple(number + 1 for number in before)
    shop.check()


def test_a_hundred_copies_of_what_is_refused_are_one_refusal(world):
    shop, till, roll = world
    body, command_id = ring_up_of(shop, till, roll, 179), uuid.uuid4().bytes
    sales, lines, tenders, commands = counts(shop)
    answers = send_copies(shop, till, pb.OP_SALE_RING_UP, body, command_id)
    assert len(answers) == 1
    (error, _), = answers
    assert pb.code(pb.Error.FromString(error).code) == "TOTAL_DIFFERS"
    for server in shop.servers:
        server.restart()
    assert send_copies(shop, till, pb.OP_SALE_RING_UP, body, command_id) == answers
    assert counts(shop) == (sales, lines, tenders, commands + 1)


def test_what_became_of_a_command_can_be_asked(world):
    shop, till, roll = world
    command_id = uuid.uuid4().bytes
    with connected(shop, till) as client:
        asked = pb.CommandShow(command_id=command_id)
        assert client.call(pb.OP_COMMAND_SHOW, asked, pb.CommandShown).known is False
        reply = client.reply(pb.OP_SALE_RING_UP, body=ring_up_of(shop, till, roll, 180), command_id=command_id)
        shown = client.call(pb.OP_COMMAND_SHOW, asked, pb.CommandShown)
        assert shown.known
        assert pb.Reply.FromString(shown.reply).body == reply.body
        with shop.connect(till.stranger) as other:  # ids are a device's own
            assert other.call(pb.OP_COMMAND_SHOW, asked, pb.CommandShown).known is False
