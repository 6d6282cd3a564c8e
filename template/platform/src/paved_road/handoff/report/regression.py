"""Pictures of a regression."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from paved_road.handoff.report import charts, curves, words
from paved_road.handoff.report.figure import INTERVAL, Figure, Row, bin_rows


@dataclass(frozen=True)
class Golden:
    """Golden rows and what the model says of them.

    Attributes:
        target: true values, shape (rows,).
        raw: predicted values, shape (rows,).
        unit: of both.
    """

    target: NDArray[np.float64]
    raw: NDArray[np.float64]
    unit: str | None

    @property
    def residual(self) -> NDArray[np.float64]:
        return self.target - self.raw

    def show(self, value: float) -> str:
        """A value with its unit."""
        return words.unit(words.number(value, 4), self.unit)

    def axis(self, title: str) -> str:
        """An axis's title with the unit."""
        return f"{title}, {self.unit}" if self.unit else title


def draw(golden: Golden) -> Iterator[Figure]:
    """Every picture."""
    yield _actual(golden)
    yield _residuals(golden)
    yield _errors(golden)
    yield _calibration(golden)


def _actual(golden: Golden) -> Figure:
    raw, target = golden.raw, golden.target
    cells = curves.grid(raw, target, curves.span(raw), curves.span(target))
    together = float(np.corrcoef(raw, target)[0, 1]) if raw.std() and target.std() else float("nan")
    said = f"Predicted and actual values correlate with {words.fixed(together, 2)}.{_outside(cells, golden)}"
    titles = golden.axis("Predicted"), golden.axis("Actual")
    return Figure(
        "Predicted and actual",
        "Each cell counts rows; the stronger its colour, the more. On the dashed line a prediction is exactly right.",
        said,
        charts.cloud(cells, titles, f"Predicted against actual. {said}", diagonal=True),
        *_by_decile(golden, target, "Mean actual"),
    )


def _residuals(golden: Golden) -> Figure:
    residual = golden.residual
    cells = curves.grid(golden.raw, residual, curves.span(golden.raw), curves.span(residual))
    said = f"Actual minus predicted is {golden.show(float(residual.mean()))} on average.{_outside(cells, golden)}"
    titles = golden.axis("Predicted"), golden.axis("Residual")
    return Figure(
        "Residuals",
        "Actual minus predicted. A slope or a funnel says that some predictions are worse than others.",
        said,
        charts.cloud(cells, titles, f"Residuals. {said}", zero=True),
        *_by_decile(golden, np.abs(residual), "Mean absolute residual"),
    )


def _outside(cells: curves.Grid, golden: Golden) -> str:
    rows = cells.outside
    return f" {words.count(rows, 'row')} of {golden.raw.size:,} lie outside the picture." if rows else ""


def _by_decile(golden: Golden, seen: NDArray[np.float64], head: str) -> tuple[Row, list[Row]]:
    found = curves.means(seen, golden.raw)
    return ("Mean prediction", head, INTERVAL, "Rows"), bin_rows(found, golden.show)


def _errors(golden: Golden) -> Figure:
    residual = golden.residual
    edges = np.linspace(*curves.span(residual), 31)
    shares = curves.shares(residual, edges)
    low, middle, high = (float(at) for at in np.quantile(residual, [0.05, 0.5, 0.95]))
    between = f"{words.number(low)} and {golden.show(high)}"
    said = f"Nine of ten residuals lie between {between}, half below {words.number(middle)}."
    rows: list[Row] = [
        (f"{words.number(low)} to {words.number(high)}", words.percent(float(share), 2))
        for (low, high), share in zip(pairwise(edges.tolist()), shares, strict=True)
    ]
    return Figure(
        "Errors",
        "How often a prediction is how far off. The outermost half per cent counts for the outer bars.",
        said,
        charts.histograms(
            edges, {"": shares}, golden.axis("Actual minus predicted"), f"Histogram of residuals. {said}", share=False
        ),
        ("Residual", "Share of rows"),
        rows,
    )


def _calibration(golden: Golden) -> Figure:
    found = curves.means(golden.target, golden.raw)
    worst = int(np.argmax(np.abs(found.said - found.seen)))
    gap = golden.show(abs(float(found.said[worst] - found.seen[worst])))
    said = f"Means are at most {gap} apart, for predictions of about {golden.show(float(found.said[worst]))}."
    low, high = min(*found.said, *found.low), max(*found.said, *found.high)
    span = (float(low), float(high)) if low < high else (float(low) - 0.5, float(low) + 0.5)
    titles = golden.axis("Mean prediction"), golden.axis("Mean actual")
    return Figure(
        "Calibration",
        "Rows in ten groups by their prediction: on the dashed line a group's mean is as predicted.",
        said,
        charts.reliability(found, titles, f"Calibration by decile. {said}", span, False),
        *_by_decile(golden, golden.target, "Mean actual"),
    )
