"""Clients that hold many connections as slowly as they can. Context managers: leaving one ends the attack."""

import json
import subprocess
import threading

from _load import MEMBER_PATH
from _report import BUILD, Unmeasurable
from _servers import clean_environment

# slowhttptest's options for its modes. What it sends or reads slowly, it does every second.
MODES = {
    "slow heads": ("-H", "-i", "1"),
    "slow bodies": ("-B", "-i", "1"),
    "ranges": ("-R",),
    "slow reads": ("-X", "-w", "1", "-y", "1", "-n", "1", "-z", "1", "-k", "10"),
}

# Longer than any measurement, in seconds.
TOOL_SECONDS = 600


class SlowLoris:
    """bench_slow_loris, all from one address. It opens again what the server closes."""

    def __init__(self, port, connections):
        self.process = subprocess.Popen(
            [BUILD / "bench" / "bench_slow_loris", str(port), str(connections)],
            stdout=subprocess.PIPE, text=True, env=clean_environment(),
        )
        if not self.process.stdout.readline().startswith("Holding"):
            self.__exit__()
            raise Unmeasurable("bench_slow_loris did not begin")

    def stop(self):
        """Returns what became of it, in words."""
        self.process.terminate()
        found = json.loads(self.process.communicate()[0])
        answered = found["answered_408"]
        return f"{found['opened']:,} opened, {found['closed_by_server']:,} closed by the server, {answered:,} with a 408"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class SlowHttpTest:
    """slowhttptest in one of its modes. It ends when the server has closed all its connections; then it begins again."""

    def __init__(self, port, connections, mode, number):
        self.command = [
            "slowhttptest", *MODES[mode], "-c", str(connections), "-r", str(connections), "-l", str(TOOL_SECONDS),
            "-u", f"http://127.0.0.1:{port}{MEMBER_PATH}{number}",
        ]
        self.connections = connections
        self.begun = 0
        self.failed = False
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.repeat)
        self.thread.start()

    def repeat(self):
        while not self.stopping.is_set() and not self.failed:
            with subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as tool:
                self.begun += 1
                while tool.poll() is None and not self.stopping.wait(0.02):
                    pass
                self.failed = tool.poll() not in (None, 0)
                tool.kill()

    def stop(self):
        """Returns what became of it, in words."""
        self.__exit__()
        if self.failed:
            raise Unmeasurable(f"{' '.join(self.command)} failed")
        return f"{self.begun:,} times {self.connections:,} connections opened"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
