"""caroline spool send: files that are not what they should be, and runs that are killed on the way."""
import shutil
import signal
import sqlite3
import subprocess
import time
import uuid

import pytest
from cli import AWAY, DONE, REFUSED, USAGE, Cli, console
from counter import basket, check_books, seed
from offline import Till
from shop import pb
from waiting import wait_for

TABLES = """
PRAGMA journal_mode = WAL;
CREATE TABLE command (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE CHECK (length(id) = 16), op INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0, secret INTEGER NOT NULL, takes_basket INTEGER NOT NULL, made_us INTEGER NOT NULL, body BLOB,
    answered INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0, reply BLOB);
CREATE TABLE basket (only INTEGER PRIMARY KEY CHECK (only = 1), bytes BLOB NOT NULL, taken_by BLOB);
CREATE TABLE offline_sale (number INTEGER PRIMARY KEY, command_id BLOB NOT NULL UNIQUE CHECK (length(command_id) = 16),
    booked INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL, paper BLOB NOT NULL);
CREATE TABLE aside (command_id BLOB PRIMARY KEY CHECK (length(command_id) = 16), shift_id INTEGER NOT NULL, staff_id INTEGER NOT NULL);
CREATE TABLE offline_series (only INTEGER PRIMARY KEY CHECK (only = 1), newest INTEGER NOT NULL);
INSERT INTO offline_series VALUES (1, 0);
CREATE TABLE origin (only INTEGER PRIMARY KEY CHECK (only = 1), device_id INTEGER NOT NULL, in_use INTEGER NOT NULL);
INSERT INTO origin VALUES (1, 0, 0);
PRAGMA user_version = 2;
"""


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.till().close()
    return made


@pytest.fixture(scope="module")
def office(shop, goods):
    return console(shop, "office")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)


class Spool:
    """As a till writes it; tests/link and tests/screens have the real ones."""

    def __init__(self, path, till):
        self.path, self.till = path, till
        self.file = sqlite3.connect(path, isolation_level=None)
        self.file.executescript(TABLES)
        self.file.execute("UPDATE origin SET device_id = ?", (till.device,))

    def command(self, op, message, **more):
        row = dict(id=uuid.uuid4().bytes, op=op, secret=0, takes_basket=0, made_us=time.time_ns() // 1000,
                   body=message.SerializeToString(), **more)
        self.file.execute(f"INSERT INTO command ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
        return row["id"]

    def sale(self, message, **more):
        self.file.execute("BEGIN")
        id = self.command(pb.OP_SALE_OFFLINE, message, **more)
        self.file.execute("INSERT INTO offline_sale (number, command_id, body, paper) VALUES (?, ?, ?, x'')",
                          (message.number, id, message.SerializeToString()))
        self.file.execute("UPDATE offline_series SET newest = ?", (message.number,))
        self.file.execute("COMMIT")
        return id

    def close(self):
        self.file.close()
        return self.path


@pytest.fixture
def till(shop, goods):
    made = Till(shop)
    yield made
    made.client.close()


@pytest.fixture
def spool(shop, till, tmp_path):
    return Spool(tmp_path / "spool.db", till)


def rolls(shop, till, goods, pieces=1):
    return till.printed(basket(shop, (goods["roll"], pieces)))


def asked(shop, till, goods, pieces, total=None):
    return pb.SaleRingUp(basket=basket(shop, (goods["roll"], pieces)), total_minor=total or 45 * pieces, shift_id=till.shift,
                         tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=total or 45 * pieces)])


def numbers(shop, till, series="X"):
    return [n for n, in shop.sql(f"SELECT number FROM sale WHERE device_id = {till.device} AND series = '{series}' ORDER BY number")]


