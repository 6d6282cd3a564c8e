"""Request types, compiled from a handoff's JSON Schema: what they accept is what the schema accepts."""

import math
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, cast

import msgspec
from msgspec import Meta

from paved_road.findings import Problem, problem

LARGEST_INTEGER = 2**63 - 1
"""An integer beyond it is refused: no such count is meant, and float64 could not hold it."""

_LARGEST = sys.float_info.max
_OF_RECORD = {"type", "properties", "required", "additionalProperties"}
_OF_FIELD = {"type", "description", "examples"}
_OF_KIND = {
    "number": {"minimum", "maximum"},
    "integer": {"minimum", "maximum"},
    "boolean": set[str](),
    "string": {"enum", "format"},
}
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Instant(float):
    """A point in time: seconds since 1970 (UTC), as the artifact reads it."""


def record_type(schema: dict[str, Any], order: Sequence[str]) -> type[msgspec.Struct]:
    """The type of a record.

    Args:
        schema: JSON Schema of a record, as `contracts.records.input_schema` writes it.
        order: names of its fields, in the order in which the type's own fields shall stand.

    Returns:
        A struct with a field for each name; a missing value is None. Decode it with ``dec_hook=read_instant``.

    Raises:
        Problem: if the schema has other fields, or says anything that the type would not hold.
    """
    _check_record(schema, order)
    fields = [_field(position, name, schema) for position, name in enumerate(order)]
    # Fields are numbered, because a field may be named like a Python keyword; callers and errors see its own name.
    names = {f"f{position}": name for position, name in enumerate(order)}
    return msgspec.defstruct("Record", fields, rename=names, forbid_unknown_fields=True, kw_only=True, gc=False)


def read_instant(kind: type, given: Any) -> Any:
    """Read an RFC 3339 timestamp, and nothing else that ISO 8601 would allow; msgspec's ``dec_hook``."""
    if not isinstance(given, str) or not _RFC3339.fullmatch(given):
        raise ValueError("Expected a date and time with its offset, as in 2026-01-01T12:00:00Z")
    # As training does it, from whole microseconds: from the year 2255 on float64 does not hold each of them.
    return Instant(float((datetime.fromisoformat(given.upper()) - _EPOCH) // _MICROSECOND) / 1e6)


def integers(schema: dict[str, Any]) -> list[str]:
    """Names of the fields that hold whole numbers."""
    return [name for name, field in schema["properties"].items() if _kind(field) == "integer"]


def _check_record(schema: dict[str, Any], order: Sequence[str]) -> None:
    if unknown := sorted(schema.keys() - _OF_RECORD):
        raise _unsupported("a record", f"says {', '.join(unknown)}")
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        raise _unsupported("a record", "is not an object without other fields")
    if set(schema.get("properties", {})) != set(order):
        raise _unsupported("a record", "has other fields than the contract")


def _field(position: int, name: str, schema: dict[str, Any]) -> Any:
    field = schema["properties"][name]
    kind = _kind(field)
    if kind not in _OF_KIND:
        raise _unsupported(name, f"is of type {field.get('type')!r}")
    if unknown := sorted(field.keys() - _OF_FIELD - _OF_KIND[kind]):
        raise _unsupported(name, f"says {', '.join(unknown)}")
    nullable = isinstance(field["type"], list)
    if nullable == (name in schema.get("required", [])):
        raise _unsupported(name, "may be null but not left out, or the other way round")
    value = _value_type(name, kind, field, nullable)
    return (f"f{position}", value | None, None) if nullable else (f"f{position}", value)


def _kind(field: dict[str, Any]) -> str:
    kinds = field.get("type")
    if isinstance(kinds, list) and len(kinds) == 2 and kinds[1] == "null":
        return str(kinds[0])
    return str(kinds)


def _value_type(name: str, kind: str, field: dict[str, Any], nullable: bool) -> Any:
    match kind:
        case "number":
            low, high = _bounds(name, field)
            return Annotated[float, Meta(ge=low, le=high)]
        case "integer":
            low, high = _bounds(name, field)
            return Annotated[int, Meta(ge=_whole(low, math.ceil), le=_whole(high, math.floor))]
        case "boolean":
            return bool
        case _:
            return _text_type(name, field, nullable)


def _bounds(name: str, field: dict[str, Any]) -> tuple[float, float]:
    low, high = field.get("minimum", -_LARGEST), field.get("maximum", _LARGEST)
    for bound in (low, high):
        if isinstance(bound, bool) or not isinstance(bound, int | float) or not math.isfinite(bound):
            raise _unsupported(name, f"is bounded by {bound!r}")
    return float(low), float(high)


def _whole(bound: float, inwards: Callable[[float], int]) -> int:
    """A bound as a 64-bit integer."""
    return min(max(inwards(bound), -LARGEST_INTEGER), LARGEST_INTEGER)


def _text_type(name: str, field: dict[str, Any], nullable: bool) -> Any:
    if "enum" in field:
        values = [value for value in field["enum"] if value is not None]
        if "format" in field or not values or not all(isinstance(value, str) for value in values):
            raise _unsupported(name, "lists values that are not texts")
        if (None in field["enum"]) != nullable:
            raise _unsupported(name, "lists null among its values, but may not be null, or the other way round")
        return cast(Any, Literal).__getitem__(tuple(values))
    if "format" not in field:
        return str
    if field["format"] != "date-time":
        raise _unsupported(name, f"has the format {field['format']!r}")
    return Instant


def _unsupported(name: str, fact: str) -> Problem:
    remedy = "build the handoff again, or serve it with the platform that built it"
    return problem("SERVE001", f"schema.input: {name} {fact}, which this server does not know", remedy)
