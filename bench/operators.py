"""What operators cost who look at a node, and how soon they are answered while it has more to do than it can.

Ten viewers fetch each second what a dashboard fetches, and one what Prometheus does. Then three load generators, each of
which keeps the node busy alone, ask for members as fast as they are answered, while one viewer asks for /stats.
"""

import argparse
import re
import socket
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from _databases import active_in_sqlite, fill
from _load import Wrk, ask_each_once
from _report import Report, Unmeasurable, print_table, run
from _servers import Tessera

VIEWERS = 10
CORE_LIMIT = 0.01
P99_LIMIT_MS = 20
GENERATORS = 3


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench operators", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=20, help="length of each measurement [20]")
    parser.add_argument("--connections", type=int, default=1000, help="connections of each load generator [1000]")
    parser.add_argument("--rate", type=int, default=50, help="requests for /stats per second under load [50]")
    return parser.parse_args()


def operator_port(service):
    found = re.search(r"Operators: http://[^/ ]*:(\d+)/", service.log.read_text())
    if not found:
        raise Unmeasurable("the service has no operator plane")
    return int(found.group(1))


def fetch(port, path):
    """Returns how long an answer took, in seconds: from before the connection to its last byte."""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    if not received.startswith(b"HTTP/1.1 200 "):
        raise Unmeasurable(f"{path} was answered {received.splitlines()[0].decode()}")
    return time.perf_counter() - began


class Looking:
    """Clients, each in a thread of its own, that fetch paths once a second. A context manager."""

    def __init__(self, port, clients):
        self.port = port
        self.ended = threading.Event()
        self.failed = None
        self.threads = [threading.Thread(target=self.look, args=(paths,)) for paths in clients]

    def look(self, paths):
        try:
            while not self.ended.wait(1):
                for path in paths:
                    fetch(self.port, path.replace("NOW", str(int(time.time()) - 2)))
        except (OSError, Unmeasurable) as fault:
            self.failed = fault

    def __enter__(self):
        for each in self.threads:
            each.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for each in self.threads:
            each.join()
        if self.failed:
            raise Unmeasurable(f"a viewer failed: {self.failed}")


def share_of_a_core(service, seconds):
    before = service.cpu_seconds()
    time.sleep(seconds)
    return (service.cpu_seconds() - before) / seconds


def latencies(port, rate, seconds):
    """Returns the latencies in ms of requests for /stats that come at a fixed rate, from when each was due."""
    found = []
    began = time.perf_counter()
    for index in range(int(rate * seconds)):
        due = began + index / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        fetch(port, "/stats")
        found.append((time.perf_counter() - due) * 1e3)
    return sorted(found)


def quantile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


def main():
    arguments = parse_arguments()
    report = Report("operators", vars(arguments))
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-operators-")))
        fill(f"sqlite:{scratch}/members.sqlite", 5000)
        numbers = active_in_sqlite(scratch / "members.sqlite", 2000)
        service = stack.enter_context(Tessera(f"sqlite:{scratch}/members.sqlite"))
        port = operator_port(service)
        ask_each_once(service.port, numbers, 8, scratch)

        alone = share_of_a_core(service, arguments.seconds)
        dashboard = ("/stats", "/stats/history?range=10m&since=NOW")
        with Looking(port, [dashboard] * VIEWERS + [("/metrics",)]):
            looked_at = share_of_a_core(service, arguments.seconds)

        capacity = Wrk(scratch, numbers).run(service.port, arguments.connections, 5)["requests_per_second"]
        quiet = latencies(port, arguments.rate, 5)
        done = []
        load = [threading.Thread(target=lambda: done.append(
            Wrk(scratch, numbers).run(service.port, arguments.connections, arguments.seconds)))
            for _ in range(GENERATORS)]
        for each in load:
            each.start()
        time.sleep(1)
        loaded = latencies(port, arguments.rate, arguments.seconds - 2)
        for each in load:
            each.join()
        if len(done) != GENERATORS:
            raise Unmeasurable("a load generator failed")
    print_table("Share of a core that the process takes", ["", "percent"],
                [["nobody looks", f"{alone * 100:.2f}"], [f"{VIEWERS} viewers and Prometheus", f"{looked_at * 100:.2f}"]])
    print_table("/stats, ms", ["", "requests", "p50", "p99", "max"],
                [[name, len(of), f"{quantile(of, 0.5):.2f}", f"{quantile(of, 0.99):.2f}", f"{of[-1]:.2f}"]
                 for name, of in (("without load", quiet), ("under load", loaded))])
    print(f"\nOne generator gets {capacity:,.0f} answers/s; {GENERATORS} together "
          f"{sum(one['requests_per_second'] for one in done):,.0f}.")
    report.target("share of a core that viewers take", looked_at - alone, CORE_LIMIT)
    report.target("p99 of /stats under load, ms", quantile(loaded, 0.99), P99_LIMIT_MS)
    report.results = {"alone": alone, "looked_at": looked_at, "capacity": capacity, "loaded": done,
                      "stats_ms": {"quiet": quiet, "loaded": loaded}}
    report.finish()


run(main)
