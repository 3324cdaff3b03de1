"""Sales that a till made by itself: booked once, in order, as printed, whatever has changed meanwhile."""
import concurrent.futures
import hashlib
import subprocess
import sys
import time
import uuid

import pytest
from cli import console
from counter import basket, check_books, check_receipts, check_strands, member, refund, refused, ring_up, seed
from offline import Till, exceptions, half_up, of
from shop import PIN, TOP, pb

DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.till().close()
    shop.receive(made["cookie"], 200)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


@pytest.fixture
def till(shop, goods):
    return Till(shop)


def test_B1_a_sale_made_offline_is_booked_once_as_printed(shop, till, goods):
    someone = member(shop, 500)
    sale, id = till.printed(basket(shop, (goods["cookie"], 2), (goods["roll"], 3), member_id=someone)), uuid.uuid4().bytes
    booked = till.book(sale, id)
    assert booked.receipt_number == f"{till.till_number}X-000001" and not booked.exceptions
    assert of(shop, booked, "series, number, total_minor, tax_minor, shift_id, staff_id, brought_by, points_earned") == (
        "X", 1, 635, 42, till.shift, till.staff, till.staff, 63)
    # Doubled, and from another connection of the same till: the same answer, byte for byte.
    assert till.book(sale, id) == booked
    assert till.book(sale, id).SerializeToString() == booked.SerializeToString()
    # By another command it is done; another sale under its number is nobody's.
    assert refused(till.book, sale) == "COMMAND_DONE"
    assert refused(till.book, till.printed(basket(shop, (goods["roll"], 3)), number=1)) == "OFFLINE_NUMBER"
    assert till.sold() == [(1,)]
    # Points and stock have moved, and the cash is in the drawer.
    assert shop.sql(f"SELECT points FROM member_account WHERE member_id = {someone}") == [(63,)]
    assert shop.sql(f"SELECT amount_minor FROM drawer_entry WHERE origin_id = {booked.sale_id}") == [(635,)]


def test_B39_what_paid_a_sale_made_offline_is_put_right(shop, till, goods):
    booked = till.book(till.printed(basket(shop, (goods["cookie"], 1))))
    wanted = pb.SaleRetender(receipt_number=booked.receipt_number, position=0, kind=pb.TENDER_CARD, reference="A1", reason="by card")
    with shop.connect(till.client.identity) as manager:
        manager.sign_in()
        done = manager.command(pb.OP_SALE_RETENDER, wanted, pb.SaleRetendered)
    assert [(each.name, each.amount_minor) for each in done.tenders] == [("Card", 250)]
    assert shop.sql(f"SELECT kind, amount_minor FROM drawer_entry WHERE origin_id IN ({booked.sale_id}, {done.retender_id})"
                    f" ORDER BY kind") == [(2, 250), (7, -250)]


def test_B1_the_paper_can_be_told_by_what_the_till_kept(shop, till, goods):
    sale = till.printed(basket(shop, (goods["cookie"], 1)))
    booked = till.book(sale)
    anchor = hashlib.sha256(sale.SerializeToString()).hexdigest()[:8]
    shown = till.client.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=booked.receipt_number), pb.SaleShown)
    assert anchor in shown.text.decode() and f"{till.till_number}X-000001" in shown.text.decode()
    last = till.client.call(pb.OP_SALE_SHOW, pb.SaleShow(last=True), pb.SaleShown)
    assert last.sale.sale_id == booked.sale_id
    state = till.client.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)
    assert state.offline_number == 1


def test_B1_a_number_out_of_turn_is_told_which_is_expected(shop, till, goods):
    first, second, third = (till.printed(basket(shop, (goods["roll"], n))) for n in (1, 2, 3))
    reply = till.client.reply(pb.OP_SALE_OFFLINE, second, uuid.uuid4().bytes)
    assert reply.error.sentence == f"{till.till_number}X-000001 is expected next of this till, and this is {till.till_number}X-000002"
    assert pb.ErrorCode.Name(reply.error.code) == "OFFLINE_NUMBER" and reply.error.field == "number"
    assert refused(till.book, till.printed(basket(shop, (goods["roll"], 1)), number=0)) == "OFFLINE_NUMBER"
    assert refused(till.book, till.printed(basket(shop, (goods["roll"], 1)), number=2 ** 63 + 1)) == "OFFLINE_NUMBER"
    for sale in (first, second, third):
        till.book(sale)
    assert till.sold() == [(1,), (2,), (3,)]


def test_B1_what_was_refused_out_of_turn_goes_under_another_command(shop, till, goods):
    first, second = (till.printed(basket(shop, (goods["roll"], n))) for n in (1, 2))
    id = uuid.uuid4().bytes
    assert refused(till.book, second, id) == "OFFLINE_NUMBER"
    till.book(first)
    assert refused(till.book, second, id) == "OFFLINE_NUMBER"  # a kept answer
    till.book(second)
    assert till.sold() == [(1,), (2,)]


