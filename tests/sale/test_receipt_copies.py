"""A receipt once more: every copy is counted, marked, and in the journal under who asked for it."""
import concurrent.futures
import uuid

import pytest
from counter import basket, check_books, check_strands, member, refund, refused, ring_up, seed
from shop import pb


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    made = shop.till()
    for name in ("cookie", "cake"):
        shop.receive(goods[name], 1000)
    return made


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    """After all that is done in here: what is wrong stays so."""
    yield
    check_books(shop)
    check_strands(shop)


def copy_of(client, id=None, **key):
    return client.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(**key), pb.ReceiptPrinted, id)


def rows_of(receipt):
    return [(row.kind, row.left, row.right) for row in receipt.rows]


def test_each_copy_is_the_receipt_with_its_number(shop, till, goods):
    someone = member(shop, 900, [(1, 40)])
    sale = ring_up(till, basket(shop, (goods["cake"], 1), (goods["roll"], 2), member_id=someone), 990)
    for number, key in enumerate(({"last": True}, {"sale_id": sale.sale_id}, {"receipt_number": sale.receipt_number}), 1):
        printed = copy_of(till, **key)
        assert (printed.sale_id, printed.receipt_number, printed.copy) == (sale.sale_id, sale.receipt_number, number)
        mark = f"COPY {number}"
        rows = rows_of(printed.receipt)
        assert [kind for kind, left, _ in rows if left == mark] == [pb.ROW_TITLE, pb.ROW_CENTRE]
        assert [row for row in rows if row[1] != mark] == rows_of(sale.receipt)
    assert copy_of(shop.manager, receipt_number=sale.receipt_number).copy == 4  # at another device
    entries = shop.sql(f"SELECT copy, gift, device_id, staff_id FROM receipt_copy WHERE sale_id = {sale.sale_id} ORDER BY copy")
    assert [entry[:2] for entry in entries] == [(1, False), (2, False), (3, False), (4, False)]
    assert len({entry[2] for entry in entries[:3]}) == 1 and entries[3][2] != entries[0][2]
    # What is shown is no copy, and counts nothing.
    assert till.call(pb.OP_SALE_SHOW, pb.SaleShow(last=True), pb.SaleShown).sale == sale


def test_a_gift_receipt_has_no_prices(shop, till, goods):
    sale = ring_up(till, basket(shop, (goods["cake"], 2)), 1800)
    printed = copy_of(till, receipt_number=sale.receipt_number, gift=True)
    text = " ".join(left + " " + right for _, left, right in rows_of(printed.receipt))
    assert printed.gift and "GIFT RECEIPT" in text and "cake 2 " in text and sale.receipt_number in text
    for sum in ("9.00", "18.00", "Total", "VAT", "Cash"):
        assert sum not in text


def test_a_refund_has_copies_and_no_gift_receipt(shop, goods):
    till = shop.till("Caroline")
    sale = ring_up(till, basket(shop, (goods["roll"], 1)), 45)
    back = refund(till, sale.receipt_number)
    assert refused(copy_of, till, receipt_number=back.receipt_number, gift=True) == "GIFT_OF_REFUND"
    printed = copy_of(till, receipt_number=back.receipt_number)
    assert printed.copy == 1 and (pb.ROW_TITLE, "REFUND", "") in rows_of(printed.receipt)


def test_what_is_no_sale_has_no_copy(shop, till):
    for key in ({}, {"last": True, "sale_id": 1}, {"receipt_number": "1T-999999"}, {"receipt_number": "x"}, {"sale_id": 5},
                {"sale_id": 2**64 - 1}):
        assert refused(copy_of, till, **key) == "UNKNOWN_SALE"


def test_asked_a_hundred_times_it_is_one_copy(shop, till, goods):
    sale = ring_up(till, basket(shop, (goods["roll"], 1)), 45)
    id = uuid.uuid4().bytes
    answers = [copy_of(till, id, receipt_number=sale.receipt_number) for _ in range(100)]
    assert {answer.SerializeToString() for answer in answers} == {answers[0].SerializeToString()}
    assert shop.sql(f"SELECT copies FROM receipt_copied WHERE sale_id = {sale.sale_id}") == [(1,)]


def test_many_tills_print_one_receipt_at_once(shop, till, goods):
    sale = ring_up(till, basket(shop, (goods["roll"], 1)), 45)
    tills = [shop.till() for _ in range(4)]

    def ask(client):
        return [copy_of(client, receipt_number=sale.receipt_number).copy for _ in range(10)]

    with concurrent.futures.ThreadPoolExecutor(len(tills)) as pool:
        numbers = [number for each in pool.map(ask, tills) for number in each]
    assert sorted(numbers) == list(range(1, 41))


def test_every_copy_is_in_the_journal(shop, till, goods):
    sale = ring_up(till, basket(shop, (goods["roll"], 1)), 45)
    before = shop.sql("SELECT count(*) FROM journal WHERE kind = 'L'")[0][0]
    copy_of(till, receipt_number=sale.receipt_number)
    copy_of(till, receipt_number=sale.receipt_number, gift=True)
    entries = shop.sql("SELECT bytes FROM journal WHERE kind = 'L' ORDER BY at DESC, number DESC LIMIT 2")
    assert shop.sql("SELECT count(*) FROM journal WHERE kind = 'L'")[0][0] == before + 2
    said = b"".join(bytes(data) for [data] in entries)
    assert b"receipt_copy" in said and b"gift_receipt" in said and sale.sale_id.to_bytes(8, "big") in said
