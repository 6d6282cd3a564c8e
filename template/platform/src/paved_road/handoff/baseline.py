"""Part 4: metrics on the golden dataset, with intervals and slices, and whether they keep the contract's floors."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import metrics
from paved_road.contracts.model import ModelContract, SuccessMetric
from paved_road.findings import Finding
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import PATH, Measure, SliceMeasure

RESAMPLES = 200


def measure(golden: Golden, raw: NDArray[np.float64], contract: ModelContract) -> dict[str, Measure]:
    """Every success metric of the contract, with a 95 % percentile bootstrap interval (Efron 1979) and its slices.

    Args:
        golden: the rows.
        raw: predictions on them, shape (rows, classes) or (rows,).
        contract: which metrics, slices, classes and threshold.
    """
    draws = np.random.default_rng(0).integers(0, golden.rows, (RESAMPLES, golden.rows))
    measured = {}
    for name in dict.fromkeys(wanted.metric for wanted in contract.success_metrics):
        value = metrics.measure(name, golden.target, raw, contract)
        resampled = [metrics.measure(name, golden.target[draw], raw[draw], contract) for draw in draws]
        defined = [figure for figure in resampled if math.isfinite(figure)] or [value]
        low, high = np.percentile(defined, [2.5, 97.5])
        measured[name] = Measure(
            value=value, low=float(low), high=float(high), slices=_slices(name, golden, raw, contract)
        )
    return measured


def _slices(
    name: str, golden: Golden, raw: NDArray[np.float64], contract: ModelContract
) -> dict[str, dict[str, SliceMeasure]]:
    found: dict[str, dict[str, SliceMeasure]] = {}
    for column, values in golden.slices.items():
        found[column] = {}
        for value, rows in values.items():
            figure = metrics.measure(name, golden.target[rows], raw[rows], contract)
            found[column][value] = SliceMeasure(rows=int(rows.sum()), value=figure if math.isfinite(figure) else None)
    return found


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
        for column, bound in wanted.slices.items():
            floor, ceiling = (bound, None) if wanted.floor is not None else (None, bound)
            for value, part in found.slices.get(column, {}).items():
                if part.value is not None and (broken := _broken(part.value, wanted, floor, ceiling)):
                    where = f"where {column} is {value} ({part.rows} rows)"
                    yield _finding(
                        f"baseline: {wanted.metric} {broken} {where}", "improve it there, or agree on another"
                    )


def _broken(value: float, wanted: SuccessMetric, floor: float | None, ceiling: float | None) -> str:
    if floor is not None and value < floor:
        return f"is {value:.4f}, below its floor {floor:g}"
    if ceiling is not None and value > ceiling:
        return f"is {value:.4f}, above its ceiling {ceiling:g}"
    return ""


def _finding(fact: str, remedy: str) -> Finding:
    return Finding(code="BASELINE001", fact=fact, remedy=remedy, path=PATH)
