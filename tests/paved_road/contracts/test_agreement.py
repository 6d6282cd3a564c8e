"""What the model reads must be promised by the data, in the same type."""

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


def test_whole_numbers_fit_where_numbers_are_wanted() -> None:
    assert said("name: amount\n        logicalType: number", "name: amount\n        logicalType: integer") == ""
