"""Modifiers and keyed prices: put by a manager, followed by every till, sold, printed, reported, put aside and given back."""
import subprocess
import sys

import pytest
from cli import USAGE, console
from counter import basket, check_books, check_receipts, check_strands, refund, refused, ring_up, seed
from follower import Follower
from shop import PIN, TOP, pb

LEAD_PIN = "5739"


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    made["cup"] = put(shop, name="Cup", options=[option("Small", -30), option("Medium"), option("Large", 50)], choose_min=1)
    made["milk"] = put(shop, name="Milk", options=[option("Oat milk", 40), option("Soy milk", 40)])
    made["cut"] = put(shop, name="Cut", options=[option("Sliced")])
    tax = shop.sql(f"SELECT tax_class_id FROM product_version WHERE product_id = {made['roll']}")[0][0]
    made["latte"] = shop.put_product("Latte", 300, tax_class_id=tax, sku="latte", modifier_ids=[made["cup"], made["milk"]])
    made["bread"] = shop.put_product("Bread", 450, tax_class_id=tax, sku="bread", unit=pb.UNIT_KILOGRAM, modifier_ids=[made["cut"]])
    made["gift"] = shop.put_product("Gift", 0, tax_class_id=tax, sku="gift", open_price=True, open_min_minor=100, open_max_minor=5000)
    made["stollen"] = shop.put_product("Stollen and whatever else is baked for a feast", 0, tax_class_id=tax, sku="stollen", open_price=True,
                                       open_min_minor=100, open_max_minor=5000)
    return made


@pytest.fixture(scope="module")
def till(shop, goods):
    shop.staff("Lena", "shift_lead", LEAD_PIN)
    return shop.till()


@pytest.fixture(scope="module")
def cli(shop, goods):
    return console(shop)


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods):
    yield
    check_books(shop, but={"entries_untouched"})  # one test makes a Z as old ones are, by hand
    check_receipts(shop)
    check_strands(shop)


def option(name, price_minor=0, **fields):
    return pb.ModifierOption(name=name, price_minor=price_minor, **fields)


def put(shop, **fields):
    """Its id."""
    message = pb.ModifierPut(modifier=pb.Modifier(**fields))
    return shop.manager.command(pb.OP_MODIFIER_PUT, message, pb.CataloguePutDone).id


def chosen(shop, *lines):
    """lines: (product, thousandths, [(modifier, option), ...], keyed price or None)."""
    made = basket(shop)
    for product, milli, options, keyed in lines:
        line = made.lines.add(product_id=product, quantity_milli=milli)
        for modifier, number in options:
            line.options.add(modifier_id=modifier, option=number)
        if keyed is not None:
            line.keyed_price_minor = keyed
    return made


def latte(shop, goods, *options, pieces=1):
    return chosen(shop, (goods["latte"], 1000 * pieces, options, None))


def quote(till, made):
    return till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made), pb.SaleQuoted)


def paper(receipt):
    return [(row.left, row.right) for row in receipt.rows]


def give_back(till, receipt_number, *lines):
    till.sign_in("Lena", LEAD_PIN)
    try:
        return refund(till, receipt_number, *lines).totals.total_minor
    finally:
        till.sign_in("Ben", PIN)


