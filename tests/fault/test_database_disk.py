"""The database's disk is full under a crowd of tills: nothing is lost, nothing twice; with room again, all goes on."""
import contextlib
import os
import pathlib
import shutil
import subprocess

import pytest
from faults import Failpoints, ask_once, check_exactly_once, see_through
from rounds import Bakery
from shop import make_shop
from waiting import wait_for

MEGABYTE = 1 << 20
# Not proved elsewhere than as root: only root may give PostgreSQL a small disk of its own.
pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="needs root, to mount a small disk")


@pytest.fixture()
def small_disk(tmp_path):
    """A shop whose PostgreSQL has a few megabytes left."""
    with Failpoints(tmp_path) as failpoints, make_shop() as shop:
        data = pathlib.Path(shop.cluster.directory, "data")
        shop.cluster.stop()
        size = int(subprocess.run(["du", "-sm", data], capture_output=True, text=True, check=True).stdout.split()[0])
        aside = data.with_name("data.aside")
        data.rename(aside)
        data.mkdir(mode=0o700)
        owner = aside.stat()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size + 24}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}",
                        "none", data], check=True)
        try:
            subprocess.run(["cp", "-a", f"{aside}/.", data], check=True)
            shop.cluster.start()
            shop.start()
            shop.open()
            shop.staff("Ben")
            yield Bakery(shop, failpoints), data
        finally:
            for server in shop.servers:
                server.kill()
            shop.cluster.stop()
            subprocess.run(["umount", data], check=True)
            data.rmdir()
            aside.rename(data)


def fill(path):
    with open(path, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(MEGABYTE))
    with open(path, "ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(512))


def test_SF7_a_full_disk_of_the_database(small_disk):
    bakery, data = small_disk
    shop = bakery.shop
    shop.receive(bakery.goods["cake"], 30000)
    sold = bakery.crowd_only()
    see_through(sold)
    for _ in range(2):
        filler = data / "filler"
        fill(filler)
        refused = []

        def round_after_round():
            orders = bakery.crowd_only()
            done = ask_once(orders)
            sold.extend(orders) if done else refused.extend(orders)
            return not done

        wait_for(round_after_round, 120, "a sale that finds no room")
        assert shutil.disk_usage(data).free < MEGABYTE
        filler.unlink()
        shop.cluster.start()  # what a supervisor does, where PostgreSQL has ended for want of room
        see_through(refused)
        sold += refused
    check_exactly_once(shop, sold)
    assert bakery.server.process.poll() is None
    bakery.check()
