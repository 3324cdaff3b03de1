"""--large: the same shop with ten million sales and a million members behind it. Sales against those of an empty one, and
how long it takes to find one member (beside tills that sell, too) or one receipt among them. Built once, in
$CAROLINE_BENCH_DIR, and used again.

Synthetic: all but a hundred thousand members (no sealed fields, random blind indexes), and all sales (large.sql)."""
import concurrent.futures
import contextlib
import hashlib
import json
import os
import pathlib
import random
import statistics
import time

import head
import large_members
from house import LOT, MEMBER, NODE, PRODUCT, SOLD, TILLS, House, ShopsCluster, page_faults
from sales import Tills, describe, fill
from shop import TOP, Identity, pb
from waiting import wait_for

REAL_MEMBERS, OLD_TILLS, RECEIPTS = 100_000, 64, 20_000  # real: at most so many
OLD_TILL, SALE = NODE + 6_000_000, NODE + 100_000_000_000
SLICE = 250_000
RATE, ASKED_MS, ASKED_RATIO = 200, 10, 0.9
# Sales a second beside look-ups, and how long after the last of these; --quick is for machines that do something else.
SELLING_RATE, SELLING_MORE_S, QUICK_MORE_S = 200, 5, 30
# At four thousand sales a second, each to a random member, most pages that sales write into. Behind a checkpoint; twice that before it.
WARM_S = 20


def measure(house, given, say):
    with LargeHouse(say, given.large) as large:
        ratio = sales_beside(house, large, given, say)
        for server in house.servers:
            server.stop()
        house.cluster.stop()  # no machine has two of them in its memory
        say(f"the disk's own {head.disk_reads(large.tables())}")
        return [ratio, *(look_up(large, "member", given, say, kind=kind) for kind in large_members.KINDS),
                look_up(large, "receipt", given, say), look_up(large, "member", given, say, selling=True)]


