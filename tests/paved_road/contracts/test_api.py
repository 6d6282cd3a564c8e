"""``contracts/api.json`` says what the model contract says, and its example is accepted."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from paved_road.contracts import api, examples, records
from paved_road.contracts.model import Field
from paved_road.findings import as_text

from .contracts_examples import promise

CONTRACT = promise("classification")
TASKS = pytest.mark.parametrize("task", ["classification", "regression"])


@TASKS
def test_it_is_openapi(task: str) -> None:
    errors = OpenAPIV31SpecValidator(api.build(promise(task))).iter_errors()

    assert list(errors) == []


@TASKS
def test_every_example_is_of_its_own_schema(task: str) -> None:
    document = api.build(promise(task))
    predict = document["paths"]["/v1/predict"]["post"]
    bodies = [part["content"] for part in (predict["requestBody"], *predict["responses"].values())]

    for content in (media for body in bodies for media in body.values()):
        schema = content["schema"] | {"components": document["components"]}
        assert content["examples"]
        for example in content["examples"].values():
            assert list(jsonschema_rs.validator_for(schema).iter_errors(example["value"])) == []


def test_every_refusal_names_its_status_and_its_reason() -> None:
    answers = api.build(CONTRACT)["paths"]["/v1/predict"]["post"]["responses"]

    for status, answer in answers.items():
        if status != "200":
            shown = [example["value"] for example in answer["content"]["application/problem+json"]["examples"].values()]
            assert shown and all(str(one["status"]) == status and one["detail"] for one in shown)


def test_the_limits_of_a_request_are_named() -> None:
    predict = api.build(CONTRACT)["paths"]["/v1/predict"]["post"]

    assert predict["x-limits"]["records"] == CONTRACT.service_level.max_records
    assert f"{predict['x-limits']['body_bytes']} bytes" in predict["description"]


@pytest.mark.parametrize(
    ("changes", "prediction"),
    [
        ({"threshold": 0.8}, {"is_fraud": True, "fraud_probability": 0.9}),
        ({"classes": ["a", "b", "c"], "threshold": None}, {"is_fraud": "c", "fraud_probability": 0.6}),
    ],
)
def test_the_example_of_a_prediction_is_of_one_decision(changes: dict[str, Any], prediction: dict[str, Any]) -> None:
    outputs = [msgspec.structs.replace(output, of=None) for output in CONTRACT.outputs]

    assert examples.prediction(msgspec.structs.replace(CONTRACT, outputs=outputs, **changes)) == prediction


@pytest.mark.parametrize(
    ("low", "high", "value"), [(None, None, 1.0), (2.0, None, 2.0), (None, -1.0, -1.0), (2.0, 4.0, 3.0)]
)
def test_the_example_of_a_value_lies_in_its_range(low: float | None, high: float | None, value: float) -> None:
    contract = promise("regression")
    output = msgspec.structs.replace(contract.outputs[0], minimum=low, maximum=high)

    assert examples.prediction(msgspec.structs.replace(contract, outputs=[output])) == {output.name: value}


@TASKS
def test_what_is_derived_is_up_to_date(tmp_path: Path, task: str) -> None:
    file = tmp_path / "api.json"
    file.write_text(api.render(promise(task)), encoding="utf-8")

    assert api.check(file, promise(task)) == []


def test_another_layout_is_no_drift(tmp_path: Path) -> None:
    file = tmp_path / "api.json"
    file.write_text(json.dumps(api.build(CONTRACT), sort_keys=True), encoding="utf-8")

    assert api.check(file, CONTRACT) == []


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (None, "is missing"),
        (b"", "cannot be read: Expecting value"),
        (b"{", "cannot be read: "),
        (b"\xff", "cannot be read: 'utf-8' codec"),
        (b"[" * 100_000, "cannot be read: it is nested too deeply"),
        (b"[]", "differs from contracts/model.yml"),
        (api.render(CONTRACT).replace("1.0.0", "1.0.1").encode(), "differs from contracts/model.yml"),
        (api.render(CONTRACT).replace('"maximum": 23', '"maximum": 24').encode(), "differs from contracts/model.yml"),
        (api.render(promise("regression")).encode(), "differs from contracts/model.yml"),
    ],
)
def test_drift_is_refused_with_the_command_that_mends_it(tmp_path: Path, content: bytes | None, fact: str) -> None:
    file = tmp_path / "api.json"
    if content is not None:
        file.write_bytes(content)

    said = as_text(api.check(file, CONTRACT))

    assert said.startswith(f"contracts/api.json  API001  {fact}")
    assert "run `road contract sync`" in said


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    assert "API001  cannot be read: [Errno 21] Is a directory" in as_text(api.check(tmp_path, CONTRACT))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"example": "much"}, 'the example of amount breaks its own input: "much" is not of type "number"'),
        ({"example": -3.0}, "the example of amount breaks its own input: -3.0 is less than the minimum"),
        ({"type": "string", "values": ["a"], "example": "b", "minimum": None, "maximum": None}, '"b" is not'),
    ],
)
def test_an_example_that_its_own_input_refuses_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    first = msgspec.structs.replace(CONTRACT.inputs[0], **changes)
    contract = msgspec.structs.replace(CONTRACT, inputs=[first])
    file = tmp_path / "api.json"
    file.write_text(api.render(contract), encoding="utf-8")

    (finding,) = api.check(file, contract)

    assert (finding.code, finding.path) == ("API002", "contracts/model.yml")
    assert message in finding.fact


BOUND = st.none() | st.floats(-1e6, 1e6)


@given(
    kind=st.sampled_from(["number", "integer", "boolean", "string", "timestamp"]),
    low=BOUND,
    high=BOUND,
    values=st.none() | st.lists(st.text(), min_size=1, max_size=3, unique=True),
    nullable=st.booleans(),
)
def test_a_made_up_example_is_always_accepted(
    kind: Any, low: float | None, high: float | None, values: list[str] | None, nullable: bool
) -> None:
    ranged = kind in ("number", "integer")
    if ranged and low is not None and high is not None:
        assume(high - low >= 1)
    field = Field(
        name="field",
        type=kind,
        meaning="A field.",
        minimum=low if ranged else None,
        maximum=high if ranged else None,
        values=values if kind == "string" else None,
        nullable=nullable,
    )
    contract = msgspec.structs.replace(CONTRACT, inputs=[field])

    errors = jsonschema_rs.validator_for(records.input_schema(contract)).iter_errors(examples.record(contract))

    assert list(errors) == []
