"""What the server says about itself, in Prometheus' text format."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import prometheus_client as prometheus
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from paved_road.handoff.manifest import Manifest

if sys.platform != "win32":
    import os
    import resource

MEDIA_TYPE = prometheus.CONTENT_TYPE_LATEST
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Metrics:
    """Counts requests, in a registry of its own."""

    def __init__(self, evidence: Manifest, version: str, routes: set[str]) -> None:
        """Start counting.

        Args:
            evidence: whose model answers; its promised latencies become bounds of the histogram, so that the service
                level can be read without interpolation.
            version: of the model.
            routes: paths to tell apart; any other is counted as ``other``, so that no caller can fill the memory.
        """
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]
        self._routes = routes
        self._registry = prometheus.CollectorRegistry()
        level = evidence.contract.promise.service_level
        buckets = sorted({*_BUCKETS, level.p95_ms / 1000, level.p99_ms / 1000})
        self._requests = prometheus.Counter(
            "http_requests", "Requests answered.", ["route", "method", "status"], registry=self._registry
        )
        self._seconds = prometheus.Histogram(
            "http_request_duration_seconds",
            "From a request's headers to the end of its response.",
            ["route"],
            buckets=buckets,
            registry=self._registry,
        )
        self._records = prometheus.Counter("model_records", "Records predicted.", registry=self._registry)
        info = prometheus.Info("model", "The model that answers.", registry=self._registry)
        info.info({"name": evidence.contract.promise.name, "version": version})
        self._registry.register(Process())
        self._known: dict[tuple[str, str, int], tuple[prometheus.Counter, prometheus.Histogram]] = {}

    def request(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        key = (path if path in self._routes else "other", method if method in _METHODS else "other", status)
        if key not in self._known:
            self._known[key] = (self._requests.labels(*map(str, key)), self._seconds.labels(key[0]))
        requests, duration = self._known[key]
        requests.inc()
        duration.observe(seconds)

    def records(self, count: int) -> None:
        """Count records that were predicted."""
        self._records.inc(count)

    def render(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return prometheus.generate_latest(self._registry)


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
