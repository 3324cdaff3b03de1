"""Gift cards: issued, topped up, paying, given back, blocked, expired, moved when lost; never below nothing, whatever meets."""
import datetime
import threading
import time
import uuid

import pytest
from at_tills import goods, lead, office, till  # fixtures
from branch import open_branch
from counter import basket, check_books, check_receipts, check_strands, member, refund, refused, ring_up
from everything import Everything
from gift_card import MADE, a_code, drawer, expire, left, load, move, paper, pay, put, shown, undo
from shop import Refused, pb


@pytest.fixture(scope="module")
def gift(shop, goods):
    return shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods, gift):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


# ---- issuing and topping up ----


def test_B15_a_card_is_issued_and_topped_up(shop, till):
    before = drawer(shop, till)
    done = load(till, 5000)
    assert drawer(shop, till) == before + 5000
    assert len(done.code) == MADE and int(done.code) % 97 == 1 and done.code[-4:] == done.card.last_four
    assert (done.entry, done.card.balance_minor, done.card.left_minor, done.card.expiry_day) == (1, 5000, 5000, "")
    rows = paper(done.receipt)
    assert (f"Card {done.card.number}, ends in {done.card.last_four}", "") in rows
    assert ("Received by cash EUR", "50.00") in rows and ("Left on it", "50.00") in rows
    assert not any(done.code in left for left, _ in rows)
    more = load(till, 1000, pb.ACCOUNT_CARD, reference="A17", number=done.card.number)
    assert (more.entry, more.card.balance_minor, more.code) == (2, 6000, "") and drawer(shop, till) == before + 5000
    load(till, 500, pb.ACCOUNT_TRANSFER, reference="IBAN 7", number=done.card.number)
    card = shown(till, code=done.code)
    assert card.card.balance_minor == 6500 and len(card.pays) == 32
    assert [(e.number, e.kind, e.amount_minor, e.balance_minor, e.means, e.reference) for e in card.entries] == [
        (3, pb.GIFT_CARD_ENTRY_TOPPED_UP, 500, 6500, pb.ACCOUNT_TRANSFER, "IBAN 7"),
        (2, pb.GIFT_CARD_ENTRY_TOPPED_UP, 1000, 6000, pb.ACCOUNT_CARD, "A17"),
        (1, pb.GIFT_CARD_ENTRY_ISSUED, 5000, 5000, pb.ACCOUNT_CASH, "")]
    assert not shown(till, number=done.card.number).HasField("pays")
    assert ("Left on it EUR", "65.00") in paper(card.receipt)


def test_B15_the_sale_of_a_card_is_no_sale(shop, till):
    """No receipt, no turnover, no tax, no points, no stock: nothing of it stands in the tables of sales."""
    everything = Everything(shop)
    with everything.unchanged("gift_card", "gift_card_entry", "gift_card_payment", "drawer", "drawer_entry", "command", "session",
                              "journal", "device_head", "journal_signature", "id_block"):
        load(till, 5000)
    everything.close()
    report = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    assert (report.sale_count, report.sale_minor, len(report.taxes)) == (0, 0, 0)


