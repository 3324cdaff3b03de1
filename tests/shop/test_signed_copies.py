"""A member's copy of everything proves itself anywhere: by the file and the shop's key alone."""
import base64
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import random
import re
import signal
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cli import console
from copies import merged
from counter import basket, ring_up, seed
from kiosk import Person, code_for, sign_in
from shop import TOP, pb

VERIFY = TOP / "deploy" / "verify-export"
SEED = int(os.environ.get("CAROLINE_SEED", "1"))
loader = importlib.machinery.SourceFileLoader("verify_export", str(VERIFY))
module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
loader.exec_module(module)


def text_of(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def findings(copy, key=None):
    verifier = module.Verifier(key)
    verifier.read(copy.encode().splitlines(keepends=True) if isinstance(copy, str) else copy)
    assert not verifier.unchecked
    return verifier.findings


def said(path, *arguments, code):
    done = subprocess.run([VERIFY, path, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == code and not done.stderr, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def copies(shop):
    """Of two members, of the first a second one later; and the key's id, as the shop says it."""
    goods, till, cli = seed(shop), shop.till("Ben"), console(shop)
    people = [Person(shop.manager) for _ in range(2)]
    for person in people:
        ring_up(till, basket(shop, (goods["cake"], 2), (goods["roll"], 4), member_id=person.id), 1980)
    shop.key_id = re.search(r"^journal key id +([0-9a-f]{16})", cli.run("server", "show").stdout, re.M)[1]
    made = [cli.run("member", "export", person.id, "--json").stdout for person in (*people, people[0])]
    shop.people = people
    return made


def test_B22_a_copy_verifies_by_itself_and_the_shops_key(shop, copies, tmp_path):
    path = tmp_path / "copy.json"
    path.write_text(copies[0])
    told = said(path, "--key", shop.key_id, code=0)
    assert f"11 pages of member {shop.people[0].id}, by the key {shop.key_id} (as asked)" in told
    assert "(the file's own: compare it)" in said(path, code=0)
    assert merged(copies[0])["member"]["email"] == shop.people[0].email
    for copy in copies:
        assert findings(copy, shop.key_id) == []


def test_B22_each_byte_that_is_changed_is_named(shop, copies):
    """All of what the form is made of, and so many of what is told: in each another bit."""
    whole, chance = copies[0].encode(), random.Random(SEED)
    second = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    form = {*range(whole.index(b'"page"') + 12), *range(second - 4, second + 12), *range(len(whole) - 8, len(whole))}
    for at in sorted(form | set(chance.sample(range(len(whole)), 400))):
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        lines = bytes(changed).splitlines(keepends=True) if b"\r" not in changed else [bytes(changed)]
        assert findings(lines, shop.key_id), f"byte {at}: {whole[at:at + 1]} became {changed[at:at + 1]}"


def test_B22_what_was_taken_out_moved_or_mixed_is_named(shop, copies):
    lines = copies[0].splitlines(keepends=True)
    others, later = (copy.splitlines(keepends=True) for copy in copies[1:])
    assert len(lines) == 13
    for gone in range(1, 12):
        left = lines[:gone] + lines[gone + 1:]
        left[-2] = left[-2].removesuffix(",\n").removesuffix("\n") + "\n"
        assert findings("".join(left), shop.key_id), f"page {gone} was taken out"
        twice = lines[:gone] + [lines[gone].rstrip(",\n") + ",\n"] + lines[gone:]
        assert findings("".join(twice), shop.key_id), f"page {gone} stands twice"
        for strange, why in ((others, "of member"), (later, "of another copy")):
            mixed = lines[:gone] + [strange[gone]] + lines[gone + 1:]
            assert any(why in sentence for _, sentence in findings("".join(mixed), shop.key_id)), (gone, why)
    lines[3], lines[4] = lines[4], lines[3]
    assert findings("".join(lines), shop.key_id)


def copy_of(key, *pages):
    """As the shop that has this key would have made it, of these pages' bytes."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    header = text_of(b'{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"%s","jwk":{"kty":"OKP","crv":"Ed25519","x":"%s"}}' % (
        hashlib.sha256(raw).hexdigest()[:16].encode(), text_of(raw).encode())).encode()
    lines = [b'{"seal":"%s..%s","page":%s}' % (header, text_of(key.sign(header + b"." + page)).encode(), page) for page in pages]
    return module.HEAD + b",\n".join(lines) + b"\n" + module.TAIL


def resigned(copy, key):
    pages = re.findall(r'^\{"seal":".*?","page":(.*)\},?$', copy, re.M)
    return copy_of(key, *(page.encode() for page in pages)).decode()


def test_B22_another_shops_key_is_refused(shop, copies, tmp_path):
    key = Ed25519PrivateKey.generate()
    forged, path = resigned(copies[0].replace(shop.people[0].email, "x" + shop.people[0].email[1:]), key), tmp_path / "forged.json"
    path.write_text(forged)
    own = hashlib.sha256(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]
    assert f"signed by the key {own}, which is not the shop's" in said(path, "--key", shop.key_id, code=1)
    assert f"by the key {own} (the file's own: compare it)" in said(path, code=0)
    mixed = copies[0].splitlines(keepends=True)
    mixed[5] = resigned(copies[0], key).splitlines(keepends=True)[5]
    assert [line for line, _ in findings("".join(mixed))] == [6, 7]  # nor does the next go on from it


def test_B22_a_copy_of_before_is_said_to_be_unsigned(shop, copies, tmp_path):
    path = tmp_path / "older.json"
    path.write_text(json.dumps(merged(copies[0])) + "\n")
    assert "it is no signed copy: made before copies were signed" in said(path, "--key", shop.key_id, code=1)
    stripped = re.sub(r'"seal":"[^"]*"', '"seal":""', copies[0])
    assert findings(stripped, shop.key_id)[0] == (2, "nothing signs this page")


@pytest.mark.parametrize("key", ["", "0f3a", "0F3A99BC0F3A99BC", "\x1b[31m" + "0" * 11])
def test_B22_what_is_no_keys_id_is_said_at_once(tmp_path, key):
    """An empty one, of a script's unset variable, would believe the file's own."""
    path = tmp_path / "copy.json"
    path.write_bytes(copy_of(Ed25519PrivateKey.generate(), b'{"member_id":7}'))
    said(path, code=0)
    assert "argument --key: a key's id is 16 digits and letters" in not_used(path, "--key", key)


def not_used(*arguments, **more):
    """What is said where it is not asked as it can be."""
    done = subprocess.run([VERIFY, *arguments], capture_output=True, text=True, timeout=60, **more)
    assert done.returncode == 2 and not done.stdout and done.stderr.startswith("usage: "), done.stdout + done.stderr
    return done.stderr


def test_B22_what_cannot_be_read_is_said(tmp_path):
    for path, why in ((tmp_path, "Is a directory"), (tmp_path / "none", "No such file"), ("/proc/self/mem", "Input/output error")):
        assert re.search(rf"error: argument file: '.*' cannot be read: {why}", not_used(path))
    assert "error: argument file: '-' cannot be read: Bad file descriptor" in not_used("-", preexec_fn=lambda: os.close(0))


BAD_FILES = (
    (b"", "the file: it is empty"),
    (b"\n", "the file: it is no signed copy"),
    (b"\xff\xfe\x00", "the file: it is no signed copy"),
    (module.HEAD + b'{"seal":"\xff","page":{}}\n' + module.TAIL, "line 2: it is no page of a copy: damaged, or added"),
    (module.HEAD + b'{"seal":"a+/=","page":{}}\n' + module.TAIL, "line 2: it is no page of a copy: damaged, or added"),
    (module.HEAD + b'{"seal":"a..a","page":{}}\n' + module.TAIL, "line 2: its signature is none of a shop's: changed"),
    (module.HEAD + b'{"seal":"_-8..____","page":{}}\n' + module.TAIL, "line 2: its signature is none of a shop's: changed"),
)


@pytest.mark.parametrize("content, sentence", BAD_FILES)
def test_B22_what_is_no_copy_is_said_to_be_none(tmp_path, content, sentence):
    path = tmp_path / "copy.json"
    path.write_bytes(content)
    told = said(path, code=1)
    assert sentence in told and "pages of nobody, by no key" in told


TWICE = rb'"a\u001b[31m' + "\u202e".encode() + b'"'
BAD_PAGES = (
    (rb'{"member_id":"\u001b]0;7\u0007"}', "it names no member"),
    (b'{"member_id":true}', "it names no member"),
    (b'{"member_id":-7}', "it names no member"),
    (b'{"member_id":9223372036854775808}', "it names no member"),
    (b'{"pages":1}', "it names no member"),
    (b'{"member_id":7,"next":"\xe2\x80\xae"}', "it does not say where it begins or ends"),
    (b'{"member_id":7,"place":{"at":[1]}}', "it does not say where it begins or ends"),
    (b'{"member_id":7,"member_id":8}', "the field 'member_id' stands twice"),
    (b'{"member_id":7,"member":{"name":"Mia","phone":"1","name":"Mia"}}', "the field 'name' stands twice"),
    (b'{"member_id":7,%s:1,%s:1}' % (TWICE, TWICE), r"the field 'a\\x1b[31m\\u202e' stands twice"),
    (b'{"member_id":7,"points":NaN}', "NaN is no number that a shop writes"),
    (b'{"member_id":7,"points":-Infinity}', "-Infinity is no number that a shop writes"),
    (b'{"member_id":7,"points":1e999}', "1e999 is no number that a shop writes"),
    (b'{"member_id":%s}' % (b"7" * 5000), "a number of 5000 digits"),
    (b'{"member_id":7,"points":%s}' % (b"7" * 5000), "a number of 5000 digits"),
    (b'{"member_id":7,"sales":%s%s}' % (b"[" * 200000, b"]" * 200000), "it is nested too deeply"),
    (b'{"member_id":7,"member":%s1%s}' % (b'{"a":' * 200000, b"}" * 200000), "it is nested too deeply"),
    (b'{"member_id":7,"name":"\xff"}', "it is not UTF-8"),
    (b'{"member_id":7,"name":"\xed\xa0\x80"}', "it is not UTF-8"),
    (b'{"member_id":7}{}', "it is no JSON behind character 15"),
    (b'{"member_id":7,"name":"\x1b[31m"}', "it is no JSON behind character 23"),
)


@pytest.mark.parametrize("page, sentence", BAD_PAGES, ids=[sentence for _, sentence in BAD_PAGES])
def test_B22_what_no_shop_signs_is_refused_under_a_signature_that_holds(tmp_path, page, sentence):
    """And of what stands in it nothing comes to the terminal that it obeys."""
    path = tmp_path / "copy.json"
    path.write_bytes(copy_of(Ed25519PrivateKey.generate(), page))
    told = said(path, code=1)
    assert f"line 2: what was signed is no page that a shop writes: {sentence}\n" in told
    assert told.isascii() and all(letter.isprintable() or letter == "\n" for letter in told)


def test_B22_who_reads_no_further_is_shown_no_traceback():
    process = subprocess.Popen([VERIFY, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    process.stdin.write("no copy\n")
    process.stdin.close()
    assert process.stderr.read() == "" and process.wait(30) == -signal.SIGPIPE


def test_B22_a_kiosks_pages_are_signed_as_the_offices(shop, copies):
    with shop.connect(shop.device(pb.CLIENT_KIOSK)) as kiosk, shop.till("Ben") as till:
        person = Person(till)
        sign_in(kiosk, code=code_for(till, person.id).code)
        page = kiosk.call(pb.OP_SELF_EXPORT, pb.SelfExport(), pb.MemberExported)
    header = json.loads(base64.urlsafe_b64decode(page.seal.split(".")[0] + "=="))
    assert header["kid"] == shop.key_id and page.member_id == person.id and not page.HasField("place")
