"""The model card inside a bill of materials: what the contract promises and what the baseline measured, as text."""

from collections.abc import Iterable, Iterator
from typing import Any

from paved_road.contracts.model import Field, Output
from paved_road.handoff.manifest import Manifest, Measure, SliceMeasure

GOLDEN = "golden-dataset"


def model_card(manifest: Manifest) -> dict[str, Any]:
    """CycloneDX's ``modelCard``."""
    promise, baseline = manifest.contract.promise, manifest.baseline
    return {
        "modelParameters": {
            "approach": {"type": "supervised"},
            "task": promise.task,
            "datasets": [{"ref": GOLDEN}],
            "inputs": [{"format": _input(field)} for field in promise.inputs],
            "outputs": [{"format": _output(output)} for output in promise.outputs],
        },
        "quantitativeAnalysis": {"performanceMetrics": list(_metrics(baseline.metrics))},
        "considerations": {"useCases": [promise.intended_use], "technicalLimitations": promise.limits},
    }


def _input(field: Field) -> str:
    limits = [f"from {field.minimum:g}" if field.minimum is not None else ""]
    limits += [f"to {field.maximum:g}" if field.maximum is not None else ""]
    limits += [f"one of {', '.join(field.values)}" if field.values else "", "may be null" if field.nullable else ""]
    return f"{field.name}: {_joined([field.type, field.unit or '', *limits])}; {field.meaning}"


def _output(output: Output) -> str:
    of = f"of {output.of}" if output.of is not None else ""
    return f"{output.name}: {_joined([output.gives, of, output.unit or ''])}; {output.meaning}"


def _joined(words: Iterable[str]) -> str:
    return ", ".join(filter(None, words))


def _metrics(metrics: dict[str, Measure]) -> Iterator[dict[str, Any]]:
    for name, measure in sorted(metrics.items()):
        yield {"type": name, **_figures(measure)}
        for column, values in sorted(measure.slices.items()):
            for value, part in sorted(values.items()):
                if part.value is not None:
                    yield {"type": name, "slice": f"{column} = {value}", **_figures(part)}


def _figures(measure: Measure | SliceMeasure) -> dict[str, Any]:
    """A figure and its interval, where it has one."""
    figures: dict[str, Any] = {"value": str(measure.value)}
    if measure.low is not None and measure.high is not None:
        figures["confidenceInterval"] = {"lowerBound": str(measure.low), "upperBound": str(measure.high)}
    return figures