def test_B1_hundreds_at_once_keep_their_order(shop, till, goods):
    sales = [till.printed(basket(shop, (goods["roll"], 1 + n % 5))) for n in range(150)]
    begun, asked = time.monotonic(), []
    for sale in sales:
        asked.append(till.client.send(pb.OP_SALE_OFFLINE, sale, uuid.uuid4().bytes))
        if len(asked) == 16:
            for id in asked:
                assert not till.client.read_reply(id).HasField("error")
            asked = []
    for id in asked:
        assert not till.client.read_reply(id).HasField("error")
    assert till.sold() == [(n + 1,) for n in range(150)]
    assert time.monotonic() - begun < 60
    # Beside them the till sells online, in the other series.
    assert ring_up(till.client, basket(shop, (goods["roll"], 1)), 45).receipt_number.endswith("T-000001")


def test_B1_prices_that_changed_meanwhile_are_listed(shop, till, goods):
    bought = basket(shop, (goods["roll"], 1), (goods["cake"], 1))
    sale = till.printed(bought)
    # Long ago, for a server that starts: it has no older prices in its memory.
    shop.sql("INSERT INTO catalogue_version SELECT max(version) + 1, 0, now() - interval '400 days' FROM catalogue_head;"
             "UPDATE catalogue_head SET version = version + 1;"
             f"INSERT INTO price_version SELECT 0, {goods['cake']}, max(version), 950 FROM catalogue_head")
    shop.servers[0].restart()
    till.client = shop.connect(till.client.identity)
    till.client.sign_in("Ben")
    shop.manager = shop.connect(shop.console)
    shop.manager.sign_in()
    booked = till.book(sale)
    assert exceptions(booked) == [("PRICE_CHANGED", 1)]
    assert (booked.exceptions[0].said, booked.exceptions[0].found) == (900, 950)
    assert of(shop, booked, "catalogue_version, total_minor") == (bought.catalogue_version, 945)
    # Printed otherwise than that old catalogue gives: booked as printed, and listed.
    wrong = till.printed(bought)
    wrong.lines[0].unit_price_minor = wrong.lines[0].gross_minor = wrong.lines[0].total_minor = 44
    wrong.total_minor, wrong.tenders[0].amount_minor = 944, 1000
    wrong.taxes[0].net_minor = 944 - wrong.tax_minor
    booked = till.book(wrong)
    assert exceptions(booked) == [("TOTAL_DIFFERS", None), ("PRICE_CHANGED", 0), ("PRICE_CHANGED", 1)]
    assert of(shop, booked, "total_minor") == (944,)


def test_B1_stock_that_is_not_there_is_listed_as_oversold(shop, till, goods):
    cookies = goods["cookie"]
    [[there]] = shop.sql(f"SELECT on_hand_milli / 1000 FROM stock WHERE product_id = {cookies}")
    booked = till.book(till.printed(basket(shop, (cookies, there + 2))))
    assert exceptions(booked) == [("OVERSOLD", 0)]
    assert shop.sql(f"SELECT on_hand_milli FROM stock WHERE product_id = {cookies}") == [(-2000,)]
    assert refused(ring_up, till.client, basket(shop, (cookies, 1)), 250) == "STOCK_SHORT"
    shop.receive(cookies, 202)


def test_B1_a_member_who_is_gone_is_listed_and_earns_nothing(shop, till, goods):
    booked = till.book(till.printed(basket(shop, (goods["roll"], 2), member_id=4711)))
    assert exceptions(booked) == [("MEMBER_GONE", None)] and booked.exceptions[0].said == 4711
    assert of(shop, booked, "member_id, points_earned") == (None, 0)


def test_B1_a_card_that_was_noted_earns_for_whose_it_is(shop, till, goods):
    someone = shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ada Lay", card="MEMBER-0099")),
                                   pb.MemberDone).id
    booked = till.book(till.printed(basket(shop, (goods["roll"], 10)), member_card="MEMBER-0099"))
    assert not booked.exceptions
    assert of(shop, booked, "member_id, points_earned") == (someone, 45)
    booked = till.book(till.printed(basket(shop, (goods["roll"], 10)), member_card="MEMBER-0098"))
    assert exceptions(booked) == [("MEMBER_GONE", None)] and booked.exceptions[0].said == 0
    assert booked.exceptions[0].found.to_bytes(4, "big") == b"0098"  # which card nobody has
    assert of(shop, booked, "member_id, points_earned") == (None, 0)
    # Together with a refund of another sale, in one go.
    booked = till.book(till.printed(basket(shop, (goods["roll"], 2)), member_card="no card at all!"))
    assert exceptions(booked) == [("MEMBER_GONE", None)]
    said = console(shop, "lister").run("exceptions").stdout
    assert "nobody has the member's card that was noted, which ends in 0098\n" in said
    assert "MEMBER-0098" not in said


