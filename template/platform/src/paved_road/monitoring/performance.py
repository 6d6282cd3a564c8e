"""How a model does on labels that arrived, against what it was accepted with: where model shift shows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import prometheus_client as prometheus

from paved_road.contracts import metrics
from paved_road.contracts.model import ModelContract, SuccessMetric
from paved_road.findings import Finding, Level
from paved_road.handoff.baseline import Rows
from paved_road.handoff.manifest import PATH, Manifest, Measure
from paved_road.monitoring.labelled import Labelled

OF_PROBABILITIES = ("roc_auc", "roc_auc_ovr", "average_precision", "brier_score_loss", "log_loss")
"""Metrics that a decided label says nothing about."""


_MEANS = {
    "value": "A success metric on labels that arrived.",
    "low": "Lower end of its 95 % interval.",
    "high": "Upper end of its 95 % interval.",
    "baseline": "The same on the golden dataset.",
    "drop": "By what share of the baseline it is worse.",
    "drop_certain": "The same between the nearest ends of both intervals.",
    "promise_kept": "Whether its interval reaches what was promised.",
}


@dataclass(frozen=True)
class Measured:
    """A success metric on live records.

    Attributes:
        wanted: what the contract promises of it.
        value: as measured.
        low: lower end of its 95 % bootstrap interval.
        high: upper end.
        baseline: the same on the golden dataset.
    """

    wanted: SuccessMetric
    value: float
    low: float
    high: float
    baseline: Measure

    @property
    def drop(self) -> float:
        """By what share of the baseline it is worse; below 0 if it is better."""
        return self._share(self.baseline.value - self.value)

    @property
    def certain(self) -> float:
        """The same between the nearest ends of both intervals: above 0 if chance explains none of it."""
        nearest = self.baseline.low - self.high if self._higher else self.baseline.high - self.low
        return self._share(nearest)

    @property
    def kept(self) -> bool:
        """Whether the promise may still hold: the interval reaches it."""
        low, high = self.wanted.floor, self.wanted.ceiling
        return not ((low is not None and self.high < low) or (high is not None and self.low > high))

    @property
    def figures(self) -> dict[str, float]:
        """What is published of it."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "baseline": self.baseline.value,
            "drop": self.drop,
            "drop_certain": self.certain,
            "promise_kept": float(self.kept),
        }

    @property
    def said(self) -> str:
        """One line for people."""
        before = self.baseline
        change = f"{abs(self.drop):.1%} {'worse' if self.drop > 0 else 'better'}"
        return (
            f"{self.wanted.metric:<20} {self.value:.4f} ({self.low:.4f} to {self.high:.4f}), "
            f"baseline {before.value:.4f} ({before.low:.4f} to {before.high:.4f}): {change}"
        )

    @property
    def _higher(self) -> bool:
        return self.wanted.floor is not None

    def _share(self, lost: float) -> float:
        return (lost if self._higher else -lost) / (abs(self.baseline.value) or 1.0)


def measure(found: Labelled, evidence: Manifest, own: metrics.Own) -> list[Measured]:
    """Every success metric that the baseline has and that can be measured on these records."""
    rows = Rows(found.target, found.raw, evidence.contract.promise, own)
    measured = []
    for wanted in evidence.contract.promise.success_metrics:
        baseline = evidence.baseline.metrics.get(wanted.metric)
        if baseline is None or (found.decided_only and wanted.metric in OF_PROBABILITIES):
            continue
        value = rows.measured(wanted.metric)
        if math.isfinite(value):
            measured.append(Measured(wanted, value, *rows.interval(wanted.metric, value), baseline))
    return measured


def check(measured: list[Measured], rows: int, contract: ModelContract) -> Iterator[Finding]:
    """What is worse than it was accepted with, beyond chance; on too few records that is not for us to say."""
    unmeasured = {wanted.metric for wanted in contract.success_metrics} - {each.wanted.metric for each in measured}
    for name in sorted(unmeasured):
        fact = f"{name} cannot be measured on these records"
        yield _finding("MONITOR017", fact, "it takes records of every class, and probabilities for some", "warning")
    enough = contract.monitoring.minimum_sample
    if rows < enough:
        fact = f"{rows} records have a label, and fewer than {enough} say nothing"
        yield _finding("MONITOR014", fact, "wait for more labels, or look further back", "warning")
        return
    for each in measured:
        allowed = contract.monitoring.performance_drop
        if each.drop > allowed and each.certain > 0:
            fact = f"{each.wanted.metric} is {each.drop:.1%} worse than its baseline, and {allowed:.1%} is allowed"
            yield _finding("MONITOR015", fact, "roll back (contracts/model.yml: rollback), then ask why")
        if not each.kept:
            promised = _promised(each.wanted)
            fact = f"{each.wanted.metric} is {each.value:.4f} (at best {_best(each):.4f}), and promised is {promised}"
            yield _finding("MONITOR016", fact, "roll back (contracts/model.yml: rollback), then ask why")


def _promised(wanted: SuccessMetric) -> str:
    bounds = (("at least", wanted.floor), ("at most", wanted.ceiling))
    return " and ".join(f"{said} {bound:g}" for said, bound in bounds if bound is not None)


def _best(each: Measured) -> float:
    return each.high if each.wanted.floor is not None else each.low


def _finding(code: str, fact: str, remedy: str, level: Level = "error") -> Finding:
    return Finding(code=code, fact=f"performance: {fact}", remedy=remedy, path=PATH, level=level)


def exposed(measured: list[Measured], found: Labelled, contract: ModelContract, version: str) -> bytes:
    """The figures as Prometheus reads them, for the rules in ``monitoring/rules.yml``; drops only on enough records."""
    registry, rows = prometheus.CollectorRegistry(), len(found.target)
    labels = {"model": contract.name, "version": version}

    gauges: dict[str, prometheus.Gauge] = {}

    def gauge(name: str, said: str, figure: float, **more: str) -> None:
        if name not in gauges:
            gauges[name] = prometheus.Gauge(name, said, [*labels, *more], registry=registry)
        gauges[name].labels(**labels, **more).set(figure)

    gauge("model_performance_rows", "Records with a prediction and a label.", rows)
    gauge("model_performance_timestamp_seconds", "When it was measured.", datetime.now(UTC).timestamp())
    if found.newest is not None:
        gauge("model_labels_newest_timestamp_seconds", "Time of the newest record with a label.", found.newest)
    for each in measured if rows >= contract.monitoring.minimum_sample else ():
        for name, figure in each.figures.items():
            gauge(f"model_performance_{name}", _MEANS[name], figure, metric=each.wanted.metric)
    return prometheus.generate_latest(registry)
