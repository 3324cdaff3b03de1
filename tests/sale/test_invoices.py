"""The customer's invoice of a receipt: for whom and of what, numbered without gaps, once a receipt, told by both papers; what comes
back has a credit note. Who the customer is stands nowhere in the database."""
import concurrent.futures
import hashlib
import os
import random
import threading
import uuid

import pytest
from counter import basket, check_books, check_receipts, check_strands, refund, refused, ring_up, seed
from faults import Device, Order, see_through
from shop import TOP, Refused, pb
from waiting import wait_for

MIA = {"name": "Mia Stone GmbH", "address": "Quarry Road 7 / 12345 Granite", "tax_number": "DE123456789"}


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    shop.staff("Lea", role="shift_lead")
    shop.receive(made["cake"], 1000)
    shop.receive(made["cookie"], 1000)
    return made


@pytest.fixture(scope="module")
def till(shop, goods):
    return shop.till("Lea")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop, but={"entries_untouched"})  # two tests put a row back by hand
    check_receipts(shop)
    check_strands(shop)


def answered(client, op, message, answer, id=None):
    """Asked under its id until the server says what stands: a busy machine's may say that it could not do it now."""
    id = id or uuid.uuid4().bytes
    while True:
        try:
            return client.command(op, message, answer, id)
        except Refused as error:
            if not error.retry:
                raise


def make(client, receipt, command_id=None, **customer):
    message = pb.InvoiceMake(receipt_number=receipt)
    if customer:
        message.customer.CopyFrom(pb.InvoiceCustomer(**customer))
    return answered(client, pb.OP_INVOICE_MAKE, message, pb.InvoiceMade, command_id)


def shown(client, **key):
    return client.call(pb.OP_INVOICE_SHOW, pb.InvoiceShow(**key), pb.InvoiceShown)


def listed(client, **more):
    return client.call(pb.OP_INVOICE_LIST, pb.InvoiceList(**more), pb.InvoiceListed)


def paper(receipt):
    return [(row.left, row.right) for row in receipt.rows]


def left_of(receipt):
    return [row.left for row in receipt.rows]


def words(text):
    """Of a receipt, however its lines were broken."""
    return " ".join(text.decode().split())


def sold(shop, till, goods, *bought, total, **more):
    return ring_up(till, basket(shop, *((goods[name], pieces) for name, pieces in bought), **more), total)


def newest(shop):
    return max((number for number, in shop.sql("SELECT number FROM invoice_series")), default=0)


def test_B40_an_invoice_bears_what_it_has_to_and_the_receipt_says_so(shop, till, goods):
    sale = sold(shop, till, goods, ("cake", 1), ("cookie", 2), total=1400)
    before = shop.sql("SELECT * FROM sale ORDER BY id"), shop.sql("SELECT * FROM sale_tax ORDER BY sale_id")
    first = newest(shop) + 1
    made = make(till, sale.receipt_number, **MIA)
    [[year]] = shop.sql("SELECT max(year) FROM invoice_series")
    assert made.number == f"{year}-{first:06}" and made.receipt_number == sale.receipt_number and not made.existed

    invoice = shown(till, number=made.number)
    assert (invoice.customer.name, invoice.customer.address, invoice.customer.tax_number) == tuple(MIA.values())
    assert (invoice.invoice.total_minor, invoice.invoice.tax_minor, invoice.invoice.kind) == (1400, 92, pb.INVOICE_OF_SALE)
    assert [(tax.code, tax.rate_ppm, tax.net_minor, tax.tax_minor) for tax in invoice.taxes] == [("VAT7", 70000, 1308, 92)]
    rows = paper(invoice.receipt)
    assert rows[:4] == [("Test bakery", ""), ("1 Oven Street", ""), ("Crustford", ""), ("Tax number T-1", "")]
    for row in (("INVOICE", ""), ("Receipt", sale.receipt_number), ("Mia Stone GmbH", ""), ("Quarry Road 7", ""),
                ("12345 Granite", ""), ("Tax number DE123456789", ""), ("cake", "8.41"), ("  1 x 9.00, tax 0.59", ""),
                ("cookie", "4.67"), ("  2 x 2.50, tax 0.33", ""), ("Without tax", "13.08"), ("VAT 7 % on 13.08", "0.92"),
                ("Total EUR", "14.00"), ("Cash", "14.00"), (sale.receipt_number, "")):
        assert row in rows, row
    [supplied] = [right for left, right in rows if left == "Supplied on"]
    [issued] = [right for left, right in rows if left == made.number]
    assert supplied == issued == shop.sql("SELECT to_char(now() AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD')")[0][0]

    # Both papers know of each other, and the sale is as it was.
    assert (shop.sql("SELECT * FROM sale ORDER BY id"), shop.sql("SELECT * FROM sale_tax ORDER BY sale_id")) == before
    again = till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=sale.receipt_number), pb.SaleShown)
    said = f"Invoice {made.number} was made for this receipt"
    assert again.sale.invoice_number == made.number and said in words(again.text)
    copy = till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=sale.receipt_number), pb.ReceiptPrinted)
    assert said in left_of(copy.receipt) and "COPY 1" in left_of(copy.receipt)
    gift = till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(receipt_number=sale.receipt_number, gift=True), pb.ReceiptPrinted)
    assert said not in left_of(gift.receipt)


