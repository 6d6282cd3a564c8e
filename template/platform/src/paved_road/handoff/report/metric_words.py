"""Metrics in words: what they are called, what they mean, how their figures are written."""

import math

from paved_road.contracts import metric_names
from paved_road.handoff.report import words

_TITLES = {
    "f1": "F1",
    "roc_auc": "ROC AUC",
    "roc_auc_ovr": "ROC AUC, one class against the others",
    "brier_score_loss": "Brier score",
    "matthews_corrcoef": "Matthews correlation",
    "r2": "R²",
}
_MEANINGS = {
    "accuracy": "Share of rows that get the right class.",
    "balanced_accuracy": "Share of rows that get the right class, each class counting the same.",
    "matthews_corrcoef": "How well decided and true classes agree; 0 is guessing, 1 is perfect.",
    "precision": "Of the rows called positive, the share that is.",
    "recall": "Of the rows that are positive, the share that is found.",
    "f1": "Precision and recall in one figure.",
    "roc_auc": "How often a positive row scores above a negative one.",
    "roc_auc_ovr": "How often a row of a class scores above a row of another.",
    "average_precision": "Precision averaged over every recall: how well positives are ranked first.",
    "log_loss": "How far the probabilities are from the truth; lower is better.",
    "brier_score_loss": "Mean squared error of the probability; lower is better.",
    "mean_absolute_error": "How far a prediction is off on average; lower is better.",
    "median_absolute_error": "How far a typical prediction is off; lower is better.",
    "mean_squared_error": "How far predictions are off, squared; lower is better.",
    "root_mean_squared_error": "How far predictions are off, large errors counting more; lower is better.",
    "mean_absolute_percentage_error": "How far a prediction is off, as a share of the actual value; lower is better.",
    "max_error": "How far the worst prediction is off; lower is better.",
    "explained_variance": "Share of the differences between rows that the model explains, its bias left out.",
    "r2": "Share of the differences between rows that the model explains.",
}
_MEANS = {
    "macro": "Mean over the classes, each counting the same.",
    "weighted": "Mean over the classes, by their rows.",
}
_IN_UNITS = {"mean_absolute_error", "median_absolute_error", "root_mean_squared_error", "max_error"}
"""Metrics in the unit of what is predicted; the others are plain figures."""


def title(metric: str) -> str:
    """A metric's name for people."""
    name, _, mean = metric.rpartition("_")
    if mean in _MEANS:
        return f"{title(name)}, {mean}"
    return _TITLES.get(metric) or words.named(metric.removeprefix(metric_names.OWN))


def meaning(metric: str) -> str:
    """What it says, in plain words."""
    if metric_names.is_own(metric):
        return "The team's own metric."
    name, _, mean = metric.rpartition("_")
    return f"{meaning(name)} {_MEANS[mean]}" if mean in _MEANS else _MEANINGS.get(metric, "")


def lower_is_better(metric: str) -> bool | None:
    """Which way is up; nobody but the team knows for a metric of its own."""
    return None if metric_names.is_own(metric) else "lower is better" in meaning(metric)


def unit(metric: str, of: str | None) -> str | None:
    """The unit of its figures, where predictions are in `of`."""
    return of if metric in _IN_UNITS else None


def figure(metric: str, value: float, of: str | None) -> str:
    """Its value for people, where predictions are in `of`."""
    if metric in _IN_UNITS and math.isfinite(value):
        return words.unit(words.number(value, 4), of)
    return words.fixed(value) if abs(value) < 1000 else words.number(value, 4)