def test_a_large_latte_with_oat_milk_is_sold_printed_and_given_back(shop, till, goods):
    cup, milk = goods["cup"], goods["milk"]
    made = latte(shop, goods, (cup, 3), (milk, 1), pieces=2)
    made.lines.add(product_id=goods["roll"], quantity_milli=1000)
    made.lines[0].note = "hot"
    quoted = quote(till, made)
    assert quoted.total_minor == 2 * 390 + 45 and quoted.lines[0].unit_price_minor == 390
    assert [(o.modifier_id, o.option, o.name, o.price_minor) for o in quoted.lines[0].options] == [
        (cup, 3, "Large", 50), (milk, 1, "Oat milk", 40)]
    sale = ring_up(till, made, 825)
    at = [left for left, _ in paper(sale.receipt)].index("Latte")
    assert paper(sale.receipt)[at:at + 6] == [("Latte", "7.80"), ("  2 x 3.90", ""), ("  Large +0.50", ""), ("  Oat milk +0.40", ""),
                                              ("  hot", ""), ("roll", "0.45")]
    rows = shop.sql(f"SELECT line, position, modifier_id, option, name, price_minor FROM sale_option WHERE sale_id = {sale.sale_id} ORDER BY 2")
    assert rows == [(0, 0, cup, 3, "Large", 50), (0, 1, milk, 1, "Oat milk", 40)]

    put(shop, id=milk, options=[option("Oat drink", 60), option("Soy milk", 40)])  # what was sold was sold
    shown = till.call(pb.OP_SALE_SHOW, pb.SaleShow(sale_id=sale.sale_id), pb.SaleShown)
    assert shown.sale == sale and "  Oat milk +0.40" in shown.text.decode().splitlines()
    gift = till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(sale_id=sale.sale_id, gift=True), pb.ReceiptPrinted)
    assert ("  Large", "") in paper(gift.receipt)
    assert give_back(till, sale.receipt_number, (0, 1000)) == -390
    assert give_back(till, sale.receipt_number) == -(390 + 45)
    put(shop, id=milk, options=[option("Oat milk", 40), option("Soy milk", 40)])


def test_what_may_not_be_chosen_is_refused(shop, till, goods):
    cup, milk, cut = goods["cup"], goods["milk"], goods["cut"]

    def code(*options):
        return refused(quote, till, latte(shop, goods, *options))

    assert code() == code((milk, 1)) == "OPTION_WANTED"
    assert code((cup, 1), (cup, 2)) == code((cup, 1), (milk, 1), (milk, 2)) == "TOO_MANY_OPTIONS"
    assert code((cup, 1), (cup, 1)) == code((cup, 4)) == code((cup, 0)) == code((cup, 1), (cut, 1)) == code((4711, 1)) == "UNKNOWN_OPTION"
    assert code((cup, 1), *[(milk, 1)] * 20) == "BAD_FIELD"  # 20 of a line
    many = chosen(shop, *[(goods["bread"], 10, [(cut, 1)], None)] * 200)
    assert quote(till, many).total_minor == 200 * 5
    many.lines[0].product_id = goods["latte"]
    many.lines[0].quantity_milli = 1000
    many.lines[0].options[0].modifier_id = cup
    many.lines[0].options.add(modifier_id=milk, option=1)
    assert refused(quote, till, many) == "TOO_MANY_OPTIONS"
    put(shop, id=milk, active=False)
    assert code((cup, 1), (milk, 1)) == "UNKNOWN_OPTION"
    assert quote(till, latte(shop, goods, (cup, 1))).total_minor == 270
    put(shop, id=milk, active=True)
    assert refused(ring_up, till, latte(shop, goods, (cup, 3)), 300) == "TOTAL_DIFFERS"  # no till says what it costs


def test_a_department_key_has_a_keyed_price_within_its_bounds(shop, till, goods):
    def keyed(minor, product="gift"):
        return chosen(shop, (goods[product], 1000, [], minor))

    assert refused(quote, till, keyed(None)) == "PRICE_WANTED"
    assert refused(quote, till, keyed(99)) == refused(quote, till, keyed(5001)) == refused(quote, till, keyed(-1)) == "BAD_KEYED_PRICE"
    assert refused(quote, till, keyed(45, "roll")) == "BAD_KEYED_PRICE"
    assert quote(till, keyed(100)).total_minor == 100 and quote(till, keyed(5000)).lines[0].keyed_price_minor == 5000
    sale = ring_up(till, keyed(1234), 1234)
    assert ("Gift", "12.34") in paper(sale.receipt)
    assert shop.sql(f"SELECT line, price_minor FROM sale_keyed_price WHERE sale_id = {sale.sale_id}") == [(0, 1234)]
    assert give_back(till, sale.receipt_number) == -1234


