"""What scoring refuses in a table is what the server refuses in a request."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paved_road.contracts import records
from paved_road.scoring.rows import faults, wrong_outputs
from paved_road.serving.problems import Refusal
from paved_road.serving.requests import Requests

from ..handoff.handoff_examples import golden_table, promise
from ..serving.serving_examples import REGRESSION, contract

GOOD: dict[str, Any] = {
    "amount": 1.0, "from": "AT", "items": 1.0, "abroad": True, "channel": "chip",
    "at": datetime(2026, 3, 1, tzinfo=UTC), "usual": 80.0, "note": "a table",
}  # fmt: skip
KINDS = pa.schema(
    [
        golden_table(promise(), 1).schema.field(name) if name != "items" else pa.field("items", pa.float64())
        for name in GOOD
    ]
)
NUMBERS = st.none() | st.integers(-10, 60_000).map(float) | st.floats(-10, 60_000, allow_nan=False)
ROW = st.fixed_dictionaries(
    {
        "amount": NUMBERS,
        "from": st.sampled_from(["AT", "DE", "XX", "", None]),
        "items": NUMBERS,
        "abroad": st.sampled_from([True, False, None]),
        "channel": st.sampled_from(["chip", "post", None]),
        "usual": NUMBERS,
        "note": st.none() | st.text(max_size=3),
    }
)
SERVER = Requests(records.input_schema(promise()), promise())


@given(ROW)
def test_a_row_breaks_the_contract_where_the_server_says_so(given: dict[str, Any]) -> None:
    row = GOOD | given
    body = msgspec.json.encode({name: value for name, value in row.items() if value is not None})

    found = {fault.field for fault in faults(pa.Table.from_pylist([row], KINDS), promise())}

    try:
        SERVER.read(body)
        refused = set()
    except Refusal as error:
        refused = {fault.field for fault in error.faults}
    assert found == refused


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("amount", float("inf"), "is not finite"),
        ("amount", float("nan"), "is missing"),
        ("usual", float("-inf"), "is not finite"),
        ("items", 1.5, "is not a whole number"),
        ("at", None, "is missing"),
    ],
)
def test_what_json_cannot_say_is_refused_as_well(field: str, value: object, rule: str) -> None:
    table = pa.Table.from_pylist([GOOD, GOOD | {field: value}], KINDS)

    found = list(faults(table, promise()))

    assert [(fault.field, fault.rule, fault.rows.tolist()) for fault in found] == [(field, rule, [False, True])]


def test_a_value_that_is_not_a_number_is_missing_where_it_may_be() -> None:
    assert not list(faults(pa.Table.from_pylist([GOOD | {"usual": float("nan")}], KINDS), promise()))


def test_a_prediction_outside_of_the_contract_is_a_fault() -> None:
    decided = {"value": np.array([5.0, -1.0, np.nan, np.inf])}

    (found,) = wrong_outputs(decided, contract(REGRESSION))

    assert found.rows.tolist() == [False, True, True, True]
    assert found.rule == "the model gave a figure that is not within 0 to 100000"
