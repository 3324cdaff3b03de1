"""An exported journal with every kind of entry that there is: of a thousand random edits each is named with its place, and nobody else is.

Without CAROLINE_EDITS a draw of them by CAROLINE_SEED; tests/long makes a thousand. A kind of entry that the server can write, or once wrote, and
the journal does not have, or has and is not said here, fails."""
import os
import re
import struct
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import rich_journal
from cli import console
from gateway import Gateway
from hostile_world import World
from journal_edits import EDITORS, Journal, falsified
from journal_kinds import kinds
from paying import settings
from seed import seed
from sequences import OPS
from shop import TOP, make_shop
from verifying import verify

EDITS = int(os.environ.get("CAROLINE_EDITS") or 2 * len(EDITORS))
EDIT_S = 0.5  # of CPU, at most, on average

RECEIPTS = {"sale_ring_up", "sale_refund", "sale_refund_free", "sale_offline", "sale_rescue"}  # their entries are T's and X's
LAYOUTS = {"L1", "S1", "T1", "T2", *(strand + layout for strand in "TXS" for layout in "345")}
PRACTISED = {"shift_open", "shift_move", "shift_no_sale", "shift_close", "receipt_print", "basket_void"}
OF_ALL = {"a sale", "eaten in", "paid by cash", "taxes: 1", "an option", "a keyed price", "a line hot", "a line voided", "a line with its reason",
          "a line deposit"}
OF_THE_COUNTER = {"a refund", "a reason", "a line of an original's", "taxes: 0", "a line's own discount of a line", "a receipt's discount, whole",
                  "a receipt's discount of a line", "a discount by a rate", "a deposit by itself"}
OF_MEMBERS = {"a member", "earns", "points earned"}
OF_BEFORE = OF_MEMBERS | {  # tests/wire/older_receipts.txt
    "a sale", "eaten in", "paid by cash", "taxes: 1", "taxes: 2", "a line hot", "a line voided", "a line with its reason", "a refund", "a reason",
    "a line of an original's", "of another shift", "a line moved the stock", "a line below zero", "a line reward", "spends", "is given points",
    "points birthday", "points spent", "points given back", "points taken back", "paid by card", "a tender with a reference", "a tender with change",
    "exception 1", "exception 2"}
SALES = {
    "T1": OF_BEFORE,
    "T2": OF_BEFORE | {
        "approved", "cash rounding", "a promotion's discount, whole", "a promotion's discount of a line", "a line's own discount of a line",
        "a receipt's discount, whole", "a receipt's discount of a line", "a discount by a rate"},
    "T": OF_ALL | OF_THE_COUNTER | OF_MEMBERS | {
        "without a receipt", "approved", "cash rounding", "of another shift", "taxes: 2", "a deposit with its goods", "a line charge",
        "a line moved the stock", "a line below zero", "a line reward", "a line avoided", "spends", "is given points", "points birthday",
        "points spent", "points given back", "points taken back", "paid by card", "paid by voucher", "paid by house", "paid by account",
        "paid by gift card", "a tender with a reference", "a tender with change", "a tender with something forfeited", "a tender with a tip",
        "a promotion's discount, whole", "a promotion's discount of a line", "a coupon's discount, whole", "a coupon's discount of a line",
        "a reward's discount, whole", "a reward's discount of a line", "exception 1", "exception 2", "exception 13", "exception 16"},
    # No till takes points, coupons, vouchers, accounts and gift cards by itself, nor gives anything back; discounts: tests/sale/test_offline_booked.py.
    "X": OF_ALL | OF_MEMBERS | {
        "paid by card", "a tender with a reference", "a deposit with its goods", "a line moved the stock", "a line below zero",
        *(f"exception {kind}" for kind in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15)), "of another shift"},
    "S": OF_ALL | OF_THE_COUNTER,
}