def sales_beside(house, large, given, say):
    """Between two checkpoints, as nearly all of a day is: behind one, the first change of a page writes the whole page to the
    log, for the large shop 2.7 pages a sale, until most have been changed once; and what the backend never touched is mapped
    page by page. Both have that behind them when it begins, as a shop has that was opened in the morning."""
    sides = {"empty": Tills(house), "large": Tills(large)}
    found, written, faults = ({name: [] for name in sides} for _ in range(3))
    for side in sides.values():
        side.round(2 if given.quick else 2 * WARM_S)
        side.house.admin("CHECKPOINT")
        side.round(2 if given.quick else WARM_S)
    for number in range(given.rounds):
        for name in sides if number % 2 == 0 else reversed(sides):
            before, touched = log_written(sides[name].house), page_faults(sides[name].house.postmaster)
            found[name].append(sides[name].round(given.seconds))
            faults[name].append((page_faults(sides[name].house.postmaster) - touched) / sold(found[name][-1]))
            written[name].append([(after - was) / sold(found[name][-1]) for was, after in zip(before, log_written(sides[name].house))])
            say(f"{name}: {describe(found[name][-1])}, log a sale: {written[name][-1][0]:,.0f} bytes, "
                f"{written[name][-1][1]:.2f} whole pages; minor page faults of PostgreSQL a sale: {faults[name][-1]:.2f}")
    ratios = [mine["per_second"] / empty["per_second"] for mine, empty in zip(found["large"], found["empty"])]
    middle = sorted(range(given.rounds), key=lambda i: ratios[i])[given.rounds // 2]
    return {"name": "large_sales_vs_empty", "ours": round(found["large"][middle]["per_second"], 1),
            "peer": round(found["empty"][middle]["per_second"], 1), "ratio": round(statistics.median_low(ratios), 3),
            "unit": "sales/s", "ratios": [round(ratio, 3) for ratio in ratios], "asked": ASKED_RATIO,
            "log_bytes": round(written["large"][middle][0]), "peer_log_bytes": round(written["empty"][middle][0]),
            "log_pages": round(written["large"][middle][1], 2), "peer_log_pages": round(written["empty"][middle][1], 2),
            "page_faults": round(faults["large"][middle], 2), "peer_page_faults": round(faults["empty"][middle], 2)}


def sold(result):
    return max(1, result["done"] + result["late"])


def log_written(house):
    """Bytes and whole pages, as far as PostgreSQL's processes have told of them: some of the last second may be missing."""
    return [int(n) for n in house.sql("SELECT wal_bytes, wal_fpi FROM pg_stat_wal", "admin")[0]]


def look_up(large, what, given, say, selling=False, kind=None):
    """kind: of a member, what they are found by; else by all of these in turn. selling: while as many other tills ring up sales, from
    before the first look-up until behind the last."""
    keys = large.directory / f"{what}-keys"
    drawn = large.keys(what, kind)
    keys.write_text("".join(key + "\n" for key in drawn))
    name = "_".join(["large", what, *([kind] if kind else []), *(["selling"] if selling else []), "ms"])
    large.load(what, TILLS, 1, "--keys", keys, "--rate", RATE)  # plans are made
    large.admin("CHECKPOINT")
    with beside_sales(large, given.seconds + (QUICK_MORE_S if given.quick else SELLING_MORE_S)) if selling else contextlib.nullcontext({}) as sales:
        result = large.load(what, TILLS, given.seconds, "--keys", keys, "--rate", RATE)
    p99_ms = result["p99_us"] / 1000
    say(f"{name}: {result['done']} look-ups of {len(drawn):,} keys, {RATE} a second: p50 {result['p50_us'] / 1000:.2f} ms, p99 {p99_ms:.2f} ms, "
        f"longest {result['max_us'] / 1000:.2f} ms" +
        (f"; beside {sales['per_second']:.0f} sales a second, p99 {sales['p99_us'] / 1000:.2f} ms" if selling else ""))
    beside = {"sales_per_second": sales["per_second"], "sales_p99_ms": round(sales["p99_us"] / 1000, 2)} if selling else {}
    return {"name": name, "ours": round(p99_ms, 2), "peer": ASKED_MS, "ratio": round(p99_ms / ASKED_MS, 3), "unit": "ms", **beside}


@contextlib.contextmanager
def beside_sales(large, seconds):
    """Sales at tills that ask nothing else, before the look-ups begin and still when they are over; what came of them is there
    behind it."""
    tills, result = large.tills_of(range(TILLS, 2 * TILLS)), {}
    signed = "SELECT count(*) FROM journal_signature"
    with concurrent.futures.ThreadPoolExecutor() as pool:
        before = large.sql(signed)
        selling = pool.submit(large.load, "sell", TILLS, seconds, *large.to_sell(), "--rate", SELLING_RATE,
                              "--seed", 1000, tills_file=tills)
        wait_for(lambda: selling.done() or large.sql(signed) != before, 60, "the first sale")
        yield result
        assert not selling.done(), "the sales were over before the look-ups"
        result.update(selling.result())
    assert result["per_second"] > 0.9 * SELLING_RATE, f"{result['per_second']} sales a second: {SELLING_RATE} were to be"


class LastingCluster(ShopsCluster):
    """In a place of its own, and left there."""

    def __init__(self, root):
        self.root, self.directory, self.uris = str(root), str(root / "cluster"), {}
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
        root.chmod(0o711)
        self.said = self._run("start", self.directory)

    def delete(self):
        self.stop()

    def wait_until_warm(self):
        """What was in the buffers when it was stopped is there again, as in a shop that has been open."""
        log = pathlib.Path(self.directory, "postgresql.log")
        wait_for(lambda: "autoprewarm successfully" in log.read_text().rsplit(" starting PostgreSQL ", 1)[-1], 600,
                 "the buffers to be read again")


class LargeHouse(House):
    def __init__(self, say, sales):
        self.sale_count, self.member_count = sales, max(10_000, sales // 10)
        place = os.environ.get("CAROLINE_BENCH_DIR")
        made_by = [*sorted((TOP / "db" / "migrations").glob("*.sql")), TOP / "tests" / "bench" / "large.sql",
                   TOP / "tests" / "bench" / "large_members.py"]
        schema = hashlib.sha256(b"".join(p.read_bytes() for p in made_by))
        self.place = pathlib.Path(place, f"caroline-large-{sales}-{schema.hexdigest()[:12]}") if place else None
        super().__init__(say, LastingCluster(self.place) if self.place else ShopsCluster(), self.member_count)
        self.kept = self.directory / "kept.json"
        self.real_count = min(REAL_MEMBERS, self.member_count)
        self.server_flags = (*self.server_flags, "--watch-s", "0")  # what is synthetic breaks invariants

    def _furnish(self):
        if self.kept.exists():
            self._take_up()
            return
        begun = time.monotonic()
        self.say(f"a shop of {self.sale_count:,} sales and {self.member_count:,} members is being made "
                 + (f"in {self.place} ..." if self.place else "(CAROLINE_BENCH_DIR is not set: to be thrown away) ..."))
        super()._furnish()
        self._join_members()
        self._add_sales()
        self.admin("VACUUM ANALYZE")
        self._keep()
        self.say(f"made in {time.monotonic() - begun:.0f} s, {self.size()} on the disk")

    def _make_peer(self):
        pass

    def tables(self):
        """The files in which most of it lies."""
        files = [path for path in pathlib.Path(self.cluster.directory, "data", "base").glob("*/*") if path.stat().st_size >= 1 << 20]
        return sorted(files, key=lambda path: path.stat().st_size)[-30:]

    def size(self):
        return self.sql("SELECT pg_size_pretty(pg_database_size(current_database()))")[0][0]

    # ---- made ----

    def _join_members(self):
        """A hundred thousand as they come from an old shop: sealed under keys of their own, found by real blind indexes. The index
        is filled up for the others."""
        dump = self.directory / "members.json"
        large_members.write_dump(dump, self.real_count)
        done = self.run_server("--import-django", str(dump), "--tax-class", "food", timeout=3600)
        assert done.returncode == 0, done.stdout + done.stderr
        dump.unlink()
        self._give_cards()
        self.say(f"{self.real_count:,} members are sealed")
        self.sql(f"INSERT INTO member_blind SELECT 1, decode(md5('phone ' || i), 'hex'), {MEMBER} + i "
                 f"FROM generate_series(1, {self.member_count}) AS i")
        self.sql(f"INSERT INTO member_blind SELECT 4, decode(md5(p || ' ' || i % 5000), 'hex'), {MEMBER} + i "
                 f"FROM generate_series(1, {self.member_count}) AS i, generate_series(2, 5) AS p")

    def _give_cards(self):
        """Of who was imported as number N: its blind index, and no sealed field, which nothing is looked up by."""
        blinds = large_members.card_blinds((self.data / "vault" / "blind.key").read_bytes(), self.real_count)
        for first in range(0, self.real_count, SLICE):
            part = ",".join(f"({first + i + 1},'\\x{blind.hex()}'::bytea)" for i, blind in enumerate(blinds[first:first + SLICE]))
            self.sql(f"INSERT INTO member_blind SELECT {large_members.CARD}, v.blind, d.object_id FROM (VALUES {part}) AS v (number, blind)"
                     f" JOIN django_import AS d ON d.kind = 1 AND d.pk = v.number::text")

    def _add_sales(self):
        Tills(self).round(1)  # how long a journal's entry and a kept answer are
        [[reply]] = self.sql("SELECT encode(reply, 'hex') FROM command WHERE op = 61 LIMIT 1")
        [[staff]] = self.sql("SELECT min(id) FROM staff")
        names = {"sales": self.sale_count, "sale": SALE, "old_till": OLD_TILL, "old_tills": OLD_TILLS, "member": MEMBER,
                 "members": self.member_count, "lot": LOT, "product": PRODUCT, "third": SOLD // 3, "shop": self.shop_id,
                 "staff": staff, "version": self.catalogue_version, "command_reply": reply}
        self.sql(f"INSERT INTO device (id, shop_id, kind, name, till_number, key_hash, certificate_expiry, created_at) "
                 f"SELECT {OLD_TILL} + i, {self.shop_id}, 1, 'old ' || i, 8000 + i, sha256(i::text::bytea), "
                 f"now() + interval '1 year', now() FROM generate_series(0, {OLD_TILLS} - 1) AS i")
        text, told = (TOP / "tests" / "bench" / "large.sql").read_text(), time.monotonic()
        for first in range(0, self.sale_count, SLICE):
            last = min(first + SLICE, self.sale_count)
            self.sql("SET LOCAL synchronous_commit = off;" + fill(text, {**names, "from": first, "to": last - 1}))
            if first == 0:
                sizes = self.sql("SELECT DISTINCT get_byte(bytes, 0), length(bytes) FROM journal WHERE kind = 'T'")
                assert len(sizes) == 1, f"entries (layout, bytes) that were made up and of sales are of different kinds: {sizes}"
            if time.monotonic() - told > 30 or last == self.sale_count:
                told = time.monotonic()
                self.say(f"{last:,} sales, {self.size()}")

    def _keep(self):
        kept = {"shop": self.shop_id, "version": self.catalogue_version, "real": self.real_count,
                "console": str(self.console.directory), "tills": [str(identity.directory) for identity, _ in self.tills]}
        self.kept.write_text(json.dumps(kept))

    # ---- used again ----

    def _take_up(self):
        kept = json.loads(self.kept.read_text())
        self.cluster.wait_until_warm()
        self.shop_id, self.catalogue_version, self.real_count = kept["shop"], kept["version"], kept["real"]
        self.start(*self.server_flags)
        self.console = known(kept["console"], pb.CLIENT_CLI)
        self.manager = self.connect(self.console)
        self.manager.sign_in()
        self.tills = [(identity, self._token(identity)) for identity in (known(d, pb.CLIENT_COUNTER) for d in kept["tills"])]
        self._write_files()
        self.say(f"a shop of {self.sale_count:,} sales is taken up from {self.place}, {self.size()}")

    def _token(self, identity):
        with self.connect(identity) as client:
            return client.sign_in("Ben").token

    def keys(self, what, kind=None):
        if what == "member":
            return [key for each in ([kind] if kind else large_members.KINDS) for key in large_members.keys(each, self.real_count)]
        chance = random.Random(2)
        numbers = (chance.randrange(self.sale_count) for _ in range(RECEIPTS))
        return [f"{8000 + i % OLD_TILLS}T-{i // OLD_TILLS + 1:06d}" for i in numbers]


def known(directory, kind):
    identity = Identity(directory)
    identity.server_name = "localhost"
    identity.device = pb.Device(kind=kind)
    return identity
