"""A year of 1,000 receipts a day, 3 % of them brought back, ten faults a day, built for speed, on two cores that have nothing else
to do. A minute of the wall's clock is asked (ARCHITECTURE.md); what is held to here is that, and a little.

Machines differ by three, and one machine by two from hour to hour. A yardstick says by how much: as many receipts written as bare
rows, a transaction each, to SQLite in memory. Where that takes longer than it did there, the year may take longer by as much."""

import os
import pathlib
import re
import sqlite3
import subprocess
import time

SHIPPED = os.environ.get("CAROLINE_SIM", str(pathlib.Path(os.environ["CAROLINE_BUILD"]) / "bin" / "caroline-sim"))
RECEIPTS = 365 * 1000
DRAWN = 100_000
ASKED_S, MOST_S = 60, 66
YARDSTICK_S = 3.9


def yardstick():
    """Seconds of CPU for RECEIPTS receipts of three lines, estimated from DRAWN of them."""
    began = time.process_time()
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, at INTEGER, total INTEGER, receipt BLOB)")
    database.execute("CREATE TABLE sale_line (sale INTEGER, number INTEGER, product INTEGER, amount INTEGER,"
                     " PRIMARY KEY (sale, number)) WITHOUT ROWID")
    receipt = b"x" * 200
    for sale in range(DRAWN):
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO sale VALUES (?, ?, ?, ?)", (sale, sale * 1000, sale % 977, receipt))
        for number in range(3):
            database.execute("INSERT INTO sale_line VALUES (?, ?, ?, ?)", (sale, number, (sale * 7 + number) % 50, sale % 977))
        database.execute("COMMIT")
    return (time.process_time() - began) * RECEIPTS / DRAWN


def test_a_year_in_a_minute():
    before = yardstick()
    # Rows are looked up all over a gigabyte: in huge pages, where the kernel has some (glibc's manual, memory allocation tunables).
    environment = {**os.environ, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    done = subprocess.run([SHIPPED, "--days", "365", "--receipts", "1000", "--faults", "10", "--tills", "8", "--checks", "365",
                           "--jobs", "2"],
                          env=environment, capture_output=True, text=True, timeout=850, check=False)
    bare = (before + yardstick()) / 2
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    sales, refunds = (int(re.search(rf"{word}=(\d+)", done.stdout).group(1)) for word in ("sales", "refunds"))
    assert sales + refunds >= RECEIPTS * 0.9 and 0.027 < refunds / sales < 0.04
    assert " faults=3650 " in done.stdout
    if "CAROLINE_SIM" in os.environ:
        seconds, cpu, first = map(float, re.search(r"in ([0-9.]+) s, ([0-9.]+) s of CPU, ([0-9.]+) s of it", done.stdout).groups())
        most = MOST_S * max(1.0, bare / YARDSTICK_S)
        print(f"a year took {seconds:.1f} s, {cpu:.1f} s of CPU, {first:.1f} s of it on the first thread; its receipts as bare rows of"
              f" SQLite {bare:.1f} s; {ASKED_S} are asked, {most:.1f} s are allowed")
        assert seconds <= most
