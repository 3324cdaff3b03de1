"""Hundreds who send a byte at a time, in the TLS handshake, in a frame's head, in a frame's body: each is cut at the server's limits, which are set
short here, and the tills beside them do not notice."""
import contextlib
import os
import select
import socket
import ssl
import struct
import threading
import time

import pytest

from shop import Client, make_shop, pb
from waiting import wait_for

LIMIT_S = 2
EACH = 70  # of each kind: below what the door lets shake hands at once
SLACK_S = 20  # that a busy machine may take longer
HELLO = bytes.fromhex("16030100f8010000f4030301") + bytes(236)  # the beginning of a ClientHello, and nothing that follows from it


@pytest.fixture(scope="module")
def place():
    with make_shop() as shop:
        shop.start("--config", config(shop), "--device-connections", "400")
        shop.open()
        shop.staff("Ben")
        shop.roll = shop.put_product("Roll", 45)
        yield shop


def config(shop):
    path = shop.directory / "short.conf"
    path.write_text(f"[server]\ngreet-limit-s = {LIMIT_S}\nframe-limit-s = {LIMIT_S}\n")
    return path


class Drip:
    """A connection that goes on with a byte whenever it is told to, as long as it is let."""

    def __init__(self, kind, send, sock, data):
        self.kind, self.send, self.sock, self.data, self.at = kind, send, sock, data, 0
        self.begun, self.cut_s = time.monotonic(), None

    def go_on(self):
        try:
            if self.at < len(self.data):
                self.send(self.data[self.at:self.at + 1])
                self.at += 1
        except (OSError, ssl.SSLError):
            self.cut()

    def cut(self):
        if self.cut_s is None:
            self.cut_s = time.monotonic() - self.begun
            self.sock.close()


def in_the_handshake(shop):
    sock = socket.create_connection(("127.0.0.1", shop.port), timeout=30)
    return Drip("handshake", sock.sendall, sock, HELLO)


def in_a_frame(shop, identity, kind, data):
    client = Client(shop.port, identity, kind=pb.CLIENT_CLI)
    return Drip(kind, client.sock.sendall, client.sock, data)


def in_a_head(shop, identity):
    return in_a_frame(shop, identity, "head", b"\0\0\1")


def in_a_body(shop, identity):
    request = pb.Request(id=9, op=pb.OP_PING, body=b"").SerializeToString()
    return in_a_frame(shop, identity, "body", struct.pack(">I", 4000) + request + bytes(200))


class Honest(threading.Thread):
    """A till that sells; how long each sale took."""

    def __init__(self, shop):
        super().__init__()
        self.till, self.shop, self.over, self.took, self.problem = shop.till(), shop, False, [], None
        self.basket = pb.Basket(catalogue_version=shop.version(), lines=[pb.BasketLine(product_id=shop.roll, quantity_milli=1000)])

    def sell(self):
        began = time.monotonic()
        message = pb.SaleRingUp(basket=self.basket, total_minor=45, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=45)])
        self.till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
        self.took.append(time.monotonic() - began)

    def run(self):
        try:
            while not self.over:
                self.sell()
        except Exception as problem:  # said by whoever waits for this thread
            self.problem = problem


def readable(drips):
    """Those that the server has ended."""
    alive = {drip.sock: drip for drip in drips if drip.cut_s is None}
    for sock in select.select(list(alive), [], [], 0.05)[0] if alive else []:
        with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLError, OSError):
            sock.settimeout(0.001)
            if sock.recv(100):
                continue
        alive[sock].cut()


def test_A1_who_drips_is_cut_and_tills_do_not_notice(place):
    tills = [Honest(place) for _ in range(3)]
    identity = place.device()
    for till in tills:
        for _ in range(5):
            till.sell()
    alone = sorted(took for till in tills for took in till.took)
    for till in tills:
        till.took.clear()
        till.start()
    drips = []
    for _ in range(EACH):
        drips += [in_the_handshake(place), in_a_head(place, identity), in_a_body(place, identity)]
        for drip in drips:  # the first are well on their way when the last come
            if drip.cut_s is None and len(drips) % 15 == 0:
                drip.go_on()
        readable(drips)

    def all_cut():
        for drip in drips:
            if drip.cut_s is None:
                drip.go_on()
        readable(drips)
        return all(drip.cut_s is not None for drip in drips)

    wait_for(all_cut, LIMIT_S + 4 * SLACK_S, "the end of all that drip")
    for till in tills:
        till.over = True
        till.join(30)
        assert till.problem is None and not till.is_alive(), till.problem
    for kind in ("handshake", "head", "body"):
        cut = [drip.cut_s for drip in drips if drip.kind == kind]
        assert len(cut) == EACH and min(cut) > LIMIT_S - 0.6 and max(cut) < LIMIT_S + SLACK_S, (kind, min(cut), max(cut))
    beside = sorted(took for till in tills for took in till.took)
    assert len(beside) >= 15
    print(f"a sale took {alone[len(alone) // 2] * 1000:.0f} ms, beside {len(drips)} drips {beside[len(beside) // 2] * 1000:.0f} ms, at most {beside[-1]:.2f} s")
    assert beside[len(beside) // 2] < 20 * alone[len(alone) // 2] + 0.5
    assert tills[0].till.call(pb.OP_PING, pb.Ping(), pb.Pong).now_us, "the same connection all along"
    place.check()


@pytest.mark.parametrize("size", [1, 5, 6])
def test_A1_who_begins_a_record_and_sends_no_more_of_it_is_cut(place, size):
    """Its header is five bytes: whoever holds a connection by these alone holds it no longer."""
    with Client(place.port, place.device(), kind=pb.CLIENT_CLI) as client:
        began = time.monotonic()
        with socket.socket(fileno=os.dup(client.sock.fileno())) as raw:
            raw.sendall((b"\x17\x03\x03\x01\x00" + bytes(1))[:size])
        client.sock.settimeout(LIMIT_S + SLACK_S)
        assert client.read_frame() is None and LIMIT_S - 0.6 < time.monotonic() - began < LIMIT_S + SLACK_S


def test_A1_who_is_slow_and_comes_to_an_end_is_served(place):
    """Within the limit a request may come byte by byte."""
    with Client(place.port, place.device(), kind=pb.CLIENT_CLI) as client:
        request = pb.Request(id=77, op=pb.OP_PING).SerializeToString()
        for byte in struct.pack(">I", len(request)) + request:
            client.sock.sendall(bytes([byte]))
        assert client.read_reply(77).HasField("body")
