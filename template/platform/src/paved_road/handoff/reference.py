"""Reference distributions: what inputs and predictions looked like on the golden dataset, to tell drift by."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road.contracts.model import ModelContract
from paved_road.handoff import counting
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import Bins, Categories, Distributions, Null, Reference
from paved_road.handoff.stability import FALSE_ALARMS, Chance

BINS = 10


def describe(golden: Golden, decided: dict[str, NDArray[Any]], contract: ModelContract) -> Reference:
    """Distributions of every input and every output.

    Args:
        golden: the rows.
        decided: outputs on them, each of shape (rows,).
        contract: names and types of the inputs.
    """
    figures, labels = split(decided)
    numbers = {field.name: bins(golden.numbers[:, at]) for at, field in enumerate(contract.numbers)}
    strings = {field.name: categories(golden.strings[:, at]) for at, field in enumerate(contract.strings)}
    found = Reference(
        rows=golden.rows,
        inputs=Distributions(numbers=numbers, categories=strings),
        predictions=Distributions(
            numbers={name: bins(column) for name, column in figures.items()},
            categories={name: categories(column) for name, column in labels.items()},
        ),
        null=Null(false_alarms=FALSE_ALARMS, inputs={}, predictions={}),
    )
    return msgspec.structs.replace(found, null=_null(found, contract))


def split(decided: dict[str, NDArray[Any]]) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.object_]]]:
    """Outputs that are figures, and outputs that are labels, as text; each of shape (rows,)."""
    figures = {name: column for name, column in decided.items() if column.dtype.kind == "f"}
    labels = {name: column.astype(str).astype(object) for name, column in decided.items() if name not in figures}
    return figures, labels


def _null(found: Reference, contract: ModelContract) -> Null:
    chance = Chance(contract.monitoring.minimum_sample)

    def of(fields: dict[str, counting.Counted]) -> dict[str, float]:
        each = FALSE_ALARMS / max(len(fields), 1)
        return {name: chance.percentile(field.expected, found.rows, each) for name, field in fields.items()}

    inputs, predictions = counting.inputs(found, contract), counting.predictions(found)
    return Null(false_alarms=FALSE_ALARMS, inputs=of(inputs), predictions=of(predictions))


def bins(values: NDArray[np.float64]) -> Bins:
    """Deciles of the present values, shape (rows,); fewer where values repeat."""
    present = values[~np.isnan(values)]
    missing = 1 - len(present) / len(values)
    if not len(present):
        return Bins(edges=[], shares=[0.0], low=None, high=None, missing=missing)
    edges = np.unique(np.quantile(present, np.linspace(0, 1, BINS + 1)[1:-1]))
    # The greatest value as an edge would leave the last bin empty for ever.
    edges = edges[edges < present.max()]
    counts = np.bincount(np.searchsorted(edges, present, side="left"), minlength=len(edges) + 1)
    low, high = float(present.min()), float(present.max())
    return Bins(edges=edges.tolist(), shares=(counts / len(present)).tolist(), low=low, high=high, missing=missing)


def categories(values: NDArray[np.object_]) -> Categories:
    """Shares of the present values, shape (rows,); the empty string is a missing one."""
    present = values[values != ""]
    names, counts = np.unique(present.astype(str), return_counts=True)
    shares = {str(name): float(count / len(present)) for name, count in zip(names, counts, strict=True)}
    return Categories(shares=shares, missing=1 - len(present) / len(values))
