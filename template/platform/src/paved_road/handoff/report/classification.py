"""Pictures of a classification, of two classes or of more."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import metrics
from paved_road.contracts.model import ModelContract
from paved_road.handoff.report import charts, curves, words
from paved_road.handoff.report.figure import INTERVAL, Figure, Row, bin_rows

_ROWS = 21
"""Rows of a table beside a curve; the picture has more."""
_CLASSES = 20
"""Classes of which a confusion matrix can still be read."""


class _Rates(NamedTuple):
    """At the contract's threshold."""

    precision: float
    recall: float
    false_alarms: float


@dataclass(frozen=True)
class Golden:
    """Golden rows and what the model says of them.

    Attributes:
        target: true classes as positions in ``classes``; shape (rows,).
        raw: probabilities, shape (rows, classes).
        contract: classes and threshold.
    """

    target: NDArray[np.int64]
    raw: NDArray[np.float64]
    contract: ModelContract

    @cached_property
    def names(self) -> list[str]:
        labels = self.contract.classes or []
        return [str(label).lower() if isinstance(label, bool) else str(label) for label in labels]

    @property
    def two(self) -> bool:
        return len(self.names) == 2

    @cached_property
    def decided(self) -> NDArray[np.int64]:
        return metrics.labels(self.raw, self.contract)

    @cached_property
    def drawn(self) -> list[int]:
        """Classes with a curve: the positive one of two; of more the most frequent, each against all others."""
        counts = np.bincount(self.target, minlength=len(self.names))
        wanted = [1] if self.two else np.argsort(-counts, kind="stable")[: charts.SERIES].tolist()
        return [code for code in wanted if 0 < counts[code] < len(self.target)]

    @cached_property
    def rates(self) -> _Rates | None:
        if not self.two:
            return None
        truth, said = self.target == 1, self.decided == 1
        hits, alarms = float((truth & said).sum()), float((~truth & said).sum())
        return _Rates(hits / max(said.sum(), 1), hits / max(truth.sum(), 1), alarms / max((~truth).sum(), 1))


def draw(golden: Golden) -> Iterator[Figure]:
    """Every picture."""
    if golden.drawn:
        yield _precision_recall(golden)
        yield _roc(golden)
    yield _calibration(golden)
    yield _scores(golden)


def _precision_recall(golden: Golden) -> Figure:
    found = {golden.names[c]: curves.precision_recall(golden.target == c, golden.raw[:, c]) for c in golden.drawn}
    said, how, mark, at = _each(golden, "Average precision", "average_precision"), "", None, golden.rates
    if at:
        said += f" At the threshold, precision is {words.fixed(at.precision)} and recall {words.fixed(at.recall)}."
        how, mark = " The dot is the contract's threshold.", (at.recall, at.precision)
    titles = ("Recall", "Precision")
    return Figure(
        "Precision and recall",
        f"What each gain in recall costs in precision. Further up and to the right is better.{how}",
        said,
        charts.lines(found, titles, f"Precision-recall curve. {said}", stepped=True, mark=mark),
        ("Class", *titles, "Positive from"),
        _curve_rows(found),
    )


def _roc(golden: Golden) -> Figure:
    found = {golden.names[c]: curves.roc(golden.target == c, golden.raw[:, c]) for c in golden.drawn}
    said, mark, at = _each(golden, "Area under the curve", "roc_auc"), None, golden.rates
    if at:
        said += f" At the threshold, {words.percent(at.false_alarms, 2)} of negatives are called positive."
        mark = (at.false_alarms, at.recall)
    titles = ("False positive rate", "True positive rate")
    return Figure(
        "Hits and false alarms (ROC)",
        "Closer to the upper left is better; the dashed line is what guessing gives.",
        said,
        charts.lines(found, titles, f"ROC curve. {said}", diagonal=True, mark=mark),
        ("Class", *titles, "Positive from"),
        _curve_rows(found),
    )


