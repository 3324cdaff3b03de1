"""The same command a hundred times, over fifty connections and two server processes, before and after a restart: one
sale, one answer, byte for byte. Of a refused command as well."""
import uuid

import pytest

from shop import make_shop, pb

PRICE = 320
CONNECTIONS = 50


@pytest.fixture(scope="module")
def shop():
    with make_shop() as made:
        made.start("--device-connections", str(CONNECTIONS))
        made.open()
        made.staff("Ben")
        made.roll = made.put_product("Roll", PRICE, plu=1)
        made.start("--device-connections", str(CONNECTIONS))  # the second process
        made.first = made.till()
        made.version = made.first.call(
            pb.OP_PRODUCT_SHOW, pb.ProductShow(id=made.roll), pb.ProductShown
        ).catalogue_version
        yield made


def sale(shop, paid=PRICE):
    return pb.SaleRingUp(
        basket=pb.Basket(
            catalogue_version=shop.version, lines=[pb.BasketLine(product_id=shop.roll, quantity_milli=1000)]
        ),
        tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=paid)],
        total_minor=PRICE,
    )


def connect_all(shop):
    """Connections of one till to both servers, alternately, each signed in by the till's token."""
    clients = []
    for i in range(CONNECTIONS):
        client = shop.connect(shop.first.identity, shop.servers[i % 2].port)
        client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=shop.first.session.token), pb.SessionOpened)
        clients.append(client)
    return clients


def answers(clients, message, command_id, copies=2):
    """Everybody asks before anybody reads. The set of different answers, their ids aside."""
    asked = [(c, c.send(pb.OP_SALE_RING_UP, message, command_id)) for _ in range(copies) for c in clients]
    said = set()
    for client, id in asked:
        reply = client.read_reply(id)
        assert reply.id == id
        reply.ClearField("id")
        said.add(reply.SerializeToString())
    return said


def kept(shop, command_id):
    return shop.sql(f"SELECT count(*) FROM command WHERE command_id = '\\x{command_id.hex()}'")[0][0]


@pytest.mark.parametrize("paid, code", [(PRICE, None), (PRICE - 1, "UNDERPAID")])
def test_a_hundred_copies_are_one_command_with_one_answer(shop, paid, code):
    command_id = uuid.uuid4().bytes
    message = sale(shop, paid)
    sales = shop.sql("SELECT count(*) FROM sale")[0][0]
    clients = connect_all(shop)
    said = answers(clients, message, command_id)
    for client in clients:
        client.close()
    assert len(said) == 1
    reply = pb.Reply.FromString(next(iter(said)))
    assert (pb.code(reply.error.code) if reply.HasField("error") else None) == code
    assert shop.sql("SELECT count(*) FROM sale")[0][0] == sales + (code is None)
    assert kept(shop, command_id) == 1

    shop.servers[0].restart()  # killed
    assert shop.servers[1].stop() == 0
    shop.servers[1].start()
    clients = connect_all(shop)
    assert answers(clients, message, command_id) == said
    other = sale(shop, paid + 1000)
    for client in clients[:2]:
        assert client.refusal(pb.OP_SALE_RING_UP, other, command_id) == "COMMAND_REUSED"
    for client in clients:
        client.close()
    assert shop.sql("SELECT count(*) FROM sale")[0][0] == sales + (code is None)
    shop.check()


def test_what_became_of_a_command_can_be_asked(shop):
    clients = connect_all(shop)
    command_id = uuid.uuid4().bytes
    asked = pb.CommandShow(command_id=command_id)
    assert not clients[0].call(pb.OP_COMMAND_SHOW, asked, pb.CommandShown).known
    said = answers(clients[:1], sale(shop), command_id, copies=1)
    for client in clients[:2]:
        shown = client.call(pb.OP_COMMAND_SHOW, asked, pb.CommandShown)
        assert shown.known and {shown.reply} == said
    assert clients[0].refusal(pb.OP_COMMAND_SHOW, pb.CommandShow(command_id=b"short")) == "BAD_COMMAND_ID"
    for client in clients:
        client.close()
