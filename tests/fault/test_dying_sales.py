"""A sale at the counter dies at every step of it: the till, the server or the database is killed the moment a key is pressed.
Whatever was printed is in the books once, what was not paid is still in the basket, and nobody has to repair anything.

Each of five scripted sales and a drawn one is killed at two of its steps, drawn by CAROLINE_SEED, by the three in turn. CAROLINE_SALES
(tests/long: 30): so many sales at each step, and the five by each of the three."""
import os
import pathlib
import random
import re
import signal
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "screens"))
from printer import FakePrinter  # noqa: E402
from proxy import BOTH, TO_SERVER, TO_TILL, Proxy  # noqa: E402
from seed import seed  # noqa: E402
from terminal import DOWN, ENTER, ESCAPE, F, Terminal  # noqa: E402
from test_counter import CARD, CROISSANT, ECLAIR, Bakery, sign_in  # noqa: E402
from waiting import wait_for  # noqa: E402

ALL = int(os.environ.get("CAROLINE_SALES") or 0)
SCANS = {CROISSANT: 1, ECLAIR: 1}
# (keys, the pieces in the basket when they are done, what is then on the screen); the last step pays.
SALES = {
    "cash": [(CROISSANT, 1, "1 piece"), (ECLAIR, 2, "2 pieces"), (F[2], 2, "Cash given:"), (ENTER, 0, "Receipt ")],
    "card": [("3x112\r", 3, "3 pieces"), (F[2], 3, "Cash given:"), (F[3], 3, "[Rr]eference"), ("A-17\r", 0, "Receipt ")],
    "member": [(CARD, 0, "Mia Stone"), ("2x115\r", 2, "2 pieces"), (F[2], 2, "Cash given:"), ("20\r", 0, "Receipt ")],
    "split": [("2x113\r", 2, "2 pieces"), ("112\r", 3, "3 pieces"), (F[2], 3, "Cash given:"), ("5" + F[3], 3, "[Rr]eference"),
              ("B-4\r", 0, "Receipt ")],
    "parked": [("112\r", 1, "1 piece"), (F[12] + F[2], 1, "the basket waits"), (F[12] + F[3], 1, "1 line +till 3"), (ENTER, 1, "here again"),
               (F[2], 1, "Cash given:"), (ENTER, 0, "Receipt ")],
}
VICTIMS = ("till", "server", "database")
CABLES = {"cable": BOTH, "cable to the server": (TO_SERVER,), "cable to the till": (TO_TILL,)}


def drawn(number):
    """Another sale, of goods and payment drawn."""
    draw = random.Random(seed() * 1000 + number)
    steps, pieces = [], 0
    for _ in range(draw.randrange(1, 5)):
        count = draw.randrange(1, 5)
        pieces += count
        steps.append((f"{count}x{draw.choice([112, 113, 114])}\r", pieces, rf"\b{pieces} pieces?,"))
    steps.append((F[2], pieces, "Cash given:"))
    if draw.random() < 0.5:
        return steps + [(ENTER, 0, "Receipt ")]
    return steps + [(F[3], pieces, "[Rr]eference"), (f"C-{number}\r", 0, "Receipt ")]


