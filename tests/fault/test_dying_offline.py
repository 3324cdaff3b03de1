"""A till that sells by itself dies: at a key, and at each write to its disk (till_disk.c), by a SIGKILL or with the power, of which
what was not synced may be lost; or the disk is full from there on. Then the power is back. Whatever was printed is in the books, once,
under its number and for its sum, in the order in which it was printed; what was not sold is still in the basket; and a paper that may
have been begun before, and no other, says so. Of a sale with the server likewise, between its booking and its paper.

tests/run takes what has `drawn` in its name, by CAROLINE_SEED; tests/long what has `every`: each key of each step, and of the writes of
each step and of the start at which the sales land each SHAREth, beginning where CAROLINE_SEED says; CAROLINE_SHARE=1 takes all."""
import contextlib
import mmap
import os
import pathlib
import random
import re
import shutil
import sqlite3
import struct
import sys
import tempfile

import pexpect
import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "screens"))
import terminal  # noqa: E402
from seed import seed  # noqa: E402
from shop import BUILD  # noqa: E402
from terminal import ENTER, F, Terminal  # noqa: E402
from test_counter import CARD, CROISSANT, ECLAIR, sign_in  # noqa: E402
from test_dying_sales import Death  # noqa: E402
from waiting import wait_for  # noqa: E402

ALONE = "OFFLINE: this till sells by itself"
SOLD, BOOKED = r"Receipt 3X-\d{6}", r"Receipt 3T-\d{6}"
# As in test_dying_sales.py: (keys, the pieces in the basket when they are done, what is then on the screen).
SALES = {
    "cash": [(CROISSANT, 1, "1 piece"), (ECLAIR, 2, "2 pieces"), (F[2], 2, ALONE), (ENTER, 0, SOLD)],
    "card": [("3x112\r", 3, "3 pieces"), (F[2], 3, ALONE), (F[3], 3, "[Rr]eference"), ("A-17\r", 0, SOLD)],
    "member": [("2x115\r", 2, "2 pieces"), (CARD, 2, "noted as a member's card"), (F[2], 2, ALONE), ("20\r", 0, SOLD)],
    "member, card": [(CARD, 0, "noted as a member's card"), ("113\r", 1, "1 piece"), (F[2], 1, ALONE), (F[3], 1, "[Rr]eference"),
                     ("B-4\r", 0, SOLD)],
}
WITH_SERVER = [("2x113\r", 2, "2 pieces"), (F[2], 2, "Cash given:"), ("10\r", 0, BOOKED)]
# As it is shipped, where tests/long has built that: it starts sooner.
COUNTER = pathlib.Path(os.environ["CAROLINE_SHIPPED"]) / "bin" / "caroline-counter" if "CAROLINE_SHIPPED" in os.environ else terminal.COUNTER


SHARE = int(os.environ.get("CAROLINE_SHARE", 4))


def share(last):
    """Of the writes 1 to last."""
    return range(1 + seed() % SHARE, last + 1, SHARE)


class Disk:
    """The numbers of till_disk.c."""

    NOTHING, DIES, LOSES_POWER, IS_FULL = range(4)
    FORMAT = struct.Struct("=5q")

    def __init__(self, path):
        path.write_bytes(bytes(self.FORMAT.size))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), self.FORMAT.size)

    @property
    def passed(self):
        return self.FORMAT.unpack(self.map)[0]

    @property
    def happened(self):
        return self.FORMAT.unpack(self.map)[3] > 0

    def arm(self, what, nth, coin=0):
        """At the nth write from now on; the disk is full from there on."""
        self.map[:] = self.FORMAT.pack(0, nth, what, 0, coin)

    def disarm(self):
        self.map[:] = self.FORMAT.pack(0, 0, self.NOTHING, 0, 0)


