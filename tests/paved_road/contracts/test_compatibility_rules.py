"""Every row of the table of rules, by an example: one edit of a contract falls under that rule and no other."""

import copy
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from paved_road import documents
from paved_road.contracts import api, data, model
from paved_road.contracts.compatibility import of_api, of_data, of_model
from paved_road.contracts.compatibility.of_data import Dataset
from paved_road.contracts.compatibility.rules import RULES, Change

from .compatibility_examples import CLASSIFICATION, DATA, REGRESSION, Example
from .contracts_examples import CONTRACTS, promise, text

PROMISE = promise("classification")
DOCUMENT = api.build(PROMISE)
LAKE = "status: active\nservers: [{server: lake, type: s3, location: s3://a}]"


def shown(rows: list[Example]) -> Any:
    return pytest.mark.parametrize("row", rows, ids=[f"{number}-{row.rule}" for number, row in enumerate(rows)])


def edited(contract: str, row: Example) -> str:
    assert row.before in contract
    return contract.replace(row.before, row.after, 1)


def dataset(contract: str) -> Dataset:
    document = documents.parse(contract, data.PATH, "DATA001")
    return Dataset(data.read(document), document)


def data_changes(before: str, after: str) -> list[Change]:
    return list(of_data.changes(dataset(before), dataset(after)))


@shown(CLASSIFICATION)
def test_a_change_of_a_classifier_falls_under_its_rule(row: Example) -> None:
    before = text("classification")

    (change,) = of_model.changes(model.parse(before), model.parse(edited(before, row)))

    assert change.rule.id == row.rule
    assert row.fact in change.fact


@shown(REGRESSION)
def test_a_change_of_a_regression_falls_under_its_rule(row: Example) -> None:
    before = text("regression")

    (change,) = of_model.changes(model.parse(before), model.parse(edited(before, row)))

    assert change.rule.id == row.rule
    assert row.fact in change.fact


def test_another_task_falls_under_its_rule() -> None:
    (change,) = of_model.changes(PROMISE, msgspec.structs.replace(PROMISE, task="regression"))

    assert change.rule.id == "model-task"
    assert "task went from classification to regression" in change.fact


@shown(DATA)
def test_a_change_of_the_data_falls_under_its_rule(row: Example) -> None:
    before = (CONTRACTS / "data.yml").read_text(encoding="utf-8")

    (change,) = data_changes(before, edited(before, row))

    assert change.rule.id == row.rule
    assert row.fact in change.fact


@pytest.mark.parametrize(
    ("now", "fact"), [(LAKE.replace("s3://a", "s3://b"), "was changed"), ("status: active", "was removed")]
)
def test_a_server_that_is_not_where_it_was_has_moved(now: str, fact: str) -> None:
    plain = (CONTRACTS / "data.yml").read_text(encoding="utf-8")
    before = plain.replace("status: active", LAKE)

    (change,) = data_changes(before, plain.replace("status: active", now))

    assert change.rule.id == "data-moved"
    assert f"servers.lake {fact}" in change.fact


@pytest.mark.parametrize("years", [1, 3])
def test_how_old_rows_of_a_column_may_be_is_weaker_either_way(years: int) -> None:
    plain = (CONTRACTS / "data.yml").read_text(encoding="utf-8")
    before = plain.replace("value: 2, unit: y", "value: 2, unit: y, element: transaction_time")

    (change,) = data_changes(before, before.replace("value: 2, unit: y", f"value: {years}, unit: y"))

    assert change.rule.id == "sla-weaker"
    assert f"retention.transaction_time went from 2 y to {years} y" in change.fact


@pytest.mark.parametrize("spelt", ["Frequency", "fy"])
def test_a_service_level_is_the_same_however_the_standard_lets_it_be_spelt(spelt: str) -> None:
    plain = (CONTRACTS / "data.yml").read_text(encoding="utf-8")

    (change,) = data_changes(plain, plain.replace("property: frequency, value: 1", f"property: {spelt}, value: 2"))

    assert change.rule.id == "sla-weaker"
    assert "slaProperties.frequency went from 1 d to 2 d" in change.fact


