"""How a test waits: for something that comes true, with a deadline. No test waits in any other way."""
import pathlib
import select
import time


def stands_still(process):
    """Whether a process was stopped by SIGSTOP."""
    return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0] == "T"


def wait_for(condition, seconds=20, what="condition"):
    """Polls until condition() is true; its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        select.select([], [], [], 0.02)
