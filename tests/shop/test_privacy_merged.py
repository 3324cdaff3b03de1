"""Two members who were made one, and what that one may ask of the shop: a copy of all that is kept of both, and to be forgotten as both."""
import os
import pathlib
import shutil
import subprocess
import threading
import uuid

from cluster import Cluster
from counter import basket, check_books, check_strands, refund, refused, ring_up
from names import fresh
from offline import Till, exceptions
from shop import TOP, Shop, pb
from test_privacy import (BIN, SECONDS, balances, consent, erase, exported, forgotten, goods, office, opens, person,  # noqa: F401
                          secrets_of, sell, show, stores, till, unwraps)
from waiting import wait_for

TOOL = pathlib.Path(os.environ["CAROLINE_BUILD"]) / "tests" / "vault_tool"


def merge(client, source, target, reason="the same person"):
    message = pb.MemberMerge(from_id=source, into_id=target, reason=reason)
    return client.command(pb.OP_MEMBER_MERGE, message, pb.MemberMerged)


def both(manager):
    """Two who are one: the one that is gone and the one that stays, with what is known of each."""
    gone, olds = person(manager)
    stays, news = person(manager)
    return gone, olds, stays, news


def found(client, **key):
    return [member.id for member in client.call(pb.OP_MEMBER_FIND, pb.MemberFind(**key), pb.MemberFound).members]


def test_B22_an_export_tells_of_who_was_merged(shop, manager, till, goods, office):  # noqa: F811
    gone, olds, stays, news = both(manager)
    first, second, third = sell(shop, till, goods, gone, olds)
    consent(till, gone, 2, True)
    show(till, gone)
    merge(manager, gone, stays, "same house")
    later = refund(till, first.receipt_number)
    own = ring_up(till, basket(shop, (goods["roll"], 1), member_id=stays), 45)
    consent(till, gone, 3, True)  # whoever is named, the survivor agrees
    told = exported(manager, stays)
    assert told.member.id == stays and told.member.language == "fr" and list(told.member.avoids) == [13]
    assert [(m.id, m.points, m.reason) for m in told.merged] == [(gone, show(till, stays).merged[0].points, "same house")]
    assert [(s.sale.sale.receipt_number, s.member_id, s.refund) for s in told.sales] == [
        (first.receipt_number, gone, False), (second.receipt_number, gone, False), (own.receipt_number, 0, False),
        (third.receipt_number, gone, True), (later.receipt_number, gone, True)]
    assert [(c.member_id, c.kind) for c in told.consents] == [(gone, 2), (gone, 4), (0, 3), (0, 4)]
    assert {(c.kind, c.given) for c in show(till, stays).consents} == {(1, False), (2, False), (3, True), (4, True)}
    assert [(p.member_id, p.kind) for p in told.points] == [(gone, 1), (0, 1)]
    assert {lot.id for lot in told.lots} == {lot for lot, in shop.sql(f"SELECT id FROM points_lot WHERE member_id = {stays}")}
    reads = {(read.event, read.member_id) for read in told.reads}
    assert {("member_shown", gone), ("member_create", gone), ("member_create", 0), ("member_merge", gone), ("consent_put", 0)} <= reads
    assert exported(manager, gone).member.id == stays  # by either id
    text = office("member", "export", gone)
    assert f"(as member {gone})" in text and "same house" in text and first.receipt_number in text


def allergies(client, id):
    """What somebody avoids, and their consent to that."""
    member = show(client, id)
    [stands] = [entry for entry in member.consents if entry.kind == 4]
    return list(member.avoids), stands


def bare(client):
    return client.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=fresh())), pb.MemberDone).id


def test_B22_what_is_avoided_goes_over_with_the_consent_to_it_as_it_was_given(shop, manager, till, goods):  # noqa: F811
    gone, _ = person(manager)
    stays = bare(till)
    avoided, given = allergies(till, gone)
    assert (avoided, given.given) == ([13], True) and not allergies(till, stays)[1].given
    merge(manager, gone, stays)
    assert allergies(till, stays) == ([13], given), "its text, its time, its place and who heard it"
    told = [(entry.member_id, entry.kind, entry.given, entry.at_us, entry.device_id, entry.staff_id) for entry in exported(manager, stays).consents]
    assert told == [(who, 4, True, given.at_us, given.device_id, given.staff_id) for who in (gone, 0)]
    consent(till, stays, 4, False)
    assert allergies(till, stays)[0] == []
    assert shop.sql(f"SELECT avoids FROM member_account WHERE member_id = {stays}") == [(None,)]
    # Who has their own keeps it, and nothing is taken of somebody who avoids nothing.
    own, _ = person(manager)
    stood = allergies(till, own)
    other, _ = person(manager)
    merge(manager, other, own)
    assert allergies(till, own) == stood
    agrees, plain = bare(till), bare(till)
    consent(till, agrees, 4, True)
    merge(manager, agrees, plain)
    assert allergies(till, plain)[0] == [] and not allergies(till, plain)[1].given
    check_books(shop)


