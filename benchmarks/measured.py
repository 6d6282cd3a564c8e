"""One server, measured from outside: how much it answers, how soon, from when on, in how much memory."""

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypedDict

import psutil

MANY = 100
CLIENTS = (8, 32)
SECONDS = 3
WARMING = 2
STARTS = 3
PATIENCE_S = 120
LUA = """\
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = [==[{body}]==]
done = function(summary, latency)
  local wrong = summary.errors
  io.write(string.format('\\n{{"requests": %d, "us": %d, "p50": %d, "p99": %d, "wrong": %d}}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
"""


class Load(TypedDict):
    """One load, the median of its rounds.

    Attributes:
        rate: requests answered per second.
        p50: median latency, milliseconds.
        p99: 99th percentile.
        others: share of the machine's time that neither the server nor the client took.
    """

    rate: float
    p50: float
    p99: float
    others: float


class Result(TypedDict):
    """A server.

    Attributes:
        cold: from start to the first prediction, seconds, median.
        memory: resident after the load, MB; what processes share is counted once.
        loads: by records per request and clients, such as ``100 x 8``.
    """

    cold: float
    memory: float
    loads: dict[str, Load]


def result(
    command: list[str], folder: Path, variables: dict[str, str], url: str, bodies: dict[int, bytes], rounds: int
) -> Result:
    """Start a server, several times, and put it under each load."""
    colds, loads = [], {}
    for _ in range(STARTS - 1):
        with started(command, folder, variables, url, bodies[1]) as (_, cold):
            colds.append(cold)
    with started(command, folder, variables, url, bodies[1]) as (server, cold):
        colds.append(cold)
        for size, body in bodies.items():
            for clients in CLIENTS:
                loads[f"{size} x {clients}"] = load(server, url, body, clients, rounds)
        memory = sum(_memory(process) for process in _family(server)) / 1e6
    return {"cold": statistics.median(colds), "memory": memory, "loads": loads}


@contextmanager
def started(
    command: list[str], folder: Path, variables: dict[str, str], url: str, body: bytes
) -> Iterator[tuple[psutil.Process, float]]:
    """A server that predicts, and how many seconds it took until then; it ends with the block."""
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
        server = psutil.Process(process.pid)
        try:
            while not answers(url, body):
                if process.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                    log.seek(0)
                    sys.exit(f"{' '.join(command)} does not predict:\n{log.read().decode()[-3000:]}")
                time.sleep(0.005)
            cold = time.perf_counter() - began
            yield server, cold
        finally:
            family = _family(server)
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            for each in family:  # what a server leaves behind would slow the next one
                with suppress(psutil.NoSuchProcess):
                    each.kill()
            process.wait()


def answers(url: str, body: bytes) -> bool:
    """Whether a prediction comes back."""
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.read())
    except urllib.error.HTTPError as error:
        if error.code not in (404, 503):
            sys.exit(f"{url} refused the example: {error.read().decode()[:2000]}")
        return False
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def load(server: psutil.Process, url: str, body: bytes, clients: int, rounds: int) -> Load:
    """Requests from so many connections, each with one under way at a time: medians of the least disturbed rounds."""
    _wrk(url, body, clients, WARMING)
    tried = sorted((_round(server, url, body, clients) for _ in range(rounds)), key=lambda each: each["others"])
    best = tried[: (rounds + 1) // 2]
    return {
        "rate": statistics.median(each["rate"] for each in best),
        "p50": statistics.median(each["p50"] for each in best),
        "p99": statistics.median(each["p99"] for each in best),
        "others": max(each["others"] for each in best),
    }


def _round(server: psutil.Process, url: str, body: bytes, clients: int) -> Load:
    own, all_of_it = _cpu(server), _busy()
    said, client = _wrk(url, body, clients, SECONDS)
    own, all_of_it = _cpu(server) - own + client, _busy() - all_of_it
    seconds = said["us"] / 1e6
    return {
        "rate": said["requests"] / seconds,
        "p50": said["p50"] / 1e3,
        "p99": said["p99"] / 1e3,
        "others": max(0.0, all_of_it - own) / (seconds * (os.cpu_count() or 1)),
    }


def _wrk(url: str, body: bytes, clients: int, seconds: int) -> tuple[dict[str, int], float]:
    """What wrk counted, and the processor time that it took."""
    before = os.times()
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA.format(body=body.decode()))
        script.flush()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "-s", script.name, url]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = os.times()
    said: dict[str, int] = json.loads(re.findall(r"^\{.*\}$", output, re.MULTILINE)[-1])
    if said["wrong"]:
        sys.exit(f"{url}: {said['wrong']} requests failed:\n{output}")
    return said, sum(after[2:4]) - sum(before[2:4])


def _family(server: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return [server, *server.children(recursive=True)]
    return []


def _cpu(server: psutil.Process) -> float:
    total = 0.0
    for process in _family(server):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _memory(process: psutil.Process) -> int:
    """Resident bytes; what several processes share is split among them."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return int(getattr(process.memory_full_info(), "pss", process.memory_info().rss))
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
