"""From a model's figures to the bytes of a response, or to a refusal to say what breaks the contract."""

import math
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import refusals
from paved_road.contracts.decision import Decision
from paved_road.contracts.model import ModelContract
from paved_road.findings import problem
from paved_road.serving.problems import Refusal

_LARGEST = sys.float_info.max
_ENCODE = msgspec.json.Encoder().encode


class Answers:
    """Writes responses of one contract."""

    def __init__(self, schema: dict[str, Any], contract: ModelContract) -> None:
        """Take the bounds of every output from its JSON Schema.

        Raises:
            Problem: if the schema has other outputs than the contract.
        """
        self._decide = Decision(contract)
        if set(schema["properties"]) != {output.name for output in contract.outputs}:
            remedy = "build the handoff again"
            raise problem("SERVE001", "schema.output: has other fields than the contract", remedy)
        self._bounds = {
            name: (field.get("minimum", -_LARGEST), field.get("maximum", _LARGEST))
            for name, field in schema["properties"].items()
            if field["type"] == "number"
        }

    def write(self, raw: NDArray[np.float64], many: bool) -> bytes:
        """Predictions as JSON: an array of them if `many`, else the only one.

        Raises:
            Refusal: 500 if any figure is not finite, or outside of what the contract allows.
        """
        answers = self._rows(raw)
        return _ENCODE(answers if many else answers[0])

    def each(self, raw: NDArray[np.float64]) -> Iterator[bytes]:
        """Every prediction as JSON of its own.

        Raises:
            Refusal: as `write`.
        """
        return map(_ENCODE, self._rows(raw))

    def _rows(self, raw: NDArray[np.float64]) -> list[dict[str, Any]]:
        if self._decide.hides and not np.isfinite(raw).all():
            raise Refusal(refusals.NOT_FINITE, "the model gave a figure that is not finite; nothing was predicted")
        columns = self._decide(raw)
        for name, (low, high) in self._bounds.items():
            # As a comparison that holds: one with NaN never does.
            if not all(low <= figure <= high for figure in columns[name]):
                raise _outside(name, columns[name], low, high)
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _outside(name: str, column: list[float], low: float, high: float) -> Refusal:
    at, figure = next((at, figure) for at, figure in enumerate(column) if not low <= figure <= high)
    fact = f"record {at}: the model gave the {name} {figure:g}, and its contract allows {low:g} to {high:g}"
    kind = refusals.OUT_OF_RANGE if math.isfinite(figure) else refusals.NOT_FINITE
    return Refusal(kind, f"{fact}; nothing was predicted")
