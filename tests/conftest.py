"""Fixtures of every Python test, and tests/lib on its path. What needs no shop loads nothing of one."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "lib"))


@pytest.fixture(scope="module")
def shop():
    """A shop with one server, the manager signed in on the first console, and a cashier Ben."""
    from shop import make_shop

    with make_shop() as made:
        made.start()
        made.open()
        made.staff("Ben")
        yield made


@pytest.fixture()
def manager(shop):
    """The manager, on a connection of this test's own."""
    with shop.connect(shop.console) as client:
        client.sign_in()
        shop.manager = client
        yield client
