"""Metrics by the names that scikit-learn gives them, in numpy: the verifier has to be quick and the image lean.

Every metric is computed for many weightings of the same rows at once: weights of one give the metric itself, counts of
a resampling give its bootstrap distribution, in one pass over sorted scores. Tests hold each to scikit-learn's.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import metric_names
from paved_road.contracts.decision import decide
from paved_road.contracts.model import ModelContract

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Own = Mapping[str, Callable[[NDArray[Any], dict[str, NDArray[Any]]], float]]
"""The team's metrics by name: each takes the true target and the contract's outputs, shapes (rows,)."""
EPSILON = np.finfo(np.float64).eps


def measure(
    name: str, target: NDArray[np.generic], raw: Floats, contract: ModelContract, own: Own | None = None
) -> float:
    """One metric.

    Args:
        name: one of `metric_names.metrics_of`, or the name of a function in `own`.
        target: true classes as positions in ``contract.classes``, or true values; shape (rows,).
        raw: class probabilities, shape (rows, classes), or predicted values, shape (rows,).
        contract: threshold and classes.
        own: the team's functions.

    Returns:
        The metric; NaN where it is undefined on these rows, for instance recall without a positive row.
    """
    return float(resampled(name, target, raw, contract, np.ones((1, target.size)), own)[0])


def resampled(
    name: str,
    target: NDArray[np.generic],
    raw: Floats,
    contract: ModelContract,
    weights: Floats,
    own: Own | None = None,
) -> Floats:
    """One metric under several weightings of the rows; arguments as in `measure`.

    Args:
        weights: how often each row counts, shape (draws, rows).

    Returns:
        The metric of each draw, shape (draws,).
    """
    if target.size == 0:
        return np.full(len(weights), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric_names.is_own(name):
            return _of_the_team((own or {})[name], target, raw, contract, weights)
        if contract.task == "regression":
            return _VALUES[name](target.astype(np.float64), raw, weights)
        codes = target.astype(np.int64)
        if name in _CONFUSION:
            decided = labels(raw, contract)
            return _CONFUSION[name](_confusion(codes, decided, raw.shape[1], weights))
        return _SCORES[name](codes, raw, weights)


def labels(raw: Floats, contract: ModelContract) -> Codes:
    """Decided class of each row, as its position in ``contract.classes``; shape (rows,)."""
    if contract.threshold is not None:
        positive: Codes = (raw[:, 1] >= contract.threshold).astype(np.int64)
        return positive
    return np.argmax(raw, axis=1).astype(np.int64)


def _of_the_team(
    function: Callable[[NDArray[Any], dict[str, NDArray[Any]]], float],
    target: NDArray[np.generic],
    raw: Floats,
    contract: ModelContract,
    weights: Floats,
) -> Floats:
    truth = np.asarray(contract.classes)[target.astype(np.int64)] if contract.classes else target
    outputs = decide(raw, contract)
    figures = []
    for counts in weights.astype(np.int64):
        rows = np.repeat(np.arange(target.size), counts)
        figures.append(float(function(truth[rows], {name: column[rows] for name, column in outputs.items()})))
    return np.array(figures)


# From the confusion matrix: shape (draws, true class, decided class) -------------------------------------------------


def _confusion(target: Codes, decided: Codes, classes: int, weights: Floats) -> Floats:
    cells = target * classes + decided
    counts = np.stack([weights[:, cells == cell].sum(axis=1) for cell in range(classes * classes)], axis=1)
    return counts.reshape(-1, classes, classes)


def _accuracy(table: Floats) -> Floats:
    return np.asarray(np.trace(table, axis1=1, axis2=2) / table.sum(axis=(1, 2)))


def _balanced_accuracy(table: Floats) -> Floats:
    """Mean recall of the classes that are there."""
    recalls = _per_class("recall", table)
    there = table.sum(axis=2) > 0
    return np.asarray(np.where(there, recalls, 0).sum(axis=1) / there.sum(axis=1))


def _matthews(table: Floats) -> Floats:
    """Gorodkin (2004), which for two classes is Matthews' own."""
    truth, said, every = table.sum(axis=2), table.sum(axis=1), table.sum(axis=(1, 2))
    hits = np.trace(table, axis1=1, axis2=2)
    spread = (every**2 - (said**2).sum(axis=1)) * (every**2 - (truth**2).sum(axis=1))
    return np.asarray((hits * every - (truth * said).sum(axis=1)) / np.sqrt(spread))


def _per_class(name: str, table: Floats) -> Floats:
    """Precision, recall or F1 of each class, shape (draws, classes)."""
    hits = np.diagonal(table, axis1=1, axis2=2)
    truth, said = table.sum(axis=2), table.sum(axis=1)
    match name:
        case "precision":
            return np.asarray(hits / said)
        case "recall":
            return np.asarray(hits / truth)
        case _:
            return np.asarray(2 * hits / (truth + said))


def _of_positive(name: str, table: Floats) -> Floats:
    return _per_class(name, table)[:, 1]