def test_B22_what_was_taken_back_since_stays_taken_back(shop, manager, till, goods):  # noqa: F811
    early, _ = person(manager)
    first, second = bare(till), bare(till)
    for id in (first, second):
        consent(till, id, 4, True)
        consent(till, id, 4, False)
    late, _ = person(manager)
    merge(manager, early, first)
    assert allergies(till, first)[0] == [] and not allergies(till, first)[1].given
    merge(manager, late, second)
    avoided, stands = allergies(till, second)
    assert (avoided, stands.given) == ([13], True)
    rows = shop.sql(f"SELECT number, given FROM consent_entry WHERE member_id = {second} AND kind = 4 ORDER BY number")
    assert rows == [(1, True), (2, False), (3, True)]
    check_books(shop)


def test_B22_what_the_first_of_a_chain_took_back_since_stays_taken_back(shop, manager, till, goods):  # noqa: F811
    early, _ = person(manager)
    first, second, third = bare(till), bare(till), bare(till)
    consent(till, first, 4, True)
    consent(till, first, 4, False)
    late, _ = person(manager)
    given = allergies(till, late)[1]
    merge(manager, first, second)
    merge(manager, second, third)
    merge(manager, early, third)
    assert allergies(till, third)[0] == [] and not allergies(till, third)[1].given
    merge(manager, late, third)  # who spoke last
    assert allergies(till, third) == ([13], given)
    check_books(shop)


def test_B22_erasing_the_survivor_erases_both(shop, manager, till, goods):  # noqa: F811
    gone, olds, stays, news = both(manager)
    first, _, _ = sell(shop, till, goods, gone, dict(olds))
    own = ring_up(till, basket(shop, (goods["cake"], 1), member_id=stays), 900)
    away = Till(shop)
    offline = away.printed(basket(shop, (goods["roll"], 2), member_id=gone))
    by_card = away.printed(basket(shop, (goods["roll"], 3)), member_card=olds["card"])
    merge(manager, gone, stays, "says Mia Stone")
    assert found(till, card=olds["card"]) == [stays]
    assert refused(erase, manager, gone) == "MEMBER_MERGED"
    before = balances(shop)
    [[points]] = shop.sql(f"SELECT points FROM member_account WHERE member_id = {stays}")
    assert erase(manager, stays).points == points > 0
    assert balances(shop) == before
    assert shop.sql(f"SELECT member_id, points FROM erasure WHERE member_id IN ({gone}, {stays}) ORDER BY 1") == [(gone, 0), (stays, points)]
    assert shop.sql(f"SELECT erased, points, avoids, birthday_blind FROM member_account WHERE member_id IN ({gone}, {stays})") == [
        (True, 0, None, None)] * 2
    assert shop.sql(f"SELECT count(*) FROM member_blind WHERE member_id IN ({gone}, {stays}) OR merged_from = {gone}") == [(0,)]
    assert shop.sql(f"SELECT reason FROM member_merge WHERE from_id = {gone}") == [("",)]
    for key in ("name", "phone", "email", "card"):
        for values in (olds, news):
            assert found(manager, **{key: values[key]}) == [], key
    for id in (gone, stays):
        assert manager.refusal(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id)) == "UNKNOWN_MEMBER"
        assert manager.refusal(pb.OP_MEMBER_EXPORT, pb.MemberExport(id=id)) == "UNKNOWN_MEMBER"
        assert manager.refusal(pb.OP_MEMBER_USUAL, pb.MemberUsual(id=id)) == "UNKNOWN_MEMBER"
        assert refused(erase, manager, id) == refused(consent, manager, id, 2, True) == "UNKNOWN_MEMBER"
        change = pb.MemberUpdate(member=pb.Member(id=id, name="Back again"))
        assert manager.refusal(pb.OP_MEMBER_UPDATE, change, uuid.uuid4().bytes) == "UNKNOWN_MEMBER"
        sale = pb.SaleQuote(basket=basket(shop, (goods["roll"], 1), member_id=id))
        assert till.refusal(pb.OP_SALE_QUOTE, sale) == "UNKNOWN_MEMBER"
        third, _ = person(manager)
        assert refused(merge, manager, id, third) == refused(merge, manager, third, id) == "UNKNOWN_MEMBER"
    # What either bought is given back in money; points move no more.
    assert refund(till, first.receipt_number).totals.total_minor == -1980
    assert refund(till, own.receipt_number).totals.total_minor == -900
    for message in (offline, by_card):
        booked = away.book(message)
        assert "MEMBER_GONE" in [kind for kind, _ in exceptions(booked)]
        assert shop.sql(f"SELECT member_id FROM sale WHERE id = {booked.sale_id}") == [(None,)]
    assert shop.sql(f"SELECT points, erased FROM member_account WHERE member_id IN ({gone}, {stays})") == [(0, True)] * 2
    wait_for(lambda: forgotten(shop), SECONDS, "the keys' end")
    check_books(shop)
    check_strands(shop)


