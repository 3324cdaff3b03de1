"""Every op, by every role, in every state of a session, from every kind of client: permissions.txt beside this, by hand.

The server's own table equals it, and each cell is asked of a running server. What is asked has a body that no op can read:
permission comes before the body, so BAD_BODY says "served", and nothing is done either way: no row of any table changes.
"""
import contextlib
import pathlib
import subprocess
import uuid

import pytest

from everything import Everything
from kiosk import MEMBER_PIN, OTHER_PIN, put, sign_in, with_pin
from shop import SERVER, Client, make_shop, pb

ROLES = ("manager", "shift_lead", "cashier")
KINDS = {"c": pb.CLIENT_COUNTER, "k": pb.CLIENT_KIOSK, "a": pb.CLIENT_ADMIN, "l": pb.CLIENT_CLI}
STAFF_KINDS = [kind for kind in KINDS if kind != "k"]
NO_MESSAGE = b"\xff"


def read_table():
    """The file's sections, each a list of dictionaries by the words of its head."""
    sections, head = {}, None
    for line in (pathlib.Path(__file__).parent / "permissions.txt").read_text().splitlines():
        if line.startswith("["):
            rows = sections[line.strip("[]")] = []
            head = None
        elif line.startswith("#") and sections and head is None:
            head = line.strip("# ").split()
        elif line.strip() and not line.startswith("#"):
            cells = line.split()
            assert len(cells) == len(head), line
            rows.append(dict(zip(head, cells)))
    return sections


TABLE = read_table()
OPS = {row["op"]: row for row in TABLE["ops"]}
NOBODY = {row["op"]: row for row in TABLE["nobody"]}
PERSON = {(row["op"], row["role"]): row for row in TABLE["person"]}
KIOSK = {row["op"]: row for row in TABLE["kiosk"]}
KIOSKS_ALONE = {op for op, row in OPS.items() if row["clients"] == "k"}
asked = set()  # the cells: (op, role, state, kind of client)


def test_the_table_has_a_row_for_every_op_and_role():
    assert set(NOBODY) == set(OPS)
    assert set(PERSON) == {(op, role) for op in OPS for role in ROLES if op not in KIOSKS_ALONE}
    assert set(KIOSK) == {op for op, row in OPS.items() if "k" in row["clients"]}
    assert set(OPS) == {name.removeprefix("OP_").lower() for name in pb.Op.keys()} - {"none"}


def test_the_servers_table_is_this_one():
    printed = subprocess.run([SERVER, "--dump-ops"], capture_output=True, text=True, check=True).stdout
    theirs = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines()]
    ours = [
        [row["number"], row["op"], row["kind"], needs_in_words(row["needs"]), " ".join(row["clients"]), row["limit"]]
        for row in TABLE["ops"]
    ]
    assert theirs == ours


def needs_in_words(needs):
    """"sell/anybody": a person who may sell; at a kiosk anybody."""
    needs, _, kiosk = needs.partition("/")
    words = needs if needs in ("nothing", "device", "person", "member") else f"person: {needs}"
    return f"{words}; at a kiosk {kiosk}" if kiosk else words


# ---- asking ----


def ask(client, op, body=NO_MESSAGE):
    command_id = uuid.uuid4().bytes if OPS[op]["kind"] == "C" else None
    reply = client.reply(int(OPS[op]["number"]), body=body, command_id=command_id)
    assert reply.HasField("error"), (op, "was carried out")
    code = pb.code(reply.error.code)
    return "served" if code == "BAD_BODY" else code


def expected(op, kind, cell):
    return cell if kind in OPS[op]["clients"] else "UNSUPPORTED"


def probe(everything, client, kind, cells, role, state):
    """Every op by this client; cells: op to what is expected where its kind may ask at all."""
    with everything.unchanged():
        answers = {op: ask(client, op) for op in OPS}
    wanted = {op: expected(op, kind, cell) for op, cell in cells.items()}
    wrong = {op: (answers[op], wanted[op]) for op in OPS if answers[op] != wanted[op]}
    assert wrong == {}, (role, state, kind)
    asked.update((op, role, state, kind) for op in OPS)


def person_cells(role, state):
    return {op: "UNSUPPORTED" if op in KIOSKS_ALONE else PERSON[op, role][state] for op in OPS}


