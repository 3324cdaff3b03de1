"""The data directory of a stopped cluster whose database --init finds brought up to date, and empty: for tests to copy.

The first that wants it makes it; it is kept in the build until the server, and with it a migration, deploy/cluster or PostgreSQL changes."""
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess

from cluster import PROGRAM, Cluster


def made_of(server):
    """What another cluster would come of. PostgreSQL's versions are those of the machine: deploy/cluster takes one of them."""
    files = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in (server, pathlib.Path(PROGRAM))]
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if shutil.which("pg_config"):
        directory = subprocess.run(["pg_config", "--bindir"], check=True, capture_output=True, text=True, timeout=20).stdout.strip()
        programs += [path for path in [pathlib.Path(directory, "postgres")] if path.exists()]
    return files + [subprocess.run([path, "--version"], check=True, capture_output=True, text=True, timeout=20).stdout.strip() for path in programs]


def migrated(server):
    home = server.parents[1] / "tests" / "kept"
    home.mkdir(parents=True, exist_ok=True)
    directory = home / f"cluster-{hashlib.sha256(repr(made_of(server)).encode()).hexdigest()[:16]}"
    with open(home / "cluster.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            for older in home.glob("cluster-*"):
                shutil.rmtree(older)
            unfinished = home / "cluster-new"
            unfinished.mkdir()
            _make(server, unfinished)
            unfinished.rename(directory)
    return directory / "data"


def _make(server, directory):
    with Cluster() as cluster:
        environment = dict(os.environ, DATABASE_OWNER_URL=cluster.uri("owner"))
        subprocess.run([server, "--data-dir", cluster.root + "/server", "--migrate"], env=environment, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, timeout=120)
        cluster.stop()
        subprocess.run(["cp", "--archive", cluster.directory + "/data", directory], check=True)