def test_a_sale_without_any_writes_nothing_of_it(shop, till, goods):
    before = shop.sql("SELECT count(*) FROM sale_option UNION ALL SELECT count(*) FROM sale_keyed_price")
    sale = ring_up(till, basket(shop, (goods["roll"], 3)), 135)
    assert shop.sql("SELECT count(*) FROM sale_option UNION ALL SELECT count(*) FROM sale_keyed_price") == before
    [[data]] = shop.sql(f"SELECT j.bytes FROM journal AS j JOIN sale AS s USING (device_id, number) WHERE j.kind = 'T' AND s.series = 'T' AND s.id = {sale.sale_id}")
    assert bytes(data)[0] == 3


def test_what_is_taken_back_or_thrown_away_is_kept_with_its_price(shop, till, goods):
    made = latte(shop, goods, (goods["cup"], 3))
    made.lines.add(product_id=goods["latte"], quantity_milli=1000, voided=True)  # nothing was chosen for it yet
    made.lines[1].options.add(modifier_id=goods["cup"], option=9)
    sale = ring_up(till, made, 350)
    rows = shop.sql(f"SELECT line, unit_price_minor, gross_minor FROM sale_line WHERE sale_id = {sale.sale_id} ORDER BY 1")
    assert rows == [(0, 350, 350), (1, 300, 0)]
    assert shop.sql(f"SELECT line FROM sale_option WHERE sale_id = {sale.sale_id}") == [(0,)]
    left = till.command(pb.OP_BASKET_VOID, pb.BasketVoid(basket=latte(shop, goods, (goods["cup"], 1)), reason="left"), pb.BasketVoided)
    assert left.total_minor == 270


def test_it_waits_with_its_basket(shop, till, goods):
    made = latte(shop, goods, (goods["cup"], 2), (goods["milk"], 2))
    made.lines.add(product_id=goods["gift"], quantity_milli=1000, keyed_price_minor=700)
    waits = till.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=made), pb.BasketParkDone).parked_id
    assert till.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits), pb.BasketResumed).basket == made
    assert quote(till, made).total_minor == 340 + 700


def test_the_reports_say_what_was_sold_with(shop, goods):
    cup, milk = goods["cup"], goods["milk"]
    with shop.till() as till:
        ring_up(till, latte(shop, goods, (cup, 3), (milk, 1), pieces=2), 780)
        ring_up(till, latte(shop, goods, (cup, 1)), 270)
        ring_up(till, chosen(shop, (goods["gift"], 2000, [], 150), (goods["bread"], 500, [(goods["cut"], 1)], None)), 525)
        ring_up(till, chosen(shop, (goods["stollen"], 1000, [], 900), (goods["gift"], 1000, [], 200), (goods["stollen"], 1000, [], 700)), 1800)
        till.sign_in("Lena", LEAD_PIN)

        def told(report):
            return [(o.name, o.modifier_id, o.option, o.line_count, o.quantity_milli, o.amount_minor) for o in report.options]

        def keyed(report):
            return [(d.product_id, d.name, d.line_count, d.quantity_milli, d.amount_minor) for d in report.departments]

        wanted = [("", 0, 0, 4, 5000, 2100), ("Large", cup, 3, 1, 2000, 100), ("Oat milk", milk, 1, 1, 2000, 80),
                  ("Sliced", goods["cut"], 1, 1, 500, 0), ("Small", cup, 1, 1, 1000, -30)]
        departments = [(goods["gift"], "Gift", 2, 3000, 500), (goods["stollen"], "Stollen and whatever else is baked for a feast", 2, 2000, 1600)]
        rows = [("Keyed prices (4)", "21.00"), ("  Gift (2)", "5.00"), ("  Stollen and whatever (2)", "16.00"), ("Large (1)", "1.00")]
        x = till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)
        assert told(x) == wanted and keyed(x) == departments and ("Oat milk (1)", "0.80") in paper(x.receipt)
        first = paper(x.receipt).index(rows[0])
        assert paper(x.receipt)[first:first + 4] == rows
        z = till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=x.expected_minor), pb.ShiftReported)
        again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
        assert told(z) == told(again) == wanted and keyed(z) == keyed(again) == departments and paper(z.receipt) == paper(again.receipt)
        shop.put_product("Stollen", 0, sku="stollen", open_price=True, open_min_minor=100, open_max_minor=5000)
        again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
        assert keyed(again) == departments and paper(z.receipt) == paper(again.receipt)  # as it was printed
        # From before there were any: as it was printed, too.
        shop.sql(f"DELETE FROM shift_z_department WHERE shift_id = {z.shift_id}; UPDATE shift_z SET department_count = NULL WHERE shift_id = {z.shift_id}")
        again = till.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(), pb.ShiftReported)
        assert told(again) == wanted and keyed(again) == []
        assert paper(again.receipt) == [row for row in paper(z.receipt) if row not in rows[1:3]]


