"""deploy/cluster: private, adopted, put right, never as root, open to nobody else."""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

import psycopg2
import pytest

from cluster import PROGRAM, Cluster
from migrated import made_of
from waiting import wait_for


def run(*arguments, user=None, program=PROGRAM):
    command = [program, *arguments]
    if user:
        command = ["setpriv", "--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--clear-groups", *command]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, cwd="/")


def one(uri, query):
    connection = psycopg2.connect(uri)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def do(uri, *statements):
    connection = psycopg2.connect(uri)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def postmaster(cluster):
    with open(os.path.join(cluster.directory, "data", "postmaster.pid")) as file:
        return int(file.readline())


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as cluster:
        yield cluster


def test_a_copy_that_is_kept_is_of_the_postgresql_that_runs_it(cluster):
    """Another version does not start on the files of the one before."""
    version = one(cluster.uri("app"), "SHOW server_version").split()[0]
    assert any(version in str(part).split() for part in made_of(pathlib.Path(PROGRAM)))


def test_commits_are_durable_and_pages_checked(cluster):
    for name in "fsync", "full_page_writes", "synchronous_commit", "data_checksums":
        assert one(cluster.uri("app"), f"SHOW {name}") == "on"
    assert one(cluster.uri("app"), "SHOW listen_addresses") == ""
    assert one(cluster.uri("app"), "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C.UTF-8"


def test_each_role_signs_in_as_itself(cluster):
    for role in "owner", "app", "read":
        assert one(cluster.uri(role), "SELECT session_user") == "caroline_" + role


def test_the_postmaster_is_not_root(cluster):
    assert os.stat(f"/proc/{postmaster(cluster)}").st_uid != 0


def test_a_shops_buffers_fit_its_memory_and_are_warm_after_a_start():
    root = tempfile.mkdtemp(prefix="caroline-test-")
    os.chmod(root, 0o711)
    directory = os.path.join(root, "cluster")
    assert run("start", directory).returncode == 0
    try:
        uri = run("uri", directory, "admin").stdout.strip()
        with open("/proc/meminfo") as file:
            memory_mb = int(file.readline().split()[1]) // 1024
        buffers_mb = int(one(uri, "SELECT setting FROM pg_settings WHERE name = 'shared_buffers'")) // 128
        assert 256 <= buffers_mb <= max(256, min(memory_mb // 4, 4096))
        do(uri, "CREATE EXTENSION pg_buffercache", "CREATE TABLE goods AS SELECT i FROM generate_series(1, 100000) AS i")
        assert run("stop", directory).returncode == 0
        assert run("start", directory).returncode == 0
        buffered = "SELECT count(*) FROM pg_buffercache WHERE relfilenode = pg_relation_filenode('goods')"
        wait_for(lambda: one(uri, buffered) > 100, 30, "the table's pages in the buffers")
    finally:
        run("reset", directory)
        shutil.rmtree(root)


def test_a_running_one_is_adopted(cluster):
    before = postmaster(cluster)
    done = run("start", cluster.directory)
    assert done.returncode == 0 and f"adopted the running one in {cluster.directory} (process {before})" in done.stderr


def test_what_a_killed_postmaster_left_is_put_right(cluster):
    os.kill(postmaster(cluster), signal.SIGKILL)
    done = run("start", cluster.directory)
    assert done.returncode == 0 and "left" in done.stderr and "started" in done.stderr, done.stderr
    assert one(cluster.uri("app"), "SELECT 1") == 1


def test_a_process_that_took_the_number_is_not_mistaken_for_it(cluster):
    run("stop", cluster.directory)
    path = os.path.join(cluster.directory, "data", "postmaster.pid")
    with open(path, "w") as file:
        file.write(f"{os.getpid()}\n{cluster.directory}/data\n0\n5432\n{cluster.directory}/socket\n\n")
    os.chmod(path, 0o644)
    done = run("start", cluster.directory)
    assert done.returncode == 0, done.stderr
    assert "removed it" in done.stderr
    assert one(cluster.uri("app"), "SELECT 1") == 1


def test_status_tells_running_from_stopped_from_absent(cluster):
    assert run("status", cluster.directory).returncode == 0
    cluster.stop()
    assert run("status", cluster.directory).returncode == 3
    cluster.start()
    assert run("status", cluster.root + "/none").returncode == 4


def test_a_copy_has_what_the_other_had_and_goes_its_own_way(cluster):
    data, directory = cluster.directory + "/data", os.path.join(cluster.root, "copy")
    do(cluster.uri("owner"), "CREATE TABLE loaf AS SELECT 1 AS number")
    done = run("start", "--fast", "--copy", data, directory)
    assert done.returncode == 1 and f"{data} is in use" in done.stderr
    cluster.stop()
    try:
        done = run("start", "--fast", "--copy", data, directory)
        assert done.returncode == 0, done.stderr
        cluster.start()
        uri = run("uri", directory, "owner").stdout.strip()
        do(uri, "INSERT INTO loaf VALUES (2)")
        assert one(uri, "SELECT sum(number) FROM loaf") == 3
        assert one(cluster.uri("owner"), "SELECT sum(number) FROM loaf") == 1
    finally:
        run("reset", directory)
        cluster.start()
    assert not os.path.exists(directory)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_another_user_of_the_machine_gets_nowhere(cluster):
    done = subprocess.run(
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "psql", cluster.uri("app"), "-c", "SELECT 1"],
        capture_output=True, text=True, cwd="/")
    assert done.returncode == 2 and "Permission denied" in done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_peer_refuses_a_user_who_is_not_listed_even_with_the_directory_open(cluster):
    os.chmod(cluster.directory, 0o711)
    os.chmod(cluster.directory + "/socket", 0o711)
    done = subprocess.run(
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "psql", cluster.uri("app"), "-c", "SELECT 1"],
        capture_output=True, text=True, cwd="/")
    os.chmod(cluster.directory, 0o700)
    os.chmod(cluster.directory + "/socket", 0o700)
    assert done.returncode == 2 and 'Peer authentication failed for user "caroline_app"' in done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_plain_user_makes_and_deletes_their_own(cluster):
    place = os.path.join(cluster.root, "plain")
    os.mkdir(place)
    os.chown(place, pwd.getpwnam("nobody").pw_uid, 0)
    directory = place + "/cluster"
    # The sources may lie where only root can read.
    program = shutil.copy(PROGRAM, place + "/program")
    done = run("start", "--fast", directory, user="nobody", program=program)
    assert done.returncode == 0, done.stderr
    assert os.stat(directory).st_mode & 0o777 == 0o700
    uri = run("uri", directory, "app", user="nobody", program=program).stdout.strip()
    asked = subprocess.run(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "psql", uri, "-Atc",
                            "SELECT session_user"], capture_output=True, text=True, cwd="/")
    assert asked.stdout == "caroline_app\n", asked.stderr
    assert run("start", directory, user="nobody", program=program).returncode == 0
    assert run("reset", directory, user="nobody", program=program).returncode == 0
    assert not os.path.exists(directory)


def test_a_directory_of_other_files_is_left_alone(cluster):
    place = os.path.join(cluster.root, "papers")
    os.mkdir(place)
    open(place + "/letter", "w").close()
    done = run("start", place)
    assert done.returncode == 5 and "holds other files" in done.stderr
    assert run("reset", place).returncode == 5
    assert os.listdir(place) == ["letter"]


def test_a_path_too_long_for_a_socket_is_refused_with_the_excess(cluster):
    done = run("start", cluster.root + "/" + "x" * 100)
    assert done.returncode == 5 and "too long for a unix socket by" in done.stderr


def test_a_dying_test_takes_its_cluster_along():
    script = f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r} + '/../lib'); import os, signal\n" \
             "from cluster import Cluster\nc = Cluster(); print(c.directory, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    directory = done.stdout.strip()
    assert done.returncode == -signal.SIGKILL and "/caroline-test-" in directory
    wait_for(lambda: not os.path.exists(directory), 30, "the guard's deletion of " + directory)
    os.rmdir(os.path.dirname(directory))
