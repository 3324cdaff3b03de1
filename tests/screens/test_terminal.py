"""The counter as a program of a terminal: taken, given back, resized, stopped, poor terminals, no server."""
import datetime
import re
import signal
import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from terminal import BUILD, COUNTER, ENTER, F, Terminal


# In its field: the terminal itself echoes what comes before the program takes it.
KEY_SEEN = re.compile(r"Name or badge +Ana")


@pytest.fixture
def identity(tmp_path):
    """A till of a shop whose server is not there."""
    directory = tmp_path / "till"
    directory.mkdir(mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "till")])
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=300))
        .sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (directory / "ca.pem").write_bytes(certificate)
    (directory / "device.pem").write_bytes(certificate + pem)
    (directory / "identity.conf").write_text(
        "[server]\nhost = 127.0.0.1\nport = 1\nname = localhost\n[device]\nid = 5\nshop = 1\nkind = 1\nname = Front\ntill = 3\n"
    )
    for file in directory.iterdir():
        file.chmod(0o600)
    return directory


def test_it_is_there_at_once_and_says_that_the_server_is_not(identity):
    with Terminal("--identity", identity) as t:
        t.wait("Who is at the counter?")
        t.wait("NO CONNECTION")
        assert "till 3" in t.text.lower()
        t.type("Ana")
        t.wait("Ana")
        t.type("\003")
        t.wait("Leave the counter?")
        t.type(ENTER)
        assert t.end() == 0
        assert t.is_cooked()
        assert b"\033[?1049l" in t.raw[-400:] and b"\033[?2004l" in t.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_gives_the_terminal_back(identity, number):
    with Terminal("--identity", identity) as t:
        t.wait("Who is at the counter?")
        t.signal(number)
        assert t.end() == 0
        assert t.is_cooked()
        assert b"\033[?1049l" in t.raw and b"\033[?2004l" in t.raw


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_gives_the_terminal_back(identity, number):
    with Terminal("--identity", identity) as t:
        t.wait("Who is at the counter?")
        t.signal(number)
        assert t.end() != 0
        assert t.is_cooked()
        assert b"\033[?1049l" in t.raw and b"\033[?2004l" in t.raw


@pytest.mark.parametrize("by_key", [True, False])
def test_it_is_not_suspended(identity, by_key):
    """A script that began it would wait for ever, with the terminal in its hands."""
    with Terminal("--identity", identity) as t:
        t.wait("Who is at the counter?")
        t.type("An")
        if by_key:
            t.type("\032")
            t.wait("this program is not suspended")
        else:
            t.signal(signal.SIGTSTP)
        t.type("a")
        t.wait("Ana")
        assert not t.is_stopped() and not t.is_cooked()


def test_it_may_be_stopped_from_outside(identity):
    with Terminal("--identity", identity) as t:
        t.wait("Who is at the counter?")
        t.signal(signal.SIGSTOP)
        t.screen.reset()  # somebody else writes meanwhile
        t.signal(signal.SIGCONT)
        t.wait("Who is at the counter?")
        assert not t.is_cooked()


def test_any_size_at_any_time(identity):
    with Terminal("--identity", identity) as t:
        t.wait("Who is at the counter?")
        t.type("An")
        for rows, columns in [(10, 40), (1, 1), (2, 200), (60, 20), (23, 80), (24, 79)]:
            t.resize(rows, columns)
            t.read(0.05)
        t.resize(12, 60)
        t.wait("Caroline needs 80 x 24")
        t.type("x", F[12])  # nobody sees what it would do
        t.resize(40, 120)
        t.wait("Who is at the counter?")
        t.type("a")
        t.wait(KEY_SEEN)
        t.resize(24, 80)

        def but_banner(text):
            """All of it but the banner, which counts seconds."""
            lines = text.splitlines()
            return lines[:1] + lines[2:]

        def is_whole(text):
            """What was drawn for the size before may still be on its way."""
            lines = text.splitlines()
            return "Till 3" in lines[0] and lines[0].endswith("NO CONNECTION") and "Ana" in text and "F12 Leave" in lines[-1]

        before = but_banner(t.wait(is_whole))
        t.resize(40, 120)
        t.wait(is_whole)
        t.resize(24, 80)
        t.wait(lambda text: but_banner(text) == before)


def test_keys_before_the_first_screen_count(identity):
    with Terminal("--identity", identity) as t:
        t.child.send("Ana")
        t.wait(KEY_SEEN)


def test_ascii_is_enough(identity):
    with Terminal("--identity", identity, LANG="C") as t:
        t.wait("Who is at the counter?")
        t.type("é", F[1])
        t.wait("Help: Sign in")
        assert all(byte < 0x80 for byte in t.raw)
    with Terminal("--identity", identity, "--ascii") as t:
        t.wait("Who is at the counter?")
        assert all(byte < 0x80 for byte in t.raw)


def test_the_linux_console_has_no_lines_and_blocks(identity):
    with Terminal("--identity", identity, term="linux") as t:
        t.wait("Who is at the counter?")
        t.type(F[1].replace("\033OP", "\033[[A"))
        t.wait("Help: Sign in")
        assert not re.search("[─│┌█●○]", t.raw.decode(errors="replace"))


def test_nobody_has_said_what_the_terminal_speaks(identity):
    with Terminal("--identity", identity, LANG=None) as t:
        t.wait("Who is at the counter?")
        t.type(F[1])
        t.wait("┌")


