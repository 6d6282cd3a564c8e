"""Part 4: metrics on the golden dataset, with intervals and slices, and whether they keep the contract's floors."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import metric_names, metrics
from paved_road.contracts.model import ModelContract, SuccessMetric
from paved_road.findings import Finding, Level
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import PATH, Measure, SliceMeasure

RESAMPLES = 200
ROWS_RESAMPLED = 5_000
"""Of more rows than this a subset is resampled, and the deviations are scaled to all of them (Bickel, Götze and van
Zwet 1997): a million rows then take as long as five thousand."""


@dataclass(frozen=True)
class Rows:
    """Some rows of the golden dataset, and what the model says of them.

    Attributes:
        target: see `metrics.measure`.
        raw: see `metrics.measure`.
        contract: classes and threshold.
        own: the team's metrics.
    """

    target: NDArray[np.generic]
    raw: NDArray[np.float64]
    contract: ModelContract
    own: metrics.Own

    def taken(self, rows: NDArray[np.generic]) -> "Rows":
        """Only these, by a mask or by their numbers."""
        return Rows(self.target[rows], self.raw[rows], self.contract, self.own)

    def measured(self, name: str) -> float:
        return metrics.measure(name, self.target, self.raw, self.contract, self.own)

    def interval(self, name: str, value: float) -> tuple[float, float]:
        """95 % percentile bootstrap interval of a metric (Efron 1979) around its value; NaN where it is undefined."""
        random, every = np.random.default_rng(0), self.target.size
        sample = self
        if every > ROWS_RESAMPLED:
            sample = self.taken(np.sort(random.choice(every, ROWS_RESAMPLED, replace=False)))
        rows = sample.target.size
        drawn = random.integers(0, rows, (RESAMPLES, rows)) + np.arange(RESAMPLES)[:, None] * rows
        weights = np.bincount(drawn.ravel(), minlength=RESAMPLES * rows).reshape(RESAMPLES, rows).astype(np.float64)
        figures = metrics.resampled(name, sample.target, sample.raw, self.contract, weights, self.own)
        figures = figures[np.isfinite(figures)]
        if not figures.size:
            return math.nan, math.nan
        low, high = np.percentile(figures, [2.5, 97.5])
        if sample is self:
            return float(low), float(high)
        centre, shrunk = sample.measured(name), math.sqrt(rows / every)
        return value + (float(low) - centre) * shrunk, value + (float(high) - centre) * shrunk


def measure(golden: Golden, raw: NDArray[np.float64], contract: ModelContract, own: metrics.Own) -> dict[str, Measure]:
    """Every success metric of the contract, with its interval and its slices.

    Args:
        golden: the rows.
        raw: predictions on them, shape (rows, classes) or (rows,).
        contract: which metrics, slices, classes and threshold.
        own: the team's metrics; one that the contract names and that is not here is left out.
    """
    rows = Rows(golden.target, raw, contract, own)
    measured = {}
    for name in dict.fromkeys(wanted.metric for wanted in contract.success_metrics):
        if metric_names.is_own(name) and name not in own:
            continue
        value = rows.measured(name)
        low, high = rows.interval(name, value)
        slices = {
            column: {value: _slice(name, rows.taken(mask)) for value, mask in values.items()}
            for column, values in golden.slices.items()
        }
        measured[name] = Measure(value=value, low=low, high=high, slices=slices)
    return measured


def _slice(name: str, rows: Rows) -> SliceMeasure:
    value = rows.measured(name)
    if not math.isfinite(value):
        return SliceMeasure(rows=rows.target.size, value=None, low=None, high=None)
    low, high = rows.interval(name, value)
    return SliceMeasure(rows=rows.target.size, value=value, low=low, high=high)


def check(measured: dict[str, Measure], contract: ModelContract) -> Iterator[Finding]:
    """Every promise of `success_metrics` that the measures do not keep."""
    for wanted in contract.success_metrics:
        found = measured.get(wanted.metric)
        if found is None or not math.isfinite(found.value):
            fact = f"baseline: {wanted.metric} is undefined on the golden dataset"
            yield _finding(fact, "the golden dataset needs rows of every class; raise golden.version after mending it")
            continue
        if broken := _broken(found.value, wanted, wanted.floor, wanted.ceiling):
            interval = f"(95 % interval {found.low:.4f} to {found.high:.4f})"
            yield _finding(f"baseline: {wanted.metric} {broken} {interval}", "improve the model, or agree on another")
        yield from _check_slices(found, wanted)


def _check_slices(found: Measure, wanted: SuccessMetric) -> Iterator[Finding]:
    for column, bound in wanted.slices.items():
        floor, ceiling = (bound, None) if wanted.floor is not None else (None, bound)
        for value, part in found.slices.get(column, {}).items():
            where = f"where {column} is {value} ({part.rows} rows)"
            if part.value is None:
                fact = f"baseline: {wanted.metric} is undefined {where}"
                yield _finding(fact, "get golden rows of every class there, or take the slice out", "warning")
            elif broken := _broken(part.value, wanted, floor, ceiling):
                yield _finding(f"baseline: {wanted.metric} {broken} {where}", "improve it there, or agree on another")


def _broken(value: float, wanted: SuccessMetric, floor: float | None, ceiling: float | None) -> str:
    if floor is not None and value < floor:
        return f"is {value:.4f}, below its floor {floor:g}"
    if ceiling is not None and value > ceiling:
        return f"is {value:.4f}, above its ceiling {ceiling:g}"
    return ""


def _finding(fact: str, remedy: str, level: Level = "error") -> Finding:
    return Finding(code="BASELINE001", fact=fact, remedy=remedy, path=PATH, level=level)
