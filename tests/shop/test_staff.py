"""Staff: hired, changed, signed out, unlocked; nobody gives what they do not have."""
import uuid

import pytest

from names import fresh
from shop import PIN, Refused, pb, wait_for


@pytest.fixture()
def till(shop, manager):
    with shop.connect(shop.device()) as client:
        yield client


def put_refusal(client, **fields):
    with pytest.raises(Refused) as refused:
        client.command(pb.OP_STAFF_PUT, pb.StaffPut(**fields), pb.StaffPutDone)
    return refused.value.code, refused.value.field


def put(client, **fields):
    return client.command(pb.OP_STAFF_PUT, pb.StaffPut(**fields), pb.StaffPutDone).id


def listed(client):
    return {person.id: person for person in client.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed).staff}


def strand(shop, client):
    """How many entries of what was done on the client's device."""
    return shop.sql(f"SELECT count(*) FROM journal WHERE kind = 'L' AND device_id = {client.helloed.device.id}")[0][0]


def roles(client):
    return client.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed).roles


def make_role(shop, name, *permissions, id=4000000):
    """As another server process would: rows, the next version, and word of it."""
    shop.sql(f"""INSERT INTO role VALUES ({id});
        INSERT INTO catalogue_version SELECT max(version) + 1, 0, now() FROM catalogue_head;
        UPDATE catalogue_head SET version = version + 1;
        INSERT INTO role_version SELECT {id}, max(version), '{name}', '{{{",".join(permissions)}}}' FROM catalogue_head;
        SELECT pg_notify('caroline', '0:catalogue:' || max(version)) FROM catalogue_head""")
    return id


def test_who_is_hired_signs_in(shop, manager, till):
    id = shop.staff("Zoë  Hired", badge="BADGE-1")
    person = listed(manager)[id]
    assert person.name == "Zoë Hired" and person.role == "cashier" and person.active and not person.locked
    assert till.sign_in("zoe hired").staff.id == id
    assert till.sign_in(badge="badge-1").staff.id == id


@pytest.mark.parametrize("missing", ["name", "role_id", "pin"])
def test_a_new_person_needs_name_role_and_pin(shop, manager, missing):
    fields = {"name": "Incomplete", "role_id": shop.role("cashier"), "pin": PIN}
    del fields[missing]
    assert put_refusal(manager, **fields) == ("BAD_FIELD", missing)


@pytest.mark.parametrize("pin", ["123", "1234", "4321", "7777", "1999", "2402", "240285", "482648264826482", "12a4"])
def test_a_weak_pin_is_refused(shop, manager, pin):
    fields = {"name": f"Weak {fresh(6)}", "role_id": shop.role("cashier")}
    code, field = put_refusal(manager, pin=pin, **fields)
    assert (code, field) in (("PIN_WEAK", "pin"), ("BAD_FIELD", "pin"))


def test_a_name_and_a_badge_are_one_persons(shop, manager):
    role = shop.role("cashier")
    shop.staff("Unique", badge="UNIQUE-1")
    assert put_refusal(manager, name="ÚNIQUE", role_id=role, pin=PIN) == ("NAME_TAKEN", "name")
    assert put_refusal(manager, name="Other", role_id=role, pin=PIN, badge="unique-1") == ("NAME_TAKEN", "badge")


@pytest.mark.parametrize("fields, code", [
    ({"name": "   "}, "BAD_FIELD"),
    ({"name": "\u200b\u2028\U000e0041"}, "BAD_FIELD"),
    ({"name": "5500 0000 0000 0004"}, "CARD_NUMBER"),
    ({"badge": ";4111111111111111=2512101?"}, "NO_SECRET_WANTED"),
    ({"badge": "x"}, "BAD_FIELD"),
    ({"role_id": 4711}, "UNKNOWN_ROLE"),
    ({"id": 4711, "active": False}, "UNKNOWN_STAFF"),
])
def test_what_cannot_be_is_refused(shop, manager, fields, code):
    given = {"name": "Somebody", "role_id": shop.role("cashier"), "pin": PIN, **fields}
    if "id" in fields:
        given = fields
    assert put_refusal(manager, **given)[0] == code


