"""What goes by the clock, with nobody at the counter: points that expire, tiers, friends who are paid for, an erasure that a restored
copy has forgotten. The server, or PostgreSQL's process under it, dies at each statement of it, and two servers do the same night at
once: every lot is swept once, every friend is paid for once, and nobody starts anything but what stands for the supervisor.

Of each a draw in tests/run (CAROLINE_SEED draws the same again), all in tests/long (CAROLINE_ALL_POINTS)."""
import datetime
import os
import random
import re
import signal
import zoneinfo

import psycopg2
import pytest
from counter import NODE, basket, check_strands, ring_up, seed
from faults import Failpoints
from names import fresh
from seed import seed as drawn_by
from shop import TOP, make_shop, pb
from waiting import stands_still, wait_for

ALL = "CAROLINE_ALL_POINTS" in os.environ
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
CROWD, FIRST = 1100, NODE + 100_000  # members, who take more than two of the job's pages
OWING, DUE, OWED = 3, 10, 4          # so many of them owe points, which what expires pays
NIGHTS, LOTS = 400_000, 2 * CROWD    # ids of the first night's lots, and how many lie between two nights'
RESTORED = 900_000                   # of the lots of who was erased

# Every statement of a night, with the passings that one night has; and what comes next behind those that write.
STATEMENTS = {"sweep_points_zones": 1, "sweep_points_programme": 1, "sweep_points_look": 3, "sweep_points_lock": 4, "sweep_points_expire": 3,
              "sweep_points_tiers": 1, "sweep_referrals_look": 1, "sweep_referrals_pay": 2}
WRITES = ("sweep_points_expire", "sweep_points_tiers", "sweep_referrals_pay")
BEHIND = ("statement/COMMIT", "commit_answered")
STEPS = [(statement, None) for statement in STATEMENTS] + [(statement, then) for statement in WRITES for then in BEHIND]
# Of these so many in tests/run.
DRAWN = {"kill": 2, "end-backend": 1, "kill-backend": 0}

# All that a job writes into a ledger by itself, and where it is died behind.
HERE = "here"
LEDGERS = {"sweep_points_expire": HERE, "sweep_referrals_pay": HERE, "member_erase_points": HERE, "member_erase_reviews": HERE,
           "gateway_charge_note": "tests/gateway/test_charges_die.py, as all that a charge is booked by"}


def repeated():
    """The statements by which an erasure is carried out once more, in their order."""
    body = re.search(r"static void ask_repeat\(.*?\n}\n", (TOP / "server" / "jobs" / "erasures.c").read_text(), re.DOTALL).group()
    return re.findall(r"&sql_(\w+)", body)


def test_whatever_is_written_into_a_ledger_by_the_clock_is_died_behind():
    asked = {name for path in (TOP / "server" / "jobs").glob("*.c") for name in re.findall(r"\bsql_(\w+)", path.read_text())}
    writes = set()
    for path in (TOP / "db" / "queries").glob("*.sql"):
        for name, body in re.findall(r"-- name: (\w+)\n(.*?)(?=\n-- name:|\Z)", path.read_text(), re.DOTALL):
            if name in asked and re.search(r"INSERT INTO (\w+_entry|\w+_event|\w+_step|journal|sale)\b", body):
                writes.add(name)
    assert writes == set(LEDGERS)
    assert {name for name, where in LEDGERS.items() if where == HERE} <= {*STATEMENTS, *repeated()}
    assert {name for name in asked if name.startswith(("sweep_points", "sweep_referrals"))} == set(STATEMENTS)


