"""counter_start_ms: the cashier's program in a pty, from exec to the frame in which a PLU that was typed before it began
stands as a line. Name, PIN and PLU wait in the terminal's input, 100,000 products lie in the catalogue's file, the server
is up. There is no peer to start beside it: in its place stands what is asked."""
import contextlib
import fcntl
import os
import pty
import re
import select
import shutil
import sqlite3
import statistics
import struct
import subprocess
import termios
import time

import pyte

from house import PRODUCTS, stop
from shop import BUILD, PIN, Identity, pb

ASKED_MS, ASKED_FIRST_MS = 100, 2000
ROWS, COLUMNS = 24, 80
CASHIER, PLU = "Ben", 4711
LINE = re.compile(rf"^ *1 Sourdough loaf {PLU} ", re.M)
BAR = "part "


def measure(house, given, say):
    directory = enrolled(house)
    first = Start(directory)
    first_ms = first.line_ms()
    bars = sum(1 for text in first.frames() if BAR in text)
    first.end(directory / "catalogue")
    say(f"a first start ever, {PRODUCTS:,} products to fetch: {first_ms:.0f} ms to the line, asked {ASKED_FIRST_MS}; "
        f"{bars} pictures with a progress bar")
    assert bars > 0, "nobody was shown that the catalogue was on its way"

    kept = directory.with_name(directory.name + "-kept")
    emptied(directory)
    shutil.copytree(directory, kept)
    took = []
    for _ in range(4 * given.rounds + 1):
        shutil.rmtree(directory)
        shutil.copytree(kept, directory)
        start = Start(directory)
        took.append(start.line_ms())
        start.end()
    say("from exec to the line, in ms: " + " ".join(f"{ms:.0f}" for ms in took))
    middle = statistics.median(took)
    return {"ours": round(middle, 1), "peer": ASKED_MS, "ratio": round(middle / ASKED_MS, 3), "unit": "ms",
            "worst_ms": round(max(took), 1), "first_start_ms": round(first_ms, 1)}


def enrolled(house, name="start"):
    """A till of its own as a shop makes it, its shift open."""
    directory = house.directory / f"till-{name}"
    invite = pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name=name)
    code = house.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code
    subprocess.run([BUILD / "bin" / "caroline", "--identity", directory, "enrol", "--server", f"127.0.0.1:{house.port}",
                    "--code", code], check=True, timeout=30, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    identity = Identity(directory)
    identity.key_path = identity.certificate_path = directory / "device.pem"
    identity.server_name = "localhost"
    identity.device = pb.Device(kind=pb.CLIENT_COUNTER)
    house.till(CASHIER, identity=identity).close()
    return directory


def emptied(directory):
    """The first start's basket is thrown away; the spool stays, as on a till that was used yesterday."""
    with contextlib.closing(sqlite3.connect(directory / "spool.db")) as spool, spool:
        assert spool.execute("DELETE FROM basket").rowcount == 1


class Start:
    """One start; all that it draws is kept with its time, and looked at afterwards."""

    def __init__(self, directory):
        self.drawn = []
        self.terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.write(self.terminal, f"{CASHIER}\r{PIN}\r{PLU}\r".encode())
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        command = [BUILD / "bin" / "caroline-counter", "--identity", directory]
        self.begun = time.monotonic()
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
                                        start_new_session=True)
        os.close(theirs)

    def read(self, seconds):
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.terminal, 1 << 20)
        except OSError:
            data = b""
        assert data, "the counter ended:\n" + list(self.frames())[-1]
        self.drawn.append((time.monotonic(), data))
        return True

    def frames(self):
        """The screen after each piece that was drawn."""
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        yield ""
        for _, data in self.drawn:
            stream.feed(data)
            yield "\n".join(screen.display)

    def line_ms(self, seconds=20):
        while True:
            assert time.monotonic() < self.begun + seconds, "no line came:\n" + list(self.frames())[-1]
            if self.read(0.02):
                continue
            for number, text in enumerate(self.frames()):
                if LINE.search(text):
                    return (self.drawn[number - 1][0] - self.begun) * 1000

    def end(self, kept=None):
        """kept: a file that is to be there before."""
        deadline = time.monotonic() + 20
        while kept and not kept.exists():
            assert time.monotonic() < deadline, f"{kept} was not written"
            self.read(0.02)
        stop(self.process)
        os.close(self.terminal)