def test_who_is_disabled_is_signed_out_at_once_in_every_process(shop, manager, till):
    id = shop.staff("Leaver")
    second = shop.start()
    try:
        token = till.sign_in("Leaver").token
        with shop.connect(shop.device(), second.port) as elsewhere:
            elsewhere.sign_in("Leaver")
            put(manager, id=id, active=False)
            for client in (till, elsewhere):
                wait_for(lambda: client.refusal_yet(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST", 5)
            assert elsewhere.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Leaver", pin=PIN)) == "SIGN_IN_FAILED"
        assert till.refusal(pb.OP_SESSION_RESUME, pb.SessionResume(token=token)) == "SESSION_UNKNOWN"
        put(manager, id=id, active=True)
        till.sign_in("Leaver")
    finally:
        shop.servers.remove(second)
        second.kill()


def test_a_changed_pin_ends_what_was_opened_with_the_old(shop, manager, till):
    id = shop.staff("Changer")
    till.sign_in("Changer")
    put(manager, id=id, pin="7359")
    wait_for(lambda: till.refusal_yet(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST", 5)
    assert till.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Changer", pin=PIN)) == "SIGN_IN_FAILED"
    till.sign_in("Changer", "7359")


def test_everybody_changes_their_own_pin_and_nothing_else(shop, manager, till):
    id = shop.staff("Selfish")
    other = shop.staff("Someone")
    till.sign_in("Selfish")
    manager_role = shop.role("manager")
    for fields in ({"id": id, "role_id": manager_role}, {"id": id, "name": "Boss"}, {"id": other, "pin": "7359"},
                   {"id": id, "pin": "7359", "active": True}, {"name": "New", "role_id": manager_role, "pin": "7359"}, {}):
        assert put_refusal(till, **fields)[0] == "PERMISSION_DENIED", fields
    assert put(till, id=id, pin="7359", current_pin=PIN) == id
    wait_for(lambda: till.refusal_yet(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "SIGN_IN_FIRST", 5)
    till.sign_in("Selfish", "7359")


def test_ones_own_pin_is_changed_by_who_knows_it_and_into_another(shop, manager, till):
    id = shop.staff("Careful")
    till.sign_in("Careful")
    assert put_refusal(till, id=id, pin="7359") == ("BAD_FIELD", "current_pin")
    assert put_refusal(till, id=id, pin=PIN, current_pin=PIN) == ("PIN_UNCHANGED", "pin")
    assert put_refusal(till, id=id, pin="7359", current_pin="9753") == ("SIGN_IN_FAILED", "")
    me = manager.session.staff.id
    assert put_refusal(manager, id=me, name="Caroline", pin="7359") == ("BAD_FIELD", "current_pin")
    put(till, id=id, pin="7359", current_pin=PIN)
    till.sign_in("Careful", "7359")


def test_wrong_current_pins_lock_like_those_of_a_sign_in_and_are_written_down(shop, manager, till):
    id = shop.staff("Guessed")
    till.sign_in("Guessed")
    entries = strand(shop, till)
    command = uuid.uuid4().bytes
    message = pb.StaffPut(id=id, pin="7359", current_pin="9753")
    for _ in range(3):  # the same command again is not counted again
        assert till.refusal(pb.OP_STAFF_PUT, message, command) == "SIGN_IN_FAILED"
    for _ in range(4):
        assert put_refusal(till, id=id, pin="7359", current_pin="9753")[0] == "SIGN_IN_FAILED"
    assert put_refusal(till, id=id, pin="7359", current_pin=PIN)[0] == "SIGN_IN_LOCKED"
    assert till.refusal(pb.OP_SESSION_OPEN, pb.SessionOpen(name="Guessed", pin=PIN)) == "SIGN_IN_LOCKED"
    assert strand(shop, till) == entries + 5, "an entry for each try, and none for a change that was not made"
    manager.command(pb.OP_STAFF_UNLOCK, pb.StaffUnlock(id=id), pb.StaffPutDone)
    till.sign_in("Guessed")


def test_a_one_time_pin_is_good_for_another_and_nothing_else(shop, manager, till):
    id, other = shop.staff("Newcomer"), shop.staff("Colleague")
    shop.sql(f"UPDATE staff SET pin_once = true WHERE id = {id}")
    till.sign_in("Newcomer")
    assert till.refusal(pb.OP_SHIFT_SHOW, pb.ShiftShow()) == "CHOOSE_PIN_FIRST"
    assert till.refusal(pb.OP_STAFF_LIST, pb.StaffList()) == "CHOOSE_PIN_FIRST"
    assert put_refusal(till, id=id, name="New name")[0] == "CHOOSE_PIN_FIRST"
    assert put_refusal(till, id=other, pin="7359")[0] == "CHOOSE_PIN_FIRST"
    assert put_refusal(till, id=id, pin=PIN) == ("PIN_UNCHANGED", "pin")
    put(till, id=id, pin="7359")
    till.sign_in("Newcomer", "7359")
    assert till.refusal(pb.OP_STAFF_LIST, pb.StaffList()) == "PERMISSION_DENIED"


def test_a_cashier_lists_nobody_and_unlocks_nobody(shop, manager, till):
    id = shop.staff("Curious")
    till.sign_in("Curious")
    assert till.refusal(pb.OP_STAFF_LIST, pb.StaffList()) == "PERMISSION_DENIED"
    assert till.refusal(pb.OP_STAFF_UNLOCK, pb.StaffUnlock(id=id), uuid.uuid4().bytes) == "PERMISSION_DENIED"
    assert till.refusal(pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_ADMIN, name="x"),
                        uuid.uuid4().bytes) == "PERMISSION_DENIED"


def test_nobody_gives_or_touches_rights_they_do_not_have(shop, manager, till):
    role = make_role(shop, "hirer", "sell", "staff_edit")
    wait_for(lambda: "hirer" in {role.name for role in roles(manager)}, 20)
    me = put(manager, name="Hirer", role_id=role, pin=PIN)
    till.sign_in("Hirer")
    boss = next(person.id for person in listed(manager).values() if person.name == "Caroline")
    assert put_refusal(till, name="Puppet", role_id=shop.role("manager"), pin=PIN) == ("OWN_ROLE_ABOVE", "role_id")
    assert put_refusal(till, id=me, role_id=shop.role("manager")) == ("OWN_ROLE_ABOVE", "role_id")
    assert put_refusal(till, id=boss, pin="7359") == ("OWN_ROLE_ABOVE", "id")
    assert put_refusal(till, id=boss, active=False) == ("OWN_ROLE_ABOVE", "id")
    put(till, name="Peer", role_id=role, pin=PIN)


def test_nobody_ends_their_own_role(shop, manager):
    me = manager.session.staff.id
    assert put_refusal(manager, id=me, active=False)[0] == "PERMISSION_DENIED"
    assert put_refusal(manager, id=me, role_id=shop.role("cashier"))[0] == "PERMISSION_DENIED"


def test_hiring_sent_again_hires_once(shop, manager):
    message = pb.StaffPut(name="Once", role_id=shop.role("cashier"), pin=PIN)
    command = uuid.uuid4().bytes
    ids = {manager.command(pb.OP_STAFF_PUT, message, pb.StaffPutDone, command).id for _ in range(3)}
    assert len(ids) == 1
    assert [person.name for person in listed(manager).values()].count("Once") == 1


def test_unlocking_nobody_is_refused(manager):
    assert manager.refusal(pb.OP_STAFF_UNLOCK, pb.StaffUnlock(id=4711), uuid.uuid4().bytes) == "UNKNOWN_STAFF"


def test_no_name_and_no_pin_is_in_the_database(shop, manager):
    shop.staff("Xylocarpus", badge="XYLO-77")
    text = "\n".join(str(row) for row in shop.sql("SELECT staff::text FROM staff")).lower()
    assert "xylocarpus" not in text and b"xylocarpus".hex() not in text
    assert "xylo-77" not in text and b"XYLO-77".hex() not in text


def test_people_with_long_roles_come_in_pages_that_a_frame_holds(shop, manager):
    role = make_role(shop, "🥐" * 80, id=4000001)
    wait_for(lambda: any(known.id == role for known in roles(manager)), what="the role")
    shop.sql(f"""INSERT INTO staff (id, shop_id, role_id, name_sealed, name_blind, pin_hash, active, created_at)
        SELECT 5000000 + n, shop_id, {role}, name_sealed, decode(lpad(to_hex(n), 32, '0'), 'hex'), pin_hash, true, now()
          FROM (SELECT * FROM staff LIMIT 1) AS one, generate_series(1, 200) AS n""")
    try:
        found, pages, more, after = set(), 0, True, 0
        while more:
            page = manager.call(pb.OP_STAFF_LIST, pb.StaffList(after_id=after), pb.StaffListed)
            found |= {person.id for person in page.staff}
            pages, more, after = pages + 1, page.more, max(found)
        assert found >= set(range(5000001, 5000201)) and pages > 1
        beyond = manager.call(pb.OP_STAFF_LIST, pb.StaffList(after_id=2**63), pb.StaffListed)
        assert not beyond.staff and not beyond.more
    finally:
        shop.sql("DELETE FROM staff WHERE id BETWEEN 5000001 AND 5000200")
