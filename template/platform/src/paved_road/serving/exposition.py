"""Everything that a server counts, as one page for Prometheus: what is the process's, and what is each version's."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import prometheus_client as prometheus
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from paved_road.handoff.manifest import Manifest
from paved_road.serving.metrics import Metrics, Process

MOST_VERSIONS = 8
"""Versions whose counts are kept: those of one that comes back go on where they were."""


class Exposition(Collector):
    """The server's counts.

    Attributes:
        switches: times that another version was to answer, by whether it does.
    """

    def __init__(self, routes: set[str], under_way: Callable[[], int], dropped: Callable[[], int]) -> None:
        """Start counting.

        Args:
            routes: paths to tell apart.
            under_way: tells how many predictions are under way.
            dropped: tells how many lines of the log nobody could take.
        """
        self._routes, self._under_way, self._dropped = routes, under_way, dropped
        self._process, self._versions = Process(), dict[str, Metrics]()
        self._current = ""
        self.switches: Counter[Literal["done", "refused"]] = Counter()

    def of(self, evidence: Manifest) -> Metrics:
        """The counts of a version, which is the one that answers from now on."""
        self._current = evidence.version
        if self._current not in self._versions:
            self._versions[self._current] = Metrics(evidence, self._current, self._routes)
        self._versions[self._current] = self._versions.pop(self._current)  # the latest is last
        if len(self._versions) > MOST_VERSIONS:
            del self._versions[next(iter(self._versions))]
        return self._versions[self._current]

    def collect(self) -> Iterator[Metric]:
        """Every family, each once."""
        return merged([self._of_process(), *(self._of_version(name) for name in self._versions)])

    def _of_version(self, name: str) -> Iterator[Metric]:
        # Of a version that does not answer any more only its counts are true.
        for family in self._versions[name].registry.collect():
            if name == self._current or family.type != "gauge":
                yield family

    def _of_process(self) -> Iterator[Metric]:
        yield from self._process.collect()
        yield GaugeMetricFamily("http_requests_in_progress", "Predictions under way.", value=self._under_way())
        yield CounterMetricFamily("log_lines_dropped", "Lines of the log that nobody could take.", self._dropped())
        switches = CounterMetricFamily("model_switches", "Times that another version was to answer.", labels=["result"])
        for result in ("done", "refused"):
            switches.add_metric([result], self.switches[result])
        yield switches


def merged(parts: Iterable[Iterable[Metric]]) -> Iterator[Metric]:
    """Families of several sources, each family once: what was counted adds up, and so does what a process takes."""
    families: dict[str, Metric] = {}
    values: dict[str, dict[Any, float]] = {}
    for family in (family for part in parts for family in part):
        families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
        found = values.setdefault(family.name, {})
        adds_up = family.type != "gauge" or family.name.startswith(("process_", "http_"))
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            before = found.get(key)
            found[key] = sample.value if before is None else before + sample.value if adds_up else sample.value
    for name, family in families.items():
        for (sample_name, labels), value in values[name].items():
            family.add_sample(sample_name, dict(labels), value)
        yield family


def render(families: Iterable[Metric]) -> bytes:
    """Families as Prometheus reads them."""
    return prometheus.generate_latest(_Collected(list(families)))


class _Collected:
    """As much of a registry as `generate_latest` asks for."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families
