"""On account: charged within its limit, given back by refunds, paid in cash, by card or by transfer; exact when tills meet."""
import subprocess
import sys
import threading
import uuid

import pytest
from at_tills import goods, lead, office, till  # fixtures
from cli import console
from counter import basket, check_books, check_receipts, check_strands, refund, refused, ring_up
from everything import Everything
from names import fresh
from shop import TOP, Refused, pb


@pytest.fixture(scope="module")
def on_account(shop, goods):
    return shop.put_tender_type("On account", kind=pb.TENDER_ACCOUNT)


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods, on_account):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def put(office, command_id=None, **fields):
    return office.command(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=pb.Account(**fields)), pb.AccountPutDone, command_id)


def make(office, limit=5000, **fields):
    return put(office, name=fields.pop("name", "Firm " + fresh()), limit_minor=limit, **fields)


def shown(client, id, **more):
    return client.call(pb.OP_ACCOUNT_SHOW, pb.AccountShow(id=id, **more), pb.AccountShown)


def owed(client, id):
    return shown(client, id).account.balance_minor


def charge(shop, till, goods, on_account, account_id, cakes=1, command_id=None, cash=0, **more):
    total = 900 * cakes
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], cakes)), total_minor=total)
    if cash:
        message.tenders.add(kind=pb.TENDER_CASH, amount_minor=cash)
    tender = {"tender_type_id": on_account, "amount_minor": total - cash, **more}
    if account_id is not None:
        tender["account_id"] = account_id
    message.tenders.add(**tender)
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, command_id)


def receive(till, account_id, amount, means=None, command_id=None, **more):
    means = pb.ACCOUNT_CASH if means is None else means
    message = pb.AccountReceive(account_id=account_id, means=means, amount_minor=amount, **more)
    return till.command(pb.OP_ACCOUNT_RECEIVE, message, pb.AccountReceived, command_id)


def found(client, **key):
    return [each.name for each in client.call(pb.OP_ACCOUNT_LIST, pb.AccountList(**key), pb.AccountListed).accounts]


def drawer(shop, till):
    return shop.sql(f"SELECT cash_minor FROM drawer WHERE device_id = {till.identity.device.id}")[0][0]


def paper(receipt):
    return [(row.left, row.right) for row in receipt.rows]


# ---- accounts ----


def test_A9_an_account_is_made_changed_found_and_listed(shop, till, office):
    word = fresh()
    made = put(office, name=f"Café {word} Nebenan", reference="D-1007", note="pays late", limit_minor=20000)
    again = put(office, name=f"Hotel {fresh()}", limit_minor=0)
    assert again.number == made.number + 1
    assert refused(put, office, name=f"cafe {word} NEBENAN") == "NAME_TAKEN"
    for search in (word[:4], f"caf {word}", "neb " + word[:3]):
        assert f"Café {word} Nebenan" in found(till, name=search), search
    assert found(till, number=made.number) == [f"Café {word} Nebenan"]
    assert found(till, name="zzqqxx") == []
    assert refused(found, till, name="c") == "SEARCH_TOO_SHORT"
    assert refused(found, till, name="ca", number=1) == "BAD_FIELD"
    put(office, id=made.id, name=f"Bistro {word}", limit_minor=100, blocked=True)
    account = shown(till, made.id).account
    assert (account.name, account.reference, account.note) == (f"Bistro {word}", "D-1007", "pays late")
    assert (account.limit_minor, account.blocked, account.left_minor, account.balance_minor) == (100, True, 0, 0)
    assert f"Bistro {word}" in found(till, name=word) and found(till, name="nebenan " + word) == []
    put(office, id=made.id, reference="", blocked=False)
    account = shown(till, made.id).account
    assert not account.reference and account.note == "pays late" and account.left_minor == 100
    put(office, name=f"Café {word} Nebenan")  # nobody has that name any more


def test_A9_accounts_come_in_pages(shop, till, office):
    for _ in range(60):
        make(office)
    numbers, after, more = [], 0, True
    while more:
        page = till.call(pb.OP_ACCOUNT_LIST, pb.AccountList(after_number=after), pb.AccountListed)
        assert len(page.accounts) <= 50
        numbers += [each.number for each in page.accounts]
        after, more = numbers[-1], page.more
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 60


