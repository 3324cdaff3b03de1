"""No statement reads the whole of a table that grows: not with the plan that PostgreSQL makes once a table has rows, before
anybody has analyzed it, and without looking at parameters. (Plans made while tables were empty are thrown away after some
transactions: server/store/link.c.)"""

import json
import re

import pytest

from cluster import SOURCE, Cluster

ROWS = 3000
# Table: how a row of number i is made. What a table needs of others is not looked at: no foreign keys here.
GROWING = {
    "product": "i, 'sku' || i, i",
    "product_barcode": "'40' || i, i",
    "product_version": "i, 1, 'Roll', 'sku' || i, i, '{}', 1, 0, 1, 0, 0, '', true, 1",
    "price_version": "0, i, 1, 100",
    "sold_out_version": "1, i, 1, true",
    "rating_version": "i, 1, 5, 1",
    "review": "i, 1 + i % 900, 1 + i % 900, i, 1, 5, 1 + i % 3, CASE i % 3 WHEN 2 THEN 1 ELSE 0 END, NULL, NULL, now(), now(), NULL",
    "review_event": "i, 1, 1, 0, 1, 1, 1, now()",
    "device": "i, 1, 1, 'Till', 1 + i, sha256(i::text::bytea), now(), NULL, NULL, NULL, now(), NULL",
    "device_head": "i, 'T', 0, sha256(''), now()",
    "session": "sha256(i::text::bytea), i, i, now(), now(), now(), false, NULL",
    "staff": "i, 1, 1, '', substring(sha256(i::text::bytea) FOR 16), NULL, '', false, true, false, now()",
    "sign_in_failure": "1, substring(sha256(i::text::bytea) FOR 16), 0, 1, 0, now(), now()",
    "member": "i, 1, NULL, NULL, NULL, NULL, NULL, now(), now()",
    "member_blind": "1 + i % 4, substring(sha256(i::text::bytea) FOR 16), i",
    "member_account": "i, 0, NULL, 0",
    "points_lot": "i, i, current_date, current_date, 5",
    "points_entry": "i, i, 2, i, 5, NULL, now()",
    "shift": "i, 1, 1 + i % 9, i, now(), 1, 0",
    "drawer_move": "1 + i % 9, i, 4, 5, '', 1, now()",
    "no_sale": "1 + i % 9, i, '', 1, now()",
    "shift_z": "i, 1, 1 + i % 9, i, now(), 1, 1, 1, 2, 0, 0, 1, 5, 0, 0, 0, 0, 0, 0, 5, 5, 0, 5, NULL",
    "shift_z_tender": "i, 1, 1, 5",
    "shift_z_tax": "i, 'VAT', 0, 5, 0",
    "shift_z_count": "i, 5, 1",
    "drawer": "i, i, 1, 0, 0",
    "drawer_entry": "i, 2, 1 + i % 9, 5, now()",
    "sale": "i, 1, 1 + i % 9, 'T', i, 1, NULL, 1, NULL, 1, i, substring(sha256(i::text::bytea) FOR 16), 0, 1, 5, 0, 0, 0, 0, 0,"
            " NULL, current_date, now(), now()",
    "sale_line": "i, 0, i, 1000, 5, 5, 0, 5, 0, 0, NULL, NULL",
    "sale_tax": "i, 0, 'VAT', 0, 5, 0",
    "tender": "i, 0, 1, 5, 0, NULL",
    "refunded": "i, 0, 1000, 5",
    "sale_refund": "i, i, 1",
    "print_job": "1 + i % 9, i, 1, i, 1, NULL, 3, 1, 1, 1, now(), now(), now()",
    "receipt_copied": "i, 1",
    "receipt_copy": "i, 1, false, 1 + i % 9, i, now()",
    "sale_exception": "i, 1, 0",
    "sale_rescue": "i, 1, substring(sha256(i::text::bytea) FOR 16)",
    "parked_basket": "i, 1, 1 + i % 900, 1 + i % 9, now(), 1, i, 'x'",
    "member_secret": "i, 1, 'x', now()",
    "member_code": "sha256(i::text::bytea), i, 1, 1, 1, now(), now() + interval '1 minute', NULL, NULL",
    "member_ticket": "i, 1, 1 + i % 9, current_date - i, 1 + i, NULL, now(), NULL, NULL, NULL, NULL, NULL, NULL, 'x', 0",
    "sale_note": "i, 0, 'cut'",
    "sale_option": "i, 0, 0, 1, 1, 'Large', 5",
    "sale_keyed_price": "i, 0, 5",
    "basket_void": "i, 1 + i % 900, 1 + i % 9, 1 + i % 900, 1, current_date, 1, 5, 'left', now()",
    "basket_void_line": "i, 0, i, 1000, 5, 5, false, NULL",
    "sale_retender": "i, i, 1, 1, 1 + i % 9, i, 1, 1, 0, 'why', i, now()",
    "retender_entry": "i, 0, 1, NULL, 1, 5, 0, NULL",
    "django_import": "1 + i % 2, i::text, i, 5, now()",
    "sale_attach": "i, i, 1 + i % 900, now(), 5, 0, 5, 1, 1 + i % 9, 1, now()",
    "invoice": "i, 1, 2026, i, 1, i, NULL, 1 + i % 9, 1, 5, 0, 'x', now()",
    "invoice_tax": "i, 0, 'VAT', 0, 5, 0",
    "invoice_printed": "i, 1",
    "invoice_paper": "i, 1, 1 + i % 9, i, now()",
    "member_merge": "i, i + 1, 1, 1, 1, 0, 'twice', now()",
    "referral": "i, i + 1, now(), NULL",
    "account": "i, i, 1, '', NULL, NULL, 5, false, 0, 0, now(), now()",
    "account_blind": "1 + i % 2, substring(sha256(i::text::bytea) FOR 16), i",
    "account_entry": "1 + i % 900, i, 1, i, 0, 5, 5, now()",
    "account_payment": "i, i, 1, 1 + i % 9, i, 1, 2, 5, 'R', NULL, now()",
    "gift_card": "i, i, substring(sha256(i::text::bytea) FOR 16), '4821', 1, false, CASE WHEN i % 20 = 0 THEN i + 1 END, NULL, 0, 0, now(), now()",
    "gift_card_entry": "1 + i % 900, i, 1, i, 0, 5, 5, now()",
    "gift_card_payment": "i, i, 1, 1 + i % 9, i, 1, 1, 2, 5, 'R', NULL, NULL, now()",
    "consent_entry": "1 + i % 900, 1 + i % 4, i, true, 1, 1, 1, 1, now()",
    "erasure": "i, 1, 0, 1, 1, 1, now(), CASE WHEN i % 20 = 0 THEN NULL ELSE now() END",
    "gift_card_move": "i, i, i + 1, 1, 1, 1, 5, 'lost', now()",
    "shift_z_received": "i, 1, 1, 5",
    "shift_z_gift_card": "i, 1, 1, 1, 5",
    "shift_z_department": "i, 1, 'Gift', 1, 1000, 5",
    "coupon": "i, 1 + i % 900, i, substring(sha256(i::text::bytea) FOR 16), i, 1, 0, now(), i",
    "coupon_use": "i, 1, 1 + i % 900, i, i, 5, now()",
    "stock": "1, i, 0",
    "stock_entry": "i, 0, 1, 1, i, 5, now()",
    "command": "1 + i % 9, substring(sha256(i::text::bytea) FOR 16), 1, sha256(''), '', now()",
    "journal": "1 + i % 9, 'T', i, now(), '', sha256('')",
    "journal_signature": "i, now(), '', repeat('x', 64)::bytea, 'xxxxxxxx'",
}

