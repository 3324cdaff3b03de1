"""What is kept of a member is in their copy of everything, or here stands why not: each column that names a member, and each that is sealed."""
import re
from pathlib import Path

import pytest
from cluster import Cluster

from shop import pb

SOURCE = Path(__file__).resolve().parents[2]
MIGRATIONS = sorted((SOURCE / "db" / "migrations").glob("*.sql"))

# Where MemberExported tells it. Of who was merged their own rows say so (member_id).
TOLD = {
    **{f"member.{field}_sealed": f"member.{field}" for field in ("name", "phone", "email", "birthday", "card", "avoids", "language")},
    "member_account.member_id": "member.points",
    "member_account.merged_into": "merged",
    "member_merge.from_id": "merged",
    "member_merge.into_id": "merged",
    "consent_entry.member_id": "consents",
    "points_lot.member_id": "lots",
    "points_lot.merged_from": "merged",
    "points_entry.member_id": "points",
    "sale.member_id": "sales",
    "sale_attach.member_id": "sales",
    "coupon.member_id": "coupons",
    "coupon_use.member_id": "sales",
    "referral.friend_id": "friends",
    "referral.referrer_id": "friends",
    "review.member_id": "reviews",
    "review.text_sealed": "reviews.text",
    "payment_method.member_id": "methods",
    "payment_setup.member_id": "setups",
    "gateway_charge.member_id": "charges",
    "member_ticket.member_id": "tickets",
    "member_ticket.phone_sealed": "tickets.phone",
    "member_ticket.email_sealed": "tickets.email",
    "invoice.document_sealed": "invoices.receipt",
}
NOT_TOLD = {
    "member_blind.member_id": "keyed hashes of what stands in the fields: they tell their owner nothing",
    "member_blind.merged_from": "likewise",
    "member_secret.member_id": "a hash of their PIN or password: nobody is to try it elsewhere; that they have one, SELF_SHOW says",
    "member_code.member_id": "a hash of a code that is good for ten minutes; that it was made stands among who looked",
    "erasure.member_id": "who is erased is nobody who could ask",
    "member_ticket.name_sealed": "of who is no member yet: nobody is signed in who could ask, and it is gone by the night",
    "member_ticket.birthday_sealed": "likewise",
    "member_ticket.avoids_sealed": "likewise",
    "member_ticket.language_sealed": "likewise",
    "payment_method.token_sealed": "the gateway's words for a card, with which one could pay; the card's brand, last digits and end are told",
    "payment_setup.customer_sealed": "the gateway's word for them, likewise",
    "gateway_charge.token_sealed": "as the method's",
    "account.name_sealed": "an account is a firm's or a house's, not a member's; its statement is its copy",
    "account.reference_sealed": "likewise",
    "account.note_sealed": "likewise",
    "staff.name_sealed": "people who work here, who are no members",
}


@pytest.fixture(scope="module")
def columns():
    """By their names, and by what they refer to."""
    with Cluster() as cluster:
        owner = cluster.connect("owner")
        with owner, owner.cursor() as cursor:
            for path in MIGRATIONS:
                cursor.execute(path.read_text())
            cursor.execute("""
                SELECT DISTINCT c.relname || '.' || a.attname
                  FROM pg_attribute AS a
                  JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                  LEFT JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid IN ('member'::regclass, 'member_account'::regclass)
                                              AND a.attnum = ANY (k.conkey)
                 WHERE a.attnum > 0 AND NOT a.attisdropped
                   AND (k.oid IS NOT NULL OR a.attname LIKE '%member\\_id%' OR a.attname LIKE '%\\_sealed' OR a.attname IN ('merged_from', 'merged_into', 'survivor_id')
                        OR a.attname LIKE '%friend\\_id' OR a.attname LIKE '%referrer\\_id')""")
            found = {name for name, in cursor.fetchall()}
        owner.close()
    return found


def test_B22_each_column_that_is_somebodys_is_told_or_says_why_not(columns):
    assert not set(TOLD) & set(NOT_TOLD)
    assert columns - set(TOLD) - set(NOT_TOLD) == set(), "neither in the export nor on the list with the reason"
    assert (set(TOLD) | set(NOT_TOLD)) - columns == set(), "on the list, and not in the books"


def field_of(path):
    """Of MemberExported, by its name, and of what it lists."""
    descriptor = pb.MemberExported.DESCRIPTOR
    for word in path.split("."):
        field = descriptor.fields_by_name[word]
        descriptor = field.message_type
    return field


@pytest.mark.parametrize("column", TOLD)
def test_B22_what_is_told_has_its_field(column):
    assert field_of(TOLD[column])


def test_B22_each_field_of_the_export_is_read_out_to_people():
    """The text has a part for each list: what is told by JSON alone is not readable."""
    text = (SOURCE / "client" / "goods" / "member_text.c").read_text()
    for field in pb.MemberExported.DESCRIPTOR.fields:
        if field.label == field.LABEL_REPEATED:
            assert re.search(rf"page->n_{field.name}\b", text), field.name