def test_B15_what_is_no_loading_is_refused(shop, till):
    made = load(till, 100)
    everything = Everything(shop)
    cases = [
        ("BAD_GIFT_CARD_PAYMENT", 0, pb.ACCOUNT_CASH, {}),
        ("BAD_GIFT_CARD_PAYMENT", -5, pb.ACCOUNT_CASH, {}),
        ("BAD_GIFT_CARD_PAYMENT", 5, pb.ACCOUNT_NONE, {}),
        ("BAD_GIFT_CARD_PAYMENT", 5, pb.ACCOUNT_CARD, {}),
        ("BAD_GIFT_CARD_PAYMENT", 5, pb.ACCOUNT_TRANSFER, {"reference": " "}),
        ("BAD_GIFT_CARD_PAYMENT", 5, pb.ACCOUNT_CASH, {"reference": "A1"}),
        ("AMOUNT_OVERFLOW", 10**12 + 1, pb.ACCOUNT_CASH, {}),
        ("CARD_NUMBER", 5, pb.ACCOUNT_CARD, {"reference": "4111111111111111"}),
        ("UNKNOWN_GIFT_CARD", 5, pb.ACCOUNT_CASH, {"number": 12345}),
        ("UNKNOWN_GIFT_CARD", 5, pb.ACCOUNT_CASH, {"number": 2**32 - 1}),
        ("BAD_FIELD", 5, pb.ACCOUNT_CASH, {"number": made.card.number, "code": a_code()}),
    ]
    for code, amount, means, more in cases:
        with everything.unchanged("command", "session", "journal", "device_head", "journal_signature"):
            assert refused(load, till, amount, means, **more) == code, (amount, means, more)
    everything.close()
    shut = shop.till("Tom", float_minor=None)
    assert refused(load, shut, 5) == "SHIFT_NOT_OPEN"
    assert refused(shown, till, number=12345) == "UNKNOWN_GIFT_CARD"
    assert refused(shown, till) == "BAD_FIELD"
    assert refused(shown, till, number=1, code=a_code()) == "BAD_FIELD"


def test_B15_sent_again_it_is_done_once_and_answered_alike(shop, till, lead, office, goods, gift):
    issue, top, pays, moves, undoes = (uuid.uuid4().bytes for _ in range(5))
    answers = {load(till, 5000, command_id=issue).SerializeToString() for _ in range(4)}
    assert len(answers) == 1
    first = load(till, 5000, command_id=issue)
    assert len(first.code) == MADE and shown(till, code=first.code).card.balance_minor == 5000
    answers = {load(till, 200, number=first.card.number, command_id=top).SerializeToString() for _ in range(4)}
    assert len(answers) == 1 and left(till, first.card.number) == 5200
    token = shown(till, code=first.code).pays
    bought = {pay(shop, till, goods, gift, first.code, pays=token, command_id=pays).SerializeToString() for _ in range(4)}
    assert len(bought) == 1 and left(till, first.card.number) == 4300
    assert load(till, 5000, command_id=issue) == first  # as it was, code and all, though the card has paid since
    moved = [move(office, first.card.number, command_id=moves) for _ in range(4)]
    assert all(each == moved[0] for each in moved) and left(till, moved[0].card.number) == 4300
    other = load(lead, 700)
    answers = {undo(lead, other.card.number, command_id=undoes).SerializeToString() for _ in range(4)}
    assert len(answers) == 1 and left(lead, other.card.number) == 0
    assert refused(load, till, 5001, command_id=issue) == "COMMAND_REUSED"


# ---- paying ----


def test_A9_a_card_pays_and_the_receipt_says_what_is_left(shop, till, goods, gift):
    done = load(till, 5000)
    before = drawer(shop, till)
    sale = pay(shop, till, goods, gift, done.code, cakes=2)
    assert (sale.cash_minor, sale.change_minor) == (0, 0) and drawer(shop, till) == before
    rows = paper(sale.receipt)
    assert (f"Gift card {done.card.number}", "18.00") in rows
    assert (f"  ends in {done.card.last_four}, left on it", "32.00") in rows
    again = till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=sale.receipt_number), pb.SaleShown)
    assert (f"  ends in {done.card.last_four}, left on it", "32.00") in paper(again.sale.receipt)
    assert left(till, done.card.number) == 3200
    entry = shown(till, number=done.card.number).entries[0]
    assert (entry.kind, entry.amount_minor, entry.receipt_number) == (pb.GIFT_CARD_ENTRY_PAID, -1800, sale.receipt_number)


def test_A9_a_part_by_card_the_rest_by_others(shop, till, goods, gift):
    one, two = load(till, 500), load(till, 100)
    before = drawer(shop, till)
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1)), total_minor=900)
    for done, amount in ((one, 500), (two, 100)):
        message.tenders.add(tender_type_id=gift, amount_minor=amount, gift_card=shown(till, code=done.code).pays)
    message.tenders.add(kind=pb.TENDER_CASH, amount_minor=500)
    sale = till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
    assert sale.change_minor == 200 and drawer(shop, till) == before + 300
    assert (left(till, one.card.number), left(till, two.card.number)) == (0, 0)


