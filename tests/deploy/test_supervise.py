"""deploy/supervise: starts again what ends, gives up when that is no use."""
import os
import pathlib
import signal
import subprocess

from shop import TOP, wait_for

SUPERVISE = TOP / "deploy" / "supervise"


def supervise(directory: pathlib.Path, *command):
    return subprocess.Popen([SUPERVISE, directory, "thing", *command])


def pid_of(directory):
    path = directory / "thing.pid"
    text = path.read_text().strip() if path.exists() else ""
    return int(text) if text else None


def log_of(directory):
    path = directory / "thing.log"
    return path.read_text() if path.exists() else ""


def test_says_how_it_is_called():
    done = subprocess.run([SUPERVISE, "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "deploy/supervise DIR NAME COMMAND" in done.stdout and done.stderr == ""
    done = subprocess.run([SUPERVISE], capture_output=True, text=True)
    assert done.returncode == 64 and "deploy/supervise DIR NAME COMMAND" in done.stdout and done.stderr == ""


def test_starts_again_what_was_killed(tmp_path):
    supervisor = supervise(tmp_path, "sleep", "1000")
    try:
        first = wait_for(lambda: pid_of(tmp_path))
        os.kill(first, signal.SIGKILL)
        second = wait_for(lambda: pid_of(tmp_path) not in (None, first) and pid_of(tmp_path), 3)
        assert second != first
        assert "ended with status 137" in log_of(tmp_path)
    finally:
        supervisor.terminate()
        assert supervisor.wait(10) == 0
    # Neither process nor pid file is left behind.
    assert pid_of(tmp_path) is None
    assert not os.path.exists(f"/proc/{second}")


def test_takes_no_other_ones_files_along(tmp_path):
    """Of two in one folder the later one's are there: without them nobody could stop it."""
    supervisor = supervise(tmp_path, "sleep", "1000")
    try:
        wait_for(lambda: pid_of(tmp_path))
        (tmp_path / "thing.supervisor").write_text("1\n")
    finally:
        supervisor.terminate()
        assert supervisor.wait(10) == 0
    assert (tmp_path / "thing.supervisor").read_text() == "1\n" and pid_of(tmp_path) is not None


def test_gives_up_after_five_ends_in_a_minute(tmp_path):
    supervisor = supervise(tmp_path, "sh", "-c", "echo started; exit 70")
    assert supervisor.wait(30) == 75
    assert log_of(tmp_path).count("started\n") == 5
    assert "giving up" in log_of(tmp_path)


def test_does_not_repeat_what_cannot_succeed(tmp_path):
    supervisor = supervise(tmp_path, "sh", "-c", "echo started; exit 78")
    assert supervisor.wait(10) == 78
    assert log_of(tmp_path).count("started\n") == 1
