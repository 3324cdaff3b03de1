"""A bad network for as long as it takes: faults drawn by a seed that is printed (CAROLINE_SEED draws the same again), cuts at
every statement, and connections that die without a word; a server that stands still, or hardly gets a turn."""
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import time
import uuid

import pytest
from cli import Cli, invited
from cryptography.hazmat.primitives.asymmetric import ec
from faults import Device, Failpoints, ask_once, ask_together, check_exactly_once, see_through
from network import FAULTS
from proxy import BOTH, TO_SERVER, TO_TILL, Proxy
from rounds import BY_THE_CLOCK, CHECKS, Bakery
from seed import seed, tonight
from shop import PIN, SHIPPED, Client, certificate_request, decode_code, make_shop, pb
from waiting import stands_still, wait_for

FAULTY_ROUNDS = 40
SECONDS = 10  # of each kind
# A fifth of all packets is lost in test_lossy_network.py, and the segments of one connection are turned around in test_segments.py, which TCP
# puts right again; what is turned around here is what it does not: frames that are sent again by another connection.
KINDS = {
    "late": lambda proxy, draw: proxy.delay(BOTH, 0.4),
    "torn": lambda proxy, draw: proxy.tear(BOTH),
    "out_of_order": lambda proxy, draw: proxy.scatter(draw, 0.8),
    "one_way_to_the_server": lambda proxy, draw: proxy.hold(TO_TILL),
    "one_way_to_the_till": lambda proxy, draw: proxy.hold(TO_SERVER),
    "neither_way": lambda proxy, draw: proxy.hold(BOTH),
}
CARRIED = ("late", "torn")  # each is answered at its first sending
SILENT = ("one_way_to_the_server", "one_way_to_the_till", "neither_way")  # none is


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start("--idle-lock-s", "86400")  # nobody types a PIN again
        shop.open()
        shop.staff("Ben")
        made = Bakery(shop, failpoints)
        shop.receive(made.goods["cake"], 20000)
        yield made


@pytest.fixture(autouse=True)
def manager(bakery):
    """Who may have been behind a network that is no more."""
    bakery.shop.manager = bakery.console.client or bakery.console.connect()


def test_SF5_faults_upon_faults(bakery):
    chance = random.Random(seed())
    see_through(bakery.crowd())
    with Proxy(bakery.server.port) as proxy:
        for till in bakery.crowded:
            till.port, till.patience = proxy.port, 0.4
            till.lose()
        unanswered = 0
        for _ in range(FAULTY_ROUNDS):
            orders = bakery.crowd()
            for name in chance.sample(list(FAULTS), chance.randint(1, 3)):  # one upon the other
                FAULTS[name](proxy)
                unanswered += not ask_together(chance.sample(orders, 4))
            proxy.heal()
            see_through(orders)
            check_exactly_once(bakery.shop, orders)
            bakery.shop.check(SHIPPED)
    assert unanswered > FAULTY_ROUNDS // 4  # two faults in three leave somebody without an answer
    bakery.check()


