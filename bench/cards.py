"""How many distinct cards a second come from generate-data, with QR code and PDF, when only their members are cached, and
what lookups see meanwhile. Then the same cards again, from the cache, beside member hits; and a batch of 100.

wrk posts for one member after the other; it is checked that the service has made each card anew, or none. The lookups
are hits at a modest rate at random times, whatever the answers take.
"""

import argparse
import http.client
import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from _databases import active_in_sqlite, fill, ids_in_sqlite
from _load import OpenLoop, Wrk, ask_each_once, unless_void
from _report import Report, Unmeasurable, median, print_table, run
from _servers import Tessera

CARDS_PER_SECOND = 1000
LOOKUP_P99_MS = 20
CARD_PATH = "/api/v1/optimized-cards/generate-data/"
BATCH_PATH = "/api/v1/optimized-cards/batch-generate"
BODY = {"issued_by": "bench"}


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench cards", description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, default=60000, help="members in the store [60000]")
    parser.add_argument("--seconds", type=int, default=5, help="length of each measurement [5]")
    parser.add_argument("--connections", type=int, default=16, help="connections that ask for cards [16]")
    parser.add_argument("--rate", type=int, default=500, help="lookups per second meanwhile [500]")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured [3]")
    return parser.parse_args()


class Posts(Wrk):
    """wrk, posting for one member after the other."""

    def __init__(self, scratch, name, ids):
        super().__init__(scratch / name, ids)
        text = self.script.read_text()
        post = f"""wrk.format("POST", "{CARD_PATH}" .. number, {{["Content-Type"] = "application/json"}}, '{json.dumps(BODY)}')"""
        begin = text.index('wrk.format("GET"')
        end = text.index("\n", begin)
        self.script.write_text(text[:begin] + post + text[end:])


def figures(port):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/v1/optimized-cards/cache-stats")
    return json.loads(connection.getresponse().read())["data"]


def post_batch(port, ids, concurrency=10):
    """Returns how long a batch takes, in milliseconds; any card that fails is an error."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.monotonic()
    connection.request("POST", BATCH_PATH, json.dumps({**BODY, "member_ids": ids, "concurrency": concurrency}),
                       {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    took = (time.monotonic() - began) * 1000
    if answer.get("data", {}).get("successful") != len(ids):
        raise Unmeasurable(f"a batch failed: {str(answer)[:300]}")
    return took


def measure(round_number, arguments):
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-bench-cards-")))
        for part in ("fresh", "again"):
            (scratch / part).mkdir()
        store = f"sqlite:{scratch}/members.sqlite"
        fill(store, arguments.members)
        database = scratch / "members.sqlite"
        asked = int(arguments.members * 0.95)  # some are not active
        numbers = active_in_sqlite(database, asked)
        ids = ids_in_sqlite(database, asked)
        server = stack.enter_context(Tessera(store, limits=(*Tessera.NO_LIMITS, "--queue-target", "0s")))
        ask_each_once(server.port, numbers, 64, scratch)
        looked_up = numbers[:2000]

        def make():
            offset = figures(server.port)["cards"]["made"]
            lookups = stack.enter_context(OpenLoop("lookups", server.port, looked_up, scratch, arguments.rate,
                                                   arguments.seconds, 64, "127.0.0.1"))
            posts = Posts(scratch, "fresh", ids[offset:])
            before = figures(server.port)["cards"]
            lookups.begin()
            made = posts.measure(server, arguments.connections, arguments.seconds, 0)
            seen = lookups.result()
            after = figures(server.port)["cards"]
            if after["made"] - before["made"] < made["requests"]:
                raise Unmeasurable("some cards were made before")
            made["render_us"] = (after["render_us"] - before["render_us"]) / (after["made"] - before["made"])
            return made, seen

        made, seen = unless_void(make)
        few = ids[:200]
        again = Posts(scratch, "again", few).measure(server, arguments.connections, arguments.seconds, 1)
        hits = Wrk(scratch, looked_up).measure(server, arguments.connections, arguments.seconds, 1)

        statements = figures(server.port)["levels"]["database"]["statements"]
        cold = stack.enter_context(Tessera(store, limits=Tessera.NO_LIMITS))
        batch = {"cold_ms": post_batch(cold.port, ids[-100:]),
                 "statements": figures(cold.port)["levels"]["database"]["statements"],
                 "warm_ms": post_batch(cold.port, ids[-100:])}
        print(f"Round {round_number + 1}: {made['requests_per_second']:,.0f} cards/s, {statements} statements before",
              flush=True)
        return {"made": made, "lookups": seen, "again": again, "hits": hits, "batch": batch}


def main():
    arguments = parse_arguments()
    report = Report("cards", vars(arguments))
    rounds = [measure(i, arguments) for i in range(arguments.rounds)]
    of = lambda part, key: median([one[part][key] for one in rounds])
    p99 = median([one["lookups"]["statuses"]["200"]["latency_us"]["p99"] for one in rounds]) / 1000
    print_table("Cards", ["", "per second", "CPU us each", "p50 us", "p99 us"], [
        ["made, with QR code and PDF", f"{of('made', 'requests_per_second'):,.0f}", f"{of('made', 'cpu_us'):.0f}",
         of("made", "p50"), of("made", "p99")],
        ["made before", f"{of('again', 'requests_per_second'):,.0f}", f"{of('again', 'cpu_us'):.1f}",
         of("again", "p50"), of("again", "p99")],
        ["member hit", f"{of('hits', 'requests_per_second'):,.0f}", f"{of('hits', 'cpu_us'):.1f}", of("hits", "p50"),
         of("hits", "p99")],
    ])
    print(f"A renderer takes {of('made', 'render_us'):.0f} us for a card. Lookups meanwhile: p99 {p99:.1f} ms.")
    print(f"A batch of 100, 10 at a time: {of('batch', 'cold_ms'):.0f} ms with {of('batch', 'statements')} statements "
          f"when nothing is cached, {of('batch', 'warm_ms'):.1f} ms when all is.")
    report.target("cards per second", of("made", "requests_per_second"), CARDS_PER_SECOND, at_most=False)
    report.target("p99 of lookups meanwhile, ms", p99, LOOKUP_P99_MS)
    report.target("statements of a batch of 100", of("batch", "statements"), 2)
    report.results = rounds
    report.finish()


run(main)