class Nights:
    """A shop with a crowd of members, and the clock that its servers go by."""

    def sql(self, text, role="owner"):
        """As the shop's, once PostgreSQL is up again: it ends everybody where one of its processes was killed."""
        def rows():
            try:
                return [self.shop.sql(text, role)]
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                return None

        return wait_for(rows, 60, "PostgreSQL")[0]

    def __init__(self, shop, failpoints):
        self.shop, self.failpoints, self.clock = shop, failpoints, failpoints.directory / "clock"
        self.goods = seed(shop)
        show = pb.ProductShow(id=self.goods["cake"])
        wait_for(lambda: not shop.manager.reply(pb.OP_PRODUCT_SHOW, show).HasField("error"), 20, "the goods in the catalogue")
        shop.receive(self.goods["cake"], 5000)
        self.till = shop.till()
        self.identity = self.till.identity
        self.number, self.put_back, self.friends = 0, 0, []
        programme = pb.Programme(sign_up_points=0, referrer_points=50, friend_points=30, tier_months=12,
                                 terms=[pb.ProgrammeTerm(kind=pb.TERM_TIER, number=1, name="Silver", value=1000)])
        shop.manager.command(pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=programme), pb.CataloguePutDone)
        self.people(FIRST, CROWD)
        self.day = datetime.datetime.now(BERLIN).date()
        self.go(self.day)

    @property
    def server(self):
        return self.shop.servers[0]

    def go(self, day):
        """To a day's noon."""
        noon = datetime.datetime.combine(day, datetime.time(12), BERLIN)
        self.clock.with_suffix(".new").write_text(str(int((noon - datetime.datetime.now(BERLIN)).total_seconds())))
        self.clock.with_suffix(".new").rename(self.clock)

    def people(self, first, count):
        ids = f"generate_series({first}, {first + count - 1}) AS id"
        self.sql(f"INSERT INTO member (id, shop_id, created_at, updated_at) SELECT id, {self.shop.shop_id}, now(), now() FROM {ids};"
                      f"INSERT INTO member_account (member_id, points) SELECT id, 0 FROM {ids}")

    def evening(self):
        """Everybody has a lot that can be spent today and no longer; some owe; two friends have come, and bought something."""
        self.number += 1
        self.lots = NODE + NIGHTS + self.number * LOTS
        ids, debt = f"generate_series(0, {CROWD - 1}) AS i", f"generate_series(0, {OWING - 1}) AS i"
        self.sql(
            f"INSERT INTO points_lot SELECT {self.lots} + i, {FIRST} + i, date '{self.day}' - 365, date '{self.day}', {DUE} FROM {ids};"
            f"INSERT INTO points_entry SELECT {FIRST} + i, {self.lots} + i, 1, {FIRST} + i, {DUE}, NULL, now() FROM {ids};"
            f"INSERT INTO points_lot SELECT {self.lots + CROWD} + i, {FIRST} + i, date '{self.day}' - 100, date '{self.day}' + 265, {-OWED} FROM {debt};"
            f"INSERT INTO points_entry SELECT {FIRST} + i, {self.lots + CROWD} + i, 8, {FIRST} + i, {-OWED}, NULL, now() FROM {debt};"
            f"UPDATE member_account SET points = (SELECT sum(remaining) FROM points_lot AS l WHERE l.member_id = member_account.member_id) "
            f"WHERE member_id BETWEEN {FIRST} AND {FIRST + CROWD - 1}")
        new = FIRST + CROWD + 4 * self.number
        self.people(new, 4)
        self.friends = [(new, new + 1), (new + 2, new + 3)]
        self.till.close()
        self.till = self.shop.connect(self.identity)
        self.till.sign_in("Ben")
        for friend, _ in self.friends:
            ring_up(self.till, basket(self.shop, (self.goods["cake"], 2), member_id=friend), 1800)

    def falls(self):
        """It is the next day, and the two are found to have been brought by somebody."""
        rows = ", ".join(f"({friend}, {brought_by}, now(), NULL)" for friend, brought_by in self.friends)
        self.sql(f"INSERT INTO referral VALUES {rows}; "
                      f"UPDATE member_account SET friend = 2 WHERE member_id IN ({', '.join(str(friend) for friend, _ in self.friends)})")
        self.day += datetime.timedelta(days=1)
        self.go(self.day)

    def is_over(self):
        """While PostgreSQL recovers, nobody knows."""
        friends = ", ".join(str(friend) for friend, _ in self.friends)
        try:
            [row] = self.sql(
                f"SELECT (SELECT count(*) FROM points_lot WHERE id BETWEEN {self.lots} AND {self.lots + LOTS - 1} AND remaining <> 0),"
                f"       (SELECT count(*) FROM referral WHERE friend_id IN ({friends}) AND paid_at IS NOT NULL),"
                f"       (SELECT count(*) FROM member_account WHERE member_id IN ({friends}) AND tier = 1 AND tier_minor = 1800)")
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            return False
        return row == (0, 2, 2)

    def done_once(self):
        """Each lot of this night was taken off once, each debt paid once, each friend and who brought them paid once."""
        rows = self.sql(f"SELECT kind, points, count(*), count(DISTINCT lot_id) FROM points_entry"
                             f" WHERE lot_id BETWEEN {self.lots} AND {self.lots + LOTS - 1} GROUP BY 1, 2 ORDER BY 1, 2")
        assert rows == [(1, DUE, CROWD, CROWD), (7, -DUE, CROWD, CROWD), (8, -OWED, OWING, OWING), (8, OWED, OWING, OWING)]
        for friend, brought_by in self.friends:
            rows = self.sql(f"SELECT kind, points, member_id FROM points_entry WHERE origin_id = {friend} ORDER BY 1")
            assert rows == [(11, 50, brought_by), (12, 30, friend)]
            assert self.sql(f"SELECT member_id, points FROM member_account WHERE member_id IN ({friend}, {brought_by}) ORDER BY 1") == [
                (friend, 180 + 30), (brought_by, 50)]
        assert self.sql(f"SELECT count(*) FROM member_account WHERE member_id BETWEEN {FIRST} AND {FIRST + CROWD - 1} AND points <> 0") == [(0,)]

    def is_out(self):
        wait_for(self.is_over, 60, "the end of the night's work")
        self.done_once()

    def revive(self, server):
        """What a supervisor does."""
        server.process.wait(20)
        server.start()

    def put_through(self, step, action, nth):
        """A night in which something dies."""
        statement, then = step
        process = self.server.process
        self.evening()
        self.failpoints.arm(f"statement/{statement}", "stop" if then else action, nth)
        self.falls()
        wait_for(self.failpoints.fired, 30, f"the passing of {statement}")
        if then:
            wait_for(lambda: stands_still(process.pid), 20, "a server that stands still")
            self.failpoints.arm(then, action)
            os.kill(process.pid, signal.SIGCONT)
            wait_for(self.failpoints.fired, 30, f"the passing of {then} behind {statement}")
        if action == "kill":
            self.revive(self.server)
        self.is_out()
        assert self.server.process.poll() is None
        assert (self.server.process is not process) == (action == "kill"), self.server.log()[-2000:]

    def check(self):
        """All nights that were."""
        rows = self.sql(f"SELECT count(*), count(DISTINCT lot_id) FROM points_entry WHERE kind = 7 AND member_id BETWEEN {FIRST} AND {FIRST + CROWD - 1}")
        assert rows == [(self.number * CROWD, self.number * CROWD)]
        rows = self.sql("SELECT kind, count(*), count(DISTINCT origin_id) FROM points_entry WHERE kind IN (11, 12) GROUP BY 1 ORDER BY 1")
        assert rows == [(11, 2 * self.number, 2 * self.number), (12, 2 * self.number, 2 * self.number)]


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as shop:
        shop.start()
        shop.open()
        shop.staff("Ben")
        made = Nights(shop, failpoints)
        yield made
        made.check()
        shop.check()
        check_strands(shop)


