"""Devices: enrolled by a one-time code, renewed, revoked."""
import datetime
import hashlib
import ssl
import uuid

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from shop import Client, Identity, Refused, certificate_request, decode_code, pb


def invite(manager, kind=None, command_id=None, **fields):
    message = pb.DeviceInvite(kind=pb.CLIENT_COUNTER if kind is None else kind, name="a till", **fields)
    return manager.command(pb.OP_DEVICE_INVITE, message, pb.DeviceInvited, command_id)


@pytest.fixture()
def stranger(shop):
    with Client(shop.port, kind=pb.CLIENT_COUNTER) as client:
        yield client


def enrol(client, secret, request=None, command_id=None):
    request = certificate_request(ec.generate_private_key(ec.SECP256R1())) if request is None else request
    return client.command(pb.OP_ENROL, pb.Enrol(secret=secret, certificate_request=request), pb.Enrolled, command_id)


def refusal(client, secret, request=None):
    with pytest.raises(Refused) as refused:
        enrol(client, secret, request)
    return refused.value.code


def test_the_code_is_24_characters_and_begins_with_the_ca(shop, manager, stranger):
    invited = invite(manager)
    assert len(invited.code.replace("-", "")) == 24
    fingerprint, _ = decode_code(invited.code)
    assert hashlib.sha256(stranger.helloed.ca_certificate).digest()[:10] == fingerprint


def test_a_code_makes_one_device(shop, manager, stranger):
    invited = invite(manager, till_number=77)
    _, secret = decode_code(invited.code)
    enrolled = enrol(stranger, secret)
    assert enrolled.device.till_number == 77 and enrolled.device.name == "a till"
    assert enrolled.device.state == pb.DEVICE_ACTIVE and enrolled.server_name == "localhost"
    certificate = x509.load_der_x509_certificate(enrolled.certificate)
    days = (certificate.not_valid_after - datetime.datetime.utcnow()).days
    assert 363 <= days <= 365
    assert refusal(stranger, secret) == "CODE_USED"


def test_an_enrolled_device_is_told_the_protocols_version(shop, manager):
    identity = shop.device()
    with shop.connect(identity) as client:
        assert client.helloed.protocol == 1
        assert client.helloed.state == pb.DEVICE_ACTIVE
        assert client.helloed.shop.name == "Test bakery"


def test_an_enrolment_sent_again_gets_the_same_answer(manager, stranger):
    _, secret = decode_code(invite(manager).code)
    request = certificate_request(ec.generate_private_key(ec.SECP256R1()))
    command = uuid.uuid4().bytes
    first = enrol(stranger, secret, request, command)
    again = enrol(stranger, secret, request, command)
    assert first.SerializeToString() == again.SerializeToString()


def test_five_wrong_codes_end_the_code_they_were_meant_for(manager, stranger):
    _, secret = decode_code(invite(manager).code)
    _, other = decode_code(invite(manager).code)
    for i in range(1, 6):
        mistyped = secret[:4] + bytes([secret[4] ^ i])
        assert refusal(stranger, mistyped) == "CODE_WRONG"
    assert refusal(stranger, secret) == "CODE_EXPIRED"
    enrol(stranger, other)


def test_four_wrong_codes_do_not(manager, stranger):
    _, secret = decode_code(invite(manager).code)
    for i in range(1, 5):
        assert refusal(stranger, secret[:4] + bytes([secret[4] ^ i])) == "CODE_WRONG"
    enrol(stranger, secret)


def test_a_code_lives_fifteen_minutes(shop, manager, stranger):
    invited = invite(manager)
    _, secret = decode_code(invited.code)
    shop.sql(f"UPDATE device_invite SET expires_at = expires_at - interval '15 minutes' WHERE id = {invited.invite_id}")
    with pytest.raises(Refused) as refused:
        enrol(stranger, secret)
    # Whoever holds a code does not know which kind it was.
    assert refused.value.code == "CODE_EXPIRED" and "15 minutes, a new shop's first for 24 hours" in refused.value.sentence


@pytest.mark.parametrize("secret", [b"", b"abcd", b"\x00\x00\x00\x00\x00"])
def test_what_is_no_code_is_wrong(stranger, secret):
    assert refusal(stranger, secret) == "CODE_WRONG"


