"""What somebody with a device of the shop may try against the others, and against the shop."""
import contextlib
import threading
import time
import uuid

import pytest

from shop import PIN, Client, pb, wait_for

CARD = "4111 1111 1111 1111"
CROISSANT = "\U0001f950"


@pytest.fixture(scope="module")
def till(shop):
    return shop.till()


@pytest.fixture(scope="module")
def roll(shop):
    return shop.put_product("Roll", 45)


def sale(shop, *lines, total, reference=None):
    tender = pb.Tender(kind=pb.TENDER_CASH, amount_minor=total)
    if reference:
        tender = pb.Tender(kind=pb.TENDER_CARD, amount_minor=total, reference=reference)
    return pb.SaleRingUp(
        basket=pb.Basket(catalogue_version=shop.version(), lines=lines), tenders=[tender], total_minor=total
    )


def many_cards(shop, product, reference):
    """Ten cards, each for more than is due, their approvals as long as may be."""
    tenders = [pb.Tender(kind=pb.TENDER_CARD, amount_minor=300, reference=reference + f"{n:04}") for n in range(10)]
    basket = pb.Basket(catalogue_version=shop.version(), lines=[pb.BasketLine(product_id=product, quantity_milli=1000)])
    return pb.SaleRingUp(basket=basket, tenders=tenders, total_minor=250)


def refused(client, op, message):
    reply = client.reply(op, message, uuid.uuid4().bytes)
    assert reply.HasField("error")
    return reply.error


