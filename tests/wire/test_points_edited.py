"""Who owns the database changes a cell of a member's points, or of their account, with psql: whoever asks for anything of that member has an answer,
what is refused has written nothing, the till beside goes on selling, the night goes on for everybody else, and the invariants name the row.

Each column gets nothing, less than nothing, both ends of what its type holds, what there is to be far from them, and what another member has there.
"""
import collections
import re
import uuid

import psycopg2
import pytest

from gateway import Gateway
from hostile_world import World
from names import fresh
from offline import Till
from paying import settings
from seed import tonight
from shop import make_shop, pb
from test_rows_edited import CHECKS, columns, red
from valid_requests import line
from waiting import wait_for

ENDS = {"bigint": 2**63 - 1, "integer": 2**31 - 1, "smallint": 2**15 - 1}
TABLES = ("points_lot", "member_account")
# What no invariant could hold against anything: days of lots that are not over, what the night works out again, and what is sealed.
NOT_HELD = {("points_lot", "origin_day"), ("points_lot", "expiry_day"), ("member_account", "birthday_blind"), ("member_account", "avoids"), ("member_account", "tier"),
            ("member_account", "tier_minor"), ("member_account", "friend")}
WRITTEN = ("sale", "sale_line", "tender", "points_entry", "points_lot", "stock_entry", "drawer_entry", "sale_earning", "sale_attach", "refunded", "member_merge", "erasure")


@pytest.fixture(scope="module")
def world():
    with Gateway() as gateway, make_shop() as shop:
        shop.start("--config", settings(shop, gateway), "--idle-lock-s", "7200", "--kiosk-idle-s", "600", "--watch-s", "0")
        shop.open()
        shop.staff("Ben")
        made = World(shop, gateway)
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


def values(column, table, kind):
    """SQL of each; {other}: another member's id."""
    other = f"(SELECT {column} FROM {table} WHERE member_id = {{other}} LIMIT 1)"
    if kind in ENDS:
        most = ENDS[kind]
        made = ["NULL", "0", "1", "-1", str(most), str(-most), str(-most - 1), str(most // 2), other]
        return made + (["1000000000000000", "2000000000000000000"] if kind == "bigint" else ["20", "9999"])
    if kind == "date":
        return ["NULL", "'-infinity'", "'infinity'", "'4713-01-01 BC'", "'5874897-12-31'", "'0001-01-01'", "current_date", "current_date - 1", other]
    if kind == "boolean":
        return ["NULL", "true", "false"]
    if kind == "bytea":
        return ["NULL", "''", other]
    raise AssertionError(kind)


def cells(cursor, table):
    """(column, its new value), all there are."""
    return [(column, value) for column, kind in columns(cursor, table) for value in values(column, table, kind)]


def a_member(w):
    """Points of a joining and of two sales, one of which spent some; receipts of both. Some of the second has come back."""
    id = w.do(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=f"Mia {fresh()}", card=f"CC-{fresh()}")), pb.MemberDone).id
    first = w.sold(line(w, w.cookie, quantity_milli=4000), member_id=id)
    second = w.sold(line(w, w.cookie, quantity_milli=3000), line(w, quantity_milli=4000), member_id=id, rewards=[pb.BasketReward(line=0), pb.BasketReward(reward=1)])
    w.do(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=second.receipt_number, lines=[pb.RefundLine(line=1, quantity_milli=1000)], reason="stale"), pb.SaleRungUp)
    return id, first, second


def written(w):
    """How much of each there is, and what the drawers and accounts have."""
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in WRITTEN)
    return w.rows(f"SELECT {counts}, (SELECT sum(cash_minor) FROM drawer), (SELECT sum(points) FROM member_account), (SELECT sum(on_hand_milli) FROM stock)")[0]


def edit(cursor, table, column, value, member):
    """False: the tables do not let it be."""
    cursor.execute("SET LOCAL session_replication_role = replica")
    try:
        cursor.execute(f"UPDATE {table} SET {column} = {value} WHERE ctid = (SELECT ctid FROM {table} WHERE member_id = {member} ORDER BY 1 LIMIT 1)")
        return cursor.rowcount == 1
    except psycopg2.Error:
        cursor.connection.rollback()
        return False


