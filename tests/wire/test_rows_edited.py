"""Who owns the database changes one cell of one row with psql: the invariants name that row, and the exported journal shows what was there.

Everything that a request can do was done once (tests/wire/valid_requests.py); then each column that the entries of receipts have, or what follows from
them, is changed in rows that are drawn, CAROLINE_ROWS of them. And whoever asks for a receipt a cell of which was changed has an answer: CAROLINE_CELLS
receipts are sold for that, each with one cell that is drawn.
"""
import collections
import json
import os
import random
import re
import subprocess
import sys
import uuid

import psycopg2
import pytest

import valid_sales  # noqa: F401, its rows
from cli import REFUSED, console
from gateway import Gateway
from hostile_asking import attempt
from hostile_world import World
from paying import settings
from seed import seed
from shop import TOP, Refused, make_shop, pb
from valid_requests import VALID, line

# Of what an exception says three bytes stand in the entry, which may stand there by chance; of an invoice's number the check names the series.
ROWS = int(os.environ.get("CAROLINE_ROWS", "1"))
CELLS = int(os.environ.get("CAROLINE_CELLS", "40"))
CHECKS = {path.stem: path.read_text() for path in sorted((TOP / "db" / "checks").glob("*.sql"))}
VERIFY = TOP / "deploy" / "verify-journal"

# What the journal has in the entries of receipts, and what follows from these: each table's key, and the columns that are changed. What stands in
# entries of the strand L alone (reasons of payments, who closed a shift, an account's limit ...) no invariant holds against these.
HELD = {
    "sale": (("id",), "device_id series number kind refund_of shift_id made_shift_id staff_id member_id command_id service catalogue_version total_minor "
                      "tax_minor points_earned points_spent points_gifted points_after reason business_day made_at at rounding_minor approved_by brought_by"),
    "sale_line": (("sale_id", "line"), "line product_id quantity_milli unit_price_minor gross_minor discount_minor total_minor tax_minor flags refund_line void_reason"),
    "sale_tax": (("sale_id", "position"), "code rate_ppm net_minor tax_minor"),
    "tender": (("sale_id", "position"), "amount_minor change_minor reference tip_minor"),
    "sale_discount": (("sale_id", "line", "kind"), "line amount_minor reason"),
    "sale_option": (("sale_id", "line", "position"), "line modifier_id option name price_minor"),
    "sale_keyed_price": (("sale_id", "line"), "line price_minor"),
    "sale_deposit": (("sale_id", "line"), "goods_line amount_minor"),
    "refunded": (("sale_id", "line"), "quantity_milli total_minor"), "sale_refund": (("refund_id",), "sale_id number"),
    "points_entry": (("origin_id", "lot_id", "kind"), "points"),
    "points_lot": (("id",), "remaining expired"), "member_account": (("member_id",), "points"),
    "stock": (("shop_id", "product_id"), "on_hand_milli"), "stock_entry": (("origin_id", "line"), "quantity_milli"),
    "drawer": (("device_id",), "cash_minor"), "drawer_entry": (("origin_id", "kind", "shift_id"), "amount_minor"),
    "shift": (("id",), "number"), "shift_z": (("shift_id",), "number sale_count sale_minor refund_minor expected_minor difference_minor grand_total_minor"),
    "shift_z_tender": (("shift_id", "kind"), "expected_minor tender_count"), "shift_z_tax": (("shift_id", "code"), "net_minor tax_minor"),
    "gift_card": (("id",), "balance_minor entry_count"), "gift_card_entry": (("card_id", "number"), "amount_minor balance_minor"),
    "gift_card_payment": (("id",), "amount_minor"), "account": (("id",), "balance_minor entry_count"),
    "account_entry": (("account_id", "number"), "amount_minor balance_minor"), "account_payment": (("id",), "amount_minor"),
    "invoice": (("id",), "total_minor tax_minor"), "invoice_tax": (("invoice_id", "position"), "net_minor tax_minor"),
    "retender_entry": (("retender_id", "position"), "amount_minor"), "coupon_use": (("coupon_id", "number"), "amount_minor"),
    "journal": (("device_id", "kind", "number"), "number at bytes hash"), "journal_signature": (("id",), "heads"),
    "device_head": (("device_id", "kind"), "number hash at"),
}


