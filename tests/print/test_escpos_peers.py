"""The receipt's bytes, judged by two encoders that others wrote and by a bar code reader.

What each encoder prints is read by a printer in Python (escpos.py) and compared as paper: the lines, their size and
weight, the codes, the cut, the drawer. `npm ci` fetches the peers, whose contents the lock file pins; without node or
the registry this fails.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess

import pytest

import escpos
import picture
from seed import seed

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])
TOOL = BUILD / "tests" / "escpos_tool"
PAGES = "pc858,wpc1252,pc437"

SALE = [
    ("title", "Caroline's Cookies", ""),
    ("centre", "12 Baker Street, 10115 Berlin, on the corner of the market", ""),
    ("centre", "DE 123 456 789", ""),
    ("rule", "", ""),
    ("pair", "3T-000042", "2026-11-22 17:04"),
    ("text", "Taken away", ""),
    ("rule", "", ""),
    ("pair", "Croissant", "5.85"),
    ("text", "  3 x 1.95", ""),
    ("pair", "Grandmother's apple and cinnamon crumble cake, half", "12.50"),
    ("pair", "Éclair à la crème brûlée", "3.40"),
    ("pair", "Weißbrot €, Œuf, Señora, ½ £", "3.40"),
    ("rule", "", ""),
    ("total", "Total EUR", "23.65"),
    ("pair", "VAT7 7.0 % on 22.10", "1.55"),
    ("pair", "Cash", "50.00"),
    ("pair", "Change", "26.35"),
    ("rule", "", ""),
    ("pair", "Points earned", "236"),
    ("pair", "Your points", "471"),
    ("code", "3T-000042", ""),
]


@pytest.fixture(scope="session")
def peers():
    """A folder with the peers' packages, made once a build."""
    folder = BUILD / "tests" / "escpos-peers"
    wanted = (HERE / "peers" / "package-lock.json").read_bytes()
    if not (folder / "made").exists() or (folder / "made").read_bytes() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "peers" / name, folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=100,
                       stdin=subprocess.DEVNULL)
        (folder / "made").write_bytes(wanted)
    return folder


def ours(rows, columns=42, code="qr", pages=PAGES, cut=True, wanted="receipt"):
    lines = "".join("\t".join(row) + "\n" for row in rows)
    made = subprocess.run([TOOL, str(columns), pages, code, str(int(cut)), wanted], input=lines.encode(), check=True,
                          capture_output=True, timeout=20)
    return made.stdout


def theirs(folder, peer, rows, columns=42, code="qr", drawer=0):
    asked = dict(peer=peer, columns=columns, code=code, drawer=drawer, rows=rows)
    made = subprocess.run(["node", HERE / "peers" / "print.mjs"], input=json.dumps(asked).encode(), check=True,
                          capture_output=True, env={**os.environ, "PEERS": str(folder)}, timeout=60)
    return made.stdout