# How many of an index's columns have to be given: with fewer, all of a shop's or a till's rows are read. Others: one.
WIDTHS = {"stock_pkey": 2, "command_pkey": 2, "sale_device_id_series_number_key": 3, "basket_void_day": 2, "invoice_shop_id_year_number_key": 3, "member_blind_pkey": 2, "journal_pkey": 3,
          "sold_out_version_pkey": 2, "price_version_pkey": 2, "sign_in_failure_pkey": 2}

# These mean to.
MEANT = {
    "erasure_pending": {"erasure"},  # of an index that has those alone
    "member_export_head": {"device_head"},  # the newest of a row a device and strand, once a page
    "kiosk_old_secret": {"member_secret"},  # likewise, the first of them
    "sweep_sessions": {"session"},  # the sweep's, once in a while; what it reads it deletes but for a day's
    "sale_show_last": {"sale"},     # the last of a till: in the order of the index, one row
    "shift_newest_receipts": {"sale"},  # likewise, of each series
    "shop_put_now": {"sale"},       # any one of each till
    "coupon_issue_members": {"member", "member_account"},  # whoever is in a segment: a manager's, now and then
    # What a server keeps in memory, or asks for a page of.
    "catalogue_base_products": {"price_version", "sold_out_version", "rating_version"},
}
# Asked by transactions that write alone, where no other way than by index is thought of.
WRITERS_ONLY = {"counter_stock", "counter_stock_update", "counter_account_update", "counter_gift_card_update", "counter_refund_gift_cards", "counter_gift_cards", "counter_drawer_update", "counter_member_update", "counter_lot_update", "counter_lot_expired",
                "group_commands", "member_taken", "member_show", "member_merge_lock", "member_erase_points", "counter_coupons", "counter_coupon_update", "coupon_issue_members", "product_put_keys", "sweep_commands", "sweep_failures", "sweep_keys", "sweep_kiosk_baskets", "sweep_member_tickets", "sweep_member_codes", "sweep_print_jobs",
                "sweep_points_look", "sweep_points_lock", "sweep_points_expire", "sweep_points_tiers", "sweep_referrals_look", "sweep_referrals_pay"}