@pytest.fixture(scope="module")
def world():
    with Gateway() as gateway, make_shop() as shop:
        shop.start("--config", settings(shop, gateway), "--idle-lock-s", "7200", "--kiosk-idle-s", "600", "--watch-s", "0")
        shop.open()
        shop.staff("Ben")
        made = World(shop, gateway)
        for op in sorted(VALID):
            for row in VALID[op]:
                assert attempt(made, op, row, lambda message: message.SerializeToString())[0] == "", pb.Op.Name(op)
        made.do(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=0), pb.ShiftReported)
        shop.check()
        yield made
        made.close()


@pytest.fixture(scope="module")
def books(world):
    connection = world.shop.cluster.connect("admin")
    with connection.cursor() as cursor:
        for name, text in CHECKS.items():
            cursor.execute(f"PREPARE {name} AS WITH wrong AS MATERIALIZED (\n{text}\n) SELECT * FROM wrong LIMIT 50")
        connection.commit()
    yield connection
    connection.close()


def red(cursor):
    """All that does not hold: (check, its rows)."""
    found = {}
    cursor.execute("SET LOCAL ROLE caroline_read")
    for name in CHECKS:
        cursor.execute(f"EXECUTE {name}")
        rows = cursor.fetchall()
        if rows and name != "entries_untouched":
            found[name] = [dict(zip([column.name for column in cursor.description], row)) for row in rows]
    cursor.execute("RESET ROLE")
    return found


def other(rng, kind, value):
    """SQL of another value, or None where there is no other."""
    if kind in ("bigint", "integer", "smallint"):
        return str((value or 0) + rng.choice([1, -1, rng.randint(2, 100)]))
    if kind == "boolean":
        return str(not value)
    if kind == "timestamp with time zone":
        return None if value is None else f"'{value.isoformat()}'::timestamptz + interval '{rng.randint(1, 10**6)} seconds'"
    if kind == "date":
        return None if value is None else f"'{value.isoformat()}'::date + {rng.randint(1, 40)}"
    if kind == "bytea":
        if not value:
            return None
        changed = bytearray(value)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        return f"'\\x{changed.hex()}'::bytea"
    if kind == '"char"':
        return "'L'" if value != "L" else "'T'"
    if kind == "text":
        return f"'{(value or '').replace(chr(39), '')}x'"
    return None


def columns(cursor, table):
    cursor.execute("SELECT a.attname, format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL) FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid"
                   f" WHERE a.attrelid = '{table}'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum")
    return cursor.fetchall()


def edits(cursor, rng):
    """(table, column, its row, SQL) of each, drawn."""
    for table, (key, told) in HELD.items():
        kinds = columns(cursor, table)
        cursor.execute(f"SELECT {', '.join(name for name, _ in kinds)} FROM {table} ORDER BY {', '.join(key)}")
        rows = [dict(zip([name for name, _ in kinds], row)) for row in cursor.fetchall()]
        assert rows, f"{table} is empty: nothing that is asked for here wrote into it"
        for name, kind in [each for each in kinds if each[0] in told.split()] * ROWS:
            row = rng.choice(rows)
            value = row[name]
            value = bytes(value) if isinstance(value, memoryview) else value
            changed = other(rng, kind, value)
            if changed is None:
                continue
            where = " AND ".join(f"{column} = {literal(row[column])}" for column in key)
            yield table, name, row, f"UPDATE {table} SET {name} = {changed} WHERE {where}"


def literal(value):
    return f"'{value}'" if isinstance(value, str) else str(value)


