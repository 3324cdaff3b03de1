"""A session belongs to a person, on a device, for a while. What a token is worth elsewhere, and afterwards: nothing."""
import contextlib
import uuid

import pytest

from branch import open_branch
from everything import Everything
from shop import PIN, Refused, pb, wait_for

UNKNOWN = "SESSION_UNKNOWN"


@pytest.fixture(scope="module")
def everything(shop):
    with contextlib.closing(Everything(shop)) as rows:
        yield rows


@pytest.fixture()
def device(shop, manager):
    shop.manager = manager
    return shop.device()


def resume(client, token):
    return client.reply(pb.OP_SESSION_RESUME, pb.SessionResume(token=token))


def code_of(reply):
    return pb.code(reply.error.code) if reply.HasField("error") else "OK"


def is_signed_in(client):
    return client.refusal_yet(pb.OP_SHIFT_SHOW, pb.ShiftShow()) is None


def journal_of(shop, identity):
    return shop.sql(f"SELECT count(*) FROM journal WHERE device_id = {identity.device.id} AND kind = 'L'")[0][0]


@pytest.mark.parametrize("kind", [pb.CLIENT_COUNTER, pb.CLIENT_ADMIN], ids=["counter", "admin"])
def test_a_token_from_another_device_is_answered_like_none_and_written_down_there(shop, device, everything, kind):
    thief = shop.device(kind)
    with shop.connect(device) as owner, shop.connect(thief) as client:
        token = owner.sign_in("Ben").token
        nothing = resume(client, bytes(32)).error.SerializeToString()
        entries = journal_of(shop, thief)
        with everything.unchanged("journal", "journal_signature", "device_head"):
            assert resume(client, token).error.SerializeToString() == nothing
        assert journal_of(shop, thief) == entries + 1
        assert client.refusal(pb.OP_SESSION_LOCK, pb.SessionLock()) == "SIGN_IN_FIRST"
        assert client.refusal(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN)) == "SIGN_IN_FIRST"
        client.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        assert is_signed_in(owner), "the owner has lost nothing by it"


def test_a_token_that_is_nearly_one_is_none(shop, device):
    with shop.connect(device) as client:
        token = client.sign_in("Ben").token
        for wrong in (b"", token[:-1], token[:16], bytes([token[0] ^ 1]) + token[1:], token[::-1]):
            assert code_of(resume(client, wrong)) == UNKNOWN
        assert client.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token + b"\0")) == "BAD_FIELD"
        assert is_signed_in(client)


def test_a_token_is_worth_nothing_after_signing_out(shop, device):
    with shop.connect(device) as client, shop.connect(device) as another:
        token = client.sign_in("Ben").token
        client.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        assert [code_of(resume(each, token)) for each in (client, another)] == [UNKNOWN] * 2


def test_a_token_is_worth_nothing_after_somebody_else_signed_in_on_its_connection(shop, device):
    with shop.connect(device) as client:
        token = client.sign_in("Ben").token
        client.sign_in()
        assert code_of(resume(client, token)) == UNKNOWN
        assert client.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown).version, "who signed in goes on"


@pytest.mark.parametrize("how", ["another PIN", "another role", "another badge", "left"])
def test_a_token_is_worth_nothing_after_its_person_was_changed(shop, device, manager, how):
    id = shop.staff(f"Person of {how}")
    with shop.connect(device) as client:
        token = client.sign_in(f"Person of {how}").token
        change = {"another PIN": {"pin": "7359"}, "another role": {"role_id": shop.role("shift_lead")},
                  "another badge": {"badge": "BADGE-99"}, "left": {"active": False}}[how]
        manager.command(pb.OP_STAFF_PUT, pb.StaffPut(id=id, **change), pb.StaffPutDone)
        wait_for(lambda: not is_signed_in(client), 1, "the end of the session")
        assert code_of(resume(client, token)) == UNKNOWN
        manager.command(pb.OP_STAFF_PUT, pb.StaffPut(id=id, active=True), pb.StaffPutDone)
        assert code_of(resume(client, token)) == UNKNOWN, "what has ended does not begin again"


def test_a_token_is_worth_nothing_after_its_device_was_revoked(shop, device, manager):
    with shop.connect(device) as client:
        token = client.sign_in("Ben").token
        manager.command(pb.OP_DEVICE_REVOKE, pb.DeviceRevoke(device_id=device.device.id, reason="lost"), pb.DeviceRevoked)
        assert client.read_frame() is None
    with shop.connect(device) as client:
        assert client.helloed.state == pb.DEVICE_STATE_REVOKED
        with contextlib.suppress(ConnectionError, OSError):
            resume(client, token)
    with shop.connect(shop.device()) as another:
        assert code_of(resume(another, token)) == UNKNOWN


