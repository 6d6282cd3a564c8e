"""How large a replica is, and how many there may be: what was measured, within what the contract grants."""

import math
from dataclasses import dataclass
from typing import Any

from paved_road import documents
from paved_road.contracts.model import ModelContract
from paved_road.handoff.manifest import Resources

SPARE = 1.5
"""Room above what was measured; `infra/modules/project` gives a namespace's quota the same."""
LEAST_CORES, LEAST_MIB = 0.5, 256
FOUR_NINES = 0.9999
IDLE = 0.1
"""Share of the request below which an idle server's own work would count as load."""
LEAST_START_S, START_SPARE = 60, 3


@dataclass(frozen=True)
class Size:
    """What a cluster is asked for.

    Attributes:
        cores: requested; there is no limit, because a throttled server breaks its latency.
        memory_mib: requested.
        most_memory_mib: limit: what the contract grants, so that every version that was ever accepted fits.
        busy: share of the requested CPU from which there is one replica more.
        fewest: replicas at rest; one may go while the others answer.
        most: replicas under load.
        start_s: seconds after which one that is not ready is started again.
    """

    cores: float
    memory_mib: int
    most_memory_mib: int
    busy: float
    fewest: int
    most: int
    start_s: int


def size(contract: ModelContract, measured: Resources | None) -> Size:
    """The size of a server; before anything was measured, what the contract grants."""
    budget, level = contract.resources, contract.service_level
    cores, memory = budget.cpu_cores, budget.memory_mib
    if measured:
        asked = measured.cpu_seconds_per_request * level.requests_per_second
        cores = min(cores, max(LEAST_CORES, math.ceil(asked * SPARE * 10) / 10))
        memory = min(memory, max(LEAST_MIB, math.ceil(measured.peak_memory_mib * SPARE)))
    fewest = 2 if level.availability < FOUR_NINES else 3
    return Size(
        cores=cores,
        memory_mib=math.floor(memory),
        most_memory_mib=math.floor(budget.memory_mib),
        busy=_busy(contract, measured, cores) if measured else 1 / SPARE,
        fewest=fewest,
        most=3 * fewest,
        start_s=max(LEAST_START_S, math.ceil(START_SPARE * budget.cold_start_s)),
    )


def _busy(contract: ModelContract, measured: Resources, cores: float) -> float:
    """The share of the requested CPU that the service level was seen to be kept at, with room for a new one's start."""
    level, pressed = contract.service_level, measured.closed
    kept = pressed.latency.p95_ms <= level.p95_ms and pressed.latency.p99_ms <= level.p99_ms
    rate = pressed.requests_per_second if kept else level.requests_per_second
    return max(IDLE, min(1.0, rate * measured.cpu_seconds_per_request / cores) / SPARE)


def component(of: Size) -> dict[str, Any]:
    """The kustomize component that gives the server its size."""
    return {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "patches": [{"patch": documents.render(patch)} for patch in (_deployment(of), _autoscaler(of))],
    }


def _deployment(of: Size) -> dict[str, Any]:
    requests = {"cpu": f"{math.ceil(of.cores * 1000)}m", "memory": f"{of.memory_mib}Mi"}
    container = {
        "name": "serving",
        "resources": {"requests": requests, "limits": {"memory": f"{of.most_memory_mib}Mi"}},
        "startupProbe": {"failureThreshold": of.start_s},
    }
    template = {"spec": {"containers": [container]}}
    return _patch("apps/v1", "Deployment", {"template": template})


def _autoscaler(of: Size) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": round(of.busy * 100)}
    metrics = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    bounds = {"minReplicas": of.fewest, "maxReplicas": of.most, "metrics": metrics}
    return _patch("autoscaling/v2", "HorizontalPodAutoscaler", bounds)


def _patch(version: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "serving"}, "spec": spec}