def test_B45_what_the_till_refused_or_put_aside_and_what_it_never_sent(shop, till, goods, office, spool):
    spool.sale(rolls(shop, till, goods), answered=1)  # refused then: its shift was not open
    spool.sale(rolls(shop, till, goods, 2))
    ring_up = spool.command(pb.OP_SALE_RING_UP, asked(shop, till, goods, 3), sent=1)
    aside = spool.command(pb.OP_SALE_RING_UP, asked(shop, till, goods, 4), sent=1, answered=1)
    spool.file.execute("INSERT INTO aside VALUES (?, ?, ?)", (aside, till.shift, till.staff))
    spool.command(pb.OP_SALE_RING_UP, asked(shop, till, goods, 5), sent=1, answered=1)  # refused, and not sold
    spool.command(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number="1T-000001", reason="stale"), sent=1)
    spool.command(pb.OP_SALE_RING_UP, asked(shop, till, goods, 1, total=44), sent=1)
    done = office.run("spool", "send", spool.close(), status=REFUSED)
    assert [line.split("  ")[-1].strip() for line in done.stdout.splitlines()[:4]] == ["booked"] * 4
    assert "not booked: the till showed 0.44, the total is 0.45" in done.stdout
    assert "left alone: sale_refund had no answer: see whether it was done, and do it by hand" in done.stdout
    assert "4 booked, 0 there already, 1 not booked" in done.stdout
    assert numbers(shop, till) == [1, 2] and numbers(shop, till, "T") == [1, 2]
    assert [total for total, in shop.sql(f"SELECT total_minor FROM sale WHERE device_id = {till.device} ORDER BY id")] == [45, 90, 135, 180]
    rows = office.rows("spool", "send", spool.path, status=REFUSED)
    assert [row["outcome"] for row in rows] == ["there already"] * 4 + ["not booked", "left alone"]
    # The till comes back, and asks what it has to ask: both are done.
    for id, pieces in ((ring_up, 3), (aside, 4)):
        reply = till.client.reply(pb.OP_SALE_RING_UP, asked(shop, till, goods, pieces), id)
        assert pb.ErrorCode.Name(reply.error.code) in ("COMMAND_DONE", "COMMAND_REUSED")


def test_B45_a_number_that_is_missing_holds_up_those_behind_it(shop, till, goods, office, spool):
    rolls(shop, till, goods)
    spool.sale(rolls(shop, till, goods))
    spool.sale(rolls(shop, till, goods))
    spool.command(pb.OP_SALE_RING_UP, asked(shop, till, goods, 1))
    rows = office.rows("spool", "send", spool.close(), status=REFUSED)
    assert [row["outcome"] for row in rows] == ["not booked", "not booked", "booked"]
    assert "is expected next" in rows[0]["sentence"] and rows[1]["sentence"] == "it waits for the number before it"
    assert numbers(shop, till) == []


@pytest.mark.parametrize("who", ["the sender", "the server"])
def test_B45_a_run_that_is_killed_is_begun_again(shop, till, goods, office, spool, who):
    for n in range(40):
        spool.sale(rolls(shop, till, goods, 1 + n % 3))
    file = spool.close()
    run = office.start("spool", "send", file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(numbers(shop, till)) >= 5, 60, "a few sales")
    if who == "the sender":
        run.send_signal(signal.SIGKILL)
        run.wait()
    else:
        shop.servers[0].restart()
        assert run.wait(60) in (DONE, AWAY)
        shop.manager = shop.connect(shop.console)
        shop.manager.sign_in()
        till.client = shop.connect(till.client.identity)
    there = len(numbers(shop, till))
    assert 5 <= there <= 40
    rows = office.rows("spool", "send", file)
    assert len(rows) == 40 and {row["outcome"] for row in rows} <= {"booked", "there already"}
    assert numbers(shop, till) == list(range(1, 41))


def test_B45_two_senders_at_once(shop, till, goods, office, spool):
    for n in range(20):
        spool.sale(rolls(shop, till, goods, 1 + n % 3))
    file = spool.close()
    second = console(shop, f"second-{till.device}")
    runs = [cli.start("spool", "send", file, stdout=subprocess.DEVNULL) for cli in (office, second)]
    assert [run.wait(120) for run in runs] == [DONE, DONE]
    assert numbers(shop, till) == list(range(1, 21))


def test_B45_a_file_of_an_older_program_wants_its_till_named(shop, till, goods, office, spool):
    spool.sale(rolls(shop, till, goods))
    spool.file.executescript("DROP TABLE origin; PRAGMA user_version = 1")
    file = spool.close()
    assert "name the till by --till N" in office.run("spool", "send", file, status=REFUSED).stderr
    assert "this shop has no till 9999" in office.run("spool", "send", file, "--till", 9999, status=REFUSED).stderr
    assert "wants a till's number" in office.run("spool", "send", file, "--till", "x", status=USAGE).stderr
    other = Till(shop)
    assert "this sale was not made at that till" in office.run("spool", "send", file, "--till", other.till_number, status=REFUSED).stdout
    assert numbers(shop, other) == [] and numbers(shop, till) == []
    office.run("spool", "send", file, "--till", till.till_number)
    assert numbers(shop, till) == [1]


