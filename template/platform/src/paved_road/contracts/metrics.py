"""Metrics by the names that scikit-learn gives them, in numpy: the verifier has to be quick and the image lean.

`tests` hold each against scikit-learn's own.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import metric_names
from paved_road.contracts.model import ModelContract
from paved_road.findings import problem

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
EPSILON = np.finfo(np.float64).eps


def measure(name: str, target: NDArray[np.generic], raw: Floats, contract: ModelContract) -> float:
    """One metric.

    Args:
        name: one of `metric_names.METRICS` for the contract's task.
        target: true classes as positions in ``contract.classes``, or true values; shape (rows,).
        raw: class probabilities, shape (rows, classes), or predicted values, shape (rows,).
        contract: threshold and classes.

    Returns:
        The metric; NaN where it is undefined on these rows, for instance recall without a positive row.
    """
    if target.size == 0:
        return float("nan")
    if contract.task == "regression":
        return _VALUES[name](target.astype(np.float64), raw)
    codes = target.astype(np.int64)
    if name in metric_names.LABEL_METRICS:
        return _label_metric(name, codes, labels(raw, contract), raw.shape[1])
    if name == "log_loss":
        return _log_loss(codes, raw)
    if raw.shape[1] != 2:
        raise problem("METRICS001", f"{name} is defined here for two classes only", "use log_loss, or a label metric")
    return _SCORES[name](codes == 1, raw[:, 1])


def labels(raw: Floats, contract: ModelContract) -> Codes:
    """Decided class of each row, as its position in ``contract.classes``; shape (rows,)."""
    if contract.threshold is not None:
        positive: Codes = (raw[:, 1] >= contract.threshold).astype(np.int64)
        return positive
    return np.argmax(raw, axis=1).astype(np.int64)


def _label_metric(name: str, target: Codes, decided: Codes, classes: int) -> float:
    if name == "accuracy":
        return float((target == decided).mean())
    present = [1] if classes == 2 else list(range(classes))
    if name == "balanced_accuracy":
        found = [float((decided[target == code] == code).mean()) for code in range(classes) if (target == code).any()]
        return float(np.mean(found))
    return float(np.mean([_SINGLE[name](target == code, decided == code) for code in present]))


def _precision(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return _share(int((truth & said).sum()), int(said.sum()))


def _recall(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return _share(int((truth & said).sum()), int(truth.sum()))


def _f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return _share(2 * int((truth & said).sum()), int(truth.sum()) + int(said.sum()))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _roc_auc(truth: NDArray[np.bool_], score: Floats) -> float:
    """Mann-Whitney's U over the number of pairs, ties counted half."""
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return float("nan")
    _, position, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[position]
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _average_precision(truth: NDArray[np.bool_], score: Floats) -> float:
    """Sum of precision times step in recall over the distinct scores, highest first."""
    if not truth.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(score[order])), truth.size - 1]
    hits = np.cumsum(truth[order])[ends]
    steps = np.diff(np.r_[0, hits]) / hits[-1]
    return float((steps * hits / (ends + 1)).sum())


def _brier(truth: NDArray[np.bool_], score: Floats) -> float:
    return float(((score - truth) ** 2).mean())


def _log_loss(target: Codes, raw: Floats) -> float:
    shares = np.clip(raw, EPSILON, 1 - EPSILON)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return float(-np.log(shares[np.arange(target.size), target]).mean())


def _r2(target: Floats, predicted: Floats) -> float:
    spread = float(((target - target.mean()) ** 2).sum())
    return 1 - float(((target - predicted) ** 2).sum()) / spread if spread else float("nan")


_SINGLE: dict[str, Callable[[NDArray[np.bool_], NDArray[np.bool_]], float]] = {
    "precision": _precision,
    "recall": _recall,
    "f1": _f1,
}
_SCORES: dict[str, Callable[[NDArray[np.bool_], Floats], float]] = {
    "roc_auc": _roc_auc,
    "average_precision": _average_precision,
    "brier_score_loss": _brier,
}
_VALUES: dict[str, Callable[[Floats, Floats], float]] = {
    "mean_absolute_error": lambda target, predicted: float(np.abs(target - predicted).mean()),
    "median_absolute_error": lambda target, predicted: float(np.median(np.abs(target - predicted))),
    "root_mean_squared_error": lambda target, predicted: float(np.sqrt(((target - predicted) ** 2).mean())),
    "r2": _r2,
}
