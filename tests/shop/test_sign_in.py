"""Signing in over the wire: names, badges, PINs; wrong ones; locks; tokens; screens left alone.

Time is moved in the database's rows, by the owner's role: what happened, happened so much earlier."""
import statistics
import time

import pytest

from shop import PIN, Client, pb

WRONG = "9753"


@pytest.fixture()
def device(shop, manager):
    """A new counter, so that no test meets the locks of another."""
    return shop.device()


@pytest.fixture()
def till(shop, device):
    client = shop.connect(device)
    yield client
    client.close()


def sign_in_error(client, **fields):
    reply = client.reply(pb.OP_SESSION_OPEN, pb.SessionOpen(**fields))
    assert reply.HasField("error")
    return reply.error


def fail(client, times, **fields):
    fields = fields or {"name": "Ben"}
    for _ in range(times):
        assert pb.code(sign_in_error(client, pin=WRONG, **fields).code) == "SIGN_IN_FAILED"


def later(shop, minutes):
    shop.sql(f"UPDATE sign_in_failure SET locked_until = locked_until - interval '{minutes} minutes',"
             f" since = since - interval '{minutes} minutes'")


@pytest.fixture(autouse=True)
def nobody_has_failed_yet(shop):
    shop.sql("DELETE FROM sign_in_failure")
    shop.sql("UPDATE staff SET locked = false")


def test_a_name_and_a_pin_open_a_session(till):
    session = till.sign_in("Ben")
    assert len(session.token) == 32
    assert session.staff.name == "Ben" and session.staff.role == "cashier"
    assert "sell" in session.permissions and "staff_edit" not in session.permissions
    hours = (session.expires_us / 1e6 - time.time()) / 3600
    assert 11.9 < hours <= 12.1
    assert not session.locked and not session.must_change_pin


def test_a_name_is_known_however_it_is_written(till):
    for name in ("BEN", " ben ", "bEn"):
        assert till.sign_in(name).staff.name == "Ben"


def test_a_badge_does_in_place_of_the_name(shop, till, manager):
    shop.manager = manager
    shop.staff("Badged", badge="b-17 001")
    assert till.sign_in(badge="B-17001").staff.name == "Badged"
    assert pb.code(sign_in_error(till, badge="B-17002", pin=PIN).code) == "SIGN_IN_FAILED"


def test_name_and_badge_together_or_neither_is_no_sign_in(till):
    assert pb.code(sign_in_error(till, pin=PIN).code) == "BAD_FIELD"
    assert pb.code(sign_in_error(till, name="Ben", badge="B-17001", pin=PIN).code) == "BAD_FIELD"


def test_an_unknown_name_and_a_wrong_pin_get_the_same_bytes(till):
    wrong = sign_in_error(till, name="Ben", pin=WRONG)
    unknown = sign_in_error(till, name="Nobody at all", pin=WRONG)
    assert wrong.SerializeToString() == unknown.SerializeToString()
    assert pb.code(wrong.code) == "SIGN_IN_FAILED"


def test_what_is_no_pin_is_a_wrong_one(till):
    for pin in ("", "abcd", "٢٨٤٦", "8261 "):
        assert pb.code(sign_in_error(till, name="Ben", pin=pin).code) == "SIGN_IN_FAILED"


def test_an_unknown_name_takes_as_long_as_a_wrong_pin(shop, till):
    def took(name):
        began = time.monotonic()
        sign_in_error(till, name=name, pin=WRONG)
        return time.monotonic() - began

    known, unknown = [], []
    for i in range(8):
        shop.sql("DELETE FROM sign_in_failure")
        known.append(took("Ben"))
        unknown.append(took("Nobody"))
    # The middle one: the machine has others to serve.
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2, (known, unknown)


def test_five_wrong_pins_lock_that_person_on_that_device(shop, till, manager):
    fail(till, 5)
    error = sign_in_error(till, name="Ben", pin=PIN)
    assert pb.code(error.code) == "SIGN_IN_LOCKED"
    assert "5 minutes" in error.sentence
    till.sign_in("Caroline")  # another person here
    shop.manager = manager
    with shop.connect(shop.device()) as elsewhere:
        elsewhere.sign_in("Ben")  # the same person elsewhere


