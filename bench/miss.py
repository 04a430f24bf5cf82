"""What the service reaches when no lookup is cached: each member is asked for once, from MariaDB, without Redis.

The same service is measured with its grouping of misses into statements and with groups of one, in turns.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from _databases import MariaDb, Redis, active_members, fill
from _load import ask_each_once
from _report import Report, Unmeasurable, median, print_table, run
from _servers import Tessera

RATE_LIMIT = 15000
GAIN_LIMIT = 2
STATEMENTS_LIMIT = 0.2

# Of the invented members a few in a hundred are inactive, and so not found.
SPARE_SHARE = 1.05

# With groups of one so many requests wait so long that the admission queue would refuse some.
ONE_BY_ONE = ("--database-group-limit", "1", "--queue-concurrency", "0")

# (name, flags). The last one is there because so many connections that each do little get into each other's way.
VARIANTS = (
    ("groups as they come", ()),
    ("groups of one", ONE_BY_ONE),
    ("groups of one, 16 connections", (*ONE_BY_ONE, "--database-connection-limit", "16")),
)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench miss", description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, default=200000, help="members that are asked for, each once [200000]")
    parser.add_argument("--connections", type=int, default=256, help="connections to the service [256]")
    parser.add_argument("--rounds", type=int, default=3, help="how often both are measured [3]")
    parser.add_argument("--redis", action="store_true", help="with an empty Redis as the second level")
    return parser.parse_args()


def measure(database, flags, numbers, arguments):
    """Starts the service, asks for all members, and returns what that took."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-miss-")))
        if arguments.redis:
            flags = (*flags, "--redis", stack.enter_context(Redis()).url)
        service = stack.enter_context(Tessera(database.url, *flags))
        before = service.statistics()
        cpu_before = (service.cpu_seconds(), database.cpu_seconds())
        result = ask_each_once(service.port, numbers, arguments.connections, scratch)
        cpu = (service.cpu_seconds() - cpu_before[0], database.cpu_seconds() - cpu_before[1])
        after = service.statistics()
    if after["l1"]["hits"] != before["l1"]["hits"] or after["l2"]["hits"]:
        raise Unmeasurable("some members were cached before they were asked for")
    counted = {key: after["database"][key] - before["database"][key] for key in ("statements", "keys", "rows")}
    if counted["keys"] != len(numbers) or counted["rows"] != len(numbers):
        raise Unmeasurable(f"{len(numbers)} members were asked for, but the database was: {counted}")
    return {
        "requests_per_second": result["requests_per_second"],
        "statements_per_request": counted["statements"] / len(numbers),
        "connections": after["database"]["connections"],
        "p50": result["latency_us"]["p50"],
        "p99": result["latency_us"]["p99"],
        "service_cpu_us": cpu[0] * 1e6 / len(numbers),
        "database_cpu_us": cpu[1] * 1e6 / len(numbers),
        "client_cpu_us": result["client_cpu_seconds"] * 1e6 / len(numbers),
    }


def main():
    arguments = parse_arguments()
    report = Report("miss", vars(arguments))
    rounds = {name: [] for name, _ in VARIANTS}
    with MariaDb(buffer_pool="512M") as database:
        fill(database.url, round(arguments.members * SPARE_SHARE))
        numbers = active_members(database)[: arguments.members]
        if len(numbers) < arguments.members:
            raise Unmeasurable(f"the store has only {len(numbers)} active members")
        for _ in range(arguments.rounds):
            for name, flags in VARIANTS:
                rounds[name].append(measure(database, flags, numbers, arguments))
    medians = {name: {key: median([one[key] for one in of]) for key in of[0]} for name, of in rounds.items()}
    ours = VARIANTS[0][0]
    gains = {
        name: [one["requests_per_second"] / other["requests_per_second"] for one, other in zip(rounds[ours], of)]
        for name, of in rounds.items() if name != ours
    }
    print_table(
        f"{arguments.members} distinct members, each asked once, {arguments.connections} connections",
        ["", "requests/s", "statements/request", "p50 us", "p99 us", "CPU us/request: service", "MariaDB", "client",
         "connections"],
        [[name, f"{of['requests_per_second']:,.0f}", f"{of['statements_per_request']:.3f}", f"{of['p50']:,.0f}",
          f"{of['p99']:,.0f}", f"{of['service_cpu_us']:.1f}", f"{of['database_cpu_us']:.1f}",
          f"{of['client_cpu_us']:.1f}", f"{of['connections']:.0f}"] for name, of in medians.items()],
    )
    report.target("requests/s", medians[ours]["requests_per_second"], RATE_LIMIT, at_most=False)
    for name, of in gains.items():
        report.target(f"times the requests/s of {name}", median(of), GAIN_LIMIT, at_most=False)
    report.target("statements per request", medians[ours]["statements_per_request"], STATEMENTS_LIMIT)
    report.results = {"medians": medians, "gains": gains, "rounds": rounds}
    report.finish()


run(main)
