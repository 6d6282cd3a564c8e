"""Requests answered, and how long they took."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_OTHER = "other"


@dataclass
class _Times:
    """Of one route: requests in each bucket, and their seconds together."""

    counts: list[int]
    total: float = 0.0


class Traffic(Collector):
    """Counts for one version. Only the event loop counts, so without the locks of a general counter: they and what
    stands around them took a tenth of a request for one record."""

    def __init__(self, labels: Mapping[str, str], routes: Set[str], promised: Set[float]) -> None:
        """Start at zero.

        Args:
            labels: of every series, such as the model's name and version.
            routes: paths to tell apart; any other is counted as ``other``, so that no caller can fill the memory.
            promised: seconds that become bounds of the histogram, so that the service level can be read without
                interpolation.
        """
        self._labels, self._routes = dict(labels), routes
        self._bounds = sorted({*_BOUNDS, *promised})
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._times: dict[str, _Times] = {}

    def add(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        route = path if path in self._routes else _OTHER
        self._counts[route, method if method in _METHODS else _OTHER, status] += 1
        if (times := self._times.get(route)) is None:
            times = self._times[route] = _Times([0] * (len(self._bounds) + 1))
        times.counts[bisect_left(self._bounds, seconds)] += 1
        times.total += seconds

    def collect(self) -> Iterator[Metric]:
        """What was counted."""
        names, of_model = list(self._labels), list(self._labels.values())
        requests = CounterMetricFamily(
            "http_requests", "Requests answered.", labels=[*names, "route", "method", "status"]
        )
        for (route, method, status), count in self._counts.items():
            requests.add_metric([*of_model, route, method, str(status)], count)
        yield requests
        seconds = HistogramMetricFamily(
            "http_request_duration_seconds",
            "From a request's headers to the end of its response.",
            labels=[*names, "route"],
        )
        bounds = [str(floatToGoString(bound)) for bound in (*self._bounds, float("inf"))]  # type: ignore[no-untyped-call]
        for route, times in self._times.items():
            buckets = list(zip(bounds, accumulate(times.counts), strict=True))
            seconds.add_metric([*of_model, route], buckets, times.total)
        yield seconds