# api.json -----------------------------------------------------------------------------------------------------------


def _drop_metrics(document: dict[str, Any]) -> None:
    del document["paths"]["/metrics"]


def _drop_success(document: dict[str, Any]) -> None:
    del document["paths"]["/readyz"]["get"]["responses"]["200"]


def _drop_refusal(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/predict"]["post"]["responses"]["413"]


def _add_path(document: dict[str, Any]) -> None:
    document["paths"]["/v2/predict"] = document["paths"]["/v1/predict"]


def _reword(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Record"]["properties"]["amount"]["description"] = "How much."


def _narrow(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Record"]["properties"]["amount"]["maximum"] = 1


def _forget(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["Problem"]["properties"]["errors"]


def _close(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Prediction"]["additionalProperties"] = False


def _show(document: dict[str, Any]) -> None:
    document["paths"]["/v1/predict"]["post"]["requestBody"]["content"]["application/json"]["examples"] = {}


API: list[tuple[str, Callable[[dict[str, Any]], None], str]] = [
    ("api-removed", _drop_metrics, "/metrics was removed"),
    ("api-removed", _drop_success, "/readyz get 200 was removed"),
    ("api-text", _drop_refusal, "/v1/predict post 413 was removed"),
    ("api-added", _add_path, "/v2/predict was added"),
    ("api-text", _reword, "texts, examples or refusals changed"),
    ("api-text", _close, "texts, examples or refusals changed"),
    ("api-text", _show, "texts, examples or refusals changed"),
    ("api-other", _narrow, "in a way that contracts/model.yml does not explain"),
    ("api-other", _forget, "in a way that contracts/model.yml does not explain"),
]


@pytest.mark.parametrize(("rule", "edit", "fact"), API)
def test_a_change_of_the_service_falls_under_its_rule(
    rule: str, edit: Callable[[dict[str, Any]], None], fact: str
) -> None:
    after = copy.deepcopy(DOCUMENT)
    edit(after)

    (change,) = of_api.changes(DOCUMENT, after, (PROMISE, PROMISE))

    assert change.rule.id == rule
    assert fact in change.fact


def test_what_the_model_contract_explains_is_judged_there() -> None:
    narrower = model.parse(text("classification").replace("maximum: 50000", "maximum: 40000"))

    (change,) = of_api.changes(DOCUMENT, api.build(narrower), (PROMISE, narrower))

    assert change.rule.id == "api-follows"
    assert "it follows contracts/model.yml" in change.fact


def test_an_api_of_another_platform_is_compared_but_for_what_the_model_contract_explains() -> None:
    narrower = model.parse(text("classification").replace("maximum: 50000", "maximum: 40000"))
    former = copy.deepcopy(DOCUMENT)
    _drop_metrics(former)

    (change,) = of_api.changes(former, api.build(narrower), (PROMISE, narrower))

    assert change.rule.id == "api-added"
    assert "/metrics was added" in change.fact


# All of it ----------------------------------------------------------------------------------------------------------


def test_every_rule_has_an_example() -> None:
    shown_elsewhere = {"model-task", "data-moved", "api-follows"}
    examples = {row.rule for row in [*CLASSIFICATION, *REGRESSION, *DATA]} | {rule for rule, _, _ in API}

    assert examples | shown_elsewhere == {rule.id for rule in RULES}


def test_every_rule_has_a_name_of_its_own_and_one_sentence_that_says_why() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.because.endswith(".") and rule.because.count(". ") == 0, rule.id


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_contract_does_not_differ_from_itself(task: str) -> None:
    contract = text(task)

    assert not list(of_model.changes(model.parse(contract), model.parse("# a comment\n" + contract)))


def test_true_and_one_are_two_classes() -> None:
    numbers = msgspec.structs.replace(PROMISE, classes=[0, 1])

    changes = [change.rule.id for change in of_model.changes(PROMISE, numbers)]

    assert "model-classes" in changes
    assert json.dumps(PROMISE.classes) != json.dumps(numbers.classes)
