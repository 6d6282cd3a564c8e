"""What the server says about itself, in Prometheus' text format."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import prometheus_client as prometheus
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from paved_road.contracts.refusals import Kind
from paved_road.handoff.manifest import Manifest
from paved_road.serving.drift import Drift
from paved_road.serving.model import Predicted
from paved_road.serving.traffic import Traffic

if sys.platform != "win32":
    import os
    import resource

MEDIA_TYPE = prometheus.CONTENT_TYPE_LATEST


class Metrics:
    """Counts requests of one version.

    Attributes:
        registry: its own.
    """

    def __init__(self, evidence: Manifest, version: str, routes: set[str]) -> None:
        """Start counting.

        Args:
            evidence: whose model answers.
            version: of the model.
            routes: paths to tell apart.
        """
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = prometheus.CollectorRegistry()
        promise = evidence.contract.promise
        level, of_model = promise.service_level, {"model": promise.name, "version": version}
        self._traffic = Traffic(of_model, routes, {level.p95_ms / 1000, level.p99_ms / 1000})
        self.registry.register(self._traffic)
        self._refusals = prometheus.Counter(
            "http_refusals",
            "Requests refused, by the code of the problem.",
            [*of_model, "code"],
            registry=self.registry,
        )
        self._of_model = of_model
        for name, said, figure in _facts(evidence):
            prometheus.Gauge(name, said, [*of_model], registry=self.registry).labels(**of_model).set(figure)
        self._drift = Drift(evidence, of_model)
        self.registry.register(self._drift)

    def request(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._traffic.add(path, method, status, seconds)

    def predicted(self, given: Predicted) -> None:
        """Count records that were predicted, each in the bins of its inputs and outputs."""
        self._drift.add(*given)

    def refusal(self, kind: Kind) -> None:
        """Count a request that was refused, by why."""
        self._refusals.labels(**self._of_model, code=kind.code).inc()

    def render(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return prometheus.generate_latest(self.registry)


def _facts(evidence: Manifest) -> Iterator[tuple[str, str, float]]:
    """What a manifest says that rules compare the server with: a metric's name, its meaning, its value."""
    trained = datetime.fromisoformat(evidence.artifact.origin.trained_at).timestamp()
    yield "model_info", "The model that answers.", 1
    yield "model_trained_timestamp_seconds", "When it was trained.", trained
    cpu = evidence.resources.cpu_seconds_per_request
    yield "model_handoff_cpu_seconds_per_request", "CPU time of a request of one record, as handed over.", cpu


class Process(Collector):
    """The server's process: the usual names, and the memory's peak, on every system that people develop on."""

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(
            "process_cpu_seconds", "User and system CPU time of the process.", value=time.process_time()
        )
        if sys.platform != "win32":
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            yield GaugeMetricFamily("process_resident_memory_bytes", "Resident memory.", value=_resident() or peak)
            yield GaugeMetricFamily("process_peak_resident_memory_bytes", "Resident memory at its peak.", value=peak)


def _resident() -> int:
    """Resident memory in bytes; 0 where the system has no /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
