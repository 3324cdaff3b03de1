"""deploy/demo with a database that is somebody else's, and from a clone that the demo's user can't reach."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

from cluster import Cluster
from demo import Demo, default_clusters, is_whole

ROOT = os.getuid() == 0


@pytest.fixture(scope="module")
def elsewhere():
    """Somebody's database, and the variables of libpq that name it."""
    with Cluster(*(["caroline-demo"] if ROOT else [])) as cluster:
        cluster.named = {"PGHOST": cluster.directory + "/socket", "PGPORT": "5432", "PGUSER": "caroline_app",
                         "PGDATABASE": "caroline", "DATABASE_OWNER_URL": cluster.uri("owner")}
        yield cluster


@pytest.mark.parametrize("named", [{"PGUSER": "caroline_owner"}, {"DATABASE_READ_URL": None}])
def test_a_role_of_another_name_is_said_before_anything_is_made(elsewhere, named):
    named = {name: value or elsewhere.uri("app") for name, value in named.items()}
    said = "the environment signs in as role caroline_owner" if "PGUSER" in named else "DATABASE_READ_URL signs in as role caroline_app"
    with Demo(**{**elsewhere.named, **named}) as demo:
        refused(demo, said)


def test_another_database_by_libpqs_variables_and_no_local_cluster(elsewhere):
    before = default_clusters()
    with Demo(**elsewhere.named) as demo:
        is_whole(demo.morning())
        assert not (demo.state() / "cluster").exists() and "elsewhere-" in demo.state().name
        assert not (demo.top / "var/cluster").exists()
        with contextlib.closing(elsewhere.connect("owner")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sale")
            assert cursor.fetchone()[0] >= 4

        assert default_clusters() == before

        # A server that can't start there is not tried again behind the caller's back.
        assert demo.run("--stop").returncode == 0
        with contextlib.closing(elsewhere.connect("admin")) as connection, connection, connection.cursor() as cursor:
            cursor.execute("ALTER ROLE caroline_app SET synchronous_commit = off")
        refused(demo, "synchronous_commit is off")
        elsewhere.stop()
        refused(demo, "No such file|could not connect|connection to server")


def refused(demo, sentence):
    done = demo.run("--script")
    said = [line for line in done.err.splitlines() if line]
    assert done.returncode == 1 and re.search(sentence, done.err), done.out + done.err
    assert len(said) <= 8 and not re.search(r"^\s*\d+$", done.err, re.M), done.err
    assert "the database of the environment did not serve" in said[-1]
    assert not (demo.state() / "server.supervisor").exists()


@pytest.mark.skipif(not ROOT, reason="root's password file is another's only where another user runs the server")
def test_files_that_the_servers_user_can_not_read_are_named(tmp_path):
    secret = tmp_path / "pgpass"
    secret.write_text("")
    secret.chmod(0o600)
    with Demo() as demo:
        done = demo.run("--script", PGHOST="/nowhere", PGPASSFILE=str(secret), DATABASE_OWNER_URL="postgresql:///x")
    assert done.returncode == 77 and str(secret) in done.err and "PGPASSFILE" in done.err


@pytest.mark.skipif(not ROOT, reason="root alone has clones that the demo's user can not reach")
def test_a_clone_that_nobody_else_reaches_is_served_from_var_lib():
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("this machine gives no mount namespace to hide /var/lib/caroline-demo")
    usual = pathlib.Path("/var/lib/caroline-demo")
    made = not usual.exists()
    usual.mkdir(exist_ok=True)
    demo = Demo()
    place = pathlib.Path(tempfile.mkdtemp(prefix="caroline-demo-place-", dir="/tmp"))
    place.chmod(0o755)
    try:
        demo.top.chmod(0o700)
        # A demo that this machine may really have there is hidden as long as this runs.
        # Another such clone is told whose place it is, and touches nothing.
        other = pathlib.Path(tempfile.mkdtemp(prefix="caroline-demo-", dir="/tmp"))
        for folder in ("deploy", "db", "build"):
            shutil.copytree(demo.top / folder, other / folder)
        script = 'mount --bind "$1" "$2"; trap \'"$0" --stop\' EXIT; "$0" --script; ! "$3" --script && ! "$3" --reset'
        done = subprocess.run(["unshare", "-m", "bash", "-ec", script, demo.top / "deploy/demo", place, usual, other / "deploy/demo"], cwd="/",
                              env=demo.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr.count(f"lies the demo of the clone {demo.top}") == 2
        assert f"(not in {demo.top}/var: user caroline-demo" in done.stdout and "the morning went well" in done.stdout
        assert not (demo.top / "var").exists() and (place / "cluster/data").is_dir()
        assert list(place.rglob("*")) and not [path for path in (place / "server").rglob("*") if path.stat().st_uid == 0]
    finally:
        shutil.rmtree(place)
        shutil.rmtree(demo.top)
        shutil.rmtree(other)
        if made:
            usual.rmdir()
