"""The reference of metrics: what the server and its neighbours expose for a small model."""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np
from paved_road.contracts import refusals
from paved_road.handoff.manifest import Manifest, Measure
from paved_road.monitoring import performance
from paved_road.monitoring.labelled import Labelled
from paved_road.serving import shadow
from paved_road.serving.exposition import Exposition
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from working_tree import ROOT

sys.path.append(str(ROOT / "tests/paved_road/serving"))  # its small model, handed over

NUMBER = {"edges": [0.5], "shares": [0.5, 0.5], "low": 0.0, "high": 1.0, "missing": 0.0}
"""A reference distribution: of one field, every series of drift is there."""


def page() -> str:
    """Every metric, its type, its labels and its meaning, by what exposes it."""
    with tempfile.TemporaryDirectory() as folder:
        parts = {
            "The server: `GET /metrics`": _served(Path(folder)),
            "A candidate in the shadow: `road serve --shadow`": _shadowed(Path(folder)),
            "Labels that arrived: `road monitor performance --textfile`": _measured(Path(folder)),
        }
        tables = {title: list(_rows(families)) for title, families in parts.items()}
    lines = [
        "# Metrics",
        "",
        "As Prometheus names them. What rules make of them stands in [the alerts](alerts.md).",
        "",
    ]
    for title, rows in tables.items():
        lines += [f"## {title}", "", "| Metric | Type | Labels | |", "|---|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _rows(families: Iterable[Metric]) -> Iterator[str]:
    for family in sorted(families, key=lambda each: each.name):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = dict.fromkeys(label for sample in family.samples for label in sample.labels if label != "le")
        yield f"| `{name}` | {family.type} | {', '.join(f'`{label}`' for label in labels)} | {family.documentation} |"


def _handed_over(folder: Path) -> Manifest:
    """A small handoff with a reference."""
    from serving_examples import contract, hand_over

    evidence = hand_over(folder, contract())
    seen = {"numbers": {"amount": NUMBER}, "categories": {}}
    said = {"numbers": {"fraud_probability": NUMBER}, "categories": {}}
    null = {"false_alarms": 0.001, "inputs": {"amount": 1.0}, "predictions": {"fraud_probability": 1.0}}
    reference = {"rows": 1000, "inputs": seen, "predictions": said, "null": null}
    return msgspec.convert(msgspec.to_builtins(evidence) | {"reference": reference}, Manifest)


def _served(folder: Path) -> list[Metric]:
    exposition = Exposition({"/v1/predict"}, lambda: 0, lambda: 0)
    counts = exposition.of(_handed_over(folder / "champion"))
    counts.request("/v1/predict", "POST", 200, 0.001)
    counts.refusal(refusals.NOT_JSON)
    return [*exposition.collect(), *shadow.Sender(folder).collect()]


def _shadowed(folder: Path) -> list[Metric]:
    from serving_examples import RECORD

    _handed_over(folder / "candidate")
    candidate = shadow.Candidate(folder / "candidate", None)
    candidate.compare("1.0.0", msgspec.json.encode(RECORD), b'{"fraud": false, "fraud_probability": 2.0}')
    return list(candidate.registry.collect())


def _measured(folder: Path) -> list[Metric]:
    promise = _handed_over(folder / "measured").contract.promise
    rows = promise.monitoring.minimum_sample
    figure = performance.Measured(
        promise.success_metrics[0], 0.8, 0.7, 0.9, Measure(value=0.8, low=0.7, high=0.9, slices={})
    )
    found = Labelled(np.zeros(rows), np.zeros((rows, 2)), False, rows, 0.0)
    exposed = performance.exposed([figure], found, promise, "1.0.0")
    return list(text_string_to_metric_families(exposed.decode()))
