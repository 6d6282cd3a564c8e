"""``contracts/data.yml``: what data engineers promise to science, in the Open Data Contract Standard v3.

A rule that is not known here is an error, never skipped: a promise that nobody checks is worse than none.
"""

import json
import math
import re
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from paved_road import documents
from paved_road.contracts import data_levels
from paved_road.contracts.data_levels import Level
from paved_road.findings import Finding, Problem

PATH = "contracts/data.yml"
TYPES = ("string", "number", "integer", "boolean", "timestamp", "date")
OPTIONS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern")
METRICS = ("nullValues", "invalidValues", "duplicateValues", "rowCount")
OPERATORS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
)


class Rule(msgspec.Struct, frozen=True):
    """A quality rule: a count, or a share of the rows in percent, compared with a bound.

    Attributes:
        metric: one of the standard's library metrics.
        operator: one of the standard's comparisons.
        bound: what it is compared with; a pair for ``mustBeBetween``.
        percent: whether the measure is a percentage of the rows.
        columns: columns that it is about; none for ``rowCount``.
        values: the valid values, for ``invalidValues``.
        line: line in the contract.
    """

    metric: str
    operator: str
    bound: Any
    percent: bool
    columns: tuple[str, ...]
    values: tuple[Any, ...]
    line: int


class Column(msgspec.Struct, frozen=True):
    """A column of the dataset, and what each of its values must keep."""

    name: str
    type: str
    required: bool
    unique: bool
    options: dict[str, Any]
    line: int


class DataContract(msgspec.Struct, frozen=True):
    """One dataset: its columns, its rules and the service levels that its rows can show."""

    name: str
    version: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    digest: str
    levels: tuple[Level, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


def load(file: Path, shown: str = PATH) -> DataContract:
    """Read a data contract.

    Raises:
        Problem: where the file breaks the standard, or holds a rule that is not enforced here.
    """
    return read(documents.load(file, shown, "DATA001"))


def read(document: documents.Document) -> DataContract:
    """As `load`, from a parsed document."""
    untyped = list(_untyped(document))
    if untyped:
        raise Problem(*untyped)
    documents.check_schema(document, _standard(), "DATA002")
    unknown = list(_unknown(document))
    if unknown:
        raise Problem(*unknown)
    table = document.data["schema"][0]
    return DataContract(
        name=table["name"],
        version=str(document.data["version"]),
        columns=tuple(_columns(table, document)),
        rules=tuple(_rules(table, document)),
        digest=documents.digest(document.data),
        levels=tuple(data_levels.read(document)),
    )


def _standard() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_bytes())
    return schema


def _untyped(document: documents.Document) -> Iterator[Finding]:
    """Columns without a type, of which the standard's schema would only say that "map" is missing."""
    for at in document.lines:
        match at:
            case ("schema", _, "properties", _) if (*at, "logicalType") not in document.lines:
                fact = f"{'.'.join(map(str, at))}: there is no logicalType"
                yield document.finding("DATA003", at, fact, f"use one of {', '.join(TYPES)}")


def _unknown(document: documents.Document) -> Iterator[Finding]:
    tables = document.data.get("schema") or []
    if len(tables) != 1:
        yield document.finding("DATA003", ("schema",), f"{len(tables)} tables", "describe exactly one")
        return
    table = tables[0]
    if not table.get("properties"):
        yield document.finding("DATA003", ("schema", 0), f"{table['name']} has no columns", "list them in properties")
    for at, holder, allowed in _places(table):
        for key in holder:
            if key not in allowed:
                fact = f"{'.'.join(map(str, at))}: {key} is not enforced here"
                remedy = f"use one of {', '.join(allowed)}" if allowed else "leave it out"
                yield document.finding("DATA003", (*at, key), fact, remedy)
    names = [column["name"] for column in table.get("properties") or []]
    for position, column in enumerate(table.get("properties") or []):
        at = ("schema", 0, "properties", position)
        if column["name"] in names[:position]:
            yield document.finding("DATA003", at, f"column {column['name']} is there twice", "keep one")
        yield from _unknown_column(document, at, column)
    for at, rule, column_name in _quality(table):
        yield from _unknown_rule(document, at, rule, column_name, names)
    kinds = {column["name"]: str(column.get("logicalType")) for column in table.get("properties") or []}
    yield from data_levels.unknown(document, kinds)


_RULE_KEYS = ("type", "metric", "arguments", "unit", *OPERATORS, "name", "description", "dimension", "severity", "id")
_TABLE_KEYS = (
    *("name", "logicalType", "physicalType", "physicalName", "description", "businessName", "properties", "quality"),
    *("dataGranularityDescription", "authoritativeDefinitions", "tags", "synonyms", "id", "customProperties"),
)
_COLUMN_KEYS = (
    *("name", "logicalType", "logicalTypeOptions", "physicalType", "physicalName", "required", "unique"),
    *("primaryKey", "primaryKeyPosition", "quality", "description", "businessName", "classification", "examples"),
    *("tags", "criticalDataElement", "id", "customProperties"),
)


def _places(table: dict[str, Any]) -> Iterator[tuple[documents.Key, dict[str, Any], tuple[str, ...]]]:
    """Every mapping whose keys are rules, with the keys that are known there."""
    yield ("schema", 0), table, _TABLE_KEYS
    for position, column in enumerate(table.get("properties") or []):
        at: documents.Key = ("schema", 0, "properties", position)
        yield at, column, _COLUMN_KEYS
        yield (*at, "logicalTypeOptions"), column.get("logicalTypeOptions") or {}, OPTIONS
    for at, rule, column_name in _quality(table):
        yield at, rule, _RULE_KEYS
        yield (*at, "arguments"), rule.get("arguments") or {}, _arguments(rule, column_name)


