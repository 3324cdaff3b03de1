"""Log and signals of a running server: levels, formats, a reload, and a stop while a sale is in flight."""
import json
import os
import signal

import pytest
from faults import Failpoints
from rounds import Bakery
from shop import Client, free_port, make_shop
from waiting import stands_still, wait_for


@pytest.fixture(scope="module")
def shop():
    with make_shop() as made:
        yield made


@pytest.fixture()
def start(shop):
    """Servers of one test."""
    started = []

    def one(*arguments):
        server = shop.start(*arguments)
        started.append(server)
        return server

    yield one
    for server in started:
        server.kill()
        shop.servers.remove(server)


def test_a_reload_changes_the_level_at_once_and_names_what_needs_a_restart(start, tmp_path):
    config = tmp_path / "server.conf"
    config.write_text("[log]\nlevel = warn\n")
    server = start("--config", config)
    assert server.log() == ""  # neither that it starts nor that it serves is a warning
    config.write_text("[server]\nthreads = 5\nwatch-s = 0\n[log]\nlevel = info\n")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "reloaded" in server.log(), 20, "the reload")
    assert 'reload_needs_restart settings="server.threads, server.watch-s"' in server.log()
    config.write_text("[log]\nlevel = silent\n")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "reload_refused" in server.log(), 20, "the refusal of a wrong file")
    assert f"{config}:2: " in server.log()
    # Refused as a whole: what is told is as before, and it serves.
    assert Client(server.port).helloed is not None
    assert server.stop() == 0 and "stopped code=0" in server.log()


def test_every_line_of_the_log_is_json_when_that_is_wanted(start):
    server = start("--log-format", "json")
    server.process.send_signal(signal.SIGHUP)
    server.process.send_signal(signal.SIGUSR2)
    wait_for(lambda: "reloaded" in server.log(), 20, "the reload")
    assert server.stop() == 0
    lines = [json.loads(line) for line in server.log().splitlines()]
    assert len(lines) >= 5 and all(isinstance(line, dict) for line in lines)
    assert {"starting", "serving", "reloaded", "stopped"} <= {value for line in lines for value in map(str, line.values())}


def test_it_listens_on_every_address_that_is_given(start):
    second = free_port()
    server = start("--listen", f"127.0.0.1:{second}")  # beside the one that Server gives
    for port in (server.port, second):
        assert Client(port).helloed is not None
    assert server.stop() == 0


def test_q_tells_less_and_v_more(start):
    quiet, loud = start("-q"), start("-v", "-v")
    assert quiet.stop() == 0 and loud.stop() == 0
    assert quiet.log() == ""
    assert "stopped code=0" in loud.log()


def test_a_stop_while_a_sale_is_in_flight_finishes_and_answers_it(tmp_path):
    with Failpoints(tmp_path) as failpoints, make_shop() as shop:
        server = shop.start()
        shop.open()
        shop.staff("Ben")
        bakery = Bakery(shop, failpoints)
        order = bakery.cash_sale(bakery.tills[0])
        failpoints.arm("group_stored", "stop")
        order.send()
        wait_for(lambda: stands_still(server.process.pid), 20, "a sale that is decided and not committed")
        assert shop.sql("SELECT count(*) FROM sale") == [(0,)]
        backends = [pid for pid, in shop.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'caroline_app'", "admin")]
        for pid in backends:
            os.kill(pid, signal.SIGSTOP)  # so that nothing is committed before it is told to stop
        server.process.send_signal(signal.SIGTERM)
        os.kill(server.process.pid, signal.SIGCONT)
        wait_for(lambda: "stopping in_flight" in server.log(), 20, "that it is told to stop")
        for pid in backends:
            os.kill(pid, signal.SIGCONT)
        assert order.read() and not order.reply().HasField("error"), order.said
        assert server.process.wait(40) == 0
        assert "stopping in_flight=1" in server.log()
        assert shop.sql("SELECT count(*) FROM sale") == [(1,)]
        shop.servers[0].start()
        shop.check()
