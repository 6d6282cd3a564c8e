"""Every alert that a generated repository knows: its name, what it means, and where its runbook is."""

from typing import Literal, NamedTuple

Shift = Literal["", "data", "prediction", "model"]


class Alert(NamedTuple):
    """An alert, whatever rules fire it.

    Attributes:
        name: as Prometheus, Alertmanager and ``raci.yml`` have it.
        means: what is the case when it fires, in a sentence.
        shift: what has shifted, for alerts on drift.
    """

    name: str
    means: str
    shift: Shift = ""

    @property
    def runbook(self) -> str:
        """File in the repository that says what to do."""
        return f"docs/runbooks/{self.name}.md"


DOWN = Alert("ModelServiceDown", "No server of the model reports to Prometheus.")
AVAILABILITY = Alert("ModelAvailabilityBurn", "Requests fail faster than the promised availability allows.")
LATENCY = Alert("ModelLatencyBurn", "Requests are slower than promised, oftener than promised.")
REFUSED = Alert("ModelRequestsRefused", "Callers send what the contract excludes.")
INPUT_DRIFT = Alert("ModelInputDrift", "An input no longer looks as it did at the handoff.", "data")
PREDICTION_DRIFT = Alert("ModelPredictionDrift", "Predictions no longer look as they did at the handoff.", "prediction")
PERFORMANCE = Alert(
    "ModelPerformanceDrop", "On labels that arrived, the model does worse than it was accepted with.", "model"
)
STALE = Alert("ModelStale", "The model was trained longer ago than its contract allows.")
DATA_STALE = Alert("ModelDataStale", "Labels stopped arriving, so that nobody knows how well the model does.")
SATURATED = Alert("ModelSaturated", "Servers have little left of what their contract grants.")
COST = Alert("ModelCostHigh", "A prediction takes far more CPU time than it did at the handoff.")

ALERTS = (
    DOWN, AVAILABILITY, LATENCY, REFUSED, INPUT_DRIFT, PREDICTION_DRIFT, PERFORMANCE,
    STALE, DATA_STALE, SATURATED, COST,
)  # fmt: skip
"""Every alert; ``raci.yml`` says whose each is, and ``docs/runbooks/`` what to do."""