def asked_for(w, member, first, second, other, nobodys):
    """Whatever reads a member's points: (who asks, op, message, whether it is a command); what ends them comes last."""
    basket = w.basket(line(w, w.cookie, quantity_milli=1000), line(w), member_id=member)
    spends = w.basket(line(w, w.cookie, quantity_milli=1000), line(w), member_id=member, rewards=[pb.BasketReward(line=0), pb.BasketReward(reward=1)])
    cash = lambda minor: [pb.Tender(kind=pb.TENDER_CASH, amount_minor=minor)]
    part = [pb.RefundLine(line=0, quantity_milli=1000)]
    lead, beside = "lead", "beside"
    yield lead, pb.OP_MEMBER_SHOW, pb.MemberShow(id=member), False
    yield lead, pb.OP_MEMBER_USUAL, pb.MemberUsual(id=member), False
    yield lead, pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket), False
    yield lead, pb.OP_SALE_QUOTE, pb.SaleQuote(basket=spends), False
    yield lead, pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=spends, total_minor=0, tenders=[]), True
    yield lead, pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket, total_minor=295, tenders=cash(295)), True
    yield beside, pb.OP_SALE_RING_UP, w.cash_sale(), True
    yield lead, pb.OP_SALE_ATTACH, pb.SaleAttach(receipt_number=nobodys.receipt_number, member_id=member), True
    for sold in (first, second):
        yield lead, pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sold.sale_id, price_back=True, back=part), False
        yield lead, pb.OP_SALE_EXPLAIN, pb.SaleExplain(sale_id=sold.sale_id), False
        yield lead, pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=sold.receipt_number, reason="stale", lines=part), True
    yield lead, pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=second.receipt_number, reason="stale"), True
    yield "offline", pb.OP_SALE_OFFLINE, w.till.printed(w.basket(line(w), member_id=member)), True
    yield lead, pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(id=member, birthday="1980-02-29", avoids=[2], set_avoids=True)), True
    yield lead, pb.OP_MEMBER_EXPORT, pb.MemberExport(id=member), False
    for place in (2, 3):
        yield lead, pb.OP_MEMBER_EXPORT, pb.MemberExport(id=member, place=pb.MemberExportPlace(part=place, after=0, after_two=0, as_of_us=w.now_us())), False
    yield lead, pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=other, into_id=member, reason="twice"), True
    yield lead, pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket, total_minor=295, tenders=cash(295)), True
    yield lead, pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=first.receipt_number, reason="stale"), True
    yield lead, pb.OP_MEMBER_ERASE, pb.MemberErase(id=member, confirm_id=member, reason=pb.ERASE_ASKED), True
    yield beside, pb.OP_SALE_RING_UP, w.cash_sale(), True


def answer(w, who, op, message, command):
    client = {"lead": w.lead, "beside": w.beside, "offline": w.till.client}[who]
    reply = client.reply(op, message, uuid.uuid4().bytes if command else None)
    if reply.HasField("error") and pb.code(reply.error.code) == "RATE_LIMITED" and who == "lead":
        reply = w.anew("lead").reply(op, message, uuid.uuid4().bytes if command else None)
    return reply


def at_the_kiosk(w, member):
    """What a member reads of themselves there, if they are let in."""
    made = w.lead.reply(pb.OP_MEMBER_CODE_MAKE, pb.MemberCodeMake(member_id=member), uuid.uuid4().bytes)
    if made.HasField("error"):
        return pb.code(made.error.code)
    reply = w.kiosk.reply(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(code=pb.MemberCodeMade.FromString(made.body).code))
    if not reply.HasField("error"):
        reply = w.kiosk.reply(pb.OP_SELF_SHOW, pb.SelfShow())
        w.kiosk.reply(pb.OP_SESSION_CLOSE, pb.SessionClose())
    return pb.code(reply.error.code) if reply.HasField("error") else "OK"


