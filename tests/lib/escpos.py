"""A receipt printer in Python: what bytes in ESC/POS put on paper.

    paper = printed(data)           # Paper: lines of cells, codes, cuts, kicks, in the order they came
    paper.text                      # the lines as text
    paper.lines[0].cells[3].bold

Commands it does not know are errors, and so is everything a receipt has no business to say.
"""
import dataclasses

PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
COLUMN_DOTS = 12


@dataclasses.dataclass(frozen=True)
class Cell:
    character: str
    bold: bool = False
    wide: int = 1
    tall: int = 1


@dataclasses.dataclass
class Line:
    cells: list
    align: int = 0  # 0 left, 1 centre, 2 right

    @property
    def text(self):
        return "".join(cell.character for cell in self.cells).rstrip()

    @property
    def columns(self):
        return sum(cell.wide for cell in self.cells)


@dataclasses.dataclass
class Code:
    kind: str  # "qr", "code128"
    data: bytes
    align: int
    after_line: int
    size: int = 0
    level: str = ""
    model: int = 0
    raw: bytes = b""  # of a bar code: as it was sent, with its sets
    height: int = 0


class Unknown(Exception):
    pass


class Paper:
    def __init__(self):
        self.lines, self.codes, self.cuts, self.kicks, self.asked = [], [], [], [], []
        self.resets = 0
        self.pages = []  # as they were chosen

    @property
    def text(self):
        return "".join(line.text + "\n" for line in self.lines)

    @property
    def receipts(self):
        """The lines' texts between the cuts."""
        begins = [0, *(line for line, _ in self.cuts)]
        return ["".join(line.text + "\n" for line in self.lines[a:b]) for a, b in zip(begins, begins[1:])]


