"""A terminal for tests: the real program under a pty, its screen kept by pyte."""
import os
import re
import select
import signal
import struct
import termios
import time
import fcntl
import pathlib

import pexpect
import pyte

from waiting import wait_for

TIOCGPTN = 0x80045430  # the number of a pty's other end: the termios module does not name it

BUILD = pathlib.Path(os.environ.get("CAROLINE_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
COUNTER = BUILD / "bin" / "caroline-counter"

ENTER, ESCAPE, TAB, UP, DOWN = "\r", "\033", "\t", "\033[A", "\033[B"
F = {n: s for n, s in enumerate(
    ["\033OP", "\033OQ", "\033OR", "\033OS", "\033[15~", "\033[17~", "\033[18~", "\033[19~", "\033[20~", "\033[21~",
     "\033[23~", "\033[24~"], start=1)}
# Longer than between two characters of a scanner, so that what follows is somebody's typing.
PAUSE = 0.04


class Screen(pyte.Screen):
    """Knows how rows are scrolled and a character is repeated, as every terminal does whose description says so."""

    drawn = ""

    def draw(self, data):
        self.drawn = data[-1:]
        super().draw(data)

    def repeat(self, count=1):
        self.draw(self.drawn * (count or 1))

    def scroll(self, row, step, count):
        before, self.cursor.y = self.cursor.y, row
        for _ in range(count or 1):
            step()
        self.cursor.y = before

    def scroll_up(self, count=1):
        self.scroll(self.margins.bottom if self.margins else self.lines - 1, self.index, count)

    def scroll_down(self, count=1):
        self.scroll(self.margins.top if self.margins else 0, self.reverse_index, count)


class Stream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat"}


class Terminal:
    def __init__(self, *arguments, rows=24, columns=80, term="xterm-256color", program=COUNTER, **environment):
        self.raw = b""
        self.screen = Screen(columns, rows)
        self.stream = Stream(self.screen)
        settings = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_CTYPE", "NO_COLOR", "LANG")}
        settings.update(TERM=term, LANG="C.UTF-8", ASAN_OPTIONS="detect_leaks=1:abort_on_error=0")
        for name, value in environment.items():
            if value is None:
                settings.pop(name, None)
            else:
                settings[name] = value
        self.started = time.monotonic()
        self.child = pexpect.spawn(str(program), list(map(str, arguments)), dimensions=(rows, columns), env=settings,
                                   echo=True, timeout=20)
        self.child.delaybeforesend = None
        self.cooked = termios.tcgetattr(self.child.child_fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Gone, whatever it was doing."""
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
            wait_for(lambda: not self.child.isalive(), 60, "the end of what was killed")  # pexpect itself is impatient
        self.child.close(force=True)

    def read(self, seconds):
        """What the program has drawn meanwhile."""
        ready, _, _ = select.select([self.child.child_fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.child.child_fd, 65536)
        except OSError:
            return None
        if not data:
            return None
        self.raw += data
        self.stream.feed(data)
        return True

    @property
    def text(self):
        # pyte keeps an empty cell behind a wide character
        return "\n".join("".join(self.screen.buffer[row][column].data for column in range(self.screen.columns)).rstrip()
                         for row in range(self.screen.lines))

    def wait(self, what, seconds=20, gone=False):
        """Until a text (or a pattern, or a condition of the text) is on the screen; returns the screen."""
        deadline = time.monotonic() + seconds

        def is_there():
            if callable(what):
                return what(self.text)
            return what.search(self.text) is not None if isinstance(what, re.Pattern) else what in self.text

        while is_there() == gone:
            left = deadline - time.monotonic()
            if left <= 0 or self.read(min(left, 0.5)) is None and is_there() == gone:
                raise AssertionError(f"{what!r} {'stayed' if gone else 'did not come'}; the screen is\n{self.text}")
        return self.text

    def type(self, *keys):
        """As a person: each argument at once, a pause between them that no scanner makes. The pause begins when the program
        has read what was typed and waits again: a busy machine must not make a scanner of a person."""
        for key in keys:
            read_before = self.bytes_read()
            self.child.send(key)
            deadline = time.monotonic() + 20
            size = len(key if isinstance(key, bytes) else key.encode())
            while not self.has_read(read_before + size) and time.monotonic() < deadline:
                self.read(0.01)
            until = time.monotonic() + PAUSE
            while (left := until - time.monotonic()) > 0:
                self.read(left)

    def has_read(self, count):
        """So many bytes in all, nothing is left for it, and it waits. What was typed may be nowhere for a moment: on its way from
        one end of the pty to the other."""
        if not self.waits() or self.unread():
            return False
        return self.bytes_read() >= count or self.state() in "TtZX"

    def bytes_read(self):
        """By read(), of whatever: from the keyboard at most so many. Of a kernel that does not count, endless."""
        try:
            return int(re.search(r"rchar: (\d+)", pathlib.Path(f"/proc/{self.child.pid}/io").read_text()).group(1))
        except OSError:
            return float("inf")

    def state(self):
        """As /proc has it; X: it has gone."""
        try:
            return pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return "X"

    def waits(self):
        """Asleep, stopped or gone: the time at which it read something has been noted."""
        return self.state() not in "RD"

    def unread(self):
        """How many typed bytes the program has not read yet."""
        try:
            number = struct.unpack("I", fcntl.ioctl(self.child.child_fd, TIOCGPTN, b"\0" * 4))[0]
            keyboard = os.open(f"/dev/pts/{number}", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return 0  # it has ended
        try:
            return struct.unpack("i", fcntl.ioctl(keyboard, termios.FIONREAD, b"\0" * 4))[0]
        finally:
            os.close(keyboard)

    def scan(self, code, end="\r"):
        self.type(code + end)

    def resize(self, rows, columns):
        fcntl.ioctl(self.child.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)
        self.screen.reset()
        self.child.kill(signal.SIGWINCH)

    def signal(self, number):
        self.child.kill(number)

    def end(self, seconds=20):
        """Reads to the end; the exit status (negative: a signal)."""
        deadline = time.monotonic() + seconds
        while self.read(0.1) is not None:
            assert time.monotonic() < deadline, f"it did not end; the screen is\n{self.text}"
        self.child.wait()
        return self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus

    def is_cooked(self):
        """Is the terminal as it was before?"""
        now = termios.tcgetattr(self.child.child_fd)
        return now[:4] == self.cooked[:4]

    def is_stopped(self):
        return self.state() == "T"
