"""The vault's files read from outside: by python3-cryptography, libargon2, sqlite3 and the openssl command, none of which
the vault is built with, and by killing it."""
import contextlib
import ctypes
import datetime
import hashlib
import hmac
import os
import pathlib
import signal
import sqlite3
import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TOOL = pathlib.Path(os.environ["CAROLINE_BUILD"]) / "tests" / "vault_tool"


class Vault:
    def __init__(self, directory):
        self.directory = directory
        self.tool("create", "Zoë's Bäckerei " * 8)

    def tool(self, *arguments, stdin=b"", check=True):
        done = subprocess.run([TOOL, self.directory, "", *map(str, arguments)], input=stdin, capture_output=True, timeout=60)
        if check:
            assert done.returncode == 0, done.stderr.decode()
        return done

    def lines(self, *arguments, stdin=b""):
        return self.tool(*arguments, stdin=stdin).stdout.decode().splitlines()

    def secret(self, name):
        return (self.directory / name).read_bytes()

    def ca(self):
        return x509.load_pem_x509_certificate(self.secret("ca.pem"))


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "vault")


def openssl(*arguments, stdin=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, timeout=60)


def request_of(key, **subject):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject.get("name", "root of all"))])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(serialization.Encoding.DER)


def person_key(vault, person):
    with sqlite3.connect(vault.directory / "keys.sqlite") as db:
        (wrapped,) = db.execute("SELECT wrapped FROM person WHERE id = ?", (person,)).fetchone()
    return aes_key_unwrap_with_padding(vault.secret("epoch-1.key"), wrapped)


def test_a_sealed_field_opens_by_the_words_of_its_comment(vault):
    vault.tool("add", 4711)
    sealed = bytes.fromhex(vault.lines("seal", 4711, 3, "+4930123456")[0])
    key = person_key(vault, 4711)
    assert len(key) == 32
    aad = sealed[:2] + (4711).to_bytes(8, "big") + (3).to_bytes(2, "big")
    text = AESGCM(key).decrypt(sealed[2:14], sealed[30:] + sealed[14:30], aad)
    assert text == b"+4930123456"
    assert sealed[:2] == b"\x01\x01"


def test_a_blind_index_is_an_hmac_under_its_kinds_own_key(vault):
    kind = hmac.digest(vault.secret("blind.key"), b"caroline blind index 1", "sha256")
    assert vault.lines("blind", 1, "+4930123456") == [hmac.digest(kind, b"+4930123456", "sha256")[:16].hex()]


def test_a_pin_hash_is_argon2id_to_another_library(vault):
    argon2 = ctypes.CDLL("libargon2.so.1")
    (hashed,) = vault.lines("pin", "2846")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    for pin, verdict in (("2846", 0), ("2847", -35)):  # ARGON2_OK, ARGON2_VERIFY_MISMATCH
        peppered = hmac.digest(vault.secret("pepper.key"), pin.encode(), "sha256")
        assert argon2.argon2id_verify(hashed.encode(), peppered, ctypes.c_size_t(len(peppered))) == verdict


def test_the_pin_is_not_hashed_bare(vault):
    argon2 = ctypes.CDLL("libargon2.so.1")
    (hashed,) = vault.lines("pin", "2846")
    assert argon2.argon2id_verify(hashed.encode(), b"2846", ctypes.c_size_t(4)) == -35


def test_a_signature_verifies_by_the_public_key(vault):
    signature, *pem = vault.lines("sign", stdin=b"heads of strands")
    signature = bytes.fromhex(signature)
    key = serialization.load_pem_public_key("\n".join(pem).encode())
    key.verify(signature[:64], b"heads of strands")
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    assert signature[64:] == hashlib.sha256(raw).digest()[:8]


def test_the_ca_is_one_and_signs_nothing_below_a_leaf(vault):
    ca = vault.ca()
    ca.public_key().verify(ca.signature, ca.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))
    constraints = ca.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical and constraints.value.ca and constraints.value.path_length == 0
    usage = ca.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign and not usage.digital_signature
    assert ca.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == ("Zoë's Bäckerei " * 8)[:64]
    der = ca.public_bytes(serialization.Encoding.DER)
    assert vault.lines("fingerprint") == [hashlib.sha256(der).digest()[:10].hex()]


@pytest.mark.parametrize("make", [lambda: ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate])
def test_a_device_gets_a_client_certificate_whatever_it_asked(vault, make, tmp_path):
    key = make()
    verdict, certificate, key_hash = vault.lines("issue", 77, 365, stdin=request_of(key))
    assert verdict == "ok"
    issued = x509.load_der_x509_certificate(bytes.fromhex(certificate))
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert hashlib.sha256(spki).hexdigest() == key_hash
    assert issued.subject.rfc4514_string() == "CN=device 77"
    assert not issued.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert list(issued.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert issued.not_valid_after - datetime.datetime.utcnow() > datetime.timedelta(days=364)
    vault.ca().public_key().verify(issued.signature, issued.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))

    path = tmp_path / "device.pem"
    path.write_bytes(issued.public_bytes(serialization.Encoding.PEM))
    ca = vault.directory / "ca.pem"
    assert openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", ca, path).returncode == 0
    assert openssl("verify", "-purpose", "sslserver", "-CAfile", ca, path).returncode != 0


