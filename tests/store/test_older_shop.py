"""A shop that was made before a migration, and what the migration makes of its rows."""
from pathlib import Path

import pytest
from cluster import Cluster

MIGRATIONS = sorted((Path(__file__).resolve().parents[2] / "db" / "migrations").glob("*.sql"))
OLD = ["sell", "refund", "member_see", "member_edit", "catalogue_edit", "sold_out", "tax_edit", "programme_edit", "stock_edit",
       "staff_edit", "role_edit", "device_edit", "shop_edit", "audit_see"]
# name: what the role might in the oldest shop, and what it may in the newest.
ROLES = {
    "owner": (OLD, 1000000, {*OLD, "discount", "approve", "cash_move", "no_sale", "shift_close", "account_edit", "gift_card_edit",
                            "member_merge", "coupon_edit", "member_export", "member_erase", "review_edit", "refund_free",
                            "printer_edit"}),
    "lead": (["sell", "refund", "stock_edit"], 500000,
             {"sell", "refund", "stock_edit", "discount", "approve", "cash_move", "no_sale", "shift_close"}),
    "till": (["sell", "sold_out"], 100000, {"sell", "sold_out", "discount"}),
    "baker": (["stock_edit"], 0, {"stock_edit"}),
}


def migrate(cursor, paths):
    for path in paths:
        cursor.execute(path.read_text())


@pytest.fixture()
def cursor():
    with Cluster() as cluster:
        owner = cluster.connect("owner")
        with owner, owner.cursor() as cursor:
            yield cursor
        owner.close()


def write_old_shop(cursor):
    cursor.execute("INSERT INTO catalogue_version VALUES (1, 0, now()), (7, 0, now()); INSERT INTO shop VALUES (5, now());"
                   "INSERT INTO catalogue_head VALUES (5, 7)")
    for number, (name, (permissions, _, _)) in enumerate(ROLES.items(), 10):
        cursor.execute("INSERT INTO role VALUES (%s)", [number])
        cursor.execute("INSERT INTO role_version VALUES (%s, 1, 'before', '{sell,refund}'), (%s, 7, %s, %s)",
                       [number, number, name, permissions])


def newest(cursor):
    cursor.execute("SELECT DISTINCT ON (role_id) name, from_version, discount_ppm, permissions FROM role_version"
                   " ORDER BY role_id, from_version DESC")
    return {name: (version, discount, permissions) for name, version, discount, permissions in cursor.fetchall()}


def test_A3_roles_of_an_older_shop_may_what_their_like_may_in_a_new_one(cursor):
    migrate(cursor, MIGRATIONS[:1])
    write_old_shop(cursor)
    migrate(cursor, MIGRATIONS[1:])
    roles = newest(cursor)
    assert set(roles) == set(ROLES)
    for name, (_, discount, permissions) in ROLES.items():
        version, ppm, has = roles[name]
        made = {"baker": 7, "owner": 16}.get(name, 8)  # who may change roles got accounts later, gift cards, merging, coupons, privacy, reviews, refunds without a receipt, printers
        assert (version, ppm, set(has), len(has)) == (made, discount, permissions, len(permissions)), name
    cursor.execute("SELECT version FROM catalogue_head")
    assert cursor.fetchall() == [(16,)]
    cursor.execute("SELECT version, shop_id FROM catalogue_version ORDER BY version")
    assert cursor.fetchall() == [(1, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0), (16, 0)]


def test_A3_a_new_permission_is_given_once_to_who_may_change_roles(cursor):
    migrate(cursor, MIGRATIONS[:1])
    write_old_shop(cursor)
    migrate(cursor, MIGRATIONS[1:])
    before = newest(cursor)
    for _ in range(2):
        cursor.execute("SELECT permission_give('fly')")
        roles = newest(cursor)
        version, _, has = roles.pop("owner")
        assert (version, has) == (before["owner"][0] + 1, before["owner"][2] + ["fly"])
        assert roles == {name: row for name, row in before.items() if name != "owner"}
        cursor.execute("SELECT version FROM catalogue_head")
        assert cursor.fetchall() == [(version,)]
    cursor.execute("SELECT has_function_privilege('caroline_app', 'permission_give(text)', 'EXECUTE')")
    assert cursor.fetchall() == [(False,)], "the server's role gives nobody a right this way"


def test_A3_a_shop_without_roles_has_no_version_for_it(cursor):
    migrate(cursor, MIGRATIONS)
    cursor.execute("SELECT (SELECT count(*) FROM catalogue_version), (SELECT count(*) FROM tender_type)")
    assert cursor.fetchone() == (0, 0)


