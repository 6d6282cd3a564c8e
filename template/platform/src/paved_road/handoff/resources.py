"""Part 5: what the model takes, measured on the server that will run it."""

import asyncio
import json
import os
import platform
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from paved_road.contracts.model import ModelContract
from paved_road.findings import Finding, problem
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import PATH, Load, Resources
from paved_road.handoff.predictor import Predictor

WARM_UP_S = 0.2
SECONDS = 1.0
ROUNDS = 12


def measure(folder: Path, golden: Golden, predictor: Predictor, contract: ModelContract) -> Resources:
    """Serve a handoff folder with `road serve`, apply a closed-loop load of single records, and look at the process.

    Args:
        folder: a handoff folder whose manifest is whole.
        golden: rows to send.
        predictor: the same artifact, for the calibration.
        contract: concurrency of the load.

    Raises:
        Problem: if the server does not start, or refuses a golden row.
    """
    import psutil

    port = _free_port()
    command = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(folder), "--port", str(port)]
    started = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait(server, port)
        cold_start = time.perf_counter() - started
        process = psutil.Process(server.pid)
        bodies = [json.dumps(record).encode() for record in golden.records(256)]
        concurrency = contract.service_level.concurrency
        asyncio.run(_load(port, bodies, concurrency, WARM_UP_S))
        before = _cpu_seconds(process)
        watch = _PeakMemory(process)
        begun = time.perf_counter()
        latencies = asyncio.run(_load(port, bodies, concurrency, SECONDS, watch))
        elapsed = time.perf_counter() - begun
        spent = _cpu_seconds(process) - before
    finally:
        server.terminate()
        server.wait(timeout=10)
    p50, p95, p99 = (float(figure) for figure in np.percentile(np.array(latencies) * 1000, [50, 95, 99]))
    return Resources(
        load=Load(concurrency=concurrency, requests=len(latencies), records=1, seconds=elapsed),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        requests_per_second=len(latencies) / elapsed,
        cpu_seconds_per_request=spent / len(latencies),
        peak_memory_mib=watch.peak / 2**20,
        cold_start_s=cold_start,
        calibration=calibrate(predictor, golden),
        machine=_machine(),
    )


def calibrate(predictor: Predictor, golden: Golden) -> float:
    """CPU time of predicting one record over that of a fixed mix of Python, numpy and JSON.

    Both are timed in turn, and the median of the rounds is taken: a neighbour that takes the machine's time takes it
    from both.
    """
    numbers, strings = golden.numbers[:1], golden.strings[:1]
    ratios = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(200):
            predictor.raw(numbers, strings)
        between = time.process_time()
        for _ in range(4):
            _fixed_work()
        ratios.append((between - begun) / 200 / ((time.process_time() - between) / 4))
    return float(np.median(ratios))


def check(resources: Resources, contract: ModelContract) -> Iterator[Finding]:
    """Every promise of `service_level` and `resources` that the measures do not keep."""
    level, budget = contract.service_level, contract.resources
    cores = resources.cpu_seconds_per_request * level.requests_per_second
    for name, measured, promised, unit in (
        ("p95 latency", resources.p95_ms, level.p95_ms, "ms"),
        ("p99 latency", resources.p99_ms, level.p99_ms, "ms"),
        ("peak memory", resources.peak_memory_mib, budget.memory_mib, "MiB"),
        ("cold start", resources.cold_start_s, budget.cold_start_s, "s"),
        ("CPU at the promised rate", cores, budget.cpu_cores, "cores"),
    ):
        if measured > promised:
            fact = f"resources: {name} is {measured:.3g} {unit}, and contracts/model.yml promises {promised:g}"
            yield Finding(code="RESOURCES001", fact=fact, remedy="make it leaner, or agree on another", path=PATH)
    if resources.requests_per_second < level.requests_per_second:
        fact = (
            f"resources: one replica answers {resources.requests_per_second:.0f} requests per second, "
            f"and contracts/model.yml promises {level.requests_per_second:g}"
        )
        yield Finding(code="RESOURCES001", fact=fact, remedy="make it leaner, or agree on another", path=PATH)


class _PeakMemory:
    def __init__(self, process: Any) -> None:
        self._process = process
        self.peak = process.memory_info().rss

    def look(self) -> None:
        self.peak = max(self.peak, self._process.memory_info().rss)


async def _load(
    port: int, bodies: list[bytes], concurrency: int, seconds: float, watch: _PeakMemory | None = None
) -> list[float]:
    """Latencies in seconds of a closed loop: each client sends its next request once the last is answered."""
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def client(position: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            body = bodies[position % len(bodies)]
            position += concurrency
            begun = time.perf_counter()
            writer.write(_REQUEST % len(body) + body)
            await _answer(reader, body)
            latencies.append(time.perf_counter() - begun)
            if watch and len(latencies) % 200 == 0:
                watch.look()
        writer.close()

    await asyncio.gather(*(client(position) for position in range(concurrency)))
    return latencies


_REQUEST = (
    b"POST /v1/predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
)


async def _answer(reader: asyncio.StreamReader, body: bytes) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    answer = await reader.readexactly(length)
    if b" 200 " not in head[:16]:
        fact = f"the server refused a golden row: {answer.decode(errors='replace')[:300]} for {body.decode()[:200]}"
        raise problem("RESOURCES002", fact, "golden rows must keep the inputs of contracts/model.yml")


def _wait(server: subprocess.Popen[bytes], port: int, patience: float = 60) -> None:
    until = time.perf_counter() + patience
    while time.perf_counter() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.01)
    server.kill()
    said = server.communicate()[1].decode(errors="replace").strip()
    raise problem("RESOURCES003", f"the server did not become ready: {said[-500:]}", "try `road serve` by hand")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _cpu_seconds(process: Any) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _machine() -> dict[str, str]:
    return {"system": platform.system(), "architecture": platform.machine(), "cores": str(os.cpu_count())}


def _fixed_work() -> float:
    """A mix that resembles serving: decode JSON, loop in Python, a little linear algebra."""
    document = json.loads(json.dumps({"records": [{"name": str(i), "value": i / 7} for i in range(60)]}))
    total = sum(record["value"] for record in document["records"])
    matrix = np.arange(2500, dtype=np.float64).reshape(50, 50)
    return float(total + (matrix @ matrix).trace())
