"""How much one device may ask, and how often it may be connected, whatever number of connections it asks by; and what it
says before its Hello was answered."""
import struct

import pytest

from shop import PIN, Client, pb

MOST = 16
SIGN_INS = 60


@pytest.fixture
def identity(shop):
    return shop.device()


def ended(client):
    return client.read_frame() is None


def request(op, message, id):
    payload = pb.Request(id=id, op=op, body=message.SerializeToString()).SerializeToString()
    return struct.pack(">I", len(payload)) + payload


# ---- how often --------------------------------------------------------------------------------------------------------


def test_a_device_has_one_budget_however_many_connections_it_opens(shop, identity):
    codes = []
    for _ in range(5):
        with shop.connect(identity) as client:
            for _ in range(16):
                codes.append(client.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Nobody", pin="0")))
    assert codes.index("RATE_LIMITED") == SIGN_INS and set(codes[SIGN_INS:]) == {"RATE_LIMITED"}
    with shop.connect(identity) as client:
        client.call(pb.OP_PING, pb.Ping(), pb.Pong)
        assert client.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=b"0" * 32)) == "SESSION_UNKNOWN", "another op"
    with shop.connect(shop.device()) as another:
        another.sign_in("Ben")


# ---- how many ---------------------------------------------------------------------------------------------------------


def test_one_connection_more_ends_the_oldest_where_nobody_is_signed_in(shop, identity):
    till = shop.connect(identity)
    till.sign_in("Ben")
    others = [shop.connect(identity) for _ in range(MOST - 1)]
    for _ in range(3):
        others.append(shop.connect(identity))
        assert ended(others.pop(0))
    for client in (till, *others):
        client.call(pb.OP_PING, pb.Ping(), pb.Pong)
        client.close()


def test_where_somebody_is_signed_in_on_all_the_longest_unused_goes(shop, identity):
    first = shop.connect(identity)
    token = first.sign_in("Ben").token
    signed_in = [first]
    for _ in range(MOST - 1):
        signed_in.append(shop.connect(identity))
        signed_in[-1].call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
    first.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)
    with shop.connect(identity) as back:
        assert ended(signed_in.pop(1))
        back.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        for client in signed_in:
            client.call(pb.OP_PING, pb.Ping(), pb.Pong)
            client.close()


def test_connections_that_say_no_hello_are_as_few_and_keep_no_other_device_out(shop, identity):
    silent = [Client(shop.port, identity, hello=False) for _ in range(MOST + 4)]
    assert all(ended(client) for client in silent[:4])
    with shop.connect(shop.device()) as another:
        another.sign_in("Ben")
    for client in silent[4:]:
        client.hello()
        client.close()


# ---- before Hello is answered -----------------------------------------------------------------------------------------


def behind_hello(kind):
    return (
        request(pb.OP_HELLO, pb.Hello(protocol=1, client=kind, client_version="test"), 1)
        + request(pb.OP_PING, pb.Ping(), 2)
        + request(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Ben", pin=PIN), 3)
        + request(pb.OP_PING, pb.Ping(), 4)
    )


@pytest.mark.parametrize("size", [1, 7, 10000])
def test_calls_behind_hello_are_answered_behind_it(shop, identity, size):
    said = behind_hello(pb.CLIENT_COUNTER)
    with Client(shop.port, identity, hello=False) as client:
        for at in range(0, len(said), size):
            client.sock.sendall(said[at : at + size])
        replies = [client.read_frame().reply for _ in range(4)]
    assert replies[0].id == 1 and {reply.id for reply in replies} == {1, 2, 3, 4}
    assert not any(reply.HasField("error") for reply in replies)


def test_calls_behind_a_strangers_hello_are_refused_and_the_connection_stays(shop):
    with Client(shop.port, hello=False) as client:
        client.sock.sendall(behind_hello(pb.CLIENT_COUNTER))
        replies = [client.read_frame().reply for _ in range(4)]
    assert [reply.id for reply in replies] == [1, 2, 3, 4]
    assert not replies[0].HasField("error")
    assert {pb.code(reply.error.code) for reply in replies[1:]} == {"NOT_ENROLLED"}


def test_calls_behind_a_hello_that_is_refused_are_refused(shop, identity):
    said = request(pb.OP_HELLO, pb.Hello(protocol=9, client=pb.CLIENT_COUNTER), 1) + request(pb.OP_PING, pb.Ping(), 2)
    with Client(shop.port, identity, hello=False) as client:
        client.sock.sendall(said)
        assert pb.code(client.read_reply(1).error.code) == "OLD_CLIENT"
        assert pb.code(client.read_reply(2).error.code) == "HELLO_FIRST"
        assert ended(client)


def test_all_invariants_hold_after_it(shop):
    shop.check()
