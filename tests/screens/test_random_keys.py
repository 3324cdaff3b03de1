"""What nobody would press: keys, pasted text, resizes and scanner bursts at random. Nothing crashes, and no scan is lost.

CAROLINE_SEED repeats a run, as far as time allows; CAROLINE_SECONDS says for how long each goes (tests/long: minutes)."""
import os
import random
import re
import time

import pytest

from counter import at_the_desk
from seed import seed
from shop import PIN, pb
from terminal import DOWN, ENTER, ESCAPE, F, TAB, UP
from test_counter import CARD, CROISSANT, ECLAIR, Bakery, ready, sign_in

SECONDS = float(os.environ.get("CAROLINE_SECONDS") or 10)
SIZES = [(24, 80), (40, 120), (24, 80), (10, 30), (1, 1), (60, 200), (24, 79)]
PASTED = ["Grüße aus der Bäckerei " * 20, "\033[200~pasted\r\n3x112\r\033[201~", "\0\1\2\3", "餅" * 300, "\033[<0;10;10M", "\033[99~",
          "\xff\xfe", "9" * 400]
INS, DEL, HOME, END, PAGE_UP, PAGE_DOWN = "\033[2~", "\033[3~", "\033[H", "\033[F", "\033[5~", "\033[6~"
LEFT, RIGHT, BACK_TAB = "\033[D", "\033[C", "\033[Z"
TABLE = [*F.values(), ENTER, ESCAPE, UP, DOWN, LEFT, RIGHT, TAB, BACK_TAB, INS, DEL, HOME, END, PAGE_UP, PAGE_DOWN, "\x7f", "\x0c"]
LOAVES = 600  # each scanned once


@pytest.fixture(scope="module")
def bakery():
    made = Bakery()
    try:
        yield made
        made.shop.check()
    finally:
        made.shop.destroy()


def send(t, text):
    t.child.send(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)


def alive(t):
    assert t.child.isalive(), f"the counter ended; its last screen was\n{t.text}"


def pieces(text):
    found = re.search(r"(\d+) pieces?, (\d+) lines?", text)
    return int(found.group(1)) if found else 0


def named(text):
    """Scans that the screen asks for again: what was typed while the till waited for an answer that nobody wanted any more."""
    return sum(int(count) for count in re.findall(r"(\d+) scans? (?:was|were) not taken", text))


def test_no_scan_is_lost_whatever_is_on_the_screen(bakery):
    """Keys that open, leave and fill in dialogs, and none that would sell, void or park."""
    draw = random.Random(seed())
    with bakery.counter() as t:
        sign_in(t)
        ready(t, bakery)
        scanned, end = 0, time.monotonic() + SECONDS
        keys = [F[1], F[2], F[4], F[10], ESCAPE, UP, DOWN, TAB, "a", "ß", "x", ".", " ", "\x7f", "\x0c"]
        while time.monotonic() < end:
            for _ in range(draw.randrange(1, 5)):
                t.type(draw.choice(keys))
            while t.read(0.1):  # what follows ESC at once is a function key's number, not a scanner's digit
                pass
            if draw.random() < 0.1:
                t.resize(*draw.choice(SIZES))
            for _ in range(draw.choice([1, 1, 1, 2, 7])):
                send(t, CROISSANT + "\r")
                scanned += 1
            alive(t)
        t.resize(24, 80)
        for _ in range(5):
            while t.read(0.1):
                pass
            if "F11 Lock" in t.text:
                break
            t.type(ESCAPE)
        print(f"{scanned} scans")
        t.wait(lambda text: pieces(text) + named(text) == scanned, seconds=20)
        t.type(ESCAPE)
        t.wait("Throw this basket away?")
        t.type(DOWN, F[8])
        t.wait("The basket is empty.")


def ean(number):
    digits = f"29{number:010d}"
    return digits + str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10)


