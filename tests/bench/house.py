"""The shop that is measured: a cluster with production settings, 100,000 products, 10,000 members, 128 tills (of which 64
sell, where nothing else is said), one server."""
import json
import os
import pathlib
import resource
import socket
import subprocess
import tempfile
import time

from cluster import Cluster
from shop import BUILD, Shop, pb
from waiting import wait_for

PRODUCTS, SOLD, MEMBERS, TILLS = 100_000, 3_000, 10_000, 64
OPENING_POINTS = 1_000_000  # of each member: enough for a reward in each sale
# The ids of what is seeded are those of a node of its own, dense, so that pgbench's script can compute them.
NODE = 4095 << 41
PRODUCT, MEMBER, LOT, DELIVERY, PEER = NODE, NODE + 1_000_000, NODE + 2_000_000, NODE + 3_000_000, NODE + 5_000_000
CATEGORY, TAX_CLASS, PROGRAMME = NODE + 4_000_001, NODE + 4_000_002, NODE + 4_000_003
PEER_DATABASE = "peer"
LOAD = os.environ.get("CAROLINE_LOAD", BUILD / "tests" / "bench_load")

SEED = f"""
INSERT INTO id_block VALUES (4095, 100000000);
INSERT INTO catalogue_version VALUES (:v, 0, now());
INSERT INTO category VALUES ({CATEGORY});
INSERT INTO category_version VALUES ({CATEGORY}, :v, 'Bread', 1);
INSERT INTO tax_class VALUES ({TAX_CLASS});
INSERT INTO tax_class_version VALUES ({TAX_CLASS}, :v, 'food', 0, NULL);
INSERT INTO tax_rate_version VALUES ({TAX_CLASS}, :v, 0, false, 'VAT7', 70000), ({TAX_CLASS}, :v, 1, false, 'VAT19', 190000);
INSERT INTO programme_version VALUES ({PROGRAMME}, :v, 'Points', 20, 100, 10, 365, 100, {CATEGORY}, 'Free cookie');
INSERT INTO product SELECT {PRODUCT} + i, 'sku' || i, i FROM generate_series(1, {PRODUCTS}) AS i;
INSERT INTO product_version
SELECT {PRODUCT} + i, :v, 'Sourdough loaf ' || i, 'sku' || i, i, '{{}}', {CATEGORY}, 0, {TAX_CLASS}, 2, 0, '', true, 1
  FROM generate_series(1, {PRODUCTS}) AS i;
INSERT INTO price_version SELECT 0, {PRODUCT} + i, :v, 100 + i % 400 FROM generate_series(1, {PRODUCTS}) AS i;
INSERT INTO stock SELECT :shop, {PRODUCT} + i, 100000000 FROM generate_series(1, {SOLD}) AS i;
INSERT INTO stock_entry
SELECT {DELIVERY} + i, 0, 3, :shop, {PRODUCT} + i, 100000000, now() FROM generate_series(1, {SOLD}) AS i;
INSERT INTO member (id, shop_id, created_at, updated_at)
SELECT {MEMBER} + i, :shop, now(), now() FROM generate_series(1, :members) AS i;
INSERT INTO member_account (member_id, points) SELECT {MEMBER} + i, {OPENING_POINTS} FROM generate_series(1, :members) AS i;
INSERT INTO points_lot
SELECT {LOT} + i, {MEMBER} + i, current_date, current_date + 365, {OPENING_POINTS} FROM generate_series(1, :members) AS i;
INSERT INTO points_entry
SELECT {MEMBER} + i, {LOT} + i, 1, {MEMBER} + i, {OPENING_POINTS}, NULL, now() FROM generate_series(1, :members) AS i;
UPDATE catalogue_head SET version = :v;
"""


class ShopsCluster(Cluster):
    """With settings as in a shop, and on a disk: the tests' are smaller, and in memory."""

    place = staticmethod(lambda: None)

    @staticmethod
    def _run(*arguments, **more):
        return Cluster._run(*(argument for argument in arguments if argument != "--fast"), **more)


