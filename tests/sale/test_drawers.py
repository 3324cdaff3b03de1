"""A drawer a person: several at one till, each with its own float, X, count and Z, and nothing of one in another."""
import contextlib
import os
import random
import re
import uuid

import pytest
from cli import REFUSED, USAGE, Cli, console, invited
from counter import basket, check_books, check_strands, refund, refused, ring_up, seed
from faults import Failpoints
from offline import Till, exceptions
from shop import PIN, Refused, make_shop, pb

DAY = 86400


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with Failpoints(tmp_path_factory.mktemp("failpoints")) as failpoints, make_shop() as made:
        made.start()
        made.open()
        made.failpoints = failpoints
        yield made
        check_books(made)
        check_strands(made)


@pytest.fixture(scope="module")
def goods(shop):
    made = seed(shop)
    made["people"] = {"Lea": shop.staff("Lea", role="shift_lead")} | {name: shop.staff(name) for name in ("Ana", "Ben", "Tom")}
    shop.receive(made["cookie"], 1000)
    return made


def drawers_of(shop, kind):
    return shop.manager.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(drawers=kind)), pb.ShopPutDone)


@pytest.fixture(autouse=True)
def personal(shop, goods):
    drawers_of(shop, pb.DRAWERS_PERSON)


@pytest.fixture()
def till(shop, goods):
    """One device, and whoever stands before it: each on a connection of their own."""
    with contextlib.ExitStack() as stack:
        identity = shop.device()

        def person(name, float_minor=None):
            client = stack.enter_context(contextlib.closing(shop.connect(identity)))
            client.identity = identity
            client.sign_in(name)
            if float_minor is not None:
                client.shown = open_drawer(client, float_minor)
            return client

        person.device = identity.device.id
        yield person


def open_drawer(client, float_minor):
    return client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=float_minor), pb.ShiftShown)


def show(client):
    return client.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)


def listed(client):
    return client.call(pb.OP_SHIFT_DRAWERS, pb.ShiftDrawers(), pb.ShiftDrawersShown).drawers


def report(client, shift_id=None):
    return client.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(shift_id=shift_id), pb.ShiftReported)


def close(client, counted, shift_id=None):
    return client.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=counted, shift_id=shift_id), pb.ShiftReported)


def move(client, kind, amount):
    return client.command(pb.OP_SHIFT_MOVE, pb.ShiftMove(kind=kind, amount_minor=amount, reason="why"), pb.ShiftShown)


def z_of(client, number):
    return client.call(pb.OP_SHIFT_Z_SHOW, pb.ShiftZShow(number=number), pb.ShiftReported)


def paper(reported):
    return {row.left: row.right for row in reported.receipt.rows}


def shift_of(shop, sale):
    [[shift]] = shop.sql(f"SELECT shift_id FROM sale WHERE id = {sale.sale_id}")
    return shift


def sentence(function, *arguments, **more):
    with pytest.raises(Refused) as error:
        function(*arguments, **more)
    return error.value.code, error.value.sentence


def test_B42_the_shop_says_whose_drawer_is_opened(shop, till, goods):
    assert refused(drawers_of, shop, pb.DRAWERS_NONE) == "BAD_FIELD"
    [[version]] = shop.sql("SELECT max(version) FROM catalogue_head")
    done = drawers_of(shop, pb.DRAWERS_TILL)
    assert done.catalogue_version == version + 1 and done.shop.drawers == pb.DRAWERS_TILL, "a setting of the catalogue as any other"
    lea = till("Lea", 1000)
    assert not lea.shown.HasField("holder_id") and not lea.shown.personal
    # What is open stays whose it is: the till's, and all sell into it.
    drawers_of(shop, pb.DRAWERS_PERSON)
    ben = till("Ben")
    assert show(ben).personal and show(ben).open and show(ben).shift_id == lea.shown.shift_id and not show(ben).HasField("holder_id")
    assert sentence(open_drawer, ben, 500) == ("SHIFT_ALREADY_OPEN", "this till's shift 1 is open")
    assert shift_of(shop, ring_up(ben, basket(shop, (goods["roll"], 1)), 45)) == lea.shown.shift_id
    assert close(lea, 1045).difference_minor == 0
    # Once it is closed, each opens their own.
    own = open_drawer(ben, 500)
    assert (own.number, own.holder_id, own.float_minor, own.open) == (2, goods["people"]["Ben"], 500, True)
    assert sentence(open_drawer, ben, 500) == ("SHIFT_ALREADY_OPEN", "your shift 2 is open")
    # And the till's is not opened beside it.
    drawers_of(shop, pb.DRAWERS_TILL)
    code, why = sentence(open_drawer, lea, 0)
    assert code == "DRAWER_OTHERS_OPEN" and "1 drawer of single persons is open" in why
    # Who sells is not sent to open their own, which would be refused: nothing is, until that one is closed.
    for act in (lambda: ring_up(lea, basket(shop, (goods["roll"], 1)), 45), lambda: report(lea)):
        code, why = sentence(act)
        assert code == "SHIFT_NOT_OPEN" and "drawers of single persons are open at this till: close them" in why
    assert shift_of(shop, ring_up(ben, basket(shop, (goods["roll"], 1)), 45)) == own.shift_id
    close(lea, 545, shift_id=own.shift_id)
    assert not open_drawer(lea, 0).HasField("holder_id")


