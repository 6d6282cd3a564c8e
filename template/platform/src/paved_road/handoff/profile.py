"""What a model takes: its handoff is served as it will be, put under load, and looked at."""

import json
import os
import platform
import time
from pathlib import Path

import numpy as np

from paved_road.contracts.model import ModelContract, ServiceLevel
from paved_road.handoff import load
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import CpuRatio, Latency, Load, Resources
from paved_road.handoff.served import Served, serving

WARM_UP_S = 0.2
CLOSED_S = 0.8
OPEN_S = 1.5
ROUNDS = 12
BURST = 40


def measure(folder: Path, golden: Golden, contract: ModelContract, key: Path | None = None) -> Resources:
    """Serve a handoff folder with `road serve`, put it under load, and look at its process.

    Args:
        folder: a handoff folder whose manifest is whole.
        golden: rows to send, one a request.
        contract: concurrency and rate of the load.
        key: the public key that it is signed with, if its server asks for a signature.

    Raises:
        Problem: if the server does not start, or refuses a golden row.
    """
    level = contract.service_level
    bodies = [json.dumps(record).encode() for record in golden.records(256)]
    with serving(folder, key) as server:
        load.closed(server.port, bodies, level.concurrency, seconds=WARM_UP_S)
        steady, before = server.memory(), server.cpu_seconds()
        pressed = load.closed(server.port, bodies, level.concurrency, seconds=CLOSED_S)
        spent = server.cpu_seconds() - before
        paced = _paced(server, bodies, level)
        return Resources(
            closed=_load(pressed, level.concurrency, len(pressed.latencies) / pressed.seconds),
            open=_load(paced, level.concurrency, level.requests_per_second),
            cpu_seconds_per_request=spent / len(pressed.latencies),
            cpu_ratio=_cpu_ratio(server, bodies),
            steady_memory_mib=steady / 2**20,
            peak_memory_mib=server.peak_memory() / 2**20,
            cold_start_s=server.cold_start,
            machine=_machine(),
        )


def _paced(server: Served, bodies: list[bytes], level: ServiceLevel) -> load.Answered:
    requests = max(20, round(OPEN_S * level.requests_per_second))
    return load.opened(
        server.port, bodies, level.concurrency, rate=level.requests_per_second, requests=min(requests, 3000)
    )


def _load(answered: load.Answered, concurrency: int, rate: float) -> Load:
    p50, p95, p99 = (float(figure) for figure in np.percentile(np.array(answered.latencies) * 1000, [50, 95, 99]))
    return Load(
        concurrency=concurrency,
        requests=len(answered.latencies),
        seconds=answered.seconds,
        requests_per_second=rate,
        latency=Latency(p50_ms=p50, p95_ms=p95, p99_ms=p99),
    )


def _cpu_ratio(server: Served, bodies: list[bytes]) -> CpuRatio:
    """CPU time of a request over that of a fixed calibration.

    Both are taken in turn, and the median of the rounds counts: a neighbour that slows the machine slows both.
    """
    ratios = []
    for _ in range(ROUNDS):
        before = server.cpu_seconds()
        load.closed(server.port, bodies, 1, most=BURST)
        request = (server.cpu_seconds() - before) / BURST
        begun = time.process_time()
        for _ in range(BURST):
            _fixed_work()
        ratios.append(request / ((time.process_time() - begun) / BURST))
    low, middle, high = np.percentile(ratios, [25, 50, 75])
    return CpuRatio(value=float(middle), spread=float((high - low) / middle), rounds=ROUNDS)


def _machine() -> dict[str, str]:
    return {"system": platform.system(), "architecture": platform.machine(), "cores": str(os.cpu_count())}


def _fixed_work() -> float:
    """A mix that resembles serving: decode JSON, loop in Python, a little linear algebra."""
    document = json.loads(json.dumps({"records": [{"name": str(i), "value": i / 7} for i in range(60)]}))
    total = sum(record["value"] for record in document["records"])
    matrix = np.arange(2500, dtype=np.float64).reshape(50, 50)
    return float(total + (matrix @ matrix).trace())
