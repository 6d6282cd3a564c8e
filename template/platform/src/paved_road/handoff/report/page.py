"""The report: one HTML page that asks nothing of the network and runs no script."""

from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from paved_road.handoff.report import classification, facts, inputs, regression
from paved_road.handoff.report.evidence import Evidence
from paved_road.handoff.report.figure import Figure

_HERE = Path(__file__).parent
_STYLES = ("base", "head", "sections", "tables", "pictures", "print")


def render(evidence: Evidence) -> str:
    """The page as text; the same evidence gives the same page."""
    promise = evidence.manifest.contract.promise
    figures, confusion = _pictures(evidence)
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["svg"] = Markup  # charts escape what they are given
    return environment.get_template("page.html.j2").render(
        css=Markup("\n".join((_HERE / "style" / f"{name}.css").read_text(encoding="utf-8") for name in _STYLES)),
        facts=facts.collect(evidence.manifest, evidence.contacts, evidence.past),
        figures=figures,
        inputs=list(inputs.describe(promise.inputs, evidence.manifest.reference.inputs)),
        confusion=confusion,
    )


def _pictures(evidence: Evidence) -> tuple[list[Figure], classification.Confusion | None]:
    promise = evidence.manifest.contract.promise
    if promise.task == "regression":
        values = regression.Golden(evidence.target.astype(np.float64), evidence.raw, facts.unit(promise))
        return list(regression.draw(values)), None
    classes = classification.Golden(evidence.target.astype(np.int64), evidence.raw, promise)
    return list(classification.draw(classes)), classification.confusion(classes)
