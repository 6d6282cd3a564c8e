"""What a canary must keep before it takes more traffic: the service level, and predictions as they were handed over.

A canary's pods are told from the others by the hash that Argo Rollouts labels them with, and that deploy/observed hands
on to Prometheus: the server's own label, its version, is the same for both when only the image or a setting changed.
The version that they serve is read off their own `model_info`.
"""

from collections.abc import Iterator
from typing import Any

from paved_road.contracts.model import ModelContract
from paved_road.monitoring import burn
from paved_road.monitoring.expressions import Expressions

PROMETHEUS = "http://prometheus-operated.monitoring.svc:9090"
AMONG = ',rollouts_pod_template_hash="{{args.canary}}"'
SPAN = burn.SPANS[0]
LOOKS = {"interval": "1m", "count": 5, "failureLimit": 1, "inconclusiveLimit": 1}
"""One bad look may be chance, two take the canary back; without requests there is nothing to judge, and it waits."""


def template(contract: ModelContract) -> dict[str, Any]:
    """The AnalysisTemplate of Argo Rollouts.

    Raises:
        Problem: if the contract promises so little that there is nothing to watch.
    """
    arguments = [{"name": "prometheus", "value": PROMETHEUS}, {"name": "canary"}]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AnalysisTemplate",
        "metadata": {"name": "canary"},
        "spec": {"args": arguments, "metrics": list(_metrics(contract))},
    }


def _metrics(contract: ModelContract) -> Iterator[dict[str, Any]]:
    said = Expressions(contract)
    for objective in burn.objectives(contract.service_level):
        query = said.bad(objective, SPAN, AMONG)
        if not objective.le:  # no series of failed requests is there before the first one fails
            query = f"({query})\nor 0 * ({said.asked(SPAN, AMONG)} > 0)"
        yield _metric(objective.name, query, f"{objective.budget:g}")
    serves = f"and on (model, version) model_info{{{said.of}{AMONG}}}"
    yield _metric("prediction-drift", f"count(({said.drifted('prediction')}) {serves})\nor vector(0)", "0")


def _metric(name: str, query: str, most: str) -> dict[str, Any]:
    """A measurement that is good up to a figure, bad above it, and neither where there is none."""
    return {
        "name": name,
        "initialDelay": SPAN,
        **LOOKS,
        "successCondition": f"len(result) > 0 && result[0] <= {most}",
        "failureCondition": f"len(result) > 0 && result[0] > {most}",
        "provider": {"prometheus": {"address": "{{args.prometheus}}", "query": query}},
    }
