"""Stand-ins of Stripe's API that others wrote, installed by npm from a lock file that pins their contents: without node or the registry
this fails."""
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import urllib.request

from gateway import Gateway
from waiting import wait_for

HERE = pathlib.Path(__file__).resolve().parents[1] / "gateway" / "peers"
BUILD = pathlib.Path(os.environ["CAROLINE_BUILD"])


def installed():
    """Their folder, made once a build."""
    folder = BUILD / "tests" / "gateway-peers"
    wanted = (HERE / "package-lock.json").read_bytes()
    if not (folder / "made").exists() or (folder / "made").read_bytes() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=150,
                       stdin=subprocess.DEVNULL)
        (folder / "made").write_bytes(wanted)
    return folder


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def answers(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def running(command, port, **more):
    log = open(BUILD / "tests" / f"gateway-peer-{port}.log", "wb")
    process = subprocess.Popen(command, cwd=installed(), env={**os.environ, **more}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(port), 30, "the stand-in")
        yield ("127.0.0.1", port)
    finally:
        process.kill()
        process.wait()
        log.close()


def stateful_mock():
    """stripe-stateful-mock: charges, captures, refunds, Idempotency-Key; no payment intents."""
    port = free_port()
    return running(["node", "node_modules/stripe-stateful-mock/autostart.js"], port, PORT=str(port), LOG_LEVEL="error")


def emulate():
    """emulate: payment intents, customers; forgets Idempotency-Key, never declines, refunds nothing."""
    port = free_port()
    return running(["node", "node_modules/emulate/dist/index.js", "--service", "stripe", "--port", str(port), "--seed",
                    str(HERE / "emulate.seed.yaml")], port)


@contextlib.contextmanager
def fronted(api):
    """The gateway that stands before the stand-in of that API: charges, or intents, whose stand-in forgets keys."""
    with (stateful_mock() if api == "charges" else emulate()) as address, Gateway(behind=address) as gateway:
        gateway.kind, gateway.forgets = api, api == "intents"
        yield gateway