def test_A9_points_are_of_the_goods_and_not_of_the_card(shop, till, goods, gift):
    """Goods paid by card earn as any other; the card itself earned nothing, so nothing is earned twice."""
    somebody = member(shop, 70)
    done = load(till, 900)
    assert shop.sql(f"SELECT points FROM member_account WHERE member_id = {somebody}") == [(0,)]
    sale = pay(shop, till, goods, gift, done.code, member_id=somebody)
    assert ("Points earned", "90") in paper(sale.receipt)


def test_A9_refused_and_nothing_changes(shop, till, office, goods, gift):
    done, blocked, small, other = load(till, 5000), load(till, 5000), load(till, 899), load(till, 5000)
    put(office, blocked.card.number, blocked=True)
    stranger = shop.till("Tom")
    elsewhere = shown(stranger, code=done.code).pays
    mine = shown(till, code=done.code).pays
    forged = mine[:-1] + bytes([mine[-1] ^ 1])
    of_other = shown(till, code=other.code).pays
    mixed = mine[:8] + of_other[8:]
    tokens = {each.card.number: shown(till, code=each.code).pays for each in (blocked, small)}
    everything = Everything(shop)
    cases = [
        ("GIFT_CARD_BLOCKED", tokens[blocked.card.number], {}),
        ("GIFT_CARD_BALANCE", tokens[small.card.number], {}),
        ("GIFT_CARD_WANTED", elsewhere, {}),
        ("GIFT_CARD_WANTED", forged, {}),
        ("GIFT_CARD_WANTED", mixed, {}),
        ("GIFT_CARD_WANTED", b"", {}),
        ("GIFT_CARD_WANTED", bytes(32), {}),
        ("OVERPAID", mine, {"amount_minor": 901}),
        ("UNDERPAID", mine, {"amount_minor": 899}),
        ("BAD_TENDER", mine, {"tip_minor": 10}),
        ("BAD_TENDER", mine, {"kind": pb.TENDER_CASH}),
        ("BAD_FIELD", mine + b"0", {}),
    ]
    for code, token, more in cases:
        with everything.unchanged("command", "session", "journal", "device_head", "journal_signature"):
            assert refused(pay, shop, till, goods, gift, done.code, pays=token, **more) == code, (code, more)
    assert refused(pay, shop, till, goods, gift, None) == "GIFT_CARD_WANTED"
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1)), total_minor=900)
    message.tenders.add(kind=pb.TENDER_CASH, amount_minor=900, gift_card=mine)
    assert refused(till.command, pb.OP_SALE_RING_UP, message, pb.SaleRungUp) == "GIFT_CARD_WANTED"
    del message.tenders[:]
    for amount in (400, 500):
        message.tenders.add(tender_type_id=gift, amount_minor=amount, gift_card=mine)
    assert refused(till.command, pb.OP_SALE_RING_UP, message, pb.SaleRungUp) == "GIFT_CARD_WANTED"
    everything.close()
    with pytest.raises(Refused) as short:
        pay(shop, till, goods, gift, small.code)
    assert short.value.sentence == f"gift card {small.card.number}: 8.99 are left on it, and not 9.00"


def test_B15_fifty_tills_take_the_last_of_a_card_at_once(shop, office, goods, gift):
    """Fifty tills, of which seven fit: never more, never fewer, and never below nothing."""
    done = load(office, 7 * 900 + 899)
    tills = [shop.till("Tom") for _ in range(50)]
    sales = []
    for client in tills:
        message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1)), total_minor=900)
        message.tenders.add(tender_type_id=gift, amount_minor=900, gift_card=shown(client, code=done.code).pays)
        sales.append(message)
    together, outcomes = threading.Barrier(len(tills)), []

    def ring(client, message):
        together.wait()
        try:
            client.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
            outcomes.append("sold")
        except Exception as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=ring, args=pair) for pair in zip(tills, sales)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["GIFT_CARD_BALANCE"] * 43 + ["sold"] * 7
    assert left(office, done.card.number) == 899
    lowest = shop.sql(f"SELECT min(balance_minor) FROM gift_card_entry WHERE card_id = {done.card.id}")
    assert lowest == [(899,)]
    [client.close() for client in tills]


