"""Service levels of a data contract: which of them are held against the data, and whether they hold."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from paved_road.documents import Document
from paved_road.findings import Finding

if TYPE_CHECKING:
    import pandas as pd

_HOUR, _DAY, _YEAR = 3600, 86400, 31557600
_UNITS = (
    (1, ("s", "second", "seconds")),
    (60, ("min", "minute", "minutes")),
    (_HOUR, ("h", "hour", "hours")),
    (_DAY, ("d", "day", "days")),
    (7 * _DAY, ("w", "week", "weeks")),
    (_YEAR // 12, ("mo", "month", "months")),
    (_YEAR, ("y", "yr", "year", "years")),
)
SECONDS = {name: seconds for seconds, names in _UNITS for name in names}
"""Length of a unit. There is no ``m``: some read minutes, some months."""

ENFORCED = ("latency", "retention")
_SYNONYMS = {
    **{"availability": "av", "throughput": "th", "errorRate": "er", "generalAvailability": "ga", "endOfSupport": "es"},
    **{"endOfLife": "el", "retention": "re", "frequency": "fy", "latency": "ly", "timeToDetect": "td"},
    **{"timeToNotify": "tn", "timeToRepair": "tr", "timeOfAvailability": "toa", "supportTime": "st"},
}
_NAMES = {spelt.lower(): name for name, synonym in _SYNONYMS.items() for spelt in (name, synonym)}


class Level(msgspec.Struct, frozen=True):
    """An age that the newest value of a column must not exceed (latency), or the oldest (retention)."""

    property: str
    column: str
    value: float
    unit: str
    line: int


def canonical(name: str) -> str:
    """A property as the standard spells it; it allows any case, and synonyms."""
    return _NAMES.get(name.lower(), name)


def unknown(document: Document, kinds: dict[str, str]) -> Iterator[Finding]:
    """Every service level that nobody could check.

    Args:
        document: the contract.
        kinds: logical type of each column, by name.
    """
    if "slaDefaultElement" in document.data:
        fact = "slaDefaultElement is not enforced here"
        yield document.finding("DATA003", ("slaDefaultElement",), fact, "name the element in each service level")
    for position, level in enumerate(document.data.get("slaProperties") or []):
        for fact, remedy in _doubts(level, str(document.data["schema"][0]["name"]), kinds):
            yield document.finding("DATA003", ("slaProperties", position), fact, remedy)


def _doubts(level: dict[str, Any], table: str, kinds: dict[str, str]) -> Iterator[tuple[str, str]]:
    name = canonical(level["property"])
    if name not in _SYNONYMS:
        yield f"the service level {level['property']} is not known here", f"use one of {', '.join(_SYNONYMS)}"
    elif level.get("element") and name not in ENFORCED:
        remedy = f"leave the element out, or use {' or '.join(ENFORCED)}"
        yield f"{name} of a column is not enforced here", remedy
    elif level.get("element"):
        yield from _unmeasurable(name, level, table, kinds)


def _unmeasurable(name: str, level: dict[str, Any], table: str, kinds: dict[str, str]) -> Iterator[tuple[str, str]]:
    value, unit = level["value"], level.get("unit")
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        yield f"{name}: {value!r} is no length of time", "give a number above 0"
    if unit not in SECONDS:
        yield f"{name}: the unit {unit} is not known here", f"use one of {', '.join(SECONDS)}"
    if level.get("valueExt") is not None:
        yield f"{name}: valueExt is not enforced here", "leave it out"
    for column in _elements(level, table):
        if column not in kinds:
            yield f"{name}: {column} is not a column of {table}", "name one that is in properties"
        elif kinds[column] not in ("timestamp", "date"):
            yield f"{name}: {column} is a {kinds[column]}", "name a column of timestamps or dates"


def _elements(level: dict[str, Any], table: str) -> list[str]:
    return [name.strip().removeprefix(f"{table}.") for name in level["element"].split(",")]


def read(document: Document) -> Iterator[Level]:
    """The service levels that are held against the data, from a contract of which none is `unknown`."""
    table = str(document.data["schema"][0]["name"])
    for position, level in enumerate(document.data.get("slaProperties") or []):
        if level.get("element"):
            line = document.line("slaProperties", position)
            for column in _elements(level, table):
                yield Level(canonical(level["property"]), column, level["value"], level["unit"], line)


def broken(levels: Sequence[Level], table: "pd.DataFrame", now: datetime) -> Iterator[tuple[Level, str]]:
    """Every level that does not hold at a time, and what is the case instead."""
    for level in levels:
        values = table[level.column].dropna()
        if not len(values):
            if level.property == "latency":
                yield level, f"{describe(level)} does not hold: every value is missing"
            continue
        newest = level.property == "latency"
        found = (values.max() if newest else values.min()).to_pydatetime(warn=False)
        moment = found if found.tzinfo else found.replace(tzinfo=UTC)
        age = (now - moment).total_seconds()
        if age > level.value * SECONDS[level.unit]:
            which = "newest" if newest else "oldest"
            aged = f"{age / SECONDS[level.unit]:.3g} {level.unit} old"
            yield level, f"{describe(level)} does not hold: the {which} value is {moment.isoformat()}, {aged}"


def describe(level: Level) -> str:
    """A level in one line, as the contract writes it."""
    return f"{level.property}({level.column}) {level.value:g} {level.unit}"