def test_a_token_is_worth_nothing_after_its_hour(shop, device):
    with shop.connect(device) as client:
        token = client.sign_in("Ben").token
        shop.sql(f"UPDATE session SET expires_at = now() WHERE device_id = {device.device.id}")
        assert code_of(resume(client, token)) == UNKNOWN


def test_one_session_on_two_connections_is_one_session(shop, device):
    """Both sell; what one locks, both are locked from; what one ends has ended for both."""
    with shop.connect(device) as one, shop.connect(device) as two:
        token = one.sign_in("Ben").token
        assert [code_of(resume(two, token)) for _ in range(3)] == ["OK"] * 3
        assert is_signed_in(one) and is_signed_in(two)
        two.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
        assert [client.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) for client in (one, two)] == ["SESSION_LOCKED"] * 2
        assert resume(one, token).HasField("body"), "a locked session is taken up again"
        assert one.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED", "and is still locked"
        two.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        assert [client.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) for client in (one, two)] == ["SIGN_IN_FIRST"] * 2


def test_every_sign_in_has_a_token_of_its_own_and_a_resumed_one_none(shop, device):
    with shop.connect(device) as one, shop.connect(device) as two:
        first, second = one.sign_in("Ben").token, two.sign_in("Ben").token
        assert first != second and len(first) == len(second) == 32
        assert not pb.SessionOpened.FromString(resume(one, first).body).token
    stored = shop.sql("SELECT string_agg(t::text, ' ') FROM session t")[0][0]
    assert first.hex() not in stored and second.hex() not in stored


# ---- command ids ----


def sale(shop, product):
    line = pb.BasketLine(product_id=product, quantity_milli=1000)
    return pb.SaleRingUp(basket=pb.Basket(catalogue_version=shop.version(), lines=[line]),
                         tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=45)], total_minor=45)


def test_a_command_id_of_another_device_tells_and_does_nothing(shop, manager, everything):
    shop.manager = manager
    roll = shop.put_product("Roll", 45)
    mine, other = shop.till(), shop.till()
    id, message = uuid.uuid4().bytes, sale(shop, roll)
    done = mine.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, id)

    def shown(till):
        return till.call(pb.OP_COMMAND_SHOW, pb.CommandShow(command_id=id), pb.CommandShown)

    assert shown(mine).known
    with everything.unchanged("command"):
        assert not shown(other).known and not shown(other).reply
        with pytest.raises(Refused) as refused:
            other.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, id)
        assert refused.value.code == "COMMAND_DONE"
        assert mine.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, id) == done
    delivery = pb.StockReceive(moves=[pb.StockMove(product_id=roll, quantity_milli=1000)])
    with shop.connect(mine.identity, kind=pb.CLIENT_CLI) as one, shop.connect(other.identity, kind=pb.CLIENT_CLI) as two:
        for client in (one, two):
            client.sign_in()
        assert one.refusal(pb.OP_STOCK_RECEIVE, delivery, id) == "COMMAND_REUSED", "an id is for one request"
        received = uuid.uuid4().bytes
        answers = [client.command(pb.OP_STOCK_RECEIVE, delivery, pb.StockShown, received) for client in (one, two, one)]
        assert [answer.on_hand[0].quantity_milli for answer in answers] == [1000, 2000, 1000], "ids are a device's own"


def test_one_command_id_on_two_tills_at_once_is_one_sale(shop, manager):
    """They may meet in one group: neither the database nor the log is to notice."""
    shop.manager = manager
    roll = shop.put_product("Roll", 45)
    tills = [shop.till() for _ in range(6)]
    message = sale(shop, roll)
    for _ in range(10):
        id = uuid.uuid4().bytes
        asked = [(till, till.send(pb.OP_SALE_RING_UP, message, id)) for till in tills]
        replies = [till.read_reply(number) for till, number in asked]
        codes = sorted(pb.code(reply.error.code) if reply.HasField("error") else "" for reply in replies)
        assert codes == [""] + ["COMMAND_DONE"] * 5
        sold = next(pb.SaleRungUp.FromString(reply.body) for reply in replies if not reply.HasField("error"))
        details = {reply.error.detail for reply in replies if reply.HasField("error")}
        assert len(details) == 1 and pb.SaleNumber.FromString(details.pop()).receipt_number == sold.receipt_number
    assert "broken" not in shop.servers[0].log()


def test_a_command_id_of_another_shops_sale_tells_nothing_of_it(shop, manager, everything):
    shop.manager = manager
    roll = shop.put_product("Roll", 45)
    till, branch = shop.till(), open_branch(shop)
    id, message = uuid.uuid4().bytes, sale(shop, roll)
    number = branch.till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, id).receipt_number
    with everything.unchanged("command"):
        with pytest.raises(Refused) as refused:
            till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, id)
    assert refused.value.code == "COMMAND_REUSED"
    assert not refused.value.detail and number not in refused.value.sentence


def test_all_invariants_hold_after_it(shop):
    shop.check()
