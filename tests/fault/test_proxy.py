"""The bad network itself: each of its faults does what it says, between a plain socket and one that echoes. Without this,
tests behind a proxy that did nothing would pass."""
import contextlib
import random
import socket
import threading
import time

import pytest
from proxy import BOTH, TO_SERVER, TO_TILL, Proxy
from waiting import wait_for


class Echo:
    """A server that sends back what it reads, and keeps in how many pieces it came."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pieces, self.ends = [], 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self.listener.accept()[0],), daemon=True).start()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(OSError):
            while piece := connection.recv(65536):
                self.pieces.append(piece)
                connection.sendall(piece)
        self.ends += 1

    @property
    def heard(self):
        return b"".join(self.pieces)


@pytest.fixture
def echo():
    made = Echo()
    yield made
    made.listener.close()


@pytest.fixture
def proxy(echo):
    with Proxy(echo.port) as made:
        yield made


@pytest.fixture
def line(proxy):
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as made:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        say(made, b"is anybody there?")
        yield made


def say(line, text):
    """Sent, and its echo read."""
    line.sendall(text)
    back = b""
    while len(back) < len(text):
        piece = line.recv(65536)
        assert piece, "the line is at its end"
        back += piece
    assert back == text


def hears_nothing(line, seconds=0.5):
    line.settimeout(seconds)
    with pytest.raises(TimeoutError):
        line.recv(1)
    line.settimeout(20)


@pytest.mark.parametrize("ways", [BOTH, (TO_SERVER,), (TO_TILL,)])
def test_what_is_held_comes_when_it_heals(proxy, echo, line, ways):
    before = len(echo.heard)
    proxy.hold(ways)
    line.sendall(b"held")
    hears_nothing(line)
    assert len(echo.heard) - before == (0 if TO_SERVER in ways else 4)
    proxy.heal()
    assert line.recv(4) == b"held"


def test_a_slow_line_takes_its_time(proxy, line):
    proxy.slow(TO_SERVER, 10000)
    begin = time.monotonic()
    say(line, bytes(5000))
    assert time.monotonic() - begin >= 0.45
    proxy.heal()
    begin = time.monotonic()
    say(line, bytes(5000))
    assert time.monotonic() - begin < 0.45


def test_a_torn_line_carries_byte_by_byte(proxy, line):
    proxy.tear(BOTH)
    say(line, b"torn to bytes" * 20)
    wait_for(lambda: proxy.carried == {TO_SERVER: 277, TO_TILL: 277}, 20, "the count of all that was said")
    assert max(list(proxy.written)[-200:]) == 1  # bytes a write
    proxy.heal()
    say(line, b"whole again" * 20)
    assert max(list(proxy.written)[-2:]) > 1


def test_a_late_line_is_late_by_so_much(proxy, line):
    proxy.delay(BOTH, 0.2)
    begin = time.monotonic()
    say(line, b"late")
    assert time.monotonic() - begin >= 0.4
    proxy.heal()


def test_what_was_sent_first_comes_behind_what_is_sent_anew(proxy, echo, line):
    proxy.scatter(random.Random(1), 1)  # the draw is 0.13 s
    line.sendall(b"first")
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as another:
        say(another, b"anew")
        assert echo.heard.endswith(b"anew")
        assert line.recv(5) == b"first"
    assert echo.heard.endswith(b"anewfirst")
    proxy.heal()
    say(line, b"at once")


def is_reset(line):
    with contextlib.suppress(ConnectionResetError):
        while line.recv(65536):
            pass
        return False
    return True


def test_a_reset_is_one_and_the_next_connection_is_served(proxy, echo, line):
    proxy.reset()
    assert is_reset(line)
    wait_for(lambda: echo.ends == 1, 20, "the server to hear of it")
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as another:
        say(another, b"good morning")


def test_a_line_is_reset_after_so_many_bytes(proxy, echo, line):
    before = len(echo.heard)
    proxy.reset_after(TO_SERVER, 40)
    with contextlib.suppress(OSError):
        line.sendall(bytes(100))
    assert is_reset(line)
    wait_for(lambda: echo.ends == 1, 20, "the server to hear of it")
    assert len(echo.heard) - before <= 40


def test_half_a_close_ends_one_way(proxy, echo, line):
    proxy.half_close(TO_TILL)
    assert line.recv(1) == b""
    before = len(echo.heard)
    line.sendall(b"still heard")
    wait_for(lambda: len(echo.heard) == before + 11, 20, "what goes the other way")


def test_who_is_refused_is_reset_until_it_heals(proxy, line):
    proxy.refuse()
    with pytest.raises(ConnectionResetError):  # at connect() already, or at the first byte
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as another:
            another.recv(1)
    say(line, b"who was there is served")
    proxy.heal()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as another:
        say(another, b"good morning")


def test_what_is_abandoned_hears_nothing_any_more_and_others_do(proxy, line):
    proxy.abandon()
    line.sendall(b"hello?")
    hears_nothing(line)
    proxy.heal()
    hears_nothing(line)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as another:
        say(another, b"good morning")