def test_B15_sales_loadings_and_moves_race(shop, goods, gift):
    """Sales go in groups, everything else by itself; they meet at the card's row."""
    tills = [shop.till("Tom") for _ in range(4)]
    boss = shop.till("Boss")
    done = load(boss, 100000)
    taken, loaded, others = [], [], []

    def work(client, paying):
        token = shown(client, code=done.code).pays
        for _ in range(10):
            try:
                if paying:
                    pay(shop, client, goods, gift, done.code, pays=token)
                    taken.append(900)
                else:
                    load(client, 100, number=done.card.number)
                    loaded.append(100)
            except Exception as error:
                others.append(getattr(error, "code", error))

    threads = [threading.Thread(target=work, args=(client, i % 2 == 0)) for i, client in enumerate(tills)]
    [thread.start() for thread in threads]
    moved = move(boss, done.card.number)
    [thread.join() for thread in threads]
    assert set(others) <= {"GIFT_CARD_MOVED"}
    assert left(boss, moved.card.number) == 100000 - sum(taken) + sum(loaded) and left(boss, done.card.number) == 0
    [client.close() for client in (*tills, boss)]


def test_B15_a_card_says_which_payment_was_given_back(shop, lead):
    """Who offers to give back leaves that out."""
    done = load(lead, 500)
    assert done.amount_minor == 500
    assert load(lead, 700, number=done.card.number).amount_minor == 700
    undo(lead, done.card.number, entry=1)
    entries = shown(lead, number=done.card.number).entries
    assert [(entry.number, entry.undone) for entry in entries] == [(3, False), (2, False), (1, True)]


def test_A9_a_gift_card_tender_is_not_put_right(shop, lead, goods, gift):
    done = load(lead, 900)
    sale = pay(shop, lead, goods, gift, done.code)
    wrong = pb.SaleRetender(receipt_number=sale.receipt_number, position=0, kind=pb.TENDER_CASH, reason="wrong key")
    assert refused(lead.command, pb.OP_SALE_RETENDER, wrong, pb.SaleRetendered) == "RETENDER_NOT_POSSIBLE"
    cash = ring_up(lead, basket(shop, (goods["cake"], 1)), 900)
    wrong = pb.SaleRetender(receipt_number=cash.receipt_number, position=0, tender_type_id=gift, reason="wrong key")
    assert refused(lead.command, pb.OP_SALE_RETENDER, wrong, pb.SaleRetendered) == "RETENDER_NOT_POSSIBLE"


def test_B1_no_gift_card_pays_offline(shop, till, goods, gift):
    done = load(till, 900)
    sale = pb.SaleOffline(basket=basket(shop, (goods["cake"], 1)), number=1, total_minor=900)
    sale.tenders.add(tender_type_id=gift, amount_minor=900, gift_card=shown(till, code=done.code).pays)
    assert refused(till.command, pb.OP_SALE_OFFLINE, sale, pb.SaleOfflineBooked) == "GIFT_CARD_OFFLINE"


def test_B45_a_dead_tills_sale_is_paid_by_its_card_once(shop, till, office, goods, gift):
    done = load(till, 900)
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1)), total_minor=900)
    message.tenders.add(tender_type_id=gift, amount_minor=900, gift_card=shown(till, code=done.code).pays)
    message.shift_id = shop.sql(f"SELECT shift_id FROM drawer WHERE device_id = {till.identity.device.id}")[0][0]
    brought = pb.SaleRescue(device_id=till.identity.device.id, command_id=uuid.uuid4().bytes, op=pb.OP_SALE_RING_UP,
                            body=message.SerializeToString())
    assert shop.manager.command(pb.OP_SALE_RESCUE, brought, pb.SaleRescued).receipt_number
    assert left(office, done.card.number) == 0
    assert refused(shop.manager.command, pb.OP_SALE_RESCUE, brought, pb.SaleRescued) == "COMMAND_DONE"
    # What was seen of a card is good for a sale of that day, though it be brought later, and for no other.
    more = load(till, 1800)
    message.tenders[0].gift_card = shown(till, code=more.code).pays
    message.made_us = int((time.time() - 2 * 86400) * 1e6)
    brought.body, brought.command_id = message.SerializeToString(), uuid.uuid4().bytes
    assert refused(shop.manager.command, pb.OP_SALE_RESCUE, brought, pb.SaleRescued) == "GIFT_CARD_WANTED"
    message.made_us = int((time.time() - 3600) * 1e6)
    brought.body = message.SerializeToString()
    assert shop.manager.command(pb.OP_SALE_RESCUE, brought, pb.SaleRescued).receipt_number and left(office, more.card.number) == 900


