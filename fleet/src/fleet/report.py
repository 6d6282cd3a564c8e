"""The report: read every repository, render what each should have, compare."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from fleet import git, ownership
from fleet.listing import Place
from fleet.rendering import Renderer
from fleet.row import Row
from fleet.snapshot import ANSWERS, Archived, Snapshot, Unreadable
from fleet.template import Template, source

_AT_ONCE = 8
_SHA1 = 40
Read = Callable[[Place], Snapshot]
Recorded = tuple[str, dict[str, Any]]
"""A version, and the answers."""


def rows(places: list[Place], template: Template, read: Read, cache: Path) -> list[Row]:
    """A row for each place, in their order; one that cannot be read is a row with its reason.

    Raises:
        Problem: the template has no release.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = list(pool.map(lambda place: _look(place, template, read), places))
    with tempfile.TemporaryDirectory() as folder:
        renderer = Renderer(template, Path(folder), cache)
        renderer.prepare(list(_wanted(seen, template)))
        found = [each if isinstance(each, Row) else _judge(*each, template, renderer) for each in seen]
    return found


def reader(hub: Callable[[], Any]) -> Read:
    """Reads a place by its kind; GitHub is asked only if one lies there."""

    def read(place: Place) -> Snapshot:
        if place.kind == "github":
            snapshot: Snapshot = hub().read(place.where)
            return snapshot
        return git.clone(place.where) if place.kind == "url" else git.read(Path(place.where))

    return read


def _look(place: Place, template: Template, read: Read) -> Row | tuple[Place, Snapshot, Recorded]:
    try:
        snapshot = read(place)
        if ANSWERS not in snapshot.tree:
            return Row(place.name, "other", f"is not made from this template: it has no {ANSWERS}")
        version, answers = _recorded(snapshot.texts[ANSWERS], template)
    except Archived as error:
        return Row(place.name, "archived", str(error))
    except _Other as error:
        return Row(place.name, "other", str(error))
    except Unreadable as error:
        return Row(place.name, "unreadable", str(error))
    return place, snapshot, (version, answers)


class _Other(Unreadable):
    pass


def _recorded(text: str, template: Template) -> Recorded:
    """The version and the answers that Copier recorded."""
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable(f"{ANSWERS} is not YAML: restore it from git") from error
    if not isinstance(said, dict):
        raise Unreadable(f"{ANSWERS} holds no answers: restore it from git")
    address = str(said.get("_src_path", ""))
    if source(address) not in template.sources:
        shown = address or "an address that it does not record"
        raise _Other(f"is made from {shown}; if that is this template too, say so with --also")
    if "_commit" not in said:
        raise Unreadable(f"{ANSWERS} records no _commit: it was made from a folder without git")
    return str(said["_commit"]), {key: value for key, value in said.items() if not str(key).startswith("_")}


def _wanted(seen: Iterable[Any], template: Template) -> Iterator[Recorded]:
    for each in seen:
        if not isinstance(each, Row):
            version, answers = each[2]
            try:
                yield template.commit(version), answers
            except Unreadable:
                continue


def _judge(place: Place, snapshot: Snapshot, recorded: Recorded, template: Template, renderer: Renderer) -> Row:
    version, answers = recorded
    row = Row(
        repository=place.name,
        state="read",
        version=version,
        gates=snapshot.gates.state,
        gate_facts=list(snapshot.gates.facts),
        ownership=ownership.gaps(snapshot),
    )
    base = template.base(version)
    if base:
        behind = sum(release.version > base.version for release in template.releases)
        days = max(0, (template.newest.day - base.day).days)
        row = replace(row, versions_behind=behind, days_behind=days)
    try:
        expected = renderer.files(template.commit(version), answers)
    except Unreadable as error:
        return replace(row, drift_unknown=str(error))
    if isinstance(expected, str):
        return replace(row, drift_unknown=expected)
    if any(len(name) != _SHA1 for name in snapshot.tree.values()):
        return replace(row, drift_unknown="its objects are named by SHA-256, which is not compared")
    there = snapshot.tree if not snapshot.partial else {**expected, **snapshot.tree}
    drifted = sorted(path for path, name in expected.items() if there.get(path) != name)
    return replace(row, drift=drifted, drift_unknown=snapshot.partial)