def _quality(table: dict[str, Any]) -> Iterator[tuple[documents.Key, dict[str, Any], str | None]]:
    for position, rule in enumerate(table.get("quality") or []):
        yield ("schema", 0, "quality", position), rule, None
    for number, column in enumerate(table.get("properties") or []):
        for position, rule in enumerate(column.get("quality") or []):
            yield ("schema", 0, "properties", number, "quality", position), rule, column["name"]


def _arguments(rule: dict[str, Any], column: str | None) -> tuple[str, ...]:
    if rule.get("metric") == "invalidValues":
        return ("validValues",)
    return ("properties",) if rule.get("metric") == "duplicateValues" and column is None else ()


def _unknown_column(document: documents.Document, at: documents.Key, column: dict[str, Any]) -> Iterator[Finding]:
    name, kind = column["name"], column.get("logicalType")
    if kind not in TYPES:
        fact = f"{name}: logicalType {kind} is not enforced here"
        yield document.finding("DATA003", at, fact, f"use one of {', '.join(TYPES)}")
        return
    for option, bound in (column.get("logicalTypeOptions") or {}).items():
        place = (*at, "logicalTypeOptions", option)
        try:
            if option == "pattern":
                re.compile(bound)
            elif kind in ("timestamp", "date"):
                datetime.fromisoformat(bound)
        except (re.error, ValueError) as error:
            fact = f"{name}: {option} {bound!r} cannot be used: {error}"
            yield document.finding("DATA003", place, fact, "write a regular expression, or an ISO 8601 time")


def _unknown_rule(
    document: documents.Document, at: documents.Key, rule: dict[str, Any], column: str | None, names: list[str]
) -> Iterator[Finding]:
    metric = rule.get("metric")
    if rule.get("type", "library") != "library" or metric not in METRICS:
        fact = f"a rule of type {rule.get('type', 'library')} with metric {metric} is not enforced here"
        yield document.finding("DATA003", at, fact, f"use type library with one of {', '.join(METRICS)}")
        return
    operators = [operator for operator in OPERATORS if operator in rule]
    if len(operators) != 1:
        yield document.finding("DATA003", at, f"{metric}: no known comparison", f"use {', '.join(OPERATORS)}")
    elif not _is_bound(operators[0], rule[operators[0]]):
        fact = f"{metric}: {operators[0]} {rule[operators[0]]!r} compares with no number"
        yield document.finding("DATA003", at, fact, "give a number, or for mustBeBetween two, the lower one first")
    if metric == "invalidValues" and not _is_list(rule, "validValues"):
        yield document.finding("DATA003", at, "invalidValues without validValues", "list them under arguments")
    if rule.get("unit", "rows") not in ("rows", "percent"):
        yield document.finding("DATA003", at, f"unit {rule['unit']} is not known", "use rows or percent")
    if metric == "rowCount" and rule.get("unit") == "percent":
        yield document.finding("DATA003", at, "rowCount is always 100 percent", "compare it in rows")
    if column is None and metric in ("nullValues", "invalidValues"):
        yield document.finding("DATA003", at, f"{metric} is about a column", "move it into that column")
    yield from _unknown_properties(document, at, rule, names)


def _unknown_properties(
    document: documents.Document, at: documents.Key, rule: dict[str, Any], names: list[str]
) -> Iterator[Finding]:
    if "properties" not in (rule.get("arguments") or {}):
        return
    if not _is_list(rule, "properties"):
        yield document.finding("DATA003", at, "properties names no column", "list columns of this table")
        return
    strangers = [str(name) for name in rule["arguments"]["properties"] if name not in names]
    if strangers:
        fact = f"{rule['metric']}: {', '.join(strangers)} is not a column of this table"
        yield document.finding("DATA003", at, fact, "name columns that are in properties")


def _is_list(rule: dict[str, Any], argument: str) -> bool:
    value = (rule.get("arguments") or {}).get(argument)
    return isinstance(value, list) and bool(value)


def _is_bound(operator: str, bound: Any) -> bool:
    numbers = bound if operator == "mustBeBetween" else [bound]
    finite = all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in numbers)
    return finite and numbers == sorted(numbers)


def _columns(table: dict[str, Any], document: documents.Document) -> Iterator[Column]:
    for position, column in enumerate(table["properties"]):
        key = bool(column.get("primaryKey"))
        yield Column(
            name=column["name"],
            type=column["logicalType"],
            required=bool(column.get("required")) or key,
            unique=bool(column.get("unique")) or key,
            options=column.get("logicalTypeOptions") or {},
            line=document.line("schema", 0, "properties", position),
        )


def _rules(table: dict[str, Any], document: documents.Document) -> Iterator[Rule]:
    for at, rule, column in _quality(table):
        arguments = rule.get("arguments") or {}
        operator = next(operator for operator in OPERATORS if operator in rule)
        yield Rule(
            metric=rule["metric"],
            operator=operator,
            bound=rule[operator],
            percent=rule.get("unit") == "percent",
            columns=(column,) if column else tuple(arguments.get("properties") or ()),
            values=tuple(arguments.get("validValues") or ()),
            line=document.line(*at),
        )
