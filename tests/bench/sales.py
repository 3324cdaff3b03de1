"""sales_vs_pgbench: 64 tills that sell, against pgbench writing the same rows by one statement a table."""
import re
import statistics
import subprocess

from beside import rows as rows_beside
from house import LOT, MEMBER, MEMBERS, PEER, PEER_DATABASE, PRODUCT, SOLD, TILLS, cpu_seconds, ended_seconds
from shop import TOP, pb

PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"
CLIENTS = 16
# Once a group with us, whatever the group's size, and once a server process: the peer is spared it.
OURS_ALONE = {"journal_signature", "id_block"}


def measure(house, given, say):
    tills = Tills(house)
    tills.round(1, count=2 * TILLS)
    tills.round(2)  # plans and memory are warm; and it shows how long answers and journal entries are
    peer = Peer(house, say)
    peer.round(2)

    begun = {side: side.rows() for side in (tills, peer)}
    ratios, ours, theirs = [], [], []
    for number in range(given.rounds):
        # Whoever comes first in one round is second in the next.
        for side in (tills, peer) if number % 2 == 0 else (peer, tills):
            house.admin("CHECKPOINT")
            (ours if side is tills else theirs).append(side.round(given.seconds))
        ratios.append(ours[-1]["per_second"] / theirs[-1]["per_second"])
        say(f"round {number + 1}: {describe(ours[-1])}\n     pgbench: {describe(theirs[-1])}\n       ratio: {ratios[-1]:.2f}")
    beside = {} if given.quick else {"beside": rows_beside(house, tills, peer, given, say)}
    compare_rows(*(grown(begun[side], side.rows()) for side in (tills, peer)), say)
    house.check()
    say("caroline-server --check: every invariant holds")
    middle = sorted(range(given.rounds), key=lambda i: ratios[i])[given.rounds // 2]
    return {
        "ours": round(ours[middle]["per_second"], 1),
        "peer": round(theirs[middle]["per_second"], 1),
        "ratio": round(statistics.median_low(ratios), 3),
        "unit": "sales/s",
        "ratios": [round(ratio, 3) for ratio in ratios],
        "p99_ms": max(r["p99_us"] for r in ours) / 1000,
        "cpu_us": {who: round(us, 1) for who, us in ours[middle]["cpu_us"].items()},
        "peer_cpu_us": {who: round(us, 1) for who, us in theirs[middle]["cpu_us"].items()},
        **beside,
    }


def with_coupon_and_reward(house, given, say):
    """The same sales with a coupon that everybody may use and a piece for points, against those without."""
    tills = Tills(house)
    token = coupon_of(house)
    path = house.directory / "coupon"
    path.write_text(token.hex() + "\n")
    both = ("--keys", path, "--reward")
    tills.round(2)
    tills.round(2, more=both)
    ratios, gifts, plain = [], [], []
    for number in range(given.rounds):
        for more in ((), both) if number % 2 == 0 else (both, ()):
            house.admin("CHECKPOINT")
            (gifts if more else plain).append(tills.round(given.seconds, more=more))
        ratios.append(gifts[-1]["per_second"] / plain[-1]["per_second"])
        say(f"round {number + 1}: {describe(gifts[-1])}\n     without: {describe(plain[-1])}\n       ratio: {ratios[-1]:.2f}")
    house.check()
    middle = sorted(range(given.rounds), key=lambda i: ratios[i])[given.rounds // 2]
    return {
        "ours": round(gifts[middle]["per_second"], 1),
        "peer": round(plain[middle]["per_second"], 1),
        "ratio": round(statistics.median_low(ratios), 3),
        "unit": "sales/s",
        "ratios": [round(ratio, 3) for ratio in ratios],
        "p99_ms": max(r["p99_us"] for r in gifts) / 1000,
    }


def coupon_of(house):
    """What a look-up gives for a coupon without a limit, 0.05 off."""
    campaign = pb.CouponCampaign(name="Everybody", gift=pb.COUPON_AMOUNT_OFF, value=5)
    made = house.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=campaign), pb.CouponCampaignPutDone).campaign
    issued = house.manager.command(pb.OP_COUPON_ISSUE, pb.CouponIssue(campaign_id=made.id, count=1, uses_max=0), pb.CouponIssued)
    return house.manager.call(pb.OP_COUPON_SHOW, pb.CouponShow(code=issued.coupons[0].code), pb.CouponShown).redeems


def describe(result):
    text = f"{result['per_second']:8,.0f} sales/s, p50 {result['p50_us'] / 1000:.1f} ms" if "p50_us" in result else \
        f"{result['per_second']:8,.0f} sales/s"
    if "p99_us" in result:
        text += f", p99 {result['p99_us'] / 1000:.1f} ms"
    if "group" in result:
        text += f", {result['group']:.1f} sales a group"
    return text + ", µs of CPU a sale: " + ", ".join(f"{who} {us:.0f}" for who, us in result["cpu_us"].items())