class Flood:
    """Connections of one device that sign somebody in without end, sixteen calls at a time."""

    def __init__(self, shop, identity, connections):
        self.shop, self.identity, self.codes, self.ends = shop, identity, {}, False
        self.threads = [threading.Thread(target=self._run) for _ in range(connections)]
        for thread in self.threads:
            thread.start()

    def _run(self):
        while not self.ends:
            with self.shop.connect(self.identity) as client:
                ids = [client.send(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Nobody", pin=PIN)) for _ in range(16)]
                for id in ids:
                    reply = client.read_reply(id)
                    code = pb.code(reply.error.code) if reply.HasField("error") else "OK"
                    self.codes[code] = self.codes.get(code, 0) + 1

    def end(self):
        self.ends = True
        for thread in self.threads:
            thread.join()


def test_a_device_that_signs_in_without_end_holds_up_no_other_till(shop, till, roll):
    flood = Flood(shop, shop.device(), 6)
    slowest = 0
    with contextlib.ExitStack() as stack:
        stack.callback(flood.end)
        wait_for(lambda: flood.codes, what="the flood")
        for _ in range(40):
            begun = time.monotonic()
            line = pb.BasketLine(product_id=roll, quantity_milli=1000)
            till.command(pb.OP_SALE_RING_UP, sale(shop, line, total=45), pb.SaleRungUp)
            slowest = max(slowest, time.monotonic() - begun)
    assert slowest < 1.5, flood.codes


def test_a_sale_of_the_same_device_goes_before_the_pins_that_wait(shop, roll):
    till = shop.till()
    pins = shop.connect(till.identity)
    waiting = [pins.send(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Nobody", pin=PIN)) for _ in range(16)]
    last = threading.Event()
    reader = threading.Thread(target=lambda: (pins.read_reply(waiting[-1]), last.set()))
    reader.start()
    till.command(pb.OP_SALE_RING_UP, sale(shop, pb.BasketLine(product_id=roll, quantity_milli=1000), total=45), pb.SaleRungUp)
    before_the_last_pin = not last.is_set()
    reader.join()
    assert before_the_last_pin


def test_a_sentence_is_cut_at_a_character(shop, till):
    cake = shop.put_product(CROISSANT * 80, 250, stock_policy=pb.STOCK_BLOCK)
    error = refused(till, pb.OP_SALE_RING_UP, sale(shop, pb.BasketLine(product_id=cake, quantity_milli=1000), total=250))
    assert pb.code(error.code) == "STOCK_SHORT"
    assert isinstance(error.sentence, str), "what is no UTF-8 comes as bytes"
    assert CROISSANT * 80 in error.sentence, "300 characters are no 300 bytes"
    names = "".join(chr(0x1F950 + n) for n in range(36))
    error = refused(till, pb.OP_SALE_RING_UP, many_cards(shop, cake, names))
    assert pb.code(error.code) == "OVERPAID" and len(error.sentence) == 300
    assert error.sentence.startswith("cards were charged: give 30.00 back: 3.00 reference " + names)


def test_a_card_number_among_reasons_is_not_kept(shop, till, roll):
    sold = pb.BasketLine(product_id=roll, quantity_milli=1000)
    voided = pb.BasketLine(product_id=roll, quantity_milli=1000, voided=True, void_reason=CARD)
    error = refused(till, pb.OP_SALE_RING_UP, sale(shop, sold, voided, total=45))
    assert (pb.code(error.code), error.field) == ("CARD_NUMBER", "basket.lines[1].void_reason")
    error = refused(till, pb.OP_SALE_RING_UP, sale(shop, sold, voided, total=45, reference="A1"))
    assert pb.code(error.code) == "CARD_NUMBER" and error.sentence.endswith("if a card was charged for this, give the money back")
    moves = [pb.StockMove(product_id=roll, quantity_milli=-1000)]
    error = refused(shop.manager, pb.OP_STOCK_RECEIVE, pb.StockReceive(moves=moves, reason=CARD))
    assert (pb.code(error.code), error.field) == ("CARD_NUMBER", "reason")
    rung_up = till.command(pb.OP_SALE_RING_UP, sale(shop, sold, total=45), pb.SaleRungUp)
    with shop.connect(till.identity, kind=pb.CLIENT_CLI) as manager:
        manager.sign_in()
        refund = pb.SaleRefund(receipt_number=rung_up.receipt_number, reason=CARD)
        error = refused(manager, pb.OP_SALE_REFUND, refund)
    assert (pb.code(error.code), error.field) == ("CARD_NUMBER", "reason")


def test_a_one_time_pin_allows_nothing_but_another(shop):
    olga = shop.staff("Olga")
    shop.sql(f"UPDATE staff SET pin_once = true WHERE id = {olga}")
    with shop.connect(shop.console) as client:
        assert client.sign_in("Olga").must_change_pin
        assert client.refusal(pb.OP_SERVER_SHOW, pb.ServerShow()) == "CHOOSE_PIN_FIRST"
        client.command(pb.OP_STAFF_PUT, pb.StaffPut(id=olga, pin="4826"), pb.StaffPutDone)


def test_what_is_locked_or_closed_here_is_so_on_every_connection_of_the_session(shop, till):
    with shop.connect(till.identity) as one, shop.connect(till.identity) as two:
        token = one.sign_in("Ben").token
        two.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        two.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)
        one.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
        assert two.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"
        assert pb.SessionState.FromString(two.read_push(pb.TOPIC_SESSION).body).locked
        two.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
        two.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)
        one.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        assert two.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST"
        assert not pb.SessionState.FromString(two.read_push(pb.TOPIC_SESSION).body).open


@contextlib.contextmanager
def device_row_held(shop, device_id):
    """What a device asks for waits in the database meanwhile."""
    with contextlib.closing(shop.cluster.connect("owner")) as connection:
        connection.cursor().execute(f"SELECT FROM device WHERE id = {device_id} FOR UPDATE")
        yield
        connection.rollback()


def test_calls_that_are_too_late_behind_one_another_harm_nobody(shop, till, roll):
    """The end of the sale ends the delivery behind it, which lets the next sale come while the group is gathered."""
    line = pb.BasketLine(product_id=roll, quantity_milli=1000)
    delivery = pb.StockReceive(moves=[pb.StockMove(product_id=roll, quantity_milli=1000)])
    other = shop.till()
    with shop.connect(other.identity, kind=pb.CLIENT_CLI) as manager:
        manager.sign_in()
        with device_row_held(shop, till.identity.device.id):
            first = till.send(pb.OP_SALE_RING_UP, sale(shop, line, total=45), uuid.uuid4().bytes)
            wait_for(lambda: waits_for_a_lock(shop), what="the group in the database")
            late = [
                manager.send(pb.OP_SALE_RING_UP, sale(shop, line, total=45), uuid.uuid4().bytes, deadline_ms=1),
                manager.send(pb.OP_STOCK_RECEIVE, delivery, uuid.uuid4().bytes, deadline_ms=1),
            ]
            last = manager.send(pb.OP_SALE_RING_UP, sale(shop, line, total=45), uuid.uuid4().bytes)
            manager.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown)
        assert till.read_reply(first).HasField("body")
        assert [pb.code(manager.read_reply(id).error.code) for id in late] == ["DEADLINE", "DEADLINE"]
        assert manager.read_reply(last).HasField("body")


@pytest.mark.parametrize("op", [pb.OP_SESSION_LOCK, pb.OP_SESSION_UNLOCK, pb.OP_SESSION_CLOSE], ids=pb.Op.Name)
def test_who_asks_about_a_session_and_hangs_up_harms_nobody(shop, till, op):
    client = shop.connect(till.identity)
    client.sign_in("Ben")
    with device_row_held(shop, till.identity.device.id):
        client.send(op, pb.SessionUnlock(pin=PIN) if op == pb.OP_SESSION_UNLOCK else None)
        wait_for(lambda: waits_for_a_lock(shop), what="the call in the database")
        client.close()
        shop.manager.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown)
    till.call(pb.OP_COMMAND_SHOW, pb.CommandShow(command_id=bytes(16)), pb.CommandShown)  # behind it