def test_A9_accounts_of_one_word_come_in_pages_too(shop, till, office):
    word, after, numbers = "q" + fresh(), None, []
    made = {put(office, name=f"{word} {i}").number for i in range(60)}
    while after != 0:
        page = till.call(pb.OP_ACCOUNT_LIST, pb.AccountList(name=word, after_id=after), pb.AccountListed)
        assert len(page.accounts) <= 50 and page.more == (page.next_id != 0)
        numbers += [each.number for each in page.accounts]
        after = page.next_id
    assert len(numbers) == 60 and set(numbers) == made
    for key in ({"number": 1}, {"after_number": 1}, {}):
        assert till.refusal(pb.OP_ACCOUNT_LIST, pb.AccountList(after_id=5, **key)) == "BAD_FIELD", key


def test_A9_what_an_account_cannot_be_is_refused(shop, till, office):
    assert refused(put, office, limit_minor=5) == "BAD_FIELD"
    assert refused(put, office, name="  ") == "BAD_FIELD"
    assert refused(put, office, name="N" * 81) == "BAD_FIELD"
    assert refused(put, office, name="12") == refused(put, office, name=" 012 ") == "BAD_FIELD"  # whose number is it?
    assert refused(put, office, id=make(office).id, name="7") == "BAD_FIELD"
    make(office, name=f"Studio 54 {fresh()}")
    assert refused(make, office, limit=-1) == "BAD_ACCOUNT_LIMIT"
    assert refused(make, office, limit=10**12 + 1) == "BAD_ACCOUNT_LIMIT"
    assert refused(make, office, note="4111 1111 1111 1111") == "CARD_NUMBER"
    assert refused(put, office, id=12345, limit_minor=5) == "UNKNOWN_ACCOUNT"
    assert refused(put, office, id=2**64 - 1, limit_minor=5) == "UNKNOWN_ACCOUNT"
    assert refused(shown, till, 12345) == "UNKNOWN_ACCOUNT"
    assert refused(till.call, pb.OP_ACCOUNT_SHOW, pb.AccountShow(), pb.AccountShown) == "BAD_FIELD"
    assert refused(make, till) == "PERMISSION_DENIED"
    role = pb.Role(name="baker", permissions=["stock_edit"])
    shop.manager.command(pb.OP_ROLE_PUT, pb.RolePut(role=role), pb.RolePutDone)
    shop.staff("Baker", role="baker")
    assert refused(found, shop.till("Baker", float_minor=None)) == "PERMISSION_DENIED"


def test_A9_names_are_sealed_and_reading_leaves_a_trace(shop, till, office):
    word = "Zq" + fresh()
    made = make(office, name=word, reference="R" + word, note="N" + word)
    charged = shop.sql("SELECT max(number) FROM journal WHERE kind = 'L'")
    assert charged and shown(till, made.id).account.name == word
    noted = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {till.identity.device.id} AND kind = 'L' ORDER BY number DESC LIMIT 1")
    assert b"account_shown" in bytes(noted[0][0])
    for table in ("account", "account_blind", "journal", "command"):
        text = shop.sql(f"SELECT string_agg(t::text, ',') FROM {table} AS t")[0][0]
        assert word not in text and word.encode().hex() not in text, table


# ---- selling ----


