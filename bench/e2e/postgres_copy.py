"""PostgreSQL as a queue of events: COPY of 1,000 rows a transaction, each synced when it commits, by
two clients. A cluster of its own on the disk that is measured.
"""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import children
from children import Child, MeasurementFailed
from peers import free_port

ROWS = 1000
CLIENTS = 2
TABLE = "CREATE TABLE events(id bigserial PRIMARY KEY, body text NOT NULL)"


def programs():
    """Where Debian keeps initdb and postgres; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found and shutil.which("psql") else None


def as_server(command):
    """postgres refuses to run as root; Debian's package made a user for it."""
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups",
            *command] if os.geteuid() == 0 else command


class PostgresCopy:
    name = "PostgreSQL COPY, 1,000 rows a commit"

    def __init__(self, bench, where, directory):
        self.directory = directory
        data = self.directory / "data"
        children.run(as_server([where / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"]),
                     120)
        self._port = free_port()
        self.child = Child(as_server([where / "postgres", "-D", data, "-h", "127.0.0.1", "-p",
                                      self._port, "-k", "", "-c", "max_wal_size=4GB"]),
                           bench.disk / "postgres.log")
        self._script = bench.disk / "copy.sql"
        self._transaction = "COPY events(body) FROM STDIN;\n" + ("x" * 500 + "\n") * ROWS + "\\.\n"
        self._wait()
        self._ask(TABLE)

    def _psql(self, *arguments):
        return ["psql", "-h", "127.0.0.1", "-p", str(self._port), "-U", "postgres", "-d", "postgres", "-qAtX", "-v",
                "ON_ERROR_STOP=1", *map(str, arguments)]

    def _ask(self, statement):
        return children.run(self._psql("-c", statement), 60).strip()

    def _wait(self):
        for _ in range(500):
            done = subprocess.run(self._psql("-c", "SELECT 1"), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, check=False)
            if done.returncode == 0:
                return
            time.sleep(0.02)
        raise MeasurementFailed(f"postgres does not start: {self.child.said()[-500:]}")

    def rate(self, seconds):
        """Rows a second, all of them there afterwards."""
        self._ask("TRUNCATE events")
        transactions = max(1, int(seconds * 40))
        self._script.write_text(self._transaction * transactions)
        begin = time.monotonic()
        clients = [subprocess.Popen(self._psql("-f", self._script)) for _ in range(CLIENTS)]
        if any([client.wait(120) for client in clients]):
            raise MeasurementFailed("psql failed")
        spent = time.monotonic() - begin
        kept, copied = int(self._ask("SELECT count(*) FROM events")), ROWS * transactions * CLIENTS
        if kept != copied:
            raise MeasurementFailed(f"{copied} rows were copied, {kept} are there")
        return kept / spent

    def stop(self):
        self.child.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def make_room(bench):
    """A directory for the server's user; None if that user cannot get there."""
    directory = bench.disk / "postgres"
    directory.mkdir()
    if os.geteuid() == 0:
        bench.disk.chmod(0o711)
        owner = pwd.getpwnam("postgres")
        os.chown(directory, owner.pw_uid, owner.pw_gid)
    done = subprocess.run(as_server(["test", "-w", directory]), check=False)
    return directory if done.returncode == 0 else None


def postgres_copy(bench):
    """None where it is not installed or cannot be used."""
    where = programs()
    directory = make_room(bench) if where else None
    return PostgresCopy(bench, where, directory) if directory else None
