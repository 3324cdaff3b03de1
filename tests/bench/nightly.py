"""What the shop does beside its sales: points that expire by night, against the same sales without; a person's copy of everything, and
a person forgotten, against the ten seconds that are asked."""
import statistics
import subprocess
import time

from house import NODE
from shop import BUILD, pb
from waiting import wait_for

EXPIRED, LOTS, SALES, ASKED_S, KEYS = 100_000, 2_000, 20_000, 10, 1_000_000
OLD = NODE + 10_000_000  # ids of who has points that expire, and of their lots


def expiry(house, given, say):
    """p99 of sales, second by second, from a server's start until a hundred thousand lots have gone, and as long without."""
    count = 10_000 if given.quick else EXPIRED
    plant(house, count)
    sell(house, 1)
    house.servers[0].stop()
    house.servers[0].start()  # the points of the day are looked at within ten seconds of it
    house.reconnect()
    beside, end = [], time.monotonic() + 600
    while (before := left(house, count)) > 0:
        assert time.monotonic() < end, f"{before} lots have not expired"
        p99 = sell(house, 1)
        if left(house, count) < count:
            beside.append(p99)
    alone = [sell(house, 1) for _ in beside]
    ours, peer = (statistics.median(times) for times in (beside, alone))
    say(f"{count:,} lots expired while sales went on for {len(beside)} s: p99 {ours:.1f} ms, the longest second's {max(beside):.1f} ms; "
        f"without: {peer:.1f} ms and {max(alone):.1f} ms")
    return {"ours": round(ours, 2), "peer": round(peer, 2), "ratio": round(ours / peer, 3), "unit": "ms", "lots": count,
            "longest_p99_ms": round(max(beside), 2)}


def plant(house, count):
    """Members whose points were good until yesterday."""
    ids = f"generate_series({OLD}, {OLD + count - 1}) AS id"
    house.sql(
        f"INSERT INTO member (id, shop_id, created_at, updated_at) SELECT id, {house.shop_id}, now(), now() FROM {ids};"
        f"INSERT INTO member_account (member_id, points) SELECT id, 20 FROM {ids};"
        f"INSERT INTO points_lot SELECT id + {count}, id, current_date - 366, current_date - 1, 20 FROM {ids};"
        f"INSERT INTO points_entry SELECT id, id + {count}, 1, id, 20, NULL, now() FROM {ids}")
    house.admin("VACUUM ANALYZE member_account, points_lot, points_entry")


def left(house, count):
    [[lots]] = house.sql(f"SELECT count(*) FROM points_lot WHERE id >= {OLD + count} AND id < {OLD + 2 * count} AND remaining > 0")
    return lots


def sell(house, seconds):
    """The 99th of a hundred, in ms: of 16 tills, 100 sales a second."""
    return house.load("sell", 16, seconds, *house.to_sell(), "--rate", 100)["p99_us"] / 1000


def person(house, given, say):
    """Both figures of one person; given back by who is asked first."""
    sales, lots = (200, 200) if given.quick else (SALES, LOTS)
    id = house.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Mia Stone", phone="+49 30 1234567")),
                               pb.MemberDone).id
    file = house.directory / "one-member"
    file.write_text(f"{id}\n")
    seller = ("--goods", house.goods_file, "--members", file, "--version", house.catalogue_version)
    while (sold := bought(house, id)) < sales:
        house.load("sell", 64, 1 if sold == 0 else min(30, max(1, int((sales - sold) / max(1, sold)))), *seller)
    first = OLD + 5_000_000
    house.sql(f"INSERT INTO points_lot SELECT {first} + i, {id}, current_date - i, current_date + 365 - i, 0 FROM generate_series(1, {lots}) AS i;"
              f"INSERT INTO points_entry SELECT {first} + i, {first} + i, k, {id}, CASE k WHEN 1 THEN 20 ELSE -20 END, NULL, now() "
              f"FROM generate_series(1, {lots}) AS i CROSS JOIN (VALUES (1), (7)) AS k (k)")
    house.admin("VACUUM ANALYZE")
    return id, sold, lots


def bought(house, id):
    [[sales]] = house.sql(f"SELECT count(*) FROM sale WHERE member_id = {id}")
    return sales


def export(house, given, say):
    id, sales, lots = person(house, given, say)
    begun, pages, told = time.monotonic(), 0, 0
    request = pb.MemberExport(id=id)
    while request is not None:
        page = house.manager.call(pb.OP_MEMBER_EXPORT, request, pb.MemberExported)
        pages, told = pages + 1, told + len(page.sales)
        request = pb.MemberExport(id=id, place=page.next) if page.HasField("next") else None
    seconds = time.monotonic() - begun
    assert told == sales, f"{told} of {sales} sales were told"
    say(f"a member of {sales:,} sales and {lots:,} lots: {pages:,} pages in {seconds:.1f} s")
    return asked_for(seconds, sales=sales, lots=lots)


def erase(house, given, say):
    """Behind it everybody else's key is wrapped anew."""
    id, sales, lots = person_again(house, given, say)
    keys = 10_000 if given.quick else KEYS
    fill_keys(house, keys)
    begun = time.monotonic()
    house.manager.command(pb.OP_MEMBER_ERASE, pb.MemberErase(id=id, confirm_id=id, reason=pb.ERASE_ASKED), pb.MemberErased)
    wait_for(lambda: house.sql("SELECT count(*) FROM erasure WHERE key_gone_at IS NULL") == [(0,)], 120, "the key's end")
    seconds = time.monotonic() - begun
    say(f"a member of {sales:,} sales and {lots:,} lots is forgotten beside {keys:,} others, the key too, after {seconds:.2f} s")
    return asked_for(seconds, sales=sales, lots=lots, keys=keys)


def fill_keys(house, count):
    """So many persons' keys, of nobody: a sweep leaves them alone for a day."""
    house.servers[0].stop()
    subprocess.run([BUILD / "tests" / "vault_tool", house.data / "vault", house.data / "vault-mirror", "keys", str(OLD), str(count), "1"],
                   check=True, timeout=300)
    house.servers[0].start()
    house.reconnect()


def person_again(house, given, say):
    """Who was exported before, or somebody like them."""
    known = house.sql("SELECT member_id, count(*) FROM sale WHERE member_id IN (SELECT id FROM member WHERE name_sealed IS NOT NULL) "
                      "GROUP BY 1 ORDER BY 2 DESC LIMIT 1")
    if not known:
        return person(house, given, say)
    [[id, sales]] = known
    return id, sales, house.sql(f"SELECT count(*) FROM points_lot WHERE member_id = {id}")[0][0]


def asked_for(seconds, **more):
    return {"ours": round(seconds, 2), "peer": ASKED_S, "ratio": round(seconds / ASKED_S, 3), "unit": "s", **more}
