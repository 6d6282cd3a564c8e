"""The arrays behind the charts, in numpy: exact on all rows, then thinned to what an eye can tell apart.

`tests` hold each against scikit-learn's own.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
POINTS = 200


class Curve(NamedTuple):
    """A line: `x` ascending, `y`, and where it applies the score `cut` from which a row counts as positive."""

    x: Floats
    y: Floats
    cut: Floats


class Bins(NamedTuple):
    """What was seen of the rows whose prediction falls into each bin; empty bins are left out.

    Attributes:
        said: mean prediction.
        seen: share of positives, or mean value.
        low: lower end of the 95 % interval of `seen`.
        high: upper end.
        rows: how many.
    """

    said: Floats
    seen: Floats
    low: Floats
    high: Floats
    rows: NDArray[np.int64]


class Grid(NamedTuple):
    """Rows counted on a grid: `counts` has shape (x bins, y bins); rows beyond the edges are in `outside`."""

    x: Floats
    y: Floats
    counts: Floats
    outside: int


def roc(truth: Flags, score: Floats) -> Curve:
    """False positive rate against true positive rate, from the strictest cut to the loosest.

    Args:
        truth: which rows are positive, at least one and not all; shape (rows,).
        score: higher is more positive; shape (rows,).
    """
    hits, said, cut = _cumulated(truth, score)
    return thin(Curve(np.r_[0, (said - hits) / (truth.size - hits[-1])], np.r_[0, hits / hits[-1]], np.r_[np.inf, cut]))


def precision_recall(truth: Flags, score: Floats) -> Curve:
    """Recall against precision; each precision holds from the recall before it up to its own.

    Args:
        truth: which rows are positive, at least one; shape (rows,).
        score: higher is more positive; shape (rows,).
    """
    hits, said, cut = _cumulated(truth, score)
    return thin(Curve(hits / hits[-1], hits / said, cut))


def _cumulated(truth: Flags, score: Floats) -> tuple[Floats, Floats, Floats]:
    """Positives and rows at or above each distinct score, highest first, and that score."""
    order = np.argsort(-score, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(score[order])), truth.size - 1]
    return np.cumsum(truth[order])[ends].astype(np.float64), (ends + 1).astype(np.float64), score[order][ends]


def thin(curve: Curve, most: int = POINTS) -> Curve:
    """At most so many of the curve's own points, evenly along its length, both ends kept."""
    if len(curve.x) <= most:
        return curve
    steps = np.hypot(np.diff(curve.x) / (np.ptp(curve.x) or 1), np.diff(curve.y) / (np.ptp(curve.y) or 1))
    length = np.r_[0, np.cumsum(steps)]
    wanted = np.searchsorted(length, np.linspace(0, length[-1], most))
    kept = np.unique(np.r_[0, wanted.clip(max=len(length) - 1), len(length) - 1])
    return Curve(curve.x[kept], curve.y[kept], curve.cut[kept])


def reliability(truth: Flags, score: Floats, bins: int = 10) -> Bins:
    """How often rows with about the same probability are positive, with Wilson's (1927) 95 % intervals.

    Args:
        truth: which rows are positive; shape (rows,).
        score: probabilities, shape (rows,).
        bins: of equal width.
    """
    place = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], score, side="left")
    rows, filled = _rows(place, bins)
    said = np.bincount(place, score, bins)[filled] / rows
    seen = np.bincount(place, truth, bins)[filled] / rows
    z = 1.96
    middle = (seen + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z * np.sqrt(seen * (1 - seen) / rows + z**2 / (4 * rows**2)) / (1 + z**2 / rows)
    return Bins(said, seen, (middle - half).clip(0), (middle + half).clip(max=1), rows)


def means(target: Floats, predicted: Floats, bins: int = 10) -> Bins:
    """Mean target of rows with about the same prediction, with 95 % normal intervals; bins of equally many rows."""
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, predicted, side="left")
    rows, filled = _rows(place, len(edges) + 1)
    said = np.bincount(place, predicted, len(edges) + 1)[filled] / rows
    seen = np.bincount(place, target, len(edges) + 1)[filled] / rows
    spread = np.bincount(place, (target - _spread_out(seen, filled)[place]) ** 2, len(edges) + 1)[filled]
    half = 1.96 * np.sqrt(spread / np.maximum(rows - 1, 1) / rows)
    return Bins(said, seen, seen - half, seen + half, rows)


def _spread_out(values: Floats, filled: Flags) -> Floats:
    whole = np.zeros(len(filled))
    whole[filled] = values
    return whole


def _rows(place: NDArray[np.int64], bins: int) -> tuple[NDArray[np.int64], Flags]:
    counts = np.bincount(place, minlength=bins).astype(np.int64)
    return counts[counts > 0], counts > 0


def shares(values: Floats, edges: Floats) -> Floats:
    """Share of the values in each bin; what lies beyond the outer edges counts for the outer bins."""
    place = np.searchsorted(edges[1:-1], values, side="right")
    counts: Floats = np.bincount(place, minlength=len(edges) - 1).astype(np.float64)
    return counts / max(len(values), 1)


def span(*values: Floats, beyond: float = 0.005) -> tuple[float, float]:
    """The range of all but the outermost values, so that a single one does not flatten a chart."""
    low = min(float(np.quantile(some, beyond)) for some in values)
    high = max(float(np.quantile(some, 1 - beyond)) for some in values)
    return (low, high) if low < high else (low - 0.5, low + 0.5)


def grid(x: Floats, y: Floats, x_span: tuple[float, float], y_span: tuple[float, float], bins: int = 24) -> Grid:
    """Pairs counted on a grid, so that a million points are as quick to draw as a hundred."""
    counts, x_edges, y_edges = np.histogram2d(x, y, bins=bins, range=(x_span, y_span))
    return Grid(x_edges, y_edges, counts, int(x.size - counts.sum()))


def confusion(target: NDArray[np.int64], decided: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Rows by true class (rows of the table) and decided class (its columns)."""
    return np.bincount(target * classes + decided, minlength=classes**2).reshape(classes, classes).astype(np.int64)
