"""A table reaches the model as two arrays, or is refused with the column that does not fit."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from paved_road.contracts import arrays
from paved_road.contracts.model import Field
from paved_road.findings import Problem, as_text

from .contracts_examples import promise

CLASSIFIER, REGRESSOR = promise("classification"), promise("regression")


def one(kind: Any, values: Any) -> Any:
    """The array of a single input that is called a."""
    field = Field(name="a", type=kind, meaning="A field.")
    contract = msgspec.structs.replace(CLASSIFIER, inputs=[field])
    table = pa.table({"a": values if isinstance(values, pa.Array) else pa.array(values)})
    numbers, strings = arrays.to_arrays(table, contract)
    return (strings if kind == "string" else numbers)[:, 0]


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(Problem) as refused:
        call(*arguments)
    return as_text(refused.value.findings)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("number", [1.5, None], [1.5, np.nan]),
        ("number", [1, 2], [1.0, 2.0]),
        ("number", [Decimal("1.5"), None], [1.5, np.nan]),
        ("number", pa.nulls(2), [np.nan, np.nan]),
        ("integer", [1, None], [1.0, np.nan]),
        ("boolean", [True, False, None], [1.0, 0.0, np.nan]),
        ("timestamp", [datetime(1970, 1, 2, tzinfo=UTC), None], [86_400.0, np.nan]),
        ("timestamp", pa.nulls(1), [np.nan]),
        ("timestamp", pa.array([1_500_000_001], pa.timestamp("ns", "UTC")), [1.5]),
        ("timestamp", pa.array([3600], pa.timestamp("s", "Europe/Vienna")), [3600.0]),
        ("string", ["x", None], ["x", ""]),
        ("string", pa.array(["x", None]).dictionary_encode(), ["x", ""]),
        ("string", pa.array(["x", None], pa.large_string()), ["x", ""]),
        ("string", pa.array(["x", None], pa.string_view()), ["x", ""]),
        ("string", pa.nulls(1), [""]),
    ],
)
def test_a_column_reaches_the_model_with_missing_values_marked(kind: str, values: Any, expected: list[Any]) -> None:
    np.testing.assert_array_equal(one(kind, values), np.array(expected))


@pytest.mark.parametrize(
    ("kind", "values", "shown"),
    [
        ("number", ["1.5"], "string"),
        ("number", [True], "bool"),
        ("number", [datetime(2026, 1, 1)], "timestamp[us]"),
        ("number", [[1.0]], "list<"),
        ("integer", ["1"], "string"),
        ("boolean", [1], "int64"),
        ("boolean", ["true"], "string"),
        ("timestamp", [3600], "int64"),
        ("timestamp", ["2026-01-01T12:00:00Z"], "string"),
        ("string", [1], "int64"),
        ("string", [b"x"], "binary"),
        ("string", pa.array([1]).dictionary_encode(), "int64"),
    ],
)
def test_a_column_of_another_type_is_refused(kind: str, values: Any, shown: str) -> None:
    said = refusal(one, kind, values)

    assert f"RECORDS001  a is of type {shown}" in said
    assert f"and contracts/model.yml says {kind}" in said


def test_a_missing_column_is_refused() -> None:
    said = refusal(arrays.to_arrays, pa.table({"amount": [1.0]}), CLASSIFIER)

    assert "RECORDS001  the data has no column usual_amount" in said


def test_a_table_without_rows_or_strings_has_arrays_of_that_shape() -> None:
    contract = msgspec.structs.replace(CLASSIFIER, inputs=[Field(name="a", type="number", meaning="A field.")])

    numbers, strings = arrays.to_arrays(pa.table({"a": pa.array([], pa.float64())}), contract)

    assert (numbers.shape, strings.shape) == ((0, 1), (0, 0))


def test_classes_become_their_positions_and_values_stay() -> None:
    texts = msgspec.structs.replace(CLASSIFIER, classes=["no", "perhaps", "yes"])
    codes = msgspec.structs.replace(CLASSIFIER, classes=[0, 1])

    assert arrays.target_array(pa.table({"is_fraud": [True, False]}), CLASSIFIER).tolist() == [1, 0]
    assert arrays.target_array(pa.table({"is_fraud": ["yes", "no"]}), texts).tolist() == [2, 0]
    assert arrays.target_array(pa.table({"is_fraud": [1.0, 0.0]}), codes).tolist() == [1, 0]
    assert arrays.target_array(pa.table({"loss_amount": [1, 2]}), REGRESSOR).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("contract", "values", "message"),
    [
        (CLASSIFIER, [True, None], "is_fraud: 1 of 2 values are missing"),
        (CLASSIFIER, [3.0], "is_fraud holds 3.0, which is no class in contracts/model.yml"),
        (CLASSIFIER, [1, 0], "is_fraud holds 1, which is no class"),
        (CLASSIFIER, ["true"], "is_fraud holds 'true', which is no class"),
        (REGRESSOR, [1.0, np.nan], "loss_amount: 1 of 2 values are missing"),
        (REGRESSOR, [1.0, np.inf], "loss_amount holds values that are not finite"),
        (REGRESSOR, ["1.0"], "loss_amount is of type string, and contracts/model.yml says number"),
    ],
)
def test_a_target_that_cannot_be_learnt_is_refused(contract: Any, values: list[Any], message: str) -> None:
    table = pa.table({contract.target: pa.array(values, from_pandas=True)})

    assert message in refusal(arrays.target_array, table, contract)


def test_a_missing_target_is_refused() -> None:
    assert "RECORDS001  the data has no column is_fraud" in refusal(
        arrays.target_array, pa.table({"a": [1]}), CLASSIFIER
    )
