"""The tests' own network below TCP: two network namespaces, a TUN device in each, and a thread that carries IP packets from one
to the other as it is told. Where the kernel has no netem, it is this that turns the segments of one connection around.

    with Carrier(random.Random(seed())) as network:  # what is started from here on, is in the shop's namespace
        network.odds = Odds(held=0.2)                # from now on, of each packet, both ways
        with network.tills():                        # sockets and programs of in here are in the tills' namespace, to
            ...                                      # whom the shop is SHOP
        network.carried[TO_SHOP]["held"]             # how many
        network.kernel()                             # {SHOP: {"TCPOFOQueue": 7, ...}, TILLS: ...}: what TCP says of what came

What is drawn for the nth packet of a way is the same for the same draw. No packet is kept for longer than KEPT_S beside its delay.
"""
import collections
import contextlib
import ctypes
import dataclasses
import fcntl
import heapq
import itertools
import os
import pathlib
import random
import select
import socket
import struct
import threading
import time

SHOP, TILLS, MASK = "10.77.0.1", "10.77.0.2", "255.255.255.252"
TO_SHOP, TO_TILLS = "to the shop", "to the tills"
LATER = 3  # at most so many packets of its connection overtake one that is held back
KEPT_S = 0.1

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SIOCSIFADDR, SIOCSIFNETMASK, SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFMTU = 0x8916, 0x891C, 0x8913, 0x8914, 0x8922
IFF_UP = 1

_libc = ctypes.CDLL(None, use_errno=True)


@dataclasses.dataclass(frozen=True)
class Odds:
    """Of each packet, one thing or none: the chances. And by how many seconds at most all are late, each by its own."""
    held: float = 0  # back, until 1 to LATER later ones of its connection have gone
    doubled: float = 0
    dropped: float = 0
    cut: float = 0  # short, so that it is none any more
    late: float = 0


def _call(function, *arguments):
    assert function(*arguments) == 0, os.strerror(ctypes.get_errno())


def _namespace():
    """This thread's."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _request(name, rest=b""):
    return struct.pack("16s24s", name.encode(), rest)


def _up(link):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
        [flags] = struct.unpack_from("H", fcntl.ioctl(asks, SIOCGIFFLAGS, _request(link)), 16)
        fcntl.ioctl(asks, SIOCSIFFLAGS, _request(link, struct.pack("H", flags | IFF_UP)))


def _tun(link, address, mtu):
    """A file whose reads are the packets that this namespace sends to the other."""
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(file, TUNSETIFF, _request(link, struct.pack("H", IFF_TUN | IFF_NO_PI)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
        for what, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, MASK)):
            fcntl.ioctl(asks, what, _request(link, struct.pack("HH4s", socket.AF_INET, 0, socket.inet_aton(value))))
        fcntl.ioctl(asks, SIOCSIFMTU, _request(link, struct.pack("i", mtu)))
    _up(link)
    return file


def _counters():
    """What the kernel has counted in this thread's namespace, by name."""
    found = {}
    for table in ("netstat", "snmp"):
        lines = pathlib.Path(f"/proc/thread-self/net/{table}").read_text().splitlines()
        for names, values in zip(lines[::2], lines[1::2]):
            found.update(zip(names.split()[1:], map(int, values.split()[1:])))
    return found


def _connection(packet):
    """Its ports and addresses."""
    ports = 4 * (packet[0] & 15)
    return packet[12:20] + packet[ports:ports + 4]


@dataclasses.dataclass
class _Held:
    packet: bytes
    connection: bytes
    left: int  # to go first
    until: float


