"""What a decision of the rate limiter costs, for known clients and for newcomers to a full table, and what one of the
enumeration guard does (limiter.cpp)."""

import argparse
import re
import subprocess

from _report import Report, Unmeasurable, print_table, run
from _servers import BUILD

KNOWN = [(threads, clients) for clients in (20_000, 200_000) for threads in (1, 2)]
NEWCOMERS = [(1, 20_000), (1, 200_000)]
GUARD = [(1, 20_000), (1, 200_000)]


def main():
    argparse.ArgumentParser(prog="scripts/bench limiter", description=__doc__).parse_args()
    report = Report("limiter", {})
    done = subprocess.run([BUILD / "bench" / "bench_limiter"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unmeasurable(f"bench_limiter failed: {done.stderr}")
    rows = re.findall(r"^(\d) threads,\s+(\d+) clients, (\w+): ([\d.]+) ns$", done.stdout, re.M)
    if [(int(threads), int(clients)) for threads, clients, _, _ in rows] != KNOWN + NEWCOMERS + GUARD:
        raise Unmeasurable(f"bench_limiter printed something else than expected:\n{done.stdout}")
    print_table("A decision", ["threads", "clients", "", "ns of each thread"], rows)
    for threads, clients, what, cost in rows:
        if what != "guard":
            report.target(f"ns, {threads} threads, {int(clients):,} clients, {what}", float(cost), 100)
    report.results = [{"threads": int(threads), "clients": int(clients), "what": what, "nanoseconds": float(cost)}
                      for threads, clients, what, cost in rows]
    report.finish()


run(main)
