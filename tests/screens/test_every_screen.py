"""Every screen of the counter and the console and every page of the kiosk, on terminals of four kinds, at 80x24 and at 120x40 and from
one to the other: what pyte shows, what tmux shows and what stands in golden/ are the same, but for what a table says.

The tests of screens are played by themselves (played.h): each golden is drawn by the product's terminal from the one before. A draw of
the kinds in each run; with CAROLINE_PLAYED=all half of kinds and sizes a night, of each program others, or all (CAROLINE_SHARE=1, as in tests/long)."""
import collections
import concurrent.futures
import fcntl
import os
import pathlib
import pty
import random
import re
import struct
import subprocess
import termios

from emulators import Pyte, Tmux
from seed import seed, tonight
from terminal import BUILD

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
GOLDEN = {file.stem: file.read_text().splitlines() for file in (HERE / "golden").glob("*.txt")}
PROGRAMS = sorted(file.stem for file in HERE.glob("test_*.c") if re.search(r"_golden\(|golden_check", file.read_text()))

# TERM, locale
KINDS = {"xterm": ("xterm-256color", "C.UTF-8"), "linux": ("linux", "C.UTF-8"), "vt100": ("vt100", "C.UTF-8"),
         "C": ("xterm-256color", "C")}
SIZES = {"small": (24, 80), "large": (40, 120)}

# What stands for a sign where there is none: on the Linux console, on a VT100 and in the C locale.
SIGNS = {"●": "*", "○": "!", "█": "#", "░": ".", "▲": "^", "▼": "v", "▸": ">", "★": "*", "✓": "[x]", "─": "-", "│": "|",
         "┌": "+", "┐": "+", "└": "+", "┘": "+"}
# ... and for a letter, where there is none beyond ASCII: on a VT100 and in the C locale.
LETTERS = {"×": "x", "–": "-", "…": "~", "•": "*", "€": "EUR", "É": "E", "é": "e", "è": "e", "ç": "c", "ñ": "n", "û": "u", "ü": "u",
           "Ü": "U", "ß": "ss"}
WIDE = "餅クッキー"
LETTERS.update({letter: "??" for letter in WIDE})
ASCII = ("vt100", "C")
TABLES = {"xterm": {}, "linux": SIGNS, "vt100": {**SIGNS, **LETTERS}, "C": {**SIGNS, **LETTERS}}
# A code for cameras wants half blocks: where there are none, the foot has no key that leads to it, or words stand in its place
# (test_counter_receipt_code, test_counter_stored_cards, test_kiosk_member).
NO_CODE, CODE = "F3 As a code", ("receipt-code", "card-page", "visit-card")


def play(program, kind, first, directory):
    """All bytes that it sends to its terminal."""
    term, locale = KINDS[kind]
    rows, columns = SIZES[first]
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    raw_mode = termios.tcgetattr(far)
    raw_mode[1] &= ~termios.OPOST
    termios.tcsetattr(far, termios.TCSANOW, raw_mode)
    settings = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_CTYPE", "NO_COLOR", "CAROLINE_GOLDEN")}
    settings.update(TERM=term, LANG=locale, CAROLINE_PLAY=first, ASAN_OPTIONS="detect_leaks=0", CMOCKA_MESSAGE_OUTPUT="XML",
                    CMOCKA_XML_FILE=str(directory / f"{program}-{kind}-{first}.xml"))
    raw = b""
    with open(directory / f"{program}-{kind}-{first}.err", "w+") as errors:
        child = subprocess.Popen([BUILD / "tests" / program], stdin=far, stdout=far, stderr=errors, env=settings)
        os.close(far)
        while True:
            try:
                data = os.read(near, 65536)
            except OSError:
                break
            if not data:
                break
            raw += data
        os.close(near)
        status = child.wait()
        errors.seek(0)
        assert status == 0, f"{program} under {kind}, {first} first:\n{errors.read()[-4000:]}"
    return raw


def symbols(program):
    """Screens and pages of a program by their addresses beside played_show()."""
    lines = subprocess.run(["nm", BUILD / "tests" / program], capture_output=True, text=True, check=True).stdout.splitlines()
    found = {name: int(address, 16) for address, _, name in (line.split() for line in lines if len(line.split()) == 3)
             if name == "played_show" or name.endswith(("_screen", "_page"))}
    return {address - found["played_show"]: name for name, address in found.items()}