def test_who_is_locked_out_of_a_device_is_listed_until_it_ends(shop, till, manager):
    def ben():
        listed = manager.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed)
        return next(person for person in listed.staff if person.name == "Ben")

    fail(till, 4)
    assert not ben().HasField("locked_until_us")
    fail(till, 1)
    assert not ben().locked and 4 * 60 < ben().locked_until_us / 1e6 - time.time() < 6 * 60
    later(shop, 5)
    assert not ben().HasField("locked_until_us")
    fail(till, 5)
    assert ben().HasField("locked_until_us")
    manager.command(pb.OP_STAFF_UNLOCK, pb.StaffUnlock(id=ben().id), pb.StaffPutDone)
    assert not ben().HasField("locked_until_us")


def test_the_lock_ends_and_the_next_one_is_twice_as_long(shop, till):
    fail(till, 5)
    later(shop, 5)
    fail(till, 5)
    error = sign_in_error(till, name="Ben", pin=PIN)
    assert "10 minutes" in error.sentence
    later(shop, 9)
    assert pb.code(sign_in_error(till, name="Ben", pin=PIN).code) == "SIGN_IN_LOCKED"
    later(shop, 1)
    till.sign_in("Ben")


def test_a_right_pin_begins_the_count_anew(till):
    fail(till, 4)
    till.sign_in("Ben")
    fail(till, 4)
    till.sign_in("Ben")


def test_a_lock_does_not_tell_who_works_here(till):
    fail(till, 5, name="Nobody at all")
    unknown = sign_in_error(till, name="Nobody at all", pin=PIN)
    fail(till, 5)
    known = sign_in_error(till, name="Ben", pin=PIN)
    assert unknown.SerializeToString() == known.SerializeToString()


def test_a_hundred_wrong_pins_in_a_day_wait_for_a_manager(shop, till, manager):
    fail(till, 1)
    shop.sql("UPDATE sign_in_failure SET failures = 99 WHERE device_id = 0")
    fail(till, 1)
    error = sign_in_error(till, name="Ben", pin=PIN)
    assert pb.code(error.code) == "SIGN_IN_LOCKED" and "manager" in error.sentence
    shop.manager = manager
    with shop.connect(shop.device()) as elsewhere:
        assert pb.code(sign_in_error(elsewhere, name="Ben", pin=PIN).code) == "SIGN_IN_LOCKED"
    listed = manager.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed)
    ben = next(person for person in listed.staff if person.name == "Ben")
    assert ben.locked
    later(shop, 48 * 60)  # no time heals it
    assert pb.code(sign_in_error(till, name="Ben", pin=PIN).code) == "SIGN_IN_LOCKED"
    manager.command(pb.OP_STAFF_UNLOCK, pb.StaffUnlock(id=ben.id), pb.StaffPutDone)
    till.sign_in("Ben")


def test_the_right_pin_on_a_device_that_is_none_fails(shop):
    with Client(shop.port, kind=pb.CLIENT_COUNTER) as stranger:
        assert pb.code(sign_in_error(stranger, name="Caroline", pin=PIN).code) == "NOT_ENROLLED"


def test_a_session_is_resumed_without_a_pin(shop, device, till):
    token = till.sign_in("Ben").token
    till.close()
    with shop.connect(device) as again:
        assert again.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST"
        resumed = again.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        assert resumed.staff.name == "Ben" and "sell" in resumed.permissions
        assert not resumed.token and not resumed.locked
        assert again.refusal(pb.OP_STAFF_LIST, pb.StaffList()) == "PERMISSION_DENIED"


def test_a_session_is_resumed_on_another_server(shop, device, till):
    token = till.sign_in("Ben").token
    second = shop.start()
    try:
        with shop.connect(device, second.port) as elsewhere:
            resumed = elsewhere.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
            assert resumed.staff.name == "Ben"
    finally:
        shop.servers.remove(second)
        second.kill()


def test_a_token_from_another_device_is_refused_and_written_down(shop, till, manager):
    token, before = till.sign_in("Ben").token, noted(shop, "session_of_another_device")
    assert manager.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) == "SESSION_UNKNOWN"
    assert noted(shop, "session_of_another_device") == before + 1
    assert till.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState).open  # the owner's goes on


