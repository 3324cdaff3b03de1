"""The demo in a clone of its own, with the programs that were built for the tests: `with Demo() as demo: demo.morning()`."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from shop import BUILD, TOP, free_port

PROGRAMS = ("caroline", "caroline-admin", "caroline-counter", "caroline-server")


class Demo:
    """A clone with its programs built, and the demo in it."""

    def __init__(self, word="", **environment):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix=f"caroline-demo-{word}", dir="/tmp"))
        self.top.chmod(0o755)
        for folder in ("deploy", "db"):
            shutil.copytree(TOP / folder, self.top / folder)
        (self.top / "build/bin").mkdir(parents=True)
        for program in PROGRAMS:
            shutil.copy(BUILD / "bin" / program, self.top / "build/bin")
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "DATABASE_", "CAROLINE_"))}
        self.environment = {**kept, "CAROLINE_DEMO_PORT": str(self.port), "CAROLINE_DEMO_BUILT": "yes", **environment}

    def cli(self, device, person, *arguments):
        """The command line of the demo's console or till, as one of its people."""
        state = self.state()
        user = ["setpriv", "--reuid=caroline-demo", "--regid=caroline-demo", "--init-groups"] if os.getuid() == 0 else []
        return subprocess.run([*user, self.top / "build/bin/caroline", "--identity", state / device, *arguments, "--as", person,
                               "--pin-file", state / "pins" / person], cwd="/", stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)

    def start(self, *arguments, **more):
        return subprocess.Popen([self.top / "deploy/demo", *arguments], cwd="/", env={**self.environment, **more},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, **more):
        process = self.start(*arguments, **more)
        process.out, process.err = process.communicate(timeout=240)
        return process

    def morning(self, **more):
        done = self.run("--script", **more)
        assert done.returncode == 0, done.out + done.err
        return done

    def state(self, **more):
        return pathlib.Path(self.run("--where", **more).out.strip())

    def pid(self, name, **more):
        return int((self.state(**more) / name).read_text().split()[0])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        done = self.run("--reset")
        assert done.returncode == 0, done.out + done.err
        shutil.rmtree(self.top)


def is_whole(done):
    assert done.returncode == 0, done.out + done.err
    assert done.out.count("Total USD") >= 5  # four sales, and the last one again
    assert "(STOCK_SHORT)" in done.out
    assert re.search(r"^\d+ checks hold, 0 do not$", done.out, re.M), done.out
    assert "the morning went well" in done.out


def default_clusters():
    """What Debian's tools know of, and who listens on PostgreSQL's port."""
    listed = subprocess.run(["pg_lsclusters", "-h"], capture_output=True, text=True).stdout
    return listed, sorted(str(path) for path in pathlib.Path("/var/lib/postgresql").glob("*/*"))
