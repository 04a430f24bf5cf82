"""What an answer from L1 costs, beside nginx that answers a constant of the same size, and beside raw epoll.

The servers stand side by side and are measured in turns, one at a time, by one generator. The main figure is the
server's processor time per request: it depends little on how much of the machine the generator leaves over. The service
is measured without limits per client, and, under load, with all that protects it: every request with an API key, limits,
and the guard against guessing.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from _databases import ProtectedTessera, active_in_sqlite, fill
from _load import Wrk, ask_each_once, mean_sizes, measure_finely
from _report import Report, Unmeasurable, median, print_table, run
from _servers import Nginx, RawEpoll, Tessera, reference_headers

LOADED = (64, 1000)
LIGHT = (1, 8)
CPU_LIMIT = 1.0
LATENCY_LIMIT = 1.4


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench hit", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=8, help="length of each measurement under load [8]")
    parser.add_argument("--light-requests", type=int, default=200000,
                        help="requests of each measurement with few connections [200000]")
    parser.add_argument("--warm-up", type=int, default=2, help="seconds of load before each [2]")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured [3]")
    parser.add_argument("--members", type=int, default=20000, help="members in the store [20000]")
    parser.add_argument("--asked", type=int, default=2000, help="members that are asked for [2000]")
    parser.add_argument("--header-lines", action="store_true",
                        help="nginx gives our header lines one by one; else one line as long as all of them, "
                             "which is less work for it")
    return parser.parse_args()


def measure_all(servers, numbers, scratch, arguments):
    """Returns {server: {connections: [result of each round]}}; every round begins with another server."""
    loads = {}
    for server in servers:
        directory = scratch / server.name
        directory.mkdir()
        loads[server.name] = Wrk(directory, numbers, server.headers)
    found = {server.name: {} for server in servers}
    for round_number in range(arguments.rounds):
        first = round_number % len(servers)
        for connections in LOADED + LIGHT:
            for server in servers[first:] + servers[:first]:
                if connections in LOADED:
                    result = loads[server.name].measure(server, connections, arguments.seconds, arguments.warm_up)
                elif not server.headers:
                    result = measure_finely(server, numbers, connections, arguments.light_requests, scratch)
                else:
                    continue
                found[server.name].setdefault(connections, []).append(result)
    return found


def summarize(found):
    """Returns medians over the rounds, and the ratios to nginx: medians of the ratios within each round."""
    summary = {}
    for name, by_connections in found.items():
        for connections, rounds in by_connections.items():
            reference = found["nginx"][connections]
            row = {key: median([one[key] for one in rounds]) for key in ("cpu_us", "requests_per_second", "p50", "p99")}
            for key in ("cpu_us", "p50"):
                ratios = [ours[key] / theirs[key] for ours, theirs in zip(rounds, reference)]
                row[f"{key}_ratio"] = median(ratios)
                row[f"{key}_ratios"] = ratios
            summary.setdefault(name, {})[connections] = row
    return summary


def print_summary(summary):
    for connections in LOADED + LIGHT:
        rows = [
            [name, f"{row['cpu_us']:.1f}", f"{row['cpu_us_ratio']:.2f}",
             f"{min(row['cpu_us_ratios']):.2f}-{max(row['cpu_us_ratios']):.2f}",
             f"{row['requests_per_second']:,.0f}", f"{row['p50']:.1f}", f"{row['p50_ratio']:.2f}", f"{row['p99']:.0f}"]
            for name, row in ((name, of[connections]) for name, of in summary.items() if connections in of)
        ]
        print_table(
            f"{connections} connection{'s' if connections > 1 else ''}",
            ["server", "CPU us/request", "to nginx", "spread", "requests/s", "p50 us", "to nginx", "p99 us"], rows,
        )


def main():
    arguments = parse_arguments()
    report = Report("hit", vars(arguments))
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-hit-")))
        fill(f"sqlite:{scratch}/members.sqlite", arguments.members)
        numbers = active_in_sqlite(scratch / "members.sqlite", arguments.asked)
        ours = stack.enter_context(Tessera(f"sqlite:{scratch}/members.sqlite"))
        ask_each_once(ours.port, numbers, 8, scratch)
        head_bytes, body_bytes, head = mean_sizes(ours.port, numbers)
        if "\r\nX-Cache-Layer: L1\r\n" not in head:
            raise Unmeasurable("the members that were asked for are not in L1")
        nginx = stack.enter_context(Nginx(body_bytes, reference_headers(head, arguments.header_lines)))
        raw = stack.enter_context(RawEpoll(body_bytes, head_bytes))
        fill(f"sqlite:{scratch}/protected.sqlite", arguments.members)
        protected = stack.enter_context(ProtectedTessera(f"sqlite:{scratch}/protected.sqlite"))
        servers = [nginx, raw, ours, protected]
        sizes = {server.name: mean_sizes(server.port, numbers[:100])[:2] for server in servers[:3]}
        print_table("Mean bytes of an answer", ["server", "head", "body"], [[name, *of] for name, of in sizes.items()])
        misses = ours.statistics()["l1"]["misses"]
        found = measure_all(servers, numbers, scratch, arguments)
        if ours.statistics()["l1"]["misses"] != misses:
            raise Unmeasurable("not all lookups were hits")
    summary = summarize(found)
    print_summary(summary)
    for name in (ours.name, protected.name):
        for connections in LOADED:
            report.target(f"CPU per request of {name} to nginx's, {connections} connections",
                          summary[name][connections]["cpu_us_ratio"], CPU_LIMIT)
    for connections in LIGHT:
        report.target(f"median latency to nginx's, {connections} connection{'s' if connections > 1 else ''}",
                      summary["tessera"][connections]["p50_ratio"], LATENCY_LIMIT)
    report.results = {"sizes": sizes, "medians": summary, "rounds": found}
    report.finish()


run(main)