def test_a_request_that_is_none_leaves_the_code_good(manager, stranger):
    _, secret = decode_code(invite(manager).code)
    good = certificate_request(ec.generate_private_key(ec.SECP256R1()))
    large = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(
        rsa.generate_private_key(65537, 2048), hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    for request in (b"", b"nothing of the kind", good[:-1], good + b"\0", large):
        assert refusal(stranger, secret, request) == "BAD_CERTIFICATE_REQUEST"
    enrol(stranger, secret, good)


def test_an_ed25519_key_will_do(manager, stranger):
    _, secret = decode_code(invite(manager).code)
    key = ed25519.Ed25519PrivateKey.generate()
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, None)
    enrol(stranger, secret, request.public_bytes(serialization.Encoding.DER))


def test_a_key_makes_one_device(manager, stranger):
    request = certificate_request(ec.generate_private_key(ec.SECP256R1()))
    enrol(stranger, decode_code(invite(manager).code)[1], request)
    assert refusal(stranger, decode_code(invite(manager).code)[1], request) == "BAD_CERTIFICATE_REQUEST"


def test_an_invitation_sent_again_gets_a_new_code_for_the_same_device(shop, manager, stranger):
    command = uuid.uuid4().bytes
    first, second = invite(manager, command_id=command), invite(manager, command_id=command)
    assert first.invite_id == second.invite_id and first.code != second.code
    assert refusal(stranger, decode_code(first.code)[1]) == "CODE_WRONG"
    enrol(stranger, decode_code(second.code)[1])
    with pytest.raises(Refused) as refused:
        invite(manager, command_id=command)
    assert refused.value.code == "CODE_USED"


def test_no_code_is_in_the_database(shop, manager):
    code = invite(manager).code
    _, secret = decode_code(code)
    ((hits,),) = shop.sql(f"SELECT count(*) FROM command WHERE position('\\x{secret.hex()}'::bytea IN reply) > 0"
                          f" OR position(convert_to('{code[-10:]}', 'UTF8') IN reply) > 0")
    assert hits == 0
    ((hits,),) = shop.sql("SELECT count(*) FROM device_invite"
                          f" WHERE position('\\x{secret.hex()}'::bytea IN secret_hash) > 0")
    assert hits == 0


def test_till_numbers_are_given_once(shop, manager, stranger):
    taken = invite(manager, till_number=500)
    with pytest.raises(Refused) as refused:
        invite(manager, till_number=500)
    assert refused.value.code == "NAME_TAKEN" and refused.value.field == "till_number"
    enrolled = enrol(stranger, decode_code(invite(manager).code)[1])
    assert enrolled.device.till_number == 501
    shop.sql(f"UPDATE device_invite SET expires_at = now() WHERE id = {taken.invite_id}")
    assert enrol(stranger, decode_code(invite(manager, till_number=500).code)[1]).device.till_number == 500


@pytest.mark.parametrize("fields, code", [
    ({"kind": pb.CLIENT_NONE}, "BAD_FIELD"),
    ({"name": "  "}, "BAD_FIELD"),
    ({"name": "\u200b\ufffe"}, "BAD_FIELD"),
    ({"name": "4111 1111 1111 1111"}, "CARD_NUMBER"),
    ({"name": "x\x1b[2J"}, "BAD_FIELD"),
    ({"name": "x" * 41}, "BAD_FIELD"),
    ({"till_number": 0}, "BAD_FIELD"),
    ({"till_number": 10000}, "BAD_FIELD"),
    ({"kind": pb.CLIENT_ADMIN, "till_number": 3}, "BAD_FIELD"),
    ({"shop_id": 99}, "UNKNOWN_SHOP"),
])
def test_an_invitation_that_cannot_be_is_refused(manager, fields, code):
    message = pb.DeviceInvite(**{"kind": pb.CLIENT_COUNTER, "name": "a till", **fields})
    assert manager.refusal(pb.OP_DEVICE_INVITE, message, uuid.uuid4().bytes) == code


