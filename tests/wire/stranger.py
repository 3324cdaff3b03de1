"""A stranger's client: written from PROTOCOL.md and the .proto files beside it, and nothing else of the product.

    stranger.py HOST PORT CODE NAME PIN WORD

enrols with the code, signs in as NAME, opens the drawer, sells two of the first product whose name has WORD for cash,
reads the receipt, and prints what happened as one JSON object. Everything it keeps lies in the working directory.
"""
import glob
import hashlib
import importlib
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def compile_messages():
    """One namespace of everything in the .proto files."""
    files = sorted(glob.glob("*.proto"))
    subprocess.run(["protoc", "--python_out=.", *files], check=True)
    sys.path.insert(0, os.getcwd())
    names = {}
    for file in files:
        names.update(vars(importlib.import_module(file.replace(".proto", "_pb2"))))
    return type("Messages", (), names)


pb = compile_messages()


def read_code(text):
    """Section 4: 24 characters, 80 bits of the CA's fingerprint and 40 of a secret."""
    characters = text.upper().replace("-", "").replace("O", "0").replace("I", "1").replace("L", "1")
    number = 0
    for character in characters:
        number = number << 5 | CROCKFORD.index(character)
    whole = number.to_bytes(15, "big")
    return whole[:10], whole[10:]


class Connection:
    """Sections 1 to 3."""

    def __init__(self, host, port, kind, ca=None, name=None, certificate=None, key=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(["caroline/1"])
        if ca is None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            context.load_verify_locations(ca)
        if certificate:
            context.load_cert_chain(certificate, key)
        raw = socket.create_connection((host, port), timeout=30)
        self.socket = context.wrap_socket(raw, server_hostname=name)
        self.stream = self.socket.makefile("rb")
        self.id = 0
        self.hello = self.ask(pb.OP_HELLO, pb.Hello(protocol=1, client=kind), pb.Helloed)

    def close(self):
        self.stream.close()
        self.socket.close()

    def exchange(self, op, message, command_id=None):
        """The Reply; pushes in between are not for us."""
        self.id += 1
        request = pb.Request(id=self.id, op=op, body=message.SerializeToString())
        if command_id:
            request.command_id = command_id
        payload = request.SerializeToString()
        self.socket.sendall(struct.pack(">I", len(payload)) + payload)
        while True:
            size, = struct.unpack(">I", self.stream.read(4))
            frame = pb.FromServer.FromString(self.stream.read(size))
            if frame.HasField("reply") and frame.reply.id == self.id:
                return frame.reply

    def ask(self, op, message, answer, command_id=None):
        reply = self.exchange(op, message, command_id)
        if reply.HasField("error"):
            sys.exit(f"{pb.ErrorCode.Name(reply.error.code)}: {reply.error.sentence} {reply.error.field}")
        return answer.FromString(reply.body)

    def command(self, op, message, answer):
        """Section 2: the id is on the disk before the first byte leaves."""
        command_id = uuid.uuid4().bytes
        with open("command", "wb") as file:
            file.write(command_id)
            file.flush()
            os.fsync(file.fileno())
        return self.ask(op, message, answer, command_id)


def write(path, data):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def enrol(host, port, code, kind):
    """Section 4. Returns the server's name."""
    fingerprint, secret = read_code(code)
    first = Connection(host, port, kind)
    assert first.hello.state == pb.DEVICE_NOT_ENROLLED
    ca = first.hello.ca_certificate
    first.close()
    if hashlib.sha256(ca).digest()[:10] != fingerprint:
        sys.exit("this is not the shop's server")
    write("ca.pem", x509.load_der_x509_certificate(ca).public_bytes(serialization.Encoding.PEM))

    key = ec.generate_private_key(ec.SECP256R1())
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stranger")]))
        .sign(key, hashes.SHA256())
    )
    second = Connection(host, port, kind, ca="ca.pem", name="localhost")
    enrolled = second.command(
        pb.OP_ENROL,
        pb.Enrol(secret=secret, certificate_request=request.public_bytes(serialization.Encoding.DER)),
        pb.Enrolled,
    )
    second.close()
    write(
        "key.pem",
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    certificate = x509.load_der_x509_certificate(enrolled.certificate)
    write("certificate.pem", certificate.public_bytes(serialization.Encoding.PEM))
    return enrolled.server_name


def sell(till, product, version):
    """Section 6: quote, show, pay, ring up."""
    basket = pb.Basket(
        catalogue_version=version,
        service=pb.SERVICE_TAKE_AWAY,
        lines=[pb.BasketLine(product_id=product.id, quantity_milli=2000)],
    )
    quoted = till.ask(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=basket), pb.SaleQuoted)
    ring_up = pb.SaleRingUp(
        basket=basket,
        tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=quoted.total_minor + 100)],
        total_minor=quoted.total_minor,
    )
    return quoted, ring_up, till.command(pb.OP_SALE_RING_UP, ring_up, pb.SaleRungUp)


def main(host, port, code, name, pin, word):
    server_name = enrol(host, int(port), code, pb.CLIENT_COUNTER)
    till = Connection(
        host, int(port), pb.CLIENT_COUNTER, ca="ca.pem", name=server_name, certificate="certificate.pem", key="key.pem"
    )
    assert till.hello.state == pb.DEVICE_ACTIVE
    opened = till.ask(pb.OP_SESSION_OPEN, pb.SessionOpen(name=name, pin=pin), pb.SessionOpened)
    till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=5000), pb.ShiftShown)
    listed = till.ask(pb.OP_PRODUCT_LIST, pb.ProductList(word=word), pb.ProductListed)
    quoted, ring_up, rung_up = sell(till, listed.products[0], listed.catalogue_version)

    # The answer was lost, let us say: the same id, the same body, the same answer.
    with open("command", "rb") as file:
        again = till.exchange(pb.OP_SALE_RING_UP, ring_up, file.read())
    shown = till.ask(pb.OP_SALE_SHOW, pb.SaleShow(receipt_number=rung_up.receipt_number), pb.SaleShown)
    last = till.ask(pb.OP_SALE_SHOW, pb.SaleShow(last=True), pb.SaleShown)
    till.ask(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)
    till.close()
    print(
        json.dumps(
            {
                "device": till.hello.device.name,
                "staff": opened.staff.name,
                "product": listed.products[0].name,
                "total_minor": quoted.total_minor,
                "receipt_number": rung_up.receipt_number,
                "change_minor": rung_up.change_minor,
                "same_again": pb.SaleRungUp.FromString(again.body) == rung_up,
                "last": last.sale.receipt_number,
                "text": shown.text.decode(),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