def test_A9_an_older_shop_takes_cash_and_cards_as_it_always_has_and_its_z_stay(cursor):
    """A shop that is not there yet gets its means of payment with itself."""
    migrate(cursor, MIGRATIONS[:8])
    write_old_shop(cursor)
    cursor.execute("ALTER TABLE shift_z_tender DROP CONSTRAINT shift_z_tender_shift_id_fkey")
    cursor.execute("INSERT INTO shift_z_tender VALUES (5, 1, 3, 1200), (5, 2, 1, 700);"
                   "INSERT INTO tender VALUES (7, 0, 1, 500, 20, NULL), (7, 1, 2, 700, 0, 'A1')")
    migrate(cursor, MIGRATIONS[8:])
    cursor.execute("SELECT t.id, from_version, name, kind, change, reference_wanted, active FROM tender_type AS t"
                   " JOIN tender_type_version AS v ON v.tender_type_id = t.id ORDER BY 1")
    assert cursor.fetchall() == [(1, 1, "Cash", 1, 1, False, True), (2, 1, "Card", 2, 2, True, True)]
    cursor.execute("SELECT kind, tender_count, expected_minor, tender_type_id, forfeited_minor, tip_minor, counted_minor"
                   " FROM shift_z_tender ORDER BY kind")
    assert cursor.fetchall() == [(1, 3, 1200, 0, 0, 0, None), (2, 1, 700, 0, 0, 0, None)]
    cursor.execute("SELECT kind, tender_type_id, forfeited_minor, tip_minor FROM tender ORDER BY kind")
    assert cursor.fetchall() == [(1, None, None, None), (2, None, None, None)]


def test_A16_refunds_of_an_older_shop_are_numbered_by_their_times_and_those_of_a_till_by_its_receipts(cursor):
    migrate(cursor, MIGRATIONS[:41])
    rows = [  # id, till, receipt, of, seconds
        (10, 1, 1, None, 0), (11, 1, 2, None, 0), (12, 1, 3, None, 0),
        (20, 1, 4, 10, 30), (21, 2, 1, 10, 20), (22, 1, 5, 10, 40),  # by their times
        (32, 1, 6, 11, 50), (31, 2, 2, 11, 50), (33, 2, 3, 11, 50),  # of one instant: by their ids
        (49, 1, 7, 12, 60), (41, 1, 8, 12, 60), (45, 2, 4, 12, 60),  # the till went to a server whose ids are lower
        (50, 1, 9, None, 70),                                        # without a receipt
    ]
    for id, till, receipt, of, seconds in rows:
        cursor.execute("INSERT INTO sale (id, shop_id, device_id, series, number, kind, refund_of, shift_id, staff_id, command_id, service, catalogue_version,"
                       " total_minor, tax_minor, points_earned, points_spent, points_gifted, points_after, reason, business_day, made_at, at)"
                       " VALUES (%s, 5, %s, 'T', %s, %s, %s, 1, 1, decode(lpad(to_hex(%s), 32, '0'), 'hex'), 0, 1, 0, 0, 0, 0, 0, 0, 'why', '2026-03-14',"
                       " now(), timestamptz '2026-03-14 08:00Z' + %s * interval '1 second')",
                       [id, till, receipt, 1 if id < 20 else 2, of, id, seconds])
    migrate(cursor, MIGRATIONS[41:])
    cursor.execute("SELECT sale_id, array_agg(refund_id::bigint ORDER BY number), array_agg(number ORDER BY number) FROM sale_refund GROUP BY sale_id ORDER BY 1")
    assert cursor.fetchall() == [(10, [21, 20, 22], [1, 2, 3]), (11, [31, 32, 33], [1, 2, 3]), (12, [45, 49, 41], [1, 2, 3])]


def test_A23_how_much_of_each_lot_has_expired_is_told_by_the_ledger_of_an_older_shop(cursor):
    migrate(cursor, MIGRATIONS[:39])
    for lot, member, expiry in ((1, 70, 1), (2, 70, 2), (3, 70, 3), (4, 70, 9), (5, 71, 1), (6, 71, 2)):
        cursor.execute("INSERT INTO points_lot VALUES (%s, %s, %s, %s, 0)", [lot, member, f"2026-03-{expiry:02}", f"2026-04-{expiry:02}"])
    nights = [
        (800, 1, 7, 70, -10), (800, 2, 7, 70, -20), (800, 3, 7, 70, -30), (800, 4, 8, 70, 15),  # of one night: the first paid, and a part of the second
        (801, 1, 7, 70, -3),                                                                   # what a refund had given back into it, the next night
        (800, 5, 7, 71, -7),                                                                   # who owed nothing
        (71, 6, 8, 71, -9),                                                                    # of an erasure
    ]
    for night in nights:
        cursor.execute("INSERT INTO points_entry VALUES (%s, %s, %s, %s, %s, NULL, now())", night)
    migrate(cursor, MIGRATIONS[39:])
    cursor.execute("SELECT id, expired FROM points_lot ORDER BY id")
    assert cursor.fetchall() == [(1, 3), (2, 15), (3, 30), (4, 0), (5, 7), (6, 0)]
    cursor.execute((MIGRATIONS[0].parents[1] / "checks" / "points_lots_expired.sql").read_text())
    assert cursor.fetchall() == []