def test_B22_no_older_dump_reads_either_of_them(shop, manager, tmp_path):
    gone, olds, stays, news = both(manager)
    older, dump = tmp_path / "older", tmp_path / "older.dump"
    wait_for(lambda: forgotten(shop), SECONDS, "the end of who was erased before")
    shutil.copytree(shop.data, older)
    subprocess.run([BIN / "pg_dump", "-Fc", "-f", dump, shop.cluster.uri("admin")], check=True, timeout=120)  # of before the merging
    sealed = {id: bytes(shop.sql(f"SELECT name_sealed FROM member WHERE id = {id}")[0][0]) for id in (gone, stays)}
    for id, values in ((gone, olds), (stays, news)):
        [key] = unwraps(stores(older)[0], id, secrets_of(older / "vault").values())
        assert opens(key, id, 2, sealed[id]) == values["name"], "the test can read what it says nobody can"
    merge(manager, gone, stays)
    erase(manager, stays)
    wait_for(lambda: forgotten(shop), SECONDS, "the keys' end")
    for id in (gone, stays):
        for store in stores(shop.data) + stores(older):
            assert unwraps(store, id, secrets_of(shop.data / "vault").values()) == [], store
    with Cluster() as cluster:
        restored = Shop(cluster)
        subprocess.run([BIN / "pg_restore", "--clean", "--if-exists", "--no-owner", "-d", cluster.uri("owner"), dump],
                       capture_output=True, timeout=120)
        shutil.copytree(shop.data, restored.data, ignore=shutil.ignore_patterns("node-*"))
        subprocess.run([restored.program, "--data-dir", restored.data, "--migrate"], env=restored.environment(), check=True,
                       capture_output=True, timeout=120)
        assert restored.sql(f"SELECT count(name_sealed) FROM member WHERE id IN ({gone}, {stays})") == [(2,)]
        try:
            restored.start()  # neither was merged there, and both are erased
            assert restored.sql(f"SELECT m.name_sealed, m.avoids_sealed, a.erased, a.avoids, e.reason FROM member AS m"
                                f" JOIN member_account AS a ON a.member_id = m.id JOIN erasure AS e ON e.member_id = m.id"
                                f" WHERE m.id IN ({gone}, {stays})") == [(None, None, True, None, 4)] * 2
            check_books(restored, but=("entries_untouched", "ids_reserved"))
        finally:
            for server in restored.servers:
                server.kill()


def test_B22_a_dump_of_between_has_them_erased_as_one(shop, manager, tmp_path):
    gone, olds, stays, _ = both(manager)
    merge(manager, gone, stays, "says Mia Stone")
    dump = tmp_path / "between.dump"
    subprocess.run([BIN / "pg_dump", "-Fc", "-f", dump, shop.cluster.uri("admin")], check=True, timeout=120)
    erase(manager, stays)
    wait_for(lambda: forgotten(shop), SECONDS, "the keys' end")
    with Cluster() as cluster:
        restored = Shop(cluster)
        subprocess.run([BIN / "pg_restore", "--clean", "--if-exists", "--no-owner", "-d", cluster.uri("owner"), dump],
                       capture_output=True, timeout=120)
        shutil.copytree(shop.data, restored.data, ignore=shutil.ignore_patterns("node-*"))
        subprocess.run([restored.program, "--data-dir", restored.data, "--migrate"], env=restored.environment(), check=True,
                       capture_output=True, timeout=120)
        try:
            restored.start()
            rows = restored.sql(f"SELECT a.member_id, a.merged_into, a.erased, e.points FROM member_account AS a"
                                f" JOIN erasure AS e ON e.member_id = a.member_id WHERE a.member_id IN ({gone}, {stays}) ORDER BY 1")
            assert rows == [(gone, stays, True, 0), (stays, None, True, 40)]
            assert restored.sql(f"SELECT reason FROM member_merge WHERE from_id = {gone}") == [("",)]
            check_books(restored, but=("entries_untouched", "ids_reserved"))
        finally:
            for server in restored.servers:
                server.kill()


