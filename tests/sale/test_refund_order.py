"""Parts of a sale that come back at two servers, whose clocks differ, at one instant or in a race: each is explained by what had come back
before it in truth, and credit notes, points and the order that is kept follow that, too."""
import os
import random
import uuid

import pytest
from cli import console
from counter import basket, check_books, check_receipts, check_strands, refund, ring_up, seed
from explained import Explained, check
from faults import Failpoints
from shop import make_shop, pb

AHEAD_S = 40


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Of its two servers each goes by a clock of its own."""
    directory = tmp_path_factory.mktemp("clocks")
    with make_shop() as made:
        made.clocks = []
        for number in ("first", "second"):
            (directory / number).mkdir()
            with Failpoints(directory / number) as failpoints:
                made.start()
                made.clocks.append(failpoints.directory / "clock")
        made.open()
        made.goods = seed(made)
        made.staff("Lea", role="shift_lead")
        for name in ("cookie", "cake"):
            made.receive(made.goods[name], 1000)
        yield made
        check_books(made)
        check_receipts(made)
        check_strands(made)


class Counter:
    """A till that is connected to both servers, who may give money back at it."""

    def __init__(self, shop):
        self.at = [shop.till("Lea")]
        self.at.append(shop.connect(self.at[0].identity, port=shop.servers[1].port))
        self.at[1].sign_in("Lea")


@pytest.fixture(scope="module")
def cli(shop):
    return console(shop)


@pytest.fixture()
def tills(shop):
    """New ones: time never goes back in a till's strand, also where its clock was ahead in the test before."""
    return [Counter(shop) for _ in range(2)]


def set_clocks(shop, first_s, second_s):
    """By so many seconds ahead of the machine's, as each server's next answers show."""
    for clock, server, seconds in zip(shop.clocks, shop.servers, (first_s, second_s)):
        clock.with_suffix(".new").write_text(str(seconds))
        clock.with_suffix(".new").rename(clock)


@pytest.fixture()
def apart(shop):
    """Puts clocks right behind a test."""
    yield lambda first_s, second_s: set_clocks(shop, first_s, second_s)
    set_clocks(shop, 0, 0)


def sold(shop, till, member_id=0):
    """Three cookies and three cakes for 31.00, of which a third is no number of cents: no two parts of it are alike."""
    made = basket(shop, (shop.goods["cookie"], 3), (shop.goods["cake"], 3), member_id=member_id)
    made.discount.CopyFrom(pb.Discount(amount_minor=350, reason="day-old"))
    return ring_up(till, made, 3100)


def at(shop, sale):
    [[at]] = shop.sql(f"SELECT at FROM sale WHERE id = {sale.sale_id}")
    return at


def numbered(shop, sale):
    """The ids of its refunds in the order that is kept."""
    rows = shop.sql(f"SELECT refund_id, number FROM sale_refund WHERE sale_id = {sale.sale_id} ORDER BY number")
    assert [number for _, number in rows] == list(range(1, len(rows) + 1))
    return [id for id, _ in rows]


def all_explained(shop, clients, backs):
    """At either server, each by what had come back before it."""
    had_come = 0
    for back in backs:
        for client in clients:
            explained = check(shop, client, back.sale_id)
        before = [amount for text, amount in explained.parts("TOTAL") if text == "had come back before"]
        assert before == ([had_come] if had_come else []), (before, had_come)
        had_come -= back.totals.total_minor


def parts(shop, tills, sale, order):
    """Piece by piece, each at the till and the server that `order` has, and the rest last."""
    lines = [((0, 1000),), ((1, 1000),), ((0, 1000), (1, 1000)), ()]
    return [refund(tills[till].at[server], sale.receipt_number, *each) for (till, server), each in zip(order, lines)]


@pytest.mark.parametrize("second_s", [-AHEAD_S, AHEAD_S])
def test_A16_C21_what_comes_back_at_a_server_whose_clock_is_behind_is_explained(shop, cli, tills, apart, second_s):
    """Each at its own till: by its time a later one had come before the others."""
    apart(0, second_s)
    sale = sold(shop, tills[0].at[0])
    backs = parts(shop, tills, sale, [(0, 0), (1, 1), (0, 0), (1, 1)])
    times = [at(shop, back) for back in backs]
    assert times != sorted(times), "no clock was ahead"
    assert numbered(shop, sale) == [back.sale_id for back in backs]
    all_explained(shop, tills[0].at, backs)
    said = cli.run("receipt", "explain", backs[1].receipt_number).stdout
    assert "had come back before" in said and "!!" not in said


@pytest.mark.parametrize("ahead", [0, 1])
def test_A16_C21_what_comes_back_at_one_instant_is_explained(shop, tills, apart, ahead):
    """One till at two servers: the one that is behind books at the instant of the other's, with ids of its own."""
    apart(*((AHEAD_S, 0), (0, AHEAD_S))[ahead])
    sale = sold(shop, tills[0].at[0])
    backs = parts(shop, tills, sale, [(0, ahead), (0, 1 - ahead), (0, ahead), (0, 1 - ahead)])
    assert len({at(shop, back) for back in backs}) < len(backs), "no two of one instant"
    assert numbered(shop, sale) == [back.sale_id for back in backs]
    all_explained(shop, tills[1].at, backs)


