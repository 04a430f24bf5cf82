"""The servers that the benchmarks measure. Each has its own scratch directory and a port on loopback that was free."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from _report import BUILD, PROGRAM, Unmeasurable

START_SECONDS = 60
STOP_SECONDS = 30
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

# What a user's shell may hold of our settings would change what is measured.
OUR_VARIABLES = re.compile(r"TESSERA_|DB_|REDIS_|CACHE_TTL_|RATE_LIMIT_|QUEUE_|BREAKER_|PORT$")


def clean_environment():
    return {name: value for name, value in os.environ.items() if not OUR_VARIABLES.match(name)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise Unmeasurable(f"{what} took over {START_SECONDS} s")


class Server:
    """A process with its output in a file. A context manager: leaving it ends the process and removes the scratch."""

    name = "server"
    port = 0
    headers = {}  # that requests to it are to carry

    def __init__(self):
        self.scratch = Path(tempfile.mkdtemp(prefix=f"tessera-bench-{self.name}-"))
        self.log = self.scratch / "log"
        self.process = None

    def start(self, arguments):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.scratch, env=clean_environment(),
            )

    def logged(self):
        return self.log.read_text(errors="replace")

    def require_running(self):
        if self.process.poll() is not None:
            raise Unmeasurable(f"{self.name} ended with {self.process.returncode}:\n{self.logged()[-2000:]}")

    def announced_port(self):
        """Waits for the line in which the server tells its port."""

        def find():
            self.require_running()
            return re.search(r"Serving on 127\.0\.0\.1:(\d+)", self.logged())

        return int(wait_for(f"the start of {self.name}", find).group(1))

    def accepts(self):
        self.require_running()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def pids(self):
        return [self.process.pid]

    def cpu_seconds(self):
        """Returns the processor time, user and system, that the server has used so far; to 1/100 s."""
        ticks = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def open_files(self):
        """Returns how many descriptors the server holds, most of them connections."""
        directory = f"/proc/{self.process.pid}/fd"
        # From Linux 6.2 on its size is their number; to list them may take milliseconds.
        return os.stat(directory).st_size or len(os.listdir(directory))

    def peak_bytes(self):
        """Returns the largest resident set that the server has had."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M).group(1)) * 1024

    def memory_bytes(self):
        """Returns the proportional and the resident set size."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return {name: int(re.search(rf"^{name}:\s+(\d+) kB", rollup, re.M).group(1)) * 1024 for name in ("Pss", "Rss")}

    def stop(self, hard=False):
        if self.process is None or self.process.poll() is not None:
            return
        (self.process.kill if hard else self.process.terminate)()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)


class Tessera(Server):
    """The service, without limits per client unless flags with limits are given instead of NO_LIMITS."""

    name = "tessera"
    NO_LIMITS = ("--no-limits",)

    def __init__(self, store, *flags, limits=NO_LIMITS, program=PROGRAM, port=0):
        super().__init__()
        self.start([program, "serve", "--listen", f"127.0.0.1:{port}", "--operator", "127.0.0.1:0", "--store", store,
                    *limits, *flags])
        try:
            self.port = self.announced_port()
        except BaseException:
            self.__exit__()
            raise

    def statistics(self):
        """Returns the levels of cache-stats: l1, l2, database."""
        url = f"http://127.0.0.1:{self.port}/api/v1/optimized-cards/cache-stats"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]["levels"]


class RawEpoll(Server):
    """The least work with which an answer of that size can be given (raw_epoll.cpp)."""

    name = "raw epoll"

    def __init__(self, body_bytes, head_bytes):
        super().__init__()
        self.start([BUILD / "bench" / "bench_raw_epoll", 0, body_bytes, head_bytes])
        self.port = self.announced_port()


class Nginx(Server):
    """nginx that answers a constant, a text or so many bytes, without a file, a log or a limit."""

    name = "nginx"

    def __init__(self, body, header_lines, workers=1):
        super().__init__()
        self.port = free_port()
        text = escape(body) if isinstance(body, str) else "x" * body
        headers = "\n".join(f'add_header {name} "{escape(value)}";' for name, value in header_lines)
        temporary = "\n".join(
            f"{name}_temp_path {self.scratch}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.scratch / "nginx.conf").write_text(f"""
daemon off;
worker_processes {workers};
worker_rlimit_nofile 16384;
pid {self.scratch}/pid;
error_log {self.log} warn;
events {{ worker_connections 16000; multi_accept on; }}
http {{
  access_log off;
  server_tokens off;
  {temporary}
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  server {{
    listen 127.0.0.1:{self.port} backlog=4096 reuseport;
    location / {{
      default_type "application/json; charset=utf-8";
      {headers}
      return 200 "{text}";
    }}
  }}
}}
""")
        self.start([shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") or "nginx",
                    "-p", self.scratch, "-c", self.scratch / "nginx.conf", "-e", self.log])
        wait_for("the start of nginx", self.accepts)

    def pids(self):
        pid = self.process.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def reference_headers(head, as_lines):
    """Returns header lines with which nginx's head gets as long as ours: ours, or a filler."""
    lines = [line.split(": ", 1) for line in head.strip().split("\r\n")[1:]]
    by_nginx = ("date", "content-type", "content-length")
    if as_lines:
        return [line for line in lines if line[0].lower() not in by_nginx]
    of_nginx = len("Server: nginx\r\nConnection: keep-alive\r\n")
    ours = sum(len(name) + len(value) + 4 for name, value in lines if name.lower() not in by_nginx)
    return [("X-Filler", "x" * (ours - of_nginx - len("X-Filler: \r\n")))]


def escape(value):
    """Returns a header's value as nginx's configuration wants it; a dollar sign would be a variable there."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "")
