"""The Stripe adapter by itself: beside the two stand-ins that others wrote, and beside a gateway that is as bad as it is told.

What is tried where: charges, their capture, refund, release, declines and Idempotency-Key against stripe-stateful-mock; payment intents,
customers and the page's making against emulate, which forgets keys, never declines and refunds nothing; what neither has (a card typed on
the page, refunds of intents, detaching, all faults) against tests/lib/gateway.py."""
import contextlib
import functools
import subprocess
import time
import urllib.parse
import urllib.request

import pytest

import standins
from gateway import Gateway

TOOL = standins.BUILD / "tests" / "gateway_tool"
MADE = 1790000000


class Tool:
    def __init__(self, url, api="intents", secret=Gateway.secret, ca="", total_ms=2000):
        self.process = subprocess.Popen([TOOL, url, secret, api, ca, str(total_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(20) == 0, self.process.stderr.read()
        log = self.process.stderr.read()
        assert Gateway.secret not in log and "cus_" not in log and "tok_" not in log, log
        self.process.stdout.close()
        self.process.stderr.close()

    def __call__(self, what, id=77, attempt=0, amount=1250, currency="EUR", customer="-", method="-", reference="-", made=MADE):
        line = [what, id, made, attempt, amount, currency, customer, method, reference]
        self.process.stdin.write("\t".join(map(str, line)) + "\n")
        self.process.stdin.flush()
        words = self.process.stdout.readline().rstrip("\n").split("\t")
        names = ("outcome", "problem", "customer", "method", "reference", "over", "url", "brand", "last4", "month", "year")
        said = dict(zip(names, words))
        said["found"] = [tuple(word.split(":")) for word in words[len(names):]]
        return said


def states(said):
    assert said["outcome"] == "done", said
    return sorted(state for _, state, _, _ in said["found"])


# ---- stripe-stateful-mock ----

@pytest.fixture(scope="module")
def mock():
    with standins.stateful_mock() as (host, port):
        yield f"http://{host}:{port}"


def customer_with(url, token):
    def post(path, **form):
        ask = urllib.request.Request(url + path, urllib.parse.urlencode(form).encode(), {"Authorization": f"Bearer {Gateway.secret}"})
        with urllib.request.urlopen(ask, timeout=10) as answer:
            import json
            return json.load(answer)["id"]
    customer = post("/v1/customers")
    return customer, post(f"/v1/customers/{customer}/sources", source=token)


def test_B34_a_charge_of_the_stateful_mock_is_authorised_captured_and_given_back(mock):
    customer, card = customer_with(mock, "tok_visa")
    with Tool(mock, "charges") as ask:
        assert states(ask("status", id=1)) == []
        made = ask("authorise", id=1, customer=customer, method=card)
        assert made["outcome"] == "done" and made["reference"].startswith("ch_")
        assert states(ask("status", id=1)) == ["open"]
        again = ask("authorise", id=1, customer=customer, method=card)  # the same key: the same charge
        assert again["reference"] == made["reference"] and states(ask("status", id=1)) == ["open"]
        other = ask("authorise", id=1, amount=1300, customer=customer, method=card)  # the same key, another sum
        assert other["outcome"] == "refused" and "idempotency" in other["problem"]
        assert ask("capture", id=1, reference=made["reference"])["outcome"] == "done"
        assert ask("status", id=1)["found"] == [(made["reference"], "captured", "1250", "1")]
        assert ask("status", id=1, currency="USD")["found"][0][3] == "0"
        assert ask("capture", id=1, attempt=1, reference=made["reference"])["problem"] == "charge_already_captured"
        assert ask("refund", id=1, reference=made["reference"])["outcome"] == "done"
        assert states(ask("status", id=1)) == ["refunded"]
        assert states(ask("alone", id=1, reference=made["reference"])) == ["refunded"]
        assert states(ask("alone", id=2, reference=made["reference"])) == []  # another's is not ours
        assert states(ask("alone", id=1, reference="ch_nothing")) == []
        assert ask("refund", id=1, attempt=1, reference=made["reference"])["problem"] == "charge_already_refunded"
        assert states(ask("status", id=2)) == []  # others' are not ours


def test_B34_what_the_stateful_mock_authorised_is_let_go_of(mock):
    customer, card = customer_with(mock, "tok_visa")
    with Tool(mock, "charges") as ask:
        made = ask("authorise", id=3, customer=customer, method=card)
        assert ask("void", id=3, reference=made["reference"])["outcome"] == "done"
        assert states(ask("status", id=3)) == ["void"]


@pytest.mark.parametrize("token, outcome, problem", [
    ("tok_chargeDeclinedInsufficientFunds", "refused", "card_declined/insufficient_funds"),
    ("tok_chargeDeclined", "refused", "card_declined/generic_decline"),
    ("tok_500", "fault", "api_error"),
    ("tok_429", "later", "rate_limit"),
])
def test_B34_what_the_stateful_mock_refuses_is_told_apart(mock, token, outcome, problem):
    with Tool(mock, "charges") as ask:
        said = ask("authorise", id=hash(token) % 10**9, method=token)
        assert (said["outcome"], said["problem"]) == (outcome, problem)


def test_B34_a_fault_that_the_stateful_mock_keeps_is_got_around_by_another_attempt(mock):
    with Tool(mock, "charges") as ask:
        chain = "tok_500|tok_500|tok_visa"
        assert [ask("authorise", id=9, attempt=n, method=chain)["outcome"] for n in (0, 0, 1, 2)] == ["fault", "fault", "fault", "done"]
        assert states(ask("status", id=9)) == ["open"]


# ---- emulate ----

@pytest.fixture(scope="module")
def emulated():
    with standins.emulate() as (host, port):
        yield f"http://{host}:{port}"


def test_B34_an_intent_of_emulate_is_confirmed_once(emulated):
    with Tool(emulated) as ask:
        customer = ask("customer", id=10)["customer"]
        assert customer.startswith("cus_")
        made = [ask("authorise", id=11, customer=customer, method="pm_card_visa") for _ in range(2)]
        assert made[0]["reference"] != made[1]["reference"], "it forgets keys: that is why it is here"
        assert states(ask("status", id=11, customer=customer)) == ["open", "open"]
        assert ask("capture", id=11, reference=made[0]["reference"])["outcome"] == "done"
        assert ask("capture", id=11, reference=made[0]["reference"])["problem"] == "payment_intent_unexpected_state"
        assert ask("void", id=11, reference=made[1]["reference"])["outcome"] == "done"
        assert states(ask("status", id=11, customer=customer)) == ["captured", "void"]
        assert ask("alone", id=11, reference=made[0]["reference"])["found"] == [(made[0]["reference"], "captured", "1250", "1")]
        assert states(ask("alone", id=12, reference=made[0]["reference"])) == []  # another's is not ours
        assert states(ask("alone", id=11, reference="pi_nothing")) == []
        assert ask("void", id=11, reference=made[0]["reference"])["outcome"] == "refused"


def test_B34_a_page_of_emulate_is_made_and_a_customer_forgotten(emulated):
    with Tool(emulated) as ask:
        customer = ask("customer", id=12)["customer"]
        page = ask("page", id=12, customer=customer)
        assert page["outcome"] == "done" and page["url"].startswith("http://localhost")
        looked = ask("look", id=12, reference=page["reference"])
        assert (looked["outcome"], looked["over"], looked["method"]) == ("done", "0", "")
        assert ask("forget", id=12, customer=customer)["outcome"] == "done"
        assert ask("forget", id=12, customer=customer)["outcome"] == "done", "what is not there is gone"
        assert ask("page", id=13, customer=customer)["outcome"] == "refused"


def test_B34_of_a_setup_of_emulate_nothing_is_left(emulated):
    with Tool(emulated) as tool:
        ask = functools.partial(tool, made=int(time.time()))
        mine, others = ask("customer", id=14)["customer"], ask("customer", id=15)["customer"]
        pages = [ask("page", id=14, customer=customer)["reference"] for customer in (mine, mine, others)]
        stays = ask("page", id=15, customer=others)["reference"]
        assert ask("forget_setup", id=14)["outcome"] == "done"
        assert [ask("look", id=14, reference=page)["over"] for page in pages + [stays]] == ["1", "1", "1", "0"]
        assert ask("page", id=14, customer=mine)["outcome"] == "refused", "the customer is gone"
        assert ask("page", id=15, customer=others)["outcome"] == "done"
        assert ask("forget_setup", id=14)["outcome"] == "done", "what is gone stays so"


# ---- what neither has ----

@pytest.fixture
def gateway():
    with Gateway() as gateway:
        yield gateway


@pytest.fixture
def ask(gateway):
    with Tool(gateway.url, total_ms=400) as tool:
        yield tool


def card_of(gateway, ask, id=20, **card):
    customer = ask("customer", id=id)["customer"]
    page = ask("page", id=id, customer=customer)
    gateway.type_card(page["reference"], **card)
    return customer, ask("look", id=id, reference=page["reference"])


def test_B34_a_card_that_was_typed_on_the_page_is_a_token(gateway, ask):
    customer, looked = card_of(gateway, ask)
    assert (looked["brand"], looked["last4"], looked["month"], looked["year"], looked["over"]) == ("visa", "4242", "11", "2031", "1")
    made = ask("authorise", customer=customer, method=looked["method"])
    assert ask("capture", reference=made["reference"])["outcome"] == "done"
    assert ask("refund", reference=made["reference"])["outcome"] == "done"
    assert states(ask("status", customer=customer)) == ["refunded"]
    assert states(ask("alone", reference=made["reference"])) == ["refunded"]
    assert ask("detach", method=looked["method"])["outcome"] == "done"
    assert ask("authorise", id=78, customer=customer, method=looked["method"])["outcome"] == "refused"


@pytest.mark.parametrize("card", [{"last4": "424"}, {"last4": "42a2"}, {"exp_month": 13}, {"exp_year": "2031"}, {"brand": ""},
                                  {"brand": "x" * 30}, {"brand": "a\nb"}, {"last4": None}])
def test_B34_a_card_that_is_not_described_as_it_should_be_is_none(gateway, ask, card):
    _, looked = card_of(gateway, ask, **card)
    assert looked["outcome"] == "lost"


def test_B34_of_many_charges_all_pages_are_read(gateway, ask):
    customer, looked = card_of(gateway, ask)
    made = [ask("authorise", id=n, customer=customer, method=looked["method"])["reference"] for n in range(100, 350)]
    assert ask("status", id=100, customer=customer)["found"] == [(made[0], "open", "1250", "1")]
    assert gateway.asked["status"] == 13


def test_B34_of_more_than_there_is_room_for_the_charges_own_is_kept_and_what_is_live(gateway, ask):
    """A gateway that forgets keys has made it a dozen times."""
    gateway.forgets = True
    customer, looked = card_of(gateway, ask)
    made = [ask("authorise", customer=customer, method=looked["method"])["reference"] for _ in range(24)]
    ask("capture", reference=made[0])
    for name in made[2:]:
        ask("void", reference=name)
    found = {name: state for name, state, _, _ in ask("status", customer=customer, reference=made[5])["found"]}
    assert len(found) == 8 and (found[made[0]], found[made[1]], found[made[5]]) == ("captured", "open", "void")
    found = {name: state for name, state, _, _ in ask("status", customer=customer)["found"]}
    assert (found[made[0]], found[made[1]]) == ("captured", "open")


@pytest.mark.parametrize("fault, outcome", [
    ("500", "fault"), ("429", "later"), ("cut", "lost"), ("cut_before", "lost"), ("hang", "lost"), ("hang_done", "lost"),
    ("garbage", "lost"), ("deep", "lost"), ("huge", "lost"), ("redirect", "lost"), ("twice", "done")])
@pytest.mark.parametrize("what", ["authorise", "capture", "refund", "status", "alone"])
def test_SF14_what_goes_wrong_is_told_apart(gateway, ask, what, fault, outcome):
    customer, looked = card_of(gateway, ask)
    made = ask("authorise", customer=customer, method=looked["method"])
    if what == "refund":
        ask("capture", reference=made["reference"])
    gateway.fault("one" if what == "alone" else what, fault)
    said = ask(what, id=77 if what != "authorise" else 79, customer=customer, method=looked["method"],
               reference="-" if what == "authorise" else made["reference"])
    assert said["outcome"] == outcome, said
    assert [path for _, path, _, _ in gateway.bodies if "elsewhere" in path] == [], "redirects are not followed"


def test_B34_of_a_setup_its_card_goes_too_wherever_it_stands_in_the_lists(gateway, ask):
    shared = ask("customer", id=1)["customer"]
    for n in range(30, 80):
        ask("page", id=n, customer=ask("customer", id=n)["customer"])
    page = ask("page", id=33, customer=shared)["reference"]
    card = gateway.type_card(page)
    assert not gateway.nothing_of(33)
    assert ask("forget_setup", id=33)["outcome"] == "done"
    assert gateway.nothing_of(33) and gateway.methods[card]["customer"] is None and shared in gateway.customers
    assert len(gateway.customers) == 50 and not gateway.nothing_of(34)


@pytest.mark.parametrize("fault, outcome", [("500", "fault"), ("429", "later"), ("cut", "lost"), ("garbage", "lost"), ("hang", "lost")])
@pytest.mark.parametrize("what", ["pages", "expire", "customers", "forget"])
def test_SF14_of_a_setup_what_goes_wrong_is_asked_again(gateway, ask, what, fault, outcome):
    ask("page", id=21, customer=ask("customer", id=21)["customer"])
    gateway.fault(what, fault)
    assert ask("forget_setup", id=21)["outcome"] == outcome
    assert ask("forget_setup", id=21, attempt=1)["outcome"] == "done" and gateway.nothing_of(21)


def test_SF14_a_gateway_that_is_not_there_was_not_asked(gateway):
    with contextlib.closing(__import__("socket").socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        with Tool(f"http://127.0.0.1:{nobody.getsockname()[1]}") as ask:
            assert ask("authorise")["outcome"] == "later"
            assert ask("status")["outcome"] == "later"


def test_B34_a_wrong_key_is_a_persons_matter_and_stands_in_no_log(gateway):
    with Tool(gateway.url, secret="sk_test_wrong99999") as ask:
        assert ask("authorise")["outcome"] == "later"
    assert not gateway.intents


def test_B34_the_certificate_is_checked(gateway, tmp_path):
    """A gateway whose certificate no authority of the pinned file has signed hears not a byte of the request."""
    import ssl

    key, certificate = tmp_path / "key", tmp_path / "certificate"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout", key,
                    "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    with Gateway() as tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        tls.server.socket = context.wrap_socket(tls.server.socket, server_side=True)
        url = tls.url.replace("http://127.0.0.1", "https://localhost")
        with Tool(url) as ask:
            assert ask("customer")["outcome"] == "later"
        assert tls.bodies == []
        with Tool(url, ca=str(certificate)) as ask:
            assert ask("customer")["outcome"] == "done"
        with Tool(tls.url.replace("http", "https"), ca=str(certificate)) as ask:  # 127.0.0.1 is not its name
            assert ask("customer")["outcome"] == "later"
