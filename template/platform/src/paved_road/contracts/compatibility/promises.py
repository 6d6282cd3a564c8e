"""Promises that are a single figure: which of two is the stronger."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from paved_road.contracts.compatibility.rules import Change, changed
from paved_road.documents import Key


class Promise(NamedTuple):
    """A promised figure.

    Attributes:
        value: the figure.
        better: 1 if a higher one promises more, -1 if a lower one does, 0 if nobody knows.
        at: where it stands.
        unit: what it is measured in; figures in two units cannot be compared.
        words: how the contract writes it, where that is not the figure itself.
    """

    value: Any
    better: int
    at: Key
    unit: str = ""
    words: str = ""


def changes(old: dict[str, Promise], new: dict[str, Promise], weaker: str, stronger: str) -> Iterator[Change]:
    """Every promise that is not what it was.

    Args:
        old: by name.
        new: by name.
        weaker: rule for one that is gone or promises less.
        stronger: rule for one that is new or promises more.
    """
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if before is None and after is not None:
            yield changed(stronger, name, None, _shown(after), after.at)
        elif before is not None and after is None:
            yield changed(weaker, name, _shown(before), None, before.at[:1])
        elif before is not None and after is not None and _figure(before) != _figure(after):
            rule = stronger if _promises_more(after, before) else weaker
            yield changed(rule, name, _shown(before), _shown(after), after.at)


def stronger(one: Promise, other: Promise | None) -> Promise:
    """The one that promises more."""
    return one if other is None or _promises_more(one, other) else other


def _figure(promise: Promise) -> tuple[Any, str]:
    return promise.value, promise.unit


def _promises_more(one: Promise, other: Promise) -> bool:
    figures = [isinstance(promise.value, int | float) for promise in (one, other)]
    if not all(figures) or one.unit != other.unit:
        return False
    return bool((one.value - other.value) * one.better > 0)


def _shown(promise: Promise) -> Any:
    return promise.words or promise.value
