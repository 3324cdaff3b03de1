"""deploy/packages: asks once what is installed, and lets no package start or make anything."""
import os
import pathlib
import subprocess

import pytest

from shop import TOP

NO_CLUSTER = pathlib.Path("/etc/postgresql-common/createcluster.d/caroline-setup.conf")


def program(path, text):
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


def run(directory, *sets):
    return subprocess.run([TOP / "deploy/packages", *sets], env={**os.environ, "PATH": f"{directory}:{os.environ['PATH']}"},
                          capture_output=True, text=True)


def test_all_packages_are_asked_for_in_one_call(tmp_path):
    real = subprocess.run(["sh", "-c", "command -v dpkg-query"], capture_output=True, text=True).stdout.strip()
    program(tmp_path / "dpkg-query", f'echo call >>{tmp_path}/calls\nexec {real} "$@"\n')
    done = run(tmp_path, "run", "build")
    assert done.returncode == 0 and done.stdout == "", done.stderr
    assert (tmp_path / "calls").read_text() == "call\n"


@pytest.mark.skipif(os.getuid() != 0, reason="only root installs")
def test_postgresqls_package_is_told_to_make_no_cluster_and_only_as_long_as_it_is_installed(tmp_path):
    # What an installation would find; nothing is installed.
    program(tmp_path / "dpkg-query", "exit 1\n")
    program(tmp_path / "apt-get", f'cat {NO_CLUSTER} >{tmp_path}/found; echo "$@" >{tmp_path}/asked\n')
    done = run(tmp_path, "run")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "found").read_text() == "create_main_cluster = false\n"
    assert " postgresql-15 " in (tmp_path / "asked").read_text()
    assert not NO_CLUSTER.exists()