class Death(Bakery):
    """The till's line goes through a proxy that can be pulled out."""

    def __init__(self):
        self.proxy = None
        super().__init__()
        self.printer = FakePrinter()
        self.t = None
        self.restart_till()

    def enrol(self, name="till", number=3, *more):
        if self.proxy is None:
            self.proxy = Proxy(self.shop.port).__enter__()
        return super().enrol(name, number, *more, server=f"127.0.0.1:{self.proxy.port}")

    def start_till(self):
        return Terminal("--identity", self.identity, "--printer", self.printer.spec)

    def restart_till(self):
        self.t = self.start_till()
        sign_in(self.t, "Mona", "4918")
        if not self.shift_is_open():
            self.t.wait("How much money is in the drawer?")  # asked once the server has said that it is not open
            self.t.type("100", ENTER)
            self.t.wait("is open with 100.00 in the drawer")

    def press(self, keys):
        self.t.child.send(keys + "\r" if keys in (CROISSANT, ECLAIR, CARD) else keys)

    def kill(self, victim):
        if victim == "till":
            self.t.close()
            self.restart_till()
        elif victim in CABLES:
            self.proxy.hold(CABLES[victim])
            self.t.wait("NO CONNECTION", seconds=60)
            self.proxy.heal()
        elif victim == "server":
            self.server.kill()
            self.t.wait("NO CONNECTION", seconds=30)
            self.server.start()
        else:
            cluster = self.shop.cluster
            os.kill(cluster.postmaster(), signal.SIGKILL)
            cluster.start()

    def settle(self):
        """Connected, nothing on its way, and the sale's screen."""
        while self.t.read(0.5):  # what was pressed is drawn
            pass
        self.answered()
        while "F11 Lock" not in self.t.text:
            before = self.t.text
            if "LOCKED" in before:  # nobody had done anything for minutes, on a busy machine
                self.t.type("4918", ENTER)
            else:
                self.t.type(ENTER if "Enter Next" in before else F[4] if "F4 Take back" in before else ESCAPE)
            self.t.wait(lambda text: text != before)
            while self.t.read(0.1):
                pass
        self.answered()  # what Escape put aside, too: a basket that was asked for comes then

    def answered(self):
        self.t.wait("● connected", seconds=60)
        for what in ("to be booked", "unanswered", "Ringing up", "made offline", "parking ...", "the next customer; the basket"):
            self.t.wait(what, gone=True, seconds=60)
        while self.t.read(0.1):
            pass

    def basket(self):
        """Pieces in it and, parked, in the till's one parked basket, which is taken up."""
        if "parked (F12)" in self.t.text:
            self.t.type(F[12], F[3])
            self.t.wait(re.compile("1 line +till 3"))  # the list, not the head
            self.t.type(ENTER)
            self.t.wait("here again")
        found = re.search(r"(\d+) pieces?, \d+ lines?", self.t.text)
        return int(found.group(1)) if found else 0

    def empty(self):
        if "The basket is empty." not in self.t.text:
            self.t.type(ESCAPE)
            self.t.wait("Throw this basket away?")
            self.t.type(DOWN, F[8])
        self.t.wait("The basket is empty.")

    def booked(self):
        return {f"3{series}-{number:06d}" for series, number in self.shop.sql("SELECT series, number FROM sale")}

    def printed(self):
        return {number for receipt in self.printer.receipts for number in re.findall(r"^(3[TX]-\d{6}) ", receipt, re.MULTILINE)}

    def put_through(self, steps, at, victim):
        self.settle()
        before = self.booked()
        for keys, _, seen in steps[:at]:
            self.press(keys)
            self.t.wait(re.compile(seen))
            while self.t.read(0.05):
                pass
        pieces = steps[at - 1][1] if at > 0 else 0
        self.press(steps[at][0])
        self.kill(victim)
        self.settle()
        sold, left = self.booked() - before, self.basket()
        said = f"killed {victim} at step {at}, {steps[at][0]!r}: sold {sold}, {left} in the basket\n{self.t.text}"
        assert len(sold) <= 1, said
        assert left == 0 if sold else left in (pieces, steps[at][1]), said
        self.empty()


@pytest.fixture(scope="module")
def death():
    made = Death()
    try:
        yield made
        made.t.close()
        made.shop.check()
        wait_for(lambda: made.printed() == made.booked(), 20, "a paper of every sale, and no other")
    finally:
        made.printer.off()
        made.t.close()
        made.proxy.__exit__()
        made.shop.destroy()


def steps_of(steps, number):
    """At which it is killed: all, or two."""
    if ALL:
        return range(len(steps))
    return sorted(random.Random(seed() * 1000 + number).sample(range(len(steps)), 2))


@pytest.mark.parametrize("name", SALES)
def test_A12_a_sale_dies_at_every_step(death, name):
    turn = list(SALES).index(name)
    for nth, at in enumerate(steps_of(SALES[name], turn)):
        for victim in VICTIMS if ALL else [VICTIMS[(2 * turn + nth) % 3]]:
            death.put_through(SALES[name], at, victim)


@pytest.mark.parametrize("cable", CABLES if ALL else list(CABLES)[:1])
def test_B1_the_cable_is_pulled_while_it_is_paid(death, cable):
    """What it takes is the time until a till believes that its server is gone."""
    steps = SALES["cash"]
    for at in range(len(steps) - 2 if ALL else len(steps) - 1, len(steps)):
        death.put_through(steps, at, cable)


def test_A12_drawn_sales_die_at_every_step(death):
    for number in range(5, max(ALL, 6)):
        steps = drawn(number)
        for at in steps_of(steps, number):
            death.put_through(steps, at, VICTIMS[(number + at) % 3])
