"""What the server says of settings that it can't use, where it looks for them, and the exit code of each end."""
import os
import pathlib
import pwd
import re
import signal
import subprocess

import pytest

from shop import SERVER, Shop, free_port, make_shop

ROOT = os.getuid() == 0
NOT_ROOT = ["setpriv", "--reuid=nobody", f"--regid={pwd.getpwnam('nobody').pw_gid}", "--clear-groups"] if ROOT else []


@pytest.fixture(scope="module")
def shop():
    with make_shop() as made:
        yield made


def run(*arguments, before=(), **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "CAROLINE_"))}
    return subprocess.run([*before, SERVER, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=60, env={**kept, **environment})


def check(path, text, *arguments, **more):
    path.write_text(text)
    return run("--check-config", "--config", path, *arguments, **more)


# ---- --check-config ----


@pytest.mark.parametrize("section, key, value, says", [
    ("server", "listen", "127.0.0.1", "an address and a port are wanted"),
    ("server", "listen", "127.0.0.1:70000", "an address and a port are wanted"),
    ("server", "listen", "::1:7117", "an address and a port are wanted"),
    ("server", "listen", "127.0.0.1:1,here", "'here'"),
    ("server", "listen", ",", "no address"),
    ("server", "listen", "no.such.host.invalid:1", "could not listen on no.such.host.invalid"),
    ("server", "threads", "65", "from 1 to 64"),
    ("server", "idle-lock-s", "soon", "from 5 to 86400"),
    ("server", "kiosk-idle-s", "601", "from 5 to 600"),
    ("server", "greet-limit-s", "0", "from 1 to 60"),
    ("server", "frame-limit-s", "601", "from 1 to 600"),
    ("server", "data-dir", "/dev/null", "not a directory"),
    ("server", "certificate", "/nowhere/server.crt", "could not read the certificate file /nowhere/server.crt"),
    ("server", "vault", "/nowhere/vault", "could not open the vault /nowhere/vault"),
    ("server", "pid-file", "/nowhere/pid", "could not make /nowhere/pid"),
    ("database", "uri", "postgresql://[::1/shop", "libpq can't read this address"),
    ("database", "uri", "host=a nonsense", "libpq can't read this address"),
    ("database", "owner-uri", "postgresql://host:99999/shop", "'99999'"),
    ("database", "read-uri", "host=a port=0", "'0'"),
    ("database", "private", "perhaps", "yes or no"),
    ("log", "file", "/nowhere/log", "could not write into /nowhere"),
    ("log", "file", "/tmp", "/tmp is a directory"),
    ("log", "level", "loud", "'loud'"),
    ("log", "format", "xml", "'xml'"),
])
def test_a_value_that_the_server_can_not_use_is_told_with_its_line(tmp_path, section, key, value, says):
    path = tmp_path / "server.conf"
    done = check(path, f"; one\n[{section}]\n{key} = {value}\n")
    assert done.returncode == 78 and done.stdout == "", done
    assert done.stderr.startswith(f"caroline-server: {path}:3: ") and says in done.stderr, done.stderr


@pytest.mark.parametrize("flag, value", [("--listen", "here"), ("--database", "postgresql://[::1/shop"), ("--watch-s", "-1"),
                                         ("--log-level", "loud")])
def test_a_flags_mistake_is_a_wrong_usage_and_names_the_flag(flag, value):
    for mode in (["--check-config"], []):
        done = run(*mode, flag, value)
        assert done.returncode == 64 and flag in done.stderr, done


def test_a_variables_mistake_is_told_with_its_name():
    done = run("--check-config", CAROLINE_LISTEN="here")
    assert done.returncode == 78 and "CAROLINE_LISTEN: " in done.stderr


def test_a_password_in_an_address_that_can_not_be_read_is_not_told(tmp_path):
    for uri in ("postgresql://ann:pa%zz-secret@host/shop", "host=a user=b password=one secret"):
        done = check(tmp_path / "server.conf", f"[database]\nuri = {uri}\n")
        assert done.returncode == 78 and "secret" not in done.stderr, done.stderr


def test_certificate_and_key_are_read_as_the_server_would(shop, tmp_path):
    fine = run("--check-config", "--data-dir", shop.data)
    assert fine.returncode == 0 and "no shop is set up" not in fine.stdout, fine.stderr
    other = tmp_path / "other.key"
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", other],
                   check=True, capture_output=True)
    path = tmp_path / "server.conf"
    done = check(path, f"[server]\ndata-dir = {shop.data}\nkey = {other}\n")
    assert done.returncode == 78 and f"{path}:3: " in done.stderr and "does not belong to" in done.stderr, done.stderr


def test_before_a_shop_is_set_up_the_settings_can_be_fine():
    done = run("--check-config", "--data-dir", "/nowhere/caroline")
    assert done.returncode == 0 and "no shop is set up in /nowhere/caroline yet" in done.stdout


# ---- conf.d ----


