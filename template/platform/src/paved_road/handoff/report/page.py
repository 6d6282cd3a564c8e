"""The report: one HTML page that asks nothing of the network and runs no script."""

from pathlib import Path

import numpy as np

from paved_road import pages
from paved_road.handoff.report import classification, facts, inputs, regression
from paved_road.handoff.report.evidence import Evidence
from paved_road.handoff.report.figure import Figure

_TEMPLATE = Path(__file__).with_name("page.html.j2")
_STYLES = ("base", "head", "sections", "tables", "pictures", "print")


def render(evidence: Evidence) -> str:
    """The page as text; the same evidence gives the same page."""
    promise = evidence.manifest.contract.promise
    figures, confusion = _pictures(evidence)
    return pages.render(
        _TEMPLATE,
        _STYLES,
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
