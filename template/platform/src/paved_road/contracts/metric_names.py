"""Names of the metrics that a contract may promise, as scikit-learn has them; `contracts.metrics` computes them.

The team's own are functions of ``src/<package>/metrics.py``, and are named ``metrics.<function>``.
"""

BINARY_METRICS = ("precision", "recall", "f1", "roc_auc", "average_precision", "brier_score_loss")
CLASS_METRICS = (
    "accuracy",
    "balanced_accuracy",
    "matthews_corrcoef",
    *(f"{name}_{mean}" for name in ("precision", "recall", "f1") for mean in ("macro", "weighted")),
    "log_loss",
    "roc_auc_ovr",
)
VALUE_METRICS = (
    "mean_absolute_error",
    "mean_squared_error",
    "root_mean_squared_error",
    "median_absolute_error",
    "mean_absolute_percentage_error",
    "max_error",
    "explained_variance",
    "r2",
)
OWN = "metrics."


def metrics_of(task: str, classes: int) -> tuple[str, ...]:
    """Metrics that are defined for a task, and for its number of classes."""
    if task == "regression":
        return VALUE_METRICS
    return (*BINARY_METRICS, *CLASS_METRICS) if classes == 2 else CLASS_METRICS


def is_own(name: str) -> bool:
    """Whether a metric is a function of the team's."""
    return name.startswith(OWN) and name.removeprefix(OWN).isidentifier()