def test_B42_two_at_one_till_and_nothing_of_one_in_the_drawer_of_the_other(shop, till, goods):
    ana, ben, lea = till("Ana", 10000), till("Ben"), till("Lea")
    code, why = sentence(ring_up, ben, basket(shop, (goods["roll"], 1)), 45)
    assert code == "SHIFT_NOT_OPEN" and "open your own drawer first" in why
    assert refused(ben.call, pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket(shop, (goods["roll"], 1))), pb.SaleQuoted) == "SHIFT_NOT_OPEN"
    assert (show(ben).open, show(ben).personal, show(ben).others) == (False, True, 1)
    assert show(ben).others_since_us == ana.shown.opened_us
    open_drawer(ben, 5000)
    first = ring_up(ana, basket(shop, (goods["cake"], 2)), 1800, cash=2000)
    ring_up(ben, basket(shop, (goods["cookie"], 3)), 750, cash=1000)
    ring_up(ana, basket(shop, (goods["roll"], 2)), 90, card=90)
    last = ring_up(ben, basket(shop, (goods["roll"], 4)), 180)
    assert (show(ana).sale_count, show(ben).sale_count) == (2, 2)

    # A cashier's X is blind, of their own alone, and names whose it is; another's is not theirs to see.
    x = report(ana)
    assert (x.sale_count, x.sale_minor, x.holder_id, x.holder_name) == (2, 1890, goods["people"]["Ana"], "Ana")
    assert not x.HasField("expected_minor") and not x.tenders and [one.name for one in x.people] == ["Ana"]
    assert paper(x)["Drawer of"] == "Ana" and x.receipt.rows[x.holder_row].right == "Ana"
    shift = {drawer.holder_name: drawer.shift_id for drawer in listed(ana)}
    assert sorted(shift) == ["Ana", "Ben"] and [drawer.number for drawer in listed(ana)] == [1, 2]
    assert refused(report, ana, shift["Ben"]) == "PERMISSION_DENIED"
    assert refused(close, ana, 0, shift["Ana"]) == "PERMISSION_DENIED"
    assert refused(report, lea, 12345) == refused(close, lea, 0, 12345) == "SHIFT_NOT_OPEN"
    code, why = sentence(report, lea)
    assert code == "SHIFT_NOT_OPEN" and "open your own drawer first" in why

    # Who may close sees each apart, to the cent.
    of_ana, of_ben = report(lea, shift["Ana"]), report(lea, shift["Ben"])
    assert (of_ana.float_minor, of_ana.expected_minor, of_ben.float_minor, of_ben.expected_minor) == (10000, 11800, 5000, 5930)
    assert [(t.kind, t.amount_minor) for t in of_ana.tenders] == [(pb.TENDER_CASH, 1800), (pb.TENDER_CARD, 90)]
    assert [(t.kind, t.amount_minor) for t in of_ben.tenders] == [(pb.TENDER_CASH, 930)]
    assert (of_ben.first_receipt, of_ben.last_receipt) == (last.receipt_number[:-1] + "2", last.receipt_number)

    # The later is closed first; each Z has its shift's number, its own count, and the till's grand total so far.
    z2 = close(lea, 5900, shift["Ben"])
    assert (z2.number, z2.sale_count, z2.expected_minor, z2.counted_minor, z2.difference_minor) == (2, 2, 5930, 5900, -30)
    assert z2.holder_id == goods["people"]["Ben"] and not z2.HasField("holder_name"), "what is kept names nobody"
    assert (z2.receipt.rows[z2.holder_row].left, z2.receipt.rows[z2.holder_row].right) == ("Drawer of", f"staff {z2.holder_id}")
    assert z2.grand_total_minor == 930
    assert refused(ring_up, ben, basket(shop, (goods["roll"], 1)), 45) == "SHIFT_NOT_OPEN"
    third = ring_up(ana, basket(shop, (goods["roll"], 1)), 45)
    z1 = close(lea, 11845, shift["Ana"])
    assert (z1.number, z1.sale_count, z1.sale_minor, z1.expected_minor, z1.difference_minor) == (1, 3, 1935, 11845, 0)
    assert (z1.first_receipt, z1.last_receipt) == (first.receipt_number, third.receipt_number)
    assert z1.grand_total_minor == 930 + 1935
    assert open_drawer(ben, 0).number == 3, "numbers are the till's, without a gap"

    # Shown again they say whose they were, and that somebody looked is written down.
    again = z_of(lea, 2)
    assert (again.holder_name, paper(again)["Drawer of"]) == ("Ben", "Ben")
    again.ClearField("holder_name")
    again.receipt.rows[again.holder_row].right = z2.receipt.rows[z2.holder_row].right
    assert again == z2
    entries = [bytes(data) for data, in shop.sql(f"SELECT bytes FROM journal WHERE device_id = {till.device} AND kind = 'L'")]
    for event in (b"shift_z_show", b"shift_drawers"):
        assert any(event in entry for entry in entries)
    kept = [bytes(data) for data, in shop.sql(f"SELECT reply FROM command WHERE device_id = {till.device}")]
    assert not any(b"Ana" in reply or b"Ben" in reply for reply in kept)


