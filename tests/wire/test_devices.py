"""Devices end to end: enrolled by a one-time code, known by their certificate, renewed, revoked and cut off at once."""
import ssl
import time
import uuid

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from shop import PIN, Client, Refused, certificate_request, decode_code, pb, shop, tls_context, wait_for  # noqa: F401


def invite(shop, **fields):  # noqa: F811
    fields.setdefault("kind", pb.CLIENT_COUNTER)
    fields.setdefault("name", f"Till {uuid.uuid4().hex[:8]}")
    return shop.manager.command(pb.OP_DEVICE_INVITE, pb.DeviceInvite(**fields), pb.DeviceInvited)


def revoke(shop, identity):  # noqa: F811
    message = pb.DeviceRevoke(device_id=identity.device.id, reason="stolen")
    return shop.manager.command(pb.OP_DEVICE_REVOKE, message, pb.DeviceRevoked)


def assert_cut_off(client, seconds=1.0):
    """The connection ends within this time."""
    begin = time.monotonic()
    client.sock.settimeout(seconds + 5)
    while client.read_payload() is not None:
        pass
    assert time.monotonic() - begin < seconds


def test_an_enrolled_device_is_told_what_it_must_know(shop):  # noqa: F811
    identity = shop.enrol(invite(shop, name="Front till", till_number=41).code, pb.CLIENT_COUNTER)
    with shop.connect(identity) as till:
        hello = till.helloed
        assert hello.protocol == 1
        assert hello.state == pb.DEVICE_ACTIVE
        assert (hello.device.name, hello.device.till_number) == ("Front till", 41)
        assert hello.device.kind == pb.CLIENT_COUNTER
        assert hello.shop.name == "Test bakery"
        assert hello.catalogue_version >= 1
        assert abs(hello.now_us / 1e6 - time.time()) < 60
        year_s = (hello.device.expires_us - hello.now_us) / 1e6
        assert 364 * 86400 < year_s <= 366 * 86400
        assert hello.now_us < hello.renew_after_us < hello.device.expires_us
        assert not hello.ca_certificate


def test_a_stranger_is_told_the_authority_and_nothing_of_the_shop(shop):  # noqa: F811
    with Client(shop.port) as stranger:
        assert stranger.helloed.state == pb.DEVICE_NOT_ENROLLED
        assert stranger.helloed.ca_certificate
        assert not stranger.helloed.HasField("shop")
        assert not stranger.helloed.HasField("device")
        assert not stranger.helloed.HasField("catalogue_version")


def test_the_servers_certificate_verifies_for_its_name_only(shop):  # noqa: F811
    identity = shop.device()
    Client(shop.port, identity).close()
    with pytest.raises(ssl.SSLCertVerificationError):
        Client(shop.port, identity, server_name="another.example")


def test_the_certificate_says_what_the_server_wills_whatever_was_asked(shop):  # noqa: F811
    key = ed25519.Ed25519PrivateKey.generate()
    _, secret = decode_code(invite(shop).code)
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, None)
        .public_bytes(serialization.Encoding.DER)
    )
    with Client(shop.port, ca=shop.console.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER) as client:
        enrolled = client.command(pb.OP_ENROL, pb.Enrol(secret=secret, certificate_request=request), pb.Enrolled)
    certificate = x509.load_der_x509_certificate(enrolled.certificate)
    raw = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    assert certificate.public_key().public_bytes(*raw) == key.public_key().public_bytes(*raw)
    extensions = certificate.extensions
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usages = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert usages == [x509.ExtendedKeyUsageOID.CLIENT_AUTH]
    with pytest.raises(x509.ExtensionNotFound):
        extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert "localhost" not in certificate.subject.rfc4514_string()


