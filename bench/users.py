"""Twenty thousand users on two processes of the service: an open loop of lookups, cards, verifications and statistics.

MariaDB holds the members and Redis is shared. Each user has a connection of its own from an address of its own, and asks
at its own times, however long answers take. Measured are the mix without limits per client, the mix with the limits of
the configuration (which refuse most cards: a user asks for more than they allow), lookups alone, and lookups from nginx
with a constant. Every answer is checked for its member.
"""

import argparse
import json
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from _databases import MariaDb, Redis, active_members, fill
from _load import ask, ask_each_once
from _report import PROGRAM, RESULTS, Report, Unmeasurable, print_table, run
from _servers import Nginx, Tessera, clean_environment, free_port, reference_headers

MIX = "lookup=40,generate=30,verify=20,stats=10"
LOOKUPS = "lookup=1"
PROCESSES = 2
FILL_CONNECTIONS = 256

LOOKUP_P99_IN_MIX_MS = 20
LOOKUP_P99_ALONE_MS = 5
HIT_RATIO = 0.9
MEMORY_MIB = 1024


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench users", description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=20000, help="connected users [20000]")
    parser.add_argument("--rate", type=float, default=0.5, help="requests per second of each [0.5]")
    parser.add_argument("--members", type=int, default=1000000, help="members in the database [1000000]")
    parser.add_argument("--ramp", default="60s", help="over so long the users begin [60s]")
    parser.add_argument("--duration", default="300s", help="how long is measured then [300s]")
    parser.add_argument("--light-duration", default="60s", help="the same for lookups alone and nginx [60s]")
    parser.add_argument("--only", choices=("mix", "limited", "lookups", "nginx"), action="append",
                        help="measure only that; may be given again [all]")
    return parser.parse_args()


class Pair:
    """Processes of the service on one port, with the same secrets: cards that one signs are verified by another, and
    what one puts into Redis is read by another. A context manager."""

    def __init__(self, store, redis, limits):
        self.port = free_port()
        self.stack = ExitStack()
        self.members = [
            self.stack.enter_context(Tessera(store, "--redis", redis.url, "--share-port", "--cache-secret",
                                             redis.scratch / "cache.secret", limits=limits, port=self.port))
            for _ in range(PROCESSES)
        ]

    def cpu_seconds(self):
        return sum(each.cpu_seconds() for each in self.members)

    def peak_mib(self):
        """Returns the most memory that any of the processes has had at once."""
        return max(each.peak_bytes() for each in self.members) / 2**20

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()


def put_load(name, port, mix, duration, members, arguments):
    """Runs `tessera loadtest` with every user from an address of its own, and returns its figures."""
    out = RESULTS / f"users-{name}.json"
    done = subprocess.run(
        [PROGRAM, "loadtest", "--target", f"http://127.0.0.1:{port}", "--users", str(arguments.users), "--rate",
         str(arguments.rate), "--ramp", arguments.ramp, "--duration", duration, "--mix", mix, "--processes",
         str(PROCESSES), "--json", out, "--report", out.with_suffix(".html"), *members],
        env=clean_environment(), check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )
    print(done.stdout)
    if not out.exists():
        raise Unmeasurable(f"the load of {name} failed: {done.stderr}")
    found = json.loads(out.read_text())
    if found["void"]:
        raise Unmeasurable(f"the run of {name} was void: {', '.join(found['void_reasons'])}")
    return found


class Measurement:
    """What is running beside the load, and what it used while the load was on."""

    def __init__(self, servers):
        self.servers = servers

    def run(self, load):
        before = {name: each.cpu_seconds() for name, each in self.servers.items()}
        found = load()
        asked = found["requests"] + found["ramp"]["requests"]
        found["cpu_us_per_request"] = {
            name: (each.cpu_seconds() - before[name]) * 1e6 / asked for name, each in self.servers.items()
        }
        found["cpu_us_per_request"]["generator"] = found["generator_cpu_seconds"] * 1e6 / asked
        return found


def print_run(title, found):
    rows = []
    for name, of in [*found["scenarios"].items(), ("all", found)]:
        latency = of["latency_ms"]
        rows.append([name, f"{of['requests']:,}", f"{of['requests_per_second']:,.0f}", of["errors"], of["wrong"],
                     f"{of['refused']:,}", *(f"{latency[key]:.2f}" for key in ("p50", "p95", "p99", "p99.9", "max"))])
    print_table(title, ["scenario", "requests", "per second", "errors", "wrong", "refused", "p50 ms", "p95", "p99",
                        "p99.9", "max"], rows)
    print("CPU us/request: " + ", ".join(f"{name} {us:.1f}" for name, us in found["cpu_us_per_request"].items()))