def test_A9_a_sale_goes_on_account_and_comes_back(shop, till, lead, office, goods, on_account):
    made = make(office, name="Kindergarten " + fresh())
    before = drawer(shop, till)
    sale = charge(shop, till, goods, on_account, made.id, cakes=2)
    assert (sale.cash_minor, sale.change_minor) == (0, 0) and drawer(shop, till) == before
    rows = paper(sale.receipt)
    assert (f"On account {made.number}", "18.00") in rows and ("Signature", "") in rows
    [row] = [row for row in sale.receipt.rows if row.account_id]
    assert row.account_id == made.id and row.left == f"On account {made.number}"
    assert owed(till, made.id) == 1800

    part = refund(lead, sale.receipt_number, (0, 1000))
    assert paper(part.receipt)[-4:] and (f"On account {made.number}", "-9.00") in paper(part.receipt)
    assert ("Signature", "") not in paper(part.receipt)
    assert owed(till, made.id) == 900
    refund(lead, sale.receipt_number)
    assert owed(till, made.id) == 0
    entries = shown(till, made.id).entries
    assert [(e.number, e.kind, e.amount_minor, e.balance_minor) for e in entries] == [
        (3, pb.ACCOUNT_ENTRY_GIVEN_BACK, -900, 0), (2, pb.ACCOUNT_ENTRY_GIVEN_BACK, -900, 900),
        (1, pb.ACCOUNT_ENTRY_CHARGED, 1800, 1800)]
    assert entries[2].receipt_number == sale.receipt_number and entries[1].receipt_number == part.receipt_number


def test_A9_with_cash_beside_it(shop, till, office, goods, on_account):
    made = make(office)
    before = drawer(shop, till)
    sale = charge(shop, till, goods, on_account, made.id, cash=400)
    assert drawer(shop, till) == before + 400 and owed(till, made.id) == 500 and sale.change_minor == 0


def test_A9_refused_and_nothing_changes(shop, till, office, goods, on_account):
    made, blocked, small = make(office), make(office, blocked=True), make(office, limit=899)
    everything = Everything(shop)
    cases = [
        ("ACCOUNT_BLOCKED", blocked.id, {}),
        ("ACCOUNT_LIMIT", small.id, {}),
        ("UNKNOWN_ACCOUNT", 12345, {}),
        ("UNKNOWN_ACCOUNT", 2**64 - 1, {}),
        ("ACCOUNT_WANTED", None, {}),
        ("OVERPAID", made.id, {"amount_minor": 901}),
        ("UNDERPAID", made.id, {"amount_minor": 899}),
        ("BAD_TENDER", made.id, {"tip_minor": 10}),
        ("BAD_TENDER", made.id, {"kind": pb.TENDER_CASH}),
    ]
    for code, id, more in cases:
        with everything.unchanged("command", "session", "journal", "device_head", "journal_signature"):
            assert refused(charge, shop, till, goods, on_account, id, **more) == code, (code, more)
    message = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1)), total_minor=900)
    message.tenders.add(kind=pb.TENDER_CASH, amount_minor=900, account_id=made.id)
    assert refused(till.command, pb.OP_SALE_RING_UP, message, pb.SaleRungUp) == "ACCOUNT_WANTED"
    del message.tenders[:]
    for amount in (400, 500):
        message.tenders.add(tender_type_id=on_account, amount_minor=amount, account_id=made.id)
    assert refused(till.command, pb.OP_SALE_RING_UP, message, pb.SaleRungUp) == "ACCOUNT_WANTED"
    everything.close()
    with pytest.raises(Refused) as refusal:
        charge(shop, till, goods, on_account, small.id)
    assert refusal.value.sentence == f"account {small.number}: 8.99 of its limit are left, and not 9.00"


def test_A9_the_last_of_the_limit_at_two_tills_at_once(shop, office, goods, on_account):
    """Eight tills, three of which fit: never more, never fewer."""
    tills = [shop.till("Tom") for _ in range(8)]
    for _ in range(3):
        made = make(office, limit=2700)
        together, outcomes = threading.Barrier(len(tills)), []

        def ring(client, id=made.id, together=together, outcomes=outcomes):
            message = basket(shop, (goods["cake"], 1))
            together.wait()
            try:
                sale = pb.SaleRingUp(basket=message, total_minor=900)
                sale.tenders.add(tender_type_id=on_account, amount_minor=900, account_id=id)
                client.command(pb.OP_SALE_RING_UP, sale, pb.SaleRungUp)
                outcomes.append("sold")
            except Exception as error:
                outcomes.append(error.code)

        threads = [threading.Thread(target=ring, args=(client,)) for client in tills]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(outcomes) == ["ACCOUNT_LIMIT"] * 5 + ["sold"] * 3
        assert owed(tills[0], made.id) == 2700
    [client.close() for client in tills]