def test_a_token_from_another_device_is_written_down_at_doublings(shop, till):
    """However often it is shown: what stands in the journal stays for good."""
    token, before = till.sign_in("Ben").token, noted(shop, "session_of_another_device")
    with shop.connect(shop.device()) as strange:
        said = {strange.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) for _ in range(150)}
    assert said == {"SESSION_UNKNOWN"}
    written = noted(shop, "session_of_another_device") - before
    assert 8 <= written <= 8 + 8  # the 1st, 2nd, 4th ... 128th, of one minute or of two
    assert times_noted(shop, "session_of_another_device") in {2 ** n for n in range(8)}


def test_tokens_from_another_device_are_counted_apart_by_whose_they_are_and_who_shows_them(shop, till, manager):
    """Nobody's first hides behind another's many."""
    ben, hers = till.sign_in("Ben"), manager.sign_in("Caroline")
    event, shown = b"session_of_another_device", []

    def entries():  # who was signed in, whose token it was, how many: as L entries have them (PROTOCOL.md, section 9)
        found = [bytes(row[0]) for row in shop.sql("SELECT bytes FROM journal WHERE kind = 'L' ORDER BY at, number")]
        return [(int.from_bytes(data[34:42], "big"), int.from_bytes(data[45 + len(event) + 50:][:8], "big"), int(data.split(b"\x05times\x00\x01")[1][2:]))
                for data in found if data[45:].startswith(event)]

    before = len(entries())
    with shop.connect(shop.device()) as strange:
        for at_it in (0, hers.staff.id, ben.staff.id):
            if at_it:
                strange.sign_in("Caroline" if at_it == hers.staff.id else "Ben")
            for opened in (ben, hers):
                for _ in range(3):
                    assert strange.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=opened.token)) == "SESSION_UNKNOWN"
                shown += [(at_it, opened.staff.id, 1), (at_it, opened.staff.id, 2)]
    assert {row for row in entries()[before:] if row[2] == 1} == {row for row in shown if row[2] == 1}
    assert set(entries()[before:]) <= set(shown)


@pytest.mark.parametrize("token", [b"", b"x" * 31, b"x" * 32])
def test_a_token_that_is_none_is_unknown(till, token):
    assert till.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) == "SESSION_UNKNOWN"


def test_no_token_is_in_the_database(shop, till):
    token = till.sign_in("Ben").token
    rows = shop.sql("SELECT token_hash FROM session")
    assert rows and all(bytes(row[0]) != token for row in rows)


def test_a_locked_session_waits_for_the_pin(till):
    till.sign_in("Ben")
    state = till.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
    assert state.open and state.locked
    assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"
    assert till.refusal(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=WRONG)) == "SIGN_IN_FAILED"
    assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"
    state = till.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
    assert state.open and not state.locked
    assert till.refusal(pb.OP_STAFF_LIST, pb.StaffList()) == "PERMISSION_DENIED"


def test_a_locked_session_stays_locked_over_a_reconnect(shop, device, till):
    token = till.sign_in("Ben").token
    till.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
    till.close()
    with shop.connect(device) as again:
        resumed = again.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        assert resumed.locked
        assert again.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"


def test_a_screen_left_alone_does_not_escape_its_lock_by_a_reconnect(shop, device, till):
    token = till.sign_in("Ben").token
    till.close()
    shop.sql("UPDATE session SET seen_at = seen_at - interval '121 seconds'")
    with shop.connect(device) as again:
        assert again.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened).locked


def test_who_worked_on_without_a_connection_is_not_locked_out(shop, device, till):
    token = till.sign_in("Ben").token
    till.close()
    for idle_s, locked in ((40, False), (119, False), (120, True)):
        shop.sql("UPDATE session SET seen_at = seen_at - interval '600 seconds'")
        with shop.connect(device) as again:
            resume = pb.SessionResume(token=token, idle_s=idle_s)
            assert again.call(pb.OP_SESSION_RESUME, resume, pb.SessionOpened).locked == locked


def locked(till):
    """Ben's session, locked, and its connection gone: what signing in has told of it."""
    opened = till.sign_in("Ben")
    till.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
    till.close()
    return opened


def noted(shop, event):
    ((count,),) = shop.sql(f"SELECT count(*) FROM journal WHERE position('{event}' IN"
                           " convert_from(decode(replace(encode(bytes, 'hex'), '00', ''), 'hex'), 'LATIN1')) > 0")
    return count