def test_B42_money_goes_into_the_drawer_of_who_takes_it_and_out_of_that_of_who_gives_it(shop, till, goods):
    ana, lea = till("Ana", 1000), till("Lea")
    sold = ring_up(ana, basket(shop, (goods["cake"], 1)), 900)
    for function in (lambda: refund(lea, sold.receipt_number), lambda: move(lea, pb.CASH_MOVE_IN, 100),
                     lambda: lea.command(pb.OP_SHIFT_NO_SALE, pb.ShiftNoSale(reason="change"), pb.ShiftShown)):
        assert refused(function) == "SHIFT_NOT_OPEN"
    # A payment is put right where it was sold, though who corrects it has no drawer here.
    wanted = pb.SaleRetender(receipt_number=sold.receipt_number, position=0, kind=pb.TENDER_CARD, reference="A1", reason="by card",
                             amount_minor=400)
    lea.command(pb.OP_SALE_RETENDER, wanted, pb.SaleRetendered)
    assert report(lea, ana.shown.shift_id).expected_minor == 1500
    own = open_drawer(lea, 5000)
    wanted.amount_minor, wanted.reference = 100, "A2"
    lea.command(pb.OP_SALE_RETENDER, wanted, pb.SaleRetendered)
    assert (report(lea, ana.shown.shift_id).expected_minor, report(lea).expected_minor) == (1400, 5000)
    move(lea, pb.CASH_MOVE_IN, 700)
    move(lea, pb.CASH_MOVE_DROP, 200)
    lea.command(pb.OP_SHIFT_NO_SALE, pb.ShiftNoSale(reason="change"), pb.ShiftShown)
    second = ring_up(ana, basket(shop, (goods["cake"], 1)), 900)
    back = refund(lea, second.receipt_number)
    assert shift_of(shop, back) == own.shift_id
    x, mine = report(lea, ana.shown.shift_id), report(lea)
    assert (x.expected_minor, x.refund_count, x.no_sale_count) == (2300, 0, 0)
    assert (mine.expected_minor, mine.refund_minor, mine.in_minor, mine.drop_minor, mine.no_sale_count) == (4600, -900, 700, -200, 1)
    assert refused(lea.command, pb.OP_SALE_RETENDER, pb.SaleRetender(
        receipt_number=second.receipt_number, position=0, kind=pb.TENDER_CARD, reference="A1", reason="late"), pb.SaleRetendered) == (
        "RETENDER_REFUNDED")
    # Another allows it; it is the seller's all the same. A basket that was parked is sold by who takes it up.
    cheap = basket(shop, (goods["cake"], 1))
    cheap.lines[0].discount.CopyFrom(pb.Discount(rate_ppm=500000, reason="old"))
    token = ana.call(pb.OP_APPROVAL_OPEN, pb.ApprovalOpen(name="Lea", pin=PIN, discount_ppm=500000), pb.ApprovalOpened).token
    allowed = ana.command(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=cheap, total_minor=450, approval=token, tenders=[
        pb.Tender(kind=pb.TENDER_CASH, amount_minor=450)]), pb.SaleRungUp)
    assert shift_of(shop, allowed) == ana.shown.shift_id
    waits = ana.command(pb.OP_BASKET_PARK, pb.BasketPark(basket=basket(shop, (goods["roll"], 1))), pb.BasketParkDone)
    assert lea.reply(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits.parked_id), uuid.uuid4().bytes).HasField("error")
    taken = ana.command(pb.OP_BASKET_RESUME, pb.BasketResume(parked_id=waits.parked_id), pb.BasketResumed)
    assert shift_of(shop, ring_up(ana, taken.basket, 45)) == ana.shown.shift_id
    assert close(lea, 2795, ana.shown.shift_id).difference_minor == 0
    # What counts in a shift that is over is put right no more, by nobody.
    assert refused(lea.command, pb.OP_SALE_RETENDER, pb.SaleRetender(
        receipt_number=allowed.receipt_number, position=0, kind=pb.TENDER_CARD, reference="A1", reason="late"), pb.SaleRetendered) == (
        "RETENDER_OTHER_SHIFT")
    assert close(lea, 4600).difference_minor == 0