def test_sold_offline_they_are_booked_as_printed(shop, goods):
    with shop.till() as till:
        device = till.identity.device.id
        [[shift]] = shop.sql(f"SELECT shift_id FROM drawer WHERE device_id = {device}")
        [[staff]] = shop.sql(f"SELECT staff_id FROM session WHERE device_id = {device} AND closed_at IS NULL")

        def book(number, made, unit, known=True):
            tax = (2 * unit * 7 + 107) // 214
            message = pb.SaleOffline(
                number=number, basket=made, total_minor=unit, tax_minor=tax, shift_id=shift, staff_id=staff,
                lines=[pb.PrintedLine(unit_price_minor=unit, gross_minor=unit, discount_minor=0, total_minor=unit, tax_minor=tax)],
                taxes=[pb.QuotedTax(code="VAT7", rate_ppm=70000, net_minor=unit - tax, tax_minor=tax)],
                tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=unit)])
            booked = till.command(pb.OP_SALE_OFFLINE, message, pb.SaleOfflineBooked)
            return booked.sale_id, [(e.kind, e.said, e.found) for e in booked.exceptions]

        sale, exceptions = book(1, latte(shop, goods, (goods["cup"], 3), (goods["milk"], 1)), 390)
        assert exceptions == []
        assert shop.sql(f"SELECT name, price_minor FROM sale_option WHERE sale_id = {sale} ORDER BY position") == [("Large", 50), ("Oat milk", 40)]
        [[data]] = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {device} AND kind = 'X' AND number = 1")
        assert bytes(data)[0] == 4
        then = latte(shop, goods, (goods["cup"], 1))
        put(shop, id=goods["cup"], options=[option("Small", -10), option("Medium"), option("Large", 50)])
        assert book(2, then, 270)[1] == [(pb.EXCEPTION_PRICE_CHANGED, 270, 290)]
        assert book(3, chosen(shop, (goods["gift"], 1000, [], 700)), 700)[1] == []
        assert book(4, latte(shop, goods), 300)[1] == [(pb.EXCEPTION_CHOICE, 0, 0)]  # in no cup
        put(shop, id=goods["cup"], options=[option("Small", -30), option("Medium"), option("Large", 50)])


def test_a_price_keyed_beyond_its_key_is_none_once_the_line_is_taken_back(shop, goods):
    made = chosen(shop, (goods["gift"], 1000000, [], 10 ** 12), (goods["gift"], 1000, [], 700), (goods["gift"], 1000, [], 500))
    for line in made.lines[:2]:
        line.voided, line.void_reason = True, "keyed wrong"
    with shop.till() as till:
        ring_up(till, made, 500)
        till.command(pb.OP_BASKET_VOID, pb.BasketVoid(basket=made, reason="left"), pb.BasketVoided)
        till.sign_in("Lena", LEAD_PIN)
        voids = till.call(pb.OP_VOID_REPORT, pb.VoidReport(), pb.VoidReported)
        assert sorted(row.amount_minor for row in voids.rows) == [0, 0, 500, 700, 700]