def all_answered(w, cell, scene, seen):
    member, first, second, other, nobodys = scene
    seen["kiosk", at_the_kiosk(w, member)] += 1
    for who, op, message, command in asked_for(w, member, first, second, other, nobodys):
        before = written(w)
        try:
            reply = answer(w, who, op, message, command)
        except (OSError, ValueError) as lost:
            raise AssertionError(f"{pb.Op.Name(op)} {message}: {cell}: {lost}\n{w.shop.servers[0].log()[-3000:]}")
        code = pb.code(reply.error.code) if reply.HasField("error") else "OK"
        seen[pb.Op.Name(op), code] += 1
        assert code == "OK" or (reply.error.sentence and written(w) == before), (cell, pb.Op.Name(op), reply.error)
        assert who != "beside" or code == "OK", (cell, reply.error)


def others_at_the_tills(w):
    """Nobody may ask as often as this does."""
    w.anew("lead"), w.anew("kiosk")
    w.beside, w.till = w.shop.till(), Till(w.shop)


@pytest.mark.parametrize("table", TABLES)
def test_A26_points_that_were_changed_are_answered(world, books, table):
    server, seen, done = world.shop.servers[0], collections.Counter(), 0
    with books.cursor() as cursor:
        todo = tonight(cells(cursor, table), f"{table} edited", share=4)
        books.rollback()
        for n, (column, value) in enumerate(todo):
            if n % 8 == 0:
                others_at_the_tills(world)
            member, first, second = a_member(world)
            other, nobodys = a_member(world)[0], world.sold(line(world, world.cookie))
            if not edit(cursor, table, column, value.format(other=other), member):
                books.rollback()
                continue
            books.commit()
            all_answered(world, f"{table}.{column} = {value}", (member, first, second, other, nobodys), seen)
            done += 1
    print("\n".join(f"{count} {name}" for name, count in sorted(seen.items())))
    assert not re.search(r"runtime error|Sanitizer|Assertion", server.log()), server.log()[-3000:]
    assert server.process.poll() is None and done > len(todo) // 4
    for op in ("OP_SALE_RING_UP", "OP_SALE_REFUND", "OP_MEMBER_SHOW", "OP_SALE_ATTACH", "OP_MEMBER_MERGE", "OP_MEMBER_ERASE"):
        assert seen[op, "OK"] > done // 3, (op, seen)


def test_A26_whoever_was_merged_into_nobody_is_answered(world, books):
    """Or into somebody who was merged themselves: a shop's group looks for who they are now, and does not look for ever."""
    seen = collections.Counter()
    others_at_the_tills(world)
    gone, stays = a_member(world)[0], a_member(world)[0]
    world.do(pb.OP_MEMBER_MERGE, pb.MemberMerge(from_id=gone, into_id=stays, reason="twice"), pb.MemberMerged)
    with books.cursor() as cursor:
        for into in (1, gone, 2**63 - 1, "(SELECT member_id FROM member_account WHERE erased LIMIT 1)"):
            member, first, second = a_member(world)
            other, nobodys = a_member(world)[0], world.sold(line(world, world.cookie))
            assert edit(cursor, "member_account", "merged_into", into, member)
            books.commit()
            all_answered(world, f"merged into {into}", (member, first, second, other, nobodys), seen)
    assert seen["OP_SALE_RING_UP", "UNKNOWN_MEMBER"] and seen["OP_SALE_REFUND", "BOOKS_UNSOUND"], seen


@pytest.mark.parametrize("what", ("account", "gift_card"))
def test_A26_a_receipt_whose_account_or_gift_card_has_another_number_is_answered(world, books, what):
    world.anew("lead")
    paid = pb.Tender(tender_type_id=world.on_account, amount_minor=45, account_id=world.account) if what == "account" else pb.Tender(
        tender_type_id=world.gift, amount_minor=45, gift_card=world.pays())
    sold = world.sold(tenders=[paid])
    before = written(world)
    with books.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE {what} SET number = number + 100000")
        books.commit()
        reply = world.lead.reply(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=sold.receipt_number, reason="stale"), uuid.uuid4().bytes)
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE {what} SET number = number - 100000")
        books.commit()
    assert reply.HasField("error") and reply.error.sentence and written(world) == before
    world.do(pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=sold.receipt_number, reason="stale"), pb.SaleRungUp)