def test_B42_what_is_taken_back_is_listed_by_the_shift_it_was_taken_back_in(shop, till, goods):
    ana, ben, lea = till("Ana", 0), till("Ben", 0), till("Lea")
    for client, pieces in ((ana, 2), (ben, 3), (ana, 4)):
        bought = basket(shop, (goods["cake"], 1))
        bought.total_heard = True
        bought.lines.add(product_id=goods["roll"], quantity_milli=1000 * pieces, voided=True, void_reason="dropped")
        ring_up(client, bought, 900)
    ben.command(pb.OP_BASKET_VOID, pb.BasketVoid(basket=basket(shop, (goods["cookie"], 1)), reason="left"), pb.BasketVoided)

    def voided(number):
        return [row.quantity_milli for row in lea.call(pb.OP_VOID_REPORT, pb.VoidReport(shift_number=number), pb.VoidReported).rows]

    assert (voided(1), sorted(voided(2))) == ([2000, 4000], [1000, 3000])
    close(lea, 900, ben.shown.shift_id)
    close(lea, 1800, ana.shown.shift_id)
    assert (voided(1), sorted(voided(2))) == ([2000, 4000], [1000, 3000])


def test_B42_twenty_drawers_at_a_till_and_not_one_more(shop, till, goods):
    for i in range(20):
        shop.staff(f"Temp {i}")
        till(f"Temp {i}", 100).close()
    tom = till("Tom")
    assert refused(open_drawer, tom, 0) == "TOO_MANY_DRAWERS"
    assert len(listed(tom)) == 20 and show(tom).others == 20
    lea = till("Lea")
    close(lea, 100, listed(lea)[7].shift_id)
    assert open_drawer(tom, 0).number == 21
    assert shift_of(shop, ring_up(tom, basket(shop, (goods["roll"], 1)), 45)) == show(tom).shift_id


def test_B42_a_lead_closes_another_persons_forgotten_drawer_the_next_morning(shop, till, goods):
    clock = shop.failpoints.directory / "clock"
    ana = till("Ana", 2000)
    ring_up(ana, basket(shop, (goods["cake"], 1)), 900)
    try:
        clock.with_suffix(".new").write_text(str(DAY))
        clock.with_suffix(".new").rename(clock)
        lea = till("Lea", 500)
        shown = show(lea)
        assert (shown.number, shown.others, shown.others_since_us) == (2, 1, ana.shown.opened_us)
        [old, new] = listed(lea)
        assert (old.holder_name, old.shift_id, new.holder_name) == ("Ana", ana.shown.shift_id, "Lea")
        ring_up(lea, basket(shop, (goods["roll"], 2)), 90)
        z = close(lea, 2900, old.shift_id)
        assert (z.number, z.sale_count, z.sale_minor, z.difference_minor, z.closed_by) == (1, 1, 900, 0, goods["people"]["Lea"])
        assert z.opened_by == z.holder_id == goods["people"]["Ana"] and z.closed_us - z.opened_us > (DAY - 60) * 1000000
        assert show(lea).others == 0 and close(lea, 590).difference_minor == 0, "her own went on"
    finally:
        clock.unlink()
        shop.manager.sign_in()  # a day later their session is over, where a sweep has seen it