class Alone(Death):
    """A till whose disk is the test's to break, and whose line is cut while it sells."""

    def __init__(self):
        self.disk, self.chance = None, random.Random(seed())
        self.seen = set()  # (it was in the queue when the till died, how often it was printed again)
        super().__init__()

    def start_till(self):
        folder = self.identity.resolve()
        if self.disk is None:
            self.disk_path = folder.with_name("disk")
            self.disk = Disk(self.disk_path)
        return Terminal("--identity", folder, "--printer", self.printer.spec, program=COUNTER, LD_PRELOAD=str(BUILD / "tests" / "till_disk.so"),
                        CAROLINE_DISK=str(self.disk_path), CAROLINE_DISK_FOLDER=str(folder),
                        ASAN_OPTIONS="detect_leaks=0:abort_on_error=0:verify_asan_link_order=0")

    # ---- what happens to it ----

    def cut(self):
        self.proxy.refuse()
        self.proxy.reset()
        self.t.wait("NO CONNECTION", seconds=30)

    def power_back(self):
        """Whatever was printed in part is printed again, with the server or without; then the line is back."""
        self.disk.disarm()
        self.t.close()
        if self.chance.random() < 0.3:
            self.t = self.start_till()
            self.t.wait("Who is at the counter?")
            self.rests()
            self.t.close()
        self.proxy.heal()
        self.restart_till()

    def rests(self, seconds=0.3):
        """Until it writes nothing for a while, or is gone."""
        before = None
        while before != (before := self.disk.passed) and self.t.child.isalive():
            while self.t.read(seconds):
                pass

    def is_seen(self, seen):
        """Until it is on the screen, and what it writes for that is written and printed; or it is gone. Whether it lives."""
        def over():
            self.t.read(0.05)
            return not self.t.child.isalive() or re.search(seen, self.t.text)

        wait_for(over, 30, f"{seen!r} on\n{self.t.text}\nor its end")
        shown = re.search(r"Receipt (3[TX]-\d{6})", self.t.text)
        if self.t.child.isalive() and shown:
            number = shown.group(1)
            wait_for(lambda: not self.t.child.isalive() or number in self.printed() or self.disk.happened, 30, f"the paper of {number}")
        self.rests()
        return self.t.child.isalive()

    # ---- what it does ----

    def do(self, steps):
        for keys, _, seen in steps:
            self.press(keys)
            assert self.is_seen(seen), self.t.raw[-2000:]

    def undisturbed(self, steps):
        """How often each step writes."""
        self.begin(steps)
        counts = []
        for step in steps:
            self.disk.disarm()
            self.do([step])
            counts.append(self.disk.passed)
        self.end(steps, len(steps) - 1, "nothing happens", must=True)
        return counts

    def begin(self, steps=None):
        self.settle()
        self.before = self.booked()
        if steps is not WITH_SERVER:
            self.cut()

    def begun(self):
        """What waits in the print queue of a till that is dead: {number: whether a byte of it may have left}."""
        with tempfile.TemporaryDirectory() as folder:
            for file in self.identity.glob("print.db*"):
                shutil.copy(file, folder)
            with contextlib.closing(sqlite3.connect(f"{folder}/print.db")) as queue:
                return dict(queue.execute("SELECT key, begun FROM job WHERE NOT printed"))

    def put_through(self, steps, at, what, nth):
        """nth: the write that it happens at; 0: it dies as soon as the key is pressed."""
        self.begin(steps)
        self.do(steps[:at])
        self.disk.arm(what, nth or 1 << 40, self.chance.getrandbits(40))
        self.press(steps[at][0])
        if nth == 0:
            self.t.close()
        elif what == Disk.IS_FULL:
            self.is_seen(f"{steps[at][2]}|disk|full|kept")
        else:
            self.is_seen(steps[at][2])
        self.end(steps, at, f"{what} at write {nth}")

    def end(self, steps, at, how, must=False):
        screen = self.t.text
        self.t.close()
        self.waited = self.begun()
        self.power_back()
        self.settle()
        sold, left = self.booked() - self.before, self.basket()
        pieces = steps[at - 1][1] if at > 0 else 0
        said = f"{how} of step {at}, {steps[at][0]!r}: sold {sold}, {left} in the basket; the last screen was\n{screen}\nand now\n{self.t.text}"
        assert len(sold) == 1 if must else len(sold) <= 1, said
        assert left == 0 if sold else left in (pieces, steps[at][1]), said
        self.compare(said)
        for number in sold:
            self.is_as_rung_up(number, steps, said)
            again = [mark for paper, _, mark in self.papers() if paper == number]
            assert again.count(True) == self.waited.get(number, 0), f"{again}; in the queue was {self.waited}, {said}"
            self.seen.add((number in self.waited, again.count(True)))
        self.nobody()

    def nobody(self):
        self.empty()
        if "Mia Stone" in self.t.text or "Member's card noted" in self.t.text:
            self.t.type(F[4], F[5])
            self.t.wait("No member (F4)")

    def lands(self, what, nth):
        """Three sales; at the start at which they are booked it happens."""
        self.begin()
        for name in ("cash", "member, card", "card"):
            self.do(SALES[name])
            self.t.type(ENTER)
            self.t.wait("The basket is empty.")
        self.t.close()
        self.proxy.heal()
        self.disk.arm(what, nth, self.chance.getrandbits(40))
        self.t = self.start_till()
        lived = self.starts(what)
        passed = self.disk.passed
        self.power_back()
        self.settle()
        said = f"{what} at write {nth} of {passed} while they landed\n{self.t.text}"
        assert len(self.booked() - self.before) == 3, said
        self.compare(said)
        return passed if lived else 0

    def starts(self, what):
        try:
            sign_in(self.t, "Mona", "4918")
            if what == Disk.IS_FULL:
                self.is_seen("disk|full|kept|F2 Pay")
            else:
                self.answered()
            self.rests()
            return True
        except (AssertionError, OSError, pexpect.ExceptionPexpect):
            # A disk that was full from the beginning: it says so, and ends.
            assert self.disk.happened, self.t.text
            return False

    # ---- what is on paper ----

    def compare(self, said):
        """And in their order."""
        super().compare(said)
        papers = self.papers()
        for series in "TX":
            first = list(dict.fromkeys(number for number, _, _ in papers if number[1] == series))
            assert first == [f"3{series}-{number:06d}" for number in range(1, len(first) + 1)], f"{first} after {said}"