def test_a_revoked_device_is_cut_off_at_once_in_every_process(shop, manager):
    second = shop.start()
    try:
        identity = shop.device()
        here, there = shop.connect(identity), shop.connect(identity, second.port)
        here.sign_in("Ben")
        token = here.session.token
        revoked = manager.command(
            pb.OP_DEVICE_REVOKE, pb.DeviceRevoke(device_id=identity.device.id, reason="stolen"), pb.DeviceRevoked)
        assert revoked.device.state == pb.DEVICE_STATE_REVOKED
        for client in (here, there):
            client.sock.settimeout(20)
            while (frame := client.read_frame()) is not None:
                assert frame.HasField("push")
        for port in (shop.port, second.port):
            with shop.connect(identity, port) as again:
                assert again.helloed.state == pb.DEVICE_STATE_REVOKED
                assert again.read_frame() is None
        ((left,),) = shop.sql(f"SELECT count(*) FROM session WHERE device_id = {identity.device.id} AND closed_at IS NULL")
        assert left == 0 and token
    finally:
        shop.servers.remove(second)
        second.kill()


def test_a_revocation_wants_a_reason_and_a_device(shop, manager):
    identity = shop.device()
    empty = pb.DeviceRevoke(device_id=identity.device.id, reason=" ")
    assert manager.refusal(pb.OP_DEVICE_REVOKE, empty, uuid.uuid4().bytes) == "BAD_REASON"
    nobody = pb.DeviceRevoke(device_id=4711, reason="lost")
    assert manager.refusal(pb.OP_DEVICE_REVOKE, nobody, uuid.uuid4().bytes) == "UNKNOWN_DEVICE"
    shop.connect(identity).close()


def test_the_list_names_every_device_and_its_state(shop, manager):
    identity = shop.device(name="the listed one")
    devices, after = {}, 0
    while True:
        page = manager.call(pb.OP_DEVICE_LIST, pb.DeviceList(after_id=after), pb.DeviceListed)
        devices.update((device.id, device) for device in page.devices)
        if not page.more:
            break
        after = page.devices[-1].id
    listed = devices[identity.device.id]
    assert listed.name == "the listed one" and listed.kind == pb.CLIENT_COUNTER and listed.till_number
    assert listed.state == pb.DEVICE_ACTIVE


def with_key(shop, identity, key, certificate):
    renewed = Identity(identity.directory / "renewed")
    renewed.key_path.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    renewed.certificate_path.write_bytes(
        x509.load_der_x509_certificate(certificate).public_bytes(serialization.Encoding.PEM))
    renewed.ca_path.write_bytes(identity.ca_path.read_bytes())
    renewed.server_name, renewed.device = identity.server_name, identity.device
    return renewed


def test_a_renewed_certificate_takes_over_when_it_is_first_shown(shop, manager):
    identity = shop.device()
    key = ec.generate_private_key(ec.SECP256R1())
    with shop.connect(identity) as client:
        enrolled = client.command(
            pb.OP_DEVICE_RENEW, pb.DeviceRenew(certificate_request=certificate_request(key)), pb.Enrolled)
    with shop.connect(identity) as old:  # the answer might have been lost
        assert old.helloed.state == pb.DEVICE_ACTIVE
    renewed = with_key(shop, identity, key, enrolled.certificate)
    with shop.connect(renewed) as new:
        assert new.helloed.state == pb.DEVICE_ACTIVE and new.helloed.device.id == identity.device.id
    with shop.connect(identity) as old:
        assert old.helloed.state == pb.DEVICE_UNKNOWN
        assert old.read_frame() is None
    with shop.connect(renewed) as new:
        assert new.helloed.state == pb.DEVICE_ACTIVE


def test_an_expired_device_is_told_so(shop, manager):
    identity = shop.device()
    shop.sql(f"UPDATE device SET certificate_expiry = now() WHERE id = {identity.device.id}")
    with shop.connect(identity) as client:
        assert client.helloed.state == pb.DEVICE_STATE_EXPIRED
        assert client.read_frame() is None


def test_a_stranger_is_served_hello_and_enrol_only(stranger):
    served = {pb.OP_HELLO, pb.OP_ENROL}
    for op in set(pb.Op.values()) - served - {pb.OP_NONE}:
        assert stranger.refusal(op) in ("NOT_ENROLLED", "UNSUPPORTED"), pb.Op.Name(op)


def test_a_foreign_certificate_ends_in_tls(shop, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "device 1")])
    now = datetime.datetime.utcnow()
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    foreign = Identity(tmp_path / "foreign")
    foreign.key_path.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    foreign.certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    foreign.ca_path.write_bytes(shop.console.ca_path.read_bytes())
    foreign.server_name = "localhost"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        Client(shop.port, foreign, kind=pb.CLIENT_COUNTER)