def of_paper(paper):
    """What a person sees of a line: its text, and how its first character is printed. Where a centred line
    begins is not compared, and neither are empty lines."""
    seen = []
    for line in paper.lines:
        first = next((cell for cell in line.cells if cell.character != " "), None)
        if first:
            text = line.text.lstrip() if line.text.startswith("   ") or first.wide == 2 else line.text
            seen.append((text, first.bold, first.wide, first.tall))
    return seen


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("code", ["qr", "128"])
def test_prints_what_another_encoder_prints(peers, columns, code):
    mine = escpos.printed(ours(SALE, columns, code))
    peer = escpos.printed(theirs(peers, "receipt-printer-encoder", SALE, columns, code))

    if columns == 32:  # the large title takes two lines, which the peer cuts elsewhere
        title = [(line.text.strip(), line.cells[-1].wide) for line in mine.lines[:2]]
        assert title == [("Caroline's", 2), ("Cookies", 2)]
        assert of_paper(mine)[2:] == [line for line in of_paper(peer) if line[2] == 1]
    else:
        assert of_paper(mine) == of_paper(peer)
    assert [(c.kind, c.data, c.align, c.level, c.model) for c in mine.codes] == \
        [(c.kind, c.data, c.align, c.level, c.model) for c in peer.codes] != []
    assert [kind for _, kind in mine.cuts] == [kind for _, kind in peer.cuts] == ["partial"]
    assert all(line.columns <= columns for line in mine.lines)


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_prints_what_a_second_one_prints(peers, columns):
    """Short rows alone: it cuts words anywhere. Its rule is of another character, its QR code a picture."""
    rows = [row for row in SALE if row[0] != "rule" and len(row[1]) + len(row[2]) < columns and row[0] != "title"
            and not row[1].startswith(" ")]
    mine = escpos.printed(ours(rows, columns, "128"))
    peer = escpos.printed(theirs(peers, "receiptline", rows, columns, "128"))

    # Its large letters are twice as high too, for what ours prints a total with.
    assert of_paper(mine) == of_paper(peer)
    assert [c.data for c in mine.codes] == [c.data for c in peer.codes] == [b"3T-000042"]
    assert mine.cuts and peer.cuts


@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawer_opens_as_another_encoder_opens_it(peers, pin):
    mine = ours([], wanted=f"kick{pin}")
    peer = theirs(peers, "receipt-printer-encoder", SALE, drawer=pin)

    assert escpos.printed(mine).kicks == escpos.printed(peer).kicks == [pin]
    assert mine in peer  # to the pulse's length


def random_rows(chance):
    """Words of letters that the three pages have, of all lengths; controls and letters of no page among the texts."""
    letters = "abcdefghijklmnopqrstuvwxyzABCÄÖÜäöüßéèêçñ€œŒ½£¿"
    word = lambda: "".join(chance.choice(letters) for _ in range(chance.randint(1, 9)))
    text = lambda: " ".join(word() for _ in range(chance.randint(1, 7)))[:60].strip()
    rows = []
    for _ in range(chance.randint(1, 20)):
        kind = chance.choice(["text", "centre", "pair", "total", "rule"])
        rows.append((kind, "" if kind == "rule" else text(),
                     f"{chance.randint(0, 99999) / 100:.2f}" if kind in ("pair", "total") else ""))
    return rows


def test_random_receipts_alike(peers):
    """Their lines, whatever the words: what is compared is the text, since attributes are above."""
    chance = random.Random(seed())
    for _ in range(12):
        rows, columns = random_rows(chance), chance.choice([32, 42, 48])
        mine = escpos.printed(ours(rows, columns))
        peer = escpos.printed(theirs(peers, "receipt-printer-encoder", rows, columns))
        words = lambda paper: " ".join(paper.text.split())
        assert words(mine) == words(peer), rows


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("text", ["3T-000042", "12X-999999999", "HTTPS://CAROLINE.EXAMPLE/R/3T-000042?A=1&B=2", "a{b}c"])
def test_a_reader_reads_the_code_off_the_paper(text, columns, tmp_path):
    """Among the lines of a whole receipt, as wide as the paper, with what the bytes say of its size, level and bars."""
    rows = [*SALE[:-1], ("code", text, ""), ("centre", "Come again", "")]
    paper = escpos.printed(ours(rows, columns))
    assert picture.seen(paper, columns, tmp_path) == [("QR-Code", text)]
    paper = escpos.printed(ours(rows, columns, code="128"))
    if paper.codes:
        assert picture.seen(paper, columns, tmp_path) == [("CODE-128", text)]
    else:  # too wide for the paper: as text alone
        assert columns == 32 or len(text) > 20
        assert text[:20] in paper.text


def test_marks_what_is_printed_again(peers):
    both = escpos.printed(ours([], wanted="again") + ours(SALE))
    assert both.lines[0].text.strip() == "*** PRINTED AGAIN ***" and both.lines[0].cells[-1].bold
    assert both.text.split("\n", 1)[1] == escpos.printed(ours(SALE)).text
    assert both.resets == 2
