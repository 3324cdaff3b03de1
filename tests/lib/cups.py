"""Debian's own cupsd, on a socket and with files in a directory of its own: one raw queue, whose printer is a file a job. The system's
configuration is neither read nor written."""
import pathlib
import shutil
import subprocess

from waiting import wait_for

FILES = """
ServerRoot {here}/etc
ServerBin {here}/bin
CacheDir {here}/cache
StateDir {here}/state
RequestRoot {here}/spool
TempDir {here}/spool/tmp
AccessLog {here}/log/access
ErrorLog {here}/log/error
PageLog {here}/log/page
"""
DAEMON = """
Listen {here}/socket
Browsing No
WebInterface No
<Location />
  Order allow,deny
  Allow all
</Location>
"""
QUEUE = """
<Printer {queue}>
DeviceURI papers:/{queue}
State Idle
Accepting Yes
Shared No
</Printer>
"""
# What cupsd starts with each job: its number, and its data in a file or as the input.
BACKEND = """#!/bin/sh
[ $# -gt 0 ] || exit 0
cat ${{6+"$6"}} > {here}/papers/$1.part && mv {here}/papers/$1.part {here}/papers/$1
"""


class Cups:
    def __init__(self, directory, queue):
        self.here = pathlib.Path(directory)
        self.socket = self.here / "socket"
        for name in ("etc", "bin/backend", "cache", "state", "spool/tmp", "log", "papers"):
            (self.here / name).mkdir(parents=True)
        shutil.copy("/usr/sbin/cupsd", self.here / "cupsd")  # AppArmor keeps the system's, by its path, out of here
        (self.here / "bin/daemon").symlink_to("/usr/lib/cups/daemon")
        for name, text in (("etc/cups-files.conf", FILES), ("etc/cupsd.conf", DAEMON), ("etc/printers.conf", QUEUE),
                           ("bin/backend/papers", BACKEND)):
            (self.here / name).write_text(text.format(here=self.here, queue=queue))
        (self.here / "bin/backend/papers").chmod(0o700)  # as who runs cupsd, also root
        self.daemon = None

    def start(self):
        self.socket.unlink(missing_ok=True)
        self.daemon = subprocess.Popen([self.here / "cupsd", "-f", "-c", self.here / "etc/cupsd.conf", "-s", self.here / "etc/cups-files.conf"],
                                       stdin=subprocess.DEVNULL)
        wait_for(self.socket.exists, 30, "cupsd listens")

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait(timeout=30)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def papers(self):
        """The bytes of each job, in their order."""
        done = [path for path in (self.here / "papers").iterdir() if path.name.isdigit()]
        return [path.read_bytes() for path in sorted(done, key=lambda path: int(path.name))]