@pytest.fixture(scope="module")
def alone():
    made = Alone()
    try:
        yield made
        made.t.close()
        made.shop.check()
    finally:
        made.printer.off()
        made.t.close()
        made.proxy.__exit__()
        made.shop.destroy()


def way(turn):
    """By turns, so that neither is without the other's neighbours."""
    return Disk.LOSES_POWER if turn % 2 else Disk.DIES


@pytest.mark.parametrize("name", [name for name in SALES if "member" in name])
def test_B1_a_till_dies_at_every_write_of_a_sale_of_its_own(alone, name):
    counts = alone.undisturbed(SALES[name])
    print(f"{name}: {counts} writes")
    for at, count in enumerate(counts):
        for nth in (0, *share(count)):
            alone.put_through(SALES[name], at, way(nth // SHARE + len(counts)), nth)


def test_A14_a_till_dies_at_every_write_between_a_sales_booking_and_its_paper(alone):
    counts = alone.undisturbed(WITH_SERVER)
    print(f"{counts} writes")
    for nth in range(counts[-1] + 1):
        alone.put_through(WITH_SERVER, len(counts) - 1, way(nth), nth)
    # Not in the queue yet or printed already; in it and not begun; begun.
    assert alone.seen >= {(False, 0), (True, 0), (True, 1)}


def test_B1_a_till_dies_at_every_write_while_its_sales_land(alone):
    count = alone.lands(Disk.DIES, 1 << 40)
    print(f"{count} writes")
    for nth in share(count):
        alone.lands(way(nth // SHARE), nth)


def test_B1_a_tills_disk_is_full_from_every_write_on(alone):
    steps = SALES["member"]
    counts = alone.undisturbed(steps)
    for at, count in enumerate(counts):
        for nth in share(count):
            alone.put_through(steps, at, Disk.IS_FULL, nth)
    for nth in share(alone.lands(Disk.DIES, 1 << 40))[::2]:
        alone.lands(Disk.IS_FULL, nth)


def test_B1_a_drawn_death_of_each_kind(alone):
    draw = alone.chance
    name = draw.choice(list(SALES))
    steps, counts = SALES[name], alone.undisturbed(SALES[name])
    print(f"{name}: {counts} writes")
    last = len(steps) - 1
    alone.put_through(steps, draw.randrange(last), Disk.DIES, 0)
    for what in (Disk.DIES, Disk.LOSES_POWER, Disk.IS_FULL):
        alone.put_through(steps, last, what, draw.randrange(1, counts[last] + 1))
    alone.put_through(WITH_SERVER, len(WITH_SERVER) - 1, Disk.DIES, draw.randrange(1, counts[last] + 1))
    alone.lands(draw.choice([Disk.DIES, Disk.LOSES_POWER]), draw.randrange(1, 60))
