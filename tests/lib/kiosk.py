"""A kiosk, and a member who stands at it: what its tests share."""
import base64
import hashlib
import uuid

from names import fresh
from shop import Refused, pb
from waiting import wait_for

MEMBER_PIN = "4720"
OTHER_PIN = "8351"


class Person:
    """A member with everything: id, and what they are found by."""

    def __init__(self, client, **fields):
        tag = fresh()
        self.name, self.card = f"Zq{tag}", f"CC-{tag}"
        self.phone = "+49" + str(uuid.uuid4().int)[:11]
        self.email = f"kj{tag}@wx{fresh()}.example".lower()
        member = pb.Member(name=self.name, phone=self.phone, email=self.email, card=self.card, **fields)
        self.id = client.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=member), pb.MemberDone).id


def code_for(client, member_id, command=None):
    message = pb.MemberCodeMake(member_id=member_id)
    return let(lambda: client.command(pb.OP_MEMBER_CODE_MAKE, message, pb.MemberCodeMade, command), "RATE_LIMITED")


def let(ask, code):
    """Its answer, once it is not refused with that code: a device that has asked too often within a minute waits for the next, and just
    behind a change of the PIN the server may still be looking who of the sessions goes on."""

    def once():
        try:
            return ask()
        except Refused as refused:
            if refused.code != code:
                raise
            return None

    return wait_for(once, 90, f"what was {code}")


def sign_in(kiosk, **by):
    return let(lambda: kiosk.call(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(**by), pb.KioskSignedIn), "RATE_LIMITED")


def sign_in_error(kiosk, **by):
    reply = kiosk.reply(pb.OP_KIOSK_SIGN_IN, pb.KioskSignIn(**by))
    assert reply.HasField("error"), "was let in"
    return reply.error


def sign_out(kiosk):
    return kiosk.call(pb.OP_SESSION_CLOSE, pb.SessionClose(), pb.SessionState)


def put(kiosk, command=None, **fields):
    return kiosk.command(pb.OP_SELF_PUT, pb.SelfPut(**fields), pb.SelfPutDone, command)


def show(kiosk):
    return let(lambda: kiosk.call(pb.OP_SELF_SHOW, pb.SelfShow(), pb.SelfShown), "TRY_AGAIN")


def sales(kiosk):
    """All of them, page by page."""
    found, request = [], pb.SelfSales()
    while True:
        page = kiosk.call(pb.OP_SELF_SALES, request, pb.SelfSalesShown)
        found += page.sales
        if not page.HasField("next_us"):
            return found
        request = pb.SelfSales(before_us=page.next_us, before_id=page.next_id)


def export(kiosk):
    whole, request = pb.MemberExported(), pb.SelfExport()
    while True:
        page = kiosk.call(pb.OP_SELF_EXPORT, request, pb.MemberExported)
        whole.MergeFrom(page)
        if not page.HasField("next"):
            return whole
        request = pb.SelfExport(place=page.next)


def with_pin(client, kiosk, pin=MEMBER_PIN, **fields):
    """A member who came by a code and chose a PIN, signed out again."""
    person = Person(client, **fields)
    sign_in(kiosk, code=code_for(client, person.id).code)
    put(kiosk, pin=pin)
    sign_out(kiosk)
    return person


def leave(kiosk, basket, command=None, **more):
    return kiosk.command(pb.OP_BASKET_LEAVE, pb.BasketLeave(basket=basket, **more), pb.BasketLeft, command)


def call_up(till, number, command=None, **more):
    return till.command(pb.OP_BASKET_RESUME, pb.BasketResume(number=number, **more), pb.BasketResumed, command)


def sign_up(kiosk, command=None, pin=MEMBER_PIN, consents=(), **fields):
    message = pb.MemberSignUp(member=pb.Member(**fields), pin=pin, consents=consents)
    return kiosk.command(pb.OP_MEMBER_SIGN_UP, message, pb.MemberSignedUp, command)


def admit(till, number, command=None):
    return till.command(pb.OP_MEMBER_ADMIT, pb.MemberAdmit(number=number), pb.MemberAdmitted, command)


def django(password, iterations=260000, salt="Qm1x0pYd"):
    """As Django keeps it."""
    made = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), iterations)
    return f"pbkdf2_sha256${iterations}${salt}${base64.b64encode(made).decode()}"
