"""What the service does with more misses than it can load: how many it still answers in time, and how it refuses the rest.

The database answers late (delay_proxy.cpp) and may have few connections and small groups: so it bounds the misses, and
not this machine's processor, which the load generator shares. Members are asked for at multiples of what was the most
that could be loaded, each once, at random times whatever the answers take; beside them go hits at a constant rate.
"""

import argparse
import itertools
import tempfile
from contextlib import ExitStack
from pathlib import Path

from _databases import DelayProxy, MariaDb, active_members, fill
from _load import OpenLoop, ask_each_once, unless_void
from _report import Report, Unmeasurable, print_table, run
from _servers import Tessera

MULTIPLES = (0.5, 1, 2, 3, 5)
GOODPUT_LIMIT = 0.9
ADMITTED_P99_LIMIT_MS = 100

# As many as the admission queue lets be at work at once (QUEUE_CONCURRENCY): more would wait in it and could be refused.
PEAK_CONNECTIONS = 100

PEAK_MEMBERS = 15000

# So many that none lacks when answers take as long as they may.
MISS_CONNECTIONS = 4000
HIT_CONNECTIONS = 100
CACHED = 2000


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench overload", description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, default=300000, help="members in the database [300000]")
    parser.add_argument("--seconds", type=float, default=5, help="length of the load at each multiple [5]")
    parser.add_argument("--delay", type=int, default=10, help="ms by which each answer of the database is late [10]")
    parser.add_argument("--connection-limit", type=int, default=4, help="connections to the database [4]")
    parser.add_argument("--group-limit", type=int, default=8, help="members per statement [8]")
    parser.add_argument("--hits", type=int, default=500, help="hits per second beside the misses [500]")
    parser.add_argument("--flags", default="", help="more flags for the service, in one argument")
    return parser.parse_args()


class Bench:
    """The service, the members that were not yet asked for, and those that are cached."""

    def __init__(self, service, numbers, scratch, arguments):
        self.service = service
        self.unasked = iter(numbers)
        self.cached = self.take(CACHED)
        self.scratch = scratch
        self.arguments = arguments

    def take(self, count):
        taken = list(itertools.islice(self.unasked, count))
        if len(taken) < count:
            raise Unmeasurable("there are too few members to ask for each once: --members, --seconds, --delay")
        return taken

    def hits(self):
        return OpenLoop("hits", self.service.port, self.cached, self.scratch, self.arguments.hits,
                        self.arguments.seconds, HIT_CONNECTIONS, "127.1.0.1")

    def hits_alone(self):
        with self.hits() as alone:
            return alone.result()["statuses"]["200"]["latency_us"]

    def misses(self, rate):
        # Arrivals at random times are a few more or less than expected.
        numbers = self.take(round(rate * self.arguments.seconds * 1.05) + 500)
        return OpenLoop("misses", self.service.port, numbers, self.scratch, rate, self.arguments.seconds,
                        MISS_CONNECTIONS, "127.2.0.1", ADMITTED_P99_LIMIT_MS)

    def peak(self):
        """Returns how many members per second are loaded when there is always another one to load."""
        numbers = self.take(PEAK_MEMBERS)
        return ask_each_once(self.service.port, numbers, PEAK_CONNECTIONS, self.scratch)["requests_per_second"]

    def at(self, multiple, peak):
        before = self.service.statistics()
        with self.misses(multiple * peak) as misses, self.hits() as hits:
            asked, beside = misses.result(), hits.result()
        after = self.service.statistics()
        if asked["requests"] > misses.distinct or asked["kinds"].get("200 HIT"):
            raise Unmeasurable("some members were asked for twice")
        if set(beside["kinds"]) != {"200 HIT"}:
            raise Unmeasurable(f"beside the misses not all were hits: {beside['kinds']}")
        return {
            "multiple": multiple,
            "offered": asked["requests"] / self.arguments.seconds,
            "goodput": asked["statuses"]["200"]["in_time"] / asked["seconds"],
            "admitted": asked["statuses"]["200"],
            "refused": {kind: of for kind, of in asked["kinds"].items() if not kind.startswith("200 ")},
            "unexplained": sum(of["unexplained"] for of in asked["kinds"].values()),
            "unanswered": sum(asked["errors"].values()) + sum(beside["errors"].values()),
            "loaded": (after["database"]["keys"] - before["database"]["keys"]) / asked["seconds"],
            "hits": beside["statuses"]["200"]["latency_us"],
            "runs": {"misses": asked, "hits": beside},
        }