def test_the_key_that_came_with_the_pin_opens_the_lock_at_a_resume(shop, device, till):
    opened, before = locked(till), noted(shop, "unlock_alone")
    assert len(opened.unlock_key) == 32 and opened.unlock_key != opened.token
    resume = pb.SessionResume(token=opened.token, idle_s=0, unlock_key=opened.unlock_key, opened_alone=1, wrong_alone=3)
    with shop.connect(device) as again:
        resumed = again.call(pb.OP_SESSION_RESUME, resume, pb.SessionOpened)
        assert not resumed.locked and not resumed.unlock_key  # a token alone leads to no key
        assert again.refusal(pb.OP_STAFF_LIST, pb.StaffList()) == "PERMISSION_DENIED"
        assert noted(shop, "unlock_alone") == before + 1 and noted(shop, "wrong_pin_alone") >= 1
        # The next lock is another PIN's, and its key the same session's.
        state = again.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
        assert state.locked and not state.unlock_key
        state = again.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
        assert state.unlock_key == opened.unlock_key
        again.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
    with shop.connect(device) as again:
        assert again.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=opened.token, idle_s=0), pb.SessionOpened).locked


def times_noted(shop, event):
    """What the journal says of the last such event: how often it was, as an L entry has it (PROTOCOL.md, section 9)."""
    rows = shop.sql("SELECT bytes FROM journal WHERE kind = 'L' ORDER BY at, number")
    found = [bytes(row[0]).split(event.encode(), 1)[1] for row in rows if event.encode() in bytes(row[0])]
    name = b"\x05times\x00\x01"
    return int(found[-1].split(name, 1)[1][2:]) if found and name in found[-1] else None


def test_how_often_wrong_pins_were_tried_alone_is_noted(shop, device, till):
    """Of a session that is over by who signs in next: one entry each, whatever the numbers are."""
    opened = locked(till)
    with shop.connect(device) as again:
        again.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=opened.token, opened_alone=2, wrong_alone=7), pb.SessionOpened)
        assert times_noted(shop, "unlock_alone") == 2 and times_noted(shop, "wrong_pin_alone") == 7
        before = noted(shop, "wrong_pin_alone")
        again.call(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Ben", pin=PIN, wrong_alone=10_000), pb.SessionOpened)
        assert times_noted(shop, "wrong_pin_alone") == 10_000 and noted(shop, "wrong_pin_alone") == before + 1
        assert again.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Ben", pin="1597", wrong_alone=3)) == "SIGN_IN_FAILED"
        assert noted(shop, "wrong_pin_alone") == before + 1  # told again by who does sign in
        again.sign_in("Ben")


@pytest.mark.parametrize("field", ["opened_alone", "wrong_alone"])
def test_no_till_tells_more_than_it_counts(shop, device, till, field):
    opened = locked(till)
    before = shop.sql("SELECT count(*) FROM journal")
    with shop.connect(device) as again:
        for number in (10_001, 2**31, 2**32 - 1):
            for op, request in ((pb.OP_SESSION_RESUME, pb.SessionResume(token=opened.token)),
                                (pb.OP_SESSION_OPEN, pb.SessionOpen(name="Ben", pin=PIN))):
                setattr(request, field, number)
                reply = again.reply(op, request)
                assert pb.code(reply.error.code) == "BAD_FIELD" and reply.error.field == field
    assert shop.sql("SELECT count(*) FROM journal") == before


def test_what_is_told_at_resumptions_is_noted_so_often_and_no_more(shop):
    """Lines may break as often as they do; what each of them leaves behind stays for good."""
    till = shop.till("Ben", float_minor=None)
    token = till.sign_in("Ben").token
    before = noted(shop, "wrong_pin_alone")
    said = [till.refusal_yet(pb.OP_SESSION_RESUME, pb.SessionResume(token=token, wrong_alone=1)) for _ in range(100)]
    told = noted(shop, "wrong_pin_alone") - before
    assert told == said.count(None) and told <= 2 * 60 and set(said[told:]) <= {"RATE_LIMITED", None}
    assert "RATE_LIMITED" in said
    till.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)  # and goes on all the same
    till.close()


