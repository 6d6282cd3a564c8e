"""The page's facts, taken from the OpenAPI document and the promise that it is derived from."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from paved_road import pages
from paved_road.contracts import api, records
from paved_road.contracts.model import Field, Output
from paved_road.handoff.manifest import Manifest

_TEMPLATE = Path(__file__).with_name("page.html.j2")


class Row(NamedTuple):
    """A field, as a caller reads it."""

    name: str
    type: str
    allowed: str
    unit: str
    meaning: str


class Refusal(NamedTuple):
    """A status that says no, and the documents that come with it."""

    status: str
    meaning: str
    documents: list[str]


def render(evidence: Manifest, version: str) -> bytes:
    """The page; the same evidence gives the same page.

    Args:
        evidence: whose model answers.
        version: of the model, as the header ``x-model-version`` has it.
    """
    promise = evidence.contract.promise
    document = api.build(promise)
    predict = document["paths"]["/v1/predict"]["post"]
    page = pages.render(
        _TEMPLATE,
        ("base", "tables", "api"),
        promise=promise,
        version=version,
        operator=evidence.handover.takes,
        predict=predict,
        operations=list(_operations(document)),
        takes=list(_rows(promise.inputs, records.input_schema(promise))),
        gives=list(_rows(promise.outputs, records.output_schema(promise))),
        curl=_curl(document),
        answer=_json(document["components"]["schemas"]["Prediction"]["examples"][0]),
        refusals=list(_refusals(predict)),
    )
    return page.encode()


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation["summary"]


def _rows(fields: list[Field] | list[Output], schema: dict[str, Any]) -> Iterator[Row]:
    for field in fields:
        said = schema["properties"][field.name]
        yield Row(field.name, _type(said), _allowed(said), field.unit or "", field.meaning)


def _type(said: dict[str, Any]) -> str:
    kinds = said["type"] if isinstance(said["type"], list) else [said["type"]]
    name = "date and time (RFC 3339)" if said.get("format") == "date-time" else kinds[0]
    return f"{name}, or null, or left out" if "null" in kinds else name


def _allowed(said: dict[str, Any]) -> str:
    if "enum" in said:
        return ", ".join(json.dumps(value, ensure_ascii=False) for value in said["enum"] if value is not None)
    low, high = said.get("minimum"), said.get("maximum")
    if low is not None and high is not None:
        return f"{low:,.12g} to {high:,.12g}"
    return f"at least {low:,.12g}" if low is not None else f"at most {high:,.12g}" if high is not None else "any"


def _curl(document: dict[str, Any]) -> str:
    record = shlex.quote(_json(document["components"]["schemas"]["Record"]["examples"][0]))
    return f"curl -s \"$URL/v1/predict\" -H 'content-type: application/json' -d {record}"


def _refusals(predict: dict[str, Any]) -> Iterator[Refusal]:
    for status, answer in predict["responses"].items():
        if not status.startswith("2"):
            (media,) = answer["content"].values()
            documents = [_json(example["value"]) for example in media["examples"].values()]
            yield Refusal(status, answer["description"], documents)
