"""Fixtures of every Python test, and tests/lib on its path. What needs no shop loads nothing of one."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "lib"))

# What may be skipped, and why: anything else that skips itself has failed.
SKIPPED = {
    "test_database_disk.py": "needs root, to mount a small disk",
    "test_full_till.py": "needs root, to mount a small disk",
    "test_lossy_network.py": "only root makes a network of its own",
    "test_segments.py": "only root carries packets, by /dev/net/tun",
    "test_cluster.py": "only root can become somebody else",
    "test_small_memory.py": "only root limits memory",
}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    reason = SKIPPED.get(item.path.name)
    if report.skipped and (reason is None or reason not in str(report.longrepr)):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and stands in no list of what may be: {report.longrepr}"


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
    """The manager, on a connection of this test's own, in a session that lasts: a device may not sign in all the time."""
    before = shop.manager
    with shop.connect(shop.console) as client:
        if not resumes(client, getattr(shop, "manager_session", None)):
            shop.manager_session = client.sign_in()
        shop.manager = client
        yield client
    shop.manager = before


def resumes(client, session):
    """Whether that session still is, and is not locked."""
    from shop import Refused, pb

    if session is None:
        return False
    try:
        now = client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=session.token), pb.SessionOpened)
    except Refused:
        return False
    client.session = session
    return not now.locked
