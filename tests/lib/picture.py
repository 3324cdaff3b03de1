"""What came out of a printer as a picture, for readers of codes: the dots of its codes as its commands have them, between lines of
text, of which each letter is a dark box.

    code128(data)             # the bars of what GS k was given: 1 is dark
    qr(code)                  # the modules of the printer's own QR encoder, in rows
    seen(paper, columns, tmp_path)   # what zbarimg reads off the whole paper: [("QR-Code", "3T-000042")]
"""
import struct
import subprocess
import zlib

COLUMN, LINE, LETTER, BOX = 12, 30, 24, 8  # dots: of a cell and its letter
MARGIN = 24
PATTERNS = """212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221
223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113
132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113
312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111
241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
411311 113141 114131 311141 411131 211412 211214 211232 2331112""".split()
START, SHIFT_TO, STOP = {"A": 103, "B": 104, "C": 105}, {"A": 101, "B": 100, "C": 99}, 106


def symbols(data):
    """Of "{Babc{C\\x01\\x02": the start, the characters and changes of sets."""
    found, which, at = [], None, 0
    while at < len(data):
        byte = data[at]
        if byte == ord("{") and chr(data[at + 1]) in START:
            name = chr(data[at + 1])
            found.append(SHIFT_TO[name] if which else START[name])
            which = name
            at += 2
            continue
        if byte == ord("{"):  # itself
            at += 1
        found.append(byte if which == "C" else byte + 64 if which == "A" and byte < 32 else byte - 32)
        at += 1
    return found


def code128(data):
    values = symbols(data)
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    widths = "".join(PATTERNS[value] for value in (*values, check, STOP))
    return [dark for at, width in enumerate(widths) for dark in [1 - at % 2] * int(width)]


def qr(code):
    drawn = subprocess.run(["qrencode", "-8", "-m", "0", "-t", "ASCII", "-l", code.level], input=code.data, check=True,
                           capture_output=True).stdout.decode()
    return [[int(line[at] == "#") for at in range(0, len(line), 2)] for line in drawn.splitlines()]


def modules(code):
    """Its rows of dots."""
    if code.kind == "qr":
        rows = [[dark for dark in row for _ in range(code.size)] for row in qr(code)]
        return [row for row in rows for _ in range(code.size)]
    return [[dark for dark in code128(code.raw) for _ in range(code.size)]] * code.height


def placed(rows, align, width):
    """On paper so wide."""
    assert rows and len(rows[0]) <= width, f"{len(rows[0])} dots on paper of {width}"
    left = [0, (width - len(rows[0])) // 2, width - len(rows[0])][align]
    return [[0] * left + row + [0] * (width - left - len(row)) for row in rows]


def text_rows(line):
    tall, dots = max([cell.tall for cell in line.cells], default=1), []
    for cell in line.cells:
        dots += ([int(cell.character != " ")] * BOX + [0] * (COLUMN - BOX)) * cell.wide
    dots = dots or [0]
    return [dots] * LETTER * tall + [[0] * len(dots)] * (LINE - LETTER) * tall


def dots(paper, columns):
    """Of all of it, from the top."""
    width, found = columns * COLUMN, []
    for at in range(len(paper.lines) + 1):
        for code in paper.codes:
            if code.after_line == at:
                found += placed(modules(code), code.align, width)
        if at < len(paper.lines):
            found += placed(text_rows(paper.lines[at]), paper.lines[at].align, width)
    return found


def png(rows):
    """1 is dark."""
    width = len(rows[0]) + 2 * MARGIN
    blank = [[0] * width] * MARGIN
    lines = b"".join(b"\0" + bytes(0 if dark else 255 for dark in row)
                     for row in blank + [[0] * MARGIN + row + [0] * MARGIN for row in rows] + blank)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # noqa: E731
    head = struct.pack(">IIBBBBB", width, len(rows) + 2 * MARGIN, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def seen(paper, columns, folder):
    path = folder / "paper.png"
    path.write_bytes(png(dots(paper, columns)))
    read = subprocess.run(["zbarimg", "-q", path], capture_output=True, check=True).stdout.decode()
    return [tuple(line.split(":", 1)) for line in read.splitlines()]