def waits_for_a_lock(shop):
    return shop.sql("SELECT 1 FROM pg_locks WHERE NOT granted")


def test_who_signs_in_here_ends_the_session_before_on_every_connection(shop, till):
    with shop.connect(till.identity) as one, shop.connect(till.identity) as two:
        token = one.sign_in("Ben").token
        two.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        one.sign_in()
        assert two.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST"


def test_an_invitation_under_anothers_command_id_is_refused_and_not_a_fault(shop, till):
    command_id = uuid.uuid4().bytes
    shop.manager.command(pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_KIOSK, name="one"), pb.DeviceInvited, command_id)
    with shop.connect(till.identity, kind=pb.CLIENT_CLI) as other:
        other.sign_in()
        invite = pb.DeviceInvite(kind=pb.CLIENT_KIOSK, name="two")
        assert other.refusal(pb.OP_DEVICE_INVITE, invite, command_id) == "COMMAND_REUSED"


def test_an_invitation_whose_till_number_went_to_another_gets_no_code_again(shop):
    command_id, invite = uuid.uuid4().bytes, pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="late")
    invited = shop.manager.command(pb.OP_DEVICE_INVITE, invite, pb.DeviceInvited, command_id)
    shop.sql(f"UPDATE device_invite SET expires_at = now() - interval '1 minute' WHERE id = {invited.invite_id}")
    shop.device()
    assert shop.manager.refusal(pb.OP_DEVICE_INVITE, invite, command_id) == "CODE_USED"


def saved_at_once(shop, kind, number):
    """Op, message and the code of who comes second."""
    name = f"{kind} {number}"
    if kind == "staff":
        return pb.OP_STAFF_PUT, pb.StaffPut(name=name, role_id=shop.role("cashier"), pin=PIN, active=True), "NAME_TAKEN"
    if kind == "member":
        return pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=name, phone=f"+49305550{number:03}")), "PHONE_TAKEN"
    if kind == "category":
        return pb.OP_CATEGORY_PUT, pb.CategoryPut(category=pb.Category(name=name)), "NAME_TAKEN"
    if kind == "role":
        return pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(name=name, permissions=["sell"])), "NAME_TAKEN"
    product = pb.Product(name=name, sku=name, price_minor=1, plu=7000 + number, tax_class_id=shop.untaxed(), active=True)
    return pb.OP_PRODUCT_PUT, pb.ProductPut(drafts=[pb.ProductDraft(product=product)]), "PLU_TAKEN"


@pytest.mark.parametrize("kind", ["staff", "member", "category", "role", "product"])
def test_two_consoles_that_save_the_same_at_once_are_one_saved_and_one_refused(shop, kind):
    """The database sees to it; what it says then is no fault of the server's, nor one for the log."""
    quiet = len(shop.servers[0].log())
    with shop.connect(shop.console) as one, shop.connect(shop.device(pb.CLIENT_ADMIN), kind=pb.CLIENT_ADMIN) as two:
        for client in (one, two):
            client.sign_in()
        for number in range(10):
            op, message, second = saved_at_once(shop, kind, number)
            if kind == "product":
                two_says = pb.ProductPut.FromString(message.SerializeToString())
                two_says.drafts[0].product.sku += " of the other"
            asked = [(client, client.send(op, said, uuid.uuid4().bytes))
                     for client, said in ((one, message), (two, two_says if kind == "product" else message))]
            replies = [client.read_reply(id) for client, id in asked]
            codes = sorted(pb.code(reply.error.code) if reply.HasField("error") else "" for reply in replies)
            assert codes == ["", second]
    assert " error " not in shop.servers[0].log()[quiet:]


def test_strangers_with_wrong_codes_leave_nothing_behind_and_wait_after_thirty_in_a_minute(shop):
    kept = shop.sql("SELECT count(*) FROM command WHERE device_id = 0")
    code = shop.manager.command(
        pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="patient"), pb.DeviceInvited
    ).code
    answers = []
    while len(answers) < 40:
        with Client(shop.port, kind=pb.CLIENT_COUNTER) as stranger:  # which may say ten things a minute
            answers += [
                stranger.refusal(pb.OP_ENROL, pb.Enrol(secret=bytes(5), certificate_request=b"x"), uuid.uuid4().bytes)
                for _ in range(5)
            ]
    assert answers == ["CODE_WRONG"] * 30 + ["RATE_LIMITED"] * 10
    assert shop.sql("SELECT count(*) FROM command WHERE device_id = 0") == kept
    shop.servers[0].restart()  # the minute is over for who waits; a test does not
    shop.enrol(code, pb.CLIENT_COUNTER)


def test_all_invariants_hold_after_it(shop):
    shop.check()
