"""What is to go: since when `road` warns of it, when it may go at the earliest, and what to use instead."""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import msgspec

from paved_road.findings import Finding, as_text

Key = tuple[str | int, ...]


class Deprecated(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that still works, and is to go.

    Attributes:
        place: where it is written: a verb, such as ``road handoff verify``, or a file, such as ``contracts/model.yml``.
        name: option of the verb (``--old``; empty for the verb itself), or path of a key (``inputs.*.unit``).
        instead: what to do now, such as ``use --new``.
        since: version that warns of it first.
        goes: version in which it may be gone.
    """

    place: str
    name: str = ""
    instead: str
    since: str
    goes: str

    @property
    def said(self) -> str:
        """What a user has to know."""
        return f"since {self.since}, and goes with {self.goes} at the earliest"


DEPRECATED: tuple[Deprecated, ...] = ()
"""All of it. A question of `copier.yml` is never here: one that is taken away would be silently reset."""


def warn(path: str, data: Any, line: Callable[..., int] = lambda *_: 0) -> None:
    """Say on stderr which keys of a document are to go; each once, and never as an error.

    Args:
        path: the file as it is shown to people.
        data: its content.
        line: line of a key, by its path.
    """
    for entry in DEPRECATED:
        for keys in _found(data, entry.name.split(".")) if entry.place == path else ():
            fact = f"{'.'.join(map(str, keys))} is deprecated {entry.said}"
            found = Finding(
                code="DEPRECATED001",
                fact=fact,
                remedy=entry.instead,
                path=path,
                line=line(*keys) or None,
                level="warning",
            )
            _say_once(as_text([found]))


def _found(data: Any, name: list[str], above: Key = ()) -> Iterator[Key]:
    """Every place in a document that a path of keys leads to; ``*`` stands for each item of a list or mapping."""
    if not name:
        yield above
        return
    here: dict[Any, Any] = dict(enumerate(data)) if isinstance(data, list) else data if isinstance(data, dict) else {}
    for key in here if name[0] == "*" else {name[0]} & here.keys():
        yield from _found(here[key], name[1:], (*above, key))


@cache
def _say_once(text: str) -> None:
    print(text, file=sys.stderr)