def test_no_other_key_opens_the_lock(shop, device, till):
    with shop.connect(device) as other:
        of_another = other.sign_in("Ben").unlock_key
    opened = locked(till)
    right = opened.unlock_key
    for key in (of_another, bytes(32), right[:31], right + b"0", bytes([right[0] ^ 1]) + right[1:], opened.token, b""):
        with shop.connect(device) as again:
            resume = pb.SessionResume(token=opened.token, idle_s=0, unlock_key=key, opened_alone=1)
            answer = again.refusal_yet(pb.OP_SESSION_RESUME, resume)
            assert answer or again.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED", key
    rows = shop.sql("SELECT token_hash FROM session")
    assert rows and all(bytes(row[0]) != right for row in rows)


def test_the_key_leaves_who_was_away_too_long_or_may_not_sign_in_locked(shop, device, till):
    opened = locked(till)
    resume = pb.SessionResume(token=opened.token, idle_s=120, unlock_key=opened.unlock_key)
    with shop.connect(device) as again:
        assert again.call(pb.OP_SESSION_RESUME, resume, pb.SessionOpened).locked
    resume.idle_s = 0
    ((staff_id,),) = shop.sql("SELECT staff_id FROM session WHERE locked AND closed_at IS NULL ORDER BY created_at DESC LIMIT 1")
    shop.sql(f"UPDATE staff SET locked = true WHERE id = {staff_id}")
    try:
        with shop.connect(device) as again:
            assert again.call(pb.OP_SESSION_RESUME, resume, pb.SessionOpened).locked
    finally:
        shop.sql(f"UPDATE staff SET locked = false WHERE id = {staff_id}")
    with shop.connect(device) as again:
        assert not again.call(pb.OP_SESSION_RESUME, resume, pb.SessionOpened).locked


def test_a_session_that_has_ended_is_opened_by_no_key(shop, device, till):
    opened = locked(till)
    shop.sql("UPDATE session SET closed_at = now() WHERE closed_at IS NULL")
    resume = pb.SessionResume(token=opened.token, idle_s=0, unlock_key=opened.unlock_key)
    with shop.connect(device) as again:
        assert again.refusal(pb.OP_SESSION_RESUME, resume) == "SESSION_UNKNOWN"


def test_wrong_pins_at_a_locked_screen_count_like_all_others(till):
    till.sign_in("Ben")
    till.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
    for _ in range(5):
        assert till.refusal(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=WRONG)) == "SIGN_IN_FAILED"
    assert till.refusal(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN)) == "SIGN_IN_LOCKED"


def test_a_session_left_alone_is_locked_and_the_screen_is_told(shop, device):
    server = shop.start("--idle-lock-s", "5")
    try:
        with shop.connect(device, server.port) as till:
            assert till.helloed.idle_lock_s == 5
            till.sign_in("Ben")
            push = till.read_push(pb.TOPIC_SESSION, 30)
            state = pb.SessionState.FromString(push.body)
            assert state.open and state.locked
            assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SESSION_LOCKED"
    finally:
        shop.servers.remove(server)
        server.kill()


def test_signing_out_ends_the_session_for_good(till):
    token = till.sign_in("Ben").token
    assert not till.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState).open
    assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST"
    assert till.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) == "SESSION_UNKNOWN"
    assert not till.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState).open  # again: fine
    assert till.refusal(pb.OP_SESSION_LOCK, pb.SessionLock()) == "SIGN_IN_FIRST"


def test_who_signs_in_takes_the_place_of_who_was_signed_in(till):
    first = till.sign_in("Ben").token
    till.sign_in("Caroline")
    assert till.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=first)) == "SESSION_UNKNOWN"


def test_a_session_ends_after_twelve_hours_whatever_happens(shop, device, till):
    token = till.sign_in("Ben").token
    till.close()
    shop.sql("UPDATE session SET expires_at = expires_at - interval '12 hours'")
    with shop.connect(device) as again:
        assert again.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) == "SESSION_UNKNOWN"


def test_pins_are_argon2id_hashes(shop):
    hashes = [row[0] for row in shop.sql("SELECT pin_hash FROM staff")]
    assert hashes and all(text.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for text in hashes)
    assert len(set(hashes)) == len(hashes)
