"""Who may do what: the matrix below is written by hand, and the server's is to equal it, op by op and role by role.

A denied request changes no row of any table. Allowed or not is seen by a body that no op can read: permission comes
before the body, so the answer is PERMISSION_DENIED or BAD_BODY and nothing is done either way.
"""
import hashlib
import subprocess
import uuid

import pytest

from shop import PIN, SERVER, pb

# op                   manager  shift lead  cashier  needs
MATRIX = """
hello                  yes      yes         yes      nothing
enrol                  yes      yes         yes      nothing
ping                   yes      yes         yes      device
command_show           yes      yes         yes      device
session_open           yes      yes         yes      device
session_resume         yes      yes         yes      device
session_lock           yes      yes         yes      device
session_unlock         yes      yes         yes      device
session_close          yes      yes         yes      device
catalogue_follow       yes      yes         yes      device
product_show           yes      yes         yes      device
product_list           yes      yes         yes      device
product_put            yes      no          no       catalogue_edit
product_sold_out       yes      yes         yes      sold_out
category_put           yes      no          no       catalogue_edit
tax_class_put          yes      no          no       tax_edit
programme_put          yes      no          no       programme_edit
role_put               yes      no          no       role_edit
shop_put               yes      no          no       shop_edit
member_create          yes      yes         yes      member_edit
member_update          yes      yes         yes      member_edit
member_find            yes      yes         yes      member_see
member_show            yes      yes         yes      member_see
shift_open             yes      yes         yes      sell
shift_show             yes      yes         yes      sell
sale_quote             yes      yes         yes      sell
sale_ring_up           yes      yes         yes      sell
sale_refund            yes      yes         no       refund
sale_show              yes      yes         yes      sell
stock_receive          yes      yes         no       stock_edit
stock_show             yes      yes         yes      sell
staff_put              yes      yes         yes      person
staff_list             yes      no          no       staff_edit
staff_unlock           yes      no          no       staff_edit
device_invite          yes      no          no       device_edit
device_list            yes      no          no       device_edit
device_revoke          yes      no          no       device_edit
device_renew           yes      yes         yes      device
check_run              yes      yes         no       audit_see
journal_list           yes      yes         no       audit_see
server_show            yes      yes         yes      person
journal_signature_list yes      yes         no       audit_see
"""
ROLES = ("manager", "shift_lead", "cashier")
ROWS = [line.split() for line in MATRIX.strip().splitlines()]
NO_MESSAGE = b"\xff"


def server_table():
    """Op: (number, kind, needs), as the server itself has it."""
    printed = subprocess.run([SERVER, "--dump-ops"], capture_output=True, text=True, check=True).stdout
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines()]
    return {name: (int(number), kind, needs) for number, name, kind, needs, *_ in rows}


def test_the_matrix_is_the_servers_table():
    ours = {row[0]: row[4] for row in ROWS}
    theirs = {
        name: needs.removeprefix("person: ") for name, (_, _, needs) in server_table().items()
    }
    assert ours == theirs


def rows_of_everything(shop):
    """A fingerprint of every table."""
    tables = shop.sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    digest = hashlib.sha256()
    for (table,) in sorted(tables):
        (content,) = shop.sql(f"SELECT string_agg(t::text, ',' ORDER BY t::text) FROM {table} t")[0]
        digest.update(f"{table}:{content}".encode())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def people(shop):
    """One connection a role, on the console: its command line may use every op."""
    connections = {}
    for role in ROLES:
        name = f"The {role}"
        shop.staff(name, role=role)
        connections[role] = shop.connect(shop.device(), kind=pb.CLIENT_CLI)
        connections[role].sign_in(name, PIN)
    yield connections
    for client in connections.values():
        client.close()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_the_matrix_says_and_what_is_denied_changes_no_row(shop, people, role):
    table = server_table()
    before = rows_of_everything(shop)
    wrong = []
    for name, *allowed, _ in ROWS:
        number, kind, _ = table[name]
        command_id = uuid.uuid4().bytes if kind == "C" else None
        answered = people[role].refusal(number, body=NO_MESSAGE, command_id=command_id)
        wanted = "BAD_BODY" if allowed[ROLES.index(role)] == "yes" else "PERMISSION_DENIED"
        if answered != wanted:
            wrong.append((name, answered, wanted))
    assert wrong == []
    assert rows_of_everything(shop) == before


def test_without_a_person_only_what_a_device_may_is_served(shop, people):
    table = server_table()
    with shop.connect(shop.device(), kind=pb.CLIENT_CLI) as client:
        for name, *_, needs in ROWS:
            number, kind, _ = table[name]
            command_id = uuid.uuid4().bytes if kind == "C" else None
            answered = client.refusal(number, body=NO_MESSAGE, command_id=command_id)
            assert answered == ("BAD_BODY" if needs in ("nothing", "device") else "SIGN_IN_FIRST"), name


def test_a_right_taken_from_a_role_is_gone_at_once(shop, people):
    """And a role made of one right has that one and no other."""
    manager = shop.manager
    role = manager.command(
        pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(name="counts stock", permissions=["stock_edit"])), pb.RolePutDone
    ).id
    name = "Somebody who counts"
    manager.command(pb.OP_STAFF_PUT, pb.StaffPut(name=name, role_id=role, pin=PIN, active=True), pb.StaffPutDone)
    with shop.connect(shop.device(), kind=pb.CLIENT_CLI) as client:
        client.sign_in(name)
        assert client.refusal(pb.OP_STOCK_RECEIVE, body=NO_MESSAGE, command_id=uuid.uuid4().bytes) == "BAD_BODY"
        assert client.refusal(pb.OP_SALE_SHOW, body=NO_MESSAGE) == "PERMISSION_DENIED"
        manager.command(
            pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(id=role, name="counts stock", permissions=["sell"])), pb.RolePutDone
        )
        denied = client.refusal(pb.OP_STOCK_RECEIVE, body=NO_MESSAGE, command_id=uuid.uuid4().bytes)
        assert denied in ("PERMISSION_DENIED", "SIGN_IN_FIRST")


def test_nobody_gives_a_right_they_do_not_have(shop, people):
    manager = shop.manager
    role = manager.command(
        pb.OP_ROLE_PUT,
        pb.RolePut(role=pb.Role(name="makes roles", permissions=["role_edit", "staff_edit", "sell"])),
        pb.RolePutDone,
    ).id
    name = "Somebody who climbs"
    manager.command(pb.OP_STAFF_PUT, pb.StaffPut(name=name, role_id=role, pin=PIN, active=True), pb.StaffPutDone)
    with shop.connect(shop.device(), kind=pb.CLIENT_CLI) as client:
        me = client.sign_in(name).staff.id
        grab = pb.RolePut(role=pb.Role(id=role, name="makes roles", permissions=["role_edit", "shop_edit"]))
        assert client.refusal(pb.OP_ROLE_PUT, grab, uuid.uuid4().bytes) == "OWN_ROLE_ABOVE"
        promotion = pb.StaffPut(id=me, role_id=shop.role("manager"))
        assert client.refusal(pb.OP_STAFF_PUT, promotion, uuid.uuid4().bytes) == "OWN_ROLE_ABOVE"