# ---- what comes back ----


def test_B15_a_refund_goes_back_to_the_card(shop, till, lead, office, goods, gift):
    done = load(till, 1800)
    sale = pay(shop, till, goods, gift, done.code, cakes=2)
    part = refund(lead, sale.receipt_number, (0, 1000))
    assert (f"Gift card {done.card.number}", "-9.00") in paper(part.receipt)
    assert (f"  ends in {done.card.last_four}, left on it", "9.00") in paper(part.receipt)
    put(office, done.card.number, blocked=True)  # it is the customer's all the same
    expire(shop, done.card.number)
    refund(lead, sale.receipt_number)
    assert left(till, done.card.number) == 1800
    assert [(e.kind, e.amount_minor) for e in shown(till, number=done.card.number).entries] == [
        (pb.GIFT_CARD_ENTRY_GIVEN_BACK, 900), (pb.GIFT_CARD_ENTRY_GIVEN_BACK, 900), (pb.GIFT_CARD_ENTRY_PAID, -1800),
        (pb.GIFT_CARD_ENTRY_ISSUED, 1800)]


def test_B15_a_refund_of_what_a_lost_card_paid_goes_to_the_one_for_it(shop, till, lead, office, goods, gift):
    done = load(till, 2700)
    sale = pay(shop, till, goods, gift, done.code)
    second = move(office, done.card.number)
    third = move(office, second.card.number)
    refund(lead, sale.receipt_number)
    assert [left(till, each.card.number) for each in (done, second, third)] == [0, 0, 2700]


def test_B15_what_was_paid_for_a_card_comes_back_while_it_is_unused(shop, lead, goods, gift):
    done = load(lead, 5000)
    load(lead, 1000, pb.ACCOUNT_CARD, reference="A1", number=done.card.number)
    before = drawer(shop, lead)
    assert refused(undo, lead, done.card.number, reference="none") == "BAD_GIFT_CARD_PAYMENT"
    assert refused(undo, lead, done.card.number, reason=" ") == "BAD_GIFT_CARD_CHANGE"
    assert refused(undo, lead, done.card.number, entry=3) == "GIFT_CARD_NOT_LOADED"
    assert refused(undo, lead, 12345) == "UNKNOWN_GIFT_CARD"
    back = undo(lead, done.card.number)
    assert (back.amount_minor, back.card.balance_minor) == (-5000, 1000) and drawer(shop, lead) == before - 5000
    assert ("GIFT CARD, GIVEN BACK", "") in paper(back.receipt) and ("changed mind", "") in paper(back.receipt)
    assert refused(undo, lead, done.card.number) == "GIFT_CARD_NOT_LOADED"           # once
    assert refused(undo, lead, done.card.number, entry=3) == "GIFT_CARD_NOT_LOADED"  # nor what was given back itself
    assert refused(undo, lead, done.card.number, entry=2) == "BAD_GIFT_CARD_PAYMENT"
    undo(lead, done.card.number, entry=2, reference="R1")
    assert left(lead, done.card.number) == 0 and drawer(shop, lead) == before - 5000


