"""No part of a contract may change without a rule that judges it."""

from typing import Any

import msgspec
import pytest
from paved_road import documents
from paved_road.contracts import data
from paved_road.contracts.compatibility import of_data, of_model
from paved_road.contracts.compatibility.of_data import Dataset
from paved_road.contracts.model import ModelContract
from paved_road.findings import Problem

from ..nested import leaves, put
from .contracts_examples import CONTRACTS, promise

OTHERS = {
    "classification": "regression",
    "regression": "classification",
    "number": "integer",
    "integer": "number",
    "timestamp": "string",
    "boolean": "string",
    "string": "boolean",
    "label": "probability",
    "probability": "label",
    "value": "label",
    "1d": "7d",
}


def another(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case float():
            return value * 0.75 or 0.25
        case str():
            return OTHERS.get(value, f"{value}x")
        case None:
            return 0.5
        case _:
            return {"channel": 0.5} if isinstance(value, dict) else ["channel"]


def plain(part: Any) -> Any:
    """A contract as plain values, with what it leaves to its defaults."""
    if isinstance(part, msgspec.Struct):
        return {name: plain(getattr(part, name)) for name in part.__struct_fields__}
    return [plain(item) for item in part] if isinstance(part, list) else part


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_every_value_of_a_model_contract_is_judged(task: str) -> None:
    before = promise(task)
    unjudged, impossible = [], []
    for at, value in leaves(plain(before)):
        try:
            after = msgspec.convert(put(plain(before), at, another(value)), ModelContract)
        except msgspec.ValidationError:
            impossible.append(at[-1])
            continue
        if at != ("version",) and not list(of_model.changes(before, after)):
            unjudged.append(at)

    assert not unjudged
    assert set(impossible) <= {"version", "to", "classes", "values", "unit", "because", "newest_by"}


def test_every_value_of_a_data_contract_is_judged() -> None:
    document = documents.load(CONTRACTS / "data.yml", data.PATH, "DATA001")
    before = Dataset(data.read(document), document)
    judged, unjudged = 0, []
    for at, value in leaves(document.data):
        changed = documents.Document(document.path, put(document.data, at, another(value)), document.lines)
        try:
            after = Dataset(data.read(changed), changed)
        except (Problem, KeyError):
            continue
        judged += 1
        if at != ("version",) and not list(of_data.changes(before, after)):
            unjudged.append(at)

    assert not unjudged
    assert judged > 100