def milliseconds(microseconds):
    return f"{microseconds / 1000:.1f}"


def refusals(row):
    count = sum(of["count"] for of in row["refused"].values())
    slowest = max((of["latency_us"]["p99"] for of in row["refused"].values()), default=0)
    codes = ", ".join(f"{of['count']:,} {kind}" for kind, of in row["refused"].items())
    return [codes or "none", row["unexplained"] if count else "", milliseconds(slowest) if count else ""]


def print_rows(rows, best, hits_alone):
    print_table(
        f"Misses, each member once; in time: a 200 within {ADMITTED_P99_LIMIT_MS} ms of when it was due",
        ["of the peak", "offered/s", "in time/s", "of the best", "loaded/s", "200: p50 ms", "p99 ms", "unanswered"],
        [[f"{row['multiple']:g}", f"{row['offered']:,.0f}", f"{row['goodput']:,.0f}", f"{row['goodput'] / best:.2f}",
          f"{row['loaded']:,.0f}", milliseconds(row["admitted"]["latency_us"]["p50"]),
          milliseconds(row["admitted"]["latency_us"]["p99"]), row["unanswered"]] for row in rows],
    )
    print_table("Refusals; unexplained: without an error code or Retry-After",
                ["of the peak", "answers", "unexplained", "p99 ms"],
                [[f"{row['multiple']:g}", *refusals(row)] for row in rows])
    print_table("Hits beside them", ["of the peak", "p50 us", "p99 us"],
                [[name, f"{of['p50']:.0f}", f"{of['p99']:.0f}"]
                 for name, of in [("0", hits_alone)] + [(f"{row['multiple']:g}", row["hits"]) for row in rows]])


def main():
    arguments = parse_arguments()
    report = Report("overload", vars(arguments))
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-overload-")))
        database = stack.enter_context(MariaDb())
        fill(database.url, arguments.members)
        numbers = active_members(database)
        proxy = stack.enter_context(DelayProxy(database.port, arguments.delay))
        service = stack.enter_context(Tessera(
            database.url_by(proxy.port), "--database-connection-limit", arguments.connection_limit,
            "--database-group-limit", arguments.group_limit, *arguments.flags.split(),
        ))
        bench = Bench(service, numbers, scratch, arguments)
        ask_each_once(service.port, bench.cached, PEAK_CONNECTIONS, scratch)
        hits_alone = unless_void(bench.hits_alone)
        peak = bench.peak()
        print(f"\nThe peak: {peak:,.0f} members/s, by {PEAK_CONNECTIONS} clients of which each asks when it was answered.")
        rows = [unless_void(lambda times=multiple: bench.at(times, peak)) for multiple in MULTIPLES]
    best = max(peak, *(row["goodput"] for row in rows))
    print_rows(rows, best, hits_alone)
    for row in rows:
        if row["multiple"] < 1:
            continue
        name = f"{row['multiple']:g} times the peak"
        report.target(f"{name}: goodput to its best", row["goodput"] / best, GOODPUT_LIMIT, at_most=False)
        report.target(f"{name}: p99 of what was admitted, ms", row["admitted"]["latency_us"]["p99"] / 1000,
                      ADMITTED_P99_LIMIT_MS)
    report.target("refusals without a code or Retry-After", sum(row["unexplained"] for row in rows), 0)
    report.target("requests without an answer", sum(row["unanswered"] for row in rows), 0)
    report.results = {"peak": peak, "hits_alone": hits_alone, "rows": rows}
    report.finish()


run(main)