def test_SF6_connections_that_die_without_a_word_are_missed_and_made_anew(bakery, tmp_path):
    receipts = tmp_path / "receipts.csv"
    receipts.write_text("".join(f"{number + 1},1,roll\n" for number in range(2000)))
    cli = Cli(bakery.shop, "replayer")

    def sales():
        return bakery.shop.sql("SELECT count(*) FROM sale")[0][0]

    with Proxy(bakery.server.port) as proxy:
        cli.run("enrol", "--server", f"localhost:{proxy.port}", "--code", invited(bakery.shop), person=False)
        before = sales()
        replay = cli.start("replay", receipts, "--tills", "6", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for count in (300, 900):
            wait_for(lambda: replay.poll() is not None or sales() >= before + count, 120, f"{count} receipts")
            assert replay.poll() is None
            proxy.abandon()
        out, err = replay.communicate(timeout=180)
    assert replay.returncode == 0, err
    assert json.loads(out)["receipts"] == 2000 == sales() - before
    bakery.check()


@contextlib.contextmanager
def behind(proxy, bakery, *others):
    """The three tills are, for a while, and these."""
    devices = [*bakery.tills, *others]
    for device in devices:
        device.port, device.patience = proxy.port, 5
        device.connect()
    try:
        yield
    finally:
        for device in devices:
            device.port, device.patience = bakery.server.port, 30
            device.lose()


def stopped(bakery, orders):
    """Whether the server stands still before all of them are answered."""
    process = bakery.server.process.pid

    def seen():
        return stands_still(process) or bakery.failpoints.fired()

    try:
        wait_for(seen, 5, "the point")
    except AssertionError:
        return False
    wait_for(lambda: stands_still(process), 20, "a server that stands still")
    return True


def cut_at(bakery, proxy, name, orders):
    """While the server has left a statement for PostgreSQL and waits, every line of the tills is cut; whether it came so far."""
    bakery.failpoints.arm(name, "stop")
    for order in orders:
        order.send()
    reached = stopped(bakery, orders)
    bakery.failpoints.disarm()
    proxy.reset()
    if stands_still(bakery.server.process.pid):
        os.kill(bakery.server.process.pid, signal.SIGCONT)
    return reached


def test_SF3_the_network_is_cut_at_every_statement_of_sales_and_refunds(bakery):
    with Proxy(bakery.server.port) as proxy, behind(proxy, bakery):
        known = set()
        for round in (Bakery.sales, Bakery.refunds):
            names = [name for name in bakery.names(round) if name.startswith("statement/") and name not in known]
            known.update(names)
            for name in names:
                orders = round(bakery)
                assert cut_at(bakery, proxy, name, orders), name
                see_through(orders)
                check_exactly_once(bakery.shop, orders)
        assert {f"statement/{name}" for name in ("group_lock", "counter_sale_insert", "command_keep", "COMMIT")} <= known
    bakery.check()


def closing_and_boss(bakery):
    """Who closes shifts, and who is asked to allow things; they are there once their rounds were."""
    see_through(bakery.closes())
    see_through(bakery.desk())
    return bakery.closing, bakery.trims.boss


def test_SF3_the_network_is_cut_at_every_statement_of_all_else(bakery):
    """A member who comes and one who goes, goods, a shift's Z, a sale with all that one may have, and the desk's work. A third of the statements each
    night: test_commands_die.py cuts there, too."""
    others = bakery.console, *closing_and_boss(bakery)
    with Proxy(bakery.server.port) as proxy, behind(proxy, bakery, *others):
        known = {name for round in (Bakery.sales, Bakery.refunds) for name in bakery.names(round)}
        for round in (Bakery.newcomers, Bakery.closes, Bakery.trimmed, Bakery.desk):
            names = [name for name in bakery.names(round) if name.startswith("statement/") and name not in known]
            known.update(names)
            for name in tonight(names, round.__name__, share=3):
                orders = round(bakery)
                assert cut_at(bakery, proxy, name, orders), name
                see_through(orders)
                check_exactly_once(bakery.shop, orders)
                for device in (*bakery.tills, *others):
                    device.lose()  # it was cut, even where nobody has asked since
        assert {f"statement/{name}" for name in ("member_write", "shift_z_insert", "product_put_version", "gift_card_moved")} <= known, sorted(known)
    bakery.check()


def cut_once(bakery, proxy, name, client, send):
    """One that asks by itself, and is cut there; whether it came so far."""
    bakery.failpoints.arm(name, "stop")
    asked = send(client)
    process = bakery.server.process.pid
    wait_for(lambda: stands_still(process), 20, f"the passing of {name}")
    proxy.reset()
    os.kill(process, signal.SIGCONT)
    with pytest.raises(OSError):
        client.read_reply(asked)
    client.close()


# What memory reads of the catalogue, beside whoever asks.
FOLLOWS = re.compile(r"statement/catalogue_(?!head_of)\w+")


def statements_of(bakery, ask):
    """What it passes when nothing is cut."""
    passed = []
    with bakery.failpoints.recorded(passed):
        ask()
    return [name for name in passed if name.startswith("statement/") and name not in CHECKS
            and not BY_THE_CLOCK.fullmatch(name) and not FOLLOWS.fullmatch(name)]


def test_SF3_a_device_that_is_cut_at_every_statement_of_its_first_day_is_enrolled_and_signs_in(bakery):
    """The code is used once, however often it is sent again; who was cut as they signed in signs in again, and no try is counted."""
    shop = bakery.shop
    identity = shop.device()

    def invited():
        invite = pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="new")
        return decode_code(shop.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited).code)[1]

    with Proxy(bakery.server.port) as proxy:
        def stranger():
            return Client(proxy.port, ca=identity.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER)

        def newcomer():
            key = ec.generate_private_key(ec.SECP256R1())
            return pb.OP_ENROL, pb.Enrol(secret=invited(), certificate_request=certificate_request(key)), uuid.uuid4().bytes

        with stranger() as first:
            comes = newcomer()
            names = statements_of(bakery, lambda: first.reply(*comes))
        assert "statement/COMMIT" in names and len(names) > 4
        for name in names:
            comes = newcomer()
            [[before]] = shop.sql("SELECT count(*) FROM device")
            cut_once(bakery, proxy, name, stranger(), lambda client: client.send(*comes))
            with stranger() as again:
                answers = {again.reply(*comes).body for _ in range(2)}
            assert len(answers) == 1 and pb.Enrolled.FromString(answers.pop()).device.id, name
            assert shop.sql("SELECT count(*) FROM device") == [(before + 1,)], name

        def door():
            return Client(proxy.port, identity, kind=pb.CLIENT_COUNTER)

        def sign_in(client):
            return client.send(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Ben", pin=PIN))

        with door() as first:
            names = statements_of(bakery, lambda: first.sign_in("Ben"))
        assert "statement/COMMIT" in names and len(names) > 2
        for name in names:
            cut_once(bakery, proxy, name, door(), sign_in)
            with door() as again:
                token = again.sign_in("Ben").token
                assert again.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened).staff.name == "Ben"
        assert shop.sql(f"SELECT count(*) FROM sign_in_failure WHERE device_id = {identity.device.id}") == [(0,)]
    bakery.check()