def told(raw):
    """Pieces of bytes and what was told behind each."""
    parts = re.split(rb"\033\]2;caroline ([^\007]*)\007", raw)
    return zip(parts[0::2], [part.decode() for part in parts[1::2]])


def wanted(line, kind):
    """What stands there in this kind's characters; and whether the line keeps its columns by that."""
    table = TABLES[kind]
    text = "".join(table.get(letter, letter) for letter in line)
    assert kind not in ASCII or text.isascii(), f"no row of the table has a letter of {line!r}"
    return text, all(len(table[letter]) == 1 for letter in line if letter in table)


def is_as(shown, line, kind):
    """Where letters become more or fewer, the blanks between words do too; letters of two columns are cut elsewhere."""
    text, same = wanted(line, kind)
    if same:
        return shown == text
    if re.search(r"  [0-9.,-]+$", line) and len(shown) != len(line) + sum(letter in WIDE for letter in line):
        return False  # an amount has left its column
    return any(letter in WIDE for letter in line) or re.sub(" +", " ", shown) == re.sub(" +", " ", text)


def differs(shown, golden, kind):
    """The first line that is another."""
    if len(shown) != len(golden):
        return f"{len(shown)} lines instead of {len(golden)}"
    if kind in ASCII and not all(line.isascii() for line in shown):
        return "it is not in ASCII alone"
    if kind != "xterm" and any(NO_CODE in line for line in golden):
        if any(NO_CODE in line for line in shown):
            return "its foot has a key that does nothing here"
        shown, golden = shown[:-3], golden[:-3]
    for number, (line, text) in enumerate(zip(shown, golden)):
        if not is_as(line, text, kind):
            return f"line {number + 1} is\n{line}\nand should be\n{wanted(text, kind)[0]}"
    return None


class Stage:
    """Both emulators, and what was seen on them."""

    def __init__(self, kind, first, directory):
        self.kind = kind
        directory.mkdir()
        self.both = [Pyte(*SIZES[first]), Tmux(directory, *SIZES[first])]

    def close(self):
        self.both[1].close()

    def feed(self, data):
        for emulator in self.both:
            emulator.feed(data)

    def look(self, what, name):
        pyte, tmux = (emulator.lines() for emulator in self.both)
        screen = "\n".join(pyte)
        assert pyte == tmux, f"{what}: pyte has\n{screen}\nand tmux has\n" + "\n".join(tmux)
        if self.kind != "xterm" and name.startswith(CODE):
            return
        trouble = differs(pyte, GOLDEN[name], self.kind)
        assert trouble is None, f"{what}: {trouble}\nof\n{screen}"

    def show(self, raw, program, first, seen):
        places = symbols(program)
        for data, words in told(raw):
            self.feed(data)
            verb, *arguments = words.split()
            if verb == "resize":
                for emulator in self.both:
                    emulator.resize(int(arguments[0]), int(arguments[1]))
                continue
            name, place, here = arguments
            self.look(f"{name} of {program} under {self.kind}, {first} first", name)
            seen[name].add(places.get(int(place, 16) - int(here, 16)))


def chosen():
    draw = random.Random(seed())
    if os.environ.get("CAROLINE_PLAYED") == "all":
        stages = [(kind, first) for kind in KINDS for first in SIZES]
        return [(program, *stage) for program in PROGRAMS for stage in tonight(stages, program)]
    return [(program, draw.choice(list(KINDS)), draw.choice(list(SIZES))) for program in PROGRAMS]


def test_every_golden_is_the_same_on_every_terminal(tmp_path):
    seen = collections.defaultdict(set)
    plays = chosen()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        played = zip(plays, pool.map(lambda one: play(*one, tmp_path), plays))
        for number, ((program, kind, first), raw) in enumerate(played):
            stage = Stage(kind, first, tmp_path / str(number))  # tmux's socket wants a short path
            try:
                stage.show(raw, program, first, seen)
            finally:
                stage.close()
    assert sorted(set(GOLDEN) - set(seen)) == [], "goldens that no test draws"
    places = {place for names in seen.values() for place in names}
    assert sorted(declared() - places) == [], "screens that no golden is of"


def declared():
    """What the programs' headers call a screen or a page."""
    found = set()
    for header in ("counter/counter.h", "admin/admin.h", "kiosk/kiosk.h"):
        text = (SOURCE / "client" / header).read_text()
        names = re.search(r"extern const struct (?:screen|page) ([^;]*);", text).group(1)
        found |= {name.strip() for name in names.split(",")}
    assert len(found) >= 88
    return found
