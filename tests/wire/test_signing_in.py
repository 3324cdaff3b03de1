"""Signing in end to end: by name or badge and PIN, on an enrolled device; locks, tokens, and what is not told."""
import time
import uuid

import pytest

from shop import PIN, Client, Refused, pb, shop, wait_for  # noqa: F401

WRONG = "9173"


@pytest.fixture(scope="module")
def identity(shop):  # noqa: F811
    return shop.device()


def new_staff(shop, **more):  # noqa: F811
    name = f"Person {uuid.uuid4().hex[:8]}"
    return name, shop.staff(name, **more)


def try_to_sign_in(client, name, pin=WRONG):
    """The whole error, or the session."""
    reply = client.reply(pb.OP_SESSION_OPEN, pb.SessionOpen(name=name, pin=pin))
    return reply.error if reply.HasField("error") else pb.SessionOpened.FromString(reply.body)


def code_of(error):
    return pb.code(error.code)


def test_by_name_and_by_badge(shop, identity):  # noqa: F811
    name, id = new_staff(shop, badge="badge-77")
    with shop.connect(identity) as till:
        session = till.sign_in(name)
        assert (session.staff.id, session.staff.name) == (id, name)
        assert "sell" in session.permissions
        assert len(session.token) == 32
    with shop.connect(identity) as till:
        assert till.sign_in(badge="badge-77").staff.id == id


def test_a_name_is_found_however_it_is_written(shop, identity):  # noqa: F811
    shop.staff("Amélie  Böhm")
    with shop.connect(identity) as till:
        assert till.sign_in("amelie bohm").staff.name == "Amélie Böhm"


def test_an_unknown_name_and_a_wrong_pin_get_the_same_answer(shop, identity):  # noqa: F811
    name, _ = new_staff(shop)
    with shop.connect(identity) as till:
        known, unknown = try_to_sign_in(till, name), try_to_sign_in(till, "Nobody at all")
        assert code_of(known) == "SIGN_IN_FAILED"
        assert known.SerializeToString() == unknown.SerializeToString()


def test_an_unknown_name_takes_as_long_as_a_wrong_pin(shop, identity):  # noqa: F811
    """Within what a stranger could tell apart by a few tries."""
    took = {True: [], False: []}
    with shop.connect(identity) as till:
        for _ in range(4):
            for known in (True, False):
                name = new_staff(shop)[0] if known else f"Nobody {uuid.uuid4().hex}"
                begin = time.monotonic()
                try_to_sign_in(till, name)
                took[known].append(time.monotonic() - begin)
    known, unknown = min(took[True]), min(took[False])
    assert 0.5 < known / unknown < 2


def test_five_wrong_pins_lock_that_person_on_that_device_only(shop, identity):  # noqa: F811
    name, id = new_staff(shop)
    with shop.connect(identity) as till:
        codes = [code_of(try_to_sign_in(till, name)) for _ in range(5)]
        assert set(codes) <= {"SIGN_IN_FAILED", "SIGN_IN_LOCKED"} and codes[:4] == ["SIGN_IN_FAILED"] * 4
        right = try_to_sign_in(till, name, PIN)
        assert code_of(right) == "SIGN_IN_LOCKED"
        assert right.sentence
        till.sign_in("Ben")  # somebody else, same device
    with shop.connect(shop.device()) as another:
        another.sign_in(name)  # same person, another device
    with shop.connect(identity) as till:
        assert code_of(try_to_sign_in(till, name, PIN)) == "SIGN_IN_LOCKED"
        shop.manager.command(pb.OP_STAFF_UNLOCK, pb.StaffUnlock(id=id), pb.StaffPutDone)
        till.sign_in(name)


def test_a_name_that_does_not_exist_locks_as_one_that_does(shop, identity):  # noqa: F811
    name = f"Nobody {uuid.uuid4().hex[:8]}"
    with shop.connect(identity) as till:
        for _ in range(5):
            try_to_sign_in(till, name)
        assert code_of(try_to_sign_in(till, name)) == "SIGN_IN_LOCKED"