def _each(golden: Golden, title: str, metric: str) -> str:
    figures = {}
    for code in golden.drawn:
        truth, score = (golden.target == code).astype(np.int64), golden.raw[:, code]
        value = metrics.measure(metric, truth, np.column_stack([1 - score, score]), golden.contract)
        figures[golden.names[code]] = words.fixed(value)
    if golden.two:
        return f"{title}: {', '.join(figures.values())}."
    listed = ", ".join(f"{name} {value}" for name, value in figures.items())
    return f"{title}, each class against the others: {listed}."


def _curve_rows(found: dict[str, curves.Curve]) -> list[Row]:
    rows: list[Row] = []
    for name, curve in found.items():
        for at in np.unique(np.linspace(0, len(curve.x) - 1, max(_ROWS // len(found), 6)).round().astype(int)):
            cut = words.number(float(curve.cut[at]), 4) if np.isfinite(curve.cut[at]) else "above all"
            rows.append((name, words.fixed(curve.x[at]), words.fixed(curve.y[at]), cut))
    return rows


def _calibration(golden: Golden) -> Figure:
    if golden.two:
        found = curves.reliability(golden.target == 1, golden.raw[:, 1])
        titles = ("Predicted probability", "Share that is positive")
    else:
        found = curves.reliability(golden.target == golden.decided, golden.raw.max(axis=1))
        titles = ("Probability of the predicted class", "Share that is right")
    gap = float((np.abs(found.said - found.seen) * found.rows).sum() / found.rows.sum())
    said = f"On average the probability is {words.percent(gap)} off what was seen (expected calibration error)."
    return Figure(
        "Calibration",
        f"Whether probabilities mean what they say: points on the dashed line do. Bars are {INTERVAL}s.",
        said,
        charts.reliability(found, titles, f"Reliability diagram. {said}", (0.0, 1.0), True),
        ("Mean probability", titles[1], INTERVAL, "Rows"),
        bin_rows(found, words.fixed),
    )


def _scores(golden: Golden) -> Figure:
    edges = np.linspace(0, 1, 21)
    if golden.two:
        score, title = golden.raw[:, 1], "Predicted probability"
        split = {f"{golden.contract.target} is {golden.names[code]}": golden.target == code for code in (1, 0)}
    else:
        score, title = golden.raw.max(axis=1), "Probability of the predicted class"
        split = {"the class is right": golden.target == golden.decided, "it is wrong": golden.target != golden.decided}
    shares = {
        f"{name} ({words.count(int(rows.sum()), 'row')})": curves.shares(score[rows], edges)
        for name, rows in split.items()
    }
    above = [
        f"{name}: {words.percent(float((score[rows] >= 0.5).mean()))}" for name, rows in split.items() if rows.any()
    ]
    said = f"Rows with a probability of 0.5 or more, where {'; where '.join(above)}."
    table: list[Row] = [
        (f"{low:.2f} to {high:.2f}", *(words.percent(part[at], 2) for part in shares.values()))
        for at, (low, high) in enumerate(pairwise(edges))
    ]
    return Figure(
        "Scores",
        "Where predictions fall, as a share of each group. The further apart the groups, the easier to decide.",
        said,
        charts.histograms(edges, shares, title, f"Histograms of scores. {said}"),
        ("Probability", *shares),
        table,
    )


@dataclass(frozen=True)
class Confusion:
    """Golden rows by true and decided class: for each true class the count and the share of each decided one."""

    classes: list[str]
    rows: list[tuple[str, list[tuple[str, float]]]]


def confusion(golden: Golden) -> Confusion | None:
    """The matrix, if it has few enough classes to be read."""
    if len(golden.names) > _CLASSES:
        return None
    counts = curves.confusion(golden.target, golden.decided, len(golden.names))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = [
        (name, [(f"{count:,}", round(float(share), 3)) for count, share in zip(row, part, strict=True)])
        for name, row, part in zip(golden.names, counts, shares, strict=True)
    ]
    return Confusion(golden.names, rows)