def measure_service(name, store, redis, database, arguments, mix, duration, limits=Tessera.NO_LIMITS):
    """Starts the pair, lets every member be asked for once where there are no limits, and puts the load on it."""
    with Pair(store, redis, limits) as pair:
        if limits:
            with tempfile.TemporaryDirectory(prefix="tessera-bench-users-") as scratch:
                ask_each_once(pair.port, active_members(database), FILL_CONNECTIONS, Path(scratch))
        measured = Measurement({"service": pair, "MariaDB": database, "Redis": redis})
        found = measured.run(lambda: put_load(name, pair.port, mix, duration,
                                              ["--store", store, "--members", str(arguments.members)], arguments))
        found["peak_mib"] = pair.peak_mib()
        return found


def measure_nginx(store, redis, database, arguments, stack):
    """Has nginx answer with what the service answers for one member, head and body of the same length."""
    number = active_members(database)[0]
    with Tessera(store, "--redis", redis.url) as service, socket.create_connection(("127.0.0.1", service.port)) as asking:
        ask(asking, number)
        head, body = (text.decode() for text in ask(asking, number))
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-users-")))
    (scratch / "ids").write_text(number + "\n")
    nginx = stack.enter_context(Nginx(body, reference_headers(head, False), workers=PROCESSES))
    measured = Measurement({"service": nginx})
    return measured.run(lambda: put_load("nginx", nginx.port, LOOKUPS, arguments.light_duration,
                                         ["--ids", str(scratch / "ids")], arguments))


def main():
    arguments = parse_arguments()
    wanted = arguments.only or ["mix", "limited", "lookups", "nginx"]
    report = Report("users", vars(arguments))
    results = {}
    with ExitStack() as stack:
        database = stack.enter_context(MariaDb(buffer_pool="1G"))
        redis = stack.enter_context(Redis())
        fill(database.url, arguments.members)
        if "mix" in wanted:
            results["mix"] = measure_service("mix", database.url, redis, database, arguments, MIX, arguments.duration)
            print_run("The mix, without limits per client", results["mix"])
        if "limited" in wanted:
            results["limited"] = measure_service("limited", database.url, redis, database, arguments, MIX,
                                                 arguments.duration, limits=())
            print_run("The mix, with limits", results["limited"])
        if "lookups" in wanted:
            results["lookups"] = measure_service("lookups", database.url, redis, database, arguments, LOOKUPS,
                                                 arguments.light_duration)
            print_run("Lookups alone", results["lookups"])
        if "nginx" in wanted:
            results["nginx"] = measure_nginx(database.url, redis, database, arguments, stack)
            print_run("The same from nginx, a constant", results["nginx"])
    set_targets(report, results, arguments)
    report.results = results
    report.finish()


def set_targets(report, results, arguments):
    if mix := results.get("mix"):
        report.target("requests of the mix per second", mix["requests_per_second"],
                      0.99 * arguments.users * arguments.rate, at_most=False)
        report.target("errors of the mix", mix["errors"] + mix["ramp"]["errors"], 0)
        report.target("wrong answers of the mix", mix["wrong"] + mix["ramp"]["wrong"], 0)
        report.target("lookup p99 in the mix, ms", mix["scenarios"]["lookup"]["latency_ms"]["p99"],
                      LOOKUP_P99_IN_MIX_MS)
        report.target("hit ratio of lookups in the mix", mix["scenarios"]["lookup"]["hit_ratio"], HIT_RATIO,
                      at_most=False)
        report.target("memory of a process, MiB", mix["peak_mib"], MEMORY_MIB)
    if limited := results.get("limited"):
        report.target("errors of the mix with limits", limited["errors"] + limited["ramp"]["errors"], 0)
        report.target("wrong answers of the mix with limits", limited["wrong"] + limited["ramp"]["wrong"], 0)
    if lookups := results.get("lookups"):
        report.target("lookup p99 alone, ms", lookups["latency_ms"]["p99"], LOOKUP_P99_ALONE_MS)
        if nginx := results.get("nginx"):
            report.target("CPU per lookup to nginx's, mostly idle connections",
                          lookups["cpu_us_per_request"]["service"] / nginx["cpu_us_per_request"]["service"], 1.0)


run(main)
