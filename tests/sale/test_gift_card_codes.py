"""Gift cards' codes: they pay, and so are kept nowhere, told once, and not guessed."""
import uuid

import pytest
from at_tills import goods, lead, office, till  # fixtures
from counter import basket, check_books, check_strands, refused, ring_up
from gift_card import MADE, a_code, left, load, move, pay, shown
from shop import pb


@pytest.fixture(scope="module")
def gift(shop, goods):
    return shop.put_tender_type("Gift card", kind=pb.TENDER_GIFT_CARD)


@pytest.fixture(scope="module", autouse=True)
def the_books_balance(shop, goods, gift):
    yield
    check_books(shop)
    check_strands(shop)


def test_B15_codes_are_kept_nowhere(shop, till, office, goods, gift):
    done = load(till, 5000)
    brought = a_code()
    own = load(till, 5000, code=brought)
    pay(shop, till, goods, gift, done.code)
    moved = move(office, own.card.number)
    [[tables]] = shop.sql("SELECT array_agg(relname::text) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    for table in tables:
        text = shop.sql(f"SELECT string_agg(t::text, ',') FROM {table} AS t")[0][0] or ""
        for code in (done.code, brought, moved.code):
            for form in (code, code.encode().hex()):
                assert form not in text, table
    log = "".join(server.log() for server in shop.servers)
    assert log and done.code not in log and brought not in log and moved.code not in log


def test_B15_codes_cannot_be_guessed_from_one_another(shop, office):
    till = shop.till("Tom")
    codes = {load(till, 1).code for _ in range(40)}
    assert len(codes) == 40 and all(len(code) == MADE for code in codes)
    assert len({code[1:8] for code in codes}) == 40  # nor do they begin alike
    till.close()


def test_B15_tries_are_limited_and_leave_a_trace(shop, office):
    till = shop.till("Tom")
    answers = [refused(shown, till, code=a_code(16)) for _ in range(65)]
    assert answers[:60] == ["UNKNOWN_GIFT_CARD"] * 60 and answers[60:] == ["RATE_LIMITED"] * 5
    again = shop.connect(till.identity)  # another connection is no other device
    again.sign_in("Tom")
    assert refused(shown, again, code=a_code(16)) == "RATE_LIMITED"
    noted = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {till.identity.device.id} AND kind = 'L'")
    assert sum(b"gift_card_unknown" in bytes(data) for (data,) in noted) == 60
    # Whoever issues a card under a code, or moves one to it, hears that there is one: that is a try, too.
    code = a_code()
    load(office, 5, code=code)
    lost = load(office, 5).card.number
    id = uuid.uuid4().bytes
    assert [refused(move, office, lost, code=code, command_id=id) for _ in range(2)] == ["GIFT_CARD_TAKEN"] * 2  # told again, noted once
    assert refused(load, office, 5, code=code) == "GIFT_CARD_TAKEN"
    noted = shop.sql(f"SELECT bytes FROM journal WHERE device_id = {office.identity.device.id} AND kind = 'L'")
    assert sum(b"gift_card_taken" in bytes(data) for (data,) in noted) == 2
    assert left(office, lost) == 5
    again.close()
    till.close()


def test_B15_a_code_that_the_shop_had_printed(shop, till):
    for digits in (16, 19, 21, 24):
        code = a_code(digits)
        done = load(till, 1000, code=f"{code[:4]} {code[4:8]}-{code[8:]}")
        assert done.code == "" and done.card.last_four == code[-4:]
        assert shown(till, code=code).card.number == done.card.number
        assert refused(load, till, 1000, code=code) == "GIFT_CARD_TAKEN"
    assert load(till, 1000, code="91230 4111 1111 1111 1111").card.last_four == "1111"  # its groups look like another card's number
    for wrong in (a_code(15), a_code(25), "92345678901234567890", "9" * 15 + "x", ""):
        assert refused(load, till, 1000, code=wrong) == "BAD_GIFT_CARD_CODE", wrong
    assert refused(load, till, 1000, code="9" * 41) == "BAD_FIELD"
    assert refused(load, till, 1000, code="4111111111111111") == "NO_SECRET_WANTED"
    made = load(till, 100).code
    for at in range(MADE - 1):  # each slip of a digit, each two that changed places
        slip = made[:at] + str((int(made[at]) + 1) % 10) + made[at + 1:]
        assert int(slip) % 97 != 1
        swapped = made[:at] + made[at + 1] + made[at] + made[at + 2:]
        assert swapped == made or int(swapped) % 97 != 1
    assert refused(shown, till, code=str((int(made[0]) + 1) % 10) + made[1:]) == "BAD_GIFT_CARD_CODE"


def test_B15_a_code_is_told_again_to_who_had_it_made_alone(shop, goods, office):
    """Whoever is signed in at the till by then: they get the answer, and not what pays."""
    client = shop.till("Lea")
    issue, moves = uuid.uuid4().bytes, uuid.uuid4().bytes
    first = load(client, 5000, command_id=issue)
    client.sign_in("Tom")
    others = load(client, 5000, command_id=issue)
    assert others.code == "" and others.card == first.card and others.receipt == first.receipt
    assert refused(load, client, 5001, command_id=issue) == "COMMAND_REUSED"
    client.sign_in("Lea")  # another session of hers, as after a restart
    assert load(client, 5000, command_id=issue) == first and len(first.code) == MADE
    assert became(client, issue, pb.GiftCardLoaded) == first  # as a till asks that has lost the line meanwhile
    shop.staff("Ida", role="manager")
    client.sign_in("Boss")
    new = move(client, first.card.number, command_id=moves)
    client.sign_in("Ida")
    others = move(client, first.card.number, command_id=moves)
    assert (others.code, others.card) == ("", new.card)
    client.sign_in("Boss")
    assert move(client, first.card.number, command_id=moves) == new and len(new.code) == MADE
    assert became(client, moves, pb.GiftCardMoved) == new
    client.close()


def test_B15_a_code_that_anybody_would_try_is_none(shop, till, office):
    lost = load(till, 5000).card.number
    for code in ("1" * 16, "1234567890123456", "9876543210987654", "0000 0000 0000 0000"):
        assert refused(load, till, 5000, code=code) == "BAD_GIFT_CARD_CODE"
        assert refused(move, office, lost, code=code) == "BAD_GIFT_CARD_CODE"
    assert left(office, lost) == 5000


def became(client, command_id, reply):
    shown = client.call(pb.OP_COMMAND_SHOW, pb.CommandShow(command_id=command_id), pb.CommandShown)
    return reply.FromString(pb.Reply.FromString(shown.reply).body)


def test_B15_what_became_of_a_new_card_names_its_code_to_who_had_it_made(shop, goods):
    """The till asks so after a lost line: an answer without the code would leave the customer money that cannot be spent."""
    client = shop.till("Lea")
    made, brought, topped, refusal = (uuid.uuid4().bytes for _ in range(4))
    first = load(client, 5000, command_id=made)
    own = load(client, 5000, command_id=brought, code=a_code())
    more = load(client, 5000, command_id=topped, number=first.card.number)
    assert refused(load, client, 0, command_id=refusal) == "BAD_GIFT_CARD_PAYMENT"
    assert became(client, made, pb.GiftCardLoaded) == first and len(first.code) == MADE
    assert became(client, brought, pb.GiftCardLoaded) == own and own.code == ""
    assert became(client, topped, pb.GiftCardLoaded) == more and more.code == ""  # a top-up tells nobody what pays
    [[table]] = shop.sql("SELECT string_agg(encode(reply, 'hex'), ',') FROM command")
    assert first.code.encode().hex() not in table
    client.sign_in("Tom")
    assert became(client, made, pb.GiftCardLoaded).code == ""
    client.sign_in("Lea")
    client.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
    assert became(client, made, pb.GiftCardLoaded).code == ""
    client.close()
    nobody = shop.connect(client.identity)  # before anybody signs in
    assert became(nobody, made, pb.GiftCardLoaded).code == ""
    nobody.sign_in("Lea")
    assert became(nobody, made, pb.GiftCardLoaded) == first
    nobody.close()


def a_sale(shop, goods, **more):
    made = pb.SaleRingUp(basket=basket(shop, (goods["cake"], 1)), total_minor=900)
    made.tenders.add(kind=pb.TENDER_CARD, amount_minor=900, reference="A1")
    for field, text in more.items():
        if field == "reference":
            made.tenders[0].reference = text
        elif field == "note":
            made.basket.lines[0].note = text
        else:
            made.basket.discount.CopyFrom(pb.Discount(rate_ppm=100000, reason=text))
    return made


def test_B15_no_reference_reason_or_note_takes_a_code(shop, lead, office, goods, gift):
    """Typed into the wrong line a code would stand in clear in the books and the journal; what a card machine prints goes in."""
    done = load(lead, 5000)
    spaced = " ".join(done.code[at:at + 5] for at in range(0, MADE, 5))
    dashed = "card " + done.code[:10] + "-" + done.code[10:]
    number = done.card.number
    account = office.command(pb.OP_ACCOUNT_PUT, pb.AccountPut(account=pb.Account(name="Pier", limit_minor=5000)), pb.AccountPutDone).id
    receipt = ring_up(lead, basket(shop, (goods["cake"], 1)), 900, card=900).receipt_number
    thrown = basket(shop, (goods["cake"], 1))
    thrown.total_heard = True
    for text in (done.code, spaced, dashed):
        asked = [
            (lead, pb.OP_GIFT_CARD_LOAD, pb.GiftCardLoad(number=number, means=pb.ACCOUNT_CARD, amount_minor=5, reference=text)),
            (lead, pb.OP_GIFT_CARD_UNDO, pb.GiftCardUndo(number=number, entry=1, reason=text)),
            (office, pb.OP_GIFT_CARD_PUT, pb.GiftCardPut(number=number, blocked=True, reason=text)),
            (office, pb.OP_GIFT_CARD_MOVE, pb.GiftCardMove(number=number, reason=text)),
            (lead, pb.OP_ACCOUNT_RECEIVE, pb.AccountReceive(account_id=account, means=pb.ACCOUNT_CARD, amount_minor=5, reference=text)),
            (office, pb.OP_ACCOUNT_PUT, pb.AccountPut(account=pb.Account(id=account, note=text))),
            (lead, pb.OP_SHIFT_MOVE, pb.ShiftMove(kind=pb.CASH_MOVE_IN, amount_minor=5, reason=text)),
            (lead, pb.OP_SHIFT_NO_SALE, pb.ShiftNoSale(reason=text)),
            (lead, pb.OP_SALE_REFUND, pb.SaleRefund(receipt_number=receipt, reason=text)),
            (lead, pb.OP_SALE_RETENDER, pb.SaleRetender(receipt_number=receipt, tender_type_id=1, reason=text)),
            (lead, pb.OP_BASKET_VOID, pb.BasketVoid(basket=thrown, reason=text)),
            (lead, pb.OP_SALE_RING_UP, a_sale(shop, goods, note=text)),
            (lead, pb.OP_SALE_RING_UP, a_sale(shop, goods, discount=text)),
            (lead, pb.OP_SALE_RING_UP, a_sale(shop, goods, reference=text)),
        ]
        for client, op, message in asked:
            command = uuid.uuid4().bytes
            reply = client.reply(op, message, command)
            code = pb.code(reply.error.code)
            assert shop.sql(f"SELECT count(*) FROM command WHERE command_id = '\\x{command.hex()}'") == [(0,)], (op, "no hash of it is kept")
            if code == "CARD_NUMBER":  # of some codes a part passes for one, and is refused as that
                continue
            # A card was charged: where it is not the reference that is mended, what to do about that comes first.
            charged = op == pb.OP_SALE_RING_UP and message.tenders[0].reference == "A1"
            assert code == ("CARD_CHARGED" if charged else "NO_SECRET_WANTED"), message
            assert text not in reply.error.sentence
            assert "gift card's code" in reply.error.sentence, reply.error.sentence
    assert left(lead, number) == 5000
    [[tables]] = shop.sql("SELECT array_agg(relname::text) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    for table in tables:
        text = shop.sql(f"SELECT string_agg(t::text, ',') FROM {table} AS t")[0][0] or ""
        for code in (done.code, spaced, dashed):
            assert code not in text and code.encode().hex() not in text, table
    wrong = done.code[:-1] + str((int(done.code[-1]) + 1) % 10)
    for reference in (wrong, "81234567890123456741", done.code[:-1]):  # a card machine's: none of ours
        load(lead, 5, pb.ACCOUNT_CARD, number=number, reference=reference)