def test_B40_of_any_till_later_and_by_whoever_sells(shop, till, goods):
    """A receipt of a year ago, of another till, by the office; the day of supply is the receipt's, the number this year's."""
    elsewhere = shop.till()
    sale = sold(shop, elsewhere, goods, ("roll", 2), total=90)
    shop.sql(f"UPDATE sale SET at = at - interval '1 year', made_at = made_at - interval '1 year' WHERE id = {sale.sale_id}")
    try:
        made = make(shop.manager, sale.receipt_number, name="Ben", address="Somewhere 1")
        rows = paper(shown(shop.manager, sale_id=sale.sale_id).receipt)
        [[day]] = shop.sql(f"SELECT to_char(at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD') FROM sale WHERE id = {sale.sale_id}")
        assert dict(rows)["Supplied on"] == day and made.number[:4] == str(int(day[:4]) + 1)
        assert not any(left.startswith("Tax number") for left, _ in rows[6:]), "the customer has none"
    finally:
        shop.sql(f"UPDATE sale SET at = at + interval '1 year', made_at = made_at + interval '1 year' WHERE id = {sale.sale_id}")


def test_B40_once_a_receipt(shop, till, goods):
    sale = sold(shop, till, goods, ("roll", 2), total=90)
    command = uuid.uuid4().bytes
    made = make(till, sale.receipt_number, command, **MIA)
    assert make(till, sale.receipt_number, command, **MIA) == made, "the same command, the same answer"
    for customer in ({}, MIA, {"name": MIA["name"]}, {"tax_number": "de 123.456.789"}):
        again = make(till, sale.receipt_number, **customer)
        assert (again.number, again.invoice_id, again.existed) == (made.number, made.invoice_id, True)
    for customer in ({**MIA, "name": "Mia Stone"}, {"address": "Quarry Road 8"}, {"tax_number": "DE123456780"}):
        with pytest.raises(Refused) as error:
            make(till, sale.receipt_number, **customer)
        assert error.value.code == "INVOICE_OTHER_CUSTOMER" and made.number in str(error.value)
    assert shop.sql(f"SELECT count(*) FROM invoice WHERE sale_id = {sale.sale_id}") == [(1,)]