def killed(spool):
    """As a till that was killed leaves it: in use, and its newest sales beside it."""
    spool.file.execute("UPDATE origin SET in_use = 1")
    spool.file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return spool


def test_B45_files_that_are_refused_with_a_sentence(shop, till, goods, office, spool, tmp_path):
    def refused(path, *more):
        done = office.run("spool", "send", path, *more, status=REFUSED)
        assert done.stdout == "" and not (office.directory / "spool.read").exists()
        return done.stderr
    killed(spool)
    for _ in range(3):
        spool.sale(rolls(shop, till, goods))
    stick = tmp_path / "stick"
    stick.mkdir()
    for path in tmp_path.glob("spool.db*"):
        shutil.copy(path, stick)
    file, wal = stick / "spool.db", stick / "spool.db-wal"
    whole, half = file.read_bytes(), wal.read_bytes()
    # A till that runs has it open.
    live = sqlite3.connect(spool.path, isolation_level=None)
    live.execute("PRAGMA locking_mode = EXCLUSIVE")
    spool.file.close()
    live.execute("BEGIN IMMEDIATE")
    live.execute("UPDATE origin SET in_use = 1")
    assert "is in use: a till that runs sends what it has by itself" in refused(spool.path)
    live.close()
    # The half that a killed till leaves is missing, cut off, or damaged.
    wal.unlink()
    assert f"copy {file}-wal as well" in refused(file)
    wal.write_bytes(half[:-1000])
    assert "is not whole: copy it once more" in refused(file)
    wal.write_bytes(half[:5000] + bytes(255 - byte for byte in half[5000:5200]) + half[5200:])
    assert "is not whole: copy it once more" in refused(file)
    wal.write_bytes(half)
    # The file itself.
    file.write_bytes(whole[:len(whole) // 2])
    assert "is torn" in refused(file)
    file.write_bytes(whole[:100] + b"\xff" * 3000 + whole[3100:])
    assert "is torn" in refused(file)
    for content in (b"", b"money\n" * 1000):
        (tmp_path / "other").write_bytes(content)
        assert "no till's spool" in refused(tmp_path / "other")
    sqlite3.connect(tmp_path / "books.db").executescript("CREATE TABLE command (id)")
    assert "books.db is no till's spool" in refused(tmp_path / "books.db")
    assert "is no till's spool" in refused(tmp_path)
    assert "could not read" in refused(tmp_path / "nothing")
    assert "this is this machine's own" in refused(office.directory / "spool.db")
    # Another program's, another shop's, another till's.
    file.write_bytes(whole)
    newer = sqlite3.connect(tmp_path / "newer.db")
    sqlite3.connect(file).backup(newer)
    newer.executescript("PRAGMA user_version = 3")
    newer.close()
    wal.write_bytes(half)
    file.write_bytes(whole)
    assert "was written by a newer program" in refused(tmp_path / "newer.db")
    assert "the file is of till" in refused(file, "--till", till.till_number + 1)
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    sqlite3.connect(file).backup(foreign)
    wal.write_bytes(half)
    file.write_bytes(whole)
    foreign.executescript("UPDATE origin SET device_id = 4711, in_use = 0")
    foreign.close()
    assert "a device that this shop does not know" in refused(tmp_path / "foreign.db")
    assert "FILE is missing" in office.run("spool", "send", status=USAGE).stderr
    assert numbers(shop, till) == []
    # What can be read of one that is cut off, if nothing better is there; then all of it.
    wal.write_bytes(half[:-1000])
    assert 1 <= len(office.rows("spool", "send", file, "--as-it-is")) < 3
    wal.write_bytes(half)
    assert len(office.rows("spool", "send", file)) == 3
    assert numbers(shop, till) == [1, 2, 3]
    assert (file.read_bytes(), wal.read_bytes()) == (whole, half)


def test_B45_a_file_that_may_not_be_written_is_read(shop, till, goods, office, spool):
    spool.sale(rolls(shop, till, goods))
    file = spool.close()
    file.chmod(0o400)
    file.parent.chmod(0o500)
    try:
        office.run("spool", "send", file)
    finally:
        file.parent.chmod(0o700)
    assert numbers(shop, till) == [1]
    assert [path.name for path in file.parent.iterdir()] == ["spool.db"]
    assert "nothing was noted" not in Cli(shop, "office").run("exceptions").stdout