def test_A9_a_charge_sent_again_is_charged_once(shop, till, office, goods, on_account):
    made, id = make(office), uuid.uuid4().bytes
    answers = {charge(shop, till, goods, on_account, made.id, command_id=id).SerializeToString() for _ in range(5)}
    assert len(answers) == 1 and owed(till, made.id) == 900
    paid = uuid.uuid4().bytes
    answers = {receive(till, made.id, 500, command_id=paid).SerializeToString() for _ in range(5)}
    assert len(answers) == 1 and owed(till, made.id) == 400
    one = uuid.uuid4().bytes
    name = "Once " + fresh()
    assert len({put(office, command_id=one, name=name).id for _ in range(3)}) == 1


def test_A9_an_account_tender_is_not_put_right(shop, lead, office, goods, on_account):
    made = make(office)
    sale = charge(shop, lead, goods, on_account, made.id)
    wrong = pb.SaleRetender(receipt_number=sale.receipt_number, position=0, kind=pb.TENDER_CASH, reason="wrong key")
    assert refused(lead.command, pb.OP_SALE_RETENDER, wrong, pb.SaleRetendered) == "RETENDER_NOT_POSSIBLE"
    cash = ring_up(lead, basket(shop, (goods["cake"], 1)), 900)
    wrong = pb.SaleRetender(receipt_number=cash.receipt_number, position=0, tender_type_id=on_account, reason="wrong key")
    assert refused(lead.command, pb.OP_SALE_RETENDER, wrong, pb.SaleRetendered) == "RETENDER_NOT_POSSIBLE"


def test_B1_nothing_goes_on_account_offline(shop, till, office, goods, on_account):
    made = make(office)
    sale = pb.SaleOffline(basket=basket(shop, (goods["cake"], 1)), number=1, total_minor=900)
    sale.tenders.add(tender_type_id=on_account, amount_minor=900, account_id=made.id)
    assert refused(till.command, pb.OP_SALE_OFFLINE, sale, pb.SaleOfflineBooked) == "ACCOUNT_OFFLINE"


# ---- money received ----


def test_A9_received_in_cash_by_card_and_by_transfer(shop, till, office, goods, on_account):
    made = make(office)
    charge(shop, till, goods, on_account, made.id, cakes=2)
    before = drawer(shop, till)
    done = receive(till, made.id, 1000)
    assert drawer(shop, till) == before + 1000 and done.balance_minor == 800 and done.number == 2
    rows = paper(done.receipt)
    assert ("RECEIVED ON ACCOUNT", "") in rows and (f"Account {made.number}", "") in rows
    assert ("Owed before", "18.00") in rows and ("Received by cash EUR", "10.00") in rows and ("Owed now", "8.00") in rows
    receive(till, made.id, 300, pb.ACCOUNT_CARD, reference="A17")
    done = receive(till, made.id, 700, pb.ACCOUNT_TRANSFER, reference="IBAN 12")
    assert drawer(shop, till) == before + 1000
    assert done.balance_minor == -200 and ("Credit now", "2.00") in paper(done.receipt)  # an over-payment is a credit, and said
    entries = shown(till, made.id).entries
    assert [(e.kind, e.means, e.reference, e.amount_minor) for e in entries][:3] == [
        (pb.ACCOUNT_ENTRY_RECEIVED, pb.ACCOUNT_TRANSFER, "IBAN 12", -700), (pb.ACCOUNT_ENTRY_RECEIVED, pb.ACCOUNT_CARD, "A17", -300),
        (pb.ACCOUNT_ENTRY_RECEIVED, pb.ACCOUNT_CASH, "", -1000)]
    assert shown(till, made.id).account.left_minor == 5200  # the credit can be spent beside the limit


def test_A9_paid_back_by_who_may(shop, till, office):
    made = make(office, limit=0)
    receive(till, made.id, 1000)
    assert refused(receive, till, made.id, -200, reason="paid twice") == "ACCOUNT_PAY_BACK"
    before = drawer(shop, office)
    done = receive(office, made.id, -200, reason="paid twice")
    assert drawer(shop, office) == before - 200 and done.balance_minor == -800
    assert ("PAID BACK", "") in paper(done.receipt) and ("paid twice", "") in paper(done.receipt)
    entry = shown(office, made.id).entries[0]
    assert (entry.kind, entry.reason, entry.amount_minor) == (pb.ACCOUNT_ENTRY_PAID_BACK, "paid twice", 200)