@pytest.fixture(scope="module")
def loaves(bakery):
    """{bar code: product id}"""
    codes = [ean(number) for number in range(LOAVES)]
    [[tax_class]] = bakery.shop.sql("SELECT DISTINCT tax_class_id FROM product_version WHERE name = 'Croissant'")
    for first in range(0, LOAVES, 50):
        drafts = [pb.ProductDraft(product=pb.Product(name=f"Loaf {code}", price_minor=100, active=True, sku=code, barcodes=[code],
                                                     tax_class_id=tax_class), set_lists=True)
                  for code in codes[first:first + 50]]
        at_the_desk(bakery.shop).command(pb.OP_PRODUCT_PUT, pb.ProductPut(drafts=drafts), pb.ProductPutDone)
    return dict(bakery.shop.sql("SELECT unnest(barcodes), id FROM product JOIN product_version ON product_id = id WHERE name LIKE 'Loaf %'"))


class Cashier:
    """Presses anything, and scans each loaf once: it has to be somewhere, or somebody has to have been told that it is not."""

    def __init__(self, bakery, draw, loaves):
        self.bakery, self.draw, self.loaves = bakery, draw, loaves
        self.left, self.scanned, self.told, self.shown = list(loaves), [], set(), {}
        self.keys, self.pressed = [], {}
        self.begin()

    def begin(self):
        self.t = self.bakery.counter()
        sign_in(self.t)

    def calm(self, seconds=0.1):
        while self.t.read(seconds):
            pass
        # Kept while a screen waited for an answer, and dropped behind it.
        dropped = re.search(r"(\d+) scans? (was|were) not taken: scan again", self.t.text)
        if dropped:
            self.told |= set(self.scanned[-int(dropped.group(1)):])

    def goes_on(self):
        """At a till that runs, and is somebody's."""
        if not self.t.child.isalive():  # F12 and Enter leave it where nobody is signed in
            assert self.t.end() == 0, self.t.raw[-3000:]
            self.begin()
        elif "Who is at the counter?" in self.t.text and self.draw.random() < 0.3:
            self.t.type(ESCAPE, ESCAPE, "Ben", ENTER, PIN, ENTER)
        elif "LOCKED" in self.t.text and self.draw.random() < 0.3:
            self.t.type(ESCAPE, PIN, ENTER)

    def press(self, keys):
        for _ in range(self.draw.randrange(1, 5)):
            self.keys.append(self.draw.choice(keys))
            if self.keys[-1] == ENTER:  # which says that what is told was read
                self.calm(0.3)
            self.t.type(self.keys[-1])
        if self.draw.random() < 0.1:
            self.keys.append(self.draw.choice(PASTED))
            send(self.t, self.keys[-1])
        if self.draw.random() < 0.1:
            self.t.resize(*self.draw.choice(SIZES))
            self.calm()
            self.t.resize(24, 80)
        self.calm()

    def scan(self):
        if ": Enter" in self.t.text:  # what is told stays until it is read
            self.t.type(ENTER)
            self.calm()
        if not self.t.child.isalive():
            return
        code = self.left.pop()
        before = self.t.text
        self.t.scan(code)
        self.calm()
        self.scanned.append(code)
        text = self.t.text
        self.pressed[code], self.keys = self.keys, []
        if len(self.scanned) > 1:
            self.pressed[self.scanned[-2]] += ["<- before it, behind it ->", *self.pressed[code]]
        self.shown[code] = f"{before}\n\n-- {code} -->\n\n{text}"
        if f"{code} was not taken" in text or ": Enter" in text or "not taken: what is brought back" in text or "|  Price" in text \
                or "TRAINING" in text or not self.t.child.isalive():
            self.told.add(code)

    def settle(self):
        """The sale's screen, in earnest, with an empty basket."""
        for _ in range(60):
            self.calm()
            text = self.t.text
            if not self.t.child.isalive():
                self.begin()
            elif "Who is at the counter?" in text:
                self.t.type(ESCAPE, ESCAPE, "Ben", ENTER, PIN, ENTER)
            elif "LOCKED" in text:
                self.t.type(ESCAPE, PIN, ENTER)
            elif "End the training?" in text or "Enter Next" in text or ": Enter" in text:
                self.t.type(ENTER)
            elif "F4 Take back" in text:
                self.t.type(F[4])
            elif "Throw this basket away?" in text:
                self.t.type(DOWN, F[8])
            elif "TRAINING" in text and "F11 Lock" in text:
                self.t.type(F[12], F[9])
            elif "The basket is empty." in text and "F11 Lock" in text:
                return
            else:
                self.t.type(ESCAPE)
        raise AssertionError(f"it does not come to rest; the screen is\n{self.t.text}")

    def found(self):
        """Sold, taken back, thrown away or parked."""
        sql = self.bakery.shop.sql
        ids = {id for [id] in sql("SELECT product_id FROM sale_line UNION SELECT product_id FROM basket_void_line")}
        for [basket] in sql("SELECT basket FROM parked_basket"):
            ids |= {line.product_id for line in pb.Basket.FromString(bytes(basket)).lines}
        return ids


