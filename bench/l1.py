"""Hit ratios of L1's eviction beside LRU's on Zipf traces, and what finding a body costs (l1_hit_ratio.cpp)."""

import argparse
import re
import subprocess

from _report import Report, Unmeasurable, print_table, run
from _servers import BUILD

SKEWS, SHARES = ("0.80", "0.99", "1.10"), ("1", "10")


def main():
    argparse.ArgumentParser(prog="scripts/bench l1", description=__doc__).parse_args()
    report = Report("l1", {})
    done = subprocess.run([BUILD / "bench" / "bench_l1_hit_ratio"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unmeasurable(f"bench_l1_hit_ratio failed: {done.stderr}")
    ratios = re.findall(r"^\s*([\d.]+)\s+(\d+) %\s+([\d.]+) %\s+([\d.]+) %\s+([\d.]+)$", done.stdout, re.M)
    costs = re.findall(r"^\s*(\d+) entries,\s+([\d.]+) % found, (\w+): ([\d.]+) ns$", done.stdout, re.M)
    if [row[:2] for row in ratios] != [(skew, share) for skew in SKEWS for share in SHARES] or not costs:
        raise Unmeasurable(f"bench_l1_hit_ratio printed something else than expected:\n{done.stdout}")
    print_table("Hit ratio, %", ["Zipf", "cache, % of keys", "S3-FIFO", "LRU", "misses to LRU's"], ratios)
    print_table("Finding a body in L1", ["entries", "% found", "", "ns"], costs)
    for skew, share, ours, reference, _ in ratios:
        report.target(f"misses to LRU's, Zipf {skew}, {share} %", (100 - float(ours)) / (100 - float(reference)), 1)
    report.results = {
        "hit_ratios": [dict(zip(("zipf", "percent", "s3_fifo", "lru"), map(float, row))) for row in ratios],
        "find": [{"entries": int(count), "found_percent": float(found), "what": what, "nanoseconds": float(cost)}
                 for count, found, what, cost in costs],
    }
    report.finish()


run(main)