def test_A16_parts_in_one_group_and_commands_that_are_sent_again(shop, tills):
    """Asked for at once, they are of one transaction; whoever asks again, also at the other server, gets the same answer and no other number."""
    client, other = tills[0].at
    for _ in range(10):
        sale, again = sold(shop, client), sold(shop, client)
        asked = []
        for receipt in [sale, again, sale, sale, again]:
            message, command = pb.SaleRefund(receipt_number=receipt.receipt_number, reason="stale"), uuid.uuid4().bytes
            message.lines.add(line=0, quantity_milli=1000)
            asked.append((receipt, message, command, client.send(pb.OP_SALE_REFUND, message, command)))
        answers = [client.read_reply(number) for *_, number in asked]
        for (_, message, command, _), answer in zip(asked, answers):
            assert other.command(pb.OP_SALE_REFUND, message, pb.SaleRungUp, command) == pb.SaleRungUp.FromString(answer.body)
        backs = [pb.SaleRungUp.FromString(answer.body) for answer in answers]
        of = {receipt.sale_id: [back for (whose, *_), back in zip(asked, backs) if whose is receipt] for receipt in (sale, again)}
        for receipt in (sale, again):
            assert numbered(shop, receipt) == [back.sale_id for back in of[receipt.sale_id]]
            all_explained(shop, [other], of[receipt.sale_id])
        if len({at(shop, back) for back in backs}) < len(backs):
            return
    raise AssertionError("no two of them were of one group")


def test_A16_C21_two_tills_at_two_servers_give_parts_of_a_sale_back_at_once(shop, tills, apart):
    """Whoever comes first: the order is that of the books, without a gap, and explains all of them."""
    chance = random.Random(int(os.environ.get("CAROLINE_SEED") or random.randrange(1 << 32)))
    turned = 0
    for _ in range(int(os.environ.get("CAROLINE_RACES", "4"))):
        apart(*chance.choice([(0, 0), (0, AHEAD_S), (AHEAD_S, 0)]))
        sale = sold(shop, tills[0].at[0])
        asked = []
        for line, index in chance.sample([(line, index) for line in (0, 1) for index in (0, 1, 2)], 6):
            message = pb.SaleRefund(receipt_number=sale.receipt_number, reason="race")
            message.lines.add(line=line, quantity_milli=1000)
            client = tills[index % 2].at[(index + line) % 2]
            asked.append((client, client.send(pb.OP_SALE_REFUND, message, uuid.uuid4().bytes)))
        backs = {}
        for client, number in asked:
            reply = client.read_reply(number)
            assert not reply.HasField("error"), reply.error
            back = pb.SaleRungUp.FromString(reply.body)
            backs[back.sale_id] = back
        order = numbered(shop, sale)
        assert sorted(order) == sorted(backs)
        all_explained(shop, tills[0].at, [backs[id] for id in order])
        by_time = [id for id, in shop.sql(f"SELECT id FROM sale WHERE refund_of = {sale.sale_id} ORDER BY at, id")]
        turned += by_time != order
    print("by their times in another order:", turned)


def test_B40_credit_notes_of_what_came_back_before_are_numbered_in_that_order(shop, tills, apart):
    apart(0, -AHEAD_S)
    sale = sold(shop, tills[0].at[0])
    backs = parts(shop, tills, sale, [(0, 0), (1, 1), (0, 0)])
    assert at(shop, backs[1]) < at(shop, backs[0])
    message = pb.InvoiceMake(receipt_number=sale.receipt_number)
    message.customer.CopyFrom(pb.InvoiceCustomer(name="Mia Stone GmbH", address="Quarry Road 7 / 12345 Granite"))
    made = tills[0].at[0].command(pb.OP_INVOICE_MAKE, message, pb.InvoiceMade)
    notes = [tills[0].at[0].call(pb.OP_INVOICE_SHOW, pb.InvoiceShow(receipt_number=back.receipt_number), pb.InvoiceShown).invoice.number
             for back in backs]
    assert notes == sorted(notes) == list(made.credit_notes)


def test_B22_a_copy_of_everything_has_what_a_server_has_booked_that_is_ahead(shop, tills, apart):
    """And goes on at the one that is behind, and at the other."""
    apart(0, AHEAD_S)
    member = shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ida Grau")), pb.MemberDone).id
    sale = sold(shop, tills[0].at[1], member_id=member)
    backs = parts(shop, tills, sale, [(0, 1), (1, 0), (0, 1)])
    office = [shop.manager, shop.connect(shop.console, port=shop.servers[1].port)]
    office[1].sign_in()
    for first in (0, 1):
        request, told, turn = pb.MemberExport(id=member), [], first
        while request:
            page = office[turn].call(pb.OP_MEMBER_EXPORT, request, pb.MemberExported)
            told += [each.sale.sale.receipt_number for each in page.sales]
            request = pb.MemberExport(id=member, place=page.next) if page.HasField("next") else None
            turn = 1 - turn
        assert sorted(told) == sorted(receipt.receipt_number for receipt in [sale, *backs])


def test_B41_C21_a_sale_that_is_given_to_a_member_afterwards_has_its_parts_in_that_order(shop, tills, apart):
    apart(0, -AHEAD_S)
    sale = sold(shop, tills[0].at[0])
    backs = parts(shop, tills, sale, [(0, 0), (1, 1), (0, 0)])
    assert at(shop, backs[1]) < at(shop, backs[0])
    member = shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name="Ida Grau")), pb.MemberDone).id
    tills[0].at[0].command(pb.OP_SALE_ATTACH, pb.SaleAttach(receipt_number=sale.receipt_number, member_id=member), pb.SaleAttached)
    for back in backs:
        explained = Explained(tills[0].at[0], sale_id=back.sale_id)
        assert explained.wrong == 0, explained.texts(pb.EXPLAIN_ROW_WRONG)
    assert Explained(tills[0].at[0], sale_id=refund(tills[1].at[1], sale.receipt_number).sale_id).wrong == 0