def test_B1_what_a_till_sold_alone_is_booked_though_it_locked_itself_since(shop, till, goods):
    """Nobody has to come back for it; nothing else goes without the PIN."""
    till.client.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
    booked = till.book(till.printed(basket(shop, (goods["roll"], 2))))
    assert booked.receipt_number and not booked.exceptions
    ring_up = pb.SaleRingUp(basket=basket(shop, (goods["roll"], 2)), total_minor=90, tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=90)])
    assert till.client.refusal(pb.OP_SALE_RING_UP, ring_up, uuid.uuid4().bytes) == "SESSION_LOCKED"
    till.client.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)


def test_B1_a_shift_of_before_a_clock_and_a_person_of_nowhere_are_listed(shop, till, goods):
    odd = till.printed(basket(shop, (goods["roll"], 1)), shift_id=4711, staff_id=4712, made_us=time.time_ns() // 1000 + 3 * DAY_US)
    booked = till.book(odd)
    assert exceptions(booked) == [("TIME", None), ("SHIFT_UNKNOWN", None), ("PERSON_UNKNOWN", None)]
    # Another till's shift is none of this one's.
    other = till.printed(basket(shop, (goods["roll"], 1)), shift_id=Till(shop).shift)
    assert exceptions(till.book(other)) == [("SHIFT_UNKNOWN", None)]
    unknown = till.printed(basket(shop, (goods["roll"], 1)))
    unknown.basket.catalogue_version = 2 ** 40
    assert exceptions(till.book(unknown)) == [("VERSION_UNKNOWN", None)]
    for version in (2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1):  # as a signed number the second would be none at all
        unknown = till.printed(basket(shop, (goods["roll"], 1)))
        unknown.basket.catalogue_version = version
        booked = till.book(unknown)
        assert exceptions(booked) == [("VERSION_UNKNOWN", None)]
        assert shop.sql(f"SELECT said FROM sale_exception WHERE sale_id = {booked.sale_id}") == [(version if version < 2 ** 63 else -1,)]


def test_B1_another_persons_sale_is_booked_under_them(shop, till, goods):
    sale = till.printed(basket(shop, (goods["roll"], 1)))
    shop.staff("Otto")
    with shop.connect(till.client.identity) as otto:
        otto.sign_in("Otto")
        till.client = otto
        booked = till.book(sale)
    assert not booked.exceptions
    staff, brought_by = of(shop, booked, "staff_id, brought_by")
    assert staff == till.staff and brought_by != staff


def test_B1_a_discount_in_the_name_of_another_is_listed_where_who_brings_it_may_not_give_it(shop, till, goods):
    """Whoever holds a till's key may write the manager's name upon a sale of their own."""
    def of_the_manager(milli):
        sale = till.printed(basket(shop, (goods["cookie"], 1)), staff_id=manager)
        off = 250 * milli // 1000
        sale.basket.lines[0].discount.rate_ppm, sale.basket.lines[0].discount.reason = milli * 1000, "old"
        total = 250 - off
        tax = half_up(total * 7, 107)
        sale.lines[0].discount_minor, sale.lines[0].total_minor, sale.lines[0].tax_minor = off, total, tax
        sale.total_minor, sale.tax_minor, sale.tenders[0].amount_minor = total, tax, total
        sale.taxes[0].net_minor, sale.taxes[0].tax_minor = total - tax, tax
        return sale

    manager = shop.manager.session.staff.id
    booked = till.book(of_the_manager(900))
    assert exceptions(booked) == [("DISCOUNT", None)]
    assert booked.exceptions[0].said == 898000 > booked.exceptions[0].found  # 0.25 is left of 2.50, rounded
    assert of(shop, booked, "staff_id") == (manager,)
    with shop.connect(till.client.identity) as client:
        client.sign_in("Caroline")
        till.client = client
        assert exceptions(till.book(of_the_manager(900))) == []


def test_B1_its_copy_bears_the_time_that_its_paper_does(shop, till, goods):
    made_us = time.time_ns() // 1000 - DAY_US
    booked = till.book(till.printed(basket(shop, (goods["roll"], 1)), made_us=made_us))
    shown = till.client.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=booked.receipt_number), pb.SaleShown)
    copy = till.client.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=booked.receipt_number), pb.ReceiptPrinted)
    [[when]] = shop.sql(f"SELECT to_char(made_at AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI') FROM sale, shop_version WHERE sale.id = {booked.sale_id}")
    assert shown.made_us == made_us and shown.sale.committed_us > made_us
    for rows in (shown.sale.receipt.rows, copy.receipt.rows):
        assert (booked.receipt_number, when) in [(row.left, row.right) for row in rows]
    assert when.encode() in shown.text


