"""Frames recorded and sent again: in another order, many times, in other connections, by who has the device's own key.

TLS keeps a stranger from it, and has no early data and no tickets; this is what is left when a device's key was copied. What
changes something does so once, whatever comes again."""
import contextlib
import random
import ssl
import uuid

import pytest

from everything import Everything
from seed import seed
from shop import Client, pb, tls_context

# What a sign-in and a look leave of themselves, each time: sessions, and the entry that says who did what.
TRACES = ("session", "journal", "journal_signature", "device_head", "device")


class Recorder(Client):
    """Keeps every payload that it sends."""

    def __init__(self, *arguments, **more):
        self.recorded = []
        super().__init__(*arguments, **more)

    def send_payload(self, payload):
        self.recorded.append(payload)
        super().send_payload(payload)


@pytest.fixture(scope="module")
def recorded(shop):
    """A till's morning, as frames; and everything as it was left."""
    roll = shop.put_product("Roll", 45, stock_policy=pb.STOCK_WARN)
    identity = shop.device()
    with Recorder(shop.port, identity, kind=pb.CLIENT_CLI) as client:
        client.sign_in()
        client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=10000), pb.ShiftShown)
        member = client.command(
            pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Anna", phone="030 123456")), pb.MemberDone
        ).id
        client.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(id=member, name="Berta")), pb.MemberDone)
        moves = [pb.StockMove(product_id=roll, quantity_milli=20000)]
        client.command(pb.OP_STOCK_RECEIVE, pb.StockReceive(moves=moves, reason="delivery"), pb.StockShown)
        basket = pb.Basket(
            catalogue_version=shop.version(), member_id=member, lines=[pb.BasketLine(product_id=roll, quantity_milli=3000)]
        )
        cash = [pb.Tender(kind=pb.TENDER_CASH, amount_minor=135)]
        sold = client.command(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket, tenders=cash, total_minor=135), pb.SaleRungUp)
        short = pb.SaleRingUp(basket=basket, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=1)], total_minor=135)
        assert client.refusal(pb.OP_SALE_RING_UP, short, uuid.uuid4().bytes) == "UNDERPAID"
        client.command(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=sold.receipt_number, reason="stale"), pb.SaleRungUp)
        client.command(pb.OP_PRODUCT_SOLD_OUT, pb.ProductSoldOut(product_id=roll, sold_out=True), pb.ProductPutDone)
        client.command(pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_KIOSK, name="kiosk"), pb.DeviceInvited)
        frames = client.recorded
    with contextlib.closing(Everything(shop)) as everything:
        shop.everything, shop.identity_recorded = everything, identity
        yield frames


def replay(client, payloads):
    """Sends them as they are; a request that repeats an id in flight would end the connection, so each waits."""
    for payload in payloads:
        client.send_payload(payload)
        assert client.read_reply(pb.Request.FromString(payload).id)


def commands(frames):
    return [payload for payload in frames if pb.Request.FromString(payload).command_id]


def sign_ins(frames):
    ops = (pb.OP_HELLO, pb.OP_SESSION_OPEN)
    return [payload for payload in frames if pb.Request.FromString(payload).op in ops]


def entries(shop):
    """How many the device's strands have."""
    id = shop.identity_recorded.device.id
    return dict(shop.sql(f"SELECT kind::text, count(*) FROM journal WHERE device_id = {id} GROUP BY kind"))


def raw(shop, port=None):
    return Client(port or shop.port, shop.identity_recorded, hello=False)


@pytest.mark.parametrize("order", ["as they came", "backwards", "three times each", "at random"])
def test_recorded_commands_sent_again_change_nothing(shop, recorded, order):
    again = commands(recorded)
    chance = random.Random(seed())
    again = {"as they came": again, "backwards": again[::-1], "three times each": [c for c in again for _ in range(3)],
             "at random": chance.sample(again * 4, len(again) * 4)}[order]
    invitations = [pb.Request.FromString(payload).op for payload in again].count(pb.OP_DEVICE_INVITE)
    before = entries(shop)
    with shop.everything.unchanged(*TRACES, "device_invite"), raw(shop) as client:  # an invitation's code is made anew
        replay(client, sign_ins(recorded))
        replay(client, again)
    assert entries(shop) == {**before, "L": before["L"] + 1 + invitations}, "who signed in, and each code that was given"


def test_recorded_commands_sent_again_to_another_server_change_nothing(shop, recorded):
    second = shop.start()
    try:
        with shop.everything.unchanged(*TRACES, "device_invite", "id_block"), raw(shop, second.port) as client:
            replay(client, sign_ins(recorded))
            replay(client, commands(recorded))
    finally:
        shop.servers.remove(second)
        second.kill()


def test_without_the_sign_in_before_them_recorded_commands_are_refused(shop, recorded):
    with shop.everything.unchanged("device"), raw(shop) as client:
        replay(client, sign_ins(recorded)[:1])
        for payload in commands(recorded):
            client.send_payload(payload)
            reply = client.read_reply(pb.Request.FromString(payload).id)
            assert pb.code(reply.error.code) == "SIGN_IN_FIRST"


def test_the_same_frame_twice_in_flight_ends_the_connection(shop, recorded):
    with shop.everything.unchanged(*TRACES), raw(shop) as client:
        replay(client, sign_ins(recorded))
        client.send_payload(commands(recorded)[0])
        client.send_payload(commands(recorded)[0])
        answers = []
        while len(answers) < 2 and (payload := client.read_payload()) is not None:
            answers.append(pb.FromServer.FromString(payload).reply)
        assert "BAD_FRAME" in [pb.code(reply.error.code) for reply in answers if reply.HasField("error")] or len(answers) == 2


def test_no_tickets_are_given_and_no_session_of_tls_is_resumed(shop):
    context = tls_context(identity=shop.console)
    with Client(shop.port, shop.console, context=context, server_name="localhost", kind=pb.CLIENT_CLI) as first:
        session = first.sock.session
        assert not first.sock.session_reused and not (session and session.has_ticket)
    with contextlib.suppress(ssl.SSLError, ValueError):
        with Client(shop.port, shop.console, context=context, server_name="localhost", kind=pb.CLIENT_CLI) as second:
            assert not second.sock.session_reused


def test_all_invariants_hold_after_it(shop):
    shop.check()
