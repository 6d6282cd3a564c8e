"""How much one request may carry: callers read it in the API's description, and the server holds them to it."""

import json
from typing import Any

SMALLEST = 64 * 1024
NUMBER_BYTES = 40
TEXT_BYTES = 1024
"""Room for a text without a list of values, when the largest body is worked out."""
REQUEST_SECONDS = 15.0
"""How long a request may take to arrive; what takes longer holds a connection and gives nothing."""
WAITING = 8
"""How many times the promised concurrency may be under way before a request is refused: room for a burst."""


def body_bytes(schema: dict[str, Any], most: int) -> int:
    """The longest body: twice what so many records need without spaces.

    Args:
        schema: JSON Schema of a record.
        most: records that one request may carry.
    """
    return max(2 * most * _record_bytes(schema), SMALLEST)


def _record_bytes(schema: dict[str, Any]) -> int:
    return sum(len(json.dumps(name)) + 2 + _value_bytes(field) for name, field in schema["properties"].items()) + 2


def _value_bytes(field: dict[str, Any]) -> int:
    if "string" not in field["type"] or "format" in field:
        return NUMBER_BYTES
    return max(len(json.dumps(value)) for value in field["enum"]) if "enum" in field else TEXT_BYTES


def requests_under_way(concurrency: int) -> int:
    """How many requests one process takes at once."""
    return WAITING * concurrency
