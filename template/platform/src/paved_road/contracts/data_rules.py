"""A data contract as a pandera schema, and what it says of a table."""

import operator
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandas.api import types

from paved_road.contracts import data_levels
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
_CHECKS: dict[str, Callable[..., pa.Check]] = {
    "minimum": pa.Check.ge,
    "maximum": pa.Check.le,
    "exclusiveMinimum": pa.Check.gt,
    "exclusiveMaximum": pa.Check.lt,
    "minLength": lambda bound, **named: pa.Check.str_length(min_value=bound, **named),
    "maxLength": lambda bound, **named: pa.Check.str_length(max_value=bound, **named),
    "pattern": pa.Check.str_matches,
}
_REMEDY = "mend the data at its source, or agree on a new contract with who owns it"


def to_pandera(contract: DataContract) -> pa.DataFrameSchema:
    """The contract as a pandera schema: every column, no other, every rule."""
    return pa.DataFrameSchema(
        columns={column.name: _column(column) for column in contract.columns},
        checks=[_rule(rule, name) for name, rule in _named(contract).items()],
        strict=True,
    )


def enforce(table: pd.DataFrame, contract: DataContract, now: datetime | None = None) -> None:
    """Hold a table against its contract.

    Args:
        table: what `load()` gave.
        contract: what was promised.
        now: when service levels are measured; the present if left out.

    Raises:
        Problem: with one finding for each broken promise, at its line in the contract.
    """
    if not isinstance(table, pd.DataFrame):
        fact = f"load() gave a {type(table).__name__}, not a pandas DataFrame"
        raise Problem(Finding(code="DATA004", fact=fact, remedy="return the table", path=PATH))
    if not len(table):
        raise Problem(Finding(code="DATA004", fact="the data has no rows", remedy="look at its source", path=PATH))
    twice = table.columns[table.columns.duplicated()].unique()
    if len(twice):
        fact = f"columns that are there more than once: {', '.join(map(str, twice))}"
        raise Problem(Finding(code="DATA005", fact=fact, remedy=_REMEDY, path=PATH))
    found = []
    try:
        to_pandera(contract).validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        found = _findings(errors.failure_cases, contract, table)
    found += _late(table, contract, now or datetime.now(UTC))
    if found:
        raise Problem(*found)


def _late(table: pd.DataFrame, contract: DataContract, now: datetime) -> Iterator[Finding]:
    """Service levels that do not hold; a column that is missing or of the wrong type is a finding of its own."""
    kinds = {column.name: column.type for column in contract.columns if column.name in table.columns}
    sound = {name for name, kind in kinds.items() if _strangers(table[name], kind).empty}
    levels = [level for level in contract.levels if level.column in sound]
    for level, fact in data_levels.broken(levels, table, now):
        yield Finding(code="DATA005", fact=fact, remedy=_REMEDY, path=PATH, line=level.line)


def _column(column: Column) -> pa.Column:
    kind = pa.Check(lambda series: _strangers(series, column.type).empty, name=f"logicalType {column.type}")
    rules = [_CHECKS[option](bound, error=f"{option} {bound}") for option, bound in column.options.items()]
    if column.unique:
        rules.append(pa.Check(lambda series: ~series.duplicated(keep=False), name="unique"))
    return pa.Column(None, [kind, *rules], nullable=not column.required)


def _strangers(series: "pd.Series[Any]", kind: str) -> "pd.Series[Any]":
    """The present values that are not of a logical type; an infinite one is no number, for JSON cannot carry it."""
    present = series.dropna()
    match kind:
        case "integer" | "number" if _is_numeric(present):
            floats = present.astype(np.float64)
            return present[~np.isfinite(floats) | ((floats != floats.round()) & (kind == "integer"))]
        case "boolean" | "string":
            wanted = str if kind == "string" else bool | np.bool_
            return present[[not isinstance(value, wanted) for value in present]]
        case "timestamp" if isinstance(present.dtype, pd.DatetimeTZDtype):
            return present[:0]
        case "date" if types.is_datetime64_any_dtype(present):
            return present[present != present.dt.normalize()]
        case _:
            return present


def _is_numeric(series: "pd.Series[Any]") -> bool:
    return types.is_numeric_dtype(series) and not (types.is_bool_dtype(series) or types.is_complex_dtype(series))


def _named(contract: DataContract) -> dict[str, Rule]:
    """Rules by the name of their check; two rules may read the same, so their number tells them apart."""
    return {f"rule {number}": rule for number, rule in enumerate(contract.rules)}


def _rule(rule: Rule, name: str) -> pa.Check:
    def holds(table: pd.DataFrame) -> bool:
        if not set(rule.columns) <= set(table.columns):
            return True  # the missing column is a finding of its own
        return bool(_COMPARE[rule.operator](measure(rule, table), rule.bound))

    return pa.Check(holds, name=name)


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
    found, rules = [], _named(contract)
    mistyped = set(failures["column"][failures["check"].str.startswith("logicalType")])
    for (column, check), cases in failures.groupby(["column", "check"], sort=False, dropna=False):
        # In a column of the wrong type every other rule fails as well; saying so would only bury the cause.
        about = {column, *(rules[check].columns if check in rules else ())}
        if about & mistyped and not str(check).startswith("logicalType"):
            continue
        line, fact = _fact(str(column), str(check), cases, contract, table)
        found.append(Finding(code="DATA005", fact=fact, remedy=_REMEDY, path=PATH, line=line))
    return found


def _fact(
    column: str, check: str, cases: pd.DataFrame, contract: DataContract, table: pd.DataFrame
) -> tuple[int | None, str]:
    """The line of the broken promise, and what is the case instead."""
    rule = _named(contract).get(check)
    if rule is not None:
        return rule.line, f"{describe(rule)} does not hold: it is {measure(rule, table):g}{_offenders(rule, table)}"
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
        case "unique":
            return line, f"{column}: {len(cases)} values are there more than once, and it is unique"
        case _ if check.startswith("logicalType"):
            example = _plain(_strangers(table[column], check.removeprefix("logicalType ")).iloc[0])
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
