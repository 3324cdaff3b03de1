"""A vault that was put back and is older than its database: the server does not start beside it by itself, and loses nothing."""
import shutil

import pytest
from shop import Refused, Shop, pb

BAD_CONFIG = 78


@pytest.fixture()
def shop():
    made = Shop()
    try:
        made.init()
        made.start()
        made.open()
        yield made
    finally:
        made.destroy()


def test_B22_whoever_has_a_card_alone_tells_that_the_key_store_is_older(shop, tmp_path):
    join(shop, "Ada")
    shutil.copytree(shop.data, tmp_path / "older")
    shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(card="CC-2002")), pb.MemberDone)
    assert shop.servers[0].stop() == 0
    put_back(shop, tmp_path / "older")
    done = shop.run_server("--listen", "127.0.0.1:0")
    assert done.returncode == BAD_CONFIG, (done.stdout, done.stderr)
    assert "of the newest members 1 have no key there" in done.stdout + done.stderr


def join(shop, name):
    return shop.manager.command(pb.OP_MEMBER_CREATE, pb.MemberCreate(member=pb.Member(name=name, email=f"{name.lower()}@example.org")), pb.MemberDone).id


def put_back(shop, copy):
    """Both files and the epoch's key, as README says."""
    for name in ("vault", "vault-mirror"):
        for place in (shop.data, copy):
            assert (place / name).exists()
        if (shop.data / name).is_dir():
            shutil.rmtree(shop.data / name)
            shutil.copytree(copy / name, shop.data / name)
        else:
            shutil.copy2(copy / name, shop.data / name)


def name_of(client, id):
    try:
        return client.call(pb.OP_MEMBER_SHOW, pb.MemberShow(id=id), pb.MemberShown).member.name
    except Refused as refused:
        return refused.code


def test_B22_a_database_that_is_newer_than_its_key_store_is_not_served_by_itself(shop, tmp_path):
    server = shop.servers[0]
    ada = join(shop, "Ada")
    shutil.copytree(shop.data, tmp_path / "older")
    bela = join(shop, "Bela")
    assert server.stop() == 0
    shutil.copytree(shop.data, tmp_path / "newest")
    rows = shop.sql("SELECT id, name_sealed, updated_at FROM member ORDER BY id")

    put_back(shop, tmp_path / "older")
    done = shop.run_server("--listen", "127.0.0.1:0")
    assert done.returncode == BAD_CONFIG, (done.stdout, done.stderr)
    said = done.stdout + done.stderr
    assert "the database is newer than its key store" in said and "of the newest members 1 have no key there" in said
    assert "--older-vault" in said and "key_store_older" in said
    assert shop.sql("SELECT id, name_sealed, updated_at FROM member ORDER BY id") == rows and shop.sql("SELECT count(*) FROM erasure") == [(0,)]

    # Somebody says so: who is known there is served, and of the other nothing is lost that the newest copy could not read.
    server.arguments = ["--older-vault"]
    server.start()
    with shop.connect(shop.console) as client:
        client.sign_in()
        assert name_of(client, ada) == "Ada" and name_of(client, bela) in ("", "UNKNOWN_MEMBER")
    assert server.stop() == 0
    put_back(shop, tmp_path / "newest")
    server.arguments = []
    server.start()
    with shop.connect(shop.console) as client:
        client.sign_in()
        assert (name_of(client, ada), name_of(client, bela)) == ("Ada", "Bela")


def test_B22_a_database_that_is_older_than_its_key_store_is_served(shop, tmp_path):
    """Of who joined since nothing is there; their keys stay with nobody, and whoever joins anew is read."""
    server = shop.servers[0]
    ada, bela = join(shop, "Ada"), join(shop, "Bela")
    assert server.stop() == 0
    with shop.cluster.connect("admin") as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("points_entry", "points_lot", "member_blind", "member_account"):
            cursor.execute(f"DELETE FROM {table} WHERE member_id = {bela}")
        cursor.execute(f"DELETE FROM member WHERE id = {bela}")
    server.start()
    with shop.connect(shop.console) as client:
        client.sign_in()
        assert (name_of(client, ada), name_of(client, bela)) == ("Ada", "UNKNOWN_MEMBER")
