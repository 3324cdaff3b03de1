"""A server, or PostgreSQL's process under it, dies at every point around a paper, and beside it another one prints, too: each paper comes out
at least once, a second time only where it says so, and never out of order."""
import os
import random
import re
import signal
import uuid

import pytest
from counter import basket, check_books, ring_up, seed
from faults import POINTS, Failpoints, once_recovered
from printer import FakePrinter
from seed import seed as drawn_by
from shop import Refused, make_shop, pb
from waiting import stands_still, wait_for

POINTS = [name for name in POINTS if name.startswith("print_")]
STATEMENTS = ["printer_due", "printer_hold", "print_job_next", "print_job_find", "print_job_write", "printer_write"]
# A backend dies, or by SIGKILL, behind which all of PostgreSQL recovers: all in tests/long, a draw in tests/run.
ALL = "CAROLINE_ALL_POINTS" in os.environ
BACKENDS = [(point, action) for point in POINTS + ["statement/" + name for name in STATEMENTS] + ["statement/COMMIT"]
            for action in ("end-backend", "kill-backend")]
BACKENDS = BACKENDS if ALL else random.Random(f"{drawn_by()} papers").sample(BACKENDS, 2)


class Till:
    """Somebody who asks on, whatever dies."""

    def __init__(self, shop):
        self.shop, self.identity, self.client = shop, shop.device(), None

    def __call__(self):
        if self.client:
            self.client.close()
        self.client = self.shop.connect(self.identity)
        self.client.sign_in("Ben")
        return self.client


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, FakePrinter() as printer, make_shop() as shop:
        shop.failpoints, shop.printer = failpoints, printer
        shop.start()
        shop.open()
        shop.staff("Ben")
        goods = seed(shop)
        shop.sign_in_again = Till(shop)
        till = shop.sign_in_again()
        till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
        shop.receive(goods["cake"], 1000)
        shop.receipt = ring_up(till, basket(shop, (goods["cake"], 1)), 900).receipt_number
        terms = pb.Printer(name="office", host="127.0.0.1", port=printer.port)
        shop.manager.command(pb.OP_PRINTER_PUT, pb.PrinterPut(printer=terms), pb.PrinterPutDone)
        yield shop
        check_books(shop)


def copy(house, command):
    """The number of a copy that waits; None, where it is to be asked for again."""
    try:
        message = pb.ReceiptPrint(receipt_number=house.receipt, printer="office")
        return house.sign_in_again().command(pb.OP_RECEIPT_PRINT, message, pb.ReceiptPrinted, command).copy
    except Refused as refused:
        assert refused.retry, refused
        return None


def put(house, count=3):
    """Papers wait for a printer that is off."""
    house.printer.change(held=False)
    house.printer.off()
    commands = [uuid.uuid4().bytes for _ in range(count)]
    return [wait_for(lambda command=command: copy(house, command), 90, "a copy that waits") for command in commands]


def hurry(house):
    """The printer is on, and nobody waits until a try, or a turn of who is dead, is over."""
    if not house.printer.listener:
        house.printer.on()
    house.sql("UPDATE printer SET due_at = now(), node = NULL, turn = turn + 1 WHERE waiting > 0", "admin")


def printed(house):
    return house.sql("SELECT sum(waiting) FROM printer") == [(0,)]


def judge(house, asked, before):
    """What lies there: each of those asked for, in their order; what lies there twice says so the second time. A paper has its number at
    its head and at its foot."""
    text = house.printer.paper.text[before:]
    told = [int(n) for n in re.findall(r"COPY (\d+)", text)]
    assert sorted(set(told)) == asked, (asked, told)
    assert told == sorted(told), told
    again = sum((told.count(n) + 1) // 2 - 1 for n in asked)
    assert again <= text.count("PRINTED AGAIN"), text
    return again


def one_dies(house, point, nth):
    asked, before = put(house), len(house.printer.paper.text)
    house.failpoints.arm(point, "kill", nth)
    hurry(house)
    server = house.servers[0]
    wait_for(lambda: server.process.poll() is not None or printed(house), 60, point)
    fired = house.failpoints.disarm()
    if server.process.poll() is not None:
        server.start()
    wait_for(lambda: printed(house), 60, "the papers")
    judge(house, asked, before)
    return fired


@pytest.mark.parametrize("point", POINTS + ["statement/" + name for name in STATEMENTS])
def test_A14_a_server_that_dies_at_any_point_prints_all_in_order(house, point):
    deaths = sum(one_dies(house, point, nth) for nth in (1, 2))
    assert deaths >= 1, point


def backend_dies(house, point, action, nth):
    """The server lives on, and prints all of it, without being asked."""
    asked, before = put(house), len(house.printer.paper.text)
    process = house.servers[0].process
    house.failpoints.arm(point, action, nth)
    wait_for(lambda: once_recovered(lambda: hurry(house) or True), 30, "the printer's turn")
    wait_for(lambda: once_recovered(lambda: printed(house)), 60, "the papers")
    fired = house.failpoints.disarm()
    wait_for(lambda: once_recovered(lambda: house.sql("SELECT 1")), 30, "PostgreSQL")  # it may have died behind the last paper
    assert house.servers[0].process is process and process.poll() is None, house.servers[0].log()[-2000:]
    judge(house, asked, before)
    return fired


@pytest.mark.parametrize("point, action", BACKENDS)
def test_A14_a_backend_that_dies_at_any_point_leaves_all_in_order(house, point, action):
    deaths = sum(backend_dies(house, point, action, nth) for nth in (1, 2, 4))
    assert deaths >= 1, point


def test_A14_of_two_servers_one_prints_a_paper(house):
    """The first stands still with a paper in hand; another takes the queue, and then the first wakes."""
    first = house.servers[0]
    other = house.start("--node", "77")
    try:
        for point in POINTS:
            asked, before = put(house), len(house.printer.paper.text)
            house.failpoints.arm(point, "stop")
            hurry(house)
            still = wait_for(lambda: next((s for s in (first, other) if stands_still(s.process.pid)), None), 30, point)
            connection = house.printer.connection
            if connection:
                house.printer.off()  # who stands still has its line; a printer has one at a time
                house.printer.on()
            hurry(house)
            wait_for(lambda: printed(house), 60, "the papers")
            os.kill(still.process.pid, signal.SIGCONT)
            wait_for(lambda: not stands_still(still.process.pid), 20)
            judge(house, asked, before)
            more, before = put(house, 1), len(house.printer.paper.text)
            hurry(house)
            wait_for(lambda: printed(house), 60, "one more")
            judge(house, more, before)
    finally:
        os.kill(other.process.pid, signal.SIGCONT)
        other.stop()
        house.servers.remove(other)


def test_A14_a_server_that_is_told_to_end_leaves_what_waits(house):
    asked, before = put(house, 5), len(house.printer.paper.text)
    house.printer.change(held=True)
    hurry(house)
    wait_for(lambda: house.sql("SELECT count(*) FROM print_job WHERE state = 2") == [(1,)], 30, "one to be begun")
    assert house.servers[0].stop() == 0
    house.printer.change(held=False)
    house.servers[0].start()
    wait_for(lambda: printed(house), 60, "the papers")
    assert judge(house, asked, before) <= 1
