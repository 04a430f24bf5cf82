"""The stores that the benchmarks run the service on: MariaDB, Redis, what makes them slow, and what they are filled with."""

import os
import random
import sqlite3
import subprocess

from _report import BUILD, PROGRAM, Unmeasurable
from _servers import Server, Tessera, clean_environment, free_port, wait_for


class MariaDb(Server):
    name = "mariadb"

    def __init__(self, buffer_pool="512M"):
        super().__init__()
        self.data = self.scratch / "data"
        self.socket = self.scratch / "s"
        self.port = free_port()
        as_root = ["--user=root"] if os.geteuid() == 0 else []
        installed = subprocess.run(
            ["mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db",
             f"--datadir={self.data}", *as_root],
            capture_output=True, check=False,
        )
        if installed.returncode != 0:
            raise Unmeasurable("mariadb-install-db failed: " + installed.stderr.decode(errors="replace")[-1000:])
        (self.scratch / "init.sql").write_text(
            "CREATE DATABASE bench CHARACTER SET utf8mb4;\n"
            "CREATE USER 'tessera'@'%' IDENTIFIED BY 'secret';\nGRANT ALL ON *.* TO 'tessera'@'%';\n"
        )
        self.start([
            "/usr/sbin/mariadbd", "--no-defaults", f"--datadir={self.data}", f"--tmpdir={self.data}",
            f"--socket={self.socket}", f"--pid-file={self.scratch}/pid", f"--init-file={self.scratch}/init.sql", "--bind-address=127.0.0.1",
            f"--port={self.port}", "--skip-name-resolve", "--skip-log-bin", "--performance-schema=OFF",
            "--max-connections=500", f"--innodb-buffer-pool-size={buffer_pool}", "--innodb-log-file-size=256M",
            "--innodb-flush-log-at-trx-commit=2", *as_root,
        ])
        wait_for("the start of MariaDB", self.accepts)

    @property
    def url(self):
        return self.url_by(self.port)

    def url_by(self, port):
        """Returns the URL by way of a proxy on that port."""
        return f"mysql://tessera:secret@127.0.0.1:{port}/bench"

    def query(self, sql):
        """Returns the rows' lines as the mariadb client prints them."""
        done = subprocess.run(
            ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=tessera", "--password=secret",
             "--batch", "--skip-column-names", "--execute", sql, "bench"],
            capture_output=True, text=True, check=False,
        )
        if done.returncode != 0:
            raise Unmeasurable("the mariadb client failed: " + done.stderr)
        return done.stdout.splitlines()

    def __exit__(self, *_):
        # Nothing needs its data any more, and an orderly stop takes long.
        self.stop(hard=True)
        super().__exit__()


class DelayProxy(Server):
    """Another way to a server on this machine, on which every answer comes so much later (delay_proxy.cpp)."""

    name = "delay proxy"

    def __init__(self, port, milliseconds):
        super().__init__()
        self.start([BUILD / "bench" / "bench_delay_proxy", port, milliseconds])
        self.port = self.announced_port()


class Redis(Server):
    name = "redis"

    def __init__(self):
        super().__init__()
        self.port = free_port()
        self.start(["redis-server", "--bind", "127.0.0.1", "--port", self.port, "--save", "", "--appendonly", "no",
                    "--dir", self.scratch])
        wait_for("the start of Redis", self.accepts)

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"


def tessera(*arguments, program=PROGRAM):
    """Runs a subcommand that ends by itself, and returns what it printed."""
    done = subprocess.run(
        [str(argument) for argument in (program, *arguments)],
        capture_output=True, text=True, check=False, env=clean_environment(),
    )
    if done.returncode != 0:
        raise Unmeasurable(f"tessera {arguments[0]} failed: {done.stderr[-1000:]}")
    return done.stdout


def fill(store, members, program=PROGRAM):
    """Makes the schema and an invented membership in the store."""
    tessera("migrate", "--store", store, program=program)
    tessera("sample-data", "--members", members, "--store", store, program=program)


class ProtectedTessera(Tessera):
    """The service with all that protects it, for clients with a key whose limits are so large that none is refused."""

    name = "tessera, protected"
    PLENTY = ("--limits-general", "1000000", "--limits-member-lookup", "1000000", "--limits-connections", "100000")

    def __init__(self, store, program=PROGRAM):
        key = tessera("keys", "create", "--name", "bench", "--scopes", "lookup", "--limit-multiplier", "1000",
                      "--store", store, program=program)
        super().__init__(store, limits=self.PLENTY, program=program)
        self.headers = {"Authorization": f"Bearer {key.strip()}"}


def active_members(database):
    """Returns the ID numbers of all active members of a MariaDb, in an order that says nothing."""
    numbers = database.query("SELECT id_number FROM members WHERE membership_status = 'Active'")
    if len(set(numbers)) != len(numbers):
        raise Unmeasurable(f"the store has {len(set(numbers))} distinct active members of {len(numbers)}")
    random.Random(1).shuffle(numbers)
    return numbers


def active_in_sqlite(path, count):
    """Returns the ID numbers of that many active members of an SQLite store."""
    return [number for _, number in rows_in_sqlite(path, count)]


def ids_in_sqlite(path, count):
    """Returns the member ids of the same members, as texts."""
    return [str(member) for member, _ in rows_in_sqlite(path, count)]


def rows_in_sqlite(path, count):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as store:
        rows = store.execute(
            "SELECT member_id, id_number FROM members WHERE membership_status = 'Active' ORDER BY member_id LIMIT ?",
            (count,),
        ).fetchall()
    if len(rows) < count:
        raise Unmeasurable(f"the store has only {len(rows)} active members")
    return rows
