"""The command line as a person or a script uses it: the program itself, its exit status, what it prints."""
import json
import os
import pathlib
import subprocess
import uuid

from shop import BUILD, PIN, Refused, pb

CAROLINE = BUILD / "bin" / "caroline"
DONE, REFUSED, FAULT, AWAY, USAGE, INTERRUPTED = 0, 1, 2, 3, 64, 130


class Cli:
    """An identity's directory, a person's PIN in a file, and the program."""

    def __init__(self, shop, name="console", person="Caroline", pin=PIN):
        self.shop = shop
        self.directory = pathlib.Path(shop.directory) / name
        self.person = person
        self.pin_file = pathlib.Path(shop.directory) / f"{name}.pin"
        self.pin_file.write_text(pin + "\n")

    def environment(self):
        return {
            **os.environ,
            "CAROLINE_IDENTITY": str(self.directory),
            "CAROLINE_PIN_FILE": str(self.pin_file),
            "LC_ALL": "C.UTF-8",
        }

    def command(self, *arguments, person=True):
        return [str(CAROLINE), *map(str, arguments), *(["--as", self.person] if person else [])]

    def run(self, *arguments, status=DONE, person=True):
        done = subprocess.run(
            self.command(*arguments, person=person),
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            start_new_session=True,  # no terminal to ask on
        )
        assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        return done

    def rows(self, *arguments, **more):
        """What it prints with --json: an object a line."""
        return [json.loads(line) for line in self.run(*arguments, "--json", **more).stdout.splitlines()]

    def json(self, *arguments, **more):
        """The only one."""
        [row] = self.rows(*arguments, **more)
        return row

    def start(self, *arguments, **more):
        return subprocess.Popen(
            self.command(*arguments), env=self.environment(), stdin=subprocess.DEVNULL, text=True, **more
        )

    def enrol(self, code, **more):
        return self.run("enrol", "--server", f"localhost:{self.shop.port}", "--code", code, person=False, **more)


def invited(shop, kind=None, name="a device"):
    """A fresh one-time code."""
    invite = pb.DeviceInvite(kind=kind if kind is not None else pb.CLIENT_ADMIN, name=name)
    reply = shop.manager.reply(pb.OP_DEVICE_INVITE, invite, uuid.uuid4().bytes)
    if reply.HasField("error") and pb.code(reply.error.code) == "SESSION_LOCKED":  # there was nothing to do for minutes
        shop.manager.call(pb.OP_SESSION_UNLOCK, pb.SessionUnlock(pin=PIN), pb.SessionState)
        return invited(shop, kind, name)
    if reply.HasField("error"):
        raise Refused(reply.error)
    return pb.DeviceInvited.FromString(reply.body).code


def console(shop, name="console"):
    """The manager's command line, enrolled."""
    cli = Cli(shop, name)
    cli.enrol(invited(shop, name=name))
    return cli