# What sweeps go through, in a larger shop: rows beyond those above, of which one in a thousand has had its time.
MANY, BATCH = 20000, 100
OLD = "now() - CASE WHEN i % 1000 = 0 THEN interval '3 days' ELSE interval '1 hour' END"
CROWD = {
    "member_account": "i, 0, NULL, 0",
    "points_lot": "i, i, current_date - 9, current_date + CASE WHEN i % 1000 = 0 THEN -1 ELSE 300 END, 5",
    "referral": "i, i - 1, now(), CASE WHEN i % 7 = 0 THEN now() END",
    "parked_basket": f"i, 1, NULL, 1 + i % 9, {OLD}, 1, i, 'x', current_date - i / 9000, 1 + i % 9000",
    "member_ticket": f"i, 1, 1 + i % 9, current_date - i, 1 + i % 9000, NULL, {OLD}, NULL, NULL, NULL, NULL, NULL, NULL, 'x', 0",
    "member_code": f"sha256(i::text::bytea), i, 1, 1, 1, {OLD}, now() + interval '1 minute', NULL, NULL",
}
SOME = "'{" + ", ".join(str(ROWS + 1 + i) for i in range(BATCH)) + "}'"
ONES = "'{" + ", ".join("1" for _ in range(BATCH)) + "}'"
SWEEPS = {
    "sweep_points_look": [f"0, {BATCH}, current_date, now() - interval '1 year', true, now()", f"{MANY // 2}, {BATCH}, current_date, now(), false, now()"],
    "sweep_points_lock": [SOME],
    "sweep_points_expire": [f"{SOME}, current_date, 9000001, now()"],
    "sweep_points_tiers": [f"{SOME}, {ONES}, {ONES}"],
    "sweep_referrals_look": [f"0, {BATCH}", f"{MANY // 2}, {BATCH}"],
    "sweep_referrals_pay": ["4001, 5, 5, 9000001, 9000002, current_date, current_date, now(), 4001, 4000"],
    "sweep_kiosk_baskets": [f"now() - interval '1 day', {BATCH}"],
    "sweep_member_tickets": [f"now() - interval '1 day', {BATCH}"],
    "sweep_member_codes": [f"now() - interval '1 day', {BATCH}"],
    "sweep_keys": [SOME],
}
# The others are of what the house has, and does.
OTHER_SWEEPS = {"sweep_commands", "sweep_sessions", "sweep_failures", "sweep_points_zones", "sweep_points_programme", "sweep_print_jobs"}

# The settings of server/store/link_check.c.
WRITER = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
READER = "RESET ALL"


def statements():
    """(name, text)"""
    for path in sorted((SOURCE / "db" / "queries").glob("*.sql")):
        for part in re.split(r"^-- name: ", path.read_text(), flags=re.M)[1:]:
            name, text = part.split("\n", 1)
            if not name.startswith("init_"):
                yield name.strip(), text.strip().rstrip(";")


@pytest.fixture(scope="module")
def cursor():
    with Cluster() as cluster:
        owner = cluster.connect("owner")
        with owner, owner.cursor() as cursor:
            cursor.execute("CREATE TABLE schema_migration (version integer)")
            for path in sorted((SOURCE / "db" / "migrations").glob("*.sql")):
                cursor.execute(path.read_text())
            cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            assert set(GROWING) <= {name for name, in cursor.fetchall()}
        owner.close()
        admin = cluster.connect("admin")
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("ANALYZE; SET session_replication_role = replica")
            for table, row in GROWING.items():
                cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off);"
                               f"INSERT INTO {table} SELECT {row} FROM generate_series(1, {ROWS}) AS i")
            for name, text in statements():
                cursor.execute(f"PREPARE {name} AS {text}")
            yield cursor
        admin.close()


