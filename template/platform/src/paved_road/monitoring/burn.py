"""Multi-window, multi-burn-rate alerts on a service level, after Google's SRE workbook (2018), chapter 5.

A burn rate is how many times faster than allowed the month's budget of bad requests is being used up. An alert looks at
a long window, so that it fires only if the budget is at stake, and at a short one, so that it stops when it is over.
"""

from collections.abc import Iterator
from typing import NamedTuple

from prometheus_client.utils import floatToGoString

from paved_road.contracts.model import ServiceLevel
from paved_road.findings import problem
from paved_road.monitoring.alerts import AVAILABILITY, LATENCY, Alert


class Windows(NamedTuple):
    """When a burn rate is too high.

    Attributes:
        severity: ``critical`` wakes somebody, ``warning`` waits until morning.
        factor: burn rate.
        long: long window.
        short: short window.
    """

    severity: str
    factor: float
    long: str
    short: str


WINDOWS = (
    Windows("critical", 14.4, "1h", "5m"),  # 2 % of a month's budget within an hour
    Windows("critical", 6, "6h", "30m"),  # 5 % within six
    Windows("warning", 3, "1d", "2h"),  # 10 % within a day
    Windows("warning", 1, "3d", "6h"),  # 10 % within three
)
SPANS = tuple(dict.fromkeys(span for each in WINDOWS for span in (each.short, each.long)))


def minutes(span: str) -> int:
    """Length of a window."""
    return int(span[:-1]) * {"m": 1, "h": 60, "d": 1440}[span[-1]]


class Objective(NamedTuple):
    """A share of requests that may be bad.

    Attributes:
        alert: what fires when it is not kept.
        name: ``availability``, ``p95`` or ``p99``.
        budget: share of requests that may be bad.
        le: the bound of latency, seconds; 0 for availability.
    """

    alert: Alert
    name: str
    budget: float
    le: float

    def record(self, span: str) -> str:
        """Name of the series that holds the share of bad requests."""
        kind = "errors" if self.alert is AVAILABILITY else f"slower_than_{self.name}"
        return f"model:http_{kind}:ratio_rate{span}"

    def watched(self, severity: str) -> list[Windows]:
        """The windows of a severity in which the budget can burn so fast at all: no more than every request is bad."""
        return [each for each in WINDOWS if each.severity == severity and each.factor * self.budget < 1]


def bound(objective: Objective) -> str:
    """The label `le` of the bucket that ends at an objective's latency."""
    return str(floatToGoString(objective.le))  # type: ignore[no-untyped-call]


def objectives(level: ServiceLevel) -> Iterator[Objective]:
    """What a service level promises.

    Raises:
        Problem: if it promises so little that there is nothing to watch.
    """
    budget = round(1 - level.availability, 12)
    if budget >= 1 / 6:
        fact = f"service_level: availability {level.availability:g} leaves no budget whose burning could be noticed"
        raise problem("MONITOR003", fact, "promise at least 0.84", path="contracts/model.yml")
    yield Objective(AVAILABILITY, "availability", budget, 0)
    yield Objective(LATENCY, "p99", 0.01, level.p99_ms / 1000)
    yield Objective(LATENCY, "p95", 0.05, level.p95_ms / 1000)