def kiosk_cells(state):
    return {op: KIOSK[op][state] if op in KIOSK else "UNSUPPORTED" for op in OPS}


# ---- who asks ----


@pytest.fixture(scope="module")
def everything(shop):
    with contextlib.closing(Everything(shop)) as rows:
        yield rows


@pytest.fixture(scope="module")
def shop():
    """One test keeps a connection for each op."""
    with make_shop() as made:
        made.start("--device-connections", "100")
        made.open()
        yield made


@pytest.fixture(scope="module")
def identities(shop):
    """A device of each kind; the command line runs on a console's machine, and not on the same: in a minute a device may
    not sign in as often as is tried here."""
    return {kind: shop.device(KINDS["a" if kind == "l" else kind]) for kind in KINDS}


@pytest.fixture(scope="module")
def people(shop):
    """Name and id of one person a role, and of another who has a one-time PIN."""
    made = {role: (f"The {role}", shop.staff(f"The {role}", role=role)) for role in ROLES}
    once = {role: (f"New {role}", shop.staff(f"New {role}", role=role)) for role in ROLES}
    shop.sql(f"UPDATE staff SET pin_once = true WHERE id IN ({','.join(str(id) for _, id in once.values())})")
    return made, once


@pytest.fixture(scope="module")
def impatient(shop):
    """A second server of the same shop, on which a screen is locked after the least time there is."""
    return shop.start("--idle-lock-s", "5", "--kiosk-idle-s", "5")


