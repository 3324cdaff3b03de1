"""What was simulated is carried out in PostgreSQL, command by command, and comes to the same balances."""

import datetime
import os
import pathlib
import subprocess

from cluster import SOURCE, Cluster

BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])
# tests/long: both as they are built to be shipped
SIM = pathlib.Path(os.environ.get("CAROLINE_SIM", BUILD / "bin" / "caroline-sim"))
REPLAY = SIM.parents[1] / "tests" / "sim-replay"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DAYS, RECEIPTS = int(os.environ.get("CAROLINE_SIM_DAYS", "2")), int(os.environ.get("CAROLINE_SIM_RECEIPTS", "100"))

# What both must say alike. Ids are made anew by a replay; receipt numbers are not.
BALANCES = [
    "SELECT product_id, on_hand_milli FROM stock ORDER BY 1",
    "SELECT kind, count(*), sum(quantity_milli) FROM stock_entry GROUP BY 1 ORDER BY 1",
    "SELECT member_id, points, birthday_year FROM member_account ORDER BY 1",
    "SELECT member_id, origin_day, expiry_day, remaining FROM points_lot ORDER BY 1, 2",
    "SELECT kind, count(*), sum(points) FROM points_entry GROUP BY 1 ORDER BY 1",
    "SELECT device_id, holder_id, number, cash_minor, sale_count FROM drawer ORDER BY 1, 2",
    "SELECT z.device_id, z.number, holder_id, t_first, t_last, sale_count, sale_minor, refund_minor, expected_minor, counted_minor,"
    " grand_total_minor FROM shift_z AS z JOIN shift ON id = shift_id ORDER BY 1, 2",
    "SELECT kind, count(*), sum(amount_minor) FROM drawer_entry GROUP BY 1 ORDER BY 1",
    "SELECT device_id, number, kind, catalogue_version, total_minor, tax_minor, points_earned, points_spent, points_gifted,"
    " points_after, business_day FROM sale ORDER BY 1, 2",
    "SELECT code, rate_ppm, sum(net_minor), sum(tax_minor) FROM sale_tax GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT kind, tender_type_id, sum(amount_minor), sum(change_minor), sum(forfeited_minor), sum(tip_minor) FROM tender GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT product_id, from_version, price_minor FROM price_version ORDER BY 1, 2",
]


class Database:
    """A cluster of its own with the rows of a script."""

    def __init__(self, script, directory):
        self.cluster = Cluster()
        environment = dict(os.environ, DATABASE_URL=self.cluster.uri("app"), DATABASE_OWNER_URL=self.cluster.uri("owner"),
                           DATABASE_READ_URL=self.cluster.uri("read"))
        subprocess.run([BUILD / "bin" / "caroline-server", "--data-dir", directory, "--migrate"], env=environment, check=True,
                       timeout=60, stdout=subprocess.DEVNULL)
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", script, self.cluster.uri("owner")], check=True, timeout=300,
                       stdout=subprocess.DEVNULL)

    def rows(self, text):
        connection = self.cluster.connect("read")
        with connection, connection.cursor() as cursor:
            cursor.execute(text)
            rows = cursor.fetchall()
        connection.close()
        return rows

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cluster.delete()


def given(path):
    """Every command that was given: by its id, what follows its time."""
    commands = {}
    for line in path.read_text().splitlines(keepends=True):
        commands[line.split(" ")[2]] = line
    return commands


def carried_out(database, path):
    """Id and time of what was not refused (a reply's body is field 3), in the order in which it was carried out."""
    commits = {command_id: int(serial) for serial, command_id in (line.split() for line in path.read_text().splitlines())}
    rows = database.rows("SELECT encode(command_id, 'hex'), c.at, coalesce(s.id, 0) FROM command AS c LEFT JOIN sale AS s USING (command_id)"
                         " WHERE get_byte(reply, 0) = 26")
    return [row[:2] for row in sorted(rows, key=lambda row: (commits[row[0]], row[2]))]


def test_postgresql_comes_to_the_same_balances_as_the_simulated_store(tmp_path):
    subprocess.run([SIM, "--record", tmp_path, "--days", str(DAYS), "--receipts", str(RECEIPTS)], check=True, timeout=900)
    commands = given(tmp_path / "commands")
    with Database(tmp_path / "last.sql", tmp_path) as simulated, Database(tmp_path / "first.sql", tmp_path) as repeated:
        order = carried_out(simulated, tmp_path / "commits")
        assert len(order) >= DAYS * RECEIPTS * 0.8
        [[most]] = simulated.rows("SELECT max(count) FROM (SELECT count(*) FROM drawer WHERE shift_id IS NOT NULL GROUP BY device_id) AS d")
        assert most > 1, "two persons' drawers were never open at one till"
        lines = [f"{(at - EPOCH) // datetime.timedelta(microseconds=1)} {commands[command_id]}" for command_id, at in order]
        subprocess.run([REPLAY, tmp_path / "vault", repeated.cluster.uri("app")], input="".join(lines),
                       text=True, check=True, timeout=1500)
        for text in BALANCES:
            assert repeated.rows(text) == simulated.rows(text), text
        for check in sorted((SOURCE / "db" / "checks").glob("*.sql")):
            if check.stem != "entries_untouched":  # COPY into tables is not what that counts
                assert repeated.rows(check.read_text()) == [] == simulated.rows(check.read_text()), check.stem
