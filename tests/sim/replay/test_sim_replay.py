"""What was simulated is carried out in PostgreSQL, command by command, and comes to the same balances."""

import contextlib
import datetime
import os
import pathlib
import subprocess

from cluster import SOURCE, Cluster
from seed import seed

BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])
# tests/long: both as they are built to be shipped
SIM = pathlib.Path(os.environ.get("CAROLINE_SIM", BUILD / "bin" / "caroline-sim"))
REPLAY = SIM.parents[1] / "tests" / "sim-replay"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DAYS, RECEIPTS = int(os.environ.get("CAROLINE_SIM_DAYS", "2")), int(os.environ.get("CAROLINE_SIM_RECEIPTS", "100"))
FIRST_PERSON = 10  # SIM_STAFF of world/shop.h
LARGE = DAYS * RECEIPTS >= 10_000  # enough for everything that is rare

# What both must say alike. Ids are made anew by a replay; receipt numbers are not. When a sale was made whose till does not say so is told by
# its server's clock, of which a replay has one.
BALANCES = [
    "SELECT product_id, on_hand_milli FROM stock ORDER BY 1",
    "SELECT kind, count(*), sum(quantity_milli) FROM stock_entry GROUP BY 1 ORDER BY 1",
    "SELECT member_id, points, birthday_year FROM member_account ORDER BY 1",
    # Who was merged with who bought on the same day has two lots of it; the next points go to that of the lower id.
    "SELECT member_id, origin_day, expiry_day, count(*), sum(remaining) FROM points_lot GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "SELECT kind, count(*), sum(points) FROM points_entry GROUP BY 1 ORDER BY 1",
    "SELECT device_id, holder_id, number, cash_minor, sale_count FROM drawer ORDER BY 1, 2",
    "SELECT z.device_id, z.number, holder_id, t_first, t_last, x_first, x_last, sale_count, sale_minor, refund_minor, expected_minor, counted_minor,"
    " grand_total_minor FROM shift_z AS z JOIN shift ON id = shift_id ORDER BY 1, 2",
    "SELECT kind, count(*), sum(amount_minor) FROM drawer_entry GROUP BY 1 ORDER BY 1",
    "SELECT device_id, series, number, kind, catalogue_version, total_minor, tax_minor, points_earned, points_spent, points_gifted,"
    " points_after, business_day, CASE WHEN made_at <> at THEN made_at END, staff_id, brought_by FROM sale ORDER BY 1, 2, 3",
    "SELECT code, rate_ppm, sum(net_minor), sum(tax_minor) FROM sale_tax GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT kind, tender_type_id, sum(amount_minor), sum(change_minor), sum(forfeited_minor), sum(tip_minor) FROM tender GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT product_id, from_version, price_minor FROM price_version ORDER BY 1, 2",
    "SELECT s.device_id, s.series, s.number, r.line, r.quantity_milli, r.total_minor FROM refunded AS r JOIN sale AS s ON s.id = r.sale_id"
    " ORDER BY 1, 2, 3, 4",
    "SELECT s.device_id, s.series, s.number, d.line, d.kind, d.rate_ppm, d.amount_minor FROM sale_discount AS d JOIN sale AS s ON s.id = d.sale_id"
    " ORDER BY 1, 2, 3, 4, 5, 7",
    "SELECT s.device_id, s.series, s.number, a.member_id, a.points_earned, a.points_gifted, a.points_after FROM sale_attach AS a"
    " JOIN sale AS s ON s.id = a.sale_id ORDER BY 1, 2, 3",
    "SELECT s.device_id, s.series, s.number, t.number, t.rounding_minor, e.position, e.kind, e.amount_minor FROM sale_retender AS t"
    " JOIN sale AS s ON s.id = t.sale_id JOIN retender_entry AS e ON e.retender_id = t.id ORDER BY 1, 2, 3, 4, 6",
    "SELECT number, blocked, balance_minor, entry_count FROM gift_card ORDER BY 1",
    "SELECT c.number, e.number, e.kind, e.amount_minor, e.balance_minor FROM gift_card_entry AS e JOIN gift_card AS c ON c.id = e.card_id"
    " ORDER BY 1, 2",
    "SELECT id, coupon_count, use_count FROM campaign ORDER BY 1",
    "SELECT campaign_id, number, use_count FROM coupon ORDER BY 1, 2",
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
    """Id and time of what was not refused (a reply's body is field 3), in the order in which it was carried out, and who was signed in then as far
    as the rows tell (0: who gave it): of what had to wait over night it may be another. Without what parks baskets and takes them up (64, 66): who
    does names an id that the replay's basket does not have, and neither moves anything."""
    commits = {command_id: int(serial) for serial, command_id in (line.split() for line in path.read_text().splitlines())}
    rows = database.rows("SELECT encode(command_id, 'hex'), c.at, coalesce(s.brought_by, s.staff_id, h.opened_by, z.closed_by, g.staff_id, r.staff_id, 0),"
                         " coalesce(s.id, 0)"
                         "  FROM command AS c LEFT JOIN sale AS s USING (command_id)"
                         "  LEFT JOIN shift AS h ON c.op = 50 AND h.device_id = c.device_id AND h.opened_at = c.at"
                         "  LEFT JOIN shift_z AS z ON c.op = 55 AND z.device_id = c.device_id AND z.closed_at = c.at"
                         "  LEFT JOIN gift_card_payment AS g ON c.op IN (94, 99) AND g.device_id = c.device_id AND g.at = c.at"
                         "  LEFT JOIN sale_retender AS r ON c.op = 78 AND r.device_id = c.device_id AND r.at = c.at"
                         " WHERE get_byte(reply, 0) = 26 AND c.op NOT IN (64, 66)")
    return [row[:3] for row in sorted(rows, key=lambda row: (commits[row[0]], row[3]))]


def by(line, staff_id):
    """A line of who sold it, as one of who was signed in when it was carried out."""
    return line if not staff_id else f"{line.rsplit(' ', 1)[0]} {staff_id - FIRST_PERSON}\n"


def has_one_order(database, path):
    """Was every drawer of a till's opened before the setting that gives each their own was there? A server that has not heard of it yet
    opens one all the same: no command after another, which a replay is, comes to that."""
    commits = {command_id: int(serial) for serial, command_id in (line.split() for line in path.read_text().splitlines())}
    given = [commits[id] for id, in database.rows("SELECT encode(command_id, 'hex') FROM command WHERE op = 29 AND get_byte(reply, 0) = 26")]
    opened = database.rows("SELECT encode(command_id, 'hex') FROM command AS c JOIN shift AS s ON s.device_id = c.device_id AND s.opened_at = c.at"
                           " WHERE c.op = 50 AND s.holder_id = 0")
    assert opened
    return not given or all(commits[id] < min(given) for id, in opened)


@contextlib.contextmanager
def simulated_days(tmp_path):
    """Days, and the directory that tells of them."""
    for number in range(8):
        directory = tmp_path / str(number)
        directory.mkdir()
        subprocess.run([SIM, "--seed", str(seed() + number), "--record", directory, "--days", str(DAYS), "--receipts", str(RECEIPTS)],
                       check=True, timeout=900)
        with Database(directory / "last.sql", directory) as simulated:
            if has_one_order(simulated, directory / "commits"):
                yield simulated, directory
                return
    raise AssertionError("in none of eight simulations there was an order")


def test_postgresql_comes_to_the_same_balances_as_the_simulated_store(tmp_path):
    with simulated_days(tmp_path) as (simulated, directory), Database(directory / "first.sql", directory) as repeated:
        commands = given(directory / "commands")
        order = carried_out(simulated, directory / "commits")
        assert len(order) >= DAYS * RECEIPTS * 0.8
        [[most]] = simulated.rows("SELECT max(count) FROM (SELECT count(*) FROM drawer WHERE shift_id IS NOT NULL GROUP BY device_id) AS d")
        assert most > 1 or not LARGE, "two persons' drawers were never open at one till"
        lines = [f"{(at - EPOCH) // datetime.timedelta(microseconds=1)} {by(commands[command_id], staff_id)}"
                 for command_id, at, staff_id in order]
        subprocess.run([REPLAY, directory / "vault", repeated.cluster.uri("app")], input="".join(lines),
                       text=True, check=True, timeout=1500)
        for text in BALANCES:
            assert simulated.rows(text) != [] or not LARGE, f"nothing of this was simulated: {text}"
            assert repeated.rows(text) == simulated.rows(text), text
        for check in sorted((SOURCE / "db" / "checks").glob("*.sql")):
            if check.stem != "entries_untouched":  # COPY into tables is not what that counts
                assert repeated.rows(check.read_text()) == [] == simulated.rows(check.read_text()), check.stem