@pytest.mark.parametrize("wrong, code", [
    ({}, "BAD_FIELD"), ({"name": "Mia"}, "BAD_FIELD"), ({"name": " ", "address": "x"}, "BAD_FIELD"),
    ({"name": "Mia", "address": "​"}, "BAD_FIELD"),
    ({**MIA, "tax_number": "DE12345678"}, "BAD_TAX_NUMBER"), ({**MIA, "tax_number": "atu1234567x"}, "BAD_TAX_NUMBER"),
    ({**MIA, "name": "4111 1111 1111 1111"}, "CARD_NUMBER"), ({**MIA, "name": "x" * 81}, "BAD_FIELD"),
])
def test_B40_a_customer_that_is_none_is_refused(shop, till, goods, wrong, code):
    sale = sold(shop, till, goods, ("roll", 1), total=45)
    before = newest(shop)
    assert refused(make, till, sale.receipt_number, **wrong) == code
    assert newest(shop) == before, "what is refused takes no number"


def test_B40_tax_numbers_of_other_countries_are_taken_as_written(shop, till, goods):
    sale = sold(shop, till, goods, ("roll", 1), total=45)
    make(till, sale.receipt_number, **{**MIA, "tax_number": "CHE-123.456.789 MWST"})
    assert shown(till, receipt_number=sale.receipt_number).customer.tax_number == "CHE-123.456.789 MWST"


def test_B40_what_is_no_receipt_has_none(shop, till):
    for key in ({}, {"last": True, "sale_id": 1}, {"receipt_number": "1T-999999"}, {"receipt_number": "x"}, {"sale_id": 5},
                {"sale_id": 2**64 - 1}):
        message = pb.InvoiceMake(customer=pb.InvoiceCustomer(**MIA), **key)
        assert till.refusal(pb.OP_INVOICE_MAKE, message, uuid.uuid4().bytes) == "UNKNOWN_SALE"
    for key in ({"number": "2026-999999"}, {"number": "what"}, {"number": "2026-000001", "sale_id": 1}):
        assert till.refusal(pb.OP_INVOICE_SHOW, pb.InvoiceShow(**key)) == "UNKNOWN_INVOICE"


def test_B40_without_the_shops_tax_number_there_is_none(shop, till, goods):
    sale = sold(shop, till, goods, ("roll", 1), total=45)
    assert till.refusal(pb.OP_INVOICE_SHOW, pb.InvoiceShow(receipt_number=sale.receipt_number)) == "UNKNOWN_INVOICE"
    for field, word in (("tax_number", "--tax-number"), ("address", "--address")):
        [[value]] = shop.sql(f"SELECT {field} FROM shop_version ORDER BY from_version DESC LIMIT 1")
        shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(**{field: ""})), pb.ShopPutDone)
        with pytest.raises(Refused) as error:
            make(till, sale.receipt_number, **MIA)
        assert error.value.code == "INVOICE_SHOP_INCOMPLETE" and word in str(error.value)
        shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(**{field: value})), pb.ShopPutDone)
    make(till, sale.receipt_number, **MIA)


def test_B40_the_house_is_nobody_to_bill(shop, till, goods):
    meal = shop.put_tender_type("Staff meal", kind=pb.TENDER_HOUSE)
    message = pb.SaleRingUp(basket=basket(shop, (goods["roll"], 1)), total_minor=45,
                            tenders=[pb.Tender(tender_type_id=meal, amount_minor=45)])
    sale = till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp)
    assert refused(make, till, sale.receipt_number, **MIA) == "INVOICE_NOT_POSSIBLE"


