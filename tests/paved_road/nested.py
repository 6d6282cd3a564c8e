"""Documents of nested mappings and lists: every value in them, and what they are with one of them changed."""

import copy
from collections.abc import Iterator
from typing import Any

from paved_road.documents import Key


def leaves(part: Any, at: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Every value, by its keys; a list or mapping without any is a value itself."""
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    inside = [leaf for key, value in items for leaf in leaves(value, (*at, key))]
    yield from inside or [(at, part)]


def put(part: Any, at: Key, value: Any) -> Any:
    """The same with another value at these keys."""
    changed = copy.deepcopy(part)
    holder = changed
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = value
    return changed
