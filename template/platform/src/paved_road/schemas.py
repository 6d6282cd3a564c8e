"""JSON Schemas derived from types, so that an editor explains what the code reads."""

import inspect
import re
from typing import Any

import msgspec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def derive(kind: type[msgspec.Struct], title: str) -> dict[str, Any]:
    """The JSON Schema of a type; each property is described by its line in the class's ``Attributes`` section."""
    (reference,), definitions = msgspec.json.schema_components([kind])
    for definition in definitions.values():
        summary, attributes = _docstring(definition.get("description", ""))
        definition["description"] = summary
        for name, schema in definition.get("properties", {}).items():
            if name in attributes:
                definition["properties"][name] = _described(schema, attributes[name])
    return {"$schema": DIALECT, "title": title, **reference, "$defs": dict(sorted(definitions.items()))}


def _docstring(text: str) -> tuple[str, dict[str, str]]:
    head, _, tail = inspect.cleandoc(text).partition("Attributes:")
    attributes = dict(re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", tail, re.MULTILINE))
    return head.strip(), {name: re.sub(r"\s+", " ", said).replace("``", "") for name, said in attributes.items()}


def _described(schema: dict[str, Any], said: str) -> dict[str, Any]:
    rule = schema.get("description")
    return schema | {"description": f"{said} {rule}" if rule else said}
