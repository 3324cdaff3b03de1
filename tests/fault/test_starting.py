"""What sets a shop up and what starts a server dies at every point; whoever begins again gets a whole shop."""
import re
import signal
import subprocess

import pytest
from faults import POINTS, Failpoints
from shop import ANSWERS, SERVER, Shop, free_port, make_shop
from waiting import wait_for

SET_UP = [name for name in POINTS if name.split("_")[0] in ("migration", "vault", "init")]


@pytest.fixture()
def failpoints(tmp_path):
    with Failpoints(tmp_path) as made:
        yield made


@pytest.fixture()
def empty():
    """A cluster without a shop, and what --init is told."""
    with Shop() as made:
        made.answers = made.directory / "answers"
        made.answers.write_text("".join(f"{key} = {value}\n" for key, value in ANSWERS.items()))
        yield made


def init(empty):
    return empty.run_server("--init", "--answers", str(empty.answers), "--server-name", "localhost")


def open_shop(empty, told):
    """The codes that --init told are good."""
    empty.first_pin = re.search(r"one-time PIN: (\d+)", told).group(1)
    empty.first_code = re.search(r"device code: (\S+)", told).group(1)
    empty.start()
    empty.open()
    assert empty.sql("SELECT count(*) FROM shop") == [(1,)]
    empty.check()


def test_a_setting_up_that_is_killed_at_every_point_in_turn_comes_to_its_end(empty, failpoints):
    for name in SET_UP:
        failpoints.arm(name, "kill")
        done = init(empty)
        assert done.returncode == -signal.SIGKILL and failpoints.fired(), (name, done.returncode, done.stderr)
    assert "has a shop already" in init(empty).stderr
    open_shop(empty, done.stdout)  # what was told by the one that died behind its COMMIT


def test_a_setting_up_whose_database_goes_says_so_and_is_begun_again(empty, failpoints):
    for name in SET_UP:
        if name.split("_")[0] == "vault" or name in ("migration_done", "init_committed"):
            continue  # nothing is asked of the database behind these
        failpoints.arm(name, "end-backend")
        done = init(empty)
        assert failpoints.fired() and done.returncode == 69, (name, done.stderr)
        assert re.search("^caroline-server: .*server closed the connection", done.stderr, re.M), (name, done.stderr)
    done = init(empty)
    assert done.returncode == 0, done.stderr
    open_shop(empty, done.stdout)


def test_an_unfinished_vault_is_not_opened_and_the_mirror_of_another_not_touched(empty, failpoints, tmp_path):
    mirror = tmp_path / "keys.mirror"
    command = ["--init", "--answers", str(empty.answers), "--vault-mirror", str(mirror)]
    failpoints.arm("vault_keys", "kill")
    assert empty.run_server(*command).returncode == -signal.SIGKILL
    assert mirror.exists()
    cut = empty.run_server("--listen", "127.0.0.1:0", "--vault-mirror", str(mirror))
    assert cut.returncode == 78 and "never finished" in cut.stderr, cut.stderr

    before = mirror.read_bytes()
    for _ in range(2):
        done = empty.run_server(*command, "--data-dir", str(tmp_path / "another"))
        assert done.returncode == 73 and "is there already" in done.stderr, done.stderr
    assert mirror.read_bytes() == before
    done = empty.run_server(*command)
    assert done.returncode == 0, done.stderr


def test_A12_a_server_that_is_killed_at_every_point_of_its_start_starts(failpoints):
    with make_shop() as shop:
        passed = []
        with failpoints.recorded(passed):
            shop.start()
        shop.open()
        shop.servers[0].stop()
        assert "block_reserved" in passed and "statement/id_block_reserve" in passed
        for name in [name for name in passed if not name.startswith(("call_", "reply_"))]:  # the test's own Hello
            action = "kill" if name in POINTS else "end-backend"
            failpoints.arm(name, action)
            process = subprocess.Popen([SERVER, "--data-dir", str(shop.data), "--listen", f"127.0.0.1:{free_port()}"],
                                       env=shop.environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                wait_for(lambda: failpoints.fired() or process.poll() is not None, 20, f"the passing of {name}")
                if action == "end-backend":
                    assert process.poll() is None, process.stderr.read()
                    process.terminate()
                assert process.wait(40) == (-signal.SIGKILL if action == "kill" else 0), name
            finally:
                process.kill()
        shop.servers[0].start()
        shop.manager = shop.connect(shop.console)
        shop.manager.sign_in()
        shop.check()


@pytest.mark.parametrize("action", ["end-backend", "kill-backend"])
def test_A12_a_server_whose_backend_dies_as_it_has_reserved_its_ids_serves(failpoints, action):
    """It takes ids of a block that it has heard of; what was not committed is reserved anew, and no id is taken twice."""
    with make_shop() as shop:
        for name in ("block_reserved", "statement/id_block_reserve"):
            failpoints.arm(name, action)
            if shop.servers:
                shop.servers[0].start()
                shop.manager = shop.connect(shop.console)
                shop.manager.sign_in()
            else:
                shop.start()
                shop.open()
            assert failpoints.fired(), name
            shop.put_category(f"Behind {name}")
            assert shop.servers[0].stop() == 0
        shop.check()
