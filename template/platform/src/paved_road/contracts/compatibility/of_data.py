"""What changed between two data contracts; who relies on one is science, which reads the rows."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from paved_road.contracts.compatibility import promises, quality
from paved_road.contracts.compatibility.promises import Promise
from paved_road.contracts.compatibility.rules import Change, changed, said, same
from paved_road.contracts.data import OPTIONS, Column, DataContract
from paved_road.contracts.data_levels import SECONDS, canonical
from paved_road.documents import Document, Key

_TABLE: Key = ("schema", 0)
_COLUMNS: Key = (*_TABLE, "properties")
_BETTER = dict.fromkeys(("availability", "throughput", "retention"), 1)
_BETTER |= dict.fromkeys(("latency", "frequency", "errorRate", "timeToDetect", "timeToNotify", "timeToRepair"), -1)
_ELSEWHERE: set[Key] = {("version",), ("schema",), _COLUMNS}
"""Compared part by part, or not at all."""
_KEY_WORDS = ("required", "unique", "primaryKey")
"""The third says the first two."""


class Dataset(NamedTuple):
    """A data contract, and the document it was read from."""

    contract: DataContract
    document: Document

    @property
    def table(self) -> dict[str, Any]:
        table: dict[str, Any] = self.document.data["schema"][0]
        return table

    @property
    def columns(self) -> dict[str, dict[str, Any]]:
        return {column["name"]: column for column in self.table["properties"]}


def changes(old: Dataset, new: Dataset) -> Iterator[Change]:
    """Every difference but that of the version, judged."""
    found = [*_whole(old, new), *_columns(old, new), *quality.changes(old.contract, new.contract)]
    found += promises.changes(_sla(old), _sla(new), "sla-weaker", "sla-stronger")
    yield from found
    yield from _texts(old, new, {change.at for change in found})


# The dataset --------------------------------------------------------------------------------------------------------


def _whole(old: Dataset, new: Dataset) -> Iterator[Change]:
    before, after = old.document.data, new.document.data
    if before["id"] != after["id"]:
        yield changed("data-identity", "id", before["id"], after["id"], ("id",))
    if old.contract.name != new.contract.name:
        yield changed("data-identity", "the table's name", old.contract.name, new.contract.name, (*_TABLE, "name"))
    names = [table.get("physicalName") for table in (old.table, new.table)]
    if names[0] != names[1]:
        yield changed("data-moved", "the table's physicalName", names[0], names[1], (*_TABLE, "physicalName"))
    yield from _servers(before.get("servers") or [], after.get("servers") or [])
    if before.get("status") != after.get("status"):
        rules = {"retired": "data-retired", "deprecated": "data-deprecated"}
        rule = rules.get(str(after.get("status")), "data-text")
        yield changed(rule, "status", before.get("status"), after.get("status"), ("status",))


def _servers(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    before, after = ({server["server"]: server for server in servers} for servers in (old, new))
    for name, server in before.items():
        if name not in after:
            yield said("data-moved", f"servers.{name} was removed", ("servers",))
        elif not same(server, after[name]):
            yield said("data-moved", f"servers.{name} was changed", ("servers", list(after).index(name)))
    for position, name in enumerate(after):
        if name not in before:
            yield said("data-server-added", f"servers.{name} was added", ("servers", position))


def _sla(of: Dataset) -> dict[str, Promise]:
    found: dict[str, Promise] = {}
    for position, level in enumerate(of.document.data.get("slaProperties") or []):
        more = [str(level[key]) for key in ("element", "driver") if level.get(key)]
        name = ".".join([canonical(level["property"]), *more])
        while name in found:
            name += " (again)"
        found[name] = _level(level, ("slaProperties", position))
    return {f"slaProperties.{name}": promise for name, promise in found.items()}


def _level(level: dict[str, Any], at: Key) -> Promise:
    """A service level; times in seconds, so that 24 h and 1 d are the same."""
    value, unit, better = level["value"], str(level.get("unit") or ""), _BETTER.get(canonical(level["property"]), 0)
    if level.get("element") and better > 0:
        better = 0  # of a column it bounds how old rows may be, and who is served by that is open
    more = [str(level[key]) for key in ("valueExt", "schedule") if level.get(key) is not None]
    words = " ".join([str(value), unit, *more]).strip()
    if more or isinstance(value, bool) or not isinstance(value, int | float):
        return Promise(words, 0, at, "", words)
    if unit in SECONDS:
        return Promise(value * SECONDS[unit], better, at, "s", words)
    return Promise(value, better, at, unit, words)


# Columns ------------------------------------------------------------------------------------------------------------


def _columns(old: Dataset, new: Dataset) -> Iterator[Change]:
    after = {column.name: (position, column) for position, column in enumerate(new.contract.columns)}
    for column in old.contract.columns:
        if column.name not in after:
            yield said("column-removed", f"{column.name} was removed", _COLUMNS)
            continue
        position, now = after[column.name]
        at = (*_COLUMNS, position)
        yield from _column(column, now, at)
        names = [of.columns[column.name].get("physicalName") for of in (old, new)]
        if names[0] != names[1]:
            yield changed("data-moved", f"{column.name}.physicalName", names[0], names[1], (*at, "physicalName"))
    for name, (position, _) in after.items():
        if old.contract.column(name) is None:
            yield said("column-added", f"{name} was added", (*_COLUMNS, position))


def _column(old: Column, new: Column, at: Key) -> Iterator[Change]:
    if old.type != new.type:
        narrowed = (old.type, new.type) == ("number", "integer")
        rule = "column-type-narrowed" if narrowed else "column-type-changed"
        yield changed(rule, f"{new.name}.logicalType", old.type, new.type, (*at, "logicalType"))
    if old.required != new.required:
        rule, words = ("column-required", "required") if new.required else ("column-optional", "optional")
        yield said(rule, f"{new.name} is now {words}", (*at, "required"))
    if old.unique != new.unique:
        rule, words = ("column-unique", "now") if new.unique else ("column-repeats", "no longer")
        yield said(rule, f"{new.name} is {words} unique", (*at, "unique"))
    for option in OPTIONS:
        before, after = old.options.get(option), new.options.get(option)
        if before != after:
            rule = "column-widened" if _wider(option, old.options, new.options) else "column-narrowed"
            yield changed(rule, f"{new.name}.{option}", before, after, (*at, "logicalTypeOptions", option))


def _wider(option: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether an option that changed may let values through that it did not before."""
    if option == "pattern":
        return "pattern" in old
    try:
        if option in ("minLength", "maxLength"):
            return _length(option, new) < _length(option, old)
        low = option in ("minimum", "exclusiveMinimum")
        return _edge(new, low) < _edge(old, low)
    except TypeError:  # a number and a time: nobody can say
        return True


