"""``contracts/api.json``: OpenAPI 3.1, derived from the model contract, so that callers and server cannot disagree."""

import json
import math
from pathlib import Path
from typing import Any

import jsonschema_rs

from paved_road.contracts import model, records
from paved_road.contracts.model import Field, ModelContract
from paved_road.findings import Finding

PATH = "contracts/api.json"
_EXAMPLES = {"number": 1.0, "integer": 1, "boolean": False, "string": "text", "timestamp": "2026-01-01T12:00:00Z"}


def build(contract: ModelContract) -> dict[str, Any]:
    """The OpenAPI document of the service that serves this model."""
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": contract.name,
            "version": contract.version,
            "description": contract.intended_use,
        },
        "paths": {
            "/v1/predict": {"post": _predict(contract)},
            "/healthz": {"get": _plain("The process is alive.", {"200": "Alive."})},
            "/readyz": {"get": _plain("The model is verified and answers.", {"200": "Ready.", "503": "Not ready."})},
            "/metrics": {"get": _plain("Metrics in Prometheus' text format.", {"200": "Metrics."})},
            "/openapi.json": {"get": _plain("This document.", {"200": "OpenAPI 3.1."})},
        },
        "components": {
            "schemas": {
                "Record": records.input_schema(contract) | {"examples": [example(contract)]},
                "Prediction": records.output_schema(contract),
                "Problem": _PROBLEM,
            }
        },
    }


def render(contract: ModelContract) -> str:
    """`build` as the text of ``contracts/api.json``."""
    return json.dumps(build(contract), indent=2, ensure_ascii=False) + "\n"


def check(file: Path, contract: ModelContract) -> list[Finding]:
    """Whether ``contracts/api.json`` still says what the model contract says, and its example is one."""
    validator = jsonschema_rs.validator_for(records.input_schema(contract))
    found = []
    for error in validator.iter_errors(example(contract)):
        fact = f"the example of {'.'.join(map(str, error.instance_path))} breaks its own input: {error.message}"
        found.append(Finding(code="API002", fact=fact, remedy="give one that the input allows", path=model.PATH))
    return [*found, *_drift(file, contract)]


def _drift(file: Path, contract: ModelContract) -> list[Finding]:
    try:
        current = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fact = "is missing"
    except RecursionError:
        fact = "cannot be read: it is nested too deeply"
    except (OSError, ValueError) as error:
        fact = f"cannot be read: {error}"
    else:
        if current == build(contract):
            return []
        fact = "differs from contracts/model.yml, which it is derived from"
    return [Finding(code="API001", fact=fact, remedy="run `road contract sync`", path=PATH)]


def example(contract: ModelContract) -> dict[str, Any]:
    """A record that the contract accepts."""
    record: dict[str, Any] = {}
    for field in contract.inputs:
        if field.example is not None:
            record[field.name] = field.example
        elif field.nullable:
            record[field.name] = None
        elif field.values:
            record[field.name] = field.values[0]
        else:
            record[field.name] = _bound(field)
    return record


def _bound(field: Field) -> Any:
    whole = field.type == "integer"
    if field.minimum is not None:
        return math.ceil(field.minimum) if whole else field.minimum
    if field.maximum is not None:
        return math.floor(field.maximum) if whole else field.maximum
    return _EXAMPLES[field.type]


def _predict(contract: ModelContract) -> dict[str, Any]:
    most = contract.service_level.max_records
    return {
        "operationId": "predict",
        "summary": "Predict one record, or many.",
        "description": f"Send a record and get a prediction, or an array of at most {most} and get as many, in order.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": _one_or_many("Record", most)}}},
        "responses": {
            "200": {
                "description": "As many predictions as records.",
                "headers": {"x-model-version": {"schema": {"type": "string"}, "description": "Version that answered."}},
                "content": {"application/json": {"schema": _one_or_many("Prediction", most)}},
            },
            "400": _problem("The body is not JSON."),
            "413": _problem("The body is too large, or holds too many records."),
            "422": _problem("Records break the contract; every error is named, by record and field."),
            "500": _problem("The model gave a prediction outside its own contract."),
            "503": _problem("Not ready."),
        },
    }


def _one_or_many(name: str, most: int) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{name}"}
    return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": most}]}


def _plain(summary: str, answers: dict[str, str]) -> dict[str, Any]:
    return {"summary": summary, "responses": {code: {"description": said} for code, said in answers.items()}}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "record": {"type": "integer", "description": "Position in the request, from 0."},
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["record", "message"],
            },
        },
    },
    "required": ["type", "title", "status"],
}
