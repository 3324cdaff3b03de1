"""A sale at the counter dies at every step of it: the till, the server or the database is killed the moment a key is pressed.
Whatever was printed is in the books once, and the books' once on paper, for the sum, the means of payment and the member that it was
rung up with; what was not paid is still in the basket, and nobody has to repair anything.

Each of five scripted sales is killed at each step by each of the three, and once left in peace; a drawn one by one when it is paid, by the
others at two other steps. CAROLINE_DRAWN=5:11 (tests/long): drawn sales 5 to 10 at each step by each of the three."""
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
from shop import pb  # noqa: E402
from terminal import DOWN, ENTER, ESCAPE, F, Terminal  # noqa: E402
from test_counter import CARD, CROISSANT, ECLAIR, Bakery, sign_in  # noqa: E402
from waiting import wait_for  # noqa: E402

DRAWN = range(*map(int, os.environ.get("CAROLINE_DRAWN", "5:6").split(":")))
ALL = "CAROLINE_DRAWN" in os.environ
PRICES = {CROISSANT: 195, ECLAIR: 350, "112": 195, "113": 350, "114": 895, "115": 120}
AGAIN = "*** PRINTED AGAIN ***"
# (keys, the pieces in the basket when they are done, what is then on the screen); the last step pays.
SALES = {
    "cash": [(CROISSANT, 1, "1 piece"), (ECLAIR, 2, "2 pieces"), (F[2], 2, "Cash given:"), (ENTER, 0, "Receipt ")],
    "card": [("3x112\r", 3, "3 pieces"), (F[2], 3, "Cash given:"), (F[3], 3, "[Rr]eference"), ("A-17\r", 0, "Receipt ")],
    "member": [(CARD, 0, "Mia Stone"), ("2x115\r", 2, "2 pieces"), (F[2], 2, "Cash given:"), ("20\r", 0, "Receipt ")],
    "split": [("2x113\r", 2, "2 pieces"), ("112\r", 3, "3 pieces"), (F[2], 3, "Cash given:"), ("5" + F[3], 3, "[Rr]eference"),
              ("B-4\r", 3, "Card B-4"), (ENTER, 0, "Receipt ")],
    "parked": [("112\r", 1, "1 piece"), (F[12] + F[2], 1, "the basket waits"), (F[12] + F[3], 1, "1 line +till 3"), (ENTER, 1, "here again"),
               (F[2], 1, "Cash given:"), (ENTER, 0, "Receipt ")],
}
VICTIMS = ("till", "server", "database")
NOBODY = "nobody"
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


def rung_up(steps):
    """What the books shall say of it: (sum, {means of payment: what stayed of it}, with a member's card)."""
    total, card = 0, 0
    for keys, _, _ in steps:
        goods, by_card = re.fullmatch(r"(?:(\d+)x)?(\d{3})\r", keys), re.fullmatch(r"(\d*)" + re.escape(F[3]), keys)
        if keys in PRICES:
            total += PRICES[keys]
        elif goods:
            total += int(goods[1] or 1) * PRICES[goods[2]]
        elif by_card:
            card = 100 * int(by_card[1]) if by_card[1] else total
    paid = {pb.TENDER_CASH: total - card, pb.TENDER_CARD: card}
    return total, {kind: amount for kind, amount in paid.items() if amount > 0}, any(keys == CARD for keys, _, _ in steps)


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
        elif victim == NOBODY:
            self.t.wait(re.compile(r"Receipt 3[TX]-\d{6}"))
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

    def papers(self):
        """(number, sum, again) of every whole one."""
        made = []
        for receipt in self.printer.receipts:
            for at, text in enumerate(receipt.split(AGAIN)):
                number, total = re.search(r"^(3[TX]-\d{6}) ", text, re.MULTILINE), re.search(r"^Total EUR +(\S+)$", text, re.MULTILINE)
                if number and total:
                    made.append((number.group(1), total.group(1), at > 0))
        return made

    def compare(self, said):
        """Every paper is a sale's, and every sale has one; those that were begun before say so."""
        wait_for(lambda: self.printed() == self.booked(), 20, f"a paper of every sale, and no other, after {said}")
        wait_for(lambda: {number for number, _, _ in self.papers()} == self.booked(), 20, f"a whole one, after {said}")
        totals = {f"3{series}-{number:06d}": f"{total / 100:.2f}"
                  for series, number, total in self.shop.sql("SELECT series, number, total_minor FROM sale")}
        papers = self.papers()
        for number, total, _ in papers:
            assert totals[number] == total, said
        once = [number for number, _, again in papers if not again]
        assert len(once) == len(set(once)), f"{once} after {said}"

    def is_as_rung_up(self, number, steps, said):
        """Its sum, what paid it, and its member or nobody."""
        [[id, total, member]] = self.shop.sql(
            f"SELECT id, total_minor, member_id FROM sale WHERE series = '{number[1]}' AND number = {int(number[3:])}")
        paid = self.shop.sql(f"SELECT kind, amount_minor - change_minor FROM tender WHERE sale_id = {id} ORDER BY position")
        assert len(dict(paid)) == len(paid), said
        assert (total, dict(paid), member == self.mia) == rung_up(steps), f"{total}, {paid}, {member}; {said}"
        assert member in (self.mia, None), said

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
        assert len(sold) == 1 if victim == NOBODY else len(sold) <= 1, said
        assert left == 0 if sold else left in (pieces, steps[at][1]), said
        self.compare(said)
        for number in sold:
            self.is_as_rung_up(number, steps, said)
            again = [mark for paper, _, mark in self.papers() if paper == number]
            assert again.count(True) <= (victim == "till"), f"{again}, {said}"  # nothing had befallen printer and till
        self.empty()


@pytest.fixture(scope="module")
def death():
    made = Death()
    try:
        yield made
        made.t.close()
        made.shop.check()
        made.compare("all of it")
    finally:
        made.printer.off()
        made.t.close()
        made.proxy.__exit__()
        made.shop.destroy()


def every_death(steps):
    return [(at, victim) for at in range(len(steps)) for victim in VICTIMS]


def three_deaths(steps, number):
    """(step, who dies): each of the three once, one of them when it is paid."""
    last = len(steps) - 1
    earlier = random.Random(seed() * 1000 + number).sample(range(last), 2)
    return [(at, VICTIMS[(number + nth) % 3]) for nth, at in enumerate([*sorted(earlier), last])]


@pytest.mark.parametrize("name", SALES)
def test_A12_a_sale_dies_at_every_step(death, name):
    for at, victim in every_death(SALES[name]):
        death.put_through(SALES[name], at, victim)
    death.put_through(SALES[name], len(SALES[name]) - 1, NOBODY)


@pytest.mark.parametrize("cable", CABLES if ALL else list(CABLES)[:1])
def test_B1_the_cable_is_pulled_while_it_is_paid(death, cable):
    """What it takes is the time until a till believes that its server is gone."""
    steps = SALES["cash"]
    for at in range(len(steps) - 2 if ALL else len(steps) - 1, len(steps)):
        death.put_through(steps, at, cable)


def test_A12_drawn_sales_die(death):
    for number in DRAWN:
        steps = drawn(number)
        for at, victim in every_death(steps) if ALL else three_deaths(steps, number):
            death.put_through(steps, at, victim)