def merged_long_ago(cursor):
    """Survivors have tens, who was merged into them hundreds: what was agreed to did not go over."""
    def member(id, merged_into=None, avoids=False, erased=False):
        cursor.execute("INSERT INTO member (id, shop_id, avoids_sealed, created_at, updated_at) VALUES (%s, 5, %s, now(), now())",
                       [id, b"sealed" if avoids else None])
        cursor.execute("INSERT INTO member_account (member_id, points, merged_into, avoids, erased) VALUES (%s, 0, %s, %s, %s)",
                       [id, merged_into, b"a" * 112 if avoids else None, erased])

    def words(id, *entries):
        for number, (given, day) in enumerate(entries, 1):
            cursor.execute("INSERT INTO consent_entry VALUES (%s, 4, %s, %s, 1, 5, 70, 60, %s)", [id, number, given, f"2026-03-{day:02}"])

    member(10, avoids=True)  # had none: the other's goes over
    member(100, 10), words(100, (True, 5))
    member(20, avoids=True), words(20, (True, 1))  # has one
    member(200, 20), words(200, (True, 5))
    member(30, avoids=True), words(30, (True, 1), (False, 2))  # took it back before the other agreed
    member(300, 30), words(300, (True, 5))
    member(40, avoids=True), words(40, (True, 1), (False, 9))  # and since: nothing is kept
    member(400, 40), words(400, (True, 5))
    member(50, avoids=True)  # had none; of the others one took it back behind all that they agreed to: nothing is kept
    member(500, 50), words(500, (True, 3), (False, 8))
    member(501, 50), words(501, (True, 4))
    member(502, 50), words(502, (True, 6))
    member(55, avoids=True)  # likewise, by two alone
    member(550, 55), words(550, (True, 7), (False, 9))
    member(551, 55), words(551, (True, 5))
    member(70, avoids=True)  # one took it back before the later of two agreed
    member(700, 70), words(700, (True, 1), (False, 3))
    member(701, 70), words(701, (True, 4))
    member(702, 70), words(702, (True, 6))
    member(60)  # avoids nothing
    member(600, 60), words(600, (True, 5))
    member(80, avoids=True)  # of before consents: nobody was asked
    member(800, 80)
    member(90, erased=True)
    member(900, 90, erased=True), words(900, (True, 5))


def test_B5_who_was_merged_before_consents_went_over_agreed_as_merging_has_it_today(cursor):
    migrate(cursor, MIGRATIONS[:37])
    write_old_shop(cursor)
    cursor.execute("ALTER TABLE consent_entry DROP CONSTRAINT consent_entry_device_id_fkey, DROP CONSTRAINT consent_entry_staff_id_fkey")
    merged_long_ago(cursor)
    check = (MIGRATIONS[0].parents[1] / "checks" / "consents.sql").read_text()
    cursor.execute(check)
    assert {row[0] for row in cursor.fetchall()} == {10, 30, 40, 70}
    migrate(cursor, MIGRATIONS[37:38])
    cursor.execute("SELECT member_id, number, given, text_version, shop_id, device_id, staff_id, extract(day FROM at)::int"
                   " FROM consent_entry WHERE member_id < 100 ORDER BY 1, 2")
    assert cursor.fetchall() == [
        (10, 1, True, 1, 5, 70, 60, 5), (20, 1, True, 1, 5, 70, 60, 1), (30, 1, True, 1, 5, 70, 60, 1), (30, 2, False, 1, 5, 70, 60, 2),
        (30, 3, True, 1, 5, 70, 60, 5), (40, 1, True, 1, 5, 70, 60, 1), (40, 2, False, 1, 5, 70, 60, 9), (70, 1, True, 1, 5, 70, 60, 6)]
    cursor.execute("SELECT a.member_id FROM member_account AS a JOIN member AS m ON m.id = a.member_id"
                   " WHERE a.avoids IS NOT NULL AND m.avoids_sealed IS NOT NULL ORDER BY 1")
    assert [row[0] for row in cursor.fetchall()] == [10, 20, 30, 70, 80]
    cursor.execute("SELECT count(*) FROM member WHERE avoids_sealed IS NOT NULL")
    assert cursor.fetchone() == (5,)
    cursor.execute(check)
    assert cursor.fetchall() == []