def test_A9_no_more_is_paid_back_than_the_credit(shop, till, office, goods, on_account):
    made = make(office, limit=3000)

    def sentence(amount):
        with pytest.raises(Exception) as error:
            receive(office, made.id, -amount, reason="why")
        assert error.value.code == "BAD_ACCOUNT_PAYMENT"
        return error.value.sentence

    assert sentence(1) == f"account {made.number} has no credit: nothing of it can be paid back"
    charge(shop, till, goods, on_account, made.id)
    assert "has no credit" in sentence(1)
    receive(till, made.id, 2800)
    before = drawer(shop, office)
    assert sentence(10000) == f"account {made.number} has a credit of 19.00, and 100.00 is more"
    assert "has a credit of 19.00" in sentence(1901)
    assert drawer(shop, office) == before and owed(office, made.id) == -1900
    assert receive(office, made.id, -1900, reason="moved away").balance_minor == 0
    assert "has no credit" in sentence(1)


def test_A9_what_was_received_by_mistake_is_put_right_in_the_same_shift(shop, office, goods, on_account):
    """500 typed for 50: there is no credit, and yet it goes back, by the same means, in this shift and no more than that."""
    made, till = make(office, limit=100000), shop.till("Boss")
    charge(shop, till, goods, on_account, made.id, cakes=100)
    receive(till, made.id, 50000)

    def refusal(client, amount, *means, **more):
        return refused(receive, client, made.id, -amount, *means, reason="typed 500 for 50", **more)

    assert refusal(office, 1) == "BAD_ACCOUNT_PAYMENT"  # another shift
    assert refusal(till, 1, pb.ACCOUNT_TRANSFER, reference="B7") == "BAD_ACCOUNT_PAYMENT"
    assert refusal(till, 50001) == "BAD_ACCOUNT_PAYMENT"
    assert receive(till, made.id, -45000, reason="typed 500 for 50").balance_minor == 85000
    assert refusal(till, 5001) == "BAD_ACCOUNT_PAYMENT"
    assert receive(till, made.id, -5000, reason="none of it").balance_minor == 90000
    assert refusal(till, 1) == "BAD_ACCOUNT_PAYMENT"

    # Not twice: as a credit by other means or at another till, and as a mistake.
    for back, more in ((till, {"means": pb.ACCOUNT_TRANSFER, "reference": "T1"}), (office, {})):
        none = make(office, limit=0)
        receive(till, none.id, 20000)
        receive(back, none.id, -20000, reason="credit", **more)
        assert refused(receive, till, none.id, -20000, reason="mistake") == "BAD_ACCOUNT_PAYMENT"
    bought = make(office, limit=0)
    receive(till, bought.id, 18000)
    charge(shop, till, goods, on_account, bought.id, cakes=20)
    put(office, id=bought.id, blocked=True)
    # A limit and a block say what may be bought: what was never received is owed all the same.
    assert receive(till, bought.id, -18000, reason="mistake").balance_minor == 18000
    assert refused(receive, till, bought.id, -1, reason="mistake") == "BAD_ACCOUNT_PAYMENT"
    till.close()


def test_A9_a_credit_that_was_paid_back_does_not_hide_a_later_mistake(shop, office, goods, on_account):
    made, first, till = make(office, limit=100000), shop.till("Boss"), shop.till("Boss")
    receive(first, made.id, 5000)  # a credit of another shift
    assert receive(till, made.id, -5000, reason="moved away").balance_minor == 0
    charge(shop, till, goods, on_account, made.id, cakes=10)
    receive(till, made.id, 4000)  # by mistake
    assert receive(till, made.id, -4000, reason="was another's").balance_minor == 9000
    assert refused(receive, till, made.id, -1, reason="again") == "BAD_ACCOUNT_PAYMENT"
    assert refused(receive, till, made.id, -10**13, reason="much") == "AMOUNT_OVERFLOW"
    first.close()
    till.close()