def _macro(name: str, table: Floats) -> Floats:
    return np.asarray(_per_class(name, table).mean(axis=1))


def _weighted(name: str, table: Floats) -> Floats:
    truth = table.sum(axis=2)
    return np.asarray((_per_class(name, table) * truth).sum(axis=1) / truth.sum(axis=1))


_CONFUSION: dict[str, Callable[[Floats], Floats]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "matthews_corrcoef": _matthews,
    **{name: partial(_of_positive, name) for name in ("precision", "recall", "f1")},
    **{f"{name}_macro": partial(_macro, name) for name in ("precision", "recall", "f1")},
    **{f"{name}_weighted": partial(_weighted, name) for name in ("precision", "recall", "f1")},
}


# From probabilities --------------------------------------------------------------------------------------------------


def _steps(truth: NDArray[np.bool_], score: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Positives and negatives at each distinct score, highest first; each of shape (draws, distinct scores)."""
    order = np.argsort(-score, kind="stable")
    starts = np.r_[0, np.flatnonzero(np.diff(score[order])) + 1]
    ordered = weights[:, order]
    positives = np.add.reduceat(ordered * truth[order], starts, axis=1)
    return positives, np.add.reduceat(ordered, starts, axis=1) - positives


def _roc_auc(target: Codes, raw: Floats, weights: Floats, positive: int = 1) -> Floats:
    """Mann-Whitney's U over the number of pairs, ties counted half."""
    positives, negatives = _steps(target == positive, raw[:, positive], weights)
    above = np.cumsum(positives, axis=1) - positives
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    return np.asarray((negatives * (above + positives / 2)).sum(axis=1) / pairs)


def _roc_auc_ovr(target: Codes, raw: Floats, weights: Floats) -> Floats:
    return np.asarray(np.mean([_roc_auc(target, raw, weights, code) for code in range(raw.shape[1])], axis=0))


def _average_precision(target: Codes, raw: Floats, weights: Floats) -> Floats:
    """Sum of precision times step in recall over the distinct scores, highest first."""
    positives, negatives = _steps(target == 1, raw[:, 1], weights)
    hits, said = np.cumsum(positives, axis=1), np.cumsum(positives + negatives, axis=1)
    precision = np.divide(hits, said, out=np.zeros_like(hits), where=said > 0)
    return np.asarray((positives * precision).sum(axis=1) / positives.sum(axis=1))


def _brier(target: Codes, raw: Floats, weights: Floats) -> Floats:
    return _mean((raw[:, 1] - (target == 1)) ** 2, weights)


def _log_loss(target: Codes, raw: Floats, weights: Floats) -> Floats:
    shares = np.clip(raw, EPSILON, 1 - EPSILON)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return _mean(-np.log(shares[np.arange(target.size), target]), weights)


_SCORES: dict[str, Callable[[Codes, Floats, Floats], Floats]] = {
    "roc_auc": _roc_auc,
    "roc_auc_ovr": _roc_auc_ovr,
    "average_precision": _average_precision,
    "brier_score_loss": _brier,
    "log_loss": _log_loss,
}


# From values ---------------------------------------------------------------------------------------------------------


def _mean(figures: Floats, weights: Floats) -> Floats:
    return np.asarray(weights @ figures / weights.sum(axis=1))


def _variance(figures: Floats, weights: Floats) -> Floats:
    # Around the plain mean first: squares of large figures would swallow their differences.
    centred = figures - figures.mean()
    return _mean(centred**2, weights) - _mean(centred, weights) ** 2


def _median(figures: Floats, weights: Floats) -> Floats:
    order = np.argsort(figures, kind="stable")
    ordered, reached = figures[order], np.cumsum(weights[:, order], axis=1)
    half = reached[:, -1:] / 2
    return np.asarray((ordered[(reached >= half).argmax(axis=1)] + ordered[(reached > half).argmax(axis=1)]) / 2)


def _share_unexplained(unexplained: Floats, spread: Floats) -> Floats:
    return np.asarray(np.where(spread > 0, 1 - unexplained / spread, np.nan))


_VALUES: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "mean_absolute_error": lambda t, p, w: _mean(np.abs(t - p), w),
    "mean_squared_error": lambda t, p, w: _mean((t - p) ** 2, w),
    "root_mean_squared_error": lambda t, p, w: np.sqrt(_mean((t - p) ** 2, w)),
    "median_absolute_error": lambda t, p, w: _median(np.abs(t - p), w),
    "mean_absolute_percentage_error": lambda t, p, w: _mean(np.abs(t - p) / np.maximum(np.abs(t), EPSILON), w),
    "max_error": lambda t, p, w: np.where(w > 0, np.abs(t - p), -np.inf).max(axis=1),
    "explained_variance": lambda t, p, w: _share_unexplained(_variance(t - p, w), _variance(t, w)),
    "r2": lambda t, p, w: _share_unexplained(_mean((t - p) ** 2, w), _variance(t, w)),
}
