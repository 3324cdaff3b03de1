"""A till that dies with what it sold: its spool, copied from its disk, is sent by another machine, and the till comes back."""
import hashlib
import re
import shutil
import signal

import pytest

from cli import REFUSED, console
from shop import pb
from terminal import ENTER, F
from test_counter import CROISSANT, ECLAIR, Bakery, pay_exactly, ready, sell_offline, sign_in


@pytest.fixture(scope="module")
def bakery():
    made = Bakery()
    try:
        made.office = console(made.shop, "office")
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


def copied(bakery, name):
    """What is on the till's disk, somewhere else; which nobody may write."""
    stick = bakery.shop.directory / name
    stick.mkdir()
    for path in bakery.identity.glob("spool.db*"):
        shutil.copy(path, stick)
    return stick / "spool.db"


def digests(file):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in file.parent.iterdir()}


def sold(bakery):
    return bakery.shop.sql("SELECT series, number, total_minor FROM sale ORDER BY series, number")


def test_B45_a_till_killed_offline_is_rescued_and_comes_back(bakery):
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        t.scan(CROISSANT)
        pay_exactly(t)
        t.type(ENTER)
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=5)
        sell_offline(t, bakery, "3X-000001", CROISSANT, ECLAIR)
        t.type(ENTER)
        sell_offline(t, bakery, "3X-000002", ECLAIR)
        t.type(ENTER)
        sell_offline(t, bakery, "3X-000003", CROISSANT)
        t.type(ENTER)
        t.scan(ECLAIR)  # a customer who is still thinking
        t.wait(re.compile(r"Éclair au chocolat +1 +3.50"))
        t.signal(signal.SIGKILL)
    file = copied(bakery, "stick")
    before = digests(file)
    assert "spool.db-wal" in before
    bakery.server.start()
    bakery.reconnect()
    # A cashier may not; a manager looks first.
    bakery.office.person = "Ben"
    assert "PERMISSION_DENIED" in bakery.office.run("spool", "send", file, status=REFUSED).stderr
    bakery.office.person = "Caroline"
    listed = bakery.office.rows("spool", "send", file, "--dry-run")
    assert [(row["receipt_number"], row["total_minor"], row["outcome"]) for row in listed] == [
        ("3X-000001", 545, "to be sent"), ("3X-000002", 350, "to be sent"), ("3X-000003", 195, "to be sent")]
    assert sold(bakery) == [("T", 1, 195)]
    done = bakery.office.run("spool", "send", file).stdout
    assert re.search(r"3X-000002 .* 3.50  booked", done) and "till 3: 3 booked, 0 there already, 0 not booked" in done
    assert "the newest number that it gave is 3" in done
    books = [("T", 1, 195), ("X", 1, 545), ("X", 2, 350), ("X", 3, 195)]
    assert sold(bakery) == books
    again = bakery.office.rows("spool", "send", file)
    assert [(row["outcome"], row["sentence"]) for row in again] == [
        ("there already", f"this was done before, as receipt 3X-00000{n}") for n in (1, 2, 3)]
    assert digests(file) == before and not (bakery.office.directory / "spool.read").exists()
    # The till lives: with what it had, its basket, and numbers that go on behind.
    with bakery.counter() as t:
        sign_in(t)
        t.wait(re.compile(r"Éclair au chocolat +1 +3.50"))
        t.wait("made offline", gone=True, seconds=20)
        assert sold(bakery) == books
        pay_exactly(t)
        t.type(ENTER)
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=5)
        sell_offline(t, bakery, "3X-000004", ECLAIR)
        t.type(ENTER)
        bakery.server.start()
        t.wait("● connected", seconds=40)
        t.wait("to be booked", gone=True)
        t.wait("made offline", gone=True, seconds=20)
    bakery.reconnect()
    assert sold(bakery) == [("T", 1, 195), ("T", 2, 350), *books[1:], ("X", 4, 350)]


def test_B45_a_sale_on_its_way_when_the_till_died_is_sold_once(bakery):
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        t.type("114", ENTER, F[2])
        t.wait("Cash given:")
        before = bakery.sales()
        bakery.server.process.send_signal(signal.SIGSTOP)  # it hears nothing any more
        t.type(ENTER)
        t.wait("Ringing up")
        t.signal(signal.SIGKILL)
    file = copied(bakery, "second-stick")
    bakery.server.process.send_signal(signal.SIGKILL)
    bakery.server.process.wait()
    bakery.server.start()
    bakery.reconnect()
    [row] = bakery.office.rows("spool", "send", file)
    assert (row["op"], row["total_minor"]) == ("sale_ring_up", 895)
    # Either the server had it on its socket when it was stopped, or it is booked now.
    assert row["outcome"] in ("booked", "there already")
    assert bakery.sales() == before + 1
    with bakery.counter() as t:
        t.wait("is being paid")
        sign_in(t)
        t.wait("this was done before, as receipt 3T-", seconds=40)
        t.wait("The basket is empty.")
        assert bakery.sales() == before + 1
        t.scan(CROISSANT)
        pay_exactly(t)
    assert bakery.sales() == before + 2


def test_B45_a_till_that_is_put_up_again_keeps_what_it_was(bakery):
    """Enrolled anew: what the device before had not sent is still there, whole, and is sent as its own."""
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=5)
        sell_offline(t, bakery, "3X-000005", ECLAIR)
        t.signal(signal.SIGKILL)
    bakery.server.start()
    bakery.reconnect()
    bakery.enrol_again("till", 4)
    file = bakery.identity / "spool.db.before"
    assert file.exists() and file.with_name("spool.db.before-wal").exists()
    [row] = bakery.office.rows("spool", "send", file)
    assert (row["receipt_number"], row["outcome"]) == ("3X-000005", "booked")
    with bakery.counter() as t:
        sign_in(t)
        t.wait("How much money is in the drawer?")
    # Another till's spool in a till's directory is not mistaken for its own.
    for name in ("spool.db", "spool.db-wal"):
        (bakery.identity / name).unlink(missing_ok=True)
        if file.with_name(name.replace(".db", ".db.before")).exists():
            shutil.copy(file.with_name(name.replace(".db", ".db.before")), bakery.identity / name)
    with bakery.counter() as t:
        t.wait("the spool in this directory is another till's")
