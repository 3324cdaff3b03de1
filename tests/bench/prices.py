"""price_vs_redis_tls: what costs PLU n, against GET of a value as long, both in TLS, 50 connections, one in flight."""
import json
import statistics
import subprocess

from house import PRODUCTS, cpu_seconds, ended_seconds, stop
from shop import BUILD, free_port, pb

CONNECTIONS = 50


def measure(house, given, say):
    shown = house.show(plu=PRODUCTS // 2)
    size = len(pb.ProductShown(product=shown, catalogue_version=house.catalogue_version).SerializeToString())
    redis = Redis(house, size)
    say(f"redis-server and redis-benchmark in TLS, {PRODUCTS:,} keys, values of {size} bytes as our answers have")
    try:
        ours_once(house, 1)
        redis.round(1)
        ratios, ours, theirs = [], [], []
        for number in range(given.rounds):
            for mine in (True, False) if number % 2 == 0 else (False, True):
                if mine:
                    ours.append(ours_once(house, given.seconds))
                else:
                    theirs.append(redis.round(given.seconds))
            ratios.append(ours[-1]["per_second"] / theirs[-1]["per_second"])
            say(f"round {number + 1}: {describe(ours[-1])}\n       redis: {describe(theirs[-1])}\n       ratio: {ratios[-1]:.2f}")
        alike = redis.under_our_generator(given.seconds)
        redis.all_found()
    finally:
        redis.stop()
    say(f"Redis under a generator like ours, without a bar: {describe(alike)}")
    middle = sorted(range(given.rounds), key=lambda i: ratios[i])[given.rounds // 2]
    return {
        "ours": round(ours[middle]["per_second"], 1),
        "peer": round(theirs[middle]["per_second"], 1),
        "ratio": round(statistics.median_low(ratios), 3),
        "unit": "look-ups/s",
        "ratios": [round(ratio, 3) for ratio in ratios],
        "p99_ms": max(r["p99_us"] for r in ours) / 1000,
        "cpu_us": rounded(ours[middle]["cpu_us"]),
        "peer_cpu_us": rounded(theirs[middle]["cpu_us"]),
        "beside": {"Redis under our generator": round(alike["per_second"], 1)},
    }


def rounded(cpu_us):
    return {who: round(us, 1) for who, us in cpu_us.items()}


def describe(result):
    cpu = ", ".join(f"{who} {us:.1f}" for who, us in result["cpu_us"].items())
    return f"{result['per_second']:8,.0f} look-ups/s, p99 {result['p99_us'] / 1000:.2f} ms, µs of CPU each: {cpu}"


def ours_once(house, seconds):
    before = cpu_seconds(house.server_pid)
    result = house.load("price", CONNECTIONS, seconds, "--plus", PRODUCTS)
    done = result["done"] + result["late"]
    result["cpu_us"] = {"server": (cpu_seconds(house.server_pid) - before) * 1e6 / done, "load": result["cpu_s"] * 1e6 / done}
    return result


class Redis:
    def __init__(self, house, value_size):
        self.port = free_port()
        self.files = files = house.certificates()
        self.process = house.spawn(
            "redis",
            ["redis-server", "--port", 0, "--tls-port", self.port, "--bind", "127.0.0.1", "--tls-cert-file", files["certificate"],
             "--tls-key-file", files["key"], "--tls-ca-cert-file", files["ca"], "--tls-protocols", "TLSv1.3",
             "--tls-auth-clients", "yes", "--save", "", "--appendonly", "no", "--dir", house.directory],
            self.port,
        )
        self.tls = ["-h", "127.0.0.1", "-p", str(self.port), "--tls", "--cert", str(files["client_certificate"]),
                    "--key", str(files["client_key"]), "--cacert", str(files["ca"])]
        self.say("EVAL", "local v = string.rep('x', ARGV[1]); for i = 0, ARGV[2] - 1 do "
                 "redis.call('SET', string.format('key:%012d', i), v) end", "0", str(value_size), str(PRODUCTS))
        assert self.say("DBSIZE") == str(PRODUCTS)
        self.per_second = 20_000

    def say(self, *command):
        done = subprocess.run(["redis-cli", *self.tls, *command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == 0 and not done.stdout.startswith("ERR"), done.stdout + done.stderr
        return done.stdout.strip()

    def round(self, seconds):
        """redis-benchmark counts requests, not seconds: as many as it did in that time before."""
        count = int(self.per_second * seconds)
        before, own = cpu_seconds(self.process.pid), ended_seconds()
        done = subprocess.run(
            ["redis-benchmark", *self.tls, "-t", "get", "-r", str(PRODUCTS), "-c", str(CONNECTIONS), "-n", str(count), "--csv"],
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        head, row = ([cell.strip('"') for cell in line.split(",")] for line in done.stdout.strip().splitlines()[-2:])
        row = dict(zip(head, row))
        self.per_second = float(row["rps"])
        return {"per_second": self.per_second, "p99_us": float(row["p99_latency_ms"]) * 1000,
                "cpu_us": {"redis-server": (cpu_seconds(self.process.pid) - before) * 1e6 / count,
                           "redis-benchmark": (ended_seconds() - own) * 1e6 / count}}

    def under_our_generator(self, seconds):
        before = cpu_seconds(self.process.pid)
        done = subprocess.run(
            [BUILD / "tests" / "bench_redis", "--port", str(self.port), "--count", str(CONNECTIONS), "--seconds", str(seconds),
             "--keys", str(PRODUCTS), "--certificate", self.files["client_certificate"], "--key", self.files["client_key"],
             "--ca", self.files["ca"]],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=seconds + 60,
        )
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout)
        result["cpu_us"] = {"redis-server": (cpu_seconds(self.process.pid) - before) * 1e6 / result["done"],
                            "load": result["cpu_s"] * 1e6 / result["done"]}
        return result

    def all_found(self):
        stats = dict(line.split(":", 1) for line in self.say("INFO", "stats").splitlines() if ":" in line)
        assert int(stats["keyspace_misses"]) == 0 < int(stats["keyspace_hits"])

    def stop(self):
        stop(self.process)
