"""Our metrics give what scikit-learn's give."""

import numpy as np
import pytest
import sklearn.metrics as theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.contracts import metrics

from .contracts_examples import promise


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(2, 200), steps=st.integers(2, 50))
def test_two_class_metrics_equal_scikit_learns(seed: int, rows: int, steps: int) -> None:
    rng = np.random.default_rng(seed)
    target = rng.integers(0, 2, rows)
    target[:2] = 0, 1
    score = rng.integers(0, steps + 1, rows) / steps
    raw, decided = np.column_stack([1 - score, score]), score >= 0.5
    expected = {
        "accuracy": theirs.accuracy_score(target, decided),
        "balanced_accuracy": theirs.balanced_accuracy_score(target, decided),
        "recall": theirs.recall_score(target, decided),
        "f1": theirs.f1_score(target, decided),
        "roc_auc": theirs.roc_auc_score(target, score),
        "average_precision": theirs.average_precision_score(target, score),
        "brier_score_loss": theirs.brier_score_loss(target, score),
        "log_loss": theirs.log_loss(target, raw),
    }
    if decided.any():
        expected["precision"] = theirs.precision_score(target, decided)

    for name, value in expected.items():
        assert metrics.measure(name, target, raw, promise("classification")) == pytest.approx(value, abs=1e-12), name


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(2, 200))
def test_value_metrics_equal_scikit_learns(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    target, predicted = rng.normal(size=rows), rng.normal(size=rows)
    expected = {
        "mean_absolute_error": theirs.mean_absolute_error(target, predicted),
        "median_absolute_error": theirs.median_absolute_error(target, predicted),
        "root_mean_squared_error": theirs.root_mean_squared_error(target, predicted),
        "r2": theirs.r2_score(target, predicted),
    }

    for name, value in expected.items():
        assert metrics.measure(name, target, predicted, promise("regression")) == pytest.approx(value), name


def test_precision_without_a_positive_prediction_is_undefined() -> None:
    target, raw = np.array([0, 1]), np.array([[0.9, 0.1], [0.9, 0.1]])

    assert np.isnan(metrics.measure("precision", target, raw, promise("classification")))
