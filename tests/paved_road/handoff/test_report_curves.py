"""The arrays behind the charts, held against scikit-learn's own."""

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray
from paved_road.handoff.report import curves
from sklearn import calibration, metrics

ROWS = 3_000


def rows(seed: int, ties: bool, count: int = ROWS) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    truth = random.random(count) < 0.2
    score = 1 / (1 + np.exp(-random.normal(2.0 * truth - 1.5, 1.0)))
    return truth, score.round(2) if ties else score


cases = pytest.mark.parametrize(("seed", "ties"), [(0, False), (1, True), (2, False), (3, True)])


@cases
def test_every_point_of_the_roc_curve_is_scikit_learns(seed: int, ties: bool) -> None:
    truth, score = rows(seed, ties)

    found = curves.roc(truth, score)

    x, y, cut = metrics.roc_curve(truth, score, drop_intermediate=False)
    assert len(found.x) <= curves.POINTS
    assert set(zip(*found, strict=True)) <= set(zip(x, y, cut, strict=True))
    assert np.trapezoid(found.y, found.x) == pytest.approx(metrics.roc_auc_score(truth, score), abs=2e-3)


@cases
def test_every_point_of_the_precision_recall_curve_is_scikit_learns(seed: int, ties: bool) -> None:
    truth, score = rows(seed, ties)

    found = curves.precision_recall(truth, score)

    precision, recall, cut = metrics.precision_recall_curve(truth, score)
    assert len(found.x) <= curves.POINTS
    assert set(zip(*found, strict=True)) <= set(zip(recall, precision, cut, strict=False))
    step = float((np.diff(np.r_[0, found.x]) * found.y).sum())
    assert step == pytest.approx(metrics.average_precision_score(truth, score), abs=1e-2)


@cases
def test_the_reliability_diagram_is_scikit_learns(seed: int, ties: bool) -> None:
    truth, score = rows(seed, ties)

    found = curves.reliability(truth, score)

    seen, said = calibration.calibration_curve(truth, score, n_bins=10)
    np.testing.assert_allclose(found.seen, seen)
    np.testing.assert_allclose(found.said, said)
    assert found.rows.sum() == ROWS
    assert ((found.low <= found.seen) & (found.seen <= found.high)).all()


def test_the_confusion_matrix_is_scikit_learns() -> None:
    random = np.random.default_rng(0)
    target, decided = random.integers(0, 4, (2, ROWS))

    found = curves.confusion(target, decided, 4)

    np.testing.assert_array_equal(found, metrics.confusion_matrix(target, decided))


def test_a_single_score_gives_a_curve_with_its_ends() -> None:
    truth = np.array([True, False, False])

    found = curves.roc(truth, np.full(3, 0.5))

    assert found.x.tolist() == [0, 1]
    assert found.y.tolist() == [0, 1]


@pytest.mark.parametrize("values", [np.zeros(5), np.arange(5.0), np.array([0.0, 0, 0, 1e9])])
def test_means_and_grid_take_any_spread(values: NDArray[np.float64]) -> None:
    found = curves.means(values, values)
    cells = curves.grid(values, values, curves.span(values), curves.span(values))

    assert found.rows.sum() == len(values)
    np.testing.assert_allclose(found.said, found.seen)
    assert cells.counts.sum() + cells.outside == len(values)


def test_a_million_rows_take_at_most_as_many_points_and_bounded_memory() -> None:
    truth, score = rows(0, ties=False, count=1_000_000)
    tracemalloc.start()

    found = [curves.roc(truth, score), curves.precision_recall(truth, score)]
    binned = curves.reliability(truth, score), curves.means(score, score)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert all(len(curve.x) <= curves.POINTS for curve in found)
    assert all(len(bins.rows) <= 10 for bins in binned)
    assert peak < 200 * 2**20
