"""What clients that send or read as slowly as they can do to the others: the latency of hits without and among them.

Attackers and service share the machine's processors, which costs the others something wherever the attack goes. So each
attack is measured twice: against another process of the service on this machine, and against the one that is measured.

Hits come at a modest rate at random times, whatever the answers take, each connection from an address of its own. The
attackers, all from one address, are bench_slow_loris and Debian's slowhttptest in its four modes. The service has no
limits per client but in the last row, where one address may have so many connections and no more.
"""

import argparse
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

from _attacks import MODES, SlowHttpTest, SlowLoris
from _databases import active_in_sqlite, fill
from _load import OpenLoop, ask_each_once, unless_void
from _report import Report, Unmeasurable, median, print_table, run
from _servers import Tessera, wait_for

P99_LIMIT = 1.5
GOOD_CONNECTIONS = 200

# By so many may the service's own descriptors vary.
SPARE_FILES = 8

# Only connections are limited.
CONNECTIONS_LIMITED = (
    *(part for name in ("general", "member-lookup", "card-generation", "bulk") for part in (f"--limits-{name}", "0")),
    *(part for name in ("misses", "distinct", "run") for part in (f"--guessing-{name}", "0")),
)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench slow", description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=5000, help="connections of bench_slow_loris [5000]")
    parser.add_argument("--tool-connections", type=int, default=1000, help="connections of slowhttptest [1000]")
    parser.add_argument("--limit", type=int, default=200, help="connections of one address in the last row [200]")
    parser.add_argument("--rate", type=int, default=2000, help="hits per second of the others [2000]")
    parser.add_argument("--seconds", type=float, default=12,
                        help="length of each measurement; above the 10 that a head may take to arrive [12]")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured [3]")
    parser.add_argument("--attack", default="", help="only those with this in their name [all]")
    return parser.parse_args()


class Held:
    """Counts the connections that the service holds, each second in a thread of its own."""

    def __init__(self, service):
        self.service = service
        self.counts = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.count)

    def count(self):
        while not self.stopping.wait(1):
            self.counts.append(self.service.open_files())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


class Bench:
    """A service, and the clients who should notice nothing."""

    def __init__(self, service, numbers, scratch, arguments):
        self.service = service
        self.numbers = numbers
        self.scratch = scratch
        self.arguments = arguments
        ask_each_once(service.port, numbers, 8, scratch)
        self.idle_files = service.open_files()

    def hits(self):
        """Returns their latencies in microseconds, the processor time that the service took meanwhile, in ms per second,
        and the mean and the least of the connections that others held."""
        cpu_before = self.service.cpu_seconds()
        with Held(self.service) as held, OpenLoop(
            "hits", self.service.port, self.numbers, self.scratch, self.arguments.rate, self.arguments.seconds,
            GOOD_CONNECTIONS, "127.1.0.1",
        ) as load:
            found = load.result()
        cpu = self.service.cpu_seconds() - cpu_before
        if set(found["kinds"]) != {"200 HIT"} or sum(found["errors"].values()):
            raise Unmeasurable(f"not all were hits: {found}")
        others = [count - self.idle_files - GOOD_CONNECTIONS for count in held.counts]
        return {**found["statuses"]["200"]["latency_us"], "cpu": cpu * 1000 / self.arguments.seconds,
                "held": sum(others) / len(others), "held_least": min(others)}

    def attacked(self, attack, elsewhere):
        """Measures without an attack, during one on the service `elsewhere`, and during one on this service."""
        without = unless_void(self.hits)
        beside, _ = self.during(attack, elsewhere)
        during, outcome = self.during(attack, self)
        return {"without": without, "beside": beside, "during": during, "outcome": outcome}

    def during(self, attack, target):
        """Measures during an attack on `target`, and waits until that is rid of it."""
        with attack(target) as attackers:
            found = unless_void(self.hits)
            outcome = attackers.stop()
        wait_for("the end of the attackers' connections",
                 lambda: target.service.open_files() <= target.idle_files + SPARE_FILES)
        return found, outcome


def print_rows(rows):
    def medians(of, key, form, times=("without", "during")):
        return [f"{median([one[when][key] for one in of]):{form}}" for when in times]

    print_table(
        "Hits without attackers, with them at another process, and among them",
        ["attack", "p50 us", "among", "p99 us", "other", "among", "to other", "spread", "to without"],
        [[name, *medians(of, "p50", ".0f"), *medians(of, "p99", ".0f", ("without", "beside", "during")),
          f"{median(ratios(of)):.2f}", f"{min(ratios(of)):.2f}-{max(ratios(of)):.2f}",
          f"{median(ratios(of, 'without')):.2f}"] for name, of in rows.items()],
    )
    print_table(
        "The attackers: connections held, by the server's descriptors, the server's CPU time, and what became of them",
        ["attack", "held: mean", "least", "CPU ms/s", "among", "last round"],
        [[name, medians(of, "held", ",.0f")[1], medians(of, "held_least", ",.0f")[1], *medians(of, "cpu", ".0f"),
          of[-1]["outcome"]] for name, of in rows.items()],
    )


def ratios(rounds, to="beside"):
    return [one["during"]["p99"] / one[to]["p99"] for one in rounds]


def main():
    arguments = parse_arguments()
    report = Report("slow", vars(arguments))
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-slow-")))
        fill(f"sqlite:{scratch}/members.sqlite", 5000)
        numbers = active_in_sqlite(scratch / "members.sqlite", 2000)

        def bench(**limits):
            service = stack.enter_context(Tessera(f"sqlite:{scratch}/members.sqlite", **limits))
            return Bench(service, numbers, scratch, arguments)

        def loris(at):
            return SlowLoris(at.service.port, arguments.connections)

        def tool(mode):
            return lambda at: SlowHttpTest(at.service.port, arguments.tool_connections, mode, numbers[0])

        limits = (*CONNECTIONS_LIMITED, "--limits-connections", arguments.limit)
        free = bench(), bench()
        limited = bench(limits=limits), bench(limits=limits)
        attacks = {
            f"{arguments.connections:,} slow loris": (*free, loris),
            **{f"slowhttptest, {arguments.tool_connections:,} {mode}": (*free, tool(mode)) for mode in MODES},
            f"{arguments.connections:,} slow loris, {arguments.limit:,} allowed": (*limited, loris),
        }
        attacks = {name: attack for name, attack in attacks.items() if arguments.attack in name}
        if not attacks:
            raise Unmeasurable(f"no attack has {arguments.attack!r} in its name")
        rows = {name: [] for name in attacks}
        for _ in range(arguments.rounds):
            for name, (at, elsewhere, attack) in attacks.items():
                rows[name].append(at.attacked(attack, elsewhere))
    print_rows(rows)
    for name, of in rows.items():
        report.target(f"p99 of hits to without, {name}", median(ratios(of, "without")), P99_LIMIT)
        report.target(f"p99 of hits to the attack elsewhere, {name}", median(ratios(of)), P99_LIMIT)
    report.results = rows
    report.finish()


run(main)
