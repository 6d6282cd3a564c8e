"""``contracts/api.json``: OpenAPI 3.1, derived from the model contract, so that callers and server cannot disagree."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs

from paved_road.contracts import examples, limits, model, records, refusals
from paved_road.contracts.model import ModelContract
from paved_road.contracts.refusals import Kind
from paved_road.findings import Finding

PATH = "contracts/api.json"


PREDICT = "/v1/predict"
"""Where predictions are asked for."""


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
            PREDICT: {"post": _predict(contract)},
            "/healthz": {"get": _plain("alive", "The process is alive.", "Alive.")},
            "/readyz": {"get": _ready()},
            "/metrics": {"get": _plain("metrics", "Metrics in Prometheus' text format.", "Metrics.")},
            "/openapi.json": {"get": _plain("openapi", "This document.", "OpenAPI 3.1.")},
            "/docs": {"get": _plain("docs", "This document as a page to read.", "HTML.")},
        },
        "components": {
            "schemas": {
                "Record": records.input_schema(contract) | {"examples": [examples.record(contract)]},
                "Prediction": records.output_schema(contract) | {"examples": [examples.prediction(contract)]},
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
    for error in validator.iter_errors(examples.record(contract)):
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


def _predict(contract: ModelContract) -> dict[str, Any]:
    most, longest, at_once = _limits(contract)
    record, prediction = examples.record(contract), examples.prediction(contract)
    return {
        "operationId": "predict",
        "summary": "Predict one record, or many.",
        "description": f"Send a record and get a prediction, or an array of at most {most} and get as many, in order. "
        f"A body holds at most {longest} bytes.",
        "x-limits": {"records": most, "body_bytes": longest, "requests_under_way": at_once},
        "requestBody": {"required": True, "content": {"application/json": _one_or_many("Record", most, record)}},
        "responses": {
            "200": {
                "description": "As many predictions as records.",
                "headers": {
                    "x-model-version": _header("Version that answered."),
                    "x-request-id": _header("The request's own, or a new one; the server's log has it."),
                },
                "content": {"application/json": _one_or_many("Prediction", most, prediction)},
            },
            **_refusals(contract),
        },
    }


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"schema": {"type": kind}, "description": description}


def _refusals(contract: ModelContract) -> dict[str, Any]:
    most, longest, at_once = _limits(contract)
    required = records.input_schema(contract)["required"][:1]
    errors = [{"record": 0, "field": name, "message": refusals.MISSING} for name in required]
    errors.append({"record": 0, "field": "no_such_field", "message": refusals.UNKNOWN_FIELD})
    return {
        "400": _problem("The body is not JSON.", (refusals.NOT_JSON, refusals.not_json("Input data was truncated"))),
        "408": _problem(
            "The request did not arrive in time.", (refusals.TOO_SLOW, refusals.too_slow(limits.REQUEST_SECONDS))
        ),
        "413": _problem(
            "The body is too large, or holds too many records.",
            (refusals.TOO_MANY, refusals.too_many(most + 1, most)),
            (refusals.TOO_LONG, refusals.too_long(longest)),
        ),
        "415": _problem("The body is compressed.", (refusals.ENCODED, refusals.encoded("gzip"))),
        "422": _problem(
            "Records break the contract; every error is named, by record and field.",
            (refusals.BROKEN, refusals.broken(1, len(errors))),
            errors=errors,
        ),
        "429": _later(_problem("Too many requests at once.", (refusals.OVERLOADED, refusals.overloaded(at_once)))),
        "500": _problem(
            "The server failed, or the model gave what its contract does not allow.",
            (refusals.SERVER_FAILED, refusals.FAILED),
        ),
        "503": _not_ready(),
    }


def _limits(contract: ModelContract) -> tuple[int, int, int]:
    """Most records, and most bytes, of a request; and most requests at once."""
    level = contract.service_level
    longest = limits.body_bytes(records.input_schema(contract), level.max_records)
    return level.max_records, longest, limits.requests_under_way(level.concurrency)


def _one_or_many(name: str, most: int, example: dict[str, Any]) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{name}"}
    several = [example] * min(2, most)
    return {
        "schema": {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": most}]},
        "examples": {"one": {"value": example}, "many": {"value": several}},
    }


def _plain(name: str, summary: str, answer: str) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "responses": {"200": {"description": answer}}}


def _ready() -> dict[str, Any]:
    operation = _plain("ready", "The model is verified and answers.", "Ready.")
    operation["responses"]["503"] = _not_ready()
    return operation


def _not_ready() -> dict[str, Any]:
    return _later(_problem("Not ready.", (refusals.UNREADY, refusals.NOT_READY)))


def _later(refusal: dict[str, Any]) -> dict[str, Any]:
    """A refusal that says when to ask again."""
    return refusal | {"headers": {"retry-after": _header("Seconds after which to ask again.", "integer")}}


def _problem(description: str, *said: tuple[Kind, str], errors: Sequence[Any] = ()) -> dict[str, Any]:
    """A refusal, with an example for each reason that it may have."""
    shown = {
        f"example{number}": {"value": refusals.document(kind, detail, errors)}
        for number, (kind, detail) in enumerate(said, start=1)
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {refusals.MEDIA_TYPE: {"schema": schema, "examples": shown}}}


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Why, for programs; never changes its meaning."},
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
    "required": ["type", "title", "status", "code"],
}
