"""A record and a prediction as they may come, for people to read and for servers to try themselves on."""

import math
from typing import Any

import numpy as np

from paved_road.contracts.decision import Decision
from paved_road.contracts.model import ModelContract, Output

_OF_TYPE = {"number": 1.0, "integer": 1, "boolean": False, "string": "text", "timestamp": "2026-01-01T12:00:00Z"}


def record(contract: ModelContract) -> dict[str, Any]:
    """A record that the contract accepts."""
    made: dict[str, Any] = {}
    for field in contract.inputs:
        if field.example is not None:
            made[field.name] = field.example
        elif field.nullable:
            made[field.name] = None
        elif field.values:
            made[field.name] = field.values[0]
        else:
            otherwise = _OF_TYPE[field.type]
            made[field.name] = _bound(field.minimum, field.maximum, otherwise, whole=field.type == "integer")
    return made


def prediction(contract: ModelContract) -> dict[str, Any]:
    """A prediction that the contract may give; for classification every field of it is of the same decision."""
    if contract.classes is None:
        return {output.name: _value(output) for output in contract.outputs}
    others = len(contract.classes) - 1
    likely = 0.6 if contract.threshold is None else round((1 + contract.threshold) / 2, 3)
    shares = [round((1 - likely) / others, 3)] * others + [likely]
    return {name: column[0] for name, column in Decision(contract)(np.array([shares])).items()}


def _value(output: Output) -> Any:
    if output.minimum is not None and output.maximum is not None:
        return (output.minimum + output.maximum) / 2
    return _bound(output.minimum, output.maximum, 1.0)


def _bound(low: float | None, high: float | None, otherwise: Any, whole: bool = False) -> Any:
    """What lies in a range; `otherwise` if it has no end."""
    if low is not None:
        return math.ceil(low) if whole else low
    if high is not None:
        return math.floor(high) if whole else high
    return otherwise
