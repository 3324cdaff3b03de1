"""A server under deploy/supervise is killed while a replay sells; a till is told nothing, and nobody does anything."""
import json
import subprocess

import pytest
from cli import Cli, invited
from faults import Failpoints
from rounds import Bakery
from shop import SERVER, TOP, make_shop
from waiting import wait_for


@pytest.fixture()
def failpoints(tmp_path):
    with Failpoints(tmp_path) as made:
        yield made


def test_A12_killed_four_times_under_its_supervisor(failpoints, tmp_path):
    with make_shop() as shop:
        server = shop.start()
        shop.open()
        shop.staff("Ben")
        bakery = Bakery(shop, failpoints)
        assert server.stop() == 0
        supervisor = subprocess.Popen([TOP / "deploy" / "supervise", tmp_path, "server", SERVER, "--data-dir", shop.data,
                                       "--listen", f"127.0.0.1:{server.port}"], env=shop.environment())
        try:
            bakery.console.lose()
            wait_for(lambda: connects(bakery.console), 20, "the supervised server")
            shop.manager = bakery.console.client
            sell(bakery, failpoints, Cli(shop, "replayer"), tmp_path / "receipts.csv")
        finally:
            supervisor.terminate()
            assert supervisor.wait(40) == 0
        assert (tmp_path / "server.log").read_text().count("starting it again") == 4
        shop.check()


def connects(device):
    try:
        return device.connect()
    except OSError:
        return None


def sell(bakery, failpoints, cli, receipts):
    receipts.write_text("".join(f"{number + 1},{number % 3 + 1},roll\n" for number in range(400)))
    cli.run("enrol", "--server", f"localhost:{bakery.server.port}", "--code", invited(bakery.shop), person=False)
    replay = cli.start("replay", receipts, "--tills", "6", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for name in ("group_loaded", "statement/journal_write", "commit_answered", "reply_before"):
        failpoints.arm(name, "kill", nth=8)
        wait_for(lambda: failpoints.fired() or replay.poll() is not None, 60, f"the passing of {name}")
    out, err = replay.communicate(timeout=120)
    assert replay.returncode == 0, err
    done = json.loads(out)
    assert (done["receipts"], done["total_minor"], done["refused"]) == (400, 45 * sum(n % 3 + 1 for n in range(400)), [])
    assert bakery.shop.sql("SELECT count(*) FROM sale") == [(400,)]