def test_requests_that_are_none_are_refused(vault):
    key = ec.generate_private_key(ec.SECP256R1())
    good = request_of(key)
    forged = bytearray(good)
    forged[good.index(b"root of all")] ^= 1  # the signature no longer fits
    for request in (b"", b"\x30", good[:-1], good + b"\x00", bytes(forged), os.urandom(300), good * 10):
        assert vault.lines("issue", 1, 365, stdin=request) == ["bad request"], request[:20]
    for other in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        assert vault.lines("issue", 1, 365, stdin=request_of(other)) == ["bad key"]


def test_the_servers_certificate_is_good_for_its_names_only(vault, tmp_path):
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    assert vault.lines("name") == [""]
    for _ in range(2):  # the second time over the first
        vault.tool("server", certificate, key, "till-server.local", "127.0.0.1", "::1")
    assert vault.lines("name") == ["till-server.local"]
    assert key.stat().st_mode & 0o777 == 0o600
    ca = vault.directory / "ca.pem"
    verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca]
    assert openssl(*verify, "-verify_hostname", "till-server.local", certificate).returncode == 0
    assert openssl(*verify, "-verify_ip", "127.0.0.1", certificate).returncode == 0
    assert openssl(*verify, "-verify_ip", "::1", certificate).returncode == 0
    assert openssl(*verify, "-verify_hostname", "elsewhere.local", certificate).returncode != 0
    public = openssl("x509", "-in", certificate, "-pubkey", "-noout").stdout
    assert public == openssl("pkey", "-in", key, "-pubout").stdout


@pytest.mark.parametrize("name", ["", "a,DNS:b", "dirName:x", "a b", "a\nb", "x" * 254, "@section"])
def test_a_server_name_cannot_smuggle_in_another(vault, tmp_path, name):
    done = vault.tool("server", tmp_path / "c", tmp_path / "k", name, check=False)
    assert done.returncode == 1
    assert b"no name or address" in done.stderr
    assert not (tmp_path / "k").exists()


def test_the_servers_certificate_is_renewed_at_two_thirds_for_the_same_names(vault, tmp_path):
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    vault.tool("server", certificate, key, "till-server.local", "127.0.0.1", "::1")
    first = x509.load_pem_x509_certificate(certificate.read_bytes())
    assert vault.lines("renew", certificate, key, 480) == ["good"]
    assert x509.load_pem_x509_certificate(certificate.read_bytes()) == first
    assert vault.lines("renew", certificate, key, 490) == ["renewed"]
    second = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = [c.extensions.get_extension_for_class(x509.SubjectAlternativeName).value for c in (first, second)]
    assert names[0] == names[1] and second.not_valid_after > first.not_valid_after
    assert openssl("x509", "-in", certificate, "-pubkey", "-noout").stdout == openssl("pkey", "-in", key, "-pubout").stdout


def test_another_authoritys_certificate_is_left_alone(vault, tmp_path):
    other = Vault(tmp_path / "other")
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    other.tool("server", certificate, key, "till-server.local")
    before = certificate.read_bytes()
    assert vault.lines("renew", certificate, key, 700) == ["good"]
    assert certificate.read_bytes() == before


def test_every_secret_is_closed_to_others(vault):
    assert vault.directory.stat().st_mode & 0o777 == 0o700
    for path in vault.directory.iterdir():
        assert path.stat().st_mode & 0o777 == (0o644 if path.name == "ca.pem" else 0o600), path.name


def test_a_dropped_key_is_overwritten_in_both_files(vault):
    for person in range(1, 20):
        vault.tool("add", person)
    with sqlite3.connect(vault.directory / "keys.sqlite") as db:
        (wrapped,) = db.execute("SELECT wrapped FROM person WHERE id = 9").fetchone()
    db.close()
    for name in ("keys.sqlite", "keys.mirror"):
        assert wrapped in vault.secret(name)
    vault.tool("drop", 9)
    for name in ("keys.sqlite", "keys.mirror"):
        assert wrapped not in vault.secret(name)
    assert not list(vault.directory.glob("*-journal"))
    assert vault.lines("list") == [str(person) for person in range(1, 20) if person != 9]


def test_a_key_acknowledged_before_a_kill_is_there(vault):
    acknowledged, first = set(), 1
    for round_ in range(15):
        process = subprocess.Popen([TOOL, vault.directory, "", "fill", str(first)], stdout=subprocess.PIPE)
        os.set_blocking(process.stdout.fileno(), True)
        for _ in range(round_ + 1):
            acknowledged.add(int(process.stdout.readline()))
        moment = time.monotonic() + 0.0007 * round_  # into the middle of a change, somewhere else each time
        while time.monotonic() < moment:
            pass
        process.send_signal(signal.SIGKILL)
        acknowledged.update(int(line) for line in process.stdout.read().split())
        process.wait()
        present = {int(line) for line in vault.lines("list")}  # opens: the two files were brought together
        assert acknowledged <= present
        assert len(present - acknowledged) <= round_ + 1
        first = max(present) + 1
    assert vault.secret("keys.sqlite")[:16] == b"SQLite format 3\x00"


