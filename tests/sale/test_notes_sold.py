"""Notes to lines: kept with the sale, printed below the line, on a copy too; what is none, and what may not be one."""
import pytest
from counter import basket, check_books, check_receipts, check_strands, refund, refused, ring_up, seed
from shop import pb


@pytest.fixture(scope="module")
def goods(shop):
    return seed(shop)


@pytest.fixture(scope="module")
def till(shop, goods):
    return shop.till("Caroline")


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop):
    yield
    check_books(shop)
    check_receipts(shop)
    check_strands(shop)


def noted(shop, goods, *notes):
    made = basket(shop, *((goods["roll"], 1) for _ in notes))
    for line, note in zip(made.lines, notes):
        line.note = note
    return made


def paper(receipt):
    return [row.left for row in receipt.rows]


def test_A6_a_note_is_printed_below_its_line_and_kept(shop, till, goods):
    sold = noted(shop, goods, "  in   thin slices ", "", "cut")
    sold.lines.add(product_id=goods["roll"], quantity_milli=1000, voided=True, void_reason="dropped", note="not this")
    sale = ring_up(till, sold, 135)
    lines = paper(sale.receipt)
    assert [lines[lines.index(note) - 1] for note in ("  in thin slices", "  cut")] == ["roll", "roll"]
    assert not any("not this" in line for line in lines)
    kept = shop.sql(f"SELECT line, note FROM sale_note WHERE sale_id = {sale.sale_id} ORDER BY line")
    assert kept == [(0, "in thin slices"), (2, "cut")]
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sale.sale_id), pb.SaleShown)
    assert shown.sale == sale and "  in thin slices" in shown.text.decode().splitlines()
    copy = till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(sale_id=sale.sale_id), pb.ReceiptPrinted)
    assert "  cut" in paper(copy.receipt)
    back = refund(till, sale.receipt_number)
    assert "  cut" not in paper(back.receipt)


def test_A6_a_note_is_no_place_for_a_cards_number_nor_for_nothing(shop, till, goods):
    assert refused(ring_up, till, noted(shop, goods, "4111  1111 1111 1111"), 45) == "CARD_NUMBER"
    assert refused(ring_up, till, noted(shop, goods, "91234567890123456724"), 45) == "NO_SECRET_WANTED"
    assert refused(ring_up, till, noted(shop, goods, "x" * 61), 45) == "BAD_FIELD"
    assert refused(ring_up, till, noted(shop, goods, "a\nb"), 45) == "BAD_FIELD"
    sale = ring_up(till, noted(shop, goods, "\u200b", " "), 90)
    assert shop.sql(f"SELECT count(*) FROM sale_note WHERE sale_id = {sale.sale_id}") == [(0,)]


def test_A6_a_note_waits_with_its_basket(shop, till, goods):
    made = noted(shop, goods, "for ten o'clock")
    waits = till.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=made), pb.BasketParkDone).parked_id
    assert till.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits), pb.BasketResumed).basket == made
    made.lines[0].note = "4111111111111111"
    assert refused(till.command, pb.OP_BASKET_PARK, pb.BasketPark(basket=made), pb.BasketParkDone) == "CARD_NUMBER"


def test_A6_two_hundred_notes_fit_into_an_answer(shop, till, goods):
    sale = ring_up(till, noted(shop, goods, *["ж" * 60] * 200), 45 * 200)
    assert sum(line == "  " + "ж" * 10 for line in paper(sale.receipt)) == 200
    assert shop.sql(f"SELECT count(*), min(length(note)) FROM sale_note WHERE sale_id = {sale.sale_id}") == [(200, 60)]
