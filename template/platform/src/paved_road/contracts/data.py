"""``contracts/data.yml``: what data engineers promise to science, in the Open Data Contract Standard v3.

A rule that is not known here is an error, never skipped: a promise that nobody checks is worse than none.
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from paved_road import documents
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
    """One dataset: its columns and its rules."""

    name: str
    version: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    digest: str

    def column(self, name: str) -> Column | None:
        """The column of that name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


def load(file: Path, shown: str = PATH) -> DataContract:
    """Read a data contract.

    Raises:
        Problem: where the file breaks the standard, or holds a rule that is not enforced here.
    """
    document = documents.load(file, shown, "DATA001")
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
    )


def _standard() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_bytes())
    return schema


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
                yield document.finding("DATA003", (*at, key), fact, f"use one of {', '.join(allowed)}")
    for position, column in enumerate(table.get("properties") or []):
        at = ("schema", 0, "properties", position)
        if column.get("logicalType") not in TYPES:
            fact = f"{column['name']}: logicalType {column.get('logicalType')} is not enforced here"
            yield document.finding("DATA003", at, fact, f"use one of {', '.join(TYPES)}")
    for at, rule, column_name in _quality(table):
        yield from _unknown_rule(document, at, rule, column_name)


_RULE_KEYS = ("type", "metric", "arguments", "unit", *OPERATORS, "name", "description", "dimension", "severity", "id")
_COLUMN_KEYS = (
    *("name", "logicalType", "logicalTypeOptions", "physicalType", "physicalName", "required", "unique"),
    *("primaryKey", "primaryKeyPosition", "quality", "description", "businessName", "classification", "examples"),
    *("tags", "criticalDataElement", "id", "customProperties"),
)


def _places(table: dict[str, Any]) -> Iterator[tuple[documents.Key, dict[str, Any], tuple[str, ...]]]:
    """Every mapping whose keys are rules, with the keys that are known there."""
    for position, column in enumerate(table.get("properties") or []):
        at: documents.Key = ("schema", 0, "properties", position)
        yield at, column, _COLUMN_KEYS
        yield (*at, "logicalTypeOptions"), column.get("logicalTypeOptions") or {}, OPTIONS
    for at, rule, _ in _quality(table):
        yield at, rule, _RULE_KEYS


def _quality(table: dict[str, Any]) -> Iterator[tuple[documents.Key, dict[str, Any], str | None]]:
    for position, rule in enumerate(table.get("quality") or []):
        yield ("schema", 0, "quality", position), rule, None
    for number, column in enumerate(table.get("properties") or []):
        for position, rule in enumerate(column.get("quality") or []):
            yield ("schema", 0, "properties", number, "quality", position), rule, column["name"]


def _unknown_rule(
    document: documents.Document, at: documents.Key, rule: dict[str, Any], column: str | None
) -> Iterator[Finding]:
    if rule.get("type", "library") != "library" or rule.get("metric") not in METRICS:
        fact = f"a rule of type {rule.get('type')} with metric {rule.get('metric')} is not enforced here"
        yield document.finding("DATA003", at, fact, f"use type library with one of {', '.join(METRICS)}")
        return
    if sum(operator in rule for operator in OPERATORS) != 1:
        yield document.finding("DATA003", at, f"{rule['metric']}: no known comparison", f"use {', '.join(OPERATORS)}")
    if rule["metric"] == "invalidValues" and not (rule.get("arguments") or {}).get("validValues"):
        yield document.finding("DATA003", at, "invalidValues without validValues", "list them under arguments")
    if rule.get("unit", "rows") not in ("rows", "percent"):
        yield document.finding("DATA003", at, f"unit {rule['unit']} is not known", "use rows or percent")
    if column is None and rule["metric"] in ("nullValues", "invalidValues"):
        yield document.finding("DATA003", at, f"{rule['metric']} is about a column", "move it into that column")


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
