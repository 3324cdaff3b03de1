"""The code of a receipt, as the screen shows it, is read by a reader of codes: the half blocks of the golden screens as a picture."""
import pathlib
import struct
import subprocess
import zlib

import pytest

GOLDEN = pathlib.Path(__file__).parent / "golden"
LIGHT = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
DOT = 8
# What stands on the receipt that test_counter_receipt_code.c shows.
SAID = {
    "80x24": "Caroline's Cookies\n3T-000042 1970-01-01 01:00\nTotal EUR 22.64\nVAT 7 % on 21.16 1.48",
    "120x40": "Caroline's Cookies\n1 Oven Street\nT-1\n3T-000042 1970-01-01 01:00\nTaken away\nCroissant 5.85\n3 x 1.95\n"
              "Éclair au chocolat 3.50\nChocolate Cake 8.95\n餅クッキー 2.10\nRye bread by weight 2.24\n0.35 kg x 6.40\n"
              "Total EUR 22.64\nVAT 7 % on 21.16 1.48",
}


def modules(screen):
    """The code's rows of 0 (dark) and 1, out of its cells: they begin at the left, in the line below the title."""
    lines = screen.splitlines()[1:]
    width = len(lines[0]) - len(lines[0].lstrip("█"))  # the margin
    rows = []
    for line in lines:
        cells = line[:width].ljust(width)
        if cells[0] != "█" or any(cell not in LIGHT for cell in cells):
            break
        rows += [[LIGHT[cell][half] for cell in cells] for half in (0, 1)]
    return rows


def png(rows):
    """As on the screen: what is around the code and its margin is black."""
    dark = [[0] * (len(rows[0]) + 8)] * 4
    wide = dark + [[0] * 4 + row + [0] * 4 for row in rows] + dark
    lines = b"".join((b"\0" + bytes(255 * light for light in row for _ in range(DOT))) * DOT for row in wide)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", len(wide[0]) * DOT, len(wide) * DOT, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", SAID)
def test_A13_a_reader_reads_the_receipt_off_the_screen(size, tmp_path):
    picture = tmp_path / "code.png"
    picture.write_bytes(png(modules((GOLDEN / f"receipt-code-{size}.txt").read_text())))
    read = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, check=True).stdout.decode()
    assert read == SAID[size] + "\n"
