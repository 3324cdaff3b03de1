"""The till's own disk is full: nothing is sold that could not be kept, nothing is lost, and with room again all goes on."""
import contextlib
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "screens"))
from terminal import ENTER, ESCAPE, F, Terminal  # noqa: E402
from test_counter import Bakery, sign_in  # noqa: E402

MEGABYTE = 1 << 20
# Not proved elsewhere than as root: only root may give a till a small disk of its own.
pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="needs root, to mount a small disk")


def fill(path):
    for size in (MEGABYTE, 512):
        with open(path, "ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(size))


@pytest.fixture()
def small_till(tmp_path):
    """A till whose folder is a disk of four megabytes."""
    bakery = Bakery()
    disk = bakery.shop.directory / "small"
    disk.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "none", disk], check=True)
    try:
        bakery.enrol("small", 8)
        yield bakery, disk
        bakery.shop.check()
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)
        bakery.shop.destroy()


def test_B1_nothing_is_sold_that_the_till_cannot_keep(small_till):
    bakery, disk = small_till
    with Terminal("--identity", disk) as t:
        sign_in(t, "Mona", "4918")
        t.wait("How much money is in the drawer?")
        t.type("100", ENTER)
        t.wait("is open with 100.00 in the drawer")
        t.type("112", ENTER)
        t.wait("1 piece,")
        fill(disk / "filler")
        t.type("3x113", ENTER)
        t.wait(re.compile("disk|full|kept|room"))  # said, and the till goes on
        before = bakery.sales()
        t.type(F[2])
        t.wait(lambda text: "Cash given:" in text or "disk" in text)
        t.type(ENTER)
        t.wait(re.compile("could not be|cannot be|full"))
        assert bakery.sales() == before
        bakery.server.kill()
        t.wait("NO CONNECTION", seconds=20)
        t.type(ESCAPE)
        t.wait("F2 Pay")
        t.type(F[2])
        t.wait("OFFLINE: this till sells by itself")
        t.type(ENTER)
        t.wait(re.compile("could not be kept|cannot be kept|full"))
        assert "Receipt 8X" not in t.text
        os.unlink(disk / "filler")
        t.type(ENTER)
        t.wait("Receipt 8X-000001")
        t.type(ENTER)
        t.wait("The basket is empty.")
        bakery.server.start()
        t.wait("● connected", seconds=40)
        t.wait("to be booked", gone=True, seconds=40)
    assert bakery.shop.sql("SELECT count(*) FROM sale WHERE series = 'X'") == [(1,)]