def connect(shop, identities, kind, port=None):
    return shop.connect(identities[kind], port=port, kind=KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_certificate(shop, everything, kind):
    with Client(shop.port, kind=KINDS[kind]) as client:
        probe(everything, client, kind, {op: NOBODY[op]["no-certificate"] for op in OPS}, "nobody", "no-certificate")


@pytest.mark.parametrize("certificate", [True, False], ids=["a device", "a stranger"])
def test_before_hello_the_answer_is_the_last(shop, everything, identities, certificate):
    with everything.unchanged():
        for op in OPS:
            with Client(shop.port, identities["c"] if certificate else None, hello=False) as client:
                wanted = NOBODY[op]["before-hello"]
                assert ask(client, op) == wanted, op
                assert wanted == "served" or client.read_frame() is None, op
    asked.update((op, "nobody", "before-hello", kind) for op in OPS for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_before_anybody_signs_in(shop, everything, identities, kind):
    with connect(shop, identities, kind) as client:
        cells = kiosk_cells("not-signed-in") if kind == "k" else {op: NOBODY[op]["not-signed-in"] for op in OPS}
        probe(everything, client, kind, cells, "nobody", "not-signed-in")


def member_at(shop, identities, port=None):
    """A member with a PIN, and a connection on which they are signed in."""
    with shop.connect(shop.device(KINDS["c"])) as till, shop.connect(shop.device(KINDS["k"])) as kiosk:
        till.sign_in("Caroline")
        anna = with_pin(till, kiosk)
    client = connect(shop, identities, "k", port)
    sign_in(client, card=anna.card, secret=MEMBER_PIN)
    return anna, client


def test_a_member_at_a_kiosk_who_signs_out(shop, everything, identities):
    anna, client = member_at(shop, identities)
    with client:
        probe(everything, client, "k", kiosk_cells("member"), "member", "member")
    with connect(shop, identities, "k") as client:  # some ops have a rate
        sign_in(client, card=anna.card, secret=MEMBER_PIN)
        client.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        probe(everything, client, "k", kiosk_cells("signed-out"), "member", "signed-out")


def test_a_member_at_a_kiosk_who_leaves(shop, everything, impatient):
    _, client = member_at(shop, {"k": shop.device(KINDS["k"])}, impatient.port)
    with client:
        assert not told(client).open
        probe(everything, client, "k", kiosk_cells("left-alone"), "member", "left-alone")


def test_a_member_at_a_kiosk_who_chooses_another_pin_at_another(shop, everything):
    anna, client = member_at(shop, {"k": shop.device(KINDS["k"])})
    with client, shop.connect(shop.device(KINDS["k"])) as other:
        sign_in(other, card=anna.card, secret=MEMBER_PIN)
        put(other, current=MEMBER_PIN, pin=OTHER_PIN)
        assert not told(client).open
        probe(everything, client, "k", kiosk_cells("ended"), "member", "ended")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", STAFF_KINDS)
def test_signed_in_then_locked_then_signed_out(shop, everything, identities, people, kind, role):
    name, _ = people[0][role]
    with connect(shop, identities, kind) as client:
        token = client.sign_in(name).token
        probe(everything, client, kind, person_cells(role, "signed-in"), role, "signed-in")
    with connect(shop, identities, kind) as client:  # a connection of its own each: some ops have a rate
        client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        client.call(pb.OP_SESSION_LOCK, pb.SessionLock(), pb.SessionState)
        probe(everything, client, kind, person_cells(role, "locked"), role, "locked")
    with connect(shop, identities, kind) as client:
        assert client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened).locked
        client.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
        probe(everything, client, kind, person_cells(role, "signed-out"), role, "signed-out")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", STAFF_KINDS)
def test_with_a_one_time_pin(shop, everything, identities, people, kind, role):
    name, _ = people[1][role]
    with connect(shop, identities, kind) as client:
        assert client.sign_in(name).must_change_pin
        probe(everything, client, kind, person_cells(role, "one-time-pin"), role, "one-time-pin")


def signed_in_everywhere(stack, shop, identities, people, port=None):
    """(kind, role, client) of each kind of client and role."""
    everybody = []
    for kind in STAFF_KINDS:
        for role in ROLES:
            client = stack.enter_context(connect(shop, identities, kind, port))
            client.sign_in(people[0][role][0])
            everybody.append((kind, role, client))
    return everybody


def told(client):
    return pb.SessionState.FromString(client.read_push(pb.TOPIC_SESSION, 30).body)


def test_left_alone(shop, everything, identities, people, impatient):
    with contextlib.ExitStack() as stack:
        for kind, role, client in signed_in_everywhere(stack, shop, identities, people, impatient.port):
            assert told(client).locked
            probe(everything, client, kind, person_cells(role, "left-alone"), role, "left-alone")


def test_expired(shop, everything, identities, people):
    """A session is resumed a moment before its hour: the clock is the server's, and stands in the row."""
    with contextlib.ExitStack() as stack:
        opened = signed_in_everywhere(stack, shop, identities, people)
        resumed = []
        for kind, role, client in opened:
            resumed.append(stack.enter_context(connect(shop, identities, kind)))
            shop.sql("UPDATE session SET expires_at = now() + interval '4 seconds' WHERE closed_at IS NULL AND staff_id = "
                     f"{people[0][role][1]} AND device_id = {identities[kind].device.id}")
            resumed[-1].call(pb.OP_SESSION_RESUME, pb.SessionResume(token=client.session.token), pb.SessionOpened)
        for (kind, role, _), client in zip(opened, resumed):
            assert not told(client).open
            probe(everything, client, kind, person_cells(role, "expired"), role, "expired")


def test_ended_by_the_manager(shop, everything, identities, people):
    with contextlib.ExitStack() as stack:
        everybody = signed_in_everywhere(stack, shop, identities, people)
        for role in ROLES:
            id = people[0][role][1]
            shop.manager.command(pb.OP_STAFF_PUT, pb.StaffPut(id=id, active=False), pb.StaffPutDone)
        for kind, role, client in everybody:
            assert not told(client).open
            probe(everything, client, kind, person_cells(role, "ended"), role, "ended")
        for role in ROLES:
            id = people[0][role][1]
            shop.manager.command(pb.OP_STAFF_PUT, pb.StaffPut(id=id, active=True), pb.StaffPutDone)


def test_every_cell_of_the_matrix_was_asked(request):
    if len(request.session.items) < 30:
        return  # some were deselected by hand
    states = [("nobody", state) for state in ("no-certificate", "before-hello", "not-signed-in")]
    of_staff = [(role, state) for role in ROLES for state in TABLE["person"][0] if state not in ("op", "role")]
    of_members = [state for state in TABLE["kiosk"][0] if state not in ("op", "not-signed-in")]
    wanted = {(op, role, state, kind) for op in OPS for role, state in states for kind in KINDS}
    wanted |= {(op, role, state, kind) for op in OPS for role, state in of_staff for kind in STAFF_KINDS}
    assert asked == wanted | {(op, "member", state, "k") for op in OPS for state in of_members}


# ---- a device that is revoked meanwhile ----


@pytest.mark.parametrize("kind", KINDS)
def test_a_revoked_device_is_cut_off_and_told_so_by_hello(shop, everything, people, kind):
    identity = shop.device(pb.CLIENT_ADMIN if kind == "l" else KINDS[kind])
    with shop.connect(identity, kind=KINDS[kind]) as client:
        if kind in STAFF_KINDS:
            client.sign_in(people[0]["manager"][0])
        shop.manager.command(
            pb.OP_DEVICE_REVOKE, pb.DeviceRevoke(device_id=identity.device.id, reason="lost"), pb.DeviceRevoked
        )
        assert client.read_frame() is None
    with everything.unchanged():
        for op in OPS:
            if op != "hello":
                with Client(shop.port, identity, kind=KINDS[kind], hello=False) as client:
                    assert client.hello().state == pb.DEVICE_STATE_REVOKED
                    with contextlib.suppress(ConnectionError, OSError):
                        client.send(int(OPS[op]["number"]), body=NO_MESSAGE)
                    assert client.read_frame() is None


def test_what_changes_something_is_refused_on_a_device_whose_end_nobody_has_heard_of_yet(shop, everything, people):
    """Its row is looked at behind the lock, in the very transaction. No notice was sent: only the row says so."""
    identity = shop.device(pb.CLIENT_ADMIN)
    writes = [op for op in OPS if OPS[op]["kind"] == "C" and "l" in OPS[op]["clients"]]
    with contextlib.ExitStack() as stack:
        clients = []
        for op in writes:
            clients.append(stack.enter_context(shop.connect(identity, kind=pb.CLIENT_CLI)))
        token = clients[0].sign_in(people[0]["manager"][0]).token
        for client in clients[1:]:
            client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
        shop.sql(f"UPDATE device SET revoked_at = now() WHERE id = {identity.device.id}")
        with everything.unchanged():
            for op, client in zip(writes, clients):
                assert ask(client, op, b"") == "DEVICE_REVOKED", op
                assert client.read_frame() is None, op


# ---- what else stands at the door ----


@contextlib.contextmanager
def of_either(shop, identities):
    """The manager's console and a member's kiosk, each with the ops that it may ask."""
    _, kiosk = member_at(shop, identities)
    with kiosk, shop.connect(shop.console, kind=pb.CLIENT_CLI) as console:
        console.sign_in()
        yield [(console if "l" in row["clients"] else kiosk, op, row) for op, row in OPS.items()]


def test_a_body_above_an_ops_limit_is_too_large_and_one_at_the_limit_is_not(shop, everything, identities):
    with of_either(shop, identities) as asks:
        with everything.unchanged():
            for client, op, row in asks:
                limit = int(row["limit"])
                assert ask(client, op, NO_MESSAGE * limit) == "served", op
                assert ask(client, op, NO_MESSAGE * (limit + 1)) == "TOO_LARGE", op


@pytest.mark.parametrize("on_commands, on_others", [(None, bytes(16)), (b"", bytes(15)), (bytes(15), bytes(1))])
def test_a_command_id_is_16_bytes_on_a_command_and_on_nothing_else(shop, everything, identities, on_commands, on_others):
    with of_either(shop, identities) as asks:
        with everything.unchanged():
            for client, op, row in asks:
                wrong = on_commands if row["kind"] == "C" else on_others
                assert client.refusal(int(row["number"]), body=b"", command_id=wrong) == "BAD_COMMAND_ID", op


def test_a_number_that_is_no_op_is_unsupported_in_every_state(shop, everything):
    numbers = set(range(1, 1000)) - {int(row["number"]) for row in OPS.values()} | {1000, 2**31, 2**32 - 1}
    with shop.connect(shop.console, kind=pb.CLIENT_CLI) as client:
        for number in numbers:
            assert client.refusal(number) == "UNSUPPORTED"
    with Client(shop.port) as stranger:
        for number in numbers:
            assert stranger.refusal(number) == "UNSUPPORTED"


def test_all_invariants_hold_after_it(shop):
    shop.check()