def test_the_right_pin_from_a_machine_that_is_not_enrolled_fails(shop):  # noqa: F811
    with Client(shop.port, ca=shop.console.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER) as stranger:
        assert code_of(try_to_sign_in(stranger, "Ben", PIN)) == "NOT_ENROLLED"


def test_a_session_goes_on_after_a_reconnect_and_on_its_own_device_only(shop, identity):  # noqa: F811
    with shop.connect(identity) as till:
        token = till.sign_in("Ben").token
    with shop.connect(identity) as till:
        resumed = till.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        assert resumed.staff.name == "Ben"
        assert not resumed.token
        till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)
    with shop.connect(shop.device()) as thief:
        assert thief.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) == "SESSION_UNKNOWN"
        assert thief.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST"
    with shop.connect(identity) as till:
        for other in (b"", token[:31], bytes(32)):
            assert till.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=other)) == "SESSION_UNKNOWN"


def test_a_closed_session_is_not_resumed(shop, identity):  # noqa: F811
    with shop.connect(identity) as till:
        token = till.sign_in("Ben").token
        assert till.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState).open is False
        assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST"
        assert till.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) == "SESSION_UNKNOWN"


def test_a_locked_session_opens_by_the_pin_and_by_nothing_else(shop, identity):  # noqa: F811
    with shop.connect(identity) as till:
        till.sign_in("Ben")
        assert till.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState).locked
        assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"
        assert till.refusal(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=WRONG)) == "SIGN_IN_FAILED"
        assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"
        assert not till.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState).locked
        till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)


def test_who_does_nothing_is_locked_and_told_so(shop, identity):  # noqa: F811
    server = shop.start("--idle-lock-s", "5")
    with shop.connect(identity, port=server.port) as till:
        assert till.helloed.idle_lock_s == 5
        till.sign_in("Ben")
        push = till.read_push(pb.TOPIC_SESSION, 20)
        state = pb.SessionState.FromString(push.body)
        assert (state.open, state.locked) == (True, True)
        assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"


def test_a_changed_pin_signs_out_everywhere(shop, identity):  # noqa: F811
    name, id = new_staff(shop)
    with shop.connect(identity) as till:
        token = till.sign_in(name).token
        shop.manager.command(pb.OP_STAFF_PUT, pb.StaffPut(id=id, pin="4096"), pb.StaffPutDone)
        push = till.read_push(pb.TOPIC_SESSION, 5)
        assert pb.SessionState.FromString(push.body).open is False
        assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST"
        assert till.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) == "SESSION_UNKNOWN"
        assert code_of(try_to_sign_in(till, name, PIN)) == "SIGN_IN_FAILED"
        till.sign_in(name, "4096")


@pytest.mark.parametrize("pin", ["123", "1234", "4321", "7777", "2611", "19840229", "1234567890123", "12a4", ""])
def test_a_weak_pin_is_refused(shop, pin):  # noqa: F811
    with pytest.raises(Refused, match="PIN_WEAK|BAD_FIELD"):
        new_staff(shop, pin=pin)


def test_a_pin_is_nowhere_in_the_database_and_the_log(shop, identity):  # noqa: F811
    pin = "58203914"
    name, _ = new_staff(shop, pin=pin)
    with shop.connect(identity) as till:
        till.sign_in(name, pin)
        try_to_sign_in(till, name, pin + "1")
    for table in ("staff", "command", "session", "journal"):
        for (row,) in shop.sql(f"SELECT t::text FROM {table} t"):
            assert pin not in row and pin.encode().hex() not in row
    assert pin not in shop.servers[0].log()
    for (hash,) in shop.sql("SELECT pin_hash FROM staff"):
        assert hash.startswith("$argon2id$")