def test_the_exported_journal_has_them_and_is_verified(cli, till, tmp_path):
    export = tmp_path / "journal"
    export.write_text(cli.run("journal", "export").stdout)
    entries = [bytes.fromhex(line.split()[5]) for line in export.read_text().splitlines() if line.startswith("entry ")]
    assert any(entry[:2] == b"\x04T" and b"\0\x08Oat milk" in entry for entry in entries) and any(entry[:2] == b"\x04X" for entry in entries)
    done = subprocess.run([sys.executable, TOP / "deploy" / "verify-journal", export], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_till_follows_them_and_a_page_lists_them(shop, goods):
    follower = Follower(shop.connect(shop.device()))
    follower.take()
    made = put(shop, name="Sugar", options=[option("One", number=7), option("Two", 5, number=3), option("Three", active=False)],
               choose_max=2)
    follower.until(shop.version())
    fresh = Follower(shop.connect(shop.device()))
    fresh.take()
    listed = shop.manager.call(pb.OP_MODIFIER_LIST, pb.ModifierList(), pb.ModifierListed)
    [mine] = [modifier for modifier in listed.modifiers if modifier.id == made]
    assert mine == follower.modifiers[made] == fresh.modifiers[made]
    assert [(o.number, o.name, o.price_minor, o.active) for o in mine.options] == [(3, "Two", 5, True), (7, "One", 0, True), (8, "Three", 0, False)]
    assert (mine.choose_min, mine.choose_max, mine.active) == (0, 2, True)
    shop.put({"id": goods["latte"], "modifier_ids": [made, goods["cup"]]})
    follower.until(shop.version())
    shown = shop.manager.call(pb.OP_PRODUCT_SHOW, pb.ProductShow(sku="latte"), pb.ProductShown).product
    assert list(shown.modifier_ids) == list(follower.products[goods["latte"]].modifier_ids) == [made, goods["cup"]]
    shop.put({"id": goods["latte"], "price_minor": 300}, set_lists=True)  # lists of bar codes and allergens are others
    assert list(shop.manager.call(pb.OP_PRODUCT_SHOW, pb.ProductShow(sku="latte"), pb.ProductShown).product.modifier_ids) == [made, goods["cup"]]
    shop.put({"id": goods["latte"], "modifier_ids": [goods["cup"], goods["milk"]]})
    later = shop.manager.call(pb.OP_MODIFIER_LIST, pb.ModifierList(after_id=made), pb.ModifierListed)
    assert made not in [modifier.id for modifier in later.modifiers]


def test_one_that_could_not_be_offered_is_refused(shop, goods):
    def wrong(**fields):
        return refused(put, shop, **{"name": "Wrong", "options": [option("A"), option("B")], **fields})

    for fields in ({"options": []}, {"options": [option("A", number=21)]}, {"options": [option("A", number=1), option("B", number=1)]},
                   {"choose_min": 2}, {"choose_max": 0}, {"choose_max": 21}, {"choose_min": 3, "choose_max": 3},
                   {"options": [option("A", active=False), option("B")], "choose_min": 2, "choose_max": 2}):
        assert wrong(**fields) == "BAD_MODIFIER", fields
    assert wrong(name="") == wrong(options=[option("")]) == "BAD_FIELD"
    assert wrong(options=[option("A", 10**12 + 1)]) == wrong(options=[option("A", -10**12 - 1)]) == "BAD_PRICE"
    assert wrong(name="cup") == "NAME_TAKEN" and wrong(options=[option("4111 1111 1111 1111")]) == "CARD_NUMBER"
    before = shop.version()
    assert put(shop, id=goods["cup"], choose_min=1) == goods["cup"] and shop.version() == before  # nothing changes
    for fields, code in (({"modifier_ids": [4711]}, "UNKNOWN_MODIFIER"), ({"modifier_ids": [goods["cup"]] * 2}, "BAD_MODIFIER"),
                         ({"modifier_ids": [0]}, "UNKNOWN_MODIFIER"), ({"open_price": True}, "BAD_PRICE"), ({"open_min_minor": -1}, "BAD_PRICE"),
                         ({"open_max_minor": 10**12 + 1}, "BAD_PRICE"), ({"open_min_minor": 2, "open_max_minor": 1}, "BAD_PRICE")):
        assert refused(shop.put, {"id": goods["roll"], **fields}) == code, fields


def test_the_command_line_puts_lists_and_gives_them_to_goods(shop, goods, cli):
    cli.run("modifier", "put", "--name", "Syrup", "--options", "Vanilla +0.60; 5 Hazelnut -0.10; Caramel +0.60 off", "--choose", "0 to 2")
    assert "Syrup, choose 0 to 2: 1 Vanilla +0.60; 5 Hazelnut -0.10; 6 Caramel +0.60 off\n" in cli.run("modifier", "list").stdout
    [made] = [row for row in cli.rows("modifier", "list") if row["name"] == "Syrup"]
    cli.run("modifier", "put", "--id", made["id"], "--choose", "1", "--active", "no")
    assert "Syrup, choose 1: 1 Vanilla +0.60; 5 Hazelnut -0.10; 6 Caramel +0.60 off; switched off\n" in cli.run("modifier", "list").stdout
    cli.run("product", "put", "--sku", "cake", "--modifiers", "Syrup,cut", "--open-price", "yes", "--open-min", "5.00", "--open-max", "20")
    [cake] = cli.rows("product", "show", "--sku", "cake")
    assert cake["product"]["modifier_ids"] == [made["id"], goods["cut"]] and cake["product"]["open_max_minor"] == 2000
    cli.run("product", "put", "--sku", "cake", "--modifiers", "", "--open-price", "no")
    [cake] = cli.rows("product", "show", "--sku", "cake")
    assert not cake["product"].get("modifier_ids") and not cake["product"].get("open_price")
    path = f"{shop.directory}/goods.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write("sku,modifiers,open_price,open_min,open_max\ncake,Syrup;cut,yes,1.00,9.00\nbread,,,,\n")
    cli.run("product", "import", path)
    [cake], [bread] = cli.rows("product", "show", "--sku", "cake"), cli.rows("product", "show", "--sku", "bread")
    assert cake["product"]["modifier_ids"] == [made["id"], goods["cut"]] and cake["product"]["open_min_minor"] == 100
    assert bread["product"]["modifier_ids"] == [goods["cut"]]  # an empty value leaves it as it is
    cli.run("product", "put", "--sku", "cake", "--modifiers", "", "--open-price", "no")
    for wrong in (("--options", "A +x"), ("--choose", "some"), ("--options", "0 A"), ("--options", ";".join("ABCDEFGHIJKLMNOPQRSTU"))):
        cli.run("modifier", "put", "--id", made["id"], *wrong, status=USAGE)
    cli.run("product", "put", "--sku", "cake", "--modifiers", "Nobody", status=USAGE)


def test_a_list_of_long_names_comes_page_by_page(shop, goods):
    long = "\U0001F950" * 38
    made = [put(shop, name=f"Long {i}", options=[option(f"{long}{k:02d}") for k in range(20)]) for i in range(25)]
    found, more, after = [], True, 0
    while more:
        reply = shop.manager.reply(pb.OP_MODIFIER_LIST, pb.ModifierList(after_id=after))
        assert not reply.HasField("error") and len(reply.body) < 65536
        listed = pb.ModifierListed.FromString(reply.body)
        found += [modifier.id for modifier in listed.modifiers]
        more, after = listed.more, found[-1]
    assert found == sorted(set(found)) and set(made) < set(found)
    for modifier in made:
        put(shop, id=modifier, active=False)
