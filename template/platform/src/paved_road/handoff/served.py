"""A `road serve` process of a handoff folder, watched from outside: when it is ready, what CPU and memory it takes."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from paved_road.findings import problem

PATIENCE_S = 60.0


class Served:
    """A server that is ready, with the processes that it started.

    Attributes:
        port: where it listens on this machine.
        cold_start: from start to ready, seconds.
    """

    def __init__(self, process: Any, port: int, cold_start: float) -> None:
        self.port = port
        self.cold_start = cold_start
        self._processes = [process, *process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """CPU time that they have taken so far, all threads."""
        return sum(map(_cpu_seconds, self._processes))

    def memory(self) -> int:
        """Resident bytes now."""
        return sum(int(process.memory_info().rss) for process in self._processes)

    def peak_memory(self) -> int:
        """Resident bytes at the peak of each; elsewhere than on Linux those of now."""
        return sum(map(_peak_memory, self._processes))


def _cpu_seconds(process: Any) -> float:
    if sys.platform == "linux":
        # Its name for the CPU clock of another process: nanoseconds, where /proc counts hundredths of a second.
        return time.clock_gettime((~process.pid << 3) | 2)
    times = process.cpu_times()
    return float(times.user + times.system)


def _peak_memory(process: Any) -> int:
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        return int(process.memory_info().rss)


@contextmanager
def started(folder: Path, key: Path | None = None) -> Iterator[tuple["subprocess.Popen[bytes]", int, float]]:
    """Serve a handoff folder on a free port, until the block ends: the process, its port, and its cold start.

    Args:
        folder: the handoff folder.
        key: the public key that it is signed with, if its server asks for a signature.

    Raises:
        Problem: if it does not become ready.
    """
    port = _free_port()
    command = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(folder), "--port", str(port)]
    command.append("--until-eof")  # it ends with this process, however this one ends
    command += ["--key", str(key)] if key else []
    began = time.perf_counter()
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log) as server,
    ):
        try:
            _wait(server, port, log)
            yield server, port, time.perf_counter() - began
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def serving(folder: Path, key: Path | None = None) -> Iterator[Served]:
    """The same, watched.

    Raises:
        Problem: if it does not become ready.
    """
    import psutil  # no part of the serving set

    with started(folder, key) as (server, port, cold_start):
        yield Served(psutil.Process(server.pid), port, cold_start)


def _wait(server: "subprocess.Popen[bytes]", port: int, log: IO[bytes]) -> None:
    until = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except urllib.error.HTTPError as error:
            error.close()  # it holds the connection
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.01)
    server.kill()
    server.wait()
    log.seek(0)
    said = log.read().decode(errors="replace").strip()
    raise problem("RESOURCES003", f"the server did not become ready: {said[-500:]}", "try `road serve` by hand")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
