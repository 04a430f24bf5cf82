"""What limits per client, keys and the guard against guessing add to an answer from L1.

The program is measured without them and with all of them, in turns; with --before also another build, such as one from
before they were there. Each request of the second carries an API key whose limits are so large that none is refused.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from _databases import ProtectedTessera, active_in_sqlite, fill
from _load import Wrk
from _report import PROGRAM, Report, Unmeasurable, median, print_table, run
from _servers import Tessera

CONNECTIONS = (64, 1000)
COST_LIMIT = 1.08


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench protection", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=6, help="length of each measurement [6]")
    parser.add_argument("--warm-up", type=int, default=2, help="seconds of load before each [2]")
    parser.add_argument("--rounds", type=int, default=5, help="how often all is measured [5]")
    parser.add_argument("--members", type=int, default=20000, help="members in the store [20000]")
    parser.add_argument("--asked", type=int, default=2000, help="members that are asked for [2000]")
    parser.add_argument("--before", type=Path, help="another build of the program, measured without protection, too")
    return parser.parse_args()


class Variant:
    """A server on a store of its own with its load, all members asked for in L1."""

    def __init__(self, stack, name, arguments, program=PROGRAM, protected=False):
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-protection-")))
        store = f"sqlite:{directory}/members.sqlite"
        fill(store, arguments.members, program=program)
        self.name = name
        self.server = stack.enter_context((ProtectedTessera if protected else Tessera)(store, program=program))
        self.load = Wrk(directory, active_in_sqlite(directory / "members.sqlite", arguments.asked), self.server.headers)
        self.load.run(self.server.port, 8, 2)
        self.rounds = {connections: [] for connections in CONNECTIONS}

    def measure(self, connections, arguments):
        self.rounds[connections].append(
            self.load.measure(self.server, connections, arguments.seconds, arguments.warm_up))


def summarize(variants):
    """Returns medians, and the ratios to the first variant: medians of the ratios within each round."""
    rows = {}
    for variant in variants:
        for connections in CONNECTIONS:
            of, first = variant.rounds[connections], variants[0].rounds[connections]
            ratios = [ours["cpu_us"] / theirs["cpu_us"] for ours, theirs in zip(of, first)]
            rows[(variant.name, connections)] = {
                **{key: median([one[key] for one in of]) for key in ("cpu_us", "requests_per_second", "p50", "p99")},
                "ratio": median(ratios), "ratios": ratios,
            }
    return rows


def main():
    arguments = parse_arguments()
    if arguments.before and not arguments.before.is_file():
        raise Unmeasurable(f"there is no program {arguments.before}")
    report = Report("protection", vars(arguments))
    with ExitStack() as stack:
        variants = []
        if arguments.before:
            variants.append(Variant(stack, "before", arguments, program=arguments.before.resolve()))
        variants.append(Variant(stack, "without", arguments))
        variants.append(Variant(stack, "with all", arguments, protected=True))
        for turn in range(arguments.rounds):
            for connections in CONNECTIONS:
                first = turn % len(variants)
                for variant in variants[first:] + variants[:first]:
                    variant.measure(connections, arguments)
    rows = summarize(variants)
    for connections in CONNECTIONS:
        print_table(
            f"{connections} connections", ["", "CPU us/request", f"to {variants[0].name}", "spread", "requests/s",
                                           "p50 us", "p99 us"],
            [[name, f"{row['cpu_us']:.2f}", f"{row['ratio']:.3f}",
              f"{min(row['ratios']):.2f}-{max(row['ratios']):.2f}", f"{row['requests_per_second']:,.0f}", row["p50"],
              row["p99"]] for (name, at), row in rows.items() if at == connections],
        )
        report.target(f"CPU per request with all to {variants[0].name}, {connections} connections",
                      rows[("with all", connections)]["ratio"], COST_LIMIT)
    report.results = {f"{name}, {connections} connections": row for (name, connections), row in rows.items()}
    report.finish()


run(main)
