"""What changed between two ``contracts/api.json``.

Both are derived from their model contract. Where the platform of today still derives the same from both, every
difference is one of ``model.yml`` and is judged there; otherwise the document itself is compared.
"""

from collections.abc import Iterator
from typing import Any

from paved_road.contracts import api
from paved_road.contracts.compatibility.rules import Change, said, same
from paved_road.contracts.model import ModelContract

_TEXTS = ("description", "summary", "title", "example", "examples")
_Name = tuple[str, ...]
"""A path, its method, a status of that: as many as are meant."""


def changes(
    old: dict[str, Any], new: dict[str, Any], promises: tuple[ModelContract | None, ModelContract]
) -> Iterator[Change]:
    """Every difference, judged.

    Args:
        old: the document before.
        new: the document after.
        promises: the model contracts they were derived from; the former one is None where nobody can read it.
    """
    if same(old, new):
        return
    derived = [api.build(promise) if promise else None for promise in promises]
    if derived[0] == old and derived[1] == new:
        yield said("api-follows", "it follows contracts/model.yml")
        return
    before, after = _answers(old), _answers(new)
    found = list(_operations(before, after))
    yield from found
    both = before & after
    if not same(_rest(old, derived[0], both), _rest(new, derived[1], both)):
        yield said("api-other", "what callers send or get changed in a way that contracts/model.yml does not explain")
    elif not found:
        yield said("api-text", "texts, examples or refusals changed")


def _operations(before: set[_Name], after: set[_Name]) -> Iterator[Change]:
    gone, come = before - after, after - before
    # What comes or goes with its path or method is said once, by the shortest name.
    for name in sorted(gone):
        if name[:-1] not in gone:
            yield said("api-text" if _refuses(name) else "api-removed", f"{' '.join(name)} was removed")
    for name in sorted(come):
        if name[:-1] not in come:
            yield said("api-added", f"{' '.join(name)} was added")


def _refuses(name: _Name) -> bool:
    return len(name) == 3 and not name[2].startswith("2")


def _answers(document: dict[str, Any]) -> set[_Name]:
    """Every path, every method of it and every status that it answers with."""
    found: set[_Name] = set()
    for path, operations in document.get("paths", {}).items():
        found.add((path,))
        for method, operation in operations.items():
            found.add((path, method))
            found |= {(path, method, status) for status in operation.get("responses", {})}
    return found


def _rest(document: dict[str, Any], derived: dict[str, Any] | None, both: set[_Name]) -> dict[str, Any]:
    """What is in no text, in both documents, and not as it is derived from the model contract."""
    parts, explained = _parts(document, both), _parts(derived, both) if derived else {}
    return {name: "as derived" if part == explained.get(name) else part for name, part in parts.items()}


def _parts(document: dict[str, Any], both: set[_Name]) -> dict[str, Any]:
    parts = {name: value for name, value in document.items() if name not in ("info", "paths", "components")}
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        parts[f"schema {name}"] = _without_texts(schema)
    # Older platforms closed it; callers ignore fields that they do not know.
    parts.get("schema Prediction", {}).pop("additionalProperties", None)
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            if (path, method) in both:
                parts[f"{path} {method} takes"] = [
                    _without_texts(operation.get(key)) for key in ("parameters", "requestBody")
                ]
            for status, answer in operation.get("responses", {}).items():
                if (path, method, status) in both and status.startswith("2"):
                    parts[f"{path} {method} {status}"] = _without_texts(answer)
    return parts


def _without_texts(schema: Any) -> Any:
    """A JSON Schema without what only people read; a property may be called like one of those words."""
    if isinstance(schema, list):
        return [_without_texts(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key in ("properties", "content", "headers") and isinstance(value, dict):
            kept[key] = {name: _without_texts(part) for name, part in value.items()}
        elif key not in _TEXTS:
            kept[key] = _without_texts(value)
    return kept
