"""The load generators: wrk for much load, bench_closed_loop to ask for each member once and for fine latencies,
bench_open_loop for load at a given rate.
"""

import json
import socket
import subprocess

from _report import Unmeasurable
from _servers import BUILD, clean_environment

MEMBER_PATH = "/api/v1/optimized-cards/member/"

# Requests are made before the clock starts, so that the generator leaves as much of the machine as it can. The
# summary comes as JSON, because wrk's own print-out rounds; its latencies are in microseconds.
WRK_SCRIPT = """
local requests = {}
local last = 0

function init(arguments)
  HEADERS
  for number in io.lines("IDS") do
    requests[#requests + 1] = wrk.format("GET", "PATH" .. number)
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\nRESULT {"requests": %d, "microseconds": %d, "errors": %d, "refused": %d, "p50": %d, "p90": %d, "p99": %d}\\n',
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    latency:percentile(50), latency:percentile(90), latency:percentile(99)))
end
"""


class Wrk:
    """wrk, asking for the members of a list again and again, one after the other, from one thread."""

    def __init__(self, scratch, numbers, headers=None):
        ids = scratch / "wrk.ids"
        ids.write_text("\n".join(numbers) + "\n")
        lines = "".join(f'wrk.headers["{name}"] = "{value}"; ' for name, value in (headers or {}).items())
        self.script = scratch / "wrk.lua"
        self.script.write_text(
            WRK_SCRIPT.replace("IDS", str(ids)).replace("PATH", MEMBER_PATH).replace("HEADERS", lines))

    def run(self, port, connections, seconds):
        """Returns requests, requests_per_second and the latencies p50, p90, p99 in microseconds; any error fails."""
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", self.script,
             f"http://127.0.0.1:{port}"],
            capture_output=True, text=True, check=False,
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        if done.returncode != 0 or not lines:
            raise Unmeasurable(f"wrk failed: {done.stdout}{done.stderr}")
        result = json.loads(lines[0].removeprefix("RESULT "))
        if result["errors"] or result["refused"] or not result["requests"]:
            raise Unmeasurable(f"wrk met errors with {connections} connections: {result}")
        result["requests_per_second"] = result["requests"] * 1e6 / result["microseconds"]
        return result

    def measure(self, server, connections, seconds, warm_up):
        """Warms up, then measures; adds the server's processor time per request in microseconds."""
        if warm_up > 0:
            self.run(server.port, connections, warm_up)
        before = server.cpu_seconds()
        result = self.run(server.port, connections, seconds)
        result["cpu_us"] = (server.cpu_seconds() - before) * 1e6 / result["requests"]
        return result


def closed_loop(port, numbers, connections, scratch):
    """Asks for each of the list once, and returns what bench_closed_loop found. Any answer but a 200 fails."""
    ids = scratch / "closed_loop.ids"
    ids.write_text("\n".join(numbers) + "\n")
    done = subprocess.run(
        [BUILD / "bench" / "bench_closed_loop", str(port), str(connections), ids],
        capture_output=True, text=True, check=False, env=clean_environment(),
    )
    if done.returncode != 0:
        raise Unmeasurable(f"bench_closed_loop failed: {done.stderr}")
    result = json.loads(done.stdout)
    if result["errors"] or result["requests"] != len(numbers):
        raise Unmeasurable(f"not every request was answered: {result}")
    return result


def ask_each_once(port, numbers, connections, scratch):
    """The same, and an answer that does not hold the member that was asked for fails, too."""
    result = closed_loop(port, numbers, connections, scratch)
    if result["wrong"]:
        raise Unmeasurable(f"some answers hold another member: {result}")
    return result


class Void(Unmeasurable):
    """The generator declared its run void: it could not put that load on the server."""


def unless_void(measure, attempts=3):
    """Returns what `measure` returns, which is repeated if a run was void: another process may have got in its way."""
    for _ in range(attempts - 1):
        try:
            return measure()
        except Void as reason:
            print(f"Again, because {reason}", flush=True)
    return measure()


class OpenLoop:
    """bench_open_loop, connected from the start of the object: requests at a rate, however long the answers take, each
    connection from an address of its own."""

    def __init__(self, name, port, numbers, scratch, rate, seconds, connections, source, in_time_ms=1000):
        targets = scratch / f"{name}.targets"
        targets.write_text("\n".join(numbers) + "\n")
        self.name = name
        self.distinct = len(numbers)
        self.process = subprocess.Popen(
            [BUILD / "bench" / "bench_open_loop", "--port", str(port), "--targets", targets, "--rate", str(rate),
             "--seconds", str(seconds), "--connections", str(connections), "--source", source,
             "--in-time-ms", str(in_time_ms), "--wait"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment(),
        )
        if self.process.stdout.readline() != "Connected\n":
            self.__exit__()
            raise Unmeasurable(f"bench_open_loop failed: {self.process.stderr.read()}")

    def begin(self):
        self.process.stdin.close()

    def result(self):
        """Begins where that has not been done, waits for the end and returns what it found. Fails if that says nothing
        about the server."""
        self.begin()
        out = self.process.stdout.read()
        self.process.wait()
        if not out:
            raise Unmeasurable(f"bench_open_loop failed: {self.process.stderr.read()}")
        result = json.loads(out)
        if result["void"]:
            raise Void(f"the run of {self.name} was void: {', '.join(result['void'])}")
        return result

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def measure_finely(server, numbers, connections, requests, scratch):
    """Like Wrk.measure, for few connections: wrk counts whole microseconds, and a loopback round trip has about ten."""
    asked = (numbers * (requests // len(numbers) + 1))[:requests]
    closed_loop(server.port, asked[: requests // 10], connections, scratch)
    before = server.cpu_seconds()
    result = closed_loop(server.port, asked, connections, scratch)
    cpu_us = (server.cpu_seconds() - before) * 1e6 / requests
    return {"requests": requests, "requests_per_second": result["requests_per_second"], "cpu_us": cpu_us,
            **{key: result["latency_us"][key] for key in ("p50", "p90", "p99")}}


def ask(connection, number):
    """Asks for one member on an open socket, and returns head and body of the answer, as bytes."""
    connection.sendall(f"GET {MEMBER_PATH}{number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    received = b""
    while True:
        piece = connection.recv(65536)
        if not piece:
            raise Unmeasurable("a server closed a connection")
        received += piece
        head, end, body = received.partition(b"\r\n\r\n")
        if end and len(body) >= content_length(head):
            if not head.startswith(b"HTTP/1.1 200 "):
                raise Unmeasurable(f"a server answered {head.splitlines()[0].decode()}")
            return head + end, body


def content_length(head):
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise Unmeasurable("an answer has no Content-Length")


def mean_sizes(port, numbers):
    """Returns the mean bytes of heads and of bodies, and the last head."""
    heads = bodies = 0
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for number in numbers:
            head, body = ask(connection, number)
            heads += len(head)
            bodies += len(body)
    return round(heads / len(numbers)), round(bodies / len(numbers)), head.decode()
