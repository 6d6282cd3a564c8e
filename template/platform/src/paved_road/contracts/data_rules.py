"""A data contract as a pandera schema, and what it says of a table."""

import operator
from collections.abc import Callable
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandas.api import types

from paved_road.contracts.data import PATH, Column, DataContract, Rule
from paved_road.findings import Finding, Problem

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "mustBe": operator.eq,
    "mustNotBe": operator.ne,
    "mustBeGreaterThan": operator.gt,
    "mustBeGreaterOrEqualTo": operator.ge,
    "mustBeLessThan": operator.lt,
    "mustBeLessOrEqualTo": operator.le,
    "mustBeBetween": lambda measured, bound: bound[0] <= measured <= bound[1],
}
_CHECKS: dict[str, Callable[[Any], pa.Check]] = {
    "minimum": pa.Check.ge,
    "maximum": pa.Check.le,
    "exclusiveMinimum": pa.Check.gt,
    "exclusiveMaximum": pa.Check.lt,
    "minLength": lambda bound: pa.Check.str_length(min_value=bound),
    "maxLength": lambda bound: pa.Check.str_length(max_value=bound),
    "pattern": pa.Check.str_matches,
}


def to_pandera(contract: DataContract) -> pa.DataFrameSchema:
    """The contract as a pandera schema: every column, no other, every rule."""
    return pa.DataFrameSchema(
        columns={column.name: _column(column) for column in contract.columns},
        checks=[_rule(rule) for rule in contract.rules],
        strict=True,
    )


def enforce(table: pd.DataFrame, contract: DataContract) -> None:
    """Hold a table against its contract.

    Raises:
        Problem: with one finding for each broken promise, at its line in the contract.
    """
    if not isinstance(table, pd.DataFrame):
        fact = f"load() gave a {type(table).__name__}, not a pandas DataFrame"
        raise Problem(Finding(code="DATA004", fact=fact, remedy="return the table", path=PATH))
    if table.empty:
        raise Problem(Finding(code="DATA004", fact="the data has no rows", remedy="look at its source", path=PATH))
    try:
        to_pandera(contract).validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise Problem(*_findings(errors.failure_cases, contract, table)) from None


def _column(column: Column) -> pa.Column:
    kind = pa.Check(lambda series: _is_of(series, column.type), name=f"logicalType {column.type}")
    rules = [_CHECKS[option](bound) for option, bound in column.options.items()]
    return pa.Column(None, [kind, *rules], nullable=not column.required, unique=column.unique)


def _is_of(series: "pd.Series[Any]", kind: str) -> bool:
    present = series.dropna()
    match kind:
        case "integer":
            whole = types.is_numeric_dtype(present) and not types.is_bool_dtype(present)
            return bool(whole and (present == present.round()).all())
        case "number":
            return bool(types.is_numeric_dtype(present) and not types.is_bool_dtype(present))
        case "boolean":
            return types.is_bool_dtype(present) or bool(present.map(lambda value: isinstance(value, bool)).all())
        case "timestamp":
            return isinstance(present.dtype, pd.DatetimeTZDtype)
        case "date":
            return types.is_datetime64_any_dtype(present)
        case _:
            return bool(present.map(lambda value: isinstance(value, str)).all())


def _rule(rule: Rule) -> pa.Check:
    def holds(table: pd.DataFrame) -> bool:
        if not set(rule.columns) <= set(table.columns):
            return True  # the missing column is a finding of its own
        return bool(_COMPARE[rule.operator](measure(rule, table), rule.bound))

    return pa.Check(holds, name=describe(rule))


def describe(rule: Rule) -> str:
    """A rule in one line, as the contract writes it."""
    about = f"({', '.join(rule.columns)})" if rule.columns else ""
    return f"{rule.metric}{about} {rule.operator} {rule.bound}{' percent' if rule.percent else ''}"


def measure(rule: Rule, table: pd.DataFrame) -> float:
    """What a rule measures on a table: a count of rows, or their percentage."""
    match rule.metric:
        case "rowCount":
            return len(table)
        case "nullValues":
            count = int(table[list(rule.columns)].isna().any(axis=1).sum())
        case "invalidValues":
            column = table[rule.columns[0]].dropna()
            count = int((~column.isin(list(rule.values))).sum())
        case _:
            count = int(table.duplicated(list(rule.columns) or None).sum())
    return 100 * count / len(table) if rule.percent else count


def _findings(failures: pd.DataFrame, contract: DataContract, table: pd.DataFrame) -> list[Finding]:
    found = []
    mistyped = set(failures["column"][failures["check"].str.startswith("logicalType")])
    for (column, check), cases in failures.groupby(["column", "check"], sort=False, dropna=False):
        # In a column of the wrong type every other rule fails as well; saying so would only bury the cause.
        if column in mistyped and not str(check).startswith("logicalType"):
            continue
        line, fact = _fact(str(column), str(check), cases, contract, table)
        remedy = "mend the data at its source, or agree on a new contract with who owns it"
        found.append(Finding(code="DATA005", fact=fact, remedy=remedy, path=PATH, line=line))
    return found


def _fact(
    column: str, check: str, cases: pd.DataFrame, contract: DataContract, table: pd.DataFrame
) -> tuple[int | None, str]:
    """The line of the broken promise, and what is the case instead."""
    rule = next((rule for rule in contract.rules if describe(rule) == check), None)
    if rule is not None:
        return rule.line, f"{check} does not hold: it is {measure(rule, table):g}{_offenders(rule, table)}"
    first = _plain(cases["failure_case"].iloc[0])
    if check == "column_in_schema":
        return None, f"columns that the contract does not know: {', '.join(map(str, cases['failure_case']))}"
    promised = contract.column(str(first) if check == "column_in_dataframe" else column)
    line = promised.line if promised else None
    match check:
        case "column_in_dataframe":
            return line, f"column {first} is missing"
        case "not_nullable":
            return line, f"{column}: {len(cases)} values are missing, and it is required"
        case "field_uniqueness":
            return line, f"{column}: {len(cases)} values are there more than once, and it is unique"
        case _ if check.startswith("logicalType"):
            example = _plain(table[column].dropna().iloc[0])
            return line, f"{column}: {check} does not hold: it holds {table[column].dtype} such as {example!r}"
    row = cases["index"].iloc[0]
    return line, f"{column}: {check} does not hold for {len(cases)} rows, the first is {first!r} in row {row}"


def _offenders(rule: Rule, table: pd.DataFrame) -> str:
    if rule.metric != "invalidValues":
        return ""
    column = table[rule.columns[0]].dropna()
    strangers = column[~column.isin(list(rule.values))].unique()[:5]
    return f" ({', '.join(repr(_plain(value)) for value in strangers)})"


def _plain(value: Any) -> Any:
    """A numpy scalar as the Python value that people know."""
    return value.item() if hasattr(value, "item") else value