class Printer:
    """Takes bytes in any pieces; a command that is cut off waits for the rest."""

    def __init__(self):
        self.paper = Paper()
        self.rest = b""
        self.reset()

    def reset(self):
        self.page, self.bold, self.wide, self.tall, self.align = "cp437", False, 1, 1, 0
        self.national = None  # ESC R: which characters stand for # $ @ [ \ ] ^ ` { | } ~
        self.cells = {}  # by column
        self.at = 0  # dots
        self.qr = {}
        self.bar = {"h": 162, "w": 3, "H": 0}

    # ---- what is printed ----

    def character(self, byte):
        text = bytes([byte]).decode(self.page if byte >= 128 else "ascii")
        column = self.at // COLUMN_DOTS
        self.cells[column] = Cell(text, self.bold, self.wide, self.tall)
        self.at = (column + self.wide) * COLUMN_DOTS

    def end_line(self):
        cells, column = [], 0
        for at in sorted(self.cells):
            while column < at:
                cells.append(Cell(" "))
                column += 1
            cells.append(self.cells[at])
            column += self.cells[at].wide
        self.paper.lines.append(Line(cells, self.align))
        self.cells, self.at = {}, 0

    def flush_line(self):
        if self.cells:
            self.end_line()

    # ---- what is said ----

    def feed(self, data):
        self.rest += data
        at = 0
        while at < len(self.rest):
            size = self.command(self.rest, at)
            if size is None:
                break
            at += size
        self.rest = self.rest[at:]
        return self.paper

    def command(self, data, at):
        byte = data[at]
        if byte in (0x1B, 0x1C, 0x1D, 0x10):
            for names in (data[at:at + 2], data[at:at + 3]):
                handler = COMMANDS.get(bytes(names))
                if handler:
                    size, act = handler
                    head = len(names)
                    if size == "counted":
                        return self.counted(data, at, head, act)
                    if len(data) < at + head + size:
                        return None
                    act(self, data[at + head:at + head + size])
                    return head + size
            if len(data) < at + 3:
                return None
            return self.odd(data, at)
        if byte == 0x0A:
            self.end_line()
        elif byte == 0x0D:
            pass
        elif byte < 0x20 or byte == 0x7F:
            raise Unknown(f"control character {byte:#x} at {at}")
        else:
            self.character(byte)
        return 1

    def counted(self, data, at, head, act):
        if len(data) < at + head + 2:
            return None
        size = data[at + head] + 256 * data[at + head + 1]
        if len(data) < at + head + 2 + size:
            return None
        act(self, data[at + head + 2:at + head + 2 + size])
        return head + 2 + size

    def odd(self, data, at):
        """Commands whose length is their own."""
        if data[at:at + 2] == b"\x1dV":
            kind = data[at + 2]
            if kind in (65, 66):
                if len(data) < at + 4:
                    return None
            elif kind not in (0, 1, 48, 49):
                raise Unknown(f"cut {kind}")
            self.flush_line()
            self.paper.cuts.append((len(self.paper.lines), "partial" if kind in (1, 49, 66) else "full"))
            return 4 if kind in (65, 66) else 3
        if data[at:at + 2] == b"\x1dk":
            if len(data) < at + 4 or len(data) < at + 4 + data[at + 3]:
                return None
            if data[at + 2] != 73:
                raise Unknown(f"bar code of kind {data[at + 2]}")
            size = data[at + 3]
            self.flush_line()
            self.paper.codes.append(Code("code128", code128(data[at + 4:at + 4 + size]), self.align, len(self.paper.lines),
                                         self.bar["w"], raw=data[at + 4:at + 4 + size], height=self.bar["h"]))
            return 4 + size
        raise Unknown(f"command {data[at:at + 3]!r} at {at}")

    def set(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def choose_page(self, number):
        if number not in PAGES:
            if number == 1:  # katakana: only its line is used by anybody
                self.page = "cp437"
                return
            raise Unknown(f"page {number}")
        self.page = PAGES[number]
        self.paper.pages.append(self.page)

    def move(self, dots, absolute):
        dots = dots[0] + 256 * dots[1]
        self.at = dots if absolute else self.at + dots

    def start(self):
        self.reset()
        self.paper.resets += 1

    def code_2d(self, body):
        if body[0] != 49:
            raise Unknown(f"two-dimensional code {body[0]}")
        function, rest = body[1], body[2:]
        if function == 81:
            self.flush_line()
            self.paper.codes.append(Code("qr", self.qr["data"], self.align, len(self.paper.lines), self.qr["size"],
                                         self.qr["level"], self.qr["model"]))
        elif function == 65:
            self.qr["model"] = rest[0] - 48
        elif function == 67:
            self.qr["size"] = rest[0]
        elif function == 69:
            self.qr["level"] = "LMQH"[rest[0] - 48]
        elif function == 80:
            assert rest[0] == 48
            self.qr["data"] = bytes(rest[1:])
        else:
            raise Unknown(f"QR function {function}")


def code128(data):
    """What a reader says of "{Babc{C\\x01\\x02": sets A, B and C."""
    said, which, at = b"", None, 0
    while at < len(data):
        if data[at:at + 1] == b"{":
            name = data[at + 1:at + 2]
            at += 2
            if name == b"{":
                said += b"{"
            elif name in (b"A", b"B", b"C"):
                which = name
            else:
                raise Unknown(f"in a bar code: {name!r}")
        else:
            assert which, "the set comes first"
            said += b"%02d" % data[at] if which == b"C" else data[at:at + 1]
            at += 1
    return said


def nothing(printer, data):
    pass


COMMANDS = {
    b"\x1b@": (0, lambda p, d: p.start()),
    b"\x1bR": (1, lambda p, d: p.set(national=d[0])),
    b"\x1bt": (1, lambda p, d: p.choose_page(d[0])),
    b"\x1bM": (1, nothing),  # the font: A everywhere
    b"\x1bE": (1, lambda p, d: p.set(bold=bool(d[0] & 1))),
    b"\x1ba": (1, lambda p, d: (p.flush_line(), p.set(align=d[0] % 48))),
    b"\x1bd": (1, lambda p, d: p.end_line() if p.cells else [p.end_line() for _ in range(d[0])]),
    b"\x1bp": (3, lambda p, d: p.paper.kicks.append({0: 2, 1: 5}[d[0] % 48])),
    b"\x1b2": (0, nothing),
    b"\x1b3": (1, nothing),
    b"\x1b ": (1, nothing),
    b"\x1b-": (1, nothing),
    b"\x1b{": (1, nothing),
    b"\x1b$": (2, lambda p, d: p.move(d, True)),
    b"\x1b\\": (2, lambda p, d: p.move(d, False)),
    b"\x1c.": (0, nothing),
    b"\x1cC": (1, nothing),
    b"\x1c-": (1, nothing),
    b"\x1cS": (2, nothing),
    b"\x1c(A": ("counted", nothing),
    b"\x1d!": (1, lambda p, d: p.set(wide=(d[0] >> 4) + 1, tall=(d[0] & 15) + 1)),
    b"\x1dB": (1, nothing),
    b"\x1da": (1, nothing),
    b"\x1dL": (2, nothing),
    b"\x1dW": (2, nothing),
    b"\x1dh": (1, lambda p, d: p.bar.update(h=d[0])),
    b"\x1dw": (1, lambda p, d: p.bar.update(w=d[0])),
    b"\x1dH": (1, lambda p, d: p.bar.update(H=d[0])),
    b"\x1dr": (1, lambda p, d: p.paper.asked.append(("r", d[0]))),
    b"\x10\x14\x01": (2, lambda p, d: p.paper.kicks.append({0: 2, 1: 5}[d[0]])),
    b"\x10\x04": (1, lambda p, d: p.paper.asked.append(("DLE EOT", d[0]))),
    b"\x1d(k": ("counted", lambda p, d: p.code_2d(d)),
}


def printed(data):
    """A whole print: nothing may be left over."""
    printer = Printer()
    paper = printer.feed(data)
    assert not printer.rest, f"cut off: {printer.rest!r}"
    printer.flush_line()
    return paper
