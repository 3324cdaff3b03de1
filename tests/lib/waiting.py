"""How a test waits: for something that comes true, with a deadline. No test waits in any other way."""
import select
import time


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
