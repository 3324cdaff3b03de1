"""SP4: of who was erased no backup, and no point of the log, reads a field any more, with every key that survives; all else is there to the cent.

Days are rounds: a backup of the database now and then, a copy of the keys every evening, kept for seven days (README)."""
import os
import pathlib
import random
import shutil

import pytest
from cryptography.exceptions import InvalidTag

import backups
from cluster import Cluster
from counter import basket, check_books, check_strands, refund, ring_up, seed
from key_store import keys_of, opens, secrets_of
from kiosk import Person
from migrated import migrated
from shop import BUILD, SERVER, Shop, pb
from waiting import wait_for

SEED = int(os.environ.get("CAROLINE_SEED", "1"))
MANY = int(os.environ.get("CAROLINE_BACKUPS", "1"))  # points of the log; the long test has all days' backups, and six points
Shop.program = pathlib.Path(os.environ["CAROLINE_SHIPPED"] if MANY > 1 else BUILD) / "bin" / "caroline-server"
DAYS = {1: "files", 2: "dump", 3: "files", 5: "dump", 9: "files", 12: "files"} if MANY > 1 else {2: "dump", 3: "files"}
ERASED, LAST, KEPT = 4, 12, 7  # the day of the erasure, the last one, and for how many the keys' copies are kept
FIELDS = {"name": 2, "phone": 3, "email": 4, "birthday": 5, "card": 6, "avoids": 20, "language": 21}
BUT = ("entries_untouched", "ids_reserved")  # these are of the cluster that it was


def books(shop):
    """Every ledger's sum, how long each is, and the heads of all strands: what must be the same to the cent."""
    sums = ("(SELECT sum(total_minor) FROM sale)", "(SELECT sum(tax_minor) FROM sale)", "(SELECT count(*) FROM sale)",
            "(SELECT sum(amount_minor) FROM tender)", "(SELECT sum(amount_minor) FROM drawer_entry)", "(SELECT sum(cash_minor) FROM drawer)",
            "(SELECT sum(quantity_milli) FROM stock_entry)")
    return shop.sql("SELECT " + ", ".join(sums))


def chain(shop):
    return shop.sql("SELECT device_id, kind::text, number, hash FROM device_head ORDER BY 1, 2")


def points(shop):
    return shop.sql("SELECT member_id, sum(points) FROM points_entry GROUP BY 1 ORDER BY 1")


class History:
    """Twelve days of a shop: who came, what was sold, and what the books said after each."""

    def __init__(self, shop, archive, directory):
        self.shop, self.archive, self.directory = shop, archive, directory
        self.rng = random.Random(SEED)
        self.backups, self.moments, self.keys = [], [], {}
        self.people = []
        self.goods = seed(shop)
        see = pb.ProductShow(id=self.goods["cake"])
        wait_for(lambda: not shop.manager.reply(pb.OP_PRODUCT_SHOW, see).HasField("error"), 20, "the goods in the catalogue")
        shop.staff("Ida", role="shift_lead")
        self.till = shop.till("Ida")
        self.gone = self.joins()
        for day in range(1, LAST + 1):
            self.day(day)
        self.till.close()
        self.surviving = keys_of([*self.keys.values(), shop.data])

    def joins(self):
        self.people.append(Person(self.shop.manager, birthday="1961-05-23", language="fr", avoids=[13]))
        return self.people[-1]

    def day(self, day):
        self.joins()
        for person in self.rng.sample(self.people, 2):
            if person is not self.gone or day < ERASED:
                rolls = self.rng.randint(1, 9)
                sold = ring_up(self.till, basket(self.shop, (self.goods["roll"], rolls), member_id=person.id), 45 * rolls)
                self.noted(day)
                if self.rng.random() < 0.3:
                    refund(self.till, sold.receipt_number)
                    self.noted(day)
        if day in DAYS:
            self.back_up(day)
        if day == ERASED - 1:  # by who does not care for seven days
            shutil.copytree(self.shop.data, self.directory / "stolen")
        if day == ERASED:
            message = pb.MemberErase(id=self.gone.id, confirm_id=self.gone.id, reason=pb.ERASE_ASKED)
            self.shop.manager.command(pb.OP_MEMBER_ERASE, message, pb.MemberErased)
            wait_for(lambda: self.shop.sql("SELECT count(*) FROM erasure WHERE key_gone_at IS NULL") == [(0,)], 20, "the key's end")
        self.keys[day] = self.directory / f"keys-{day}"
        shutil.copytree(self.shop.data, self.keys[day])
        for old in [kept for kept in self.keys if kept < day - KEPT]:
            shutil.rmtree(self.keys.pop(old))

    def what_is(self):
        return len(self.people), books(self.shop), chain(self.shop), points(self.shop)

    def noted(self, day):
        [[lsn]] = self.shop.sql("SELECT pg_current_wal_lsn()::text", "admin")
        self.moments.append((lsn, day, *self.what_is()))

    def back_up(self, day):
        kind = DAYS[day]
        to = self.directory / f"{kind}-{day}"
        (backups.dump if kind == "dump" else backups.copy_files)(self.shop, to)
        self.backups.append((to, None, day, *self.what_is()))

    def points_of_the_log(self):
        """Some of after the first copy of the files."""
        first = next(to for to, _, day, *_ in self.backups if to.is_dir())
        day = next(day for to, _, day, *_ in self.backups if to is first)
        later = [moment for moment in self.moments if moment[1] > day]
        return [(first, *moment) for moment in self.rng.sample(later, MANY)]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    shop = Shop(Cluster(copy=migrated(SERVER)))
    try:
        archive = backups.keep_log(shop)
        shop.init()
        shop.start()
        shop.open()
        made = History(shop, archive, tmp_path_factory.mktemp("backups"))
        [[last]] = shop.sql("SELECT pg_walfile_name(pg_switch_wal())", "admin")
        wait_for(lambda: (shop.sql("SELECT last_archived_wal FROM pg_stat_archiver", "admin")[0][0] or "") >= last, 20, "the log's files")
        yield made
    finally:
        shop.destroy()


