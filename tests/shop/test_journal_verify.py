"""A shop's exported journal verifies; of a thousand random edits, each is named with its place, and nobody else is."""
import hashlib
import importlib.machinery
import importlib.util
import random
import re
import signal
import struct
import subprocess
import sys
import time

import pytest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli import console
from seed import seed
from shop import TOP, pb

VERIFY = TOP / "deploy" / "verify-journal"
EDITS = 1000
HEAD = struct.Struct(">QcQ32s")


def verifier_module():
    loader = importlib.machinery.SourceFileLoader("verify_journal", str(VERIFY))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


verify = verifier_module()


def basket(*bought):
    return pb.Basket(service=pb.SERVICE_TAKE_AWAY,
                     lines=[pb.BasketLine(product_id=id, quantity_milli=pieces * 1000) for id, pieces in bought])


def ring_up(shop, till, cash=True, handed=0, **bought):
    made = basket(*((shop.goods[name], pieces) for name, pieces in bought.items()))
    made.catalogue_version = shop.version()
    total = sum(shop.prices[name] * pieces for name, pieces in bought.items())
    tender = pb.Tender(kind=pb.TENDER_CASH, amount_minor=handed or total)
    if not cash:
        tender = pb.Tender(kind=pb.TENDER_CARD, amount_minor=total, reference="A-77")
    message = pb.SaleRingUp(basket=made, total_minor=total, tenders=[tender])
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)


@pytest.fixture(scope="module")
def exports(shop, tmp_path_factory):
    """Two exports, an earlier and the last: lines, and the paths they lie under."""
    directory = tmp_path_factory.mktemp("journal")
    tax = shop.put_tax_class("food", ("VAT7", 70000), ("VAT19", 190000))
    shop.prices = {"roll": 45, "plait": 260, "cake": 1999}
    shop.goods = {name: shop.put_product(name, price, sku=name, tax_class_id=tax)
                  for name, price in shop.prices.items()}
    cli = console(shop)
    tills = [shop.till("Ben"), shop.till("Caroline")]
    sold = []
    for round in range(12):
        for till in tills:
            sold.append(ring_up(shop, till, cash=round % 3 != 0, handed=20000 if round % 3 == 1 else 0,
                                roll=1 + round, plait=round % 4 + 1, cake=round % 2 + 1))
        shop.prices["roll"] += 1
        shop.put({"sku": "roll", "price_minor": shop.prices["roll"]})
        if round == 5:
            early = cli.run("journal", "export").stdout
    for sale in sold[1::4]:
        refund = pb.SaleRefund(receipt_number=sale.receipt_number, reason="stale")
        tills[1].command(pb.OP_SALE_REFUND, refund, pb.SaleRungUp)
    wanted = [pb.SaleShow(receipt_number=sale.receipt_number) for sale in sold[:2]]
    shop.receipts = [till.call(pb.OP_SALE_SHOW, show, pb.SaleShown).text.decode() for show in wanted]
    late = cli.run("journal", "export").stdout
    paths = directory / "early", directory / "late"
    for path, text in zip(paths, (early, late)):
        path.write_text(text)
    for till in tills:
        till.close()
    return paths


def program(*arguments, **more):
    done = subprocess.run([sys.executable, VERIFY, *map(str, arguments)], capture_output=True, text=True, **more)
    return done.returncode, done.stdout + done.stderr


def test_an_export_holds_all_strands_and_verifies(shop, exports):
    status, said = program(exports[1])
    assert status == 0, said
    stored = shop.sql("SELECT count(*), count(DISTINCT (device_id, kind)) FROM journal")[0]
    assert f"{stored[0]} entries in {stored[1]} strands" in said
    key = exports[1].read_text().splitlines()[1].split()[1]
    assert program(exports[1], "--key", key, "--earlier", exports[0])[0] == 0
    status, said = program(exports[1], "--key", "0" * 16)
    signatures = exports[1].read_text().count("\nsignature ")
    assert status == 1 and f"a mistyped --key, or {signatures} signatures of another's" in said
    assert len(said.splitlines()) == 2 + stored[1] < signatures  # once; each strand, of which nothing is signed; the sum
    status, said = program(exports[0], "--earlier", exports[1])
    assert status == 1 and "removed" in said