def test_B1_a_sale_of_a_closed_shift_waits_for_the_next(shop, goods):
    till = Till(shop)
    sale = till.printed(basket(shop, (goods["roll"], 1)), tenders=[pb.Tender(kind=pb.TENDER_CARD, amount_minor=45, reference="A1")])
    lead = shop.connect(till.client.identity)
    lead.sign_in("Caroline")
    lead.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=10000), pb.ShiftReported)
    assert refused(till.book, sale) == "SHIFT_NOT_OPEN"
    lead.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    booked = till.book(sale)
    assert exceptions(booked) == [("OTHER_SHIFT", None)]
    assert of(shop, booked, "made_shift_id") == (till.shift,)
    z = lead.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=0), pb.ShiftReported)
    assert (z.sale_count, z.first_offline_receipt, z.last_offline_receipt) == (1, booked.receipt_number, booked.receipt_number)


@pytest.mark.parametrize("spoil, code", [
    (lambda sale: sale.basket.rewards.add(), "OFFLINE_REWARD"),
    (lambda sale: sale.lines.pop(), "OFFLINE_UNSOUND"),
    (lambda sale: setattr(sale, "total_minor", sale.total_minor - 1), "OFFLINE_UNSOUND"),
    (lambda sale: setattr(sale.lines[0], "gross_minor", 1), "OFFLINE_UNSOUND"),
    (lambda sale: setattr(sale.lines[0], "discount_minor", -2 ** 63), "OFFLINE_UNSOUND"),
    (lambda sale: setattr(sale.lines[0], "unit_price_minor", 2 ** 62), "OFFLINE_UNSOUND"),
    (lambda sale: setattr(sale.taxes[0], "code", ""), "OFFLINE_UNSOUND"),
    (lambda sale: sale.taxes.add(code="VAT7", rate_ppm=70000), "OFFLINE_UNSOUND"),
    (lambda sale: setattr(sale.tenders[0], "amount_minor", 1), "UNDERPAID"),
    (lambda sale: sale.ClearField("tenders"), "UNDERPAID"),
    (lambda sale: setattr(sale.tenders[0], "kind", pb.TENDER_CARD), "BAD_TENDER"),
    (lambda sale: setattr(sale.basket.lines[0], "product_id", 4711), "UNKNOWN_PRODUCT"),
    (lambda sale: sale.ClearField("basket"), "OFFLINE_UNSOUND"),
])
def test_B1_what_no_till_prints_is_refused_and_uses_no_number(shop, till, goods, spoil, code):
    sale = till.printed(basket(shop, (goods["roll"], 2)))
    spoilt = pb.SaleOffline()
    spoilt.CopyFrom(sale)
    spoil(spoilt)
    assert refused(till.book, spoilt) == code
    assert till.sold() == []
    till.book(sale)


def test_B1_copies_on_their_way_at_once_are_one_sale(shop, till, goods):
    sale, id = till.printed(basket(shop, (goods["roll"], 1))), uuid.uuid4().bytes
    clients = [shop.connect(till.client.identity) for _ in range(4)]
    for client in clients:
        client.sign_in("Ben")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        replies = {reply.SerializeToString() for reply in pool.map(lambda client: client.command(
            pb.OP_SALE_OFFLINE, sale, pb.SaleOfflineBooked, id), clients)}
    assert len(replies) == 1 and till.sold() == [(1,)]
    for client in clients:
        client.close()


def test_B1_its_goods_come_back_by_its_number(shop, till, goods):
    booked = till.book(till.printed(basket(shop, (goods["roll"], 4))))
    with shop.connect(till.client.identity) as lead:
        lead.sign_in("Caroline")
        assert refund(lead, booked.receipt_number, (0, 1000)).totals.total_minor == -45
        assert refund(lead, booked.receipt_number).totals.total_minor == -135


def test_B1_the_journal_of_what_was_sold_offline_is_verified(shop, till, goods, tmp_path):
    sale = till.printed(basket(shop, (goods["roll"], 1), member_id=4711))
    booked = till.book(sale)
    export = tmp_path / "journal"
    export.write_text(console(shop).run("journal", "export").stdout)

    def verify(digits):
        receipt = f"{booked.receipt_number}:{digits}"
        return subprocess.run([sys.executable, TOP / "deploy" / "verify-journal", export, "--receipt", receipt], capture_output=True, text=True)
    anchor = hashlib.sha256(sale.SerializeToString()).hexdigest()[:8]
    done = verify(anchor)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{booked.receipt_number} has other digits" in verify("00000000").stdout