def events():
    """What an entry of L may say beside an op's name, by the server's sources: each journal_note(call, object, "event"), journal_note_times() and journal_note_seldom()."""
    for path in (TOP / "server").rglob("*.c"):
        for arguments in re.findall(r"journal_note(?:_times|_seldom)?\(([^;]*)\);", path.read_text()):
            yield from re.findall(r'"([a-z_]+)(?: [^"]*)?"', re.sub(r'row_int\([^)]*\)', "", arguments))


@pytest.fixture(scope="module")
def lines():
    with Gateway() as gateway, make_shop() as shop:
        shop.start("--config", settings(shop, gateway), "--idle-lock-s", "7200", "--kiosk-idle-s", "600", "--watch-s", "0")
        shop.open()
        shop.staff("Ben")
        cli = console(shop)
        world = World(shop, gateway)
        for step in rich_journal.STEPS:
            world.op = step.__name__
            step(world)
        shop.check()
        rich_journal.of_before(world)
        exported = cli.run("journal", "export").stdout.encode().splitlines(keepends=True)
        world.close()
    return exported


def test_A26_there_is_an_entry_of_every_kind(lines):
    found = kinds(lines)
    said = {(kind[0], kind[2].split()[0]) for kind in found if isinstance(kind, tuple)}
    commands = {name for name, (kind, *_) in OPS.items() if kind == "C"}
    wanted = {("L", name) for name in (commands - RECEIPTS) | set(events())} | {("S", name) for name in PRACTISED}
    of_sales = {f"{strand}: {name}" for strand, names in SALES.items() for name in names}
    names = {kind for kind in found if isinstance(kind, str)}
    assert (sorted(wanted - said), sorted(said - wanted)) == ([], [])
    assert (sorted((of_sales | LAYOUTS) - names), sorted(names - of_sales - LAYOUTS)) == ([], [])


def test_C2_it_verifies(lines):
    verifier = verify.Verifier()
    verifier.read(lines)
    assert not verifier.findings and verifier.unchecked == 0


TOTAL, WRONG_TOTAL = 124, {"the total is not the lines', with or without tax", "the total is not what was paid less the change"}


def test_A26_wrong_sums_of_receipts_of_any_layout_are_named_even_under_good_signatures(lines):
    """A shop that falsifies with its own key, one receipt of each."""
    key, wrong = Ed25519PrivateKey.generate(), {}
    j = Journal(lines, 0)
    for at in j.entries():
        if (layout := j.layout(at)) not in wrong and layout not in ("L1", "S1"):
            data = bytearray.fromhex(j.words(at)[5].decode())
            [total] = struct.unpack_from(">q", data, TOTAL)
            struct.pack_into(">q", data, TOTAL, total + (1000 if total >= 0 else -1000))
            j.set(at, 5, data.hex().encode())
            wrong[layout] = at
    new = {}
    for strand in {j.where(at)[:2] for at in wrong.values()}:
        new.update(j.rechain(strand))
    j.sign_all(new, key)
    verifier = verify.Verifier()
    verifier.read(j.lines)
    named = {j.where(at): layout for layout, at in wrong.items()}
    assert set(wrong) == LAYOUTS - {"L1", "S1"}
    assert {place[:3] for place, _ in verifier.findings} == set(named)
    assert {(named[place[:3]], sentence) for place, sentence in verifier.findings} == {(layout, sentence) for layout in wrong for sentence in WRONG_TOTAL}


def test_A26_random_edits_are_each_named_with_their_place(lines):
    drawn = seed()
    begun = time.process_time()  # the machine may be busy
    assert len(EDITORS) == 20
    made, layouts = set(), set()
    for edit in range(EDITS):
        problem, editor, of = falsified(lines, edit, drawn)
        assert problem is None, problem
        made.add(editor)
        layouts |= of
    assert made == {editor.__name__ for editor in EDITORS}
    assert EDITS < 1000 or layouts == LAYOUTS
    assert time.process_time() - begun < EDITS * EDIT_S