def test_a_paper_receipt_is_looked_up(shop, exports):
    for text in shop.receipts:
        number, digits = re.search(r"\b(\d+T-\d+)", text)[1], re.findall(r"\b[0-9a-f]{8}\b", text)[-1]
        assert program(exports[1], "--receipt", f"{number}:{digits}")[0] == 0
        status, said = program(exports[1], "--receipt", f"{number}:{int(digits, 16) ^ 1:08x}")
        assert status == 1 and f"the paper receipt {number} has other digits" in said
    status, said = program(exports[1], "--receipt", "1T-999999:00000000")
    assert status == 1 and "there is no receipt 1T-999999 in it" in said


def test_openssl_checks_where_cryptography_is_missing_and_without_both_it_says_so(exports, tmp_path):
    alone = [sys.executable, "-I", "-S", str(VERIFY)]  # no packages but Python's own
    forged = tmp_path / "forged"
    lines = exports[0].read_text().splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if line.startswith("signature"))
    lines[at] = lines[at][:40] + ("0" if lines[at][40] != "0" else "1") + lines[at][41:]
    forged.write_text("".join(lines))
    assert subprocess.run([*alone, exports[0]], capture_output=True).returncode == 0
    assert subprocess.run([*alone, forged], capture_output=True).returncode == 1
    bare = subprocess.run([*alone, exports[0]], capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert bare.returncode == 3 and "NOT checked" in bare.stdout


# ---- a thousand edits ----


class Journal:
    """An export taken apart, to be falsified. guilty: what must be named; touched: all that may be."""

    def __init__(self, lines, seed):
        self.random = random.Random(seed)
        self.lines = list(lines)
        self.known, self.guilty, self.touched = {}, set(), set()

    def words(self, at):
        return self.lines[at].rstrip(b"\n").split(b" ")

    def where(self, at):
        """(device, kind, number) of an entry's line; (line,) of others."""
        words = self.words(at)
        return (int(words[1]), words[2].decode(), int(words[3])) if words[0] == b"entry" else (at + 1,)

    def entries(self, *strand):
        return [at for at, line in enumerate(self.lines)
                if line.startswith(b"entry ") and (not strand or self.where(at)[:2] == strand)]

    def signatures(self):
        return [at for at, line in enumerate(self.lines) if line.startswith(b"signature ")]

    def strand(self, least=1):
        """A random strand's entries."""
        strands = sorted({self.where(at)[:2] for at in self.entries()})
        found = [self.entries(*strand) for strand in strands]
        return self.random.choice([strand for strand in found if len(strand) >= least])

    def entry(self):
        return self.random.choice(self.entries())

    def accuse(self, *ats):
        self.guilty |= {self.where(at) for at in ats}
        self.touched |= self.guilty

    def set(self, at, column, value):
        words = self.words(at)
        words[column] = value
        self.lines[at] = b" ".join(words) + b"\n"

    def flip(self, at, column):
        data = bytearray.fromhex(self.words(at)[column].decode())
        data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        self.set(at, column, data.hex().encode())

    def recount(self):
        """The last line says what is there now: whoever edits a file does that too."""
        self.lines[-1] = b"end %d %d\n" % (len(self.signatures()), len(self.entries()))

    def rechain(self, strand):
        """All hashes of a strand anew, as anybody can."""
        head, new = bytes(32), {}
        for at in self.entries(*strand):
            head = hashlib.sha256(head + bytes.fromhex(self.words(at)[5].decode())).digest()
            self.set(at, 4, head.hex().encode())
            new[self.where(at)] = head
        return new

    def rewrite_heads(self, new, sign=None):
        """What was signed made to say the new hashes; signed by sign, or not at all."""
        changed = []
        for at in self.signatures():
            heads = bytes.fromhex(self.words(at)[3].decode())
            said = b"".join(HEAD.pack(device, kind, number, new.get((device, kind.decode("latin-1"), number), head))
                            for device, kind, number, head in HEAD.iter_unpack(heads))
            if said != heads:
                changed.append(at)
            self.set(at, 3, said.hex().encode())
            if sign:
                self.set(at, 2, sign(said).hex().encode())
        return changed

    def neighbours(self, at):
        """The signed heads of a signature: without it, what they covered may be named."""
        heads = bytes.fromhex(self.words(at)[3].decode())
        return {(device, kind.decode("latin-1"), number) for device, kind, number, _ in HEAD.iter_unpack(heads)}


def a_bit_of_the_file(j):
    at = j.random.randrange(len(j.lines))
    line = bytearray(j.lines[at])
    byte = j.random.randrange(len(line))
    j.accuse(at)
    if byte == len(line) - 1 and at + 1 < len(j.lines):
        j.accuse(at + 1)
    if not line.startswith(b"entry "):  # what stood under a signature is without it
        j.guilty, j.touched = {(at + 1,), (0,)} if at + 1 == len(j.lines) else {(at + 1,)}, None
    else:
        j.touched = None
    line[byte] ^= 1 << j.random.randrange(8)
    j.lines[at] = bytes(line)
    j.lines = b"".join(j.lines).splitlines(keepends=True) if b"\r" not in line else j.lines


def a_bit_of_an_entry(j):
    at = j.entry()
    j.accuse(at)
    j.flip(at, 5)


def a_bit_of_a_hash(j):
    at = j.entry()
    j.accuse(at)
    j.flip(at, 4)


def a_bit_of_a_signature(j):
    at = j.random.choice(j.signatures())
    j.touched |= j.neighbours(at)
    j.accuse(at)
    j.flip(at, j.random.choice([2, 3]))
    j.touched |= j.neighbours(at)


def entries_removed(j):
    strand = j.strand(2)
    first = j.random.randrange(len(strand))
    gone = strand[first:first + j.random.randint(1, 3)]
    j.accuse(*gone)
    for at in reversed(gone):
        del j.lines[at]
    j.recount()


def a_strand_removed(j):
    gone = j.strand()
    j.accuse(*gone)
    del j.lines[gone[0]:gone[-1] + 1]
    j.recount()


def the_tail_of_the_file_cut(j):
    left = j.random.randrange(1, len(j.lines))
    j.guilty, j.touched = {j.where(at) for at in range(left, len(j.lines)) if j.lines[at].startswith(b"entry ")}, None
    if left <= j.signatures()[-1]:
        j.guilty = {(0,)}  # what was to be there is not known any more
    j.guilty.add((0,))
    del j.lines[left:]


def two_lines_swapped(j):
    strand = j.strand(2)
    one, other = sorted(j.random.sample(strand, 2))
    j.accuse(one, other)
    j.touched |= {j.where(at) for at in range(one, other)}
    j.lines[one], j.lines[other] = j.lines[other], j.lines[one]


def two_contents_swapped(j):
    one, other = j.random.sample(j.entries(), 2)
    j.accuse(one, other)
    for column in (4, 5):
        mine, theirs = j.words(one)[column], j.words(other)[column]
        j.set(one, column, theirs)
        j.set(other, column, mine)


def a_copy_put_in(j):
    at, to = j.entry(), j.entry()
    j.accuse(at)
    j.touched = None if to < at else j.touched  # all that follow a later one are out of order
    j.lines.insert(to, j.lines[at])
    j.recount()


def a_made_up_entry_put_in(j):
    strand = j.strand()
    at = j.random.choice(strand)
    j.lines.insert(at, j.lines[at])
    j.flip(at, 5)
    j.accuse(at)
    j.recount()


def an_entry_put_behind_the_last(j):
    strand = j.strand()
    where = j.where(strand[-1])
    data = bytearray.fromhex(j.words(strand[-1])[5].decode())
    struct.pack_into(">Q", data, 10, where[2] + 1)
    j.lines.insert(strand[-1] + 1, b"entry %d %s %d %s %s\n" % (
        where[0], where[1].encode(), where[2] + 1, b"0" * 64, data.hex().encode()))
    j.rechain(where[:2])
    j.accuse(strand[-1] + 1)
    j.recount()


def an_entry_numbered_anew(j):
    at = j.entry()
    device, kind, number = j.where(at)
    other = j.random.choice([n for n in range(0, number + 4) if n != number])
    j.accuse(at)
    j.set(at, 3, b"%d" % other)
    j.accuse(at)
    j.touched |= {(device, kind, n) for n in range(min(number, other), max(number, other) + 1)}


def removed_and_all_behind_it_numbered_and_hashed_anew(j):
    strand = j.strand(3)
    gone = j.random.choice(strand[:-1])
    where = j.where(gone)
    j.accuse(gone)
    j.touched |= {j.where(at) for at in strand if at > gone}
    del j.lines[gone]
    for at in j.entries(*where[:2])[where[2] - 1:]:
        data = bytearray.fromhex(j.words(at)[5].decode())
        struct.pack_into(">Q", data, 10, j.where(at)[2] - 1)
        j.set(at, 5, data.hex().encode())
        j.set(at, 3, b"%d" % (j.where(at)[2] - 1))
    j.rechain(where[:2])
    j.recount()


def moved_to_another_strand(j):
    at = j.entry()
    where = j.where(at)
    target = j.strand()
    while j.where(target[0])[:2] == where[:2]:
        target = j.strand()
    last = j.where(target[-1])
    j.accuse(at)
    line = b"entry %d %s %d " % (last[0], last[1].encode(), last[2] + 1) + b" ".join(j.words(at)[4:]) + b"\n"
    j.lines.insert(target[-1] + 1, line)
    j.accuse(target[-1] + 1)
    del j.lines[at if at < target[-1] else at + 1]
    j.recount()


def changed_and_hashed_anew(j):
    at = j.entry()
    j.accuse(at)
    j.flip(at, 5)
    j.rechain(j.where(at)[:2])


def changed_hashed_anew_and_what_was_signed_as_well(j):
    at = j.entry()
    where = j.where(at)
    j.accuse(at)
    j.flip(at, 5)
    j.accuse(*j.rewrite_heads(j.rechain(where[:2])))
    j.touched |= {where[:2] + (n,) for n in range(where[2], len(j.entries(*where[:2])) + 1)}
    j.touched |= {near for line in j.guilty if len(line) == 1 for near in j.neighbours(line[0] - 1)}


def all_signed_with_another_key(j):
    at = j.entry()
    j.known["key_id"] = j.words(1)[1].decode()
    key = Ed25519PrivateKey.from_private_bytes(j.random.randbytes(32))
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    j.flip(at, 5)
    j.rewrite_heads(j.rechain(j.where(at)[:2]), key.sign)
    name = hashlib.sha256(raw).hexdigest()[:16].encode()
    j.set(1, 1, name)
    j.set(1, 2, raw.hex().encode())
    for line in j.signatures():
        j.set(line, 1, name)
    j.accuse(at, 1)
    j.touched = None


NUMBER, TIME, TOTAL, TAX = 10, 18, 124, 132  # where they stand in a T entry
WRONG_SUMS = (
    (None, []),
    (TOTAL, ["the total is not the lines', with or without tax", "the total is not what was paid less the change"]),
    (TAX, ["the tax is not the sum of the lines' taxes", "the tax is not the sum of the kinds of tax"]),
    (NUMBER, ["its bytes say device {0}, {1}, entry 5: moved, or numbered anew"]),
    (TIME, ["its time lies before that of the entry before"]),
)


def test_sums_times_and_numbers_that_are_wrong_are_named_even_under_good_signatures(exports):
    """A shop that falsifies with its own key."""
    key = Ed25519PrivateKey.generate()
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    name = hashlib.sha256(raw).hexdigest()[:16].encode()
    for at_byte, sentences in WRONG_SUMS:
        j = Journal(exports[1].read_bytes().splitlines(keepends=True), 0)
        at = [at for at in j.entries() if j.where(at)[1] == "T"][3]
        data = bytearray.fromhex(j.words(at)[5].decode())
        if at_byte:
            [value] = struct.unpack_from(">q", data, at_byte)
            struct.pack_into(">q", data, at_byte, value + 1 if at_byte != TIME else 1)
        j.set(at, 5, data.hex().encode())
        j.rewrite_heads(j.rechain(j.where(at)[:2]), key.sign)
        j.set(1, 1, name)
        j.set(1, 2, raw.hex().encode())
        for line in j.signatures():
            j.set(line, 1, name)
        verifier = verify.Verifier()
        verifier.read(j.lines)
        where = j.where(at)
        assert where[2] == 4
        assert verifier.findings == [((*where, 4), sentence.format(*where)) for sentence in sentences]


def a_tail_cut_with_all_that_was_signed_of_it(j):
    """Only who kept an earlier export can tell."""
    strand = j.strand(2)
    gone = strand[j.random.randrange(1, len(strand)):]
    where = {j.where(at) for at in gone}
    j.accuse(*gone)
    j.known["earlier"] = list(j.lines)
    del j.lines[gone[0]:gone[-1] + 1]
    for at in reversed(j.signatures()):
        if j.neighbours(at) & where:
            del j.lines[at]
    j.recount()


def a_signature_removed(j):
    at = j.random.choice(j.signatures())
    j.touched |= j.neighbours(at)
    j.guilty = {(0,)}
    del j.lines[at]


EDITORS = [editor for name, editor in list(globals().items())
           if getattr(editor, "__module__", None) == __name__ and getattr(editor, "__code__", None)
           and editor.__code__.co_varnames[:1] == ("j",)]


def covered(place, findings):
    if len(place) == 1:
        return any(found[0] == place[0] for found, _ in findings if len(found) == 1)
    return any(found[:2] == place[:2] and found[2] <= place[2] <= found[3] for found, _ in findings if len(found) == 4)


def stray(findings, touched):
    """A finding that meets nothing of what was touched."""
    for found, sentence in findings:
        if len(found) == 4 and not any(place[:2] == found[:2] and found[2] <= place[2] <= found[3]
                                       for place in touched if len(place) == 3):
            return found, sentence
    return None


def test_a_thousand_random_edits_are_each_named_with_their_place(exports):
    drawn = seed()
    lines = exports[1].read_bytes().splitlines(keepends=True)
    begun = time.process_time()  # the machine may be busy
    assert len(EDITORS) == 20
    for edit in range(EDITS):
        j = Journal(lines, f"{drawn}/{edit}")
        editor = EDITORS[edit % len(EDITORS)]
        editor(j)
        if j.lines == lines:
            continue
        verifier = verify.Verifier(**j.known)
        verifier.read(j.lines)
        told = f"seed {drawn}, edit {edit}: {editor.__name__}, guilty {j.guilty}, findings {verifier.findings[:9]}"
        assert verifier.findings, told
        if editor is a_bit_of_the_file:
            assert any(covered(place, verifier.findings) for place in j.guilty), told
        else:
            assert all(covered(place, verifier.findings) for place in j.guilty), told
        assert j.touched is None or not stray(verifier.findings, j.touched), (stray(verifier.findings, j.touched), told)
    assert time.process_time() - begun < 60


def test_the_verifier_is_short_enough_to_be_read():
    """Two hundred lines of code at most: blank ones, comments and the help's text aside."""
    text = re.sub(r'^""".*?^"""$', "", VERIFY.read_text(), flags=re.S | re.M)
    assert len([line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]) < 200


def test_who_reads_no_further_is_shown_no_traceback():
    """As `verify-journal FILE | head` does."""
    process = subprocess.Popen([VERIFY, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    process.stdin.write("no journal\n")
    process.stdin.close()
    assert process.stderr.read() == "" and process.wait(30) == -signal.SIGPIPE