def test_the_same_enrolment_sent_again_gets_the_same_certificate(shop):  # noqa: F811
    """Its answer was lost: the code is used, and yet the device gets what it was given."""
    _, secret = decode_code(invite(shop).code)
    request = certificate_request(ec.generate_private_key(ec.SECP256R1()))
    command_id = uuid.uuid4().bytes
    answers = []
    for _ in range(3):
        with Client(shop.port, ca=shop.console.ca_path, server_name="localhost", kind=pb.CLIENT_COUNTER) as client:
            message = pb.Enrol(secret=secret, certificate_request=request)
            answers.append(client.command(pb.OP_ENROL, message, pb.Enrolled, command_id).certificate)
    assert answers[0] == answers[1] == answers[2]


def test_a_revoked_device_is_cut_off_at_once_in_every_process(shop):  # noqa: F811
    other = shop.start()
    identity = shop.device()
    here, there = shop.connect(identity), shop.connect(identity, port=other.port)
    here.sign_in("Ben")
    there.sign_in("Ben")
    assert revoke(shop, identity).device.state == pb.DEVICE_STATE_REVOKED
    assert_cut_off(here)
    assert_cut_off(there)
    for port in (shop.port, other.port):
        with shop.connect(identity, port=port) as again:
            assert again.helloed.state == pb.DEVICE_STATE_REVOKED
            assert_cut_off(again)


def test_a_device_is_what_it_was_enrolled_as(shop):  # noqa: F811
    till = shop.device()
    with pytest.raises(Refused, match="UNSUPPORTED"):
        shop.connect(till, kind=pb.CLIENT_ADMIN)
    with pytest.raises(Refused, match="UNSUPPORTED"):
        shop.connect(till, kind=pb.CLIENT_KIOSK)


def test_a_renewed_certificate_takes_over_when_it_is_first_shown(shop, tmp_path):  # noqa: F811
    identity = shop.device()
    key = ec.generate_private_key(ec.SECP256R1())
    with shop.connect(identity) as till:
        renewed = till.command(
            pb.OP_DEVICE_RENEW, pb.DeviceRenew(certificate_request=certificate_request(key)), pb.Enrolled
        )
        assert renewed.device.id == identity.device.id
    with shop.connect(identity) as till:  # the new one was not stored, the power went: the old is good still
        assert till.helloed.state == pb.DEVICE_ACTIVE
    (tmp_path / "new.pem").write_bytes(
        x509.load_der_x509_certificate(renewed.certificate).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = tls_context(ca=identity.ca_path)
    context.load_cert_chain(tmp_path / "new.pem")
    with Client(shop.port, context=context, server_name="localhost", kind=pb.CLIENT_COUNTER) as till:
        assert till.helloed.state == pb.DEVICE_ACTIVE
        assert till.helloed.device.id == identity.device.id

    def old_is_unknown():
        with shop.connect(identity) as till:
            return till.helloed.state == pb.DEVICE_UNKNOWN

    wait_for(old_is_unknown, 5, "the old certificate's end")


def test_devices_are_listed_with_what_became_of_them(shop):  # noqa: F811
    identity = shop.device(name="Till to be listed")
    shop.connect(identity).close()
    revoke(shop, identity)
    listed, after = {}, 0
    while True:
        page = shop.manager.call(pb.OP_DEVICE_LIST, pb.DeviceList(after_id=after), pb.DeviceListed)
        listed.update({device.id: device for device in page.devices})
        if not page.more:
            break
        after = page.devices[-1].id
    mine = listed[identity.device.id]
    assert (mine.name, mine.state) == ("Till to be listed", pb.DEVICE_STATE_REVOKED)
    assert mine.seen_us > 0
    assert listed[shop.console.device.id].state == pb.DEVICE_ACTIVE


def test_codes_and_keys_are_nowhere_in_the_database(shop):  # noqa: F811
    code = invite(shop).code
    _, secret = decode_code(code)
    shop.enrol(code, pb.CLIENT_COUNTER)
    kept = shop.sql("SELECT encode(reply, 'hex') FROM command") + shop.sql(
        "SELECT encode(secret_hash, 'hex') FROM device_invite"
    )
    for (row,) in kept:
        assert secret.hex() not in (row or "")
        assert code.encode().hex() not in (row or "")
