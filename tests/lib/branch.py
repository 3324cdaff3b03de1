"""A second shop of the same chain, with a device, a manager and a sale of its own: what the first shop must not reach.

There is no request that opens a shop: its rows are made by the owner, and what can be made by requests is."""
import types

from shop import PIN, pb, wait_for

SHOP = (4094 << 41) + 1  # the id of a node of its own


def open_branch(shop):
    shop.sql(f"""
        INSERT INTO id_block VALUES (4094, 1000000);
        INSERT INTO shop VALUES ({SHOP}, now());
        INSERT INTO catalogue_head SELECT {SHOP}, max(version) FROM catalogue_head;
        INSERT INTO shop_version SELECT {SHOP}, h.version, 'The branch', address, '', '', '', currency, currency_exponent,
               zone, prices_include_tax, day_cutoff_minutes
          FROM shop_version, (SELECT max(version) AS version FROM catalogue_head) AS h ORDER BY from_version DESC LIMIT 1""")
    branch = types.SimpleNamespace(id=SHOP)
    invite = shop.manager.command(pb.OP_DEVICE_INVITE, pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name="far"), pb.DeviceInvited)
    shop.sql(f"UPDATE device_invite SET shop_id = {SHOP}, till_number = 77 WHERE id = {invite.invite_id}")
    branch.identity = shop.enrol(invite.code, pb.CLIENT_COUNTER)
    branch.staff = shop.staff("Far manager", role="manager")
    shop.sql(f"UPDATE staff SET shop_id = {SHOP} WHERE id = {branch.staff}")
    branch.till = wait_for(lambda: greeted(shop, branch.identity), what="the branch's catalogue")
    branch.token = branch.till.sign_in("Far manager", PIN).token
    branch.shift = branch.till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=0), pb.ShiftShown).shift_id
    return branch


def greeted(shop, identity):
    """A connection; None while the server is still reading the shop's catalogue."""
    from shop import Refused

    try:
        return shop.connect(identity)
    except Refused as refused:
        assert refused.code == "TRY_AGAIN"
        return None