def done_by_hand(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        assert cursor.rowcount == 1, sql
    connection.commit()


def verified(cli, path, key):
    path.write_text(cli.run("journal", "export").stdout)
    done = subprocess.run([sys.executable, VERIFY, path, "--key", key], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


# A cell, how it is changed and changed back, the invariant that says so and, of the journal itself, what the verifier says.
BY_HAND = {
    "a payment's reference": ("SELECT sale_id FROM tender WHERE reference = 'A1' ORDER BY sale_id LIMIT 1",
                              "UPDATE tender SET reference = '{new}' WHERE sale_id = {key} AND reference = '{old}'", ("A1", "A2"), "journal_parts", None),
    "why a line was voided": ("SELECT sale_id FROM sale_line WHERE void_reason = 'too many' ORDER BY sale_id LIMIT 1",
                              "UPDATE sale_line SET void_reason = '{new}' WHERE sale_id = {key} AND void_reason = '{old}'", ("too many", "gone"), "journal_parts", None),
    "an entry of the journal": ("SELECT number FROM journal WHERE device_id = {till} AND kind = 'T' ORDER BY number LIMIT 1",
                                "UPDATE journal SET bytes = set_byte(bytes, 130, get_byte(bytes, 130) # 1) WHERE device_id = {till} AND kind = 'T' AND number = {key}",
                                ("", ""), "journal_hashes", "device {till}, T, entry {key}: its hash does not follow"),
}


@pytest.mark.parametrize("what", BY_HAND)
def test_A26_the_command_line_and_the_verifier_say_what_was_changed_by_hand(world, books, tmp_path, what):
    find, change, (old, new), check, finding = BY_HAND[what]
    [[till]] = world.rows("SELECT device_id FROM journal WHERE kind = 'T' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
    cli = console(world.shop, f"office {sorted(BY_HAND).index(what)}")
    key_id = re.search(r"^key (\w+)", cli.run("journal", "export").stdout, re.M)[1]
    assert verified(cli, tmp_path / "before", key_id)[0] == 0
    [[key]] = world.rows(find.format(till=till))
    done_by_hand(books, change.format(key=key, till=till, old=old, new=new))
    try:
        said = [json.loads(line) for line in cli.run("check", "--json", status=REFUSED).stdout.splitlines()]
        status, findings = verified(cli, tmp_path / "after", key_id)
    finally:
        done_by_hand(books, change.format(key=key, till=till, old=new, new=old))
    wrong = {row["name"]: row["first_row"] for row in said if row.get("name") and not row.get("holds") and row["name"] != "entries_untouched"}
    assert check in wrong and all(str(key) in first for first in wrong.values()), wrong
    assert (status == 0) if finding is None else finding.format(till=till, key=key) in findings, findings
    assert cli.run("journal", "export").stdout and verified(cli, tmp_path / "again", key_id)[0] == 0


def ids(row):
    return {value for value in row.values() if isinstance(value, int) and not isinstance(value, bool) and value > 2**41}


def test_A26_a_cell_that_was_changed_is_named(world, books):
    drawn = seed()
    rng, blind, refused, seen = random.Random(drawn), [], 0, 0
    with books.cursor() as cursor:
        assert red(cursor) == {}
        todo = list(edits(cursor, rng))
        books.rollback()
        for table, column, row, sql in todo:
            cursor.execute("SET LOCAL session_replication_role = replica")
            try:
                cursor.execute(sql)
            except psycopg2.Error:  # what the table's own constraints do not let be
                refused += 1
                books.rollback()
                continue
            assert cursor.rowcount >= 1, sql
            found = red(cursor)
            books.rollback()
            if not found:
                blind.append(f"{table}.{column}")
                print(blind[-1], sql, flush=True)
            seen += bool(found)
            key = {row[name] for name in HELD[table][0] if isinstance(row[name], int)}
            named = [value for rows in found.values() for said in rows for value in said.values()]
            if found and not key & set(named) and not ids(row) & set(named):
                blind.append(f"{table}.{column} accuses others: {found}")
    print(f"{seen} seen, {refused} refused by the tables themselves")
    assert not blind, "\n".join(sorted(set(blind)))


# ---- whoever asks for such a receipt ----

# The tables of a sale, and the column that has its id.
OF_A_SALE = {"sale": "id", "sale_line": "sale_id", "sale_discount": "sale_id", "sale_tax": "sale_id", "tender": "sale_id", "sale_option": "sale_id",
             "sale_keyed_price": "sale_id", "sale_deposit": "sale_id", "sale_earning": "sale_id", "refunded": "sale_id", "points_entry": "origin_id"}
MOST = {"bigint": 2**63 - 1, "integer": 2**31 - 1, "smallint": 2**15 - 1}
# What ended the server once, of such a row: always asked for.
ENDED = [("sale_discount", "kind = 1", "line", "30000"), ("sale_discount", "kind = 5", "line", "16383"),
         ("sale_line", "flags & 4 <> 0", "unit_price_minor", "1"), ("sale_line", "flags & 4 <> 0", "unit_price_minor", "0"),
         ("sale_line", "flags & 4 <> 0", "quantity_milli", "1"), ("sale_tax", "net_minor > 0", "position", "32767"),
         ("sale_tax", "net_minor > 0", "position", "200"), ("sale", "kind = 1", "points_spent", str(-2**63)),
         ("sale", "kind = 1", "points_after", str(-2**63)), ("points_entry", "kind = 2", "points", str(2**63 - 1))]


def a_receipt_of_everything(w):
    """A member's: discounts, rewards of both kinds, options, a keyed price, a deposit, two tenders; a piece of it has come back. Their ids and
    receipts' numbers."""
    basket = w.basket(line(w, w.cookie, allergens_told=[1], quantity_milli=3000), line(w, w.latte, options=[pb.LineOption(modifier_id=w.milk, option=1)]),
                      line(w, w.wrap, keyed_price_minor=500), line(w, w.lemonade, discount=pb.Discount(rate_ppm=100_000, reason="of yesterday")),
                      line(w, quantity_milli=4000), member_id=w.anna.id, rewards=[pb.BasketReward(line=0), pb.BasketReward(reward=1)],
                      discount=pb.Discount(rate_ppm=20_000, reason="so kind"))
    minor = w.quote(basket).total_minor
    tenders = [pb.Tender(kind=pb.TENDER_CARD, amount_minor=110, tip_minor=10, reference="A1"), pb.Tender(kind=pb.TENDER_CASH, amount_minor=minor - 100)]
    sold = w.do(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket, total_minor=minor, tenders=tenders), pb.SaleRungUp)
    back = w.do(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=sold.receipt_number, lines=[pb.RefundLine(line=4, quantity_milli=1000)], reason="stale"),
                pb.SaleRungUp)
    return sold, back


def far(rng, kind, value):
    """SQL of a value that no rule writes there, or of one that is near."""
    if kind in MOST and rng.random() < 0.8:
        most = MOST[kind]
        return str(rng.choice([0, 1, -1, 2, 5, 31, 32, 199, 200, 10**12 % (most + 1), most, -most, -most - 1, most // 2]))
    return rng.choice(["NULL", "''"]) if kind in ("text", "bytea") and rng.random() < 0.5 else other(rng, kind, value)


def a_cell(cursor, rng, ids, table, where, column, changed):
    """Changes it, of a row that is drawn; what undoes that, or None where the tables do not let it be."""
    key = OF_A_SALE[table]
    kind = dict(columns(cursor, table))[column]
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute(f"SELECT ctid::text, {column} FROM {table} WHERE {key} IN %s AND {where} ORDER BY 1", (ids,))
    ctid, value = rng.choice(cursor.fetchall())
    changed = changed or far(rng, kind, bytes(value) if isinstance(value, memoryview) else value)
    if changed is None:
        return None
    try:
        cursor.execute(f"UPDATE {table} SET {column} = {changed} WHERE ctid = '{ctid}' RETURNING ctid::text")
        [[now]] = cursor.fetchall()
        cursor.connection.commit()
    except psycopg2.Error:
        cursor.connection.rollback()
        return None
    return f"{table}.{column} = {changed}, which was {value}", f"UPDATE {table} SET {column} = %s WHERE ctid = '{now}'", value


def asked_for(w, sold, back):
    """What is said of both receipts, by their numbers and by their ids; and the rest of it comes back."""
    receipt, part = sold.receipt_number, back.receipt_number
    for key in ({"receipt_number": receipt}, {"sale_id": sold.sale_id}, {"receipt_number": part}, {"sale_id": back.sale_id}):
        yield pb.OP_SALE_EXPLAIN, pb.SaleExplain(**key), None
        yield pb.OP_SALE_SHOW, pb.SaleShow(**key), None
    yield pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=receipt, price_back=True), None
    lines = [pb.RefundLine(line=0, quantity_milli=1000)]
    yield pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sold.sale_id, price_back=True, back=lines), None
    yield pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=receipt, reason="stale", lines=lines), uuid.uuid4().bytes
    yield pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=receipt, reason="stale"), uuid.uuid4().bytes


