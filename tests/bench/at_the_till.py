"""What a cashier waits for, and what they press: the shipped counter in a pty, 100,000 products in its catalogue.

key_to_screen_ms: from a key to the last byte that is drawn for it. scan_to_line_ms: from a scanner's Enter to the line, while 50
tills sell as fast as they are answered. tender_to_drawer_ms: from the Enter that pays to the printer's pulse for the drawer,
likewise. switch_person_ms: from a badge's Enter to the question for the PIN, and from the PIN's Enter until the other sells, together and
likewise beside 50 tills. keys_top_item, keys_member_sale: keys counted as they are pressed, and the sale looked for behind them. None has a
peer: in its place stands what is asked."""
import concurrent.futures
import contextlib
import fcntl
import os
import pty
import select
import sqlite3
import struct
import subprocess
import termios
import threading
import time

import pyte

from house import PRODUCT, stop
from printer import FakePrinter
from pushes import asked_for, middle, p99
from shop import BUILD, PIN, pb
from start import CASHIER, enrolled
from waiting import wait_for

ROWS, COLUMNS = 24, 80
ASKED_KEY_MS, ASKED_SCAN_MS, ASKED_DRAWER_MS, ASKED_SWITCH_MS, ASKED_TOP_KEYS, ASKED_SALE_KEYS = 16, 50, 200, 1000, 3, 12
BUSY, SCANNED = 50, 200
SILENCE = 0.06  # longer than a scanner's pause: nothing more is drawn for a key, and the next is a person's
CARD = "MEMBER-0042"
F1, F2, F6, F8, UP, DOWN, ESCAPE, ENTER = "\033OP", "\033OQ", "\033[17~", "\033[19~", "\033[A", "\033[B", "\033", "\r"


def barcode(number):
    """An EAN-13 of the shop's own."""
    digits = f"29{number:010d}"
    return digits + str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10)


