"""Names of the metrics that a contract may promise; `paved_road.handoff.metrics` computes them."""

LABEL_METRICS = ("accuracy", "balanced_accuracy", "precision", "recall", "f1")
PROBABILITY_METRICS = ("roc_auc", "average_precision", "log_loss", "brier_score_loss")
VALUE_METRICS = (
    "mean_absolute_error",
    "median_absolute_error",
    "root_mean_squared_error",
    "r2",
)
METRICS = {
    "classification": (*LABEL_METRICS, *PROBABILITY_METRICS),
    "regression": VALUE_METRICS,
}