def answered(world, sold, back, what, codes, done):
    for op, message, command in asked_for(world, sold, back):
        try:
            reply = world.lead.reply(op, message, command)
            if reply.HasField("error") and pb.code(reply.error.code) == "RATE_LIMITED":
                reply = world.anew("lead").reply(op, message, command)
        except (OSError, ValueError) as lost:
            raise AssertionError(f"{pb.Op.Name(op)} {message}: {what}: {lost}\n{world.shop.servers[0].log()[-3000:]}")
        if reply.HasField("error"):
            assert reply.error.sentence, (what, reply.error)
            codes[pb.code(reply.error.code)] += 1
        else:
            done[pb.Op.Name(op)] += 1


def test_A26_a_receipt_with_a_cell_that_was_changed_is_answered(world, books):
    rng, server, codes, done = random.Random(f"{seed()} cells"), world.shop.servers[0], collections.Counter(), collections.Counter()
    with books.cursor() as cursor:
        cells = [(table, "true", column, None) for table in OF_A_SALE for column, _ in columns(cursor, table)]
        books.rollback()
        world.anew("lead")
        for table, where, column, changed in ENDED + rng.choices(cells, k=CELLS):
            try:
                sold, back = a_receipt_of_everything(world)
            except Refused as refused:  # what came back before moved more money than the drawer may have
                assert refused.code in ("AMOUNT_OVERFLOW", "RATE_LIMITED"), refused
                world.anew("lead")
                sold, back = a_receipt_of_everything(world)
            cell = a_cell(cursor, rng, (sold.sale_id, back.sale_id), table, where, column, changed)
            assert cell or not changed, (table, column, changed)
            if cell is None:
                continue
            what, undo, value = cell
            answered(world, sold, back, what, codes, done)
            cursor.execute("SET LOCAL session_replication_role = replica")
            try:
                cursor.execute(undo, (value,))
            except psycopg2.Error:  # what came back of it stands there now
                books.rollback()
            books.commit()
    print(f"{done}, {codes}")
    assert not re.search(r"runtime error|Sanitizer|Assertion", server.log()), server.log()[-3000:]
    assert server.process.poll() is None and not codes["RATE_LIMITED"]
    assert all(done[name] > CELLS // 2 for name in ("OP_SALE_EXPLAIN", "OP_SALE_SHOW", "OP_SALE_REFUND"))


def test_A26_a_receipt_with_more_taxes_than_there_may_be_is_answered(world, books):
    codes, done = collections.Counter(), collections.Counter()
    world.anew("lead")
    sold, back = a_receipt_of_everything(world)
    with books.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for id in (sold.sale_id, back.sale_id):
            cursor.execute("INSERT INTO sale_tax (sale_id, position, code, rate_ppm, net_minor, tax_minor) "
                           f"SELECT {id}, n, 'T' || n, 1000 * n, 0, 0 FROM generate_series(100, 200) AS n")
    books.commit()
    answered(world, sold, back, "a hundred taxes", codes, done)
    assert not re.search(r"runtime error|Sanitizer|Assertion", world.shop.servers[0].log()) and done["OP_SALE_EXPLAIN"] == 4, (codes, done)
