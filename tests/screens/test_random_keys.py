"""What nobody would press: keys, pasted text, resizes and scanner bursts at random. Nothing crashes, and no scan is lost.

CAROLINE_SEED repeats a run, as far as time allows; CAROLINE_SECONDS says for how long each goes (tests/long: minutes)."""
import os
import random
import re
import time

import pytest

from seed import seed
from shop import PIN
from terminal import DOWN, ENTER, ESCAPE, F, TAB, UP
from test_counter import CARD, CROISSANT, ECLAIR, Bakery, ready, sign_in

SECONDS = float(os.environ.get("CAROLINE_SECONDS") or 10)
SIZES = [(24, 80), (40, 120), (24, 80), (10, 30), (1, 1), (60, 200), (24, 79)]
PASTED = ["Grüße aus der Bäckerei " * 20, "\033[200~pasted\r\n3x112\r\033[201~", "\0\1\2\3", "餅" * 300, "\033[<0;10;10M", "\033[99~",
          "\xff\xfe", "9" * 400]


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
            if "F11 Lock" in t.text:
                break
            t.type(ESCAPE)
        print(f"{scanned} scans")
        t.wait(lambda text: pieces(text) == scanned, seconds=20)
        t.type(ESCAPE)
        t.wait("Throw this basket away?")
        t.type(DOWN, F[8])
        t.wait("The basket is empty.")


def test_random_keys_crash_nothing(bakery):
    draw = random.Random(seed() + 1)
    keys = [*F.values(), ENTER, ENTER, ESCAPE, UP, DOWN, TAB, "\x7f", "\x0c", "\x1a", "\033[3~", "\033[H", "\033[F", "\033[5~", "\033[6~",
            *"0123456789", *"abcxyz.,+-* ", "ü", "112", "3x112\r", "Mia", PIN]
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