class _Way:
    """One direction: what is on it."""

    def __init__(self, draw, to):
        self.draw, self.to = draw, to
        self.carried, self.largest = collections.Counter(), 0
        self.late, self.numbers = [], itertools.count()  # a heap of (when, number, packet)
        self.held = []

    def meets(self, packet, odds, now):
        """One that came: its fate."""
        chances = (odds.held, odds.doubled, odds.dropped, odds.cut)
        [fate] = self.draw.choices(("held", "doubled", "dropped", "cut", "passed"), (*chances, 1 - sum(chances)))
        overtaking, late, again, kept = self.draw.randint(1, LATER), *(self.draw.random() for _ in range(3))
        self.carried[fate] += 1
        self.largest = max(self.largest, len(packet))
        if fate == "held":
            self.held.append(_Held(packet, _connection(packet), overtaking, now + KEPT_S))
        elif fate != "dropped":
            self._goes(packet[:20 + int(kept * (len(packet) - 20))] if fate == "cut" else packet, now + late * odds.late)
            if fate == "doubled":
                self._goes(packet, now + again * KEPT_S)

    def _goes(self, packet, when):
        heapq.heappush(self.late, (when, next(self.numbers), packet))

    def due(self, now):
        """Those that go now, in their order."""
        while self.late and self.late[0][0] <= now:
            packet = heapq.heappop(self.late)[2]
            yield packet
            yield from self._overtaken(_connection(packet))
        for one in [one for one in self.held if one.until <= now]:
            self.held.remove(one)
            yield one.packet

    def _overtaken(self, connection):
        """Those of it that were held back for the packet that has just gone."""
        for one in [one for one in self.held if one.connection == connection]:
            one.left -= 1
            if one.left == 0:
                self.held.remove(one)
                self.carried["overtaken"] += 1
                yield one.packet

    def next_due(self):
        return min([*(when for when, _, _ in self.late[:1]), *(one.until for one in self.held)], default=None)


class Carrier:
    def __init__(self, draw, mtu=256):
        self.draw, self.mtu = draw, mtu
        self.odds = Odds()

    def __enter__(self):
        self.before = _namespace()
        self.namespaces, self.files = {}, {}
        for address, link in ((TILLS, "to-shop"), (SHOP, "to-tills")):  # it is the shop's that is left
            _call(_libc.unshare, CLONE_NEWNET)
            self.namespaces[address] = _namespace()
            _up("lo")
            self.files[address] = _tun(link, address, self.mtu)
        self.ways = {self.files[TILLS]: _Way(random.Random(self.draw.random()), self.files[SHOP]),
                     self.files[SHOP]: _Way(random.Random(self.draw.random()), self.files[TILLS])}
        self.carried = {TO_SHOP: self.ways[self.files[TILLS]].carried, TO_TILLS: self.ways[self.files[SHOP]].carried}
        self.ends, self.end = os.pipe2(os.O_CLOEXEC)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.end)
        self.thread.join()
        self._enter(self.before)
        for file in (self.ends, self.before, *self.namespaces.values(), *self.files.values()):
            os.close(file)

    @contextlib.contextmanager
    def tills(self):
        with self._at(TILLS):
            yield

    def kernel(self):
        counted = {}
        for end in (SHOP, TILLS):
            with self._at(end):
                counted[end] = _counters()
        return counted

    @contextlib.contextmanager
    def _at(self, end):
        back = _namespace()
        self._enter(self.namespaces[end])
        try:
            yield
        finally:
            self._enter(back)
            os.close(back)

    @staticmethod
    def _enter(namespace):
        _call(_libc.setns, namespace, CLONE_NEWNET)

    def _run(self):
        while True:
            times = [when for way in self.ways.values() if (when := way.next_due()) is not None]
            wait = max(0.0, min(times) - time.monotonic()) if times else None
            ready, _, _ = select.select([self.ends, *self.ways], [], [], wait)
            if self.ends in ready:
                return
            for file in ready:
                self._read(file)
            for way in self.ways.values():
                for packet in way.due(time.monotonic()):
                    os.write(way.to, packet)

    def _read(self, file):
        with contextlib.suppress(BlockingIOError):
            while True:
                packet = os.read(file, 65536)
                if packet[0] >> 4 == 4:  # IPv6 asks about itself only
                    self.ways[file].meets(packet, self.odds, time.monotonic())
