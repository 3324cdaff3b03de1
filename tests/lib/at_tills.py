"""A shop whose cakes are counted, with a cashier, a shift lead and a manager at tills: fixtures, to be imported by their names."""
import pytest
from counter import seed


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Lea", role="shift_lead")
    shop.staff("Tom")
    shop.staff("Boss", role="manager")
    shop.receive(made["cake"], 1000)
    return made


@pytest.fixture(scope="module")
def office(shop, goods):
    client = shop.till("Boss")
    yield client
    client.close()


@pytest.fixture()
def till(shop, goods):
    return shop.till("Tom")


@pytest.fixture()
def lead(shop, goods):
    return shop.till("Lea")
