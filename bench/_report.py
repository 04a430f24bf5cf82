"""What the benchmarks share for telling their results: the machine, tables, targets, JSON, the way a benchmark ends."""

import hashlib
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "bench"
BUILD = ROOT / "build" / "release"

# A benchmark runs a copy, so that a build meanwhile does not change what it measures.
PROGRAM = RESULTS / "tessera"

# Above this many runnable tasks (1-minute average) others were using the machine before the benchmark began.
BUSY_LOAD = 0.5


class Unmeasurable(Exception):
    """Something could not be measured: the benchmark ends with an exit code other than 0 and writes no JSON."""


def median(values):
    return statistics.median(values)


def print_table(title, header, rows):
    """Prints rows of texts and numbers below each other, the first column to the left and the others to the right."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    print(f"\n{title}")
    for index, row in enumerate(cells):
        first = row[0].ljust(widths[0])
        print("  " + "  ".join([first] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]))
        if index == 0:
            print("  " + "  ".join("-" * width for width in widths))
    sys.stdout.flush()


class Report:
    """Collects what a benchmark found and writes it to build/bench/NAME.json."""

    def __init__(self, name, settings):
        self.name = name
        self.begin = time.time()
        self.targets = []
        self.results = {}
        self.machine = {
            "cores": os.cpu_count(),
            "cpu": cpu_name(),
            "kernel": platform.release(),
            "load_before": os.getloadavg(),
        }
        self.settings = settings
        self.program = {"commit": commit(), "sha256": copy_program()}
        load = self.machine["load_before"][0]
        print(f"{name}: {self.machine['cores']} cores, {self.machine['cpu']}, load before {load:.2f}")
        if load > BUSY_LOAD:
            print("The machine was busy with something else: only ratios within this run mean anything.")
        sys.stdout.flush()

    def target(self, what, value, limit, at_most=True):
        met = value <= limit if at_most else value >= limit
        self.targets.append(
            {"what": what, "value": value, "limit": limit, "kind": "at most" if at_most else "at least", "met": met}
        )

    def finish(self):
        """Prints how the targets fared and writes the JSON. A missed target is a result, not a failure."""
        rows = [
            [one["what"], f"{one['value']:,.2f}", f"{one['kind']} {one['limit']:,}", "pass" if one["met"] else "FAIL"]
            for one in self.targets
        ]
        print_table("Targets", ["target", "measured", "limit", ""], rows)
        self.machine["load_after"] = os.getloadavg()
        load = self.machine["load_after"][0]
        path = RESULTS / f"{self.name}.json"
        document = {
            "benchmark": self.name,
            "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.begin)),
            "seconds": round(time.time() - self.begin, 1),
            "machine": self.machine,
            "program": self.program,
            "settings": self.settings,
            "targets": self.targets,
            "results": self.results,
        }
        path.write_text(json.dumps(document, indent=2, default=str) + "\n")
        print(f"\nLoad after {load:.2f} (the benchmark's own included). Written to {path.relative_to(ROOT)}.")


def copy_program():
    """Copies the program to where the benchmarks start it, and returns its SHA-256."""
    built = BUILD / "tessera"
    if not built.exists():
        raise Unmeasurable(f"{built} is not there: scripts/build release makes it")
    RESULTS.mkdir(parents=True, exist_ok=True)
    PROGRAM.unlink(missing_ok=True)
    shutil.copy2(built, PROGRAM)
    return hashlib.sha256(PROGRAM.read_bytes()).hexdigest()


def commit():
    """Returns what git calls the source; "-dirty" where something is not committed. Empty outside of a checkout."""
    done = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True,
                          check=False)
    return done.stdout.strip()


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def run(main):
    """Runs a benchmark so that its servers end with it, also on SIGTERM, and what could not be measured fails."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except Unmeasurable as reason:
        print(f"Could not measure: {reason}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