@pytest.mark.parametrize("kind", KINDS)
def test_SF6_ten_seconds_of(bakery, kind):
    """Sales, refunds, newcomers: in what carries, round upon round; in what does not, the same ones, sent again and again."""
    draw, other = random.Random(f"{seed()} {kind}"), Device(bakery.shop, bakery.shop.till("Ida"))
    done, sent, sold = [], 0, 0
    with Proxy(bakery.server.port) as proxy, behind(proxy, bakery, bakery.console):
        end = time.monotonic() + SECONDS
        orders = bakery.sales() + bakery.refunds() + bakery.newcomers()
        for device in (*bakery.tills, bakery.console):
            device.patience = 30 if kind in CARRIED else 0.3
            device.connect()
        while time.monotonic() < end or sent < 2:
            KINDS[kind](proxy, draw)
            answered = ask_once([order for order in orders if not order.answered])
            sent += 1
            assert answered or kind not in CARRIED
            assert not any(order.answered for order in orders) or kind not in SILENT
            sale = bakery.cash_sale(other)
            assert ask_once([sale])  # who is not behind that network sells
            sold += 1
            done += [sale]
            if answered:
                done += orders
                orders = bakery.sales() + bakery.newcomers() if kind in CARRIED else bakery.sales()
        proxy.heal()
        see_through(orders)
        done += orders
    assert sent >= 2 and sold >= 2
    check_exactly_once(bakery.shop, done)
    bakery.check()


