"""Certificates at the port of a real server: what a stranger is told, whom a server's certificate is for, what a device's
certificate says, and what a new pair of the server's own is good for after a reload.
"""
import os
import signal
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from names import fresh
from shop import Client, Refused, decode_code, pb, tls_context, wait_for


def invite(shop):
    message = pb.DeviceInvite(kind=pb.CLIENT_COUNTER, name=f"Till {fresh(8)}")
    return shop.manager.command(pb.OP_DEVICE_INVITE, message, pb.DeviceInvited)


def test_a_stranger_is_told_the_authority_and_nothing_of_the_shop(shop):
    with Client(shop.port) as stranger:
        assert stranger.helloed.state == pb.DEVICE_NOT_ENROLLED
        assert stranger.helloed.ca_certificate
        assert not stranger.helloed.HasField("shop")
        assert not stranger.helloed.HasField("device")
        assert not stranger.helloed.HasField("catalogue_version")


def test_the_servers_certificate_verifies_for_its_name_only(shop):
    identity = shop.device()
    Client(shop.port, identity).close()
    with pytest.raises(ssl.SSLCertVerificationError):
        Client(shop.port, identity, server_name="another.example")


def test_the_certificate_says_what_the_server_wills_whatever_was_asked(shop):
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


def test_a_device_is_what_it_was_enrolled_as(shop):
    till = shop.device()
    with pytest.raises(Refused, match="UNSUPPORTED"):
        shop.connect(till, kind=pb.CLIENT_ADMIN)
    with pytest.raises(Refused, match="UNSUPPORTED"):
        shop.connect(till, kind=pb.CLIENT_KIOSK)


def server_certificate(shop):
    """What the server shows now, as DER."""
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as raw:
        with tls_context().wrap_socket(raw) as client:
            return client.getpeercert(binary_form=True)


def test_a_reload_shows_the_new_certificate_and_keeps_every_connection(shop):
    server = shop.servers[0]
    identity = shop.device()
    certificate, key = shop.data / "server.crt", shop.data / "server.key"
    before = (certificate.read_bytes(), key.read_bytes())
    other = x509.load_der_x509_certificate(server_certificate(shop))
    with shop.connect(identity) as till:
        # A pair that does not fit: said, and nothing changes.
        key.write_bytes(identity.key_path.read_bytes())
        os.kill(server.process.pid, signal.SIGHUP)
        wait_for(lambda: "does not belong to the certificate" in server.log(), 10, "the complaint")
        assert server_certificate(shop) == other.public_bytes(serialization.Encoding.DER)
        till.call(pb.OP_PING, pb.Ping(), pb.Pong)

        # A pair that does: the device's own will do for once, as nobody verifies it here.
        certificate.write_bytes(identity.certificate_path.read_bytes())
        os.kill(server.process.pid, signal.SIGHUP)
        shown = x509.load_pem_x509_certificate(identity.certificate_path.read_bytes())
        wanted = shown.public_bytes(serialization.Encoding.DER)
        wait_for(lambda: server_certificate(shop) == wanted, 10, "the new certificate")
        till.call(pb.OP_PING, pb.Ping(), pb.Pong)

        certificate.write_bytes(before[0])
        key.write_bytes(before[1])
        os.kill(server.process.pid, signal.SIGHUP)
        wait_for(lambda: server_certificate(shop) != wanted, 10, "the old certificate")
        till.call(pb.OP_PING, pb.Ping(), pb.Pong)