class Side:
    """Of the two: its database, and CPU time while it sells."""

    describe = staticmethod(describe)

    def __init__(self, house, database):
        self.house, self.database = house, database

    def query(self, text, role="owner"):
        connection = self.house.connect_to(role, self.database)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(text)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def rows(self):
        """{table: rows}"""
        tables = [t for t, in self.query("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND "
                                         "relnamespace = 'public'::regnamespace ORDER BY 1")]
        counts = self.query("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))[0]
        return dict(zip(tables, counts))


class Tills(Side):
    def __init__(self, house):
        super().__init__(house, "caroline")
        self.seed = 0

    def round(self, seconds, count=TILLS, more=()):
        self.seed += 1
        house = self.house
        signed = self.query("SELECT count(*) FROM journal_signature")[0][0]
        before = cpu_seconds(house.server_pid), cpu_seconds(house.postmaster)
        result = house.load("sell", count, seconds, *house.to_sell(), "--seed", self.seed, *more)
        after = cpu_seconds(house.server_pid), cpu_seconds(house.postmaster)
        sold = result["done"] + result["late"]
        server, database = ((b - a) * 1e6 / sold for a, b in zip(before, after))
        result["cpu_us"] = {"server": server, "PostgreSQL": database, "tills": result["cpu_s"] * 1e6 / sold}
        result["group"] = sold / max(1, self.query("SELECT count(*) FROM journal_signature")[0][0] - signed)
        return result


class Peer(Side):
    """A copy of the shop's database, made before the first sale: same tables, indexes, constraints, grants and rows."""

    def __init__(self, house, say):
        super().__init__(house, PEER_DATABASE)
        here = TOP / "tests" / "bench"
        [[bytes_], [reply]] = house.sql("(SELECT encode(bytes, 'hex') FROM journal WHERE kind = 'T' LIMIT 1) UNION ALL "
                                        "(SELECT encode(reply, 'hex') FROM command WHERE op = 61 LIMIT 1)")
        [[staff]] = self.query("SELECT id FROM staff")
        self.names = {"shop": house.shop_id, "staff": staff, "version": house.catalogue_version, "peer": PEER,
                      "member": MEMBER, "members": MEMBERS, "lot": LOT, "product": PRODUCT, "third": SOLD // 3,
                      "clients": CLIENTS}
        self.query(fill((here / "peer_tills.sql").read_text(), self.names))
        self.script_text = (here / "peer_sale.pgbench").read_text()
        script = fill(self.script_text, self.names)
        self.names.update(journal_bytes=bytes_, command_reply=reply)
        say(f"pgbench -M prepared -c {CLIENTS} -j 1; a journal entry of {len(bytes_) // 2} bytes and a kept answer of "
            f"{len(reply) // 2}, as ours are; its script:\n" + re.sub("^", "    ", script.strip(), flags=re.M))
        self.script = self.write("peer_sale", self.script_text)

    def fill(self, text):
        return fill(text, self.names)

    def write(self, name, text):
        path = self.house.directory / f"{name}.pgbench"
        path.write_text(self.fill(text))
        return path

    def round(self, seconds, script=None, mode="prepared"):
        before, own, sold = cpu_seconds(self.house.postmaster), ended_seconds(), self.count()
        done = subprocess.run(
            [PGBENCH, "-n", "-M", mode, "-c", str(CLIENTS), "-j", "1", "-T", str(seconds), "-f", script or self.script,
             self.house.uri_of("app", PEER_DATABASE)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds + 120,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        failed = re.search(r"number of failed transactions: (\d+)", done.stdout).group(1)
        assert failed == "0", done.stdout
        own, sold = ended_seconds() - own, self.count() - sold
        said = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
        assert said and sold > 0, f"pgbench sold nothing:\n{done.stdout}"
        return {
            "per_second": float(said.group(1)),
            "cpu_us": {"PostgreSQL": (cpu_seconds(self.house.postmaster) - before) * 1e6 / sold, "pgbench": own * 1e6 / sold},
        }

    def count(self):
        return self.query("SELECT count(*) FROM sale")[0][0]


def fill(text, names):
    """{{name}} in a text; what is not in names stays."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: str(names.get(match[1], match[0])), text)


def grown(before, after):
    return {table: after[table] - before[table] for table in after}


def compare_rows(ours, theirs, say):
    """Both wrote the same rows a sale, table by table."""
    parts = []
    for table in sorted(ours):
        mine, peers = ours[table] / ours["sale"], theirs[table] / theirs["sale"]
        if table in OURS_ALONE:
            assert mine >= peers == 0
        else:
            assert ours[table] * theirs["sale"] == theirs[table] * ours["sale"], \
                f"{table}: {mine} rows a sale with us, {peers} with pgbench (did midnight pass? then run it again)"
        if mine:
            parts.append(f"{table} {mine:.4g}" + (" (ours alone)" if table in OURS_ALONE else ""))
    say("rows a sale, equal on both sides: " + ", ".join(parts))