def nodes(plan):
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def is_by_key(node):
    condition = node.get("Index Cond") or node.get("Recheck Cond")
    if node["Node Type"].startswith("Bitmap"):
        return True  # its condition stands at the scan of the index below it
    return condition is not None and condition.count(" AND ") + 1 >= WIDTHS.get(node["Index Name"], 1)


def whole_reads(cursor, name):
    """Of growing tables, what is read without the whole of a key."""
    cursor.execute("SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = %s", (name,))
    values = ", ".join(["NULL"] * cursor.fetchone()[0])
    cursor.execute(f"EXPLAIN (FORMAT JSON) EXECUTE {name} " + (f"({values})" if values else ""))
    [[[explained]]] = cursor.fetchall()
    return {node["Relation Name"] for node in nodes(explained["Plan"])
            if node.get("Relation Name") in GROWING and node["Node Type"] != "ModifyTable" and not is_by_key(node)}


@pytest.mark.parametrize("settings, but", [(WRITER, set()), (READER, WRITERS_ONLY)], ids=["writer", "reader"])
def test_no_statement_reads_the_whole_of_a_table_that_grows(cursor, settings, but):
    cursor.execute(f"{settings}; SET plan_cache_mode = force_generic_plan; DISCARD PLANS")
    found = {name: read for name, _ in statements() if name not in but and (read := whole_reads(cursor, name))}
    assert {name: read - MEANT.get(name, set()) for name, read in found.items() if read - MEANT.get(name, set())} == {}


def test_a_plan_made_on_empty_tables_would(cursor):
    """So it is thrown away: else this file would prove nothing. Behind those above, for it empties a table."""
    cursor.execute(f"{WRITER}; TRUNCATE session; ANALYZE session; DISCARD PLANS")
    assert whole_reads(cursor, "session_mark") == {"session"}


# ---- sweeps ----


def touched(cursor, name, values):
    """How many rows it looks at, and how often it looks for one."""
    cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE {name} ({values})")
    [[[explained]]] = cursor.fetchall()
    return sum(node["Actual Loops"] * max(1, node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0))
               for node in nodes(explained["Plan"]) if "Relation Name" in node and node["Node Type"] != "ModifyTable")


@pytest.fixture(scope="module")
def crowd(cursor):
    """Some thousands of members, analyzed, whom PostgreSQL takes for a million."""
    cursor.execute("BEGIN; SET session_replication_role = replica")
    for table, row in CROWD.items():
        cursor.execute(f"INSERT INTO {table} SELECT {row} FROM generate_series({ROWS + 1}, {MANY}) AS i")
    cursor.execute("UPDATE member_account SET friend = 2 WHERE member_id % 500 = 1")
    for table in CROWD:
        cursor.execute(f"ANALYZE {table}")
    cursor.execute("UPDATE pg_class SET reltuples = reltuples * %s WHERE relname = ANY (%s)", (1000000 // MANY, list(CROWD)))
    cursor.execute(WRITER)
    yield cursor
    cursor.execute("ROLLBACK")


def test_every_sweep_is_looked_at(cursor):
    assert set(SWEEPS) | OTHER_SWEEPS == {name for name, _ in statements() if name.startswith("sweep_")}


@pytest.mark.parametrize("plans", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_looks_at_what_it_takes_and_not_at_all_members(crowd, name, plans):
    for values in SWEEPS[name]:
        crowd.execute(f"SET plan_cache_mode = {plans}; DISCARD PLANS; SAVEPOINT swept")
        assert 0 < touched(crowd, name, values) <= 40 * BATCH < MANY / 4, values
        crowd.execute("ROLLBACK TO swept")


def test_a_sweep_without_its_index_looks_at_them_all(crowd):
    """Else this would prove nothing."""
    crowd.execute("SAVEPOINT swept; DROP INDEX member_account_friend; DISCARD PLANS")
    assert touched(crowd, "sweep_referrals_look", f"0, {BATCH}") > MANY / 4
    crowd.execute("ROLLBACK TO swept")