def test_SF3_the_network_is_cut_under_points_and_a_refund_behind_another_group(bakery):
    """The second group, a member's sale with a free cookie and a refund that gives points back, waits behind the COMMIT of the
    first when every line is cut."""
    process = bakery.server.process.pid
    with Proxy(bakery.server.port) as proxy, behind(proxy, bakery):
        for name in ("group_behind", "statement/counter_sale_insert", "statement/COMMIT", "group_committed"):
            came = 0
            for _ in range(5):  # the first may have been committed before the others came
                first, then = [bakery.cash_sale(bakery.tills[0])], [bakery.member_sale(bakery.tills[1]), *bakery.refunds()]
                bakery.failpoints.arm("group_stored", "stop")
                for order in first:
                    order.send()
                wait_for(lambda: stands_still(process), 20, "a group that is decided")
                # What the first group writes went out before it was stored: only its COMMIT is still to come.
                bakery.failpoints.arm(name, "stop", 2 if name in ("statement/COMMIT", "group_committed") else 1)
                for order in then:
                    order.send()
                os.kill(process, signal.SIGCONT)
                came += stopped(bakery, then)
                bakery.failpoints.disarm()
                proxy.reset()
                if stands_still(process):
                    os.kill(process, signal.SIGCONT)
                see_through(first + then)
                check_exactly_once(bakery.shop, first + then)
                if came:
                    break
            assert came, name
    bakery.check()


def test_SF6_three_seconds_late(bakery):
    orders = bakery.sales() + bakery.refunds()
    with Proxy(bakery.server.port) as proxy, behind(proxy, bakery):
        proxy.delay(BOTH, 3)
        for till in bakery.tills:
            till.patience = 30
            till.client.sock.settimeout(30)
        begun = time.monotonic()
        assert ask_once(orders)
        assert time.monotonic() - begun > 6  # there and back
        proxy.heal()
        see_through(orders)
    check_exactly_once(bakery.shop, orders)
    bakery.check()


def test_SF12_what_a_server_frozen_for_forty_seconds_held_is_sold_by_another(bakery):
    """Its transaction is open and has locked the tills; PostgreSQL ends it. Thawed, it answers as the other did."""
    process = bakery.server.process.pid
    other = bakery.shop.start("--idle-lock-s", "86400")
    orders = bakery.sales() + bakery.refunds()
    bakery.failpoints.arm("group_stored", "stop")
    for order in orders:
        order.send()
    wait_for(lambda: stands_still(process), 20, "a server that stands still")
    thaw = time.monotonic() + 40
    try:
        for till in bakery.tills:
            till.port = other.port
            till.lose()
        see_through(orders, 35)
        check_exactly_once(bakery.shop, orders)
        wait_for(lambda: time.monotonic() > thaw, 60, "the fortieth second")
    finally:
        os.kill(process, signal.SIGCONT)
        for till in bakery.tills:
            till.port = bakery.server.port
            till.lose()
    more = bakery.sales()
    see_through(orders + more)  # an answer that differs fails
    check_exactly_once(bakery.shop, orders + more)
    assert bakery.server.process.poll() is None
    assert other.stop() == 0
    bakery.shop.servers.remove(other)
    bakery.check()


def test_SF12_a_server_that_hardly_gets_a_turn(bakery):
    """The lowest of all priorities, beside four loops on each core."""
    process = bakery.server.process.pid
    loops = []
    try:
        for thread in os.listdir(f"/proc/{process}/task"):
            os.setpriority(os.PRIO_PROCESS, int(thread), 19)
        loops += [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(4 * (os.cpu_count() or 1))]
        for _ in range(3):
            orders = bakery.sales() + bakery.refunds()
            see_through(orders, 120)
            check_exactly_once(bakery.shop, orders)
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    assert bakery.server.process.poll() is None
    assert bakery.server.stop() == 0
    bakery.server.start()
    bakery.check()
