"""The server as a process: what it tells the service manager, its signals, its pid file, its node among others."""
import signal
import socket
import time

import pytest

from shop import Client, make_shop, wait_for


@pytest.fixture(scope="module")
def shop():
    with make_shop() as made:
        yield made


def end(shop, server):
    server.kill()
    shop.servers.remove(server)


def test_the_service_manager_is_told_and_the_watchdog_fed(shop, tmp_path, monkeypatch):
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        monkeypatch.setenv("WATCHDOG_USEC", "400000")
        server = shop.start()
        heard = []
        while heard.count("WATCHDOG=1") < 3:
            heard += manager.recv(4096).decode().splitlines()
        assert "READY=1" in heard
        server.process.send_signal(signal.SIGHUP)
        while "RELOADING=1" not in heard:
            heard += manager.recv(4096).decode().splitlines()
        server.process.send_signal(signal.SIGTERM)
        while "STOPPING=1" not in heard:
            heard += manager.recv(4096).decode().splitlines()
        assert server.process.wait(40) == 0
    shop.servers.remove(server)


def test_two_servers_of_one_data_directory_are_two_nodes(shop):
    one, two = shop.start(), shop.start()
    assert "node=1" in one.log() and "node=2" in two.log()
    taken = shop.run_server("--listen", "127.0.0.1:0", "--node", "2")
    assert taken.returncode == 73 and "node 2" in taken.stderr
    end(shop, one)
    three = shop.start()
    assert "node=1" in three.log()
    end(shop, two)
    end(shop, three)


def test_its_pid_file_is_held_while_it_lives(shop, tmp_path):
    path = tmp_path / "pid"
    server = shop.start("--pid-file", path)
    assert int(path.read_text()) == server.process.pid
    second = shop.run_server("--listen", "127.0.0.1:0", "--pid-file", str(path))
    assert second.returncode == 73 and str(path) in second.stderr
    assert int(path.read_text()) == server.process.pid
    assert server.stop() == 0
    assert not path.exists()
    shop.servers.remove(server)


def test_usr2_logs_its_state_and_usr1_opens_the_log_again(shop, tmp_path):
    log, moved = tmp_path / "log", tmp_path / "log.1"
    server = shop.start("--log-file", log)
    server.process.send_signal(signal.SIGUSR2)
    wait_for(lambda: " state " in log.read_text(), 10, "its state in the log")
    log.rename(moved)
    server.process.send_signal(signal.SIGUSR1)
    wait_for(log.exists, 10, "a new log")
    server.process.send_signal(signal.SIGUSR2)
    wait_for(lambda: " state " in log.read_text(), 10, "its state in the new log")
    end(shop, server)


def test_int_and_a_second_term_are_fast_and_quit_is_at_once(shop):
    for signals, code in (([signal.SIGINT], 0), ([signal.SIGTERM, signal.SIGTERM], 0), ([signal.SIGQUIT], 75)):
        server = shop.start()
        client = Client(server.port)
        begun = time.monotonic()
        for number in signals:
            server.process.send_signal(number)
            if len(signals) > 1:
                wait_for(lambda: "stopping" in server.log(), 10, "the first signal to be heard")
        assert server.process.wait(10) == code
        assert time.monotonic() - begun < 10
        client.close()
        shop.servers.remove(server)