def test_B42_what_was_sold_offline_goes_into_the_drawer_of_who_sold_it(shop, till, goods):
    offline = Till(shop)  # Ben's
    assert offline.client.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).holder_id == offline.staff == goods["people"]["Ben"]
    bens = offline.shift
    lea = shop.connect(offline.client.identity)
    lea.sign_in("Lea")
    sales = [offline.printed(basket(shop, (goods["roll"], n))) for n in (1, 2, 3, 4)]

    def book(message):
        return lea.command(pb.OP_SALE_OFFLINE, message, pb.SaleOfflineBooked)

    # Whoever is signed in when the line is back, and whether they have a drawer or not.
    booked = book(sales[0])
    assert shift_of(shop, booked) == bens and not booked.exceptions
    hers = open_drawer(lea, 100)
    assert shift_of(shop, book(sales[1])) == bens
    # His was counted meanwhile: it goes into hers, who brings it, and is listed; without any it waits.
    assert close(lea, 10000 + 45 + 90, bens).difference_minor == 0
    late = book(sales[2])
    assert shift_of(shop, late) == hers.shift_id and exceptions(late) == [("OTHER_SHIFT", None)]
    close(lea, 100 + 135)
    assert refused(book, sales[3]) == "SHIFT_NOT_OPEN"
    # His next one takes what was made in the one before.
    again = offline.client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown)
    late = book(sales[3])
    assert shift_of(shop, late) == again.shift_id and exceptions(late) == [("OTHER_SHIFT", None)]
    assert shop.sql(f"SELECT made_shift_id FROM sale WHERE id = {late.sale_id}") == [(bens,)]
    lea.close()


def test_B42_a_dead_tills_sales_go_into_the_drawer_they_were_made_in(shop, till, goods):
    dead = Till(shop)
    sale = dead.printed(basket(shop, (goods["roll"], 2)))
    hung = pb.SaleRingUp(basket=basket(shop, (goods["roll"], 3)), total_minor=135, shift_id=dead.shift,
                         tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=135)])
    with contextlib.closing(shop.connect(shop.device(kind=pb.CLIENT_CLI))) as office:
        office.sign_in()
        for op, message in ((pb.OP_SALE_OFFLINE, sale), (pb.OP_SALE_RING_UP, hung)):
            done = office.command(pb.OP_SALE_RESCUE, pb.SaleRescue(
                device_id=dead.device, command_id=uuid.uuid4().bytes, op=op, body=message.SerializeToString()), pb.SaleRescued)
            assert shift_of(shop, done) == dead.shift and exceptions(done) == [("BROUGHT", None)]
    assert dead.client.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown).sale_count == 2