def test_A9_a_reference_that_nobody_sees_is_none(till, office):
    made = make(office)
    for sign in ("\u2028", "\u2029", "\u200b", " \u00a0"):
        receive(till, made.id, 1, reference=sign)
        receive(till, made.id, 1, reason=sign)
        assert refused(receive, till, made.id, 1, pb.ACCOUNT_CARD, reference=sign) == "BAD_ACCOUNT_PAYMENT"


def test_A9_a_credit_is_paid_back_once_from_however_many_tills(shop, office):
    tills = [shop.till("Boss") for _ in range(6)]
    made = make(office)
    receive(office, made.id, 1000)
    together, outcomes = threading.Barrier(len(tills)), []

    def back(client):
        together.wait()
        try:
            receive(client, made.id, -400, reason="race")
            outcomes.append("paid")
        except Exception as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=back, args=(client,)) for client in tills]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["BAD_ACCOUNT_PAYMENT"] * 4 + ["paid"] * 2
    assert owed(office, made.id) == -200
    [client.close() for client in tills]


def test_A9_what_was_paid_back_stands_apart_on_x_and_z(shop, office):
    till, made = shop.till("Boss"), make(office)
    receive(till, made.id, 1000)
    receive(till, made.id, 500)
    receive(till, made.id, -890, reason="twice")
    receive(till, made.id, -10, pb.ACCOUNT_TRANSFER, reference="B1", reason="rest")
    x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=10610), pb.ShiftReported)
    for report in (x, z):
        assert [(each.means, each.count, each.amount_minor, each.back_count, each.back_minor) for each in report.received] == [
            (pb.ACCOUNT_CASH, 3, 610, 1, -890), (pb.ACCOUNT_TRANSFER, 1, -10, 1, -10)]
        rows = paper(report.receipt)
        assert ("Received on account, cash (2)", "15.00") in rows and ("Paid back on account, cash (1)", "-8.90") in rows
        assert ("Paid back on account, transfer (1)", "-0.10") in rows and ("Cash on account", "6.10") in rows
        assert not any(left.startswith("Received on account, transfer") for left, _ in rows)
    again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
    assert again.SerializeToString() == z.SerializeToString()


def test_A9_what_is_no_payment_is_refused(shop, till, office):
    made = make(office)
    everything = Everything(shop)
    cases = [
        ("BAD_ACCOUNT_PAYMENT", 0, pb.ACCOUNT_CASH, {}),
        ("BAD_ACCOUNT_PAYMENT", 5, pb.ACCOUNT_NONE, {}),
        ("BAD_ACCOUNT_PAYMENT", 5, pb.ACCOUNT_CARD, {}),
        ("BAD_ACCOUNT_PAYMENT", 5, pb.ACCOUNT_TRANSFER, {"reference": " "}),
        ("BAD_ACCOUNT_PAYMENT", 5, pb.ACCOUNT_CASH, {"reference": "A1"}),
        ("BAD_ACCOUNT_PAYMENT", 5, pb.ACCOUNT_CASH, {"reason": "why"}),
        ("BAD_ACCOUNT_PAYMENT", -5, pb.ACCOUNT_CASH, {}),
        ("AMOUNT_OVERFLOW", 10**12 + 1, pb.ACCOUNT_CASH, {}),
        ("BAD_ACCOUNT_PAYMENT", -5, pb.ACCOUNT_CASH, {"reason": "why"}),
        ("AMOUNT_OVERFLOW", -(2**63), pb.ACCOUNT_CASH, {"reason": "why"}),
        ("CARD_NUMBER", 5, pb.ACCOUNT_CARD, {"reference": "4111111111111111"}),
        ("CARD_NUMBER", -5, pb.ACCOUNT_CASH, {"reason": "4111 1111 1111 1111"}),
    ]
    for code, amount, means, more in cases:
        with everything.unchanged("command", "session", "journal", "device_head", "journal_signature"):
            assert refused(receive, office, made.id, amount, means, **more) == code, (amount, means, more)
    everything.close()
    assert refused(receive, till, 12345, 5) == "UNKNOWN_ACCOUNT"
    shut = shop.till("Tom", float_minor=None)
    assert refused(receive, shut, made.id, 5) == "SHIFT_NOT_OPEN"