def test_files_of_conf_d_are_read_by_name_and_the_last_one_wins(tmp_path):
    path, beside = tmp_path / "server.conf", tmp_path / "conf.d"
    path.write_text("[server]\nthreads = 1\nwatch-s = 1\nidle-lock-s = 11\n")
    beside.mkdir()
    (beside / "20-later.conf").write_text("[server]\nthreads = 3\n")
    (beside / "10-first.conf").write_text("[server]\nthreads = 2\nwatch-s = 2\n")
    (beside / "90-ignored.conf.bak").write_text("nonsense\n")
    (beside / ".99-hidden.conf").write_text("nonsense\n")
    done = run("--dump-config", "--config", path)
    assert done.returncode == 0, done.stderr
    for file, key, value in ((beside / "20-later.conf", "threads", 3), (beside / "10-first.conf", "watch-s", 2),
                             (path, "idle-lock-s", 11)):
        assert re.search(rf"^; {re.escape(str(file))}:\d\n{key} = {value}$", done.stdout, re.M), done.stdout
    (beside / "30-wrong.conf").write_text("[server]\nthread = 3\n")
    done = run("--check-config", "--config", path)
    assert done.returncode == 78 and f"{beside}/30-wrong.conf:2: unknown key 'thread'" in done.stderr


# ---- exit codes ----


def test_every_code_is_listed_by_help():
    listed = run("--help").stdout.split("exit codes: ")[1]
    assert [int(code) for code in re.findall(r"(?:^|; |\n)(\d+) ", listed)] == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 77, 78]


def test_66_answers_that_are_not_there():
    with Shop() as empty:
        done = empty.run_server("--init", "--answers", "/nowhere/answers")
    assert done.returncode == 66 and "could not read /nowhere/answers" in done.stderr, done.stderr


def test_73_a_file_that_can_not_be_had(shop):
    done = shop.run_server("--pid-file", "/nowhere/pid")
    assert done.returncode == 73 and "could not open the pid file /nowhere/pid" in done.stderr


@pytest.mark.parametrize("mode", ["--help", "--version", "--dump-ops", "--dump-config", "--check-config"])
def test_74_what_was_asked_for_could_not_be_written(mode):
    with open("/dev/full", "w") as full:
        done = subprocess.run([SERVER, mode], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 74 and "No space left" in done.stderr


def test_75_told_to_quit(shop):
    server = shop.start()
    server.process.send_signal(signal.SIGQUIT)
    assert server.process.wait(20) == 75
    shop.servers.remove(server)


def test_77_a_settings_file_that_may_not_be_read(tmp_path):
    for name in ("server.conf", "conf.d/10.conf"):
        place = tmp_path / name.replace("/", "-")
        (place / "conf.d").mkdir(parents=True)
        for folder in (tmp_path, place, place / "conf.d"):
            folder.chmod(0o755)
        (place / "server.conf").write_text("")
        (place / name).write_text("")
        (place / name).chmod(0)
        # The path of pytest's own directories is closed to others: by a descriptor of this one.
        inside = os.open(place, os.O_PATH)
        done = subprocess.run([*NOT_ROOT, SERVER, "--check-config", "--config", f"/proc/self/fd/{inside}/server.conf"],
                              pass_fds=[inside], capture_output=True, text=True, timeout=60)
        os.close(inside)
        assert done.returncode == 77 and name in done.stderr and "Permission denied" in done.stderr, done


def test_77_a_key_or_a_vault_that_is_open_to_others(shop):
    key, vault = shop.data / "server.key", shop.data / "vault"
    for path, mode in ((key, 0o644), (vault, 0o777)):
        before = path.stat().st_mode & 0o777
        path.chmod(mode)
        try:
            for arguments in (["--check-config"], ["--listen", f"127.0.0.1:{free_port()}"]):
                done = shop.run_server(*arguments)
                assert done.returncode == 77 and str(path) in done.stderr, (arguments, done.stderr)
        finally:
            path.chmod(before)


def test_78_a_private_cluster_without_checksums(shop):
    data = pathlib.Path(shop.cluster.directory, "data")
    owner = pwd.getpwuid(data.stat().st_uid)
    be = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"] if ROOT else []

    def checksums(switch):
        shop.cluster.stop()
        subprocess.run([*be, "/usr/lib/postgresql/15/bin/pg_checksums", f"--{switch}", "-D", data], cwd="/", check=True,
                       capture_output=True)
        shop.cluster.start()

    checksums("disable")
    try:
        done = shop.run_server("--listen", f"127.0.0.1:{free_port()}")
        assert done.returncode == 78 and "data checksums are off: make the cluster anew" in done.stderr, done.stderr
        done = subprocess.run([SERVER, "--data-dir", shop.data, "--listen", f"127.0.0.1:{free_port()}", "--private-database"],
                              env={**shop.environment(), "CAROLINE_PRIVATE_DATABASE": "no"}, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 78 and "data checksums are off" in done.stderr, done.stderr
    finally:
        checksums("enable")
    server = shop.start()
    assert server.stop() == 0
    shop.servers.remove(server)
