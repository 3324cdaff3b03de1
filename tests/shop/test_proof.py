"""What the server says of itself: its view, its journal by pages, its checks and the row that breaks one."""
import hashlib

import pytest

from shop import pb


def strand(client, device_id, kind):
    """All entries of a strand, and how many pages they took."""
    entries, pages = [], 0
    while True:
        after = entries[-1].number if entries else 0
        page = client.call(pb.OP_JOURNAL_LIST, pb.JournalList(device_id=device_id, kind=kind, after_number=after),
                           pb.JournalListed)
        entries += page.entries
        pages += 1
        if not page.more:
            return entries, pages
        assert page.entries


def check_all(client):
    results, after = [], None
    while True:
        page = client.call(pb.OP_CHECK_RUN, pb.CheckRun(after=after), pb.CheckRan)
        results += page.results
        if not page.more:
            return results
        after = page.results[-1].name


def test_the_server_tells_its_version_and_what_it_has_done(shop, manager):
    before = manager.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown)
    shop.put_category("Shown")
    shown = manager.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown)
    assert shown.version and shown.database_version == shop.sql("SHOW server_version")[0][0]
    assert shown.connections >= 1 and shown.started_us == before.started_us > 0
    assert shown.commands == before.commands + 1 and shown.catalogue_version == shop.version()


def test_a_strand_is_told_in_pages_and_its_hashes_follow_from_its_bytes(shop, manager):
    tax = shop.untaxed()
    for round in range(6):  # entries of many kilobytes: a page is full long before it has 500
        shop.put(*[{"sku": f"P{i}", "name": f"{round}" * 40, "price_minor": round, "tax_class_id": tax,
                    "allergen_note": f"{round}" * 100} for i in range(90)])
    entries, pages = strand(manager, shop.console.device.id, "L")
    assert pages > 2 and [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    head = bytes(32)
    for entry in entries:
        head = hashlib.sha256(head + entry.bytes).digest()
        assert head == entry.hash
    stored = shop.sql(f"SELECT number, hash FROM device_head WHERE device_id = {shop.console.device.id} AND kind = 'L'")
    assert stored[0][0] >= len(entries)
    assert strand(manager, shop.console.device.id, "T") == ([], 1)
    assert strand(manager, 2, "L")[1] == 1  # a server's own


@pytest.mark.parametrize("fields, code", [
    ({"device_id": 12345678, "kind": "L"}, "UNKNOWN_DEVICE"),
    ({"device_id": 2**64 - 1, "kind": "L"}, "UNKNOWN_DEVICE"),
    ({"kind": "L"}, "UNKNOWN_DEVICE"),
    ({"device_id": 1, "kind": "Y"}, "BAD_FIELD"),
    ({"device_id": 1}, "BAD_FIELD"),
])
def test_a_strand_that_is_none_is_refused(manager, fields, code):
    assert manager.refusal(pb.OP_JOURNAL_LIST, pb.JournalList(**fields)) == code


def test_every_check_holds_and_says_what_holds(shop, manager):
    results = check_all(manager)
    assert len(results) == len({result.name for result in results}) >= 30
    assert not [result for result in results if not result.holds]
    assert all(result.sentence.endswith(".") and result.sentence[0].isupper() for result in results)
    assert manager.refusal(pb.OP_CHECK_RUN, pb.CheckRun(after="no such check")) == "BAD_FIELD"


def test_a_wrong_row_is_named_column_by_column(shop, manager):
    shop.sql("INSERT INTO category VALUES (777777)")
    broken = [result for result in check_all(manager) if not result.holds]
    assert [(result.name, result.first_row) for result in broken] == [("catalogue_ids", "what=category id=777777")]
    shop.sql("DELETE FROM category WHERE id = 777777")


def test_journal_and_checks_are_for_who_may_see_them(shop, manager):
    with shop.connect(shop.device(pb.CLIENT_ADMIN)) as console:
        console.sign_in("Ben")
        assert console.refusal(pb.OP_CHECK_RUN, pb.CheckRun()) == "PERMISSION_DENIED"
        assert console.refusal(pb.OP_JOURNAL_LIST, pb.JournalList(device_id=1, kind="L")) == "PERMISSION_DENIED"
        assert console.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown).version