def test_A9_x_and_z_name_what_was_received_and_count_no_account(shop, office, goods, on_account):
    till, made = shop.till("Lea"), make(office)
    charge(shop, till, goods, on_account, made.id, cakes=2)
    ring_up(till, basket(shop, (goods["cake"], 1)), 900)
    receive(till, made.id, 1000)
    receive(till, made.id, 200)
    receive(till, made.id, 300, pb.ACCOUNT_CARD, reference="A17")
    x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    assert (x.sale_minor, x.expected_minor) == (2700, 10000 + 900 + 1200)
    z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=12100), pb.ShiftReported)
    for report in (x, z):
        assert {each.name: (each.count, each.amount_minor) for each in report.tenders} == {
            "Cash": (1, 900), "On account": (1, 1800)}
        assert [(each.means, each.count, each.amount_minor) for each in report.received] == [
            (pb.ACCOUNT_CASH, 2, 1200), (pb.ACCOUNT_CARD, 1, 300)]
        rows = paper(report.receipt)
        assert ("Received on account, cash (2)", "12.00") in rows and ("Received on account, card (1)", "3.00") in rows
        assert ("On account (1)", "18.00") in rows and ("Cash on account", "12.00") in rows
        assert ("Rounding of cash", "0.00") not in rows
    assert (z.difference_minor, z.expected_minor) == (0, 12100)
    again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
    assert again.SerializeToString() == z.SerializeToString()
    assert ("Owed now", "3.00") in paper(shown(office, made.id).receipt)


def test_A9_who_may_not_close_sees_no_cash_received(shop, till, office):
    made = make(office)
    receive(till, made.id, 1000)
    x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
    assert not x.received and not x.HasField("expected_minor")


def test_A9_a_statement_comes_in_pages(shop, till, office):
    made = make(office)
    for _ in range(55):
        receive(till, made.id, 1)
    first = shown(till, made.id)
    assert len(first.entries) == 50 and first.more and first.entries[0].number == 55
    rest = shown(till, made.id, before_entry=first.entries[-1].number)
    assert [each.number for each in rest.entries] == [5, 4, 3, 2, 1] and not rest.more
    assert ("Credit then", "0.05") in paper(rest.receipt) and ("Credit now", "0.55") in paper(rest.receipt)
    assert not any("then" in left for left, _ in paper(first.receipt))


def test_A9_a_statement_says_by_which_reference_and_why(shop, till, office):
    made = make(office)
    receive(till, made.id, 700, pb.ACCOUNT_TRANSFER, reference="IBAN 12")
    receive(office, made.id, -200, reason="paid twice")
    rows = paper(shown(office, made.id).receipt)
    for entry, detail in ((" received by transfer", "  IBAN 12"), (" paid back by cash", "  paid twice")):
        [at] = [i for i, (left, _) in enumerate(rows) if left.endswith(entry)]
        assert rows[at + 1] == (detail, "")


def test_A9_charges_and_payments_race(shop, office, goods, on_account):
    """Sales go in groups, payments by themselves; they meet at the account's row."""
    tills = [shop.till("Tom") for _ in range(4)]
    made = make(office, limit=10**9)

    def work(client, charging):
        for _ in range(15):
            if charging:
                charge(shop, client, goods, on_account, made.id)
            else:
                receive(client, made.id, 100)

    threads = [threading.Thread(target=work, args=(client, i % 2 == 0)) for i, client in enumerate(tills)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert owed(tills[0], made.id) == 30 * 900 - 30 * 100
    [client.close() for client in tills]


def test_A9_the_exported_journal_of_sales_on_account_is_verified(shop, goods, on_account, till, office, lead, tmp_path):
    id = make(office).id
    sale = charge(shop, till, goods, on_account, id, cakes=2, cash=500)
    receive(till, id, 300)
    refund(lead, sale.receipt_number, (0, 1000))
    export = tmp_path / "journal"
    export.write_text(console(shop, "accounts").run("journal", "export").stdout)
    done = subprocess.run([sys.executable, TOP / "deploy" / "verify-journal", export], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
