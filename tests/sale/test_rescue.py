"""Sales out of the spool of a till that is dead: another machine brings them, and each is booked once as the till's own."""
import concurrent.futures
import subprocess
import sys
import time
import uuid

import pytest
from cli import console
from counter import basket, check_books, check_receipts, check_strands, member, refused, ring_up, seed
from offline import Till, exceptions, of
from shop import TOP, pb


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.till().close()
    shop.receive(made["cookie"], 20)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


@pytest.fixture
def till(shop, goods):
    made = Till(shop)
    yield made
    made.client.close()


class Office:
    """A machine with the till's file, and a manager."""

    def __init__(self, shop, person="Caroline"):
        self.identity = shop.device(kind=pb.CLIENT_CLI)
        self.client = shop.connect(self.identity)
        self.client.sign_in(person)

    def bring(self, till, message, id, op=pb.OP_SALE_OFFLINE, envelope=None, **more):
        request = dict(device_id=till.device, command_id=id, op=op, body=message.SerializeToString())
        request.update(more)
        return self.client.command(pb.OP_SALE_RESCUE, pb.SaleRescue(**request), pb.SaleRescued, envelope)


@pytest.fixture
def office(shop):
    made = Office(shop)
    yield made
    made.client.close()


def asked(shop, till, bought, total, **more):
    message = pb.SaleRingUp(basket=bought, total_minor=total, made_us=time.time_ns() // 1000, shift_id=till.shift)
    message.tenders.append(pb.Tender(kind=pb.TENDER_CASH, amount_minor=total))
    message.MergeFrom(pb.SaleRingUp(**more))
    return message


def counted(shop, till):
    return shop.sql(f"SELECT series, number, total_minor FROM sale WHERE device_id = {till.device} ORDER BY series DESC, number")


def test_B45_a_dead_tills_sale_is_booked_as_its_own_and_once(shop, till, goods, office):
    someone = member(shop, 510)
    sale, id, envelope = till.printed(basket(shop, (goods["roll"], 10), member_id=someone)), uuid.uuid4().bytes, uuid.uuid4().bytes
    booked = office.bring(till, sale, id, envelope=envelope)
    assert booked.receipt_number == f"{till.till_number}X-000001"
    assert exceptions(booked) == [("BROUGHT", None)]
    assert (booked.exceptions[0].said, booked.exceptions[0].found) == (till.device, office.identity.device.id)
    manager = office.client.session.staff.id
    assert of(shop, booked, "device_id, series, number, shift_id, staff_id, brought_by, encode(command_id, 'hex'), points_earned") == (
        till.device, "X", 1, till.shift, till.staff, manager, id.hex(), 45)
    assert shop.sql(f"SELECT device_id, encode(command_id, 'hex') FROM sale_rescue WHERE sale_id = {booked.sale_id}") == [
        (office.identity.device.id, envelope.hex())]
    assert shop.sql(f"SELECT amount_minor FROM drawer_entry WHERE origin_id = {booked.sale_id}") == [(450,)]
    # The same command again: its answer, byte for byte. Another: it is done.
    assert office.bring(till, sale, id, envelope=envelope).SerializeToString() == booked.SerializeToString()
    assert refused(office.bring, till, sale, id) == "COMMAND_DONE"
    assert refused(office.bring, till, sale, uuid.uuid4().bytes) == "COMMAND_DONE"
    # The till lives: under its command, and under another one that it took later.
    assert refused(till.book, sale, id) == "COMMAND_DONE"
    assert refused(till.book, sale) == "COMMAND_DONE"
    assert counted(shop, till) == [("X", 1, 450)]
    # And goes on behind it.
    till.book(till.printed(basket(shop, (goods["roll"], 1))))
    assert till.sold() == [(1,), (2,)]


def test_B45_what_the_till_has_sent_itself_is_not_booked_again(shop, till, goods, office):
    sale, id = till.printed(basket(shop, (goods["roll"], 1))), uuid.uuid4().bytes
    till.book(sale, id)
    assert refused(office.bring, till, sale, id) == "COMMAND_DONE"
    rung, first = asked(shop, till, basket(shop, (goods["roll"], 2)), 90), uuid.uuid4().bytes
    till.client.command(pb.OP_SALE_RING_UP, rung, pb.SaleRungUp, first)
    assert refused(office.bring, till, rung, first, op=pb.OP_SALE_RING_UP) == "COMMAND_DONE"
    assert counted(shop, till) == [("X", 1, 45), ("T", 1, 90)]


def test_B45_a_ring_up_without_an_answer_gets_the_tills_next_number(shop, till, goods, office):
    ring_up(till.client, basket(shop, (goods["roll"], 1)), 45)
    rung, id = asked(shop, till, basket(shop, (goods["roll"], 3)), 135), uuid.uuid4().bytes
    booked = office.bring(till, rung, id, op=pb.OP_SALE_RING_UP)
    assert booked.receipt_number == f"{till.till_number}T-000002" and exceptions(booked) == [("BROUGHT", None)]
    assert of(shop, booked, "device_id, shift_id, staff_id, brought_by") == (till.device, till.shift, office.client.session.staff.id, None)
    assert refused(till.client.command, pb.OP_SALE_RING_UP, rung, pb.SaleRungUp, id) == "COMMAND_DONE"
    assert ring_up(till.client, basket(shop, (goods["roll"], 1)), 45).receipt_number.endswith("T-000003")


def test_B45_a_ring_up_is_over_whatever_has_changed(shop, till, goods, office):
    bought = basket(shop, (goods["cake"], 1), (goods["cookie"], 30))  # more than there are
    rung = asked(shop, till, bought, 900 + 30 * 250)
    card = asked(shop, till, basket(shop, (goods["cake"], 1)), 900)
    card.tenders[0].kind, card.tenders[0].reference = pb.TENDER_CARD, "A-77"
    shop.sql("INSERT INTO catalogue_version SELECT max(version) + 1, 0, now() - interval '400 days' FROM catalogue_head;"
             "UPDATE catalogue_head SET version = version + 1;"
             f"INSERT INTO price_version SELECT 0, {goods['cake']}, max(version), 950 FROM catalogue_head")
    shop.servers[0].restart()
    shop.manager = shop.connect(shop.console)
    shop.manager.sign_in()
    till.client, office.client = shop.connect(till.client.identity), shop.connect(office.identity)
    till.client.sign_in("Ben")
    office.client.sign_in()
    id = uuid.uuid4().bytes
    assert refused(till.client.command, pb.OP_SALE_RING_UP, rung, pb.SaleRungUp, id) == "CATALOGUE_OLD"  # as it would be told
    booked = office.bring(till, rung, id, op=pb.OP_SALE_RING_UP)
    assert exceptions(booked) == [("OVERSOLD", 1), ("BROUGHT", None)]
    assert of(shop, booked, "total_minor, catalogue_version") == (8400, bought.catalogue_version)
    assert of(shop, office.bring(till, card, uuid.uuid4().bytes, op=pb.OP_SALE_RING_UP), "total_minor") == (900,)
    wrong = asked(shop, till, bought, 8401)
    assert refused(office.bring, till, wrong, uuid.uuid4().bytes, op=pb.OP_SALE_RING_UP) == "TOTAL_DIFFERS"
    shop.receive(goods["cookie"], 100)


def test_B45_two_machines_at_once_book_each_sale_once(shop, till, goods):
    sales = [(till.printed(basket(shop, (goods["roll"], 1 + n % 3))), uuid.uuid4().bytes, pb.OP_SALE_OFFLINE) for n in range(25)]
    sales += [(asked(shop, till, basket(shop, (goods["roll"], 2)), 90), uuid.uuid4().bytes, pb.OP_SALE_RING_UP) for _ in range(10)]
    offices = [Office(shop) for _ in range(3)]

    def bring_all(office):
        done = 0
        for sale, id, op in sales:
            try:
                office.bring(till, sale, id, op=op)
                done += 1
            except Exception as refusal:
                assert refusal.code == "COMMAND_DONE", refusal
        return done

    def live(client):  # the till itself, in between
        for sale, id, op in sales[:25]:
            try:
                client.command(op, sale, pb.SaleOfflineBooked, id)
            except Exception as refusal:
                assert refusal.code in ("COMMAND_DONE", "OFFLINE_NUMBER"), refusal
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        revived = pool.submit(live, till.client)
        booked = sum(pool.map(bring_all, offices))
        revived.result()
    assert booked <= 35
    assert [(series, number) for series, number, _ in counted(shop, till)] == (
        [("X", n + 1) for n in range(25)] + [("T", n + 1) for n in range(10)])
    for office in offices:
        office.client.close()


def test_B45_a_refusal_is_no_end(shop, till, goods, office):
    first, second = till.printed(basket(shop, (goods["roll"], 1))), till.printed(basket(shop, (goods["roll"], 2)))
    ids = [uuid.uuid4().bytes, uuid.uuid4().bytes]
    assert refused(office.bring, till, second, ids[1]) == "OFFLINE_NUMBER"
    office.bring(till, first, ids[0])
    office.bring(till, second, ids[1])
    assert till.sold() == [(1,), (2,)]


def test_B45_only_sales_of_that_till_are_taken(shop, till, goods, office):
    sale, id = till.printed(basket(shop, (goods["roll"], 1))), uuid.uuid4().bytes
    other = Till(shop)
    foreign = till.printed(basket(shop, (goods["roll"], 1)), number=1, shift_id=other.shift)
    assert refused(office.bring, till, foreign, id) == "RESCUE_FOREIGN"
    assert refused(office.bring, other, sale, id) == "RESCUE_FOREIGN"
    unknown = till.printed(basket(shop, (goods["roll"], 1)), number=1)
    unknown.ClearField("shift_id")
    assert refused(office.bring, till, unknown, id) == "RESCUE_FOREIGN"
    assert refused(office.bring, till, asked(shop, other, basket(shop, (goods["roll"], 1)), 45), id, op=pb.OP_SALE_RING_UP) == "RESCUE_FOREIGN"
    nowhere = asked(shop, till, basket(shop, (goods["roll"], 1)), 45)
    nowhere.ClearField("shift_id")
    assert refused(office.bring, till, nowhere, id, op=pb.OP_SALE_RING_UP) == "RESCUE_FOREIGN"
    assert refused(office.bring, till, sale, id, op=pb.OP_SALE_REFUND) == "RESCUE_NOT_A_SALE"
    assert refused(office.bring, till, sale, id, body=b"\xff\xff") == "RESCUE_UNREADABLE"
    assert refused(office.bring, till, sale, id, body=pb.SaleOffline(member_card="1" * 65).SerializeToString()) == "RESCUE_UNREADABLE"
    assert refused(office.bring, till, sale, id[:15]) == "RESCUE_UNREADABLE"
    for device in (0, 4711, 2 ** 63, office.identity.device.id):
        assert refused(office.bring, till, sale, id, device_id=device) == "UNKNOWN_DEVICE"
    assert till.sold() == []
    office.bring(till, sale, id)


def test_B45_a_till_that_was_cut_off_is_still_owed_its_sales(shop, till, goods, office):
    sale, id = till.printed(basket(shop, (goods["roll"], 1))), uuid.uuid4().bytes
    shop.manager.command(pb.OP_DEVICE_REVOKE, pb.DeviceRevoke(device_id=till.device, reason="stolen"), pb.DeviceRevoked)
    office.bring(till, sale, id)
    assert till.sold() == [(1,)]
    # Who was cut off brings nothing.
    second = till.printed(basket(shop, (goods["roll"], 1)))
    shop.manager.command(pb.OP_DEVICE_REVOKE, pb.DeviceRevoke(device_id=office.identity.device.id, reason="sold"), pb.DeviceRevoked)
    with pytest.raises((ConnectionError, Exception)):
        office.bring(till, second, uuid.uuid4().bytes)
    assert till.sold() == [(1,)]


def test_B45_what_was_noted_is_listed(shop, till, goods, office):
    booked = office.bring(till, till.printed(basket(shop, (goods["roll"], 1)), staff_id=4712), uuid.uuid4().bytes)
    listed = shop.manager.call(pb.OP_SALE_EXCEPTION_LIST, pb.SaleExceptionList(), pb.SaleExceptionListed)
    newest = listed.sales[0]
    assert newest.id == booked.sale_id and newest.receipt_number == booked.receipt_number
    assert (newest.total_minor, newest.brought_device_id) == (45, office.identity.device.id)
    assert exceptions(newest) == [("PERSON_UNKNOWN", None), ("BROUGHT", None)]
    # Page by page, from any sale on; no sale twice, and none of those left out.
    ids = [sale.id for sale in listed.sales]
    assert ids == sorted(set(ids), reverse=True)
    behind = shop.manager.call(pb.OP_SALE_EXCEPTION_LIST, pb.SaleExceptionList(before_id=ids[0]), pb.SaleExceptionListed)
    assert [sale.id for sale in behind.sales] == ids[1:] and not behind.more
    [[all]] = shop.sql("SELECT count(DISTINCT sale_id) FROM sale_exception")
    assert len(ids) == all
    cli = console(shop, "exceptions")
    rows = cli.rows("exceptions")
    assert [row["id"] for row in rows] == ids
    assert "brought by another machine, out of the till's spool" in cli.run("exceptions").stdout


def test_B45_pages_end_where_a_sale_does(shop, till, goods):
    """Prices that have changed are noted line by line: more than a thousand rows, of which a page has whole sales."""
    printed = [till.printed(basket(shop, *[(goods["cake"], 1)] * 200)) for _ in range(7)]
    for sale in printed:
        for line in sale.lines:
            line.unit_price_minor = line.gross_minor = line.total_minor = line.total_minor - 1
        sale.total_minor -= 200
        sale.taxes[0].net_minor -= 200
        assert len(till.book(sale).exceptions) == 201
    request, ids, pages = pb.SaleExceptionList(), [], 0
    while True:
        listed = shop.manager.call(pb.OP_SALE_EXCEPTION_LIST, request, pb.SaleExceptionListed)
        ids, pages = ids + [sale.id for sale in listed.sales], pages + 1
        if not listed.more:
            break
        request.before_id = ids[-1]
    assert pages > 1 and [len(sale.exceptions) for sale in listed.sales if len(sale.exceptions) > 201] == []
    assert ids == [id for id, in shop.sql("SELECT DISTINCT sale_id FROM sale_exception ORDER BY sale_id DESC")]


def test_B45_the_journal_of_rescued_sales_is_verified(shop, till, goods, office, tmp_path):
    office.bring(till, till.printed(basket(shop, (goods["roll"], 1))), uuid.uuid4().bytes)
    office.bring(till, asked(shop, till, basket(shop, (goods["roll"], 2)), 90), uuid.uuid4().bytes, op=pb.OP_SALE_RING_UP)
    export = tmp_path / "journal"
    export.write_text(console(shop, "export").run("journal", "export").stdout)
    done = subprocess.run([sys.executable, TOP / "deploy" / "verify-journal", export], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