class Counter:
    def __init__(self, directory, *arguments):
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.keys = 0
        self.terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.process = subprocess.Popen([BUILD / "bin" / "caroline-counter", "--identity", directory, *arguments], stdin=theirs,
                                        stdout=theirs, stderr=theirs, env=environment, start_new_session=True)
        os.close(theirs)

    def __enter__(self):
        self.until("● connected")
        for text in (CASHIER, PIN):
            self.press(*text, ENTER)
        self.until("F2 Pay")
        return self

    def __exit__(self, *_):
        stop(self.process)
        os.close(self.terminal)

    @property
    def text(self):
        return "\n".join(self.screen.display)

    def read(self, seconds):
        """When it drew something; None: it did not."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return None
        data = os.read(self.terminal, 1 << 20)
        at = time.monotonic()
        self.stream.feed(data)
        return at

    def until(self, what, begun=0.0, seconds=20):
        """Milliseconds from `begun` to the piece with which it stands there."""
        deadline, at = time.monotonic() + seconds, begun
        while what not in self.text:
            assert time.monotonic() < deadline, f"'{what}' did not come:\n{self.text}"
            at = self.read(0.1) or at
        return (at - begun) * 1000

    def press(self, *keys):
        """One after the other, as a person does; of each, milliseconds to the last that was drawn for it."""
        took = []
        for key in keys:
            begun = last = time.monotonic()
            os.write(self.terminal, key.encode())
            self.keys += 1
            while (at := self.read(SILENCE)) is not None:
                last = at
            took.append((last - begun) * 1000)
        return took

    def scan(self, code, what):
        begun = time.monotonic()
        os.write(self.terminal, code.encode() + b"\r")
        took = self.until(what, begun)
        while self.read(SILENCE):
            pass
        return took


@contextlib.contextmanager
def counter(house, *arguments):
    """At a till of its own, with an empty basket; the first 200 goods have bar codes, and one member a card."""
    if not hasattr(house, "counted_till"):
        house.counted_till = enrolled(house, "counted")
        drafts = [pb.ProductDraft(product=pb.Product(id=PRODUCT + number, barcodes=[barcode(number)]), set_lists=True)
                  for number in range(1, SCANNED + 1)]
        for first in range(0, SCANNED, 100):
            put = house.manager.command(pb.OP_PRODUCT_PUT, pb.ProductPut(drafts=drafts[first:first + 100]), pb.ProductPutDone)
        house.catalogue_version = put.catalogue_version
        house.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Mia Stone", card=CARD)), pb.MemberDone)
    else:
        with contextlib.closing(sqlite3.connect(house.counted_till / "spool.db")) as spool, spool:
            spool.execute("DELETE FROM basket")
    with Counter(house.counted_till, *arguments) as made:
        yield made


@contextlib.contextmanager
def busy(house, given, say):
    """50 tills that sell meanwhile, and go on for as long as this takes."""
    over = threading.Event()

    def sell():
        rates = []
        while not over.is_set():
            sold = house.load("sell", BUSY, 3, *house.to_sell(), "--seed", 4242 + len(rates))
            rates.append(sold["per_second"])
        return rates

    with concurrent.futures.ThreadPoolExecutor() as pool:
        load = pool.submit(sell)
        try:
            yield
        finally:
            over.set()
    rates = load.result()
    say(f"meanwhile {BUSY} tills sold {min(rates):,.0f} to {max(rates):,.0f} a second")


def key_to_screen(house, given, say):
    """A lone ESC is told from the first byte of another key by 25 ms of silence, as ESCDELAY has it: it stands apart."""
    took, escapes = [], []
    with counter(house) as till:
        for word in ("sourdough 77", "loaf 4711", "bread", "éclair 3"):
            took += till.press(*word, DOWN, DOWN, UP)
            escapes += till.press(ESCAPE)
        for number in range(5 if given.quick else 25):
            took += till.press(*f"{number % 8 + 2}x{4000 + 37 * number}", ENTER, UP, DOWN, F8)
            escapes += till.press(ESCAPE)
            took += till.press(F6, F1)
            escapes += till.press(ESCAPE)
        till.until(f"Sourdough loaf {4000 + 37 * number} ")
    say(f"{len(took)} keys: middle {middle(took):.1f} ms, longest {max(took):.1f} ms; Esc, 25 ms of silence in it: middle "
        f"{middle(escapes):.1f} ms, longest {max(escapes):.1f} ms")
    return asked_for(p99(took), ASKED_KEY_MS, longest_ms=round(max(took), 2))


def scan_to_line(house, given, say):
    with counter(house) as till, busy(house, given, say):
        took = [till.scan(barcode(number), f"Sourdough loaf {number} ") for number in range(1, (20 if given.quick else SCANNED) + 1)]
    say(f"{len(took)} scans: middle {middle(took):.1f} ms, longest {max(took):.1f} ms")
    return asked_for(p99(took), ASKED_SCAN_MS, longest_ms=round(max(took), 2))


class Kicks(list):
    """When each came."""

    def append(self, pin):
        super().append((pin, time.monotonic()))


def tender_to_drawer(house, given, say):
    took = []
    with FakePrinter() as printer, counter(house, "--printer", printer.spec) as till:
        kicks = printer.paper.kicks = Kicks()
        with busy(house, given, say):
            for number in range(5 if given.quick else 40):
                till.press(*f"{4711 + number}", ENTER, F2)
                till.until("Cash given:")
                before, begun = len(kicks), time.monotonic()
                till.press(ENTER)
                wait_for(lambda: len(kicks) > before, 20, "the drawer")
                took.append((kicks[before][1] - begun) * 1000)
                till.until("Enter Next")
                till.press(ENTER)
    say(f"{len(took)} sales: middle {middle(took):.1f} ms, longest {max(took):.1f} ms")
    return asked_for(p99(took), ASKED_DRAWER_MS, longest_ms=round(max(took), 2))


def switch_person(house, given, say):
    """Two take turns at one till, by their badges; what they type of their PINs is their own time."""
    badges = {"Lea": "STAFF-00023", "Tom": "STAFF-00024"}
    for name, badge in badges.items():
        house.staff(name, badge=badge)
    took = []
    with counter(house) as till, busy(house, given, say):
        for number in range(5 if given.quick else 25):
            name, badge = list(badges.items())[number % 2]
            asked, keys = till.scan(badge, "Who sells now?"), till.keys
            till.press(*PIN)
            begun = time.monotonic()
            os.write(till.terminal, ENTER.encode())
            till.keys += 1
            took.append(asked + till.until(f"{name} sells now", begun))
            while till.read(SILENCE):
                pass
            keys = till.keys - keys
    say(f"{len(took)} times another person, {keys} keys behind the badge: middle {middle(took):.1f} ms, longest {max(took):.1f} ms")
    return asked_for(p99(took), ASKED_SWITCH_MS, longest_ms=round(max(took), 2), keys=keys)


def keys_for(till, plu):
    """Its digits, and the Enter behind them."""
    before = till.keys
    till.press(*str(plu), ENTER)
    till.until(f"Sourdough loaf {plu} ")
    return till.keys - before


def keys_top_item(house, given, say):
    """The forty best have the PLUs 1 to 40: what the shop sells most is what it gives the short numbers."""
    with counter(house) as till:
        most = max(keys_for(till, plu) for plu in range(1, 41))
        longer = keys_for(till, 505)
    say(f"each of forty goods is a line after {most} keys at most, Enter among them; one with three digits, as the demo's, after {longer}")
    return counted(most, ASKED_TOP_KEYS)


def keys_member_sale(house, given, say):
    """A member's card and three goods are scanned; the cash is what is to pay."""
    [[before]] = house.sql("SELECT count(*) FROM sale WHERE member_id IS NOT NULL")
    with counter(house) as till:
        till.scan(CARD, "Mia Stone")
        for number in (7, 8, 9):
            till.scan(barcode(number), f"Sourdough loaf {number} ")
        begun = till.keys
        till.press(F2)
        till.until("Cash given:")
        till.press(ENTER)
        till.until("Enter Next")
        till.press(ENTER)
        keys = till.keys - begun
    [[after]] = house.sql("SELECT count(*) FROM sale WHERE member_id IS NOT NULL")
    assert after == before + 1, "the member's sale is not in the books"
    say(f"a member's three goods are paid in cash with {keys} keys")
    return counted(keys, ASKED_SALE_KEYS)


def counted(keys, asked):
    return {"ours": keys, "peer": asked, "ratio": round(keys / asked, 3), "unit": "keys"}