def test_B40_a_refund_has_a_credit_note_that_names_the_invoice(shop, till, goods):
    sale = sold(shop, till, goods, ("cake", 1), ("cookie", 2), total=1400)
    made = make(till, sale.receipt_number, **MIA)
    back = refund(till, sale.receipt_number, (1, 1000))
    assert back.invoice_of == made.number, "the refund's receipt says so at once"
    assert f"Refund of what invoice {made.number} is for" in left_of(back.receipt)
    assert [(row.receipt_number, row.credit_of) for row in listed(till).wanted] == [(back.receipt_number, made.number)]

    note = make(till, back.receipt_number)
    assert int(note.number[5:]) == int(made.number[5:]) + 1, "of the same series"
    credit = shown(till, receipt_number=back.receipt_number)
    assert (credit.invoice.kind, credit.invoice.credit_of) == (pb.INVOICE_CREDIT_NOTE, made.number)
    assert (credit.invoice.total_minor, credit.customer.name) == (-250, MIA["name"])
    rows = paper(credit.receipt)
    for row in (("CREDIT NOTE", ""), ("Of invoice", made.number), ("Receipt of the refund", back.receipt_number),
                ("Total EUR", "-2.50"), ("Mia Stone GmbH", "")):
        assert row in rows, row
    assert list(shown(till, number=made.number).credit_notes) == [note.number]
    assert not listed(till).wanted
    again = till.call(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=back.receipt_number), pb.SaleShown)
    assert (again.sale.invoice_of, again.sale.invoice_number) == (made.number, note.number)
    assert f"Credit note {note.number} was made for this receipt" in words(again.text)
    assert make(till, back.receipt_number).existed
    assert refused(make, till, back.receipt_number, name="Somebody") == "INVOICE_OTHER_CUSTOMER"

    rest = refund(till, sale.receipt_number)
    make(till, rest.receipt_number)
    assert shop.sql(f"SELECT sum(total_minor), sum(tax_minor) FROM invoice WHERE {made.invoice_id} IN (id, credit_of)") == [(0, 0)]


def test_B40_what_came_back_before_has_its_credit_note_with_the_invoice(shop, till, goods):
    sale = sold(shop, till, goods, ("roll", 4), total=180)
    backs = [refund(till, sale.receipt_number, (0, 1000)) for _ in range(2)]
    assert refused(make, till, backs[0].receipt_number) == "INVOICE_NOT_POSSIBLE", "no invoice yet"
    made = make(till, sale.receipt_number, **MIA)
    numbers = [made.number, *made.credit_notes]
    assert [int(number[5:]) for number in numbers] == [int(made.number[5:]) + i for i in range(3)]
    for back, number in zip(backs, made.credit_notes):
        assert shown(till, receipt_number=back.receipt_number).invoice.number == number
    gone = sold(shop, till, goods, ("roll", 1), total=45)
    refund(till, gone.receipt_number)
    assert refused(make, till, gone.receipt_number, **MIA) == "INVOICE_NOT_POSSIBLE", "nothing of it is left"


def test_B40_papers_are_counted_and_marked(shop, till, goods):
    sale = sold(shop, till, goods, ("roll", 1), total=45)
    made = make(till, sale.receipt_number, **MIA)
    first = shown(till, number=made.number, print=True)
    assert first.copy == 0 and not any(left.startswith("COPY") for left in left_of(first.receipt))
    for copy in (1, 2):
        printed = shown(shop.manager, number=made.number, print=True)
        assert printed.copy == copy and left_of(printed.receipt).count(f"COPY {copy}") == 2
    assert shown(till, number=made.number).receipt == first.receipt, "what is looked at is no paper"
    assert shop.sql(f"SELECT papers FROM invoice_printed WHERE invoice_id = {made.invoice_id}") == [(3,)]


def test_B40_reading_one_is_written_down_and_making_one_proved(shop, till, goods):
    sale = sold(shop, till, goods, ("roll", 1), total=45)

    def entries():
        return [bytes(data) for data, in shop.sql("SELECT bytes FROM journal WHERE kind = 'L' ORDER BY at, number")]

    before = len(entries())
    made = make(till, sale.receipt_number, **MIA)
    [entry] = entries()[before:]
    [[sealed]] = shop.sql(f"SELECT document_sealed FROM invoice WHERE id = {made.invoice_id}")
    for text in (b"invoice_make", made.number.encode(), str(sale.sale_id).encode(), hashlib.sha256(bytes(sealed)).hexdigest().encode()):
        assert text in entry
    shown(till, number=made.number)
    shown(till, receipt_number=sale.receipt_number, print=True)
    looked, printed = entries()[before + 1:]
    assert b"invoice_shown" in looked and b"invoice_printed" in printed
    assert made.invoice_id.to_bytes(8, "big") in looked and made.invoice_id.to_bytes(8, "big") in printed


