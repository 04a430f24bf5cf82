"""What idle keep-alive connections cost: memory of the process, and the speed of a lookup among them.

Each idle connection has made one lookup. What the kernel keeps for its socket is not part of the process's memory.
"""

import argparse
import select
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path

from _databases import active_in_sqlite, fill
from _load import Wrk, ask, ask_each_once, measure_finely
from _report import Report, Unmeasurable, median, print_table, run
from _servers import Tessera

MEMORY_LIMIT = 2048

# "As fast as without them" leaves room for what two measurements of the same thing differ by.
LATENCY_LIMIT = 1.1

# Connections of one source address; a few addresses keep far from the number of free ports.
PER_ADDRESS = 1000


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench idle", description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=10000, help="idle connections [10000]")
    parser.add_argument("--requests", type=int, default=200000, help="lookups on one connection, each time [200000]")
    parser.add_argument("--seconds", type=int, default=5, help="length of each measurement with 64 connections [5]")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured [3]")
    return parser.parse_args()


class IdleConnections:
    """Opens connections, makes one lookup on each, and leaves them alone."""

    def __init__(self, port, numbers):
        self.port = port
        self.numbers = numbers
        self.sockets = []

    def open_until(self, count):
        for index in range(len(self.sockets), count):
            source = f"127.0.1.{1 + index // PER_ADDRESS}"
            opened = socket.create_connection(("127.0.0.1", self.port), timeout=10, source_address=(source, 0))
            self.sockets.append(opened)
            ask(opened, self.numbers[index % len(self.numbers)])

    def require_open(self):
        poll = select.poll()
        for each in self.sockets:
            poll.register(each, select.POLLIN)
        closed = len(poll.poll(0))
        if closed:
            raise Unmeasurable(f"{closed} of {len(self.sockets)} idle connections were closed meanwhile")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.sockets:
            each.close()


def measure(service, wrk, numbers, scratch, arguments):
    """Returns the latency of a lookup on a connection of its own, and the processor time per request under load."""
    alone = measure_finely(service, numbers, 1, arguments.requests, scratch)
    loaded = wrk.measure(service, 64, arguments.seconds, 1)
    return {"p50": alone["p50"], "p99": alone["p99"], "cpu_us_1": alone["cpu_us"], "cpu_us_64": loaded["cpu_us"],
            "requests_per_second_64": loaded["requests_per_second"]}


def main():
    arguments = parse_arguments()
    report = Report("idle", vars(arguments))
    without, among, memory = [], [], []
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-idle-")))
        store = f"sqlite:{scratch}/members.sqlite"
        fill(store, 5000)
        numbers = active_in_sqlite(scratch / "members.sqlite", 2000)
        wrk = Wrk(scratch, numbers)
        for _ in range(arguments.rounds):
            # A new process each time, and its memory before it carries any load: what earlier work gave back to the
            # heap would hide what the connections cost.
            with Tessera(store, "--gateway-idle-timeout", "1h") as service:
                ask_each_once(service.port, numbers, 1, scratch)
                with IdleConnections(service.port, numbers) as idle:
                    steps = [service.memory_bytes()]
                    for share in (0.5, 1):
                        idle.open_until(round(arguments.connections * share))
                        steps.append(service.memory_bytes())
                    among.append(measure(service, wrk, numbers, scratch, arguments))
                    idle.require_open()
                without.append(measure(service, wrk, numbers, scratch, arguments))
                memory.append(steps)
    grown = {
        (kind, what): [(steps[-1][kind] - steps[first][kind]) / (arguments.connections * share) for steps in memory]
        for kind in ("Pss", "Rss")
        for what, first, share in (("all", 0, 1), ("second half", 1, 0.5))
    }
    print_table("Bytes of process memory per idle connection", ["", "of", "median", "of each round"],
                [[*key, f"{median(of):,.0f}", " ".join(f"{one:,.0f}" for one in of)] for key, of in grown.items()])
    names = ("without", f"among {arguments.connections}")
    medians = {name: {key: median([one[key] for one in rounds]) for key in rounds[0]}
               for name, rounds in zip(names, (without, among))}
    print_table(
        "A lookup", ["", "p50 us", "p99 us", "CPU us, 1 connection", "CPU us, 64 connections", "requests/s, 64"],
        [[name, f"{of['p50']:.1f}", f"{of['p99']:.0f}", f"{of['cpu_us_1']:.1f}", f"{of['cpu_us_64']:.1f}",
          f"{of['requests_per_second_64']:,.0f}"] for name, of in medians.items()],
    )
    ratios = {key: median([theirs[key] / ours[key] for ours, theirs in zip(without, among)])
              for key in ("p50", "p99", "cpu_us_1", "cpu_us_64")}
    report.target("bytes (PSS) per idle connection", median(grown["Pss", "all"]), MEMORY_LIMIT)
    report.target("median latency among them to without", ratios["p50"], LATENCY_LIMIT)
    report.target("CPU per request among them to without, 64", ratios["cpu_us_64"], LATENCY_LIMIT)
    report.results = {
        "bytes_per_connection": {" ".join(key): of for key, of in grown.items()},
        "memory": memory,
        "medians": medians,
        "ratios": ratios,
        "rounds": {"without": without, "among": among},
    }
    report.finish()


run(main)
