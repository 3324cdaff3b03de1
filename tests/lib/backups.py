"""Backups of a test's database, taken while it runs, and what comes of them elsewhere: dumps, copies of its files, and its log up to any point."""
import contextlib
import os
import pathlib
import shutil
import subprocess

from cluster import Cluster
from waiting import wait_for

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


def keep_log(shop):
    """From now on each full file of the log is kept, in the directory that is returned."""
    archive = pathlib.Path(shop.cluster.root, "archive")
    archive.mkdir(mode=0o700)
    owner = os.stat(pathlib.Path(shop.cluster.directory, "data"))
    os.chown(archive, owner.st_uid, owner.st_gid)
    with contextlib.closing(shop.cluster.connect("admin")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("ALTER SYSTEM SET archive_mode = 'on'")
        cursor.execute(f"ALTER SYSTEM SET archive_command = 'cp %p {archive}/%f'")
    shop.cluster.stop()
    shop.cluster.start()
    return archive


def dump(shop, to):
    subprocess.run([BIN / "pg_dump", "-Fc", "-f", to, shop.cluster.uri("admin")], check=True, timeout=120)


def copy_files(shop, to):
    """A base backup, as PostgreSQL's manual has it (26.3.3)."""
    with contextlib.closing(shop.cluster.connect("admin")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT pg_backup_start('test', true)")
        done = subprocess.run(["cp", "--archive", pathlib.Path(shop.cluster.directory, "data"), to], capture_output=True, text=True, timeout=120)
        assert all("No such file" in line for line in done.stderr.splitlines()), done.stderr  # it goes on meanwhile
        cursor.execute("SELECT labelfile FROM pg_backup_stop(false)")
        [label] = cursor.fetchone()
    (to / "postmaster.pid").unlink()
    write(to, "backup_label", label)


def write(directory, name, text):
    path, owner = directory / name, os.stat(directory)
    with open(path, "a") as file:
        file.write(text)
    os.chown(path, owner.st_uid, owner.st_gid)
    path.chmod(0o600)


@contextlib.contextmanager
def restored(shop, backup, archive, lsn=None):
    """A cluster of a dump (a file) or of a copy of the files (a directory), that one as it was at a point of the log, or when it was copied."""
    if backup.is_file():
        with Cluster() as cluster:
            subprocess.run([BIN / "pg_restore", "--clean", "--if-exists", "--no-owner", "-d", cluster.uri("owner"), backup],
                           capture_output=True, timeout=120)
            yield cluster
        return
    directory = backup.with_name(backup.name + "-restored")
    shutil.rmtree(directory, ignore_errors=True)
    subprocess.run(["cp", "--archive", backup, directory], check=True, timeout=120)
    target = f"recovery_target_lsn = '{lsn}'\nrecovery_target_inclusive = off" if lsn else "recovery_target = 'immediate'"
    write(directory, "postgresql.conf", f"\nrestore_command = 'cp {archive}/%f \"%p\"'\n{target}\nrecovery_target_action = 'promote'\n")
    write(directory, "recovery.signal", "")
    with Cluster(copy=directory) as cluster:
        shutil.rmtree(directory)
        with contextlib.closing(cluster.connect("admin")) as connection, connection.cursor() as cursor:
            connection.autocommit = True

            def is_itself():
                cursor.execute("SELECT NOT pg_is_in_recovery()")
                return cursor.fetchone()[0]

            wait_for(is_itself, 60, "the end of the recovery")
        yield cluster