@pytest.mark.parametrize("action", [action for action in DRAWN if ALL or DRAWN[action]])
def test_A12_a_night_dies_at_each_of_its_statements(nights, action):
    chance = random.Random(f"{drawn_by()} nights {action}")
    steps = [step for step in STEPS if action != "kill-backend" or step[0] in WRITES]  # all of PostgreSQL recovers from that
    for step in steps if ALL else chance.sample(steps, DRAWN[action]):
        nth = chance.randint(1, STATEMENTS[step[0]])
        print(f"{action} at passing {nth} of {step}")
        nights.put_through(step, action, nth)
    nights.check()


def waits_for_a_lock(shop):
    return shop.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'caroline%'", "admin")


def one_behind_the_other(nights, servers, statement, dies):
    """One server stands still in the middle of it, the other waits for what it has locked; then it goes on, or dies."""
    nights.evening()
    nights.failpoints.arm(f"statement/{statement}", "stop", random.Random(f"{drawn_by()} {statement}").randint(1, STATEMENTS[statement]))
    nights.falls()
    still = wait_for(lambda: next((server for server in servers if stands_still(server.process.pid)), None), 30, f"the passing of {statement}")
    wait_for(lambda: waits_for_a_lock(nights.shop), 9, "the other server")
    if dies:
        still.process.kill()
        nights.revive(still)
    else:
        os.kill(still.process.pid, signal.SIGCONT)
    nights.is_out()


