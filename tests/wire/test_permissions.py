"""Rights given, taken and grabbed at: what a role allows changes at once, and nobody gives what they do not have.

Who may do what is tests/wire/permissions.txt, asked cell by cell in test_permission_matrix.py."""
import uuid

from shop import PIN, pb

NO_MESSAGE = b"\xff"  # no op can read it: BAD_BODY is the answer of who may


def test_a_right_taken_from_a_role_is_gone_at_once(shop):
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


def test_nobody_gives_a_right_they_do_not_have(shop):
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
