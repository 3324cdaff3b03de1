"""Two emulators that share no code, fed with the same bytes: pyte (of terminal.py) and tmux."""
import os
import subprocess
import time

from terminal import Screen, Stream


class Pyte:
    def __init__(self, rows, columns):
        self.screen = Screen(columns, rows)
        self.stream = Stream(self.screen)

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)

    def feed(self, data):
        self.stream.feed(data)

    def lines(self):
        # an empty cell stands behind a wide character
        return ["".join(self.screen.buffer[row][column].data for column in range(self.screen.columns)).rstrip()
                for row in range(self.screen.lines)]


class Tmux:
    """A server of its own, in control mode: an answer a command, and no process for it."""

    def __init__(self, directory, rows, columns):
        self.title = 0
        self.pipe = directory / "pipe"
        os.mkfifo(self.pipe)
        self.child = subprocess.Popen(
            ["tmux", "-u", "-S", directory / "tmux", "-f", "/dev/null", "-C", "new-session", "-x", str(columns), "-y", str(rows),
             f"stty raw -echo; exec cat {self.pipe}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", bufsize=1)
        self.data = os.open(self.pipe, os.O_RDWR)
        # Before that it has no client, and says so of whatever wants one.
        while not next(self.child.stdout, "%exit").startswith(("%session-changed", "%exit")):
            pass
        self.ask("refresh-client -f no-output")
        self.ask("set -g status off")
        self.resize(rows, columns)

    def close(self):
        self.child.stdin.write("kill-server\n")
        self.child.stdin.close()
        self.child.stdout.read()
        self.child.stdout.close()
        self.child.wait(20)
        os.close(self.data)

    def answer(self):
        lines = None
        for line in self.child.stdout:
            line = line.rstrip("\n")
            if line.startswith("%begin "):
                lines = []
            elif line.startswith("%error ") and lines is not None:
                raise AssertionError(f"tmux: {lines}")
            elif line.startswith("%end ") and lines is not None:
                return lines
            elif lines is not None:
                lines.append(line)
        raise AssertionError("tmux has ended")

    def ask(self, command):
        self.child.stdin.write(command + "\n")
        return self.answer()

    def resize(self, rows, columns):
        self.rows = rows
        self.ask(f"resize-window -x {columns} -y {rows}")

    def feed(self, data):
        while data:
            data = data[os.write(self.data, data):]

    def lines(self):
        """Once it has taken all that it was fed with: a title behind it says so."""
        self.title += 1
        self.feed(b"\033]2;%d\007" % self.title)
        deadline = time.monotonic() + 60
        while self.ask("display-message -p '#{pane_title}'") != [str(self.title)]:
            assert time.monotonic() < deadline, "tmux does not come to the end of what it was fed with"
        lines = [line.rstrip() for line in self.ask("capture-pane -p")][:self.rows]
        return lines + [""] * (self.rows - len(lines))
