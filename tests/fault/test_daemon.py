"""The server as a daemon: flags, exit codes, signals, what it says when it cannot start."""
import os
import re
import signal
import socket
import subprocess
import time

import pytest

from shop import SERVER, Client, free_port, make_shop, pb, wait_for


@pytest.fixture(scope="module")
def shop():
    with make_shop() as made:
        yield made


def run(*arguments, **environment):
    return subprocess.run(
        [SERVER, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        env={**os.environ, **environment},
    )


def test_help_and_version_go_to_standard_output():
    helped = run("--help")
    assert helped.returncode == 0 and "--listen" in helped.stdout and helped.stderr == ""
    version = run("--version")
    assert version.returncode == 0 and version.stdout.startswith("caroline-server ") and version.stdout.count("\n") == 1


def test_an_unknown_flag_is_a_usage_error():
    wrong = run("--lisen", "1")
    assert wrong.returncode == 64 and wrong.stdout == "" and "lisen" in wrong.stderr


def test_an_unknown_key_stops_the_start_and_is_named(tmp_path):
    config = tmp_path / "server.conf"
    config.write_text("[server]\nlisen = 127.0.0.1:1\n")
    for flags in (["--config", config], ["--check-config", "--config", config]):
        wrong = run(*flags)
        assert wrong.returncode == 78
        assert f"{config}:2" in wrong.stderr and "lisen" in wrong.stderr and "listen" in wrong.stderr


def test_check_config_and_dump_config_tell_where_values_come_from(tmp_path):
    config = tmp_path / "server.conf"
    config.write_text("[server]\nlisten = 127.0.0.1:7999\n")
    assert run("--check-config", "--config", config).returncode == 0
    dumped = run("--dump-config", "--config", config)
    assert dumped.returncode == 0 and "127.0.0.1:7999" in dumped.stdout and str(config) in dumped.stdout


def test_a_taken_port_is_named(shop):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = shop.run_server("--listen", f"127.0.0.1:{port}")
    assert done.returncode == 73
    assert str(port) in done.stderr and re.search("in use|taken", done.stderr)


def test_stops_gracefully_on_term(shop):
    server = shop.start()
    client = Client(server.port)
    assert server.stop() == 0
    assert client.read_payload() is None
    shop.servers.remove(server)


def test_reloads_on_hup_and_serves_on(shop):
    server = shop.start()
    client = Client(server.port)
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "reload" in server.log(), 10, "a line about the reload")
    assert client.reply(pb.OP_HELLO, pb.Hello(protocol=1, client=pb.CLIENT_CLI)) is not None
    Client(server.port).close()
    assert server.stop() == 0
    shop.servers.remove(server)


def test_waits_for_an_absent_database_then_says_so(shop):
    shop.cluster.stop()
    started = time.monotonic()
    try:
        done = shop.run_server("--listen", "127.0.0.1:0")
    finally:
        shop.cluster.start()
    assert done.returncode == 69
    assert 25 <= time.monotonic() - started <= 50
    assert "database" in done.stderr


def test_a_database_that_comes_late_is_waited_for(shop):
    shop.cluster.stop()
    port = free_port()
    log_path = shop.directory / "late.log"
    with open(log_path, "wb") as log:
        process = subprocess.Popen(
            [SERVER, "--data-dir", shop.data, "--listen", f"127.0.0.1:{port}"],
            env=shop.environment(),
            stdin=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        wait_for(lambda: "database" in log_path.read_text(), 20, "a line about the absent database")
        shop.cluster.start()

        def answers():
            assert process.poll() is None, log_path.read_text()
            try:
                Client(port).close()
                return True
            except OSError:
                return False

        wait_for(answers, 40, "the server")
    finally:
        process.terminate()
        process.wait(40)
