"""``contracts/data.yml`` as a file: the standard, its lines, and no rule that nobody checks."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from paved_road.contracts import data
from paved_road.findings import Problem, as_text

from .contracts_examples import CONTRACTS, data_contract, data_text

WORDS = files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
STANDARD: dict[str, Any] = json.loads(WORDS)


def refusal(text: str) -> str:
    with pytest.raises(Problem) as refused:
        data_contract(text)
    return as_text(refused.value.findings)


def test_the_templates_contract_keeps_the_open_data_contract_standard() -> None:
    document = yaml.safe_load((CONTRACTS / "data.yml").read_text(encoding="utf-8"))

    jsonschema_rs.validator_for(STANDARD).validate(document)

    assert data.load(CONTRACTS / "data.yml").name == "card_transactions"


def test_a_missing_contract_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        data.load(tmp_path / "data.yml")

    assert as_text(refused.value.findings).startswith("contracts/data.yml  DATA001  is missing")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: [", "contracts/data.yml:2  DATA001  is not YAML"),
        ("- kind", "DATA001  is not a mapping"),
        ("kind: DataContract", "DATA002  the file: "),
        (data_text("[]"), "contracts/data.yml:9  DATA003  t has no columns"),
        (data_text().partition("schema:")[0], "DATA003  0 tables"),
        (data_text() + "\n  - {name: other, properties: [{name: b, logicalType: string}]}", "DATA003  2 tables"),
        (data_text("[{name: a, logicalType: array}]"), ":10  DATA003  a: logicalType array is not enforced here"),
        (data_text("[{name: a}]"), ":10  DATA003  schema.0.properties.0: there is no logicalType"),
        (
            data_text("[{name: a, logicalType: string}, {name: a, logicalType: number}]"),
            ":10  DATA003  column a is there twice",
        ),
        (data_text("[{name: a, logicalType: string, required: 3}]"), ":10  DATA002  schema.0.properties.0.required"),
        (data_text("[{name: a, logicalType: date, logicalTypeOptions: {minimum: 2024-01-01}}]"), "write it in quotes"),
    ],
)
def test_a_broken_contract_is_refused_with_its_place(text: str, message: str) -> None:
    assert message in refusal(text)


@pytest.mark.parametrize(
    ("kind", "option", "message"),
    [
        ("string", "format: email", "format is not enforced here"),
        ("number", "multipleOf: 3", "multipleOf is not enforced here"),
        ("string", "minimum: 3", "DATA002"),
        ("number", "minLength: 3", "DATA002"),
        ("number", "minimum: three", "DATA002"),
        ("string", 'pattern: "["', "pattern '[' cannot be used: unterminated character set"),
        ("timestamp", "minimum: yesterday", "minimum 'yesterday' cannot be used"),
    ],
)
def test_an_option_that_cannot_be_enforced_is_refused_at_its_line(kind: str, option: str, message: str) -> None:
    said = refusal(
        data_text(f"\n      - name: a\n        logicalType: {kind}\n        logicalTypeOptions: {{{option}}}")
    )

    assert message in said
    assert said.startswith("contracts/data.yml:13  ")


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{type: sql, query: select 1, mustBe: 0}", "a rule of type sql with metric None is not enforced here"),
        ("{type: text, description: It is good.}", "a rule of type text with metric None is not enforced here"),
        ("{type: custom, engine: soda, implementation: x}", "a rule of type custom with metric None"),
        ("{metric: missingValues, mustBe: 0}", "a rule of type library with metric missingValues"),
        ("{metric: rowCount}", "DATA002"),
        ("{metric: rowCount, mustBe: 1, mustNotBe: 2}", "DATA002"),
        ("{metric: rowCount, mustNotBeBetween: [1, 2]}", "mustNotBeBetween is not enforced here"),
        ("{metric: rowCount, mustBe: 1, schedule: daily}", "schedule is not enforced here"),
        ("{metric: rowCount, mustNotBe: many}", "rowCount: mustNotBe 'many' compares with no number"),
        ("{metric: rowCount, mustBe: true}", "rowCount: mustBe True compares with no number"),
        (
            "{metric: rowCount, mustBe: .inf}",
            "'.inf' is none that every JSON reader takes",
        ),
        ("{metric: rowCount, mustBeBetween: [9, 1]}", "rowCount: mustBeBetween [9, 1] compares with no number"),
        ("{metric: rowCount, mustBe: 50, unit: percent}", "rowCount is always 100 percent"),
        ("{metric: duplicateValues, mustBe: 0, unit: dozen}", "unit dozen is not known"),
        ("{metric: nullValues, mustBe: 0}", "nullValues is about a column"),
        ("{metric: invalidValues, mustBe: 0, arguments: {validValues: [1]}}", "invalidValues is about a column"),
        ("{metric: invalidValues, mustBe: 0}", "invalidValues without validValues"),
        ("{metric: invalidValues, mustBe: 0, arguments: {validValues: abc}}", "invalidValues without validValues"),
        ("{metric: invalidValues, mustBe: 0, arguments: {validValues: [1], pattern: x}}", "pattern is not enforced"),
        ("{metric: rowCount, mustBe: 1, arguments: {properties: [a]}}", "properties is not enforced here"),
        ("{metric: duplicateValues, mustBe: 0, arguments: {properties: [z]}}", "duplicateValues: z is not a column"),
        ("{metric: duplicateValues, mustBe: 0, arguments: {properties: a}}", "properties names no column"),
        ("{metric: duplicateValues, mustBe: 0, arguments: {properties: []}}", "properties names no column"),
    ],
)
def test_a_rule_that_is_not_enforced_is_refused_at_its_line(rule: str, message: str) -> None:
    said = refusal(data_text(rules=f"\n      - {{metric: rowCount, mustBeGreaterThan: 0}}\n      - {rule}"))

    assert message in said
    assert said.startswith("contracts/data.yml:13  ")


def test_a_relationship_between_tables_is_refused_rather_than_skipped() -> None:
    text = data_text() + "\n    relationships:\n      - {from: t.a, to: other.a}"

    assert "contracts/data.yml:12  DATA003  schema.0: relationships is not enforced here" in refusal(text)


RULES = st.fixed_dictionaries(
    {"metric": st.sampled_from([*data.METRICS, "missingValues"])},
    optional={
        "type": st.sampled_from(["library", "sql", "text", "custom"]),
        "unit": st.sampled_from(["rows", "percent", "share"]),
        "arguments": st.dictionaries(
            st.sampled_from(["validValues", "properties", "missingValues", "pattern"]),
            st.sampled_from([[], ["a"], ["z"], "a", 3]),
        ),
        "severity": st.just("error"),
        "schedule": st.just("daily"),
        **{operator: st.sampled_from([0, 1.5, "many", True]) for operator in data.OPERATORS[:-1]},
        "mustBeBetween": st.sampled_from([[1, 2], [2, 1]]),
        "mustNotBeBetween": st.just([1, 2]),
    },
)


@settings(max_examples=150)
@given(rule=RULES, of_column=st.booleans())
def test_a_rule_is_enforced_as_it_is_written_or_refused_but_never_skipped(
    rule: dict[str, Any], of_column: bool
) -> None:
    written = json.dumps([rule])
    quality = f", quality: {written}" if of_column else ""
    columns = f"[{{name: a, logicalType: string{quality}}}]"
    text = data_text(columns, rules="[]" if of_column else written)

    try:
        (kept,) = data_contract(text).rules
    except Problem as refused:
        assert all(finding.code in ("DATA002", "DATA003") and finding.line for finding in refused.findings)
        return

    said = set(rule) - {"type", "severity", "arguments"}
    assert said == {"metric", kept.operator} | ({"unit"} if "unit" in rule else set())
    assert (kept.metric, kept.bound) == (rule["metric"], rule[kept.operator])
    assert kept.percent == (rule.get("unit") == "percent")
    arguments = rule.get("arguments", {})
    assert list(kept.values) == arguments.get("validValues", [])
    assert list(kept.columns) == (["a"] if of_column else arguments.get("properties", []))


@given(
    key=st.text(st.characters(codec="ascii", categories=["Ll", "Lu"]), min_size=1, max_size=12), of_column=st.booleans()
)
@settings(max_examples=60)
def test_a_key_that_nobody_knows_is_refused(key: str, of_column: bool) -> None:
    assume(f'"{key}"' not in WORDS)
    place = f'{{name: a, logicalType: string, "{key}": 1}}' if of_column else "{name: a, logicalType: string}"
    text = data_text(f"[{place}]") + ("" if of_column else f'\n    "{key}": 1')

    said = refusal(text)

    assert "DATA002" in said and f"'{key}' was unexpected" in said