def test_A26_points_that_were_changed_are_named(world, books):
    blind, seen = [], 0
    world.anew("lead")
    member, other = a_member(world)[0], a_member(world)[0]
    with books.cursor() as cursor:  # a lot of another day, so that they are summed
        for sql in ("INSERT INTO points_lot (id, member_id, origin_day, expiry_day, remaining)"
                    " SELECT max(id) + 1, {0}, current_date - 1, current_date + 364, 5 FROM points_lot",
                    "INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, at) SELECT {0}, max(id), 9, {0}, 5, now() FROM points_lot",
                    "UPDATE member_account SET points = points + 5 WHERE member_id = {0}"):
            cursor.execute(sql.format(member))
        books.commit()
        cursor.execute("SELECT id FROM points_lot WHERE member_id = %s", (member,))
        named = {member} | {id for id, in cursor.fetchall()}
        before = {name: [repr(row) for row in rows] for name, rows in red(cursor).items()}
        todo = [(table, column, value.format(other=other)) for table in TABLES for column, value in cells(cursor, table)]
        books.rollback()
        for table, column, value in todo:
            cursor.execute(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} AS t WHERE member_id = {member}")
            [[was]] = cursor.fetchall()
            if not edit(cursor, table, column, value, member):
                continue
            cursor.execute(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} AS t WHERE member_id = {member}")
            [[now]] = cursor.fetchall()
            found = [row for name, rows in red(cursor).items() for row in rows if repr(row) not in before.get(name, [])]
            books.rollback()
            seen += bool(found)
            if was != now and (table, column) not in NOT_HELD and not named & {said for row in found for said in row.values() if isinstance(said, int)}:
                blind.append(f"{table}.{column} = {value}: {found}")
    assert not blind, "\n".join(blind)
    assert seen > 30


def test_A26_the_night_goes_on_beside_points_that_were_changed(world, books):
    """Lots that are over, beside a lot, what expired of one, a debt and an account at the ends of the range, each another member's; and friends who have
    paid, one of them brought by who has such an account."""
    world.anew("lead")
    most = 2**63 - 1
    members = [a_member(world)[0] for _ in range(7)]
    lot = "ctid = (SELECT ctid FROM points_lot WHERE member_id = {} AND remaining > 0 LIMIT 1)"
    edits = [f"UPDATE points_lot SET remaining = {most} WHERE " + lot.format(members[1]), f"UPDATE points_lot SET expired = {most} WHERE " + lot.format(members[2]),
             "INSERT INTO points_lot (id, member_id, origin_day, expiry_day, remaining)"
             f" SELECT max(id) + 1, {members[3]}, current_date - 1, current_date + 364, {-most - 1} FROM points_lot",
             *(f"UPDATE member_account SET points = {points} WHERE member_id = {member}" for member, points in zip(members[4:], (most, -most - 1, most)))]
    with books.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE points_lot SET origin_day = origin_day - 400, expiry_day = expiry_day - 400 WHERE member_id = ANY (%s)", (members[:6],))
        for sql in edits:
            cursor.execute(sql)
            assert cursor.rowcount == 1, sql
        books.commit()
    friends = [brought_by(world, member) for member in (members[6], world.anna.id)]
    server = world.shop.servers[0]
    server.restart()
    left = lambda member: world.rows(f"SELECT count(*) FROM points_lot WHERE member_id = {member} AND remaining > 0")[0][0]
    paid = lambda friend: world.rows(f"SELECT count(*) FROM referral WHERE friend_id = {friend} AND paid_at IS NOT NULL")[0][0]
    wait_for(lambda: left(members[0]) == 0, 60, "what is over of somebody else")
    wait_for(lambda: paid(friends[1]), 60, "a friend who has paid")
    assert [left(member) > 0 for member in members[1:6]] == [True] * 5 and not paid(friends[0])
    assert world.rows(f"SELECT points FROM member_account WHERE member_id IN ({members[4]}, {members[6]})") == [(most,)] * 2
    assert not re.search(r"22003|runtime error|Sanitizer|Assertion", server.log()), server.log()[-3000:]


def brought_by(w, member):
    """A friend of theirs, who has bought something."""
    friend = w.do(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=f"Fay {fresh()}", referrer_id=member)), pb.MemberDone).id
    w.sold(line(w, w.cookie), member_id=friend)
    return friend
