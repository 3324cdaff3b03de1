"""price_change_ms: from a manager's request for another price to its push at the last of 500 tills. idle_tills_ms: how long
an answer takes while 10,000 tills are connected and 500 requests a second come from any of them. Neither has a peer: in its
place stands what is asked."""
import json
import subprocess
import time

from house import PRODUCT, PRODUCTS, SOLD, cpu_seconds, resident_bytes

FOLLOWERS, CHANGES, ASKED_CHANGE_MS = 500, 200, 50
IDLE, RATE, ASKED_IDLE_MS = 10_000, 500, 10


def changes(house, given, say):
    followers, count = (50, 20) if given.quick else (FOLLOWERS, CHANGES)
    command = house.load_command("pushes", followers, 1, "--follow", "--version", house.version())
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        assert json.loads(load.stdout.readline()) == {"ready": True}
        before = cpu_seconds(house.server_pid)
        asked, answered = [], []
        for number in range(count):
            begun = time.monotonic_ns()
            version = house.change_price(PRODUCT + SOLD + 1 + number, 1000 + number)
            done = time.monotonic_ns()
            told = json.loads(load.stdout.readline())
            assert told["version"] == version, "the tills were told of another version"
            asked.append((told["last_ns"] - begun) / 1e6)
            answered.append((told["last_ns"] - done) / 1e6)
        cpu_ms = (cpu_seconds(house.server_pid) - before) * 1e3 / count
        load.stdin.close()
        assert load.wait(30) == 0
    house.catalogue_version = version
    say(f"{count} changes of a price, {followers} tills: the last one has it {middle(asked):.1f} ms after the request "
        f"(p99 {p99(asked):.1f}), {middle(answered):.1f} ms after the answer (p99 {p99(answered):.1f}); "
        f"{cpu_ms:.1f} ms of the server's CPU each")
    return asked_for(p99(asked), ASKED_CHANGE_MS, tills=followers, after_answer_p99_ms=round(p99(answered), 2))


def idle(house, given, say):
    tills, seconds = (1000, 1) if given.quick else (IDLE, 5)
    before = resident_bytes(house.server_pid)
    begun = time.monotonic()
    result = house.load("price", tills, seconds, "--rate", RATE, "--follow", "--version", house.version(),
                        "--plus", PRODUCTS, each_second=lambda: resident_bytes(house.server_pid))
    grown = (max(result["seen"]) - before) / tills / 1024
    say(f"{tills:,} tills, signed in and following the catalogue, connected within "
        f"{time.monotonic() - begun - seconds:.0f} s, {grown:.1f} KiB each; then {result['done']} requests in "
        f"{seconds} s: p50 {result['p50_us'] / 1000:.2f} ms, p99 {result['p99_us'] / 1000:.2f} ms, "
        f"longest {result['max_us'] / 1000:.2f} ms")
    assert result["done"] + result["late"] >= RATE * seconds * 0.95, "the tills were not served at that rate"
    return asked_for(result["p99_us"] / 1000, ASKED_IDLE_MS, tills=tills, longest_ms=result["max_us"] / 1000)


def asked_for(ours_ms, asked_ms, **more):
    return {"ours": round(ours_ms, 2), "peer": asked_ms, "ratio": round(ours_ms / asked_ms, 3), "unit": "ms", **more}


def middle(times):
    return sorted(times)[len(times) // 2]


def p99(times):
    return sorted(times)[(len(times) - 1) * 99 // 100]
