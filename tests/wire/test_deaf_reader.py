"""A reader that never reads, in a shop of its own: it is cut after 30 seconds, costs little, and nobody else notices."""
import contextlib
import os
import struct
import threading
import time

import pytest

from shop import Client, pb, wait_for


@pytest.fixture(scope="module", autouse=True)
def memory_that_is_the_servers():
    """What was freed stays with the address sanitizer for a while, 256 MB of it unless told otherwise: that is not growth."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASAN_OPTIONS", os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8")
        yield


@pytest.fixture
def till(shop):
    with shop.till("Ben") as client:
        yield client


def resident_kib(shop):
    with open(f"/proc/{shop.servers[0].process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_a_reader_that_never_reads_is_cut_and_others_do_not_notice(shop, till):
    for number in range(40):
        shop.put_product(f"Bun number {number} with a name that takes a while to read, like this one", 100)
    # Small from the start: a window that shrinks later lets segments drop, and each that is sent again and taken after all
    # may let the server's kernel take more, which is progress and begins the 30 s anew.
    deaf = Client(shop.port, till.identity, receive_buffer=4096)
    deaf.sign_in("Ben")

    def connections():
        return shop.manager.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown).connections

    connected, before = connections(), resident_kib(shop)
    # Two calls of one id in flight are no protocol, and the end: it would be another than the one that is waited for.
    requests = [pb.Request(id=id, op=pb.OP_PRODUCT_LIST).SerializeToString() for id in range(1000, 1100)]
    frames = b"".join(struct.pack(">I", len(request)) + request for request in requests)

    def ask_and_never_listen():
        with contextlib.suppress(OSError):
            while True:
                deaf.sock.sendall(frames)

    asking = threading.Thread(target=ask_and_never_listen)
    asking.start()
    slowest = 0

    def is_cut():
        nonlocal slowest
        begin = time.monotonic()
        till.call(pb.OP_PING, pb.Ping(), pb.Pong)
        slowest = max(slowest, time.monotonic() - begin)
        # By the server's own 30 s, or by the kernel's for what nobody acknowledges (TCP_USER_TIMEOUT): whichever is first.
        assert resident_kib(shop) - before < 32 * 1024
        return connections() < connected

    try:
        wait_for(is_cut, 100, "the end of a reader that never reads")
    finally:
        deaf.sock.close()
        asking.join(10)
    assert slowest < 3  # on a busy machine, too
