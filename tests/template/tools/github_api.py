"""GitHub's own description of its API, and an answer recorded from it, fetched from npm when they are needed.

An answer that a test makes up holds a part of what GitHub sends. So nothing is required of it, and what it does hold
has to be a thing that GitHub sends, with a value that it can have.
"""

import json
import re
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs

from . import needs

DESCRIPTION = "@octokit/openapi@23.0.2", "package/generated/api.github.com.json"
RECORDED = "@octokit/fixtures@23.1.2", "package/scenarios/api.github.com/get-repository/normalized-fixture.json"


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = _member(*DESCRIPTION)
    return found


def recorded() -> dict[str, Any]:
    """What GitHub once sent of a repository."""
    found: dict[str, Any] = _member(*RECORDED)[0]["response"]
    return found


def example(path: str, name: str = "default") -> Any:
    """An answer that GitHub gives as the example for a path."""
    content = description()["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    return _resolved(content["examples"][name])["value"]


def complaints(request: httpx.Request, response: httpx.Response) -> list[str]:
    """What of a request and its answer GitHub does not know."""
    operation = _operation(request)
    if operation is None:
        return [f"{request.method} {request.url.path} is no part of GitHub's API"]
    parameters = {
        each["name"]: each for each in map(_resolved, operation.get("parameters", [])) if each["in"] == "query"
    }
    found = [f"it knows no parameter {name}" for name in request.url.params if name not in parameters]
    for name in request.url.params.keys() & parameters.keys():
        value, schema = request.url.params[name], parameters[name]["schema"]
        found += _broken(schema, int(value) if schema["type"] == "integer" else value)
    if request.content:
        found += _broken(_json(_resolved(operation["requestBody"])), json.loads(request.content))
    answers = operation["responses"]
    if str(response.status_code) not in answers:
        return [*found, f"it never answers {response.status_code}"]
    if response.content:
        found += _broken(_partial(_json(_resolved(answers[str(response.status_code)]))), response.json())
    return found


def _member(package: str, name: str) -> Any:
    def fill(folder: Path) -> None:
        needs.npm("pack", package, folder=folder)
        (packed,) = folder.glob("*.tgz")
        with tarfile.open(packed) as files:
            content = files.extractfile(name)
            assert content is not None
            (folder / "member.json").write_bytes(content.read())
        packed.unlink()

    return json.loads((needs.cached("github", fill, package, name) / "member.json").read_text(encoding="utf-8"))


def _operation(request: httpx.Request) -> Any:
    """The operation whose path fits with the fewest places that stand for anything."""
    fitting = [
        (path.count("{"), operations[request.method.lower()])
        for path, operations in description()["paths"].items()
        if request.method.lower() in operations and re.fullmatch(_pattern(path), request.url.path)
    ]
    return min(fitting, key=lambda each: each[0], default=(0, None))[1]


def _pattern(path: str) -> str:
    """A file's path in a repository may have slashes; nothing else may."""
    return re.sub(r"\\{(\w+)\\}", lambda name: ".+" if name[1] == "path" else "[^/]+", re.escape(path))


def _resolved(node: dict[str, Any]) -> Any:
    found: Any = node
    while "$ref" in found:
        kind, name = found["$ref"].split("/")[-2:]
        found = description()["components"][kind][name]
    return found


def _json(node: dict[str, Any]) -> Any:
    return next(said["schema"] for kind, said in node["content"].items() if kind.endswith("json"))


def _partial(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as one of JSON, that takes a part of an answer and nothing beside it."""
    if isinstance(schema, list):
        return [_partial(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    node = _resolved(schema)
    changed = {key: _partial(value) for key, value in node.items() if key not in ("required", "oneOf", "example")}
    if isinstance(node.get("required"), bool | dict):  # a property of that name
        changed["required"] = _partial(node["required"])
    if "oneOf" in node:
        changed["anyOf"] = _partial(node["oneOf"])
    if "properties" in node and isinstance(node["properties"], dict):
        changed.setdefault("additionalProperties", False)
    return {"anyOf": [changed, {"type": "null"}]} if node.get("nullable") is True else changed


def _broken(schema: Any, value: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, each.instance_path))}: {each.message}" for each in _validator(schema).iter_errors(value)
    ]


def _validator(schema: Any) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(schema)
