"""A private PostgreSQL for a test: `with Cluster() as cluster: connect(cluster.uri("app"))`, deleted however the test ends."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import psycopg2

from waiting import wait_for

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = str(SOURCE / "deploy" / "cluster")
MEMORY = pathlib.Path("/dev/shm")
ROOM = 6 << 30


def _place():
    """Where clusters of tests stand: in memory, where there is room. What is killed there finds what it wrote as on a disk, whose pages are in memory
    as well; and a cluster has 1,700 files to be made. CAROLINE_CLUSTERS names another place."""
    if "CAROLINE_CLUSTERS" in os.environ:
        return os.environ["CAROLINE_CLUSTERS"]
    if not os.access(MEMORY, os.W_OK | os.X_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    available = next(line for line in pathlib.Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
    return str(MEMORY) if int(available.split()[1]) << 10 > ROOM else None


class Cluster:
    place = staticmethod(_place)  # None: where files of moments stand

    def __init__(self, *allowed, copy=None):
        """allowed: further users of the machine who may connect. copy: of another cluster's data directory."""
        self.root = tempfile.mkdtemp(prefix="caroline-test-", dir=self.place())
        os.chmod(self.root, 0o711)
        self.directory = os.path.join(self.root, "cluster")
        self.uris = {}
        read_end, self.guard = os.pipe2(os.O_CLOEXEC)
        try:
            copied = ["--copy", str(copy)] if copy else []
            self.said = self._run("guard", "--fast", *self._allow(allowed), *copied, self.directory, stdin=read_end)
        finally:
            os.close(read_end)

    @staticmethod
    def _allow(users):
        return [word for user in users for word in ("--allow", user)]

    @staticmethod
    def _run(*arguments, stdin=subprocess.DEVNULL):
        done = subprocess.run([PROGRAM, *arguments], stdin=stdin, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def uri(self, role):
        if role not in self.uris:
            done = subprocess.run([PROGRAM, "uri", self.directory, role], check=True, capture_output=True, text=True)
            self.uris[role] = done.stdout.strip()
        return self.uris[role]

    def connect(self, role):
        """Where a backend was killed, the database starts again by itself: whoever comes meanwhile waits for it."""
        def once():
            try:
                return psycopg2.connect(self.uri(role))
            except psycopg2.OperationalError as error:
                if not re.search("in recovery mode|is starting up|not yet accepting connections", str(error)):
                    raise
                return None

        return wait_for(once, 60, "the database, which starts again")

    def stop(self):
        self._run("stop", self.directory)

    def start(self):
        self._run("start", "--fast", self.directory)

    def postmaster(self):
        """Its process id."""
        return int(pathlib.Path(self.directory, "data", "postmaster.pid").read_text().splitlines()[0])

    def processes(self):
        """The postmaster's and those of all its children."""
        postmaster = self.postmaster()
        children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]

    def delete(self):
        if self.guard is None:
            return
        os.close(self.guard)
        self.guard = None
        wait_for(lambda: not os.path.exists(self.directory), 90, "the guard's deletion of " + self.directory)
        shutil.rmtree(self.root)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.delete()
