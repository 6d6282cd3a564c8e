"""A record and a prediction as JSON Schema: what is allowed passes, everything else is refused."""

from typing import Any

import jsonschema_rs
import pytest
from paved_road.contracts import examples, records

from .contracts_examples import promise

CONTRACT = promise("classification")
RECORD = examples.record(CONTRACT)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_both_schemas_are_json_schema_2020_12(task: str) -> None:
    for schema in (records.input_schema(promise(task)), records.output_schema(promise(task))):
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


@pytest.mark.parametrize(
    "change",
    [
        {"usual_amount": None},
        {"device": None},
        {"device": "ios"},
        {"amount": 0.01},
        {"amount": 50000},
        {"local_hour": 23},
        {"transactions_last_day": 3.0},
    ],
    ids=str,
)
def test_what_the_contract_allows_passes(change: dict[str, Any]) -> None:
    assert jsonschema_rs.validator_for(records.input_schema(CONTRACT)).is_valid(RECORD | change)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": None},
        {"amount": "12"},
        {"amount": True},
        {"amount": 0.009},
        {"amount": 50000.01},
        {"local_hour": 24},
        {"local_hour": 3.5},
        {"channel": "pigeon"},
        {"channel": None},
        {"device": "amiga"},
        {"pin_verified": 1},
        {"planet": "earth"},
    ],
    ids=str,
)
def test_what_the_contract_does_not_allow_is_refused(change: dict[str, Any]) -> None:
    assert not jsonschema_rs.validator_for(records.input_schema(CONTRACT)).is_valid(RECORD | change)


@pytest.mark.parametrize("field", CONTRACT.inputs, ids=lambda field: field.name)
def test_only_a_nullable_field_may_be_left_out(field: Any) -> None:
    record = {name: value for name, value in RECORD.items() if name != field.name}

    assert jsonschema_rs.validator_for(records.input_schema(CONTRACT)).is_valid(record) == field.nullable


@pytest.mark.parametrize(
    ("prediction", "valid"),
    [
        ({"is_fraud": True, "fraud_probability": 0.9}, True),
        ({"is_fraud": "true", "fraud_probability": 0.9}, False),
        ({"is_fraud": True, "fraud_probability": 1.1}, False),
        ({"is_fraud": True}, False),
        ({"is_fraud": True, "fraud_probability": 0.9, "more": 1}, True),
    ],
)
def test_a_prediction_is_held_against_its_outputs(prediction: dict[str, Any], valid: bool) -> None:
    assert jsonschema_rs.validator_for(records.output_schema(CONTRACT)).is_valid(prediction) == valid
