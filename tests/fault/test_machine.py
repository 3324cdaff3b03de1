"""The machine fails: its disk is full or cannot be written, its descriptors run out, its clock jumps."""
import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess

import pytest
from faults import Failpoints, Order, ask_once, backend_of, check_exactly_once, see_through
from rounds import Bakery
from shop import SERVER, Client, Server, make_shop, pb
from waiting import wait_for

DAY = 86400


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        shop.staff("Ben")
        yield Bakery(shop, failpoints)


def elsewhere(shop, port, before, *arguments):
    """The command of a server in a mount namespace of its own, which `before` prepares as root there."""
    return ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else []), "sh", "-euc", f'{before}; exec "$@"', "server",
            str(SERVER), "--data-dir", str(shop.data), "--listen", f"127.0.0.1:{port}", *arguments]


class Elsewhere(Server):
    """Such a server, and its log, on a disk of its own."""

    def __init__(self, shop, port, before):
        self.command = elsewhere(shop, port, before, "--log-file", str(shop.data / "log"))
        super().__init__(shop, port)

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.shop.environment(), stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        wait_for(self._answers, 60, "the server with a disk of its own")

    def seen(self, path):
        """A file of its disk, from outside."""
        return pathlib.Path(f"/proc/{self.process.pid}/root{path}")


def fill(path):
    """As large as there is room."""
    with open(path, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert path.stat().st_size > 0


def test_SF7_a_full_disk_of_the_server_stops_no_sale_and_half_makes_no_member(bakery):
    data = bakery.shop.data
    assert bakery.server.stop() == 0
    aside = bakery.shop.directory / "aside"
    shutil.copytree(data, aside)
    small = Elsewhere(bakery.shop, bakery.server.port,
                      f"mount -t tmpfs -o size=3m,mode=0700 none {data} && cp -a {aside}/. {data}/")
    try:
        member = Order(bakery.console, pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Mia Full")))
        filler = small.seen(data / "filler")
        fill(filler)
        orders = bakery.sales()
        see_through(orders)
        bakery.console.connect()
        assert not ask_once([member]) and member.said.startswith("TRY_AGAIN"), member.said
        filler.unlink()
        see_through([member])
        check_exactly_once(bakery.shop, orders + [member])
        assert "key_store_failed" in small.seen(data / "log").read_text()
        shutil.copytree(small.seen(data), data, dirs_exist_ok=True)  # its keys
    finally:
        small.kill()
    bakery.server.start()
    bakery.check()


def test_SF7_a_disk_that_cannot_be_written_is_named_at_the_start(bakery):
    data = bakery.shop.data
    command = elsewhere(bakery.shop, 0, f"mount --bind {data} {data} && mount -o remount,bind,ro {data}")
    done = subprocess.run(command, env=bakery.shop.environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode in (73, 78) and f"{data}/" in done.stderr and "ead-only" in done.stderr, done.stderr


class Poor(Server):
    """A server that may have 160 descriptors, 96 of them for connections."""

    def start(self):
        self.process = subprocess.Popen(["prlimit", "--nofile=160", SERVER, "--data-dir", self.shop.data, "--listen",
                                         f"127.0.0.1:{self.port}"],
                                        env=self.shop.environment(), stdin=subprocess.DEVNULL,
                                        stderr=open(self.log_path, "ab"))
        wait_for(self._answers, 60, "the server with few descriptors")


def is_let_in(server):
    try:
        Client(server.port, timeout=5).close()
        return True
    except OSError:
        return False


def test_SF13_a_flood_of_connections_keeps_neither_tills_nor_the_database_away(bakery):
    assert bakery.server.stop() == 0
    server = Poor(bakery.shop, bakery.server.port)
    knocking = []
    try:
        see_through(bakery.sales())  # everybody is connected
        for _ in range(120):
            knocking.append(socket.create_connection(("127.0.0.1", server.port), 5))
        wait_for(lambda: "accept_failed" in server.log(), 20, "word that nobody can be let in")
        for _ in range(3):
            assert ask_once(bakery.sales())
        os.kill(backend_of(bakery.shop, "caroline writer"), 15)
        orders = bakery.sales()
        see_through(orders)  # by another connection, which is a descriptor too
        check_exactly_once(bakery.shop, orders)
        for knocker in knocking:
            knocker.close()
        wait_for(lambda: is_let_in(server), 20, "a newcomer")
        assert server.process.poll() is None
    finally:
        server.kill()
        bakery.server.start()
    bakery.check()


def sign_in_again(device):
    """Sessions end by the clock, too."""
    if device.client.refusal_yet(pb.OP_SHIFT_SHOW, pb.ShiftShow()):
        device.token = device.client.sign_in("Ida").token


def told_jumps_s(server):
    """By how much the server says its clock has jumped, all in all. It looks every five seconds: of two jumps between two
    looks it tells the sum."""
    return sum(int(by) for by in re.findall(r"clock_jumped by_s=(-?\d+)", server.log()))


def test_SF11_the_clock_jumps_and_receipts_stay_in_order(bakery):
    till = bakery.tills[2]
    till.connect()
    clock = bakery.failpoints.directory / "clock"
    orders = []

    def set_off_by(seconds):
        clock.with_suffix(".new").write_text(str(seconds))
        clock.with_suffix(".new").rename(clock)

    try:
        for seconds in (-DAY, DAY, 0, 1, 0, 183 * DAY, 13 * 365 * DAY, 60, -3600):
            set_off_by(seconds)
            sign_in_again(till)
            order = bakery.cash_sale(till)
            see_through([order])
            orders.append(order)
            check_exactly_once(bakery.shop, [order])  # answers of long ago may be swept, by that clock
        wait_for(lambda: abs(told_jumps_s(bakery.server) + 3600) < 30, 30, "word of the clock")
    finally:
        clock.unlink()
    receipts = [pb.SaleRungUp.FromString(order.reply().body) for order in orders]
    times = [receipt.committed_us for receipt in receipts]
    numbers = [int(receipt.receipt_number.split("-")[1]) for receipt in receipts]
    assert times == sorted(times)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    bakery.check()