def _length(option: str, options: dict[str, Any]) -> float:
    """How strict it is."""
    bound = options.get(option)
    if bound is None:
        return -math.inf
    return float(bound) if option == "minLength" else -float(bound)


def _edge(options: dict[str, Any], low: bool) -> tuple[bool, Any, bool]:
    """How strict the lower or upper end of a range is: whether there is one, where, and whether it excludes itself."""
    names = ("minimum", "exclusiveMinimum") if low else ("maximum", "exclusiveMaximum")
    edges = [(True, _inwards(options[name], low), name != names[0]) for name in names if options.get(name) is not None]
    return max(edges, default=(False, 0, False))


def _inwards(bound: Any, low: bool) -> float:
    """A bound as a number that grows as it gets stricter."""
    if isinstance(bound, str):
        moment = datetime.fromisoformat(bound)
        bound = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return float(bound) if low else -float(bound)


# Texts --------------------------------------------------------------------------------------------------------------


def _texts(old: Dataset, new: Dataset, judged: set[Key]) -> Iterator[Change]:
    """What differs where no rule found a change: texts, and promises in other words."""
    for before, after, at in _parts(old, new):
        for name in [*after, *(name for name in before if name not in after)]:
            place = (*at, name)
            places = {(*at, word) for word in _KEY_WORDS} if name in _KEY_WORDS else {place}
            found = place in _ELSEWHERE or any(key[: len(place)] in places for key in judged)
            if not found and not same(before.get(name), after.get(name)):
                shown = f"{after['name']}.{name}" if at else name
                yield said("data-text", f"{shown} is written otherwise", place)
    both = [[name for name in one.columns if name in other.columns] for one, other in ((old, new), (new, old))]
    if both[0] != both[1]:
        yield said("data-text", "columns were put in another order", _COLUMNS)


def _parts(old: Dataset, new: Dataset) -> Iterator[tuple[dict[str, Any], dict[str, Any], Key]]:
    """The document, its table and its columns, before and after."""
    yield old.document.data, new.document.data, ()
    yield old.table, new.table, _TABLE
    for position, (name, column) in enumerate(new.columns.items()):
        if name in old.columns:
            yield old.columns[name], column, (*_COLUMNS, position)