@pytest.mark.parametrize("terms", ["xterm", "vt100", "screen", "tmux-256color", "vt220", "rxvt"])
def test_terminals_of_all_kinds(identity, terms):
    with Terminal("--identity", identity, term=terms) as t:
        t.wait("Who is at the counter?")
        t.type("Ana", F[1])
        t.wait("Help: Sign in")


def test_no_color_means_none(identity):
    with Terminal("--identity", identity, NO_COLOR="1") as t:
        t.wait("Who is at the counter?")
        assert not re.search(rb"\033\[[0-9;]*(?<![0-9])[34][0-7](;[0-9;]*)?m", t.raw)
    with Terminal("--identity", identity, NO_COLOR="") as t:  # an empty one says nothing
        t.wait("Who is at the counter?")
        assert re.search(rb"\033\[[0-9;]*4[0-7]", t.raw)


def test_the_colours_are_a_setting(identity, tmp_path):
    paint = re.compile(rb"\033\[30m\033\[47m|\033\[30;47m|\033\[47m\033\[30m|\033\[[0-9;]*30;47m")
    with Terminal("--identity", identity, "--theme", "light") as t:
        t.wait("Who is at the counter?")
        assert paint.search(t.raw)
    with Terminal("--identity", identity) as t:
        t.wait("Who is at the counter?")
        assert not paint.search(t.raw)
    theme = tmp_path / "theme.conf"
    theme.write_text("[theme]\nkey_label = black on pink\n")
    with Terminal("--identity", identity, "--theme", theme) as t:
        assert t.end() == 64
        assert b"theme.conf:2: a look is a colour" in t.raw
    theme.write_text("[theme]\nbased_on = light\nkey_label = black on green\n")
    with Terminal("--identity", identity, "--theme", theme) as t:
        t.wait("F1 Help")
        assert re.search(rb"\033\[[0-9;]*42m", t.raw)


def test_the_bell_is_a_setting(identity):
    for sounds, rings in (("yes", True), ("no", False)):
        with Terminal("--identity", identity, "--sounds", sounds) as t:
            t.wait("Who is at the counter?")
            before = t.raw.count(b"\007")  # the window's title ends in one
            t.type(F[7])
            t.wait("F7 does nothing here now")
            t.type("Ana")
            t.wait(KEY_SEEN)
            assert (t.raw.count(b"\007") > before) == rings


def test_what_cannot_work_is_said_before_the_screen(identity, tmp_path):
    def run(*arguments, **environment):
        return subprocess.run([COUNTER, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=20, env={"PATH": "/usr/bin", "TERM": "xterm", "LANG": "C.UTF-8", **environment})

    none = run("--identity", tmp_path / "nowhere")
    assert none.returncode == 78 and "not enrolled" in none.stderr
    no_terminal = run("--identity", identity)
    assert no_terminal.returncode == 64 and "terminal" in no_terminal.stderr
    assert run("--wrong").returncode == 64
    said = run("--help")
    assert said.returncode == 0 and "120 seconds" in said.stdout and "idle-lock-s" in said.stdout, "when it locks itself"
    for term in ("dumb", "nonsense", ""):
        with Terminal("--identity", identity, term=term) as t:
            assert t.end() == 64
            assert "TERM" in t.raw.decode()
    with Terminal("--identity", identity) as t:
        t.wait("Who is at the counter?")
        second = run("--identity", identity)
        assert second.returncode == 75, second.stderr


def test_the_kiosk_does_not_wait_for_a_hundred_thousand_products_either(identity):
    """From exec to the page that a key which was waiting for it opens."""
    kiosk = BUILD / "bin" / "caroline-kiosk"
    conf = identity / "identity.conf"
    conf.write_text(conf.read_text().replace("kind = 1", "kind = 2"))
    subprocess.run([BUILD / "tests" / "make_catalogue", identity / "catalogue", "100000"], check=True, timeout=60)
    took = []
    for _ in range(5):
        with Terminal("--identity", identity, program=kiosk) as t:
            t.child.send("1")
            t.wait("Look for a name")
            took.append(time.monotonic() - t.started)
            t.wait("Caroline's Cookies")  # the catalogue is in
            t.wait("Cookies", seconds=5)
            t.type("2")
            t.wait("Almond Cookie")
    sanitized = "asan" in subprocess.run(["ldd", kiosk], capture_output=True, text=True).stdout
    print(f"from exec to the first page that was asked for: {[round(t * 1000) for t in took]} ms, sanitized: {sanitized}")
    assert min(took) < (2.0 if sanitized else 0.1)


def test_a_hundred_thousand_products_are_no_reason_to_wait(identity):
    """From exec to a screen with the key that was waiting for it. The bar of 100 ms is for the build that shops run."""
    subprocess.run([BUILD / "tests" / "make_catalogue", identity / "catalogue", "100000"], check=True, timeout=60)
    took = []
    for _ in range(5):
        with Terminal("--identity", identity) as t:
            t.child.send("Ana")
            t.wait(KEY_SEEN)
            took.append(time.monotonic() - t.started)
            t.wait("Caroline's Cookies")  # the catalogue is in
    sanitized = "asan" in subprocess.run(["ldd", COUNTER], capture_output=True, text=True).stdout
    print(f"from exec to the first key on the screen: {[round(t * 1000) for t in took]} ms, sanitized: {sanitized}")
    assert min(took) < (2.0 if sanitized else 0.1)