def epochs(vault):
    return {path.name: path.read_bytes() for path in vault.directory.glob("epoch-*.key")}


def test_after_an_erasure_an_older_key_store_opens_nothing(vault):
    for person in (7, 8):
        vault.tool("add", person)
    wrapped = {}
    with sqlite3.connect(vault.directory / "keys.sqlite") as db:
        for person, key in db.execute("SELECT id, wrapped FROM person"):
            wrapped[person] = key
    db.close()
    before = epochs(vault)
    sealed = vault.lines("seal", 8, 2, "Bea")[0]
    vault.tool("erase", 7)
    after = epochs(vault)
    assert len(after) == 1 and after.keys().isdisjoint(before) and list(after.values()) != list(before.values())
    [now] = after.values()
    [then] = before.values()
    for person in (7, 8):
        assert len(aes_key_unwrap_with_padding(then, wrapped[person])) == 32
        with pytest.raises(InvalidUnwrap):
            aes_key_unwrap_with_padding(now, wrapped[person])
    for path in vault.directory.iterdir():
        assert then not in path.read_bytes() and not any(key in path.read_bytes() for key in wrapped.values()), path
    for name in ("keys.sqlite", "keys.mirror"):
        with sqlite3.connect(vault.directory / name) as db:
            rows = dict(db.execute("SELECT id, wrapped FROM person"))
        db.close()
        assert rows[7] is None
        sealed_bytes = bytes.fromhex(sealed)
        aad = sealed_bytes[:2] + (8).to_bytes(8, "big") + (2).to_bytes(2, "big")
        assert AESGCM(aes_key_unwrap_with_padding(now, rows[8])).decrypt(
            sealed_bytes[2:14], sealed_bytes[30:] + sealed_bytes[14:30], aad) == b"Bea"


def test_an_erasure_killed_at_any_moment_is_begun_or_not_and_never_half(vault):
    """Ended by the next who opens the vault, or to be begun again; nobody else is lost, whenever it died."""
    last = 40
    for person in range(1, last + 1):
        vault.tool("add", person)
    took = time.monotonic()
    vault.tool("erase", last)
    took = time.monotonic() - took
    for round_ in range(20):
        gone = last - 1 - round_
        process = subprocess.Popen([TOOL, vault.directory, "", "erase", str(gone)], stdout=subprocess.DEVNULL)
        moment = time.monotonic() + took * (round_ + 0.5) / 20
        while time.monotonic() < moment:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        present = {int(line) for line in vault.lines("list")}  # opens: what was begun is ended
        assert present in (set(range(1, gone)), set(range(1, gone + 1)))
        assert len(epochs(vault)) == 1
        vault.tool("erase", gone)
        assert {int(line) for line in vault.lines("list")} == set(range(1, gone))
        vault.tool("seal", 1, 2, "still there")


def test_an_erasure_wraps_many_keys_anew_and_each_opens_what_it_opened(tmp_path):
    """By another implementation of the same wrapping; both files alike, and a key that was damaged is lost alone."""
    vault = Vault(tmp_path / "vault")
    vault.tool("keys", 10, 500, 7)
    vault.tool("add", 3)
    [before] = vault.directory.glob("epoch-*.key")
    old = before.read_bytes()
    for name in ("keys.sqlite", "keys.mirror"):
        with contextlib.closing(sqlite3.connect(vault.directory / name)) as file:
            file.execute("UPDATE person SET wrapped = zeroblob(40) WHERE id IN (73, 300)")
            file.commit()
    wrapped = rows_of(vault, "keys.sqlite")
    keys = {id: aes_key_unwrap_with_padding(old, data) for id, _, data in wrapped if id not in (73, 300)}
    assert len(keys) == 499 and len(set(keys.values())) == 499
    assert int(vault.lines("erase_timed", 3)[0]) >= 0
    [after] = vault.directory.glob("epoch-*.key")
    assert after != before and after.read_bytes() != old
    rows = rows_of(vault, "keys.sqlite")
    assert rows == rows_of(vault, "keys.mirror")
    assert [(id, data) for id, _, data in rows if id in (3, 73, 300)] == [(3, None), (73, bytes(40)), (300, bytes(40))]
    assert {epoch for id, epoch, _ in rows if id in (73, 300)} == {0}, "they are noted as lost"
    del keys[3]
    assert {id: aes_key_unwrap_with_padding(after.read_bytes(), data) for id, epoch, data in rows if id in keys and epoch == 2} == keys
    assert not [line for line in vault.lines("open")]


def rows_of(vault, name):
    with contextlib.closing(sqlite3.connect(vault.directory / name)) as file:
        return file.execute("SELECT id, epoch, wrapped FROM person ORDER BY id").fetchall()