def test_B40_it_outlives_the_member_and_keeps_what_was_given(shop, till, goods):
    """The key is the invoice's own: with a member's key gone it is read as before; without its own, nobody reads it."""
    sale = sold(shop, till, goods, ("roll", 1), total=45)
    made = make(till, sale.receipt_number, **MIA)
    [[sealed]] = shop.sql(f"SELECT document_sealed FROM invoice WHERE id = {made.invoice_id}")
    assert MIA["name"].encode() not in bytes(sealed)
    shop.sql(f"UPDATE invoice SET document_sealed = set_byte(document_sealed, 40, 1 + get_byte(document_sealed, 40) % 250) WHERE id = {made.invoice_id}")
    assert till.refusal(pb.OP_INVOICE_SHOW, pb.InvoiceShow(number=made.number)) == "UNKNOWN_INVOICE"
    assert refused(make, till, sale.receipt_number) == "INVOICE_NOT_POSSIBLE"
    with shop.cluster.connect("owner") as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE invoice SET document_sealed = %s WHERE id = %s", (bytes(sealed), made.invoice_id))
    assert shown(till, number=made.number).customer.name == MIA["name"]


def test_B40_the_sweep_of_keys_knows_an_invoice(shop, till, goods):
    """A key of nobody goes; an invoice's has to stay as long as the invoice."""
    made = make(till, sold(shop, till, goods, ("roll", 1), total=45).receipt_number, **MIA)
    text = (TOP / "db" / "queries" / "sweep.sql").read_text().split("-- name: sweep_keys\n")[1].split("-- name: ")[0]
    assert shop.sql(text.replace("$1", f"ARRAY[{made.invoice_id}, 4711]").rstrip().rstrip(";")) == [(4711,)]


def test_B40_a_list_of_the_year_names_nobody(shop, till, goods):
    sale = sold(shop, till, goods, ("roll", 1), total=45)
    made = make(till, sale.receipt_number, **MIA)
    page = listed(till)
    assert page.invoices[0].number == made.number and page.invoices[0].total_minor == 45
    numbers = [int(row.number[5:]) for row in page.invoices]
    assert numbers == sorted(numbers, reverse=True)
    behind = listed(till, before_number=numbers[0])
    assert [row.number for row in behind.invoices] == [row.number for row in page.invoices[1:]]
    assert MIA["name"].encode() not in page.SerializeToString()
    assert not listed(till, year=1999).invoices
    assert till.refusal(pb.OP_INVOICE_LIST, pb.InvoiceList(year=10000)) == "BAD_FIELD"


def test_B40_many_tills_ask_for_one_receipt_at_once(shop, till, goods):
    shop.start()
    tills = [shop.till() for _ in range(3)]
    for client in list(tills):
        twin = shop.connect(client.identity, port=shop.servers[1].port)
        twin.sign_in("Ben")
        tills.append(twin)
    for _ in range(8):
        sale = sold(shop, till, goods, ("roll", 1), total=45)
        with concurrent.futures.ThreadPoolExecutor(len(tills)) as pool:
            answers = list(pool.map(lambda client: make(client, sale.receipt_number, **MIA), tills))
        assert len({answer.number for answer in answers}) == 1 and sum(not answer.existed for answer in answers) == 1
    for client in tills:
        client.close()


def test_B40_a_till_at_two_servers_sells_and_has_invoices_made_without_a_deadlock(shop, till, goods):
    """Both take the shop's lock first and the till's row behind it."""
    second = shop.start()
    here = shop.till()
    there = shop.connect(here.identity, port=second.port)
    there.sign_in("Ben")
    sales = [sold(shop, here, goods, ("roll", 1), total=45) for _ in range(20)]
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    before = shop.sql(deadlocks)
    basket_of_one = basket(shop, (goods["roll"], 1))

    def sell():
        for _ in range(40):
            ring_up(here, basket_of_one, 45)

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        selling = pool.submit(sell)
        numbers = [make(there, sale.receipt_number, **MIA).number for sale in sales]
        selling.result()
    there.close()
    assert len(set(numbers)) == 20
    assert shop.sql(deadlocks) == before