def test_no_scan_is_lost_whatever_key_is_pressed(bakery, loaves):
    """Every key of the tables, digits, words, pasted text, other sizes: what sells, parks, throws away, locks, signs out and practises."""
    cashier = Cashier(bakery, random.Random(seed() + 2), loaves)
    keys = [*TABLE, ENTER, *"0123456789", "x", "a", "ß", ".", " ", "Mia", "loaf"]
    end = time.monotonic() + SECONDS
    try:
        ready(cashier.t, bakery)
        while time.monotonic() < end and cashier.left:
            cashier.press(keys)
            cashier.goes_on()
            if cashier.t.child.isalive():
                cashier.scan()
        cashier.settle()
    finally:
        cashier.t.close()
    found = cashier.found()
    lost = [code for code in cashier.scanned if code not in cashier.told and loaves[code] not in found]
    print(f"{len(cashier.scanned)} scans, {len(cashier.told)} told as not taken")
    assert not lost, "\n\n".join(f"lost is {code}; pressed were {cashier.pressed[code]!r}:\n{cashier.shown[code]}" for code in lost)
    assert len(cashier.scanned) > SECONDS / 2
    # Of who is told of every scan none is lost, either. Measured is up to a third: most are sold, parked or thrown away.
    assert len(cashier.told) <= max(5, len(cashier.scanned) / 2)


def test_random_keys_crash_nothing(bakery):
    draw = random.Random(seed() + 1)
    keys = [*TABLE, ENTER, "\x1a", *"0123456789", *"abcxyz.,+-* ", "ü", "112", "3x112\r", "Mia", PIN]
    end, pressed = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        with bakery.counter() as t:
            t.wait("Who is at the counter?")
            t.type("Ben", ENTER, PIN, ENTER)
            while time.monotonic() < end:
                pressed += press_anything(t, draw, keys)
                if not t.child.isalive():  # F12 leaves, where nobody is signed in
                    assert t.end() == 0, t.raw[-3000:]
                    break
                if "Who is at the counter?" in t.text and draw.random() < 0.3:
                    t.type(ESCAPE, ESCAPE, "Ben", ENTER, PIN, ENTER)
            else:
                t.resize(24, 80)
                t.type(ESCAPE)
                t.wait(lambda text: "Test bakery" in text or not t.child.isalive())  # the last key may have been that F12
                assert t.child.isalive() or t.end() == 0, t.raw[-3000:]
    print(f"{pressed} keys")
    assert pressed > 20 * SECONDS


def press_anything(t, draw, keys):
    count = draw.randrange(1, 12)
    for _ in range(count):
        send(t, draw.choice(keys))
        if draw.random() < 0.3:
            t.read(0.01)
    match draw.randrange(8):
        case 0:
            send(t, draw.choice(PASTED))
        case 1:
            t.resize(*draw.choice(SIZES))
        case 2 | 3:
            send(t, draw.choice([CROISSANT, ECLAIR, CARD, "STAFF-00017", "3T-000001", "0000000000000"]) + draw.choice(["\r", "\t", ""]))
    while t.read(0.02):
        pass
    return count