def test_B15_what_was_paid_for_a_used_card_does_not(shop, till, lead, office, goods, gift):
    done = load(till, 5000)
    assert refused(undo, till, done.card.number) == "PERMISSION_DENIED"
    sale = pay(shop, till, goods, gift, done.code)
    assert refused(undo, lead, done.card.number) == "GIFT_CARD_USED"
    refund(lead, sale.receipt_number)
    assert refused(undo, lead, done.card.number) == "GIFT_CARD_USED"  # goods are no way to cash
    blocked = load(till, 100)
    put(office, blocked.card.number, blocked=True)
    assert refused(undo, lead, blocked.card.number) == "GIFT_CARD_BLOCKED"
    lost = load(till, 100)
    move(office, lost.card.number)
    assert refused(undo, lead, lost.card.number) == "GIFT_CARD_MOVED"


def test_B15_what_another_shop_received_is_given_back_there(shop, lead):
    """Cards are the chain's, drawers a shop's: the money left none of this one's."""
    done = load(lead, 5000)
    branch = open_branch(shop)
    here = drawer(shop, lead)
    assert refused(undo, branch.till, done.card.number) == "GIFT_CARD_OTHER_SHOP"
    load(branch.till, 700, number=done.card.number)  # a card takes money, and pays, in any shop
    assert refused(undo, lead, done.card.number, entry=2) == "GIFT_CARD_OTHER_SHOP"
    undo(branch.till, done.card.number, entry=2)
    undo(lead, done.card.number)
    assert left(lead, done.card.number) == 0 and drawer(shop, lead) == here - 5000
    branch.till.close()


# ---- blocked, expired, lost ----


def test_B15_blocked_and_opened_again(shop, till, office, goods, gift):
    done = load(till, 5000)
    token = shown(till, code=done.code).pays
    assert put(office, done.card.number, blocked=True).blocked
    assert refused(pay, shop, till, goods, gift, done.code, pays=token) == "GIFT_CARD_BLOCKED"
    assert refused(load, till, 100, number=done.card.number) == "GIFT_CARD_BLOCKED"
    card = shown(till, code=done.code).card
    assert (card.blocked, card.balance_minor, card.left_minor) == (True, 5000, 0)
    put(office, done.card.number, blocked=False)
    pay(shop, till, goods, gift, done.code, pays=token)
    assert refused(put, till, done.card.number, blocked=True) == "PERMISSION_DENIED"
    assert refused(put, office, done.card.number) == "BAD_GIFT_CARD_CHANGE"
    assert refused(put, office, done.card.number, blocked=True, reason="") == "BAD_GIFT_CARD_CHANGE"
    assert refused(put, office, 12345, blocked=True) == "UNKNOWN_GIFT_CARD"


def test_B15_a_card_expires_and_a_manager_gives_it_more_time(shop, office, goods, gift):
    till = shop.till("Tom")
    forever = load(till, 5000)
    shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(gift_card_months=36)), pb.ShopPutDone)
    done = load(till, 5000)
    today = datetime.date.fromisoformat(shop.sql("SELECT (now() AT TIME ZONE 'Europe/Berlin')::date::text")[0][0])
    assert done.card.expiry_day == str(today.replace(year=today.year + 3, day=min(today.day, 28 if today.month == 2 else today.day)))
    assert ("Pays until", done.card.expiry_day) in paper(done.receipt)
    assert load(till, 100, number=forever.card.number).card.expiry_day == ""
    token = shown(till, code=done.code).pays
    expire(shop, done.card.number)
    assert refused(pay, shop, till, goods, gift, done.code, pays=token) == "GIFT_CARD_EXPIRED"
    assert refused(load, till, 100, number=done.card.number) == "GIFT_CARD_EXPIRED"
    card = shown(till, code=done.code).card
    assert (card.expired, card.balance_minor, card.left_minor) == (True, 5000, 0)  # kept, and not lost
    assert refused(put, office, done.card.number, expiry_day="2001-01-01") == "BAD_GIFT_CARD_CHANGE"
    assert refused(put, office, done.card.number, expiry_day="soon") == "BAD_DAY"
    assert refused(put, office, forever.card.number, expiry_day="2090-01-01") == "BAD_GIFT_CARD_CHANGE"
    assert put(office, done.card.number, expiry_day="2090-01-01").expiry_day == "2090-01-01"
    assert refused(put, office, done.card.number, expiry_day="2089-12-31") == "BAD_GIFT_CARD_CHANGE"
    pay(shop, till, goods, gift, done.code, pays=token)
    assert put(office, done.card.number, expiry_day="").expiry_day == ""
    last_day = load(till, 5000)
    shop.sql(f"UPDATE gift_card SET expiry_day = (now() AT TIME ZONE 'Europe/Berlin')::date WHERE number = {last_day.card.number}")
    pay(shop, till, goods, gift, last_day.code)  # its last day is not over
    assert refused(shop.manager.command, pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(gift_card_months=1201)), pb.ShopPutDone) == "BAD_FIELD"
    shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(gift_card_months=0)), pb.ShopPutDone)