def test_B40_what_is_refused_leaves_no_key(shop, till, goods):
    persons = shop.data / "vault"
    sale = sold(shop, till, goods, ("roll", 1), total=45)
    make(till, sold(shop, till, goods, ("roll", 1), total=45).receipt_number, **MIA)
    before = sorted(path.name for path in persons.rglob("*"))
    for message in (pb.InvoiceMake(receipt_number=sale.receipt_number),
                    pb.InvoiceMake(receipt_number=sale.receipt_number, customer=pb.InvoiceCustomer(name="Mia", address=" ")),
                    pb.InvoiceMake(receipt_number="99T-000001", customer=pb.InvoiceCustomer(**MIA))):
        assert till.refusal(pb.OP_INVOICE_MAKE, message, uuid.uuid4().bytes) in ("BAD_FIELD", "UNKNOWN_SALE")
    assert sorted(path.name for path in persons.rglob("*")) == before


def test_B40_an_invoice_and_a_refund_at_once_leave_no_refund_without_its_credit_note(shop, till, goods):
    """Behind the shop's lock: the refund was before, and has its note, or it names the invoice."""
    chance = random.Random(int(os.environ.get("CAROLINE_SEED") or random.randrange(1 << 32)))
    other = shop.till("Lea")
    for _ in range(20):
        sale = sold(shop, till, goods, ("roll", 2), total=90)
        asked = [(till, pb.OP_INVOICE_MAKE, pb.InvoiceMake(receipt_number=sale.receipt_number, customer=pb.InvoiceCustomer(**MIA))),
                 (other, pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=sale.receipt_number, reason="race",
                                                          lines=[pb.RefundLine(line=0, quantity_milli=1000)]))]
        chance.shuffle(asked)
        classes = {pb.OP_INVOICE_MAKE: pb.InvoiceMade, pb.OP_SALE_REFUND: pb.SaleRungUp}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = {op: pool.submit(answered, client, op, message, classes[op]) for client, op, message in asked}
        made, back = answers[pb.OP_INVOICE_MAKE].result(), answers[pb.OP_SALE_REFUND].result()
        assert (back.invoice_of == made.number) != (len(made.credit_notes) == 1), "one of them saw the other"
        if back.invoice_of:
            make(till, back.receipt_number)


def test_B40_fifty_makers_and_a_server_that_is_killed_leave_no_gap(shop, goods):
    """Each asks until it is answered, as a client does; the server dies meanwhile, again and again."""
    chance = random.Random(int(os.environ.get("CAROLINE_SEED") or random.randrange(1 << 32)))
    seller = shop.till()
    sales = [sold(shop, seller, goods, ("roll", 1), total=45) for _ in range(50)]
    orders = [Order(Device(shop, shop.till(float_minor=None)), pb.OP_INVOICE_MAKE,
                    pb.InvoiceMake(receipt_number=sale.receipt_number, customer=pb.InvoiceCustomer(**MIA)))
              for sale in sales]
    first, over = newest(shop), threading.Event()

    def kill_at(wanted):
        wait_for(lambda: newest(shop) >= wanted or over.is_set(), 120, "invoices")
        shop.servers[0].restart()

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        killing = [pool.submit(kill_at, first + wanted) for wanted in sorted(chance.sample(range(1, 45), 3))]
        see_through(orders, 120)
        over.set()
        for each in killing:
            each.result()
    see_through(orders, 60)
    assert all(not order.reply().HasField("error") for order in orders)
    made = {pb.InvoiceMade.FromString(order.reply().body).number for order in orders}
    assert {int(number[5:]) for number in made} == set(range(first + 1, first + 51)) and newest(shop) == first + 50