def test_A12_two_servers_have_the_same_night_at_once(nights):
    other = nights.shop.start("--node", "77")
    servers = [nights.server, other]
    try:
        nights.evening()
        nights.falls()
        nights.is_out()
        both = [(statement, dies) for statement in ("sweep_points_expire", "sweep_referrals_pay") for dies in (False, True)]
        for statement, dies in both if ALL else random.Random(f"{drawn_by()} two").sample(both, 1):
            one_behind_the_other(nights, servers, statement, dies)
    finally:
        other.stop()
        nights.shop.servers.remove(other)
    nights.check()


# ---- the last: it makes the database one from before an erasure ----


def forgotten(nights):
    """A member whose key is gone, and who lives here again with 7 points: what a restored copy of the database looks like."""
    manager = nights.shop.connect(nights.shop.console)
    manager.sign_in()
    id = manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=f"Mia {fresh()}")), pb.MemberDone).id
    manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=id, confirm_id=id, reason=pb.ERASE_ASKED), pb.MemberErased)
    wait_for(lambda: nights.shop.sql("SELECT count(*) FROM erasure WHERE key_gone_at IS NULL") == [(0,)], 20, "the key's end")
    manager.close()
    assert nights.server.stop() == 0
    nights.put_back += 1
    lot = NODE + RESTORED + nights.put_back
    nights.shop.sql(f"DELETE FROM erasure WHERE member_id = {id};"
                    f"UPDATE member_account SET erased = false, points = 7 WHERE member_id = {id};"
                    f"INSERT INTO points_lot VALUES ({lot}, {id}, current_date - 9, current_date + 356, 7);"
                    f"INSERT INTO points_entry VALUES ({id}, {lot}, 1, {id}, 7, NULL, now())")
    return id, lot


def starts_and_dies(nights, step, action):
    id, lot = forgotten(nights)
    nights.failpoints.arm(step, action)
    if action == "kill":
        with pytest.raises(AssertionError, match="server ended with -9"):
            nights.server.start()
    if action != "kill" or nights.server.process.poll() is not None:
        nights.server.start()
    assert nights.failpoints.fired(), step
    assert nights.shop.sql(f"SELECT kind, points FROM points_entry WHERE lot_id = {lot} ORDER BY 1") == [(1, 7), (8, -7)]
    assert nights.shop.sql(f"SELECT a.points, a.erased, e.points FROM member_account AS a JOIN erasure AS e USING (member_id)"
                           f" WHERE a.member_id = {id}") == [(0, True, 7)]


@pytest.mark.parametrize("action", ["kill", "end-backend"] if ALL else ["kill"])
def test_A12_an_erasure_that_is_repeated_dies_at_each_of_its_statements(nights, action):
    steps = [f"statement/{name}" for name in repeated()]
    assert len(steps) > 8
    for step in steps if ALL else random.Random(f"{drawn_by()} erasure").sample(steps, 1):
        starts_and_dies(nights, step, action)