def test_B22_a_swept_key_makes_nobody_of_who_was_merged(shop, manager, till):  # noqa: F811
    """The sweep drops the key of who was merged; the start takes those whose keys are gone for erased, and not this one."""
    gone, olds, stays, news = both(manager)
    merge(manager, gone, stays)
    server = shop.servers[0]
    server.stop()
    subprocess.run([TOOL, shop.data / "vault", shop.data / "vault-mirror", "drop", str(gone)], check=True, timeout=60)
    server.start()
    with shop.connect(shop.console) as client:
        client.sign_in()
        assert show(client, gone).id == stays and show(client, stays).name == news["name"]
        assert found(client, card=olds["card"]) == [stays]
        assert shop.sql(f"SELECT erased FROM member_account WHERE member_id IN ({gone}, {stays})") == [(False,)] * 2
        erase(client, stays)  # of whom one has no key any more
        wait_for(lambda: forgotten(shop), SECONDS, "the keys' end")
    check_books(shop)


def test_B22_of_an_erasure_and_a_merging_at_once_one_is_refused_or_both_are_gone(shop, goods):  # noqa: F811
    clients = []
    for _ in range(2):
        client = shop.connect(shop.console)
        client.sign_in()
        clients.append(client)
    for turn in range(8):
        one, _ = person(clients[0])
        two, _ = person(clients[0])
        erased, answers = (one, two)[turn % 2], {}

        def run(name, call, *arguments, answers=answers):
            try:
                call(*arguments)
                answers[name] = "done"
            except Exception as error:
                answers[name] = getattr(error, "code", error)

        threads = [threading.Thread(target=run, args=("merge", merge, clients[0], one, two)),
                   threading.Thread(target=run, args=("erase", erase, clients[1], erased))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        gone = {id for id, in shop.sql(f"SELECT member_id FROM erasure WHERE member_id IN ({one}, {two})")}
        if answers["erase"] == "done":
            assert gone == ({one, two} if answers["merge"] == "done" else {erased}), answers
            assert answers["merge"] in ("done", "UNKNOWN_MEMBER") and (answers["merge"] != "done" or erased == two)
        else:
            assert answers == {"merge": "done", "erase": "MEMBER_MERGED"} and erased == one and not gone
    for client in clients:
        client.close()
    check_books(shop)


def of_before(shop, till):  # noqa: F811
    """Who avoids something of the time before consents were written down."""
    id = bare(till)
    till.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(id=id, avoids=[1])), pb.MemberDone)
    shop.sql(f"DELETE FROM consent_entry WHERE member_id = {id}")
    return id


def agreed(client, id):
    consent(client, id, 4, True)
    return allergies(client, id)[1]


def test_B22_in_a_chain_of_mergings_the_first_ones_word_counts(shop, goods):  # noqa: F811
    """A is merged into B, who was never asked, and then there is C. Nothing of A's goes over into B, for neither avoids anything."""
    manager = shop.manager = shop.connect(shop.console)  # the server was started anew
    manager.sign_in()
    with shop.till("Ida") as till:
        for way in ("B into C", "C into B"):
            first, second, third = bare(till), bare(till), of_before(shop, till)
            given = agreed(till, first)
            merge(manager, first, second)
            assert not allergies(till, second)[1].given
            gone, stays = (second, third) if way == "B into C" else (third, second)
            merge(manager, gone, stays)
            assert allergies(till, stays) == ([1], given), f"{way}: its text, its time, its place and who heard it"
            check_books(shop, but=("entries_untouched",))  # but by of_before()


def test_B22_a_consent_that_an_older_merging_left_behind_is_given_anew_or_needed_no_more(shop, goods):
    """As mergings of before left it: the survivor avoids something, and the last word of who was merged into them is all that there is."""
    manager = shop.manager = shop.connect(shop.console)
    manager.sign_in()
    consents = (TOP / "db" / "checks" / "consents.sql").read_text()
    with shop.till("Ida") as till:
        for mend in ("asked anew", "nothing is avoided"):
            early, between, stays = bare(till), bare(till), of_before(shop, till)
            agreed(till, early)
            merge(manager, early, between)
            merge(manager, between, stays)
            shop.sql(f"DELETE FROM consent_entry WHERE member_id = {stays}")
            assert [row[:3] for row in shop.sql(consents)] == [(stays, 4, None)]
            if mend == "asked anew":
                assert agreed(till, stays).given
            else:
                till.command(pb.OP_MEMBER_UPDATE, pb.MemberUpdate(member=pb.Member(id=stays, set_avoids=True)), pb.MemberDone)
            assert not shop.sql(consents), mend
    check_books(shop, but=("entries_untouched",))  # but by what left it so
