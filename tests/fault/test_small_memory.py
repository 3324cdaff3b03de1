"""The server as it is shipped, with 64 MiB for all that it and the kernel keep for it, which is enough: a PIN takes 19 of them,
and two are looked at at once. With 48 it is killed where they are two, brought back by its supervisor, and nothing is lost or
done twice."""
import contextlib
import os
import pathlib
import subprocess
import threading

import pytest
from faults import check_exactly_once, see_through
from rounds import Bakery
from shop import SHIPPED, TOP, Refused, make_shop
from waiting import wait_for

MIB = 1 << 20
CONTROL = pathlib.Path("/sys/fs/cgroup")

pytestmark = pytest.mark.skipif(os.getuid() != 0 or not os.access(CONTROL, os.W_OK), reason="only root limits memory")


@contextlib.contextmanager
def memory_group(limit):
    """A control group of the first or the second kind; what runs in it may use so many bytes, and no swap."""
    first = (CONTROL / "memory").is_dir()
    group = CONTROL / "memory" / "caroline-test" if first else CONTROL / "caroline-test"
    if not first:
        (CONTROL / "cgroup.subtree_control").write_text("+memory")
    group.mkdir()
    try:
        (group / ("memory.limit_in_bytes" if first else "memory.max")).write_text(str(limit))
        yield group
    finally:
        wait_for(lambda: not (group / "cgroup.procs").read_text(), 20, "an empty group")
        group.rmdir()


def killed(group):
    """How many processes the kernel has ended in there for want of memory."""
    name = "memory.oom_control" if (group / "memory.oom_control").exists() else "memory.events"
    words = (group / name).read_text().split()
    return int(words[words.index("oom_kill") + 1])


@contextlib.contextmanager
def supervised(shop, port, group, log):
    supervisor = subprocess.Popen(
        ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', group, TOP / "deploy" / "supervise", log, "server", SHIPPED,
         "--data-dir", shop.data, "--idle-lock-s", "86400", "--listen", f"127.0.0.1:{port}"], env=shop.environment())
    try:
        yield
    finally:
        supervisor.terminate()
        assert supervisor.wait(40) == 0


def signs_in(shop, till, signed_in, one_by_one):
    """At once with the others; who fails tries again, and then nobody beside them, as people do who have seen it fail."""
    def tries():
        with contextlib.suppress(OSError, Refused), shop.connect(till.identity) as client:
            client.sign_in("Ben")
            return True

    if not tries():
        with one_by_one:
            wait_for(tries, 60, "a person signed in")
    signed_in.append(till)


@pytest.mark.parametrize("mebibytes", [64, 48])
def test_SF12_so_many_mebibytes(tmp_path, mebibytes):
    assert SHIPPED, "CAROLINE_SHIPPED names the build that is shipped: tests/long makes it"
    with make_shop() as shop, memory_group(mebibytes * MIB) as group:
        server = shop.start("--idle-lock-s", "86400")
        shop.open()
        shop.staff("Ben")
        bakery = Bakery(shop, None)
        tills = [shop.till("Ben") for _ in range(4)]
        assert server.stop() == 0
        with supervised(shop, server.port, group, tmp_path):
            done, one_by_one = [], threading.Lock()
            for crowd in (1, 1, 4):  # four PINs at once are more than 48 hold
                signed_in = []
                people = [threading.Thread(target=signs_in, args=(shop, till, signed_in, one_by_one))
                          for till in tills[:crowd]]
                for person in people:
                    person.start()
                orders = bakery.sales() + bakery.refunds()
                see_through(orders, 120)
                for person in people:
                    person.join(120)
                assert len(signed_in) == crowd
                done += orders
            check_exactly_once(shop, done)
            assert (killed(group) >= 1) == (mebibytes < 64), "it dies, or the limit was never felt"
            assert (tmp_path / "server.log").read_text().count("starting it again") == killed(group)
        shop.check()
