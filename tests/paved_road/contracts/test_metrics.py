"""Our metrics give what scikit-learn's give."""

from typing import Any

import numpy as np
import pytest
import sklearn.metrics as theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.contracts import metric_names, metrics

from ..serving.serving_examples import contract
from .contracts_examples import promise

THREE: dict[str, Any] = {
    "classes": ["a", "b", "c"],
    "threshold": None,
    "outputs": [{"name": "x", "gives": "label", "meaning": "x"}],
}


@settings(max_examples=60)
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
    if 0 < decided.sum() < rows:
        expected["matthews_corrcoef"] = theirs.matthews_corrcoef(target, decided)
    if decided.any():
        expected["precision"] = theirs.precision_score(target, decided)

    for name, value in expected.items():
        assert metrics.measure(name, target, raw, promise("classification")) == pytest.approx(value, abs=1e-12), name


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), rows=st.integers(2, 200))
def test_value_metrics_equal_scikit_learns(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    target, predicted = rng.normal(size=rows), rng.normal(size=rows)
    expected = {
        "mean_absolute_error": theirs.mean_absolute_error(target, predicted),
        "median_absolute_error": theirs.median_absolute_error(target, predicted),
        "root_mean_squared_error": theirs.root_mean_squared_error(target, predicted),
        "mean_squared_error": theirs.mean_squared_error(target, predicted),
        "mean_absolute_percentage_error": theirs.mean_absolute_percentage_error(target, predicted),
        "max_error": theirs.max_error(target, predicted),
        "explained_variance": theirs.explained_variance_score(target, predicted),
        "r2": theirs.r2_score(target, predicted),
    }

    for name, value in expected.items():
        assert metrics.measure(name, target, predicted, promise("regression")) == pytest.approx(value), name


def three_classes(seed: int, rows: int) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    rng = np.random.default_rng(seed)
    target = np.r_[0, 1, 2, rng.integers(0, 3, rows)]
    raw = rng.dirichlet([1, 1, 1], rows + 3)
    raw[:3] = np.eye(3) * 0.7 + 0.1
    return target, raw


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 100))
def test_metrics_of_three_classes_equal_scikit_learns(seed: int, rows: int) -> None:
    target, raw = three_classes(seed, rows)
    decided = raw.argmax(axis=1)
    expected = {
        "accuracy": theirs.accuracy_score(target, decided),
        "balanced_accuracy": theirs.balanced_accuracy_score(target, decided),
        "matthews_corrcoef": theirs.matthews_corrcoef(target, decided),
        "log_loss": theirs.log_loss(target, raw),
        "roc_auc_ovr": theirs.roc_auc_score(target, raw, multi_class="ovr"),
    }
    for mean in ("macro", "weighted"):
        expected[f"precision_{mean}"] = theirs.precision_score(target, decided, average=mean)
        expected[f"recall_{mean}"] = theirs.recall_score(target, decided, average=mean)
        expected[f"f1_{mean}"] = theirs.f1_score(target, decided, average=mean)

    for name, value in expected.items():
        assert metrics.measure(name, target, raw, contract(**THREE)) == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize("name", metric_names.metrics_of("classification", 2))
def test_weights_count_rows_as_if_they_were_repeated(name: str) -> None:
    rng = np.random.default_rng(3)
    target, score = rng.integers(0, 2, 60), rng.integers(0, 20, 60) / 20
    raw, weights = np.column_stack([1 - score, score]), rng.integers(0, 4, (5, 60))

    measured = metrics.resampled(name, target, raw, promise("classification"), weights.astype(float))

    for figure, counts in zip(measured, weights, strict=True):
        rows = np.repeat(np.arange(60), counts)
        alone = metrics.measure(name, target[rows], raw[rows], promise("classification"))
        assert figure == pytest.approx(alone, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", metric_names.metrics_of("regression", 0))
def test_weights_count_values_as_if_they_were_repeated(name: str) -> None:
    rng = np.random.default_rng(3)
    target, predicted, weights = rng.normal(size=60), rng.normal(size=60), rng.integers(0, 4, (5, 60))

    measured = metrics.resampled(name, target, predicted, promise("regression"), weights.astype(float))

    for figure, counts in zip(measured, weights, strict=True):
        rows = np.repeat(np.arange(60), counts)
        assert figure == pytest.approx(metrics.measure(name, target[rows], predicted[rows], promise("regression")))


def test_a_function_of_the_team_sees_true_classes_and_the_contracts_outputs() -> None:
    target, raw = np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]])

    def stopped(truth: Any, predictions: Any) -> float:
        assert truth.tolist() == [False, True, True]
        return float((truth & predictions["is_fraud"]).sum())

    measured = metrics.measure("metrics.stopped", target, raw, promise("classification"), {"metrics.stopped": stopped})

    assert measured == 1


def test_precision_without_a_positive_prediction_is_undefined() -> None:
    target, raw = np.array([0, 1]), np.array([[0.9, 0.1], [0.9, 0.1]])

    assert np.isnan(metrics.measure("precision", target, raw, promise("classification")))
