"""A shop's exported journal verifies. Random edits of it: tests/wire/test_journal_edits.py."""
import hashlib
import re
import signal
import struct
import subprocess
import sys

import pytest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cli import console
from journal_edits import Journal
from shop import pb
from verifying import VERIFY, verify


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
    for at_byte, sentences in WRONG_SUMS:
        j = Journal(exports[1].read_bytes().splitlines(keepends=True), 0)
        at = [at for at in j.entries() if j.where(at)[1] == "T"][3]
        data = bytearray.fromhex(j.words(at)[5].decode())
        if at_byte:
            [value] = struct.unpack_from(">q", data, at_byte)
            struct.pack_into(">q", data, at_byte, value + 1 if at_byte != TIME else 1)
        j.set(at, 5, data.hex().encode())
        j.sign_all(j.rechain(j.where(at)[:2]), key)
        verifier = verify.Verifier()
        verifier.read(j.lines)
        where = j.where(at)
        assert where[2] == 4
        assert verifier.findings == [((*where, 4), sentence.format(*where)) for sentence in sentences]


def test_the_verifier_is_short_enough_to_be_read():
    """Two hundred lines of code at most: blank ones, comments and the help's text aside."""
    text = re.sub(r'^""".*?^"""$', "", VERIFY.read_text(), flags=re.S | re.M)
    assert len([line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]) < 200


def test_what_is_asked_wrongly_or_cannot_be_read_is_said(exports, tmp_path):
    """A key's id that is empty, of a script's unset variable, is none: the file's own would be taken for the one that was asked for."""
    for key in "", "0f3a", "0F3A99BC0F3A99BC", "\x1b[31m" + "0" * 11:
        status, said = program(exports[1], "--key", key)
        assert status == 2 and "error: a key's id is 16 digits and letters" in said
    for receipt in "", f"{'7' * 5000}T-000001:00000000", f"1T-{'7' * 5000}:00000000":
        status, said = program(exports[1], "--receipt", receipt)
        assert status == 2 and "error: a receipt is given as 3T-000042:0f3a99bc" in said
    for unread, why in (tmp_path, "Is a directory"), (tmp_path / "none", "No such file"), ("/proc/self/mem", "Input/output error"):
        for arguments in (unread,), (exports[1], "--earlier", unread):
            status, said = program(*arguments)
            assert status == 2 and re.search(rf"^verify-journal: error: .*{why}", said, re.M) and "Traceback" not in said


def test_nothing_of_a_file_is_obeyed_by_the_terminal(tmp_path):
    key, path = Ed25519PrivateKey.generate(), tmp_path / "journal"
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    heads = b"".join(struct.pack(">QcQ32s", 5, kind, 9, bytes(32)) for kind in (b"\x1b", b"\x9b", b"\x07"))
    id = hashlib.sha256(raw).hexdigest()[:16]
    path.write_text(f"caroline-journal 1\nkey {id} {raw.hex()}\nsignature {id} {key.sign(heads).hex()} {heads.hex()}\nend 1 0\n")
    status, said = program(path)
    assert status == 1 and said.isascii() and all(letter.isprintable() or letter == "\n" for letter in said)
    for kind in r"\x1b", r"\x9b", r"\x07":
        assert f"device 5, {kind}, entries 1 to 9: signed, not here: cut\n" in said
    for content, sentence in (b"", "the file: it is empty"), (b"\xff\xfe\x00", "line 1: it is no line of a journal"), \
            (b"caroline-journal 1\nentry 5 \x9b 1 0 0\n", "line 2: it is no line of a journal"), \
            (b"caroline-journal 1\nentry %s T 1 %s 00\n" % (b"7" * 5000, b"0" * 64), "line 2: it is no line of a journal"):
        path.write_bytes(content)
        status, said = program(path)
        assert status == 1 and sentence in said and said.isascii() and "Traceback" not in said


def test_who_reads_no_further_is_shown_no_traceback():
    """As `verify-journal FILE | head` does."""
    process = subprocess.Popen([VERIFY, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    process.stdin.write("no journal\n")
    process.stdin.close()
    assert process.stderr.read() == "" and process.wait(30) == -signal.SIGPIPE
