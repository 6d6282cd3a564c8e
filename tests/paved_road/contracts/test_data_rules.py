"""A table is held against its data contract: every promise can be kept, and can be seen broken."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.contracts import data, data_rules
from paved_road.findings import Problem, as_text

from .contracts_examples import CONTRACTS, data_contract, data_text

UTC = pd.Timestamp("2026-03-01T12:30:00Z")


def enforce(values: Any, columns: str = "[{name: a, logicalType: string}]", rules: str = "[]") -> str:
    """What a person reads of a table whose column a holds `values`; empty if every promise is kept."""
    table = pd.DataFrame({"a": values}) if isinstance(values, list | pd.Series) else values
    return said_of(table, data_contract(data_text(columns, rules)))


def said_of(table: pd.DataFrame, contract: data.DataContract) -> str:
    """What a person reads of a table that is held against a contract; empty if every promise is kept."""
    try:
        data_rules.enforce(table, contract)
    except Problem as refused:
        return as_text(refused.findings)
    return ""


def column(kind: str, more: str = "") -> str:
    return f"[{{name: a, logicalType: {kind}{more and ', ' + more}}}]"


@pytest.mark.parametrize(
    ("kind", "kept", "broken", "shown"),
    [
        ("string", ["x", None], ["x", 3], "object such as 3"),
        ("string", pd.Series(["x"], dtype="category"), pd.Series([3], dtype="category"), "category such as 3"),
        ("number", [1.5, None], ["1.5"], "str such as '1.5'"),
        ("number", [1, 2], [True], "bool such as True"),
        ("number", [1.5], [1.5, np.inf], "float64 such as inf"),
        ("number", [1.5], [1j], "complex128 such as 1j"),
        ("integer", [1.0, None], [1.0, 2.5], "float64 such as 2.5"),
        ("integer", pd.Series([1, None], dtype="Int64"), [1.0, np.inf], "float64 such as inf"),
        ("integer", [1], [False], "bool such as False"),
        ("boolean", [True, None], [1, 0], "int64 such as 1"),
        ("boolean", pd.Series([True, None], dtype="boolean"), ["true"], "str such as 'true'"),
        ("timestamp", [UTC, None], [UTC.tz_localize(None)], "such as Timestamp('2026-03-01 12:30:00')"),
        ("timestamp", [UTC], ["2026-03-01T12:30:00Z"], "str such as '2026-03-01T12:30:00Z'"),
        ("date", [pd.Timestamp("2026-03-01"), None], [UTC], "such as Timestamp('2026-03-01 12:30:00+0000', tz='UTC')"),
        ("date", [pd.Timestamp("2026-03-01")], [date(2026, 3, 1)], "object such as datetime.date(2026, 3, 1)"),
    ],
)
def test_a_logical_type_is_kept_or_refused_with_a_value_that_breaks_it(
    kind: str, kept: Any, broken: Any, shown: str
) -> None:
    assert enforce(kept, column(kind)) == ""

    said = enforce(broken, column(kind))

    assert said.startswith(f"contracts/data.yml:10  DATA005  a: logicalType {kind} does not hold: it holds ")
    assert shown in said


@pytest.mark.parametrize("kind", data.TYPES)
def test_a_column_may_be_missing_in_every_row_unless_it_is_required(kind: str) -> None:
    assert enforce([None, None], column(kind)) == ""
    assert ":10  DATA005  a: 2 values are missing, and it is required" in enforce(
        [None, None], column(kind, "required: true")
    )


@pytest.mark.parametrize(
    ("kind", "option", "kept", "broken"),
    [
        ("number", "minimum: 3", [3, 4], 2.9),
        ("number", "maximum: 3", [3, 2], 3.1),
        ("integer", "exclusiveMinimum: 3", [4, 5], 3),
        ("integer", "exclusiveMaximum: 3", [2, 1], 3),
        ("string", "minLength: 2", ["ab", "abc"], "a"),
        ("string", "maxLength: 2", ["ab", ""], "abc"),
        ("string", 'pattern: "^t[0-9]+$"', ["t1", "t22"], "x1"),
        ("timestamp", 'minimum: "2026-01-01"', [UTC, UTC], pd.Timestamp("2025-12-31", tz="UTC")),
        ("timestamp", 'exclusiveMaximum: "2027-01-01T00:00:00Z"', [UTC, UTC], pd.Timestamp("2027-01-01", tz="UTC")),
    ],
)
def test_an_option_is_kept_or_refused_with_its_first_offender(kind: str, option: str, kept: Any, broken: Any) -> None:
    columns = column(kind, f"logicalTypeOptions: {{{option}}}")
    name, bound = option.split(": ", 1)

    assert enforce([*kept, None], columns) == ""
    said = enforce([kept[0], broken, broken], columns)

    assert f":10  DATA005  a: {name} {bound.strip(chr(34))} does not hold for 2 rows, the first is " in said
    assert said.splitlines()[0].endswith("in row 1")


@pytest.mark.parametrize(
    ("comparison", "kept", "broken"),
    [
        ("mustBe: 2", 2, 3),
        ("mustNotBe: 2", 3, 2),
        ("mustBeGreaterThan: 2", 3, 2),
        ("mustBeGreaterOrEqualTo: 2", 2, 1),
        ("mustBeLessThan: 2", 1, 2),
        ("mustBeLessOrEqualTo: 2", 2, 3),
        ("mustBeBetween: [2, 3]", 3, 4),
    ],
)
def test_an_operator_is_kept_or_refused_with_what_was_measured(comparison: str, kept: int, broken: int) -> None:
    rules = f"[{{metric: rowCount, {comparison}}}]"

    assert enforce(["x"] * kept, rules=rules) == ""
    said = enforce(["x"] * broken, rules=rules)

    operator, bound = comparison.split(": ")
    assert f":11  DATA005  rowCount {operator} {bound} does not hold: it is {broken}" in said


@pytest.mark.parametrize(
    ("rule", "kept", "broken", "said"),
    [
        ("{metric: nullValues, mustBe: 0}", ["x"], ["x", None], "nullValues(a) mustBe 0 does not hold: it is 1"),
        (
            "{metric: nullValues, mustBeLessThan: 50, unit: percent}",
            ["x", "x", None],
            ["x", None],
            "nullValues(a) mustBeLessThan 50 percent does not hold: it is 50",
        ),
        (
            "{metric: invalidValues, arguments: {validValues: [x, y]}, mustBe: 0}",
            ["x", "y", None],
            ["x", "planet"],
            "invalidValues(a) mustBe 0 does not hold: it is 1 ('planet')",
        ),
        (
            "{metric: duplicateValues, mustBe: 0}",
            ["x", "y"],
            ["x", "x", "x"],
            "duplicateValues(a) mustBe 0 does not hold: it is 2",
        ),
    ],
)
def test_a_metric_of_a_column_is_kept_or_refused(rule: str, kept: Any, broken: Any, said: str) -> None:
    columns = column("string", f"quality: [{rule}]")

    assert enforce(kept, columns) == ""
    assert f"contracts/data.yml:10  DATA005  {said}" in enforce(broken, columns)


def test_rows_are_duplicates_in_the_columns_that_a_rule_names() -> None:
    columns = "[{name: a, logicalType: string}, {name: b, logicalType: integer}]"
    table = pd.DataFrame({"a": ["x", "x"], "b": [1, 2]})

    assert enforce(table, columns, "[{metric: duplicateValues, arguments: {properties: [a, b]}, mustBe: 0}]") == ""
    assert enforce(table, columns, "[{metric: duplicateValues, mustBe: 0}]") == ""
    said = enforce(table, columns, "[{metric: duplicateValues, arguments: {properties: [a]}, mustBe: 0}]")

    assert "duplicateValues(a) mustBe 0 does not hold: it is 1" in said


@pytest.mark.parametrize("key", ["unique: true", "primaryKey: true"])
def test_a_key_that_is_there_twice_is_refused(key: str) -> None:
    assert enforce(["x", "y"], column("string", key)) == ""
    assert ":10  DATA005  a: 2 values are there more than once" in enforce(["x", "y", "x"], column("string", key))


def test_missing_values_are_no_duplicates_of_each_other() -> None:
    assert enforce([None, None, "x"], column("string", "unique: true")) == ""


def test_a_primary_key_may_not_be_missing() -> None:
    assert "a: 1 values are missing, and it is required" in enforce(["x", None], column("string", "primaryKey: true"))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"a": ["x"], "b": [1], 3: [1]}), "DATA005  columns that the contract does not know: b, 3"),
        (pd.DataFrame({"b": [1]}), "contracts/data.yml:10  DATA005  column a is missing"),
        (pd.DataFrame(index=range(3)), "contracts/data.yml:10  DATA005  column a is missing"),
        (pd.DataFrame([["x", "y"]], columns=["a", "a"]), "DATA005  columns that are there more than once: a"),
        (pd.DataFrame({"a": []}), "DATA004  the data has no rows"),
        (None, "DATA004  load() gave a NoneType, not a pandas DataFrame"),
        (pd.Series(["x"], name="a").to_numpy(), "DATA004  load() gave a ndarray"),
    ],
)
def test_a_table_of_another_shape_is_refused(table: Any, message: str) -> None:
    assert message in enforce(table)


def test_every_broken_promise_is_told_at_once_and_a_wrong_type_only_once() -> None:
    columns = (
        "\n      - {name: a, logicalType: string, quality: "
        "[{metric: invalidValues, arguments: {validValues: [x]}, mustBe: 0}]}"
        "\n      - {name: b, logicalType: number, logicalTypeOptions: {minimum: 0}}"
    )
    table = pd.DataFrame({"a": [["x"], ["y"]], "b": [-1, 2]}, index=[7, 7])

    said = enforce(table, columns, "[{metric: rowCount, mustBeGreaterThan: 5}]").splitlines()[::2]

    assert [line.split("  ")[0] for line in sorted(said)] == [f"contracts/data.yml:{line}" for line in (11, 12, 13)]


def test_two_rules_that_read_the_same_are_told_apart() -> None:
    columns = (
        "\n      - name: a\n        logicalType: string\n        quality:"
        "\n          - {metric: invalidValues, arguments: {validValues: [x]}, mustBe: 0}"
        "\n          - {metric: invalidValues, arguments: {validValues: [y]}, mustBe: 0}"
    )

    said = enforce(["x"], columns)

    assert said.startswith("contracts/data.yml:15  DATA005  invalidValues(a) mustBe 0 does not hold: it is 1 ('x')")


@settings(max_examples=60)
@given(
    values=st.lists(
        st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(), st.datetimes()), min_size=1
    ),
    kind=st.sampled_from(data.TYPES),
    required=st.booleans(),
)
def test_whatever_a_table_holds_it_is_accepted_or_refused_in_words(values: Any, kind: str, required: bool) -> None:
    said = enforce(
        pd.DataFrame({"a": pd.Series(values, dtype=object)}), column(kind, f"required: {str(required).lower()}")
    )

    missing = pd.isna(pd.Series(values, dtype=object)).any()
    wrong = any(not _is_of(value, kind) for value in values if not pd.isna(value))
    assert bool(said) == ((required and missing) or wrong)


def _is_of(value: object, kind: str) -> bool:
    """In a column of objects only text and flags count as what they are."""
    return isinstance(value, {"string": str, "boolean": bool}.get(kind, ()))


def test_the_templates_data_keep_the_templates_contract(example_data: pd.DataFrame) -> None:
    assert said_of(example_data, data.load(CONTRACTS / "data.yml")) == ""


@pytest.mark.parametrize(
    ("column_name", "value", "message"),
    [
        ("channel", "carrier pigeon", "invalidValues(channel) mustBe 0 does not hold: it is 1 ('carrier pigeon')"),
        ("amount", 0.0, "amount: exclusiveMinimum 0 does not hold for 1 rows, the first is 0.0 in row 3"),
        ("transaction_id", "t1", "transaction_id: pattern ^t[0-9]{8}$ does not hold for 1 rows, the first is 't1'"),
        ("transaction_id", "t00000004", "transaction_id: 2 values are there more than once"),
        ("merchant_region", None, "merchant_region: 1 values are missing, and it is required"),
    ],
)
def test_one_wrong_cell_in_the_templates_data_is_refused_at_its_promise(
    example_data: pd.DataFrame, column_name: str, value: Any, message: str
) -> None:
    example_data.loc[3, column_name] = value
    contract = data.load(CONTRACTS / "data.yml")

    with pytest.raises(Problem) as refused:
        data_rules.enforce(example_data, contract)

    (finding,) = refused.value.findings
    promised = contract.column(column_name)
    assert message in finding.fact
    assert promised is not None and finding.line is not None and promised.line <= finding.line <= promised.line + 8


def test_a_time_without_a_zone_is_no_timestamp() -> None:
    assert "logicalType timestamp" in enforce([datetime(2026, 3, 1, 12)], column("timestamp"))
