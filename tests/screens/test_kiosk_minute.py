"""A minute of nothing at the real kiosk, by the real clock: tests/long waits for it."""
import time

from test_counter import CROISSANT
from test_kiosk import bakery, opened, signed_in  # noqa: F401  bakery is a fixture


def test_B19_sixty_seconds_of_nothing_empty_the_basket_and_sign_out(bakery):
    with bakery.open_kiosk() as t:
        opened(t)
        t.scan(CROISSANT)
        t.type("1")
        t.wait("is in your basket")
        signed_in(bakery, t)
        since = time.monotonic()
        t.type("m")
        t.wait("the basket stays")
        assert "Mia Stone" in t.text and "1.95" in t.text
        t.wait("Are you still there?", seconds=90)
        assert 45 < time.monotonic() - since, "not before"
        assert "Welcome to" not in t.text
        t.wait("Welcome to Test bakery", seconds=60)
        assert 55 < time.monotonic() - since, "and ten seconds to answer"
        assert "Mia" not in t.text and "Are you still there?" not in t.text
        t.type("b")
        t.wait("Your basket is empty.")
        t.type("m")
        t.wait("My telephone number and PIN")
        assert "Mia" not in t.text
        # It still serves: whoever comes next is who they say.
        signed_in(bakery, t)
        t.type("b")
        t.wait("Your basket is empty.")
