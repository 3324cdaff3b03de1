"""What a figure means nothing without: settings, versions, cipher, commit, and the disk it was measured on."""
import mmap
import os
import pathlib
import random
import re
import subprocess
import time

from shop import BUILD, SERVER, TOP


def _first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return (done.stdout + done.stderr).strip().splitlines()[0]


def _commit():
    def git(*arguments):
        return subprocess.run(["git", "-C", TOP, *arguments], capture_output=True, text=True).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + (", changed since" if git("status", "--porcelain") else "")


def _build():
    cache = (BUILD / "CMakeCache.txt").read_text()
    kind = re.search(r"^CMAKE_BUILD_TYPE:\w+=(\w+)", cache, re.M).group(1)
    assert kind == "Release" and "CAROLINE_SANITIZE:BOOL=ON" not in cache, "figures are of a release build only"
    return kind


def _disk(directory):
    """The filesystem, and how long it takes until 8 KiB are on the disk: the median of 100."""
    kind = _first_line("stat", "-f", "-c", "%T", str(directory))
    path, times = os.path.join(directory, "probe"), []
    file = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    for _ in range(100):
        os.pwrite(file, b"x" * 8192, 0)
        begun = time.perf_counter()
        os.fdatasync(file)
        times.append(time.perf_counter() - begun)
    os.close(file)
    os.unlink(path)
    return f"{kind}, fdatasync of 8 KiB {sorted(times)[50] * 1e6:,.0f} µs"


def disk_reads(files, count=1000):
    """How long the disk itself takes for 8 KiB somewhere in them, whatever memory has of them."""
    page, times = mmap.mmap(-1, 8192), []
    try:
        opened = [os.open(path, os.O_RDONLY | os.O_DIRECT) for path in files]
    except OSError:
        return "reads cannot be told from memory's on this filesystem"
    for _ in range(count):
        file = random.choice(opened)
        at = random.randrange(os.fstat(file).st_size // 8192) * 8192
        begun = time.perf_counter()
        os.preadv(file, [page], at)
        times.append((time.perf_counter() - begun) * 1000)
    for file in opened:
        os.close(file)
    times.sort()
    return f"reads of 8 KiB: p50 {times[count // 2]:.2f} ms, p99 {times[count * 99 // 100]:.2f} ms, longest {times[-1]:.1f} ms"


def _huge_pages():
    return "; ".join(f"{name} {pathlib.Path('/proc/sys/vm', name).read_text().strip()}" for name in ("nr_hugepages", "nr_overcommit_hugepages"))


def _processor():
    with open("/proc/cpuinfo") as file:
        name = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} × {name}, load {os.getloadavg()[0]:.1f}"


def lines(house):
    names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "wal_compression", "shared_buffers",
             "max_wal_size", "checkpoint_timeout")
    for name in names:
        yield f"{name:18} {house.sql(f'SHOW {name}')[0][0]}"
    cipher, version, _ = house.manager.sock.cipher()
    yield f"{'commit':18} {_commit()} ({_build()})"
    yield f"{'cipher':18} {version} {cipher}"
    yield f"{'caroline':18} {_first_line(str(SERVER), '--version')}"
    yield f"{'PostgreSQL':18} {house.sql('SHOW server_version')[0][0]}"
    yield f"{'peers':18} {_first_line('/usr/lib/postgresql/15/bin/pgbench', '--version')}; " \
          f"{_first_line('redis-server', '--version').split(' sha=')[0]}; {_first_line('nginx', '-v')}"
    yield f"{'OpenSSL':18} {_first_line('openssl', 'version')}"
    yield f"{'disk':18} {_disk(house.directory)}"
    yield f"{'huge pages':18} {_huge_pages()}"
    yield f"{'processor':18} {_processor()}"
