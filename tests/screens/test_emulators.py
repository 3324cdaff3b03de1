"""Two terminal emulators that share no code, pyte and tmux, show the same cells for what the counter draws."""
import contextlib
import pathlib
import re
import subprocess

import pytest
from terminal import ENTER, ESCAPE, F, Terminal
from test_counter import CROISSANT, Bakery, ready
from waiting import wait_for


@pytest.fixture(scope="module")
def bakery():
    made = Bakery()
    with contextlib.ExitStack() as stack:
        stack.callback(made.shop.destroy)
        yield made


def shown_by_tmux(raw, rows, columns, wanted, directory):
    """What tmux has on its screen once it has taken these bytes; it has a while to come to what is wanted."""
    path = pathlib.Path(directory) / "raw"
    path.write_bytes(raw)
    tmux = ["tmux", "-S", str(pathlib.Path(directory) / "tmux"), "-f", "/dev/null"]
    subprocess.run([*tmux, "new-session", "-d", "-x", str(columns), "-y", str(rows + 1), f"stty raw -echo; cat {path}; cat"],
                   check=True, timeout=20)
    try:
        subprocess.run([*tmux, "set", "-g", "status", "off"], check=True, timeout=20)
        subprocess.run([*tmux, "resize-window", "-x", str(columns), "-y", str(rows)], check=True, timeout=20)
        seen = []

        def same():
            done = subprocess.run([*tmux, "capture-pane", "-p"], check=True, capture_output=True, text=True, timeout=20)
            seen[:] = [line.rstrip() for line in done.stdout.split("\n")][:rows]
            return seen == wanted

        with contextlib.suppress(AssertionError):
            wait_for(same, 10, "the same screen")
        return seen
    finally:
        subprocess.run([*tmux, "kill-server"], check=True, timeout=20)


def agree(t, rows, columns, directory):
    while t.read(0.2):  # a frame may come in two pieces
        pass
    wanted = [line.rstrip() for line in t.screen.display]
    assert shown_by_tmux(t.raw, rows, columns, wanted, directory) == wanted


@pytest.mark.parametrize("term, locale", [("xterm-256color", "C.UTF-8"), ("linux", "C.UTF-8"), ("vt100", "C.UTF-8"),
                                          ("xterm-256color", "C")])
@pytest.mark.parametrize("rows, columns", [(24, 80), (40, 120)])
def test_a_sales_screens_are_the_same_in_both(bakery, tmp_path, term, locale, rows, columns):
    with Terminal("--identity", bakery.identity, rows=rows, columns=columns, term=term, LANG=locale) as t:
        wait_for_words(t, "Who is at the counter?", "connected")
        agree(t, rows, columns, fresh(tmp_path))
        sign_in_anywhere(t)
        ready(t, bakery)
        t.scan(CROISSANT)
        t.type("2x113", ENTER, "choc")
        t.wait("Chocolate Cake")
        agree(t, rows, columns, fresh(tmp_path))
        t.type(ESCAPE, F[2])
        t.wait("Cash given:")
        agree(t, rows, columns, fresh(tmp_path))
        t.type(ENTER)
        t.wait(re.compile(r"Receipt 3T-\d{6}"))
        agree(t, rows, columns, fresh(tmp_path))
        t.type(F[1])
        t.wait("Any key goes back.")
        agree(t, rows, columns, fresh(tmp_path))


def wait_for_words(t, *words):
    t.wait(lambda text: all(word in text for word in words))


def sign_in_anywhere(t):
    """The mark of the connection is another sign in the C locale."""
    t.type("Ben", ENTER, "8261", ENTER)
    t.wait(re.compile(r"\| +(Sale|Shift|Pay)"))
    t.wait("catalogue is coming", gone=True)
    t.wait(lambda text: "How much money is in the drawer?" in text or "F2 Pay" in text)


def fresh(tmp_path):
    directory = tmp_path / str(len(list(tmp_path.iterdir())))
    directory.mkdir()
    return directory