def fields_of(shop, keys):
    """By member: their sealed fields, and what some key of theirs opens of them."""
    columns = ", ".join(f"{field}_sealed" for field in FIELDS)
    found = {}
    for id, *sealed in shop.sql(f"SELECT id, {columns} FROM member ORDER BY id", "admin"):
        there = {field: bytes(value) for field, value in zip(FIELDS, sealed) if value is not None}
        found[id] = there, {field: opened(keys[id], id, field, value) for field, value in there.items()}
    return found


def opened(keys, id, field, sealed):
    for key in keys:
        try:
            return opens(key, id, FIELDS[field], sealed)
        except InvalidTag:
            continue
    return None


def judge(history, backup, lsn, day, joined, *was):
    with backups.restored(history.shop, backup, history.archive, lsn) as cluster:
        there = Shop(cluster)
        assert [books(there), chain(there), points(there)] == list(was), "the books are as they were then"
        found = fields_of(there, history.surviving)
        people = history.people[:joined]
        assert set(found) >= {person.id for person in people}
        sealed, read = found[history.gone.id]
        assert len(sealed) == (len(FIELDS) if day <= ERASED else 0), "it was made in front of the erasure, or behind it"
        assert not [field for field, text in read.items() if text is not None]
        for person in people:
            if person is not history.gone:
                sealed, read = found[person.id]
                assert len(sealed) == len(FIELDS) and None not in read.values()
                assert (read["name"], read["email"], read["phone"]) == (person.name, person.email, person.phone)
        serve(history, there, people)


def serve(history, there, people):
    """The server beside it, with the keys as they are now: it forgets them again before anybody is served."""
    before = books(there)
    shutil.copytree(history.shop.data, there.data, ignore=shutil.ignore_patterns("node-*"))
    done = there.run_server("--migrate")
    assert done.returncode == 0, done.stdout + done.stderr
    try:
        there.start()
        with there.connect(history.shop.console) as client:
            client.sign_in()
            for key in ({"email": history.gone.email}, {"phone": history.gone.phone}, {"card": history.gone.card}):
                assert not client.call(pb.OP_MEMBER_FIND, pb.MemberFind(**key), pb.MemberFound).members
            other = next(person for person in people if person is not history.gone)
            [found] = client.call(pb.OP_MEMBER_FIND, pb.MemberFind(email=other.email), pb.MemberFound).members
            assert found.id == other.id
        assert there.sql(f"SELECT erased, points FROM member_account WHERE member_id = {history.gone.id}") == [(True, 0)]
        assert books(there) == before
        check_books(there, but=BUT)
        check_strands(there)
    finally:
        for server in there.servers:
            server.kill()


def test_SP4_with_the_keys_of_that_day_they_would_be_read(history):
    """What the others say nobody can. These keys are in no copy that was kept for seven days and no longer."""
    assert min(history.keys) == LAST - KEPT > ERASED
    stolen = history.directory / "stolen"
    assert not {*secrets_of(stolen / "vault")} & {name for vault in history.keys.values() for name in secrets_of(vault / "vault")}
    with backups.restored(history.shop, history.backups[0][0], history.archive) as cluster:
        _, read = fields_of(Shop(cluster), keys_of([stolen]))[history.gone.id]
    assert (read["name"], read["email"], read["birthday"]) == (history.gone.name, history.gone.email, "1961-05-23")


def test_SP4_no_backup_reads_who_was_erased(history):
    for backup in history.backups:
        judge(history, *backup)


def test_SP4_no_point_of_the_log_reads_who_was_erased(history):
    for point in history.points_of_the_log():
        judge(history, *point)