def test_B15_a_lost_card_is_moved_and_the_trail_stays(shop, till, office, goods, gift):
    done = load(till, 5000)
    token = shown(till, code=done.code).pays
    pay(shop, till, goods, gift, done.code, pays=token)
    assert refused(move, till, done.card.number) == "PERMISSION_DENIED"
    assert refused(move, office, done.card.number, reason="") == "BAD_GIFT_CARD_CHANGE"
    assert refused(move, office, 12345) == "UNKNOWN_GIFT_CARD"
    code = a_code()
    new = move(office, done.card.number, "left in a taxi", code=code)
    assert (new.card.balance_minor, new.code, new.card.last_four) == (4100, "", code[-4:])
    assert (f"In place of card {done.card.number}", "") in paper(new.receipt) and ("left in a taxi", "") in paper(new.receipt)
    assert refused(pay, shop, till, goods, gift, done.code, pays=token) == "GIFT_CARD_MOVED"
    assert refused(pay, shop, till, goods, gift, done.code) == "GIFT_CARD_MOVED"
    assert refused(load, till, 5, number=done.card.number) == "GIFT_CARD_MOVED"
    assert refused(put, office, done.card.number, blocked=True) == "GIFT_CARD_MOVED"
    assert refused(move, office, done.card.number) == "GIFT_CARD_MOVED"
    old = shown(till, number=done.card.number)
    assert (old.card.balance_minor, old.card.moved_to) == (0, new.card.number)
    assert (old.entries[0].kind, old.entries[0].amount_minor, old.entries[0].other_number, old.entries[0].reason) == (
        pb.GIFT_CARD_ENTRY_MOVED_AWAY, -4100, new.card.number, "left in a taxi")
    assert [e.kind for e in old.entries[1:]] == [pb.GIFT_CARD_ENTRY_PAID, pb.GIFT_CARD_ENTRY_ISSUED]
    entry = shown(till, number=new.card.number).entries[0]
    assert (entry.kind, entry.amount_minor, entry.other_number) == (pb.GIFT_CARD_ENTRY_MOVED_HERE, 4100, done.card.number)
    pay(shop, till, goods, gift, code)
    assert refused(move, office, new.card.number, code=code) == "GIFT_CARD_TAKEN"
    assert refused(move, office, load(till, 5).card.number, code="123") == "BAD_GIFT_CARD_CODE"
    empty = load(till, 900)
    pay(shop, till, goods, gift, empty.code)
    assert refused(move, office, empty.card.number) == "BAD_GIFT_CARD_CHANGE"
    expired = load(till, 900)
    expire(shop, expired.card.number)
    put(office, expired.card.number, blocked=True)
    heir = move(office, expired.card.number).card
    assert heir.expired and not heir.blocked  # a loss is no way to more time


# ---- reports and lists ----