def test_B42_closes_race_the_sales_of_both(shop, till, goods):
    """Each sale is in the Z of who sold it, or too late for it; numbers and receipts have no gap, whoever closes first."""
    seed_number = int(os.environ.get("CAROLINE_SEED") or random.randrange(1 << 32))
    print(f"seed {seed_number}")
    chance = random.Random(seed_number)
    lea = till("Lea")
    bought = basket(shop, (goods["roll"], 1))
    sellers = {name: [till(name) for _ in range(2)] for name in ("Ana", "Ben")}
    zs, sold, refusals = [], {}, 0
    for _ in range(12):
        shifts = {name: open_drawer(clients[0], 100).shift_id for name, clients in sellers.items()}
        steps = [("close", name) for name in shifts] + [("sale", chance.choice(sorted(shifts))) for _ in range(chance.randrange(4, 12))]
        chance.shuffle(steps)
        waiting = []
        for kind, name in steps:
            client = lea if kind == "close" else chance.choice(sellers[name])
            message = pb.ShiftClose(counted_minor=100, shift_id=shifts[name]) if kind == "close" else pb.SaleRingUp(
                basket=bought, total_minor=45, shift_id=shifts[name], tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=45)])
            op = pb.OP_SHIFT_CLOSE if kind == "close" else pb.OP_SALE_RING_UP
            waiting.append((kind, name, client, client.send(op, message, uuid.uuid4().bytes)))
        for kind, name, client, id in waiting:
            reply = client.read_reply(id)
            if kind == "close":
                assert not reply.HasField("error"), reply.error
                zs.append(pb.ShiftReported.FromString(reply.body))
            elif reply.HasField("error"):
                assert pb.code(reply.error.code) == "SHIFT_NOT_OPEN"
                refusals += 1
            else:
                sold[pb.SaleRungUp.FromString(reply.body).sale_id] = name
    ids = {holder: name for name, holder in goods["people"].items()}
    rows = shop.sql(f"SELECT s.id, s.shift_id, h.holder_id, s.number FROM sale AS s JOIN shift AS h ON h.id = s.shift_id"
                    f" WHERE s.device_id = {till.device}")
    assert {id: ids[holder] for id, _, holder, _ in rows} == sold, "what was acknowledged, in the drawer of who sold it"
    assert sorted(number for *_, number in rows) == list(range(1, len(rows) + 1))
    assert sorted(z.number for z in zs) == list(range(1, len(zs) + 1))
    for z in zs:
        mine = [number for _, shift, _, number in rows if shift == z.shift_id]
        assert (z.sale_count, z.sale_minor, z.expected_minor) == (len(mine), 45 * len(mine), 100 + 45 * len(mine))
        assert [int(text.split("-")[1]) for text in (z.first_receipt, z.last_receipt) if text] == ([min(mine), max(mine)] if mine else [])
    totals = [z.grand_total_minor for z in sorted(zs, key=lambda z: (z.closed_us, z.grand_total_minor))]
    assert totals == sorted(totals) and totals[-1] == 45 * len(rows), "the grand total never goes back"
    print(f"{len(rows)} sales, {refusals} too late")


def test_B42_the_command_line_opens_shows_and_closes_them_by_their_numbers(shop, till, goods):
    office = console(shop, "office")
    assert office.json("shop", "put", "--drawers", "till")["shop"]["drawers"] == "till"
    assert re.search("drawers +person", office.run("shop", "put", "--drawers", "person").stdout)
    assert "--drawers" in office.run("shop", "put", "--drawers", "nobody", status=USAGE).stderr
    by_hand = Cli(shop, "by hand", person="Ana")
    by_hand.enrol(invited(shop, kind=pb.CLIENT_COUNTER, name="by hand"))

    def run(person, *words, **more):
        by_hand.person = person
        return by_hand.run(*words, **more).stdout

    assert re.search("personal +yes", run("Ana", "shift", "show"))
    run("Ana", "shift", "open", "--float", "10")
    run("Ben", "shift", "open", "--float", "20")
    run("Ben", "shift", "show")
    listed = run("Lea", "shift", "drawers")
    assert "Ana" in listed and "Ben" in listed
    by_hand.person = "Lea"
    assert [(row["number"], row["holder_name"]) for row in by_hand.json("shift", "drawers")["drawers"]] == [(1, "Ana"), (2, "Ben")]
    paper_of_ana = run("Lea", "shift", "report", "--shift-number", "1")
    assert "Drawer of                              Ana" in paper_of_ana and "Cash expected                        10.00" in paper_of_ana
    assert "Drawer of                              Ana" in run("Ana", "shift", "report")
    by_hand.person = "Lea"
    assert "shift 9 is not open at this till: shift drawers lists what is" in by_hand.run(
        "shift", "report", "--shift-number", "9", status=REFUSED).stderr
    assert "wants a shift's number, not 'x'" in by_hand.run("shift", "close", "--counted", "1", "--shift-number", "x", status=USAGE).stderr
    assert "open your own drawer first" in by_hand.run("shift", "report", status=REFUSED).stderr
    z = run("Lea", "shift", "close", "1x20", "--shift-number", "2")
    assert "Z 2" in z and "Drawer of                              Ben" in z and "Difference                            0.00" in z
    assert "Drawer of                              Ben" in run("Lea", "shift", "z", "2")
    run("Lea", "shift", "close", "--counted", "10", "--shift-number", "1")