class House(Shop):
    """`with House(say) as house`: everything in it is gone behind it."""

    def __init__(self, say, cluster=None, members=MEMBERS):
        allow_files(65536)
        tempfile.tempdir = os.environ.get("CAROLINE_BENCH_DIR")
        self.say = say
        self.others = []
        self.member_count = members
        self.server_flags = ("--idle-lock-s", "86400", "--device-connections", "10000")
        super().__init__(cluster or ShopsCluster())

    def __enter__(self):
        try:
            self._furnish()
        except BaseException as problem:
            self.__exit__(type(problem))
            raise
        return self

    def __exit__(self, problem=None, *_):
        if problem and issubclass(problem, Exception):
            self.say("the server's last words:\n" + "".join(server.log()[-2000:] for server in self.servers))
        for process in self.others:
            stop(process)
        self.destroy()

    def _furnish(self):
        begun = time.monotonic()
        self.say(f"a shop of {PRODUCTS:,} products, {self.member_count:,} members and {TILLS} tills is being made ...")
        self.init(zone="Etc/UTC")
        [[shop_id, version]] = self.sql("SELECT shop_id, version + 1 FROM catalogue_head")
        self.shop_id, self.catalogue_version = shop_id, version
        self.sql(SEED.replace(":v", str(version)).replace(":shop", str(shop_id)).replace(":members", str(self.member_count)))
        self.admin("VACUUM ANALYZE")
        self._make_peer()
        self.start(*self.server_flags)
        self.open()
        self.staff("Ben")
        self.tills = [self._till() for _ in range(2 * TILLS)]
        self._write_files()
        self.say(f"made in {time.monotonic() - begun:.0f} s")

    def _make_peer(self):
        """A copy of the database, for pgbench to write into."""
        self.look_no_more()
        self.admin(f"CREATE DATABASE {PEER_DATABASE} TEMPLATE caroline OWNER caroline_owner", database="postgres")
        self.admin(f"GRANT CONNECT ON DATABASE {PEER_DATABASE} TO caroline_app, caroline_read", database="postgres")

    def reconnect(self):
        """The manager's console, after the server was restarted."""
        self.manager.close()
        self.manager = self.connect(self.console)
        self.manager.sign_in()

    def _till(self):
        client = self.till()
        client.close()
        return client.identity, client.session.token

    def _write_files(self):
        """For bench_load."""
        self.goods_file, self.members_file = self.directory / "goods", self.directory / "members"
        self.tills_file = self.tills_of(range(2 * TILLS))
        self.goods_file.write_text("".join(f"{PRODUCT + i} {100 + i % 400}\n" for i in range(1, SOLD + 1)))
        self.members_file.write_text("".join(f"{MEMBER + i}\n" for i in range(1, self.member_count + 1)))

    def tills_of(self, numbers):
        path = self.directory / f"tills-{numbers.start}-{numbers.stop}"
        with open(path, "w") as file:
            for identity, token in (self.tills[number] for number in numbers):
                file.write(f"{identity.directory} {identity.server_name} {token.hex()}\n")
        return path

    # ---- the cluster ----

    def uri_of(self, role, database):
        return self.cluster.uri(role).rsplit("/", 1)[0] + "/" + database

    def connect_to(self, role, database="caroline"):
        import psycopg2

        return psycopg2.connect(self.uri_of(role, database))

    def admin(self, text, database="caroline"):
        """A statement that takes no transaction."""
        connection = self.connect_to("admin", database)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(text)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    @property
    def postmaster(self):
        return int(pathlib.Path(self.cluster.directory, "data", "postmaster.pid").read_text().split()[0])

    # ---- processes ----

    @property
    def server_pid(self):
        return self.servers[0].process.pid

    def spawn(self, name, command, port):
        """A peer, once it listens; stopped when the house is left, or by stop()."""
        log = open(self.directory / f"{name}.log", "ab")
        process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.others.append(process)
        log.close()

        def listens():
            assert process.poll() is None, f"{name} ended: " + (self.directory / f"{name}.log").read_text()[-2000:]
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", port)) == 0

        wait_for(listens, 20, name)
        return process

    def load_command(self, work, count, seconds, *more, port=None, tills_file=None):
        return [str(LOAD), work, "--port", str(port or self.port), "--tills",
                str(tills_file or self.tills_file), "--count", str(count), "--seconds", str(seconds), *map(str, more)]

    def load(self, work, count, seconds, *more, each_second=None, **where):
        """What bench_load prints; what each_second() said while it ran, as "seen"."""
        command = self.load_command(work, count, seconds, *more, **where)
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            seen, end = [], time.monotonic() + seconds + 600
            while True:
                try:
                    out, problem = process.communicate(timeout=1)
                    break
                except subprocess.TimeoutExpired:
                    if time.monotonic() > end:
                        process.kill()
                    seen += [each_second()] if each_second else []
        assert process.returncode == 0, problem
        return {**json.loads(out), "seen": seen}

    def to_sell(self):
        """What bench_load needs for it."""
        return "--goods", self.goods_file, "--members", self.members_file, "--version", self.catalogue_version

    def change_price(self, product, price_minor):
        """The version of the catalogue that has it."""
        draft = pb.ProductDraft(product=pb.Product(id=product, price_minor=price_minor))
        return self.manager.command(pb.OP_PRODUCT_PUT, pb.ProductPut(drafts=[draft]), pb.ProductPutDone).catalogue_version

    def certificates(self):
        """CA, the server's certificate and key, and a till's, for a peer."""
        identity, _ = self.tills[0]
        return {"ca": identity.ca_path, "certificate": self.data / "server.crt", "key": self.data / "server.key",
                "client_certificate": identity.certificate_path, "client_key": identity.key_path}


def allow_files(count):
    """For this and what it starts: as many as that, or as many as may be."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(count, most)))
    except ValueError:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, count), most))


def stop(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# ---- what the kernel says of processes ----


def _stat(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def children(pid):
    return [int(p.name) for p in pathlib.Path("/proc").glob("[0-9]*") if (s := _stat(p.name)) and int(s[1]) == pid]


def cpu_seconds(pid):
    """Of a process and its children, those that ended too."""
    ticks = sum(map(int, _stat(pid)[11:15]))
    ticks += sum(sum(map(int, s[11:13])) for child in children(pid) if (s := _stat(child)))
    return ticks / os.sysconf("SC_CLK_TCK")


def page_faults(pid):
    """The minor ones of a process and its children, those that ended too."""
    faults = sum(map(int, _stat(pid)[7:9]))
    return faults + sum(int(s[7]) for child in children(pid) if (s := _stat(child)))


def ended_seconds():
    """CPU of the programs that were run to their end from here."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def resident_bytes(pid):
    """Of a process and its children."""
    def one(which):
        for line in pathlib.Path(f"/proc/{which}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    return one(pid) + sum(one(child) for child in children(pid))