def test_A18_x_and_z_name_what_was_received_for_cards(shop, goods, gift):
    till = shop.till("Lea")
    done = load(till, 5000)
    load(till, 1000, number=done.card.number)
    load(till, 2000, pb.ACCOUNT_CARD, reference="A17")
    undo(till, load(till, 300).card.number)
    pay(shop, till, goods, gift, done.code, cakes=2)
    ring_up(till, basket(shop, (goods["cake"], 1)), 900)
    x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    assert (x.sale_minor, x.expected_minor) == (2700, 10000 + 6000 + 900)
    machine = pb.VoucherCount(tender_type_id=2, counted_minor=1990)
    z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=16900, vouchers=[machine]), pb.ShiftReported)
    card, = (each for each in z.tenders if each.name == "Card")  # the machine has what was received for gift cards, too
    assert (card.amount_minor, card.expected_minor, card.counted_minor, card.difference_minor) == (0, 2000, 1990, -10)
    for report in (x, z):
        assert {each.name: (each.count, each.amount_minor) for each in report.tenders if each.name != "Card"} == {
            "Cash": (1, 900), "Gift card": (1, 1800)}
        assert [(each.kind, each.means, each.count, each.amount_minor) for each in report.gift_cards] == [
            (pb.GIFT_CARD_ISSUED, pb.ACCOUNT_CASH, 2, 5300), (pb.GIFT_CARD_ISSUED, pb.ACCOUNT_CARD, 1, 2000),
            (pb.GIFT_CARD_TOPPED_UP, pb.ACCOUNT_CASH, 1, 1000), (pb.GIFT_CARD_UNDONE, pb.ACCOUNT_CASH, 1, -300)]
        rows = paper(report.receipt)
        assert ("Gift cards sold, cash (2)", "53.00") in rows and ("Gift cards topped up, cash (1)", "10.00") in rows
        assert ("Gift cards given back, cash (1)", "-3.00") in rows and ("Cash for gift cards", "60.00") in rows
        assert ("Gift card (1)", "18.00") in rows
    assert z.difference_minor == 0
    again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
    assert again.SerializeToString() == z.SerializeToString()


def test_A18_who_may_not_close_sees_no_cash_received_for_cards(shop, till):
    load(till, 1000)
    x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    assert not x.gift_cards and not x.HasField("expected_minor")


def test_B15_cards_and_their_entries_come_in_pages(shop, office):
    tills = [shop.till("Tom") for _ in range(2)]
    done = load(tills[0], 1)
    for i in range(54):
        load(tills[0], 1, number=done.card.number)
    for _ in range(52):
        load(tills[1], 1)
    first = shown(office, number=done.card.number)
    assert len(first.entries) == 50 and first.more and first.entries[0].number == 55
    rest = shown(office, number=done.card.number, before_entry=first.entries[-1].number)
    assert [each.number for each in rest.entries] == [5, 4, 3, 2, 1] and not rest.more
    assert ("Left then", "0.05") in paper(rest.receipt)
    numbers, after, more = [], 0, True
    while more:
        page = office.call(pb.OP_GIFT_CARD_LIST, pb.GiftCardList(after_number=after), pb.GiftCardListed)
        assert len(page.cards) <= 50
        numbers += [each.number for each in page.cards]
        after, more = numbers[-1], page.more
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 52
    assert refused(tills[0].call, pb.OP_GIFT_CARD_LIST, pb.GiftCardList(), pb.GiftCardListed) == "PERMISSION_DENIED"
    [client.close() for client in tills]


def test_A26_what_is_done_to_a_card_is_written_down(shop, office):
    done = load(office, 5000)
    put(office, done.card.number, blocked=True, reason="stolen")
    new = move(office, done.card.number, "stolen")
    data = b"".join(bytes(row[0]) for row in shop.sql(
        f"SELECT bytes FROM journal WHERE device_id = {office.identity.device.id} AND kind = 'L' ORDER BY number DESC LIMIT 3"))
    for word in (b"received_minor", b"50.00", b"means", b"cash", b"blocked", b"stolen", b"moved_to", str(new.card.number).encode()):
        assert word in data, word


def test_A9_a_gift_card_type_has_no_reference_of_its_own(shop, goods):
    assert refused(shop.put_tender_type, "Odd card", kind=pb.TENDER_GIFT_CARD, reference_wanted=True) == "BAD_TENDER_TYPE"
    assert refused(shop.put_tender_type, "Odd card", kind=pb.TENDER_GIFT_CARD, change=pb.TENDER_CHANGE_FORFEITED) == "BAD_TENDER_TYPE"
