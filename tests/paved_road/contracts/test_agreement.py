"""What the model reads must be promised by the data, in the same type."""

from typing import Any

import msgspec
import pytest
from paved_road.contracts import agreement, data
from paved_road.findings import as_text

from .contracts_examples import CONTRACTS, data_contract, promise


def said(old: str, new: str) -> str:
    """What a person reads once one place of the template's data contract is changed."""
    text = (CONTRACTS / "data.yml").read_text(encoding="utf-8")
    assert old in text
    return as_text(list(agreement.check(promise("classification"), data_contract(text.replace(old, new)))))


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_templates_contracts_agree(task: str) -> None:
    assert list(agreement.check(promise(task), data.load(CONTRACTS / "data.yml"))) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: is_fraud", "name: was_fraud", "is_fraud is not a column of contracts/data.yml"),
        ("name: transaction_id", "name: id", "transaction_id is not a column of contracts/data.yml"),
        ("name: transaction_time", "name: time", "transaction_time is not a column of contracts/data.yml"),
        ("name: channel", "name: way", "input channel is not a column of contracts/data.yml"),
        ("name: channel", "name: way", "AGREE001  channel is not a column of contracts/data.yml"),
        (
            "name: transactions_last_day\n        logicalType: integer",
            "name: transactions_last_day\n        logicalType: number",
            "input transactions_last_day is a integer, and contracts/data.yml says number",
        ),
        (
            "name: channel\n        logicalType: string\n        required: true",
            "name: channel\n        logicalType: string",
            "input channel is not nullable, and contracts/data.yml lets it be missing",
        ),
    ],
)
def test_contracts_that_contradict_each_other_are_refused(old: str, new: str, message: str) -> None:
    findings = said(old, new)

    assert findings.startswith("contracts/model.yml  AGREE001  ")
    assert message in findings
    assert "make the two contracts agree" in findings


SEEN = """\
        logicalTypeOptions: {minimum: 0, maximum: 500}"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SEEN, SEEN.replace(" 0,", " 1,"), "transactions_last_day has minimum 0, and contracts/data.yml:"),
        (SEEN, SEEN.replace("500", "499"), "has maximum 500, and contracts/data.yml:85 promises maximum 499"),
        (
            SEEN,
            SEEN.replace("minimum: 0", "exclusiveMinimum: 0"),
            "has minimum 0, and contracts/data.yml:85 promises ex",
        ),
        (SEEN, SEEN.replace("maximum", "exclusiveMaximum"), "promises exclusiveMaximum 500"),
        (
            "[domestic, european, overseas]",
            "[domestic, european]",
            "merchant_region takes overseas, and contracts/data.y",
        ),
        (
            "validValues: [chip, contactless, magstripe, online]}, mustBe: 0",
            "validValues: [chip, contactless]}, mustBeLessThan: 1",
            "input channel takes magstripe, online, and contracts/data.yml:",
        ),
    ],
)
def test_values_that_nobody_has_seen_are_refused(old: str, new: str, message: str) -> None:
    findings = said(old, new)

    assert findings.startswith("contracts/model.yml  AGREE002  input ")
    assert message in findings
    assert "narrow the input, or agree on wider data" in findings


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"minimum": None}, "input local_hour has no minimum, and contracts/data.yml"),
        ({"maximum": None}, "input local_hour has no maximum, and contracts/data.yml"),
        ({"minimum": -0.5, "maximum": 23.5}, ""),
        ({"minimum": 5, "maximum": 6}, ""),
    ],
)
def test_an_open_end_is_refused_where_the_data_has_one(change: dict[str, Any], message: str) -> None:
    assert message in (found := findings_with("local_hour", change))
    assert bool(message) == bool(found)


def test_any_text_is_refused_where_the_data_lists_values() -> None:
    assert "input channel takes any text, and contracts/data.yml" in findings_with("channel", {"values": None})


def findings_with(name: str, change: dict[str, Any]) -> str:
    """What a person reads once one input of the template's model contract is changed."""
    contract = promise("classification")
    inputs = [msgspec.structs.replace(field, **(change if field.name == name else {})) for field in contract.inputs]
    changed = msgspec.structs.replace(contract, inputs=inputs)
    return as_text(list(agreement.check(changed, data.load(CONTRACTS / "data.yml"))))


@pytest.mark.parametrize("rule", ["mustBeLessThan: 2", "mustBeLessThan: 1, unit: percent", "mustBeGreaterThan: 0"])
def test_a_rule_that_lets_other_values_through_excludes_none(rule: str) -> None:
    assert said("[domestic, european, overseas]}, mustBe: 0", f"[domestic]}}, {rule}") == ""


def test_whole_numbers_fit_where_numbers_are_wanted() -> None:
    assert said("name: amount\n        logicalType: number", "name: amount\n        logicalType: integer") == ""
